package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	"github.com/hashicorp/raft-wal/fs"
	"github.com/hashicorp/raft-wal/types"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/store"
	"tacit/wire"
)

// Config says what a Replica needs; zero durations take the defaults in brackets.
type Config struct {
	Dir string // of its disk; made with mode 0700 if it is not there
	Key []byte `json:"-"` // 32 bytes that seal its disk, which no other member has; never printed

	NetworkID wire.Digest  // for which memberships and checkpoints are signed
	Operator  wire.Address // who signs memberships
	// Membership is the newest that is at hand; one that the member learned later
	// counts instead.
	Membership tacit.Signed[Membership]
	Signer     *key.Signer // of this member
	Seal       *key.Sealer // what the group's keys are sealed to for this member
	Network    Network

	// Admit is asked before a leader serves, with its newest revision and what it
	// knows of earlier ones; an error keeps it closed, and it is asked again. nil
	// admits: then nobody notices that a whole group was put back.
	Admit func(ctx context.Context, at Anchored) error
	// Anchor, if set, is told what to anchor: at most every AnchorEvery [30s] and only
	// when there is something new.
	Anchor      func(ctx context.Context, at Anchored) error
	AnchorEvery time.Duration

	// Ended says which leases end with the process that held them, when a leader
	// begins: those of rooms that run beside the leader. nil: all.
	Ended func(name string) bool

	Heartbeat time.Duration // without a leader's word a member looks for another after one to two of these [800ms]
	// SnapshotEvery is after how many entries the log is replaced by a snapshot
	// [65536], and Trailing how many entries stay for members that are behind [16384].
	SnapshotEvery, Trailing uint64

	Log *slog.Logger

	files types.VFS // tests break the disk behind it
}

// Format keeps the keys out of any print.
func (c Config) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "replica.Config{Dir: %q, Key: hidden}", c.Dir)
}

// Anchored is a revision and the chain of entries after it, as a group's word to
// somebody outside.
type Anchored struct {
	Revision int64
	Digest   wire.Digest
	// At is the chain's digest after the entry that brought a revision, as far as it
	// is known: of the newest entries, and of what was anchored before.
	At func(revision int64) (wire.Digest, bool)
}

// A Replica is one member of a group. Run makes it take part; Lead waits for its turn
// to serve.
type Replica struct {
	cfg   Config
	self  Member
	group wire.Digest

	box        *store.Box
	disk       *disk
	machine    *machine
	guard      *guard
	stream     *stream
	raft       *raft.Raft
	ctx        context.Context
	cancel     context.CancelCauseFunc
	rolledBack atomic.Bool
	running    sync.WaitGroup

	mu         sync.Mutex // guards what follows
	membership tacit.Signed[Membership]
	learned    chan struct{} // closed and replaced when membership changes
	askers     map[wire.Address]*asker
	channels   map[*held]bool
	serving    *Term
	turned     chan struct{} // closed and replaced when serving changes
	cause      error         // why it stopped
	waiting    string        // what it waits for before it takes part, for Status
	seen       map[wire.Address]tacit.Signed[Checkpoint]
	closed     bool
}

// stableMembership is the key of the newest membership on the member's disk.
const stableMembership = "membership"

