package wire

import (
	"encoding/binary"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/merkle/testonly"
)

// testLeaves are n distinct leaves with their hashes.
func testLeaves(n int) (data [][]byte, hashes []Digest) {
	for i := range n {
		d := binary.BigEndian.AppendUint64(nil, uint64(i))
		data = append(data, d)
		hashes = append(hashes, LeafHash(d))
	}
	return data, hashes
}

func TestMerkleAgreesWithTransparencyDev(t *testing.T) {
	for n := range 70 {
		data, hashes := testLeaves(n)
		tree := testonly.New(rfc6962.DefaultHasher)
		tree.AppendData(data...)
		root := MerkleRoot(hashes)
		if string(root[:]) != string(tree.Hash()) {
			t.Fatalf("%d leaves: root %v, want %x", n, root, tree.Hash())
		}
		for i := range n {
			path := MerklePath(hashes, i)
			want, err := tree.InclusionProof(uint64(i), uint64(n))
			if err != nil {
				t.Fatal(err)
			}
			if len(path) != len(want) {
				t.Fatalf("leaf %d of %d: path of %d, want %d", i, n, len(path), len(want))
			}
			for k := range path {
				if string(path[k][:]) != string(want[k]) {
					t.Fatalf("leaf %d of %d: path differs at %d", i, n, k)
				}
			}
			if !VerifyMerkle(hashes[i], int64(i), int64(n), path, root) {
				t.Fatalf("leaf %d of %d: own path refused", i, n)
			}
		}
	}
}

func TestVerifyMerkleAnswersLikeTransparencyDev(t *testing.T) {
	const n = 13
	_, hashes := testLeaves(n)
	root := MerkleRoot(hashes)
	for leaf := range n {
		for place := range int64(2 * n) {
			for total := range int64(2 * n) {
				path := MerklePath(hashes, leaf)
				var raw [][]byte
				for _, p := range path {
					raw = append(raw, p[:])
				}
				want := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(place), uint64(total), hashes[leaf][:], raw, root[:]) == nil
				if got := VerifyMerkle(hashes[leaf], place, total, path, root); got != want {
					t.Errorf("leaf %d shown as %d of %d: %v, want %v", leaf, place, total, got, want)
				}
			}
		}
	}
}

func TestVerifyMerkleRefuses(t *testing.T) {
	_, hashes := testLeaves(11)
	root := MerkleRoot(hashes)
	path := MerklePath(hashes, 6)
	for _, tt := range []struct {
		name     string
		leaf     Digest
		i, total int64
		path     []Digest
		root     Digest
		want     bool
	}{
		{"twin: as built", hashes[6], 6, 11, path, root, true},
		{"another leaf", hashes[5], 6, 11, path, root, false},
		{"another place", hashes[6], 7, 11, path, root, false},
		{"negative place", hashes[6], -1, 11, path, root, false},
		{"place after the end", hashes[6], 11, 11, path, root, false},
		{"empty tree", hashes[6], 0, 0, nil, root, false},
		{"short path", hashes[6], 6, 11, path[:len(path)-1], root, false},
		{"long path", hashes[6], 6, 11, append(path[:len(path):len(path)], root), root, false},
		{"another root", hashes[6], 6, 11, path, hashes[0], false},
		{"inner node as leaf", NodeHash(hashes[6], hashes[7]), 3, 6, path[1:], root, true}, // why leaves are hashed under a prefix of their own
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := VerifyMerkle(tt.leaf, tt.i, tt.total, tt.path, tt.root); got != tt.want {
				t.Errorf("VerifyMerkle = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestMerklePathOutsideTheTreeIsEmpty(t *testing.T) {
	_, hashes := testLeaves(3)
	for _, i := range []int{-1, 3} {
		if p := MerklePath(hashes, i); p != nil {
			t.Errorf("MerklePath(%d) = %v, want none", i, p)
		}
	}
}

func FuzzVerifyMerkle(f *testing.F) {
	f.Add([]byte("leaf"), int64(1), int64(3), []byte("0123456789abcdef0123456789abcdef"))
	f.Fuzz(func(t *testing.T, leaf []byte, i, total int64, raw []byte) {
		var path []Digest
		for ; len(raw) >= 32; raw = raw[32:] {
			path = append(path, Digest(raw[:32]))
		}
		var steps [][]byte
		for k := range path {
			steps = append(steps, path[k][:])
		}
		h := LeafHash(leaf)
		if i < 0 || total < 0 {
			if VerifyMerkle(h, i, total, path, h) {
				t.Fatal("negative place accepted")
			}
			return
		}
		root, err := proof.RootFromInclusionProof(rfc6962.DefaultHasher, uint64(i), uint64(total), h[:], steps)
		if err != nil {
			if VerifyMerkle(h, i, total, path, h) {
				t.Fatalf("accepted what the other implementation refuses: %v", err)
			}
			return
		}
		if !VerifyMerkle(h, i, total, path, Digest(root)) {
			t.Fatal("refused what the other implementation accepts")
		}
	})
}
