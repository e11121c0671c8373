package nitro

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/nitro/nitrotest"
	"tacit/fault"
	"tacit/wire"
)

var now = nitrotest.Now

func newScheme(t testing.TB, roots ...attest.Root) *Scheme {
	t.Helper()
	s, err := NewScheme(roots)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func claims(t testing.TB, a *nitrotest.Amazon) attest.Claims {
	t.Helper()
	c, err := newScheme(t, a.PinnedRoot()).Verify(t.Context(), a.Evidence(), now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// policy accepts what nitrotest makes by default.
func policy(c attest.Claims) attest.Policy {
	return attest.Policy{
		Role: 1, Schemes: []string{"nitro"}, Level: 3, Registry: attest.RegistryOpen, Keys: []string{attest.KeyNitro},
		References: []attest.Reference{{Name: "image", Measurement: c.Measurement, Manifest: c.Manifest}},
		Statuses:   []attest.Status{attest.StatusNotStated}, Minimums: []attest.Minimum{{Scheme: "nitro"}},
	}
}

// judge is the first code by which evidence is refused: by the scheme, or else by a
// policy.
func judge(t *testing.T, a *nitrotest.Amazon, p attest.Policy) fault.Code {
	t.Helper()
	c, err := newScheme(t, a.PinnedRoot()).Verify(t.Context(), a.Evidence(), now)
	if err != nil {
		if c.Scheme != "" {
			t.Error("claims came with the error")
		}
		return fault.Of(err)
	}
	for _, short := range p.Appraise(c, c.Data, now) {
		return short.Code
	}
	return ""
}

type row struct {
	name   string
	change func(a *nitrotest.Amazon)
	want   fault.Code
}

func try(t *testing.T, rows []row) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			a := nitrotest.New(t)
			p := policy(claims(t, a))
			tt.change(a)
			if got := judge(t, a, p); got != tt.want {
				t.Errorf("judged %q, want %q", got, tt.want)
			}
		})
	}
}

func same(*nitrotest.Amazon) {}

func TestGenuineEvidenceBecomesClaims(t *testing.T) {
	a := nitrotest.New(t)
	c := claims(t, a)
	if c.Scheme != "nitro" || c.Level != 3 || c.Boundary != attest.BoundaryMachine || c.Key != attest.KeyNitro || c.Modes != 0 || c.VMPL != 0 || len(c.TCB) != 0 {
		t.Errorf("claims = %+v", c)
	}
	if c.Product != "us-east-1" || c.Hardware != "i-0123456789abcdef0" || c.Data != a.Data || c.Manifest != Manifest() {
		t.Errorf("claims = %+v", c)
	}
	if said, known := a.Evidence().Data(); !known || said != c.Data {
		t.Errorf("the contract would read %x, claims say %x", said, c.Data)
	}
	for at, changes := range map[uint64]bool{0: true, 1: true, 2: true, 3: false, 4: false, 8: true, 15: false} {
		a := nitrotest.New(t)
		a.Registers()[at] = bytes.Repeat([]byte{0xee}, 48)
		if is := claims(t, a); (is.Measurement != c.Measurement) != changes {
			t.Errorf("PCR%d changes what policies refer to: %v, want %v", at, !changes, changes)
		}
	}
	unsigned := nitrotest.New(t)
	delete(unsigned.Registers(), 8)
	zero := nitrotest.New(t)
	zero.Registers()[8] = make([]byte, 48)
	if claims(t, unsigned).Measurement != claims(t, zero).Measurement {
		t.Error("an image that nobody signed has two measurements")
	}
}

// case N02 code EVID_FORGED check attest/nitro/nitro.go:Verify
func TestN02ADocumentIsOverThisReportData(t *testing.T) {
	try(t, []row{
		{"twin: as it was made", same, ""},
		{"other report data", func(a *nitrotest.Amazon) { a.Data[5]++ }, fault.EvidForged},
		{"no user data", func(a *nitrotest.Amazon) { a.Document["user_data"] = nil }, fault.EvidForged},
		{"user data of 63 bytes", func(a *nitrotest.Amazon) { a.Document["user_data"] = a.Data[:63] }, fault.EvidForged},
		{"user data of 65 bytes", func(a *nitrotest.Amazon) { a.Document["user_data"] = append(a.Data[:], 0) }, fault.EvidForged},
		{"the data as nonce", func(a *nitrotest.Amazon) {
			a.Document["user_data"], a.Document["nonce"] = nil, a.Data[:]
		}, fault.EvidForged},
	})
}

