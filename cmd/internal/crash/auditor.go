package crash

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tacit"
	"tacit/attest/sim"
	"tacit/audit"
	"tacit/store/embedded"
	"tacit/wire"
)

// A Finding is a promise that was broken.
type Finding struct {
	Kind string // lost, paid twice, unrecorded, balance, left running
	What string
}

// given is what an enclave was given, as it noted itself.
type given struct {
	Manager  wire.Address `json:"manager"`
	Index    uint64       `json:"index"`
	Record   []byte       `json:"record"`
	Task     wire.Digest  `json:"task"`
	Attempt  uint8        `json:"attempt"`
	Artefact wire.Digest  `json:"artefact"`
}

// WaitLapsed waits until the chain has passed the windows of all tasks that did
// not settle, so that nothing can still be taken for them.
func (n *Net) WaitLapsed(ctx context.Context, u *User, tasks []*Task) (uint64, error) {
	last := uint64(0)
	for _, t := range tasks {
		if !t.Settled {
			last = max(last, t.Task.Body.Deadline+Params().SettleWindow+1)
		}
	}
	head := uint64(0)
	return last, until(ctx, 3*time.Minute, 2*time.Second, func(ctx context.Context) (err error) {
		if head, err = u.chain.Head(ctx); err == nil && head < last {
			err = fmt.Errorf("block %d of %d", head, last)
		}
		return err
	})
}

// Money holds the contracts' books against the proofs that users hold. It waits
// a moment for claims that are due.
func (n *Net) Money(ctx context.Context, u *User, users []*User, tasks []*Task) ([]Finding, error) {
	var out []Finding
	say := func(kind, format string, args ...any) { out = append(out, Finding{kind, fmt.Sprintf(format, args...)}) }
	dispatcher := u.target.Key
	fees, byBatch := tacit.Money(0), map[uint64]tacit.Money{}
	seen := map[wire.Digest]bool{}
	for _, t := range tasks {
		if seen[t.ID] {
			say("paid twice", "task %s was accepted twice", t.ID.Short())
		}
		seen[t.ID] = true
		if !t.Settled {
			continue
		}
		s := t.Proof.Proof.Settled[0]
		fees += s.Settlement.Fee
		byBatch[s.Batch.Number] += s.Settlement.Fee
		if s.Settlement.Fee > t.Acceptance.Body.Fee {
			say("balance", "task %s cost %d, accepted for %d", t.ID.Short(), s.Settlement.Fee, t.Acceptance.Body.Fee)
		}
		record, err := u.chain.Batch(ctx, dispatcher, s.Batch.Number)
		if err != nil {
			return nil, err
		}
		if record.Posted == 0 || record.Voided || record.Leaves != s.Batch.Leaves {
			say("lost", "task %s is proven in batch %d, which the chain has not", t.ID.Short(), s.Batch.Number)
		}
		if direct, err := u.chain.Settled(ctx, t.ID); err != nil || direct != 0 {
			say("paid twice", "task %s was settled directly too: %v", t.ID.Short(), err)
		}
	}
	last, err := u.chain.LastBatch(ctx, dispatcher)
	if err != nil {
		return nil, err
	}
	totals, remaining := tacit.Money(0), tacit.Money(0)
	for number := uint64(1); number <= last; number++ {
		b, err := u.chain.Batch(ctx, dispatcher, number)
		if err != nil {
			return nil, err
		}
		if b.Voided {
			continue
		}
		totals, remaining = totals+b.Total, remaining+b.Remaining
		// What a batch takes and no proof explains is somebody's second payment,
		// or one for a task that its user holds no receipt for.
		if b.Total != byBatch[number] {
			say("paid twice", "batch %d takes %d, its tasks cost %d", number, b.Total, byBatch[number])
		}
	}
	if totals != fees {
		say("paid twice", "all batches take %d, all settled tasks cost %d", totals, fees)
	}
	head, err := u.chain.Head(ctx)
	if err != nil {
		return nil, err
	}
	state, err := u.chain.State(ctx, head)
	if err != nil {
		return nil, err
	}
	deposits, paidIn := tacit.Money(0), tacit.Money(0)
	for _, d := range state.Deposits {
		deposits += d.Amount
	}
	for range users {
		paidIn += 500e9
	}
	if deposits+totals != paidIn {
		say("balance", "deposits of %d are left of %d after batches of %d", deposits, paidIn, totals)
	}
	claimable := tacit.Money(0)
	accounts := map[wire.Address]bool{}
	for _, x := range n.nodes {
		accounts[x.Operator], accounts[x.Key] = true, true
	}
	for _, e := range state.Entries {
		accounts[e.Owner] = true
	}
	for a := range accounts {
		l, err := u.chain.Ledger(ctx, a)
		if err != nil {
			return nil, err
		}
		claimable += l.Claimable
	}
	held, err := u.chain.Balance(ctx, u.chain.Addresses().Escrow)
	if err != nil {
		return nil, err
	}
	// The gateway goes on claiming while this is read: what left a batch since is
	// in both sums, so only more or less than that is wrong.
	if least, most := deposits+claimable, deposits+remaining+claimable; held < least || held > most {
		say("balance", "the escrow holds %d, deposits %d, unclaimed %d, claimable %d", held, deposits, remaining, claimable)
	}
	return out, nil
}

