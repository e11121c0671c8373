package wire

import (
	"encoding/binary"

	"golang.org/x/crypto/sha3"
)

// Keccak is the Keccak-256 of the concatenated parts, as the EVM computes it.
func Keccak(parts ...[]byte) (d Digest) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(d[:0])
	return d
}

// Words builds the ABI encoding of a list of static values, 32 bytes each: the
// body of EIP-712's encodeData and of every leaf that a contract recomputes.
// Dynamic values are added as their hash, as EIP-712 demands.
type Words struct{ buf []byte }

// Typed starts the encoding of an EIP-712 struct of this type, written as
// EIP-712's encodeType.
func Typed(encodeType string) *Words {
	return new(Words).Digest(Keccak([]byte(encodeType)))
}

// Digest adds a bytes32.
func (w *Words) Digest(d Digest) *Words {
	w.buf = append(w.buf, d[:]...)
	return w
}

// Address adds an address.
func (w *Words) Address(a Address) *Words {
	w.buf = append(append(w.buf, make([]byte, 12)...), a[:]...)
	return w
}

// Uint adds an unsigned integer of any width up to 64 bits.
func (w *Words) Uint(v uint64) *Words {
	w.buf = binary.BigEndian.AppendUint64(append(w.buf, make([]byte, 24)...), v)
	return w
}

// Bool adds a boolean.
func (w *Words) Bool(v bool) *Words {
	if v {
		return w.Uint(1)
	}
	return w.Uint(0)
}

// Bytes adds the hash of dynamic bytes.
func (w *Words) Bytes(b []byte) *Words { return w.Digest(Keccak(b)) }

// String adds the hash of a string.
func (w *Words) String(s string) *Words { return w.Bytes([]byte(s)) }

// Hash is the Keccak-256 of what was added: an EIP-712 struct hash, if Typed
// began it.
func (w *Words) Hash() Digest { return Keccak(w.buf) }

// Sum is the SHA-256 of what was added, for where a second hash of the same
// words is wanted.
func (w *Words) Sum() Digest { return Sum(w.buf) }

// Leaf is the twice-hashed form that OpenZeppelin's Merkle trees use for
// leaves, so that a leaf is never mistaken for a node.
func (w *Words) Leaf() Digest {
	h := w.Hash()
	return Keccak(h[:])
}

// Array is the EIP-712 encoding of an array whose elements hash to these.
func Array(elements []Digest) Digest {
	parts := make([][]byte, len(elements))
	for i := range elements {
		parts[i] = elements[i][:]
	}
	return Keccak(parts...)
}

// Domain is the EIP-712 domain separator of one Tacit network, which is also
// its network ID: the chain, the root contract and the genesis file (as salt).
func Domain(chainID uint64, contract Address, genesis Digest) Digest {
	return Typed("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)").
		String("Tacit").String("1").Uint(chainID).Address(contract).Digest(genesis).Hash()
}

// Sign712 is the digest that is signed for a struct in a domain.
func Sign712(domain, structHash Digest) Digest {
	return Keccak([]byte{0x19, 0x01}, domain[:], structHash[:])
}
