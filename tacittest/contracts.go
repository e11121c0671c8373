package tacittest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"tacit"
	"tacit/wire"
)

// Contracts is what the network's contracts hold, written down a second time
// in the plainest way. Every method returns the name of the error that the
// contract gives at this block, or "", and with do does it. Random call
// sequences in package settle hold it against the EVM; the simulation of
// devnet/simulate has it for a chain.
//
// It knows no signatures: whoever calls says how many seats of a committee
// approved, and shows papers that were checked.
type Contracts struct {
	Params    tacit.Params
	Start     uint64 // first block of epoch 0
	Last      uint64 // number of the newest posted header
	Deposits  map[wire.Address]*tacit.Deposit
	Claimable map[wire.Address]tacit.Money // at the escrow
	Rewards   map[wire.Address]tacit.Money // at the registry
	Nodes     map[wire.Address]*tacit.Node
	LastBatch map[wire.Address]uint64
	Batches   map[wire.Address]map[uint64]*PostedBatch
	Direct    map[wire.Digest]*DirectSettlement
	Orders    uint64
	Burnt     tacit.Money

	Policy     wire.Digest // of the appraisal policies
	Generation uint64
	Threshold  int         // governors that a change of them takes; 0 = they stay
	PaidIn     tacit.Money // deposits and stakes ever paid in
	PaidOut    tacit.Money // ever collected or withdrawn

	punished map[string]bool
	demands  demands
}

// A Bundle is a batch with all that it stands for.
type Bundle struct {
	Batch       tacit.Batch
	Debits      []tacit.Debit
	Settlements []tacit.Settlement // empty where nobody but the committee saw them
	Payouts     []tacit.Payout
	Held, Seats int // of the committee: that approved, and in all
}

// A PostedBatch is a batch that the escrow took.
type PostedBatch struct {
	Bundle
	Posted, Order uint64
	Remaining     tacit.Money
	Claimed       map[wire.Address]bool
	Voided        bool
}

// A DirectSettlement is one that the contract for direct settlements took.
type DirectSettlement struct {
	Posted, Pays uint64 // blocks
	Total        tacit.Money
	User         wire.Address
	Payouts      map[wire.Address]tacit.Money
	Paid         bool
}

// NewContracts are the contracts as they are deployed.
func NewContracts(p tacit.Params) *Contracts {
	return &Contracts{
		Params: p, Deposits: map[wire.Address]*tacit.Deposit{}, Claimable: map[wire.Address]tacit.Money{},
		Rewards: map[wire.Address]tacit.Money{}, Nodes: map[wire.Address]*tacit.Node{}, LastBatch: map[wire.Address]uint64{},
		Batches: map[wire.Address]map[uint64]*PostedBatch{}, Direct: map[wire.Digest]*DirectSettlement{}, punished: map[string]bool{}, demands: newDemands(),
	}
}

func copies[K comparable, V any](m map[K]*V) map[K]*V {
	out := make(map[K]*V, len(m))
	for k, v := range m {
		c := *v
		out[k] = &c
	}
	return out
}

// Clone is a copy that shares nothing that a method changes.
func (m *Contracts) Clone() *Contracts {
	c := *m
	c.Deposits, c.Nodes, c.Direct = copies(m.Deposits), copies(m.Nodes), copies(m.Direct)
	c.Claimable, c.Rewards, c.LastBatch, c.punished = maps.Clone(m.Claimable), maps.Clone(m.Rewards), maps.Clone(m.LastBatch), maps.Clone(m.punished)
	c.demands = m.demands.clone()
	c.Batches = map[wire.Address]map[uint64]*PostedBatch{}
	for d, list := range m.Batches {
		c.Batches[d] = copies(list)
		for _, b := range c.Batches[d] {
			b.Claimed = maps.Clone(b.Claimed)
		}
	}
	return &c
}

// PostPolicies replaces the policies, by an order that so many governors signed.
func (m *Contracts) PostPolicies(order tacit.PolicyOrder, signed int, do bool) string {
	switch {
	case m.Threshold == 0:
		return "PoliciesFixed"
	case order.Generation != m.Generation+1:
		return "PolicyGeneration"
	case signed < m.Threshold:
		return "PolicyQuorum"
	}
	if do {
		m.Policy, m.Generation = order.Digest, order.Generation
	}
	return ""
}

// DepositList and NodeList are what is read of the contracts for a header.
func (m *Contracts) DepositList() []tacit.Deposit {
	return sorted(m.Deposits, func(d tacit.Deposit) wire.Address { return d.User })
}

// NodeList is the registry.
func (m *Contracts) NodeList() []tacit.Node {
	return sorted(m.Nodes, func(n tacit.Node) wire.Address { return n.Key })
}

