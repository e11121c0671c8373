package verifier_test

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/store/embedded"
	"tacit/verifier"
	"tacit/wire"
)

// failing is a node of the chain, or a store, that fails at one question.
type failing struct {
	tacit.Chain
	tacit.Store
	at string
}

func (f *failing) err(at string) error {
	if f.at == at {
		return fault.New(fault.ChainUnavailable, "%s: no answer", at)
	}
	return nil
}

func (f *failing) Final(ctx context.Context) (uint64, error) {
	if err := f.err("final"); err != nil {
		return 0, err
	}
	return f.Chain.Final(ctx)
}

func (f *failing) State(ctx context.Context, block uint64) (tacit.ChainState, error) {
	if err := f.err("state"); err != nil {
		return tacit.ChainState{}, err
	}
	return f.Chain.State(ctx, block)
}

func (f *failing) Tickets(ctx context.Context, epoch uint64) ([]tacit.Ticket, error) {
	if err := f.err("tickets"); err != nil {
		return nil, err
	}
	return f.Chain.Tickets(ctx, epoch)
}

func (f *failing) Get(ctx context.Context, k string) (tacit.Item, error) {
	if err := f.err("get"); err != nil {
		return tacit.Item{}, err
	}
	return f.Store.Get(ctx, k)
}

// What the verifier cannot read it does not sign, and signs once it can.
func TestNothingIsSignedThatCouldNotBeRead(t *testing.T) {
	for _, at := range []string{"final", "state", "tickets", "get"} {
		t.Run(at, func(t *testing.T) {
			w := newWorld(t)
			s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "v.db"), Key: bytes.Repeat([]byte{1}, 32)})
			w.Must(err)
			defer s.Close()
			f := &failing{Chain: w.Chain, Store: s, at: at}
			v, err := verifier.New(verifier.Config{Key: w.Verifiers[0].Key, Store: f, Headers: w.Headers, Schemes: w.Schemes, Chain: f, Sample: w.stored.chunk})
			w.Must(err)
			number := w.Headers.Current.Header.Number + 1
			next := w.Chain.Now
			next.Block = number * w.Genesis.Params.EpochLength
			w.Chain.Now, w.Chain.States[next.Block] = next, next
			_, err = v.Header(t.Context(), tacit.HeaderRequest{Number: number})
			want(t, err, fault.ChainUnavailable)
			f.at = ""
			_, err = v.Header(t.Context(), tacit.HeaderRequest{Number: number})
			want(t, err, "")
		})
	}
}

func TestNoHeaderWithoutTheOneBefore(t *testing.T) {
	w := newWorld(t)
	v, end := w.verifier(t, 0)
	defer end()
	number := w.Headers.Current.Header.Number + 2
	far := w.Chain.Now
	far.Block = number * w.Genesis.Params.EpochLength
	w.Chain.Now, w.Chain.States[far.Block] = far, far // its block is there and final
	_, err := v.Header(t.Context(), tacit.HeaderRequest{Number: number})
	want(t, err, fault.KeyFinality)
	t.Run("twin: the next one", func(t *testing.T) {
		near := far
		near.Block = (number - 1) * w.Genesis.Params.EpochLength
		w.Chain.States[near.Block] = near
		_, err := v.Header(t.Context(), tacit.HeaderRequest{Number: number - 1})
		want(t, err, "")
	})
}

func TestAClaimOfAnUnknownEpochIsNotSigned(t *testing.T) {
	w := newWorld(t)
	v, end := w.verifier(t, 0)
	defer end()
	req := w.batch(1, w.claim(nil))
	acc := req.Claims[0].Case.Acceptance.Body
	acc.Epoch += 5
	good := req.Claims[0].Case.Acceptance
	req.Claims[0].Case.Acceptance = tacit.Sign(w.ID, w.Dispatcher.Key, acc)
	_, err := v.Batch(t.Context(), req)
	want(t, err, fault.KeyFinality)
	req.Claims[0].Case.Acceptance = good
	_, err = v.Batch(t.Context(), req)
	want(t, err, "")
}

