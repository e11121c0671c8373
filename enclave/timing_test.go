package enclave_test

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/enclave"
	"tacit/fault"
	"tacit/wire"
)

// sleeper is a guest whose running time is its input: tens of milliseconds. It
// traps if it is told to.
type sleeper struct{ trap bool }

func (s sleeper) Version() string { return "sleeper" }

func (s sleeper) Run(_ context.Context, job tacit.Job) (tacit.Outcome, error) {
	secret := make([]byte, 1)
	if _, err := job.Inputs[0].Data.ReadAt(secret, 0); err != nil && err != io.EOF {
		return tacit.Outcome{}, err
	}
	time.Sleep(10 * time.Duration(secret[0]) * time.Millisecond)
	if s.trap {
		return tacit.Outcome{}, fault.New(fault.WasmTrap, "run guest: it trapped")
	}
	return tacit.Outcome{Fuel: 1}, nil
}

// case N43 code - check enclave/result.go:bucketEnd
func TestN43RunningTimesOfOneBucketLookAlike(t *testing.T) {
	w := newWorld(t)
	code := w.service([]byte("code"))
	// seen is when the worker sees the first byte of the result, and the leaf,
	// after it handed over the grants. The clock is the bubble's.
	seen := func(t *testing.T, tens byte, timing uint32, trap bool) (result, leaf time.Duration) {
		t.Helper()
		k := w.task(code, map[string][]byte{"in": {tens}}, nil, oneSecond)
		k.terms.Timing = timing
		synctest.Test(t, func(t *testing.T) {
			outer := w.t
			defer func() { w.t = outer }()
			w.t = t
			in := w.agent(func(conn io.ReadWriteCloser) {
				_ = enclave.RunChild(context.Background(), conn, func(enclave.Cache) (tacit.Engine, error) { return sleeper{trap}, nil })
			}, func(c *enclave.Config) { c.Grace = 500 * time.Millisecond })
			launched, err := wire.AskFor[tacit.LaunchReply](t.Context(), in.host, tacit.FrameLaunch, tacit.FrameLabel, k.launch)
			w.must(err)
			began := time.Now()
			grants := k.grants(launched.Keys)
			_, err = wire.AskFor[tacit.RunReply](t.Context(), in.host, tacit.FrameRun, tacit.FrameLabel, grants)
			w.must(err)
			result, leaf = in.first.Sub(began), time.Since(began)
		})
		return result, leaf
	}
	for _, tt := range []struct {
		name   string
		tens   byte
		timing uint32
		trap   bool
		want   time.Duration
	}{
		{"the secret bit is 0", 11, 100, false, 200 * time.Millisecond},
		{"the secret bit is 1", 19, 100, false, 200 * time.Millisecond},
		{"it traps on the way", 15, 100, true, 200 * time.Millisecond},
		{"at the end of the bucket", 20, 100, false, 200 * time.Millisecond},
		{"at once", 0, 100, false, 100 * time.Millisecond},
		{"in the last bucket, which the limit ends", 90, 100, false, 1500 * time.Millisecond},
		{"one bucket for all: short", 1, 10_000, false, 1500 * time.Millisecond},
		{"one bucket for all: long", 99, 10_000, false, 1500 * time.Millisecond},
		{"twin: across the bucket's end", 21, 100, false, 400 * time.Millisecond},
		{"twin: terms that ask for nothing", 11, 0, false, 110 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if result, leaf := seen(t, tt.tens, tt.timing, tt.trap); result != tt.want || leaf != tt.want {
				t.Errorf("the result began to leave after %v and the leaf after %v, want %v", result, leaf, tt.want)
			}
		})
	}
}
