package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit/key"
	"tacit/store/embedded"
	"tacit/vault"
	"tacit/vault/logical"
	"tacit/vault/pki"
	"tacit/vault/quorum"
	"tacit/vault/transit"
	"tacit/wire"
)

// vaultServe is a vault as a manager serves it, in a process of its own: it tells where
// it is and a root token, as one JSON object, and serves until ctx ends.
func vaultServe(ctx context.Context, home string) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("make home: %w", err)
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(home, "state.db"), Key: secret, Sole: true})
	if err != nil {
		return err
	}
	defer s.Close()
	records, err := vault.NewLog(vault.LogConfig{Store: s, Most: 128 << 20, Rotate: true})
	if err != nil {
		return err
	}
	owner, err := key.NewSigner()
	if err != nil {
		return err
	}
	v, err := vault.New(vault.Config{
		Store: s, Audit: records, Owners: vault.Owners{Keys: []wire.Address{owner.Address()}, Threshold: 1},
		Engines: map[string]func(logical.Storage) logical.Engine{
			"transit": func(s logical.Storage) logical.Engine { return transit.New(s) },
			"pki":     func(s logical.Storage) logical.Engine { return pki.New(s, "bench.tacit") },
		},
	})
	if err != nil {
		return err
	}
	cert, ca, err := serverCert()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: v.Handler(), ReadHeaderTimeout: 10 * time.Second, TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequestClientCert, Certificates: []tls.Certificate{cert}}}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return v.Run(ctx) })
	group.Go(func() error {
		if err := server.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	group.Go(func() error {
		c := &contestant{addr: l.Addr().String(), ca: x509.NewCertPool()}
		c.ca.AppendCertsFromPEM(ca)
		token, err := firstToken(ctx, c, owner)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"Address": c.addr, "Token": token, "CA": ca})
	})
	return group.Wait()
}

// firstToken makes a root token as the vault's only owner does.
func firstToken(ctx context.Context, c *contestant, owner *key.Signer) (string, error) {
	var status struct {
		ID string `json:"cluster_id"`
	}
	if err := c.ask(ctx, "GET", "sys/seal-status", nil, &status); err != nil {
		return "", err
	}
	share := func(purpose, nonce string) (string, error) {
		return quorum.Sign(owner, quorum.Statement{Vault: status.ID, Purpose: purpose, Nonce: nonce, Expires: uint64(time.Now().Add(time.Minute).Unix())})
	}
	var attempt struct {
		Nonce, OTP string
		Encoded    string `json:"encoded_token"`
	}
	var err error
	if c.token, err = share(quorum.Begin, rand.Text()); err != nil {
		return "", err
	}
	if err := c.ask(ctx, "PUT", "sys/generate-root/attempt", map[string]any{}, &attempt); err != nil {
		return "", err
	}
	signed, err := share(quorum.Root, attempt.Nonce)
	if err != nil {
		return "", err
	}
	pad := attempt.OTP // the next answer leaves it empty
	c.token = ""
	if err := c.ask(ctx, "PUT", "sys/generate-root/update", map[string]any{"nonce": attempt.Nonce, "key": signed}, &attempt); err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(attempt.Encoded)
	if err != nil || len(b) != len(pad) {
		return "", errors.Join(fmt.Errorf("read root token of %d bytes", len(b)), err)
	}
	for i := range b {
		b[i] ^= pad[i]
	}
	return string(b), nil
}

// serverCert is a certificate for this machine that signs itself, and its PEM.
func serverCert() (tls.Certificate, []byte, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, k.Public(), k)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
