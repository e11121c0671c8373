package transit

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // the functions below by their names
	_ "crypto/sha3"
	_ "crypto/sha512"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"io"
	"math/big"
	"strconv"
	"strings"

	"tacit/fault"
	"tacit/vault/logical"
)

// hashes are those that may be asked for. SHA-1 is none of them.
var hashes = map[string]crypto.Hash{
	"sha2-224": crypto.SHA224, "sha2-256": crypto.SHA256, "sha2-384": crypto.SHA384, "sha2-512": crypto.SHA512,
	"sha3-224": crypto.SHA3_224, "sha3-256": crypto.SHA3_256, "sha3-384": crypto.SHA3_384, "sha3-512": crypto.SHA3_512,
}

func hashOf(name string) (crypto.Hash, error) {
	if name == "" {
		return crypto.SHA256, nil
	}
	h, ok := hashes[name]
	if !ok {
		return 0, fault.New(fault.APIField, "find hash algorithm: %q is none of sha2-224 to sha2-512 and sha3-224 to sha3-512", name)
	}
	return h, nil
}

// A manner is how something is signed.
type manner struct {
	hash      crypto.Hash // 0 is none, for PKCS #1 v1.5 of what is hashed already
	prehashed bool
	pkcs1     bool
	jws       bool // of ECDSA: r and s side by side, in base64 for URLs
	salt      int
}

func (k *key) manner(f *logical.Fields, algorithm string) (m manner, err error) {
	for _, name := range []string{"hash_algorithm", "algorithm"} {
		if s := f.Text(name); s != "" && algorithm == "" {
			algorithm = s
		}
	}
	m.prehashed = f.Bool("prehashed")
	switch s := f.Text("signature_algorithm"); s {
	case "", "pss":
	case "pkcs1v15":
		m.pkcs1 = true
	default:
		return m, fault.New(fault.APIField, "read field signature_algorithm: %q is neither pss nor pkcs1v15", s)
	}
	switch s := f.Text("marshaling_algorithm"); s {
	case "", "asn1":
	case "jws":
		m.jws = true
	default:
		return m, fault.New(fault.APIField, "read field marshaling_algorithm: %q is neither asn1 nor jws", s)
	}
	switch s := f.Text("salt_length"); s {
	case "", "auto":
		m.salt = rsa.PSSSaltLengthAuto
	case "hash":
		m.salt = rsa.PSSSaltLengthEqualsHash
	default:
		if m.salt, err = strconv.Atoi(s); err != nil || m.salt < 1 || m.salt > 512 {
			return m, fault.New(fault.APIField, "read field salt_length: %q is neither auto, hash nor a number of bytes", s)
		}
	}
	if algorithm == "none" {
		if !m.prehashed || !m.pkcs1 || k.kind.rsaBits == 0 {
			return m, fault.New(fault.APIField, "find hash algorithm: none is for pkcs1v15 of prehashed input")
		}
		return m, f.Err()
	}
	if m.hash, err = hashOf(algorithm); err != nil {
		return m, err
	}
	if m.prehashed && k.kind.name == "ed25519" {
		return m, fault.New(fault.APIField, "sign: a key of type ed25519 takes the whole input, not its hash")
	}
	return m, f.Err()
}

// digested is what the key itself signs.
func (m manner) digested(input []byte) ([]byte, error) {
	if m.hash == 0 {
		return input, nil
	}
	if !m.prehashed {
		h := m.hash.New()
		h.Write(input)
		return h.Sum(nil), nil
	}
	if len(input) != m.hash.Size() {
		return nil, fault.New(fault.APIField, "sign: input of %d bytes is no hash of %d", len(input), m.hash.Size())
	}
	return input, nil
}

func (m manner) encoding() *base64.Encoding {
	if m.jws {
		return base64.RawURLEncoding
	}
	return base64.StdEncoding
}

