package tacit

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// What a task may do with something of a vault. All but SecretRead are uses of a key
// that stays there.
const (
	SecretRead    = "read"
	SecretSign    = "sign"
	SecretHMAC    = "hmac"
	SecretEncrypt = "encrypt"
	SecretDecrypt = "decrypt"
)

// Bounds of what terms give of a vault, and of what it answers.
const (
	MostSecrets     = 16        // of one entry
	MostSecretBytes = 64 << 10  // of one answer, and of what a key is used on
	MostSecretCalls = 1_000_000 // of one key in one attempt
)

// A Secret is something in the vault of an entry's manager that the entry's owner
// gives to the tasks on the entry. His word alone gives nothing: the vault's role
// must name the entry and the service, and the role's policies allow the path.
type Secret struct {
	Name   string        `cbor:"1,keyasint" json:"name"`             // to the guest: /secrets/<name> if it is read, else /keys/<name>
	Use    string        `cbor:"2,keyasint" json:"use"`              // SecretRead ...
	Path   string        `cbor:"3,keyasint" json:"path"`             // as the vault's API has it: secret/data/weather; of a key transit/keys/reports
	Field  string        `cbor:"4,keyasint" json:"field,omitempty"`  // of what is read; empty is all of it, as JSON
	Role   string        `cbor:"5,keyasint" json:"role"`             // of the vault, for tasks
	Params []SecretParam `cbor:"6,keyasint" json:"params,omitempty"` // of each use of a key, not for the guest to choose
	Calls  uint64        `cbor:"7,keyasint" json:"calls,omitempty"`  // most uses of a key in one attempt
}

// A SecretParam goes with each use of a key, under a name of the vault's API.
type SecretParam struct {
	Name  string `cbor:"1,keyasint" json:"name"`
	Value string `cbor:"2,keyasint" json:"value"`
}

// checkSecrets refuses what no vault could give, or no guest find.
func (t Terms) checkSecrets() error {
	if len(t.Secrets) > MostSecrets {
		return fault.New(fault.APISize, "read terms: %d secrets, at most %d", len(t.Secrets), MostSecrets)
	}
	for i, s := range t.Secrets {
		bad := func(field, want, got string) error {
			return fault.Denied(fault.KeyPolicy, "read terms", fmt.Sprintf("secrets[%d].%s", i, field), want, got)
		}
		same := func(o Secret) bool { return o.Name == s.Name }
		key := s.Use != SecretRead
		switch {
		case !guestName(s.Name):
			return bad("name", "1 to 64 letters, digits, dots, hyphens and underscores, no dot first", strconv.Quote(s.Name))
		case slices.ContainsFunc(t.Secrets[:i], same):
			return bad("name", "each once", strconv.Quote(s.Name))
		case !slices.Contains([]string{SecretRead, SecretSign, SecretHMAC, SecretEncrypt, SecretDecrypt}, s.Use):
			return bad("use", "read, sign, hmac, encrypt or decrypt", strconv.Quote(s.Use))
		case s.Path == "" || strings.HasPrefix(s.Path, "sys/") || strings.HasPrefix(s.Path, "auth/"):
			return bad("path", "one of an engine of the vault", strconv.Quote(s.Path))
		case s.Role == "":
			return bad("role", "the vault's role for tasks", "none")
		case key && (s.Calls == 0 || s.Calls > MostSecretCalls):
			return bad("calls", "1 to "+strconv.Itoa(MostSecretCalls), strconv.FormatUint(s.Calls, 10))
		case key && s.Field != "":
			return bad("field", "none, of a key that is used", strconv.Quote(s.Field))
		case !key && (s.Calls != 0 || len(s.Params) != 0):
			return bad("calls", "none, and no params, of what is read", strconv.FormatUint(s.Calls, 10))
		case len(s.Params) > MostSecrets:
			return bad("params", "at most "+strconv.Itoa(MostSecrets), strconv.Itoa(len(s.Params)))
		case slices.ContainsFunc(s.Params, func(p SecretParam) bool { return p.Name == "" || p.Name == secretInput(s.Use) }):
			return bad("params", "names, but not that of what the guest gives", "another")
		}
	}
	return nil
}

