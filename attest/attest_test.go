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

var bound = attest.TaskTranscript{Task: wire.Sum([]byte("task"))}.Data()

// always is a scheme whose evidence is always genuine.
type always string

func (a always) Name() string { return string(a) }

func (a always) Verify(context.Context, attest.Evidence, time.Time) (attest.Claims, error) {
	return attest.Claims{Scheme: string(a)}, nil
}

// case N16 code EVID_SIMULATED check attest/attest.go:Verify
func TestN16AProgramWithoutTheSimulatedPlatform(t *testing.T) {
	sim := attest.Evidence{Scheme: "sim", Report: []byte{1}}
	if _, err := (attest.Schemes{always("sim")}).Verify(t.Context(), sim, time.Now()); err != nil {
		t.Errorf("twin: Verify with the scheme = %v", err)
	}
	for _, schemes := range []attest.Schemes{nil, {always("snp")}} {
		_, err := schemes.Verify(t.Context(), attest.Evidence{Scheme: "sim", Report: []byte{1}}, time.Now())
		if fault.Of(err) != fault.EvidSimulated {
			t.Errorf("Verify without the scheme = %v, want EVID_SIMULATED", err)
		}
	}
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
		case reflect.Struct:
			f.Field(f.NumField() - 1).SetUint(1)
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
