package rpc_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"runtime"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/rpc"
	"tacit/store/embedded"
	"tacit/tacittest"
)

// whole is a store that one caller has for himself.
type whole struct{ tacit.Store }

func (whole) Permit(context.Context, tacit.Permit) error { return nil }

func (whole) Permits(context.Context) ([]tacit.Permit, error) { return nil, nil }

func serveStore(t *testing.T, s tacit.Store, as tacit.Role) rpc.Store {
	t.Helper()
	server := rpc.NewServer()
	rpc.ServeStore(server, func(context.Context) (tacit.Tenancy, error) { return whole{s}, nil })
	near, far := net.Pipe()
	c := over(t, server, near, far, tacit.Caller{Role: as}, tacit.Caller{Role: tacit.RoleManager})
	return rpc.Store{Connect: rpc.Over(c)}
}

// A store over calls keeps the contract of the store behind it.
func TestStoreContract(t *testing.T) {
	tacittest.Store(t, func(t *testing.T) (tacit.Store, func() tacit.Store) {
		// The HTTP/2 library keeps channels for later, which must not be those of
		// another bubble. Two collections empty what it keeps.
		runtime.GC()
		runtime.GC()
		path := filepath.Join(t.TempDir(), "store.db")
		var s *embedded.Store
		open := func() tacit.Store {
			var err error
			if s, err = embedded.Open(embedded.Config{Path: path, Key: make([]byte, 32)}); err != nil {
				t.Fatal(err)
			}
			opened := s
			t.Cleanup(func() { opened.Close() })
			return serveStore(t, s, tacit.RoleClient)
		}
		return open(), func() tacit.Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open()
		}
	})
}

func TestStoreIsForClients(t *testing.T) {
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "store.db"), Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	txn := tacit.Txn{Then: []tacit.Put{{Key: "k"}}}
	if _, err := serveStore(t, s, tacit.RoleWorker).Commit(t.Context(), txn); !errors.Is(err, fault.TLSRole) {
		t.Errorf("a worker: %v", err)
	}
	if _, err := serveStore(t, s, tacit.RoleClient).Commit(t.Context(), txn); err != nil {
		t.Errorf("twin: a client: %v", err)
	}
}

// stuck takes what it is given and never says so.
type stuck struct {
	whole
	taken chan struct{}
}

func (s stuck) Commit(ctx context.Context, _ tacit.Txn) (int64, error) {
	close(s.taken)
	<-ctx.Done()
	return 0, ctx.Err()
}

func TestAWriteWithoutAnswerIsUnknown(t *testing.T) {
	server := rpc.NewServer()
	s := stuck{taken: make(chan struct{})}
	rpc.ServeStore(server, func(context.Context) (tacit.Tenancy, error) { return s, nil })
	near, far := net.Pipe()
	c := over(t, server, near, far, tacit.Caller{Role: tacit.RoleClient}, tacit.Caller{Role: tacit.RoleManager})
	go func() {
		<-s.taken
		far.Close()
	}()
	if _, err := (rpc.Store{Connect: rpc.Over(c)}).Commit(t.Context(), tacit.Txn{}); !errors.Is(err, fault.StoreUnknown) {
		t.Errorf("Commit = %v, want %s", err, fault.StoreUnknown)
	}
	gone := rpc.Store{Connect: func(context.Context) (*rpc.Client, error) { return nil, fault.New(fault.Unreachable, "dial") }}
	if _, err := gone.Commit(t.Context(), tacit.Txn{}); !errors.Is(err, fault.Unreachable) {
		t.Errorf("never sent: %v, want %s", err, fault.Unreachable)
	}
}
