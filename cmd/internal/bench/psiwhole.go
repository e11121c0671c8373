package main

import (
	"archive/tar"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"tacit"
	"tacit/attest/sim"
	"tacit/blob"
	"tacit/engine/psi"
	"tacit/key"
	"tacit/wire"
	"tacit/worker"
)

// A psiRoom is a worker's room beside a simulated chip and a store of blobs, with what a
// manager and a user hold: all that a task passes through from its grants to its sealed
// result, without a network between them.
type psiRoom struct {
	dir     string
	enclave string // the program
	socket  string // of the device
	blobs   *blob.Store
	network wire.Digest
	manager *key.Signer
	user    *age.HybridIdentity
	nonce   uint64
	sealed  map[string]psiSealed // by file
	walls   string               // around children, as receipts say: full or partial
	end     func()
}

// A psiSealed is what lies at blobs, and the identity that opens it.
type psiSealed struct {
	tacit.Sealed
	id     *age.HybridIdentity
	header []byte
}

// newPSIRoom starts the chip. Blobs lie in home, on the disk of the files that peers read.
func newPSIRoom(ctx context.Context, home, enclave string) (_ *psiRoom, err error) {
	r := &psiRoom{network: wire.Sum([]byte("bench")), sealed: map[string]psiSealed{}}
	if r.enclave, err = filepath.Abs(enclave); err != nil {
		return nil, fmt.Errorf("find the enclave: %w", err)
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, fmt.Errorf("make %s: %w", home, err)
	}
	if r.dir, err = os.MkdirTemp(home, "room"); err != nil {
		return nil, fmt.Errorf("make a room: %w", err)
	}
	short, err := os.MkdirTemp("", "sim") // a socket's path is short
	if err != nil {
		os.RemoveAll(r.dir)
		return nil, fmt.Errorf("make a room: %w", err)
	}
	r.socket = filepath.Join(short, "device")
	vendor, err1 := sim.NewVendor()
	manager, err2 := key.NewSigner()
	user, err3 := age.GenerateHybridIdentity()
	blobs, err4 := blob.Open(filepath.Join(r.dir, "blobs"), blob.Config{})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		os.RemoveAll(short)
		os.RemoveAll(r.dir)
		return nil, fmt.Errorf("make a room: %w", err)
	}
	r.manager, r.user, r.blobs = manager, user, blobs
	ctx, cancel := context.WithCancel(ctx)
	var device sync.WaitGroup
	device.Go(func() { _ = sim.NewDevice(vendor, r.socket).Run(ctx) })
	r.end = func() {
		cancel()
		device.Wait()
		blobs.Close()
		os.RemoveAll(short)
		os.RemoveAll(r.dir)
	}
	for range 500 {
		if c, err := net.Dial("unix", r.socket); err == nil {
			c.Close()
			return r, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.end()
	return nil, errors.New("make a room: the simulated chip does not answer")
}

// open has the chip start an enclave.
func (r *psiRoom) open(context.Context) (worker.Enclave, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return worker.Enclave{}, fmt.Errorf("start enclave: %w", err)
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "enclave"), os.NewFile(uintptr(pair[1]), "enclave")
	defer theirs.Close()
	p, err := sim.Start(r.socket, r.enclave, nil, nil, theirs, os.Stderr)
	if err != nil {
		mine.Close()
		return worker.Enclave{}, err
	}
	return worker.Enclave{Conn: mine, Kill: func() { p.Kill(); <-p.Done() }}, nil
}

