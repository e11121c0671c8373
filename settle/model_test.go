package settle

import (
	"tacit"
	"tacit/wire"
)

// model is what the contracts should hold, written down a second time in the
// plainest way. Every method returns the name of the error that the contract
// gives at this block, or "", and with do does it.
type model struct {
	params    tacit.Params
	deposits  map[wire.Address]*tacit.Deposit
	claimable map[wire.Address]tacit.Money // at the escrow
	rewards   map[wire.Address]tacit.Money // at the registry
	nodes     map[wire.Address]*tacit.Node
	last      map[wire.Address]uint64
	batches   map[wire.Address]map[uint64]*modelBatch
	direct    map[wire.Digest]*modelDirect
	punished  map[string]bool
	orders    uint64
	burnt     tacit.Money
}

type modelBatch struct {
	bundle
	posted, order uint64
	remaining     tacit.Money
	claimed       map[wire.Address]bool
	voided        bool
}

type modelDirect struct {
	posted, order uint64
	total         tacit.Money
	user          wire.Address
	payouts       map[wire.Address]tacit.Money
	paid          bool
}

func newModel(p tacit.Params) *model {
	return &model{
		params: p, deposits: map[wire.Address]*tacit.Deposit{}, claimable: map[wire.Address]tacit.Money{},
		rewards: map[wire.Address]tacit.Money{}, nodes: map[wire.Address]*tacit.Node{}, last: map[wire.Address]uint64{},
		batches: map[wire.Address]map[uint64]*modelBatch{}, direct: map[wire.Digest]*modelDirect{}, punished: map[string]bool{},
	}
}

func (m *model) of(user wire.Address) *tacit.Deposit {
	if m.deposits[user] == nil {
		m.deposits[user] = &tacit.Deposit{User: user}
	}
	return m.deposits[user]
}

func (m *model) deposit(user, dispatcher wire.Address, amount tacit.Money, do bool) string {
	d := m.of(user)
	if d.Dispatcher != dispatcher && (d.Amount != 0 || d.Leaving != 0) {
		return "OtherDispatcher"
	}
	if do {
		d.Dispatcher = dispatcher
		d.Amount += amount
	}
	return ""
}

func (m *model) requestWithdraw(user wire.Address, amount tacit.Money, block uint64, do bool) string {
	d := m.of(user)
	if amount == 0 || amount > d.Amount {
		return "DepositShort"
	}
	if do {
		d.Amount -= amount
		d.Leaving += amount
		d.Unlock = block + m.params.WithdrawDelay
	}
	return ""
}

func (m *model) withdraw(user wire.Address, block uint64, do bool) string {
	d := m.of(user)
	if d.Leaving == 0 || block < d.Unlock {
		return "WithdrawLocked"
	}
	if do {
		d.Leaving, d.Unlock = 0, 0
		m.claimable[user] = 0
	}
	return ""
}

func (m *model) collect(who wire.Address, do bool) string {
	if m.claimable[who] == 0 {
		return "NothingDue"
	}
	if do {
		m.claimable[who] = 0
	}
	return ""
}

func (m *model) collectRewards(who wire.Address, do bool) string {
	if m.rewards[who] == 0 {
		return "NothingDue"
	}
	if do {
		m.rewards[who] = 0
	}
	return ""
}

