package manager_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/key"
	"tacit/manager"
	"tacit/wire"
)

// A chain is a network in which a first task on one dataset has left something to a next.
type chain struct {
	*mini.Network
	m       *manager.Manager
	service tacit.Entry
	code    mini.Artefact
	data    tacit.Entry
	first   *mini.Attempt
	left    mini.Artefact
	leaf    tacit.Leaf
	nonce   uint64
}

func setTerms() tacit.Terms {
	t := mini.Terms("builtin/psi")
	t.MinGroupSize, t.Logs = 7, false
	t.Sets = &tacit.SetRules{Operations: []string{tacit.SetCompute}, Steps: []string{tacit.SetIntersection}, MinSet: 3, MinDifference: 4}
	t.Learn = &tacit.LearnRules{Operations: []string{tacit.LearnAggregate}, Steps: []string{tacit.LearnUpdate}, MinRows: 9}
	return t
}

func newChain(t *testing.T, terms tacit.Terms) *chain {
	t.Helper()
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	t.Cleanup(end)
	return chainOn(n, m, terms)
}

// chainOn is a chain at a manager that the test made.
func chainOn(n *mini.Network, m *manager.Manager, terms tacit.Terms) *chain {
	n.T.Helper()
	c := &chain{Network: n, m: m}
	c.service, c.code = c.Publish(m, "builtin/psi", tacit.EntryService, tacit.Program("psi", 1), mini.Terms())
	var table mini.Artefact
	c.data, table = c.Publish(m, "clinic/ids", tacit.EntryDataset, []byte("ids"), terms)
	c.Epoch()
	id, err := m.Identity(mini.As(c.User), tacit.IdentityRequest{})
	c.Must(err)
	task := c.Task(c.service, c.data)
	task.Recipients = append(task.Recipients, onward(id))
	c.first = c.Draw(c.Accept(task, c.service, c.data), m).Assign(1).Quote(nil)
	c.first.Headers = [][]byte{c.code.Header, table.Header}
	_, err = c.first.Release(0)
	c.Must(err)
	c.left = c.Seal(id, []byte("what is left"), false)
	c.leaf = tacit.Leaf{Task: task.ID(c.ID), Output: c.left.Sealed.Root}
	return c
}

func onward(id tacit.Identity) tacit.Recipient {
	return tacit.Recipient{Kind: tacit.RecipientIdentity, Ref: id.ID, Key: []byte(id.Recipient)}
}

// next is a task on what was left.
func (c *chain) next(leaf tacit.Signed[tacit.Leaf], sealed tacit.Sealed) tacit.Case {
	c.nonce++
	t := c.Task(c.service)
	t.Nonce = 100 + c.nonce
	t.Inputs = []tacit.Input{{Kind: tacit.InputOutput, Name: "common", Ref: sealed.Hash(), Index: tacit.StepIndex(2, 1)}}
	k := c.Accept(t, c.service)
	k.Own, k.Steps = []tacit.Sealed{sealed}, []tacit.Signed[tacit.Leaf]{leaf}
	return k
}

func (c *chain) signed() tacit.Signed[tacit.Leaf] { return tacit.Sign(c.ID, c.first.Sign, c.leaf) }

// draw is what the manager says of a case before it runs.
func (c *chain) draw(k tacit.Case) error {
	_, err := c.m.Draw(context.Background(), tacit.DrawRequest{Case: k})
	return err
}

func TestAStepIsReleasedUnderTheTermsThatItCameFrom(t *testing.T) {
	c := newChain(t, setTerms())
	a := c.Draw(c.next(c.signed(), c.left.Sealed), c.m).Assign(1).Quote(nil)
	a.Headers = [][]byte{c.code.Header, c.left.Header}
	reply, err := a.Release(0)
	c.Must(err)
	g := reply.Grants[1]
	if s := g.Terms.Sets; s == nil || !slices.Equal(s.Steps, []string{tacit.SetIntersection}) || g.Terms.MinGroupSize != 7 || g.Terms.Logs || s.MinDifference != 4 ||
		g.Terms.Learn == nil || !slices.Equal(g.Terms.Learn.Steps, []string{tacit.LearnUpdate}) || g.Terms.Learn.MinRows != 9 {
		t.Errorf("grant of what was left: %+v", g.Terms)
	}
	if len(g.Secrets) == 0 {
		t.Error("nobody compares answers about what was left")
	}
	if _, err := a.Open(g); err != nil {
		t.Error(err)
	}
	// It counts as a release of the entry.
	terms := setTerms()
	terms.MaxReleases = 2
	_, err = c.m.SetTerms(mini.As(c.Owner), tacit.TermsRequest{Entry: "clinic/ids", Terms: terms})
	c.Must(err)
}

