package tsm

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-configfs-tsm/configfs/configfsi"
	"github.com/google/go-configfs-tsm/configfs/faketsm"

	"tacit/attest"
	"tacit/fault"
)

// kernel is a fake one with a provider and what it says besides the report.
func kernel(provider string, aux []byte) configfsi.Client {
	s := faketsm.ReportV7(0)
	read := s.ReadAttr
	s.ReadAttr = func(e *faketsm.ReportEntry, attr string) ([]byte, error) {
		switch attr {
		case "provider":
			return []byte(provider), nil
		case "auxblob":
			return aux, nil
		}
		return read(e, attr)
	}
	return &faketsm.Client{Subsystems: map[string]configfsi.Client{"report": s}}
}

// tableOf writes a table of certificates.
func tableOf(named ...string) []byte {
	b := make([]byte, 24*(len(named)/2+1))
	for i := 0; i < len(named); i += 2 {
		name, err := hex.DecodeString(strings.ReplaceAll(named[i], "-", ""))
		if err != nil {
			panic(err) // a constant of a test
		}
		copy(b[i/2*24:], name)
		binary.LittleEndian.PutUint32(b[i/2*24+16:], uint32(len(b)))
		binary.LittleEndian.PutUint32(b[i/2*24+20:], uint32(len(named[i+1])))
		b = append(b, named[i+1]...)
	}
	return b
}

const (
	vcek = "63da758d-e664-4564-adc5-f4b93be8accd"
	ask  = "4ab7b379-bbac-4fe4-a02f-05aef327c782"
	ark  = "c0b406a4-a803-4952-9743-3fb6014cd0ae"
)

func TestAGuestQuotesThroughItsKernel(t *testing.T) {
	data := attest.ReportData{1, 2, 3}
	far := tableOf(vcek, "key")
	far[16], far[17] = 0xff, 0xff
	for _, tt := range []struct {
		name, provider string
		aux            []byte
		scheme         string
		certificates   string
		want           fault.Code
	}{
		{"twin: SNP", "sev_guest\n", tableOf(ark, "root", ask, "middle", vcek, "key"), "snp", "key middle", ""},
		{"twin: SNP with a key alone", "sev_guest\n", tableOf(vcek, "key"), "snp", "key", ""},
		{"twin: SNP without certificates", "sev_guest\n", nil, "snp", "", ""},
		{"twin: TDX", "tdx_guest\n", nil, "tdx", "", ""},
		{"another provider", "other\n", nil, "", "", fault.EvidUnavailable},
		{"a table that does not end", "sev_guest\n", tableOf(vcek, "key")[:30], "", "", fault.EvidUnavailable},
		{"a certificate outside the table", "sev_guest\n", far, "", "", fault.EvidUnavailable},
		{"a table of a thousand names", "sev_guest\n", bytes.Repeat(append([]byte{1}, make([]byte, 23)...), 1000), "", "", fault.EvidUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := NewDevice(Configfs(kernel(tt.provider, tt.aux)), nil)
			e, err := d.Evidence(t.Context(), data)
			if err != nil != (tt.want != "") || err != nil && fault.Of(err) != tt.want {
				t.Fatalf("Evidence = %v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			if got := string(bytes.Join(e.Collateral, []byte(" "))); e.Scheme != tt.scheme || got != tt.certificates {
				t.Errorf("scheme %q, certificates %q", e.Scheme, got)
			}
			if !bytes.Contains(e.Report, []byte(hex.EncodeToString(data[:]))) && !bytes.Contains(e.Report, data[:]) {
				t.Errorf("the report is over other data: %q", e.Report)
			}
		})
	}
}

func TestAnEnclaveQuotesThroughGramine(t *testing.T) {
	data := attest.ReportData{4, 5, 6}
	dir := t.TempDir()
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := NewDevice(Gramine(dir), func(_ context.Context, e attest.Evidence) (attest.Evidence, error) {
		e.Collateral = [][]byte{[]byte("collateral of " + e.Scheme + " " + string(e.Report))}
		return e, nil
	})
	refused := func(name string) {
		t.Helper()
		if _, err := d.Evidence(t.Context(), data); fault.Of(err) != fault.EvidUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("no Gramine")
	put("attestation_type", "none\n")
	refused("Gramine without attestation")
	put("attestation_type", "dcap\n")
	refused("no quote")
	put("quote", "a quote")
	e, err := d.Evidence(t.Context(), data)
	if err != nil || e.Scheme != "sgx" || string(e.Report) != "a quote" || string(e.Collateral[0]) != "collateral of sgx a quote" {
		t.Errorf("evidence = %+v, %v", e, err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "user_report_data")); err != nil || !bytes.Equal(got, data[:]) {
		t.Errorf("report data = %x, %v", got, err)
	}
	d.complete = func(_ context.Context, e attest.Evidence) (attest.Evidence, error) {
		return e, errors.New("no network")
	}
	refused("no collateral")
	put("quote", "")
	d.complete = nil
	if _, err := d.Evidence(t.Context(), data); fault.Of(err) != fault.APISize {
		t.Errorf("an empty quote: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "user_report_data")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "user_report_data"), 0o700); err != nil {
		t.Fatal(err)
	}
	refused("report data that cannot be written")
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Evidence(done, data); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("after the end: %v", err)
	}
}

// case N18 code EVID_CALLER check attest/device.go:Answer
func TestN18ADeviceQuotesTranscriptsOnly(t *testing.T) {
	d := NewDevice(Configfs(kernel("tdx_guest\n", nil)), nil)
	ours, theirs := net.Pipe()
	defer ours.Close()
	go func() { _ = d.Serve(context.Background(), theirs) }()
	for _, tt := range []struct {
		name string
		size int
		want string
	}{{"32 bytes", 32, "EVID_CALLER"}, {"65 bytes", 65, "EVID_CALLER"}, {"twin: 64 bytes", 64, ""}} {
		t.Run(tt.name, func(t *testing.T) {
			if err := attest.WriteDevice(ours, "tacit/device/request", attest.DeviceRequest{Data: make([]byte, tt.size)}); err != nil {
				t.Fatal(err)
			}
			var reply attest.DeviceReply
			if err := attest.ReadDevice(ours, "tacit/device/reply", &reply); err != nil || reply.Code != tt.want {
				t.Errorf("code = %q, want %q (%v)", reply.Code, tt.want, err)
			}
		})
	}
	agent := attest.NewDevice(ours)
	one, err := agent.SealingKey(t.Context(), "code cache")
	if err != nil {
		t.Fatal(err)
	}
	if same, err := agent.SealingKey(t.Context(), "code cache"); err != nil || !bytes.Equal(one, same) {
		t.Errorf("the same label: %v", err)
	}
	if other, err := agent.SealingKey(t.Context(), "other"); err != nil || bytes.Equal(one, other) {
		t.Errorf("another label: %v", err)
	}
}

// FuzzTable: the host's table never breaks its reader, and certificates are
// parts of it.
func FuzzTable(f *testing.F) {
	f.Add(tableOf(ark, "root", ask, "middle", vcek, "key"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := table(b)
		if err != nil && fault.Of(err) != fault.EvidUnavailable || len(list) > 2 {
			t.Fatalf("table = %d, %v", len(list), err)
		}
		for _, c := range list {
			if !bytes.Contains(b, c) {
				t.Fatal("a certificate that is no part of the table")
			}
		}
	})
}
