package key_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/key"
)

func ends(t testing.TB, secret []byte, info string) (a, b *key.Channel) {
	t.Helper()
	var err error
	if a, err = key.NewChannel(secret, []byte(info), true); err != nil {
		t.Fatal(err)
	}
	if b, err = key.NewChannel(secret, []byte(info), false); err != nil {
		t.Fatal(err)
	}
	return a, b
}

func TestAChannelOpensWhatItsOtherEndSealedUnderThatNumberOnly(t *testing.T) {
	secret := key.NewChannelSecret()
	a, b := ends(t, secret, "task 1")
	_, elsewhere := ends(t, secret, "task 2")
	_, stranger := ends(t, key.NewChannelSecret(), "task 1")
	message := []byte("a request")
	for _, tt := range []struct {
		name   string
		end    *key.Channel
		number uint64
		change func([]byte) []byte
		code   fault.Code
	}{
		{"twin: by the other end", b, 7, nil, ""},
		{"by the end that sealed it", a, 7, nil, fault.KeySignature},
		{"under another number", b, 8, nil, fault.KeySignature},
		{"in another context", elsewhere, 7, nil, fault.KeySignature},
		{"under another secret", stranger, 7, nil, fault.KeySignature},
		{"with a changed bit", b, 7, func(s []byte) []byte { s[3] ^= 1; return s }, fault.KeySignature},
		{"cut", b, 7, func(s []byte) []byte { return s[:5] }, fault.KeySignature},
		{"of nothing", b, 7, func([]byte) []byte { return nil }, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sealed := a.Seal([]byte("before"), 7, message)[len("before"):]
			if len(sealed) != len(message)+key.ChannelOverhead || bytes.Contains(sealed, message) {
				t.Fatalf("sealed %d bytes to %d", len(message), len(sealed))
			}
			if tt.change != nil {
				sealed = tt.change(sealed)
			}
			plain, err := tt.end.Open(tt.number, sealed)
			if fault.Of(err) != tt.code && (tt.code != "" || err != nil) {
				t.Fatalf("error %v, want %q", err, tt.code)
			}
			if err == nil && !bytes.Equal(plain, message) {
				t.Errorf("opened %q", plain)
			}
		})
	}
}

func TestAChannelNeedsAWholeSecretAndDoesNotPrint(t *testing.T) {
	if _, err := key.NewChannel(make([]byte, 31), nil, true); fault.Of(err) != fault.KeySignature {
		t.Errorf("a short secret: %v", err)
	}
	a, _ := ends(t, key.NewChannelSecret(), "")
	if got := fmt.Sprintf("%v %+v %#v", a, a, a); strings.Contains(got, "[") {
		t.Errorf("it prints as %s", got)
	}
}