// signing answers sign, verify and hmac, for one or a batch.
func (e *Engine) signing(ctx context.Context, req *logical.Request, part, name, algorithm string) (*logical.Response, error) {
	find := e.key
	if part != "verify" {
		find = e.current
	}
	k, err := find(ctx, name)
	if err != nil {
		return nil, err
	}
	if part == "sign" && !k.kind.signs {
		return nil, fault.New(fault.APIField, "sign: a key of type %s does not sign", k.Type)
	}
	all := logical.FieldsOf(req.Data)
	m, err := k.manner(all, algorithm)
	if err != nil {
		return nil, err
	}
	return batched(req.Data, func(f *logical.Fields) (map[string]any, error) {
		if !f.Has("input") {
			return nil, fault.New(fault.APIField, "missing input")
		}
		input, err := decoded(f, "input")
		if err != nil {
			return nil, err
		}
		if part == "hmac" || part == "verify" && f.Has("hmac") {
			return k.authenticate(f, m.hash, part, input)
		}
		s, err := k.setting(f)
		if err != nil {
			return nil, err
		}
		if part == "sign" {
			return k.sign(s, m, input)
		}
		if !k.kind.signs {
			return nil, fault.New(fault.APIField, "verify: a key of type %s does not sign", k.Type)
		}
		if !f.Has("signature") {
			return nil, fault.New(fault.APIField, "neither a signature nor an hmac given")
		}
		ok, err := k.verify(s, m, input, f.Text("signature"))
		return map[string]any{"valid": ok}, err
	})
}

func (k *key) sign(s setting, m manner, input []byte) (map[string]any, error) {
	v, err := k.sealing(s.version)
	if err != nil {
		return nil, err
	}
	signer, err := k.signerIn(v, s.context)
	if err != nil {
		return nil, err
	}
	var sig []byte
	if ed, ok := signer.(ed25519.PrivateKey); ok {
		sig = ed25519.Sign(ed, input)
	} else if sig, err = m.signed(signer, input); err != nil {
		return nil, err
	}
	out := map[string]any{"key_version": v.number}
	if k.Derived {
		if out["public_key"], err = public(signer); err != nil {
			return nil, err
		}
	}
	if m.jws {
		out["signature"] = scheme + strconv.FormatInt(v.number, 10) + ":" + m.encoding().EncodeToString(sig)
	} else {
		out["signature"] = versioned(v.number, sig)
	}
	return out, nil
}

func (m manner) signed(signer crypto.Signer, input []byte) ([]byte, error) {
	digest, err := m.digested(input)
	if err != nil {
		return nil, err
	}
	var opts crypto.SignerOpts = m.hash
	if _, ok := signer.(*rsa.PrivateKey); ok && !m.pkcs1 {
		opts = &rsa.PSSOptions{SaltLength: m.salt, Hash: m.hash}
	}
	sig, err := signer.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, fault.New(fault.APIField, "sign: this key does not sign such input in such a manner")
	}
	p, ok := signer.(*ecdsa.PrivateKey)
	if !ok || !m.jws {
		return sig, nil
	}
	var parts struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(sig, &parts); err != nil {
		return nil, err
	}
	half := (p.Curve.Params().BitSize + 7) / 8
	both := make([]byte, 2*half)
	parts.R.FillBytes(both[:half])
	parts.S.FillBytes(both[half:])
	return both, nil
}

