package tacit_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// update rewrites what tests compare with: golden vectors, deps, cases.md.
var update = flag.Bool("update", false, "rewrite golden vectors, deps/*.txt and cases.md")

// house is the whole source tree as the rules below see it.
type house struct {
	folders map[string]*folder // by path below the module, "." for the root
}

// folder is one package folder.
type folder struct {
	path    string
	doc     bool
	imports map[string][]string // by imported path: the files, tests left out
	tests   map[string][]string // by imported path: the test files
	inits   []string            // files with func init
	long    []string            // files of more than longest lines
	source  bool                // has a file that is no test
}

// longest is how many lines a file may have that no program wrote.
const longest = 700

// readHouse parses every Go file below fsys.
func readHouse(fsys fs.FS) (house, error) {
	h := house{map[string]*folder{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && (base == "node_modules" || base == "testdata" || base == "bin" || base == "build" || strings.HasPrefix(base, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		return h.add(name, text)
	})
	return h, err
}

func (h house) add(name string, text []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	p := h.folders[dir]
	if p == nil {
		p = &folder{path: dir, imports: map[string][]string{}, tests: map[string][]string{}}
		h.folders[dir] = p
	}
	into := p.imports
	if strings.HasSuffix(name, "_test.go") {
		into = p.tests
	} else {
		p.source = true
		p.doc = p.doc || file.Doc != nil
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				p.inits = append(p.inits, name)
			}
		}
	}
	for _, s := range file.Imports {
		imported, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			return err
		}
		into[imported] = append(into[imported], name)
	}
	if bytes.Count(text, []byte("\n")) > longest && !ast.IsGenerated(file) {
		p.long = append(p.long, name)
	}
	return nil
}

// largest is how many bytes a file of the tree may have: what is larger is made by a
// command or fetched.
const largest = 1 << 20

func TestNothingLargeIsTracked(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("this tree is no checkout of git:", err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		// A file that is tracked and was deleted is no file of this tree.
		if info, err := os.Lstat(name); err == nil && info.Size() > largest {
			t.Errorf("%s has %d bytes, at most %d", name, info.Size(), largest)
		}
	}
}

// The floors of the house, from the ground. Folders that are not named stand
// on the floor of the rooms.
const (
	floorFault = iota
	floorWire
	floorKeys
	floorAttest
	floorRoot
	floorTest
	floorRooms
	floorNode
	floorNet
	floorCmd
)

var floors = map[string]int{
	"fault": floorFault, "wire": floorWire, "telemetry": floorWire, "spare": floorWire, "parallel": floorWire, "sketch": floorWire, "kserve": floorWire, "key": floorKeys, "vrf": floorKeys, "attest": floorAttest, ".": floorRoot,
	"tacittest": floorTest, "node": floorNode, "devnet": floorNet, "console": floorNet, "cmd": floorCmd,
}

// leaf reports whether a folder is a leaf: each of these implements one interface and is
// named by those who wire, and by tests, only. What SGX and TDX share is none.
func leaf(p string) bool {
	return strings.HasPrefix(p, "attest/") && !below(p, "attest/intel") || strings.HasPrefix(p, "engine/") || p == "settle/devchain" || p == "blob/ipfs"
}

// sameLeaf reports whether two folders are parts of one leaf, as engine/psi and its readers
// are.
func sameLeaf(a, b string) bool {
	first := func(p string) string { return strings.Join(strings.SplitN(p+"//", "/", 3)[:2], "/") }
	return first(a) == first(b)
}

func floorOf(p string) int {
	if leaf(p) {
		return floorRooms
	}
	top, _, _ := strings.Cut(p, "/")
	if f, ok := floors[top]; ok {
		return f
	}
	return floorRooms
}

// below reports whether p is dir or under it.
func below(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }

