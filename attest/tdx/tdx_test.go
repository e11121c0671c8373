package tdx_test

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
	"tacit/attest/tdx"
	"tacit/fault"
)

var update = flag.Bool("update", false, "rewrite golden files")

var now = inteltest.Now

func newScheme(t testing.TB, roots ...attest.Root) *tdx.Scheme {
	t.Helper()
	s, err := tdx.NewScheme(roots)
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
		Role: 1, Schemes: []string{"tdx"}, Level: 4, Registry: attest.RegistryOpen, Keys: []string{attest.KeyPCK},
		References: []attest.Reference{{Name: "image", Measurement: c.Measurement, Manifest: c.Manifest}},
		Statuses:   []attest.Status{attest.StatusUpToDate},
		Minimums:   []attest.Minimum{{Scheme: "tdx", From: 1, TCB: attest.TCB{{Name: "sgx01", SVN: 8}, {Name: "tdx01", SVN: 3}, {Name: "pcesvn", SVN: 11}}}},
	}
}

// judge is the first code by which evidence is refused: by the scheme, or else by a
// policy.
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
	c := claims(t, inteltest.New(t, attest.SchemeTDX))
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
}

// Every byte of a domain's body that makes it what it is changes its claims.
func TestWhatMakesADomain(t *testing.T) {
	i := inteltest.New(t, attest.SchemeTDX)
	was := claims(t, i)
	for name, at := range map[string]int{
		"MRTD": 136, "MRCONFIGID": 184, "MROWNER": 232, "MROWNERCONFIG": 280, "RTMR0": 328, "RTMR1": 376, "RTMR2": 424, "RTMR3": 472, "data": 520,
	} {
		i.Body[at] ^= 1
		c := claims(t, i)
		i.Body[at] ^= 1
		if (c.Manifest != was.Manifest) != (name == "MRCONFIGID") || (c.Data != was.Data) != (name == "data") ||
			(c.Measurement != was.Measurement) != (name != "MRCONFIGID" && name != "data") {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// case N04 code EVID_MODE check attest/tdx/tdx.go:modesOf
func TestN04ModesOfADomain(t *testing.T) {
	const ve = 1 << 28
	i := inteltest.New(t, attest.SchemeTDX)
	p := policy(claims(t, i))
	for _, tt := range []struct {
		name   string
		bits   uint64
		accept attest.Mode
		want   fault.Code
	}{
		{"twin: exceptions disabled, nothing else", ve, 0, ""},
		{"twin: what a domain may use", ve | 1<<27 | 1<<30 | 1<<31 | 1<<63, 0, ""},
		{"debug", ve | 1, 0, fault.EvidMode},
		{"twin: debug, accepted", ve | 1, attest.ModeDebug, ""},
		{"profiled by the host", ve | 1<<4, attest.ModeMigratable, fault.EvidMode},
		{"profiled by the host too", ve | 1<<5, attest.ModeMigratable, fault.EvidMode},
		{"telemetry for the host", ve | 1<<6, attest.ModeMigratable, fault.EvidMode},
		{"migratable", ve | 1<<29, 0, fault.EvidMode},
		{"twin: migratable, accepted", ve | 1<<29, attest.ModeMigratable, ""},
		{"exceptions by the host's will", 0, 0, fault.EvidMode},
		{"twin: exceptions by the host's will, accepted", 0, attest.ModePartial, ""},
		{"a bit that nobody knows", ve | 1<<1, ^attest.Mode(0), fault.EvidMode},
		{"another", ve | 1<<62, ^attest.Mode(0), fault.EvidMode},
	} {
		binary.LittleEndian.PutUint64(i.Body[120:], tt.bits)
		p.Modes = tt.accept
		if got := judge(t, i, p); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	i = inteltest.New(t, attest.SchemeTDX)
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

// case N07 code EVID_TCB_STATUS check attest/intel/judge.go:judgeTCB
func TestN07StatusOfTheTCB(t *testing.T) {
	levels := func(l ...any) func(i *inteltest.Intel) {
		return func(i *inteltest.Intel) { i.TCBInfo["tcbLevels"] = l }
	}
	ve := inteltest.New(t, attest.SchemeTDX)
	p := policy(claims(t, ve))
	for _, tt := range []struct {
		name   string
		change func(i *inteltest.Intel)
		status attest.Status
	}{
		{"twin: up to date", func(*inteltest.Intel) {}, attest.StatusUpToDate},
		{"SW hardening", levels(ve.Level("SWHardeningNeeded", 0)), attest.StatusSWHardeningNeeded},
		{"configuration", levels(ve.Level("ConfigurationNeeded", 0)), attest.StatusConfigurationNeeded},
		{"both", levels(ve.Level("ConfigurationAndSWHardeningNeeded", 0)), attest.StatusConfigurationAndSWHardeningNeeded},
		{"out of date", levels(ve.Level("OutOfDate", 0)), attest.StatusOutOfDate},
		{"out of date and configuration", levels(ve.Level("OutOfDateConfigurationNeeded", 0)), attest.StatusOutOfDateConfigurationNeeded},
		{"revoked", levels(ve.Level("Revoked", 0)), attest.StatusRevoked},
		{"a word that nobody knows", levels(ve.Level("Splendid", 0)), attest.StatusUnknown},
		{"a word of ours that is none of Intel's", levels(ve.Level("NotStated", 0)), attest.StatusUnknown},
		{"no word", levels(ve.Level("", 0)), attest.StatusUnknown},
		{"the second level", levels(ve.Level("UpToDate", -1), ve.Level("OutOfDate", 0), ve.Level("UpToDate", 1)), attest.StatusOutOfDate},
		{"no level covers it", levels(ve.Level("UpToDate", -1)), attest.StatusUnknown},
		{"no levels", levels(), attest.StatusUnknown},
		{"a level without PCE", levels(map[string]any{"tcb": map[string]any{"sgxtcbcomponents": []any{}, "tdxtcbcomponents": []any{}}, "tcbStatus": "UpToDate"}), attest.StatusUnknown},
		{"a level without components", levels(map[string]any{"tcb": map[string]any{"pcesvn": 1}, "tcbStatus": "UpToDate"}), attest.StatusUnknown},
		{"one component of the platform below", func(i *inteltest.Intel) { i.Components[15]--; i.Certify() }, attest.StatusUnknown},
		{"twin: one component of the platform above", func(i *inteltest.Intel) { i.Components[15]++; i.Certify() }, attest.StatusUpToDate},
		{"one component of TDX below", func(i *inteltest.Intel) { i.Body[2]-- }, attest.StatusUnknown},
		{"twin: one component of TDX above", func(i *inteltest.Intel) { i.Body[15]++ }, attest.StatusUpToDate},
		{"an old module", func(i *inteltest.Intel) { i.Body[0] = 4 }, attest.StatusOutOfDate},
		{"a module older than all levels", func(i *inteltest.Intel) { i.Body[0] = 1 }, attest.StatusUnknown},
		{"a version of the module that Intel does not name", func(i *inteltest.Intel) { i.Body[1] = 2 }, attest.StatusUnknown},
		{"twin: the module's first version", func(i *inteltest.Intel) {
			i.Body[1] = 0
			l := i.Level("UpToDate", 0)
			l["tcb"].(map[string]any)["tdxtcbcomponents"].([]any)[1] = map[string]any{"svn": 0}
			i.TCBInfo["tcbLevels"] = []any{l}
		}, attest.StatusUpToDate},
		{"the module's first version, below", func(i *inteltest.Intel) { i.Body[1] = 0 }, attest.StatusUnknown},
		{"a quoting enclave out of date", func(i *inteltest.Intel) { i.QE[258] = 5 }, attest.StatusOutOfDate},
	} {
		i := inteltest.New(t, attest.SchemeTDX)
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
}

func TestAModuleThatIsNotIntels(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(i *inteltest.Intel)
		want   fault.Code
	}{
		{"twin: Intel's", func(*inteltest.Intel) {}, ""},
		{"another signer", func(i *inteltest.Intel) { i.Body[64] ^= 1 }, fault.EvidForged},
		{"other attributes", func(i *inteltest.Intel) { i.Body[112] = 1 }, fault.EvidForged},
		{"the signer of another version", func(i *inteltest.Intel) { i.Body[0], i.Body[1] = 3, 3 }, fault.EvidForged},
		{"no signer known", func(i *inteltest.Intel) {
			i.Body[1] = 0
			i.TCBInfo["tdxModule"] = map[string]any{}
		}, fault.EvidForged},
		{"a mask of another length", func(i *inteltest.Intel) {
			m := inteltest.ModuleVersion("TDX_01", "77", inteltest.EnclaveLevel("UpToDate", 5))
			m["attributesMask"] = "FF"
			i.TCBInfo["tdxModuleIdentities"] = []any{m}
		}, fault.EvidForged},
	} {
		i := inteltest.New(t, attest.SchemeTDX)
		tt.change(i)
		if _, err := newScheme(t, i.PinnedRoot()).Verify(t.Context(), i.Evidence(), now); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
