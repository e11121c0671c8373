package blob

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/wire"
)

// openDir opens a folder that the test's cleanup closes.
func openDir(t testing.TB, dir string, cfg Config) *Store {
	t.Helper()
	s, err := Open(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// put stores n bytes that follow from seed.
func put(t testing.TB, s *Store, n int, seed byte) wire.Digest {
	t.Helper()
	root, err := s.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte{seed}, n)), int64(n))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestContract(t *testing.T) {
	tacittest.Blobs(t, func(t *testing.T) tacit.Blobs {
		return openDir(t, t.TempDir(), Config{MaxSize: 4 << 20, Quota: 16 << 20})
	})
}

// case N46 code DATA_CORRUPT check chunks.go:Check
func TestN46RottenFileIsRefused(t *testing.T) {
	const n = 3*tacit.ChunkSize + 7
	flip := func(at int64) func(path string) error {
		return func(path string) error {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b[(at+int64(len(b)))%int64(len(b))] ^= 1
			return os.WriteFile(path, b, 0o600)
		}
	}
	for _, tt := range []struct {
		name string
		file string // suffix
		rot  func(path string) error
		i    int64
		want fault.Code
	}{
		{"twin: untouched", "", func(string) error { return nil }, 1, ""},
		{"bit of this chunk", "", flip(tacit.ChunkSize), 1, fault.DataCorrupt},
		{"twin: bit of another chunk", "", flip(0), 1, ""},
		{"bit of the sibling in the tree", treeSuffix, flip(0), 1, fault.DataCorrupt},
		{"bit of the tree above", treeSuffix, flip(-64), 1, fault.DataCorrupt}, // the upper right node
		{"data cut", "", func(p string) error { return os.Truncate(p, n-1) }, 3, fault.DataCorrupt},
		{"data cut by a chunk", "", func(p string) error { return os.Truncate(p, n-tacit.ChunkSize) }, 1, fault.DataCorrupt},
		{"data emptied", "", func(p string) error { return os.Truncate(p, 0) }, 0, fault.DataCorrupt},
		{"data longer", "", func(p string) error { return os.Truncate(p, n+1) }, 3, fault.DataCorrupt},
		{"tree cut", treeSuffix, func(p string) error { return os.Truncate(p, 32) }, 1, fault.DataCorrupt},
		{"tree removed", treeSuffix, os.Remove, 1, fault.DataCorrupt},
		{"data removed", "", os.Remove, 1, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openDir(t, dir, Config{})
			data := make([]byte, n)
			for i := range data {
				data[i] = byte(i / tacit.ChunkSize * 3)
			}
			root, err := s.Put(t.Context(), bytes.NewReader(data), n)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.rot(filepath.Join(dir, root.String()+tt.file)); err != nil {
				t.Fatal(err)
			}
			_, err = s.Chunk(t.Context(), root, tt.i)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Chunk = %v, want %q", err, tt.want)
			}
			// A run has all chunks in it: none of what is wrong with one is elsewhere.
			run := tt.want
			if tt.name == "twin: bit of another chunk" {
				run = fault.DataCorrupt
			}
			if tt.file == treeSuffix && strings.HasPrefix(tt.name, "bit") {
				run = "" // of this tree it needs nothing
			}
			if got, err := s.Run(t.Context(), root, 0); fault.Of(err) != run || err == nil && !bytes.Equal(got, data) {
				t.Errorf("Run = %d bytes, %v, want %q", len(got), err, run)
			}
			// Putting the same bytes again mends it.
			if _, err := s.Put(t.Context(), bytes.NewReader(data), n); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Chunk(t.Context(), root, tt.i); err != nil {
				t.Errorf("after putting it again: %v", err)
			}
		})
	}
}

// case N84 code API_PATH check blob/blob.go:open
func TestN84OnlyPlainFilesOfTheFolderAreRead(t *testing.T) {
	outside := t.TempDir()
	for _, tt := range []struct {
		name    string
		replace func(t *testing.T, path, content string) error
		want    fault.Code
	}{
		{"twin: plain file", func(t *testing.T, path, content string) error {
			return os.Rename(content, path)
		}, ""},
		{"symlink out of the folder", func(t *testing.T, path, content string) error {
			if err := os.Rename(content, filepath.Join(outside, "x")); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(outside, "x"), path)
		}, fault.APIPath},
		{"symlink within the folder", func(t *testing.T, path, content string) error {
			return os.Symlink(filepath.Base(content), path)
		}, fault.APIPath},
		{"symlink with dots", func(t *testing.T, path, content string) error {
			return os.Symlink("../"+filepath.Base(filepath.Dir(path))+"/"+filepath.Base(content), path)
		}, fault.APIPath},
		{"device", func(t *testing.T, path, content string) error {
			return os.Symlink("/dev/zero", path)
		}, fault.APIPath},
		{"pipe", func(t *testing.T, path, content string) error {
			return syscall.Mkfifo(path, 0o600)
		}, fault.APIPath},
		{"folder", func(t *testing.T, path, content string) error {
			return os.Mkdir(path, 0o700)
		}, fault.APIPath},
		{"socket", func(t *testing.T, path, content string) error {
			fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
			if err != nil {
				return err
			}
			t.Cleanup(func() { syscall.Close(fd) })
			t.Chdir(filepath.Dir(path)) // the path of a socket is short
			return syscall.Bind(fd, &syscall.SockaddrUnix{Name: filepath.Base(path)})
		}, fault.APIPath},
	} {
		for _, suffix := range []string{"", treeSuffix} {
			t.Run(tt.name+suffix, func(t *testing.T) {
				dir := t.TempDir()
				s := openDir(t, dir, Config{})
				root := put(t, s, tacit.ChunkSize+1, 7)
				path := filepath.Join(dir, root.String()+suffix)
				if err := os.Rename(path, filepath.Join(dir, "aside")); err != nil {
					t.Fatal(err)
				}
				if err := tt.replace(t, path, filepath.Join(dir, "aside")); err != nil {
					t.Fatal(err)
				}
				_, err := s.Chunk(t.Context(), root, 0)
				if got := fault.Of(err); got != tt.want {
					t.Errorf("Chunk = %v, want %q", err, tt.want)
				}
			})
		}
	}
}

