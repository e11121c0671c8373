package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// always are the files of which every check is taken out; of others only those
// that cases.md names.
var always = []string{"verifier/*.go", "manager/*.go", "case.go", "certificate.go", "batch.go", "draw.go", "receipt.go", "terms.go", "attest/tpm/*.go", "attest/snp/*.go", "attest/intel/*.go", "attest/tdx/*.go", "attest/sgx/*.go", "attest/nitro/*.go",
	"key/recovery/*.go", "anchor.go", "store/tenant/*.go", "vault/quorum/*.go", "vault/login/*.go",
	"vault/acl.go", "vault/approle.go", "vault/lease.go", "vault/owners.go", "vault/path.go", "vault/policy.go", "vault/policyjson.go", "vault/token.go", "vault/tokens.go", "vault/wrap.go",
	"store/replica/backup.go", "store/replica/change.go", "store/replica/entry.go", "store/replica/fsm.go", "store/replica/guard.go", "store/replica/keyring.go", "store/replica/link.go", "store/replica/member.go", "store/replica/order.go", "store/replica/rollcall.go",
	"sets.go", "results.go", "sketch/*.go", "enclave/steps.go", "enclave/result.go", "enclave/codecache.go", "enclave/secrets.go", "client/steps.go", "client/result.go", "rpc/blobs.go", "worker/result.go",
	"session.go", "builtin.go", "delivery.go", "client/session.go", "worker/session.go", "dispatcher/session.go", "enclave/session.go", "key/channel.go", "engine/learn/consent.go",
	"engine/psi/consent.go", "engine/psi/rules.go", "engine/psi/params.go", "engine/psi/set/*.go", "engine/psi/rows/*.go",
	"engine/infer/consent.go", "engine/infer/onnx/*.go", "engine/infer/npy/*.go", "kserve/*.go",
	"engine/learn/rounds.go", "engine/learn/budget.go", "engine/learn/table/*.go", "engine/learn/federated/*.go"}

// covering are the packages whose tests may notice a check of a folder, besides
// its own and those that cases.md names.
var covering = map[string][]string{
	".":        {"manager", "verifier", "dispatcher"},
	"manager":  {"dispatcher"},
	"verifier": {"dispatcher"},

	"attest/intel": {"attest/tdx", "attest/sgx"},
	"vault/login":  {"vault"},
	"vault/quorum": {"vault"},

	"engine/learn/federated": {"engine/learn"},
	"engine/learn/table":     {"engine/learn"},

	"engine/psi/rows": {"engine/psi"},
	"engine/psi/set":  {"engine/psi"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	file := flag.String("file", "", "only files that match one of these patterns, such as manager/*.go,case.go")
	list := flag.Bool("list", false, "list the checks and end")
	most := flag.Int("max", 0, "take out at most this many, drawn by -seed; 0 is all")
	seed := flag.Uint64("seed", 1, "what -max draws by")
	contracts := flag.Bool("contracts", false, "the contracts' checks instead of the Go ones; needs node")
	undecided := flag.Bool("new", false, "only checks that the table has no noticed or excused row for")
	limit := flag.Duration("for", 12*time.Hour, "stop after this long and report what was done")
	out := flag.String("o", "", "put the table into this file instead of showing it; rows of other files stay")
	flag.Parse()

	ctx, cancel := context.WithTimeout(ctx, *limit)
	defer cancel()
	cases, err := os.ReadFile("cases.md")
	if err != nil {
		return fmt.Errorf("run this in the root of the tree: %w", err)
	}
	names := readCases(string(cases))
	var guards []Guard
	if *contracts {
		guards, err = solGuards()
	} else {
		guards, err = goGuards(names)
	}
	if err != nil {
		return err
	}
	number(guards)
	chosen := slices.DeleteFunc(slices.Clone(guards), func(g Guard) bool {
		return *file != "" && !slices.ContainsFunc(strings.Split(*file, ","), func(pattern string) bool {
			ok, err := filepath.Match(pattern, g.File)
			return err == nil && ok
		})
	})
	report, err := os.ReadFile("docs/mutations.md")
	if err != nil {
		return err
	}
	kept := map[string]bool{}
	if *undecided {
		decided := readDecided(string(report))
		chosen = slices.DeleteFunc(chosen, func(g Guard) bool {
			kept[g.Key()] = decided[g.Key()]
			return decided[g.Key()]
		})
	}
	if *most > 0 && *most < len(chosen) {
		r := rand.New(rand.NewPCG(*seed, 0))
		r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:*most]
		slices.SortFunc(chosen, func(a, b Guard) int { return a.ID - b.ID })
	}
	if *list {
		for _, g := range chosen {
			fmt.Printf("%s:%d: %s: %s\n", g.File, g.Line, g.Func, g.Cond)
		}
		fmt.Println(len(chosen), "checks")
		return nil
	}
	reasons, err := readReasons("cmd/internal/mutate/equivalent.txt")
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	var verdicts []Verdict
	if *contracts {
		verdicts, err = runSol(ctx, work, guards, chosen)
	} else {
		verdicts, err = runGo(ctx, work, guards, chosen, names)
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	table, alive := render(verdicts, reasons, readKnown(string(report)))
	if *out == "" {
		fmt.Print(table)
	} else if err := replacePart(*out, *contracts, len(guards), table, kept); err != nil {
		return err
	}
	fmt.Printf("%d checks, %d taken out, %d alive that docs/mutations.md does not name\n", len(chosen), len(verdicts), alive)
	if alive > 0 {
		return errors.New("no test notices a check that is gone")
	}
	return nil
}

// goGuards are the Go checks in the order of files and lines.
func goGuards(names []named) ([]Guard, error) {
	files := map[string]bool{} // whether all of a file's checks count
	for _, pattern := range always {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("no file matches %s: %v", pattern, err)
		}
		for _, f := range found {
			if !strings.HasSuffix(f, "_test.go") {
				files[f] = true
			}
		}
	}
	for _, n := range names {
		if strings.HasSuffix(n.file, ".go") && !strings.HasPrefix(n.file, "cmd/") && !files[n.file] {
			files[n.file] = false
		}
	}
	var out []Guard
	for file, all := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		guards, err := readGo(file, text)
		if err != nil {
			return nil, err
		}
		for _, g := range guards {
			if all || slices.ContainsFunc(names, func(n named) bool { return n.called(g) }) {
				out = append(out, g)
			}
		}
	}
	slices.SortFunc(out, byPlace)
	return out, nil
}

func byPlace(a, b Guard) int {
	if c := strings.Compare(filepath.Dir(a.File), filepath.Dir(b.File)); c != 0 {
		return c
	}
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	return a.from - b.from
}

func solGuards() ([]Guard, error) {
	files, err := filepath.Glob("contracts/*.sol")
	if err != nil {
		return nil, err
	}
	var out []Guard
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		out = append(out, readSol(f, string(text))...)
	}
	return out, nil
}
