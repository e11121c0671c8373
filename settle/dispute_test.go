package settle

import (
	"bytes"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// case N60 code CHAIN_UNPROVEN check contracts/Registry.sol:EvidenceBound
func TestN60WhoAcceptsEvidenceOverSomethingElseIsSlashed(t *testing.T) {
	w := newWorld(t)
	rep := w.as("reporter")
	for i, tt := range []struct {
		name   string
		accept bool
		edit   func(*attest.TaskTranscript)
		change func(*Accusation)
		reason string
		code   fault.Code
	}{
		{"evidence over what was voted on", true, nil, nil, "EvidenceBound", fault.ChainUnproven},
		{"a reject of bad evidence", false, func(t *attest.TaskTranscript) { t.Keys[0]++ }, nil, "NotAccepted", fault.ChainUnproven},
		{"another task shown", true, nil, func(a *Accusation) { a.Task.Nonce++ }, "NotVotedOn", fault.ConsField},
		{"another assignment shown", true, nil, func(a *Accusation) { a.Assignment.Seed[0]++ }, "NotVotedOn", fault.ConsField},
		{"another report shown", true, nil, func(a *Accusation) { a.Evidence.Report[0]++ }, "NotVotedOn", fault.ConsField},
		{"another collateral shown", true, nil, func(a *Accusation) { a.Evidence.Collateral = nil }, "NotVotedOn", fault.ConsField},
		{"the report under another platform's name", true, nil, func(a *Accusation) { a.Evidence.Scheme = "tdx" }, "NotVotedOn", fault.ConsField},
		{"another own input shown", true, nil, func(a *Accusation) { a.Own[0].Size++ }, "ArtefactMissing", fault.ConsField},
		{"a vote that its signer did not cast", true, func(t *attest.TaskTranscript) { t.Keys[0]++ }, func(a *Accusation) { a.Vote.Sig[3]++ }, "NotOneSigner", fault.ConsField},
		{"the vote of a stranger", true, func(t *attest.TaskTranscript) { t.Keys[0]++ }, func(a *Accusation) {
			a.Vote = tacit.Sign(w.network, w.keys["reporter"], a.Vote.Body)
		}, "NotOneSigner", fault.ConsField},
		{"a platform that the contract cannot read", true, nil, func(a *Accusation) {
			a.Evidence.Scheme = "cca"
			a.Vote.Body.Evidence = a.Evidence.Digest()
			a.Vote = tacit.Sign(w.network, w.keys["verifier0"], a.Vote.Body)
		}, "SchemeUnknown", fault.ChainRevert},
		{"twin: other keys", true, func(t *attest.TaskTranscript) { t.Keys[0]++ }, nil, "", ""},
		{"twin: another network", true, func(t *attest.TaskTranscript) { t.Network[0]++ }, nil, "", ""},
		{"twin: another version", true, func(t *attest.TaskTranscript) { t.Version++ }, nil, "", ""},
		{"twin: another role", true, func(t *attest.TaskTranscript) { t.Role = 1 }, nil, "", ""},
		{"twin: another task", true, func(t *attest.TaskTranscript) { t.Task[0]++ }, nil, "", ""},
		{"twin: another assignment", true, func(t *attest.TaskTranscript) { t.Assignment[0]++ }, nil, "", ""},
		{"twin: another attempt", true, func(t *attest.TaskTranscript) { t.Attempt++ }, nil, "", ""},
		{"twin: another place", true, func(t *attest.TaskTranscript) { t.Place++ }, nil, "", ""},
		{"twin: other policies", true, func(t *attest.TaskTranscript) { t.Policy[0]++ }, nil, "", ""},
		{"twin: an older generation", true, func(t *attest.TaskTranscript) { t.Generation-- }, nil, "", ""},
		{"twin: other challenges", true, func(t *attest.TaskTranscript) { t.Freshness[0]++ }, nil, "", ""},
		{"twin: another manifest", true, func(t *attest.TaskTranscript) { t.Manifest[0]++ }, nil, "", ""},
		{"twin: a report that is too short", true, nil, func(a *Accusation) {
			a.Evidence.Report = a.Evidence.Report[:63]
			a.Vote.Body.Evidence = a.Evidence.Digest()
			a.Vote = tacit.Sign(w.network, w.keys["verifier0"], a.Vote.Body)
		}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := w.accusation("verifier0", w.task("user0", uint64(i)), tt.accept, tt.edit)
			if tt.change != nil {
				tt.change(&a)
			}
			had, err := rep.Node(t.Context(), w.addr("verifier0"))
			w.ok(err)
			_, err = rep.SlashEvidence(t.Context(), a)
			want(t, err, tt.reason, tt.code)
			has, err := rep.Node(t.Context(), w.addr("verifier0"))
			w.ok(err)
			if slashed := has.Stake < had.Stake; slashed != (tt.reason == "") {
				t.Errorf("stake was %d, is %d", had.Stake, has.Stake)
			}
			if tt.reason == "" {
				_, err = rep.SlashEvidence(t.Context(), a)
				want(t, err, "AlreadySlashed", fault.ChainSettled)
			}
		})
	}
	w.conserve()
}