func sorted[V any](m map[wire.Address]*V, key func(V) wire.Address) []V {
	var list []V
	for _, v := range m {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b V) int { ka, kb := key(a), key(b); return bytes.Compare(ka[:], kb[:]) })
	return list
}

// Posted are the batches in the order in which they were taken.
func (m *Contracts) Posted() []*PostedBatch {
	var list []*PostedBatch
	for _, of := range m.Batches {
		for _, b := range of {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b *PostedBatch) int { return cmp.Compare(a.Order, b.Order) })
	return list
}

func (m *Contracts) of(user wire.Address) *tacit.Deposit {
	if m.Deposits[user] == nil {
		m.Deposits[user] = &tacit.Deposit{User: user}
	}
	return m.Deposits[user]
}

// Deposit adds to a deposit.
func (m *Contracts) Deposit(user, dispatcher wire.Address, amount tacit.Money, do bool) string {
	d := m.of(user)
	if d.Dispatcher != dispatcher && (d.Amount != 0 || d.Leaving != 0) {
		return "OtherDispatcher"
	}
	if do {
		d.Dispatcher = dispatcher
		d.Amount += amount
		m.PaidIn += amount
	}
	return ""
}

// RequestWithdraw begins a withdrawal.
func (m *Contracts) RequestWithdraw(user wire.Address, amount tacit.Money, block uint64, do bool) string {
	d := m.of(user)
	if amount == 0 || amount > d.Amount {
		return "DepositShort"
	}
	if do {
		d.Amount -= amount
		d.Leaving += amount
		d.Unlock = block + m.Params.WithdrawDelay
	}
	return ""
}

// Withdraw ends one, and pays all else that is due.
func (m *Contracts) Withdraw(user wire.Address, block uint64, do bool) string {
	d := m.of(user)
	if d.Leaving == 0 || block < d.Unlock {
		return "WithdrawLocked"
	}
	if do {
		m.PaidOut += d.Leaving + m.Claimable[user]
		d.Leaving, d.Unlock = 0, 0
		m.Claimable[user] = 0
	}
	return ""
}

// Collect pays what is due to an account.
func (m *Contracts) Collect(who wire.Address, do bool) string {
	if m.Claimable[who] == 0 {
		return "NothingDue"
	}
	if do {
		m.PaidOut += m.Claimable[who]
		m.Claimable[who] = 0
	}
	return ""
}

// CollectRewards pays what the registry owes.
func (m *Contracts) CollectRewards(who wire.Address, do bool) string {
	if m.Rewards[who] == 0 {
		return "NothingDue"
	}
	if do {
		m.PaidOut += m.Rewards[who]
		m.Rewards[who] = 0
	}
	return ""
}

// take debits copies first, so that nothing happens if a later one fails.
func (m *Contracts) take(dispatcher wire.Address, debits []tacit.Debit, do bool) string {
	after := map[wire.Address]tacit.Deposit{}
	for _, x := range debits {
		d, ok := after[x.User]
		if !ok {
			d = *m.of(x.User)
		}
		switch {
		case d.Dispatcher != dispatcher:
			return "OtherDispatcher"
		case d.Amount+d.Leaving < x.Amount:
			return "DepositShort"
		case d.Amount >= x.Amount:
			d.Amount -= x.Amount
		default:
			d.Leaving -= x.Amount - d.Amount
			d.Amount = 0
			if d.Leaving == 0 {
				d.Unlock = 0
			}
		}
		after[x.User] = d
	}
	if do {
		for user, d := range after {
			*m.of(user) = d
		}
	}
	return ""
}

// PostBatch takes a batch.
func (m *Contracts) PostBatch(b Bundle, block uint64, do bool) string {
	d, n := b.Batch.Dispatcher, b.Batch.Number
	old := m.Batches[d][n]
	if n != m.LastBatch[d]+1 && (old == nil || !old.Voided) {
		return "BatchNumber"
	}
	switch n := m.Nodes[d]; {
	case n == nil || n.Roles&tacit.RoleDispatcher == 0:
		return "NotDispatcher"
	case b.Batch.Epoch > m.Last:
		return "HeaderUnknown"
	case b.Batch.Epoch+headerAge < m.Last:
		return "BatchEpoch"
	case 3*b.Held <= 2*b.Seats:
		return "NoQuorum"
	}
	if why := m.take(d, b.Debits, do); why != "" {
		return why
	}
	if do {
		if m.Batches[d] == nil {
			m.Batches[d] = map[uint64]*PostedBatch{}
		}
		m.Orders++
		m.LastBatch[d] = max(m.LastBatch[d], n)
		m.Batches[d][n] = &PostedBatch{Bundle: b, Posted: block, Order: m.Orders, Remaining: b.Batch.Total, Claimed: map[wire.Address]bool{}}
	}
	return ""
}

func (m *Contracts) valid(b *PostedBatch) bool { return b != nil && !b.Voided }

