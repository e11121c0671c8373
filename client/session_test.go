package client

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A sitting is a task of the user whose enclave runs: the test plays the dispatcher, and
// the enclave behind it, honest unless lie or edit says otherwise.
type sitting struct {
	tacit.Dispatcher
	*mini.Network
	t      *testing.T
	a      *mini.Attempt
	client *Client

	opened  func() (tacit.OpenedReply, error)
	refuse  func(tacit.SessionRequest) error
	message func(number uint64, plain []byte) []byte  // instead of the honest one
	carried func(tacit.SessionRequest, []byte) []byte // what the network makes of an answer
	edit    func(*tacit.SessionReceipt)
	sign    *key.Signer

	mu     sync.Mutex // guards what follows
	asked  []tacit.SessionRequest
	hello  tacit.SessionHello
	ends   *key.Channel
	leaves []wire.Digest
}

func newSitting(t *testing.T, edit func(v *sim.Vendor, measurement, manifest *wire.Digest, q *attest.TaskTranscript)) *sitting {
	t.Helper()
	k := &sitting{Network: mini.New(t), t: t}
	m, end := k.Manager(0, nil)
	t.Cleanup(end)
	service, _ := k.Publish(m, "acme/learn", tacit.EntryService, []byte("code"), mini.Terms())
	k.Network.Chain.Now.Time = uint64(time.Now().Unix()) // of the evidence
	k.Epoch()
	k.a = k.Draw(k.Accept(k.Task(service), service), m).Assign(1).Quote(edit)
	k.sign = k.a.Sign
	k.opened = func() (tacit.OpenedReply, error) { return tacit.OpenedReply{Case: k.a.Case}, nil }
	id, err := age.GenerateHybridIdentity()
	k.Must(err)
	k.client, err = New(Config{
		Key: k.User, Headers: k.Headers, Gateway: struct{ tacit.Gateway }{}, Blobs: struct{ tacit.Blobs }{}, Ledger: struct{ Ledger }{}, Identity: id,
		Dispatcher: k, Schemes: k.Schemes, Genesis: k.Genesis, Epochs: k.Epochs,
	})
	k.Must(err)
	return k
}

func (k *sitting) id() wire.Digest { return k.a.Case.Task.Body.ID(k.ID) }

func (k *sitting) open() (*Session, error) { return k.client.OpenSession(k.t.Context(), k.id()) }

func (k *sitting) Opened(context.Context, tacit.TaskRequest) (tacit.OpenedReply, error) {
	return k.opened()
}

func (k *sitting) Session(_ context.Context, r tacit.SessionRequest) (tacit.SessionReply, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, r)
	if k.refuse != nil {
		if err := k.refuse(r); err != nil {
			return tacit.SessionReply{}, err
		}
	}
	var out []byte
	if r.Number == 0 {
		c := k.a.Case
		secret, err := r.Open[0].OpenSecret(k.ID, k.User.Address(), tacit.SessionHello{Task: k.id(), Assignment: c.Assignment.Body.Hash(), Keys: c.Keys.Hash()}, k.a.Seal)
		if err != nil {
			return tacit.SessionReply{}, err
		}
		k.hello = r.Open[0].Hello.Body
		if k.ends, err = key.NewChannel(secret, k.hello.Info(k.ID), false); err != nil {
			return tacit.SessionReply{}, err
		}
		out = []byte{tacit.SessionSigned}
	} else {
		plain, err := k.ends.Open(r.Number, bytes.Clone(r.Body))
		if err != nil {
			return tacit.SessionReply{}, err
		}
		out = k.answer(r.Number, plain)
		if k.message != nil {
			out = k.message(r.Number, out)
		}
	}
	sealed := k.ends.Seal(nil, r.Number, out)
	if k.carried != nil {
		sealed = k.carried(r, sealed)
	}
	return tacit.SessionReply{Body: sealed}, nil
}

