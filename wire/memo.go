package wire

import "sync"

// A Memo remembers the results of a pure function, the newest ones of at most
// twice its size. What it remembers is true for ever, so forgetting and racing
// cost time and never an answer. It is for public inputs: that an answer comes
// fast tells that it was asked before.
//
// It may be used by several goroutines.
type Memo[K comparable, V any] struct {
	size int

	mu       sync.Mutex // guards what follows
	new, old map[K]V
}

// NewMemo makes a memo that keeps between size and twice size results.
func NewMemo[K comparable, V any](size int) *Memo[K, V] {
	return &Memo[K, V]{size: size, new: map[K]V{}}
}

// Get returns what was put under a key, if it is still known.
func (m *Memo[K, V]) Get(k K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.new[k]; ok {
		return v, true
	}
	v, ok := m.old[k]
	if ok {
		m.put(k, v) // what is used stays
	}
	return v, ok
}

// Put remembers a result.
func (m *Memo[K, V]) Put(k K, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(k, v)
}

func (m *Memo[K, V]) put(k K, v V) {
	if len(m.new) >= m.size {
		m.old, m.new = m.new, make(map[K]V, m.size)
	}
	m.new[k] = v
}
