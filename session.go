package tacit

import (
	"encoding/binary"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A session is one task whose enclave answers many requests before it ends. Its user opens
// a channel to the enclave's attested key, through the dispatcher and the worker, who carry
// what they cannot read. Requests of a channel are numbered from 1 and each number is used
// once. What was answered stands in a Merkle tree whose root the enclave signs whenever it
// is asked, and at the end in its receipt.

// SessionParams is the part of a session's parameters that every engine has.
type SessionParams struct {
	Operation string `json:"operation"` // OperationServe
	Requests  uint64 `json:"requests"`  // most of them; 0 is as many as its time and fuel allow
}

// OperationServe is the operation of a session.
const OperationServe = "serve"

// Bounds of a session.
const (
	MostChannels = 64
	// MostRequest bounds a request and an answer in bytes: what a message carries but for
	// what it is wrapped in.
	MostRequest = wire.MaxMessage - 4096
)

// SessionHello is the user's word for a channel to one enclave.
type SessionHello struct {
	Task       wire.Digest `cbor:"1,keyasint" json:"task"`
	Assignment wire.Digest `cbor:"2,keyasint" json:"assignment"` // struct hash
	Place      uint8       `cbor:"3,keyasint" json:"place"`
	Keys       wire.Digest `cbor:"4,keyasint" json:"keys"`    // EnclaveKeys.Hash
	Channel    wire.Digest `cbor:"5,keyasint" json:"channel"` // SHA-256 of the channel's secret
}

// Hash is the EIP-712 struct hash.
func (h SessionHello) Hash() wire.Digest {
	return wire.Typed("SessionHello(bytes32 task,bytes32 assignment,uint8 place,bytes32 keys,bytes32 channel)").
		Digest(h.Task).Digest(h.Assignment).Uint(uint64(h.Place)).Digest(h.Keys).Digest(h.Channel).Hash()
}

// Info is the context under which a SessionOpen is sealed, and that of its channel.
func (h SessionHello) Info(network wire.Digest) []byte {
	d := wire.Sign712(network, h.Hash())
	return append([]byte("tacit/session/"), d[:]...)
}

// SessionOpen is what opens a channel, sealed to the enclave's key behind the Hello.
type SessionOpen struct {
	Hello  Signed[SessionHello] `cbor:"1,keyasint"`
	Sealed []byte               `cbor:"2,keyasint"` // the secret, under Info
}

// A SessionRequest goes to the enclave of a place.
type SessionRequest struct {
	Task    wire.Digest   `cbor:"1,keyasint"`
	Attempt uint8         `cbor:"2,keyasint"`
	Place   uint8         `cbor:"3,keyasint"`
	Channel wire.Digest   `cbor:"4,keyasint"`
	Number  uint64        `cbor:"5,keyasint"`           // of the channel's message, from 1; 0 opens it
	Body    []byte        `cbor:"6,keyasint"`           // the message, sealed in the channel
	Open    []SessionOpen `cbor:"7,keyasint,omitempty"` // one, where Number is 0
}

// A SessionReply is an answer, sealed in the channel under the request's number.
type SessionReply struct {
	Body []byte `cbor:"1,keyasint"`
}

// The first byte of a message in a channel: what is asked, or how it was answered.
const (
	SessionAsk     byte = 1 // a request for the engine follows
	SessionSum     byte = 2 // what was answered so far is to be signed
	SessionEnd     byte = 3 // no more requests come, through this or any other channel
	SessionAnswer  byte = 4 // 8 bytes, the answer's index in the channel's tree, and the answer follow
	SessionRefusal byte = 5 // the same, then a code, a line break and a text
	SessionSigned  byte = 6 // Signed[SessionReceipt] follows, of SessionSum and SessionEnd
)

// SessionReceipt is an enclave's word about the requests of a channel that it has answered,
// signed with the key that its evidence binds.
type SessionReceipt struct {
	Hello    wire.Digest `cbor:"1,keyasint" json:"hello"` // SessionHello.Hash
	Requests uint64      `cbor:"2,keyasint" json:"requests"`
	Root     wire.Digest `cbor:"3,keyasint" json:"root"` // wire.MerkleRoot of SessionLeaf of each, in the order in which they were answered
}

// Hash is the EIP-712 struct hash.
func (r SessionReceipt) Hash() wire.Digest {
	return wire.Typed("SessionReceipt(bytes32 hello,uint64 requests,bytes32 root)").Digest(r.Hello).Uint(r.Requests).Digest(r.Root).Hash()
}

// SessionReceiptLabel is the context of a SessionReceipt's encoding.
const SessionReceiptLabel = "tacit/session/receipt"

// SessionLeaf is what a session's tree has of a request and its answer: both are whole
// messages of the channel, with their first byte; the answer's index does not count.
func SessionLeaf(number uint64, request, answer wire.Digest) wire.Digest {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 72), number)
	b = append(b, request[:]...)
	return wire.LeafHash(append(b, answer[:]...))
}

// SessionAnswerHead is how long what stands before an answer is, in bytes.
const SessionAnswerHead = 1 + 8

// SealSecret makes what opens a channel of that secret to an enclave.
func (h SessionHello) SealSecret(network wire.Digest, user *key.Signer, to key.Recipient, secret []byte) (SessionOpen, error) {
	sealed, err := to.Seal(h.Info(network), secret)
	return SessionOpen{Hello: Sign(network, user, h), Sealed: sealed}, err
}

// OpenSecret is the secret in it, if the user of the task meant this enclave and nothing
// else; KEY_SIGNATURE if not.
func (o SessionOpen) OpenSecret(network wire.Digest, user wire.Address, want SessionHello, own *key.Sealer) ([]byte, error) {
	hello, err := o.Hello.Check(network, user)
	if err != nil {
		return nil, err
	}
	want.Channel = hello.Channel
	if hello != want {
		return nil, fault.New(fault.KeySignature, "open channel: it is meant for another task, attempt or enclave")
	}
	secret, err := own.Open(hello.Info(network), o.Sealed)
	if err != nil {
		return nil, err
	}
	if wire.Sum(secret) != hello.Channel {
		return nil, fault.New(fault.KeySignature, "open channel: its secret is not the one that the user signed")
	}
	return secret, nil
}

// OpenedReply is what a user judges before he tells an enclave anything.
type OpenedReply struct {
	Case Case `cbor:"1,keyasint"`
}
