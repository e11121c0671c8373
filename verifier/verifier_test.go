package verifier_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/store/embedded"
	"tacit/verifier"
	"tacit/wire"
)

func want(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil {
		t.Errorf("refused: %v", err)
	} else if code != "" && !errors.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// blobs are what verifiers sample from.
type blobs map[wire.Digest][]byte

func (b blobs) put(data []byte) wire.Digest {
	root := wire.MerkleRoot(tacit.ChunkLeaves(data))
	b[root] = data
	return root
}

func (b blobs) chunk(_ context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
	data, ok := b[root]
	if !ok {
		return tacit.Chunk{}, fault.New(fault.APINotFound, "fetch chunk of %s: it is not stored", root.Short())
	}
	leaves := tacit.ChunkLeaves(data)
	end := min(int64(len(data)), (i+1)*tacit.ChunkSize)
	return tacit.Chunk{Index: i, Total: int64(len(leaves)), Data: data[i*tacit.ChunkSize : end], Path: wire.MerklePath(leaves, int(i))}, nil
}

// a world is a network with an attempt that is ready to be judged.
type world struct {
	*mini.Network
	a      *mini.Attempt
	stored blobs
}

func newWorld(t *testing.T) *world {
	t.Helper()
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	t.Cleanup(end)
	return &world{n, n.Ready(m, mini.Terms("acme/sum")), blobs{}}
}

// seated is the index of a verifier that holds a seat in the attempt, or of
// one that holds none; -1 if there is no such verifier.
func (w *world) seated(yes bool) int {
	for i, v := range w.Verifiers {
		holds := false
		for _, s := range w.a.Drawn.Seats {
			holds = holds || s.Key == v.Key.Address()
		}
		if holds == yes {
			return i
		}
	}
	return -1
}

func (w *world) verifier(t *testing.T, i int) (*verifier.Verifier, func()) {
	t.Helper()
	return w.Verifier(i, w.stored.chunk)
}

func TestAppraiseVotesOnWhatItSaw(t *testing.T) {
	type edit = func(v *sim.Vendor, measurement, manifest *wire.Digest, t *attest.TaskTranscript)
	for _, tt := range []struct {
		name string
		edit edit
		want fault.Code // of the reject
	}{
		{"good evidence", nil, ""},
		{"debug is on", func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) { v.Debug = true }, fault.EvidMode},
		{"an unlisted program", func(_ *sim.Vendor, m, _ *wire.Digest, _ *attest.TaskTranscript) { m[0]++ }, fault.EvidUnlisted},
		{"another manifest", func(_ *sim.Vendor, _, m *wire.Digest, _ *attest.TaskTranscript) {
			*m = sim.ManifestOf([]string{"--verbose"}, nil)
		}, fault.EvidManifest},
		{"bound to another task", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Task[0]++ }, fault.EvidBinding},
		{"bound to other keys", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Keys[0]++ }, fault.EvidBinding},
		{"of a foreign vendor", func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) {
			if other, err := sim.NewVendor(); err == nil {
				*v = *other
			}
		}, fault.EvidForged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.a.Requote(tt.edit)
			i := w.seated(true)
			v, end := w.verifier(t, i)
			defer end()
			vote, err := v.Appraise(t.Context(), w.a.Case)
			w.Must(err)
			if _, err := vote.Check(w.ID, w.Verifiers[i].Key.Address()); err != nil {
				t.Error(err)
			}
			if want := w.a.Subject().Vote(tt.want == "", tt.want); vote.Body != want {
				t.Errorf("vote = %+v, want %+v", vote.Body, want)
			}
		})
	}
}

// broken is a scheme whose collateral cannot be had.
type broken struct{ attest.Scheme }

func (broken) Verify(context.Context, attest.Evidence, time.Time) (attest.Claims, error) {
	return attest.Claims{}, fault.New(fault.EvidUnavailable, "fetch collateral: no answer")
}

