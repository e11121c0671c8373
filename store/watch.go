package store

import (
	"context"
	"strings"

	"tacit"
	"tacit/fault"
)

// How much a Store keeps for watchers: changes, and bytes of keys and values.
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

// Watch implements tacit.Store. The channel is also closed when the store
// closes. Nothing is kept over a restart: a watcher then starts again from a
// Range.
func (s *Store) Watch(ctx context.Context, prefix string, after int64) (<-chan tacit.Change, error) {
	if len(prefix) > maxKey {
		return nil, fault.New(fault.APISize, "watch: prefix of %d bytes: at most %d", len(prefix), maxKey)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.stopped {
		return nil, s.closedErr("watch")
	}
	out := make(chan tacit.Change, 64)
	if after < s.history.base {
		close(out)
		return out, nil
	}
	// The position of the first change after the revision asked for.
	pos := s.history.first
	for _, c := range s.history.changes {
		if c.Revision > after {
			break
		}
		pos++
	}
	s.watchers.Add(1)
	go func() {
		defer s.watchers.Done()
		defer close(out)
		s.follow(ctx, out, prefix, after, pos)
	}()
	return out, nil
}

// follow sends changes from a position in the history on, until it falls
// behind the oldest that is kept.
func (s *Store) follow(ctx context.Context, out chan<- tacit.Change, prefix string, after, pos int64) {
	for {
		s.mu.RLock()
		next, stopped := s.published, s.stopped
		at := pos - s.history.first
		var c tacit.Change
		ready := at >= 0 && at < int64(len(s.history.changes))
		if ready {
			c = s.history.changes[at]
		}
		s.mu.RUnlock()
		if stopped || at < 0 {
			return
		}
		if !ready {
			select {
			case <-next:
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
		select {
		case out <- c:
		case <-ctx.Done():
			return
		case <-s.closing:
			return
		}
	}
}
