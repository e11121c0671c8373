package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Guard is one check: a condition that leads to a refusal.
type Guard struct {
	ID       int // from 1
	File     string
	Line     int
	Func     string
	Cond     string // as it stands in the source, blanks folded
	Nth      int    // of those with this condition in this function, from 1
	negative bool   // the condition is what must hold, not what refuses
	from, to int    // where the condition lies in the file
}

// Key names a guard however its line moves.
func (g Guard) Key() string { return g.File + " " + g.Func + " " + g.Cond + g.nth() }

func (g Guard) nth() string {
	if g.Nth < 2 {
		return ""
	}
	return " #" + strconv.Itoa(g.Nth)
}

// number gives guards in the order of the source their numbers.
func number(guards []Guard) {
	seen := map[string]int{}
	for i := range guards {
		guards[i].ID, guards[i].Nth = i+1, 0
		k := guards[i].Key()
		seen[k]++
		guards[i].Nth = seen[k]
	}
}

func fold(s string) string { return strings.Join(strings.Fields(s), " ") }

// readGo finds the guards of a Go file: conditions of if statements and of
// cases whose body ends by returning an error or false, or makes a fault; and
// what a call of a local rule(holds, ...) is told to hold.
func readGo(name string, text []byte) ([]Guard, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var out []Guard
	add := func(fn string, from, to ast.Expr, negative bool) {
		a, b := set.Position(from.Pos()), set.Position(to.End())
		out = append(out, Guard{File: name, Line: a.Line, Func: fn, Cond: fold(string(text[a.Offset:b.Offset])), negative: negative, from: a.Offset, to: b.Offset})
	}
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		// A function literal returns to its own caller.
		var walk func(n ast.Node, results *ast.FieldList)
		walk = func(n ast.Node, results *ast.FieldList) {
			ast.Inspect(n, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					walk(n.Body, n.Type.Results)
					return false
				case *ast.IfStmt:
					if refuses(n.Body.List, results) {
						add(fn.Name.Name, n.Cond, n.Cond, false)
					}
				case *ast.SwitchStmt:
					if n.Tag != nil {
						return true
					}
					for _, c := range n.Body.List {
						if c := c.(*ast.CaseClause); len(c.List) == 1 && refuses(c.Body, results) {
							add(fn.Name.Name, c.List[0], c.List[0], false)
						}
					}
				case *ast.CallExpr:
					if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "rule" && len(n.Args) > 1 {
						add(fn.Name.Name, n.Args[0], n.Args[0], true)
					}
				}
				return true
			})
		}
		walk(fn.Body, fn.Type.Results)
	}
	return out, nil
}

// refuses reports whether a body says no.
func refuses(body []ast.Stmt, results *ast.FieldList) bool {
	if len(body) == 0 {
		return false
	}
	if r, ok := body[len(body)-1].(*ast.ReturnStmt); ok && len(r.Results) > 0 && results != nil {
		typ, _ := results.List[len(results.List)-1].Type.(*ast.Ident)
		last, _ := r.Results[len(r.Results)-1].(*ast.Ident)
		switch {
		case typ != nil && typ.Name == "error":
			return last == nil || last.Name != "nil"
		case typ != nil && typ.Name == "bool":
			return last != nil && last.Name == "false"
		}
	}
	found := false
	for _, s := range body {
		if _, nested := s.(*ast.IfStmt); nested {
			continue
		}
		ast.Inspect(s, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				switch f := call.Fun.(type) {
				case *ast.SelectorExpr:
					x, ok := f.X.(*ast.Ident)
					found = found || ok && x.Name == "fault" && (f.Sel.Name == "New" || f.Sel.Name == "Denied")
				case *ast.Ident:
					found = found || f.Name == "say" || f.Name == "bad" || f.Name == "deny"
				}
			}
			return true
		})
	}
	return found
}

// weaveGo rewrites the conditions so that the environment can make one of them
// not hold. Lines stay where they are.
func weaveGo(text []byte, guards []Guard) string {
	var b strings.Builder
	type edit struct {
		at, order int
		text      string
	}
	var edits []edit
	for _, g := range guards {
		open, end := fmt.Sprintf("mutantHolds(%d, ", g.ID), ")"
		if g.negative {
			open, end = fmt.Sprintf("!mutantHolds(%d, !(", g.ID), "))"
		}
		// Of two that begin together the longer opens first and ends last.
		edits = append(edits, edit{g.from, -g.to, open}, edit{g.to, -g.from, end})
	}
	slices.SortStableFunc(edits, func(a, b edit) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.order - b.order
	})
	done := 0
	for _, e := range edits {
		b.Write(text[done:e.at])
		b.WriteString(e.text)
		done = e.at
	}
	b.Write(text[done:])
	return b.String()
}

