package attest

import (
	"crypto/x509"
	"encoding/json"
	"time"

	"tacit/fault"
)

// A Service is one that a vendor runs, or a mirror of it.
type Service string

// The services.
const (
	ServiceAMD   Service = "amd"   // Key Distribution Service
	ServiceIntel Service = "intel" // Provisioning Certification Service, version 4, or a PCCS
)

// A Form is what an endorsement is. It is how its time is read.
type Form uint8

// The forms.
const (
	FormCertificate Form = 1 + iota // X.509, DER
	FormList                        // revocation list, DER
	FormStatement                   // JSON with a signature, of Intel
	FormChain                       // X.509 chain, PEM at the service, of which the first is wanted, DER
)

// An Endorsement is a document that a vendor publishes and by which evidence is
// verified (RFC 9334). It comes with the evidence, or its service has it.
type Endorsement struct {
	Name    string  // slash-separated and unique; letters, digits, '-' and '.'
	Service Service // who has it
	Path    string  // of the request, with its query
	Issuer  string  // header of the response that holds the issuer's chain, if it is wanted too
	Form    Form
	Held    []byte // the document, if it came with the evidence
}

// Endorsed is a scheme whose evidence needs documents that its platform does not
// give. All that it says is said of evidence that is not verified yet.
type Endorsed interface {
	// Endorsements are the documents that the collateral is made of, in order; one
	// with an Issuer is two pieces. It is EVID_FORGED for evidence that does not say
	// whose it is, and EVID_COLLATERAL_UNAVAILABLE if nobody has a document for it.
	Endorsements(e Evidence) ([]Endorsement, error)
}

// Endorsements asks the scheme that the evidence is of. A scheme without any,
// and one that is not linked here, has none.
func (s Schemes) Endorsements(e Evidence) ([]Endorsement, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	for _, scheme := range s {
		if with, ok := scheme.(Endorsed); ok && scheme.Name() == e.Scheme {
			return with.Endorsements(e)
		}
	}
	return nil, nil
}

// A Document is an endorsement's content: the body, and the issuer's chain if the
// endorsement names one.
type Document struct{ Body, Issuer []byte }

// Pieces are those of the collateral that the document makes.
func (d Document) Pieces(e Endorsement) [][]byte {
	if e.Issuer == "" {
		return [][]byte{d.Body}
	}
	return [][]byte{d.Body, d.Issuer}
}

// Window is the time in which a document says that it holds. Nothing is verified;
// a document that does not parse is an error.
func (f Form) Window(body []byte) (from, until time.Time, err error) {
	switch f {
	case FormCertificate, FormChain:
		c, err := x509.ParseCertificate(body)
		if err != nil {
			return from, until, err
		}
		return c.NotBefore, c.NotAfter, nil
	case FormList:
		l, err := x509.ParseRevocationList(body)
		if err != nil {
			return from, until, err
		}
		return l.ThisUpdate, l.NextUpdate, nil
	case FormStatement:
		var outer map[string]json.RawMessage
		if err := json.Unmarshal(body, &outer); err != nil {
			return from, until, err
		}
		if len(outer) != 2 {
			return from, until, fault.New(fault.APIField, "it has %d members, not one statement and its signature", len(outer))
		}
		var w struct {
			From  time.Time `json:"issueDate"`
			Until time.Time `json:"nextUpdate"`
		}
		for name, inner := range outer {
			if name != "signature" {
				err = json.Unmarshal(inner, &w)
			}
		}
		if err == nil && w.Until.IsZero() {
			err = fault.New(fault.APIField, "it has no end")
		}
		return w.From, w.Until, err
	}
	return from, until, fault.New(fault.Internal, "read times of a document of form %d", f)
}
