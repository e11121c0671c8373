package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit"
	"tacit/engine/psi"
	"tacit/engine/psi/rows"
)

// A psiCase is one intersection that is measured: so many parties with 2^Log2 ids each, of
// which half are in all files.
type psiCase struct {
	Log2    int      `json:"log2"`
	Format  string   `json:"format"`  // binary, csv, parquet, or set: prepared at home
	Mode    string   `json:"mode"`    // of ours: plain or oblivious
	What    string   `json:"what"`    // count, or ids: the intersection itself, as csv or binary
	Threads int      `json:"threads"` // at most
	Files   []string `json:"files"`   // by party

	// What the bare engine planned to hold, and wrote: a task requires so much.
	Memory, Output int64 `json:"-"`
}

// A psiFigure is what an intersection took: from opening the files to having, or having
// written, what was asked for.
type psiFigure struct {
	Version string  `json:"version,omitempty"`
	Seconds float64 `json:"seconds"`
	PeakMiB float64 `json:"peak_mib"`         // of the process, with its program
	Rows    int64   `json:"rows"`             // ids that were found
	Bytes   int64   `json:"bytes,omitempty"`  // between parties, of protocols
	Rounds  int64   `json:"rounds,omitempty"` // how often they take turns
	Memory  int64   `json:"memory,omitempty"` // that the bare engine planned
	Output  int64   `json:"output,omitempty"` // bytes that it wrote
}

// A psiRunner does one intersection.
type psiRunner func(ctx context.Context, c psiCase) (psiFigure, error)

// A psiContestant is measured in the cases that it takes; without run it says so.
type psiContestant struct {
	name  string
	run   psiRunner
	takes func(c psiCase) bool
}

const mostKKRT = 22 // log2 of the ids of which the protocol is measured: then it takes GiBs

// psis measures intersections: ours as the bare engine and with the whole path of a task in
// the program enclave; and where DUCKDB and KKRT name them two peers: DuckDB, which joins
// the same files in the clear, and the protocol KKRT16, which needs no enclave. home keeps
// the data, sizes are logarithms, with commas.
//
// A peer is a program that prints a psiFigure:
//
//	$DUCKDB csv|parquet A B count|ids THREADS OUT
//	$KKRT 16 A B
//
// The keys of the result without engine in their names are of the whole path. Of two files
// of 2^20 ids each and on two threads, psi_2e20_vs_plain is how many times as long it takes
// to the ids of CSV as the faster of DuckDB, if it is measured, and the bare engine over the
// files in the clear; psi_2e20_binary_vs_plain is the same of binary ids, which only the
// bare engine reads.
func psis(ctx context.Context, home, sizes, enclave string) (map[string]any, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	room, err := newPSIRoom(ctx, home, enclave)
	if err != nil {
		return nil, err
	}
	defer room.end()
	if n := runtime.NumCPU(); n != 2 {
		fmt.Printf("whole runs on %d threads, as many as there are CPUs: taskset -c 0,1 has it run on two\n", n)
	}
	duck, kkrt := os.Getenv("DUCKDB"), os.Getenv("KKRT")
	two := func(c psiCase) bool { return len(c.Files) == 2 && c.Mode == psi.Plain }
	all := []psiContestant{
		{"engine", psiChild(self), func(psiCase) bool { return true }}, // first: it says what a task requires
		{"whole", room.run, func(c psiCase) bool {
			return c.What == "ids" && c.Threads == 2 && (c.Mode == psi.Plain || c.Format == rows.Set)
		}},
		{"duckdb", nil, func(c psiCase) bool { return two(c) && c.Format != "binary" }},
		{"kkrt", nil, func(c psiCase) bool {
			return two(c) && c.Format == "binary" && c.What == "ids" && c.Threads == 2 && c.Log2 <= mostKKRT
		}},
	}
	if duck != "" {
		all[2].run = func(ctx context.Context, c psiCase) (psiFigure, error) {
			return psiPeer(ctx, duck, c.Format, c.Files[0], c.Files[1], c.What, strconv.Itoa(c.Threads), filepath.Join(home, "peer.csv"))
		}
	}
	if kkrt != "" {
		all[3].run = func(ctx context.Context, c psiCase) (psiFigure, error) {
			return psiPeer(ctx, kkrt, "16", c.Files[0], c.Files[1])
		}
	}
	for _, c := range all {
		if c.run == nil {
			fmt.Printf("%-8s not measured\n", c.name)
		}
	}
	seconds := map[string]float64{}
	fmt.Printf("%-8s %5s %7s %-9s %-8s %-6s %7s %9s %9s %12s %7s\n", "what", "ids", "parties", "mode", "format", "result", "threads", "seconds", "peak MiB", "bytes", "rounds")
	for size := range strings.SplitSeq(sizes, ",") {
		log2, err := strconv.Atoi(size)
		if err != nil || log2 < 4 || 1<<min(log2, 62) > rows.MostRows {
			return nil, fmt.Errorf("size %q is no logarithm of 16 to %d ids", size, rows.MostRows)
		}
		cases, err := psiCases(home, log2)
		if err != nil {
			return nil, err
		}
		for _, c := range cases {
			for _, who := range all {
				if who.run == nil || !who.takes(c) {
					continue
				}
				f, err := psiMedian(ctx, who, c)
				if err != nil {
					return nil, fmt.Errorf("%s, 2^%d, %s, %s: %w", who.name, log2, c.Mode, c.Format, err)
				}
				fmt.Printf("%-8s  2^%-2d %7d %-9s %-8s %-6s %7d %9.3f %9.0f %12s %7s\n", who.name, log2, len(c.Files), c.Mode, c.Format, c.What, c.Threads, f.Seconds, f.PeakMiB, psiDash(f.Bytes), psiDash(f.Rounds))
				seconds[psiName(who.name, c)] = psiRound(f.Seconds)
				if who.name == "engine" {
					c.Memory, c.Output = f.Memory, f.Output
				}
			}
		}
	}
	result := psiResult(seconds)
	result["walls"] = room.walls
	return result, nil
}

