package manager_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/devnet/mini"
	"tacit/fault"
	"tacit/manager"
	"tacit/wire"
)

// clock is a time that the test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// ready is a network with one manager and an attempt that would be released.
func ready(t *testing.T, terms tacit.Terms) (*mini.Network, *manager.Manager, *mini.Attempt, *clock) {
	t.Helper()
	n := mini.New(t)
	c := &clock{time.Now()}
	m, end := n.Manager(0, c.Now)
	t.Cleanup(end)
	return n, m, n.Ready(m, terms), c
}

func want(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil {
		t.Errorf("refused: %v", err)
	} else if code != "" && !errors.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// case N01 code EVID_STALE check manager/release.go:checkChallenge
func TestN01EvidenceOverAnOldChallengeIsStale(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(t *testing.T, n *mini.Network, m *manager.Manager, a *mini.Attempt, c *clock)
		want fault.Code
	}{
		{"twin: fresh evidence", func(*testing.T, *mini.Network, *manager.Manager, *mini.Attempt, *clock) {}, ""},
		{"twin: just inside the minute", func(_ *testing.T, _ *mini.Network, _ *manager.Manager, _ *mini.Attempt, c *clock) {
			c.now = c.now.Add(59 * time.Second)
		}, ""},
		{"after a minute", func(_ *testing.T, _ *mini.Network, _ *manager.Manager, _ *mini.Attempt, c *clock) {
			c.now = c.now.Add(61 * time.Second)
		}, fault.EvidStale},
		{"a newer challenge was made", func(t *testing.T, n *mini.Network, m *manager.Manager, a *mini.Attempt, _ *clock) {
			_, err := m.Challenge(context.Background(), tacit.ChallengeRequest{Task: a.Case.Task.Body.ID(n.ID), Attempt: 1})
			n.Must(err)
		}, fault.EvidStale},
		{"evidence of attempt 1 in attempt 2", func(_ *testing.T, _ *mini.Network, _ *manager.Manager, a *mini.Attempt, _ *clock) {
			old := a.Case.Evidence
			a.Assign(2)
			a.Case.Evidence = old
		}, fault.KeyEvidence}, // a whole committee vouched for it
		{"a challenge of another task", func(_ *testing.T, n *mini.Network, m *manager.Manager, a *mini.Attempt, _ *clock) {
			ch := a.Case.Challenges[0].Body
			ch.Task[0]++
			a.Case.Challenges[0] = tacit.Sign(n.ID, n.Managers[0].Key, ch)
			as := a.Case.Assignment.Body
			as.Challenges = tacit.HashChallenges(a.Case.Challenges)
			a.Case.Assignment = tacit.Sign(n.ID, n.Dispatcher.Key, as)
			a.Requote(nil)
		}, fault.EvidStale},
		{"too many epochs ago", func(_ *testing.T, n *mini.Network, _ *manager.Manager, _ *mini.Attempt, _ *clock) {
			for range tacit.ChallengeEpochs + 1 {
				n.Epoch()
			}
		}, fault.EvidStale},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, m, a, c := ready(t, mini.Terms("acme/sum"))
			tt.edit(t, n, m, a, c)
			_, err := a.Release(0)
			want(t, err, tt.want)
		})
	}
}

// case N01 code EVID_STALE check manager/manager.go:challenged
func TestN01RestartForgetsNoChallenge(t *testing.T) {
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	a := n.Ready(m, mini.Terms("acme/sum"))
	first := a.Case
	if _, err := a.Release(0); err != nil {
		t.Fatal(err)
	}
	end()
	again, end := n.Manager(0, nil)
	defer end()
	a.Managers[0] = again
	t.Run("twin: the identical request gets the identical grants", func(t *testing.T) {
		_, err := a.Release(0)
		want(t, err, "")
	})
	t.Run("other evidence for the same challenge", func(t *testing.T) {
		a.Case = first
		a.Quote(nil)
		_, err := a.Release(0)
		want(t, err, fault.EvidReused)
	})
}

