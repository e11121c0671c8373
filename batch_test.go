package tacit

import (
	"math"
	"slices"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

func TestBatchIsNetAndInOrder(t *testing.T) {
	alice, bob, carol := wire.Address{1}, wire.Address{2}, wire.Address{3}
	settlements := []Settlement{{Task: wire.Digest{1}, User: bob, Fee: 30}, {Task: wire.Digest{2}, User: alice, Fee: 20}, {Task: wire.Digest{3}, User: bob, Fee: 10}}
	payouts := []Payout{{carol, 25}, {alice, 15}, {carol, 20}}
	b, debits, net := MakeBatch(wire.Address{9}, 4, 2, settlements, payouts)
	if !slices.Equal(debits, []Debit{{alice, 20}, {bob, 40}}) || !slices.Equal(net, []Payout{{alice, 15}, {carol, 45}}) || b.Total != 60 {
		t.Errorf("debits %v, payouts %v, total %d", debits, net, b.Total)
	}
	wantCode(t, CheckBatch(b, settlements, net, debits), "")
}

// case N66 code CHAIN_SETTLED check batch.go:tasks
func TestN66BatchHoldsEachTaskOnce(t *testing.T) {
	alice, carol := wire.Address{1}, wire.Address{3}
	one, two := Settlement{Task: wire.Digest{1}, User: alice, Fee: 10}, Settlement{Task: wire.Digest{2}, User: alice, Fee: 10}
	for _, tt := range []struct {
		name string
		list []Settlement
		want fault.Code
	}{
		{"twin: two tasks", []Settlement{one, two}, ""},
		{"one task twice", []Settlement{one, one}, fault.ChainSettled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, debits, net := MakeBatch(wire.Address{9}, 1, 2, tt.list, []Payout{{carol, 20}})
			wantCode(t, CheckBatch(b, tt.list, net, debits), tt.want)
		})
	}
}

// case N58 code CONS_FIELD check batch.go:CheckBatch
func TestN58BatchIsTheSumOfItsParts(t *testing.T) {
	alice, bob, carol := wire.Address{1}, wire.Address{2}, wire.Address{3}
	for _, tt := range []struct {
		name  string
		spoil func(b *Batch, s []Settlement, p *[]Payout, d *[]Debit)
		want  fault.Code
	}{
		{"twin: as made", func(*Batch, []Settlement, *[]Payout, *[]Debit) {}, ""},
		{"another total", func(b *Batch, _ []Settlement, _ *[]Payout, _ *[]Debit) { b.Total++ }, fault.ConsField},
		{"another leaf", func(_ *Batch, s []Settlement, _ *[]Payout, _ *[]Debit) { s[0].Fee++ }, fault.ConsField},
		{"another receipt", func(_ *Batch, s []Settlement, _ *[]Payout, _ *[]Debit) { s[0].Receipt[0]++ }, fault.ConsField},
		{"another payee", func(_ *Batch, _ []Settlement, p *[]Payout, _ *[]Debit) { (*p)[0].Payee[0]++ }, fault.ConsField},
		{"a larger payout", func(_ *Batch, _ []Settlement, p *[]Payout, _ *[]Debit) { (*p)[0].Amount++ }, fault.ConsField},
		{"another user", func(_ *Batch, _ []Settlement, _ *[]Payout, d *[]Debit) { (*d)[0].User[0]++ }, fault.ConsField},
		{"a smaller debit", func(_ *Batch, _ []Settlement, _ *[]Payout, d *[]Debit) { (*d)[0].Amount-- }, fault.ConsField},
		{"a user twice", func(b *Batch, _ []Settlement, _ *[]Payout, d *[]Debit) {
			*d = append(*d, Debit{User: alice})
			b.Debits = DebitsDigest(*d)
		}, fault.ConsField},
		{"a payee twice", func(b *Batch, _ []Settlement, p *[]Payout, _ *[]Debit) {
			*p = append(*p, Payout{Payee: carol})
			b.Payouts = wire.PairRoot(leaves(*p))
		}, fault.ConsField},
		{"amounts that overflow to the total", func(b *Batch, _ []Settlement, p *[]Payout, _ *[]Debit) {
			*p = []Payout{{carol, math.MaxUint64}, {bob, b.Total + 1}}
			b.Payouts = wire.PairRoot(leaves(*p))
		}, fault.ConsField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := []Settlement{{Task: wire.Digest{1}, User: alice, Fee: 10}, {Task: wire.Digest{2}, User: bob, Fee: 20}}
			b, debits, net := MakeBatch(wire.Address{9}, 1, 2, list, []Payout{{carol, 30}})
			tt.spoil(&b, list, &net, &debits)
			wantCode(t, CheckBatch(b, list, net, debits), tt.want)
		})
	}
}

