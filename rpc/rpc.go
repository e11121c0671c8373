// Package rpc carries calls between roles: Connect over HTTP/2 over whatever
// authenticated connection it is given, with wire's CBOR as the codec.
//
// The side that dialled usually asks. Roles behind NAT dial too but want to be
// asked: on such a connection the direction is reversed and the side that
// accepted it holds the Client. Every handler names the roles that it admits;
// a call without an authenticated peer is refused. Errors keep their fault
// code, rule, expected and got across the wire, and nothing else of what went
// wrong inside leaves the process.
package rpc

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"connectrpc.com/connect"
	"golang.org/x/net/http2"

	"tacit"
	"tacit/fault"
	"tacit/spare"
	"tacit/telemetry"
	"tacit/wire"
)

// payload is an encoded message. Encoding and decoding are done by Handle and
// Call, so that what wire refuses stays a fault with its code.
type payload struct{ bytes []byte }

// codec hands payloads through. What it is given to decode lies in a buffer
// that is used again.
type codec struct{}

func (codec) Name() string                    { return "cbor" }
func (codec) Marshal(v any) ([]byte, error)   { return v.(*payload).bytes, nil }
func (codec) Unmarshal(b []byte, v any) error { v.(*payload).bytes = bytes.Clone(b); return nil }

// label is the context of every message; which procedure it belongs to says
// the path on the authenticated connection.
const label = "tacit/rpc"

// A Procedure is one call: its name and the types of its messages.
type Procedure[Req, Res any] string

// faultMessage is a fault as it crosses the wire.
type faultMessage struct {
	Code     string `cbor:"1,keyasint"`
	Op       string `cbor:"2,keyasint"`
	Rule     string `cbor:"3,keyasint"`
	Expected string `cbor:"4,keyasint"`
	Got      string `cbor:"5,keyasint"`
}

const (
	faultHeader = "Tacit-Fault"
	faultLabel  = "tacit/fault"
)

// mostBody is the largest encoded message with its label, in bytes.
const mostBody = wire.MaxMessage + 64

// mostText bounds each text of a fault as it crosses the wire, in bytes.
const mostText = 512

// A Server answers the procedures that were handed to Handle.
type Server struct{ mux *http.ServeMux }

// NewServer answers nothing yet.
func NewServer() *Server { return &Server{http.NewServeMux()} }

// Handle answers a procedure for callers of the roles in admit; of nobody else
// is even the message read. A panic of answer is INTERNAL to the caller, and
// the server goes on. Handling a procedure twice panics.
func Handle[Req, Res any](s *Server, p Procedure[Req, Res], admit []tacit.Role, answer func(context.Context, Req) (Res, error)) {
	call := func(ctx context.Context, in []byte) ([]byte, error) {
		var req Req
		if err := wire.Unmarshal(label, in, &req); err != nil {
			return nil, err
		}
		res, err := answer(ctx, req)
		if err != nil {
			return nil, err
		}
		return wire.Marshal(label, res)
	}
	path := "/" + string(p)
	handler := connect.NewUnaryHandler(path, func(ctx context.Context, req *connect.Request[payload]) (*connect.Response[payload], error) {
		began := time.Now()
		ctx, end := telemetry.Span(telemetry.Extract(ctx, req.Header()), string(p), "", telemetry.Serves)
		out, err := call(ctx, req.Msg.bytes)
		end(err)
		measure("served", string(p), began, err)
		if err != nil {
			return nil, outward(err)
		}
		return connect.NewResponse(&payload{out}), nil
	}, connect.WithCodec(codec{}), connect.WithReadMaxBytes(mostBody), connect.WithCompression("gzip", nil, nil),
		connect.WithRecover(func(context.Context, connect.Spec, http.Header, any) error {
			return outward(fault.New(fault.Internal, "serve call"))
		}))
	refuse := connect.NewErrorWriter()
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if _, err := tacit.Admit(r.Context(), admit...); err != nil {
			measure("served", string(p), time.Now(), err)
			_ = refuse.Write(w, r, outward(err))
			return
		}
		// A body above the limit is not even read to its end, which need not exist.
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		handler.ServeHTTP(w, r)
	})
}