func TestUnavailableCollateralIsNoVote(t *testing.T) {
	w := newWorld(t)
	good := w.Schemes
	w.Schemes = attest.Schemes{broken{good[0]}}
	i := w.seated(true)
	v, end := w.verifier(t, i)
	vote, err := v.Appraise(t.Context(), w.a.Case)
	want(t, err, fault.EvidUnavailable)
	if vote != (tacit.Signed[tacit.Vote]{}) {
		t.Errorf("it voted: %+v", vote)
	}
	end()
	t.Run("twin: nothing was journalled, and later it votes", func(t *testing.T) {
		w.Schemes = good
		v, end := w.verifier(t, i)
		defer end()
		vote, err := v.Appraise(t.Context(), w.a.Case)
		want(t, err, "")
		if !vote.Body.Accept {
			t.Errorf("vote = %+v", vote.Body)
		}
	})
}

// A wrong case is an error to the dispatcher, never a vote.
func TestAppraiseRefusesWrongCases(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(w *world)
		want fault.Code
	}{
		{"twin: the case as it is", func(*world) {}, ""},
		{"an assignment signed by another", func(w *world) {
			w.a.Case.Assignment = tacit.Sign(w.ID, w.User, w.a.Case.Assignment.Body)
		}, fault.KeySignature},
		{"another worker than the drawn one", func(w *world) {
			as := w.a.Case.Assignment.Body
			as.Places = []tacit.Place{{Worker: w.a.Drawn.Workers[1].Key}}
			w.a.Case.Assignment = tacit.Sign(w.ID, w.Dispatcher.Key, as)
		}, fault.VRFInvalid},
		{"seats that the draw does not give", func(w *world) {
			as := w.a.Case.Assignment.Body
			as.Seats = append([]wire.Address{}, as.Seats...)
			for i := range as.Seats {
				as.Seats[i] = w.Verifiers[w.seated(true)].Key.Address()
			}
			w.a.Case.Assignment = tacit.Sign(w.ID, w.Dispatcher.Key, as)
		}, fault.VRFInvalid},
		{"an epoch that has no header", func(w *world) {
			acc := w.a.Case.Acceptance.Body
			acc.Epoch += 5
			w.a.Case.Acceptance = tacit.Sign(w.ID, w.Dispatcher.Key, acc)
		}, fault.KeyFinality},
		{"newer policies that nobody shows", func(w *world) {
			w.Govern(false, func(*attest.PolicySet) {})
			w.Epoch()
		}, fault.EvidUnavailable},
		{"challenges of too many epochs ago", func(w *world) {
			for range tacit.ChallengeEpochs + 1 {
				w.Epoch()
			}
		}, fault.EvidStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			v, end := w.verifier(t, w.seated(true))
			defer end()
			tt.edit(w)
			_, err := v.Appraise(t.Context(), w.a.Case)
			want(t, err, tt.want)
		})
	}
}

func TestOnlySeatHoldersVote(t *testing.T) {
	w := newWorld(t)
	for i := uint64(2); w.seated(false) < 0 && i < 200; i++ { // another task, another draw
		task := w.a.Case.Task.Body
		task.Nonce = i
		c := w.Accept(task, w.a.Case.Service.Entry, w.a.Case.Datasets[0].Entry)
		w.a = w.Draw(c, w.a.Managers...).Assign(1).Quote(nil)
	}
	if w.seated(false) < 0 {
		t.Fatal("every verifier holds a seat in every one of 200 draws")
	}
	v, end := w.verifier(t, w.seated(false))
	defer end()
	_, err := v.Appraise(t.Context(), w.a.Case)
	want(t, err, fault.ConsField)
	t.Run("twin: one with a seat", func(t *testing.T) {
		v, end := w.verifier(t, w.seated(true))
		defer end()
		_, err := v.Appraise(t.Context(), w.a.Case)
		want(t, err, "")
	})
}

