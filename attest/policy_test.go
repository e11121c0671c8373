package attest_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

var (
	image, manifest = wire.Sum([]byte("image")), wire.Sum([]byte("manifest"))
	node            = wire.Address{1: 1}
	noon            = time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC)
)

func policy() attest.Policy {
	return attest.Policy{
		Role: 1, Schemes: []string{"snp", "sgx"}, Level: 4,
		References: []attest.Reference{{Name: "enclave v1", Measurement: image, Manifest: manifest, SVN: 3}},
		Denied:     []attest.Denial{{Hardware: "stolen chip"}, {Product: "Rome", Below: attest.TCB{{Name: "microcode", SVN: 100}}}},
		Registry:   attest.RegistryOpen,
		Keys:       []string{attest.KeyVCEK, attest.KeyPCK},
		Statuses:   []attest.Status{attest.StatusNotStated, attest.StatusUpToDate},
		Grace:      []attest.Grace{{Status: attest.StatusSWHardeningNeeded, Until: attest.DateOf(noon.Add(time.Hour))}},
		Minimums: []attest.Minimum{
			{Scheme: "snp", From: attest.DateOf(noon), TCB: attest.TCB{{Name: "snp", SVN: 8}, {Name: "microcode", SVN: 115}}},
			{Scheme: "snp", Product: "Milan", From: attest.DateOf(noon.Add(time.Hour)), TCB: attest.TCB{{Name: "snp", SVN: 9}}},
			{Scheme: "sgx", TCB: attest.TCB{{Name: "pce", SVN: 13}}},
		},
	}
}

func claims() attest.Claims {
	return attest.Claims{
		Scheme: "snp", Level: 4, Boundary: attest.BoundaryMachine, Measurement: image, Manifest: manifest, SVN: 3,
		Product: "Milan", Hardware: "chip", Key: attest.KeyVCEK, Status: attest.StatusNotStated,
		TCB: attest.TCB{{Name: "bootloader", SVN: 3}, {Name: "snp", SVN: 8}, {Name: "microcode", SVN: 115}}, Data: bound,
	}
}

func codes(short []*fault.Error) []fault.Code {
	var out []fault.Code
	for _, s := range short {
		out = append(out, s.Code)
	}
	slices.Sort(out)
	return out
}

// appraised is one row: what differs from acceptable evidence, and what
// follows.
type appraised struct {
	name   string
	policy func(p *attest.Policy)
	claims func(c *attest.Claims)
	want   []fault.Code
}

func appraise(t *testing.T, rows []appraised) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			p, c := policy(), claims()
			if tt.policy != nil {
				tt.policy(&p)
			}
			if tt.claims != nil {
				tt.claims(&c)
			}
			short := p.Appraise(c, bound, noon)
			slices.Sort(tt.want)
			if got := codes(short); !slices.Equal(got, tt.want) {
				t.Errorf("Appraise = %v, want %v", short, tt.want)
			}
			for _, s := range short {
				if s.Rule == "" || s.Expected == "" || s.Got == "" {
					t.Errorf("%v does not explain itself", s)
				}
			}
		})
	}
}

func TestEveryShortfallAloneAndAllTogether(t *testing.T) {
	appraise(t, []appraised{
		{"acceptable", nil, nil, nil},
		{"a newer security version", nil, func(c *attest.Claims) { c.SVN = 4 }, nil},
		{"a higher level", nil, func(c *attest.Claims) {
			c.Scheme, c.Level, c.Key, c.TCB, c.Status = "sgx", 5, attest.KeyPCK, attest.TCB{{Name: "pce", SVN: 13}}, attest.StatusUpToDate
		}, nil},
		{"an older security version", nil, func(c *attest.Claims) { c.SVN = 2 }, []fault.Code{fault.EvidUnlisted}},
		{"a lower level", nil, func(c *attest.Claims) { c.Level = 3 }, []fault.Code{fault.EvidLevel}},
		{"another platform", nil, func(c *attest.Claims) { c.Scheme = "tdx" }, []fault.Code{fault.EvidUnlisted, fault.EvidTCBStatus}},
		{"several references of one measurement", func(p *attest.Policy) {
			p.References = append([]attest.Reference{{Measurement: image, Manifest: wire.Sum([]byte("other"))}}, p.References...)
		}, nil, nil},
		{"everything at once", nil, func(c *attest.Claims) {
			*c = attest.Claims{Scheme: "sim", Level: 2, Measurement: wire.Sum([]byte("x")), Modes: attest.ModeDebug, VMPL: 1, Hardware: "stolen chip"}
		}, []fault.Code{fault.EvidSimulated, fault.EvidLevel, fault.EvidMode, fault.EvidVMPL, fault.EvidKeyType, fault.EvidTCBStatus, fault.EvidDenied, fault.EvidUnlisted, fault.EvidBinding}},
	})
}

