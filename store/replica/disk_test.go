package replica

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	"github.com/hashicorp/raft-wal/fs"
	"github.com/hashicorp/raft-wal/types"

	"tacit"
	"tacit/fault"
	"tacit/store"
)

// flip changes one byte in the middle of the content of a file that holds any of ours.
func flip(t *testing.T, dir, pattern string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file %s: %v", pattern, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		end := len(bytes.TrimRight(b, "\x00"))
		for i := end / 4; i < end; i += 500 {
			b[i] ^= 1
		}
		must(t, os.WriteFile(f, b, 0o600))
	}
}

// case N46 code STORE_CORRUPT check store/replica/disk.go:unseal
func TestN46AChangedDiskIsRefusedAndMadeAgainFromPeers(t *testing.T) {
	for _, tt := range []struct {
		name    string
		snap    bool
		spoil   func(t *testing.T, dir string)
		refused bool
	}{
		{"twin: untouched", true, func(*testing.T, string) {}, false},
		{"a bit of the log", false, func(t *testing.T, dir string) { flip(t, dir, "log/*.wal") }, true},
		{"a bit of a snapshot", true, func(t *testing.T, dir string) { flip(t, dir, "snapshots/*/state.age") }, true},
		{"a bit of a snapshot's description", true, func(t *testing.T, dir string) { flip(t, dir, "snapshots/*/about") }, true},
		{"a snapshot that is cut", true, func(t *testing.T, dir string) {
			files, _ := filepath.Glob(filepath.Join(dir, "snapshots/*/state.age"))
			must(t, os.Truncate(files[0], 200))
		}, true},
		{"a snapshot that goes on", true, func(t *testing.T, dir string) {
			files, _ := filepath.Glob(filepath.Join(dir, "snapshots/*/state.age"))
			f, err := os.OpenFile(files[0], os.O_APPEND|os.O_WRONLY, 0)
			must(t, err)
			_, err = f.Write([]byte("more"))
			must(t, errors.Join(err, f.Close()))
		}, true},
		{"the description of another snapshot", true, func(t *testing.T, dir string) {
			files, _ := filepath.Glob(filepath.Join(dir, "snapshots/*"))
			b, err := os.ReadFile(filepath.Join(files[0], "about"))
			must(t, err)
			must(t, os.Mkdir(filepath.Join(dir, "snapshots", "99999999999999999999-00000000000000000009-00"), 0o700))
			must(t, os.WriteFile(filepath.Join(dir, "snapshots", "99999999999999999999-00000000000000000009-00", "about"), b, 0o600))
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLab(t, 3, nil)
			term, at := l.leader()
			victim := (at + 1) % 3
			var rev int64
			for range 50 {
				rev = put(t, term, "a", canary)
			}
			l.caughtUp(victim, rev)
			if tt.snap {
				must(t, l.people[victim].replica.Snapshot())
			}
			l.stop(victim)
			tt.spoil(t, l.people[victim].dir)
			r, err := l.open(victim)
			if err == nil { // the log is read when it is needed
				l.people[victim].replica = r
				deadline := time.Now().Add(5 * time.Second)
				for r.Err() == nil && time.Now().Before(deadline) && !(r.Status().Revision >= rev && !tt.refused) {
					time.Sleep(5 * time.Millisecond)
				}
				err = r.Err()
			}
			if tt.name == "a bit of the log" && err == nil {
				// The log ends before what does not verify; the others know better.
				if !r.Status().RolledBack {
					t.Errorf("nobody noticed: %+v", r.Status())
				}
				l.caughtUp(victim, rev)
				return
			}
			if !tt.refused {
				must(t, err)
				l.caughtUp(victim, rev)
				if rep := l.people[victim].replica.Check(); rep.Code != "" || rep.Records != 1 {
					t.Errorf("check: %+v", rep)
				}
				return
			}
			wantCode(t, "a spoilt disk", err, fault.StoreCorrupt)
			// It starts anew from its peers, as a new member: the old one is gone.
			if v := l.reads("a"); v != canary {
				t.Errorf("the group has %q", v)
			}
		})
	}
}

// On a member's disk there is nothing to read, not even a name.
func TestADiskShowsNothing(t *testing.T) {
	l := newLab(t, 1, nil)
	term, _ := l.leader()
	put(t, term, "tenant/secret-name", canary)
	must(t, l.people[0].replica.Snapshot())
	put(t, term, "tenant/other-name", canary)
	l.stop(0)
	n := 0
	must(t, filepath.Walk(l.people[0].dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		n++
		b, err := os.ReadFile(path)
		for _, word := range []string{canary, "secret-name", "other-name", "tenant"} {
			if bytes.Contains(b, []byte(word)) {
				t.Errorf("%s shows %q", filepath.Base(path), word)
			}
		}
		return err
	}))
	if n < 4 {
		t.Errorf("only %d files were looked at", n)
	}
}

