package intel

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"strings"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// The names by which Intel's certificates are told apart.
const (
	nameTCBSigning = "Intel SGX TCB Signing"
	namePCK        = "Intel SGX PCK Certificate"
	prefixPCKCA    = "Intel SGX PCK " // Processor CA, Platform CA
)

// judgePlatform judges everything that a quote's signature rests on.
func (v *Verifier) judgePlatform(chain []byte, collateral [][]byte, now time.Time) (p platform, err error) {
	bad := func(code fault.Code, why string) (platform, error) { return platform{}, v.refuse(code, "%s", why) }
	certs := certificates(bytes.TrimSuffix(chain, []byte{0}))
	if len(certs) != 3 || certs[0].Subject.CommonName != namePCK || !strings.HasPrefix(certs[1].Subject.CommonName, prefixPCKCA) {
		return bad(fault.EvidForged, "the quote wants the certificates of platform, CA and root")
	}
	leaf, ca, root := certs[0], certs[1], v.pinned(certs[2])
	if root == nil || !certifies(root, ca) || !certifies(ca, leaf) {
		return bad(fault.EvidForged, "the certificates do not lead to a pinned root")
	}
	for _, c := range []*x509.Certificate{leaf, ca, root} {
		p.within(c.NotBefore, c.NotAfter)
	}
	if now.Before(p.from) || now.After(p.until) {
		return bad(fault.EvidForged, "a certificate of the quote is not in force")
	}
	var ok bool
	if p.key, ok = leaf.PublicKey.(*ecdsa.PublicKey); !ok || p.key.Curve != elliptic.P256() {
		return bad(fault.EvidForged, "the platform's key is not on P-256")
	}
	pck, wrong := readPCK(leaf)
	if wrong != "" {
		return bad(fault.EvidForged, "the platform's certificate: "+wrong)
	}
	p.pck = pck

	rootCRL, err := v.list(&p, collateral[PieceRootCRL], root, "root's", now)
	if err != nil {
		return platform{}, err
	}
	pckCRL, err := v.list(&p, collateral[PiecePCKCRL], ca, "platforms'", now)
	if err != nil {
		return platform{}, err
	}
	if revoked(pckCRL, leaf) || revoked(rootCRL, ca) {
		return bad(fault.EvidRevoked, "a certificate of the quote is revoked")
	}
	if err := v.statement(&p, collateral[PieceTCBInfo], collateral[PieceTCBChain], "tcbInfo", root, rootCRL, now, &p.tcb); err != nil {
		return platform{}, err
	}
	if err := v.statement(&p, collateral[PieceQE], collateral[PieceQEChain], "enclaveIdentity", root, rootCRL, now, &p.qe); err != nil {
		return platform{}, err
	}
	id, qe := "SGX", "QE"
	if v.tee == teeTDX {
		id, qe = "TDX", "TD_QE"
	}
	if p.tcb.ID != id || p.tcb.Version != 3 || p.tcb.TCBType != 0 || p.qe.ID != qe || p.qe.Version != 2 {
		return bad(fault.EvidForged, "the collateral is of another kind or version")
	}
	if string(p.tcb.FMSPC) != p.pck.FMSPC || string(p.tcb.PCEID) != p.pck.PCEID {
		return bad(fault.EvidForged, "the TCB info is of another kind of platform")
	}
	return p, nil
}

// certificates reads PEM that is exactly what these certificates encode to; nil if it
// is not.
func certificates(text []byte) (out []*x509.Certificate) {
	var canonical []byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" || len(out) == 3 {
			return nil
		}
		out = append(out, c)
		canonical = append(canonical, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes})...)
	}
	if !bytes.Equal(bytes.TrimRight(text, "\n"), bytes.TrimRight(canonical, "\n")) {
		return nil
	}
	return out
}

// pinned is the pinned root that a certificate is, or nil.
func (v *Verifier) pinned(c *x509.Certificate) *x509.Certificate {
	for _, root := range v.roots {
		if root.Equal(c) {
			return root
		}
	}
	return nil
}

// certifies reports whether a CA signed a certificate that hides nothing which would
// have to be understood.
func certifies(ca, c *x509.Certificate) bool {
	return bytes.Equal(ca.RawSubject, c.RawIssuer) && len(c.UnhandledCriticalExtensions) == 0 &&
		c.SignatureAlgorithm == x509.ECDSAWithSHA256 && c.CheckSignatureFrom(ca) == nil
}

// list is a CA's revocation list. One that is not in force says nothing.
func (v *Verifier) list(p *platform, der []byte, ca *x509.Certificate, whose string, now time.Time) (*x509.RevocationList, error) {
	crl, err := x509.ParseRevocationList(der)
	if err != nil || !bytes.Equal(crl.RawIssuer, ca.RawSubject) || crl.CheckSignatureFrom(ca) != nil {
		return nil, v.refuse(fault.EvidForged, "the %s revocation list is not of that CA", whose)
	}
	if crl.NextUpdate.IsZero() || now.Before(crl.ThisUpdate) || now.After(crl.NextUpdate) {
		return nil, v.refuse(fault.EvidUnavailable, "the %s revocation list is not in force", whose)
	}
	p.within(crl.ThisUpdate, crl.NextUpdate)
	return crl, nil
}

func revoked(crl *x509.RevocationList, c *x509.Certificate) bool {
	for _, entry := range crl.RevokedCertificateEntries {
		if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
			return true
		}
	}
	return false
}

