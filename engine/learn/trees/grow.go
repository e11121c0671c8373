package trees

import (
	"math"
	"math/rand/v2"
)

// cell is the sum of the slopes of the rows that are in one bin.
type cell struct{ g, h float64 }

// cells are those of one feature.
type cells [256]cell

const cellsBytes = int64(256 * 16)

// sprout is a node of a tree that grows; the k-th split leads to nodes 2k+1 and 2k+2.
type sprout struct {
	leaf     bool
	value    float64
	feature  int
	cut      float32
	left     bool  // where missing values go
	bin      uint8 // the last that goes left
	yes      int   // where its children are
	from, to int   // its rows in grower.rows
	g, h     float64
	hist     []cells // by the features that were drawn
	best     split
}

// split is the best that was found for a node.
type split struct {
	gain   float64
	column int // among the features that were drawn
	bin    uint8
	left   bool
	l, r   cell // the slopes of the two sides
}

// grower grows trees from one matrix.
type grower struct {
	*binned
	p        Params
	features []int   // those drawn for this tree, ascending
	rows     []int32 // those drawn, ordered by node
	spare    []int32
	out      []bool // rows that were not drawn; nil if all were
	tree     []sprout
	hists    [][]cells // that nobody uses
	found    []split
}

func newGrower(b *binned, p Params) *grower {
	return &grower{binned: b, p: p, rows: make([]int32, 0, b.rows), spare: make([]int32, b.rows)}
}

// draw draws the rows and features of the next tree.
func (g *grower) draw(from *rand.PCG) {
	unit := func() float64 { return float64(from.Uint64()>>11) / (1 << 53) }
	g.rows, g.out = g.rows[:0], nil
	if g.p.Subsample < 1 {
		g.out = make([]bool, g.binned.rows)
	}
	for i := range g.binned.rows {
		if g.out != nil && unit() >= g.p.Subsample {
			g.out[i] = true
			continue
		}
		g.rows = append(g.rows, int32(i))
	}
	n := max(1, int(g.p.ColumnSample*float64(g.cols)))
	if len(g.features) != n {
		g.features, g.hists = make([]int, 0, n), nil
	}
	g.features = g.features[:0]
	for f := range g.cols { // each is taken with the chance that leaves n in the end
		if want := n - len(g.features); want > 0 && unit()*float64(g.cols-f) < float64(want) {
			g.features = append(g.features, f)
		}
	}
}

// grow grows one tree.
func (g *grower) grow(slopes []slope) []sprout {
	root := sprout{to: len(g.rows)}
	for _, r := range g.rows {
		root.g += float64(slopes[r].g)
		root.h += float64(slopes[r].h)
	}
	g.tree = append(g.tree[:0], root)
	if len(g.rows) > 1 {
		g.tree[0].hist = g.hist()
		g.fill([]int{0}, slopes)
	}
	for from, depth := 0, 0; from < len(g.tree); depth++ {
		to := len(g.tree)
		g.find(from, to)
		g.branch(from, to)
		if depth+1 < g.p.Depth {
			g.measure(from, to, slopes)
		} else {
			for i := from; i < to; i++ {
				g.free(&g.tree[i])
			}
		}
		from = to
	}
	return g.tree
}

// hist is a histogram to be filled, free gives that of a node back.
func (g *grower) hist() []cells {
	if n := len(g.hists); n > 0 {
		h := g.hists[n-1]
		g.hists = g.hists[:n-1]
		return h
	}
	return make([]cells, len(g.features))
}

func (g *grower) free(s *sprout) {
	if s.hist != nil {
		g.hists = append(g.hists, s.hist)
		s.hist = nil
	}
}

// pieces divides the features of so many nodes among threads. It decides only who does
// what: every cell is summed by one thread in the order of the rows.
func (g *grower) pieces(nodes, rows int, do func(node, from, to int)) {
	n := len(g.features)
	per, threads := n, g.p.Threads
	if rows*n < 1<<14 {
		threads = 1
	} else if threads > 1 {
		per = (n + threads - 1) / threads
	}
	each := (n + per - 1) / per
	abreast(threads, nodes*each, func(i int) {
		from := i % each * per
		do(i/each, from, min(from+per, n))
	})
}

// fill sums the histograms of nodes from their rows.
func (g *grower) fill(nodes []int, slopes []slope) {
	rows := 0
	for _, i := range nodes {
		rows += g.tree[i].to - g.tree[i].from
	}
	all := len(g.features) == g.cols
	g.pieces(len(nodes), rows, func(i, from, to int) {
		s := &g.tree[nodes[i]]
		clear(s.hist[from:to])
		hist, features := s.hist[from:to], g.features[from:to]
		for _, r := range g.rows[s.from:s.to] {
			sl := slopes[r]
			dg, dh := float64(sl.g), float64(sl.h)
			at := int(r) * g.cols
			if all {
				row := g.bins[at+from : at+to]
				hist := hist[:len(row)]
				for j, b := range row {
					c := &hist[j][b]
					c.g += dg
					c.h += dh
				}
				continue
			}
			row := g.bins[at : at+g.cols]
			for j, f := range features {
				c := &hist[j][row[f]]
				c.g += dg
				c.h += dh
			}
		}
	})
}

// find looks for the best split of the nodes of a level that have a histogram.
func (g *grower) find(from, to int) {
	var nodes []int
	for i := from; i < to; i++ {
		if g.tree[i].hist != nil {
			nodes = append(nodes, i)
		}
	}
	n := len(g.features)
	if need := len(nodes) * n; cap(g.found) < need {
		g.found = make([]split, need)
	}
	found := g.found[:len(nodes)*n]
	g.pieces(len(nodes), len(nodes)*256, func(i, a, b int) {
		for c := a; c < b; c++ {
			found[i*n+c] = g.scan(&g.tree[nodes[i]], c)
		}
	})
	for i, at := range nodes {
		best := &g.tree[at].best
		for _, s := range found[i*n : (i+1)*n] {
			if s.gain > best.gain {
				*best = s
			}
		}
	}
}

