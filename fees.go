package tacit

import (
	"strconv"

	"tacit/fault"
	"tacit/wire"
)

// Prices is what a task's fee is made of before it ran.
type Prices struct {
	Service    Money `json:"service"`
	Datasets   Money `json:"datasets"`
	Worker     Money `json:"worker"` // at the fuel that the task allows
	Verifiers  Money `json:"verifiers"`
	Dispatcher Money `json:"dispatcher"`
}

// Total is the sum; it is what a dispatcher reserves.
func (p Prices) Total() Money {
	return addMoney(p.Service, p.Datasets, p.Worker, p.Verifiers, p.Dispatcher)
}

// addMoney adds and stays at the largest amount instead of wrapping around, so
// that an absurd price can only make a sum too dear, never cheap.
func addMoney(amounts ...Money) Money {
	var sum Money
	for _, a := range amounts {
		if sum+a < sum {
			return ^Money(0)
		}
		sum += a
	}
	return sum
}

// Quote is the highest fee that the task can cost.
func Quote(params Params, task Task, service Entry, datasets []Entry) Prices {
	p := Prices{
		Service: service.Price, Worker: params.WorkerPrice[Bucket(task.Requirements.Fuel)],
		Verifiers: Money(params.Seats) * params.SeatFee, Dispatcher: params.DispatchFee,
	}
	for _, d := range datasets {
		p.Datasets = addMoney(p.Datasets, d.Price)
	}
	return p
}

// Payees names who is paid for a task: operators, not node keys.
type Payees struct {
	Service    wire.Address
	Datasets   []wire.Address // aligned with the task's catalogue inputs
	Worker     wire.Address
	Seats      []wire.Address // one per seat
	Dispatcher wire.Address
}

// Split is what each payee gets for a leaf, in the order service, datasets,
// worker, seats, dispatcher, and the fee in all. A guest fault pays everybody
// but the service, a host fault only the committee and the dispatcher. The
// escrow contract computes the same. More than reserved is PAY_FEE.
func Split(params Params, leaf Leaf, reserved Money, service Entry, datasets []Entry, to Payees) ([]Payout, Money, error) {
	var out []Payout
	var fee Money
	pay := func(who wire.Address, amount Money) {
		out = append(out, Payout{who, amount})
		fee = addMoney(fee, amount)
	}
	exit := ExitClass(leaf.Exit)
	if exit < ExitOK || exit > ExitHost || leaf.Bucket > 7 {
		return nil, 0, fault.New(fault.APIField, "split fee: exit class %d, bucket %d", leaf.Exit, leaf.Bucket)
	}
	if exit == ExitOK {
		pay(to.Service, service.Price)
	}
	if exit != ExitHost {
		for i, d := range datasets {
			pay(to.Datasets[i], d.Price)
		}
		pay(to.Worker, params.WorkerPrice[leaf.Bucket])
	}
	for _, s := range to.Seats {
		pay(s, params.SeatFee)
	}
	pay(to.Dispatcher, params.DispatchFee)
	if fee > reserved {
		return nil, 0, fault.Denied(fault.PayFee, "split fee", "reserved", strconv.FormatUint(reserved, 10), strconv.FormatUint(fee, 10))
	}
	return out, fee, nil
}
