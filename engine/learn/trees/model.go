// Package trees predicts with ensembles of decision trees and makes them by gradient
// boosting.
//
// A Model is what Train makes, or what XGBoost and LightGBM wrote, read by ParseXGBoost and
// ParseLightGBM. All three are brought into one form whose questions are "is the feature
// less than the cut"; a row of which a feature is missing (NaN) goes where the node says. A
// model of another kind than these is refused and never approximated.
//
// What comes out depends on what went in and on nothing else: not on the number of threads,
// nor on which processor of one architecture runs it. The parsers take hostile
// bytes: they are bounded, never panic, and what they return predicts without panic too.
// No error quotes a value of the data; what a model says of itself (an objective, a name)
// may be in it, shortened.
package trees

import (
	"context"
	"math"

	"tacit/fault"
	"tacit/parallel"
)

// An Objective says what the sums of the trees mean.
type Objective byte

// The objectives.
const (
	Squared  Objective = iota + 1 // the sum is the prediction
	Logistic                      // its logistic function is the probability of 1
	Softmax                       // the softmax of the sums is the probability of each class
)

func (o Objective) String() string {
	switch o {
	case Squared:
		return "squared error"
	case Logistic:
		return "logistic"
	case Softmax:
		return "softmax"
	}
	return "unknown"
}

// Bounds of a model.
const (
	MostFeatures = 1 << 20
	MostClasses  = 1 << 10
	mostTrees    = 1 << 20
	mostNodes    = 1 << 26
	// largest is what the value of a leaf or a base may be, so that no sum overflows, in 32
	// bits either.
	largest = 1e31
)

// A Model is an ensemble of binary trees. It does not change, and may be used by several
// goroutines at once.
type Model struct {
	objective Objective
	single    bool // sums are rounded to 32 bits after each tree, as XGBoost does
	features  int
	base      []float64 // what the sum of each output starts with
	trees     []tree
	nodes     []node    // of all trees, each tree's in the order of its levels
	values    []float64 // of a leaf, by its node; else 0
	zeros     bool      // a node takes zero as missing
}

// tree is nodes from first up to the next tree's.
type tree struct {
	first  uint32
	output uint32
	depth  uint32
}

// node is one question: is row[feature] < cut? Its children lie side by side: yes leads to
// left, no to left+1. A leaf asks as well, and leads to itself whatever the answer.
type node struct {
	cut     float32 // never NaN; +Inf: every finite value is less
	feature uint32
	left    uint32 // among the nodes of all trees
	missing uint8  // 0 leads a missing value left, 1 right
	step    uint8  // 1, in a leaf 0
	zero    bool   // zero is a missing value
}

// Objective is what the model was made for.
func (m *Model) Objective() Objective { return m.objective }

// Features is how many values a row has.
func (m *Model) Features() int { return m.features }

// Outputs is how many values a prediction has: one, or the probability of each class.
func (m *Model) Outputs() int { return len(m.base) }

// Trees is how many trees the model has, all classes together.
func (m *Model) Trees() int { return len(m.trees) }

// A Matrix is rows of features, one row after another.
type Matrix struct {
	Rows, Cols int
	Values     []float32 // NaN is a missing value
}

func (x Matrix) check() error {
	if x.Rows < 0 || x.Cols < 0 || x.Cols > MostFeatures || x.Rows > math.MaxInt32 || int64(x.Rows)*int64(x.Cols) != int64(len(x.Values)) {
		return fault.New(fault.LearnData, "trees: %d values are not %d rows of %d", len(x.Values), x.Rows, x.Cols)
	}
	return nil
}

// Predict is the prediction for one row.
func (m *Model) Predict(row []float32) ([]float64, error) {
	return m.PredictBatch(Matrix{1, len(row), row}, 1)
}

// PredictBatch is the predictions for rows, Outputs of each row, one row after another.
// LEARN_DATA if the rows are not of Features values.
func (m *Model) PredictBatch(x Matrix, threads int) ([]float64, error) {
	if err := x.check(); err != nil {
		return nil, err
	}
	if x.Cols != m.features {
		return nil, fault.New(fault.LearnData, "trees: the model takes rows of %d features, these have %d", m.features, x.Cols)
	}
	k := len(m.base)
	if int64(x.Rows)*int64(k) > math.MaxInt32*16 {
		return nil, fault.New(fault.LearnData, "trees: %d rows of %d predictions are too many at once", x.Rows, k)
	}
	out := make([]float64, x.Rows*k)
	const block = 256 // rows, that their values and one tree stay in the cache
	abreast(threads, (x.Rows+block-1)/block, func(i int) {
		from, to := i*block, min((i+1)*block, x.Rows)
		m.predict(x.Values[from*x.Cols:to*x.Cols], out[from*k:to*k])
	})
	return out, nil
}

// deepest is how deep a tree may be for four rows to walk it abreast, each as many steps as
// the deepest leaf needs.
const deepest = 16

