package client

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"tacit"
	"tacit/wire"
)

// hashing is a writer that remembers the SHA-256 of what passed.
type hashing struct{ h hash.Hash }

func (h *hashing) Write(p []byte) (int, error) {
	if h.h == nil {
		h.h = sha256.New()
	}
	return h.h.Write(p)
}

func (h *hashing) sum() wire.Digest {
	if h.h == nil {
		return wire.Sum(nil)
	}
	return wire.Digest(h.h.Sum(nil))
}

// chunkRoot is the chunk root and size of what r gives.
func chunkRoot(r io.Reader) (wire.Digest, int64, error) {
	var leaves []wire.Digest
	var size int64
	buf := make([]byte, tacit.ChunkSize)
	for {
		n, err := io.ReadFull(r, buf)
		if n > 0 {
			leaves = append(leaves, wire.LeafHash(buf[:n]))
			size += int64(n)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return wire.MerkleRoot(leaves), size, nil
		}
		if err != nil {
			return wire.Digest{}, 0, fmt.Errorf("hash ciphertext: %w", err)
		}
	}
}
