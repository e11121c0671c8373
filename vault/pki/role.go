package pki

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/vault/logical"
)

// A role says which certificates its callers get.
type role struct {
	TTL       time.Duration `json:"ttl"`
	MaxTTL    time.Duration `json:"max_ttl"`
	NotBefore time.Duration `json:"not_before"`

	Domains          []string `json:"domains"`
	BareDomains      bool     `json:"bare_domains"`
	Subdomains       bool     `json:"subdomains"`
	GlobDomains      bool     `json:"glob_domains"`
	Wildcards        bool     `json:"wildcards"`
	AnyName          bool     `json:"any_name"`
	Localhost        bool     `json:"localhost"`
	IPs              bool     `json:"ips"`
	URIs             []string `json:"uris"`
	EnforceHostnames bool     `json:"enforce_hostnames"`
	RequireCN        bool     `json:"require_cn"`
	CSRName          bool     `json:"csr_name"`
	CSRNames         bool     `json:"csr_names"`

	KeyType     string   `json:"key_type"`
	KeyBits     int      `json:"key_bits"`
	KeyUsage    []string `json:"key_usage"`
	Server      bool     `json:"server"`
	Client      bool     `json:"client"`
	CodeSigning bool     `json:"code_signing"`

	Organization []string `json:"organization"`
	OU           []string `json:"ou"`
	Country      []string `json:"country"`
	Locality     []string `json:"locality"`
	Province     []string `json:"province"`

	NoStore bool `json:"no_store"`
	Lease   bool `json:"lease"`

	// Attested roles certify programs by their evidence.
	Attested     bool     `json:"attested"`
	MinLevel     int64    `json:"min_level"`
	Measurements []string `json:"measurements"` // hex; none allows none
	Domain       string   `json:"domain"`       // in the URI, instead of the network
}

func newRole() role {
	return role{NotBefore: backdate, Wildcards: true, EnforceHostnames: true, RequireCN: true, CSRName: true, CSRNames: true, KeyType: "ec", KeyUsage: []string{"DigitalSignature", "KeyAgreement", "KeyEncipherment"}, Server: true, Client: true}
}

const (
	backdate    = 30 * time.Second // what clocks may differ by
	ttlMost     = 768 * time.Hour  // of a role that says nothing
	ttlRole     = 5 * 365 * 24 * time.Hour
	ttlAttested = 24 * time.Hour
)

// durations, switches and lists are where the fields of those kinds go.
func (r *role) durations() map[string]*time.Duration {
	return map[string]*time.Duration{"ttl": &r.TTL, "max_ttl": &r.MaxTTL, "not_before_duration": &r.NotBefore}
}

func (r *role) switches() map[string]*bool {
	return map[string]*bool{
		"allow_bare_domains": &r.BareDomains, "allow_subdomains": &r.Subdomains, "allow_glob_domains": &r.GlobDomains, "allow_wildcard_certificates": &r.Wildcards,
		"allow_any_name": &r.AnyName, "allow_localhost": &r.Localhost, "allow_ip_sans": &r.IPs, "enforce_hostnames": &r.EnforceHostnames, "require_cn": &r.RequireCN,
		"use_csr_common_name": &r.CSRName, "use_csr_sans": &r.CSRNames, "server_flag": &r.Server, "client_flag": &r.Client, "code_signing_flag": &r.CodeSigning,
		"no_store": &r.NoStore, "generate_lease": &r.Lease, "attested": &r.Attested,
	}
}

func (r *role) lists() map[string]*[]string {
	return map[string]*[]string{
		"allowed_domains": &r.Domains, "allowed_uri_sans": &r.URIs, "organization": &r.Organization, "ou": &r.OU, "country": &r.Country, "locality": &r.Locality,
		"province": &r.Province, "measurements": &r.Measurements, "key_usage": &r.KeyUsage,
	}
}

