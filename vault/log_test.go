package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/vault"
	"tacit/wire"
)

// records reads the whole log and checks its chain.
func (w *world) records() []string {
	w.t.Helper()
	var out []string
	head, err := vault.ReadLog(w.t.Context(), w.store, func(seq uint64, record []byte) error {
		if seq != uint64(len(out)) {
			return fmt.Errorf("record %d stands at %d", seq, len(out))
		}
		out = append(out, string(record))
		return nil
	})
	if err != nil || head.Next != uint64(len(out)) {
		w.t.Fatalf("log of %d records with head %d: %v", len(out), head.Next, err)
	}
	return out
}

// failing is a store whose commits to the log fail while it is down.
type failing struct {
	tacit.Store
	down atomic.Bool
	// lie makes a failing commit do its work all the same, as one does whose answer
	// was lost.
	lie atomic.Bool
}

func (f *failing) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	for _, p := range txn.Then {
		if f.down.Load() && strings.HasPrefix(p.Key, "vault/audit") {
			if f.lie.Load() {
				f.Store.Commit(ctx, txn)
			}
			return 0, errors.New("the disk is away")
		}
	}
	return f.Store.Commit(ctx, txn)
}

// case N77 code VAULT_AUDIT check vault/http.go:record
func TestN77WithoutARecordThereIsNoAnswer(t *testing.T) {
	for _, lie := range []bool{false, true} {
		t.Run(fmt.Sprintf("the record is written all the same: %v", lie), func(t *testing.T) {
			s := &failing{Store: memory(t)}
			w := newWorld(t, s)
			w.must("PUT", "secret/data/x", w.root, map[string]any{"data": map[string]any{"k": "the secret"}})
			before := len(w.records())
			s.lie.Store(lie)
			s.down.Store(true)
			for _, tt := range []struct {
				method, path string
				body         any
			}{
				{"GET", "secret/data/x", nil}, {"POST", "auth/token/create", map[string]any{}}, {"PUT", "sys/wrapping/wrap", map[string]any{"k": "the secret"}},
				{"GET", "secret/data/missing", nil},
			} {
				r := w.call(tt.method, tt.path, w.root, tt.body, "X-Vault-Wrap-TTL", "")
				wantCode(t, r, http.StatusInternalServerError, fault.VaultAudit)
				if strings.Contains(r.raw, "the secret") || strings.Contains(r.raw, "hvs.") {
					t.Errorf("%s %s told %s", tt.method, tt.path, r.raw)
				}
			}
			s.down.Store(false)
			t.Run("twin: the log is back", func(t *testing.T) {
				if r := w.call("GET", "secret/data/x", w.root, nil); r.status != http.StatusOK || !strings.Contains(r.raw, "the secret") {
					t.Fatalf("answer = %d %s", r.status, r.raw)
				}
				if got := len(w.records()); !lie && got != before+1 {
					t.Errorf("the log has %d records, want %d: of the answer, none of what failed, and no gap", got, before+1)
				}
			})
		})
	}
}

// case N77 code VAULT_AUDIT check vault/log.go:makeRoom
func TestN77AFullLogTakesNothing(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		t.Run(map[bool]string{false: "full", true: "twin: the oldest records go"}[rotate], func(t *testing.T) {
			s := memory(t)
			l, err := vault.NewLog(vault.LogConfig{Store: s, Most: 1000, Rotate: rotate})
			if err != nil {
				t.Fatal(err)
			}
			record := []byte(strings.Repeat("x", 184)) // and 16 beside it
			for i := range 5 {
				if err := l.Append(t.Context(), record); err != nil {
					t.Fatalf("record %d: %v", i, err)
				}
			}
			err = l.Append(t.Context(), record)
			if want := map[bool]fault.Code{false: fault.VaultAudit, true: ""}[rotate]; fault.Of(err) != want {
				t.Errorf("the sixth record: %v, want %q", err, want)
			}
			var seqs []uint64
			head, err := vault.ReadLog(t.Context(), s, func(seq uint64, _ []byte) error { seqs = append(seqs, seq); return nil })
			if err != nil || len(seqs) != 5 || head.Bytes != 1000 {
				t.Errorf("kept %v under %+v, %v", seqs, head, err)
			}
		})
	}
}

func TestTheLogIsAChain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*testing.T, tacit.Store)
		ok     bool
	}{
		{"twin: as written", func(*testing.T, tacit.Store) {}, true},
		{"a record was changed", func(t *testing.T, s tacit.Store) {
			item, err := s.Get(t.Context(), "vault/audit/0000000000000001")
			if err != nil {
				t.Fatal(err)
			}
			put(t, s, item.Key, []byte(strings.Replace(string(item.Value), "record 1", "record X", 1)))
		}, false},
		{"a record was taken away", func(t *testing.T, s tacit.Store) { put(t, s, "vault/audit/0000000000000001", nil) }, false},
		{"the newest was taken away", func(t *testing.T, s tacit.Store) { put(t, s, "vault/audit/0000000000000002", nil) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := memory(t)
			l, err := vault.NewLog(vault.LogConfig{Store: s})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				if err := l.Append(t.Context(), fmt.Appendf(nil, "record %d", i)); err != nil {
					t.Fatal(err)
				}
			}
			tt.change(t, s)
			_, err = vault.ReadLog(t.Context(), s, func(uint64, []byte) error { return nil })
			if (err == nil) != tt.ok || err != nil && fault.Of(err) != fault.StoreCorrupt {
				t.Errorf("ReadLog = %v", err)
			}
		})
	}
}

