package psi

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"math/bits"
	"sync/atomic"

	"github.com/dchest/siphash"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/parallel"
	"tacit/sketch"
)

// chunk is how many rows of a party are sorted into parts at once: what it takes stays in
// the cache. perPart is how many rows of all parties a part is meant to have, mostParts
// how many parts there are at most. perRound is how many rows a round is meant to have:
// only those are tuples at a time, in memory that the next round has again.
const (
	chunk     = 1 << 16
	perPart   = 1 << 13
	mostParts = 1 << 12
	perRound  = 1 << 23
)

// A tuple is one row of a party. id is first the low half of the key's hash, then the id's
// number within its part, with firstRow if no earlier row of the party has the id.
type tuple struct {
	a, b uint64
	row  uint32
	id   uint32
}

const firstRow = 1 << 31

// A keyer gives every id its key of 128 bits: the id itself where all are of one width and
// short enough, so that equal keys are equal ids; else a hash of it. The hashes are under a
// key of the run that only the enclave knows, so that no party can make ids that meet, and
// no host can tell where one that it guesses would be; what comes out does not depend on it.
type keyer struct {
	width int // 0 if ids are hashed
	k     [4]uint64
}

func newKeyer(width int) keyer {
	var h keyer
	var secret [32]byte
	rand.Read(secret[:])
	if width <= 16 {
		h.width = width
	}
	for i := range h.k {
		h.k[i] = binary.LittleEndian.Uint64(secret[8*i:])
	}
	return h
}

func (h *keyer) key(id []byte) (a, b uint64) {
	switch h.width {
	case 0:
		return siphash.Hash128(h.k[0], h.k[1], id)
	case 16:
		return binary.LittleEndian.Uint64(id), binary.LittleEndian.Uint64(id[8:])
	}
	var padded [16]byte
	copy(padded[:], id)
	return binary.LittleEndian.Uint64(padded[:]), binary.LittleEndian.Uint64(padded[8:])
}

// row is the key of a row's id; ids of 16 bytes, which are most, need no call.
func (h *keyer) row(ids *rows.Texts, row int) (a, b uint64) {
	if h.width != 16 {
		return h.key(ids.At(row))
	}
	id := (*[16]byte)(ids.Bytes[16*row:])
	return binary.LittleEndian.Uint64(id[:8]), binary.LittleEndian.Uint64(id[8:])
}

// hash spreads keys over parts and within them; nobody can fill one on purpose.
func (h *keyer) hash(a, b uint64) uint64 {
	x, y := bits.Mul64(a^h.k[0], b^h.k[1])
	x, y = bits.Mul64(x^y^a^h.k[2], h.k[3]|1)
	return x ^ y
}

// A party is one input, read and sorted into parts.
type party struct {
	file  tacit.GuestFile
	table *rows.Table

	tuples  []tuple    // of a round, by chunk and part
	at      []int      // by chunk: where its tuples begin
	starts  [][]uint32 // by chunk and part: how many rows of the chunk are in parts before
	part    []uint16   // by row; nil if there is one round
	said    []uint64   // bit by row: the first rows of the ids that are written; nil if none are
	link    []uint32   // by row: 1 more than the first row of its id in the first party that has it, 0 if it is not in the answer; nil if nobody asks
	sketch  *sketch.Sketch
	rows    int
	ids     uint64 // distinct
	overlap uint64 // distinct ids that the first party has too
}

// A question says which ids an answer is about.
type question struct {
	operation string
	left      bool
	all       uint64 // a bit for each party
}

// says reports whether the id that the parties of mask have is in the answer, as the
// party's of the number k.
func (q question) says(mask uint64, k int) bool {
	switch {
	case q.operation == Union:
		return true
	case q.operation == Difference:
		return mask == 1
	case q.left:
		return mask&1 != 0
	}
	return mask == q.all
}

// about reports whether an id of the party k is among those by which its owner tells
// answers apart: those of which others learn that he has them.
func (q question) about(mask uint64, k int) bool {
	switch {
	case q.operation == Union || q.operation == Difference || q.left && k == 0:
		return mask&^(1<<k) != 0
	case q.left:
		return mask&1 != 0
	}
	return mask == q.all
}

// parts says how the rows of all parties are sorted by their keys' hashes: into 2^bits
// parts, the same number of which are matched in each round.
type parts struct {
	keyer
	all, rounds int
	shift       int // of a hash, for its part; 64 if there is one: then a shift gives 0
}

func newParts(h keyer, rows, round int) parts {
	s := parts{keyer: h, all: 1, rounds: 1}
	for s.all < mostParts && s.all*perPart < rows {
		s.all *= 2
	}
	for s.rounds < s.all && s.rounds*round < rows {
		s.rounds *= 2
	}
	s.shift = 64 - bits.TrailingZeros(uint(s.all))
	return s
}

