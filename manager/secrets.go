package manager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/telemetry"
	"tacit/wire"
)

const channelLabel = "tacit/manager/channel"

var errNoVault = fault.New(fault.KeyPolicy, "give secrets: the terms name some, and this manager has no vault")

// given is what the terms of a task's entries got of the vault.
type given struct {
	entries map[string]tacit.TaskSecrets // by entry's name; taken once
	shared  *key.Shared                  // through which its keys are used, if there are any
	channel channel
}

// A channel is the journal of an attempt's uses of keys.
type channel struct {
	Secret  []byte      `cbor:"1,keyasint"` // of key.Shared
	Claims  []byte      `cbor:"2,keyasint"` // attest.Claims, as JSON
	Uses    []heldKey   `cbor:"3,keyasint"`
	Until   int64       `cbor:"4,keyasint"` // milliseconds since 1970
	Number  uint64      `cbor:"5,keyasint"` // of the last request
	Asked   wire.Digest `cbor:"6,keyasint"` // of that request
	Counted bool        `cbor:"7,keyasint"` // that request, among the calls of its key
	Reply   []byte      `cbor:"8,keyasint"` // to it; empty until it is there
}

// A heldKey is one that an attempt may use.
type heldKey struct {
	Secret  tacit.Secret `cbor:"1,keyasint"`
	Entry   string       `cbor:"2,keyasint"`
	Owner   wire.Address `cbor:"3,keyasint"` // of the entry
	Service string       `cbor:"4,keyasint"`
	Program wire.Digest  `cbor:"5,keyasint"`
	User    wire.Address `cbor:"6,keyasint"`
	Calls   uint64       `cbor:"7,keyasint"` // so far
}

func channelKey(task wire.Digest, attempt, place uint8) string {
	return fmt.Sprintf("uses/%s/%d/%d", task, attempt, place)
}

// usesGrace is how long after the end of a task's time its keys may still be used: its
// program was compiled before, and answers are on their way.
const usesGrace = 2 * time.Minute

// fromVault asks the vault for what the terms of this manager's entries name. Every
// question is in the vault's log before its answer is here; what is not allowed there
// denies the release.
func (m *Manager) fromVault(ctx context.Context, c tacit.Case, v tacit.Verified, claims attest.Claims, all []judged) (*given, error) {
	out := &given{entries: map[string]tacit.TaskSecrets{}}
	names := map[string]bool{}
	for _, j := range all {
		if sets := j.terms.Sets; sets != nil && sets.MinDifference > 0 {
			out.compares(j, v.Task.User, c.Service.Entry, int(sets.MinDifference))
		}
		for _, s := range j.terms.Secrets {
			if m.cfg.Vault == nil {
				return nil, errNoVault
			}
			if names[s.Name] {
				return nil, fault.Denied(fault.KeyPolicy, "give secrets", "secrets", "each name once in a task", s.Name)
			}
			names[s.Name] = true
			g := tacit.GivenSecret{Name: s.Name, Use: s.Use, Calls: s.Calls}
			held := heldKey{Secret: s, Entry: j.a.entry.Name, Owner: j.a.entry.Owner, Service: c.Service.Entry.Name, Program: c.Service.Entry.Sealed.Plain, User: v.Task.User}
			if s.Use == tacit.SecretRead {
				answer, err := m.cfg.Vault.ForTask(ctx, held.caller(v.TaskID, v.Assignment.Attempt, c.Place, claims), s, nil)
				if err != nil {
					return nil, ofSecret(s.Name, held.Entry, err)
				}
				g.Data, g.Version = answer.Data, answer.Version
			} else {
				out.channel.Uses = append(out.channel.Uses, held)
			}
			e := out.entries[held.Entry]
			e.Given = append(e.Given, g)
			out.entries[held.Entry] = e
		}
	}
	if len(out.channel.Uses) == 0 {
		return out, nil
	}
	shared := key.NewShared()
	out.shared = &shared
	b, err := json.Marshal(claims)
	if err != nil {
		return nil, fmt.Errorf("give secrets: %w", err)
	}
	until := m.cfg.Now().Add(time.Duration(v.Task.Requirements.Seconds)*time.Second + usesGrace)
	out.channel.Secret, out.channel.Claims, out.channel.Until = shared.Secret(), b, until.UnixMilli()
	return out, nil
}