// verify reports whether a signature is one of this key in this context. What does not
// decode is API_FIELD, a version that may not be used VAULT_CONTEXT.
func (k *key) verify(s setting, m manner, input []byte, text string) (bool, error) {
	n, sig, err := parseVersioned(text, m.encoding())
	if err != nil {
		return false, err
	}
	v, err := k.opening(n)
	if err != nil {
		return false, err
	}
	signer, err := k.signerIn(v, s.context)
	if err != nil {
		return false, err
	}
	if pub, ok := signer.Public().(ed25519.PublicKey); ok {
		return ed25519.Verify(pub, input, sig), nil
	}
	digest, err := m.digested(input)
	if err != nil {
		return false, err
	}
	switch pub := signer.Public().(type) {
	case *ecdsa.PublicKey:
		if m.jws {
			if len(sig) != 2*((pub.Curve.Params().BitSize+7)/8) {
				return false, nil
			}
			return ecdsa.Verify(pub, digest, new(big.Int).SetBytes(sig[:len(sig)/2]), new(big.Int).SetBytes(sig[len(sig)/2:])), nil
		}
		return ecdsa.VerifyASN1(pub, digest, sig), nil
	case *rsa.PublicKey:
		if m.pkcs1 {
			return rsa.VerifyPKCS1v15(pub, m.hash, digest, sig) == nil, nil
		}
		return rsa.VerifyPSS(pub, m.hash, digest, sig, &rsa.PSSOptions{SaltLength: m.salt, Hash: m.hash}) == nil, nil
	}
	return false, errMaterial
}

// authenticate makes or verifies an HMAC under a version's key for that.
func (k *key) authenticate(f *logical.Fields, h crypto.Hash, part string, input []byte) (map[string]any, error) {
	version := f.Int("key_version")
	if f.Err() != nil {
		return nil, f.Err()
	}
	if h == 0 {
		return nil, fault.New(fault.APIField, "authenticate: it takes a hash algorithm")
	}
	var given []byte
	use := k.sealing
	if part == "verify" {
		var err error
		if version, given, err = parseVersioned(f.Text("hmac"), base64.StdEncoding); err != nil {
			return nil, err
		}
		use = k.opening
	}
	v, err := use(version)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(h.New, v.mac)
	mac.Write(input)
	sum := mac.Sum(nil)
	if part == "verify" {
		return map[string]any{"valid": hmac.Equal(sum, given)}, nil
	}
	return map[string]any{"hmac": versioned(v.number, sum)}, nil
}

// digest hashes without a key.
func digest(req *logical.Request, algorithm string) (*logical.Response, error) {
	f := logical.FieldsOf(req.Data)
	if s := f.Text("algorithm"); s != "" && algorithm == "" {
		algorithm = s
	}
	h, err := hashOf(algorithm)
	if err != nil {
		return nil, err
	}
	input, err := decoded(f, "input")
	if err != nil {
		return nil, err
	}
	sum := h.New()
	sum.Write(input)
	return answered(f, "sum", sum.Sum(nil), "hex")
}

// random answers bytes: random, random/32, random/platform/32.
func random(req *logical.Request, path string) (*logical.Response, error) {
	const most = 128 << 10
	f := logical.FieldsOf(req.Data)
	for _, source := range []string{"platform", "seal", "all"} {
		if rest, ok := strings.CutPrefix(path+"/", source+"/"); ok {
			path = strings.TrimSuffix(rest, "/")
			break
		}
	}
	n := f.Int("bytes")
	if path != "" {
		given, err := strconv.ParseInt(path, 10, 64)
		if err != nil {
			return nil, errNoPath
		}
		n = given
	} else if !f.Has("bytes") {
		n = 32
	}
	if f.Err() != nil || n < 1 || n > most {
		return nil, fault.New(fault.APIField, "draw random bytes: the number is not 1 to %d", most)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(rand.Reader, b); err != nil {
		return nil, err
	}
	return answered(f, "random_bytes", b, "base64")
}

func answered(f *logical.Fields, name string, b []byte, form string) (*logical.Response, error) {
	if s := f.Text("format"); s != "" {
		form = s
	}
	if f.Err() != nil {
		return nil, f.Err()
	}
	switch form {
	case "hex":
		return &logical.Response{Data: map[string]any{name: hex.EncodeToString(b)}}, nil
	case "base64":
		return &logical.Response{Data: map[string]any{name: base64.StdEncoding.EncodeToString(b)}}, nil
	}
	return nil, fault.New(fault.APIField, "read field format: %q is neither hex nor base64", form)
}
