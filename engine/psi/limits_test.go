package psi

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
	"tacit/wire"
)

func TestTheProgramIsAName(t *testing.T) {
	if string(Program()) != "tacit builtin psi 1\n" || Sum() != wire.Sum(Program()) {
		t.Errorf("program = %q, sum %v", Program(), Sum())
	}
}

// case N35 code WASM_TIME check engine/psi/plan.go:burn
func TestN35FuelIsCountedAndBounded(t *testing.T) {
	job := ask(`"operation":"intersection"`, count("a", 0, 10), count("b", 5, 15))
	out := mustRun(t, newTest(1), job)
	size := int64(0)
	for _, in := range job.Inputs {
		size += in.Size
	}
	for _, o := range out.Outputs {
		size += int64(len(o.Data))
	}
	if want := uint64(size) + 20*fuelPerRow; out.Fuel != want {
		t.Fatalf("fuel = %d, want %d", out.Fuel, want)
	}
	for _, tt := range []struct {
		name string
		fuel uint64
		code fault.Code
	}{
		{"twin: just enough", out.Fuel, ""},
		{"one too few", out.Fuel - 1, fault.WasmTime},
		{"too few for the rows", uint64(job.Inputs[0].Size+job.Inputs[1].Size) + 1, fault.WasmTime},
		{"too few for the bytes", uint64(job.Inputs[0].Size), fault.WasmTime},
		{"none", 0, fault.WasmTime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := job
			job.Limits.Fuel = tt.fuel
			if tt.code == "" {
				mustRun(t, newTest(2), job)
			} else if out, _ := mustRefuse(t, newTest(2), job, tt.code); out.Fuel != tt.fuel {
				t.Errorf("fuel = %d, want all of %d", out.Fuel, tt.fuel)
			}
		})
	}
	t.Run("files are not read if their size is too much", func(t *testing.T) {
		e, job := newTest(1), job
		e.read = func(context.Context, tacit.GuestFile, rows.Format, rows.Rules, []rows.Want, rows.Limits) (*rows.Table, error) {
			t.Error("read")
			return nil, nil
		}
		job.Limits.Fuel = 20
		mustRefuse(t, e, job, fault.WasmTime)
	})
}

