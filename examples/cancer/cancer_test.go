package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/engine/wasm"
	"tacit/fault"
	"tacit/wire"
)

// tables fetches the real table and splits it, or skips.
func tables(t *testing.T) (left, right []byte) {
	t.Helper()
	dir := t.TempDir()
	fetch := exec.Command("./fetch.sh", dir)
	if text, err := fetch.CombinedOutput(); err != nil {
		t.Skipf("the table cannot be had: %v\n%s", err, text)
	}
	command(t, "go", "run", "./split", filepath.Join(dir, "breast_cancer.csv"), dir)
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return read("left.csv"), read("right.csv")
}

func command(t *testing.T, name string, args ...string) {
	t.Helper()
	if text, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, text)
	}
}

// guest builds this program for the guest ABI.
func guest(t *testing.T) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cancer.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-o", file, ".")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// compiled keeps the guest of one test, which runs it one at a time.
type compiled map[wire.Digest][]byte

func (c compiled) Get(key wire.Digest) ([]byte, bool) { b, ok := c[key]; return b, ok }
func (c compiled) Put(key wire.Digest, code []byte)   { c[key] = code }

func runGuest(t *testing.T, engine *wasm.Engine, code, left, right []byte) (tacit.Outcome, error) {
	t.Helper()
	return engine.Run(t.Context(), tacit.Job{
		Code: code,
		Args: []string{"cancer"},
		Inputs: []tacit.GuestFile{
			{Alias: "left", Size: int64(len(left)), Data: bytes.NewReader(left)},
			{Alias: "right", Size: int64(len(right)), Data: bytes.NewReader(right)},
		},
		Params: []byte(`{"C": 1.0}`),
		Limits: tacit.Limits{Fuel: 5_000_000_000, Memory: 128 << 20, Output: 64 << 10, Files: 1,
			Time: time.Minute, CodeSize: 16 << 20, CompileIn: 2 * time.Minute},
	})
}

