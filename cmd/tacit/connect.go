package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/client"
	"tacit/fault"
	"tacit/kserve"
	"tacit/node"
	"tacit/wire"
)

func (t *tool) connect() *cobra.Command {
	var listen string
	var end bool
	c := &cobra.Command{Use: "connect TASK", Short: "Be the local way to a session for programs that speak KServe v2", Args: exactly(1, "the session's task"), ValidArgsFunction: t.taskIDs,
		Long: "Be the local way to a session for programs that speak the Open Inference Protocol (KServe v2),\n" +
			"curl among them, until Ctrl-C. Requests are sealed here to the enclave that this command has\n" +
			"judged; what was answered stands in receipts that the enclave signs, in the task's folder.",
		Example: "tacit connect 4ef9394b --listen 127.0.0.1:8000\ncurl -s http://127.0.0.1:8000/v2/models/model"}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8000", "host:port to listen on; whoever reaches it can ask")
	c.Flags().BoolVar(&end, "end", false, "end the session when this command ends")
	c.RunE = func(cmd *cobra.Command, args []string) error { return t.proxy(cmd.Context(), args[0], listen, end) }
	return c
}

// A proxy answers KServe v2 over one session, and over the next attempt's after that was
// lost.
type proxy struct {
	t     *tool
	open  func(ctx context.Context) (*client.Session, error)
	about metadata
	say   func(format string, args ...any)

	mu      sync.Mutex // guards what follows
	session *client.Session
	opening bool
	why     error // for which there is none

	over chan error // why there is none and will be none
}

func (t *tool) proxy(ctx context.Context, prefix, listen string, end bool) error {
	keep, err := t.find(prefix)
	if err != nil {
		return err
	}
	t.as = keep.Account
	s, err := t.open(ctx)
	if err != nil {
		return err
	}
	t.notice(s.network.Genesis.Teaching)
	p := &proxy{t: t, over: make(chan error, 1), open: func(ctx context.Context) (*client.Session, error) { return s.OpenSession(ctx, keep.ID) }}
	p.say = func(format string, args ...any) {
		if t.output != "json" {
			fmt.Fprintf(t.out, format+"\n", args...)
		}
	}
	if p.session, err = p.open(ctx); err != nil {
		return err
	}
	if p.about, err = modelOf(ctx, p.session); err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fault.New(fault.APIField, "listen on %s: %w; --listen names another", listen, err)
	}
	server := &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	if err := t.print(map[string]any{"task": keep.ID, "listen": l.Addr().String(), "model": p.about}, func(w io.Writer) {
		p.about.print(w)
		fmt.Fprintf(w, "\nanswers on http://%s/v2/models/%s until Ctrl-C\n", l.Addr(), p.about.Name)
	}); err != nil {
		return err
	}
	go p.gather(ctx)
	select {
	case <-ctx.Done():
	case err = <-failed:
	case err = <-p.over:
		if errors.Is(err, fault.SessionOver) {
			err = nil // it has said so
		}
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = server.Shutdown(closing)
	p.last(closing, end)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// receiptEvery is how often a session's answers are signed for, if there were any.
const receiptEvery = 2 * time.Second

// gather has what was answered signed from time to time, so that a session that is lost
// leaves a receipt.
func (p *proxy) gather(ctx context.Context) {
	for tick := time.NewTicker(receiptEvery); ctx.Err() == nil; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		s := p.now()
		if s == nil {
			continue
		}
		if r, ok := s.Last(); ok && r.Body.Requests == s.Answered() || s.Answered() == 0 {
			continue
		}
		asked, cancel := context.WithTimeout(ctx, receiptEvery)
		_, err := s.Receipt(asked)
		cancel()
		if err == nil {
			err = p.keep(s)
		}
		if err != nil && ctx.Err() == nil {
			p.failed(s, err)
		}
	}
}

// last has what is left signed when the proxy ends.
func (p *proxy) last(ctx context.Context, end bool) {
	s := p.now()
	if s == nil {
		return
	}
	ask := s.Receipt
	if end {
		ask = s.End
	}
	r, err := ask(ctx)
	if err == nil {
		err = p.keep(s)
	}
	if err != nil {
		p.say("no last receipt: %v", err)
		return
	}
	p.say("answered %d requests; receipt %s", r.Body.Requests, p.file(r.Body.Hello, s))
}

func (p *proxy) file(hello wire.Digest, s *client.Session) string {
	return filepath.Join(p.t.taskDir(s.ID), shortOf(hello))
}

// keep writes the newest receipt into the task's folder.
func (p *proxy) keep(s *client.Session) error {
	r, ok := s.Last()
	if !ok {
		return nil
	}
	return node.WriteJSON(p.file(r.Body.Hello, s), 0o600, r)
}

func (p *proxy) now() *client.Session {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.session
}

