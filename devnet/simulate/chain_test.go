package simulate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/vrf"
	"tacit/wire"
)

// A tx is a transaction on its way.
type tx struct {
	key    string
	apply  func(m *tacittest.Contracts, block uint64, do bool) string
	urgent bool // a challenge, which pays for its place
	block  uint64
	reason string
	done   chan struct{} // closed when the sender has seen the receipt
	sent   *incarnation
}

type block struct {
	number uint64
	fork   int
	time   uint64
	state  *tacittest.Contracts
	txs    []*tx
}

// A chain is the contracts block by block, with nodes that may lose the newest
// blocks again.
type chain struct {
	w       *world
	blocks  []*block
	mempool []*tx
	fork    int
	headers map[uint64]tacit.EpochHeader // that the contract took
	tickets map[uint64][]tacit.Ticket
	entries []tacit.Entry
	sets    map[uint64]attest.PolicySet // that govern made, by generation
}

func newChain(w *world, m *tacittest.Contracts) *chain {
	return &chain{w: w, blocks: []*block{{time: uint64(time.Now().Unix()), state: m}}, headers: map[uint64]tacit.EpochHeader{0: w.genesis.Header()}, tickets: map[uint64][]tacit.Ticket{}, sets: map[uint64]attest.PolicySet{}}
}

func (c *chain) head() *block { return c.blocks[len(c.blocks)-1] }

func (c *chain) final() uint64 {
	return c.head().number - min(c.head().number, c.w.genesis.Params.Finality)
}

// mine makes a block of what waits: challenges first, of the rest most, in any
// order.
func (c *chain) mine(calm bool) {
	last := c.head()
	b := &block{number: last.number + 1, fork: c.fork, time: uint64(time.Now().Unix()), state: last.state.Clone()}
	c.w.s.mu.Lock()
	pool := c.mempool
	c.mempool = nil
	c.w.s.mu.Unlock()
	slices.SortFunc(pool, func(x, y *tx) int { return cmp.Compare(x.key, y.key) })
	c.w.c.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	slices.SortStableFunc(pool, func(x, y *tx) int { return cmp.Compare(rank(x), rank(y)) })
	var later []*tx
	for _, t := range pool {
		if !calm && !t.urgent && c.w.c.in(4) {
			later = append(later, t)
			continue
		}
		if t.reason = t.apply(b.state, b.number, false); t.reason == "" {
			t.apply(b.state, b.number, true)
		}
		t.block = b.number
		b.txs = append(b.txs, t)
		c.w.s.say("block %d: %s -> %q", b.number, t.key, t.reason)
	}
	c.w.s.mu.Lock()
	c.mempool = append(later, c.mempool...)
	c.w.s.mu.Unlock()
	c.blocks = append(c.blocks, b)
	for _, t := range b.txs {
		c.receipt(t)
	}
}

func rank(t *tx) int {
	if t.urgent {
		return 0
	}
	return 1
}

// receipt lets the sender see that its transaction is in a block, unless the
// block is gone by then.
func (c *chain) receipt(t *tx) {
	at := t.block
	c.w.s.post(&event{key: fmt.Sprintf("receipt %s in %d", t.key, at), proc: nil, fire: func() {
		if t.block != at {
			return // it will be in another
		}
		select {
		case <-t.done:
		default:
			close(t.done)
		}
	}})
}

// reorganise takes n blocks back and puts n+1 others in their place.
func (c *chain) reorganise(n int) {
	n = min(n, len(c.blocks)-1)
	gone := c.blocks[len(c.blocks)-n:]
	c.blocks = c.blocks[:len(c.blocks)-n]
	c.fork++
	c.w.s.say("reorganise %d blocks", n)
	for _, b := range gone {
		for _, t := range b.txs {
			t.block = 0
			c.w.s.mu.Lock()
			c.mempool = append(c.mempool, t)
			c.w.s.mu.Unlock()
		}
	}
	for range n + 1 {
		c.mine(c.w.calm)
	}
}

// advance mines if the time has come, and lets watchers look.
func (c *chain) advance() {
	for now := uint64(time.Now().Unix()); c.head().time < now && (c.w.calm || !c.w.c.in(5)); {
		c.mine(c.w.calm)
		c.watch()
	}
}

