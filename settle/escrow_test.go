package settle

import (
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestDeposits(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := w.as("reporter")
	d0, d1 := w.addr("dispatcher0"), w.addr("dispatcher1")
	_, err := c.Withdraw(ctx)
	want(t, err, "WithdrawLocked", fault.PayDeposit)
	_, err = c.Deposit(ctx, d0, 0)
	want(t, err, "DepositShort", fault.PayDeposit)
	_, err = c.Deposit(ctx, d0, 1000)
	w.ok(err)
	r, err := c.Deposit(ctx, d0, 500)
	w.ok(err)
	w.note("Escrow.deposit (again)", r)
	_, err = c.Deposit(ctx, d1, 500)
	want(t, err, "OtherDispatcher", fault.PayDeposit)
	_, err = c.RequestWithdraw(ctx, 1501)
	want(t, err, "DepositShort", fault.PayDeposit)
	_, err = c.RequestWithdraw(ctx, 0)
	want(t, err, "DepositShort", fault.PayDeposit)
	r, err = c.RequestWithdraw(ctx, 1500)
	w.ok(err)
	w.note("Escrow.requestWithdraw", r)
	_, err = c.Deposit(ctx, d1, 500)
	want(t, err, "OtherDispatcher", fault.PayDeposit)
	_, err = c.Withdraw(ctx)
	want(t, err, "WithdrawLocked", fault.PayDeposit)
	l, err := c.Ledger(ctx, c.Account())
	w.ok(err)
	if expect := (tacit.Deposit{User: c.Account(), Dispatcher: d0, Leaving: 1500, Unlock: r.Block + w.params.WithdrawDelay}); l.Deposit != expect {
		t.Errorf("deposit = %+v, want %+v", l.Deposit, expect)
	}
	w.conserve()
	w.mineTo(r.Block + w.params.WithdrawDelay)
	r, err = c.Withdraw(ctx)
	w.ok(err)
	w.note("Escrow.withdraw", r)
	_, err = c.Deposit(ctx, d1, 500) // empty, so another dispatcher may have it
	w.ok(err)
	w.conserve()
	s, err := c.State(ctx, w.head())
	w.ok(err)
	if len(s.Deposits) != 3 || s.Deposits[2] != (tacit.Deposit{User: c.Account(), Dispatcher: d1, Amount: 500}) {
		t.Errorf("deposits = %+v", s.Deposits)
	}
}

func TestMoneyIsWholeGwei(t *testing.T) {
	w := newWorld(t)
	c := w.as("user0")
	to := common.Address(w.at.Escrow)
	data := c.escrow.PackDeposit(address(w.addr("dispatcher0")))
	for _, tt := range []struct {
		name   string
		wei    int64
		reason string
		code   fault.Code
	}{
		{"half a gwei", 500_000_000, "NotGwei", fault.ChainRevert},
		{"twin: two gwei", 2_000_000_000, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.chain.EstimateGas(t.Context(), callMsg(c, to, data, tt.wei))
			if err != nil {
				err = chainFault("deposit", err)
			}
			want(t, err, tt.reason, tt.code)
		})
	}
}

func TestBatchPays(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	b := w.bundle("dispatcher0", 1, 5, w.settlement(w.task("user0", 1), 30_000), w.settlement(w.task("user1", 1), 10_000))
	w.ok(w.post(b))
	w.conserve()
	c := w.as("poster")
	d := b.batch.Dispatcher
	r, err := c.Batch(ctx, d, 1)
	if err != nil || r.Total != 40_000 || r.Remaining != 40_000 || r.Voided || r.Posted == 0 || r.Leaves != b.batch.Leaves {
		t.Errorf("Batch = %+v, %v", r, err)
	}
	_, err = c.Claim(ctx, d, 1, b.payouts[0], b.payoutPath(0))
	want(t, err, "Window", fault.ChainRevert)
	w.mineTo(r.Pays)
	_, err = c.Claim(ctx, d, 2, b.payouts[0], b.payoutPath(0))
	want(t, err, "BatchUnknown", fault.APINotFound)
	more := b.payouts[0]
	more.Amount++
	_, err = c.Claim(ctx, d, 1, more, b.payoutPath(0))
	want(t, err, "BadPath", fault.ChainProof)
	for i, p := range b.payouts {
		got, err := c.Claim(ctx, d, 1, p, b.payoutPath(i))
		w.ok(err)
		w.note("Escrow.claim", got)
		_, err = c.Claim(ctx, d, 1, p, b.payoutPath(i))
		want(t, err, "AlreadyClaimed", fault.ChainSettled)
		got, err = w.client(w.keyOf(p.Payee)).Collect(ctx)
		w.ok(err)
		w.note("Escrow.collect", got)
	}
	w.conserve()
	if r, err := c.Batch(ctx, d, 1); err != nil || r.Remaining != 0 {
		t.Errorf("Batch = %+v, %v, want nothing left", r, err)
	}
}

