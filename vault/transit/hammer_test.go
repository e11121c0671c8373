package transit_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"tacit/fault"
	"tacit/vault/logical"
)

// TestHammer has keys used, rotated, marked, forgotten and made again by many at once:
// whatever was sealed opens, or is refused for a reason that was asked for.
func TestHammer(t *testing.T) {
	w := newWorld(t)
	ask := func(op logical.Operation, path string, data fields) (*logical.Response, error) {
		return w.engine.Handle(context.Background(), &logical.Request{Operation: op, Path: path, Data: data})
	}
	w.update("keys/k", nil)
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 300 {
				res, err := ask(logical.Update, "encrypt/k", fields{"plaintext": hello})
				if errors.Is(err, fault.StoreConflict) {
					continue // its count was of before a Forget
				}
				if err != nil {
					t.Errorf("encrypt = %v", err)
					return
				}
				res, err = ask(logical.Update, "decrypt/k", fields{"ciphertext": res.Data["ciphertext"]})
				if err != nil && !errors.Is(err, fault.VaultContext) || err == nil && res.Data["plaintext"] != hello {
					t.Errorf("decrypt = %v, %v", res, err)
					return
				}
			}
		})
		all.Go(func() {
			for n := range 50 {
				switch (i + n) % 4 {
				case 0:
					if _, err := ask(logical.Update, "keys/k/rotate", nil); err != nil {
						t.Errorf("rotate = %v", err)
					}
				case 1:
					w.engine.Forget()
				case 2:
					if _, err := ask(logical.Update, "keys/k/delete", fields{"versions": "1"}); err != nil {
						t.Errorf("delete = %v", err)
					}
				default:
					if _, err := ask(logical.Read, "keys/k", nil); err != nil {
						t.Errorf("read = %v", err)
					}
				}
			}
		})
	}
	all.Wait()
}
