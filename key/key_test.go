package key_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Vectors of EIP-712 (the Mail example, whose key is Keccak-256 of "cow"), of
// EIP-155 and of go-ethereum's crypto package.
func TestSignAsEthereumDoes(t *testing.T) {
	cow := wire.Keccak([]byte("cow"))
	for _, tt := range []struct{ name, secret, address, digest, sig string }{
		{
			"EIP-712 Mail", cow.String(), "0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826",
			"be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2",
			"4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c",
		},
		{
			"EIP-155", strings.Repeat("46", 32), "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f",
			"daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53",
			"28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa63627667cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d831b",
		},
		{"go-ethereum", "289c2857d4598e37fb9647507e47a309d6133539bf21a8b9cb6df88fd5232032", "0x970e8128ab834e8eac17ab8e3812f010678cf791", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := key.ParseSigner(unhex(t, tt.secret))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Address().String(); got != tt.address {
				t.Errorf("Address = %s, want %s", got, tt.address)
			}
			if tt.digest == "" {
				return
			}
			sig := s.Sign(wire.Digest(unhex(t, tt.digest)))
			if got := hex.EncodeToString(sig[:]); got != tt.sig {
				t.Errorf("Sign = %s, want %s", got, tt.sig)
			}
			if who, err := key.Recover(wire.Digest(unhex(t, tt.digest)), sig); err != nil || who != s.Address() {
				t.Errorf("Recover = %s, %v", who, err)
			}
		})
	}
}

func TestSignatureHasOneForm(t *testing.T) {
	s, other := newSigner(t), newSigner(t)
	d := wire.Sum([]byte("message"))
	sig := s.Sign(d)
	n, _ := new(big.Int).SetString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16)
	change := func(f func(r, s []byte, v *byte)) key.Signature {
		c := sig
		f(c[:32], c[32:64], &c[64])
		return c
	}
	for _, tt := range []struct {
		name   string
		who    wire.Address
		digest wire.Digest
		sig    key.Signature
		want   fault.Code
	}{
		{"as signed", s.Address(), d, sig, ""},
		{"another signer", other.Address(), d, sig, fault.KeySignature},
		{"another message", s.Address(), wire.Sum([]byte("messagf")), sig, fault.KeySignature},
		{"nobody", wire.Address{}, d, sig, fault.KeySignature},
		{"no signature", s.Address(), d, key.Signature{}, fault.KeySignature},
		{"s in the upper half", s.Address(), d, change(func(_, s []byte, v *byte) {
			new(big.Int).Sub(n, new(big.Int).SetBytes(s)).FillBytes(s)
			*v = 27 + 28 - *v
		}), fault.KeySignature},
		{"s above the order", s.Address(), d, change(func(_, s []byte, _ *byte) { copy(s, bytes.Repeat([]byte{0xff}, 32)) }), fault.KeySignature},
		{"s zero", s.Address(), d, change(func(_, s []byte, _ *byte) { clear(s) }), fault.KeySignature},
		{"r zero", s.Address(), d, change(func(r, _ []byte, _ *byte) { clear(r) }), fault.KeySignature},
		{"r is the order", s.Address(), d, change(func(r, _ []byte, _ *byte) { n.FillBytes(r) }), fault.KeySignature},
		{"v 0", s.Address(), d, change(func(_, _ []byte, v *byte) { *v -= 27 }), fault.KeySignature},
		{"v 29", s.Address(), d, change(func(_, _ []byte, v *byte) { *v = 29 }), fault.KeySignature},
		{"v 31, a compressed key elsewhere", s.Address(), d, change(func(_, _ []byte, v *byte) { *v += 4 }), fault.KeySignature},
		{"the other v", s.Address(), d, change(func(_, _ []byte, v *byte) { *v = 27 + 28 - *v }), fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fault.Of(key.Verify(tt.who, tt.digest, tt.sig)); got != tt.want {
				t.Errorf("Verify = %q, want %q", got, tt.want)
			}
		})
	}
	if s.Sign(d) != sig {
		t.Error("two signatures of one message")
	}
}