// endless never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// case N85 code API_SIZE check blob/blob.go:receive
func TestN85EndlessBodyStopsAtItsDeclaredSize(t *testing.T) {
	dir := t.TempDir()
	s := openDir(t, dir, Config{MaxSize: 1 << 30})
	if _, err := s.Put(t.Context(), endless{}, 1<<30+1); !errors.Is(err, fault.APISize) {
		t.Errorf("declared above the limit: %v, want API_SIZE", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := s.Put(t.Context(), endless{}, 64<<20); !errors.Is(err, fault.APISize) {
		t.Errorf("longer than declared: %v, want API_SIZE", err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d bytes of memory for a refused body", used)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("%d files left behind, %v", len(left), err)
	}
	if s.Used() != 0 {
		t.Errorf("%d bytes still count", s.Used())
	}
	t.Run("twin: a body of its declared size", func(t *testing.T) { put(t, s, 1<<20, 1) })
}

func TestQuota(t *testing.T) {
	s := openDir(t, t.TempDir(), Config{Quota: 3000})
	first := put(t, s, 1000, 1)
	put(t, s, 1000, 2)
	if _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 1000)), 1000); !errors.Is(err, fault.ResBusy) {
		t.Errorf("above the quota: %v, want RES_BUSY", err)
	}
	if err := s.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	put(t, s, 1000, 3) // twin: after making room
	if want := int64(2 * (1000 + 32)); s.Used() != want {
		t.Errorf("used %d, want %d", s.Used(), want)
	}
	if err := s.Delete(t.Context(), first); !errors.Is(err, fault.APINotFound) {
		t.Errorf("second delete: %v, want API_NOT_FOUND", err)
	}
}

func TestExpireRemovesOnlyTheOld(t *testing.T) {
	dir := t.TempDir()
	s := openDir(t, dir, Config{})
	old, renewed, young := put(t, s, 10, 1), put(t, s, 10, 2), put(t, s, 10, 3)
	long := time.Now().Add(-time.Hour)
	for _, d := range []wire.Digest{old, renewed} {
		if err := os.Chtimes(filepath.Join(dir, d.String()), long, long); err != nil {
			t.Fatal(err)
		}
	}
	put(t, s, 10, 2) // renews its age
	n, err := s.Expire(t.Context(), time.Now().Add(-time.Minute))
	if err != nil || n != 1 {
		t.Errorf("Expire = %d, %v, want 1", n, err)
	}
	for d, want := range map[wire.Digest]fault.Code{old: fault.APINotFound, renewed: "", young: ""} {
		if _, err := s.Chunk(t.Context(), d, 0); fault.Of(err) != want {
			t.Errorf("after: %v, want %q", err, want)
		}
	}
	if want := int64(2 * (10 + 32)); s.Used() != want {
		t.Errorf("used %d, want %d", s.Used(), want)
	}
}

func TestReopenSweepsAndCounts(t *testing.T) {
	dir := t.TempDir()
	s := openDir(t, dir, Config{})
	root := put(t, s, 100_000, 1)
	used := s.Used()
	s.Close()
	orphan := wire.Sum([]byte("orphan")).String() + treeSuffix
	for _, name := range []string{tempPrefix + "1", tempPrefix + "1" + treeSuffix, orphan} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "README"), []byte("the operator's"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = openDir(t, dir, Config{})
	if s.Used() != used {
		t.Errorf("used %d, want %d", s.Used(), used)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("%d files, want data, tree and README, %v", len(left), err)
	}
	if size, err := s.Size(t.Context(), root); err != nil || size != 100_000 {
		t.Errorf("size %d, %v", size, err)
	}
}

func BenchmarkPut(b *testing.B) {
	s := openDir(b, b.TempDir(), Config{})
	data := make([]byte, 16<<20)
	for i := range data {
		data[i] = byte(rand.Uint32())
	}
	b.SetBytes(int64(len(data)))
	for i := 0; b.Loop(); i++ {
		copy(data, fmt.Sprint(i%4))
		if _, err := s.Put(b.Context(), bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkChunk(b *testing.B) {
	s := openDir(b, b.TempDir(), Config{})
	root := put(b, s, 64<<20, 1)
	b.SetBytes(tacit.ChunkSize)
	for i := int64(0); b.Loop(); i++ {
		if _, err := s.Chunk(b.Context(), root, i%1024); err != nil {
			b.Fatal(err)
		}
	}
}