// doors says which folder alone may import what is heavy or dangerous.
var doors = []struct{ imported, door string }{
	{"github.com/ethereum/go-ethereum", "settle"},
	{"github.com/bytecodealliance/wasmtime-go", "engine/wasm"},
	{"go.etcd.io/bbolt", "store/embedded"},
	{"github.com/hashicorp/raft", "store/replica"},
	{"github.com/google/btree", "store/replica"},
	{"go.opentelemetry.io/otel/sdk", "telemetry"},
	{"go.opentelemetry.io/otel/trace", "telemetry"},
	{"go.opentelemetry.io/otel/exporters", "cmd/internal/otlp"},
	{"github.com/VictoriaMetrics/metrics", "telemetry"},
	{"cel.dev/cel-go", "rule"},
	{"github.com/google/go-sev-guest", "nowhere but in tests"},
	{"github.com/google/go-tdx-guest", "nowhere but in tests"},
	{"go.etcd.io/gofail", "cmd/internal/crash"},
	{"github.com/transparency-dev/tessera", "audit"},
	{"connectrpc.com/connect", "rpc"},
	{"golang.org/x/net", "rpc"},
	{"github.com/landlock-lsm/go-landlock", "enclave/wall"},
	{"github.com/elastic/go-seccomp-bpf", "enclave/wall"},
	{"github.com/spf13/cobra", "cmd"},
	{"sigs.k8s.io/yaml", "cmd"},
	{"github.com/fxamacker/cbor", "wire"},
	{"github.com/decred/dcrd/dcrec/secp256k1", "key"},
	{"github.com/oasisprotocol/curve25519-voi", "vrf"},
	{"github.com/google/go-tpm", "attest/tpm"},
	{"github.com/google/go-configfs-tsm", "attest/tsm"},
	{"github.com/hashicorp/hcl", "vault"},
	{"github.com/parquet-go/parquet-go", "cmd/internal/bench"},
	{"github.com/klauspost/compress", "engine/psi/rows"},
	{"github.com/golang/snappy", "engine/psi/rows"},
	{"golang.org/x/text", "engine/psi/rows"},
	{"github.com/yalue/onnxruntime_go", "engine/infer/ort"},
}

// violations lists every broken rule of the house, in order.
func (h house) violations() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, p := range h.folders {
		if p.source && !p.doc {
			say("%s has no package comment", p.path)
		}
		for _, f := range p.inits {
			say("%s has an init function", f)
		}
		for _, f := range p.long {
			say("%s has more than %d lines", f, longest)
		}
		for imported, files := range p.imports {
			if why := refuseImport(p.path, imported); why != "" {
				say("%s imports %s: %s", files[0], imported, why)
			}
		}
		for imported, files := range p.tests {
			if to, ours := inHouse(imported); ours && below(to, "cmd") && !below(p.path, "cmd") {
				say("%s imports %s: a test names nothing of cmd", files[0], imported)
			}
		}
	}
	slices.Sort(out)
	return out
}

// inHouse is the folder of an import path of this module.
func inHouse(imported string) (string, bool) {
	if imported == "tacit" {
		return ".", true
	}
	return strings.CutPrefix(imported, "tacit/")
}

// refuseImport says why a folder must not import a path, or nothing.
func refuseImport(from, imported string) string {
	to, ours := inHouse(imported)
	if !ours {
		for _, d := range doors {
			if strings.HasPrefix(imported, d.imported) && !below(from, d.door) {
				return "its door is " + d.door
			}
		}
		return ""
	}
	wires := floorOf(from) >= floorNet
	switch {
	case below(from, "examples"):
		return "an example is a guest and knows nothing of the house"
	case leaf(to) && !wires && !(leaf(from) && sameLeaf(from, to)):
		return "a leaf is named only by cmd, devnet and tests"
	case below(to, "settle") && !wires && !below(from, "settle"):
		return "settle is named only by cmd, devnet and tests"
	case to == "tacittest" || strings.HasPrefix(to, "attest/") && strings.HasSuffix(to, "test"):
		return to + " is for tests"
	case floorOf(to) > floorOf(from):
		return "it is on a higher floor"
	case floorOf(to) == floorOf(from) && from != to && !(leaf(from) && sameLeaf(from, to)) && !below(from, to) && !below(to, from) && !(below(from, "cmd") && below(to, "cmd/internal")) && !(below(from, "vault") && to == "vault/logical"):
		return "it is another room of the same floor"
	}
	return ""
}

