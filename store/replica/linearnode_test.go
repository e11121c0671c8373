package replica

import (
	"bufio"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/raft-wal/fs"
	"github.com/hashicorp/raft-wal/types"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/store"
	"tacit/wire"
)

// This file is a member as a process of its own: the test binary, started again.

// nodeEnv names the file with a member's configuration.
const nodeEnv = "TACIT_LINEAR_NODE"

// probe in its place asks whether a process can have a network of its own.
const probe = "probe"

// linNode is a member's configuration.
type linNode struct {
	Index      int
	Dir        string
	Key        []byte
	Signer     []byte
	Seal       []byte
	Network    wire.Digest
	Operator   wire.Address
	Membership tacit.Signed[Membership]
	Listen     string // host:port among the members
	Tun        bool   // it has a network of its own, whose packets go over descriptor 3
	Heartbeat  time.Duration
	Broken     string // a defect that is planted: see planted
}

// Defects that are planted to see that they are found.
const (
	staleReads = "reads are answered by anybody, from what he has applied"
	lazyDisk   = "a sync returns at once"
	noContext  = "records open in another's place"
)

// linReq is what a client or the test asks of a member, linRes its answer.
type linReq struct {
	Do       string
	Key, End string
	Limit    int
	Txn      tacit.Txn
	Lease    tacit.Lease
	TTL      time.Duration
	After    int64
	N        int
	Signed   []byte // a membership
}

type linRes struct {
	Code, Detail string
	Items        []tacit.Item
	Revision     int64
	Lease        tacit.Lease
	Changes      []tacit.Change
	Ended        bool
	Status       Status
}

// nodeMain runs a member until it stops or is killed.
func nodeMain(path string) int {
	if path == probe {
		if err := plugIn("10.77.1.1:0"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	}
	if err := runNode(path); err != nil {
		fmt.Fprintln(os.Stderr, "member:", err)
		return 3
	}
	return 0
}

func runNode(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var c linNode
	if err := json.Unmarshal(b, &c); err != nil {
		return err
	}
	if c.Tun {
		if err := plugIn(c.Listen); err != nil {
			return err
		}
	}
	signer, err := key.ParseSigner(c.Signer)
	if err != nil {
		return err
	}
	seal, err := key.ParseSealer(c.Seal)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	n := &linServer{cfg: c, files: newPowerFS(c.Broken == lazyDisk)}
	n.net = &lines{l: l, me: signer.Address(), queue: make(chan arrival), closed: make(chan struct{}), cut: map[string]bool{}}
	go n.net.serve()
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("TACIT_LAB_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("member", c.Index)
	}
	n.r, err = Open(Config{Dir: c.Dir, Key: c.Key, NetworkID: c.Network, Operator: c.Operator, Membership: c.Membership, Signer: signer, Seal: seal,
		Network: n.net, Heartbeat: c.Heartbeat, SnapshotEvery: 4000, Trailing: 500, Ended: func(string) bool { return false }, Log: log, files: n.files})
	if err != nil {
		return err
	}
	sock := filepath.Join(filepath.Dir(path), "sock")
	os.Remove(sock)
	local, err := net.Listen("unix", sock)
	if err != nil {
		return err
	}
	go func() {
		for {
			conn, err := local.Accept()
			if err != nil {
				return
			}
			go n.serve(conn)
		}
	}()
	<-n.r.Stopped()
	return fmt.Errorf("stopped: %w", n.r.Err())
}

// lines are channels between members over plain TCP; the caller says who he is. (That
// channels are attested is tested elsewhere.)
type lines struct {
	l      net.Listener
	me     wire.Address
	queue  chan arrival
	closed chan struct{}
	once   sync.Once

	mu  sync.Mutex // guards what follows
	cut map[string]bool
}

func (n *lines) serve() {
	for {
		conn, err := n.l.Accept()
		if err != nil {
			return
		}
		go func() {
			r := bufio.NewReader(conn)
			_ = conn.SetReadDeadline(time.Now().Add(3 * time.Second))
			line, err := r.ReadString('\n')
			_ = conn.SetReadDeadline(time.Time{})
			var who wire.Address
			if err != nil || who.UnmarshalText([]byte(strings.TrimSpace(line))) != nil {
				conn.Close()
				return
			}
			select {
			case n.queue <- arrival{&buffered{n.lossy(conn, conn.RemoteAddr().String()), r}, who}:
			case <-n.closed:
				conn.Close()
			}
		}()
	}
}

type buffered struct {
	net.Conn
	r *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.r.Read(p) }

func (n *lines) Accept() (net.Conn, wire.Address, error) {
	select {
	case a := <-n.queue:
		return a.conn, a.who, nil
	case <-n.closed:
		return nil, wire.Address{}, net.ErrClosed
	}
}

func (n *lines) Close() error {
	n.once.Do(func() { close(n.closed) })
	return n.l.Close()
}

func (n *lines) Dial(ctx context.Context, to Member) (net.Conn, error) {
	d := net.Dialer{Timeout: 2 * time.Second}
	if host, _, _ := net.SplitHostPort(n.l.Addr().String()); host != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(host)}
	}
	conn, err := d.DialContext(ctx, "tcp", to.Address)
	if err != nil {
		return nil, fault.New(fault.Unreachable, "dial %s: %w", to.Address, err)
	}
	conn = n.lossy(conn, to.Address)
	if _, err := fmt.Fprintln(conn, n.me); err != nil {
		conn.Close()
		return nil, fault.New(fault.Unreachable, "dial %s: %w", to.Address, err)
	}
	return conn, nil
}

