package psi

import (
	"fmt"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

func TestParametersThatMakeNoSenseAreRefused(t *testing.T) {
	three := []tacit.GuestFile{ids("a", "1"), ids("b", "1"), ids("c", "1")}
	const (
		csv  = `{"format":"csv","column":"id"}`
		bin8 = `{"format":"binary","width":8}`
		abc  = `"mode":"plain","parties":{"a":` + csv + `,"b":` + csv + `,"c":` + csv + `}`
		bins = `"mode":"plain","parties":{"a":` + bin8 + `,"b":` + bin8 + `,"c":` + bin8 + `}`
		sum  = `"operation":"compute","compute":[{"function":"sum","party":"a","column":"v"}]`
		join = `"operation":"join","join":{"kind":"inner"}`
	)
	for _, tt := range []struct{ name, params, want string }{
		{"twin: an intersection", `{"operation":"intersection",` + abc + `}`, ""},
		{"twin: all there is of an intersection", `{"operation":"intersection","order":["c","a","b"],"normalise":{"trim":true},"outputs":[{"name":"intersection","to":[0,2]},{"name":"summary"}],"minGroup":3,"format":"binary",` + bins + `}`, ""},
		{"twin: a join", `{"operation":"join","join":{"kind":"left","columns":{"a":["x","y"],"c":["x"]}},` + abc + `}`, ""},
		{"twin: a computation", `{"operation":"compute","compute":[{"function":"sum","party":"a","column":"v","decimals":2},{"function":"mean","party":"a","column":"v"},{"function":"count","party":"b"},{"function":"min","party":"a","column":"v","decimals":1,"bucket":"0.5"},{"function":"max","party":"a","column":"v","bucket":"100"}],"groupBy":{"party":"b","column":"g"},` + abc + `}`, ""},
		{"no parameters", ``, "there are none"},
		{"no object", `[]`, "want an object"},
		{"no JSON", `{"operation":`, "EOF"},
		{"something behind", `{"operation":"intersection",` + abc + `} {}`, "after top-level value"},
		{"no UTF-8", "{\"operation\":\"\xff\"}", "not UTF-8"},
		{"an unknown field", `{"operation":"intersection","outputz":[],` + abc + `}`, "outputz: unknown field, did you mean outputs?"},
		{"a field in another case", `{"Operation":"intersection",` + abc + `}`, "did you mean operation?"},
		{"an unknown field below", `{"operation":"intersection","outputs":[{"nam":"summary"}],` + abc + `}`, "outputs[0].nam: unknown field, did you mean name?"},
		{"an unknown field of a party", `{"operation":"intersection","mode":"plain","parties":{"a":{"format":"csv","colum":"id"},"b":` + csv + `,"c":` + csv + `}}`, "did you mean column?"},
		{"a field twice", `{"operation":"intersection","operation":"union",` + abc + `}`, "operation: it is there twice"},
		{"a party twice", `{"operation":"intersection","mode":"plain","parties":{"a":` + csv + `,"a":` + csv + `,"b":` + csv + `,"c":` + csv + `}}`, "parties.a: it is there twice"},
		{"a text for a number", `{"operation":"intersection","minGroup":"5",` + abc + `}`, "minGroup: want uint64, got string"},
		{"a negative minimum", `{"operation":"intersection","minGroup":-5,` + abc + `}`, "minGroup"},
		{"no operation", `{` + abc + `}`, "operation: say one of"},
		{"an operation that is almost one", `{"operation":"intersecton",` + abc + `}`, "did you mean intersection?"},
		{"no mode", `{"operation":"intersection","parties":{"a":` + csv + `,"b":` + csv + `,"c":` + csv + `}}`, "mode: say one of plain, oblivious"},
		{"another mode", `{"operation":"intersection","mode":"fast","parties":{"a":` + csv + `,"b":` + csv + `,"c":` + csv + `}}`, "mode: \"fast\" is none of"},
		{"an input without a party", `{"operation":"intersection","mode":"plain","parties":{"a":` + csv + `,"b":` + csv + `}}`, `input "c" is not among them`},
		{"a party without an input", `{"operation":"intersection","mode":"plain","parties":{"a":` + csv + `,"b":` + csv + `,"c":` + csv + `,"d":` + csv + `}}`, `no input "d"`},
		{"a format that is none", `{"operation":"intersection","mode":"plain","parties":{"a":{"format":"xls"},"b":` + csv + `,"c":` + csv + `}}`, "parties.a.format"},
		{"a format that is null", `{"operation":"intersection","mode":"plain","parties":{"a":null,"b":` + csv + `,"c":` + csv + `}}`, "parties.a.format: say one of"},
		{"binary without a width", `{"operation":"intersection","mode":"plain","parties":{"a":{"format":"binary"},"b":` + csv + `,"c":` + csv + `}}`, "width: 0 bytes"},
		{"binary of two widths", `{"operation":"intersection","mode":"plain","parties":{"a":` + bin8 + `,"b":{"format":"binary","width":9},"c":` + csv + `}}`, "never the same"},
		{"an order with a stranger", `{"operation":"intersection","order":["a","b","d"],` + abc + `}`, `no party "d"`},
		{"an order with one twice", `{"operation":"intersection","order":["a","b","b"],` + abc + `}`, "twice"},
		{"an order without one", `{"operation":"intersection","order":["a","b"],` + abc + `}`, "2 of 3 parties"},
		{"an empty order", `{"operation":"intersection","order":[],` + abc + `}`, "0 of 3 parties"},
		{"a format of ids that is none", `{"operation":"intersection","format":"json",` + abc + `}`, "format"},
		{"binary ids of text", `{"operation":"intersection","format":"binary",` + abc + `}`, "only if every party"},
		{"binary of no ids", `{"operation":"cardinality","format":"binary",` + bins + `}`, "no list of ids"},
		{"a join of what is none", `{"operation":"union","join":{"kind":"inner"},` + abc + `}`, "join: the operation is union"},
		{"a join without a kind", `{"operation":"join","join":{},` + abc + `}`, "join.kind: say"},
		{"a join without anything", `{"operation":"join",` + abc + `}`, "say its kind"},
		{"a join of another kind", `{"operation":"join","join":{"kind":"outer"},` + abc + `}`, "join.kind"},
		{"a column of a stranger", `{"operation":"join","join":{"kind":"inner","columns":{"d":["x"]}},` + abc + `}`, `no party "d"`},
		{"a column without a name", `{"operation":"join","join":{"kind":"inner","columns":{"a":[""]}},` + abc + `}`, "without a name"},
		{"a column twice", `{"operation":"join","join":{"kind":"inner","columns":{"a":["x","x"]}},` + abc + `}`, "twice"},
		{"too many columns", `{"operation":"join","join":{"kind":"inner","columns":{"a":["` + strings.Repeat(`","`, 256) + `"]}},` + abc + `}`, "more than 256"},
		{"functions of what has none", `{"operation":"union","compute":[{"function":"count","party":"a"}],` + abc + `}`, "compute: the operation is union"},
		{"groups of what has none", `{"operation":"union","groupBy":{"party":"a","column":"g"},` + abc + `}`, "groupBy: the operation is union"},
		{"no functions", `{"operation":"compute",` + abc + `}`, "0 functions"},
		{"a function that is none", `{"operation":"compute","compute":[{"function":"median","party":"a","column":"v"}],` + abc + `}`, "compute[0].function"},
		{"a function of a stranger", `{"operation":"compute","compute":[{"function":"sum","party":"d","column":"v"}],` + abc + `}`, "compute[0].party"},
		{"a function without a party", `{"operation":"compute","compute":[{"function":"sum","column":"v"}],` + abc + `}`, "say a party"},
		{"a function without a column", `{"operation":"compute","compute":[{"function":"sum","party":"a"}],` + abc + `}`, "say a column"},
		{"a count of a column", `{"operation":"compute","compute":[{"function":"count","party":"a","column":"v"}],` + abc + `}`, "count counts rows"},
		{"too many decimals", `{"operation":"compute","compute":[{"function":"sum","party":"a","column":"v","decimals":10}],` + abc + `}`, "want 0 to 9"},
		{"a bucket of a sum", `{"operation":"compute","compute":[{"function":"sum","party":"a","column":"v","bucket":"5"}],` + abc + `}`, "sum has none"},
		{"a minimum without a bucket", `{"operation":"compute","compute":[{"function":"min","party":"a","column":"v"}],` + abc + `}`, "want a number above 0"},
		{"a bucket of 0", `{"operation":"compute","compute":[{"function":"max","party":"a","column":"v","bucket":"0"}],` + abc + `}`, "want a number above 0"},
		{"a negative bucket", `{"operation":"compute","compute":[{"function":"max","party":"a","column":"v","bucket":"-5"}],` + abc + `}`, "want a number above 0"},
		{"a bucket finer than its column", `{"operation":"compute","compute":[{"function":"max","party":"a","column":"v","decimals":1,"bucket":"0.25"}],` + abc + `}`, "at most 1 digits"},
		{"a bucket that does not fit", `{"operation":"compute","compute":[{"function":"max","party":"a","column":"v","bucket":"99999999999999999999"}],` + abc + `}`, "want a number above 0"},
		{"a function twice", `{"operation":"compute","compute":[{"function":"count","party":"a"},{"function":"count","party":"a"}],` + abc + `}`, "twice"},
		{"groups of a stranger", `{` + sum + `,"groupBy":{"party":"d","column":"g"},` + abc + `}`, "groupBy.party"},
		{"groups without a column", `{` + sum + `,"groupBy":{"party":"a"},` + abc + `}`, "groupBy.column"},
		{"an output that is none", `{"operation":"union","outputs":[{"name":"intersection"}],` + abc + `}`, "outputs[0].name"},
		{"ids of a cardinality", `{"operation":"cardinality","outputs":[{"name":"cardinality"}],` + abc + `}`, "outputs[0].name"},
		{"an output twice", `{"operation":"union","outputs":[{"name":"summary"},{"name":"summary"}],` + abc + `}`, "twice"},
		{"a recipient that cannot be", `{"operation":"union","outputs":[{"name":"union","to":[256]}],` + abc + `}`, "no index"},
		{"a recipient below 0", `{"operation":"union","outputs":[{"name":"union","to":[-1]}],` + abc + `}`, "no index"},
		{"a recipient twice", `{"operation":"union","outputs":[{"name":"union","to":[1,1]}],` + abc + `}`, "twice"},
		{"too long", `{"operation":"union",` + abc + strings.Repeat(" ", mostParams) + `}`, "bytes, at most"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parse([]byte(tt.params), three)
			if tt.want == "" {
				if err != nil {
					t.Fatalf("parse = %v", err)
				}
				if len(p.Order) != 3 || p.Format == "" {
					t.Errorf("parse = %+v", p)
				}
				return
			}
			if fault.Of(err) != fault.PSIJob || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("parse = %v, want PSI_JOB with %q", err, tt.want)
			}
			job := tacit.Job{Params: []byte(tt.params), Inputs: three, Limits: enough()}
			mustRefuse(t, newTest(1), job, fault.PSIJob)
		})
	}
	t.Run("inputs", func(t *testing.T) {
		job := func(n int) tacit.Job {
			var files []tacit.GuestFile
			for i := range n {
				files = append(files, ids(fmt.Sprintf("p%d", i), "1"))
			}
			return ask(`"operation":"cardinality"`, files...)
		}
		for _, n := range []int{0, 1, 65} {
			if _, why := mustRefuse(t, newTest(1), job(n), fault.PSIJob); !strings.Contains(why, "want 2 to 64") {
				t.Errorf("%d inputs: %s", n, why)
			}
		}
		for _, n := range []int{2, 63, 64} {
			if s := summaryOf(t, mustRun(t, newTest(2), job(n))); s.Cardinality != 1 {
				t.Errorf("%d inputs: %+v", n, s)
			}
		}
		twice := job(2)
		twice.Inputs = append(twice.Inputs, twice.Inputs[0])
		if _, why := mustRefuse(t, newTest(1), twice, fault.PSIJob); !strings.Contains(why, "two inputs") {
			t.Errorf("an alias twice: %s", why)
		}
	})
}

