package snp

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-sev-guest/abi"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	"github.com/google/go-sev-guest/validate"
	"github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"
	"google.golang.org/protobuf/proto"

	"tacit/attest"
	"tacit/attest/snp/snptest"
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

func TestAMDsRootsAreThoseThatTheLibraryTrusts(t *testing.T) {
	for i, line := range []string{"Milan", "Genoa", "Turin"} {
		c, err := x509.ParseCertificate(AMDRoots()[i].DER)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(trust.DefaultRootCerts[line].ProductCerts.Ark.Raw, c.Raw) {
			t.Errorf("%s: another root", line)
		}
	}
}

// A report that a real Milan made, up to AMD's own root. No revocation list of that
// root was recorded and none can be made, so that the whole path ends where one is
// wanted; the rest of it is shown without.
func TestARecordedReportOfAMilan(t *testing.T) {
	s := newScheme(t, AMDRoots()...)
	at := time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC)
	e := attest.Evidence{Scheme: "snp", Report: file(t, "milan-report.bin"), Collateral: [][]byte{file(t, "milan-vcek.der"), file(t, "milan-ask.der"), nil}}
	if _, err := s.Verify(t.Context(), e, at); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("without a revocation list: %v", err)
	}
	e.Collateral[PieceCRL] = snptest.New(t, "Milan").CRL
	if _, err := s.Verify(t.Context(), e, at); fault.Of(err) != fault.EvidForged {
		t.Errorf("with another root's revocation list: %v", err)
	}

	by, _, err := s.chain(e.Collateral[PieceKey], e.Collateral[PieceIntermediate], at)
	if err != nil {
		t.Fatal(err)
	}
	r, err := parseReport(e.Report)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.claims(by)
	if err != nil {
		t.Fatal(err)
	}
	if said, known := e.Data(); !known || said != c.Data {
		t.Errorf("the contract would read %x, claims say %x", said, c.Data)
	}
	if c.Product != "Milan" || c.Key != attest.KeyVCEK || c.Modes != attest.ModeDebug|attest.ModeSMT || c.TCB.String() != "bootloader=2 tee=0 snp=5 microcode=68" ||
		!strings.HasPrefix(c.Hardware, "3ac3fe21e13fb099") || c.VMPL != 0 {
		t.Errorf("claims = %+v", c)
	}
	p := policy(c)
	p.Minimums[0].TCB = attest.TCB{{Name: "snp", SVN: 5}}
	if short := p.Appraise(c, c.Data, at); len(short) != 1 || short[0].Code != fault.EvidMode {
		t.Errorf("by a policy that names no mode: %v", short)
	}
	p.Modes = attest.ModeDebug | attest.ModeSMT
	if short := p.Appraise(c, c.Data, at); len(short) > 0 {
		t.Errorf("twin: by a policy that names its modes: %v", short)
	}
	for i := range e.Report {
		flipped := bytes.Clone(e.Report)
		flipped[i] ^= 4
		if r, err := parseReport(flipped); err == nil {
			if _, err := r.claims(by); err == nil {
				t.Errorf("byte %d may differ", i)
			}
		}
	}
}

// bundle serves one revocation list, and nothing else.
type bundle []byte

func (b bundle) Get(url string) ([]byte, error) {
	if !strings.HasSuffix(url, "/crl") || len(b) == 0 {
		return nil, errors.New("there is no network")
	}
	return b, nil
}

// library is what go-sev-guest says with everything on that it has switches for.
func library(a *snptest.AMD, root []byte, e attest.Evidence, revocations bool) error {
	report, err := abi.ReportToProto(e.Report)
	if err != nil {
		return err
	}
	chain := &spb.CertificateChain{}
	key, err := abi.ReportSignerInfo(e.Report)
	if err != nil {
		return err
	}
	ark, err := x509.ParseCertificate(root)
	if err != nil {
		return err
	}
	middle, err := x509.ParseCertificate(e.Collateral[PieceIntermediate])
	if err != nil {
		return err
	}
	trusted := &trust.ProductCerts{Ark: ark, Ask: middle, Asvk: middle}
	chain.ArkCert, chain.AskCert = root, e.Collateral[PieceIntermediate]
	if info, err := abi.ParseSignerInfo(key); err == nil && info.SigningKey == abi.VlekReportSigner {
		chain.VlekCert = e.Collateral[PieceKey]
	} else {
		chain.VcekCert = e.Collateral[PieceKey]
	}
	att := &spb.Attestation{Report: report, CertificateChain: chain}
	if err := verify.SnpAttestation(proto.Clone(att).(*spb.Attestation), &verify.Options{
		CheckRevocations: revocations, DisableCertFetching: true, Getter: bundle(e.Collateral[PieceCRL]), Now: now,
		TrustedRoots: map[string][]*trust.AMDRootCerts{a.Line: {{Product: a.Line, ProductLine: a.Line, ProductCerts: trusted, AskSev: nil, ArkSev: nil}}},
		Product:      abi.DefaultSevProduct(),
	}); err != nil {
		return err
	}
	vmpl := 0
	return validate.SnpAttestation(att, &validate.Options{
		GuestPolicy: abi.SnpPolicy{ABIMajor: 0, ABIMinor: 0x1f}, ReportData: report.ReportData, HostData: report.HostData,
		Measurement: report.Measurement, ChipID: a.Chip[:], VMPL: &vmpl, PlatformInfo: &abi.SnpPlatformInfo{},
	})
}

