package replica

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"filippo.io/age"
	"github.com/hashicorp/raft"

	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

// snapshots keeps a member's snapshots, each a folder with a sealed description and
// an age file whose file key is sealed for this description. The newest two stay.
type snapshots struct {
	dir string
	box *store.Box
}

var _ raft.SnapshotStore = (*snapshots)(nil)

// described is raft's description of a snapshot.
type described struct {
	Index         uint64 `cbor:"1,keyasint"`
	Term          uint64 `cbor:"2,keyasint"`
	Configuration []byte `cbor:"3,keyasint"`
	ConfigIndex   uint64 `cbor:"4,keyasint"`
	Size          int64  `cbor:"5,keyasint"` // of the plain content, in bytes
}

const (
	labelDescribed = "tacit/store/snapshot/1"
	keptSnapshots  = 2
)

// stanza seals an age file key under a member's own key; it is recipient and identity.
type stanza struct {
	box *store.Box
	id  string
}

const stanzaType = "tacit-store-snapshot"

// Wrap implements age.Recipient.
func (s stanza) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: stanzaType, Body: s.box.Seal(store.Place(kindSnapshot, s.id), 0, 0, fileKey)}}, nil
}

// Unwrap implements age.Identity.
func (s stanza) Unwrap(list []*age.Stanza) ([]byte, error) {
	if len(list) != 1 || list[0].Type != stanzaType {
		return nil, age.ErrIncorrectIdentity
	}
	_, _, fileKey, err := s.box.Open(store.Place(kindSnapshot, s.id), list[0].Body)
	if err != nil {
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}

// sink is a snapshot that is being written.
type sink struct {
	of   *snapshots
	id   string
	what described
	dir  string
	file *os.File
	out  io.WriteCloser
	done bool
}

// Create implements raft.SnapshotStore.
func (s *snapshots) Create(version raft.SnapshotVersion, index, term uint64, configuration raft.Configuration, configurationIndex uint64, _ raft.Transport) (raft.SnapshotSink, error) {
	if version != 1 {
		return nil, fault.New(fault.ProtoVersion, "make snapshot: version %d", version)
	}
	nonce := make([]byte, 8)
	_, _ = rand.Read(nonce) // never fails
	k := &sink{of: s, id: fmt.Sprintf("%020d-%020d-%s", index, term, hex.EncodeToString(nonce)),
		what: described{Index: index, Term: term, Configuration: raft.EncodeConfiguration(configuration), ConfigIndex: configurationIndex}}
	k.dir = filepath.Join(s.dir, k.id+".part")
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make snapshot: %w", err)
	}
	var err error
	if k.file, err = os.OpenFile(filepath.Join(k.dir, "state.age"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("make snapshot: %w", err)
	}
	if k.out, err = age.Encrypt(k.file, stanza{s.box, k.id}); err != nil {
		return nil, errors.Join(fmt.Errorf("make snapshot: %w", err), k.file.Close())
	}
	return k, nil
}

// ID implements raft.SnapshotSink.
func (k *sink) ID() string { return k.id }

// Write implements raft.SnapshotSink.
func (k *sink) Write(b []byte) (int, error) {
	n, err := k.out.Write(b)
	k.what.Size += int64(n)
	return n, err
}

// Cancel implements raft.SnapshotSink.
func (k *sink) Cancel() error {
	if k.done {
		return nil
	}
	k.done = true
	return errors.Join(k.file.Close(), os.RemoveAll(k.dir))
}

// Close implements raft.SnapshotSink: the snapshot is durable when it returns.
func (k *sink) Close() error {
	if k.done {
		return nil
	}
	k.done = true
	if err := errors.Join(k.out.Close(), k.file.Sync(), k.file.Close()); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	b, err := wire.Marshal(labelDescribed, k.what)
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(k.dir, "about"), k.of.box.Seal(store.Place(kindMeta, k.id), 0, 0, b)); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	if err := os.Rename(k.dir, filepath.Join(k.of.dir, k.id)); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	if err := syncDir(k.of.dir); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	k.of.prune()
	return nil
}

// prune removes all but the newest and what was never finished.
func (s *snapshots) prune() {
	ids := s.ids()
	for _, id := range ids[min(len(ids), keptSnapshots):] {
		_ = os.RemoveAll(filepath.Join(s.dir, id)) // tried again after the next one
	}
}

// ids lists the snapshots, newest first.
func (s *snapshots) ids() []string {
	var ids []string
	list, err := os.ReadDir(s.dir)
	if err != nil {
		return nil
	}
	for _, e := range list {
		if filepath.Ext(e.Name()) != ".part" {
			ids = append(ids, e.Name())
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(b, a) })
	return ids
}

// meta opens a snapshot's description.
func (s *snapshots) meta(id string) (*raft.SnapshotMeta, error) {
	rec, err := os.ReadFile(filepath.Join(s.dir, filepath.Base(id), "about"))
	if err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read snapshot %s: %w", id, err)
	}
	_, _, b, err := s.box.Open(store.Place(kindMeta, id), rec)
	var d described
	if err == nil {
		err = wire.Unmarshal(labelDescribed, b, &d)
	}
	if err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read snapshot %s: %w", id, err)
	}
	return &raft.SnapshotMeta{Version: 1, ID: id, Index: d.Index, Term: d.Term, Configuration: raft.DecodeConfiguration(d.Configuration),
		ConfigurationIndex: d.ConfigIndex, Size: d.Size}, nil
}

// List implements raft.SnapshotStore. One that does not verify is an error, not left
// out: an older one in its place would lose what was acknowledged since.
func (s *snapshots) List() ([]*raft.SnapshotMeta, error) {
	var list []*raft.SnapshotMeta
	for _, id := range s.ids() {
		m, err := s.meta(id)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// opened is a snapshot that is being read.
type opened struct {
	io.Reader
	io.Closer
}

// Open implements raft.SnapshotStore.
func (s *snapshots) Open(id string) (*raft.SnapshotMeta, io.ReadCloser, error) {
	m, err := s.meta(id)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(filepath.Join(s.dir, filepath.Base(id), "state.age"))
	if err != nil {
		return nil, nil, fault.New(fault.StoreCorrupt, "read snapshot %s: %w", id, err)
	}
	r, err := age.Decrypt(f, stanza{s.box, id})
	if err != nil {
		return nil, nil, errors.Join(fault.New(fault.StoreCorrupt, "read snapshot %s: %w", id, err), f.Close())
	}
	return m, opened{r, f}, nil
}
