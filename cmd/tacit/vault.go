package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit/fault"
	"tacit/node"
	"tacit/vault/quorum"
)

// vaultClient is where a vault is and who asks.
type vaultClient struct {
	t         *tool
	address   string
	ca        string
	tokenFile string
	from      string // file of what a command reads, - is standard input
}

func (t *tool) vault() *cobra.Command {
	v := &vaultClient{t: t}
	c := group("vault", "A key vault: secrets, tokens, policies; 'vault' itself works too", v.status(), v.root(), v.sign(), v.login(),
		v.pathRead(), v.pathWrite(), v.pathDelete(),
		group("token", "Tokens: create and revoke", v.tokenCreate(), v.tokenRevoke()),
		group("kv", "Secrets by name: put, get, list and delete", v.kvPut(), v.kvGet(), v.kvList(), v.kvDelete()),
		group("policy", "Policies: write, read and list", v.policyWrite(), v.policyRead(), v.policyList()),
		group("mount", "Engines: list and enable", v.mountList(), v.mountEnable()),
	)
	f := c.PersistentFlags()
	f.StringVar(&v.address, "address", "", "URL of the vault [VAULT_ADDR, else the home's]")
	f.StringVar(&v.ca, "ca", "", "file of its root certificate [VAULT_CACERT, else the home's]")
	f.StringVar(&v.tokenFile, "token-file", "", "file of the token [.vault-token in your home folder]")
	return c
}

// settle fills in what no flag says.
func (v *vaultClient) settle() error {
	var p profile
	if b, err := os.ReadFile(filepath.Join(v.t.home, "profile.json")); err == nil {
		if err := node.Decode(b, &p); err != nil {
			return err
		}
	}
	first := func(into *string, values ...string) {
		for _, s := range values {
			if *into == "" {
				*into = s
			}
		}
	}
	if v.address == "" && os.Getenv("VAULT_ADDR") == "" {
		first(&v.ca, os.Getenv("VAULT_CACERT"), p.VaultCA)
	}
	first(&v.address, os.Getenv("VAULT_ADDR"), p.Vault)
	first(&v.ca, os.Getenv("VAULT_CACERT"))
	if v.tokenFile == "" {
		dir, err := os.UserHomeDir()
		if err != nil {
			return fault.New(fault.APIPath, "find token: %w", err)
		}
		v.tokenFile = filepath.Join(dir, ".vault-token")
	}
	if v.address == "" {
		return fault.Denied(fault.APIField, "find vault", "--address", "the URL of a vault", "none")
	}
	return nil
}

// vaultReply is an answer of any path; Flat are the fields beside the envelope.
type vaultReply struct {
	Data map[string]any `json:"data"`
	Auth struct {
		Token    string   `json:"client_token"`
		Accessor string   `json:"accessor"`
		Policies []string `json:"policies"`
		Duration int64    `json:"lease_duration"`
	} `json:"auth"`
	Flat map[string]any `json:"-"`
}

// ask sends one request. The token comes from its file unless one is given.
func (v *vaultClient) ask(ctx context.Context, method, path, token string, body any) (r vaultReply, err error) {
	if err := v.settle(); err != nil {
		return r, err
	}
	if token == "" {
		if b, err := os.ReadFile(v.tokenFile); err == nil {
			token = strings.TrimSpace(string(b))
		}
	}
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return r, err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(v.address, "/")+"/v1/"+path, in)
	if err != nil {
		return r, fault.New(fault.APIField, "ask vault: %w", err)
	}
	if token != "" && token != "-" {
		req.Header.Set("X-Vault-Token", token)
	}
	cfg := &tls.Config{}
	if v.ca != "" {
		b, err := os.ReadFile(v.ca)
		if err != nil {
			return r, fault.New(fault.APIPath, "read root certificate of the vault: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(b) {
			return r, fault.New(fault.APIField, "read root certificate of the vault: %s holds none", v.ca)
		}
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: cfg, DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return r, fault.New(fault.Unreachable, "ask vault: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return r, fault.New(fault.Unreachable, "ask vault: %w", err)
	}
	if res.StatusCode >= 400 {
		var e struct {
			Errors []string `json:"errors"`
		}
		_ = json.Unmarshal(b, &e) // what is no JSON says nothing
		code := fault.Parse(res.Header.Get("Tacit-Code"))
		if res.StatusCode == http.StatusNotFound {
			code = fault.APINotFound
		}
		text := strings.TrimSpace(strings.Join(e.Errors, "; "))
		return r, fault.New(code, "ask vault for %s: it answered %d %s", path, res.StatusCode, strings.Join(strings.Fields(text), " "))
	}
	if len(b) == 0 {
		return r, nil
	}
	err = errors.Join(json.Unmarshal(b, &r), json.Unmarshal(b, &r.Flat))
	if err != nil {
		return r, fault.New(fault.APIField, "read the vault's answer: %w", err)
	}
	return r, nil
}

// input reads what a command takes, from standard input or --from. Secrets come this
// way and never as arguments, which other users of a machine can see.
func (v *vaultClient) input(cmd *cobra.Command) ([]byte, error) {
	in := cmd.InOrStdin()
	if v.from != "" && v.from != "-" {
		f, err := os.Open(v.from)
		if err != nil {
			return nil, fault.New(fault.APIPath, "read input: %w", err)
		}
		defer f.Close()
		in = f
	}
	const most = 1 << 20
	b, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, fault.New(fault.APIPath, "read input: %w", err)
	}
	if len(b) > most {
		return nil, fault.New(fault.APISize, "read input: more than %d bytes", most)
	}
	return b, nil
}

