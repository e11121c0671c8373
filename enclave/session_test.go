package enclave

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// echo answers requests with what they say, refuses some, and ends by itself after one that
// says so.
type echo struct{ took chan string }

func (e echo) Run(_ context.Context, job tacit.Job) (tacit.Outcome, error) {
	for r := range job.Requests {
		switch {
		case bytes.Equal(r.Body, []byte("refuse")):
			r.Answer(nil, fault.New(fault.InferTensor, "a shape is wrong"))
		case bytes.Equal(r.Body, []byte("large")):
			r.Answer(make([]byte, tacit.MostRequest), nil)
		case bytes.Equal(r.Body, []byte("too large")):
			r.Answer(make([]byte, tacit.MostRequest+1), nil)
		case bytes.Equal(r.Body, []byte("die")):
			return tacit.Outcome{ExitCode: -1}, fault.New(fault.WasmTime, "the fuel is used up")
		case bytes.HasPrefix(r.Body, []byte("hold")):
			e.took <- string(r.Body)
			defer r.Answer([]byte("late"), nil)
		default:
			r.Answer(append([]byte("you said "), r.Body...), nil)
		}
	}
	return tacit.Outcome{}, nil
}

// talking is an agent and a child of it with a session, and the user's end.
type talking struct {
	t       testing.TB
	agent   *Agent
	run     *run
	serving *serving
	child   *child
	user    *key.Signer
	hello   tacit.SessionHello
	ends    *key.Channel
	done    chan error // of the engine
	stop    func()     // ends the task
}

