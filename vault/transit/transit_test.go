package transit_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tacit/fault"
	"tacit/tacittest"
	"tacit/vault/logical"
	"tacit/vault/transit"
)

func TestWhatIsEncryptedOpensAgain(t *testing.T) {
	for _, kind := range []string{"aes128-gcm96", "aes256-gcm96", "chacha20-poly1305", "rsa-2048"} {
		for _, form := range []struct {
			name string
			key  fields
			with fields
		}{
			{"plain", fields{}, fields{}},
			{"derived", fields{"derived": true}, fields{"context": alice}},
			{"convergent", fields{"derived": true, "convergent_encryption": true}, fields{"context": alice}},
			{"with associated data", fields{}, fields{"associated_data": bob}},
		} {
			t.Run(kind+" "+form.name, func(t *testing.T) {
				if strings.HasPrefix(kind, "rsa") && form.name != "plain" {
					t.Skip("RSA knows neither derivation nor associated data")
				}
				w := newWorld(t)
				form.key["type"] = kind
				w.update("keys/k", form.key)
				with := func(name, v string) fields {
					out := fields{name: v}
					for k, v := range form.with {
						out[k] = v
					}
					return out
				}
				a := w.text("encrypt/k", with("plaintext", hello), "ciphertext")
				b := w.text("encrypt/k", with("plaintext", hello), "ciphertext")
				if (a == b) != (form.name == "convergent") {
					t.Errorf("the same twice: %v", a == b)
				}
				w.update("keys/k/rotate", nil)
				w.engine = transit.New(w.storage) // as after a restart
				c := w.text("rewrap/k", with("ciphertext", a), "ciphertext")
				if !isVersion(a, "1") || !isVersion(c, "2") {
					t.Errorf("ciphertexts are %s and %s", a, c)
				}
				for _, s := range []string{a, b, c} {
					if got := w.text("decrypt/k", with("ciphertext", s), "plaintext"); got != hello {
						t.Errorf("plaintext = %q", got)
					}
				}
			})
		}
	}
}

func TestOnTheStoreOfProcesses(t *testing.T) {
	w := onDisk(t)
	w.update("keys/k", nil)
	c := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext")
	for range 3 {
		w.update("keys/k/rotate", nil)
	}
	w.engine = transit.New(w.storage)
	if got := w.text("decrypt/k", fields{"ciphertext": c}, "plaintext"); got != hello {
		t.Errorf("plaintext = %q", got)
	}
	if got := w.must(logical.List, "keys", nil)["keys"]; fmt.Sprint(got) != "[k]" {
		t.Errorf("keys = %v", got)
	}
	w.update("keys/k/config", fields{"deletion_allowed": true})
	w.must(logical.Delete, "keys/k", nil)
	if _, err := w.ask(logical.Read, "keys/k", nil); !errors.Is(err, fault.APINotFound) {
		t.Errorf("read deleted key = %v", err)
	}
	if items, _, err := w.storage.Range(context.Background(), "", "", 10); err != nil || len(items) != 0 {
		t.Errorf("a deleted key leaves %v, %v", items, err)
	}
}

func TestDestroyedMaterialIsGoneFromTheStore(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", fields{"exportable": true})
	material := w.must(logical.Read, "export/encryption-key/k", nil)["keys"].(fields)["1"].(string)
	w.update("keys/k/rotate", nil)
	held := func() bool {
		items, _, err := w.storage.Range(context.Background(), "", "", 100)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(items, func(i tacitItem) bool { return strings.Contains(string(i.Value), material) })
	}
	if !held() {
		t.Fatal("the search finds nothing")
	}
	w.refused(fault.APIField, "keys/k/destroy", fields{"versions": []int{1}})
	w.update("keys/k/config", fields{"deletion_allowed": true})
	w.update("keys/k/destroy", fields{"versions": []int{1}})
	if held() {
		t.Error("the store still holds destroyed material")
	}
}