func (v *vaultClient) fromFlag(c *cobra.Command) {
	c.Flags().StringVar(&v.from, "from", "-", "file to read, - is standard input")
}

func (v *vaultClient) keep(token string) error {
	if err := os.WriteFile(v.tokenFile, []byte(token), 0o600); err != nil {
		return fault.New(fault.APIPath, "keep token: %w", err)
	}
	return os.Chmod(v.tokenFile, 0o600) // a file that was there keeps its mode otherwise
}

// table writes names and values in order of the names.
func table(w io.Writer, m map[string]any) {
	width := 0
	for k := range m {
		width = max(width, len(k))
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		text, ok := m[k].(string)
		if !ok {
			b, _ := json.Marshal(m[k])
			text = string(b)
		}
		fmt.Fprintf(w, "%-*s  %s\n", width, k, text)
	}
}

func (v *vaultClient) status() *cobra.Command {
	return &cobra.Command{Use: "status", Short: "Whether the vault is sealed and how many owners it takes", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		r, err := v.ask(cmd.Context(), "GET", "sys/seal-status", "-", nil)
		if err != nil {
			return err
		}
		s := map[string]any{"address": v.address, "sealed": r.Flat["sealed"], "owners": r.Flat["n"], "threshold": r.Flat["t"], "progress": r.Flat["progress"], "nonce": r.Flat["nonce"], "vault": r.Flat["cluster_id"]}
		return v.t.print(s, func(w io.Writer) { table(w, s) })
	}}
}

// share is an owner's statement about one attempt at the vault.
func (v *vaultClient) share(ctx context.Context, keyFile, purpose, nonce string) (string, error) {
	k, err := node.ReadSigner(keyFile)
	if err != nil {
		return "", err
	}
	r, err := v.ask(ctx, "GET", "sys/seal-status", "-", nil)
	if err != nil {
		return "", err
	}
	n, err := node.ReadNetwork(filepath.Join(v.t.home, "network.json"))
	if err != nil {
		return "", err
	}
	id, _ := r.Flat["cluster_id"].(string)
	return quorum.Sign(k, quorum.Statement{Network: n.ID(), Vault: id, Purpose: purpose, Nonce: nonce, Expires: uint64(time.Now().Add(10 * time.Minute).Unix())})
}

func (v *vaultClient) sign() *cobra.Command {
	var keyFile, nonce string
	purposes := []string{quorum.Unseal, quorum.Root, quorum.Begin, quorum.Cancel}
	c := &cobra.Command{Use: "sign PURPOSE", Short: "Sign as an owner: " + strings.Join(purposes, ", "), Args: cobra.ExactArgs(1), ValidArgs: purposes}
	c.Flags().StringVar(&keyFile, "key", "", "file of the owner's key")
	c.Flags().StringVar(&nonce, "nonce", "", "of the attempt; begin and cancel take any new one")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if !slices.Contains(purposes, args[0]) || keyFile == "" {
			return fault.Denied(fault.APIField, "sign", "PURPOSE and --key", "one of "+strings.Join(purposes, ", ")+" and an owner's key", args[0])
		}
		if nonce == "" {
			nonce = rand.Text()
		}
		share, err := v.share(cmd.Context(), keyFile, args[0], nonce)
		if err != nil {
			return err
		}
		return v.t.print(map[string]any{"share": share}, func(w io.Writer) { fmt.Fprintln(w, share) })
	}
	return c
}

