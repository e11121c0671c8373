package replica

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	wal "github.com/hashicorp/raft-wal"
	"github.com/hashicorp/raft-wal/metadb"
	"github.com/hashicorp/raft-wal/segment"
	"github.com/hashicorp/raft-wal/types"

	"tacit/fault"
	"tacit/store"
)

// Kinds of what a member seals on its own disk.
const (
	kindLog      = 'L'
	kindStable   = 'S'
	kindMeta     = 'M'
	kindSnapshot = 'F'
)

// seal makes what the disk has of an entry: the entry is sealed whole, its index and
// term bound. What a host can still do is to put an older file back or cut the newest
// end off, which rollcall.go is for. (A codec of raft-wal could do this, but its version
// 0.4.1 does not open again what another codec than its own wrote.)
func seal(box *store.Box, l *raft.Log) *raft.Log {
	plain := make([]byte, 0, 1+8+4+len(l.Data)+len(l.Extensions))
	plain = append(plain, byte(l.Type))
	plain = binary.BigEndian.AppendUint64(plain, uint64(l.AppendedAt.UnixNano()))
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(l.Data)))
	plain = append(append(plain, l.Data...), l.Extensions...)
	return &raft.Log{Index: l.Index, Term: l.Term, Data: box.Seal([]byte{kindLog}, int64(l.Index), int64(l.Term), plain)}
}

// unseal is the reverse. An entry at another entry's place is STORE_CORRUPT.
func unseal(box *store.Box, at uint64, sealed *raft.Log) (raft.Log, error) {
	index, term, plain, err := box.Open([]byte{kindLog}, sealed.Data)
	if err == nil && (len(plain) < 13 || uint64(binary.BigEndian.Uint32(plain[9:])) > uint64(len(plain)-13)) {
		err = store.ErrRecord
	}
	if err != nil {
		return raft.Log{}, fault.New(fault.StoreCorrupt, "read log entry %d: %w", at, err)
	}
	if uint64(index) != at {
		return raft.Log{}, fault.Denied(fault.StoreCorrupt, "read log", "index", fmt.Sprint(at), fmt.Sprint(index))
	}
	data, n := plain[13:], binary.BigEndian.Uint32(plain[9:])
	l := raft.Log{Index: at, Term: uint64(term), Type: raft.LogType(plain[0]), Data: data[:n:n], AppendedAt: time.Unix(0, int64(binary.BigEndian.Uint64(plain[1:])))}
	if rest := data[n:]; len(rest) > 0 {
		l.Extensions = rest
	}
	return l, nil
}

// disk is a member's log and votes. After an error it refuses everything: what a
// failed fsync left in the page cache is unknown, so that nothing is tried again.
type disk struct {
	wal   *wal.WAL
	meta  *metadb.BoltMetaDB // which the log does not close
	box   *store.Box
	broke func(error) // told once

	mu    sync.Mutex // guards what follows
	cause error
}

var (
	_ raft.LogStore          = (*disk)(nil)
	_ raft.StableStore       = (*disk)(nil)
	_ raft.MonotonicLogStore = (*disk)(nil)
)

func openDisk(dir string, box *store.Box, vfs types.VFS, log hclog.Logger, broke func(error)) (*disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.StoreClosed, "open log: %w", err)
	}
	meta := &metadb.BoltMetaDB{}
	w, err := wal.Open(dir, wal.WithLogger(log), wal.WithMetaStore(meta), wal.WithSegmentFiler(segment.NewFiler(dir, vfs)))
	if err != nil {
		return nil, errors.Join(fault.New(fault.StoreCorrupt, "open log: %w", err), meta.Close())
	}
	return &disk{wal: w, meta: meta, box: box, broke: broke}, nil
}

func (d *disk) check() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cause
}

// done notes the first error for good.
func (d *disk) done(err error) error {
	if err == nil || errors.Is(err, raft.ErrLogNotFound) {
		return err
	}
	d.mu.Lock()
	first := d.cause == nil
	if first {
		d.cause = err
		var f *fault.Error
		if !errors.As(err, &f) {
			d.cause = fault.New(fault.StoreClosed, "write log: %w", err)
		}
	}
	cause := d.cause
	d.mu.Unlock()
	if first {
		d.broke(cause)
	}
	return cause
}

