package transit

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"

	"tacit/fault"
	"tacit/vault/logical"
)

// scheme is before the version in everything that a key made.
const scheme = "vault:v"

// versioned is bytes that a version made, as text: vault:v1:base64.
func versioned(n int64, b []byte) string {
	out := make([]byte, 0, len(scheme)+22+base64.StdEncoding.EncodedLen(len(b)))
	out = strconv.AppendInt(append(out, scheme...), n, 10)
	return string(base64.StdEncoding.AppendEncode(append(out, ':'), b))
}

// parseVersioned reads what versioned wrote, and nothing else.
func parseVersioned(s string, enc *base64.Encoding) (n int64, b []byte, err error) {
	bad := fault.New(fault.APIField, "read text of a key: it is not of the form vault:v1:base64")
	rest, ok := strings.CutPrefix(s, scheme)
	number, rest, also := strings.Cut(rest, ":")
	if !ok || !also || number == "" || len(number) > 18 || number[0] < '1' || number[0] > '9' || strings.ContainsAny(rest, "\r\n") {
		return 0, nil, bad
	}
	if n, err = strconv.ParseInt(number, 10, 64); err != nil {
		return 0, nil, bad
	}
	if b, err = enc.Strict().DecodeString(rest); err != nil {
		return 0, nil, bad
	}
	return n, b, nil
}

// decoded is a field in base64.
func decoded(f *logical.Fields, name string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(f.Text(name))
	if err != nil {
		return nil, fault.New(fault.APIField, "read field %s: it is no base64", name)
	}
	return b, f.Err()
}

// A setting is what an item says beside its data.
type setting struct {
	version  int64
	context  []byte
	attached []byte // associated data, which is authenticated and not encrypted
}

func (k *key) setting(f *logical.Fields) (s setting, err error) {
	s.version = f.Int("key_version")
	if s.context, err = decoded(f, "context"); err != nil {
		return s, err
	}
	if s.attached, err = decoded(f, "associated_data"); err != nil {
		return s, err
	}
	switch {
	case f.Text("nonce") != "":
		return s, fault.New(fault.VaultContext, "use key: a nonce is drawn by the vault, never given, so that none is used twice")
	case k.Derived && len(s.context) == 0:
		return s, fault.New(fault.VaultContext, "use key: it is derived and needs a context")
	case !k.Derived && len(s.context) > 0:
		return s, fault.New(fault.VaultContext, "use key: it is not derived, so nothing would be bound to a context")
	case len(s.attached) > 0 && k.kind.asymmetric():
		return s, fault.New(fault.APIField, "use key: type %s takes no associated data", k.Type)
	case s.version < 0:
		return s, fault.New(fault.APIField, "read field key_version: it is negative")
	}
	return s, f.Err()
}

// cipher answers encrypt, decrypt and rewrap, for one or a batch.
func (e *Engine) cipher(ctx context.Context, req *logical.Request, part, name string) (*logical.Response, error) {
	find := e.current
	if part == "decrypt" {
		find = e.key
	}
	k, err := find(ctx, name)
	if part == "encrypt" && errors.Is(err, errNoKey) {
		k, err = e.found(ctx, name, req.Data)
	}
	if err != nil {
		return nil, err
	}
	if !k.kind.encrypts {
		return nil, fault.New(fault.APIField, "%s: a key of type %s does not encrypt", part, k.Type)
	}
	return batched(req.Data, func(f *logical.Fields) (map[string]any, error) {
		switch part {
		case "encrypt":
			// An empty plaintext is one; a missing one is a mistake.
			if !f.Has("plaintext") {
				return nil, fault.New(fault.APIField, "missing plaintext to encrypt")
			}
			plain, err := decoded(f, "plaintext")
			if err != nil {
				return nil, err
			}
			s, err := k.setting(f)
			if err != nil {
				return nil, err
			}
			return e.encrypt(ctx, k, s, plain)
		case "decrypt":
			s, err := k.setting(f)
			if err != nil {
				return nil, err
			}
			plain, err := k.decrypt(s, f.Text("ciphertext"))
			if err != nil {
				return nil, err
			}
			return map[string]any{"plaintext": base64.StdEncoding.EncodeToString(plain)}, nil
		default:
			s, err := k.setting(f)
			if err != nil {
				return nil, err
			}
			plain, err := k.decrypt(s, f.Text("ciphertext"))
			if err != nil {
				return nil, err
			}
			return e.encrypt(ctx, k, s, plain)
		}
	})
}

// found makes a key for an encryption that names one that is not there.
func (e *Engine) found(ctx context.Context, name string, data map[string]any) (*key, error) {
	derived := data["context"] != nil
	if items, ok := data["batch_input"].([]any); ok && len(items) > 0 {
		first, _ := items[0].(map[string]any)
		derived = first["context"] != nil
	}
	f := logical.FieldsOf(data)
	s := settings{Type: f.Text("type"), Derived: derived, Convergent: f.Bool("convergent_encryption")}
	if f.Err() != nil {
		return nil, f.Err()
	}
	k, _, err := e.create(ctx, name, s)
	return k, err
}

func (e *Engine) encrypt(ctx context.Context, k *key, s setting, plain []byte) (map[string]any, error) {
	v, err := k.sealing(s.version)
	if err != nil {
		return nil, err
	}
	var sealed []byte
	if k.kind.asymmetric() {
		pub := v.signer.Public().(*rsa.PublicKey)
		if sealed, err = rsa.EncryptOAEP(sha256.New(), rand.Reader, pub, plain, nil); err != nil {
			return nil, fault.New(fault.APIField, "encrypt: %d bytes are too many for a key of type %s", len(plain), k.Type)
		}
	} else if sealed, err = e.seal(ctx, k, v, s, plain); err != nil {
		return nil, err
	}
	return map[string]any{"ciphertext": versioned(v.number, sealed), "key_version": v.number}, nil
}

