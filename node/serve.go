package node

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/atls"
	"tacit/fault"
	"tacit/key"
	"tacit/rpc"
	"tacit/vrf"
	"tacit/wire"
)

func bytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

// retryEvery is how long a process waits before it dials a lost peer again.
const retryEvery = 300 * time.Millisecond

// ServeGateway dials the gateway and answers its questions until ctx ends.
func (n *Node) ServeGateway(ctx context.Context, s *rpc.Server) error {
	return n.serveTo(ctx, s, "gateway", func(ctx context.Context) (*atls.Conn, error) { return n.dialGateway(ctx, true) })
}

func (n *Node) serveTo(ctx context.Context, s *rpc.Server, who string, dial func(context.Context) (*atls.Conn, error)) error {
	for ctx.Err() == nil {
		conn, err := dial(ctx)
		if err == nil {
			n.cfg.Log.Info("connected", "to", who, "version", conn.Version)
			s.ServeConn(ctx, n.hold(ctx, conn), conn.Peer)
		} else if level := slog.LevelDebug; ctx.Err() == nil {
			if errors.Is(err, fault.ProtoVersion) {
				level = slog.LevelWarn // it does not end by itself
			}
			n.cfg.Log.Log(ctx, level, "not connected", "to", who, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryEvery):
		}
	}
	return ctx.Err()
}