// case N99 code KEY_POLICY check manager/steps.go:sources
func TestN99WhatNoTaskLeftIsNoStep(t *testing.T) {
	stranger, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		step func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed)
		code fault.Code
	}{
		{"twin: what the first task left", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) { return c.signed(), c.left.Sealed }, ""},
		{"a leaf that no enclave signed which had keys", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) {
			return tacit.Sign(c.ID, stranger, c.leaf), c.left.Sealed
		}, fault.KeyPolicy},
		{"a leaf that nobody signed", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) {
			return tacit.Signed[tacit.Leaf]{Body: c.leaf}, c.left.Sealed
		}, fault.KeySignature},
		{"a leaf of another task", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) {
			c.leaf.Task = wire.Digest{1}
			return c.signed(), c.left.Sealed
		}, fault.KeyPolicy},
		{"something else under that identity", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) {
			other := c.left.Sealed
			other.Root = wire.Digest{1}
			return c.signed(), other
		}, fault.ConsField},
		{"an identity that no task left something to", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) {
			id, err := c.m.Identity(mini.As(c.User), tacit.IdentityRequest{})
			c.Must(err)
			other := c.Seal(id, []byte("mine"), false)
			c.leaf.Output = other.Sealed.Root
			return c.signed(), other.Sealed
		}, fault.KeyPolicy},
		{"the identity of the dataset itself", func(c *chain) (tacit.Signed[tacit.Leaf], tacit.Sealed) {
			c.leaf.Output = c.data.Sealed.Root
			return c.signed(), c.data.Sealed
		}, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChain(t, setTerms())
			want(t, c.draw(c.next(tt.step(c))), tt.code)
		})
	}
}

// case N98 code DATA_CONSENT check manager/terms.go:judgeAll
func TestN98OwnersAreAskedForEachStep(t *testing.T) {
	t.Run("twin: as it was", func(t *testing.T) {
		c := newChain(t, setTerms())
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), "")
	})
	t.Run("consent was withdrawn since", func(t *testing.T) {
		c := newChain(t, setTerms())
		gone := setTerms()
		gone.Withdrawn = true
		_, err := c.m.SetTerms(mini.As(c.Owner), tacit.TermsRequest{Entry: "clinic/ids", Terms: gone})
		c.Must(err)
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), fault.DataConsent)
	})
	t.Run("all releases are spent", func(t *testing.T) {
		terms := setTerms()
		terms.MaxReleases = 1
		c := newChain(t, terms)
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), fault.DataConsent)
	})
	t.Run("twin: a rule that binds the data alone", func(t *testing.T) {
		terms := setTerms()
		terms.Rule = `derived || datasets == ["clinic/ids"]`
		c := newChain(t, terms)
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), "")
	})
	t.Run("a rule that binds what was made of them", func(t *testing.T) {
		terms := setTerms()
		terms.Rule = "!derived"
		c := newChain(t, terms)
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), fault.DataConsent)
	})
	t.Run("another service", func(t *testing.T) {
		c := newChain(t, setTerms())
		c.service, c.code = c.Publish(c.m, "acme/other", tacit.EntryService, tacit.Program("psi", 1), mini.Terms())
		c.Epoch()
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), fault.DataConsent)
	})
	t.Run("a program that does not keep rules on sets", func(t *testing.T) {
		terms := setTerms()
		terms.Services, terms.AnyService = nil, true
		c := newChain(t, terms)
		c.service, c.code = c.Publish(c.m, "acme/other", tacit.EntryService, []byte("code"), mini.Terms())
		c.Epoch()
		want(t, c.draw(c.next(c.signed(), c.left.Sealed)), fault.DataConsent)
	})
}