// A record opens only where, and as what, it was sealed: not under another name, in
// another tenant, with another revision, lease or epoch, and not an older one.
//
// case N46 code STORE_CORRUPT check store/replica/keyring.go:additional twin TestARecordOpensWhereItBelongs
func TestN46ASwappedRecordDoesNotOpen(t *testing.T) {
	k := newKeyring(newSecrets().next())
	at := store.Place(store.KindItem, "hospital/a")
	rec := k.Seal(at, 7, 0, []byte(canary))
	edit := func(i int, with byte) []byte {
		b := bytes.Clone(rec)
		b[i] ^= with
		return b
	}
	for _, tt := range []struct {
		name  string
		place []byte
		rec   []byte
	}{
		{"under another name", store.Place(store.KindItem, "hospital/b"), rec},
		{"in another tenant", store.Place(store.KindItem, "clinic/a"), rec},
		{"as another kind", store.Place(store.KindLease, "hospital/a"), rec},
		{"with another revision", at, edit(8, 1)},
		{"with a lease", at, edit(16, 1)},
		{"of another epoch", at, edit(20, 3)},
		{"of no epoch", at, edit(20, 2)},
		{"of an epoch that is not yet", at, edit(18, 1)},
		{"a bit of its nonce", at, edit(30, 1)},
		{"a bit of its content", at, edit(headerSize+2, 1)},
		{"cut", at, rec[:len(rec)-1]},
		{"longer", at, append(bytes.Clone(rec), 0)},
		{"in clear", at, append(bytes.Clone(rec[:headerSize]), canary...)},
		{"of the embedded store", at, store.NewBox(make([]byte, 32)).Seal(at, 7, 0, []byte(canary))},
		{"nothing", at, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, plain, err := k.Open(tt.place, tt.rec); !errors.Is(err, store.ErrRecord) || plain != nil {
				t.Errorf("opened as %q, %v", plain, err)
			}
		})
	}
}

func TestARecordOpensWhereItBelongs(t *testing.T) {
	old := newSecrets()
	rec := newKeyring(old).Seal([]byte("ihospital/a"), 7, 3, []byte(canary))
	for name, k := range map[string]*keyring{"its own epoch": newKeyring(old), "a later epoch": newKeyring(old.next())} {
		revision, lease, plain, err := k.Open([]byte("ihospital/a"), rec)
		if err != nil || revision != 7 || lease != 3 || string(plain) != canary {
			t.Errorf("%s: %d %d %q %v", name, revision, lease, plain, err)
		}
	}
}

// faulty is a disk whose syncs can be made to fail.
type faulty struct {
	types.VFS
	fail func() bool
}

func (f *faulty) Create(dir, name string, size uint64) (types.WritableFile, error) {
	w, err := f.VFS.Create(dir, name, size)
	return &faultyFile{w, f}, err
}

func (f *faulty) OpenWriter(dir, name string) (types.WritableFile, error) {
	w, err := f.VFS.OpenWriter(dir, name)
	return &faultyFile{w, f}, err
}

type faultyFile struct {
	types.WritableFile
	of *faulty
}

func (f *faultyFile) Sync() error {
	if f.of.fail() {
		return errors.New("input/output error")
	}
	return f.WritableFile.Sync()
}

// case N54 code STORE_CLOSED check store/replica/disk.go:done twin TestThreeMembersAreAStore
func TestN54AFailedSyncStopsTheMember(t *testing.T) {
	l := makeLab(t, 3, nil)
	bad := make([]bool, 3)
	for i := range 3 {
		l.people[i].files = &faulty{fs.New(), func() bool { return bad[i] }}
	}
	for i := range 3 {
		l.start(i)
	}
	term, at := l.leader()
	put(t, term, "a", "1") // twin: a sync that works is acknowledged
	bad[at] = true
	_, err := term.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: "a", Value: []byte("2")}}})
	if err == nil {
		t.Error("a write was acknowledged whose sync failed")
	}
	bad[at] = false // it does not help any more
	r := l.people[at].replica
	select {
	case <-r.Stopped():
	case <-time.After(10 * time.Second):
		t.Fatal("the member goes on")
	}
	wantCode(t, "why it stopped", r.Err(), fault.StoreClosed)
	if _, err := term.Get(t.Context(), "a"); err == nil {
		t.Error("it still answers")
	}
	next, _ := l.leader(at)
	put(t, next, "a", "3")
	l.stop(at)
	l.start(at) // it reads what is really there
	l.caughtUp(at, 2)
}

// A member whose newest entries a leader replaced opens its disk again.
func TestALogWhoseEndWasReplacedOpensAgain(t *testing.T) {
	dir, box := t.TempDir(), store.NewBox(make([]byte, 32))
	open := func() *disk {
		d, err := openDisk(dir, box, fs.New(), hclog.NewNullLogger(), func(err error) { t.Error(err) })
		must(t, err)
		return d
	}
	appendTo := func(d *disk, term, from, to uint64) {
		for i := from; i <= to; i++ {
			must(t, d.StoreLog(&raft.Log{Index: i, Term: term, Data: []byte{byte(term), byte(i)}}))
		}
	}
	d := open()
	appendTo(d, 1, 1, 10)
	must(t, d.DeleteRange(8, 10))
	appendTo(d, 2, 8, 9)
	must(t, d.Close())
	d = open()
	must(t, d.DeleteRange(6, 9)) // also of a segment that was opened so
	appendTo(d, 3, 6, 12)
	must(t, d.Close())
	d = open()
	defer d.Close()
	last, err := d.LastIndex()
	if err != nil || last != 12 {
		t.Fatalf("last entry %d, %v", last, err)
	}
	for i := uint64(1); i <= 12; i++ {
		want := uint64(3)
		if i < 6 {
			want = 1
		}
		var l raft.Log
		must(t, d.GetLog(i, &l))
		if l.Term != want || l.Index != i || !bytes.Equal(l.Data, []byte{byte(want), byte(i)}) {
			t.Errorf("entry %d: %+v, want term %d", i, l, want)
		}
	}
}
