package tacit

import (
	"context"
	"io"

	"tacit/fault"
	"tacit/wire"
)

// ChunkSize is the number of ciphertext bytes under one leaf of a chunk root.
const ChunkSize = 64 << 10

// A Sealed names one sealed artefact: an age file, by its header's digest and
// the Merkle root over its ciphertext in chunks of ChunkSize. Whoever holds a
// Sealed can check any single chunk.
type Sealed struct {
	Header   wire.Digest  `cbor:"1,keyasint" json:"header"`   // SHA-256 of the age header
	Root     wire.Digest  `cbor:"2,keyasint" json:"root"`     // chunk root, also the blob's name
	Size     int64        `cbor:"3,keyasint" json:"size"`     // ciphertext bytes
	Plain    wire.Digest  `cbor:"4,keyasint" json:"plain"`    // SHA-256 of the plaintext for code, zero otherwise
	Manager  wire.Address `cbor:"5,keyasint" json:"manager"`  // who holds the identity it is sealed to
	Identity wire.Digest  `cbor:"6,keyasint" json:"identity"` // which identity of that manager
}

// Blobs keeps ciphertext by digest. It is not trusted: whoever reads checks
// each chunk against the root with the proof that comes along.
type Blobs interface {
	// Put stores size bytes and returns their chunk root. Storing the same
	// bytes again is free.
	Put(ctx context.Context, r io.Reader, size int64) (wire.Digest, error)
	// Chunk returns chunk i of a blob and its Merkle path, or API_NOT_FOUND.
	Chunk(ctx context.Context, root wire.Digest, i int64) (Chunk, error)
	// Run returns run i of a blob as RunOf makes it, or API_NOT_FOUND.
	Run(ctx context.Context, root wire.Digest, i int64) ([]byte, error)
}

// A Chunk is one piece of a blob with the Merkle path (RFC 9162, SHA-256) that
// leads from it to the blob's root.
type Chunk struct {
	Index int64         `cbor:"1,keyasint"`
	Total int64         `cbor:"2,keyasint"` // chunks of the blob
	Data  []byte        `cbor:"3,keyasint"`
	Path  []wire.Digest `cbor:"4,keyasint"`
}

// An AuditLog is append-only: what is in it stays in it, and anybody can check
// that with a proof against a signed checkpoint.
type AuditLog interface {
	// Append makes the record durable and returns its index once it is; the
	// record is published with an inclusion proof within a second.
	Append(ctx context.Context, record []byte) (uint64, error)
	// Proof returns the inclusion proof of an entry under the newest
	// checkpoint, waiting for its publication until ctx ends.
	Proof(ctx context.Context, index uint64) (AuditProof, error)
}

// An AuditProof shows offline that a record is in a log.
type AuditProof struct {
	Index      uint64        `cbor:"1,keyasint" json:"index"`
	Size       uint64        `cbor:"2,keyasint" json:"size"`       // of the tree in the checkpoint
	Path       []wire.Digest `cbor:"3,keyasint" json:"path"`       // RFC 9162
	Checkpoint []byte        `cbor:"4,keyasint" json:"checkpoint"` // a signed note (C2SP tlog-checkpoint)
}

// ChunkOf makes chunk i of data that is at hand whole, such as an artefact
// that travels inline.
func ChunkOf(data []byte, i int64) (Chunk, error) {
	total := Chunks(int64(len(data)))
	if i < 0 || i >= total {
		return Chunk{}, fault.New(fault.APINotFound, "take chunk %d of %d", i, total)
	}
	hashes := ChunkLeaves(data)
	end := min((i+1)*ChunkSize, int64(len(data)))
	return Chunk{Index: i, Total: total, Data: data[i*ChunkSize : end], Path: wire.MerklePath(hashes, int(i))}, nil
}

// ChunkLeaves are the leaf hashes of data, from which its chunk root follows.
func ChunkLeaves(data []byte) []wire.Digest {
	var hashes []wire.Digest
	for rest := data; len(rest) > 0; {
		n := min(len(rest), ChunkSize)
		hashes = append(hashes, wire.LeafHash(rest[:n]))
		rest = rest[n:]
	}
	return hashes
}
