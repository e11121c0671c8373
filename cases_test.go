package tacit_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"tacit/fault"
)

// required are the refusals that this version promises to show by a test.
var required = strings.Fields(`N01 N02 N03 N16 N18 N19 N22 N24 N25 N28 N29 N30 N32 N35 N36 N39 N40 N41 N42 N44
	N58 N59 N61 N62 N64 N66 N80 N81 N83 N84 N85 N86 N98 N99`)

// A negative is one refusal with the test that shows it, as a line comment
// above the test says:
//
//	// case N35 code WASM_TIME check engine/wasm/run.go:deadline
//
// code may be "-" where nothing is refused but something must not happen; the
// check is the place whose removal turns the test red. The same input without
// the fault must succeed: its twin is a subtest whose name begins with "twin"
// or a test named after the case and "Twin"; "twin TestName" may name another.
type negative struct {
	number, code, check string
	file, test          string
	twin                string
}

var caseLine = regexp.MustCompile(`^// case (N\d+)(?: code)? (-|[A-Z_]+) check (\S+):(\S+)(?: twin (\S+))?$`)

// readCases collects the cases of every test below fsys and what is wrong with
// them.
func readCases(fsys fs.FS) (list []negative, wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	type parsed struct {
		name string
		file *ast.File
	}
	byDir := map[string][]parsed{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && (base == "node_modules" || base == "testdata" || strings.HasPrefix(base, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		byDir[path.Dir(name)] = append(byDir[path.Dir(name)], parsed{name, file})
		return err
	})
	if err != nil {
		say("%v", err)
	}
	for _, files := range byDir {
		var tests []string
		for _, f := range files {
			for _, d := range f.file.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
					tests = append(tests, fn.Name.Name)
				}
			}
		}
		for _, f := range files {
			taken := map[*ast.Comment]bool{}
			for _, d := range f.file.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Doc == nil {
					continue
				}
				for _, c := range fn.Doc.List {
					if !strings.HasPrefix(c.Text, "// case N") {
						continue
					}
					taken[c] = true
					m := caseLine.FindStringSubmatch(c.Text)
					if m == nil {
						say("%s: cannot read %q", f.name, c.Text)
						continue
					}
					n := negative{m[1], m[2], m[3] + ":" + m[4], f.name, fn.Name.Name, m[5]}
					if n.code != "-" && fault.Parse(n.code) != fault.Code(n.code) {
						say("%s: %s: code %s is not in the table of faults", f.name, n.number, n.code)
					}
					if text, err := fs.ReadFile(fsys, m[3]); err != nil {
						say("%s: %s: its check is in no file: %v", f.name, n.number, err)
					} else if !strings.Contains(strings.ToLower(string(text)), strings.ToLower(m[4])) {
						say("%s: %s: nothing is called %s in %s", f.name, n.number, m[4], m[3])
					}
					switch {
					case n.twin != "" && !slices.Contains(tests, n.twin):
						say("%s: %s: there is no twin %s", f.name, n.number, n.twin)
					case n.twin == "":
						if n.twin = twinOf(n.number, fn, tests); n.twin == "" {
							say("%s: %s: %s has no twin that succeeds", f.name, n.number, n.test)
						}
					}
					list = append(list, n)
				}
			}
			for _, g := range f.file.Comments {
				for _, c := range g.List {
					if strings.HasPrefix(c.Text, "// case N") && !taken[c] {
						say("%s: %q stands above no test", f.name, c.Text)
					}
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b negative) int {
		if d := number(a) - number(b); d != 0 {
			return d
		}
		return strings.Compare(a.file+a.test+a.code+a.check, b.file+b.test+b.code+b.check)
	})
	slices.Sort(wrong)
	return list, wrong
}

func number(n negative) int {
	i, _ := strconv.Atoi(n.number[1:])
	return i
}

