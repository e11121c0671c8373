package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/client"
	"tacit/engine/wasm"
	"tacit/node"
	nodeclient "tacit/node/client"
	"tacit/settle"
	"tacit/wire"
)

// copier is the smallest guest that does what a task is for: it reads its
// input and writes it to its output. It is WebAssembly text, so no toolchain
// of a language is needed.
const copier = `(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "data/x")
  (data (i32.const 16) "out/copy")
  (func $must (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
  (func (export "_start")
    (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 6) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 64)))
    (call $must (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 8) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 68)))
    (i32.store (i32.const 72) (i32.const 1024))
    (i32.store (i32.const 76) (i32.const 32768))
    (call $must (call $read (i32.load (i32.const 64)) (i32.const 72) (i32.const 1) (i32.const 80)))
    (i32.store (i32.const 76) (i32.load (i32.const 80)))
    (call $must (call $write (i32.load (i32.const 68)) (i32.const 72) (i32.const 1) (i32.const 80)))))`

// spinner computes for some seconds and says so with one byte: what starting an
// enclave takes must not be taken for a slower guest.
const spinner = `(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "out/x")
  (func (export "_start") (local $i i32) (local $x i64)
    (local.set $x (i64.const 88172645463325252))
    (local.set $i (i32.const 2000000000))
    (loop $again
      (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 13))))
      (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 7))))
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (br_if $again (local.get $i)))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 5) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 64)))
    (i64.store (i32.const 128) (local.get $x))
    (i32.store (i32.const 72) (i32.const 128))
    (i32.store (i32.const 76) (i32.const 1))
    (drop (call $write (i32.load (i32.const 64)) (i32.const 72) (i32.const 1) (i32.const 80)))))`

// overhead is how much longer a guest that computes takes in an enclave than
// under the same engine in this process, in pairs, the median.
func (r *rig) overhead(ctx context.Context) (float64, error) {
	p, err := r.plan(ctx, "acme/spin")
	if err != nil {
		return 0, err
	}
	code, err := wasm.Assemble(spinner)
	if err != nil {
		return 0, err
	}
	cache := memory{}
	engine, err := wasm.New(wasm.Config{Cache: cache})
	if err != nil {
		return 0, err
	}
	job := tacit.Job{Code: code, Args: []string{"service"}, Limits: tacit.Limits{
		Fuel: 1e11, Memory: 64 << 20, Output: 64 << 10, Files: 256, Time: time.Minute, CodeSize: 64 << 20, CompileIn: time.Minute,
	}}
	if _, err := engine.Run(ctx, job); err != nil { // compiles it
		return 0, err
	}
	var ratios []float64
	for range 5 {
		_, sub, err := r.one(ctx, p)
		if err != nil {
			return 0, err
		}
		inside := 0.0
		_ = r.alice.Watch(ctx, sub.ID, func(e tacit.Event) {
			if e.Stage == "Run" && e.State == "done" {
				inside = float64(e.Millis)
			}
		})
		began := time.Now()
		if _, err := engine.Run(ctx, job); err != nil {
			return 0, err
		}
		ratios = append(ratios, inside/float64(time.Since(began).Milliseconds()))
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2], nil
}

// memory is a cache of compiled code.
type memory map[wire.Digest][]byte

func (m memory) Get(k wire.Digest) ([]byte, bool) { b, ok := m[k]; return b, ok }
func (m memory) Put(k wire.Digest, b []byte)      { m[k] = b }

// rig is a network with an account of each kind.
type rig struct {
	home                  string
	alice, acme, hospital *nodeclient.Session
	stop                  func()
}

// setUp starts a network and publishes a trivial guest, a Go guest if there is
// one, and data.
func setUp(ctx context.Context, bin, goGuest string) (*rig, error) {
	home, err := os.MkdirTemp("", "tacit-bench-")
	if err != nil {
		return nil, fmt.Errorf("make home: %w", err)
	}
	r := &rig{home: home, stop: func() { os.RemoveAll(home) }}
	var fs unix.Statfs_t
	if err := unix.Statfs(home, &fs); err == nil && fs.Type == unix.TMPFS_MAGIC {
		r.stop()
		return nil, fmt.Errorf("make home: %s is in memory, where a sync costs nothing: set TMPDIR to a folder on a disk", home)
	}
	end, err := up(ctx, filepath.Join(bin, "tacit"), home)
	if err != nil {
		r.stop()
		return nil, err
	}
	r.stop = func() { end(); os.RemoveAll(home) }
	if err = r.open(ctx); err == nil {
		err = r.publish(ctx, goGuest)
	}
	if err != nil {
		r.stop()
		return nil, err
	}
	return r, nil
}

