package oblivious

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A copyist makes copies of this package that note each of their steps. It knows the part
// of Go that the package is written in, and refuses what it does not know, so that no step
// escapes the notes.
type copyist struct {
	fset     *token.FileSet
	info     *types.Info
	sites    int
	edits    []edit
	decided  map[ast.Expr]bool // comparisons that are conditions, and so noted
	problems []string
}

type edit struct {
	at   int // byte of the file
	text string
}

// read reads this package's source as it stands; fork.go is apart, since the copy has
// another.
func read(t testing.TB) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	source := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source[name] = string(text)
	}
	return source
}

// instrument returns the source with notes, and what of it cannot be noted.
func instrument(source map[string]string) (map[string]string, []string) {
	c := &copyist{fset: token.NewFileSet(), decided: map[ast.Expr]bool{}}
	c.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	var files []*ast.File
	var names []string
	for name := range source {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		f, err := parser.ParseFile(c.fset, name, source[name], parser.ParseComments)
		if err != nil {
			return nil, []string{err.Error()}
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: importer.ForCompiler(c.fset, "source", nil)}
	if _, err := conf.Check("oblivious", c.fset, files, c.info); err != nil {
		return nil, []string{err.Error()}
	}
	out := map[string]string{}
	for i, f := range files {
		if names[i] == "fork.go" {
			continue
		}
		c.edits = nil
		for _, imp := range f.Imports {
			if imp.Path.Value != `"math/bits"` {
				c.refuse(imp, "import")
			}
		}
		for _, d := range f.Decls {
			c.walk(d)
		}
		slices.SortStableFunc(c.edits, func(a, b edit) int { return cmp.Compare(a.at, b.at) })
		var b strings.Builder
		last := 0
		for _, e := range c.edits {
			b.WriteString(source[names[i]][last:e.at])
			b.WriteString(e.text)
			last = e.at
		}
		b.WriteString(source[names[i]][last:])
		out[names[i]] = b.String()
	}
	return out, c.problems
}

func (c *copyist) refuse(n ast.Node, what string) {
	c.problems = append(c.problems, fmt.Sprintf("%s: %s", c.fset.Position(n.Pos()), what))
}

func (c *copyist) insert(at token.Pos, text string) {
	c.edits = append(c.edits, edit{c.fset.Position(at).Offset, text})
}

// wrap has an expression go through a function that notes it.
func (c *copyist) wrap(e ast.Expr, function, more string) {
	c.sites++
	c.insert(e.Pos(), fmt.Sprintf("%s(%d, ", function, c.sites))
	c.walk(e)
	c.insert(e.End(), more+")")
}

func (c *copyist) each(nodes ...ast.Node) {
	for _, n := range nodes {
		c.walk(n)
	}
}

func (c *copyist) exprs(list []ast.Expr) {
	for _, e := range list {
		c.walk(e)
	}
}

func (c *copyist) body(b *ast.BlockStmt) {
	c.sites++
	c.insert(b.Lbrace+1, fmt.Sprintf(" noteEnter(%d); ", c.sites))
	c.walk(b)
}

// constant is whether an expression is known before the program runs.
func (c *copyist) constant(e ast.Expr) bool { return c.info.Types[e].Value != nil }

// condition notes how a comparison ended.
func (c *copyist) condition(e ast.Expr) {
	c.decided[e] = true
	c.wrap(e, "noteIf", "")
}

// base is what is indexed or sliced: a name, or a field of one.
func (c *copyist) base(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok {
		if _, isSlice := c.info.TypeOf(e).Underlying().(*types.Slice); isSlice {
			return ", cap(" + id.Name + ")"
		}
	}
	c.refuse(e, "indexing of what is no slice with a name")
	return ""
}

// plain is whether a type is one that can be followed.
func plain(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&(types.IsInteger|types.IsBoolean) != 0 || u.Kind() == types.UntypedRune
	case *types.Slice:
		return plain(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if b, ok := f.Type().Underlying().(*types.Basic); !ok || b.Kind() != types.Uint64 {
				return false
			}
		}
		return true
	case *types.Tuple:
		for v := range u.Variables() {
			if !plain(v.Type()) {
				return false
			}
		}
		return true
	case *types.Signature:
		return !u.Variadic() && u.Recv() == nil && u.TypeParams().Len() == 0 && plain(u.Params()) && plain(u.Results())
	}
	return false
}

