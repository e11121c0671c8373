package settle

import (
	"sync"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// case N66 code CHAIN_SETTLED check contracts/Direct.sol:AlreadySettled
func TestN66OneProofThroughTwoRelayersSettlesOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	task := w.task("user0", 1)
	proof := w.proof(w.papers(task))
	a, b := w.as("poster"), w.as("reporter")

	// Both are sent before either is mined, so both look possible.
	w.chain.held = true
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, c := range []*Client{a, b} {
		wg.Go(func() { _, errs[i] = c.SettleDirect(ctx, proof) })
	}
	<-w.chain.sent
	<-w.chain.sent
	w.chain.sim.Commit()
	wg.Wait()
	w.chain.held = false
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("settled by the relayers: %v and %v, want exactly one", errs[0], errs[1])
	}
	for _, err := range errs {
		if err != nil {
			want(t, err, "AlreadySettled", fault.ChainSettled)
		}
	}
	w.direct = append(w.direct, task.ID(w.network))
	w.conserve()
	_, err := a.SettleDirect(ctx, proof)
	want(t, err, "AlreadySettled", fault.ChainSettled)
	// Nor with another certificate of the same task.
	p := w.papers(task)
	p.voters, p.exit = 5, tacit.ExitGuest
	_, err = b.SettleDirect(ctx, w.proof(p))
	want(t, err, "AlreadySettled", fault.ChainSettled)
	// Nor after it was paid.
	w.minePays(task)
	_, err = a.ClaimDirect(ctx, task.ID(w.network))
	w.ok(err)
	_, err = b.SettleDirect(ctx, proof)
	want(t, err, "AlreadySettled", fault.ChainSettled)
	w.conserve()
	t.Run("twin: another task of the same user settles", func(*testing.T) {
		_, err := b.SettleDirect(ctx, w.proof(w.papers(w.task("user0", 2))))
		w.ok(err)
	})
}

// case N66 code KEY_SIGNATURE check contracts/Messages.sol:domain
func TestN66ProofOfAnotherNetworkIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name    string
		network wire.Digest
		reason  string
		code    fault.Code
	}{
		{"another chain ID", wire.Domain(1, w.at.Epochs, w.genesis.Digest()), "BadSignature", fault.KeySignature},
		{"another contract", wire.Domain(1337, w.at.Direct, w.genesis.Digest()), "BadSignature", fault.KeySignature},
		{"another genesis", wire.Domain(1337, w.at.Epochs, wire.Digest{1}), "BadSignature", fault.KeySignature},
		{"twin: this network", w.network, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.papers(w.task("user0", 1))
			p.network = tt.network
			_, err := w.as("poster").SettleDirect(t.Context(), w.proof(p))
			want(t, err, tt.reason, tt.code)
		})
	}
}

// case N58 code CONS_FIELD check contracts/Direct.sol:VoteField
func TestN58VoteOverOtherBytesIsRefused(t *testing.T) {
	w := newWorld(t)
	vote := func(f func(*tacit.Vote)) func(*tacit.Acceptance, *tacit.Assignment, *tacit.Vote, *tacit.Leaf) {
		return func(_ *tacit.Acceptance, _ *tacit.Assignment, v *tacit.Vote, _ *tacit.Leaf) { f(v) }
	}
	for _, tt := range []struct {
		name   string
		edit   func(*tacit.Acceptance, *tacit.Assignment, *tacit.Vote, *tacit.Leaf)
		reason string
	}{
		{"a reject", vote(func(v *tacit.Vote) { v.Accept = false }), "VoteField"},
		{"another epoch", vote(func(v *tacit.Vote) { v.Epoch++ }), "VoteField"},
		{"another task", vote(func(v *tacit.Vote) { v.Task[0]++ }), "VoteField"},
		{"another assignment", vote(func(v *tacit.Vote) { v.Assignment[0]++ }), "VoteField"},
		{"another attempt", vote(func(v *tacit.Vote) { v.Attempt++ }), "VoteField"},
		{"another place", vote(func(v *tacit.Vote) { v.Place++ }), "VoteField"},
		{"another enclave's keys", vote(func(v *tacit.Vote) { v.Keys[0]++ }), "VoteField"},
		{"twin: as it must be", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.papers(w.task("user0", 1))
			p.edit = tt.edit
			_, err := w.as("poster").SettleDirect(t.Context(), w.proof(p))
			if tt.reason == "" {
				want(t, err, "", "")
			} else {
				want(t, err, tt.reason, fault.ConsField)
			}
		})
	}
	t.Run("signed on another chain", func(t *testing.T) {
		proof := w.proof(w.papers(w.task("user0", 2)))
		other := wire.Domain(1, w.at.Epochs, w.genesis.Digest())
		proof.VoteSigs[0] = tacit.Sign(other, w.keyOf(proof.Holders[0].Member.Key), proof.Vote).Sig
		_, err := w.as("poster").SettleDirect(t.Context(), proof)
		want(t, err, "VoteSignature", fault.ConsField)
	})
}

