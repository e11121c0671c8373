package psi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/psi/oblivious"
	"tacit/engine/psi/rows"
	"tacit/engine/psi/set"
	"tacit/fault"
	"tacit/sketch"
)

// A home is a party at home: its ids with their balance and name.
type home struct {
	alias   string
	ids     []string
	balance []int64
	name    []string
}

func (p home) set(t testing.TB, o set.Options) tacit.GuestFile {
	t.Helper()
	texts := func(all []string) rows.Texts {
		out := rows.Texts{N: len(all)}
		for _, s := range all {
			out.Bytes = append(out.Bytes, s...)
			out.Ends = append(out.Ends, uint64(len(out.Bytes)))
		}
		return out
	}
	columns := []rows.Column{
		{Want: rows.Want{Name: "balance", Number: true, Decimals: 2}, Numbers: p.balance},
		{Want: rows.Want{Name: "name"}, Texts: texts(p.name)},
	}
	var b bytes.Buffer
	o.Text = true
	if _, err := set.Write(&b, texts(p.ids), columns, o); err != nil {
		t.Fatal(err)
	}
	return tacit.GuestFile{Alias: p.alias, Operations: tacit.SetOperations(), Size: int64(b.Len()), Data: bytes.NewReader(b.Bytes())}
}

// hide is a job in oblivious mode over prepared sets.
func hide(more string, files ...tacit.GuestFile) tacit.Job {
	job := ask(more, files...)
	job.Params = []byte(strings.ReplaceAll(strings.ReplaceAll(string(job.Params), `"column":"id","format":"csv"`, `"format":"set"`), `"mode":"plain"`, `"mode":"oblivious"`))
	return job
}

