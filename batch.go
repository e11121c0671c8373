package tacit

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"tacit/fault"
	"tacit/wire"
)

// MakeBatch sums the settlements and payouts of tasks into a batch. Debits and
// payouts come out net, one per account, in order.
func MakeBatch(dispatcher wire.Address, number, epoch uint64, settlements []Settlement, payouts []Payout) (Batch, []Debit, []Payout) {
	owed, due := map[wire.Address]Money{}, map[wire.Address]Money{}
	for _, s := range settlements {
		owed[s.User] = addMoney(owed[s.User], s.Fee)
	}
	for _, p := range payouts {
		due[p.Payee] = addMoney(due[p.Payee], p.Amount)
	}
	var debits []Debit
	var net []Payout
	b := Batch{Dispatcher: dispatcher, Number: number, Epoch: epoch}
	for _, user := range sortedAccounts(owed) {
		debits = append(debits, Debit{user, owed[user]})
		b.Total = addMoney(b.Total, owed[user])
	}
	for _, payee := range sortedAccounts(due) {
		net = append(net, Payout{payee, due[payee]})
	}
	b.Leaves, b.Payouts, b.Debits = wire.PairRoot(leaves(settlements)), wire.PairRoot(leaves(net)), DebitsDigest(debits)
	return b, debits, net
}

func sortedAccounts(m map[wire.Address]Money) []wire.Address {
	var list []wire.Address
	for a := range m {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b wire.Address) int { return bytes.Compare(a[:], b[:]) })
	return list
}

// CheckBatch reports CONS_FIELD unless the roots and the total of a batch are
// those of its parts and no account stands twice.
func CheckBatch(b Batch, settlements []Settlement, payouts []Payout, debits []Debit) error {
	var in, out Money
	seen := map[wire.Address]bool{}
	for _, d := range debits {
		if seen[d.User] {
			return fault.New(fault.ConsField, "check batch: user %s is debited twice", d.User)
		}
		seen[d.User] = true
		in = addMoney(in, d.Amount)
	}
	paid := map[wire.Address]bool{}
	for _, p := range payouts {
		if paid[p.Payee] {
			return fault.New(fault.ConsField, "check batch: %s is paid twice", p.Payee)
		}
		paid[p.Payee] = true
		out = addMoney(out, p.Amount)
	}
	tasks := map[wire.Digest]bool{}
	for _, s := range settlements {
		if tasks[s.Task] {
			return fault.New(fault.ChainSettled, "check batch: task %s stands in it twice", s.Task.Short())
		}
		tasks[s.Task] = true
	}
	if in != b.Total || out != b.Total || b.Leaves != wire.PairRoot(leaves(settlements)) || b.Payouts != wire.PairRoot(leaves(payouts)) || b.Debits != DebitsDigest(debits) {
		return fault.New(fault.ConsField, "check batch: its roots or its total are not those of its parts")
	}
	return nil
}

// Check verifies a claim from the task's signature to the leaf's and returns
// its settlement and who gets what.
func (c SettleClaim) Check(network wire.Digest, h EpochHeader, params Params) (Settlement, []Payout, error) {
	newest := uint64(0)
	for _, ch := range c.Case.Challenges {
		newest = max(newest, ch.Body.Epoch) // freshness was judged when the votes were cast
	}
	v, err := c.Case.CheckDraw(network, h, newest, params)
	if err != nil {
		return Settlement{}, nil, err
	}
	return v.Settle(network, c.Certificate, c.Leaf, params)
}

// Settle verifies the rest of a claim whose case was checked: votes and leaf.
func (v Verified) Settle(network wire.Digest, cert Certificate, signed Signed[Leaf], params Params) (Settlement, []Payout, error) {
	if err := cert.Check(network, v.Subject, v.Drawn.Seats, params); err != nil {
		return Settlement{}, nil, err
	}
	c := v.Case
	leaf, err := signed.Check(network, c.Keys.Receipt)
	if err != nil {
		return Settlement{}, nil, err
	}
	if leaf.Task != v.TaskID || leaf.Assignment != v.Assignment.Hash() || leaf.Attempt != v.Assignment.Attempt || leaf.Place != c.Place || leaf.Kind != v.Task.Kind {
		return Settlement{}, nil, fault.New(fault.ResultKey, "check claim: the leaf is for another task, attempt or place")
	}
	to := Payees{Service: c.Service.Entry.Owner, Worker: v.Worker.Operator, Dispatcher: c.Draw.Dispatcher.Node.Operator}
	var datasets []Entry
	for _, d := range c.Datasets {
		datasets = append(datasets, d.Entry)
		to.Datasets = append(to.Datasets, d.Entry.Owner)
	}
	for _, s := range v.Drawn.Seats {
		to.Seats = append(to.Seats, s.Operator)
	}
	payouts, fee, err := Split(params, leaf, c.Acceptance.Body.Fee, c.Service.Entry, datasets, to)
	if err != nil {
		return Settlement{}, nil, err
	}
	return Settlement{Task: v.TaskID, User: v.Task.User, Fee: fee, Deadline: v.Task.Deadline, Receipt: leaf.Hash(), Sigs: SettlementSigs(c.Task.Sig, signed.Sig, c.Keys.Receipt)}, payouts, nil
}

// SettleMembers are the members of a pool that hold seats in the settlement
// committee of a batch: all of a small pool, the holders of the drawn seats of
// a larger one, in the pool's order.
func SettleMembers(beacon wire.Digest, dispatcher wire.Address, number uint64, pool Pool) []Member {
	seats := SettleSeats(beacon, dispatcher, number, pool.Root)
	if seats == nil {
		return pool.Members
	}
	all := find(pool.Members, pool.Root)
	var members []Member
	for _, r := range seats {
		if m, ok := all.at(r); ok && !slices.Contains(members, m) {
			members = append(members, m)
		}
	}
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.Index, b.Index) })
	return members
}

// postingTakes is how many blocks a transaction is expected to wait at most.
const postingTakes = 2

// InTime reports TASK_TIMEOUT if a batch that is sent when the chain is at a block
// could stand there too late for one of its tasks.
func (r PostBatchRequest) InTime(head uint64) error {
	if r.Until > postingTakes && head < r.Until-postingTakes {
		return nil
	}
	return fault.Denied(fault.TaskTimeout, "post batch", "last block", strconv.FormatUint(r.Until, 10), "the chain is at block "+strconv.FormatUint(head, 10)+", and posting takes some")
}