// ServeDispatchers keeps a connection to every registered dispatcher and
// answers its questions until ctx ends. Who they are the registry says; the
// gateway's list of them is checked when each is dialled.
func (n *Node) ServeDispatchers(ctx context.Context, s *rpc.Server) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	known := map[wire.Address]context.CancelFunc{}
	for ctx.Err() == nil {
		if pools, err := n.Gateway.Pools(ctx, tacit.ProofRequest{}); err == nil {
			for _, d := range pools.Nodes {
				if _, ok := known[d.Key]; ok || d.Roles&tacit.RoleDispatcher == 0 || d.Leaving != 0 || d.Endpoint == "" {
					continue
				}
				sub, cancel := context.WithCancel(ctx)
				known[d.Key] = cancel
				wg.Go(func() {
					defer cancel()
					_ = n.serveTo(sub, s, "dispatcher "+d.Key.String()[:10], func(ctx context.Context) (*atls.Conn, error) {
						return atls.Dial(ctx, d.Endpoint, n.full(), atls.Want{Role: tacit.RoleDispatcher, Node: d.Key}, true)
					})
				})
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
	return ctx.Err()
}

// Listen accepts peers of the admitted roles. Those that ask are answered by
// s; those that want to be asked are handed to joined, with a connection that
// ends when it returns.
func (n *Node) Listen(ctx context.Context, address string, bare bool, admit []tacit.Role, s *rpc.Server, joined func(ctx context.Context, c *rpc.Client)) error {
	inner, err := net.Listen("tcp", address)
	if err != nil {
		return fault.New(fault.Unreachable, "listen on %s: %w", address, err)
	}
	cfg := n.full()
	if bare {
		cfg = n.bare()
	}
	cfg.Admit = admit
	l := atls.Listen(inner, cfg)
	l.Refused = func(remote net.Addr, err error) {
		n.cfg.Log.Info("peer refused", "remote", remote.String(), "err", err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conn := c.(*atls.Conn)
			wg.Go(func() {
				if !conn.PeerServes {
					s.ServeConn(ctx, n.hold(ctx, conn), conn.Peer)
					return
				}
				client, err := rpc.NewClient(n.hold(ctx, conn), conn.Peer)
				if err != nil || joined == nil {
					conn.Close()
					return
				}
				defer client.Close()
				joined(ctx, client)
			})
		}
	})
	return l.Run(ctx)
}

// Blobs gives access to every registered blob store: chunks come from whichever
// has them. New blobs go to a store of this node's own operator, if there is one, so that
// what a party seals stays where the party is; else to the first that takes them.
// Anybody may register a store: one that keeps only its own party's blobs, has no room or
// is away takes nothing, and costs whoever asks no more than the question.
type Blobs struct {
	n *Node

	mu     sync.Mutex // guards what follows
	stores map[wire.Address]rpc.Blobs
	order  []wire.Address
	own    []wire.Address // those of this account
	where  map[wire.Digest]wire.Address
}

// Blobs of this network.
func (n *Node) Blobs() *Blobs {
	return &Blobs{n: n, stores: map[wire.Address]rpc.Blobs{}, where: map[wire.Digest]wire.Address{}}
}

func (b *Blobs) refresh(ctx context.Context) error {
	pools, err := b.n.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range pools.Nodes {
		if _, ok := b.stores[d.Key]; !ok && d.Roles&tacit.RoleBlobs != 0 && d.Leaving == 0 && d.Endpoint != "" {
			b.stores[d.Key] = rpc.Blobs{Connect: b.n.Dial(d.Endpoint, atls.Want{Role: tacit.RoleBlobs, Node: d.Key})}
			b.order = append(b.order, d.Key)
			if d.Operator == b.n.cfg.Key.Address() {
				b.own = append(b.own, d.Key)
			}
		}
	}
	return nil
}

// Chunk fetches a chunk from a store that has it. The caller checks it. Only if
// every store said that it has no such blob is it API_NOT_FOUND; one that did not
// answer may have it, and whoever asks again may get it.
func (b *Blobs) Chunk(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
	return fetch(ctx, b, root, func(s rpc.Blobs) (tacit.Chunk, error) { return s.Chunk(ctx, root, i) })
}

// Run is Chunk for a run.
func (b *Blobs) Run(ctx context.Context, root wire.Digest, i int64) ([]byte, error) {
	return fetch(ctx, b, root, func(s rpc.Blobs) ([]byte, error) { return s.Run(ctx, root, i) })
}

// fetch asks the store that had something of a blob before, then all.
func fetch[T any](ctx context.Context, b *Blobs, root wire.Digest, from func(rpc.Blobs) (T, error)) (T, error) {
	var none T
	b.mu.Lock()
	at, ok := b.where[root]
	store := b.stores[at]
	b.mu.Unlock()
	if ok {
		if c, err := from(store); err == nil {
			return c, nil
		}
	}
	if err := b.refresh(ctx); err != nil {
		return none, err
	}
	b.mu.Lock()
	order, stores := slices.Clone(b.order), maps.Clone(b.stores)
	b.mu.Unlock()
	var errs []error
	for _, at := range order {
		c, err := from(stores[at])
		if err == nil {
			b.mu.Lock()
			b.where[root] = at
			b.mu.Unlock()
			return c, nil
		}
		errs = append(errs, err)
	}
	return none, nowhere(root, errs)
}

// nowhere is the error of a blob that no store gave, by what each said.
func nowhere(root wire.Digest, said []error) error {
	if len(said) == 0 {
		return fault.New(fault.Unreachable, "fetch blob %s: no blob store is registered", root.Short())
	}
	for _, err := range said {
		if !errors.Is(err, fault.APINotFound) {
			return fmt.Errorf("fetch blob %s: %w", root.Short(), err)
		}
	}
	return fault.New(fault.APINotFound, "fetch blob %s: no store has it", root.Short())
}

// Put stores a blob. It goes nowhere else while a store of one's own is away or full. A
// reader that is no io.Seeker is read once: the first store that takes nothing from it ends
// the search.
func (b *Blobs) Put(ctx context.Context, r io.Reader, size int64) (wire.Digest, error) {
	if err := b.refresh(ctx); err != nil {
		return wire.Digest{}, err
	}
	b.mu.Lock()
	at, next := b.order, []fault.Code{fault.StoreDenied, fault.Unreachable, fault.ResBusy}
	if len(b.own) > 0 {
		at, next = b.own, next[:1]
	}
	var stores []tacit.Blobs
	for _, k := range at {
		stores = append(stores, b.stores[k])
	}
	b.mu.Unlock()
	return putFirst(ctx, stores, next, r, size)
}

// putFirst stores a blob at the first store that takes it. Refusals with another code than
// those of next end the search.
func putFirst(ctx context.Context, stores []tacit.Blobs, next []fault.Code, r io.Reader, size int64) (wire.Digest, error) {
	err, tried := error(fault.New(fault.Unreachable, "store blob: no blob store is registered")), false
	for _, store := range stores {
		root, perr := store.Put(ctx, r, size)
		if perr == nil || ctx.Err() != nil || !slices.Contains(next, fault.Of(perr)) {
			return root, perr
		}
		// One that was away may take it later; that others are not for this node says nothing.
		if !tried || fault.Of(perr) != fault.StoreDenied {
			err = perr
		}
		tried = true
		s, ok := r.(io.Seeker)
		if !ok {
			break
		}
		if _, serr := s.Seek(0, io.SeekStart); serr != nil {
			return root, fmt.Errorf("store blob: %w", serr)
		}
	}
	return wire.Digest{}, err
}

// TicketPoster posts tickets to the contract.
type TicketPoster interface {
	PostTicket(ctx context.Context, epoch uint64, role tacit.Role, pi []byte) error
}

// PostTickets answers every new header with this node's ticket for the next
// epoch, until ctx ends.
func (n *Node) PostTickets(ctx context.Context, secret *vrf.Key, poster TicketPoster) error {
	last := uint64(0)
	for ctx.Err() == nil {
		if err := n.Follow.Wait(ctx, last+1); err != nil {
			return ctx.Err()
		}
		h := n.Follow.View().Header
		last = h.Number
		pi := secret.Prove(vrf.TicketAlpha(n.ID(), uint16(n.cfg.Role), h.Number+1, h.Beacon))
		if err := poster.PostTicket(ctx, h.Number+1, n.cfg.Role, pi); err != nil && ctx.Err() == nil {
			n.cfg.Log.Info("ticket not posted", "epoch", h.Number+1, "err", err)
		}
	}
	return ctx.Err()
}

// Run follows the chain, judges live peers by what it learns there, and tells how
// the node is, until ctx ends.
func (n *Node) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Follow.Run(ctx) })
	group.Go(func() error { return n.rejudge(ctx) })
	group.Go(func() error { return n.health(ctx) })
	return group.Wait()
}

