package attest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

var (
	image, manifest = wire.Sum([]byte("image")), wire.Sum([]byte("manifest"))
	bound           = attest.TaskTranscript{Task: wire.Sum([]byte("task"))}.Data()
)

func policy() attest.Policy {
	return attest.Policy{
		Role: 1, Schemes: []string{"snp", "sgx"}, Level: 4,
		References: []attest.Reference{{Name: "enclave v1", Measurement: image, Manifest: manifest, SVN: 3}},
		Denied:     []string{"stolen chip"},
	}
}

func claims() attest.Claims {
	return attest.Claims{
		Scheme: "snp", Level: 4, Boundary: attest.BoundaryMachine, Measurement: image, Manifest: manifest, SVN: 3, Hardware: "chip", Data: bound,
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
			short := p.Appraise(c, bound)
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
		{"a higher level", nil, func(c *attest.Claims) { c.Scheme, c.Level = "sgx", 5 }, nil},
		{"an older security version", nil, func(c *attest.Claims) { c.SVN = 2 }, []fault.Code{fault.EvidUnlisted}},
		{"a lower level", nil, func(c *attest.Claims) { c.Level = 3 }, []fault.Code{fault.EvidLevel}},
		{"another platform", nil, func(c *attest.Claims) { c.Scheme = "tdx" }, []fault.Code{fault.EvidUnlisted}},
		{"several references of one measurement", func(p *attest.Policy) {
			p.References = append([]attest.Reference{{Measurement: image, Manifest: wire.Sum([]byte("other"))}}, p.References...)
		}, nil, nil},
		{"everything at once", nil, func(c *attest.Claims) {
			*c = attest.Claims{Scheme: "sim", Level: 2, Measurement: wire.Sum([]byte("x")), Debug: true, Hardware: "stolen chip"}
		}, []fault.Code{fault.EvidSimulated, fault.EvidLevel, fault.EvidMode, fault.EvidDenied, fault.EvidUnlisted, fault.EvidBinding}},
	})
}

// case N02 code EVID_BINDING check attest/attest.go:want
func TestN02BoundToAnotherTranscript(t *testing.T) {
	appraise(t, []appraised{
		{"twin: this transcript", nil, nil, nil},
		{"another transcript", nil, func(c *attest.Claims) { c.Data[63] ^= 1 }, []fault.Code{fault.EvidBinding}},
		{"no transcript", nil, func(c *attest.Claims) { c.Data = attest.ReportData{} }, []fault.Code{fault.EvidBinding}},
	})
}

// case N04 code EVID_MODE check attest/attest.go:debug
func TestN04DebugIsNeverAcceptable(t *testing.T) {
	appraise(t, []appraised{
		{"twin: debug off", nil, nil, nil},
		{"debug on", nil, func(c *attest.Claims) { c.Debug = true }, []fault.Code{fault.EvidMode}},
	})
}

// case N14 code EVID_MANIFEST check attest/attest.go:known
func TestN14AnotherManifest(t *testing.T) {
	appraise(t, []appraised{
		{"twin: the published manifest", nil, nil, nil},
		{"another manifest", nil, func(c *attest.Claims) { c.Manifest[0] ^= 1 }, []fault.Code{fault.EvidManifest}},
		{"the manifest of another image", func(p *attest.Policy) {
			p.References = append(p.References, attest.Reference{Measurement: wire.Sum([]byte("other")), Manifest: wire.Sum([]byte("its"))})
		}, func(c *attest.Claims) { c.Manifest = wire.Sum([]byte("its")) }, []fault.Code{fault.EvidManifest}},
	})
}

// case N15 code EVID_UNLISTED check attest/attest.go:measurement
func TestN15UnlistedMeasurement(t *testing.T) {
	appraise(t, []appraised{
		{"twin: a reference value", nil, nil, nil},
		{"no reference value", nil, func(c *attest.Claims) { c.Measurement[0] ^= 1 }, []fault.Code{fault.EvidUnlisted}},
		{"no measurement", nil, func(c *attest.Claims) { c.Measurement = wire.Digest{} }, []fault.Code{fault.EvidUnlisted}},
		{"withdrawn", func(p *attest.Policy) { p.References[0].Measurement = wire.Sum([]byte("v2")) }, nil, []fault.Code{fault.EvidUnlisted}},
	})
}

