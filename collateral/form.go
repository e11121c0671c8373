package collateral

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"

	"tacit/attest"
	"tacit/fault"
)

// plain is what verifiers are given of an answer. Services and mirrors give
// revocation lists as DER, PEM or hexadecimal, and chains as PEM with the wanted
// certificate first.
func plain(f attest.Form, b []byte) ([]byte, error) {
	switch f {
	case attest.FormStatement, attest.FormCertificate:
		return b, nil
	case attest.FormList, attest.FormChain:
		if block, _ := pem.Decode(b); block != nil {
			return block.Bytes, nil
		}
		if f == attest.FormChain {
			return nil, fault.New(fault.APIField, "the answer is no chain of certificates in PEM")
		}
		if der, err := hex.DecodeString(string(bytes.TrimSpace(b))); err == nil {
			return der, nil
		}
		return b, nil
	}
	return nil, fault.New(fault.Internal, "a document of form %d", f)
}
