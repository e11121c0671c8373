package enclave_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/bytecodealliance/wasmtime-go/v39"
	"golang.org/x/sys/unix"

	"tacit"
	"tacit/attest/sim"
	"tacit/blob"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
	"tacit/worker"
)

// built is where TestMain left the measured program and the guest of the demo.
var built struct{ program, cancer string }

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tacit-enclave")
	if err != nil {
		panic(err)
	}
	built.program, built.cancer = filepath.Join(dir, "tacit-enclave"), filepath.Join(dir, "cancer.wasm")
	build := func(env []string, args ...string) {
		cmd := exec.Command("go", append([]string{"build", "-trimpath", "-o"}, args...)...)
		cmd.Env = append(os.Environ(), env...)
		if text, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v\n%s", err, text)
			os.Exit(1)
		}
	}
	build(nil, built.program, "tacit/cmd/tacit-enclave")
	build([]string{"GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0"}, built.cancer, "tacit/examples/cancer")
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// A world is one machine with a simulated chip, blobs, a manager's key and,
// where a test asks for it, a worker.
type world struct {
	t       testing.TB
	dir     string
	socket  string
	log     string // the enclaves' standard error
	vendor  *sim.Vendor
	blobs   *blob.Store
	network wire.Digest
	manager *key.Signer
	worker  *worker.Worker
	user    *age.HybridIdentity
	nonce   uint64
	model   []byte // that is served, once it is trained

	mu      sync.Mutex // guards what follows
	tamper  func(tacit.Chunk) (tacit.Chunk, error)
	started []*sim.Program
}

// config is what a test may change of its worker.
type config = worker.Config