// ofSecret says of an error which secret it is about, also where only its own words are
// carried on.
func ofSecret(name, entry string, err error) error {
	about := &fault.Error{Code: fault.Of(err), Err: err}
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		*about = *f
	}
	about.Op = fmt.Sprintf("give secret %s of %s: %s", name, entry, about.Op)
	return about
}

func (h heldKey) caller(task wire.Digest, attempt, place uint8, claims attest.Claims) tacit.TaskCaller {
	return tacit.TaskCaller{Task: task, Attempt: attempt, Place: place, Entry: h.Entry, Service: h.Service, Program: h.Program, User: h.User, Claims: claims}
}

// take is what goes with an artefact's key: with the first of an entry what the entry
// gives, with the first of all that gives a key to use the channel.
func (g *given) take(a artefact) tacit.TaskSecrets {
	var e tacit.TaskSecrets
	take := func(name string) {
		e.Given = append(e.Given, g.entries[name].Given...)
		delete(g.entries, name)
	}
	if a.entry != nil {
		take(a.entry.Name)
	}
	for _, from := range a.from {
		take(from.Name)
	}
	if g.shared != nil && slices.ContainsFunc(e.Given, func(s tacit.GivenSecret) bool { return s.Use != tacit.SecretRead }) {
		e.Key = g.shared.Secret()
	}
	return e
}

func sealSecrets(network wire.Digest, g tacit.Grant, to key.Recipient, s tacit.TaskSecrets) ([]byte, error) {
	plain, err := wire.Marshal(tacit.SecretsLabel, s)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return to.Seal(g.SecretsInfo(network), plain)
}

// Use has a key of the vault used for an enclave that was granted it. Consent, the
// vault's roles and its policies are judged anew each time. The use is counted and in
// the log before the vault is asked, and the answer in the journal before it leaves:
// a crash may count a use that did nothing, and the same request gets the same answer.
func (m *Manager) Use(ctx context.Context, req tacit.UseRequest) (tacit.UseReply, error) {
	var none tacit.UseReply
	telemetry.About(ctx, req.Task.String())
	defer m.lock(req.Task)()
	at := channelKey(req.Task, req.Attempt, req.Place)
	ch, rev, err := get[channel](ctx, m, channelLabel, at)
	if err != nil {
		return none, err
	}
	if rev == 0 || req.Manager != m.cfg.Key.Address() {
		return none, fault.New(fault.APINotFound, "use key: attempt %d of task %s has none here", req.Attempt, req.Task.Short())
	}
	shared, err := key.ParseShared(ch.Secret)
	if err != nil {
		return none, err
	}
	defer shared.Erase()
	plain, err := shared.Open(req.Context(false), req.Sealed)
	if err != nil {
		return none, err
	}
	defer clear(plain)
	var use tacit.KeyUse
	if err := wire.Unmarshal(tacit.UseLabel, plain, &use); err != nil {
		return none, err
	}
	asked := wire.Sum(req.Sealed)
	switch {
	case req.Number == ch.Number && asked == ch.Asked:
		if len(ch.Reply) > 0 {
			return tacit.UseReply{Sealed: ch.Reply}, nil
		}
	case req.Number != ch.Number+1:
		return none, fault.New(fault.KeySignature, "use key: request %d does not follow the last", req.Number)
	}
	if m.cfg.Now().UnixMilli() > ch.Until {
		return none, fault.New(fault.TaskTimeout, "use key: the time of task %s is over", req.Task.Short())
	}
	var answer tacit.KeyAnswer
	answer.Data, err = m.used(ctx, req, &ch, at, rev, asked, use)
	if err != nil {
		if !isRefusal(err) {
			return none, err
		}
		answer = tacit.KeyAnswer{Code: string(fault.Of(err))}
	}
	answer.Pad = tacit.UsePad(len(answer.Data))
	b, err := wire.Marshal(tacit.UseLabel, answer)
	if err != nil {
		return none, err
	}
	defer clear(b)
	if ch.Reply, err = shared.Seal(req.Context(true), b); err != nil {
		return none, err
	}
	return tacit.UseReply{Sealed: ch.Reply}, m.commit(ctx, nil, put(channelLabel, at, ch))
}