// of are the first part of a round and the one behind its last.
func (s *parts) of(round int) (from, to int) {
	n := s.all / s.rounds
	return round * n, (round + 1) * n
}

// A place is a chunk of a party.
type place struct{ party, chunk int }

func placesOf(parties []*party) (all []place) {
	for k, p := range parties {
		for c := range (p.rows + chunk - 1) / chunk {
			all = append(all, place{k, c})
		}
	}
	return all
}

// split finds the part of every row.
func (s *parts) split(ctx context.Context, threads int, parties []*party, done func(rows int64)) error {
	for _, p := range parties {
		p.starts = make([][]uint32, (p.rows+chunk-1)/chunk)
		p.at = make([]int, len(p.starts))
		if s.rounds > 1 {
			p.part = make([]uint16, p.rows)
		}
	}
	places := placesOf(parties)
	return parallel.Do(ctx, threads, len(places), func(_, i int) {
		p, c := parties[places[i].party], places[i].chunk
		from, to := c*chunk, min((c+1)*chunk, p.rows)
		ids := &p.table.IDs
		starts := make([]uint32, s.all+1)
		for row := from; row < to; row++ {
			part := s.hash(s.row(ids, row)) >> s.shift
			starts[part+1]++
			if p.part != nil {
				p.part[row] = uint16(part)
			}
		}
		for i := range s.all {
			starts[i+1] += starts[i]
		}
		p.starts[c] = starts
		done(int64(to - from))
	})
}

// scatter makes the tuples of a round; within a part the rows of a chunk stay in their
// order.
func (s *parts) scatter(ctx context.Context, threads, round int, parties []*party) error {
	first, behind := s.of(round)
	for _, p := range parties {
		n := 0
		for c, starts := range p.starts {
			p.at[c] = n
			n += int(starts[behind] - starts[first])
		}
		if n > cap(p.tuples) {
			p.tuples = nil // before there is another
			p.tuples = make([]tuple, min(n+n/64, p.rows))
		}
	}
	places := placesOf(parties)
	mine := make([][]uint16, threads)
	return parallel.Do(ctx, threads, len(places), func(thread, i int) {
		p, c := parties[places[i].party], places[i].chunk
		from, to := c*chunk, min((c+1)*chunk, p.rows)
		next := make([]uint32, behind-first)
		base := p.starts[c][first]
		for i := range next {
			next[i] = p.starts[c][first+i] - base
		}
		out := p.tuples[p.at[c] : p.at[c]+int(p.starts[c][behind]-base)]
		ids := &p.table.IDs
		if p.part == nil {
			for row := from; row < to; row++ {
				a, b := s.row(ids, row)
				hash := s.hash(a, b)
				at := &next[hash>>s.shift]
				out[*at] = tuple{a, b, uint32(row), uint32(hash)}
				*at++
			}
			return
		}
		// First those of this round, without a branch that nobody could predict.
		if mine[thread] == nil {
			mine[thread] = make([]uint16, chunk+1)
		}
		list, n := mine[thread], 0
		low, width := uint16(first), uint16(len(next))
		for k, part := range p.part[from:to] {
			list[n] = uint16(k)
			more := n + 1
			if part-low < width {
				n = more
			}
		}
		for _, k := range list[:n] {
			row := from + int(k)
			a, b := s.row(ids, row)
			at := &next[p.part[row]-low]
			out[*at] = tuple{a, b, uint32(row), uint32(s.hash(a, b))}
			*at++
		}
	})
}

// in are the tuples of a part that a chunk has, in the round of the part, which begins with
// the part first.
func (p *party) in(c, part, first int) []tuple {
	starts := p.starts[c]
	at := p.at[c] - int(starts[first])
	return p.tuples[at+int(starts[part]) : at+int(starts[part+1])]
}

// An entry is one id of a part.
type entry struct {
	a, b uint64
	mask uint64 // the parties that have it
	row  uint32 // the first one's first row with it
	hash uint32
}

// A dictionary numbers the ids of a part in the order in which they come.
type dictionary struct {
	slots   []uint32 // 1 more than a number; 0 is free
	entries []entry
}

func (d *dictionary) reset() {
	if d.slots == nil {
		d.slots = make([]uint32, 1<<10)
	}
	clear(d.slots)
	d.entries = d.entries[:0]
}

