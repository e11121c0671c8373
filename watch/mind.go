package watch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tacit"
	"tacit/wire"
)

// Keys of the store, in this order, so that a restart reads what it needs in one
// pass and leaves out what was brought.
const (
	batchPrefix = "watch/batch/"
	memoPrefix  = "watch/memo/"
	openPrefix  = "watch/open/"
	openEnd     = "watch/open0"
	donePrefix  = "watch/told/"

	batchLabel = "tacit/watch/batch"
	memoLabel  = "tacit/watch/memo"
	openLabel  = "tacit/watch/open"
)

// Bounds on what one node remembers, against a dispatcher that shows it things
// without end: the oldest go first.
const (
	mostMemos   = 1 << 14
	mostBatches = 1 << 10
)

// batch is one that this node was asked to sign.
type batch struct {
	Dispatcher  wire.Address       `cbor:"1,keyasint"`
	Number      uint64             `cbor:"2,keyasint"`
	Leaves      wire.Digest        `cbor:"3,keyasint"`
	Settlements []tacit.Settlement `cbor:"4,keyasint"`
	Debits      []tacit.Debit      `cbor:"5,keyasint"`
	Wrong       []tacit.Dispute    `cbor:"6,keyasint"` // that its papers are enough for, once it is posted; one, or none
	Seen        uint64             `cbor:"7,keyasint"` // block
	Until       uint64             `cbor:"8,keyasint"` // block after which nothing can be disputed

	posted uint64 // block, by the chain; 0 = not, or voided
}

func (b *batch) key() string {
	return fmt.Sprintf("%s%s/%012d/%s", batchPrefix, b.Dispatcher, b.Number, b.Leaves)
}

// shown is its i-th settlement.
func (b *batch) shown(i int) tacit.Shown {
	leaves := make([]wire.Digest, len(b.Settlements))
	for k := range b.Settlements {
		leaves[k] = b.Settlements[k].Leaf()
	}
	return tacit.Shown{Dispatcher: b.Dispatcher, Number: b.Number, Settlement: b.Settlements[i], Path: wire.PairPath(leaves, i)}
}

// batchOf is what is remembered of a request; false if nothing of it could be
// shown, because its parts are not those of its batch.
func batchOf(req tacit.BatchRequest, at, until uint64) (*batch, bool) {
	b := &batch{
		Dispatcher: req.Batch.Dispatcher, Number: req.Batch.Number, Leaves: req.Batch.Leaves, Settlements: req.Settlements, Debits: req.Debits,
		Seen: at, Until: until,
	}
	leaves := make([]wire.Digest, len(req.Settlements))
	for i := range req.Settlements {
		leaves[i] = req.Settlements[i].Leaf()
	}
	return b, len(leaves) > 0 && len(req.Claims) == len(leaves) && wire.PairRoot(leaves) == req.Batch.Leaves && tacit.DebitsDigest(req.Debits) == req.Batch.Debits
}

// memo is what one paper showed of a task: whose promise and whose votes.
type memo struct {
	Task       wire.Digest                      `cbor:"1,keyasint"`
	Acceptance []tacit.Signed[tacit.Acceptance] `cbor:"2,keyasint"` // one, or none
	Votes      []tacit.Signed[tacit.Vote]       `cbor:"3,keyasint"`
	Until      uint64                           `cbor:"4,keyasint"`
}

func (m memo) key() string {
	w := new(wire.Words).Digest(m.Task)
	for _, a := range m.Acceptance {
		w.Digest(a.Body.Hash())
	}
	for _, v := range m.Votes {
		w.Digest(v.Body.Hash()).Bytes(v.Sig[:])
	}
	return memoPrefix + w.Hash().String()
}

// memoOf keeps what was really signed: the acceptance by the task's dispatcher,
// votes by whomever. What is forged proves nothing and must not stand in the way
// of what is not.
func memoOf(network wire.Digest, p tacit.Papers, until uint64) (memo, bool) {
	m := memo{Task: p.Case.Acceptance.Body.Task, Until: until}
	if _, err := p.Case.Acceptance.Check(network, p.Case.Task.Body.Dispatcher); err == nil {
		m.Acceptance = []tacit.Signed[tacit.Acceptance]{p.Case.Acceptance}
	}
	for _, v := range p.Certificate.Votes {
		if _, err := v.Signer(network); err == nil {
			m.Votes = append(m.Votes, v)
		}
	}
	return m, len(m.Acceptance) > 0 || len(m.Votes) > 0
}

// between are the disputes that two memos are enough for.
func between(network wire.Digest, a, b memo) []tacit.Dispute {
	papers := func(m memo) tacit.Papers {
		p := tacit.Papers{Certificate: tacit.Certificate{Votes: m.Votes}}
		if len(m.Acceptance) > 0 {
			p.Case.Acceptance = m.Acceptance[0]
		}
		return p
	}
	if len(a.Acceptance) == 0 || len(b.Acceptance) == 0 {
		a.Acceptance, b.Acceptance = nil, nil
	}
	return tacit.OffencesBetween(network, papers(a), papers(b))
}