// case N60 code CHAIN_UNPROVEN check contracts/Registry.sol:reportData
func TestN60EveryPlatformsReportIsReadWhereItHoldsItsData(t *testing.T) {
	w := newWorld(t)
	rep := w.as("reporter")
	for i, tt := range []struct {
		scheme string
		ahead  int // bytes before the report data
	}{
		{attest.SchemeSim, 0}, {attest.SchemeTPM, 0}, {attest.SchemeNitro, 0}, {attest.SchemeSNP, 0x50}, {attest.SchemeTDX, 48 + 520}, {attest.SchemeSGX, 48 + 320},
	} {
		as := func(edit func(*attest.TaskTranscript), cut int) Accusation {
			a := w.accusation("verifier0", w.task("user1", uint64(i)), true, edit)
			a.Evidence.Scheme, a.Evidence.Report = tt.scheme, append(bytes.Repeat([]byte{7}, tt.ahead), a.Evidence.Report...)
			a.Evidence.Report = a.Evidence.Report[:len(a.Evidence.Report)-cut]
			a.Vote.Body.Evidence = a.Evidence.Digest()
			a.Vote = tacit.Sign(w.network, w.keys["verifier0"], a.Vote.Body)
			return a
		}
		rest := len("the rest of the report")
		t.Run(tt.scheme+" over what was voted on", func(t *testing.T) {
			_, err := rep.SlashEvidence(t.Context(), as(nil, rest))
			want(t, err, "EvidenceBound", fault.ChainUnproven)
		})
		t.Run("twin: "+tt.scheme+" over something else", func(t *testing.T) {
			_, err := rep.SlashEvidence(t.Context(), as(func(t *attest.TaskTranscript) { t.Attempt += 2 }, 0))
			want(t, err, "", "")
		})
		t.Run("twin: "+tt.scheme+" too short by a byte", func(t *testing.T) {
			a := as(nil, rest+1)
			a.Vote.Body.Place++ // one slash for each place
			a.Vote = tacit.Sign(w.network, w.keys["verifier0"], a.Vote.Body)
			_, err := rep.SlashEvidence(t.Context(), a)
			want(t, err, "", "")
		})
	}
	w.conserve()
}

