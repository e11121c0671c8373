package replica

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/btree"
	"github.com/hashicorp/raft"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/store"
	"tacit/wire"
)

// node is a record in memory.
type node struct {
	place string
	rec   []byte
	entry store.Entry
}

func newTree() *btree.BTreeG[node] {
	return btree.NewG(32, func(a, b node) bool { return a.place < b.place })
}

// kept is how many links of the entries' chain stay in memory, to be held against
// checkpoints of others.
const kept = 4096

// link is the chain of entries after the one that brought a revision.
type link struct {
	revision int64
	digest   wire.Digest
}

// machine is the applied state, raft's FSM. Raft calls its methods one at a time;
// readers take mu.
type machine struct {
	network  wire.Digest
	operator wire.Address
	own      *key.Sealer
	group    wire.Digest
	broke    func(error) // told once why nothing is applied any more

	mu         sync.RWMutex // guards what follows
	tree       *btree.BTreeG[node]
	head       store.Head
	chain      wire.Digest // of the newest entry
	links      []link      // newest last
	membership tacit.Signed[Membership]
	wrapped    wrapped
	keys       *keyring // nil before the first entry
	ahead      secrets  // of a newcomer: keys as they were when it came
	cause      error
	applied    chan struct{} // closed and replaced after each entry
}

var _ raft.FSM = (*machine)(nil)

// errVoid is the answer to an entry of a leader that had lost its term.
var errVoid = errors.New("the entry is of another term")

// Apply implements raft.FSM.
func (m *machine) Apply(l *raft.Log) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cause != nil {
		return m.cause
	}
	err := m.apply(l)
	if err != nil && !errors.Is(err, errVoid) {
		m.cause = err
		m.broke(err)
	}
	return err
}

func (m *machine) apply(l *raft.Log) error {
	e, err := decodeEntry(l.Data)
	if err != nil {
		return err
	}
	if e.Term != l.Term {
		return errVoid
	}
	const op = "apply log entry"
	if e.Previous != m.chain {
		return fault.Denied(fault.StoreDiverged, op, fmt.Sprintf("entry before that of revision %d", e.Head.Revision), m.chain.Short(), e.Previous.Short())
	}
	if e.Head.Revision <= m.head.Revision {
		return fault.Denied(fault.StoreDiverged, op, "revision", fmt.Sprintf("above %d", m.head.Revision), fmt.Sprint(e.Head.Revision))
	}
	if err := m.take(e.Membership, e.Wrapped); err != nil {
		return err
	}
	if m.keys == nil {
		return fault.New(fault.StoreCorrupt, "%s: the group has no keys yet", op)
	}
	head := m.head
	nodes := make([]node, len(e.Writes))
	for i, w := range e.Writes {
		old, ok := m.tree.Get(node{place: w.place})
		if ok {
			head.Set.Remove(old.entry.Print)
			head.Count--
		}
		nodes[i] = node{place: w.place, rec: w.rec}
		if len(w.rec) == 0 {
			continue
		}
		if nodes[i].entry, err = store.EntryOf(m.keys, []byte(w.place), w.rec); err != nil {
			return fault.New(fault.StoreCorrupt, "%s: record: %w", op, err)
		}
		head.Set.Add(nodes[i].entry.Print)
		head.Count++
	}
	if head.Set != e.Head.Set || head.Count != e.Head.Count {
		return fault.New(fault.StoreDiverged, "%s: the records are not those of revision %d", op, e.Head.Revision)
	}
	for _, n := range nodes {
		if len(n.rec) == 0 {
			m.tree.Delete(n)
		} else {
			m.tree.ReplaceOrInsert(n)
		}
	}
	m.head, m.chain = e.Head, digestEntry(l.Data)
	m.links = append(m.links, link{e.Head.Revision, m.chain})
	if len(m.links) > 2*kept {
		m.links = append([]link(nil), m.links[len(m.links)-kept:]...)
	}
	close(m.applied)
	m.applied = make(chan struct{})
	return nil
}

