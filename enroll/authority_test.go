package enroll

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/fault"
)

func TestAnAuthorityIsMadeOnce(t *testing.T) {
	dir, now := filepath.Join(t.TempDir(), "new"), time.Now()
	made, err := WriteAuthority(dir, "Enroller of Acme", now)
	ok(t, err)
	for name, mode := range map[string]os.FileMode{CertificateFile: 0o644, KeyFile: 0o600} {
		if i, err := os.Stat(filepath.Join(dir, name)); err != nil || i.Mode() != mode {
			t.Errorf("%s: %v, %v, want %v", name, i.Mode(), err, mode)
		}
	}
	read, err := ReadAuthority(dir, now)
	ok(t, err)
	if !read.Certificate.Equal(made.Certificate) || !read.Key.Equal(made.Key) || read.Certificate.Subject.CommonName != "Enroller of Acme" {
		t.Errorf("read %v", read.Certificate.Subject)
	}
	if _, err := tpm.NewEnroller(tpm.EnrollConfig{Issuer: read.Certificate, Key: read.Key}); err != nil {
		t.Errorf("an enroller of it: %v", err)
	}
	if _, err := tpm.NewScheme([]attest.Root{{Scheme: attest.SchemeTPM, DER: read.Certificate.Raw}}); err != nil {
		t.Errorf("a network that pins it: %v", err)
	}
	before, err := os.ReadFile(filepath.Join(dir, KeyFile))
	ok(t, err)
	for _, gone := range []string{"none", CertificateFile} {
		os.Remove(filepath.Join(dir, gone))
		if _, err := WriteAuthority(dir, "x", now); fault.Of(err) != fault.APIPath || !strings.Contains(err.Error(), "there already") {
			t.Errorf("a second time, without %s: %v", gone, err)
		}
	}
	if after, err := os.ReadFile(filepath.Join(dir, KeyFile)); err != nil || string(after) != string(before) {
		t.Errorf("the key is another: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, CertificateFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a certificate without its key: %v", err)
	}
	file := filepath.Join(dir, KeyFile)
	if _, err := WriteAuthority(file, "x", now); fault.Of(err) != fault.APIPath {
		t.Errorf("in a file: %v", err)
	}
}

func TestAnAuthoritysFilesAreLookedAt(t *testing.T) {
	now := time.Now()
	other := t.TempDir()
	_, err := WriteAuthority(other, "other", now)
	ok(t, err)
	for _, tt := range []struct {
		name   string
		change func(t *testing.T, dir string)
		after  time.Duration
		code   fault.Code
	}{
		{"twin: as they were made", func(*testing.T, string) {}, 0, ""},
		{"twin: a key that its owner may only read", func(t *testing.T, dir string) { ok(t, os.Chmod(filepath.Join(dir, KeyFile), 0o400)) }, 0, ""},
		{"twin: a certificate that nobody else may read", func(t *testing.T, dir string) { ok(t, os.Chmod(filepath.Join(dir, CertificateFile), 0o600)) }, 0, ""},
		{"a key that the group may read", func(t *testing.T, dir string) { ok(t, os.Chmod(filepath.Join(dir, KeyFile), 0o640)) }, 0, fault.APIPath},
		{"a key that all may read", func(t *testing.T, dir string) { ok(t, os.Chmod(filepath.Join(dir, KeyFile), 0o604)) }, 0, fault.APIPath},
		{"no key", func(t *testing.T, dir string) { ok(t, os.Remove(filepath.Join(dir, KeyFile))) }, 0, fault.APIPath},
		{"no certificate", func(t *testing.T, dir string) { ok(t, os.Remove(filepath.Join(dir, CertificateFile))) }, 0, fault.APIPath},
		{"another key", func(t *testing.T, dir string) {
			ok(t, os.Rename(filepath.Join(other, KeyFile), filepath.Join(dir, KeyFile)))
		}, 0, fault.APIField},
		{"a key that is none", func(t *testing.T, dir string) {
			ok(t, os.WriteFile(filepath.Join(dir, KeyFile), []byte("-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n"), 0o600))
		}, 0, fault.APIField},
		{"a certificate where the key should be", func(t *testing.T, dir string) {
			b, err := os.ReadFile(filepath.Join(dir, CertificateFile))
			ok(t, err)
			ok(t, os.WriteFile(filepath.Join(dir, KeyFile), b, 0o600))
		}, 0, fault.APIField},
		{"no PEM", func(t *testing.T, dir string) {
			ok(t, os.WriteFile(filepath.Join(dir, CertificateFile), []byte("x"), 0o600))
		}, 0, fault.APIField},
		{"twin: on its last day", func(*testing.T, string) {}, 3651 * 24 * time.Hour, ""},
		{"that ended", func(*testing.T, string) {}, 3654 * 24 * time.Hour, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := WriteAuthority(dir, "x", now)
			ok(t, err)
			tt.change(t, dir)
			_, err = ReadAuthority(dir, now.Add(tt.after))
			want(t, err, tt.code)
		})
	}
}