// watch challenges what is false, as an honest watcher does.
func (c *chain) watch() {
	m, at := c.head().state, c.head().number+1
	send := func(key string, apply func(m *tacittest.Contracts, block uint64, do bool) string) {
		c.submit(&tx{key: key, urgent: true, apply: apply, done: make(chan struct{})})
	}
	for _, b := range m.Posted() {
		if b.Voided || !m.Open(b.Posted, at) || c.w.broken.noDuplicateRule {
			continue
		}
		d, n := b.Batch.Dispatcher, b.Batch.Number
		for i, s := range b.Settlements {
			if s.Deadline+m.Params.SettleWindow < b.Posted {
				send(fmt.Sprintf("challengeLate %s/%d", d.String()[:6], n), func(m *tacittest.Contracts, block uint64, do bool) string {
					return m.ChallengeLate(m.Batches[d][n], i, c.w.reporter, block, do)
				})
			}
			for _, e := range m.Posted() {
				if e.Voided || e.Order >= b.Order || e.Batch.Dispatcher != d {
					continue
				}
				if j := slices.IndexFunc(e.Settlements, func(o tacit.Settlement) bool { return o.Task == s.Task }); j >= 0 {
					en := e.Batch.Number
					send(fmt.Sprintf("challengeDuplicate %s/%d", d.String()[:6], n), func(m *tacittest.Contracts, block uint64, do bool) string {
						return m.ChallengeDuplicate(m.Batches[d][n], i, m.Batches[d][en], j, c.w.reporter, block, do)
					})
				}
			}
		}
	}
	// A final batch comes before a direct settlement of the same task.
	for _, b := range m.Posted() {
		d, n := b.Batch.Dispatcher, b.Batch.Number
		for i, s := range b.Settlements {
			if direct := m.Direct[s.Task]; direct != nil && !direct.Paid && !b.Voided && !m.Open(b.Posted, at) && !c.w.broken.noDuplicateRule {
				send("voidDirect "+s.Task.Short(), func(m *tacittest.Contracts, block uint64, do bool) string {
					return m.VoidDirect(m.Batches[d][n], i, block, do)
				})
			}
		}
	}
	for id, d := range m.Direct {
		if !d.Paid && at >= d.Pays {
			send("claimDirect "+id.Short(), func(m *tacittest.Contracts, block uint64, do bool) string { return m.ClaimDirect(id, block, do) })
		}
	}
}

// submit puts a transaction among those that wait, once.
func (c *chain) submit(t *tx) {
	c.w.s.mu.Lock()
	defer c.w.s.mu.Unlock()
	if t.urgent && slices.ContainsFunc(c.mempool, func(o *tx) bool { return o.key == t.key }) {
		return
	}
	c.mempool = append(c.mempool, t)
}

// A reader is one role's node of the chain.
type reader struct {
	c    *chain
	name string
	mode int // 0 honest, 1 lags, 2 lies
	// mayLie is set for a minority: a verifier whose node lies signs a wrong
	// header and is as bad as a liar.
	mayLie bool
}

func (r *reader) set(mode int, w *world) {
	r.mode = mode
	w.s.say("node of %s: mode %d", r.name, mode)
}

// Start is block 0.
func (r *reader) Start() uint64 { return 0 }

// Final is the newest final block, or an older one of a node that lags.
func (r *reader) Final(context.Context) (uint64, error) {
	f := r.c.final()
	if r.mode == 1 {
		f -= min(f, 9)
	}
	return f, nil
}

// State is what the contracts held, or what a liar says.
func (r *reader) State(_ context.Context, number uint64) (tacit.ChainState, error) {
	if number >= uint64(len(r.c.blocks)) {
		return tacit.ChainState{}, fault.New(fault.ChainUnavailable, "read block %d", number)
	}
	b := r.c.blocks[number]
	s := tacit.ChainState{
		Block: b.number, Time: b.time, Hash: wire.Sum(fmt.Appendf(nil, "block %d %d", number, b.fork)),
		PrevRandao: wire.Sum(fmt.Appendf(nil, "randao %d %d %s", number, b.fork, r.c.w.network)),
		Nodes:      b.state.NodeList(), Deposits: b.state.DepositList(), Entries: r.c.entries,
		Policy: b.state.Policy, Generation: b.state.Generation,
	}
	if r.mode == 2 {
		for i := range s.Deposits {
			s.Deposits[i].Amount *= 2
		}
	}
	return s, nil
}

