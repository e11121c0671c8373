package vault_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/vault"
	"tacit/vault/logical"
)

// slow is an engine that answers when it is told to.
type slow struct{ asked, answer chan struct{} }

func (s *slow) Handle(context.Context, *logical.Request) (*logical.Response, error) {
	s.asked <- struct{}{}
	<-s.answer
	return &logical.Response{Data: map[string]any{"k": "the secret"}}, nil
}
func (s *slow) Revoke(context.Context, []byte) error { return nil }
func (s *slow) Forget()                              {}

// A request that was judged before its process learnt that another wrote is not
// answered, though its record is taken after.
//
// case N74 code VAULT_AUDIT check vault/http.go:known
func TestN74WhatWasJudgedByOldStateIsNotAnswered(t *testing.T) {
	s := &slow{make(chan struct{}, 1), make(chan struct{}, 1)}
	engine := func(c *vault.Config) {
		c.Engines = map[string]func(logical.Storage) logical.Engine{"slow": func(logical.Storage) logical.Engine { return s }}
	}
	w := newWorld(t, memory(t), engine)
	w.must("POST", "sys/mounts/slow", w.root, map[string]any{"type": "slow"})
	w.policy("slow", `path "slow/*" { capabilities = ["read"] }`)
	token := w.token(map[string]any{"policies": []string{"slow"}})
	ask := func() chan reply {
		out := make(chan reply, 1)
		go func() { out <- w.call("GET", "slow/x", token, nil) }()
		<-s.asked
		return out
	}
	t.Run("twin: nobody else wrote", func(t *testing.T) {
		out := ask()
		s.answer <- struct{}{}
		if r := <-out; r.status != http.StatusOK {
			t.Errorf("answer = %d %s", r.status, r.raw)
		}
	})
	out := ask()
	w.again(engine).must("POST", "auth/token/revoke", w.root, map[string]any{"token": token})
	w.call("GET", "auth/token/lookup-self", w.root, nil) // learns of the other
	w.must("GET", "auth/token/lookup-self", w.root, nil)
	s.answer <- struct{}{}
	r := <-out
	wantCode(t, r, http.StatusInternalServerError, fault.VaultAudit)
	if strings.Contains(r.raw, "the secret") {
		t.Error("the secret was told")
	}
}

// unlisted is a store that cannot list the children of tokens.
type unlisted struct {
	tacit.Store
	on atomic.Bool
}

func (u *unlisted) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	if u.on.Load() && strings.HasPrefix(from, "vault/child/") {
		return nil, 0, errors.New("the disk is slow")
	}
	return u.Store.Range(ctx, from, to, limit)
}

// Children end with their parent, not when they are removed.
//
// case N74 code VAULT_TOKEN check vault/token.go:dead
func TestN74ChildrenEndBeforeTheyAreRemoved(t *testing.T) {
	s := &unlisted{Store: memory(t)}
	w := newWorld(t, s)
	grandparent, _, child := w.family()
	t.Run("twin: before", func(t *testing.T) { w.must("GET", "secret/data/family", child, nil) })
	s.on.Store(true)
	w.must("POST", "auth/token/revoke", w.root, map[string]any{"token": grandparent})
	for _, at := range []*world{w, w.again()} {
		wantCode(t, at.call("GET", "secret/data/family", child, nil), http.StatusForbidden, fault.VaultToken)
	}
}

// broken is a log that takes nothing and notices nothing else.
type broken struct {
	vault.Sink
	on atomic.Bool
}

func (b *broken) Append(ctx context.Context, record []byte) error {
	if b.on.Load() {
		return errors.New("no room")
	}
	return b.Sink.Append(ctx, record)
}

// case N77 code VAULT_AUDIT check vault/http.go:fail
func TestN77ALogOfAnyKindStopsAnswers(t *testing.T) {
	b := &broken{}
	w := newWorld(t, memory(t), func(c *vault.Config) { b.Sink = c.Audit; c.Audit = b })
	w.must("PUT", "secret/data/x", w.root, map[string]any{"data": map[string]any{"k": "the secret"}})
	t.Run("twin: it takes records", func(t *testing.T) { w.must("GET", "secret/data/x", w.root, nil) })
	b.on.Store(true)
	for _, token := range []string{w.root, "hvs.unknown", ""} {
		r := w.call("GET", "secret/data/x", token, nil)
		wantCode(t, r, http.StatusInternalServerError, fault.VaultAudit)
		if strings.Contains(r.raw, "the secret") {
			t.Error("the secret was told")
		}
	}
}

// A log that is down stops what would be done, not only the answers.
//
// case N77 code VAULT_AUDIT check vault/commit.go:begun
func TestN77NothingIsDoneWhileTheLogIsDown(t *testing.T) {
	b := &broken{}
	w := newWorld(t, memory(t), func(c *vault.Config) { b.Sink = c.Audit; c.Audit = b })
	write := func(value string) reply {
		return w.call("PUT", "secret/data/x", w.root, map[string]any{"data": map[string]any{"k": value}})
	}
	if r := write("first"); r.status != http.StatusOK {
		t.Fatalf("twin: the log is up: %d %s", r.status, r.raw)
	}
	b.on.Store(true)
	w.call("GET", "sys/mounts", w.root, nil) // which the log does not take
	for range 3 {
		wantCode(t, write("second"), http.StatusInternalServerError, fault.VaultAudit)
	}
	b.on.Store(false)
	r := w.must("GET", "secret/data/x", w.root, nil)
	if got := r.data()["data"].(map[string]any)["k"]; got != "first" {
		t.Errorf("while the log was down %q was written", got)
	}
	if r := write("third"); r.status != http.StatusOK {
		t.Errorf("twin: the log is back: %d %s", r.status, r.raw)
	}
}
