package enroll

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is an enroller that pins one maker, behind HTTP, and what it logs.
type site struct {
	*httptest.Server
	ca *tpmtest.CA

	mu  sync.Mutex // guards what follows
	log bytes.Buffer
}

func (s *site) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

func newSite(t *testing.T, maker []byte, patience time.Duration) *site {
	t.Helper()
	s := &site{ca: tpmtest.NewCA(t)}
	e, err := tpm.NewEnroller(tpm.EnrollConfig{
		Makers: []attest.Root{{Scheme: attest.SchemeTPM, DER: maker}}, Issuer: s.ca.Root, Key: s.ca.Key, Patience: patience,
	})
	ok(t, err)
	s.Server = httptest.NewServer(NewHandler(e, slog.New(slog.NewTextHandler(s, nil))))
	t.Cleanup(s.Close)
	return s
}

func clientOf(t *testing.T, address string) *Client {
	t.Helper()
	c, err := NewClient(address, tpm.CheckCertificate)
	ok(t, err)
	return c
}

// want holds an error against a code; none is success.
func want(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if (err == nil) != (code == "") || err != nil && fault.Of(err) != code {
		t.Errorf("error = %v, want %q", err, code)
	}
}

// altered is a prover some of whose answers are others.
type altered struct {
	attest.Prover
	answer func(context.Context, attest.Challenge) ([]byte, error)
}

func (p altered) Answer(ctx context.Context, c attest.Challenge) ([]byte, error) {
	return p.answer(ctx, c)
}

// case N13 code EVID_AK check attest/tpm/enroll.go:Certify
func TestN13TPMsAreEnrolledOverHTTP(t *testing.T) {
	maker := tpmtest.NewMaker(t)
	prover := func() tpm.Prover {
		chip, err := tpm.OpenChip(t.Context(), maker.New(t).Socket)
		ok(t, err)
		t.Cleanup(func() { chip.Close() })
		return tpm.Prover{Chip: chip, Between: [][]byte{maker.Issuer(t)}}
	}
	ours, other := prover(), prover()
	here := newSite(t, maker.Root(t), time.Minute)
	client := clientOf(t, here.URL)

	t.Run("twin: the TPM with both keys", func(t *testing.T) {
		der, err := client.Certificate(t.Context(), ours)
		ok(t, err)
		c, err := x509.ParseCertificate(der)
		ok(t, err)
		ok(t, c.CheckSignatureFrom(here.ca.Root))
		for _, says := range []string{"certified", c.Subject.CommonName, c.Subject.SerialNumber} {
			if !strings.Contains(here.logged(), says) {
				t.Errorf("the log lacks %q: %s", says, here.logged())
			}
		}
	})
	t.Run("another TPM opens the challenge", func(t *testing.T) {
		_, err := client.Certificate(t.Context(), altered{ours, other.Answer})
		want(t, err, fault.EvidAK)
	})
	t.Run("another TPM's host guesses", func(t *testing.T) {
		_, err := client.Certificate(t.Context(), altered{ours, func(context.Context, attest.Challenge) ([]byte, error) { return make([]byte, 32), nil }})
		want(t, err, fault.EvidAK)
		if err == nil || !strings.Contains(err.Error(), "did not open the challenge") || !strings.Contains(here.logged(), "code=EVID_AK") {
			t.Errorf("error = %v; log: %s", err, here.logged())
		}
	})
	t.Run("a challenge is answered twice", func(t *testing.T) {
		var first answer
		_, err := client.Certificate(t.Context(), altered{ours, func(ctx context.Context, c attest.Challenge) (secret []byte, err error) {
			secret, err = ours.Answer(ctx, c)
			first = answer{c.ID, secret}
			return secret, err
		}})
		ok(t, err)
		_, err = ask[certificate](t.Context(), client, certifyPath, answerLabel, first, certificateLabel)
		want(t, err, fault.EvidAK)
		if strings.Contains(here.logged(), string(first.Secret)) || strings.Contains(here.logged(), slog.AnyValue(first.Secret).String()) {
			t.Error("the log has a secret")
		}
	})
	t.Run("an answer that is late", func(t *testing.T) {
		slow := newSite(t, maker.Root(t), time.Millisecond)
		_, err := clientOf(t, slow.URL).Certificate(t.Context(), altered{ours, func(ctx context.Context, c attest.Challenge) ([]byte, error) {
			time.Sleep(5 * time.Millisecond)
			return ours.Answer(ctx, c)
		}})
		want(t, err, fault.EvidAK)
	})
	t.Run("a maker who is not pinned", func(t *testing.T) {
		there := newSite(t, here.ca.Root.Raw, time.Minute)
		_, err := clientOf(t, there.URL).Certificate(t.Context(), ours)
		want(t, err, fault.EvidForged)
		a, err := ours.Apply(t.Context())
		ok(t, err)
		if log := there.logged(); strings.Count(log, "\n") != 1 || !strings.Contains(log, "code=EVID_FORGED") || !strings.Contains(log, wire.Sum(a.Public).String()) {
			t.Errorf("the log has other than one line with code and key: %s", log)
		}
	})
	t.Run("without the certificate between", func(t *testing.T) {
		_, err := client.Certificate(t.Context(), tpm.Prover{Chip: ours.Chip})
		want(t, err, fault.EvidForged)
	})
}

