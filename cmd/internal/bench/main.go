// Command bench measures what docs/benchmarks.md lists and prints one JSON
// object as its last line.
//
//	bench demo BIN              seconds of the whole demo
//	bench task BIN GOWASM COUNT latency, throughput and CPU of tasks on a devnet
//	bench flood BIN LONG        one tenant's latency while another floods the network
//	bench gas                   gas of every call of the contracts
//	bench attest                evidence verified in a second, against the vendors' libraries
//	bench vault LONG            requests that the key vault serves, against HashiCorp's, LONG for each figure
//	bench vault-serve HOME      the key vault that is measured
//	bench store LONG PARTS      the replicated store, against etcd if ETCD names etcdpeer
//	bench psi HOME SIZES BIN    intersections of 2^SIZES ids, against DuckDB and KKRT if DUCKDB and KKRT name them
//	bench psi-engine            one of them by the engine alone
//	bench learn HOME            boosted trees, trained and applied, against XGBoost
//	bench learn-engine HOME     our half of it
//	bench infer BIN             requests of sessions with networks, against the runtime outside
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var result map[string]any
	var err error
	switch {
	case len(args) == 2 && args[0] == "demo":
		result, err = demo(ctx, args[1])
	case len(args) == 4 && args[0] == "task":
		var count int
		if count, err = strconv.Atoi(args[3]); err == nil && count > 0 {
			result, err = tasks(ctx, args[1], args[2], count)
		}
	case len(args) == 3 && args[0] == "flood":
		var long time.Duration
		if long, err = time.ParseDuration(args[2]); err == nil && long > 0 {
			result, err = flood(ctx, args[1], long)
		}
	case len(args) == 1 && args[0] == "gas":
		result, err = gas(ctx)
	case len(args) == 1 && args[0] == "attest":
		result, err = attestation(ctx)
	case len(args) == 2 && args[0] == "vault":
		var long time.Duration
		if long, err = time.ParseDuration(args[1]); err == nil && long > 0 {
			result, err = vaults(ctx, long)
		}
	case len(args) == 2 && args[0] == "vault-serve":
		return vaultServe(ctx, args[1])
	case len(args) == 3 && args[0] == "store":
		var long time.Duration
		if long, err = time.ParseDuration(args[1]); err == nil && long > 0 {
			result, err = storeBench(ctx, os.Getenv("ETCD"), long, args[2])
		}
	case len(args) == 1 && args[0] == "store-node":
		return storeNode(ctx)
	case len(args) == 1 && args[0] == "store-load":
		return storeLoad(ctx)
	case len(args) == 4 && args[0] == "psi":
		result, err = psis(ctx, args[1], args[2], filepath.Join(args[3], "tacit-enclave"))
	case len(args) == 1 && args[0] == "psi-engine":
		return psiEngine(ctx, os.Stdin, os.Stdout)
	case len(args) == 2 && args[0] == "learn":
		result, err = learns(ctx, args[1])
	case len(args) == 2 && args[0] == "infer":
		result, err = infers(ctx, args[1])
	case len(args) == 2 && args[0] == "learn-engine":
		return learnEngine(ctx, args[1], os.Stdout)
	default:
		return errors.New("usage: bench demo BIN | task BIN WASM COUNT | flood BIN LONG | gas | attest | store LONG PARTS | vault LONG | psi HOME SIZES BIN | learn HOME | infer BIN")
	}
	if err != nil {
		return err
	}
	result["bench"], result["cpus"], result["go"] = args[0], runtime.NumCPU(), runtime.Version()
	return json.NewEncoder(os.Stdout).Encode(result)
}

func demo(ctx context.Context, bin string) (map[string]any, error) {
	began := time.Now()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "tacit"), "demo")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("run demo: %w", err)
	}
	return map[string]any{"seconds": round(time.Since(began).Seconds())}, nil
}

// up starts a network and returns what ends it once it is ready.
func up(ctx context.Context, tacit, home string) (stop func(), err error) {
	cmd := exec.CommandContext(ctx, tacit, "up", "--home", home)
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start network: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start network: %w", err)
	}
	end := func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		fmt.Println(lines.Text())
		if strings.HasPrefix(lines.Text(), "ready:") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return end, nil
		}
	}
	end()
	return nil, errors.New("start network: it ended before it was ready")
}

// cpu is how many seconds each process of a network, with its ended children,
// has used so far.
func cpu(home string) map[string]float64 {
	used := map[string]float64{}
	files, _ := filepath.Glob(filepath.Join(home, "run", "*.pid"))
	for _, f := range files {
		pid, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(filepath.Join("/proc", strings.TrimSpace(string(pid)), "stat"))
		if err != nil {
			continue
		}
		// After the name in brackets come state and then numbers; user, system
		// and the children's two are fields 14 to 17, in hundredths of a second.
		_, rest, _ := bytes.Cut(stat, []byte(") "))
		fields := strings.Fields(string(rest))
		sum := 0.0
		for i := 11; i < 15 && i < len(fields); i++ {
			n, _ := strconv.ParseFloat(fields[i], 64)
			sum += n / 100
		}
		used[strings.TrimSuffix(filepath.Base(f), ".pid")] = sum
	}
	return used
}

var gasLine = regexp.MustCompile(`: (\S.*?) +(\d+)$`)

func gas(ctx context.Context) (map[string]any, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "./settle", "-run", "^TestGas", "-v", "-count=1").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("measure gas: %w\n%s", err, out)
	}
	calls := map[string]int{}
	for line := range strings.Lines(string(out)) {
		if m := gasLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			calls[m[1]], _ = strconv.Atoi(m[2])
			fmt.Printf("%-55s %9s\n", m[1], m[2])
		}
	}
	if len(calls) == 0 {
		return nil, errors.New("measure gas: the test printed no figures")
	}
	return map[string]any{"gas": calls}, nil
}

func round(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }
