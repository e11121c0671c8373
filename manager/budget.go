package manager

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"

	"tacit"
	"tacit/wire"
)

// A tally counts releases within a sliding window as slots of a sixteenth of
// it. A slot counts as long as any part of it is within the window: the tally
// may overcount by what happened in one slot, and never undercounts. A window
// of 0 has one slot for ever.
type tally struct {
	Window uint64 `cbor:"1,keyasint"`
	Slots  []slot `cbor:"2,keyasint"` // in order, at most tallySlots+1
}

type slot struct {
	Index uint64 `cbor:"1,keyasint"`
	N     uint64 `cbor:"2,keyasint"`
}

// tallies are those of one counterparty of one entry, one per window.
type tallies struct {
	List []tally `cbor:"1,keyasint"`
}

const (
	tallySlots   = 16
	talliesLabel = "tacit/manager/tallies"
)

func (t tally) length() uint64 { return max(1, (t.Window+tallySlots-1)/tallySlots) }

// index is the slot of a moment in seconds.
func (t tally) index(now uint64) uint64 {
	if t.Window == 0 {
		return 0
	}
	return now / t.length()
}

// sum is how many releases count at a moment.
func (t tally) sum(now uint64) uint64 {
	var n uint64
	for _, s := range t.Slots {
		if t.Window == 0 || (s.Index+1)*t.length()+t.Window > now {
			n += s.N
		}
	}
	return n
}

// add counts one release and drops the slots that are out of the window.
func (t tally) add(now uint64) tally {
	out := tally{Window: t.Window}
	at := t.index(now)
	for _, s := range t.Slots {
		if t.Window == 0 || (s.Index+1)*t.length()+t.Window > now {
			out.Slots = append(out.Slots, s)
		}
	}
	if n := len(out.Slots); n > 0 && out.Slots[n-1].Index >= at {
		out.Slots[n-1].N++ // also if the clock of the headers stood still
		return out
	}
	out.Slots = append(out.Slots, slot{at, 1})
	return out
}

func (t tallies) find(window uint64) tally {
	for _, x := range t.List {
		if x.Window == window {
			return x
		}
	}
	return tally{Window: window}
}

// tallyKey names the tallies of an entry for the counterparty that a budget is
// kept for.
func tallyKey(e tacit.Entry, per string, user wire.Address, service string) string {
	k := "tally/" + hex.EncodeToString(e.Owner[:]) + "/" + e.Name + "/" + per
	switch per {
	case tacit.PerUser:
		return k + "/" + hex.EncodeToString(user[:])
	case tacit.PerService:
		return k + "/" + service
	}
	return k
}

// spent reads what each budget of the terms has spent.
func (m *Manager) spent(ctx context.Context, e tacit.Entry, terms tacit.Terms, u tacit.Use) ([]uint64, error) {
	out := make([]uint64, len(terms.Budgets))
	for i, b := range terms.Budgets {
		t, _, err := get[tallies](ctx, m, talliesLabel, tallyKey(e, b.Per, u.User, u.Service))
		if err != nil {
			return nil, err
		}
		out[i] = t.find(uint64(b.Window)).sum(u.Time)
	}
	return out, nil
}

// spendBudgets are the writes that count one release in every budget of the
// terms.
func (m *Manager) spendBudgets(ctx context.Context, j judged) ([]tacit.Cond, []tacit.Put, error) {
	var conds []tacit.Cond
	var puts []tacit.Put
	for _, per := range []string{tacit.PerUser, tacit.PerService, tacit.PerTotal} {
		windows := map[uint64]bool{}
		for _, b := range j.terms.Budgets {
			if b.Per == per {
				windows[uint64(b.Window)] = true
			}
		}
		if len(windows) == 0 {
			continue
		}
		k := tallyKey(*j.a.entry, per, j.use.User, j.use.Service)
		was, rev, err := get[tallies](ctx, m, talliesLabel, k)
		if err != nil {
			return nil, nil, err
		}
		// Tallies of windows that these terms do not have stay, up to a bound:
		// an entry's older and newer terms may count at the same time.
		var now tallies
		for _, t := range was.List {
			if !windows[t.Window] {
				now.List = append(now.List, t)
			}
		}
		now.List = now.List[max(0, len(now.List)-tacit.MostBudgets):]
		for w := range windows {
			now.List = append(now.List, was.find(w).add(j.use.Time))
		}
		slices.SortFunc(now.List, func(a, b tally) int { return cmp.Compare(a.Window, b.Window) })
		p := put(talliesLabel, k, now)
		conds, puts = append(conds, tacit.Cond{Key: k, Revision: rev}), append(puts, p)
	}
	return conds, puts, nil
}
