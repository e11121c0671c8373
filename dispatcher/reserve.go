package dispatcher

import (
	"context"
	"errors"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// purse is what a user has promised: the last sequence number and every
// reservation that a header does not reflect yet.
type purse struct {
	sequence uint64
	open     []reservation
}

// reservation is the fee of one accepted task. Block is where it was settled, 0
// before; it counts until a header's deposits show the debit.
type reservation struct {
	task     wire.Digest
	fee      tacit.Money
	deadline uint64
	block    uint64
}

// The journal has, beside each task, its user's last sequence number and a mark
// while its reservation counts, so that a start reads what is open and not all
// that ever was.
type sequence struct {
	N uint64 `cbor:"1,keyasint"`
}

const sequenceLabel = "tacit/dispatcher/sequence"

func sequenceKey(user wire.Address) string { return "user/" + user.String() }

func openKey(id wire.Digest) string { return "open/" + id.String() }

// purse returns a user's, read from the journal the first time. It is called
// with submits held.
func (d *Dispatcher) purse(ctx context.Context, user wire.Address) (*purse, error) {
	if p := d.purses[user]; p != nil {
		return p, nil
	}
	p := &purse{}
	item, err := d.cfg.Store.Get(ctx, sequenceKey(user))
	if err == nil {
		var s sequence
		err = wire.Unmarshal(sequenceLabel, item.Value, &s)
		p.sequence = s.N
	}
	if err = absent(err); err != nil {
		return nil, err
	}
	d.purses[user] = p
	return p, nil
}

// reserved drops what no longer counts at the block of a header, and sums up
// the rest. gone are the marks to remove with the next write.
func (d *Dispatcher) reserved(p *purse, block uint64) (sum tacit.Money, gone []tacit.Put) {
	p.open = slices.DeleteFunc(p.open, func(r reservation) bool {
		if r.block != 0 && r.block <= block {
			if len(gone) == 100 { // a transaction has room for 128 writes
				return false
			}
			gone = append(gone, tacit.Put{Key: openKey(r.task), Delete: true})
			return true
		}
		if r.block == 0 && !d.lapsed(r.deadline, block) || r.block > block {
			sum += r.fee
		}
		return false
	})
	return sum, gone
}

// unreserve changes the reservation of a task that ended: block is where it was
// settled, 0 if it failed and nothing is owed.
func (d *Dispatcher) unreserve(user wire.Address, id wire.Digest, block uint64) {
	d.submits.Lock()
	defer d.submits.Unlock()
	p := d.purses[user]
	if p == nil {
		return
	}
	i := slices.IndexFunc(p.open, func(r reservation) bool { return r.task == id })
	switch {
	case i < 0:
	case block == 0:
		p.open = slices.Delete(p.open, i, i+1)
	default:
		p.open[i].block = block
	}
}

// mostDeadline keeps sums with a deadline, here and in the contracts, from
// wrapping around: a deadline that does would void its own reservation.
const mostDeadline = 1 << 62

// lapsed reports whether a task with this deadline can no longer be settled at
// a block.
func (d *Dispatcher) lapsed(deadline, block uint64) bool {
	return block > deadline+d.cfg.Headers.View().Genesis.Params.SettleWindow
}

// absent drops "there is none", which is no failure here.
func absent(err error) error {
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	return err
}