// case N01 code EVID_BINDING check attest/policy.go:Appraise
func TestN01AnOldDocumentAnswersNoOtherTranscript(t *testing.T) {
	c := claims(t, nitrotest.New(t))
	for _, tt := range []struct {
		name string
		data attest.ReportData
		want fault.Code
	}{{"twin: the transcript that was asked about", c.Data, ""}, {"a later one", attest.ReportData{9}, fault.EvidBinding}} {
		t.Run(tt.name, func(t *testing.T) {
			short := policy(c).Appraise(c, tt.data, now)
			if tt.want == "" && len(short) > 0 || tt.want != "" && (len(short) != 1 || short[0].Code != tt.want) {
				t.Errorf("Appraise = %v, want %q", short, tt.want)
			}
		})
	}
}

// case N04 code EVID_MODE check attest/nitro/nitro.go:claims
func TestN04AnEnclaveInDebugMode(t *testing.T) {
	try(t, []row{
		{"twin: measured", same, ""},
		{"nothing is measured", func(a *nitrotest.Amazon) {
			for i := range uint64(3) {
				a.Registers()[i] = make([]byte, 48)
			}
		}, fault.EvidMode},
		{"its program is not", func(a *nitrotest.Amazon) { a.Registers()[2] = make([]byte, 48) }, fault.EvidMode},
	})
	a := nitrotest.New(t)
	for i := range uint64(3) {
		a.Registers()[i] = make([]byte, 48)
	}
	c := claims(t, a)
	p := policy(c) // lists the zeros
	if short := p.Appraise(c, c.Data, now); len(short) != 1 || short[0].Code != fault.EvidMode {
		t.Errorf("by a policy that lists what is not measured: %v", short)
	}
	p.Modes = attest.ModeDebug
	if short := p.Appraise(c, c.Data, now); len(short) != 0 {
		t.Errorf("twin: by a policy that names the mode: %v", short)
	}
}

// case N15 code EVID_UNLISTED check attest/policy.go:measurement
func TestN15AnotherImage(t *testing.T) {
	try(t, []row{
		{"twin: the one that is listed", same, ""},
		{"another image", func(a *nitrotest.Amazon) { a.Registers()[0][3]++ }, fault.EvidUnlisted},
		{"another kernel or command line", func(a *nitrotest.Amazon) { a.Registers()[1][3]++ }, fault.EvidUnlisted},
		{"another program", func(a *nitrotest.Amazon) { a.Registers()[2][3]++ }, fault.EvidUnlisted},
		{"another signer", func(a *nitrotest.Amazon) { a.Registers()[8][3]++ }, fault.EvidUnlisted},
		{"twin: another role of the parent instance", func(a *nitrotest.Amazon) { a.Registers()[3][3]++ }, ""},
	})
}

// case N17 code EVID_DENIED check attest/policy.go:denied
func TestN17DeniedInstancesAndRegions(t *testing.T) {
	c := claims(t, nitrotest.New(t))
	for _, tt := range []struct {
		name   string
		denied attest.Denial
		want   bool
	}{
		{"the instance", attest.Denial{Hardware: "i-0123456789abcdef0"}, true},
		{"the region", attest.Denial{Scheme: "nitro", Product: "us-east-1"}, true},
		{"twin: another instance", attest.Denial{Hardware: "i-0"}, false},
		{"twin: another region", attest.Denial{Scheme: "nitro", Product: "us-east-2"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := policy(c)
			p.Denied = []attest.Denial{tt.denied}
			short := p.Appraise(c, c.Data, now)
			if tt.want != (len(short) == 1 && short[0].Code == fault.EvidDenied) || !tt.want && len(short) > 0 {
				t.Errorf("Appraise = %v", short)
			}
		})
	}
}

// case N16 code EVID_DUPLICATE_HW check attest/policy.go:mine
func TestN16OneInstanceIsOneIdentity(t *testing.T) {
	c := claims(t, nitrotest.New(t))
	mine, other := wire.Address{1}, wire.Address{2}
	p := policy(c)
	p.Registry = attest.RegistryEnrolled
	set := attest.PolicySet{Generation: 1, Policies: []attest.Policy{p}, Chips: []attest.Chip{{Hardware: c.Hardware, Node: mine}}}
	if short := set.Appraise(1, mine, c, c.Data, now); len(short) > 0 {
		t.Errorf("twin: the node that it is enrolled for: %v", short)
	}
	if short := set.Appraise(1, other, c, c.Data, now); len(short) != 1 || short[0].Code != fault.EvidDuplicateHW {
		t.Errorf("another node: %v", short)
	}
}