func TestBatchRefusals(t *testing.T) {
	w := newWorld(t)
	one := func(approve int) bundle {
		return w.bundle("dispatcher0", 1, approve, w.settlement(w.task("user0", 1), 30_000))
	}
	sign := func(b *bundle) { w.approve(b, 7) }
	for _, tt := range []struct {
		name   string
		make   func() bundle
		reason string
		code   fault.Code
	}{
		{"signed by two thirds or fewer", func() bundle { return one(4) }, "NoQuorum", fault.KeyQuorum},
		{"one member twice", func() bundle {
			b := one(4)
			b.approvals = append(b.approvals, b.approvals[3])
			return b
		}, "SeatInvalid", fault.ChainProof},
		{"members in another order", func() bundle {
			b := one(7)
			b.approvals[0], b.approvals[1] = b.approvals[1], b.approvals[0]
			return b
		}, "SeatInvalid", fault.ChainProof},
		{"a signature of another member", func() bundle {
			b := one(7)
			b.approvals[0].Sig = b.approvals[1].Sig
			return b
		}, "BadSignature", fault.KeySignature},
		{"changed after signing", func() bundle {
			b := one(7)
			b.batch.Leaves[0]++
			return b
		}, "BadSignature", fault.KeySignature},
		{"a member with a greater stake", func() bundle {
			b := one(7)
			b.approvals[0].Member.Stake++
			return b
		}, "BadPath", fault.ChainProof},
		{"a gap in the numbers", func() bundle {
			b := one(7)
			b.batch.Number = 2
			sign(&b)
			return b
		}, "BatchNumber", fault.ChainRevert},
		{"number zero", func() bundle {
			b := one(7)
			b.batch.Number = 0
			sign(&b)
			return b
		}, "BatchNumber", fault.ChainRevert},
		{"of nobody's", func() bundle {
			b := one(7)
			b.batch.Dispatcher = w.addr("worker0")
			sign(&b)
			return b
		}, "NotDispatcher", fault.ChainRevert},
		{"of another dispatcher than the deposit's", func() bundle {
			b := one(7)
			b.batch.Dispatcher = w.addr("dispatcher1")
			sign(&b)
			return b
		}, "OtherDispatcher", fault.PayDeposit},
		{"more than the deposit", func() bundle {
			return w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), testDeposit+1))
		}, "DepositShort", fault.PayDeposit},
		{"debits that were not signed", func() bundle {
			b := one(7)
			b.debits[0].User = w.addr("user1")
			return b
		}, "BatchDebits", fault.ChainRevert},
		{"debits that do not add up", func() bundle {
			b := one(7)
			b.batch.Total++
			sign(&b)
			return b
		}, "BatchDebits", fault.ChainRevert},
		{"of an epoch without a header", func() bundle {
			b := one(7)
			b.batch.Epoch = 99
			sign(&b)
			return b
		}, "HeaderUnknown", fault.KeyFinality},
		{"of the genesis", func() bundle {
			b := one(7)
			b.batch.Epoch = 0
			sign(&b)
			return b
		}, "PoolUnknown", fault.ChainProof},
		{"twin: by more than two thirds", func() bundle { return one(5) }, "", ""},
		{"the same again", func() bundle { return one(5) }, "BatchNumber", fault.ChainRevert},
	} {
		t.Run(tt.name, func(t *testing.T) { want(t, w.post(tt.make()), tt.reason, tt.code) })
	}
	old := w.bundle("dispatcher0", 2, 7, w.settlement(w.task("user0", 2), 1))
	pool := w.state.Verifiers.Root
	for range 5 {
		w.nextHeader()
	}
	_, err := w.as("poster").PostBatch(t.Context(), old.batch, old.debits, pool, old.approvals)
	want(t, err, "BatchEpoch", fault.ChainRevert)
	w.conserve()
}

