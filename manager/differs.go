package manager

import (
	"context"
	"fmt"
	"strconv"

	"tacit"
	"tacit/fault"
	"tacit/sketch"
	"tacit/wire"
)

const sketchLabel = "tacit/manager/sketch"

// mostSketches is how many different answers about one entry are remembered; who allows
// more runs than that has no use for a least difference.
const mostSketches = 10_000

// answered is the sketch of an answer about an entry that left, or may have.
type answered struct {
	Sketch []byte `cbor:"1,keyasint"`
}

// sketchCalls is how often an attempt may ask: its engine asks once per input, and an
// entry may be several of them.
const sketchCalls = 64

// compares gives an attempt the right to have the sketch of its answer compared with
// those of earlier ones about an entry.
func (g *given) compares(j judged, user wire.Address, service tacit.Entry, least int) {
	s := tacit.Secret{
		Name: tacit.SetDiffers(j.a.entry.Name), Use: tacit.SecretDiffers, Calls: sketchCalls,
		Params: []tacit.SecretParam{{Name: "least", Value: strconv.Itoa(least)}},
	}
	g.channel.Uses = append(g.channel.Uses, heldKey{Secret: s, Entry: j.a.entry.Name, Owner: j.a.entry.Owner, Service: service.Name, Program: service.Sealed.Plain, User: user})
	e := g.entries[j.a.entry.Name]
	e.Given = append(e.Given, tacit.GivenSecret{Name: s.Name, Use: s.Use, Calls: s.Calls})
	g.entries[j.a.entry.Name] = e
}

func sketchKey(entry string, n uint64) string { return fmt.Sprintf("sketch/%s/%08d", entry, n) }

// compare refuses (DATA_DIFFERENCE) an answer about fewer ids more or less than an earlier
// one than its owner allows, whoever asked for either: a second account gains nothing. What
// it does not refuse is remembered, durably, before the enclave hears of it; the same
// answer again is none more. Of sketches for another difference, from terms before, the sums
// that both have are compared.
func (m *Manager) compare(ctx context.Context, entry string, now []byte, least string) error {
	d, err := strconv.Atoi(least)
	if err != nil {
		return fault.New(fault.StoreCorrupt, "compare answer about %s: read the least difference: %w", entry, err)
	}
	m.sketches.Lock() // the next answer must see this one
	defer m.sketches.Unlock()
	if _, err := sketch.Differ(now, now); err != nil {
		return err
	}
	if len(now) < 16*d {
		return fault.New(fault.APIField, "compare answer about %s: the sketch is for less than a difference of %d", entry, d)
	}
	now = now[:16*d] // of the largest that any owner of the task asks for
	next := uint64(0)
	for from := sketchKey(entry, 0); ; {
		items, _, err := m.cfg.Store.Range(ctx, from, "sketch/"+entry+"0", 256)
		if err != nil {
			return err
		}
		for _, i := range items {
			var was answered
			if err := wire.Unmarshal(sketchLabel, i.Value, &was); err != nil {
				return fault.New(fault.StoreCorrupt, "compare answer about %s: read an earlier one: %w", entry, err)
			}
			next++
			both := min(len(was.Sketch), len(now))
			n, err := sketch.Differ(was.Sketch[:both], now[:both])
			if err != nil {
				return fault.New(fault.StoreCorrupt, "compare answer about %s: read an earlier one: %w", entry, err)
			}
			if n == 0 {
				return nil
			}
			if least := both / 16; n < least {
				return fault.New(fault.DataDifference, "compare answer about %s: an earlier one was about the same ids but for fewer than %d", entry, least)
			}
		}
		if len(items) == 0 {
			break
		}
		from = items[len(items)-1].Key + "\x00"
	}
	if next >= mostSketches {
		return fault.New(fault.KeyPolicy, "compare answer about %s: it had %d different ones, and no more are remembered", entry, next)
	}
	at := sketchKey(entry, next)
	return m.commit(ctx, []tacit.Cond{{Key: at}}, put(sketchLabel, at, answered{now}))
}