func (c *copyist) walk(n ast.Node) {
	if e, ok := n.(ast.Expr); ok {
		if tv, ok := c.info.Types[e]; ok && !tv.IsBuiltin() && !tv.IsVoid() && !plain(tv.Type) {
			c.refuse(n, "type "+tv.Type.String())
		}
		if c.constant(e) {
			return // nothing happens when the program runs
		}
	}
	switch n := n.(type) {
	case *ast.GenDecl:
		c.declare(n)
	case *ast.FuncDecl:
		if n.Recv != nil || n.Type.TypeParams != nil || n.Body == nil {
			c.refuse(n, "method, generic function, or function without a body")
			return
		}
		if s := c.info.Defs[n.Name].Type(); !plain(s) {
			c.refuse(n, "type "+s.String())
		}
		c.body(n.Body)
	case *ast.BlockStmt:
		for _, s := range n.List {
			c.walk(s)
		}
	case *ast.ExprStmt:
		c.walk(n.X)
	case *ast.DeclStmt:
		c.walk(n.Decl)
	case *ast.AssignStmt:
		switch n.Tok {
		case token.QUO_ASSIGN, token.REM_ASSIGN:
			c.refuse(n, "division")
		case token.SHL_ASSIGN, token.SHR_ASSIGN:
			c.exprs(n.Lhs)
			c.shift(n.Rhs[0])
			return
		}
		c.exprs(n.Lhs)
		c.exprs(n.Rhs)
	case *ast.IncDecStmt:
		c.walk(n.X)
	case *ast.ReturnStmt:
		c.exprs(n.Results)
	case *ast.BranchStmt:
		if n.Label != nil || n.Tok != token.BREAK && n.Tok != token.CONTINUE {
			c.refuse(n, n.Tok.String())
		}
	case *ast.IfStmt:
		if n.Init != nil {
			c.walk(n.Init)
		}
		c.condition(n.Cond)
		c.walk(n.Body)
		if n.Else != nil {
			c.walk(n.Else)
		}
	case *ast.ForStmt:
		if n.Init != nil {
			c.walk(n.Init)
		}
		if n.Cond != nil {
			c.condition(n.Cond)
		}
		if n.Post != nil {
			c.walk(n.Post)
		}
		c.walk(n.Body)
	case *ast.RangeStmt:
		switch c.info.TypeOf(n.X).Underlying().(type) {
		case *types.Basic:
			c.wrap(n.X, "noteNumber", "")
		case *types.Slice:
			c.wrap(n.X, "noteSlice", "")
		default:
			c.refuse(n, "range over what is neither number nor slice")
		}
		c.walk(n.Body)
	case *ast.Ident, *ast.BasicLit:
	case *ast.ParenExpr:
		c.walk(n.X)
	case *ast.SelectorExpr:
		c.walk(n.X)
	case *ast.UnaryExpr:
		if n.Op != token.SUB && n.Op != token.XOR {
			c.refuse(n, "operator "+n.Op.String())
		}
		c.walk(n.X)
	case *ast.BinaryExpr:
		c.binary(n)
	case *ast.IndexExpr:
		more := c.base(n.X)
		c.walk(n.X)
		c.wrap(n.Index, "noteAt", more)
	case *ast.SliceExpr:
		more := c.base(n.X)
		c.walk(n.X)
		for _, bound := range []ast.Expr{n.Low, n.High, n.Max} {
			if bound != nil {
				c.wrap(bound, "noteAt", more)
			}
		}
	case *ast.CompositeLit:
		if _, ok := c.info.TypeOf(n).Underlying().(*types.Struct); !ok {
			c.refuse(n, "literal of what is no struct")
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			c.walk(e)
		}
	case *ast.FuncLit:
		c.body(n.Body)
	case *ast.CallExpr:
		c.call(n)
	default:
		c.refuse(n, fmt.Sprintf("syntax %T", n))
	}
}

