package transit

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"tacit/fault"
	"tacit/tacittest"
	"tacit/vault/logical"
)

func encryptOnce(e *Engine, name string, more ...any) (string, error) {
	data := map[string]any{"plaintext": ""}
	for i := 0; i < len(more); i += 2 {
		data[more[i].(string)] = more[i+1]
	}
	res, err := e.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: "encrypt/" + name, Data: data})
	if err != nil {
		return "", err
	}
	return res.Data["ciphertext"].(string), nil
}

// case N79 code VAULT_CONTEXT check vault/transit/key.go:count
func TestN79AVersionMakesNoMoreNoncesThanAreSafe(t *testing.T) {
	s := tacittest.NewDisk().Open(nil)
	open := func() *Engine {
		e := New(s)
		e.most, e.rotateAt = 5000, 2500
		return e
	}
	e := open()
	if _, err := e.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "keys/k"}); err != nil {
		t.Fatal(err)
	}
	made := map[string]int{}
	for i := range 2500 {
		c, err := encryptOnce(e, "k")
		if err != nil || !strings.HasPrefix(c, "vault:v1:") {
			t.Fatalf("encryption %d = %s, %v", i, c, err)
		}
		made[c[9:25]]++
	}
	if len(made) != 2500 {
		t.Errorf("%d nonces", len(made))
	}
	c, err := encryptOnce(e, "k")
	if err != nil || !strings.HasPrefix(c, "vault:v2:") {
		t.Fatalf("past half: %s, %v", c, err)
	}
	refused := false
	for i := 0; i < 6 && !refused; i++ { // each start may cost what was reserved
		for range 2500 {
			if _, err = encryptOnce(e, "k", "key_version", "1"); err != nil {
				refused = true
				break
			}
		}
		e = open()
	}
	if !errors.Is(err, fault.VaultContext) {
		t.Errorf("the whole budget = %v", err)
	}
	if _, err = encryptOnce(open(), "k", "key_version", "1"); !errors.Is(err, fault.VaultContext) {
		t.Errorf("after a restart = %v", err)
	}
	t.Run("twin: the next version", func(t *testing.T) {
		if c, err := encryptOnce(open(), "k"); err != nil || !strings.HasPrefix(c, "vault:v2:") {
			t.Errorf("%s, %v", c, err)
		}
	})
}

// TestTheCountOutlivesACrash: what was encrypted is never more than what the store says.
func TestTheCountOutlivesACrash(t *testing.T) {
	s := tacittest.NewDisk().Open(nil)
	total := int64(0)
	for start := range 4 {
		e := New(s)
		if _, err := e.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "keys/k"}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 700 {
					if _, err := encryptOnce(e, "k"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		total += 2800
		k, err := New(s).key(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		if used := k.versions[1].meter.used.Load(); used < total || used > total+int64(start+1)*4096 {
			t.Errorf("after %d encryptions the store says %d", total, used)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	k := kinds["ed25519"]
	private, mac, err := k.fresh(0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.material(private, mac, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		for _, v := range []any{m.key, m.mac, version{material: m}, &key{versions: map[int64]*version{1: {material: m}}}} {
			out := fmt.Sprintf(form, v)
			for _, leak := range []string{hex.EncodeToString(private[16:24]), fmt.Sprint(private[16:24])[1:20], hex.EncodeToString(mac[:8]), fmt.Sprint(mac[:8])[1:20]} {
				if strings.Contains(out, leak) {
					t.Errorf("%s of %T shows material", form, v)
				}
			}
		}
	}
}

// TestHKDF holds derive against RFC 5869, test case 3: SHA-256, no salt, no info.
func TestHKDF(t *testing.T) {
	ikm, _ := hex.DecodeString("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b")
	got, err := derive(ikm, nil, 42)
	if want := "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"; err != nil || hex.EncodeToString(got) != want {
		t.Errorf("derive = %x, %v", got, err)
	}
}

// TestAESGCM opens what others sealed: test case 14 of the GCM specification, and one
// with chacha20-poly1305 of RFC 8439, section 2.8.2.
func TestSealedElsewhere(t *testing.T) {
	for _, tt := range []struct{ name, kind, key, sealed, attached, plain string }{
		{"GCM, case 14", "aes256-gcm96", strings.Repeat("00", 32),
			"000000000000000000000000" + "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919", "", strings.Repeat("00", 16)},
		{"GCM, case 2", "aes128-gcm96", strings.Repeat("00", 16),
			"000000000000000000000000" + "0388dace60b6a392f328c2b971b2fe78" + "ab6e47d42cec13bdf53a67b21257bddf", "", strings.Repeat("00", 16)},
		{"RFC 8439", "chacha20-poly1305", "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
			"070000004041424344454647" + "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116" + "1ae10b594f09e26a7e902ecbd0600691",
			"50515253c0c1c2c3c4c5c6c7", hex.EncodeToString([]byte("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			unhex := func(s string) []byte {
				b, err := hex.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			kind := kinds[tt.kind]
			m, err := kind.material(unhex(tt.key), make([]byte, 32), false)
			if err != nil {
				t.Fatal(err)
			}
			k := &key{settings: settings{Type: tt.kind, MinDecrypt: 1, Latest: 1}, kind: kind, versions: map[int64]*version{1: {number: 1, material: m}}}
			got, err := k.decrypt(setting{attached: unhex(tt.attached)}, versioned(1, unhex(tt.sealed)))
			if err != nil || hex.EncodeToString(got) != tt.plain {
				t.Errorf("decrypt = %x, %v", got, err)
			}
		})
	}
}

func FuzzParseVersioned(f *testing.F) {
	for _, s := range []string{"vault:v1:aGVsbG8=", "vault:v12:", "vault:v01:aGVsbG8=", "vault:v1:aGVs\nbG8=", "vault:v-1:", "v1", "vault:v999999999999999999999:aGVsbG8="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, b, err := parseVersioned(s, base64.StdEncoding)
		if err != nil {
			if !errors.Is(err, fault.APIField) {
				t.Errorf("error = %v", err)
			}
			return
		}
		if got := versioned(n, b); got != s || n < 1 {
			t.Errorf("%q is read as version %d and written as %q", s, n, got)
		}
	})
}

// TestAnOldCountReservesNothing: what goes on with a key of before a Forget neither
// spends what another reserved nor takes the count in the store back.
func TestAnOldCountReservesNothing(t *testing.T) {
	s := tacittest.NewDisk().Open(nil)
	e := New(s)
	if _, err := e.Handle(t.Context(), &logical.Request{Operation: logical.Update, Path: "keys/k"}); err != nil {
		t.Fatal(err)
	}
	old, err := e.key(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	e.Forget()
	for range 3000 {
		if _, err := encryptOnce(e, "k"); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.count(t.Context(), old, old.versions[1]); !errors.Is(err, fault.StoreConflict) {
		t.Errorf("count = %v", err)
	}
	if _, err := encryptOnce(e, "k"); err != nil {
		t.Errorf("what is not old = %v", err)
	}
}