func TestParseSigner(t *testing.T) {
	n := "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
	for _, tt := range []struct {
		name, secret string
		want         fault.Code
	}{
		{"one", strings.Repeat("00", 31) + "01", ""},
		{"the greatest", n[:62] + "40", ""},
		{"zero", strings.Repeat("00", 32), fault.APIField},
		{"the order", n, fault.APIField},
		{"above the order", strings.Repeat("ff", 32), fault.APIField},
		{"too short", strings.Repeat("01", 31), fault.APIField},
		{"too long", strings.Repeat("01", 33), fault.APIField},
		{"nothing", "", fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := key.ParseSigner(unhex(t, tt.secret))
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("ParseSigner = %q, want %q", got, tt.want)
			}
			if err == nil && hex.EncodeToString(s.Secret()) != tt.secret {
				t.Error("Secret is not what was parsed")
			}
		})
	}
	a, b := newSigner(t), newSigner(t)
	same, err := key.ParseSigner(a.Secret())
	if err != nil || !a.Equal(same) || a.Equal(b) {
		t.Errorf("Equal does not tell keys apart: %v", err)
	}
}

func TestSignatureText(t *testing.T) {
	sig := newSigner(t).Sign(wire.Sum([]byte("m")))
	text, err := sig.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var back key.Signature
	if err := back.UnmarshalText(text); err != nil || back != sig {
		t.Errorf("round trip = %x, %v", back, err)
	}
	for _, bad := range []string{"", "0x", string(text[2:]), string(text) + "00", string(text) + " ", string(text) + "zz", string(text[:131]), "0x" + strings.Repeat("zz", 65), " " + string(text)} {
		if err := back.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("UnmarshalText(%.20q, %d characters) is accepted", bad, len(bad))
		}
	}
}

func TestSealOpensInItsContextOnly(t *testing.T) {
	s, other := newSealer(t), newSealer(t)
	info, plain := []byte("grant of task 7"), []byte("file key")
	sealed, err := s.Recipient().Seal(info, plain)
	if err != nil {
		t.Fatal(err)
	}
	flip := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for _, tt := range []struct {
		name   string
		by     *key.Sealer
		info   []byte
		sealed []byte
		want   fault.Code
	}{
		{"as sealed", s, info, sealed, ""},
		{"another context", s, []byte("grant of task 8"), sealed, fault.KeySignature},
		{"no context", s, nil, sealed, fault.KeySignature},
		{"another key", other, info, sealed, fault.KeySignature},
		{"ML-KEM part changed", s, info, flip(0), fault.KeySignature},
		{"X25519 part changed", s, info, flip(1100), fault.KeySignature},
		{"ciphertext changed", s, info, flip(1120), fault.KeySignature},
		{"tag changed", s, info, flip(len(sealed) - 1), fault.KeySignature},
		{"cut short", s, info, sealed[:len(sealed)-1], fault.KeySignature},
		{"extended", s, info, append(bytes.Clone(sealed), 0), fault.KeySignature},
		{"only the encapsulated key", s, info, sealed[:1120], fault.KeySignature},
		{"shorter than that", s, info, sealed[:1119], fault.KeySignature},
		{"nothing", s, info, nil, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.by.Open(tt.info, tt.sealed)
			if fault.Of(err) != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if tt.want == "" && !bytes.Equal(got, plain) || tt.want != "" && got != nil {
				t.Errorf("Open = %q", got)
			}
		})
	}
	if again, err := s.Recipient().Seal(info, plain); err != nil || bytes.Equal(again, sealed) {
		t.Errorf("sealing twice gives the same bytes (%v)", err)
	}
	secret, err := s.Secret()
	if err != nil {
		t.Fatal(err)
	}
	same, err := key.ParseSealer(secret)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := same.Open(info, sealed); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("the parsed key opens %q, %v", got, err)
	}
	if same.Recipient().Digest() != s.Recipient().Digest() || s.Recipient().Digest() == other.Recipient().Digest() {
		t.Error("Digest does not identify the recipient")
	}
	for _, bad := range []key.Recipient{nil, s.Recipient()[1:], append(bytes.Clone(s.Recipient()), 0), bytes.Repeat([]byte{0xff}, 1216)} {
		if _, err := bad.Seal(info, plain); fault.Of(err) != fault.APIField {
			t.Errorf("Seal to %d bytes = %v, want API_FIELD", len(bad), err)
		}
	}
	for _, bad := range [][]byte{nil, secret[1:], append(bytes.Clone(secret), 0)} {
		if _, err := key.ParseSealer(bad); fault.Of(err) != fault.APIField {
			t.Errorf("ParseSealer of %d bytes = %v, want API_FIELD", len(bad), err)
		}
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	s, e := newSigner(t), newSealer(t)
	sealing, err := e.Secret()
	if err != nil {
		t.Fatal(err)
	}
	type holder struct {
		S *key.Signer
		E *key.Sealer
		s *key.Signer
		e *key.Sealer
		c key.Signer
		d key.Sealer
	}
	h := holder{s, e, s, e, *s, *e}
	for _, v := range []any{s, *s, e, *e, h, &h, []*key.Signer{s}, []key.Sealer{*e}, map[int]key.Signer{1: *s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			out := fmt.Sprintf(verb, v)
			for _, secret := range [][]byte{s.Secret(), sealing} {
				limbs := strings.Trim(fmt.Sprint(secret[:6]), "[]")
				for _, leak := range []string{string(secret), hex.EncodeToString(secret[:8]), strings.ToUpper(hex.EncodeToString(secret[:8])), limbs} {
					if strings.Contains(out, leak) {
						t.Errorf("%s of %T shows a secret: %.80s", verb, v, out)
					}
				}
			}
			if strings.Contains(out, "ModNScalar") || strings.Contains(out, "PrivateKey=&") {
				t.Errorf("%s of %T reaches into a private key: %.80s", verb, v, out)
			}
		}
	}
	for _, v := range []any{s, *s, e, *e, struct{ K *key.Signer }{s}, struct{ K key.Sealer }{*e}} {
		if b, err := json.Marshal(v); err == nil {
			t.Errorf("JSON of %T = %s", v, b)
		}
		if b, err := cbor.Marshal(v); err == nil {
			t.Errorf("CBOR of %T = %x", v, b)
		}
		if b, err := wire.Marshal("test", v); err == nil {
			t.Errorf("wire.Marshal of %T = %x", v, b)
		}
	}
	if got, want := fmt.Sprint(s), "key.Signer("+s.Address().String()+")"; got != want {
		t.Errorf("a signer prints as %s, want %s", got, want)
	}
}

