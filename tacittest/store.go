package tacittest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/fault"
)

// OpenStore gives a test a fresh, empty store, which the test's cleanup
// closes, and a way to close it and open it again as after a restart.
type OpenStore func(t *testing.T) (s tacit.Store, reopen func() tacit.Store)

// Store is the suite that every tacit.Store passes. The tests of leases and
// watchers run open inside a synctest bubble.
func Store(t *testing.T, open OpenStore) {
	for _, tt := range []struct {
		name   string
		test   func(t *testing.T, open OpenStore)
		bubble bool
	}{
		{"model of random operations", storeModel, false},
		{"conditions", storeConditions, false},
		{"all or nothing", storeAtomic, false},
		{"revisions grow by one", storeRevisions, false},
		{"range in pages", storeRange, false},
		{"range at one revision", storeOneRevision, false},
		{"no lost update", storeHammer, false},
		{"limits", storeLimits, false},
		{"values are copies", storeCopies, false},
		{"restart", storeReopen, false},
		{"watch in order", storeWatch, false},
		{"watch from the past", storeWatchPast, false},
		{"slow watcher", storeSlowWatcher, true},
		{"watch ends with its context", storeWatchEnds, true},
		{"lease and fence", storeLease, true},
		{"lease over restart", storeLeaseReopen, true},
		{"keys of a lease", storeLeaseKeys, true},
		{"an ended context", storeContext, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.bubble {
				tt.test(t, open)
				return
			}
			synctest.Test(t, func(t *testing.T) { tt.test(t, open) })
		})
	}
}

// put is a write of one key.
func put(key, value string) tacit.Txn {
	return tacit.Txn{Then: []tacit.Put{{Key: key, Value: []byte(value)}}}
}

// commit does what must succeed.
func commit(t *testing.T, s tacit.Store, txn tacit.Txn) int64 {
	t.Helper()
	rev, err := s.Commit(t.Context(), txn)
	must(t, "commit", err)
	return rev
}

// model is a store as a map.
type model struct {
	items map[string]tacit.Item
	rev   int64
}

// commit does to the map what a store must do.
func (m *model) commit(txn tacit.Txn) fault.Code {
	for _, c := range txn.If {
		if m.items[c.Key].Revision != c.Revision {
			return fault.StoreConflict
		}
	}
	m.rev++
	for _, p := range txn.Then {
		if p.Delete {
			delete(m.items, p.Key)
		} else {
			m.items[p.Key] = tacit.Item{Key: p.Key, Value: p.Value, Revision: m.rev}
		}
	}
	return ""
}

