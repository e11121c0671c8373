package snp

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math/big"
	"os"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/snp/snptest"
	"tacit/fault"
	"tacit/wire"
)

var update = flag.Bool("update", false, "rewrite golden files")

var now = snptest.Now

func newScheme(t testing.TB, roots ...attest.Root) *Scheme {
	t.Helper()
	s, err := NewScheme(roots)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// policy accepts what snptest makes by default.
func policy(c attest.Claims) attest.Policy {
	return attest.Policy{
		Role: 1, Schemes: []string{"snp"}, Level: 4, Registry: attest.RegistryOpen, Keys: []string{attest.KeyVCEK},
		References: []attest.Reference{{Name: "image", Measurement: c.Measurement, Manifest: c.Manifest, SVN: c.SVN}},
		Statuses:   []attest.Status{attest.StatusNotStated},
		Minimums:   []attest.Minimum{{Scheme: "snp", From: 1, TCB: attest.TCB{{Name: "snp", SVN: 8}, {Name: "microcode", SVN: 60}}}},
	}
}

// judge is the first code by which evidence is refused: by the scheme, or else by
// a policy for the default image.
func judge(t *testing.T, a *snptest.AMD, e attest.Evidence, p attest.Policy) fault.Code {
	t.Helper()
	c, err := newScheme(t, a.Root()).Verify(t.Context(), e, now)
	if err != nil {
		return fault.Of(err)
	}
	for _, short := range p.Appraise(c, c.Data, now) {
		return short.Code
	}
	return ""
}

func claims(t testing.TB, a *snptest.AMD, e attest.Evidence) attest.Claims {
	t.Helper()
	c, err := newScheme(t, a.Root()).Verify(t.Context(), e, now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The claims of every product line and kind of key, as a file.
func TestGenuineEvidenceBecomesClaims(t *testing.T) {
	got := map[string]any{}
	for _, line := range []string{"Milan", "Genoa", "Turin"} {
		a := snptest.New(t, line)
		for kind, e := range map[string]attest.Evidence{"VCEK": a.Evidence(), "VLEK": a.ProviderEvidence()} {
			c := claims(t, a, e)
			if said, known := e.Data(); !known || said != c.Data {
				t.Errorf("the contract would read %x, claims say %x", said, c.Data)
			}
			got[line+" "+kind] = struct {
				attest.Claims
				Data string `json:"data"`
			}{c, hex.EncodeToString(c.Data[:])}
		}
	}
	b, err := json.MarshalIndent(got, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, '\n')
	const file = "testdata/claims.json"
	if *update {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || !bytes.Equal(want, b) {
		t.Errorf("claims are not those of %s (%v):\n%s", file, err, b)
	}
}

func TestWithoutARootNothingIsGenuine(t *testing.T) {
	a := snptest.New(t, "Milan")
	for name, roots := range map[string][]attest.Root{
		"none": nil, "AMD's own": AMDRoots(), "of another scheme": {{Scheme: attest.SchemeTDX, DER: a.ARK.Raw}},
	} {
		if _, err := newScheme(t, roots...).Verify(t.Context(), a.Evidence(), now); fault.Of(err) != fault.EvidForged {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, der := range map[string][]byte{"no certificate": []byte("x"), "an intermediate": a.ASK.Raw, "no authority": a.VCEK.Raw} {
		if _, err := NewScheme([]attest.Root{{Scheme: attest.SchemeSNP, DER: der}}); fault.Of(err) != fault.EvidPolicy {
			t.Errorf("%s as root: %v", name, err)
		}
	}
}

// case N04 code EVID_MODE check attest/snp/snp.go:modesOf
func TestN04ModesOfTheGuestPolicy(t *testing.T) {
	const one = 1 << 17
	a := snptest.New(t, "Genoa")
	p := policy(claims(t, a, a.Evidence()))
	for _, tt := range []struct {
		name   string
		bits   uint64
		accept attest.Mode
		want   fault.Code
	}{
		{"twin: none", one, 0, ""},
		{"twin: what only forbids the host something", one | 1<<20 | 1<<22 | 1<<23 | 1<<24 | 1<<25, 0, ""},
		{"debug", one | 1<<19, 0, fault.EvidMode},
		{"twin: debug, accepted", one | 1<<19, attest.ModeDebug, ""},
		{"a migration agent", one | 1<<18, 0, fault.EvidMode},
		{"twin: a migration agent, accepted", one | 1<<18, attest.ModeMigratable, ""},
		{"SMT", one | 1<<16, 0, fault.EvidMode},
		{"twin: SMT, accepted", one | 1<<16, attest.ModeSMT, ""},
		{"memory behind CXL", one | 1<<21, attest.ModeDebug, fault.EvidMode},
		{"twin: memory behind CXL, accepted", one | 1<<21, attest.ModePartial, ""},
		{"a bit that nobody knows", one | 1<<26, ^attest.Mode(0), fault.EvidMode},
		{"the highest bit", one | 1<<63, ^attest.Mode(0), fault.EvidMode},
		{"without the bit that must be one", 0, ^attest.Mode(0), fault.EvidMode},
	} {
		a.SetPolicy(tt.bits)
		p.Modes = tt.accept
		if got := judge(t, a, a.Evidence(), p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// case N05 code EVID_TCB_MISMATCH check attest/snp/report.go:compare
func TestN05AReportOfAnotherTCBThanItsCertificate(t *testing.T) {
	for _, line := range []string{"Milan", "Genoa", "Turin"} {
		a := snptest.New(t, line)
		p := policy(claims(t, a, a.Evidence()))
		for name, at := range map[string]int{"current": 0x38, "reported": 0x180, "committed": 0x1E0, "launch": 0x1F0} {
			for i := range 8 {
				for _, by := range []int{-1, 1} {
					v := a.TCB.Bytes(line)
					if v[i] == 0 && by < 0 {
						continue
					}
					used := v[i] != 0
					v[i] += byte(by)
					a.Put(at, v)
					want, what := fault.Code(""), "twin: newer firmware than the certificate's"
					if name == "reported" || used && by < 0 {
						want, what = fault.EvidTCBMismatch, "other firmware"
					}
					if got := judge(t, a, a.Evidence(), p); got != want {
						t.Errorf("%s: %s: %s TCB, byte %d by %d: %q, want %q", what, line, name, i, by, got, want)
					}
					a.Put(at, a.TCB.Bytes(line))
				}
			}
		}
	}
}

// case N07 code EVID_COLLATERAL_UNAVAILABLE check attest/snp/chain.go:unrevoked
func TestN07WithoutARevocationListInForce(t *testing.T) {
	a := snptest.New(t, "Milan")
	e := a.Evidence()
	p := policy(claims(t, a, e))
	second := time.Second
	foreign := snptest.New(t, "Milan")
	foreign.Rekey()
	other := snptest.New(t, "Genoa")
	for _, tt := range []struct {
		name string
		crl  []byte
		want fault.Code
	}{
		{"twin: in force", a.CRL, ""},
		{"twin: from now on", a.MakeCRL(func(l *x509.RevocationList) { l.ThisUpdate = now }), ""},
		{"twin: until now", a.MakeCRL(func(l *x509.RevocationList) { l.NextUpdate = now }), ""},
		{"not yet", a.MakeCRL(func(l *x509.RevocationList) { l.ThisUpdate = now.Add(second) }), fault.EvidUnavailable},
		{"no more", a.MakeCRL(func(l *x509.RevocationList) { l.NextUpdate = now.Add(-second) }), fault.EvidUnavailable},
		{"none", nil, fault.EvidUnavailable},
		{"not a list", []byte("x"), fault.EvidForged},
		{"signed by another key", foreign.CRL, fault.EvidForged},
		{"of another product's root", other.CRL, fault.EvidForged},
	} {
		e.Collateral = [][]byte{a.VCEK.Raw, a.ASK.Raw, tt.crl}
		if got := judge(t, a, e, p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for n, want := range map[int]fault.Code{0: fault.EvidUnavailable, 2: fault.EvidUnavailable, 4: fault.EvidForged} {
		e.Collateral = append([][]byte{a.VCEK.Raw, a.ASK.Raw, a.CRL}, a.CRL)[:n]
		if got := judge(t, a, e, p); got != want {
			t.Errorf("%d pieces: %q, want %q", n, got, want)
		}
	}
}

// A revoked certificate says more than that nothing can be said.
//
// case N10 code EVID_REVOKED check attest/snp/chain.go:unrevoked
func TestN10RevokedCertificates(t *testing.T) {
	a := snptest.New(t, "Milan")
	leaf := a.Leaf(false)
	leaf.SerialNumber = big.NewInt(99)
	a.VCEK = a.Sign(leaf, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
	for _, tt := range []struct {
		name           string
		serial         int64
		chip, provider fault.Code
	}{
		{"twin: another's", 98, "", ""},
		{"the VCEK", 99, fault.EvidRevoked, ""},
		{"the VLEK", 0, "", fault.EvidRevoked},
		{"the ASK", 65537, fault.EvidRevoked, ""},
		{"the ASVK", 65793, "", fault.EvidRevoked},
	} {
		a.CRL = a.MakeCRL(nil, big.NewInt(4), big.NewInt(tt.serial))
		s := newScheme(t, a.Root())
		if _, err := s.Verify(t.Context(), a.Evidence(), now); fault.Of(err) != tt.chip {
			t.Errorf("%s: with the chip's key %v, want %q", tt.name, err, tt.chip)
		}
		if _, err := s.Verify(t.Context(), a.ProviderEvidence(), now); fault.Of(err) != tt.provider {
			t.Errorf("%s: with the provider's key %v, want %q", tt.name, err, tt.provider)
		}
	}
}

// case N10 code EVID_VMPL check attest/policy.go:vmpl
func TestN10APrivilegeLevelThatIsNotZero(t *testing.T) {
	a := snptest.New(t, "Milan")
	p := policy(claims(t, a, a.Evidence()))
	for _, tt := range []struct {
		name  string
		level byte
		want  fault.Code
	}{
		{"twin: 0", 0, ""}, {"1", 1, fault.EvidVMPL}, {"2", 2, fault.EvidVMPL}, {"3", 3, fault.EvidVMPL}, {"one that is none", 4, fault.EvidForged},
	} {
		a.Put(0x30, []byte{tt.level})
		if got := judge(t, a, a.Evidence(), p); got != tt.want {
			t.Errorf("VMPL %s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// case N10 code EVID_KEYTYPE check attest/policy.go:keys
func TestN10AProvidersKeyWhereTheChipsIsWanted(t *testing.T) {
	a := snptest.New(t, "Milan")
	p := policy(claims(t, a, a.Evidence()))
	if got := judge(t, a, a.ProviderEvidence(), p); got != fault.EvidKeyType {
		t.Errorf("VLEK: %q", got)
	}
	p.Keys = []string{attest.KeyVLEK}
	if got := judge(t, a, a.ProviderEvidence(), p); got != "" {
		t.Errorf("twin: VLEK, accepted: %q", got)
	}
	if got := judge(t, a, a.Evidence(), p); got != fault.EvidKeyType {
		t.Errorf("VCEK where only VLEK is accepted: %q", got)
	}
}

// case N16 code EVID_DUPLICATE_HW check attest/policy.go:Appraise
func TestN16OneChipIsOneNode(t *testing.T) {
	a := snptest.New(t, "Milan")
	c := claims(t, a, a.Evidence())
	mine, other := wire.Address{1}, wire.Address{2}
	set := attest.PolicySet{Policies: []attest.Policy{policy(c)}, Chips: []attest.Chip{{Hardware: hex.EncodeToString(a.Chip[:]), Node: mine}}}
	if short := set.Appraise(1, mine, c, c.Data, now); len(short) > 0 {
		t.Errorf("twin: its own node: %v", short)
	}
	if short := set.Appraise(1, other, c, c.Data, now); len(short) != 1 || short[0].Code != fault.EvidDuplicateHW {
		t.Errorf("another node: %v", short)
	}
}

// Each row is signed by the right key, or by the key that the row is about.
//
// case N18 code EVID_FORGED check attest/snp/snp.go:claims
func TestN18ForgedEvidence(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(a *snptest.AMD) attest.Evidence
		want fault.Code
	}{
		{"twin: as it should be", (*snptest.AMD).Evidence, ""},
		{"of another scheme", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Scheme = "tdx"; return e }, fault.EvidForged},
		{"no report", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Report = nil; return e }, fault.APISize},
		{"a byte short", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Report = e.Report[:1183]; return e }, fault.EvidForged},
		{"a byte long", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Report = append(e.Report, 0); return e }, fault.EvidForged},
		{"something after the signature", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Report[1183] = 1; return e }, fault.EvidForged},
		{"version 1", func(a *snptest.AMD) attest.Evidence { a.Put(0, []byte{1}); return a.Evidence() }, fault.EvidForged},
		{"version 6", func(a *snptest.AMD) attest.Evidence { a.Put(0, []byte{6}); return a.Evidence() }, fault.EvidForged},
		{"another algorithm", func(a *snptest.AMD) attest.Evidence { a.Put(0x34, []byte{2}); return a.Evidence() }, fault.EvidForged},
		{"signed by no key", func(a *snptest.AMD) attest.Evidence {
			e := a.Evidence()
			a.Put(0x48, []byte{7 << 2})
			e.Report = a.SignReport(a.Keys.VCEK)
			return e
		}, fault.EvidForged},
		{"the chip's key, said to be the provider's", func(a *snptest.AMD) attest.Evidence {
			e := a.Evidence()
			a.Put(0x48, []byte{1 << 2})
			e.Report = a.SignReport(a.Keys.VCEK)
			return e
		}, fault.EvidForged},
		{"signed by the provider's key under the chip's certificate", func(a *snptest.AMD) attest.Evidence {
			e := a.Evidence()
			e.Report = a.SignReport(a.Keys.VLEK)
			return e
		}, fault.EvidForged},
		{"of another chip", func(a *snptest.AMD) attest.Evidence { a.Put(0x1A0, []byte{0xff}); return a.Evidence() }, fault.EvidForged},
		{"of a hidden chip", func(a *snptest.AMD) attest.Evidence { a.Put(0x1A0, make([]byte, 64)); return a.Evidence() }, fault.EvidForged},
		{"of another product", func(a *snptest.AMD) attest.Evidence {
			a.Put(0, []byte{3})
			a.Put(0x188, []byte{0x1A, 2})
			return a.Evidence()
		}, fault.EvidForged},
		{"of a processor that nobody knows", func(a *snptest.AMD) attest.Evidence {
			a.Put(0, []byte{3})
			a.Put(0x188, []byte{0x19, 0x50})
			return a.Evidence()
		}, fault.EvidForged},
		{"of another vendor of the same names", func(a *snptest.AMD) attest.Evidence { a.Rekey(); return a.Evidence() }, fault.EvidForged},
		{"a key of the chip's that the intermediate did not certify", func(a *snptest.AMD) attest.Evidence {
			a.VCEK = a.Sign(a.Leaf(false), a.ASK, a.Keys.VCEK.Public(), a.Keys.ASVK)
			return a.Evidence()
		}, fault.EvidForged},
		{"an intermediate that the root did not certify", func(a *snptest.AMD) attest.Evidence {
			a.ASK = a.Sign(snptest.CA("SEV-Milan", 65537), a.ARK, a.Keys.ASK.Public(), a.Keys.ASVK)
			return a.Evidence()
		}, fault.EvidForged},
		{"certified by the root itself", func(a *snptest.AMD) attest.Evidence {
			a.VCEK = a.Sign(a.Leaf(false), a.ARK, a.Keys.VCEK.Public(), a.Keys.ARK)
			e := a.Evidence()
			e.Collateral[PieceIntermediate] = a.ARK.Raw
			return e
		}, fault.EvidForged},
		{"certified under the provider's intermediate", func(a *snptest.AMD) attest.Evidence {
			a.VCEK = a.Sign(a.Leaf(false), a.ASVK, a.Keys.VCEK.Public(), a.Keys.ASVK)
			e := a.Evidence()
			e.Collateral[PieceIntermediate] = a.ASVK.Raw
			return e
		}, fault.EvidForged},
		{"a provider's key under the chips' intermediate", func(a *snptest.AMD) attest.Evidence {
			a.VLEK = a.Sign(a.Leaf(true), a.ASK, a.Keys.VLEK.Public(), a.Keys.ASK)
			e := a.ProviderEvidence()
			e.Collateral[PieceIntermediate] = a.ASK.Raw
			return e
		}, fault.EvidForged},
		{"the certificates are swapped", func(a *snptest.AMD) attest.Evidence {
			e := a.Evidence()
			e.Collateral[0], e.Collateral[1] = e.Collateral[1], e.Collateral[0]
			return e
		}, fault.EvidForged},
		{"no certificate of the key", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Collateral[0] = []byte("x"); return e }, fault.EvidForged},
		{"no certificate between", func(a *snptest.AMD) attest.Evidence { e := a.Evidence(); e.Collateral[1] = []byte("x"); return e }, fault.EvidForged},
		{"the key's certificate has ended", func(a *snptest.AMD) attest.Evidence {
			l := a.Leaf(false)
			l.NotAfter = now.Add(-time.Second)
			a.VCEK = a.Sign(l, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
			return a.Evidence()
		}, fault.EvidForged},
		{"the key's certificate has not begun", func(a *snptest.AMD) attest.Evidence {
			l := a.Leaf(false)
			l.NotBefore = now.Add(time.Second)
			a.VCEK = a.Sign(l, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
			return a.Evidence()
		}, fault.EvidForged},
		{"the intermediate has ended", func(a *snptest.AMD) attest.Evidence {
			c := snptest.CA("SEV-Milan", 65537)
			c.NotAfter = now.Add(-time.Second)
			a.ASK = a.Sign(c, a.ARK, a.Keys.ASK.Public(), a.Keys.ARK)
			return a.Evidence()
		}, fault.EvidForged},
		{"certified with another algorithm", func(a *snptest.AMD) attest.Evidence {
			l := a.Leaf(false)
			l.SignatureAlgorithm = x509.SHA256WithRSA
			a.VCEK = a.Sign(l, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
			return a.Evidence()
		}, fault.EvidForged},
	} {
		a := snptest.New(t, "Milan")
		root := a.Root()
		_, err := newScheme(t, root).Verify(t.Context(), tt.make(a), now)
		if fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A chain that was found good is remembered for as long as all of it is in force.
func TestARememberedChainStillEnds(t *testing.T) {
	a := snptest.New(t, "Milan")
	a.CRL = a.MakeCRL(func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now, now.Add(time.Hour) })
	e := a.Evidence()
	s := newScheme(t, a.Root())
	for _, tt := range []struct {
		name string
		at   time.Duration
		want fault.Code
	}{
		{"twin: at first", 0, ""}, {"twin: at last", time.Hour, ""}, {"after it", time.Hour + time.Second, fault.EvidUnavailable},
		{"before it", -time.Second, fault.EvidUnavailable}, {"long after", 100 * 365 * 24 * time.Hour, fault.EvidForged}, {"twin: again", time.Minute, ""},
	} {
		if _, err := s.Verify(t.Context(), e, now.Add(tt.at)); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	a.Put(0x1A0, []byte{0xff})
	if _, err := s.Verify(t.Context(), a.Evidence(), now); fault.Of(err) != fault.EvidForged {
		t.Errorf("another chip's report under the remembered chain: %v", err)
	}
}

// No byte of a report may differ.
func TestNoFlippedByteVerifies(t *testing.T) {
	a := snptest.New(t, "Turin")
	e := a.Evidence()
	s := newScheme(t, a.Root())
	for i := range e.Report {
		for _, bit := range []byte{1, 0x80} {
			e.Report[i] ^= bit
			if c, err := s.Verify(t.Context(), e, now); err == nil {
				t.Errorf("byte %d: %+v", i, c)
			}
			e.Report[i] ^= bit
		}
	}
	if _, err := s.Verify(t.Context(), e, now); err != nil {
		t.Errorf("twin: no byte: %v", err)
	}
}
