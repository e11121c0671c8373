package trees

import (
	"math"
	"slices"
)

// maker builds a Model: each tree is announced and then given node by node, level by level.
// All that makes a Model goes through it, so what it refuses no Model has.
type maker struct {
	m      Model
	end    int64 // of the tree that is being given
	splits int64 // of it so far
	level  int64 // where its next level begins
	given  int64 // nodes of earlier trees
}

// newMaker begins a model with these bases; single is whether sums are of 32 bits.
func newMaker(o Objective, single bool, features int64, base []float64) (*maker, error) {
	if o < Squared || o > Softmax {
		return nil, bad("it has no objective that is known here")
	}
	if features < 1 || features > MostFeatures {
		return nil, bad("it takes %d features, from 1 to %d are possible", features, MostFeatures)
	}
	if o == Softmax && (len(base) < 2 || len(base) > MostClasses) || o != Softmax && len(base) != 1 {
		return nil, bad("an objective of %s has not %d outputs", o, len(base))
	}
	for _, v := range base {
		if !(math.Abs(v) <= largest) {
			return nil, bad("its base score is no number, or too large")
		}
	}
	return &maker{m: Model{objective: o, single: single, features: int(features), base: base}}, nil
}

// tree announces the next tree, of so many nodes.
func (k *maker) tree(output, nodes int64) error {
	if err := k.whole(); err != nil {
		return err
	}
	t := len(k.m.trees)
	if output < 0 || output >= int64(len(k.m.base)) {
		return bad("tree %d is of output %d, there are %d", t, output, len(k.m.base))
	}
	k.given = int64(len(k.m.nodes))
	if nodes < 1 || nodes%2 == 0 || k.given+nodes > mostNodes || t >= mostTrees {
		return bad("tree %d has %d nodes, which no binary tree has or which are too many", t, nodes)
	}
	k.m.trees = append(k.m.trees, tree{first: uint32(k.given), output: uint32(output)})
	k.end, k.splits, k.level = k.given+nodes, 0, 1
	return nil
}

// at says where the next node is in its tree, or why there is none.
func (k *maker) at() (int64, error) {
	i := int64(len(k.m.nodes)) - k.given
	if k.given+i >= k.end || i > 2*k.splits {
		return 0, bad("tree %d has a node that nobody leads to", len(k.m.trees)-1)
	}
	if i == k.level { // one deeper: it ends where the children of its last node do
		k.m.trees[len(k.m.trees)-1].depth++
		k.level = 2*k.splits + 1
	}
	return i, nil
}

// leaf gives a leaf.
func (k *maker) leaf(value float64) error {
	i, err := k.at()
	if err != nil {
		return err
	}
	if !(math.Abs(value) <= largest) {
		return bad("tree %d has a leaf whose value is no number, or too large", len(k.m.trees)-1)
	}
	k.m.nodes = append(k.m.nodes, node{cut: float32(math.Inf(1)), left: uint32(k.given + i)})
	k.m.values = append(k.m.values, value)
	return nil
}

// split gives a split.
func (k *maker) split(feature int64, cut float32, left, zero bool) error {
	if _, err := k.at(); err != nil {
		return err
	}
	if feature < 0 || feature >= int64(k.m.features) {
		return bad("tree %d asks for feature %d, there are %d", len(k.m.trees)-1, feature, k.m.features)
	}
	if cut != cut || math.IsInf(float64(cut), -1) {
		return bad("tree %d has a cut that is no number", len(k.m.trees)-1)
	}
	n := node{cut: cut, feature: uint32(feature), left: uint32(k.given + 2*k.splits + 1), missing: 1, step: 1, zero: zero}
	if left {
		n.missing = 0
	}
	if k.splits++; k.given+2*k.splits+1 > k.end {
		return bad("tree %d has fewer nodes than its splits lead to", len(k.m.trees)-1)
	}
	k.m.zeros = k.m.zeros || zero
	k.m.nodes = append(k.m.nodes, n)
	k.m.values = append(k.m.values, 0)
	return nil
}

// whole says why the tree that was announced last is not whole.
func (k *maker) whole() error {
	if int64(len(k.m.nodes)) != k.end || k.end > 0 && k.given+2*k.splits+1 != k.end {
		return bad("tree %d has not the nodes that it says", len(k.m.trees)-1)
	}
	return nil
}

// done is the model.
func (k *maker) done() (*Model, error) {
	if err := k.whole(); err != nil {
		return nil, err
	}
	m := k.m
	m.trees, m.nodes, m.values = slices.Clip(m.trees), slices.Clip(m.nodes), slices.Clip(m.values)
	return &m, nil
}

// A foreign node is one of a tree in another order than ours.
type foreign struct {
	leaf       bool
	value      float64
	feature    int64
	cut        float32
	left, zero bool // of missing values, and whether zero is one
	yes, no    int64
}

// graft gives a tree whose nodes may stand in any order, from its root on: it refuses
// children that do not exist, and a node that two lead to, so a cycle too. It returns how
// many nodes the root leads to.
func (k *maker) graft(output int64, nodes []foreign) (int, error) {
	t := len(k.m.trees)
	if len(nodes) == 0 {
		return 0, bad("tree %d has no node", t)
	}
	seen := make([]bool, len(nodes))
	order := make([]int64, 1, len(nodes))
	seen[0] = true
	for i := 0; i < len(order); i++ {
		n := &nodes[order[i]]
		if n.leaf {
			continue
		}
		for _, child := range [...]int64{n.yes, n.no} {
			if child < 0 || child >= int64(len(nodes)) {
				return 0, bad("tree %d has a node whose child does not exist", t)
			}
			if seen[child] {
				return 0, bad("tree %d has a node that two lead to", t)
			}
			seen[child] = true
			order = append(order, child)
		}
	}
	if err := k.tree(output, int64(len(order))); err != nil {
		return 0, err
	}
	for _, at := range order {
		n := &nodes[at]
		var err error
		if n.leaf {
			err = k.leaf(n.value)
		} else {
			err = k.split(n.feature, n.cut, n.left, n.zero)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(order), nil
}
