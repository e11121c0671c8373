package store

import (
	"context"
	"strings"
	"sync"

	"tacit"
	"tacit/fault"
)

// How much a store keeps for watchers: changes, and bytes of keys and values.
const (
	historyLen   = 4096
	historyBytes = 16 << 20
)

// history is the newest changes in order. Its owner guards it.
type history struct {
	changes []tacit.Change // a window onto the sequence of all changes
	first   int64          // position of changes[0] in that sequence
	bytes   int
	base    int64 // changes after this revision are complete in the window
}

// weight is what a change costs to keep.
func weight(c tacit.Change) int { return len(c.Key) + len(c.Value) + 64 }

// Add appends the changes of committed transactions and drops the oldest.
func (h *history) Add(changes []tacit.Change) {
	for _, c := range changes {
		h.changes = append(h.changes, c)
		h.bytes += weight(c)
	}
	drop := 0
	for drop < len(h.changes) && (len(h.changes)-drop > historyLen || h.bytes > historyBytes) {
		h.bytes -= weight(h.changes[drop])
		h.base = h.changes[drop].Revision // of this transaction a part may be gone
		drop++
	}
	if drop > 0 {
		clear(h.changes[:drop]) // free what they hold
		h.changes = h.changes[drop:]
		h.first += int64(drop)
	}
}

// A Feed shows watchers what was committed.
type Feed struct {
	mu        sync.Mutex // guards what follows
	history   history
	published chan struct{} // closed and replaced after each Publish
	stopped   bool

	watchers sync.WaitGroup
}

// NewFeed knows the changes after a revision.
func NewFeed(after int64) *Feed {
	return &Feed{history: history{base: after}, published: make(chan struct{})}
}

// Publish shows the changes of committed transactions. After Stop it shows them to
// nobody: a term can end while its last batch becomes durable.
func (f *Feed) Publish(changes []tacit.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped {
		return
	}
	f.history.Add(changes)
	close(f.published)
	f.published = make(chan struct{})
}

// Stop ends every watcher and waits for it.
func (f *Feed) Stop() {
	f.mu.Lock()
	if !f.stopped {
		f.stopped = true
		close(f.published)
	}
	f.mu.Unlock()
	f.watchers.Wait()
}

// Watch implements tacit.Store; on a feed that is stopped the channel is closed at
// once. Nothing is kept over a restart: a watcher then is told STORE_COMPACTED.
func (f *Feed) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	if len(prefix) > MaxKey {
		return nil, fault.New(fault.APISize, "watch: prefix of %d bytes: at most %d", len(prefix), MaxKey)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(chan tacit.Change, 64)
	if f.stopped {
		close(out)
		return out, nil
	}
	if after < f.history.base {
		return nil, fault.New(fault.StoreCompacted, "watch: changes after revision %d are not all kept any more, those after %d are", after, f.history.base)
	}
	// The position of the first change after the revision asked for.
	pos := f.history.first
	for _, c := range f.history.changes {
		if c.Revision > after {
			break
		}
		pos++
	}
	f.watchers.Add(1)
	go func() {
		defer f.watchers.Done()
		defer close(out)
		f.follow(ctx, out, prefix, after, pos)
	}()
	return out, nil
}

// next is the change at a position, or what to wait for; an end is neither.
func (f *Feed) next(pos int64) (c tacit.Change, wait <-chan struct{}, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := pos - f.history.first
	if f.stopped || at < 0 {
		return c, nil, false
	}
	if at < int64(len(f.history.changes)) {
		return f.history.changes[at], nil, true
	}
	return c, f.published, false
}

// follow sends changes from a position in the history on, until it falls
// behind the oldest that is kept.
func (f *Feed) follow(ctx context.Context, out chan<- tacit.Change, prefix string, after, pos int64) {
	for {
		c, wait, ok := f.next(pos)
		if !ok && wait == nil {
			return
		}
		if !ok {
			select {
			case <-wait:
			case <-ctx.Done():
				return
			}
			continue
		}
		pos++
		if c.Revision <= after || !strings.HasPrefix(c.Key, prefix) {
			continue
		}
		c.Value = append([]byte(nil), c.Value...) // a watcher may write into his copy
		for sent := false; !sent; {
			f.mu.Lock()
			wait, stopped := f.published, f.stopped
			f.mu.Unlock()
			if stopped {
				return
			}
			select {
			case out <- c:
				sent = true
			case <-wait:
			case <-ctx.Done():
				return
			}
		}
	}
}