// lossy loses what is written to a host while the way to it is cut: what stands in for
// networks of their own where the machine gives none.
func (n *lines) lossy(c net.Conn, to string) net.Conn {
	host, _, _ := net.SplitHostPort(to)
	return &lossyConn{c, n, host}
}

type lossyConn struct {
	net.Conn
	of *lines
	to string
}

func (c *lossyConn) Write(b []byte) (int, error) {
	c.of.mu.Lock()
	cut := c.of.cut[c.to]
	c.of.mu.Unlock()
	if cut {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// linServer answers clients on a socket of the file system, which no fault touches.
type linServer struct {
	cfg   linNode
	net   *lines
	files *powerFS
	r     *Replica
}

func (n *linServer) serve(conn net.Conn) {
	defer conn.Close()
	in, out := gob.NewDecoder(conn), gob.NewEncoder(conn)
	for {
		var q linReq
		if in.Decode(&q) != nil {
			return
		}
		if q.Do == "watch" {
			n.watch(conn, q, out)
			return
		}
		var res linRes
		if err := n.answer(q, &res); err != nil {
			res.Code, res.Detail = string(fault.Of(err)), err.Error()
		}
		if out.Encode(res) != nil {
			return
		}
	}
}

// leads is the term that this member serves.
func (n *linServer) leads() (*Term, error) {
	n.r.mu.Lock()
	defer n.r.mu.Unlock()
	if n.r.serving == nil {
		return nil, fault.New(fault.StoreNotLeader, "this member does not lead")
	}
	return n.r.serving, nil
}

func (n *linServer) watch(conn net.Conn, q linReq, out *gob.Encoder) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // the watcher says nothing more: an end of reading is his end
		_, _ = conn.Read(make([]byte, 1))
		cancel()
	}()
	var ch <-chan tacit.Change
	t, err := n.leads()
	if err == nil {
		ch, err = t.Watch(ctx, q.Key, q.After)
	}
	if err != nil {
		_ = out.Encode(linRes{Code: string(fault.Of(err)), Detail: err.Error()})
		return
	}
	for c := range ch {
		if out.Encode(linRes{Changes: []tacit.Change{c}}) != nil {
			return
		}
	}
	_ = out.Encode(linRes{Ended: true})
}

