package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// hangs is after which time a test counts as stopped by the mutant.
const hangs = 2 * time.Minute

// A suite is the built tests of a folder.
type suite struct {
	folder, program string
	env             []string // what its tests build has the checks rewritten, too
	page            string
	tests           []test
}

// building are the folders whose tests build programs of this tree and run them.
var building = []string{"enclave"}

type test struct {
	name  string
	took  time.Duration
	fired map[int]bool // which checks refused something in it
}

// weaveAll writes rewritten copies and the overlay that names them.
func weaveAll(work, page string, guards []Guard) (string, error) {
	byFile, packages := map[string][]Guard{}, map[string]string{}
	for _, g := range guards {
		byFile[g.File] = append(byFile[g.File], g)
	}
	replace := map[string]string{}
	put := func(name, text string) error {
		full, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		copied := filepath.Join(work, strconv.Itoa(len(replace))+filepath.Ext(name))
		replace[full] = copied
		return os.WriteFile(copied, []byte(text), 0o600)
	}
	for file, list := range byFile {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if err := put(file, weaveGo(text, list)); err != nil {
			return "", err
		}
		name, err := packageOf(file, text)
		if err != nil {
			return "", err
		}
		packages[filepath.Dir(file)] = name
	}
	for folder, name := range packages {
		err := put(filepath.Join(folder, "mutanthook.go"), fmt.Sprintf(hook, name, page, 8+len(guards)))
		if err == nil {
			err = put(filepath.Join(folder, "mutanthookelsewhere.go"), fmt.Sprintf(hookElsewhere, name))
		}
		if err != nil {
			return "", err
		}
	}
	return writeOverlay(work, replace)
}

func writeOverlay(work string, replace map[string]string) (string, error) {
	b, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	name := filepath.Join(work, "overlay.json")
	return name, os.WriteFile(name, b, 0o600)
}

// build compiles a folder's tests under the overlay and lists them.
func build(ctx context.Context, work, overlay, folder string) (*suite, error) {
	s := &suite{folder: folder, page: pageIn(work), program: filepath.Join(work, strings.NewReplacer("/", "-", ".", "root").Replace(folder)+".test")}
	if out, err := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", s.program, "./"+folder).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build tests of %s: %w\n%s", folder, err, out)
	}
	if slices.Contains(building, folder) {
		s.env = []string{"GOFLAGS=-overlay=" + overlay}
	}
	out, err := s.run(ctx, "-test.list", "^(Test|Fuzz|Example)")
	if err != nil {
		return nil, fmt.Errorf("list tests of %s: %w\n%s", folder, err, out)
	}
	for name := range strings.Lines(out) {
		s.tests = append(s.tests, test{name: strings.TrimSpace(name)})
	}
	return s, nil
}

func (s *suite) run(ctx context.Context, args ...string) (string, error) {
	return s.runWith(ctx, nil, args...)
}

func (s *suite) runWith(ctx context.Context, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, s.program, args...)
	cmd.Dir = s.folder
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// one runs a single test without a check, or with all of them: 0. It returns which of so
// many refused something.
func (s *suite) one(ctx context.Context, name string, out, checks int) (map[int]bool, error) {
	page := make([]byte, 8+checks)
	binary.LittleEndian.PutUint64(page, uint64(out))
	if err := os.WriteFile(s.page, page, 0o600); err != nil {
		return nil, err
	}
	_, err := s.runWith(ctx, s.env, "-test.run", "^"+name+"$", "-test.failfast", "-test.count=1", "-test.timeout", hangs.String())
	page, failed := os.ReadFile(s.page)
	fired := map[int]bool{}
	for i, is := range page[min(8, len(page)):] {
		if is != 0 {
			fired[i+1] = true
		}
	}
	return fired, cmp.Or(err, failed)
}

// pageIn is the page that every hook under this folder maps.
func pageIn(work string) string { return filepath.Join(work, "page") }

// trace notes which test makes which check refuse. A test that fails as it is
// can show nothing and is left out.
func (s *suite) trace(ctx context.Context, checks int) error {
	kept := s.tests[:0]
	for _, t := range s.tests {
		start := time.Now()
		fired, err := s.one(ctx, t.name, 0, checks)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s %s fails with every check in place: left out\n", s.folder, t.name)
			continue
		}
		t.took, t.fired = time.Since(start), fired
		kept = append(kept, t)
	}
	s.tests = kept
	return nil
}

// folders are where tests of a guard may stand, its own first.
func folders(g Guard, names []named) []string {
	own := filepath.Dir(g.File)
	out := []string{own}
	add := func(f string) {
		if !slices.Contains(out, f) && !strings.HasPrefix(f, "cmd") && f != "devnet" {
			out = append(out, f)
		}
	}
	for _, n := range names {
		if n.file == g.File {
			add(n.folder)
		}
	}
	for _, f := range covering[own] {
		add(f)
	}
	return out
}

func runGo(ctx context.Context, work string, guards, chosen []Guard, names []named) ([]Verdict, error) {
	overlay, err := weaveAll(work, pageIn(work), guards)
	if err != nil {
		return nil, err
	}
	suites := map[string]*suite{}
	load := func(folder string) (*suite, error) {
		if s := suites[folder]; s != nil {
			return s, nil
		}
		start := time.Now()
		s, err := build(ctx, work, overlay, folder)
		if err == nil {
			err = s.trace(ctx, len(guards))
		}
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%s: %d tests traced in %v\n", folder, len(s.tests), time.Since(start).Round(time.Second))
		suites[folder] = s
		return s, nil
	}
	out := make([]Verdict, 0, len(chosen))
	// A check's own tests first, for all checks: the others are slower.
	var left []int
	for _, g := range chosen {
		v := Verdict{Guard: g}
		err := hunt(ctx, &v, load, len(guards), folders(g, names)[:1])
		if err != nil {
			return out, err
		}
		if v.Killer == "" {
			v.Pending = true
			left = append(left, len(out))
		}
		out = append(out, v)
	}
	for _, i := range left {
		if err := hunt(ctx, &out[i], load, len(guards), folders(out[i].Guard, names)[1:]); err != nil {
			return out, err
		}
		out[i].Pending = false
	}
	return out, nil
}

// hunt runs the tests of some folders that can notice that a check is gone
// until one does, the fastest first.
func hunt(ctx context.Context, v *Verdict, load func(string) (*suite, error), checks int, folders []string) error {
	for _, folder := range folders {
		s, err := load(folder)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return err
		}
		able := slices.DeleteFunc(slices.Clone(s.tests), func(t test) bool { return !t.fired[v.ID] })
		slices.SortFunc(able, func(a, b test) int { return int(a.took - b.took) })
		for _, t := range able {
			v.Tried++
			_, err := s.one(ctx, t.name, v.ID, checks)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				v.Killer = folder + " " + t.name
				break
			}
		}
		fmt.Fprintf(os.Stderr, "%s:%d: %s: %s\n", v.File, v.Line, v.Cond, orAlive(v.Killer))
		if v.Killer != "" {
			return nil
		}
	}
	return nil
}

func orAlive(killer string) string {
	if killer == "" {
		return "ALIVE"
	}
	return "noticed by " + killer
}
