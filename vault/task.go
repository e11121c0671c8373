package vault

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
	"tacit/wire"
)

// taskMethod is the type of what admits tasks, and where it stands unless a secret's
// role says otherwise. It gives no tokens: each call of a task is judged by itself.
const taskMethod = "task"

// A taskRole says which tasks get which policies. Whatever of it is missing admits none.
type taskRole struct {
	Services []string       `json:"services"`           // that run
	Entries  []string       `json:"entries"`            // whose terms may ask
	Programs []wire.Digest  `json:"programs,omitempty"` // SHA-256 of the modules that may run, any if there are none
	Users    []wire.Address `json:"users,omitempty"`
	AnyUser  bool           `json:"any_user,omitempty"`
	Level    uint8          `json:"level"` // of the enclave's evidence, at least
	Enclaves []wire.Digest  `json:"enclaves,omitempty"`
	Policies []string       `json:"policies"`
}

// tasks answers a method that admits tasks: its roles.
func (v *Vault) tasks(ctx context.Context, c *call, m *mountEntry, rest string) (*answer, error) {
	s := scoped{v.cfg.Store, keyMount + m.ID + "/"}
	name, isRole := strings.CutPrefix(rest, "role/")
	switch {
	case rest == "role" && c.op == logical.List:
		return listRoles(ctx, s)
	case !isRole || checkName(name) != nil:
		return nil, errNoHandler
	}
	switch c.op {
	case logical.Read:
		r, err := taskRoleOf(ctx, s, name)
		if err != nil {
			return nil, err
		}
		return &answer{data: map[string]any{
			"services": r.Services, "entries": r.Entries, "programs": r.Programs, "users": r.Users, "any_user": r.AnyUser,
			"minimum_level": r.Level, "measurements": r.Enclaves, "token_policies": r.Policies,
		}}, nil
	case logical.Update:
		r, err := newTaskRole(c.data)
		if err != nil {
			return nil, err
		}
		b, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		_, err = s.Commit(answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: "role/" + name, Value: b}}})
		return nil, err
	case logical.Delete:
		_, err := s.Commit(answering(ctx, nil), tacit.Txn{Then: []tacit.Put{{Key: "role/" + name, Delete: true}}})
		return nil, err
	}
	return nil, errUnsupported
}

func taskRoleOf(ctx context.Context, s scoped, name string) (*taskRole, error) {
	item, err := s.Get(ctx, "role/"+name)
	if err != nil {
		return nil, err
	}
	r := new(taskRole)
	if err := json.Unmarshal(item.Value, r); err != nil {
		return nil, fault.New(fault.StoreCorrupt, "read role: %w", err)
	}
	return r, nil
}

func newTaskRole(data map[string]any) (*taskRole, error) {
	f := logical.FieldsOf(data)
	r := &taskRole{Services: f.List("services"), Entries: f.List("entries"), AnyUser: f.Bool("any_user")}
	level := f.Int("minimum_level")
	programs, err := digests("programs", f.List("programs"))
	if err != nil {
		return nil, err
	}
	enclaves, err := digests("measurements", f.List("measurements"))
	if err != nil {
		return nil, err
	}
	for _, text := range f.List("users") {
		var a wire.Address
		if err := a.UnmarshalText([]byte(text)); err != nil {
			return nil, fault.New(fault.APIField, "read role: users: %q is no account", text)
		}
		r.Users = append(r.Users, a)
	}
	policies := f.List("token_policies")
	if f.Err() != nil {
		return nil, f.Err()
	}
	if len(r.Entries) == 0 {
		r.Entries = r.Services // a service's own terms ask for it
	}
	for _, name := range slices.Concat(r.Services, r.Entries) {
		if err := tacit.CheckName(name); err != nil {
			return nil, err
		}
	}
	switch {
	case len(r.Services) == 0:
		return nil, fault.New(fault.APIField, "read role: services is missing, and what is not named is denied")
	case len(r.Users) == 0 && !r.AnyUser:
		return nil, fault.New(fault.APIField, "read role: users is missing; any_user=true lets anybody's tasks have it")
	case level < 2 || level > 5:
		return nil, fault.New(fault.APIField, "read role: minimum_level is not 2 (simulated: protects nothing) to 5")
	case len(policies) == 0:
		return nil, fault.New(fault.APIField, "read role: token_policies is missing")
	}
	r.Level, r.Programs, r.Enclaves = uint8(level), programs, enclaves
	if r.Policies, err = loginPolicies(policies); err != nil {
		return nil, err
	}
	return r, nil
}

