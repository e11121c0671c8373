package manager_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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

// office is a network with one manager, a service and a dataset whose owner
// wants to be asked.
type office struct {
	*mini.Network
	m             *manager.Manager
	end           func()
	service, data tacit.Entry
	headers       [][]byte
	nonce         uint64
}

func newOffice(t *testing.T, edit func(*tacit.Terms)) *office {
	t.Helper()
	o := &office{Network: mini.New(t), nonce: 100}
	o.m, o.end = o.Manager(0, nil)
	t.Cleanup(func() { o.end() })
	terms := mini.Terms("acme/sum")
	terms.Approval = true
	if edit != nil {
		edit(&terms)
	}
	var code, table mini.Artefact
	o.service, code = o.Publish(o.m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	o.data, table = o.Publish(o.m, "clinic/table", tacit.EntryDataset, []byte("rows"), terms)
	o.headers = [][]byte{code.Header, table.Header}
	o.Epoch()
	return o
}

// fresh is the case of a task that was not seen before.
func (o *office) fresh() tacit.Case {
	o.T.Helper()
	o.nonce++
	t := o.Task(o.service, o.data)
	t.Nonce = o.nonce
	return o.Accept(t, o.service, o.data)
}

func (o *office) draw(c tacit.Case) error {
	_, err := o.m.Draw(context.Background(), tacit.DrawRequest{Case: c})
	return err
}

func (o *office) inbox() tacit.Inbox {
	o.T.Helper()
	in, err := o.m.Access(mini.As(o.Owner), tacit.AccessQuery{})
	o.Must(err)
	return in
}

func (o *office) decide(d tacit.Decision) error {
	_, err := o.m.Decide(mini.As(o.Owner), d)
	return err
}

// release runs a drawn case to its release.
func (o *office) release(c tacit.Case) error {
	o.T.Helper()
	a := o.Draw(c, o.m).Assign(1).Quote(nil)
	a.Headers = o.headers
	_, err := a.Release(0)
	return err
}

// case N98 code DATA_APPROVAL check manager/terms.go:settle
func TestN98ATaskWaitsForItsOwnersAnswer(t *testing.T) {
	o := newOffice(t, nil)
	c := o.fresh()
	id := c.Task.Body.ID(o.ID)
	want(t, o.draw(c), fault.DataApproval)
	want(t, o.draw(c), fault.DataApproval) // asked again
	in := o.inbox()
	if len(in.Requests) != 1 {
		t.Fatalf("%d requests, want 1", len(in.Requests))
	}
	r := in.Requests[0]
	if r.Task != id || r.Entry != "clinic/table" || r.User != o.User.Address() || r.Service != "acme/sum" || r.Deadline != c.Task.Body.Deadline {
		t.Errorf("%+v", r)
	}
	t.Run("nobody else sees or answers it", func(t *testing.T) {
		for _, who := range []*key.Signer{o.User, o.Workers[0].Key} {
			other, err := o.m.Access(mini.As(who), tacit.AccessQuery{})
			if err != nil || len(other.Requests) != 0 {
				t.Errorf("%v, %v", other, err)
			}
			_, err = o.m.Decide(mini.As(who), tacit.Decision{ID: r.ID, Approve: true})
			want(t, err, fault.APINotFound)
		}
		_, err := o.m.Access(context.Background(), tacit.AccessQuery{})
		want(t, err, fault.TLSRole)
		want(t, o.draw(c), fault.DataApproval)
	})
	t.Run("it survives a restart", func(t *testing.T) {
		o.end()
		o.m, o.end = o.Manager(0, nil)
		if got := o.inbox().Requests; len(got) != 1 || got[0].ID != r.ID {
			t.Errorf("%v", got)
		}
	})
	t.Run("another acceptance does not take its place", func(t *testing.T) {
		other := c
		acc := other.Acceptance.Body
		acc.Sequence++
		other.Acceptance = tacit.Sign(o.ID, o.Dispatcher.Key, acc)
		want(t, o.draw(other), fault.ConsField)
	})
	t.Run("twin: approved, long after its header, it is drawn and released", func(t *testing.T) {
		want(t, o.decide(tacit.Decision{ID: r.ID, Approve: true}), "")
		for range 3 {
			o.Epoch()
		}
		want(t, o.draw(c), "")
		if n := len(o.inbox().Requests); n != 0 {
			t.Errorf("%d requests are left", n)
		}
	})
	t.Run("only that task", func(t *testing.T) { want(t, o.draw(o.fresh()), fault.DataApproval) })
	t.Run("a task that nobody asked for in time stays old", func(t *testing.T) {
		late := o.fresh()
		for range 3 {
			o.Epoch()
		}
		want(t, o.draw(late), fault.KeyGeneration)
	})
}

// case N98 code DATA_CONSENT check manager/access.go:approved
func TestN98WhatTheOwnerAnsweredCounts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		decision tacit.Decision
		this     fault.Code // the task that asked
		next     fault.Code // the next of that user with that service
	}{
		{"twin: once", tacit.Decision{Approve: true}, "", fault.DataApproval},
		{"twin: for an hour", tacit.Decision{Approve: true, For: 3600}, "", ""},
		{"twin: always", tacit.Decision{Approve: true, Always: true}, "", ""},
		{"for a time that is over", tacit.Decision{Approve: true, For: 1}, "", fault.DataApproval},
		{"denied", tacit.Decision{Reason: "not for you"}, fault.DataConsent, fault.DataApproval},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t, nil)
			c := o.fresh()
			want(t, o.draw(c), fault.DataApproval)
			tt.decision.ID = o.inbox().Requests[0].ID
			want(t, o.decide(tt.decision), "")
			err := o.draw(c)
			want(t, err, tt.this)
			if tt.this != "" && !strings.Contains(err.Error(), "not for you") {
				t.Errorf("the reason is not told: %v", err)
			}
			if tt.this == "" {
				want(t, o.release(c), "")
			}
			o.Epoch()
			want(t, o.draw(o.fresh()), tt.next)
			want(t, o.decide(tt.decision), fault.APINotFound) // answered already
		})
	}
	t.Run("a standing approval that was taken back", func(t *testing.T) {
		o := newOffice(t, nil)
		want(t, o.draw(o.fresh()), fault.DataApproval)
		want(t, o.decide(tacit.Decision{ID: o.inbox().Requests[0].ID, Approve: true, Always: true}), "")
		drawn := o.fresh()
		want(t, o.draw(drawn), "")
		s := o.inbox().Standing
		if len(s) != 1 || s[0].User != o.User.Address() || s[0].Service != "acme/sum" {
			t.Fatalf("%v", s)
		}
		_, err := o.m.Decide(mini.As(o.User), tacit.Decision{ID: s[0].ID})
		want(t, err, fault.APINotFound)
		want(t, o.decide(tacit.Decision{ID: s[0].ID}), "")
		want(t, o.draw(o.fresh()), fault.DataApproval)
		want(t, o.release(drawn), fault.DataApproval) // also for what was drawn meanwhile
	})
	t.Run("what makes no sense", func(t *testing.T) {
		o := newOffice(t, nil)
		for _, d := range []tacit.Decision{{For: 1}, {Always: true}, {Reason: strings.Repeat("x", 257)}, {Approve: true, For: 1 << 41}} {
			want(t, o.decide(d), fault.APIField)
		}
	})
}

