package tpm

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// The TCG's names for things in certificates.
var (
	oidEndorsementKey = asn1.ObjectIdentifier{2, 23, 133, 8, 1}
	oidAttestationKey = asn1.ObjectIdentifier{2, 23, 133, 8, 3}
	oidManufacturer   = asn1.ObjectIdentifier{2, 23, 133, 2, 1}
	oidModel          = asn1.ObjectIdentifier{2, 23, 133, 2, 2}
	oidAltName        = asn1.ObjectIdentifier{2, 5, 29, 17}
)

// A certificate of an attestation key is short-lived: it is what stands between
// a TPM that was taken over and the network.
const longestLife = 90 * 24 * time.Hour

// pinned is a root that somebody trusts.
type pinned struct{ cert *x509.Certificate }

// pin parses the roots that are for TPMs.
func pin(roots []attest.Root) ([]pinned, error) {
	var list []pinned
	for _, r := range roots {
		if r.Scheme != attest.SchemeTPM {
			continue
		}
		c, err := x509.ParseCertificate(r.DER)
		if err != nil {
			return nil, fault.New(fault.EvidPolicy, "pin root for TPMs: %w", err)
		}
		list = append(list, pinned{c})
	}
	return list, nil
}

// lead finds a way from a certificate to one of the roots at now, through the
// others that came with it.
func lead(leaf *x509.Certificate, others [][]byte, roots []pinned, now time.Time) bool {
	pool, between := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range roots {
		pool.AddCert(r.cert)
	}
	for _, der := range others {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return false
		}
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: pool, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err == nil
}

// chainMost is how many certificates come along at most.
const chainMost = 5

// identity is what an enroller certifies of a TPM besides its key.
type identity struct{ hardware, product string }

// certified is the identity of an attestation key, if the first of the
// certificates is of that key and leads to a pinned enroller.
func (s *Scheme) certified(certificates [][]byte, key ak, now time.Time) (identity, error) {
	bad := func(code fault.Code, why string) (identity, error) {
		return identity{}, fault.New(code, "verify attestation key: %s", why)
	}
	if len(certificates) == 0 || len(certificates) > chainMost {
		return bad(fault.EvidAK, "no certificate of an enroller, or too many")
	}
	leaf, err := x509.ParseCertificate(certificates[0])
	if err != nil {
		return bad(fault.EvidAK, "its certificate does not parse")
	}
	if !lead(leaf, certificates[1:], s.enrollers, now) {
		return bad(fault.EvidForged, "its certificate does not lead to a pinned enroller")
	}
	if leaf.IsCA || leaf.KeyUsage != x509.KeyUsageDigitalSignature || !slices.ContainsFunc(leaf.UnknownExtKeyUsage, oidAttestationKey.Equal) {
		return bad(fault.EvidAK, "its certificate is for another purpose")
	}
	if leaf.NotAfter.Sub(leaf.NotBefore) > longestLife {
		return bad(fault.EvidAK, "its certificate is in force for too long")
	}
	if !key.isOf(leaf) {
		return bad(fault.EvidAK, "its certificate is of another key")
	}
	if leaf.Subject.CommonName == "" || len(leaf.Subject.OrganizationalUnit) != 1 {
		return bad(fault.EvidAK, "its certificate names no TPM")
	}
	return identity{leaf.Subject.CommonName, leaf.Subject.OrganizationalUnit[0]}, nil
}

// isOf reports whether a certificate is of this key.
func (k ak) isOf(c *x509.Certificate) bool {
	pub, ok := c.PublicKey.(*ecdsa.PublicKey)
	return ok && pub.Equal(k.key) && c.Subject.SerialNumber == hex.EncodeToString(k.name())
}

// endorsed reads the certificate of an endorsement key that leads to the root of
// a pinned maker. A TPM may have several such keys; only that of RSA with 2048
// bits, which all have, counts, or one chip would have two identities.
func endorsed(certificates [][]byte, makers []pinned, now time.Time) (*rsa.PublicKey, identity, error) {
	bad := func(code fault.Code, why string) (*rsa.PublicKey, identity, error) {
		return nil, identity{}, fault.New(code, "verify endorsement key: %s", why)
	}
	if len(certificates) == 0 || len(certificates) > chainMost {
		return bad(fault.EvidAK, "no certificate, or too many")
	}
	leaf, err := x509.ParseCertificate(certificates[0])
	if err != nil {
		return bad(fault.EvidAK, "its certificate does not parse")
	}
	// The subject stands in an alternative name of a kind that the library does
	// not read. Nothing else that is critical may go unread.
	leaf.UnhandledCriticalExtensions = slices.DeleteFunc(leaf.UnhandledCriticalExtensions, oidAltName.Equal)
	if !lead(leaf, certificates[1:], makers, now) {
		return bad(fault.EvidForged, "its certificate does not lead to a pinned maker of TPMs")
	}
	if leaf.IsCA || leaf.KeyUsage&x509.KeyUsageKeyEncipherment == 0 || !slices.ContainsFunc(leaf.UnknownExtKeyUsage, oidEndorsementKey.Equal) {
		return bad(fault.EvidAK, "its certificate is for another purpose")
	}
	pub, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok || pub.N.BitLen() != 2048 || pub.E != 65537 {
		return bad(fault.EvidAK, "not a key of RSA with 2048 bits")
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	return pub, identity{"tpm-" + hex.EncodeToString(sum[:16]), productOf(leaf)}, nil
}

// productOf reads maker and model of a TPM from the alternative name of its
// certificate.
func productOf(leaf *x509.Certificate) string {
	var maker, model string
	for _, e := range leaf.Extensions {
		if !e.Id.Equal(oidAltName) {
			continue
		}
		var names []asn1.RawValue
		if rest, err := asn1.Unmarshal(e.Value, &names); err != nil || len(rest) > 0 {
			continue
		}
		for _, n := range names {
			var rdn pkix.RDNSequence
			if n.Class != asn1.ClassContextSpecific || n.Tag != 4 {
				continue
			}
			if _, err := asn1.Unmarshal(n.Bytes, &rdn); err != nil {
				continue
			}
			for _, set := range rdn {
				for _, a := range set {
					text, _ := a.Value.(string)
					switch {
					case a.Type.Equal(oidManufacturer):
						maker = makerOf(text)
					case a.Type.Equal(oidModel):
						model = plain(text)
					}
				}
			}
		}
	}
	return cmp.Or(strings.TrimSpace(maker+" "+model), "unnamed")
}

// makerOf turns "id:53544D20" into STM; a number that spells nothing stays one.
func makerOf(text string) string {
	if h, ok := strings.CutPrefix(text, "id:"); ok {
		if b, err := hex.DecodeString(h); err == nil && plain(string(b)) != "" {
			return plain(string(b))
		}
	}
	return plain(text)
}

// plain keeps of a text what people can read.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, text[:min(len(text), 64)]))
}
