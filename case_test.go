package tacit

import (
	"strconv"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// case N80 code API_FIELD check case.go:bad
func TestN80TaskFieldsOutOfRange(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name   string
		change func(*Task)
		field  string // that the refusal names
	}{
		{"twin: an ordinary task", func(*Task) {}, ""},
		{"twin: everything at its most", func(k *Task) {
			k.Requirements = Requirements{
				Level: 5, Fuel: 1 << 50, Memory: 4 << 30, Output: 1 << 30, Seconds: 86400,
				Purpose: strings.Repeat("p", 64), Region: strings.Repeat("r", 64),
			}
			k.Recipients[0].Key = make([]byte, 4096)
			k.Inputs = nil
			for i := range 64 {
				k.Inputs = append(k.Inputs, Input{Kind: InputOwn, Name: "in" + strings.Repeat("x", i%30) + string(rune('a'+i/30)), Index: uint64(i)})
			}
		}, ""},
		{"no kind", func(k *Task) { k.Kind = wire.Digest{} }, "kind"},
		{"unknown kind", func(k *Task) { k.Kind[0]++ }, "kind"},
		{"65 inputs", func(k *Task) {
			k.Inputs = nil
			for i := range 65 {
				k.Inputs = append(k.Inputs, Input{Kind: InputOwn, Name: "in" + strconv.Itoa(i)})
			}
		}, "inputs"},
		{"alias twice", func(k *Task) { k.Inputs = append(k.Inputs, k.Inputs[0]) }, "inputs"},
		{"no alias", func(k *Task) { k.Inputs[0].Name = "" }, "inputs"},
		{"alias that leaves its folder", func(k *Task) { k.Inputs[0].Name = ".." }, "inputs"},
		{"alias with a slash", func(k *Task) { k.Inputs[0].Name = "a/b" }, "inputs"},
		{"no recipient", func(k *Task) { k.Recipients = nil }, "recipients"},
		{"twin: sixteen recipients, a next step among them", func(k *Task) {
			for range MostRecipients - 1 {
				k.Recipients = append(k.Recipients, k.Recipients[0])
			}
			k.Recipients[1].Kind, k.Recipients[1].Ref = RecipientIdentity, wire.Digest{1}
		}, ""},
		{"seventeen recipients", func(k *Task) {
			for range MostRecipients {
				k.Recipients = append(k.Recipients, k.Recipients[0])
			}
		}, "recipients"},
		{"next step without an identity", func(k *Task) {
			k.Recipients = append(k.Recipients, Recipient{Kind: RecipientIdentity, Key: []byte("age1")})
		}, "recipients"},
		{"key with an identity", func(k *Task) { k.Recipients[0].Ref = wire.Digest{1} }, "recipients"},
		{"recipient that is a place", func(k *Task) {
			k.Recipients = append(k.Recipients, Recipient{Kind: RecipientPlace, Ref: wire.Digest{1}, Key: []byte("age1")})
		}, "recipients"},
		{"input of no kind", func(k *Task) { k.Inputs[0].Kind = 0 }, "inputs"},
		{"input of an unknown kind", func(k *Task) { k.Inputs[0].Kind = InputOutput + 1 }, "inputs"},
		{"recipient of another kind", func(k *Task) { k.Recipients[0].Kind = RecipientIdentity }, "recipients"},
		{"recipient without a key", func(k *Task) { k.Recipients[0].Key = nil }, "recipients"},
		{"recipient's key too long", func(k *Task) { k.Recipients[0].Key = make([]byte, 4097) }, "recipients"},
		{"no level", func(k *Task) { k.Requirements.Level = 0 }, "requirements.level"},
		{"level 1", func(k *Task) { k.Requirements.Level = 1 }, "requirements.level"},
		{"level 6", func(k *Task) { k.Requirements.Level = 6 }, "requirements.level"},
		{"no fuel", func(k *Task) { k.Requirements.Fuel = 0 }, "requirements.fuel"},
		{"too much fuel", func(k *Task) { k.Requirements.Fuel = 1<<50 + 1 }, "requirements.fuel"},
		{"no memory", func(k *Task) { k.Requirements.Memory = 0 }, "requirements.memory"},
		{"overflowing memory", func(k *Task) { k.Requirements.Memory = 1<<64 - 1 }, "requirements.memory"},
		{"no output", func(k *Task) { k.Requirements.Output = 0 }, "requirements.output"},
		{"too much output", func(k *Task) { k.Requirements.Output = 1<<30 + 1 }, "requirements.output"},
		{"no time", func(k *Task) { k.Requirements.Seconds = 0 }, "requirements.seconds"},
		{"more than a day", func(k *Task) { k.Requirements.Seconds = 86401 }, "requirements.seconds"},
		{"purpose too long", func(k *Task) { k.Requirements.Purpose = strings.Repeat("p", 65) }, "requirements.purpose"},
		{"region too long", func(k *Task) { k.Requirements.Region = strings.Repeat("r", 65) }, "requirements.purpose"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			task := w.task()
			tt.change(&task)
			err := task.Check()
			if tt.field == "" {
				wantCode(t, err, "")
				return
			}
			wantCode(t, err, fault.APIField)
			if err != nil && !strings.Contains(err.Error(), "field "+tt.field+":") {
				t.Errorf("error %q does not name %s", err, tt.field)
			}
		})
	}
}