// case N16 code EVID_SIMULATED check attest/attest.go:schemes
func TestN16SimulatedPlatformNotNamed(t *testing.T) {
	sim := func(c *attest.Claims) { c.Scheme, c.Level = "sim", 2 }
	appraise(t, []appraised{
		{"twin: a policy that names it", func(p *attest.Policy) { p.Schemes, p.Level = []string{"sim"}, 2 }, sim, nil},
		{"a policy that does not", func(p *attest.Policy) { p.Level = 2 }, sim, []fault.Code{fault.EvidSimulated}},
		{"a policy that does not, of a higher level", nil, sim, []fault.Code{fault.EvidSimulated, fault.EvidLevel}},
		{"a policy that names it, of a higher level", func(p *attest.Policy) { p.Schemes = []string{"sim"} }, sim, []fault.Code{fault.EvidLevel}},
		{"a policy that names something like it", func(p *attest.Policy) { p.Schemes, p.Level = []string{"SIM", "si", "sim2"}, 2 }, sim, []fault.Code{fault.EvidSimulated}},
	})
	for _, schemes := range []attest.Schemes{nil, {always("snp")}} {
		_, err := schemes.Verify(t.Context(), attest.Evidence{Scheme: "sim", Report: []byte{1}}, time.Now())
		if fault.Of(err) != fault.EvidSimulated {
			t.Errorf("Verify without the scheme = %v, want EVID_SIMULATED", err)
		}
	}
}

// case N17 code EVID_DENIED check attest/attest.go:denied
func TestN17DeniedChip(t *testing.T) {
	appraise(t, []appraised{
		{"twin: another chip", nil, nil, nil},
		{"a denied chip", nil, func(c *attest.Claims) { c.Hardware = "stolen chip" }, []fault.Code{fault.EvidDenied}},
		{"denied now", func(p *attest.Policy) { p.Denied = append(p.Denied, "chip") }, nil, []fault.Code{fault.EvidDenied}},
	})
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
			got := codes(p.Appraise(claims(), bound))
			if slices.Contains(got, fault.EvidPolicy) != (tt.want != "") || tt.want == "" && len(got) > 0 {
				t.Errorf("Appraise = %v", got)
			}
			set := attest.PolicySet{Policies: []attest.Policy{p}}
			if _, err := set.For(1); fault.Of(err) != tt.want {
				t.Errorf("For = %v, want %q", err, tt.want)
			}
		})
	}
	// The zero policy refuses even what is all zero.
	if got := (attest.Policy{}).Appraise(attest.Claims{}, attest.ReportData{}); len(got) == 0 {
		t.Error("the zero policy accepts zero claims")
	}
	if _, err := (attest.PolicySet{Policies: []attest.Policy{policy()}}).For(2); fault.Of(err) != fault.EvidPolicy {
		t.Errorf("For another role = %v, want EVID_POLICY", err)
	}
}

// always is a scheme whose evidence is always genuine.
type always string

func (a always) Name() string { return string(a) }

func (a always) Verify(context.Context, attest.Evidence, time.Time) (attest.Claims, error) {
	return attest.Claims{Scheme: string(a)}, nil
}

func TestSchemesChooseByName(t *testing.T) {
	schemes := attest.Schemes{always("snp"), always("tdx")}
	big := make([]byte, 64<<10+1)
	for _, tt := range []struct {
		name string
		e    attest.Evidence
		want fault.Code
	}{
		{"linked", attest.Evidence{Scheme: "tdx", Report: []byte{1}}, ""},
		{"as large as may be", attest.Evidence{Scheme: "tdx", Report: big[1:], Collateral: slices.Repeat([][]byte{big[1:]}, 16)}, ""},
		{"unknown", attest.Evidence{Scheme: "sgx", Report: []byte{1}}, fault.EvidForged},
		{"no scheme", attest.Evidence{Report: []byte{1}}, fault.EvidForged},
		{"no report", attest.Evidence{Scheme: "tdx"}, fault.APISize},
		{"report too large", attest.Evidence{Scheme: "tdx", Report: big}, fault.APISize},
		{"collateral too large", attest.Evidence{Scheme: "tdx", Report: []byte{1}, Collateral: [][]byte{big}}, fault.APISize},
		{"too much collateral", attest.Evidence{Scheme: "tdx", Report: []byte{1}, Collateral: make([][]byte, 17)}, fault.APISize},
		{"a name too long", attest.Evidence{Scheme: strings.Repeat("x", 17), Report: []byte{1}}, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := schemes.Verify(t.Context(), tt.e, time.Now())
			if fault.Of(err) != tt.want || err == nil && c.Scheme != tt.e.Scheme {
				t.Errorf("Verify = %+v, %v, want %q", c, err, tt.want)
			}
		})
	}
	for scheme, level := range map[string]uint8{"sim": 2, "tpm": 3, "snp": 4, "tdx": 4, "sgx": 5, "": 0, "SGX": 0} {
		if got := attest.LevelOf(scheme); got != level {
			t.Errorf("LevelOf(%q) = %d, want %d", scheme, got, level)
		}
	}
}

