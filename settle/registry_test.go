package settle

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func TestRegister(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for _, n := range []string{"node"} {
		w.keys[n] = seeded(n)
	}
	op := w.as("reporter")
	good := func() (tacit.Node, tacit.Registration) {
		n := tacit.Node{Key: w.addr("node"), Roles: tacit.RoleManager, Level: 1, Stake: testStake, VRF: wire.Digest{1}, Region: "eu", Endpoint: "h:1"}
		return n, tacit.Registration{Operator: op.Account(), Key: n.Key, VRF: n.VRF}
	}
	for _, tt := range []struct {
		name   string
		edit   func(n *tacit.Node, r *tacit.Registration)
		signer string
		reason string
		code   fault.Code
	}{
		{"a foreign key", func(*tacit.Node, *tacit.Registration) {}, "reporter", "BadSignature", fault.KeySignature},
		{"signed for another operator", func(_ *tacit.Node, r *tacit.Registration) { r.Operator = w.addr("poster") }, "node", "BadSignature", fault.KeySignature},
		{"signed for another VRF key", func(_ *tacit.Node, r *tacit.Registration) { r.VRF[0]++ }, "node", "BadSignature", fault.KeySignature},
		{"too small a stake", func(n *tacit.Node, _ *tacit.Registration) { n.Stake = testParams.MinStake - 1 }, "node", "StakeLow", fault.ChainRevert},
		{"without a role", func(n *tacit.Node, _ *tacit.Registration) { n.Roles = 0 }, "node", "NodeField", fault.APIField},
		{"with a role that is never registered", func(n *tacit.Node, _ *tacit.Registration) { n.Roles = tacit.RoleClient }, "node", "NodeField", fault.APIField},
		{"of an impossible level", func(n *tacit.Node, _ *tacit.Registration) { n.Level = 6 }, "node", "NodeField", fault.APIField},
		{"twin: with the key's consent", func(*tacit.Node, *tacit.Registration) {}, "node", "", ""},
		{"twice", func(*tacit.Node, *tacit.Registration) {}, "node", "KeyTaken", fault.APIConflict},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, r := good()
			tt.edit(&n, &r)
			_, err := op.Register(ctx, n, tacit.Sign(w.network, w.keys[tt.signer], r).Sig)
			want(t, err, tt.reason, tt.code)
		})
	}
	got, err := op.Node(ctx, w.addr("node"))
	n, _ := good()
	n.Operator, n.Registered = op.Account(), got.Registered
	if err != nil || got != n || got.Registered == 0 {
		t.Errorf("Node = %+v, %v, want %+v", got, err, n)
	}
	_, err = op.Node(ctx, wire.Address{1})
	want(t, err, "NotRegistered", fault.APINotFound)
	w.conserve()
}

func TestStakeLeavesOnlyAfterTheDelay(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	op, node := w.as("worker0 operator"), w.addr("worker0")
	stranger := w.as("poster")
	for name, act := range map[string]func(*Client) (Receipt, error){
		"add stake":      func(c *Client) (Receipt, error) { return c.AddStake(ctx, node, 5) },
		"update":         func(c *Client) (Receipt, error) { return c.UpdateEndpoint(ctx, node, "x:1") },
		"rotate VRF key": func(c *Client) (Receipt, error) { return c.RotateVRF(ctx, node, wire.Digest{7}) },
		"unbond":         func(c *Client) (Receipt, error) { return c.Unbond(ctx, node) },
		"withdraw":       func(c *Client) (Receipt, error) { return c.WithdrawStake(ctx, node) },
	} {
		_, err := act(stranger)
		if Reason(err) != "NotOperator" {
			t.Errorf("%s by a stranger: %v", name, err)
		}
	}
	before, err := op.Node(ctx, node)
	w.ok(err)
	r, err := op.AddStake(ctx, node, 5)
	w.ok(err)
	w.note("Registry.addStake", r)
	_, err = op.UpdateEndpoint(ctx, node, "x:1")
	w.ok(err)
	_, err = op.RotateVRF(ctx, node, wire.Digest{7})
	w.ok(err)
	after, err := op.Node(ctx, node)
	w.ok(err)
	if after.Stake != before.Stake+5 || after.Endpoint != "x:1" || after.VRF != (wire.Digest{7}) || after.Registered <= before.Registered {
		t.Errorf("node = %+v, was %+v", after, before)
	}
	_, err = op.WithdrawStake(ctx, node)
	want(t, err, "Leaving", fault.ChainRevert)
	r, err = op.Unbond(ctx, node)
	w.ok(err)
	_, err = op.Unbond(ctx, node)
	want(t, err, "Leaving", fault.ChainRevert)
	_, err = op.AddStake(ctx, node, 5)
	want(t, err, "Leaving", fault.ChainRevert)
	w.mineTo(r.Block + w.params.UnbondDelay - 2)
	_, err = op.WithdrawStake(ctx, node)
	want(t, err, "StakeLocked", fault.ChainRevert)
	w.mine(2)
	wallet, err := op.Balance(ctx, op.Account())
	w.ok(err)
	r, err = op.WithdrawStake(ctx, node)
	w.ok(err)
	now, err := op.Balance(ctx, op.Account())
	w.ok(err)
	if diff := wallet + after.Stake - now; diff < r.Cost || diff > r.Cost+1 {
		t.Errorf("wallet grew from %d to %d for a stake of %d and gas of %d", wallet, now, after.Stake, r.Cost)
	}
	_, err = op.Node(ctx, node)
	want(t, err, "NotRegistered", fault.APINotFound)
	w.conserve()
	// Another node of the list took its place and is still found.
	s, err := op.State(ctx, w.head())
	w.ok(err)
	if len(s.Nodes) != 10 {
		t.Errorf("%d nodes, want 10", len(s.Nodes))
	}
	// The key may come back.
	w.ok(w.register("worker0", tacit.RoleWorker))
}

