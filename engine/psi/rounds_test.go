package psi

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tacit"
)

// What comes out does not depend on how many rounds there were, nor on one that has all
// rows because they have the same id.
func TestRoundsChangeNothing(t *testing.T) {
	random := func(alias string, own int) tacit.GuestFile {
		var b strings.Builder
		b.WriteString("id,x\n")
		for i := range 30_000 {
			id := fmt.Sprintf("%d", i%20_000)
			if i%3 == 0 {
				id = fmt.Sprintf("%d of %d", i, own)
			}
			fmt.Fprintf(&b, "%s,%d\n", id, i)
		}
		return file(alias, b.String())
	}
	same := func(alias string) tacit.GuestFile { return file(alias, "id,x\n"+strings.Repeat("same,1\n", 70_000)) }
	for _, tt := range []struct {
		name, more string
		files      []tacit.GuestFile
	}{
		{"intersection", `"operation":"intersection"`, []tacit.GuestFile{random("a", 1), random("b", 2), random("c", 3)}},
		{"union", `"operation":"union"`, []tacit.GuestFile{random("a", 1), random("b", 2)}},
		{"difference", `"operation":"difference"`, []tacit.GuestFile{random("a", 1), random("b", 2)}},
		{"join", `"operation":"join","join":{"kind":"left","columns":{"b":["x"]}}`, []tacit.GuestFile{random("a", 1), random("b", 2)}},
		{"all rows in one round", `"operation":"intersection"`, []tacit.GuestFile{same("a"), same("b")}},
		{"few in one, many in another", `"operation":"union"`, []tacit.GuestFile{same("a"), random("b", 2)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := mustRun(t, newTest(2), ask(tt.more, tt.files...))
			e := newTest(2)
			e.round = 1 << 12
			if s := newParts(keyer{}, 60_000, e.round); s.rounds < 8 {
				t.Fatalf("%d rounds", s.rounds)
			}
			got := mustRun(t, e, ask(tt.more, tt.files...))
			if len(got.Outputs) != len(want.Outputs) || len(got.Outputs) == 0 || got.Fuel != want.Fuel {
				t.Fatalf("%d outputs for %d, want %d for %d", len(got.Outputs), got.Fuel, len(want.Outputs), want.Fuel)
			}
			for i := range want.Outputs {
				if got.Outputs[i].Name != want.Outputs[i].Name || !bytes.Equal(got.Outputs[i].Data, want.Outputs[i].Data) {
					t.Errorf("%s differs", want.Outputs[i].Name)
				}
			}
		})
	}
}
