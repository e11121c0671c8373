package enclave_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/wire"
)

// case N14 code EVID_MANIFEST check cmd/internal/agentmain/main.go:run
func TestN14ArgumentsAndEnvironmentAreRefused(t *testing.T) {
	w := newWorld(t)
	published := sim.ManifestOf(nil, nil)
	for _, tt := range []struct {
		name      string
		args, env []string
	}{
		{"an argument", []string{"--debug"}, nil},
		{"the child's argument and another", []string{"guest", "x"}, nil},
		{"a variable", nil, []string{"GODEBUG=gctrace=1"}},
		{"a variable for the child", []string{"guest"}, []string{"A=b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if sim.ManifestOf(tt.args, tt.env) == published {
				t.Error("the manifest is the published one")
			}
			conn, p, err := w.start(built.program, tt.args, tt.env)
			w.must(err)
			defer conn.Close()
			select {
			case <-p.Done():
			case <-time.After(30 * time.Second):
				p.Kill()
				t.Fatal("it runs")
			}
			text, err := os.ReadFile(w.log)
			w.must(err)
			if !strings.Contains(string(text), string(fault.EvidManifest)) && !strings.Contains(string(text), "want none") {
				t.Errorf("it said %q", text)
			}
			w.must(os.Truncate(w.log, 0))
		})
	}
	t.Run("twin: without either, its evidence shows the published manifest", func(t *testing.T) {
		w.serve()
		k := w.task(w.service(guest(t, "", "")), nil, nil)
		launched, err := w.worker.Launch(t.Context(), k.launch)
		w.must(err)
		scheme, err := sim.NewScheme([]attest.Root{w.vendor.Root()})
		w.must(err)
		claims, err := scheme.Verify(t.Context(), launched.Evidence, time.Now())
		w.must(err)
		measured, err := sim.Measure(built.program)
		w.must(err)
		l := k.launch
		want := tacit.TranscriptOf(l.Network, l.Assignment, l.Place, launched.Keys, tacit.EpochHeader{Policy: l.Policy, Generation: l.Generation}, l.Challenges, tacit.ManifestOf(l.Artefacts)).Data()
		policy := sim.Policy(1, attest.Reference{Name: "released", Measurement: measured, Manifest: published})
		if short := policy.Appraise(claims, want, time.Now()); len(short) != 0 {
			t.Errorf("Appraise = %v", short)
		}
		claims.Manifest = sim.ManifestOf([]string{"--debug"}, nil)
		if short := policy.Appraise(claims, want, time.Now()); len(short) != 1 || short[0].Code != fault.EvidManifest {
			t.Errorf("Appraise of another manifest = %v, want %s", short, fault.EvidManifest)
		}
	})
}

// case N35 code WASM_TIME check engine/wasm/run.go:deadline
func TestN35EndlessLoopStopsAndIsBilled(t *testing.T) {
	w := newWorld(t).serve()
	short := func(t *tacit.Task) { t.Requirements.Seconds = 1 }
	little := func(t *tacit.Task) { t.Requirements.Fuel = 50_000_000 }
	for _, tt := range []struct {
		name   string
		code   []byte
		change func(*tacit.Task)
		exit   tacit.ExitClass
		fault  string
	}{
		{"out of time", guest(t, "", `(loop br 0)`), short, tacit.ExitGuest, "WASM_TIME"},
		{"out of fuel", guest(t, "", `(loop br 0)`), little, tacit.ExitGuest, "WASM_TIME"},
		{"recursion", wat(t, `(module (func $f (export "_start") call $f))`), little, tacit.ExitGuest, "WASM_STACK"},
		{"twin: the worker runs the next task", guest(t, paths, copying), short, tacit.ExitOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(w.service(tt.code), map[string][]byte{"in": []byte("x")}, nil, tt.change, func(t *tacit.Task) {
				if tt.name == "out of time" {
					t.Requirements.Fuel = 1 << 50
				}
			})
			began := time.Now()
			r := k.run()
			r.want(t, tt.exit, tt.fault)
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("stopped after %v", took)
			}
			if q := k.launch.Task.Requirements; tt.name == "out of fuel" && r.receipt.Fuel != q.Fuel {
				t.Errorf("fuel = %d, want all %d", r.receipt.Fuel, q.Fuel)
			}
		})
	}
}

