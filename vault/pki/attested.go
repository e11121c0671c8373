package pki

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tacit/attest"
	"tacit/fault"
)

// scheme is of URIs that name a program by its measurement:
// tacit://DOMAIN/measurement/HEX.
const scheme = "tacit"

// The levels of platforms that matter here.
const (
	levelSimulated = 2
	levelHardware  = 3
)

// unit is the organizational unit that says what evidence there was. A relying party
// that looks at nothing but names still sees a simulated platform.
func unit(level uint8) string {
	if level <= levelSimulated {
		return fmt.Sprintf("tacit level %d, SIMULATED: not hidden from its host", level)
	}
	return fmt.Sprintf("tacit level %d", level)
}

// speaksOfLevel reports whether a text could be taken for what unit writes.
func speaksOfLevel(s string) bool {
	return strings.HasPrefix(strings.ToLower(strings.Join(strings.Fields(s), " ")), "tacit level")
}

// sameKey refuses (VAULT_IDENTITY) to certify for a program a key that another could have.
// If the caller's token is bound to the TLS client key that he attested with, it is that
// key; with a token that nothing is bound to, his evidence says nothing of the key.
func sameKey(csr *x509.CertificateRequest, client string) error {
	if sum := sha256.Sum256(csr.RawSubjectPublicKeyInfo); client != "" && hex.EncodeToString(sum[:]) != client {
		return fault.Denied(fault.VaultIdentity, "certify program", "key", "the TLS client key that the caller's token is bound to", "another")
	}
	return nil
}

// attest judges a caller's evidence and writes it into his certificate. Without
// evidence it is VAULT_IDENTITY, with evidence that the role does not name VAULT_DENIED.
func (r *role) attest(t *x509.Certificate, c *attest.Claims, network string) error {
	if c == nil {
		return fault.New(fault.VaultIdentity, "certify: the caller did not log in by evidence")
	}
	const op = "certify program"
	measurement := hex.EncodeToString(c.Measurement[:])
	switch {
	case int64(c.Level) < max(r.MinLevel, levelSimulated):
		return fault.Denied(fault.VaultDenied, op, "min_level", strconv.FormatInt(r.MinLevel, 10), strconv.Itoa(int(c.Level)))
	case !slices.Contains(r.Measurements, measurement):
		return fault.Denied(fault.VaultDenied, op, "measurements", "one that the role names", measurement)
	case c.Modes&attest.ModeDebug != 0 && c.Level > levelSimulated:
		return fault.Denied(fault.VaultDenied, op, "modes", "no debug", c.Modes.String())
	}
	domain := r.Domain
	if domain == "" {
		domain = strings.ToLower(network)
	}
	if !domainForm.MatchString(domain) {
		return fault.New(fault.VaultDenied, "certify: neither the role nor the vault names a domain for programs")
	}
	t.URIs = append(t.URIs, &url.URL{Scheme: scheme, Host: domain, Path: "/measurement/" + measurement})
	t.Subject.OrganizationalUnit = append(slices.Clone(t.Subject.OrganizationalUnit), unit(c.Level))
	return nil
}