// resign signs what was changed, so that the check behind the signature is
// what refuses.
func (w *world) resign(c *Case) {
	c.Task = Sign(w.network, w.signers[c.Task.Body.User], c.Task.Body)
	c.Acceptance.Body.Task = c.Task.Body.ID(w.network)
	c.Acceptance = Sign(w.network, w.signers[c.Task.Body.Dispatcher], c.Acceptance.Body)
}

// case N58 code CONS_FIELD check case.go:CheckTask
func TestN58CaseIsWhatTheTaskNames(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(w *world, c *Case) // signed again afterwards
		spoil  func(w *world, c *Case) // after signing
		want   fault.Code
	}{
		{"twin: honest", nil, nil, ""},
		{"task changed after signing", nil, func(_ *world, c *Case) { c.Task.Body.MaxFee++ }, fault.KeySignature},
		{"task signed by another", nil, func(w *world, c *Case) {
			c.Task = Sign(w.network, w.signers[w.dispatcher], c.Task.Body)
		}, fault.KeySignature},
		{"task signed for another network", nil, func(w *world, c *Case) {
			c.Task = Sign(wire.Digest{1}, w.signers[w.user], c.Task.Body)
		}, fault.KeySignature},
		{"acceptance of another dispatcher", nil, func(w *world, c *Case) {
			c.Acceptance = Sign(w.network, w.signers[w.managers[0]], c.Acceptance.Body)
		}, fault.KeySignature},
		{"acceptance of another task", nil, func(w *world, c *Case) {
			c.Acceptance.Body.Task[0]++
			c.Acceptance = Sign(w.network, w.signers[w.dispatcher], c.Acceptance.Body)
		}, fault.ConsField},
		{"acceptance for another user", func(_ *world, c *Case) { c.Acceptance.Body.User[0]++ }, nil, fault.ConsField},
		{"acceptance for another epoch", func(_ *world, c *Case) { c.Acceptance.Body.Epoch++ }, nil, fault.ConsField},
		{"accepted above the user's maximum", func(_ *world, c *Case) { c.Task.Body.MaxFee = 59 }, nil, fault.PayFee},
		{"accepted below the quote", func(_ *world, c *Case) { c.Acceptance.Body.Fee = 28 }, nil, fault.PayFee},
		{"twin: accepted at the quote", func(_ *world, c *Case) { c.Acceptance.Body.Fee = 30 }, nil, ""},
		{"prices whose sum overflows to a small fee", func(w *world, c *Case) {
			w.service.Price, w.data.Price = 1<<64-20, 20
			w.state = w.build(w.first.Header, w.chain(16, 2), nil)
			c.Service, c.Datasets = w.proven(w.service), []ProvenEntry{w.proven(w.data)}
			c.Deposit, _ = w.state.ProveDeposit(w.user)
		}, nil, fault.PayFee},
		{"another service", func(_ *world, c *Case) { c.Task.Body.Service[0]++ }, nil, fault.KeyGeneration},
		{"another generation of the service", func(_ *world, c *Case) { c.Task.Body.Generation = 2 }, nil, fault.KeyGeneration},
		{"a dataset as the service", func(w *world, c *Case) { c.Task.Body.Service = w.data.ID; c.Service = w.proven(w.data) }, nil, fault.KeyGeneration},
		{"another dataset", func(w *world, c *Case) { c.Datasets = []ProvenEntry{w.proven(w.foreign)} }, nil, fault.KeyGeneration},
		{"another generation of the dataset", func(_ *world, c *Case) { c.Task.Body.Inputs[0].Index = 2 }, nil, fault.KeyGeneration},
		{"a dataset is not shown", func(_ *world, c *Case) { c.Datasets = nil }, nil, fault.ConsField},
		{"a dataset too many", func(w *world, c *Case) { c.Datasets = append(c.Datasets, w.proven(w.foreign)) }, nil, fault.ConsField},
		{"a dataset that no header holds", func(_ *world, c *Case) { c.Datasets[0].Entry.Sealed.Root[0]++ }, nil, fault.ChainProof},
		{"an entry that no header holds", func(_ *world, c *Case) { c.Service.Entry.Sealed.Root[0]++ }, nil, fault.ChainProof},
		{"parameters that the task does not name", func(_ *world, c *Case) { c.Params = []Sealed{{Size: 1}} }, nil, fault.ConsField},
		{"parameters that are not shown", func(_ *world, c *Case) { c.Task.Body.Params = wire.Digest{1} }, nil, fault.ConsField},
		{"other parameters", func(_ *world, c *Case) {
			c.Task.Body.Params = Sealed{Size: 1}.Hash()
			c.Params = []Sealed{{Size: 2}}
		}, nil, fault.ConsField},
		{"twin: parameters that the task names", func(_ *world, c *Case) {
			c.Task.Body.Params = Sealed{Size: 1}.Hash()
			c.Params = []Sealed{{Size: 1}}
		}, nil, ""},
		{"twin: an own input", func(_ *world, c *Case) {
			c.Own = []Sealed{{Size: 3}}
			c.Task.Body.Inputs = append(c.Task.Body.Inputs, Input{Kind: InputOwn, Name: "own", Ref: c.Own[0].Hash()})
		}, nil, ""},
		{"another own input", func(_ *world, c *Case) {
			c.Own = []Sealed{{Size: 3}}
			c.Task.Body.Inputs = append(c.Task.Body.Inputs, Input{Kind: InputOwn, Name: "own", Ref: Sealed{Size: 4}.Hash()})
		}, nil, fault.ConsField},
		{"an own input too many", func(_ *world, c *Case) { c.Own = []Sealed{{Size: 3}} }, nil, fault.ConsField},
		{"reserved above the deposit", func(_ *world, c *Case) { c.Acceptance.Body.Reserved = 501 }, nil, fault.PayDeposit},
		{"reserved below the fee", func(_ *world, c *Case) { c.Acceptance.Body.Reserved = 59 }, nil, fault.PayDeposit},
		{"a deposit that no header holds", func(_ *world, c *Case) { c.Deposit.Deposit.Amount = 1e9 }, nil, fault.ChainProof},
		{"a deposit with another dispatcher", func(w *world, c *Case) { c.Task.Body.Dispatcher = w.managers[0] }, nil, fault.PayDeposit},
		{"twin: the earliest deadline", func(w *world, c *Case) { c.Task.Body.Deadline = w.state.Header.Block + 10 }, nil, ""},
		{"twin: settled just before a withdrawal could be over", func(w *world, c *Case) { c.Task.Body.Deadline = w.state.Header.Block + 70 }, nil, ""},
		{"settled only after a withdrawal", func(w *world, c *Case) { c.Task.Body.Deadline = w.state.Header.Block + 71 }, nil, fault.TaskTimeout},
		{"a deadline at the end of numbers", func(_ *world, c *Case) { c.Task.Body.Deadline = 1<<64 - 1 }, nil, fault.TaskTimeout},
		{"deadline too near", func(w *world, c *Case) { c.Task.Body.Deadline = w.state.Header.Block + 9 }, nil, fault.TaskTimeout},
		{"a field out of range", func(_ *world, c *Case) { c.Task.Body.Requirements.Fuel = 0 }, nil, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.accept(w.task())
			if tt.change != nil {
				tt.change(w, &c)
				w.resign(&c)
			}
			if tt.spoil != nil {
				tt.spoil(w, &c)
			}
			_, err := c.CheckTask(w.network, w.state.Header, w.params)
			wantCode(t, err, tt.want)
			if tt.want != "" { // and nothing is drawn for it
				_, err = c.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
				wantCode(t, err, tt.want)
			}
		})
	}
}

