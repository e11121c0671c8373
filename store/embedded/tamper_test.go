package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"tacit"
	"tacit/fault"
	"tacit/store"
	"tacit/wire"
)

const canary = "CANARY-4f1d7c"

// write commits one key or fails the test.
func write(t testing.TB, s *Store, key, value string) int64 {
	t.Helper()
	rev, err := s.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: key, Value: []byte(value)}}})
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// prepared is a closed store with two keys, one of which was overwritten, and
// a lease; old is the file's content before the last write.
func prepared(t *testing.T) (path string, old map[string][]byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	write(t, s, "a", canary+" first")
	write(t, s, "b", canary+" other")
	if _, err := s.Grant(t.Context(), "leader", time.Hour); err != nil {
		t.Fatal(err)
	}
	old = map[string][]byte{}
	if err := s.db.View(func(tx *bolt.Tx) error {
		old["head"] = bytes.Clone(tx.Bucket(bucketHead).Get(headPlace))
		return tx.Bucket(bucketRecords).ForEach(func(k, v []byte) error {
			old[string(k)] = bytes.Clone(v)
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	write(t, s, "a", canary+" second")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, old
}

// change edits a closed store's file as a host could.
func change(t *testing.T, path string, f func(heads, records *bolt.Bucket) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *bolt.Tx) error { return f(tx.Bucket(bucketHead), tx.Bucket(bucketRecords)) }); err != nil {
		t.Fatal(err)
	}
}

// case N46 code STORE_CORRUPT check store/embedded/store.go:load
func TestN46ChangedFileIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(old map[string][]byte, heads, records *bolt.Bucket) error
		want fault.Code
	}{
		{"twin: untouched", func(_ map[string][]byte, _, _ *bolt.Bucket) error { return nil }, ""},
		{"flipped bit", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			v := bytes.Clone(r.Get([]byte("ia")))
			v[len(v)-1] ^= 1
			return r.Put([]byte("ia"), v)
		}, fault.StoreCorrupt},
		{"cut record", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			v := bytes.Clone(r.Get([]byte("ia")))
			return r.Put([]byte("ia"), v[:len(v)-1])
		}, fault.StoreCorrupt},
		{"longer record", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			return r.Put([]byte("ia"), append(bytes.Clone(r.Get([]byte("ia"))), 0))
		}, fault.StoreCorrupt},
		{"another version of record", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			v := bytes.Clone(r.Get([]byte("ia")))
			v[0] = 0
			return r.Put([]byte("ia"), v)
		}, fault.StoreCorrupt},
		{"one record swapped for another", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			a, b := bytes.Clone(r.Get([]byte("ia"))), bytes.Clone(r.Get([]byte("ib")))
			return errors.Join(r.Put([]byte("ia"), b), r.Put([]byte("ib"), a))
		}, fault.StoreCorrupt},
		{"one record rolled back", func(old map[string][]byte, _, r *bolt.Bucket) error {
			return r.Put([]byte("ia"), old["ia"])
		}, fault.StoreCorrupt},
		{"one record removed", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			return r.Delete([]byte("ib"))
		}, fault.StoreCorrupt},
		{"one record added", func(old map[string][]byte, _, r *bolt.Bucket) error {
			return r.Put([]byte("ic"), old["ia"])
		}, fault.StoreCorrupt},
		{"lease removed", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			return r.Delete([]byte("lleader"))
		}, fault.StoreCorrupt},
		{"head rolled back", func(old map[string][]byte, h, r *bolt.Bucket) error {
			rev, _, _ := new(store.Box).Header(old["head"])
			return errors.Join(h.Put(headPlace, old["head"]), r.SetSequence(uint64(rev)))
		}, fault.StoreCorrupt},
		{"head removed", func(_ map[string][]byte, h, _ *bolt.Bucket) error {
			return h.Delete(headPlace)
		}, fault.StoreCorrupt},
		{"sequence changed", func(_ map[string][]byte, _, r *bolt.Bucket) error {
			return r.SetSequence(r.Sequence() + 1)
		}, fault.StoreCorrupt},
		{"records emptied", func(_ map[string][]byte, h, r *bolt.Bucket) error {
			for _, k := range []string{"ia", "ib", "lleader"} {
				if err := r.Delete([]byte(k)); err != nil {
					return err
				}
			}
			return nil
		}, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, old := prepared(t)
			change(t, path, func(h, r *bolt.Bucket) error { return tt.edit(old, h, r) })
			s, err := Open(Config{Path: path, Key: testKey})
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				defer s.Close()
				if it, err := s.Get(t.Context(), "a"); err != nil || string(it.Value) != canary+" second" {
					t.Errorf("%q, %v", it.Value, err)
				}
			}
		})
	}
}

