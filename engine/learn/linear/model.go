package linear

import (
	"encoding/binary"
	"math"

	"tacit/fault"
)

// A Kind is what a Model does.
type Kind byte

// The kinds of models.
const (
	Line   Kind = 1 // linear or ridge regression
	Logit  Kind = 2 // logistic regression
	KMeans Kind = 3
	PCA    Kind = 4
)

// A Model is what was fitted. It is not changed after.
type Model struct {
	Kind    Kind
	Vectors Matrix // coefficients (a row for each score), centres or components
	// Offsets are the intercepts, one for each vector, of the kinds of regression.
	Offsets []float64
	// Mean is taken from the columns before components apply.
	Mean []float64
	// Scale divides the columns of k-means and components: their spread, or 1.
	Scale     []float64
	Variances []float64 // of components, the largest first
	Total     float64   // the variance of all, of which Variances are a part; or the inertia
}

// Apply gives each row of x its numbers: the prediction, the probability of each class, the
// squared distance to each centre, or the coordinate along each component.
func (m *Model) Apply(x Matrix) (Matrix, error) {
	if err := m.takes(x); err != nil {
		return Matrix{}, err
	}
	width := m.Vectors.Rows
	if m.Kind == Logit {
		width = max(2, width)
	}
	if width > MostValues/x.Rows {
		return Matrix{}, refuse("data: %d rows give more than %d values: apply to fewer at a time", x.Rows, MostValues)
	}
	out := Matrix{x.Rows, width, make([]float64, x.Rows*width)}
	inverse := m.inverse()
	z := make([]float64, x.Cols)
	for i := range x.Rows {
		row, to := x.row(i), out.row(i)
		switch m.Kind {
		case Line, Logit:
			m.scores(row, to[:m.Vectors.Rows])
			if err := finite(to); err != nil {
				return Matrix{}, err
			}
		case KMeans:
			for k := range to {
				to[k] = square(row, m.Vectors.row(k), inverse)
			}
		case PCA:
			for j, v := range row {
				z[j] = (v - m.Mean[j]) / m.Scale[j]
			}
			for k := range to {
				to[k] = dot(z, m.Vectors.row(k))
			}
		}
		if m.Kind == Logit {
			soften(to[:m.Vectors.Rows], 0)
			if m.Vectors.Rows == 1 {
				to[0], to[1] = 1-to[0], to[0]
			}
		}
	}
	if err := finite(out.Values); err != nil {
		return Matrix{}, err
	}
	return out, nil
}

// Classes gives each row of x its class, the likeliest, or its cluster, the nearest; of
// equals the first.
func (m *Model) Classes(x Matrix) ([]int, error) {
	if m.Kind != Logit && m.Kind != KMeans {
		return nil, refuseParams("params: a model of this kind has no classes")
	}
	if err := m.takes(x); err != nil {
		return nil, err
	}
	out, inverse := make([]int, x.Rows), m.inverse()
	scores := make([]float64, m.Vectors.Rows)
	for i := range out {
		if m.Kind == KMeans {
			distance, at := nearest(x.row(i), m.Vectors, inverse)
			if err := finite([]float64{distance}); err != nil {
				return nil, err
			}
			out[i] = at
			continue
		}
		m.scores(x.row(i), scores)
		if err := finite(scores); err != nil {
			return nil, err
		}
		if len(scores) == 1 && scores[0] > 0 {
			out[i] = 1
		}
		for k, s := range scores {
			if s > scores[out[i]%len(scores)] {
				out[i] = k
			}
		}
	}
	return out, nil
}

func (m *Model) scores(row, to []float64) {
	for k := range to {
		to[k] = dot(row, m.Vectors.row(k)) + m.Offsets[k]
	}
}

func (m *Model) inverse() []float64 {
	inverse := make([]float64, len(m.Scale))
	for j, s := range m.Scale {
		inverse[j] = 1 / s
	}
	return inverse
}

// takes refuses a matrix that the model does not fit, or a model that is none.
func (m *Model) takes(x Matrix) error {
	if err := m.check(); err != nil {
		return err
	}
	if err := x.check(); err != nil {
		return err
	}
	if x.Cols != m.Vectors.Cols {
		return refuse("data: %d columns for a model of %d", x.Cols, m.Vectors.Cols)
	}
	return nil
}

// The form of a model: the eight bytes of magic, the kind in one, columns and vectors in four
// bytes each, the largest first, then numbers as IEEE 754 of 64 bits, the largest byte first:
// vectors row by row, and Offsets, or Mean (of components), Scale, Variances and Total.
const (
	magic  = "TACITLM\x01"
	header = len(magic) + 9
	// MostBytes is how long a model may be.
	MostBytes = header + 8*(MostVectors*MostFeatures+2*MostFeatures+MostVectors+1)
)

