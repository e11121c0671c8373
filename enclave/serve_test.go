package enclave_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A visit is a session of builtin/learn in the real program, and its user's end.
type visit struct {
	t        *testing.T
	w        *world
	k        *task
	launched tacit.LaunchReply
	user     *key.Signer
	hello    tacit.SessionHello
	ends     *key.Channel
	number   uint64
	leaves   []wire.Digest
	ran      chan error
	reply    tacit.RunReply
}

func (w *world) visit(t *testing.T, params string, limits func(*tacit.Requirements)) *visit {
	t.Helper()
	v := &visit{t: t, w: w, ran: make(chan error, 1)}
	var err error
	v.user, err = key.NewSigner()
	w.must(err)
	v.k = w.task(w.service(tacit.Program(tacit.EngineLearn, 1)), map[string][]byte{"model": w.model}, []byte(params), func(q *tacit.Task) {
		q.User = v.user.Address()
		q.Requirements = tacit.Requirements{Level: 2, Fuel: 1 << 30, Memory: 256 << 20, Output: 1 << 20, Seconds: 60}
		if limits != nil {
			limits(&q.Requirements)
		}
	})
	v.launched, err = w.worker.Launch(t.Context(), v.k.launch)
	w.must(err)
	go func() {
		var err error
		v.reply, err = w.worker.Run(context.Background(), v.k.grants(v.launched.Keys))
		v.ran <- err
	}()
	secret := key.NewChannelSecret()
	v.hello = tacit.SessionHello{Task: v.k.launch.Assignment.Task, Assignment: v.k.launch.Assignment.Hash(), Keys: v.launched.Keys.Hash(), Channel: wire.Sum(secret)}
	open, err := v.hello.SealSecret(w.network, v.user, v.launched.Keys.Seal, secret)
	w.must(err)
	v.ends, err = key.NewChannel(secret, v.hello.Info(w.network), true)
	w.must(err)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		r := v.request(0)
		r.Open = []tacit.SessionOpen{open}
		reply, err := w.worker.Session(t.Context(), r)
		if fault.Of(err) == fault.KeyFinality && time.Now().Before(deadline) {
			continue
		}
		w.must(err)
		_, err = v.ends.Open(0, reply.Body)
		w.must(err)
		return v
	}
}

func (v *visit) request(number uint64) tacit.SessionRequest {
	return tacit.SessionRequest{Task: v.k.launch.Assignment.Task, Attempt: 1, Channel: v.hello.Channel, Number: number}
}

func (v *visit) say(message []byte) ([]byte, error) {
	v.number++
	r := v.request(v.number)
	r.Body = v.ends.Seal(nil, v.number, message)
	reply, err := v.w.worker.Session(v.t.Context(), r)
	if err != nil {
		return nil, err
	}
	return v.ends.Open(v.number, reply.Body)
}

// ask has the engine answer: its answer, or the code that it refuses with.
func (v *visit) ask(body []byte) (string, fault.Code) {
	v.t.Helper()
	message := append([]byte{tacit.SessionAsk}, body...)
	got, err := v.say(message)
	if err != nil {
		return "", fault.Of(err)
	}
	if index := binary.BigEndian.Uint64(got[1:]); index != uint64(len(v.leaves)) {
		v.t.Errorf("answer %d has index %d", len(v.leaves), index)
	}
	kind, text := got[0], got[tacit.SessionAnswerHead:]
	v.leaves = append(v.leaves, tacit.SessionLeaf(v.number, wire.Sum(message), wire.Sum(append([]byte{kind}, text...))))
	if kind == tacit.SessionRefusal {
		code, _, _ := strings.Cut(string(text), "\n")
		return "", fault.Code(code)
	}
	return string(text), ""
}

// rows is a request about rows of two columns.
func rows(values ...float64) []byte {
	data, _ := json.Marshal(values)
	head := fmt.Appendf(nil, `{"inputs":[{"name":"rows","datatype":"FP64","shape":[%d,2],"data":%s}]}`, len(values)/2, data)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(head))), head...)
}

func (v *visit) sum(kind byte) tacit.SessionReceipt {
	v.t.Helper()
	got, err := v.say([]byte{kind})
	v.w.must(err)
	var signed tacit.Signed[tacit.SessionReceipt]
	v.w.must(wire.Unmarshal(tacit.SessionReceiptLabel, got[1:], &signed))
	r, err := signed.Check(v.w.network, v.launched.Keys.Receipt)
	v.w.must(err)
	return r
}

// ends waits for the run's end; its receipt names what this channel was answered.
func (v *visit) end() result {
	v.t.Helper()
	select {
	case err := <-v.ran:
		v.w.must(err)
	case <-time.After(time.Minute):
		v.t.Fatal("it does not end")
	}
	r := v.k.open(v.launched, v.reply)
	want := tacit.SessionReceipt{Hello: v.hello.Hash(), Requests: uint64(len(v.leaves)), Root: wire.MerkleRoot(v.leaves)}
	if len(r.receipt.Channels) != 1 || r.receipt.Channels[0] != want {
		v.t.Errorf("its receipt has %+v, want %+v", r.receipt.Channels, want)
	}
	return r
}

const serveParams = `{"operation":"serve","model":"model"%s}`

