package wire

import (
	"github.com/fxamacker/cbor/v2"

	"tacit/fault"
)

// foreign reads what others encode: keys in any order and parts of unknown length, and
// nothing else that leaves room. Every structure that is read so is small.
var foreign = func() cbor.DecMode {
	m, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, TagsMd: cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, MaxNestedLevels: 4, MaxArrayElements: 16, MaxMapPairs: 32,
		UTF8: cbor.UTF8RejectInvalid,
	}.DecMode()
	if err != nil {
		panic(err) // the options are constants: only a change of the library gets here
	}
	return m
}()

// DecodeForeign decodes CBOR (RFC 8949) that others define, without a label, into v. A
// key twice, an unknown field, a tag or a byte too many is API_FIELD. What v does not
// name in a list is missed by length.
func DecodeForeign(data []byte, v any) error {
	if err := foreign.Unmarshal(data, v); err != nil {
		return fault.New(fault.APIField, "decode CBOR: %w", err)
	}
	return nil
}

// EncodeForeign encodes v as CBOR without a label, for others to read or to sign.
func EncodeForeign(v any) ([]byte, error) {
	b, err := modes.enc.Marshal(v)
	if err != nil {
		return nil, fault.New(fault.APIField, "encode CBOR: %w", err)
	}
	return b, nil
}
