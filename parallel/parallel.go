// Package parallel has several goroutines do pieces of one work.
package parallel

import (
	"context"
	"sync"
	"sync/atomic"
)

// Do calls do once for each i below n, by at most so many goroutines, and returns when all are
// done, or early with what ended ctx. Which thread, from 0 on, does a piece is left open, so
// what comes out must not depend on it. A panic in one of them is one here, once all have
// ended.
func Do(ctx context.Context, threads, n int, do func(thread, i int)) error {
	threads = min(threads, n)
	if threads <= 1 {
		for i := 0; i < n && ctx.Err() == nil; i++ {
			do(0, i)
		}
		return context.Cause(ctx)
	}
	var (
		wait  sync.WaitGroup
		next  atomic.Int64
		first atomic.Pointer[any]
	)
	for thread := range threads {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					first.CompareAndSwap(nil, &p)
				}
			}()
			for first.Load() == nil && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(thread, i)
			}
		})
	}
	wait.Wait()
	if p := first.Load(); p != nil {
		panic(*p)
	}
	return context.Cause(ctx)
}