// case N18 code EVID_FORGED check attest/nitro/nitro.go:endorsement
// case N18 code EVID_FORGED check attest/nitro/nitro.go:claims
func TestN18ForgedEvidence(t *testing.T) {
	certify := func(change func(*x509.Certificate)) func(*nitrotest.Amazon) {
		return func(a *nitrotest.Amazon) { a.Certify(change) }
	}
	say := func(key string, v any) func(*nitrotest.Amazon) {
		return func(a *nitrotest.Amazon) { a.Document[key] = v }
	}
	message := func(change func(m []any) []any) func(*nitrotest.Amazon) {
		return func(a *nitrotest.Amazon) { a.Tamper = change }
	}
	try(t, []row{
		{"twin: as the hypervisor signed it", same, ""},
		{"signed by another key", func(a *nitrotest.Amazon) { a.EnclaveKey = nitrotest.NewKey(t, elliptic.P384()) }, fault.EvidForged},
		{"a changed payload", message(func(m []any) []any {
			b := m[2].([]byte)
			b[bytes.Index(b, []byte("us-east"))]++
			return m
		}), fault.EvidForged},
		{"a signature of another length", message(func(m []any) []any { m[3] = append(m[3].([]byte), 0); return m }), fault.EvidForged},
		{"no signature", message(func(m []any) []any { m[3] = []byte{}; return m }), fault.EvidForged},
		{"a part less", message(func(m []any) []any { return m[:3] }), fault.EvidForged},
		{"a part more", message(func(m []any) []any { return append(m, 1) }), fault.EvidForged},
		{"another algorithm", func(a *nitrotest.Amazon) { a.Protected = []byte{0xa1, 0x01, 0x26} }, fault.EvidForged},
		{"a header that is not signed", func(a *nitrotest.Amazon) { a.Rest = map[int]int{1: 1} }, fault.EvidForged},
		{"an unknown field", say("more", 1), fault.EvidForged},
		{"an unknown field behind all others", say("more than anybody named", 1), fault.EvidForged},
		{"a payload of another kind", message(func(m []any) []any { m[2] = []byte("text"); return m }), fault.EvidForged},
		{"another hash", say("digest", "SHA256"), fault.EvidForged},
		{"a time before its key", say("timestamp", uint64(now.Add(-2*time.Hour).UnixMilli())), fault.EvidForged},
		{"a time after its key", say("timestamp", uint64(now.Add(3*time.Hour).UnixMilli())), fault.EvidForged},
		{"another enclave's name", say("module_id", "i-0123456789abcdef0-enc1123456789abcdef"), fault.EvidForged},
		{"a name that is none", func(a *nitrotest.Amazon) {
			a.Document["module_id"] = "x"
			a.Certify(func(c *x509.Certificate) { c.Subject.CommonName = "x.us-east-1.aws" })
		}, fault.EvidForged},
		{"a certificate of something else", certify(func(c *x509.Certificate) { c.Subject.CommonName = nitrotest.Module + ".example" }), fault.EvidForged},
		{"a register less", func(a *nitrotest.Amazon) { delete(a.Registers(), 1) }, fault.EvidForged},
		{"a short register", func(a *nitrotest.Amazon) { a.Registers()[8] = a.Registers()[8][:32] }, fault.EvidForged},

		{"below another root", func(a *nitrotest.Amazon) {
			pinned := *a
			other := nitrotest.New(t)
			*a = *other
			a.Root = pinned.Root // which the document names too
		}, fault.EvidForged},
		{"a key that has ended", certify(func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) }), fault.EvidForged},
		{"a key that is not in force yet", certify(func(c *x509.Certificate) { c.NotBefore = now.Add(time.Minute) }), fault.EvidForged},
		{"an authority's key", certify(func(c *x509.Certificate) { c.IsCA = true }), fault.EvidForged},
		{"a key for something else", certify(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyAgreement }), fault.EvidForged},
		{"a key on another curve", func(a *nitrotest.Amazon) {
			a.EnclaveKey = nitrotest.NewKey(t, elliptic.P256())
			a.Certify(func(*x509.Certificate) {})
		}, fault.EvidForged},
		{"certified by the key of a machine", func(a *nitrotest.Amazon) {
			c := a.Authority("not an authority")
			c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature
			a.Region = a.Issue(c, a.Root, a.RootKey, a.RegionKey)
			a.Certify(func(*x509.Certificate) {})
		}, fault.EvidForged},
		{"a region that has ended", func(a *nitrotest.Amazon) {
			c := a.Authority("us-east-1.aws.nitro-enclaves")
			c.NotAfter = now.Add(-time.Minute)
			a.Region = a.Issue(c, a.Root, a.RootKey, a.RegionKey)
			a.Certify(func(*x509.Certificate) {})
		}, fault.EvidForged},
		{"no certificates", say("cabundle", [][]byte{}), fault.EvidForged},
		{"a certificate that does not parse", say("certificate", []byte("x")), fault.EvidForged},
		{"one between that does not parse", say("cabundle", [][]byte{[]byte("x")}), fault.EvidForged},
		{"more certificates than there can be", func(a *nitrotest.Amazon) {
			a.Document["cabundle"] = slices.Repeat([][]byte{a.Root.Raw, a.Region.Raw}, 5)
		}, fault.EvidForged},
	})
}

