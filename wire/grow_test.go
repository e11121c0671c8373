package wire_test

import (
	"encoding/binary"
	"testing"

	"tacit/wire"
)

func TestAGrowingTreeHasTheRootOfItsLeaves(t *testing.T) {
	var tree wire.GrowingTree
	if tree.Root() != wire.MerkleRoot(nil) {
		t.Error("the tree of nothing has another root")
	}
	var leaves []wire.Digest
	for i := range 70 {
		leaf := wire.LeafHash(binary.BigEndian.AppendUint64(nil, uint64(i)))
		leaves = append(leaves, leaf)
		tree.Add(leaf)
		if tree.Size() != uint64(i+1) || tree.Root() != wire.MerkleRoot(leaves) {
			t.Fatalf("after %d leaves the root is %s, want %s", i+1, tree.Root().Short(), wire.MerkleRoot(leaves).Short())
		}
	}
}