// Open reports whether the challenge window of what was posted in a block is open.
func (m *Contracts) Open(posted, block uint64) bool { return block <= posted+m.Params.ChallengeWindow }

// Claim credits a payee of a batch.
func (m *Contracts) Claim(b *PostedBatch, i int, block uint64, do bool) string {
	p := b.Payouts[i]
	switch {
	case !m.valid(b):
		return "BatchUnknown"
	case m.Open(b.Posted, block):
		return "Window"
	case b.Claimed[p.Payee]:
		return "AlreadyClaimed"
	}
	if do {
		b.Claimed[p.Payee] = true
		b.Remaining -= p.Amount
		m.Claimable[p.Payee] += p.Amount
	}
	return ""
}

func (m *Contracts) voidBatch(b *PostedBatch, reporter wire.Address, block uint64, do bool) string {
	if !m.Open(b.Posted, block) {
		return "Window"
	}
	if do {
		b.Voided, b.Remaining = true, 0
		for _, x := range b.Debits {
			m.of(x.User).Amount += x.Amount
		}
		m.slash(b.Batch.Dispatcher, reporter)
	}
	return ""
}

func (m *Contracts) slash(key, reporter wire.Address) {
	n := m.Nodes[key]
	if n == nil {
		return
	}
	taken := n.Stake * m.Params.SlashPart / 1000
	n.Stake -= taken
	m.Rewards[reporter] += taken / 10
	m.Burnt += taken - taken/10
}

// ChallengeDuplicate voids a batch that settles what an earlier one did.
func (m *Contracts) ChallengeDuplicate(later *PostedBatch, i int, earlier *PostedBatch, j int, reporter wire.Address, block uint64, do bool) string {
	if !m.valid(later) || !m.valid(earlier) {
		return "BatchUnknown"
	}
	if later.Batch.Dispatcher != earlier.Batch.Dispatcher || later.Settlements[i].Task != earlier.Settlements[j].Task || earlier.Order >= later.Order {
		return "NotFalse"
	}
	return m.voidBatch(later, reporter, block, do)
}

// ChallengeSignature voids a batch with a settlement that rests on a signature
// that is none, as the caller knows.
func (m *Contracts) ChallengeSignature(b *PostedBatch, bad bool, reporter wire.Address, block uint64, do bool) string {
	if !m.valid(b) {
		return "BatchUnknown"
	}
	if !bad {
		return "NotFalse"
	}
	return m.voidBatch(b, reporter, block, do)
}

// ChallengeLate voids a batch that came too late for a settlement.
func (m *Contracts) ChallengeLate(b *PostedBatch, i int, reporter wire.Address, block uint64, do bool) string {
	if !m.valid(b) {
		return "BatchUnknown"
	}
	if b.Settlements[i].Deadline+m.Params.SettleWindow >= b.Posted {
		return "NotFalse"
	}
	return m.voidBatch(b, reporter, block, do)
}

// SettleDirect settles one task without its dispatcher.
func (m *Contracts) SettleDirect(task tacit.Task, id wire.Digest, payouts map[wire.Address]tacit.Money, total tacit.Money, block uint64, do bool) string {
	switch {
	case m.Direct[id] != nil:
		return "AlreadySettled"
	case block > task.Deadline+m.Params.SettleWindow:
		return "Late"
	case task.Deadline > block+m.Params.WithdrawDelay:
		return "DeadlineFar"
	}
	if why := m.take(task.Dispatcher, []tacit.Debit{{User: task.User, Amount: total}}, do); why != "" {
		return why
	}
	if do {
		pays := task.Deadline + m.Params.SettleWindow + 2*m.Params.ChallengeWindow + 1
		m.Direct[id] = &DirectSettlement{Posted: block, Pays: pays, Total: total, User: task.User, Payouts: payouts}
	}
	return ""
}

// ClaimDirect credits the payees of a direct settlement.
func (m *Contracts) ClaimDirect(id wire.Digest, block uint64, do bool) string {
	d := m.Direct[id]
	switch {
	case d == nil:
		return "NotSettled"
	case d.Paid:
		return "AlreadySettled"
	case block < d.Pays:
		return "Window"
	}
	if do {
		d.Paid = true
		for who, amount := range d.Payouts {
			m.Claimable[who] += amount
		}
	}
	return ""
}

// VoidDirect voids a direct settlement of what a final batch settles.
func (m *Contracts) VoidDirect(b *PostedBatch, i int, block uint64, do bool) string {
	id := b.Settlements[i].Task
	d := m.Direct[id]
	switch {
	case d == nil:
		return "NotSettled"
	case d.Paid:
		return "AlreadySettled"
	case !m.valid(b):
		return "BatchUnknown"
	case m.Open(b.Posted, block):
		return "Window"
	}
	if do {
		m.of(d.User).Amount += d.Total
		delete(m.Direct, id)
	}
	return ""
}

