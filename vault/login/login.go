// Package login is how a measured program logs in to a vault by evidence of where it
// runs, and what both ends bind that evidence to.
//
// The evidence is made over the vault, the role that is asked for, a nonce of the vault
// and the TLS connection that it travels on: whoever carries it elsewhere, or later,
// carries nothing.
package login

import (
	"bytes"
	"context"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// exporterLabel names what the TLS connection gives both ends (RFC 8446, section 7.5;
// compare RFC 9266).
const exporterLabel = "EXPORTER-tacit-vault-login"

// evidenceLabel is that of evidence in a login.
const evidenceLabel = "tacit/vault/evidence"

// A Transcript is what evidence at a login is over.
type Transcript struct {
	Network wire.Digest `cbor:"1,keyasint"`
	Vault   string      `cbor:"2,keyasint"` // cluster_id of sys/health
	Mount   string      `cbor:"3,keyasint"` // of the login method, such as attest
	Role    string      `cbor:"4,keyasint"`
	Nonce   wire.Digest `cbor:"5,keyasint"` // of the vault's nonce
	Channel wire.Digest `cbor:"6,keyasint"` // exported by the TLS connection
}

// Data is the report data of the transcript: the SHA-512 of its encoding.
func (t Transcript) Data() attest.ReportData {
	b, err := wire.Marshal("tacit/vault/login", t)
	if err != nil {
		panic(err) // it is made of texts and digests only
	}
	return sha512.Sum512(b)
}

// Channel is what a TLS connection exports for one nonce. A connection that exports
// nothing is VAULT_IDENTITY.
func Channel(state *tls.ConnectionState, nonce []byte) (wire.Digest, error) {
	if state == nil || !state.HandshakeComplete {
		return wire.Digest{}, fault.New(fault.VaultIdentity, "bind login: it does not come over TLS that ends here")
	}
	b, err := state.ExportKeyingMaterial(exporterLabel, nonce, len(wire.Digest{}))
	if err != nil {
		return wire.Digest{}, fault.New(fault.VaultIdentity, "bind login: %w", err)
	}
	return wire.Digest(b), nil
}

// ParseEvidence reads evidence as a login carries it.
func ParseEvidence(text string) (e attest.Evidence, err error) {
	const most = 2 << 20
	if len(text) > most {
		return e, fault.New(fault.APISize, "read evidence of %d characters", len(text))
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return e, fault.New(fault.APIField, "read evidence: %w", err)
	}
	if err := wire.Unmarshal(evidenceLabel, b, &e); err != nil {
		return e, fault.New(fault.APIField, "read evidence: %w", err)
	}
	return e, e.Check()
}

// FormatEvidence writes what ParseEvidence reads.
func FormatEvidence(e attest.Evidence) (string, error) {
	b, err := wire.Marshal(evidenceLabel, e)
	return base64.StdEncoding.EncodeToString(b), err
}

// Config says where and as what to log in.
type Config struct {
	Address  string // https://host:port
	TLS      *tls.Config
	Network  wire.Digest
	Mount    string // [attest]
	Role     string
	Attester attest.Attester
	Renew    string // a token of an earlier login, to be renewed instead
}

// Do logs in and returns the token.
func Do(ctx context.Context, cfg Config) (string, error) {
	if cfg.Mount == "" {
		cfg.Mount = "attest"
	}
	// One connection: what is bound to it must be sent on it.
	transport := &http.Transport{TLSClientConfig: cfg.TLS, MaxConnsPerHost: 1, MaxIdleConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var first struct {
		Data struct {
			Nonce string `json:"nonce"`
			Vault string `json:"vault"`
		} `json:"data"`
	}
	state, err := post(ctx, client, cfg, "nonce", map[string]string{}, &first)
	if err != nil {
		return "", err
	}
	nonce, err := base64.RawURLEncoding.DecodeString(first.Data.Nonce)
	if err != nil {
		return "", fault.New(fault.APIField, "read nonce: %w", err)
	}
	channel, err := Channel(state, nonce)
	if err != nil {
		return "", err
	}
	t := Transcript{cfg.Network, first.Data.Vault, cfg.Mount, cfg.Role, wire.Sum(nonce), channel}
	e, err := cfg.Attester.Evidence(ctx, t.Data())
	if err != nil {
		return "", err
	}
	text, err := FormatEvidence(e)
	if err != nil {
		return "", err
	}
	var second struct {
		Auth struct {
			Token string `json:"client_token"`
		} `json:"auth"`
	}
	what := "login"
	if cfg.Renew != "" {
		what = "renew"
	}
	if _, err := post(ctx, client, cfg, what, map[string]string{"role": cfg.Role, "nonce": first.Data.Nonce, "evidence": text}, &second); err != nil {
		return "", err
	}
	if cfg.Renew != "" {
		return cfg.Renew, nil
	}
	return second.Auth.Token, nil
}

func post(ctx context.Context, client *http.Client, cfg Config, what string, body, out any) (*tls.ConnectionState, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	url := strings.TrimSuffix(cfg.Address, "/") + "/v1/auth/" + cfg.Mount + "/" + what
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(b))
	if err != nil {
		return nil, fault.New(fault.APIField, "log in: %w", err)
	}
	if cfg.Renew != "" && what == "renew" {
		req.Header.Set("X-Vault-Token", cfg.Renew)
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, fault.New(fault.Unreachable, "log in: %w", err)
	}
	defer res.Body.Close()
	b, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, fault.New(fault.Unreachable, "log in: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fault.New(fault.Parse(res.Header.Get("Tacit-Code")), "log in as %s: the vault answered %d", cfg.Role, res.StatusCode)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return nil, fmt.Errorf("read the vault's answer: %w", err)
	}
	return res.TLS, nil
}