func (c *copyist) declare(n *ast.GenDecl) {
	for _, s := range n.Specs {
		v, ok := s.(*ast.ValueSpec)
		if !ok || n.Tok == token.CONST {
			continue
		}
		for _, name := range v.Names {
			if o := c.info.Defs[name]; o != nil && o.Parent() == o.Pkg().Scope() {
				c.refuse(n, "variable of the package")
			}
		}
		c.exprs(v.Values)
	}
}

func (c *copyist) binary(n *ast.BinaryExpr) {
	switch n.Op {
	case token.LAND, token.LOR:
		c.refuse(n, "operator "+n.Op.String())
	case token.QUO, token.REM:
		c.refuse(n, "division")
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		if !c.decided[n] {
			c.refuse(n, "comparison that is no condition")
		}
	case token.SHL, token.SHR:
		c.walk(n.X)
		c.shift(n.Y)
		return
	}
	c.each(n.X, n.Y)
}

// shift notes how far something is shifted, which some processors take time for.
func (c *copyist) shift(by ast.Expr) {
	if !c.constant(by) {
		c.wrap(by, "noteNumber", "")
	}
}

func (c *copyist) call(n *ast.CallExpr) {
	tv := c.info.Types[n.Fun]
	switch fun := n.Fun.(type) {
	case *ast.Ident:
		o := c.info.Uses[fun]
		_, isFunc := o.(*types.Func)
		switch {
		case tv.IsType() && plain(tv.Type), isFunc && fun.Name != "fork":
			c.exprs(n.Args)
			return
		case isFunc:
			c.wrap(n.Args[0], "noteNumber", "")
			c.exprs(n.Args[1:])
			return
		case tv.IsBuiltin() && fun.Name == "len":
			c.exprs(n.Args)
			return
		case tv.IsBuiltin() && fun.Name == "make":
			for _, size := range n.Args[1:] {
				c.wrap(size, "noteNumber", "")
			}
			return
		}
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			if p, ok := c.info.Uses[x].(*types.PkgName); ok && p.Imported().Path() == "math/bits" {
				switch fun.Sel.Name {
				case "Add64", "Sub64", "Mul64":
					c.exprs(n.Args)
					return
				case "Len64":
					c.wrap(n.Args[0], "noteNumber", "")
					return
				}
			}
		}
	}
	c.refuse(n, "call")
}

// A fault is what the notes must tell: the test plants it.
type fault struct {
	name          string
	file          string
	before, after string
	operator      string // that must be noticed
}

