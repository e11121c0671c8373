package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/tacittest"
	"tacit/vault"
	"tacit/vault/logical"
	"tacit/wire"
)

// A changing request, and what of it is found on the disk.
type changing struct {
	name, method, path string
	once               bool // with a token for one use
	body               map[string]any
	key                string // part of a key that is there afterwards, or not if gone
	gone               bool
	one                bool // its record and all that it changes are one transaction
}

var changes = []changing{
	{"a version", "PUT", "secret/data/new", false, map[string]any{"data": map[string]any{"k": "v"}}, "/m/new", false, true},
	{"a version, by a token for one use", "PUT", "secret/data/used", true, map[string]any{"data": map[string]any{"k": "v"}}, "/m/used", false, false},
	{"metadata", "PUT", "secret/metadata/about", false, map[string]any{"max_versions": 3}, "/m/about", false, true},
	{"all of a name", "DELETE", "secret/metadata/old", false, nil, "/m/old", true, true},
	{"a plain value", "PUT", "plain/x", false, map[string]any{"k": "v"}, "/m/x", false, true},
	{"a policy", "PUT", "sys/policies/acl/new", false, map[string]any{"policy": `path "a" { capabilities = ["read"] }`}, "vault/policy/new", false, true},
	{"a role", "PUT", "auth/approle/role/new", false, map[string]any{"token_policies": "default"}, "/role/new", false, true},
	{"a key", "PUT", "transit/keys/k", false, map[string]any{}, "/v/k/", false, false},
	{"a token", "PUT", "auth/token/create", false, map[string]any{"ttl": "1h"}, "vault/expire/", false, true},
	{"a mount", "DELETE", "sys/mounts/full", false, nil, "/m/inside", true, false},
	{"a wrapped answer", "PUT", "sys/wrapping/wrap", false, map[string]any{"k": "v"}, "vault/wrap/", false, false},
}

// prepared is a disk with a vault that was set up, its world and a token for one use.
func prepared(t *testing.T) (*tacittest.Disk, *world, string) {
	t.Helper()
	d := tacittest.NewDisk()
	s := d.Open(nil)
	t.Cleanup(s.Close)
	w := newWorld(t, s, withEngines)
	w.must("POST", "sys/mounts/plain", w.root, map[string]any{"type": "kv", "options": map[string]any{"version": "1"}})
	w.must("POST", "sys/mounts/full", w.root, map[string]any{"type": "kv", "options": map[string]any{"version": "1"}})
	w.must("POST", "sys/mounts/transit", w.root, map[string]any{"type": "transit"})
	w.must("PUT", "full/inside", w.root, map[string]any{"k": "v"})
	w.must("PUT", "secret/data/old", w.root, map[string]any{"data": map[string]any{"k": "v"}})
	return d, w, w.token(map[string]any{"policies": []string{"root"}, "num_uses": 1})
}

// on is another process on a disk, whose store asks hook how each commit ends.
func (w *world) on(d *tacittest.Disk, hook func(tacit.Txn) tacittest.Crash, options ...option) *world {
	w.t.Helper()
	s := d.Open(hook)
	w.t.Cleanup(s.Close)
	n := &world{t: w.t, store: s, owners: w.owners, root: w.root}
	n.start(vault.Config{Network: network, Store: s}, append(options, withEngines)...)
	return n
}

func (c changing) ask(w *world, once string) reply {
	token := w.root
	if c.once {
		token = once
	}
	var body any
	if c.body != nil {
		body = c.body
	}
	var headers []string
	if strings.HasPrefix(c.path, "sys/wrapping") {
		headers = []string{"X-Vault-Wrap-TTL", "1m"}
	}
	return w.call(c.method, c.path, token, body, headers...)
}

// done reports whether a disk has what the request was for.
func (c changing) done(d *tacittest.Disk) bool {
	return c.gone != slices.ContainsFunc(d.Items(), func(i tacit.Item) bool {
		return strings.Contains(i.Key, c.key) && !strings.HasPrefix(i.Key, "vault/audit")
	})
}

