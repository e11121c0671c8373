package settle

import (
	"context"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestFateIsWhatFinalBlocksHold(t *testing.T) {
	w := newWorldOn(t, 7, true)
	ctx := t.Context()
	task, other := w.task("user0", 1), w.task("user1", 1)
	ask := tacit.FateRequest{Dispatcher: w.addr("dispatcher0"), Number: 1, Tasks: []wire.Digest{task.ID(w.network), other.ID(w.network)}}
	p := Poster{w.as("poster")}
	fate := func() (block, direct uint64, leaves wire.Digest) {
		t.Helper()
		f, err := p.Fate(ctx, ask)
		w.ok(err)
		if len(f.Direct) != 2 || f.Direct[1] != 0 {
			t.Errorf("fate = %+v", f)
		}
		return f.Block, f.Direct[0], f.Leaves
	}
	if block, direct, _ := fate(); block != 0 || direct != 0 {
		t.Errorf("before anything: block %d, direct %d", block, direct)
	}
	r, err := p.SettleDirect(ctx, w.proof(w.papers(task)))
	w.ok(err)
	if _, direct, _ := fate(); direct != 0 {
		t.Error("a direct settlement counts before its block is final")
	}
	w.mine(1)
	if _, direct, _ := fate(); direct != r.Block {
		t.Errorf("direct = %d, want %d", direct, r.Block)
	}
	b := w.bundle("dispatcher0", 1, 7, w.settlement(other, other.MaxFee+1))
	w.ok(w.post(b))
	_, err = p.Fate(ctx, ask)
	want(t, err, "", fault.ChainUnavailable)
	w.mine(1)
	if block, _, leaves := fate(); block != w.head()-1 || leaves != b.batch.Leaves {
		t.Errorf("block %d at head %d, leaves %s", block, w.head(), leaves)
	}
	_, err = w.as("reporter").ChallengeLeaf(ctx, b.shown(0), b.debits, other)
	w.ok(err)
	if block, _, _ := fate(); block != 0 {
		t.Errorf("a batch that was voided stands in block %d", block)
	}
}

// A batch that would stand too late for a task is not sent: anybody could have it
// voided at its dispatcher's expense. One that stands already is found all the same.
//
// case N66 code TASK_TIMEOUT check batch.go:InTime
func TestN66ALateBatchIsNotPosted(t *testing.T) {
	w := newWorldOn(t, 7, true)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // what is posted too late waits for its block without end
	defer stop()
	task := w.task("user1", 1)
	b := w.bundle("dispatcher0", 1, 7, w.settlement(task, task.MaxFee))
	req := tacit.PostBatchRequest{Batch: b.batch, Debits: b.debits, Committee: tacit.PoolProof{Root: w.state.Verifiers.Root}, Until: w.head() + 2}
	for _, a := range b.approvals {
		req.Committee.Members, req.Committee.Paths, req.Sigs = append(req.Committee.Members, a.Member), append(req.Committee.Paths, a.Path), append(req.Sigs, a.Sig)
	}
	p := Poster{w.as("poster")}
	_, err := p.PostBatch(ctx, req)
	want(t, err, "", fault.TaskTimeout)
	if last, err := p.LastBatch(ctx, b.batch.Dispatcher); err != nil || last != 0 {
		t.Errorf("batch %d was posted, %v", last, err)
	}
	w.ok(w.post(b))
	at := w.head()
	w.mine(2)
	t.Run("twin: it stands", func(t *testing.T) {
		if block, err := p.PostBatch(ctx, req); err != nil || block != at {
			t.Errorf("block %d, %v, want %d", block, err, at)
		}
	})
}
