package cmw_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"tacit/attest"
	"tacit/attest/cmw"
	"tacit/fault"
)

var evidence = attest.Evidence{Scheme: "snp", Report: []byte("report"), Collateral: [][]byte{[]byte("certificate"), {}}}

func TestEvidenceGoesAndComesInBothForms(t *testing.T) {
	for name, wrap := range map[string]func(attest.Evidence) ([]byte, error){"JSON": cmw.JSON, "CBOR": cmw.CBOR} {
		b, err := wrap(evidence)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cmw.Open(b)
		if err != nil || !reflect.DeepEqual(got, evidence) {
			t.Errorf("%s: Open = %+v, %v", name, got, err)
		}
		if name == "JSON" {
			if got, err := cmw.Open(append([]byte(" \n"), b...)); err != nil || got.Digest() != evidence.Digest() {
				t.Errorf("with white space around it: %v", err)
			}
		}
	}
}

func TestWhatIsNoEvidenceIsRefused(t *testing.T) {
	good, err := cmw.JSON(evidence)
	if err != nil {
		t.Fatal(err)
	}
	var parts []any
	if err := json.Unmarshal(good, &parts); err != nil {
		t.Fatal(err)
	}
	record := func(members ...any) []byte {
		b, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	large, err := cmw.CBOR(attest.Evidence{Scheme: "snp", Report: make([]byte, 64<<10+1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		b    []byte
		want fault.Code
	}{
		{"twin", good, ""},
		{"twin: without an indicator", record(parts[0], parts[1]), ""},
		{"twin: evidence and something else", record(parts[0], parts[1], 5), ""},
		{"nothing", nil, fault.APIField},
		{"text", []byte("hello"), fault.APIField},
		{"an object", []byte("{}"), fault.APIField},
		{"one member", record(parts[0]), fault.APIField},
		{"four members", record(parts[0], parts[1], 4, 4), fault.APIField},
		{"another type", record("application/json", parts[1]), fault.APIField},
		{"a type that is a number", record(7, parts[1]), fault.APIField},
		{"an attestation result", record(parts[0], parts[1], 8), fault.APIField},
		{"a value that is no base64url", record(parts[0], "???"), fault.APIField},
		{"a value that is no evidence", record(parts[0], "AAAA"), fault.APIField},
		{"CBOR of another type", []byte("\x83\x6atext/plain\x41x\x04"), fault.APIField},
		{"CBOR of fewer members", []byte("\x82\x6atext/plain\x41x"), fault.APIField},
		{"CBOR in another encoding", []byte("\x83\x6atext/plain\x58\x01x\x04"), fault.APIField},
		{"CBOR cut short", large[:40], fault.APIField},
		{"evidence that is too large", large, fault.APISize},
		{"a file that is too large", bytes.Repeat([]byte{'['}, cmw.Most+1), fault.APISize},
	} {
		if _, err := cmw.Open(tt.b); fault.Of(err) != tt.want {
			t.Errorf("%s: Open = %v, want %q", tt.name, err, tt.want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, wrap := range []func(attest.Evidence) ([]byte, error){cmw.JSON, cmw.CBOR} {
		b, err := wrap(evidence)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := cmw.Open(b)
		if err != nil {
			return
		}
		again, err := cmw.CBOR(e)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := cmw.Open(again); err != nil || back.Digest() != e.Digest() {
			t.Fatalf("%+v comes back as %+v, %v", e, back, err)
		}
	})
}