// case N36 code WASM_MEMORY check engine/wasm/check.go:readMemory
func TestN36MemoryIsBoundedInTheProcess(t *testing.T) {
	w := newWorld(t).serve()
	for _, tt := range []struct {
		name  string
		code  string
		exit  tacit.ExitClass
		fault string
	}{
		{"grows to the end and dies", `(module (memory (export "memory") 1) (func (export "_start")
			(loop (br_if 0 (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) unreachable))`, tacit.ExitGuest, "WASM_MEMORY"},
		{"starts above the limit", `(module (memory (export "memory") 20000) (func (export "_start")))`, tacit.ExitGuest, "WASM_MEMORY"},
		{"shared memory", `(module (memory (export "memory") 1 2 shared) (func (export "_start")))`, tacit.ExitGuest, "WASM_MEMORY"},
		{"64-bit memory", `(module (memory (export "memory") i64 1) (func (export "_start")))`, tacit.ExitGuest, "WASM_MEMORY"},
		{"twin: within the limit", `(module (memory (export "memory") 1) (func (export "_start")
			(drop (memory.grow (i32.const 64)))))`, tacit.ExitOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(w.service(wat(t, tt.code)), nil, nil)
			r := k.run()
			r.want(t, tt.exit, tt.fault)
			if r.receipt.Memory > int64(k.launch.Task.Requirements.Memory) {
				t.Errorf("peak = %d", r.receipt.Memory)
			}
		})
	}
}

// case N41 code WASM_HASH check enclave/guest.go:Plain
func TestN41SwappedCodeNeverRuns(t *testing.T) {
	w := newWorld(t).serve()
	// It would leave its mark on stdout and in a file with its first calls.
	code := guest(t, paths, copying)
	in := map[string][]byte{"in": []byte("mark")}
	swapped := w.service(code)
	swapped.sealed.Plain = wire.Sum([]byte("what was agreed on"))
	r := w.task(swapped, in, nil).run()
	r.want(t, tacit.ExitGuest, "WASM_HASH")
	if len(r.receipt.Outputs) != 0 || r.receipt.Fuel != 0 || r.receipt.Code == swapped.sealed.Plain {
		t.Errorf("it ran: %+v", r.receipt)
	}
	if cached := w.cached(); len(cached) != 0 {
		t.Errorf("it was compiled: %v", cached)
	}
	t.Run("twin: the agreed code runs", func(t *testing.T) {
		r := w.task(w.service(code), in, nil).run()
		r.want(t, tacit.ExitOK, "")
		if string(r.files["out/result"]) != "mark" {
			t.Errorf("files = %q", r.files)
		}
	})
}

// case N42 code WASM_OUTPUT check enclave/guest.go:MaxOutput
func TestN42OutputOverTheLimit(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, paths, copying))
	in := map[string][]byte{"in": bytes.Repeat([]byte("x"), 3000)} // 6000 bytes in both outputs
	for _, tt := range []struct {
		name     string
		declared uint64
		terms    uint64
		exit     tacit.ExitClass
		fault    string
	}{
		{"more than the task declares", 5999, 1 << 20, tacit.ExitGuest, "WASM_OUTPUT"},
		{"more than the owners allow", 1 << 20, 5999, tacit.ExitGuest, "WASM_OUTPUT"},
		{"twin: exactly what both allow", 6000, 6000, tacit.ExitOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(code, in, nil, func(t *tacit.Task) { t.Requirements.Output = tt.declared })
			k.terms.MaxOutput = tt.terms
			r := k.run()
			r.want(t, tt.exit, tt.fault)
			if _, ok := r.files["out/result"]; ok != (tt.exit == tacit.ExitOK) {
				t.Errorf("the file of a run that ended %v is there: %t", tt.exit, ok)
			}
			if r.receipt.Fuel == 0 {
				t.Error("nothing is billed")
			}
		})
	}
}

