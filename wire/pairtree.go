package wire

import "bytes"

// PairRoot is the root of a Keccak-256 Merkle tree over leaves made by
// Words.Leaf, with sorted pairs, an odd node moving up unchanged: what
// OpenZeppelin's MerkleProof checks. No leaves give the zero digest.
func PairRoot(leaves []Digest) Digest {
	if len(leaves) == 0 {
		return Digest{}
	}
	level := leaves
	for len(level) > 1 {
		level = pairUp(level)
	}
	return level[0]
}

// PairPath is the inclusion proof of leaf i under PairRoot(leaves).
func PairPath(leaves []Digest, i int) []Digest {
	var path []Digest
	for level := leaves; len(level) > 1; level = pairUp(level) {
		if sibling := i ^ 1; sibling < len(level) {
			path = append(path, level[sibling])
		}
		i /= 2
	}
	return path
}

// A PairTree is the tree of PairRoot kept whole, for many paths: it costs twice
// the leaves in memory and a path no hash.
type PairTree struct{ levels [][]Digest }

// NewPairTree hashes the tree over leaves, which it keeps.
func NewPairTree(leaves []Digest) *PairTree {
	t := &PairTree{}
	for level := leaves; len(level) > 0; level = pairUp(level) {
		t.levels = append(t.levels, level)
		if len(level) == 1 {
			break
		}
	}
	return t
}

// Root is PairRoot of the leaves.
func (t *PairTree) Root() Digest {
	if len(t.levels) == 0 {
		return Digest{}
	}
	return t.levels[len(t.levels)-1][0]
}

// Path is PairPath of leaf i.
func (t *PairTree) Path(i int) []Digest {
	var path []Digest
	for _, level := range t.levels {
		if sibling := i ^ 1; sibling < len(level) {
			path = append(path, level[sibling])
		}
		i /= 2
	}
	return path
}

// VerifyPair reports whether path leads from leaf to root. Paths longer than
// 64 are refused.
func VerifyPair(leaf Digest, path []Digest, root Digest) bool {
	if len(path) > 64 || root.IsZero() {
		return false
	}
	for _, p := range path {
		leaf = pair(leaf, p)
	}
	return leaf == root
}

func pairUp(level []Digest) []Digest {
	up := make([]Digest, 0, (len(level)+1)/2)
	for i := 0; i+1 < len(level); i += 2 {
		up = append(up, pair(level[i], level[i+1]))
	}
	if len(level)%2 == 1 {
		up = append(up, level[len(level)-1])
	}
	return up
}

func pair(a, b Digest) Digest {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return Keccak(a[:], b[:])
}
