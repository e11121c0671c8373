package tacit

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"tacit/fault"
	"tacit/wire"
)

// Bounds of what a proof may carry: a path is never longer than a tree of
// 2^63 entries needs, a checkpoint holds three lines and some signatures.
const (
	maxAuditPath  = 64
	maxCheckpoint = 16 << 10
)

// Check reports whether the proof shows that record is in the log of this
// name, whose checkpoints this key signs; else CHAIN_PROOF. The proof is an
// inclusion proof of RFC 9162 under a checkpoint of C2SP tlog-checkpoint, a
// signed note. Pure: nothing is asked of anybody.
//
// It proves that the log held the record, not that the log shows everybody
// the same history: for that, compare checkpoints with others.
func (p AuditProof) Check(name string, pub ed25519.PublicKey, record []byte) error {
	op := fmt.Sprintf("check audit entry %d of %q", p.Index, name)
	if len(p.Path) > maxAuditPath {
		return fault.New(fault.ChainProof, "%s: path of %d hashes", op, len(p.Path))
	}
	size, root, err := OpenCheckpoint(name, pub, p.Checkpoint)
	if err != nil {
		return fault.New(fault.ChainProof, "%s: %w", op, err)
	}
	if size != p.Size {
		return fault.Denied(fault.ChainProof, op, "size as signed", fmt.Sprint(size), fmt.Sprint(p.Size))
	}
	if p.Index >= p.Size {
		return fault.Denied(fault.ChainProof, op, "index below size", fmt.Sprintf("below %d", p.Size), fmt.Sprint(p.Index))
	}
	if !wire.VerifyMerkle(wire.LeafHash(record), int64(p.Index), int64(p.Size), p.Path, root) {
		return fault.Denied(fault.ChainProof, op, "Merkle path", "the signed root", "another")
	}
	return nil
}

// OpenCheckpoint verifies a signed checkpoint of the log of this name and
// returns its tree's size and root; else CHAIN_PROOF.
func OpenCheckpoint(name string, pub ed25519.PublicKey, signed []byte) (size uint64, root wire.Digest, err error) {
	op := fmt.Sprintf("open checkpoint of %q", name)
	if len(signed) > maxCheckpoint {
		return 0, root, fault.New(fault.ChainProof, "%s: %d bytes", op, len(signed))
	}
	vkey, err := note.NewEd25519VerifierKey(name, pub)
	if err != nil {
		return 0, root, fault.New(fault.ChainProof, "%s: %w", op, err)
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, root, fault.New(fault.ChainProof, "%s: %w", op, err)
	}
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return 0, root, fault.New(fault.ChainProof, "%s: %w", op, err)
	}
	if size, root, err = parseCheckpoint(name, opened.Text); err != nil {
		return 0, wire.Digest{}, fault.New(fault.ChainProof, "%s: %w", op, err)
	}
	return size, root, nil
}

// parseCheckpoint reads the three lines that every checkpoint begins with, in
// their one spelling; extension lines after them are signed but say nothing
// to us.
func parseCheckpoint(name, text string) (size uint64, root wire.Digest, err error) {
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) != 4 {
		return 0, root, fmt.Errorf("%d lines", len(lines)-1)
	}
	if lines[0] != name {
		return 0, root, fmt.Errorf("origin %q, want %q", lines[0], name)
	}
	size, err = strconv.ParseUint(lines[1], 10, 64)
	if err != nil || lines[1] != strconv.FormatUint(size, 10) || size > math.MaxInt64 {
		return 0, root, fmt.Errorf("size %q", lines[1])
	}
	hash, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(hash) != len(root) {
		return 0, root, fmt.Errorf("root %q", lines[2])
	}
	return size, wire.Digest(hash), nil
}
