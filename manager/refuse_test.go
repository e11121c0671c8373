package manager_test

import (
	"context"
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
	"tacit/wire"
)

// case N25 code TLS_ROLE_MEASUREMENT check manager/manager.go:CallerOf
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

// case N62 code KEY_FINALITY check manager/manager.go:Headers.Header
func TestN62NothingIsDrawnBeforeItsHeader(t *testing.T) {
	b := newBench(t, free)
	c := b.fresh()
	number := c.Acceptance.Body.Epoch
	signed := b.Headers.Signed[number]
	delete(b.Headers.Signed, number)
	want(t, b.draw(c), fault.KeyFinality)
	b.Headers.Signed[number] = signed
	t.Run("twin: once it is there", func(t *testing.T) { want(t, b.draw(c), "") })
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
		{"newer policies that nobody shows", func(b *bench, _ *mini.Attempt) {
			b.Govern(false, func(*attest.PolicySet) {})
			b.Epoch()
		}, fault.EvidUnavailable},
		{"twin: newer policies that accept it too", func(b *bench, _ *mini.Attempt) {
			b.Govern(true, func(*attest.PolicySet) {})
			b.Epoch()
		}, ""},
		{"newer policies that accept it, and those of its own epoch do not", func(b *bench, a *mini.Attempt) {
			a.Requote(func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) { v.SVN = 0 })
			b.Govern(true, func(s *attest.PolicySet) { s.Policies[0].References[0].SVN = 0 })
			b.Epoch()
		}, fault.EvidUnlisted},
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