// claim is an honest claim for a case.
func (w *world) claim(exit ExitClass) SettleClaim {
	c, v := w.honest()
	leaf := Leaf{Kind: KindEnclave, Task: v.TaskID, Assignment: v.Assignment.Hash(), Attempt: 1, Exit: uint8(exit), Bucket: 0}
	return SettleClaim{Case: c, Certificate: w.votes(v.Subject, v.Drawn.Seats, "yyyyyyy"), Leaf: Sign(w.network, w.signers[c.Keys.Receipt], leaf)}
}

// case N99 code RESULT_KEY check batch.go:leaf
func TestN99LeafIsOfThisAttempt(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(w *world, c *SettleClaim, l *Leaf) // the leaf is signed again
		want  fault.Code
	}{
		{"twin: honest", func(*world, *SettleClaim, *Leaf) {}, ""},
		{"of another task", func(_ *world, _ *SettleClaim, l *Leaf) { l.Task[0]++ }, fault.ResultKey},
		{"of another assignment", func(_ *world, _ *SettleClaim, l *Leaf) { l.Assignment[0]++ }, fault.ResultKey},
		{"of another attempt", func(_ *world, _ *SettleClaim, l *Leaf) { l.Attempt++ }, fault.ResultKey},
		{"of another place", func(_ *world, _ *SettleClaim, l *Leaf) { l.Place++ }, fault.ResultKey},
		{"of another kind", func(_ *world, _ *SettleClaim, l *Leaf) { l.Kind[0]++ }, fault.ResultKey},
		{"without an exit", func(_ *world, _ *SettleClaim, l *Leaf) { l.Exit = 0 }, fault.APIField},
		{"of a case that was not drawn so", func(w *world, c *SettleClaim, _ *Leaf) {
			c.Case.Assignment = Sign(w.network, w.signers[w.user], c.Case.Assignment.Body)
		}, fault.KeySignature},
		{"without a quorum", func(_ *world, c *SettleClaim, _ *Leaf) { c.Certificate.Votes = c.Certificate.Votes[:2] }, fault.KeyQuorum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			c := w.claim(ExitOK)
			tt.spoil(w, &c, &c.Leaf.Body)
			c.Leaf = Sign(w.network, w.signers[c.Case.Keys.Receipt], c.Leaf.Body)
			_, _, err := c.Check(w.network, w.state.Header, w.params)
			wantCode(t, err, tt.want)
		})
	}
	t.Run("signed by a key that the evidence does not bind", func(t *testing.T) {
		w := newWorld(t)
		c := w.claim(ExitOK)
		c.Leaf = Sign(w.network, w.signers[w.dispatcher], c.Leaf.Body)
		_, _, err := c.Check(w.network, w.state.Header, w.params)
		wantCode(t, err, fault.KeySignature)
	})
}

