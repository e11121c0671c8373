package settle

import (
	"testing"

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