// differ changes every field of a struct in turn and calls seen with each.
func differ[T any](t *testing.T, seen func(field string, v T)) {
	t.Helper()
	typ := reflect.TypeFor[T]()
	for i := range typ.NumField() {
		var v T
		f := reflect.ValueOf(&v).Elem().Field(i)
		switch f.Kind() {
		case reflect.Array:
			f.Index(f.Len() - 1).SetUint(1)
		case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
			f.SetUint(1)
		case reflect.String:
			f.SetString("x")
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		default:
			t.Fatalf("field %s is of a kind that this test does not change", typ.Field(i).Name)
		}
		seen(typ.Field(i).Name, v)
	}
}

func TestTranscriptsCommitToEveryField(t *testing.T) {
	seen := map[attest.ReportData]string{{}: "nothing"}
	note := func(name string, d attest.ReportData) {
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s have the same report data", name, other)
		}
		seen[d] = name
	}
	note("empty task", attest.TaskTranscript{}.Data())
	note("empty channel", attest.ChannelTranscript{}.Data())
	differ(t, func(f string, v attest.TaskTranscript) { note("task "+f, v.Data()) })
	differ(t, func(f string, v attest.ChannelTranscript) { note("channel "+f, v.Data()) })
	digests := map[wire.Digest]string{attest.Evidence{}.Digest(): "empty", attest.PolicySet{}.Digest(): "empty set"}
	differ(t, func(f string, v attest.Evidence) {
		if other, ok := digests[v.Digest()]; ok {
			t.Errorf("evidence: %s and %s have the same digest", f, other)
		}
		digests[v.Digest()] = f
	})
	differ(t, func(f string, v attest.PolicySet) {
		if other, ok := digests[v.Digest()]; ok {
			t.Errorf("policy set: %s and %s have the same digest", f, other)
		}
		digests[v.Digest()] = f
	})
}

// device runs the platform's end of a device and returns the program's.
func device(t *testing.T, answer func(attest.DeviceRequest) (attest.DeviceReply, error)) (*attest.Device, <-chan error) {
	t.Helper()
	a, b := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- attest.ServeDevice(b, answer) }()
	t.Cleanup(func() { a.Close(); b.Close() })
	return attest.NewDevice(a), ended
}

func TestDeviceAnswers(t *testing.T) {
	d, _ := device(t, func(r attest.DeviceRequest) (attest.DeviceReply, error) {
		switch r.Seal {
		case "":
			return attest.DeviceReply{Evidence: attest.Evidence{Scheme: "snp", Report: r.Data}}, nil
		case "short":
			return attest.DeviceReply{Key: make([]byte, 31)}, nil
		case "refused":
			return attest.DeviceReply{}, fmt.Errorf("deep inside: %w", fault.New(fault.EvidCaller, "canary"))
		case "broken":
			return attest.DeviceReply{}, errors.New("canary")
		}
		return attest.DeviceReply{Key: bytes.Repeat([]byte{7}, 32)}, nil
	})
	ctx := t.Context()
	if e, err := d.Evidence(ctx, bound); err != nil || !bytes.Equal(e.Report, bound[:]) {
		t.Errorf("Evidence = %v, %v", e, err)
	}
	if k, err := d.SealingKey(ctx, "state"); err != nil || len(k) != 32 {
		t.Errorf("SealingKey = %x, %v", k, err)
	}
	for label, want := range map[string]fault.Code{"": fault.APIField, "short": fault.EvidUnavailable, "refused": fault.EvidCaller, "broken": fault.Internal} {
		k, err := d.SealingKey(ctx, label)
		if fault.Of(err) != want || k != nil || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("SealingKey(%q) = %x, %v, want %q", label, k, err, want)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := d.Evidence(cancelled, bound); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("Evidence after the end of the context = %v", err)
	}
	if _, err := d.Evidence(ctx, bound); err != nil {
		t.Errorf("Evidence after a request that was never sent = %v", err)
	}
}

