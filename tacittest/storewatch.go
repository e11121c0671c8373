package tacittest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/fault"
)

func storeWatch(t *testing.T, open OpenStore) {
	s, _ := open(t)
	start := commit(t, s, put("w/before", "not seen"))
	all, err := s.Watch(t.Context(), "", start)
	must(t, "watch all", err)
	some, err := s.Watch(t.Context(), "w/", start)
	must(t, "watch some", err)

	const n = 200
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range n {
			txn := tacit.Txn{Then: []tacit.Put{{Key: "w/a", Value: fmt.Append(nil, i)}, {Key: "x/b", Value: fmt.Append(nil, i)}}}
			if i%10 == 9 {
				txn.Then[0] = tacit.Put{Key: "w/a", Delete: true}
			}
			if _, err := s.Commit(t.Context(), txn); err != nil {
				t.Errorf("commit: %v", err)
				return
			}
		}
	}()
	for i := range n {
		rev := start + 1 + int64(i)
		for _, want := range []string{"w/a", "x/b"} {
			c, ok := <-all
			if !ok || c.Key != want || c.Revision != rev {
				t.Fatalf("change %d: %+v (open %v), want %s at %d", i, c, ok, want, rev)
			}
			if deleted := want == "w/a" && i%10 == 9; c.Delete != deleted || !deleted && string(c.Value) != fmt.Sprint(i) {
				t.Fatalf("change %d of %s: %+v", i, want, c)
			}
		}
		if c, ok := <-some; !ok || c.Key != "w/a" || c.Revision != rev {
			t.Fatalf("change %d with prefix: %+v (open %v)", i, c, ok)
		}
	}
	<-done
}

func storeWatchPast(t *testing.T, open OpenStore) {
	s, reopen := open(t)
	first := commit(t, s, put("k", "1"))
	second := commit(t, s, put("k", "2"))
	t.Run("what is kept", func(t *testing.T) {
		ch, err := s.Watch(t.Context(), "k", first)
		must(t, "watch", err)
		if c := <-ch; c.Revision != second || string(c.Value) != "2" {
			t.Errorf("%+v, want revision %d", c, second)
		}
	})
	t.Run("from now", func(t *testing.T) {
		ch, err := s.Watch(t.Context(), "k", second)
		must(t, "watch", err)
		third := commit(t, s, put("k", "3"))
		if c := <-ch; c.Revision != third {
			t.Errorf("%+v, want revision %d", c, third)
		}
	})
	t.Run("gap or all after a restart", func(t *testing.T) {
		s = reopen()
		ch, err := s.Watch(t.Context(), "k", first)
		if fault.Of(err) == fault.StoreCompacted {
			return
		}
		must(t, "watch", err)
		if c, ok := <-ch; !ok || c.Revision != second {
			t.Errorf("a gap was passed over in silence: %+v (open %v), want %d or STORE_COMPACTED", c, ok, second)
		}
	})
}

// storeSlowWatcher writes more than any store keeps and looks that a watcher
// who read nothing gets a beginning without gaps and then a closed channel.
func storeSlowWatcher(t *testing.T, open OpenStore) {
	s, _ := open(t)
	start := commit(t, s, put("k", "0"))
	ch, err := s.Watch(t.Context(), "k", start)
	must(t, "watch", err)
	big := make([]byte, 1<<20)
	for range 100 {
		commit(t, s, tacit.Txn{Then: []tacit.Put{{Key: "k", Value: big}}})
	}
	last := start
	for c := range ch {
		if c.Revision != last+1 {
			t.Fatalf("revision %d after %d: a gap", c.Revision, last)
		}
		if last = c.Revision; last == start+100 {
			return // a store may keep more than this test writes
		}
	}
	items, now, err := s.Range(t.Context(), "k", "", 1)
	must(t, "range", err)
	again, err := s.Watch(t.Context(), "k", now)
	must(t, "watch again", err)
	next := commit(t, s, put("k", "after"))
	if c, ok := <-again; !ok || c.Revision != next || len(items) != 1 {
		t.Fatalf("starting again from a range: %+v (open %v), want %d", c, ok, next)
	}
}

func storeWatchEnds(t *testing.T, open OpenStore) {
	s, _ := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	ch, err := s.Watch(ctx, "k", commit(t, s, put("k", "0")))
	must(t, "watch", err)
	cancel()
	synctest.Wait()
	if c, ok := <-ch; ok {
		t.Errorf("after the end: %+v", c)
	}
}

// under is a write that needs a lease.
func under(l tacit.Lease, key string) tacit.Txn {
	return tacit.Txn{Fence: &tacit.Fence{Name: l.Name, Token: l.Token}, Then: []tacit.Put{{Key: key, Value: []byte("v")}}}
}

