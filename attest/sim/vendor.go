package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Vendor holds the keys of one fake chip and of the fake vendor above it.
type Vendor struct {
	root     *x509.Certificate
	middle   *x509.Certificate
	device   *x509.Certificate
	key      *ecdsa.PrivateKey
	secret   []byte // of the chip: sealing keys are derived from it
	hardware string
	// Debug makes a chip whose enclaves are open, for tests of policies.
	Debug bool
	// SVN is the security version that the chip reports.
	SVN uint32
}

// NewVendor makes a vendor with one chip.
func NewVendor() (*Vendor, error) {
	v := &Vendor{secret: make([]byte, 32), SVN: 1}
	if _, err := rand.Read(v.secret); err != nil {
		return nil, fmt.Errorf("make chip secret: %w", err)
	}
	id := sha256.Sum256(append([]byte("hardware"), v.secret...))
	v.hardware = "sim-" + hex.EncodeToString(id[:8])
	var rootKey, middleKey *ecdsa.PrivateKey
	var err error
	if v.root, rootKey, err = certify("Tacit simulated vendor root", true, nil, nil); err != nil {
		return nil, err
	}
	if v.middle, middleKey, err = certify("Tacit simulated vendor", true, v.root, rootKey); err != nil {
		return nil, err
	}
	v.device, v.key, err = certify(v.hardware, false, v.middle, middleKey)
	return v, err
}

func certify(name string, ca bool, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make key of %s: %w", name, err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, fmt.Errorf("make serial of %s: %w", name, err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().AddDate(20, 0, 0),
		BasicConstraintsValid: true, IsCA: ca, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if ca {
		template.KeyUsage = x509.KeyUsageCertSign
	}
	if parent == nil {
		parent, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		return nil, nil, fmt.Errorf("certify %s: %w", name, err)
	}
	cert, err := x509.ParseCertificate(der)
	return cert, key, err
}

// Root is the vendor root that a teaching network pins.
func (v *Vendor) Root() attest.Root { return attest.Root{Scheme: attest.SchemeSim, DER: v.root.Raw} }

// Hardware is the chip's identity.
func (v *Vendor) Hardware() string { return v.hardware }

// Quote signs a report for a program; the device is the only caller outside of
// tests.
func (v *Vendor) Quote(measurement, manifest wire.Digest, data attest.ReportData) (attest.Evidence, error) {
	body, err := wire.Marshal(reportLabel, report{1, measurement, manifest, v.SVN, v.Debug, v.hardware})
	if err != nil {
		return attest.Evidence{}, err
	}
	sum := reportHash(data[:], body)
	sig, err := ecdsa.SignASN1(rand.Reader, v.key, sum[:])
	if err != nil {
		return attest.Evidence{}, fmt.Errorf("sign report: %w", err)
	}
	signed, err := wire.Marshal(reportLabel+"/signed", signedReport{body, sig})
	if err != nil {
		return attest.Evidence{}, err
	}
	return attest.Evidence{Scheme: attest.SchemeSim, Report: append(data[:], signed...), Collateral: [][]byte{v.device.Raw, v.middle.Raw}}, nil
}

// SealingKey is the key of a label for one measurement on this chip.
func (v *Vendor) SealingKey(measurement wire.Digest, label string) ([]byte, error) {
	return hkdf.Key(sha256.New, v.secret, measurement[:], "tacit/sim/seal/"+label, 32)
}

// OpenVendor reads the vendor kept in a folder, or makes it there. The file is
// mode 0600.
func OpenVendor(dir string) (*Vendor, error) {
	path := filepath.Join(dir, "vendor.pem")
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return createVendor(dir, path)
	}
	if err != nil {
		return nil, fmt.Errorf("open simulated vendor: %w", err)
	}
	v := &Vendor{SVN: 1}
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		var err error
		switch block.Type {
		case "TACIT SIM ROOT":
			v.root, err = x509.ParseCertificate(block.Bytes)
		case "TACIT SIM VENDOR":
			v.middle, err = x509.ParseCertificate(block.Bytes)
		case "TACIT SIM DEVICE":
			v.device, err = x509.ParseCertificate(block.Bytes)
		case "TACIT SIM SECRET":
			v.secret = block.Bytes
		case "EC PRIVATE KEY":
			v.key, err = x509.ParseECPrivateKey(block.Bytes)
		}
		if err != nil {
			return nil, fault.New(fault.StoreCorrupt, "open simulated vendor %s: %w", path, err)
		}
	}
	if v.root == nil || v.middle == nil || v.device == nil || v.key == nil || len(v.secret) != 32 {
		return nil, fault.New(fault.StoreCorrupt, "open simulated vendor %s: a part is missing", path)
	}
	v.hardware = v.device.Subject.CommonName
	return v, nil
}

func createVendor(dir, path string) (*Vendor, error) {
	v, err := NewVendor()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(v.key)
	if err != nil {
		return nil, fmt.Errorf("make simulated vendor: %w", err)
	}
	var out []byte
	for _, b := range []pem.Block{
		{Type: "TACIT SIM ROOT", Bytes: v.root.Raw}, {Type: "TACIT SIM VENDOR", Bytes: v.middle.Raw},
		{Type: "TACIT SIM DEVICE", Bytes: v.device.Raw}, {Type: "TACIT SIM SECRET", Bytes: v.secret},
		{Type: "EC PRIVATE KEY", Bytes: der},
	} {
		out = append(out, pem.EncodeToMemory(&b)...)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make simulated vendor: %w", err)
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		return nil, fmt.Errorf("make simulated vendor: %w", err)
	}
	return v, nil
}