// unknown is a field that asks for what no role has, or "". Such a role is refused: it
// might be meant to allow less.
func (r *role) unknown(data map[string]any) string {
	for name, v := range data {
		switch name {
		case "key_type", "key_bits", "min_level", "attested_domain", "issuer_ref":
			continue
		}
		_, duration := r.durations()[name]
		_, on := r.switches()[name]
		_, list := r.lists()[name]
		if duration || on || list || v == nil || v == false || v == "" || v == json.Number("0") {
			continue
		}
		if l, ok := v.([]any); ok && len(l) == 0 {
			continue
		}
		return name
	}
	return ""
}

// merge takes the fields that are given.
func (r *role) merge(f *logical.Fields) error {
	for name, d := range r.durations() {
		if f.Has(name) {
			*d = f.Duration(name)
		}
	}
	for name, b := range r.switches() {
		if f.Has(name) {
			*b = f.Bool(name)
		}
	}
	for name, l := range r.lists() {
		if f.Has(name) {
			*l = f.List(name)
		}
	}
	if f.Has("key_type") {
		r.KeyType, r.KeyBits = f.Text("key_type"), 0
	}
	if f.Has("key_bits") {
		r.KeyBits = int(f.Int("key_bits"))
	}
	if f.Has("min_level") {
		r.MinLevel = f.Int("min_level")
	}
	if f.Has("attested_domain") {
		r.Domain = f.Text("attested_domain")
	}
	if r.Attested && r.MinLevel == 0 {
		r.MinLevel = levelHardware
	}
	if f.Err() != nil {
		return f.Err()
	}
	return r.check()
}

func (r *role) check() error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.APIField, "write role: "+format, args...)
	}
	bits := map[string][]int{"ec": {0, 256, 384, 521}, "rsa": {0, 2048, 3072, 4096}, "ed25519": {0}, "any": {0}}
	switch {
	case !slices.Contains(bits[r.KeyType], r.KeyBits):
		return bad("there is no key_type %q with %d bits", r.KeyType, r.KeyBits)
	case r.MaxTTL > ttlRole || r.TTL > ttlRole:
		return bad("a ttl is more than five years")
	case r.MaxTTL > 0 && r.TTL > r.MaxTTL:
		return bad("ttl is more than max_ttl")
	case r.NotBefore > time.Hour:
		return bad("not_before_duration is more than an hour")
	case r.NoStore && r.Lease:
		return bad("what is not stored has no lease")
	case slices.ContainsFunc(slices.Concat(r.OU, r.Organization), speaksOfLevel):
		return bad("what a certificate says of a level comes from evidence only")
	case r.Attested && (r.MinLevel < levelSimulated || r.MinLevel > 5):
		return bad("min_level is not 2 to 5")
	case r.Attested && len(r.Measurements) == 0:
		return bad("an attested role names its measurements")
	case r.Attested && (r.TTL > ttlAttested || r.MaxTTL > ttlAttested):
		return bad("an attested certificate lives a day at most")
	case r.Domain != "" && !domainForm.MatchString(r.Domain):
		return bad("attested_domain is no name of a domain")
	}
	if _, err := r.usage(); err != nil {
		return err
	}
	for i, m := range r.Measurements {
		r.Measurements[i] = strings.ToLower(m)
		if !digestForm.MatchString(r.Measurements[i]) {
			return bad("%q is no measurement of 64 hex digits", m)
		}
	}
	for i, d := range r.Domains {
		r.Domains[i] = strings.ToLower(d)
	}
	for _, u := range r.URIs {
		if u == "" {
			return bad("allowed_uri_sans has an empty pattern")
		}
	}
	return nil
}

// usages are those of keys (RFC 5280, 4.2.1.3), as Go and Vault call them. None is for
// authorities.
var usages = map[string]x509.KeyUsage{
	"digitalsignature": x509.KeyUsageDigitalSignature, "contentcommitment": x509.KeyUsageContentCommitment, "keyencipherment": x509.KeyUsageKeyEncipherment,
	"dataencipherment": x509.KeyUsageDataEncipherment, "keyagreement": x509.KeyUsageKeyAgreement,
}