// digests reads texts of 64 hexadecimal digits.
func digests(field string, texts []string) ([]wire.Digest, error) {
	var out []wire.Digest
	for _, text := range texts {
		b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
		if err != nil || len(b) != len(wire.Digest{}) {
			return nil, fault.New(fault.APIField, "read role: %s: %q has not 64 hexadecimal digits", field, text)
		}
		out = append(out, wire.Digest(b))
	}
	return out, nil
}

// loginPolicies are names of policies that a role may give.
func loginPolicies(names []string) ([]string, error) {
	out := make([]string, len(names))
	for i, p := range names {
		out[i] = strings.ToLower(p)
		if err := checkName(out[i]); err != nil {
			return nil, err
		}
		if out[i] == rootPolicy {
			return nil, fault.New(fault.APIField, "read role: no login gives root")
		}
	}
	return out, nil
}

// admits is nil for a task that the role is for.
func (r *taskRole) admits(t tacit.TaskCaller) error {
	no := func(rule, want, got string) error {
		return fault.Denied(fault.VaultDenied, "ask the vault for a task", rule, want, got)
	}
	switch {
	case !slices.Contains(r.Services, t.Service):
		return no("services", "a service that the vault's role names", t.Service)
	case !slices.Contains(r.Entries, t.Entry):
		return no("entries", "an entry that the vault's role names", t.Entry)
	case len(r.Programs) > 0 && !slices.Contains(r.Programs, t.Program):
		return no("programs", "a program that the vault's role names", t.Program.String())
	case !r.AnyUser && !slices.Contains(r.Users, t.User):
		return no("users", "an account that the vault's role names", t.User.String())
	case t.Claims.Level < r.Level:
		return no("minimum_level", strconv.Itoa(int(r.Level)), strconv.Itoa(int(t.Claims.Level)))
	case len(r.Enclaves) > 0 && !slices.Contains(r.Enclaves, t.Claims.Measurement):
		return no("measurements", "an enclave that the vault's role names", t.Claims.Measurement.String())
	}
	return nil
}

var _ tacit.SecretKeeper = (*Vault)(nil)

// ForTask implements tacit.SecretKeeper. The call takes the way of all others, policies
// and log included; only that there is no token.
func (v *Vault) ForTask(ctx context.Context, t tacit.TaskCaller, s tacit.Secret, input []byte) (tacit.SecretAnswer, error) {
	none := tacit.SecretAnswer{}
	if self, _ := v.active(); !self {
		return none, fault.New(fault.VaultSealed, "ask the vault for a task: no process of it is active")
	}
	c := v.newCall(&http.Request{})
	ans, err := v.taskAnswer(ctx, c, t, s, input)
	var out tacit.SecretAnswer
	if err == nil {
		out, err = c.taskData(s, ans)
	}
	if fail := v.record(ctx, c, ans, statusOf(ans, err), err); fail != nil {
		v.log.WarnContext(ctx, "the audit log takes nothing: what a task asked is not answered", "error", fail)
		return none, fault.New(fault.VaultAudit, "answer: the record of this request is not durable")
	}
	if v.known.Load() != c.known {
		return none, fault.New(fault.VaultAudit, "answer: this process was replaced meanwhile")
	}
	if errors.Is(err, fault.APINotFound) {
		err = errDenied // as what is there and not allowed
	}
	if err != nil {
		return none, err
	}
	return out, nil
}

// taskAnswer judges a task's call and has it answered.
func (v *Vault) taskAnswer(ctx context.Context, c *call, t tacit.TaskCaller, s tacit.Secret, input []byte) (*answer, error) {
	st, err := v.current(ctx)
	if err != nil {
		return nil, err
	}
	c.state = st
	method, name, found := strings.Cut(s.Role, "/")
	if !found {
		method, name = taskMethod, s.Role
	}
	c.path, c.op = s.Path, logical.Read
	c.rec = &tokenRecord{
		Hash: "task-" + c.id, Accessor: "task-" + c.id, Entity: method + "/" + name, Claims: &t.Claims,
		Meta: map[string]string{
			"role": name, "task": t.Task.String(), "attempt": strconv.Itoa(int(t.Attempt)), "place": strconv.Itoa(int(t.Place)),
			"entry": t.Entry, "service": t.Service, "program": t.Program.String(), "user": t.User.String(),
		},
	}
	if st.Sealed {
		return nil, fault.New(fault.VaultSealed, "serve: the vault is sealed")
	}
	if err := c.taskPath(s, input); err != nil {
		return nil, err
	}
	m := st.auths[method+"/"]
	if m == nil || m.Type != taskMethod || checkName(name) != nil {
		return nil, errDenied
	}
	role, err := taskRoleOf(ctx, scoped{v.cfg.Store, keyMount + m.ID + "/"}, name)
	if errors.Is(err, fault.APINotFound) {
		return nil, errDenied
	}
	if err != nil {
		return nil, err
	}
	if err := role.admits(t); err != nil {
		return nil, err
	}
	c.rec.Policies = role.Policies
	if c.acl, err = v.aclOf(ctx, st, role.Policies); err != nil {
		return nil, err
	}
	c.caps = c.acl.allows(c.path, false, &t.Claims, c.data)
	if !c.allowed() {
		return nil, errDenied
	}
	return v.dispatch(c.during(ctx), c)
}

