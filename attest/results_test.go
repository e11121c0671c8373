package attest_test

import (
	"context"
	"testing"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// counting verifies whatever does not say "bad".
type counting struct{ asked int }

func (c *counting) Verify(_ context.Context, e attest.Evidence, _ time.Time) (attest.Claims, error) {
	c.asked++
	if string(e.Report) == "bad" {
		return attest.Claims{}, fault.New(fault.EvidForged, "bad")
	}
	return attest.Claims{Scheme: e.Scheme, Hardware: string(e.Report)}, nil
}

func TestResultsAreRememberedForAWhile(t *testing.T) {
	v := &counting{}
	r := attest.Remember(v, time.Minute)
	good := attest.Evidence{Scheme: "snp", Report: []byte("good"), Collateral: [][]byte{[]byte("list 1")}}
	newer, bad := good, good
	newer.Collateral = [][]byte{[]byte("list 2")}
	bad.Report = []byte("bad")
	for _, tt := range []struct {
		name  string
		e     attest.Evidence
		at    time.Duration
		asked int
		want  fault.Code
	}{
		{"at first", good, 0, 1, ""},
		{"again", good, 59 * time.Second, 0, ""},
		{"with another list", newer, 59 * time.Second, 1, ""},
		{"when the time has passed", good, 60 * time.Second, 1, ""},
		{"a clock that went back", good, 30 * time.Second, 1, ""},
		{"refused", bad, 0, 1, fault.EvidForged},
		{"refused again", bad, 0, 1, fault.EvidForged},
		{"nothing", attest.Evidence{Scheme: "snp"}, 0, 0, fault.APISize},
	} {
		v.asked = 0
		c, err := r.Verify(t.Context(), tt.e, noon.Add(tt.at))
		if v.asked != tt.asked || fault.Of(err) != tt.want || err == nil && c.Hardware != "good" {
			t.Errorf("%s: asked %d times, %+v, %v", tt.name, v.asked, c, err)
		}
	}
}