func (w *world) twoVotes() (yes, no tacit.Signed[tacit.Vote]) {
	v := tacit.Vote{Epoch: 1, Task: wire.Digest{1}, Assignment: wire.Digest{2}, Attempt: 1, Evidence: wire.Digest{3}, Keys: wire.Digest{4}, Accept: true}
	yes = tacit.Sign(w.network, w.keys["verifier0"], v)
	v.Accept, v.Code = false, wire.Keccak([]byte("EVID_STALE"))
	return yes, tacit.Sign(w.network, w.keys["verifier0"], v)
}

// case N59 CHAIN_SETTLED check contracts/Registry.sol:AlreadySlashed
func TestN59SlashingSucceedsExactlyOnce(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	yes, no := w.twoVotes()
	rep := w.as("reporter")
	t.Run("twin: a real contradiction, the first time", func(*testing.T) {
		r, err := rep.SlashVotes(ctx, yes, no)
		w.ok(err)
		w.note("Registry.slashVotes", r)
	})
	n, err := rep.Node(ctx, w.addr("verifier0"))
	w.ok(err)
	taken := testStake * testParams.SlashPart / 1000
	if n.Stake != testStake-taken {
		t.Errorf("stake = %d, want %d", n.Stake, testStake-taken)
	}
	_, err = rep.SlashVotes(ctx, yes, no)
	want(t, err, "AlreadySlashed", fault.ChainSettled)
	_, err = rep.SlashVotes(ctx, no, yes)
	want(t, err, "AlreadySlashed", fault.ChainSettled)
	third := no.Body
	third.Evidence[0]++
	_, err = rep.SlashVotes(ctx, tacit.Sign(w.network, w.keys["verifier0"], third), yes)
	want(t, err, "AlreadySlashed", fault.ChainSettled)
	l, err := rep.Ledger(ctx, rep.Account())
	w.ok(err)
	burnt, err := rep.Burnt(ctx)
	w.ok(err)
	if l.Rewards != taken/10+testParams.Bond() || burnt != taken-taken/10 {
		t.Errorf("reporter got %d, burnt %d of %d", l.Rewards, burnt, taken)
	}
	r, err := rep.CollectRewards(ctx)
	w.ok(err)
	w.note("Registry.collect", r)
	w.conserve()
}

// case N59 CHAIN_REVERT check contracts/Registry.sol:NoContradiction
func TestN59OnlyContradictionIsSlashed(t *testing.T) {
	w := newWorld(t)
	rep := w.as("reporter")
	yes, no := w.twoVotes()
	signed := func(by string, edit func(*tacit.Vote)) tacit.Signed[tacit.Vote] {
		v := no.Body
		edit(&v)
		return tacit.Sign(w.network, w.keys[by], v)
	}
	for _, tt := range []struct {
		name   string
		other  tacit.Signed[tacit.Vote]
		reason string
		code   fault.Code
	}{
		{"the same vote twice", yes, "NoContradiction", fault.ChainUnproven},
		{"another epoch", signed("verifier0", func(v *tacit.Vote) { v.Epoch++ }), "NoContradiction", fault.ChainUnproven},
		{"another task", signed("verifier0", func(v *tacit.Vote) { v.Task[0]++ }), "NoContradiction", fault.ChainUnproven},
		{"another assignment", signed("verifier0", func(v *tacit.Vote) { v.Assignment[0]++ }), "NoContradiction", fault.ChainUnproven},
		{"another attempt", signed("verifier0", func(v *tacit.Vote) { v.Attempt++ }), "NoContradiction", fault.ChainUnproven},
		{"another place", signed("verifier0", func(v *tacit.Vote) { v.Place++ }), "NoContradiction", fault.ChainUnproven},
		{"another verifier", signed("verifier1", func(*tacit.Vote) {}), "NotOneSigner", fault.ConsField},
		{"changed after signing", func() tacit.Signed[tacit.Vote] { n := no; n.Body.Evidence[0]++; return n }(), "NotOneSigner", fault.ConsField},
		{"twin: yes and no", no, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := rep.SlashVotes(t.Context(), yes, tt.other)
			want(t, err, tt.reason, tt.code)
		})
	}
}

