package settle

import (
	"math/big"

	"tacit"
	"tacit/wire"
)

// admitted is a ticket that a sequence posted.
type admitted struct {
	name  string
	role  tacit.Role
	epoch uint64
}

// question is a demand that a sequence made.
type question struct {
	name string
	role tacit.Role
	a    tacit.Assignment
}

// asks are who is asked in sequences.
var asks = []struct {
	name string
	role tacit.Role
}{{"worker0", tacit.RoleWorker}, {"worker1", tacit.RoleWorker}, {"verifier0", tacit.RoleVerifier}, {"verifier1", tacit.RoleVerifier}}

// enter has two nodes ask for a place in an epoch, so that demands find somebody.
func (p *play) enter() {
	c := p.as("poster")
	if offset := (p.head() - c.Start()) % p.params.EpochLength; offset+3 >= p.params.TicketClose {
		p.mine(int(p.params.EpochLength - offset))
	}
	for _, who := range []int{0, 2} {
		x := asks[who]
		epoch := c.Epoch(p.head()+1) + 1
		p.try("postTicket", func(at uint64, do bool) string { return p.m.PostTicket(epoch, p.addr(x.name), x.role, at, do) },
			func() (Receipt, error) {
				return p.as(x.name).PostTicket(p.t.Context(), epoch, x.role, make([]byte, 80))
			})
		p.tickets = append(p.tickets, admitted{x.name, x.role, epoch})
	}
}

// ticket asks for a place in the next epoch, or in a wrong one.
func (p *play) ticket() {
	who, c := pickOf(p, asks), p.as("poster")
	epoch := c.Epoch(p.head()+1) + 1
	if p.rng.IntN(8) == 0 {
		epoch++
	}
	if p.try("postTicket", func(at uint64, do bool) string { return p.m.PostTicket(epoch, p.addr(who.name), who.role, at, do) },
		func() (Receipt, error) {
			return p.as(who.name).PostTicket(p.t.Context(), epoch, who.role, make([]byte, 80))
		}) {
		p.tickets = append(p.tickets, admitted{who.name, who.role, epoch})
	}
}

// demand asks a node, most often one that posted its ticket, for an answer.
func (p *play) demand() {
	who := pickOf(p, asks)
	x := admitted{who.name, who.role, p.as("poster").Epoch(p.head()) + uint64(p.rng.IntN(2))}
	if len(p.tickets) > 0 && p.rng.IntN(8) > 0 {
		x = pickOf(p, p.tickets)
	}
	task := p.anyTask(p.addr(pickOf(p, playSenders)), nil)
	a := tacit.Assignment{
		Task: task.ID(p.network), Epoch: x.epoch, Attempt: uint8(1 + p.rng.IntN(2)), Places: []tacit.Place{{Worker: p.addr("worker0")}}, Seats: []wire.Address{p.addr("verifier1")},
	}
	if x.role == tacit.RoleWorker {
		a.Places[0].Worker = p.addr(x.name)
	} else {
		a.Seats = append(a.Seats, p.addr(x.name))
	}
	by := p.as("reporter")
	if p.try("demand", func(at uint64, do bool) string {
		return p.m.Demand(a, task, p.addr(x.name), x.role, by.Account(), at, do)
	}, func() (Receipt, error) {
		return by.Demand(p.t.Context(), task, tacit.Sign(p.network, p.keyOf(task.Dispatcher), a), p.addr(x.name))
	}) {
		p.asked = append(p.asked, question{x.name, x.role, a})
	}
}

// answer answers one of the demands, or has its silence punished.
func (p *play) answer() {
	if len(p.asked) == 0 {
		return
	}
	q := pickOf(p, p.asked)
	if p.rng.IntN(2) == 0 {
		p.silence(q)
		return
	}
	by := p.as(q.name)
	if p.rng.IntN(3) == 0 {
		by = p.as("poster") // somebody who has it
	}
	expect := func(at uint64, do bool) string {
		cost := tacit.Money(0)
		if do {
			cost = p.answerCost(at)
		}
		return p.m.Answer(q.a.Hash(), p.addr(q.name), by.Account(), cost, at, do)
	}
	p.try("answer", expect, func() (Receipt, error) {
		if q.role == tacit.RoleVerifier && p.rng.IntN(2) == 0 {
			return by.AnswerVote(p.t.Context(), tacit.Sign(p.network, p.keys[q.name], tacit.Vote{Task: q.a.Task, Assignment: q.a.Hash()}))
		}
		x := tacit.Answer{Assignment: q.a.Hash(), Node: p.addr(q.name), Leaf: wire.Digest{1}}
		if p.rng.IntN(2) == 0 {
			x.Leaf, x.Code = x.Code, x.Leaf
		}
		return by.Answer(p.t.Context(), tacit.Sign(p.network, p.keys[q.name], x))
	})
}

// answerCost is what an answer in a block is paid for its gas.
func (w *world) answerCost(block uint64) tacit.Money {
	w.t.Helper()
	h, err := w.backend().HeaderByNumber(w.t.Context(), new(big.Int).SetUint64(block))
	w.ok(err)
	cost := new(big.Int).Mul(h.BaseFee, big.NewInt(90_000))
	cost.Add(cost, big.NewInt(1e9-1))
	return min(cost.Div(cost, gwei).Uint64(), w.params.Bond())
}

func (p *play) silence(q question) {
	p.try("slashWithheld", func(at uint64, do bool) string { return p.m.SlashWithheld(q.a.Hash(), p.addr(q.name), at, do) },
		func() (Receipt, error) {
			return p.as("poster").SlashWithheld(p.t.Context(), q.a.Hash(), p.addr(q.name))
		})
}

// judgeSilence ends every demand that is open.
func (p *play) judgeSilence() {
	for _, q := range p.asked {
		if p.m.SlashWithheld(q.a.Hash(), p.addr(q.name), p.head(), false) == "" {
			p.silence(q)
		}
	}
}