// case N36 code PSI_SIZE check engine/psi/plan.go:hold
func TestN36MemoryIsPlannedAndBounded(t *testing.T) {
	for _, tt := range []struct{ name, more string }{
		{"text", `"operation":"intersection"`},
		{"a join", `"operation":"join","join":{"kind":"inner"}`},
		{"a computation", `"operation":"compute","compute":[{"function":"count","party":"a"}]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := ask(tt.more, count("a", 0, 1000), count("b", 5, 1000))
			job.Limits.Memory = mustRun(t, newTest(1), job).PeakMem
			t.Run("twin: just enough", func(t *testing.T) { mustRun(t, newTest(2), job) })
			job.Limits.Memory--
			if _, why := mustRefuse(t, newTest(2), job, fault.PSISize); !strings.Contains(why, "requirements.memory: at least 9 MiB") {
				t.Errorf("refusal = %s", why)
			}
		})
	}
	t.Run("binary files are not read if their size says it", func(t *testing.T) {
		e := newTest(1)
		e.read = func(context.Context, tacit.GuestFile, rows.Format, rows.Rules, []rows.Want, rows.Limits) (*rows.Table, error) {
			t.Error("read")
			return nil, nil
		}
		a, b := file("a", ""), file("b", "")
		a.Size, b.Size = 16<<24, 16<<20
		job := tacit.Job{Inputs: []tacit.GuestFile{a, b}, Limits: enough(), Params: []byte(`{"operation":"cardinality","mode":"plain","parties":{"a":{"format":"binary","width":16},"b":{"format":"binary","width":16}}}`)}
		job.Limits.Memory = 512 << 20
		if _, why := mustRefuse(t, e, job, fault.PSISize); !strings.Contains(why, fmt.Sprintf("at least %d MiB", 8+17*(16+26))) {
			t.Errorf("refusal = %s", why)
		}
	})
}

// case N42 code WASM_OUTPUT check engine/psi/output.go:take
func TestN42OutputsAreBounded(t *testing.T) {
	many := strings.Split(strings.Repeat("x,", 3000)+"x", ",")
	for _, tt := range []struct {
		name, more string
		a, b       tacit.GuestFile
	}{
		{"ids", `"operation":"union"`, count("a", 0, 10), count("b", 5, 15)},
		{"a join", `"operation":"join","join":{"kind":"inner"}`, ids("a", "x", "x", "y"), ids("b", "x", "x", "z")},
		{"a computation", `"operation":"compute","compute":[{"function":"count","party":"a"}]`, ids("a", "x", "x", "y"), ids("b", "x", "x", "z")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := ask(tt.more, tt.a, tt.b)
			out := mustRun(t, newTest(1), job)
			job.Limits.Output, job.Limits.Files = int64(len(out.Outputs[0].Data)+len(out.Outputs[1].Data)), 2
			t.Run("twin: just enough", func(t *testing.T) { mustRun(t, newTest(2), job) })
			less := job
			less.Limits.Output--
			if _, err := newTest(1).Run(t.Context(), less); fault.Of(err) != fault.WasmOutput {
				t.Errorf("one byte less: %v", err)
			}
			less.Limits.Output = int64(len(out.Outputs[0].Data)) - 1
			if got, err := newTest(1).Run(t.Context(), less); fault.Of(err) != fault.WasmOutput || int64(len(got.Stderr)) > less.Limits.Output {
				t.Errorf("too few for the first: %v, with %d bytes of why", err, len(got.Stderr))
			}
			less = job
			less.Limits.Files = 1
			mustRefuse(t, newTest(1), less, fault.WasmOutput)
		})
	}
	t.Run("a join that explodes is counted, not made", func(t *testing.T) {
		var files []tacit.GuestFile
		for k := range 6 { // 3001^6 rows are more than 64 bits can count
			files = append(files, ids(string(rune('a'+k)), many...))
		}
		start := time.Now()
		var wrap []tacit.GuestFile // (2^16)^4 rows for each of the first are 0 in 64 bits
		for k := range 5 {
			wrap = append(wrap, ids(string(rune('a'+k)), strings.Split(strings.Repeat("x,", 1<<16-1)+"x", ",")...))
		}
		mustRefuse(t, newTest(1), ask(`"operation":"join","join":{"kind":"inner"}`, wrap...), fault.WasmOutput)
		mustRefuse(t, newTest(1), ask(`"operation":"join","join":{"kind":"inner"}`, files...), fault.WasmOutput)
		job := ask(`"operation":"join","join":{"kind":"inner"}`, files[:4]...)
		mustRefuse(t, newTest(1), job, fault.WasmOutput)
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("it took %v", took)
		}
		s := summaryOf(t, mustRun(t, newTest(1), ask(`"operation":"join","join":{"kind":"inner"},"outputs":[{"name":"summary"}]`, files[:4]...)))
		if want := uint64(3001 * 3001 * 3001 * 3001); *s.Rows != want {
			t.Errorf("rows = %d, want %d", *s.Rows, want)
		}
		mustRefuse(t, newTest(1), ask(`"operation":"join","join":{"kind":"inner"},"outputs":[{"name":"summary"}]`, files...), fault.PSISize)
	})
}

func TestOutputsGoToWhomTheyAreFor(t *testing.T) {
	for _, tt := range []struct {
		name, outputs string
		want          map[string][]uint8
	}{
		{"everything to everybody", ``, map[string][]uint8{"union.csv": nil, "summary.json": nil}},
		{"each to others", `,"outputs":[{"name":"union","to":[2,0]},{"name":"summary","to":[1]}]`, map[string][]uint8{"union.csv": {2, 0}, "summary.json": {1}}},
		{"one to everybody", `,"outputs":[{"name":"union","to":[0]},{"name":"summary"}]`, map[string][]uint8{"union.csv": {0}, "summary.json": nil}},
		{"what is not named is for nobody", `,"outputs":[{"name":"summary"}]`, map[string][]uint8{"summary.json": nil}},
		{"one to nobody", `,"outputs":[{"name":"union","to":[]},{"name":"summary"}]`, map[string][]uint8{"summary.json": nil}},
		{"nothing to anybody", `,"outputs":[]`, map[string][]uint8{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := mustRun(t, newTest(1), ask(`"operation":"union"`+tt.outputs, ids("a", "x"), ids("b", "y")))
			got := map[string][]uint8{}
			for _, o := range out.Outputs {
				got[o.Name] = o.To
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("outputs = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOrderDecidesWhoIsFirst(t *testing.T) {
	a, b := ids("a", "1", "2", "3"), ids("b", "3", "2", "9")
	for _, tt := range []struct{ name, more, file, want string }{
		{"intersection", `"operation":"intersection"`, "intersection.csv", "2 3"},
		{"the other way", `"operation":"intersection","order":["b","a"]`, "intersection.csv", "3 2"},
		{"union", `"operation":"union","order":["b","a"]`, "union.csv", "3 2 9 1"},
		{"difference", `"operation":"difference"`, "difference.csv", "1"},
		{"the other difference", `"operation":"difference","order":["b","a"]`, "difference.csv", "9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := mustRun(t, newTest(2), ask(tt.more, a, b))
			if got, want := textOf(t, out, tt.file), "id\n"+strings.ReplaceAll(tt.want, " ", "\n")+"\n"; got != want {
				t.Errorf("%s = %q, want %q", tt.file, got, want)
			}
		})
	}
}

func TestFunctionsAreExact(t *testing.T) {
	const biggest = "92233720368547758.07" // 2^63-1 hundredths
	for _, tt := range []struct {
		name, function, decimals, bucket string
		values                           string
		want                             string // or the code of a refusal
	}{
		{"a sum", "sum", "2", "", "0.10 0.20 -5", "-4.70"},
		{"a sum of nothing", "sum", "2", "", "", ""},
		{"a sum without decimals", "sum", "0", "", "3 -4", "-1"},
		{"the largest sum", "sum", "2", "", biggest, biggest},
		{"a sum that only passes the largest", "sum", "2", "", biggest + " 0.01 -0.01", biggest},
		{"a sum that is too large", "sum", "2", "", biggest + " 0.01", "PSI_SIZE"},
		{"a sum that is too small", "sum", "2", "", "-" + biggest + " -0.02", "PSI_SIZE"},
		{"a mean of what has too large a sum", "mean", "2", "", biggest + " " + biggest, biggest + "00"},
		{"a mean", "mean", "2", "", "1 2", "1.5000"},
		{"a mean of thirds", "mean", "0", "", "1 0 0", "0.33"},
		{"half to even, down", "mean", "0", "", "1 0 0 0 0 0 0 0", "0.12"},
		{"half to even, up", "mean", "0", "", "3 0 0 0 0 0 0 0", "0.38"},
		{"half to even below 0", "mean", "0", "", "-1 0 0 0 0 0 0 0", "-0.12"},
		{"more than half below 0", "mean", "0", "", "-5 0 0 0 0 0 0 0 0 0 0 0 0", "-0.38"},
		{"a small mean below 0 is no minus 0", "mean", "0", "", "-1" + strings.Repeat(" 0", 999), "0.00"},
		{"a mean of nothing", "mean", "0", "", "", ""},
		{"a minimum", "min", "2", "100", "150 250", "[100,200)"},
		{"a maximum on a bound", "max", "2", "100", "150 200", "[200,300)"},
		{"a minimum below 0", "min", "0", "10", "-1 5", "[-10,0)"},
		{"a minimum below 0 on a bound", "min", "0", "10", "-10 5", "[-10,0)"},
		{"a bucket with decimals", "max", "2", "0.5", "1.74", "[1.5,2.0)"},
		{"a maximum at the end", "max", "2", "100", biggest, "[92233720368547700,92233720368547800)"},
		{"a minimum of nothing", "min", "0", "10", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values := strings.Fields(tt.values)
			text, all := "id,v\nlonely,7\n", []string{"else"}
			for i, v := range values {
				text += fmt.Sprintf("i%d,%s\n", i, v)
				all = append(all, fmt.Sprintf("i%d", i))
			}
			f := `{"function":"` + tt.function + `","party":"a","column":"v","decimals":` + tt.decimals + `,"bucket":"` + tt.bucket + `"}`
			job := ask(`"operation":"compute","compute":[`+f+`,{"function":"count","party":"b"}]`, file("a", text), ids("b", all...))
			if strings.HasPrefix(tt.want, "PSI") {
				mustRefuse(t, newTest(1), job, fault.Code(tt.want))
				return
			}
			_, got, _ := strings.Cut(textOf(t, mustRun(t, newTest(1), job), "compute.csv"), "\n")
			if want := string(appendField(nil, []byte(tt.want))) + fmt.Sprintf(",%d\n", len(values)); got != want {
				t.Errorf("values = %s, want %s", got, want)
			}
		})
	}
}

func TestFailuresOfTheHostAreNotTheGuests(t *testing.T) {
	lost := errors.New("the worker is gone")
	reads := func(err error) *Engine {
		e := newTest(2)
		e.read = func(ctx context.Context, f tacit.GuestFile, a rows.Format, b rows.Rules, c []rows.Want, l rows.Limits) (*rows.Table, error) {
			if f.Alias == "b" && err == nil {
				panic("id4711")
			}
			if f.Alias == "b" {
				return nil, err
			}
			return plainRead(ctx, f, a, b, c, l)
		}
		return e
	}
	job := ask(`"operation":"union"`, ids("a", "x"), ids("b", "y"))
	t.Run("a reader that fails", func(t *testing.T) {
		if out, err := reads(lost).Run(t.Context(), job); !errors.Is(err, lost) || !reflect.DeepEqual(out, tacit.Outcome{}) {
			t.Errorf("Run = %+v, %v", out, err)
		}
	})
	t.Run("a file that is wrong", func(t *testing.T) {
		mustRefuse(t, reads(fault.New(fault.PSIRow, "row 7")), job, fault.PSIRow)
	})
	t.Run("a panic, whose text is kept", func(t *testing.T) {
		out, err := reads(nil).Run(t.Context(), job)
		if fault.Of(err) != fault.Internal || strings.Contains(err.Error(), "4711") || !reflect.DeepEqual(out, tacit.Outcome{}) {
			t.Errorf("Run = %+v, %v", out, err)
		}
	})
	t.Run("a context that ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if out, err := newTest(1).Run(ctx, job); !errors.Is(err, context.Canceled) || !reflect.DeepEqual(out, tacit.Outcome{}) {
			t.Errorf("Run = %+v, %v", out, err)
		}
	})
	t.Run("a context that ends while files are read", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		e := newTest(1)
		e.hear = func(string, int64, int64) { cancel() }
		if _, err := e.Run(ctx, job); !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
	})
}

// case N35 code WASM_TIME check engine/psi/engine.go:WithTimeout
func TestN35TimeIsBounded(t *testing.T) {
	job := ask(`"operation":"union"`, ids("a", "x"), ids("b", "y"))
	t.Run("twin: enough", func(t *testing.T) { mustRun(t, newTest(1), job) })
	slow := newTest(1)
	slow.read = func(ctx context.Context, f tacit.GuestFile, a rows.Format, b rows.Rules, c []rows.Want, l rows.Limits) (*rows.Table, error) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Minute):
			return nil, errors.New("nothing ended the reader")
		}
	}
	job.Limits.Time = time.Millisecond
	mustRefuse(t, slow, job, fault.WasmTime)
	job.Limits.Time = 0
	mustRefuse(t, newTest(1), job, fault.WasmTime)
}

func TestProgressIsHeardInOrder(t *testing.T) {
	var stages []string
	last := map[string]int64{}
	e := New(Config{Threads: 4, Progress: func(stage string, done, total int64) {
		if len(stages) == 0 || stages[len(stages)-1] != stage {
			stages = append(stages, stage)
		}
		if done < last[stage] || done > total {
			t.Errorf("%s: %d after %d of %d", stage, done, last[stage], total)
		}
		last[stage] = done
	}})
	e.read = plainRead
	mustRun(t, e, ask(`"operation":"union"`, count("a", 0, 5000), count("b", 10, 9000)))
	if got, want := strings.Join(stages, " "), "read split match write"; got != want {
		t.Errorf("stages = %s, want %s", got, want)
	}
}
