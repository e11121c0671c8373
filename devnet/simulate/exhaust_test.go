package simulate

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/manager"
	"tacit/tacittest"
	"tacit/wire"
)

// A release is a question for keys and what a manager had on disk before it.
type release struct {
	req  tacit.ReleaseRequest
	disk *tacittest.Disk
	tape *tacittest.Tape
}

// A releaseState is what a manager has on disk with what has left it.
type releaseState struct {
	disk *tacittest.Disk
	tape *tacittest.Tape
	left map[string]string // attempt -> the grants' digest
	way  []string
}

// name tells states apart by what decides how a manager goes on: keys, counts,
// challenges and records. The sealed bytes of grants are random and decide
// nothing; that they never change is checked on the way.
func (s releaseState) name() string {
	var b strings.Builder
	for _, item := range s.disk.Items() {
		fmt.Fprintf(&b, "%s;", item.Key)
		if strings.Contains(item.Key, "releases/") || strings.HasPrefix(item.Key, "challenge/") {
			fmt.Fprintf(&b, "%x;", wire.Sum(item.Value))
		}
	}
	for _, r := range s.tape.Records() {
		var g tacit.GrantRecord
		if wire.Unmarshal("tacit/audit/grant", r, &g) == nil && g.Decision == "released" { // a denial changes nothing
			fmt.Fprintf(&b, "%x;", wire.Sum(r))
		}
	}
	for _, k := range []string{"first", "other", "second"} {
		fmt.Fprintf(&b, "%s %v;", k, s.left[k] != "")
	}
	return b.String()
}

// still are headers that do not move.
type still struct {
	tacit.Headers
	view    tacit.View
	headers map[uint64]tacit.EpochHeader
}

func (s still) View() tacit.View { return s.view }

func (s still) Header(_ context.Context, n uint64) (tacit.EpochHeader, error) {
	return s.headers[n], nil
}

func (s still) Policies(context.Context, tacit.EpochHeader) (attest.PolicySet, error) {
	return s.view.Genesis.Policies, nil
}

// TestEveryWayOfRelease walks every way in which a manager can be asked for the
// keys of one task (again, with other evidence, for the second attempt) and can
// crash at any of its writes, until there is no state that was not seen. Whatever
// order, one set of grants leaves for one attempt, recorded before and counted.
func TestEveryWayOfRelease(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, func(o *options) {
			*o = options{steps: 1, timeEvery: 6, verifiers: 4, workers: 2, dispatchers: 1}
		}, broken{})
		w.calm = true
		w.users[0].submit(17*time.Second, false)
		if v := w.until("a release", 100*time.Second, func() (bool, string) { return w.before != nil, "" }); v != "" {
			t.Fatal(v)
		}
		m := w.managers[0]
		now := time.Now()
		headers := still{view: tacit.View{Network: w.network, Genesis: w.genesis, Header: w.newest()}, headers: w.chain.headers}
		first := w.before.req
		other := w.requote(first)
		start := releaseState{w.before.disk, w.before.tape, map[string]string{}, nil}
		w.stop()
		open := func(s *releaseState, n int, before bool) (*manager.Manager, *int, func()) {
			writes := 0
			end := func() tacittest.Crash {
				if writes++; writes != n {
					return tacittest.Works
				}
				if before {
					return tacittest.CrashBefore
				}
				return tacittest.CrashAfter
			}
			armed := false
			var log *tacittest.MemoryLog
			var store *tacittest.Memory
			store = s.disk.Open(func(tacit.Txn) tacittest.Crash {
				if !armed {
					return tacittest.Works
				}
				c := end()
				if c != tacittest.Works {
					log.Close()
				}
				return c
			})
			log, err := s.tape.Open(m.name, m.logKey(), func([]byte) tacittest.Crash {
				c := end()
				if c != tacittest.Works {
					store.Close()
				}
				return c
			})
			w.must(err)
			room, err := manager.New(t.Context(), manager.Config{
				Key: m.key, VRF: m.vrf, Store: store, Audit: log, Headers: headers, Schemes: w.schemes, Now: func() time.Time { return now },
				LogKey: tacit.LogKey{Manager: m.node.Key, Name: m.name, Public: m.logKey().Public().(ed25519.PublicKey)},
			})
			w.must(err)
			armed = true
			return room, &writes, func() { store.Close(); log.Close() }
		}
		second := w.second(first, &start, open)
		asks := map[string]tacit.ReleaseRequest{"first": first, "other": other, "second": second}
		seen := map[string]bool{start.name(): true}
		transitions, crashes := 0, 0
		for todo := []releaseState{start}; len(todo) > 0; {
			s := todo[0]
			todo = todo[1:]
			for _, what := range []string{"first", "other", "second"} {
				for n, most := 0, 1; n <= 2*most; n++ { // 0 is no crash; then before and after each write
					next := releaseState{s.disk.Clone(), s.tape.Clone(), map[string]string{}, append(slices.Clone(s.way), fmt.Sprintf("%s/%d", what, n))}
					for k, v := range s.left {
						next.left[k] = v
					}
					room, writes, end := open(&next, (n+1)/2, n%2 == 1)
					reply, err := room.Release(t.Context(), asks[what])
					end()
					transitions++
					if n == 0 {
						most = *writes
					} else {
						crashes++
					}
					if err == nil {
						next.leaves(t, what, reply)
					}
					next.check(t, asks, start)
					if k := next.name(); !seen[k] && len(next.way) < 7 {
						seen[k] = true
						todo = append(todo, next)
					}
				}
			}
		}
		fmt.Printf("simulate: every way of release: %d states, %d transitions, %d of them with a crash\n", len(seen), transitions, crashes)
		if len(seen) < 20 {
			t.Errorf("only %d states", len(seen))
		}
	})
}

