package psi

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/sketch"
)

// with has a file's owner ask for a minimum group and for a minimum of others' sets.
func with(f tacit.GuestFile, group, set uint64) tacit.GuestFile {
	f.MinGroup, f.MinSet = group, set
	return f
}

// case N98 code DATA_SMALL check engine/psi/rules.go:checkGroup
func TestN98AnswersThatStandForTooFewAreRefused(t *testing.T) {
	const join = `"operation":"join","join":{"kind":"%s","columns":{}}`
	const compute = `"operation":"compute","compute":[{"function":"count","party":"a"}]`
	for _, tt := range []struct {
		name, more string
		a, b       tacit.GuestFile // of 10 ids each unless said, 5 of them common
		who        string          // whose wish is not met; nothing is a twin
	}{
		{"twin: an intersection of five", `"operation":"intersection"`, with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"an intersection of four", `"operation":"intersection"`, with(count("a", 0, 10), 5, 0), count("b", 6, 15), `5 ids that the owner of "a"`},
		{"the other owner asks", `"operation":"intersection"`, with(count("a", 0, 10), 2, 0), with(count("b", 5, 15), 6, 0), `6 ids that the owner of "b"`},
		{"the job asks for more", `"operation":"intersection","minGroup":6`, with(count("a", 0, 10), 5, 0), count("b", 5, 15), "6 ids that the job asks for"},
		{"the job asks for less", `"operation":"intersection","minGroup":1`, with(count("a", 0, 10), 6, 0), count("b", 5, 15), `6 ids that the owner of "a"`},
		{"nothing in common", `"operation":"intersection"`, with(count("a", 0, 10), 1, 0), count("b", 10, 20), `owner of "a"`},
		{"twin: nothing in common and nobody minds", `"operation":"intersection"`, count("a", 0, 10), count("b", 10, 20), ""},
		{"rows are not ids", `"operation":"intersection"`, with(ids("a", "x", "x", "x", "x", "x"), 2, 0), ids("b", "x", "x"), `owner of "a"`},
		{"twin: a cardinality of five", `"operation":"cardinality"`, with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"a cardinality of four", `"operation":"cardinality"`, with(count("a", 0, 10), 5, 0), count("b", 6, 15), `owner of "a"`},
		{"twin: an inner join of five", fmt.Sprintf(join, Inner), with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"an inner join of four", fmt.Sprintf(join, Inner), with(count("a", 0, 10), 5, 0), count("b", 6, 15), `owner of "a"`},
		{"twin: a left join that meets five", fmt.Sprintf(join, Left), with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"a left join that meets four", fmt.Sprintf(join, Left), with(count("a", 0, 10), 5, 0), count("b", 6, 15), "what the first party shares"},
		{"twin: a computation over five", compute, with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"a computation over four", compute, with(count("a", 0, 10), 5, 0), count("b", 6, 15), `owner of "a"`},
		{"twin: a difference of five less five", `"operation":"difference"`, with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"a difference that takes four away", `"operation":"difference"`, with(count("a", 0, 10), 5, 0), count("b", 6, 15), "what is taken away"},
		{"a difference that leaves four", `"operation":"difference"`, with(count("a", 0, 10), 5, 0), count("b", 4, 15), "the result"},
		{"twin: a union", `"operation":"union"`, with(count("a", 0, 10), 5, 0), count("b", 5, 15), ""},
		{"a union of too few", `"operation":"union"`, with(count("a", 0, 2), 5, 0), count("b", 1, 3), "the result"},
		{"a union with a set of too few", `"operation":"union"`, with(count("a", 0, 10), 5, 0), count("b", 5, 9), "the set of a party"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := ask(tt.more, tt.a, tt.b)
			if tt.who == "" {
				mustRun(t, newTest(2), job)
				return
			}
			_, why := mustRefuse(t, newTest(2), job, fault.DataSmall)
			if !strings.Contains(why, tt.who) || strings.Contains(why, "4") {
				t.Errorf("refusal = %s, want %q and no number of what there is", why, tt.who)
			}
		})
	}
}