// Two verifiers that share no code agree, but where ours asks for more.
func TestASecondOpinion(t *testing.T) {
	for _, tt := range []struct {
		name           string
		change         func(a *snptest.AMD)
		library, tacit bool
	}{
		{"twin: good", func(a *snptest.AMD) {}, true, true},
		{"debug", func(a *snptest.AMD) { a.SetPolicy(1<<17 | 1<<19 | 0x1f) }, false, false},
		{"a migration agent", func(a *snptest.AMD) { a.SetPolicy(1<<17 | 1<<18 | 0x1f) }, false, false},
		{"an unknown policy bit", func(a *snptest.AMD) { a.SetPolicy(1<<17 | 1<<30 | 0x1f) }, false, false},
		{"another TCB than the certificate's", func(a *snptest.AMD) { v := a.TCB; v.Microcode++; a.Put(0x180, v.Bytes(a.Line)) }, false, false},
		{"a privilege level of 1", func(a *snptest.AMD) { a.Put(0x30, []byte{1}) }, false, false},
		{"another chip", func(a *snptest.AMD) { a.Put(0x1A0, []byte{0xff}) }, false, false},
		{"revoked intermediate", func(a *snptest.AMD) { a.CRL = a.MakeCRL(nil, a.ASK.SerialNumber) }, false, false},
		{"no revocation list", func(a *snptest.AMD) { a.CRL = nil }, false, false},
		{"version 7", func(a *snptest.AMD) { a.Put(0, []byte{7}) }, false, false},
		{"the key has ended", func(a *snptest.AMD) {
			l := a.Leaf(false)
			l.NotAfter = now.Add(-time.Hour)
			a.VCEK = a.Sign(l, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
		}, false, false},
		{"a revocation list of last year", func(a *snptest.AMD) {
			a.CRL = a.MakeCRL(func(l *x509.RevocationList) {
				l.NextUpdate = now.AddDate(-1, 0, 0)
				l.ThisUpdate = now.AddDate(-2, 0, 0)
			})
		}, true, false},
		{"a guest started with older firmware", func(a *snptest.AMD) { v := a.TCB; v.SNP--; a.Put(0x1F0, v.Bytes(a.Line)) }, true, false},
	} {
		a := snptest.New(t, "Milan")
		p := policy(claims(t, a, a.Evidence()))
		tt.change(a)
		e := a.Evidence()
		theirs, ours := library(a, a.ARK.Raw, e, true), judge(t, a, e, p)
		if (theirs == nil) != tt.library || (ours == "") != tt.tacit {
			t.Errorf("%s: the library says %v, Tacit %q", tt.name, theirs, ours)
		}
	}
	a := snptest.New(t, "Milan")
	e := a.Evidence()
	for i := 0; i < len(e.Report); i += 7 {
		e.Report[i] ^= 1
		if library(a, a.ARK.Raw, e, true) == nil || judge(t, a, e, attest.Policy{}) == "" {
			t.Errorf("byte %d may differ", i)
		}
		e.Report[i] ^= 1
	}
}

func FuzzSNP(f *testing.F) {
	a := snptest.New(f, "Turin")
	s := newScheme(f, append(AMDRoots(), a.Root())...)
	good, vlek := a.Evidence(), a.ProviderEvidence()
	for _, e := range []attest.Evidence{good, vlek, {Report: file(f, "milan-report.bin"), Collateral: [][]byte{file(f, "milan-vcek.der"), file(f, "milan-ask.der"), a.CRL}}} {
		f.Add(e.Report, e.Collateral[0], e.Collateral[1], e.Collateral[2])
	}
	f.Fuzz(func(t *testing.T, report, key, middle, crl []byte) {
		_, err := s.Verify(t.Context(), attest.Evidence{Scheme: "snp", Report: report, Collateral: [][]byte{key, middle, crl}}, now)
		if err == nil && !bytes.Equal(report, good.Report) && !bytes.Equal(report, vlek.Report) {
			t.Errorf("it takes a report that nobody signed: %x", report)
		}
	})
}

func BenchmarkSNP(b *testing.B) {
	a := snptest.NewWith(b, "Milan", snptest.RealSize())
	e := a.Evidence()
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
		_, err := newScheme(b, a.Root()).Verify(b.Context(), e, now)
		return err
	})
	s := newScheme(b, a.Root())
	run("cached", func() error {
		_, err := s.Verify(b.Context(), e, now)
		return err
	})
	run("library", func() error { return library(a, a.ARK.Raw, e, true) })
	run("library-open", func() error { return library(a, a.ARK.Raw, e, false) })
}
