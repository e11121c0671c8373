package psi

import (
	"context"
	"fmt"
	"math/big"
	"math/bits"
	"strconv"

	"tacit/engine/psi/rows"
	"tacit/parallel"
)

// otherGroups is what the groups are called that are too small to stand alone.
const otherGroups = "(other groups)"

// none is the number of a group that has no row in the output.
const none = ^uint32(0)

// A sum is what a function knows of one group: exact however many rows there are.
type sum struct {
	hi       int64
	lo       uint64
	n        uint64
	min, max int64
}

func (s *sum) add(v int64) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, uint64(v), 0)
	s.hi += v>>63 + int64(carry)
	if s.n == 0 || v < s.min {
		s.min = v
	}
	if s.n == 0 || v > s.max {
		s.max = v
	}
	s.n++
}

// total is the sum if it is a whole number of 64 bits.
func (s *sum) total() (int64, bool) { return int64(s.lo), s.hi == int64(s.lo)>>63 }

// mean is the sum over its count, in units of a hundredth of that of the values, rounded
// half even.
func (s *sum) mean() *big.Int {
	all := new(big.Int).Lsh(big.NewInt(s.hi), 64)
	all.Add(all, new(big.Int).SetUint64(s.lo))
	n := new(big.Int).SetUint64(s.n)
	all.Mul(all, big.NewInt(100))
	q, rest := new(big.Int).DivMod(all, n, new(big.Int))
	switch c := rest.Lsh(rest, 1).Cmp(n); {
	case c > 0, c == 0 && q.Bit(0) == 1:
		q.Add(q, big.NewInt(1))
	}
	return q
}

// point writes a whole number of 10^-decimals.
func point(v *big.Int, decimals int) string {
	digits := new(big.Int).Abs(v).String()
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	if decimals > 0 {
		digits = digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
	}
	if v.Sign() < 0 {
		return "-" + digits
	}
	return digits
}

// bounds is the bucket that a value is in.
func (f *Function) bounds(v int64) string {
	low := v / f.bucket
	if v%f.bucket < 0 {
		low--
	}
	from := new(big.Int).Mul(big.NewInt(low), big.NewInt(f.bucket))
	to := new(big.Int).Add(from, big.NewInt(f.bucket))
	// Both are multiples of what has no more digits than the bucket was written with.
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(f.Decimals-f.digits)), nil)
	return "[" + point(from.Quo(from, unit), f.digits) + "," + point(to.Quo(to, unit), f.digits) + ")"
}

// value is what a function says of a group, nothing of no rows.
func (f *Function) value(s *sum) (string, error) {
	switch {
	case f.Name == "count":
		return strconv.FormatUint(s.n, 10), nil
	case s.n == 0:
		return "", nil
	case f.Name == "sum":
		v, ok := s.total()
		if !ok {
			return "", overflow(f)
		}
		return point(big.NewInt(v), f.Decimals), nil
	case f.Name == "mean":
		return point(s.mean(), f.Decimals+2), nil
	case f.Name == "min":
		return f.bounds(s.min), nil
	}
	return f.bounds(s.max), nil
}

// A grouping says to which row of the output the rows of the parties belong.
type grouping struct {
	party  *party
	rows   list
	labels *rows.Texts // of the party
	of     []uint32    // by row of the party: its group
	first  []uint32    // by group: the first row of the party in it
	ids    []uint64    // by group: distinct ids
	place  []uint32    // by group: its row in the output, or none
	shown  []uint32    // by row of the output: its group; the last may be otherGroups
}

// placeOf gives every row of the party p with a link its row in the output.
func (g *grouping) placeOf(p *party, row int) uint32 {
	switch {
	case g == nil:
		return 0
	case p == g.party:
		return g.place[g.of[row]]
	}
	return g.place[g.of[g.rows.of(p.link[row] - 1)[0]]]
}

// compute writes what the functions say of the rows whose ids all parties have.
func (r *run) compute(ctx context.Context) error {
	var g *grouping
	places := 1
	if r.p.GroupBy != nil {
		var err error
		if g, err = r.group(ctx); err != nil {
			return err
		}
		places = len(g.shown)
	}
	if _, ok := r.p.Outputs.To(Computed); !ok {
		return nil
	}
	if err := r.budget.hold(int64(places) * int64(len(r.p.Compute)) * 48); err != nil {
		return err
	}
	sums := make([][]sum, len(r.p.Compute))
	done := r.tell("compute", int64(len(sums)))
	if err := parallel.Do(ctx, r.threads, len(sums), func(_, i int) {
		sums[i] = r.sum(&r.p.Compute[i], g, places)
		done(1)
	}); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	b, err := r.table(g, sums, places)
	if err != nil {
		return err
	}
	return r.give(Computed, Computed+".csv", int64(len(b)), func([]byte) ([]byte, error) { return b, nil })
}

