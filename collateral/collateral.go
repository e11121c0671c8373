// Package collateral gets and keeps what evidence is verified with besides itself:
// the certificates of AMD's chips, Intel's word on TCBs and quoting enclaves, and
// what both have revoked.
//
// Verifiers fetch nothing; the host of who shows evidence completes it here. A
// service outside that is slow, away or wants to be left alone therefore costs
// nobody else anything: what is kept is used as long as it is in force, it is asked
// again well before that ends, and if there is nothing in force the answer is
// EVID_COLLATERAL_UNAVAILABLE, which is no verdict.
//
// Nothing here is trusted. Whatever the folder or a service says is signed by a
// vendor, and verifiers judge that.
package collateral

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// A Source has documents: a Folder, or the Vendors' services.
type Source interface {
	Fetch(ctx context.Context, e attest.Endorsement) (attest.Document, error)
}

// The times of the service.
const (
	daily     = 24 * time.Hour   // statements and lists are asked for so often: vendors replace them early for a reason
	firstRest = time.Minute      // after a source failed; doubled each time
	longRest  = time.Hour        // at most
	round     = 10 * time.Minute // between two looks at what is due
)

// Config says what a service needs.
type Config struct {
	Schemes attest.Schemes // say what evidence needs, and whether it verifies
	Folder  *Folder        // keeps the documents
	Source  Source         // may be nil: then there is what the folder has
	Log     *slog.Logger
}

// A Service completes evidence. It is safe for concurrent use.
type Service struct {
	cfg Config

	mu    sync.Mutex // guards what follows
	items map[string]*item
}

// item is what a service knows of one document. Its lock is held while it is
// fetched, so that it is fetched once.
type item struct {
	lock chan struct{}
	of   attest.Endorsement

	rest time.Duration // guarded by lock, with what follows
	not  time.Time     // asked before, because of last
	last error
	done time.Time // asked with success
}

// New makes a service.
func New(cfg Config) (*Service, error) {
	if cfg.Folder == nil || cfg.Log == nil {
		return nil, fault.New(fault.Internal, "keep collateral: folder and log are required")
	}
	return &Service{cfg: cfg, items: map[string]*item{}}, nil
}

// Complete returns the evidence with all that verifiers need. It leaves evidence
// that needs nothing as it is. If a document cannot be had, or only one that is no
// longer in force, it is EVID_COLLATERAL_UNAVAILABLE with every one that lacks.
//
// Evidence that does not verify with what was kept is completed once more with
// everything fetched anew, so that what a mirror got wrong does not stay.
func (s *Service) Complete(ctx context.Context, e attest.Evidence) (attest.Evidence, error) {
	out, err := s.complete(ctx, e, false)
	if err != nil {
		return e, err
	}
	if _, err := s.cfg.Schemes.Verify(ctx, out, time.Now()); errors.Is(err, fault.EvidForged) && s.cfg.Source != nil {
		if again, err := s.complete(ctx, e, true); err == nil {
			out = again
		}
	}
	return out, nil
}

func (s *Service) complete(ctx context.Context, e attest.Evidence, anew bool) (attest.Evidence, error) {
	needs, err := s.cfg.Schemes.Endorsements(e)
	if err != nil || len(needs) == 0 {
		return e, err
	}
	out := attest.Evidence{Scheme: e.Scheme, Report: e.Report}
	var lacks []error
	for _, n := range needs {
		if n.Held != nil {
			out.Collateral = append(out.Collateral, n.Held)
			continue
		}
		d, err := s.get(ctx, n, anew)
		if err != nil {
			lacks = append(lacks, err)
			continue
		}
		out.Collateral = append(out.Collateral, d.Pieces(n)...)
	}
	if lacks != nil {
		return e, fault.New(fault.EvidUnavailable, "complete evidence: %w", errors.Join(lacks...))
	}
	return out, out.Check()
}

func (s *Service) item(e attest.Endorsement) *item {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.items[e.Name]
	if i == nil {
		i = &item{lock: make(chan struct{}, 1), of: e}
		s.items[e.Name] = i
	}
	return i
}

