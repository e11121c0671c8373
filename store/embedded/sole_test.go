package embedded

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// A process that comes back after kill -9 need not wait for its own lease.
func TestLeasesOfAGoneProcessEndInASoleStore(t *testing.T) {
	for _, tt := range []struct {
		name   string
		sole   bool
		others func(string) bool
		want   error
	}{
		{"sole", true, nil, nil},
		{"sole, and the lease is its own", true, func(name string) bool { return name != "writer" }, nil},
		{"twin: others may still hold it", false, nil, fault.StoreConflict},
		{"twin: sole, but the lease is another's", true, func(name string) bool { return name == "writer" }, fault.StoreConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			s, err := Open(Config{Path: path, Key: testKey, Sole: tt.sole, Others: tt.others})
			if err != nil {
				t.Fatal(err)
			}
			old, err := s.Grant(t.Context(), "writer", time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = Open(Config{Path: path, Key: testKey, Sole: tt.sole, Others: tt.others}); err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			now, err := s.Grant(t.Context(), "writer", time.Hour)
			if !errors.Is(err, tt.want) {
				t.Fatalf("Grant = %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				return
			}
			if now.Token <= old.Token {
				t.Errorf("token %d after %d", now.Token, old.Token)
			}
			_, err = s.Commit(t.Context(), tacit.Txn{Fence: &tacit.Fence{Name: old.Name, Token: old.Token}, Then: []tacit.Put{{Key: "k", Value: []byte("v")}}})
			if !errors.Is(err, fault.StoreFenced) {
				t.Errorf("a write under the old token: %v, want %v", err, fault.StoreFenced)
			}
		})
	}
}