// case N90 code RES_BUSY check manager/access.go:room
func TestN90TheInboxIsBounded(t *testing.T) {
	o := newOffice(t, nil)
	for range 16 {
		want(t, o.draw(o.fresh()), fault.DataApproval)
	}
	want(t, o.draw(o.fresh()), fault.ResBusy)
	t.Run("twin: there is room again", func(t *testing.T) {
		want(t, o.decide(tacit.Decision{ID: o.inbox().Requests[0].ID}), "")
		want(t, o.draw(o.fresh()), fault.DataApproval)
	})
	t.Run("without a deposit nothing gets there", func(t *testing.T) {
		before := len(o.inbox().Requests)
		c := o.fresh()
		c.Deposit.Deposit.Amount++
		want(t, o.draw(c), fault.ChainProof)
		if n := len(o.inbox().Requests); n != before {
			t.Errorf("%d requests, were %d", n, before)
		}
	})
	t.Run("requests vanish with their deadline", func(t *testing.T) {
		old := o.inbox().Requests[0]
		for o.Headers.Current.Header.Block <= old.Deadline {
			o.Epoch()
		}
		if n := len(o.inbox().Requests); n != 0 {
			t.Errorf("%d requests are left", n)
		}
		want(t, o.decide(tacit.Decision{ID: old.ID, Approve: true}), fault.APINotFound)
		want(t, o.draw(o.fresh()), fault.DataApproval)
	})
}

