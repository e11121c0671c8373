package settle

import (
	"log/slog"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/watch"
	"tacit/wire"
)

// admit has nodes ask for a place in the next epoch, which it returns.
func (w *world) admit(role tacit.Role, names ...string) uint64 {
	w.t.Helper()
	c := w.as("poster")
	if offset := (w.head() - c.Start()) % w.params.EpochLength; offset+uint64(len(names)) >= w.params.TicketClose {
		w.mineTo(w.head() + w.params.EpochLength - offset)
	}
	epoch := c.Epoch(w.head()+1) + 1
	for _, n := range names {
		_, err := w.as(n).PostTicket(w.t.Context(), epoch, role, make([]byte, 80))
		w.ok(err)
	}
	return epoch
}

// assign is a dispatcher's assignment of a task of these nodes.
func (w *world) assign(task tacit.Task, epoch uint64, worker string, seats ...string) tacit.Assignment {
	a := tacit.Assignment{
		Task: task.ID(w.network), Epoch: epoch, Attempt: 1, Seed: wire.Sum([]byte("seed")), Places: []tacit.Place{{Worker: w.addr(worker)}}, Challenges: wire.Sum([]byte("challenges")),
	}
	for _, s := range seats {
		a.Seats = append(a.Seats, w.addr(s))
	}
	return a
}

func (w *world) by(dispatcher string, a tacit.Assignment) tacit.Signed[tacit.Assignment] {
	return tacit.Sign(w.network, w.keys[dispatcher], a)
}

// cannot is a node's signed word that it cannot.
func (w *world) cannot(name string, a tacit.Assignment) tacit.Signed[tacit.Answer] {
	return tacit.Sign(w.network, w.keys[name], tacit.Answer{Assignment: a.Hash(), Node: w.addr(name), Code: wire.Keccak([]byte(fault.ResBusy))})
}