func (r *role) usage() (x509.KeyUsage, error) {
	var all x509.KeyUsage
	for _, name := range r.KeyUsage {
		u, ok := usages[strings.ToLower(strings.TrimPrefix(name, "KeyUsage"))]
		if !ok {
			return 0, fault.New(fault.APIField, "write role: there is no key_usage %q", name)
		}
		all |= u
	}
	return all, nil
}

func (r *role) shown() map[string]any {
	seconds := func(d time.Duration) int64 { return int64(d / time.Second) }
	list := func(l []string) []string { return append([]string{}, l...) }
	return map[string]any{
		"ttl": seconds(r.TTL), "max_ttl": seconds(r.MaxTTL), "not_before_duration": seconds(r.NotBefore),
		"allowed_domains": list(r.Domains), "allow_bare_domains": r.BareDomains, "allow_subdomains": r.Subdomains, "allow_glob_domains": r.GlobDomains,
		"allow_wildcard_certificates": r.Wildcards, "allow_any_name": r.AnyName, "allow_localhost": r.Localhost, "allow_ip_sans": r.IPs,
		"allowed_uri_sans": list(r.URIs), "enforce_hostnames": r.EnforceHostnames, "require_cn": r.RequireCN,
		"use_csr_common_name": r.CSRName, "use_csr_sans": r.CSRNames, "key_type": r.KeyType, "key_bits": r.KeyBits, "key_usage": list(r.KeyUsage),
		"server_flag": r.Server, "client_flag": r.Client, "code_signing_flag": r.CodeSigning,
		"organization": list(r.Organization), "ou": list(r.OU), "country": list(r.Country), "locality": list(r.Locality), "province": list(r.Province),
		"no_store": r.NoStore, "generate_lease": r.Lease,
		"attested": r.Attested, "min_level": r.MinLevel, "measurements": list(r.Measurements), "attested_domain": r.Domain,
	}
}