// failed looks whether a session is over, and opens the next attempt's if it was lost.
func (p *proxy) failed(s *client.Session, err error) {
	if !errors.Is(err, fault.SessionLost) && !errors.Is(err, fault.SessionOver) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.session != s || p.opening {
		return
	}
	p.session, p.why = nil, err
	left := "; there is no receipt: nothing had been answered"
	if r, ok := s.Last(); ok {
		left = fmt.Sprintf("; the receipt for %d of %d answers is %s", r.Body.Requests, s.Answered(), p.file(r.Body.Hello, s))
	}
	p.say("%v%s", err, left)
	if errors.Is(err, fault.SessionOver) {
		p.over <- err
		return
	}
	p.opening = true
	go p.again()
}

// openAgain is how long the next attempt of a lost session is waited for.
const openAgain = 2 * time.Minute

func (p *proxy) again() {
	ctx, cancel := context.WithTimeout(context.Background(), openAgain)
	defer cancel()
	s, err := p.open(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opening = false
	if err != nil {
		p.why = err
		p.say("the session does not come back: %v", err)
		p.over <- err
		return
	}
	p.session, p.why = s, nil
	p.say("attempt %d of the session is open", s.Attempt)
}

// handler speaks the Open Inference Protocol.
func (p *proxy) handler() http.Handler {
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, what any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(what)
	}
	mux.HandleFunc("GET /v2", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"name": "tacit", "version": "2", "extensions": []string{"binary_tensor_data"}})
	})
	mux.HandleFunc("GET /v2/health/live", func(w http.ResponseWriter, _ *http.Request) { say(w, map[string]bool{"live": true}) })
	ready := func(w http.ResponseWriter, r *http.Request) {
		if s, err := p.at(r); s == nil {
			p.refuse(w, err)
			return
		}
		say(w, map[string]any{"ready": true, "name": p.about.Name})
	}
	mux.HandleFunc("GET /v2/health/ready", ready)
	for _, path := range []string{"/v2/models/{model}", "/v2/models/{model}/versions/{version}"} {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if _, err := p.at(r); errors.Is(err, fault.APINotFound) {
				p.refuse(w, err)
				return
			}
			say(w, p.about)
		})
		mux.HandleFunc("GET "+path+"/ready", ready)
		mux.HandleFunc("POST "+path+"/infer", p.infer)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != "" {
			// A page that a browser shows may come from anybody.
			p.refuse(w, fault.New(fault.APIField, "answer %s: requests of web pages are refused", r.URL.Path))
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// at is the session, for a request that names its model or none.
func (p *proxy) at(r *http.Request) (*client.Session, error) {
	if m := r.PathValue("model"); m != "" && m != p.about.Name {
		return nil, fault.Denied(fault.APINotFound, "find model", "model", p.about.Name, strconv.Quote(m))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.session == nil {
		return nil, p.why
	}
	return p.session, nil
}

func (p *proxy) infer(w http.ResponseWriter, r *http.Request) {
	s, err := p.at(r)
	if err != nil {
		p.refuse(w, err)
		return
	}
	body, err := framed(r)
	if err != nil {
		p.refuse(w, err)
		return
	}
	// Whoever asked may have gone: the enclave answers all the same, and an answer that is
	// not heard would leave a gap in what its receipts are held against.
	answer, err := s.Ask(context.WithoutCancel(r.Context()), body)
	if err != nil {
		p.failed(s, err)
		p.refuse(w, err)
		return
	}
	head, rest, err := kserve.Split(answer)
	if err != nil {
		p.refuse(w, fault.New(fault.ProtoFrame, "answer request: the enclave's answer is none"))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if len(rest) > 0 {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set(kserve.LengthHeader, strconv.Itoa(len(head)))
	}
	_, _ = w.Write(answer[len(answer)-len(head)-len(rest):])
}

// framed is a request as the engine takes it: the length of its JSON, the JSON, and the
// bytes of its tensors.
func framed(r *http.Request) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, tacit.MostRequest))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, fault.New(fault.APISize, "read request: more than %d bytes", tacit.MostRequest)
	}
	if err != nil {
		return nil, fault.New(fault.APIField, "read request: it ended early")
	}
	head := len(raw)
	if said := r.Header.Get(kserve.LengthHeader); said != "" {
		n, err := strconv.Atoi(said)
		if err != nil || n < 0 || n > len(raw) {
			return nil, fault.Denied(fault.APIField, "read request", kserve.LengthHeader, fmt.Sprintf("0 to %d", len(raw)), strconv.Quote(said))
		}
		head = n
	}
	return kserve.Join(raw[:head], raw[head:]), nil
}

// refuse says why, in the form of the protocol.
func (p *proxy) refuse(w http.ResponseWriter, err error) {
	code := fault.Of(err)
	status := http.StatusBadRequest
	switch family, _, _ := strings.Cut(string(code), "_"); {
	case code == fault.APINotFound:
		status = http.StatusNotFound
	case code == fault.APISize:
		status = http.StatusRequestEntityTooLarge
	case code == fault.SessionOver:
		status = http.StatusGone
	case code == fault.ResBusy:
		status = http.StatusTooManyRequests
	case family == "SESSION" || family == "NET":
		status = http.StatusServiceUnavailable
	case family != "API" && family != "INFER" && family != "LEARN":
		status = http.StatusBadGateway
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}