// case N02 code EVID_BINDING check attest/policy.go:want
func TestN02BoundToAnotherTranscript(t *testing.T) {
	appraise(t, []appraised{
		{"twin: this transcript", nil, nil, nil},
		{"another transcript", nil, func(c *attest.Claims) { c.Data[63] ^= 1 }, []fault.Code{fault.EvidBinding}},
		{"no transcript", nil, func(c *attest.Claims) { c.Data = attest.ReportData{} }, []fault.Code{fault.EvidBinding}},
	})
}

// case N04 code EVID_MODE check attest/policy.go:Modes
func TestN04ModesThatThePolicyDoesNotName(t *testing.T) {
	on := func(m attest.Mode) func(*attest.Claims) { return func(c *attest.Claims) { c.Modes = m } }
	allow := func(m attest.Mode) func(*attest.Policy) { return func(p *attest.Policy) { p.Modes = m } }
	rows := []appraised{
		{"twin: none is on", nil, nil, nil},
		{"twin: those that are named", allow(attest.ModeSMT | attest.ModeDebug), on(attest.ModeSMT | attest.ModeDebug), nil},
		{"twin: one of those that are named", allow(attest.ModeSMT | attest.ModeDebug), on(attest.ModeSMT), nil},
		{"one that is named and one that is not", allow(attest.ModeSMT), on(attest.ModeSMT | attest.ModeDebug), []fault.Code{fault.EvidMode}},
		{"one that nobody knows", allow(1<<7 - 1), on(1 << 30), []fault.Code{fault.EvidMode}},
	}
	for m := attest.ModeDebug; m <= attest.ModePartial; m <<= 1 {
		rows = append(rows, appraised{m.String() + " alone", nil, on(m), []fault.Code{fault.EvidMode}})
	}
	appraise(t, rows)
}

// case N07 code EVID_TCB_STATUS check attest/policy.go:graced
func TestN07VendorsWordOnTheTCB(t *testing.T) {
	says := func(s attest.Status) func(*attest.Claims) { return func(c *attest.Claims) { c.Status = s } }
	bad := []fault.Code{fault.EvidTCBStatus}
	appraise(t, []appraised{
		{"twin: up to date", nil, says(attest.StatusUpToDate), nil},
		{"twin: hardening needed, in its grace period", nil, says(attest.StatusSWHardeningNeeded), nil},
		{"hardening needed, the grace period has ended", func(p *attest.Policy) { p.Grace[0].Until = attest.DateOf(noon) }, says(attest.StatusSWHardeningNeeded), bad},
		{"hardening needed, no grace", func(p *attest.Policy) { p.Grace = nil }, says(attest.StatusSWHardeningNeeded), bad},
		{"configuration needed", nil, says(attest.StatusConfigurationNeeded), bad},
		{"both needed", nil, says(attest.StatusConfigurationAndSWHardeningNeeded), bad},
		{"out of date", nil, says(attest.StatusOutOfDate), bad},
		{"out of date, configuration needed", nil, says(attest.StatusOutOfDateConfigurationNeeded), bad},
		{"revoked", nil, says(attest.StatusRevoked), bad},
		{"a word that nobody knows", nil, says(attest.ParseStatus("UpToDateish")), bad},
		{"not stated where the vendor's word is asked for", func(p *attest.Policy) { p.Statuses = []attest.Status{attest.StatusUpToDate} }, nil, bad},
	})
}