func TestTheHouseKeepsItsRules(t *testing.T) {
	h, err := readHouse(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(h.folders) < 20 {
		t.Fatalf("only %d folders were found", len(h.folders))
	}
	for _, v := range h.violations() {
		t.Error(v)
	}
}

// TestAPlantedViolationIsSeen shows that each rule can fail.
func TestAPlantedViolationIsSeen(t *testing.T) {
	goFile := func(imports ...string) string {
		text := "// Package p is for a test.\npackage p\n"
		for _, i := range imports {
			text += "import _ " + strconv.Quote(i) + "\n"
		}
		return text
	}
	for _, tt := range []struct{ name, file, text, want string }{
		{"twin: a room that keeps the rules", "worker/a.go", goFile("tacit", "tacit/key", "context"), ""},
		{"twin: wiring names leaves", "devnet/a.go", goFile("tacit/attest/sim", "tacit/settle", "tacit/node"), ""},
		{"twin: a test names a leaf", "worker/a_test.go", goFile("tacit/attest/sim", "tacit/settle/devchain"), ""},
		{"twin: an engine of the vault speaks its words", "vault/kv/a.go", goFile("tacit/vault/logical"), ""},
		{"an engine of the vault imports another", "vault/kv/a.go", goFile("tacit/vault/transit"), "another room"},
		{"twin: a part of a room", "enclave/a.go", goFile("tacit/enclave/wall"), ""},
		{"twin: generated and long", "settle/b/a.go", "// Code generated by x. DO NOT EDIT.\n\n" + goFile() + strings.Repeat("\n", 1000), ""},
		{"words import the root", "key/a.go", goFile("tacit"), "higher floor"},
		{"a room imports a room", "worker/a.go", goFile("tacit/store"), "another room"},
		{"a room imports a part of another", "worker/a.go", goFile("tacit/enclave/wall"), "another room"},
		{"a room imports a leaf", "verifier/a.go", goFile("tacit/attest/sim"), "a leaf is named"},
		{"twin: an engine imports a part of itself", "engine/psi/a.go", goFile("tacit/engine/psi/rows"), ""},
		{"twin: a part of an engine imports another", "engine/psi/rows/a.go", goFile("tacit/engine/psi/set"), ""},
		{"an engine imports a part of another", "engine/wasm/a.go", goFile("tacit/engine/psi/rows"), "a leaf is named"},
		{"a leaf imports a leaf", "engine/wasm/a.go", goFile("tacit/attest/sim"), "a leaf is named"},
		{"a leaf imports a room", "engine/wasm/a.go", goFile("tacit/enclave"), "another room"},
		{"node names a leaf", "node/worker/a.go", goFile("tacit/engine/wasm"), "a leaf is named"},
		{"node names settle", "node/a.go", goFile("tacit/settle"), "settle is named"},
		{"one role names another", "node/worker/a.go", goFile("tacit/node/manager"), "another room"},
		{"a room imports wiring", "worker/a.go", goFile("tacit/node"), "higher floor"},
		{"a test names cmd", "worker/a_test.go", goFile("tacit/cmd/tacitd"), "nothing of cmd"},
		{"a program uses test helpers", "worker/a.go", goFile("tacit/tacittest"), "for tests"},
		{"a program uses a fake vendor", "cmd/tacit/a.go", goFile("tacit/attest/snp/snptest"), "for tests"},
		{"a scheme uses a fake vendor", "attest/tdx/a.go", goFile("tacit/attest/intel/inteltest"), "for tests"},
		{"a scheme uses the library that it is compared with", "attest/snp/a.go", goFile("github.com/google/go-sev-guest/verify"), "tests"},
		{"twin: SGX and TDX share", "attest/sgx/a.go", goFile("tacit/attest/intel"), ""},
		{"an example uses the house", "examples/x/a.go", goFile("tacit/wire"), "guest"},
		{"the chain behind another door", "gateway/a.go", goFile("github.com/ethereum/go-ethereum/common"), "its door is settle"},
		{"the engine behind another door", "enclave/a.go", goFile("github.com/bytecodealliance/wasmtime-go/v39"), "its door is engine/wasm"},
		{"no package comment", "worker/a.go", "package worker\n", "no package comment"},
		{"an init function", "worker/a.go", goFile() + "func init() {}\n", "init function"},
		{"too long", "worker/a.go", goFile() + strings.Repeat("\n", 701), "more than 700 lines"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, err := readHouse(fstest.MapFS{tt.file: {Data: []byte(tt.text)}})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(h.violations(), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("violations = %q, want %q", got, tt.want)
			}
		})
	}
}

