package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/telemetry"
)

// ServeHealth answers /metrics (Prometheus text), /livez (the process answers)
// and /readyz (it can do its work; else why not, by code) on an address of its
// own until ctx ends, and what more pages there are, each JSON at its path. Nothing
// there changes anything. An empty address serves nothing.
func ServeHealth(ctx context.Context, address string, ready func() error, pages ...Page) error {
	if address == "" {
		<-ctx.Done()
		return ctx.Err()
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return fault.New(fault.Unreachable, "serve metrics on %s: %w", address, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		telemetry.WriteMetrics(w)
	})
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			// The code and no more: what went wrong inside is for the log.
			http.Error(w, string(fault.Of(err)), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	for _, p := range pages {
		mux.HandleFunc("GET "+p.Path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(p.Show()) // to a peer that may have gone
		})
	}
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	defer context.AfterFunc(ctx, func() { s.Close() })()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return ctx.Err()
}

// A Page is a value that is shown beside a process's health.
type Page struct {
	Path string // such as /store
	Show func() any
}

// LogHandler writes records as text, or as JSON for those who collect them.
func LogHandler(w io.Writer, level slog.Level, structured bool) slog.Handler {
	if structured {
		return slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	}
	return slog.NewTextHandler(w, &slog.HandlerOptions{Level: level})
}

// staleAfter is how long a node may have heard nothing of the chain and still
// be ready.
const staleAfter = 30 * time.Second

// Ready reports whether this node follows the chain: it has a signed header and
// knew not long ago that it is the newest.
func (n *Node) Ready() error {
	if n.Follow.View().Header.Number == 0 {
		return fault.New(fault.KeyFinality, "look whether this node is ready: it has no signed header")
	}
	if !n.Follow.Synced(staleAfter) {
		return fault.New(fault.Unreachable, "look whether this node is ready: the gateway has not answered for %v", staleAfter)
	}
	return nil
}

// health serves this node's health while it runs.
func (n *Node) health(ctx context.Context) error {
	role := telemetry.Label{Name: "role", Value: tacit.RoleNames(n.cfg.Role)}
	telemetry.Gauge("epoch", func() float64 { return float64(n.Follow.View().Header.Number) }, role)
	telemetry.Gauge("header_block", func() float64 { return float64(n.Follow.View().Header.Block) }, role)
	telemetry.Gauge("ready", func() float64 {
		if n.Ready() != nil {
			return 0
		}
		return 1
	}, role)
	return ServeHealth(ctx, n.cfg.Health, n.Ready, n.cfg.Pages...)
}
