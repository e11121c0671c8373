package manager

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/sketch"
	"tacit/wire"
)

// records is a store of what a test puts there; lost is what its reads fail with.
type records struct {
	tacit.Store
	at      map[string][]byte
	lost    error
	commits int
}

func (r *records) Get(_ context.Context, key string) (tacit.Item, error) {
	b, ok := r.at[key]
	switch {
	case r.lost != nil:
		return tacit.Item{}, r.lost
	case !ok:
		return tacit.Item{}, fault.New(fault.APINotFound, "key %s", key)
	}
	return tacit.Item{Key: key, Value: b, Revision: 1}, nil
}

func (r *records) Range(_ context.Context, from, to string, most int) ([]tacit.Item, int64, error) {
	if r.lost != nil {
		return nil, 0, r.lost
	}
	var all []tacit.Item
	for _, k := range slices.Sorted(maps.Keys(r.at)) {
		if k >= from && k < to && len(all) < most {
			all = append(all, tacit.Item{Key: k, Value: r.at[k], Revision: 1})
		}
	}
	return all, 1, nil
}

func (r *records) Commit(_ context.Context, txn tacit.Txn) (int64, error) {
	r.commits++
	for _, p := range txn.Then {
		r.at[p.Key] = p.Value
	}
	return 1, nil
}

// sketchOf is of one id.
func sketchOf(t *testing.T, id uint64) []byte {
	t.Helper()
	s, err := sketch.New(tacit.SetSalt(), 1)
	if err != nil {
		t.Fatal(err)
	}
	s.Add(binary.LittleEndian.AppendUint64(nil, id), ^uint64(0))
	return s.Bytes()
}

// What cannot be compared is not said: an answer that nothing stands in the way of is
// remembered first.
//
// case N98 code STORE_UNKNOWN check manager/differs.go:compare twin TestN98WhatCannotBeComparedIsNotSaid
func TestN98WhatCannotBeComparedIsNotSaid(t *testing.T) {
	one := put(sketchLabel, sketchKey("e", 0), answered{sketchOf(t, 1)}).Value
	for _, tt := range []struct {
		name  string
		least string
		have  int // sketches of other answers
		spoil func(r *records)
		want  fault.Code
	}{
		{"twin: the first", "1", 0, func(*records) {}, ""},
		{"twin: as many as are remembered", "1", mostSketches - 1, func(*records) {}, ""},
		{"one more than are remembered", "1", mostSketches, func(*records) {}, fault.KeyPolicy},
		{"the store does not answer", "1", 0, func(r *records) { r.lost = fault.New(fault.StoreUnknown, "no answer") }, fault.StoreUnknown},
		{"an earlier one is damaged", "1", 1, func(r *records) { r.at[sketchKey("e", 0)] = one[:len(one)-1] }, fault.StoreCorrupt},
		{"an earlier one is no sketch", "1", 1, func(r *records) {
			r.at[sketchKey("e", 0)] = put(sketchLabel, sketchKey("e", 0), answered{[]byte("none")}).Value
		}, fault.StoreCorrupt},
		{"how many ids must differ is damaged", "many", 0, func(*records) {}, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &records{at: map[string][]byte{}}
			for i := range tt.have {
				r.at[sketchKey("e", uint64(i))] = one
			}
			tt.spoil(r)
			m := &Manager{cfg: Config{Store: r}}
			err := m.compare(t.Context(), "e", sketchOf(t, 2), tt.least)
			if fault.Of(err) != tt.want {
				t.Fatalf("compare = %v, want %q", err, tt.want)
			}
			if remembered := r.commits == 1; remembered != (tt.want == "") {
				t.Errorf("%d commits", r.commits)
			}
		})
	}
}

// case N99 code API_SIZE check manager/steps.go:onward twin TestN99StepsNeedTheirRecords
func TestN99StepsNeedTheirRecords(t *testing.T) {
	user, id := wire.Address{1}, wire.Digest{2}
	entries := func(n int) (all []artefact) {
		for i := range n {
			all = append(all, artefact{entry: &tacit.Entry{Kind: tacit.EntryDataset, Name: fmt.Sprintf("clinic/%d", i)}})
		}
		return append(all, artefact{entry: &tacit.Entry{Kind: tacit.EntryService, Name: "acme/sets"}})
	}
	key := []byte("age1pq...")
	ref := wire.Sum(key)
	for _, tt := range []struct {
		name    string
		entries int
		spoil   func(r *records)
		want    fault.Code
	}{
		{"twin: of one entry", 1, func(*records) {}, ""},
		{"twin: of as many as a chain may have here", mostStepEntries, func(*records) {}, ""},
		{"of one more", mostStepEntries + 1, func(*records) {}, fault.APISize},
		{"the store does not answer", 1, func(r *records) { r.lost = fault.New(fault.StoreUnknown, "no answer") }, fault.StoreUnknown},
		{"the identity's record is damaged", 1, func(r *records) { r.at["identity/"+ref.String()] = []byte("none") }, fault.APIField},
		{"the step's record is damaged", 1, func(r *records) { r.at[stepKey(ref)] = []byte("none") }, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &records{at: map[string][]byte{}}
			r.at["identity/"+ref.String()] = put(identityLabel, "", identity{Owner: user}).Value
			tt.spoil(r)
			m := &Manager{cfg: Config{Store: r}}
			v := tacit.Verified{TaskID: id, Task: tacit.Task{User: user, Recipients: []tacit.Recipient{{Kind: tacit.RecipientIdentity, Ref: ref, Key: key}}}}
			puts, _, err := m.onward(t.Context(), v, entries(tt.entries))
			if fault.Of(err) != tt.want {
				t.Fatalf("onward = %v, want %q", err, tt.want)
			}
			if len(puts) > 0 != (tt.want == "") {
				t.Errorf("%d records", len(puts))
			}
		})
	}
	for _, tt := range []struct {
		name  string
		spoil func(r *records)
		want  fault.Code
	}{
		{"no record", func(*records) {}, fault.KeyPolicy},
		{"a damaged record", func(r *records) { r.at[stepKey(id)] = []byte("none") }, fault.APIField},
		{"the store does not answer", func(r *records) { r.lost = fault.New(fault.StoreUnknown, "no answer") }, fault.StoreUnknown},
	} {
		t.Run("sources: "+tt.name, func(t *testing.T) {
			r := &records{at: map[string][]byte{}}
			tt.spoil(r)
			m := &Manager{cfg: Config{Store: r}}
			_, err := m.sources(t.Context(), user, tacit.Sealed{Identity: id}, tacit.Signed[tacit.Leaf]{})
			if fault.Of(err) != tt.want || strings.Contains(fmt.Sprint(err), "none") {
				t.Errorf("sources = %v, want %q", err, tt.want)
			}
		})
	}
}