// case N98 code DATA_SMALL check engine/psi/rules.go:checkSets
func TestN98OtherSetsThatAreTooSmallAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name    string
		a, b, c tacit.GuestFile
		want    string
	}{
		{"twin: exactly as many", with(count("a", 0, 3), 0, 10), count("b", 0, 10), count("c", 0, 10), ""},
		{"one fewer", with(count("a", 0, 3), 0, 10), count("b", 0, 9), count("c", 0, 10), `"b" has fewer than the 10 ids that the owner of "a"`},
		{"the last of them", with(count("a", 0, 3), 0, 10), count("b", 0, 10), count("c", 0, 9), `"c" has fewer`},
		{"the last owner asks", count("a", 0, 3), count("b", 0, 10), with(count("c", 0, 10), 0, 4), `"a" has fewer than the 4 ids that the owner of "c"`},
		{"rows are not ids", with(count("a", 0, 3), 0, 2), ids("b", "x", "x", "x"), count("c", 0, 9), `"b" has fewer`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, operation := range []string{Intersection, Union, Difference, Cardinality} {
				job := ask(`"operation":"`+operation+`","order":["c","b","a"]`, tt.a, tt.b, tt.c)
				if tt.want == "" {
					mustRun(t, newTest(1), job)
				} else if _, why := mustRefuse(t, newTest(1), job, fault.DataSmall); !strings.Contains(why, tt.want) {
					t.Errorf("%s: %s, want %q", operation, why, tt.want)
				}
			}
		})
	}
}

// case N98 code DATA_DIFFERENCE check engine/psi/runplain.go:Differs
func TestN98AnOwnerIsAskedBeforeAnythingIsSaid(t *testing.T) {
	denied := fault.New(fault.DataDifference, "too like an earlier answer")
	lost := errors.New("the connection is lost")
	for _, tt := range []struct {
		name   string
		answer error
	}{
		{"twin: he agrees", nil},
		{"he denies", denied},
		{"he cannot be asked", lost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			b := count("b", 5, 15)
			b.Difference, b.Differs = 3, func([]byte) error { asked++; return tt.answer }
			job := ask(`"operation":"intersection"`, count("a", 0, 10), b)
			out, err := newTest(1).Run(t.Context(), job)
			if asked != 1 {
				t.Errorf("asked %d times", asked)
			}
			switch {
			case tt.answer == nil:
				if err != nil || len(out.Outputs) != 2 {
					t.Errorf("Run = %d outputs, %v", len(out.Outputs), err)
				}
			case !errors.Is(err, tt.answer) || len(out.Outputs) != 0:
				t.Errorf("Run = %d outputs, %v, want %v", len(out.Outputs), err, tt.answer)
			case tt.answer == lost && (out.Fuel != 0 || out.Stderr != nil):
				t.Errorf("the outcome of a host's failure is not void: %+v", out)
			}
		})
	}
	t.Run("not if the answer is too small anyway", func(t *testing.T) {
		b := with(count("b", 9, 15), 2, 0)
		b.Difference, b.Differs = 3, func([]byte) error { t.Error("asked"); return nil }
		mustRefuse(t, newTest(1), ask(`"operation":"intersection"`, count("a", 0, 10), b), fault.DataSmall)
	})
}

func TestSketchesAreOfTheIdsThatTheAnswerIsAbout(t *testing.T) {
	a, b, c := []string{"all", "ab", "ac", "a", "all", "ab"}, []string{"bc", "ab", "all", "b", "b"}, []string{"all", "ac", "bc", "c"}
	all := [][]string{{"all"}, {"all"}, {"all"}}
	shared := [][]string{{"all", "ab", "ac"}, {"all", "ab", "bc"}, {"all", "ac", "bc"}}
	first := [][]string{{"all", "ab", "ac"}, {"all", "ab"}, {"all", "ac"}}
	for _, tt := range []struct {
		name, more string
		about      [][]string
	}{
		{"intersection", `"operation":"intersection"`, all},
		{"cardinality", `"operation":"cardinality"`, all},
		{"computation", `"operation":"compute","compute":[{"function":"count","party":"c"}]`, all},
		{"inner join", `"operation":"join","join":{"kind":"inner"}`, all},
		{"left join", `"operation":"join","join":{"kind":"left"}`, first},
		{"union", `"operation":"union"`, shared},
		{"difference", `"operation":"difference"`, shared},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var files []tacit.GuestFile
			got := make([][]byte, 3)
			for k, f := range []tacit.GuestFile{ids("a", a...), ids("b", b...), ids("c", c...)} {
				f.Salt, f.Difference = [16]byte{byte(k)}, k+2
				f.Differs = func(sketch []byte) error { got[k] = sketch; return nil }
				files = append(files, f)
			}
			mustRun(t, newTest(3), ask(tt.more, files...))
			for k, about := range tt.about {
				s, err := sketch.New([16]byte{byte(k)}, k+2)
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range about {
					s.Add([]byte(id), ^uint64(0))
				}
				if !bytes.Equal(got[k], s.Bytes()) {
					t.Errorf("the sketch of party %d is not of %v", k, about)
				}
			}
		})
	}
}

