package intel

import (
	"bytes"
	"strings"

	"tacit/attest"
	"tacit/fault"
)

// Endorsements are the documents of Intel's service that a quote's platform needs,
// by the paths of version 4 of its interface. All are fetched: what a host gives with
// a quote is the platform's certificate, which the quote holds.
func (v *Verifier) Endorsements(e attest.Evidence) ([]attest.Endorsement, error) {
	q, err := v.parseQuote(e.Report)
	if err != nil {
		return nil, err
	}
	certs := certificates(bytes.TrimSuffix(q.chain, []byte{0}))
	if len(certs) != 3 {
		return nil, v.refuse(fault.EvidForged, "the quote wants the certificates of platform, CA and root")
	}
	pck, wrong := readPCK(certs[0])
	if wrong != "" {
		return nil, v.refuse(fault.EvidForged, "the platform's certificate: %s", wrong)
	}
	ca, _, _ := strings.Cut(strings.TrimPrefix(certs[1].Subject.CommonName, prefixPCKCA), " ")
	ca = strings.ToLower(ca)
	if ca != "processor" && ca != "platform" {
		return nil, v.refuse(fault.EvidForged, "the platform's certificate is of an unknown CA")
	}
	kind := v.scheme // Intel's paths spell it so, too
	base := "/" + kind + "/certification/v4/"
	return []attest.Endorsement{
		{Name: "intel/" + kind + "/tcb-" + pck.FMSPC + ".json", Service: attest.ServiceIntel, Path: base + "tcb?fmspc=" + pck.FMSPC, Issuer: "TCB-Info-Issuer-Chain", Form: attest.FormStatement},
		{Name: "intel/" + kind + "/qe.json", Service: attest.ServiceIntel, Path: base + "qe/identity", Issuer: "SGX-Enclave-Identity-Issuer-Chain", Form: attest.FormStatement},
		{Name: "intel/" + ca + "-crl.der", Service: attest.ServiceIntel, Path: "/sgx/certification/v4/pckcrl?ca=" + ca + "&encoding=der", Form: attest.FormList},
		{Name: "intel/root-crl.der", Service: attest.ServiceIntel, Path: "/sgx/certification/v4/rootcacrl", Form: attest.FormList},
	}, nil
}
