package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tacit"
	"tacit/audit"
	"tacit/cmd/internal/inside"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/store/embedded"
	"tacit/store/replica"
	"tacit/wire"
)

// Status asks a replica's process how it is.
func (n *Net) Status(ctx context.Context, seat string) (replica.Status, error) {
	var s replica.Status
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.dev.Health(seat)+"/store", nil)
	if err != nil {
		return s, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	return s, json.NewDecoder(res.Body).Decode(&s)
}

// Serving waits for the seat of a group that serves in a term after one, and returns it
// with its term. A replica that was killed comes back at once and may lead again.
func (n *Net) Serving(ctx context.Context, name string, after uint64) (seat string, term uint64, err error) {
	err = until(ctx, time.Minute, time.Minute, func(ctx context.Context) error {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, s := range n.dev.Seats(name) {
			wg.Go(func() {
				if st, err := n.Status(ctx, s); err == nil && st.Serving && st.Term > after {
					mu.Lock()
					defer mu.Unlock()
					seat, term = s, st.Term
				}
			})
		}
		wg.Wait()
		if seat == "" {
			return fmt.Errorf("no replica of %s serves", name)
		}
		return nil
	})
	return seat, term, err
}

// Whole waits until every replica of a group takes part and has what the leader had.
func (n *Net) Whole(ctx context.Context, name string) error {
	return until(ctx, time.Minute, time.Minute, func(ctx context.Context) error {
		var most int64
		all := map[string]replica.Status{}
		for _, s := range n.dev.Seats(name) {
			st, err := n.Status(ctx, s)
			if err != nil {
				return err
			}
			all[s] = st
			most = max(most, st.Revision)
		}
		for s, st := range all {
			if st.Waiting != "" || st.Revision+200 < most {
				return fmt.Errorf("%s: revision %d of %d, waits for %q", s, st.Revision, most, st.Waiting)
			}
		}
		return nil
	})
}

// folder is where the log of a stopped manager is: of a group, in the replica whose copy
// is the longest.
func (n *Net) folder(_ context.Context, name string, k wire.Address) (string, error) {
	seats := n.dev.Seats(name)
	if len(seats) == 0 {
		return filepath.Join(n.home, "nodes", name), nil
	}
	longest, at := -1, ""
	for _, s := range seats {
		dir := filepath.Join(n.home, "nodes", s)
		records := 0
		err := audit.Read(filepath.Join(dir, "audit"), "tacit/manager/"+k.String(), func(uint64, []byte) error { records++; return nil })
		if err != nil && !errors.Is(err, fault.AuditUnavailable) { // it never led
			return "", err
		}
		if err == nil && records > longest {
			longest, at = records, dir
		}
	}
	if at == "" {
		return "", fmt.Errorf("no replica of %s has a log", name)
	}
	return at, nil
}

// budgets reads the budgets of a stopped manager. A group's are what a majority of its
// disks has: its replicas are started once more, here, on the disks that are left.
func (n *Net) budgets(ctx context.Context, name, dir string) (map[string]uint64, error) {
	seats := n.dev.Seats(name)
	if len(seats) == 0 {
		return n.counters(ctx, dir)
	}
	secret, err := n.sealingKey("manager replica")
	if err != nil {
		return nil, err
	}
	operator, err := node.ReadSigner(filepath.Join(n.home, "accounts", "operator.key"))
	if err != nil {
		return nil, err
	}
	lines := &lines{at: map[string]chan line{}}
	var replicas []*replica.Replica
	defer func() {
		for _, r := range replicas {
			r.Close()
		}
	}()
	for _, s := range seats {
		r, err := n.revive(ctx, filepath.Join(n.home, "nodes", s), secret, operator.Address(), lines)
		if err != nil {
			return nil, fmt.Errorf("start %s again: %w", s, err)
		}
		replicas = append(replicas, r)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	led := make(chan *replica.Term, len(replicas))
	for _, r := range replicas {
		go func() {
			if t, err := r.Lead(ctx); err == nil {
				led <- t
			}
		}()
	}
	select {
	case t := <-led:
		return releases(ctx, t)
	case <-ctx.Done():
		return nil, fmt.Errorf("no replica of %s leads again", name)
	}
}

// revive starts a replica from its folder.
func (n *Net) revive(ctx context.Context, dir string, secret []byte, operator wire.Address, lines *lines) (*replica.Replica, error) {
	local, err := embedded.Open(embedded.Config{Path: filepath.Join(dir, "replica.db"), Key: secret, Sole: true})
	if err != nil {
		return nil, err
	}
	defer local.Close()
	keys, err := inside.ReadReplicaKeys(ctx, local)
	if err != nil {
		return nil, err
	}
	var signed tacit.Signed[replica.Membership]
	b, err := os.ReadFile(filepath.Join(dir, inside.MembershipFile))
	if err == nil {
		err = node.Decode(b, &signed)
	}
	if err != nil {
		return nil, err
	}
	signer, err := key.ParseSigner(keys.Signer)
	if err != nil {
		return nil, err
	}
	seal, err := key.ParseSealer(keys.Seal)
	if err != nil {
		return nil, err
	}
	own := ""
	for _, m := range signed.Body.Members {
		if m.Key == signer.Address() {
			own = m.Address
		}
	}
	return replica.Open(replica.Config{Dir: filepath.Join(dir, "group"), Key: keys.Disk, NetworkID: n.dev.Network().ID(), Operator: operator,
		Membership: signed, Signer: signer, Seal: seal, Network: lines.end(own, signer.Address())})
}

// lines are channels between replicas of this process; the auditor trusts them all.
type lines struct {
	mu sync.Mutex // guards what follows
	at map[string]chan line
}

type line struct {
	conn net.Conn
	who  wire.Address
}

// lineEnd is one replica's end.
type lineEnd struct {
	of     *lines
	in     chan line
	who    wire.Address
	closed chan struct{}
	once   sync.Once
}

func (l *lines) end(address string, who wire.Address) *lineEnd {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at[address] = make(chan line)
	return &lineEnd{of: l, in: l.at[address], who: who, closed: make(chan struct{})}
}

// Dial implements replica.Network.
func (e *lineEnd) Dial(ctx context.Context, to replica.Member) (net.Conn, error) {
	e.of.mu.Lock()
	in := e.of.at[to.Address]
	e.of.mu.Unlock()
	if in == nil {
		return nil, fault.New(fault.Unreachable, "dial %s: nobody there", to.Address)
	}
	near, far := net.Pipe()
	select {
	case in <- line{far, e.who}:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements replica.Network.
func (e *lineEnd) Accept() (net.Conn, wire.Address, error) {
	select {
	case l := <-e.in:
		return l.conn, l.who, nil
	case <-e.closed:
		return nil, wire.Address{}, net.ErrClosed
	}
}

// Close implements replica.Network.
func (e *lineEnd) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}
