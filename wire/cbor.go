package wire

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"

	"github.com/fxamacker/cbor/v2"

	"tacit/fault"
)

// MaxMessage is the largest encoded message, in bytes; what is larger travels
// as a blob.
const MaxMessage = 4 << 20

// codec bundles the two immutable modes, made once.
type codec struct {
	enc cbor.UserBufferEncMode
	dec cbor.DecMode
}

var modes = newCodec()

func newCodec() codec {
	enc, err := cbor.EncOptions{
		Sort: cbor.SortCoreDeterministic, ShortestFloat: cbor.ShortestFloat16,
		NaNConvert: cbor.NaNConvertReject, InfConvert: cbor.InfConvertReject,
		IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		Time: cbor.TimeUnix, NilContainers: cbor.NilContainerAsEmpty,
	}.UserBufferEncMode()
	if err != nil {
		panic(err) // the options are constants: only a change of the library gets here
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden,
		TagsMd: cbor.TagsForbidden, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels: 16, MaxArrayElements: 1 << 17, MaxMapPairs: 1 << 12,
		UTF8: cbor.UTF8RejectInvalid, NaN: cbor.NaNDecodeForbidden, Inf: cbor.InfDecodeForbidden,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return codec{enc, dec}
}

// Marshal encodes v behind its context label. It fails only for values that
// have no encoding, such as NaN, and for messages above MaxMessage.
func Marshal(label string, v any) ([]byte, error) {
	head := prefix(label)
	b := bytes.NewBuffer(head)
	if err := modes.enc.MarshalToBuffer(v, b); err != nil {
		return nil, fault.New(fault.APIField, "encode %s: %w", label, err)
	}
	if body := b.Len() - len(head); body > MaxMessage {
		return nil, fault.New(fault.APISize, "encode %s: %d bytes, at most %d", label, body, MaxMessage)
	}
	return b.Bytes(), nil
}

// Unmarshal decodes a message of this label into v, a pointer to a struct. The
// bytes must be exactly what Marshal makes of the result: an unknown, missing
// or repeated field (which the fault names), another label, another encoding of
// the same value or a byte too many is API_FIELD; more than MaxMessage bytes,
// 16 levels or 131,072 elements of one list are API_SIZE. After a fault v may
// hold part of the message.
func Unmarshal(label string, data []byte, v any) error {
	if len(data) > MaxMessage+64 {
		return fault.New(fault.APISize, "decode %s: %d bytes, at most %d", label, len(data), MaxMessage)
	}
	body, ok := bytes.CutPrefix(data, prefix(label))
	if !ok {
		return fault.New(fault.APIField, "decode %s: the message has another label", label)
	}
	if err := modes.dec.Wellformed(body); err != nil {
		return decodeFault(label, err)
	}
	var s shape
	if _, err := s.match(reflect.TypeOf(v).Elem(), body); err != nil {
		return fault.New(fault.APIField, "decode %s: %v", label, err)
	}
	if err := modes.dec.Unmarshal(body, v); err != nil {
		return decodeFault(label, err)
	}
	if !s.loose {
		return nil // the shape leaves no other encoding
	}
	again, err := modes.enc.Marshal(reflect.ValueOf(v).Elem().Interface())
	if err != nil || !bytes.Equal(again, body) {
		return fault.New(fault.APIField, "decode %s: a field is missing or not in its one encoding", label)
	}
	return nil
}

// decodeFault tells input that is too deep or has too many elements from input
// that is merely wrong.
func decodeFault(label string, err error) error {
	var nested *cbor.MaxNestedLevelError
	var array *cbor.MaxArrayElementsError
	var pairs *cbor.MaxMapPairsError
	if errors.As(err, &nested) || errors.As(err, &array) || errors.As(err, &pairs) {
		return fault.New(fault.APISize, "decode %s: %v", label, err)
	}
	return fault.New(fault.APIField, "decode %s: %v", label, err)
}

// Hash is the SHA-256 of the labelled encoding, the identity of every message
// that no contract checks. It panics only for values that Marshal refuses,
// which typed messages never are.
func Hash(label string, v any) Digest {
	b, err := Marshal(label, v)
	if err != nil {
		panic(fmt.Sprintf("hash of an unencodable value: %v", err))
	}
	return sha256.Sum256(b)
}

// prefix is the head of a two-element array and its first element, the label,
// so that a labelled message is itself well-formed CBOR.
func prefix(label string) []byte {
	head, err := modes.enc.Marshal(label)
	if err != nil {
		panic(err) // a label is a constant of this program
	}
	return append([]byte{0x82}, head...)
}
