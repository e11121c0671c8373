package machine

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// device says what it was asked.
type device struct {
	asked  []attest.ReportData
	guests []wire.Digest
}

func (d *device) Evidence(_ context.Context, data attest.ReportData) (attest.Evidence, error) {
	d.asked = append(d.asked, data)
	return attest.Evidence{Scheme: "tpm", Report: data[:]}, nil
}

func (d *device) MeasureGuest(_ context.Context, guest wire.Digest) error {
	d.guests = append(d.guests, guest)
	return nil
}

// case N18 code EVID_CALLER check attest/device.go:Answer
func TestN18AgentsGetEvidenceOverTranscriptsOnly(t *testing.T) {
	d := &device{}
	for _, tt := range []struct {
		name string
		data []byte
		want fault.Code
	}{
		{"twin: a transcript", make([]byte, 64), ""},
		{"nothing", nil, fault.EvidCaller},
		{"less", make([]byte, 63), fault.EvidCaller},
		{"more", make([]byte, 65), fault.EvidCaller},
	} {
		r, err := attest.Answer(t.Context(), platform{d, []byte("boot")}, attest.DeviceRequest{Data: tt.data})
		if fault.Of(err) != tt.want || (len(r.Evidence.Report) > 0) != (err == nil) || err == nil && !bytes.Equal(r.Evidence.Report, tt.data) {
			t.Errorf("%s: answer = %+v, %v, want %q", tt.name, r, err, tt.want)
		}
	}
	if len(d.asked) != 1 {
		t.Errorf("the device was asked %d times", len(d.asked))
	}
}

func TestSealingKeysAreOfThisBootAndLabel(t *testing.T) {
	key := func(boot, label string) string {
		r, err := attest.Answer(t.Context(), platform{&device{}, []byte(boot)}, attest.DeviceRequest{Seal: label})
		if err != nil || len(r.Key) != 32 {
			t.Fatalf("sealing key %x, %v", r.Key, err)
		}
		return string(r.Key)
	}
	if key("boot", "cache") != key("boot", "cache") {
		t.Error("the same boot and label give another key")
	}
	if key("boot", "cache") == key("boot", "state") || key("boot", "cache") == key("later", "cache") {
		t.Error("another label or boot gives the same key")
	}
}

func TestPortsAreFoundByTheirNames(t *testing.T) {
	class := t.TempDir()
	for file, name := range map[string]string{"vport0p1": "tacit.0\n", "vport0p2": "org.qemu.guest_agent.0\n", "vport0p3": "tacit.certificates\n", "vport0p4": ""} {
		if err := os.MkdirAll(filepath.Join(class, file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(class, file, "name"), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := portsOf(class, "/dev")
	want := map[string]string{"tacit.0": "/dev/vport0p1", CertificatesPort: "/dev/vport0p3"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("portsOf = %v, %v, want %v", got, err, want)
	}
	if got, err := portsOf(t.TempDir(), "/dev"); err != nil || len(got) != 0 {
		t.Errorf("portsOf without any = %v, %v", got, err)
	}
}

func TestNoMachineWithoutDeviceOrPorts(t *testing.T) {
	for name, cfg := range map[string]Config{"no device": {Ports: []string{"x"}}, "no ports": {Device: &device{}}} {
		if err := Serve(t.Context(), cfg); fault.Of(err) != fault.EvidUnavailable {
			t.Errorf("%s: Serve = %v", name, err)
		}
	}
}

func TestDriversLoadInTheirOrderOrNotAtAll(t *testing.T) {
	if err := loadModules(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("no drivers: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "order"), []byte("missing.ko\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := loadModules(dir); err == nil || !strings.Contains(err.Error(), "missing.ko") {
		t.Errorf("a driver that is not there: %v", err)
	}
}

// The reaper waits for every child of its process, so it has one of its own.
func TestReaperTellsHowProcessesEnd(t *testing.T) {
	if os.Getenv("REAPER") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestReaperTellsHowProcessesEnd$", "-test.v")
		cmd.Env = append(os.Environ(), "REAPER=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := newReaper()
	go r.run(ctx)
	end := func(path string, stop bool) error {
		ended, kill, err := r.start(path, []int{-1, -1, -1})
		if err != nil {
			t.Fatal(err)
		}
		if stop {
			kill()
		}
		select {
		case err := <-ended:
			return err
		case <-time.After(30 * time.Second):
			t.Fatalf("%s does not end", path)
			return nil
		}
	}
	yes, err := exec.LookPath("yes")
	if err != nil {
		t.Skip("no coreutils")
	}
	for _, tt := range []struct {
		name, path string
		stop, ok   bool
	}{{"ends well", "/bin/true", false, true}, {"fails", "/bin/false", false, false}, {"is killed", yes, true, false}} {
		if err := end(tt.path, tt.stop); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, _, err := r.start("/none", []int{-1}); err == nil {
		t.Error("a program that is not there starts")
	}
}