func TestNoManifestOfMoreThanIsShown(t *testing.T) {
	w := newWorld(t)
	c, _ := w.honest()
	_, err := c.Manifest()
	wantCode(t, err, "")
	c.Datasets = nil
	_, err = c.Manifest()
	wantCode(t, err, fault.APIField)
}

// case N01 code EVID_STALE check case.go:checkChallenges
func TestN01ChallengesAreOfThisAttempt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(c *Challenge)
		newest uint64
		want   fault.Code
	}{
		{"twin: fresh", func(*Challenge) {}, 2, ""},
		{"twin: ten epochs old", func(*Challenge) {}, 12, ""},
		{"eleven epochs old", func(*Challenge) {}, 13, fault.EvidStale},
		{"of another task", func(c *Challenge) { c.Task[0]++ }, 2, fault.EvidStale},
		{"of another attempt", func(c *Challenge) { c.Attempt++ }, 2, fault.EvidStale},
		{"of another place", func(c *Challenge) { c.Place++ }, 2, fault.EvidStale},
		{"in another manager's name", func(c *Challenge) { c.Manager[0]++ }, 2, fault.EvidStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c, _ := w.honest()
			by := w.signers[c.Managers()[0]]
			body := c.Challenges[0].Body
			tt.change(&body)
			c.Challenges[0] = Sign(w.network, by, body)
			c.Assignment.Body.Challenges = HashChallenges(c.Challenges)
			c.Assignment = Sign(w.network, w.signers[w.dispatcher], c.Assignment.Body)
			_, err := c.CheckDraw(w.network, w.state.Header, tt.newest, w.params)
			wantCode(t, err, tt.want)
		})
	}
	t.Run("signed by somebody else", func(t *testing.T) {
		w := newWorld(t)
		c, _ := w.honest()
		c.Challenges[0] = Sign(w.network, w.signers[w.dispatcher], c.Challenges[0].Body)
		c.Assignment.Body.Challenges = HashChallenges(c.Challenges)
		c.Assignment = Sign(w.network, w.signers[w.dispatcher], c.Assignment.Body)
		_, err := c.CheckDraw(w.network, w.state.Header, 2, w.params)
		wantCode(t, err, fault.KeySignature)
	})
}

