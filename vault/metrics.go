package vault

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"tacit"
	"tacit/telemetry"
)

// A Status is what an operator may know of a vault: no name in it.
type Status struct {
	Active bool `json:"active"` // whether this process serves
	Sealed bool `json:"sealed"`
	Tokens int  `json:"tokens"` // that are kept; what ended is, for about a second
	Leases int  `json:"leases"`
}

// Status counts what the store holds. Its cost grows with tokens and leases. A process
// that does not serve counts nothing.
func (v *Vault) Status(ctx context.Context) (Status, error) {
	self, _ := v.active()
	if !self {
		return Status{}, nil
	}
	st, err := v.current(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Active: true, Sealed: st.Sealed}
	for prefix, n := range map[string]*int{keyToken: &s.Tokens, keyLease: &s.Leases} {
		if err := each(ctx, v.cfg.Store, prefix, func(tacit.Item) error { *n++; return nil }); err != nil {
			return Status{}, err
		}
	}
	return s, nil
}

// gaugeLife is how old a status that is shown may be, however often somebody looks.
const gaugeLife = 10 * time.Second

// gauges has the process show the vault's status. A vault whose store does not answer
// shows the last one.
func (v *Vault) gauges(ctx context.Context) {
	var mu sync.Mutex // guards what follows
	var last Status
	var until time.Time
	show := func(what func(Status) float64) func() float64 {
		return func() float64 {
			mu.Lock()
			defer mu.Unlock()
			if now := time.Now(); now.After(until) {
				if s, err := v.Status(ctx); err == nil {
					last = s
				}
				until = now.Add(gaugeLife)
			}
			return what(last)
		}
	}
	flag := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	telemetry.Gauge("vault_active", show(func(s Status) float64 { return flag(s.Active) }))
	telemetry.Gauge("vault_sealed", show(func(s Status) float64 { return flag(s.Sealed) }))
	telemetry.Gauge("vault_tokens", show(func(s Status) float64 { return float64(s.Tokens) }))
	telemetry.Gauge("vault_leases", show(func(s Status) float64 { return float64(s.Leases) }))
}

// counted counts what h answers, by what a path belongs to and the status.
func (v *Vault) counted(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		class := v.classOf(strings.TrimPrefix(r.URL.Path, "/v1/"))
		said := &status{ResponseWriter: w, code: http.StatusOK}
		h(said, r)
		telemetry.Count("vault_requests_total", telemetry.Label{Name: "class", Value: class}, telemetry.Label{Name: "status", Value: strconv.Itoa(said.code)})
	})
}

// classOf is what answers a path: sys, auth or the type of the engine that is mounted
// there, else other. Names of mounts are the owners' own and not shown.
func (v *Vault) classOf(path string) string {
	first, _, _ := strings.Cut(path, "/")
	if first == "sys" || first == "auth" {
		return first
	}
	if st := v.state.Load(); st != nil {
		if m, _ := st.mountOf(path); m != nil {
			return m.Type
		}
	}
	return "other"
}

// status remembers what an answer began with.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap is for http.ResponseController.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// timed is a Sink of another kind than Log, which does this itself: its records are
// timed, from the request to the disk.
type timed struct{ Sink }

func (t timed) Append(ctx context.Context, record []byte) error {
	began := time.Now()
	err := t.Sink.Append(ctx, record)
	appended(began, err)
	return err
}

func appended(began time.Time, err error) {
	telemetry.Observe("vault_audit_append_seconds", time.Since(began), telemetry.Code(err))
}