// What is demanded has to be assigned by a dispatcher, of a task that is not over,
// in an epoch that the node itself asked to take part in.
//
// case N63 code CONS_FIELD check contracts/Registry.sol:NotAssigned
func TestN63WhatIsDemandedMustBeAssigned(t *testing.T) {
	for _, tt := range []struct {
		name   string
		role   tacit.Role // in which the asked node, worker0 or verifier0, is admitted; 0 = not at all
		change func(w *world, task *tacit.Task, a *tacit.Assignment)
		signer string
		ask    string
		reason string
		code   fault.Code
	}{
		{"twin: a seat", tacit.RoleVerifier, nil, "dispatcher0", "verifier0", "", ""},
		{"twin: a worker", tacit.RoleWorker, nil, "dispatcher0", "worker0", "", ""},
		{"signed by nobody that is asked for", tacit.RoleVerifier, nil, "dispatcher1", "verifier0", "BadSignature", fault.KeySignature},
		{"a task whose dispatcher is none", tacit.RoleVerifier, func(w *world, t *tacit.Task, a *tacit.Assignment) {
			t.Dispatcher = w.addr("worker1")
			a.Task = t.ID(w.network)
		}, "worker1", "verifier0", "NotAssigned", fault.ConsField},
		{"another task shown", tacit.RoleVerifier, func(_ *world, t *tacit.Task, _ *tacit.Assignment) { t.Nonce++ }, "dispatcher0", "verifier0", "NotVotedOn", fault.ConsField},
		{"a node that it does not name", tacit.RoleVerifier, nil, "dispatcher0", "verifier1", "NotAssigned", fault.ConsField},
		{"a node that did not ask for a place", 0, nil, "dispatcher0", "verifier0", "NotAssigned", fault.ConsField},
		{"in an epoch that it did not ask for", tacit.RoleVerifier, func(_ *world, _ *tacit.Task, a *tacit.Assignment) { a.Epoch++ }, "dispatcher0", "verifier0", "NotAssigned", fault.ConsField},
		{"a worker's ticket for a seat", tacit.RoleWorker, func(w *world, _ *tacit.Task, a *tacit.Assignment) {
			a.Seats, a.Places[0].Worker = []wire.Address{w.addr("worker0")}, w.addr("worker1")
		}, "dispatcher0", "worker0", "NotAssigned", fault.ConsField},
		{"a task that is over", tacit.RoleVerifier, func(w *world, t *tacit.Task, a *tacit.Assignment) {
			t.Deadline = w.head()
			a.Task = t.ID(w.network)
		}, "dispatcher0", "verifier0", "DeadlineWrong", fault.TaskTimeout},
		{"twin: a task in its last block", tacit.RoleVerifier, func(w *world, t *tacit.Task, a *tacit.Assignment) {
			t.Deadline = w.head() + 1
			a.Task = t.ID(w.network)
		}, "dispatcher0", "verifier0", "", ""},
		{"a deadline at the end of numbers", tacit.RoleWorker, func(w *world, t *tacit.Task, a *tacit.Assignment) {
			t.Deadline = 1<<64 - 1
			a.Task = t.ID(w.network)
		}, "dispatcher0", "worker0", "DeadlineWrong", fault.TaskTimeout},
		{"twin: the last deadline of its epoch", tacit.RoleWorker, func(w *world, t *tacit.Task, a *tacit.Assignment) {
			t.Deadline = w.as("poster").Start() + a.Epoch*w.params.EpochLength + w.params.WithdrawDelay
			a.Task = t.ID(w.network)
		}, "dispatcher0", "worker0", "", ""},
		{"a deadline after that", tacit.RoleWorker, func(w *world, t *tacit.Task, a *tacit.Assignment) {
			t.Deadline = w.as("poster").Start() + a.Epoch*w.params.EpochLength + w.params.WithdrawDelay + 1
			a.Task = t.ID(w.network)
		}, "dispatcher0", "worker0", "DeadlineWrong", fault.TaskTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			node := map[tacit.Role]string{tacit.RoleVerifier: "verifier0", tacit.RoleWorker: "worker0"}[tt.role]
			epoch := uint64(2)
			if node != "" {
				epoch = w.admit(tt.role, node)
			}
			task := w.task("user0", 1)
			a := w.assign(task, epoch, "worker0", "verifier0")
			if tt.change != nil {
				tt.change(w, &task, &a)
			}
			_, err := w.as("reporter").Demand(t.Context(), task, w.by(tt.signer, a), w.addr(tt.ask))
			want(t, err, tt.reason, tt.code)
			if tt.reason == "" {
				_, err := w.as("user1").Demand(t.Context(), task, w.by(tt.signer, a), w.addr(tt.ask))
				want(t, err, "DemandedBefore", fault.ChainSettled)
			}
		})
	}
	t.Run("without its bond", func(t *testing.T) {
		w := newWorld(t)
		epoch, task, c := w.admit(tacit.RoleVerifier, "verifier0"), w.task("user0", 1), w.as("reporter")
		a := w.assign(task, epoch, "worker0", "verifier0")
		for value, reason := range map[tacit.Money]string{0: "BondWrong", w.params.Bond() - 1: "BondWrong", w.params.Bond() + 1: "BondWrong", w.params.Bond(): ""} {
			data := c.registry.PackDemand(toTask(task), toAssignment(a), signature(w.by("dispatcher0", a).Sig), address(w.addr("verifier0")))
			_, err := c.to(t.Context(), "demand", w.at.Registry, data, value)
			if Reason(err) != reason {
				t.Errorf("with %d: %v, want %q", value, err, reason)
			}
			a.Attempt++ // another question
		}
	})
}

