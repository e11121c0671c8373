package login_test

import (
	"bytes"
	"crypto/tls"
	"testing"

	"tacit/attest"
	"tacit/fault"
	"tacit/vault/login"
	"tacit/wire"
)

func TestEveryPartOfATranscriptChangesItsData(t *testing.T) {
	base := login.Transcript{Vault: "v", Mount: "attest", Role: "r"}
	seen := map[attest.ReportData]string{base.Data(): "nothing"}
	for name, change := range map[string]func(*login.Transcript){
		"network": func(t *login.Transcript) { t.Network[0]++ }, "vault": func(t *login.Transcript) { t.Vault = "w" },
		"mount": func(t *login.Transcript) { t.Mount = "other" }, "role": func(t *login.Transcript) { t.Role = "s" },
		"nonce": func(t *login.Transcript) { t.Nonce[0]++ }, "channel": func(t *login.Transcript) { t.Channel[0]++ },
	} {
		other := base
		change(&other)
		if was, ok := seen[other.Data()]; ok {
			t.Errorf("%s changes as little as %s", name, was)
		}
		seen[other.Data()] = name
	}
}

func TestWithoutTLSThereIsNoChannel(t *testing.T) {
	for name, state := range map[string]*tls.ConnectionState{"no TLS": nil, "no handshake": {}} {
		if _, err := login.Channel(state, []byte("nonce")); fault.Of(err) != fault.VaultIdentity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzParseEvidence reads evidence as whoever logs in may send it: what is read comes
// back the same, what is refused has a code.
func FuzzParseEvidence(f *testing.F) {
	e := attest.Evidence{Scheme: "sim", Report: []byte("report"), Collateral: [][]byte{{1}}}
	text, err := login.FormatEvidence(e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("AA==")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := login.ParseEvidence(text)
		if err != nil {
			if fault.Of(err) == fault.Internal {
				t.Errorf("a refusal without a code: %v", err)
			}
			return
		}
		again, err := login.FormatEvidence(e)
		if err != nil {
			t.Fatal(err)
		}
		back, err := login.ParseEvidence(again)
		if err != nil || back.Scheme != e.Scheme || !bytes.Equal(back.Report, e.Report) || wire.Hash("x", back) != wire.Hash("x", e) {
			t.Errorf("%q comes back as another, %v", text, err)
		}
	})
}
