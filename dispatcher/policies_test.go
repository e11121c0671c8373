package dispatcher_test

import (
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/wire"
)

// proof is that of a task which this world runs to its settlement.
func (w *world) proof(nonce uint64) tacit.Proof {
	w.T.Helper()
	d := w.start(nil)
	task := w.task(nonce)
	_, err := d.Submit(mini.As(w.User), w.request(task))
	w.Must(err)
	d.end(w.id(task))
	p, err := d.Proof(mini.As(w.User), tacit.TaskRequest{Task: w.id(task)})
	w.Must(err)
	return p
}

// A proof file holds the policies of its own epoch, so that it is checked offline
// by them, whatever came before and after.
//
// case N32 code KEY_GENERATION check proof.go:policies
func TestN32AProofIsCheckedByThePoliciesOfItsEpoch(t *testing.T) {
	w := newWorld(t)
	set := w.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: "sim-other"}} })
	w.epoch()
	p := w.proof(1)
	after := w.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: w.Vendor.Hardware()}} })
	w.epoch()
	edited := set
	edited.Denied = nil
	for _, tt := range []struct {
		name string
		sets []attest.PolicySet
		want fault.Code
	}{
		{"twin: by its own", []attest.PolicySet{set}, ""},
		{"twin: its own are among others", []attest.PolicySet{after, set}, ""},
		{"by none", nil, fault.KeyGeneration},
		{"by those of later", []attest.PolicySet{after}, fault.KeyGeneration},
		{"by its own with a line less", []attest.PolicySet{edited}, fault.KeyGeneration},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tacit.ProofFile{Genesis: w.Genesis, Epochs: w.Epochs, Proof: p, Policies: tt.sets}.Check(t.Context(), w.ID, w.Schemes)
			want(t, err, tt.want)
		})
	}
}

// Governors who write a release log of their own convince nobody who checks a proof.
//
// case N15 code EVID_POLICY check proof.go:policies twin TestN32AProofIsCheckedByThePoliciesOfItsEpoch
func TestN15AProofNeedsTheAuditorsLog(t *testing.T) {
	for name, edit := range map[string]func(*attest.PolicySet){
		"a release that no auditor signed": func(s *attest.PolicySet) {
			s.Releases = []attest.SignedRelease{{Release: attest.Release{Reference: s.Policies[0].References[0], Source: wire.Sum([]byte("source"))}}}
		},
		"auditors of their own": func(s *attest.PolicySet) {
			s.Auditors = attest.Auditors{Keys: []wire.Address{{1}}, Threshold: 1}
			for _, p := range s.Policies {
				for _, r := range p.References {
					s.Releases = append(s.Releases, attest.SignedRelease{Release: attest.Release{Reference: r, Source: wire.Sum([]byte("source"))}})
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			set := w.Govern(true, edit)
			w.epoch()
			p := w.proof(1)
			_, err := tacit.ProofFile{Genesis: w.Genesis, Epochs: w.Epochs, Proof: p, Policies: []attest.PolicySet{set}}.Check(t.Context(), w.ID, w.Schemes)
			want(t, err, fault.EvidPolicy)
		})
	}
}

// A task that comes after a deny order ends with EVID_DENIED, whichever worker is
// drawn; after the order that takes it back tasks run again.
//
// case N17 code EVID_DENIED check attest/policy.go:denied
func TestN17ATaskOnDeniedChipsEnds(t *testing.T) {
	w := newWorld(t)
	d := w.start(nil)
	for i, tt := range []struct {
		name   string
		denied []attest.Denial
		want   fault.Code
	}{
		{"twin: before the order", nil, ""},
		{"after the order", []attest.Denial{{Hardware: w.Vendor.Hardware()}}, fault.EvidDenied},
		{"twin: after it was taken back", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.Govern(true, func(s *attest.PolicySet) { s.Denied = tt.denied })
			w.epoch()
			task := w.task(uint64(i + 1))
			_, err := d.Submit(mini.As(w.User), w.request(task))
			w.Must(err)
			got := fault.Code("")
			for _, e := range d.end(w.id(task)) {
				if e.State == "failed" {
					got = fault.Code(e.Code)
				}
			}
			if got != tt.want {
				t.Errorf("it ends with %q, want %q", got, tt.want)
			}
		})
	}
}
