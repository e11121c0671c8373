package snp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// endorsement is what a certificate that leads to a pinned root says of the key
// that signs reports. It holds from and until: as long as its certificates and the
// revocation list that does not name them.
type endorsement struct {
	kind        string // attest.KeyVCEK or attest.KeyVLEK
	key         *ecdsa.PublicKey
	product     string
	tcb         tcb
	chip        []byte // VCEK: 64 bytes, or the 8 that Turin uses
	csp         string // VLEK: the provider
	from, until time.Time
}

// of reports whether the certificate is of this chip.
func (by endorsement) of(chip []byte) bool {
	rest, ok := bytes.CutPrefix(chip, by.chip)
	return ok && len(bytes.Trim(rest, "\x00")) == 0
}

// endorsement judges the collateral at now. A chain comes with every piece of its
// chip's evidence, so those that were found good are remembered.
func (s *Scheme) endorsement(collateral [][]byte, now time.Time) (endorsement, error) {
	if len(collateral) > Pieces {
		return endorsement{}, refuse(fault.EvidForged, "there is more collateral than a key, an intermediate and a revocation list")
	}
	if len(collateral) < Pieces {
		return endorsement{}, refuse(fault.EvidUnavailable, "want the certificates of the key and its intermediate, and a revocation list")
	}
	id := wire.Hash("tacit/snp/chain", collateral)
	if by, ok := s.chains.Get(id); ok && !now.Before(by.from) && !now.After(by.until) {
		return by, nil
	}
	by, chain, err := s.chain(collateral[PieceKey], collateral[PieceIntermediate], now)
	if err != nil {
		return endorsement{}, err
	}
	if err := by.unrevoked(chain, collateral[PieceCRL], now); err != nil {
		return endorsement{}, err
	}
	s.chains.Put(id, by)
	return by, nil
}

// chain verifies the certificates of a key and its intermediate up to a pinned
// root, which ends the returned chain.
func (s *Scheme) chain(keyDER, middleDER []byte, now time.Time) (endorsement, []*x509.Certificate, error) {
	bad := func(why string) (endorsement, []*x509.Certificate, error) {
		return endorsement{}, nil, refuse(fault.EvidForged, why)
	}
	key, err := x509.ParseCertificate(keyDER)
	if err != nil {
		return bad("the key's certificate does not parse")
	}
	middle, err := x509.ParseCertificate(middleDER)
	if err != nil {
		return bad("the intermediate certificate does not parse")
	}
	root := s.rootOf(middle)
	if root == nil {
		return bad("the certificates do not lead to a pinned root")
	}
	if !certifies(middle, key) {
		return bad("the intermediate did not certify the key")
	}
	by, err := readEndorsement(key)
	if err != nil {
		return endorsement{}, nil, err
	}
	prefix := "SEV-"
	if by.kind == attest.KeyVLEK {
		prefix = "SEV-VLEK-"
	}
	if middle.Subject.CommonName != prefix+by.product {
		return bad("the intermediate is of another product or kind of key")
	}
	chain := []*x509.Certificate{key, middle, root}
	by.from, by.until = key.NotBefore, key.NotAfter
	for _, c := range chain[1:] {
		by.within(c.NotBefore, c.NotAfter)
	}
	if now.Before(by.from) || now.After(by.until) {
		return bad("a certificate is not in force")
	}
	return by, chain, nil
}

// rootOf is the pinned root that certified an intermediate, or nil.
func (s *Scheme) rootOf(middle *x509.Certificate) *x509.Certificate {
	for _, root := range s.roots {
		if certifies(root, middle) {
			return root
		}
	}
	return nil
}

// certifies reports whether a CA signed a certificate that hides nothing which
// would have to be understood.
func certifies(ca, c *x509.Certificate) bool {
	return bytes.Equal(ca.RawSubject, c.RawIssuer) && len(c.UnhandledCriticalExtensions) == 0 &&
		c.SignatureAlgorithm == x509.SHA384WithRSAPSS && c.CheckSignatureFrom(ca) == nil
}

// within narrows the time that the endorsement holds.
func (by *endorsement) within(from, until time.Time) {
	if from.After(by.from) {
		by.from = from
	}
	if until.Before(by.until) {
		by.until = until
	}
}

