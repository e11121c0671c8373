// Package wire says how Tacit's messages become bytes.
//
// There are two encodings and every message has exactly one. What a contract
// checks is EIP-712 typed data, whose struct hash is also the message's
// identity. Everything else is deterministic CBOR (RFC 8949, section 4.2)
// behind a context label, so that the bytes of one kind of message are never
// those of another. Decoding is strict: unknown, missing or repeated fields,
// trailing bytes, deep nesting and oversize are refused before anything is
// allocated for them.
package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// A Digest is a 32-byte hash: SHA-256 over labelled CBOR or content, or the
// Keccak-256 struct hash of typed data.
type Digest [32]byte

// Sum is the SHA-256 of raw content, such as a sealed file or a module.
func Sum(content []byte) Digest { return sha256.Sum256(content) }

// String is the digest in lower-case hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Short is the first eight hexadecimal digits, for people.
func (d Digest) Short() string { return hex.EncodeToString(d[:4]) }

// IsZero reports whether the digest was never set.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText writes the digest with the prefix 0x.
func (d Digest) MarshalText() ([]byte, error) { return []byte("0x" + d.String()), nil }

// UnmarshalText reads 64 hexadecimal digits after an optional 0x.
func (d *Digest) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(strings.TrimPrefix(string(text), "0x"))
	if err != nil || len(b) != len(d) {
		return fmt.Errorf("digest %q: want 64 hexadecimal digits", text)
	}
	copy(d[:], b)
	return nil
}

// An Address is an Ethereum account or contract.
type Address [20]byte

// String is the address in lower-case hexadecimal with 0x.
func (a Address) String() string { return "0x" + hex.EncodeToString(a[:]) }

// IsZero reports whether the address was never set.
func (a Address) IsZero() bool { return a == Address{} }

// MarshalText writes the address with the prefix 0x.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads 40 hexadecimal digits after an optional 0x.
func (a *Address) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(strings.TrimPrefix(string(text), "0x"))
	if err != nil || len(b) != len(a) {
		return fmt.Errorf("address %q: want 40 hexadecimal digits", text)
	}
	copy(a[:], b)
	return nil
}
