package enclave_test

import (
	"context"
	"os"
	"testing"
	"time"

	"tacit"
)

// BenchmarkTask is one attempt on a warm enclave, in two stages: launch (keys
// and evidence) and run (grants to sealed result). Compiled code is in the
// cache, except for the rows that compile.
func BenchmarkTask(b *testing.B) {
	cancer, err := os.ReadFile(built.cancer)
	if err != nil {
		b.Fatal(err)
	}
	left, right := tables(40)
	demo := map[string][]byte{"left": left, "right": right}
	for _, bb := range []struct {
		name   string
		code   []byte
		inputs map[string][]byte
		params []byte
		cold   bool
	}{
		{"small", guest(b, paths, copying), map[string][]byte{"in": []byte("x")}, nil, false},
		{"demo", cancer, demo, []byte("{}"), false},
		{"demo compiled", cancer, demo, []byte("{}"), true},
	} {
		b.Run(bb.name, func(b *testing.B) {
			w := newWorld(b).serve()
			code := w.service(bb.code)
			w.task(code, bb.inputs, bb.params).run().want(b, tacit.ExitOK, "")
			var launch, run time.Duration
			for b.Loop() {
				b.StopTimer()
				k := w.task(code, bb.inputs, bb.params)
				if bb.cold {
					for _, f := range w.cached() {
						os.Remove(f)
					}
				}
				time.Sleep(150 * time.Millisecond) // until the next enclave is warm
				b.StartTimer()
				at := time.Now()
				launched, err := w.worker.Launch(context.Background(), k.launch)
				w.must(err)
				launch += time.Since(at)
				b.StopTimer()
				grants := k.grants(launched.Keys)
				b.StartTimer()
				at = time.Now()
				reply, err := w.worker.Run(context.Background(), grants)
				w.must(err)
				run += time.Since(at)
				b.StopTimer()
				k.open(launched, reply).want(b, tacit.ExitOK, "")
				b.StartTimer()
			}
			b.ReportMetric(float64(launch.Microseconds())/1000/float64(b.N), "ms/launch")
			b.ReportMetric(float64(run.Microseconds())/1000/float64(b.N), "ms/run")
		})
	}
}
