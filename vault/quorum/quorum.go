// Package quorum is what owners of a vault sign so that enough of them together can
// make its first token, unseal it, or name other owners.
//
// A share is a statement of one owner about one attempt at one vault, with an end. It
// stands where other vaults want a piece of their key, and reveals nothing: it is no
// secret, and worthless for anything but the attempt that it names.
package quorum

import (
	"encoding/base64"
	"strings"
	"time"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// What owners state. A Begin or Cancel is of one owner and stands where a token does.
const (
	Unseal = "unseal"
	Root   = "generate-root"
	Rekey  = "rekey"
	Begin  = "begin"
	Cancel = "cancel"
)

// Longest is how far in the future a statement may end.
const Longest = time.Hour

// A Statement is what one owner signs.
type Statement struct {
	Network wire.Digest `cbor:"1,keyasint"`
	Vault   string      `cbor:"2,keyasint"` // cluster_id of sys/health
	Purpose string      `cbor:"3,keyasint"`
	Nonce   string      `cbor:"4,keyasint"` // of the attempt; of a Begin or Cancel any that was never used
	Payload wire.Digest `cbor:"5,keyasint"` // of a Rekey the digest of the new owners, else zero
	Expires uint64      `cbor:"6,keyasint"` // second since 1970
}

// Digest is what is signed.
func (s Statement) Digest() wire.Digest { return wire.Hash("tacit/vault/share", s) }

// signed is a share on the wire.
type signed struct {
	Statement Statement     `cbor:"1,keyasint"`
	Signature key.Signature `cbor:"2,keyasint"`
}

const (
	prefix = "share."
	label  = "tacit/vault/signed"
	most   = 2048
)

// Sign is the share of one owner.
func Sign(by *key.Signer, s Statement) (string, error) {
	b, err := wire.Marshal(label, signed{s, by.Sign(s.Digest())})
	return prefix + base64.RawURLEncoding.EncodeToString(b), err
}

// Is reports whether a text is meant as a share.
func Is(text string) bool { return strings.HasPrefix(text, prefix) }

// Open returns what a share states and who signed it. What is no share is
// VAULT_QUORUM; whether the signer is an owner the caller must judge.
func Open(share string) (Statement, wire.Address, error) {
	text, ok := strings.CutPrefix(share, prefix)
	if !ok || len(text) > most {
		return Statement{}, wire.Address{}, fault.New(fault.VaultQuorum, "read share: it is none")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return Statement{}, wire.Address{}, fault.New(fault.VaultQuorum, "read share: it is no base64 in its one form")
	}
	var s signed
	if err := wire.Unmarshal(label, b, &s); err != nil {
		return Statement{}, wire.Address{}, fault.New(fault.VaultQuorum, "read share: %w", err)
	}
	who, err := key.Recover(s.Statement.Digest(), s.Signature)
	if err != nil {
		return Statement{}, wire.Address{}, fault.New(fault.VaultQuorum, "read share: %w", err)
	}
	return s.Statement, who, nil
}
