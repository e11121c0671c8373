package collateral

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// Vendors fetches from the vendors' services over HTTP. An address may be that of a
// mirror with the same paths, such as a PCCS. No connection is trusted: what is
// fetched is signed.
type Vendors struct {
	AMD   string // address of the KDS [https://kdsintf.amd.com]
	Intel string // address of the PCS [https://api.trustedservices.intel.com]
	// Root is the address of the root's revocation list, which Intel has elsewhere;
	// empty for a mirror, which has it beside the rest.
	IntelRoot string
	Client    *http.Client
}

// Published are the vendors' own services.
func Published() Vendors {
	return Vendors{
		AMD: "https://kdsintf.amd.com", Intel: "https://api.trustedservices.intel.com",
		IntelRoot: "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
		Client:    &http.Client{Timeout: 30 * time.Second},
	}
}

// rootPath is where a mirror has the root's revocation list.
const rootPath = "/sgx/certification/v4/rootcacrl"

// A Wait says that the service wants to be left alone for a while.
type Wait struct {
	For time.Duration
	err error
}

func (w *Wait) Error() string { return w.err.Error() }
func (w *Wait) Unwrap() error { return w.err }

// Fetch asks the endorsement's service. Whatever keeps it from answering is
// EVID_COLLATERAL_UNAVAILABLE, as a *Wait if the service says for how long.
func (v Vendors) Fetch(ctx context.Context, e attest.Endorsement) (d attest.Document, err error) {
	at, err := v.address(e)
	if err != nil {
		return d, err
	}
	bad := func(format string, args ...any) (attest.Document, error) {
		return attest.Document{}, fault.New(fault.EvidUnavailable, "fetch collateral from "+at+": "+format, args...)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return bad("%w", err)
	}
	client := v.Client
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // which would name the address again
		}
		return bad("%w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		_, err := bad("it answers %s", resp.Status)
		if s, e := strconv.Atoi(resp.Header.Get("Retry-After")); e == nil && s > 0 {
			err = &Wait{time.Duration(s) * time.Second, err}
		}
		return d, err
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return bad("%w", err)
	}
	if len(b) > most {
		return bad("the document has more than %d bytes", most)
	}
	if d.Body, err = plain(e.Form, b); err != nil {
		return bad("%w", err)
	}
	if e.Issuer != "" {
		chain, err := url.PathUnescape(resp.Header.Get(e.Issuer))
		if err != nil || chain == "" {
			return bad("the answer has no %s", e.Issuer)
		}
		d.Issuer = []byte(chain)
	}
	return d, nil
}

func (v Vendors) address(e attest.Endorsement) (string, error) {
	base := map[attest.Service]string{attest.ServiceAMD: v.AMD, attest.ServiceIntel: v.Intel}[e.Service]
	if e.Path == rootPath && v.IntelRoot != "" {
		return v.IntelRoot, nil
	}
	if base == "" {
		return "", fault.New(fault.EvidUnavailable, "fetch collateral %s: no address of the service of %s is set", e.Name, e.Service)
	}
	return strings.TrimSuffix(base, "/") + e.Path, nil
}