// Whoever answers in time keeps his stake, also with a "cannot"; who is silent loses
// a part of it, once an epoch, and nobody earns it.
//
// case N63 code VRF_WITHHELD check contracts/Registry.sol:AnswerLate
func TestN63SilenceAfterAssignmentCostsTheStake(t *testing.T) {
	vote := func(w *world, by string, a tacit.Assignment) (Receipt, error) {
		return w.as("poster").AnswerVote(t.Context(), tacit.Sign(w.network, w.keys[by], tacit.Vote{Epoch: a.Epoch, Task: a.Task, Assignment: a.Hash(), Attempt: 1}))
	}
	answer := func(w *world, by string, x tacit.Answer) (Receipt, error) {
		return w.as("poster").Answer(t.Context(), tacit.Sign(w.network, w.keys[by], x))
	}
	for _, tt := range []struct {
		name   string
		ask    string
		answer func(w *world, a tacit.Assignment) (Receipt, error)
		late   int // blocks after the last for it
		reason string
		code   fault.Code
	}{
		{"twin: a vote", "verifier0", func(w *world, a tacit.Assignment) (Receipt, error) { return vote(w, "verifier0", a) }, 0, "", ""},
		{"twin: an honest cannot", "verifier0", func(w *world, a tacit.Assignment) (Receipt, error) {
			return w.as("poster").Answer(t.Context(), w.cannot("verifier0", a))
		}, 0, "", ""},
		{"twin: what a worker leaves", "worker0", func(w *world, a tacit.Assignment) (Receipt, error) {
			return answer(w, "worker0", tacit.Answer{Assignment: a.Hash(), Node: w.addr("worker0"), Leaf: wire.Digest{1}})
		}, 0, "", ""},
		{"the vote of another", "verifier0", func(w *world, a tacit.Assignment) (Receipt, error) { return vote(w, "verifier1", a) }, 0, "NotDemanded", fault.APINotFound},
		{"a vote on another assignment", "verifier0", func(w *world, a tacit.Assignment) (Receipt, error) {
			a.Attempt++
			return vote(w, "verifier0", a)
		}, 0, "NotDemanded", fault.APINotFound},
		{"a cannot that another signed", "verifier0", func(w *world, a tacit.Assignment) (Receipt, error) {
			return answer(w, "reporter", w.cannot("verifier0", a).Body)
		}, 0, "BadSignature", fault.KeySignature},
		{"neither a result nor a reason", "worker0", func(w *world, a tacit.Assignment) (Receipt, error) {
			return answer(w, "worker0", tacit.Answer{Assignment: a.Hash(), Node: w.addr("worker0")})
		}, 0, "AnswerField", fault.APIField},
		{"a result and a reason", "worker0", func(w *world, a tacit.Assignment) (Receipt, error) {
			return answer(w, "worker0", tacit.Answer{Assignment: a.Hash(), Node: w.addr("worker0"), Leaf: wire.Digest{1}, Code: wire.Digest{1}})
		}, 0, "AnswerField", fault.APIField},
		{"a vote after the last block for it", "verifier0", func(w *world, a tacit.Assignment) (Receipt, error) { return vote(w, "verifier0", a) }, 1, "AnswerLate", fault.VRFWithheld},
		{"a result after the last block for it", "worker0", func(w *world, a tacit.Assignment) (Receipt, error) {
			return answer(w, "worker0", tacit.Answer{Assignment: a.Hash(), Node: w.addr("worker0"), Leaf: wire.Digest{1}})
		}, 1, "AnswerLate", fault.VRFWithheld},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			role := map[string]tacit.Role{"verifier0": tacit.RoleVerifier, "worker0": tacit.RoleWorker}[tt.ask]
			epoch, task, rep := w.admit(role, tt.ask), w.task("user0", 1), w.as("reporter")
			a := w.assign(task, epoch, "worker0", "verifier0", "verifier1")
			had := w.stakes()[tt.ask]
			r, err := rep.Demand(ctx, task, w.by("dispatcher0", a), w.addr(tt.ask))
			w.ok(err)
			due, err := rep.Due(ctx, a.Hash(), w.addr(tt.ask))
			w.ok(err)
			if last := map[tacit.Role]uint64{tacit.RoleVerifier: r.Block, tacit.RoleWorker: task.Deadline}[role] + w.params.SettleWindow; due != last {
				t.Errorf("due in block %d, want %d", due, last)
			}
			_, err = rep.SlashWithheld(ctx, a.Hash(), w.addr(tt.ask))
			want(t, err, "AnswerOpen", fault.ChainRevert)
			w.mineTo(due - 1 + uint64(tt.late)) // the answer comes in the next block
			sent, err := tt.answer(w, a)
			want(t, err, tt.reason, tt.code)
			cost := tacit.Money(0)
			if tt.reason == "" {
				cost = w.answerCost(sent.Block)
				_, err = tt.answer(w, a)
				want(t, err, "NotDemanded", fault.APINotFound)
			}
			w.mineTo(due + 1)
			_, err = w.as("user1").SlashWithheld(ctx, a.Hash(), w.addr(tt.ask))
			lost := tacit.Money(0)
			if tt.reason == "" {
				want(t, err, "NotDemanded", fault.APINotFound)
			} else {
				want(t, err, "", "")
				lost = had * w.params.SlashPart / 1000
			}
			if got := had - w.stakes()[tt.ask]; got != lost {
				t.Errorf("lost %d of %d, want %d", got, had, lost)
			}
			burnt, err := rep.Burnt(ctx)
			w.ok(err)
			rewards := [3]tacit.Money{w.ledger("reporter").Rewards, w.ledger("poster").Rewards, w.ledger("user1").Rewards}
			if want := [3]tacit.Money{w.params.Bond() - cost, cost, 0}; rewards != want || burnt != lost {
				t.Errorf("demander, answerer and who triggered it have %v, want %v; %d burnt, want %d", rewards, want, burnt, lost)
			}
			_, err = rep.Demand(ctx, task, w.by("dispatcher0", a), w.addr(tt.ask))
			if err == nil {
				t.Error("the same was demanded twice")
			}
			w.conserve()
		})
	}
}

