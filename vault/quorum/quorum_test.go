package quorum_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/key"
	"tacit/vault/quorum"
	"tacit/wire"
)

func newShare(t testing.TB) (string, quorum.Statement, wire.Address) {
	t.Helper()
	k, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	s := quorum.Statement{Network: wire.Sum(nil), Vault: "v", Purpose: quorum.Unseal, Nonce: "n", Expires: 7}
	share, err := quorum.Sign(k, s)
	if err != nil {
		t.Fatal(err)
	}
	return share, s, k.Address()
}

func TestAShareSaysWhatWasSignedAndByWhom(t *testing.T) {
	share, want, who := newShare(t)
	unsigned, err := wire.Marshal("tacit/vault/signed", struct {
		Statement quorum.Statement `cbor:"1,keyasint"`
		Signature key.Signature    `cbor:"2,keyasint"`
	}{Statement: want})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, share string
		ok          bool
	}{
		{"twin: as signed", share, true},
		{"cut", share[:len(share)-4], false},
		{"longer", share + "AAAA", false},
		{"without its beginning", strings.TrimPrefix(share, "share."), false},
		{"too long", "share." + strings.Repeat("A", 4096), false},
		{"empty", "", false},
		{"signed by nobody", "share." + base64.RawURLEncoding.EncodeToString(unsigned), false},
		{"with a line's end in it", share[:20] + "\n" + share[20:], false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, by, err := quorum.Open(tt.share)
			if tt.ok && (err != nil || s != want || by != who) || !tt.ok && fault.Of(err) != fault.VaultQuorum {
				t.Errorf("Open = %+v by %s, %v", s, by, err)
			}
		})
	}
}

// FuzzOpen opens shares as anybody may send them: what opens is signed by somebody and
// is its only text, what is refused has a code.
func FuzzOpen(f *testing.F) {
	share, _, _ := newShare(f)
	f.Add(share)
	f.Add("share.AAAA")
	f.Add(share[:20] + "\n" + share[20:])
	f.Fuzz(func(t *testing.T, text string) {
		s, who, err := quorum.Open(text)
		if err != nil {
			if fault.Of(err) != fault.VaultQuorum {
				t.Errorf("%q: %v, want VAULT_QUORUM", text, err)
			}
			return
		}
		if who.IsZero() || !quorum.Is(text) {
			t.Errorf("%q is %+v by nobody", text, s)
		}
		if b, err := base64.RawURLEncoding.DecodeString(text[len("share."):]); err != nil || "share."+base64.RawURLEncoding.EncodeToString(b) != text {
			t.Errorf("%q has another text: %v", text, err)
		}
	})
}