func newWorld(t testing.TB, change ...func(*config)) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, dir: dir, log: filepath.Join(dir, "log"), network: wire.Sum([]byte("network"))}
	// A socket's path is short, a test's folder not always.
	short, err := os.MkdirTemp("", "sim")
	w.must(err)
	t.Cleanup(func() { os.RemoveAll(short) })
	w.socket = filepath.Join(short, "device")
	w.vendor, err = sim.NewVendor()
	w.must(err)
	w.manager, err = key.NewSigner()
	w.must(err)
	w.user, err = age.GenerateHybridIdentity()
	w.must(err)
	w.blobs, err = blob.Open(filepath.Join(dir, "blobs"), blob.Config{})
	w.must(err)
	cfg := worker.Config{
		Open: func(context.Context) (worker.Enclave, error) {
			conn, p, err := w.start(built.program, nil, nil)
			if err != nil {
				return worker.Enclave{}, err
			}
			return worker.Enclave{Conn: conn, Kill: func() { p.Kill(); <-p.Done() }}, nil
		},
		Fetch: w.fetch, FetchRun: w.fetchRun, Put: w.blobs.Put, Dir: filepath.Join(dir, "worker"),
	}
	for _, c := range change {
		c(&cfg)
	}
	w.worker, err = worker.New(cfg)
	w.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := sim.NewDevice(w.vendor, w.socket).Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("device: %v", err)
		}
	})
	t.Cleanup(func() {
		cancel()
		wg.Wait()
		w.blobs.Close()
		if t.Failed() {
			text, _ := os.ReadFile(w.log)
			t.Logf("enclaves said:\n%s", text)
		}
	})
	for range 500 {
		c, err := net.Dial("unix", w.socket)
		if err == nil {
			c.Close()
			return w
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the device does not listen")
	return nil
}

// serve has the worker keep enclaves warm until the test ends.
func (w *world) serve() *world {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = w.worker.Serve(ctx) })
	// Before the device ends: cleanups run last in, first out.
	w.t.Cleanup(func() { cancel(); wg.Wait() })
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// start has the device start a program and returns the other end of its
// descriptor 3.
func (w *world) start(program string, args, env []string) (*os.File, *sim.Program, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "enclave"), os.NewFile(uintptr(pair[1]), "enclave")
	defer theirs.Close()
	log, err := os.OpenFile(w.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	defer log.Close()
	p, err := sim.Start(w.socket, program, args, env, theirs, log)
	if err != nil {
		mine.Close()
		return nil, nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started = append(w.started, p)
	return mine, p, nil
}

func (w *world) fetch(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
	c, err := w.blobs.Chunk(ctx, root, i)
	w.mu.Lock()
	tamper := w.tamper
	w.mu.Unlock()
	if err == nil && tamper != nil {
		return tamper(c)
	}
	return c, err
}

// fetchRun is of a store that has no runs while its chunks are tampered with.
func (w *world) fetchRun(ctx context.Context, root wire.Digest, i int64) ([]byte, error) {
	w.mu.Lock()
	tamper := w.tamper
	w.mu.Unlock()
	if tamper != nil {
		return nil, fault.New(fault.ProtoVersion, "fetch run")
	}
	return w.blobs.Run(ctx, root, i)
}

func (w *world) corrupt(how func(tacit.Chunk) (tacit.Chunk, error)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tamper = how
}

// An artefact is sealed to an identity that a manager would hold.
type artefact struct {
	sealed tacit.Sealed
	id     *age.HybridIdentity
	header []byte
	data   []byte // ciphertext
}

func (w *world) seal(plain []byte) artefact {
	w.t.Helper()
	id, err := age.GenerateHybridIdentity()
	w.must(err)
	var buf bytes.Buffer
	out, err := age.Encrypt(&buf, id.Recipient())
	w.must(err)
	_, err = out.Write(plain)
	w.must(err)
	w.must(out.Close())
	a := artefact{id: id, data: buf.Bytes()}
	a.header, err = age.ExtractHeader(bytes.NewReader(a.data))
	w.must(err)
	root, err := w.blobs.Put(context.Background(), bytes.NewReader(a.data), int64(len(a.data)))
	w.must(err)
	a.sealed = tacit.Sealed{Header: wire.Sum(a.header), Root: root, Size: int64(len(a.data)), Manager: w.manager.Address(), Identity: wire.Sum([]byte(id.Recipient().String()))}
	return a
}

// A task is one attempt with all that a user and a manager know of it.
type task struct {
	w         *world
	launch    tacit.LaunchRequest
	artefacts []artefact
	terms     tacit.GrantTerms
	inline    []tacit.Inline
}

// service seals a program as its publisher does.
func (w *world) service(code []byte) artefact {
	a := w.seal(code)
	a.sealed.Plain = wire.Sum(code)
	return a
}

// task makes an attempt over own inputs. Change may alter the task before it
// gets its identity.
func (w *world) task(code artefact, inputs map[string][]byte, params []byte, change ...func(*tacit.Task)) *task {
	w.t.Helper()
	w.nonce++
	k := &task{w: w, artefacts: []artefact{code}, terms: tacit.GrantTerms{MaxOutput: 1 << 20, Logs: true}}
	t := tacit.Task{
		User: wire.Address{1}, Nonce: w.nonce, Kind: tacit.KindEnclave, Service: wire.Sum([]byte("service")), Generation: 1,
		Recipients:   []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte(w.user.Recipient().String())}},
		Requirements: tacit.Requirements{Level: 2, Fuel: 10_000_000_000, Memory: 128 << 20, Output: 1 << 20, Seconds: 60},
		MaxFee:       1, Deadline: 1000,
	}
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		a := w.seal(inputs[name])
		t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputOwn, Name: name, Ref: a.sealed.Hash()})
		k.artefacts = append(k.artefacts, a)
	}
	if params != nil {
		a := w.seal(params)
		t.Params = a.sealed.Hash()
		k.artefacts = append(k.artefacts, a)
		k.inline = append(k.inline, tacit.Inline{Sealed: a.sealed, Data: a.data})
	}
	for _, c := range change {
		c(&t)
	}
	var seed wire.Digest
	_, err := rand.Read(seed[:])
	w.must(err)
	id := t.ID(w.network)
	challenges := []tacit.Signed[tacit.Challenge]{tacit.Sign(w.network, w.manager, tacit.Challenge{Task: id, Attempt: 1, Epoch: 7, Manager: w.manager.Address(), Nonce: seed})}
	k.launch = tacit.LaunchRequest{
		Network: w.network, Task: t, Challenges: challenges, Policy: wire.Sum([]byte("policy")), Generation: 1,
		Assignment: tacit.Assignment{
			Task: id, Epoch: 7, Attempt: 1, Seed: seed, Places: []tacit.Place{{Index: 0, Worker: wire.Address{9}}},
			Challenges: tacit.HashChallenges(challenges),
		},
	}
	for _, a := range k.artefacts {
		k.launch.Artefacts = append(k.launch.Artefacts, a.sealed)
	}
	return k
}