func psiDash(n int64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatInt(n, 10)
}

// psiName names a figure in the result.
func psiName(who string, c psiCase) string {
	return fmt.Sprintf("%s_2e%d_%dp_%s_%s_%s_%dt", who, c.Log2, len(c.Files), c.Mode, c.Format, c.What, c.Threads)
}

// psiResult is what the last line says: null is what was not measured.
func psiResult(seconds map[string]float64) map[string]any {
	result := map[string]any{"figures": seconds}
	figure := func(key, name string) {
		result[key] = nil
		if s, ok := seconds[name]; ok {
			result[key] = psiRound(s)
		}
	}
	for _, who := range []string{"whole", "engine"} {
		prefix := ""
		if who == "engine" {
			prefix = "engine_"
		}
		for _, log2 := range []int{20, 24} {
			figure(fmt.Sprintf("%spsi_2e%d_s", prefix, log2), fmt.Sprintf("%s_2e%d_2p_plain_binary_ids_2t", who, log2))
			figure(fmt.Sprintf("%soblivious_2e%d_s", prefix, log2), fmt.Sprintf("%s_2e%d_2p_oblivious_set_ids_2t", who, log2))
		}
		figure(prefix+"parties5_2e20_s", who+"_2e20_5p_plain_binary_ids_2t")
	}
	times := func(key, format string, plain ...string) {
		result[key] = nil
		ours, ok := seconds["whole_2e20_2p_plain_"+format+"_ids_2t"]
		best := math.Inf(1)
		for _, who := range plain {
			if s, ok := seconds[who+"_2e20_2p_plain_"+format+"_ids_2t"]; ok {
				best = min(best, s)
			}
		}
		if ok && !math.IsInf(best, 1) {
			result[key] = psiRound(ours / best)
		}
	}
	times("psi_2e20_vs_plain", "csv", "engine", "duckdb")
	times("psi_2e20_binary_vs_plain", "binary", "engine")
	return result
}

// psiRound keeps three digits.
func psiRound(x float64) float64 {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return x
}

