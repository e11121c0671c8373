package tacit

import (
	"context"
	"slices"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Caller is the authenticated peer of a call and how it was authenticated.
type Caller struct {
	Role     Role
	Node     wire.Address   // registered key, or a client's account
	Operator wire.Address   // of a registered node
	Epoch    uint64         // whose header showed the registration; 0 if only the key was shown
	Claims   *attest.Claims // of an attested peer, nil for a credentialed one
}

// Attested reports whether the peer showed evidence.
func (c Caller) Attested() bool { return c.Claims != nil }

type callerKey struct{}

// WithCaller returns a context that carries the peer; only atls and tests call
// it.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns the authenticated peer of this call; without one it is
// TLS_ROLE_MEASUREMENT, so that a handler reached by mistake refuses.
func CallerOf(ctx context.Context) (Caller, error) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	if !ok {
		return Caller{}, fault.New(fault.TLSRole, "serve call: it has no authenticated peer")
	}
	return c, nil
}

// Admit returns the peer if it plays one of the roles, else
// TLS_ROLE_MEASUREMENT. No roles admit nobody.
func Admit(ctx context.Context, roles ...Role) (Caller, error) {
	c, err := CallerOf(ctx)
	if err != nil {
		return Caller{}, err
	}
	if !slices.Contains(roles, c.Role) {
		return Caller{}, fault.Denied(fault.TLSRole, "serve call", "role", RoleNames(roles...), RoleNames(c.Role))
	}
	return c, nil
}

// RoleNames writes roles for people.
func RoleNames(roles ...Role) string {
	names := map[Role]string{
		RoleWorker: "worker", RoleVerifier: "verifier", RoleManager: "manager", RoleDispatcher: "dispatcher",
		RoleGateway: "gateway", RoleBlobs: "blobs", RoleClient: "client", RoleEnclave: "enclave",
		RoleReplica | RoleManager: "manager's replica", RoleReplica | RoleDispatcher: "dispatcher's replica",
	}
	out := ""
	for i, r := range roles {
		if i > 0 {
			out += " or "
		}
		if n, ok := names[r]; ok {
			out += n
		} else {
			out += "unknown role"
		}
	}
	if out == "" {
		return "nobody"
	}
	return out
}
