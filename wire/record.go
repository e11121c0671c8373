package wire

import (
	"bytes"

	"tacit/fault"
)

// A Record is a typed value in a form that others define: a Conceptual Message
// Wrapper record in CBOR (draft-ietf-rats-msg-wrap). It has no label, and so no
// signature of Tacit is ever over one.
type Record struct {
	_     struct{} `cbor:",toarray"`
	Type  string
	Value []byte
	Ind   uint // kinds of message, a bit each
}

// Marshal encodes the record.
func (r Record) Marshal() ([]byte, error) {
	b, err := modes.enc.Marshal(r)
	if err != nil {
		return nil, fault.New(fault.APIField, "encode record: %w", err)
	}
	return b, nil
}

// Unmarshal decodes exactly what Marshal makes; anything else is API_FIELD.
func (r *Record) Unmarshal(b []byte) error {
	if len(b) > MaxMessage {
		return fault.New(fault.APISize, "decode record: %d bytes, at most %d", len(b), MaxMessage)
	}
	if err := modes.dec.Unmarshal(b, (*record)(r)); err != nil {
		return decodeFault("record", err)
	}
	if again, err := r.Marshal(); err != nil || !bytes.Equal(again, b) {
		return fault.New(fault.APIField, "decode record: it is not in its one encoding")
	}
	return nil
}

// record has no methods, which the codec would call.
type record Record
