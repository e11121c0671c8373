package attest

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// Auditors read what programs are built from, build them again and say so. A
// network that has some accepts no reference value that fewer than Threshold of
// them have signed, whatever its governors put into a policy. They stay as they
// are from the genesis on.
type Auditors struct {
	Keys      []wire.Address `cbor:"1,keyasint" json:"keys"` // ascending
	Threshold uint8          `cbor:"2,keyasint" json:"threshold"`
}

// A Release is the auditors' word on one build: this source has that measurement.
// It says nothing of a network, so that all networks with the same auditors can
// use it.
type Release struct {
	Reference Reference   `cbor:"1,keyasint" json:"reference"`
	Source    wire.Digest `cbor:"2,keyasint" json:"source"`    // SHA-256 of what it was built from
	Withdrawn bool        `cbor:"3,keyasint" json:"withdrawn"` // it must not be used any more, and never again
}

// Digest is what auditors sign.
func (r Release) Digest() wire.Digest { return wire.Hash("tacit/release", r) }

// A SignedRelease is one entry of the release log. Sigs is aligned with the
// auditors; a zero signature is an absent one.
type SignedRelease struct {
	Release Release         `cbor:"1,keyasint" json:"release"`
	Sigs    []key.Signature `cbor:"2,keyasint" json:"sigs"`
}

// Add is the entry with one more auditor's signature. A key that is none of theirs
// is EVID_POLICY.
func (r SignedRelease) Add(a Auditors, by *key.Signer) (SignedRelease, error) {
	i := slices.Index(a.Keys, by.Address())
	if i < 0 {
		return r, fault.Denied(fault.EvidPolicy, "sign release", "signer", "an auditor of this network", by.Address().String())
	}
	sigs := make([]key.Signature, len(a.Keys))
	copy(sigs, r.Sigs)
	sigs[i] = by.Sign(r.Release.Digest())
	r.Sigs = sigs
	return r, nil
}

// Check returns how many auditors signed. A signature of somebody else is
// KEY_SIGNATURE, too few are EVID_POLICY.
func (r SignedRelease) Check(a Auditors) (int, error) {
	op := fmt.Sprintf("check release %q", r.Release.Reference.Name)
	if len(r.Sigs) > len(a.Keys) {
		return 0, fault.New(fault.APIField, "%s: %d signatures of %d auditors", op, len(r.Sigs), len(a.Keys))
	}
	if r.Release.Reference.Measurement.IsZero() || r.Release.Reference.Manifest.IsZero() || r.Release.Source.IsZero() {
		return 0, fault.New(fault.EvidPolicy, "%s: it lacks measurement, manifest or source", op)
	}
	signed := 0
	for i, sig := range r.Sigs {
		if sig == (key.Signature{}) {
			continue
		}
		if err := key.Verify(a.Keys[i], r.Release.Digest(), sig); err != nil {
			return signed, fmt.Errorf("%s: %w", op, err)
		}
		signed++
	}
	if signed < int(a.Threshold) {
		return signed, fault.Denied(fault.EvidPolicy, op, "auditors", "signatures of "+strconv.Itoa(int(a.Threshold)), strconv.Itoa(signed))
	}
	return signed, nil
}

func (a Auditors) none() bool { return len(a.Keys) == 0 && a.Threshold == 0 }

// CheckReleases reports EVID_POLICY unless the auditors make sense and enough of
// them signed every entry of the log.
func (s PolicySet) CheckReleases() error {
	const op = "check release log"
	a := s.Auditors
	if a.none() {
		if len(s.Releases) > 0 {
			return fault.New(fault.EvidPolicy, "%s: there are %d releases and no auditors", op, len(s.Releases))
		}
		return nil
	}
	ascending := slices.IsSortedFunc(a.Keys, func(x, y wire.Address) int { return bytes.Compare(x[:], y[:]) })
	if !ascending || len(slices.Compact(slices.Clone(a.Keys))) != len(a.Keys) {
		return fault.New(fault.EvidPolicy, "%s: the auditors' keys do not ascend", op)
	}
	if a.Threshold == 0 || int(a.Threshold) > len(a.Keys) {
		return fault.New(fault.EvidPolicy, "%s: %d of %d auditors must sign", op, a.Threshold, len(a.Keys))
	}
	for _, r := range s.Releases {
		if _, err := r.Check(a); err != nil {
			return err
		}
	}
	return nil
}

// Extends reports EVID_POLICY unless the set has the auditors of an earlier one and
// its log begins with all of that one's: what was once in the log stays, and
// nothing is put between.
func (s PolicySet) Extends(earlier PolicySet) error {
	const op = "take newer policies"
	if !slices.Equal(s.Auditors.Keys, earlier.Auditors.Keys) || s.Auditors.Threshold != earlier.Auditors.Threshold {
		return fault.Denied(fault.EvidPolicy, op, "auditors", "those of the genesis", "others")
	}
	if n := len(earlier.Releases); len(s.Releases) < n || !slices.EqualFunc(s.Releases[:n], earlier.Releases, sameRelease) {
		return fault.Denied(fault.EvidPolicy, op, "release log", "the one before, and what was added", "another")
	}
	return nil
}

func sameRelease(a, b SignedRelease) bool {
	return a.Release == b.Release && slices.Equal(a.Sigs, b.Sigs)
}

// appraiseRelease looks for the reference that claims match in the log.
func (s PolicySet) appraiseRelease(short *shortfalls, p Policy, c Claims) {
	if s.Auditors.none() {
		return
	}
	for _, r := range p.References {
		if r.Measurement != c.Measurement || r.Manifest != c.Manifest {
			continue
		}
		if got := s.released(r); got != "" {
			short.say(fault.EvidUnlisted, "release log", "signed by "+strconv.Itoa(int(s.Auditors.Threshold))+" auditors, not withdrawn", got)
		}
		return
	}
}

// released says what the log lacks of a reference. Of several entries the one that
// withdraws it counts, wherever it stands.
func (s PolicySet) released(r Reference) string {
	got := "absent"
	for _, e := range s.Releases {
		switch of := e.Release.Reference; {
		case of.Measurement != r.Measurement || of.Manifest != r.Manifest:
		case e.Release.Withdrawn:
			return "withdrawn"
		default:
			got = ""
		}
	}
	return got
}
