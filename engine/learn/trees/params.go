package trees

import (
	"math"

	"tacit/fault"
)

// Bounds of training.
const (
	MostRows   = 1 << 27
	mostRounds = 100_000
	mostDepth  = 16
	mostCells  = 1 << 34 // values of a matrix
	// largestLabel is what a label may be: sums of what is between labels do not overflow.
	largestLabel = 1e30
)

// Params are how a model is trained; zero fields take the defaults in brackets.
type Params struct {
	Objective      Objective
	Classes        int     // of Softmax, and of no other
	Rounds         int     // trees, or of Softmax trees of each class [100]
	Depth          int     // questions on the way to a leaf at most, to 16 [6]
	LearningRate   float64 // above 0, at most 1 [0.3]
	Lambda         float64 // by which leaves are drawn to zero (L2)
	Gamma          float64 // what a split must gain
	MinChildWeight float64 // the curvature that each side of a split must have
	Subsample      float64 // the share of rows drawn for each tree [1]
	ColumnSample   float64 // the share of features drawn for each tree, at least one [1]
	// Base is what predictions start with: a label, of Logistic a probability. Nil takes the
	// labels' mean. Of Softmax it moves all classes alike and is zero if nil.
	Base *float64
	Seed uint64 // of what is drawn
	// Memory is how many bytes may be held beside the data, reckoned before for trees that are
	// as full as they can be; what awaits the garbage collector comes on top [4 GiB].
	Memory  int64
	Threads int // what comes out does not depend on it [1]
	// Gains, one for each feature, are what its splits gain: that is added to them [nobody asks].
	Gains []float64
}

// outputs is how many values a prediction has.
func (p *Params) outputs() int {
	if p.Objective == Softmax {
		return p.Classes
	}
	return 1
}

// complete fills the defaults in and says what makes no sense.
func (p Params) complete() (Params, error) {
	whole := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	share := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	whole(&p.Rounds, 100)
	whole(&p.Depth, 6)
	whole(&p.Threads, 1)
	share(&p.LearningRate, 0.3)
	share(&p.Subsample, 1)
	share(&p.ColumnSample, 1)
	if p.Memory == 0 {
		p.Memory = 4 << 30
	}
	if p.Objective < Squared || p.Objective > Softmax {
		return p, wrong("objective", "squared error, logistic or softmax")
	}
	if p.Objective == Softmax && (p.Classes < 2 || p.Classes > MostClasses) {
		return p, wrong("classes", "2 to 1024 with softmax")
	}
	if p.Objective != Softmax && p.Classes != 0 {
		return p, wrong("classes", "none without softmax")
	}
	if p.Rounds < 1 || p.Rounds > mostRounds || p.Rounds*p.outputs() > mostTrees {
		return p, wrong("rounds", "1 to 100,000, and at most 1,048,576 trees of all classes")
	}
	if p.Depth < 1 || p.Depth > mostDepth {
		return p, wrong("depth", "1 to 16")
	}
	if p.Threads < 1 || p.Threads > 1024 {
		return p, wrong("threads", "1 to 1024")
	}
	if p.Memory < 0 {
		return p, wrong("memory", "a number of bytes")
	}
	for _, s := range []struct {
		name string
		v    float64
	}{{"learning rate", p.LearningRate}, {"subsample", p.Subsample}, {"column sample", p.ColumnSample}} {
		if !(s.v > 0 && s.v <= 1) {
			return p, wrong(s.name, "above 0, at most 1")
		}
	}
	for _, s := range []struct {
		name string
		v    float64
	}{{"lambda", p.Lambda}, {"gamma", p.Gamma}, {"minimal child weight", p.MinChildWeight}} {
		if !(s.v >= 0 && s.v <= math.MaxFloat32) {
			return p, wrong(s.name, "0 or more, and finite")
		}
	}
	if p.Base != nil {
		switch b := *p.Base; {
		case !(math.Abs(b) <= largestLabel):
			return p, wrong("base", "a number of at most 1e30")
		case p.Objective == Logistic && !(b > 0 && b < 1):
			return p, wrong("base", "a probability above 0 and below 1")
		}
	}
	return p, nil
}

// wrong is a parameter that is refused.
func wrong(name, want string) error {
	return fault.New(fault.LearnParams, "trees: train: %s: want %s", name, want)
}

// unfit is data that is refused.
func unfit(format string, args ...any) error {
	return fault.New(fault.LearnData, "trees: train: "+format, args...)
}

// checkData says why a model cannot be trained from data.
func (p *Params) checkData(x Matrix, y []float32) error {
	if err := x.check(); err != nil {
		return err
	}
	switch {
	case x.Rows == 0 || x.Cols == 0:
		return unfit("there are %d rows of %d features", x.Rows, x.Cols)
	case x.Rows > MostRows || int64(x.Rows)*int64(x.Cols) > mostCells:
		return unfit("%d rows of %d features are too many", x.Rows, x.Cols)
	case len(y) != x.Rows:
		return unfit("there are %d labels for %d rows", len(y), x.Rows)
	}
	if p.Gains != nil && len(p.Gains) != x.Cols {
		return wrong("gains", "one for each feature")
	}
	if need := p.Need(x.Rows, x.Cols); need > p.Memory {
		return fault.New(fault.LearnData, "trees: train: it needs %d MiB, %d are allowed", need>>20+1, p.Memory>>20)
	}
	for i, v := range x.Values {
		if math.IsInf(float64(v), 0) {
			return unfit("row %d, feature %d: infinite", i/x.Cols, i%x.Cols)
		}
	}
	for i, v := range y {
		switch {
		case v != v || math.IsInf(float64(v), 0):
			return unfit("row %d: the label is no finite number", i)
		case v < -largestLabel || v > largestLabel:
			return unfit("row %d: the label is too large", i)
		case p.Objective == Logistic && !(v >= 0 && v <= 1):
			return unfit("row %d: the label is no probability", i)
		case p.Objective == Softmax && !(v >= 0 && v < float32(p.Classes) && v == float32(int(v))):
			return unfit("row %d: the label is none of the classes", i)
		}
	}
	return nil
}

// Need is how many bytes training holds beside the data, at most: bins and what is sorted to
// cut them, sums, slopes, the histograms of the level before the last and the model.
func (p Params) Need(rows, cols int) int64 {
	nodes := min(int64(1)<<(p.Depth-1), int64(rows)/2+1)
	most := min(int64(2)<<p.Depth, 2*int64(rows)+1) * int64(p.Rounds*p.outputs())
	perRow := 2*int64(cols) + int64(p.outputs())*8*2 + 13 + 8*int64(min(p.Threads, cols))
	return int64(rows)*perRow + nodes*int64(cols)*cellsBytes + min(most, mostNodes)*24
}

// start is the sums that every prediction starts with.
func (p *Params) start(y []float32) []float64 {
	base := make([]float64, p.outputs())
	b := 0.0
	switch {
	case p.Base != nil:
		b = *p.Base
	case p.Objective == Softmax:
	default:
		for _, v := range y {
			b += float64(v)
		}
		b /= float64(len(y))
	}
	if p.Objective == Logistic {
		b = min(max(b, 1e-6), 1-1e-6)
		b = math.Log(b / (1 - b))
	}
	for i := range base {
		base[i] = b
	}
	return base
}
