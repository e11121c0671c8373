package vault_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"
)

// TestTheOfficialClient runs what Vault's documentation shows for its Go client.
func TestTheOfficialClient(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			l := &leaser{revoked: make(chan string, 16)}
			w := newWorld(t, open(t), withLeaser(l))
			for _, tt := range []struct {
				name string
				run  func(*testing.T, *world, *api.Client)
			}{
				{"kv with versions", clientKV2}, {"kv with one value", clientKV1}, {"approle", clientAppRole}, {"tokens", clientTokens},
				{"policies", clientPolicies}, {"leases", clientLeases}, {"wrapping", clientWrapping}, {"sys", clientSys},
			} {
				t.Run(tt.name, func(t *testing.T) { tt.run(t, w, w.client(w.root)) })
			}
		})
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func clientKV2(t *testing.T, _ *world, c *api.Client) {
	ctx := t.Context()
	kv := c.KVv2("secret")
	secret := must[*api.KVSecret](t)
	if s := secret(kv.Put(ctx, "my-app/db", map[string]any{"password": "Hashi123", "port": 5432})); s.VersionMetadata.Version != 1 {
		t.Errorf("first version = %d", s.VersionMetadata.Version)
	}
	s := secret(kv.Get(ctx, "my-app/db"))
	if s.Data["password"] != "Hashi123" || s.VersionMetadata.CreatedTime.IsZero() {
		t.Errorf("Get = %+v", s)
	}
	secret(kv.Patch(ctx, "my-app/db", map[string]any{"user": "web"}))
	if s := secret(kv.Get(ctx, "my-app/db")); s.Data["user"] != "web" || s.Data["password"] != "Hashi123" || s.VersionMetadata.Version != 2 {
		t.Errorf("after Patch Get = %+v", s)
	}
	if _, err := kv.Put(ctx, "my-app/db", map[string]any{"password": "x"}, api.WithCheckAndSet(1)); err == nil || !strings.Contains(err.Error(), "check-and-set") {
		t.Errorf("Put with an old version = %v", err)
	}
	secret(kv.Put(ctx, "my-app/db", map[string]any{"password": "new"}, api.WithCheckAndSet(2)))
	if s := secret(kv.GetVersion(ctx, "my-app/db", 1)); s.Data["password"] != "Hashi123" {
		t.Errorf("GetVersion = %+v", s.Data)
	}
	if v := must[[]api.KVVersionMetadata](t)(kv.GetVersionsAsList(ctx, "my-app/db")); len(v) != 3 {
		t.Errorf("versions = %+v", v)
	}
	if err := kv.Delete(ctx, "my-app/db"); err != nil {
		t.Fatal(err)
	}
	if s, err := kv.Get(ctx, "my-app/db"); err != nil || s.Data != nil || s.VersionMetadata.DeletionTime.IsZero() {
		t.Errorf("Get of what is deleted = %+v, %v", s, err)
	}
	if err := kv.Undelete(ctx, "my-app/db", []int{3}); err != nil {
		t.Fatal(err)
	}
	if s := secret(kv.Get(ctx, "my-app/db")); s.Data["password"] != "new" {
		t.Errorf("after Undelete Get = %+v", s)
	}
	if err := kv.Destroy(ctx, "my-app/db", []int{1}); err != nil {
		t.Fatal(err)
	}
	if s, err := kv.GetVersion(ctx, "my-app/db", 1); err != nil || s.Data != nil || !s.VersionMetadata.Destroyed {
		t.Errorf("a destroyed version = %+v, %v", s, err)
	}
	secret(kv.Rollback(ctx, "my-app/db", 2))
	if err := kv.PutMetadata(ctx, "my-app/db", api.KVMetadataPutInput{MaxVersions: 2, CustomMetadata: map[string]any{"owner": "web"}, DeleteVersionAfter: time.Hour}); err != nil {
		t.Fatal(err)
	}
	m := must[*api.KVMetadata](t)(kv.GetMetadata(ctx, "my-app/db"))
	if m.CurrentVersion != 4 || m.MaxVersions != 2 || m.CustomMetadata["owner"] != "web" || m.DeleteVersionAfter != time.Hour {
		t.Errorf("metadata = %+v", m)
	}
	list := must[*api.Secret](t)(c.Logical().ListWithContext(ctx, "secret/metadata"))
	if got := list.Data["keys"]; !reflect.DeepEqual(got, []any{"my-app/"}) {
		t.Errorf("list = %v", got)
	}
	if err := kv.DeleteMetadata(ctx, "my-app/db"); err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Get(ctx, "my-app/db"); err == nil || !strings.Contains(err.Error(), "secret not found") {
		t.Errorf("Get of what is gone = %v", err)
	}
}

