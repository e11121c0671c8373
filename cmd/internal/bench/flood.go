package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tacit/client"
	"tacit/fault"
	nodeclient "tacit/node/client"
)

// floodTimes is how many times what the network can do a flood asks for, and
// alone how many tasks the calm tenant runs before it.
const (
	floodTimes = 10
	alone      = 60
)

// recovered is by how much a task may still take longer than before the flood,
// and recoveredOf how many in a row must not.
const (
	recovered   = 1.5
	recoveredOf = 3
)

// flood measures one tenant that runs a task after another: alone, while another
// one with as much on deposit submits ten times what the network can do, and
// afterwards until it is as before.
func flood(ctx context.Context, bin string, long time.Duration) (map[string]any, error) {
	r, err := setUp(ctx, bin, "")
	if err != nil {
		return nil, err
	}
	defer r.stop()
	go func() { _ = r.acme.Node.Run(ctx) }()
	plan, err := r.plan(ctx, "acme/copy")
	if err != nil {
		return nil, err
	}
	for _, s := range []*nodeclient.Session{r.alice, r.acme} {
		pay := plan
		pay.Wish.MaxFee, pay.Prices.Service = 500e9, 400e9
		if _, err := s.Pay(ctx, pay); err != nil {
			return nil, err
		}
	}
	calm := &tenant{rig: r, plan: plan}
	for range 8 { // every worker compiles the program once
		if _, err := calm.task(ctx); err != nil {
			return nil, err
		}
	}
	rate, err := r.load(ctx, plan, 8, 10*time.Second)
	if err != nil {
		return nil, err
	}
	if err := wait(ctx, 3*time.Second); err != nil {
		return nil, err
	}
	var before []float64
	for range alone {
		ms, err := calm.task(ctx)
		if err != nil {
			return nil, err
		}
		before = append(before, ms)
	}
	fmt.Printf("alone:   p50 %.0f ms, p99 %.0f ms; the network does %.1f tasks a second\n", part(before, 50), part(before, 99), rate)

	var during []float64
	failed := 0
	f := &flooder{session: r.acme, plan: plan}
	stop := f.start(ctx, floodTimes*rate)
	for until := time.Now().Add(long); time.Now().Before(until); {
		ms, err := calm.task(ctx)
		if ctx.Err() != nil {
			stop()
			return nil, err
		}
		if err != nil {
			failed++
			fmt.Println("calm task failed:", err)
			continue
		}
		during = append(during, ms)
	}
	stop()
	if len(during) == 0 {
		return nil, errors.New("measure flood: the calm tenant had no task through")
	}
	fmt.Printf("flooded: p50 %.0f ms, p99 %.0f ms of %d, %d failed; submitted %d: %d accepted, %d refused, %d failed otherwise\n",
		part(during, 50), part(during, 99), len(during), failed, f.sent.Load(), f.taken.Load(), f.busy.Load(), f.failed.Load())

	ended := time.Now()
	back := -1.0
	for row := 0; back < 0 && time.Since(ended) < 5*time.Minute; {
		began := time.Now()
		ms, err := calm.task(ctx)
		if ctx.Err() != nil {
			return nil, err
		}
		if row++; err != nil || ms > recovered*part(before, 50) {
			row = 0
		}
		if row == recoveredOf {
			back = began.Sub(ended).Seconds()
		}
	}
	return map[string]any{
		"calm_p50_ms": round(part(before, 50)), "calm_p99_ms": round(part(before, 99)),
		"flooded_p50_ms": round(part(during, 50)), "flooded_p99_ms": round(part(during, 99)),
		"ratio_p50": round(part(during, 50) / part(before, 50)), "ratio_p99": round(part(during, 99) / part(before, 99)),
		"calm_tasks": len(during), "calm_failed": failed,
		"submitted": f.sent.Load(), "accepted": f.taken.Load(), "refused": f.busy.Load(), "refused_otherwise": f.failed.Load(),
		"tasks_per_s": round(rate), "flood_s": long.Seconds(), "recovery_s": round(back),
	}, nil
}

// part is a percentile.
func part(ms []float64, percent int) float64 {
	sorted := slices.Clone(ms)
	slices.Sort(sorted)
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}

// tenant runs one task after another.
type tenant struct {
	rig  *rig
	plan client.Plan
}

func (t *tenant) task(ctx context.Context) (float64, error) {
	took, _, err := t.rig.one(ctx, t.plan)
	return float64(took.Microseconds()) / 1000, err
}

// flooder submits at a rate, whatever becomes of it.
type flooder struct {
	session                   *nodeclient.Session
	plan                      client.Plan
	sent, taken, busy, failed atomic.Int64
}

// start begins the flood and returns what ends it.
func (f *flooder) start(ctx context.Context, perSecond float64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	places := make(chan struct{}, 64) // calls under way
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			select {
			case places <- struct{}{}:
			default:
				continue // no answer yet to so many
			}
			wg.Go(func() {
				defer func() { <-places }()
				f.sent.Add(1)
				_, err := f.session.Submit(ctx, f.plan)
				switch {
				case err == nil:
					f.taken.Add(1)
				case errors.Is(err, fault.ResBusy):
					f.busy.Add(1)
				case ctx.Err() == nil:
					if f.failed.Add(1) == 1 {
						fmt.Println("first other refusal:", err)
					}
				}
			})
		}
	})
	return func() {
		cancel()
		tick.Stop()
		wg.Wait()
	}
}
