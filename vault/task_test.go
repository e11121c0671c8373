package vault_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/vault"
	"tacit/wire"
)

// taskWorld is a vault that lets tasks of acme/report read one secret and use one key.
func taskWorld(t *testing.T, options ...option) *world {
	w := newWorld(t, memory(t), append(options, withEngines)...)
	w.must("POST", "sys/mounts/transit", w.root, map[string]any{"type": "transit"})
	w.must("POST", "sys/mounts/plain", w.root, map[string]any{"type": "kv"})
	w.must("POST", "transit/keys/reports", w.root, map[string]any{"type": "ed25519"})
	w.must("POST", "transit/keys/box", w.root, map[string]any{})
	for range 2 {
		w.must("POST", "secret/data/weather", w.root, map[string]any{"data": map[string]any{"token": "hush", "limit": 3}})
	}
	w.must("POST", "secret/data/other", w.root, map[string]any{"data": map[string]any{"token": "other"}})
	w.must("POST", "plain/weather", w.root, map[string]any{"token": "plain hush"})
	w.policy("weather", `path "secret/data/weather" { capabilities = ["read"] }
path "secret/data/none" { capabilities = ["read"] }
path "plain/weather" { capabilities = ["read"] }
path "transit/sign/reports" { capabilities = ["update"] }
path "transit/hmac/box" { capabilities = ["update"] }
path "transit/encrypt/box" { capabilities = ["update"] }
path "transit/decrypt/box" { capabilities = ["update"] }
path "transit/sign/measured" { capabilities = ["update"]
  required_level = 4 }`)
	w.taskRole("weather", nil)
	return w
}

func (w *world) taskRole(name string, more map[string]any) {
	w.t.Helper()
	role := map[string]any{"services": "acme/report", "any_user": true, "minimum_level": 2, "token_policies": "weather"}
	for k, v := range more {
		role[k] = v
	}
	w.must("POST", "auth/task/role/"+name, w.root, role)
}

var taskUser = wire.Address{7}

func caller() tacit.TaskCaller {
	return tacit.TaskCaller{
		Task: wire.Digest{1}, Attempt: 1, Entry: "acme/report", Service: "acme/report", Program: program, User: taskUser,
		Claims: attest.Claims{Scheme: "sim", Level: 2, Measurement: wire.Digest{9}},
	}
}

func read(path string) tacit.Secret {
	return tacit.Secret{Name: "x", Use: tacit.SecretRead, Path: path, Role: "weather"}
}

func use(what, path string) tacit.Secret {
	return tacit.Secret{Name: "x", Use: what, Path: path, Role: "weather", Calls: 1}
}