// seal leaves plain at blobs for an identity of the manager's.
func (r *psiRoom) seal(ctx context.Context, plain io.Reader) (s psiSealed, err error) {
	if s.id, err = age.GenerateHybridIdentity(); err != nil {
		return s, fmt.Errorf("seal: %w", err)
	}
	f, err := os.CreateTemp(r.dir, "seal")
	if err != nil {
		return s, fmt.Errorf("seal: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	out, err := age.Encrypt(f, s.id.Recipient())
	if err == nil {
		_, err = io.Copy(out, plain)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return s, fmt.Errorf("seal: %w", err)
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return s, fmt.Errorf("seal: %w", err)
	}
	if s.header, err = age.ExtractHeader(io.NewSectionReader(f, 0, size)); err != nil {
		return s, fmt.Errorf("seal: %w", err)
	}
	root, err := r.blobs.Put(ctx, io.NewSectionReader(f, 0, size), size)
	if err != nil {
		return s, err
	}
	s.Sealed = tacit.Sealed{Header: wire.Sum(s.header), Root: root, Size: size, Manager: r.manager.Address(), Identity: wire.Sum([]byte(s.id.Recipient().String()))}
	return s, nil
}

// files seals those of a case and forgets those that it does not have.
func (r *psiRoom) files(ctx context.Context, c psiCase) ([]psiSealed, error) {
	for name, s := range r.sealed {
		if slices.Contains(c.Files, name) {
			continue
		}
		if err := r.blobs.Delete(ctx, s.Root); err != nil {
			return nil, err
		}
		delete(r.sealed, name)
	}
	var all []psiSealed
	for _, name := range c.Files {
		s, ok := r.sealed[name]
		if !ok {
			f, err := os.Open(name)
			if err != nil {
				return nil, fmt.Errorf("seal: %w", err)
			}
			s, err = r.seal(ctx, f)
			f.Close()
			if err != nil {
				return nil, err
			}
			r.sealed[name] = s
		}
		all = append(all, s)
	}
	return all, nil
}

// A psiTask is a task with all that a manager and a user know of it.
type psiTask struct {
	launch    tacit.LaunchRequest
	artefacts []psiSealed
	terms     tacit.GrantTerms
	inline    []tacit.Inline
}

// task is what a user asks for, and what was drawn for it.
func (r *psiRoom) task(ctx context.Context, c psiCase) (*psiTask, error) {
	files, err := r.files(ctx, c)
	if err != nil {
		return nil, err
	}
	code, err := r.seal(ctx, strings.NewReader(string(psi.Program())))
	if err != nil {
		return nil, err
	}
	code.Plain = psi.Sum()
	text, err := psiParams(c)
	if err != nil {
		return nil, err
	}
	params, err := r.seal(ctx, strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	data := make([]byte, params.Size)
	opened, err := tacit.NewChunkReader(ctx, params.Sealed, r.chunks(params.Root))
	if err == nil {
		_, err = opened.ReadAt(data, 0)
	}
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read parameters: %w", err)
	}
	r.nonce++
	t := tacit.Task{
		User: wire.Address{1}, Nonce: r.nonce, Kind: tacit.KindEnclave, Service: wire.Sum([]byte("sets")), Generation: 1, Params: params.Hash(),
		Recipients:   []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte(r.user.Recipient().String())}},
		Requirements: tacit.Requirements{Level: sim.Level, Fuel: 1 << 50, Memory: uint64(c.Memory), Output: uint64(c.Output) + 1<<20, Seconds: 3600},
		MaxFee:       1, Deadline: 1000,
	}
	for i, f := range files {
		t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputOwn, Name: "p" + strconv.Itoa(i), Ref: f.Hash()})
	}
	k := &psiTask{
		artefacts: slices.Concat([]psiSealed{code}, files, []psiSealed{params}), inline: []tacit.Inline{{Sealed: params.Sealed, Data: data}},
		terms: tacit.GrantTerms{MaxOutput: t.Requirements.Output, Sets: &tacit.SetRules{Operations: tacit.SetOperations(), MinSet: 1}},
	}
	var seed wire.Digest
	_, _ = rand.Read(seed[:]) // never fails
	id := t.ID(r.network)
	challenges := []tacit.Signed[tacit.Challenge]{tacit.Sign(r.network, r.manager, tacit.Challenge{Task: id, Attempt: 1, Epoch: 1, Manager: r.manager.Address(), Nonce: seed})}
	k.launch = tacit.LaunchRequest{
		Network: r.network, Task: t, Challenges: challenges, Policy: wire.Sum([]byte("policy")), Generation: 1,
		Assignment: tacit.Assignment{
			Task: id, Epoch: 1, Attempt: 1, Seed: seed, Places: []tacit.Place{{Worker: wire.Address{9}}},
			Challenges: tacit.HashChallenges(challenges),
		},
	}
	for _, a := range k.artefacts {
		k.launch.Artefacts = append(k.launch.Artefacts, a.Sealed)
	}
	return k, nil
}

