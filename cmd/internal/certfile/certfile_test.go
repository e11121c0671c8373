package certfile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
)

func TestFilesOfCertificates(t *testing.T) {
	one, two := tpmtest.NewCA(t).Root.Raw, tpmtest.NewCA(t).Root.Raw
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	put := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Write(file, one, two); err != nil {
		t.Fatal(err)
	}
	both, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		in   []byte
		want int
		code fault.Code
	}{
		{"twin: two in PEM", both, 2, ""},
		{"twin: text around them", append([]byte("Subject: x\n"), both...), 2, ""},
		{"twin: one in DER", one, 1, ""},
		{"nothing", nil, 0, fault.APIField},
		{"text", []byte("text"), 0, fault.APIField},
		{"DER with a byte behind it", append(bytes.Clone(one), 0), 0, fault.APIField},
		{"a key", []byte(strings.ReplaceAll(string(both), "CERTIFICATE", "PRIVATE KEY")), 0, fault.APIField},
		{"too large", make([]byte, most+1), 0, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			put(tt.in)
			list, err := Read(file)
			if len(list) != tt.want || (err == nil) != (tt.code == "") || err != nil && fault.Of(err) != tt.code {
				t.Errorf("%d certificates, %v, want %d, %q", len(list), err, tt.want, tt.code)
			}
			if tt.want > 0 && !bytes.Equal(list[0], one) {
				t.Error("another certificate is the first")
			}
			// What holds certificates may be replaced, anything else stays.
			err = Write(file, two)
			b, _ := os.ReadFile(file)
			if (err == nil) != (tt.code == "") || err != nil && !bytes.Equal(b, tt.in) {
				t.Errorf("Write = %v", err)
			}
		})
	}
	if _, err := Read(filepath.Join(dir, "none")); fault.Of(err) != fault.APIPath {
		t.Errorf("no file: %v", err)
	}
	if err := Write(filepath.Join(dir, "none", "file"), one); fault.Of(err) != fault.APIPath {
		t.Errorf("no folder: %v", err)
	}
}
