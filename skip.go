package tacit

import (
	"fmt"

	"tacit/fault"
	"tacit/wire"
)

// Why the drawn worker of an attempt was passed over.
const (
	SkipRefused uint8 = 1 // it says so itself, with Code
	SkipSilent  uint8 = 2 // it was away or did not answer in time
	SkipFailed  uint8 = 3 // it did its part, but something else failed, with Code
	SkipRestart uint8 = 4 // the dispatcher was started again meanwhile: an attempt is begun at most once
)

// skipTexts are the reasons for people.
var skipTexts = map[uint8]string{SkipRefused: "refused", SkipSilent: "did not answer", SkipFailed: "failed", SkipRestart: "the dispatcher was started again"}

// A Skip is the evidence of why an attempt was not the last: the refusal that its
// worker signed, or else what its dispatcher journalled before it went on and
// signs for. A refusal anybody can check. Of a time-out anybody can check that the
// dispatcher stands by it, not that it happened.
type Skip struct {
	Task    wire.Digest  `cbor:"1,keyasint" json:"task"`
	Attempt uint8        `cbor:"2,keyasint" json:"attempt"`
	Worker  wire.Address `cbor:"3,keyasint" json:"worker"`
	Reason  uint8        `cbor:"4,keyasint" json:"reason"`
	Code    string       `cbor:"5,keyasint" json:"code"`
	Waited  uint64       `cbor:"6,keyasint" json:"waited"` // milliseconds that the attempt took, by the dispatcher's clock; 0 in a refusal
}

// Hash is what is signed.
func (s Skip) Hash() wire.Digest { return wire.Hash("tacit/skip", s) }

// String is the skip for people.
func (s Skip) String() string {
	text := skipTexts[s.Reason]
	if s.Code != "" {
		text += " with " + s.Code
	}
	if s.Reason == SkipSilent {
		text += fmt.Sprintf(" within %.1f s", float64(s.Waited)/1000)
	}
	return text
}

// checkSkips holds the evidence of earlier attempts against the draw: one for
// each, of its drawn worker, signed by who must. Otherwise a dispatcher could pass
// over whom it does not like unseen: CONS_FIELD, or KEY_SIGNATURE.
func checkSkips(network wire.Digest, skips []Signed[Skip], task wire.Digest, attempt uint8, workers []Member, dispatcher wire.Address) error {
	const op = "check skipped workers"
	if len(skips) != int(attempt)-1 {
		return fault.Denied(fault.ConsField, op, "evidence for every earlier attempt", fmt.Sprint(attempt-1), fmt.Sprint(len(skips)))
	}
	for i, s := range skips {
		b := s.Body
		if b.Task != task || int(b.Attempt) != i+1 || b.Worker != workers[i].Key || skipTexts[b.Reason] == "" {
			return fault.New(fault.ConsField, "%s: the evidence for attempt %d is about something else", op, i+1)
		}
		by := dispatcher
		if b.Reason == SkipRefused {
			by = b.Worker
		}
		if _, err := s.Check(network, by); err != nil {
			return err
		}
	}
	return nil
}
