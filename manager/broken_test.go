package manager_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/manager"
	"tacit/rule"
	"tacit/tacittest"
)

var errBroken = errors.New("the disk gave up")

// faulty is a store whose call number at fails, or reads what cannot be.
type faulty struct {
	tacit.Store
	at, calls int
	spoil     bool
	hit       bool
	lost      bool // of the lease
}

func (f *faulty) fails() bool {
	f.calls++
	return f.calls-1 == f.at
}

func (f *faulty) Get(ctx context.Context, key string) (tacit.Item, error) {
	bad := f.fails()
	item, err := f.Store.Get(ctx, key)
	switch {
	case bad && f.spoil && err == nil:
		f.hit, item.Value = true, []byte("x")
	case bad && !f.spoil:
		f.hit, err = true, errBroken
	}
	return item, err
}

func (f *faulty) Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error) {
	bad := f.fails()
	items, rev, err := f.Store.Range(ctx, from, to, limit)
	switch {
	case bad && f.spoil && len(items) > 0:
		f.hit, items[0].Value = true, []byte("x")
	case bad && !f.spoil:
		f.hit, items, err = true, nil, errBroken
	}
	return items, rev, err
}

func (f *faulty) Commit(ctx context.Context, txn tacit.Txn) (int64, error) {
	if f.fails() && !f.spoil {
		f.hit = true
		return 0, errBroken
	}
	return f.Store.Commit(ctx, txn)
}

func (f *faulty) Grant(ctx context.Context, name string, ttl time.Duration) (tacit.Lease, error) {
	if f.lost {
		return tacit.Lease{}, errBroken
	}
	return f.Store.Grant(ctx, name, ttl)
}

func (f *faulty) Renew(ctx context.Context, l tacit.Lease, ttl time.Duration) (tacit.Lease, error) {
	if f.lost {
		return tacit.Lease{}, errBroken
	}
	return f.Store.Renew(ctx, l, ttl)
}

// fullLog is a log whose record number at is not taken.
type fullLog struct {
	tacit.AuditLog
	at, calls int
}

func (l *fullLog) Append(ctx context.Context, record []byte) (uint64, error) {
	l.calls++
	if l.calls-1 == l.at {
		return 0, errBroken
	}
	return l.AuditLog.Append(ctx, record)
}

// a bench is a manager on memory, whose state can be copied.
type bench struct {
	*office
	disk  *tacittest.Disk
	tape  *tacittest.Tape
	vault *keeper
}

// config is a manager on copies of the bench's disk and tape, or on themselves.
func (b *bench) config(store tacit.Store, tape *tacittest.Tape) manager.Config {
	b.T.Helper()
	logKey := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	log, err := tape.Open("mini/manager", logKey, nil)
	b.Must(err)
	rules, err := rule.New()
	b.Must(err)
	p := b.Managers[0]
	return manager.Config{
		Rules: rules, Vault: b.vault, Key: p.Key, VRF: p.VRF, Store: store, Audit: log, Headers: b.Headers, Schemes: b.Schemes,
		LogKey: tacit.LogKey{Manager: p.Key.Address(), Name: "mini/manager", Public: logKey.Public().(ed25519.PublicKey)},
	}
}

func (b *bench) open(cfg manager.Config) *manager.Manager {
	b.T.Helper()
	m, err := manager.New(context.Background(), cfg)
	b.Must(err)
	return m
}

