package rpc_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"tacit"
	"tacit/atls"
	"tacit/fault"
	"tacit/key"
	"tacit/rpc"
	"tacit/wire"
)

type text struct {
	S string `cbor:"1,keyasint"`
}

type number struct {
	N uint64 `cbor:"1,keyasint"`
}

type blob struct {
	B []byte `cbor:"1,keyasint"`
}

const (
	length  rpc.Procedure[text, number] = "test/length"
	refuse  rpc.Procedure[text, number] = "test/refuse"
	explode rpc.Procedure[text, number] = "test/explode"
	slow    rpc.Procedure[text, number] = "test/slow"
	copies  rpc.Procedure[blob, blob]   = "test/copies"
	double  rpc.Procedure[number, blob] = "test/double"
	worker  rpc.Procedure[text, number] = "test/worker"
	nobody  rpc.Procedure[text, number] = "test/nobody"
	absent  rpc.Procedure[text, number] = "test/absent"
)

// canary stands for what must not leave the process.
const canary = "canary-4711"

type tester struct {
	*rpc.Server
	reached atomic.Int64  // calls of procedures that nobody may call
	started chan struct{} // a slow call has begun
}

func newTester() *tester {
	s := &tester{Server: rpc.NewServer(), started: make(chan struct{}, 100)}
	clients := []tacit.Role{tacit.RoleClient, tacit.RoleDispatcher}
	rpc.Handle(s.Server, length, clients, func(ctx context.Context, req text) (number, error) {
		c, err := tacit.CallerOf(ctx)
		if err != nil || c.Role != tacit.RoleClient && c.Role != tacit.RoleDispatcher {
			return number{}, fmt.Errorf("caller %v: %w", c, err)
		}
		return number{uint64(len(req.S))}, nil
	})
	rpc.Handle(s.Server, refuse, clients, func(_ context.Context, req text) (number, error) {
		switch req.S {
		case "denied":
			return number{}, fmt.Errorf("outer %s: %w", canary, fault.Denied(fault.DataConsent, "evaluate terms", "region", "EU", "US"))
		case "cause":
			return number{}, fault.New(fault.StoreClosed, "write record: %w", errors.New(canary))
		case "cause in the middle":
			return number{}, fault.New(fault.StoreClosed, "write %w to disk", errors.New(canary))
		case "internal":
			return number{}, fault.New(fault.Internal, "open %s", canary)
		case "plain":
			return number{}, errors.New(canary)
		case "late":
			return number{}, context.DeadlineExceeded
		case "made up":
			return number{}, fault.New("MADE_UP", "x")
		case "long":
			return number{}, fault.Denied(fault.APIField, strings.Repeat("é", 1<<20), "\x1b[2J", strings.Repeat("x", 1<<20), "\n")
		}
		return number{}, nil
	})
	rpc.Handle(s.Server, explode, clients, func(_ context.Context, req text) (number, error) {
		if req.S == "abort" {
			panic(http.ErrAbortHandler)
		}
		panic(canary)
	})
	rpc.Handle(s.Server, slow, clients, func(ctx context.Context, _ text) (number, error) {
		s.started <- struct{}{}
		<-ctx.Done()
		return number{}, ctx.Err()
	})
	rpc.Handle(s.Server, copies, clients, func(_ context.Context, req blob) (blob, error) { return req, nil })
	rpc.Handle(s.Server, double, clients, func(_ context.Context, req number) (blob, error) { return blob{make([]byte, req.N)}, nil })
	reach := func(context.Context, text) (number, error) { s.reached.Add(1); return number{}, nil }
	rpc.Handle(s.Server, worker, []tacit.Role{tacit.RoleWorker}, reach)
	rpc.Handle(s.Server, nobody, nil, reach)
	return s
}

// connect serves one end of a connection and asks over the other.
func connect(t testing.TB, s *rpc.Server, as tacit.Role) *rpc.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	asks, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answers, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return over(t, s, asks, answers, tacit.Caller{Role: as}, tacit.Caller{Role: tacit.RoleManager})
}

func over(t testing.TB, s *rpc.Server, asks, answers net.Conn, client, server tacit.Caller) *rpc.Client {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.ServeConn(ctx, answers, client) })
	c, err := rpc.NewClient(asks, server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		cancel()
		wg.Wait()
	})
	return c
}

