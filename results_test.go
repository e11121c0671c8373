package tacit

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// sealedFor is an output whose parts for its recipients are these.
func sealedFor(parts ...string) []byte {
	var out []byte
	var sizes []int64
	for _, p := range parts {
		out, sizes = append(out, p...), append(sizes, int64(len(p)))
	}
	if len(parts) == 1 {
		return out
	}
	return append(out, ResultsTail(sizes)...)
}

func TestPartsOfAResult(t *testing.T) {
	change := func(at int, to byte) []byte {
		b := sealedFor("one", "", "three")
		if at < 0 {
			at += len(b)
		}
		b[at] = to
		return b
	}
	huge := sealedFor("one", "", "three")
	binary.BigEndian.PutUint64(huge[8:], 1<<63)
	// Sizes that are right only as their sum, which wraps.
	sizes := []int64{1 << 62, 1 << 62, -1<<63 + 8}
	wraps := append([]byte("onethree"), ResultsTail(sizes)...)
	for _, tt := range []struct {
		name       string
		out        []byte
		recipients int
		i          int
		want       string
		code       fault.Code
	}{
		{"twin: of one recipient", sealedFor("all of it"), 1, 0, "all of it", ""},
		{"twin: the first", sealedFor("one", "", "three"), 3, 0, "one", ""},
		{"twin: an empty one", sealedFor("one", "", "three"), 3, 1, "", ""},
		{"twin: the last", sealedFor("one", "", "three"), 3, 2, "three", ""},
		{"none of the task's", sealedFor("one", "two"), 2, 2, "", fault.DataCorrupt},
		{"before the first", sealedFor("one", "two"), 2, -1, "", fault.DataCorrupt},
		{"of more recipients", sealedFor("one", "two"), 3, 0, "", fault.DataCorrupt},
		{"of fewer", sealedFor("one", "", "three"), 2, 0, "", fault.DataCorrupt},
		{"of too many", sealedFor("one"), MostRecipients + 1, 0, "", fault.DataCorrupt},
		{"cut off", sealedFor("one", "", "three")[:20], 3, 0, "", fault.DataCorrupt},
		{"without the mark", change(-1, 'x'), 3, 0, "", fault.DataCorrupt},
		{"with another number of parts", change(-len(resultsMark)-1, 4), 3, 0, "", fault.DataCorrupt},
		{"with a part that is longer", change(8+7, 4), 3, 0, "", fault.DataCorrupt},
		{"with a part beyond all bounds", huge, 3, 0, "", fault.DataCorrupt},
		{"with parts that add up only because the sum wraps", wraps, 3, 0, "", fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := ResultSection(bytes.NewReader(tt.out), int64(len(tt.out)), tt.recipients, tt.i)
			wantCode(t, err, tt.code)
			if err != nil {
				return
			}
			b := make([]byte, s.Size())
			if n, _ := s.ReadAt(b, 0); string(b[:n]) != tt.want {
				t.Errorf("part = %q, want %q", b, tt.want)
			}
			in := Input{Kind: InputOutput, Index: StepIndex(tt.recipients, tt.i)}
			if s, err = in.StepSection(bytes.NewReader(tt.out), int64(len(tt.out))); err != nil || s.Size() != int64(len(tt.want)) {
				t.Errorf("as an input: %v", err)
			}
		})
	}
}

// A disk that fails is not a fault of who wrote the output.
func TestPartsThatCannotBeReadAreNotCalledCorrupt(t *testing.T) {
	out := sealedFor("one", "two")
	failed := errors.New("the disk failed")
	for _, tt := range []struct {
		name string
		err  error
	}{{"twin: the end of the file comes with the bytes", io.EOF}, {"a read that fails", failed}} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ResultSection(readerAt(func(b []byte, from int64) (int, error) {
				if tt.err == failed {
					return 0, failed
				}
				return copy(b, out[from:]), tt.err
			}), int64(len(out)), 2, 0)
			if want := tt.err; want == failed && err != failed || want == io.EOF && err != nil {
				t.Errorf("err = %v", err)
			}
		})
	}
}

type readerAt func(b []byte, from int64) (int, error)

func (r readerAt) ReadAt(b []byte, from int64) (int, error) { return r(b, from) }

func FuzzResultSection(f *testing.F) {
	f.Add(sealedFor("one", "", "three"), 3, 1)
	f.Fuzz(func(t *testing.T, b []byte, recipients, i int) {
		s, err := ResultSection(bytes.NewReader(b), int64(len(b)), recipients, i)
		if err != nil && fault.Of(err) != fault.DataCorrupt {
			t.Fatal(err)
		}
		if err == nil && s.Size() > int64(len(b)) {
			t.Fatal("a part is larger than the whole")
		}
	})
}

func TestWhoGetsAnOutput(t *testing.T) {
	task := Task{Recipients: []Recipient{{Kind: RecipientKey}, {Kind: RecipientKey}, {Kind: RecipientIdentity}}}
	for _, tt := range []struct {
		name string
		to   []uint8
		want []bool
	}{
		{"nobody named: every key, no step", nil, []bool{true, true, false}},
		{"one", []uint8{1}, []bool{false, true, false}},
		{"a step", []uint8{2}, []bool{false, false, true}},
		{"one that is not there", []uint8{7}, []bool{false, false, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, want := range tt.want {
				if task.Gets(tt.to, i) != want {
					t.Errorf("recipient %d: %v", i, !want)
				}
			}
		})
	}
	if got := task.Onward(); !slices.Equal(got, []uint8{2}) {
		t.Errorf("onward = %v", got)
	}
}