// case N58 code CONS_FIELD check case.go:CheckDraw
func TestN58AssignmentFollowsFromTheDraw(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(w *world, a *Assignment, d Drawn)
		want   fault.Code
	}{
		{"twin: as drawn", func(*world, *Assignment, Drawn) {}, ""},
		{"another task", func(_ *world, a *Assignment, _ Drawn) { a.Task[0]++ }, fault.ConsField},
		{"another epoch", func(_ *world, a *Assignment, _ Drawn) { a.Epoch++ }, fault.ConsField},
		{"another seed", func(_ *world, a *Assignment, _ Drawn) { a.Seed[0]++ }, fault.ConsField},
		{"attempt 0", func(_ *world, a *Assignment, _ Drawn) { a.Attempt = 0 }, fault.ConsField},
		{"an attempt too many", func(_ *world, a *Assignment, _ Drawn) { a.Attempt = 3 }, fault.ConsField},
		{"no place", func(_ *world, a *Assignment, _ Drawn) { a.Places = nil }, fault.ConsField},
		{"two places", func(_ *world, a *Assignment, _ Drawn) { a.Places = append(a.Places, a.Places[0]) }, fault.ConsField},
		{"the second worker at once", func(_ *world, a *Assignment, d Drawn) { a.Places[0].Worker = d.Workers[1].Key }, fault.VRFInvalid},
		{"a worker that was not drawn", func(w *world, a *Assignment, _ Drawn) { a.Places[0].Worker = w.user }, fault.VRFInvalid},
		{"another seat", func(w *world, a *Assignment, _ Drawn) { a.Seats[3] = w.user }, fault.VRFInvalid},
		{"a seat too few", func(_ *world, a *Assignment, _ Drawn) { a.Seats = a.Seats[1:] }, fault.VRFInvalid},
		{"other challenges", func(_ *world, a *Assignment, _ Drawn) { a.Challenges[0]++ }, fault.EvidStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c, v := w.honest()
			tt.change(w, &c.Assignment.Body, v.Drawn)
			c.Assignment = Sign(w.network, w.signers[w.dispatcher], c.Assignment.Body)
			_, err := c.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
			wantCode(t, err, tt.want)
		})
	}
	t.Run("signed by somebody else", func(t *testing.T) {
		w := newWorld(t)
		c, _ := w.honest()
		c.Assignment = Sign(w.network, w.signers[w.user], c.Assignment.Body)
		_, err := c.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
		wantCode(t, err, fault.KeySignature)
	})
	t.Run("twin: the second attempt", func(t *testing.T) {
		w := newWorld(t)
		c, v := w.honest()
		w.assign(&c, v.Drawn, 2)
		skip := Skip{Task: v.TaskID, Attempt: 1, Worker: v.Worker.Key, Reason: SkipRefused, Code: string(fault.ResBusy)}
		for _, bad := range []struct {
			name  string
			skips []Signed[Skip]
			want  fault.Code
		}{
			{"no evidence for the first", nil, fault.ConsField},
			{"a refusal that the dispatcher signed", []Signed[Skip]{Sign(w.network, w.signers[w.dispatcher], skip)}, fault.KeySignature},
			{"of another attempt", []Signed[Skip]{Sign(w.network, w.signers[v.Worker.Key], Skip{Task: v.TaskID, Attempt: 2, Worker: v.Worker.Key, Reason: SkipRefused})}, fault.ConsField},
		} {
			c.Skips = bad.skips
			_, err := c.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
			t.Log(bad.name)
			wantCode(t, err, bad.want)
		}
		c.Skips = []Signed[Skip]{Sign(w.network, w.signers[w.dispatcher], Skip{Task: v.TaskID, Attempt: 1, Worker: v.Worker.Key, Reason: SkipSilent, Waited: 20000})}
		second, err := c.CheckDraw(w.network, w.state.Header, w.state.Header.Number, w.params)
		wantCode(t, err, "")
		if second.Worker.Key == v.Worker.Key || second.Want == v.Want {
			t.Error("the second attempt is like the first")
		}
	})
}

