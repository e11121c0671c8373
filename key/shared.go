package key

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"tacit/fault"
)

// A Shared is a secret that two ends have and nobody else: XChaCha20-Poly1305
// (draft-irtf-cfrg-xchacha-03) with a random nonce in front of each ciphertext. Like a
// Signer's, its secret stands behind a function; copies of a Shared are one secret.
type Shared struct{ held func() *held }

// held is a secret until it is erased.
type held struct {
	mu     sync.Mutex // guards what follows
	secret []byte     // nil once it is erased
}

func newShared(secret []byte) Shared {
	h := &held{secret: secret}
	return Shared{func() *held { return h }}
}

// NewShared makes a secret from the system's randomness.
func NewShared() Shared {
	b := make([]byte, chacha20poly1305.KeySize)
	rand.Read(b) // never fails
	return newShared(b)
}

// ParseShared takes 32 secret bytes, else it is API_FIELD. It keeps a copy.
func ParseShared(secret []byte) (Shared, error) {
	if len(secret) != chacha20poly1305.KeySize {
		return Shared{}, fault.New(fault.APIField, "parse shared key: it has %d bytes, not %d", len(secret), chacha20poly1305.KeySize)
	}
	return newShared(bytes.Clone(secret)), nil
}

// Secret returns a copy of the secret bytes, for a sealed message or store; none of one
// that was erased. The caller may clear them afterwards.
func (s Shared) Secret() []byte {
	h := s.held()
	h.mu.Lock()
	defer h.mu.Unlock()
	return bytes.Clone(h.secret)
}

// Erase overwrites the secret. Whoever seals or opens afterwards is refused, also one
// who does it at the same moment: nothing is ever sealed under what is left.
func (s Shared) Erase() {
	if s.held == nil {
		return
	}
	h := s.held()
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.secret)
	h.secret = nil
}

func (s Shared) aead() (cipher.AEAD, error) {
	if s.held == nil {
		return nil, fault.New(fault.KeySignature, "use shared key: there is none")
	}
	h := s.held()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.secret == nil {
		return nil, fault.New(fault.KeySignature, "use shared key: it was erased")
	}
	return chacha20poly1305.NewX(h.secret) // it copies
}

// Seal encrypts plaintext. context is what Open must repeat exactly.
func (s Shared) Seal(context, plaintext []byte) ([]byte, error) {
	a, err := s.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(plaintext)+a.Overhead())
	rand.Read(nonce) // never fails
	return a.Seal(nonce, nonce, plaintext, context), nil
}

// Open decrypts what the other end sealed with the same context; anything else is
// KEY_SIGNATURE, without saying why.
func (s Shared) Open(context, sealed []byte) ([]byte, error) {
	a, err := s.aead()
	if err != nil {
		return nil, err
	}
	if len(sealed) < a.NonceSize() {
		return nil, fault.New(fault.KeySignature, "open: too short")
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], context)
	if err != nil {
		return nil, fault.New(fault.KeySignature, "open: not sealed under this key in this context")
	}
	return plain, nil
}

// Format keeps the secret out of every print verb, also of a copied key.
func (s Shared) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key.Shared") }

// MarshalText refuses: a secret key is not part of any message.
func (s Shared) MarshalText() ([]byte, error) { return nil, errPrivate() }

// MarshalCBOR refuses likewise.
func (s Shared) MarshalCBOR() ([]byte, error) { return nil, errPrivate() }
