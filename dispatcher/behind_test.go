package dispatcher_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
)

// behind shows an older view until somebody syncs; refuse is what Sync says, as
// when another fetched the same header meanwhile.
type behind struct {
	*mini.Headers
	old    *tacit.View
	refuse error
}

func (b *behind) View() tacit.View {
	if b.old != nil {
		return *b.old
	}
	return b.Headers.View()
}

func (b *behind) Sync(context.Context) error {
	b.old = nil
	return b.refuse
}

// What a user has seen under a newer header than the dispatcher is not refused
// for that.
func TestWhatANewerHeaderShowsIsLookedFor(t *testing.T) {
	for _, tt := range []struct {
		name   string
		next   func(w *world) // what the newer header shows
		refuse error
		want   fault.Code
	}{
		{"a deposit", func(w *world) { w.deposit(w.fee) }, nil, ""},
		{"a generation", func(w *world) { w.data.Generation++ }, nil, ""},
		{"a generation, fetched by somebody else", func(w *world) { w.data.Generation++ }, fault.New(fault.KeyGeneration, "take header"), ""},
		{"twin: a deposit that nothing shows", func(w *world) { w.deposit(w.fee - 1) }, nil, fault.PayDeposit},
		{"twin: a generation that nothing shows", nil, nil, fault.KeyGeneration},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if strings.Contains(tt.name, "deposit") {
				w.Chain.Now.Deposits = nil
				w.epoch()
			}
			old := w.Headers.View()
			if tt.next != nil {
				tt.next(w)
			}
			for i, e := range w.Chain.Now.Entries {
				if e.ID == w.data.ID {
					w.Chain.Now.Entries = slices.Clone(w.Chain.Now.Entries)
					w.Chain.Now.Entries[i] = w.data
				}
			}
			w.epoch()
			if tt.next == nil {
				w.data.Generation++ // the user's idea alone
			}
			d := w.make(func(c *dispatcher.Config) { c.Headers = &behind{w.Headers, &old, tt.refuse} })
			_, err := d.Submit(mini.As(w.User), w.request(w.task(1)))
			want(t, err, tt.want)
		})
	}
}
