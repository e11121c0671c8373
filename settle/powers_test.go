package settle

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/vm"

	"tacit"
	"tacit/settle/bindings"
	"tacit/wire"
)

// Who may make a call that changes something.
const (
	anybody    = "anybody"                            // what it does follows from signatures and deadlines
	own        = "anybody, about what is his"         // the sender's deposit, credit, stake or entry
	operator   = "the node's operator"                //
	entryOwner = "the entry's owner"                  //
	nodeItself = "the key of a registered node"       //
	theEscrow  = "the escrow, a contract"             //
	theDirect  = "the contract of direct settlements" //
)

// powers is every function of the contracts that changes anything. There is no
// other: no owner, no upgrade, no pause.
var powers = map[string]map[string]string{
	"Catalogue": {"publish": own, "setTerms": entryOwner, "retire": entryOwner},
	"Direct":    {"settleDirect": anybody, "claimDirect": anybody, "challengeDuplicate": anybody},
	"Epochs":    {"postTicket": nodeItself, "postHeader": anybody, "postPolicies": anybody},
	"Escrow": {
		"deposit": own, "requestWithdraw": own, "withdraw": own, "collect": own, "postBatch": anybody, "claim": anybody,
		"challengeDuplicate": anybody, "challengeSignature": anybody, "challengeLeaf": anybody, "challengeLate": anybody,
		"hold": theDirect, "unhold": theDirect, "pay": theDirect,
	},
	"Registry": {
		"register": own, "addStake": operator, "updateEndpoint": operator, "rotateVRF": operator, "unbond": operator, "anchor": anybody, "recover": operator, "withdraw": operator, "collect": own,
		"slashVotes": anybody, "slashAcceptances": anybody, "slashReserved": anybody, "slashEvidence": anybody, "slash": theEscrow,
		"demand": anybody, "answerVote": anybody, "answer": anybody, "slashWithheld": anybody,
	},
}

func allContracts(t *testing.T) map[string]*abi.ABI {
	t.Helper()
	out := map[string]*abi.ABI{}
	for name, m := range map[string]*bind.MetaData{
		"Catalogue": &bindings.CatalogueMetaData, "Direct": &bindings.DirectMetaData, "Epochs": &bindings.EpochsMetaData,
		"Escrow": &bindings.EscrowMetaData, "Registry": &bindings.RegistryMetaData,
	} {
		parsed, err := m.ParseABI()
		if err != nil {
			t.Fatal(err)
		}
		out[name] = parsed
	}
	return out
}

// unlisted are the functions that change something and are not among the powers,
// the powers that are no functions, and fallbacks, which could hide anything.
func unlisted(contracts map[string]*abi.ABI, listed map[string]map[string]string) []string {
	var out []string
	for name, c := range contracts {
		for _, m := range c.Methods {
			if _, ok := listed[name][m.RawName]; !ok && !m.IsConstant() {
				out = append(out, name+"."+m.RawName)
			}
		}
		for m := range listed[name] {
			if f, ok := c.Methods[m]; !ok || f.IsConstant() {
				out = append(out, name+"."+m+" is none")
			}
		}
		if c.HasFallback() || c.HasReceive() {
			out = append(out, name+" takes any call")
		}
	}
	slices.Sort(out)
	return out
}

// forbidden are opcodes that would let code be replaced, removed or added.
var forbidden = []vm.OpCode{vm.DELEGATECALL, vm.CALLCODE, vm.SELFDESTRUCT, vm.CREATE, vm.CREATE2}

// opcodes are those of the code, data of pushes left out.
func opcodes(code []byte) map[vm.OpCode]int {
	n := map[vm.OpCode]int{}
	for i := 0; i < len(code); i++ {
		op := vm.OpCode(code[i])
		n[op]++
		if op.IsPush() && op != vm.PUSH0 {
			i += int(op - vm.PUSH1 + 1)
		}
	}
	return n
}