// state is all of a disk but the log.
func state(d *tacittest.Disk) string {
	var b strings.Builder
	for _, i := range d.Items() {
		if !strings.HasPrefix(i.Key, "vault/audit") {
			fmt.Fprintf(&b, "%q %q\n", i.Key, i.Value)
		}
	}
	return b.String()
}

// statuses are those of the records about a path, and of no other.
func (c changing) statuses(t *testing.T, d *tacittest.Disk) (out []int) {
	t.Helper()
	s := d.Open(nil)
	defer s.Close()
	_, err := vault.ReadLog(t.Context(), s, func(_ uint64, record []byte) error {
		var r struct {
			Op, Path string
			Status   int
		}
		err := json.Unmarshal(record, &r)
		if r.Path == c.path && (r.Op == "delete") == (c.method == "DELETE") {
			out = append(out, r.Status)
		}
		return err
	})
	if err != nil {
		t.Fatalf("read the log: %v", err)
	}
	return out
}

// Wherever a process ends, nothing that a request changed is there without a record of
// the request; and where a request is one transaction, no record of its answer is there
// without all that it changed.
func TestNoCrashPartsAChangeFromItsRecord(t *testing.T) {
	disk, first, once := prepared(t)
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			before, noted := state(disk), len(c.statuses(t, disk))
			commits := 0
			for at := 0; ; at++ {
				for _, end := range []tacittest.Crash{tacittest.CrashBefore, tacittest.CrashAfter} {
					d, armed, n := disk.Clone(), atomic.Bool{}, atomic.Int64{}
					w := *first
					w.t = t
					p := w.on(d, func(tacit.Txn) tacittest.Crash {
						if armed.Load() && n.Add(1) == int64(at)+1 {
							return end
						}
						return tacittest.Works
					})
					p.must("GET", "sys/mounts", p.root, nil)
					armed.Store(true)
					r := c.ask(p, once)
					if int(n.Load()) <= at { // all of its commits worked
						if r.status >= 300 || !c.done(d) {
							t.Fatalf("without a crash: %d %s, done: %v", r.status, r.raw, c.done(d))
						}
						commits = at
						break
					}
					if r.status < 500 {
						t.Errorf("crash at commit %d: answered %d %s", at, r.status, r.raw)
					}
					records, changed := c.statuses(t, d)[noted:], state(d) != before
					if changed && len(records) == 0 {
						t.Errorf("crash at commit %d (%d): what was changed has no record", at, end)
					}
					if c.one && (changed != (len(records) == 1) || changed != c.done(d)) {
						t.Errorf("crash at commit %d (%d): changed %v, done %v, records %v", at, end, changed, c.done(d), records)
					}
					if i := slices.IndexFunc(records, func(s int) bool { return s/100 == 2 }); i >= 0 && !c.done(d) {
						t.Errorf("crash at commit %d (%d): the log has the answer of what was not done", at, end)
					}
				}
				if commits > 0 {
					break
				}
			}
			if (commits == 1) != c.one {
				t.Errorf("the request took %d commits", commits)
			}
		})
	}
}

