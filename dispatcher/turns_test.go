package dispatcher

import (
	"testing"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// queue is turns with names for accounts and tasks of ten seconds.
type queue struct {
	*turns
	t     *testing.T
	tasks map[wire.Digest]*place
	n     byte
}

func newQueue(t *testing.T, places, each, all int) *queue {
	return &queue{newTurns(func(bool) int { return places }, each, all), t, map[wire.Digest]*place{}, 0}
}

func account(who byte) wire.Address { return wire.Address{19: who} }

// add has accounts bring tasks, one each, in this order.
func (q *queue) add(money tacit.Money, seconds uint32, who ...byte) {
	for _, w := range who {
		q.n++
		task := tacit.Task{User: account(w)}
		task.Requirements.Seconds = seconds
		p, _, _ := q.join(wire.Digest{0: w, 1: q.n}, task, money)
		q.tasks[p.id] = p
	}
}

// serve ends as many tasks as have their turn one after the other, and counts
// them by account.
func (q *queue) serve(n int) (order []byte) {
	for range n {
		q.mu.Lock()
		if len(q.given) == 0 {
			q.mu.Unlock()
			break
		}
		p := q.given[0]
		q.given = q.given[1:]
		q.mu.Unlock()
		order = append(order, p.user[19])
		q.end(p)
	}
	return order
}

func repeat(who byte, n int) []byte {
	list := make([]byte, n)
	for i := range list {
		list[i] = who
	}
	return list
}

func count(order []byte, who ...byte) (n int) {
	for _, o := range order {
		for _, w := range who {
			if o == w {
				n++
			}
		}
	}
	return n
}

// case N89 code - check dispatcher/turns.go:first
func TestN89TurnsFollowMoneyNotAccounts(t *testing.T) {
	t.Run("twin: equal deposits take turns one by one", func(t *testing.T) {
		q := newQueue(t, 1, 1000, 10_000)
		q.add(100, 10, repeat(1, 40)...)
		q.add(100, 10, repeat(2, 40)...)
		order := q.serve(20)
		if a, b := count(order, 1), count(order, 2); a-b > 2 || b-a > 2 {
			t.Errorf("%d and %d turns of %d: %v", a, b, len(order), order)
		}
	})
	t.Run("a split deposit gets no more", func(t *testing.T) {
		q := newQueue(t, 1, 1000, 10_000)
		for who := byte(10); who < 30; who++ { // 100 in all
			q.add(5, 10, repeat(who, 20)...)
		}
		q.add(100, 10, repeat(1, 200)...)
		order := q.serve(240)
		if mine := count(order, 1); mine < 115 || mine > 125 {
			t.Errorf("%d turns of %d for half of the money", mine, len(order))
		}
	})
	t.Run("who declares more seconds waits longer", func(t *testing.T) {
		q := newQueue(t, 1, 1000, 10_000)
		q.add(100, 99, repeat(1, 100)...)
		q.add(100, 9, repeat(2, 100)...)
		order := q.serve(110)
		if long := count(order, 1); long < 9 || long > 12 {
			t.Errorf("%d turns of %d for tasks ten times as long", long, len(order))
		}
	})
	t.Run("who asks rarely waits for no backlog", func(t *testing.T) {
		q := newQueue(t, 1, 1000, 10_000)
		q.add(1_000_000, 10, repeat(1, 500)...)
		for range 5 {
			q.serve(50)
			q.add(1_000_000, 10, 2)
			if order := q.serve(2); count(order, 2) != 1 {
				t.Errorf("the next turns went to %v", order)
			}
		}
	})
	t.Run("nobody saves up turns", func(t *testing.T) {
		q := newQueue(t, 1, 1000, 10_000)
		q.add(100, 10, 2)
		q.add(100, 10, repeat(1, 300)...)
		q.serve(200) // account 2 is away meanwhile
		q.add(100, 10, repeat(2, 50)...)
		order := q.serve(40)
		if n := count(order, 2); n < 18 || n > 22 {
			t.Errorf("%d turns of %d after a pause", n, len(order))
		}
	})
	t.Run("an account without anything in hand has a place more", func(t *testing.T) {
		q := newQueue(t, 2, 1000, 10_000)
		q.add(100, 10, repeat(1, 10)...)
		q.add(100, 10, 2, 2)
		if held, waiting := q.counts(); held != 3 || waiting != 9 {
			t.Errorf("%d in hand, %d wait", held, waiting)
		}
	})
}

// case N89 code RES_BUSY check dispatcher/turns.go:may
func TestN89NobodyTakesAllRoom(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fill  func(q *queue)
		who   byte
		money tacit.Money
		want  fault.Code
	}{
		{"twin: the last of an account", func(q *queue) { q.add(100, 1, repeat(1, 9)...) }, 1, 100, ""},
		{"an account that has its number", func(q *queue) { q.add(100, 1, repeat(1, 10)...) }, 1, 100, fault.ResBusy},
		{"twin: another beside it", func(q *queue) { q.add(100, 1, repeat(1, 10)...) }, 2, 100, ""},
		{"more than a share of what is free", func(q *queue) {
			q.add(900, 1, repeat(1, 10)...)
			q.add(100, 1, repeat(2, 3)...)
		}, 2, 100, fault.ResBusy},
		{"twin: the same with more money", func(q *queue) {
			q.add(900, 1, repeat(1, 10)...)
			q.add(900, 1, repeat(2, 3)...)
		}, 2, 900, ""},
		{"a sliver where little is free", func(q *queue) {
			for who := byte(1); who <= 30; who++ {
				q.add(100, 1, who)
			}
		}, 99, 1, fault.ResBusy},
		{"twin: as much as others where little is free", func(q *queue) {
			for who := byte(1); who <= 30; who++ {
				q.add(100, 1, who)
			}
		}, 99, 1000, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := newQueue(t, 1, 10, 40)
			tt.fill(q)
			if got := fault.Of(q.room(account(tt.who), tt.money)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("many accounts leave half of all room", func(t *testing.T) {
		q := newQueue(t, 1, 1000, 1000)
		for round := 0; round < 50; round++ {
			for who := byte(1); who <= 100; who++ {
				if q.room(account(who), 50) == nil {
					q.add(50, 1, who)
				}
			}
		}
		if q.open > 501 {
			t.Errorf("%d of 1000 are taken", q.open)
		}
	})
	t.Run("twin: what has run makes room", func(t *testing.T) {
		q := newQueue(t, 1, 10, 40)
		q.add(100, 1, repeat(1, 10)...)
		q.serve(1)
		if err := q.room(account(1), 100); err != nil {
			t.Error(err)
		}
	})
}

func TestTurnsTellOneAccountFromSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &queue{newTurns(func(shared bool) int {
			if shared {
				return 2
			}
			return 8
		}, 1000, 10_000), t, map[wire.Digest]*place{}, 0}
		in := func(want int, when string) {
			t.Helper()
			if held, _ := q.counts(); held != want || q.most() != max(2, want) {
				t.Errorf("%s: %d in hand of at most %d, want %d", when, held, q.most(), want)
			}
		}
		q.add(100, 10, repeat(1, 40)...)
		in(8, "one account")
		q.add(100, 10, 2)
		if held, _ := q.counts(); held != 8 || q.most() != 2 {
			t.Errorf("%d in hand of at most %d once another came", held, q.most())
		}
		q.serve(12)
		in(2, "both")
		time.Sleep(sharedFor)
		q.serve(1)
		in(8, "one account, a minute after the other had left")
	})
}
