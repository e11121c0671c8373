package tpm

import (
	"bytes"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

const (
	reportLabel     = "tacit/tpm/report"
	collateralLabel = "tacit/tpm/collateral"
	eventLabel      = "tacit/tpm/event"
)

// report follows the report data in the evidence.
type report struct {
	Public    []byte   `cbor:"1,keyasint"` // the attestation key, a TPMT_PUBLIC
	Quote     []byte   `cbor:"2,keyasint"` // a TPMS_ATTEST
	Signature []byte   `cbor:"3,keyasint"` // a TPMT_SIGNATURE
	Registers [][]byte `cbor:"4,keyasint"` // PCRs 0 to 15
}

// collateral is the first piece; the pieces after it hold the logs, one behind
// the other. A real machine's boot log is larger than one piece.
type collateral struct {
	Certificates [][]byte `cbor:"1,keyasint"` // of the key first, its root left out
	Boot         uint32   `cbor:"2,keyasint"` // bytes of the boot log
	IMA          uint32   `cbor:"3,keyasint"` // bytes of IMA's log
	Events       []Event  `cbor:"4,keyasint"` // run-time events
}

// The kinds of run-time events.
const (
	KindProgram = "program" // code that the machine runs from then on
	KindConfig  = "config"  // what changes the behaviour of code
	KindGuest   = "guest"   // code that ran behind walls and is gone
)

// An Event is something that was measured at run time into PCR 15.
type Event struct {
	Kind   string      `cbor:"1,keyasint"`
	Digest wire.Digest `cbor:"2,keyasint"`
}

// measured is what an event extends PCR 15 by.
func (e Event) measured() wire.Digest { return wire.Hash(eventLabel, e) }

func (e Event) known() bool {
	return e.Kind == KindProgram || e.Kind == KindConfig || e.Kind == KindGuest
}

// logs are all that must explain the registers.
type logs struct {
	boot, ima []byte
	events    []Event
}

const (
	piece  = 64 << 10 // of collateral, at most
	pieces = 15       // that hold logs
)

// open takes evidence apart. There is one way to put it together.
func open(e attest.Evidence) (data attest.ReportData, r report, c collateral, l logs, err error) {
	bad := func(why string) error { return fault.New(fault.EvidForged, "verify TPM evidence: %s", why) }
	if len(e.Report) < len(data) || len(e.Collateral) == 0 {
		return data, r, c, l, bad("a part is missing")
	}
	copy(data[:], e.Report)
	if err := wire.Unmarshal(reportLabel, e.Report[len(data):], &r); err != nil {
		return data, r, c, l, bad("the report does not parse")
	}
	if err := wire.Unmarshal(collateralLabel, e.Collateral[0], &c); err != nil {
		return data, r, c, l, bad("the collateral does not parse")
	}
	for i, p := range e.Collateral[1:] {
		if len(p) == 0 || len(p) > piece || len(p) < piece && i < len(e.Collateral)-2 {
			return data, r, c, l, fault.New(fault.EvidLog, "verify TPM evidence: the logs are cut at other places than they must")
		}
	}
	all := bytes.Join(e.Collateral[1:], nil)
	if uint64(c.Boot)+uint64(c.IMA) != uint64(len(all)) {
		return data, r, c, l, fault.New(fault.EvidLog, "verify TPM evidence: %d bytes of logs, want %d", len(all), uint64(c.Boot)+uint64(c.IMA))
	}
	return data, r, c, logs{all[:c.Boot], all[c.Boot:], c.Events}, nil
}

// assemble puts evidence together.
func assemble(data attest.ReportData, r report, certificates [][]byte, l logs) (attest.Evidence, error) {
	body, err := wire.Marshal(reportLabel, r)
	if err != nil {
		return attest.Evidence{}, err
	}
	first, err := wire.Marshal(collateralLabel, collateral{certificates, uint32(len(l.boot)), uint32(len(l.ima)), l.events})
	if err != nil {
		return attest.Evidence{}, err
	}
	e := attest.Evidence{Scheme: attest.SchemeTPM, Report: append(data[:], body...), Collateral: [][]byte{first}}
	for all := append(bytes.Clone(l.boot), l.ima...); len(all) > 0; all = all[min(piece, len(all)):] {
		e.Collateral = append(e.Collateral, all[:min(piece, len(all))])
	}
	if len(e.Collateral) > 1+pieces || len(first) > piece {
		return attest.Evidence{}, fault.New(fault.EvidLog, "make TPM evidence: the logs of this boot are too long to be shown; restart the machine")
	}
	return e, nil
}