// unrevoked judges the certificates by the root's revocation list. One that is
// missing or not in force says nothing, neither for nor against. The list names
// serial numbers only, and keys' ones are all 0: whichever it names is revoked.
func (by *endorsement) unrevoked(chain []*x509.Certificate, der []byte, now time.Time) error {
	if len(der) == 0 {
		return refuse(fault.EvidUnavailable, "there is no revocation list")
	}
	crl, err := x509.ParseRevocationList(der)
	if err != nil {
		return refuse(fault.EvidForged, "the revocation list does not parse")
	}
	root := chain[len(chain)-1]
	if !bytes.Equal(crl.RawIssuer, root.RawSubject) || crl.CheckSignatureFrom(root) != nil {
		return refuse(fault.EvidForged, "the revocation list is not the root's")
	}
	if crl.NextUpdate.IsZero() || now.Before(crl.ThisUpdate) || now.After(crl.NextUpdate) {
		return refuse(fault.EvidUnavailable, "the revocation list is not in force")
	}
	for _, entry := range crl.RevokedCertificateEntries {
		for _, c := range chain[:len(chain)-1] {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
				return refuse(fault.EvidRevoked, "the certificate of "+c.Subject.CommonName+" is revoked")
			}
		}
	}
	by.within(crl.ThisUpdate, crl.NextUpdate)
	return nil
}

// The extensions of AMD's certificates, below 1.3.6.1.4.1.3704.1.
var amd = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 3704, 1}

const (
	extProduct = 2
	extTCB     = 3
	extChip    = 4
	extCSP     = 5
)

// readEndorsement reads what the certificate of a VCEK or VLEK says.
func readEndorsement(c *x509.Certificate) (by endorsement, err error) {
	bad := func(why string) (endorsement, error) { return endorsement{}, refuse(fault.EvidForged, why) }
	var ok bool
	if by.key, ok = c.PublicKey.(*ecdsa.PublicKey); !ok || by.key.Curve != elliptic.P384() {
		return bad("the certified key is not on P-384")
	}
	name, ok := text(extension(c, extProduct))
	if !ok {
		return bad("the certificate names no product")
	}
	by.product, _, _ = strings.Cut(name, "-") // the rest is the stepping
	parts, ok := layouts[by.product]
	if !ok {
		return bad("the certificate is of an unknown product")
	}
	for _, p := range parts {
		if by.tcb[p.at], ok = number(extension(c, extTCB, p.minor)); !ok {
			return bad("the certificate does not say the TCB's " + p.name)
		}
	}
	chip, csp := extension(c, extChip), extension(c, extCSP)
	switch {
	case chip != nil && csp == nil:
		by.kind = attest.KeyVCEK
		if by.chip, ok = octets(chip, by.product); !ok {
			return bad("the certificate names no chip")
		}
	case csp != nil && chip == nil:
		by.kind = attest.KeyVLEK
		if by.csp, ok = text(csp); !ok || by.csp == "" {
			return bad("the certificate names no provider")
		}
	default:
		return bad("the certificate is neither a chip's nor a provider's")
	}
	return by, nil
}

// extension is the value of one of AMD's extensions, nil if it is not there.
func extension(c *x509.Certificate, below ...int) []byte {
	for _, e := range c.Extensions {
		if len(e.Id) == len(amd)+len(below) && e.Id[:len(amd)].Equal(amd) && e.Id[len(amd):].Equal(below) {
			return e.Value
		}
	}
	return nil
}

func text(b []byte) (s string, ok bool) {
	rest, err := asn1.UnmarshalWithParams(b, &s, "ia5")
	return s, err == nil && len(rest) == 0 && b[0] == asn1.TagIA5String
}

func number(b []byte) (byte, bool) {
	var i int
	rest, err := asn1.Unmarshal(b, &i)
	return byte(i), err == nil && len(rest) == 0 && i >= 0 && i <= 255
}

// octets is a chip's identity; AMD leaves out the header of the octet string.
func octets(b []byte, product string) ([]byte, bool) {
	size := 64
	if product == "Turin" {
		size = 8
	}
	if len(b) == size {
		return b, true
	}
	var inner []byte
	rest, err := asn1.Unmarshal(b, &inner)
	return inner, err == nil && len(rest) == 0 && len(inner) == size
}
