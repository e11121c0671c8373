package node_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"tacit/fault"
	"tacit/node"
)

func TestHealthSaysWhatCanBeServed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	ready := make(chan error, 1)
	ready <- nil
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- node.ServeHealth(ctx, address, func() error {
			err := <-ready
			ready <- err
			return err
		})
	}()
	get := func(path string) (int, string) {
		t.Helper()
		for range 100 {
			res, err := http.Get("http://" + address + path)
			if err != nil {
				time.Sleep(20 * time.Millisecond)
				continue
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			return res.StatusCode, string(b)
		}
		t.Fatalf("%s does not answer", path)
		return 0, ""
	}
	for _, tt := range []struct {
		name, path string
		ready      error
		status     int
		text       string
	}{
		{"alive", "/livez", nil, 200, "ok"},
		{"twin: ready", "/readyz", nil, 200, "ok"},
		{"not ready says the code and nothing else", "/readyz", fault.New(fault.KeyFinality, "secret"), 503, "KEY_FINALITY\n"},
		{"alive though not ready", "/livez", fault.New(fault.KeyFinality, "x"), 200, "ok"},
		{"metrics", "/metrics", nil, 200, "process_"},
		{"nothing else is there", "/", nil, 404, "not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			<-ready
			ready <- tt.ready
			status, text := get(tt.path)
			if status != tt.status || !strings.Contains(text, tt.text) || strings.Contains(text, "secret") {
				t.Errorf("%s = %d %q, want %d with %q", tt.path, status, text, tt.status, tt.text)
			}
		})
	}
	cancel()
	<-done
}
