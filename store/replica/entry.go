package replica

import (
	"encoding/binary"
	"slices"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

// An entry is what one batch changes, as the log has it:
//
//	version(1) term(8) previous(32) revision(8) head(136)
//	count, then for each write: place, record (empty: removed)
//	membership, wrapped keys (each empty if unchanged)
//
// with lengths and count as unsigned varints.
type entry struct {
	Term     uint64      // of the leader that made it; in another it is void
	Previous wire.Digest // of the entry before
	Head     store.Head  // after it
	Writes   []write     // ordered by place

	Membership *tacit.Signed[Membership]
	Wrapped    *wrapped
}

type write struct {
	place string
	rec   []byte // empty: removed
}

const (
	entryVersion = 1
	entryFixed   = 1 + 8 + 32 + 8 + store.HeadSize
	labelEntry   = "tacit/store/entry/1"
	labelSigned  = "tacit/store/signed-membership"
	labelWrap    = "tacit/store/keys"
)

// maxEntry bounds what is read as one, in bytes: a batch's values and what is
// around them.
const maxEntry = 64 << 20

// writesOf orders a batch's writes.
func writesOf(b *store.Batch) []write {
	list := make([]write, 0, len(b.Writes))
	for place, w := range b.Writes {
		list = append(list, write{place, w.Rec})
	}
	slices.SortFunc(list, func(a, b write) int {
		if a.place < b.place {
			return -1
		}
		return 1
	})
	return list
}

func (e entry) encode() ([]byte, error) {
	size := entryFixed + 32
	for _, w := range e.Writes {
		size += len(w.place) + len(w.rec) + 8
	}
	b := make([]byte, 0, size)
	b = append(b, entryVersion)
	b = binary.BigEndian.AppendUint64(b, e.Term)
	b = append(b, e.Previous[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Head.Revision))
	b = append(b, e.Head.Encode()...)
	b = binary.AppendUvarint(b, uint64(len(e.Writes)))
	for _, w := range e.Writes {
		b = appendBytes(b, w.place)
		b = appendBytes(b, w.rec)
	}
	var m, k []byte
	var err error
	if e.Membership != nil {
		if m, err = wire.Marshal(labelSigned, *e.Membership); err != nil {
			return nil, err
		}
	}
	if e.Wrapped != nil {
		if k, err = wire.Marshal(labelWrap, *e.Wrapped); err != nil {
			return nil, err
		}
	}
	return appendBytes(appendBytes(b, m), k), nil
}

func appendBytes[T string | []byte](b []byte, v T) []byte {
	b = binary.AppendUvarint(b, uint64(len(v)))
	return append(b, v...)
}

// decodeEntry reads an entry; what it returns shares b.
func decodeEntry(b []byte) (entry, error) {
	const op = "read log entry"
	var e entry
	switch {
	case len(b) > 0 && b[0] > entryVersion:
		return e, fault.New(fault.ProtoVersion, "%s: a newer version of this software wrote it", op)
	case len(b) < entryFixed || len(b) > maxEntry || b[0] != entryVersion:
		return e, fault.New(fault.StoreCorrupt, "%s: %d bytes make none", op, len(b))
	}
	e.Term = binary.BigEndian.Uint64(b[1:])
	e.Previous = wire.Digest(b[9:41])
	revision := binary.BigEndian.Uint64(b[41:])
	head, err := store.DecodeHead(int64(revision), b[49:entryFixed])
	if err != nil || int64(revision) < 0 {
		return e, fault.New(fault.StoreCorrupt, "%s: its head does not verify", op)
	}
	e.Head = head
	r := reader{b: b[entryFixed:]}
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		return e, fault.New(fault.StoreCorrupt, "%s: %d writes in %d bytes", op, n, len(r.b))
	}
	e.Writes = make([]write, 0, min(n, 1024)) // the count is believed only as far as there are writes
	for range n {
		w := write{string(r.bytes()), r.bytes()}
		if len(w.place) == 0 || len(e.Writes) > 0 && e.Writes[len(e.Writes)-1].place >= w.place {
			return e, fault.New(fault.StoreCorrupt, "%s: its writes are not in order", op)
		}
		e.Writes = append(e.Writes, w)
	}
	if m := r.bytes(); len(m) > 0 {
		e.Membership = new(tacit.Signed[Membership])
		if err := wire.Unmarshal(labelSigned, m, e.Membership); err != nil {
			return e, fault.New(fault.StoreCorrupt, "%s: membership: %w", op, err)
		}
	}
	if k := r.bytes(); len(k) > 0 {
		e.Wrapped = new(wrapped)
		if err := wire.Unmarshal(labelWrap, k, e.Wrapped); err != nil {
			return e, fault.New(fault.StoreCorrupt, "%s: keys: %w", op, err)
		}
	}
	if r.bad || len(r.b) != 0 {
		return e, fault.New(fault.StoreCorrupt, "%s: it ends early or goes on", op)
	}
	return e, nil
}

// reader takes fields off a message; bad says that one was not there.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	n, k := binary.Uvarint(r.b)
	if k <= 0 || k > 1 && r.b[k-1] == 0 { // also a longer form of the same number
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[k:]
	return n
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

// digestEntry is the link of the chain over entries: it covers the encoded entry,
// which names the one before.
func digestEntry(b []byte) wire.Digest {
	return wire.Sum(append(append([]byte(labelEntry), 0), b...))
}