// span is Range on the map.
func (m *model) span(from, to string, limit int) []tacit.Item {
	var keys []string
	for k := range m.items {
		if k >= from && (to == "" || k < to) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var items []tacit.Item
	for _, k := range keys[:min(limit, len(keys))] {
		items = append(items, m.items[k])
	}
	return items
}

func sameItem(a, b tacit.Item) bool {
	return a.Key == b.Key && bytes.Equal(a.Value, b.Value) && a.Revision == b.Revision && a.Lease == b.Lease
}

func storeModel(t *testing.T, open OpenStore) {
	r := seeded(t)
	s, reopen := open(t)
	m := &model{items: map[string]tacit.Item{}}
	_, start, err := s.Range(t.Context(), "", "", 1)
	must(t, "first range", err)
	m.rev = start
	key := func() string { return fmt.Sprintf("k/%02d", r.IntN(20)) }
	for step := range 600 {
		switch n := r.IntN(100); {
		case n < 60:
			txn := randomTxn(r, key, m)
			rev, err := s.Commit(t.Context(), txn)
			want := m.commit(txn)
			wantCode(t, fmt.Sprintf("step %d: commit %+v", step, txn), err, want)
			if want == "" && rev != m.rev {
				t.Fatalf("step %d: revision %d, want %d", step, rev, m.rev)
			}
		case n < 80:
			k := key()
			got, err := s.Get(t.Context(), k)
			want, ok := m.items[k]
			if !ok {
				wantCode(t, fmt.Sprintf("step %d: get %s", step, k), err, fault.APINotFound)
				break
			}
			must(t, fmt.Sprintf("step %d: get %s", step, k), err)
			if !sameItem(got, want) {
				t.Fatalf("step %d: get %s = %+v, want %+v", step, k, got, want)
			}
		case n < 99:
			from, to := key(), key()
			if r.IntN(4) == 0 {
				to = ""
			}
			limit := 1 + r.IntN(12)
			got, rev, err := s.Range(t.Context(), from, to, limit)
			must(t, fmt.Sprintf("step %d: range", step), err)
			if want := m.span(from, to, limit); rev != m.rev || !slices.EqualFunc(got, want, sameItem) {
				t.Fatalf("step %d: range %q to %q limit %d = %+v at %d, want %+v at %d", step, from, to, limit, got, rev, want, m.rev)
			}
		default:
			s = reopen()
		}
	}
}

// randomTxn touches a few keys, with conditions that mostly hold.
func randomTxn(r *rand.Rand, key func() string, m *model) tacit.Txn {
	var txn tacit.Txn
	for range r.IntN(3) {
		k := key()
		rev := m.items[k].Revision
		if r.IntN(5) == 0 {
			rev += int64(r.IntN(3))
		}
		txn.If = append(txn.If, tacit.Cond{Key: k, Revision: rev})
	}
	seen := map[string]bool{}
	for range 1 + r.IntN(4) {
		k := key()
		if seen[k] {
			continue
		}
		seen[k] = true
		if r.IntN(3) == 0 {
			txn.Then = append(txn.Then, tacit.Put{Key: k, Delete: true})
		} else {
			txn.Then = append(txn.Then, tacit.Put{Key: k, Value: []byte(strconv.Itoa(r.IntN(1e6)))})
		}
	}
	return txn
}

func storeConditions(t *testing.T, open OpenStore) {
	s, _ := open(t)
	rev := commit(t, s, put("a", "1"))
	for _, tt := range []struct {
		name string
		cond []tacit.Cond
		want fault.Code
	}{
		{"as it is", []tacit.Cond{{Key: "a", Revision: rev}}, ""},
		{"older than it is", []tacit.Cond{{Key: "a", Revision: rev - 1}}, fault.StoreConflict},
		{"newer than it is", []tacit.Cond{{Key: "a", Revision: rev + 100}}, fault.StoreConflict},
		{"absent though it exists", []tacit.Cond{{Key: "a", Revision: 0}}, fault.StoreConflict},
		{"absent", []tacit.Cond{{Key: "b", Revision: 0}}, ""},
		{"present though it is absent", []tacit.Cond{{Key: "b", Revision: rev}}, fault.StoreConflict},
		{"one of two fails", []tacit.Cond{{Key: "b", Revision: 0}, {Key: "a", Revision: rev + 1}}, fault.StoreConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.Commit(t.Context(), tacit.Txn{If: tt.cond, Then: []tacit.Put{{Key: "out", Value: []byte(tt.name)}}})
			wantCode(t, "commit", err, tt.want)
			it, err := s.Get(t.Context(), "out")
			if wrote := err == nil && string(it.Value) == tt.name; wrote != (tt.want == "") {
				t.Errorf("written: %v, but commit said %q", wrote, tt.want)
			}
		})
	}
	t.Run("a deleted key is absent", func(t *testing.T) {
		commit(t, s, tacit.Txn{Then: []tacit.Put{{Key: "a", Delete: true}}})
		commit(t, s, tacit.Txn{If: []tacit.Cond{{Key: "a"}}, Then: []tacit.Put{{Key: "a", Value: []byte("again")}}})
	})
	t.Run("conditions alone", func(t *testing.T) {
		_, err := s.Commit(t.Context(), tacit.Txn{If: []tacit.Cond{{Key: "nothing"}}})
		wantCode(t, "that hold", err, "")
		_, err = s.Commit(t.Context(), tacit.Txn{If: []tacit.Cond{{Key: "nothing", Revision: 1}}})
		wantCode(t, "that fail", err, fault.StoreConflict)
	})
}

func storeAtomic(t *testing.T, open OpenStore) {
	s, _ := open(t)
	rev := commit(t, s, tacit.Txn{Then: []tacit.Put{{Key: "x", Value: []byte("0")}, {Key: "y", Value: []byte("0")}}})
	_, err := s.Commit(t.Context(), tacit.Txn{
		If:   []tacit.Cond{{Key: "x", Revision: rev}, {Key: "y", Revision: rev + 7}},
		Then: []tacit.Put{{Key: "x", Value: []byte("1")}, {Key: "y", Delete: true}, {Key: "z", Value: []byte("1")}},
	})
	wantCode(t, "half of the conditions", err, fault.StoreConflict)
	items, _, err := s.Range(t.Context(), "", "", 10)
	must(t, "range", err)
	if len(items) != 2 || string(items[0].Value) != "0" || items[1].Key != "y" {
		t.Fatalf("after a refused transaction: %+v", items)
	}
	last := commit(t, s, tacit.Txn{
		If:   []tacit.Cond{{Key: "x", Revision: rev}, {Key: "y", Revision: rev}},
		Then: []tacit.Put{{Key: "x", Value: []byte("1")}, {Key: "y", Delete: true}, {Key: "z", Value: []byte("1")}},
	})
	items, _, err = s.Range(t.Context(), "", "", 10)
	must(t, "range", err)
	if len(items) != 2 || items[0].Key != "x" || items[1].Key != "z" || items[0].Revision != last || items[1].Revision != last {
		t.Fatalf("after the transaction: %+v, want x and z at %d", items, last)
	}
}