// case N72 code - check contracts/Escrow.sol:NotDirect
func TestN72NobodyCanMoveOrRuleAnew(t *testing.T) {
	w := newWorldOn(t, 7, true)
	contracts := allContracts(t)
	t.Run("every function that changes something is listed", func(t *testing.T) {
		if extra := unlisted(contracts, powers); len(extra) > 0 {
			t.Errorf("not as listed: %s", strings.Join(extra, ", "))
		}
	})
	t.Run("twin: one more, and one less, are noticed", func(t *testing.T) {
		more := maps.Clone(powers)
		more["Escrow"] = maps.Clone(powers["Escrow"])
		delete(more["Escrow"], "withdraw")
		more["Escrow"]["pause"] = anybody
		if got := unlisted(contracts, more); !slices.Equal(got, []string{"Escrow.pause is none", "Escrow.withdraw"}) {
			t.Errorf("got %q", got)
		}
	})
	at := map[string]wire.Address{"Catalogue": w.at.Catalogue, "Direct": w.at.Direct, "Epochs": w.at.Epochs, "Escrow": w.at.Escrow, "Registry": w.at.Registry}
	t.Run("no code replaces, removes or adds code", func(t *testing.T) {
		for name, a := range at {
			code, err := w.backend().CodeAt(t.Context(), common.Address(a), nil)
			if err != nil || len(code) == 0 {
				t.Fatalf("%s: %d bytes, %v", name, len(code), err)
			}
			n := opcodes(code)
			for _, op := range forbidden {
				if n[op] > 0 {
					t.Errorf("%s holds %v %d times", name, op, n[op])
				}
			}
		}
	})
	t.Run("twin: such code is noticed", func(t *testing.T) {
		if n := opcodes([]byte{byte(vm.PUSH2), byte(vm.SELFDESTRUCT), byte(vm.CALLCODE), byte(vm.DELEGATECALL)}); n[vm.DELEGATECALL] != 1 || n[vm.SELFDESTRUCT] != 0 || n[vm.CALLCODE] != 0 {
			t.Errorf("got %v", n)
		}
	})
	t.Run("who deployed them may do no more than a stranger", func(t *testing.T) {
		w.mineTo(w.as("poster").Start() + w.params.EpochLength) // tickets are taken at the beginning of an epoch
		for who, reason := range map[string]string{theEscrow: "NotEscrow", theDirect: "NotDirect", operator: "NotOperator", entryOwner: "NotOwner", nodeItself: "NotAdmitted"} {
			tried := 0
			for name, list := range powers {
				for method, may := range list {
					if may != who {
						continue
					}
					tried++
					_, err := w.as("deployer").to(t.Context(), method, at[name], w.foreign(contracts[name].Methods[method]), value(contracts[name].Methods[method]))
					if Reason(err) != reason {
						t.Errorf("%s.%s by who deployed it: %v, want %s", name, method, err, reason)
					}
				}
			}
			if tried == 0 {
				t.Errorf("no function is reserved to %s", who)
			}
		}
	})
	t.Run("the parameters and addresses stay", func(t *testing.T) {
		before := w.rules()
		w.nextHeader()
		b := w.bundle("dispatcher0", 1, 7, w.settlement(w.task("user0", 1), 700))
		w.ok(w.post(b))
		yes, no := w.twoVotes()
		_, err := w.as("reporter").SlashVotes(t.Context(), yes, no)
		w.ok(err)
		if after := w.rules(); after != before {
			t.Errorf("was %+v, is %+v", before, after)
		}
	})
}

// rules are what a freshly dialled client reads of the network's constants.
func (w *world) rules() string {
	w.t.Helper()
	c, err := Dial(w.t.Context(), Config{Backend: w.backend(), Epochs: w.at.Epochs, ChainID: 1337})
	w.ok(err)
	if c.Params() != w.params || c.Addresses() != w.at || c.Genesis() != w.genesis.Digest() {
		w.t.Errorf("read %+v, %+v", c.Params(), c.Addresses())
	}
	return wire.Hash("test", struct {
		Params  tacit.Params `cbor:"1,keyasint"`
		Genesis wire.Digest  `cbor:"2,keyasint"`
		Start   uint64       `cbor:"3,keyasint"`
	}{c.Params(), c.Genesis(), c.Start()}).String()
}

// value is what a call has to send along.
func value(m abi.Method) tacit.Money {
	if m.IsPayable() {
		return 5
	}
	return 0
}

