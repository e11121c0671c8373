package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/client"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/key"
	"tacit/kserve"
	"tacit/wire"
)

// An outlet is a proxy before a session whose dispatcher and enclave the test plays.
type outlet struct {
	tacit.Dispatcher
	*mini.Network
	t     *testing.T
	a     *mini.Attempt
	p     *proxy
	http  *httptest.Server
	files string // where receipts go

	mu     sync.Mutex // guards what follows
	answer func(body []byte) ([]byte, error)
	refuse func(tacit.SessionRequest) error
	shown  func() error
	hello  tacit.SessionHello
	ends   *key.Channel
	leaves []wire.Digest
	ended  bool
	told   strings.Builder
}

func newOutlet(t *testing.T) *outlet {
	t.Helper()
	f := &outlet{Network: mini.New(t), t: t}
	m, end := f.Manager(0, nil)
	t.Cleanup(end)
	service, _ := f.Publish(m, "acme/learn", tacit.EntryService, []byte("code"), mini.Terms())
	f.Network.Chain.Now.Time = uint64(time.Now().Unix()) // of the evidence
	f.Epoch()
	f.a = f.Draw(f.Accept(f.Task(service), service), m).Assign(1).Quote(nil)
	identity, err := age.GenerateHybridIdentity()
	f.Must(err)
	c, err := client.New(client.Config{
		Key: f.User, Headers: f.Headers, Gateway: struct{ tacit.Gateway }{}, Blobs: struct{ tacit.Blobs }{}, Ledger: struct{ client.Ledger }{}, Identity: identity,
		Dispatcher: f, Schemes: f.Schemes, Genesis: f.Genesis, Epochs: f.Epochs,
	})
	f.Must(err)
	id := f.a.Case.Task.Body.ID(f.ID)
	tl := &tool{home: t.TempDir(), as: "alice", out: io.Discard}
	f.files = tl.taskDir(id)
	f.Must(os.MkdirAll(f.files, 0o700))
	f.answer = func(body []byte) ([]byte, error) { return body, nil }
	f.p = &proxy{t: tl, over: make(chan error, 1), about: metadata{Name: "model", Platform: "tacit"}}
	f.p.open = func(ctx context.Context) (*client.Session, error) { return c.OpenSession(ctx, id) }
	f.p.say = func(format string, args ...any) {
		f.mu.Lock()
		defer f.mu.Unlock()
		fmt.Fprintf(&f.told, format+"\n", args...)
	}
	f.p.session, err = f.p.open(t.Context())
	f.Must(err)
	f.http = httptest.NewServer(f.p.handler())
	t.Cleanup(f.http.Close)
	return f
}

func (f *outlet) set(edit func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	edit()
}

func (f *outlet) says() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.told.String()
}

func (f *outlet) Opened(context.Context, tacit.TaskRequest) (tacit.OpenedReply, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.shown != nil {
		return tacit.OpenedReply{}, f.shown()
	}
	return tacit.OpenedReply{Case: f.a.Case}, nil
}

func (f *outlet) Session(_ context.Context, r tacit.SessionRequest) (tacit.SessionReply, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Number == 0 {
		c := f.a.Case
		secret, err := r.Open[0].OpenSecret(f.ID, f.User.Address(), tacit.SessionHello{Task: r.Task, Assignment: c.Assignment.Body.Hash(), Keys: c.Keys.Hash()}, f.a.Seal)
		if err != nil {
			return tacit.SessionReply{}, err
		}
		f.hello, f.leaves = r.Open[0].Hello.Body, nil
		if f.ends, err = key.NewChannel(secret, f.hello.Info(f.ID), false); err != nil {
			return tacit.SessionReply{}, err
		}
		return tacit.SessionReply{Body: f.ends.Seal(nil, 0, []byte{tacit.SessionSigned})}, nil
	}
	if f.refuse != nil {
		if err := f.refuse(r); err != nil {
			return tacit.SessionReply{}, err
		}
	}
	plain, err := f.ends.Open(r.Number, r.Body)
	if err != nil {
		return tacit.SessionReply{}, err
	}
	if plain[0] != tacit.SessionAsk {
		f.ended = plain[0] == tacit.SessionEnd
		word := tacit.SessionReceipt{Hello: f.hello.Hash(), Requests: uint64(len(f.leaves)), Root: wire.MerkleRoot(f.leaves)}
		b, err := wire.Marshal(tacit.SessionReceiptLabel, tacit.Sign(f.ID, f.a.Sign, word))
		return tacit.SessionReply{Body: f.ends.Seal(nil, r.Number, append([]byte{tacit.SessionSigned}, b...))}, err
	}
	kind := tacit.SessionAnswer
	asked := wire.Sum(plain)
	answer, no := f.answer(plain[1:])
	if no != nil {
		kind, answer = tacit.SessionRefusal, []byte(string(fault.Of(no))+"\n"+no.Error())
	}
	index := uint64(len(f.leaves))
	f.leaves = append(f.leaves, tacit.SessionLeaf(r.Number, asked, wire.Sum(append([]byte{kind}, answer...))))
	out := binary.BigEndian.AppendUint64([]byte{kind}, index)
	return tacit.SessionReply{Body: f.ends.Seal(nil, r.Number, append(out, answer...))}, nil
}