// case N58 CONS_FIELD check contracts/Registry.sol:NotOneSigner
func TestN58VotesOfAnotherChainOrContractDoNotCount(t *testing.T) {
	w := newWorld(t)
	yes, no := w.twoVotes()
	rep := w.as("reporter")
	for _, tt := range []struct {
		name    string
		network wire.Digest
		reason  string
		code    fault.Code
	}{
		{"another chain ID", wire.Domain(1, w.at.Epochs, w.genesis.Digest()), "NotOneSigner", fault.ConsField},
		{"another contract", wire.Domain(1337, w.at.Escrow, w.genesis.Digest()), "NotOneSigner", fault.ConsField},
		{"another genesis", wire.Domain(1337, w.at.Epochs, wire.Digest{1}), "NotOneSigner", fault.ConsField},
		{"twin: this network", w.network, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := tacit.Sign(tt.network, w.keys["verifier0"], yes.Body)
			b := tacit.Sign(tt.network, w.keys["verifier0"], no.Body)
			_, err := rep.SlashVotes(t.Context(), a, b)
			want(t, err, tt.reason, tt.code)
		})
	}
}

func TestSlashReachesTheLeaving(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	op := w.as("verifier0 operator")
	r, err := op.Unbond(ctx, w.addr("verifier0"))
	w.ok(err)
	yes, no := w.twoVotes()
	w.mineTo(r.Block + w.params.UnbondDelay + 5)
	_, err = w.as("reporter").SlashVotes(ctx, yes, no)
	w.ok(err)
	_, err = op.WithdrawStake(ctx, w.addr("verifier0"))
	w.ok(err)
	no.Body.Place, yes.Body.Place = 1, 1
	a, b := tacit.Sign(w.network, w.keys["verifier0"], yes.Body), tacit.Sign(w.network, w.keys["verifier0"], no.Body)
	_, err = w.as("reporter").SlashVotes(ctx, a, b)
	want(t, err, "NotOneSigner", fault.ConsField) // it is gone with what was left
	w.conserve()
}

func TestSlashAcceptances(t *testing.T) {
	w := newWorld(t)
	rep := w.as("reporter")
	body := tacit.Acceptance{Task: wire.Digest{1}, User: w.addr("user0"), Sequence: 4, Fee: 5, Reserved: 5, Epoch: 1}
	sign := func(by string, edit func(*tacit.Acceptance)) tacit.Signed[tacit.Acceptance] {
		a := body
		edit(&a)
		return tacit.Sign(w.network, w.keys[by], a)
	}
	first := sign("dispatcher0", func(*tacit.Acceptance) {})
	second := sign("dispatcher0", func(a *tacit.Acceptance) { a.Task[0]++ })
	for _, tt := range []struct {
		name   string
		a, b   tacit.Signed[tacit.Acceptance]
		reason string
		code   fault.Code
	}{
		{"one task twice", first, sign("dispatcher0", func(a *tacit.Acceptance) { a.Fee++ }), "NoContradiction", fault.ChainUnproven},
		{"another sequence", first, sign("dispatcher0", func(a *tacit.Acceptance) { a.Task[0]++; a.Sequence++ }), "NoContradiction", fault.ChainUnproven},
		{"another user", first, sign("dispatcher0", func(a *tacit.Acceptance) { a.Task[0]++; a.User = w.addr("user1") }), "NoContradiction", fault.ChainUnproven},
		{"another dispatcher", first, sign("dispatcher1", func(a *tacit.Acceptance) { a.Task[0]++ }), "NotOneSigner", fault.ConsField},
		{"twin: one sequence for two tasks", first, second, "", ""},
		{"again, in the other order", second, first, "AlreadySlashed", fault.ChainSettled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := rep.SlashAcceptances(t.Context(), tt.a, tt.b)
			want(t, err, tt.reason, tt.code)
		})
	}
	w.conserve()
}