func TestCallAnswers(t *testing.T) {
	c := connect(t, newTester().Server, tacit.RoleClient)
	got, err := rpc.Call(t.Context(), c, length, text{"seven"})
	if err != nil || got.N != 5 {
		t.Errorf("Call = %v, %v, want 5", got, err)
	}
	if c.Peer.Role != tacit.RoleManager {
		t.Errorf("Peer = %v", c.Peer)
	}
	if _, err := rpc.Call[text, number](t.Context(), nil, length, text{}); fault.Of(err) != fault.Unreachable {
		t.Errorf("Call without a connection = %v", err)
	}
}

func TestFaultsCrossWithoutTheirCauses(t *testing.T) {
	c := connect(t, newTester().Server, tacit.RoleClient)
	for _, tt := range []struct {
		say  string
		want fault.Error
	}{
		{"denied", fault.Error{Code: fault.DataConsent, Op: "evaluate terms", Rule: "region", Expected: "EU", Got: "US"}},
		{"cause", fault.Error{Code: fault.StoreClosed, Op: "write record"}},
		{"cause in the middle", fault.Error{Code: fault.StoreClosed, Op: "serve call"}},
		{"internal", fault.Error{Code: fault.Internal, Op: "serve call"}},
		{"plain", fault.Error{Code: fault.Internal, Op: "serve call"}},
		{"late", fault.Error{Code: fault.TaskTimeout, Op: "serve call: it took too long"}},
		{"made up", fault.Error{Code: fault.Internal, Op: "x"}},
	} {
		t.Run(tt.say, func(t *testing.T) {
			_, err := rpc.Call(t.Context(), c, refuse, text{tt.say})
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != tt.want.Code || f.Op != tt.want.Op || f.Rule != tt.want.Rule || f.Expected != tt.want.Expected || f.Got != tt.want.Got {
				t.Errorf("Call = %+v, want %+v", f, tt.want)
			}
			if strings.Contains(fmt.Sprint(err), canary) {
				t.Errorf("what happened inside left: %v", err)
			}
		})
	}
	_, err := rpc.Call(t.Context(), c, refuse, text{"long"})
	if msg := fmt.Sprint(err); fault.Of(err) != fault.APIField || len(msg) > 3000 || strings.ContainsAny(msg, "\x1b\n") {
		t.Errorf("a long fault with control characters comes as %d bytes: %.100q", len(msg), msg)
	}
}

func TestPanicsAreInternalAndTheServerGoesOn(t *testing.T) {
	c := connect(t, newTester().Server, tacit.RoleClient)
	_, err := rpc.Call(t.Context(), c, explode, text{"x"})
	if fault.Of(err) != fault.Internal || strings.Contains(fmt.Sprint(err), canary) {
		t.Errorf("Call = %v, want INTERNAL without details", err)
	}
	if _, err := rpc.Call(t.Context(), c, explode, text{"abort"}); err == nil {
		t.Error("an aborted call answers")
	}
	if got, err := rpc.Call(t.Context(), c, length, text{"abc"}); err != nil || got.N != 3 {
		t.Errorf("the next call = %v, %v", got, err)
	}
}

// case N25 code TLS_ROLE_MEASUREMENT check rpc/rpc.go:admit
func TestN25OnlyAdmittedRolesAreAnswered(t *testing.T) {
	s := newTester()
	for _, tt := range []struct {
		name string
		as   tacit.Role
		p    rpc.Procedure[text, number]
		want fault.Code
	}{
		{"twin: the role that is admitted", tacit.RoleWorker, worker, ""},
		{"another role", tacit.RoleClient, worker, fault.TLSRole},
		{"a role and another at once", tacit.RoleWorker | tacit.RoleClient, worker, fault.TLSRole},
		{"no role", 0, worker, fault.TLSRole},
		{"nobody is admitted", tacit.RoleWorker, nobody, fault.TLSRole},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s.reached.Store(0)
			_, err := rpc.Call(t.Context(), connect(t, s.Server, tt.as), tt.p, text{})
			if got := fault.Of(err); got != tt.want {
				t.Errorf("Call = %v, want %q", err, tt.want)
			}
			if (s.reached.Load() == 1) != (tt.want == "") {
				t.Errorf("the handler was reached %d times", s.reached.Load())
			}
		})
	}
	t.Run("no authenticated peer", func(t *testing.T) {
		s.reached.Store(0)
		// Even a message that cannot be read is refused for its sender first.
		_, err := rpc.Call(t.Context(), connect(t, s.Server, tacit.RoleClient), rpc.Procedure[blob, number](worker), blob{})
		if got := fault.Of(err); got != fault.TLSRole {
			t.Errorf("Call = %v, want TLS_ROLE_MEASUREMENT", err)
		}
	})
}

