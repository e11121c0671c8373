package mini

import (
	"context"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/key"
	"tacit/manager"
	"tacit/vrf"
	"tacit/wire"
)

// An Attempt is one task on its way: a service and datasets, drawn, assigned,
// with an enclave's keys and evidence.
type Attempt struct {
	N        *Network
	Case     tacit.Case
	Managers []*manager.Manager // aligned with Case.Managers
	Headers  [][]byte           // age headers of the artefacts
	Drawn    tacit.Drawn
	Seal     *key.Sealer
	Sign     *key.Signer
}

// Task is a task of the network's user on a service and datasets.
func (n *Network) Task(service tacit.Entry, datasets ...tacit.Entry) tacit.Task {
	h := n.Headers.Current.Header
	t := tacit.Task{
		User: n.User.Address(), Nonce: 1, Kind: tacit.KindEnclave, Service: service.ID, Generation: service.Generation,
		Recipients:   []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte("age1pq-of-the-user")}},
		Requirements: tacit.Requirements{Level: 2, Fuel: 1e6, Memory: 1 << 20, Output: 1 << 20, Seconds: 5},
		Dispatcher:   n.Dispatcher.Key.Address(), MaxFee: 1e9, Deadline: h.Block + n.Genesis.Params.Deadline + 16,
	}
	for i, d := range datasets {
		t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputEntry, Name: string(rune('a' + i)), Ref: d.ID, Index: d.Generation})
	}
	return t
}

// Accept makes the case of a task up to its acceptance, under the newest
// header.
func (n *Network) Accept(t tacit.Task, service tacit.Entry, datasets ...tacit.Entry) tacit.Case {
	n.T.Helper()
	c := tacit.Case{Task: tacit.Sign(n.ID, n.User, t)}
	var err error
	c.Service, err = n.State.ProveEntry(service.ID)
	n.Must(err)
	for _, d := range datasets {
		p, err := n.State.ProveEntry(d.ID)
		n.Must(err)
		c.Datasets = append(c.Datasets, p)
	}
	c.Deposit, err = n.State.ProveDeposit(n.User.Address())
	n.Must(err)
	fee := tacit.Quote(n.Genesis.Params, t, service, datasets).Total()
	c.Acceptance = tacit.Sign(n.ID, n.Dispatcher.Key, tacit.Acceptance{
		Task: t.ID(n.ID), User: t.User, Sequence: 1, Fee: fee, Reserved: fee, Epoch: n.Headers.Current.Header.Number,
	})
	return c
}

// share fills in where a node stands under the newest header.
func (n *Network) share(key wire.Address, pi []byte) tacit.Share {
	n.T.Helper()
	p, err := n.State.ProveNode(key)
	n.Must(err)
	return tacit.Share{Node: p.Node, Path: p.Path, Pi: pi}
}

// Draw draws a case with its managers' parts.
func (n *Network) Draw(c tacit.Case, managers ...*manager.Manager) *Attempt {
	n.T.Helper()
	a := &Attempt{N: n, Case: c, Managers: managers}
	h := n.Headers.Current.Header
	alpha := vrf.DrawAlpha(n.ID, h.Beacon, c.Task.Body.ID(n.ID))
	mine := n.share(n.Dispatcher.Key.Address(), n.Dispatcher.VRF.Prove(alpha))
	own, err := vrf.Verify(n.Dispatcher.VRF.Public(), alpha, mine.Pi)
	n.Must(err)
	var shares []tacit.Share
	var betas []vrf.Beta
	for i, who := range c.Managers() {
		got, err := managers[i].Draw(context.Background(), tacit.DrawRequest{Case: c})
		n.Must(err)
		s := n.share(who, got.Pi)
		beta, err := vrf.Verify(s.Node.VRF, alpha, s.Pi)
		n.Must(err)
		shares, betas = append(shares, s), append(betas, beta)
	}
	seed := vrf.Seed(own, betas)
	picked, err := tacit.Pick(seed, c.Task.Body.Requirements, n.Genesis.Params, n.State.Workers, n.State.Verifiers)
	n.Must(err)
	a.Case.Draw = tacit.Draw{Dispatcher: mine, Managers: shares, Workers: picked.Workers, Verifiers: picked.Verifiers}
	a.Drawn, err = picked.Draw(seed, c.Task.Body.Requirements, n.Genesis.Params)
	n.Must(err)
	return a
}

