package tenant

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/store/embedded"
	"tacit/tacittest"
	"tacit/wire"
)

var (
	alice = wire.Address{1}
	bob   = wire.Address{2}
	carol = wire.Address{3}
	dave  = wire.Address{4} // owns nothing here
)

// world is a shared store with something of Alice's in it.
type world struct {
	t     *testing.T
	inner tacit.Store
	all   *Tenants
}

func open(t *testing.T) *world {
	t.Helper()
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "store.db"), Key: make([]byte, 32)})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	all, err := New(Config{Store: s, Owners: []wire.Address{alice, bob, carol}})
	must(t, err)
	w := &world{t, s, all}
	for _, k := range []string{"a", "pub/x", "pub/y", "q"} {
		w.put(alice, of(alice, k), "alice's "+k)
	}
	w.put(bob, of(bob, "b"), "bob's")
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func of(owner wire.Address, rest string) string { return owner.String() + "/" + rest }

func (w *world) as(who wire.Address) tacit.Tenancy {
	w.t.Helper()
	s, err := w.all.Of(tacit.WithCaller(w.t.Context(), tacit.Caller{Role: tacit.RoleClient, Node: who}))
	must(w.t, err)
	return s
}

func (w *world) put(who wire.Address, key, value string) {
	w.t.Helper()
	_, err := w.as(who).Commit(w.t.Context(), put(key, value))
	must(w.t, err)
}

func put(key, value string) tacit.Txn {
	return tacit.Txn{Then: []tacit.Put{{Key: key, Value: []byte(value)}}}
}

// revision is the shared store's.
func (w *world) revision() int64 {
	w.t.Helper()
	_, revision, err := w.inner.Range(w.t.Context(), "", "", 1)
	must(w.t, err)
	return revision
}

