package infer

import (
	"context"
	"sync"
)

// pipeline hands what source gives from stage to stage, each of which is at work on another
// one at the same time; those that went through all are given to source again. It returns
// the first error, or nil once source gave nothing more and all went through.
func pipeline[T any](ctx context.Context, depth int, source func(ctx context.Context, again *T) (*T, error), stages ...func(ctx context.Context, t *T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex // guards what follows
		fatal any
	)
	work := func(do func() error) {
		wait.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					mu.Lock()
					fatal = p
					mu.Unlock()
					cancel(context.Canceled)
				}
			}()
			if err := do(); err != nil {
				cancel(err)
			}
		})
	}
	free := make(chan *T, depth)
	for range depth {
		free <- nil
	}
	next := make(chan *T)
	first := next
	work(func() error {
		defer close(first)
		for {
			select {
			case <-ctx.Done():
				return nil
			case again := <-free:
				t, err := source(ctx, again)
				if t == nil || err != nil {
					return err
				}
				select {
				case first <- t:
				case <-ctx.Done():
					return nil
				}
			}
		}
	})
	for i, stage := range stages {
		in, out := next, make(chan *T)
		if next = out; i == len(stages)-1 {
			out = free
		}
		work(func() error {
			if i < len(stages)-1 {
				defer close(out)
			}
			for t := range in {
				if ctx.Err() != nil {
					continue // let the one before end
				}
				if err := stage(ctx, t); err != nil {
					return err
				}
				select {
				case out <- t:
				case <-ctx.Done():
					return nil
				}
			}
			return nil
		})
	}
	wait.Wait()
	if fatal != nil {
		panic(fatal)
	}
	return context.Cause(ctx)
}