// The first chunk says how many there are; those that are sampled then are
// checked as well.
func TestLaterChunksAreSampledToo(t *testing.T) {
	for _, tt := range []struct {
		name  string
		later func(tacit.Chunk) (tacit.Chunk, error)
		want  fault.Code
	}{
		{"twin: as they were left", func(c tacit.Chunk) (tacit.Chunk, error) { return c, nil }, ""},
		{"they cannot be had", func(tacit.Chunk) (tacit.Chunk, error) {
			return tacit.Chunk{}, fault.New(fault.Unreachable, "no answer")
		}, fault.Unreachable},
		{"other bytes in their place", func(c tacit.Chunk) (tacit.Chunk, error) {
			c.Data = bytes.Repeat([]byte{1}, len(c.Data))
			return c, nil
		}, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			root := w.stored.put(bytes.Repeat([]byte("output"), 64*tacit.ChunkSize/6))
			req := w.batch(1, w.claim(func(l *tacit.Leaf) { l.Output = root }))
			asked := 0
			v, end := w.Verifier(0, func(ctx context.Context, r wire.Digest, i int64) (tacit.Chunk, error) {
				c, err := w.stored.chunk(ctx, r, i)
				if asked++; err != nil || asked == 1 {
					return c, err
				}
				return tt.later(c)
			})
			defer end()
			_, err := v.Batch(t.Context(), req)
			want(t, err, tt.want)
		})
	}
}

// fails is a scheme whose collateral cannot be had at one question of the two.
type fails struct {
	attest.Scheme
	at, asked *int
}

func (f fails) Verify(ctx context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	if *f.asked++; *f.asked == *f.at {
		return attest.Claims{}, fault.New(fault.EvidUnavailable, "fetch collateral: no answer")
	}
	return f.Scheme.Verify(ctx, e, now)
}

// Evidence is looked at with two clocks; collateral that is away for one of them
// says nothing about clocks.
func TestCollateralThatIsAwayForAMomentIsNoMatterOfClocks(t *testing.T) {
	for at, code := range []fault.Code{"", fault.EvidUnavailable, fault.EvidUnavailable} {
		w := newWorld(t)
		w.Schemes = attest.Schemes{fails{w.Schemes[0], &at, new(int)}}
		v, end := w.verifier(t, w.seated(true))
		vote, err := v.Appraise(t.Context(), w.a.Case)
		want(t, err, code)
		if code == "" && !vote.Body.Accept {
			t.Errorf("twin: %+v", vote.Body)
		}
		end()
	}
}

// What belongs to a vote is durable with it or not at all, and is made once.
func TestWhatBelongsToAVoteIsDurableWithIt(t *testing.T) {
	w := newWorld(t)
	i := w.seated(true)
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "v.db"), Key: bytes.Repeat([]byte{1}, 32)})
	w.Must(err)
	defer s.Close()
	note, fail := "note/1", error(fault.New(fault.Internal, "no note"))
	v, err := verifier.New(verifier.Config{
		Key: w.Verifiers[i].Key, Store: s, Headers: w.Headers, Schemes: w.Schemes, Chain: w.Chain, Sample: w.stored.chunk,
		Beside: func(v tacit.Vote) (tacit.Put, error) {
			h := v.Hash()
			return tacit.Put{Key: note, Value: h[:]}, fail
		},
	})
	w.Must(err)
	_, err = v.Appraise(t.Context(), w.a.Case)
	want(t, err, fault.Internal)
	fail = nil
	vote, err := v.Appraise(t.Context(), w.a.Case)
	w.Must(err)
	item, err := s.Get(t.Context(), note)
	if err != nil || wire.Digest(item.Value) != vote.Body.Hash() {
		t.Errorf("beside the vote: %x, %v", item.Value, err)
	}
	note = "note/2"
	again, err := v.Appraise(t.Context(), w.a.Case)
	if err != nil || again != vote {
		t.Errorf("asked again: %+v, %v", again, err)
	}
	if _, err := s.Get(t.Context(), note); fault.Of(err) != fault.APINotFound {
		t.Errorf("it was written again: %v", err)
	}
}