// case N78 code VAULT_DENIED check vault/transit/manage.go:Exportable
func TestN78AKeyThatIsNotExportableStays(t *testing.T) {
	for _, kind := range []string{"aes256-gcm96", "ed25519", "ecdsa-p256", "rsa-2048", "hmac"} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			for name, on := range map[string]bool{"closed": false, "open": true} {
				w.update("keys/"+name, fields{"type": kind, "exportable": on})
			}
			what := []string{"encryption-key", "signing-key", "hmac-key"}
			for _, part := range what {
				for _, v := range []string{"", "/1", "/latest"} {
					if _, err := w.ask(logical.Read, "export/"+part+"/closed"+v, nil); !errors.Is(err, fault.VaultDenied) {
						t.Errorf("export %s%s = %v", part, v, err)
					}
				}
			}
			for _, path := range []string{"backup/closed", "restore/closed"} {
				if _, err := w.ask(logical.Read, path, nil); !errors.Is(err, fault.VaultDenied) {
					t.Errorf("%s = %v", path, err)
				}
			}
			w.refused(fault.VaultDenied, "keys/closed/config", fields{"allow_plaintext_backup": true})
			t.Run("twin: made exportable", func(t *testing.T) {
				w := w.as(t)
				w.must(logical.Read, "export/hmac-key/open", nil)
				w.refused(fault.APIField, "keys/open/config", fields{"exportable": false})
			})
			t.Run("twin: made exportable later", func(t *testing.T) {
				w := w.as(t)
				w.update("keys/closed/config", fields{"exportable": true})
				w.must(logical.Read, "export/hmac-key/closed/latest", nil)
			})
		})
	}
}

func TestNoAnswerHoldsMaterial(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", fields{"exportable": true})
	material := w.must(logical.Read, "export/encryption-key/k", nil)["keys"].(fields)["1"].(string)
	mac := w.must(logical.Read, "export/hmac-key/k", nil)["keys"].(fields)["1"].(string)
	for _, answer := range []fields{
		w.update("keys/k", nil), w.must(logical.Read, "keys/k", nil), w.update("keys/k/rotate", nil), w.update("keys/k/config", nil),
		w.update("encrypt/k", fields{"plaintext": hello}), w.update("hmac/k", fields{"input": hello}),
	} {
		for _, s := range []string{material, mac} {
			if strings.Contains(fmt.Sprintf("%#v", answer), s) {
				t.Errorf("%v holds material", answer)
			}
		}
	}
}

func TestExportedKeysDoWhatTheEngineDoes(t *testing.T) {
	w := newWorld(t)
	w.update("keys/e", fields{"type": "ed25519", "exportable": true})
	w.update("keys/p", fields{"type": "ecdsa-p256", "exportable": true})
	exported := w.must(logical.Read, "export/signing-key/e", nil)["keys"].(fields)["1"].(string)
	raw, err := base64.StdEncoding.DecodeString(exported)
	if err != nil || len(raw) != ed25519.PrivateKeySize {
		t.Fatalf("exported key of %d bytes, %v", len(raw), err)
	}
	sig := "vault:v1:" + base64.StdEncoding.EncodeToString(ed25519.Sign(raw, []byte("hello")))
	if w.update("verify/e", fields{"input": hello, "signature": sig})["valid"] != true {
		t.Error("a signature of the exported key is not valid")
	}
	block, _ := pem.Decode([]byte(w.must(logical.Read, "export/signing-key/p/1", nil)["keys"].(fields)["1"].(string)))
	if _, err := x509.ParseECPrivateKey(block.Bytes); err != nil {
		t.Error(err)
	}
}

