// Package ear says what an appraisal found in the form that relying parties of
// others read: an EAT Attestation Result as a JSON Web Token
// (draft-ietf-rats-ear-04), with the trustworthiness vector of AR4SI
// (draft-ietf-rats-ar4si) and, beside it, every shortfall with its code.
//
// A token is worth what its signer is worth. Nothing in Tacit releases a key
// because of one.
package ear

import (
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// Profile is the EAT profile of an EAR.
const Profile = "tag:ietf.org,2026:rats/ear#04"

// The trust tiers of a status, in AR4SI's numbers.
const (
	affirming       = 2
	warning         = 32
	contraindicated = 96
)

// A Vector is a trustworthiness vector: what was found of each aspect, 0 where
// nothing was looked at.
type Vector struct {
	Identity      int8 `json:"instance-identity,omitempty"`
	Configuration int8 `json:"configuration,omitempty"`
	Executables   int8 `json:"executables,omitempty"`
	Hardware      int8 `json:"hardware,omitempty"`
	Runtime       int8 `json:"runtime-opaque,omitempty"`
}

// An Appraisal is the submodule of one environment.
type Appraisal struct {
	Status   string         `json:"ear_status"` // none, affirming, warning, contraindicated
	Vector   Vector         `json:"ear_trustworthiness_vector"`
	Policies []string       `json:"ear_appraisal_policy_ids"`
	Claims   *attest.Claims `json:"ear_attester_claims,omitempty"` // none if the evidence is not genuine
	Verdict  Verdict        `json:"ear_verifier_claims"`
}

// A Verdict is what the verifier adds.
type Verdict struct {
	Shortfalls []Shortfall `json:"shortfalls"`
}

// A Shortfall is one thing that evidence lacks.
type Shortfall struct {
	Code     fault.Code `json:"code"`
	Rule     string     `json:"rule,omitempty"`
	Expected string     `json:"expected,omitempty"`
	Got      string     `json:"got,omitempty"`
}

// A Verifier names who appraised.
type Verifier struct {
	Developer string `json:"developer"`
	Build     string `json:"build"`
}

// A Result is the content of an EAR.
type Result struct {
	Profile  string               `json:"eat_profile"`
	Issued   int64                `json:"iat"` // seconds since 1970
	Verifier Verifier             `json:"ear_verifier_id"`
	Submods  map[string]Appraisal `json:"submods"`
}

// submod is the name of the one environment that a result is about.
const submod = "environment"

// Of is the result of an appraisal by the policy set of a digest: claims that are
// genuine with all their shortfalls, or the error why there are no claims.
func Of(claims attest.Claims, short []*fault.Error, err error, policy wire.Digest, build string, now time.Time) Result {
	a := Appraisal{Policies: []string{"tacit:" + policy.String()}, Verdict: Verdict{[]Shortfall{}}}
	if err != nil {
		a.Verdict.Shortfalls = []Shortfall{{Code: fault.Of(err)}}
	} else {
		a.Claims = &claims
		a.Vector = Vector{Identity: affirming, Configuration: affirming, Executables: affirming, Hardware: affirming, Runtime: affirming}
		if claims.Scheme == attest.SchemeSim {
			a.Vector.Hardware, a.Vector.Runtime = contraindicated, contraindicated // it protects nothing
		}
	}
	for _, s := range short {
		a.Verdict.Shortfalls = append(a.Verdict.Shortfalls, Shortfall{s.Code, s.Rule, s.Expected, s.Got})
	}
	for _, s := range a.Verdict.Shortfalls {
		a.Vector.lower(s.Code)
	}
	a.Status = a.Vector.status()
	return Result{Profile: Profile, Issued: now.Unix(), Verifier: Verifier{"Tacit", build}, Submods: map[string]Appraisal{submod: a}}
}

// lower marks the aspect that a shortfall is about.
func (v *Vector) lower(code fault.Code) {
	set := func(aspect *int8, to int8) { *aspect = max(*aspect, to) }
	switch code {
	case fault.EvidUnlisted:
		set(&v.Executables, 96)
	case fault.EvidManifest, fault.EvidPolicy:
		set(&v.Configuration, 96)
	case fault.EvidMode, fault.EvidVMPL:
		set(&v.Configuration, 96)
		set(&v.Runtime, 96)
	case fault.EvidTCBStatus, fault.EvidTCBMismatch, fault.EvidQE:
		set(&v.Hardware, 32)
	case fault.EvidDenied, fault.EvidRevoked, fault.EvidSimulated, fault.EvidLevel:
		set(&v.Hardware, 96)
	case fault.EvidUnregisteredHW, fault.EvidDuplicateHW, fault.EvidKeyType, fault.EvidAK:
		set(&v.Identity, 96)
	case fault.EvidUnavailable: // no verdict at all
		*v = Vector{}
	default: // forged, bound to something else, unreadable
		set(&v.Identity, 97)
	}
}

// status is the worst of the vector; of a vector in which nothing was looked at
// it is none.
func (v Vector) status() string {
	worst := max(v.Identity, v.Configuration, v.Executables, v.Hardware, v.Runtime)
	switch {
	case worst >= contraindicated:
		return "contraindicated"
	case worst >= warning:
		return "warning"
	case worst >= affirming:
		return "affirming"
	}
	return "none"
}

// Sign makes the token, signed with EdDSA.
func (r Result) Sign(key ed25519.PrivateKey) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return jws.Sign(b, jws.WithKey(jwa.EdDSA(), key))
}

// mostToken bounds a token, in bytes.
const mostToken = 64 << 10

// Open returns the result that the owner of a public key signed; KEY_SIGNATURE
// if it is none of theirs, API_FIELD if it is no EAR of this profile.
func Open(token []byte, public ed25519.PublicKey) (Result, error) {
	const op = "open attestation result"
	var r Result
	if len(token) > mostToken {
		return r, fault.New(fault.APISize, "%s: %d bytes, at most %d", op, len(token), mostToken)
	}
	b, err := jws.Verify(token, jws.WithKey(jwa.EdDSA(), public))
	if err != nil {
		return r, fault.New(fault.KeySignature, "%s: it is not signed by this key", op)
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return Result{}, fault.New(fault.APIField, "%s: %w", op, err)
	}
	known := []string{"affirming", "warning", "contraindicated", "none"}
	if a, ok := r.Submods[submod]; r.Profile != Profile || len(r.Submods) != 1 || !ok || !slices.Contains(known, a.Status) {
		return Result{}, fault.New(fault.APIField, "%s: no result of profile %s about one environment", op, Profile)
	}
	return r, nil
}

// Appraisal is what the result says of the environment.
func (r Result) Appraisal() Appraisal { return r.Submods[submod] }