// case N71 code CHAIN_UNPROVEN check contracts/Registry.sol:Covered
func TestN71OnlyAReservationAboveTheDepositIsSlashed(t *testing.T) {
	w := newWorld(t)
	rep := w.as("reporter")
	d, err := w.state.ProveDeposit(w.addr("user0"))
	w.ok(err)
	other, err := w.state.ProveDeposit(w.addr("user1"))
	w.ok(err)
	for i, tt := range []struct {
		name    string
		by      string
		over    int64
		epoch   uint64
		header  func(*tacit.EpochHeader)
		deposit tacit.ProvenDeposit
		reason  string
		code    fault.Code
	}{
		{"all of the deposit", "dispatcher0", 0, w.state.Header.Number, nil, d, "Covered", fault.ChainUnproven},
		{"in another epoch", "dispatcher0", 1, w.state.Header.Number + 1, nil, d, "Covered", fault.ChainUnproven},
		{"under a header that nobody signed", "dispatcher0", 1, w.state.Header.Number, func(h *tacit.EpochHeader) { h.Deposits[0]++ }, d, "Covered", fault.ChainUnproven},
		{"another user's deposit", "dispatcher0", 1, w.state.Header.Number, nil, other, "Covered", fault.ChainUnproven},
		{"a deposit that is not under the header", "dispatcher0", 1, w.state.Header.Number, nil, tacit.ProvenDeposit{Deposit: tacit.Deposit{User: w.addr("user0")}, Path: d.Path}, "BadPath", fault.ChainProof},
		{"by nobody that is registered", "reporter", 1, w.state.Header.Number, nil, d, "NotOneSigner", fault.ConsField},
		{"twin: more than the deposit", "dispatcher0", 1, w.state.Header.Number, nil, d, "", ""},
		{"twin: the deposit is at another dispatcher", "dispatcher1", -5, w.state.Header.Number, nil, d, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := tacit.Acceptance{
				Task: wire.Digest{byte(i)}, User: w.addr("user0"), Sequence: uint64(i), Fee: 1, Reserved: tacit.Money(int64(testDeposit) + tt.over), Epoch: tt.epoch,
			}
			h := w.state.Header
			if tt.header != nil {
				tt.header(&h)
			}
			signed := tacit.Sign(w.network, w.keys[tt.by], a)
			_, err := rep.SlashReserved(t.Context(), signed, h, tt.deposit)
			want(t, err, tt.reason, tt.code)
			if tt.reason == "" {
				_, err = rep.SlashReserved(t.Context(), signed, h, tt.deposit)
				want(t, err, "AlreadySlashed", fault.ChainSettled)
			}
		})
	}
	w.conserve()
}