// predict fills out, the predictions of a few rows.
func (m *Model) predict(x []float32, out []float64) {
	k, f := len(m.base), m.features
	n := len(out) / k
	for i := range n {
		copy(out[i*k:], m.base)
	}
	four, fast := m.four, finite(x)
	if fast {
		four = m.fourFinite
	}
	for t := range m.trees {
		tr := &m.trees[t]
		at, i := int(tr.output), 0
		if !m.zeros && tr.depth <= deepest {
			for ; fast && i+8 <= n; i += 8 {
				for j, leaf := range m.eight(tr, x[i*f:(i+8)*f]) {
					m.add(&out[(i+j)*k+at], leaf)
				}
			}
			for ; i+4 <= n; i += 4 {
				a, b, c, d := four(tr, x[i*f:(i+4)*f])
				m.add(&out[i*k+at], a)
				m.add(&out[(i+1)*k+at], b)
				m.add(&out[(i+2)*k+at], c)
				m.add(&out[(i+3)*k+at], d)
			}
		}
		for ; i < n; i++ {
			m.add(&out[i*k+at], m.leaf(tr, x[i*f:(i+1)*f]))
		}
	}
	for i := range n {
		m.objective.link(out[i*k : (i+1)*k])
	}
}

// add adds the value of a leaf to a sum.
func (m *Model) add(sum *float64, leaf uint32) {
	*sum += m.values[leaf]
	if m.single {
		*sum = float64(float32(*sum))
	}
}

// four are the leaves of four rows that lie one after another. Nothing is branched upon:
// which way a row goes cannot be foretold.
func (m *Model) four(tr *tree, x []float32) (a, b, c, d uint32) {
	f := uint32(m.features)
	ra, rb, rc, rd := x[:f], x[f:2*f], x[2*f:3*f], x[3*f:4*f]
	nodes := m.nodes
	a, b, c, d = tr.first, tr.first, tr.first, tr.first
	for range tr.depth {
		na, nb, nc, nd := &nodes[a], &nodes[b], &nodes[c], &nodes[d]
		a = na.next(ra[na.feature])
		b = nb.next(rb[nb.feature])
		c = nc.next(rc[nc.feature])
		d = nd.next(rd[nd.feature])
	}
	return a, b, c, d
}

// fourFinite is four where no value is missing or infinite: then nothing but the cut decides,
// and that of a leaf is above all.
func (m *Model) fourFinite(tr *tree, x []float32) (a, b, c, d uint32) {
	f := uint32(m.features)
	ra, rb, rc, rd := x[:f], x[f:2*f], x[2*f:3*f], x[3*f:4*f]
	nodes := m.nodes
	a, b, c, d = tr.first, tr.first, tr.first, tr.first
	for range tr.depth {
		na, nb, nc, nd := &nodes[a], &nodes[b], &nodes[c], &nodes[d]
		a = na.left + reaches(ra[na.feature], na.cut)
		b = nb.left + reaches(rb[nb.feature], nb.cut)
		c = nc.left + reaches(rc[nc.feature], nc.cut)
		d = nd.left + reaches(rd[nd.feature], nd.cut)
	}
	return a, b, c, d
}

// eight is fourFinite for eight rows, which are as many as a processor has in flight.
func (m *Model) eight(tr *tree, x []float32) [8]uint32 {
	f := uint32(m.features)
	f2, f4 := 2*f, 4*f
	nodes := m.nodes
	first := tr.first
	a, b, c, d, e, g, h, i := first, first, first, first, first, first, first, first
	low, high := x[:f4], x[f4:2*f4]
	for range tr.depth {
		n := &nodes[a]
		a = n.left + reaches(low[n.feature], n.cut)
		n = &nodes[b]
		b = n.left + reaches(low[f+n.feature], n.cut)
		n = &nodes[c]
		c = n.left + reaches(low[f2+n.feature], n.cut)
		n = &nodes[d]
		d = n.left + reaches(low[f2+f+n.feature], n.cut)
		n = &nodes[e]
		e = n.left + reaches(high[n.feature], n.cut)
		n = &nodes[g]
		g = n.left + reaches(high[f+n.feature], n.cut)
		n = &nodes[h]
		h = n.left + reaches(high[f2+n.feature], n.cut)
		n = &nodes[i]
		i = n.left + reaches(high[f2+f+n.feature], n.cut)
	}
	return [8]uint32{a, b, c, d, e, g, h, i}
}

// reaches is 1 if v is not less than the cut.
func reaches(v, cut float32) (n uint32) {
	if v >= cut {
		n = 1
	}
	return n
}

// finite reports whether all values are.
func finite(x []float32) bool {
	sum := float32(0)
	for _, v := range x {
		sum += v - v // 0, or NaN for ever
	}
	return sum == 0
}

// next is the node that a value leads to.
func (n *node) next(v float32) uint32 {
	var no, none uint8
	if v >= n.cut {
		no = 1
	}
	if v != v {
		none = 1
	}
	return n.left + uint32((no|none&n.missing)&n.step)
}

// tiny is what LightGBM takes as zero.
const tiny = float32(1e-35)

// leaf is the leaf of one row.
func (m *Model) leaf(tr *tree, row []float32) uint32 {
	at := tr.first
	for {
		n := &m.nodes[at]
		if n.step == 0 {
			return at
		}
		v := row[n.feature]
		if n.zero && v >= -tiny && v <= tiny {
			at = n.left + uint32(n.missing)
			continue
		}
		at = n.next(v)
	}
}

// abreast does n pieces of work on at most so many goroutines; which does what is left open,
// so a piece must not depend on it.
func abreast(threads, n int, do func(int)) {
	_ = parallel.Do(context.Background(), threads, n, func(_, i int) { do(i) }) // it ends with the last piece
}
