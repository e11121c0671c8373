package store

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tacit"
	"tacit/wire"
)

func TestTransactionDigestsDiffer(t *testing.T) {
	seen := map[wire.Digest]int{}
	for i, txn := range []tacit.Txn{
		{Then: []tacit.Put{{Key: "k", Value: []byte("v")}}},
		{Then: []tacit.Put{{Key: "k", Value: []byte("w")}}},
		{Then: []tacit.Put{{Key: "l", Value: []byte("v")}}},
		{Then: []tacit.Put{{Key: "k", Value: []byte("v"), Lease: 1}}},
		{Then: []tacit.Put{{Key: "k", Delete: true}}},
		{Then: []tacit.Put{{Key: "k", Value: []byte("v")}, {Key: "l"}}},
		{If: []tacit.Cond{{Key: "k"}}},
		{If: []tacit.Cond{{Key: "k", Revision: 1}}},
		{Fence: &tacit.Fence{Name: "k", Token: 1}},
		{Fence: &tacit.Fence{Name: "k", Token: 2}},
	} {
		d := DigestTxn(txn)
		if j, ok := seen[d]; ok {
			t.Errorf("transactions %d and %d have one digest", i, j)
		}
		seen[d] = i
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	b := NewBox(bytes.Repeat([]byte{7}, 32))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		for _, v := range []any{b, *b} {
			out := fmt.Sprintf(verb, v)
			for _, k := range [][]byte{b.seal, b.sum} {
				if strings.Contains(out, string(k)) || strings.Contains(out, fmt.Sprintf("%x", k)) || strings.Contains(out, fmt.Sprint(k)) || strings.Contains(out, fmt.Sprintf("%#v", k)) {
					t.Errorf("%s of %T shows a key: %s", verb, v, out)
				}
			}
		}
	}
}