func TestModelIsThatOfScikitLearn(t *testing.T) {
	left, right := tables(t)
	code := guest(t)
	engine, err := wasm.New(wasm.Config{Cache: make(compiled)})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	check := filepath.Join(dir, "check")
	command(t, "go", "build", "-o", check, "./check")
	compare := func(model []byte) (string, error) {
		file := filepath.Join(dir, "model.json")
		if err := os.WriteFile(file, model, 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := exec.Command(check, file, "expected.json").CombinedOutput()
		return string(text), err
	}

	out, err := runGuest(t, engine, code, left, right)
	if err != nil {
		t.Fatalf("Run = %v\n%s", err, out.Stderr)
	}
	if len(out.Outputs) != 1 || out.Outputs[0].Name != "model.json" {
		t.Fatalf("outputs = %v", out.Outputs)
	}
	model := out.Outputs[0].Data
	if text, err := compare(model); err != nil {
		t.Errorf("check: %v\n%s", err, text)
	} else {
		t.Logf("%s module %d bytes, fuel %d, memory %d", text, len(code), out.Fuel, out.PeakMem)
	}
	again, err := runGuest(t, engine, code, left, right)
	if err != nil || !bytes.Equal(again.Outputs[0].Data, model) || again.Fuel != out.Fuel {
		t.Errorf("a repeat differs: %v, fuel %d and %d", err, out.Fuel, again.Fuel)
	}

	// One patient's radius becomes another's: the comparison must see it.
	lines := strings.SplitAfter(string(left), "\n")
	a, b := strings.SplitN(lines[1], ",", 3), strings.SplitN(lines[20], ",", 3)
	lines[1] = strings.Join([]string{a[0], b[1], a[2]}, ",")
	changed, err := runGuest(t, engine, code, []byte(strings.Join(lines, "")), right)
	if err != nil {
		t.Fatal(err)
	}
	text, err := compare(changed.Outputs[0].Data)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(text, `coefficient "mean radius" differs by`) {
		t.Errorf("check of a model with one changed row = %v: %s", err, text)
	}

	// A row without its partner is left out, and check counts rows.
	fewer, err := runGuest(t, engine, code, []byte(strings.Join(append(lines[:1:1], lines[2:]...), "")), right)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = compare(fewer.Outputs[0].Data); err == nil || !strings.Contains(text, "568 rows") {
		t.Errorf("check of a model with one row less = %v: %s", err, text)
	}

	// A fault of the data is a message without the data, and exit code 1.
	bad := strings.Replace(string(right), "\n", "\nP0001,SECRET,2\n", 1)
	out, err = runGuest(t, engine, code, left, []byte(bad))
	if fault.Of(err) != fault.WasmTrap || out.ExitCode != 1 || len(out.Outputs) != 0 {
		t.Errorf("Run with a ragged row = exit %d, %v", out.ExitCode, err)
	}
	if s := string(out.Stderr); s != "cancer: right: line 2 has 3 fields, the header has 16\n" {
		t.Errorf("stderr = %q", s)
	}
}

func TestTablesThatAreRefused(t *testing.T) {
	const left, right = "id,a,malignant\nX,1,0\nY,2,1\nZ,4,1\n", "id,b\nZ,5\nX,3\nY,1\n"
	for _, tt := range []struct {
		name, left, right, label, want string
	}{
		{"twin: as they should be", left, right, "", ""},
		{"twin: the label on the right", right, left, "", ""},
		{"an id twice", left + "X,1,1\n", right, "", "left: line 5 repeats an id"},
		{"no header", "X,1,0\n", right, "", "left: the first line must be a header: id and at least one column"},
		{"nothing", "", right, "", "left: the first line must be a header: id and at least one column"},
		{"a header only", "id,a,malignant\n", right, "", "left: there are no rows"},
		{"a column twice", "id,a,a\n", right, "", "left: column 3 has no name of its own"},
		{"a column in both", left, strings.Replace(right, "b", "a", 1), "", `both tables have the column "a"`},
		{"the label in both", left, strings.Replace(right, "b", "malignant", 1), "", `both tables have the column "malignant"`},
		{"no label", left, right, "benign", `no table has the column "benign"`},
		{"not a number", strings.Replace(left, "2", "secret", 1), right, "", `left: line 3, column "a" is not a finite number`},
		{"NaN", left, strings.Replace(right, "5", "NaN", 1), "", `right: line 2, column "b" is not a finite number`},
		{"infinite", left, strings.Replace(right, "5", "-Inf", 1), "", `right: line 2, column "b" is not a finite number`},
		{"an empty field", left, strings.Replace(right, "5", "", 1), "", `right: line 2, column "b" is not a finite number`},
		{"a short row", left + "W,1\n", right, "", "left: line 5 has 2 fields, the header has 3"},
		{"no id", left + ",1,1\n", right, "", "left: line 5 has no id"},
		{"a stray quote", left + "W,\"1,1\n", right, "", "left: line 5 is not CSV"},
		{"a label of two", strings.Replace(left, "X,1,0", "X,1,2", 1), right, "", `left: the column "malignant" holds something else than 0 and 1`},
		{"one label only", strings.Replace(left, "X,1,0", "X,1,1", 1), right, "", "the 3 rows with an id in both tables do not show both labels"},
		{"no id in both", left, "id,b\nQ,1\n", "", "the 0 rows with an id in both tables do not show both labels"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Params{C: 1, Label: "malignant"}
			if tt.label != "" {
				p.Label = tt.label
			}
			_, err := fitTables(strings.NewReader(tt.left), strings.NewReader(tt.right), p)
			if got := fmt.Sprint(err); got != tt.want && (err != nil || tt.want != "") {
				t.Errorf("fitTables = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestParams(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Params
		ok         bool
	}{
		{"none", "", Params{1, "malignant"}, true},
		{"both", `{"C": 0.5, "label": "x"}`, Params{0.5, "x"}, true},
		{"unknown", `{"D": 1}`, Params{}, false},
		{"zero", `{"C": 0}`, Params{}, false},
		{"more text", `{} {}`, Params{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := parseParams([]byte(tt.text))
			if (err == nil) != tt.ok || tt.ok && p != tt.want {
				t.Errorf("parseParams = %+v, %v", p, err)
			}
		})
	}
}

// The expected model is committed; it must be one.
func TestExpectedIsSolved(t *testing.T) {
	text, err := os.ReadFile("expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var m Model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if m.Rows != 569 || len(m.Coefficients) != 30 || m.Gradient > converged {
		t.Errorf("expected.json has %d rows, %d coefficients, gradient %g", m.Rows, len(m.Coefficients), m.Gradient)
	}
}
