package embedded

import (
	"path/filepath"
	"testing"

	"tacit"
	"tacit/tacittest"
)

// testKey is the master key of all tests.
var testKey = []byte("0123456789abcdef0123456789abcdef")

// openAt opens a store that the test's cleanup closes.
func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(Config{Path: path, Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestContract(t *testing.T) {
	tacittest.Store(t, func(t *testing.T) (tacit.Store, func() tacit.Store) {
		path := filepath.Join(t.TempDir(), "store.db")
		s := openAt(t, path)
		return s, func() tacit.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openAt(t, path)
			return s
		}
	})
}
