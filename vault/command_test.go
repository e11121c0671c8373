package vault_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit/vault/quorum"
)

// command is Vault's own, where there is one.
func command(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("TACIT_VAULT"); path != "" {
		return path
	}
	path, err := exec.LookPath("vault")
	if err != nil {
		t.Skip("there is no command vault in PATH, and TACIT_VAULT names none")
	}
	return path
}

// shell runs Vault's command as a user would, with a home of its own.
type shell struct {
	t     *testing.T
	w     *world
	path  string
	home  string
	ca    string
	token string
}

func (s *shell) try(input string, args ...string) (out string, err error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, s.path, args...)
	c.Env = []string{"HOME=" + s.home, "VAULT_ADDR=" + s.w.server.URL, "VAULT_CACERT=" + s.ca, "VAULT_TOKEN=" + s.token, "NO_COLOR=1"}
	c.Stdin = strings.NewReader(input)
	var b bytes.Buffer
	c.Stdout, c.Stderr = &b, &b
	err = c.Run()
	return b.String(), err
}

func (s *shell) run(want string, args ...string) string {
	s.t.Helper()
	out, err := s.try("", args...)
	if err != nil || !strings.Contains(out, want) {
		s.t.Errorf("vault %s: %v, want %q in:\n%s", strings.Join(args, " "), err, want, out)
	}
	return out
}

func (s *shell) fails(want string, args ...string) {
	s.t.Helper()
	out, err := s.try("", args...)
	if err == nil || !strings.Contains(out, want) {
		s.t.Errorf("vault %s: %v, want a failure with %q in:\n%s", strings.Join(args, " "), err, want, out)
	}
}

// TestVaultsOwnCommand runs what Vault's documentation shows for its command.
func TestVaultsOwnCommand(t *testing.T) {
	path := command(t)
	l := &leaser{revoked: make(chan string, 16)}
	w := newWorld(t, memory(t), withLeaser(l))
	s := &shell{t: t, w: w, path: path, home: t.TempDir(), ca: w.caFile(), token: w.root}
	policy := filepath.Join(s.home, "team.hcl")
	if err := os.WriteFile(policy, []byte(`path "secret/data/app/*" { capabilities = ["read"] }`), 0o600); err != nil {
		t.Fatal(err)
	}

	s.run("Sealed", "status")
	s.run("version", "kv", "put", "-mount=secret", "app/db", "user=web", "password=x")
	s.run("web", "kv", "get", "-mount=secret", "-field=user", "app/db")
	s.run("web", "kv", "get", "secret/app/db")
	s.run("version", "kv", "patch", "secret/app/db", "user=api")
	s.run("db", "kv", "list", "secret/app")
	s.run("Success", "kv", "delete", "secret/app/db")
	s.run("Success", "kv", "undelete", "-versions=2", "secret/app/db")
	s.run("Success", "kv", "destroy", "-versions=1", "secret/app/db")
	s.run("Success", "kv", "metadata", "put", "-max-versions=5", "-custom-metadata=owner=web", "secret/app/db")
	s.run("owner", "kv", "metadata", "get", "secret/app/db")
	s.run("version", "kv", "rollback", "-version=2", "secret/app/db")

	s.run("Success", "policy", "write", "team", policy)
	s.run("team", "policy", "list")
	s.run("capabilities", "policy", "read", "team")
	made := s.run("hvs.", "token", "create", "-policy=team", "-ttl=1h", "-field=token")
	s.run("team", "token", "lookup", made)
	s.run("read", "token", "capabilities", made, "secret/data/app/db")
	team := *s
	team.token = made
	team.run("api", "kv", "get", "-field=user", "secret/app/db")
	team.fails("permission denied", "kv", "get", "secret/other")
	team.run("renewable", "token", "renew")
	s.run("Success", "token", "revoke", made)
	team.fails("403", "kv", "get", "secret/app/db")

	s.run("Success", "write", "auth/approle/role/ci", "token_policies=team", "secret_id_num_uses=1")
	role := strings.TrimSpace(s.run("-", "read", "-field=role_id", "auth/approle/role/ci/role-id"))
	secret := strings.TrimSpace(s.run("-", "write", "-f", "-field=secret_id", "auth/approle/role/ci/secret-id"))
	s.run("hvs.", "write", "auth/approle/login", "role_id="+role, "secret_id="+secret)
	s.fails("403", "write", "auth/approle/login", "role_id="+role, "secret_id="+secret)

	s.run("Success", "secrets", "enable", "-path=db", "leaser")
	s.run("secret/", "secrets", "list")
	s.run("approle/", "auth", "list")
	lease := strings.TrimSpace(s.run("db/creds", "read", "-field=lease_id", "db/creds/app"))
	s.run("expire_time", "lease", "lookup", lease)
	s.run("lease_duration", "lease", "renew", lease)
	s.run("revo", "lease", "revoke", lease)
	s.run("Success", "secrets", "disable", "db")

	wrapped := strings.TrimSpace(s.run("hvs.", "read", "-wrap-ttl=5m", "-field=wrapping_token", "secret/data/app/db"))
	s.run("api", "unwrap", wrapped)
	s.fails("VAULT_TOKEN", "unwrap", wrapped)

	t.Run("seal and unseal", func(t *testing.T) {
		s.run("sealed", "operator", "seal")
		if out, err := s.try("", "status"); err == nil || !strings.Contains(out, "true") {
			t.Errorf("status of a sealed vault: %v\n%s", err, out)
		}
		nonce := w.must("GET", "sys/seal-status", "", nil).body["nonce"].(string)
		s.run("1/2", "operator", "unseal", w.share(0, quorum.Unseal, nonce))
		s.run("false", "operator", "unseal", w.share(1, quorum.Unseal, nonce))
	})
	t.Run("a root token", func(t *testing.T) {
		owner := *s
		owner.token = w.share(0, quorum.Begin, "a nonce that nobody used")
		begun := owner.run("nonce", "operator", "generate-root", "-init", "-format=json")
		pick := func(text, name string) string {
			_, rest, _ := strings.Cut(text, `"`+name+`": "`)
			value, _, _ := strings.Cut(rest, `"`)
			return value
		}
		nonce, pad := pick(begun, "nonce"), pick(begun, "otp")
		s.token = ""
		s.run("", "operator", "generate-root", "-nonce="+nonce, w.share(0, quorum.Root, nonce))
		done := s.run("", "operator", "generate-root", "-format=json", "-nonce="+nonce, w.share(1, quorum.Root, nonce))
		b, err := base64.RawStdEncoding.DecodeString(pick(done, "encoded_token"))
		if err != nil || len(b) != len(pad) {
			t.Fatalf("encoded token of %d bytes, %v:\n%s\n%s", len(b), err, begun, done)
		}
		if out := s.run("hvs.", "operator", "generate-root", "-decode="+pick(done, "encoded_token"), "-otp="+pad); !strings.HasPrefix(strings.TrimSpace(out), "hvs.") {
			t.Errorf("decoded %q", out)
		}
	})
}