// isRefusal reports whether an error is an answer to the guest; any other means that
// there is none yet.
func isRefusal(err error) bool {
	switch code := fault.Of(err); code {
	case fault.VaultSealed, fault.VaultAudit:
		return false
	default:
		family, _, _ := strings.Cut(string(code), "_")
		return code == fault.DataDifference || family == "VAULT" || family == "KEY" || family == "API"
	}
}

// used counts a use, records it and asks the vault.
func (m *Manager) used(ctx context.Context, req tacit.UseRequest, ch *channel, at string, rev int64, asked wire.Digest, use tacit.KeyUse) ([]byte, error) {
	i := slices.IndexFunc(ch.Uses, func(h heldKey) bool { return h.Secret.Name == use.Name })
	counted := ch.Number == req.Number && ch.Counted // before a crash
	ch.Number, ch.Asked, ch.Reply = req.Number, asked, nil
	var refusal error
	switch {
	case i < 0:
		refusal = fault.New(fault.KeyPolicy, "use key: the attempt was not given one of this name")
	case m.cfg.Vault == nil && ch.Uses[i].Secret.Use != tacit.SecretDiffers:
		refusal = errNoVault
	case len(use.Input) > tacit.MostSecretBytes:
		refusal = fault.New(fault.APISize, "use key: %d bytes, at most %d", len(use.Input), tacit.MostSecretBytes)
	case !counted && ch.Uses[i].Calls >= ch.Uses[i].Secret.Calls:
		refusal = fault.New(fault.KeyPolicy, "use key %s: all of its %d uses are spent", use.Name, ch.Uses[i].Secret.Calls)
	default:
		gone, _, err := get[count](ctx, m, countLabel, withdrawnKey(ch.Uses[i].Owner, ch.Uses[i].Entry))
		if err != nil {
			return nil, err
		}
		if gone.N > 0 {
			refusal = fault.New(fault.KeyPolicy, "use key %s: the owner of %s has withdrawn his consent", use.Name, ch.Uses[i].Entry)
		}
	}
	if refusal == nil && !counted {
		ch.Uses[i].Calls++
	}
	ch.Counted = refusal == nil
	if err := m.commit(ctx, []tacit.Cond{{Key: at, Revision: rev}}, put(channelLabel, at, *ch)); err != nil {
		return nil, err
	}
	if refusal != nil {
		return nil, refusal
	}
	h := ch.Uses[i]
	record := tacit.UseRecord{
		Network: m.cfg.Headers.View().Network, Task: req.Task, Attempt: req.Attempt, Place: req.Place, Manager: m.cfg.Key.Address(),
		Subject: h.Entry, Name: h.Secret.Name, Use: h.Secret.Use, Number: req.Number,
	}
	b, err := record.Encode()
	if err != nil {
		return nil, err
	}
	if _, err := m.cfg.Audit.Append(ctx, b); err != nil {
		return nil, fault.New(fault.AuditUnavailable, "use key %s: %w", h.Secret.Name, err)
	}
	if h.Secret.Use == tacit.SecretDiffers {
		return nil, m.compare(ctx, h.Entry, use.Input, h.Secret.Params[0].Value)
	}
	var claims attest.Claims
	if err := json.Unmarshal(ch.Claims, &claims); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "use key %s: read the claims of its enclave: %w", h.Secret.Name, err)
	}
	answer, err := m.cfg.Vault.ForTask(ctx, h.caller(req.Task, req.Attempt, req.Place, claims), h.Secret, use.Input)
	return answer.Data, err
}

// SweepUses forgets the channels whose time is over, and with them their secrets.
func (m *Manager) SweepUses(ctx context.Context) error {
	const prefix = "uses/"
	now := m.cfg.Now().UnixMilli()
	for from := prefix; ; {
		items, _, err := m.cfg.Store.Range(ctx, from, "uses0", 64)
		if err != nil || len(items) == 0 {
			return err
		}
		var old []tacit.Put
		for _, i := range items {
			var ch channel
			if err := wire.Unmarshal(channelLabel, i.Value, &ch); err != nil {
				return err
			}
			if now > ch.Until {
				old = append(old, tacit.Put{Key: i.Key, Delete: true})
			}
		}
		if len(old) > 0 {
			if err := m.commit(ctx, nil, old...); err != nil {
				return err
			}
		}
		from = items[len(items)-1].Key + "\x00"
	}
}
