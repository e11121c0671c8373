package manager_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/key"
	"tacit/manager"
	"tacit/wire"
)

// A keeper is a vault of two things that a test can close.
type keeper struct {
	mu    sync.Mutex // guards what follows
	err   error
	asked []tacit.TaskCaller
	uses  []string
}

func (k *keeper) ForTask(_ context.Context, c tacit.TaskCaller, s tacit.Secret, input []byte) (tacit.SecretAnswer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, c)
	k.uses = append(k.uses, s.Use+" "+s.Path+" "+string(input))
	if k.err != nil {
		return tacit.SecretAnswer{}, k.err
	}
	if s.Use == tacit.SecretRead {
		return tacit.SecretAnswer{Data: []byte("hush"), Version: 7}, nil
	}
	return tacit.SecretAnswer{Data: fmt.Appendf(nil, "%s(%s) %d", s.Use, input, len(k.uses))}, nil
}

func (k *keeper) close(err error) { k.mu.Lock(); k.err = err; k.mu.Unlock() }

func (k *keeper) count() int { k.mu.Lock(); defer k.mu.Unlock(); return len(k.uses) }

// withSecrets are terms that give one of each kind.
func withSecrets(t *tacit.Terms) {
	free(t)
	t.Secrets = []tacit.Secret{
		{Name: "token", Use: tacit.SecretRead, Path: "secret/data/weather", Role: "weather"},
		{Name: "sign", Use: tacit.SecretSign, Path: "transit/keys/reports", Role: "weather", Calls: 2},
	}
}

// A user is an enclave that was given secrets.
type user struct {
	t      *testing.T
	b      *bench
	a      *mini.Attempt
	shared key.Shared
}

// user is an attempt that was released, with what its enclave opened.
func (b *bench) user(t *testing.T) *user {
	t.Helper()
	a := b.ready()
	reply, err := a.Release(0)
	b.Must(err)
	u := &user{t: t, b: b, a: a}
	u.shared, err = key.ParseShared(u.open(reply.Grants[1]).Key)
	b.Must(err)
	return u
}

func (u *user) open(g tacit.Grant) (s tacit.TaskSecrets) {
	u.t.Helper()
	plain, err := u.a.Seal.Open(g.SecretsInfo(u.b.ID), g.Secrets)
	u.b.Must(err)
	u.b.Must(wire.Unmarshal(tacit.SecretsLabel, plain, &s))
	return s
}

func (u *user) request(number uint64, name, input string) tacit.UseRequest {
	u.t.Helper()
	req := tacit.UseRequest{Manager: u.b.Managers[0].Key.Address(), Task: u.a.Case.Task.Body.ID(u.b.ID), Attempt: 1, Number: number}
	b, err := wire.Marshal(tacit.UseLabel, tacit.KeyUse{Name: name, Input: []byte(input)})
	u.b.Must(err)
	req.Sealed, err = u.shared.Seal(req.Context(false), b)
	u.b.Must(err)
	return req
}

// answer is what the enclave reads of a reply.
func (u *user) answer(req tacit.UseRequest, r tacit.UseReply) string {
	u.t.Helper()
	plain, err := u.shared.Open(req.Context(true), r.Sealed)
	u.b.Must(err)
	var a tacit.KeyAnswer
	u.b.Must(wire.Unmarshal(tacit.UseLabel, plain, &a))
	return string(a.Data) + a.Code
}

func (u *user) use(m *manager.Manager, req tacit.UseRequest) (string, error) {
	u.t.Helper()
	r, err := m.Use(context.Background(), req)
	if err != nil {
		return "", err
	}
	return u.answer(req, r), nil
}