// said is a message of the protocol as the engine has it.
func said(head string, rest string) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(head))), head...), rest...)
}

// call asks the proxy; headers come in pairs.
func (f *outlet) call(method, path, body string, headers ...string) (int, http.Header, string) {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.http.URL+path, strings.NewReader(body))
	f.Must(err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	reply, err := http.DefaultClient.Do(r)
	f.Must(err)
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	f.Must(err)
	return reply.StatusCode, reply.Header, string(b)
}

const inferPath = "/v2/models/model/infer"

func TestConnectSpeaksTheProtocol(t *testing.T) {
	f := newOutlet(t)
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		want                     string
	}{
		{"the server", "GET", "/v2", "", nil, 200, `"extensions":["binary_tensor_data"]`},
		{"it lives", "GET", "/v2/health/live", "", nil, 200, `{"live":true}`},
		{"it is ready", "GET", "/v2/health/ready", "", nil, 200, `"ready":true`},
		{"its model", "GET", "/v2/models/model", "", nil, 200, `"name":"model","platform":"tacit"`},
		{"its model, by version", "GET", "/v2/models/model/versions/1", "", nil, 200, `"name":"model"`},
		{"the model is ready", "GET", "/v2/models/model/ready", "", nil, 200, `"ready":true`},
		{"another model", "GET", "/v2/models/other", "", nil, 404, "API_NOT_FOUND"},
		{"another model is not ready", "GET", "/v2/models/other/ready", "", nil, 404, "API_NOT_FOUND"},
		{"another model's answer", "POST", "/v2/models/other/infer", "{}", nil, 404, "API_NOT_FOUND"},
		{"twin: an answer", "POST", inferPath, `{"inputs":[]}`, nil, 200, `{"inputs":[]}`},
		{"twin: an answer of a version", "POST", "/v2/models/model/versions/7/infer", `{}`, nil, 200, `{}`},
		{"of a web page", "POST", inferPath, `{}`, []string{"Origin", "https://example.org"}, 400, "web pages"},
		{"a web page that only looks", "GET", "/v2", "", []string{"Origin", "null"}, 400, "web pages"},
		{"asked to infer by GET", "GET", inferPath, "", nil, 405, ""},
		{"of no path that there is", "GET", "/v3", "", nil, 404, ""},
		{"twin: all of it is JSON", "POST", inferPath, `{}`, []string{kserve.LengthHeader, "2"}, 200, "{}"},
		{"a length below none", "POST", inferPath, `{}`, []string{kserve.LengthHeader, "-1"}, 400, "API_FIELD"},
		{"a length beyond the body", "POST", inferPath, `{}`, []string{kserve.LengthHeader, "3"}, 400, "API_FIELD"},
		{"a length that is no number", "POST", inferPath, `{}`, []string{kserve.LengthHeader, "two"}, 400, "API_FIELD"},
		{"a length that no number holds", "POST", inferPath, `{}`, []string{kserve.LengthHeader, "99999999999999999999"}, 400, "API_FIELD"},
		{"a body beyond the channel's", "POST", inferPath, strings.Repeat(" ", tacit.MostRequest), nil, 413, "API_SIZE"},
		{"a body beyond all", "POST", inferPath, strings.Repeat(" ", tacit.MostRequest+1), nil, 413, "API_SIZE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, h, body := f.call(tt.method, tt.path, tt.body, tt.headers...)
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("%d %.200s, want %d %s", status, body, tt.status, tt.want)
			}
			if kind := h.Get("Content-Type"); tt.want != "" && kind != "application/json" {
				t.Errorf("it is %s", kind)
			}
			var v any
			if err := json.Unmarshal([]byte(body), &v); tt.want != "" && err != nil {
				t.Errorf("it is no JSON: %v", err)
			}
		})
	}
}