func newBench(t *testing.T, edit func(*tacit.Terms)) *bench {
	t.Helper()
	b := &bench{&office{Network: mini.New(t), nonce: 100}, tacittest.NewDisk(), &tacittest.Tape{}, &keeper{}}
	b.m = b.open(b.config(b.disk.Open(nil), b.tape))
	terms := mini.Terms("acme/sum")
	terms.Approval = true
	if edit != nil {
		edit(&terms)
	}
	var code, table mini.Artefact
	b.service, code = b.Publish(b.m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	b.data, table = b.Publish(b.m, "clinic/table", tacit.EntryDataset, []byte("rows"), terms)
	b.headers = [][]byte{code.Header, table.Header}
	b.Epoch()
	return b
}

// ready is an attempt that would be released.
func (b *bench) ready() *mini.Attempt {
	a := b.Draw(b.fresh(), b.m).Assign(1).Quote(nil)
	a.Headers = b.headers
	return a
}

// own is a case with parameters of its own, sealed to an identity.
func (b *bench) own(id tacit.Identity) tacit.Case {
	b.T.Helper()
	p := b.Seal(id, []byte("x=1"), false).Sealed
	b.nonce++
	t := b.Task(b.service, b.data)
	t.Nonce, t.Params = b.nonce, p.Hash()
	c := b.Accept(t, b.service, b.data)
	c.Params = []tacit.Sealed{p}
	return c
}

func (b *bench) identity(subject string) tacit.Identity {
	b.T.Helper()
	id, err := b.m.Identity(mini.As(b.User), tacit.IdentityRequest{Subject: subject})
	b.Must(err)
	return id
}

func free(t *tacit.Terms) {
	t.Approval, t.Budgets = false, []tacit.Budget{{Per: tacit.PerUser, Releases: 9, Window: 3600}, {Per: tacit.PerTotal, Releases: 9}}
}

// steps are all that a manager is asked, with what a good disk answers.
var steps = []struct {
	name  string
	terms func(*tacit.Terms)
	ready func(*testing.T, *bench) func(*manager.Manager) error
	want  fault.Code
}{
	{"identity", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		return func(m *manager.Manager) error {
			_, err := m.Identity(mini.As(b.User), tacit.IdentityRequest{})
			return err
		}
	}, ""},
	{"terms", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		return func(m *manager.Manager) error {
			_, err := m.SetTerms(mini.As(b.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: mini.Terms("acme/sum")})
			return err
		}
	}, ""},
	{"draw", free, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := b.own(b.identity(""))
		return func(m *manager.Manager) error { return b.drawAt(m, c) }
	}, ""},
	{"draw that is asked again", free, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := b.fresh()
		b.Must(b.draw(c))
		return func(m *manager.Manager) error { return b.drawAt(m, c) }
	}, ""},
	{"draw that is denied", func(t *tacit.Terms) { t.MinLevel = 5 }, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := b.fresh()
		return func(m *manager.Manager) error { return b.drawAt(m, c) }
	}, fault.DataConsent},
	{"draw that its owner must allow", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		want(b.T.(*testing.T), b.draw(b.fresh()), fault.DataApproval) // another waits already
		c := b.fresh()
		return func(m *manager.Manager) error { return b.drawAt(m, c) }
	}, fault.DataApproval},
	{"draw that its owner allowed, long after", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		c := b.fresh()
		want(t, b.draw(c), fault.DataApproval)
		want(t, b.decide(tacit.Decision{ID: b.inbox().Requests[0].ID, Approve: true, Always: true}), "")
		for range 3 {
			b.Epoch()
		}
		return func(m *manager.Manager) error { return b.drawAt(m, c) }
	}, ""},
	{"draw under an approval that stands", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		want(t, b.draw(b.fresh()), fault.DataApproval)
		want(t, b.decide(tacit.Decision{ID: b.inbox().Requests[0].ID, Approve: true, Always: true}), "")
		c := b.fresh()
		return func(m *manager.Manager) error { return b.drawAt(m, c) }
	}, ""},
	{"challenge", free, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := b.fresh()
		b.Must(b.draw(c))
		return func(m *manager.Manager) error {
			_, err := m.Challenge(context.Background(), tacit.ChallengeRequest{Task: c.Task.Body.ID(b.ID), Attempt: 1})
			return err
		}
	}, ""},
	{"release", free, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		a := b.ready()
		return func(m *manager.Manager) error {
			a.Managers = []*manager.Manager{m}
			_, err := a.Release(0)
			return err
		}
	}, ""},
	{"release with a secret and a key", withSecrets, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		a := b.ready()
		return func(m *manager.Manager) error {
			a.Managers = []*manager.Manager{m}
			_, err := a.Release(0)
			return err
		}
	}, ""},
	{"use of a key", withSecrets, func(t *testing.T, b *bench) func(*manager.Manager) error {
		u := b.user(t)
		req := u.request(1, "sign", "doc")
		return func(m *manager.Manager) error {
			_, err := m.Use(context.Background(), req)
			return err
		}
	}, ""},
	{"release that leaves something to a next step", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := chainOn(b.Network, b.m, setTerms())
		id, err := b.m.Identity(mini.As(b.User), tacit.IdentityRequest{})
		b.Must(err)
		task := c.Task(c.service, c.data)
		task.Nonce = 77
		task.Recipients = append(task.Recipients, onward(id))
		a := c.Draw(c.Accept(task, c.service, c.data), b.m).Assign(1).Quote(nil)
		a.Headers = c.first.Headers
		return func(m *manager.Manager) error {
			a.Managers = []*manager.Manager{m}
			_, err := a.Release(0)
			return err
		}
	}, ""},
	{"draw of what a task left", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := chainOn(b.Network, b.m, setTerms())
		next := c.next(c.signed(), c.left.Sealed)
		return func(m *manager.Manager) error { return b.drawAt(m, next) }
	}, ""},
	{"answer that is compared", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		q := newAsker(t, b.m, b.Network, 4)
		q.ask(b.m, "differs:clinic/ids", about(t, 4, 0, 100))
		req, open := q.prepare(b.m, "differs:clinic/ids", about(t, 4, 200, 300))
		return func(m *manager.Manager) error {
			r, err := m.Use(context.Background(), req)
			if err == nil {
				if code := open(r); code != "" {
					t.Errorf("the enclave hears %s of a disk that failed", code)
				}
			}
			return err
		}
	}, ""},
	{"inbox", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		want(t, b.draw(b.fresh()), fault.DataApproval)
		want(t, b.decide(tacit.Decision{ID: b.inbox().Requests[0].ID, Approve: true, Always: true}), "")
		task := b.Task(b.service, b.data)
		task.Nonce, task.Requirements.Seconds = 7, 6
		b.Must(b.decide(tacit.Decision{ID: b.inbox().Standing[0].ID}))
		want(t, b.draw(b.fresh()), fault.DataApproval)
		return func(m *manager.Manager) error {
			_, err := m.Access(mini.As(b.Owner), tacit.AccessQuery{})
			return err
		}
	}, ""},
	{"inbox of requests past their deadline", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		c := b.fresh()
		want(t, b.draw(c), fault.DataApproval)
		for b.Headers.Current.Header.Block <= c.Task.Body.Deadline {
			b.Epoch()
		}
		return func(m *manager.Manager) error {
			_, err := m.Access(mini.As(b.Owner), tacit.AccessQuery{})
			return err
		}
	}, ""},
	{"answer", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		want(t, b.draw(b.fresh()), fault.DataApproval)
		want(t, b.draw(b.fresh()), fault.DataApproval)
		want(t, b.decide(tacit.Decision{ID: b.inbox().Requests[1].ID, Approve: true, For: 3600}), "")
		id := b.inbox().Requests[0].ID
		return func(m *manager.Manager) error {
			_, err := m.Decide(mini.As(b.Owner), tacit.Decision{ID: id, Approve: true, Always: true})
			return err
		}
	}, ""},
	{"approval taken back", nil, func(t *testing.T, b *bench) func(*manager.Manager) error {
		want(t, b.draw(b.fresh()), fault.DataApproval)
		want(t, b.decide(tacit.Decision{ID: b.inbox().Requests[0].ID, Approve: true, Always: true}), "")
		id := b.inbox().Standing[0].ID
		return func(m *manager.Manager) error {
			_, err := m.Decide(mini.As(b.Owner), tacit.Decision{ID: id})
			return err
		}
	}, ""},
	{"webhook", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		return func(m *manager.Manager) error {
			_, err := m.Webhook(mini.As(b.Owner), tacit.WebhookRequest{URL: "https://hooks.example/"})
			return err
		}
	}, ""},
	{"no webhook", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		return func(m *manager.Manager) error {
			_, err := m.Webhook(mini.As(b.Owner), tacit.WebhookRequest{})
			return err
		}
	}, ""},
	{"explanation", free, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		c := b.fresh()
		b.Must(b.draw(c))
		return func(m *manager.Manager) error {
			_, err := m.Explain(mini.As(b.Owner), tacit.TaskRequest{Task: c.Task.Body.ID(b.ID)})
			return err
		}
	}, ""},
	{"judgement in advance", nil, func(_ *testing.T, b *bench) func(*manager.Manager) error {
		r := b.judgement()
		return func(m *manager.Manager) error {
			_, err := m.Judge(mini.As(b.User), r)
			return err
		}
	}, ""},
}

