package replica

import (
	"testing"
	"time"

	"tacit"
)

// Members that have applied the same entries up to different points are of one history,
// also where an entry between them wrote nothing: a membership, new keys.
func TestAnEntryWithoutWritesIsNoDivergence(t *testing.T) {
	l := newLab(t, 3, nil)
	term, at := l.leader()
	put(t, term, "a", "1")
	early := map[int]tacit.Signed[Checkpoint]{}
	revision, _ := term.Head()
	for i, p := range l.people {
		l.caughtUp(i, revision)
		x, _ := p.replica.machine.newest()
		early[i] = tacit.Sign(l.network, p.signer, Checkpoint{p.replica.group, x.revision, x.digest})
	}
	must(t, term.Rotate())
	now, _ := term.Head()
	if now <= revision {
		t.Errorf("revision %d after %d", now, revision)
	}
	for i, p := range l.people {
		l.caughtUp(i, now)
		for j, c := range early {
			if err := p.replica.compareTo(l.people[j].signer.Address(), c); i != j && err != nil {
				t.Errorf("member %d and what member %d said before the rotation: %v", i, j, err)
			}
		}
	}
	if next := put(t, term, "a", "2"); next != now+1 { // and writing goes on from there
		t.Errorf("revision %d after %d", next, now)
	}
	time.Sleep(2 * compareEvery) // they show each other the newest
	for i, p := range l.people {
		if err := p.replica.Err(); err != nil {
			t.Errorf("member %d stopped: %v", i, err)
		}
	}
	if v := l.reads("a"); v != "2" {
		t.Errorf("a is %q at member %d", v, at)
	}
}
