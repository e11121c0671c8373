package trees

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// A writing is a model as JSON.
type writing struct {
	Objective string    `json:"objective"`
	Bits      int       `json:"bits"` // of the sums
	Features  int64     `json:"features"`
	Base      []float64 `json:"base"`
	Trees     []struct {
		Output int64        `json:"output"`
		Nodes  [][]*float64 `json:"nodes"`
	} `json:"trees"`
}

// What the third number of a split has.
const (
	documentLeft = 1 // a missing value goes left
	documentZero = 2 // zero is a missing value
)

// MarshalJSON is the model as a JSON object: its objective (squared error, logistic,
// softmax), the bits of its sums, how many features it takes, the base of each output, and
// its trees with the output that each adds to and its nodes level by level: a leaf is its
// value alone; a split is its feature, its cut (null if it is infinite) and 1 if a missing
// value goes left, plus 2 if zero is a missing value. The k-th split leads to nodes 2k+1 and
// 2k+2. The same model has the same bytes.
func (m *Model) MarshalJSON() ([]byte, error) {
	number := func(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'g', -1, 64) }
	bits := 64
	if m.single {
		bits = 32
	}
	b := append([]byte(`{"objective":"`), m.objective.String()...)
	b = strconv.AppendInt(append(b, `","bits":`...), int64(bits), 10)
	b = strconv.AppendInt(append(b, `,"features":`...), int64(m.features), 10)
	b = append(b, `,"base":[`...)
	for i, v := range m.base {
		if i > 0 {
			b = append(b, ',')
		}
		b = number(b, v)
	}
	b = append(b, `],"trees":[`...)
	for t, tr := range m.trees {
		end := uint32(len(m.nodes))
		if t+1 < len(m.trees) {
			end = m.trees[t+1].first
		}
		if t > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, "\n{\"output\":"...), int64(tr.output), 10)
		b = append(b, `,"nodes":[`...)
		for i := tr.first; i < end; i++ {
			n := &m.nodes[i]
			if i > tr.first {
				b = append(b, ',')
			}
			if n.step == 0 {
				b = append(number(append(b, '['), m.values[i]), ']')
				continue
			}
			b = strconv.AppendUint(append(b, '['), uint64(n.feature), 10)
			if b = append(b, ','); math.IsInf(float64(n.cut), 1) {
				b = append(b, "null"...)
			} else {
				b = strconv.AppendFloat(b, float64(n.cut), 'g', -1, 32)
			}
			way := int64(0)
			if n.missing == 0 {
				way |= documentLeft
			}
			if n.zero {
				way |= documentZero
			}
			b = append(strconv.AppendInt(append(b, ','), way, 10), ']')
		}
		b = append(b, "]}"...)
	}
	return append(b, "]}"...), nil
}

// ParseJSON reads what MarshalJSON wrote: LEARN_MODEL for everything else.
func ParseJSON(b []byte) (*Model, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var doc writing
	if err := d.Decode(&doc); err != nil {
		return nil, bad("it is no JSON of the form that models have")
	}
	if d.More() {
		return nil, bad("something stands behind it")
	}
	objective := Objective(0)
	for _, o := range []Objective{Squared, Logistic, Softmax} {
		if doc.Objective == o.String() {
			objective = o
		}
	}
	if doc.Bits != 32 && doc.Bits != 64 {
		return nil, bad("its sums are not of 32 or 64 bits")
	}
	k, err := newMaker(objective, doc.Bits == 32, doc.Features, doc.Base)
	if err != nil {
		return nil, err
	}
	for t, tr := range doc.Trees {
		if err := k.tree(tr.Output, int64(len(tr.Nodes))); err != nil {
			return nil, err
		}
		for _, n := range tr.Nodes {
			if err := k.written(t, n); err != nil {
				return nil, err
			}
		}
	}
	return k.done()
}

// written gives a node as a document has it.
func (k *maker) written(t int, n []*float64) error {
	whole := func(v *float64, most float64) bool { return v != nil && *v >= 0 && *v <= most && *v == math.Trunc(*v) }
	switch {
	case len(n) == 1 && n[0] != nil:
		return k.leaf(*n[0])
	case len(n) != 3 || !whole(n[0], MostFeatures) || !whole(n[2], documentLeft|documentZero):
		return bad("tree %d has a node of no kind", t)
	}
	cut := float32(math.Inf(1))
	if n[1] != nil {
		if cut = float32(*n[1]); math.IsInf(float64(cut), 0) {
			return bad("tree %d has a cut that is no number", t)
		}
	}
	way := int(*n[2])
	return k.split(int64(*n[0]), cut, way&documentLeft != 0, way&documentZero != 0)
}