func TestSecretsGoWithTheKeyOfTheirEntry(t *testing.T) {
	b := newBench(t, withSecrets)
	a := b.ready()
	reply, err := a.Release(0)
	b.Must(err)
	if len(reply.Grants[0].Secrets) != 0 {
		t.Error("an entry whose terms name none gives some")
	}
	u := &user{t: t, b: b, a: a}
	got := u.open(reply.Grants[1])
	want := []tacit.GivenSecret{
		{Name: "token", Use: tacit.SecretRead, Data: []byte("hush"), Version: 7},
		{Name: "sign", Use: tacit.SecretSign, Data: []byte{}, Calls: 2},
	}
	for i := range want {
		if g, w := got.Given[i], want[i]; g.Name != w.Name || g.Use != w.Use || !bytes.Equal(g.Data, w.Data) || g.Version != w.Version || g.Calls != w.Calls {
			t.Errorf("given %+v, want %+v", g, w)
		}
	}
	if len(got.Given) != 2 || len(got.Key) != 32 {
		t.Errorf("given %d secrets, a key of %d bytes", len(got.Given), len(got.Key))
	}
	if _, err := a.Seal.Open(reply.Grants[1].Info(b.ID), reply.Grants[1].Secrets); err == nil {
		t.Error("secrets open as a file key")
	}
	c := b.vault.asked[0]
	if c.Entry != "clinic/table" || c.Service != "acme/sum" || c.Program != wire.Sum([]byte("code")) || c.User != b.User.Address() ||
		c.Task != a.Case.Task.Body.ID(b.ID) || c.Attempt != 1 || c.Claims.Level != 2 {
		t.Errorf("the vault was asked for %+v", c)
	}
	var r tacit.GrantRecord
	b.Must(wire.Unmarshal("tacit/audit/grant", reply.Grants[1].Record, &r))
	if records := []tacit.SecretRecord{{Name: "token", Use: "read", Version: 7}, {Name: "sign", Use: "sign", Calls: 2}}; !reflect.DeepEqual(r.Secrets, records) {
		t.Errorf("the record says %+v", r.Secrets)
	}
	if text := fmt.Sprintf("%s %q", reply.Grants[1].Record, reply.Grants[1].Secrets); strings.Contains(text, "hush") || strings.Contains(text, "secret/data") {
		t.Error("the record tells a secret or its path")
	}
	again, err := a.Release(0)
	b.Must(err)
	if !reflect.DeepEqual(again.Grants, reply.Grants) || b.vault.count() != 1 {
		t.Error("a retry gets another answer")
	}
}

func TestWhatTheVaultDeniesIsNotReleased(t *testing.T) {
	once := func(t *tacit.Terms) { withSecrets(t); t.MaxReleases, t.Budgets = 1, nil }
	for _, tt := range []struct {
		name string
		err  error
		want fault.Code
	}{
		{"denied", fault.New(fault.VaultDenied, "no"), fault.VaultDenied},
		{"sealed", fault.New(fault.VaultSealed, "no"), fault.VaultSealed},
		{"no record of it", fault.New(fault.VaultAudit, "no"), fault.VaultAudit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, once)
			a := b.ready()
			b.vault.close(tt.err)
			before := len(b.tape.Records())
			reply, err := a.Release(0)
			want(t, err, tt.want)
			if len(reply.Grants) != 0 {
				t.Error("keys left")
			}
			if len(b.tape.Records()) != before+1 {
				t.Error("the denial is not in the log")
			}
			t.Run("twin: allowed later, nothing was spent", func(t *testing.T) {
				b.vault.close(nil)
				_, err := a.Release(0)
				want(t, err, "")
			})
		})
	}
	t.Run("terms deny before the vault is asked", func(t *testing.T) {
		b := newBench(t, func(t *tacit.Terms) { withSecrets(t); t.MaxReleases, t.Budgets = 1, nil })
		a, other := b.ready(), b.ready()
		_, err := a.Release(0)
		want(t, err, "")
		n := b.vault.count()
		_, err = other.Release(0)
		want(t, err, fault.DataConsent)
		if b.vault.count() != n {
			t.Error("the vault was asked")
		}
	})
	t.Run("two entries of one name", func(t *testing.T) {
		b := newBench(t, withSecrets)
		terms := mini.Terms()
		withSecrets(&terms)
		service, code := b.Publish(b.m, "acme/twice", tacit.EntryService, []byte("code"), terms)
		terms.Services = []string{"acme/twice"}
		data, table := b.Publish(b.m, "clinic/other", tacit.EntryDataset, []byte("rows"), terms)
		b.Epoch()
		a := b.Draw(b.Accept(b.Task(service, data), service, data), b.m).Assign(1).Quote(nil)
		a.Headers = [][]byte{code.Header, table.Header}
		_, err := a.Release(0)
		want(t, err, fault.KeyPolicy)
	})
}

