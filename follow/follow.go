// Package follow is how a role follows the chain: epoch headers fetched from a
// gateway that is not trusted, each verified from the pinned genesis on.
//
// What was verified is kept, so that a restarted role cannot be led back to an
// older history (KEY_GENERATION). So are the appraisal policies that the headers
// name: a role that has a header but cannot get its policies has no others to
// appraise by (EVID_COLLATERAL_UNAVAILABLE).
package follow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// keep is how many headers stay at hand: enough for a task to live through its
// deadline, settlement and challenge window.
const keep = 512

// Config says what a Follower needs.
type Config struct {
	Genesis tacit.Genesis
	Epochs  wire.Address // the root contract
	// Fetch returns signed headers after a number, in order.
	Fetch func(ctx context.Context, after uint64) ([]tacit.SignedHeader, error)
	// Policies returns the set that a header names; without it only those of the
	// genesis are known.
	Policies func(ctx context.Context, req tacit.PoliciesRequest) (attest.PolicySet, error)
	// Store keeps the newest headers and policies over a restart; nil forgets them.
	Store tacit.Store
	// Every is how often it asks [500ms].
	Every time.Duration
}

// A Follower is a tacit.Headers. Its view is replaced as a whole under mu.
type Follower struct {
	cfg Config

	mu      sync.Mutex // guards what follows
	view    tacit.View
	headers map[uint64]tacit.SignedHeader
	sets    map[wire.Digest]attest.PolicySet // whole and checked; as many as there are generations
	top     attest.PolicySet                 // of the highest generation among them
	changed chan struct{}                    // closed and replaced at every advance
	synced  time.Time                        // when the gateway had nothing newer
}

// New starts from the genesis and from what the store kept.
func New(ctx context.Context, cfg Config) (*Follower, error) {
	if cfg.Fetch == nil {
		return nil, fault.New(fault.ConsHeader, "follow headers: no gateway given")
	}
	if cfg.Every == 0 {
		cfg.Every = 500 * time.Millisecond
	}
	f := &Follower{cfg: cfg, view: tacit.NewView(cfg.Genesis, cfg.Epochs), headers: map[uint64]tacit.SignedHeader{}, changed: make(chan struct{})}
	f.top = cfg.Genesis.Policies
	f.sets = map[wire.Digest]attest.PolicySet{f.top.Digest(): f.top}
	if err := f.top.CheckReleases(); err != nil {
		return nil, err
	}
	if cfg.Store == nil {
		return f, nil
	}
	items, _, err := cfg.Store.Range(ctx, "header/", "header0", 4096)
	if err != nil {
		return nil, fmt.Errorf("read kept headers: %w", err)
	}
	for _, item := range items {
		var h tacit.SignedHeader
		if err := wire.Unmarshal("tacit/follow/header", item.Value, &h); err != nil {
			return nil, fmt.Errorf("read kept headers: %w", err)
		}
		// The store is sealed and was checked when written; only its order is
		// taken again, because early headers may have been dropped.
		if h.Header.Number > f.view.Header.Number {
			f.view.Header = h.Header
		}
		f.headers[h.Header.Number] = h
	}
	return f, nil
}

// Run fetches and verifies until ctx ends. A gateway that shows a foreign or
// older history is not believed; Run goes on asking.
func (f *Follower) Run(ctx context.Context) error {
	t := time.NewTicker(f.cfg.Every)
	defer t.Stop()
	for {
		if err := f.Sync(ctx); err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
	}
}

// Sync asks once and takes what verifies.
func (f *Follower) Sync(ctx context.Context) error {
	after := f.View().Header.Number
	list, err := f.cfg.Fetch(ctx, after)
	if err != nil {
		return err
	}
	for _, h := range list {
		if err := f.take(ctx, after, h); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.synced = time.Now()
	return nil
}

// Synced reports whether the view was the gateway's newest at most age ago.
func (f *Follower) Synced(age time.Duration) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Since(f.synced) <= age
}

// Fresh makes sure that the view was the gateway's newest at most age ago. A
// follower that runs is fresh by itself, so that it costs nothing.
func (f *Follower) Fresh(ctx context.Context, age time.Duration) error {
	if f.Synced(age) {
		return nil
	}
	return f.Sync(ctx)
}

// take takes a header that came for one asked after; what another Sync took since then is
// no older history.
func (f *Follower) take(ctx context.Context, after uint64, h tacit.SignedHeader) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if had, ok := f.headers[h.Header.Number]; ok && h.Header.Number > after && had.Header == h.Header {
		return nil
	}
	next, err := f.view.Advance(h)
	if err != nil {
		return err
	}
	if f.cfg.Store != nil {
		b, err := wire.Marshal("tacit/follow/header", h)
		if err != nil {
			return err
		}
		puts := []tacit.Put{{Key: headerKey(h.Header.Number), Value: b}}
		if old := h.Header.Number - keep; h.Header.Number > keep {
			puts = append(puts, tacit.Put{Key: headerKey(old), Delete: true})
		}
		if _, err := f.cfg.Store.Commit(ctx, tacit.Txn{Then: puts}); err != nil {
			return fmt.Errorf("keep header: %w", err)
		}
	}
	f.view = next
	f.headers[h.Header.Number] = h
	delete(f.headers, h.Header.Number-keep)
	close(f.changed)
	f.changed = make(chan struct{})
	return nil
}

func headerKey(n uint64) string { return fmt.Sprintf("header/%012d", n) }

// View is the newest state of belief.
func (f *Follower) View() tacit.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view
}

