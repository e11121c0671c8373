package wire

import (
	"crypto/sha256"
	"math/bits"
)

// LeafHash is the hash of one leaf of a Merkle tree, SHA-256(0x00 || b), as in
// RFC 9162, section 2.1.1.
func LeafHash(b []byte) Digest {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(b)
	return Digest(h.Sum(nil))
}

// NodeHash is the hash of an inner node, SHA-256(0x01 || left || right), as in
// RFC 9162, section 2.1.1.
func NodeHash(left, right Digest) Digest {
	var b [1 + 2*len(left)]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+len(left):], right[:])
	return sha256.Sum256(b[:])
}

// MerkleLevels returns every level of the tree over these leaf hashes, from
// the leaves (shared with the argument) up to the root, which stands alone in
// the last level. A node without a sibling rises unchanged, which gives the
// tree of RFC 9162. No leaves, no levels.
func MerkleLevels(leaves []Digest) [][]Digest {
	if len(leaves) == 0 {
		return nil
	}
	levels := [][]Digest{leaves}
	for low := leaves; len(low) > 1; {
		up := make([]Digest, (len(low)+1)/2)
		for i := range up {
			if 2*i+1 < len(low) {
				up[i] = NodeHash(low[2*i], low[2*i+1])
			} else {
				up[i] = low[2*i]
			}
		}
		levels = append(levels, up)
		low = up
	}
	return levels
}

// MerkleRoot is the root of the tree over these leaf hashes; that of no leaves
// is the SHA-256 of nothing.
func MerkleRoot(leaves []Digest) Digest {
	if len(leaves) == 0 {
		return sha256.Sum256(nil)
	}
	levels := MerkleLevels(leaves)
	return levels[len(levels)-1][0]
}

// MerklePath is the inclusion proof (RFC 9162, section 2.1.3.1) of leaf i,
// from the leaf upwards. It is nil for an index outside the leaves and for the
// only leaf of a tree.
func MerklePath(leaves []Digest, i int) []Digest {
	if i < 0 || i >= len(leaves) {
		return nil
	}
	var path []Digest
	for _, level := range MerkleLevels(leaves) {
		if sibling := i ^ 1; sibling < len(level) {
			path = append(path, level[sibling])
		}
		i /= 2
	}
	return path
}

// VerifyMerkle reports whether the path leads from leaf hash i of total to the
// root (RFC 9162, section 2.1.3.2).
//
// The caller must know total from a source he trusts: a path binds a leaf to
// its place only in a tree of that size, and the same path may lead to the
// same root from another place in a tree of another size.
func VerifyMerkle(leaf Digest, i, total int64, path []Digest, root Digest) bool {
	if i < 0 || i >= total || len(path) > bits.Len64(uint64(total)) {
		return false
	}
	hash, at, last := leaf, i, total-1
	for _, sibling := range path {
		if last == 0 {
			return false
		}
		if at&1 == 0 && at == last {
			for at&1 == 0 { // nodes without a sibling rise
				at, last = at>>1, last>>1
			}
		}
		if at&1 == 1 {
			hash = NodeHash(sibling, hash)
		} else {
			hash = NodeHash(hash, sibling)
		}
		at, last = at>>1, last>>1
	}
	return last == 0 && hash == root
}
