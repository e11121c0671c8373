package tpm

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/google/go-tpm/tpm2"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// EnrollConfig says what an Enroller needs; zero fields take the defaults in
// brackets.
type EnrollConfig struct {
	// Makers are the roots of the makers whose TPMs may be enrolled.
	Makers []attest.Root
	// Issuer and Key certify attestation keys.
	Issuer *x509.Certificate
	Key    crypto.Signer
	// Validity is how long a certificate is in force, 90 days at most [30 days].
	Validity time.Duration
	// Patience is how long a TPM may take to answer a challenge [1m].
	Patience time.Duration
}

// An Enroller certifies attestation keys: of each it says that a TPM of a maker
// whom it pins holds it, having seen that TPM open what nobody else can. It is
// safe for concurrent use. A restart forgets the challenges that are open.
type Enroller struct {
	cfg    EnrollConfig
	makers []pinned

	mu   sync.Mutex // guards what follows
	open map[wire.Digest]*application
}

// application is an attestation key whose TPM was challenged.
type application struct {
	key    ak
	id     identity
	answer [sha256.Size]byte // hash of the secret
	until  time.Time
}

// applicationsMost bounds the challenges that are open at once.
const applicationsMost = 1024

// NewEnroller checks the configuration and starts nothing.
func NewEnroller(cfg EnrollConfig) (*Enroller, error) {
	if cfg.Issuer == nil || cfg.Key == nil || !cfg.Issuer.IsCA {
		return nil, fault.New(fault.Internal, "make enroller: it needs the certificate of an authority and its key")
	}
	if cfg.Validity == 0 {
		cfg.Validity = 30 * 24 * time.Hour
	}
	if cfg.Patience == 0 {
		cfg.Patience = time.Minute
	}
	if cfg.Validity < 0 || cfg.Validity > longestLife {
		return nil, fault.New(fault.APIField, "make enroller: certificates in force for %v, at most %v", cfg.Validity, longestLife)
	}
	makers, err := pin(cfg.Makers)
	return &Enroller{cfg: cfg, makers: makers, open: map[wire.Digest]*application{}}, err
}

// Apply challenges the TPM of an endorsement key to show that an attestation key
// lives beside it. Nothing that the applicant says of the endorsement key is
// believed but its certificate.
func (e *Enroller) Apply(a attest.Application, now time.Time) (attest.Challenge, error) {
	ek, id, err := endorsed(a.Certificates, e.makers, now)
	if err != nil {
		return attest.Challenge{}, err
	}
	key, err := readAK(a.Public)
	if err != nil {
		return attest.Challenge{}, err
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	c, err := challenge(ek, key, secret)
	if err != nil {
		return attest.Challenge{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for d, p := range e.open {
		if now.After(p.until) {
			delete(e.open, d)
		}
	}
	if len(e.open) >= applicationsMost {
		return attest.Challenge{}, fault.New(fault.ResBusy, "challenge TPM: %d are being challenged", len(e.open))
	}
	e.open[c.ID] = &application{key, id, sha256.Sum256(secret), now.Add(e.cfg.Patience)}
	return c, nil
}

// challenge encrypts a secret to an endorsement key so that its TPM gives it out
// only if it holds an attestation key of that name.
func challenge(ek *rsa.PublicKey, key ak, secret []byte) (attest.Challenge, error) {
	public := tpm2.RSAEKTemplate
	public.Unique = tpm2.NewTPMUPublicID(tpm2.TPMAlgRSA, &tpm2.TPM2BPublicKeyRSA{Buffer: ek.N.Bytes()})
	to, err := tpm2.ImportEncapsulationKey(&public)
	if err != nil {
		return attest.Challenge{}, fault.New(fault.EvidAK, "challenge TPM: %w", err)
	}
	credential, seed, err := tpm2.CreateCredential(rand.Reader, to, key.name(), secret)
	if err != nil {
		return attest.Challenge{}, fault.New(fault.EvidAK, "challenge TPM: %w", err)
	}
	return attest.Challenge{ID: wire.Hash("tacit/tpm/challenge", [][]byte{credential, seed}), Credential: credential, Secret: seed}, nil
}

// early is how long before it was made a certificate is in force: verifiers judge
// evidence as clocks ten minutes behind theirs would, and abstain where those differ.
const early = time.Hour

// Certify gives out the certificate once the secret of a challenge came back.
// A challenge is answered once, rightly or wrongly, and not too late; else EVID_AK.
func (e *Enroller) Certify(challenge wire.Digest, secret []byte, now time.Time) ([]byte, error) {
	e.mu.Lock()
	a := e.open[challenge]
	delete(e.open, challenge)
	e.mu.Unlock()
	if a == nil || now.After(a.until) {
		return nil, fault.New(fault.EvidAK, "certify attestation key: no such challenge is open")
	}
	if sum := sha256.Sum256(secret); !hmac.Equal(sum[:], a.answer[:]) {
		return nil, fault.New(fault.EvidAK, "certify attestation key: its TPM did not open the challenge")
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("certify attestation key: %w", err)
	}
	from := now.Add(-early)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial,
		Subject: pkix.Name{
			CommonName: a.id.hardware, OrganizationalUnit: []string{a.id.product}, SerialNumber: hex.EncodeToString(a.key.name()),
		},
		NotBefore: from, NotAfter: from.Add(e.cfg.Validity), KeyUsage: x509.KeyUsageDigitalSignature,
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{oidAttestationKey}, BasicConstraintsValid: true,
	}, e.cfg.Issuer, a.key.key, e.cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("certify attestation key: %w", err)
	}
	return der, nil
}

// CheckCertificate is EVID_AK if a certificate is not of the key that an application
// is for. Whether its enroller is to be believed, whoever pins enrollers judges.
func CheckCertificate(der []byte, a attest.Application) error {
	key, err := readAK(a.Public)
	if err != nil {
		return err
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return fault.New(fault.EvidAK, "check certificate of attestation key: %w", err)
	}
	if !key.isOf(c) {
		return fault.New(fault.EvidAK, "check certificate of attestation key: it is of another key")
	}
	return nil
}
