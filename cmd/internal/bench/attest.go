package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// schemes are the benchmarks of evidence; each has the forms below.
var schemes = []string{"snp", "tdx", "sgx"}

// forms are how evidence is verified: nothing known yet, its chain and collateral known,
// and by the vendor's library with all of its checks on and with none.
var forms = []struct{ name, figure string }{
	{"cold", "%s_per_s_cold"}, {"cached", "%s_per_s_cached"}, {"library", "%s_per_s_library"}, {"library-open", "%s_per_s_library_open"},
}

var benchLine = regexp.MustCompile(`^Benchmark\w+/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op`)

// attestation measures how many pieces of evidence of each scheme are verified in a second,
// by one at a time, and how that compares with the vendor's library: twice as fast is 2.
func attestation(ctx context.Context) (map[string]any, error) {
	result := map[string]any{}
	for _, scheme := range schemes {
		perSecond, err := benchmarks(ctx, "./attest/"+scheme)
		if err != nil {
			return nil, err
		}
		if perSecond["cold"] == 0 || perSecond["cached"] == 0 {
			return nil, errors.New("measure " + scheme + ": the benchmark printed no figures")
		}
		for _, f := range forms {
			if n := perSecond[f.name]; n > 0 {
				result[fmt.Sprintf(f.figure, scheme)] = round(n)
				fmt.Printf("%-24s %8.0f/s\n", scheme+" "+f.name, n)
			}
		}
		if n := perSecond["library"]; n > 0 {
			result[scheme+"_vs_library"] = round(perSecond["cold"] / n)
		}
		if n := perSecond["library-open"]; n > 0 {
			result[scheme+"_vs_library_open"] = round(perSecond["cold"] / n)
		}
	}
	return result, handshakes(ctx, result)
}

// handshakes measures connections that are ready to use, against plain mutual TLS 1.3.
func handshakes(ctx context.Context, result map[string]any) error {
	perSecond, err := benchmarks(ctx, "./atls")
	if err != nil {
		return err
	}
	plain := perSecond["mtls"]
	if plain == 0 || perSecond["fresh"] == 0 || perSecond["cached"] == 0 {
		return errors.New("measure handshakes: the benchmark printed no figures")
	}
	for _, name := range []string{"mtls", "fresh", "cached"} {
		result["handshake_per_s_"+name] = round(perSecond[name])
		fmt.Printf("%-24s %8.0f/s\n", "handshake "+name, perSecond[name])
		if name != "mtls" {
			result["handshake_"+name+"_vs_mtls"] = round(perSecond[name] / plain)
		}
	}
	return nil
}

// benchmarks are those of a package by the last part of their names, in runs a second.
func benchmarks(ctx context.Context, pkg string) (map[string]float64, error) {
	out, err := exec.CommandContext(ctx, "go", "test", pkg, "-run", "^$", "-bench", ".", "-benchtime", "2s", "-cpu", "1").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("measure %s: %w\n%s", pkg, err, out)
	}
	perSecond := map[string]float64{}
	for line := range strings.Lines(string(out)) {
		if m := benchLine.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			if ns, err := strconv.ParseFloat(m[2], 64); err == nil && ns > 0 {
				perSecond[m[1]] = 1e9 / ns
			}
		}
	}
	return perSecond, nil
}