// After an answer that could not be read the next one may be that of the
// request before: the device is not asked again.
func TestADeviceOutOfStepStaysRefused(t *testing.T) {
	var in bytes.Buffer
	in.Write([]byte{0, 0, 0, 1, 0xff})
	if err := attest.WriteDevice(&in, "tacit/device/reply", attest.DeviceReply{Key: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	d := attest.NewDevice(struct {
		io.Reader
		io.Writer
	}{&in, io.Discard})
	for range 2 {
		if k, err := d.SealingKey(t.Context(), "state"); fault.Of(err) != fault.EvidUnavailable || k != nil {
			t.Errorf("SealingKey = %x, %v, want EVID_COLLATERAL_UNAVAILABLE", k, err)
		}
	}
}

func TestMalformedRequestsEndTheDevice(t *testing.T) {
	for _, tt := range []struct {
		name string
		sent []byte
		want error
	}{
		{"the end", nil, io.EOF},
		{"cut short", []byte{0, 0, 0, 9, 1}, io.ErrUnexpectedEOF},
		{"no message", []byte{0, 0, 0, 0}, fault.APIField},
		{"another message", []byte{0, 0, 0, 1, 0xa0}, fault.APIField},
		{"4 GiB", []byte{0xff, 0xff, 0xff, 0xff}, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := struct {
				io.Reader
				io.Writer
			}{bytes.NewReader(tt.sent), io.Discard}
			err := attest.ServeDevice(conn, func(attest.DeviceRequest) (attest.DeviceReply, error) {
				t.Error("it was answered")
				return attest.DeviceReply{}, nil
			})
			if !errors.Is(err, tt.want) {
				t.Errorf("ServeDevice = %v, want %v", err, tt.want)
			}
		})
	}
}

func FuzzReadDevice(f *testing.F) {
	var b bytes.Buffer
	if err := attest.WriteDevice(&b, "tacit/device/request", attest.DeviceRequest{Data: bound[:], Seal: "x"}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		var req attest.DeviceRequest
		r := bytes.NewReader(data)
		if attest.ReadDevice(r, "tacit/device/request", &req) != nil {
			return
		}
		var again bytes.Buffer
		if err := attest.WriteDevice(&again, "tacit/device/request", req); err != nil || !bytes.Equal(again.Bytes(), data[:len(data)-r.Len()]) {
			t.Fatalf("accepted %x, which encodes as %x, %v", data, again.Bytes(), err)
		}
	})
}

func FuzzAppraise(f *testing.F) {
	f.Add("snp", uint8(4), uint32(3), false, "chip", []byte("x"))
	f.Fuzz(func(t *testing.T, scheme string, level uint8, svn uint32, debug bool, hardware string, m []byte) {
		c := claims()
		c.Scheme, c.Level, c.SVN, c.Debug, c.Hardware, c.Measurement = scheme, level, svn, debug, hardware, wire.Sum(m)
		if len(policy().Appraise(c, bound)) == 0 {
			t.Fatal("a foreign measurement is accepted")
		}
		c = claims()
		c.Level = level
		if ok := len(policy().Appraise(c, bound)) == 0; ok != (level >= 4) {
			t.Fatalf("level %d: accepted is %v", level, ok)
		}
	})
}

func ExamplePolicy_Appraise() {
	p := attest.Policy{
		Role: 1, Schemes: []string{"snp"}, Level: 4,
		References: []attest.Reference{{Name: "v1", Measurement: wire.Sum([]byte("v1")), Manifest: wire.Sum([]byte("m")), SVN: 8}},
	}
	c := attest.Claims{Scheme: "snp", Level: 4, Measurement: wire.Sum([]byte("v1")), Manifest: wire.Sum([]byte("m")), SVN: 7, Debug: true}
	for _, short := range p.Appraise(c, attest.ReportData{}) {
		fmt.Println(short)
	}
	// Output:
	// EVID_MODE: appraise evidence: rule debug: expected off, got on
	// EVID_UNLISTED: appraise evidence: rule security version: expected at least 8, got 7
}
