package oblivious

import (
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

var compiledJump = regexp.MustCompile(`\(\S*?/?([a-z]+\.go):(\d+)\)\s+(J[A-Z]+)\s`)

// jumps are the lines of the source for which the compiler wrote conditional jumps, by
// file; what is not written there as a loop, a condition, an index or a function is told.
func jumps(t *testing.T, dir string, source map[string]string) (lines int, strange []string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-gcflags=-S", ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("compile: %v\n%.2000s", err, out)
	}
	seen := map[string]bool{}
	for _, m := range compiledJump.FindAllStringSubmatch(string(out), -1) {
		at := m[1] + ":" + m[2]
		if m[3] == "JMP" || seen[at] || source[m[1]] == "" {
			continue
		}
		seen[at] = true
		n, _ := strconv.Atoi(m[2])
		line := strings.Split(source[m[1]], "\n")[n-1]
		if !strings.Contains(line, "for ") && !strings.Contains(line, "if ") && !strings.Contains(line, "func") && !strings.Contains(line, "[") && !strings.Contains(line, "make(") {
			strange = append(strange, at+": "+strings.TrimSpace(line))
		}
	}
	return len(seen), strange
}

// The compiler may make a branch of what was written as a mask. Here it made none: each
// conditional jump belongs to a loop, a condition, the check of an index or the growth of
// the stack.
func TestMasksAreMasksInMachineCode(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("only the jumps of amd64 are known here")
	}
	source := read(t)
	delete(source, "fork.go") // which looks at nothing but threads
	n, strange := jumps(t, ".", source)
	if n < 40 {
		t.Fatalf("%d lines with jumps: the listing was not understood", n)
	}
	for _, s := range strange {
		t.Error(s)
	}
}
