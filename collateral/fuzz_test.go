package collateral

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"testing"

	"tacit/attest"
	"tacit/attest/intel/inteltest"
	"tacit/attest/snp/snptest"
)

// FuzzDocument is what a vendor's service or a mirror may answer with. What is taken
// from it has times or is refused; a list as PEM and in hexadecimal is the same list.
func FuzzDocument(f *testing.F) {
	amd := snptest.New(f, "Milan")
	intel := inteltest.New(f, attest.SchemeTDX)
	seeds := append([][]byte{amd.VCEK.Raw, amd.CRL, []byte(`{"tcbInfo":{"issueDate":"2026-01-01T00:00:00Z","nextUpdate":"2026-02-01T00:00:00Z"},"signature":"00"}`)}, intel.Evidence().Collateral...)
	for _, b := range seeds {
		for form := attest.FormCertificate; form <= attest.FormStatement; form++ {
			f.Add(uint8(form), b)
		}
		f.Add(uint8(attest.FormList), []byte(hex.EncodeToString(b)))
		f.Add(uint8(attest.FormChain), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: b}))
	}
	f.Fuzz(func(t *testing.T, kind uint8, answer []byte) {
		form := attest.Form(kind)
		body, err := plain(form, answer)
		if err != nil {
			return
		}
		from, until, err := form.Window(body)
		if err != nil {
			return
		}
		if until.IsZero() && form == attest.FormStatement {
			t.Errorf("a statement without an end holds from %v", from)
		}
		if form != attest.FormList {
			return
		}
		for name, other := range map[string][]byte{
			"PEM": pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: body}), "hexadecimal": []byte(hex.EncodeToString(body) + "\n"),
		} {
			if again, err := plain(form, other); err != nil || !bytes.Equal(again, body) {
				t.Errorf("as %s it is another list: %v", name, err)
			}
		}
	})
}
