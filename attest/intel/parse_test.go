package intel

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-tdx-guest/pcs"

	"tacit/attest"
	"tacit/attest/intel/inteltest"
)

func TestTwoWordsTogether(t *testing.T) {
	const (
		up, sw, conf, both = attest.StatusUpToDate, attest.StatusSWHardeningNeeded, attest.StatusConfigurationNeeded, attest.StatusConfigurationAndSWHardeningNeeded
		old, oldConf       = attest.StatusOutOfDate, attest.StatusOutOfDateConfigurationNeeded
		revoked, none      = attest.StatusRevoked, attest.StatusUnknown
	)
	for _, tt := range []struct{ a, b, want attest.Status }{
		{up, up, up}, {sw, up, sw}, {conf, up, conf}, {both, up, both}, {sw, conf, both}, {old, up, old}, {old, sw, old}, {old, conf, oldConf},
		{old, both, oldConf}, {oldConf, up, oldConf}, {oldConf, old, oldConf}, {revoked, up, revoked}, {revoked, old, revoked}, {none, up, none},
		{none, revoked, none}, {attest.StatusNotStated, up, none}, {attest.StatusNotStated, attest.StatusNotStated, none},
	} {
		if got := worst(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: %s, want %s", tt.a, tt.b, got, tt.want)
		}
		if got := worst(tt.b, tt.a); got != tt.want {
			t.Errorf("%s and %s: %s, want %s", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestPCKExtensions(t *testing.T) {
	i := inteltest.New(t, attest.SchemeSGX)
	i.SMT = true
	good := i.Extension()
	p, wrong := parsePCK(good)
	if wrong != "" || !p.SMT || p.PCESVN != 13 || p.Components != i.Components || p.FMSPC != "50806f000000" || p.PCEID != "0000" {
		t.Errorf("twin: %+v, %s", p, wrong)
	}
	theirs, err := pcs.PckCertificateExtensions(i.PCK)
	if err != nil || theirs.FMSPC != p.FMSPC || theirs.PPID != p.PPID || theirs.PCEID != p.PCEID || theirs.TCB.PCESvn != p.PCESVN ||
		!bytes.Equal(theirs.TCB.CPUSvnComponents, p.Components[:]) {
		t.Errorf("the library reads %+v, %v", theirs, err)
	}

	var list []asn1.RawValue
	if _, err := asn1.Unmarshal(good, &list); err != nil {
		t.Fatal(err)
	}
	pack := func(l ...asn1.RawValue) []byte {
		b, err := asn1.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	put := func(id int, v any) asn1.RawValue {
		b, err := asn1.Marshal(pkix.AttributeTypeAndValue{Type: below(id), Value: v})
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: b}
	}
	for _, tt := range []struct {
		name string
		der  []byte
	}{
		{"nothing", nil}, {"something behind", append(slices.Clone(good), 0)}, {"one twice", pack(append(slices.Clone(list), list[0])...)},
		{"no PPID", pack(list[1:]...)}, {"no TCB", pack(list[0], list[2], list[3])}, {"no PCEID", pack(list[0], list[1], list[3])}, {"no FMSPC", pack(list[:3]...)},
		{"a short PPID", pack(append([]asn1.RawValue{put(1, []byte{1})}, list[1:]...)...)},
		{"a PPID that is a number", pack(append([]asn1.RawValue{put(1, 5)}, list[1:]...)...)},
		{"a name of another's", pack(append(slices.Clone(list), asn1.RawValue{FullBytes: func() []byte {
			b, _ := asn1.Marshal(pkix.AttributeTypeAndValue{Type: []int{1, 2, 3}, Value: 1})
			return b
		}()})...)},
		{"a configuration that is none", pack(append(slices.Clone(list[:6]), put(7, 1))...)},
	} {
		if p, wrong := parsePCK(tt.der); wrong == "" {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(i *inteltest.Intel)
	}{
		{"a PCESVN of 17 bits", func(i *inteltest.Intel) { i.PCESVN = 1 << 16 }}, {"a negative PCESVN", func(i *inteltest.Intel) { i.PCESVN = -1 }},
	} {
		i := inteltest.New(t, attest.SchemeSGX)
		tt.change(i)
		if _, wrong := parsePCK(i.Extension()); wrong == "" {
			t.Errorf("%s is read", tt.name)
		}
	}
	if p, wrong := parsePCK(pack(list[:4]...)); wrong != "" || p.SMT {
		t.Errorf("twin: of a processor CA: %+v, %s", p, wrong)
	}
}

// Whatever is read is made of what was given, and of all of it.
func FuzzPCKExtensions(f *testing.F) {
	f.Add(inteltest.New(f, attest.SchemeSGX).Extension())
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, der []byte) {
		p, wrong := parsePCK(der)
		if wrong != "" {
			if !reflect.ValueOf(p).IsZero() {
				t.Errorf("%s, and yet %+v", wrong, p)
			}
			return
		}
		if len(p.PPID) != 32 || len(p.FMSPC) != 12 || len(p.PCEID) != 4 || len(p.tcb()) != 17 {
			t.Errorf("%+v", p)
		}
	})
}

func FuzzTCBInfo(f *testing.F) {
	for _, scheme := range []string{attest.SchemeSGX, attest.SchemeTDX} {
		i := inteltest.New(f, scheme)
		f.Add(i.Collateral()[PieceTCBInfo], i.Body)
	}
	f.Fuzz(func(t *testing.T, text, body []byte) {
		statement, _, ok := split(text, "tcbInfo")
		if !ok {
			return
		}
		var p platform
		if json.Unmarshal(statement, &p.tcb) != nil || len(body) != DomainSize {
			return
		}
		v := &Verifier{scheme: attest.SchemeTDX, tee: teeTDX}
		var out Platform
		got, err := v.judgeTCB(p, Quote{Body: body}, &out)
		if err == nil && got >= attest.StatusUpToDate && len(p.tcb.Levels) == 0 {
			t.Error("a word without levels")
		}
	})
}

func FuzzQEIdentity(f *testing.F) {
	i := inteltest.New(f, attest.SchemeSGX)
	f.Add(i.Collateral()[PieceQE], i.QE[:])
	f.Fuzz(func(t *testing.T, text, report []byte) {
		statement, _, ok := split(text, "enclaveIdentity")
		var want qeIdentity
		if !ok || json.Unmarshal(statement, &want) != nil || len(report) != EnclaveSize {
			return
		}
		v := &Verifier{scheme: attest.SchemeSGX}
		if _, err := v.judgeQE(want, report); err == nil && (!bytes.Equal(want.Signer, report[128:160]) || report[48]&2 != 0) {
			t.Errorf("it takes %x", report)
		}
	})
}