func TestATaskGetsWhatItsRoleAllows(t *testing.T) {
	w := taskWorld(t)
	field := func(s tacit.Secret, name string) tacit.Secret { s.Field = name; return s }
	for _, tt := range []struct {
		name    string
		secret  tacit.Secret
		want    string
		version uint64
	}{
		{"a field", field(read("secret/data/weather"), "token"), "hush", 2},
		{"a field that is no text", field(read("secret/data/weather"), "limit"), "3", 2},
		{"all of it", read("secret/data/weather"), `{"limit":3,"token":"hush"}`, 2},
		{"a field without versions", field(read("plain/weather"), "token"), "plain hush", 0},
		{"by the method's own path", func() tacit.Secret { s := field(read("secret/data/weather"), "token"); s.Role = "task/weather"; return s }(), "hush", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := w.vault.ForTask(t.Context(), caller(), tt.secret, nil)
			if err != nil || string(got.Data) != tt.want || got.Version != tt.version {
				t.Errorf("read %q version %d, %v; want %q of %d", got.Data, got.Version, err, tt.want, tt.version)
			}
		})
	}
	t.Run("a signature that anybody can verify", func(t *testing.T) {
		got, err := w.vault.ForTask(t.Context(), caller(), use(tacit.SecretSign, "transit/keys/reports"), []byte("doc"))
		if err != nil {
			t.Fatal(err)
		}
		ask := map[string]any{"input": base64.StdEncoding.EncodeToString([]byte("doc")), "signature": string(got.Data)}
		if r := w.must("POST", "transit/verify/reports", w.root, ask); r.data()["valid"] != true {
			t.Errorf("%s is not valid", got.Data)
		}
	})
	t.Run("what is encrypted is decrypted", func(t *testing.T) {
		sealed, err := w.vault.ForTask(t.Context(), caller(), use(tacit.SecretEncrypt, "transit/keys/box"), []byte("plain\x00text"))
		if err != nil || !strings.HasPrefix(string(sealed.Data), "vault:v1:") {
			t.Fatalf("encrypted %q, %v", sealed.Data, err)
		}
		back, err := w.vault.ForTask(t.Context(), caller(), use(tacit.SecretDecrypt, "transit/keys/box"), sealed.Data)
		if err != nil || string(back.Data) != "plain\x00text" {
			t.Errorf("decrypted %q, %v", back.Data, err)
		}
	})
	t.Run("a parameter that its owner fixed", func(t *testing.T) {
		s := use(tacit.SecretHMAC, "transit/keys/box")
		s.Params = []tacit.SecretParam{{Name: "algorithm", Value: "sha2-512"}}
		got, err := w.vault.ForTask(t.Context(), caller(), s, []byte("doc"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(got.Data), "vault:v1:"))
		if err != nil || len(b) != 64 {
			t.Errorf("an HMAC of %d bytes, %v", len(b), err)
		}
	})
}

