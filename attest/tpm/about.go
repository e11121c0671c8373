package tpm

import (
	"encoding/binary"
	"fmt"

	"github.com/google/go-tpm/tpm2"
)

// About is what a TPM says of itself, unproven.
type About struct {
	Maker        string
	Firmware     string
	Certificates []string // kinds of endorsement keys with a certificate
	SHA256       bool     // the bank that quotes are over is there
}

// certificateIndexes are where makers keep the certificates of endorsement keys.
var certificateIndexes = []struct {
	kind  string
	index tpm2.TPMHandle
}{{"RSA-2048", nvCertificate}, {"ECC-P256", 0x01c0000a}, {"ECC-P384", 0x01c00016}, {"RSA-3072", 0x01c0001c}}

// About asks the TPM.
func (c *Chip) About() (About, error) {
	var a About
	property := func(p tpm2.TPMPT) (uint32, error) {
		got, err := tpm2.GetCapability{Capability: tpm2.TPMCapTPMProperties, Property: uint32(p), PropertyCount: 1}.Execute(c.f)
		if err != nil {
			return 0, err
		}
		list, err := got.CapabilityData.Data.TPMProperties()
		if err != nil {
			return 0, err
		}
		for _, t := range list.TPMProperty {
			if t.Property == p {
				return t.Value, nil
			}
		}
		return 0, nil
	}
	maker, err := property(tpm2.TPMPTManufacturer)
	if err != nil {
		return a, unavailable("name its maker", err)
	}
	a.Maker = plain(string(binary.BigEndian.AppendUint32(nil, maker)))
	high, err := property(tpm2.TPMPTFirmwareVersion1)
	if err != nil {
		return a, unavailable("name its firmware", err)
	}
	low, err := property(tpm2.TPMPTFirmwareVersion2)
	if err != nil {
		return a, unavailable("name its firmware", err)
	}
	// As evidence has it: the two components of its TCB.
	a.Firmware = fmt.Sprintf("tpm=%d tpm-build=%d", high, low)
	for _, i := range certificateIndexes {
		if _, err := c.readNV(i.index); err == nil {
			a.Certificates = append(a.Certificates, i.kind)
		}
	}
	_, err = c.registers()
	a.SHA256 = err == nil
	return a, nil
}
