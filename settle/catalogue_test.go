package settle

import (
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestPublish(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("a", 32)
	for _, tt := range []struct {
		name   string
		by     string
		entry  string
		kind   uint8
		reason string
		code   fault.Code
	}{
		{"without a handle", "owner", "mean", 1, "NameInvalid", fault.APIName},
		{"with an empty handle", "owner", "/mean", 1, "NameInvalid", fault.APIName},
		{"with an empty name", "owner", "acme/", 1, "NameInvalid", fault.APIName},
		{"with two slashes", "owner", "acme/a/b", 1, "NameInvalid", fault.APIName},
		{"in upper case", "owner", "acme/Mean", 1, "NameInvalid", fault.APIName},
		{"beyond ASCII", "owner", "acme/me\u0430n", 1, "NameInvalid", fault.APIName},
		{"with a dot", "owner", "acme/..", 1, "NameInvalid", fault.APIName},
		{"too long a handle", "owner", long + "a/x", 1, "NameInvalid", fault.APIName},
		{"too long a name", "owner", "acme/" + long + "a", 1, "NameInvalid", fault.APIName},
		{"under a foreign handle", "user0", "acme/other", 1, "NotOwner", fault.ChainRevert},
		{"of no kind", "owner", "acme/x", 3, "KindInvalid", fault.APIField},
		{"a service as a dataset", "owner", "acme/mean", 2, "KindInvalid", fault.APIField},
		{"twin: the next generation", "owner", "acme/mean", 1, "", ""},
		{"twin: the longest name", "user0", long + "/" + long, 1, "", ""},
		{"twin: another name of the handle", "owner", "acme/mean-2", 1, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.publish(w.as(tt.by), tt.entry, tt.kind, 7)
			want(t, err, tt.reason, tt.code)
		})
	}
	_, _, err := w.as("owner").Publish(t.Context(), tacit.Entry{Name: "acme/empty", Kind: 1})
	want(t, err, "ArtefactInvalid", fault.APIField)
}

func TestGenerationsNeverChange(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	owner := w.as("owner")
	id := w.service.ID
	first, err := owner.Entry(ctx, id, 1)
	w.ok(err)
	if first != w.service {
		t.Errorf("entry = %+v, want %+v", first, w.service)
	}
	second, r, err := owner.SetTerms(ctx, id, wire.Digest{9}, 77)
	w.ok(err)
	w.note("Catalogue.setTerms", r)
	expect := first
	expect.Generation, expect.Terms, expect.Price = 2, wire.Digest{9}, 77
	if second != expect {
		t.Errorf("entry = %+v, want %+v", second, expect)
	}
	third, r, err := owner.Retire(ctx, id)
	w.ok(err)
	w.note("Catalogue.retire", r)
	expect.Generation, expect.Retired = 3, true
	if third != expect {
		t.Errorf("entry = %+v, want %+v", third, expect)
	}
	_, _, err = owner.Retire(ctx, id)
	want(t, err, "Retired", fault.ChainRevert)
	fourth, err := w.publish(owner, w.service.Name, tacit.EntryService, 8)
	w.ok(err)
	if fourth.Generation != 4 || fourth.Retired || fourth.Price != 8 {
		t.Errorf("entry = %+v", fourth)
	}
	if again, err := owner.Entry(ctx, id, 1); err != nil || again != first {
		t.Errorf("generation 1 = %+v, %v, want %+v", again, err, first)
	}
	s, err := owner.State(ctx, w.head())
	w.ok(err)
	if len(s.Entries) != 2 || s.Entries[0] != fourth || s.Entries[1] != w.data {
		t.Errorf("entries = %+v", s.Entries)
	}
	stranger := w.as("user0")
	_, _, err = stranger.SetTerms(ctx, id, wire.Digest{}, 0)
	want(t, err, "NotOwner", fault.ChainRevert)
	_, _, err = stranger.Retire(ctx, id)
	want(t, err, "NotOwner", fault.ChainRevert)
	_, _, err = owner.Retire(ctx, wire.Digest{1})
	want(t, err, "UnknownEntry", fault.APINotFound)
	_, err = owner.Entry(ctx, id, 5)
	want(t, err, "UnknownEntry", fault.APINotFound)
}

// TestListsAreReadInPages has more entries than one call returns.
func TestListsAreReadInPages(t *testing.T) {
	w := newWorld(t)
	owner := w.as("owner")
	for _, n := range []int64{0, 1, 2, 3} {
		list, err := pages(t.Context(), owner, nil, w.at.Catalogue, owner.catalogue.PackEntries, owner.catalogue.UnpackEntries)
		w.ok(err)
		if len(list) != 2+int(n) {
			t.Errorf("%d entries, want %d", len(list), 2+n)
		}
		_, err = w.publish(owner, "acme/e"+strings.Repeat("x", int(n)), 1, 1)
		w.ok(err)
	}
	for from := range int64(8) {
		for n := range int64(8) {
			list, err := call(t.Context(), owner, nil, w.at.Catalogue, owner.catalogue.PackEntries(bigInt(from), bigInt(n)), owner.catalogue.UnpackEntries)
			if expect := max(0, min(6-from, n)); err != nil || int64(len(list)) != expect {
				t.Errorf("entries(%d, %d) = %d, %v, want %d", from, n, len(list), err, expect)
			}
		}
	}
}