// MarshalBinary writes the one form of the model.
func (m *Model) MarshalBinary() ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	b := append([]byte(magic), byte(m.Kind))
	b = binary.BigEndian.AppendUint32(b, uint32(m.Vectors.Cols))
	b = binary.BigEndian.AppendUint32(b, uint32(m.Vectors.Rows))
	for _, set := range m.numbers() {
		for _, v := range set {
			b = binary.BigEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b, nil
}

// numbers are all of the model, in the order in which they are written.
func (m *Model) numbers() [][]float64 {
	sets := [][]float64{m.Vectors.Values, m.Offsets, m.Mean, m.Scale, m.Variances}
	if m.Kind == KMeans || m.Kind == PCA {
		sets = append(sets, []float64{m.Total})
	}
	return sets
}

// Parse reads the form of a model and checks every bound of it. What it reads is written as
// it came. It keeps nothing of b.
func Parse(b []byte) (*Model, error) {
	if len(b) < header || len(b) > MostBytes || string(b[:len(magic)]) != magic {
		return nil, refuseModel("form: no model of this version, or of more than %d bytes", MostBytes)
	}
	kind := Kind(b[len(magic)])
	d := int64(binary.BigEndian.Uint32(b[len(magic)+1:]))
	k := int64(binary.BigEndian.Uint32(b[len(magic)+5:]))
	if err := shape(kind, k, d); err != nil {
		return nil, err
	}
	offsets, mean, scale, variances, total := sizes(kind, int(k), int(d))
	all := int(k*d) + offsets + mean + scale + variances + total
	if len(b)-header != 8*all {
		return nil, refuseModel("form: %d bytes where its header asks for %d", len(b), header+8*all)
	}
	values := make([]float64, all)
	for i := range values {
		values[i] = math.Float64frombits(binary.BigEndian.Uint64(b[header+8*i:]))
	}
	take := func(n int) []float64 {
		var taken []float64
		if n > 0 {
			taken, values = values[:n:n], values[n:]
		}
		return taken
	}
	m := &Model{Kind: kind, Vectors: Matrix{int(k), int(d), take(int(k * d))}}
	m.Offsets, m.Mean, m.Scale, m.Variances = take(offsets), take(mean), take(scale), take(variances)
	if total > 0 {
		m.Total = values[0]
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

func refuseModel(format string, args ...any) error {
	return fault.New(fault.LearnModel, "linear: "+format, args...)
}

// shape refuses what no model of the kind can have.
func shape(kind Kind, k, d int64) error {
	ok := d >= 1 && d <= MostFeatures && k >= 1 && k <= MostVectors
	switch kind {
	case Line:
		ok = ok && k == 1
	case Logit:
		ok = ok && k != 2 && k*(d+1) <= MostWeights
	case KMeans:
	case PCA:
		ok = ok && k <= d
	default:
		return refuseModel("form: unknown kind %d", kind)
	}
	if !ok {
		return refuseModel("form: %d vectors of %d columns are no model of kind %d", k, d, kind)
	}
	return nil
}

// sizes says how many numbers of each sort a model has beside its vectors.
func sizes(kind Kind, k, d int) (offsets, mean, scale, variances, total int) {
	switch kind {
	case KMeans:
		return 0, 0, d, 0, 1
	case PCA:
		return 0, d, d, k, 1
	default:
		return k, 0, 0, 0, 0
	}
}

// check refuses a model that no fit leaves: of another shape, with numbers that are none, or
// with scales, variances or components that contradict themselves. Whether components are
// upright on each other it does not ask.
func (m *Model) check() error {
	k, d := m.Vectors.Rows, m.Vectors.Cols
	if err := shape(m.Kind, int64(k), int64(d)); err != nil {
		return err
	}
	offsets, mean, scale, variances, _ := sizes(m.Kind, k, d)
	if len(m.Vectors.Values) != k*d || len(m.Offsets) != offsets || len(m.Mean) != mean || len(m.Scale) != scale || len(m.Variances) != variances {
		return refuseModel("form: its parts are not as long as its kind asks for")
	}
	for _, set := range m.numbers() {
		if finite(set) != nil {
			return refuseModel("form: a number is not finite")
		}
	}
	for _, s := range m.Scale {
		if s < smallest || s > Largest {
			return refuseModel("form: a scale is not from %g to %g", smallest, Largest)
		}
	}
	if m.Total < 0 || m.Kind != KMeans && m.Kind != PCA && m.Total != 0 {
		return refuseModel("form: its total is none")
	}
	if m.Kind == PCA {
		return m.directions()
	}
	return nil
}

// directions refuses components that are not of length 1 and upright, or whose variances do
// not fall and sum up to no more than all.
func (m *Model) directions() error {
	var sum float64
	for k, v := range m.Variances {
		if v <= 0 || k > 0 && v > m.Variances[k-1] {
			return refuseModel("form: variances are not positive and falling")
		}
		sum += v
		row := m.Vectors.row(k)
		if math.Abs(dot(row, row)-1) > 1e-9 || !upright(row) {
			return refuseModel("form: component %d is not of length 1 with its largest entry positive", k+1)
		}
	}
	if !(sum <= m.Total*(1+1e-9)) {
		return refuseModel("form: variances are more than their total")
	}
	return nil
}