// case N02 code EVID_BINDING check attest/policy.go:Data
func TestN02EvidenceForOtherKeysTaskOrPolicyIsNotBound(t *testing.T) {
	type edit = func(v *sim.Vendor, measurement, manifest *wire.Digest, t *attest.TaskTranscript)
	for _, tt := range []struct {
		name string
		edit edit
		want fault.Code
	}{
		{"twin: this attempt", nil, ""},
		{"other session keys", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Keys[0]++ }, fault.EvidBinding},
		{"another task", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Task[0]++ }, fault.EvidBinding},
		{"another policy", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Policy[0]++ }, fault.EvidBinding},
		{"another network", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Network[0]++ }, fault.EvidBinding},
		{"another place", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Place++ }, fault.EvidBinding},
		{"other artefacts", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Manifest[0]++ }, fault.EvidBinding},
		{"another role", func(_ *sim.Vendor, _, _ *wire.Digest, t *attest.TaskTranscript) { t.Role = uint16(tacit.RoleManager) }, fault.EvidBinding},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, a, _ := ready(t, mini.Terms("acme/sum"))
			a.Requote(tt.edit)
			_, err := a.Managers[0].Release(context.Background(), tacit.ReleaseRequest{Case: a.Case, Headers: a.Headers})
			if tt.want == "" {
				_, err = a.Release(0)
			}
			want(t, err, tt.want)
		})
	}
}

// case N03 code EVID_REUSED check manager/release.go:Release
func TestN03OneAnswerPerChallenge(t *testing.T) {
	_, _, a, _ := ready(t, mini.Terms("acme/sum"))
	second := *a
	second.Quote(nil) // the same challenge, answered by other keys
	type got struct {
		reply tacit.ReleaseReply
		err   error
	}
	answers := make(chan got, 2)
	for _, x := range []*mini.Attempt{a, &second} {
		go func() {
			r, err := x.Release(0)
			answers <- got{r, err}
		}()
	}
	one, two := <-answers, <-answers
	if (one.err == nil) == (two.err == nil) {
		t.Fatalf("both or neither accepted: %v, %v", one.err, two.err)
	}
	t.Run("twin: the first is accepted, the other refused", func(t *testing.T) {
		if one.err == nil {
			one = two
		}
		want(t, one.err, fault.EvidReused)
	})
}

// case N16 code EVID_SIMULATED check attest/policy.go:schemes
func TestN16SimulatedEvidenceUnderAPolicyThatDoesNotNameIt(t *testing.T) {
	for _, tt := range []struct {
		name    string
		schemes []string
		want    fault.Code
	}{
		{"twin: a teaching policy names it", []string{"sim"}, ""},
		{"a production policy", []string{"snp", "tdx"}, fault.EvidSimulated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, _, a, _ := ready(t, mini.Terms("acme/sum"))
			v, err := a.Case.CheckDraw(n.ID, n.Headers.Current.Header, n.Headers.Current.Header.Number, n.Genesis.Params)
			n.Must(err)
			claims, err := n.Schemes.Verify(context.Background(), a.Case.Evidence, time.Now())
			n.Must(err)
			policy, err := n.Genesis.Policies.For(uint16(tacit.RoleEnclave))
			n.Must(err)
			policy.Schemes = tt.schemes
			for _, scheme := range tt.schemes {
				policy.Minimums = append(policy.Minimums, attest.Minimum{Scheme: scheme})
			}
			want(t, tacit.Appraise(v, attest.PolicySet{Policies: []attest.Policy{policy}}, claims, time.Now()), tt.want)
		})
	}
	t.Run("a manager that links no simulated platform", func(t *testing.T) {
		n, _, a, _ := ready(t, mini.Terms("acme/sum"))
		_, err := attest.Schemes{}.Verify(context.Background(), a.Case.Evidence, time.Now())
		want(t, err, fault.EvidSimulated)
		_ = n
	})
}