var planted = []fault{
	{"a branch instead of a mask", "sort.go",
		"\t\ta[i], b[i] = trade(x, y, after(x, y))\n",
		"\t\tif after(x, y) != 0 {\n\t\t\ta[i], b[i] = y, x\n\t\t}\n", "merge"},
	{"an exit when keys are equal", "sort.go",
		"\t_, c := bits.Sub64(y.Tag, x.Tag, 0)\n",
		"\tif x.Hi^y.Hi|x.Lo^y.Lo == 0 {\n\t\treturn 0\n\t}\n\t_, c := bits.Sub64(y.Tag, x.Tag, 0)\n", "sort"},
	{"an index by data", "mark.go",
		"\t\tseen |= bit\n\t\tmarks[i] = ",
		"\t\tseen |= bit | marks[seen&1&uint64(len(marks)-1)]&0\n\t\tmarks[i] = ", "mark"},
	{"a write by data", "compact.go",
		"\t\tkeep[i] = sum\n",
		"\t\tkeep[i] = sum\n\t\tkeep[sum] = keep[sum]\n", "compact"},
	{"a loop as long as there is something real", "mark.go",
		"\tfor i := 0; i < n; i += width {\n",
		"\tfor i := int(count) * width; i < n; i += width {\n", "wipe"},
	{"dummies left out", "mark.go",
		"\t\treal := r.Tag>>63 - 1\n",
		"\t\tif r.Tag>>63 == 1 {\n\t\t\tcontinue\n\t\t}\n\t\treal := r.Tag>>63 - 1\n", "mark"},
	{"a search that ends when it has found", "record.go",
		"\t\tbad |= b\n",
		"\t\tbad |= b\n\t\tif bad == 1 {\n\t\t\tbreak\n\t\t}\n", "sorted"},
	{"a slice by data", "compact.go",
		"\tcompact(rows, width, keep, threads)\n",
		"\tcompact(rows, width, keep, threads)\n\tsum |= Count(keep[:int(sum)*(len(keep)-1)>>4&len(keep)>>1]) & 0\n", "compact"},
	{"a size by data", "mark.go",
		"\tcarry := make([]uint64, width)\n",
		"\tcarry := make([]uint64, width)\n\tif len(recs) > 0 {\n\t\tcarry = make([]uint64, width+int(recs[0].Hi&1))\n\t\tcarry = carry[:width]\n\t}\n", "spread"},
	{"a shift by data", "sum.go",
		"\t\tv := numbers[i] & -flags[i]\n",
		"\t\tv := numbers[i] & -(uint64(1) << (flags[i] ^ 1) & 1)\n", "sum"},
	{"threads by data", "sort.go",
		"\tm := half(n)\n\tif n >= worth {\n\t\tfork(threads,\n\t\t\tfunc(t int) { Sort(",
		"\tm := half(n)\n\tif n >= worth {\n\t\tfork(threads+int(recs[0].Lo&1),\n\t\t\tfunc(t int) { Sort(", "sort"},
	{"a division that ends early", "sum.go",
		"\tfor range 128 {\n",
		"\tfor range 128 {\n\t\tif hi|lo == 0 {\n\t\t\tbreak\n\t\t}\n", "decimal"},
}

// build writes each source into one module and builds a program of each.
func build(t *testing.T, variants []map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	load := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join("testdata", "trace", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	put("go.mod", "module traced\n\ngo 1.26\n")
	tracer, driver := load("tracer.go"), load("main.go")
	var programs []string
	for i, source := range variants {
		name := fmt.Sprintf("copy%d", i)
		copied, problems := instrument(source)
		if problems != nil {
			t.Fatalf("steps that cannot be followed:\n%s", strings.Join(problems, "\n"))
		}
		for file, text := range copied {
			put(filepath.Join(name, "oblivious", file), text)
		}
		put(filepath.Join(name, "oblivious", "tracer.go"), tracer)
		put(filepath.Join(name, "main.go"), strings.ReplaceAll(driver, "MODULE", "traced/"+name))
		programs = append(programs, filepath.Join(dir, "bin", name))
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "bin")+string(filepath.Separator), "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build copies: %v\n%s", err, out)
	}
	return programs
}

// traces runs a program and returns, for each operator and size, the notes of each input.
func traces(t *testing.T, program string, large bool) map[string]map[string][]string {
	t.Helper()
	cmd := exec.Command(program)
	if large {
		cmd.Args = append(cmd.Args, "large")
	}
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("run copy: %v\n%.2000s", err, problems.String())
	}
	all := map[string]map[string][]string{}
	for line := range strings.Lines(out.String()) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if all[f[0]] == nil {
			all[f[0]] = map[string][]string{}
		}
		all[f[0]][f[2]] = append(all[f[0]][f[2]], f[1])
	}
	return all
}

