package linear

import (
	"context"
	"math"
	"math/rand/v2"
)

// Clusters says how clusters are found; zero fields take the defaults in brackets.
type Clusters struct {
	Count       int
	Seed        uint64
	Starts      int  // the best of so many is taken [10], at most 1000
	Rounds      int  // of one start at most [300], at most 10000
	Standardise bool // distances are those of columns of spread 1, all of which must vary
	Threads     int  // what comes out does not depend on it [1]
}

func (c *Clusters) check(x Matrix) error {
	if c.Starts == 0 {
		c.Starts = 10
	}
	if c.Rounds == 0 {
		c.Rounds = 300
	}
	switch {
	case c.Count < 1 || c.Count > MostVectors:
		return refuseParams("params: %d clusters, not from 1 to %d", c.Count, MostVectors)
	case c.Starts < 1 || c.Starts > 1000:
		return refuseParams("params: %d starts, not from 1 to 1000", c.Starts)
	case c.Rounds < 1 || c.Rounds > 10000:
		return refuseParams("params: %d rounds, not from 1 to 10000", c.Rounds)
	case c.Count > x.Rows:
		return refuse("data: %d clusters of %d rows", c.Count, x.Rows)
	}
	return nil
}

// A grouping is a k-means at work.
type grouping struct {
	x       Matrix
	inverse []float64 // of the scale of each column
	blocks  split
	threads int
	near    []int     // the centre of each row
	squares []float64 // its squared distance
}

// Means finds centres with a small sum of squared distances to the rows of x, each of which
// goes to the nearest, the first of equals: k-means++ and Lloyd's rounds until nothing moves
// or Rounds are over. A cluster that is left without rows takes the row that is farthest from
// its own. Total of the Model is the sum, its inertia.
func Means(ctx context.Context, x Matrix, how Clusters) (*Model, error) {
	if err := x.check(); err != nil {
		return nil, err
	}
	if err := how.check(x); err != nil {
		return nil, err
	}
	m, err := measure(ctx, x, how.Threads)
	if err != nil {
		return nil, err
	}
	scale := ones(x.Cols)
	if how.Standardise {
		if err := m.vary(); err != nil {
			return nil, err
		}
		scale = m.spread
	}
	g := &grouping{x, make([]float64, x.Cols), cut(x.Rows, mostBlocks), how.Threads, make([]int, x.Rows), make([]float64, x.Rows)}
	for j, s := range scale {
		g.inverse[j] = 1 / s
	}
	var best *Model
	for start := range how.Starts {
		draws := rand.NewPCG(how.Seed, uint64(start))
		centres, err := g.seed(ctx, how.Count, draws)
		if err != nil {
			return nil, err
		}
		total, err := g.lloyd(ctx, centres, how.Rounds)
		if err != nil {
			return nil, err
		}
		if best == nil || total < best.Total {
			best = &Model{Kind: KMeans, Vectors: centres, Scale: scale, Total: total}
		}
	}
	if err := finite(best.Vectors.Values, best.Scale, []float64{best.Total}); err != nil {
		return nil, err
	}
	return best, nil
}

// square is the squared distance of two rows, with each column's inverse scale.
func square(a, b, inverse []float64) (sum float64) {
	b, inverse = b[:len(a)], inverse[:len(a)]
	for j, v := range a {
		d := (v - b[j]) * inverse[j]
		sum += d * d
	}
	return sum
}

// draw is a number from 0 to less than 1.
func draw(from *rand.PCG) float64 { return float64(from.Uint64()>>11) / (1 << 53) }

// seed draws centres among the rows, each of a few candidates drawn by their squared
// distance to the centres so far, of which it takes the one that leaves least of it.
func (g *grouping) seed(ctx context.Context, count int, draws *rand.PCG) (Matrix, error) {
	centres := Matrix{count, g.x.Cols, make([]float64, count*g.x.Cols)}
	for i := range g.squares {
		g.squares[i] = math.Inf(1)
	}
	at := int(draw(draws) * float64(g.x.Rows))
	total, left, err := g.drop(ctx, at)
	if err != nil {
		return centres, err
	}
	copy(g.squares, left)
	copy(centres.row(0), g.x.row(at))
	tries := 2 + int(math.Log(float64(count)))
	for k := 1; k < count; k++ {
		if total == 0 {
			return centres, refuse("data: fewer rows that differ than clusters")
		}
		best, bestAt := math.Inf(1), -1
		var bestLeft []float64
		for range tries {
			at := g.pick(draw(draws) * total)
			sum, left, err := g.drop(ctx, at)
			if err != nil {
				return centres, err
			}
			if sum < best || bestAt < 0 {
				best, bestAt, bestLeft = sum, at, left
			}
		}
		copy(centres.row(k), g.x.row(bestAt))
		copy(g.squares, bestLeft)
		total = best
	}
	return centres, nil
}