func TestSignatures(t *testing.T) {
	other := b64("other")
	hash := sha256.Sum256([]byte("hello"))
	for _, tt := range []struct {
		name, kind string
		with       fields
		input      string
	}{
		{"ed25519", "ed25519", nil, hello},
		{"P-256", "ecdsa-p256", nil, hello},
		{"P-256, jws", "ecdsa-p256", fields{"marshaling_algorithm": "jws"}, hello},
		{"P-384 with SHA-384", "ecdsa-p384", fields{"hash_algorithm": "sha2-384"}, hello},
		{"P-521 with SHA-512, jws", "ecdsa-p521", fields{"hash_algorithm": "sha2-512", "marshaling_algorithm": "jws"}, hello},
		{"P-256, prehashed", "ecdsa-p256", fields{"prehashed": true}, base64.StdEncoding.EncodeToString(hash[:])},
		{"RSA, PSS", "rsa-2048", nil, hello},
		{"RSA, PSS, salt like hash", "rsa-2048", fields{"salt_length": "hash"}, hello},
		{"RSA, PSS, salt of 20", "rsa-2048", fields{"salt_length": "20"}, hello},
		{"RSA, PKCS #1", "rsa-2048", fields{"signature_algorithm": "pkcs1v15"}, hello},
		{"RSA, PKCS #1, no hash", "rsa-2048", fields{"signature_algorithm": "pkcs1v15", "prehashed": true, "hash_algorithm": "none"}, hello},
		{"RSA, SHA3", "rsa-2048", fields{"hash_algorithm": "sha3-256"}, hello},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.update("keys/k", fields{"type": tt.kind})
			with := func(more ...string) fields {
				out := fields{}
				for k, v := range tt.with {
					out[k] = v
				}
				for i := 0; i < len(more); i += 2 {
					out[more[i]] = more[i+1]
				}
				return out
			}
			sig := w.text("sign/k", with("input", tt.input), "signature")
			if w.update("verify/k", with("input", tt.input, "signature", sig))["valid"] != true {
				t.Error("as signed: not valid")
			}
			wrong := other
			if tt.with["prehashed"] == true {
				wrong = base64.StdEncoding.EncodeToString(make([]byte, 32))
			}
			if w.update("verify/k", with("input", wrong, "signature", sig))["valid"] != false {
				t.Error("another input: valid")
			}
			w.update("keys/k/rotate", nil)
			if w.update("verify/k", with("input", tt.input, "signature", sig))["valid"] != true {
				t.Error("by an older version: not valid")
			}
			if w.update("verify/k", with("input", tt.input, "signature", strings.Replace(sig, "v1", "v2", 1)))["valid"] != false {
				t.Error("as of another version: valid")
			}
		})
	}
}

func TestJWSSignatureIsOneOfGoToo(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", fields{"type": "ecdsa-p256"})
	sig := w.text("sign/k/sha2-256", fields{"input": hello, "marshaling_algorithm": "jws"}, "signature")
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(sig, "vault:v1:"))
	if err != nil || len(raw) != 64 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	shown := w.must(logical.Read, "keys/k", nil)["keys"].(fields)["1"].(fields)
	block, _ := pem.Decode([]byte(shown["public_key"].(string)))
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("hello"))
	if !ecdsa.Verify(pub.(*ecdsa.PublicKey), sum[:], new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])) {
		t.Error("not valid")
	}
}

func TestSignaturesOfDerivedKeysAreOfTheirContext(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", fields{"type": "ed25519", "derived": true})
	a := w.update("sign/k", fields{"input": hello, "context": alice})
	b := w.update("sign/k", fields{"input": hello, "context": bob})
	if a["public_key"] == b["public_key"] {
		t.Error("two contexts have one key")
	}
	for _, tt := range []struct {
		context string
		valid   bool
	}{{alice, true}, {bob, false}} {
		if got := w.update("verify/k", fields{"input": hello, "context": tt.context, "signature": a["signature"]})["valid"]; got != tt.valid {
			t.Errorf("valid = %v, want %v", got, tt.valid)
		}
	}
}