// foreign is a call about somebody else's node, entry or money.
func (w *world) foreign(m abi.Method) []byte {
	w.t.Helper()
	node := common.Address(w.addr("worker0"))
	id := [32]byte(w.data.ID)
	user, dispatcher := common.Address(w.addr("user0")), common.Address(w.addr("dispatcher0"))
	epoch := w.as("poster").Epoch(w.head()+1) + 1
	args, ok := map[string][]any{
		"addStake": {node}, "updateEndpoint": {node, "evil.example:1"}, "rotateVRF": {node, [32]byte{1}}, "unbond": {node}, "recover": {node, uint64(0), [32]byte{}}, "withdraw": {node},
		"setTerms": {id, [32]byte{1}, uint64(1)}, "retire": {id}, "slash": {dispatcher, common.Address(w.addr("deployer"))},
		"hold": {user, dispatcher, uint64(1)}, "unhold": {common.Address(w.addr("deployer")), uint64(1)},
		"pay":        {[]bindings.Payout{{Payee: common.Address(w.addr("deployer")), Amount: 1}}},
		"postTicket": {epoch, uint16(tacit.RoleWorker), make([]byte, 80)},
	}[m.RawName]
	if !ok {
		w.t.Fatalf("no call for %s", m.RawName)
	}
	data, err := m.Inputs.Pack(args...)
	w.ok(err)
	return append(slices.Clone(m.ID), data...)
}

// case N69 code CHAIN_REVERT check contracts/Purse.sol:Refused
func TestN69HostileOperatorAndReporterHarmOnlyThemselves(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := w.as("poster")
	parsed, code := artefact(t, "Hostile")
	arg, err := parsed.Pack("", address(w.at.Registry))
	w.ok(err)
	_, mined, err := c.send(ctx, "deploy hostile", nil, append(code, arg...), 0)
	w.ok(err)
	hostile := wire.Address(mined.ContractAddress)
	do := func(value tacit.Money, method string, args ...any) error {
		data, err := parsed.Pack(method, args...)
		w.ok(err)
		_, _, err = c.send(ctx, method, &hostile, data, value)
		return err
	}
	// It operates a node and reports another's contradiction.
	n := tacit.Node{Key: seeded("hostile node").Address(), Roles: tacit.RoleWorker, Level: 2, VRF: wire.Digest{1}}
	sig := tacit.Sign(w.network, seeded("hostile node"), tacit.Registration{Operator: hostile, Key: n.Key, VRF: n.VRF}).Sig
	w.ok(do(testStake, "call", c.registry.PackRegister(address(n.Key), uint16(n.Roles), n.Level, n.VRF, "", "", signature(sig))))
	yes, no := w.twoVotes()
	report := c.registry.PackSlashVotes(toVote(yes.Body), signature(yes.Sig), toVote(no.Body), signature(no.Sig))
	w.ok(do(w.params.Bond(), "call", report))
	due := w.params.Bond() + testStake*w.params.SlashPart/1000/10
	w.ok(do(0, "call", c.registry.PackUnbond(address(n.Key))))
	w.mine(int(w.params.UnbondDelay) + 1)

	collect, withdraw := c.registry.PackCollect(), c.registry.PackWithdraw(address(n.Key))
	for _, mode := range []uint8{1, 3} { // reverts, burns all gas
		w.ok(do(0, "set", mode))
		for _, data := range [][]byte{collect, withdraw} {
			want(t, do(0, "call", data), "Refused", "CHAIN_REVERT")
		}
	}
	if got, err := c.Node(ctx, n.Key); err != nil || got.Stake != testStake {
		t.Errorf("after refused payments: %+v, %v", got, err)
	}
	t.Run("twin: others report, leave and are paid", func(*testing.T) {
		first := tacit.Acceptance{Task: wire.Digest{1}, User: w.addr("user0"), Sequence: 1}
		second := first
		second.Task[0]++
		rep := w.as("reporter")
		_, err := rep.SlashAcceptances(ctx, tacit.Sign(w.network, w.keys["dispatcher1"], first), tacit.Sign(w.network, w.keys["dispatcher1"], second))
		w.ok(err)
		_, err = rep.CollectRewards(ctx)
		w.ok(err)
		op := w.as("worker1 operator")
		_, err = op.Unbond(ctx, w.addr("worker1"))
		w.ok(err)
		w.mine(int(w.params.UnbondDelay) + 1)
		_, err = op.WithdrawStake(ctx, w.addr("worker1"))
		w.ok(err)
	})
	w.ok(do(0, "set", uint8(2))) // re-enters collect while it is paid: gets all of it once
	w.ok(do(0, "call", withdraw))
	want(t, do(0, "call", collect), "NothingDue", "CHAIN_REVERT")
	want(t, do(0, "call", withdraw), "NotRegistered", "API_NOT_FOUND")
	if got, err := c.Balance(ctx, hostile); err != nil || got != testStake+due {
		t.Errorf("balance = %d, %v, want %d", got, err, testStake+due)
	}
	w.conserve()
}
