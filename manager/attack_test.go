package manager_test

import (
	"context"
	"sync"
	"testing"

	"tacit"
	"tacit/devnet/mini"
	"tacit/fault"
)

// A task that is accepted under a header of long ago would be judged by the
// consent, the deposit and the pools of that time.
func TestOldHeadersDrawNothing(t *testing.T) {
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	defer end()
	service, _ := n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	data, _ := n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), mini.Terms("acme/sum"))
	n.Epoch()
	old := n.Accept(n.Task(service, data), service, data)
	fresh := n.Task(service, data)
	fresh.Nonce++
	twin := n.Accept(fresh, service, data)
	t.Run("twin: under a header of now", func(t *testing.T) {
		_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: twin})
		want(t, err, "")
	})
	for range 3 {
		n.Epoch()
	}
	t.Run("under an old one", func(t *testing.T) {
		_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: old})
		want(t, err, fault.KeyGeneration)
	})
	t.Run("twin: a draw that was answered is answered again", func(t *testing.T) {
		_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: twin})
		want(t, err, "")
	})
}

// Consent that is withdrawn at the manager counts at once, also for a task that
// was drawn while it stood.
func TestWithdrawnConsentCountsAtOnce(t *testing.T) {
	n, m, a, _ := ready(t, mini.Terms("acme/sum"))
	gone := mini.Terms("acme/sum")
	gone.Withdrawn = true
	t.Run("a stranger withdraws nothing", func(t *testing.T) {
		_, err := m.SetTerms(mini.As(n.User), tacit.TermsRequest{Entry: "clinic/table", Terms: gone})
		n.Must(err)
	})
	_, err := m.SetTerms(mini.As(n.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: gone})
	n.Must(err)
	_, err = a.Release(0)
	want(t, err, fault.DataConsent)
	t.Run("twin: given again", func(t *testing.T) {
		_, err := m.SetTerms(mini.As(n.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: mini.Terms("acme/sum")})
		n.Must(err)
		_, err = a.Release(0)
		want(t, err, "")
	})
}

// Many tasks at once spend no more of a shared budget than one after the other,
// and none fails because another was faster.
func TestManyDrawsAtOnceAllSucceed(t *testing.T) {
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	defer end()
	service, _ := n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	data, _ := n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), mini.Terms("acme/sum"))
	n.Epoch()
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		task := n.Task(service, data)
		task.Nonce = uint64(i + 1)
		c := n.Accept(task, service, data)
		wg.Go(func() { _, errs[i] = m.Draw(context.Background(), tacit.DrawRequest{Case: c}) })
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			t.Errorf("draw %d: %v", i, err)
		}
	}
}

// Two attempts of different tasks released at the same moment, with a budget for
// one: exactly one gets its keys.
func TestTwoReleasesAtOnceShareABudgetOfOne(t *testing.T) {
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	defer end()
	terms := mini.Terms("acme/sum")
	terms.MaxReleases = 1
	first := n.Ready(m, terms)
	task := first.Case.Task.Body
	task.Nonce++
	second := n.Draw(n.Accept(task, first.Case.Service.Entry, first.Case.Datasets[0].Entry), m).Assign(1).Quote(nil)
	second.Headers = first.Headers
	errs := make(chan error, 2)
	for _, a := range []*mini.Attempt{first, second} {
		go func() {
			_, err := a.Release(0)
			errs <- err
		}()
	}
	one, two := <-errs, <-errs
	if (one == nil) == (two == nil) {
		t.Fatalf("both or neither released: %v, %v", one, two)
	}
	if one == nil {
		one = two
	}
	want(t, one, fault.DataConsent)
}

// A copy of somebody's entry under another name gets no key and costs its owner
// nothing.
func TestACopiedEntrySpendsNobodysBudget(t *testing.T) {
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	defer end()
	terms := mini.Terms("acme/sum")
	terms.MaxReleases = 1
	service, code := n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
	data, table := n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), terms)
	lax := mini.Terms("acme/sum")
	stolen := data
	stolen.Name, stolen.ID, stolen.Owner, stolen.Terms = "mallory/copy", tacit.EntryID("mallory/copy"), n.User.Address(), lax.Digest()
	_, err := m.SetTerms(mini.As(n.User), tacit.TermsRequest{Entry: stolen.Name, Terms: lax})
	n.Must(err)
	n.Chain.Now.Entries = append(n.Chain.Now.Entries, stolen)
	n.Epoch()
	headers := [][]byte{code.Header, table.Header}
	bad := n.Draw(n.Accept(n.Task(service, stolen), service, stolen), m).Assign(1).Quote(nil)
	bad.Headers = headers
	_, err = bad.Release(0)
	want(t, err, fault.KeyPolicy)
	t.Run("twin: the owner's own entry is released", func(t *testing.T) {
		task := n.Task(service, data)
		task.Nonce++
		good := n.Draw(n.Accept(task, service, data), m).Assign(1).Quote(nil)
		good.Headers = headers
		_, err := good.Release(0)
		want(t, err, "")
	})
}