// case N58 code KEY_SIGNATURE check epoch.go:Sign712
func TestN58AVoteCountsForExactlyTheBytesThatWereSigned(t *testing.T) {
	w := newWorld(t)
	i := w.seated(true)
	v, end := w.verifier(t, i)
	defer end()
	vote, err := v.Appraise(t.Context(), w.a.Case)
	w.Must(err)
	who := w.Verifiers[i].Key.Address()
	other := w.Genesis.Network(wire.Address{19: 2}) // another root contract
	genesis := w.Genesis
	genesis.ChainID++
	chain := genesis.Network(w.Epochs)
	change := func(edit func(*tacit.Vote)) tacit.Signed[tacit.Vote] {
		s := vote
		edit(&s.Body)
		return s
	}
	for _, tt := range []struct {
		name    string
		network wire.Digest
		vote    tacit.Signed[tacit.Vote]
		want    fault.Code
	}{
		{"twin: as signed", w.ID, vote, ""},
		{"on another contract", other, vote, fault.KeySignature},
		{"on another chain", chain, vote, fault.KeySignature},
		{"in another epoch", w.ID, change(func(v *tacit.Vote) { v.Epoch++ }), fault.KeySignature},
		{"for another attempt", w.ID, change(func(v *tacit.Vote) { v.Attempt++ }), fault.KeySignature},
		{"for another place", w.ID, change(func(v *tacit.Vote) { v.Place++ }), fault.KeySignature},
		{"for another task", w.ID, change(func(v *tacit.Vote) { v.Task[0]++ }), fault.KeySignature},
		{"on other evidence", w.ID, change(func(v *tacit.Vote) { v.Evidence[0]++ }), fault.KeySignature},
		{"turned around", w.ID, change(func(v *tacit.Vote) { v.Accept = !v.Accept }), fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.vote.Check(tt.network, who)
			want(t, err, tt.want)
			// Nor does a certificate hold in which all votes are used for it.
			cert := w.a.Certify()
			for k := range cert.Votes {
				cert.Votes[k].Body = tt.vote.Body
			}
			code := fault.Code("")
			if tt.want != "" {
				code = fault.KeyQuorum
			}
			want(t, cert.Check(tt.network, w.a.Subject(), w.a.Drawn.Seats, w.Genesis.Params), code)
		})
	}
}

// case N59 code CONS_EQUIVOCATION check verifier/verifier.go:journal
func TestN59AVerifierNeverContradictsItself(t *testing.T) {
	w := newWorld(t)
	i := w.seated(true)
	v, end := w.verifier(t, i)
	first := w.a.Case
	vote, err := v.Appraise(t.Context(), first)
	w.Must(err)
	w.a.Quote(nil) // other keys and evidence for the same round
	second := w.a.Case
	_, err = v.Appraise(t.Context(), second)
	want(t, err, fault.ConsEquivocation)
	end()
	t.Run("after a restart", func(t *testing.T) {
		v, end := w.verifier(t, i)
		defer end()
		_, err := v.Appraise(t.Context(), second)
		want(t, err, fault.ConsEquivocation)
	})
	t.Run("twin: the identical case gets the identical vote", func(t *testing.T) {
		v, end := w.verifier(t, i)
		defer end()
		again, err := v.Appraise(t.Context(), first)
		want(t, err, "")
		if again != vote {
			t.Errorf("vote = %+v, want %+v", again, vote)
		}
	})
	t.Run("twin: another attempt is another round", func(t *testing.T) {
		v, end := w.verifier(t, i)
		defer end()
		w.a.Assign(2).Quote(nil)
		_, err := v.Appraise(t.Context(), w.a.Case)
		want(t, err, "")
	})
}

// case N59 code - check certificate.go:Contradicts
func TestN59ContradictionsDoNotDependOnTheOrder(t *testing.T) {
	w := newWorld(t)
	yes := w.a.Subject().Vote(true, "")
	for _, tt := range []struct {
		name string
		edit func(*tacit.Vote)
		want bool
	}{
		{"yes and no", func(v *tacit.Vote) { v.Accept = false }, true},
		{"two evidences", func(v *tacit.Vote) { v.Evidence[0]++ }, true},
		{"two policies", func(v *tacit.Vote) { v.Generation++ }, true},
		{"twin: the same vote twice", func(*tacit.Vote) {}, false},
		{"twin: two epochs", func(v *tacit.Vote) { v.Epoch++ }, false},
		{"twin: two attempts", func(v *tacit.Vote) { v.Attempt++ }, false},
		{"twin: two tasks", func(v *tacit.Vote) { v.Task[0]++ }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			other := yes
			tt.edit(&other)
			if got := tacit.Contradicts(yes, other); got != tt.want || got != tacit.Contradicts(other, yes) {
				t.Errorf("Contradicts = %v one way, %v the other, want %v", got, tacit.Contradicts(other, yes), tt.want)
			}
		})
	}
}