// case N46 code STORE_CORRUPT check store/embedded/store.go:guard
func TestN46DamagedPagesAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(b []byte) []byte
		want   fault.Code
	}{
		{"twin: untouched", func(b []byte) []byte { return b }, ""},
		{"cut in half", func(b []byte) []byte { return b[:len(b)/2] }, fault.StoreCorrupt},
		{"cut to the metas", func(b []byte) []byte { return b[:2*os.Getpagesize()] }, fault.StoreCorrupt},
		{"noise", func(b []byte) []byte { return bytes.Repeat([]byte("noise"), len(b)/5) }, fault.StoreCorrupt},
		{"noise behind the metas", func(b []byte) []byte {
			for i := 2 * os.Getpagesize(); i < len(b); i++ {
				b[i] = 0xa5
			}
			return b
		}, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path, _ := prepared(t)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(Config{Path: path, Key: testKey})
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				s.Close()
			}
		})
	}
}

// sealedAt is the record that the file of an open store has at a place.
func sealedAt(t *testing.T, s *Store, place string) (rec []byte) {
	t.Helper()
	if err := s.db.View(func(tx *bolt.Tx) error {
		rec = bytes.Clone(tx.Bucket(bucketRecords).Get([]byte(place)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rec
}

// overwrite changes every copy of some bytes in a file, also those on pages
// that were freed.
func overwrite(t *testing.T, path string, old, new []byte) {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for at := 0; ; at += len(old) {
		i := bytes.Index(file[at:], old)
		if i < 0 {
			return
		}
		at += i
		if _, err := f.WriteAt(new, int64(at)); err != nil {
			t.Fatal(err)
		}
	}
}

// case N46 code STORE_CORRUPT check store/embedded/store.go:item
func TestN46ChangeUnderAnOpenStoreIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		new  func(now, before []byte) []byte
		want fault.Code
	}{
		{"twin: as it is", func(now, _ []byte) []byte { return now }, ""},
		{"flipped bit", func(now, _ []byte) []byte {
			now = bytes.Clone(now)
			now[len(now)-1] ^= 1
			return now
		}, fault.StoreCorrupt},
		{"rolled back", func(_, before []byte) []byte { return before }, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			s := openAt(t, path)
			write(t, s, "b", canary)
			write(t, s, "a", canary+"1")
			before := sealedAt(t, s, "ia")
			write(t, s, "a", canary+"2")
			now := sealedAt(t, s, "ia")
			overwrite(t, path, now, tt.new(now, before))
			if it, err := s.Get(t.Context(), "a"); fault.Of(err) != tt.want || err == nil && string(it.Value) != canary+"2" {
				t.Errorf("get: %q, %v, want %q", it.Value, err, tt.want)
			}
			if _, _, err := s.Range(t.Context(), "", "", 10); fault.Of(err) != tt.want {
				t.Errorf("range: %v, want %q", err, tt.want)
			}
			if it, err := s.Get(t.Context(), "b"); err != nil || string(it.Value) != canary {
				t.Errorf("the other key: %q, %v", it.Value, err)
			}
		})
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	path, _ := prepared(t)
	for _, tt := range []struct {
		name string
		key  []byte
		want fault.Code
	}{
		{"twin: the key", testKey, ""},
		{"another key", bytes.Repeat([]byte("x"), 32), fault.StoreCorrupt},
		{"short key", testKey[:31], fault.APIField},
		{"no key", nil, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(Config{Path: path, Key: tt.key})
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				s.Close()
			}
		})
	}
}