// case N98 code DATA_CONSENT check manager/budget.go:spendBudgets
func TestN98BudgetsPerCounterpartyAndWindow(t *testing.T) {
	budgets := func(list ...tacit.Budget) func(*tacit.Terms) {
		return func(t *tacit.Terms) { t.Approval, t.Budgets = false, list }
	}
	for _, tt := range []struct {
		name string
		edit func(*tacit.Terms)
		rest int // epochs of 8 s between two tasks
		more int // how many tasks get their keys
	}{
		{"twin: no budget", budgets(), 1, 4},
		{"twin: a budget that suffices", budgets(tacit.Budget{Per: tacit.PerUser, Releases: 4, Window: 3600}), 1, 4},
		{"per user", budgets(tacit.Budget{Per: tacit.PerUser, Releases: 2, Window: 3600}), 1, 2},
		{"per service", budgets(tacit.Budget{Per: tacit.PerService, Releases: 3, Window: 3600}), 1, 3},
		{"in all", budgets(tacit.Budget{Per: tacit.PerTotal, Releases: 1}), 1, 1},
		{"the smallest counts", budgets(tacit.Budget{Per: tacit.PerTotal, Releases: 3}, tacit.Budget{Per: tacit.PerUser, Releases: 1, Window: 3600}), 1, 1},
		{"twin: the window has passed each time", budgets(tacit.Budget{Per: tacit.PerUser, Releases: 1, Window: 12}), 2, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t, tt.edit)
			for i := range 4 {
				c := o.fresh()
				var code fault.Code
				if i >= tt.more {
					code = fault.DataConsent
				}
				err := o.draw(c)
				want(t, err, code)
				if err == nil {
					want(t, o.release(c), "")
				}
				for range tt.rest {
					o.Epoch()
				}
				if i == 1 { // whatever was spent is spent
					o.end()
					o.m, o.end = o.Manager(0, nil)
				}
			}
		})
	}
}

// Many releases at once, drawn while there was room for each: the budget is spent
// as often as it allows, and no more.
//
// case N98 code DATA_CONSENT check manager/budget.go:spent
func TestN98ReleasesAtOnceShareABudget(t *testing.T) {
	o := newOffice(t, func(t *tacit.Terms) {
		t.Approval, t.Budgets = false, []tacit.Budget{{Per: tacit.PerUser, Releases: 3, Window: 3600}}
	})
	var all []*mini.Attempt
	for range 8 {
		a := o.Draw(o.fresh(), o.m).Assign(1).Quote(nil)
		a.Headers = o.headers
		all = append(all, a)
	}
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, a := range all {
		wg.Go(func() { _, errs[i] = a.Release(0) })
	}
	wg.Wait()
	good := 0
	for _, err := range errs {
		if err == nil {
			good++
		} else {
			want(t, err, fault.DataConsent)
		}
	}
	if good != 3 {
		t.Errorf("%d releases, the budget is 3: %v", good, errs)
	}
	t.Run("twin: an identical retry costs nothing", func(t *testing.T) {
		for i, a := range all {
			if errs[i] == nil {
				_, err := a.Release(0)
				want(t, err, "")
			}
		}
	})
}

// case N28 code KEY_POLICY check manager/manager.go:checkRule
func TestN28TermsWithABadRuleAreNotStored(t *testing.T) {
	o := newOffice(t, nil)
	for _, tt := range []struct {
		name, rule string
		want       fault.Code
	}{
		{"twin: a rule", "level >= 2", ""},
		{"of another type", "level + 1", fault.KeyPolicy},
		{"over nothing", "budgets > 1", fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			terms := mini.Terms("acme/sum")
			terms.Rule = tt.rule
			_, err := o.m.SetTerms(mini.As(o.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: terms})
			want(t, err, tt.want)
		})
	}
}