func (r *run) partyOf(alias string) *party {
	for _, p := range r.parties {
		if p.file.Alias == alias {
			return p
		}
	}
	panic("a party that was checked") // parse knows all aliases
}

// sum adds up one function.
func (r *run) sum(f *Function, g *grouping, places int) []sum {
	sums, p := make([]sum, places), r.partyOf(f.Party)
	var values []int64
	if f.Column != "" {
		values = p.table.Columns[columnOf(r.p.wants(f.Party), f.want())].Numbers
	}
	for row, link := range p.link {
		if link == 0 {
			continue
		}
		if place := g.placeOf(p, row); place != none {
			v := int64(0)
			if values != nil {
				v = values[row]
			}
			sums[place].add(v)
		}
	}
	return sums
}

// table writes the rows of the output, of which no more than may be written are held.
func (r *run) table(g *grouping, sums [][]sum, places int) ([]byte, error) {
	var b []byte
	if g != nil {
		b = append(appendField(b, []byte(r.p.GroupBy.Party+"."+r.p.GroupBy.Column)), ',')
	}
	for i := range r.p.Compute {
		b = append(appendField(b, []byte(r.p.Compute[i].title())), ',')
	}
	b[len(b)-1] = '\n'
	for place := range places {
		if g != nil {
			label := []byte(otherGroups)
			if n := g.shown[place]; n != none {
				label = g.labels.At(int(g.first[n]))
			}
			b = append(appendField(b, label), ',')
		}
		for i := range r.p.Compute {
			v, err := r.p.Compute[i].value(&sums[i][place])
			if err != nil {
				return nil, err
			}
			b = append(appendField(b, []byte(v)), ',')
		}
		b[len(b)-1] = '\n'
		if int64(len(b)) > r.room.bytes {
			break // which give refuses
		}
	}
	return b, nil
}

// group finds the groups and which of them may be shown.
func (r *run) group(ctx context.Context) (*grouping, error) {
	p, first := r.partyOf(r.p.GroupBy.Party), r.parties[0].rows
	// By row of the party: its group, the group's first row, ids, place and when it was
	// last seen, and an entry of the dictionary with its slots.
	if err := r.budget.hold(4*int64(first) + 96*int64(p.rows)); err != nil {
		return nil, err
	}
	g := &grouping{party: p, of: make([]uint32, p.rows)}
	g.rows = group(p.link, first)
	g.labels = &p.table.Columns[columnOf(r.p.wants(p.file.Alias), rows.Want{Name: r.p.GroupBy.Column})].Texts
	h := newKeyer(0)
	var known dictionary
	known.reset()
	for row, link := range p.link {
		if row%(1<<16) == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("psi: run: %w", ctx.Err())
		}
		if link == 0 {
			continue
		}
		a, b := h.key(g.labels.At(row))
		g.of[row] = known.find(a, b, uint32(a), uint32(row))
	}
	for i := range known.entries {
		g.first = append(g.first, known.entries[i].row)
	}
	g.ids = make([]uint64, len(g.first))
	seen := make([]uint32, len(g.first)) // the last id that was counted, plus 1
	for f := range first {
		for _, row := range g.rows.of(uint32(f)) {
			if n := g.of[row]; seen[n] != uint32(f)+1 {
				seen[n] = uint32(f) + 1
				g.ids[n]++
			}
		}
	}
	least, _ := r.p.minGroup(r.job.Inputs)
	r.report.Groups = g.choose(least)
	return g, nil
}

// choose gives each group its row in the output. Those of fewer than so many ids are put
// together; if even so they are too few they have no row, and the next smallest has none
// either: else who knows the whole could take what is shown from it.
func (g *grouping) choose(least uint64) *groupReport {
	g.place = make([]uint32, len(g.ids))
	small, smallest := uint64(0), -1
	for n, ids := range g.ids {
		switch {
		case ids < least:
			small++
			g.place[n] = none
		case smallest < 0 || ids < g.ids[smallest]:
			smallest = n
		}
	}
	out := &groupReport{Together: small}
	if small > 0 && g.together() < least {
		out.Together, out.HeldBack = 0, small
		if smallest >= 0 {
			g.place[smallest] = none
			out.HeldBack++
		}
	}
	for n := range g.place {
		if g.place[n] != none {
			g.place[n] = uint32(len(g.shown))
			g.shown = append(g.shown, uint32(n))
		}
	}
	out.Shown = uint64(len(g.shown))
	if out.Together > 0 {
		for n := range g.place {
			if g.place[n] == none {
				g.place[n] = uint32(len(g.shown))
			}
		}
		g.shown = append(g.shown, none)
	}
	return out
}

// together is how many distinct ids the groups have that have no row.
func (g *grouping) together() (ids uint64) {
	for f := range len(g.rows.starts) - 2 {
		for _, row := range g.rows.of(uint32(f)) {
			if g.place[g.of[row]] == none {
				ids++
				break
			}
		}
	}
	return ids
}