// pick is the row at which the squared distances so far sum up to more than target.
func (g *grouping) pick(target float64) int {
	var sum float64
	last := 0
	for i, s := range g.squares {
		if s == 0 {
			continue
		}
		last = i
		if sum += s; sum > target {
			return i
		}
	}
	return last
}

// drop is what would be left of the squared distances, and their sum, were row at a centre.
func (g *grouping) drop(ctx context.Context, at int) (float64, []float64, error) {
	left, centre := make([]float64, g.x.Rows), g.x.row(at)
	sum, err := g.blocks.sum(ctx, g.threads, 1, func(into []float64, from, to int) {
		for i := from; i < to; i++ {
			left[i] = min(g.squares[i], square(g.x.row(i), centre, g.inverse))
			into[0] += left[i]
		}
	})
	if err != nil {
		return 0, nil, err
	}
	return sum[0], left, nil
}

// lloyd moves the centres until no row goes elsewhere, and returns the sum of the squared
// distances to them.
func (g *grouping) lloyd(ctx context.Context, centres Matrix, rounds int) (float64, error) {
	for i := range g.near {
		g.near[i] = -1
	}
	k, d := centres.Rows, centres.Cols
	wide := cut(g.x.Rows, max(1, min(mostBlocks, (1<<23)/(k*d+k))))
	for range rounds {
		moved, _, err := g.assign(ctx, centres)
		if err != nil {
			return 0, err
		}
		if g.fill(k) {
			moved = true
		}
		if !moved {
			break
		}
		sums, err := wide.sum(ctx, g.threads, k*d+k, func(into []float64, from, to int) {
			for i := from; i < to; i++ {
				c := g.near[i]
				add(into[c*d:(c+1)*d], 1, g.x.row(i))
				into[k*d+c]++
			}
		})
		if err != nil {
			return 0, err
		}
		for c := range k {
			for j := range d {
				centres.Values[c*d+j] = sums[c*d+j] / sums[k*d+c]
			}
		}
	}
	_, total, err := g.assign(ctx, centres)
	return total, err
}

// assign gives each row its nearest centre. It reports whether that is another than it was
// for any, and sums up the squared distances.
func (g *grouping) assign(ctx context.Context, centres Matrix) (bool, float64, error) {
	sums, err := g.blocks.sum(ctx, g.threads, 2, func(into []float64, from, to int) {
		for i := from; i < to; i++ {
			best, at := nearest(g.x.row(i), centres, g.inverse)
			into[0] += best
			if at != g.near[i] {
				into[1]++
			}
			g.near[i], g.squares[i] = at, best
		}
	})
	if err != nil {
		return false, 0, err
	}
	return sums[1] > 0, sums[0], nil
}

func nearest(row []float64, centres Matrix, inverse []float64) (float64, int) {
	best, at := math.Inf(1), 0
	for c := range centres.Rows {
		if s := square(row, centres.row(c), inverse); s < best {
			best, at = s, c
		}
	}
	return best, at
}

// fill gives each cluster without rows the one that is farthest from its centre, of those
// that are not alone, and reports whether there was any. Rows are never fewer than clusters.
func (g *grouping) fill(k int) bool {
	counts := make([]int, k)
	for _, c := range g.near {
		counts[c]++
	}
	filled := false
	for c, n := range counts {
		if n > 0 {
			continue
		}
		far := -1
		for i, s := range g.squares {
			if counts[g.near[i]] > 1 && (far < 0 || s > g.squares[far]) {
				far = i
			}
		}
		counts[g.near[far]]--
		counts[c], g.near[far], g.squares[far] = 1, c, 0
		filled = true
	}
	return filled
}