// secretInput is the parameter of the vault's API that the guest's bytes are.
func secretInput(use string) string {
	switch use {
	case SecretEncrypt:
		return "plaintext"
	case SecretDecrypt:
		return "ciphertext"
	}
	return "input"
}

// guestName reports whether a guest on any platform can have a file of that name.
func guestName(name string) bool {
	if name == "" || len(name) > 64 || name[0] == '.' {
		return false
	}
	return !strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_'
	})
}

// A TaskCaller is a task as a vault sees it. The manager that speaks for it has
// checked every word: draw, evidence, committee and terms.
type TaskCaller struct {
	Task    wire.Digest
	Attempt uint8
	Place   uint8
	Entry   string      // whose terms name the secret
	Service string      // that runs
	Program wire.Digest // SHA-256 of its module
	User    wire.Address
	Claims  attest.Claims // of the enclave that it runs in
}

// A SecretAnswer is what a vault gave.
type SecretAnswer struct {
	Data    []byte
	Version uint64 // of what was read, 0 if it has none
}

// A SecretKeeper is a vault that answers for tasks. It judges each call anew by its
// roles and policies, so that what is revoked there ends here, and it answers only
// what it has a durable record of. VAULT_DENIED is all that a task hears of what it
// may not have or what is not there; input is what a key is used on.
type SecretKeeper interface {
	ForTask(ctx context.Context, caller TaskCaller, s Secret, input []byte) (SecretAnswer, error)
}

// TaskSecrets are what the secrets of one entry become for one place of one attempt,
// sealed to its enclave alone.
type TaskSecrets struct {
	Given []GivenSecret `cbor:"1,keyasint"`
	// Key encrypts the uses of keys between this enclave and the manager; empty if
	// there are none.
	Key []byte `cbor:"2,keyasint"`
}

// A GivenSecret is one that was read, or a key that may be used.
type GivenSecret struct {
	Name    string `cbor:"1,keyasint"`
	Use     string `cbor:"2,keyasint"`
	Data    []byte `cbor:"3,keyasint"` // of what was read
	Version uint64 `cbor:"4,keyasint"`
	Calls   uint64 `cbor:"5,keyasint"`
}

// SecretsLabel is the context of TaskSecrets.
const SecretsLabel = "tacit/grant/secrets"

// SecretsInfo is the context under which TaskSecrets are sealed, beside Info.
func (g Grant) SecretsInfo(network wire.Digest) []byte {
	d := wire.Sum(append([]byte(SecretsLabel+"\x00"), g.Info(network)...))
	return d[:]
}

// A UseRequest asks the manager of an attempt's artefact for the use of a key. Whoever
// carries it sees that a key is used and, to a power of two, on how much.
type UseRequest struct {
	Manager wire.Address `cbor:"1,keyasint"`
	Task    wire.Digest  `cbor:"2,keyasint"`
	Attempt uint8        `cbor:"3,keyasint"`
	Place   uint8        `cbor:"4,keyasint"`
	Number  uint64       `cbor:"5,keyasint"` // from 1 on, without gaps
	Sealed  []byte       `cbor:"6,keyasint"` // a KeyUse, under the Key of TaskSecrets
}

// UseReply answers it.
type UseReply struct {
	Sealed []byte `cbor:"1,keyasint"` // a KeyAnswer
}

// Context is what a request or its answer is sealed under; nothing of one use opens
// as part of another.
func (r UseRequest) Context(answer bool) []byte {
	r.Sealed = nil
	label := "tacit/use/request"
	if answer {
		label = "tacit/use/answer"
	}
	d := wire.Hash(label, r)
	return d[:]
}

// A KeyUse is what a guest wants a key to do.
type KeyUse struct {
	Name  string `cbor:"1,keyasint"`
	Input []byte `cbor:"2,keyasint"`
	Pad   []byte `cbor:"3,keyasint"`
}

// A KeyAnswer is what came of it: data, or the code of a refusal.
type KeyAnswer struct {
	Data []byte `cbor:"1,keyasint"`
	Code string `cbor:"2,keyasint"`
	Pad  []byte `cbor:"3,keyasint"`
}