func storeRevisions(t *testing.T, open OpenStore) {
	s, reopen := open(t)
	last := commit(t, s, put("k", "0"))
	for i := range 20 {
		if i == 10 {
			s = reopen()
		}
		rev := commit(t, s, put("k", strconv.Itoa(i)))
		if rev != last+1 {
			t.Fatalf("revision %d after %d", rev, last)
		}
		last = rev
	}
}

func storeRange(t *testing.T, open OpenStore) {
	s, _ := open(t)
	var want []string
	for i := range 25 {
		k := fmt.Sprintf("p/%02d", i)
		commit(t, s, put(k, k))
		want = append(want, k)
	}
	commit(t, s, put("o", "before"))
	commit(t, s, put("q", "after"))
	for _, size := range []int{1, 4, 25, 100} {
		var got []string
		from := "p/"
		for {
			page, _, err := s.Range(t.Context(), from, "p0", size) // '0' follows '/'
			must(t, "range", err)
			for _, it := range page {
				got = append(got, it.Key)
			}
			if len(page) < size {
				break
			}
			from = page[len(page)-1].Key + "\x00"
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v", size, got)
		}
	}
	for _, tt := range []struct {
		name, from, to string
		want           int
	}{
		{"all", "", "", 27},
		{"from is taken", "p/24", "", 2},
		{"to is not", "p/00", "p/01", 1},
		{"nothing between", "p/01", "p/01", 0},
		{"backwards", "p/05", "p/01", 0},
		{"after all", "z", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := s.Range(t.Context(), tt.from, tt.to, 100)
			must(t, "range", err)
			if len(got) != tt.want {
				t.Errorf("%d items, want %d", len(got), tt.want)
			}
		})
	}
}

// storeOneRevision moves one unit between two keys and looks that no range
// sees it twice or not at all.
func storeOneRevision(t *testing.T, open OpenStore) {
	s, _ := open(t)
	commit(t, s, tacit.Txn{Then: []tacit.Put{{Key: "left", Value: []byte("1")}, {Key: "right", Value: []byte("0")}}})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		defer cancel()
		for i := range 200 {
			v := strconv.Itoa(i % 2)
			w := strconv.Itoa(1 - i%2)
			if _, err := s.Commit(t.Context(), tacit.Txn{Then: []tacit.Put{{Key: "left", Value: []byte(v)}, {Key: "right", Value: []byte(w)}}}); err != nil {
				t.Errorf("commit: %v", err)
				return
			}
		}
	})
	var last int64
	for ctx.Err() == nil {
		items, rev, err := s.Range(t.Context(), "", "", 10)
		must(t, "range", err)
		if len(items) != 2 || string(items[0].Value) == string(items[1].Value) || items[0].Revision != items[1].Revision {
			t.Errorf("a range between two revisions: %+v", items)
			break
		}
		if rev < last || rev < items[0].Revision {
			t.Errorf("range at %d after one at %d with items of %d", rev, last, items[0].Revision)
			break
		}
		last = rev
	}
	wg.Wait()
}

