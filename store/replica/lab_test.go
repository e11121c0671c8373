package replica

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/raft-wal/types"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A lab is a group whose members share this process and a network in memory that can
// be cut.
type lab struct {
	t        testing.TB
	operator *key.Signer
	network  wire.Digest
	dir      string
	beat     time.Duration
	config   func(i int, c *Config) // changes what a member is opened with
	signed   tacit.Signed[Membership]
	people   []*person

	mu    sync.Mutex // guards what follows
	at    map[string]*end
	cut   map[[2]int]bool // from, to
	links map[*link2]bool
}

// person is a member with what survives its process.
type person struct {
	i       int
	signer  *key.Signer
	seal    *key.Sealer
	key     []byte
	dir     string
	replica *Replica // nil while it is down
	files   types.VFS
}

// end is where a member is reached.
type end struct {
	of     *lab
	i      int
	queue  chan arrival
	closed chan struct{}
	once   sync.Once
}

type arrival struct {
	conn net.Conn
	who  wire.Address
}

func (e *end) Accept() (net.Conn, wire.Address, error) {
	select {
	case a := <-e.queue:
		return a.conn, a.who, nil
	case <-e.closed:
		return nil, wire.Address{}, net.ErrClosed
	}
}

func (e *end) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}

func (e *end) Dial(ctx context.Context, to Member) (net.Conn, error) {
	l := e.of
	l.mu.Lock()
	other := l.at[to.Address]
	if other == nil || l.cut[[2]int{e.i, other.i}] || l.cut[[2]int{other.i, e.i}] {
		l.mu.Unlock()
		return nil, fault.New(fault.Unreachable, "dial %s: nobody there", to.Address)
	}
	near, far := net.Pipe()
	k := &link2{a: e.i, b: other.i, near: near, far: far}
	l.links[k] = true
	me := l.people[e.i].signer.Address()
	l.mu.Unlock()
	if l.people[other.i].signer.Address() != to.Key {
		return nil, fault.New(fault.TLSIdentity, "dial %s: another node answers", to.Address)
	}
	select {
	case other.queue <- arrival{&cuttable{far, l, other.i, e.i}, me}:
		return &cuttable{near, l, e.i, other.i}, nil
	case <-other.closed:
	case <-ctx.Done():
	}
	near.Close()
	return nil, fault.New(fault.Unreachable, "dial %s: nobody there", to.Address)
}

// link2 is one channel.
type link2 struct {
	a, b      int
	near, far net.Conn
}

// cuttable loses what is written while its direction is cut, as a network does: the
// reader waits.
type cuttable struct {
	net.Conn
	of       *lab
	from, to int
}

