package settle

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/key"
	"tacit/tacittest"
	"tacit/wire"
)

// play calls the contracts at random and keeps the model in step.
type play struct {
	*world
	m       *tacittest.Contracts
	rng     *rand.Rand
	tasks   []tacit.Task
	posted  []modelBatch // in order, voided ones included
	asked   []question
	tickets []admitted
	seed    uint64
	nonce   uint64
	trail   []string
	done    map[string]int // calls that went through, by name
	refused map[string]int
}

var (
	playUsers   = []string{"user0", "user1"}
	playSenders = []string{"dispatcher0", "dispatcher1"}
	playPayees  = []string{"user0", "user1", "owner", "worker0 operator", "dispatcher0 operator", "verifier0 operator", "reporter"}
)

func pickOf[T any](p *play, list []T) T { return list[p.rng.IntN(len(list))] }

// modelBatch is a posted batch as the tests make it and as the model keeps it.
type modelBatch struct {
	bundle
	*tacittest.PostedBatch
}

// modelled is a bundle as the model takes it.
func (p *play) modelled(b bundle) tacittest.Bundle {
	return tacittest.Bundle{
		Batch: b.batch, Debits: b.debits, Settlements: b.settlements, Payouts: b.payouts,
		Held: len(b.approvals), Seats: len(p.state.Verifiers.Members),
	}
}

func (p *play) deposited(user string) tacit.Deposit {
	if d := p.m.Deposits[p.addr(user)]; d != nil {
		return *d
	}
	return tacit.Deposit{}
}

func (p *play) amount(user string) tacit.Money { return p.deposited(user).Amount }

func (p *play) leaving(user string) tacit.Money { return p.deposited(user).Leaving }

// try makes one call and compares: the model says what happens at a block and,
// with do, does it. A call is refused if it would be at the head, where the
// client tries it first, or in the next block.
func (p *play) try(name string, expect func(block uint64, do bool) string, call func() (Receipt, error)) bool {
	p.t.Helper()
	head := p.head()
	why := ""
	if p.fast == nil {
		why = expect(head, false)
	}
	if why == "" {
		why = expect(head+1, false)
	}
	p.trail = append(p.trail, fmt.Sprintf("block %d: %s -> %q", head+1, name, why))
	r, err := call()
	if got := Reason(err); got != why || (err != nil) != (why != "") {
		p.fail("%s in block %d: contract says %v, model %q", name, head+1, err, why)
	}
	if why != "" {
		p.refused[name]++
		return false
	}
	p.done[name]++
	if r.Block != head+1 {
		p.fail("%s was mined in block %d, want %d", name, r.Block, head+1)
	}
	expect(head+1, true)
	return true
}

func (p *play) fail(format string, args ...any) {
	p.t.Helper()
	for _, line := range p.trail[max(0, len(p.trail)-30):] {
		p.t.Log(line)
	}
	p.t.Fatalf("sequence %d: %s", p.seed, fmt.Sprintf(format, args...))
}

// anyTask is a task of this dispatcher, new or known, that is not in the list.
func (p *play) anyTask(dispatcher wire.Address, avoid []tacit.Settlement) tacit.Task {
	if p.rng.IntN(3) == 0 {
		for range 5 {
			if len(p.tasks) == 0 {
				break
			}
			task := pickOf(p, p.tasks)
			if task.Dispatcher == dispatcher && !inBatch(avoid, task.ID(p.network)) {
				return task
			}
		}
	}
	p.nonce++
	task := p.task(pickOf(p, playUsers), p.nonce)
	task.Dispatcher = dispatcher
	task.Deadline = p.head() + uint64(p.rng.IntN(25))
	if p.rng.IntN(12) == 0 { // too late from the beginning
		task.Deadline = p.head() - min(p.head(), p.params.SettleWindow+2)
	}
	p.tasks = append(p.tasks, task)
	return task
}

func inBatch(list []tacit.Settlement, task wire.Digest) bool {
	for _, s := range list {
		if s.Task == task {
			return true
		}
	}
	return false
}