// take adopts a membership and keys; older ones are STORE_GENERATION.
func (m *machine) take(signed *tacit.Signed[Membership], w *wrapped) error {
	if signed != nil {
		list, err := CheckMembership(m.network, m.operator, *signed)
		if err != nil {
			return err
		}
		if list.Group != m.group {
			return fault.Denied(fault.StorePeer, "take membership", "group", m.group.Short(), list.Group.Short())
		}
		if list.Number < m.membership.Body.Number {
			return fault.Denied(fault.StoreGeneration, "take membership", "number", fmt.Sprintf("at least %d", m.membership.Body.Number), fmt.Sprint(list.Number))
		}
		m.membership = *signed
	}
	if w != nil {
		if w.Epoch < m.wrapped.Epoch {
			return fault.Denied(fault.StoreGeneration, "take keys", "epoch", fmt.Sprintf("at least %d", m.wrapped.Epoch), fmt.Sprint(w.Epoch))
		}
		s, err := w.unwrap(m.group, m.own)
		if errors.Is(err, fault.StorePeer) && w.Epoch > 0 && int(w.Epoch) <= len(m.ahead.Epochs) {
			// The epochs of then are the first of those that it was given.
			s, err = secrets{Epochs: m.ahead.Epochs[:w.Epoch:w.Epoch], Print: m.ahead.Print}, nil
		}
		if err != nil {
			return err
		}
		m.wrapped, m.keys = *w, newKeyring(s)
	}
	return nil
}

// entryAt is what is known of a place.
func (m *machine) entryAt(place string) (store.Entry, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	n, ok := m.tree.Get(node{place: place})
	return n.entry, ok
}

// sealer is the group's newest keys.
func (m *machine) sealer() *keyring {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.keys
}

// linkAt is the chain's digest after the entry that brought a revision.
func (m *machine) linkAt(revision int64) (wire.Digest, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return find(m.links, revision)
}

// newest is the newest link, and what is closed when there is another.
func (m *machine) newest() (link, <-chan struct{}) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return link{m.head.Revision, m.chain}, m.applied
}

// A snapshot is
//
//	version(1) revision(8) head(136) chain(32), membership and keys, then
//	each record behind place and length, and an empty place
const snapshotVersion = 1

// image is the state at one moment; its tree shares nodes with the machine's, which
// copies before it writes.
type image struct {
	tree       *btree.BTreeG[node]
	head       store.Head
	chain      wire.Digest
	membership tacit.Signed[Membership]
	wrapped    wrapped
}

// Snapshot implements raft.FSM.
func (m *machine) Snapshot() (raft.FSMSnapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cause != nil {
		return nil, m.cause
	}
	return &image{m.tree.Clone(), m.head, m.chain, m.membership, m.wrapped}, nil
}

// Release implements raft.FSMSnapshot.
func (s *image) Release() {}

// Persist implements raft.FSMSnapshot.
func (s *image) Persist(sink raft.SnapshotSink) error {
	w := bufio.NewWriterSize(sink, 256<<10)
	if err := s.write(w); err != nil {
		return errors.Join(err, sink.Cancel())
	}
	if err := w.Flush(); err != nil {
		return errors.Join(err, sink.Cancel())
	}
	return sink.Close()
}

func (s *image) write(w *bufio.Writer) error {
	m, err := wire.Marshal(labelSigned, s.membership)
	if err != nil {
		return err
	}
	k, err := wire.Marshal(labelWrap, s.wrapped)
	if err != nil {
		return err
	}
	b := []byte{snapshotVersion}
	b = binary.BigEndian.AppendUint64(b, uint64(s.head.Revision))
	b = append(b, s.head.Encode()...)
	b = append(b, s.chain[:]...)
	b = appendBytes(appendBytes(b, m), k)
	if _, err := w.Write(b); err != nil {
		return err
	}
	s.tree.Ascend(func(n node) bool {
		_, err = w.Write(appendBytes(appendBytes(b[:0], n.place), n.rec))
		return err == nil
	})
	if err != nil {
		return err
	}
	return w.WriteByte(0)
}

