package tdx_test

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-tdx-guest/validate"
	"github.com/google/go-tdx-guest/verify"
	trust "github.com/google/go-tdx-guest/verify/trust"

	"tacit/attest"
	"tacit/attest/intel"
	"tacit/attest/intel/inteltest"
	"tacit/attest/tdx"
	"tacit/fault"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// recorded is a genuine quote with the collateral that came with it.
func recorded(t testing.TB) attest.Evidence {
	chain := file(t, "signing-chain.pem")
	return attest.Evidence{Scheme: "tdx", Report: file(t, "quote.bin")[:4935], Collateral: [][]byte{
		file(t, "tcbinfo.json"), chain, file(t, "qeidentity.json"), chain, file(t, "pck-crl.der"), file(t, "root-crl.der"),
	}}
}

// The quote is genuine, and so is the collateral, but it is the word on a newer TCB
// than that of the quote's platform: no level covers it, which no policy accepts.
func TestARecordedQuoteOfASapphireRapids(t *testing.T) {
	at := time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC)
	s := newScheme(t, tdx.IntelRoots()...)
	e := recorded(t)
	c, err := s.Verify(t.Context(), e, at)
	if err != nil {
		t.Fatal(err)
	}
	if said, known := e.Data(); !known || said != c.Data {
		t.Errorf("the contract would read %x, claims say %x", said, c.Data)
	}
	if c.Status != attest.StatusUnknown || c.Product != "50806f000000" || c.Modes&^attest.ModeSMT != attest.ModePartial || c.Key != attest.KeyPCK {
		t.Errorf("claims = %+v", c)
	}
	p := policy(c)
	p.Minimums[0].TCB = nil
	p.Modes = c.Modes
	if short := p.Appraise(c, c.Data, at); len(short) != 1 || short[0].Code != fault.EvidTCBStatus {
		t.Errorf("by a policy that accepts all else: %v", short)
	}
	for name, tt := range map[string]struct {
		change func(e *attest.Evidence) time.Time
		want   fault.Code
	}{
		"today": {func(*attest.Evidence) time.Time { return now }, fault.EvidUnavailable},
		"as it was recorded, with bytes behind it": {func(e *attest.Evidence) time.Time { e.Report = file(t, "quote.bin"); return at }, fault.EvidForged},
		"with a byte of the domain's changed":      {func(e *attest.Evidence) time.Time { e.Report[600] ^= 1; return at }, fault.EvidForged},
		"with a byte of the TCB info changed": {func(e *attest.Evidence) time.Time {
			e.Collateral[0] = bytes.Replace(e.Collateral[0], []byte(`"pcesvn":11`), []byte(`"pcesvn":01`), 1)
			return at
		}, fault.EvidForged},
	} {
		e := recorded(t)
		when := tt.change(&e)
		if _, err := s.Verify(t.Context(), e, when); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// bundle serves the collateral of evidence by the addresses of Intel's service, and
// nothing else.
type bundle struct {
	e      attest.Evidence
	issuer []byte
}

func (b bundle) Get(address string) (map[string][]string, []byte, error) {
	header := func(name string, chain []byte) map[string][]string {
		return map[string][]string{name: {url.QueryEscape(string(chain))}}
	}
	c := b.e.Collateral
	switch {
	case strings.Contains(address, "/tcb?"):
		return header("Tcb-Info-Issuer-Chain", c[intel.PieceTCBChain]), c[intel.PieceTCBInfo], nil
	case strings.Contains(address, "/qe/identity"):
		return header("Sgx-Enclave-Identity-Issuer-Chain", c[intel.PieceQEChain]), c[intel.PieceQE], nil
	case strings.Contains(address, "/pckcrl"):
		return header("Sgx-Pck-Crl-Issuer-Chain", b.issuer), c[intel.PiecePCKCRL], nil
	case strings.HasSuffix(address, "/crl"):
		return nil, c[intel.PieceRootCRL], nil
	}
	return nil, nil, errors.New("there is no network")
}

var _ trust.HTTPSGetter = bundle{}

// library is what go-tdx-guest says with everything on that it has switches for.
func library(i *inteltest.Intel, root *x509.Certificate, e attest.Evidence, attributes []byte, strict bool) error {
	pool := x509.NewCertPool()
	pool.AddCert(root)
	if err := verify.RawTdxQuote(e.Report, &verify.Options{
		CheckRevocations: strict, GetCollateral: strict, Getter: bundle{e, inteltest.PEM(i.CA, i.Root)}, Now: now, TrustedRoots: pool,
	}); err != nil {
		return err
	}
	return validate.RawTdxQuote(e.Report, &validate.Options{TdQuoteBodyOptions: validate.TdQuoteBodyOptions{TdAttributes: attributes}})
}

// plain makes a quote that the library can read: without the module versions that came
// after it, and with its idea of the attributes that a domain may have.
func plain(t testing.TB) *inteltest.Intel {
	i := inteltest.New(t, attest.SchemeTDX)
	copy(i.Body[128:], []byte{0xe7, 0, 6, 0, 0, 0, 0, 0}) // XFAM
	return i
}

// Two verifiers that share no code agree, but where ours asks for more.
func TestASecondOpinion(t *testing.T) {
	for _, tt := range []struct {
		name           string
		change         func(i *inteltest.Intel)
		library, tacit bool
	}{
		{"twin: good", func(*inteltest.Intel) {}, true, true},
		{"debug", func(i *inteltest.Intel) { i.Body[120] = 1 }, false, false},
		{"out of date", func(i *inteltest.Intel) { i.TCBInfo["tcbLevels"] = []any{i.Level("OutOfDate", 0)} }, false, false},
		{"revoked platform", func(i *inteltest.Intel) { i.PCKCRL = i.CRL(i.CA, i.CAKey, nil, inteltest.SerialPCK) }, false, false},
		{"revoked CA", func(i *inteltest.Intel) { i.RootCRL = i.CRL(i.Root, i.RootKey, nil, inteltest.SerialCA) }, false, false},
		{"a list of last year", func(i *inteltest.Intel) {
			i.PCKCRL = i.CRL(i.CA, i.CAKey, func(l *x509.RevocationList) {
				l.ThisUpdate = now.AddDate(-2, 0, 0)
				l.NextUpdate = now.AddDate(-1, 0, 0)
			})
		}, false, false},
		{"TCB info of last year", func(i *inteltest.Intel) { i.TCBInfo["nextUpdate"] = "2025-01-01T00:00:00Z" }, false, false},
		{"another quoting enclave", func(i *inteltest.Intel) { i.QE[128] ^= 1 }, false, false},
		{"an old quoting enclave", func(i *inteltest.Intel) { i.QE[258] = 1 }, false, false},
		{"another module", func(i *inteltest.Intel) { i.Body[64] ^= 1 }, false, false},
		{"another attestation key", func(i *inteltest.Intel) { i.QE[320] ^= 1 }, false, false},
		{"signed by another key", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.Signature = inteltest.Raw(inteltest.Key(), p.Signed) }
		}, false, false},
	} {
		i := plain(t)
		p := policy(claims(t, i))
		attributes := bytes.Clone(i.Body[120:128])
		root := i.Root
		tt.change(i)
		e := i.Evidence()
		theirs, ours := library(i, root, e, attributes, true), judge(t, i, p)
		if (theirs == nil) != tt.library || (ours == "") != tt.tacit {
			t.Errorf("%s: the library says %v, Tacit %q", tt.name, theirs, ours)
		}
	}
}