// case N62 code KEY_FINALITY check verifier/verifier.go:final
func TestN62HeadersOfUnfinalBlocksAreNotSigned(t *testing.T) {
	w := newWorld(t)
	v, end := w.verifier(t, 0)
	defer end()
	number := w.Headers.Current.Header.Number + 1
	ask := func() (tacit.Signed[tacit.EpochHeader], error) {
		return v.Header(t.Context(), tacit.HeaderRequest{Number: number})
	}
	block := number * w.Genesis.Params.EpochLength
	w.Chain.States[block] = w.Chain.Now // its node already has the block
	w.Chain.Now.Block = block - 1
	_, err := ask()
	want(t, err, fault.KeyFinality)
	t.Run("twin: once it is final", func(t *testing.T) {
		s := w.Chain.Now
		s.Block = block
		w.Chain.Now, w.Chain.States[block] = s, s
		_, err := ask()
		want(t, err, "")
	})
	t.Run("header 0 is the genesis file", func(t *testing.T) {
		_, err := v.Header(t.Context(), tacit.HeaderRequest{})
		want(t, err, fault.APIField)
	})
	t.Run("a header whose predecessor is not there", func(t *testing.T) {
		_, err := v.Header(t.Context(), tacit.HeaderRequest{Number: number + 2})
		want(t, err, fault.KeyFinality)
	})
}

// case N59 code CONS_EQUIVOCATION check verifier/verifier.go:header-signed
func TestN59OneHeaderPerNumber(t *testing.T) {
	w := newWorld(t)
	v, end := w.verifier(t, 0)
	previous := w.Headers.Current.Header
	number := previous.Number + 1
	s := w.Chain.Now
	s.Block = number * w.Genesis.Params.EpochLength
	s.Hash, s.PrevRandao = wire.Sum([]byte("its own block")), wire.Sum([]byte("its own randao"))
	w.Chain.Now, w.Chain.States[s.Block] = s, s
	signed, err := v.Header(t.Context(), tacit.HeaderRequest{Number: number})
	w.Must(err)
	own, err := tacit.BuildEpoch(w.ID, w.Genesis.Params, previous, number, s, w.Chain.Posted[number])
	w.Must(err)
	t.Run("twin: what its own node of the chain shows", func(t *testing.T) {
		if _, err := signed.Check(w.ID, w.Verifiers[0].Key.Address()); err != nil || signed.Body != own.Header {
			t.Errorf("signed %+v, %v, want %+v", signed.Body, err, own.Header)
		}
	})
	end()
	v, end = w.verifier(t, 0)
	defer end()
	t.Run("twin: the same again after a restart", func(t *testing.T) {
		again, err := v.Header(t.Context(), tacit.HeaderRequest{Number: number})
		if err != nil || again != signed {
			t.Errorf("signed %+v, %v", again, err)
		}
	})
	t.Run("after a reorganisation", func(t *testing.T) {
		s.PrevRandao[0]++
		w.Chain.States[s.Block] = s
		_, err := v.Header(t.Context(), tacit.HeaderRequest{Number: number})
		want(t, err, fault.ConsEquivocation)
	})
}

// claim is that of the world's attempt after it ran.
func (w *world) claim(edit func(*tacit.Leaf)) tacit.SettleClaim {
	as := w.a.Case.Assignment.Body
	leaf := tacit.Leaf{
		Kind: tacit.KindEnclave, Task: as.Task, Assignment: as.Hash(), Attempt: as.Attempt, Place: w.a.Case.Place,
		Commitment: wire.Sum([]byte("receipt")), Output: w.stored.put(bytes.Repeat([]byte{7}, 3*tacit.ChunkSize+5)), Exit: uint8(tacit.ExitOK), Bucket: 0,
	}
	if edit != nil {
		edit(&leaf)
	}
	return tacit.SettleClaim{Case: w.a.Case, Certificate: w.a.Certify(), Leaf: tacit.Sign(w.ID, w.a.Sign, leaf)}
}

