package manager

import (
	"bytes"
	"testing"

	"filippo.io/age"

	"tacit/fault"
)

// FuzzFileHeader gives a manager the age headers that whoever sealed an
// artefact may write. Nobody who lacks the file key can make one that opens to
// something else than what was sealed.
func FuzzFileHeader(f *testing.F) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		f.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	seal := func(to ...age.Recipient) []byte {
		var sealed bytes.Buffer
		w, err := age.Encrypt(&sealed, to...)
		if err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		header, err := age.ExtractHeader(&sealed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(header)
		return header
	}
	seal(other.Recipient())
	mine := seal(id.Recipient())
	want, err := unwrapHeader(id.String(), "acme/sum", mine)
	if err != nil || len(want) != 16 {
		f.Fatalf("twin: %d bytes, %v", len(want), err)
	}
	f.Add([]byte("age-encryption.org/v1\n-> X25519 " + "\n--- \n"))
	f.Fuzz(func(t *testing.T, header []byte) {
		got, err := unwrapHeader(id.String(), "acme/sum", header)
		switch {
		case err != nil && fault.Of(err) != fault.KeyPolicy:
			t.Fatalf("%v, want KEY_POLICY", err)
		case err == nil && !bytes.Equal(got, want):
			t.Fatalf("%x opens to another key", header)
		}
	})
}
