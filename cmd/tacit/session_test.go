package main

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tacit/fault"
)

// Commands that begin at the same moment agree on one identity, and none reads half of it.
func TestCommandsAtOnceMakeOneIdentity(t *testing.T) {
	for range 20 {
		path := filepath.Join(t.TempDir(), "acme.age")
		var wg sync.WaitGroup
		got := make([]string, 8)
		for i := range got {
			wg.Go(func() {
				id, err := openIdentity(path)
				if err != nil {
					t.Error(err)
					return
				}
				got[i] = id.String()
			})
		}
		wg.Wait()
		for _, g := range got {
			if g != got[0] {
				t.Fatal("two commands have two identities")
			}
		}
		if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
			t.Errorf("%d files, want 1", len(left))
		}
	}
	path := filepath.Join(t.TempDir(), "half.age")
	if err := os.WriteFile(path, []byte("AGE-SECRET-KEY-PQ-1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openIdentity(path); fault.Of(err) != fault.StoreCorrupt {
		t.Errorf("half an identity: %v", err)
	}
}