// attempts is everything that can name what is somebody else's: Bob tries it on
// Alice's.
func attempts(w *world) []struct {
	name string
	do   func(ctx context.Context, s tacit.Tenancy) error
} {
	lease, err := w.as(alice).Grant(w.t.Context(), of(alice, "lease"), time.Hour)
	must(w.t, err)
	commit := func(txn tacit.Txn) func(context.Context, tacit.Tenancy) error {
		return func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Commit(ctx, txn); return err }
	}
	span := func(from, to string) func(context.Context, tacit.Tenancy) error {
		return func(ctx context.Context, s tacit.Tenancy) error { _, _, err := s.Range(ctx, from, to, 10); return err }
	}
	get := func(key string) func(context.Context, tacit.Tenancy) error {
		return func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Get(ctx, key); return err }
	}
	watch := func(prefix string) func(context.Context, tacit.Tenancy) error {
		return func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Watch(ctx, prefix, 0); return err }
	}
	mine := tacit.Put{Key: of(bob, "b"), Value: []byte("changed")}
	return []struct {
		name string
		do   func(ctx context.Context, s tacit.Tenancy) error
	}{
		{"read a key", get(of(alice, "a"))},
		{"read a key that is not there", get(of(alice, "absent"))},
		{"read what belongs to nobody", get("a")},
		{"read by another spelling of an address", get("0x0200000000000000000000000000000000000000000"[:41] + "/b")},
		{"read what an account that owns nothing would own", get(of(dave, "x"))},
		{"climb out of his own", get(of(bob, "")[:42])},
		{"write beside what is his", commit(tacit.Txn{Then: []tacit.Put{mine, {Key: of(alice, "a"), Value: []byte("bob's")}}})},
		{"write what is not there", commit(tacit.Txn{Then: []tacit.Put{mine, {Key: of(alice, "absent")}}})},
		{"remove beside what is his", commit(tacit.Txn{Then: []tacit.Put{mine, {Key: of(alice, "a"), Delete: true}}})},
		{"ask by a condition", commit(tacit.Txn{If: []tacit.Cond{{Key: of(alice, "a")}}, Then: []tacit.Put{mine}})},
		{"ask by a condition for what is not there", commit(tacit.Txn{If: []tacit.Cond{{Key: of(alice, "absent")}}, Then: []tacit.Put{mine}})},
		{"a range of another's", span(of(alice, ""), of(alice, "z"))},
		{"a range that ends in another's", span(of(alice, ""), of(bob, "z"))},
		{"a range from his into another's", span(of(bob, ""), of(carol, "z"))},
		{"a range without end", span(of(bob, ""), "")},
		{"a range without beginning", span("", of(bob, "z"))},
		{"a range one step beyond his own", span(of(bob, ""), bob.String()+"1")},
		{"all of another's", span(of(alice, ""), alice.String()+"0")},
		{"watch another's", watch(of(alice, ""))},
		{"watch a key that is not there", watch(of(alice, "absent"))},
		{"watch everything", watch("")},
		{"watch by half an address", watch(alice.String()[:20])},
		{"take another's lease", func(ctx context.Context, s tacit.Tenancy) error {
			_, err := s.Grant(ctx, of(alice, "free"), time.Hour)
			return err
		}},
		{"take another's lease that is held", func(ctx context.Context, s tacit.Tenancy) error {
			_, err := s.Grant(ctx, lease.Name, time.Hour)
			return err
		}},
		{"renew another's lease", func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Renew(ctx, lease, time.Hour); return err }},
		{"end another's lease", func(ctx context.Context, s tacit.Tenancy) error { return s.Revoke(ctx, lease) }},
		{"tie his key to another's lease", commit(tacit.Txn{Then: []tacit.Put{{Key: mine.Key, Value: []byte("tied"), Lease: lease.ID}}})},
		{"tie his key to no lease", commit(tacit.Txn{Then: []tacit.Put{{Key: mine.Key, Value: []byte("tied"), Lease: 1 << 40}}})},
		{"write under another's lease", commit(tacit.Txn{Fence: &tacit.Fence{Name: lease.Name, Token: lease.Token}, Then: []tacit.Put{mine}})},
		{"permit himself", func(ctx context.Context, s tacit.Tenancy) error {
			return s.Permit(ctx, tacit.Permit{Account: bob, Prefix: of(alice, ""), Read: true, Write: true})
		}},
	}
}

// case N49 code STORE_DENIED check store/tenant/tenant.go:within twin TestN49TwinEachMayTouchHisOwn
func TestN49WhatNamesAnothersIsRefusedWhole(t *testing.T) {
	w := open(t)
	for _, tt := range attempts(w) {
		t.Run(tt.name, func(t *testing.T) {
			before := w.revision()
			if err := tt.do(t.Context(), w.as(bob)); !errors.Is(err, fault.StoreDenied) {
				t.Errorf("%v, want %s", err, fault.StoreDenied)
			}
			if now := w.revision(); now != before {
				t.Errorf("revision %d after %d: something of it was done", now, before)
			}
		})
	}
}