// case N44 code - check worker/worker.go:end
func TestN44NothingOfATaskIsLeft(t *testing.T) {
	w := newWorld(t).serve()
	canary := []byte("canary-7c1e55d0-of-the-first-task")
	code := w.service(guest(t, paths+`(data (i32.const 300000) "t")`, `
		(local.set $fd (call $open (i32.const 4096) (i32.const 7) (i32.const 0)))
		(local.set $n (call $read (local.get $fd) (i32.const 8192) (i32.const 65536)))
		(call $write (call $open (i32.const 4128) (i32.const 10) (i32.const 1)) (i32.const 8192) (local.get $n))`))
	r := w.task(code, map[string][]byte{"in": canary}, nil).run()
	r.want(t, tacit.ExitOK, "")
	first := w.programs()[0]
	if !bytes.Equal(r.files["out/result"], canary) {
		t.Fatalf("result = %q", r.files["out/result"])
	}
	waitFor(t, "the first task's processes end", func() bool { return len(processes(first)) == 0 })

	// The second reads what nobody wrote: memory that it never set, and /tmp.
	looking := w.service(guest(t, paths, `
		(local.set $fd (call $open (i32.const 4128) (i32.const 10) (i32.const 1)))
		(call $write (local.get $fd) (i32.const 8192) (i32.const 900000))`))
	second := w.task(looking, map[string][]byte{"in": []byte("other")}, nil).run()
	second.want(t, tacit.ExitOK, "")
	if left := bytes.Trim(second.files["out/result"], "\x00"); len(left) != 0 {
		t.Errorf("the second task found %d bytes: %.60q", len(left), left)
	}
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, canary) {
			t.Errorf("the canary lies in %s", strings.TrimPrefix(path, w.dir))
		}
		if strings.HasPrefix(filepath.Base(path), "result-") {
			t.Errorf("%s is left", filepath.Base(path))
		}
		return err
	})
	w.must(err)
	t.Run("twin: a canary that is there is found", func(t *testing.T) {
		w.must(os.WriteFile(filepath.Join(w.dir, "worker", "x"), canary, 0o600))
		if b, err := os.ReadFile(filepath.Join(w.dir, "worker", "x")); err != nil || !bytes.Contains(b, canary) {
			t.Errorf("%q, %v", b, err)
		}
	})
}

// case N99 code CONS_FIELD check enclave/agent.go:checkLaunch
func TestN99ResultIsForTheTaskOnly(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, paths, copying))
	in := map[string][]byte{"in": []byte("secret")}
	thief, err := age.GenerateHybridIdentity()
	w.must(err)
	t.Run("a worker swaps the recipient", func(t *testing.T) {
		k := w.task(code, in, nil)
		k.launch.Task.Recipients = []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte(thief.Recipient().String())}}
		if _, err := w.worker.Launch(t.Context(), k.launch); fault.Of(err) != fault.ConsField {
			t.Errorf("Launch = %v, want %s", err, fault.ConsField)
		}
	})
	t.Run("a worker swaps recipient and task identity", func(t *testing.T) {
		// The managers see another task than the one that was signed and drawn:
		// the grants for the signed one do not fit.
		k := w.task(code, in, nil)
		signed := *k
		k.launch.Task.Recipients = []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte(thief.Recipient().String())}}
		k.launch.Assignment.Task = k.launch.Task.ID(w.network)
		launched, err := w.worker.Launch(t.Context(), k.launch)
		w.must(err)
		run := signed.grants(launched.Keys)
		run.Task = k.launch.Assignment.Task
		if _, err := w.worker.Run(t.Context(), run); fault.Of(err) != fault.ConsField {
			t.Errorf("Run = %v, want %s", err, fault.ConsField)
		}
	})
	t.Run("two recipients in one key", func(t *testing.T) {
		k := w.task(code, in, nil, func(t *tacit.Task) {
			t.Recipients[0].Key = []byte(w.user.Recipient().String() + "\n" + thief.Recipient().String())
		})
		if _, err := w.worker.Launch(t.Context(), k.launch); fault.Of(err) != fault.ResultKey {
			t.Errorf("Launch = %v, want %s", err, fault.ResultKey)
		}
	})
	t.Run("twin: the named key opens it, another does not, and it is this task's", func(t *testing.T) {
		k := w.task(code, in, nil)
		r := k.run()
		r.want(t, tacit.ExitOK, "")
		var none *age.NoIdentityMatchError
		if _, err := w.decrypt(r.sealed, thief); !errors.As(err, &none) {
			t.Errorf("the thief's Decrypt = %v", err)
		}
		other := w.task(code, in, nil)
		if r.receipt.Task == other.launch.Assignment.Task || r.receipt.Task != k.launch.Assignment.Task {
			t.Error("the receipt does not tell the tasks apart")
		}
	})
}

// cached are the names in the worker's code cache.
func (w *world) cached() []string {
	list, err := filepath.Glob(filepath.Join(w.dir, "worker", "cache", "*"))
	w.must(err)
	return list
}

// programs are the processes that the device started so far.
func (w *world) programs() []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	var pids []int
	for _, p := range w.started {
		pids = append(pids, p.PID)
	}
	return pids
}

// processes are those of a process group, the leader among them.
func processes(group int) []int {
	var found []int
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		// After the name in brackets: state, parent, group.
		_, rest, _ := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest)
		if len(f) > 2 && f[2] == strconv.Itoa(group) && f[0] != "Z" {
			found = append(found, pid)
		}
	}
	slices.Sort(found)
	return found
}

func waitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: not within ten seconds", what)
}