// However much is demanded of a node that is away, an epoch costs it once; and its
// stake does not leave while something is demanded.
//
// case N71 code VRF_WITHHELD check contracts/Registry.sol:DemandOpen
func TestN71AStakeStaysWhileAnAnswerIsDemanded(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	epoch, rep, op := w.admit(tacit.RoleWorker, "worker0", "worker1"), w.as("reporter"), w.as("worker0 operator")
	last := w.as("poster").Start() + epoch*w.params.EpochLength + w.params.WithdrawDelay
	var all []tacit.Assignment
	for i := range uint64(3) {
		task := w.task("user0", i)
		task.Deadline = last
		a := w.assign(task, epoch, "worker0", "verifier0")
		_, err := rep.Demand(ctx, task, w.by("dispatcher0", a), w.addr("worker0"))
		w.ok(err)
		all = append(all, a)
	}
	_, err := op.Unbond(ctx, w.addr("worker0"))
	w.ok(err)
	other := w.as("worker1 operator")
	_, err = other.Unbond(ctx, w.addr("worker1"))
	w.ok(err)
	w.mine(int(w.params.UnbondDelay))
	_, err = op.WithdrawStake(ctx, w.addr("worker0"))
	want(t, err, "DemandOpen", fault.VRFWithheld)
	t.Run("twin: of whom nothing is demanded leaves", func(t *testing.T) {
		_, err := other.WithdrawStake(ctx, w.addr("worker1"))
		want(t, err, "", "")
	})
	for i, a := range all {
		_, err = op.SlashWithheld(ctx, a.Hash(), w.addr("worker0")) // anybody may, also who pays
		w.ok(err)
		if stake := w.stakes()["worker0"]; stake != testStake/2 {
			t.Errorf("stake is %d after %d unanswered demands of one epoch, want %d", stake, i+1, testStake/2)
		}
	}
	if got := w.ledger("reporter").Rewards; got != 3*w.params.Bond() {
		t.Errorf("the demander has %d, want his three bonds", got)
	}
	t.Run("twin: once all has ended it leaves", func(t *testing.T) {
		_, err := op.WithdrawStake(ctx, w.addr("worker0"))
		want(t, err, "", "")
	})
	w.conserve()
}

// answerer is that of a node, on a store that outlives it.
func (w *world) answerer(name string, s tacit.Store) *watch.Answerer {
	w.t.Helper()
	out, err := watch.NewAnswerer(watch.AnswererConfig{
		Key: w.keys[name], Store: s, Headers: believed{w}, Docket: Answering{w.as(name)}, Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)),
	})
	w.ok(err)
	return out
}

