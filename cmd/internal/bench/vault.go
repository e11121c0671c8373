package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A contestant is a server of Vault's API that is measured.
type contestant struct {
	name  string
	addr  string // host:port
	ca    *x509.CertPool
	token string
	pid   int
	plain bool // without TLS
	stop  func()
}

// An operation is one kind of request; n tells calls apart.
type operation struct {
	name, method string
	path         func(n int) string
	body         string
}

var operations = []operation{
	{"transit_encrypt", "POST", func(int) string { return "transit/encrypt/aes" }, `{"plaintext":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}`},
	{"transit_sign", "POST", func(int) string { return "transit/sign/ed" }, `{"input":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}`},
	{"kv_write", "POST", func(n int) string { return fmt.Sprintf("secret/data/w/%d", n%4096) }, `{"data":{"user":"web","password":"correct horse battery staple"}}`},
	{"kv_read", "GET", func(n int) string { return fmt.Sprintf("secret/data/r/%d", n%64) }, ""},
}

var connections = []int{1, 8, 64}

const vaultRounds = 3

// vaults measures the key vault and, where VAULT names its program, HashiCorp's: turn by
// turn, with the same client, each operation over 1, 8 and 64 connections for long. The
// figure of each is the middle one of three rounds. "_vs_vault" is answers a second
// over 8 connections against the peer at its best, "_cpu_vs_vault" the peer's CPU for an
// answer over 64 against ours, which says more where others use the machine.
func vaults(ctx context.Context, long time.Duration) (map[string]any, error) {
	home, err := os.MkdirTemp("", "tacit-bench-vault-")
	if err != nil {
		return nil, fmt.Errorf("make home: %w", err)
	}
	defer os.RemoveAll(home)
	// The signal that ends a child with its parent comes when the thread ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	servers, err := contestants(ctx, home)
	defer func() {
		for _, c := range servers {
			c.stop()
		}
	}()
	if err != nil {
		return nil, err
	}
	for _, c := range servers {
		if err := c.prepare(ctx); err != nil {
			return nil, fmt.Errorf("prepare %s: %w", c.name, err)
		}
	}
	result := map[string]any{}
	fmt.Printf("%-16s %5s  %-12s %10s %9s %9s %14s\n", "operation", "conns", "server", "per second", "p50 ms", "p99 ms", "server us/op")
	for _, op := range operations {
		for _, conns := range connections {
			rounds := map[string][]load{}
			for range vaultRounds {
				for _, c := range servers {
					l, err := c.load(ctx, op, conns, long)
					if err != nil {
						return nil, fmt.Errorf("measure %s of %s: %w", op.name, c.name, err)
					}
					rounds[c.name] = append(rounds[c.name], l)
				}
			}
			for _, c := range servers {
				r := rounds[c.name]
				slices.SortFunc(r, func(a, b load) int { return cmp.Compare(a.rate, b.rate) })
				m := r[len(r)/2]
				fmt.Printf("%-16s %5d  %-12s %10.0f %9.2f %9.2f %14.1f\n", op.name, conns, c.name, m.rate, m.p50, m.p99, m.cpu)
				at := fmt.Sprintf("%s_%d_%s", op.name, conns, c.name)
				result[at+"_per_s"], result[at+"_p99_ms"], result[at+"_cpu_us"] = round(m.rate), round(m.p99), round(m.cpu)
			}
		}
	}
	for _, op := range operations {
		ratio := func(key, above, below string) {
			result[key] = nil
			a, ok := result[op.name+above].(float64)
			b, also := result[op.name+below].(float64)
			if ok && also && b > 0 {
				result[key] = round(a / b)
			}
		}
		ratio(op.name+"_vs_vault", "_8_tacit_per_s", "_8_vault-dev_per_s")
		ratio(op.name+"_vs_vault_raft", "_8_tacit_per_s", "_8_vault-raft_per_s")
		ratio(op.name+"_cpu_vs_vault", "_64_vault-dev_cpu_us", "_64_tacit_cpu_us")
	}
	return result, nil
}