// twinOf finds the subtest or the test that shows the same input succeeding.
func twinOf(number string, fn *ast.FuncDecl, tests []string) string {
	found := ""
	ast.Inspect(fn, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && found == "" {
			if s, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(s, "twin") {
				found = s
			}
		}
		return true
	})
	if found != "" {
		return found
	}
	i := slices.IndexFunc(tests, func(name string) bool {
		rest, ok := strings.CutPrefix(name, "Test"+number)
		return ok && strings.Contains(rest, "Twin")
	})
	if i < 0 {
		return ""
	}
	return tests[i]
}

// missing are the required cases that no test shows.
func missing(list []negative) []string {
	var out []string
	for _, r := range required {
		if !slices.ContainsFunc(list, func(n negative) bool { return n.number == r }) {
			out = append(out, r)
		}
	}
	return out
}

func TestEveryPromisedRefusalHasATest(t *testing.T) {
	list, wrong := readCases(os.DirFS("."))
	for _, w := range wrong {
		t.Error(w)
	}
	if m := missing(list); len(m) > 0 {
		t.Errorf("no test shows %s", strings.Join(m, ", "))
	}
	var b strings.Builder
	b.WriteString("# Negative cases\n\n" +
		"Made by `make generate` from the comments above the tests; `make check` fails when it\n" +
		"is not current. Each row is one refusal: the code that the caller gets, the test that\n" +
		"provokes it, the twin that shows the same input succeeding without the fault, and the\n" +
		"check whose removal turns the test red. `-` stands where nothing is refused but\n" +
		"something must not happen.\n\n" +
		"| case | code | test | twin | check |\n|---|---|---|---|---|\n")
	for _, n := range list {
		fmt.Fprintf(&b, "| %s | %s | `%s` `%s` | %s | `%s` |\n", n.number, n.code, n.file, n.test, strings.ReplaceAll(n.twin, "|", "\\|"), n.check)
	}
	compare(t, "cases.md", b.String())
}

// TestAWrongCaseIsSeen shows that each rule about cases can fail.
func TestAWrongCaseIsSeen(t *testing.T) {
	const head = "package p\n\n"
	for _, tt := range []struct{ name, text, want string }{
		{"twin: as it should be", head + "// case N35 code WASM_TIME check a.go:limit\nfunc TestN35() { _ = \"twin: short\" }\n", ""},
		{"twin: in a test of its own", head + "// case N35 code WASM_TIME check a.go:limit\nfunc TestN35() {}\nfunc TestN35TwinEnds() {}\n", ""},
		{"twin: named in the comment", head + "// case N35 code WASM_TIME check a.go:limit twin TestOther\nfunc TestN35() {}\nfunc TestOther() {}\n", ""},
		{"no twin", head + "// case N35 code WASM_TIME check a.go:limit\nfunc TestN35() {}\nfunc TestN36Twin() {}\n", "has no twin"},
		{"a twin that is not there", head + "// case N35 code WASM_TIME check a.go:limit twin TestOther\nfunc TestN35() {}\n", "no twin TestOther"},
		{"unknown code", head + "// case N35 code WASM_TIMES check a.go:limit\nfunc TestN35() { _ = \"twin\" }\n", "not in the table"},
		{"no such file", head + "// case N35 code WASM_TIME check b.go:limit\nfunc TestN35() { _ = \"twin\" }\n", "in no file"},
		{"no such name", head + "// case N35 code WASM_TIME check a.go:limits\nfunc TestN35() { _ = \"twin\" }\n", "nothing is called limits"},
		{"unreadable", head + "// case N35 WASM_TIME a.go:limit\nfunc TestN35() { _ = \"twin\" }\n", "cannot read"},
		{"above no test", head + "// case N35 code WASM_TIME check a.go:limit\n\nfunc TestN35() { _ = \"twin\" }\n", "above no test"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, wrong := readCases(fstest.MapFS{"a_test.go": {Data: []byte(tt.text)}, "a.go": {Data: []byte("package p\n\nfunc limit() {}\n")}})
			got := strings.Join(wrong, "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("wrong = %q, want %q", got, tt.want)
			}
			if tt.want == "" && (len(list) != 1 || slices.Contains(missing(list), "N35") || len(missing(list)) != len(required)-1) {
				t.Errorf("list = %v", list)
			}
		})
	}
}