// get returns a document that is in force, from the folder or its source.
func (s *Service) get(ctx context.Context, e attest.Endorsement, anew bool) (attest.Document, error) {
	i := s.item(e)
	select {
	case i.lock <- struct{}{}:
		defer func() { <-i.lock }()
	case <-ctx.Done():
		return attest.Document{}, fault.New(fault.EvidUnavailable, "get collateral %s: %w", e.Name, ctx.Err())
	}
	now := time.Now()
	held, at, err := s.cfg.Folder.Get(e)
	if i.done.After(at) {
		at = i.done
	}
	w := windowOf(e, held)
	if s.cfg.Source == nil {
		return held, w.check(e.Name, now, err)
	}
	if w.in(now) && !anew && !w.due(e.Form, at, now) {
		return held, nil
	}
	if anew && w.in(now) && now.Sub(i.done) < firstRest {
		return held, nil // it is as new as it gets: what is wrong is the evidence
	}
	got, err := s.fetch(ctx, i, now)
	switch {
	case err == nil && (anew || !w.in(now) || !windowOf(e, got).from.Before(w.from)):
		if err := s.cfg.Folder.Put(e, got); err != nil {
			s.cfg.Log.Warn("collateral is not kept", "document", e.Name, "error", err)
		}
		return got, nil
	case w.in(now): // a source that fails or goes back takes nothing away
		return held, nil
	}
	return attest.Document{}, err
}

// fetch asks the source, unless it failed a short time ago.
func (s *Service) fetch(ctx context.Context, i *item, now time.Time) (attest.Document, error) {
	if now.Before(i.not) {
		return attest.Document{}, i.last
	}
	d, err := s.cfg.Source.Fetch(ctx, i.of)
	if err == nil {
		err = windowOf(i.of, d).check(i.of.Name, now, nil)
	}
	if err != nil && ctx.Err() != nil {
		return d, fault.New(fault.EvidUnavailable, "get collateral %s: %w", i.of.Name, err) // the asker's fault, not the source's
	}
	if err != nil {
		i.rest = min(max(2*i.rest, firstRest), longRest)
		var w *Wait
		if errors.As(err, &w) {
			i.rest = min(max(i.rest, w.For), longRest)
		}
		err = fault.New(fault.EvidUnavailable, "get collateral %s: %w", i.of.Name, err)
		i.not, i.last = now.Add(i.rest), err
		s.cfg.Log.Warn("collateral cannot be had", "document", i.of.Name, "rest", i.rest, "error", err)
		return d, err
	}
	i.rest, i.not, i.last, i.done = 0, time.Time{}, nil, now
	return d, nil
}

// window is when a document says that it holds.
type window struct{ from, until time.Time }

func windowOf(e attest.Endorsement, d attest.Document) (w window) {
	if len(d.Body) == 0 {
		return w
	}
	from, until, err := e.Form.Window(d.Body)
	if err != nil {
		return w
	}
	return window{from, until}
}

func (w window) in(now time.Time) bool { return !now.Before(w.from) && now.Before(w.until) }

// check says why a document cannot be used.
func (w window) check(name string, now time.Time, missing error) error {
	switch {
	case missing != nil:
		return fault.New(fault.EvidUnavailable, "get collateral: %w", missing)
	case w.in(now):
		return nil
	case w.until.IsZero():
		return fault.New(fault.EvidUnavailable, "get collateral %s: the document does not say when it holds", name)
	}
	return fault.New(fault.EvidUnavailable, "get collateral %s: the document holds from %s until %s", name, w.from.UTC().Format(time.RFC3339), w.until.UTC().Format(time.RFC3339))
}

// due reports whether a document in force should be asked for again: all of them in
// the last quarter of their time, and what vendors replace early every day.
func (w window) due(f attest.Form, at, now time.Time) bool {
	if w.until.Sub(now) < w.until.Sub(w.from)/4 {
		return true
	}
	return (f == attest.FormStatement || f == attest.FormList) && now.Sub(at) >= daily
}

// Run asks again for every document that was used, as soon as it is due.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(round)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		for _, e := range s.used() {
			_, _ = s.get(ctx, e, false) // it has logged what failed
		}
	}
}

func (s *Service) used() (list []attest.Endorsement) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.items {
		list = append(list, i.of)
	}
	slices.SortFunc(list, func(a, b attest.Endorsement) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Held is one document of a folder.
type Held struct {
	Name  string    `json:"name"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	At    time.Time `json:"fetched"`
}

// Used are the documents that Complete has used, by name.
func (s *Service) Used() (list []Held) {
	for _, e := range s.used() {
		if d, at, err := s.cfg.Folder.Get(e); err == nil {
			w := windowOf(e, d)
			list = append(list, Held{e.Name, w.from, w.until, at})
		}
	}
	return list
}
