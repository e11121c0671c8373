package enroll

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"tacit/fault"
)

// The files of an authority.
const (
	CertificateFile = "authority.pem" // the root that networks pin
	KeyFile         = "authority.key" // whoever has it enrols what he likes
)

// An Authority signs certificates of attestation keys.
type Authority struct {
	Certificate *x509.Certificate
	Key         *ecdsa.PrivateKey
}

// authorityYears is how long a root holds. A network can drop it any day.
const authorityYears = 10

// WriteAuthority makes an authority of that name and writes its files into a folder.
// What is there already is never written over: API_PATH.
func WriteAuthority(dir, name string, now time.Time) (*Authority, error) {
	bad := func(err error) (*Authority, error) {
		return nil, fault.New(fault.APIPath, "make authority: %w", err)
	}
	files := [2]string{filepath.Join(dir, CertificateFile), filepath.Join(dir, KeyFile)}
	for _, f := range files {
		if _, err := os.Lstat(f); err == nil {
			return nil, fault.New(fault.APIPath, "make authority: %s is there already; take another folder, or move it away", f)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return bad(err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return bad(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(authorityYears, 0, 0),
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
	}
	root, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return bad(err)
	}
	c, err := x509.ParseCertificate(root)
	if err != nil {
		return bad(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return bad(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return bad(err)
	}
	if err := writeNew(files[1], 0o600, "PRIVATE KEY", secret); err != nil {
		return bad(err)
	}
	if err := writeNew(files[0], 0o644, "CERTIFICATE", root); err != nil {
		return bad(errors.Join(err, os.Remove(files[1])))
	}
	return &Authority{c, key}, nil
}

func writeNew(path string, mode os.FileMode, kind string, der []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	return errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Sync(), f.Close())
}

// ReadAuthority reads the files of an authority. A key that others may read is
// API_PATH; files that are none, do not belong together or ended are API_FIELD.
func ReadAuthority(dir string, now time.Time) (*Authority, error) {
	root, err := readPEM(filepath.Join(dir, CertificateFile), "CERTIFICATE", 0)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(root)
	if err != nil {
		return nil, fault.New(fault.APIField, "read authority %s: %w", dir, err)
	}
	secret, err := readPEM(filepath.Join(dir, KeyFile), "PRIVATE KEY", 0o077)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(secret)
	key, ok := parsed.(*ecdsa.PrivateKey)
	switch {
	case err != nil || !ok:
		return nil, fault.New(fault.APIField, "read authority %s: %s holds no ECDSA key in PKCS #8", dir, KeyFile)
	case !key.PublicKey.Equal(c.PublicKey):
		return nil, fault.New(fault.APIField, "read authority %s: %s is not of the key in %s", dir, CertificateFile, KeyFile)
	case !c.IsCA || now.After(c.NotAfter):
		return nil, fault.New(fault.APIField, "read authority %s: %s is no authority's, or ended at %s; make another", dir, CertificateFile, c.NotAfter.UTC().Format(time.RFC3339))
	}
	return &Authority{c, key}, nil
}

// readPEM reads the first block of a file that has none of the mode's bits. Its
// errors never quote what is in it.
func readPEM(path, kind string, not os.FileMode) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read authority: %w; 'tacit attest enroller init' makes one", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.New(fault.APIPath, "read authority: %w", err)
	}
	if info.Mode().Perm()&not != 0 {
		return nil, fault.New(fault.APIPath, "read authority: others may read %s; chmod 600", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, fault.New(fault.APIPath, "read authority: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != kind {
		return nil, fault.New(fault.APIField, "read authority: %s holds no %s in PEM", path, kind)
	}
	return block.Bytes, nil
}