func TestN49TwinEachMayTouchHisOwn(t *testing.T) {
	w := open(t)
	s := w.as(alice)
	ctx := t.Context()
	it, err := s.Get(ctx, of(alice, "a"))
	if err != nil || string(it.Value) != "alice's a" || it.Key != of(alice, "a") {
		t.Fatalf("%+v, %v", it, err)
	}
	if _, err := s.Get(ctx, of(alice, "absent")); !errors.Is(err, fault.APINotFound) {
		t.Errorf("own absent key: %v", err)
	}
	keys := func(from, to string) (out []string) {
		items, _, err := s.Range(ctx, from, to, 10)
		must(t, err)
		for _, it := range items {
			out = append(out, it.Key[43:])
		}
		return out
	}
	if got := keys(of(alice, ""), alice.String()+"0"); !slices.Equal(got, []string{"a", "pub/x", "pub/y", "q"}) {
		t.Errorf("all: %q", got)
	}
	if got := keys(of(alice, "b"), of(alice, "pub/y")); !slices.Equal(got, []string{"pub/x"}) {
		t.Errorf("some: %q", got)
	}
	watch, err := s.Watch(ctx, of(alice, "pub/"), w.revision())
	must(t, err)
	w.put(bob, of(bob, "pub/x"), "not hers")
	lease, err := s.Grant(ctx, of(alice, "lease"), time.Hour)
	must(t, err)
	if lease, err = s.Renew(ctx, lease, time.Hour); err != nil || lease.Name != of(alice, "lease") {
		t.Fatalf("%+v, %v", lease, err)
	}
	_, err = s.Commit(ctx, tacit.Txn{
		If: []tacit.Cond{{Key: of(alice, "a"), Revision: it.Revision}, {Key: of(alice, "absent")}}, Fence: &tacit.Fence{Name: lease.Name, Token: lease.Token},
		Then: []tacit.Put{{Key: of(alice, "pub/z"), Value: []byte("tied"), Lease: lease.ID}, {Key: of(alice, "q"), Delete: true}},
	})
	must(t, err)
	if c := <-watch; c.Key != of(alice, "pub/z") || string(c.Value) != "tied" {
		t.Errorf("watched %+v", c)
	}
	must(t, s.Revoke(ctx, lease))
	if c := <-watch; c.Key != of(alice, "pub/z") || !c.Delete {
		t.Errorf("watched %+v", c)
	}
	if got := keys(of(alice, ""), of(alice, "z")); !slices.Equal(got, []string{"a", "pub/x", "pub/y"}) {
		t.Errorf("at the end: %q", got)
	}
	// Nobody else's lease or key of that name is in the way.
	_, err = w.as(bob).Grant(ctx, of(bob, "lease"), time.Hour)
	must(t, err)
	// A condition of his own that does not hold is no denial.
	_, err = s.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: of(alice, "a"), Revision: it.Revision + 1}}, Then: put(of(alice, "n"), "").Then})
	if !errors.Is(err, fault.StoreConflict) {
		t.Errorf("a condition that does not hold: %v", err)
	}
}