// scan looks for the best split of a node by one feature.
func (g *grower) scan(s *sprout, column int) split {
	best := split{column: column}
	f := g.features[column]
	hist, last := &s.hist[column], len(g.cuts[f])
	lambda := g.p.Lambda
	least := max(g.p.MinChildWeight, 1e-10)
	whole := float64(s.g*s.g) / (s.h + lambda)
	try := func(bin int, left bool, lg, lh float64) {
		rg, rh := s.g-lg, s.h-lh
		if lh < least || rh < least {
			return
		}
		gain := float64(lg*lg)/(lh+lambda) + float64(rg*rg)/(rh+lambda) - whole
		if gain > best.gain {
			best.gain, best.bin, best.left, best.l, best.r = gain, uint8(bin), left, cell{lg, lh}, cell{rg, rh}
		}
	}
	var l cell
	none := hist[absent]
	for b := 0; b <= last; b++ {
		l.g += hist[b].g
		l.h += hist[b].h
		if b < last || g.gaps[f] { // the last cut divides what is there from what is missing
			try(b, false, l.g, l.h)
		}
		if b < last && g.gaps[f] {
			try(b, true, l.g+none.g, l.h+none.h)
		}
	}
	return best
}

// branch makes leaves and splits of the nodes of a level, and divides the rows of a split.
func (g *grower) branch(from, to int) {
	sides := make([]int, to-from)
	abreast(g.p.Threads, to-from, func(i int) {
		if s := &g.tree[from+i]; s.hist != nil && s.best.gain > 1e-6 && s.best.gain >= g.p.Gamma {
			sides[i] = g.divide(s)
		}
	})
	for i, n := range sides {
		s := &g.tree[from+i]
		if n == 0 || n == s.to-s.from { // also where rounding made a split of nothing
			s.leaf, s.value = true, -s.g/(s.h+g.p.Lambda)*g.p.LearningRate
			if s.g == 0 {
				s.value = 0
			}
			continue
		}
		b := s.best
		s.feature, s.bin, s.left = g.features[b.column], b.bin, b.left
		s.cut = float32(math.Inf(1))
		if cuts := g.cuts[s.feature]; int(b.bin) < len(cuts) {
			s.cut = cuts[b.bin]
		}
		s.yes = len(g.tree)
		l := sprout{from: s.from, to: s.from + n, g: b.l.g, h: b.l.h}
		r := sprout{from: s.from + n, to: s.to, g: b.r.g, h: b.r.h}
		g.tree = append(g.tree, l, r) // s is no more what it was
	}
}

// divide orders the rows of a node, those that go left before the others, each in their
// order, and says how many go left.
func (g *grower) divide(s *sprout) int {
	var right [256]int
	for b := range right {
		if b > int(s.best.bin) {
			right[b] = 1
		}
	}
	right[absent] = 1
	if s.best.left {
		right[absent] = 0
	}
	rows, spare := g.rows[s.from:s.to], g.spare[s.from:s.to]
	f, l, r := g.features[s.best.column], 0, 0
	column := g.columns[f*g.binned.rows : (f+1)*g.binned.rows]
	for _, row := range rows {
		goes := right[column[row]]
		rows[l], spare[r] = row, row
		l += 1 - goes
		r += goes
	}
	copy(rows[l:], spare[:r])
	return l
}

// measure gives the children of a level their histograms: the smaller of two is summed from
// its rows, the other is what remains of their parent's.
func (g *grower) measure(from, to int, slopes []slope) {
	var small, large []int
	rows := 0
	for i := from; i < to; i++ {
		s := &g.tree[i]
		if s.leaf {
			g.free(s)
			continue
		}
		a, b := s.yes, s.yes+1
		if g.tree[a].to-g.tree[a].from > g.tree[b].to-g.tree[b].from {
			a, b = b, a
		}
		if g.tree[b].to-g.tree[b].from < 2 {
			g.free(s)
			continue
		}
		g.tree[a].hist, g.tree[b].hist, s.hist = g.hist(), s.hist, nil
		small, large = append(small, a), append(large, b)
		rows += 256
	}
	g.fill(small, slopes)
	g.pieces(len(small), rows, func(i, a, b int) {
		x, y := g.tree[small[i]].hist, g.tree[large[i]].hist
		for c := a; c < b; c++ {
			n, f := &x[c], g.features[c]
			for j := range y[c][:len(g.cuts[f])+1] {
				y[c][j].g -= n[j].g
				y[c][j].h -= n[j].h
			}
			y[c][absent].g -= n[absent].g
			y[c][absent].h -= n[absent].h
		}
	})
}

// add adds a tree to the sums of all rows.
func (g *grower) add(tree []sprout, sums []float64, outputs, o int) {
	abreast(g.p.Threads, len(tree), func(i int) {
		if s := &tree[i]; s.leaf {
			for _, r := range g.rows[s.from:s.to] {
				sums[int(r)*outputs+o] += s.value
			}
		}
	})
	if g.out == nil {
		return
	}
	const block = 4096
	abreast(g.p.Threads, (len(g.out)+block-1)/block, func(b int) {
		for r := b * block; r < min((b+1)*block, len(g.out)); r++ {
			if !g.out[r] {
				continue
			}
			s := &tree[0]
			for !s.leaf {
				at := s.yes
				if b := g.bins[r*g.cols+s.feature]; b == absent && !s.left || b != absent && b > s.bin {
					at++
				}
				s = &tree[at]
			}
			sums[r*outputs+o] += s.value
		}
	})
}