// While the log is down or full, nothing is changed and nobody answered.
//
// case N77 code VAULT_AUDIT check vault/commit.go:journal
// case N77 code VAULT_AUDIT check vault/log.go:puts
func TestN77WithoutARecordNothingIsChanged(t *testing.T) {
	disk, first, once := prepared(t)
	full := func(rotate bool) option {
		return func(c *vault.Config) {
			l, err := vault.NewLog(vault.LogConfig{Store: c.Store, Most: 1, Rotate: rotate})
			if err != nil {
				t.Fatal(err)
			}
			c.Audit = l
		}
	}
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			w := *first
			w.t = t
			for _, tt := range []struct {
				name    string
				options []option
				down    bool
				ok      bool
			}{
				{"twin: the log takes records", nil, false, true},
				{"the log is down", nil, true, false},
				{"the log is full", []option{full(false)}, false, false},
				{"twin: a full log whose oldest records go", []option{full(true)}, false, true},
			} {
				d := disk.Clone()
				p := w.on(d, nil, append(tt.options, func(c *vault.Config) {
					if tt.down {
						s := &failing{Store: c.Store}
						s.down.Store(true)
						l, err := vault.NewLog(vault.LogConfig{Store: s})
						if err != nil {
							t.Fatal(err)
						}
						c.Store, c.Audit = s, l
					}
				})...)
				before := state(d)
				r := c.ask(p, once)
				if tt.ok {
					if r.status >= 300 || !c.done(d) {
						t.Errorf("%s: %d %s, done: %v", tt.name, r.status, r.raw, c.done(d))
					}
					continue
				}
				wantCode(t, r, http.StatusInternalServerError, fault.VaultAudit)
				if state(d) != before {
					t.Errorf("%s: something was changed", tt.name)
				}
			}
		})
	}
}

// patient is an engine that writes when it is told to.
type patient struct {
	logical.Storage
	asked, write chan struct{}
}

func (p *patient) Handle(ctx context.Context, _ *logical.Request) (*logical.Response, error) {
	p.asked <- struct{}{}
	<-p.write
	_, err := p.Commit(logical.Answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: "written", Value: []byte("v")}}})
	return nil, err
}
func (p *patient) Revoke(context.Context, []byte) error { return nil }
func (p *patient) Forget()                              {}

// A request that was judged before its process learnt that another wrote changes
// nothing, whether or not that process has learnt it by then.
//
// case N74 code VAULT_AUDIT check vault/log.go:still
func TestN74WhatWasJudgedByOldStateChangesNothing(t *testing.T) {
	for _, tt := range []struct {
		name            string
		replaced, learn bool
	}{
		{"twin: nobody else wrote", false, false}, {"another wrote", true, false}, {"another wrote, and the process has learnt it", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &patient{asked: make(chan struct{}, 1), write: make(chan struct{}, 1)}
			engine := func(c *vault.Config) {
				c.Engines = map[string]func(logical.Storage) logical.Engine{"patient": func(s logical.Storage) logical.Engine {
					e.Storage = s
					return e
				}}
			}
			d := tacittest.NewDisk()
			s := d.Open(nil)
			defer s.Close()
			w := newWorld(t, s, engine)
			w.must("POST", "sys/mounts/patient", w.root, map[string]any{"type": "patient"})
			w.policy("writer", `path "patient/*" { capabilities = ["update"] }`)
			token := w.token(map[string]any{"policies": []string{"writer"}})
			out := make(chan reply, 1)
			go func() { out <- w.call("PUT", "patient/x", token, map[string]any{}) }()
			<-e.asked
			if tt.replaced {
				other := func(c *vault.Config) {
					c.Engines = map[string]func(logical.Storage) logical.Engine{"patient": func(logical.Storage) logical.Engine { return &slow{} }}
				}
				w.again(other).must("POST", "auth/token/revoke", w.root, map[string]any{"token": token})
			}
			if tt.learn {
				w.call("GET", "auth/token/lookup-self", w.root, nil)
				w.must("GET", "auth/token/lookup-self", w.root, nil)
			}
			e.write <- struct{}{}
			r := <-out
			written := slices.ContainsFunc(d.Items(), func(i tacit.Item) bool { return strings.HasSuffix(i.Key, "/written") })
			if written == tt.replaced {
				t.Errorf("written: %v", written)
			}
			if !tt.replaced {
				if r.status != http.StatusNoContent {
					t.Errorf("answer = %d %s", r.status, r.raw)
				}
				return
			}
			wantCode(t, r, http.StatusInternalServerError, fault.VaultAudit)
		})
	}
}

// liar is an engine that answers something else than it said with its change.
type liar struct{ logical.Storage }