func (r *rig) open(ctx context.Context) error {
	n, err := node.ReadNetwork(filepath.Join(r.home, "network.json"))
	if err != nil {
		return err
	}
	scheme, err := sim.NewScheme(n.Genesis.Policies.Roots)
	if err != nil {
		return err
	}
	for name, s := range map[string]**nodeclient.Session{"alice": &r.alice, "acme": &r.acme, "hospital": &r.hospital} {
		account, err := node.ReadSigner(filepath.Join(r.home, "accounts", name+".key"))
		if err != nil {
			return err
		}
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return fmt.Errorf("make identity: %w", err)
		}
		chain, err := settle.Dial(ctx, settle.Config{URLs: n.Chain, Epochs: n.Epochs, ChainID: n.Genesis.ChainID, Signer: account})
		if err != nil {
			return err
		}
		if *s, err = nodeclient.Open(ctx, nodeclient.Config{Network: n, Account: account, Identity: id, Schemes: attest.Schemes{scheme}, Ledger: settle.Account{Client: chain}}); err != nil {
			return err
		}
	}
	// The gateway's headers are followed as by every role.
	go func() { _ = r.alice.Node.Run(ctx) }()
	return nil
}

func (r *rig) publish(ctx context.Context, goGuest string) error {
	code, err := wasm.Assemble(copier)
	if err != nil {
		return fmt.Errorf("assemble guest: %w", err)
	}
	spin, err := wasm.Assemble(spinner)
	if err != nil {
		return fmt.Errorf("assemble guest: %w", err)
	}
	type publication struct {
		who  *nodeclient.Session
		name string
		kind uint8
		data []byte
	}
	all := []publication{
		{r.acme, "acme/copy", tacit.EntryService, code},
		{r.acme, "acme/spin", tacit.EntryService, spin},
		{r.hospital, "hospital/x", tacit.EntryDataset, bytes.Repeat([]byte("tacit\n"), 200)},
	}
	if goGuest != "" {
		goCode, err := os.ReadFile(goGuest)
		if err != nil {
			return fmt.Errorf("read Go guest: %w", err)
		}
		all = append(all, publication{r.acme, "acme/gocopy", tacit.EntryService, goCode})
	}
	terms := tacit.Terms{AnyService: true, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 2, Expires: uint64(time.Now().Add(24 * time.Hour).Unix()),
		MaxReleases: 1 << 40, MaxPerTask: 2, MaxOutput: 1 << 20, Logs: true}
	var last tacit.Entry
	for _, p := range all {
		last, err = p.who.Publish(ctx, client.Publication{Name: p.name, Kind: p.kind, Content: bytes.NewReader(p.data), Price: 1e6, Terms: terms})
		if err != nil {
			return err
		}
	}
	return r.alice.WaitEntry(ctx, last)
}

func (r *rig) plan(ctx context.Context, service string) (client.Plan, error) {
	return r.alice.Plan(ctx, client.Wish{Service: service, Data: []client.Binding{{Alias: "x", Dataset: "hospital/x"}}, MaxFee: 1e9,
		Requirements: tacit.Requirements{Level: 2, Fuel: 1e11, Memory: 64 << 20, Output: 64 << 10, Seconds: 10}})
}

// one runs a task from signing to its opened and checked result.
func (r *rig) one(ctx context.Context, p client.Plan) (time.Duration, client.Submission, error) {
	began := time.Now()
	sub, err := r.alice.Submit(ctx, p)
	if err != nil {
		return 0, sub, err
	}
	res, err := r.alice.Result(ctx, sub.ID)
	took := time.Since(began)
	if err == nil && (len(res.Files) == 0 || res.Receipt.Exit != uint8(tacit.ExitOK)) {
		err = fmt.Errorf("task %s: exit %s %s, %d files", sub.ID.Short(), tacit.ExitClass(res.Receipt.Exit), res.Receipt.Fault, len(res.Files))
	}
	return took, sub, err
}

