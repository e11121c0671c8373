package node

import (
	"bytes"
	"encoding/json"
	"testing"

	"tacit/fault"
)

// FuzzNetworkFile reads the file that pins a network, which people pass on.
func FuzzNetworkFile(f *testing.F) {
	good, err := json.Marshal(Network{Gateway: "127.0.0.1:1", Chain: []string{"http://127.0.0.1:2"}})
	if err != nil {
		f.Fatal(err)
	}
	var n Network
	if err := Decode(good, &n); err != nil {
		f.Fatalf("twin: %v", err)
	}
	f.Add(good)
	f.Add(append(good, good...))
	f.Add([]byte(`{"gatewai": ""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var n, again Network
		if err := Decode(text, &n); err != nil {
			if fault.Of(err) != fault.APIField {
				t.Fatalf("%v, want API_FIELD", err)
			}
			return
		}
		b, err := json.Marshal(n)
		if err != nil {
			// A span of terms or another number that has no text.
			if fault.Of(err) == fault.Internal {
				t.Skip()
			}
			t.Fatal(err)
		}
		if err := Decode(b, &again); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if c, err := json.Marshal(again); err != nil || !bytes.Equal(c, b) || n.ID() != again.ID() {
			t.Fatalf("%s reads as %s, %v", b, c, err)
		}
	})
}