// grants is what a manager sends once it believes the evidence.
func (k *psiTask) grants(keys tacit.EnclaveKeys) (tacit.RunRequest, error) {
	a := k.launch.Assignment
	req := tacit.RunRequest{Task: a.Task, Attempt: a.Attempt, Place: k.launch.Place, Inline: k.inline}
	for _, s := range k.artefacts {
		fileKey, err := age.DecryptHeader(s.header, s.id)
		if err != nil {
			return req, fmt.Errorf("grant: %w", err)
		}
		g := tacit.Grant{Task: a.Task, Attempt: a.Attempt, Place: k.launch.Place, Manager: s.Manager, Artefact: s.Header, Terms: k.terms}
		if g.Sealed, err = keys.Seal.Seal(g.Info(k.launch.Network), fileKey); err != nil {
			return req, fmt.Errorf("grant: %w", err)
		}
		req.Grants = append(req.Grants, g)
	}
	return req, nil
}

func (r *psiRoom) chunks(root wire.Digest) func(ctx context.Context, i int64) (tacit.Chunk, error) {
	return func(ctx context.Context, i int64) (tacit.Chunk, error) { return r.blobs.Chunk(ctx, root, i) }
}

// psiRest is how long an enclave that is kept warm for the next task gets until it idles.
const psiRest = 300 * time.Millisecond