// open is a dispute on its way, and afterwards what became of it.
type open struct {
	Dispute tacit.Dispute `cbor:"1,keyasint"`
	Until   uint64        `cbor:"2,keyasint"`
	Outcome string        `cbor:"3,keyasint"`
}

// word is what was said under one heading (a place, a sequence number), as a hash,
// and the memo that has it.
type word struct {
	hash wire.Digest
	memo string
}

// aged is a memo that will be forgotten.
type aged struct {
	key   string
	until uint64
	heads []wire.Digest
}

// mind is what a watcher remembers. Its methods decide and neither read nor write
// anything else. Memory is about a hundred bytes a vote.
type mind struct {
	now     uint64 // newest final block looked at
	words   map[wire.Digest][]word
	memos   map[string]bool
	order   []aged            // memos by age
	batches map[string]*batch // by key
	queue   []*batch          // by age
	tasks   map[wire.Digest][]*batch
	direct  map[wire.Digest]bool // settled directly, not undone or paid
	posted  map[string]uint64    // batches that stand on the chain, by key, also those not seen yet
}

func newMind() *mind {
	return &mind{words: map[wire.Digest][]word{}, memos: map[string]bool{}, batches: map[string]*batch{}, tasks: map[wire.Digest][]*batch{}, direct: map[wire.Digest]bool{}, posted: map[string]uint64{}}
}

// headings are under which of a node's words there may be only one.
func headings(network wire.Digest, m memo) (heads []wire.Digest, words []wire.Digest) {
	for _, a := range m.Acceptance {
		who, err := a.Signer(network)
		if err != nil {
			continue
		}
		heads = append(heads, new(wire.Words).String("sequence").Address(who).Address(a.Body.User).Uint(a.Body.Sequence).Hash())
		words = append(words, a.Body.Task)
	}
	for _, v := range m.Votes {
		who, err := v.Signer(network)
		if err != nil {
			continue
		}
		b := v.Body
		heads = append(heads, new(wire.Words).String("place").Address(who).Uint(b.Epoch).Digest(b.Task).Digest(b.Assignment).Uint(uint64(b.Attempt)).Uint(uint64(b.Place)).Hash())
		words = append(words, b.Hash())
	}
	return heads, words
}

// note remembers a memo. It returns the keys of older memos that contradict it, and
// whether it holds anything new.
func (d *mind) note(network wire.Digest, m memo) (old []string, isNew bool) {
	key := m.key()
	if d.memos[key] {
		return nil, false
	}
	heads, words := headings(network, m)
	for i, h := range heads {
		known := false
		for _, w := range d.words[h] {
			known = known || w.hash == words[i]
			if w.hash != words[i] && w.memo != key {
				old = append(old, w.memo)
			}
		}
		if !known && len(d.words[h]) < 2 { // two prove what there is to prove
			d.words[h] = append(d.words[h], word{words[i], key})
			isNew = true
		}
	}
	if !isNew {
		return nil, false
	}
	d.memos[key] = true
	d.order = append(d.order, aged{key, m.Until, heads})
	return old, true
}

// addBatch remembers a batch that it does not know yet. If it was posted before it
// was shown, the disputes about it come at once.
func (d *mind) addBatch(b *batch, p tacit.Params) (found []tacit.Dispute, isNew bool) {
	key := b.key()
	if d.batches[key] != nil {
		return nil, false
	}
	d.batches[key] = b
	d.queue = append(d.queue, b)
	for _, s := range b.Settlements {
		d.tasks[s.Task] = append(d.tasks[s.Task], b)
	}
	if block, ok := d.posted[key]; ok {
		found = d.against(b, block, p)
		b.posted = block
	}
	return found, true
}

// oldest is the block from which on the chain matters to what is remembered.
func (d *mind) oldest(final uint64) uint64 {
	from := final
	for _, b := range d.batches {
		from = min(from, b.Seen)
	}
	return from
}

// happened takes in what the chain says and returns the disputes about a batch
// that was posted.
func (d *mind) happened(h tacit.Happening, p tacit.Params) []tacit.Dispute {
	switch h.Kind {
	case tacit.HappenedVoided:
		prefix := fmt.Sprintf("%s%s/%012d/", batchPrefix, h.Dispatcher, h.Number)
		for key := range d.posted {
			if strings.HasPrefix(key, prefix) {
				delete(d.posted, key)
			}
		}
		for key, b := range d.batches {
			if strings.HasPrefix(key, prefix) {
				b.posted = 0
			}
		}
	case tacit.HappenedDirect:
		d.direct[h.Task] = true
	case tacit.HappenedUndone:
		delete(d.direct, h.Task)
	case tacit.HappenedPosted:
		key := (&batch{Dispatcher: h.Dispatcher, Number: h.Number, Leaves: h.Leaves}).key()
		d.posted[key] = h.Block
		if b := d.batches[key]; b != nil {
			found := d.against(b, h.Block, p)
			b.posted = h.Block
			return found
		}
	}
	return nil
}