// case N07 code EVID_TCB_STATUS check attest/policy.go:lower
func TestN07TheTCBIsComparedPartByPart(t *testing.T) {
	bad := []fault.Code{fault.EvidTCBStatus}
	tcb := func(snp, microcode uint32) func(*attest.Claims) {
		return func(c *attest.Claims) {
			c.TCB = attest.TCB{{Name: "snp", SVN: snp}, {Name: "microcode", SVN: microcode}}
		}
	}
	appraise(t, []appraised{
		{"twin: the least", nil, tcb(8, 115), nil},
		{"twin: more of each", nil, tcb(9, 210), nil},
		{"one part lower, the other far higher", nil, tcb(7, 255), bad},
		{"the other part lower", nil, tcb(255, 114), bad},
		{"a part that is not there", nil, func(c *attest.Claims) { c.TCB = attest.TCB{{Name: "snp", SVN: 8}} }, bad},
		{"no TCB", nil, func(c *attest.Claims) { c.TCB = nil }, bad},
		{"twin: the later minimum is for another product", func(p *attest.Policy) { p.Minimums[1].From, p.Minimums[1].Product = 0, "Genoa" }, nil, nil},
		{"the later minimum is in force", func(p *attest.Policy) { p.Minimums[1].From = attest.DateOf(noon) }, nil, bad},
		{"no minimum is in force yet", func(p *attest.Policy) { p.Minimums[0].From++ }, nil, bad},
		{"no minimum for the product", func(p *attest.Policy) { p.Minimums[0].Product = "Genoa" }, nil, bad},
	})
}

// case N10 code EVID_VMPL check attest/policy.go:VMPL
func TestN10PrivilegeLevel(t *testing.T) {
	rows := []appraised{{"twin: level 0", nil, nil, nil}}
	for vmpl := uint8(1); vmpl < 4; vmpl++ {
		rows = append(rows, appraised{"level " + strconv.Itoa(int(vmpl)), nil, func(c *attest.Claims) { c.VMPL = vmpl }, []fault.Code{fault.EvidVMPL}})
	}
	appraise(t, rows)
}

// case N10 code EVID_KEYTYPE check attest/policy.go:Keys
func TestN10KindOfKey(t *testing.T) {
	appraise(t, []appraised{
		{"twin: the chip's own", nil, nil, nil},
		{"twin: a provider's, which the policy names", func(p *attest.Policy) { p.Keys = append(p.Keys, attest.KeyVLEK) }, func(c *attest.Claims) { c.Key = attest.KeyVLEK }, nil},
		{"a provider's", nil, func(c *attest.Claims) { c.Key = attest.KeyVLEK }, []fault.Code{fault.EvidKeyType}},
		{"none", nil, func(c *attest.Claims) { c.Key = "" }, []fault.Code{fault.EvidKeyType}},
	})
}

// case N14 code EVID_MANIFEST check attest/policy.go:known
func TestN14AnotherManifest(t *testing.T) {
	appraise(t, []appraised{
		{"twin: the published manifest", nil, nil, nil},
		{"another manifest", nil, func(c *attest.Claims) { c.Manifest[0] ^= 1 }, []fault.Code{fault.EvidManifest}},
		{"the manifest of another image", func(p *attest.Policy) {
			p.References = append(p.References, attest.Reference{Measurement: wire.Sum([]byte("other")), Manifest: wire.Sum([]byte("its"))})
		}, func(c *attest.Claims) { c.Manifest = wire.Sum([]byte("its")) }, []fault.Code{fault.EvidManifest}},
	})
}

// case N15 code EVID_UNLISTED check attest/policy.go:measurement
func TestN15UnlistedMeasurement(t *testing.T) {
	appraise(t, []appraised{
		{"twin: a reference value", nil, nil, nil},
		{"no reference value", nil, func(c *attest.Claims) { c.Measurement[0] ^= 1 }, []fault.Code{fault.EvidUnlisted}},
		{"no measurement", nil, func(c *attest.Claims) { c.Measurement = wire.Digest{} }, []fault.Code{fault.EvidUnlisted}},
		{"withdrawn", func(p *attest.Policy) { p.References[0].Measurement = wire.Sum([]byte("v2")) }, nil, []fault.Code{fault.EvidUnlisted}},
	})
}

// case N16 code EVID_SIMULATED check attest/policy.go:schemes
func TestN16SimulatedPlatformNotNamed(t *testing.T) {
	sim := func(c *attest.Claims) { c.Scheme, c.Level = "sim", 2 }
	appraise(t, []appraised{
		{"twin: a policy that names it", func(p *attest.Policy) { p.Schemes, p.Level = []string{"sim"}, 2 }, sim, nil},
		{"a policy that does not", func(p *attest.Policy) { p.Level = 2 }, sim, []fault.Code{fault.EvidSimulated}},
		{"a policy that does not, of a higher level", nil, sim, []fault.Code{fault.EvidSimulated, fault.EvidLevel}},
		{"a policy that names it, of a higher level", func(p *attest.Policy) { p.Schemes = []string{"sim"} }, sim, []fault.Code{fault.EvidLevel}},
		{"a policy that names something like it", func(p *attest.Policy) {
			p.Schemes, p.Level = []string{"SIM", "si", "sim2"}, 2
			for _, s := range p.Schemes {
				p.Minimums = append(p.Minimums, attest.Minimum{Scheme: s})
			}
		}, sim, []fault.Code{fault.EvidSimulated}},
	})
}