// case N54 code STORE_CLOSED check store/embedded/commit.go:run
func TestN54FsyncErrorStopsTheStore(t *testing.T) {
	for _, tt := range []struct {
		name   string
		device string // that takes the file's place
	}{
		{"fsync fails", "/dev/null"}, // writing succeeds, fdatasync is EINVAL
		{"write fails", "/dev/full"}, // ENOSPC
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			var file *os.File
			s, err := Open(Config{Path: path, Key: testKey, openFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				f, err := os.OpenFile(name, flag, mode)
				if file == nil {
					file = f
				}
				return f, err
			}})
			if err != nil {
				t.Fatal(err)
			}
			write(t, s, "twin", "durable")
			bad, err := os.OpenFile(tt.device, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer bad.Close()
			if err := unix.Dup2(int(bad.Fd()), int(file.Fd())); err != nil {
				t.Fatal(err)
			}
			txn := tacit.Txn{Then: []tacit.Put{{Key: "lost", Value: []byte("v")}}}
			for _, what := range []string{"the commit whose fsync failed", "any later commit"} {
				if _, err := s.Commit(t.Context(), txn); !errors.Is(err, fault.StoreClosed) {
					t.Errorf("%s: %v, want STORE_CLOSED", what, err)
				}
			}
			if _, err := s.Get(t.Context(), "twin"); !errors.Is(err, fault.StoreClosed) {
				t.Errorf("get after the error: %v, want STORE_CLOSED", err)
			}
			s.Close()
			s = openAt(t, path)
			if it, err := s.Get(t.Context(), "twin"); err != nil || string(it.Value) != "durable" {
				t.Errorf("after the restart: %q, %v", it.Value, err)
			}
			if _, err := s.Get(t.Context(), "lost"); !errors.Is(err, fault.APINotFound) {
				t.Errorf("what was never acknowledged: %v, want API_NOT_FOUND", err)
			}
			write(t, s, "twin", "goes on")
		})
	}
}

func TestValuesAndKeyStaySecret(t *testing.T) {
	path, _ := prepared(t)
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(file, []byte(canary)) {
		t.Error("a value is on disk in clear")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
	cfg := Config{Path: path, Key: testKey}
	s := openAt(t, path)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		for _, v := range []any{cfg, &cfg, s.box, *s.box} {
			out := fmt.Sprintf(verb, v)
			for _, k := range [][]byte{testKey} {
				if strings.Contains(out, string(k)) || strings.Contains(out, fmt.Sprintf("%x", k)) || strings.Contains(out, fmt.Sprint(k)) || strings.Contains(out, fmt.Sprintf("%#v", k)) {
					t.Errorf("%s of %T shows a key: %s", verb, v, out)
				}
			}
		}
	}
}

func TestSecondOpenerIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	if _, err := Open(Config{Path: path, Key: testKey}); !errors.Is(err, fault.StoreFenced) {
		t.Errorf("second open: %v, want STORE_FENCED", err)
	}
	s.Close()
	openAt(t, path) // twin
}

func TestClosedStoreRefuses(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "store.db"))
	write(t, s, "k", "twin")
	watch, err := s.Watch(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	<-watch
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c, ok := <-watch; ok {
		t.Errorf("watch goes on: %+v", c)
	}
	ctx := t.Context()
	lease := tacit.Lease{ID: 1, Name: "n", Token: 1}
	for what, call := range map[string]func() error{
		"get":    func() error { _, err := s.Get(ctx, "k"); return err },
		"range":  func() error { _, _, err := s.Range(ctx, "", "", 1); return err },
		"commit": func() error { _, err := s.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: "k"}}}); return err },
		"watch":  func() error { _, err := s.Watch(ctx, "", 0); return err },
		"grant":  func() error { _, err := s.Grant(ctx, "n", time.Second); return err },
		"renew":  func() error { _, err := s.Renew(ctx, lease, time.Second); return err },
		"revoke": func() error { return s.Revoke(ctx, lease) },
	} {
		if err := call(); !errors.Is(err, fault.StoreClosed) {
			t.Errorf("%s: %v, want STORE_CLOSED", what, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

func TestHeadChainsEveryTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openAt(t, path)
	if rev, d := s.Head(); rev != 0 || !d.IsZero() {
		t.Fatalf("empty store: %d, %v", rev, d)
	}
	var want wire.Digest
	for i := range 5 {
		txn := tacit.Txn{Then: []tacit.Put{{Key: "k", Value: []byte{byte(i)}}}}
		rev, err := s.Commit(t.Context(), txn)
		if err != nil {
			t.Fatal(err)
		}
		d := store.DigestTxn(txn)
		b := append([]byte("tacit/store/chain/1\x00"), want[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(rev))
		want = wire.Sum(append(b, d[:]...))
		if gotRev, got := s.Head(); gotRev != rev || got != want {
			t.Fatalf("head %d %v, want %d %v", gotRev, got, rev, want)
		}
	}
	s.Close()
	if rev, got := openAt(t, path).Head(); rev != 5 || got != want {
		t.Errorf("after the restart: %d %v, want 5 %v", rev, got, want)
	}
}
