package manager

import (
	"sync"
	"time"

	"tacit/wire"
)

// rate bounds how often callers may ask what costs nothing: burst questions at
// once, then one a second.
type rate struct {
	mu     sync.Mutex // guards what follows
	tokens map[wire.Address]token
}

type token struct {
	left float64
	at   time.Time
}

const (
	burst       = 32
	mostCallers = 4096
)

func (r *rate) allow(who wire.Address, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens == nil {
		r.tokens = map[wire.Address]token{}
	}
	t, ok := r.tokens[who]
	if !ok {
		if len(r.tokens) >= mostCallers {
			for k, old := range r.tokens { // whoever is full again is forgotten
				if now.Sub(old.at) >= burst*time.Second {
					delete(r.tokens, k)
				}
			}
		}
		if len(r.tokens) >= mostCallers {
			return false
		}
		t = token{burst, now}
	}
	t.left = min(burst, t.left+max(0, now.Sub(t.at).Seconds()))
	t.at = now
	if t.left < 1 {
		r.tokens[who] = t
		return false
	}
	t.left--
	r.tokens[who] = t
	return true
}
