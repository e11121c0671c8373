package psi

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/psi/rows"
)

// A crowd is a random job and what is known of it: ids and their fields, party by party.
type crowd struct {
	names  []string
	ids    [][]string
	fields [][]string // of a column v
	groups [][]string // of a column g
	width  int        // of binary ids
}

func newCrowd(r *rand.Rand, binary bool) crowd {
	c := crowd{}
	if binary {
		c.width = []int{1, 3, 8, 16, 17, 32}[r.IntN(6)]
	}
	kinds := []func(int) string{
		func(i int) string { return strconv.Itoa(i) },
		func(i int) string { return fmt.Sprintf("a,%d", i) },
		func(i int) string { return fmt.Sprintf("quote \"%d\"", i) },
		func(i int) string { return strings.Repeat("long", 1+i%9) + strconv.Itoa(i) },
		func(i int) string { return "ü" + strconv.Itoa(i) },
	}
	kind := kinds[r.IntN(len(kinds))]
	space := 1 + r.IntN(60)
	for k := range 2 + r.IntN(5) {
		c.names = append(c.names, string(rune('a'+k)))
		var ids, fields, groups []string
		n := r.IntN(80)
		if r.IntN(12) == 0 {
			n = 0
		}
		for range n {
			id := kind(r.IntN(space))
			if binary {
				raw := make([]byte, c.width)
				raw[0] = byte(r.IntN(space))
				raw[c.width-1] ^= byte(r.IntN(2))
				id = string(raw)
			}
			ids = append(ids, id)
			fields = append(fields, fmt.Sprintf("%d.%02d", r.IntN(2000)-1000, r.IntN(100)))
			groups = append(groups, []string{"north", "south, east", "", "west"}[r.IntN(4)])
		}
		c.ids, c.fields, c.groups = append(c.ids, ids), append(c.fields, fields), append(c.groups, groups)
	}
	return c
}

func (c crowd) job(t *testing.T, params map[string]any) tacit.Job {
	t.Helper()
	parties := map[string]any{}
	var files []tacit.GuestFile
	for k, name := range c.names {
		if c.width > 0 {
			parties[name] = map[string]any{"format": "binary", "width": c.width}
			files = append(files, file(name, strings.Join(c.ids[k], "")))
			continue
		}
		parties[name] = map[string]any{"format": "csv", "column": "id"}
		b := []byte("id,v,g\n")
		for i, id := range c.ids[k] {
			b = appendField(b, []byte(id))
			b = appendField(append(b, ','), []byte(c.fields[k][i]))
			b = append(appendField(append(b, ','), []byte(c.groups[k][i])), '\n')
		}
		files = append(files, file(name, string(b)))
	}
	params["parties"], params["mode"] = parties, Plain
	b, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	return tacit.Job{Params: b, Inputs: files, Limits: enough(), Seed: [32]byte{7}}
}

func (c crowd) field(id string) string {
	if c.width > 0 {
		return hex.EncodeToString([]byte(id))
	}
	return string(appendField(nil, []byte(id)))
}

// has says which parties have an id.
func (c crowd) has(id string) (n int, who []bool) {
	for _, ids := range c.ids {
		in := slices.Contains(ids, id)
		who = append(who, in)
		if in {
			n++
		}
	}
	return n, who
}