func newTalk(t testing.TB, most uint64) *talking {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	k := &talking{t: t, done: make(chan error, 1)}
	var err error
	k.user, err = key.NewSigner()
	must(err)
	seal, err := key.NewSealer()
	must(err)
	sign, err := key.NewSigner()
	must(err)
	network := wire.Sum([]byte("network"))
	task := tacit.Task{User: k.user.Address(), Nonce: 1}
	id := task.ID(network)
	l := &launched{taskID: id, seal: seal, sign: sign, request: tacit.LaunchRequest{
		Network: network, Task: task, Assignment: tacit.Assignment{Task: id, Attempt: 1, Places: []tacit.Place{{Index: 0}}},
	}}
	l.reply.Keys = tacit.EnclaveKeys{Seal: seal.Recipient(), Receipt: sign.Address()}
	k.run = &run{launched: l, seal: seal, sign: sign}

	// A child whose engine runs, at the other end of a pipe.
	here, there := net.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	c := &child{begun: make(chan struct{}), serving: newServing(most)}
	close(c.begun)
	c.agent = wire.NewLink(there, false, c.serve)
	k.serving, k.child = c.serving, c
	k.agent = &Agent{}
	k.agent.guest = wire.NewLink(here, true, func(context.Context, uint8, []byte) ([]byte, error) {
		return nil, fault.New(fault.ProtoFrame, "nothing is asked")
	})
	var wg sync.WaitGroup
	wg.Go(func() { _ = c.agent.Run(ctx) })
	wg.Go(func() { _ = k.agent.guest.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	k.stop = k.agent.serve(k.run)
	k.open()
	return k
}

// serve starts the engine.
func (k *talking) serve(e tacit.Engine) {
	ctx := k.t.Context()
	go func() {
		_, err := e.Run(ctx, tacit.Job{Requests: k.serving.requests})
		k.serving.returned(err)
		k.done <- err
	}()
}

// open makes a channel.
func (k *talking) open() {
	k.t.Helper()
	l, secret := k.run.launched, key.NewChannelSecret()
	k.hello = tacit.SessionHello{Task: l.taskID, Assignment: l.request.Assignment.Hash(), Keys: l.reply.Keys.Hash(), Channel: wire.Sum(secret)}
	o, err := k.hello.SealSecret(l.request.Network, k.user, l.reply.Keys.Seal, secret)
	if err != nil {
		k.t.Fatal(err)
	}
	if k.ends, err = key.NewChannel(secret, k.hello.Info(l.request.Network), true); err != nil {
		k.t.Fatal(err)
	}
	r := k.request(0)
	r.Open = []tacit.SessionOpen{o}
	reply, err := k.agent.session(k.t.Context(), r)
	if err != nil {
		k.t.Fatal(err)
	}
	if _, err := k.ends.Open(0, reply.Body); err != nil {
		k.t.Fatal(err)
	}
}

func (k *talking) request(number uint64) tacit.SessionRequest {
	return tacit.SessionRequest{Task: k.run.launched.taskID, Attempt: 1, Channel: k.hello.Channel, Number: number}
}

// say sends a message and opens what comes back.
func (k *talking) say(number uint64, message string) ([]byte, error) {
	r := k.request(number)
	r.Body = k.ends.Seal(nil, number, []byte(message))
	reply, err := k.agent.session(k.t.Context(), r)
	if err != nil {
		return nil, err
	}
	return k.ends.Open(number, reply.Body)
}

func ask(text string) string { return string(tacit.SessionAsk) + text }

// leaf is what the tree has of an exchange.
func leaf(number uint64, message string, kind byte, answer string) wire.Digest {
	return tacit.SessionLeaf(number, wire.Sum([]byte(message)), wire.Sum(append([]byte{kind}, answer...)))
}

func TestASessionAnswersAndSignsForIt(t *testing.T) {
	k := newTalk(t, 0)
	k.serve(echo{})
	var leaves []wire.Digest
	for i, tt := range []struct {
		text, want string
		kind       byte
	}{
		{"hello", "you said hello", tacit.SessionAnswer},
		{"refuse", "INFER_TENSOR\na shape is wrong", tacit.SessionRefusal},
		{"", "you said ", tacit.SessionAnswer},
	} {
		number := uint64(i + 1)
		got, err := k.say(number, ask(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if got[0] != tt.kind || binary.BigEndian.Uint64(got[1:]) != uint64(i) || string(got[9:]) != tt.want {
			t.Errorf("answer %d = %q, want %q", i, got, tt.want)
		}
		leaves = append(leaves, leaf(number, ask(tt.text), tt.kind, tt.want))
	}
	got, err := k.say(9, string(tacit.SessionSum))
	if err != nil || got[0] != tacit.SessionSigned {
		t.Fatalf("%q, %v", got, err)
	}
	var signed tacit.Signed[tacit.SessionReceipt]
	if err := wire.Unmarshal(tacit.SessionReceiptLabel, got[1:], &signed); err != nil {
		t.Fatal(err)
	}
	r, err := signed.Check(k.run.launched.request.Network, k.run.launched.reply.Keys.Receipt)
	if err != nil {
		t.Fatal(err)
	}
	if want := (tacit.SessionReceipt{Hello: k.hello.Hash(), Requests: 3, Root: wire.MerkleRoot(leaves)}); r != want {
		t.Errorf("receipt %+v, want %+v", r, want)
	}
	if all := k.run.talk.end(); len(all) != 1 || all[0] != r {
		t.Errorf("at its end the run says %+v, want that receipt", all)
	}
	if _, err := k.say(10, ask("more")); !errors.Is(err, fault.SessionOver) {
		t.Errorf("after its end: %v", err)
	}
}

func TestASessionTakesEachMessageOnceAndFromItsUserOnly(t *testing.T) {
	k := newTalk(t, 0)
	k.serve(echo{})
	stranger, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	l := k.run.launched
	opening := func(by *key.Signer, change func(*tacit.SessionHello, *tacit.SessionOpen)) tacit.SessionRequest {
		secret := key.NewChannelSecret()
		h := tacit.SessionHello{Task: l.taskID, Assignment: l.request.Assignment.Hash(), Keys: l.reply.Keys.Hash(), Channel: wire.Sum(secret)}
		var o tacit.SessionOpen
		if change != nil {
			change(&h, nil)
		}
		o, err := h.SealSecret(l.request.Network, by, l.reply.Keys.Seal, secret)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(&h, &o)
		}
		return tacit.SessionRequest{Task: l.taskID, Attempt: 1, Channel: h.Channel, Open: []tacit.SessionOpen{o}}
	}
	first := opening(k.user, nil)
	sealed := func(number uint64, text string) tacit.SessionRequest {
		r := k.request(number)
		r.Body = k.ends.Seal(nil, number, []byte(text))
		return r
	}
	for _, tt := range []struct {
		name string
		ask  tacit.SessionRequest
		code fault.Code
	}{
		{"twin: its user opens another channel", first, ""},
		{"the same once more", first, fault.SessionReplay},
		{"somebody else opens one", opening(stranger, nil), fault.KeySignature},
		{"for another task", opening(k.user, func(h *tacit.SessionHello, _ *tacit.SessionOpen) { h.Task[0] ^= 1 }), fault.KeySignature},
		{"for another attempt", opening(k.user, func(h *tacit.SessionHello, _ *tacit.SessionOpen) { h.Assignment[0] ^= 1 }), fault.KeySignature},
		{"for another place", opening(k.user, func(h *tacit.SessionHello, _ *tacit.SessionOpen) { h.Place = 1 }), fault.KeySignature},
		{"for another enclave", opening(k.user, func(h *tacit.SessionHello, _ *tacit.SessionOpen) { h.Keys[0] ^= 1 }), fault.KeySignature},
		{"of a secret that he did not sign", opening(k.user, func(h *tacit.SessionHello, _ *tacit.SessionOpen) { h.Channel = wire.Digest{7} }), fault.KeySignature},
		{"with a changed secret", opening(k.user, func(_ *tacit.SessionHello, o *tacit.SessionOpen) {
			if o != nil {
				o.Sealed[len(o.Sealed)-1] ^= 1
			}
		}), fault.KeySignature},
		{"without a secret", tacit.SessionRequest{Task: l.taskID, Attempt: 1}, fault.ProtoFrame},
		{"of another task's enclave", tacit.SessionRequest{Task: wire.Digest{1}, Attempt: 1, Number: 1}, fault.ConsField},
		{"through no channel", tacit.SessionRequest{Task: l.taskID, Attempt: 1, Channel: wire.Digest{1}, Number: 1}, fault.KeySignature},
		{"twin: a request", sealed(5, ask("x")), ""},
		{"the same request once more", sealed(5, ask("x")), fault.SessionReplay},
		{"another under its number", sealed(5, ask("y")), fault.SessionReplay},
		{"twin: one that was overtaken", sealed(4, ask("x")), ""},
		{"twin: a far later one", sealed(5000, ask("x")), ""},
		{"one that too many overtook", sealed(3, ask("x")), fault.SessionReplay},
		{"of nothing", sealed(5001, ""), fault.ProtoFrame},
		{"of an unknown kind", sealed(5002, "\x63"), fault.ProtoFrame},
		{"sealed under another number", func() tacit.SessionRequest { r := sealed(5003, ask("x")); r.Number = 5004; return r }(), fault.KeySignature},
	} {
		_, err := k.agent.session(t.Context(), tt.ask)
		if tt.code == "" && err != nil || tt.code != "" && fault.Of(err) != tt.code {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.code)
		}
	}
}

func TestAnAnswerThatIsTooLargeIsRefused(t *testing.T) {
	k := newTalk(t, 0)
	k.serve(echo{})
	if got, err := k.say(1, ask("large")); err != nil || got[0] != tacit.SessionAnswer || len(got) != tacit.SessionAnswerHead+tacit.MostRequest {
		t.Errorf("twin: %d bytes, %v", len(got), err)
	}
	wantSaid(t, k, 2, "too large", fault.APISize)
}

func TestNobodyOpensMoreChannelsThanThereMayBe(t *testing.T) {
	k := newTalk(t, 0)
	for range tacit.MostChannels - 1 {
		k.open()
	}
	if k.run.talk.add(wire.Digest{1}, &line{}) {
		t.Errorf("there are more than %d", tacit.MostChannels)
	}
}

func TestASessionEnds(t *testing.T) {
	t.Run("when its user says so", func(t *testing.T) {
		k := newTalk(t, 0)
		k.serve(echo{})
		if _, err := k.say(1, ask("x")); err != nil {
			t.Fatal(err)
		}
		if got, err := k.say(2, string(tacit.SessionEnd)); err != nil || got[0] != tacit.SessionSigned {
			t.Fatalf("%q, %v", got, err)
		}
		if err := <-k.done; err != nil {
			t.Error(err)
		}
		wantRefusal(t, k, 3, fault.SessionOver)
	})
	t.Run("when its requests are used up", func(t *testing.T) {
		k := newTalk(t, 2)
		k.serve(echo{})
		for i := range 2 {
			if got, err := k.say(uint64(i+1), ask("x")); err != nil || got[0] != tacit.SessionAnswer {
				t.Fatalf("%q, %v", got, err)
			}
		}
		if err := <-k.done; err != nil {
			t.Error(err)
		}
		wantRefusal(t, k, 3, fault.SessionOver)
	})
	t.Run("when its engine does, with why", func(t *testing.T) {
		k := newTalk(t, 0)
		k.serve(echo{})
		wantSaid(t, k, 1, "die", fault.WasmTime)
		wantRefusal(t, k, 2, fault.WasmTime)
	})
	t.Run("and what is in hand is answered before its receipt", func(t *testing.T) {
		k := newTalk(t, 0)
		e := echo{took: make(chan string)}
		k.serve(e)
		got := make(chan string, 1)
		go func() {
			b, err := k.say(1, ask("hold on"))
			got <- fmt.Sprintf("%s %v", b[min(9, len(b)):], err)
		}()
		<-e.took
		k.serving.end()
		if r := k.run.talk.end(); r[0].Requests != 1 {
			t.Errorf("receipt of %d requests, want 1", r[0].Requests)
		}
		if s := <-got; s != "late <nil>" {
			t.Errorf("the one in hand got %q", s)
		}
	})
	t.Run("when its child is gone, and says so", func(t *testing.T) {
		k := newTalk(t, 0)
		e := echo{took: make(chan string, 1)}
		k.serve(e)
		go func() {
			<-e.took
			_ = k.agent.guest.Close()
		}()
		if _, err := k.say(1, ask("hold on")); fault.Of(err) != fault.SessionLost {
			t.Errorf("error %v, want SESSION_LOST", err)
		}
	})
}

func wantRefusal(t *testing.T, k *talking, number uint64, code fault.Code) {
	t.Helper()
	wantSaid(t, k, number, "x", code)
}

// wantSaid asks and wants to be refused with a code.
func wantSaid(t *testing.T, k *talking, number uint64, text string, code fault.Code) {
	t.Helper()
	got, err := k.say(number, ask(text))
	if err != nil {
		t.Fatal(err)
	}
	if said, _, _ := strings.Cut(string(got[9:]), "\n"); got[0] != tacit.SessionRefusal || said != string(code) {
		t.Errorf("answer %q, want a refusal with %s", got, code)
	}
}

func TestAnAgentWithoutASessionHasNoChannels(t *testing.T) {
	if _, err := new(Agent).session(t.Context(), tacit.SessionRequest{}); fault.Of(err) != fault.KeyFinality {
		t.Errorf("before its task runs: %v, want KEY_FINALITY", err)
	}
	k := newTalk(t, 0)
	k.child.serving = nil
	r := k.request(0)
	r.Open = []tacit.SessionOpen{{}}
	if _, err := k.agent.session(t.Context(), r); fault.Of(err) != fault.SessionOver {
		t.Errorf("of a job that is none: %v, want SESSION_OVER", err)
	}
	// Whoever waits for it to begin must not wait for one that is over.
	k.stop()
	if _, err := k.agent.session(t.Context(), k.request(1)); fault.Of(err) != fault.SessionOver {
		t.Errorf("after its task ran: %v, want SESSION_OVER", err)
	}
}

func TestAChannelNeedsAWholeSecret(t *testing.T) {
	k := newTalk(t, 0)
	l, secret := k.run.launched, key.NewChannelSecret()[:31]
	h := tacit.SessionHello{Task: l.taskID, Assignment: l.request.Assignment.Hash(), Keys: l.reply.Keys.Hash(), Channel: wire.Sum(secret)}
	o, err := h.SealSecret(l.request.Network, k.user, l.reply.Keys.Seal, secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.agent.session(t.Context(), tacit.SessionRequest{Task: l.taskID, Attempt: 1, Channel: h.Channel, Open: []tacit.SessionOpen{o}}); fault.Of(err) != fault.KeySignature {
		t.Errorf("error %v, want KEY_SIGNATURE", err)
	}
}

// A child that its engine took over answers as it likes: what is no answer is none.
func TestAChildThatAnswersNonsense(t *testing.T) {
	for _, nonsense := range [][]byte{nil, {0x63}, {tacit.SessionSigned, 1}} {
		k := newTalk(t, 0)
		k.agent.guest = linked(t, func(context.Context, uint8, []byte) ([]byte, error) { return nonsense, nil })
		if _, err := k.say(1, ask("x")); fault.Of(err) != fault.ProtoFrame {
			t.Errorf("%x: %v, want PROTO_FRAME", nonsense, err)
		}
		if r := k.run.talk.end(); r[0].Requests != 0 {
			t.Errorf("%x: it stands in a receipt", nonsense)
		}
	}
	k := newTalk(t, 0)
	k.agent.guest = linked(t, func(context.Context, uint8, []byte) ([]byte, error) {
		return nil, fault.New(fault.ProtoFrame, "no")
	})
	if _, err := k.say(1, string(tacit.SessionEnd)); fault.Of(err) != fault.ProtoFrame {
		t.Errorf("an end that it does not take: %v", err)
	}
}

func TestWhichTasksAreSessions(t *testing.T) {
	for _, tt := range []struct {
		name, engine, params string
		most                 uint64
		want                 bool
	}{
		{"of an engine that is asked to serve", tacit.EngineInfer, `{"operation":"serve","model":"m","requests":7}`, 7, true},
		{"of one that is asked for something else", tacit.EngineInfer, `{"operation":"predict"}`, 0, false},
		{"of a program of somebody's", "", `{"operation":"serve"}`, 0, false},
		{"without parameters", tacit.EngineLearn, "", 0, false},
		{"with broken ones", tacit.EngineLearn, `{"operation":`, 0, false},
	} {
		s := sessionOf(tt.engine, []byte(tt.params))
		if (s != nil) != tt.want || s != nil && s.most != tt.most {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
}

func TestAJobThatIsNoSessionSaysSo(t *testing.T) {
	c := &child{begun: make(chan struct{})}
	go func() { time.Sleep(10 * time.Millisecond); close(c.begun) }()
	for _, kind := range []uint8{frameServes, frameRequest, frameEnd} {
		if got, err := c.serve(t.Context(), kind, []byte("x")); fault.Of(err) != fault.SessionOver {
			t.Errorf("frame %d: %q, %v", kind, got, err)
		}
	}
}

// FuzzSessionMessage has an agent take what comes through a worker, sealed by the user or
// not: it answers each number once, and what it answers opens in the channel.
func FuzzSessionMessage(f *testing.F) {
	f.Add(uint64(1), true, []byte{tacit.SessionAsk, 'x'})
	f.Add(uint64(2), true, []byte{tacit.SessionSum})
	f.Add(uint64(3), true, []byte{})
	f.Add(uint64(4), true, []byte{99})
	f.Add(uint64(5), false, []byte{tacit.SessionAsk})
	f.Add(uint64(0), false, []byte{0xa0})
	f.Add(uint64(1<<64-1), true, []byte{tacit.SessionAsk})
	k := newTalk(f, 0)
	k.serve(echo{})
	answers := uint64(0)
	f.Fuzz(func(t *testing.T, number uint64, sealed bool, message []byte) {
		if len(message) > 0 && (message[0] == tacit.SessionEnd || bytes.HasPrefix(message[1:], []byte("hold")) || string(message[1:]) == "die") {
			return // the engine of the test would end or wait
		}
		r := k.request(number)
		r.Body = bytes.Clone(message)
		if sealed {
			r.Body = k.ends.Seal(nil, number, message)
		} else {
			var raw tacit.SessionRequest
			if wire.Unmarshal(tacit.FrameLabel, message, &raw) == nil {
				r = raw
			}
		}
		reply, err := k.agent.session(t.Context(), r)
		if err != nil {
			return
		}
		got, err := k.ends.Open(number, reply.Body)
		if err != nil || !sealed || len(message) == 0 {
			t.Fatalf("message %d of %q (sealed %t) is answered %q, %v", number, message, sealed, got, err)
		}
		if got[0] == tacit.SessionAnswer || got[0] == tacit.SessionRefusal {
			if index := binary.BigEndian.Uint64(got[1:]); index != answers {
				t.Fatalf("answer %d has index %d", answers, index)
			}
			answers++
		}
		if _, err := k.agent.session(t.Context(), k.sealed(number, message)); fault.Of(err) != fault.SessionReplay {
			t.Fatalf("once more: %v", err)
		}
	})
}

func (k *talking) sealed(number uint64, message []byte) tacit.SessionRequest {
	r := k.request(number)
	r.Body = k.ends.Seal(nil, number, message)
	return r
}
