package tpmtest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An EK is the certificate of an endorsement key before its maker signs it.
type EK struct {
	Template *x509.Certificate
	Public   any
}

// NewEK is one as makers make it.
func NewEK(public any) *EK {
	return &EK{Public: public, Template: &x509.Certificate{
		SerialNumber: big.NewInt(3), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageKeyEncipherment, UnknownExtKeyUsage: []asn1.ObjectIdentifier{{2, 23, 133, 8, 1}},
	}}
}

// Critical adds a critical extension; that of the alternative name holds a
// directory name with maker and model.
func (c *EK) Critical(oid string) {
	var id asn1.ObjectIdentifier
	for n := range strings.SplitSeq(oid, ".") {
		i, err := strconv.Atoi(n)
		if err != nil {
			panic(err) // a constant of a test
		}
		id = append(id, i)
	}
	set := func(oid asn1.ObjectIdentifier, text string) pkix.RelativeDistinguishedNameSET {
		return pkix.RelativeDistinguishedNameSET{{Type: oid, Value: text}}
	}
	name := must(asn1.Marshal(pkix.RDNSequence{set(asn1.ObjectIdentifier{2, 23, 133, 2, 1}, "id:54455354"), set(asn1.ObjectIdentifier{2, 23, 133, 2, 2}, "soft")}))
	value := must(asn1.Marshal([]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: name}}))
	c.Template.ExtraExtensions = append(c.Template.ExtraExtensions, pkix.Extension{Id: id, Critical: true, Value: value})
}

// Issue has a maker certify it.
func (c *EK) Issue(t testing.TB, maker *CA) []byte {
	t.Helper()
	return maker.Issue(t, c.Template, c.Public)
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err) // constants of a test
	}
	return b
}