func TestATaskGetsNothingElse(t *testing.T) {
	w := taskWorld(t)
	w.taskRole("exact", map[string]any{"programs": program.String(), "users": taskUser.String(), "any_user": false, "measurements": wire.Digest{9}.String()})
	w.taskRole("strong", map[string]any{"minimum_level": 4})
	w.taskRole("dataset", map[string]any{"entries": "clinic/table"})
	as := func(role string) tacit.Secret { s := read("secret/data/weather"); s.Role = role; return s }
	for _, tt := range []struct {
		name   string
		edit   func(*tacit.TaskCaller)
		secret tacit.Secret
		want   fault.Code
		rule   string
	}{
		{"twin: by a role that names all", nil, as("exact"), "", ""},
		{"another service", func(c *tacit.TaskCaller) { c.Service = "mallory/report" }, as("weather"), fault.VaultDenied, "services"},
		{"another entry's terms", func(c *tacit.TaskCaller) { c.Entry = "mallory/data" }, as("weather"), fault.VaultDenied, "entries"},
		{"twin: a dataset's terms, as the role says", func(c *tacit.TaskCaller) { c.Entry = "clinic/table" }, as("dataset"), "", ""},
		{"the service's terms, where a dataset's are named", nil, as("dataset"), fault.VaultDenied, "entries"},
		{"another program of the service", func(c *tacit.TaskCaller) { c.Program[0]++ }, as("exact"), fault.VaultDenied, "programs"},
		{"another user", func(c *tacit.TaskCaller) { c.User[0]++ }, as("exact"), fault.VaultDenied, "users"},
		{"another enclave", func(c *tacit.TaskCaller) { c.Claims.Measurement[0]++ }, as("exact"), fault.VaultDenied, "measurements"},
		{"a level too low for the role", nil, as("strong"), fault.VaultDenied, "minimum_level"},
		{"twin: a level that is enough", func(c *tacit.TaskCaller) { c.Claims.Level = 4 }, as("strong"), "", ""},
		{"a level too low for the policy", nil, use(tacit.SecretSign, "transit/keys/measured"), fault.VaultDenied, ""},
		{"a role that is not there", nil, as("nobody"), fault.VaultDenied, ""},
		{"a role of another method", nil, as("approle/weather"), fault.VaultDenied, ""},
		{"a role that is a path", nil, as("task/../x"), fault.VaultDenied, ""},
		{"a path that the policies do not name", nil, read("secret/data/other"), fault.VaultDenied, ""},
		{"a secret that is not there", nil, read("secret/data/none"), fault.VaultDenied, ""},
		{"a field that is not there", nil, func() tacit.Secret { s := as("weather"); s.Field = "none"; return s }(), fault.VaultDenied, ""},
		{"a path that is not plain", nil, read("secret/data/../data/weather"), fault.VaultDenied, ""},
		{"the vault itself", nil, read("sys/policies/acl/weather"), fault.VaultDenied, ""},
		{"a login", nil, read("auth/token/lookup-self"), fault.VaultDenied, ""},
		{"a mount that is not there", nil, read("nowhere/weather"), fault.VaultDenied, ""},
		{"a use that the policies do not name", nil, use(tacit.SecretHMAC, "transit/keys/reports"), fault.VaultDenied, ""},
		{"a key of an engine that has none", nil, use(tacit.SecretSign, "secret/keys/weather"), fault.VaultDenied, ""},
		{"no key", nil, use(tacit.SecretSign, "transit/sign/reports"), fault.VaultDenied, ""},
		{"a use of another name", nil, use("export/signing-key", "transit/keys/reports"), fault.VaultDenied, ""},
		{"the key itself", nil, read("transit/export/signing-key/reports"), fault.VaultDenied, ""},
		{"what was not encrypted", nil, use(tacit.SecretDecrypt, "transit/keys/box"), fault.APIField, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := caller()
			if tt.edit != nil {
				tt.edit(&c)
			}
			before := len(w.records())
			got, err := w.vault.ForTask(t.Context(), c, tt.secret, []byte("doc"))
			if fault.Of(err) != tt.want || tt.want != "" && len(got.Data) > 0 {
				t.Fatalf("read %q, %v; want %q", got.Data, err, tt.want)
			}
			if tt.rule != "" && !strings.Contains(fmt.Sprint(err), tt.rule) {
				t.Errorf("refused by %v, want %s", err, tt.rule)
			}
			if after := w.records(); len(after) != before+1 || !strings.Contains(string(after[len(after)-1]), `"entity":"`) {
				t.Errorf("the log has %d records more", len(after)-before)
			}
		})
	}
}