// case N28 code KEY_POLICY check manager/manager.go:Terms.Check
func TestN28WithoutTermsNothingIsReleased(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(n *mini.Network, m *manager.Manager, e *tacit.Entry)
		want fault.Code
	}{
		{"twin: the terms that the catalogue names", func(*mini.Network, *manager.Manager, *tacit.Entry) {}, ""},
		{"the catalogue names no terms", func(_ *mini.Network, _ *manager.Manager, e *tacit.Entry) { e.Terms = wire.Digest{} }, fault.KeyPolicy},
		{"the catalogue names terms that the manager never got", func(_ *mini.Network, _ *manager.Manager, e *tacit.Entry) {
			t := mini.Terms("acme/sum")
			t.MaxReleases++
			e.Terms = t.Digest()
		}, fault.KeyPolicy},
		{"terms that somebody else stored", func(n *mini.Network, m *manager.Manager, e *tacit.Entry) {
			t := mini.Terms("acme/sum")
			t.MaxReleases = 7
			_, err := m.SetTerms(mini.As(n.User), tacit.TermsRequest{Entry: e.Name, Terms: t})
			n.Must(err)
			e.Terms = t.Digest()
		}, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			m, end := n.Manager(0, nil)
			defer end()
			service, _ := n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
			data, _ := n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), mini.Terms("acme/sum"))
			tt.edit(n, m, &data)
			n.Chain.Now.Entries[1] = data
			n.Epoch()
			task := n.Task(service, data)
			_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: n.Accept(task, service, data)})
			want(t, err, tt.want)
		})
	}
	t.Run("empty terms are not stored", func(t *testing.T) {
		n := mini.New(t)
		m, end := n.Manager(0, nil)
		defer end()
		_, err := m.SetTerms(mini.As(n.Owner), tacit.TermsRequest{Entry: "clinic/table", Terms: tacit.Terms{}})
		want(t, err, fault.KeyPolicy)
	})
}

// case N29 code KEY_QUORUM check certificate.go:Check
func TestN29CertificateMustBeOfThisCommitteeAndEvidence(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(n *mini.Network, a *mini.Attempt, c *tacit.Certificate)
		want fault.Code
	}{
		{"twin: every seat", func(*mini.Network, *mini.Attempt, *tacit.Certificate) {}, ""},
		{"no votes", func(_ *mini.Network, _ *mini.Attempt, c *tacit.Certificate) { c.Votes = nil }, fault.KeyQuorum},
		{"one vote many times", func(_ *mini.Network, _ *mini.Attempt, c *tacit.Certificate) {
			c.Votes = []tacit.Signed[tacit.Vote]{c.Votes[0], c.Votes[0], c.Votes[0], c.Votes[0], c.Votes[0], c.Votes[0], c.Votes[0]}
		}, fault.KeyQuorum},
		{"votes of strangers", func(n *mini.Network, a *mini.Attempt, c *tacit.Certificate) {
			for i := range c.Votes {
				c.Votes[i] = tacit.Sign(n.ID, n.Workers[i%3].Key, c.Votes[i].Body)
			}
		}, fault.KeyQuorum},
		{"votes of another epoch", func(n *mini.Network, a *mini.Attempt, c *tacit.Certificate) {
			resign(n, c, func(v *tacit.Vote) { v.Epoch++ })
		}, fault.KeyQuorum},
		{"votes on another task", func(n *mini.Network, a *mini.Attempt, c *tacit.Certificate) {
			resign(n, c, func(v *tacit.Vote) { v.Task[0]++ })
		}, fault.KeyQuorum},
		{"votes on other evidence", func(n *mini.Network, a *mini.Attempt, c *tacit.Certificate) {
			resign(n, c, func(v *tacit.Vote) { v.Evidence[0]++ })
		}, fault.KeyQuorum},
		{"rejections", func(n *mini.Network, a *mini.Attempt, c *tacit.Certificate) {
			resign(n, c, func(v *tacit.Vote) { v.Accept = false })
		}, fault.KeyQuorum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, m, a, _ := ready(t, mini.Terms("acme/sum"))
			c := a.Certify()
			tt.edit(n, a, &c)
			_, err := m.Release(context.Background(), tacit.ReleaseRequest{Case: a.Case, Certificate: c, Headers: a.Headers})
			want(t, err, tt.want)
		})
	}
}

