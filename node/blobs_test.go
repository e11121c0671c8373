package node

import (
	"context"
	"io"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A store that is away may have what the others do not: a task must not end
// because its data's store restarts.
func TestABlobIsMissingOnlyIfEveryStoreSaysSo(t *testing.T) {
	missing, away := fault.New(fault.APINotFound, "no such blob"), fault.New(fault.Unreachable, "dial")
	for _, tt := range []struct {
		name string
		said []error
		want fault.Code
	}{
		{"twin: the only store has it not", []error{missing}, fault.APINotFound},
		{"twin: none of two has it", []error{missing, missing}, fault.APINotFound},
		{"the only store is away", []error{away}, fault.Unreachable},
		{"one has it not, the other is away", []error{missing, away}, fault.Unreachable},
		{"one is away, the other has it not", []error{away, missing}, fault.Unreachable},
		{"one is damaged", []error{missing, fault.New(fault.DataCorrupt, "tree")}, fault.DataCorrupt},
		{"there is no store", nil, fault.Unreachable},
	} {
		if err := nowhere(wire.Digest{1}, tt.said); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// taker is a store that reads some of a blob and then says what it thinks of it.
type taker struct {
	tacit.Blobs
	reads int64
	says  error
	took  string
}

func (k *taker) Put(_ context.Context, r io.Reader, _ int64) (wire.Digest, error) {
	if k.says != nil {
		_, _ = io.CopyN(io.Discard, r, k.reads)
		return wire.Digest{}, k.says
	}
	b, err := io.ReadAll(r)
	k.took = string(b)
	return wire.Sum(b), err
}

// Anybody may register a store. One that takes nothing keeps nobody from another one, and
// a party's own store is not passed over.
func TestABlobGoesToTheFirstStoreThatTakesIt(t *testing.T) {
	denied, away, full, broken := fault.New(fault.StoreDenied, "not yours"), fault.New(fault.Unreachable, "dial"), fault.New(fault.ResBusy, "full"), fault.New(fault.DataCorrupt, "tree")
	others := []fault.Code{fault.StoreDenied, fault.Unreachable, fault.ResBusy}
	for _, tt := range []struct {
		name string
		said []error
		next []fault.Code
		more bool // there is another one, which takes it
		bare bool // the reader cannot go back
		want fault.Code
	}{
		{"twin: the first takes it", nil, others, true, false, ""},
		{"another party's own", []error{denied}, others, true, false, ""},
		{"one that is away", []error{away}, others, true, false, ""},
		{"one that broke off", []error{away, full, denied}, others, true, false, ""},
		{"none takes it", []error{denied, away}, others, false, false, fault.Unreachable},
		{"none takes it, and one may later", []error{away, denied}, others, false, false, fault.Unreachable},
		{"all are others' own", []error{denied, denied}, others, false, false, fault.StoreDenied},
		{"what no other store would heal", []error{broken}, others, true, false, fault.DataCorrupt},
		{"one's own is away", []error{away}, others[:1], true, false, fault.Unreachable},
		{"one's own is full", []error{full}, others[:1], true, false, fault.ResBusy},
		{"it cannot be read again", []error{away}, others, true, true, fault.Unreachable},
		{"there is no store", nil, nil, false, false, fault.Unreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			last := &taker{}
			var stores []tacit.Blobs
			for i, err := range tt.said {
				stores = append(stores, &taker{reads: int64(i), says: err})
			}
			if tt.more {
				stores = append(stores, last)
			}
			var r io.Reader = strings.NewReader("sealed")
			if tt.bare {
				r = io.MultiReader(r)
			}
			_, err := putFirst(t.Context(), stores, tt.next, r, 6)
			if fault.Of(err) != tt.want || err == nil && last.took != "sealed" {
				t.Errorf("%v, took %q, want %q", err, last.took, tt.want)
			}
		})
	}
}