// batch is the request for a batch of claims as an honest dispatcher makes it.
func (w *world) batch(number uint64, claims ...tacit.SettleClaim) tacit.BatchRequest {
	w.T.Helper()
	req := tacit.BatchRequest{Claims: claims}
	var payouts []tacit.Payout
	for _, c := range claims {
		h, err := w.Headers.Header(context.Background(), c.Case.Acceptance.Body.Epoch)
		w.Must(err)
		s, pay, err := c.Check(w.ID, h, w.Genesis.Params)
		w.Must(err)
		req.Settlements, payouts = append(req.Settlements, s), append(payouts, pay...)
	}
	req.Batch, req.Debits, req.Payouts = tacit.MakeBatch(w.Dispatcher.Key.Address(), number, w.Headers.Current.Header.Number, req.Settlements, payouts)
	return req
}

// remake makes the batch's roots and total fit its edited parts again.
func remake(req *tacit.BatchRequest) {
	var out []wire.Digest
	for _, p := range req.Payouts {
		out = append(out, p.Leaf())
	}
	var in []wire.Digest
	for _, s := range req.Settlements {
		in = append(in, s.Leaf())
	}
	req.Batch.Payouts, req.Batch.Leaves, req.Batch.Debits = wire.PairRoot(out), wire.PairRoot(in), tacit.DebitsDigest(req.Debits)
	req.Batch.Total = 0
	for _, d := range req.Debits {
		req.Batch.Total += d.Amount
	}
}