func clientKV1(t *testing.T, _ *world, c *api.Client) {
	ctx := t.Context()
	if err := c.Sys().Mount("plain", &api.MountInput{Type: "kv", Options: map[string]string{"version": "1"}}); err != nil {
		t.Fatal(err)
	}
	kv := c.KVv1("plain")
	if err := kv.Put(ctx, "a/b", map[string]any{"x": "y"}); err != nil {
		t.Fatal(err)
	}
	if s := must[*api.KVSecret](t)(kv.Get(ctx, "a/b")); s.Data["x"] != "y" {
		t.Errorf("Get = %+v", s)
	}
	if err := kv.Delete(ctx, "a/b"); err != nil {
		t.Fatal(err)
	}
	if err := c.Sys().Unmount("plain"); err != nil {
		t.Fatal(err)
	}
}

func clientAppRole(t *testing.T, w *world, c *api.Client) {
	ctx := t.Context()
	must[*api.Secret](t)(c.Logical().WriteWithContext(ctx, "auth/approle/role/ci", map[string]any{
		"token_policies": "default", "token_ttl": "1h", "token_max_ttl": "4h", "secret_id_num_uses": 2, "secret_id_ttl": "10m",
	}))
	role := must[*api.Secret](t)(c.Logical().ReadWithContext(ctx, "auth/approle/role/ci/role-id")).Data["role_id"]
	made := must[*api.Secret](t)(c.Logical().WriteWithContext(ctx, "auth/approle/role/ci/secret-id", nil))
	login := map[string]any{"role_id": role, "secret_id": made.Data["secret_id"]}
	guest := w.client("")
	for range 2 {
		s := must[*api.Secret](t)(guest.Logical().WriteWithContext(ctx, "auth/approle/login", login))
		if s.Auth == nil || s.Auth.ClientToken == "" || s.Auth.LeaseDuration != 3600 || !reflect.DeepEqual(s.Auth.Policies, []string{"default"}) {
			t.Fatalf("login = %+v", s.Auth)
		}
		guest.SetToken(s.Auth.ClientToken)
		self := must[*api.Secret](t)(guest.Auth().Token().LookupSelf())
		if self.Data["display_name"] != "approle" || self.Data["meta"].(map[string]any)["role_name"] != "ci" {
			t.Errorf("lookup-self = %v", self.Data)
		}
		guest.ClearToken()
	}
	if _, err := guest.Logical().WriteWithContext(ctx, "auth/approle/login", login); err == nil {
		t.Error("a secret-id of two uses was used three times")
	}
	must[*api.Secret](t)(c.Logical().WriteWithContext(ctx, "auth/approle/role/ci/secret-id", nil))
	list := must[*api.Secret](t)(c.Logical().ListWithContext(ctx, "auth/approle/role/ci/secret-id")).Data["keys"].([]any)
	if len(list) != 1 {
		t.Fatalf("accessors = %v", list)
	}
	must[*api.Secret](t)(c.Logical().WriteWithContext(ctx, "auth/approle/role/ci/secret-id-accessor/destroy", map[string]any{"secret_id_accessor": list[0]}))
	if s, err := c.Logical().ListWithContext(ctx, "auth/approle/role/ci/secret-id"); err != nil || s != nil {
		t.Errorf("accessors after destroy = %v, %v", s, err)
	}
}

