package tacit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// Settled shows that a task was paid: its leaf in a batch that the settlement
// committee signed.
type Settled struct {
	Batch      Batch           `cbor:"1,keyasint" json:"batch"`
	Settlement Settlement      `cbor:"2,keyasint" json:"settlement"`
	Path       []wire.Digest   `cbor:"3,keyasint" json:"path"` // under Batch.Leaves
	Committee  PoolProof       `cbor:"4,keyasint" json:"committee"`
	Sigs       []key.Signature `cbor:"5,keyasint" json:"sigs"` // aligned with Committee.Members
}

// A Proof is what the network knows of a task that ended. With the receipt
// that only the recipient can open it makes a ProofFile.
type Proof struct {
	Headers     []SignedHeader     `cbor:"1,keyasint" json:"headers"` // ascending: the task's epoch and, if settled, the batch's
	Case        Case               `cbor:"2,keyasint" json:"case"`
	Certificate Certificate        `cbor:"3,keyasint" json:"certificate"`
	Audit       []AuditEntry       `cbor:"4,keyasint" json:"audit"` // of each grant, in the order of Case.Artefacts
	Leaf        Signed[Leaf]       `cbor:"5,keyasint" json:"leaf"`
	Output      Sealed             `cbor:"6,keyasint" json:"output"`
	Settled     []Settled          `cbor:"7,keyasint" json:"settled"`  // one, or none yet
	Released    []Signed[Released] `cbor:"8,keyasint" json:"released"` // of each manager, as Case.Managers
}

// A ProofFile answers offline, years later: was it computed correctly, was
// anyone watching, who was paid.
type ProofFile struct {
	Genesis Genesis      `cbor:"1,keyasint" json:"genesis"`
	Epochs  wire.Address `cbor:"2,keyasint" json:"epochs"` // the root contract
	Proof   Proof        `cbor:"3,keyasint" json:"proof"`
	Receipt []Receipt    `cbor:"4,keyasint" json:"receipt"` // one; none if the reader cannot open it
	// Policies of the task's epoch; none if they are those of the genesis.
	Policies []attest.PolicySet `cbor:"5,keyasint" json:"policies,omitempty"`
}

// A Line is one line of the checklist that checking a proof file makes.
type Line struct {
	Name   string     `json:"name"`
	OK     bool       `json:"ok"`
	Detail string     `json:"detail"`
	Code   fault.Code `json:"code,omitempty"`
}

// Check verifies a proof file without a network. network is the ID that the
// reader pins, so that a foreign genesis is refused; schemes verify the
// evidence at the time of the epoch's header. The checklist always has all its
// lines; the error is that of the first line that is not OK.
func (p ProofFile) Check(ctx context.Context, network wire.Digest, schemes attest.Schemes) ([]Line, error) {
	c := &checker{file: p, network: network, schemes: schemes}
	steps := []struct {
		name string
		step func(context.Context) (string, error)
	}{
		{"network", c.genesis}, {"headers", c.headers}, {"draw", c.draw}, {"evidence", c.evidence}, {"committee", c.committee},
		{"key releases", c.audit}, {"receipt", c.receipt}, {"inputs and code", c.inputs}, {"result", c.result}, {"settlement", c.settlement},
	}
	var first error
	var lines []Line
	for _, s := range steps {
		line := Line{Name: s.name}
		if first != nil {
			line.Detail = "not checked: an earlier line failed"
		} else if detail, err := s.step(ctx); err != nil {
			first = fmt.Errorf("check proof: %s: %w", s.name, err)
			line.Detail, line.Code = err.Error(), fault.Of(err)
		} else {
			line.OK, line.Detail = true, detail
		}
		lines = append(lines, line)
	}
	return lines, first
}

// Papers are what the file shows of its task, and its headers, which verify from
// the pinned network on; else CONS_HEADER. Nothing more is checked: what is wrong
// with the rest may be what somebody looks for (Offences).
func (p ProofFile) Papers(network wire.Digest) (Papers, map[uint64]EpochHeader, error) {
	c := &checker{file: p, network: network}
	for _, step := range []func(context.Context) (string, error){c.genesis, c.headers} {
		if _, err := step(context.Background()); err != nil {
			return Papers{}, nil, err
		}
	}
	out := Papers{Case: p.Proof.Case, Certificate: p.Proof.Certificate, Leaf: p.Proof.Leaf}
	for _, s := range p.Proof.Settled {
		out.Shown = append(out.Shown, Shown{Dispatcher: s.Batch.Dispatcher, Number: s.Batch.Number, Settlement: s.Settlement, Path: s.Path})
	}
	return out, c.byNumber, nil
}