func (n *linServer) answer(q linReq, res *linRes) error {
	if done, err := n.control(q, res); done {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if n.cfg.Broken == staleReads && (q.Do == "get" || q.Do == "range") {
		return n.stale(q, res)
	}
	t, err := n.leads()
	if err != nil {
		return err
	}
	switch q.Do {
	case "get":
		it, err := t.Get(ctx, q.Key)
		res.Items = []tacit.Item{it}
		return err
	case "range":
		res.Items, res.Revision, err = t.Range(ctx, q.Key, q.End, q.Limit)
	case "commit":
		res.Revision, err = t.Commit(ctx, q.Txn)
	case "grant":
		res.Lease, err = t.Grant(ctx, q.Key, q.TTL)
	case "renew":
		res.Lease, err = t.Renew(ctx, q.Lease, q.TTL)
	case "revoke":
		err = t.Revoke(ctx, q.Lease)
	default:
		err = fault.New(fault.APIField, "no such question: %s", q.Do)
	}
	return err
}

// stale is the planted defect: it asks nobody.
func (n *linServer) stale(q linReq, res *linRes) error {
	m := n.r.machine
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.keys == nil {
		return fault.New(fault.StoreNotLeader, "no keys yet")
	}
	res.Revision = m.head.Revision
	var err error
	end := node{place: string(rune(store.KindItem)) + q.End}
	if q.Do == "get" {
		end.place = string(rune(store.KindItem)) + q.Key + "\x00"
	}
	m.tree.AscendRange(node{place: string(rune(store.KindItem)) + q.Key}, end, func(x node) bool {
		var it tacit.Item
		if it, err = item(m.keys, x); err == nil {
			res.Items = append(res.Items, it)
		}
		return err == nil
	})
	if err == nil && q.Do == "get" && len(res.Items) == 0 {
		return fault.New(fault.APINotFound, "get %q", q.Key)
	}
	return err
}

// control is what the test asks beside the store.
func (n *linServer) control(q linReq, res *linRes) (bool, error) {
	switch q.Do {
	case "status":
		res.Status = n.r.Status()
	case "offer":
		var signed tacit.Signed[Membership]
		if err := wire.Unmarshal(labelSigned, q.Signed, &signed); err != nil {
			return true, err
		}
		return true, n.r.Offer(signed)
	case "snapshot":
		return true, n.r.Snapshot()
	case "check":
		rep := n.r.Check()
		if rep.Code != "" {
			return true, errors.New(rep.Detail)
		}
	case "slow sync":
		n.files.slow.Store(int64(q.TTL))
	case "fail sync":
		n.files.fail.Store(true)
	case "disk full":
		n.files.full.Store(true)
	case "cut":
		n.net.mu.Lock()
		n.net.cut[q.Key] = q.N == 1
		n.net.mu.Unlock()
	case "power":
		if !n.files.lazy { // there everything since the last writing back is lost: in silence, mostly
			n.files.tear(uint64(q.N))
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "swap":
		return true, n.swap(q.Key, q.End)
	default:
		return false, nil
	}
	return true, nil
}

// swap is a host that puts two records of this member's memory in each other's place.
func (n *linServer) swap(a, b string) error {
	m := n.r.machine
	m.mu.Lock()
	defer m.mu.Unlock()
	place := func(k string) string { return string(rune(store.KindItem)) + k }
	x, ok := m.tree.Get(node{place: place(a)})
	y, ok2 := m.tree.Get(node{place: place(b)})
	if !ok || !ok2 {
		return fault.New(fault.APINotFound, "swap %q and %q", a, b)
	}
	if n.cfg.Broken != noContext {
		x.rec, y.rec = y.rec, x.rec
	} else {
		// The planted defect: what was sealed for one place and revision opens at others.
		_, _, plainX, err := m.keys.Open([]byte(x.place), x.rec)
		if err != nil {
			return err
		}
		_, _, plainY, err := m.keys.Open([]byte(y.place), y.rec)
		if err != nil {
			return err
		}
		x.rec = m.keys.Seal([]byte(x.place), x.entry.Revision, x.entry.Lease, plainY)
		y.rec = m.keys.Seal([]byte(y.place), y.entry.Revision, y.entry.Lease, plainX)
	}
	m.tree.ReplaceOrInsert(x)
	m.tree.ReplaceOrInsert(y)
	return nil
}

// powerFS holds back what was not synced: killing its process is a power cut. Of the
// log only; the small database beside it and snapshots reach the kernel at once.
type powerFS struct {
	types.VFS
	slow       atomic.Int64
	fail, full atomic.Bool
	lazy       bool

	mu    sync.Mutex // guards what follows
	files map[string]*heldBack
}

const pageSize = 4096

// heldBack is a file whose dirty pages are not written yet.
type heldBack struct {
	of    *powerFS
	inner types.WritableFile

	mu    sync.Mutex // guards what follows
	dirty map[int64][]byte
}

func newPowerFS(lazy bool) *powerFS {
	p := &powerFS{VFS: fs.New(), lazy: lazy, files: map[string]*heldBack{}}
	if lazy {
		go func() {
			for {
				time.Sleep(700 * time.Millisecond)
				p.each(func(f *heldBack) { _ = f.flush() })
			}
		}()
	}
	return p
}

func (p *powerFS) each(do func(f *heldBack)) {
	p.mu.Lock()
	var list []*heldBack
	for _, f := range p.files {
		list = append(list, f)
	}
	p.mu.Unlock()
	for _, f := range list {
		do(f)
	}
}

func (p *powerFS) hold(path string, w types.WritableFile) *heldBack {
	f := &heldBack{of: p, inner: w, dirty: map[int64][]byte{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[path] = f
	return f
}

func (p *powerFS) Create(dir, name string, size uint64) (types.WritableFile, error) {
	if p.full.Load() {
		return nil, syscall.ENOSPC
	}
	w, err := p.VFS.Create(dir, name, size)
	if err != nil {
		return nil, err
	}
	return p.hold(filepath.Join(dir, name), w), nil
}

func (p *powerFS) OpenWriter(dir, name string) (types.WritableFile, error) {
	w, err := p.VFS.OpenWriter(dir, name)
	if err != nil {
		return nil, err
	}
	return p.hold(filepath.Join(dir, name), w), nil
}

func (p *powerFS) OpenReader(dir, name string) (types.ReadableFile, error) {
	r, err := p.VFS.OpenReader(dir, name)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	f := p.files[filepath.Join(dir, name)]
	p.mu.Unlock()
	if f == nil {
		return r, nil
	}
	return &through{r, f}, nil
}

// through reads a file with what is held back of it.
type through struct {
	types.ReadableFile
	f *heldBack
}

func (t *through) ReadAt(b []byte, at int64) (int, error) {
	n, err := t.ReadableFile.ReadAt(b, at)
	t.f.overlay(b[:n], at)
	return n, err
}

func (p *powerFS) Delete(dir, name string) error {
	p.mu.Lock()
	delete(p.files, filepath.Join(dir, name))
	p.mu.Unlock()
	return p.VFS.Delete(dir, name)
}

func (f *heldBack) overlay(b []byte, at int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := at / pageSize; i*pageSize < at+int64(len(b)); i++ {
		page := f.dirty[i]
		if page == nil {
			continue
		}
		if start := i*pageSize - at; start >= 0 {
			copy(b[start:], page)
		} else {
			copy(b, page[-start:])
		}
	}
}

func (f *heldBack) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.inner.ReadAt(b, at)
	f.overlay(b[:n], at)
	return n, err
}

func (f *heldBack) WriteAt(b []byte, at int64) (int, error) {
	if f.of.full.Load() {
		return 0, syscall.ENOSPC
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for done := 0; done < len(b); {
		i := (at + int64(done)) / pageSize
		page := f.dirty[i]
		if page == nil {
			page = make([]byte, pageSize)
			_, _ = f.inner.ReadAt(page, i*pageSize) // what is not there is zero
			f.dirty[i] = page
		}
		done += copy(page[at+int64(done)-i*pageSize:], b[done:])
	}
	return len(b), nil
}

func (f *heldBack) flush() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, page := range f.dirty {
		if _, err := f.inner.WriteAt(page, i*pageSize); err != nil {
			return err
		}
		delete(f.dirty, i)
	}
	return nil
}

func (f *heldBack) Sync() error {
	time.Sleep(time.Duration(f.of.slow.Load()))
	switch {
	case f.of.fail.Load():
		return syscall.EIO
	case f.of.full.Load():
		return syscall.ENOSPC
	case f.of.lazy:
		return nil
	}
	return f.flush()
}

func (f *heldBack) Close() error { return f.inner.Close() }

// tear is what a disk does of what it was not yet told to keep: some pages, in any
// order, some of them half.
func (p *powerFS) tear(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	p.each(func(f *heldBack) {
		f.mu.Lock() // for good
		for i, page := range f.dirty {
			switch r.IntN(3) {
			case 0:
				_, _ = f.inner.WriteAt(page, i*pageSize)
			case 1:
				_, _ = f.inner.WriteAt(page[:pageSize/8*(1+r.IntN(7))], i*pageSize)
			}
		}
	})
}
