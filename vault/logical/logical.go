// Package logical is what the vault's router and its engines say to each other:
// a request on a path below a mount, and what answers it.
//
// The router has authenticated the caller and judged its policies before an engine
// sees a request, and writes the audit record before an answer leaves. What an engine
// commits with a request's context becomes durable together with a record of the
// request, or not at all. An engine
// keeps its state in the Storage of its mount and nowhere else, but for caches that
// it can rebuild.
package logical

import (
	"context"
	"time"

	"tacit"
	"tacit/attest"
)

// An Operation is what a caller wants done with a path.
type Operation string

// The operations. A create is an Update of what is not there.
const (
	Read   Operation = "read"
	Update Operation = "update"
	List   Operation = "list"
	Delete Operation = "delete"
	Patch  Operation = "patch" // an Update of parts
)

// A Request is one call on a path.
type Request struct {
	Operation Operation
	Path      string         // below the mount, without a slash at either end
	Data      map[string]any // of the body or the query, as encoding/json decodes it with UseNumber
	Caller    Caller
	// Body is that of a request to an open path whose media type is not JSON, else nil.
	Body []byte
}

// A Caller is who asks, as the router found out.
type Caller struct {
	Token    string            // accessor, never the token itself
	Entity   string            // name of the login, such as approle/ci
	Policies []string          // by name
	Metadata map[string]string // that the login method gave
	// Claims are those of the evidence that the caller logged in with, else nil.
	Claims *attest.Claims
	// ClientKey is the SHA-256 of the TLS client key (SubjectPublicKeyInfo, in hex) that
	// alone may use the caller's token; none if empty.
	ClientKey string
}

// A Response is what answers a request; nil answers with no content (204).
type Response struct {
	Data     map[string]any
	Warnings []string
	// Lease, if not zero, makes the answer a leased secret: when it ends or is
	// revoked the router calls the engine's Revoke with Internal.
	Lease     time.Duration
	Renewable bool
	Internal  []byte
	// Raw, if not nil, is the whole body, of this media type.
	Raw   []byte
	Media string
	// Status overrides the HTTP status, if not zero.
	Status int
}

// Answering is a context for the Commit that ends a request: what is left to do after
// it is to answer with res, which changes no more. The record of that answer is then
// durable together with the change, and the request costs one commit; else the change
// goes with the record that the request has begun, and that of its answer is another.
func Answering(ctx context.Context, res *Response) context.Context {
	return context.WithValue(ctx, answering{}, res)
}

// AnswerOf reports what a request is answered with once what is committed with ctx is
// durable, if that is said.
func AnswerOf(ctx context.Context) (*Response, bool) {
	res, ok := ctx.Value(answering{}).(*Response)
	return res, ok
}

type answering struct{}

// Storage is the state of one mount, a tacit.Store without its leases. Keys are
// below the mount. A Commit has at most 100 conditions and 110 writes.
type Storage interface {
	Get(ctx context.Context, key string) (tacit.Item, error)
	Range(ctx context.Context, from, to string, limit int) ([]tacit.Item, int64, error)
	Commit(ctx context.Context, txn tacit.Txn) (int64, error)
}

// An Exister is an Engine that tells a create from an update. It is asked only for a
// caller whose policies allow one of the two; where an Engine is none, only who may
// update may write.
type Exister interface {
	Exists(ctx context.Context, req *Request) (bool, error)
}

// An Opener is an Engine that answers some paths without a token. Its Caller is then
// the zero one.
type Opener interface {
	Open(op Operation, path string) bool
}

// An Engine answers what is below one mount. Errors with a code of the API family
// are the caller's (400; API_NOT_FOUND is 404), VAULT_DENIED is 403, and
// what else is refused is 400 with its sentence; anything without a code is 500 and
// says nothing.
type Engine interface {
	Handle(ctx context.Context, req *Request) (*Response, error)
	// Revoke ends a lease that the engine gave; it is called again until it
	// returns nil.
	Revoke(ctx context.Context, internal []byte) error
	// Forget drops caches: the state may have changed under the engine.
	Forget()
}
