package login_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
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

// A connection whose keys can change under it exports nothing.
func TestWhoMayRenegotiateHasNoChannel(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	for _, tt := range []struct {
		name string
		with tls.RenegotiationSupport
		want fault.Code
	}{{"twin: never", tls.RenegotiateNever, ""}, {"freely", tls.RenegotiateFreelyAsClient, fault.VaultIdentity}} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := s.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			cfg.MaxVersion, cfg.Renegotiation = tls.VersionTLS12, tt.with
			conn, err := tls.Dial("tcp", s.Listener.Addr().String(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			state := conn.ConnectionState()
			if _, err := login.Channel(&state, []byte("nonce")); fault.Of(err) != tt.want {
				t.Errorf("Channel = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestEvidenceIsReadWhole(t *testing.T) {
	text, err := login.FormatEvidence(attest.Evidence{Scheme: "sim", Report: []byte("report")})
	if err != nil {
		t.Fatal(err)
	}
	none, err := login.FormatEvidence(attest.Evidence{Scheme: "sim"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		want       fault.Code
	}{
		{"twin: as written", text, ""},
		{"too long", strings.Repeat("A", 2<<20+4), fault.APISize},
		{"with something behind it", text + "!", fault.APIField},
		{"something else", "AAAA", fault.APIField},
		{"without a report", none, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := login.ParseEvidence(tt.text); fault.Of(err) != tt.want {
				t.Errorf("ParseEvidence = %v, want %q", err, tt.want)
			}
		})
	}
}

// attester makes evidence of nothing, or fails.
type attester struct{ err error }

func (a attester) Evidence(context.Context, attest.ReportData) (attest.Evidence, error) {
	return attest.Evidence{Scheme: "sim", Report: []byte("report")}, a.err
}

func TestALoginEndsWhereTheVaultOrTheMachineFails(t *testing.T) {
	const nonce = `{"data": {"nonce": "AAAA", "vault": "v"}}`
	const token = `{"auth": {"client_token": "s.x"}}`
	say := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if status != http.StatusOK {
				w.Header().Set("Tacit-Code", string(fault.VaultDenied))
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	cut := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(nonce))
	}
	for _, tt := range []struct {
		name          string
		nonce, second http.HandlerFunc
		edit          func(*login.Config)
		want          fault.Code
	}{
		{"twin: it gives a token", say(200, nonce), say(200, token), nil, ""},
		{"it gives no nonce", say(403, nonce), say(200, token), nil, fault.VaultDenied},
		{"its nonce is none", say(200, `{"data": {"nonce": "A!"}}`), say(200, token), nil, fault.APIField},
		{"its answer is cut", cut, say(200, token), nil, fault.Unreachable},
		{"its answer is no JSON", say(200, "{"), say(200, token), nil, fault.Internal},
		{"it refuses", say(200, nonce), say(403, token), nil, fault.VaultDenied},
		{"the machine gives no evidence", say(200, nonce), say(200, token), func(c *login.Config) { c.Attester = attester{fault.New(fault.EvidForged, "none")} }, fault.EvidForged},
		{"the connection binds nothing", say(200, nonce), say(200, token), func(c *login.Config) {
			c.TLS.MaxVersion, c.TLS.Renegotiation = tls.VersionTLS12, tls.RenegotiateFreelyAsClient
		}, fault.VaultIdentity},
		{"nobody is there", say(200, nonce), say(200, token), func(c *login.Config) { c.Address = "https://127.0.0.1:1" }, fault.Unreachable},
		{"an address that is none", say(200, nonce), say(200, token), func(c *login.Config) { c.Address = "https://a b" }, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("/v1/auth/attest/nonce", tt.nonce)
			mux.HandleFunc("/v1/auth/attest/login", tt.second)
			s := httptest.NewTLSServer(mux)
			defer s.Close()
			cfg := login.Config{Address: s.URL, TLS: s.Client().Transport.(*http.Transport).TLSClientConfig.Clone(), Role: "r", Attester: attester{}}
			if tt.edit != nil {
				tt.edit(&cfg)
			}
			got, err := login.Do(t.Context(), cfg)
			if fault.Of(err) != tt.want || (err == nil) != (got == "s.x") {
				t.Errorf("Do = %q, %v, want %q", got, err, tt.want)
			}
		})
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