func TestRefusedRequests(t *testing.T) {
	w := newWorld(t)
	for name, kind := range map[string]string{"aes": "aes256-gcm96", "ed": "ed25519", "ec": "ecdsa-p256", "rsa": "rsa-2048", "mac": "hmac"} {
		w.update("keys/"+name, fields{"type": kind})
	}
	c := w.text("encrypt/aes", fields{"plaintext": hello}, "ciphertext")
	for _, tt := range []struct {
		name, path string
		data       fields
		code       fault.Code
	}{
		{"an unknown type", "keys/x", fields{"type": "rot13"}, fault.APIField},
		{"a name with a slash behind it", "keys/x/y", nil, fault.APINotFound},
		{"a name that begins with a dot", "keys/.x", nil, fault.APIField},
		{"a backup", "keys/x", fields{"allow_plaintext_backup": true}, fault.VaultDenied},
		{"derivation of RSA", "keys/x", fields{"type": "rsa-2048", "derived": true}, fault.APIField},
		{"convergent without derivation", "keys/x", fields{"convergent_encryption": true}, fault.APIField},
		{"a size of a key that has its own", "keys/x", fields{"key_size": 32}, fault.APIField},
		{"a period of minutes", "keys/x", fields{"auto_rotate_period": "5m"}, fault.APIField},
		{"no plaintext", "encrypt/aes", fields{}, fault.APIField},
		{"a plaintext that is no base64", "encrypt/aes", fields{"plaintext": "?"}, fault.APIField},
		{"an unknown key", "decrypt/none", fields{"ciphertext": c}, fault.APIField},
		{"no ciphertext", "decrypt/aes", fields{}, fault.APIField},
		{"another scheme", "decrypt/aes", fields{"ciphertext": strings.Replace(c, "vault", "vaulT", 1)}, fault.APIField},
		{"a line end in a ciphertext", "decrypt/aes", fields{"ciphertext": c + "\n"}, fault.APIField},
		{"version 0", "decrypt/aes", fields{"ciphertext": strings.Replace(c, "v1", "v0", 1)}, fault.APIField},
		{"version 01", "decrypt/aes", fields{"ciphertext": strings.Replace(c, "v1", "v01", 1)}, fault.APIField},
		{"a negative version", "encrypt/aes", fields{"plaintext": hello, "key_version": -1}, fault.APIField},
		{"encryption by a key for signatures", "encrypt/ed", fields{"plaintext": hello}, fault.APIField},
		{"a signature by a key for encryption", "sign/aes", fields{"input": hello}, fault.APIField},
		{"a signature by a key for HMACs", "sign/mac", fields{"input": hello}, fault.APIField},
		{"verification of nothing", "verify/ed", fields{"input": hello}, fault.APIField},
		{"too much for RSA", "encrypt/rsa", fields{"plaintext": b64(strings.Repeat("x", 300))}, fault.APIField},
		{"associated data of RSA", "encrypt/rsa", fields{"plaintext": hello, "associated_data": alice}, fault.APIField},
		{"SHA-1", "sign/ec/sha1", fields{"input": hello}, fault.APIField},
		{"no hash for ECDSA", "sign/ec/none", fields{"input": hello, "prehashed": true}, fault.APIField},
		{"a hash of another size", "sign/ec", fields{"input": hello, "prehashed": true}, fault.APIField},
		{"a hash for Ed25519", "sign/ed", fields{"input": hello, "prehashed": true}, fault.APIField},
		{"an unknown padding", "sign/rsa", fields{"input": hello, "signature_algorithm": "x"}, fault.APIField},
		{"a data key of 64 bits", "datakey/plaintext/aes", fields{"bits": 64}, fault.APIField},
		{"a data key in another form", "datakey/shown/aes", nil, fault.APIField},
		{"too many random bytes", "random/131073", nil, fault.APIField},
		{"no random bytes", "random/0", nil, fault.APIField},
		{"an empty batch", "encrypt/aes", fields{"batch_input": []any{}}, fault.APIField},
		{"a batch that is none", "encrypt/aes", fields{"batch_input": []any{1}}, fault.APIField},
		{"a batch beyond the bound", "encrypt/aes", fields{"batch_input": make([]fields, 4097)}, fault.APISize},
		{"decryption ahead of the newest", "keys/aes/config", fields{"min_decryption_version": 2}, fault.APIField},
		{"encryption ahead of the newest", "keys/aes/config", fields{"min_encryption_version": 2}, fault.APIField},
		{"a trim without a least version", "keys/aes/trim", fields{"min_available_version": 1}, fault.APIField},
		{"versions that are none", "keys/aes/delete", fields{"versions": []int{7}}, fault.APIField},
		{"no versions", "keys/aes/delete", nil, fault.APIField},
		{"an unknown path", "wrap/aes", nil, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := w.as(t)
			w.refused(tt.code, tt.path, tt.data)
		})
	}
	t.Run("deletion of what may not be deleted", func(t *testing.T) {
		if _, err := w.ask(logical.Delete, "keys/aes", nil); !errors.Is(err, fault.APIField) {
			t.Errorf("delete = %v", err)
		}
	})
}