func TestFeesByExit(t *testing.T) {
	for _, tt := range []struct {
		exit ExitClass
		fee  Money // 10 service, 10 dataset, 1 worker, 7 seats, 2 dispatcher
	}{{ExitOK, 30}, {ExitGuest, 20}, {ExitHost, 9}} {
		t.Run(tt.exit.String(), func(t *testing.T) {
			w := newWorld(t)
			c := w.claim(tt.exit)
			s, payouts, err := c.Check(w.network, w.state.Header, w.params)
			wantCode(t, err, "")
			paid := map[wire.Address]Money{}
			var sum Money
			for _, p := range payouts {
				paid[p.Payee] += p.Amount
				sum += p.Amount
			}
			if s.Fee != tt.fee || sum != tt.fee || s.User != w.user || s.Receipt != c.Leaf.Body.Hash() {
				t.Errorf("fee %d, paid %d, want %d", s.Fee, sum, tt.fee)
			}
			if worker := paid[w.operator(c.Case.Assignment.Body.Places[0].Worker)]; (worker > 0) != (tt.exit != ExitHost) {
				t.Errorf("worker is paid %d", worker)
			}
			if service := paid[w.service.Owner]; (service > 0) != (tt.exit == ExitOK) {
				t.Errorf("service is paid %d", service)
			}
		})
	}
}

func (w *world) operator(a wire.Address) wire.Address { return w.node(a, 0).Operator }

func TestSplitRefuses(t *testing.T) {
	w := newWorld(t)
	to := Payees{Seats: make([]wire.Address, 7)}
	for _, tt := range []struct {
		name     string
		leaf     Leaf
		reserved Money
		want     fault.Code
	}{
		{"twin: exactly what was reserved", Leaf{Exit: 1, Bucket: 0}, 20, ""},
		{"one more than was reserved", Leaf{Exit: 1, Bucket: 1}, 20, fault.PayFee},
		{"no exit", Leaf{}, 20, fault.APIField},
		{"unknown exit", Leaf{Exit: 4}, 20, fault.APIField},
		{"unknown bucket", Leaf{Exit: 1, Bucket: 8}, 20, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Split(w.params, tt.leaf, tt.reserved, w.service, nil, to)
			wantCode(t, err, tt.want)
		})
	}
}

func TestBuckets(t *testing.T) {
	for fuel, want := range map[uint64]uint8{0: 0, 1e7: 0, 1e7 + 1: 1, 8e7: 1, 8e7 + 1: 2, 1 << 50: 7, math.MaxUint64: 7} {
		if got := Bucket(fuel); got != want {
			t.Errorf("Bucket(%d) = %d, want %d", fuel, got, want)
		}
	}
}

func TestQuoteIsTheMostThatSplitCanCharge(t *testing.T) {
	w := newWorld(t)
	task := w.task()
	quote := Quote(w.params, task, w.service, []Entry{w.data}).Total()
	for bucket := range Bucket(task.Requirements.Fuel) + 1 {
		_, fee, err := Split(w.params, Leaf{Exit: 1, Bucket: bucket}, quote, w.service, []Entry{w.data}, Payees{Datasets: make([]wire.Address, 1), Seats: make([]wire.Address, 7)})
		if err != nil || fee > quote {
			t.Errorf("bucket %d costs %d, quoted %d: %v", bucket, fee, quote, err)
		}
	}
}

func TestABatchIsPostedInTime(t *testing.T) {
	for _, tt := range []struct {
		name        string
		until, head uint64
		want        fault.Code
	}{
		{"twin: long before", 100, 10, ""},
		{"twin: with the blocks that posting takes", 100, 97, ""},
		{"one less", 100, 98, fault.TaskTimeout},
		{"its last block", 100, 100, fault.TaskTimeout},
		{"after it", 100, 200, fault.TaskTimeout},
		{"it does not say", 0, 0, fault.TaskTimeout},
		{"twin: for ever", math.MaxUint64, math.MaxUint64 - 3, ""},
	} {
		wantCode(t, PostBatchRequest{Until: tt.until}.InTime(tt.head), tt.want)
	}
}
