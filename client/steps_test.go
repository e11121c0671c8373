package client

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/key"
	"tacit/manager"
	"tacit/wire"
)

// A chain is a network in which a task of the user on data of two managers left
// something to next steps, and a client of the user whose dispatcher shows it.
type chain struct {
	*mini.Network
	t        *testing.T
	managers []*manager.Manager // in the order of their addresses
	tasks    uint64
	shown    tacit.Ran
	blob     []byte
	plan     Plan
	keeper   func(who wire.Address) (tacit.KeyReleaser, error)
	own      []tacit.Sealed // that the next task computes on
	left     []byte         // instead of an age file
	away     error          // of the dispatcher
}

func newChain(t *testing.T) *chain {
	t.Helper()
	c := &chain{Network: mini.New(t), t: t}
	for i := range c.Managers {
		m, end := c.Manager(i, nil)
		t.Cleanup(end)
		c.managers = append(c.managers, m)
	}
	if bytes.Compare(c.Managers[0].Node.Key[:], c.Managers[1].Node.Key[:]) > 0 {
		c.managers[0], c.managers[1] = c.managers[1], c.managers[0]
		c.Managers[0], c.Managers[1] = c.Managers[1], c.Managers[0]
	}
	c.plan.Service, _ = c.Publish(c.managers[0], "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	for i, name := range []string{"clinic/ids", "bank/ids"} {
		e, _ := c.Publish(c.managers[i], name, tacit.EntryDataset, []byte("ids"), mini.Terms())
		c.plan.Datasets = append(c.plan.Datasets, e)
	}
	c.Chain.Now.Time = uint64(time.Now().Unix()) // the evidence must be good when the task was accepted
	c.Epoch()
	c.keeper = c.of
	c.show(c.ran(true))
	return c
}

// of is a manager as the user calls it.
func (c *chain) of(who wire.Address) (tacit.KeyReleaser, error) {
	for i, p := range c.Managers {
		if p.Node.Key == who {
			return asUser{KeyReleaser: c.managers[i], user: c.User}, nil
		}
	}
	return nil, fault.New(fault.APINotFound, "find manager")
}

// asUser adds the caller, and may change what comes back.
type asUser struct {
	tacit.KeyReleaser
	user *key.Signer
	edit func(*tacit.Identity)
}

func (m asUser) Identity(_ context.Context, req tacit.IdentityRequest) (tacit.Identity, error) {
	id, err := m.KeyReleaser.Identity(mini.As(m.user), req)
	if m.edit != nil {
		m.edit(&id)
	}
	return id, err
}

// ran runs a task on the two datasets and something of the user's own.
func (c *chain) ran(onward bool) (tacit.Ran, []byte) {
	c.t.Helper()
	task := c.Task(c.plan.Service, c.plan.Datasets...)
	c.tasks++
	task.Nonce = c.tasks
	id, err := c.managers[0].Identity(mini.As(c.User), tacit.IdentityRequest{})
	c.Must(err)
	own := c.Seal(id, []byte("mine"), false).Sealed
	task.Inputs = append(task.Inputs, tacit.Input{Kind: tacit.InputOwn, Name: "mine", Ref: own.Hash()})
	parts, sizes := c.Seal(id, []byte("the user's"), false).File, []int64(nil)
	if sizes = append(sizes, int64(len(parts))); onward {
		for _, m := range c.managers {
			id, err := m.Identity(mini.As(c.User), tacit.IdentityRequest{})
			c.Must(err)
			task.Recipients = append(task.Recipients, tacit.Recipient{Kind: tacit.RecipientIdentity, Ref: id.ID, Key: []byte(id.Recipient)})
			f := c.Seal(id, []byte("left"), false).File
			if c.left != nil {
				f = c.left
			}
			parts, sizes = append(parts, f...), append(sizes, int64(len(f)))
		}
		parts = append(parts, tacit.ResultsTail(sizes)...)
	}
	k := c.Accept(task, c.plan.Service, c.plan.Datasets...)
	k.Own = []tacit.Sealed{own}
	a := c.Draw(k, c.managers...).Assign(1).Quote(nil)
	r := tacit.Ran{Case: a.Case}
	r.Output = tacit.Sealed{Root: wire.MerkleRoot(tacit.ChunkLeaves(parts)), Size: int64(len(parts))}
	r.Leaf = tacit.Sign(c.ID, a.Sign, tacit.Leaf{Kind: task.Kind, Task: task.ID(c.ID), Assignment: a.Case.Assignment.Body.Hash(), Output: r.Output.Root})
	return r, parts
}