func (c *cuttable) Write(b []byte) (int, error) {
	c.of.mu.Lock()
	cut := c.of.cut[[2]int{c.from, c.to}]
	c.of.mu.Unlock()
	if cut {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// newLab makes a group of n members and starts them all.
func newLab(t testing.TB, n int, config func(i int, c *Config)) *lab {
	l := makeLab(t, n, config)
	for i := range n {
		l.start(i)
	}
	return l
}

func makeLab(t testing.TB, n int, config func(i int, c *Config)) *lab {
	t.Helper()
	operator, err := key.NewSigner()
	must(t, err)
	l := &lab{t: t, operator: operator, network: wire.Sum([]byte("lab")), dir: t.TempDir(), config: config, beat: 300 * time.Millisecond,
		at: map[string]*end{}, cut: map[[2]int]bool{}, links: map[*link2]bool{}}
	var members []Member
	for i := range n {
		members = append(members, l.add(i))
	}
	l.signed = tacit.Sign(l.network, operator, Found(members...))
	t.Cleanup(func() {
		for i := range l.people {
			l.stop(i)
		}
	})
	return l
}

func (l *lab) add(i int) Member {
	l.t.Helper()
	signer, err := key.NewSigner()
	must(l.t, err)
	seal, err := key.NewSealer()
	must(l.t, err)
	p := &person{i: i, signer: signer, seal: seal, key: digestBytes(i), dir: filepath.Join(l.dir, fmt.Sprint(i))}
	l.people = append(l.people, p)
	return Member{Key: signer.Address(), Seal: seal.Recipient(), Address: fmt.Sprintf("member-%d:1", i)}
}

// open opens a member.
func (l *lab) open(i int) (*Replica, error) {
	p := l.people[i]
	e := &end{of: l, i: i, queue: make(chan arrival), closed: make(chan struct{})}
	l.mu.Lock()
	l.at[fmt.Sprintf("member-%d:1", i)] = e
	l.mu.Unlock()
	c := Config{Dir: p.dir, Key: p.key, NetworkID: l.network, Operator: l.operator.Address(), Membership: l.signed, Signer: p.signer, Seal: p.seal,
		Network: e, Heartbeat: l.beat, files: p.files}
	if os.Getenv("TACIT_LAB_LOG") != "" {
		c.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("member", i)
	}
	if l.config != nil {
		l.config(i, &c)
	}
	return Open(c)
}

func (l *lab) start(i int) *Replica {
	l.t.Helper()
	r, err := l.open(i)
	must(l.t, err)
	l.people[i].replica = r
	return r
}

// stop ends a member as a process ends.
func (l *lab) stop(i int) {
	p := l.people[i]
	if p.replica == nil {
		return
	}
	l.mu.Lock()
	delete(l.at, fmt.Sprintf("member-%d:1", i))
	for k := range l.links {
		if k.a == i || k.b == i {
			k.near.Close()
			k.far.Close()
			delete(l.links, k)
		}
	}
	l.mu.Unlock()
	_ = p.replica.Close()
	p.replica = nil
}

// part cuts or heals one direction.
func (l *lab) part(from, to int, cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut[[2]int{from, to}] = cut
	if !cut {
		// What was lost on a stream breaks it.
		for k := range l.links {
			if k.a == from && k.b == to || k.a == to && k.b == from {
				k.near.Close()
				k.far.Close()
				delete(l.links, k)
			}
		}
	}
}

// isolate cuts a member from all others, or heals it.
func (l *lab) isolate(i int, cut bool) {
	for j := range l.people {
		if j != i {
			l.part(i, j, cut)
			l.part(j, i, cut)
		}
	}
}

// leader waits for a member that serves.
func (l *lab) leader(except ...int) (*Term, int) {
	l.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		for _, p := range l.people {
			skip := p.replica == nil
			for _, e := range except {
				skip = skip || p.i == e
			}
			if skip {
				continue
			}
			p.replica.mu.Lock()
			t := p.replica.serving
			p.replica.mu.Unlock()
			if t != nil {
				return t, p.i
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	for _, p := range l.people {
		if p.replica != nil {
			l.t.Logf("member %d: %+v", p.i, p.replica.Status())
		}
	}
	l.t.Fatal("no member serves")
	return nil, 0
}

// caughtUp waits until a member has applied a revision.
func (l *lab) caughtUp(i int, revision int64) {
	l.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if l.people[i].replica.Status().Revision >= revision {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	l.t.Fatalf("member %d does not reach revision %d: %+v", i, revision, l.people[i].replica.Status())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, what string, err error, want fault.Code) {
	t.Helper()
	if got := fault.Of(err); got != want || (err == nil) != (want == "") {
		t.Fatalf("%s: %v, want %q", what, err, want)
	}
}

func put(t testing.TB, s tacit.Store, k, v string) int64 {
	t.Helper()
	rev, err := s.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: k, Value: []byte(v)}}})
	must(t, err)
	return rev
}

func get(t testing.TB, s tacit.Store, k string) string {
	t.Helper()
	it, err := s.Get(t.Context(), k)
	must(t, err)
	return string(it.Value)
}

// reads has whoever leads read a key: on a machine with other work a group may elect anew
// at any time.
func (l *lab) reads(k string) string {
	l.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; {
		term, _ := l.leader()
		it, err := term.Get(l.t.Context(), k)
		if fault.Of(err) == fault.StoreNotLeader && time.Now().Before(deadline) {
			continue
		}
		must(l.t, err)
		return string(it.Value)
	}
}

// copyDir copies a member's disk.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	must(t, os.RemoveAll(to))
	must(t, os.CopyFS(to, os.DirFS(from)))
}

func digestBytes(i int) []byte {
	d := wire.Sum([]byte{byte(i)})
	return d[:]
}

// await waits until something holds.
func (l *lab) await(what string, holds func() bool) {
	l.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			for _, p := range l.people {
				if p.replica != nil {
					l.t.Logf("member %d: %+v", p.i, p.replica.Status())
				}
			}
			l.t.Fatalf("not in time: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// remove has the operator take a member out, and ends it.
func (l *lab) remove(i int) {
	l.t.Helper()
	body := l.signed.Body
	body.Number++
	k := l.people[i].signer.Address()
	var left []Member
	for _, m := range body.Members {
		if m.Key != k {
			left = append(left, m)
		}
	}
	body.Members = left
	l.signed = tacit.Sign(l.network, l.operator, body)
	_, at := l.leader()
	must(l.t, l.people[at].replica.Offer(l.signed))
	l.await("a configuration without it", func() bool {
		for _, p := range l.people {
			if p.i == i || p.replica == nil {
				continue
			}
			f := p.replica.raft.GetConfiguration()
			if f.Error() == nil && len(f.Configuration().Servers) == len(left) {
				return true
			}
		}
		return false
	})
	l.stop(i)
}