// Open opens or makes a member's disk, verifies what is there and starts it. Close ends
// it. Until its roll call is done it takes part in nothing.
func Open(cfg Config) (*Replica, error) {
	const op = "open replica"
	if cfg.Dir == "" || len(cfg.Key) != 32 || cfg.Signer == nil || cfg.Seal == nil || cfg.Network == nil {
		return nil, fault.New(fault.APIField, "%s: folder, key of 32 bytes, signer, seal and network are all required", op)
	}
	if cfg.Heartbeat == 0 {
		cfg.Heartbeat = 800 * time.Millisecond
	}
	if cfg.AnchorEvery == 0 {
		cfg.AnchorEvery = 30 * time.Second
	}
	if cfg.SnapshotEvery == 0 {
		cfg.SnapshotEvery = 65536
	}
	if cfg.Trailing == 0 {
		cfg.Trailing = 16384
	}
	if cfg.Ended == nil {
		cfg.Ended = func(string) bool { return true }
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.files == nil {
		cfg.files = fs.New()
	}
	list, err := CheckMembership(cfg.NetworkID, cfg.Operator, cfg.Membership)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	r := &Replica{
		cfg: cfg, group: list.Group, membership: cfg.Membership, learned: make(chan struct{}), turned: make(chan struct{}),
		askers: map[wire.Address]*asker{}, channels: map[*held]bool{}, seen: map[wire.Address]tacit.Signed[Checkpoint]{},
		box: store.NewBox(cfg.Key), waiting: "roll call",
	}
	r.ctx, r.cancel = context.WithCancelCause(context.Background())
	if err := r.open(); err != nil {
		r.cancel(err)
		if r.disk != nil {
			err = errors.Join(err, r.disk.Close())
		}
		return nil, fmt.Errorf("%s %s: %w", op, cfg.Dir, err)
	}
	return r, nil
}

func (r *Replica) open() error {
	quiet := hclog.New(&hclog.LoggerOptions{Output: io.Discard, Level: hclog.Off})
	var err error
	if r.disk, err = openDisk(filepath.Join(r.cfg.Dir, "log"), r.box, r.cfg.files, quiet, r.fail); err != nil {
		return err
	}
	if err := r.recall(); err != nil {
		return err
	}
	if err := r.checkDifference(); err != nil {
		return err
	}
	var ok bool
	if r.self, ok = r.members().find(r.cfg.Signer.Address()); !ok {
		return fault.New(fault.StorePeer, "the membership does not name %s", r.cfg.Signer.Address())
	}
	if r.self.Seal.Digest() != r.cfg.Seal.Recipient().Digest() {
		return fault.New(fault.StorePeer, "the membership names another seal for %s", r.self.Key)
	}
	r.machine = &machine{network: r.cfg.NetworkID, operator: r.cfg.Operator, own: r.cfg.Seal, group: r.group, broke: r.fail, tree: newTree(), applied: make(chan struct{})}
	if b, err := r.disk.Get([]byte(stableAhead)); err != nil {
		return err
	} else if len(b) > 0 {
		if err := wire.Unmarshal(labelKeyring, b, &r.machine.ahead); err != nil {
			return fault.New(fault.StoreCorrupt, "read keys: %w", err)
		}
	}
	// Raft panics over a log that it cannot read.
	if _, err := r.checkLog(); err != nil {
		return err
	}
	r.stream = &stream{of: r, ctx: r.ctx, ready: make(chan net.Conn)}
	transport := raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{Logger: quiet, Stream: r.stream, MaxPool: 3, MaxRPCsInFlight: 1, Timeout: 10 * time.Second})
	r.guard = &guard{NetworkTransport: transport, of: r, out: make(chan raft.RPC), ended: r.ctx, known: map[wire.Address]position{}}
	conf := raft.DefaultConfig()
	conf.LocalID = serverID(r.self.Key)
	conf.HeartbeatTimeout, conf.ElectionTimeout = r.cfg.Heartbeat, r.cfg.Heartbeat
	conf.LeaderLeaseTimeout = r.cfg.Heartbeat / 2
	conf.CommitTimeout = r.cfg.Heartbeat / 8
	conf.MaxAppendEntries = 256
	conf.SnapshotThreshold, conf.TrailingLogs = r.cfg.SnapshotEvery, r.cfg.Trailing
	conf.SnapshotInterval = 10 * time.Second
	conf.ShutdownOnRemove = false
	conf.Logger = quiet
	conf.NoLegacyTelemetry = true
	cache, err := raft.NewLogCache(256, r.disk)
	if err != nil {
		return err
	}
	if r.raft, err = raft.NewRaft(conf, r.machine, cache, r.disk, &snapshots{dir: filepath.Join(r.cfg.Dir, "snapshots"), box: r.box}, r.guard); err != nil {
		transport.Close()
		if r.machine.cause != nil {
			return r.machine.cause
		}
		return fault.New(fault.StoreCorrupt, "%w", err)
	}
	r.running.Go(func() { r.guard.run(r.ctx) })
	r.running.Go(func() { r.accept(r.ctx) })
	r.running.Go(func() { r.rollCall(r.ctx) })
	r.running.Go(func() { r.turns(r.ctx) })
	r.running.Go(func() { r.compare(r.ctx) })
	return nil
}

// recall takes the newest membership from the disk.
func (r *Replica) recall() error {
	b, err := r.disk.Get([]byte(stableMembership))
	if err != nil || len(b) == 0 {
		return err
	}
	var signed tacit.Signed[Membership]
	if err := wire.Unmarshal(labelSigned, b, &signed); err != nil {
		return fault.New(fault.StoreCorrupt, "read membership: %w", err)
	}
	return r.learn(signed)
}