// What is taken back in the vault is gone for the next call of a task that runs.
func TestATaskLosesWhatIsTakenBack(t *testing.T) {
	for name, take := range map[string]func(w *world){
		"the role":   func(w *world) { w.must("DELETE", "auth/task/role/weather", w.root, nil) },
		"the policy": func(w *world) { w.must("DELETE", "sys/policies/acl/weather", w.root, nil) },
		"the method": func(w *world) { w.must("DELETE", "sys/auth/task", w.root, nil) },
		"its service": func(w *world) {
			w.taskRole("weather", map[string]any{"services": "acme/other"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := taskWorld(t)
			s := use(tacit.SecretSign, "transit/keys/reports")
			if _, err := w.vault.ForTask(t.Context(), caller(), s, []byte("doc")); err != nil {
				t.Fatal(err)
			}
			take(w)
			if _, err := w.vault.ForTask(t.Context(), caller(), s, []byte("doc")); fault.Of(err) != fault.VaultDenied {
				t.Errorf("used again: %v", err)
			}
		})
	}
	t.Run("sealed", func(t *testing.T) {
		w := taskWorld(t)
		w.must("PUT", "sys/seal", w.root, nil)
		if _, err := w.vault.ForTask(t.Context(), caller(), read("secret/data/weather"), nil); fault.Of(err) != fault.VaultSealed {
			t.Errorf("a sealed vault: %v", err)
		}
	})
	t.Run("another process serves", func(t *testing.T) {
		active := true
		w := taskWorld(t, func(c *vault.Config) { c.Active = func() (bool, string) { return active, "https://elsewhere" } })
		active = false
		if _, err := w.vault.ForTask(t.Context(), caller(), read("secret/data/weather"), nil); fault.Of(err) != fault.VaultSealed {
			t.Errorf("a standby: %v", err)
		}
	})
}

// case N77 code VAULT_AUDIT check vault/task.go:ForTask
func TestN77WithoutARecordATaskGetsNothing(t *testing.T) {
	s := &failing{Store: memory(t)}
	w := newWorld(t, s)
	w.must("POST", "secret/data/weather", w.root, map[string]any{"data": map[string]any{"token": "hush"}})
	w.policy("weather", `path "secret/data/weather" { capabilities = ["read"] }`)
	w.taskRole("weather", nil)
	s.down.Store(true)
	got, err := w.vault.ForTask(t.Context(), caller(), read("secret/data/weather"), nil)
	if fault.Of(err) != fault.VaultAudit || len(got.Data) != 0 {
		t.Errorf("read %q, %v", got.Data, err)
	}
	s.down.Store(false)
	t.Run("twin: the log is back", func(t *testing.T) {
		got, err := w.vault.ForTask(t.Context(), caller(), read("secret/data/weather"), nil)
		if err != nil || !strings.Contains(string(got.Data), "hush") {
			t.Errorf("read %q, %v", got.Data, err)
		}
		for _, r := range w.records() {
			if strings.Contains(string(r), "hush") {
				t.Error("the log tells the secret")
			}
		}
	})
}

func TestRolesForTasksNameWhatTheyAllow(t *testing.T) {
	w := taskWorld(t)
	role := func() map[string]any {
		return map[string]any{"services": "acme/report", "any_user": true, "minimum_level": 2, "token_policies": "weather"}
	}
	for _, tt := range []struct {
		name  string
		field string
		value any // nil leaves it out
		ok    bool
	}{
		{"twin: all of it", "services", []string{"acme/report", "acme/other"}, true},
		{"no services", "services", nil, false},
		{"a service that has no name", "services", "acme", false},
		{"an entry that has no name", "entries", "*", false},
		{"nobody", "any_user", nil, false},
		{"a user who is none", "users", "0x12", false},
		{"no level", "minimum_level", nil, false},
		{"a level that is none", "minimum_level", 6, false},
		{"no policies", "token_policies", nil, false},
		{"root", "token_policies", "root", false},
		{"a program that is no digest", "programs", "0x12", false},
		{"a measurement that is no digest", "measurements", "xyz", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := role()
			if body[tt.field] = tt.value; tt.value == nil {
				delete(body, tt.field)
			}
			r := w.call("POST", "auth/task/role/new", w.root, body)
			if got := r.status < 300; got != tt.ok || !tt.ok && r.status != http.StatusBadRequest {
				t.Errorf("answered %d %s", r.status, r.raw)
			}
		})
	}
	t.Run("read, listed and removed", func(t *testing.T) {
		r := w.must("GET", "auth/task/role/weather", w.root, nil)
		if fmt.Sprint(r.data()["services"], r.data()["entries"]) != "[acme/report] [acme/report]" {
			t.Errorf("read %s", r.raw)
		}
		if r := w.must("LIST", "auth/task/role", w.root, nil); !strings.Contains(r.raw, "weather") {
			t.Errorf("listed %s", r.raw)
		}
		w.must("DELETE", "auth/task/role/weather", w.root, nil)
		if r := w.call("GET", "auth/task/role/weather", w.root, nil); r.status != http.StatusNotFound {
			t.Errorf("after its end: %d", r.status)
		}
	})
	t.Run("nobody logs in by it", func(t *testing.T) {
		if r := w.call("POST", "auth/task/login", "", map[string]any{"role": "weather"}); r.status < 400 || r.auth() != nil {
			t.Errorf("answered %d %s", r.status, r.raw)
		}
	})
}