// run is a psiRunner: a case as a task of its own, on a worker that never saw the files.
// What is measured begins with the grants and ends when the sealed result lies at blobs.
// The peak is that of the agent and its child together, what both map counted twice.
func (r *psiRoom) run(ctx context.Context, c psiCase) (f psiFigure, err error) {
	k, err := r.task(ctx, c)
	if err != nil {
		return f, err
	}
	dir, err := os.MkdirTemp(r.dir, "worker")
	if err != nil {
		return f, fmt.Errorf("make a worker: %w", err)
	}
	defer os.RemoveAll(dir)
	opened := make(chan error, 16)
	w, err := worker.New(worker.Config{Fetch: r.blobs.Chunk, FetchRun: r.blobs.Run, Put: r.blobs.Put, Dir: dir, Open: func(ctx context.Context) (worker.Enclave, error) {
		e, err := r.open(ctx)
		select {
		case opened <- err:
		default:
		}
		return e, err
	}})
	if err != nil {
		return f, err
	}
	serving, cancel := context.WithCancel(ctx)
	var served sync.WaitGroup
	served.Go(func() { _ = w.Serve(serving) })
	defer func() { cancel(); served.Wait() }()
	await := func() error {
		select {
		case err := <-opened:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := await(); err != nil {
		return f, err
	}
	launched, err := w.Launch(ctx, k.launch)
	if err != nil {
		return f, err
	}
	req, err := k.grants(launched.Keys)
	if err != nil {
		return f, err
	}
	if err := await(); err != nil { // the next one, whose start is no part of this task
		return f, err
	}
	time.Sleep(psiRest)
	peak := psiWatch()
	began := time.Now()
	reply, err := w.Run(ctx, req)
	f.Seconds = time.Since(began).Seconds()
	f.PeakMiB = peak()
	if err != nil {
		return f, err
	}
	if f.Rows, err = r.read(ctx, k, launched, reply); err != nil {
		return f, err
	}
	for _, root := range []wire.Digest{k.artefacts[0].Root, k.artefacts[len(k.artefacts)-1].Root, reply.Output.Root} {
		if err := r.blobs.Delete(ctx, root); err != nil {
			return f, err
		}
	}
	return f, nil
}

// read opens a result as a client does and says how many ids all have.
func (r *psiRoom) read(ctx context.Context, k *psiTask, launched tacit.LaunchReply, reply tacit.RunReply) (int64, error) {
	leaf, err := reply.Leaf.Check(r.network, launched.Keys.Receipt)
	if err != nil {
		return 0, err
	}
	chunks, err := tacit.NewChunkReader(ctx, reply.Output, r.chunks(reply.Output.Root))
	if err != nil {
		return 0, err
	}
	plain, err := age.Decrypt(io.NewSectionReader(chunks, 0, reply.Output.Size), r.user)
	if err != nil {
		return 0, fmt.Errorf("open the result: %w", err)
	}
	var receipt tacit.Receipt
	var outputs []tacit.Output
	var why []byte
	sizes := map[string]int64{}
	for archive := tar.NewReader(plain); ; {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("open the result: %w", err)
		}
		sizes[strings.TrimPrefix(h.Name, "out/")] = h.Size
		if h.Size > 1<<20 {
			continue
		}
		b, err := io.ReadAll(archive)
		if err != nil {
			return 0, fmt.Errorf("open the result: %w", err)
		}
		switch name := strings.TrimPrefix(h.Name, "out/"); name {
		case "receipt.cbor":
			if err := wire.Unmarshal("tacit/receipt", b, &receipt); err != nil {
				return 0, err
			}
		case "stderr":
			why = b
		default:
			outputs = append(outputs, tacit.Output{Name: name, Data: b})
		}
	}
	switch {
	case receipt.Commitment() != leaf.Commitment || leaf.Output != reply.Output.Root || leaf.Task != k.launch.Assignment.Task:
		return 0, errors.New("open the result: leaf, receipt and result are not of one task")
	case leaf.Exit != uint8(tacit.ExitOK):
		return 0, fmt.Errorf("the task ended as %v: %s %s", tacit.ExitClass(leaf.Exit), receipt.Fault, why)
	}
	r.walls = receipt.Sandbox
	for _, o := range receipt.Outputs {
		if size, ok := sizes[o.Name]; !ok || size != o.Size {
			return 0, fmt.Errorf("open the result: %s is not as the receipt says", o.Name)
		}
	}
	return psiCommon(outputs)
}

// psiWatch looks at the enclaves that this process has until what it returns is called,
// which says what the largest took at most, in MiB: the others wait for tasks.
func psiWatch() func() float64 {
	agents := psiChildren(strconv.Itoa(os.Getpid())) // the chip is of this process
	stop := make(chan struct{})
	peaks := map[string]map[string]float64{} // by agent and process
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			for _, agent := range agents {
				if peaks[agent] == nil {
					peaks[agent] = map[string]float64{}
				}
				for _, pid := range append(psiChildren(agent), agent) {
					// A process that has ended has none.
					peaks[agent][pid] = max(psiPeak(pid), peaks[agent][pid])
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return func() float64 {
		close(stop)
		wg.Wait()
		most := 0.0
		for _, processes := range peaks {
			sum := 0.0
			for _, mib := range processes {
				sum += mib
			}
			most = max(most, sum)
		}
		return most
	}
}

func psiChildren(pid string) (out []string) {
	lists, _ := filepath.Glob(filepath.Join("/proc", pid, "task", "*", "children"))
	for _, name := range lists {
		b, _ := os.ReadFile(name)
		out = append(out, strings.Fields(string(b))...)
	}
	return out
}

// psiPeak is the most memory that a process had, in MiB; 0 if there is none of that id.
func psiPeak(pid string) float64 {
	status, _ := os.ReadFile(filepath.Join("/proc", pid, "status"))
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kib, _ := strconv.ParseFloat(fields[1], 64)
			return math.Round(kib / 1024)
		}
	}
	return 0
}