// set is what an operation's ids are, in order.
func (c crowd) set(operation string) (out []string) {
	for k, ids := range c.ids {
		for _, id := range ids {
			n, who := c.has(id)
			in := operation == Union || k == 0 && (operation == Difference && n == 1 || operation == Intersection && n == len(who))
			if in && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// join is SQL's, row by row.
func (c crowd) join(left bool) string {
	var b strings.Builder
	b.WriteString("id")
	for _, name := range c.names {
		b.WriteString("," + name + ".v")
	}
	b.WriteString("\n")
	var rest func(id string, k int, line string)
	rest = func(id string, k int, line string) {
		if k == len(c.names) {
			b.WriteString(line + "\n")
			return
		}
		found := false
		for i, other := range c.ids[k] {
			if other == id {
				found = true
				rest(id, k+1, line+","+c.fields[k][i])
			}
		}
		if !found && left {
			rest(id, k+1, line+",")
		}
	}
	for i, id := range c.ids[0] {
		rest(id, 1, c.field(id)+","+c.fields[0][i])
	}
	return b.String()
}

// sums is the table of sum, count and mean of v of the party of that number, by the groups
// of another.
func (c crowd) sums(of, by int) string {
	var order []string
	cents, n := map[string]int64{}, map[string]int64{}
	common := c.set(Intersection)
	// A group comes into being with the first row of the grouping party that has it.
	for i, id := range c.ids[by] {
		if slices.Contains(common, id) && !slices.Contains(order, c.groups[by][i]) {
			order = append(order, c.groups[by][i])
		}
	}
	for i, id := range c.ids[of] {
		if !slices.Contains(common, id) {
			continue
		}
		g := c.groups[of][i]
		if of != by {
			g = c.groups[by][slices.Index(c.ids[by], id)]
		}
		v, err := strconv.ParseInt(strings.Replace(c.fields[of][i], ".", "", 1), 10, 64)
		if err != nil {
			panic(err)
		}
		cents[g] += v
		n[g]++
	}
	out := fmt.Sprintf("%s.g,sum(%s.v),count(%s)\n", c.names[by], c.names[of], c.names[of])
	for _, g := range order {
		sum := ""
		if n[g] > 0 {
			sign, v := "", cents[g]
			if v < 0 {
				sign, v = "-", -v
			}
			sum = fmt.Sprintf("%s%d.%02d", sign, v/100, v%100)
		}
		out += fmt.Sprintf("%s,%s,%d\n", appendField(nil, []byte(g)), sum, n[g])
	}
	return out
}

// TestEveryOperationIsWhatAModelSays compares runs with maps and loops over random parties
// of two to six, with ids of many kinds, duplicates and empty files among them.
func TestEveryOperationIsWhatAModelSays(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := newCrowd(r, r.IntN(3) == 0)
		e := newTest(1 + r.IntN(4))
		for _, operation := range []string{Intersection, Union, Difference} {
			out := mustRun(t, e, c.job(t, map[string]any{"operation": operation}))
			want, raw := "id\n", ""
			for _, id := range c.set(operation) {
				want += c.field(id) + "\n"
				raw += id
			}
			if got := textOf(t, out, operation+".csv"); got != want {
				t.Fatalf("seed %d: %s = %q, want %q", seed, operation, got, want)
			}
			s := summaryOf(t, out)
			if s.Cardinality != uint64(len(c.set(operation))) || len(s.Parties) != len(c.names) {
				t.Fatalf("seed %d: summary of %s = %+v", seed, operation, s)
			}
			for k, ids := range c.ids {
				distinct := map[string]bool{}
				for _, id := range ids {
					distinct[id] = true
				}
				if want := (partyReport{c.names[k], uint64(len(ids)), uint64(len(distinct))}); s.Parties[k] != want {
					t.Fatalf("seed %d: party = %+v, want %+v", seed, s.Parties[k], want)
				}
			}
			if c.width > 0 {
				out := mustRun(t, e, c.job(t, map[string]any{"operation": operation, "format": rows.Binary}))
				if got := textOf(t, out, operation+".bin"); got != raw {
					t.Fatalf("seed %d: binary %s = %q, want %q", seed, operation, got, raw)
				}
			}
		}
		out := mustRun(t, e, c.job(t, map[string]any{"operation": Cardinality}))
		if s := summaryOf(t, out); len(out.Outputs) != 1 || s.Cardinality != uint64(len(c.set(Intersection))) {
			t.Fatalf("seed %d: cardinality = %+v beside %d outputs", seed, s, len(out.Outputs))
		}
		if c.width > 0 {
			continue
		}
		columns := map[string][]string{}
		for _, name := range c.names {
			columns[name] = []string{"v"}
		}
		for _, kind := range []string{Inner, Left} {
			out := mustRun(t, e, c.job(t, map[string]any{"operation": Joined, "join": map[string]any{"kind": kind, "columns": columns}}))
			if got, want := textOf(t, out, "join.csv"), c.join(kind == Left); got != want {
				t.Fatalf("seed %d: %s join = %q, want %q", seed, kind, got, want)
			} else if n := summaryOf(t, out).Rows; n == nil || *n != uint64(strings.Count(want, "\n")-1) {
				t.Fatalf("seed %d: %s join of %v rows", seed, kind, n)
			}
		}
		of, by := r.IntN(len(c.names)), r.IntN(len(c.names))
		out = mustRun(t, e, c.job(t, map[string]any{"operation": Computed,
			"compute": []any{map[string]any{"function": "sum", "party": c.names[of], "column": "v", "decimals": 2}, map[string]any{"function": "count", "party": c.names[of]}},
			"groupBy": map[string]any{"party": c.names[by], "column": "g"}}))
		if got, want := textOf(t, out, "compute.csv"), c.sums(of, by); got != want {
			t.Fatalf("seed %d: compute = %q, want %q", seed, got, want)
		}
	}
}

// TestManyChunksAndPartsAreOne holds what small files cannot: rows over several chunks and
// ids over several parts, with any number of threads.
func TestManyChunksAndPartsAreOne(t *testing.T) {
	const n = 3*chunk + 17
	a, b := make([]byte, 0, 8*n), make([]byte, 0, 8*n)
	var want []byte
	for i := range uint64(n) {
		id := []byte{byte(i), byte(i >> 8), byte(i >> 16), 1, 2, 3, 4, 5}
		a = append(a, id...)
		if i%3 == 0 {
			b = append(b, id...)
			want = append(want, id...)
		}
	}
	a = append(a, a[:8000]...) // each of them again
	job := tacit.Job{Limits: enough(), Params: []byte(`{"operation":"intersection","mode":"plain","format":"binary","parties":{"a":{"format":"binary","width":8},"b":{"format":"binary","width":8}}}`),
		Inputs: []tacit.GuestFile{file("a", string(a)), file("b", string(b))}}
	var first tacit.Outcome
	for _, threads := range []int{1, 2, 7} {
		out := mustRun(t, newTest(threads), job)
		if got := textOf(t, out, "intersection.bin"); got != string(want) {
			t.Fatalf("%d threads: %d bytes, want %d", threads, len(got), len(want))
		}
		if s := summaryOf(t, out); s.Parties[0].Distinct != n || s.Parties[0].Rows != n+1000 {
			t.Errorf("%d threads: summary = %+v", threads, s)
		}
		if first.Outputs == nil {
			first = out
		}
		if out.Fuel != first.Fuel || out.PeakMem != first.PeakMem || out.ExitCode != 0 {
			t.Errorf("%d threads: fuel %d, memory %d; with one %d, %d", threads, out.Fuel, out.PeakMem, first.Fuel, first.PeakMem)
		}
	}
	if want := uint64(len(a)+len(b)+64*(len(a)+len(b))/8+len(want)) + uint64(len(textOf(t, first, "summary.json"))); first.Fuel != want {
		t.Errorf("fuel = %d, want %d", first.Fuel, want)
	}
}
