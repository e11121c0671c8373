package manager

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"tacit/fault"
	"tacit/wire"
)

// VaultAddress is the item of a manager's store that says where its vault is served now.
const VaultAddress = "self/vault-address"

// VaultRoot is the item that has the key of the vault's certificates, sealed like all
// others.
const VaultRoot = rootName

// A Standby answers for a vault where another replica of its manager serves it: health
// with 429, questions for the leader, and a redirect for all else, as Vault's own
// standbys do. Peek reads an item as this replica has it.
type Standby struct {
	Listen string // host:port
	Peek   func(key string) ([]byte, error)
}

// Run serves until ctx ends.
func (s Standby) Run(ctx context.Context) error {
	l, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return fault.New(fault.Unreachable, "listen on %s: %w", s.Listen, err)
	}
	h := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog:  log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: s.certificate},
	}
	defer context.AfterFunc(ctx, func() { h.Close() })()
	if err := h.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("answer for the vault: %w", err)
	}
	return ctx.Err()
}

// certificate is made of the root in the store, once there is one.
func (s Standby) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	b, err := s.Peek(VaultRoot)
	if err != nil {
		return nil, err
	}
	var r tlsRoot
	if err := wire.Unmarshal(rootLabel, b, &r); err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(r.Certificate)
	if err != nil {
		return nil, err
	}
	issuer, err := x509.ParseECPrivateKey(r.Key)
	if err != nil {
		return nil, err
	}
	return certificates(root, issuer, s.Listen)(hello)
}

// ServeHTTP implements http.Handler.
func (s Standby) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	leader, _ := s.Peek(VaultAddress) // none yet: it is empty
	say := func(status int, v map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v) // to a client that may have gone
	}
	switch r.URL.Path {
	case "/v1/sys/health":
		status := http.StatusTooManyRequests
		if ok := r.URL.Query().Get("standbyok"); ok == "true" || ok == "1" {
			status = http.StatusOK
		}
		say(status, map[string]any{"initialized": true, "sealed": false, "standby": true, "performance_standby": false,
			"server_time_utc": time.Now().Unix(), "cluster_name": "tacit"})
	case "/v1/sys/leader":
		say(http.StatusOK, map[string]any{"ha_enabled": true, "is_self": false, "leader_address": string(leader), "leader_cluster_address": ""})
	default:
		if len(leader) == 0 || string(leader) == "https://"+s.Listen {
			say(http.StatusServiceUnavailable, map[string]any{"errors": []string{"STORE_NOT_LEADER: no replica serves the vault now"}})
			return
		}
		w.Header().Set("Location", string(leader)+r.URL.RequestURI())
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
}