// Close ends the member; its disk holds all that it acknowledged.
func (r *Replica) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	askers := r.askers
	r.mu.Unlock()
	r.stop(nil)
	err := r.raft.Shutdown().Error()
	r.guard.NetworkTransport.Close()
	for _, a := range askers {
		a.close()
	}
	r.mu.Lock()
	var open []*held
	for h := range r.channels {
		open = append(open, h)
	}
	r.mu.Unlock()
	for _, h := range open {
		h.Close()
	}
	r.running.Wait()
	return errors.Join(err, r.disk.Close())
}

// stop ends service, for a reason or by Close.
func (r *Replica) stop(cause error) {
	r.cancel(cause)
	r.cfg.Network.Close()
	r.mu.Lock()
	if r.cause == nil {
		r.cause = cause
	}
	t := r.serving
	r.serving = nil
	if t != nil {
		close(r.turned)
		r.turned = make(chan struct{})
	}
	r.mu.Unlock()
	if t != nil {
		t.end(cause)
	}
}

// fail stops the member for good: its disk broke, or what it applied cannot be right.
// It is called from raft's goroutines and must not wait for them.
func (r *Replica) fail(err error) {
	r.cfg.Log.Error("stopped", "err", err)
	r.mu.Lock()
	if r.cause == nil {
		r.cause = err
	}
	r.mu.Unlock()
	go r.stop(err)
}

// broken is why it stopped, or nil.
func (r *Replica) broken() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cause
}

// Stopped is closed when the member takes part in nothing more; its process should
// end, and Err says why.
func (r *Replica) Stopped() <-chan struct{} { return r.ctx.Done() }

// Err is why the member stopped: STORE_DIVERGED, STORE_CORRUPT, STORE_CLOSED after an
// error of its disk, or nil.
func (r *Replica) Err() error { return r.broken() }

// signed is the newest membership.
func (r *Replica) signed() tacit.Signed[Membership] {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.membership
}

func (r *Replica) members() Membership { return r.signed().Body }

// learn takes over a membership that is newer than what is known; an older one is
// ignored, one that the operator did not sign or of another group is an error.
func (r *Replica) learn(signed tacit.Signed[Membership]) error {
	if known := r.signed(); signed.Body.Number <= known.Body.Number {
		return nil
	}
	list, err := CheckMembership(r.cfg.NetworkID, r.cfg.Operator, signed)
	if err != nil {
		return err
	}
	if list.Group != r.group {
		return fault.Denied(fault.StorePeer, "take membership", "group", r.group.Short(), list.Group.Short())
	}
	b, err := wire.Marshal(labelSigned, signed)
	if err != nil {
		return err
	}
	if err := r.disk.set([]byte(stableMembership), b); err != nil {
		return err
	}
	r.mu.Lock()
	if signed.Body.Number > r.membership.Body.Number {
		r.membership = signed
		close(r.learned)
		r.learned = make(chan struct{})
	}
	r.mu.Unlock()
	return nil
}

// Offer hands a membership to the group through this member. It is STORE_GENERATION if
// a newer one is known. What it changes the leader does.
func (r *Replica) Offer(signed tacit.Signed[Membership]) error {
	if known := r.members().Number; signed.Body.Number <= known && signed.Body.Hash() != r.members().Hash() {
		return fault.Denied(fault.StoreGeneration, "offer membership", "number", fmt.Sprintf("above %d", known), fmt.Sprint(signed.Body.Number))
	}
	return r.learn(signed)
}

// Peek reads an item as this member has it, which may be old: for what never changes.
func (r *Replica) Peek(key string) (tacit.Item, error) {
	m := r.machine
	m.mu.RLock()
	n, ok := m.tree.Get(node{place: string(rune(store.KindItem)) + key})
	keys := m.keys
	m.mu.RUnlock()
	if !ok {
		return tacit.Item{}, fault.New(fault.APINotFound, "peek %q", key)
	}
	return item(keys, n)
}

// other is who asks one of the other members.
func (r *Replica) other(k wire.Address) *asker {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.askers[k]
	if a == nil {
		a = &asker{of: r, to: k}
		r.askers[k] = a
	}
	return a
}

// position is how far this member's log reaches.
func (r *Replica) position() position {
	stats := r.raft.Stats()
	index, _ := strconv.ParseUint(stats["last_log_index"], 10, 64)
	term, _ := strconv.ParseUint(stats["last_log_term"], 10, 64)
	if snap, _ := strconv.ParseUint(stats["last_snapshot_index"], 10, 64); snap > index {
		index = snap
		term, _ = strconv.ParseUint(stats["last_snapshot_term"], 10, 64)
	}
	return position{term, index}
}
