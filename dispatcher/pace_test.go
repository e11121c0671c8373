package dispatcher

import (
	"testing"
	"time"
)

// A network whose nodes do so many attestations at a time in 50 ms each; more
// share what there is.
func attests(able int, p *pace, tasks int) {
	for range tasks {
		n := p.places(true)
		p.took(50*time.Millisecond*time.Duration(max(able, n))/time.Duration(able), n, true)
	}
}

func TestPaceFindsWhatIsOfUse(t *testing.T) {
	most := 64
	p := &pace{most: func() int { return most }}
	p.took(50*time.Millisecond, 1, false) // one task alone
	for _, tt := range []struct {
		name        string
		able        int
		least, most int
	}{
		{"few nodes", 4, 4, 9},
		{"more nodes", 20, 20, 41},
		{"more than the most", 100, 64, 64},
		{"hardly any", 1, leastInHand, leastInHand},
	} {
		attests(tt.able, p, 3000)
		if n := p.places(true); n < tt.least || n > tt.most {
			t.Errorf("%s: %d in hand, want %d to %d", tt.name, n, tt.least, tt.most)
		}
	}
	if most = 2; p.places(true) != 2 {
		t.Errorf("%d in hand of at most 2", p.places(true))
	}
}

func TestPaceLearnsThatNodesAreSlower(t *testing.T) {
	p := &pace{most: func() int { return 64 }}
	p.took(50*time.Millisecond, 1, false)
	for range 2 * remember { // one at a time, on slower nodes
		p.took(500*time.Millisecond, 1, false)
	}
	for range 1000 {
		p.took(500*time.Millisecond, 2, true)
	}
	if n := p.places(true); n < 40 {
		t.Errorf("%d in hand although nothing takes longer than alone", n)
	}
}

func TestPaceKeepsWhatIsNotUsed(t *testing.T) {
	p := &pace{most: func() int { return 64 }}
	for range 50 {
		p.took(50*time.Millisecond, 2, false)
		p.took(500*time.Millisecond, 2, false)
	}
	low := p.places(true)
	if n := p.places(false); n != 64 || low >= 64 {
		t.Errorf("%d in hand of one account, %d of several", n, low)
	}
	for range 100 {
		p.took(50*time.Millisecond, 2, false)
	}
	if p.places(true) != low {
		t.Errorf("%d in hand after %d, although they were not all used", p.places(true), low)
	}
}
