package manager_test

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/manager"
	"tacit/rule"
	"tacit/tacittest"
	"tacit/wire"
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
	disk *tacittest.Disk
	tape *tacittest.Tape
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
		Rules: rules, Key: p.Key, VRF: p.VRF, Store: store, Audit: log, Headers: b.Headers, Schemes: b.Schemes,
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
	b := &bench{&office{Network: mini.New(t), nonce: 100}, tacittest.NewDisk(), &tacittest.Tape{}}
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

// case N25 code TLS_ROLE check manager/manager.go:CallerOf
func TestN25NobodyOwnsNothing(t *testing.T) {
	b := newBench(t, nil)
	want(t, b.draw(b.fresh()), fault.DataApproval)
	id, judge := b.inbox().Requests[0].ID, b.judgement()
	for name, do := range map[string]func(context.Context) error{
		"identity": func(ctx context.Context) error { _, err := b.m.Identity(ctx, tacit.IdentityRequest{}); return err },
		"terms": func(ctx context.Context) error {
			_, err := b.m.SetTerms(ctx, tacit.TermsRequest{Entry: "clinic/table", Terms: mini.Terms()})
			return err
		},
		"inbox": func(ctx context.Context) error { _, err := b.m.Access(ctx, tacit.AccessQuery{}); return err },
		"answer": func(ctx context.Context) error {
			_, err := b.m.Decide(ctx, tacit.Decision{ID: id, Approve: true})
			return err
		},
		"webhook": func(ctx context.Context) error { _, err := b.m.Webhook(ctx, tacit.WebhookRequest{}); return err },
		"judge":   func(ctx context.Context) error { _, err := b.m.Judge(ctx, judge); return err },
	} {
		t.Run(name, func(t *testing.T) {
			want(t, do(context.Background()), fault.TLSRole)
			t.Run("twin: the owner", func(t *testing.T) { want(t, do(mini.As(b.Owner)), "") })
		})
	}
	for _, name := range []string{"", "x", "A/b", "a/b/c"} {
		_, err := b.m.SetTerms(mini.As(b.Owner), tacit.TermsRequest{Entry: name, Terms: mini.Terms()})
		want(t, err, fault.APIName)
		if name != "" {
			_, err = b.m.Identity(mini.As(b.Owner), tacit.IdentityRequest{Subject: name})
			want(t, err, fault.APIName)
		}
	}
}