// falsehood says what is wrong with a batch: the earlier settlement of one of
// its tasks, or the index of a late one.
func (p *play) falsehood(b modelBatch) (i int, earlier modelBatch, j int, late, found bool) {
	for i, s := range b.settlements {
		if s.Deadline+p.params.SettleWindow < b.Posted {
			return i, modelBatch{}, 0, true, true
		}
		for _, e := range p.posted {
			if e.Voided || e.Order >= b.Order || e.batch.Dispatcher != b.batch.Dispatcher {
				continue
			}
			for j, o := range e.settlements {
				if o.Task == s.Task {
					return i, e, j, false, true
				}
			}
		}
	}
	return 0, modelBatch{}, 0, false, false
}

// challenge voids one batch that is false before its window closes, if it finds one.
// A step mines three blocks at most, so that waiting longer is no watcher's way.
func (p *play) challenge() bool {
	for _, b := range p.posted {
		if b.Voided || !p.m.Open(b.Posted, p.head()+3) && !p.m.Open(b.Posted, p.head()+1) {
			continue
		}
		i, earlier, j, late, found := p.falsehood(b)
		if !found || p.m.Open(b.Posted, p.head()+3) && p.rng.IntN(3) > 0 {
			continue
		}
		switch {
		case late:
			p.late(b, i)
		default:
			p.duplicate(b, i, earlier, j)
		}
		if b.Voided {
			return true
		}
	}
	return false
}

// watch challenges what is false as an honest watcher does; a direct settlement after
// a batch is voided too. Each challenge takes a block, after which others may be due.
func (p *play) watch() {
	for p.challenge() {
	}
	for _, b := range p.posted {
		if b.Voided || !p.m.Open(b.Posted, p.head()+1) {
			continue
		}
		for i, s := range b.settlements {
			task, leaf, receipt := p.signaturesOf(s)
			if !b.Voided && p.m.Open(b.Posted, p.head()+1) && s.Sigs != tacit.SettlementSigs(task, leaf, receipt) && p.rng.IntN(3) == 0 {
				p.signature(b, i)
			}
		}
	}
	for _, b := range p.posted {
		for i, s := range b.settlements {
			if d := p.m.Direct[s.Task]; d != nil && !b.Voided && !d.Paid && !p.m.Open(b.Posted, p.head()) && p.head()+4 > d.Pays {
				p.voidDirect(b, i)
			}
		}
	}
}

func (p *play) late(b modelBatch, i int) {
	rep := p.as("reporter")
	p.try("challengeLate", func(at uint64, do bool) string { return p.m.ChallengeLate(b.PostedBatch, i, rep.Account(), at, do) },
		func() (Receipt, error) { return rep.ChallengeLate(p.t.Context(), b.shown(i), b.debits) })
}

// signature shows the signatures of a settlement, which are good unless its
// batch was made with others.
func (p *play) signature(b modelBatch, i int) {
	rep := p.as("reporter")
	task, leaf, receipt := p.signaturesOf(b.settlements[i])
	bad := b.settlements[i].Sigs != tacit.SettlementSigs(task, leaf, receipt)
	if bad {
		leaf[5]++
	}
	p.try("challengeSignature", func(at uint64, do bool) string {
		return p.m.ChallengeSignature(b.PostedBatch, bad, rep.Account(), at, do)
	},
		func() (Receipt, error) {
			return rep.ChallengeSignature(p.t.Context(), b.shown(i), b.debits, task, leaf, receipt)
		})
}

func (p *play) duplicate(b modelBatch, i int, earlier modelBatch, j int) {
	rep := p.as("reporter")
	p.try("challengeDuplicate", func(at uint64, do bool) string {
		return p.m.ChallengeDuplicate(b.PostedBatch, i, earlier.PostedBatch, j, rep.Account(), at, do)
	},
		func() (Receipt, error) {
			return rep.ChallengeDuplicate(p.t.Context(), b.shown(i), earlier.shown(j), b.debits)
		})
}

