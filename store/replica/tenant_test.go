package replica

import (
	"bytes"
	"testing"

	"tacit/store"
)

func TestEachAccountHasItsOwnKey(t *testing.T) {
	k := newKeyring(newSecrets())
	of := func(name string) []byte { return k.tenant(1, store.Place(store.KindItem, name)) }
	for _, tt := range []struct {
		name string
		a, b string
		same bool
	}{
		{"accounts", "kv/0x01/data/a", "kv/0x02/data/a", false},
		{"an account and the store's own", "kv/0x01/data/a", "kv", false},
		{"rooms", "task/a", "self/a", false},
		{"twin: one account", "kv/0x01/data/a", "kv/0x01/permit/b", true},
		{"twin: one room", "task/a", "task/b/c", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := bytes.Equal(of(tt.a), of(tt.b)); got != tt.same {
				t.Errorf("%q and %q share a key: %v", tt.a, tt.b, got)
			}
		})
	}
}
