// Package pki is the vault's certificate authority, with the paths of Vault's engine of
// the same name: one authority for each mount, roles that say which names it certifies,
// revocation by lists and by OCSP.
//
// The authority's key is made here and never leaves. A role allows only what it names:
// unlike Vault's, one that says nothing certifies no name, no address and no localhost.
// A revocation counts at once: whoever asks for the list or for a certificate's status
// after Revoke returned is told. Answers of OCSP may be kept for as long as they say,
// an hour unless configured.
//
// A role may be attested: then it certifies programs that proved at their login what
// they run and on which platform. The certificate says so, in a URI of the scheme tacit
// that no other role can give, and lives a day at most. One of the simulated platform
// says in its subject that it protects nothing from its host.
//
// Who may write roles, or has intermediates signed, decides what the authority stands
// for: neither is for callers of issue and sign.
//
// Cost: a certificate is one signature and one durable write, or none where a role
// stores nothing; the list is made anew after a revocation and costs a read for each
// certificate that is revoked and not yet removed.
package pki

import (
	"context"
	"encoding/pem"
	"strings"
	"sync"
	"sync/atomic"

	"tacit/fault"
	"tacit/vault/logical"
)

// An Engine answers below one mount. One process writes at a time.
type Engine struct {
	storage logical.Storage
	network string

	mu    sync.Mutex // held while the authority or the list is read from the store or changed
	cache atomic.Pointer[cache]
}

// cache is what was read from the store.
type cache struct {
	authority atomic.Pointer[authority]
	list      atomic.Pointer[list]
}

// New makes the engine of one mount. network is the name of the domain that attested
// programs are certified in, unless a role names its own.
func New(s logical.Storage, network string) *Engine {
	e := &Engine{storage: s, network: network}
	e.Forget()
	return e
}

// Forget implements logical.Engine. What is read meanwhile goes into the cache that is
// dropped.
func (e *Engine) Forget() { e.cache.Store(new(cache)) }

// Open implements logical.Opener: what an authority publishes.
func (e *Engine) Open(op logical.Operation, path string) bool {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case path == "ocsp":
		return op == logical.Update || op == logical.Read
	case op != logical.Read:
		return false
	case path == "ca", path == "ca/pem", path == "ca_chain", path == "crl", path == "crl/pem":
		return true
	}
	return first == "cert" || first == "ocsp"
}

var (
	errOperation = fault.New(fault.APIField, "unsupported operation")
	errNoPath    = fault.New(fault.APINotFound, "find path: there is none of this name")
)

// Handle implements logical.Engine.
func (e *Engine) Handle(ctx context.Context, req *logical.Request) (*logical.Response, error) {
	f := logical.FieldsOf(req.Data)
	first, rest, _ := strings.Cut(req.Path, "/")
	switch first {
	case "roles":
		return e.roles(ctx, req, rest, f)
	case "ocsp":
		return e.ocsp(ctx, req, rest)
	case "issuer":
		return e.issuer(ctx, req, rest)
	case "cert":
		if req.Operation != logical.Read {
			return nil, errOperation
		}
		return e.cert(ctx, rest)
	case "issue", "sign":
		if req.Operation != logical.Update || rest == "" {
			return nil, errOperation
		}
		return e.issue(ctx, req, rest, first == "sign", f)
	}
	if req.Path == "certs" || req.Path == "issuers" {
		if req.Operation != logical.List {
			return nil, errOperation
		}
		if first == "issuers" {
			return e.issuers(ctx)
		}
		return e.serials(ctx)
	}
	type handler = func(context.Context, *logical.Fields) (*logical.Response, error)
	var read, update, remove handler
	switch req.Path {
	case "root/generate/internal":
		update = e.root
	case "root/generate/exported", "intermediate/generate/exported", "config/ca", "issuers/import/bundle":
		update = refuseExported
	case "root":
		remove = e.removeAuthority
	case "root/sign-intermediate":
		update = e.signIntermediate
	case "intermediate/generate/internal":
		update = e.intermediate
	case "intermediate/set-signed":
		update = e.setSigned
	case "revoke":
		update = e.revoke
	case "crl/rotate":
		read, update = e.rotate, e.rotate
	case "tidy":
		update = e.tidy
	case "config/urls":
		read, update = e.showURLs, e.setURLs
	case "config/crl":
		read, update = e.showCRL, e.setCRL
	case "config/issuers":
		read = e.showIssuers
	case "ca", "ca/pem", "ca_chain":
		read = func(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
			return e.rawAuthority(ctx, req.Path)
		}
	case "crl", "crl/pem":
		read = func(ctx context.Context, _ *logical.Fields) (*logical.Response, error) {
			return e.rawList(ctx, req.Path == "crl/pem")
		}
	default:
		return nil, errNoPath
	}
	do := map[logical.Operation]handler{logical.Read: read, logical.Update: update, logical.Delete: remove}[req.Operation]
	if do == nil {
		return nil, errOperation
	}
	return do(ctx, f)
}

func refuseExported(context.Context, *logical.Fields) (*logical.Response, error) {
	return nil, fault.New(fault.VaultDenied, "make authority: its key is made here and never leaves")
}

func pemOf(kind string, der []byte) string {
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
}

func certPEM(der []byte) string { return pemOf("CERTIFICATE", der) }