// case N85 code API_SIZE check rpc/rpc.go:most
func TestN85MessagesHaveALimit(t *testing.T) {
	c := connect(t, newTester().Server, tacit.RoleClient)
	most := wire.MaxMessage - 16
	t.Run("twin: the largest message", func(t *testing.T) {
		if got, err := rpc.Call(t.Context(), c, copies, blob{make([]byte, most)}); err != nil || len(got.B) != most {
			t.Errorf("Call = %d bytes, %v", len(got.B), err)
		}
	})
	if _, err := rpc.Call(t.Context(), c, copies, blob{make([]byte, wire.MaxMessage+1)}); fault.Of(err) != fault.APISize {
		t.Errorf("a request that is too large = %v, want API_SIZE", err)
	}
	if _, err := rpc.Call(t.Context(), c, double, number{wire.MaxMessage + 1}); fault.Of(err) != fault.APISize {
		t.Errorf("an answer that is too large = %v, want API_SIZE", err)
	}
	if got, err := rpc.Call(t.Context(), c, length, text{"abc"}); err != nil || got.N != 3 {
		t.Errorf("the next call = %v, %v", got, err)
	}
}

// post sends a request that no Client of this package would send.
func post(t *testing.T, s *rpc.Server, path, contentType, encoding string, body io.Reader) *http.Response {
	t.Helper()
	a, b := net.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.ServeConn(ctx, b, tacit.Caller{Role: tacit.RoleClient}) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	h2, err := (&http2.Transport{AllowHTTP: true, DisableCompression: true}).NewClientConn(a)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://tacit"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept-Encoding", "gzip")
	if encoding != "" {
		req.Header.Set("Content-Encoding", encoding)
	}
	res, err := h2.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// endless is a body without end.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read.Add(int64(len(b)))
	return len(b), nil
}

// case N85 code API_SIZE check rpc/rpc.go:most
func TestN85BombsAndEndlessBodies(t *testing.T) {
	s := newTester()
	good, err := wire.Marshal("tacit/rpc", text{"abc"})
	if err != nil {
		t.Fatal(err)
	}
	measured := func(do func() *http.Response) (int, uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		res := do()
		runtime.ReadMemStats(&after)
		return res.StatusCode, after.TotalAlloc - before.TotalAlloc
	}
	t.Run("twin: a plain request", func(t *testing.T) {
		if res := post(t, s.Server, "/test/length", "application/cbor", "", bytes.NewReader(good)); res.StatusCode != http.StatusOK {
			t.Errorf("status %d", res.StatusCode)
		}
	})
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = z.Write(make([]byte, 1<<20))
	}
	z.Close()
	code, took := measured(func() *http.Response {
		return post(t, s.Server, "/test/length", "application/cbor", "gzip", &bomb)
	})
	if code == http.StatusOK || took > 16<<20 {
		t.Errorf("a bomb: status %d, %d bytes of memory", code, took)
	}
	e := &endless{}
	code, took = measured(func() *http.Response {
		return post(t, s.Server, "/test/length", "application/cbor", "", e)
	})
	if code == http.StatusOK || took > 64<<20 || e.read.Load() > 64<<20 {
		t.Errorf("a body without end: status %d, %d bytes of memory, %d read", code, took, e.read.Load())
	}
}