func TestExactlyTwoThirdsAreNotEnough(t *testing.T) {
	w := newWorldOf(t, 9)
	b := w.bundle("dispatcher0", 1, 6, w.settlement(w.task("user0", 1), 100))
	want(t, w.post(b), "NoQuorum", fault.KeyQuorum)
	w.approve(&b, 7)
	want(t, w.post(b), "", "")
	p := w.papers(w.task("user0", 2))
	p.voters = 6
	_, err := w.as("poster").SettleDirect(t.Context(), w.proof(p))
	want(t, err, "CertificateShort", fault.KeyQuorum)
	p.voters = 7
	_, err = w.as("poster").SettleDirect(t.Context(), w.proof(p))
	want(t, err, "", "")
	h := w.buildHeader()
	_, err = w.as("poster").PostHeader(t.Context(), w.signHeader(h.Header, w.state.NextSigners, 6))
	want(t, err, "HeaderQuorum", fault.ConsHeader)
	_, err = w.as("poster").PostHeader(t.Context(), w.signHeader(h.Header, w.state.NextSigners, 7))
	want(t, err, "", "")
}

// TestLargePoolDrawsSeats has a pool above 64 members, of which the contract
// draws the seats itself.
func TestLargePoolDrawsSeats(t *testing.T) {
	w := newWorldOf(t, 70)
	b := w.bundle("dispatcher0", 1, 100, w.settlement(w.task("user0", 1), 30_000))
	seats := 0
	for _, a := range b.approvals {
		seats += len(a.Seats)
	}
	if seats != 64 || len(b.approvals) == 64 {
		t.Fatalf("%d seats of %d holders", seats, len(b.approvals))
	}
	wrong := b
	wrong.approvals = append([]Approval{}, b.approvals...)
	wrong.approvals[0].Seats = wrong.approvals[1].Seats
	want(t, w.post(wrong), "SeatInvalid", fault.ChainProof)
	wrong.approvals[0].Seats = []uint8{b.approvals[0].Seats[0], b.approvals[0].Seats[0]}
	want(t, w.post(wrong), "SeatInvalid", fault.ChainProof)
	wrong.approvals[0].Seats = []uint8{200}
	want(t, w.post(wrong), "SeatInvalid", fault.ChainProof)
	few := b
	few.approvals = nil
	held := 0
	for _, a := range b.approvals {
		if held+len(a.Seats) <= 42 { // two thirds of 64 are 42.7
			few.approvals = append(few.approvals, a)
			held += len(a.Seats)
		}
	}
	want(t, w.post(few), "NoQuorum", fault.KeyQuorum)
	for _, a := range b.approvals { // the twin: enough, and no more
		if held <= 42 && !containsApproval(few.approvals, a) {
			few.approvals = append(few.approvals, a)
			held += len(a.Seats)
		}
	}
	sortApprovals(few.approvals)
	w.ok(w.post(few))
	for name, r := range w.gas {
		t.Logf("%s: %d", name, r.Gas)
	}
}

func TestDebitReachesWhatIsLeaving(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	user := w.as("user0")
	_, err := user.RequestWithdraw(ctx, testDeposit-10)
	w.ok(err)
	w.ok(w.post(w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), 30_000))))
	l, err := user.Ledger(ctx, user.Account())
	w.ok(err)
	if l.Deposit.Amount != 0 || l.Deposit.Leaving != testDeposit-30_000 {
		t.Errorf("deposit = %+v", l.Deposit)
	}
	w.ok(w.post(w.bundle("dispatcher0", 2, 7, w.settlement(w.task("user0", 2), testDeposit-30_000))))
	l, err = user.Ledger(ctx, user.Account())
	w.ok(err)
	if l.Deposit.Leaving != 0 || l.Deposit.Unlock != 0 {
		t.Errorf("deposit = %+v", l.Deposit)
	}
	w.conserve()
}

// challenge is a false batch, what shows it and how the dispatcher fares.
type challenge struct {
	name    string
	act     func(w *world) (voided bundle, again func() error)
	slashed bool
}

