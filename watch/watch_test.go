package watch

import (
	"context"
	"fmt"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/tacittest"
	"tacit/wire"
)

var params = tacit.Params{SettleWindow: 20, ChallengeWindow: 5, WithdrawDelay: 60}

// ledger is a chain as a test wants it.
type ledger struct {
	final   uint64
	events  []tacit.Happening
	answer  error
	brought []string
	asked   []uint64 // from where
}

func (l *ledger) Final(context.Context) (uint64, error) { return l.final, nil }

func (l *ledger) Happened(_ context.Context, from, to uint64) (out []tacit.Happening, _ error) {
	l.asked = append(l.asked, from)
	for _, h := range l.events {
		if from <= h.Block && h.Block <= to {
			out = append(out, h)
		}
	}
	return out, nil
}

func (l *ledger) Bring(_ context.Context, d tacit.Dispute) error {
	l.brought = append(l.brought, d.Kind)
	return l.answer
}

type headers struct{}

func (headers) View() tacit.View { return tacit.View{Genesis: tacit.Genesis{Params: params}} }

func (headers) Header(context.Context, uint64) (tacit.EpochHeader, error) {
	return tacit.EpochHeader{}, fault.New(fault.KeyFinality, "no header")
}

func (headers) Policies(context.Context, tacit.EpochHeader) (attest.PolicySet, error) {
	return attest.PolicySet{}, fault.New(fault.EvidUnavailable, "no policies")
}

func watcher(t *testing.T, s tacit.Store, l *ledger) *Watcher {
	t.Helper()
	w, err := New(Config{Store: s, Headers: headers{}, Chain: l})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func request(number uint64, settlements ...tacit.Settlement) tacit.BatchRequest {
	req := tacit.BatchRequest{Settlements: settlements, Claims: make([]tacit.SettleClaim, len(settlements))}
	req.Batch, req.Debits, req.Payouts = tacit.MakeBatch(wire.Address{1}, number, 1, settlements, nil)
	return req
}

func posted(req tacit.BatchRequest, block uint64) tacit.Happening {
	return tacit.Happening{Kind: tacit.HappenedPosted, Block: block, Dispatcher: req.Batch.Dispatcher, Number: req.Batch.Number, Leaves: req.Batch.Leaves}
}

func step(t *testing.T, w *Watcher) error {
	t.Helper()
	return w.Step(t.Context())
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("brought %v, want %v", got, want)
	}
}

func TestWhatAPostedBatchShows(t *testing.T) {
	task := wire.Digest{9}
	one := request(1, tacit.Settlement{Task: task, Deadline: 100})
	two := request(2, tacit.Settlement{Task: task, Deadline: 100, Fee: 1})
	twice := request(1, tacit.Settlement{Task: task, Deadline: 100}, tacit.Settlement{Task: task, Deadline: 100, Fee: 1})
	broken := request(1, tacit.Settlement{Task: task})
	broken.Batch.Leaves[0]++
	voided := func(req tacit.BatchRequest, block uint64) tacit.Happening {
		return tacit.Happening{Kind: tacit.HappenedVoided, Block: block, Dispatcher: req.Batch.Dispatcher, Number: req.Batch.Number}
	}
	direct := tacit.Happening{Kind: tacit.HappenedDirect, Block: 81, Task: task}
	for _, tt := range []struct {
		name   string
		saw    []tacit.BatchRequest
		after  []tacit.BatchRequest // seen when the chain was looked at already
		events []tacit.Happening
		final  uint64
		want   []string
	}{
		{"twin: in time", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(one, 120)}, 121, nil},
		{"too late", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(one, 121)}, 122, []string{"late"}},
		{"too late and seen later", nil, []tacit.BatchRequest{one}, []tacit.Happening{posted(one, 121)}, 122, []string{"late"}},
		{"a deadline beyond all numbers", []tacit.BatchRequest{request(1, tacit.Settlement{Deadline: 1<<64 - 1})}, nil, nil, 122, nil},
		{"not posted", []tacit.BatchRequest{one}, nil, nil, 1000, nil},
		{"posted with other leaves", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(request(1, tacit.Settlement{}), 121)}, 122, nil},
		{"shown with roots that are not its own", []tacit.BatchRequest{broken}, nil, []tacit.Happening{posted(broken, 121)}, 122, nil},
		{"a task in two batches", []tacit.BatchRequest{one, two}, nil, []tacit.Happening{posted(one, 80), posted(two, 81)}, 82, []string{"duplicate"}},
		{"twin: of which only one was posted", []tacit.BatchRequest{one, two}, nil, []tacit.Happening{posted(two, 81)}, 82, nil},
		{"twin: of which the first was voided", []tacit.BatchRequest{one, two}, nil, []tacit.Happening{posted(one, 80), voided(one, 81), posted(two, 82)}, 83, nil},
		{"a task in one batch twice", []tacit.BatchRequest{twice}, nil, []tacit.Happening{posted(twice, 80)}, 81, []string{"duplicate"}},
		{"settled directly too", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(one, 80), direct}, 86, []string{"direct"}},
		{"twin: while the batch can be voided", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(one, 80), direct}, 85, nil},
		{"twin: by a batch that was voided", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(one, 80), direct, voided(one, 82)}, 90, nil},
		{"twin: and given back already", []tacit.BatchRequest{one}, nil, []tacit.Happening{posted(one, 80), direct, {Kind: tacit.HappenedUndone, Block: 83, Task: task}}, 90, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tacittest.NewDisk().Open(nil)
			l := &ledger{final: 70}
			w := watcher(t, s, l)
			if err := step(t, w); err != nil {
				t.Fatal(err)
			}
			for _, r := range tt.saw {
				w.SawBatch(r)
			}
			l.events, l.final = tt.events, tt.final
			for range 3 {
				if err := step(t, w); err != nil {
					t.Fatal(err)
				}
				for _, r := range tt.after {
					w.SawBatch(r)
				}
			}
			same(t, l.brought, tt.want...)
			again := watcher(t, s, l)
			if err := step(t, again); err != nil {
				t.Fatal(err)
			}
			same(t, l.brought, tt.want...)
		})
	}
}