func (l *liar) Handle(ctx context.Context, _ *logical.Request) (*logical.Response, error) {
	said := &logical.Response{Data: map[string]any{"k": "said"}}
	_, err := l.Commit(logical.Answering(ctx, said), tacit.Txn{Then: []tacit.Put{{Key: "k"}}})
	return &logical.Response{Data: map[string]any{"k": "answered"}}, err
}
func (l *liar) Revoke(context.Context, []byte) error { return nil }
func (l *liar) Forget()                              {}

// What is answered stands in the log, whatever was said of it before.
func TestTheRecordIsOfTheAnswer(t *testing.T) {
	w := newWorld(t, memory(t), func(c *vault.Config) {
		c.Engines = map[string]func(logical.Storage) logical.Engine{"liar": func(s logical.Storage) logical.Engine { return &liar{s} }}
	})
	w.must("POST", "sys/mounts/liar", w.root, map[string]any{"type": "liar"})
	for _, tt := range []struct {
		name, path string
		ttl        string
		body       map[string]any
		want       string // in the last record
		records    int
	}{
		{"the one that was said", "secret/data/x", "", map[string]any{"data": map[string]any{"k": "v"}}, `"version":"hmac-`, 1},
		{"it is wrapped", "secret/data/x", "1m", map[string]any{"data": map[string]any{"k": "v"}}, `"wrapped":"hmac-`, 2},
		{"another one", "liar/x", "", map[string]any{}, `"k":"` + w.must("POST", "sys/audit-hash/tacit", w.root, map[string]any{"input": "answered"}).text("hash"), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(w.records())
			r := w.must("PUT", tt.path, w.root, tt.body, "X-Vault-Wrap-TTL", tt.ttl)
			records := w.records()[before:]
			if len(records) != tt.records || !strings.Contains(records[len(records)-1], tt.want) {
				t.Errorf("answered %s, recorded %v", r.raw, records)
			}
			if begun := strings.Contains(records[0], `"status":100,`); begun != (tt.ttl != "") {
				t.Errorf("the record with the change: %s", records[0])
			}
		})
	}
}

// What the store refuses of one change is told to who wanted it and stops no other.
func TestChangesShareCommitsAndNotRefusals(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			l, err := vault.NewLog(vault.LogConfig{Store: s})
			if err != nil {
				t.Fatal(err)
			}
			l.OnLost(func() { t.Error("the log was lost to nobody") })
			const n = 300
			want := func(i int) fault.Code {
				switch i % 50 {
				case 7:
					return fault.StoreConflict // it is not there at revision 9
				case 9:
					return fault.APISize // no value is that long
				}
				return ""
			}
			var wait sync.WaitGroup
			for i := range n {
				wait.Go(func() {
					// Every fifth writes what others write too.
					txn := tacit.Txn{Then: []tacit.Put{{Key: fmt.Sprint("one/", i), Value: []byte{1}}, {Key: fmt.Sprint("some/", i%5*i), Value: []byte{1}}}}
					switch want(i) {
					case fault.StoreConflict:
						txn.If = []tacit.Cond{{Key: fmt.Sprint("one/", i), Revision: 9}}
					case fault.APISize:
						txn.Then[0].Value = make([]byte, 1<<20+1)
					default:
						txn.If = []tacit.Cond{{Key: fmt.Sprint("one/", i)}}
					}
					var record []byte
					if i%3 == 0 {
						record = fmt.Append(nil, i)
					}
					rev, err := l.Commit(t.Context(), record, txn, func() bool { return true })
					if fault.Of(err) != want(i) {
						t.Errorf("change %d: %v, want %q", i, err, want(i))
					}
					if item, err := s.Get(t.Context(), fmt.Sprint("one/", i)); (err == nil) != (want(i) == "") || item.Revision != rev {
						t.Errorf("change %d at revision %d: %d, %v", i, rev, item.Revision, err)
					}
				})
			}
			wait.Wait()
			seen := map[string]bool{}
			if _, err := vault.ReadLog(t.Context(), s, func(_ uint64, r []byte) error { seen[string(r)] = true; return nil }); err != nil {
				t.Fatal(err)
			}
			for i := range n {
				if seen[fmt.Sprint(i)] != (i%3 == 0 && want(i) == "") {
					t.Errorf("record of change %d: %v", i, seen[fmt.Sprint(i)])
				}
			}
		})
	}
}