// leaves notes grants that left.
func (s *releaseState) leaves(t *testing.T, what string, reply tacit.ReleaseReply) {
	all, err := wire.Marshal("simulate/grants", reply)
	if err != nil || len(reply.Grants) == 0 {
		t.Fatalf("after %v: %d grants, %v", s.way, len(reply.Grants), err)
	}
	d := fmt.Sprint(wire.Sum(all))
	if old := s.left[what]; old != "" && old != d {
		t.Fatalf("after %v: two sets of grants left", s.way)
	}
	s.left[what] = d
	records := s.tape.Records()
	for _, g := range reply.Grants {
		if g.Index >= uint64(len(records)) || !bytes.Equal(records[g.Index], g.Record) {
			t.Fatalf("after %v: a key left without its record", s.way)
		}
	}
}

// check is what holds in every state.
func (s *releaseState) check(t *testing.T, asks map[string]tacit.ReleaseRequest, start releaseState) {
	if s.left["first"] != "" && s.left["other"] != "" {
		t.Fatalf("after %v: keys left for two evidences of one attempt", s.way)
	}
	released := 0
	for _, r := range s.tape.Records()[len(start.tape.Records()):] {
		var g tacit.GrantRecord
		if err := wire.Unmarshal("tacit/audit/grant", r, &g); err != nil {
			t.Fatal(err)
		}
		if g.Decision == "released" {
			released++
		}
	}
	p := &proc{disk: s.disk}
	artefact := asks["first"].Case.Service.Entry.Sealed.Header.String()
	count, was := p.counted("releases/"+artefact), (&proc{disk: start.disk}).counted("releases/"+artefact)
	if got := uint64(len(s.left)); count-was < got || released < len(s.left) {
		t.Fatalf("after %v: %d sets left, %d counted, %d recorded", s.way, got, count-was, released)
	}
}

