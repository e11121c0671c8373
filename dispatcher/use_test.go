package dispatcher_test

import (
	"context"
	"sync"
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
)

// carried is a manager that answers every use.
type carried struct {
	tacit.KeyReleaser
	mu   sync.Mutex // guards what follows
	uses int
}

func (c *carried) Use(_ context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uses++
	return tacit.UseReply{Sealed: append([]byte("answer to "), req.Sealed...)}, nil
}

// Uses are carried for the worker of an attempt while it runs, to managers of its task.
func TestUsesAreCarriedForTheAttemptInHand(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(w *world, who *mini.Party, u *tacit.UseRequest)
		want fault.Code
	}{
		{"twin: as it is", func(*world, *mini.Party, *tacit.UseRequest) {}, ""},
		{"another worker", func(w *world, who *mini.Party, _ *tacit.UseRequest) {
			for _, p := range w.Workers {
				if p.Key.Address() != who.Key.Address() {
					*who = p
					return
				}
			}
		}, fault.APINotFound},
		{"another attempt", func(_ *world, _ *mini.Party, u *tacit.UseRequest) { u.Attempt++ }, fault.APINotFound},
		{"another place", func(_ *world, _ *mini.Party, u *tacit.UseRequest) { u.Place++ }, fault.APINotFound},
		{"a task that is not there", func(_ *world, _ *mini.Party, u *tacit.UseRequest) { u.Task[0]++ }, fault.APINotFound},
		{"a manager of nothing in it", func(_ *world, _ *mini.Party, u *tacit.UseRequest) { u.Manager[0]++ }, fault.ConsField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			who := w.Managers[0].Key.Address()
			m := &carried{KeyReleaser: w.managers[who]}
			w.managers[who] = m
			r := w.start(nil)
			req := tacit.UseRequest{Manager: who, Task: w.id(w.task(1)), Attempt: 1, Number: 1, Sealed: []byte("sealed")}
			var reply tacit.UseReply
			var err error
			var party mini.Party
			for _, k := range w.workers {
				k.set(func(k *worker) {
					k.fail = func(stage string) error {
						if stage != "run" {
							return nil
						}
						party = k.party
						mine, asked := k.party, req
						tt.edit(w, &mine, &asked)
						reply, err = r.Use(mini.As(mine.Key), asked)
						return nil
					}
				})
			}
			if last := r.submit(w.task(1)); last.State != "done" {
				t.Fatalf("the task ended %+v", last)
			}
			want(t, err, tt.want)
			if tt.want == "" && string(reply.Sealed) != "answer to sealed" {
				t.Errorf("carried back %q", reply.Sealed)
			}
			if m.uses > 0 && tt.want != "" {
				t.Error("the manager was asked")
			}
			_, err = r.Use(mini.As(party.Key), req)
			want(t, err, fault.APINotFound) // it has ended
			_, err = r.Progress(mini.As(party.Key), tacit.Progress{Task: req.Task, Attempt: 1, Moved: 1, Size: 2})
			want(t, err, fault.APINotFound)
			_, err = r.Use(t.Context(), req)
			want(t, err, fault.TLSRole)
		})
	}
	t.Run("a manager that is not connected", func(t *testing.T) {
		w := newWorld(t)
		who := w.Managers[0].Key.Address()
		var err error
		r := w.start(nil)
		w.each(func(k *worker) {
			k.fail = func(stage string) error {
				if stage == "run" {
					m := w.managers[who]
					delete(w.managers, who)
					_, err = r.Use(mini.As(k.party.Key), tacit.UseRequest{Manager: who, Task: w.id(w.task(1)), Attempt: 1})
					w.managers[who] = m
				}
				return nil
			}
		})
		r.submit(w.task(1))
		want(t, err, fault.Unreachable)
	})
}

// How far a run is reaches who waits for it, by the word of the worker that runs it.
func TestProgressIsTold(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(p *tacit.Progress)
		want fault.Code
	}{
		{"twin: as it is", func(*tacit.Progress) {}, ""},
		{"twin: all of it", func(p *tacit.Progress) { p.Moved = p.Size }, ""},
		{"another attempt", func(p *tacit.Progress) { p.Attempt++ }, fault.APINotFound},
		{"more than there is", func(p *tacit.Progress) { p.Moved = p.Size + 1 }, fault.APIField},
		{"less than nothing", func(p *tacit.Progress) { p.Moved = -1 }, fault.APIField},
		{"of nothing", func(p *tacit.Progress) { p.Moved, p.Size = 0, 0 }, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.start(nil)
			var err error
			w.each(func(k *worker) {
				k.fail = func(stage string) error {
					if stage == "run" {
						p := tacit.Progress{Task: w.id(w.task(1)), Attempt: 1, Moved: 3 << 20, Size: 12 << 20}
						tt.edit(&p)
						_, err = r.Progress(mini.As(k.party.Key), p)
					}
					return nil
				}
			})
			r.submit(w.task(1))
			want(t, err, tt.want)
			told, terr := r.Events(mini.As(w.User), tacit.EventsRequest{Task: w.id(w.task(1))})
			if terr != nil {
				t.Fatal(terr)
			}
			said := ""
			for _, e := range told.Events {
				if e.Stage == "Run" && e.State == "running" {
					said = e.Detail
				}
			}
			if (said != "") != (tt.want == "") || tt.name == "twin: as it is" && said != "25 % of 12.0 MiB read" {
				t.Errorf("told %q", said)
			}
		})
	}
}