// Assign gets challenges for an attempt and signs the assignment.
func (a *Attempt) Assign(attempt uint8) *Attempt {
	a.N.T.Helper()
	id := a.Case.Task.Body.ID(a.N.ID)
	a.Case.Challenges = nil
	for _, m := range a.Managers {
		c, err := m.Challenge(context.Background(), tacit.ChallengeRequest{Task: id, Attempt: attempt})
		a.N.Must(err)
		a.Case.Challenges = append(a.Case.Challenges, c)
	}
	a.Case.Skips = nil
	for i := range attempt - 1 {
		a.Case.Skips = append(a.Case.Skips, tacit.Sign(a.N.ID, a.N.Dispatcher.Key, tacit.Skip{
			Task: id, Attempt: i + 1, Worker: a.Drawn.Workers[i].Key, Reason: tacit.SkipSilent, Waited: 1000,
		}))
	}
	as := tacit.Assignment{
		Task: id, Epoch: a.Case.Acceptance.Body.Epoch, Attempt: attempt, Seed: a.Drawn.Seed,
		Places: []tacit.Place{{Worker: a.Drawn.Workers[attempt-1].Key}}, Challenges: tacit.HashChallenges(a.Case.Challenges),
	}
	for _, s := range a.Drawn.Seats {
		as.Seats = append(as.Seats, s.Key)
	}
	a.Case.Assignment = tacit.Sign(a.N.ID, a.N.Dispatcher.Key, as)
	return a
}

// Quote makes an enclave's keys and has the simulated vendor sign for them.
// edit may change what is quoted.
func (a *Attempt) Quote(edit func(v *sim.Vendor, measurement, manifest *wire.Digest, t *attest.TaskTranscript)) *Attempt {
	n := a.N
	n.T.Helper()
	var err error
	a.Seal, err = key.NewSealer()
	n.Must(err)
	a.Sign, err = key.NewSigner()
	n.Must(err)
	a.Case.Keys = tacit.EnclaveKeys{Seal: a.Seal.Recipient(), Receipt: a.Sign.Address()}
	return a.Requote(edit)
}

// Requote makes new evidence for the same keys.
func (a *Attempt) Requote(edit func(v *sim.Vendor, measurement, manifest *wire.Digest, t *attest.TaskTranscript)) *Attempt {
	n := a.N
	n.T.Helper()
	h, err := n.Headers.Header(context.Background(), a.Case.Acceptance.Body.Epoch)
	n.Must(err)
	manifest, err := a.Case.Manifest()
	n.Must(err)
	t := tacit.TranscriptOf(n.ID, a.Case.Assignment.Body, a.Case.Place, a.Case.Keys, h, a.Case.Challenges, manifest)
	vendor, measurement, started := *n.Vendor, n.Enclave, sim.ManifestOf(nil, nil)
	if edit != nil {
		edit(&vendor, &measurement, &started, &t)
	}
	a.Case.Evidence, err = vendor.Quote(measurement, started, t.Data())
	n.Must(err)
	return a
}

// Subject is what the committee must vote on.
func (a *Attempt) Subject() tacit.Subject {
	n := a.N
	n.T.Helper()
	h, err := n.Headers.Header(context.Background(), a.Case.Acceptance.Body.Epoch)
	n.Must(err)
	as := a.Case.Assignment.Body
	return tacit.Subject{
		Epoch: as.Epoch, Task: as.Task, Assignment: as.Hash(), Attempt: as.Attempt, Place: a.Case.Place,
		Evidence: a.Case.Evidence.Digest(), Keys: a.Case.Keys.Hash(), Policy: h.Policy, Generation: h.Generation,
	}
}

// Certify has every seat holder accept, without looking.
func (a *Attempt) Certify() tacit.Certificate {
	n := a.N
	n.T.Helper()
	vote := a.Subject().Vote(true, "")
	var cert tacit.Certificate
	for _, v := range n.Verifiers {
		for _, s := range a.Drawn.Seats {
			if s.Key == v.Key.Address() {
				cert.Votes = append(cert.Votes, tacit.Sign(n.ID, v.Key, vote))
				break
			}
		}
	}
	return cert
}

// Release asks a manager for its keys with every seat's vote.
func (a *Attempt) Release(i int) (tacit.ReleaseReply, error) {
	return a.Managers[i].Release(context.Background(), tacit.ReleaseRequest{Case: a.Case, Certificate: a.Certify(), Headers: a.Headers})
}

// Open opens a grant as the enclave would and returns the file key.
func (a *Attempt) Open(g tacit.Grant) ([]byte, error) {
	return a.Seal.Open(g.Info(a.N.ID), g.Sealed)
}

// Ready is an attempt with a service and a dataset at one manager, quoted and
// ready for release.
func (n *Network) Ready(m *manager.Manager, terms tacit.Terms) *Attempt {
	n.T.Helper()
	service, code := n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), Terms())
	data, table := n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), terms)
	n.Epoch()
	t := n.Task(service, data)
	a := n.Draw(n.Accept(t, service, data), m).Assign(1).Quote(nil)
	a.Headers = [][]byte{code.Header, table.Header}
	return a
}

// Code is the code of an error, for comparing in tables.
func Code(err error) fault.Code { return fault.Of(err) }