// FuzzParams holds that parameters are refused as PSI_JOB or can be asked for everything
// that a run asks of them, and that what is taken once is taken twice.
func FuzzParams(f *testing.F) {
	inputs := []tacit.GuestFile{ids("a", "1", "2"), ids("b", "2", "3")}
	for _, seed := range []string{
		`{"operation":"intersection","mode":"plain","parties":{"a":{"format":"csv","column":"id"},"b":{"format":"binary","width":4}}}`,
		`{"operation":"join","mode":"oblivious","order":["b","a"],"normalise":{"trim":true,"unicode":"nfc"},"join":{"kind":"left","columns":{"a":["x"]}},"parties":{"a":{"format":"csv"},"b":{"format":"set"}},"outputs":[{"name":"join","to":[0,2]}]}`,
		`{"operation":"compute","mode":"plain","minGroup":5,"compute":[{"function":"min","party":"a","column":"v","decimals":2,"bucket":"0.50"},{"function":"count","party":"b"}],"groupBy":{"party":"b","column":"g"},"parties":{"a":{"format":"parquet"},"b":{"format":"csv","header":false}}}`,
		`{"a":[[{"b":{}}]],"a":1}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := parse(raw, inputs)
		if err != nil {
			if fault.Of(err) != fault.PSIJob {
				t.Fatalf("parse = %v", err)
			}
			if len(err.Error()) > 1000 {
				t.Fatalf("the refusal has %d bytes", len(err.Error()))
			}
			return
		}
		if _, err := parse(raw, inputs); err != nil {
			t.Fatalf("again: %v", err)
		}
		for _, name := range p.outputs() {
			if to, ok := p.Outputs.To(name); ok && to != nil && len(to) == 0 {
				t.Fatalf("%s is for nobody and written", name)
			}
		}
		for _, in := range inputs {
			for i, w := range p.wants(in.Alias) {
				if columnOf(p.wants(in.Alias), w) != i {
					t.Fatalf("column %d of %s is wanted twice", i, in.Alias)
				}
			}
		}
		for i := range p.Compute {
			if fn := &p.Compute[i]; fn.Name == "min" || fn.Name == "max" {
				for _, v := range []int64{0, -1, 1, 1<<63 - 1, -1 << 63} {
					if b := fn.bounds(v); !strings.HasPrefix(b, "[") || !strings.HasSuffix(b, ")") {
						t.Fatalf("bounds = %s", b)
					}
				}
			}
		}
	})
}