func TestADisputeIsToldOnce(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer error
		times  int // in three looks
	}{
		{"twin: taken", nil, 1},
		{"somebody was faster", fault.New(fault.ChainSettled, "AlreadySlashed"), 1},
		{"not right", fault.New(fault.ChainUnproven, "NotFalse"), 1},
		{"the node does not answer", fault.New(fault.ChainUnavailable, "no answer"), 3},
		{"no coin for the bond", fault.New(fault.PayDeposit, "poor"), 3},
		{"the header is not on the chain yet", fault.New(fault.KeyFinality, "HeaderUnknown"), 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := tacittest.NewDisk().Open(nil)
			req := request(1, tacit.Settlement{Deadline: 1})
			l := &ledger{final: 50, answer: tt.answer, events: []tacit.Happening{posted(req, 50)}}
			w := watcher(t, s, l)
			w.SawBatch(req)
			for range 3 { // each time restarted
				if err := step(t, w); (err != nil) != (tt.times > 1) {
					t.Errorf("step: %v", err)
				}
				w = watcher(t, s, l)
			}
			if len(l.brought) != tt.times {
				t.Errorf("brought %d times, want %d", len(l.brought), tt.times)
			}
			// What could not be brought in all the time that it could matter is let go.
			l.final += params.WithdrawDelay + 1
			for range 2 {
				_ = step(t, w)
			}
			if n := len(l.brought); n > tt.times+1 {
				t.Errorf("brought %d times in the end", n)
			}
		})
	}
}

func TestSeeingNeverWaits(t *testing.T) {
	w := watcher(t, tacittest.NewDisk().Open(nil), &ledger{})
	for range 2 * waiting { // nobody takes anything: this would hang
		w.SawBatch(request(1))
		w.SawCase(tacit.Case{})
	}
	if len(w.seen) != waiting {
		t.Errorf("%d wait, want %d", len(w.seen), waiting)
	}
}

func TestWhatCannotBeDisputedIsForgotten(t *testing.T) {
	s := tacittest.NewDisk().Open(nil)
	l := &ledger{final: 10}
	w := watcher(t, s, l)
	if err := step(t, w); err != nil {
		t.Fatal(err)
	}
	for n := range uint64(mostBatches + 10) {
		w.SawBatch(request(n+1, tacit.Settlement{Task: wire.Digest{byte(n), byte(n >> 8)}, Deadline: 100}))
		if err := step(t, w); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(w.mind.batches); n != mostBatches {
		t.Errorf("%d batches, want %d", n, mostBatches)
	}
	l.final += params.WithdrawDelay + 2*params.ChallengeWindow + 1
	if err := step(t, w); err != nil {
		t.Fatal(err)
	}
	items, _, err := s.Range(t.Context(), "watch/", "watch0", 10)
	if err != nil || len(items) != 0 || len(w.mind.batches)+len(w.mind.tasks)+len(w.mind.queue) != 0 {
		t.Errorf("%d items, %d batches, %d tasks are left, %v", len(items), len(w.mind.batches), len(w.mind.tasks), err)
	}
}

func TestAWatcherNeedsAllItsParts(t *testing.T) {
	_, err := New(Config{Store: tacittest.NewDisk().Open(nil), Headers: headers{}})
	if fault.Of(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}