// Sessions of the real program, behind its walls.
func TestSessionsBehindWalls(t *testing.T) {
	w := newWorld(t).serve()
	w.train(t)
	answers := func(t *testing.T, v *visit) {
		t.Helper()
		if got, code := v.ask(rows(1, 2, 3, 4)); code != "" || !strings.Contains(got, `"numbers"`) || !strings.Contains(got, `[2,1]`) {
			t.Errorf("%s %q", code, got)
		}
	}
	t.Run("its user ends it", func(t *testing.T) {
		v := w.visit(t, fmt.Sprintf(serveParams, ""), nil)
		if got, code := v.ask(nil); code != "" || !strings.Contains(got, `"name":"model"`) {
			t.Errorf("about itself: %s %q", code, got)
		}
		answers(t, v)
		for _, bad := range [][]byte{[]byte("x"), {0, 0, 0, 9, '{'}, rows(1, 2, 3), append([]byte{0, 0, 0, 2}, "{}"...)} {
			if got, code := v.ask(bad); !strings.HasPrefix(string(code), "INFER_") {
				t.Errorf("%q is answered %s %q", bad, code, got)
			}
		}
		answers(t, v)
		last := v.sum(tacit.SessionSum)
		if v.sum(tacit.SessionEnd) != last || last.Requests != 7 {
			t.Errorf("receipt %+v", last)
		}
		r := v.end()
		r.want(t, tacit.ExitOK, "")
		if len(r.receipt.Channels) == 1 && r.receipt.Channels[0] != last {
			t.Errorf("signed last was %+v", last)
		}
		if _, code := v.ask(rows(1, 2)); code != fault.SessionOver {
			t.Errorf("after its end: %s", code)
		}
	})
	t.Run("its requests are used up", func(t *testing.T) {
		v := w.visit(t, fmt.Sprintf(serveParams, `,"requests":2`), nil)
		answers(t, v)
		answers(t, v)
		v.end().want(t, tacit.ExitOK, "")
	})
	t.Run("its seconds are over", func(t *testing.T) {
		began := time.Now()
		v := w.visit(t, fmt.Sprintf(serveParams, ""), func(q *tacit.Requirements) { q.Seconds = 3 })
		answers(t, v)
		v.end().want(t, tacit.ExitOK, "")
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
	})
	t.Run("its fuel is used up", func(t *testing.T) {
		v := w.visit(t, fmt.Sprintf(serveParams, ""), func(q *tacit.Requirements) { q.Fuel = 200_000 })
		answers(t, v)
		var code fault.Code
		n := 0
		for ; code == "" && n < 5000; n++ {
			_, code = v.ask(rows(make([]float64, 400)...))
		}
		if code == "" || n < 2 {
			t.Errorf("after %d requests: %q", n, code)
		}
		if code == fault.SessionOver || code == fault.SessionLost {
			t.Errorf("the request that uses it up hears %s, not why", code)
		}
		r := v.end()
		r.want(t, tacit.ExitGuest, string(fault.WasmTime)) // and not the host's failure, for which nobody pays
		if r.receipt.Fuel != 200_000 {
			t.Errorf("it used %d of 200000", r.receipt.Fuel)
		}
	})
	t.Run("a request that has no room is refused, and the next is answered", func(t *testing.T) {
		v := w.visit(t, fmt.Sprintf(serveParams, ""), func(q *tacit.Requirements) { q.Memory = 24 << 20 })
		const n = 200_000
		head := fmt.Sprintf(`{"inputs":[{"name":"rows","datatype":"FP64","shape":[%d,2],"parameters":{"binary_data_size":%d}}]}`, n, 16*n)
		body := append(binary.BigEndian.AppendUint32(nil, uint32(len(head))), head...)
		if got, code := v.ask(append(body, make([]byte, 16*n)...)); code != fault.InferTensor {
			t.Errorf("it is answered %s %.100q", code, got)
		}
		answers(t, v)
		v.sum(tacit.SessionEnd)
		v.end().want(t, tacit.ExitOK, "")
	})
	t.Run("its enclave is killed", func(t *testing.T) {
		v := w.visit(t, fmt.Sprintf(serveParams, ""), nil)
		answers(t, v)
		kept := v.sum(tacit.SessionSum)
		w.mu.Lock()
		started := w.started
		w.mu.Unlock()
		lost := make(chan fault.Code, 1)
		go func() {
			for {
				if _, code := v.ask(rows(make([]float64, 2000)...)); code != "" {
					lost <- code
					return
				}
			}
		}()
		time.Sleep(50 * time.Millisecond)
		for _, p := range started {
			p.Kill()
		}
		select {
		case code := <-lost:
			if code != fault.SessionLost {
				t.Errorf("the request in hand gets %s", code)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("the request in hand gets no answer")
		}
		if err := <-v.ran; fault.Of(err) != fault.TaskFailed {
			t.Errorf("its run ends with %v", err)
		}
		if kept.Requests != 1 || kept.Root != wire.MerkleRoot(v.leaves[:1]) {
			t.Errorf("what it had signed is %+v", kept)
		}
	})
}

// train has the engine make the model that is served.
func (w *world) train(t *testing.T) {
	t.Helper()
	var csv strings.Builder
	csv.WriteString("a,b,y\n")
	for i := range 60 {
		a, b := float64(i%7), float64(i%5)
		fmt.Fprintf(&csv, "%g,%g,%g\n", a, b, 2*a+3*b+1)
	}
	k := w.task(w.service(tacit.Program(tacit.EngineLearn, 1)), map[string][]byte{"data": []byte(csv.String())},
		[]byte(`{"operation":"train","kind":"linear","data":{"data":{}},"label":"y","features":["a","b"]}`))
	r := k.run()
	r.want(t, tacit.ExitOK, "")
	for name, b := range r.files {
		if strings.HasSuffix(name, "model.json") {
			w.model = b
		}
	}
	if w.model == nil {
		t.Fatalf("no model in %d files", len(r.files))
	}
}
