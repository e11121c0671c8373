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
	"tacit/sketch"
)

// chunk is how many rows of a party are sorted into parts at once: what it takes stays in
// the cache. perPart is how many rows of all parties a part is meant to have, mostParts
// how many parts there are at most.
const (
	chunk     = 1 << 16
	perPart   = 1 << 13
	mostParts = 1 << 12
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

	tuples  []tuple
	starts  [][]uint32 // by chunk and part: where in the chunk's tuples it begins
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

// split sorts the rows of all parties into parts by their keys' hashes; within a part the
// rows of a chunk stay in their order.
func split(ctx context.Context, threads int, h keyer, parties []*party, done func(rows int64)) (shift int, err error) {
	total := 0
	type piece struct{ party, chunk int }
	var pieces []piece
	for k, p := range parties {
		total += p.rows
		p.tuples = fresh[tuple](p.rows)
		p.starts = make([][]uint32, (p.rows+chunk-1)/chunk)
		for c := range p.starts {
			pieces = append(pieces, piece{k, c})
		}
	}
	parts := 1
	for parts < mostParts && parts*perPart < total {
		parts *= 2
	}
	shift = 64 - bits.TrailingZeros(uint(parts)) // 64 if there is one: then a shift gives 0
	temps := make([][]tuple, threads)
	err = parallel(ctx, threads, len(pieces), func(thread, i int) {
		p, c := parties[pieces[i].party], pieces[i].chunk
		if temps[thread] == nil {
			temps[thread] = make([]tuple, chunk)
		}
		from, to := c*chunk, min((c+1)*chunk, p.rows)
		p.starts[c] = scatter(h, shift, parts, &p.table.IDs, from, temps[thread][:to-from], p.tuples[from:to])
		done(int64(to - from))
	})
	return shift, err
}

// scatter makes the tuples of the rows from the first on, and puts them into out by parts.
func scatter(h keyer, shift, parts int, ids *rows.Texts, first int, temp, out []tuple) []uint32 {
	starts := make([]uint32, parts+1)
	for i := range temp {
		a, b := h.key(ids.At(first + i))
		hash := h.hash(a, b)
		// The part is kept in the place of the row until that is known.
		part := uint32(hash >> shift)
		temp[i] = tuple{a, b, part, uint32(hash)}
		starts[part+1]++
	}
	for i := range parts {
		starts[i+1] += starts[i]
	}
	next := make([]uint32, parts)
	copy(next, starts)
	for i := range temp {
		part := temp[i].row
		at := next[part]
		next[part]++
		out[at] = tuple{temp[i].a, temp[i].b, uint32(first + i), temp[i].id}
	}
	return starts
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
func match(ctx context.Context, threads, shift int, q question, parties []*party, done func(parts int64)) (uint64, error) {
	parts := 1 << (64 - shift)
	tallies := make([]*tally, threads)
	err := parallel(ctx, threads, parts, func(thread, part int) {
		t := tallies[thread]
		if t == nil {
			t = newTally(parties)
			tallies[thread] = t
		}
		t.number(part, parties)
		t.fill(part, q, parties)
		done(1)
	})
	if err != nil {
		return 0, err
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
func (t *tally) number(part int, parties []*party) {
	t.reset()
	for k, p := range parties {
		bit, fresh := uint64(1)<<k, uint64(0)
		for c, starts := range p.starts {
			piece := p.tuples[c*chunk:]
			piece = piece[starts[part]:starts[part+1]]
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
func (t *tally) fill(part int, q question, parties []*party) {
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
		for c, starts := range p.starts {
			piece := p.tuples[c*chunk:]
			piece = piece[starts[part]:starts[part+1]]
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
