package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// The measured program of these tests is this test binary.
const measured = "measured-program"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == measured {
		os.Exit(inside())
	}
	os.Exit(m.Run())
}

// An order is what a test tells the measured program to do.
type order struct {
	Do   string `cbor:"1,keyasint"`
	Data []byte `cbor:"2,keyasint"`
}

type outcome struct {
	Text  string             `cbor:"1,keyasint"`
	Reply attest.DeviceReply `cbor:"2,keyasint"`
}

const orderLabel = "tacit/test/order"

// inside is the measured program: descriptor 3 is the test's, 4 the device's.
func inside() int {
	test, device := os.NewFile(3, "test"), os.NewFile(4, "device")
	d := attest.NewDevice(device)
	for {
		var o order
		if attest.ReadDevice(test, orderLabel, &o) != nil {
			return 0
		}
		var out outcome
		var err error
		switch o.Do {
		case "evidence":
			out.Reply.Evidence, err = d.Evidence(context.Background(), attest.ReportData(o.Data))
		case "seal":
			out.Reply.Key, err = d.SealingKey(context.Background(), string(o.Data))
		case "any size":
			if err = attest.WriteDevice(device, "tacit/device/request", attest.DeviceRequest{Data: o.Data}); err == nil {
				err = attest.ReadDevice(device, "tacit/device/reply", &out.Reply)
			}
		case "surroundings":
			dir, _ := os.Getwd()
			in, _ := os.Readlink("/proc/self/fd/0")
			stdout, _ := os.Readlink("/proc/self/fd/1")
			out.Text = fmt.Sprintf("%q %q %s %s %s", os.Args, os.Environ(), dir, in, stdout)
		case "open files":
			list, _ := os.ReadDir("/proc/self/fd")
			for _, e := range list {
				if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
					out.Text += e.Name() + "=" + target + "\n"
				}
			}
		case "child":
			cmd := exec.Command("/proc/self/exe", measured)
			cmd.Stderr = os.Stderr
			cmd.ExtraFiles = []*os.File{test}
			if err = cmd.Start(); err == nil {
				out.Text = fmt.Sprint(cmd.Process.Pid)
			}
		case "end":
			return 0
		}
		if err != nil {
			out.Reply.Code = string(fault.Of(err))
		}
		if attest.WriteDevice(test, orderLabel, out) != nil {
			return 1
		}
	}
}

// chip is a running device.
type chip struct {
	socket string
	stop   context.CancelFunc
	ended  chan error
}

