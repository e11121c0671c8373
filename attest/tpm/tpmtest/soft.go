package tpmtest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"
)

// Marked is the name of every root that this package makes.
const Marked = "TEST ONLY: root of no real TPM"

// A Soft is a TPM of software: it fills the structures that TPMs fill and signs
// them with a key of its own. Fields may be changed before it is used.
type Soft struct {
	Key    *ecdsa.PrivateKey
	Public tpm2.TPMTPublic
	Attest tpm2.TPMSAttest // without what Quote fills in
	PCRs   [16][32]byte
	// Select is the set that is quoted, Bank its bank.
	Select []byte
	Bank   tpm2.TPMAlgID
	// Change changes the attestation before it is signed.
	Change func(*tpm2.TPMSAttest)
	// Raw changes its bytes before they are signed.
	Raw func([]byte) []byte
}

// NewSoft makes a TPM.
func NewSoft(t testing.TB) *Soft {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Soft{
		Key: key, Select: []byte{0xff, 0xff, 0}, Bank: tpm2.TPMAlgSHA256, Public: PublicOf(key),
		Attest: tpm2.TPMSAttest{
			Magic: tpm2.TPMGeneratedValue, Type: tpm2.TPMSTAttestQuote, FirmwareVersion: 7<<32 | 1234,
			ClockInfo: tpm2.TPMSClockInfo{Clock: 1000, ResetCount: 3, Safe: true},
		},
	}
}

// PublicOf is the public area of a key as a TPM makes attestation keys.
func PublicOf(key *ecdsa.PrivateKey) tpm2.TPMTPublic {
	point, err := key.PublicKey.Bytes()
	if err != nil {
		panic(err) // a key of a curve that it knows
	}
	return tpm2.TPMTPublic{
		Type: tpm2.TPMAlgECC, NameAlg: tpm2.TPMAlgSHA256,
		ObjectAttributes: tpm2.TPMAObject{
			FixedTPM: true, FixedParent: true, SensitiveDataOrigin: true, UserWithAuth: true, NoDA: true, Restricted: true, SignEncrypt: true,
		},
		Parameters: tpm2.NewTPMUPublicParms(tpm2.TPMAlgECC, &tpm2.TPMSECCParms{
			Scheme: tpm2.TPMTECCScheme{
				Scheme:  tpm2.TPMAlgECDSA,
				Details: tpm2.NewTPMUAsymScheme(tpm2.TPMAlgECDSA, &tpm2.TPMSSigSchemeECDSA{HashAlg: tpm2.TPMAlgSHA256}),
			},
			CurveID: tpm2.TPMECCNistP256,
		}),
		Unique: tpm2.NewTPMUPublicID(tpm2.TPMAlgECC, &tpm2.TPMSECCPoint{
			X: tpm2.TPM2BECCParameter{Buffer: point[1:33]}, Y: tpm2.TPM2BECCParameter{Buffer: point[33:]},
		}),
	}
}

// PublicBytes is the key's public area.
func (s *Soft) PublicBytes() []byte { return tpm2.Marshal(s.Public) }

// Name is how the TPM calls its key.
func (s *Soft) Name() []byte { return name(s.PublicBytes()) }

func name(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return append([]byte{0, 0xb}, sum[:]...)
}

// Quote signs the registers with qualifying data.
func (s *Soft) Quote(t testing.TB, extra []byte) (quote, signature []byte, values [][]byte) {
	t.Helper()
	for i := range s.PCRs {
		values = append(values, bytes.Clone(s.PCRs[i][:]))
	}
	digest := sha256.Sum256(bytes.Join(values, nil))
	a := s.Attest
	a.ExtraData = tpm2.TPM2BData{Buffer: extra}
	a.QualifiedSigner = tpm2.TPM2BName{Buffer: name(binary.BigEndian.AppendUint32(nil, uint32(tpm2.TPMRHEndorsement)), s.Name())}
	a.Attested = tpm2.NewTPMUAttest(tpm2.TPMSTAttestQuote, &tpm2.TPMSQuoteInfo{
		PCRSelect: tpm2.TPMLPCRSelection{PCRSelections: []tpm2.TPMSPCRSelection{{Hash: s.Bank, PCRSelect: s.Select}}},
		PCRDigest: tpm2.TPM2BDigest{Buffer: digest[:]},
	})
	if s.Change != nil {
		s.Change(&a)
	}
	quote = tpm2.Marshal(a)
	if s.Raw != nil {
		quote = s.Raw(quote)
	}
	return quote, s.Sign(t, quote), values
}

// Sign signs anything, as a TPM never would.
func (s *Soft) Sign(t testing.TB, b []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(b)
	r, v, err := ecdsa.Sign(rand.Reader, s.Key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return tpm2.Marshal(tpm2.TPMTSignature{SigAlg: tpm2.TPMAlgECDSA, Signature: tpm2.NewTPMUSignature(tpm2.TPMAlgECDSA, &tpm2.TPMSSignatureECC{
		Hash:       tpm2.TPMAlgSHA256,
		SignatureR: tpm2.TPM2BECCParameter{Buffer: r.FillBytes(make([]byte, 32))}, SignatureS: tpm2.TPM2BECCParameter{Buffer: v.FillBytes(make([]byte, 32))},
	})})
}

// A CA is a marked root that certifies what a test asks it to.
type CA struct {
	Root *x509.Certificate
	Key  *ecdsa.PrivateKey
}

// NewCA makes one.
func NewCA(t testing.TB) *CA {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a := &CA{Key: key}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: Marked}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.Root = a.sign(t, template, template, key.Public())
	return a
}

// Issue certifies a public key by a template.
func (a *CA) Issue(t testing.TB, template *x509.Certificate, public any) []byte {
	t.Helper()
	return a.sign(t, template, a.Root, public).Raw
}

func (a *CA) sign(t testing.TB, template, parent *x509.Certificate, public any) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Certificate is the template of a good certificate for a TPM's key, as an
// enroller makes it.
func (s *Soft) Certificate(from time.Time) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: from, NotAfter: from.Add(30 * 24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		Subject:               pkix.Name{CommonName: "tpm-test", OrganizationalUnit: []string{"TEST soft"}, SerialNumber: hex.EncodeToString(s.Name())},
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{{2, 23, 133, 8, 3}},
		BasicConstraintsValid: true,
	}
}
