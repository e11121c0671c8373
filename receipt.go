package tacit

import (
	"context"
	"slices"
	"strconv"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Receipt is the enclave's full statement of a run. It travels sealed to the
// task's recipients; the public sees its Leaf, whose commitment binds it.
type Receipt struct {
	Network    wire.Digest      `cbor:"1,keyasint" json:"network"`
	Task       wire.Digest      `cbor:"2,keyasint" json:"task"`
	Assignment wire.Digest      `cbor:"3,keyasint" json:"assignment"`
	Attempt    uint8            `cbor:"4,keyasint" json:"attempt"`
	Place      uint8            `cbor:"5,keyasint" json:"place"`
	Worker     wire.Address     `cbor:"6,keyasint" json:"worker"`
	Code       wire.Digest      `cbor:"7,keyasint" json:"code"`   // SHA-256 of the module that ran
	Inputs     []ReceiptInput   `cbor:"8,keyasint" json:"inputs"` // in the task's order
	Params     wire.Digest      `cbor:"9,keyasint" json:"params"` // hash of the Sealed, zero if none
	Outputs    []ReceiptOutput  `cbor:"10,keyasint" json:"outputs"`
	Fuel       uint64           `cbor:"11,keyasint" json:"fuel"`
	Memory     int64            `cbor:"12,keyasint" json:"memory"` // peak, bytes
	Read       int64            `cbor:"13,keyasint" json:"read"`   // plaintext bytes of inputs
	Level      uint8            `cbor:"14,keyasint" json:"level"`
	Boundary   string           `cbor:"15,keyasint" json:"boundary"`
	Sandbox    string           `cbor:"16,keyasint" json:"sandbox"`  // full or partial
	Evidence   wire.Digest      `cbor:"17,keyasint" json:"evidence"` // digest
	Exit       uint8            `cbor:"18,keyasint" json:"exit"`     // ExitClass
	ExitCode   int32            `cbor:"19,keyasint" json:"exitCode"`
	Fault      string           `cbor:"20,keyasint" json:"fault"` // code of a failed run
	Salt       wire.Digest      `cbor:"21,keyasint" json:"salt"`
	Secrets    []ReceiptSecret  `cbor:"22,keyasint,omitempty" json:"secrets,omitempty"`  // what it had of vaults
	Mode       string           `cbor:"23,keyasint,omitempty" json:"mode,omitempty"`     // of an engine that has several
	Privacy    string           `cbor:"24,keyasint,omitempty" json:"privacy,omitempty"`  // as PrivacyOf says it; empty if none is kept
	Channels   []SessionReceipt `cbor:"25,keyasint,omitempty" json:"channels,omitempty"` // of a session: what was answered through each
}

// A ReceiptInput is one input that was opened.
type ReceiptInput struct {
	Name string      `cbor:"1,keyasint" json:"name"`
	Root wire.Digest `cbor:"2,keyasint" json:"root"` // chunk root of its ciphertext
	Size int64       `cbor:"3,keyasint" json:"size"` // plaintext bytes

	Moved int64 `cbor:"4,keyasint,omitempty" json:"moved,omitempty"` // bytes of ciphertext that came for it
	Asked int64 `cbor:"5,keyasint,omitempty" json:"asked,omitempty"` // requests for them
}

// A ReceiptOutput is one file of the result; stdout and stderr are among them.
type ReceiptOutput struct {
	Name   string      `cbor:"1,keyasint" json:"name"`
	Digest wire.Digest `cbor:"2,keyasint" json:"digest"`                 // SHA-256; Blinded where several recipients are
	Size   int64       `cbor:"3,keyasint" json:"size"`                   // 0 in the receipt of a task with several recipients
	To     []uint8     `cbor:"4,keyasint,omitempty" json:"to,omitempty"` // recipients of such a task that get it
}

// Commitment is what the leaf holds; the salt keeps it from being guessed.
func (r Receipt) Commitment() wire.Digest { return wire.Hash("tacit/receipt", r) }

// A GrantRecord is the audit record that is durable before a key leaves.
type GrantRecord struct {
	Network    wire.Digest  `cbor:"1,keyasint" json:"network"`
	Task       wire.Digest  `cbor:"2,keyasint" json:"task"`
	Assignment wire.Digest  `cbor:"3,keyasint" json:"assignment"`
	Attempt    uint8        `cbor:"4,keyasint" json:"attempt"`
	Place      uint8        `cbor:"5,keyasint" json:"place"`
	Manager    wire.Address `cbor:"6,keyasint" json:"manager"`
	Artefact   wire.Digest  `cbor:"7,keyasint" json:"artefact"` // age header digest
	Subject    string       `cbor:"8,keyasint" json:"subject"`  // entry's name, or params or own input
	Keys       wire.Digest  `cbor:"9,keyasint" json:"keys"`
	Evidence   wire.Digest  `cbor:"10,keyasint" json:"evidence"`
	Terms      wire.Digest  `cbor:"11,keyasint" json:"terms"`
	Epoch      uint64       `cbor:"12,keyasint" json:"epoch"` // newest header of the manager
	User       wire.Address `cbor:"13,keyasint" json:"user"`
	Decision   string       `cbor:"14,keyasint" json:"decision"` // released, or the code of the denial
	Rule       string       `cbor:"15,keyasint" json:"rule"`     // that denied

	Secrets []SecretRecord `cbor:"16,keyasint,omitempty" json:"secrets,omitempty"` // that went with the key
}

// Encode is the record's bytes in the log.
func (r GrantRecord) Encode() ([]byte, error) { return wire.Marshal("tacit/audit/grant", r) }

// A Grant is one file key, sealed to the enclave of one place of one attempt.
type Grant struct {
	Task     wire.Digest  `cbor:"1,keyasint" json:"task"`
	Attempt  uint8        `cbor:"2,keyasint" json:"attempt"`
	Place    uint8        `cbor:"3,keyasint" json:"place"`
	Manager  wire.Address `cbor:"4,keyasint" json:"manager"`
	Artefact wire.Digest  `cbor:"5,keyasint" json:"artefact"` // age header digest
	Terms    GrantTerms   `cbor:"6,keyasint" json:"terms"`    // what the enclave enforces
	Record   []byte       `cbor:"7,keyasint" json:"record"`   // the encoded GrantRecord
	Index    uint64       `cbor:"8,keyasint" json:"index"`    // of the record in the manager's log
	Sealed   []byte       `cbor:"9,keyasint" json:"sealed"`   // HPKE, with Info as context

	Secrets []byte `cbor:"10,keyasint,omitempty" json:"secrets,omitempty"` // TaskSecrets, sealed with SecretsInfo as context
}

// GrantTerms are the rules that only the enclave can enforce.
type GrantTerms struct {
	MaxOutput    uint64 `cbor:"1,keyasint" json:"maxOutput"`
	Logs         bool   `cbor:"2,keyasint" json:"logs"`
	MinGroupSize uint64 `cbor:"3,keyasint" json:"minGroupSize"`
	Timing       uint32 `cbor:"4,keyasint,omitempty" json:"timing,omitempty"` // milliseconds, as in Terms

	Sets  *SetRules   `cbor:"5,keyasint,omitempty" json:"sets,omitempty"`
	Learn *LearnRules `cbor:"6,keyasint,omitempty" json:"learn,omitempty"`
}

// Info is the context under which the key is sealed: a grant cannot be used
// for another task, attempt, place, artefact or under other terms.
func (g Grant) Info(network wire.Digest) []byte {
	type context struct {
		Network  wire.Digest  `cbor:"1,keyasint"`
		Task     wire.Digest  `cbor:"2,keyasint"`
		Attempt  uint8        `cbor:"3,keyasint"`
		Place    uint8        `cbor:"4,keyasint"`
		Manager  wire.Address `cbor:"5,keyasint"`
		Artefact wire.Digest  `cbor:"6,keyasint"`
		Terms    GrantTerms   `cbor:"7,keyasint"`
	}
	d := wire.Hash("tacit/grant", context{network, g.Task, g.Attempt, g.Place, g.Manager, g.Artefact, g.Terms})
	return d[:]
}

// A LogKey is a manager's statement of the key that signs its log.
type LogKey struct {
	Manager wire.Address `cbor:"1,keyasint" json:"manager"`
	Name    string       `cbor:"2,keyasint" json:"name"`
	Public  []byte       `cbor:"3,keyasint" json:"public"` // Ed25519
}

// Hash is the SHA-256 of the labelled encoding; Signed signs it for a network.
func (k LogKey) Hash() wire.Digest { return wire.Hash("tacit/logkey", k) }

// An AuditEntry shows one release in its manager's log.
type AuditEntry struct {
	Log    Signed[LogKey] `cbor:"1,keyasint" json:"log"`
	Record []byte         `cbor:"2,keyasint" json:"record"`
	Proof  AuditProof     `cbor:"3,keyasint" json:"proof"`
}

// CheckRecord reports CHAIN_PROOF unless a manager's record says that it released
// this artefact to this subject.
func (s Subject) CheckRecord(record []byte, a Sealed) error {
	var r GrantRecord
	if err := wire.Unmarshal("tacit/audit/grant", record, &r); err != nil {
		return err
	}
	if r.Task != s.Task || r.Artefact != a.Header || r.Keys != s.Keys || r.Evidence != s.Evidence || r.Manager != a.Manager || r.Decision != "released" {
		return fault.New(fault.ChainProof, "check release: the record of artefact %s is about something else", a.Header.Short())
	}
	return nil
}

// Check reports CHAIN_PROOF or KEY_SIGNATURE unless the entry is in the log of this
// manager.
func (e AuditEntry) Check(network wire.Digest, manager wire.Address) error {
	log, err := e.Log.Check(network, manager)
	if err != nil {
		return err
	}
	return e.Proof.Check(log.Name, log.Public, e.Record)
}

// AppraiseNow judges the claims of a case by the policies of the newest header
// that the appraiser has, and then by those of the task's epoch, which the evidence
// and the votes on it name and by which its proof is checked for ever after. So a
// deny order ends what is under way (EVID_DENIED), and a change that does not
// concern a task does not touch it. Policies that cannot be had are
// EVID_COLLATERAL_UNAVAILABLE; h is the header of the task's epoch.
func AppraiseNow(ctx context.Context, v Verified, headers Headers, h, newest EpochHeader, claims attest.Claims, now time.Time) error {
	for _, by := range []EpochHeader{newest, h} {
		set, err := headers.Policies(ctx, by)
		if err != nil {
			return err
		}
		if err := Appraise(v, set, claims, now); err != nil {
			return err
		}
		if h.Policy == newest.Policy {
			return nil
		}
	}
	return nil
}

// Appraise is what a verifier, a manager or a user finds in a verified case: nil
// if the claims are acceptable at now for the enclave of the drawn worker, else an
// error that lists every shortfall and has the code of the first.
func Appraise(v Verified, set attest.PolicySet, claims attest.Claims, now time.Time) error {
	short := set.Appraise(uint16(RoleEnclave), v.Worker.Key, claims, v.Want, now)
	asked := v.Task.Requirements.Level
	if said := slices.ContainsFunc(short, func(s *fault.Error) bool { return s.Code == fault.EvidLevel }); claims.Level < asked && !said {
		short = append(short, fault.Denied(fault.EvidLevel, "appraise evidence", "level", "at least "+strconv.Itoa(int(asked)), strconv.Itoa(int(claims.Level))))
	}
	if len(short) == 0 {
		return nil
	}
	first := short[0]
	for _, s := range short[1:] {
		first.Got += "; " + string(s.Code) + " " + s.Rule + ": expected " + s.Expected + ", got " + s.Got
	}
	return first
}