// grants does what a manager does once it believes the evidence.
func (k *task) grants(keys tacit.EnclaveKeys) tacit.RunRequest {
	k.w.t.Helper()
	r := tacit.RunRequest{Task: k.launch.Assignment.Task, Attempt: k.launch.Assignment.Attempt, Place: k.launch.Place, Inline: k.inline}
	for _, a := range k.artefacts {
		r.Grants = append(r.Grants, k.grant(a, keys, nil))
	}
	return r
}

// grant seals one file key; change alters the grant before its context is
// taken from it.
func (k *task) grant(a artefact, keys tacit.EnclaveKeys, change func(*tacit.Grant)) tacit.Grant {
	k.w.t.Helper()
	fileKey, err := age.DecryptHeader(a.header, a.id)
	k.w.must(err)
	g := tacit.Grant{
		Task: k.launch.Assignment.Task, Attempt: k.launch.Assignment.Attempt, Place: k.launch.Place,
		Manager: a.sealed.Manager, Artefact: a.sealed.Header, Terms: k.terms,
	}
	if change != nil {
		change(&g)
	}
	g.Sealed, err = keys.Seal.Seal(g.Info(k.launch.Network), fileKey)
	k.w.must(err)
	return g
}

// run launches and runs the attempt on the worker and opens what comes of it.
func (k *task) run() result {
	k.w.t.Helper()
	launched, err := k.w.worker.Launch(context.Background(), k.launch)
	k.w.must(err)
	reply, err := k.w.worker.Run(context.Background(), k.grants(launched.Keys))
	k.w.must(err)
	return k.open(launched, reply)
}

// A result is what the user finds in the archive.
type result struct {
	receipt tacit.Receipt
	leaf    tacit.Leaf
	files   map[string][]byte
	sealed  tacit.Sealed
}

// open does what a client does: it fetches by root, opens with the user's
// identity and holds receipt, leaf and files against each other.
func (k *task) open(launched tacit.LaunchReply, reply tacit.RunReply) result {
	t, w := k.w.t, k.w
	t.Helper()
	leaf, err := reply.Leaf.Check(w.network, launched.Keys.Receipt)
	w.must(err)
	r := result{leaf: leaf, files: map[string][]byte{}, sealed: reply.Output}
	plain, err := w.decrypt(reply.Output, w.user)
	w.must(err)
	archive := tar.NewReader(plain)
	for {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		w.must(err)
		b, err := io.ReadAll(archive)
		w.must(err)
		r.files[h.Name] = b
	}
	w.must(wire.Unmarshal("tacit/receipt", r.files["receipt.cbor"], &r.receipt))
	switch {
	case r.receipt.Commitment() != leaf.Commitment:
		t.Error("the leaf commits to another receipt")
	case leaf.Output != reply.Output.Root:
		t.Error("the leaf names another output")
	case leaf.Task != k.launch.Assignment.Task || r.receipt.Task != leaf.Task || leaf.Assignment != k.launch.Assignment.Hash():
		t.Error("receipt and leaf are of another task")
	case r.receipt.Exit != leaf.Exit || tacit.Bucket(r.receipt.Fuel) != leaf.Bucket:
		t.Error("receipt and leaf differ")
	case r.receipt.Evidence != launched.Evidence.Digest() || r.receipt.Level != sim.Level:
		t.Error("the receipt names other evidence")
	case r.receipt.Sandbox != "full" && r.receipt.Sandbox != "partial":
		t.Errorf("sandbox = %q", r.receipt.Sandbox)
	}
	for _, o := range r.receipt.Outputs {
		name := o.Name
		if name != "stdout" && name != "stderr" {
			name = "out/" + name
		}
		if b, ok := r.files[name]; !ok || wire.Sum(b) != o.Digest || int64(len(b)) != o.Size {
			t.Errorf("%s is not the file that the receipt names", name)
		}
	}
	if want := len(r.files) - 2; len(r.receipt.Outputs) != want {
		t.Errorf("the receipt names %d files of %d", len(r.receipt.Outputs), want)
	}
	return r
}