func TestBatchesAreCheckedFromTheEvidenceOn(t *testing.T) {
	for _, tt := range []struct {
		name string
		leaf func(*tacit.Leaf)
		edit func(w *world, req *tacit.BatchRequest)
		want fault.Code
	}{
		{"twin: as it follows", nil, func(*world, *tacit.BatchRequest) {}, ""},
		{"twin: the guest failed", func(l *tacit.Leaf) { l.Exit, l.Output = uint8(tacit.ExitGuest), wire.Digest{} }, func(*world, *tacit.BatchRequest) {}, ""},
		{"no claims", nil, func(_ *world, r *tacit.BatchRequest) { r.Claims, r.Settlements = nil, nil }, fault.APIField},
		{"fewer claims than settlements", nil, func(_ *world, r *tacit.BatchRequest) { r.Settlements = append(r.Settlements, r.Settlements[0]) }, fault.APIField},
		{"a total that is not the sum", nil, func(_ *world, r *tacit.BatchRequest) { r.Batch.Total++ }, fault.ConsField},
		{"payouts that nobody earned", nil, func(w *world, r *tacit.BatchRequest) {
			r.Payouts[0].Payee = w.User.Address()
			remake(r)
		}, fault.ConsField},
		{"money moved from one payee to another", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Payouts[0].Amount--
			r.Payouts[1].Amount++
			remake(r)
		}, fault.ConsField},
		{"a debit of another user", nil, func(w *world, r *tacit.BatchRequest) {
			r.Debits[0].User = w.Owner.Address()
			remake(r)
		}, fault.ConsField},
		{"a fee above what the receipt earns", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Settlements[0].Fee++
			r.Debits[0].Amount++
			r.Payouts[0].Amount++
			remake(r)
		}, fault.ConsField},
		{"a settlement of another task", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Settlements[0].Task[0]++
			remake(r)
		}, fault.ConsField},
		{"a settlement with a later deadline", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Settlements[0].Deadline++
			remake(r)
		}, fault.ConsField},
		{"a settlement of another receipt", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Settlements[0].Receipt[0]++
			remake(r)
		}, fault.ConsField},
		{"a settlement on other signatures", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Settlements[0].Sigs[0]++
			remake(r)
		}, fault.ConsField},
		{"a receipt in a dearer bucket", func(l *tacit.Leaf) { l.Bucket = 0 }, func(w *world, r *tacit.BatchRequest) {
			leaf := r.Claims[0].Leaf.Body
			leaf.Bucket = 7
			r.Claims[0].Leaf = tacit.Sign(w.ID, w.a.Sign, leaf)
		}, fault.PayFee},
		{"a leaf that another key signed", nil, func(w *world, r *tacit.BatchRequest) {
			r.Claims[0].Leaf = tacit.Sign(w.ID, w.User, r.Claims[0].Leaf.Body)
		}, fault.KeySignature},
		{"a leaf of another task", nil, func(w *world, r *tacit.BatchRequest) {
			leaf := r.Claims[0].Leaf.Body
			leaf.Task[0]++
			r.Claims[0].Leaf = tacit.Sign(w.ID, w.a.Sign, leaf)
		}, fault.ResultKey},
		{"a certificate that falls short", nil, func(_ *world, r *tacit.BatchRequest) {
			r.Claims[0].Certificate.Votes = r.Claims[0].Certificate.Votes[:1]
		}, fault.KeyQuorum},
		{"a batch of another dispatcher", nil, func(w *world, r *tacit.BatchRequest) { r.Batch.Dispatcher = w.User.Address() }, fault.ConsField},
		{"a batch of an epoch to come", nil, func(_ *world, r *tacit.BatchRequest) { r.Batch.Epoch += 3 }, fault.KeyFinality},
		{"after its window", nil, func(w *world, _ *tacit.BatchRequest) {
			p := w.Genesis.Params
			for w.Headers.Current.Header.Block <= w.a.Case.Task.Body.Deadline+p.SettleWindow {
				w.Epoch()
			}
		}, fault.TaskTimeout},
		{"an output that nobody can fetch", nil, func(w *world, _ *tacit.BatchRequest) { clear(w.stored) }, fault.APINotFound},
		{"an output of other bytes", nil, func(w *world, r *tacit.BatchRequest) {
			data := w.stored[r.Claims[0].Leaf.Body.Output]
			for i := range data {
				data[i]++
			}
		}, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			v, end := w.verifier(t, 0)
			defer end()
			good := w.batch(1, w.claim(tt.leaf))
			req := w.batch(1, w.claim(tt.leaf))
			tt.edit(w, &req)
			got, err := v.Batch(t.Context(), req)
			want(t, err, tt.want)
			if err == nil {
				_, err := tacit.Signed[tacit.Batch]{Body: req.Batch, Sig: got.Sig}.Check(w.ID, w.Verifiers[0].Key.Address())
				want(t, err, "")
				return
			}
			// A refused batch binds nothing: its task can still be settled under
			// any number.
			if tt.want == fault.TaskTimeout {
				return
			}
			w.stored.put(bytes.Repeat([]byte{7}, 3*tacit.ChunkSize+5))
			good.Batch.Number = 2
			_, err = v.Batch(t.Context(), good)
			want(t, err, "")
		})
	}
}

// case N66 code CHAIN_SETTLED check verifier/batch.go:settled/
func TestN66ATaskIsSettledUnderOneNumberOnly(t *testing.T) {
	w := newWorld(t)
	v, end := w.verifier(t, 0)
	claim := w.claim(nil)
	_, err := v.Batch(t.Context(), w.batch(1, claim))
	w.Must(err)
	_, err = v.Batch(t.Context(), w.batch(2, claim))
	want(t, err, fault.ChainSettled)
	end()
	v, end = w.verifier(t, 0)
	defer end()
	t.Run("after a restart", func(t *testing.T) {
		_, err := v.Batch(t.Context(), w.batch(2, claim))
		want(t, err, fault.ChainSettled)
	})
	t.Run("with another receipt of the same task", func(t *testing.T) {
		_, err := v.Batch(t.Context(), w.batch(2, w.claim(func(l *tacit.Leaf) { l.Commitment[0]++ })))
		want(t, err, fault.ChainSettled)
	})
	t.Run("twice in one batch", func(t *testing.T) {
		h := w.Headers.Current.Header
		s, pay, err := claim.Check(w.ID, h, w.Genesis.Params)
		w.Must(err)
		req := tacit.BatchRequest{Claims: []tacit.SettleClaim{claim, claim}, Settlements: []tacit.Settlement{s, s}}
		req.Batch, req.Debits, req.Payouts = tacit.MakeBatch(w.Dispatcher.Key.Address(), 1, h.Number, req.Settlements, append(pay, pay...))
		_, err = v.Batch(t.Context(), req)
		want(t, err, fault.ChainSettled)
	})
	t.Run("twin: the same number again, under a newer header", func(t *testing.T) {
		w.Epoch()
		_, err := v.Batch(t.Context(), w.batch(1, claim))
		want(t, err, "")
	})
}