func serveChip(t *testing.T, v *Vendor) *chip {
	t.Helper()
	// A socket's path is short, and a test's folder is not.
	dir, err := os.MkdirTemp("", "sim")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := &chip{filepath.Join(dir, "s"), cancel, make(chan error, 1)}
	go func() { c.ended <- NewDevice(v, c.socket).Run(ctx) }()
	t.Cleanup(func() {
		c.end(t)
		os.RemoveAll(dir)
	})
	for range 1000 {
		if info, err := os.Stat(c.socket); err == nil {
			if probe, err := net.Dial("unix", c.socket); err == nil {
				probe.Close()
				if info.Mode().Perm() != 0o600 && info.Mode().Perm() != 0o755 {
					t.Logf("socket's mode %v", info.Mode())
				}
				return c
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the device does not listen")
	return nil
}

// end stops the device and waits for it.
func (c *chip) end(t *testing.T) {
	t.Helper()
	c.stop()
	select {
	case err := <-c.ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
		c.ended <- context.Canceled // for a second call
	case <-time.After(30 * time.Second):
		t.Error("the device goes on")
	}
}

// running is a program that a device started.
type running struct {
	*Program
	orders net.Conn
}

func start(t *testing.T, socket, path string, args, env []string) *running {
	t.Helper()
	r, err := tryStart(t, socket, path, args, env)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tryStart(t *testing.T, socket, path string, args, env []string) (*running, error) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "orders"), os.NewFile(uintptr(pair[1]), "orders")
	defer mine.Close()
	defer theirs.Close()
	p, err := Start(socket, path, append([]string{measured}, args...), env, theirs, os.Stderr)
	if err != nil {
		return nil, err
	}
	c, err := net.FileConn(mine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		p.Kill()
		<-p.Done()
	})
	return &running{p, c}, nil
}

func (r *running) do(t *testing.T, what string, data []byte) outcome {
	t.Helper()
	if err := r.orders.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := attest.WriteDevice(r.orders, orderLabel, order{what, data}); err != nil {
		t.Fatal(err)
	}
	var out outcome
	if err := attest.ReadDevice(r.orders, orderLabel, &out); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return out
}

func (r *running) claims(t *testing.T, v *Vendor) attest.Claims {
	t.Helper()
	c, err := newScheme(t, v.Root()).Verify(t.Context(), r.do(t, "evidence", data[:]).Reply.Evidence, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *running) ends(t *testing.T) {
	t.Helper()
	select {
	case <-r.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("the program goes on")
	}
	gone(t, r.PID)
}

// gone waits until there is no process of this number but a zombie.
func gone(t *testing.T, pid int) {
	t.Helper()
	for range 2000 {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return
		}
		if i := bytes.LastIndexByte(b, ')'); i > 0 && i+2 < len(b) && b[i+2] == 'Z' {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("process %d is alive", pid)
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheMeasuredProgramGetsEvidence(t *testing.T) {
	v := newVendor(t)
	r := start(t, serveChip(t, v).socket, self(t), []string{"-x"}, []string{"A=1"})
	c := r.claims(t, v)
	m, err := Measure(self(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Measurement != m || c.Manifest != ManifestOf([]string{measured, "-x"}, []string{"A=1"}) || c.Data != data || c.Modes != 0 {
		t.Errorf("claims = %+v", c)
	}
}

// case N18 code EVID_CALLER check attest/device.go:Answer twin TestTheMeasuredProgramGetsEvidence
func TestN18OnlyOverATranscript(t *testing.T) {
	v := newVendor(t)
	r := start(t, serveChip(t, v).socket, self(t), nil, nil)
	for n, want := range map[int]fault.Code{0: fault.EvidCaller, 1: fault.EvidCaller, 32: fault.EvidCaller, 63: fault.EvidCaller, 64: "", 65: fault.EvidCaller, 4096: fault.EvidCaller} {
		out := r.do(t, "any size", make([]byte, n))
		if got := fault.Code(out.Reply.Code); got != want {
			t.Errorf("evidence over %d bytes = %q, want %q", n, got, want)
		}
		if (len(out.Reply.Evidence.Report) > 0) != (want == "") {
			t.Errorf("%d bytes: a report of %d bytes", n, len(out.Reply.Evidence.Report))
		}
	}
}

// case N18 code EVID_CALLER check attest/sim/device.go:receive
func TestN18TheHostGetsNoEvidence(t *testing.T) {
	v := newVendor(t)
	socket := serveChip(t, v).socket
	request := func(label string, v any) []byte {
		var b bytes.Buffer
		if err := attest.WriteDevice(&b, label, v); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	evidence := request("tacit/device/request", attest.DeviceRequest{Data: data[:]})
	launch := request(launchLabel, launchRequest{Path: self(t), Args: []string{measured}})
	for _, tt := range []struct {
		name  string
		files int
		sent  [][]byte
	}{
		{"a request for evidence", 0, [][]byte{evidence}},
		{"a request for a sealing key", 0, [][]byte{request("tacit/device/request", attest.DeviceRequest{Seal: "state"})}},
		{"a request for evidence after two descriptors", 2, [][]byte{{1}, evidence}},
		{"a request for evidence with two descriptors", 2, [][]byte{evidence}},
		{"a launch without descriptors", 0, [][]byte{{1}, launch}},
		{"a launch with one descriptor", 1, [][]byte{{1}, launch}},
		{"a launch after another byte", 2, [][]byte{{2}, launch}},
		{"a launch of another label", 2, [][]byte{{1}, request("tacit/sim/launcher", launchRequest{Path: self(t)})}},
		{"the end", 0, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: socket, Net: "unix"})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for i, b := range tt.sent {
				var rights []byte
				if i == 0 && tt.files > 0 {
					rights = unix.UnixRights(slices.Repeat([]int{int(os.Stderr.Fd())}, tt.files)...)
				}
				if _, _, err := c.WriteMsgUnix(b, rights, nil); err != nil {
					t.Log(err) // refused before all was sent
				}
			}
			if err := c.CloseWrite(); err != nil {
				t.Log(err)
			}
			var reply launchReply
			if err := attest.ReadDevice(c, launchLabel, &reply); err != nil || reply.Code != string(fault.EvidCaller) || reply.PID != 0 {
				t.Errorf("reply = %+v, %v, want EVID_CALLER", reply, err)
			}
			if rest, _ := io.ReadAll(c); len(rest) > 0 {
				t.Errorf("%d bytes more", len(rest))
			}
		})
	}
	t.Run("twin: a launch", func(t *testing.T) {
		start(t, socket, self(t), nil, nil).claims(t, v)
	})
}

// case N14 code EVID_MANIFEST check attest/sim/device.go:manifest
func TestN14EveryArgumentAndVariableIsMeasured(t *testing.T) {
	v := newVendor(t)
	socket := serveChip(t, v).socket
	m, err := Measure(self(t))
	if err != nil {
		t.Fatal(err)
	}
	policy := Policy(1, attest.Reference{Measurement: m, Manifest: ManifestOf([]string{measured, "-x"}, []string{"A=1", "B=2"})})
	for _, tt := range []struct {
		name      string
		args, env []string
		want      fault.Code
	}{
		{"twin: as published", []string{"-x"}, []string{"A=1", "B=2"}, ""},
		{"one more argument", []string{"-x", "-y"}, []string{"A=1", "B=2"}, fault.EvidManifest},
		{"an empty argument", []string{"-x", ""}, []string{"A=1", "B=2"}, fault.EvidManifest},
		{"no argument", nil, []string{"A=1", "B=2"}, fault.EvidManifest},
		{"one more variable", []string{"-x"}, []string{"A=1", "B=2", "GODEBUG="}, fault.EvidManifest},
		{"another value", []string{"-x"}, []string{"A=1", "B=3"}, fault.EvidManifest},
		{"another order", []string{"-x"}, []string{"B=2", "A=1"}, fault.EvidManifest},
		{"an argument as a variable", nil, []string{"-x", "A=1", "B=2"}, fault.EvidManifest},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got fault.Code
			if short := policy.Appraise(start(t, socket, self(t), tt.args, tt.env).claims(t, v), data, time.Now()); len(short) > 0 {
				got = short[0].Code
			}
			if got != tt.want {
				t.Errorf("Appraise = %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("nothing else reaches it", func(t *testing.T) {
		t.Setenv("CANARY", "of the device's process")
		// As a process that was started carelessly has it.
		careless, err := unix.Dup(0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(careless)
		name := filepath.Join(t.TempDir(), "another-name")
		copyFile(t, self(t), name)
		a := start(t, socket, self(t), []string{"-x"}, []string{"A=1"})
		b := start(t, socket, name, []string{"-x"}, []string{"A=1"})
		got := a.do(t, "surroundings", nil).Text
		if got != b.do(t, "surroundings", nil).Text || strings.Contains(got, "CANARY") {
			t.Errorf("the program's surroundings depend on more than its manifest: %s", got)
		}
		if want := `["program" "` + measured + `" "-x"] ["A=1"] / /dev/null /dev/null`; got != want {
			t.Errorf("surroundings = %s, want %s", got, want)
		}
		for line := range strings.Lines(a.do(t, "open files", nil).Text) {
			n, target, _ := strings.Cut(strings.TrimSpace(line), "=")
			if !slices.Contains([]string{"0", "1", "2", "3", "4"}, n) && !strings.Contains(target, "anon_inode") &&
				!strings.HasPrefix(target, "/proc/") && !strings.HasPrefix(target, "/sys/fs/cgroup") { // the Go runtime's own
				t.Errorf("descriptor %s (%s) was inherited", n, target)
			}
		}
	})
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatChangesAfterwardsChangesNothing(t *testing.T) {
	v := newVendor(t)
	socket := serveChip(t, v).socket
	path := filepath.Join(t.TempDir(), "p")
	copyFile(t, self(t), path)
	first := start(t, socket, path, nil, nil)
	was := first.claims(t, v).Measurement
	if m, err := Measure(path); err != nil || m != was {
		t.Errorf("Measure = %s, %v, want %s", m, err, was)
	}
	// The same program with a byte more at its end, over the old file and, so
	// that nothing but the content tells, with the old time.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(b, 0), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := first.claims(t, v).Measurement; got != was {
		t.Error("a running program's measurement changed")
	}
	exe, err := os.ReadFile(fmt.Sprintf("/proc/%d/exe", first.PID))
	if err != nil || wire.Digest(sha256.Sum256(exe)) != was {
		t.Errorf("what runs is not what was measured (%v)", err)
	}
	now, err := Measure(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := start(t, socket, path, nil, nil).claims(t, v).Measurement; got != now || got == was {
		t.Errorf("the next start measures %s, want %s", got, now)
	}
	if f, err := os.OpenFile(fmt.Sprintf("/proc/%d/exe", first.PID), os.O_WRONLY, 0); err == nil {
		if _, err := f.Write([]byte{0}); err == nil {
			t.Error("the sealed copy can be written")
		}
		f.Close()
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	socket := serveChip(t, newVendor(t)).socket
	dir := t.TempDir()
	text, pipe := filepath.Join(dir, "text"), filepath.Join(dir, "pipe")
	if err := os.WriteFile(text, []byte("not a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fault.Code{
		filepath.Join(dir, "absent"): fault.APIPath, dir: fault.APIPath, pipe: fault.APIPath, "/dev/zero": fault.APIPath, text: fault.Internal, "": fault.APIPath,
	} {
		if _, err := tryStart(t, socket, path, nil, nil); fault.Of(err) != want {
			t.Errorf("Start of %q = %v, want %q", path, err, want)
		}
	}
	if _, err := tryStart(t, filepath.Join(dir, "no device"), self(t), nil, nil); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("Start without a device = %v", err)
	}
}

func TestSealingKeysOfProgramsAndLabels(t *testing.T) {
	v := newVendor(t)
	first := serveChip(t, v)
	other := filepath.Join(t.TempDir(), "other")
	copyFile(t, self(t), other)
	if f, err := os.OpenFile(other, os.O_APPEND|os.O_WRONLY, 0); err != nil {
		t.Fatal(err)
	} else {
		_, _ = f.Write([]byte{0})
		f.Close()
	}
	get := func(c *chip, path, label string) []byte {
		k := start(t, c.socket, path, nil, nil).do(t, "seal", []byte(label)).Reply.Key
		if len(k) != 32 {
			t.Fatalf("sealing key of %d bytes", len(k))
		}
		return k
	}
	k := get(first, self(t), "state")
	if bytes.Equal(k, get(first, self(t), "cache")) {
		t.Error("another label has the same key")
	}
	if bytes.Equal(k, get(first, other, "state")) {
		t.Error("another program has the same key")
	}
	first.end(t)
	if !bytes.Equal(k, get(serveChip(t, v), self(t), "state")) {
		t.Error("after a restart of the device the key is another")
	}
	if bytes.Equal(k, get(serveChip(t, newVendor(t)), self(t), "state")) {
		t.Error("another chip has the same key")
	}
}

func TestProgramsEnd(t *testing.T) {
	v := newVendor(t)
	t.Run("by themselves", func(t *testing.T) {
		r := start(t, serveChip(t, v).socket, self(t), nil, nil)
		if err := attest.WriteDevice(r.orders, orderLabel, order{Do: "end"}); err != nil {
			t.Fatal(err)
		}
		r.ends(t)
	})
	t.Run("when they are killed, with what they started", func(t *testing.T) {
		r := start(t, serveChip(t, v).socket, self(t), nil, nil)
		var child int
		if _, err := fmt.Sscan(r.do(t, "child", nil).Text, &child); err != nil {
			t.Fatal(err)
		}
		r.Kill()
		r.ends(t)
		gone(t, child)
		r.Kill() // twice is once
	})
	t.Run("with the device", func(t *testing.T) {
		c := serveChip(t, v)
		a, b := start(t, c.socket, self(t), nil, nil), start(t, c.socket, self(t), nil, nil)
		c.end(t)
		gone(t, a.PID)
		gone(t, b.PID)
		a.ends(t)
		b.ends(t)
		if _, err := tryStart(t, c.socket, self(t), nil, nil); fault.Of(err) != fault.EvidUnavailable {
			t.Errorf("Start after the device's end = %v", err)
		}
	})
	t.Run("a device with a silent caller", func(t *testing.T) {
		c := serveChip(t, v)
		silent, err := net.Dial("unix", c.socket)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		began := time.Now()
		c.end(t)
		t.Logf("ended after %v", time.Since(began))
	})
	t.Run("not with another thread", func(t *testing.T) {
		// A thread that ends takes with it what it started; the one that
		// starts programs must not be any that a locked goroutine ends.
		c := serveChip(t, v)
		var all []*running
		for range 4 {
			all = append(all, start(t, c.socket, self(t), nil, nil))
		}
		for range 64 {
			done := make(chan struct{})
			go func() {
				runtime.LockOSThread() // and never unlocked: the thread ends
				close(done)
			}()
			<-done
		}
		for _, r := range all {
			r.claims(t, v)
		}
	})
}

// A program that one process started is not answered for another: each has a
// descriptor of its own.
func TestManyProgramsAtOnce(t *testing.T) {
	v := newVendor(t)
	socket := serveChip(t, v).socket
	var all []*running
	for i := range 6 {
		all = append(all, start(t, socket, self(t), []string{fmt.Sprint(i)}, nil))
	}
	for i, r := range all {
		if got, want := r.claims(t, v).Manifest, ManifestOf([]string{measured, fmt.Sprint(i)}, nil); got != want {
			t.Errorf("program %d has the manifest of another", i)
		}
	}
}
