package psi

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
)

// plainRead is a reader without checks, so that what is tested here is the engine.
func plainRead(_ context.Context, f tacit.GuestFile, format rows.Format, _ rows.Rules, wants []rows.Want, limits rows.Limits) (*rows.Table, error) {
	raw := make([]byte, f.Size)
	if _, err := f.Data.ReadAt(raw, 0); err != nil && err != io.EOF {
		return nil, err
	}
	t := &rows.Table{}
	if format.Kind == rows.Binary {
		t.IDs = rows.Texts{N: len(raw) / format.Width, Width: format.Width, Bytes: raw}
		return t, nil
	}
	all, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return nil, err
	}
	pick := func(name string) (texts rows.Texts) {
		for i, h := range all[0] {
			if h != name {
				continue
			}
			for _, row := range all[1:] {
				texts.Bytes = append(texts.Bytes, row[i]...)
				texts.Ends = append(texts.Ends, uint64(len(texts.Bytes)))
				texts.N++
			}
			return texts
		}
		panic(fault.New(fault.PSIColumn, "no column %s", name))
	}
	t.IDs = pick(format.Column)
	for _, w := range wants {
		c := rows.Column{Want: w, Texts: pick(w.Name)}
		if w.Number {
			for i := range c.Texts.N {
				whole, part, _ := strings.Cut(string(c.Texts.At(i)), ".")
				n, err := strconv.ParseInt(whole+part+strings.Repeat("0", w.Decimals-len(part)), 10, 64)
				if err != nil {
					return nil, err
				}
				c.Numbers = append(c.Numbers, n)
			}
			c.Texts = rows.Texts{}
		}
		t.Columns = append(t.Columns, c)
	}
	return t, nil
}

// enough are limits that no small test meets.
func enough() tacit.Limits {
	return tacit.Limits{Fuel: 1 << 40, Memory: 8 << 30, Output: 1 << 30, Files: 16, Time: time.Minute}
}

func file(alias, text string) tacit.GuestFile {
	return tacit.GuestFile{Alias: alias, Operations: tacit.SetOperations(), Size: int64(len(text)), Data: strings.NewReader(text)}
}

// ids is a file of CSV with nothing but a column id.
func ids(alias string, all ...string) tacit.GuestFile {
	return file(alias, "id\n"+strings.Join(all, "\n")+"\n")
}

// count is the file with the ids from up to to.
func count(alias string, from, to int) tacit.GuestFile {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, "id"+strconv.Itoa(i))
	}
	return ids(alias, all...)
}

func newTest(threads int) *Engine {
	e := New(Config{Threads: threads})
	e.read = plainRead
	return e
}

// ask is a job of the files, all CSV with a column id, with more parameters as JSON.
func ask(more string, files ...tacit.GuestFile) tacit.Job {
	parties := map[string]any{}
	for _, f := range files {
		parties[f.Alias] = map[string]any{"format": "csv", "column": "id"}
	}
	b, err := json.Marshal(parties)
	if err != nil {
		panic(err)
	}
	return tacit.Job{Params: []byte(`{"mode":"plain","parties":` + string(b) + `,` + more + `}`), Inputs: files, Limits: enough(), Seed: [32]byte{1, 2, 3}}
}

func mustRun(t *testing.T, e *Engine, job tacit.Job) tacit.Outcome {
	t.Helper()
	out, err := e.Run(t.Context(), job)
	if err != nil {
		t.Fatalf("Run = %v, params %s", err, job.Params)
	}
	if out.ExitCode != 0 || len(out.Stderr) != 0 {
		t.Fatalf("Run = exit %d, %q", out.ExitCode, out.Stderr)
	}
	return out
}

func mustRefuse(t *testing.T, e *Engine, job tacit.Job, code fault.Code) (tacit.Outcome, string) {
	t.Helper()
	out, err := e.Run(t.Context(), job)
	if fault.Of(err) != code {
		t.Fatalf("Run = %v, want %s", err, code)
	}
	if out.ExitCode != tacit.ExitStopped || len(out.Outputs) != 0 || string(out.Stderr) != err.Error()+"\n" {
		t.Fatalf("Run = exit %d, %d outputs, %q, with %v", out.ExitCode, len(out.Outputs), out.Stderr, err)
	}
	return out, err.Error()
}

// textOf is the text of one output.
func textOf(t *testing.T, out tacit.Outcome, name string) string {
	t.Helper()
	for _, o := range out.Outputs {
		if o.Name == name {
			return string(o.Data)
		}
	}
	t.Fatalf("there is no output %s", name)
	return ""
}

func summaryOf(t *testing.T, out tacit.Outcome) report {
	t.Helper()
	var r report
	if err := json.Unmarshal([]byte(textOf(t, out, "summary.json")), &r); err != nil {
		t.Fatal(err)
	}
	return r
}