// Tickets are those of every node, in worlds that have them.
func (r *reader) Tickets(_ context.Context, epoch uint64) ([]tacit.Ticket, error) {
	c := r.c
	before, ok := c.w.header(epoch - 1)
	if !c.w.o.tickets || epoch < 2 || !ok {
		return nil, nil
	}
	c.w.s.mu.Lock()
	defer c.w.s.mu.Unlock()
	if c.tickets[epoch] == nil {
		for _, p := range c.w.procs {
			if role := p.node.Roles; role == tacit.RoleWorker || role == tacit.RoleVerifier {
				c.tickets[epoch] = append(c.tickets[epoch], tacit.Ticket{
					Epoch: epoch, Node: p.node.Key, Role: role, Pi: p.vrf.Prove(vrf.TicketAlpha(c.w.network, uint16(role), epoch, before.Beacon)),
				})
			}
		}
	}
	return c.tickets[epoch], nil
}

// Policies are those of a generation.
func (r *reader) Policies(_ context.Context, generation uint64) (attest.PolicySet, error) {
	set, ok := r.c.sets[generation]
	if !ok || r.c.head().state.Generation < generation {
		return set, fault.New(fault.APINotFound, "read policies of generation %d", generation)
	}
	return set, nil
}

// govern puts the next generation of policies on its way to the chain: one that
// denies a chip that nobody has, so that only the generation is new.
func (c *chain) govern() {
	generation := c.head().state.Generation + 1
	set := c.w.genesis.Policies
	set.Generation = generation
	set.Denied = []attest.Denial{{Scheme: attest.SchemeSim, Hardware: fmt.Sprintf("nobody's %d", generation)}}
	c.sets[generation] = set // a generation has one content here, so a reorganisation changes nothing
	c.submit(&tx{key: c.w.s.name(fmt.Sprintf("postPolicies %d", generation)), done: make(chan struct{}), apply: func(m *tacittest.Contracts, _ uint64, do bool) string {
		return m.PostPolicies(tacit.PolicyOrder{Generation: generation, Digest: set.Digest()}, 1, do)
	}})
}

// A poster sends the gateway's transactions, as settle.Poster does: what would
// be refused is refused before it costs anything, what stands there already is
// no failure.
type poster struct {
	c  *chain
	in *incarnation
}

func (p poster) send(ctx context.Context, key string, apply func(m *tacittest.Contracts, block uint64, do bool) string) (uint64, string, error) {
	if reason := apply(p.c.head().state, p.c.head().number+1, false); reason != "" {
		return 0, reason, nil
	}
	t := &tx{key: p.c.w.s.name(key), apply: apply, done: make(chan struct{}), sent: p.in}
	p.c.submit(t)
	wait := time.NewTimer(time.Minute)
	defer wait.Stop()
	select {
	case <-t.done:
		return t.block, t.reason, nil
	case <-wait.C:
		return 0, "", fault.New(fault.ChainUnavailable, "%s: not mined", key)
	case <-ctx.Done():
		return 0, "", fault.New(fault.ChainUnavailable, "%s: %w", key, ctx.Err())
	}
}

// Posted is the newest header on the chain.
func (p poster) Posted(context.Context) (uint64, error) { return p.c.head().state.Last, nil }

// PostHeader posts a header that the set before it signed.
func (p poster) PostHeader(ctx context.Context, h tacit.SignedHeader) error {
	c := p.c
	_, reason, err := p.send(ctx, fmt.Sprintf("postHeader %d", h.Header.Number), func(m *tacittest.Contracts, _ uint64, do bool) string {
		if !do && h.Check(c.w.network, c.headers[m.Last].Signers) != nil {
			return "HeaderQuorum"
		}
		if do {
			c.headers[h.Header.Number] = h.Header
		}
		return m.PostHeader(h.Header.Number, do)
	})
	return refused(reason, err)
}

func refused(reason string, err error) error {
	if err == nil && reason != "" {
		return fault.New(fault.ChainRevert, "%s", reason)
	}
	return err
}

