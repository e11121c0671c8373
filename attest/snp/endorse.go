package snp

import (
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"

	"tacit/attest"
	"tacit/fault"
)

var _ attest.Endorsed = (*Scheme)(nil)

// parameters are what AMD's service calls the components of a TCB version.
var parameters = map[string]string{"fmc": "fmcSPL", "bootloader": "blSPL", "tee": "teeSPL", "snp": "snpSPL", "microcode": "ucodeSPL"}

// Endorsements are the certificates of the key and its intermediate and the
// revocation list, by the paths of AMD's specification 57230. The key's own counts
// as held if it came first with the report. A VLEK's comes from the host only, and
// a report of version 2 names no product: without the certificate that does, it is
// EVID_COLLATERAL_UNAVAILABLE.
func (s *Scheme) Endorsements(e attest.Evidence) ([]attest.Endorsement, error) {
	r, err := parseReport(e.Report)
	if err != nil {
		return nil, err
	}
	product, held := lineOf(r.family, r.model), []byte(nil)
	if r.version < 3 {
		product = "" // these bytes mean nothing yet
	}
	if len(e.Collateral) > 0 {
		if c, err := x509.ParseCertificate(e.Collateral[PieceKey]); err == nil && !c.IsCA {
			by, err := readEndorsement(c)
			if err != nil {
				return nil, err
			}
			held, product = e.Collateral[PieceKey], by.product
		}
	}
	if product == "" {
		return nil, refuse(fault.EvidUnavailable, "the report does not name its product, and its host gave no certificate of the key")
	}
	kind := strings.ToLower(r.signer) // as AMD spells it in paths
	if held == nil && r.signer == attest.KeyVLEK {
		return nil, refuse(fault.EvidUnavailable, "its key is a cloud provider's, and its host gave no certificate of the key")
	}
	base, line := "/"+kind+"/v1/"+product+"/", strings.ToLower(product)
	return []attest.Endorsement{
		{Name: "amd/" + line + "/" + kind + "/" + r.keyName(product) + ".der", Service: attest.ServiceAMD, Path: base + r.keyPath(product), Form: attest.FormCertificate, Held: held},
		{Name: "amd/" + line + "/" + kind + "/intermediate.der", Service: attest.ServiceAMD, Path: base + "cert_chain", Form: attest.FormChain},
		{Name: "amd/" + line + "/" + kind + "/crl.der", Service: attest.ServiceAMD, Path: base + "crl", Form: attest.FormList},
	}, nil
}

// chipOf is the chip as certificates have it.
func (r report) chipOf(product string) string {
	if product == "Turin" {
		return hex.EncodeToString(r.chip[:8])
	}
	return hex.EncodeToString(r.chip)
}

func (r report) keyPath(product string) string {
	var q []string
	for _, p := range layouts[product] {
		q = append(q, fmt.Sprintf("%s=%d", parameters[p.name], r.reported[p.at]))
	}
	return r.chipOf(product) + "?" + strings.Join(q, "&")
}

func (r report) keyName(product string) string {
	return r.chipOf(product) + "-" + hex.EncodeToString(r.reported[:])
}