func TestWhatIsNoEvidenceOfNitro(t *testing.T) {
	a := nitrotest.New(t)
	s := newScheme(t, a.PinnedRoot())
	good := a.Evidence()
	for name, e := range map[string]attest.Evidence{
		"a TPM's scheme":   {Scheme: "tpm", Report: good.Report},
		"another scheme":   {Scheme: "snp", Report: good.Report},
		"collateral":       {Scheme: "nitro", Report: good.Report, Collateral: [][]byte{{1}}},
		"half of its data": {Scheme: "nitro", Report: good.Report[:32]},
		"a byte behind it": {Scheme: "nitro", Report: append(bytes.Clone(good.Report), 0)},
		"a tag before it":  {Scheme: "nitro", Report: append(append(bytes.Clone(good.Report[:64]), 0xd2), good.Report[64:]...)},
	} {
		if _, err := s.Verify(t.Context(), e, now); fault.Of(err) != fault.EvidForged {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := attest.Evidence{Scheme: "nitro", Report: append(bytes.Clone(good.Report), make([]byte, 64<<10)...)}
	if _, err := s.Verify(t.Context(), large, now); fault.Of(err) != fault.APISize {
		t.Errorf("more than evidence may have: %v", err)
	}
	if _, err := newScheme(t).Verify(t.Context(), good, now); fault.Of(err) != fault.EvidForged {
		t.Errorf("without a root: %v", err)
	}
	for name, der := range map[string][]byte{"no certificate": []byte("x"), "a certificate that is no root": a.Region.Raw} {
		if _, err := NewScheme([]attest.Root{{Scheme: "nitro", DER: der}}); fault.Of(err) != fault.EvidPolicy {
			t.Errorf("pinned %s: %v", name, err)
		}
	}
	if _, err := NewScheme([]attest.Root{{Scheme: "snp", DER: []byte("x")}}); err != nil {
		t.Errorf("twin: a root of another scheme: %v", err)
	}
}

// A chain that was good does not outlive its certificates.
func TestARememberedChainEnds(t *testing.T) {
	a := nitrotest.New(t)
	s := newScheme(t, a.PinnedRoot())
	for _, tt := range []struct {
		at   time.Duration
		want fault.Code
	}{{0, ""}, {time.Hour, ""}, {3 * time.Hour, fault.EvidForged}, {-2 * time.Hour, fault.EvidForged}, {0, ""}} {
		if _, err := s.Verify(t.Context(), a.Evidence(), now.Add(tt.at)); fault.Of(err) != tt.want && !(err == nil && tt.want == "") {
			t.Errorf("after %v: %v, want %q", tt.at, err, tt.want)
		}
	}
}

func TestAmazonsRootIsThePublishedOne(t *testing.T) {
	root := AWSRoots()[0]
	if got := sha256.Sum256(root.DER); hex.EncodeToString(got[:]) != "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b" {
		t.Errorf("its SHA-256 is %x", got)
	}
	if _, err := NewScheme(AWSRoots()); err != nil {
		t.Error(err)
	}
}

func FuzzNitro(f *testing.F) {
	a := nitrotest.New(f)
	s := newScheme(f, append(AWSRoots(), a.PinnedRoot())...)
	good := a.Evidence()
	f.Add(good.Report)
	payload, err := wire.EncodeForeign(a.Document)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(bytes.Clone(good.Report[:64]), payload...))
	f.Fuzz(func(t *testing.T, report []byte) {
		c, err := s.Verify(t.Context(), attest.Evidence{Scheme: "nitro", Report: report}, now)
		if err == nil && c.Data != a.Data {
			t.Errorf("it takes a document that nobody signed: %x", report)
		}
	})
}

func BenchmarkNitro(b *testing.B) {
	a := nitrotest.New(b)
	e := a.Evidence()
	s := newScheme(b, a.PinnedRoot())
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
		_, err := newScheme(b, a.PinnedRoot()).Verify(b.Context(), e, now)
		return err
	})
	run("cached", func() error { _, err := s.Verify(b.Context(), e, now); return err })
}