func (p *play) voidDirect(b modelBatch, i int) {
	p.try("voidDirect", func(at uint64, do bool) string { return p.m.VoidDirect(b.PostedBatch, i, at, do) },
		func() (Receipt, error) { return p.as("reporter").VoidDirect(p.t.Context(), b.shown(i)) })
}

// live is a batch of which the contract still holds the record.
func (p *play) live() (modelBatch, bool) {
	if len(p.posted) == 0 {
		return modelBatch{}, false
	}
	b := pickOf(p, p.posted)
	return b, p.m.Batches[b.batch.Dispatcher][b.batch.Number] == b.PostedBatch
}

func (p *play) postBatch() {
	sender := pickOf(p, playSenders)
	d := p.addr(sender)
	number := p.m.LastBatch[d] + 1
	switch p.rng.IntN(8) {
	case 0:
		number++
	case 1, 2:
		for n, b := range p.m.Batches[d] {
			if b.Voided && (number > p.m.LastBatch[d] || n < number) { // the lowest, so that a seed repeats
				number = n
			}
		}
	}
	var list []tacit.Settlement
	for range 1 + p.rng.IntN(3) {
		s := p.settlement(p.anyTask(d, list), 1+tacit.Money(p.rng.IntN(60_000)))
		if p.rng.IntN(6) == 0 {
			task, leaf, receipt := p.signaturesOf(s)
			leaf[5]++
			s.Sigs = tacit.SettlementSigs(task, leaf, receipt)
		}
		list = append(list, s)
	}
	b := p.bundle(sender, number, 4+p.rng.IntN(4), list...)
	if p.try("postBatch", func(at uint64, do bool) string { return p.m.PostBatch(p.modelled(b), at, do) }, func() (Receipt, error) {
		return p.as("poster").PostBatch(p.t.Context(), b.batch, b.debits, p.state.Verifiers.Root, b.approvals)
	}) {
		p.posted = append(p.posted, modelBatch{b, p.m.Batches[d][number]})
	}
}

func (p *play) settleDirect() {
	task := p.anyTask(p.addr(pickOf(p, playSenders)), nil)
	papers := p.papers(task)
	papers.exit = tacit.ExitClass(1 + p.rng.IntN(3))
	proof := p.proof(papers)
	id := task.ID(p.network)
	to := tacit.Payees{
		Service: p.addr("owner"), Datasets: []wire.Address{p.addr("owner")}, Worker: p.addr("worker0 operator"),
		Dispatcher: task.Dispatcher,
	}
	if n := p.m.Nodes[task.Dispatcher]; n != nil {
		to.Dispatcher = n.Operator
	}
	for _, m := range p.state.Verifiers.Members {
		to.Seats = append(to.Seats, m.Operator)
	}
	split, total, err := tacit.Split(p.params, proof.Leaf.Body, papers.fee, p.service, []tacit.Entry{p.data}, to)
	p.ok(err)
	dues := map[wire.Address]tacit.Money{}
	for _, s := range split {
		dues[s.Payee] += s.Amount
	}
	if p.try("settleDirect", func(at uint64, do bool) string { return p.m.SettleDirect(task, id, dues, total, at, do) },
		func() (Receipt, error) { return p.as("poster").SettleDirect(p.t.Context(), proof) }) {
		p.direct = append(p.direct, id)
	}
}

