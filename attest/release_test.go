package attest_test

import (
	"bytes"
	"slices"
	"testing"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// audited is a set whose policy refers to one release, of which two of three
// auditors know.
func audited(t *testing.T) (attest.PolicySet, []*key.Signer) {
	t.Helper()
	var signers []*key.Signer
	for range 3 {
		k, err := key.NewSigner()
		if err != nil {
			t.Fatal(err)
		}
		signers = append(signers, k)
	}
	slices.SortFunc(signers, func(a, b *key.Signer) int {
		x, y := a.Address(), b.Address()
		return bytes.Compare(x[:], y[:])
	})
	s := attest.PolicySet{Generation: 1, Policies: []attest.Policy{policy()}, Auditors: attest.Auditors{Threshold: 2}}
	for _, k := range signers {
		s.Auditors.Keys = append(s.Auditors.Keys, k.Address())
	}
	s.Releases = []attest.SignedRelease{release(t, s, false, signers[0], signers[2])}
	return s, signers
}

func release(t *testing.T, s attest.PolicySet, withdrawn bool, by ...*key.Signer) attest.SignedRelease {
	t.Helper()
	e := attest.SignedRelease{Release: attest.Release{Reference: policy().References[0], Source: wire.Sum([]byte("source")), Withdrawn: withdrawn}}
	for _, k := range by {
		var err error
		if e, err = e.Add(s.Auditors, k); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// case N15 code EVID_UNLISTED check attest/release.go:appraiseRelease
func TestN15OnlyWhatAuditorsReleasedIsAccepted(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *attest.PolicySet, by []*key.Signer, c *attest.Claims)
		want   []fault.Code
	}{
		{"twin: released", func(*attest.PolicySet, []*key.Signer, *attest.Claims) {}, nil},
		{"twin: a network without auditors", func(s *attest.PolicySet, _ []*key.Signer, _ *attest.Claims) {
			s.Auditors, s.Releases = attest.Auditors{}, nil
		}, nil},
		{"absent from the log", func(s *attest.PolicySet, _ []*key.Signer, _ *attest.Claims) { s.Releases = nil }, []fault.Code{fault.EvidUnlisted}},
		{"withdrawn", func(s *attest.PolicySet, by []*key.Signer, _ *attest.Claims) {
			s.Releases = append(s.Releases, release(t, *s, true, by[0], by[1]))
		}, []fault.Code{fault.EvidUnlisted}},
		{"withdrawn and released again", func(s *attest.PolicySet, by []*key.Signer, _ *attest.Claims) {
			s.Releases = append(s.Releases, release(t, *s, true, by[0], by[1]), release(t, *s, false, by...))
		}, []fault.Code{fault.EvidUnlisted}},
		{"released with another manifest", func(s *attest.PolicySet, _ []*key.Signer, _ *attest.Claims) {
			s.Releases[0].Release.Reference.Manifest = wire.Sum([]byte("other"))
		}, []fault.Code{fault.EvidUnlisted}},
		{"of no reference: said once", func(s *attest.PolicySet, _ []*key.Signer, c *attest.Claims) {
			s.Releases, c.Measurement = nil, wire.Sum([]byte("other"))
		}, []fault.Code{fault.EvidUnlisted}},
	} {
		s, by := audited(t)
		c := claims()
		tt.change(&s, by, &c)
		if got := codes(s.Appraise(1, node, c, bound, noon)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// case N15 code EVID_POLICY check attest/release.go:CheckReleases
func TestN15TheLogIsSignedByEnoughAuditors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *attest.PolicySet, by []*key.Signer)
		want   fault.Code
	}{
		{"twin: two of three", func(*attest.PolicySet, []*key.Signer) {}, ""},
		{"twin: nothing to sign, nobody to", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors, s.Releases = attest.Auditors{}, nil }, ""},
		{"one of three", func(s *attest.PolicySet, by []*key.Signer) { s.Releases[0] = release(t, *s, false, by[1]) }, fault.EvidPolicy},
		{"one of three, twice", func(s *attest.PolicySet, by []*key.Signer) {
			s.Releases[0] = release(t, *s, false, by[1])
			s.Releases[0].Sigs[0] = s.Releases[0].Sigs[1]
		}, fault.KeySignature},
		{"a signature of another release", func(s *attest.PolicySet, _ []*key.Signer) { s.Releases[0].Release.Reference.SVN++ }, fault.KeySignature},
		{"a withdrawal that one signed", func(s *attest.PolicySet, by []*key.Signer) {
			s.Releases = append(s.Releases, release(t, *s, true, by[0]))
		}, fault.EvidPolicy},
		{"without a source", func(s *attest.PolicySet, _ []*key.Signer) { s.Releases[0].Release.Source = wire.Digest{} }, fault.EvidPolicy},
		{"more signatures than auditors", func(s *attest.PolicySet, _ []*key.Signer) {
			s.Releases[0].Sigs = append(s.Releases[0].Sigs, key.Signature{})
		}, fault.APIField},
		{"releases without auditors", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors = attest.Auditors{} }, fault.EvidPolicy},
		{"auditors of whom none must sign", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors.Threshold = 0 }, fault.EvidPolicy},
		{"more must sign than there are", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors.Threshold = 4 }, fault.EvidPolicy},
		{"a threshold without auditors", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors.Keys, s.Releases = nil, nil }, fault.EvidPolicy},
		{"an auditor twice", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors.Keys[1] = s.Auditors.Keys[0] }, fault.EvidPolicy},
		{"auditors in another order", func(s *attest.PolicySet, _ []*key.Signer) { slices.Reverse(s.Auditors.Keys) }, fault.EvidPolicy},
	} {
		s, by := audited(t)
		tt.change(&s, by)
		if err := s.CheckReleases(); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	s, _ := audited(t)
	stranger, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Releases[0].Add(s.Auditors, stranger); fault.Of(err) != fault.EvidPolicy {
		t.Errorf("a stranger signs: %v", err)
	}
}