func clientTokens(t *testing.T, w *world, c *api.Client) {
	yes := true
	s := must[*api.Secret](t)(c.Auth().Token().Create(&api.TokenCreateRequest{
		Policies: []string{"default"}, TTL: "1h", DisplayName: "app", NumUses: 0, Renewable: &yes, Metadata: map[string]string{"team": "web"},
	}))
	child := w.client(s.Auth.ClientToken)
	self := must[*api.Secret](t)(child.Auth().Token().LookupSelf())
	if self.Data["display_name"] != "token-app" || self.Data["accessor"] != s.Auth.Accessor {
		t.Errorf("lookup-self = %v", self.Data)
	}
	if r := must[*api.Secret](t)(child.Auth().Token().RenewSelf(7200)); r.Auth.LeaseDuration != 7200 {
		t.Errorf("renewed for %d s", r.Auth.LeaseDuration)
	}
	if r := must[*api.Secret](t)(c.Auth().Token().LookupAccessor(s.Auth.Accessor)); r.Data["id"] != "" {
		t.Errorf("an accessor shows the token %v", r.Data["id"])
	}
	if err := c.Auth().Token().RevokeAccessor(s.Auth.Accessor); err != nil {
		t.Fatal(err)
	}
	if _, err := child.Auth().Token().LookupSelf(); err == nil || !strings.Contains(err.Error(), "VAULT_TOKEN") {
		t.Errorf("lookup-self after revocation = %v", err)
	}
	s = must[*api.Secret](t)(c.Auth().Token().CreateOrphan(&api.TokenCreateRequest{Policies: []string{"default"}, TTL: "1h"}))
	if !s.Auth.Orphan {
		t.Error("an orphan has a parent")
	}
	if err := w.client(s.Auth.ClientToken).Auth().Token().RevokeSelf(""); err != nil {
		t.Fatal(err)
	}
	watch := must[*api.Secret](t)(c.Auth().Token().Create(&api.TokenCreateRequest{Policies: []string{"default"}, TTL: "2s", Renewable: &yes}))
	lw, err := w.client(watch.Auth.ClientToken).NewLifetimeWatcher(&api.LifetimeWatcherInput{Secret: watch})
	if err != nil {
		t.Fatal(err)
	}
	go lw.Start()
	defer lw.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	select {
	case r := <-lw.RenewCh():
		if r.Secret.Auth == nil {
			t.Error("the watcher renewed nothing")
		}
	case err := <-lw.DoneCh():
		t.Errorf("the watcher ended: %v", err)
	case <-ctx.Done():
		t.Error("the watcher did nothing")
	}
}

func clientPolicies(t *testing.T, w *world, c *api.Client) {
	text := `path "secret/data/team/*" { capabilities = ["create", "read", "update"] }`
	if err := c.Sys().PutPolicy("team", text); err != nil {
		t.Fatal(err)
	}
	if got := must[string](t)(c.Sys().GetPolicy("team")); got != text {
		t.Errorf("policy = %q", got)
	}
	if got := must[[]string](t)(c.Sys().ListPolicies()); !reflect.DeepEqual(got, []string{"default", "root", "team"}) {
		t.Errorf("policies = %v", got)
	}
	s := must[*api.Secret](t)(c.Auth().Token().Create(&api.TokenCreateRequest{Policies: []string{"team"}}))
	m := w.client(s.Auth.ClientToken)
	if _, err := m.KVv2("secret").Put(t.Context(), "team/a", map[string]any{"k": "v"}); err != nil {
		t.Error(err)
	}
	if _, err := m.KVv2("secret").Get(t.Context(), "other/a"); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("another path = %v", err)
	}
	if got := must[[]string](t)(m.Sys().CapabilitiesSelf("secret/data/team/a")); !reflect.DeepEqual(got, []string{"create", "read", "update"}) {
		t.Errorf("capabilities = %v", got)
	}
	if err := c.Sys().DeletePolicy("team"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.KVv2("secret").Get(t.Context(), "team/a"); err == nil {
		t.Error("a deleted policy still allows")
	}
}