// case N64 code KEY_QUORUM check contracts/Direct.sol:CertificateShort
func TestN64TwoThirdsAreNotEnough(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name   string
		voters int
		reason string
		code   fault.Code
	}{
		{"none", 0, "CertificateShort", fault.KeyQuorum},
		{"four of seven", 4, "CertificateShort", fault.KeyQuorum},
		{"twin: five of seven", 5, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.papers(w.task("user0", uint64(tt.voters)))
			p.voters = tt.voters
			_, err := w.as("poster").SettleDirect(t.Context(), w.proof(p))
			want(t, err, tt.reason, tt.code)
		})
	}
}

func TestSeatsOfOperators(t *testing.T) {
	w := newWorld(t)
	seats := func(index ...int) func(*tacit.Acceptance, *tacit.Assignment, *tacit.Vote, *tacit.Leaf) {
		return func(_ *tacit.Acceptance, a *tacit.Assignment, v *tacit.Vote, l *tacit.Leaf) {
			a.Seats = nil
			for _, i := range index {
				a.Seats = append(a.Seats, w.state.Verifiers.Members[i].Key)
			}
			v.Assignment, l.Assignment = a.Hash(), a.Hash()
		}
	}
	for i, tt := range []struct {
		name   string
		seats  []int
		reason string
		code   fault.Code
	}{
		{"an operator with a third", []int{0, 0, 0, 1, 2, 3, 4}, "CertificateShort", fault.KeyQuorum},
		{"too few seats", []int{0, 1, 2, 3, 4, 5}, "PartMismatch", fault.ConsField},
		{"too many seats", []int{0, 1, 2, 3, 4, 5, 6, 6}, "PartMismatch", fault.ConsField},
		{"twin: holders of two", []int{0, 1, 0, 2, 1, 3, 3}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.papers(w.task("user0", uint64(i)))
			p.edit = seats(tt.seats...)
			_, err := w.as("poster").SettleDirect(t.Context(), w.proof(p))
			want(t, err, tt.reason, tt.code)
		})
	}
}

