package rpc

import (
	"bytes"
	"encoding/base64"
	"testing"
	"unicode"
	"unicode/utf8"

	"connectrpc.com/connect"

	"tacit/fault"
	"tacit/wire"
)

// FuzzFault gives a caller the refusals of a peer that may lie: a code of the
// table and short printable text comes out, or nothing.
func FuzzFault(f *testing.F) {
	for _, m := range []faultMessage{{"DATA_CONSENT", "use acme/sum", "level", "3", "2"}, {"NO_SUCH_CODE", "\x1b[2J", "\n", "", "\xff"}} {
		if b, err := wire.Marshal(faultLabel, m); err == nil {
			f.Add(base64.StdEncoding.EncodeToString(b))
		}
	}
	f.Add("====")
	f.Fuzz(func(t *testing.T, header string) {
		c := connect.NewError(connect.CodeFailedPrecondition, fault.Internal)
		c.Meta().Set(faultHeader, header)
		got, ok := received(c)
		if !ok {
			return
		}
		if fault.Lookup(got.Code).Code != got.Code {
			t.Fatalf("code %q is of no table", got.Code)
		}
		for _, s := range []string{got.Op, got.Rule, got.Expected, got.Got} {
			if len(s) > mostText || !utf8.ValidString(s) {
				t.Fatalf("%d bytes: %q", len(s), s)
			}
			for _, r := range s {
				if !unicode.IsPrint(r) {
					t.Fatalf("%q of a peer would reach a terminal", s)
				}
			}
		}
	})
}

// FuzzStoreMessages reads what clients ask of a shared store: it encodes as it came,
// and the transaction that it becomes says the same.
func FuzzStoreMessages(f *testing.F) {
	const label = "tacit/fuzz"
	for _, m := range []storeTxn{
		{If: []storeCond{{[]byte("a"), 3}}, Fenced: true, Fence: storeFence{[]byte("lead"), 7}, Then: []storeItem{{Key: []byte("a"), Value: []byte("v"), Lease: 2}, {Key: []byte("b"), Delete: true}}},
		{},
	} {
		b, err := wire.Marshal(label, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var q storeTxn
		if err := wire.Unmarshal(label, b, &q); err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APISize {
				t.Fatalf("decode: %v", err)
			}
			return
		}
		if again, err := wire.Marshal(label, q); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%x is read and encodes as %x: %v", b, again, err)
		}
		txn := q.txn()
		if len(txn.If) != len(q.If) || len(txn.Then) != len(q.Then) || (txn.Fence != nil) != q.Fenced {
			t.Fatalf("%+v becomes %+v", q, txn)
		}
		if q.Fenced && (txn.Fence.Name != string(q.Fence.Name) || txn.Fence.Token != q.Fence.Token) {
			t.Fatalf("%+v becomes %+v", q, *txn.Fence)
		}
		for i, c := range txn.If {
			if c.Key != string(q.If[i].Key) || c.Revision != q.If[i].Revision {
				t.Fatalf("%+v becomes %+v", q.If[i], c)
			}
		}
		for i, p := range txn.Then {
			if w := q.Then[i]; p.Key != string(w.Key) || !bytes.Equal(p.Value, w.Value) || p.Delete != w.Delete || p.Lease != w.Lease {
				t.Fatalf("%+v becomes %+v", w, p)
			}
		}
	})
}