// measure counts a call by its procedure and outcome.
func measure(side, procedure string, began time.Time, err error) {
	by := telemetry.Label{Name: "procedure", Value: procedure}
	telemetry.Count("rpc_"+side+"_total", by, telemetry.Code(err))
	telemetry.Observe("rpc_"+side+"_seconds", time.Since(began), by)
}

// outward keeps a fault's code and explanation, and of its text what was
// attempted but not what caused it; of INTERNAL and of any other error it keeps
// only that there was one. That the machine gave no more descriptors, memory or
// processes is RES_BUSY.
func outward(err error) error {
	var f *fault.Error
	if fault.Of(err) == fault.Internal && spare.Short(err) {
		f = fault.New(fault.ResBusy, "serve call: the machine gives this process no more")
	} else if !errors.As(err, &f) {
		f = fault.New(fault.Internal, "serve call")
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			f = fault.New(fault.TaskTimeout, "serve call: it took too long")
		}
	}
	m := faultMessage{string(f.Code), attempt(f), clip(f.Rule), clip(f.Expected), clip(f.Got)}
	out := connect.NewError(connect.CodeFailedPrecondition, f.Code)
	if b, err := wire.Marshal(faultLabel, m); err == nil {
		out.Meta().Set(faultHeader, base64.StdEncoding.EncodeToString(b))
	}
	return out
}

// attempt is what a fault says was attempted, without its cause.
func attempt(f *fault.Error) string {
	if f.Code == fault.Internal {
		return "serve call"
	}
	if f.Err == nil {
		return clip(f.Op)
	}
	if op, ok := strings.CutSuffix(f.Op, ": "+f.Err.Error()); ok {
		return clip(op)
	}
	return "serve call"
}

// clip keeps a text short and free of control characters, whoever wrote it.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	if len(s) > mostText {
		s = strings.ToValidUTF8(s[:mostText], "")
	}
	return s
}

// inward is the fault that outward sent, or what the failure of the call
// itself means.
func inward(ctx context.Context, op string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f // of this side
	}
	var c *connect.Error
	if errors.As(err, &c) {
		if f, ok := received(c); ok {
			return f
		}
		switch c.Code() {
		case connect.CodeUnimplemented:
			return fault.New(fault.ProtoVersion, "call %s: the peer does not serve it", op)
		case connect.CodeResourceExhausted:
			return fault.New(fault.APISize, "call %s: message too large", op)
		case connect.CodeInternal, connect.CodeUnknown, connect.CodeInvalidArgument:
			if ctx.Err() == nil && connect.IsWireError(err) {
				return fault.New(fault.Internal, "call %s: the peer gave no fault", op)
			}
		}
	}
	if ctx.Err() != nil {
		return fault.New(fault.TaskTimeout, "call %s: no answer in time: %w", op, ctx.Err())
	}
	return fault.New(fault.Unreachable, "call %s: %w", op, err)
}

func received(c *connect.Error) (*fault.Error, bool) {
	b, err := base64.StdEncoding.DecodeString(c.Meta().Get(faultHeader))
	var m faultMessage
	if err != nil || len(b) == 0 || wire.Unmarshal(faultLabel, b, &m) != nil {
		return nil, false
	}
	return &fault.Error{Code: fault.Parse(m.Code), Op: clip(m.Op), Rule: clip(m.Rule), Expected: clip(m.Expected), Got: clip(m.Got)}, true
}

// ServeConn answers calls on one authenticated connection, which it owns from
// now on, until the connection closes or ctx ends. It returns after the last
// answer has been given up.
func (s *Server) ServeConn(ctx context.Context, conn net.Conn, peer tacit.Caller) {
	ctx, cancel := context.WithCancel(tacit.WithCaller(ctx, peer))
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	var calls calls
	defer calls.end()
	defer cancel()
	defer conn.Close()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.begin() {
			defer calls.running.Done()
			s.mux.ServeHTTP(w, r)
		}
	})
	quiet := &http.Server{ErrorLog: log.New(io.Discard, "", 0)}
	(&http2.Server{ReadIdleTimeout: idle, PingTimeout: idle}).ServeConn(conn, &http2.ServeConnOpts{Context: ctx, BaseConfig: quiet, Handler: handler})
}

