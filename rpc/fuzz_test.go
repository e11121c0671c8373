package rpc

import (
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