// case N17 code EVID_DENIED check attest/policy.go:denied
func TestN17DeniedChip(t *testing.T) {
	bad := []fault.Code{fault.EvidDenied}
	appraise(t, []appraised{
		{"twin: another chip", nil, nil, nil},
		{"a denied chip", nil, func(c *attest.Claims) { c.Hardware = "stolen chip" }, []fault.Code{fault.EvidDenied}},
		{"denied now", deny(attest.Denial{Hardware: "chip"}), nil, bad},
		{"its product", deny(attest.Denial{Product: "Milan"}), nil, bad},
		{"its platform", deny(attest.Denial{Scheme: "snp"}), nil, bad},
		{"its firmware", deny(attest.Denial{Below: attest.TCB{{Name: "bootloader", SVN: 4}}}), nil, bad},
		{"one part of its firmware", deny(attest.Denial{Below: attest.TCB{{Name: "bootloader", SVN: 3}, {Name: "snp", SVN: 9}}}), nil, bad},
		{"firmware that does not say what it is", deny(attest.Denial{Below: attest.TCB{{Name: "fmc", SVN: 1}}}), nil, bad},
		{"twin: newer firmware", deny(attest.Denial{Below: attest.TCB{{Name: "bootloader", SVN: 3}}}), nil, nil},
		{"twin: the chip's number on another platform", deny(attest.Denial{Scheme: "tdx", Hardware: "chip"}), nil, nil},
		{"twin: another product's firmware", deny(attest.Denial{Product: "Genoa", Below: attest.TCB{{Name: "snp", SVN: 99}}}), nil, nil},
		{"all that is named at once", deny(attest.Denial{Scheme: "snp", Product: "Milan", Hardware: "chip", Below: attest.TCB{{Name: "snp", SVN: 9}}}), nil, bad},
	})
}

func deny(d attest.Denial) func(*attest.Policy) {
	return func(p *attest.Policy) { p.Denied = append(p.Denied, d) }
}