// case N98 code DATA_SMALL check engine/psi/compute.go:choose
func TestN98SmallGroupsAreNotShown(t *testing.T) {
	// Every id is in b too; each group has so many ids of a.
	groups := func(sizes ...int) (tacit.GuestFile, tacit.GuestFile) {
		text, all, n := "id,v,g\n", []string{}, 0
		for g, size := range sizes {
			for range size {
				text += fmt.Sprintf("i%d,%d,g%d\n", n, 1, g)
				all = append(all, fmt.Sprintf("i%d", n))
				n++
			}
		}
		return with(file("a", text), 5, 0), ids("b", all...)
	}
	for _, tt := range []struct {
		name   string
		sizes  []int
		want   string
		report groupReport
	}{
		{"twin: all are large", []int{5, 9}, "g0,5,5\ng1,9,9\n", groupReport{Shown: 2}},
		{"small ones that are enough together", []int{5, 2, 7, 3}, "g0,5,5\ng2,7,7\n(other groups),5,5\n", groupReport{Shown: 2, Together: 2}},
		{"one small one takes the next smallest along", []int{9, 6, 4, 7}, "g0,9,9\ng3,7,7\n", groupReport{Shown: 2, HeldBack: 2}},
		{"small ones that are too few together", []int{9, 2, 6, 2}, "g0,9,9\n", groupReport{Shown: 1, HeldBack: 3}},
		{"only small ones", []int{2, 2, 2}, "(other groups),6,6\n", groupReport{Together: 3}},
		{"the last large one goes too", []int{9, 1}, "", groupReport{HeldBack: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := groups(tt.sizes...)
			out := mustRun(t, newTest(2), ask(`"operation":"compute","compute":[{"function":"sum","party":"a","column":"v"},{"function":"count","party":"b"}],"groupBy":{"party":"a","column":"g"}`, a, b))
			if got, want := textOf(t, out, "compute.csv"), "a.g,sum(a.v),count(b)\n"+tt.want; got != want {
				t.Errorf("compute.csv = %q, want %q", got, want)
			}
			if s := summaryOf(t, out); s.Groups == nil || *s.Groups != tt.report || s.MinGroup != 5 {
				t.Errorf("summary = %+v, want %+v", s.Groups, tt.report)
			}
		})
	}
	t.Run("rows are not ids", func(t *testing.T) {
		a := with(file("a", "id,g\nx,one\nx,one\nx,one\nx,one\nx,one\ny,two\nz,two\n"), 2, 0)
		out := mustRun(t, newTest(1), ask(`"operation":"compute","compute":[{"function":"count","party":"a"}],"groupBy":{"party":"a","column":"g"}`, a, ids("b", "x", "y", "z")))
		if got, want := textOf(t, out, "compute.csv"), "a.g,count(a)\n"; got != want {
			t.Errorf("compute.csv = %q, want %q", got, want)
		}
	})
}

// Without its sketch nobody would be asked.
func TestASketchThatCannotBeMadeEndsTheRun(t *testing.T) {
	for _, tt := range []struct {
		name  string
		least int
		ok    bool
	}{{"twin: a difference that a sketch can be made for", sketch.Most, true}, {"one that is too large", sketch.Most + 1, false}, {"none", 0, false}} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := newSketch(tacit.GuestFile{Difference: tt.least, Differs: func([]byte) error { return nil }})
			if (err == nil) != tt.ok || (s != nil) != tt.ok {
				t.Errorf("newSketch = %v, %v", s, err)
			}
		})
	}
}
