package enclave_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/enclave"
	"tacit/engine/wasm"
	"tacit/fault"
	"tacit/wire"
)

// chip is an evidence device in the test's own process; scheme renames what it
// shows.
type chip struct {
	vendor *sim.Vendor
	scheme string
}

func (c chip) Evidence(_ context.Context, data attest.ReportData) (attest.Evidence, error) {
	e, err := c.vendor.Quote(wire.Sum([]byte("program")), sim.ManifestOf(nil, nil), data)
	if c.scheme != "" {
		e.Scheme = c.scheme
	}
	return e, err
}

func (c chip) MeasureGuest(context.Context, wire.Digest) error { return nil }

func (c chip) SealingKey(_ context.Context, label string) ([]byte, error) {
	return c.vendor.SealingKey(wire.Sum([]byte("program")), label)
}

// An inside is an agent in the test's own process with whatever child the test
// gives it; the test is its worker.
type inside struct {
	*world
	host *wire.Link
	put  []byte // the sealed result

	first time.Time              // when its first part came
	kept  map[wire.Digest][]byte // what it keeps for enclaves; nil for nothing
}

// agent runs an agent; change alters its configuration.
func (w *world) agent(child func(conn io.ReadWriteCloser), change func(*enclave.Config)) *inside {
	w.t.Helper()
	in := &inside{world: w}
	hostEnd, agentEnd := net.Pipe()
	cfg := enclave.Config{Host: agentEnd, Device: chip{vendor: w.vendor}, Spawn: func() (enclave.Child, error) {
		here, there := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			child(there)
			there.Close()
		}()
		return enclave.Child{Conn: here, Sandbox: "partial", Kill: func() { here.Close(); there.Close(); <-done }}, nil
	}}
	change(&cfg)
	a, err := enclave.NewAgent(cfg)
	w.must(err)
	in.host = wire.NewLink(hostEnd, true, in.serve)
	done := make(chan struct{}, 2)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _ = a.Run(ctx); done <- struct{}{} }()
	go func() { _ = in.host.Run(ctx); done <- struct{}{} }()
	w.t.Cleanup(func() { cancel(); <-done; <-done })
	return in
}

func (in *inside) serve(ctx context.Context, kind uint8, payload []byte) ([]byte, error) {
	switch kind {
	case tacit.FrameChunk:
		return wire.Answer(tacit.FrameLabel, payload, func(q tacit.ChunkAsk) (tacit.Chunk, error) { return in.fetch(ctx, q.Root, q.Index) })
	case tacit.FrameChunks:
		var q tacit.RunAsk
		if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
			return nil, err
		}
		var chunks []tacit.Chunk
		for i := q.Index * tacit.RunChunks; len(chunks) < tacit.RunChunks; i++ {
			c, err := in.fetch(ctx, q.Root, i)
			if err != nil && len(chunks) > 0 {
				break // behind the last
			}
			if err != nil {
				return nil, err
			}
			chunks = append(chunks, c)
		}
		return tacit.RunOf(chunks)
	case tacit.FrameOutput:
		if in.put == nil {
			in.first = time.Now()
		}
		if payload[0] == tacit.OutputSize {
			return nil, nil
		}
		in.put = append(in.put, payload[1:]...)
		if payload[0] == tacit.OutputLast {
			_, err := in.blobs.Put(ctx, strings.NewReader(string(in.put)), int64(len(in.put)))
			return nil, err
		}
		return nil, nil
	}
	if in.kept == nil {
		return nil, fault.New(fault.APINotFound, "no cache here")
	}
	if kind == tacit.FrameCachePut {
		return wire.Answer(tacit.FrameLabel, payload, func(p tacit.CachePart) (tacit.Part, error) {
			in.kept[p.Key] = append(in.kept[p.Key], p.Part.Data...)
			return tacit.Part{}, nil
		})
	}
	var q tacit.CacheAsk
	if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
		return nil, err
	}
	b := in.kept[q.Key]
	return b[min(int(q.Offset), len(b)):], nil
}

func (in *inside) run(k *task) result {
	in.t.Helper()
	launched, err := wire.AskFor[tacit.LaunchReply](context.Background(), in.host, tacit.FrameLaunch, tacit.FrameLabel, k.launch)
	in.must(err)
	reply, err := wire.AskFor[tacit.RunReply](context.Background(), in.host, tacit.FrameRun, tacit.FrameLabel, k.grants(launched.Keys))
	in.must(err)
	return k.open(launched, reply)
}