// What was never permitted and what is permitted no more is refused; what is
// permitted is not.
//
// case N49 code STORE_DENIED check store/tenant/tenant.go:within
func TestN49APermitReachesAsFarAsItsPrefix(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	permit := func(read, write bool) {
		t.Helper()
		must(t, w.as(alice).Permit(ctx, tacit.Permit{Account: bob, Prefix: of(alice, "pub/"), Read: read, Write: write}))
	}
	do := map[string]func() error{
		"get":   func() error { _, err := w.as(bob).Get(ctx, of(alice, "pub/x")); return err },
		"range": func() error { _, _, err := w.as(bob).Range(ctx, of(alice, "pub/"), of(alice, "pub0"), 10); return err },
		"watch": func() error { _, err := w.as(bob).Watch(ctx, of(alice, "pub/"), w.revision()); return err },
		"condition": func() error {
			_, err := w.as(bob).Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: of(alice, "pub/no")}}})
			return err
		},
		"write": func() error { _, err := w.as(bob).Commit(ctx, put(of(alice, "pub/w"), "bob's")); return err },

		"never: another prefix":       func() error { _, err := w.as(bob).Get(ctx, of(alice, "q")); return err },
		"never: range from before":    func() error { _, _, err := w.as(bob).Range(ctx, of(alice, "pua"), of(alice, "pub0"), 10); return err },
		"never: range to behind":      func() error { _, _, err := w.as(bob).Range(ctx, of(alice, "pub/"), of(alice, "pub1"), 10); return err },
		"never: range to the end":     func() error { _, _, err := w.as(bob).Range(ctx, of(alice, "pub/"), alice.String()+"0", 10); return err },
		"never: watch more":           func() error { _, err := w.as(bob).Watch(ctx, of(alice, "pub"), w.revision()); return err },
		"never: another account":      func() error { _, err := w.as(carol).Get(ctx, of(alice, "pub/x")); return err },
		"never: a lease of that name": func() error { _, err := w.as(bob).Grant(ctx, of(alice, "pub/l"), time.Hour); return err },
		"never: give it on": func() error {
			return w.as(bob).Permit(ctx, tacit.Permit{Account: carol, Prefix: of(alice, "pub/"), Read: true})
		},
		"never: the permits themselves": func() error { _, err := w.as(bob).Get(ctx, of(alice, "../permit/")); return err },
		"never: beside what is permitted": func() error {
			_, err := w.as(bob).Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: of(alice, "pub/w")}, {Key: of(alice, "q")}}})
			return err
		},
	}
	for _, tt := range []struct {
		name        string
		read, write bool
		allowed     []string
	}{
		{"nothing yet", false, false, nil},
		{"twin: to read", true, false, []string{"get", "range", "watch", "condition"}},
		{"twin: to write", false, true, []string{"write"}},
		{"twin: both", true, true, []string{"get", "range", "watch", "condition", "write"}},
		{"taken back", false, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			permit(tt.read, tt.write)
			for name, f := range do {
				before := w.revision()
				err := f()
				if want := slices.Contains(tt.allowed, name); want && err != nil {
					t.Errorf("%s: %v", name, err)
				} else if !want && (!errors.Is(err, fault.StoreDenied) || w.revision() != before) {
					t.Errorf("%s: %v, want %s", name, err, fault.StoreDenied)
				}
			}
		})
	}
	list, err := w.as(alice).Permits(ctx)
	if err != nil || len(list) != 0 {
		t.Errorf("permits: %+v, %v", list, err)
	}
	permit(true, false)
	if list, err = w.as(alice).Permits(ctx); err != nil || len(list) != 1 || list[0] != (tacit.Permit{Account: bob, Prefix: of(alice, "pub/"), Read: true}) {
		t.Errorf("permits: %+v, %v", list, err)
	}
}

// overtaken takes a permit back between judgement and transaction.
type overtaken struct {
	tacit.Store
	before func()
}

func (o *overtaken) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	if f := o.before; f != nil {
		o.before = nil
		f()
	}
	return o.Store.Commit(ctx, txn)
}

// case N49 code STORE_DENIED check store/tenant/tenant.go:rests
func TestN49APermitTakenBackMeanwhileDoesNotCount(t *testing.T) {
	for _, tt := range []struct {
		name string
		then tacit.Permit
		want fault.Code
	}{
		{"taken back", tacit.Permit{Account: bob, Prefix: of(alice, "pub/")}, fault.StoreDenied},
		{"twin: changed and still enough", tacit.Permit{Account: bob, Prefix: of(alice, "pub/w"), Write: true}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := open(t)
			must(t, w.as(alice).Permit(t.Context(), tacit.Permit{Account: bob, Prefix: of(alice, "pub/"), Write: true}))
			late := &overtaken{Store: w.inner}
			late.before = func() { must(t, w.as(alice).Permit(t.Context(), tt.then)) }
			all, err := New(Config{Store: late, Owners: []wire.Address{alice}})
			must(t, err)
			s := &view{all, bob}
			_, err = s.Commit(t.Context(), put(of(alice, "pub/w"), "bob's"))
			if got := fault.Of(err); got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("%v, want %q", err, tt.want)
			}
			_, err = w.inner.Get(t.Context(), base(alice)+partData+"pub/w")
			if wrote := err == nil; wrote != (tt.want == "") {
				t.Errorf("written: %v", wrote)
			}
		})
	}
}

