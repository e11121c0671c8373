package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"tacit/telemetry"
)

// A span is what one process said of one step.
type span struct {
	trace, id, parent string // hexadecimal
	process, name     string
	task              string
}

// spans are those that the network and the tool sent to a collector (OTLP).
type spans struct {
	url string

	mu   sync.Mutex // guards what follows
	all  []span
	sent []byte // as it came
}

// collect starts a collector that ends with the tests.
func collect() *spans {
	c := &spans{}
	c.url = httptest.NewServer(c).URL
	return c
}

func (c *spans) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	var req collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(b, &req)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent = append(c.sent, b...)
	for _, rs := range req.ResourceSpans {
		process := ""
		for _, a := range rs.Resource.Attributes {
			if a.Key == "service.name" {
				process = strings.TrimPrefix(a.Value.GetStringValue(), "tacit-")
			}
		}
		for _, ss := range rs.ScopeSpans {
			for _, x := range ss.Spans {
				s := span{trace: hex.EncodeToString(x.TraceId), id: hex.EncodeToString(x.SpanId), parent: hex.EncodeToString(x.ParentSpanId), process: process, name: x.Name}
				for _, a := range x.Attributes {
					if a.Key == telemetry.Task {
						s.task = a.Value.GetStringValue()
					}
				}
				c.all = append(c.all, s)
			}
		}
	}
}

// bytes is all that was sent.
func (c *spans) bytes() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// of are the spans of a trace.
func (c *spans) of(trace string) []span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.all), func(s span) bool { return s.trace != trace })
}

var logged = regexp.MustCompile(`msg=span .*name="?([^"]+?)"? kind=\S+ trace=(\w+) span=(\w+) parent=(\w+) .*task=(\S*)`)

// inLogs are the spans of a trace that trusted images wrote: each log is one process.
func inLogs(t *testing.T, trace string, processes ...string) []span {
	t.Helper()
	var out []span
	for _, name := range processes {
		b, err := os.ReadFile(filepath.Join(home, "log", name+".log"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range logged.FindAllStringSubmatch(string(b), -1) {
			if m[2] == trace {
				out = append(out, span{process: name, name: m[1], trace: m[2], id: m[3], parent: m[4], task: strings.Trim(m[5], `"`)})
			}
		}
	}
	return out
}

// oneTrace checks that the way of a task is one trace, from the caller of the tool to
// the enclave's boundary, and that every process says which task it is about.
func oneTrace(t *testing.T, c *spans, trace, caller, task string) {
	t.Helper()
	want := []string{ // process and name; those in images are in their logs
		"cli tacit", "dispatcher tacit.v1.Dispatcher/Submit", "dispatcher task", "manager-1 tacit.v1.Manager/Draw", "manager-2 tacit.v1.Manager/Draw",
		"manager-1 tacit.v1.Manager/Challenge", "worker tacit.v1.Worker/Launch", "worker launch enclave", "verifier tacit.v1.Verifier/Appraise",
		"manager-1 tacit.v1.Manager/Release", "manager-2 tacit.v1.Manager/Release", "worker run enclave",
	}
	silent := []string{"Dispatcher/Submit", "Worker/"} // the call itself; what it does says it
	var why []string
	for until := time.Now().Add(40 * time.Second); ; time.Sleep(500 * time.Millisecond) {
		why = nil
		all := append(c.of(trace), inLogs(t, trace, "dispatcher", "manager-1", "manager-2")...)
		ids := map[string]bool{caller: true}
		for _, s := range all {
			ids[s.id] = true
		}
		for _, s := range all {
			if !ids[s.parent] {
				why = append(why, fmt.Sprintf("%s %s has no parent in the trace", s.process, s.name))
			}
			if s.task != "" && s.task != task {
				why = append(why, fmt.Sprintf("%s %s is about task %s", s.process, s.name, s.task))
			}
		}
		for _, w := range want {
			at := slices.IndexFunc(all, func(s span) bool { return s.process+" "+s.name == w })
			if at < 0 {
				why = append(why, w+" is not in the trace")
			} else if all[at].task == "" && !slices.ContainsFunc(silent, func(part string) bool { return strings.Contains(w, part) }) {
				why = append(why, w+" does not say which task it is about")
			}
		}
		if len(why) == 0 {
			t.Logf("%d spans in one trace", len(all))
			return
		}
		if time.Now().After(until) {
			t.Fatal(strings.Join(why, "\n"))
		}
	}
}