// seal is nonce, ciphertext and tag.
func (e *Engine) seal(ctx context.Context, k *key, v *version, s setting, plain []byte) ([]byte, error) {
	if err := e.count(ctx, k, v); err != nil {
		return nil, err
	}
	aead, nonces, err := k.sealer(v, s.context)
	if err != nil {
		return nil, err
	}
	const size = 12
	out := make([]byte, size, size+len(plain)+aead.Overhead())
	if k.Convergent {
		copy(out, convergentNonce(nonces, s.attached, plain))
	} else {
		rand.Read(out)
	}
	return aead.Seal(out, out[:size], plain, s.attached), nil
}

// convergentNonce is the same for the same words, and differs by all that the tag
// covers: two tags under one nonce would give the key of the authentication away.
func convergentNonce(k secret, attached, plain []byte) []byte {
	h := hmac.New(sha256.New, k)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(attached)))
	h.Write(n[:])
	h.Write(attached)
	h.Write(plain)
	return h.Sum(nil)[:12]
}

// errSealed is one for all that can be wrong with a ciphertext: which part of it is,
// would help whoever made it up.
var errSealed = fault.New(fault.VaultContext, "decrypt: the ciphertext does not open under this key, context and associated data")

func (k *key) decrypt(s setting, text string) ([]byte, error) {
	if text == "" {
		return nil, fault.New(fault.APIField, "missing ciphertext to decrypt")
	}
	n, sealed, err := parseVersioned(text, base64.StdEncoding)
	if err != nil {
		return nil, err
	}
	v, err := k.opening(n)
	if err != nil {
		return nil, err
	}
	if k.kind.asymmetric() {
		plain, err := v.signer.(crypto.Decrypter).Decrypt(nil, sealed, &rsa.OAEPOptions{Hash: crypto.SHA256})
		if err != nil {
			return nil, errSealed
		}
		return plain, nil
	}
	aead, _, err := k.sealer(v, s.context)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize()+aead.Overhead() {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], s.attached)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// dataKey is a fresh key for the caller's own use, wrapped under a key of this engine.
func (e *Engine) dataKey(ctx context.Context, req *logical.Request, form, name string) (*logical.Response, error) {
	if form != "plaintext" && form != "wrapped" {
		return nil, fault.New(fault.APIField, "make data key: %q is neither plaintext nor wrapped", form)
	}
	k, err := e.current(ctx, name)
	if err != nil {
		return nil, err
	}
	if !k.kind.encrypts {
		return nil, fault.New(fault.APIField, "make data key: a key of type %s does not encrypt", k.Type)
	}
	f := logical.FieldsOf(req.Data)
	bits := f.Int("bits")
	switch bits {
	case 0:
		bits = 256
	case 128, 256, 512:
	default:
		return nil, fault.New(fault.APIField, "make data key: %d bits are none of 128, 256 and 512", bits)
	}
	s, err := k.setting(f)
	if err != nil {
		return nil, err
	}
	fresh := randomBytes(int(bits / 8))
	out, err := e.encrypt(ctx, k, s, fresh)
	if err != nil {
		return nil, err
	}
	if form == "plaintext" {
		out["plaintext"] = base64.StdEncoding.EncodeToString(fresh)
	}
	return &logical.Response{Data: out}, nil
}

// batchMost bounds the items of one request.
const batchMost = 4096

// batched answers one item, or those in batch_input in their order, each with its
// result or its error. If some fail the status is 400, or what partial_failure_response_code
// says if others did not.
func batched(data map[string]any, do func(*logical.Fields) (map[string]any, error)) (*logical.Response, error) {
	given, ok := data["batch_input"]
	if !ok || given == nil {
		out, err := do(logical.FieldsOf(data))
		if err != nil {
			return nil, err
		}
		return &logical.Response{Data: out}, nil
	}
	items, ok := given.([]any)
	if !ok || len(items) == 0 {
		return nil, fault.New(fault.APIField, "missing batch input to process")
	}
	if len(items) > batchMost {
		return nil, fault.New(fault.APISize, "process %d items, at most %d", len(items), batchMost)
	}
	f := logical.FieldsOf(data)
	partial := f.Int("partial_failure_response_code")
	if f.Err() != nil || partial != 0 && (partial < 200 || partial > 599) {
		return nil, fault.New(fault.APIField, "read field partial_failure_response_code: it is no status")
	}
	results, failed := make([]map[string]any, len(items)), 0
	for i, item := range items {
		fields, ok := item.(map[string]any)
		if !ok {
			return nil, fault.New(fault.APIField, "read batch input: item %d is no object", i)
		}
		out, err := do(logical.FieldsOf(fields))
		if refused := new(fault.Error); errors.As(err, &refused) {
			failed++
			out = map[string]any{"error": refused.Error()}
		} else if err != nil {
			return nil, err
		}
		if reference, ok := fields["reference"].(string); ok {
			out["reference"] = reference
		}
		results[i] = out
	}
	res := &logical.Response{Data: map[string]any{"batch_results": results}}
	if failed > 0 {
		res.Status = 400
		if partial != 0 && failed < len(items) {
			res.Status = int(partial)
		}
	}
	return res, nil
}