func TestNamedOutputs(t *testing.T) {
	salt, data := wire.Digest{1}, []byte("42")
	plain, blind := ReceiptOutput{Name: "sum", Digest: wire.Sum(data)}, ReceiptOutput{Name: "sum", Digest: Blinded(salt, data)}
	for _, tt := range []struct {
		name string
		o    ReceiptOutput
		file string
		data string
		salt wire.Digest
		code fault.Code
	}{
		{"twin: for one recipient", plain, "sum", "42", wire.Digest{}, ""},
		{"twin: for several", blind, "sum", "42", salt, ""},
		{"another name", plain, "total", "42", wire.Digest{}, fault.ResultKey},
		{"other data", plain, "sum", "43", wire.Digest{}, fault.ResultKey},
		{"other data for several", blind, "sum", "43", salt, fault.ResultKey},
		{"another salt", blind, "sum", "42", wire.Digest{2}, fault.ResultKey},
		{"no salt", blind, "sum", "42", wire.Digest{}, fault.ResultKey},
	} {
		t.Run(tt.name, func(t *testing.T) { wantCode(t, tt.o.Check(tt.file, []byte(tt.data), tt.salt), tt.code) })
	}
}

func TestRulesOnSets(t *testing.T) {
	good := func() *SetRules {
		return &SetRules{Operations: []string{SetCardinality}, Steps: []string{SetIntersection}, MinSet: 10, MinDifference: 2}
	}
	for _, tt := range []struct {
		name   string
		change func(*Terms)
		field  string
	}{
		{"twin: operations and steps", func(*Terms) {}, ""},
		{"twin: none", func(t *Terms) { t.Sets = nil }, ""},
		{"twin: steps only", func(t *Terms) { t.Sets.Operations = nil }, ""},
		{"twin: no difference", func(t *Terms) { t.Sets.MinDifference = 0 }, ""},
		{"twin: the largest difference", func(t *Terms) { t.Sets.MinDifference = 64 }, ""},
		{"nothing that may be done", func(t *Terms) { t.Sets.Operations, t.Sets.Steps = nil, nil }, "sets.operations"},
		{"an operation that is none", func(t *Terms) { t.Sets.Operations[0] = "count" }, "sets.operations"},
		{"a step that is none", func(t *Terms) { t.Sets.Steps[0] = "" }, "sets.steps"},
		{"an operation twice", func(t *Terms) { t.Sets.Operations = []string{SetUnion, SetUnion} }, "sets.operations"},
		{"a difference of one, which is any", func(t *Terms) { t.Sets.MinDifference = 1 }, "sets.minDifference"},
		{"a difference beyond sketches", func(t *Terms) { t.Sets.MinDifference = 65 }, "sets.minDifference"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := openTerms()
			terms.Sets = good()
			tt.change(&terms)
			err := terms.Check()
			if tt.field == "" {
				wantCode(t, err, "")
				return
			}
			wantCode(t, err, fault.KeyPolicy)
			if err != nil && !strings.Contains(err.Error(), tt.field) {
				t.Errorf("error %q does not name %s", err, tt.field)
			}
		})
	}
}

// openTerms allow anything that is no set operation.
func openTerms() Terms {
	return Terms{
		AnyService: true, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 2, Expires: 10, MaxReleases: 9, MaxPerTask: 9, MaxOutput: 9,
	}
}

// case N98 code DATA_CONSENT check builtin.go:engine
func TestN98SetsNeedRulesAndTheirEngine(t *testing.T) {
	for _, tt := range []struct {
		name   string
		rules  *SetRules
		engine string
		code   fault.Code
	}{
		{"twin: rules, and the engine that keeps them", &SetRules{Operations: []string{SetUnion}}, EngineSets, ""},
		{"twin: none, and another program", nil, "", ""},
		{"none", nil, EngineSets, fault.DataConsent},
		{"rules that another program would not keep", &SetRules{Operations: []string{SetUnion}}, "", fault.DataConsent},
		{"rules that another engine would not keep", &SetRules{Operations: []string{SetUnion}}, EngineLearn, fault.DataConsent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := openTerms()
			terms.Sets = tt.rules
			u := Use{Engine: tt.engine, Level: 2, Time: 1}
			if d := Denial("x", terms.Trace(u, nil), u); tt.code == "" && d != nil || tt.code != "" && (d == nil || d.Code != tt.code || d.Rule != "sets") {
				t.Errorf("denial = %v, want %q", d, tt.code)
			}
		})
	}
}

func TestRulesOfTwoOwners(t *testing.T) {
	a := &SetRules{Operations: []string{SetCardinality, SetUnion}, Steps: []string{SetIntersection}, MinSet: 3, MinDifference: 9}
	b := &SetRules{Operations: []string{SetUnion, SetIntersection}, Steps: []string{SetJoin}, MinSet: 5, MinDifference: 2}
	got := a.With(b)
	if !slices.Equal(got.Operations, []string{SetUnion}) || !slices.Equal(got.Steps, []string{SetIntersection}) || got.MinSet != 5 || got.MinDifference != 9 {
		t.Errorf("both = %+v", got)
	}
	if a.With(nil) != nil || (*SetRules)(nil).With(b) != nil {
		t.Error("an owner without rules allows something")
	}
}