// case N15 code EVID_POLICY check attest/release.go:Extends
func TestN15TheLogOnlyGrows(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *attest.PolicySet, by []*key.Signer)
		want   fault.Code
	}{
		{"twin: the same", func(*attest.PolicySet, []*key.Signer) {}, ""},
		{"twin: one more", func(s *attest.PolicySet, by []*key.Signer) {
			s.Releases = append(s.Releases, release(t, *s, true, by[0], by[1]))
		}, ""},
		{"one less", func(s *attest.PolicySet, _ []*key.Signer) { s.Releases = nil }, fault.EvidPolicy},
		{"another", func(s *attest.PolicySet, _ []*key.Signer) { s.Releases[0].Release.Source = wire.Sum([]byte("other")) }, fault.EvidPolicy},
		{"signed by others", func(s *attest.PolicySet, by []*key.Signer) { s.Releases[0] = release(t, *s, false, by...) }, fault.EvidPolicy},
		{"one put before", func(s *attest.PolicySet, by []*key.Signer) {
			s.Releases = append([]attest.SignedRelease{release(t, *s, true, by[0], by[1])}, s.Releases...)
		}, fault.EvidPolicy},
		{"another auditor", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors.Keys[1][0] ^= 1 }, fault.EvidPolicy},
		{"fewer must sign", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors.Threshold = 1 }, fault.EvidPolicy},
		{"no auditors", func(s *attest.PolicySet, _ []*key.Signer) { s.Auditors, s.Releases = attest.Auditors{}, nil }, fault.EvidPolicy},
	} {
		before, by := audited(t)
		after := before
		after.Generation, after.Releases, after.Auditors.Keys = 2, slices.Clone(before.Releases), slices.Clone(before.Auditors.Keys)
		tt.change(&after, by)
		if err := after.Extends(before); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
