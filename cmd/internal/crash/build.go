package crash

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed testdata/overlay
var overlay embed.FS

// mains are the programs of a network that can be stopped, with what their
// agent calls them.
var mains = map[string]string{
	"cmd/dev/tacitd": "tacitd", "cmd/dev/tacit-manager": "manager", "cmd/dev/tacit-dispatcher": "dispatcher", "cmd/tacit-enclave": "enclave",
}

// overlaid is where the code goes that failpoints call.
var overlaid = map[string]string{
	"enclave_note.go.txt": "enclave/crash_note.go", "verifier_lie.go.txt": "verifier/crash_lie.go", "dispatcher_both.go.txt": "dispatcher/crash_both.go",
}

// Build copies the sources below root to work, turns their failpoints into code
// and builds the programs into bin. The agents of the programs
// listen in ctl. The tree itself is not touched.
func Build(ctx context.Context, root, work, bin, ctl string) error {
	var armed []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); rel != "." && (strings.HasPrefix(base, ".") || slices.Contains([]string{"node_modules", "bin", "build", "contracts", "docs"}, base)) {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(work, rel), 0o700)
		}
		source := strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go") || strings.HasSuffix(rel, ".s") || strings.HasSuffix(rel, ".der") // and what they link and embed
		if !source && rel != "go.mod" && rel != "go.sum" && !strings.Contains(rel, "overlay") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if dir := filepath.Dir(filepath.Join(work, rel)); source && strings.Contains(string(text), "// gofail"+": var ") && !slices.Contains(armed, dir) {
			armed = append(armed, dir)
		}
		return os.WriteFile(filepath.Join(work, rel), text, 0o600)
	})
	if err != nil {
		return fmt.Errorf("copy sources: %w", err)
	}
	if err := run(ctx, root, "go", append([]string{"tool", "gofail", "enable"}, armed...)...); err != nil {
		return err
	}
	for name, to := range overlaid {
		var text []byte
		if text, err = overlay.ReadFile("testdata/overlay/" + name); err == nil {
			err = os.WriteFile(filepath.Join(work, to), text, 0o600)
		}
		if err != nil {
			return fmt.Errorf("add what failpoints call: %w", err)
		}
	}
	for main, kind := range mains {
		if err != nil {
			break
		}
		text := fmt.Sprintf("package main\n\nimport \"tacit/cmd/internal/crash/agent\"\n\nvar _ = agent.Start(%q, %q)\n", ctl, kind)
		err = os.WriteFile(filepath.Join(work, main, "crash_agent.go"), []byte(text), 0o600)
	}
	if err != nil {
		return fmt.Errorf("add agents: %w", err)
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-mod=mod", "-o", bin + "/"}
	for main := range mains {
		args = append(args, "./"+main)
	}
	return run(ctx, work, "go", args...)
}

func run(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, args[0], err, out)
	}
	return nil
}
