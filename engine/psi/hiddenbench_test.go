package psi

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"testing"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/engine/psi/set"
)

// prepared is the set of random.
func prepared(b *testing.B, alias string, n int, own uint64) tacit.GuestFile {
	b.Helper()
	f := random(alias, n, own)
	ids := rows.Texts{N: n, Width: 16, Bytes: make([]byte, f.Size)}
	if err := rows.ReadFull(f.Data, ids.Bytes, 0); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := set.Write(&out, ids, nil, set.Options{}); err != nil {
		b.Fatal(err)
	}
	return tacit.GuestFile{Operations: tacit.SetOperations(), Alias: alias, Size: int64(out.Len()), Data: bytes.NewReader(out.Bytes())}
}

// BenchmarkOblivious measures whole runs over prepared sets in memory, and over ids that
// are not; those of 2^24 rows need PSI_LARGE=1 in the environment and some GiB.
func BenchmarkOblivious(b *testing.B) {
	for _, size := range []int{18, 20, 24} {
		if size > 20 && os.Getenv("PSI_LARGE") == "" {
			continue
		}
		for _, format := range []string{"set", "binary"} {
			var files []tacit.GuestFile
			parties := ""
			for k, alias := range []string{"a", "b"} {
				if format == "set" {
					files = append(files, prepared(b, alias, 1<<size, uint64(k+1)))
					parties += fmt.Sprintf(`,%q:{"format":"set"}`, alias)
				} else {
					files = append(files, random(alias, 1<<size, uint64(k+1)))
					parties += fmt.Sprintf(`,%q:{"format":"binary","width":16}`, alias)
				}
			}
			for _, operation := range []string{Intersection, Cardinality, Union} {
				for _, threads := range []int{1, 2} {
					b.Run(fmt.Sprintf("rows=2^%d/%s/%s/threads=%d", size, format, operation, threads), func(b *testing.B) {
						job := tacit.Job{Inputs: files, Limits: enough(), Params: []byte(`{"operation":"` + operation + `","mode":"oblivious","parties":{` + parties[1:] + `}}`)}
						var peak int64
						for b.Loop() {
							runtime.GC()
							out, err := New(Config{Threads: threads}).Run(b.Context(), job)
							if err != nil {
								b.Fatal(err)
							}
							peak = out.PeakMem
						}
						b.ReportMetric(float64(peak)/(1<<20), "MiB")
					})
				}
			}
		}
	}
}