func TestAManagerWithoutAVaultGivesNothing(t *testing.T) {
	b := newBench(t, withSecrets)
	a := b.ready()
	cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
	cfg.Vault = nil
	m := b.open(cfg)
	terms := mini.Terms("acme/sum")
	withSecrets(&terms)
	_, err := m.SetTerms(mini.As(b.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: terms})
	want(t, err, fault.KeyPolicy)
	a.Managers = []*manager.Manager{m}
	_, err = a.Release(0)
	want(t, err, fault.KeyPolicy)
	u := b.user(t)
	cfg = b.config(b.disk.Clone().Open(nil), b.tape.Clone())
	cfg.Vault = nil
	got, err := u.use(b.open(cfg), u.request(1, "sign", "doc"))
	want(t, err, "")
	if got != string(fault.KeyPolicy) {
		t.Errorf("a key without a vault: %s", got)
	}
}

func TestKeysAreUsedAsOftenAsGiven(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(t *testing.T, u *user, c *clock) (string, error)
		want string // of the last answer
		code fault.Code
	}{
		{"twin: one after the other", func(t *testing.T, u *user, _ *clock) (string, error) {
			_, err := u.use(u.b.m, u.request(1, "sign", "a"))
			u.b.Must(err)
			return u.use(u.b.m, u.request(2, "sign", "b"))
		}, "sign(b) 3", ""},
		{"one too many", func(t *testing.T, u *user, _ *clock) (string, error) {
			for i := range uint64(2) {
				_, err := u.use(u.b.m, u.request(i+1, "sign", "a"))
				u.b.Must(err)
			}
			return u.use(u.b.m, u.request(3, "sign", "a"))
		}, string(fault.KeyPolicy), ""},
		{"a name that was not given", func(t *testing.T, u *user, _ *clock) (string, error) {
			return u.use(u.b.m, u.request(1, "other", "a"))
		}, string(fault.KeyPolicy), ""},
		{"a secret that is read", func(t *testing.T, u *user, _ *clock) (string, error) {
			return u.use(u.b.m, u.request(1, "token", "a"))
		}, string(fault.KeyPolicy), ""},
		{"on too much", func(t *testing.T, u *user, _ *clock) (string, error) {
			return u.use(u.b.m, u.request(1, "sign", strings.Repeat("x", tacit.MostSecretBytes+1)))
		}, string(fault.APISize), ""},
		{"revoked in the vault", func(t *testing.T, u *user, _ *clock) (string, error) {
			u.b.vault.close(fault.New(fault.VaultDenied, "no"))
			return u.use(u.b.m, u.request(1, "sign", "a"))
		}, string(fault.VaultDenied), ""},
		{"its owner withdrew his consent", func(t *testing.T, u *user, _ *clock) (string, error) {
			gone := mini.Terms("acme/sum")
			gone.Withdrawn = true
			_, err := u.b.m.SetTerms(mini.As(u.b.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: gone})
			u.b.Must(err)
			return u.use(u.b.m, u.request(1, "sign", "a"))
		}, string(fault.KeyPolicy), ""},
		{"the vault is sealed: no answer, and none is counted twice", func(t *testing.T, u *user, _ *clock) (string, error) {
			first := u.request(1, "sign", "a")
			u.b.vault.close(fault.New(fault.VaultSealed, "no"))
			for range 3 {
				_, err := u.use(u.b.m, first)
				want(t, err, fault.VaultSealed)
			}
			u.b.vault.close(nil)
			_, err := u.use(u.b.m, first)
			u.b.Must(err)
			return u.use(u.b.m, u.request(2, "sign", "b"))
		}, "sign(b) 6", ""},
		{"the same request again", func(t *testing.T, u *user, _ *clock) (string, error) {
			req := u.request(1, "sign", "a")
			first, err := u.b.m.Use(context.Background(), req)
			u.b.Must(err)
			again, err := u.b.m.Use(context.Background(), req)
			u.b.Must(err)
			if !bytes.Equal(first.Sealed, again.Sealed) || u.b.vault.count() != 2 {
				t.Error("it was done again")
			}
			return u.answer(req, again), nil
		}, "sign(a) 2", ""},
		{"another under the same number", func(t *testing.T, u *user, _ *clock) (string, error) {
			_, err := u.use(u.b.m, u.request(1, "sign", "a"))
			u.b.Must(err)
			return u.use(u.b.m, u.request(1, "sign", "b"))
		}, "", fault.KeySignature},
		{"an old one", func(t *testing.T, u *user, _ *clock) (string, error) {
			old := u.request(1, "sign", "a")
			_, err := u.use(u.b.m, old)
			u.b.Must(err)
			_, err = u.use(u.b.m, u.request(2, "sign", "b"))
			u.b.Must(err)
			return u.use(u.b.m, old)
		}, "", fault.KeySignature},
		{"one that does not follow", func(t *testing.T, u *user, _ *clock) (string, error) {
			return u.use(u.b.m, u.request(2, "sign", "a"))
		}, "", fault.KeySignature},
		{"under another's key", func(t *testing.T, u *user, _ *clock) (string, error) {
			u.shared = key.NewShared()
			return u.use(u.b.m, u.request(1, "sign", "a"))
		}, "", fault.KeySignature},
		{"renumbered on the way", func(t *testing.T, u *user, _ *clock) (string, error) {
			req := u.request(2, "sign", "a")
			req.Number = 1
			return u.use(u.b.m, req)
		}, "", fault.KeySignature},
		{"of an attempt that was given none", func(t *testing.T, u *user, _ *clock) (string, error) {
			req := u.request(1, "sign", "a")
			req.Attempt = 2
			return u.use(u.b.m, req)
		}, "", fault.APINotFound},
		{"at another manager", func(t *testing.T, u *user, _ *clock) (string, error) {
			req := u.request(1, "sign", "a")
			req.Manager[0]++
			return u.use(u.b.m, req)
		}, "", fault.APINotFound},
		{"when the task's time is over", func(t *testing.T, u *user, c *clock) (string, error) {
			c.now = c.now.Add(10 * time.Minute)
			return u.use(u.b.m, u.request(1, "sign", "a"))
		}, "", fault.TaskTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, withSecrets)
			c := &clock{time.Now()}
			cfg := b.config(b.disk.Clone().Open(nil), b.tape)
			cfg.Now = c.Now
			b.m = b.open(cfg)
			got, err := tt.do(t, b.user(t), c)
			want(t, err, tt.code)
			if got != tt.want {
				t.Errorf("answered %q, want %q", got, tt.want)
			}
		})
	}
}