// Restore implements raft.FSM: it verifies the whole snapshot before it takes the
// place of what is there. One of an older membership or key epoch is
// STORE_GENERATION, an older revision STORE_ROLLBACK.
func (m *machine) Restore(from io.ReadCloser) error {
	defer from.Close()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cause != nil {
		return m.cause
	}
	err := m.restore(bufio.NewReaderSize(from, 256<<10))
	if err != nil {
		m.cause = err
		m.broke(err)
	}
	return err
}

func (m *machine) restore(r *bufio.Reader) error {
	const op = "take snapshot"
	corrupt := func(err error) error { return fault.New(fault.StoreCorrupt, "%s: %w", op, err) }
	fixed := make([]byte, 1+8+store.HeadSize+32)
	if _, err := io.ReadFull(r, fixed); err != nil {
		return corrupt(err)
	}
	if fixed[0] > snapshotVersion {
		return fault.New(fault.ProtoVersion, "%s: a newer version of this software wrote it", op)
	}
	revision := int64(binary.BigEndian.Uint64(fixed[1:]))
	head, err := store.DecodeHead(revision, fixed[9:9+store.HeadSize])
	if err != nil || fixed[0] != snapshotVersion || revision < 0 {
		return corrupt(errors.New("its head does not verify"))
	}
	if revision < m.head.Revision {
		return fault.Denied(fault.StoreRollback, op, "revision", fmt.Sprintf("at least %d", m.head.Revision), fmt.Sprint(revision))
	}
	chain := wire.Digest(fixed[9+store.HeadSize:])
	var signed tacit.Signed[Membership]
	var w wrapped
	for _, part := range []struct {
		label string
		v     any
	}{{labelSigned, &signed}, {labelWrap, &w}} {
		b, err := readBytes(r, wire.MaxMessage)
		if err == nil {
			err = wire.Unmarshal(part.label, b, part.v)
		}
		if err != nil {
			return corrupt(err)
		}
	}
	if err := m.take(&signed, &w); err != nil {
		return err
	}
	tree := newTree()
	check := store.Head{}
	for last := ""; ; {
		place, err := readBytes(r, 1+store.MaxKey)
		if err != nil {
			return corrupt(err)
		}
		if len(place) == 0 {
			break
		}
		if string(place) <= last {
			return corrupt(errors.New("its records are not in order"))
		}
		last = string(place)
		rec, err := readBytes(r, maxEntry)
		if err != nil {
			return corrupt(err)
		}
		e, err := store.EntryOf(m.keys, place, rec)
		if err != nil {
			return corrupt(err)
		}
		check.Set.Add(e.Print)
		check.Count++
		tree.ReplaceOrInsert(node{last, rec, e})
	}
	if check.Set != head.Set || check.Count != head.Count {
		return corrupt(fmt.Errorf("the records are not those of revision %d", revision))
	}
	if _, err := r.ReadByte(); err != io.EOF {
		return corrupt(errors.New("something follows it"))
	}
	if old, ok := find(m.links, revision); ok && old != chain {
		return fault.Denied(fault.StoreDiverged, op, fmt.Sprintf("chain at revision %d", revision), old.Short(), chain.Short())
	}
	m.tree, m.head, m.chain = tree, head, chain
	m.links = []link{{revision, chain}}
	close(m.applied)
	m.applied = make(chan struct{})
	return nil
}

func find(links []link, revision int64) (wire.Digest, bool) {
	for i := len(links) - 1; i >= 0 && links[i].revision >= revision; i-- {
		if links[i].revision == revision {
			return links[i].digest, true
		}
	}
	return wire.Digest{}, false
}

// readBytes reads a length, in its shortest form, and so many bytes.
func readBytes(r *bufio.Reader, most uint64) ([]byte, error) {
	head, err := r.Peek(binary.MaxVarintLen64) // fewer at the end
	n, k := binary.Uvarint(head)
	if k == 0 {
		return nil, err
	}
	if k < 0 || k > 1 && head[k-1] == 0 {
		return nil, errors.New("a length that is not in its shortest form")
	}
	if n > most {
		return nil, fmt.Errorf("a part of %d bytes, at most %d", n, most)
	}
	if _, err := r.Discard(k); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(r, b)
	return b, err
}
