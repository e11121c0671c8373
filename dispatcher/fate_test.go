package dispatcher_test

import (
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/wire"
)

// until waits for something that other goroutines do.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal(what)
		}
	}
}

// pass makes headers until no task with this deadline can be settled any more.
func (w *world) pass(deadline uint64) {
	for w.State.Header.Block <= deadline+w.Genesis.Params.SettleWindow {
		w.epoch()
	}
}

func TestABatchWhoseAnswerWasLostIsFoundOnTheChain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		late  bool // the window passes before the dispatcher looks again
		stand bool // the batch was posted
	}{
		{"twin: soon after", false, true},
		{"after the window of its tasks", true, true},
		{"twin: it was not posted after all", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.gateway.change(func(g *gateway) { g.lose = true })
			d := w.start(nil)
			task := w.task(1)
			_, err := d.Submit(mini.As(w.User), w.request(task))
			w.Must(err)
			w.until("no batch was posted", func() bool { return len(w.gateway.batches()) == 1 })
			d.stop()
			posted := w.gateway.batches()[0]
			if tt.late {
				w.pass(task.Deadline)
			}
			w.gateway.change(func(g *gateway) {
				g.down = false
				if !tt.stand {
					g.posted = nil
				}
			})
			d = w.start(nil)
			events := d.end(w.id(task))
			last := events[len(events)-1]
			if tt.stand {
				if last.Stage != "Settle" || last.State != "done" {
					t.Errorf("last event = %+v", last)
				}
				p, err := d.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(task)})
				if err != nil || len(p.Settled) != 1 || p.Settled[0].Batch != posted.Batch {
					t.Fatalf("proof of %+v, %v", p.Settled, err)
				}
				h, err := w.Headers.Header(t.Context(), posted.Batch.Epoch)
				w.Must(err)
				w.Must(p.Settled[0].Check(w.ID, h))
			} else if last.State != "failed" || last.Code != string(fault.TaskTimeout) {
				t.Errorf("last event = %+v", last)
			}
			// The next task goes into the number that the chain has not had yet.
			if last := d.submit(w.task(2)); last.Stage != "Settle" || last.State != "done" {
				t.Errorf("last event of the next task = %+v", last)
			}
			got := w.gateway.batches()
			if want := map[bool]int{true: 2, false: 1}[tt.stand]; len(got) != want || got[want-1].Batch.Number != uint64(want) {
				t.Errorf("%d batches, want %d", len(got), want)
			}
		})
	}
}

func TestATaskThatWasSettledDirectlyIsLeftOutOfItsBatch(t *testing.T) {
	for _, tt := range []struct {
		name   string
		direct bool
	}{{"one of two was settled directly and the deposit is short", true}, {"twin: the deposit is short for another reason", false}} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			d := w.start(func(c *dispatcher.Config) { c.BatchEvery = time.Hour })
			first, second := w.task(1), w.task(2)
			for _, task := range []tacit.Task{first, second} {
				_, err := d.Submit(mini.As(w.User), w.request(task))
				w.Must(err)
				d.ran(w.id(task))
			}
			d.stop()
			w.gateway.change(func(g *gateway) {
				g.left = w.fee
				if tt.direct {
					g.direct = map[wire.Digest]uint64{w.id(first): 3}
				}
			})
			d = w.start(nil)
			if !tt.direct {
				w.until("it was never tried", func() bool { return w.gateway.asked() > 0 })
				if n := len(w.gateway.batches()); n != 0 {
					t.Errorf("%d batches", n)
				}
				w.gateway.change(func(g *gateway) { g.left = 0 })
			}
			for task, code := range map[wire.Digest]fault.Code{w.id(first): fault.ChainSettled, w.id(second): ""} {
				if !tt.direct {
					code = ""
				}
				events := d.end(task)
				if last := events[len(events)-1]; last.Stage != "Settle" || last.Code != string(code) || (last.State == "done") != (code == "") {
					t.Errorf("last event = %+v, want code %q", last, code)
				}
			}
			got := w.gateway.batches()
			if len(got) != 1 || got[0].Batch.Number != 1 || tt.direct && got[0].Batch.Total > w.fee {
				t.Errorf("batches: %+v", got)
			}
			// It stays so over a restart, and what comes next is settled.
			d.stop()
			w.gateway.change(func(g *gateway) { g.left = 0 })
			d = w.start(nil)
			if last := d.submit(w.task(3)); last.State != "done" {
				t.Errorf("last event of the next task = %+v", last)
			}
			if n := len(w.gateway.batches()); n != 2 {
				t.Errorf("%d batches", n)
			}
		})
	}
}