// honest is the child as it is, without walls.
func honest(conn io.ReadWriteCloser) {
	_ = enclave.RunChild(context.Background(), conn, func(c enclave.Cache) (tacit.Engine, error) { return wasm.New(wasm.Config{Cache: c}) })
}

func quick(c *enclave.Config) { c.Compile, c.Grace = 200*time.Millisecond, 100*time.Millisecond }

func oneSecond(t *tacit.Task) { t.Requirements.Seconds = 1 }

// case N35 code WASM_TIME check enclave/guest.go:askGuest
func TestN35ChildThatDoesNotStopIsKilled(t *testing.T) {
	w := newWorld(t)
	code := w.service(guest(t, "", ""))
	silent := func(conn io.ReadWriteCloser) { _, _ = io.Copy(io.Discard, conn) }
	r := w.agent(silent, quick).run(w.task(code, nil, nil, oneSecond))
	r.want(t, tacit.ExitGuest, "WASM_TIME")
	if r.receipt.Fuel != 10_000_000_000 {
		t.Errorf("fuel = %d, want all", r.receipt.Fuel)
	}
	t.Run("twin: one that answers lives", func(t *testing.T) {
		w.agent(honest, func(*enclave.Config) {}).run(w.task(code, nil, nil, oneSecond)).want(t, tacit.ExitOK, "")
	})
}

// A machine on which compiling takes longer than usual still runs a task that gives it
// the time.
func TestCompilingMayTakeAsLongAsTheRun(t *testing.T) {
	w := newWorld(t)
	code := w.service(guest(t, "", ""))
	w.agent(honest, func(c *enclave.Config) { c.Compile = time.Nanosecond }).run(w.task(code, nil, nil, oneSecond)).want(t, tacit.ExitOK, "")
}

// case N36 code WASM_MEMORY check enclave/guest.go:askGuest
func TestN36ChildThatDiesIsTheGuestsFault(t *testing.T) {
	w := newWorld(t)
	code := w.service(guest(t, "", ""))
	dies := func(conn io.ReadWriteCloser) { _, _ = conn.Read(make([]byte, 1)) }
	w.agent(dies, func(*enclave.Config) {}).run(w.task(code, nil, nil)).want(t, tacit.ExitGuest, "WASM_MEMORY")
	t.Run("twin: one that lives", func(t *testing.T) {
		w.agent(honest, func(*enclave.Config) {}).run(w.task(code, nil, nil)).want(t, tacit.ExitOK, "")
	})
}

func TestSlowWorkerIsNotTheGuestsFault(t *testing.T) {
	w := newWorld(t)
	reading := w.service(guest(t, paths, `
		(local.set $fd (call $open (i32.const 4096) (i32.const 7) (i32.const 0)))
		(loop (br_if 0 (call $read (local.get $fd) (i32.const 8192) (i32.const 65536))))`))
	looping := w.service(guest(t, paths, `
		(local.set $fd (call $open (i32.const 4096) (i32.const 7) (i32.const 0)))
		(loop (br_if 0 (call $read (local.get $fd) (i32.const 8192) (i32.const 65536))))
		(loop br 0)`))
	in := map[string][]byte{"in": make([]byte, 400<<10)}
	for _, tt := range []struct {
		name     string
		code     artefact
		delay    time.Duration // of the fourth chunk of the input
		patience time.Duration
		exit     tacit.ExitClass
		fault    string
	}{
		{"it makes the guest's time run out", looping, 1500 * time.Millisecond, time.Minute, tacit.ExitHost, "TASK_TIMEOUT"},
		{"it never answers", reading, 20 * time.Second, 200 * time.Millisecond, tacit.ExitHost, "TASK_TIMEOUT"},
		{"twin: the guest takes the time itself", looping, 0, time.Minute, tacit.ExitGuest, "WASM_TIME"},
		{"twin: it answers", reading, 0, time.Minute, tacit.ExitOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(tt.code, in, nil, oneSecond, func(t *tacit.Task) { t.Requirements.Fuel = 1 << 50 })
			size := k.artefacts[1].sealed.Size
			quit := make(chan struct{})
			defer close(quit)
			w.corrupt(func(c tacit.Chunk) (tacit.Chunk, error) {
				if tt.delay > 0 && c.Index == 3 && c.Total == tacit.Chunks(size) {
					select {
					case <-time.After(tt.delay):
					case <-quit:
					}
				}
				return c, nil
			})
			defer w.corrupt(nil)
			began := time.Now()
			w.agent(honest, func(c *enclave.Config) { c.Patience = tt.patience }).run(k).want(t, tt.exit, tt.fault)
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("it took %v: the worker's silence was waited for", took)
			}
		})
	}
}