func (w *world) decrypt(sealed tacit.Sealed, id age.Identity) (io.Reader, error) {
	chunks, err := tacit.NewChunkReader(context.Background(), sealed, func(ctx context.Context, i int64) (tacit.Chunk, error) {
		return w.blobs.Chunk(ctx, sealed.Root, i)
	})
	if err != nil {
		return nil, err
	}
	return age.Decrypt(io.NewSectionReader(chunks, 0, sealed.Size), id)
}

// want fails the test unless the run ended in this class with this fault.
func (r result) want(t testing.TB, exit tacit.ExitClass, code string) {
	t.Helper()
	if r.leaf.Exit != uint8(exit) || r.receipt.Fault != code {
		t.Fatalf("exit %v fault %q, want %v %q", tacit.ExitClass(r.leaf.Exit), r.receipt.Fault, exit, code)
	}
}

func wat(t testing.TB, text string) []byte {
	t.Helper()
	b, err := wasmtime.Wat2Wasm(text)
	if err != nil {
		t.Fatalf("wat: %v", err)
	}
	return b
}

// guest is a module with four helpers, whose body goes into _start. Memory
// below 4096 is theirs; paths and data go above.
//
//	$open(path, length, create) -> descriptor     $read(fd, at, most) -> length
//	$write(fd, at, length)                        $exit(code)
func guest(t testing.TB, data, body string) []byte {
	return wat(t, `(module
	(import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
	(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
	(memory (export "memory") 16)
	`+data+`
	(func $open (param $at i32) (param $n i32) (param $create i32) (result i32)
		(if (call $path_open (i32.const 3) (i32.const 0) (local.get $at) (local.get $n) (local.get $create)
			(select (i64.const 0x42) (i64.const 2) (local.get $create)) (i64.const 0) (i32.const 0) (i32.const 0)) (then (call $exit (i32.const 11))))
		(i32.load (i32.const 0)))
	(func $read (param $fd i32) (param $at i32) (param $n i32) (result i32)
		(i32.store (i32.const 8) (local.get $at)) (i32.store (i32.const 12) (local.get $n))
		(if (call $fd_read (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 16)) (then (call $exit (i32.const 12))))
		(i32.load (i32.const 16)))
	(func $write (param $fd i32) (param $at i32) (param $n i32)
		(i32.store (i32.const 8) (local.get $at)) (i32.store (i32.const 12) (local.get $n))
		(if (call $fd_write (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 16)) (then (call $exit (i32.const 13)))))
	(func (export "_start") (local $fd i32) (local $n i32)
	`+body+`))`)
}

// The paths that guests below use, at 4096 and 4128.
const paths = `(data (i32.const 4096) "data/in") (data (i32.const 4128) "out/result")`

// copying is a guest that writes its input to /out/result and to stdout.
const copying = `
	(local.set $fd (call $open (i32.const 4096) (i32.const 7) (i32.const 0)))
	(local.set $n (call $read (local.get $fd) (i32.const 8192) (i32.const 65536)))
	(call $write (call $open (i32.const 4128) (i32.const 10) (i32.const 1)) (i32.const 8192) (local.get $n))
	(call $write (i32.const 1) (i32.const 8192) (local.get $n))`