func TestDirectRefusals(t *testing.T) {
	w := newWorld(t)
	type parts = func(*tacit.Acceptance, *tacit.Assignment, *tacit.Vote, *tacit.Leaf)
	for i, tt := range []struct {
		name   string
		papers func(p *papers)
		proof  func(p *Proof)
		reason string
		code   fault.Code
	}{
		{"not signed by the user", func(p *papers) { p.user = w.keys["user1"] }, nil, "BadSignature", fault.KeySignature},
		{"not accepted by the dispatcher", func(p *papers) { p.dispatcher = w.keys["dispatcher1"] }, nil, "BadSignature", fault.KeySignature},
		{"accepted for another task", func(p *papers) {
			p.edit = parts(func(a *tacit.Acceptance, _ *tacit.Assignment, _ *tacit.Vote, _ *tacit.Leaf) { a.Task[0]++ })
		}, nil, "PartMismatch", fault.ConsField},
		{"accepted in another epoch", func(p *papers) {
			p.edit = parts(func(a *tacit.Acceptance, _ *tacit.Assignment, _ *tacit.Vote, _ *tacit.Leaf) { a.Epoch++ })
		}, nil, "PartMismatch", fault.ConsField},
		{"an assignment that was not signed", nil, func(p *Proof) { p.Assignment.Body.Seed[0]++ }, "BadSignature", fault.KeySignature},
		{"a leaf that was not signed", nil, func(p *Proof) { p.Leaf.Body.Bucket++ }, "BadSignature", fault.KeySignature},
		{"a leaf of another key", func(p *papers) { p.receiptKey = seeded("other") }, func(p *Proof) { p.Receipt = seeded("receipt").Address() }, "BadSignature", fault.KeySignature},
		{"keys that nobody voted for", nil, func(p *Proof) { p.Seal[0]++ }, "VoteField", fault.ConsField},
		{"a leaf of another attempt", func(p *papers) {
			p.edit = parts(func(_ *tacit.Acceptance, _ *tacit.Assignment, _ *tacit.Vote, l *tacit.Leaf) { l.Attempt++ })
		}, nil, "PartMismatch", fault.ConsField},
		{"a leaf of a place that is not", func(p *papers) {
			p.edit = parts(func(_ *tacit.Acceptance, _ *tacit.Assignment, _ *tacit.Vote, l *tacit.Leaf) { l.Place++ })
		}, nil, "PartMismatch", fault.ConsField},
		{"a leaf without exit class", func(p *papers) { p.exit = 0 }, nil, "LeafField", fault.APIField},
		{"a leaf of an unknown bucket", func(p *papers) {
			p.edit = parts(func(_ *tacit.Acceptance, _ *tacit.Assignment, _ *tacit.Vote, l *tacit.Leaf) { l.Bucket = 8 })
		}, nil, "LeafField", fault.APIField},
		{"another worker", nil, func(p *Proof) {
			p.Worker = proven(w.state.Workers, w.addr("worker1"))[0]
		}, "PartMismatch", fault.ConsField},
		{"a worker with another operator", nil, func(p *Proof) { p.Worker.Member.Operator = w.addr("poster") }, "BadPath", fault.ChainProof},
		{"a holder with another operator", nil, func(p *Proof) { p.Holders[0].Member.Operator = w.addr("poster") }, "BadPath", fault.ChainProof},
		{"another pool", nil, func(p *Proof) { p.Verifiers.Total++ }, "PartMismatch", fault.ConsField},
		{"a holder left out", nil, func(p *Proof) { p.Holders, p.VoteSigs = p.Holders[1:], p.VoteSigs[1:] }, "PartMismatch", fault.ConsField},
		{"a holder shown twice", nil, func(p *Proof) { p.Holders[1], p.VoteSigs[1] = p.Holders[0], p.VoteSigs[0] }, "PartMismatch", fault.ConsField},
		{"a fee above the acceptance", func(p *papers) { p.fee = 15_000 }, nil, "FeeAbove", fault.PayFee},
		{"an acceptance above the maximum", func(p *papers) { p.fee = 100_001 }, nil, "FeeAbove", fault.PayFee},
		{"a generation that is not", func(p *papers) { p.task.Generation = 9 }, nil, "UnknownEntry", fault.APINotFound},
		{"a dataset as service", func(p *papers) { p.task.Service = w.data.ID }, nil, "PartMismatch", fault.ConsField},
		{"a service as dataset", func(p *papers) { p.task.Inputs[0].Ref = w.service.ID }, nil, "PartMismatch", fault.ConsField},
		{"another kind of proof", func(p *papers) { p.task.Kind[0]++ }, nil, "PartMismatch", fault.ConsField},
		{"the other dispatcher's task", func(p *papers) {
			p.task.Dispatcher, p.dispatcher = w.addr("dispatcher1"), w.keys["dispatcher1"]
		}, nil, "OtherDispatcher", fault.PayDeposit},
		{"an epoch without header", func(p *papers) {
			p.edit = parts(func(a *tacit.Acceptance, s *tacit.Assignment, v *tacit.Vote, l *tacit.Leaf) {
				a.Epoch, s.Epoch, v.Epoch = 99, 99, 99
				v.Assignment, l.Assignment = s.Hash(), s.Hash()
			})
		}, nil, "HeaderUnknown", fault.KeyFinality},
		{"twin: all as it must be", nil, nil, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.papers(w.task("user0", uint64(i)))
			if tt.papers != nil {
				tt.papers(&p)
			}
			proof := w.proof(p)
			if tt.proof != nil {
				tt.proof(&proof)
			}
			r, err := w.as("poster").SettleDirect(t.Context(), proof)
			w.note("Direct.settleDirect (7 seats)", r)
			want(t, err, tt.reason, tt.code)
		})
	}
	t.Run("above the deposit", func(t *testing.T) {
		_, err := w.as("reporter").Deposit(t.Context(), w.addr("dispatcher0"), 5)
		w.ok(err)
		_, err = w.as("poster").SettleDirect(t.Context(), w.proof(w.papers(w.task("reporter", 1))))
		want(t, err, "DepositShort", fault.PayDeposit)
	})
	t.Run("too late", func(t *testing.T) {
		task := w.task("user0", 1000)
		proof := w.proof(w.papers(task))
		w.mineTo(task.Deadline + w.params.SettleWindow + 1)
		_, err := w.as("poster").SettleDirect(t.Context(), proof)
		want(t, err, "Late", fault.TaskTimeout)
	})
}

