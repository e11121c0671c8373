package settle

import (
	"encoding/json"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/settle/bindings"
	"tacit/wire"
)

// FuzzReportFile reads a report as 'tacit network report' does and turns it into
// calls: whatever parts it has or lacks, there are calls or a refusal.
func FuzzReportFile(f *testing.F) {
	c := &Client{registry: bindings.NewRegistry(), escrow: bindings.NewEscrow(), direct: bindings.NewDirect()}
	shown := tacit.Shown{Path: []wire.Digest{{1}}}
	for _, d := range []tacit.Dispute{
		{Kind: tacit.DisputeVotes, Votes: make([]tacit.Signed[tacit.Vote], 2)},
		{Kind: tacit.DisputeAcceptances, Acceptances: make([]tacit.Signed[tacit.Acceptance], 2)},
		{Kind: tacit.DisputeReserved, Acceptances: make([]tacit.Signed[tacit.Acceptance], 1), Headers: make([]tacit.EpochHeader, 1), Deposits: make([]tacit.ProvenDeposit, 1)},
		{Kind: tacit.DisputeEvidence, Votes: make([]tacit.Signed[tacit.Vote], 1), Tasks: make([]tacit.Signed[tacit.Task], 1), Assignments: make([]tacit.Assignment, 1), Evidence: []attest.Evidence{{Scheme: "sim", Report: make([]byte, 80)}}},
		{Kind: tacit.DisputeDuplicate, Shown: []tacit.Shown{shown, shown}},
		{Kind: tacit.DisputeLate, Shown: []tacit.Shown{shown}},
		{Kind: tacit.DisputeLeaf, Shown: []tacit.Shown{shown}, Tasks: make([]tacit.Signed[tacit.Task], 1)},
		{Kind: tacit.DisputeSignature, Shown: []tacit.Shown{shown}, Tasks: make([]tacit.Signed[tacit.Task], 1), LeafSigs: make([]key.Signature, 1), Receipts: make([]wire.Address, 1)},
		{Kind: tacit.DisputeDirect, Shown: []tacit.Shown{shown}},
	} {
		d.Debits = make([]tacit.Debit, 1)
		if p, err := c.plead(f.Context(), d); err != nil || len(p.act) < 4 {
			f.Fatalf("twin: %s: %v", d.Kind, err)
		}
		b, err := json.Marshal(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d tacit.Dispute
		if json.Unmarshal(b, &d) != nil {
			return
		}
		if len(d.Debits) == 0 {
			d.Debits = make([]tacit.Debit, 1) // else it asks a chain
		}
		if p, err := c.plead(t.Context(), d); err != nil && fault.Of(err) != fault.APIField || err == nil && (len(p.judge) < 4 || len(p.act) < 4) {
			t.Fatalf("%s: %d and %d bytes, %v", b, len(p.judge), len(p.act), err)
		}
	})
}
