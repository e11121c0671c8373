package oblivious

import "math/bits"

// The parts of a mark: in the low bits the parties that have the record's key, as in a tag
// but not shifted, and two flags. A dummy's mark is 0.
const (
	First      = uint64(1) << 16 // the first of all records of its key
	FirstThere = uint64(1) << 17 // the first of its party's records of its key
	Twice      = uint64(1) << 18 // one of several of its party's records of its key
)

// MergeAll sorts the records of several parties, each sorted already: those of party p
// begin at starts[p], and the last of starts is how many records there are.
func MergeAll(recs []Record, starts []int, rows []uint64, width, threads int) {
	n := len(starts) - 1
	if n < 2 {
		return
	}
	h := (n + 1) >> 1
	from, mid, to := starts[0], starts[h], starts[n]
	fork(threads,
		func(t int) { MergeAll(recs, starts[:h+1], rows, width, t) },
		func(t int) { MergeAll(recs, starts[h:], rows, width, t) })
	Merge(recs[from:to], mid-from, rows[from*width:to*width], width, threads)
}

// Mark marks sorted records: once forwards, for those before a record that have its key,
// once backwards for those behind it.
func Mark(recs []Record, marks []uint64) {
	marks = marks[:len(recs)]
	was, seen := Record{Tag: Dummy}, uint64(0)
	for i := range recs {
		r := recs[i]
		real := r.Tag>>63 - 1
		seen &= same(was, r)
		bit := r.Tag >> PartyShift & PartyBits & real
		first := zero(seen) & real & First
		here := zero(seen & bit)
		seen |= bit
		marks[i] = seen | first | here&real&FirstThere | ^here&real&Twice
		was = r
	}
	was, seen = Record{Tag: Dummy}, 0
	again := uint64(0)
	for j := range recs {
		i := len(recs) - 1 - j
		r := recs[i]
		s := same(was, r)
		bit := r.Tag >> PartyShift & PartyBits
		seen = seen&s | marks[i]&PartyBits
		again &= s
		marks[i] |= seen | ^zero(again&bit)&Twice
		again |= bit
		was = r
	}
}

// Keep sets keep[i+1] to 1 for each mark that has all of need and nothing of forbid, and to
// 0 for all others and for keep[0]: as Compact wants it.
func Keep(keep, marks []uint64, need, forbid uint64) {
	keep[0] = 0
	k := keep[1:]
	k = k[:len(marks)]
	for i := range marks {
		k[i] = zero(marks[i]&need^need|marks[i]&forbid) & 1
	}
}

// KeepAny is Keep for each mark that has all of need and something of any.
func KeepAny(keep, marks []uint64, need, any uint64) {
	keep[0] = 0
	k := keep[1:]
	k = k[:len(marks)]
	for i := range marks {
		k[i] = zero(marks[i]&need^need) &^ zero(marks[i]&any) & 1
	}
}

// KeepParty is Keep for the records of a party, dummies among them.
func KeepParty(keep []uint64, recs []Record, party int) {
	keep[0] = 0
	k := keep[1:]
	k = k[:len(recs)]
	for i := range recs {
		k[i] = recs[i].Tag >> (PartyShift + uint(party)) & 1
	}
}

// Count is how many flags are 1.
func Count(keep []uint64) uint64 {
	n := uint64(0)
	for i := range keep {
		n += keep[i]
	}
	return n
}

// Spread gives the first records of a key the rows of the others that have it: words of a
// row that are another party's are taken from that party's record, of which there is at
// most one to a key. Rows of parties but the first have zeroes where they have no words.
func Spread(recs []Record, rows []uint64, width int) {
	was := Record{Tag: Dummy}
	carry := make([]uint64, width)
	for j := range recs {
		i := len(recs) - 1 - j
		r := recs[i]
		s := same(was, r)
		first := -(r.Tag >> PartyShift & 1)
		row := rows[i*width : (i+1)*width]
		row = row[:len(carry)]
		for w := range carry {
			c := carry[w]&s | row[w]&^first
			carry[w] = c
			row[w] = c
		}
		was = r
	}
}

// Wipe zeroes the rows from count on.
func Wipe(rows []uint64, width int, count uint64) {
	n := len(rows)
	for i := 0; i < n; i += width {
		row := rows[i : i+width]
		_, in := bits.Sub64(uint64(i), count*uint64(width), 0)
		for w := range row {
			row[w] &= -in
		}
	}
}