// against is the first rule that a posted batch breaks; one is enough, because all
// of the batch goes with it.
func (d *mind) against(b *batch, posted uint64, p tacit.Params) []tacit.Dispute {
	if len(b.Wrong) > 0 {
		return b.Wrong
	}
	dispute := func(kind string, shown ...tacit.Shown) []tacit.Dispute {
		return []tacit.Dispute{{Kind: kind, Against: b.Dispatcher, Shown: shown, Debits: b.Debits}}
	}
	places := map[wire.Digest]int{}
	for i, s := range b.Settlements {
		// The deadline is a number that its user chose: no sum with it is formed.
		if posted > s.Deadline && posted-s.Deadline > p.SettleWindow {
			return dispute(tacit.DisputeLate, b.shown(i))
		}
		if k, twice := places[s.Task]; twice {
			return dispute(tacit.DisputeDuplicate, b.shown(i), b.shown(k))
		}
		places[s.Task] = i
		for _, other := range d.tasks[s.Task] {
			if other.posted == 0 || other.Dispatcher != b.Dispatcher || other.Number == b.Number {
				continue
			}
			for k := range other.Settlements {
				if other.Settlements[k].Task == s.Task {
					return dispute(tacit.DisputeDuplicate, b.shown(i), other.shown(k))
				}
			}
		}
	}
	return nil
}

// twice are the direct settlements of tasks that a final batch settles.
func (d *mind) twice(p tacit.Params) (found []tacit.Dispute) {
	for task := range d.direct {
		for _, b := range d.tasks[task] {
			if b.posted == 0 || d.now <= b.posted+p.ChallengeWindow {
				continue
			}
			for i := range b.Settlements {
				if b.Settlements[i].Task == task {
					found = append(found, tacit.Dispute{Kind: tacit.DisputeDirect, Shown: []tacit.Shown{b.shown(i)}})
					break
				}
			}
			break
		}
	}
	return found
}

// forget lets go of what can no longer be disputed, and of the oldest of what is
// too much, and returns its keys.
func (d *mind) forget(final uint64, p tacit.Params) (gone []string) {
	for key, block := range d.posted {
		if block+p.WithdrawDelay < final {
			delete(d.posted, key)
		}
	}
	for len(d.order) > 0 && (d.order[0].until < final || len(d.order) > mostMemos) {
		a := d.order[0]
		d.order = d.order[1:]
		delete(d.memos, a.key)
		for _, h := range a.heads {
			var rest []word
			for _, w := range d.words[h] {
				if w.memo != a.key {
					rest = append(rest, w)
				}
			}
			if d.words[h] = rest; len(rest) == 0 {
				delete(d.words, h)
			}
		}
		gone = append(gone, a.key)
	}
	for len(d.queue) > 0 && (d.queue[0].Until < final || len(d.queue) > mostBatches) {
		b := d.queue[0]
		d.queue = d.queue[1:]
		delete(d.batches, b.key())
		for _, s := range b.Settlements {
			var rest []*batch
			for _, o := range d.tasks[s.Task] {
				if o != b {
					rest = append(rest, o)
				}
			}
			if d.tasks[s.Task] = rest; len(rest) == 0 {
				delete(d.tasks, s.Task)
				delete(d.direct, s.Task) // nothing could be said about it any more
			}
		}
		gone = append(gone, b.key())
	}
	return gone
}

// recalled puts what was recalled in the order of its age.
func (d *mind) recalled() {
	slices.SortStableFunc(d.order, func(a, b aged) int { return cmp.Compare(a.until, b.until) })
	slices.SortStableFunc(d.queue, func(a, b *batch) int { return cmp.Compare(a.Until, b.Until) })
}

// recall takes an item of the store up again.
func (d *mind) recall(network wire.Digest, item tacit.Item) error {
	switch {
	case strings.HasPrefix(item.Key, batchPrefix):
		b := new(batch)
		if err := wire.Unmarshal(batchLabel, item.Value, b); err != nil {
			return err
		}
		d.addBatch(b, tacit.Params{}) // nothing is known of the chain yet
	case strings.HasPrefix(item.Key, memoPrefix):
		var m memo
		if err := wire.Unmarshal(memoLabel, item.Value, &m); err != nil {
			return err
		}
		d.note(network, m)
	}
	return nil
}