func (c *chain) show(r tacit.Ran, blob []byte) { c.shown, c.blob = r, blob }

// resulting is a dispatcher that shows one result.
type resulting struct {
	fakes
	ran tacit.Ran
	err error
}

func (r *resulting) Result(context.Context, tacit.TaskRequest) (tacit.Ran, error) {
	return r.ran, r.err
}

func (c *chain) client() *Client {
	c.t.Helper()
	mine, err := age.GenerateHybridIdentity()
	c.Must(err)
	d := &resulting{fakes: fakes{blob: c.blob}, ran: c.shown, err: c.away}
	client, err := New(Config{Key: c.User, Headers: c.Headers, Gateway: struct{ tacit.Gateway }{}, Dispatcher: d, Blobs: d, Ledger: struct{ Ledger }{},
		Identity: mine, Schemes: c.Schemes, Genesis: c.Genesis, Epochs: c.Epochs,
		Keeper: func(_ context.Context, who wire.Address) (tacit.KeyReleaser, error) { return c.keeper(who) }})
	c.Must(err)
	return client
}

// resign has the enclave sign another leaf.
func (c *chain) resign(a *key.Signer, edit func(*tacit.Leaf)) {
	leaf := c.shown.Leaf.Body
	edit(&leaf)
	c.shown.Leaf = tacit.Sign(c.ID, a, leaf)
}

// case N99 code RESULT_KEY check client/steps.go:steps
func TestN99AStepIsOfTheTaskThatWasMeant(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(c *chain)
		code fault.Code
	}{
		{"twin: what the task left", func(*chain) {}, ""},
		{"what another task of the user left", func(c *chain) { c.show(c.ran(true)) }, fault.ResultKey},
		{"what another task left, under this one's papers", func(c *chain) {
			other, blob := c.ran(true)
			c.shown.Output, c.blob = other.Output, blob
		}, fault.ResultKey},
		{"a task without what it computed on", func(c *chain) { c.shown.Case.Own = nil }, fault.ConsField},
		{"a leaf that a stranger signed", func(c *chain) { c.resign(c.Owner, func(*tacit.Leaf) {}) }, fault.KeySignature},
		{"a dispatcher that does not know it", func(c *chain) { c.away = fault.New(fault.APINotFound, "find task") }, fault.APINotFound},
		{"an output of a size that no blob has", func(c *chain) { c.shown.Output.Size = -1 }, fault.APISize},
		{"bytes that are not the output", func(c *chain) { c.blob = append([]byte("x"), c.blob[1:]...) }, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChain(t)
			step := Step{Alias: "common", Task: c.shown.Case.Task.Body.ID(c.ID)}
			tt.edit(c)
			var next tacit.Task
			var req tacit.SubmitRequest
			err := c.client().steps(t.Context(), Wish{Steps: []Step{step}}, &next, &req)
			want(t, err, tt.code)
			if err != nil {
				return
			}
			if len(next.Inputs) != 2 || next.Inputs[0].Name != "common" || next.Inputs[1].Name != "common-2" || len(req.Own) != 2 || len(req.Steps) != 2 {
				t.Fatalf("inputs %+v, own %d, steps %d", next.Inputs, len(req.Own), len(req.Steps))
			}
			for i, in := range next.Inputs {
				s := req.Own[i]
				if in.Ref != s.Hash() || in.Index != tacit.StepIndex(3, i+1) || s.Manager != c.Managers[i].Node.Key || s.Identity != c.shown.Case.Task.Body.Recipients[i+1].Ref {
					t.Errorf("input %d: %+v of %+v", i, in, s)
				}
			}
		})
	}
}

