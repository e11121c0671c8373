// Package vrf is the randomness that nobody can choose: the verifiable random
// function of RFC 9381 (suite ECVRF-EDWARDS25519-SHA512-ELL2), the tickets
// that admit nodes to a pool, and the picks of a draw.
//
// A key's output for an input is unique, so a node can withhold its output but
// not choose it. The package trusts nobody: every output is checked against
// the key that was registered before the input was known.
package vrf

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519/extra/ecvrf"

	voi "github.com/oasisprotocol/curve25519-voi/primitives/ed25519"

	"tacit/fault"
	"tacit/wire"
)

// ProofSize is the size of a proof (pi) in bytes.
const ProofSize = ecvrf.ProofSize

// A Beta is the output of the function: 64 bytes, uniform to everybody who does
// not have the key.
type Beta [64]byte

// A Key is the private key of one node's VRF.
//
// The secret stands behind a function, because print verbs reach through
// pointers into the unexported fields of other structs without asking Format.
type Key struct{ secret func() ed25519.PrivateKey }

func newKey(private ed25519.PrivateKey) *Key {
	return &Key{func() ed25519.PrivateKey { return private }}
}

// New makes a key from the system's randomness.
func New() (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make VRF key: %w", err)
	}
	return newKey(private), nil
}

// Parse takes a key's 32 secret bytes.
func Parse(seed []byte) (*Key, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fault.New(fault.APIField, "parse VRF key: %d bytes, want %d", len(seed), ed25519.SeedSize)
	}
	return newKey(ed25519.NewKeyFromSeed(seed)), nil
}

// Secret returns the 32 secret bytes, for a file of mode 0600 or a sealed
// store.
func (k *Key) Secret() []byte { return k.secret().Seed() }

// Public is the public key as the registry keeps it.
func (k *Key) Public() (d wire.Digest) {
	copy(d[:], k.secret().Public().(ed25519.PublicKey))
	return d
}

// Prove returns the proof (pi) for an input (alpha).
func (k *Key) Prove(alpha []byte) []byte {
	return ecvrf.Prove(voi.PrivateKey(k.secret()), alpha)
}

// Format keeps the secret out of every print verb, also of a copied key.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "vrf.Key") }

// MarshalText refuses: a private key is not part of any message.
func (k Key) MarshalText() ([]byte, error) { return nil, errPrivate() }

// MarshalCBOR refuses likewise.
func (k Key) MarshalCBOR() ([]byte, error) { return nil, errPrivate() }

func errPrivate() error { return fault.New(fault.Internal, "marshal private key: refused") }

// Verify returns the output that pi proves for this key and input, or
// VRF_INVALID. Keys of small order and non-canonical encodings are refused
// (RFC 9381, section 5.6.1).
func Verify(public wire.Digest, alpha, pi []byte) (beta Beta, err error) {
	if len(pi) != ProofSize {
		return beta, fault.New(fault.VRFInvalid, "verify VRF proof: %d bytes, want %d", len(pi), ProofSize)
	}
	k := proof{public, sha256.Sum256(alpha), [ProofSize]byte(pi)}
	if beta, ok := verified.Get(k); ok {
		return beta, nil
	}
	ok, out := ecvrf.Verify(voi.PublicKey(public[:]), pi, alpha)
	if !ok || len(out) != len(beta) {
		return beta, fault.New(fault.VRFInvalid, "verify VRF proof of key %s", public.Short())
	}
	copy(beta[:], out)
	verified.Put(k, beta)
	return beta, nil
}

// proof is a proof with what it was verified for.
type proof struct {
	public wire.Digest
	alpha  [sha256.Size]byte
	pi     [ProofSize]byte
}

// verified remembers outputs of proofs that hold: a task's parts of the seed
// are checked again at each of its steps.
var verified = wire.NewMemo[proof, Beta](4096)

// Output is the output of a proof that Prove has just made: unlike Verify it
// believes the proof.
func Output(pi []byte) (beta Beta, err error) {
	out, err := ecvrf.ProofToHash(pi)
	if err != nil || len(out) != len(beta) {
		return beta, fault.New(fault.VRFInvalid, "read VRF proof: it has no output")
	}
	copy(beta[:], out)
	return beta, nil
}

// TicketAlpha is the input of the ticket that admits a node to the pool of a
// role in an epoch. beacon is that of the epoch before.
func TicketAlpha(network wire.Digest, role uint16, epoch uint64, beacon wire.Digest) []byte {
	d := new(wire.Words).String("tacit/ticket").Digest(network).Uint(uint64(role)).Uint(epoch).Digest(beacon).Hash()
	return d[:]
}

// DrawAlpha is the input that the dispatcher and every owner's manager answer
// for a task.
func DrawAlpha(network, beacon, task wire.Digest) []byte {
	d := new(wire.Words).String("tacit/draw").Digest(network).Digest(beacon).Digest(task).Hash()
	return d[:]
}

// Admitted reports whether a ticket wins: with at most target nodes of the
// role all do, else with probability target*stake/total.
func Admitted(beta Beta, stake, total uint64, nodes, target int) bool {
	if nodes <= target {
		return true
	}
	left := new(big.Int).SetBytes(beta[:16])
	left.Mul(left, new(big.Int).SetUint64(total))
	right := new(big.Int).Mul(big.NewInt(int64(target)), new(big.Int).SetUint64(stake))
	return left.Cmp(right.Lsh(right, 128)) < 0
}

// Seed joins the outputs of the dispatcher and of the managers, in the order of
// the managers' accounts, into the seed of a task's draw.
func Seed(dispatcher Beta, managers []Beta) wire.Digest {
	w := new(wire.Words).String("tacit/seed").Bytes(dispatcher[:])
	for i := range managers {
		w.Bytes(managers[i][:])
	}
	return w.Hash()
}

// Pick is number i of the endless list of numbers below total that a seed
// gives for a purpose. 128 bits are reduced, so the bias is below 2^-64.
func Pick(seed wire.Digest, purpose string, i, total uint64) uint64 {
	if total == 0 {
		return 0
	}
	h := new(wire.Words).String(purpose).Digest(seed).Uint(i).Hash()
	hi, lo := binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16])
	n := new(big.Int).SetUint64(hi)
	n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(lo))
	return n.Mod(n, new(big.Int).SetUint64(total)).Uint64()
}