// resign has every vote's signer sign it again after a change.
func resign(n *mini.Network, c *tacit.Certificate, edit func(*tacit.Vote)) {
	for i := range c.Votes {
		who, err := c.Votes[i].Signer(n.ID)
		n.Must(err)
		v := c.Votes[i].Body
		edit(&v)
		for _, p := range n.Verifiers {
			if p.Key.Address() == who {
				c.Votes[i] = tacit.Sign(n.ID, p.Key, v)
			}
		}
	}
}

// case N30 code KEY_EVIDENCE check manager/release.go:contradicted
func TestN30TheManagersOwnAppraisalDecides(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(v *sim.Vendor, measurement, manifest *wire.Digest, t *attest.TaskTranscript)
		want fault.Code
	}{
		{"twin: good evidence", nil, ""},
		{"a chip in debug mode", func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) { v.Debug = true }, fault.KeyEvidence},
		{"another program", func(_ *sim.Vendor, m, _ *wire.Digest, _ *attest.TaskTranscript) { m[0]++ }, fault.KeyEvidence},
		{"an extra argument", func(_ *sim.Vendor, _, m *wire.Digest, _ *attest.TaskTranscript) {
			*m = sim.ManifestOf([]string{"--debug"}, nil)
		}, fault.KeyEvidence},
		{"an old security version", func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) { v.SVN = 0 }, fault.KeyEvidence},
		{"a foreign vendor", func(v *sim.Vendor, _, _ *wire.Digest, _ *attest.TaskTranscript) {
			other, err := sim.NewVendor()
			if err == nil {
				*v = *other
			}
		}, fault.KeyEvidence},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, a, _ := ready(t, mini.Terms("acme/sum"))
			a.Requote(tt.edit)
			_, err := a.Release(0) // a whole committee vouches for it
			want(t, err, tt.want)
			if tt.want != "" && !strings.Contains(err.Error(), a.Drawn.Seats[0].Key.String()) {
				t.Errorf("the committee that lied is not named: %v", err)
			}
		})
	}
}

// case N32 code KEY_GENERATION check header.go:Advance
func TestN32AnOlderGenerationIsRefusedAfterRestart(t *testing.T) {
	n, _, a, _ := ready(t, mini.Terms("acme/sum"))
	view := n.Headers.Current
	next := n.State.Header
	next.Number++
	next.Block += n.Genesis.Params.EpochLength
	next.Previous = n.State.Header.Hash()
	t.Run("twin: the same generation goes on", func(t *testing.T) {
		_, err := view.Advance(n.SignHeader(next))
		want(t, err, "")
	})
	t.Run("a generation that goes back", func(t *testing.T) {
		back := next
		back.Generation--
		_, err := view.Advance(n.SignHeader(back))
		want(t, err, fault.KeyGeneration)
	})
	t.Run("an older header replayed", func(t *testing.T) {
		_, err := view.Advance(n.Headers.Signed[1])
		want(t, err, fault.KeyGeneration)
	})
	t.Run("twin: a case of before a newer generation that accepts it too", func(t *testing.T) {
		n.Govern(true, func(*attest.PolicySet) {})
		n.Epoch()
		_, err := a.Release(0)
		want(t, err, "")
	})
}

// A manager that has seen a generation refuses to go on from headers of before it,
// however genuine they are: what followed them is what an attacker would hide.
//
// case N32 code KEY_GENERATION check policies.go:Raise
func TestN32AManagerDoesNotForgetTheGeneration(t *testing.T) {
	b := newBench(t, free)
	a := b.ready()
	before := b.Headers.Current
	b.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Product: "simulated"}} })
	b.Epoch()
	_, err := a.Release(0) // refused, and seen
	want(t, err, fault.EvidDenied)
	b.Govern(true, func(s *attest.PolicySet) { s.Denied = nil })
	b.Epoch()
	after := b.Headers.Current

	b.Headers.Current = before
	_, err = a.Release(0)
	want(t, err, fault.KeyGeneration)
	_, err = manager.New(t.Context(), b.config(b.disk.Clone().Open(nil), b.tape.Clone()))
	want(t, err, fault.KeyGeneration)

	t.Run("twin: from the newest it goes on", func(t *testing.T) {
		b.Headers.Current = after
		_, err := manager.New(t.Context(), b.config(b.disk.Clone().Open(nil), b.tape.Clone()))
		want(t, err, "")
		_, err = b.ready().Release(0)
		want(t, err, "")
	})
}

