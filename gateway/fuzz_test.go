package gateway

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func FuzzPostBatch(f *testing.F) {
	payouts := []tacit.Payout{{Payee: wire.Address{1}, Amount: 2}, {Payee: wire.Address{3}, Amount: 4}}
	req := tacit.PostBatchRequest{Batch: tacit.Batch{Payouts: wire.PairRoot(tacit.PayoutLeaves(payouts))}, Payouts: payouts}
	if err := checkPayouts(req); err != nil {
		f.Fatalf("twin: the signed payouts: %v", err)
	}
	signed := req.Batch.Payouts
	b, err := wire.Marshal(dueLabel, req)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m tacit.PostBatchRequest
		if err := wire.Unmarshal(dueLabel, data, &m); err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APISize {
				t.Fatalf("decode: %v", err)
			}
			return
		}
		m.Batch.Payouts = signed
		if err := checkPayouts(m); err == nil && (len(m.Payouts) != 2 || m.Payouts[0] != payouts[0] || m.Payouts[1] != payouts[1]) {
			t.Fatalf("other payouts pass: %+v", m.Payouts)
		}
	})
}