// answer is what an honest enclave says.
func (k *sitting) answer(number uint64, plain []byte) []byte {
	if plain[0] != tacit.SessionAsk {
		r := tacit.SessionReceipt{Hello: k.hello.Hash(), Requests: uint64(len(k.leaves)), Root: wire.MerkleRoot(k.leaves)}
		if k.edit != nil {
			k.edit(&r)
		}
		b, err := wire.Marshal(tacit.SessionReceiptLabel, tacit.Sign(k.ID, k.sign, r))
		if err != nil {
			k.t.Error(err)
		}
		return append([]byte{tacit.SessionSigned}, b...)
	}
	kind, text := tacit.SessionAnswer, "you said "+string(plain[1:])
	if strings.HasPrefix(string(plain[1:]), "no") {
		kind, text = tacit.SessionRefusal, "INFER_TENSOR\na shape is wrong\nin two lines"
	}
	index := uint64(len(k.leaves))
	k.leaves = append(k.leaves, tacit.SessionLeaf(number, wire.Sum(plain), wire.Sum(append([]byte{kind}, text...))))
	return append(binary.BigEndian.AppendUint64([]byte{kind}, index), text...)
}

func TestASessionIsAskedAndSignsForIt(t *testing.T) {
	k := newSitting(t, nil)
	waits := 0
	honest := k.opened
	k.opened = func() (tacit.OpenedReply, error) {
		if waits++; waits < 3 {
			return tacit.OpenedReply{}, fault.New(fault.KeyFinality, "not yet")
		}
		return honest()
	}
	early := 2 // how often the worker has no keys yet
	k.refuse = func(r tacit.SessionRequest) error {
		if r.Number == 0 && early > 0 {
			early--
			return fault.New(fault.KeyFinality, "not yet")
		}
		return nil
	}
	s, err := k.open()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Last(); ok || s.Answered() != 0 || s.Attempt != 1 {
		t.Errorf("attempt %d has %d answers before any was asked for", s.Attempt, s.Answered())
	}
	got, err := s.Ask(t.Context(), []byte("hello"))
	if err != nil || string(got) != "you said hello" {
		t.Errorf("%q, %v", got, err)
	}
	_, err = s.Ask(t.Context(), []byte("no"))
	want(t, err, fault.InferTensor)
	if err == nil || !strings.Contains(err.Error(), "a shape is wrong\nin two lines") {
		t.Errorf("refused with %v", err)
	}
	for _, ask := range []func(context.Context) (tacit.Signed[tacit.SessionReceipt], error){s.Receipt, s.End} {
		r, err := ask(t.Context())
		if err != nil || r.Body.Requests != 2 || r.Body.Root != wire.MerkleRoot(k.leaves) {
			t.Errorf("receipt %+v, %v", r.Body, err)
		}
		if last, ok := s.Last(); !ok || last.Body != r.Body || s.Answered() != 2 {
			t.Errorf("the last of %d is %+v", s.Answered(), last.Body)
		}
	}
}

