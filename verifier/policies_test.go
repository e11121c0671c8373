package verifier_test

import (
	"slices"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
)

// case N17 code EVID_DENIED check receipt.go:AppraiseNow
func TestN17DeniedEvidenceIsVotedAgainstFromTheNextEpochOn(t *testing.T) {
	for _, tt := range []struct {
		name  string
		chip  func(w *world) string
		under bool // the task is under way when the order comes
		want  fault.Code
	}{
		{"of a task under way", func(w *world) string { return w.Vendor.Hardware() }, true, fault.EvidDenied},
		{"of a task that comes after", func(w *world) string { return w.Vendor.Hardware() }, false, fault.EvidDenied},
		{"twin: another chip, of a task that comes after", func(*world) string { return "sim-other" }, false, ""},
		{"twin: another chip, of a task under way", func(*world) string { return "sim-other" }, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.Govern(true, func(s *attest.PolicySet) {
				s.Denied = []attest.Denial{{Scheme: attest.SchemeSim, Hardware: tt.chip(w)}}
			})
			w.Epoch()
			if !tt.under {
				task := w.a.Case.Task.Body
				task.Nonce++
				w.a = w.Draw(w.Accept(task, w.a.Case.Service.Entry, w.a.Case.Datasets[0].Entry), w.a.Managers...).Assign(1).Quote(nil)
			}
			v, end := w.verifier(t, w.seated(true))
			defer end()
			vote, err := v.Appraise(t.Context(), w.a.Case)
			want(t, err, "")
			if vote.Body.Accept != (tt.want == "") || vote.Body.Code != w.a.Subject().Vote(false, tt.want).Code && tt.want != "" {
				t.Errorf("the vote is %+v, want one with %q", vote.Body, tt.want)
			}
		})
	}
}

// A verifier that has seen a generation of policies does not vote by an older one,
// also not after a restart.
//
// case N32 code KEY_GENERATION check policies.go:Raise
func TestN32AVerifierDoesNotForgetTheGeneration(t *testing.T) {
	w := newWorld(t)
	before := w.Headers.Current
	w.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Product: "simulated"}} })
	w.Epoch()
	i := w.seated(true)
	v, end := w.verifier(t, i)
	vote, err := v.Appraise(t.Context(), w.a.Case)
	want(t, err, "")
	if vote.Body.Accept {
		t.Error("it votes for a denied product")
	}
	end()
	w.Govern(true, func(s *attest.PolicySet) { s.Denied = nil })
	w.Epoch()
	after := w.Headers.Current
	w.Headers.Current = before
	v, end = w.verifier(t, i)
	defer end()
	_, err = v.Appraise(t.Context(), w.a.Case)
	want(t, err, fault.KeyGeneration)
	t.Run("twin: from the newest it goes on", func(t *testing.T) {
		w.Headers.Current = after
		task := w.a.Case.Task.Body
		for task.Nonce++; ; task.Nonce++ { // until it holds a seat again
			w.a = w.Draw(w.Accept(task, w.a.Case.Service.Entry, w.a.Case.Datasets[0].Entry), w.a.Managers...).Assign(1).Quote(nil)
			if slices.ContainsFunc(w.a.Drawn.Seats, func(s tacit.Member) bool { return s.Key == w.Verifiers[i].Key.Address() }) {
				break
			}
		}
		vote, err := v.Appraise(t.Context(), w.a.Case)
		want(t, err, "")
		if !vote.Body.Accept {
			t.Errorf("it votes against: %+v", vote.Body)
		}
	})
}