func FuzzTDX(f *testing.F) {
	i := inteltest.New(f, attest.SchemeTDX)
	s := newScheme(f, append(tdx.IntelRoots(), i.PinnedRoot())...)
	good := i.Evidence()
	for _, e := range []attest.Evidence{good, recorded(f)} {
		c := e.Collateral
		f.Add(e.Report, c[0], c[1], c[2], c[3], c[4], c[5])
	}
	f.Fuzz(func(t *testing.T, report, tcb, tcbChain, qe, qeChain, pck, root []byte) {
		_, err := s.Verify(t.Context(), attest.Evidence{Scheme: "tdx", Report: report, Collateral: [][]byte{tcb, tcbChain, qe, qeChain, pck, root}}, now)
		if err == nil && !bytes.Equal(report, good.Report) {
			t.Errorf("it takes a quote that nobody signed: %s", hex.EncodeToString(report))
		}
	})
}

func BenchmarkTDX(b *testing.B) {
	i := plain(b)
	e := i.Evidence()
	run := func(name string, once func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := once(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("cold", func() error {
		_, err := newScheme(b, i.PinnedRoot()).Verify(b.Context(), e, now)
		return err
	})
	s := newScheme(b, i.PinnedRoot())
	run("cached", func() error {
		_, err := s.Verify(b.Context(), e, now)
		return err
	})
	run("library", func() error { return library(i, i.Root, e, i.Body[120:128], true) })
	run("library-open", func() error { return library(i, i.Root, e, i.Body[120:128], false) })
}
