package settle

import (
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// papers are the papers of a claim, as a proof file of it has them.
func (c claimed) papers(shown ...tacit.Shown) tacit.Papers {
	return tacit.Papers{Case: c.claim.Case, Certificate: c.claim.Certificate, Leaf: c.claim.Leaf, Shown: shown}
}

func (w *world) ledger(name string) Ledger {
	w.t.Helper()
	l, err := w.as("poster").Ledger(w.t.Context(), w.addr(name))
	w.ok(err)
	return l
}

// What a report would do is said before a coin moves, and then happens. What proves
// nothing is refused, and nothing moves.
//
// case N71 code CHAIN_UNPROVEN check settle/report.go:judge
func TestN71AReportIsWeighedBeforeItIsBrought(t *testing.T) {
	other := func(t *attest.TaskTranscript) { t.Keys[0]++ }
	for _, tt := range []struct {
		name    string
		papers  func(w *world) []tacit.Papers
		kind    string
		against string // "" = nobody pays
	}{
		{"twin: votes on two evidences for one place", func(w *world) []tacit.Papers {
			task := w.task("user0", 1)
			return []tacit.Papers{w.claimed(task, 1, true, nil).papers(), w.claimed(task, 1, false, other).papers()}
		}, tacit.DisputeVotes, "verifier0"},
		{"twin: an accepting vote on evidence over other keys", func(w *world) []tacit.Papers {
			return []tacit.Papers{w.claimed(w.task("user0", 1), 1, true, other).papers()}
		}, tacit.DisputeEvidence, "verifier0"},
		{"twin: one sequence number for two tasks", func(w *world) []tacit.Papers {
			return []tacit.Papers{w.claimed(w.task("user0", 1), 7, true, nil).papers(), w.claimed(w.task("user0", 2), 7, true, nil).papers()}
		}, tacit.DisputeAcceptances, "dispatcher0"},
		{"twin: a fee above the maximum", func(w *world) []tacit.Papers {
			task := w.task("user0", 1)
			task.MaxFee = 4
			c := w.claimed(task, 1, true, nil)
			_, b := w.asked(1, c)
			w.ok(w.post(b))
			return []tacit.Papers{c.papers(b.shown(0))}
		}, tacit.DisputeLeaf, "dispatcher0"},
		{"twin: a task that two batches settle", func(w *world) (list []tacit.Papers) {
			c := w.claimed(w.task("user0", 1), 1, true, nil)
			for number := range uint64(2) {
				_, b := w.asked(1+number, c)
				w.ok(w.post(b))
				list = append(list, c.papers(b.shown(0)))
			}
			return list
		}, tacit.DisputeDuplicate, "dispatcher0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			papers := tt.papers(w)
			found := tacit.Offences(w.network, func(n uint64) (tacit.EpochHeader, bool) { return w.state.Header, n == w.state.Header.Number }, papers)
			if len(found) != 1 || found[0].Kind != tt.kind {
				t.Fatalf("found %d offences, %+v, want one of kind %s", len(found), found, tt.kind)
			}
			rep := w.as("reporter")
			head, had, stakes := w.head(), w.ledger("reporter"), w.stakes()
			deposit := w.ledger("user0").Deposit.Amount
			v, err := rep.Weigh(t.Context(), found[0])
			w.ok(err)
			if w.head() != head || v.Against != w.addr(tt.against) {
				t.Fatalf("weighing sent something, or blames another: %+v", v)
			}
			_, err = rep.Bring(t.Context(), found[0])
			w.ok(err)
			has := w.ledger("reporter")
			if got := stakes[tt.against] - w.stakes()[tt.against]; got != v.Taken || stakes[tt.against] != v.Stake || v.Taken == 0 {
				t.Errorf("took %d of %d, verdict %+v", got, stakes[tt.against], v)
			}
			if got := has.Rewards - had.Rewards; got != v.Bond+v.Reward {
				t.Errorf("%d wait for the reporter, verdict %+v", got, v)
			}
			if got := w.ledger("user0").Deposit.Amount - deposit; got != v.Returned {
				t.Errorf("the user got %d back, verdict %+v", got, v)
			}
			_, err = rep.Weigh(t.Context(), found[0])
			if err == nil {
				t.Error("the same is found again")
			}
			w.conserve()
		})
	}
	t.Run("what proves nothing", func(t *testing.T) {
		w := newWorld(t)
		rep, verifier := w.as("reporter"), w.keys["verifier0"]
		c := w.claimed(w.task("user0", 1), 1, true, nil)
		_, b := w.asked(1, c)
		w.ok(w.post(b))
		cs, vote := c.claim.Case, c.claim.Certificate.Votes[0]
		if found := tacit.Offences(w.network, func(uint64) (tacit.EpochHeader, bool) { return w.state.Header, true }, []tacit.Papers{c.papers(b.shown(0)), c.papers(b.shown(0))}); len(found) != 0 {
			t.Fatalf("honest papers are enough for %+v", found)
		}
		cannot := vote.Body
		cannot.Accept, cannot.Code = false, wire.Keccak([]byte(fault.EvidUnavailable))
		evidence := tacit.Dispute{
			Kind: tacit.DisputeEvidence, Votes: []tacit.Signed[tacit.Vote]{vote}, Tasks: []tacit.Signed[tacit.Task]{cs.Task},
			Assignments: []tacit.Assignment{cs.Assignment.Body}, Own: append(append([]tacit.Sealed{}, cs.Own...), cs.Params...), Evidence: []attest.Evidence{cs.Evidence},
		}
		no := evidence
		no.Votes = []tacit.Signed[tacit.Vote]{tacit.Sign(w.network, verifier, cannot)}
		before, head := w.ledger("reporter"), w.head()
		for _, tt := range []struct {
			name string
			d    tacit.Dispute
			want fault.Code
		}{
			{"an honest accept", evidence, fault.ChainUnproven},
			{"an honest cannot", no, fault.ChainUnproven},
			{"one vote twice", tacit.Dispute{Kind: tacit.DisputeVotes, Votes: []tacit.Signed[tacit.Vote]{vote, vote}}, fault.ChainUnproven},
			{"one promise twice", tacit.Dispute{Kind: tacit.DisputeAcceptances, Acceptances: []tacit.Signed[tacit.Acceptance]{cs.Acceptance, cs.Acceptance}}, fault.ChainUnproven},
			{"a deposit that covers", tacit.Dispute{
				Kind: tacit.DisputeReserved, Acceptances: []tacit.Signed[tacit.Acceptance]{cs.Acceptance}, Headers: []tacit.EpochHeader{w.state.Header}, Deposits: []tacit.ProvenDeposit{cs.Deposit},
			}, fault.ChainUnproven},
			{"a settlement as its task says", tacit.Dispute{Kind: tacit.DisputeLeaf, Shown: []tacit.Shown{b.shown(0)}, Tasks: []tacit.Signed[tacit.Task]{cs.Task}}, fault.ChainUnproven},
			{"a settlement in time", tacit.Dispute{Kind: tacit.DisputeLate, Shown: []tacit.Shown{b.shown(0)}}, fault.ChainUnproven},
			{"signatures that are good", tacit.Dispute{
				Kind: tacit.DisputeSignature, Shown: []tacit.Shown{b.shown(0)}, Tasks: []tacit.Signed[tacit.Task]{cs.Task}, LeafSigs: []key.Signature{c.claim.Leaf.Sig}, Receipts: []wire.Address{cs.Keys.Receipt},
			}, fault.ChainUnproven},
			{"a task that was not settled directly", tacit.Dispute{Kind: tacit.DisputeDirect, Shown: []tacit.Shown{b.shown(0)}}, fault.APINotFound},
			{"a kind that there is not", tacit.Dispute{Kind: "silence"}, fault.APIField},
			{"a part too few", tacit.Dispute{Kind: tacit.DisputeVotes, Votes: []tacit.Signed[tacit.Vote]{vote}}, fault.APIField},
		} {
			_, err := rep.Weigh(t.Context(), tt.d)
			if fault.Of(err) != tt.want {
				t.Errorf("%s is weighed as %v, want %s", tt.name, err, tt.want)
			}
			if _, err = rep.Bring(t.Context(), tt.d); fault.Of(err) != tt.want {
				t.Errorf("%s is brought: %v, want %s", tt.name, err, tt.want)
			}
		}
		if has := w.ledger("reporter"); has != before || w.head() != head {
			t.Errorf("money moved: %+v was %+v", has, before)
		}
	})
}
