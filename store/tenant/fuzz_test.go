package tenant

import (
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/wire"
)

// FuzzNames has Bob ask for whatever he likes of what Alice keeps beside a prefix that
// she lets him read: what is named has one place, under its owner, and a place has one
// name; nothing but what begins with the prefix is touched, and no refusal lacks a code.
func FuzzNames(f *testing.F) {
	disk := tacittest.NewDisk().Open(nil)
	defer disk.Close()
	all, err := New(Config{Store: disk, Owners: []wire.Address{alice, bob, carol}})
	must(f, err)
	f.Add("pub/", of(alice, "pub/x"), of(alice, "pub/y"))
	f.Add("", of(alice, ""), alice.String()+"0")
	f.Add("pub/", of(alice, "pub/"), of(alice, "pub0"))
	f.Add("\xff", of(alice, "\xff"), of(alice, "\xff\xff"))
	f.Add("pub/", of(bob, "x"), of(carol, "x"))
	f.Add("pub/", "0X0100000000000000000000000000000000000000/pub/x", "/")
	f.Fuzz(func(t *testing.T, prefix, from, to string) {
		if len(prefix) > 512 {
			t.Skip()
		}
		ctx := t.Context()
		as := func(c tacit.Caller) *view {
			s, err := all.Of(tacit.WithCaller(ctx, c))
			must(t, err)
			return s.(*view)
		}
		owner, reader := as(tacit.Caller{Role: tacit.RoleClient, Node: alice}), as(tacit.Caller{Role: tacit.RoleClient, Node: bob})
		must(t, owner.Permit(ctx, tacit.Permit{Account: bob, Prefix: of(alice, prefix), Read: true}))
		defer func() { must(t, owner.Permit(ctx, tacit.Permit{Account: bob, Prefix: of(alice, prefix)})) }()
		for _, s := range []string{from, to} {
			n, ok := parse(s)
			if ok && (of(n.owner, n.rest) != s || shown(n.place()) != s || !strings.HasPrefix(n.place(), base(n.owner)+partData)) {
				t.Fatalf("%q is %+v at %q, shown as %q", s, n, n.place(), shown(n.place()))
			}
			for _, write := range []bool{false, true} {
				n, err := reader.judge("try").touch(ctx, "key", s, write)
				if err != nil {
					if fault.Of(err) != fault.StoreDenied {
						t.Fatalf("%q: %v", s, err)
					}
					continue
				}
				if n.owner != bob && (write || n.owner != alice || !strings.HasPrefix(n.rest, prefix)) {
					t.Fatalf("Bob may touch %q (write: %v), and has leave for %q", s, write, prefix)
				}
			}
		}
		first, last, err := reader.judge("try").span(ctx, from, to)
		if err != nil {
			if fault.Of(err) != fault.StoreDenied {
				t.Fatalf("%q to %q: %v", from, to, err)
			}
			return
		}
		within := base(bob) + partData
		if strings.HasPrefix(first, base(alice)) {
			within = base(alice) + partData + prefix
		}
		if !strings.HasPrefix(first, within) || last > after(within) {
			t.Fatalf("%q to %q leads from %q to %q, outside of %q", from, to, first, last, within)
		}
	})
}
