package tacit_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var failpoint = regexp.MustCompile(`(?m)^\s*// gofail: var (\w+) (?:struct\{\}|string)\n(.*)$`)

// Every failpoint of the tree is explained in docs/failpoints.md, and the other
// way round. One name means one place, and no comment follows it by accident:
// the tool would take that for code.
func TestFailpointsAreExplained(t *testing.T) {
	doc, err := os.ReadFile("docs/failpoints.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), "// gofail: "); n != len(failpoint.FindAll(text, -1)) {
			t.Errorf("%s: of %d failpoints not every one has the form // gofail: var NAME struct{}", path, n)
		}
		for _, m := range failpoint.FindAllStringSubmatch(string(text), -1) {
			name, next := m[1], strings.TrimSpace(m[2])
			if found[name] != "" {
				t.Errorf("failpoint %s is in %s and in %s", name, found[name], path)
			}
			found[name] = path
			acts := strings.HasSuffix(name, "Forgets") || name == "enclaveGrants" || name == "verifierLies" || name == "dispatcherShowsBoth"
			if strings.HasPrefix(next, "//") != acts {
				t.Errorf("%s: the line after failpoint %s is taken for its code: %q", path, name, next)
			}
			if !strings.Contains(string(doc), "`"+name+"`") {
				t.Errorf("docs/failpoints.md does not explain %s", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 40 {
		t.Errorf("only %d failpoints were found", len(found))
	}
	for _, m := range regexp.MustCompile("`([a-z]+[A-Z]\\w+)`").FindAllStringSubmatch(string(doc), -1) {
		if found[m[1]] == "" {
			t.Errorf("docs/failpoints.md explains %s, which is nowhere", m[1])
		}
	}
}

// Nothing that is built from this tree itself links the library of the
// failpoints: in a release they are comments.
func TestNoProgramLinksFailpoints(t *testing.T) {
	for _, main := range []string{"./cmd/tacit", "./cmd/tacitd", "./cmd/tacit-manager", "./cmd/tacit-dispatcher", "./cmd/tacit-enclave", "./cmd/tacit-enclave-infer",
		"./cmd/dev/tacitd", "./cmd/dev/tacit-manager", "./cmd/dev/tacit-dispatcher"} {
		if found := forbidden(linked(t, main), "go.etcd.io/gofail", "tacit/cmd/internal/crash"); len(found) > 0 {
			t.Errorf("%s links %v", main, found)
		}
	}
	if found := forbidden(linked(t, "go.etcd.io/gofail/runtime"), "go.etcd.io/gofail"); len(found) == 0 {
		t.Error("the search does not find the library where it is")
	}
}