// statement reads a statement of Intel's: an object of the statement under its name
// and a signature over exactly those bytes, by a key that Intel keeps for this.
func (v *Verifier) statement(p *platform, text, chain []byte, name string, root *x509.Certificate, rootCRL *x509.RevocationList, now time.Time, to interface {
	window() (from, until time.Time)
}) error {
	bad := func(code fault.Code, why string) error { return v.refuse(code, "%s: %s", name, why) }
	certs := certificates(chain)
	if len(certs) == 0 || len(certs) > 2 || len(certs) == 2 && !certs[1].Equal(root) {
		return bad(fault.EvidForged, "want the certificates of its signer and of the root")
	}
	signer := certs[0]
	if signer.Subject.CommonName != nameTCBSigning || signer.IsCA || !certifies(root, signer) {
		return bad(fault.EvidForged, "its signer is not certified for it")
	}
	if revoked(rootCRL, signer) {
		return bad(fault.EvidRevoked, "its signer's certificate is revoked")
	}
	if now.Before(signer.NotBefore) || now.After(signer.NotAfter) {
		return bad(fault.EvidUnavailable, "its signer's certificate is not in force")
	}
	body, signature, ok := split(text, name)
	if !ok {
		return bad(fault.EvidForged, "it does not parse")
	}
	key, ok := signer.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != elliptic.P256() || !verify(key, body, signature) {
		return bad(fault.EvidForged, "its signature is not its signer's")
	}
	if json.Unmarshal(body, to) != nil {
		return bad(fault.EvidForged, "it does not parse")
	}
	from, until := to.window()
	if from.IsZero() || now.Before(from) || now.After(until) {
		return bad(fault.EvidUnavailable, "it is not in force")
	}
	p.within(from, until)
	p.within(signer.NotBefore, signer.NotAfter)
	return nil
}

// split takes a signed statement apart, which has the two members and no others.
func split(text []byte, name string) (body, signature []byte, ok bool) {
	var members map[string]json.RawMessage
	var inHex string
	if json.Unmarshal(text, &members) != nil || len(members) != 2 || json.Unmarshal(members["signature"], &inHex) != nil {
		return nil, nil, false
	}
	signature, err := hex.DecodeString(inHex)
	body = members[name]
	return body, signature, err == nil && len(body) > 0
}

// hexBytes are bytes that JSON holds in hex.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// inForce is when a statement holds.
type inForce struct {
	IssueDate  time.Time `json:"issueDate"`
	NextUpdate time.Time `json:"nextUpdate"`
}

func (f inForce) window() (from, until time.Time) { return f.IssueDate, f.NextUpdate }

// tcbInfo is Intel's word on the TCBs of a kind of platform.
type tcbInfo struct {
	inForce
	ID         string         `json:"id"`
	Version    int            `json:"version"`
	FMSPC      lower          `json:"fmspc"`
	PCEID      lower          `json:"pceId"`
	TCBType    int            `json:"tcbType"`
	Module     seamModule     `json:"tdxModule"`
	Identities []seamIdentity `json:"tdxModuleIdentities"`
	Levels     []tcbLevel     `json:"tcbLevels"`
}

// lower is hex as PCK shows it, whatever case it comes in.
type lower string

func (l *lower) UnmarshalText(b []byte) error {
	*l = lower(strings.ToLower(string(b)))
	return nil
}

// tcbLevel is one TCB and the word on it; an enclave's has an SVN only.
type tcbLevel struct {
	TCB struct {
		SGX    []component `json:"sgxtcbcomponents"`
		TDX    []component `json:"tdxtcbcomponents"`
		PCESVN *uint16     `json:"pcesvn"`
		ISVSVN *uint16     `json:"isvsvn"`
	} `json:"tcb"`
	Status string `json:"tcbStatus"`
}

type component struct {
	SVN uint8 `json:"svn"`
}

// seamModule is what a TDX module is: its signer and, where the mask is 1, its
// attributes.
type seamModule struct {
	Signer     hexBytes `json:"mrsigner"`
	Attributes hexBytes `json:"attributes"`
	Mask       hexBytes `json:"attributesMask"`
}

// seamIdentity is a version of the TDX module with its levels.
type seamIdentity struct {
	seamModule
	ID     string     `json:"id"`
	Levels []tcbLevel `json:"tcbLevels"`
}

// qeIdentity is what a quoting enclave is.
type qeIdentity struct {
	inForce
	ID             string     `json:"id"`
	Version        int        `json:"version"`
	Miscselect     hexBytes   `json:"miscselect"`
	MiscselectMask hexBytes   `json:"miscselectMask"`
	Attributes     hexBytes   `json:"attributes"`
	AttributesMask hexBytes   `json:"attributesMask"`
	Signer         hexBytes   `json:"mrsigner"`
	Product        uint16     `json:"isvprodid"`
	Levels         []tcbLevel `json:"tcbLevels"`
}

// masked reports whether got is want wherever the mask is 1, all three of one length.
func masked(got, want, mask []byte) bool {
	if len(got) != len(want) || len(got) != len(mask) {
		return false
	}
	for i := range got {
		if got[i]&mask[i] != want[i]&mask[i] {
			return false
		}
	}
	return true
}

// status is the word of the first level, of those that begin with the newest, whose
// SVN is not above the enclave's or module's.
func status(levels []tcbLevel, svn uint16) (attest.Status, bool) {
	for _, l := range levels {
		if l.TCB.ISVSVN != nil && *l.TCB.ISVSVN <= svn {
			return attest.ParseStatus(l.Status), true
		}
	}
	return attest.StatusUnknown, false
}