func FuzzRecover(f *testing.F) {
	s, err := key.ParseSigner(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	d := wire.Sum([]byte("m"))
	sig := s.Sign(d)
	f.Add(d[:], sig[:])
	f.Add(make([]byte, 32), make([]byte, 65))
	f.Fuzz(func(t *testing.T, digest, sig []byte) {
		var d wire.Digest
		var g key.Signature
		copy(d[:], digest)
		copy(g[:], sig)
		who, err := key.Recover(d, g)
		if err != nil {
			if fault.Of(err) != fault.KeySignature || !who.IsZero() {
				t.Fatalf("Recover = %s, %v, want KEY_SIGNATURE", who, err)
			}
			return
		}
		if err := key.Verify(who, d, g); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzOpen(f *testing.F) {
	e, err := key.NewSealer()
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := e.Recipient().Seal([]byte("info"), []byte("plain"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("other"), sealed)
	f.Add([]byte(nil), []byte(nil))
	f.Fuzz(func(t *testing.T, info, in []byte) {
		if bytes.Equal(info, []byte("info")) && bytes.Equal(in, sealed) {
			return
		}
		if _, err := e.Open(info, in); fault.Of(err) != fault.KeySignature {
			t.Fatalf("Open = %v, want KEY_SIGNATURE", err)
		}
	})
}

func newSigner(t testing.TB) *key.Signer {
	t.Helper()
	s, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSealer(t testing.TB) *key.Sealer {
	t.Helper()
	s, err := key.NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Whoever clears what he was given, or what he gave, does not spoil the key.
func TestSecretsAreCopied(t *testing.T) {
	s, err := key.NewSealer()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Recipient().Seal(nil, []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := s.Secret()
	if err != nil {
		t.Fatal(err)
	}
	again, err := key.ParseSealer(secret)
	if err != nil {
		t.Fatal(err)
	}
	clear(secret)
	for _, k := range []*key.Sealer{s, again} {
		b, err := k.Secret()
		if err != nil {
			t.Fatal(err)
		}
		if k, err = key.ParseSealer(b); err != nil {
			t.Fatal(err)
		}
		if plain, err := k.Open(nil, sealed); err != nil || string(plain) != "x" {
			t.Errorf("opened %q, %v", plain, err)
		}
	}
}
