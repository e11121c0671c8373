package key

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"tacit/fault"
)

// ChannelSecretSize is the size of the secret that both ends of a channel have, in bytes.
const ChannelSecretSize = 32

// NewChannelSecret makes one from the system's randomness.
func NewChannelSecret() []byte {
	b := make([]byte, ChannelSecretSize)
	rand.Read(b) // never fails
	return b
}

// A Channel is one end of a two-way channel under a secret that both ends have: AES-256-GCM
// with a key for each direction (HKDF-SHA256), and the number of a message as its nonce. Whoever
// seals uses each number once. A Channel is safe for concurrent use.
type Channel struct{ out, in cipher.AEAD }

// NewChannel is an end of the channel of a secret and a context. The ends differ in first.
func NewChannel(secret, info []byte, first bool) (*Channel, error) {
	if len(secret) != ChannelSecretSize {
		return nil, fault.New(fault.KeySignature, "make channel: the secret has %d bytes, want %d", len(secret), ChannelSecretSize)
	}
	way := func(name string) (cipher.AEAD, error) {
		k, err := hkdf.Key(sha256.New, secret, info, "tacit/channel/"+name, 32)
		if err != nil {
			return nil, fmt.Errorf("make channel: %w", err)
		}
		defer clear(k)
		block, err := aes.NewCipher(k)
		if err != nil {
			return nil, fmt.Errorf("make channel: %w", err)
		}
		return cipher.NewGCM(block)
	}
	there, err := way("first")
	if err != nil {
		return nil, err
	}
	back, err := way("second")
	if err != nil {
		return nil, err
	}
	if first {
		return &Channel{there, back}, nil
	}
	return &Channel{back, there}, nil
}

func channelNonce(number uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), number)
}

// Seal encrypts the message of a number, behind prefix, which is not sealed.
func (c *Channel) Seal(prefix []byte, number uint64, message []byte) []byte {
	return c.out.Seal(prefix, channelNonce(number), message, nil)
}

// ChannelOverhead is how much longer a sealed message is, in bytes.
const ChannelOverhead = 16

// Open decrypts in place what the other end sealed under that number; anything else is
// KEY_SIGNATURE, without saying why.
func (c *Channel) Open(number uint64, sealed []byte) ([]byte, error) {
	plain, err := c.in.Open(sealed[:0], channelNonce(number), sealed, nil)
	if err != nil {
		return nil, fault.New(fault.KeySignature, "open message of a channel: it was not sealed in it under this number")
	}
	return plain, nil
}

// Format keeps the keys out of every print verb.
func (c *Channel) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "key.Channel") }