// Header returns a verified header, asking the gateway once if it is not there
// yet.
func (f *Follower) Header(ctx context.Context, number uint64) (tacit.EpochHeader, error) {
	if h, ok := f.kept(number); ok {
		return h, nil
	}
	if number <= f.View().Header.Number {
		return tacit.EpochHeader{}, fault.New(fault.APINotFound, "find header of epoch %d: it is no longer kept", number)
	}
	if err := f.Sync(ctx); err != nil && !errors.Is(err, fault.KeyGeneration) {
		return tacit.EpochHeader{}, err
	}
	if h, ok := f.kept(number); ok {
		return h, nil
	}
	return tacit.EpochHeader{}, fault.New(fault.KeyFinality, "find header of epoch %d: the newest is %d", number, f.View().Header.Number)
}

// Policies are those that a verified header names. They are asked for once and
// then kept; what is shown and is not theirs is not taken.
func (f *Follower) Policies(ctx context.Context, h tacit.EpochHeader) (attest.PolicySet, error) {
	f.mu.Lock()
	set, ok := f.sets[h.Policy]
	f.mu.Unlock()
	if ok {
		return set, h.CheckPolicies(set)
	}
	set, err := f.keptPolicies(ctx, h)
	if err != nil {
		if set, err = f.fetchPolicies(ctx, h); err != nil {
			return attest.PolicySet{}, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.keep(set); err != nil {
		return attest.PolicySet{}, err
	}
	return set, nil
}

// keep holds a set against those before and after it: governors change policies, but
// not what auditors have signed. One that does not fit is refused with EVID_POLICY,
// and then there are no policies to appraise by.
func (f *Follower) keep(set attest.PolicySet) error {
	newer, older := set, f.top
	if set.Generation < f.top.Generation {
		newer, older = f.top, set
	}
	if err := newer.Extends(older); err != nil {
		return err
	}
	if err := set.CheckReleases(); err != nil {
		return err
	}
	f.top = newer
	f.sets[set.Digest()] = set
	return nil
}

// keptPolicies are those that the store has.
func (f *Follower) keptPolicies(ctx context.Context, h tacit.EpochHeader) (set attest.PolicySet, err error) {
	if f.cfg.Store == nil {
		return set, fault.New(fault.APINotFound, "find policies of epoch %d: nothing is kept", h.Number)
	}
	item, err := f.cfg.Store.Get(ctx, policiesKey(h))
	if err != nil {
		return set, err
	}
	if set, err = tacit.DecodePolicies(item.Value); err != nil {
		return set, err
	}
	return set, h.CheckPolicies(set)
}

// fetchPolicies asks for them and keeps them.
func (f *Follower) fetchPolicies(ctx context.Context, h tacit.EpochHeader) (set attest.PolicySet, err error) {
	if f.cfg.Policies == nil {
		return set, fault.New(fault.EvidUnavailable, "fetch policies of epoch %d: there is nobody to ask", h.Number)
	}
	set, err = f.cfg.Policies(ctx, tacit.PoliciesRequest{Generation: h.Generation, Digest: h.Policy})
	if err != nil {
		return set, fault.New(fault.EvidUnavailable, "fetch policies of epoch %d: %v", h.Number, err) // whatever it was, ask again
	}
	if err := h.CheckPolicies(set); err != nil {
		return set, err
	}
	if f.cfg.Store == nil {
		return set, nil
	}
	b, err := tacit.EncodePolicies(set)
	if err != nil {
		return set, err
	}
	if _, err := f.cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: policiesKey(h), Value: b}}}); err != nil {
		return set, fmt.Errorf("keep policies: %w", err)
	}
	return set, nil
}

func policiesKey(h tacit.EpochHeader) string { return "policies/" + h.Policy.String() }

// Signed returns a kept header with its signatures.
func (f *Follower) Signed(number uint64) (tacit.SignedHeader, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, ok := f.headers[number]
	return h, ok
}

func (f *Follower) kept(number uint64) (tacit.EpochHeader, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if number == 0 {
		return f.cfg.Genesis.Header(), true
	}
	h, ok := f.headers[number]
	return h.Header, ok
}

// Wait returns once the view's header has at least this number.
func (f *Follower) Wait(ctx context.Context, number uint64) error {
	for {
		f.mu.Lock()
		have, changed := f.view.Header.Number, f.changed
		f.mu.Unlock()
		if have >= number {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fault.New(fault.TaskTimeout, "wait for epoch %d: the newest header is %d", number, have)
		}
	}
}

// Chain returns the headers that show number from the genesis on: those that
// changed the signing set, and number itself.
func (f *Follower) Chain(numbers ...uint64) ([]tacit.SignedHeader, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	want := map[uint64]bool{}
	last := uint64(0)
	for _, n := range numbers {
		want[n] = true
		last = max(last, n)
	}
	var chain []tacit.SignedHeader
	trusted := f.cfg.Genesis.Header().Signers
	for n := uint64(1); n <= last; n++ {
		h, ok := f.headers[n]
		if !ok {
			continue // dropped: fine as long as the set did not change in it
		}
		if tacit.SignersDigest(h.Signers) != trusted {
			return nil, fault.New(fault.APINotFound, "show header of epoch %d: a change of the signing set before %d is no longer kept", last, n)
		}
		if want[n] || h.Header.Signers != trusted {
			chain = append(chain, h)
			trusted = h.Header.Signers
		}
	}
	if len(chain) == 0 || chain[len(chain)-1].Header.Number != last {
		return nil, fault.New(fault.APINotFound, "show header of epoch %d: it is not kept", last)
	}
	return chain, nil
}