// IsMonotonic implements raft.MonotonicLogStore.
func (d *disk) IsMonotonic() bool { return true }

// FirstIndex implements raft.LogStore.
func (d *disk) FirstIndex() (uint64, error) { return d.wal.FirstIndex() }

// LastIndex implements raft.LogStore.
func (d *disk) LastIndex() (uint64, error) { return d.wal.LastIndex() }

// GetLog implements raft.LogStore.
func (d *disk) GetLog(index uint64, l *raft.Log) error {
	if err := d.check(); err != nil {
		return err
	}
	var sealed raft.Log
	err := d.wal.GetLog(index, &sealed)
	if err == nil {
		*l, err = unseal(d.box, index, &sealed)
	}
	return d.done(err)
}

// StoreLog implements raft.LogStore.
func (d *disk) StoreLog(l *raft.Log) error { return d.StoreLogs([]*raft.Log{l}) }

// StoreLogs implements raft.LogStore; it returns after the fsync.
func (d *disk) StoreLogs(logs []*raft.Log) error {
	if err := d.check(); err != nil {
		return err
	}
	sealed := make([]*raft.Log, len(logs))
	for i, l := range logs {
		sealed[i] = seal(d.box, l)
	}
	// gofail: var replicaLogging struct{}
	err := d.done(d.wal.StoreLogs(sealed))
	// gofail: var replicaLogged struct{}
	return err
}

// DeleteRange implements raft.LogStore.
func (d *disk) DeleteRange(from, to uint64) error {
	if err := d.check(); err != nil {
		return err
	}
	return d.done(d.wal.DeleteRange(from, to))
}

// Set implements raft.StableStore. Raft panics when it cannot keep a vote or a term, so
// it does not learn of an error here: by then broke has been told, and nothing that
// rests on the write leaves this member (guard).
func (d *disk) Set(key, value []byte) error {
	_ = d.set(key, value)
	return nil
}

// set keeps a value durably, for those who can bear an error.
func (d *disk) set(key, value []byte) error {
	if err := d.check(); err != nil {
		return err
	}
	place := append([]byte{kindStable}, key...)
	return d.done(d.wal.Set(key, d.box.Seal(place, 0, 0, value)))
}

// Get implements raft.StableStore.
func (d *disk) Get(key []byte) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	rec, err := d.wal.Get(key)
	if err != nil || len(rec) == 0 {
		return nil, d.done(err)
	}
	_, _, value, err := d.box.Open(append([]byte{kindStable}, key...), rec)
	if err != nil {
		return nil, d.done(fault.New(fault.StoreCorrupt, "read %q: %w", key, err))
	}
	return value, nil
}

// SetUint64 implements raft.StableStore.
func (d *disk) SetUint64(key []byte, n uint64) error {
	return d.Set(key, binary.BigEndian.AppendUint64(nil, n))
}

// GetUint64 implements raft.StableStore.
func (d *disk) GetUint64(key []byte) (uint64, error) {
	b, err := d.Get(key)
	if err != nil || len(b) == 0 {
		return 0, err
	}
	if len(b) != 8 {
		return 0, d.done(fault.New(fault.StoreCorrupt, "read %q: not a number", key))
	}
	return binary.BigEndian.Uint64(b), nil
}

// Close closes the log.
func (d *disk) Close() error { return errors.Join(d.wal.Close(), d.meta.Close()) }

// readLog reads an entry for Check; what is no entry of ours, or was replaced by a
// snapshot meanwhile, is nil.
func (r *Replica) readLog(index uint64) (*raft.Log, error) {
	var l raft.Log
	if err := r.disk.GetLog(index, &l); err != nil {
		if errors.Is(err, raft.ErrLogNotFound) {
			return nil, nil
		}
		return nil, err
	}
	if l.Type != raft.LogCommand {
		return nil, nil
	}
	return &l, nil
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writeFile writes a file whole and durably, or not at all.
func writeFile(path string, b []byte) error {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".part", path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