func TestATaskThatLeftNothingIsNoStep(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(c *chain)
		code fault.Code
	}{
		{"twin: one that left something", func(*chain) {}, ""},
		{"nothing to a next step", func(c *chain) { c.show(c.ran(false)) }, fault.APIField},
		{"what nobody could open", func(c *chain) {
			c.left = []byte("no age file")
			c.show(c.ran(true))
		}, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChain(t)
			tt.edit(c)
			step := Step{Alias: "common", Task: c.shown.Case.Task.Body.ID(c.ID)}
			want(t, c.client().steps(t.Context(), Wish{Steps: []Step{step}}, &tacit.Task{}, &tacit.SubmitRequest{}), tt.code)
		})
	}
}

// Who gets a part is who was named, and a next step's recipients are its managers' own.
func TestRecipientsAreThoseThatWereNamed(t *testing.T) {
	friend, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	to := friend.Recipient().String()
	spoilt := func(edit func(*tacit.Identity)) func(c *chain) {
		return func(c *chain) {
			c.keeper = func(who wire.Address) (tacit.KeyReleaser, error) {
				m, err := c.of(who)
				return asUser{m, c.User, edit}, err
			}
		}
	}
	for _, tt := range []struct {
		name string
		wish Wish
		edit func(c *chain)
		want int // recipients
		code fault.Code
	}{
		{"twin: nobody else", Wish{}, nil, 0, ""},
		{"twin: a friend", Wish{To: []string{to}}, nil, 1, ""},
		{"twin: a friend and a next step at both managers", Wish{To: []string{to}, Onward: true}, nil, 3, ""},
		{"twin: a next step of what came from one", Wish{Onward: true}, func(c *chain) {
			c.own = []tacit.Sealed{c.plan.Datasets[0].Sealed}
			c.plan.Datasets = nil
		}, 1, ""},
		{"no key", Wish{To: []string{"somebody"}}, nil, 0, fault.APIField},
		{"two in one", Wish{To: []string{to + "\n" + to}}, nil, 0, fault.APIField},
		{"a next step of nobody's data", Wish{Onward: true}, func(c *chain) { c.plan.Datasets = nil }, 0, fault.APIField},
		{"a manager that cannot be reached", Wish{Onward: true}, func(c *chain) {
			c.keeper = func(wire.Address) (tacit.KeyReleaser, error) { return nil, fault.New(fault.Unreachable, "dial") }
		}, 0, fault.Unreachable},
		{"a manager that refuses", Wish{Onward: true}, func(c *chain) {
			c.keeper = func(wire.Address) (tacit.KeyReleaser, error) { return refusing{}, nil }
		}, 0, fault.ResBusy},
		{"another manager's identity", Wish{Onward: true}, spoilt(func(id *tacit.Identity) { id.Manager[0] ^= 1 }), 0, fault.TLSIdentity},
		{"a recipient that is not the identity's", Wish{Onward: true}, spoilt(func(id *tacit.Identity) { id.Recipient = to }), 0, fault.TLSIdentity},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChain(t)
			if tt.edit != nil {
				tt.edit(c)
			}
			c.plan.Wish = tt.wish
			var task tacit.Task
			err := c.client().recipients(t.Context(), c.plan, &task, c.own)
			want(t, err, tt.code)
			if err == nil && len(task.Recipients) != tt.want {
				t.Errorf("%d recipients, want %d", len(task.Recipients), tt.want)
			}
			for _, r := range task.Recipients {
				if r.Kind == tacit.RecipientKey && strings.TrimSpace(string(r.Key)) != to {
					t.Errorf("recipient %s", r.Key)
				}
			}
		})
	}
}

// refusing is a manager that makes no identity.
type refusing struct{ tacit.KeyReleaser }

func (refusing) Identity(context.Context, tacit.IdentityRequest) (tacit.Identity, error) {
	return tacit.Identity{}, fault.New(fault.ResBusy, "make identity")
}
