package tacit

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

func subject() Subject {
	return Subject{
		Epoch: 2, Task: wire.Digest{1}, Assignment: wire.Digest{2}, Attempt: 1, Place: 0, Evidence: wire.Digest{3},
		Keys: wire.Digest{4}, Policy: wire.Digest{5}, Generation: 6,
	}
}

// case N29 code KEY_QUORUM check certificate.go:count
func TestN29CertificateNeedsMoreThanTwoThirds(t *testing.T) {
	w := newWorld(t)
	six := w.seven()[:6]
	for _, tt := range []struct {
		name, how string
		seats     []Member
		want      fault.Code
	}{
		{"twin: all of seven", "yyyyyyy", w.seven(), ""},
		{"twin: five of seven", "yyyyy..", w.seven(), ""},
		{"four of seven", "yyyy...", w.seven(), fault.KeyQuorum},
		{"four of seven, three against", "yyyynnn", w.seven(), fault.KeyQuorum},
		{"none", ".......", w.seven(), fault.KeyQuorum},
		{"twin: five of six", "yyyyy.", six, ""},
		{"exactly two thirds of six", "yyyy..", six, fault.KeyQuorum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			params := w.params
			params.Seats = uint8(len(tt.seats))
			err := w.votes(subject(), tt.seats, tt.how).Check(w.network, subject(), tt.seats, params)
			wantCode(t, err, tt.want)
		})
	}
}

func TestACertificateWithASignatureOfNobodyIsRefused(t *testing.T) {
	w := newWorld(t)
	c := w.votes(subject(), w.seven(), "yyyyyyy")
	wantCode(t, c.Check(w.network, subject(), w.seven(), w.params), "")
	c.Votes = append(c.Votes, Signed[Vote]{Body: subject().Vote(true, "")})
	wantCode(t, c.Check(w.network, subject(), w.seven(), w.params), fault.KeyQuorum)
}

// case N29 code KEY_QUORUM check certificate.go:operators
func TestN29CertificateNeedsEnoughOperators(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name      string
		operators int
		want      fault.Code
	}{{"twin: three operators", 3, ""}, {"two operators", 2, fault.KeyQuorum}} {
		t.Run(tt.name, func(t *testing.T) {
			seats := w.seven()
			for i := range seats {
				seats[i].Operator = wire.Address{byte(i % tt.operators)}
			}
			wantCode(t, w.votes(subject(), seats, "yyyyyyy").Check(w.network, subject(), seats, w.params), tt.want)
		})
	}
}

// case N29 code KEY_QUORUM check certificate.go:Seats
func TestN29CertificateCountsSeatsNotSignatures(t *testing.T) {
	w := newWorld(t)
	stranger := w.account()
	for _, tt := range []struct {
		name  string
		seats []Member
		how   string
		more  []wire.Address // vote too
		want  fault.Code
	}{
		{"twin: a holder of two seats counts twice", []Member{w.seven()[0], w.seven()[0], w.seven()[1], w.seven()[2], w.seven()[3], w.seven()[4], w.seven()[5]}, "yyyyy..", nil, ""},
		{"the same vote many times", w.seven(), "yyyy...", []wire.Address{w.seven()[0].Key, w.seven()[0].Key, w.seven()[0].Key}, fault.KeyQuorum},
		{"votes of strangers", w.seven(), "yyyy...", []wire.Address{stranger, w.user}, fault.KeyQuorum},
		{"a smaller committee than the network's", w.seven()[:6], "yyyyyy", nil, fault.KeyQuorum},
		{"no committee", nil, "", nil, fault.KeyQuorum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := w.votes(subject(), tt.seats, tt.how)
			for _, a := range tt.more {
				c.Votes = append(c.Votes, Sign(w.network, w.signers[a], subject().Vote(true, "")))
			}
			wantCode(t, c.Check(w.network, subject(), tt.seats, w.params), tt.want)
		})
	}
}

// otherSubjects is one subject per field that differs from subject().
func otherSubjects() map[string]Subject {
	out := map[string]Subject{}
	change := func(name string, f func(*Subject)) {
		s := subject()
		f(&s)
		out[name] = s
	}
	change("epoch", func(s *Subject) { s.Epoch++ })
	change("task", func(s *Subject) { s.Task[0]++ })
	change("assignment", func(s *Subject) { s.Assignment[0]++ })
	change("attempt", func(s *Subject) { s.Attempt++ })
	change("place", func(s *Subject) { s.Place++ })
	change("evidence", func(s *Subject) { s.Evidence[0]++ })
	change("keys", func(s *Subject) { s.Keys[0]++ })
	change("policy", func(s *Subject) { s.Policy[0]++ })
	change("generation", func(s *Subject) { s.Generation++ })
	return out
}