// linked lists the packages outside the standard library that a main links on
// the platform of the trusted images, as "module@version package".
func linked(t *testing.T, main string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{with .Module}}{{.Path}}{{with .Version}}@{{.}}{{end}}{{end}} {{.ImportPath}}{{end}}`, main)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1", "GOFLAGS=-mod=readonly")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -deps %s: %v\n%s", main, err, stderr.String())
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(lines)
	return lines
}

// forbidden returns the lines whose package is one of those named or below it.
func forbidden(lines []string, names ...string) []string {
	var found []string
	for _, l := range lines {
		_, pkg, _ := strings.Cut(l, " ")
		if slices.ContainsFunc(names, func(n string) bool { return below(pkg, n) }) {
			found = append(found, pkg)
		}
	}
	return found
}

// trusted are the images that see plaintext or decide trust.
var trusted = []string{"tacit-enclave", "tacit-enclave-infer", "tacit-manager", "tacit-dispatcher"}

// case N16 code EVID_SIMULATED check cmd/tacit-manager/main.go:Schemes
func TestN16NoReleaseProgramLinksTheSimulatedPlatform(t *testing.T) {
	for _, main := range append([]string{"tacitd"}, trusted...) {
		t.Run(main, func(t *testing.T) {
			if found := forbidden(linked(t, "./cmd/"+main), "tacit/attest/sim", "tacit/devnet"); len(found) > 0 {
				t.Errorf("it links %v", found)
			}
		})
	}
	for _, main := range []string{"tacitd", "tacit-manager", "tacit-dispatcher"} {
		t.Run("twin: the program for a devnet, "+main, func(t *testing.T) {
			if found := forbidden(linked(t, "./cmd/dev/"+main), "tacit/attest/sim"); len(found) == 0 {
				t.Error("it links no simulated platform, so the search finds nothing")
			}
		})
	}
}

func TestTrustedImagesLinkNoMoreThanTheyNeed(t *testing.T) {
	never := []string{"github.com/ethereum/go-ethereum", "github.com/libp2p", "tacit/settle", "tacit/client", "tacit/devnet", "github.com/spf13/cobra"}
	for _, tt := range []struct {
		image string
		never []string
	}{
		{"tacit-enclave", []string{"tacit/rpc", "tacit/atls", "connectrpc.com/connect", "net/http", "go.etcd.io/bbolt", "tacit/node", "cel.dev"}},
		{"tacit-enclave-infer", []string{"tacit/rpc", "tacit/atls", "connectrpc.com/connect", "net/http", "go.etcd.io/bbolt", "tacit/node", "cel.dev", "tacit/engine/wasm", "github.com/bytecodealliance"}},
		{"tacit-manager", []string{"tacit/engine", "tacit/enclave", "tacit/worker"}},
		{"tacit-dispatcher", []string{"tacit/engine", "tacit/enclave", "tacit/worker", "cel.dev"}},
	} {
		t.Run(tt.image, func(t *testing.T) {
			lines := linked(t, "./cmd/"+tt.image)
			if found := forbidden(lines, append(never, tt.never...)...); len(found) > 0 {
				t.Errorf("it links %v", found)
			}
			text := "# What the image " + tt.image + " links beyond the standard library, on linux/amd64.\n" +
				"# Made by: make generate. A change here is a change of what must be trusted.\n" +
				strings.Join(lines, "\n") + "\n"
			compare(t, "deps/"+tt.image+".txt", text)
		})
	}
}

// compare holds text against a committed file, or writes it with -update.
func compare(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run make generate", err)
	}
	if string(want) == text {
		return
	}
	was, is := strings.Split(string(want), "\n"), strings.Split(text, "\n")
	shown := 0
	for _, l := range is {
		if !slices.Contains(was, l) && shown < 20 {
			t.Errorf("%s lacks: %s", file, l)
			shown++
		}
	}
	for _, l := range was {
		if !slices.Contains(is, l) && shown < 20 {
			t.Errorf("%s has what is no more: %s", file, l)
			shown++
		}
	}
	t.Errorf("%s is not current: run make generate and look at the difference", file)
}

// Every fuzz target has its row in docs/fuzzing.md, and every row its target.
func TestFuzzTargetsAreCounted(t *testing.T) {
	doc, err := os.ReadFile("docs/fuzzing.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `(Fuzz\\w+)` \\|").FindAllStringSubmatch(string(doc), -1) {
		rows[m[1]+" "+m[2]] = true
	}
	targets := map[string]bool{}
	target := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range target.FindAllStringSubmatch(string(text), -1) {
			at := filepath.ToSlash(filepath.Dir(path)) + " " + m[1]
			if targets[at] = true; !rows[at] {
				t.Errorf("docs/fuzzing.md has no row for %s", at)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for at := range rows {
		if !targets[at] {
			t.Errorf("docs/fuzzing.md has a row for %s, which is nowhere", at)
		}
	}
}