func TestNewRefusesWhatIsMissing(t *testing.T) {
	b := newBench(t, nil)
	for name, edit := range map[string]func(*manager.Config){
		"key": func(c *manager.Config) { c.Key = nil }, "vrf": func(c *manager.Config) { c.VRF = nil },
		"store": func(c *manager.Config) { c.Store = nil }, "log": func(c *manager.Config) { c.Audit = nil },
		"headers": func(c *manager.Config) { c.Headers = nil }, "schemes": func(c *manager.Config) { c.Schemes = nil },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
			edit(&cfg)
			_, err := manager.New(context.Background(), cfg)
			want(t, err, fault.KeyPolicy)
		})
	}
	t.Run("a journal that another writes", func(t *testing.T) {
		_, err := manager.New(context.Background(), b.config(&faulty{Store: b.disk.Clone().Open(nil), at: -1, lost: true}, b.tape.Clone()))
		if !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("rules that nobody judges", func(t *testing.T) {
		cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
		cfg.Rules = nil
		terms := mini.Terms()
		terms.Rule = "level >= 2"
		_, err := b.open(cfg).SetTerms(mini.As(b.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: terms})
		want(t, err, fault.KeyPolicy)
	})
}

func TestALostJournalEndsTheManager(t *testing.T) {
	b := newBench(t, nil)
	synctest.Test(t, func(t *testing.T) {
		f := &faulty{Store: b.disk.Clone().Open(nil), at: -1}
		m := b.open(b.config(f, b.tape.Clone()))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		f.lost = true
		if err := m.Run(ctx); !errors.Is(err, errBroken) {
			t.Errorf("got %v", err)
		}
	})
}

// case N90 code RES_BUSY check manager/manager.go:spendDraw
func TestN90ADispatcherHasSoManyDraws(t *testing.T) {
	b := newBench(t, free)
	cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
	cfg.Draws = 2
	b.m = b.open(cfg)
	t.Run("twin: two of two", func(t *testing.T) {
		want(t, b.draw(b.fresh()), "")
		want(t, b.draw(b.fresh()), "")
	})
	want(t, b.draw(b.fresh()), fault.ResBusy)
	t.Run("twin: the next epoch", func(t *testing.T) {
		b.Epoch()
		want(t, b.draw(b.fresh()), "")
	})
}

// case N90 code API_SIZE check manager/terms.go:mostWrites
func TestN90ATaskHasSoManyEntriesOfOneManager(t *testing.T) {
	b := newBench(t, free)
	list := []tacit.Entry{b.data}
	for i := range 19 {
		e, _ := b.Publish(b.m, fmt.Sprintf("clinic/more-%d", i), tacit.EntryDataset, []byte("rows"), mini.Terms("acme/sum"))
		list = append(list, e)
	}
	b.Epoch()
	draw := func(list []tacit.Entry) error {
		b.nonce++
		task := b.Task(b.service, list...)
		task.Nonce = b.nonce
		return b.draw(b.Accept(task, b.service, list...))
	}
	want(t, draw(list), fault.APISize)
	t.Run("twin: one less", func(t *testing.T) { want(t, draw(list[1:]), "") })
	r := b.judgement()
	for range 6 {
		r.Datasets = append(r.Datasets, r.Datasets...)
	}
	_, err := b.m.Judge(mini.As(b.User), r)
	t.Run("twin: judged in advance", func(t *testing.T) { want(t, err, "") })
	r.Datasets = append(r.Datasets, r.Datasets[0])
	_, err = b.m.Judge(mini.As(b.User), r)
	want(t, err, fault.APISize)
}

// case N32 code KEY_GENERATION check manager/terms.go:Judge
func TestN32EntriesOfLongAgoAreNotJudged(t *testing.T) {
	b := newBench(t, free)
	r := b.judgement()
	judge := func() error { _, err := b.m.Judge(mini.As(b.User), r); return err }
	for range 2 {
		b.Epoch()
	}
	t.Run("twin: two epochs ago", func(t *testing.T) { want(t, judge(), "") })
	b.Epoch()
	want(t, judge(), fault.KeyGeneration)
	r.Epoch = 99
	want(t, judge(), fault.KeyFinality)
}

// case N98 code DATA_CONSENT check manager/manager.go:bind
func TestN98AnIdentityOfOneTaskServesNoOther(t *testing.T) {
	b := newBench(t, free)
	id := b.identity("")
	t.Run("twin: its task, asked twice", func(t *testing.T) {
		c := b.own(id)
		want(t, b.draw(c), "")
		want(t, b.draw(c), "")
	})
	want(t, b.draw(b.own(id)), fault.DataConsent)
	t.Run("an identity for an entry", func(t *testing.T) { want(t, b.draw(b.own(b.identity("user/entry"))), fault.KeyPolicy) })
	t.Run("another's", func(t *testing.T) {
		other, err := b.m.Identity(mini.As(b.Owner), tacit.IdentityRequest{})
		b.Must(err)
		want(t, b.draw(b.own(other)), fault.KeyPolicy)
	})
	t.Run("one that was never made", func(t *testing.T) {
		none := b.identity("")
		none.ID[0]++
		want(t, b.draw(b.own(none)), fault.KeyPolicy)
	})
}

// case N01 code CONS_FIELD check manager/manager.go:Challenge
func TestN01ChallengesAreForAttemptsThatCanBe(t *testing.T) {
	b := newBench(t, free)
	a := b.ready()
	id := a.Case.Task.Body.ID(b.ID)
	for _, tt := range []struct {
		name string
		req  tacit.ChallengeRequest
		want fault.Code
	}{
		{"twin: the second attempt", tacit.ChallengeRequest{Task: id, Attempt: 2}, ""},
		{"a task that was not drawn", tacit.ChallengeRequest{Task: wire.Digest{1}, Attempt: 1}, fault.ConsField},
		{"attempt 0", tacit.ChallengeRequest{Task: id}, fault.APIField},
		{"an attempt too many", tacit.ChallengeRequest{Task: id, Attempt: tacit.MaxAttempts + 1}, fault.APIField},
		{"a second place", tacit.ChallengeRequest{Task: id, Attempt: 1, Place: 1}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.m.Challenge(context.Background(), tt.req)
			want(t, err, tt.want)
		})
	}
	_, err := a.Release(0)
	want(t, err, "")
	_, err = b.m.Challenge(context.Background(), tacit.ChallengeRequest{Task: id, Attempt: 1})
	want(t, err, fault.EvidReused)
}

// down is a platform whose collateral cannot be had.
type down struct{ attest.Scheme }

func (down) Verify(context.Context, attest.Evidence, time.Time) (attest.Claims, error) {
	return attest.Claims{}, fault.New(fault.EvidUnavailable, "fetch collateral: no answer")
}

// case N90 code EVID_COLLATERAL_UNAVAILABLE check manager/release.go:Verify
func TestN90WithoutCollateralNothingIsReleased(t *testing.T) {
	b := newBench(t, free)
	a := b.ready()
	cfg := b.config(b.disk.Clone().Open(nil), b.tape.Clone())
	cfg.Schemes = attest.Schemes{down{b.Schemes[0]}}
	a.Managers = []*manager.Manager{b.open(cfg)}
	_, err := a.Release(0)
	want(t, err, fault.EvidUnavailable)
	t.Run("twin: with it", func(t *testing.T) {
		a.Managers = []*manager.Manager{b.m}
		_, err := a.Release(0)
		want(t, err, "")
	})
}

