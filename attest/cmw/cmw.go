// Package cmw wraps evidence in the form in which attesters and verifiers of
// different makers hand messages on: a Conceptual Message Wrapper record
// (draft-ietf-rats-msg-wrap), in JSON or CBOR.
package cmw

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// MediaType is the type of Tacit's evidence: deterministic CBOR of attest.Evidence.
const MediaType = "application/vnd.tacit.evidence+cbor"

const label = "tacit/evidence/file"

// indEvidence is the indicator's bit for evidence.
const indEvidence = 4

// Most bounds a wrapped message, in bytes.
const Most = 4 << 20

// JSON wraps evidence as a JSON record.
func JSON(e attest.Evidence) ([]byte, error) {
	b, err := wire.Marshal(label, e)
	if err != nil {
		return nil, err
	}
	return json.Marshal([]any{MediaType, base64.RawURLEncoding.EncodeToString(b), indEvidence})
}

// CBOR wraps evidence as a CBOR record.
func CBOR(e attest.Evidence) ([]byte, error) {
	b, err := wire.Marshal(label, e)
	if err != nil {
		return nil, err
	}
	return wire.Record{Type: MediaType, Value: b, Ind: indEvidence}.Marshal()
}

// Open returns the evidence of a record in either form. What is no record, or
// wraps something else than evidence of Tacit, is API_FIELD.
func Open(b []byte) (attest.Evidence, error) {
	const op = "open wrapped evidence"
	var e attest.Evidence
	if len(b) > Most {
		return e, fault.New(fault.APISize, "%s: %d bytes, at most %d", op, len(b), Most)
	}
	r, err := open(b)
	if err != nil {
		return e, fault.New(fault.APIField, "%s: it is no CMW record: %w", op, err)
	}
	if r.Type != MediaType || r.Ind != 0 && r.Ind&indEvidence == 0 {
		return e, fault.New(fault.APIField, "%s: it holds %q, want evidence as %s", op, r.Type, MediaType)
	}
	if err := wire.Unmarshal(label, r.Value, &e); err != nil {
		return attest.Evidence{}, err
	}
	return e, e.Check()
}

func open(b []byte) (r wire.Record, err error) {
	if trimmed := bytes.TrimSpace(b); len(trimmed) == 0 || trimmed[0] != '[' {
		return r, r.Unmarshal(b)
	}
	var fields []json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return r, err
	}
	if len(fields) < 2 || len(fields) > 3 {
		return r, fault.New(fault.APIField, "%d members, want type, value and perhaps an indicator", len(fields))
	}
	var text string
	if err := json.Unmarshal(fields[0], &r.Type); err != nil {
		return r, err
	}
	if err := json.Unmarshal(fields[1], &text); err != nil {
		return r, err
	}
	if len(fields) == 3 {
		if err := json.Unmarshal(fields[2], &r.Ind); err != nil {
			return r, err
		}
	}
	r.Value, err = base64.RawURLEncoding.Strict().DecodeString(text)
	return r, err
}