// A peer whose answer has no end is refused, not read.
// case N85 code API_SIZE check rpc/rpc.go:limited twin TestCallAnswers
func TestN85AnswersWithoutEnd(t *testing.T) {
	a, b := net.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		(&http2.Server{}).ServeConn(b, &http2.ServeConnOpts{Context: ctx, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/cbor")
			if strings.HasSuffix(r.URL.Path, "/error") {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusInternalServerError)
			}
			for {
				if _, err := w.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		})})
	})
	t.Cleanup(func() {
		cancel()
		b.Close()
		wg.Wait()
	})
	c, err := rpc.NewClient(a, tacit.Caller{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, p := range []rpc.Procedure[text, number]{length, "test/error"} {
		_, err := rpc.Call(t.Context(), c, p, text{})
		if fault.Of(err) != fault.APISize {
			t.Errorf("Call of %s = %v, want API_SIZE", p, err)
		}
	}
}

func TestForeignFormsAreRefused(t *testing.T) {
	s := newTester()
	for _, tt := range []struct{ name, path, contentType, body string }{
		{"JSON", "/test/length", "application/json", `{"S":"abc"}`},
		{"protobuf", "/test/length", "application/proto", "\x0a\x03abc"},
		{"gRPC", "/test/length", "application/grpc+cbor", "\x00\x00\x00\x00\x00"},
		{"no message", "/test/length", "application/cbor", ""},
		{"another message", "/test/length", "application/cbor", "\x82\x69tacit/rpc\xa0"},
		{"another path", "/test/length/", "application/cbor", ""},
		{"a path upwards", "/test/../test/length", "application/cbor", ""},
		{"the root", "/", "application/cbor", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := post(t, s.Server, tt.path, tt.contentType, "", strings.NewReader(tt.body))
			b, _ := io.ReadAll(res.Body)
			if res.StatusCode == http.StatusOK && len(b) > 0 {
				t.Errorf("status %d: %q", res.StatusCode, b)
			}
		})
	}
}

// case N80 code API_FIELD check rpc/rpc.go:unmarshal
func TestN80TheFieldIsNamed(t *testing.T) {
	c := connect(t, newTester().Server, tacit.RoleClient)
	for _, tt := range []struct {
		name string
		call func() error
		want fault.Code
	}{
		{"twin: its message", func() error { _, err := rpc.Call(t.Context(), c, length, text{"x"}); return err }, ""},
		{"a number for text", func() error {
			_, err := rpc.Call(t.Context(), c, rpc.Procedure[number, number](length), number{1})
			return err
		}, fault.APIField},
		{"an answer of another kind", func() error {
			_, err := rpc.Call(t.Context(), c, rpc.Procedure[text, blob](length), text{"x"})
			return err
		}, fault.APIField},
		{"a procedure that is not served", func() error { _, err := rpc.Call(t.Context(), c, absent, text{}); return err }, fault.ProtoVersion},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.call()
			if got := fault.Of(err); got != tt.want {
				t.Errorf("Call = %v, want %q", err, tt.want)
			}
			if tt.want == fault.APIField && !strings.Contains(err.Error(), "field ") {
				t.Errorf("Call = %v: which field?", err)
			}
		})
	}
}

func TestAClosedConnectionIsUnreachable(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(c *rpc.Client, far net.Conn)
	}{
		{"closed here", func(c *rpc.Client, _ net.Conn) { c.Close() }},
		{"closed there", func(_ *rpc.Client, far net.Conn) { far.Close() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newTester()
			a, b := net.Pipe()
			c := over(t, s.Server, a, b, tacit.Caller{Role: tacit.RoleClient}, tacit.Caller{})
			pending := make(chan error, 1)
			go func() {
				_, err := rpc.Call(context.Background(), c, slow, text{})
				pending <- err
			}()
			<-s.started
			select {
			case <-c.Done():
				t.Fatal("Done is closed already")
			default:
			}
			tt.end(c, b)
			for what, ch := range map[string]func() error{
				"the pending call": func() error { return <-pending },
				"the next call":    func() error { _, err := rpc.Call(t.Context(), c, length, text{}); return err },
			} {
				if err := ch(); fault.Of(err) != fault.Unreachable {
					t.Errorf("%s = %v, want NET_UNREACHABLE", what, err)
				}
			}
			select {
			case <-c.Done():
			case <-time.After(30 * time.Second):
				t.Error("Done stays open")
			}
			if err := c.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
		})
	}
}

