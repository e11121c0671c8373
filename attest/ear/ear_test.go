package ear_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/ear"
	"tacit/fault"
	"tacit/wire"
)

var (
	now    = time.Unix(1_800_000_000, 0)
	policy = wire.Sum([]byte("policy"))
	claims = attest.Claims{Scheme: "snp", Level: 4, Boundary: attest.BoundaryMachine, Product: "Milan", Status: attest.StatusNotStated}
)

func short(codes ...fault.Code) (list []*fault.Error) {
	for _, c := range codes {
		list = append(list, fault.Denied(c, "appraise", "rule", "this", "that"))
	}
	return list
}

// For every shortfall that an appraisal can name, the vector blames the right part
// and the status is no better than its worst.
func TestStatusFollowsTheWorstAspect(t *testing.T) {
	simulated := claims
	simulated.Scheme = attest.SchemeSim
	for _, tt := range []struct {
		name   string
		claims attest.Claims
		short  []*fault.Error
		err    error
		want   string
		vector ear.Vector
	}{
		{"acceptable", claims, nil, nil, "affirming", ear.Vector{2, 2, 2, 2, 2}},
		{"acceptable on the simulated platform", simulated, nil, nil, "contraindicated", ear.Vector{2, 2, 2, 96, 96}},
		{"an unlisted measurement", claims, short(fault.EvidUnlisted), nil, "contraindicated", ear.Vector{2, 2, 96, 2, 2}},
		{"another manifest", claims, short(fault.EvidManifest), nil, "contraindicated", ear.Vector{2, 96, 2, 2, 2}},
		{"debug", claims, short(fault.EvidMode), nil, "contraindicated", ear.Vector{2, 96, 2, 2, 96}},
		{"old firmware", claims, short(fault.EvidTCBStatus), nil, "warning", ear.Vector{2, 2, 2, 32, 2}},
		{"old firmware, and denied", claims, short(fault.EvidTCBStatus, fault.EvidDenied), nil, "contraindicated", ear.Vector{2, 2, 2, 96, 2}},
		{"another's chip", claims, short(fault.EvidDuplicateHW), nil, "contraindicated", ear.Vector{96, 2, 2, 2, 2}},
		{"bound to something else", claims, short(fault.EvidBinding), nil, "contraindicated", ear.Vector{97, 2, 2, 2, 2}},
		{"forged", attest.Claims{}, nil, fault.New(fault.EvidForged, "x"), "contraindicated", ear.Vector{Identity: 97}},
		{"revoked", attest.Claims{}, nil, fault.New(fault.EvidRevoked, "x"), "contraindicated", ear.Vector{Hardware: 96}},
		{"not to be judged now", attest.Claims{}, nil, fault.New(fault.EvidUnavailable, "x"), "none", ear.Vector{}},
		{"a failure of the verifier", attest.Claims{}, nil, fault.New(fault.Internal, "x"), "contraindicated", ear.Vector{Identity: 97}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := ear.Of(tt.claims, tt.short, tt.err, policy, "test", now).Appraisal()
			if a.Status != tt.want || a.Vector != tt.vector || (a.Claims == nil) != (tt.err != nil) {
				t.Errorf("status %s, vector %+v, want %s, %+v", a.Status, a.Vector, tt.want, tt.vector)
			}
		})
	}
}

func TestTokensOpenForWhoTrustsTheirSigner(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	made := ear.Of(claims, short(fault.EvidMode), nil, policy, "test", now)
	token, err := made.Sign(private)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ear.Open(token, public)
	if err != nil || got.Appraisal().Verdict.Shortfalls[0].Code != fault.EvidMode || got.Issued != now.Unix() || got.Appraisal().Claims.Product != "Milan" {
		t.Fatalf("Open = %+v, %v", got, err)
	}
	// The names are the draft's, so that others find them.
	body, err := base64.RawURLEncoding.DecodeString(strings.Split(string(token), ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil || fields["eat_profile"] != "tag:ietf.org,2026:rats/ear#04" || fields["iat"] == nil {
		t.Errorf("the token holds %s", body)
	}
	for _, name := range []string{"ear_verifier_id", "developer", "submods", "ear_status", "ear_trustworthiness_vector", "instance-identity", "ear_appraisal_policy_ids"} {
		if !bytes.Contains(body, []byte(`"`+name+`"`)) {
			t.Errorf("the token lacks %s: %s", name, body)
		}
	}
	sign := func(edit func(r *ear.Result)) []byte {
		r := ear.Of(claims, nil, nil, policy, "test", now)
		edit(&r)
		b, err := r.Sign(private)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	header := strings.Split(string(token), ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + header[1] + "."
	for _, tt := range []struct {
		name  string
		token []byte
		key   ed25519.PublicKey
		want  fault.Code
	}{
		{"twin", token, public, ""},
		{"another's key", token, other, fault.KeySignature},
		{"changed", bytes.Replace(token, []byte(header[1]), []byte(header[1][:len(header[1])-4]+"AAAA"), 1), public, fault.KeySignature},
		{"not signed", []byte(none), public, fault.KeySignature},
		{"no token", []byte("x"), public, fault.KeySignature},
		{"nothing", nil, public, fault.KeySignature},
		{"too large", make([]byte, 64<<10+1), public, fault.APISize},
		{"another profile", sign(func(r *ear.Result) { r.Profile = "tag:other" }), public, fault.APIField},
		{"a status that is none", sign(func(r *ear.Result) { r.Submods["environment"] = ear.Appraisal{Status: "fine"} }), public, fault.APIField},
		{"two environments", sign(func(r *ear.Result) { r.Submods["other"] = ear.Appraisal{Status: "affirming"} }), public, fault.APIField},
	} {
		if r, err := ear.Open(tt.token, tt.key); fault.Of(err) != tt.want || err != nil && r.Submods != nil {
			t.Errorf("%s: Open = %+v, %v, want %q", tt.name, r, err, tt.want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	token, err := ear.Of(claims, nil, nil, policy, "test", now).Sign(private)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := ear.Open(b, public); err == nil && !bytes.Equal(bytes.TrimSpace(b), token) {
			// Another text of the same content opens; a verdict that was not signed must not.
			r, _ := ear.Open(b, public)
			if r.Appraisal().Status != "affirming" {
				t.Fatalf("a verdict that nobody signed: %+v", r)
			}
		}
	})
}
