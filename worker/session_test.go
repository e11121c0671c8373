package worker_test

import (
	"context"
	"net"
	"slices"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
	"tacit/worker"
)

// A request goes to the enclave of the attempt that runs here, and to no other.
func TestASessionIsCarriedToTheEnclaveOfItsAttempt(t *testing.T) {
	release, begun := make(chan struct{}), make(chan struct{})
	h := newHost(t, nil, func(_ int, f *fake) {
		f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			begun <- struct{}{}
			<-release
			return leaves(ctx, f)
		}
	})
	ask := func(n, attempt, place byte) (tacit.SessionReply, error) {
		return h.Session(t.Context(), tacit.SessionRequest{Task: wire.Digest{n}, Attempt: attempt, Place: place, Number: 7, Body: []byte("sealed")})
	}
	expect := func(name string, n, attempt, place byte, code fault.Code) {
		t.Helper()
		if _, err := ask(n, attempt, place); fault.Of(err) != code {
			t.Errorf("%s: %v, want %q", name, err, code)
		}
	}
	expect("not launched here", 1, 1, 0, fault.SessionOver)
	if _, err := h.Launch(t.Context(), launch(1)); err != nil {
		t.Fatal(err)
	}
	expect("launched, without grants", 1, 1, 0, fault.KeyFinality)
	done := make(chan error, 1)
	go func() { _, err := h.Run(t.Context(), grants(1)); done <- err }()
	<-begun
	if got, err := ask(1, 1, 0); err != nil || string(got.Body) != "answer to sealed" {
		t.Errorf("while it runs: %q, %v", got.Body, err)
	}
	expect("another attempt", 1, 2, 0, fault.SessionOver)
	expect("another place", 1, 1, 1, fault.SessionOver)
	expect("another task", 2, 1, 0, fault.SessionOver)
	release <- struct{}{}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	expect("it has ended", 1, 1, 0, fault.SessionOver)

	// An enclave that dies while it is asked, and before it is asked.
	for n := byte(3); n < 5; n++ {
		if _, err := h.Launch(t.Context(), launch(n)); err != nil {
			t.Fatal(err)
		}
		go func() { _, err := h.Run(t.Context(), grants(n)); done <- err }()
		<-begun
		var which *fake
		h.mu.Lock()
		for _, f := range h.opened {
			if f.launched.Load() == int32(n) {
				which = f
			}
		}
		h.mu.Unlock()
		which.die.Store(true)
		expect("its enclave ends", n, 1, 0, fault.SessionLost)
		release <- struct{}{}
		if err := <-done; fault.Of(err) != fault.TaskFailed {
			t.Errorf("its run ends with %v, want %s", err, fault.TaskFailed)
		}
		expect("its enclave has ended", n, 1, 0, fault.SessionOver)
	}
}

// What an enclave says no with is what its user hears.
func TestASessionsRefusalsAreCarried(t *testing.T) {
	release, begun := make(chan struct{}), make(chan struct{})
	h := newHost(t, nil, func(_ int, f *fake) {
		f.no = fault.New(fault.SessionReplay, "it came before")
		f.run = func(ctx context.Context, f *fake) (tacit.RunReply, error) {
			close(begun)
			<-release
			return leaves(ctx, f)
		}
	})
	done := make(chan error, 1)
	go func() { _, err := h.both(1); done <- err }()
	<-begun
	if _, err := h.Session(t.Context(), tacit.SessionRequest{Task: wire.Digest{1}, Attempt: 1}); fault.Of(err) != fault.SessionReplay {
		t.Errorf("got %v, want %s", err, fault.SessionReplay)
	}
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// The engine for networks runs in its own image, everything else in the ordinary one.
func TestAnImageIsOpenedForItsEngineOnly(t *testing.T) {
	image := tacit.EngineImage(tacit.EngineInfer)
	for _, tt := range []struct {
		name   string
		engine string
		has    []string // images
		opens  int      // enclaves of that image
		code   fault.Code
	}{
		{"twin: a network, where its image is", tacit.EngineInfer, []string{image, "another"}, 1, ""},
		{"a network, where it is not", tacit.EngineInfer, []string{"another"}, 0, fault.InferRuntime},
		{"a network, where no image is", tacit.EngineInfer, nil, 0, fault.InferRuntime},
		{"an engine of the ordinary image", tacit.EngineLearn, []string{image}, 0, ""},
		{"a program of somebody's", "", []string{image}, 0, ""},
	} {
		for _, signs := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				opened := 0
				var h *host
				h = newHost(t, func(c *worker.Config) {
					if signs {
						c.Refuse = func(s tacit.Skip) tacit.Signed[tacit.Skip] { return tacit.Signed[tacit.Skip]{Body: s} }
					}
					c.Images = map[string]func(context.Context) (worker.Enclave, error){}
					for _, name := range tt.has {
						c.Images[name] = func(context.Context) (worker.Enclave, error) {
							if name != image {
								t.Errorf("image %s was opened", name)
							}
							here, there := net.Pipe()
							f := &fake{run: leaves, launch: func() error { return nil }, done: make(chan struct{})}
							h.mu.Lock()
							opened++
							h.opened = append(h.opened, f)
							h.mu.Unlock()
							f.image.Store(true)
							f.link = wire.NewLink(there, false, f.serve)
							go func() { defer close(f.done); _ = f.link.Run(context.Background()) }()
							return worker.Enclave{Conn: here, Kill: func() { f.killed.Add(1); there.Close() }}, nil
						}
					}
				}, nil)
				req := launch(1)
				req.Artefacts = []tacit.Sealed{{Plain: wire.Sum([]byte("somebody's"))}}
				if tt.engine != "" {
					req.Artefacts[0].Plain = wire.Sum(tacit.Program(tt.engine, 1))
				}
				reply, err := h.Launch(t.Context(), req)
				switch {
				case tt.code != "" && signs:
					if err != nil || len(reply.Refused) != 1 || reply.Refused[0].Body.Code != string(tt.code) || reply.Refused[0].Body.Reason != tacit.SkipRefused {
						t.Errorf("Launch = %+v, %v, want a signed refusal with %s", reply.Refused, err, tt.code)
					}
				case fault.Of(err) != tt.code || len(reply.Refused) > 0:
					t.Errorf("Launch = %+v, %v, want %q", reply.Refused, err, tt.code)
				}
				h.mu.Lock()
				defer h.mu.Unlock()
				if opened != tt.opens {
					t.Errorf("%d enclaves of the image were opened, want %d", opened, tt.opens)
				}
				ordinary := slices.IndexFunc(h.opened, func(f *fake) bool { return f.launched.Load() > 0 && !f.image.Load() })
				if (ordinary >= 0) != (tt.code == "" && tt.opens == 0) {
					t.Errorf("an ordinary enclave was launched: %t", ordinary >= 0)
				}
			})
		}
	}
}