// Nobody is told anything, not even sealed, before the evidence is good and of this task.
func TestNothingIsSaidToAnEnclaveThatIsNotJudged(t *testing.T) {
	stranger, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	otherSeal, err := key.NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	type quote = func(v *sim.Vendor, measurement, manifest *wire.Digest, q *attest.TaskTranscript)
	for _, tt := range []struct {
		name  string
		quote quote
		edit  func(*sitting)
		want  fault.Code
	}{
		{"twin: as it is", nil, func(*sitting) {}, ""},
		{"another program", func(_ *sim.Vendor, m, _ *wire.Digest, _ *attest.TaskTranscript) { m[0] ^= 1 }, func(*sitting) {}, "any"},
		{"in debug mode", func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) { v.Debug = true }, func(*sitting) {}, "any"},
		{"other keys than the evidence binds", nil, func(k *sitting) { k.a.Case.Keys.Seal = otherSeal.Recipient() }, "any"},
		{"another receipt key than the evidence binds", nil, func(k *sitting) { k.a.Case.Keys.Receipt = stranger.Address() }, "any"},
		{"another place", nil, func(k *sitting) { k.a.Case.Place = 1 }, "any"},
		{"an assignment by somebody else", nil, func(k *sitting) {
			k.a.Case.Assignment = tacit.Sign(k.ID, stranger, k.a.Case.Assignment.Body)
		}, "any"},
		{"another user's client", nil, func(k *sitting) { k.client.cfg.Key = stranger }, fault.ResultKey},
		{"a task that was changed", nil, func(k *sitting) { k.a.Case.Task.Body.Nonce++ }, "any"},
		{"a task that has run", nil, func(k *sitting) {
			k.opened = func() (tacit.OpenedReply, error) {
				return tacit.OpenedReply{}, fault.New(fault.SessionOver, "it has run")
			}
		}, fault.SessionOver},
		{"a task that failed", nil, func(k *sitting) {
			k.opened = func() (tacit.OpenedReply, error) {
				return tacit.OpenedReply{}, fault.New(fault.DataConsent, "denied")
			}
		}, fault.DataConsent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newSitting(t, tt.quote)
			tt.edit(k)
			_, err := k.open()
			if tt.want == "any" {
				if err == nil {
					t.Error("it is open")
				}
			} else {
				want(t, err, tt.want)
			}
			if told := len(k.asked) > 0; told != (tt.want == "") {
				t.Errorf("its enclave was told: %t", told)
			}
		})
	}
	t.Run("another task than was asked for", func(t *testing.T) {
		k := newSitting(t, nil)
		_, err := k.client.OpenSession(t.Context(), wire.Digest{1})
		want(t, err, fault.ResultKey)
		if len(k.asked) > 0 {
			t.Error("its enclave was told")
		}
	})
}

func TestAChannelIsTheEnclaves(t *testing.T) {
	for _, tt := range []struct {
		name    string
		message func(uint64, []byte) []byte
		carried func(*sitting, tacit.SessionRequest, []byte) []byte
		want    fault.Code
	}{
		{"twin: as it is", nil, func(_ *sitting, _ tacit.SessionRequest, b []byte) []byte { return b }, ""},
		{"nothing", nil, func(*sitting, tacit.SessionRequest, []byte) []byte { return nil }, fault.ResultKey},
		{"of another channel", nil, func(k *sitting, r tacit.SessionRequest, _ []byte) []byte {
			other, err := key.NewChannel(key.NewChannelSecret(), k.hello.Info(k.ID), false)
			k.Must(err)
			return other.Seal(nil, r.Number, []byte{tacit.SessionSigned})
		}, fault.ResultKey},
		{"of another message", nil, func(k *sitting, _ tacit.SessionRequest, _ []byte) []byte {
			return k.ends.Seal(nil, 0, []byte{tacit.SessionSum})
		}, fault.ResultKey},
		{"under another number", nil, func(k *sitting, r tacit.SessionRequest, _ []byte) []byte {
			return k.ends.Seal(nil, 1, []byte{tacit.SessionSigned})
		}, fault.ResultKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newSitting(t, nil)
			k.carried = func(r tacit.SessionRequest, b []byte) []byte { return tt.carried(k, r, b) }
			_, err := k.open()
			want(t, err, tt.want)
		})
	}
	t.Run("a worker that says no", func(t *testing.T) {
		k := newSitting(t, nil)
		k.refuse = func(tacit.SessionRequest) error { return fault.New(fault.SessionReplay, "open already") }
		_, err := k.open()
		want(t, err, fault.SessionReplay)
	})
}