// case N30 code KEY_POLICY check manager/release.go:check
func TestN30ReleasesOfWrongCases(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(b *bench, a *mini.Attempt)
		want fault.Code
	}{
		{"twin: as it is", func(*bench, *mini.Attempt) {}, ""},
		{"another acceptance than was drawn", func(b *bench, a *mini.Attempt) {
			acc := a.Case.Acceptance.Body
			acc.Sequence++
			a.Case.Acceptance = tacit.Sign(b.ID, b.Dispatcher.Key, acc)
		}, fault.ConsField},
		{"after the deadline", func(b *bench, a *mini.Attempt) {
			for b.Headers.Current.Header.Block+b.Genesis.Params.EpochLength <= a.Case.Task.Body.Deadline {
				b.Epoch()
			}
			a.Assign(1).Quote(nil)
			b.Epoch()
		}, fault.TaskTimeout},
		{"policies that are not known here", func(b *bench, _ *mini.Attempt) {
			b.Headers.Current.Genesis.Policies.Generation++
		}, fault.KeyGeneration},
		{"an age header too few", func(_ *bench, a *mini.Attempt) { a.Headers = a.Headers[:1] }, fault.APIField},
		{"another age header", func(_ *bench, a *mini.Attempt) { a.Headers = [][]byte{a.Headers[1], a.Headers[0]} }, fault.DataCorrupt},
		{"a quote that says nothing of it", func(_ *bench, a *mini.Attempt) {
			a.Requote(func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) { v.Debug = true })
		}, fault.KeyEvidence},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, free)
			a := b.ready()
			tt.edit(b, a)
			_, err := a.Release(0)
			want(t, err, tt.want)
		})
	}
}

// record is an identity as the manager keeps it.
type record struct {
	Secret  string       `cbor:"1,keyasint"`
	Owner   wire.Address `cbor:"2,keyasint"`
	Subject string       `cbor:"3,keyasint"`
	Task    wire.Digest  `cbor:"4,keyasint"`
}

func TestAKeptIdentityMustBeOne(t *testing.T) {
	b := newBench(t, free)
	a := b.ready()
	var lost string // the secret of the service
	for _, tt := range []struct {
		name   string
		secret func(string) string
		want   fault.Code
	}{
		{"twin: as it was kept", func(s string) string { return s }, ""},
		{"none", func(string) string { return "" }, fault.StoreCorrupt},
		{"two", func(s string) string { return s + "\n" + s }, fault.StoreCorrupt},
		{"no secret", func(string) string { return "AGE-SECRET-KEY-1" }, fault.StoreCorrupt},
		{"of another artefact", func(string) string { return lost }, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			store := b.disk.Clone().Open(nil)
			for _, id := range []wire.Digest{b.service.Sealed.Identity, b.data.Sealed.Identity} {
				k := "identity/" + id.String()
				item, err := store.Get(context.Background(), k)
				b.Must(err)
				var r record
				b.Must(wire.Unmarshal("tacit/manager/identity", item.Value, &r))
				if id == b.service.Sealed.Identity {
					lost = r.Secret
					continue
				}
				r.Secret = tt.secret(r.Secret)
				v, err := wire.Marshal("tacit/manager/identity", r)
				b.Must(err)
				_, err = store.Commit(context.Background(), tacit.Txn{Then: []tacit.Put{{Key: k, Value: v}}})
				b.Must(err)
			}
			a.Managers = []*manager.Manager{b.open(b.config(store, b.tape.Clone()))}
			_, err := a.Release(0)
			want(t, err, tt.want)
		})
	}
}

// case N90 code RES_BUSY check manager/access.go:mostStanding
func TestN90ApprovalsThatStandAreBounded(t *testing.T) {
	b := newBench(t, nil)
	want(t, b.draw(b.fresh()), fault.DataApproval)
	owner := b.Owner.Address()
	store := b.disk.Open(nil)
	for i := range 1024 {
		v, err := wire.Marshal("tacit/manager/standing", tacit.Standing{ID: wire.Digest{byte(i), byte(i >> 8)}, Entry: "clinic/table"})
		b.Must(err)
		k := fmt.Sprintf("standing/%s/%04d", hex.EncodeToString(owner[:]), i)
		_, err = store.Commit(context.Background(), tacit.Txn{Then: []tacit.Put{{Key: k, Value: v}}})
		b.Must(err)
	}
	d := tacit.Decision{ID: b.inbox().Requests[0].ID, Approve: true, Always: true}
	want(t, b.decide(d), fault.ResBusy)
	t.Run("twin: one was taken back", func(t *testing.T) {
		_, err := store.Commit(context.Background(), tacit.Txn{Then: []tacit.Put{{Key: fmt.Sprintf("standing/%s/%04d", hex.EncodeToString(owner[:]), 7), Delete: true}}})
		b.Must(err)
		want(t, b.decide(d), "")
	})
}

func TestAWebhookCanBeTakenAway(t *testing.T) {
	b := newBench(t, nil)
	hooks := func() (n int) {
		for _, item := range b.disk.Items() {
			if strings.HasPrefix(item.Key, "hook/") {
				n++
			}
		}
		return n
	}
	for _, url := range []string{"https://hooks.example/", ""} {
		_, err := b.m.Webhook(mini.As(b.Owner), tacit.WebhookRequest{URL: url})
		want(t, err, "")
		if got := hooks(); (got == 1) != (url != "") {
			t.Errorf("%q leaves %d hooks", url, got)
		}
	}
}