func (p *play) step() {
	ctx := p.t.Context()
	switch p.rng.IntN(25) {
	case 0, 1:
		u, d, amount := pickOf(p, playUsers), p.addr(pickOf(p, playSenders)), 1+tacit.Money(p.rng.IntN(200_000))
		p.try("deposit", func(_ uint64, do bool) string { return p.m.Deposit(p.addr(u), d, amount, do) },
			func() (Receipt, error) { return p.as(u).Deposit(ctx, d, amount) })
	case 2:
		u := pickOf(p, playUsers)
		amount := tacit.Money(p.rng.IntN(400_000))
		if p.rng.IntN(2) == 0 {
			amount = p.amount(u)
		}
		p.try("requestWithdraw", func(at uint64, do bool) string { return p.m.RequestWithdraw(p.addr(u), amount, at, do) },
			func() (Receipt, error) { return p.as(u).RequestWithdraw(ctx, amount) })
	case 3:
		u := pickOf(p, playUsers)
		p.try("withdraw", func(at uint64, do bool) string { return p.m.Withdraw(p.addr(u), at, do) },
			func() (Receipt, error) { return p.as(u).Withdraw(ctx) })
	case 4, 5, 6, 7:
		p.postBatch()
	case 8, 9:
		if b, ok := p.live(); ok {
			p.claim(b, p.rng.IntN(len(b.payouts)))
		}
	case 10:
		p.collect(pickOf(p, playPayees))
	case 11, 12, 13:
		p.settleDirect()
	case 14:
		if len(p.tasks) > 0 {
			p.claimDirect(pickOf(p, p.tasks).ID(p.network))
		}
	case 15: // challenges of what is most often in order
		b, ok := p.live()
		e, ok2 := p.live()
		if !ok || !ok2 || b.PostedBatch == e.PostedBatch {
			return
		}
		i, j := p.rng.IntN(len(b.settlements)), p.rng.IntN(len(e.settlements))
		switch p.rng.IntN(4) {
		case 0:
			p.late(b, i)
		case 1:
			p.signature(b, i)
		case 2:
			p.duplicate(b, i, e, j)
		default:
			p.voidDirect(b, i)
		}
	case 16:
		switch p.rng.IntN(4) {
		case 0:
			p.slashEvidence()
		case 1:
			p.slashReserved()
		case 2:
			p.burnBond()
		default:
			p.slash()
		}
	case 17:
		p.node(p.rng.IntN(3), "worker1")
	case 22:
		p.anchor()
	case 18:
		p.ticket()
	case 19:
		p.demand()
	case 20:
		p.answer()
	case 21:
		p.postPolicies()
	default:
		p.mine(1 + p.rng.IntN(2))
	}
}

// postPolicies has some of the governors order a generation, most often the next.
func (p *play) postPolicies() {
	set := attest.PolicySet{Generation: p.m.Generation + uint64(p.rng.IntN(3)), Denied: []attest.Denial{{Hardware: strconv.Itoa(p.rng.IntN(9))}}}
	if p.rng.IntN(2) == 0 {
		set.Generation = p.m.Generation + 1
	}
	order := tacit.SignedOrder{Order: tacit.PolicyOrder{Generation: set.Generation, Digest: set.Digest()}, Sigs: make([]key.Signature, 3)}
	signed := 0
	for i, g := range p.genesis.Governors.Keys {
		if p.rng.IntN(4) > 0 {
			order.Sigs[i] = tacit.Sign(p.network, p.keyOf(g), order.Order).Sig
			signed++
		}
	}
	p.try("postPolicies", func(_ uint64, do bool) string { return p.m.PostPolicies(order.Order, signed, do) },
		func() (Receipt, error) { return p.as("poster").PostPolicies(p.t.Context(), order, set) })
	if got, err := p.as("poster").Policy(p.t.Context()); err != nil || got.Generation != p.m.Generation || got.Digest != p.m.Policy {
		p.fail("policies are %+v, %v, of the model %d %s", got, err, p.m.Generation, p.m.Policy)
	}
}

func (p *play) claim(b modelBatch, i int) {
	p.try("claim", func(at uint64, do bool) string { return p.m.Claim(b.PostedBatch, i, at, do) }, func() (Receipt, error) {
		return p.as("poster").Claim(p.t.Context(), b.batch.Dispatcher, b.batch.Number, b.payouts[i], b.payoutPath(i))
	})
}