// gated is a store whose commits wait.
type gated struct {
	tacit.Store
	open chan struct{}
}

func (g *gated) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	<-g.open
	return g.Store.Commit(ctx, txn)
}

// Changes that could share a commit, of which each undoes what the other rests on, are
// done one after the other.
func TestChangesThatRestOnEachOtherDoNotShareACommit(t *testing.T) {
	for _, tt := range []struct {
		name       string
		ask, write [2]string
		want       int
	}{
		{"twin: of different keys", [2]string{"a", "b"}, [2]string{"c", "d"}, 2}, {"of each other's", [2]string{"a", "b"}, [2]string{"b", "a"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &gated{memory(t), make(chan struct{})}
				l, err := vault.NewLog(vault.LogConfig{Store: s})
				if err != nil {
					t.Fatal(err)
				}
				var wait sync.WaitGroup
				var done atomic.Int64
				change := func(ask, write string) {
					wait.Go(func() {
						txn := tacit.Txn{If: []tacit.Cond{{Key: ask}}, Then: []tacit.Put{{Key: write}}}
						switch _, err := l.Commit(t.Context(), []byte("record"), txn, nil); fault.Of(err) {
						case "":
							done.Add(1)
						case fault.StoreConflict:
						default:
							t.Error(err)
						}
					})
				}
				change("before", "before") // has the turn
				synctest.Wait()
				for i := range tt.ask {
					change(tt.ask[i], tt.write[i])
					synctest.Wait()
				}
				close(s.open)
				wait.Wait()
				if done := int(done.Load()) - 1; done != tt.want {
					t.Errorf("%d of the two were done, want %d", done, tt.want)
				}
			})
		})
	}
}

// A change that meets another process's record is not refused by its own conditions.
func TestALostLogIsNoConflictOfTheChange(t *testing.T) {
	s := memory(t)
	var logs [2]*vault.Log
	for i := range logs {
		l, err := vault.NewLog(vault.LogConfig{Store: s})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		logs[i] = l
	}
	change := func(l *vault.Log, key string) error {
		_, err := l.Commit(t.Context(), []byte("record"), tacit.Txn{Then: []tacit.Put{{Key: key}}}, nil)
		return err
	}
	if err := change(logs[0], "first"); err != nil {
		t.Fatal(err)
	}
	if err := change(logs[1], "second"); fault.Of(err) != fault.VaultAudit || errors.Is(err, fault.StoreConflict) {
		t.Errorf("the overtaken process: %v", err)
	}
	if _, err := s.Get(t.Context(), "second"); !errors.Is(err, fault.APINotFound) {
		t.Errorf("what it changed: %v", err)
	}
	if err := change(logs[1], "third"); err != nil {
		t.Error(err)
	}
}

func TestALogElsewhereIsRefused(t *testing.T) {
	k, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	owners := vault.Owners{Keys: []wire.Address{k.Address()}, Threshold: 1}
	s := memory(t)
	for _, tt := range []struct {
		name string
		log  tacit.Store
		want fault.Code
	}{{"twin: in the vault's store", s, ""}, {"in another", memory(t), fault.APIField}} {
		l, err := vault.NewLog(vault.LogConfig{Store: tt.log})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := vault.New(vault.Config{Store: s, Audit: l, Owners: owners}); fault.Of(err) != tt.want {
			t.Errorf("%s: New = %v, want %q", tt.name, err, tt.want)
		}
	}
}