var (
	roleForm   = regexp.MustCompile(`^\w([\w.-]{0,126}\w)?$`)
	hostname   = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$`)
	domainForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func roleKey(name string) string { return "role/" + name }

// roleOf is a role, or API_NOT_FOUND.
func (e *Engine) roleOf(ctx context.Context, name string) (role, int64, error) {
	var r role
	item, err := e.storage.Get(ctx, roleKey(name))
	if errors.Is(err, fault.APINotFound) {
		return r, 0, errNoPath
	}
	if err != nil {
		return r, 0, err
	}
	if err := json.Unmarshal(item.Value, &r); err != nil {
		return r, 0, fault.New(fault.StoreCorrupt, "read role: %w", err)
	}
	return r, item.Revision, nil
}

func (e *Engine) roles(ctx context.Context, req *logical.Request, name string, f *logical.Fields) (*logical.Response, error) {
	if req.Operation == logical.List && name == "" {
		return e.names(ctx, "role/")
	}
	if !roleForm.MatchString(name) {
		return nil, fault.New(fault.APIField, "read role's name: it is not made of 1 to 128 letters, digits, dots, hyphens and underscores")
	}
	r, revision, err := e.roleOf(ctx, name)
	missing := errors.Is(err, errNoPath)
	if err != nil && !missing {
		return nil, err
	}
	switch req.Operation {
	case logical.Read:
		if missing {
			return nil, err
		}
		return &logical.Response{Data: r.shown()}, nil
	case logical.Update, logical.Patch:
		if req.Operation == logical.Update || missing {
			r = newRole() // a role is written whole
		}
		if name := r.unknown(req.Data); name != "" {
			return nil, fault.New(fault.APIField, "write role: %s is not to be had here", name)
		}
		if err := r.merge(f); err != nil {
			return nil, err
		}
		b, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		if _, err := e.storage.Commit(ctx, tacit.Txn{If: []tacit.Cond{{Key: roleKey(name), Revision: revision}}, Then: []tacit.Put{{Key: roleKey(name), Value: b}}}); err != nil {
			return nil, err
		}
		return &logical.Response{Data: r.shown()}, nil
	case logical.Delete:
		_, err := e.storage.Commit(ctx, tacit.Txn{Then: []tacit.Put{{Key: roleKey(name), Delete: true}}})
		return nil, err
	}
	return nil, errOperation
}

// names lists what is stored under a prefix that ends in a slash.
func (e *Engine) names(ctx context.Context, prefix string) (*logical.Response, error) {
	const most = 100_000
	names := []string{}
	err := e.each(ctx, prefix, func(i tacit.Item) error {
		if names = append(names, strings.TrimPrefix(i.Key, prefix)); len(names) > most {
			return fault.New(fault.APISize, "list names: there are more than %d", most)
		}
		return nil
	})
	if err == nil && len(names) == 0 {
		err = errNoPath
	}
	if err != nil {
		return nil, err
	}
	return &logical.Response{Data: map[string]any{"keys": names}}, nil
}

func (e *Engine) each(ctx context.Context, prefix string, do func(tacit.Item) error) error {
	const page = 256
	end := prefix[:len(prefix)-1] + "0" // what follows the slash
	for from := prefix; ; {
		items, _, err := e.storage.Range(ctx, from, end, page)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := do(i); err != nil {
				return err
			}
		}
		if len(items) < page {
			return nil
		}
		from = items[len(items)-1].Key + "\x00"
	}
}

// errName is one for all names: which rule a name fails would tell what a role allows.
func errName(what, name string) error {
	return fault.New(fault.VaultDenied, "certify: the role does not allow the %s %q", what, name)
}

// allowsName judges a DNS name, or a common name.
func (r *role) allowsName(name string) bool {
	name = strings.ToLower(name)
	bare, wild := strings.CutPrefix(name, "*.")
	if r.EnforceHostnames || wild {
		if len(name) > 253 || !hostname.MatchString(bare) {
			return false
		}
	}
	if name == "" || wild && !r.Wildcards {
		return false
	}
	if r.AnyName || r.Localhost && (name == "localhost" || name == "localdomain") {
		return true
	}
	return slices.ContainsFunc(r.Domains, func(d string) bool {
		return r.BareDomains && name == d || r.Subdomains && d != "" && strings.HasSuffix(name, "."+d) || r.GlobDomains && strings.Contains(d, "*") && globbed(d, name)
	})
}

// allowsURI judges a URI by patterns. Those of the scheme tacit come from evidence only.
func (r *role) allowsURI(u *url.URL) bool {
	if u.Scheme == "" || strings.EqualFold(u.Scheme, scheme) {
		return false
	}
	return slices.ContainsFunc(r.URIs, func(p string) bool { return globbed(p, u.String()) })
}

func (r *role) allowsIP(net.IP) bool { return r.IPs }

// globbed matches a pattern whose stars stand for any text.
func globbed(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		at := strings.Index(s, p)
		if at < 0 {
			return false
		}
		s = s[at+len(p):]
	}
	return strings.HasSuffix(s, last)
}

// allowsKey judges a key that a caller made.
func (r *role) allowsKey(pub crypto.PublicKey) error {
	kind, bits := "", 0
	switch p := pub.(type) {
	case *ecdsa.PublicKey:
		kind, bits = "ec", p.Curve.Params().BitSize
	case *rsa.PublicKey:
		kind, bits = "rsa", p.N.BitLen()
	case ed25519.PublicKey:
		kind = "ed25519"
	}
	least := map[string]int{"ec": 256, "rsa": 2048}[kind]
	if r.KeyType == kind {
		least = max(least, r.KeyBits)
	}
	if kind == "" || r.KeyType != "any" && r.KeyType != kind || bits < least || bits > 8192 {
		return fault.New(fault.VaultDenied, "certify: the role does not allow a key of type %q with %d bits", kind, bits)
	}
	return nil
}