// case N98 code DATA_CONSENT check manager/terms.go:Trace
func TestN98TheOwnersRuleDecidesAtDrawAndRelease(t *testing.T) {
	for _, tt := range []struct {
		name, rule string
		want       fault.Code
	}{
		{"twin: it holds", `owners == 1 && service == "acme/sum" && dataset == "clinic/table" && time > timestamp("2023-01-01T00:00:00Z")`, ""},
		{"it does not", `owners > 1`, fault.DataConsent},
		{"no answer", `100 / releases > 1`, fault.DataConsent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newOffice(t, func(terms *tacit.Terms) { terms.Approval, terms.Rule = false, tt.rule })
			c := o.fresh()
			want(t, o.draw(c), tt.want)
			if tt.want == "" {
				want(t, o.release(c), "")
			}
		})
	}
	t.Run("a rule that held only at the draw", func(t *testing.T) {
		o := newOffice(t, func(terms *tacit.Terms) {
			terms.Approval, terms.Rule = false, `time < timestamp("2023-11-14T22:13:50Z")`
		})
		c := o.fresh()
		a := o.Draw(c, o.m).Assign(1).Quote(nil)
		a.Headers = o.headers
		o.Epoch()
		o.Epoch()
		_, err := a.Release(0)
		want(t, err, fault.DataConsent)
	})
}

// The owner reads every rule with what it expects and what came; the user reads
// which refused him; nobody else reads anything.
//
// case N98 code API_NOT_FOUND check manager/terms.go:Explain
func TestN98ExplainShowsEachHisOwn(t *testing.T) {
	o := newOffice(t, func(terms *tacit.Terms) {
		terms.Approval, terms.Budgets = false, []tacit.Budget{{Per: tacit.PerUser, Releases: 4321, Window: 3600}}
		terms.AnyPurpose, terms.Purposes = false, []string{"cancer-research"}
		terms.AnyUser, terms.Users = false, []wire.Address{{9, 9, 9}, o0(t)}
		terms.Rule = "releases < 98765"
	})
	c := o.fresh()
	id := c.Task.Body.ID(o.ID)
	want(t, o.draw(c), fault.DataConsent)
	explain := func(who *key.Signer) (string, tacit.Explanation, error) {
		e, err := o.m.Explain(mini.As(who), tacit.TaskRequest{Task: id})
		return fmt.Sprint(e), e, err
	}
	secrets := []string{"cancer-research", "4321", "98765", wire.Address{9, 9, 9}.String()}
	text, e, err := explain(o.Owner)
	o.Must(err)
	t.Run("twin: the owner", func(t *testing.T) {
		if len(e.Traces) != 2 { // the service is his too here
			t.Fatalf("%d traces", len(e.Traces))
		}
		for _, s := range secrets {
			if !strings.Contains(text, s) {
				t.Errorf("it lacks %q: %s", s, text)
			}
		}
		held := 0
		for _, tr := range e.Traces {
			for _, f := range tr.Findings {
				if f.OK && f.Expected != "" && f.Got != "" {
					held++
				}
			}
		}
		if held < 15 {
			t.Errorf("only %d rules that hold are there: %s", held, text)
		}
	})
	t.Run("twin: the user", func(t *testing.T) {
		text, e, err := explain(o.User)
		o.Must(err)
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("it shows %q: %s", s, text)
			}
		}
		for _, tr := range e.Traces {
			for _, f := range tr.Findings {
				if f.OK {
					t.Errorf("it shows a rule that holds: %v", f)
				}
			}
		}
		if !strings.Contains(text, "purposes") || !strings.Contains(text, "DATA_CONSENT") {
			t.Errorf("it says nothing: %s", text)
		}
	})
	_, _, err = explain(o.Workers[0].Key)
	want(t, err, fault.APINotFound)
	_, err = o.m.Explain(context.Background(), tacit.TaskRequest{Task: id})
	want(t, err, fault.TLSRole)
	t.Run("a release too", func(t *testing.T) {
		o := newOffice(t, func(terms *tacit.Terms) { terms.Approval = false })
		c := o.fresh()
		want(t, o.draw(c), "")
		want(t, o.release(c), "")
		e, err := o.m.Explain(mini.As(o.Owner), tacit.TaskRequest{Task: c.Task.Body.ID(o.ID)})
		if err != nil || len(e.Traces) != 2 || e.Traces[0].Step != "release" || e.Traces[0].Decision != "allowed" {
			t.Errorf("%v, %v", e, err)
		}
	})
}

// o0 is an account that is nobody's.
func o0(t *testing.T) wire.Address {
	t.Helper()
	k, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return k.Address()
}

