package vault

import (
	"context"
	"strings"

	"tacit/fault"
	"tacit/vault/logical"
)

var (
	errUnsupported = fault.New(fault.APIField, "unsupported operation")
	errNoHandler   = fault.New(fault.APINotFound, "find handler: there is none for this path")
)

// open reports whether a path takes calls without a token of this vault: logins, what
// owners sign, and wrapped answers, whose token is the wrapping one.
func (c *call) open() bool {
	switch c.path {
	case "sys/unseal", "sys/generate-root/attempt", "sys/generate-root/update", "sys/rekey/init", "sys/rekey/update":
		return true
	}
	if c.state.Sealed {
		return false
	}
	switch c.path {
	case "sys/wrapping/unwrap", "sys/wrapping/lookup", "sys/wrapping/rewrap":
		return true
	}
	rest, ok := strings.CutPrefix(c.path, "auth/")
	if !ok {
		return c.published()
	}
	if c.op != logical.Update {
		return false
	}
	m, rest := c.state.authOf(rest)
	switch {
	case m == nil:
	case m.Type == "approle":
		return rest == "login"
	case m.Type == "attest":
		return rest == "login" || rest == "nonce"
	}
	return false
}

// published reports whether a path is one that its engine answers to anybody.
func (c *call) published() bool {
	m, rest := c.state.mountOf(c.path)
	if m == nil {
		return false
	}
	o, ok := m.engine.(logical.Opener)
	return ok && o.Open(c.op, rest)
}

// sudo reports whether a path needs that capability beside the one of the operation.
func (c *call) sudo() bool {
	switch c.path {
	case "sys/seal", "sys/audit", "sys/audit-hash", "auth/token/accessors", "auth/token/revoke-orphan", "auth/token/create-orphan", "sys/step-down":
		return true
	case "sys/leases/lookup":
		return c.op == logical.List
	}
	switch {
	case strings.HasPrefix(c.path, "sys/auth/"):
		return c.op != logical.Read
	case strings.HasPrefix(c.path, "sys/leases/lookup/"), strings.HasPrefix(c.path, "sys/leases/revoke-prefix/"), strings.HasPrefix(c.path, "sys/leases/revoke-force/"),
		strings.HasPrefix(c.path, "sys/audit/"):
		return true
	}
	return false
}

// dispatch hands a call that was judged to what answers it.
func (v *Vault) dispatch(ctx context.Context, c *call) (*answer, error) {
	if rest, ok := strings.CutPrefix(c.path, "sys/"); ok {
		c.kind = "system"
		return v.system(ctx, c, rest)
	}
	if rest, ok := strings.CutPrefix(c.path, "auth/"); ok {
		m, rest := c.state.authOf(rest)
		if m == nil {
			return nil, errNoHandler
		}
		c.kind = m.Type
		switch m.Type {
		case "token":
			return v.tokens(ctx, c, rest)
		case "approle":
			return v.approle(ctx, c, m, rest)
		case "attest":
			return v.attestation(ctx, c, m, rest)
		case taskMethod:
			return v.tasks(ctx, c, m, rest)
		}
		return nil, errNoHandler
	}
	m, rest := c.state.mountOf(c.path)
	if m == nil {
		return nil, errNoHandler
	}
	c.mount, c.kind = m, m.Type
	req := &logical.Request{Operation: c.op, Path: rest, Data: c.data, Body: c.raw}
	if c.rec != nil {
		req.Caller = logical.Caller{Token: c.rec.Accessor, Entity: c.rec.Entity, Policies: c.rec.Policies, Metadata: c.rec.Meta, Claims: c.rec.Claims, ClientKey: c.rec.Client}
		if err := c.existing(ctx, req); err != nil {
			return nil, err
		}
	}
	res, err := m.engine.Handle(ctx, req)
	if err != nil {
		return nil, err
	}
	if c.ended != nil && c.ended.response == res {
		return c.ended.answer, nil
	}
	ans := answerOf(res)
	if ans == nil {
		return nil, nil
	}
	if res.Lease > 0 && c.rec != nil {
		if ans.lease, err = v.lease(ctx, c.path, m, c.rec.Hash, res.Lease, res.Renewable, res.Internal); err != nil {
			return nil, err
		}
	}
	return ans, nil
}

// answerOf is an engine's response as an answer, but for its lease.
func answerOf(res *logical.Response) *answer {
	if res == nil {
		return nil
	}
	ans := &answer{status: res.Status, warnings: res.Warnings, raw: res.Raw, media: res.Media}
	if res.Data != nil {
		ans.data = res.Data
	}
	return ans
}

// existing refuses a caller who may create but not update, or the other way round, what
// the engine says he would do. Only for him is anything looked up.
func (c *call) existing(ctx context.Context, req *logical.Request) error {
	const both = capCreate | capUpdate
	if c.op != logical.Update || c.caps&both == both {
		return nil
	}
	ex, ok := c.mount.engine.(logical.Exister)
	exists := true
	if ok {
		var err error
		if exists, err = ex.Exists(ctx, req); err != nil {
			return err
		}
	}
	if exists && c.caps&capUpdate == 0 || !exists && c.caps&capCreate == 0 {
		return errDenied
	}
	return nil
}