// case N71 code - check contracts/Registry.sol:forfeit
func TestN71AWrongReportLosesItsBondAndSlashesNobody(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	rep := w.as("reporter")
	yes, no := w.twoVotes()
	bad := func(s tacit.Signed[tacit.Vote]) tacit.Signed[tacit.Vote] { s.Sig[7]++; return s }
	elsewhere := wire.Domain(1, w.at.Epochs, w.genesis.Digest())
	cannot := yes
	cannot.Body.Accept, cannot.Body.Code = false, wire.Keccak([]byte("EVID_COLLATERAL_UNAVAILABLE"))
	cannot = tacit.Sign(w.network, w.keys["verifier0"], cannot.Body)
	gone := func(s tacit.Signed[tacit.Vote]) tacit.Signed[tacit.Vote] {
		return tacit.Sign(w.network, w.keys["owner"], s.Body)
	}
	votes := func(a, b tacit.Signed[tacit.Vote]) []byte {
		return rep.registry.PackSlashVotes(toVote(a.Body), signature(a.Sig), toVote(b.Body), signature(b.Sig))
	}
	accused := func(accept bool) []byte {
		a := w.accusation("verifier0", w.task("user0", 1), accept, nil)
		if !accept {
			a = w.accusation("verifier0", w.task("user0", 1), false, func(t *attest.TaskTranscript) { t.Keys[0]++ })
		}
		return rep.registry.PackSlashEvidence(toVote(a.Vote.Body), signature(a.Vote.Sig), toTask(a.Task), toAssignment(a.Assignment), mapAll(a.Own, toSealed), toEvidence(a.Evidence))
	}
	send := func(data []byte, value tacit.Money) error {
		_, err := rep.to(ctx, "report", w.at.Registry, data, value)
		return err
	}
	sum := func() (stakes, burnt, due tacit.Money) {
		s, err := rep.State(ctx, w.head())
		w.ok(err)
		for _, n := range s.Nodes {
			stakes += n.Stake
		}
		burnt, err = rep.Burnt(ctx)
		w.ok(err)
		l, err := rep.Ledger(ctx, rep.Account())
		w.ok(err)
		return stakes, burnt, l.Rewards
	}
	bond := w.params.Bond()
	for _, tt := range []struct {
		name string
		data []byte
	}{
		{"forged", votes(yes, bad(no))},
		{"of somebody who is gone or never came", votes(gone(yes), gone(no))},
		{"replayed from another network", votes(tacit.Sign(elsewhere, w.keys["verifier0"], yes.Body), tacit.Sign(elsewhere, w.keys["verifier0"], no.Body))},
		{"contradicting itself: one vote twice", votes(yes, yes)},
		{"an honest cannot", votes(cannot, cannot)},
		{"a reject of bad evidence", accused(false)},
		{"an accept of good evidence", accused(true)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			stakes, burnt, due := sum()
			w.ok(send(tt.data, bond))
			s, b, d := sum()
			if s != stakes || b != burnt+bond || d != due {
				t.Errorf("stakes %d -> %d, burnt %d -> %d, due %d -> %d", stakes, s, burnt, b, due, d)
			}
		})
	}
	for _, value := range []tacit.Money{0, bond - 1, bond + 1} {
		want(t, send(votes(yes, no), value), "BondWrong", fault.ChainRevert)
	}
	t.Run("twin: a right one gets it back with its share", func(t *testing.T) {
		stakes, burnt, due := sum()
		w.ok(send(votes(yes, no), bond))
		s, b, d := sum()
		taken := testStake * testParams.SlashPart / 1000
		if s != stakes-taken || b != burnt+taken-taken/10 || d != due+taken/10+bond {
			t.Errorf("stakes %d -> %d, burnt %d -> %d, due %d -> %d", stakes, s, burnt, b, due, d)
		}
	})
	// Who was merely slower loses nothing but gas.
	stakes, burnt, due := sum()
	want(t, send(votes(no, yes), bond), "AlreadySlashed", fault.ChainSettled)
	if s, b, d := sum(); s != stakes || b != burnt || d != due {
		t.Error("a slower reporter changed something")
	}
	w.conserve()
}

// case N71 code - check settle/actions.go:judge
func TestN71TheClientAsksBeforeItRisksABond(t *testing.T) {
	w := newWorld(t)
	yes, no := w.twoVotes()
	rep := w.as("reporter")
	had, err := rep.Balance(t.Context(), rep.Account())
	w.ok(err)
	_, err = rep.SlashVotes(t.Context(), yes, yes)
	want(t, err, "NoContradiction", fault.ChainUnproven)
	if has, err := rep.Balance(t.Context(), rep.Account()); err != nil || has != had {
		t.Errorf("balance was %d, is %d, %v", had, has, err)
	}
	t.Run("twin: a right report", func(t *testing.T) {
		_, err := rep.SlashVotes(t.Context(), yes, no)
		want(t, err, "", "")
	})
}

// case N71 code - check contracts/Epochs.sol:openFor
func TestN71AStakeOutlastsEveryTaskAndDispute(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*tacit.Params)
		bad  bool
	}{
		{"a stake that leaves when the last window closes", func(p *tacit.Params) {
			p.UnbondDelay = 2*p.EpochLength + p.WithdrawDelay + 2*p.ChallengeWindow
		}, true},
		{"a deposit that leaves within the settlement window", func(p *tacit.Params) { p.WithdrawDelay = p.SettleWindow }, true},
		{"twin: a block later", func(p *tacit.Params) {
			p.UnbondDelay = 2*p.EpochLength + p.WithdrawDelay + 2*p.ChallengeWindow + 1
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			p := testParams
			tt.edit(&p)
			_, _, err := deploy(t.Context(), w.chain, w.keys["deployer"], tacit.Genesis{Params: p})
			if tt.bad && Reason(err) != "ParamsInvalid" || !tt.bad && err != nil {
				t.Errorf("deploy: %v", err)
			}
		})
	}
}