func storeLease(t *testing.T, open OpenStore) {
	s, _ := open(t)
	ctx := t.Context()
	first, err := s.Grant(ctx, "leader", 10*time.Second)
	must(t, "grant", err)
	if first.Name != "leader" || first.Token <= 0 || first.ID <= 0 {
		t.Fatalf("lease %+v", first)
	}
	commit(t, s, under(first, "twin"))
	_, err = s.Grant(ctx, "leader", time.Second)
	wantCode(t, "grant what is held", err, fault.StoreConflict)
	other, err := s.Grant(ctx, "other", time.Minute)
	must(t, "grant another name", err)

	time.Sleep(9 * time.Second)
	renewed, err := s.Renew(ctx, first, 10*time.Second)
	must(t, "renew", err)
	if renewed.Token != first.Token || renewed.ID != first.ID {
		t.Fatalf("renewed %+v, was %+v", renewed, first)
	}
	time.Sleep(9 * time.Second)
	commit(t, s, under(first, "still held"))

	time.Sleep(2 * time.Second)
	_, err = s.Commit(ctx, under(first, "late"))
	wantCode(t, "write under an ended lease", err, fault.StoreFenced)
	_, err = s.Renew(ctx, first, time.Second)
	wantCode(t, "renew an ended lease", err, fault.StoreFenced)
	commit(t, s, under(other, "twin: the other goes on"))

	second, err := s.Grant(ctx, "leader", 10*time.Second)
	must(t, "grant again", err)
	if second.Token <= first.Token {
		t.Fatalf("token %d after %d", second.Token, first.Token)
	}
	_, err = s.Commit(ctx, under(first, "stale"))
	wantCode(t, "write under a superseded lease", err, fault.StoreFenced)
	forged := second
	forged.Token++
	_, err = s.Commit(ctx, under(forged, "forged"))
	wantCode(t, "write under a token never granted", err, fault.StoreFenced)
	_, err = s.Commit(ctx, under(tacit.Lease{Name: "unknown", Token: 1}, "unknown"))
	wantCode(t, "write under an unknown name", err, fault.StoreFenced)
	if err := s.Revoke(ctx, first); err != nil && fault.Of(err) != fault.StoreFenced {
		t.Fatalf("revoke an ended lease: %v", err)
	}
	commit(t, s, under(second, "twin: the newest"))

	must(t, "revoke", s.Revoke(ctx, second))
	_, err = s.Commit(ctx, under(second, "revoked"))
	wantCode(t, "write under a revoked lease", err, fault.StoreFenced)
	third, err := s.Grant(ctx, "leader", time.Second)
	must(t, "grant after revoke", err)
	if third.Token <= second.Token {
		t.Fatalf("token %d after %d", third.Token, second.Token)
	}
	for _, key := range []string{"late", "stale", "forged", "unknown", "revoked"} {
		_, err := s.Get(ctx, key)
		wantCode(t, "what a fence refused: "+key, err, fault.APINotFound)
	}
}

func storeLeaseReopen(t *testing.T, open OpenStore) {
	s, reopen := open(t)
	ctx := t.Context()
	ended, err := s.Grant(ctx, "ended", time.Minute)
	must(t, "grant", err)
	must(t, "revoke", s.Revoke(ctx, ended))
	held, err := s.Grant(ctx, "held", time.Hour)
	must(t, "grant", err)

	s = reopen()
	commit(t, s, under(held, "k"))
	_, err = s.Grant(ctx, "held", time.Minute)
	wantCode(t, "grant what is held", err, fault.StoreConflict)
	_, err = s.Commit(ctx, under(ended, "k"))
	wantCode(t, "write under a lease that ended before", err, fault.StoreFenced)
	again, err := s.Grant(ctx, "ended", time.Minute)
	must(t, "grant again", err)
	if again.Token <= ended.Token {
		t.Fatalf("token %d after %d, over a restart", again.Token, ended.Token)
	}
	time.Sleep(2 * time.Hour)
	_, err = s.Commit(ctx, under(held, "k"))
	wantCode(t, "write after the ttl", err, fault.StoreFenced)
}

func storeLeaseKeys(t *testing.T, open OpenStore) {
	s, reopen := open(t)
	ctx := t.Context()
	tie := func(key string, l tacit.Lease) tacit.Txn {
		return tacit.Txn{Then: []tacit.Put{{Key: key, Value: []byte("v"), Lease: l.ID}}}
	}
	gone := func(key string) {
		t.Helper()
		_, err := s.Get(ctx, key)
		wantCode(t, "get "+key, err, fault.APINotFound)
	}
	expiring, err := s.Grant(ctx, "expiring", 10*time.Second)
	must(t, "grant", err)
	revoked, err := s.Grant(ctx, "revoked", time.Hour)
	must(t, "grant", err)
	commit(t, s, tie("e/1", expiring))
	commit(t, s, tie("e/2", expiring))
	commit(t, s, tie("e/freed", expiring))
	commit(t, s, put("e/freed", "no longer tied"))
	last := commit(t, s, tie("r/1", revoked))
	if it, err := s.Get(ctx, "e/1"); err != nil || it.Lease != expiring.ID {
		t.Fatalf("%+v, %v: want lease %d", it, err, expiring.ID)
	}
	_, err = s.Commit(ctx, tie("e/3", tacit.Lease{ID: 1 << 40}))
	wantCode(t, "tie to no lease", err, fault.StoreFenced)

	watch, err := s.Watch(ctx, "e/", last)
	must(t, "watch", err)
	time.Sleep(11 * time.Second)
	synctest.Wait()
	gone("e/1")
	gone("e/2")
	for _, key := range []string{"e/1", "e/2"} {
		if c, ok := <-watch; !ok || c.Key != key || !c.Delete || c.Revision != last+1 {
			t.Fatalf("%+v (open %v), want the end of %s at %d", c, ok, key, last+1)
		}
	}
	for _, key := range []string{"e/freed", "r/1"} {
		_, err := s.Get(ctx, key)
		must(t, "twin: get "+key, err)
	}
	_, err = s.Commit(ctx, tie("e/4", expiring))
	wantCode(t, "tie to an ended lease", err, fault.StoreFenced)

	s = reopen()
	must(t, "revoke after the restart", s.Revoke(ctx, revoked))
	gone("r/1")
	if _, err := s.Get(ctx, "e/freed"); err != nil {
		t.Fatal(err)
	}
}