// case N49 code - check store/tenant/tenant.go:Watch
func TestN49AWatchEndsWithItsPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := open(t)
		ctx := t.Context()
		p := tacit.Permit{Account: bob, Prefix: of(alice, "pub/"), Read: true}
		must(t, w.as(alice).Permit(ctx, p))
		ch, err := w.as(bob).Watch(ctx, of(alice, "pub/"), w.revision())
		must(t, err)
		w.put(alice, of(alice, "pub/x"), "twin: seen")
		if c, ok := <-ch; !ok || string(c.Value) != "twin: seen" {
			t.Fatalf("%+v (open %v)", c, ok)
		}
		p.Read = false
		must(t, w.as(alice).Permit(ctx, p))
		w.put(alice, of(alice, "pub/x"), "secret")
		if c, ok := <-ch; ok {
			t.Errorf("seen without leave: %+v", c)
		}
	})
}

func TestOnlyClientsWithAnAccountAreAdmitted(t *testing.T) {
	w := open(t)
	for _, tt := range []struct {
		name string
		ctx  context.Context
		ok   bool
	}{
		{"nobody", t.Context(), false},
		{"another role", tacit.WithCaller(t.Context(), tacit.Caller{Role: tacit.RoleWorker, Node: alice}), false},
		{"no account", tacit.WithCaller(t.Context(), tacit.Caller{Role: tacit.RoleClient}), false},
		{"twin: a client", tacit.WithCaller(t.Context(), tacit.Caller{Role: tacit.RoleClient, Node: alice}), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := w.all.Of(tt.ctx); (err == nil) != tt.ok {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAShareNeedsAStoreAndOwnersWithAddresses(t *testing.T) {
	w := open(t)
	for _, tt := range []struct {
		name string
		cfg  Config
		want fault.Code
	}{
		{"twin: both", Config{Store: w.inner, Owners: []wire.Address{alice}}, ""},
		{"twin: nobody keeps anything", Config{Store: w.inner}, ""},
		{"no store", Config{Owners: []wire.Address{alice}}, fault.APIField},
		{"an owner without an address", Config{Store: w.inner, Owners: []wire.Address{alice, {}}}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := New(tt.cfg); fault.Of(err) != tt.want {
				t.Errorf("New = %v, want %q", err, tt.want)
			}
		})
	}
}

// Who may keep nothing here may not keep it under his own name either.
//
// case N49 code STORE_DENIED check store/tenant/tenant.go:owners twin TestN49TwinEachMayTouchHisOwn
func TestN49WhoOwnsNothingTouchesNothingOfHisOwn(t *testing.T) {
	w := open(t)
	must(t, w.as(alice).Permit(t.Context(), tacit.Permit{Account: dave, Prefix: of(alice, "pub/"), Read: true, Write: true}))
	for name, do := range map[string]func(ctx context.Context, s tacit.Tenancy) error{
		"read": func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Get(ctx, of(dave, "x")); return err },
		"write": func(ctx context.Context, s tacit.Tenancy) error {
			_, err := s.Commit(ctx, put(of(dave, "x"), ""))
			return err
		},
		"all": func(ctx context.Context, s tacit.Tenancy) error {
			_, _, err := s.Range(ctx, of(dave, ""), dave.String()+"0", 9)
			return err
		},
		"watch": func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Watch(ctx, of(dave, ""), 0); return err },
		"lease": func(ctx context.Context, s tacit.Tenancy) error {
			_, err := s.Grant(ctx, of(dave, "l"), time.Hour)
			return err
		},
		"permits": func(ctx context.Context, s tacit.Tenancy) error { _, err := s.Permits(ctx); return err },
		"permit": func(ctx context.Context, s tacit.Tenancy) error {
			return s.Permit(ctx, tacit.Permit{Account: bob, Prefix: of(dave, ""), Read: true})
		},
		"tie to a lease": func(ctx context.Context, s tacit.Tenancy) error {
			_, err := s.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: of(alice, "pub/x"), Lease: 1}}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := do(t.Context(), w.as(dave)); !errors.Is(err, fault.StoreDenied) {
				t.Errorf("%v, want %s", err, fault.StoreDenied)
			}
		})
	}
}

