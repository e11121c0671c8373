package tacittest

import (
	"maps"

	"tacit"
	"tacit/wire"
)

// asked names a demand: what is asked of whom.
type asked struct {
	assignment wire.Digest
	key        wire.Address
}

// Demanded is a demand as the registry keeps it.
type Demanded struct {
	By         wire.Address // zero once it has ended
	Due, Epoch uint64
}

// inEpoch names a node's part in an epoch.
type inEpoch struct {
	epoch uint64
	key   wire.Address
}

// demands are the part of Contracts about answers that are demanded.
type demands struct {
	tickets  map[inEpoch]tacit.Role
	asked    map[asked]*Demanded
	withheld map[inEpoch]bool
}

func newDemands() demands {
	return demands{map[inEpoch]tacit.Role{}, map[asked]*Demanded{}, map[inEpoch]bool{}}
}

func (d demands) clone() demands {
	return demands{maps.Clone(d.tickets), copies(d.asked), maps.Clone(d.withheld)}
}

// open are how many demands have not ended, against one node or, if all, any.
func (d demands) open(key wire.Address, all bool) (n tacit.Money) {
	for a, x := range d.asked {
		if x.By != (wire.Address{}) && (all || a.key == key) {
			n++
		}
	}
	return n
}

// PostTicket asks for a place in the pool of a role in an epoch.
func (m *Contracts) PostTicket(epoch uint64, key wire.Address, role tacit.Role, block uint64, do bool) string {
	current, offset := (block-m.Start)/m.Params.EpochLength, (block-m.Start)%m.Params.EpochLength
	n, at := m.Nodes[key], inEpoch{epoch, key}
	switch {
	case current+1 != epoch || offset >= m.Params.TicketClose:
		return "TicketLate"
	case n == nil || n.Roles&role == 0 || n.Leaving != 0:
		return "NotAdmitted"
	case m.demands.tickets[at]&role != 0:
		return "TicketTwice"
	case do:
		m.demands.tickets[at] |= role
	}
	return ""
}

// Demand asks a node for an answer about an assignment that names it in a role.
func (m *Contracts) Demand(a tacit.Assignment, t tacit.Task, key wire.Address, role tacit.Role, by wire.Address, block uint64, do bool) string {
	d, id := m.Nodes[t.Dispatcher], asked{a.Hash(), key}
	switch {
	case d == nil || d.Roles&tacit.RoleDispatcher == 0 || m.Nodes[key] == nil || m.demands.tickets[inEpoch{a.Epoch, key}]&role == 0:
		return "NotAssigned"
	case block > t.Deadline || t.Deadline > m.Start+a.Epoch*m.Params.EpochLength+m.Params.WithdrawDelay:
		return "DeadlineWrong"
	case m.demands.asked[id] != nil:
		return "DemandedBefore"
	case do:
		due := block + m.Params.SettleWindow
		if role == tacit.RoleWorker {
			due = t.Deadline + m.Params.SettleWindow
		}
		m.demands.asked[id] = &Demanded{By: by, Due: due, Epoch: a.Epoch}
		m.PaidIn += m.Params.Bond()
	}
	return ""
}

// Answer ends a demand; cost is what the gas of the answer comes to.
func (m *Contracts) Answer(assignment wire.Digest, key, sender wire.Address, cost tacit.Money, block uint64, do bool) string {
	d := m.demands.asked[asked{assignment, key}]
	switch {
	case d == nil || d.By == (wire.Address{}):
		return "NotDemanded"
	case block > d.Due:
		return "AnswerLate"
	case do:
		cost = min(cost, m.Params.Bond())
		m.Rewards[d.By] += m.Params.Bond() - cost
		m.Rewards[sender] += cost
		d.By = wire.Address{}
	}
	return ""
}

// SlashWithheld ends a demand that was not answered in time.
func (m *Contracts) SlashWithheld(assignment wire.Digest, key wire.Address, block uint64, do bool) string {
	d := m.demands.asked[asked{assignment, key}]
	switch {
	case d == nil || d.By == (wire.Address{}):
		return "NotDemanded"
	case block <= d.Due:
		return "AnswerOpen"
	case do:
		m.Rewards[d.By] += m.Params.Bond()
		d.By = wire.Address{}
		if at := (inEpoch{d.Epoch, key}); !m.demands.withheld[at] {
			m.demands.withheld[at] = true
			n := m.Nodes[key]
			taken := n.Stake * m.Params.SlashPart / 1000
			n.Stake -= taken
			m.Burnt += taken
		}
	}
	return ""
}
