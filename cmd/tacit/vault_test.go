package main

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/tacittest"
	"tacit/vault"
	"tacit/wire"
)

// TestTheVaultByCommands runs what docs/vault.md shows, against a vault in this process.
func TestTheVaultByCommands(t *testing.T) {
	home := t.TempDir()
	network := node.Network{}
	if err := node.WriteJSON(filepath.Join(home, "network.json"), 0o644, network); err != nil {
		t.Fatal(err)
	}
	n, err := node.ReadNetwork(filepath.Join(home, "network.json"))
	if err != nil {
		t.Fatal(err)
	}
	owner, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	ownerFile := filepath.Join(home, "accounts", "operator.key")
	if err := node.WriteSecret(ownerFile, owner.Secret()); err != nil {
		t.Fatal(err)
	}
	s := tacittest.NewDisk().Open(nil)
	t.Cleanup(s.Close)
	log, err := vault.NewLog(vault.LogConfig{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(vault.Config{Store: s, Audit: log, Network: n.ID(), Owners: vault.Owners{Keys: []wire.Address{owner.Address()}, Threshold: 1}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(v.Handler())
	t.Cleanup(server.Close)
	ca := filepath.Join(home, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := node.WriteJSON(filepath.Join(home, "profile.json"), 0o644, profile{Vault: server.URL, VaultCA: ca}); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("VAULT_ADDR", "")
	t.Setenv("VAULT_CACERT", "")
	file := func(name, text string) string {
		path := filepath.Join(home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	team := filepath.Join(home, "team.token")
	for _, tt := range []struct {
		name string
		args string
		exit int
		want string
	}{
		{"before there is a token", "vault kv get app/db", fault.ExitTerms, "VAULT_TOKEN"},
		{"status", "vault status", 0, "sealed     false"},
		{"a root token", "vault root --key " + ownerFile, 0, ".vault-token"},
		{"put", "vault kv put app/db --from " + file("db.json", `{"user": "web", "port": 5432}`), 0, "version  1"},
		{"put a text", "vault kv put app/word --field value --from " + file("word", "open sesame\n"), 0, "version  1"},
		{"put with an old version", "vault kv put app/db --version 0 --from " + file("db.json", `{"user": "web", "port": 5432}`), fault.ExitUsage, "check-and-set"},
		{"put what is no object", "vault kv put app/db --from " + file("list.json", `[1]`), fault.ExitUsage, "--field"},
		{"get", "vault kv get app/db", 0, "port  5432\nuser  web"},
		{"get a field", "vault kv get app/db --field user", 0, "web\n"},
		{"get a field that is not there", "vault kv get app/db --field none", fault.ExitUsage, "API_NOT_FOUND"},
		{"get what is not there", "vault kv get app/none", fault.ExitUsage, "API_NOT_FOUND"},
		{"list", "vault kv list app", 0, "db\nword\n"},
		{"list as JSON", "vault kv list -o json", 0, `{"keys":["app/"]}`},
		{"write a policy", "vault policy write team --from " + file("team.hcl", `path "secret/data/app/db" { capabilities = ["read"] }`), 0, "written team"},
		{"write what is no policy", "vault policy write bad --from " + file("bad.hcl", `path "x" { capability = 1 }`), fault.ExitUsage, "capability"},
		{"read a policy", "vault policy read team", 0, "secret/data/app/db"},
		{"list policies", "vault policy list", 0, "default\nroot\nteam\n"},
		{"a token", "vault token create --policy team --ttl 8h --out " + team, 0, "28800"},
		{"what it may", "vault kv get app/db --token-file " + team, 0, "web"},
		{"what it may not", "vault kv get app/word --token-file " + team, fault.ExitTerms, "VAULT_DENIED"},
		{"mounts", "vault mount list", 0, "secret/"},
		{"mount", "vault mount enable kv --path old", 0, "mounted kv at old/"},
		{"mount what there is not", "vault mount enable database", fault.ExitUsage, "no engine of type"},
		{"write a role", "vault write auth/task/role/weather --from " + file("role.json", `{"services": "acme/report", "any_user": true, "minimum_level": 2, "token_policies": "team"}`), 0, "written auth/task/role/weather"},
		{"write what is no role", "vault write auth/task/role/bad --from " + file("bad.json", `{"services": "acme/report"}`), fault.ExitUsage, "any_user"},
		{"write what is no JSON", "vault write auth/task/role/bad --from " + file("bad.txt", `services`), fault.ExitUsage, "no object of JSON"},
		{"write nothing", "vault write auth/approle/role/ci --from " + file("nothing", ""), 0, "written auth/approle/role/ci"},
		{"read a role", "vault read auth/task/role/weather", 0, `services  ["acme/report"]`},
		{"read what is not there", "vault read auth/task/role/none", fault.ExitUsage, "API_NOT_FOUND"},
		{"delete a role", "vault delete auth/task/role/weather", 0, "deleted auth/task/role/weather"},
		{"log in", "vault login --token-file " + filepath.Join(home, "other") + " --from " + team, 0, "default"},
		{"log in with nothing", "vault login --from " + file("empty", ""), fault.ExitUsage, "a token or a secret-id"},
		{"revoke", "vault token revoke --from " + team, 0, "revoked"},
		{"after that", "vault kv get app/db --token-file " + team, fault.ExitTerms, "VAULT_TOKEN"},
		{"delete", "vault kv delete app/word", 0, "deleted app/word"},
		{"a statement", "vault sign cancel --key " + ownerFile, 0, "share."},
		{"a statement of what there is not", "vault sign everything --key " + ownerFile, fault.ExitUsage, "one of"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			exit, out, errs := typed(t, home, strings.Fields(tt.args)...)
			if exit != tt.exit || !strings.Contains(out+errs, tt.want) {
				t.Errorf("tacit %s: exit %d, want %d with %q:\n%s%s", tt.args, exit, tt.exit, tt.want, out, errs)
			}
		})
	}
	for _, name := range []string{".vault-token", "team.token"} {
		if info, err := os.Stat(filepath.Join(home, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}
