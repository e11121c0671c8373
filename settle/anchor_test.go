package settle

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// case N56 code KEY_GENERATION check contracts/Registry.sol:AnchorOld
func TestN56AnchorsOnlyGrow(t *testing.T) {
	w := newWorld(t)
	c, node := w.as("poster"), w.addr("dispatcher0") // anybody brings it
	for _, tt := range []struct {
		name     string
		key      wire.Address
		revision uint64
		digest   wire.Digest
		edit     func(*tacit.Anchor) // what is signed instead
		signer   string
		reason   string
		code     fault.Code
	}{
		{"of a key that is not registered", w.addr("user0"), 5, wire.Digest{5}, nil, "user0", "NotRegistered", fault.APINotFound},
		{"signed by another node", node, 5, wire.Digest{5}, nil, "dispatcher1", "BadSignature", fault.KeySignature},
		{"signed by its operator", node, 5, wire.Digest{5}, nil, "dispatcher0 operator", "BadSignature", fault.KeySignature},
		{"another revision than was signed", node, 5, wire.Digest{5}, func(a *tacit.Anchor) { a.Revision++ }, "dispatcher0", "BadSignature", fault.KeySignature},
		{"another digest than was signed", node, 5, wire.Digest{5}, func(a *tacit.Anchor) { a.Digest[0]++ }, "dispatcher0", "BadSignature", fault.KeySignature},
		{"signed for another node", node, 5, wire.Digest{5}, func(a *tacit.Anchor) { a.Key = w.addr("dispatcher1") }, "dispatcher0", "BadSignature", fault.KeySignature},
		{"signed for after a recovery", node, 5, wire.Digest{5}, func(a *tacit.Anchor) { a.Recoveries++ }, "dispatcher0", "BadSignature", fault.KeySignature},
		{"without a digest", node, 5, wire.Digest{}, nil, "dispatcher0", "AnchorField", fault.APIField},
		{"without a revision", node, 0, wire.Digest{5}, nil, "dispatcher0", "AnchorOld", fault.KeyGeneration},
		{"twin: the first", node, 5, wire.Digest{5}, nil, "dispatcher0", "", ""},
		{"the same again", node, 5, wire.Digest{5}, nil, "dispatcher0", "AnchorOld", fault.KeyGeneration},
		{"the same revision, another digest", node, 5, wire.Digest{6}, nil, "dispatcher0", "AnchorOld", fault.KeyGeneration},
		{"an older one", node, 4, wire.Digest{4}, nil, "dispatcher0", "AnchorOld", fault.KeyGeneration},
		{"twin: the next", node, 6, wire.Digest{6}, nil, "dispatcher0", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := tacit.Anchor{Key: tt.key, Revision: tt.revision, Digest: tt.digest}
			said := a
			if tt.edit != nil {
				tt.edit(&said)
			}
			_, err := c.Anchor(t.Context(), tacit.Signed[tacit.Anchor]{Body: a, Sig: tacit.Sign(w.network, w.keys[tt.signer], said).Sig})
			want(t, err, tt.reason, tt.code)
		})
	}
	if got, err := c.Node(t.Context(), node); err != nil || got.Anchored() != (tacit.Anchored{Revision: 6, Digest: wire.Digest{6}}) {
		t.Errorf("anchored %+v, %v", got.Anchored(), err)
	}
	w.conserve()
}

// case N47 code CHAIN_REVERT check contracts/Registry.sol:mine
func TestN47OnlyTheOperatorLeadsAnAnchorBack(t *testing.T) {
	w := newWorld(t)
	ctx, node := t.Context(), w.addr("dispatcher0")
	anchor := func(revision uint64, recoveries uint32) error {
		a := tacit.Anchor{Key: node, Revision: revision, Digest: wire.Digest{byte(revision)}, Recoveries: recoveries}
		_, err := w.as("poster").Anchor(ctx, tacit.Sign(w.network, w.keys["dispatcher0"], a))
		return err
	}
	w.ok(anchor(9, 0))
	held := func(revision uint64, recoveries uint32) {
		t.Helper()
		want := tacit.Anchored{Revision: revision, Digest: wire.Digest{byte(revision)}, Recoveries: recoveries}
		if got, err := w.as("poster").Node(ctx, node); err != nil || got.Anchored() != want {
			t.Errorf("anchored %+v, %v, want %+v", got.Anchored(), err, want)
		}
	}
	for _, tt := range []struct {
		name     string
		by       string
		revision uint64
		digest   wire.Digest
		reason   string
		code     fault.Code
	}{
		{"a stranger", "poster", 5, wire.Digest{5}, "NotOperator", fault.ChainRevert},
		{"the node's own key", "dispatcher0", 5, wire.Digest{5}, "NotOperator", fault.ChainRevert},
		{"ahead", "dispatcher0 operator", 10, wire.Digest{10}, "AnchorAhead", fault.APIField},
		{"to a revision without a digest", "dispatcher0 operator", 5, wire.Digest{}, "AnchorField", fault.APIField},
		{"to nothing, with a digest", "dispatcher0 operator", 0, wire.Digest{5}, "AnchorField", fault.APIField},
		{"twin: the operator", "dispatcher0 operator", 5, wire.Digest{5}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.as(tt.by).Recover(ctx, node, tt.revision, tt.digest)
			want(t, err, tt.reason, tt.code)
		})
	}
	held(5, 1)
	t.Run("what was signed before it is worth nothing", func(t *testing.T) { want(t, anchor(9, 0), "BadSignature", fault.KeySignature) })
	held(5, 1)
	t.Run("twin: signed after it", func(t *testing.T) { w.ok(anchor(6, 1)) })
	held(6, 1)
	op := w.as("dispatcher0 operator")
	_, err := op.Recover(ctx, node, 0, wire.Digest{})
	w.ok(err)
	held(0, 2)
	w.ok(anchor(3, 2))

	// Leaving and coming back is no way around it.
	before, err := op.Node(ctx, node)
	w.ok(err)
	r, err := op.Unbond(ctx, node)
	w.ok(err)
	w.ok(anchor(4, 2)) // who leaves still answers for what it did
	w.mineTo(r.Block + w.params.UnbondDelay)
	_, err = op.WithdrawStake(ctx, node)
	w.ok(err)
	want(t, anchor(5, 2), "NotRegistered", fault.APINotFound)
	other := w.as("reporter")
	back := tacit.Registration{Operator: other.Account(), Key: node, VRF: before.VRF}
	_, err = other.Register(ctx, before, tacit.Sign(w.network, w.keys["dispatcher0"], back).Sig)
	w.ok(err)
	held(4, 2)
	now, err := op.Node(ctx, node)
	w.ok(err)
	if now.Operator != other.Account() || now.Leaving != 0 || now.Registered <= before.Registered || now.Endpoint != before.Endpoint || now.Roles != before.Roles {
		t.Errorf("registered anew: %+v, was %+v", now, before)
	}
	want(t, anchor(4, 2), "AnchorOld", fault.KeyGeneration)
	w.ok(anchor(5, 2))
}