// calls counts those in progress on one connection.
type calls struct {
	running sync.WaitGroup
	mu      sync.Mutex // guards what follows
	ended   bool
}

func (c *calls) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.running.Add(1)
	return true
}

func (c *calls) end() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.running.Wait()
}

// idle is how long a connection may be silent before it is probed, and how
// long the probe's answer may take: behind NAT a dead peer is just silent.
const idle = 30 * time.Second

// A Client asks over one authenticated connection.
type Client struct {
	// Peer is who answers.
	Peer tacit.Caller

	conn *watchedConn
	http *http.Client
	most time.Duration // of a call whose caller set no end
}

// NewClient asks over conn, which it owns from now on.
func NewClient(conn net.Conn, peer tacit.Caller) (*Client, error) {
	watched := &watchedConn{Conn: conn, done: make(chan struct{})}
	h2, err := (&http2.Transport{AllowHTTP: true, DisableCompression: true, ReadIdleTimeout: idle, PingTimeout: idle}).NewClientConn(watched)
	if err != nil {
		conn.Close()
		return nil, fault.New(fault.Unreachable, "open calls to %s: %w", tacit.RoleNames(peer.Role), err)
	}
	// A redirection is no answer.
	asIs := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{peer, watched, &http.Client{Transport: limited{h2}, CheckRedirect: asIs}, longestCall}, nil
}

// limited ends a body a byte above the limit, because what is above it would
// be read to its end before it is refused.
type limited struct{ inner http.RoundTripper }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.inner.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, mostBody+1), res.Body}
	}
	return res, err
}

// Done is closed when the connection is gone.
func (c *Client) Done() <-chan struct{} { return c.conn.done }

// Close ends the connection and with it the calls in progress.
func (c *Client) Close() error { return c.conn.Close() }

// longestCall ends a call of somebody who set no end: a peer whose machine is up
// but who never answers would hold the caller for good.
const longestCall = 10 * time.Minute

// Call asks a procedure of the peer. A fault of the peer keeps its code, rule,
// expected and got. A peer that cannot be reached is NET_UNREACHABLE, one that
// does not serve the procedure PROTO_VERSION, the end of ctx, or ten minutes if it has
// none, TASK_TIMEOUT and a message above wire.MaxMessage API_SIZE.
func Call[Req, Res any](ctx context.Context, c *Client, p Procedure[Req, Res], req Req) (res Res, err error) {
	var none Res
	began := time.Now()
	ctx, end := telemetry.Span(ctx, string(p), "", telemetry.Asks)
	defer func() {
		end(err)
		measure("asked", string(p), began, err)
	}()
	if c == nil {
		return none, fault.New(fault.Unreachable, "call %s: not connected", p)
	}
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.most)
		defer cancel()
	}
	in, err := wire.Marshal(label, req)
	if err != nil {
		return none, err
	}
	client := connect.NewClient[payload, payload](c.http, "http://tacit/"+string(p), connect.WithCodec(codec{}),
		connect.WithReadMaxBytes(mostBody), connect.WithAcceptCompression("gzip", nil, nil))
	call := connect.NewRequest(&payload{in})
	telemetry.Inject(ctx, call.Header())
	out, err := client.CallUnary(ctx, call)
	if err != nil {
		return none, inward(ctx, string(p), err)
	}
	if err := wire.Unmarshal(label, out.Msg.bytes, &res); err != nil {
		return none, err
	}
	return res, nil
}

// watchedConn notices when the connection ends.
type watchedConn struct {
	net.Conn
	once sync.Once
	done chan struct{}
}

func (w *watchedConn) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if err != nil {
		w.once.Do(func() { close(w.done) })
	}
	return n, err
}

// Close is called by both Client.Close and the transport.
func (w *watchedConn) Close() error {
	w.once.Do(func() { close(w.done) })
	if err := w.Conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close connection: %w", err)
	}
	return nil
}