// WriteJSON writes a file whole or not at all.
func WriteJSON(path string, mode os.FileMode, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	tmp := path + ".part"
	if err := os.WriteFile(tmp, append(b, '\n'), mode); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp, path)
}

// ReadSigner reads a key file: 64 hexadecimal digits, mode 0600.
func ReadSigner(path string) (*key.Signer, error) {
	b, err := ReadSecret(path)
	if err != nil {
		return nil, err
	}
	return key.ParseSigner(b)
}

// ReadVRF reads a VRF key file: 64 hexadecimal digits, mode 0600.
func ReadVRF(path string) (*vrf.Key, error) {
	b, err := ReadSecret(path)
	if err != nil {
		return nil, err
	}
	return vrf.Parse(b)
}

// ReadSecret reads a key file of hexadecimal digits, which others may not read.
func ReadSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.APIPath, "read key file %s: others may read it; chmod 600", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read key file: %w", err)
	}
	secret, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil {
		return nil, fault.New(fault.APIField, "read key file %s: not hexadecimal", path)
	}
	return secret, nil
}

// WriteSecret writes a new key file and never overwrites one.
func WriteSecret(path string, secret []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.APIPath, "write key file: %w", err)
	}
	if _, err := fmt.Fprintf(f, "%x\n", secret); err != nil {
		f.Close()
		return fmt.Errorf("write key file: %w", err)
	}
	return f.Close()
}