// back reads a set that was an output.
func back(t *testing.T, out tacit.Outcome, name string) (*rows.Table, *set.Head) {
	t.Helper()
	text := textOf(t, out, name)
	h, err := set.ReadHead(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var wants []rows.Want
	for _, c := range h.Columns {
		wants = append(wants, rows.Want{Name: c.Name, Number: c.Number, Decimals: c.Decimals})
	}
	table, err := set.Read(t.Context(), file("out", text), h.Rules, wants, rows.Limits{Rows: rows.MostRows, Memory: 1 << 30, Field: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	return table, h
}

func sortedIDs(t *rows.Table) []string {
	var out []string
	for i := range t.IDs.N {
		out = append(out, string(t.IDs.At(i)))
	}
	slices.Sort(out)
	return out
}

// draw is a party with some of so many ids, each at most once if they are to be unique.
func draw(r *rand.Rand, alias, prefix string, n, of int, unique bool) home {
	p := home{alias: alias}
	seen := map[string]bool{}
	for range n {
		id := fmt.Sprint(prefix, r.IntN(of))
		if unique && seen[id] {
			continue
		}
		seen[id] = true
		p.ids = append(p.ids, id)
		p.balance = append(p.balance, r.Int64N(20000)-10000)
		p.name = append(p.name, fmt.Sprint("name", r.IntN(100)))
	}
	return p
}

func (p home) distinct() map[string]bool {
	out := map[string]bool{}
	for _, id := range p.ids {
		out[id] = true
	}
	return out
}

// model is what the operation gives, by going through all ids.
func model(operation string, parties []home) []string {
	all := map[string]int{}
	for k, p := range parties {
		for id := range p.distinct() {
			all[id] |= 1 << k
		}
	}
	var out []string
	for id, mask := range all {
		switch operation {
		case Union:
			out = append(out, id)
		case Difference:
			if mask == 1 {
				out = append(out, id)
			}
		default:
			if mask == 1<<len(parties)-1 {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestObliviousGivesWhatASearchThroughAllGives(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 120 {
		prefix := []string{"", "id-", "a-rather-long-prefix-of-"}[round%3]
		var parties []home
		var files []tacit.GuestFile
		for k := range 2 + round%3 {
			p := draw(r, string(rune('a'+k)), prefix, r.IntN(60), 1+r.IntN(80), false)
			parties = append(parties, p)
			files = append(files, p.set(t, set.Options{Capacity: len(p.ids) + r.IntN(20), Width: 33 * (round % 3 / 2)}))
			if r.IntN(4) == 0 { // a set that does not say that it is sorted
				b := make([]byte, files[k].Size)
				if err := rows.ReadFull(files[k].Data, b, 0); err != nil {
					t.Fatal(err)
				}
				b[10] &^= 2
				files[k].Data = bytes.NewReader(b)
			}
		}
		for i := range files {
			if h, _ := set.ReadHead(files[i].Data, files[i].Size); h.Width != 16 && h.Width != 33 {
				t.Fatalf("width %d", h.Width)
			}
		}
		e := New(Config{Threads: 1 + round%2})
		for _, operation := range []string{Intersection, Union, Difference, Cardinality} {
			out := mustRun(t, e, hide(`"operation":"`+operation+`"`, files...))
			want := model(operation, parties)
			s := summaryOf(t, out)
			if s.Cardinality != uint64(len(want)) || s.Mode != Oblivious {
				t.Fatalf("round %d: %s of %d, want %d", round, operation, s.Cardinality, len(want))
			}
			for k, p := range parties {
				if s.Parties[k].Rows != uint64(len(p.ids)) || s.Parties[k].Distinct != uint64(len(p.distinct())) {
					t.Fatalf("round %d: party %d: %+v", round, k, s.Parties[k])
				}
			}
			if operation == Cardinality {
				continue
			}
			if table, _ := back(t, out, operation+".set"); !slices.Equal(sortedIDs(table), want) {
				t.Fatalf("round %d: %s = %v, want %v", round, operation, sortedIDs(table), want)
			}
		}
	}
}

func TestObliviousJoinAndComputeGiveWhatPlainModeGives(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for round := range 60 {
		first := draw(r, "a", "id", r.IntN(60), 40, false)
		parties := []home{first}
		files := []tacit.GuestFile{first.set(t, set.Options{Capacity: len(first.ids) + 3})}
		for k := range 1 + round%2 {
			p := draw(r, string(rune('b'+k)), "id", r.IntN(60), 50, true)
			parties = append(parties, p)
			files = append(files, p.set(t, set.Options{Capacity: len(p.ids) + 5}))
		}
		e := New(Config{Threads: 1 + round%2})
		for _, kind := range []string{Inner, Left} {
			more := `"operation":"join","join":{"kind":"` + kind + `","columns":{"a":["name"],"b":["balance","name"]}}`
			hidden := mustRun(t, e, hide(more, files...))
			table, h := back(t, hidden, "join.set")
			var want []string
			for i, id := range first.ids {
				row := id + "," + first.name[i]
				all := true
				for k, p := range parties[1:] {
					j := slices.Index(p.ids, id)
					all = all && j >= 0
					if kind == Left {
						row += fmt.Sprint(",", map[bool]int{true: 1}[j >= 0])
					}
					if k == 0 && j >= 0 {
						row += fmt.Sprint(",", p.balance[j], ",", p.name[j])
					} else if k == 0 {
						row += ",0,"
					}
				}
				if kind == Left || all {
					want = append(want, row)
				}
			}
			var got []string
			for i := range table.IDs.N {
				row := string(table.IDs.At(i))
				for _, c := range table.Columns {
					if c.Number {
						row += fmt.Sprint(",", c.Numbers[i])
					} else {
						row += "," + string(c.Texts.At(i))
					}
				}
				got = append(got, row)
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || h.Capacity != len(first.ids)+3 {
				t.Fatalf("round %d, %s: %v, want %v", round, kind, got, want)
			}
			if s := summaryOf(t, hidden); *s.Rows != uint64(len(want)) {
				t.Fatalf("round %d: %d rows, want %d", round, *s.Rows, len(want))
			}
		}
		more := `"operation":"compute","compute":[{"function":"count","party":"a"},{"function":"sum","party":"a","column":"balance","decimals":2},` +
			`{"function":"mean","party":"b","column":"balance","decimals":2},{"function":"min","party":"b","column":"balance","decimals":2,"bucket":"2.5"},` +
			`{"function":"max","party":"a","column":"balance","decimals":2,"bucket":"10"},{"function":"count","party":"b"}]`
		plain := hide(more, files...)
		plain.Params = bytes.Replace(plain.Params, []byte(Oblivious), []byte(Plain), 1)
		want := textOf(t, mustRun(t, e, plain), "compute.csv")
		got := textOf(t, mustRun(t, e, hide(more, files...)), "compute.csv")
		if strings.ReplaceAll(got, " ", "") != want {
			t.Fatalf("round %d: %s, want %s", round, got, want)
		}
	}
}

func TestObliviousOutputsAreAsLongWhateverTheData(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	jobs := map[string]string{
		"intersection": ``, "union": ``, "difference": ``, "cardinality": ``,
		"join":    `,"join":{"kind":"left","columns":{"b":["balance"]}}`,
		"compute": `,"compute":[{"function":"sum","party":"a","column":"balance","decimals":2},{"function":"min","party":"a","column":"balance","decimals":2,"bucket":"1"},{"function":"mean","party":"b","column":"balance","decimals":2}]`,
	}
	for _, operation := range slices.Sorted(maps.Keys(jobs)) {
		sizes := map[string]int{}
		for n := range 8 {
			a := draw(r, "a", "", n*5, 1+n*7, false).set(t, set.Options{Capacity: 40})
			b := draw(r, "b", "", n*n%41, 40, true).set(t, set.Options{Capacity: 50})
			out := mustRun(t, New(Config{}), hide(`"operation":"`+operation+`"`+jobs[operation], a, b))
			what := fmt.Sprint(out.Fuel, out.PeakMem, len(out.Stdout), len(out.Stderr))
			for _, o := range out.Outputs {
				what += fmt.Sprint(" ", o.Name, len(o.Data))
			}
			sizes[what]++
			if !json.Valid([]byte(textOf(t, out, "summary.json"))) {
				t.Fatal("the summary is no JSON")
			}
		}
		if len(sizes) != 1 {
			t.Errorf("%s: %v", operation, sizes)
		}
	}
}

// A listener is a file that notes which of its bytes are read, in which order.
type listener struct {
	tacit.GuestFile
	heard *[]string
}

func (l listener) ReadAt(b []byte, at int64) (int, error) {
	*l.heard = append(*l.heard, fmt.Sprint(l.Alias, " ", at, " ", len(b)))
	return l.Data.ReadAt(b, at)
}

func TestObliviousReadsAndStagesAreThoseOfSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	for _, operation := range []string{`"operation":"union"`, `"operation":"join","join":{"kind":"left","columns":{"b":["balance","name"]}}`} {
		var first []string
		for n := range 6 {
			var heard []string
			hear := func(stage string, done, total int64) { heard = append(heard, fmt.Sprint(stage, " ", done, " ", total)) }
			a := draw(r, "a", "a-long-prefix-of-ids-", n*8, 1+n*9, false).set(t, set.Options{Capacity: 40, Width: 40})
			b := draw(r, "b", "a-long-prefix-of-ids-", n*10, 90, true).set(t, set.Options{Capacity: 50, Width: 40})
			a.Data, b.Data = listener{a, &heard}, listener{b, &heard}
			mustRun(t, New(Config{Threads: 2, Progress: hear}), hide(operation, a, b))
			if first == nil {
				first = heard
			}
			if len(first) < 10 || !slices.Equal(heard, first) {
				t.Errorf("%s: %v, and before %v", operation, heard, first)
			}
		}
	}
}

func TestObliviousBinaryIDsNeedNoPreparation(t *testing.T) {
	for _, width := range []int{4, 16, 20} {
		id := func(n int) string { return fmt.Sprintf("%0*d", width, n) }
		var a, b string
		for i := range 100 {
			a += id((i * 37) % 101)
			b += id((i*i + 50) % 101)
		}
		job := hide(`"operation":"intersection"`, file("a", a), file("b", b))
		job.Params = []byte(strings.ReplaceAll(string(job.Params), `"format":"set"`, fmt.Sprintf(`"format":"binary","width":%d`, width)))
		out := mustRun(t, New(Config{Threads: 2}), job)
		plain := job
		plain.Params = bytes.Replace(job.Params, []byte(Oblivious), []byte(Plain), 1)
		want := summaryOf(t, mustRun(t, newTest(2), plain))
		table, _ := back(t, out, "intersection.set")
		if got := summaryOf(t, out); got.Cardinality != want.Cardinality || table.IDs.N != int(want.Cardinality) {
			t.Fatalf("width %d: %d, want %d", width, got.Cardinality, want.Cardinality)
		}
	}
}

// large is a set of dummies of a byte each, which nothing is held for.
func large(capacity int) tacit.GuestFile {
	h := set.Head{Text: true, Sorted: true, Width: 1, Capacity: capacity}
	return tacit.GuestFile{Operations: tacit.SetOperations(), Alias: string(rune('a' + b2i(capacity == 1))), Size: h.Size(), Data: zeroes{h.Encode()}}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// zeroes are a head and nothing but zeroes behind it.
type zeroes struct{ head []byte }

func (z zeroes) ReadAt(b []byte, at int64) (int, error) {
	clear(b)
	if at < int64(len(z.head)) {
		copy(b, z.head[at:])
	}
	return len(b), nil
}

// case N100 code PSI_JOB check engine/psi/runoblivious.go:open
func TestN100WhatObliviousModeDoesNotDo(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 10))
	a, b := draw(r, "a", "", 20, 30, true), draw(r, "b", "", 20, 30, true)
	good := func() []tacit.GuestFile {
		return []tacit.GuestFile{a.set(t, set.Options{}), b.set(t, set.Options{})}
	}
	const join = `"operation":"join","join":{"kind":"inner","columns":{"a":["name"]}}`
	double := b
	double.ids = append(slices.Clone(b.ids), b.ids[0])
	double.balance = append(slices.Clone(b.balance), 1)
	double.name = append(slices.Clone(b.name), "x")
	change := func(f tacit.GuestFile, at int, to byte) tacit.GuestFile {
		raw := make([]byte, f.Size)
		if err := rows.ReadFull(f.Data, raw, 0); err != nil {
			t.Fatal(err)
		}
		raw[at] = to
		f.Data = bytes.NewReader(raw)
		return f
	}
	many := make([]tacit.GuestFile, oblivious.MostParties+1)
	for i := range many {
		p := a
		p.alias = fmt.Sprint("p", i)
		many[i] = p.set(t, set.Options{})
	}
	mix := func(from, to string) func(string) string {
		return func(s string) string { return strings.Replace(s, from, to, 1) }
	}
	same := func(s string) string { return s }
	compute := func(c string) string {
		return `"operation":"compute","compute":[{"function":"sum","party":"a",` + c + `}]`
	}
	for _, c := range []struct {
		name  string
		more  string
		files []tacit.GuestFile
		edit  func(string) string
		want  fault.Code
	}{
		{"CSV", `"operation":"cardinality"`, []tacit.GuestFile{ids("a", "x"), good()[1]}, mix(`"a":{"format":"set"}`, `"a":{"column":"id","format":"csv"}`), fault.PSIJob},
		{"widths that differ", `"operation":"cardinality"`, []tacit.GuestFile{a.set(t, set.Options{Width: 15}), good()[1]}, same, fault.PSIJob},
		{"rules that differ", `"operation":"cardinality"`, []tacit.GuestFile{a.set(t, set.Options{Rules: rows.Rules{Fold: true}}), good()[1]}, same, fault.PSIJob},
		{"text and bytes", `"operation":"cardinality"`, []tacit.GuestFile{file("a", strings.Repeat("x", 16)), good()[1]}, mix(`"a":{"format":"set"}`, `"a":{"format":"binary","width":16}`), fault.PSIJob},
		{"bytes wider than any set", `"operation":"cardinality"`, []tacit.GuestFile{file("a", ""), good()[1]}, mix(`"a":{"format":"set"}`, `"a":{"format":"binary","width":257}`), fault.PSIJob},
		{"bytes that end within an id", `"operation":"cardinality"`, []tacit.GuestFile{file("a", "xxx"), file("b", "xxxx")}, func(s string) string {
			return strings.ReplaceAll(s, `"format":"set"`, `"format":"binary","width":2`)
		}, fault.PSIRow},
		{"a set with a column named", `"operation":"cardinality"`, good(), mix(`"a":{"format":"set"}`, `"a":{"column":"id","format":"set"}`), fault.PSIJob},
		{"bytes wider than any set, of all", `"operation":"cardinality"`, []tacit.GuestFile{file("a", ""), file("b", "")}, func(s string) string {
			return strings.ReplaceAll(s, `"format":"set"`, `"format":"binary","width":257`)
		}, fault.PSIJob},
		{"a list of bytes", `"operation":"intersection","format":"binary"`, []tacit.GuestFile{file("a", "xx"), file("b", "xx")}, func(s string) string {
			return strings.ReplaceAll(s, `"format":"set"`, `"format":"binary","width":2`)
		}, fault.PSIJob},
		{"more records than a party may have", `"operation":"cardinality"`, []tacit.GuestFile{large(rows.MostRows + 1), large(1)}, same, fault.PSISize},
		{"rules", `"operation":"cardinality","normalise":{"fold":true}`, good(), same, fault.PSIJob},
		{"groups", compute(`"column":"balance","decimals":2`) + `,"groupBy":{"party":"a","column":"name"}`, good(), same, fault.PSIJob},
		{"too many parties", `"operation":"cardinality"`, many, same, fault.PSIJob},
		{"a column that is not there", compute(`"column":"age"`), good(), same, fault.PSIColumn},
		{"a sum of text", compute(`"column":"name"`), good(), same, fault.PSIColumn},
		{"other decimals", compute(`"column":"balance","decimals":3`), good(), same, fault.PSIColumn},
		{"a join with an id twice", join, []tacit.GuestFile{good()[0], double.set(t, set.Options{})}, same, fault.PSIJob},
		{"a set that is not sorted and says so", `"operation":"cardinality"`, []tacit.GuestFile{change(good()[0], 64+2*128, 0xff), good()[1]}, same, fault.PSISet},
		{"a file that is no set", `"operation":"cardinality"`, []tacit.GuestFile{change(good()[0], 0, 'x'), good()[1]}, same, fault.PSISet},
	} {
		t.Run(c.name, func(t *testing.T) {
			job := hide(c.more, c.files...)
			job.Params = []byte(c.edit(string(job.Params)))
			mustRefuse(t, New(Config{}), job, c.want)
		})
	}
	for _, more := range []string{`"operation":"cardinality"`, join, compute(`"column":"balance","decimals":2`)} {
		t.Run("twin: "+more, func(t *testing.T) { mustRun(t, New(Config{}), hide(more, good()...)) })
	}
	t.Run("twin: a join whose first party has an id twice", func(t *testing.T) {
		double.alias = "a"
		other := a
		other.alias = "b"
		mustRun(t, New(Config{}), hide(join, double.set(t, set.Options{}), other.set(t, set.Options{})))
	})
	t.Run("twin: bytes", func(t *testing.T) {
		job := hide(`"operation":"intersection"`, file("a", strings.Repeat("x", 256)), file("b", strings.Repeat("y", 256)))
		job.Params = []byte(strings.ReplaceAll(string(job.Params), `"format":"set"`, `"format":"binary","width":256`))
		mustRun(t, New(Config{}), job)
	})
	t.Run("twin: few records", func(t *testing.T) {
		mustRun(t, New(Config{}), hide(`"operation":"cardinality"`, large(2), large(1)))
	})
	t.Run("twin: as many parties as there may be", func(t *testing.T) {
		mustRun(t, New(Config{}), hide(`"operation":"intersection"`, many[1:]...))
	})
}

// case N98 code DATA_SMALL check engine/psi/hiddenout.go:obey
func TestN98ObliviousModeKeepsTheOwnersMinimum(t *testing.T) {
	n := func(alias string, from, to int) home {
		p := home{alias: alias}
		for i := from; i < to; i++ {
			p.ids, p.balance, p.name = append(p.ids, fmt.Sprint(i)), append(p.balance, 1), append(p.name, "x")
		}
		return p
	}
	const left = `"operation":"join","join":{"kind":"left","columns":{"a":["name"]}}`
	for _, c := range []struct {
		name            string
		more            string
		a, b            home
		minSet, least   uint64 // of a's owner
		minSet1, least1 uint64 // with which it is said
	}{
		{"the other's set", `"operation":"cardinality"`, n("a", 0, 100), n("b", 50, 70), 21, 0, 20, 0},
		{"the answer", `"operation":"intersection"`, n("a", 0, 100), n("b", 90, 120), 0, 11, 0, 10},
		{"what is taken away", `"operation":"difference"`, n("a", 0, 100), n("b", 90, 120), 0, 11, 0, 10},
		{"what is left", `"operation":"difference"`, n("a", 0, 100), n("b", 10, 120), 0, 11, 0, 10},
		{"what the first shares", left, n("a", 0, 100), n("b", 90, 120), 0, 11, 0, 10},
		{"the set itself", `"operation":"union"`, n("a", 0, 10), n("b", 0, 100), 0, 11, 0, 10},
		{"nothing in common", `"operation":"cardinality"`, n("a", 0, 10), n("b", 20, 100), 0, 1, 0, 0},
	} {
		with := func(minSet, least uint64) tacit.Job {
			a, b := c.a.set(t, set.Options{Capacity: 128}), c.b.set(t, set.Options{Capacity: 128})
			a.MinSet, a.MinGroup = minSet, least
			return hide(c.more, a, b)
		}
		t.Run(c.name, func(t *testing.T) {
			_, why := mustRefuse(t, New(Config{}), with(c.minSet, c.least), fault.DataSmall)
			if strings.ContainsAny(strings.TrimPrefix(why, "DATA_SMALL"), "0123456789\"") {
				t.Errorf("it says more than that: %s", why)
			}
		})
		t.Run("twin: "+c.name, func(t *testing.T) { mustRun(t, New(Config{}), with(c.minSet1, c.least1)) })
	}
}

// case N98 code DATA_DIFFERENCE check engine/psi/hiddenout.go:obey
func TestN98ObliviousModeAsksWhetherAnswersDiffer(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 11))
	a, b := draw(r, "a", "id", 300, 200, false), draw(r, "b", "id", 300, 200, false)
	for _, c := range []struct {
		name, more string
		of         [2]bool // whether the party is asked
	}{
		{"intersection", `"operation":"intersection"`, [2]bool{true, true}},
		{"union", `"operation":"union"`, [2]bool{true, true}},
		{"difference", `"operation":"difference"`, [2]bool{true, true}},
		{"cardinality", `"operation":"cardinality"`, [2]bool{true, false}},
	} {
		sketches := func(t *testing.T, mode string, answer error) [2][]byte {
			var got [2][]byte
			fa, fb := a.set(t, set.Options{Capacity: 400}), b.set(t, set.Options{Capacity: 300})
			for i, f := range []*tacit.GuestFile{&fa, &fb} {
				f.Salt, f.Difference = [16]byte{byte(i + 1)}, 4
				if c.of[i] {
					f.Differs = func(s []byte) error { got[i] = s; return answer }
				}
			}
			job := hide(c.more, fa, fb)
			job.Params = bytes.Replace(job.Params, []byte(Oblivious), []byte(mode), 1)
			if answer != nil {
				mustRefuse(t, New(Config{Threads: 2}), job, fault.Of(answer))
			} else {
				mustRun(t, New(Config{Threads: 2}), job)
			}
			return got
		}
		t.Run(c.name, func(t *testing.T) {
			sketches(t, Oblivious, fault.New(fault.DataDifference, "too near"))
		})
		t.Run("twin: "+c.name+", as plain mode has it", func(t *testing.T) {
			one, two := sketches(t, Oblivious, nil), sketches(t, Plain, nil)
			for i := range c.of {
				if !bytes.Equal(one[i], two[i]) || (one[i] != nil) != c.of[i] {
					n, err := sketch.Differ(one[i], two[i])
					t.Errorf("party %d: the sketches differ by %d, %v", i, n, err)
				}
			}
		})
	}
}

func TestObliviousModePlansBeforeItReads(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	a, b := draw(r, "a", "", 20, 30, true), draw(r, "b", "", 20, 30, true)
	job := func() tacit.Job {
		return hide(`"operation":"intersection"`, a.set(t, set.Options{}), b.set(t, set.Options{}))
	}
	out := mustRun(t, New(Config{}), job())
	written := int64(0)
	for _, o := range out.Outputs {
		written += int64(len(o.Data))
	}
	for _, c := range []struct {
		name string
		edit func(*tacit.Limits, int64)
		want fault.Code
	}{
		{"memory", func(l *tacit.Limits, less int64) { l.Memory = out.PeakMem - less }, fault.PSISize},
		{"fuel", func(l *tacit.Limits, less int64) { l.Fuel = out.Fuel - uint64(less) }, fault.WasmTime},
		{"output", func(l *tacit.Limits, less int64) { l.Output = written - less }, fault.WasmOutput},
		{"files", func(l *tacit.Limits, less int64) { l.Files = int(2 - less) }, fault.WasmOutput},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := job()
			c.edit(&j.Limits, 1)
			if _, err := New(Config{}).Run(t.Context(), j); fault.Of(err) != c.want {
				t.Fatalf("got %v", err)
			}
		})
		t.Run("twin: "+c.name, func(t *testing.T) {
			j := job()
			c.edit(&j.Limits, 0)
			mustRun(t, New(Config{}), j)
		})
	}
}
