package replica

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// The long form: every kind of fault for as long as these say.
var (
	linearOps   = flag.Int64("linear.ops", 0, "operations of the long form of TestLinearizable; 0 plays the short one")
	linearTime  = flag.Duration("linear.time", 20*time.Minute, "how long the long form takes at least")
	linearLimit = flag.Duration("linear.limit", 2*time.Hour, "after which the long form ends whether it has done all operations or not")
	linearKinds = flag.String("linear.faults", "", "kinds of faults, with commas between them; none means all")
	linearSeed  = flag.Uint64("linear.seed", 0, "seed of faults and clients; 0 draws one")
)

// verdict is the line that a run prints.
type verdict struct {
	Seed        uint64         `json:"seed"`
	Operations  int            `json:"operations"`
	Leases      int            `json:"lease_operations"`
	Changes     int            `json:"changes_watched"`
	Unknown     int            `json:"unknown"`
	Faults      map[string]int `json:"faults"`
	Seconds     float64        `json:"seconds"`
	Unavailable int64          `json:"longest_unavailability_ms"`
	Packets     [4]int64       `json:"packets_carried_lost_doubled_delayed"`
	Answers     map[string]int `json:"answers"`
	Networks    bool           `json:"own_networks"`
	Result      string         `json:"result"`
}

func (l *load) verdict(seed uint64, n *nemesis, findings []string) verdict {
	v := verdict{Seed: seed, Operations: len(l.history), Leases: len(l.laps), Faults: n.tally(), Seconds: time.Since(l.began).Seconds(),
		Unavailable: l.outage.Load() / 1e6, Answers: l.codes, Networks: l.hub != nil, Result: "linearizable"}
	for _, o := range l.history {
		if o.Outcome == unknown {
			v.Unknown++
		}
	}
	for _, s := range l.watched {
		v.Changes += len(s.Changes)
	}
	if h := l.hub; h != nil {
		v.Packets = [4]int64{h.carried.Load(), h.lost.Load(), h.doubled.Load(), h.late.Load()}
	}
	if len(findings) > 0 {
		v.Result = findings[0]
	}
	return v
}

func (v verdict) print(t *testing.T) {
	b, err := json.Marshal(v)
	must(t, err)
	fmt.Fprintf(os.Stdout, "%s\n", b)
}

func drawn(t *testing.T) uint64 {
	seed := *linearSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-linear.seed=%d", seed)
	return seed
}

// Sixteen clients and everything that can happen to five members: what the clients were
// told is what one store could have told them, one operation after the other.
//
// case N95 code - check store/replica/term.go:confirm twin TestBrokenBuildsAreCaught
func TestN95LinearizableUnderFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	seed := drawn(t)
	p := newProcesses(t, 5, seed, "")
	kinds := slices.Concat(processFaults, diskFaults)
	budget, between, long := int64(50000), 2*time.Second, *linearOps > 0
	if p.hub != nil {
		kinds = append(kinds, packetFaults...)
	}
	if long {
		kinds, budget = append(kinds, groupFaults...), *linearOps
		if !ownClocks() {
			t.Log("no clocks of their own: members are not restarted under another one")
			kinds = slices.DeleteFunc(kinds, func(k string) bool { return k == "clock" })
		}
	}
	_, err := p.leader(30 * time.Second)
	must(t, err)
	l := newLoad(p, budget)
	n := newNemesis(l, seed, between, long, kinds...)
	if *linearKinds != "" {
		n.kinds = strings.Split(*linearKinds, ",")
	}
	if long {
		// Fewer operations at a time, so that they last as long as the faults.
		l.pace = *linearTime / time.Duration(budget/int64(l.clients))
	}
	l.limit = *linearLimit
	must(t, l.run(seed, n.run))
	findings := l.findings()
	l.verdict(seed, n, findings).print(t)
	for _, f := range findings {
		t.Error(f)
	}
	if len(n.tally()) < min(3, len(n.kinds)) || !long && time.Since(l.began) > 5*time.Minute {
		t.Errorf("%d kinds of faults in %v", len(n.tally()), time.Since(l.began))
	}
}