// hook is what each rewritten package gets. Which check is out, and which refused
// something, stand in a page that all processes of a test share: those behind walls have
// no environment, and may call no system once they stand. The other hook is for what a
// test builds for WebAssembly.
const (
	hook = `//go:build linux

package %s

import (
	"encoding/binary"
	"os"
	"syscall"
)

var mutantPage, mutantOut = func() ([]byte, uint64) {
	f, err := os.OpenFile(%q, os.O_RDWR, 0)
	if err != nil {
		return make([]byte, %[3]d), 0
	}
	defer f.Close()
	page, err := syscall.Mmap(int(f.Fd()), 0, %[3]d, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	return page, binary.LittleEndian.Uint64(page)
}()

func mutantHolds(id int, holds bool) bool {
	if !holds || uint64(id) == mutantOut {
		return false
	}
	mutantPage[7+id] = 1
	return true
}
`
	hookElsewhere = `//go:build !linux

package %s

func mutantHolds(_ int, holds bool) bool { return holds }
`
)

// readSol finds the guards of a contract: conditions of "if (...) revert" and
// of blocks that only revert. Solidity has no parser here; comments are skipped
// and parentheses counted.
func readSol(name, text string) []Guard {
	var out []Guard
	function := ""
	for i := 0; i < len(text); i++ {
		switch {
		case strings.HasPrefix(text[i:], "//"):
			if n := strings.IndexByte(text[i:], '\n'); n > 0 {
				i += n
			}
		case strings.HasPrefix(text[i:], "function ") || strings.HasPrefix(text[i:], "modifier "):
			function, _, _ = strings.Cut(text[i+9:], "(")
		case strings.HasPrefix(text[i:], "if ("):
			from := i + len("if (")
			to, depth := from, 1
			for ; to < len(text) && depth > 0; to++ {
				switch text[to] {
				case '(':
					depth++
				case ')':
					depth--
				}
			}
			rest := strings.TrimLeft(text[to:], " \n")
			rest = strings.TrimLeft(strings.TrimPrefix(rest, "{"), " \n")
			if strings.HasPrefix(rest, "revert ") {
				out = append(out, Guard{File: name, Line: 1 + strings.Count(text[:i], "\n"), Func: function, Cond: fold(text[from : to-1]), from: from, to: to - 1})
			}
			i = from
		}
	}
	return out
}

// switchboard is the first of the accounts whose balance takes a check out.
const switchboard = "0x6d7574616e74000000000000"

// weaveSol rewrites the conditions so that an account's balance can make one of
// them not hold. What asks for a balance is no longer pure.
func weaveSol(text string, guards []Guard) string {
	var b strings.Builder
	done := 0
	for _, g := range guards {
		fmt.Fprintf(&b, "%s(%s) && address(uint160(%s + %d)).balance == 0", text[done:g.from], text[g.from:g.to], switchboard, g.ID)
		done = g.to
	}
	b.WriteString(text[done:])
	return strings.ReplaceAll(b.String(), " pure", " view")
}

// A named check is one that cases.md holds a test to, with the folder of the
// test.
type named struct{ file, name, folder string }

// readCases reads the check and test columns of cases.md.
func readCases(text string) []named {
	var out []named
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), "|")
		if len(cells) < 7 {
			continue
		}
		check := strings.Trim(strings.TrimSpace(cells[len(cells)-2]), "`")
		test, _, _ := strings.Cut(strings.Trim(strings.TrimSpace(cells[3]), "`"), "`")
		file, name, ok := strings.Cut(check, ":")
		if ok && (strings.HasSuffix(file, ".go") || strings.HasSuffix(file, ".sol")) {
			out = append(out, named{file, name, path.Dir(test)})
		}
	}
	return out
}

// called reports whether a name of cases.md means this guard: its function, or
// something in its condition.
func (n named) called(g Guard) bool {
	if n.file != g.File {
		return false
	}
	name := strings.ToLower(n.name)
	return strings.Contains(strings.ToLower(g.Func), name) || strings.Contains(name, strings.ToLower(g.Func)) || strings.Contains(strings.ToLower(g.Cond), name)
}
