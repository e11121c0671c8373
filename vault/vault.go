// Package vault keeps secrets, keys and certificates and hands them out by policy. It
// speaks the HTTP API of HashiCorp's Vault, so that its command, its clients and what
// is built on them work as they are.
//
// A caller is judged by nothing but a token, the policies that the token names and,
// where a policy asks for it, what he proved about the machine he runs on. What he may
// not do is refused in one way, before anything is looked up. An answer leaves only
// after its record is durable in the audit log, and what a request changes becomes
// durable together with a record of it. Because a record is written on condition that no
// other process wrote one since, a process that was replaced meanwhile neither answers
// nor changes anything.
//
// All state is in one tacit.Store, which encrypts it; the vault adds no cipher of its
// own. It trusts the process that it is part of. Its owners are named keys: enough of
// them together make the first root token, unseal, and name other owners; none of them
// alone can.
package vault

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/vault/logical"
	"tacit/wire"
)

// A Sink takes the records of the audit log.
type Sink interface {
	// Append returns once the record is durable, in the order of the calls that it
	// returned to; on an error the record is in no order at all.
	Append(ctx context.Context, record []byte) error
}

// Owners are the keys that command the vault together.
type Owners struct {
	Keys      []wire.Address `json:"keys"`
	Threshold int            `json:"threshold"`
}

// Config says what a Vault needs.
type Config struct {
	Store tacit.Store
	// Audit is a Log in the same Store, or a Sink elsewhere: then a request that changes
	// something has a record ahead of the change and another of its answer, and other
	// processes are not noticed.
	Audit Sink
	// Network is bound in every owner's share and in evidence at a login.
	Network wire.Digest
	// Owners command a vault that has none yet; later the store's word holds.
	Owners Owners
	// Engines make what mounts of a type are answered by; kv is built in.
	Engines map[string]func(logical.Storage) logical.Engine
	// Evidence verifies that of callers; without it nobody logs in by evidence.
	Evidence attest.Verifier
	// Policies are those that the network appraises by now, for roles that name one.
	Policies func(ctx context.Context) (attest.PolicySet, error)
	// Active reports whether this process serves, else where the one that does is
	// found. None means that this process is alone.
	Active func() (self bool, leader string)
	// Address is where clients find this process, for sys/leader.
	Address string
	Log     *slog.Logger // none is silent
	// HidePaths writes paths into the audit log as HMACs too.
	HidePaths bool
}

// The times of tokens and leases.
const (
	ttlMost    = 768 * time.Hour // of any token or lease, and the default
	reapPeriod = time.Second
)

// A Vault answers requests. Its state is in the store; what it holds in memory are
// caches, dropped by Forget, and attempts of owners, which end with the process.
type Vault struct {
	cfg     Config
	log     *slog.Logger
	journal *Log // the audit log, if it is in the store

	mu    sync.Mutex // held while state is read from the store or changed
	state atomic.Pointer[state]
	known atomic.Uint64 // how often what was known has been dropped
	was   atomic.Int32  // whether this process was the active one when last asked

	quorum quorumState
	login  loginNonces
	kick   chan struct{} // wakes the reaper
}

// New checks the configuration and starts nothing.
func New(cfg Config) (*Vault, error) {
	if cfg.Store == nil || cfg.Audit == nil {
		return nil, fault.New(fault.APIField, "make vault: it needs a store and an audit log")
	}
	if err := cfg.Owners.check(); err != nil {
		return nil, err
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Active == nil {
		cfg.Active = func() (bool, string) { return true, "" }
	}
	v := &Vault{cfg: cfg, log: cfg.Log, login: newLoginNonces(), kick: make(chan struct{}, 1)}
	v.quorum.attempts = map[string]*attempt{}
	v.quorum.spent = map[string]time.Time{}
	if l, ok := cfg.Audit.(*Log); ok {
		if l.cfg.Store != cfg.Store {
			return nil, fault.New(fault.APIField, "make vault: its audit log is in another store")
		}
		v.journal = l
		l.OnLost(v.Forget)
	} else {
		v.cfg.Audit = timed{cfg.Audit}
	}
	v.cfg.Store = recorded{cfg.Store, v}
	return v, nil
}

// Forget drops all that is cached: another process may have written since. It waits for
// nobody, since the log calls it while it holds up all requests.
func (v *Vault) Forget() {
	v.known.Add(1)
	if st := v.state.Swap(nil); st != nil {
		for _, m := range st.mounts {
			m.engine.Forget()
		}
	}
}

// publish makes a state the current one, unless what it was made of has been dropped
// since known was read. It reports whether it did.
func (v *Vault) publish(st *state, known uint64) bool {
	v.state.Store(st)
	if v.known.Load() != known {
		v.state.CompareAndSwap(st, nil)
		return false
	}
	return true
}

// What this process was when last asked.
const (
	wasUnknown = iota
	wasStandby
	wasActive
)

// active reports whether this process serves. When that changes, all that it knew of
// an earlier time is dropped.
func (v *Vault) active() (bool, string) {
	self, leader := v.cfg.Active()
	is := int32(wasStandby)
	if self {
		is = wasActive
	}
	if was := v.was.Load(); was != is && v.was.CompareAndSwap(was, is) && was != wasUnknown {
		v.Forget()
	}
	return self, leader
}

// Run ends tokens and leases when their time comes, until ctx ends, and has the process
// show the vault's gauges.
func (v *Vault) Run(ctx context.Context) error {
	v.gauges(ctx)
	tick := time.NewTicker(reapPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		case <-v.kick:
		}
		if self, _ := v.active(); !self {
			continue
		}
		if err := v.reap(ctx); err != nil && ctx.Err() == nil {
			v.log.WarnContext(ctx, "tokens and leases that ended are still kept", "error", err)
		}
	}
}