// Claimed waits until every batch is paid out, which the gateway does when the
// challenge window is over.
func (n *Net) Claimed(ctx context.Context, u *User) error {
	return until(ctx, 20*time.Second, 10*time.Second, func(ctx context.Context) error {
		last, err := u.chain.LastBatch(ctx, u.target.Key)
		if err != nil {
			return err
		}
		for number := uint64(1); number <= last; number++ {
			b, err := u.chain.Batch(ctx, u.target.Key, number)
			if err != nil {
				return err
			}
			if b.Remaining > 0 && !b.Voided {
				return fmt.Errorf("batch %d still owes %d", number, b.Remaining)
			}
		}
		return nil
	})
}

// Tasks holds the ends of the tasks against what was promised.
func Tasks(tasks []*Task) []Finding {
	var out []Finding
	for _, t := range tasks {
		if !t.Settled && t.Code == "" {
			out = append(out, Finding{"lost", fmt.Sprintf("task %s has no end", t.ID.Short())})
		}
		if t.Proof != nil && len(t.Proof.Proof.Settled) != 1 {
			out = append(out, Finding{"lost", fmt.Sprintf("task %s has %d settlements", t.ID.Short(), len(t.Proof.Proof.Settled))})
		}
	}
	return out
}

// Keys reads the stopped managers' logs and stores and holds them against what
// enclaves were given. It returns how many grants there were.
func (n *Net) Keys(ctx context.Context) (grants int, out []Finding, err error) {
	say := func(kind, format string, args ...any) { out = append(out, Finding{kind, fmt.Sprintf(format, args...)}) }
	logs := map[wire.Address]map[uint64]string{}
	for _, x := range n.nodes {
		if x.Roles&tacit.RoleManager == 0 {
			continue
		}
		name, err := n.managerName(x.Key)
		if err != nil {
			return 0, nil, err
		}
		dir, err := n.folder(ctx, name, x.Key)
		if err != nil {
			return 0, nil, err
		}
		logs[x.Key] = map[uint64]string{}
		released := map[wire.Digest]map[string]bool{}
		err = audit.Read(filepath.Join(dir, "audit"), "tacit/manager/"+x.Key.String(), func(index uint64, record []byte) error {
			logs[x.Key][index] = string(record)
			var r tacit.GrantRecord
			if err := wire.Unmarshal("tacit/audit/grant", record, &r); err != nil {
				return err
			}
			if r.Decision != "released" || r.Terms.IsZero() {
				return nil // a denial, or what belongs to one task only and has no budget
			}
			if released[r.Artefact] == nil {
				released[r.Artefact] = map[string]bool{}
			}
			released[r.Artefact][fmt.Sprintf("%s/%d/%d", r.Task, r.Attempt, r.Place)] = true
			return nil
		})
		if err != nil {
			return 0, nil, err
		}
		counters, err := n.budgets(ctx, name, dir)
		if err != nil {
			return 0, nil, err
		}
		for artefact, attempts := range released {
			if spent := counters["releases/"+artefact.String()]; spent < uint64(len(attempts)) {
				say("unrecorded", "%s: artefact %s was released %d times, its budget counts %d", name, artefact.Short(), len(attempts), spent)
			}
		}
	}
	f, err := os.Open(filepath.Join(n.ctl, "grants"))
	if err != nil {
		return 0, nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g given
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			say("unrecorded", "an enclave's note is torn: %v", err)
			continue
		}
		grants++
		var r tacit.GrantRecord
		if logs[g.Manager][g.Index] != string(g.Record) || len(g.Record) == 0 {
			say("unrecorded", "attempt %d of task %s had the key of %s, which is not in its manager's log at %d", g.Attempt, g.Task.Short(), g.Artefact.Short(), g.Index)
		} else if err := wire.Unmarshal("tacit/audit/grant", g.Record, &r); err != nil || r.Task != g.Task || r.Attempt != g.Attempt || r.Artefact != g.Artefact || r.Decision != "released" {
			say("unrecorded", "attempt %d of task %s had a key, its record is about something else", g.Attempt, g.Task.Short())
		}
	}
	return grants, out, lines.Err()
}

