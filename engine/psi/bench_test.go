package psi

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"tacit"
)

// random is a file of n binary ids of 16 bytes, of which every other one is in all files
// of that n.
func random(alias string, n int, own uint64) tacit.GuestFile {
	b := make([]byte, 16*n)
	for i := range n {
		x := uint64(i)
		if i%2 == 1 {
			x |= own << 40
		}
		// Odd numbers times odd constants are a permutation.
		binary.LittleEndian.PutUint64(b[16*i:], x*0x9e3779b97f4a7c15)
		binary.LittleEndian.PutUint64(b[16*i+8:], x*0xc2b2ae3d27d4eb4f)
	}
	return tacit.GuestFile{Alias: alias, Operations: tacit.SetOperations(), Size: int64(len(b)), Data: bytes.NewReader(b)}
}

// BenchmarkIntersection measures whole runs from files in memory; those of 2^22 and 2^24
// rows need PSI_LARGE=1 in the environment and some GiB.
func BenchmarkIntersection(b *testing.B) {
	for _, size := range []int{18, 20, 22, 24} {
		if size > 20 && os.Getenv("PSI_LARGE") == "" {
			continue
		}
		for _, threads := range []int{1, 2} {
			for _, parties := range []int{2, 4} {
				if parties > 2 && size > 20 {
					continue
				}
				for _, format := range []string{"binary", "csv"} {
					b.Run(fmt.Sprintf("rows=2^%d/parties=%d/threads=%d/out=%s", size, parties, threads, format), func(b *testing.B) {
						var files []tacit.GuestFile
						var names []string
						for k := range parties {
							alias := string(rune('a' + k))
							files = append(files, random(alias, 1<<size, uint64(k+1)))
							names = append(names, strconv.Quote(alias)+`:{"format":"binary","width":16}`)
						}
						job := tacit.Job{Inputs: files, Limits: enough(), Params: []byte(`{"operation":"intersection","mode":"plain","format":"` + format + `","parties":{` + strings.Join(names, ",") + `}}`)}
						job.Seed[5] = 9
						e := New(Config{Threads: threads})
						runtime.GC()
						var peak int64
						for b.Loop() {
							out, err := e.Run(b.Context(), job)
							if err != nil {
								b.Fatal(err)
							}
							peak = out.PeakMem
						}
						b.ReportMetric(float64(peak)/(1<<20), "planned-MiB")
						b.ReportMetric(float64(parties<<size)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
					})
				}
			}
		}
	}
}