func (p *play) collect(name string) {
	c := p.as(name)
	p.try("collect", func(_ uint64, do bool) string { return p.m.Collect(c.Account(), do) },
		func() (Receipt, error) { return c.Collect(p.t.Context()) })
	p.try("collectRewards", func(_ uint64, do bool) string { return p.m.CollectRewards(c.Account(), do) },
		func() (Receipt, error) { return c.CollectRewards(p.t.Context()) })
}

func (p *play) claimDirect(id wire.Digest) {
	p.try("claimDirect", func(at uint64, do bool) string { return p.m.ClaimDirect(id, at, do) },
		func() (Receipt, error) { return p.as("poster").ClaimDirect(p.t.Context(), id) })
}

func (p *play) slash() {
	name, task := fmt.Sprintf("verifier%d", p.rng.IntN(3)), wire.Keccak([]byte{byte(p.rng.IntN(4))})
	a := tacit.Vote{Task: task, Accept: true}
	b := tacit.Vote{Task: task}
	if p.rng.IntN(2) == 0 {
		a, b = b, a
	}
	rep := p.as("reporter")
	p.try("slashVotes", func(_ uint64, do bool) string { return p.m.Report(p.addr(name), rep.Account(), task.String(), "", do) },
		func() (Receipt, error) {
			return rep.SlashVotes(p.t.Context(), tacit.Sign(p.network, p.keys[name], a), tacit.Sign(p.network, p.keys[name], b))
		})
}

func (p *play) slashEvidence() {
	name, wrong := fmt.Sprintf("verifier%d", p.rng.IntN(3)), ""
	edit := func(t *attest.TaskTranscript) { t.Keys[0]++ }
	if p.rng.IntN(3) == 0 {
		wrong, edit = "EvidenceBound", nil
	}
	task := p.task("user0", uint64(p.rng.IntN(4)))
	task.Deadline = 1 // so that the same nonce is the same task
	a, rep := p.accusation(name, task, true, edit), p.as("reporter")
	p.try("slashEvidence", func(_ uint64, do bool) string {
		return p.m.Report(p.addr(name), rep.Account(), a.Vote.Body.Task.String()+"/evidence", wrong, do)
	}, func() (Receipt, error) { return rep.SlashEvidence(p.t.Context(), a) })
}

func (p *play) slashReserved() {
	name, user, rep := pickOf(p, playSenders), pickOf(p, playUsers), p.as("reporter")
	d, err := p.state.ProveDeposit(p.addr(user))
	p.ok(err)
	a := tacit.Acceptance{
		Task: wire.Digest{1}, User: p.addr(user), Sequence: uint64(p.rng.IntN(3)), Reserved: d.Deposit.Amount - 1 + tacit.Money(p.rng.IntN(3)), Epoch: p.state.Header.Number,
	}
	wrong := ""
	if d.Deposit.Dispatcher == p.addr(name) && a.Reserved <= d.Deposit.Amount {
		wrong = "Covered"
	}
	p.try("slashReserved", func(_ uint64, do bool) string {
		return p.m.Report(p.addr(name), rep.Account(), fmt.Sprintf("%s/%d/reserved", user, a.Sequence), wrong, do)
	}, func() (Receipt, error) {
		return rep.SlashReserved(p.t.Context(), tacit.Sign(p.network, p.keys[name], a), p.state.Header, d)
	})
}

// burnBond sends a report that is wrong all the same.
func (p *play) burnBond() {
	yes, _ := p.twoVotes()
	rep := p.as("reporter")
	x, sig := toVote(yes.Body), signature(yes.Sig)
	p.try("burnBond", func(_ uint64, do bool) string {
		if do {
			p.m.BurnBond()
		}
		return ""
	}, func() (Receipt, error) {
		return rep.to(p.t.Context(), "burn bond", p.at.Registry, rep.registry.PackSlashVotes(x, sig, x, sig), p.params.Bond())
	})
}