// find is the number of a key, which is new if it is the number of entries before.
func (d *dictionary) find(a, b uint64, hash, row uint32) uint32 {
	if 2*len(d.entries) >= len(d.slots) {
		d.grow()
	}
	slots := d.slots
	for pos := int(hash) & (len(slots) - 1); ; pos = (pos + 1) & (len(slots) - 1) {
		s := slots[pos]
		if s == 0 {
			d.entries = append(d.entries, entry{a: a, b: b, row: row, hash: hash})
			slots[pos] = uint32(len(d.entries))
			return uint32(len(d.entries)) - 1
		}
		if e := &d.entries[s-1]; e.a == a && e.b == b {
			return s - 1
		}
	}
}

func (d *dictionary) grow() {
	slots := make([]uint32, 2*len(d.slots))
	for i := range d.entries {
		pos := int(d.entries[i].hash) & (len(slots) - 1)
		for slots[pos] != 0 {
			pos = (pos + 1) & (len(slots) - 1)
		}
		slots[pos] = uint32(i + 1)
	}
	d.slots = slots
}

// A tally is what one goroutine counted.
type tally struct {
	dictionary
	ids, overlap []uint64
	said         uint64
	sketches     []*sketch.Sketch
	padded       []byte
}

// member is an id as it is added to a sketch: as oblivious mode does it, so that answers of
// both can be told apart.
func (t *tally) member(of *rows.Table, row int) []byte {
	id := of.IDs.At(row)
	if of.Padded == 0 {
		return id
	}
	t.padded = append(t.padded[:0], id...)
	for len(t.padded) < of.Padded {
		t.padded = append(t.padded, 0)
	}
	return t.padded
}

// match finds which parties have which ids, part by part, and fills what is there to be
// filled of each party. It returns how many ids the answer has.
func match(ctx context.Context, threads int, s parts, q question, parties []*party, done func(parts int64)) (uint64, error) {
	tallies := make([]*tally, threads)
	for round := range s.rounds {
		if err := s.scatter(ctx, threads, round, parties); err != nil {
			return 0, err
		}
		first, behind := s.of(round)
		err := parallel.Do(ctx, threads, behind-first, func(thread, i int) {
			t := tallies[thread]
			if t == nil {
				t = newTally(parties)
				tallies[thread] = t
			}
			t.number(first+i, first, parties)
			t.fill(first+i, first, q, parties)
			done(1)
		})
		if err != nil {
			return 0, err
		}
	}
	said := uint64(0)
	for _, t := range tallies {
		if t == nil {
			continue
		}
		said += t.said
		for k, p := range parties {
			p.ids += t.ids[k]
			p.overlap += t.overlap[k]
			if p.sketch != nil {
				p.sketch.Merge(t.sketches[k])
			}
		}
	}
	return said, nil
}

func newTally(parties []*party) *tally {
	t := &tally{ids: make([]uint64, len(parties)), overlap: make([]uint64, len(parties)), sketches: make([]*sketch.Sketch, len(parties))}
	for k, p := range parties {
		if p.sketch != nil {
			t.sketches[k], _ = sketch.New(p.file.Salt, p.file.Difference) // as the party's own, which was made
		}
	}
	return t
}

// number gives the tuples of a part the numbers of their ids.
func (t *tally) number(part, first int, parties []*party) {
	t.reset()
	for k, p := range parties {
		bit, fresh := uint64(1)<<k, uint64(0)
		for c := range p.starts {
			piece := p.in(c, part, first)
			for i := range piece {
				u := &piece[i]
				id := t.find(u.a, u.b, u.id, u.row)
				e := &t.entries[id]
				if e.mask&bit == 0 {
					e.mask |= bit
					id |= firstRow
					fresh++
				}
				u.id = id
			}
		}
		t.ids[k] += fresh
	}
}

// fill counts and notes what the answer says of a part's ids.
func (t *tally) fill(part, first int, q question, parties []*party) {
	for i := range t.entries {
		e := &t.entries[i]
		k := bits.TrailingZeros64(e.mask)
		if q.says(e.mask, k) {
			t.said++
			if said := parties[k].said; said != nil {
				atomic.OrUint64(&said[e.row/64], 1<<(e.row%64))
			}
		}
		if q.left && e.mask&1 != 0 {
			for m := e.mask; m != 0; m &= m - 1 {
				t.overlap[bits.TrailingZeros64(m)]++
			}
		}
	}
	for k, p := range parties {
		if p.link == nil && p.sketch == nil {
			continue
		}
		for c := range p.starts {
			piece := p.in(c, part, first)
			for i := range piece {
				u := &piece[i]
				e := &t.entries[u.id&^firstRow]
				if p.link != nil && q.says(e.mask, k) {
					p.link[u.row] = e.row + 1
				}
				if p.sketch != nil && u.id&firstRow != 0 && q.about(e.mask, k) {
					t.sketches[k].Add(t.member(p.table, int(u.row)), ^uint64(0))
				}
			}
		}
	}
}