func TestPermitsHaveAFormAndBounds(t *testing.T) {
	w := open(t)
	s, ctx := w.as(alice), t.Context()
	for _, tt := range []struct {
		name string
		p    tacit.Permit
		want fault.Code
	}{
		{"twin: to Bob", tacit.Permit{Account: bob, Prefix: of(alice, "a"), Read: true}, ""},
		{"to nobody", tacit.Permit{Prefix: of(alice, "a"), Read: true}, fault.APIField},
		{"to herself", tacit.Permit{Account: alice, Prefix: of(alice, "a"), Read: true}, fault.APIField},
		{"twin: the longest prefix", tacit.Permit{Account: bob, Prefix: of(alice, string(make([]byte, 469))), Read: true}, ""},
		{"a longer prefix", tacit.Permit{Account: bob, Prefix: of(alice, string(make([]byte, 470))), Read: true}, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := s.Permit(ctx, tt.p); fault.Of(err) != tt.want {
				t.Errorf("Permit = %v, want %q", err, tt.want)
			}
		})
	}
	for i := range mostPermits {
		must(t, s.Permit(ctx, tacit.Permit{Account: carol, Prefix: of(alice, string(rune('A'+i))), Read: true}))
	}
	if err := s.Permit(ctx, tacit.Permit{Account: carol, Prefix: of(alice, "one more"), Read: true}); fault.Of(err) != fault.APISize {
		t.Errorf("one permit too many: %v", err)
	}
}

// All that an owner permits is shown to him: more accounts than that get no leave.
func TestLeaveIsGivenToABoundedNumberOfAccounts(t *testing.T) {
	disk := tacittest.NewDisk().Open(nil)
	defer disk.Close()
	all, err := New(Config{Store: disk, Owners: []wire.Address{alice}})
	must(t, err)
	s := &view{all, alice}
	to := func(i int) tacit.Permit {
		return tacit.Permit{Account: wire.Address{0x10, byte(i >> 8), byte(i)}, Prefix: of(alice, "a"), Read: true}
	}
	for i := range mostAccounts {
		must(t, s.Permit(t.Context(), to(i)))
	}
	if err := s.Permit(t.Context(), to(mostAccounts)); fault.Of(err) != fault.APISize {
		t.Errorf("one account too many: %v", err)
	}
	list, err := s.Permits(t.Context())
	if err != nil || len(list) != mostAccounts {
		t.Errorf("%d are shown, %v", len(list), err)
	}
	changed, gone := to(7), to(8)
	changed.Write, gone.Read = true, false
	for name, p := range map[string]tacit.Permit{"twin: one that has leave gets more": changed, "twin: one loses it": gone} {
		if err := s.Permit(t.Context(), p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, s.Permit(t.Context(), to(mostAccounts)))
}

// A transaction touches what a bounded number of others own.
func TestATransactionTouchesFewOthers(t *testing.T) {
	w := open(t)
	var people []wire.Address
	for i := range mostOwners + 1 {
		people = append(people, wire.Address{0x10, byte(i)})
	}
	all, err := New(Config{Store: w.inner, Owners: people})
	must(t, err)
	var txn tacit.Txn
	for i, p := range people {
		owner := &view{all, p}
		must(t, owner.Permit(t.Context(), tacit.Permit{Account: bob, Prefix: of(p, ""), Write: true}))
		txn.Then = append(txn.Then, tacit.Put{Key: of(p, "k")})
		if i+1 == mostOwners {
			if _, err := (&view{all, bob}).Commit(t.Context(), txn); err != nil {
				t.Fatalf("twin: %d others: %v", i+1, err)
			}
		}
	}
	if _, err := (&view{all, bob}).Commit(t.Context(), txn); fault.Of(err) != fault.APISize {
		t.Errorf("%d others: %v, want API_SIZE", len(people), err)
	}
}

// broken is a store in which keys, ranges or transactions fail.
type broken struct {
	tacit.Store
	reads, ranges, writes error
}

func (b *broken) Get(ctx context.Context, key string) (tacit.Item, error) {
	if b.reads != nil {
		return tacit.Item{}, b.reads
	}
	return b.Store.Get(ctx, key)
}

func (b *broken) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if b.ranges != nil {
		return nil, 0, b.ranges
	}
	return b.Store.Range(ctx, from, to, limit)
}