func challenges() []challenge {
	return []challenge{
		{"a task settled in two batches", func(w *world) (bundle, func() error) {
			s := w.settlement(w.task("user0", 1), 30_000)
			a := w.bundle("dispatcher0", 1, 7, s, w.settlement(w.task("user1", 1), 5))
			w.ok(w.post(a))
			s.Fee-- // another fee does not make it another task
			b := w.bundle("dispatcher0", 2, 7, s)
			w.ok(w.post(b))
			// The earlier batch is not the false one.
			_, err := w.as("reporter").ChallengeDuplicate(w.t.Context(), a.shown(0), b.shown(0), a.debits)
			want(w.t, err, "NotFalse", fault.ChainUnproven)
			_, err = w.as("reporter").ChallengeDuplicate(w.t.Context(), b.shown(0), a.shown(1), b.debits)
			want(w.t, err, "NotFalse", fault.ChainUnproven)
			_, err = w.as("reporter").ChallengeDuplicate(w.t.Context(), b.shown(0), a.shown(0), a.debits)
			want(w.t, err, "BatchDebits", fault.ChainRevert)
			return b, func() error {
				r, err := w.as("reporter").ChallengeDuplicate(w.t.Context(), b.shown(0), a.shown(0), b.debits)
				w.note("Escrow.challengeDuplicate", r)
				return err
			}
		}, true},
		{"a task twice in one batch", func(w *world) (bundle, func() error) {
			s := w.settlement(w.task("user0", 1), 30_000)
			b := w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user1", 1), 5), s, w.settlement(w.task("user1", 2), 5), s)
			w.ok(w.post(b))
			_, err := w.as("reporter").ChallengeDuplicate(w.t.Context(), b.shown(1), b.shown(1), b.debits)
			want(w.t, err, "NotFalse", fault.ChainUnproven) // one leaf shown twice is one leaf
			return b, func() error {
				_, err := w.as("reporter").ChallengeDuplicate(w.t.Context(), b.shown(1), b.shown(3), b.debits)
				return err
			}
		}, true},
		{"a task twice, side by side", func(w *world) (bundle, func() error) {
			s := w.settlement(w.task("user0", 1), 30_000)
			b := w.bundle("dispatcher0", 1, 7, s, s)
			w.ok(w.post(b))
			return b, func() error {
				_, err := w.as("reporter").ChallengeDuplicate(w.t.Context(), b.shown(0), b.shown(1), b.debits)
				return err
			}
		}, true},
		{"a fee above the maximum", func(w *world) (bundle, func() error) {
			task := w.task("user0", 1)
			good := w.task("user1", 1)
			b := w.bundle("dispatcher0", 1, 7, w.settlement(task, task.MaxFee+1), w.settlement(good, good.MaxFee))
			w.ok(w.post(b))
			_, err := w.as("reporter").ChallengeLeaf(w.t.Context(), b.shown(1), b.debits, good)
			want(w.t, err, "NotFalse", fault.ChainUnproven)
			_, err = w.as("reporter").ChallengeLeaf(w.t.Context(), b.shown(0), b.debits, good)
			want(w.t, err, "NotFalse", fault.ChainUnproven)
			return b, func() error {
				r, err := w.as("reporter").ChallengeLeaf(w.t.Context(), b.shown(0), b.debits, task)
				w.note("Escrow.challengeLeaf", r)
				return err
			}
		}, true},
		{"another user's deposit", func(w *world) (bundle, func() error) {
			task := w.task("user0", 1)
			s := w.settlement(task, 5)
			s.User = w.addr("user1")
			b := w.bundle("dispatcher0", 1, 7, s)
			w.ok(w.post(b))
			return b, func() error {
				_, err := w.as("reporter").ChallengeLeaf(w.t.Context(), b.shown(0), b.debits, task)
				return err
			}
		}, true},
		{"another deadline than signed", func(w *world) (bundle, func() error) {
			task := w.task("user0", 1)
			s := w.settlement(task, 5)
			s.Deadline += 1000
			b := w.bundle("dispatcher0", 1, 7, s)
			w.ok(w.post(b))
			return b, func() error {
				_, err := w.as("reporter").ChallengeLeaf(w.t.Context(), b.shown(0), b.debits, task)
				return err
			}
		}, true},
		{"a task of another dispatcher", func(w *world) (bundle, func() error) {
			task := w.task("user0", 1)
			task.Dispatcher = w.addr("dispatcher1")
			b := w.bundle("dispatcher0", 1, 7, w.settlement(task, 5))
			w.ok(w.post(b))
			return b, func() error {
				_, err := w.as("reporter").ChallengeLeaf(w.t.Context(), b.shown(0), b.debits, task)
				return err
			}
		}, true},
		{"too late", func(w *world) (bundle, func() error) {
			task := w.task("user0", 1)
			good := w.task("user1", 1)
			w.mineTo(task.Deadline + w.params.SettleWindow)
			good.Deadline = w.head() // still in its window
			b := w.bundle("dispatcher0", 1, 7, w.settlement(task, 5), w.settlement(good, 5))
			w.ok(w.post(b))
			_, err := w.as("reporter").ChallengeLate(w.t.Context(), b.shown(1), b.debits)
			want(w.t, err, "NotFalse", fault.ChainUnproven)
			return b, func() error {
				r, err := w.as("reporter").ChallengeLate(w.t.Context(), b.shown(0), b.debits)
				w.note("Escrow.challengeLate", r)
				return err
			}
		}, true},
		{"a user's signature that is none", func(w *world) (bundle, func() error) {
			good, s := w.settlement(w.task("user1", 1), 5), w.settlement(w.task("user0", 1), 5)
			task, leaf, receipt := w.signaturesOf(s)
			task = w.keys["dispatcher0"].Sign(s.Task)
			s.Sigs = tacit.SettlementSigs(task, leaf, receipt)
			b := w.bundle("dispatcher0", 1, 7, good, s)
			w.ok(w.post(b))
			right, rleaf, rreceipt := w.signaturesOf(good)
			_, err := w.as("reporter").ChallengeSignature(w.t.Context(), b.shown(0), b.debits, right, rleaf, rreceipt)
			want(w.t, err, "NotFalse", fault.ChainUnproven) // both are good
			_, err = w.as("reporter").ChallengeSignature(w.t.Context(), b.shown(0), b.debits, task, leaf, receipt)
			want(w.t, err, "NotFalse", fault.ChainUnproven) // bad ones, of something else
			return b, func() error {
				r, err := w.as("reporter").ChallengeSignature(w.t.Context(), b.shown(1), b.debits, task, leaf, receipt)
				w.note("Escrow.challengeSignature", r)
				return err
			}
		}, true},
		{"an enclave's signature that is none", func(w *world) (bundle, func() error) {
			s := w.settlement(w.task("user0", 1), 5)
			task, leaf, receipt := w.signaturesOf(s)
			leaf[10] ^= 1
			s.Sigs = tacit.SettlementSigs(task, leaf, receipt)
			b := w.bundle("dispatcher0", 1, 7, s)
			w.ok(w.post(b))
			return b, func() error {
				_, err := w.as("reporter").ChallengeSignature(w.t.Context(), b.shown(0), b.debits, task, leaf, receipt)
				return err
			}
		}, true},
	}
}

