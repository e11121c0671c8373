package parallel_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"tacit/parallel"
)

func TestEachPieceIsDoneOnce(t *testing.T) {
	for _, threads := range []int{-1, 0, 1, 2, 7, 100} {
		for _, n := range []int{0, 1, 2, 50} {
			done, inHand := make([]atomic.Int32, n), make([]atomic.Int32, max(threads, 1))
			if err := parallel.Do(t.Context(), threads, n, func(thread, i int) {
				if inHand[thread].Add(1) != 1 {
					t.Errorf("thread %d does two pieces at once", thread)
				}
				done[i].Add(1)
				inHand[thread].Add(-1)
			}); err != nil {
				t.Fatal(err)
			}
			for i := range done {
				if got := done[i].Load(); got != 1 {
					t.Errorf("%d threads, piece %d of %d: done %d times", threads, i, n, got)
				}
			}
		}
	}
}

func TestItEndsEarlyWithItsContext(t *testing.T) {
	why := errors.New("enough")
	for _, threads := range []int{1, 3} {
		ctx, cancel := context.WithCancelCause(t.Context())
		var done atomic.Int32
		err := parallel.Do(ctx, threads, 1000, func(int, int) {
			if done.Add(1) == 5 {
				cancel(why)
			}
		})
		if err != why || done.Load() > 10 {
			t.Errorf("%d threads: %v after %d pieces", threads, err, done.Load())
		}
	}
}

func TestAPanicIsOneOfTheCaller(t *testing.T) {
	for _, threads := range []int{1, 3} {
		func() {
			defer func() {
				if got := recover(); got != "broken" {
					t.Errorf("%d threads: recovered %v", threads, got)
				}
			}()
			_ = parallel.Do(t.Context(), threads, 10, func(_, i int) {
				if i == 4 {
					panic("broken")
				}
			})
			t.Errorf("%d threads: it returned", threads)
		}()
	}
}
