package manager

import (
	"encoding/binary"
	"testing"
	"time"

	"tacit/wire"
)

// case N90 code RES_BUSY check manager/rate.go:mostCallers
func TestN90CallersThatAreRememberedAreBounded(t *testing.T) {
	var r rate
	now := time.Unix(1_700_000_000, 0)
	who := func(i int) (a wire.Address) {
		binary.BigEndian.PutUint32(a[:], uint32(i))
		return a
	}
	t.Run("twin: as many as there is room for", func(t *testing.T) {
		for i := range mostCallers {
			if !r.allow(who(i), now) {
				t.Fatalf("caller %d is refused", i)
			}
		}
	})
	if r.allow(who(mostCallers), now) {
		t.Error("one more is remembered")
	}
	t.Run("twin: who is remembered goes on", func(t *testing.T) {
		if !r.allow(who(0), now) {
			t.Error("refused")
		}
	})
	t.Run("twin: there is room once the others are forgotten", func(t *testing.T) {
		if !r.allow(who(mostCallers), now.Add(burst*time.Second)) || len(r.tokens) > 2 {
			t.Errorf("refused, or %d are remembered", len(r.tokens))
		}
	})
}