// UseLabel is the context of both.
const UseLabel = "tacit/use"

// UsePad is how many bytes hide the size of so many: they fill up to the next power of
// two from 512 on.
func UsePad(size int) []byte {
	room := 512
	for room < size {
		room *= 2
	}
	return make([]byte, room-size)
}

// A KeyUser has a key used for an enclave. The same request again gets the same answer;
// another under its number, or one that does not follow the last, is KEY_SIGNATURE.
type KeyUser interface {
	Use(ctx context.Context, req UseRequest) (UseReply, error)
}

// A SecretRecord is in the audit record of a release what was given of a vault. The
// path is in the vault's own log.
type SecretRecord struct {
	Name    string `cbor:"1,keyasint" json:"name"`
	Use     string `cbor:"2,keyasint" json:"use"`
	Version uint64 `cbor:"3,keyasint" json:"version"`
	Calls   uint64 `cbor:"4,keyasint" json:"calls"`
}

// A UseRecord is the audit record that is durable before a key is used.
type UseRecord struct {
	Network wire.Digest  `cbor:"1,keyasint" json:"network"`
	Task    wire.Digest  `cbor:"2,keyasint" json:"task"`
	Attempt uint8        `cbor:"3,keyasint" json:"attempt"`
	Place   uint8        `cbor:"4,keyasint" json:"place"`
	Manager wire.Address `cbor:"5,keyasint" json:"manager"`
	Subject string       `cbor:"6,keyasint" json:"subject"` // entry's name
	Name    string       `cbor:"7,keyasint" json:"name"`
	Use     string       `cbor:"8,keyasint" json:"use"`
	Number  uint64       `cbor:"9,keyasint" json:"number"` // of the request
}

// Encode is the record's bytes in the log.
func (r UseRecord) Encode() ([]byte, error) { return wire.Marshal("tacit/audit/use", r) }

// A ReceiptSecret is what a run had of a vault: what was read, and which version, or
// how often a key was used.
type ReceiptSecret struct {
	Name     string       `cbor:"1,keyasint" json:"name"`
	Use      string       `cbor:"2,keyasint" json:"use"`
	Manager  wire.Address `cbor:"3,keyasint" json:"manager"`  // whose vault it is in
	Artefact wire.Digest  `cbor:"4,keyasint" json:"artefact"` // age header digest of the entry whose terms gave it
	Version  uint64       `cbor:"5,keyasint" json:"version"`
	Calls    uint64       `cbor:"6,keyasint" json:"calls"`
	Refused  uint64       `cbor:"7,keyasint" json:"refused"` // of the calls
}

// String says what a run had.
func (s ReceiptSecret) String() string {
	if s.Use == SecretRead {
		return fmt.Sprintf("%s, version %d", s.Name, s.Version)
	}
	text := fmt.Sprintf("%s, %d times %s", s.Name, s.Calls, s.Use)
	if s.Refused > 0 {
		text += fmt.Sprintf(", %d refused", s.Refused)
	}
	return text
}

// CheckSecrets reports RESULT_KEY unless a receipt names what the managers' records say
// was given of their vaults, no more and no less, and no key used more often. Artefacts
// and records are in the order of Case.Artefacts.
func (r Receipt) CheckSecrets(artefacts []Sealed, records [][]byte) error {
	named := 0
	for i, record := range records {
		var g GrantRecord
		if err := wire.Unmarshal("tacit/audit/grant", record, &g); err != nil {
			return err
		}
		for _, s := range g.Secrets {
			j := slices.IndexFunc(r.Secrets, func(n ReceiptSecret) bool {
				return n.Name == s.Name && n.Use == s.Use && n.Version == s.Version && n.Manager == artefacts[i].Manager && n.Artefact == artefacts[i].Header
			})
			if j < 0 || r.Secrets[j].Calls > s.Calls {
				return fault.New(fault.ResultKey, "check secrets: the receipt does not say of %q what its manager's record does", s.Name)
			}
			named++
		}
	}
	if named != len(r.Secrets) {
		return fault.New(fault.ResultKey, "check secrets: the receipt names %d, the managers' records %d", len(r.Secrets), named)
	}
	return nil
}
