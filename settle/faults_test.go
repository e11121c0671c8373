package settle

import (
	"errors"
	"fmt"
	"testing"

	"tacit/fault"
)

// FuzzRevert reads what a foreign node says a contract answered.
func FuzzRevert(f *testing.F) {
	for id := range contractErrors() {
		f.Add(id[:])
		f.Add(append(id[:], make([]byte, 64)...))
	}
	f.Add([]byte{0x08, 0xc3, 0x79, 0xa0}) // Error(string)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < 4 {
			return
		}
		if err := revertFault("fuzz", raw); err == nil || fault.Of(err) == "" {
			t.Errorf("revertFault(%x) = %v", raw, err)
		}
	})
}

// TestEveryNamedErrorExists keeps the table of codes free of names that no
// contract has.
func TestEveryNamedErrorExists(t *testing.T) {
	names := map[string]bool{}
	for _, e := range contractErrors() {
		names[e.Name] = true
	}
	for name := range codes {
		if !names[name] {
			t.Errorf("no contract has the error %s", name)
		}
	}
}

func TestReasonSurvivesWrapping(t *testing.T) {
	id := contractErrors()
	for sel, e := range id {
		if e.Name != "BatchDebits" {
			continue
		}
		err := fmt.Errorf("outer: %w", revertFault("post", sel[:]))
		if Reason(err) != "BatchDebits" || !errors.Is(err, fault.ChainRevert) {
			t.Errorf("Reason(%v) = %q", err, Reason(err))
		}
		return
	}
	t.Error("no BatchDebits")
}