// Power is cut to all members at once, again and again, and their host puts records of
// the leader's memory in each other's place: what was acknowledged is there, and what
// was never written is never read.
//
// case N55 code - check store/replica/disk.go:StoreLogs twin TestBrokenBuildsAreCaught
func TestN55WhatWasAcknowledgedSurvivesPowerCutsOfAll(t *testing.T) {
	for _, f := range planted(t, "", "power cut", "swap") {
		t.Error(f)
	}
}

// A suite that finds nothing must be able to find something.
func TestBrokenBuildsAreCaught(t *testing.T) {
	for _, tt := range []struct {
		broken string
		kinds  []string
	}{
		{staleReads, []string{"partition", "pause"}},
		{lazyDisk, []string{"power cut"}},
		{noContext, []string{"swap"}},
	} {
		t.Run(tt.broken, func(t *testing.T) {
			if len(planted(t, tt.broken, tt.kinds...)) == 0 {
				t.Error("nothing was found")
			}
		})
	}
}

// planted is what is found of members with a defect.
func planted(t *testing.T, broken string, kinds ...string) []string {
	if testing.Short() {
		t.Skip("takes a quarter of a minute")
	}
	seed := drawn(t)
	p := newProcesses(t, 5, seed, broken)
	_, err := p.leader(30 * time.Second)
	must(t, err)
	l := newLoad(p, 4000)
	l.any = broken == staleReads
	l.pace = 20 * time.Millisecond
	n := newNemesis(l, seed, time.Second, false, kinds...)
	err = l.run(seed, n.run)
	findings := l.findings()
	if err != nil {
		findings = append(findings, err.Error()) // nobody serves any more
	}
	l.verdict(seed, n, findings).print(t)
	return findings
}

// case N51 code STORE_NOT_LEADER check store/replica/term.go:confirm
func TestN51ALeaderPausedForTenSecondsAnswersNothingOld(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a quarter of a minute")
	}
	p := newProcesses(t, 3, 1, "")
	old, err := p.leader(30 * time.Second)
	must(t, err)
	put := func(m *process, v string) error {
		_, err := p.once(m.i, linReq{Do: "commit", Txn: tacit.Txn{Then: []tacit.Put{{Key: "k", Value: []byte(v)}}}})
		return err
	}
	must(t, put(old, "old"))
	t.Run("twin: while it leads it answers", func(t *testing.T) {
		res, err := p.once(old.i, linReq{Do: "get", Key: "k"})
		if err != nil || string(res.Items[0].Value) != "old" {
			t.Fatalf("%+v, %v", res, err)
		}
	})
	// Questions that are under way when it falls asleep, and that wait for it.
	old.signal(syscall.SIGSTOP)
	type told struct {
		res linRes
		err error
	}
	answers := map[string]chan told{}
	for _, q := range []linReq{
		{Do: "get", Key: "k"}, {Do: "range", Key: "a", End: "z", Limit: 10},
		{Do: "commit", Txn: tacit.Txn{Then: []tacit.Put{{Key: "k", Value: []byte("late")}}}}, {Do: "grant", Key: "lease", TTL: time.Second},
	} {
		answer := make(chan told, 1)
		answers[q.Do] = answer
		go func() {
			c, err := p.dial(old.i)
			if err != nil {
				answer <- told{err: err}
				return
			}
			defer c.conn.Close()
			res, err := c.ask(q, 30*time.Second)
			answer <- told{res, err}
		}()
	}
	time.Sleep(5 * time.Second)
	var next *process
	for deadline := time.Now().Add(20 * time.Second); next == nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody else serves")
		}
		for _, m := range p.all() {
			if m != old && put(m, "new") == nil {
				next = m
			}
		}
	}
	time.Sleep(5 * time.Second)
	old.signal(syscall.SIGCONT)
	for do, answer := range answers {
		got := <-answer
		code := fault.Of(got.err)
		if got.err == nil || code != fault.StoreNotLeader && (code != fault.StoreUnknown || do == "get" || do == "range") {
			t.Errorf("%s: %+v, %v, want %s", do, got.res, got.err, fault.StoreNotLeader)
		}
	}
	res, err := p.once(next.i, linReq{Do: "get", Key: "k"})
	if err != nil && !errors.Is(err, fault.StoreNotLeader) || err == nil && string(res.Items[0].Value) != "new" {
		t.Errorf("afterwards: %+v, %v", res, err)
	}
}
