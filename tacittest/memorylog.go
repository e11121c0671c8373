package tacittest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A Tape is what a process with an audit log leaves behind when it crashes. It
// outlives the MemoryLog handles that are opened on it.
type Tape struct {
	mu      sync.Mutex // guards what follows
	records [][]byte
}

// Records is a copy of what was appended, in order.
func (t *Tape) Records() [][]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([][]byte, len(t.records))
	for i, r := range t.records {
		list[i] = bytes.Clone(r)
	}
	return list
}

// Clone is a second tape with the same records.
func (t *Tape) Clone() *Tape { return &Tape{records: t.Records()} }

// A MemoryLog is a tacit.AuditLog in memory that can crash.
type MemoryLog struct {
	tape     *Tape
	hook     func(record []byte) Crash
	key      ed25519.PrivateKey
	verifier note.Verifier

	mu   sync.Mutex // guards what follows
	down bool
}

var _ tacit.AuditLog = (*MemoryLog)(nil)

// Open is the log of this name as a process that starts on this tape finds it.
// hook is asked before every Append how it ends; nil means that all work.
func (t *Tape) Open(name string, key ed25519.PrivateKey, hook func(record []byte) Crash) (*MemoryLog, error) {
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(vkey)
	return &MemoryLog{tape: t, hook: hook, key: key, verifier: v}, err
}

// Close is the end of the process. The tape stays.
func (l *MemoryLog) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down = true
}

func (l *MemoryLog) alive(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down {
		return fault.New(fault.AuditUnavailable, "use memory log: its process has ended")
	}
	return ctx.Err()
}

// Append implements tacit.AuditLog.
func (l *MemoryLog) Append(ctx context.Context, record []byte) (uint64, error) {
	if err := l.alive(ctx); err != nil {
		return 0, err
	}
	if len(record) == 0 || len(record) > 1<<16-1 {
		return 0, fault.New(fault.APISize, "append %d bytes", len(record))
	}
	end := Works
	if l.hook != nil {
		end = l.hook(record)
	}
	if end == CrashBefore {
		l.Close()
		return 0, l.alive(ctx)
	}
	l.tape.mu.Lock()
	l.tape.records = append(l.tape.records, bytes.Clone(record))
	index := uint64(len(l.tape.records)) - 1
	l.tape.mu.Unlock()
	if end == CrashAfter {
		l.Close()
		return 0, l.alive(ctx)
	}
	return index, nil
}

// signer signs checkpoints.
type signer struct {
	note.Verifier
	key ed25519.PrivateKey
}

func (s signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

// Proof implements tacit.AuditLog; a checkpoint is there at once.
func (l *MemoryLog) Proof(ctx context.Context, index uint64) (tacit.AuditProof, error) {
	if err := l.alive(ctx); err != nil {
		return tacit.AuditProof{}, err
	}
	records := l.tape.Records()
	size := uint64(len(records))
	if index >= size {
		return tacit.AuditProof{}, fault.New(fault.APINotFound, "prove entry %d of %d", index, size)
	}
	leaves := make([]wire.Digest, size)
	for i, r := range records {
		leaves[i] = wire.LeafHash(r)
	}
	root := wire.MerkleRoot(leaves)
	text := fmt.Sprintf("%s\n%d\n%s\n", l.verifier.Name(), size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, signer{l.verifier, l.key})
	return tacit.AuditProof{Index: index, Size: size, Path: wire.MerklePath(leaves, int(index)), Checkpoint: signed}, err
}
