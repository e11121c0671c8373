package transit

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"

	"tacit/fault"
)

// A kind is a type of key.
type kind struct {
	name    string
	size    int // bytes of a symmetric key; 0 for the others
	curve   elliptic.Curve
	rsaBits int

	encrypts, signs, derives bool
}

var kinds = map[string]kind{
	"aes128-gcm96":      {name: "aes128-gcm96", size: 16, encrypts: true, derives: true},
	"aes256-gcm96":      {name: "aes256-gcm96", size: 32, encrypts: true, derives: true},
	"chacha20-poly1305": {name: "chacha20-poly1305", size: 32, encrypts: true, derives: true},
	"ed25519":           {name: "ed25519", signs: true, derives: true},
	"ecdsa-p256":        {name: "ecdsa-p256", curve: elliptic.P256(), signs: true},
	"ecdsa-p384":        {name: "ecdsa-p384", curve: elliptic.P384(), signs: true},
	"ecdsa-p521":        {name: "ecdsa-p521", curve: elliptic.P521(), signs: true},
	"rsa-2048":          {name: "rsa-2048", rsaBits: 2048, encrypts: true, signs: true},
	"rsa-3072":          {name: "rsa-3072", rsaBits: 3072, encrypts: true, signs: true},
	"rsa-4096":          {name: "rsa-4096", rsaBits: 4096, encrypts: true, signs: true},
	"hmac":              {name: "hmac", size: 32},
}

func (k kind) asymmetric() bool { return k.size == 0 }

// material is what a version works with.
type material struct {
	key    secret
	mac    secret
	aead   cipher.AEAD   // of a symmetric key that is not derived
	signer crypto.Signer // of an asymmetric key; where keys are derived, of the root
	meter  meter
}

// Format keeps the material, and whatever holds it, out of any print.
func (*material) Format(f fmt.State, _ rune) { fmt.Fprint(f, "hidden") }

// fresh draws a private key and a key for HMACs.
func (k kind) fresh(size int) (private, mac []byte, err error) {
	mac = randomBytes(32)
	var signer crypto.Signer
	switch {
	case k.name == "hmac":
		mac = randomBytes(size)
		return mac, mac, nil
	case k.size > 0:
		return randomBytes(k.size), mac, nil
	case k.curve != nil:
		signer, err = ecdsa.GenerateKey(k.curve, rand.Reader)
	case k.rsaBits > 0:
		signer, err = rsa.GenerateKey(rand.Reader, k.rsaBits)
	default:
		_, signer, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		return nil, nil, err
	}
	private, err = x509.MarshalPKCS8PrivateKey(signer)
	return private, mac, err
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: the program ends if there is no randomness
	return b
}

var errMaterial = fault.New(fault.StoreCorrupt, "read version of a key: it is none of the key's type")

// material parses what fresh made.
func (k kind) material(private, mac []byte, derived bool) (*material, error) {
	m := &material{key: private, mac: mac}
	if k.name == "hmac" {
		if len(private) == 0 {
			return nil, errMaterial
		}
		return m, nil
	}
	if len(mac) != 32 {
		return nil, errMaterial
	}
	if !k.asymmetric() {
		if len(private) != k.size {
			return nil, errMaterial
		}
		if derived {
			return m, nil
		}
		var err error
		m.aead, err = k.newAEAD(private)
		return m, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(private)
	if err != nil {
		return nil, errMaterial
	}
	switch p := parsed.(type) {
	case *ecdsa.PrivateKey:
		if k.curve == nil || p.Curve != k.curve {
			return nil, errMaterial
		}
		m.signer = p
	case *rsa.PrivateKey:
		if p.N.BitLen() != k.rsaBits {
			return nil, errMaterial
		}
		m.signer = p
	case ed25519.PrivateKey:
		if k.name != "ed25519" {
			return nil, errMaterial
		}
		m.signer = p
	case *ecdh.PrivateKey:
		return nil, errMaterial
	default:
		return nil, errMaterial
	}
	return m, nil
}

func (k kind) newAEAD(b []byte) (cipher.AEAD, error) {
	if k.name == "chacha20-poly1305" {
		return chacha20poly1305.New(b)
	}
	block, err := aes.NewCipher(b)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// derive is HKDF with SHA-256 (RFC 5869) of a version's key, without salt, the context
// as info.
func derive(root secret, context []byte, n int) ([]byte, error) {
	return hkdf.Key(sha256.New, root, nil, string(context), n)
}

// sealer is what encrypts under a version in a context, and for convergent encryption
// the key that nonces are made with.
func (k *key) sealer(v *version, context []byte) (cipher.AEAD, secret, error) {
	if !k.Derived {
		return v.aead, nil, nil
	}
	n := k.kind.size
	if k.Convergent {
		n += 32
	}
	b, err := derive(v.key, context, n)
	if err != nil {
		return nil, nil, err
	}
	a, err := k.kind.newAEAD(b[:k.kind.size])
	return a, b[k.kind.size:], err
}

// signerIn is what signs under a version in a context.
func (k *key) signerIn(v *version, context []byte) (crypto.Signer, error) {
	if !k.Derived {
		return v.signer, nil
	}
	seed, err := derive(secret(v.signer.(ed25519.PrivateKey).Seed()), context, ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// public is a public key as Vault writes it: Ed25519 in base64, others as PEM.
func public(signer crypto.Signer) (string, error) {
	if p, ok := signer.Public().(ed25519.PublicKey); ok {
		return base64.StdEncoding.EncodeToString(p), nil
	}
	der, err := x509.MarshalPKIXPublicKey(signer.Public())
	if err != nil {
		return "", err
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}

// exported is a private key as Vault exports it.
func (k *key) exported(v *version) (string, error) {
	switch p := v.signer.(type) {
	case nil:
		return base64.StdEncoding.EncodeToString(v.key), nil
	case ed25519.PrivateKey:
		return base64.StdEncoding.EncodeToString(p), nil
	case *ecdsa.PrivateKey:
		der, err := x509.MarshalECPrivateKey(p)
		return string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})), err
	case *rsa.PrivateKey:
		return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(p)})), nil
	}
	return "", errMaterial
}

// exportedMAC is a version's key for HMACs.
func (k *key) exportedMAC(v *version) (string, error) {
	return base64.StdEncoding.EncodeToString(v.mac), nil
}