// checker holds what one step verified for the next.
type checker struct {
	file     ProofFile
	network  wire.Digest
	schemes  attest.Schemes
	byNumber map[uint64]EpochHeader
	verified Verified
	claims   attest.Claims
}

func (c *checker) genesis(context.Context) (string, error) {
	got := c.file.Genesis.Network(c.file.Epochs)
	if got != c.network {
		return "", fault.Denied(fault.ConsHeader, "check genesis", "network", c.network.Short(), got.Short())
	}
	note := ""
	if c.file.Genesis.Teaching {
		note = "; a teaching network: the simulated platform protects nothing from its host"
	}
	return c.file.Genesis.Name + " " + got.Short() + note, nil
}

func (c *checker) headers(context.Context) (string, error) {
	view := NewView(c.file.Genesis, c.file.Epochs)
	c.byNumber = map[uint64]EpochHeader{}
	for _, h := range c.file.Proof.Headers {
		next, err := view.Advance(h)
		if err != nil {
			return "", err
		}
		view = next
		c.byNumber[h.Header.Number] = h.Header
	}
	return strconv.Itoa(len(c.file.Proof.Headers)) + " signed headers up to epoch " + strconv.FormatUint(view.Header.Number, 10), nil
}

func (c *checker) header(number uint64) (EpochHeader, error) {
	h, ok := c.byNumber[number]
	if !ok {
		return EpochHeader{}, fault.New(fault.ConsHeader, "check proof: the header of epoch %d is not in it", number)
	}
	return h, nil
}

func (c *checker) draw(context.Context) (string, error) {
	cs := c.file.Proof.Case
	h, err := c.header(cs.Acceptance.Body.Epoch)
	if err != nil {
		return "", err
	}
	// Offline, "newest" is the newest challenge's own epoch: freshness was
	// judged by those who were there.
	newest := uint64(0)
	for _, ch := range cs.Challenges {
		newest = max(newest, ch.Body.Epoch)
	}
	if c.verified, err = cs.CheckDraw(c.network, h, newest, c.file.Genesis.Params); err != nil {
		return "", err
	}
	return fmt.Sprintf("seed %s of %d managers and the dispatcher; worker %s, attempt %d; %d seats",
		c.verified.Drawn.Seed.Short(), len(cs.Draw.Managers), short(c.verified.Worker.Key), c.verified.Assignment.Attempt, len(c.verified.Drawn.Seats)), nil
}

func (c *checker) evidence(ctx context.Context) (string, error) {
	h, err := c.header(c.verified.Assignment.Epoch)
	if err != nil {
		return "", err
	}
	set, err := c.policies(h)
	if err != nil {
		return "", err
	}
	then := time.Unix(int64(h.Time), 0)
	c.claims, err = c.schemes.Verify(ctx, c.file.Proof.Case.Evidence, then)
	if err != nil {
		return "", err
	}
	if err := Appraise(c.verified, set, c.claims, then); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s, level %d, boundary %s, measurement %s", c.claims.Scheme, c.claims.Level, c.claims.Boundary, c.claims.Measurement.Short()), nil
}

// policies are those that the signed header names, from the genesis or the file, with
// a release log that the genesis's auditors signed.
func (c *checker) policies(h EpochHeader) (attest.PolicySet, error) {
	for _, set := range append([]attest.PolicySet{c.file.Genesis.Policies}, c.file.Policies...) {
		if h.CheckPolicies(set) != nil {
			continue
		}
		if err := set.Extends(c.file.Genesis.Policies); err != nil {
			return attest.PolicySet{}, err
		}
		return set, set.CheckReleases()
	}
	return attest.PolicySet{}, fault.New(fault.KeyGeneration, "check evidence: the policies of epoch %d, generation %d, are not in the file", h.Number, h.Generation)
}