// canned is an enroller that gives what a test says.
type canned struct {
	challenge   attest.Challenge
	certificate []byte
	err         error
}

func (c canned) Apply(attest.Application, time.Time) (attest.Challenge, error) {
	return c.challenge, c.err
}
func (c canned) Certify(wire.Digest, []byte, time.Time) ([]byte, error) { return c.certificate, c.err }

// soft is a TPM that opens everything.
type soft struct{ *tpmtest.Soft }

func (s soft) Apply(context.Context) (attest.Application, error) {
	return attest.Application{Public: s.PublicBytes()}, nil
}
func (soft) Answer(context.Context, attest.Challenge) ([]byte, error) { return []byte("secret"), nil }

// case N13 code EVID_AK check enroll/client.go:check
func TestN13AForeignCertificateIsRefused(t *testing.T) {
	ca, ours, other := tpmtest.NewCA(t), tpmtest.NewSoft(t), tpmtest.NewSoft(t)
	issue := func(s *tpmtest.Soft, of any) []byte { return ca.Issue(t, s.Certificate(time.Now()), of) }
	for _, tt := range []struct {
		name string
		der  []byte
		code fault.Code
	}{
		{"twin: of our key", issue(ours, ours.Key.Public()), ""},
		{"of another TPM's key", issue(other, other.Key.Public()), fault.EvidAK},
		{"of our key's name and another key", issue(ours, other.Key.Public()), fault.EvidAK},
		{"of our key under another name", issue(other, ours.Key.Public()), fault.EvidAK},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(NewHandler(canned{certificate: tt.der}, slog.New(slog.DiscardHandler)))
			defer s.Close()
			der, err := clientOf(t, s.URL).Certificate(t.Context(), soft{ours})
			want(t, err, tt.code)
			if (der == nil) != (tt.code != "") {
				t.Errorf("it returns %d bytes", len(der))
			}
		})
	}
	if _, err := NewClient("http://localhost", nil); fault.Of(err) != fault.Internal {
		t.Errorf("a client without a check: %v", err)
	}
}

// case N85 code API_SIZE check enroll/enroll.go:most
func TestN85BodiesAreBoundedAndOurs(t *testing.T) {
	s := httptest.NewServer(NewHandler(canned{}, slog.New(slog.DiscardHandler)))
	defer s.Close()
	c := clientOf(t, s.URL)
	good, err := wire.Marshal(applicationLabel, attest.Application{Public: []byte("key")})
	ok(t, err)
	for _, tt := range []struct {
		name   string
		method string
		path   string
		body   []byte
		status int
		code   fault.Code
	}{
		{"twin: as it should be", "POST", applyPath, good, 200, ""},
		{"too large", "POST", applyPath, make([]byte, most+1), 413, fault.APISize},
		{"twin of it: as large as may be", "POST", applyPath, make([]byte, most), 400, fault.APIField},
		{"a byte too many", "POST", applyPath, append(bytes.Clone(good), 0), 400, fault.APIField},
		{"nothing", "POST", applyPath, nil, 400, fault.APIField},
		{"JSON", "POST", applyPath, []byte(`{"public":"key"}`), 400, fault.APIField},
		{"another message", "POST", certifyPath, good, 400, fault.APIField},
		{"another method", "GET", applyPath, nil, 405, fault.EvidUnavailable},
		{"another path", "POST", "/", good, 404, fault.EvidUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := http.NewRequest(tt.method, c.address+tt.path, bytes.NewReader(tt.body))
			ok(t, err)
			resp, err := http.DefaultClient.Do(r)
			ok(t, err)
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			ok(t, err)
			var no refusal
			code := fault.Code("")
			if resp.StatusCode >= 400 {
				if code = fault.EvidUnavailable; wire.Unmarshal(refusalLabel, b, &no) == nil {
					code = fault.Parse(no.Code)
				}
			}
			if resp.StatusCode != tt.status || code != tt.code {
				t.Errorf("%s: %s %q, want %d %s", resp.Status, code, no.Text, tt.status, tt.code)
			}
		})
	}
}