// Report punishes an offence of a node, which the caller has judged: what names
// it, and wrong is the name of the error that judging it gives, or "". A wrong
// report that is sent all the same burns its bond (BurnBond).
func (m *Contracts) Report(key, reporter wire.Address, what, wrong string, do bool) string {
	switch {
	case wrong != "":
		return wrong
	case m.Nodes[key] == nil:
		return "NotOneSigner"
	case m.punished[key.String()+what]:
		return "AlreadySlashed"
	}
	if do {
		m.punished[key.String()+what] = true
		m.PaidIn += m.Params.Bond()
		m.Rewards[reporter] += m.Params.Bond()
		m.slash(key, reporter)
	}
	return ""
}

// BurnBond is what becomes of a report that is wrong.
func (m *Contracts) BurnBond() {
	m.PaidIn += m.Params.Bond()
	m.Burnt += m.Params.Bond()
}

// Unbond begins a node's leaving.
func (m *Contracts) Unbond(key wire.Address, block uint64, do bool) string {
	switch n := m.Nodes[key]; {
	case n == nil:
		return "NotRegistered"
	case n.Leaving != 0:
		return "Leaving"
	case do:
		n.Leaving = block
	}
	return ""
}

// WithdrawStake pays a node's stake back.
func (m *Contracts) WithdrawStake(key wire.Address, block uint64, do bool) string {
	n := m.Nodes[key]
	switch {
	case n == nil:
		return "NotRegistered"
	case n.Leaving == 0:
		return "Leaving"
	case block < n.Leaving+m.Params.UnbondDelay:
		return "StakeLocked"
	case m.demands.open(key, false) != 0:
		return "DemandOpen"
	}
	if do {
		m.PaidOut += n.Stake + m.Rewards[n.Operator]
		m.Rewards[n.Operator] = 0
		delete(m.Nodes, key)
	}
	return ""
}

// Anchor takes a checkpoint that the node's key signed.
func (m *Contracts) Anchor(a tacit.Anchor, do bool) string {
	n := m.Nodes[a.Key]
	switch {
	case n == nil:
		return "NotRegistered"
	case a.Revision <= n.AnchorRevision:
		return "AnchorOld"
	case a.Digest == wire.Digest{}:
		return "AnchorField"
	case a.Recoveries != n.Recoveries:
		return "BadSignature"
	}
	if do {
		n.AnchorRevision, n.AnchorDigest = a.Revision, a.Digest
	}
	return ""
}

// Recover leads a node's anchor back, by word of its operator.
func (m *Contracts) Recover(key wire.Address, revision uint64, digest wire.Digest, do bool) string {
	n := m.Nodes[key]
	switch {
	case n == nil:
		return "NotRegistered"
	case revision > n.AnchorRevision:
		return "AnchorAhead"
	case (revision == 0) != (digest == wire.Digest{}):
		return "AnchorField"
	}
	if do {
		n.AnchorRevision, n.AnchorDigest = revision, digest
		n.Recoveries++
	}
	return ""
}

// AddStake adds to a node's stake.
func (m *Contracts) AddStake(key wire.Address, amount tacit.Money, do bool) string {
	n := m.Nodes[key]
	switch {
	case n == nil:
		return "NotRegistered"
	case n.Leaving != 0:
		return "Leaving"
	}
	if do {
		n.Stake += amount
		m.PaidIn += amount
	}
	return ""
}

// Escrow is the coin that the escrow should hold.
func (m *Contracts) Escrow() (sum tacit.Money) {
	for _, d := range m.Deposits {
		sum += d.Amount + d.Leaving
	}
	for _, list := range m.Batches {
		for _, b := range list {
			sum += b.Remaining
		}
	}
	for _, d := range m.Direct {
		if !d.Paid {
			sum += d.Total
		}
	}
	for _, c := range m.Claimable {
		sum += c
	}
	return sum
}

// Registry is the coin that the registry should hold.
func (m *Contracts) Registry() tacit.Money {
	sum := m.Burnt + m.demands.open(wire.Address{}, true)*m.Params.Bond()
	for _, n := range m.Nodes {
		sum += n.Stake
	}
	for _, r := range m.Rewards {
		sum += r
	}
	return sum
}

// headerAge is how many numbers older than the last header a batch's may be.
const headerAge = 4

// PostHeader notes a header that more than two thirds of the trusted set
// signed, as the caller has checked.
func (m *Contracts) PostHeader(number uint64, do bool) string {
	if number <= m.Last {
		return "HeaderNumber"
	}
	if do {
		m.Last = number
	}
	return ""
}

// Conserved reports whether what was paid in is all still there or was paid
// out.
func (m *Contracts) Conserved() bool { return m.Escrow()+m.Registry()+m.PaidOut == m.PaidIn }