func (b *broken) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	if b.writes != nil {
		return 0, b.writes
	}
	return b.Store.Commit(ctx, txn)
}

// A store that does not answer is no answer about what is permitted.
func TestWhatTheStoreSaysIsPassedOn(t *testing.T) {
	w := open(t)
	closed := fault.New(fault.StoreClosed, "closed")
	b := &broken{Store: w.inner}
	all, err := New(Config{Store: b, Owners: []wire.Address{alice, bob}})
	must(t, err)
	a, s, ctx := &view{all, alice}, &view{all, bob}, t.Context()
	lease, err := a.Grant(ctx, of(alice, "l"), time.Hour)
	must(t, err)
	if _, err := a.Grant(ctx, of(alice, "l"), time.Hour); fault.Of(err) != fault.StoreConflict {
		t.Errorf("a lease that is held: %v", err)
	}
	if _, err := a.Watch(ctx, of(alice, string(make([]byte, 512))), 0); fault.Of(err) != fault.APISize {
		t.Errorf("a watch of too long a prefix: %v", err)
	}
	b.reads = closed
	for name, do := range map[string]func() error{
		"what another permits": func() error { _, err := s.Get(ctx, of(alice, "a")); return err },
		"whose lease it is": func() error {
			_, err := a.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: of(alice, "t"), Lease: lease.ID}}})
			return err
		},
		"what was permitted": func() error { return a.Permit(ctx, tacit.Permit{Account: bob, Prefix: of(alice, "a"), Read: true}) },
	} {
		if err := do(); fault.Of(err) != fault.StoreClosed {
			t.Errorf("%s: %v, want STORE_CLOSED", name, err)
		}
	}
	b.reads, b.ranges = nil, closed
	for name, do := range map[string]func() error{
		"how many have leave":   func() error { return a.Permit(ctx, tacit.Permit{Account: bob, Prefix: of(alice, "a"), Read: true}) },
		"all that is permitted": func() error { _, err := a.Permits(ctx); return err },
	} {
		if err := do(); fault.Of(err) != fault.StoreClosed {
			t.Errorf("%s: %v, want STORE_CLOSED", name, err)
		}
	}
	b.ranges, b.writes = nil, closed
	if _, err := a.Grant(ctx, of(alice, "free"), time.Hour); fault.Of(err) != fault.StoreClosed {
		t.Errorf("a lease that nobody would know of: %v", err)
	}
	b.writes = nil
	if _, err := a.Grant(ctx, of(alice, "free"), time.Hour); err != nil {
		t.Errorf("it was not given back: %v", err)
	}
	good, err := wire.Marshal(permitsLabel, permits{[]permit{{[]byte("a"), true, false}}})
	must(t, err)
	for spoilt, value := range map[string][]byte{permitPlace(alice, bob): []byte("no permits"), base(alice) + partPermit + "x": good} {
		_, err := w.inner.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: spoilt, Value: value}}})
		must(t, err)
		if list, err := a.Permits(ctx); err == nil {
			t.Errorf("%q is read as %+v", spoilt, list)
		}
		if err := s.Permit(ctx, tacit.Permit{Account: alice, Prefix: of(bob, "x"), Read: true}); err != nil {
			t.Errorf("twin: what is not spoilt: %v", err)
		}
		_, err = w.inner.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: spoilt, Delete: true}}})
		must(t, err)
	}
}
