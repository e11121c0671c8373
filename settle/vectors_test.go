package settle

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/big"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit"
	"tacit/wire"
)

var update = flag.Bool("update", false, "write contracts/testdata/vectors.json anew")

// artefact reads a contract that only tests deploy.
func artefact(t testing.TB, name string) (abi.ABI, []byte) {
	t.Helper()
	text, err := os.ReadFile("../contracts/testdata/" + name + ".abi")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := abi.JSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("../contracts/testdata/" + name + ".bin")
	if err != nil {
		t.Fatal(err)
	}
	return parsed, common.FromHex(strings.TrimSpace(string(code)))
}

// vectors asks the message library on chain.
type vectors struct {
	t   *testing.T
	c   *Client
	abi abi.ABI
	at  wire.Address
}

func newVectors(t *testing.T) *vectors {
	t.Helper()
	by := seeded("vectors")
	chain := newChain(t, types.GenesisAlloc{common.Address(by.Address()): {Balance: big.NewInt(1e18)}})
	parsed, code := artefact(t, "Vectors")
	c := &Client{backend: chain, signer: by, poll: 1, chainID: big.NewInt(1337)}
	_, mined, err := c.send(t.Context(), "deploy vectors", nil, code, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &vectors{t, c, parsed, wire.Address(mined.ContractAddress)}
}

func (v *vectors) ask(method string, args ...any) wire.Digest {
	v.t.Helper()
	data, err := v.abi.Pack(method, args...)
	if err != nil {
		v.t.Fatalf("%s: %v", method, err)
	}
	d, err := call(v.t.Context(), v.c, nil, v.at, data, func(out []byte) (wire.Digest, error) { return wire.Digest(out[:32]), nil })
	if err != nil {
		v.t.Fatalf("%s: %v", method, err)
	}
	return d
}

// filler makes values of every message from a seed.
type filler struct{ *rand.Rand }

func (f filler) digest() (d wire.Digest) {
	for i := range d {
		d[i] = byte(f.Uint32())
	}
	return d
}

func (f filler) address() wire.Address { d := f.digest(); return wire.Address(d[:20]) }

func (f filler) bytes() []byte {
	b := make([]byte, f.IntN(80))
	for i := range b {
		b[i] = byte(f.Uint32())
	}
	return b
}

func (f filler) string() string { return strings.Repeat("aé-", f.IntN(20)) }

func (f filler) byte() uint8 { return uint8(f.Uint32()) }

func several[T any](f filler, one func() T) []T {
	out := make([]T, f.IntN(5))
	for i := range out {
		out[i] = one()
	}
	return out
}

func (f filler) task() tacit.Task {
	return tacit.Task{
		User: f.address(), Nonce: f.Uint64(), Kind: f.digest(), Service: f.digest(), Generation: f.Uint64(),
		Inputs: several(f, func() tacit.Input {
			return tacit.Input{Kind: f.byte(), Name: f.string(), Ref: f.digest(), Index: f.Uint64()}
		}),
		Params: f.digest(),
		Recipients: several(f, func() tacit.Recipient {
			return tacit.Recipient{Kind: f.byte(), Ref: f.digest(), Key: f.bytes()}
		}),
		Requirements: tacit.Requirements{
			Level: f.byte(), Fuel: f.Uint64(), Memory: f.Uint64(), Output: f.Uint64(), Seconds: f.Uint32(), Purpose: f.string(), Region: f.string(),
		},
		Dispatcher: f.address(), MaxFee: f.Uint64(), Deadline: f.Uint64(),
	}
}

func (f filler) assignment() tacit.Assignment {
	return tacit.Assignment{
		Task: f.digest(), Epoch: f.Uint64(), Attempt: f.byte(), Seed: f.digest(),
		Places: several(f, func() tacit.Place { return tacit.Place{Index: f.byte(), Worker: f.address()} }),
		Seats:  several(f, f.address), Challenges: f.digest(),
	}
}

func (f filler) params() tacit.Params {
	p := tacit.Params{
		EpochLength: f.Uint64(), Finality: f.Uint64(), TicketClose: f.Uint64(), Deadline: f.Uint64(), SettleWindow: f.Uint64(),
		ChallengeWindow: f.Uint64(), WithdrawDelay: f.Uint64(), UnbondDelay: f.Uint64(), Seats: f.byte(), Operators: f.byte(),
		MinStake: f.Uint64(), SlashPart: f.Uint64(), SeatFee: f.Uint64(), DispatchFee: f.Uint64(),
	}
	for i := range p.WorkerPrice {
		p.WorkerPrice[i] = f.Uint64()
	}
	return p
}

// A vector is one message with the digest that Solidity and Go compute for it.
type vector struct {
	Name   string      `json:"name"`
	Value  any         `json:"value"`
	Digest wire.Digest `json:"digest"`
}

// all makes one value of each message and returns what Go computes, having
// compared it with what Solidity does.
func (v *vectors) all(f filler) []vector {
	v.t.Helper()
	var out []vector
	check := func(name string, value any, inGo, onChain wire.Digest) {
		v.t.Helper()
		if inGo != onChain {
			v.t.Errorf("%s of %+v: Go %s, Solidity %s", name, value, inGo, onChain)
		}
		out = append(out, vector{name, value, onChain})
	}
	task := f.task()
	check("Task", task, task.Hash(), v.ask("taskHash", toTask(task)))
	acceptance := tacit.Acceptance{Task: f.digest(), User: f.address(), Sequence: f.Uint64(), Fee: f.Uint64(), Reserved: f.Uint64(), Epoch: f.Uint64()}
	check("Acceptance", acceptance, acceptance.Hash(), v.ask("acceptanceHash", toAcceptance(acceptance)))
	assignment := f.assignment()
	check("Assignment", assignment, assignment.Hash(), v.ask("assignmentHash", toAssignment(assignment)))
	vote := tacit.Vote{
		Epoch: f.Uint64(), Task: f.digest(), Assignment: f.digest(), Attempt: f.byte(), Place: f.byte(), Evidence: f.digest(),
		Keys: f.digest(), Policy: f.digest(), Generation: f.Uint64(), Accept: f.IntN(2) == 1, Code: f.digest(),
	}
	check("Vote", vote, vote.Hash(), v.ask("voteHash", toVote(vote)))
	leaf := tacit.Leaf{
		Kind: f.digest(), Task: f.digest(), Assignment: f.digest(), Attempt: f.byte(), Place: f.byte(),
		Commitment: f.digest(), Output: f.digest(), Exit: f.byte(), Bucket: f.byte(),
	}
	check("Leaf", leaf, leaf.Hash(), v.ask("leafHash", toLeaf(leaf)))
	header := tacit.EpochHeader{
		Number: f.Uint64(), Block: f.Uint64(), BlockHash: f.digest(), Time: f.Uint64(), Beacon: f.digest(), Nodes: f.digest(),
		Workers: f.digest(), Verifiers: f.digest(), Catalogue: f.digest(), Deposits: f.digest(), Policy: f.digest(),
		Generation: f.Uint64(), Signers: f.digest(), Previous: f.digest(),
	}
	check("EpochHeader", header, header.Hash(), v.ask("headerHash", toHeader(header)))
	batch := tacit.Batch{
		Dispatcher: f.address(), Number: f.Uint64(), Epoch: f.Uint64(), Leaves: f.digest(), Payouts: f.digest(), Debits: f.digest(), Total: f.Uint64(),
	}
	check("Batch", batch, batch.Hash(), v.ask("batchHash", toBatch(batch)))
	registration := tacit.Registration{Operator: f.address(), Key: f.address(), VRF: f.digest()}
	check("Registration", registration, registration.Hash(), v.ask("registrationHash", struct {
		Operator, Key common.Address
		Vrf           [32]byte
	}{address(registration.Operator), address(registration.Key), registration.VRF}))
	anchor := tacit.Anchor{Key: f.address(), Revision: f.Uint64(), Digest: f.digest(), Recoveries: f.Uint32()}
	check("Anchor", anchor, anchor.Hash(), v.ask("anchorHash", struct {
		Key        common.Address
		Revision   uint64
		Digest     [32]byte
		Recoveries uint32
	}{address(anchor.Key), anchor.Revision, anchor.Digest, anchor.Recoveries}))
	order := tacit.PolicyOrder{Generation: f.Uint64(), Digest: f.digest()}
	check("PolicyOrder", order, order.Hash(), v.ask("policyOrderHash", struct {
		Generation uint64
		Digest     [32]byte
	}{order.Generation, order.Digest}))
	member := tacit.Member{
		Index: f.Uint64(), Key: f.address(), Operator: f.address(), Stake: f.Uint64(), Start: f.Uint64(), Level: f.byte(), VRF: f.digest(), Region: f.string(),
	}
	check("Member leaf", member, member.Leaf(), v.ask("memberLeaf", toMember(member)))
	settlement := tacit.Settlement{Task: f.digest(), User: f.address(), Fee: f.Uint64(), Deadline: f.Uint64(), Receipt: f.digest()}
	check("Settlement leaf", settlement, settlement.Leaf(), v.ask("settlementLeaf", toSettlement(settlement)))
	payout := tacit.Payout{Payee: f.address(), Amount: f.Uint64()}
	check("Payout leaf", payout, payout.Leaf(), v.ask("payoutLeaf", toPayout(payout)))
	pool := tacit.PoolRoot{Root: f.digest(), Count: f.Uint64(), Total: f.Uint64()}
	check("PoolRoot", pool, pool.Digest(), v.ask("poolDigest", toPool(pool)))
	debits := several(f, func() tacit.Debit { return tacit.Debit{User: f.address(), Amount: f.Uint64()} })
	check("debits", debits, tacit.DebitsDigest(debits), v.ask("debitsDigest", mapAll(debits, toDebit)))
	params := f.params()
	check("Params", params, params.Digest(), v.ask("paramsDigest", toParams(params)))
	keys := tacit.EnclaveKeys{Seal: f.bytes(), Receipt: f.address()}
	check("EnclaveKeys", keys, keys.Hash(), v.ask("keysHash", keys.Seal.Digest(), address(keys.Receipt)))
	signers := several(f, f.address)
	check("signers", signers, tacit.SignersDigest(signers), v.ask("signersDigest", mapAll(signers, address)))
	epochs, genesis := f.address(), f.digest()
	domain := map[string]any{"chainId": 1337, "verifyingContract": epochs, "salt": genesis}
	check("domain", domain, wire.Domain(1337, epochs, genesis), v.ask("domainOf", address(epochs), genesis))
	network := f.digest()
	signed := map[string]any{"domain": network, "structHash": genesis}
	check("signed digest", signed, wire.Sign712(network, genesis), v.ask("sign712Of", network, genesis))
	answer := tacit.Answer{Assignment: f.digest(), Node: f.address(), Leaf: f.digest(), Code: f.digest()}
	check("Answer", answer, answer.Hash(), v.ask("answerHash", toAnswer(answer)))
	return out
}

// TestVectors compares every digest that both sides compute, on random values,
// and those of one seed with the committed file.
func TestVectors(t *testing.T) {
	v := newVectors(t)
	golden := v.all(filler{rand.New(rand.NewPCG(1, 2))})
	for seed := range uint64(40) {
		v.all(filler{rand.New(rand.NewPCG(seed, 7))})
	}
	text, err := json.MarshalIndent(golden, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	const file = "../contracts/testdata/vectors.json"
	if *update {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, text) {
		t.Errorf("%s is not what the contracts compute; run with -update if the formats were changed on purpose", file)
	}
}

// TestPathsCheckAlike compares Merkle paths made in Go with OpenZeppelin's
// verification for trees of every small size.
func TestPathsCheckAlike(t *testing.T) {
	v := newVectors(t)
	f := filler{rand.New(rand.NewPCG(3, 4))}
	for n := 1; n <= 17; n++ {
		leaves := make([]wire.Digest, n)
		for i := range leaves {
			leaves[i] = tacit.Payout{Payee: f.address(), Amount: f.Uint64()}.Leaf()
		}
		root := wire.PairRoot(leaves)
		for i := range leaves {
			path := wire.PairPath(leaves, i)
			good, err := v.abi.Pack("pathChecks", leaves[i], toPath(path), root)
			if err != nil {
				t.Fatal(err)
			}
			bad, err := v.abi.Pack("pathChecks", f.digest(), toPath(path), root)
			if err != nil {
				t.Fatal(err)
			}
			to := common.Address(v.at)
			if _, _, err := v.c.send(t.Context(), "check", (*wire.Address)(&to), good, 0); err != nil {
				t.Errorf("leaf %d of %d: %v", i, n, err)
			}
			_, _, err = v.c.send(t.Context(), "check", (*wire.Address)(&to), bad, 0)
			want(t, err, "BadPath", "CHAIN_PROOF")
		}
	}
}

// TestParamsOnChain reads the parameters and the network's ID back.
func TestParamsOnChain(t *testing.T) {
	w := newWorld(t)
	c := w.as("poster")
	if c.Params() != w.params {
		t.Errorf("params = %+v, want %+v", c.Params(), w.params)
	}
	d, err := call(t.Context(), c, nil, w.at.Epochs, c.epochs.PackParamsDigest(), c.epochs.UnpackParamsDigest)
	if err != nil || wire.Digest(d) != w.params.Digest() {
		t.Errorf("digest of params = %x, %v, want %s", d, err, w.params.Digest())
	}
	id, err := call(t.Context(), c, nil, w.at.Epochs, c.epochs.PackNetworkId(), c.epochs.UnpackNetworkId)
	if err != nil || wire.Digest(id) != w.network || c.Network() != w.network {
		t.Errorf("network = %x, %v, client %s, want %s", id, err, c.Network(), w.network)
	}
	if c.Genesis() != w.genesis.Digest() || c.Addresses() != w.at {
		t.Errorf("client has genesis %s and %+v", c.Genesis(), c.Addresses())
	}
}
