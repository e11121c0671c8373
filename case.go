package tacit

import (
	"slices"
	"strconv"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Challenge is the random value that a manager makes for one place of one
// attempt. The manager that made it accepts evidence over it once, within
// ChallengeSeconds.
type Challenge struct {
	Task    wire.Digest  `cbor:"1,keyasint" json:"task"`
	Attempt uint8        `cbor:"2,keyasint" json:"attempt"`
	Place   uint8        `cbor:"3,keyasint" json:"place"`
	Epoch   uint64       `cbor:"4,keyasint" json:"epoch"` // newest header of the manager
	Manager wire.Address `cbor:"5,keyasint" json:"manager"`
	Nonce   wire.Digest  `cbor:"6,keyasint" json:"nonce"`
}

// ChallengeSeconds is how long a manager accepts evidence over its challenge,
// and ChallengeEpochs how many epoch headers may have passed for a verifier,
// which judges by headers and not by clocks.
const (
	ChallengeSeconds = 60
	ChallengeEpochs  = 10
)

// DrawEpochs is how many epochs may have begun since the header that a task is
// accepted under, when it is drawn.
const DrawEpochs = 2

// Hash is the SHA-256 of the labelled encoding; Signed signs it for a network.
func (c Challenge) Hash() wire.Digest { return wire.Hash("tacit/challenge", c) }

// HashChallenges is what an Assignment names.
func HashChallenges(list []Signed[Challenge]) wire.Digest {
	return wire.Hash("tacit/challenges", list)
}

// A Case is everything that decides whether the evidence of one place of one
// attempt may get keys. Verifiers, managers and, years later, whoever holds
// the proof file check the same Case with the same function.
type Case struct {
	Task       Signed[Task]        `cbor:"1,keyasint" json:"task"`
	Acceptance Signed[Acceptance]  `cbor:"2,keyasint" json:"acceptance"`
	Service    ProvenEntry         `cbor:"3,keyasint" json:"service"`
	Datasets   []ProvenEntry       `cbor:"4,keyasint" json:"datasets"` // of the catalogue inputs, in the task's order
	Own        []Sealed            `cbor:"5,keyasint" json:"own"`      // of inputs of the user's own and of other tasks, in the task's order
	Params     []Sealed            `cbor:"6,keyasint" json:"params"`   // one, or none
	Deposit    ProvenDeposit       `cbor:"7,keyasint" json:"deposit"`
	Draw       Draw                `cbor:"8,keyasint" json:"draw"`
	Assignment Signed[Assignment]  `cbor:"9,keyasint" json:"assignment"`
	Challenges []Signed[Challenge] `cbor:"10,keyasint" json:"challenges"` // ordered by manager
	Place      uint8               `cbor:"11,keyasint" json:"place"`
	Keys       EnclaveKeys         `cbor:"12,keyasint" json:"keys"`
	Evidence   attest.Evidence     `cbor:"13,keyasint" json:"evidence"`
	Skips      []Signed[Skip]      `cbor:"14,keyasint" json:"skips"` // why earlier attempts were not the last

	Steps []Signed[Leaf] `cbor:"15,keyasint,omitempty" json:"steps,omitempty"` // of the tasks that left the inputs of other tasks, in the task's order
}

// Managers are the distinct accounts of the managers whose artefacts the task
// uses, in order.
func (c Case) Managers() []wire.Address {
	list := []wire.Address{c.Service.Entry.Sealed.Manager}
	for _, d := range c.Datasets {
		list = append(list, d.Entry.Sealed.Manager)
	}
	for _, s := range append(slices.Clone(c.Own), c.Params...) {
		list = append(list, s.Manager)
	}
	return SortAddresses(list)
}

// Artefacts are what the enclave opens: the service, then each input in the
// task's order, then the parameters.
func (c Case) Artefacts() ([]Sealed, error) {
	list := []Sealed{c.Service.Entry.Sealed}
	entry, own := 0, 0
	for _, in := range c.Task.Body.Inputs {
		switch {
		case in.Kind == InputEntry && entry < len(c.Datasets):
			list = append(list, c.Datasets[entry].Entry.Sealed)
			entry++
		case (in.Kind == InputOwn || in.Kind == InputOutput) && own < len(c.Own):
			list = append(list, c.Own[own])
			own++
		default:
			return nil, fault.New(fault.APIField, "read task: input %q of kind %d is not offered or not shown", in.Name, in.Kind)
		}
	}
	return append(list, c.Params...), nil
}

// CheckTask verifies the part of a case that is known before anything is
// drawn: the user's signature, the dispatcher's acceptance, the catalogue
// entries and the deposit under the header of the task's epoch.
func (c Case) CheckTask(network wire.Digest, h EpochHeader, params Params) (Task, error) {
	task, err := c.Task.Check(network, c.Task.Body.User)
	if err != nil {
		return Task{}, err
	}
	if err := task.Check(); err != nil {
		return Task{}, err
	}
	accepted, err := c.Acceptance.Check(network, task.Dispatcher)
	if err != nil {
		return Task{}, err
	}
	if accepted.Task != task.ID(network) || accepted.User != task.User || accepted.Epoch != h.Number {
		return Task{}, fault.New(fault.ConsField, "check acceptance: it is for another task, user or epoch")
	}
	if err := c.checkEntries(task, h); err != nil {
		return Task{}, err
	}
	if accepted.Fee > task.MaxFee {
		return Task{}, fault.Denied(fault.PayFee, "check acceptance", "fee", "at most "+strconv.FormatUint(task.MaxFee, 10), strconv.FormatUint(accepted.Fee, 10))
	}
	datasets := make([]Entry, len(c.Datasets))
	for i := range c.Datasets {
		datasets[i] = c.Datasets[i].Entry
	}
	if quote := Quote(params, task, c.Service.Entry, datasets).Total(); accepted.Fee < quote {
		return Task{}, fault.Denied(fault.PayFee, "check acceptance", "fee", "the quote of "+strconv.FormatUint(quote, 10), strconv.FormatUint(accepted.Fee, 10))
	}
	deposit, err := c.Deposit.Check(h)
	if err != nil {
		return Task{}, err
	}
	if deposit.User != task.User || deposit.Dispatcher != task.Dispatcher || accepted.Reserved > deposit.Amount || accepted.Reserved < accepted.Fee {
		return Task{}, fault.Denied(fault.PayDeposit, "check deposit", "reserved",
			"at most the "+strconv.FormatUint(deposit.Amount, 10)+" that this user deposited with this dispatcher", strconv.FormatUint(accepted.Reserved, 10))
	}
	if task.Deadline < h.Block+params.Deadline {
		return Task{}, fault.Denied(fault.TaskTimeout, "check deadline", "deadline", "at least block "+strconv.FormatUint(h.Block+params.Deadline, 10), strconv.FormatUint(task.Deadline, 10))
	}
	// A deposit must not be able to leave before what it is reserved for can
	// be settled.
	if params.WithdrawDelay <= params.SettleWindow || task.Deadline > addMoney(h.Block, params.WithdrawDelay-params.SettleWindow) {
		return Task{}, fault.Denied(fault.TaskTimeout, "check deadline", "deadline", "settled before a withdrawal could be over, "+strconv.FormatUint(params.WithdrawDelay, 10)+" blocks from block "+strconv.FormatUint(h.Block, 10), strconv.FormatUint(task.Deadline, 10))
	}
	return task, nil
}

// offered says what an entry is that a task is held against.
func offered(e Entry) string {
	s := e.Name + " generation " + strconv.FormatUint(e.Generation, 10)
	if e.Retired {
		s += ", which its owner retired"
	}
	return s
}

func (c Case) checkEntries(task Task, h EpochHeader) error {
	service, err := c.Service.Check(h)
	if err != nil {
		return err
	}
	if service.ID != task.Service || service.Kind != EntryService || service.Generation != task.Generation || service.Retired {
		return fault.Denied(fault.KeyGeneration, "check service", "entry", "generation "+strconv.FormatUint(task.Generation, 10)+" of the service that the task names",
			offered(service))
	}
	entry, own, step := 0, 0, 0
	for _, in := range task.Inputs {
		switch in.Kind {
		case InputEntry:
			if entry == len(c.Datasets) {
				return fault.New(fault.ConsField, "check inputs: the entry of input %q is not shown", in.Name)
			}
			d, err := c.Datasets[entry].Check(h)
			if err != nil {
				return err
			}
			if d.ID != in.Ref || d.Kind != EntryDataset || d.Generation != in.Index || d.Retired {
				return fault.Denied(fault.KeyGeneration, "check input "+in.Name, "entry", "generation "+strconv.FormatUint(in.Index, 10)+" of the dataset that the task names", offered(d))
			}
			entry++
		case InputOwn, InputOutput:
			if own == len(c.Own) || c.Own[own].Hash() != in.Ref {
				return fault.New(fault.ConsField, "check inputs: own input %q is not the one that the task names", in.Name)
			}
			// Whose leaf it is the manager of the input knows.
			if in.Kind == InputOutput {
				if step == len(c.Steps) || c.Steps[step].Body.Output != c.Own[own].Root {
					return fault.New(fault.ConsField, "check inputs: the leaf of the task that left input %q is not shown", in.Name)
				}
				step++
			}
			own++
		}
	}
	if entry != len(c.Datasets) || own != len(c.Own) || step != len(c.Steps) {
		return fault.New(fault.ConsField, "check inputs: more artefacts are shown than the task names")
	}
	switch {
	case task.Params.IsZero() && len(c.Params) == 0:
	case len(c.Params) == 1 && c.Params[0].Hash() == task.Params:
	default:
		return fault.New(fault.ConsField, "check parameters: they are not those that the task names")
	}
	return nil
}

const sealedType = "Sealed(bytes32 header,bytes32 root,bytes32 plain,bytes32 identity,address manager,uint64 size)"

// Hash is the EIP-712 struct hash; tasks name own inputs and parameters by it.
func (s Sealed) Hash() wire.Digest {
	return wire.Typed(sealedType).Digest(s.Header).Digest(s.Root).Digest(s.Plain).Digest(s.Identity).Address(s.Manager).
		Uint(uint64(s.Size)).Hash()
}

// A Verified case passed every check that needs no appraisal. Only CheckDraw
// makes one.
type Verified struct {
	Case       Case
	Task       Task
	TaskID     wire.Digest
	Assignment Assignment
	Drawn      Drawn
	Worker     Member
	Want       attest.ReportData // what the evidence must be over
	Subject    Subject
}

// CheckDraw verifies the whole case but for the evidence itself: CheckTask,
// the draw, the assignment as its consequence, and the managers' challenges.
// newest is the number of the newest header that the checker has.
func (c Case) CheckDraw(network wire.Digest, h EpochHeader, newest uint64, params Params) (Verified, error) {
	task, err := c.CheckTask(network, h, params)
	if err != nil {
		return Verified{}, err
	}
	drawn, err := c.Draw.Check(network, task, h, params, c.Managers())
	if err != nil {
		return Verified{}, err
	}
	v := Verified{Case: c, Task: task, TaskID: task.ID(network), Drawn: drawn}
	if v.Assignment, err = c.Assignment.Check(network, task.Dispatcher); err != nil {
		return Verified{}, err
	}
	a := v.Assignment
	if a.Task != v.TaskID || a.Epoch != h.Number || a.Seed != drawn.Seed || a.Attempt < 1 || int(a.Attempt) > len(drawn.Workers) || len(a.Places) != 1 || c.Place != 0 {
		return Verified{}, fault.New(fault.ConsField, "check assignment: its task, epoch, seed, attempt or places are not those of the draw")
	}
	v.Worker = drawn.Workers[a.Attempt-1]
	if a.Places[0].Index != c.Place || a.Places[0].Worker != v.Worker.Key {
		return Verified{}, fault.Denied(fault.VRFInvalid, "check assignment", "worker", v.Worker.Key.String(), a.Places[0].Worker.String())
	}
	if err := checkSkips(network, c.Skips, v.TaskID, a.Attempt, drawn.Workers, task.Dispatcher); err != nil {
		return Verified{}, err
	}
	if !slices.EqualFunc(a.Seats, drawn.Seats, func(s wire.Address, m Member) bool { return s == m.Key }) {
		return Verified{}, fault.New(fault.VRFInvalid, "check assignment: its seats are not those of the draw")
	}
	if err := c.checkChallenges(network, a, newest); err != nil {
		return Verified{}, err
	}
	manifest, err := c.Manifest()
	if err != nil {
		return Verified{}, err
	}
	transcript := TranscriptOf(network, a, c.Place, c.Keys, h, c.Challenges, manifest)
	v.Want = transcript.Data()
	v.Subject = Subject{
		Epoch: a.Epoch, Task: v.TaskID, Assignment: a.Hash(), Attempt: a.Attempt, Place: c.Place,
		Evidence: c.Evidence.Digest(), Keys: c.Keys.Hash(), Policy: h.Policy, Generation: h.Generation,
	}
	return v, nil
}

func (c Case) checkChallenges(network wire.Digest, a Assignment, newest uint64) error {
	managers := c.Managers()
	if len(c.Challenges) != len(managers) || HashChallenges(c.Challenges) != a.Challenges {
		return fault.New(fault.EvidStale, "check challenges: they are not those of every manager that the assignment names")
	}
	for i, s := range c.Challenges {
		ch, err := s.Check(network, managers[i])
		if err != nil {
			return err
		}
		if ch.Task != a.Task || ch.Attempt != a.Attempt || ch.Place != c.Place || ch.Manager != managers[i] {
			return fault.New(fault.EvidStale, "check challenges: that of %s is for another task, attempt or place", managers[i])
		}
		if newest > ch.Epoch+ChallengeEpochs {
			return fault.Denied(fault.EvidStale, "check challenges", "age", "at most "+strconv.Itoa(ChallengeEpochs)+" epochs", strconv.FormatUint(newest-ch.Epoch, 10))
		}
	}
	return nil
}

// Manifest is the digest of everything that changes what an attempt does
// beyond the task itself: the artefacts in order.
func (c Case) Manifest() (wire.Digest, error) {
	list, err := c.Artefacts()
	if err != nil {
		return wire.Digest{}, err
	}
	return ManifestOf(list), nil
}

// ManifestOf is the digest of artefacts in the order of Case.Artefacts: the
// EIP-712 encoding of the list.
func ManifestOf(list []Sealed) wire.Digest { return hashAll(list) }

// TranscriptOf is what the evidence for a place of an assignment commits to.
func TranscriptOf(network wire.Digest, a Assignment, place uint8, keys EnclaveKeys, h EpochHeader, challenges []Signed[Challenge], manifest wire.Digest) attest.TaskTranscript {
	all := HashChallenges(challenges)
	return attest.TaskTranscript{
		Network: network, Version: Version, Role: uint16(RoleEnclave), Task: a.Task, Assignment: a.Hash(),
		Attempt: a.Attempt, Place: place, Keys: keys.Hash(), Policy: h.Policy, Generation: h.Generation,
		Freshness: new(wire.Words).Digest(a.Seed).Digest(all).Hash(), Manifest: manifest,
	}
}

// Check reports the first field of a task that no role would accept, whatever
// the chain says.
func (t Task) Check() error {
	bad := func(field, why string) error {
		return fault.New(fault.APIField, "read task: field %s: %s", field, why)
	}
	switch {
	case t.Kind != KindEnclave:
		return bad("kind", "this version proves execution by enclave only")
	case len(t.Inputs) > 64:
		return bad("inputs", "more than 64")
	case len(t.Recipients) == 0 || len(t.Recipients) > MostRecipients:
		return bad("recipients", "want 1 to "+strconv.Itoa(MostRecipients))
	case t.Recipients[0].Kind != RecipientKey:
		return bad("recipients", "the first is a key, to which the receipt goes")
	case t.Requirements.Level < 2 || t.Requirements.Level > 5:
		return bad("requirements.level", "want 2 to 5")
	case t.Requirements.Fuel == 0 || t.Requirements.Fuel > 1<<50:
		return bad("requirements.fuel", "missing or too large")
	case t.Requirements.Memory == 0 || t.Requirements.Memory > 4<<30:
		return bad("requirements.memory", "missing or above 4 GiB")
	case t.Requirements.Output == 0 || t.Requirements.Output > 1<<30:
		return bad("requirements.output", "missing or above 1 GiB")
	case t.Requirements.Seconds == 0 || t.Requirements.Seconds > 86400:
		return bad("requirements.seconds", "missing or above a day")
	case len(t.Requirements.Purpose) > 64 || len(t.Requirements.Region) > 64:
		return bad("requirements.purpose", "purpose or region is longer than 64 bytes")
	}
	for _, r := range t.Recipients {
		switch {
		case r.Kind != RecipientKey && r.Kind != RecipientIdentity || (r.Kind == RecipientIdentity) == r.Ref.IsZero():
			return bad("recipients", "one is neither a key nor an identity at a manager")
		case len(r.Key) == 0 || len(r.Key) > 4096:
			return bad("recipients", "a key is missing or too long")
		}
	}
	seen := map[string]bool{}
	for _, in := range t.Inputs {
		if in.Kind < InputEntry || in.Kind > InputOutput {
			return bad("inputs", "alias "+strconv.Quote(in.Name)+" is of no known kind")
		}
		if !namePart(in.Name) || seen[in.Name] {
			return bad("inputs", "alias "+strconv.Quote(in.Name)+" is not a name or stands twice")
		}
		seen[in.Name] = true
	}
	return nil
}
