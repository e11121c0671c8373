package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// freePort is an address that nobody listens on at this moment.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// peerDev is HashiCorp's Vault at its best: in memory, without TLS, audit and disk.
func peerDev(ctx context.Context, program, home string) (*contestant, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	c := &contestant{name: "vault-dev", addr: addr, token: rand.Text(), plain: true}
	cmd := exec.CommandContext(ctx, program, "server", "-dev", "-dev-no-store-token", "-dev-listen-address="+addr)
	// The token is of a server that lives as long as this run.
	cmd.Env = append(os.Environ(), "HOME="+home, "VAULT_DEV_ROOT_TOKEN_ID="+c.token)
	return c, c.start(cmd)
}

// peerRaft is HashiCorp's Vault as it would be run: on disk, over TLS, with an audit
// file.
func peerRaft(ctx context.Context, program, home string) (*contestant, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	cluster, err := freePort()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(home, "vault-raft")
	if err := os.MkdirAll(filepath.Join(dir, "raft"), 0o700); err != nil {
		return nil, fmt.Errorf("make the peer's home: %w", err)
	}
	cert, ca, err := serverCert()
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return nil, err
	}
	files := map[string]string{
		"cert.pem": string(ca), "key.pem": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
		"vault.hcl": fmt.Sprintf(`disable_mlock = true
api_addr = "https://%[2]s"
cluster_addr = "https://%[3]s"
storage "raft" {
  path = "%[1]s/raft"
  node_id = "bench"
}
listener "tcp" {
  address = "%[2]s"
  cluster_address = "%[3]s"
  tls_cert_file = "%[1]s/cert.pem"
  tls_key_file = "%[1]s/key.pem"
}
`, dir, addr, cluster),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, fmt.Errorf("write the peer's files: %w", err)
		}
	}
	c := &contestant{name: "vault-raft", addr: addr, ca: x509.NewCertPool()}
	c.ca.AppendCertsFromPEM(ca)
	cmd := exec.CommandContext(ctx, program, "server", "-config="+filepath.Join(dir, "vault.hcl"))
	cmd.Env = append(os.Environ(), "HOME="+home)
	if err := c.start(cmd); err != nil {
		return nil, err
	}
	if err := c.unseal(ctx, filepath.Join(dir, "audit.log")); err != nil {
		c.stop()
		return nil, fmt.Errorf("set the peer up: %w", err)
	}
	return c, nil
}

func (c *contestant) unseal(ctx context.Context, auditFile string) error {
	var made struct {
		Keys  []string `json:"keys"`
		Token string   `json:"root_token"`
	}
	if err := c.eventually(ctx, "PUT", "sys/init", map[string]any{"secret_shares": 1, "secret_threshold": 1}, &made); err != nil {
		return err
	}
	if len(made.Keys) != 1 {
		return errors.New("it gave no key")
	}
	if err := c.ask(ctx, "PUT", "sys/unseal", map[string]any{"key": made.Keys[0]}, nil); err != nil {
		return err
	}
	c.token = made.Token
	return c.eventually(ctx, "PUT", "sys/audit/file", map[string]any{"type": "file", "options": map[string]string{"file_path": auditFile}}, nil)
}
