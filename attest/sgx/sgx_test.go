package sgx_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"tacit/attest"
	"tacit/attest/intel/inteltest"
	"tacit/attest/sgx"
	"tacit/fault"
)

var update = flag.Bool("update", false, "rewrite golden files")

var now = inteltest.Now

func newScheme(t testing.TB, roots ...attest.Root) *sgx.Scheme {
	t.Helper()
	s, err := sgx.NewScheme(roots)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func claims(t testing.TB, i *inteltest.Intel) attest.Claims {
	t.Helper()
	c, err := newScheme(t, i.PinnedRoot()).Verify(t.Context(), i.Evidence(), now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// policy accepts what inteltest makes by default.
func policy(c attest.Claims) attest.Policy {
	return attest.Policy{
		Role: 1, Schemes: []string{"sgx"}, Level: 5, Registry: attest.RegistryOpen, Keys: []string{attest.KeyPCK},
		References: []attest.Reference{{Name: "enclave", Measurement: c.Measurement, Manifest: c.Manifest, SVN: 9}},
		Statuses:   []attest.Status{attest.StatusUpToDate},
		Minimums:   []attest.Minimum{{Scheme: "sgx", From: 1, TCB: attest.TCB{{Name: "sgx01", SVN: 8}, {Name: "pcesvn", SVN: 11}}}},
	}
}

func judge(t *testing.T, i *inteltest.Intel, p attest.Policy) fault.Code {
	t.Helper()
	c, err := newScheme(t, i.PinnedRoot()).Verify(t.Context(), i.Evidence(), now)
	if err != nil {
		return fault.Of(err)
	}
	for _, short := range p.Appraise(c, c.Data, now) {
		return short.Code
	}
	return ""
}

func TestGenuineEvidenceBecomesClaims(t *testing.T) {
	i := inteltest.New(t, attest.SchemeSGX)
	i.Version = 3
	c := claims(t, i)
	if said, known := i.Evidence().Data(); !known || said != c.Data {
		t.Errorf("the contract would read %x, claims say %x", said, c.Data)
	}
	b, err := json.MarshalIndent(struct {
		attest.Claims
		Data string `json:"data"`
	}{c, hex.EncodeToString(c.Data[:])}, "", "\t")
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
	if i.Version = 4; judge(t, i, policy(c)) != "" {
		t.Error("a quote of version 4 makes other claims")
	}
}

// Every byte of an enclave's body that makes it what it is changes its claims.
func TestWhatMakesAnEnclave(t *testing.T) {
	i := inteltest.New(t, attest.SchemeSGX)
	was := claims(t, i)
	for name, at := range map[string]int{
		"ISVEXTPRODID": 32, "MRENCLAVE": 64, "MRSIGNER": 128, "CONFIGID": 192, "ISVPRODID": 256, "ISVSVN": 258, "CONFIGSVN": 260, "ISVFAMILYID": 304, "data": 320,
	} {
		i.Body[at] ^= 1
		c := claims(t, i)
		i.Body[at] ^= 1
		if (c.Manifest != was.Manifest) != (name == "CONFIGID") || (c.Data != was.Data) != (name == "data") || (c.SVN != was.SVN) != (name == "ISVSVN") ||
			(c.Measurement != was.Measurement) != (name != "CONFIGID" && name != "data" && name != "ISVSVN") {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// case N04 code EVID_MODE check attest/sgx/sgx.go:modesOf
func TestN04ModesOfAnEnclave(t *testing.T) {
	const usual = 0x85 // INIT, 64 bit, key separation
	i := inteltest.New(t, attest.SchemeSGX)
	p := policy(claims(t, i))
	for _, tt := range []struct {
		name   string
		bits   uint64
		accept attest.Mode
		want   fault.Code
	}{
		{"twin: as enclaves are", usual, 0, ""},
		{"twin: with what only protects it", usual | 1<<6 | 1<<10, 0, ""},
		{"debug", usual | 1<<1, 0, fault.EvidMode},
		{"twin: debug, accepted", usual | 1<<1, attest.ModeDebug, ""},
		{"the provisioning key", usual | 1<<4, 0, fault.EvidMode},
		{"twin: the provisioning key, accepted", usual | 1<<4, attest.ModeProvisioning, ""},
		{"the launch key", usual | 1<<5, attest.ModeDebug, fault.EvidMode},
		{"without key separation", usual &^ (1 << 7), 0, fault.EvidMode},
		{"twin: without key separation, accepted", usual &^ (1 << 7), attest.ModeShared, ""},
		{"not initialised", usual &^ 1, ^attest.Mode(0), fault.EvidMode},
		{"of 32 bits", usual &^ 4, ^attest.Mode(0), fault.EvidMode},
		{"a bit that nobody knows", usual | 1<<3, ^attest.Mode(0), fault.EvidMode},
		{"another", usual | 1<<63, ^attest.Mode(0), fault.EvidMode},
	} {
		binary.LittleEndian.PutUint64(i.Body[48:], tt.bits)
		p.Modes = tt.accept
		if got := judge(t, i, p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	i = inteltest.New(t, attest.SchemeSGX)
	i.SMT = true
	i.Certify()
	p.Modes = 0
	if got := judge(t, i, p); got != fault.EvidMode {
		t.Errorf("a platform with SMT: %q", got)
	}
	if p.Modes = attest.ModeSMT; judge(t, i, p) != "" {
		t.Error("twin: a platform with SMT is not accepted")
	}
}

// case N07 code EVID_TCB_STATUS check attest/intel/judge.go:covers
func TestN07StatusOfTheTCB(t *testing.T) {
	first := inteltest.New(t, attest.SchemeSGX)
	p := policy(claims(t, first))
	for _, tt := range []struct {
		name   string
		change func(i *inteltest.Intel)
		status attest.Status
	}{
		{"twin: up to date", func(*inteltest.Intel) {}, attest.StatusUpToDate},
		{"an older PCE", func(i *inteltest.Intel) { i.PCESVN--; i.Certify() }, attest.StatusOutOfDate},
		{"an older component", func(i *inteltest.Intel) { i.Components[0]--; i.Certify() }, attest.StatusUnknown},
		{"a level with a component less", func(i *inteltest.Intel) {
			l := i.Level("UpToDate", 0)
			tcb := l["tcb"].(map[string]any)
			tcb["sgxtcbcomponents"] = tcb["sgxtcbcomponents"].([]any)[:15]
			i.TCBInfo["tcbLevels"] = []any{l}
		}, attest.StatusUnknown},
		{"a revoked level", func(i *inteltest.Intel) { i.TCBInfo["tcbLevels"] = []any{i.Level("Revoked", 0)} }, attest.StatusRevoked},
		{"a quoting enclave out of date", func(i *inteltest.Intel) { i.QE[258] = 5 }, attest.StatusOutOfDate},
	} {
		i := inteltest.New(t, attest.SchemeSGX)
		tt.change(i)
		if c := claims(t, i); c.Status != tt.status {
			t.Errorf("%s: %s, want %s", tt.name, c.Status, tt.status)
		}
		want := fault.Code(fault.EvidTCBStatus)
		if tt.status == attest.StatusUpToDate {
			want = ""
		}
		if got := judge(t, i, p); got != want {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
	}
	if s := newScheme(t, sgx.IntelRoots()...); attest.LevelOf(s.Name()) != 5 {
		t.Error("the level of its scheme is 5")
	}
}

func FuzzSGX(f *testing.F) {
	i := inteltest.New(f, attest.SchemeSGX)
	s := newScheme(f, append(sgx.IntelRoots(), i.PinnedRoot())...)
	i.Version = 3
	three := i.Evidence()
	i.Version = 4
	four := i.Evidence()
	for _, e := range []attest.Evidence{three, four} {
		c := e.Collateral
		f.Add(e.Report, c[0], c[1], c[2], c[3], c[4], c[5])
	}
	f.Fuzz(func(t *testing.T, report, tcb, tcbChain, qe, qeChain, pck, root []byte) {
		_, err := s.Verify(t.Context(), attest.Evidence{Scheme: "sgx", Report: report, Collateral: [][]byte{tcb, tcbChain, qe, qeChain, pck, root}}, now)
		if err == nil && !bytes.Equal(report, three.Report) && !bytes.Equal(report, four.Report) {
			t.Errorf("it takes a quote that nobody signed: %s", hex.EncodeToString(report))
		}
	})
}

func BenchmarkSGX(b *testing.B) {
	i := inteltest.New(b, attest.SchemeSGX)
	i.Version = 3
	e := i.Evidence()
	s := newScheme(b, i.PinnedRoot())
	for name, scheme := range map[string]func() *sgx.Scheme{
		"cold": func() *sgx.Scheme { return newScheme(b, i.PinnedRoot()) }, "cached": func() *sgx.Scheme { return s },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := scheme().Verify(b.Context(), e, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A quote that the verifier refuses makes no claims.
func TestARefusedQuoteMakesNoClaims(t *testing.T) {
	i := inteltest.New(t, attest.SchemeSGX)
	s := newScheme(t, i.PinnedRoot())
	e := i.Evidence()
	if c, err := s.Verify(t.Context(), e, now); err != nil || c.Hardware == "" {
		t.Errorf("twin: %+v, %v", c, err)
	}
	for at := range e.Report {
		if at%97 != 60 { // some in every part
			continue
		}
		bad := e
		bad.Report = bytes.Clone(e.Report)
		bad.Report[at] ^= 4
		if c, err := s.Verify(t.Context(), bad, now); err == nil || c.Scheme != "" {
			t.Errorf("byte %d: %+v, %v", at, c, err)
		}
	}
}
