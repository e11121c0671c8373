package tacit

import "tacit/wire"

// Params is the one table of a network's parameters, fixed at genesis. Block
// counts are blocks of the chain, money is gwei.
type Params struct {
	EpochLength     uint64   `cbor:"1,keyasint" json:"epochLength"`     // blocks
	Finality        uint64   `cbor:"2,keyasint" json:"finality"`        // blocks a state must be buried under; 0 = the chain's finalized tag
	TicketClose     uint64   `cbor:"3,keyasint" json:"ticketClose"`     // offset in the epoch of the first block that takes no ticket
	Deadline        uint64   `cbor:"4,keyasint" json:"deadline"`        // least blocks from acceptance to a task's deadline
	SettleWindow    uint64   `cbor:"5,keyasint" json:"settleWindow"`    // blocks after the deadline in which a task may be settled
	ChallengeWindow uint64   `cbor:"6,keyasint" json:"challengeWindow"` // blocks before a batch pays
	WithdrawDelay   uint64   `cbor:"7,keyasint" json:"withdrawDelay"`   // blocks before a deposit leaves
	UnbondDelay     uint64   `cbor:"8,keyasint" json:"unbondDelay"`     // blocks before a stake leaves
	Seats           uint8    `cbor:"9,keyasint" json:"seats"`           // of a committee
	Operators       uint8    `cbor:"10,keyasint" json:"operators"`      // least distinct operators of a certificate
	MinStake        Money    `cbor:"11,keyasint" json:"minStake"`
	SlashPart       uint64   `cbor:"12,keyasint" json:"slashPart"` // thousandths of a stake that a proven contradiction burns
	SeatFee         Money    `cbor:"13,keyasint" json:"seatFee"`
	DispatchFee     Money    `cbor:"14,keyasint" json:"dispatchFee"`
	WorkerPrice     [8]Money `cbor:"15,keyasint" json:"workerPrice"` // by price bucket
}

// MaxSeats bounds signing sets and settlement committees.
const MaxSeats = 64

// Bond is what a report of a contradiction costs whoever is wrong.
func (p Params) Bond() Money { return p.MinStake / 100 }

// Digest is Keccak-256 over the parameters as words; the contracts keep it.
func (p Params) Digest() wire.Digest {
	w := new(wire.Words).Uint(p.EpochLength).Uint(p.Finality).Uint(p.TicketClose).Uint(p.Deadline).Uint(p.SettleWindow).
		Uint(p.ChallengeWindow).Uint(p.WithdrawDelay).Uint(p.UnbondDelay).Uint(uint64(p.Seats)).Uint(uint64(p.Operators)).
		Uint(p.MinStake).Uint(p.SlashPart).Uint(p.SeatFee).Uint(p.DispatchFee)
	for _, price := range p.WorkerPrice {
		w.Uint(price)
	}
	return w.Hash()
}

// Bucket is the price bucket of an amount of fuel: the smallest b with
// fuel <= 10^7 * 8^b, at most 7. Eight buckets are all that the public learns
// of how much a guest worked.
func Bucket(fuel uint64) uint8 {
	limit := uint64(10_000_000)
	for b := range uint8(7) {
		if fuel <= limit {
			return b
		}
		limit *= 8
	}
	return 7
}