func TestAnswersAreTheEnclaves(t *testing.T) {
	for _, tt := range []struct {
		name string
		lie  func(k *sitting)
		want fault.Code
	}{
		{"twin: as it is", func(*sitting) {}, ""},
		{"changed on the way", func(k *sitting) {
			k.carried = func(_ tacit.SessionRequest, b []byte) []byte { b[0] ^= 1; return b }
		}, fault.ResultKey},
		{"cut off on the way", func(k *sitting) {
			k.carried = func(_ tacit.SessionRequest, b []byte) []byte { return b[:len(b)-1] }
		}, fault.ResultKey},
		{"the one before once more", func(k *sitting) {
			before := k.ends.Seal(nil, 1, k.answer(1, []byte{tacit.SessionAsk, 'a'}))
			k.carried = func(tacit.SessionRequest, []byte) []byte { return before }
		}, fault.ResultKey},
		{"what was asked", func(k *sitting) {
			k.carried = func(r tacit.SessionRequest, _ []byte) []byte { return r.Body }
		}, fault.ResultKey},
		{"of another channel", func(k *sitting) {
			other, err := key.NewChannel(key.NewChannelSecret(), k.hello.Info(k.ID), false)
			k.Must(err)
			k.carried = func(r tacit.SessionRequest, _ []byte) []byte {
				return other.Seal(nil, r.Number, []byte("\x04........x"))
			}
		}, fault.ResultKey},
		{"of nothing", func(k *sitting) { k.message = func(uint64, []byte) []byte { return nil } }, fault.ResultKey},
		{"too short for its index", func(k *sitting) { k.message = func(_ uint64, b []byte) []byte { return b[:8] } }, fault.ResultKey},
		{"twin: of an empty body", func(k *sitting) { k.message = func(_ uint64, b []byte) []byte { return b[:9] } }, ""},
		{"of another kind", func(k *sitting) {
			k.message = func(_ uint64, b []byte) []byte { b[0] = tacit.SessionSigned; return b }
		}, fault.ResultKey},
		{"where one stands already", func(k *sitting) {
			k.message = func(_ uint64, b []byte) []byte { clear(b[1:9]); return b }
		}, fault.ResultKey},
		{"a refusal without a code", func(k *sitting) {
			k.message = func(_ uint64, b []byte) []byte {
				return append(append([]byte{tacit.SessionRefusal}, b[1:9]...), "\nwhy"...)
			}
		}, fault.Parse("")},
		{"the dispatcher is away", func(k *sitting) {
			k.refuse = func(tacit.SessionRequest) error { return fault.New(fault.Unreachable, "gone") }
		}, fault.SessionLost},
		{"it is over", func(k *sitting) {
			k.refuse = func(tacit.SessionRequest) error { return fault.New(fault.SessionOver, "over") }
		}, fault.SessionOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newSitting(t, nil)
			s, err := k.open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Ask(t.Context(), []byte("first")); err != nil {
				t.Fatal(err)
			}
			tt.lie(k)
			_, err = s.Ask(t.Context(), []byte("x"))
			if tt.want == "" {
				want(t, err, "")
			} else if fault.Of(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	t.Run("where two that came late stand", func(t *testing.T) {
		k := newSitting(t, nil)
		s, err := k.open()
		if err != nil {
			t.Fatal(err)
		}
		k.message = func(_ uint64, b []byte) []byte { binary.BigEndian.PutUint64(b[1:], 7); return b }
		_, err = s.Ask(t.Context(), []byte("x"))
		want(t, err, "")
		_, err = s.Ask(t.Context(), []byte("y"))
		want(t, err, fault.ResultKey)
	})
}

func TestRequestsHaveALimit(t *testing.T) {
	k := newSitting(t, nil)
	s, err := k.open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Ask(t.Context(), make([]byte, tacit.MostRequest-1)) // and the byte before it
	want(t, err, "")
	before := len(k.asked)
	_, err = s.Ask(t.Context(), make([]byte, tacit.MostRequest))
	want(t, err, fault.APISize)
	if len(k.asked) != before {
		t.Error("it was sent")
	}
}

func TestReceiptsAreHeldAgainstWhatCame(t *testing.T) {
	stranger, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		lie  func(k *sitting)
		want fault.Code
	}{
		{"twin: as it is", func(*sitting) {}, ""},
		{"another channel's", func(k *sitting) { k.edit = func(r *tacit.SessionReceipt) { r.Hello[0] ^= 1 } }, fault.ResultKey},
		{"an answer too few", func(k *sitting) {
			k.edit = func(r *tacit.SessionReceipt) { r.Requests, r.Root = 1, wire.MerkleRoot(k.leaves[:1]) }
		}, fault.ResultKey},
		{"none of them", func(k *sitting) {
			k.edit = func(r *tacit.SessionReceipt) { r.Requests, r.Root = 0, wire.MerkleRoot(nil) }
		}, fault.ResultKey},
		{"another answer", func(k *sitting) { k.leaves[1] = wire.Digest{1} }, fault.ResultKey},
		{"in another order", func(k *sitting) { k.leaves[0], k.leaves[1] = k.leaves[1], k.leaves[0] }, fault.ResultKey},
		{"of another root", func(k *sitting) { k.edit = func(r *tacit.SessionReceipt) { r.Root[0] ^= 1 } }, fault.ResultKey},
		{"twin: more than came so far", func(k *sitting) { k.leaves = append(k.leaves, wire.Digest{1}) }, ""},
		{"by another key", func(k *sitting) { k.sign = stranger }, fault.KeySignature},
		{"an answer instead", func(k *sitting) {
			k.message = func(uint64, []byte) []byte { return []byte("\x04........x") }
		}, fault.ResultKey},
		{"of nothing", func(k *sitting) { k.message = func(uint64, []byte) []byte { return nil } }, fault.ResultKey},
		{"with more behind it", func(k *sitting) { k.message = func(_ uint64, b []byte) []byte { return append(b, 0) } }, fault.APIField},
		{"an end that is lost", func(k *sitting) {
			k.refuse = func(tacit.SessionRequest) error { return fault.New(fault.TLSTruncated, "gone") }
		}, fault.SessionLost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := newSitting(t, nil)
			s, err := k.open()
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"a", "b"} {
				if _, err := s.Ask(t.Context(), []byte(text)); err != nil {
					t.Fatal(err)
				}
			}
			tt.lie(k)
			_, err = s.Receipt(t.Context())
			if fault.Of(err) != tt.want && !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if _, ok := s.Last(); ok != (tt.want == "") {
				t.Errorf("it is kept: %t", ok)
			}
		})
	}
	t.Run("an answer that came before others is not left out", func(t *testing.T) {
		k := newSitting(t, nil)
		s, err := k.open()
		if err != nil {
			t.Fatal(err)
		}
		k.leaves = append(k.leaves, wire.Digest{9}) // of one whose answer is on its way
		_, err = s.Ask(t.Context(), []byte("x"))
		want(t, err, "")
		if s.Answered() != 1 {
			t.Errorf("%d answers came, want 1", s.Answered())
		}
		k.edit = func(r *tacit.SessionReceipt) { r.Requests = 1 }
		_, err = s.Receipt(t.Context())
		want(t, err, fault.ResultKey)
		k.edit = nil
		_, err = s.Receipt(t.Context())
		want(t, err, "")
	})
	t.Run("an older one does not stand for a newer", func(t *testing.T) {
		k := newSitting(t, nil)
		s, err := k.open()
		if err != nil {
			t.Fatal(err)
		}
		k.edit = func(r *tacit.SessionReceipt) { r.Requests = 5 }
		_, err = s.Receipt(t.Context())
		want(t, err, "")
		k.edit = func(r *tacit.SessionReceipt) { r.Requests = 4 }
		_, err = s.Receipt(t.Context())
		want(t, err, "")
		if last, _ := s.Last(); last.Body.Requests != 5 {
			t.Errorf("the newest is of %d requests", last.Body.Requests)
		}
	})
}

func TestASessionIsAskedByManyAtOnce(t *testing.T) {
	k := newSitting(t, nil)
	s, err := k.open()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var wrong atomic.Int32
	for i := range 8 {
		wg.Go(func() {
			for j := range 25 {
				text := fmt.Sprintf("%d of %d", j, i)
				got, err := s.Ask(t.Context(), []byte(text))
				if err != nil || string(got) != "you said "+text {
					wrong.Add(1)
				}
				if j%10 == 9 {
					if _, err := s.Receipt(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	r, err := s.End(t.Context())
	if err != nil || wrong.Load() > 0 || r.Body.Requests != 200 || s.Answered() != 200 {
		t.Errorf("%d of %d answers are wrong, %v", wrong.Load(), r.Body.Requests, err)
	}
}
