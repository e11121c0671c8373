package enclave_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tacit"
	"tacit/engine/psi"
)

// ids is a file of n ids of 16 bytes, of which every other one is in all such files.
func ids(n int, own uint64) []byte {
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
	return b
}

func setParams(operation string) []byte {
	format := ""
	if operation == tacit.SetIntersection {
		format = `"format":"binary",`
	}
	return []byte(`{"operation":"` + operation + `","mode":"plain",` + format + `"parties":{"a":{"format":"binary","width":16},"b":{"format":"binary","width":16}}}`)
}

// BenchmarkSets is a set operation of two parties, each of the named number of ids, from
// grants to the sealed result at blobs: through the worker, the agent and its child, with
// inputs that the worker never saw. The files variants are the engine alone over the
// decrypted files. 2^22 and 2^24 ids need TACIT_LARGE=1 in the environment, and some GiB of
// memory and disk.
func BenchmarkSets(b *testing.B) {
	for _, size := range []int{18, 20, 22, 24} {
		if size > 20 && os.Getenv("TACIT_LARGE") == "" {
			continue
		}
		plain := map[string][]byte{"a": ids(1<<size, 1), "b": ids(1<<size, 2)}
		for _, operation := range []string{tacit.SetIntersection, tacit.SetCardinality} {
			b.Run(fmt.Sprintf("ids=2^%d/%s/sealed", size, operation), func(b *testing.B) { benchSealed(b, operation, plain) })
			b.Run(fmt.Sprintf("ids=2^%d/%s/files", size, operation), func(b *testing.B) { benchFiles(b, operation, plain) })
		}
	}
}

func benchSealed(b *testing.B, operation string, plain map[string][]byte) {
	w := newWorld(b).serve()
	code := w.service(tacit.Program("psi", 1))
	out := uint64(len(plain["a"])/2 + 1<<20)
	var took time.Duration
	var all usage
	for b.Loop() {
		b.StopTimer()
		k := w.task(code, plain, setParams(operation), func(t *tacit.Task) {
			t.Requirements = tacit.Requirements{Level: 2, Fuel: 1 << 50, Memory: uint64(64<<20 + 12*len(plain["a"])), Output: out, Seconds: 300}
		})
		k.terms.MaxOutput, k.terms.Sets = out, &tacit.SetRules{Operations: tacit.SetOperations(), MinSet: 1}
		launched, err := w.worker.Launch(context.Background(), k.launch)
		w.must(err)
		grants := k.grants(launched.Keys)
		time.Sleep(200 * time.Millisecond) // until the next enclave is warm
		used := watch()
		b.StartTimer()
		at := time.Now()
		reply, err := w.worker.Run(context.Background(), grants)
		took += time.Since(at)
		b.StopTimer()
		w.must(err)
		all.add(used())
		r := k.open(launched, reply)
		r.want(b, tacit.ExitOK, "")
		if got := len(r.files["out/intersection.bin"]); operation == tacit.SetIntersection && got != len(plain["a"])/2 {
			b.Fatalf("the intersection is %d bytes", got)
		}
		for _, a := range append(k.artefacts[1:], artefact{sealed: reply.Output}) {
			w.must(w.blobs.Delete(context.Background(), a.sealed.Root))
		}
		b.StartTimer()
	}
	n := float64(b.N)
	b.ReportMetric(float64(took.Microseconds())/1000/n, "ms/run")
	b.ReportMetric(float64(2*len(plain["a"]))*n/took.Seconds()/1e6, "MB/s")
	for _, p := range []struct {
		name string
		part
	}{{"worker", all.worker}, {"agent", all.agent}, {"child", all.child}} {
		b.ReportMetric(float64(p.cpu.Milliseconds())/n, p.name+"-cpu-ms")
		b.ReportMetric(float64(p.sys.Milliseconds())/n, p.name+"-sys-ms")
		b.ReportMetric(float64(p.peak>>20), p.name+"-MiB")
	}
}

func benchFiles(b *testing.B, operation string, plain map[string][]byte) {
	dir := b.TempDir()
	job := tacit.Job{Params: setParams(operation), Limits: tacit.Limits{Fuel: 1 << 50, Memory: 1 << 34, Output: 1 << 32, Files: 9, Time: time.Hour}}
	for _, alias := range []string{"a", "b"} {
		name := filepath.Join(dir, alias)
		if err := os.WriteFile(name, plain[alias], 0o600); err != nil {
			b.Fatal(err)
		}
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		job.Inputs = append(job.Inputs, tacit.GuestFile{Alias: alias, Operations: tacit.SetOperations(), Size: int64(len(plain[alias])), Data: f})
	}
	e, began := psi.New(psi.Config{Threads: 2}), cpuOfSelf()
	for b.Loop() {
		if _, err := e.Run(b.Context(), job); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((cpuOfSelf()-began).Milliseconds())/float64(b.N), "cpu-ms")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/run")
}

// A part is what one process used.
type part struct {
	cpu, sys time.Duration
	peak     int64
}

func (p *part) add(q part) { p.cpu, p.sys, p.peak = p.cpu+q.cpu, p.sys+q.sys, max(p.peak, q.peak) }

// usage is what the three processes of a run used. The worker is the process of the test,
// with all else that it holds.
type usage struct{ worker, agent, child part }

func (u *usage) add(v usage) {
	u.worker.add(v.worker)
	u.agent.add(v.agent)
	u.child.add(v.child)
}

// watch looks at the enclaves until the function that it returns is called, which says what
// the busiest one and the worker used.
func watch() func() usage {
	started := childrenOf(os.Getpid()) // the device is of this process
	stop := make(chan struct{})
	var wg sync.WaitGroup
	agents, children := map[int]part{}, map[int]part{}
	before := map[int]part{}
	begin := cpuOfSelf()
	sysBegin, _ := partOf(os.Getpid())
	wg.Go(func() {
		for first := true; ; first = false {
			for _, agent := range started {
				for which, pid := range append([]int{agent}, childrenOf(agent)...) {
					now, ok := partOf(pid)
					if !ok {
						continue
					}
					if first {
						before[pid] = now
					}
					now.cpu -= before[pid].cpu
					now.sys -= before[pid].sys
					to := children
					if which == 0 {
						to = agents
					}
					now.peak = max(now.peak, to[pid].peak) // a process that ended has none
					to[pid] = now
				}
			}
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	})
	return func() usage {
		close(stop)
		wg.Wait()
		self, _ := partOf(os.Getpid())
		u := usage{worker: part{cpuOfSelf() - begin, self.sys - sysBegin.sys, self.peak}}
		for _, p := range agents {
			if p.cpu >= u.agent.cpu {
				u.agent = p
			}
		}
		for _, p := range children {
			if p.cpu >= u.child.cpu {
				u.child = p
			}
		}
		return u
	}
}

func childrenOf(pid int) (out []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range lists {
		b, _ := os.ReadFile(name)
		for f := range strings.FieldsSeq(string(b)) {
			n, _ := strconv.Atoi(f)
			out = append(out, n)
		}
	}
	return out
}

// partOf is what a process used until now; ticks of the clock are 10 ms.
func partOf(pid int) (p part, ok bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return p, false
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	for i, f := range fields[11:13] {
		n, _ := strconv.Atoi(f)
		p.cpu += time.Duration(n) * 10 * time.Millisecond
		if i == 1 {
			p.sys = time.Duration(n) * 10 * time.Millisecond
		}
	}
	b, _ = os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if _, rest, found := strings.Cut(string(b), "VmHWM:"); found {
		n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
		p.peak = n << 10
	}
	return p, true
}

func cpuOfSelf() time.Duration {
	var r unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