// taskPath turns a secret into the call that it stands for: of an engine, and for keys
// of the one that keeps them in.
func (c *call) taskPath(s tacit.Secret, input []byte) error {
	if canonical(s.Path) != nil || strings.HasPrefix(s.Path, "sys/") || strings.HasPrefix(s.Path, "auth/") {
		return errDenied
	}
	if s.Use == tacit.SecretRead {
		return nil
	}
	m, rest := c.state.mountOf(s.Path)
	name, ok := strings.CutPrefix(rest, "keys/")
	if !ok || m == nil || m.Type != "transit" || strings.Contains(name, "/") {
		return errDenied
	}
	c.path, c.op = m.Path+s.Use+"/"+name, logical.Update
	c.data = map[string]any{}
	for _, p := range s.Params {
		c.data[p.Name] = p.Value
	}
	switch s.Use {
	case tacit.SecretSign, tacit.SecretHMAC:
		c.data["input"] = base64.StdEncoding.EncodeToString(input)
	case tacit.SecretEncrypt:
		c.data["plaintext"] = base64.StdEncoding.EncodeToString(input)
	case tacit.SecretDecrypt:
		c.data["ciphertext"] = string(input)
	default:
		return errDenied
	}
	return nil
}

// taskData is what the guest gets of an answer: of keys the one value that the vault
// answers with, of what was read a field or the whole as JSON.
func (c *call) taskData(s tacit.Secret, a *answer) (tacit.SecretAnswer, error) {
	var out tacit.SecretAnswer
	if a == nil || a.status >= http.StatusBadRequest {
		return out, fault.APINotFound
	}
	data, ok := a.data.(map[string]any)
	if !ok {
		return out, fault.APINotFound
	}
	var err error
	switch s.Use {
	case tacit.SecretSign:
		out.Data, err = textOf(data, "signature")
	case tacit.SecretHMAC:
		out.Data, err = textOf(data, "hmac")
	case tacit.SecretEncrypt:
		out.Data, err = textOf(data, "ciphertext")
	case tacit.SecretDecrypt:
		if out.Data, err = textOf(data, "plaintext"); err == nil {
			out.Data, err = base64.StdEncoding.DecodeString(string(out.Data))
		}
	default:
		var read any = data
		if c.mount != nil && c.mount.Type == "kv" && c.mount.Options["version"] == "2" {
			read = data["data"]
			if meta, ok := data["metadata"].(map[string]any); ok {
				out.Version, _ = strconv.ParseUint(fmt.Sprint(meta["version"]), 10, 64)
			}
		}
		if out.Data, err = json.Marshal(read); err == nil && s.Field != "" {
			out.Data, err = fieldOf(out.Data, s.Field)
		}
	}
	if err != nil {
		return tacit.SecretAnswer{}, err
	}
	if len(out.Data) > 2*tacit.MostSecretBytes {
		return tacit.SecretAnswer{}, fault.New(fault.APISize, "ask the vault for a task: its answer has %d bytes, at most %d", len(out.Data), 2*tacit.MostSecretBytes)
	}
	return out, nil
}

func textOf(data map[string]any, name string) ([]byte, error) {
	text, ok := data[name].(string)
	if !ok {
		return nil, fault.APINotFound
	}
	return []byte(text), nil
}

// fieldOf is a field of a JSON object: a text as it is, all else as JSON.
func fieldOf(object []byte, name string) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil || fields[name] == nil {
		return nil, fault.APINotFound
	}
	var text string
	if json.Unmarshal(fields[name], &text) == nil {
		return []byte(text), nil
	}
	return fields[name], nil
}