// case N60 code KEY_SIGNATURE check contracts/Direct.sol:checkReleases
func TestN60WithoutTheManagersWordNothingIsSettledDirectly(t *testing.T) {
	w := newWorld(t)
	word := func(by string, edit func(*tacit.Released)) func(*Proof) key.Signature {
		return func(p *Proof) key.Signature {
			r := tacit.Released{Task: p.Leaf.Body.Task, Assignment: p.Leaf.Body.Assignment}
			edit(&r)
			return tacit.Sign(w.network, w.keys[by], r).Sig
		}
	}
	as := func(*tacit.Released) {}
	for i, tt := range []struct {
		name   string
		at     int // artefact: service, dataset, own input, parameters
		sig    func(*Proof) key.Signature
		reason string
		code   fault.Code
	}{
		{"no word of the entries' manager", 0, func(*Proof) key.Signature { return key.Signature{} }, "BadSignature", fault.KeySignature},
		{"no word of the user's manager", 2, func(*Proof) key.Signature { return key.Signature{} }, "BadSignature", fault.KeySignature},
		{"the dispatcher's word in its place", 0, word("dispatcher0", as), "BadSignature", fault.KeySignature},
		{"the other manager's word", 0, word("user manager", as), "BadSignature", fault.KeySignature},
		{"a word about another assignment", 0, word("manager", func(r *tacit.Released) { r.Assignment[0]++ }), "BadSignature", fault.KeySignature},
		{"a word about another task", 2, word("user manager", func(r *tacit.Released) { r.Task[0]++ }), "BadSignature", fault.KeySignature},
		{"twin: the word of each", 0, word("manager", as), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.proof(w.papers(w.task("user0", uint64(i))))
			p.Releases[tt.at] = tt.sig(&p)
			_, err := w.as("poster").SettleDirect(t.Context(), p)
			want(t, err, tt.reason, tt.code)
		})
	}
	for name, edit := range map[string]func(p *Proof){
		"a word less":                    func(p *Proof) { p.Releases = p.Releases[1:] },
		"an own input not shown":         func(p *Proof) { p.Own = p.Own[1:] },
		"another own input":              func(p *Proof) { p.Own[0].Manager = w.addr("dispatcher0") },
		"parameters not shown":           func(p *Proof) { p.Own = p.Own[:1] },
		"an artefact that nobody names":  func(p *Proof) { p.Own = append(p.Own, w.own("more")) },
		"parameters of another manager":  func(p *Proof) { p.Own[1].Manager = w.addr("dispatcher0") },
		"own input and parameters mixed": func(p *Proof) { p.Own[0], p.Own[1] = p.Own[1], p.Own[0] },
	} {
		t.Run(name, func(t *testing.T) {
			p := w.proof(w.papers(w.task("user0", 99)))
			edit(&p)
			_, err := w.as("poster").SettleDirect(t.Context(), p)
			if fault.Of(err) != fault.ConsField {
				t.Errorf("got %v, want CONS_FIELD", err)
			}
		})
	}
}

// case N70 code TASK_TIMEOUT check contracts/Direct.sol:DeadlineFar
func TestN70ADirectSettlementCannotHoldMoneyForEver(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name     string
		deadline uint64
		reason   string
		code     fault.Code
	}{
		{"further than a withdrawal takes", w.head() + 2 + w.params.WithdrawDelay, "DeadlineFar", fault.TaskTimeout},
		{"the largest number", 1<<64 - 1, "DeadlineFar", fault.TaskTimeout},
		{"twin: as far as that", w.head() + w.params.WithdrawDelay, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			task := w.task("user0", 1)
			task.Deadline = tt.deadline
			_, err := w.as("poster").SettleDirect(t.Context(), w.proof(w.papers(task)))
			want(t, err, tt.reason, tt.code)
		})
	}
}