func (b *bench) drawAt(m *manager.Manager, c tacit.Case) error {
	_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: c})
	return err
}

func (b *bench) judgement() tacit.JudgeRequest {
	c := b.fresh()
	return tacit.JudgeRequest{Epoch: c.Acceptance.Body.Epoch, Service: c.Service, Datasets: c.Datasets, Requirements: c.Task.Body.Requirements}
}

// Whatever call of the disk fails or reads nonsense, the step ends with that
// error and not with an answer; asked again on a disk that works, the answer is
// what it would have been.
func TestADiskThatFailsEndsEveryStep(t *testing.T) {
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.terms)
			do := tt.ready(t, b)
			for _, spoil := range []bool{false, true} {
				hits := 0
				for at := 0; ; at++ {
					disk, tape := b.disk.Clone(), b.tape.Clone()
					f := &faulty{Store: disk.Open(nil), at: -1}
					m := b.open(b.config(f, tape))
					f.at, f.calls, f.spoil = at, 0, spoil
					err := do(m)
					if f.hit {
						hits++
						if !spoil && !errors.Is(err, errBroken) || err == nil || tt.want != "" && spoil && errors.Is(err, tt.want) {
							t.Errorf("call %d failed (spoilt: %v), and the answer was %v", at, spoil, err)
						}
					} else {
						want(t, err, tt.want)
					}
					if f.calls <= at {
						break // the twin: nothing failed
					}
					f.at = -1
					if f.hit && !errors.Is(err, fault.DataConsent) {
						want(t, do(m), tt.want)
					}
				}
				if hits == 0 && !spoil {
					t.Error("the disk was not asked at all")
				}
			}
		})
	}
}

