package worker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
	"tacit/worker"
)

// What an enclave says the size of is at blobs as soon as its last part came; where blobs
// are away meanwhile it is sent again, from the file.
func TestAResultGoesOnWhileItComes(t *testing.T) {
	for _, tt := range []struct {
		name string
		away int  // how many times blobs are
		next bool // they have another store ask in the same call
		puts int
	}{
		{"twin: at once", 0, false, 1},
		{"blobs are away while it comes", 1, false, 2},
		{"and again behind the last part", 2, false, 3},
		{"one store refuses and another takes it", 1, true, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var puts atomic.Int32
			begun := make(chan struct{})
			h := newHost(t, func(c *worker.Config) {
				put := c.Put
				c.Put = func(ctx context.Context, r io.Reader, size int64) (wire.Digest, error) {
					n := puts.Add(1)
					if n == 1 {
						close(begun)
					}
					if int(n) <= tt.away {
						_, _ = io.CopyN(io.Discard, r, 3)
						s := r.(io.Seeker)
						if _, err := s.Seek(1, io.SeekStart); n == 1 && err == nil {
							t.Error("what has not come is skipped")
						}
						if _, err := s.Seek(0, io.SeekStart); err == nil && tt.next {
							return put(ctx, r, size)
						}
						return wire.Digest{}, fault.New(fault.Unreachable, "away")
					}
					return put(ctx, r, size)
				}
				c.Patience = 10 * time.Second
			}, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					if err := f.says(ctx, len(result)); err != nil {
						return tacit.RunReply{}, err
					}
					<-begun // nothing has come
					return leaves(ctx, f)
				}
			})
			if _, err := h.Launch(t.Context(), launch(1)); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Run(t.Context(), grants(1)); err != nil {
				t.Fatal(err)
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			if int(puts.Load()) != tt.puts || len(h.blobs) != 1 || !bytes.Equal(h.blobs[0], result) {
				t.Errorf("put %d times, want %d; blobs %q", puts.Load(), tt.puts, h.blobs)
			}
			if left, _ := filepath.Glob(filepath.Join(h.dir, "result-*")); len(left) > 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}

func TestResultMustBeTheSignedOne(t *testing.T) {
	for _, tt := range []struct {
		name string
		run  func(ctx context.Context, f *fake) (tacit.RunReply, error)
		want fault.Code
	}{
		{"another root", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			_, err := leaves(ctx, f)
			return tacit.RunReply{Output: tacit.Sealed{Root: wire.Digest{1}}}, err
		}, fault.DataCorrupt},
		{"never whole", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{Output: tacit.Sealed{Root: wire.Sum(result)}}, f.give(ctx, result, false)
		}, fault.DataCorrupt},
		{"a part after the last", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			r, err := leaves(ctx, f)
			return r, errors.Join(err, f.give(ctx, result, true))
		}, fault.ProtoFrame},
		{"more than the task may leave", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			for {
				if err := f.give(ctx, make([]byte, tacit.PartSize), false); err != nil {
					return tacit.RunReply{}, err
				}
			}
		}, fault.APISize},
		{"another root than was sent on", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			err := errors.Join(f.says(ctx, len(result)), f.give(ctx, result, true))
			return tacit.RunReply{Output: tacit.Sealed{Root: wire.Digest{1}}}, err
		}, fault.DataCorrupt},
		{"less than was said", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, errors.Join(f.says(ctx, len(result)+1), f.give(ctx, result, true))
		}, fault.ProtoFrame},
		{"more than was said", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, errors.Join(f.says(ctx, len(result)-1), f.give(ctx, result, true))
		}, fault.APISize},
		{"said twice", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, errors.Join(f.says(ctx, len(result)), f.says(ctx, len(result)))
		}, fault.ProtoFrame},
		{"said after a part", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, errors.Join(f.give(ctx, result[:1], false), f.says(ctx, len(result)))
		}, fault.ProtoFrame},
		{"said to be nothing", func(ctx context.Context, f *fake) (tacit.RunReply, error) { return tacit.RunReply{}, f.says(ctx, 0) }, fault.APISize},
		{"said to be more than the task may leave", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, f.says(ctx, 1<<30)
		}, fault.APISize},
		{"said to be more than there are numbers", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, f.says(ctx, -1)
		}, fault.APISize},
		{"said in too few bytes", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, f.output(ctx, tacit.OutputSize, []byte{9})
		}, fault.ProtoFrame},
		{"an empty frame of it", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			_, err := f.link.Ask(ctx, tacit.FrameOutput, nil)
			return tacit.RunReply{}, err
		}, fault.ProtoFrame},
		{"a frame of it that says nothing known", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, f.output(ctx, 9, result)
		}, fault.ProtoFrame},
		{"the enclave refuses", func(context.Context, *fake) (tacit.RunReply, error) {
			return tacit.RunReply{}, fault.New(fault.KeyPolicy, "no grants")
		}, fault.KeyPolicy},
		{"the enclave dies", func(_ context.Context, f *fake) (tacit.RunReply, error) {
			f.link.Close()
			return tacit.RunReply{}, nil
		}, fault.TaskFailed},
		{"an unknown frame", func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			_, err := f.link.Ask(ctx, 99, nil)
			return tacit.RunReply{}, err
		}, fault.ProtoFrame},
		{"twin: as it is", leaves, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, nil, func(_ int, f *fake) { f.run = tt.run })
			h.want(1, tt.want)
			h.want(1, tt.want) // a retry gets the same answer
			left, err := filepath.Glob(filepath.Join(h.dir, "result-*"))
			if err != nil || len(left) != 0 {
				t.Errorf("left behind: %v %v", left, err)
			}
			if tt.want == "" && !bytes.Equal(h.blobs[0], result) {
				t.Errorf("blobs hold %q", h.blobs)
			}
		})
	}
}

// A worker whose folder is gone keeps nothing of a result, and says so to the enclave.
func TestAResultThatCannotBeKeptIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		gone bool
		says bool // the enclave says first how much comes
		want fault.Code
	}{
		{"twin: a folder", false, true, ""},
		{"the size of a result", true, true, fault.Internal},
		{"a part of it", true, false, fault.Internal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var h *host
			var got error
			h = newHost(t, nil, func(_ int, f *fake) {
				f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
					if tt.gone {
						if err := os.RemoveAll(h.dir); err != nil {
							t.Error(err)
						}
					}
					if tt.says {
						got = f.says(ctx, len(result))
					}
					if got == nil && tt.says && tt.gone {
						t.Error("the size is not refused")
					}
					if got == nil {
						got = f.give(ctx, result, true)
					}
					return tacit.RunReply{Output: tacit.Sealed{Root: wire.Sum(result)}}, got
				}
			})
			if _, err := h.Launch(t.Context(), launch(1)); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Run(t.Context(), grants(1)); (err == nil) != (tt.want == "") {
				t.Errorf("Run = %v", err)
			}
			if fault.Of(got) != tt.want {
				t.Errorf("the enclave hears %v, want %q", got, tt.want)
			}
		})
	}
}