// certified has every seat's verifier accept a request's evidence.
func (w *world) certified(req tacit.ReleaseRequest) tacit.ReleaseRequest {
	as := req.Case.Assignment.Body
	h := w.chain.headers[as.Epoch]
	vote := tacit.Subject{
		Epoch: as.Epoch, Task: as.Task, Assignment: as.Hash(), Attempt: as.Attempt, Place: req.Case.Place,
		Evidence: req.Case.Evidence.Digest(), Keys: req.Case.Keys.Hash(), Policy: h.Policy, Generation: h.Generation,
	}.Vote(true, "")
	req.Certificate = tacit.Certificate{}
	for _, v := range w.verifiers {
		if slices.Contains(as.Seats, v.node.Key) {
			req.Certificate.Votes = append(req.Certificate.Votes, tacit.Sign(w.network, v.key, vote))
		}
	}
	return req
}

// requote is the same question with evidence that differs and is as good.
func (w *world) requote(req tacit.ReleaseRequest) tacit.ReleaseRequest {
	as := req.Case.Assignment.Body
	manifest, err := req.Case.Manifest()
	w.must(err)
	t := tacit.TranscriptOf(w.network, as, req.Case.Place, req.Case.Keys, w.chain.headers[as.Epoch], req.Case.Challenges, manifest)
	req.Case.Evidence, err = w.vendor.Quote(w.image, sim.ManifestOf(nil, nil), t.Data())
	w.must(err)
	return w.certified(req)
}

// second is the question for the second attempt; its challenge is in the state
// that the search starts from.
func (w *world) second(req tacit.ReleaseRequest, s *releaseState, open func(*releaseState, int, bool) (*manager.Manager, *int, func())) tacit.ReleaseRequest {
	room, _, end := open(s, 0, false)
	defer end()
	as := req.Case.Assignment.Body
	as.Attempt = 2
	c, err := room.Challenge(context.Background(), tacit.ChallengeRequest{Task: as.Task, Attempt: 2})
	w.must(err)
	req.Case.Challenges = []tacit.Signed[tacit.Challenge]{c}
	drawn, err := req.Case.Draw.Check(w.network, req.Case.Task.Body, w.chain.headers[as.Epoch], w.genesis.Params, req.Case.Managers())
	w.must(err)
	as.Places = []tacit.Place{{Worker: drawn.Workers[1].Key}}
	as.Challenges = tacit.HashChallenges(req.Case.Challenges)
	req.Case.Assignment = tacit.Sign(w.network, w.dispatchers[0].key, as)
	s.disk = s.disk.Clone()
	return w.requote(req)
}