// sealingKey is the manager's for a label. The simulated chip gives it to whoever owns
// its folder: it protects nothing.
func (n *Net) sealingKey(label string) ([]byte, error) {
	vendor, err := sim.OpenVendor(filepath.Join(n.home, "device"))
	if err != nil {
		return nil, err
	}
	measurement, err := sim.Measure(filepath.Join(n.bin, "tacit-manager"))
	if err != nil {
		return nil, err
	}
	return vendor.SealingKey(measurement, label)
}

// counters reads the budgets in a stopped manager's store.
func (n *Net) counters(ctx context.Context, dir string) (map[string]uint64, error) {
	key, err := n.sealingKey("manager store")
	if err != nil {
		return nil, err
	}
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(dir, "state.db"), Key: key, Sole: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return releases(ctx, s)
}

// releases are the budgets that a manager's store counts.
func releases(ctx context.Context, s tacit.Store) (map[string]uint64, error) {
	items, _, err := s.Range(ctx, "releases/", "releases0", 4096)
	if err != nil {
		return nil, err
	}
	counters := map[string]uint64{}
	for _, i := range items {
		var c struct {
			N uint64 `cbor:"1,keyasint"`
		}
		if err := wire.Unmarshal("tacit/manager/count", i.Value, &c); err != nil {
			return nil, err
		}
		counters[i.Key] = c.N
	}
	return counters, nil
}

// Orphans are processes of a stopped network that still run.
func (n *Net) Orphans() []Finding {
	var out []Finding
	for program := range map[string]bool{"tacitd": true, "manager": true, "dispatcher": true, "enclave": true} {
		for _, s := range n.agents(program) {
			if _, err := tell(s, "count none"); err == nil || strings.HasPrefix(err.Error(), "error: ") {
				out = append(out, Finding{"left running", filepath.Base(s)})
			}
		}
	}
	return out
}

// Log tells what a Strike did to the tasks in hand.
func (s Strike) Log(tasks []*Task) string {
	if !s.Hit {
		return fmt.Sprintf("%-10s %-12s %-25s not reached", s.Kind, s.Name, s.Step)
	}
	settled, lapsed := 0, 0
	ends := map[wire.Digest]bool{}
	for _, t := range tasks {
		ends[t.ID] = t.Settled
	}
	for _, id := range s.Tasks {
		if ends[id] {
			settled++
		} else {
			lapsed++
		}
	}
	what := fmt.Sprintf("back after %d ms", s.Back.Milliseconds())
	if s.Signal == "stop" {
		what = fmt.Sprintf("stopped for %d ms", s.Back.Milliseconds())
	}
	if s.Err != nil {
		what = "NOT BACK: " + s.Err.Error()
	}
	return fmt.Sprintf("%-10s %-12s %-25s %-5s %s; of %d tasks in hand %d settled, %d lapse", s.Kind, s.Name, s.Step, s.Signal, what, len(s.Tasks), settled, lapsed)
}
