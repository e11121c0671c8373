// Package hardware is the list of the real platforms whose evidence programs appraise.
package hardware

import (
	"tacit/attest"
	"tacit/attest/nitro"
	"tacit/attest/sgx"
	"tacit/attest/snp"
	"tacit/attest/tdx"
	"tacit/attest/tpm"
)

// Schemes makes the scheme of every platform with those of the roots that are its own. A
// network that pins none of a scheme's accepts no evidence of it.
func Schemes(roots []attest.Root) (attest.Schemes, error) {
	amd, err := snp.NewScheme(roots)
	if err != nil {
		return nil, err
	}
	domains, err := tdx.NewScheme(roots)
	if err != nil {
		return nil, err
	}
	enclaves, err := sgx.NewScheme(roots)
	if err != nil {
		return nil, err
	}
	machines, err := tpm.NewScheme(roots)
	if err != nil {
		return nil, err
	}
	amazon, err := nitro.NewScheme(roots)
	if err != nil {
		return nil, err
	}
	return attest.Schemes{amd, domains, enclaves, machines, amazon}, nil
}