func (p *play) node(what int, name string) {
	ctx := p.t.Context()
	op, k := p.as(name+" operator"), p.addr(name)
	switch what {
	case 0:
		p.try("unbond", func(at uint64, do bool) string { return p.m.Unbond(k, at, do) }, func() (Receipt, error) { return op.Unbond(ctx, k) })
	case 1:
		p.try("withdrawStake", func(at uint64, do bool) string { return p.m.WithdrawStake(k, at, do) },
			func() (Receipt, error) { return op.WithdrawStake(ctx, k) })
	default:
		p.try("addStake", func(_ uint64, do bool) string { return p.m.AddStake(k, 1000, do) },
			func() (Receipt, error) { return op.AddStake(ctx, k, 1000) })
	}
}

// anchor brings checkpoints of a node, new, old, of before a recovery or from
// somebody else's hand, and now and then leads the anchor back.
func (p *play) anchor() {
	name := pickOf(p, []string{"dispatcher0", "worker1"}) // the second one leaves
	k := p.addr(name)
	var n tacit.Node
	if now := p.m.Nodes[k]; now != nil {
		n = *now
	}
	revision := n.AnchorRevision + uint64(p.rng.IntN(4))
	digest := wire.Digest{byte(p.rng.IntN(4)), byte(p.rng.IntN(2))}
	if p.rng.IntN(3) == 0 {
		revision -= min(revision, uint64(p.rng.IntN(5)))
		p.try("recover", func(_ uint64, do bool) string { return p.m.Recover(k, revision, digest, do) },
			func() (Receipt, error) { return p.as(name+" operator").Recover(p.t.Context(), k, revision, digest) })
	} else {
		a := tacit.Anchor{Key: k, Revision: revision, Digest: digest, Recoveries: n.Recoveries - min(n.Recoveries, uint32(p.rng.IntN(2)))}
		p.try("anchor", func(_ uint64, do bool) string { return p.m.Anchor(a, do) },
			func() (Receipt, error) {
				return p.as("poster").Anchor(p.t.Context(), tacit.Sign(p.network, p.keys[name], a))
			})
	}
	if now := p.m.Nodes[k]; now != nil {
		if got, err := p.as("poster").Node(p.t.Context(), k); err != nil || got.Anchored() != now.Anchored() {
			p.fail("anchor is %+v, %v, of the model %+v", got.Anchored(), err, now.Anchored())
		}
	}
}

// same compares the contracts' coin with the model's sums.
func (p *play) same() {
	p.t.Helper()
	for _, x := range []struct {
		name string
		at   wire.Address
		want tacit.Money
	}{{"escrow", p.at.Escrow, p.m.Escrow()}, {"registry", p.at.Registry, p.m.Registry()}} {
		got, err := p.as("poster").Balance(p.t.Context(), x.at)
		p.ok(err)
		if got != x.want {
			p.fail("%s holds %d, the model %d", x.name, got, x.want)
		}
	}
}

// once checks that no task was settled twice for good.
func (p *play) once() {
	p.t.Helper()
	times := map[wire.Digest]int{}
	for _, b := range p.posted {
		for _, s := range b.settlements {
			if !b.Voided {
				times[s.Task]++
			}
		}
	}
	for id := range p.m.Direct {
		times[id]++
	}
	for id, n := range times {
		if n > 1 {
			p.fail("task %s was settled %d times", id.Short(), n)
		}
	}
}