// A use is in the log before the vault is asked, and without its record nobody asks.
func TestAUseWithoutItsRecordIsNone(t *testing.T) {
	b := newBench(t, withSecrets)
	u := b.user(t)
	cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
	cfg.Audit = &fullLog{AuditLog: cfg.Audit}
	m := b.open(cfg)
	n := b.vault.count()
	req := u.request(1, "sign", "a")
	_, err := u.use(m, req)
	want(t, err, fault.AuditUnavailable)
	if b.vault.count() != n {
		t.Error("the vault was asked")
	}
	t.Run("twin: with its record", func(t *testing.T) {
		got, err := u.use(m, req)
		want(t, err, "")
		if got != fmt.Sprintf("sign(a) %d", n+1) {
			t.Errorf("answered %q", got)
		}
	})
}

// After a restart on the same disk uses go on where they were, and what was answered
// is answered the same.
func TestARestartForgetsNoUse(t *testing.T) {
	b := newBench(t, withSecrets)
	u := b.user(t)
	first := u.request(1, "sign", "a")
	before, err := b.m.Use(context.Background(), first)
	b.Must(err)
	m := b.open(b.config(b.disk.Clone().Open(nil), b.tape.Clone()))
	after, err := m.Use(context.Background(), first)
	b.Must(err)
	if !bytes.Equal(before.Sealed, after.Sealed) {
		t.Error("another answer after the restart")
	}
	_, err = u.use(m, u.request(2, "sign", "b"))
	want(t, err, "")
	got, err := u.use(m, u.request(3, "sign", "c"))
	want(t, err, "")
	if got != string(fault.KeyPolicy) {
		t.Errorf("a third use of two: %s", got)
	}
	records := 0
	for _, r := range b.tape.Records() {
		var use tacit.UseRecord
		if wire.Unmarshal("tacit/audit/use", r, &use) == nil {
			records++
			if use.Name != "sign" || use.Subject != "clinic/table" || use.Number != 1 {
				t.Errorf("the record says %+v", use)
			}
		}
	}
	if records != 1 {
		t.Errorf("%d records of one use", records)
	}
}

