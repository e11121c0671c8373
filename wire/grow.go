package wire

// A GrowingTree is the root of a Merkle tree as MerkleRoot makes it, over leaves that come
// one by one and are not kept: it holds a digest for each level.
type GrowingTree struct {
	n      uint64
	levels []Digest // the whole subtrees at its right edge, the largest first
}

// Add appends a leaf.
func (t *GrowingTree) Add(leaf Digest) {
	for n := t.n; n&1 == 1; n >>= 1 {
		last := len(t.levels) - 1
		leaf = NodeHash(t.levels[last], leaf)
		t.levels = t.levels[:last]
	}
	t.levels = append(t.levels, leaf)
	t.n++
}

// Size is how many leaves there are.
func (t *GrowingTree) Size() uint64 { return t.n }

// Root is MerkleRoot of the leaves so far.
func (t *GrowingTree) Root() (root Digest) {
	if t.n == 0 {
		return MerkleRoot(nil)
	}
	for i := len(t.levels) - 1; i >= 0; i-- {
		if i == len(t.levels)-1 {
			root = t.levels[i]
			continue
		}
		root = NodeHash(t.levels[i], root)
	}
	return root
}