// drain lets everybody take what is theirs.
func (p *play) drain() {
	ctx := p.t.Context()
	for range 80 { // until the last direct settlement pays
		p.watch()
		p.mine(1)
	}
	p.judgeSilence()
	p.once()
	for _, b := range p.posted {
		for i, x := range b.payouts {
			if !b.Voided && !b.Claimed[x.Payee] {
				p.claim(b, i)
			}
		}
	}
	for id, d := range p.m.Direct {
		if !d.Paid {
			p.claimDirect(id)
		}
	}
	for _, u := range playUsers {
		if amount := p.amount(u); amount > 0 {
			p.try("requestWithdraw", func(at uint64, do bool) string { return p.m.RequestWithdraw(p.addr(u), amount, at, do) },
				func() (Receipt, error) { return p.as(u).RequestWithdraw(ctx, amount) })
		}
	}
	names := []string{"worker0", "worker1", "dispatcher0", "dispatcher1"}
	for i := range 7 {
		names = append(names, "verifier"+strconv.Itoa(i))
	}
	for _, n := range names {
		if node := p.m.Nodes[p.addr(n)]; node != nil && node.Leaving == 0 {
			p.node(0, n)
		}
	}
	p.mine(int(p.params.UnbondDelay))
	for _, u := range playUsers {
		if p.leaving(u) > 0 {
			p.try("withdraw", func(at uint64, do bool) string { return p.m.Withdraw(p.addr(u), at, do) },
				func() (Receipt, error) { return p.as(u).Withdraw(ctx) })
		}
	}
	for _, n := range names {
		if p.m.Nodes[p.addr(n)] != nil {
			p.node(1, n)
		}
	}
	for who := range p.m.Claimable {
		if p.m.Claimable[who] > 0 {
			c := p.client(p.keyOf(who))
			p.try("collect", func(_ uint64, do bool) string { return p.m.Collect(who, do) }, func() (Receipt, error) { return c.Collect(ctx) })
		}
	}
	for who := range p.m.Rewards {
		if p.m.Rewards[who] > 0 {
			c := p.client(p.keyOf(who))
			p.try("collectRewards", func(_ uint64, do bool) string { return p.m.CollectRewards(who, do) },
				func() (Receipt, error) { return c.CollectRewards(ctx) })
		}
	}
	p.same()
	if held := p.m.Escrow(); held != 0 {
		p.fail("the escrow keeps %d that nobody can take", held)
	}
	if held := p.m.Registry(); held != p.m.Burnt {
		p.fail("the registry keeps %d, of which %d are burnt", held, p.m.Burnt)
	}
}

// start gives the model what the contracts hold at the beginning.
func (p *play) start() {
	p.m = tacittest.NewContracts(p.params)
	p.m.Last, p.m.Start = p.state.Header.Number, p.as("poster").Start()
	p.asked, p.tickets = nil, nil
	p.m.Policy, p.m.Generation, p.m.Threshold = p.genesis.Policies.Digest(), p.genesis.Policies.Generation, int(p.genesis.Governors.Threshold)
	s, err := p.as("poster").State(p.t.Context(), p.head())
	p.ok(err)
	for _, n := range s.Nodes {
		p.m.Nodes[n.Key] = &n
	}
	for _, d := range s.Deposits {
		p.m.Deposits[d.User] = &d
	}
	p.enter()
}

// everyCall is what random sequences must have done at least once.
var everyCall = []string{"deposit", "requestWithdraw", "withdraw", "postBatch", "claim", "collect", "settleDirect", "claimDirect",
	"challengeDuplicate", "challengeSignature", "challengeLate", "voidDirect", "slashVotes", "slashEvidence", "slashReserved", "burnBond", "unbond", "withdrawStake", "addStake", "anchor", "recover",
	"postPolicies", "postTicket", "demand", "answer", "slashWithheld"}

// TestRandomCallsKeepTheModel plays seeded sequences of calls, right and wrong,
// against the contracts and the model: the same calls are refused for the same
// reason, coin is conserved, no task is settled twice, and in the end everybody
// gets what is theirs out.
func TestRandomCallsKeepTheModel(t *testing.T) {
	steps, seeds := 120, uint64(6)
	if testing.Short() {
		steps, seeds = 60, 2
	}
	done, refused := map[string]int{}, map[string]int{}
	for seed := range seeds {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			p := &play{world: newWorld(t), rng: rand.New(rand.NewPCG(seed, 99)), done: done, refused: refused, seed: seed}
			p.start()
			for range steps {
				p.watch()
				p.step()
				p.same()
			}
			p.drain()
		})
	}
	t.Logf("done: %v", done)
	t.Logf("refused: %v", refused)
	for _, name := range everyCall {
		if !testing.Short() && done[name] == 0 {
			t.Errorf("no %s went through; the sequences are too tame", name)
		}
	}
}