func TestConnectCarriesTensorsAsBytes(t *testing.T) {
	f := newOutlet(t)
	var got []byte
	f.answer = func(body []byte) ([]byte, error) {
		got = bytes.Clone(body)
		return said(`{"outputs":[]}`, "\x01\x02"), nil
	}
	status, h, body := f.call("POST", inferPath, `{"a":1}`+"bytes", kserve.LengthHeader, "7")
	if want := said(`{"a":1}`, "bytes"); !bytes.Equal(got, want) {
		t.Errorf("the enclave was asked %q, want %q", got, want)
	}
	if status != 200 || body != "{\"outputs\":[]}\x01\x02" || h.Get(kserve.LengthHeader) != "14" || h.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%d %q %v", status, body, h)
	}
	status, _, _ = f.call("POST", inferPath, "bytes", kserve.LengthHeader, "0")
	if want := said("", "bytes"); status != 200 || !bytes.Equal(got, want) {
		t.Errorf("%d: the enclave was asked %q, want %q", status, got, want)
	}
	for _, answer := range [][]byte{nil, {0, 0, 0}, {0, 0, 0, 1}, append([]byte{255, 255, 255, 255}, "{}"...)} {
		f.set(func() { f.answer = func([]byte) ([]byte, error) { return answer, nil } })
		if status, _, body := f.call("POST", inferPath, "{}"); status != 502 || !strings.Contains(body, "PROTO_FRAME") {
			t.Errorf("an answer of %q becomes %d %s", answer, status, body)
		}
	}
}

func TestConnectSaysWhyByStatus(t *testing.T) {
	for code, want := range map[fault.Code]int{
		fault.InferTensor: 400, fault.APIField: 400, fault.LearnModel: 400, fault.APINotFound: 404, fault.APISize: 413, fault.ResBusy: 429,
		fault.SessionOver: 410, fault.SessionLost: 503, fault.SessionReplay: 503, fault.Unreachable: 503, fault.WasmTime: 502, fault.ResultKey: 502, fault.Internal: 502,
	} {
		w := httptest.NewRecorder()
		(&proxy{}).refuse(w, fault.New(code, "answer"))
		var v struct{ Error string }
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || w.Code != want || !strings.HasPrefix(v.Error, string(code)) {
			t.Errorf("%s becomes %d %s, want %d", code, w.Code, w.Body, want)
		}
	}
	f := newOutlet(t)
	f.answer = func([]byte) ([]byte, error) { return nil, fault.New(fault.InferTensor, "a shape is wrong") }
	if status, _, body := f.call("POST", inferPath, "{}"); status != 400 || !strings.Contains(body, "a shape is wrong") {
		t.Errorf("the engine's refusal becomes %d %s", status, body)
	}
	if f.p.now() == nil {
		t.Error("the session is gone after it")
	}
}

func (f *outlet) receipts() (out []tacit.Signed[tacit.SessionReceipt]) {
	f.t.Helper()
	list, err := filepath.Glob(filepath.Join(f.files, "session-*.json"))
	f.Must(err)
	for _, file := range list {
		b, err := os.ReadFile(file)
		f.Must(err)
		var r tacit.Signed[tacit.SessionReceipt]
		f.Must(json.Unmarshal(b, &r))
		out = append(out, r)
	}
	return out
}

// A lost session is said to be lost, what it signed stays, and the next attempt's takes over.
func TestConnectGoesOnWithTheNextAttempt(t *testing.T) {
	f := newOutlet(t)
	if status, _, _ := f.call("POST", inferPath, "{}"); status != 200 {
		t.Fatal(status)
	}
	if _, err := f.p.session.Receipt(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.Must(f.p.keep(f.p.session))
	may := make(chan struct{})
	open := f.p.open
	f.p.open = func(ctx context.Context) (*client.Session, error) { <-may; return open(ctx) }
	f.set(func() {
		f.refuse = func(tacit.SessionRequest) error { return fault.New(fault.SessionLost, "its enclave has ended") }
	})
	for _, path := range []string{inferPath, inferPath} { // it is found lost, and is
		if status, _, body := f.call("POST", path, "{}"); status != 503 || !strings.Contains(body, "SESSION_LOST") {
			t.Errorf("lost: %d %s", status, body)
		}
	}
	for path, want := range map[string]int{"/v2/health/ready": 503, "/v2/models/model/ready": 503, "/v2/health/live": 200, "/v2/models/model": 200, "/v2/models/other": 404} {
		if status, _, body := f.call("GET", path, ""); path != "/v2/models/other" && status != want || path == "/v2/models/other" && status != 404 {
			t.Errorf("%s: %d %s, want %d", path, status, body, want)
		}
	}
	if said := f.says(); !strings.Contains(said, "the receipt for 1 of 1 answers is") || strings.Count(said, "SESSION_LOST") != 1 {
		t.Errorf("it says %q", said)
	}
	f.set(func() { f.refuse = nil })
	f.a.Assign(2).Quote(nil)
	close(may)
	for deadline := time.Now().Add(20 * time.Second); f.p.now() == nil; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not come back")
		}
	}
	if status, _, _ := f.call("POST", inferPath, "{}"); status != 200 || f.p.now().Attempt != 2 {
		t.Errorf("attempt %d answers %d", f.p.now().Attempt, status)
	}
	if !strings.Contains(f.says(), "attempt 2 of the session is open") {
		t.Errorf("it says %q", f.says())
	}
	f.p.last(t.Context(), true)
	if f.set(func() {}); !f.ended || !strings.Contains(f.says(), "answered 1 requests") {
		t.Errorf("ended %t: %q", f.ended, f.says())
	}
	if got := f.receipts(); len(got) != 2 || got[0].Body.Requests != 1 || got[1].Body.Requests != 1 || got[0].Body.Hello == got[1].Body.Hello {
		t.Errorf("receipts %+v", got)
	}
}