// Whoever is asked: what is no word of an enroller is no verdict.
//
// case N90 code EVID_COLLATERAL_UNAVAILABLE check enroll/client.go:ask
func TestN90AnEnrollerThatDoesNotAnswer(t *testing.T) {
	ours := tpmtest.NewSoft(t)
	der := tpmtest.NewCA(t).Issue(t, ours.Certificate(time.Now()), ours.Key.Public())
	good := NewHandler(canned{certificate: der}, slog.New(slog.DiscardHandler))
	says := func(status int, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write(body) }
	}
	no := func(code, text string) []byte {
		b, err := wire.Marshal(refusalLabel, refusal{code, text})
		ok(t, err)
		return b
	}
	for _, tt := range []struct {
		name string
		h    http.Handler
		code fault.Code
		text string
	}{
		{"twin: one who does", good, "", ""},
		{"twin: one who refuses", says(403, no("EVID_FORGED", "not pinned")), fault.EvidForged, "refused: not pinned"},
		{"twin: one with too much to do", NewHandler(canned{err: fault.New(fault.ResBusy, "many")}, slog.New(slog.DiscardHandler)), fault.ResBusy, "many"},
		{"a code that there is not", says(403, no("EVID_NEW", "x")), fault.Internal, "refused: x"},
		{"a text for the terminal", says(403, no("EVID_AK", "\x1b[2J"+strings.Repeat("x", 1000))), fault.EvidAK, "refused: ?[2Jxxx"},
		{"something went wrong inside", NewHandler(canned{err: io.ErrUnexpectedEOF}, slog.New(slog.DiscardHandler)), fault.EvidUnavailable, "500"},
		{"a certificate that is none", NewHandler(canned{certificate: []byte("x")}, slog.New(slog.DiscardHandler)), fault.EvidUnavailable, "500"},
		{"a proxy that is alone", says(502, nil), fault.EvidUnavailable, "502"},
		{"another service", says(404, []byte("<html>")), fault.EvidUnavailable, "404"},
		{"a page", says(200, []byte("<html>")), fault.EvidUnavailable, "not an enroller's"},
		{"too much", says(200, make([]byte, most+1)), fault.EvidUnavailable, "65536"},
		{"one who hangs up", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), fault.EvidUnavailable, "EOF"},
		{"one who is silent", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}), fault.EvidUnavailable, "Timeout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.h)
			defer s.Close()
			c := clientOf(t, s.URL+"/")
			if tt.text == "Timeout" {
				c.http.Timeout = 50 * time.Millisecond
			}
			_, err := c.Certificate(t.Context(), soft{ours})
			want(t, err, tt.code)
			if err != nil && (!strings.Contains(err.Error(), tt.text) || !strings.Contains(err.Error(), s.URL) || len(err.Error()) > 700) {
				t.Errorf("error = %v, want %q in it and the address", err, tt.text)
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ok(t, err)
		l.Close()
		_, err = clientOf(t, "http://"+l.Addr().String()).Certificate(t.Context(), soft{ours})
		want(t, err, fault.EvidUnavailable)
	})
	for _, address := range []string{"", "localhost:80", "ftp://x", "http://", "http://u:p@x", "http://x?y", "http://x#y", "http://%zz"} {
		if _, err := NewClient(address, tpm.CheckCertificate); fault.Of(err) != fault.APIField {
			t.Errorf("address %q: %v", address, err)
		}
	}
}