// case N100 code - check engine/psi/oblivious/record.go:same
func TestN100StepsFollowFromSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("builds thirteen programs")
	}
	source := read(t)
	variants := []map[string]string{source}
	for _, f := range planted {
		if n := strings.Count(source[f.file], f.before); n != 1 {
			t.Fatalf("%s: there are %d places for it", f.name, n)
		}
		with := map[string]string{}
		for name, text := range source {
			with[name] = text
		}
		with[f.file] = strings.Replace(source[f.file], f.before, f.after, 1)
		variants = append(variants, with)
	}
	programs := build(t, variants)
	t.Run("twin: as it is", func(t *testing.T) {
		all := traces(t, programs[0], true)
		inputs := 0
		for what, by := range all {
			if len(by) != 1 {
				t.Errorf("%s: inputs of one size take other steps: %v", what, by)
			}
			for _, names := range by {
				inputs += len(names)
			}
		}
		if len(all) < 300 || inputs < 3000 {
			t.Errorf("%d operators at sizes, %d runs: the program did not run all", len(all), inputs)
		}
	})
	for i, f := range planted {
		t.Run(f.name, func(t *testing.T) {
			seen := false
			for what, by := range traces(t, programs[i+1], f.name == "threads by data") {
				seen = seen || strings.HasPrefix(what, f.operator+"/") && len(by) > 1
			}
			if !seen {
				t.Errorf("%s takes the same steps for all inputs of a size: the notes do not tell it", f.operator)
			}
		})
	}
}

func TestWhatCannotBeFollowedIsRefused(t *testing.T) {
	const frame = "package oblivious\n\nfunc planted(v uint64, s []uint64, n int) uint64 {\n\t%s\n\treturn v\n}\n"
	for _, c := range []struct{ name, text string }{
		{"map", "m := map[uint64]uint64{v: 1}; v = m[v]"},
		{"append", "s = append(s, v)"},
		{"copy", "copy(s, s[n:])"},
		{"clear", "clear(s)"},
		{"min", "v = min(v, s[n])"},
		{"string", "v = uint64(len(string(rune(v))))"},
		{"division", "v = v / s[n]"},
		{"division by a constant", "v = v / 10"},
		{"remainder", "v %= 10"},
		{"and then", "if v > 1 && s[n] > 2 { v = 1 }"},
		{"or else", "if v > 1 || s[n] > 2 { v = 1 }"},
		{"truth kept", "b := v > 1; if b { v = 0 }"},
		{"switch", "switch v { case 1: v = 2 }"},
		{"goto", "again: v++; if v < 3 { goto again }"},
		{"defer", "defer func() { v++ }()"},
		{"go", "go func() { v++ }()"},
		{"channel", "c := make(chan uint64, 1); c <- v"},
		{"pointer", "p := &s[n]; v = *p"},
		{"interface", "var a any = v; _ = a"},
		{"float", "v = uint64(float64(v))"},
		{"array", "var a [4]uint64; v = a[v]"},
		{"call of a variable", "f := func(x uint64) uint64 { return x }; v = f(v)"},
		{"panic", "if v > 1 { panic(1) }"},
		{"print", "println(v)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := read(t)
			source["planted.go"] = fmt.Sprintf(frame, c.text)
			if _, problems := instrument(source); problems == nil {
				t.Error("taken for something that can be followed")
			}
		})
	}
	for _, c := range []struct{ name, text string }{
		{"variable of the package", "var counter uint64\n"},
		{"method", "func (r Record) Sum() uint64 { return r.Hi }\n"},
		{"generic function", "func id[T any](v T) T { return v }\n"},
		{"another import", "import \"os\"\n\nfunc end() { os.Exit(1) }\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := read(t)
			source["planted.go"] = "package oblivious\n\n" + c.text
			if _, problems := instrument(source); problems == nil {
				t.Error("taken for something that can be followed")
			}
		})
	}
	t.Run("twin: masks and sizes", func(t *testing.T) {
		source := read(t)
		source["planted.go"] = fmt.Sprintf(frame, "for i := range s { if i >= n { break }; v += s[i] & -(v & 1) << 3 }")
		if _, problems := instrument(source); problems != nil {
			t.Error(problems)
		}
	})
}