// contestants starts every server. What was started is returned with an error too.
func contestants(ctx context.Context, home string) (servers []*contestant, err error) {
	c, err := ownVault(ctx, filepath.Join(home, "tacit"))
	if err != nil {
		return nil, err
	}
	servers = append(servers, c)
	program := os.Getenv("VAULT")
	if program == "" {
		fmt.Println("VAULT names no program of HashiCorp's Vault: figures without a peer")
		return servers, nil
	}
	for _, start := range []func(context.Context, string, string) (*contestant, error){peerDev, peerRaft} {
		c, err := start(ctx, program, home)
		if err != nil {
			return servers, err
		}
		servers = append(servers, c)
	}
	return servers, nil
}

// ownVault starts this program again as a vault: over TLS, with its audit log, on a
// store that is durable.
func ownVault(ctx context.Context, home string) (*contestant, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, "vault-serve", home)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start vault: %w", err)
	}
	c := &contestant{name: "tacit"}
	if err := c.start(cmd); err != nil {
		return nil, err
	}
	var told struct {
		Address, Token string
		CA             []byte
	}
	if err := json.NewDecoder(out).Decode(&told); err != nil {
		c.stop()
		return nil, fmt.Errorf("start vault: it told nothing: %w", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	c.addr, c.token, c.ca = told.Address, told.Token, x509.NewCertPool()
	if !c.ca.AppendCertsFromPEM(told.CA) {
		c.stop()
		return nil, errors.New("start vault: it told no certificate")
	}
	return c, nil
}

func (c *contestant) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", c.name, err)
	}
	c.pid = cmd.Process.Pid
	c.stop = func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	}
	return nil
}

func (c *contestant) client() *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: c.ca, MinVersion: tls.VersionTLS12}}}
}

// ask makes one request of the API and decodes the answer into out, if that is not nil.
func (c *contestant) ask(ctx context.Context, method, path string, body map[string]any, out any) error {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = strings.NewReader(string(b))
	}
	scheme := "https://"
	if c.plain {
		scheme = "http://"
	}
	req, err := http.NewRequestWithContext(ctx, method, scheme+c.addr+"/v1/"+path, r)
	if err != nil {
		return err
	}
	req.Header.Set("X-Vault-Token", c.token)
	client := c.client()
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, b)
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

// eventually asks until it is answered, for a minute.
func (c *contestant) eventually(ctx context.Context, method, path string, body map[string]any, out any) error {
	for until := time.Now().Add(time.Minute); ; {
		err := c.ask(ctx, method, path, body, out)
		if err == nil || time.Now().After(until) {
			return err
		}
		if err := wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// prepare mounts what is measured and makes a token that may do nothing else.
func (c *contestant) prepare(ctx context.Context) error {
	var mounts struct {
		Data map[string]any `json:"data"`
	}
	if err := c.eventually(ctx, "GET", "sys/mounts", nil, &mounts); err != nil {
		return err
	}
	for path, mount := range map[string]map[string]any{
		"transit": {"type": "transit"},
		"secret":  {"type": "kv", "options": map[string]string{"version": "2"}},
	} {
		if slices.Contains(slices.Collect(maps.Keys(mounts.Data)), path+"/") {
			continue
		}
		if err := c.ask(ctx, "POST", "sys/mounts/"+path, mount, nil); err != nil {
			return err
		}
	}
	for name, kind := range map[string]string{"aes": "aes256-gcm96", "ed": "ed25519"} {
		if err := c.ask(ctx, "POST", "transit/keys/"+name, map[string]any{"type": kind}, nil); err != nil {
			return err
		}
	}
	for n := range 64 {
		// A mount of kv is upgraded for some moments after it was made.
		if err := c.eventually(ctx, "POST", fmt.Sprintf("secret/data/r/%d", n), map[string]any{"data": map[string]string{"user": "web", "password": "correct horse battery staple"}}, nil); err != nil {
			return err
		}
	}
	policy := `path "transit/*" { capabilities = ["update"] }
path "secret/data/*" { capabilities = ["create", "read", "update"] }`
	if err := c.ask(ctx, "PUT", "sys/policies/acl/bench", map[string]any{"policy": policy}, nil); err != nil {
		return err
	}
	var made struct {
		Auth struct {
			Token string `json:"client_token"`
		} `json:"auth"`
	}
	if err := c.ask(ctx, "POST", "auth/token/create", map[string]any{"policies": []string{"bench"}, "ttl": "12h"}, &made); err != nil {
		return err
	}
	c.token = made.Auth.Token
	return nil
}