// What a deny order names gets no key from the next epoch on, also not for a task
// that was drawn, attested and voted on before it.
//
// case N17 code EVID_DENIED check receipt.go:AppraiseNow
func TestN17DeniedEvidenceGetsNoKeyFromTheNextEpochOn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		under  bool // the task is under way when the order comes
		shown  bool // the set can be had
		denial func(n *mini.Network) attest.Denial
		want   fault.Code
	}{
		{"the chip, of a task under way", true, true, func(n *mini.Network) attest.Denial { return attest.Denial{Hardware: n.Vendor.Hardware()} }, fault.EvidDenied},
		{"the product, of a task under way", true, true, func(*mini.Network) attest.Denial { return attest.Denial{Product: "simulated"} }, fault.EvidDenied},
		{"the chip, of a task that comes after", false, true, func(n *mini.Network) attest.Denial { return attest.Denial{Hardware: n.Vendor.Hardware()} }, fault.KeyEvidence},
		{"twin: another chip, of a task under way", true, true, func(*mini.Network) attest.Denial { return attest.Denial{Hardware: "sim-other"} }, ""},
		{"twin: another chip, of a task that comes after", false, true, func(*mini.Network) attest.Denial { return attest.Denial{Hardware: "sim-other"} }, ""},
		{"an order that nobody shows", true, false, func(*mini.Network) attest.Denial { return attest.Denial{Hardware: "sim-other"} }, fault.EvidUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, free)
			a := b.ready()
			b.Govern(tt.shown, func(s *attest.PolicySet) { s.Denied = append(s.Denied, tt.denial(b.Network)) })
			b.Epoch()
			if !tt.under {
				a = b.ready()
			}
			_, err := a.Release(0) // the committee's certificate is valid
			want(t, err, tt.want)
			if tt.want == fault.KeyEvidence && !strings.Contains(err.Error(), string(fault.EvidDenied)) {
				t.Errorf("what the manager found is not said: %v", err)
			}
		})
	}
	t.Run("twin: before its epoch the order counts for nobody", func(t *testing.T) {
		b := newBench(t, free)
		a := b.ready()
		b.Govern(true, func(s *attest.PolicySet) { s.Denied = []attest.Denial{{Hardware: b.Vendor.Hardware()}} })
		_, err := a.Release(0)
		want(t, err, "")
	})
}

// case N62 code CHAIN_PROOF check draw.go:Check
func TestN62ASelectionUnderAReorganisedSeedIsVoid(t *testing.T) {
	n, _, a, _ := ready(t, mini.Terms("acme/sum"))
	t.Run("nothing is released before the header is there", func(t *testing.T) {
		signed := n.Headers.Signed[n.Headers.Current.Header.Number]
		req := tacit.ReleaseRequest{Case: a.Case, Certificate: a.Certify(), Headers: a.Headers}
		delete(n.Headers.Signed, signed.Header.Number)
		_, err := a.Managers[0].Release(context.Background(), req)
		want(t, err, fault.KeyFinality)
		n.Headers.Signed[signed.Header.Number] = signed
	})
	t.Run("the block of the seed was another", func(t *testing.T) {
		signed := n.Headers.Signed[n.Headers.Current.Header.Number]
		other := signed.Header
		other.Beacon[0]++
		n.Headers.Signed[other.Number] = n.SignHeader(other)
		_, err := a.Release(0)
		want(t, err, fault.VRFInvalid)
		n.Headers.Signed[other.Number] = signed
	})
	t.Run("twin: under the seed that it was drawn by", func(t *testing.T) {
		_, err := a.Release(0)
		want(t, err, "")
	})
}