// What a child that a guest took over could say is bounded before it is public.
func TestBrokenChildSaysNoMoreInTheLeaf(t *testing.T) {
	w := newWorld(t)
	code := w.service(guest(t, "", ""))
	lying := func(conn io.ReadWriteCloser) {
		link := wire.NewLink(conn, false, func(context.Context, uint8, []byte) ([]byte, error) {
			type lie struct {
				Class    uint8       `cbor:"1,keyasint"`
				ExitCode int32       `cbor:"2,keyasint"`
				Fault    string      `cbor:"3,keyasint"`
				Fuel     uint64      `cbor:"4,keyasint"`
				Memory   int64       `cbor:"5,keyasint"`
				Read     int64       `cbor:"6,keyasint"`
				Code     wire.Digest `cbor:"7,keyasint"`
				Sizes    []int64     `cbor:"8,keyasint"`
			}
			return wire.Marshal("tacit/guest", lie{Class: 77, Fault: "secret", Fuel: 1 << 60, Sizes: []int64{1, 2, 3}})
		})
		_ = link.Run(context.Background())
	}
	k := w.task(code, nil, nil)
	r := w.agent(lying, func(*enclave.Config) {}).run(k)
	r.want(t, tacit.ExitGuest, "INTERNAL")
	if r.receipt.Fuel != k.launch.Task.Requirements.Fuel || len(r.receipt.Inputs) != 0 {
		t.Errorf("receipt = %+v", r.receipt)
	}
}