func TestConnectEnds(t *testing.T) {
	t.Run("when its session is over", func(t *testing.T) {
		f := newOutlet(t)
		f.answer = func([]byte) ([]byte, error) { return nil, fault.New(fault.SessionOver, "no more requests") }
		if status, _, body := f.call("POST", inferPath, "{}"); status != 410 || !strings.Contains(body, "SESSION_OVER") {
			t.Errorf("%d %s", status, body)
		}
		if err := <-f.p.over; fault.Of(err) != fault.SessionOver {
			t.Errorf("it ends with %v", err)
		}
		if status, _, _ := f.call("GET", "/v2/health/ready", ""); status != 410 {
			t.Errorf("ready says %d", status)
		}
		if !strings.Contains(f.says(), "there is no receipt: nothing had been answered") {
			t.Errorf("it says %q", f.says())
		}
		f.p.last(t.Context(), true) // of none
		if f.ended {
			t.Error("a session that is over was asked")
		}
	})
	t.Run("when no attempt is left", func(t *testing.T) {
		f := newOutlet(t)
		f.set(func() {
			f.refuse = func(tacit.SessionRequest) error { return fault.New(fault.SessionLost, "its enclave has ended") }
			f.shown = func() error { return fault.New(fault.TaskFailed, "no attempt is left") }
		})
		f.call("POST", inferPath, "{}")
		if err := <-f.p.over; fault.Of(err) != fault.TaskFailed {
			t.Errorf("it ends with %v", err)
		}
		if status, _, body := f.call("POST", inferPath, "{}"); status != 502 || !strings.Contains(body, "TASK_FAILED") {
			t.Errorf("afterwards: %d %s", status, body)
		}
	})
	t.Run("twin: a request that is refused ends nothing", func(t *testing.T) {
		f := newOutlet(t)
		f.p.failed(f.p.session, fault.New(fault.InferTensor, "a shape"))
		select {
		case err := <-f.p.over:
			t.Errorf("it ends with %v", err)
		default:
		}
		if f.p.now() == nil {
			t.Error("the session is gone")
		}
	})
	t.Run("twin: an earlier session that is over does not end the newer", func(t *testing.T) {
		f := newOutlet(t)
		earlier := f.p.session
		var err error
		f.p.session, err = f.p.open(t.Context())
		f.Must(err)
		f.p.failed(earlier, fault.New(fault.SessionOver, "over"))
		if f.p.now() == nil {
			t.Error("the session is gone")
		}
	})
}

// What was answered is signed for from time to time, and only if there is something.
func TestConnectGathersReceipts(t *testing.T) {
	f := newOutlet(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); f.p.gather(ctx) }()
	time.Sleep(receiptEvery + receiptEvery/4)
	if got := f.receipts(); len(got) != 0 {
		t.Errorf("receipts of nothing: %+v", got)
	}
	f.call("POST", inferPath, "{}")
	for deadline := time.Now().Add(5 * receiptEvery); len(f.receipts()) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no receipt is kept")
		}
	}
	got := f.receipts()[0]
	if r, err := got.Check(f.ID, f.a.Case.Keys.Receipt); err != nil || r.Requests != 1 || r.Root != wire.MerkleRoot(f.leaves) {
		t.Errorf("receipt %+v, %v", r, err)
	}
	cancel()
	<-done
}

func TestWhatAModelSaysOfItselfIsChecked(t *testing.T) {
	for text, want := range map[string]fault.Code{
		`{"name":"model","inputs":[],"outputs":[]}`: "", `{"name":""}`: fault.ProtoFrame, `{"name":"a/b"}`: fault.ProtoFrame, "{": fault.ProtoFrame, "{\"name\":\"a\\u0000\"}": fault.ProtoFrame,
	} {
		f := newOutlet(t)
		f.answer = func(body []byte) ([]byte, error) {
			if len(body) > 0 {
				t.Errorf("asked %q", body)
			}
			return []byte(text), nil
		}
		if _, err := modelOf(t.Context(), f.p.session); fault.Of(err) != want {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