// root makes a root token with the keys of enough owners that are at hand, as on a
// devnet; owners who are apart sign for themselves.
func (v *vaultClient) root() *cobra.Command {
	var keys []string
	c := &cobra.Command{Use: "root", Short: "Make a root token with owners' keys and log in with it", Args: cobra.NoArgs}
	c.Flags().StringArrayVar(&keys, "key", nil, "file of an owner's key; repeat for as many as it takes")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		if len(keys) == 0 {
			return fault.Denied(fault.APIField, "make root token", "--key", "an owner's key", "none")
		}
		begin, err := v.share(ctx, keys[0], quorum.Begin, rand.Text())
		if err != nil {
			return err
		}
		begun, err := v.ask(ctx, "PUT", "sys/generate-root/attempt", begin, map[string]any{})
		if err != nil {
			return err
		}
		nonce, _ := begun.Flat["nonce"].(string)
		pad, _ := begun.Flat["otp"].(string)
		var last vaultReply
		for _, k := range keys {
			share, err := v.share(ctx, k, quorum.Root, nonce)
			if err != nil {
				return err
			}
			if last, err = v.ask(ctx, "PUT", "sys/generate-root/update", "-", map[string]any{"nonce": nonce, "key": share}); err != nil {
				return err
			}
		}
		text, _ := last.Flat["encoded_token"].(string)
		token, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil || len(token) == 0 || len(token) != len(pad) {
			return fault.New(fault.VaultQuorum, "make root token: %d owners signed, %v are wanted", len(keys), last.Flat["required"])
		}
		subtle.XORBytes(token, token, []byte(pad))
		if err := v.keep(string(token)); err != nil {
			return err
		}
		return v.t.print(map[string]any{"tokenFile": v.tokenFile}, func(w io.Writer) {
			fmt.Fprintf(w, "the root token is in %s; revoke it when it has done its work\n", v.tokenFile)
		})
	}
	return c
}

func (v *vaultClient) login() *cobra.Command {
	var roleID, mount string
	c := &cobra.Command{Use: "login", Short: "Keep a token, or get one for a role's secret-id, read from standard input", Args: cobra.NoArgs}
	v.fromFlag(c)
	c.Flags().StringVar(&roleID, "role-id", "", "of an AppRole; then a secret-id is read")
	c.Flags().StringVar(&mount, "mount", "approle", "of the login method")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		b, err := v.input(cmd)
		if err != nil {
			return err
		}
		token := strings.TrimSpace(string(b))
		if roleID != "" {
			r, err := v.ask(cmd.Context(), "POST", "auth/"+mount+"/login", "-", map[string]any{"role_id": roleID, "secret_id": token})
			if err != nil {
				return err
			}
			token = r.Auth.Token
		}
		if token == "" {
			return fault.Denied(fault.APIField, "log in", "input", "a token or a secret-id", "nothing")
		}
		r, err := v.ask(cmd.Context(), "GET", "auth/token/lookup-self", token, nil)
		if err != nil {
			return err
		}
		if err := v.keep(token); err != nil {
			return err
		}
		s := map[string]any{"accessor": r.Data["accessor"], "policies": r.Data["policies"], "ttl": r.Data["ttl"], "display_name": r.Data["display_name"], "token_file": v.tokenFile}
		return v.t.print(s, func(w io.Writer) { table(w, s) })
	}
	return c
}

func (v *vaultClient) tokenCreate() *cobra.Command {
	var policies []string
	var ttl, out string
	var uses int64
	c := &cobra.Command{Use: "create", Short: "Make a token below your own", Args: cobra.NoArgs}
	f := c.Flags()
	f.StringArrayVar(&policies, "policy", nil, "a policy of it; repeat for more [your own]")
	f.StringVar(&ttl, "ttl", "", "how long it lives, such as 8h")
	f.Int64Var(&uses, "uses", 0, "how often it may be used, 0 is always")
	f.StringVar(&out, "out", "", "file to write it to, mode 0600, instead of showing it")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		body := map[string]any{"num_uses": uses}
		if len(policies) > 0 {
			body["policies"] = policies
		}
		if ttl != "" {
			body["ttl"] = ttl
		}
		r, err := v.ask(cmd.Context(), "POST", "auth/token/create", "", body)
		if err != nil {
			return err
		}
		s := map[string]any{"token": r.Auth.Token, "accessor": r.Auth.Accessor, "policies": r.Auth.Policies, "seconds": r.Auth.Duration}
		if out != "" {
			if err := os.WriteFile(out, []byte(r.Auth.Token), 0o600); err != nil {
				return fault.New(fault.APIPath, "write token: %w", err)
			}
			s["token"] = "in " + out
		}
		return v.t.print(s, func(w io.Writer) { table(w, s) })
	}
	return c
}

func (v *vaultClient) tokenRevoke() *cobra.Command {
	var accessor string
	var self bool
	c := &cobra.Command{Use: "revoke", Short: "End a token and all below it; it is read from standard input", Args: cobra.NoArgs}
	v.fromFlag(c)
	c.Flags().StringVar(&accessor, "accessor", "", "its accessor instead")
	c.Flags().BoolVar(&self, "self", false, "your own")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		path, body := "auth/token/revoke-self", map[string]any{}
		switch {
		case accessor != "":
			path, body = "auth/token/revoke-accessor", map[string]any{"accessor": accessor}
		case !self:
			b, err := v.input(cmd)
			if err != nil {
				return err
			}
			path, body = "auth/token/revoke", map[string]any{"token": strings.TrimSpace(string(b))}
		}
		if _, err := v.ask(cmd.Context(), "POST", path, "", body); err != nil {
			return err
		}
		return v.t.print(map[string]any{"revoked": true}, func(w io.Writer) { fmt.Fprintln(w, "revoked") })
	}
	return c
}
