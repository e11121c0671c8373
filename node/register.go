package node

import (
	"path/filepath"

	"tacit"
	"tacit/key"
	"tacit/vrf"
	"tacit/wire"
)

// A Registration is what a node's key says to be registered, written where its
// operator finds it.
type Registration struct {
	Key wire.Address  `json:"key"`
	VRF wire.Digest   `json:"vrf"`
	Sig key.Signature `json:"sig"`
}

// Names of a node's key files in its folder.
const (
	KeyFile = "node.key" // signs
	VRFFile = "vrf.key"  // draws
)

// MakeKeys makes the keys of a node outside of an enclave, in the folder dir. It never
// overwrites one (API_PATH).
func MakeKeys(dir string) error {
	k, err := key.NewSigner()
	if err != nil {
		return err
	}
	v, err := vrf.New()
	if err != nil {
		return err
	}
	if err := WriteSecret(filepath.Join(dir, KeyFile), k.Secret()); err != nil {
		return err
	}
	return WriteSecret(filepath.Join(dir, VRFFile), v.Secret())
}

// Register is what keys say to be registered for an operator. The registry takes a
// key from nobody else, so that nobody is blamed or paid for a key of another's.
func Register(network wire.Digest, operator wire.Address, k *key.Signer, v *vrf.Key) Registration {
	r := tacit.Registration{Operator: operator, Key: k.Address(), VRF: v.Public()}
	return Registration{Key: r.Key, VRF: r.VRF, Sig: tacit.Sign(network, k, r).Sig}
}

// Node is what the registry is to hold of a node with one role: an end point only where
// others call it, a platform's level only where enclaves run.
func (r Registration) Node(g tacit.Genesis, role tacit.Role, stake tacit.Money, region, endpoint string) (tacit.Node, error) {
	n := tacit.Node{Key: r.Key, Roles: role, Stake: stake, VRF: r.VRF, Region: region, Endpoint: endpoint}
	switch role {
	case tacit.RoleWorker:
		p, err := g.Policies.For(uint16(tacit.RoleEnclave))
		if err != nil {
			return n, err
		}
		n.Level, n.Endpoint = p.Level, ""
	case tacit.RoleVerifier:
		n.Endpoint = ""
	}
	return n, nil
}