func clientLeases(t *testing.T, w *world, c *api.Client) {
	if err := c.Sys().Mount("db", &api.MountInput{Type: "leaser"}); err != nil {
		t.Fatal(err)
	}
	s := must[*api.Secret](t)(c.Logical().Read("db/creds/app"))
	if !strings.HasPrefix(s.LeaseID, "db/creds/app/") || s.LeaseDuration < 3590 || !s.Renewable {
		t.Fatalf("secret = %+v", s)
	}
	if r := must[*api.Secret](t)(c.Sys().Lookup(s.LeaseID)); r.Data["id"] != s.LeaseID {
		t.Errorf("lookup = %v", r.Data)
	}
	if r := must[*api.Secret](t)(c.Sys().Renew(s.LeaseID, 7200)); r.LeaseDuration < 7190 {
		t.Errorf("renewed for %d s", r.LeaseDuration)
	}
	if err := c.Sys().Revoke(s.LeaseID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sys().Lookup(s.LeaseID); err == nil {
		t.Error("a revoked lease is still there")
	}
	must[*api.Secret](t)(c.Logical().Read("db/creds/app"))
	if err := c.Sys().RevokePrefix("db/creds"); err != nil {
		t.Fatal(err)
	}
	if s, err := c.Logical().List("sys/leases/lookup/db/creds"); err != nil || s != nil {
		t.Errorf("leases after revoke-prefix = %v, %v", s, err)
	}
}

func clientWrapping(t *testing.T, w *world, c *api.Client) {
	must[*api.KVSecret](t)(c.KVv2("secret").Put(t.Context(), "wrapped", map[string]any{"k": "v"}))
	c.SetWrappingLookupFunc(func(string, string) string { return "5m" })
	s := must[*api.Secret](t)(c.Logical().Read("secret/data/wrapped"))
	c.SetWrappingLookupFunc(nil)
	if s.WrapInfo == nil || s.WrapInfo.TTL != 300 || s.Data != nil {
		t.Fatalf("wrapped answer = %+v", s)
	}
	guest := w.client("")
	if s := must[*api.Secret](t)(guest.Logical().Unwrap(s.WrapInfo.Token)); s.Data["data"].(map[string]any)["k"] != "v" {
		t.Errorf("unwrapped = %+v", s.Data)
	}
	if _, err := guest.Logical().Unwrap(s.WrapInfo.Token); err == nil {
		t.Error("an answer was unwrapped twice")
	}
}

func clientSys(t *testing.T, w *world, c *api.Client) {
	h := must[*api.HealthResponse](t)(c.Sys().Health())
	if !h.Initialized || h.Sealed || h.Standby {
		t.Errorf("health = %+v", h)
	}
	if s := must[*api.SealStatusResponse](t)(c.Sys().SealStatus()); s.T != 2 || s.N != 3 || s.Sealed {
		t.Errorf("seal status = %+v", s)
	}
	if l := must[*api.LeaderResponse](t)(c.Sys().Leader()); !l.IsSelf {
		t.Errorf("leader = %+v", l)
	}
	mounts := must[map[string]*api.MountOutput](t)(c.Sys().ListMounts())
	if m := mounts["secret/"]; m == nil || m.Type != "kv" || m.Options["version"] != "2" {
		t.Errorf("mounts = %+v", mounts)
	}
	auths := must[map[string]*api.AuthMount](t)(c.Sys().ListAuth())
	if auths["approle/"] == nil || auths["attest/"] == nil || auths["token/"] == nil {
		t.Errorf("auth = %+v", auths)
	}
	if err := c.Sys().TuneMount("secret", api.MountConfigInput{MaxLeaseTTL: "10h"}); err != nil {
		t.Fatal(err)
	}
	if m := must[*api.MountConfigOutput](t)(c.Sys().MountConfig("secret")); m.MaxLeaseTTL != 36000 {
		t.Errorf("tuned = %+v", m)
	}
	if err := c.Sys().EnableAuthWithOptions("ci", &api.EnableAuthOptions{Type: "approle"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Sys().DisableAuth("ci"); err != nil {
		t.Fatal(err)
	}
	if a := must[map[string]*api.Audit](t)(c.Sys().ListAudit()); len(a) != 1 {
		t.Errorf("audit = %+v", a)
	}
	if r := must[bool](t)(c.Sys().InitStatus()); !r {
		t.Error("not initialized")
	}
}