// No secret of a channel outlives its task, and live ones stay.
func TestChannelsAreForgottenAfterTheirTasks(t *testing.T) {
	b := newBench(t, withSecrets)
	c := &clock{time.Now()}
	store := b.disk.Clone().Open(nil)
	cfg := b.config(store, b.tape)
	cfg.Now = c.Now
	b.m = b.open(cfg)
	u := b.user(t)
	held := func() int {
		items, _, err := store.Range(t.Context(), "uses/", "uses0", 10)
		b.Must(err)
		return len(items)
	}
	b.Must(b.m.SweepUses(t.Context()))
	if held() != 1 {
		t.Fatal("a live channel is forgotten")
	}
	if got, err := u.use(b.m, u.request(1, "sign", "a")); err != nil || !strings.HasPrefix(got, "sign(a)") {
		t.Fatalf("used %q, %v", got, err)
	}
	c.now = c.now.Add(10 * time.Minute)
	b.Must(b.m.SweepUses(t.Context()))
	if held() != 0 {
		t.Error("a channel outlives its task")
	}
}

func TestTermsWithBadSecretsAreRefused(t *testing.T) {
	good := func() []tacit.Secret {
		var terms tacit.Terms
		withSecrets(&terms)
		return terms.Secrets
	}
	for _, tt := range []struct {
		name string
		edit func(s []tacit.Secret) []tacit.Secret
		want fault.Code
	}{
		{"twin: one of each", func(s []tacit.Secret) []tacit.Secret { return s }, ""},
		{"twin: parameters of a key", func(s []tacit.Secret) []tacit.Secret {
			s[1].Params = []tacit.SecretParam{{Name: "hash_algorithm", Value: "sha2-512"}}
			return s
		}, ""},
		{"too many", func(s []tacit.Secret) []tacit.Secret { return slices.Repeat(s, 9) }, fault.APISize},
		{"no name", func(s []tacit.Secret) []tacit.Secret { s[0].Name = ""; return s }, fault.KeyPolicy},
		{"a name that is a path", func(s []tacit.Secret) []tacit.Secret { s[0].Name = "a/b"; return s }, fault.KeyPolicy},
		{"a hidden name", func(s []tacit.Secret) []tacit.Secret { s[0].Name = ".."; return s }, fault.KeyPolicy},
		{"a name twice", func(s []tacit.Secret) []tacit.Secret { s[1].Name = "token"; return s }, fault.KeyPolicy},
		{"an unknown use", func(s []tacit.Secret) []tacit.Secret { s[1].Use = "export"; return s }, fault.KeyPolicy},
		{"no path", func(s []tacit.Secret) []tacit.Secret { s[0].Path = ""; return s }, fault.KeyPolicy},
		{"a path of the vault itself", func(s []tacit.Secret) []tacit.Secret { s[0].Path = "sys/policy"; return s }, fault.KeyPolicy},
		{"a path of a login", func(s []tacit.Secret) []tacit.Secret { s[0].Path = "auth/token/create"; return s }, fault.KeyPolicy},
		{"no role", func(s []tacit.Secret) []tacit.Secret { s[0].Role = ""; return s }, fault.KeyPolicy},
		{"no number of calls", func(s []tacit.Secret) []tacit.Secret { s[1].Calls = 0; return s }, fault.KeyPolicy},
		{"too many calls", func(s []tacit.Secret) []tacit.Secret { s[1].Calls = tacit.MostSecretCalls + 1; return s }, fault.KeyPolicy},
		{"a field of a key", func(s []tacit.Secret) []tacit.Secret { s[1].Field = "a"; return s }, fault.KeyPolicy},
		{"calls of what is read", func(s []tacit.Secret) []tacit.Secret { s[0].Calls = 1; return s }, fault.KeyPolicy},
		{"the guest's own parameter", func(s []tacit.Secret) []tacit.Secret {
			s[1].Params = []tacit.SecretParam{{Name: "input", Value: "x"}}
			return s
		}, fault.KeyPolicy},
		{"too many parameters", func(s []tacit.Secret) []tacit.Secret {
			s[1].Params = slices.Repeat([]tacit.SecretParam{{Name: "a"}}, 17)
			return s
		}, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := mini.Terms("acme/sum")
			terms.Secrets = tt.edit(good())
			want(t, terms.Check(), tt.want)
			b, err := json.Marshal(terms)
			if err != nil {
				t.Fatal(err)
			}
			var back tacit.Terms
			if err := json.Unmarshal(b, &back); err != nil || back.Digest() != terms.Digest() {
				t.Errorf("terms do not survive their file: %v", err)
			}
		})
	}
}
