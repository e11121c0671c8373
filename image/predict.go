package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"unicode/utf16"

	"tacit/attest"
	"tacit/fault"
)

// A Prediction is what a TPM will have measured once a machine has booted an
// image, from its files alone.
type Prediction struct {
	Registers   []attest.Register // as a TPM's evidence names them
	CommandLine string
}

// Predict reads a unified kernel image and the certificate (DER) that Secure Boot
// verifies it by. It knows the stub of systemd 252 and a kernel that measures its
// options and its initial file system itself (Linux 5.18 and newer): PCR 4 holds
// the image, PCR 7 the authority, PCR 9 command line and initial file system, PCR
// 11 the image's sections.
func Predict(uki, certificate []byte) (Prediction, error) {
	const op = "predict measurements"
	f, _, err := openPE(uki)
	if err != nil {
		return Prediction{}, err
	}
	sum, err := Authenticode(uki)
	if err != nil {
		return Prediction{}, err
	}
	// The stub measures the sections in an order of its own: name, then content.
	contents := map[string][]byte{}
	var pcr9, pcr11 register
	for _, name := range []string{".linux", ".osrel", ".cmdline", ".initrd", ".splash", ".dtb"} {
		s := f.Section(name)
		if s == nil {
			continue
		}
		data, err := s.Data()
		if err != nil || int(s.VirtualSize) > len(data) {
			return Prediction{}, fault.New(fault.APIField, "%s: section %s is cut short", op, name)
		}
		contents[name] = data[:s.VirtualSize]
		pcr11.extend(append([]byte(name), 0))
		pcr11.extend(contents[name])
	}
	for _, name := range []string{".linux", ".cmdline", ".initrd"} {
		if len(contents[name]) == 0 {
			return Prediction{}, fault.New(fault.APIField, "%s: the image has no section %s", op, name)
		}
	}
	var options []byte
	for _, c := range append(utf16.Encode([]rune(string(contents[".cmdline"]))), 0) {
		options = binary.LittleEndian.AppendUint16(options, c)
	}
	pcr9.extend(options)
	pcr9.extend(contents[".initrd"])
	authority := sha256.Sum256(authorityOf(certificate))
	var zero register
	return Prediction{[]attest.Register{
		{Name: "image", Value: sum[:]}, {Name: "authority", Value: authority[:]},
		{Name: "pcr9", Value: pcr9[:]}, {Name: "pcr11", Value: pcr11[:]}, {Name: "pcr13", Value: zero[:]}, {Name: "pcr14", Value: zero[:]},
	}, string(contents[".cmdline"])}, nil
}

// authorityOf is what firmware measures when the list of allowed signers verified
// an image: the list's name and the signature (UEFI_VARIABLE_DATA of TCG's
// platform firmware profile).
func authorityOf(certificate []byte) []byte {
	signature := append(bytes.Clone(guidOwner), certificate...)
	out := bytes.Clone(guidSecurity)
	out = binary.LittleEndian.AppendUint64(out, 2)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(signature)))
	out = append(out, 'd', 0, 'b', 0)
	return append(out, signature...)
}

// register is a PCR of the SHA-256 bank.
type register [sha256.Size]byte

func (r *register) extend(data []byte) {
	d := sha256.Sum256(data)
	*r = sha256.Sum256(append(r[:], d[:]...))
}