// case N58 code KEY_QUORUM check certificate.go:want
func TestN58VotesOnOtherBytesDoNotCount(t *testing.T) {
	w := newWorld(t)
	t.Run("twin: votes on the subject", func(t *testing.T) {
		wantCode(t, w.votes(subject(), w.seven(), "yyyyyyy").Check(w.network, subject(), w.seven(), w.params), "")
	})
	for name, other := range otherSubjects() {
		t.Run("another "+name, func(t *testing.T) {
			wantCode(t, w.votes(other, w.seven(), "yyyyyyy").Check(w.network, subject(), w.seven(), w.params), fault.KeyQuorum)
		})
	}
	t.Run("another network", func(t *testing.T) {
		wantCode(t, w.votes(subject(), w.seven(), "yyyyyyy").Check(wire.Digest{0xdd}, subject(), w.seven(), w.params), fault.KeyQuorum)
	})
}

// case N59 code CONS_EQUIVOCATION check certificate.go:equivocal
func TestN59ContradictingVotesAreBothVoid(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name, how string
		want      fault.Code
	}{
		{"twin: two of seven contradict themselves", "bbyyyyy", ""},
		{"three contradict themselves", "bbbyyyy", fault.ConsEquivocation},
		{"all contradict themselves", "bbbbbbb", fault.ConsEquivocation},
		{"they decide nothing either way", "b.yyy..", fault.KeyQuorum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := w.votes(subject(), w.seven(), tt.how)
			wantCode(t, c.Check(w.network, subject(), w.seven(), w.params), tt.want)
			for range 20 { // no order changes the outcome
				rand.Shuffle(len(c.Votes), func(i, j int) { c.Votes[i], c.Votes[j] = c.Votes[j], c.Votes[i] })
				wantCode(t, c.Check(w.network, subject(), w.seven(), w.params), tt.want)
			}
		})
	}
}

// case N59 code - check certificate.go:Contradicts
func TestN59Contradicts(t *testing.T) {
	yes, no, other := subject().Vote(true, ""), subject().Vote(false, fault.EvidUnlisted), subject().Vote(false, fault.EvidForged)
	later, elsewhere := subject(), subject()
	later.Attempt, elsewhere.Task = 2, wire.Digest{9}
	for _, tt := range []struct {
		name string
		a, b Vote
		want bool
	}{
		{"twin: the same vote twice", yes, yes, false},
		{"twin: another attempt", yes, later.Vote(false, fault.EvidUnlisted), false},
		{"twin: another task", yes, elsewhere.Vote(false, fault.EvidUnlisted), false},
		{"yes and no", yes, no, true},
		{"no for two reasons", no, other, true},
		{"yes to two pieces of evidence", yes, otherSubjects()["evidence"].Vote(true, ""), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if Contradicts(tt.a, tt.b) != tt.want || Contradicts(tt.b, tt.a) != tt.want {
				t.Errorf("Contradicts = %v, want %v", !tt.want, tt.want)
			}
		})
	}
}

// case N64 code KEY_QUORUM check certificate.go:count
func TestN64LessThanAThirdCannotStopOrForceACertificate(t *testing.T) {
	for _, n := range []int{7, 21, 64} {
		w := newWorld(t)
		params := w.params
		params.Seats = uint8(n)
		var seats []Member
		for range n {
			a := w.account()
			seats = append(seats, Member{Key: a, Operator: a, Stake: 1})
		}
		most := (n - 1) / 3 // the most that is less than a third
		for _, bad := range []string{".", "n", "b"} {
			how := strings.Repeat(bad, most) + strings.Repeat("y", n-most)
			t.Run("twin: below a third is "+bad, func(t *testing.T) {
				wantCode(t, w.votes(subject(), seats, how).Check(w.network, subject(), seats, params), "")
			})
			how = strings.Repeat(bad, n-2*n/3) + strings.Repeat("y", 2*n/3) // at most two thirds are left
			t.Run("a third is "+bad, func(t *testing.T) {
				if err := w.votes(subject(), seats, how).Check(w.network, subject(), seats, params); err == nil {
					t.Error("a certificate without more than two thirds was accepted")
				}
			})
		}
		t.Run("a third alone cannot accept", func(t *testing.T) {
			how := strings.Repeat("y", n/3) + strings.Repeat(".", n-n/3)
			wantCode(t, w.votes(subject(), seats, how).Check(w.network, subject(), seats, params), fault.KeyQuorum)
		})
	}
}