func put(t *testing.T, s tacit.Store, key string, value []byte) {
	t.Helper()
	if _, err := s.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: key, Value: value, Delete: value == nil}}}); err != nil {
		t.Fatal(err)
	}
}

// Two processes that append at once never both do: who was first goes on.
func TestOneProcessWritesTheLog(t *testing.T) {
	s := memory(t)
	var logs [2]*vault.Log
	var lost [2]atomic.Int64
	for i := range logs {
		l, err := vault.NewLog(vault.LogConfig{Store: s})
		if err != nil {
			t.Fatal(err)
		}
		l.OnLost(func() { lost[i].Add(1) })
		if err := l.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		logs[i] = l
	}
	if err := logs[0].Append(t.Context(), []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := logs[1].Append(t.Context(), []byte("second")); fault.Of(err) != fault.VaultAudit {
		t.Errorf("a process that was overtaken appends: %v", err)
	}
	if lost[0].Load() != 0 || lost[1].Load() != 1 {
		t.Errorf("lost = %d, %d", lost[0].Load(), lost[1].Load())
	}
	if err := logs[1].Append(t.Context(), []byte("third")); err != nil {
		t.Error(err)
	}
}

func TestManyRecordsShareCommits(t *testing.T) {
	s := disk(t)
	l, err := vault.NewLog(vault.LogConfig{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	const n = 500
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			if err := l.Append(t.Context(), fmt.Append(nil, i)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	seen := map[string]bool{}
	if _, err := vault.ReadLog(t.Context(), s, func(_ uint64, r []byte) error { seen[string(r)] = true; return nil }); err != nil || len(seen) != n {
		t.Errorf("%d records, %v", len(seen), err)
	}
	items, _, err := s.Range(t.Context(), "vault/audit/", "vault/audit0", 4096)
	if err != nil || len(items) > n/4 {
		t.Errorf("%d records took %d commits, %v", n, len(items), err)
	}
}

func TestTheRecordNamesWhatHappenedAndNoSecret(t *testing.T) {
	w := newWorld(t, memory(t))
	w.policy("reader", `path "secret/data/a" { capabilities = ["read", "create", "update"] }`)
	token := w.token(map[string]any{"policies": []string{"reader"}})
	w.must("PUT", "secret/data/a", token, map[string]any{"data": map[string]any{"pin": 1234567, "word": "open sesame"}})
	w.must("GET", "secret/data/a", token, nil)
	w.call("GET", "secret/data/b", token, nil)
	w.call("GET", "secret/data/b", "hvs.unknown", nil)
	hash := w.must("POST", "sys/audit-hash/tacit", w.root, map[string]any{"input": "open sesame"}).text("hash")
	records := w.records()
	all := strings.Join(records, "\n")
	for _, secret := range []string{"1234567", "open sesame", token, w.root} {
		if strings.Contains(all, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if n := strings.Count(all, hash); n != 3 { // written, read, and asked for by its hash
		t.Errorf("the value's hash stands %d times in the log", n)
	}
	var last []map[string]any
	for _, r := range records[len(records)-5:] {
		var m map[string]any
		if err := json.Unmarshal([]byte(r), &m); err != nil {
			t.Fatalf("%v in %s", err, r)
		}
		last = append(last, m)
	}
	for i, want := range []struct {
		op, path string
		status   float64
		code     any
		allowed  any
	}{
		{"update", "secret/data/a", 200, nil, true}, {"read", "secret/data/a", 200, nil, true}, {"read", "secret/data/b", 403, "VAULT_DENIED", false},
		{"read", "secret/data/b", 403, "VAULT_TOKEN", nil},
	} {
		m := last[i]
		if m["op"] != want.op || m["path"] != want.path || m["status"] != want.status || m["code"] != want.code || m["allowed"] != want.allowed || m["time"] == nil || m["id"] == nil {
			t.Errorf("record = %v, want %+v", m, want)
		}
	}
}

func TestTheHeadIsAnchored(t *testing.T) {
	s, to := memory(t), &heads{got: make(chan []byte, 8)}
	l, err := vault.NewLog(vault.LogConfig{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Append(t.Context(), []byte("a record")); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Anchor(ctx, to, nil) }()
	select {
	case b := <-to.got:
		var h vault.Head
		if err := wire.Unmarshal("tacit/vault/audit/head", b, &h); err != nil || h.Next != 1 || h.Digest.IsZero() {
			t.Errorf("anchored %+v, %v", h, err)
		}
	case <-time.After(30 * time.Second):
		t.Error("nothing was anchored")
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Anchor = %v", err)
	}
}

// heads is an audit log that only takes.
type heads struct {
	tacittest.MemoryLog
	got chan []byte
}

func (h *heads) Append(_ context.Context, record []byte) (uint64, error) {
	h.got <- record
	return 0, nil
}
