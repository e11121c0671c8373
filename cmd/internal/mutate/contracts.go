package main

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// packageOf is the name in a file's package clause.
func packageOf(name string, text []byte) (string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	return f.Name.Name, nil
}

// solHook gives the account of the check that is out a balance in the first
// block of each test chain.
const solHook = `package settle

import (
	"math/big"
	"os"
	"strconv"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

func mutantAlloc(all types.GenesisAlloc) {
	if id, err := strconv.Atoi(os.Getenv("TACIT_MUTANT")); err == nil {
		at := new(big.Int).Add(common.HexToAddress("%s").Big(), big.NewInt(int64(id)))
		all[common.BigToAddress(at)] = types.Account{Balance: big.NewInt(1)}
	}
}
`

// weaveContracts compiles rewritten contracts in a copy and returns the overlay
// with their code.
func weaveContracts(ctx context.Context, work string, guards []Guard) (string, error) {
	copied := filepath.Join(work, "contracts")
	if err := os.CopyFS(filepath.Join(copied, "test"), os.DirFS("contracts/test")); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(copied, "testdata"), 0o700); err != nil {
		return "", err
	}
	modules, err := filepath.Abs("contracts/node_modules")
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(modules); err != nil {
		return "", fmt.Errorf("run npm ci in contracts first: %w", err)
	}
	if err := os.Symlink(modules, filepath.Join(copied, "node_modules")); err != nil {
		return "", err
	}
	byFile := map[string][]Guard{}
	for _, g := range guards {
		byFile[g.File] = append(byFile[g.File], g)
	}
	sources, err := filepath.Glob("contracts/*.*")
	if err != nil {
		return "", err
	}
	for _, f := range sources {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		if filepath.Ext(f) == ".sol" {
			text = []byte(weaveSol(string(text), byFile[f]))
		}
		if err := os.WriteFile(filepath.Join(work, f), text, 0o600); err != nil {
			return "", err
		}
	}
	vectors := filepath.Join(copied, "test", "Vectors.sol")
	text, err := os.ReadFile(vectors)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(vectors, []byte(weaveSol(string(text), nil)), 0o600); err != nil {
		return "", err
	}
	made := filepath.Join(work, "made")
	if out, err := exec.CommandContext(ctx, "node", filepath.Join(copied, "compile.mjs"), made, filepath.Join(work, "combined.json")).CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile contracts: %w\n%s", err, out)
	}

	replace := map[string]string{}
	put := func(name string, text []byte) error {
		full, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		replace[full] = filepath.Join(work, strconv.Itoa(len(replace))+"-sol.go")
		return os.WriteFile(replace[full], text, 0o600)
	}
	const bindings = "settle/bindings/bindings.go"
	code, err := os.ReadFile(bindings)
	if err != nil {
		return "", err
	}
	for _, name := range []string{"Catalogue", "Direct", "Epochs", "Escrow", "Registry"} {
		was, err := os.ReadFile("settle/bindings/" + name + ".bin")
		if err != nil {
			return "", err
		}
		is, err := os.ReadFile(filepath.Join(made, name+".bin"))
		if err != nil {
			return "", err
		}
		was, is = bytes.TrimSpace(was), bytes.TrimSpace(is)
		if bytes.Count(code, was) != 1 {
			return "", fmt.Errorf("%s does not hold the code of %s once", bindings, name)
		}
		code = bytes.Replace(code, was, is, 1)
	}
	if err := put(bindings, code); err != nil {
		return "", err
	}
	for _, name := range []string{"settle/world_test.go", "settle/evm_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		const at = "maps.Copy(all, alloc)"
		if bytes.Count(text, []byte(at)) != 1 {
			return "", fmt.Errorf("%s: %q does not stand there once", name, at)
		}
		if err := put(name, bytes.Replace(text, []byte(at), []byte(at+"; mutantAlloc(all)"), 1)); err != nil {
			return "", err
		}
	}
	if err := put("settle/mutanthook_test.go", fmt.Appendf(nil, solHook, switchboard)); err != nil {
		return "", err
	}
	return writeOverlay(work, replace)
}

func runSol(ctx context.Context, work string, guards, chosen []Guard) ([]Verdict, error) {
	start := time.Now()
	overlay, err := weaveContracts(ctx, work, guards)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "contracts compiled in %v\n", time.Since(start).Round(time.Second))
	s, err := build(ctx, work, overlay, "settle")
	if err != nil {
		return nil, err
	}
	if err := s.trace(ctx, 0); err != nil {
		return nil, err
	}
	names := make([]string, len(s.tests))
	for i, t := range s.tests {
		names[i] = t.name
	}
	pattern := "^(" + strings.Join(names, "|") + ")$"
	var out []Verdict
	for _, g := range chosen {
		v := Verdict{Guard: g, Tried: len(s.tests)}
		text, err := s.runWith(ctx, []string{"TACIT_MUTANT=" + strconv.Itoa(g.ID)}, "-test.run", pattern, "-test.failfast", "-test.count=1", "-test.timeout", (5 * hangs).String())
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			v.Killer = "settle " + firstFailed(text)
		}
		fmt.Fprintf(os.Stderr, "%s:%d: %s: %s\n", g.File, g.Line, g.Cond, orAlive(v.Killer))
		out = append(out, v)
	}
	return out, nil
}

// firstFailed reads the name of a failed top-level test.
func firstFailed(out string) string {
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
			name, _, _ := strings.Cut(rest, " ")
			return name
		}
	}
	return "stopped"
}