// case N90 code RES_BUSY check manager/rate.go:allow
func TestN90JudgingInAdvanceIsBoundedAndChangesNothing(t *testing.T) {
	o := newOffice(t, func(terms *tacit.Terms) {
		terms.AnyPurpose, terms.Purposes = false, []string{"research"}
		terms.Budgets = []tacit.Budget{{Per: tacit.PerUser, Releases: 4321, Window: 3600}}
	})
	request := func(purpose string) tacit.JudgeRequest {
		c := o.fresh()
		q := c.Task.Body.Requirements
		q.Purpose = purpose
		return tacit.JudgeRequest{Epoch: c.Acceptance.Body.Epoch, Service: c.Service, Datasets: c.Datasets, Requirements: q}
	}
	for _, tt := range []struct {
		name, purpose, want string
	}{
		{"twin: the owner will be asked", "research", string(fault.DataApproval)},
		{"another purpose", "marketing", string(fault.DataConsent)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := o.m.Judge(mini.As(o.User), request(tt.purpose))
			o.Must(err)
			if len(got.Judgements) != 2 || got.Judgements[0].Decision != "allowed" || got.Judgements[1].Decision != tt.want {
				t.Errorf("%+v", got)
			}
			if strings.Contains(fmt.Sprint(got), "4321") || tt.purpose != "research" && strings.Contains(fmt.Sprint(got), "research") {
				t.Errorf("it shows the owner's rules: %+v", got)
			}
		})
	}
	if n := len(o.inbox().Requests); n != 0 {
		t.Errorf("%d requests were made", n)
	}
	t.Run("entries that are not the catalogue's", func(t *testing.T) {
		r := request("research")
		r.Datasets[0].Entry.Terms = mini.Terms().Digest()
		_, err := o.m.Judge(mini.As(o.User), r)
		want(t, err, fault.ChainProof)
	})
	t.Run("nobody", func(t *testing.T) {
		_, err := o.m.Judge(context.Background(), request("research"))
		want(t, err, fault.TLSRole)
	})
	t.Run("too often", func(t *testing.T) {
		var err error
		for range 64 {
			if _, err = o.m.Judge(mini.As(o.User), request("research")); err != nil {
				break
			}
		}
		want(t, err, fault.ResBusy)
		_, err = o.m.Judge(mini.As(o.Owner), request("research"))
		want(t, err, "")
	})
}

// A hook that never answers delays no decision, and what reaches it is signed
// and says nothing that is not in the catalogue.
func TestADeadWebhookDelaysNothing(t *testing.T) {
	got := make(chan tacit.Notice)
	o := &office{Network: mini.New(t)}
	o.Notify = func(ctx context.Context, n tacit.Notice) (tacit.Done, error) {
		select {
		case got <- n:
			return tacit.Done{OK: true}, nil
		case <-ctx.Done():
			return tacit.Done{}, ctx.Err()
		}
	}
	o.m, o.end = o.Manager(0, nil)
	defer func() { o.end() }()
	terms := mini.Terms("acme/sum")
	terms.Approval = true
	o.service, _ = o.Publish(o.m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	o.data, _ = o.Publish(o.m, "clinic/table", tacit.EntryDataset, []byte("rows"), terms)
	o.Epoch()
	hook, err := o.m.Webhook(mini.As(o.Owner), tacit.WebhookRequest{URL: "https://hooks.example/tacit"})
	o.Must(err)
	for range 8 { // nobody reads yet
		want(t, o.draw(o.fresh()), fault.DataApproval)
	}
	select {
	case n := <-got:
		mac := hmac.New(sha256.New, hook.Key)
		mac.Write(n.Body)
		if n.Signature != "sha256="+hex.EncodeToString(mac.Sum(nil)) || n.URL != "https://hooks.example/tacit" {
			t.Errorf("%s, %s", n.Signature, n.URL)
		}
		var body map[string]any
		o.Must(json.Unmarshal(n.Body, &body))
		if len(body) != 4 || body["kind"] != "access.requested" || body["entry"] != "clinic/table" || body["id"] == nil || body["time"] == nil {
			t.Errorf("%s", n.Body)
		}
		if bytes.Contains(n.Body, []byte(o.User.Address().String())) {
			t.Error("it names the user")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	for _, bad := range []string{"ftp://x/y", "x", "https://", "https://a:b@c/", "https://x/" + strings.Repeat("y", 600)} {
		_, err := o.m.Webhook(mini.As(o.Owner), tacit.WebhookRequest{URL: bad})
		if !errors.Is(err, fault.APIField) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
