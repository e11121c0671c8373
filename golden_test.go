package tacit_test

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/wire"
)

// vector is one message with fixed values in its one encoding.
type vector struct {
	Label  string `json:"label"`
	Type   string `json:"type"`
	Bytes  string `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// sample is a message and, where something names or signs it, the hash that
// its own method gives.
type sample struct {
	label string
	value any
	hash  func() wire.Digest
}

// filler gives every field a value of its own, in order, so that two swapped
// fields never encode alike.
type filler struct{ next uint64 }

func filled[T any](f *filler) T {
	var v T
	f.fill(reflect.ValueOf(&v).Elem())
	return v
}

func (f *filler) fill(v reflect.Value) {
	f.next++
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", f.next))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(f.next & 0x7f)
	case reflect.Int32, reflect.Int64:
		v.SetInt(-int64(f.next & 0x7f))
	case reflect.Array:
		for i := range v.Len() {
			if v.Type().Elem().Kind() == reflect.Uint8 {
				v.Index(i).SetUint(f.next & 0xff)
				continue
			}
			f.fill(v.Index(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			f.fill(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		panic("no sample for " + v.Type().String())
	}
}

// samples are all messages that cross a boundary between roles or are hashed
// or signed as labelled CBOR.
func samples() []sample {
	f := &filler{}
	var list []sample
	add := func(label string, v any, hash func() wire.Digest) { list = append(list, sample{label, v, hash}) }

	challenge := filled[tacit.Challenge](f)
	add("tacit/challenge", challenge, challenge.Hash)
	challenges := filled[[]tacit.Signed[tacit.Challenge]](f)
	add("tacit/challenges", challenges, func() wire.Digest { return tacit.HashChallenges(challenges) })
	receipt := filled[tacit.Receipt](f)
	add("tacit/receipt", receipt, receipt.Commitment)
	terms := filled[tacit.Terms](f)
	add("tacit/terms", terms, terms.Digest)
	genesis := filled[tacit.Genesis](f)
	add("tacit/genesis", genesis, genesis.Digest)
	logKey := filled[tacit.LogKey](f)
	add("tacit/logkey", logKey, logKey.Hash)
	record := filled[tacit.GrantRecord](f)
	add("tacit/audit/grant", record, func() wire.Digest {
		b, err := record.Encode()
		if err != nil {
			panic(err)
		}
		return wire.Sum(b)
	})
	policies := filled[attest.PolicySet](f)
	add("tacit/policies", policies, policies.Digest)
	credential := filled[atls.Credential](f)
	add("tacit/credential", credential, credential.Hash)
	plan := filled[recovery.Plan](f)
	add("tacit/recovery/plan", plan, plan.Hash)
	desk := filled[recovery.Desk](f)
	add("tacit/recovery/desk", desk, desk.Hash)
	add("tacit/recovery/signed", filled[recovery.SignedPlan](f), nil)
	add("tacit/recovery/parcel", filled[recovery.Parcel](f), nil)
	add("tacit/recovery/handed", filled[recovery.Handed](f), nil)
	continuity := filled[tacit.Continuity](f)
	add("tacit/continuity", continuity, continuity.Hash)
	add("tacit/transcript/channel", filled[attest.ChannelTranscript](f), nil)
	add("tacit/device/request", filled[attest.DeviceRequest](f), nil)
	add("tacit/device/reply", filled[attest.DeviceReply](f), nil)

	for _, v := range []any{
		filled[tacit.LaunchRequest](f), filled[tacit.LaunchReply](f), filled[tacit.RunRequest](f), filled[tacit.RunReply](f),
		filled[tacit.ChunkAsk](f), filled[tacit.Chunk](f), filled[tacit.Part](f), filled[tacit.CacheAsk](f), filled[tacit.CachePart](f),
	} {
		add(tacit.FrameLabel, v, nil)
	}
	for _, v := range []any{
		filled[tacit.SubmitRequest](f), filled[tacit.Signed[tacit.Acceptance]](f), filled[tacit.EventsRequest](f), filled[tacit.EventsReply](f),
		filled[tacit.TaskRequest](f), filled[tacit.Proof](f),
		filled[tacit.IdentityRequest](f), filled[tacit.Identity](f), filled[tacit.TermsRequest](f), filled[tacit.Done](f),
		filled[tacit.DrawRequest](f), filled[tacit.Share](f), filled[tacit.ChallengeRequest](f), filled[tacit.Signed[tacit.Challenge]](f),
		filled[tacit.ReleaseRequest](f), filled[tacit.ReleaseReply](f), filled[tacit.AuditRequest](f), filled[tacit.AuditEntry](f),
		filled[tacit.Case](f), filled[tacit.HeaderRequest](f), filled[tacit.Signed[tacit.Vote]](f), filled[tacit.Signed[tacit.EpochHeader]](f),
		filled[tacit.BatchRequest](f), filled[tacit.BatchSig](f),
		filled[tacit.LaunchRequest](f), filled[tacit.LaunchReply](f), filled[tacit.RunRequest](f), filled[tacit.RunReply](f),
		filled[tacit.HeadersRequest](f), filled[tacit.HeadersReply](f), filled[tacit.ProofRequest](f), filled[tacit.NodeReply](f),
		filled[tacit.EntryReply](f), filled[tacit.DepositReply](f), filled[tacit.PoolsReply](f), filled[tacit.PostBatchRequest](f), filled[tacit.Posting](f),
		filled[tacit.FateRequest](f), filled[tacit.Fate](f), filled[tacit.Signed[tacit.Anchor]](f), filled[tacit.Anchored](f),
		filled[tacit.ContinuityRequest](f), filled[tacit.Signed[tacit.Continuity]](f),
	} {
		add("tacit/rpc", v, nil)
	}
	return list
}

// case N81 code - check wire/cbor.go:prefix twin TestGoldenMessagesDecode
func TestN81GoldenMessagesKeepTheirBytes(t *testing.T) {
	var vectors []vector
	seen := map[string]string{}
	for _, s := range samples() {
		b, err := wire.Marshal(s.label, s.value)
		if err != nil {
			t.Fatal(err)
		}
		name := s.label + " " + reflect.TypeOf(s.value).String()
		digest := wire.Sum(b)
		if was, ok := seen[digest.String()]; ok {
			t.Errorf("%s and %s encode alike", was, name)
		}
		seen[digest.String()] = name
		if s.hash != nil && s.hash() != digest {
			t.Errorf("%s: the hash that is signed or named is %s, that of its encoding %s", name, s.hash(), digest)
		}
		if wire.Hash(s.label+"2", s.value) == digest {
			t.Errorf("%s hashes alike under another label", name)
		}
		vectors = append(vectors, vector{s.label, strings.ReplaceAll(reflect.TypeOf(s.value).String(), "tacit/", ""), hex.EncodeToString(b), digest.String()})
	}
	text, err := json.MarshalIndent(vectors, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "testdata/golden/messages.json", string(text)+"\n")
}

func TestGoldenMessagesDecode(t *testing.T) {
	for _, s := range samples() {
		if reflect.TypeOf(s.value).Kind() != reflect.Struct {
			continue // lists are hashed and never decoded
		}
		b, err := wire.Marshal(s.label, s.value)
		if err != nil {
			t.Fatal(err)
		}
		again := reflect.New(reflect.TypeOf(s.value))
		if err := wire.Unmarshal(s.label, b, again.Interface()); err != nil {
			t.Errorf("%s: %v", s.label, err)
		} else if !reflect.DeepEqual(again.Elem().Interface(), s.value) {
			t.Errorf("%s %T: decoded to another value", s.label, s.value)
		}
	}
}

func TestReportDataIsTheHashOfItsTranscript(t *testing.T) {
	f := &filler{}
	channel := filled[attest.ChannelTranscript](f)
	b, err := wire.Marshal("tacit/transcript/channel", channel)
	if err != nil {
		t.Fatal(err)
	}
	if want := sha512.Sum512(b); channel.Data() != want {
		t.Errorf("report data %x, want %x", channel.Data(), want)
	}
	// That of a task is of words; settle holds it against Solidity. No field of
	// it may be left out.
	seen := map[attest.ReportData]string{}
	for i := range reflect.TypeFor[attest.TaskTranscript]().NumField() {
		var v attest.TaskTranscript
		field := reflect.ValueOf(&v).Elem().Field(i)
		f.fill(field)
		name := reflect.TypeOf(v).Field(i).Name
		if was, ok := seen[v.Data()]; ok || v.Data() == (attest.TaskTranscript{}).Data() {
			t.Errorf("field %s changes nothing, or the same as %s", name, was)
		}
		seen[v.Data()] = name
	}
}

// TestTypedMessagesKeepTheirHashes fixes the struct hashes of typed data; that
// Solidity computes the same is tested in settle.
func TestTypedMessagesKeepTheirHashes(t *testing.T) {
	f := &filler{}
	network := wire.Digest{1}
	var lines []string
	add := func(name string, h wire.Digest) {
		lines = append(lines, fmt.Sprintf("%-14s struct %s signed %s", name, h, wire.Sign712(network, h)))
	}
	add("Task", filled[tacit.Task](f).Hash())
	add("Acceptance", filled[tacit.Acceptance](f).Hash())
	add("Assignment", filled[tacit.Assignment](f).Hash())
	add("Vote", filled[tacit.Vote](f).Hash())
	add("Leaf", filled[tacit.Leaf](f).Hash())
	add("Batch", filled[tacit.Batch](f).Hash())
	add("EpochHeader", filled[tacit.EpochHeader](f).Hash())
	add("Registration", filled[tacit.Registration](f).Hash())
	add("Sealed", filled[tacit.Sealed](f).Hash())
	add("Released", filled[tacit.Released](f).Hash())
	add("Evidence", filled[attest.Evidence](f).Digest())
	for _, l := range []struct {
		name string
		leaf wire.Digest
	}{
		{"Node", filled[tacit.Node](f).Leaf()}, {"Entry", filled[tacit.Entry](f).Leaf()}, {"Deposit", filled[tacit.Deposit](f).Leaf()},
		{"Member", filled[tacit.Member](f).Leaf()}, {"Payout", filled[tacit.Payout](f).Leaf()}, {"Settlement", filled[tacit.Settlement](f).Leaf()},
		{"EnclaveKeys", filled[tacit.EnclaveKeys](f).Hash()}, {"PoolRoot", filled[tacit.PoolRoot](f).Digest()}, {"Params", filled[tacit.Params](f).Digest()},
	} {
		lines = append(lines, fmt.Sprintf("%-14s leaf   %s", l.name, l.leaf))
	}
	add("Answer", filled[tacit.Answer](f).Hash())
	add("Anchor", filled[tacit.Anchor](f).Hash())
	add("SessionHello", filled[tacit.SessionHello](f).Hash())
	add("SessionReceipt", filled[tacit.SessionReceipt](f).Hash())
	sorted := slices.Clone(lines)
	slices.Sort(sorted)
	if len(slices.Compact(sorted)) != len(lines) {
		t.Error("two messages hash alike")
	}
	compare(t, "testdata/golden/typed.txt", strings.Join(lines, "\n")+"\n")
}

// case N66 code KEY_SIGNATURE check epoch.go:Sign712
func TestN66SignatureIsOfOneNetwork(t *testing.T) {
	secret := make([]byte, 32)
	secret[0] = 1
	s, err := key.ParseSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	here := wire.Domain(1, wire.Address{1}, wire.Digest{1})
	signed := tacit.Sign(here, s, filled[tacit.Leaf](&filler{}))
	for _, tt := range []struct {
		name    string
		network wire.Digest
		good    bool
	}{
		{"twin: its own network", here, true},
		{"another chain", wire.Domain(2, wire.Address{1}, wire.Digest{1}), false},
		{"another contract", wire.Domain(1, wire.Address{2}, wire.Digest{1}), false},
		{"another genesis", wire.Domain(1, wire.Address{1}, wire.Digest{2}), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := signed.Check(tt.network, s.Address()); (err == nil) != tt.good {
				t.Errorf("Check = %v", err)
			}
		})
	}
}