func TestTheEndOfTheContextEndsTheCall(t *testing.T) {
	s := newTester()
	c := connect(t, s.Server, tacit.RoleClient)
	short, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := rpc.Call(short, c, slow, text{}); fault.Of(err) != fault.TaskTimeout {
		t.Errorf("Call = %v, want TASK_TIMEOUT", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rpc.Call(cancelled, c, slow, text{}); fault.Of(err) != fault.TaskTimeout {
		t.Errorf("Call = %v, want TASK_TIMEOUT", err)
	}
	if got, err := rpc.Call(t.Context(), c, length, text{"abc"}); err != nil || got.N != 3 {
		t.Errorf("twin: the next call = %v, %v", got, err)
	}
}

// attested is a pair of ends of one attested channel.
func attested(t testing.TB, serveBack bool) (dialled, accepted *atls.Conn) {
	t.Helper()
	network := wire.Sum([]byte("network"))
	config := func(role tacit.Role, admit ...tacit.Role) atls.Config {
		by, err := key.NewSigner()
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := atls.NewLeaf(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return atls.Config{
			Network: network, Role: role, Leaf: leaf, Admit: admit,
			Show: func(context.Context) (atls.Proof, error) {
				return atls.NewProof(network, role, by, atls.LeafDigest(leaf.Leaf), 1, tacit.ProvenNode{}), nil
			},
			Judge: func(_ context.Context, p atls.Proof, leaf wire.Digest) (tacit.Caller, error) {
				return tacit.Caller{Role: p.Role, Node: p.Key}, p.CheckCredential(network, leaf)
			},
		}
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := atls.Listen(inner, config(tacit.RoleDispatcher, tacit.RoleClient, tacit.RoleWorker))
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = l.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	role := tacit.RoleClient
	if serveBack {
		role = tacit.RoleWorker
	}
	dialled, err = atls.Dial(t.Context(), inner.Addr().String(), config(role), atls.Want{Role: tacit.RoleDispatcher}, serveBack)
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return dialled, c.(*atls.Conn)
}

func TestWhoDialledMayAnswer(t *testing.T) {
	t.Run("the dialler asks", func(t *testing.T) {
		d, a := attested(t, false)
		if a.PeerServes {
			t.Error("PeerServes")
		}
		c := over(t, newTester().Server, d, a, a.Peer, d.Peer)
		if got, err := rpc.Call(t.Context(), c, length, text{"abc"}); err != nil || got.N != 3 || c.Peer.Role != tacit.RoleDispatcher {
			t.Errorf("Call = %v, %v of %v", got, err, c.Peer)
		}
	})
	t.Run("the dialler answers", func(t *testing.T) {
		d, a := attested(t, true)
		if !a.PeerServes {
			t.Error("not PeerServes")
		}
		c := over(t, newTester().Server, a, d, d.Peer, a.Peer)
		if got, err := rpc.Call(t.Context(), c, length, text{"abc"}); err != nil || got.N != 3 || c.Peer.Role != tacit.RoleWorker {
			t.Errorf("Call = %v, %v of %v", got, err, c.Peer)
		}
	})
}

func TestManyCallsAtOnce(t *testing.T) {
	s := newTester()
	d, a := attested(t, false)
	c := over(t, s.Server, d, a, a.Peer, d.Peer)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for j := range 20 {
				n := i*137 + j*1021
				want := bytes.Repeat([]byte{byte(n)}, n)
				got, err := rpc.Call(t.Context(), c, copies, blob{want})
				if err != nil || !bytes.Equal(got.B, want) {
					t.Errorf("Call = %d bytes, %v, want %d", len(got.B), err, n)
				}
				if _, err := rpc.Call(t.Context(), c, refuse, text{"denied"}); fault.Of(err) != fault.DataConsent {
					t.Errorf("Call = %v, want DATA_CONSENT", err)
				}
			}
		})
	}
	wg.Wait()
}

func TestServeConnLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	s := newTester()
	for range 10 {
		a, b := net.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			s.ServeConn(ctx, b, tacit.Caller{Role: tacit.RoleClient})
			close(done)
		}()
		c, err := rpc.NewClient(a, tacit.Caller{})
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = rpc.Call(context.Background(), c, slow, text{}) }()
		<-s.started
		cancel()
		<-done
		<-c.Done()
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func BenchmarkCallOverAttestedTLS(b *testing.B) {
	s := newTester()
	d, a := attested(b, false)
	c := over(b, s.Server, d, a, a.Peer, d.Peer)
	for _, n := range []int{16, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			msg := blob{make([]byte, n)}
			b.SetBytes(int64(2 * n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rpc.Call(b.Context(), c, copies, msg); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