func (c *checker) committee(context.Context) (string, error) {
	params := c.file.Genesis.Params
	if err := c.file.Proof.Certificate.Check(c.network, c.verified.Subject, c.verified.Drawn.Seats, params); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d votes for %d seats", len(c.file.Proof.Certificate.Votes), params.Seats), nil
}

func (c *checker) audit(context.Context) (string, error) {
	artefacts, err := c.file.Proof.Case.Artefacts()
	if err != nil {
		return "", err
	}
	if len(artefacts) != len(c.file.Proof.Audit) {
		return "", fault.New(fault.ChainProof, "check key releases: %d artefacts, %d audit entries", len(artefacts), len(c.file.Proof.Audit))
	}
	for i, a := range artefacts {
		e := c.file.Proof.Audit[i]
		if err := e.Check(c.network, a.Manager); err != nil {
			return "", err
		}
		if err := c.verified.Subject.CheckRecord(e.Record, a); err != nil {
			return "", err
		}
	}
	managers := c.file.Proof.Case.Managers()
	if len(managers) != len(c.file.Proof.Released) {
		return "", fault.New(fault.ChainProof, "check key releases: %d managers, %d words of them", len(managers), len(c.file.Proof.Released))
	}
	for i, m := range managers {
		word, err := c.file.Proof.Released[i].Check(c.network, m)
		if err != nil {
			return "", err
		}
		if word.Task != c.verified.TaskID || word.Assignment != c.verified.Subject.Assignment {
			return "", fault.New(fault.ChainProof, "check key releases: the word of manager %d is about something else", i)
		}
	}
	return fmt.Sprintf("%d releases, each in its manager's log before the key left", len(artefacts)), nil
}

func (c *checker) receipt(context.Context) (string, error) {
	leaf, err := c.file.Proof.Leaf.Check(c.network, c.file.Proof.Case.Keys.Receipt)
	if err != nil {
		return "", err
	}
	v := c.verified
	if leaf.Task != v.TaskID || leaf.Assignment != v.Assignment.Hash() || leaf.Attempt != v.Assignment.Attempt || leaf.Place != v.Case.Place || leaf.Kind != v.Task.Kind {
		return "", fault.New(fault.ResultKey, "check receipt: it is for another task, attempt or place")
	}
	if len(c.file.Receipt) == 0 {
		return "exit " + ExitClass(leaf.Exit).String() + "; the full receipt is sealed", nil
	}
	r := c.file.Receipt[0]
	if r.Commitment() != leaf.Commitment {
		return "", fault.New(fault.ResultKey, "check receipt: it is not the one that the leaf commits to")
	}
	if r.Task != leaf.Task || r.Worker != v.Worker.Key || r.Evidence != v.Subject.Evidence || r.Exit != leaf.Exit || Bucket(r.Fuel) != leaf.Bucket {
		return "", fault.New(fault.ResultKey, "check receipt: it contradicts its leaf")
	}
	return fmt.Sprintf("exit %s, %d fuel, sandbox %s", ExitClass(leaf.Exit), r.Fuel, r.Sandbox), nil
}

func (c *checker) inputs(context.Context) (string, error) {
	cs := c.file.Proof.Case
	if len(c.file.Receipt) == 0 {
		return "service " + cs.Service.Entry.Name + "; digests are in the sealed receipt", nil
	}
	r := c.file.Receipt[0]
	exited := ExitClass(r.Exit)
	if exited == ExitOK && r.Code != cs.Service.Entry.Sealed.Plain {
		return "", fault.Denied(fault.WasmHash, "check code", "code", cs.Service.Entry.Sealed.Plain.Short(), r.Code.Short())
	}
	artefacts, err := cs.Artefacts()
	if err != nil {
		return "", err
	}
	if exited == ExitOK && len(r.Inputs) != len(c.verified.Task.Inputs) {
		return "", fault.New(fault.ResultKey, "check inputs: the receipt names %d of %d", len(r.Inputs), len(c.verified.Task.Inputs))
	}
	for i, in := range r.Inputs {
		if i >= len(c.verified.Task.Inputs) || in.Root != artefacts[i+1].Root || in.Name != c.verified.Task.Inputs[i].Name {
			return "", fault.New(fault.ResultKey, "check inputs: input %d is not the one that the task names", i)
		}
	}
	records := make([][]byte, len(c.file.Proof.Audit))
	for i, e := range c.file.Proof.Audit {
		records[i] = e.Record
	}
	if len(records) != len(artefacts) {
		return "", fault.New(fault.ChainProof, "check inputs: %d artefacts, %d audit entries", len(artefacts), len(records))
	}
	if err := r.CheckSecrets(artefacts, records); err != nil {
		return "", err
	}
	text := fmt.Sprintf("code %s (%s@%d), %d inputs", r.Code.Short(), cs.Service.Entry.Name, cs.Service.Entry.Generation, len(r.Inputs))
	if r.Mode != "" {
		text += ", mode " + r.Mode
	}
	if r.Privacy != "" {
		text += ", differential privacy " + r.Privacy
	}
	for _, c := range r.Channels {
		text += fmt.Sprintf(", %d requests through channel %s", c.Requests, c.Hello.Short())
	}
	for _, in := range r.Inputs {
		if in.Asked > 0 {
			text += fmt.Sprintf("; %s: %d bytes came over its link in %d requests", in.Name, in.Moved, in.Asked)
		}
	}
	for _, s := range r.Secrets {
		text += "; of a vault: " + s.String()
	}
	return text, nil
}