// case N30 code AUDIT_UNAVAILABLE check manager/release.go:Append
func TestN30WithoutItsRecordNothingCounts(t *testing.T) {
	t.Run("release", func(t *testing.T) {
		b := newBench(t, free)
		a := b.ready()
		other := *a
		other.Quote(nil)
		for at := range 2 {
			cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
			log := &fullLog{AuditLog: cfg.Audit, at: at}
			cfg.Audit = log
			a.Managers = []*manager.Manager{b.open(cfg)}
			other.Managers = a.Managers
			reply, err := a.Release(0)
			want(t, err, fault.AuditUnavailable)
			if len(reply.Grants) != 0 {
				t.Errorf("%d grants without a record", len(reply.Grants))
			}
			_, err = other.Release(0) // the challenge is spent
			want(t, err, fault.EvidReused)
			_, err = a.Release(0)
			want(t, err, "")
		}
	})
	for _, name := range []string{"answer", "approval taken back"} {
		t.Run(name, func(t *testing.T) {
			for _, tt := range steps {
				if tt.name != name {
					continue
				}
				b := newBench(t, tt.terms)
				do := tt.ready(t, b)
				cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
				cfg.Audit = &fullLog{AuditLog: cfg.Audit}
				b.m = b.open(cfg)
				before := fmt.Sprint(b.inbox())
				want(t, do(b.m), fault.AuditUnavailable)
				if after := fmt.Sprint(b.inbox()); after != before {
					t.Errorf("%s, was %s", after, before)
				}
				t.Run("twin: with its record", func(t *testing.T) { want(t, do(b.m), "") })
			}
		})
	}
}

// A question that is asked again is in inbox and log once.
func TestAskingAgainWritesNothing(t *testing.T) {
	b := newBench(t, nil)
	c := b.fresh()
	want(t, b.draw(c), fault.DataApproval)
	disk, log := fmt.Sprint(b.disk.Items()), len(b.tape.Records())
	want(t, b.draw(c), fault.DataApproval)
	if fmt.Sprint(b.disk.Items()) != disk || len(b.tape.Records()) != log {
		t.Error("it wrote again")
	}
}