// case N17 code EVID_DENIED check attest/policy.go:Denied
func TestN17DeniedForEveryRole(t *testing.T) {
	set := attest.PolicySet{Policies: []attest.Policy{policy()}, Denied: []attest.Denial{{Product: "Genoa"}}}
	for _, tt := range []struct {
		name, product string
		want          []fault.Code
	}{
		{"twin: another product", "Milan", nil},
		{"the product", "Genoa", []fault.Code{fault.EvidDenied}},
	} {
		c := claims()
		c.Product = tt.product
		if got := codes(set.Appraise(1, node, c, bound, noon)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: Appraise = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// case N16 code EVID_DUPLICATE_HW check attest/policy.go:others
// case N17 code EVID_UNREGISTERED_HW check attest/policy.go:mine
func TestN16OneChipIsOneIdentity(t *testing.T) {
	other := wire.Address{1: 2}
	chip := func(name string, of wire.Address) attest.Chip { return attest.Chip{Hardware: name, Node: of} }
	for _, tt := range []struct {
		name     string
		registry attest.Registry
		chips    []attest.Chip
		want     []fault.Code
	}{
		{"twin: enrolled for this node", attest.RegistryEnrolled, []attest.Chip{chip("another", other), chip("chip", node)}, nil},
		{"twin: nobody needs to be enrolled", attest.RegistryOpen, []attest.Chip{chip("another", other)}, nil},
		{"enrolled for another node", attest.RegistryEnrolled, []attest.Chip{chip("chip", other)}, []fault.Code{fault.EvidDuplicateHW}},
		{"enrolled for another node where nobody needs to be", attest.RegistryOpen, []attest.Chip{chip("chip", other)}, []fault.Code{fault.EvidDuplicateHW}},
		{"enrolled for this and another node", attest.RegistryEnrolled, []attest.Chip{chip("chip", node), chip("chip", other)}, []fault.Code{fault.EvidDuplicateHW}},
		{"not enrolled", attest.RegistryEnrolled, []attest.Chip{chip("another", node)}, []fault.Code{fault.EvidUnregisteredHW}},
		{"nothing is enrolled", attest.RegistryEnrolled, nil, []fault.Code{fault.EvidUnregisteredHW}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := policy()
			p.Registry = tt.registry
			set := attest.PolicySet{Policies: []attest.Policy{p}, Chips: tt.chips}
			if got := codes(set.Appraise(1, node, claims(), bound, noon)); !slices.Equal(got, tt.want) {
				t.Errorf("Appraise = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAnIncompletePolicyAcceptsNothing(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(p *attest.Policy)
		want   fault.Code
	}{
		{"complete", func(*attest.Policy) {}, ""},
		{"nothing denied", func(p *attest.Policy) { p.Denied = nil }, ""},
		{"the zero policy", func(p *attest.Policy) { *p = attest.Policy{} }, fault.EvidPolicy},
		{"no role", func(p *attest.Policy) { p.Role = 0 }, fault.EvidPolicy},
		{"no schemes", func(p *attest.Policy) { p.Schemes = nil }, fault.EvidPolicy},
		{"no level", func(p *attest.Policy) { p.Level = 0 }, fault.EvidPolicy},
		{"a level below the simulated platform", func(p *attest.Policy) { p.Level = 1 }, fault.EvidPolicy},
		{"a level that is none", func(p *attest.Policy) { p.Level = 6 }, fault.EvidPolicy},
		{"nothing in grace, no mode accepted", func(p *attest.Policy) { p.Grace, p.Modes = nil, 0 }, ""},
		{"no registry", func(p *attest.Policy) { p.Registry = 0 }, fault.EvidPolicy},
		{"a registry that is none", func(p *attest.Policy) { p.Registry = 3 }, fault.EvidPolicy},
		{"no kinds of key", func(p *attest.Policy) { p.Keys = nil }, fault.EvidPolicy},
		{"an empty kind of key", func(p *attest.Policy) { p.Keys = append(p.Keys, "") }, fault.EvidPolicy},
		{"no statuses", func(p *attest.Policy) { p.Statuses = nil }, fault.EvidPolicy},
		{"the unknown status", func(p *attest.Policy) { p.Statuses = append(p.Statuses, attest.StatusUnknown) }, fault.EvidPolicy},
		{"the revoked status", func(p *attest.Policy) { p.Statuses = append(p.Statuses, attest.StatusRevoked) }, fault.EvidPolicy},
		{"grace without end", func(p *attest.Policy) { p.Grace[0].Until = 0 }, fault.EvidPolicy},
		{"grace for what is revoked", func(p *attest.Policy) { p.Grace[0].Status = attest.StatusRevoked }, fault.EvidPolicy},
		{"no minimums", func(p *attest.Policy) { p.Minimums = nil }, fault.EvidPolicy},
		{"no minimum for one of its platforms", func(p *attest.Policy) { p.Minimums = p.Minimums[:2] }, fault.EvidPolicy},
		{"a denial of nothing", func(p *attest.Policy) { p.Denied = append(p.Denied, attest.Denial{}) }, fault.EvidPolicy},
		{"no references", func(p *attest.Policy) { p.References = nil }, fault.EvidPolicy},
		{"a reference without measurement", func(p *attest.Policy) { p.References[0].Measurement = wire.Digest{} }, fault.EvidPolicy},
		{"a reference without manifest", func(p *attest.Policy) { p.References[0].Manifest = wire.Digest{} }, fault.EvidPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := policy()
			tt.change(&p)
			if got := fault.Of(p.Check()); got != tt.want {
				t.Errorf("Check = %q, want %q", got, tt.want)
			}
			got := codes(p.Appraise(claims(), bound, noon))
			if slices.Contains(got, fault.EvidPolicy) != (tt.want != "") || tt.want == "" && len(got) > 0 {
				t.Errorf("Appraise = %v", got)
			}
			set := attest.PolicySet{Policies: []attest.Policy{p}}
			if got := codes(set.Appraise(1, node, claims(), bound, noon)); slices.Contains(got, fault.EvidPolicy) != (tt.want != "") {
				t.Errorf("the set's Appraise = %v", got)
			}
			if _, err := set.For(1); fault.Of(err) != tt.want {
				t.Errorf("For = %v, want %q", err, tt.want)
			}
		})
	}
	// The zero policy refuses even what is all zero.
	if got := (attest.Policy{}).Appraise(attest.Claims{}, attest.ReportData{}, noon); len(got) == 0 {
		t.Error("the zero policy accepts zero claims")
	}
	if _, err := (attest.PolicySet{Policies: []attest.Policy{policy()}}).For(2); fault.Of(err) != fault.EvidPolicy {
		t.Errorf("For another role = %v, want EVID_POLICY", err)
	}
}

// A policy is a file that people write: what it says in words comes back as it
// went, and a word that means nothing is refused with those that do.
func TestPoliciesAreReadableFiles(t *testing.T) {
	b, err := json.Marshal(attest.PolicySet{Generation: 7, Policies: []attest.Policy{policy()}, Chips: []attest.Chip{{Hardware: "chip", Node: node}}})
	if err != nil {
		t.Fatal(err)
	}
	var back attest.PolicySet
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back.Policies[0], policy()) {
		t.Errorf("policy comes back as %+v, %v", back, err)
	}
	for _, word := range []string{`"open"`, `"UpToDate"`, `"SWHardeningNeeded"`, `"2027-01-31T12:00:00Z"`, `"modes":"none"`} {
		if !strings.Contains(string(b), word) {
			t.Errorf("the file lacks %s: %s", word, b)
		}
	}
	for _, tt := range []struct{ name, from, to string }{
		{"a registry", `"open"`, `"opened"`},
		{"a status", `"UpToDate"`, `"uptodate"`},
		{"the status that nobody knows", `"UpToDate"`, `"unknown"`},
		{"a mode", `"modes":"none"`, `"modes":"debug+x"`},
		{"a date", `"2027-01-31T12:00:00Z"`, `"tomorrow"`},
		{"a date before 1970", `"2027-01-31T12:00:00Z"`, `"1969-01-31T12:00:00Z"`},
	} {
		if err := json.Unmarshal([]byte(strings.ReplaceAll(string(b), tt.from, tt.to)), &back); fault.Of(err) != fault.EvidPolicy {
			t.Errorf("%s: Unmarshal = %v, want EVID_POLICY", tt.name, err)
		}
	}
	for m, want := range map[attest.Mode]string{0: "none", attest.ModeDebug | attest.ModeSMT: "debug+smt", 1 << 20: "unknown"} {
		var got attest.Mode
		if m.String() != want {
			t.Errorf("mode %d is %q, want %q", m, m, want)
		}
		if err := got.UnmarshalText([]byte(want)); want != "unknown" && (err != nil || got != m) {
			t.Errorf("mode %q is read as %v, %v", want, got, err)
		}
	}
}

func FuzzAppraise(f *testing.F) {
	f.Add("snp", uint8(4), uint32(3), uint32(0), "chip", []byte("x"))
	f.Fuzz(func(t *testing.T, scheme string, level uint8, svn uint32, modes uint32, hardware string, m []byte) {
		c := claims()
		c.Scheme, c.Level, c.SVN, c.Modes, c.Hardware, c.Measurement = scheme, level, svn, attest.Mode(modes), hardware, wire.Sum(m)
		if len(policy().Appraise(c, bound, noon)) == 0 {
			t.Fatal("a foreign measurement is accepted")
		}
		c = claims()
		c.Level = level
		if ok := len(policy().Appraise(c, bound, noon)) == 0; ok != (level >= 4) {
			t.Fatalf("level %d: accepted is %v", level, ok)
		}
	})
}

func ExamplePolicy_Appraise() {
	p := attest.Policy{
		Role: 1, Schemes: []string{"snp"}, Level: 4, Registry: attest.RegistryOpen, Keys: []string{attest.KeyVCEK},
		References: []attest.Reference{{Name: "v1", Measurement: wire.Sum([]byte("v1")), Manifest: wire.Sum([]byte("m"))}},
		Statuses:   []attest.Status{attest.StatusNotStated},
		Minimums:   []attest.Minimum{{Scheme: "snp", TCB: attest.TCB{{Name: "microcode", SVN: 115}}}},
	}
	c := attest.Claims{
		Scheme: "snp", Level: 4, Measurement: wire.Sum([]byte("v1")), Manifest: wire.Sum([]byte("m")), Key: attest.KeyVCEK,
		Status: attest.StatusNotStated, TCB: attest.TCB{{Name: "microcode", SVN: 93}}, Modes: attest.ModeDebug,
	}
	for _, short := range p.Appraise(c, attest.ReportData{}, noon) {
		fmt.Println(short)
	}
	// Output:
	// EVID_MODE: appraise evidence: rule modes: expected none, got debug
	// EVID_TCB_STATUS: appraise evidence: rule TCB since 1970-01-01T00:00:00Z: expected at least microcode=115, got microcode=93
}