func TestBatches(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", fields{"derived": true})
	res, err := w.ask(logical.Update, "encrypt/k", fields{"batch_input": []fields{
		{"plaintext": hello, "context": alice, "reference": "first"}, {"plaintext": bob, "context": bob},
	}})
	if err != nil || res.Status != 0 {
		t.Fatalf("status %d, %v", res.Status, err)
	}
	sealed := through(t, res.Data)["batch_results"].([]any)
	if sealed[0].(fields)["reference"] != "first" {
		t.Errorf("results = %v", sealed)
	}
	for _, tt := range []struct {
		name     string
		contexts [2]string
		partial  int
		status   int
	}{
		{"all open", [2]string{alice, bob}, 0, 0},
		{"one fails", [2]string{alice, alice}, 0, 400},
		{"one fails, with a status of the caller's", [2]string{alice, alice}, 207, 207},
		{"all fail", [2]string{bob, alice}, 207, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := fields{"batch_input": []fields{
				{"ciphertext": sealed[0].(fields)["ciphertext"], "context": tt.contexts[0]}, {"ciphertext": sealed[1].(fields)["ciphertext"], "context": tt.contexts[1]},
			}}
			if tt.partial != 0 {
				data["partial_failure_response_code"] = tt.partial
			}
			res, err := w.ask(logical.Update, "decrypt/k", data)
			if err != nil {
				t.Fatal(err)
			}
			if res.Status != tt.status {
				t.Errorf("status = %d, want %d", res.Status, tt.status)
			}
			results := through(t, res.Data)["batch_results"].([]any)
			for i, want := range []string{hello, bob} {
				r := results[i].(fields)
				if good := tt.contexts[i] == []string{alice, bob}[i]; good && r["plaintext"] != want || !good && (r["error"] == nil || r["plaintext"] != nil) {
					t.Errorf("result %d = %v", i, r)
				}
			}
		})
	}
}

func TestHashesAndRandomness(t *testing.T) {
	w := newWorld(t)
	sum := sha256.Sum256([]byte("hello"))
	if got := w.text("hash/sha2-256", fields{"input": hello}, "sum"); got != fmt.Sprintf("%x", sum) {
		t.Errorf("sum = %s", got)
	}
	if got := w.text("hash", fields{"input": hello, "format": "base64"}, "sum"); got != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("sum = %s", got)
	}
	for path, size := range map[string]int{"random": 64, "random/8": 16, "random/platform/8": 16, "random/all": 64} {
		if got := w.text(path, fields{"format": "hex"}, "random_bytes"); len(got) != size {
			t.Errorf("%s = %q", path, got)
		}
	}
}

func TestAnEncryptionMakesTheKeyThatItNames(t *testing.T) {
	w := newWorld(t)
	exists := func() bool {
		ok, err := w.engine.Exists(context.Background(), &logical.Request{Operation: logical.Update, Path: "encrypt/new"})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if exists() {
		t.Error("it exists before")
	}
	c := w.text("encrypt/new", fields{"plaintext": hello, "context": alice}, "ciphertext")
	if !exists() || w.must(logical.Read, "keys/new", nil)["derived"] != true {
		t.Error("it does not exist, or is not derived")
	}
	w.refused(fault.VaultContext, "decrypt/new", fields{"ciphertext": c, "context": bob})
}

func TestAKeyRotatesByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.update("keys/k", fields{"auto_rotate_period": "24h"})
		time.Sleep(24 * time.Hour)
		if c := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext"); !isVersion(c, "1") {
			t.Errorf("after a day: %s", c)
		}
		time.Sleep(time.Second)
		if c := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext"); !isVersion(c, "2") {
			t.Errorf("a second later: %s", c)
		}
	})
}

func TestAFailedWriteChangesNothingInMemory(t *testing.T) {
	disk := tacittest.NewDisk()
	fail := false
	s := disk.Open(func(tacitTxn) tacittest.Crash {
		if fail {
			return tacittest.CrashBefore
		}
		return tacittest.Works
	})
	w := &world{t, s, transit.New(s)}
	w.update("keys/k", nil)
	fail = true
	if _, err := w.ask(logical.Update, "keys/k/rotate", nil); !errors.Is(err, fault.StoreClosed) {
		t.Errorf("rotate = %v", err)
	}
	w = &world{t, disk.Open(nil), nil}
	w.engine = transit.New(w.storage)
	if got := w.must(logical.Read, "keys/k", nil)["latest_version"]; fmt.Sprint(got) != "1" {
		t.Errorf("latest version = %v", got)
	}
}

func TestForgetReadsAgain(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", nil)
	other := transit.New(w.storage)
	w.update("encrypt/k", fields{"plaintext": hello})
	if _, err := other.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: "keys/k/rotate"}); err != nil {
		t.Fatal(err)
	}
	w.engine.Forget()
	if c := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext"); !isVersion(c, "2") {
		t.Errorf("after Forget: %s", c)
	}
}
