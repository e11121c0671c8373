package wire

import (
	"strings"
	"testing"
)

// FuzzText: digests and addresses in files, flags and answers are read exactly
// or not at all.
func FuzzText(f *testing.F) {
	f.Add("0x" + strings.Repeat("ab", 32))
	f.Add(strings.Repeat("AB", 20))
	f.Add("0x0x" + strings.Repeat("0", 62))
	f.Fuzz(func(t *testing.T, text string) {
		var d Digest
		var a Address
		digits := strings.ToLower(strings.TrimPrefix(text, "0x"))
		derr, aerr := d.UnmarshalText([]byte(text)), a.UnmarshalText([]byte(text))
		if derr == nil && strings.ToLower(strings.TrimPrefix(d.String(), "0x")) != digits {
			t.Fatalf("%q is read as %s", text, d)
		}
		if aerr == nil && strings.ToLower(strings.TrimPrefix(a.String(), "0x")) != digits {
			t.Fatalf("%q is read as %s", text, a)
		}
	})
}