func (c *checker) result(context.Context) (string, error) {
	leaf := c.file.Proof.Leaf.Body
	if c.file.Proof.Output.Root != leaf.Output {
		return "", fault.New(fault.ResultKey, "check result: the output is not the one that the leaf names")
	}
	if len(c.file.Receipt) == 0 {
		return "ciphertext " + leaf.Output.Short(), nil
	}
	out := ""
	for _, o := range c.file.Receipt[0].Outputs {
		out += fmt.Sprintf(" %s %s", o.Name, o.Digest.Short())
	}
	return "ciphertext " + leaf.Output.Short() + ";" + out, nil
}

func (c *checker) settlement(context.Context) (string, error) {
	if len(c.file.Proof.Settled) == 0 {
		return "", fault.New(fault.KeyFinality, "check settlement: not settled yet")
	}
	s := c.file.Proof.Settled[0]
	h, err := c.header(s.Batch.Epoch)
	if err != nil {
		return "", err
	}
	if err := s.Check(c.network, h); err != nil {
		return "", err
	}
	leaf := c.file.Proof.Leaf.Body
	if s.Settlement.Task != leaf.Task || s.Settlement.Receipt != leaf.Hash() || s.Settlement.User != c.verified.Task.User {
		return "", fault.New(fault.ChainProof, "check settlement: it is for another task or receipt")
	}
	return fmt.Sprintf("%d gwei of at most %d, batch %d of dispatcher %s", s.Settlement.Fee, c.verified.Task.MaxFee, s.Batch.Number, short(s.Batch.Dispatcher)), nil
}

// Check verifies the batch's committee and the settlement's place in it.
func (s Settled) Check(network wire.Digest, h EpochHeader) error {
	if !wire.VerifyPair(s.Settlement.Leaf(), s.Path, s.Batch.Leaves) {
		return fault.New(fault.ChainProof, "check settlement: it is not in the batch")
	}
	members, err := s.Committee.Check(h.Verifiers)
	if err != nil {
		return err
	}
	if len(s.Sigs) != len(members) {
		return fault.New(fault.ChainProof, "check settlement: %d signatures of %d members", len(s.Sigs), len(members))
	}
	digest := wire.Sign712(network, s.Batch.Hash())
	signed := map[wire.Address]bool{}
	for i, m := range members {
		if key.Verify(m.Key, digest, s.Sigs[i]) == nil {
			signed[m.Key] = true
		}
	}
	seats := SettleSeats(h.Beacon, s.Batch.Dispatcher, s.Batch.Number, s.Committee.Root)
	got := 0
	for _, r := range seats {
		for _, m := range members {
			if signed[m.Key] && m.Start <= r && r < m.Start+m.Stake {
				got++
				break
			}
		}
	}
	need := len(seats)
	if s.Committee.Root.Count <= MaxSeats {
		got, need = len(signed), int(s.Committee.Root.Count)
	}
	if 3*got <= 2*need {
		return fault.Denied(fault.ChainProof, "check settlement", "committee", "more than two thirds of "+strconv.Itoa(need)+" seats", strconv.Itoa(got))
	}
	return nil
}

func short(a wire.Address) string { return a.String()[:10] }
