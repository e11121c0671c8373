package enclave

import (
	"context"
	"crypto/subtle"
	"slices"
	"sync"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A secret is something of a vault that a run was given.
type secret struct {
	tacit.GivenSecret
	artefact wire.Digest
	channel  *channel // to the manager, of a key

	mu             sync.Mutex // guards what follows
	calls, refused uint64
}

// A channel is how the uses of keys of one artefact's manager reach it.
type channel struct {
	manager wire.Address
	shared  key.Shared

	mu     sync.Mutex // held over a use: they are numbered and answered one by one
	number uint64
}

func (s *secret) erase() {
	clear(s.Data)
	if s.channel != nil {
		s.channel.shared.Erase()
	}
}

// openSecrets takes what came with a grant. Names are the guest's files, so that no two
// managers may give the same.
func (t *run) openSecrets(g tacit.Grant) error {
	if len(g.Secrets) == 0 {
		return nil
	}
	l := t.launched
	plain, err := l.seal.Open(g.SecretsInfo(l.request.Network), g.Secrets)
	if err != nil {
		return err
	}
	defer clear(plain)
	var all tacit.TaskSecrets
	if err := wire.Unmarshal(tacit.SecretsLabel, plain, &all); err != nil {
		return err
	}
	var to *channel
	if len(all.Key) > 0 {
		if to, err = t.channelTo(g.Manager, all.Key); err != nil {
			return err
		}
	}
	for _, given := range all.Given {
		if slices.ContainsFunc(t.secrets, func(s *secret) bool { return s.Name == given.Name }) {
			return fault.Denied(fault.KeyPolicy, "run", "secrets", "each name once in a task", given.Name)
		}
		s := &secret{GivenSecret: given, artefact: g.Artefact}
		if given.Use != tacit.SecretRead {
			if s.channel = to; to == nil {
				return fault.New(fault.KeyPolicy, "run: key %q came without what it is used through", given.Name)
			}
		}
		t.secrets = append(t.secrets, s)
	}
	return nil
}

// channelTo is the one channel to a manager, who counts the requests of all his artefacts
// together.
func (t *run) channelTo(manager wire.Address, given []byte) (*channel, error) {
	defer clear(given)
	i := slices.IndexFunc(t.secrets, func(s *secret) bool { return s.channel != nil && s.channel.manager == manager })
	if i < 0 {
		shared, err := key.ParseShared(given)
		return &channel{manager: manager, shared: shared}, err
	}
	to := t.secrets[i].channel
	known := to.shared.Secret()
	defer clear(known)
	if subtle.ConstantTimeCompare(known, given) != 1 {
		return nil, fault.New(fault.KeyPolicy, "run: manager %s gave two keys to use its keys through", manager)
	}
	return to, nil
}

// given is what the child needs to know of the secrets.
func (t *run) given() []tacit.GivenSecret {
	var out []tacit.GivenSecret
	for _, s := range t.secrets {
		out = append(out, s.GivenSecret)
	}
	return out
}

// had is what the receipt says of them.
func (t *run) had() []tacit.ReceiptSecret {
	var out []tacit.ReceiptSecret
	artefacts := t.launched.request.Artefacts
	for _, s := range t.secrets {
		s.mu.Lock()
		i := slices.IndexFunc(artefacts, func(a tacit.Sealed) bool { return a.Header == s.artefact })
		out = append(out, tacit.ReceiptSecret{
			Name: s.Name, Use: s.Use, Manager: artefacts[i].Manager, Artefact: s.artefact, Version: s.Version, Calls: s.calls, Refused: s.refused,
		})
		s.mu.Unlock()
	}
	return out
}

// use has a key used for the child. Its manager counts too; what counts here is what
// the receipt says, whatever becomes of the child.
func (a *Agent) use(ctx context.Context, t *run, u tacit.KeyUse) (tacit.KeyAnswer, error) {
	i := slices.IndexFunc(t.secrets, func(s *secret) bool { return s.Name == u.Name && s.channel != nil })
	if i < 0 {
		return tacit.KeyAnswer{}, fault.New(fault.KeyPolicy, "use key %q: it was not given", u.Name)
	}
	if len(u.Input) > tacit.MostSecretBytes {
		return tacit.KeyAnswer{}, fault.New(fault.APISize, "use key: %d bytes, at most %d", len(u.Input), tacit.MostSecretBytes)
	}
	s := t.secrets[i]
	s.mu.Lock()
	if s.calls >= s.Calls {
		s.refused++
		s.mu.Unlock()
		return tacit.KeyAnswer{Code: string(fault.KeyPolicy)}, nil
	}
	s.calls++
	s.mu.Unlock()
	answer, err := a.ask(ctx, t, s.channel, u)
	if err == nil && answer.Code != "" {
		s.mu.Lock()
		s.refused++
		s.mu.Unlock()
	}
	answer.Pad = nil
	return answer, err
}

// ask sends a use the long way to the manager. The bytes of a request are the same
// however often it is sent.
func (a *Agent) ask(ctx context.Context, t *run, c *channel, u tacit.KeyUse) (answer tacit.KeyAnswer, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := t.launched
	req := tacit.UseRequest{
		Manager: c.manager, Task: l.taskID, Attempt: l.request.Assignment.Attempt, Place: l.request.Place, Number: c.number + 1,
	}
	u.Pad = tacit.UsePad(len(u.Name) + len(u.Input))
	plain, err := wire.Marshal(tacit.UseLabel, u)
	if err != nil {
		return answer, err
	}
	defer clear(plain)
	if req.Sealed, err = c.shared.Seal(req.Context(false), plain); err != nil {
		return answer, err
	}
	c.number++
	// What the host says is believed of nothing but that there is no answer.
	reply, err := askHost[tacit.UseReply](ctx, a, t, tacit.FrameUse, req)
	if err != nil {
		return answer, fault.New(fault.Unreachable, "use key %q: no answer of its manager: %w", u.Name, err)
	}
	opened, err := c.shared.Open(req.Context(true), reply.Sealed)
	if err != nil {
		return answer, fault.New(fault.Unreachable, "use key %q: what came is no answer of its manager", u.Name)
	}
	defer clear(opened)
	return answer, wire.Unmarshal(tacit.UseLabel, opened, &answer)
}

// furnish puts what was given into a guest's job.
func (c *child) furnish(ctx context.Context, to *tacit.Job, given []tacit.GivenSecret) {
	for _, g := range given {
		switch g.Use {
		case tacit.SecretRead:
			to.Secrets = append(to.Secrets, tacit.GuestSecret{Name: g.Name, Data: g.Data})
		case tacit.SecretDiffers: // for the engine, not for a guest
		default:
			to.Keys = append(to.Keys, tacit.GuestKey{Name: g.Name, Use: func(input []byte) ([]byte, error) { return c.use(ctx, g.Name, input) }})
		}
	}
}

// use has a key, or a history of answers, used by its manager.
func (c *child) use(ctx context.Context, name string, input []byte) ([]byte, error) {
	defer c.waits.start()()
	answer, err := wire.AskFor[tacit.KeyAnswer](ctx, c.agent, frameUse, guestLabel, tacit.KeyUse{Name: name, Input: input})
	if err == nil && answer.Code != "" {
		err = fault.New(fault.Parse(answer.Code), "use key %q: refused", name)
	}
	return answer.Data, err
}

// differs are the names of the uses by which answers about an artefact are compared.
func (t *run) differs(g tacit.Grant) (names []string) {
	for _, s := range t.secrets {
		if s.Use == tacit.SecretDiffers && s.artefact == g.Artefact {
			names = append(names, s.Name)
		}
	}
	return names
}

// ruled gives a file the rules of its owner. What the user brought himself has none; where
// an owner demands a difference and no manager compares, nothing may be said.
func (c *child) ruled(ctx context.Context, f tacit.GuestFile, in tacit.Input, r rules, engine string) tacit.GuestFile {
	f.MinGroup = r.MinGroup
	if in.Kind == tacit.InputOwn {
		f.Operations = slices.Concat(tacit.SetOperations(), tacit.LearnOperations())
		return f
	}
	if l := r.Learn; engine == tacit.EngineLearn || engine == tacit.EngineInfer {
		if l != nil {
			f.Operations, f.Steps, f.MinRows, f.MinParties, f.Epsilon = l.Operations, l.Steps, l.MinRows, int(l.MinParties), l.Epsilon
		}
		return f
	}
	if r.Sets == nil {
		return f
	}
	f.MinSet, f.Operations, f.Steps = r.Sets.MinSet, r.Sets.Operations, r.Sets.Steps
	if r.Sets.MinDifference > 0 {
		f.Difference, f.Salt = int(r.Sets.MinDifference), tacit.SetSalt()
		f.Differs = func(sketch []byte) error {
			if len(r.Differs) == 0 {
				return fault.New(fault.DataConsent, "compare answer: its owner demands it, and no manager does it")
			}
			for _, name := range r.Differs {
				if _, err := c.use(ctx, name, sketch); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return f
}