// case N02 code EVID_BINDING check case.go:TranscriptOf
func TestN02ReportDataBindsEverythingOfAnAttempt(t *testing.T) {
	w := newWorld(t)
	c, v := w.honest()
	a, keys, h, manifest := c.Assignment.Body, c.Keys, w.state.Header, wire.Digest{5}
	data := func() any {
		return TranscriptOf(w.network, a, c.Place, keys, h, c.Challenges, manifest).Data()
	}
	honest := data()
	t.Run("twin: the same again", func(t *testing.T) {
		if data() != honest {
			t.Error("report data differs")
		}
	})
	for _, tt := range []struct {
		name   string
		change func() (undo func())
	}{
		{"network", func() func() { w.network[0]++; return func() { w.network[0]-- } }},
		{"task", func() func() { a.Task[0]++; return func() { a.Task[0]-- } }},
		{"worker", func() func() { a.Places[0].Worker[0]++; return func() { a.Places[0].Worker[0]-- } }},
		{"attempt", func() func() { a.Attempt++; return func() { a.Attempt-- } }},
		{"place", func() func() { c.Place++; return func() { c.Place-- } }},
		{"sealing key", func() func() { keys.Seal = []byte("other"); return func() { keys = c.Keys } }},
		{"receipt key", func() func() { keys.Receipt[0]++; return func() { keys = c.Keys } }},
		{"policy", func() func() { h.Policy[0]++; return func() { h.Policy[0]-- } }},
		{"generation", func() func() { h.Generation++; return func() { h.Generation-- } }},
		{"seed", func() func() { a.Seed[0]++; return func() { a.Seed[0]-- } }},
		{"challenge", func() func() { c.Challenges[0].Body.Nonce[0]++; return func() { c.Challenges[0].Body.Nonce[0]-- } }},
		{"manifest", func() func() { manifest[0]++; return func() { manifest[0]-- } }},
	} {
		t.Run("another "+tt.name, func(t *testing.T) {
			undo := tt.change()
			defer undo()
			if data() == honest {
				t.Error("report data is the same")
			}
		})
	}
	if v.Subject.Evidence != c.Evidence.Digest() {
		t.Error("the subject names other evidence")
	}
}

func TestArtefactsInTheTasksOrder(t *testing.T) {
	w := newWorld(t)
	c := w.accept(w.task())
	c.Own, c.Params = []Sealed{{Size: 3}}, []Sealed{{Size: 4}}
	c.Task.Body.Inputs = []Input{{Kind: InputOwn, Name: "own"}, {Kind: InputEntry, Name: "left"}}
	list, err := c.Artefacts()
	if err != nil || len(list) != 4 || list[0] != w.service.Sealed || list[1].Size != 3 || list[2] != w.data.Sealed || list[3].Size != 4 {
		t.Errorf("Artefacts = %v, %v", list, err)
	}
	c.Task.Body.Inputs = append(c.Task.Body.Inputs, Input{Kind: InputOutput, Name: "out"})
	_, err = c.Artefacts()
	wantCode(t, err, fault.APIField)
}