// take debits copies first, so that nothing happens if a later one fails.
func (m *model) take(dispatcher wire.Address, debits []tacit.Debit, do bool) string {
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

func (m *model) postBatch(b bundle, block uint64, do bool) string {
	d, n := b.batch.Dispatcher, b.batch.Number
	old := m.batches[d][n]
	if n != m.last[d]+1 && (old == nil || !old.voided) {
		return "BatchNumber"
	}
	if 3*len(b.approvals) <= 2*7 {
		return "NoQuorum"
	}
	if why := m.take(d, b.debits, do); why != "" {
		return why
	}
	if do {
		if m.batches[d] == nil {
			m.batches[d] = map[uint64]*modelBatch{}
		}
		m.orders++
		m.last[d] = max(m.last[d], n)
		m.batches[d][n] = &modelBatch{bundle: b, posted: block, order: m.orders, remaining: b.batch.Total, claimed: map[wire.Address]bool{}}
	}
	return ""
}

func (m *model) valid(b *modelBatch) bool { return b != nil && !b.voided }

func (m *model) open(posted, block uint64) bool { return block <= posted+m.params.ChallengeWindow }

func (m *model) claim(b *modelBatch, i int, block uint64, do bool) string {
	p := b.payouts[i]
	switch {
	case !m.valid(b):
		return "BatchUnknown"
	case m.open(b.posted, block):
		return "Window"
	case b.claimed[p.Payee]:
		return "AlreadyClaimed"
	}
	if do {
		b.claimed[p.Payee] = true
		b.remaining -= p.Amount
		m.claimable[p.Payee] += p.Amount
	}
	return ""
}

func (m *model) voidBatch(b *modelBatch, reporter wire.Address, slash bool, block uint64, do bool) string {
	if !m.open(b.posted, block) {
		return "Window"
	}
	if do {
		b.voided, b.remaining = true, 0
		for _, x := range b.debits {
			m.of(x.User).Amount += x.Amount
		}
		if slash {
			m.slash(b.batch.Dispatcher, reporter)
		}
	}
	return ""
}

func (m *model) slash(key, reporter wire.Address) {
	n := m.nodes[key]
	if n == nil {
		return
	}
	taken := n.Stake * m.params.SlashPart / 1000
	n.Stake -= taken
	m.rewards[reporter] += taken / 10
	m.burnt += taken - taken/10
}

func (m *model) challengeDuplicate(later *modelBatch, i int, earlier *modelBatch, j int, reporter wire.Address, block uint64, do bool) string {
	if !m.valid(later) || !m.valid(earlier) {
		return "BatchUnknown"
	}
	if later.batch.Dispatcher != earlier.batch.Dispatcher || later.settlements[i].Task != earlier.settlements[j].Task || earlier.order >= later.order {
		return "NotFalse"
	}
	return m.voidBatch(later, reporter, true, block, do)
}

func (m *model) challengeDirect(b *modelBatch, i int, reporter wire.Address, block uint64, do bool) string {
	if !m.valid(b) {
		return "BatchUnknown"
	}
	d := m.direct[b.settlements[i].Task]
	if d == nil || d.order >= b.order {
		return "NotFalse"
	}
	return m.voidBatch(b, reporter, false, block, do)
}

func (m *model) challengeLate(b *modelBatch, i int, reporter wire.Address, block uint64, do bool) string {
	if !m.valid(b) {
		return "BatchUnknown"
	}
	if b.settlements[i].Deadline+m.params.SettleWindow >= b.posted {
		return "NotFalse"
	}
	return m.voidBatch(b, reporter, true, block, do)
}

func (m *model) settleDirect(task tacit.Task, id wire.Digest, payouts map[wire.Address]tacit.Money, total tacit.Money, block uint64, do bool) string {
	switch {
	case m.direct[id] != nil:
		return "AlreadySettled"
	case block > task.Deadline+m.params.SettleWindow:
		return "Late"
	}
	if why := m.take(task.Dispatcher, []tacit.Debit{{User: task.User, Amount: total}}, do); why != "" {
		return why
	}
	if do {
		m.orders++
		m.direct[id] = &modelDirect{posted: block, order: m.orders, total: total, user: task.User, payouts: payouts}
	}
	return ""
}

func (m *model) claimDirect(id wire.Digest, block uint64, do bool) string {
	d := m.direct[id]
	switch {
	case d == nil:
		return "NotSettled"
	case d.paid:
		return "AlreadySettled"
	case m.open(d.posted, block):
		return "Window"
	}
	if do {
		d.paid = true
		for who, amount := range d.payouts {
			m.claimable[who] += amount
		}
	}
	return ""
}

func (m *model) voidDirect(b *modelBatch, i int, block uint64, do bool) string {
	id := b.settlements[i].Task
	d := m.direct[id]
	switch {
	case d == nil:
		return "NotSettled"
	case !m.open(d.posted, block):
		return "Window"
	case !m.valid(b):
		return "BatchUnknown"
	case b.order >= d.order:
		return "NotFalse"
	}
	if do {
		m.of(d.user).Amount += d.total
		delete(m.direct, id)
	}
	return ""
}

func (m *model) slashVotes(key, reporter wire.Address, what string, do bool) string {
	switch {
	case m.nodes[key] == nil:
		return "NotOneSigner"
	case m.punished[key.String()+what]:
		return "AlreadySlashed"
	}
	if do {
		m.punished[key.String()+what] = true
		m.slash(key, reporter)
	}
	return ""
}

func (m *model) unbond(key wire.Address, block uint64, do bool) string {
	switch n := m.nodes[key]; {
	case n == nil:
		return "NotRegistered"
	case n.Leaving != 0:
		return "Leaving"
	case do:
		n.Leaving = block
	}
	return ""
}

func (m *model) withdrawStake(key wire.Address, block uint64, do bool) string {
	n := m.nodes[key]
	switch {
	case n == nil:
		return "NotRegistered"
	case n.Leaving == 0:
		return "Leaving"
	case block < n.Leaving+m.params.UnbondDelay:
		return "StakeLocked"
	}
	if do {
		m.rewards[n.Operator] = 0
		delete(m.nodes, key)
	}
	return ""
}

func (m *model) addStake(key wire.Address, amount tacit.Money, do bool) string {
	n := m.nodes[key]
	switch {
	case n == nil:
		return "NotRegistered"
	case n.Leaving != 0:
		return "Leaving"
	}
	if do {
		n.Stake += amount
	}
	return ""
}

// escrow and registry are what the two contracts should hold in all.
func (m *model) escrow() (sum tacit.Money) {
	for _, d := range m.deposits {
		sum += d.Amount + d.Leaving
	}
	for _, list := range m.batches {
		for _, b := range list {
			sum += b.remaining
		}
	}
	for _, d := range m.direct {
		if !d.paid {
			sum += d.total
		}
	}
	for _, c := range m.claimable {
		sum += c
	}
	return sum
}

func (m *model) registry() tacit.Money {
	sum := m.burnt
	for _, n := range m.nodes {
		sum += n.Stake
	}
	for _, r := range m.rewards {
		sum += r
	}
	return sum
}