// psiCases are the intersections of a size, whose files it makes.
func psiCases(home string, log2 int) ([]psiCase, error) {
	var out []psiCase
	add := func(mode, format, what string, parties int, threads ...int) error {
		var files []string
		for party := range parties {
			f, err := psiFile(home, format, log2, party)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		for _, n := range threads {
			out = append(out, psiCase{Log2: log2, Format: format, Mode: mode, What: what, Threads: n, Files: files})
		}
		return nil
	}
	err := errors.Join(
		add(psi.Plain, "binary", "ids", 2, 1, 2),
		add(psi.Plain, "csv", "count", 2, 1, 2),
		add(psi.Plain, "csv", "ids", 2, 1, 2),
		add(psi.Plain, "parquet", "count", 2, 1, 2),
		add(psi.Plain, "parquet", "ids", 2, 1, 2),
		add(psi.Oblivious, "set", "ids", 2, 1, 2),
	)
	if log2 == 18 || log2 == 20 { // sorting first is slow
		err = errors.Join(err, add(psi.Oblivious, "binary", "ids", 2, 1, 2))
	}
	if log2 == 20 {
		err = errors.Join(err, add(psi.Plain, "binary", "ids", 5, 1, 2))
	}
	return out, err
}

// psiMedian is the middle one of three runs, or the one run of a case that takes long.
func psiMedian(ctx context.Context, who psiContestant, c psiCase) (psiFigure, error) {
	var all []psiFigure
	for len(all) < 3 && (len(all) == 0 || all[0].Seconds < 10) {
		f, err := who.run(ctx, c)
		if err != nil {
			return psiFigure{}, err
		}
		if want := int64(1) << c.Log2 / 2; f.Rows != want {
			return psiFigure{}, fmt.Errorf("found %d ids in common, want %d", f.Rows, want)
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b psiFigure) int { return int(math.Copysign(1, a.Seconds-b.Seconds)) })
	return all[len(all)/2], nil
}

// psiPeer runs a program that prints a figure.
func psiPeer(ctx context.Context, program string, args ...string) (psiFigure, error) {
	return psiProcess(exec.CommandContext(ctx, program, args...))
}

// psiChild runs the bare engine in a process of its own, whose peak is only that.
func psiChild(self string) psiRunner {
	return func(ctx context.Context, c psiCase) (psiFigure, error) {
		in, err := json.Marshal(c)
		if err != nil {
			return psiFigure{}, err
		}
		cmd := exec.CommandContext(ctx, self, "psi-engine")
		cmd.Stdin = bytes.NewReader(in)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(c.Threads)) // Go collects garbage on threads, too
		return psiProcess(cmd)
	}
}

func psiProcess(cmd *exec.Cmd) (psiFigure, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return psiFigure{}, fmt.Errorf("run %s: %w", filepath.Base(cmd.Path), err)
	}
	var f psiFigure
	if err := json.Unmarshal(out, &f); err != nil {
		return psiFigure{}, fmt.Errorf("read what %s says: %w", filepath.Base(cmd.Path), err)
	}
	return f, nil
}

// psiParams are the parameters of a case, for files with the aliases p0, p1 and so on.
func psiParams(c psiCase) ([]byte, error) {
	p := psi.Params{Operation: psi.Intersection, Mode: c.Mode, Parties: map[string]rows.Format{}, Format: "csv"}
	switch {
	case c.What == "count":
		p.Operation, p.Format = psi.Cardinality, ""
	case c.Mode == psi.Oblivious:
		p.Format = "" // a prepared set
	case c.Format == rows.Binary:
		p.Format = "binary"
	}
	for i := range c.Files {
		format := rows.Format{Kind: c.Format, Column: "id"}
		switch c.Format {
		case rows.Binary:
			format = rows.Format{Kind: rows.Binary, Width: 16}
		case rows.Set:
			format = rows.Format{Kind: rows.Set} // which says itself what it holds
		}
		p.Parties["p"+strconv.Itoa(i)] = format
	}
	return json.Marshal(p)
}

// psiCommon is how many ids an outcome says that all have.
func psiCommon(outputs []tacit.Output) (int64, error) {
	for _, o := range outputs {
		if !strings.HasPrefix(o.Name, psi.Summary) {
			continue
		}
		var said struct {
			Cardinality *int64 `json:"cardinality"`
		}
		if err := json.Unmarshal(o.Data, &said); err != nil {
			return 0, fmt.Errorf("read the summary: %w", err)
		}
		if said.Cardinality != nil {
			return *said.Cardinality, nil
		}
	}
	return 0, errors.New("the summary does not say how many ids all have")
}

// psiEngine does the case on stdin with the engine alone and prints what that took.
func psiEngine(ctx context.Context, in io.Reader, out io.Writer) error {
	var c psiCase
	if err := json.NewDecoder(in).Decode(&c); err != nil {
		return fmt.Errorf("read the case: %w", err)
	}
	params, err := psiParams(c)
	if err != nil {
		return err
	}
	job := tacit.Job{Params: params, Limits: tacit.Limits{Fuel: 1 << 50, Memory: 64 << 30, Output: 8 << 30, Files: 16, Time: time.Hour}}
	began := time.Now()
	for i, name := range c.Files {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		job.Inputs = append(job.Inputs, tacit.GuestFile{Alias: "p" + strconv.Itoa(i), Size: info.Size(), Data: f, Operations: []string{psi.Intersection, psi.Cardinality}})
	}
	res, err := psi.New(psi.Config{Threads: c.Threads}).Run(ctx, job)
	if err != nil {
		return err
	}
	f := psiFigure{Seconds: time.Since(began).Seconds(), PeakMiB: psiPeak("self"), Memory: res.PeakMem}
	for _, o := range res.Outputs {
		f.Output += int64(len(o.Data))
	}
	if f.Rows, err = psiCommon(res.Outputs); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(f)
}