// TestEveryWayOfSettlement walks every order of batches that settle one task
// (twice, and under one number twice), a direct settlement of it, claims,
// challenges, a withdrawal and passing blocks, until there is no state that was
// not seen. A watcher challenges what is false before its window closes.
func TestEveryWayOfSettlement(t *testing.T) {
	p := params()
	p.ChallengeWindow, p.SettleWindow, p.WithdrawDelay = 1, 3, 4
	user, payee, dispatcher, task := wire.Address{1}, wire.Address{2}, wire.Address{3}, wire.Digest{4}
	const fee, most, firstPost, mostOrders = 100, 8, 5, 4
	start := tacittest.NewContracts(p)
	start.Nodes[dispatcher] = &tacit.Node{Key: dispatcher, Operator: dispatcher, Roles: tacit.RoleDispatcher, Stake: 1000}
	start.PaidIn = 1000
	start.Deposit(user, dispatcher, 250, true)
	bundle := func(number uint64) tacittest.Bundle {
		return tacittest.Bundle{
			Batch:  tacit.Batch{Dispatcher: dispatcher, Number: number, Total: fee},
			Debits: []tacit.Debit{{User: user, Amount: fee}}, Payouts: []tacit.Payout{{Payee: payee, Amount: fee}},
			Settlements: []tacit.Settlement{{Task: task, User: user, Fee: fee, Deadline: 1}}, Held: 4, Seats: 4,
		}
	}
	type state struct {
		m     *tacittest.Contracts
		block uint64
	}
	name := func(s state) string {
		b, err := json.Marshal(s.m)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(s.block, wire.Sum(b))
	}
	type move func(m *tacittest.Contracts, block uint64, do bool) string
	moves := func(s state) (free, due []move) {
		free = append(free,
			func(m *tacittest.Contracts, b uint64, do bool) string {
				return m.SettleDirect(tacit.Task{User: user, Dispatcher: dispatcher, Deadline: 1}, task, map[wire.Address]tacit.Money{payee: fee}, fee, b, do)
			},
			func(m *tacittest.Contracts, b uint64, do bool) string { return m.ClaimDirect(task, b, do) },
			func(m *tacittest.Contracts, _ uint64, do bool) string { return m.Collect(payee, do) },
			func(m *tacittest.Contracts, b uint64, do bool) string { return m.RequestWithdraw(user, 150, b, do) },
			func(m *tacittest.Contracts, b uint64, do bool) string { return m.Withdraw(user, b, do) })
		for n := uint64(1); n <= 2; n++ {
			free = append(free, func(m *tacittest.Contracts, b uint64, do bool) string { return m.PostBatch(bundle(n), b, do) },
				func(m *tacittest.Contracts, b uint64, do bool) string {
					if m.Batches[dispatcher][n] == nil {
						return "BatchUnknown"
					}
					return m.Claim(m.Batches[dispatcher][n], 0, b, do)
				})
		}
		for _, later := range s.m.Posted() {
			n := later.Batch.Number
			due = append(due, func(m *tacittest.Contracts, b uint64, do bool) string {
				return m.ChallengeLate(m.Batches[dispatcher][n], 0, user, b, do)
			},
				func(m *tacittest.Contracts, b uint64, do bool) string {
					return m.VoidDirect(m.Batches[dispatcher][n], 0, b, do)
				})
			for _, earlier := range s.m.Posted() {
				e := earlier.Batch.Number
				due = append(due, func(m *tacittest.Contracts, b uint64, do bool) string {
					return m.ChallengeDuplicate(m.Batches[dispatcher][n], 0, m.Batches[dispatcher][e], 0, user, b, do)
				})
			}
		}
		return free, due
	}
	seen := map[string]bool{}
	transitions, settled := 0, 0
	var visit func(s state)
	visit = func(s state) {
		k := name(s)
		if seen[k] {
			return
		}
		seen[k] = true
		if !s.m.Conserved() {
			t.Fatalf("coin is not conserved: %+v", s.m)
		}
		if v := onlyOnce(s.m, s.block); v != "" {
			t.Fatal(v)
		}
		// Paid in gives the deposit and the stake; all that the payee ever has is one fee.
		if had := s.m.Claimable[payee]; had > fee {
			t.Fatalf("the payee is owed %d for a task of %d", had, fee)
		}
		free, due := moves(s)
		open := false
		for _, list := range [][]move{due, free} {
			for i, do := range list {
				if do(s.m, s.block, false) != "" {
					continue
				}
				if &list[0] == &free[0] && (i == 0 || i >= firstPost && (i-firstPost)%2 == 0) && s.m.Orders == mostOrders {
					continue // a voided number can be posted again without end
				}
				transitions++
				next := state{s.m.Clone(), s.block}
				do(next.m, s.block, true)
				visit(next)
				open = open || i < len(due) && &list[0] == &due[0]
			}
		}
		if open { // the watcher is not slower than the window
			return
		}
		if d := s.m.Direct[task]; d != nil && d.Paid || len(s.m.Posted()) > 0 {
			settled++
		}
		if s.block < most {
			transitions++
			visit(state{s.m, s.block + 1})
		}
	}
	visit(state{start, 1})
	fmt.Printf("simulate: every way of settlement: %d states, %d transitions\n", len(seen), transitions)
	if len(seen) < 200 || settled == 0 {
		t.Errorf("only %d states, %d with a settlement", len(seen), settled)
	}
}
