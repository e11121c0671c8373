package trees

import (
	"encoding/binary"
	"math"

	"tacit/fault"
)

// magic begins every encoded model.
const magic = "tacit trees 1\n"

// The kinds of a node, as encoded: a leaf, or a split with what it does.
const (
	kindLeaf   = 0
	kindSplit  = 1 << 0
	kindLeft   = 1 << 1 // a missing value goes left
	kindZero   = 1 << 2 // zero is a missing value
	leafBytes  = 1 + 8
	splitBytes = 1 + 4 + 4
)

// Append appends the encoded model to b: magic, the objective and the bits of its
// sums, 32 or 64 (1 byte each), the number of features, outputs and trees (4 each), the base of each output (8); then of each tree its
// output and its number of nodes (4 each) and its nodes level by level: a leaf is 0 and its
// value (8), a split is its kind, its feature and its cut (4 each). Numbers are big-endian,
// values IEEE 754. Where children stand follows from the order, so that no tree can be
// written that has a cycle, and each model has one encoding.
func (m *Model) Append(b []byte) []byte {
	put := binary.BigEndian
	b = append(append(b, magic...), byte(m.objective), 64)
	if m.single {
		b[len(b)-1] = 32
	}
	b = put.AppendUint32(b, uint32(m.features))
	b = put.AppendUint32(b, uint32(len(m.base)))
	b = put.AppendUint32(b, uint32(len(m.trees)))
	for _, v := range m.base {
		b = put.AppendUint64(b, math.Float64bits(v))
	}
	for t, tr := range m.trees {
		end := uint32(len(m.nodes))
		if t+1 < len(m.trees) {
			end = m.trees[t+1].first
		}
		b = put.AppendUint32(b, tr.output)
		b = put.AppendUint32(b, end-tr.first)
		for i := tr.first; i < end; i++ {
			n := &m.nodes[i]
			if n.step == 0 {
				b = put.AppendUint64(append(b, kindLeaf), math.Float64bits(m.values[i]))
				continue
			}
			kind := byte(kindSplit)
			if n.missing == 0 {
				kind |= kindLeft
			}
			if n.zero {
				kind |= kindZero
			}
			b = put.AppendUint32(append(b, kind), n.feature)
			b = put.AppendUint32(b, math.Float32bits(n.cut))
		}
	}
	return b
}

// Parse reads what Append wrote, and nothing else: LEARN_MODEL.
func Parse(b []byte) (*Model, error) {
	r := reader{b: b}
	if string(r.take(len(magic))) != magic {
		return nil, bad("this is no model of ours")
	}
	objective, bits := Objective(r.byte()), r.byte()
	features, outputs, count := r.uint32(), r.uint32(), r.uint32()
	if r.short {
		return nil, bad("it ends within its head")
	}
	if bits != 32 && bits != 64 {
		return nil, bad("its sums are not of 32 or 64 bits")
	}
	if int64(outputs)*8+int64(count)*8 > int64(len(r.b)) {
		return nil, bad("it is shorter than its head says")
	}
	base := make([]float64, outputs)
	for i := range base {
		base[i] = math.Float64frombits(r.uint64())
	}
	k, err := newMaker(objective, bits == 32, int64(features), base)
	if err != nil {
		return nil, err
	}
	for t := range count {
		output, nodes := r.uint32(), r.uint32()
		if int64(nodes)*min(leafBytes, splitBytes) > int64(len(r.b)) {
			return nil, bad("tree %d is shorter than it says", t)
		}
		if err := k.tree(int64(output), int64(nodes)); err != nil {
			return nil, err
		}
		for range nodes {
			kind := r.byte()
			if kind == kindLeaf {
				err = k.leaf(math.Float64frombits(r.uint64()))
			} else if kind&kindSplit == 0 || kind > kindSplit|kindLeft|kindZero {
				err = bad("tree %d has a node of no kind", t)
			} else {
				err = k.split(int64(r.uint32()), math.Float32frombits(r.uint32()), kind&kindLeft != 0, kind&kindZero != 0)
			}
			if r.short {
				return nil, bad("tree %d ends within a node", t)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if len(r.b) > 0 {
		return nil, bad("%d bytes stand behind the last tree", len(r.b))
	}
	return k.done()
}

// reader takes numbers from bytes; once they do not suffice it is short, and gives zeros.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.short, r.b = true, nil
		return make([]byte, n)
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte     { return r.take(1)[0] }
func (r *reader) uint32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
func (r *reader) uint64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }

// bad is a model that is refused.
func bad(format string, args ...any) error {
	return fault.New(fault.LearnModel, "trees: "+format, args...)
}