// case N66 code CHAIN_SETTLED check contracts/Direct.sol:challengeDuplicate
func TestN66AFinalBatchVoidsADirectSettlement(t *testing.T) {
	for _, batchFirst := range []bool{true, false} {
		w := newWorld(t)
		ctx := t.Context()
		task, other := w.task("user0", 1), w.task("user1", 1)
		id := task.ID(w.network)
		b := w.bundle("dispatcher0", 1, 7, w.settlement(task, 5), w.settlement(other, 6))
		if batchFirst {
			w.ok(w.post(b))
		}
		_, err := w.as("poster").SettleDirect(ctx, w.proof(w.papers(task)))
		w.ok(err)
		w.direct = append(w.direct, id)
		if !batchFirst {
			w.ok(w.post(b))
		}
		w.conserve()
		_, err = w.as("reporter").VoidDirect(ctx, b.shown(0))
		want(t, err, "Window", fault.ChainRevert) // it could still be void itself
		_, err = w.as("reporter").VoidDirect(ctx, b.shown(1))
		want(t, err, "NotSettled", fault.APINotFound)
		w.mine(7)
		_, err = w.as("poster").ClaimDirect(ctx, id)
		want(t, err, "Window", fault.ChainRevert)
		t.Run("twin: once it is final", func(t *testing.T) {
			r, err := w.as("reporter").VoidDirect(ctx, b.shown(0))
			w.ok(err)
			w.note("Direct.challengeDuplicate", r)
		})
		w.conserve()
		l, err := w.as("poster").Ledger(ctx, task.User)
		w.ok(err)
		if l.Deposit.Amount != testDeposit-5 {
			t.Errorf("deposit = %d, want what the batch left", l.Deposit.Amount)
		}
		_, err = w.as("poster").ClaimDirect(ctx, id)
		want(t, err, "NotSettled", fault.APINotFound)
		if n, err := w.as("poster").Settled(ctx, id); err != nil || n != 0 {
			t.Errorf("Settled = %d, %v", n, err)
		}
		for i, p := range b.payouts { // the rest of the batch is untouched
			_, err := w.as("poster").Claim(ctx, b.batch.Dispatcher, 1, p, b.payoutPath(i))
			w.ok(err)
		}
		w.conserve()
	}
	t.Run("not once it is paid", func(t *testing.T) {
		w := newWorld(t)
		ctx := t.Context()
		task := w.task("user0", 1)
		_, err := w.as("poster").SettleDirect(ctx, w.proof(w.papers(task)))
		w.ok(err)
		w.minePays(task)
		_, err = w.as("poster").ClaimDirect(ctx, task.ID(w.network))
		w.ok(err)
		w.nextHeader()
		b := w.bundle("dispatcher0", 1, 7, w.settlement(task, 5)) // which is far too late
		w.ok(w.post(b))
		w.mine(7)
		_, err = w.as("reporter").VoidDirect(ctx, b.shown(0))
		want(t, err, "AlreadySettled", fault.ChainSettled)
	})
	t.Run("a voided batch voids nothing", func(t *testing.T) {
		w := newWorld(t)
		ctx := t.Context()
		task, late := w.task("user0", 1), w.task("user1", 1)
		late.Deadline = 1
		w.mineTo(1 + w.params.SettleWindow + 1)
		_, err := w.as("poster").SettleDirect(ctx, w.proof(w.papers(task)))
		w.ok(err)
		b := w.bundle("dispatcher0", 1, 7, w.settlement(task, 5), w.settlement(late, 6))
		w.ok(w.post(b))
		_, err = w.as("reporter").ChallengeLate(ctx, b.shown(1), b.debits)
		w.ok(err)
		w.mine(7)
		_, err = w.as("reporter").VoidDirect(ctx, b.shown(0))
		want(t, err, "BatchUnknown", fault.APINotFound)
		w.minePays(task)
		_, err = w.as("poster").ClaimDirect(ctx, task.ID(w.network))
		w.ok(err)
	})
}

// minePays mines until a direct settlement of a task pays.
func (w *world) minePays(task tacit.Task) {
	w.mineTo(task.Deadline + w.params.SettleWindow + 2*w.params.ChallengeWindow + 1)
}