// A node that is there answers by itself, also after a restart: with its vote or
// its result at once, with a "cannot" when half of the time is over. A node that is
// away loses, and the next draw is the one that the seed had fixed.
//
// case N63 code - check watch/answer.go:answer
func TestN63ANodeAnswersByItself(t *testing.T) {
	for _, tt := range []struct {
		name  string
		ask   string
		say   func(w *world, a tacit.Assignment, n *watch.Answerer, s tacit.Store)
		wait  uint64 // blocks of the window that pass before it answers
		event func(w *world, a tacit.Assignment) (leaf, code wire.Digest)
	}{
		{"twin: with its vote", "verifier0", func(w *world, a tacit.Assignment, n *watch.Answerer, s tacit.Store) {
			p, err := n.Voted(tacit.Vote{Task: a.Task, Assignment: a.Hash()})
			w.ok(err)
			_, err = s.Commit(w.t.Context(), tacit.Txn{Then: []tacit.Put{p}})
			w.ok(err)
		}, 0, func(_ *world, a tacit.Assignment) (wire.Digest, wire.Digest) {
			return tacit.Vote{Task: a.Task, Assignment: a.Hash()}.Hash(), wire.Digest{}
		}},
		{"twin: with what its enclave left", "worker0", func(w *world, a tacit.Assignment, n *watch.Answerer, _ tacit.Store) {
			w.ok(n.Left(w.t.Context(), tacit.Leaf{Task: a.Task, Assignment: a.Hash()}))
		}, 0, func(_ *world, a tacit.Assignment) (wire.Digest, wire.Digest) {
			return tacit.Leaf{Task: a.Task, Assignment: a.Hash()}.Hash(), wire.Digest{}
		}},
		{"twin: that it cannot", "verifier0", nil, testParams.SettleWindow / 2, func(*world, tacit.Assignment) (wire.Digest, wire.Digest) {
			return wire.Digest{}, wire.Keccak([]byte(fault.TaskFailed))
		}},
		{"a node that is away", "verifier0", nil, testParams.SettleWindow + 2, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			role := map[string]tacit.Role{"verifier0": tacit.RoleVerifier, "worker0": tacit.RoleWorker}[tt.ask]
			epoch, task, rep := w.admit(role, tt.ask), w.task("user0", 1), w.as("reporter")
			a := w.assign(task, epoch, "worker0", "verifier0")
			s := tacittest.NewDisk().Open(nil)
			if tt.say != nil {
				tt.say(w, a, w.answerer(tt.ask, s), s)
			}
			_, err := rep.Demand(ctx, task, w.by("dispatcher0", a), w.addr(tt.ask))
			w.ok(err)
			n := w.answerer(tt.ask, s) // started again
			had := w.stakes()[tt.ask]
			if tt.wait > 0 && tt.event != nil {
				w.ok(n.Step(ctx))
				if due, err := rep.Due(ctx, a.Hash(), w.addr(tt.ask)); err != nil || due == 0 {
					t.Fatalf("it answered before it had to: %v", err)
				}
			}
			w.mine(int(tt.wait))
			if tt.event == nil {
				_, err := rep.SlashWithheld(ctx, a.Hash(), w.addr(tt.ask))
				w.ok(err)
				w.ok(n.Step(ctx)) // too late, and no failure of the node
				if stake := w.stakes()[tt.ask]; stake >= had {
					t.Errorf("stake was %d, is %d", had, stake)
				}
				return
			}
			w.ok(n.Step(ctx))
			if due, err := rep.Due(ctx, a.Hash(), w.addr(tt.ask)); err != nil || due != 0 {
				t.Errorf("not answered: due in %d, %v", due, err)
			}
			leaf, code := tt.event(w, a)
			if gotLeaf, gotCode, err := rep.Answered(ctx, w.addr(tt.ask), a.Hash(), rep.Start()); err != nil || gotLeaf != leaf || gotCode != code {
				t.Errorf("answered %s, %s, %v, want %s, %s", gotLeaf, gotCode, err, leaf, code)
			}
			head := w.head()
			w.ok(n.Step(ctx))
			w.ok(w.answerer(tt.ask, s).Step(ctx))
			if w.head() != head {
				t.Error("it answered twice")
			}
			if stake := w.stakes()[tt.ask]; stake != had {
				t.Errorf("stake was %d, is %d", had, stake)
			}
			w.conserve()
		})
	}
}