// case N99 code KEY_POLICY check manager/steps.go:onward
func TestN99AnIdentityIsOneTasksNextStep(t *testing.T) {
	for _, tt := range []struct {
		name string
		to   func(c *chain) tacit.Recipient
		code fault.Code
	}{
		{"twin: a fresh one", func(c *chain) tacit.Recipient {
			id, err := c.m.Identity(mini.As(c.User), tacit.IdentityRequest{})
			c.Must(err)
			return onward(id)
		}, ""},
		{"twin: another manager's", func(*chain) tacit.Recipient {
			return tacit.Recipient{Kind: tacit.RecipientIdentity, Ref: wire.Digest{1}, Key: []byte("age1pq")}
		}, ""},
		{"that of the first task", func(c *chain) tacit.Recipient { return c.first.Case.Task.Body.Recipients[1] }, fault.KeyPolicy},
		{"an entry's", func(c *chain) tacit.Recipient {
			id, err := c.m.Identity(mini.As(c.User), tacit.IdentityRequest{Subject: "clinic/ids"})
			c.Must(err)
			return onward(id)
		}, fault.KeyPolicy},
		{"another user's", func(c *chain) tacit.Recipient {
			id, err := c.m.Identity(mini.As(c.Owner), tacit.IdentityRequest{})
			c.Must(err)
			return onward(id)
		}, fault.KeyPolicy},
		{"one with another key", func(c *chain) tacit.Recipient {
			id, err := c.m.Identity(mini.As(c.User), tacit.IdentityRequest{})
			c.Must(err)
			id.Recipient = "age1pq-of-a-thief"
			return onward(id)
		}, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChain(t, setTerms())
			task := c.Task(c.service, c.data)
			task.Nonce = 77
			task.Recipients = append(task.Recipients, tt.to(c))
			a := c.Draw(c.Accept(task, c.service, c.data), c.m).Assign(1).Quote(nil)
			a.Headers = c.first.Headers
			_, err := a.Release(0)
			want(t, err, tt.code)
		})
	}
}

// A task that is refused for where it would leave something costs its owners nothing.
func TestARefusedNextStepSpendsNothing(t *testing.T) {
	terms := setTerms()
	terms.MaxReleases = 2 // the first task had one
	c := newChain(t, terms)
	release := func(nonce uint64, to tacit.Recipient) error {
		task := c.Task(c.service, c.data)
		task.Nonce = nonce
		task.Recipients = append(task.Recipients, to)
		a := c.Draw(c.Accept(task, c.service, c.data), c.m).Assign(1).Quote(nil)
		a.Headers = c.first.Headers
		_, err := a.Release(0)
		return err
	}
	want(t, release(77, c.first.Case.Task.Body.Recipients[1]), fault.KeyPolicy)
	id, err := c.m.Identity(mini.As(c.User), tacit.IdentityRequest{})
	c.Must(err)
	want(t, release(78, onward(id)), "")
}

// What came from steps came from what they came from.
func TestAChainOfStepsStandsForAllItsEntries(t *testing.T) {
	c := newChain(t, setTerms())
	id, err := c.m.Identity(mini.As(c.User), tacit.IdentityRequest{})
	c.Must(err)
	k := c.next(c.signed(), c.left.Sealed)
	task := k.Task.Body
	task.Recipients = append(task.Recipients, onward(id))
	again := c.Accept(task, c.service)
	again.Own, again.Steps = k.Own, k.Steps
	a := c.Draw(again, c.m).Assign(1).Quote(nil)
	a.Headers = [][]byte{c.code.Header, c.left.Header}
	_, err = a.Release(0)
	c.Must(err)
	c.first, c.left = a, c.Seal(id, []byte("the next"), false)
	c.leaf = tacit.Leaf{Task: task.ID(c.ID), Output: c.left.Sealed.Root}
	want(t, c.draw(c.next(c.signed(), c.left.Sealed)), "")
	gone := setTerms()
	gone.Withdrawn = true
	_, err = c.m.SetTerms(mini.As(c.Owner), tacit.TermsRequest{Entry: "clinic/ids", Terms: gone})
	c.Must(err)
	want(t, c.draw(c.next(c.signed(), c.left.Sealed)), fault.DataConsent)
}

// One answer can come from many entries, and each must be asked for every step after it.
func TestAStepStandsForSomeEntriesAtMost(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries int
		code    fault.Code
	}{{"twin: as many as can be", 16, ""}, {"one more", 17, fault.APISize}} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			m, end := n.Manager(0, nil)
			defer end()
			service, code := n.Publish(m, "builtin/psi", tacit.EntryService, tacit.Program("psi", 1), mini.Terms())
			headers, data := [][]byte{code.Header}, []tacit.Entry(nil)
			for i := range tt.entries {
				e, table := n.Publish(m, fmt.Sprintf("clinic/ids-%d", i), tacit.EntryDataset, []byte("ids"), setTerms())
				headers, data = append(headers, table.Header), append(data, e)
			}
			n.Epoch()
			id, err := m.Identity(mini.As(n.User), tacit.IdentityRequest{})
			n.Must(err)
			task := n.Task(service, data...)
			task.Recipients = append(task.Recipients, onward(id))
			a := n.Draw(n.Accept(task, service, data...), m).Assign(1).Quote(nil)
			a.Headers = headers
			_, err = a.Release(0)
			want(t, err, tt.code)
		})
	}
}