// tasks measures one task after another with each guest, then many at once.
func tasks(ctx context.Context, bin, goGuest string, count int) (map[string]any, error) {
	r, err := setUp(ctx, bin, goGuest)
	if err != nil {
		return nil, err
	}
	defer r.stop()
	result := map[string]any{}
	sync, err := fsync(r.home)
	if err != nil {
		return nil, err
	}
	result["fsync_ms"] = round(sync)
	copyPlan, err := r.plan(ctx, "acme/copy")
	if err != nil {
		return nil, err
	}
	// One deposit for all that follows: payment is escrow, not a part of a task.
	pay := copyPlan
	pay.Wish.MaxFee, pay.Prices.Service = 500e9, 400e9
	if _, err := r.alice.Pay(ctx, pay); err != nil {
		return nil, err
	}
	stages := map[string][]float64{}
	serial := func(service string, n int) ([]float64, error) {
		p, err := r.plan(ctx, service)
		if err != nil {
			return nil, err
		}
		for range 4 { // every worker compiles the program once
			if _, _, err := r.one(ctx, p); err != nil {
				return nil, err
			}
		}
		var ms []float64
		for range n {
			took, sub, err := r.one(ctx, p)
			if err != nil {
				return nil, err
			}
			ms = append(ms, float64(took.Microseconds())/1000)
			_ = r.alice.Watch(ctx, sub.ID, func(e tacit.Event) {
				if e.State == "done" {
					stages[e.Stage] = append(stages[e.Stage], float64(e.Millis))
				}
			})
		}
		slices.Sort(ms)
		return ms, nil
	}
	// What the network uses without any task: epochs go on.
	const idle = 10 * time.Second
	if _, err := serial("acme/copy", 1); err != nil {
		return nil, err
	}
	rest := cpu(r.home)
	if err := wait(ctx, idle); err != nil {
		return nil, err
	}
	base := cpu(r.home)
	ground := map[string]float64{}
	for name := range base {
		ground[name] = (base[name] - rest[name]) / idle.Seconds()
	}
	ms, err := serial("acme/copy", count)
	if err != nil {
		return nil, err
	}
	result["p50_ms"], result["p99_ms"] = round(ms[len(ms)/2]), round(ms[len(ms)*99/100])
	fmt.Printf("trivial guest: p50 %.1f ms, p99 %.1f ms, least %.1f ms\n", ms[len(ms)/2], ms[len(ms)*99/100], ms[0])
	for stage, list := range stages {
		slices.Sort(list)
		fmt.Printf("%-12s %8.0f ms median\n", stage, list[len(list)/2])
	}
	before, since := cpu(r.home), time.Now()
	rate, err := r.load(ctx, copyPlan, 8, 10*time.Second)
	if err != nil {
		return nil, err
	}
	if err := wait(ctx, 3*time.Second); err != nil { // what they left is settled
		return nil, err
	}
	done, took := rate*10, time.Since(since).Seconds()
	result["tasks_per_s"] = round(rate)
	total := 0.0
	for name, used := range cpu(r.home) {
		mine := ((used - before[name]) - ground[name]*took) / done * 1000
		total += mine
		fmt.Printf("%-12s %8.2f ms CPU per task above idle\n", name, mine)
	}
	result["cpu_ms_per_task"] = round(total)
	if ms, err = serial("acme/gocopy", max(count/4, 5)); err != nil {
		return nil, err
	}
	result["go_guest_p50_ms"] = round(ms[len(ms)/2])
	overhead, err := r.overhead(ctx)
	if err != nil {
		return nil, err
	}
	result["guest_overhead"] = round(overhead)
	program := os.Getenv("BACALHAU")
	if program == "" {
		fmt.Println("vs_bacalhau is left out: BACALHAU names no program to measure against")
		return result, nil
	}
	theirs, err := peer(ctx, program, count)
	if err != nil {
		return nil, err
	}
	fmt.Printf("bacalhau: p50 %.1f ms\n", theirs)
	result["bacalhau_p50_ms"], result["vs_bacalhau"] = round(theirs), round(result["p50_ms"].(float64)/theirs)
	return result, nil
}

// fsync is the median of the milliseconds that a small write takes to be on disk.
func fsync(dir string) (float64, error) {
	f, err := os.Create(filepath.Join(dir, "fsync"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var ms []float64
	for range 101 {
		began := time.Now()
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
	}
	slices.Sort(ms)
	return ms[len(ms)/2], nil
}

// load keeps some tasks in flight for a time and returns how many ended well
// per second.
func (r *rig) load(ctx context.Context, p client.Plan, wide int, long time.Duration) (float64, error) {
	var mu sync.Mutex
	done, failed := 0, 0
	var last error
	var wg sync.WaitGroup
	until := time.Now().Add(long)
	for range wide {
		wg.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				_, _, err := r.one(ctx, p)
				mu.Lock()
				if err != nil {
					failed, last = failed+1, err
				} else {
					done++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if failed > 0 {
		fmt.Printf("%d of %d tasks failed, the last with: %v\n", failed, done+failed, last)
	}
	if done == 0 {
		return 0, last
	}
	return float64(done) / long.Seconds(), nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