// PostBatch posts a batch, or finds it.
func (p poster) PostBatch(ctx context.Context, req tacit.PostBatchRequest) (uint64, error) {
	c := p.c
	h, ok := c.headers[req.Batch.Epoch]
	if !ok {
		return 0, fault.New(fault.KeyFinality, "post batch: header %d is unknown", req.Batch.Epoch)
	}
	members, err := req.Committee.Check(h.Verifiers)
	if err != nil {
		return 0, err
	}
	b := tacittest.Bundle{Batch: req.Batch, Debits: req.Debits, Payouts: req.Payouts, Seats: int(req.Committee.Root.Count), Settlements: c.w.seen.settlements(req.Batch.Leaves)}
	for i, m := range members {
		if _, err := (tacit.Signed[tacit.Batch]{Body: req.Batch, Sig: req.Sigs[i]}).Check(c.w.network, m.Key); err == nil {
			b.Held++
		}
	}
	d, n := req.Batch.Dispatcher, req.Batch.Number
	var at uint64
	var reason string
	if err = req.InTime(c.head().number); err == nil {
		at, reason, err = p.send(ctx, fmt.Sprintf("postBatch %s/%d", d.String()[:6], n), func(m *tacittest.Contracts, block uint64, do bool) string {
			return m.PostBatch(b, block, do)
		})
	}
	if err == nil && reason == "" {
		return p.standing(ctx, req.Batch, at)
	}
	if old := c.head().state.Batches[d][n]; old != nil && old.Batch.Payouts == req.Batch.Payouts {
		return p.standing(ctx, req.Batch, old.Posted)
	}
	return 0, refused(reason, err)
}

// standing waits until a block is final, as settle.Poster does.
func (p poster) standing(ctx context.Context, batch tacit.Batch, block uint64) (uint64, error) {
	for p.c.final() < block {
		select {
		case <-ctx.Done():
			return 0, fault.New(fault.ChainUnavailable, "post batch %d: block %d is not final: %w", batch.Number, block, ctx.Err())
		case <-time.After(300 * time.Millisecond):
		}
	}
	b := p.c.head().state.Batches[batch.Dispatcher][batch.Number]
	if b == nil {
		return 0, fault.New(fault.ChainUnavailable, "post batch %d: the chain lost block %d and the batch with it", batch.Number, block)
	}
	return b.Posted, nil
}

// Fate is what final blocks hold.
func (p poster) Fate(_ context.Context, req tacit.FateRequest) (tacit.Fate, error) {
	final, state := p.c.final(), p.c.head().state
	out := tacit.Fate{Direct: make([]uint64, len(req.Tasks))}
	if b := state.Batches[req.Dispatcher][req.Number]; b != nil && !b.Voided {
		if b.Posted > final {
			return out, fault.New(fault.ChainUnavailable, "show batch %d: not final yet", req.Number)
		}
		out.Block, out.Leaves = b.Posted, b.Batch.Leaves
	}
	for i, id := range req.Tasks {
		if d := state.Direct[id]; d != nil && d.Posted <= final {
			out.Direct[i] = d.Posted
		}
	}
	return out, nil
}

// Node is a registered node at the head.
func (p poster) Node(_ context.Context, key wire.Address) (tacit.Node, error) {
	n := p.c.head().state.Nodes[key]
	if n == nil {
		return tacit.Node{}, fault.New(fault.APINotFound, "read node %s", key)
	}
	return *n, nil
}

// Anchor anchors a checkpoint.
func (p poster) Anchor(ctx context.Context, a tacit.Signed[tacit.Anchor]) error {
	_, reason, err := p.send(ctx, fmt.Sprintf("anchor %s/%d", a.Body.Key.String()[:6], a.Body.Revision), func(m *tacittest.Contracts, _ uint64, do bool) string {
		return m.Anchor(a.Body, do)
	})
	return refused(reason, err)
}

// Claim credits the payees.
func (p poster) Claim(ctx context.Context, b tacit.Batch, payouts []tacit.Payout) (last uint64, err error) {
	leaves := tacit.PayoutLeaves(payouts)
	for i, payout := range payouts {
		block, err := p.claim(ctx, b, payout, wire.PairPath(leaves, i))
		if err != nil {
			return 0, err
		}
		last = max(last, block)
	}
	return last, nil
}

func (p poster) claim(ctx context.Context, b tacit.Batch, payout tacit.Payout, path []wire.Digest) (uint64, error) {
	block, reason, err := p.send(ctx, fmt.Sprintf("claim %s/%d %s", b.Dispatcher.String()[:6], b.Number, payout.Payee.String()[:6]), func(m *tacittest.Contracts, block uint64, do bool) string {
		posted := m.Batches[b.Dispatcher][b.Number]
		if posted == nil || !wire.VerifyPair(payout.Leaf(), path, posted.Batch.Payouts) {
			return "BatchUnknown"
		}
		return m.Claim(posted, slices.Index(posted.Payouts, payout), block, do)
	})
	if reason == "AlreadyClaimed" {
		return 0, nil
	}
	return block, refused(reason, err)
}