func TestChallengeVoidsTheBatch(t *testing.T) {
	for _, tt := range challenges() {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			ctx := t.Context()
			b, show := tt.act(w)
			c := w.as("poster")
			before, err := c.Node(ctx, b.batch.Dispatcher)
			w.ok(err)
			deposit := func() tacit.Money {
				l, err := c.Ledger(ctx, b.debits[0].User)
				w.ok(err)
				return l.Deposit.Amount
			}
			had := deposit()
			w.ok(show())
			w.conserve()
			var back tacit.Money
			for _, d := range b.debits {
				if d.User == b.debits[0].User {
					back += d.Amount
				}
			}
			if got := deposit(); got != had+back {
				t.Errorf("deposit = %d, want %d", got, had+back)
			}
			after, err := c.Node(ctx, b.batch.Dispatcher)
			w.ok(err)
			if slashed := after.Stake < before.Stake; slashed != tt.slashed {
				t.Errorf("stake was %d, is %d; want slashed %v", before.Stake, after.Stake, tt.slashed)
			}
			if err := show(); Reason(err) != "BatchUnknown" {
				t.Errorf("shown again: %v", err)
			}
			w.mine(7)
			_, err = c.Claim(ctx, b.batch.Dispatcher, b.batch.Number, b.payouts[0], b.payoutPath(0))
			want(t, err, "BatchUnknown", fault.APINotFound)
			// The number is free again for an honest batch.
			task := w.task("user0", 99)
			honest := w.bundle("dispatcher0", b.batch.Number, 7, w.settlement(task, 7))
			w.ok(w.post(honest))
			w.mine(7)
			for i, p := range honest.payouts {
				_, err = c.Claim(ctx, b.batch.Dispatcher, b.batch.Number, p, honest.payoutPath(i))
				w.ok(err)
			}
			w.conserve()
		})
	}
}

