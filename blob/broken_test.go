package blob

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/iotest"

	"tacit/fault"
)

func TestOpenRefusesWhatItCannotKeepTo(t *testing.T) {
	for _, tt := range []struct {
		name string
		cfg  Config
		lay  func(dir string) error // before it is opened
		want fault.Code
	}{
		{"twin: defaults", Config{}, nil, ""},
		{"twin: a temporary file of an earlier process", Config{}, func(dir string) error {
			return os.WriteFile(filepath.Join(dir, tempPrefix+"1"), nil, 0o600)
		}, ""},
		{"a negative size", Config{MaxSize: -1}, nil, fault.APIField},
		{"a negative quota", Config{Quota: -1}, nil, fault.APIField},
		{"a size whose sums overflow", Config{MaxSize: math.MaxInt64}, nil, fault.APIField},
		{"something that it cannot clear away", Config{}, func(dir string) error {
			return os.MkdirAll(filepath.Join(dir, tempPrefix+"1", "full"), 0o700)
		}, fault.APIPath},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.lay != nil {
				if err := tt.lay(dir); err != nil {
					t.Fatal(err)
				}
			}
			s, err := Open(dir, tt.cfg)
			if fault.Of(err) != tt.want {
				t.Errorf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				s.Close()
			}
		})
	}
}

// A body whose sender fails is not stored, wherever he fails.
func TestABodyThatFailsLeavesNothing(t *testing.T) {
	body := bytes.Repeat([]byte("sealed"), 30_000)
	lost := errors.New("the sender is gone")
	for _, tt := range []struct {
		name string
		body io.Reader
		bad  bool
	}{
		{"twin: whole", bytes.NewReader(body), false},
		{"at once", iotest.ErrReader(lost), true},
		{"in the middle", io.MultiReader(bytes.NewReader(body[:100_000]), iotest.ErrReader(lost)), true},
		{"after its last byte", io.MultiReader(bytes.NewReader(body), iotest.ErrReader(lost)), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := openDir(t, dir, Config{})
			_, err := s.Put(t.Context(), tt.body, int64(len(body)))
			if (err != nil) != tt.bad || tt.bad && !errors.Is(err, lost) {
				t.Errorf("Put = %v", err)
			}
			left, err := os.ReadDir(dir)
			if err != nil || tt.bad != (len(left) == 0) || tt.bad != (s.Used() == 0) {
				t.Errorf("%d files left, %d bytes count, %v", len(left), s.Used(), err)
			}
		})
	}
}

func TestAFolderThatIsGoneIsSaid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	s := openDir(t, dir, Config{})
	put(t, s, 10, 1)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), bytes.NewReader([]byte("x")), 1); fault.Of(err) != fault.StoreClosed {
		t.Errorf("Put = %v, want STORE_CLOSED", err)
	}
}

// case N88 code RES_BUSY check blob/blob.go:failed twin TestADiskThatTakesNoMore
func TestADiskThatTakesNoMore(t *testing.T) {
	for _, tt := range []struct {
		name string
		why  error
		want fault.Code
	}{
		{"no descriptor left", &fs.PathError{Op: "open", Path: "x", Err: syscall.EMFILE}, fault.ResBusy},
		{"no room left", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, fault.ResBusy},
		{"twin: a broken disk", &fs.PathError{Op: "write", Path: "x", Err: syscall.EIO}, fault.StoreClosed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := failed("put blob", tt.why); fault.Of(err) != tt.want || !errors.Is(err, tt.why) {
				t.Errorf("failed = %v, want %s", err, tt.want)
			}
		})
	}
}