func TestPartialWallsNeedTheSimulatedPlatform(t *testing.T) {
	w := newWorld(t)
	code := w.service(guest(t, "", ""))
	for _, tt := range []struct {
		name    string
		scheme  string
		sandbox string
		want    fault.Code
	}{
		{"partial on hardware", "snp", "partial", fault.SandboxPartial},
		{"twin: full on hardware", "snp", "full", ""},
		{"twin: partial on the simulated platform", "sim", "partial", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := w.agent(honest, func(c *enclave.Config) {
				c.Device = chip{w.vendor, tt.scheme}
				spawn := c.Spawn
				c.Spawn = func() (enclave.Child, error) { child, err := spawn(); child.Sandbox = tt.sandbox; return child, err }
			})
			_, err := wire.AskFor[tacit.LaunchReply](t.Context(), in.host, tacit.FrameLaunch, tacit.FrameLabel, w.task(code, nil, nil).launch)
			if fault.Of(err) != tt.want {
				t.Errorf("Launch = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAgentNeedsItsParts(t *testing.T) {
	if _, err := enclave.NewAgent(enclave.Config{}); fault.Of(err) != fault.Internal {
		t.Errorf("NewAgent = %v", err)
	}
}

// case N93 code - check enclave/spawn.go:Harden
func TestN93ProcessesOfAnEnclaveAreClosed(t *testing.T) {
	w := newWorld(t)
	conn, p, err := w.start(built.program, nil, nil)
	w.must(err)
	defer conn.Close()
	defer p.Kill()
	// Launching takes an answer, so the child's walls stand afterwards.
	link := wire.NewLink(conn, true, nil)
	go func() { _ = link.Run(context.Background()) }()
	launched, err := wire.AskFor[tacit.LaunchReply](t.Context(), link, tacit.FrameLaunch, tacit.FrameLabel, w.task(w.service(guest(t, "", "")), nil, nil).launch)
	w.must(err)
	both := processes(p.PID)
	if len(both) != 2 || both[0] != p.PID || len(launched.Evidence.Report) == 0 {
		t.Fatalf("processes of %d: %v, want agent and child", p.PID, both)
	}
	self, err := os.Readlink("/proc/self/ns/pid")
	w.must(err)
	for i, pid := range both {
		proc := fmt.Sprintf("/proc/%d/", pid)
		limits, err := os.ReadFile(proc + "limits")
		w.must(err)
		if !strings.Contains(string(limits), "Max core file size        0                    0") {
			t.Errorf("process %d may dump a core", i)
		}
		// Of a process that is not dumpable, /proc belongs to root whoever runs it.
		if os.Getuid() != 0 {
			if _, err := os.Open(proc + "environ"); err == nil {
				t.Errorf("process %d can be read by its user", i)
			}
			continue
		}
		environ, err := os.ReadFile(proc + "environ")
		w.must(err)
		if len(environ) != 0 {
			t.Errorf("process %d has the environment %q", i, environ)
		}
		if i == 0 {
			continue
		}
		list, err := os.ReadDir(proc + "fd")
		w.must(err)
		sockets := 0
		for _, fd := range list {
			to, _ := os.Readlink(filepath.Join(proc, "fd", fd.Name()))
			switch {
			case strings.HasPrefix(to, "socket:"):
				sockets++
			case to == "/dev/null", strings.HasPrefix(to, "anon_inode:"):
			case strings.HasPrefix(to, "/sys/fs/cgroup/"): // Go's own, to read how many processors it has
			default:
				t.Errorf("the child holds %s as %s", to, fd.Name())
			}
		}
		if sockets != 1 {
			t.Errorf("the child holds %d sockets, want the one to its agent", sockets)
		}
		if ns, err := os.Readlink(proc + "ns/pid"); err == nil && ns == self {
			t.Log("sandbox is partial here")
		}
	}
	t.Run("twin: a process without walls can be read", func(t *testing.T) {
		if environ, err := os.ReadFile("/proc/self/environ"); err != nil || len(environ) == 0 {
			t.Errorf("environment of %d bytes, %v", len(environ), err)
		}
	})
}

// case N16 code EVID_SIMULATED check cmd/tacit-enclave/main.go:import
func TestN16ReleasedProgramLinksNoSimulatedPlatform(t *testing.T) {
	list := func(name string) string {
		out, err := exec.Command("go", "list", "-deps", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		return "\n" + string(out)
	}
	deps := list("tacit/cmd/tacit-enclave")
	for _, foreign := range []string{"\ntacit/attest/sim\n", "\ntacit/atls\n", "\ntacit/rpc\n", "\ntacit/worker\n", "\nnet/http\n", "github.com/ethereum/go-ethereum", "libp2p"} {
		if strings.Contains(deps, foreign) {
			t.Errorf("it links %s", strings.TrimSpace(foreign))
		}
	}
	t.Run("twin: the list shows what is linked", func(t *testing.T) {
		if !strings.Contains(deps, "\ntacit/enclave/wall\n") {
			t.Errorf("deps = %s", deps)
		}
	})
}

// poisoner is an engine in a child that its guest has broken: whatever program
// it is given, it leaves something as the compiled code of another.
type poisoner struct {
	cache enclave.Cache
	key   wire.Digest
	found *[]byte
}

func (p poisoner) Version() string { return "poisoner" }

func (p poisoner) Run(context.Context, tacit.Job) (tacit.Outcome, error) {
	if b, ok := p.cache.Get(p.key); ok {
		*p.found = b
	}
	p.cache.Put(p.key, []byte("evil"))
	return tacit.Outcome{}, nil
}

// A guest that breaks out of its engine is in its child and no further.
func TestABrokenChildLeavesNothingForAnotherProgram(t *testing.T) {
	w := newWorld(t)
	mine, other := w.service(guest(t, "", "")), w.service(guest(t, paths, copying))
	kept := map[wire.Digest][]byte{}
	run := func(code artefact) []byte {
		t.Helper()
		var found []byte
		in := w.agent(func(conn io.ReadWriteCloser) {
			_ = enclave.RunChild(context.Background(), conn, func(c enclave.Cache) (tacit.Engine, error) {
				return poisoner{c, wire.Digest{7}, &found}, nil
			})
		}, func(*enclave.Config) {})
		in.kept = kept
		in.run(w.task(code, nil, nil)).want(t, tacit.ExitOK, "")
		return found
	}
	run(mine)
	if b := run(other); b != nil {
		t.Errorf("a task of another program finds %q under the same key", b)
	}
	t.Run("twin: the program's own tasks find what they left", func(t *testing.T) {
		if b := run(mine); string(b) != "evil" {
			t.Errorf("it finds %q", b)
		}
	})
}