func TestChallengeEndsWithTheWindow(t *testing.T) {
	w := newWorld(t)
	for _, tt := range challenges()[3:4] {
		b, show := tt.act(w)
		w.mine(6)
		want(t, show(), "Window", fault.ChainRevert)
		if r, err := w.as("poster").Batch(t.Context(), b.batch.Dispatcher, b.batch.Number); err != nil || r.Voided {
			t.Errorf("Batch = %+v, %v", r, err)
		}
	}
}

func TestClaimsNeverExceedTheTotal(t *testing.T) {
	w := newWorld(t)
	b := w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), 100))
	b.payouts = []tacit.Payout{{Payee: w.addr("owner"), Amount: 60}, {Payee: w.addr("manager"), Amount: 60}}
	b.batch.Payouts = wire.PairRoot(leavesOf(b.payouts))
	w.approve(&b, 7)
	w.ok(w.post(b))
	w.mine(7)
	c := w.as("poster")
	_, err := c.Claim(t.Context(), b.batch.Dispatcher, 1, b.payouts[0], b.payoutPath(0))
	w.ok(err)
	_, err = c.Claim(t.Context(), b.batch.Dispatcher, 1, b.payouts[1], b.payoutPath(1))
	want(t, err, "OverClaim", fault.ChainRevert)
	w.conserve()
}

// case N69 CHAIN_REVERT check contracts/Purse.sol:Refused
func TestN69HostileReceiverHarmsOnlyItself(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := w.as("poster")
	parsed, code := artefact(t, "Hostile")
	arg, err := parsed.Pack("", address(w.at.Escrow))
	w.ok(err)
	_, mined, err := c.send(ctx, "deploy hostile", nil, append(code, arg...), 0)
	w.ok(err)
	hostile := wire.Address(mined.ContractAddress)
	b := w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), 100))
	b.payouts = []tacit.Payout{{Payee: hostile, Amount: 60}, {Payee: w.addr("owner"), Amount: 40}}
	b.batch.Payouts = wire.PairRoot(leavesOf(b.payouts))
	w.approve(&b, 7)
	w.ok(w.post(b))
	w.mine(7)
	for i, p := range b.payouts {
		_, err := c.Claim(ctx, b.batch.Dispatcher, 1, p, b.payoutPath(i))
		w.ok(err)
	}
	do := func(method string, args ...any) error {
		data, err := parsed.Pack(method, args...)
		w.ok(err)
		_, _, err = c.send(ctx, method, &hostile, data, 0)
		return err
	}
	collect := c.escrow.PackCollect()
	for _, mode := range []uint8{1, 3} { // reverts, burns all gas
		w.ok(do("set", mode))
		want(t, do("call", collect), "Refused", fault.ChainRevert)
	}
	t.Run("twin: others are paid", func(*testing.T) {
		_, err := w.as("owner").Collect(ctx)
		w.ok(err)
	})
	w.ok(do("set", uint8(2))) // re-enters: gets its part once
	w.ok(do("call", collect))
	want(t, do("call", collect), "NothingDue", fault.ChainRevert)
	got, err := c.Balance(ctx, hostile)
	if err != nil || got != 60 {
		t.Errorf("balance = %d, %v, want 60", got, err)
	}
	w.conserve()
}

func TestOnlyTheContractsMayActForEachOther(t *testing.T) {
	w := newWorld(t)
	c := w.as("poster")
	u, d := address(w.addr("user0")), address(w.addr("dispatcher0"))
	for name, tt := range map[string]struct {
		at     wire.Address
		data   []byte
		reason string
	}{
		"hold":   {w.at.Escrow, c.escrow.PackHold(u, d, 1), "NotDirect"},
		"unhold": {w.at.Escrow, c.escrow.PackUnhold(u, 1), "NotDirect"},
		"pay":    {w.at.Escrow, c.escrow.PackPay(nil), "NotDirect"},
		"slash":  {w.at.Registry, c.registry.PackSlash(d, u), "NotEscrow"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.to(t.Context(), name, tt.at, tt.data, 0)
			want(t, err, tt.reason, fault.ChainRevert)
		})
	}
}