// case N98 code DATA_CONSENT check terms.go:Judge
func TestN98UseBeyondConsentIsDenied(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(n *mini.Network, t *tacit.Terms)
		want fault.Code
		rule string
	}{
		{"twin: as consented", func(*mini.Network, *tacit.Terms) {}, "", ""},
		{"another program", func(_ *mini.Network, t *tacit.Terms) { t.Services = []string{"acme/su"} }, fault.DataConsent, "services"},
		{"another user", func(n *mini.Network, t *tacit.Terms) { t.AnyUser, t.Users = false, []wire.Address{n.Owner.Address()} }, fault.DataConsent, "users"},
		{"another purpose", func(_ *mini.Network, t *tacit.Terms) { t.AnyPurpose, t.Purposes = false, []string{"research"} }, fault.DataConsent, "purposes"},
		{"a stronger platform", func(_ *mini.Network, t *tacit.Terms) { t.MinLevel = 4 }, fault.DataConsent, "minLevel"},
		{"a smaller output", func(_ *mini.Network, t *tacit.Terms) { t.MaxOutput = 10 }, fault.DataConsent, "maxOutput"},
		{"until yesterday", func(_ *mini.Network, t *tacit.Terms) { t.Expires = 1 }, fault.DataConsent, "expires"},
		{"withdrawn", func(_ *mini.Network, t *tacit.Terms) { t.Withdrawn = true }, fault.DataConsent, "withdrawn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := mini.New(t)
			m, end := n.Manager(0, nil)
			defer end()
			terms := mini.Terms("acme/sum")
			tt.edit(n, &terms)
			service, _ := n.Publish(m, "acme/sum", tacit.EntryService, []byte("code"), mini.Terms())
			data, _ := n.Publish(m, "clinic/table", tacit.EntryDataset, []byte("rows"), terms)
			n.Epoch()
			task := n.Task(service, data)
			_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: n.Accept(task, service, data)})
			want(t, err, tt.want)
			var f *fault.Error
			if tt.rule != "" && (!errors.As(err, &f) || f.Rule != tt.rule) {
				t.Errorf("rule %q, want %q", f.Rule, tt.rule)
			}
		})
	}
}

// case N98 code DATA_CONSENT check manager/release.go:spend
func TestN98BudgetsSurviveRestart(t *testing.T) {
	n := mini.New(t)
	m, end := n.Manager(0, nil)
	terms := mini.Terms("acme/sum")
	terms.MaxReleases = 1
	a := n.Ready(m, terms)
	t.Run("twin: the first release", func(t *testing.T) {
		_, err := a.Release(0)
		want(t, err, "")
	})
	end()
	m, end = n.Manager(0, nil)
	defer end()
	t.Run("the second, after a restart", func(t *testing.T) {
		task := a.Case.Task.Body
		task.Nonce++
		c := n.Accept(task, a.Case.Service.Entry, a.Case.Datasets[0].Entry)
		_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: c})
		want(t, err, fault.DataConsent)
	})
}

// A draw is answered once per task, whatever acceptances a dispatcher tries.
func TestADrawCannotBeGround(t *testing.T) {
	n, m, a, _ := ready(t, mini.Terms("acme/sum"))
	if _, err := m.Draw(context.Background(), tacit.DrawRequest{Case: a.Case}); err != nil {
		t.Errorf("the same acceptance again: %v", err)
	}
	other := a.Case
	acc := other.Acceptance.Body
	acc.Sequence++
	other.Acceptance = tacit.Sign(n.ID, n.Dispatcher.Key, acc)
	_, err := m.Draw(context.Background(), tacit.DrawRequest{Case: other})
	want(t, err, fault.ConsField)
}

// Each release is in the log with the record that the grant carries; so is
// each denial, and a log that fails stops every release.
func TestReleasesAreInTheLogFirst(t *testing.T) {
	n, m, a, _ := ready(t, mini.Terms("acme/sum"))
	reply, err := a.Release(0)
	n.Must(err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, g := range reply.Grants {
		e, err := m.Audit(ctx, tacit.AuditRequest{Index: g.Index})
		n.Must(err)
		log, err := e.Log.Check(n.ID, n.Managers[0].Key.Address())
		n.Must(err)
		if err := e.Proof.Check(log.Name, log.Public, g.Record); err != nil {
			t.Error(err)
		}
		if err := e.Proof.Check(log.Name, log.Public, append(g.Record, 0)); err == nil {
			t.Error("another record passed")
		}
	}
}
