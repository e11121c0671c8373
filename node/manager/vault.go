package manager

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/node"
	"tacit/vault"
	"tacit/vault/logical"
	"tacit/vault/pki"
	"tacit/vault/transit"
	"tacit/wire"
)

// Vault says where a manager's process serves a key vault, and whose it is.
type Vault struct {
	Listen string // host:port
	// CA is the file that the certificate of the vault's root is written to.
	CA string
	// Owners command a vault that has none yet; of an existing one its state says.
	Owners    []wire.Address
	Threshold int
	// Shared says that other replicas stand by for this one: they are told where it is
	// served.
	Shared bool
}

// The names of the vault's root in the store, and how long certificates are good for.
const (
	rootName   = "self/vault-root"
	rootLabel  = "tacit/self/vault-root"
	rootLife   = 10 * 365 * 24 * time.Hour
	serverLife = 90 * 24 * time.Hour
)

// logMost bounds the vault's records in bytes: opening the store reads them all.
const logMost = 128 << 20

// tlsRoot is the key that the vault's certificates come from. It was born in this
// process's enclave and is in its sealed store alone.
type tlsRoot struct {
	Certificate []byte `cbor:"1,keyasint"`
	Key         []byte `cbor:"2,keyasint"`
}

// served is a vault with what it takes to serve it.
type served struct {
	*vault.Vault
	cfg     Config
	node    *node.Node
	records *vault.Log
}

func newVault(cfg Config, n *node.Node) (*served, error) {
	records, err := vault.NewLog(vault.LogConfig{Store: cfg.Store, Most: logMost, Rotate: true})
	if err != nil {
		return nil, err
	}
	v, err := vault.New(vault.Config{
		Store: cfg.Store, Audit: records, Network: n.ID(), Owners: vault.Owners{Keys: cfg.Vault.Owners, Threshold: cfg.Vault.Threshold},
		Engines: map[string]func(logical.Storage) logical.Engine{
			"transit": func(s logical.Storage) logical.Engine { return transit.New(s) },
			"pki":     func(s logical.Storage) logical.Engine { return pki.New(s, n.ID().String()) },
		},
		Evidence: cfg.Node.Schemes, Address: "https://" + cfg.Vault.Listen, Log: n.Log(),
		Policies: func(ctx context.Context) (attest.PolicySet, error) {
			return n.Follow.Policies(ctx, n.Follow.View().Header)
		},
	})
	if err != nil {
		return nil, err
	}
	return &served{v, cfg, n, records}, nil
}

// Run serves until ctx ends.
func (v *served) Run(ctx context.Context) error {
	cfg, n := v.cfg, v.node
	root, err := openRoot(ctx, cfg.Store)
	if err != nil {
		return err
	}
	der, err := x509.ParseCertificate(root.Certificate)
	if err != nil {
		return fault.New(fault.StoreCorrupt, "read the vault's root: %w", err)
	}
	if cfg.Vault.CA != "" {
		b := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate})
		if err := os.WriteFile(cfg.Vault.CA, b, 0o644); err != nil {
			return fmt.Errorf("write the vault's root certificate: %w", err)
		}
	}
	if cfg.Vault.Shared {
		address := tacit.Put{Key: VaultAddress, Value: []byte("https://" + cfg.Vault.Listen)}
		if _, err := cfg.Store.Commit(ctx, tacit.Txn{Then: []tacit.Put{address}}); err != nil {
			return err
		}
	}
	issuer, err := x509.ParseECPrivateKey(root.Key)
	if err != nil {
		return fault.New(fault.StoreCorrupt, "read the vault's root: %w", err)
	}
	// Nothing is logged of broken handshakes: anybody can make them.
	s := &http.Server{
		Handler: v.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 5 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog:  log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{MinVersion: tls.VersionTLS13, ClientAuth: tls.RequestClientCert, GetCertificate: certificates(der, issuer, cfg.Vault.Listen)},
	}
	l, err := net.Listen("tcp", cfg.Vault.Listen)
	if err != nil {
		return fault.New(fault.Unreachable, "listen on %s: %w", cfg.Vault.Listen, err)
	}
	n.Log().Info("the vault listens", "address", cfg.Vault.Listen)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return v.Vault.Run(ctx) })
	group.Go(func() error { return v.records.Anchor(ctx, cfg.Audit, n.Log()) })
	group.Go(func() error {
		if err := s.ServeTLS(l, "", ""); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve the vault: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return s.Close()
	})
	return group.Wait()
}

func openRoot(ctx context.Context, s tacit.Store) (r tlsRoot, err error) {
	item, err := s.Get(ctx, rootName)
	if err == nil {
		return r, wire.Unmarshal(rootLabel, item.Value, &r)
	}
	if !errors.Is(err, fault.APINotFound) {
		return r, err
	}
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return r, fmt.Errorf("make the vault's root: %w", err)
	}
	now := time.Now()
	c := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "Tacit vault"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(rootLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if r.Certificate, err = x509.CreateCertificate(rand.Reader, c, c, k.Public(), k); err != nil {
		return r, fmt.Errorf("make the vault's root: %w", err)
	}
	if r.Key, err = x509.MarshalECPrivateKey(k); err != nil {
		return r, fmt.Errorf("make the vault's root: %w", err)
	}
	b, err := wire.Marshal(rootLabel, r)
	if err != nil {
		return r, err
	}
	_, err = s.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: rootName}}, Then: []tacit.Put{{Key: rootName, Value: b}}})
	return r, err
}

func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b)
}

// certificates makes the server's certificate when it is first asked for and again
// before it ends. Its key is in memory only.
func certificates(root *x509.Certificate, issuer *ecdsa.PrivateKey, listen string) func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	type made struct {
		c    *tls.Certificate
		ends time.Time
	}
	held := make(chan made, 1) // a lock with what it guards
	held <- made{}
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		m := <-held
		defer func() { held <- m }()
		now := time.Now()
		if m.c != nil && now.Before(m.ends) {
			return m.c, nil
		}
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		c := &x509.Certificate{
			SerialNumber: serial(), Subject: pkix.Name{CommonName: "Tacit vault server"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(serverLife),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		}
		if host, _, err := net.SplitHostPort(listen); err == nil && host != "" {
			if ip := net.ParseIP(host); ip != nil {
				c.IPAddresses = append(c.IPAddresses, ip)
			} else {
				c.DNSNames = append(c.DNSNames, host)
			}
		}
		der, err := x509.CreateCertificate(rand.Reader, c, root, k.Public(), issuer)
		if err != nil {
			return nil, err
		}
		m = made{&tls.Certificate{Certificate: [][]byte{der, root.Raw}, PrivateKey: k}, now.Add(serverLife / 2)}
		return m.c, nil
	}
}