func TestNewRefusesWhatIsMissing(t *testing.T) {
	w := newWorld(t)
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "v.db"), Key: bytes.Repeat([]byte{1}, 32)})
	w.Must(err)
	defer s.Close()
	full := verifier.Config{Key: w.Verifiers[0].Key, Store: s, Headers: w.Headers, Schemes: w.Schemes, Chain: w.Chain, Sample: w.stored.chunk}
	for _, tt := range []struct {
		name string
		edit func(*verifier.Config)
		want fault.Code
	}{
		{"twin: everything", func(*verifier.Config) {}, ""},
		{"no key", func(c *verifier.Config) { c.Key = nil }, fault.Internal},
		{"no store", func(c *verifier.Config) { c.Store = nil }, fault.Internal},
		{"no chain", func(c *verifier.Config) { c.Chain = nil }, fault.Internal},
		{"no schemes", func(c *verifier.Config) { c.Schemes = nil }, fault.Internal},
		{"no source of samples", func(c *verifier.Config) { c.Sample = nil }, fault.Internal},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := full
			tt.edit(&c)
			_, err := verifier.New(c)
			want(t, err, tt.want)
		})
	}
}

// A store that kept one chunk of an output and shows it for every other has not
// kept the output.
func TestOneChunkIsNoOutput(t *testing.T) {
	for _, tt := range []struct {
		name string
		show func(i int64) int64
		want fault.Code
	}{
		{"twin: every chunk", func(i int64) int64 { return i }, ""},
		{"the first for all", func(int64) int64 { return 0 }, fault.DataCorrupt},
		{"another for the first", func(i int64) int64 { return max(i, 1) }, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			// Many chunks, so that the two that are asked for are others.
			root := w.stored.put(bytes.Repeat([]byte("output"), 64*tacit.ChunkSize/6))
			req := w.batch(1, w.claim(func(l *tacit.Leaf) { l.Output = root }))
			v, end := w.Verifier(0, func(ctx context.Context, r wire.Digest, i int64) (tacit.Chunk, error) {
				return w.stored.chunk(ctx, r, tt.show(i))
			})
			defer end()
			_, err := v.Batch(context.Background(), req)
			want(t, err, tt.want)
		})
	}
}

// An output of one chunk is sampled once, and that chunk must be the output.
func TestAnOutputOfOneChunkIsWhole(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(c *tacit.Chunk)
		want  fault.Code
	}{
		{"twin: as it was left", func(*tacit.Chunk) {}, ""},
		{"other bytes", func(c *tacit.Chunk) { c.Data = []byte("forged") }, fault.DataCorrupt},
		{"cut short", func(c *tacit.Chunk) { c.Data = c.Data[:1] }, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			root := w.stored.put([]byte("output"))
			req := w.batch(1, w.claim(func(l *tacit.Leaf) { l.Output = root }))
			v, end := w.Verifier(0, func(ctx context.Context, r wire.Digest, i int64) (tacit.Chunk, error) {
				c, err := w.stored.chunk(ctx, r, i)
				tt.spoil(&c)
				return c, err
			})
			defer end()
			_, err := v.Batch(context.Background(), req)
			want(t, err, tt.want)
		})
	}
}
