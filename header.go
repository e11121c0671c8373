package tacit

import (
	"strconv"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// Version is the version of what is attested and signed. Contracts and images hold
// it, so that it changes with the network only.
const Version uint32 = 1

// Oldest and Newest are the versions of what processes say to each other that this
// one speaks. Two processes speak the newest that both know; a peer that knows none
// of them is PROTO_VERSION.
const (
	Oldest uint32 = 1
	Newest uint32 = 1
)

// A Genesis is the file that a network begins with and that every role pins.
// It is epoch header 0: it names the first nodes and the sets that sign the
// first headers. It holds no contract address, because the contracts hold its
// digest.
type Genesis struct {
	Name     string           `cbor:"1,keyasint" json:"name"`
	ChainID  uint64           `cbor:"2,keyasint" json:"chainId"`
	Params   Params           `cbor:"3,keyasint" json:"params"`
	Nodes    []Node           `cbor:"4,keyasint" json:"nodes"`
	Signers  []wire.Address   `cbor:"5,keyasint" json:"signers"` // sign the headers of epochs 1 and 2
	Policies attest.PolicySet `cbor:"6,keyasint" json:"policies"`
	Teaching bool             `cbor:"7,keyasint" json:"teaching"` // some policy names the simulated platform

	Governors Governors `cbor:"8,keyasint" json:"governors"`
}

// Digest identifies the genesis; the contracts and the network ID name it.
func (g Genesis) Digest() wire.Digest { return wire.Hash("tacit/genesis", g) }

// Network is the network ID of this genesis under a root contract.
func (g Genesis) Network(epochs wire.Address) wire.Digest {
	return wire.Domain(g.ChainID, epochs, g.Digest())
}

// Header is the genesis as header 0.
func (g Genesis) Header() EpochHeader {
	return EpochHeader{
		Nodes: wire.PairRoot(leaves(g.Nodes)), Policy: g.Policies.Digest(), Generation: g.Policies.Generation,
		Signers: SignersDigest(g.Signers), Previous: g.Digest(),
	}
}

// A SignedHeader is a header with the signatures of the set that signs it. Sigs
// is aligned with Signers; a zero signature is an absent one.
type SignedHeader struct {
	Header  EpochHeader     `cbor:"1,keyasint" json:"header"`
	Signers []wire.Address  `cbor:"2,keyasint" json:"signers"`
	Sigs    []key.Signature `cbor:"3,keyasint" json:"sigs"`
}

// Check reports CONS_HEADER unless more than two thirds of the distinct
// signers of the trusted set signed the header on this network.
func (s SignedHeader) Check(network, trusted wire.Digest) error {
	const op = "check epoch header"
	if SignersDigest(s.Signers) != trusted {
		return fault.New(fault.ConsHeader, "%s %d: it is signed by another set than its predecessor named", op, s.Header.Number)
	}
	if len(s.Sigs) != len(s.Signers) || len(s.Signers) > MaxSeats {
		return fault.New(fault.ConsHeader, "%s %d: %d signatures for %d signers", op, s.Header.Number, len(s.Sigs), len(s.Signers))
	}
	digest := wire.Sign712(network, s.Header.Hash())
	good := map[wire.Address]bool{}
	for i, who := range s.Signers {
		if s.Sigs[i] != (key.Signature{}) && key.Verify(who, digest, s.Sigs[i]) == nil {
			good[who] = true
		}
	}
	if 3*len(good) <= 2*len(s.Signers) {
		return fault.Denied(fault.ConsHeader, op, "signatures", "more than two thirds of "+strconv.Itoa(len(s.Signers)), strconv.Itoa(len(good)))
	}
	return nil
}

// A View is what a role believes of the chain: the newest header it verified,
// from its pinned genesis on. It is a value; Advance returns the next one.
type View struct {
	Network wire.Digest
	Genesis Genesis
	Header  EpochHeader
}

// NewView is the view of somebody who knows only the genesis.
func NewView(g Genesis, epochs wire.Address) View {
	return View{g.Network(epochs), g, g.Header()}
}

// Advance verifies a newer header. Headers between may be left out as long as
// the set that signs did not change; an older one is KEY_GENERATION, as is a
// generation of policies that went back.
func (v View) Advance(s SignedHeader) (View, error) {
	if s.Header.Number <= v.Header.Number {
		return v, fault.New(fault.KeyGeneration, "advance to epoch header %d: already at %d", s.Header.Number, v.Header.Number)
	}
	if s.Header.Generation < v.Header.Generation || s.Header.Block < v.Header.Block {
		return v, fault.New(fault.KeyGeneration, "advance to epoch header %d: its policy generation or block went back", s.Header.Number)
	}
	if err := s.Check(v.Network, v.Header.Signers); err != nil {
		return v, err
	}
	v.Header = s.Header
	return v, nil
}

// Epoch returns the number of the epoch that a block belongs to; start is the
// block of the contracts' deployment.
func (p Params) Epoch(start, block uint64) uint64 {
	if block < start {
		return 0
	}
	return (block - start) / p.EpochLength
}

// ProvenNode is a node with its path under EpochHeader.Nodes.
type ProvenNode struct {
	Node Node          `cbor:"1,keyasint" json:"node"`
	Path []wire.Digest `cbor:"2,keyasint" json:"path"`
}

// Check returns the node if it is under the header's root, else CHAIN_PROOF.
func (p ProvenNode) Check(h EpochHeader) (Node, error) {
	if !wire.VerifyPair(p.Node.Leaf(), p.Path, h.Nodes) {
		return Node{}, fault.New(fault.ChainProof, "check node %s: not under the root of epoch %d", p.Node.Key, h.Number)
	}
	return p.Node, nil
}

// ProvenEntry is a catalogue entry with its path under EpochHeader.Catalogue.
type ProvenEntry struct {
	Entry Entry         `cbor:"1,keyasint" json:"entry"`
	Path  []wire.Digest `cbor:"2,keyasint" json:"path"`
}

// Check returns the entry if it is under the header's root, else CHAIN_PROOF.
func (p ProvenEntry) Check(h EpochHeader) (Entry, error) {
	if !wire.VerifyPair(p.Entry.Leaf(), p.Path, h.Catalogue) {
		return Entry{}, fault.New(fault.ChainProof, "check entry %q: not under the root of epoch %d", p.Entry.Name, h.Number)
	}
	return p.Entry, nil
}

// ProvenDeposit is a deposit with its path under EpochHeader.Deposits.
type ProvenDeposit struct {
	Deposit Deposit       `cbor:"1,keyasint" json:"deposit"`
	Path    []wire.Digest `cbor:"2,keyasint" json:"path"`
}

// Check returns the deposit if it is under the header's root, else
// CHAIN_PROOF.
func (p ProvenDeposit) Check(h EpochHeader) (Deposit, error) {
	if !wire.VerifyPair(p.Deposit.Leaf(), p.Path, h.Deposits) {
		return Deposit{}, fault.New(fault.ChainProof, "check deposit of %s: not under the root of epoch %d", p.Deposit.User, h.Number)
	}
	return p.Deposit, nil
}