func storeHammer(t *testing.T, open OpenStore) {
	s, reopen := open(t)
	const writers, each = 16, 25
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				it, err := s.Get(t.Context(), "counter")
				if err != nil && fault.Of(err) != fault.APINotFound {
					t.Errorf("get: %v", err)
					return
				}
				n, _ := strconv.Atoi(string(it.Value))
				_, err = s.Commit(t.Context(), tacit.Txn{
					If:   []tacit.Cond{{Key: "counter", Revision: it.Revision}},
					Then: []tacit.Put{{Key: "counter", Value: []byte(strconv.Itoa(n + 1))}},
				})
				switch fault.Of(err) {
				case "":
					done++
				case fault.StoreConflict:
				default:
					t.Errorf("commit: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, when := range []string{"before", "after"} {
		it, err := s.Get(t.Context(), "counter")
		must(t, "get", err)
		if string(it.Value) != strconv.Itoa(writers*each) {
			t.Fatalf("%s the restart: counter %s, want %d", when, it.Value, writers*each)
		}
		s = reopen()
	}
}

func storeLimits(t *testing.T, open OpenStore) {
	s, _ := open(t)
	puts := func(n int) (p []tacit.Put) {
		for i := range n {
			p = append(p, tacit.Put{Key: fmt.Sprint("n", i)})
		}
		return p
	}
	conds := func(n int) (c []tacit.Cond) {
		for i := range n {
			c = append(c, tacit.Cond{Key: fmt.Sprint("absent", i)})
		}
		return c
	}
	one := func(p tacit.Put) tacit.Txn { return tacit.Txn{Then: []tacit.Put{p}} }
	for _, tt := range []struct {
		name string
		txn  tacit.Txn
		want fault.Code
	}{
		{"twin: longest key", put(strings.Repeat("k", 512), "v"), ""},
		{"key too long", put(strings.Repeat("k", 513), "v"), fault.APISize},
		{"empty key", put("", "v"), fault.APIField},
		{"twin: largest value", one(tacit.Put{Key: "v", Value: make([]byte, 1<<20)}), ""},
		{"value too large", one(tacit.Put{Key: "v", Value: make([]byte, 1<<20+1)}), fault.APISize},
		{"twin: empty value", put("e", ""), ""},
		{"twin: most writes", tacit.Txn{Then: puts(128)}, ""},
		{"too many writes", tacit.Txn{Then: puts(129)}, fault.APISize},
		{"twin: most conditions", tacit.Txn{If: conds(128), Then: puts(1)}, ""},
		{"too many conditions", tacit.Txn{If: conds(129), Then: puts(1)}, fault.APISize},
		{"key twice", tacit.Txn{Then: []tacit.Put{{Key: "d"}, {Key: "d", Delete: true}}}, fault.APIField},
		{"empty condition key", tacit.Txn{If: []tacit.Cond{{}}, Then: puts(1)}, fault.APIField},
		{"negative condition", tacit.Txn{If: []tacit.Cond{{Key: "d", Revision: -1}}, Then: puts(1)}, fault.APIField},
		{"negative lease", one(tacit.Put{Key: "l", Lease: -1}), fault.APIField},
		{"delete with a value", one(tacit.Put{Key: "l", Value: []byte("v"), Delete: true}), fault.APIField},
		{"fence without a name", tacit.Txn{Fence: &tacit.Fence{Token: 1}, Then: puts(1)}, fault.APIField},
		{"nothing at all", tacit.Txn{}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, before, err := s.Range(t.Context(), "", "", 1)
			must(t, "range", err)
			rev, err := s.Commit(t.Context(), tt.txn)
			wantCode(t, "commit", err, tt.want)
			if _, after, _ := s.Range(t.Context(), "", "", 1); tt.want != "" && after != before || tt.want == "" && after != rev {
				t.Errorf("revision %d after %d, commit said %d, %v", after, before, rev, err)
			}
		})
	}
	_, err := s.Get(t.Context(), "")
	wantCode(t, "get the empty key", err, fault.APIField)
	_, _, err = s.Range(t.Context(), "", "", 0)
	wantCode(t, "range of none", err, fault.APIField)
	_, err = s.Grant(t.Context(), "", time.Second)
	wantCode(t, "grant without a name", err, fault.APIField)
	_, err = s.Grant(t.Context(), "n", 0)
	wantCode(t, "grant for no time", err, fault.APIField)
}

func storeCopies(t *testing.T, open OpenStore) {
	s, _ := open(t)
	v := []byte("as written")
	commit(t, s, tacit.Txn{Then: []tacit.Put{{Key: "k", Value: v}}})
	copy(v, "scribbled!")
	it, err := s.Get(t.Context(), "k")
	must(t, "get", err)
	if string(it.Value) != "as written" {
		t.Fatalf("the store shares the writer's bytes: %q", it.Value)
	}
	copy(it.Value, "scribbled!")
	if it, err = s.Get(t.Context(), "k"); err != nil || string(it.Value) != "as written" {
		t.Fatalf("the store shares the reader's bytes: %q, %v", it.Value, err)
	}
}

func storeReopen(t *testing.T, open OpenStore) {
	s, reopen := open(t)
	rev := commit(t, s, put("kept", "value"))
	commit(t, s, put("gone", "value"))
	last := commit(t, s, tacit.Txn{Then: []tacit.Put{{Key: "gone", Delete: true}}})
	for range 3 {
		s = reopen()
		it, err := s.Get(t.Context(), "kept")
		must(t, "get", err)
		if string(it.Value) != "value" || it.Revision != rev {
			t.Fatalf("after the restart: %+v, want revision %d", it, rev)
		}
		_, err = s.Get(t.Context(), "gone")
		wantCode(t, "get a deleted key", err, fault.APINotFound)
		if _, now, err := s.Range(t.Context(), "", "", 1); err != nil || now != last {
			t.Fatalf("revision %d, want %d, %v", now, last, err)
		}
	}
}

func storeContext(t *testing.T, open OpenStore) {
	s, _ := open(t)
	commit(t, s, put("k", "twin"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Commit(ctx, put("k", "late")); err == nil {
		t.Error("commit under an ended context succeeded")
	}
	if _, err := s.Get(ctx, "k"); err == nil {
		t.Error("get under an ended context succeeded")
	}
	if it, err := s.Get(t.Context(), "k"); err != nil || string(it.Value) != "twin" {
		t.Errorf("%q, %v", it.Value, err)
	}
}
