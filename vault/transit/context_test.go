package transit_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tacit/fault"
	"tacit/vault/logical"
	"tacit/vault/transit"
)

// case N79 code VAULT_CONTEXT check vault/transit/cipher.go:errSealed
func TestN79WhatWasNotSealedSoDoesNotOpen(t *testing.T) {
	w := newWorld(t)
	w.update("keys/derived", fields{"derived": true})
	w.update("keys/plain", nil)
	w.update("keys/other", nil)
	inContext := w.text("encrypt/derived", fields{"plaintext": hello, "context": alice}, "ciphertext")
	attached := w.text("encrypt/plain", fields{"plaintext": hello, "associated_data": alice}, "ciphertext")
	_, body, _ := strings.Cut(attached, "v1:")
	raw, _ := base64.StdEncoding.DecodeString(body)
	flipped := slices.Clone(raw)
	flipped[13] ^= 1
	as := func(b []byte) string { return "vault:v1:" + base64.StdEncoding.EncodeToString(b) }
	for _, tt := range []struct {
		name, key string
		data      fields
		refused   bool
	}{
		{"twin: the same context", "derived", fields{"ciphertext": inContext, "context": alice}, false},
		{"another context", "derived", fields{"ciphertext": inContext, "context": bob}, true},
		{"twin: the same associated data", "plain", fields{"ciphertext": attached, "associated_data": alice}, false},
		{"other associated data", "plain", fields{"ciphertext": attached, "associated_data": bob}, true},
		{"without associated data", "plain", fields{"ciphertext": attached}, true},
		{"under another key", "other", fields{"ciphertext": attached, "associated_data": alice}, true},
		{"a changed byte", "plain", fields{"ciphertext": as(flipped), "associated_data": alice}, true},
		{"cut off", "plain", fields{"ciphertext": as(raw[:27]), "associated_data": alice}, true},
		{"nothing at all", "plain", fields{"ciphertext": as(nil), "associated_data": alice}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := w.as(t)
			if !tt.refused {
				if got := w.text("decrypt/"+tt.key, tt.data, "plaintext"); got != hello {
					t.Errorf("plaintext = %q", got)
				}
				return
			}
			w.refused(fault.VaultContext, "decrypt/"+tt.key, tt.data)
			w.refused(fault.VaultContext, "rewrap/"+tt.key, tt.data)
		})
	}
}

// case N79 code VAULT_CONTEXT check vault/transit/cipher.go:setting
func TestN79AContextIsNeitherMissingNorIgnored(t *testing.T) {
	w := newWorld(t)
	for _, kind := range []string{"aes256-gcm96", "ed25519"} {
		w.update("keys/derived-"+kind, fields{"type": kind, "derived": true})
		w.update("keys/plain-"+kind, fields{"type": kind})
	}
	for _, tt := range []struct {
		name, path string
		data       fields
		refused    bool
	}{
		{"twin: encrypt with one", "encrypt/derived-aes256-gcm96", fields{"plaintext": hello, "context": alice}, false},
		{"encrypt without one", "encrypt/derived-aes256-gcm96", fields{"plaintext": hello}, true},
		{"twin: encrypt under a key that has none", "encrypt/plain-aes256-gcm96", fields{"plaintext": hello}, false},
		{"encrypt under a key that binds none", "encrypt/plain-aes256-gcm96", fields{"plaintext": hello, "context": alice}, true},
		{"twin: sign with one", "sign/derived-ed25519", fields{"input": hello, "context": alice}, false},
		{"sign without one", "sign/derived-ed25519", fields{"input": hello}, true},
		{"twin: sign under a key that has none", "sign/plain-ed25519", fields{"input": hello}, false},
		{"sign under a key that binds none", "sign/plain-ed25519", fields{"input": hello, "context": alice}, true},
		{"a data key without one", "datakey/plaintext/derived-aes256-gcm96", fields{}, true},
		{"twin: a data key with one", "datakey/plaintext/derived-aes256-gcm96", fields{"context": alice}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := w.as(t)
			if tt.refused {
				w.refused(fault.VaultContext, tt.path, tt.data)
			} else {
				w.update(tt.path, tt.data)
			}
		})
	}
}

// case N79 code VAULT_CONTEXT check vault/transit/cipher.go:nonce
func TestN79NoNonceIsUsedTwice(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", nil)
	w.update("keys/c", fields{"derived": true, "convergent_encryption": true})
	c := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext")
	used := c[len("vault:v1:") : len("vault:v1:")+16] // 12 bytes
	w.refused(fault.VaultContext, "encrypt/k", fields{"plaintext": b64("other"), "nonce": used})
	w.refused(fault.VaultContext, "datakey/wrapped/k", fields{"nonce": used})
	w.refused(fault.VaultContext, "rewrap/k", fields{"ciphertext": c, "nonce": used})
	w.refused(fault.VaultContext, "decrypt/k", fields{"ciphertext": c, "nonce": used})
	w.refused(fault.VaultContext, "encrypt/c", fields{"plaintext": b64("other"), "context": alice, "nonce": used})
	t.Run("twin: without one", func(t *testing.T) {
		w := w.as(t)
		seen := map[string]bool{used: true}
		for range 100 {
			n := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext")[9:25]
			if seen[n] {
				t.Fatalf("nonce %s again", n)
			}
			seen[n] = true
		}
	})
	t.Run("convergent nonces differ by all that is sealed", func(t *testing.T) {
		w := w.as(t)
		seen := map[string]string{}
		for _, tt := range []fields{
			{"plaintext": hello, "context": alice}, {"plaintext": hello, "context": bob}, {"plaintext": b64("hellp"), "context": alice},
			{"plaintext": hello, "context": alice, "associated_data": bob}, {"plaintext": hello, "context": alice, "associated_data": b64("bib")}, {"plaintext": b64("lo"), "context": alice, "associated_data": b64("hel")},
			{"plaintext": b64("o"), "context": alice, "associated_data": b64("hell")},
		} {
			n := w.text("encrypt/c", tt, "ciphertext")[9:25]
			if seen[n] != "" {
				t.Errorf("%v has the nonce of %s", tt, seen[n])
			}
			seen[n] = fmt.Sprint(tt)
		}
	})
}

// case N79 code VAULT_CONTEXT check vault/transit/key.go:usable
func TestN79DeletedAndDestroyedVersionsDoNothing(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(*world)
		refused bool
	}{
		{"twin: nothing happened", func(*world) {}, false},
		{"twin: deleted and taken back", func(w *world) {
			w.update("keys/k/delete", fields{"versions": []int{1}})
			w.update("keys/k/undelete", fields{"versions": []int{1}})
		}, false},
		{"twin: the whole key, restored", func(w *world) {
			w.update("keys/k/soft-delete", nil)
			w.update("keys/k/soft-delete-restore", nil)
		}, false},
		{"twin: another version destroyed", func(w *world) { w.update("keys/k/destroy", fields{"versions": []int{2}}) }, false},
		{"deleted", func(w *world) { w.update("keys/k/delete", fields{"versions": []int{1}}) }, true},
		{"destroyed", func(w *world) { w.update("keys/k/destroy", fields{"versions": []int{1}}) }, true},
		{"destroyed and not taken back", func(w *world) {
			w.update("keys/k/destroy", fields{"versions": []int{1}})
			w.update("keys/k/undelete", fields{"versions": []int{1}})
		}, true},
		{"the whole key deleted", func(w *world) { w.update("keys/k/soft-delete", nil) }, true},
		{"below the least for decryption", func(w *world) { w.update("keys/k/config", fields{"min_decryption_version": 2}) }, true},
		{"trimmed", func(w *world) {
			w.update("keys/k/config", fields{"min_decryption_version": 2, "min_encryption_version": 2})
			w.update("keys/k/trim", fields{"min_available_version": 2})
		}, true},
	} {
		for _, kind := range []string{"aes256-gcm96", "ed25519"} {
			for _, restart := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, %s, restart %v", tt.name, kind, restart), func(t *testing.T) {
					useOldVersion(t, kind, restart, tt.prepare, tt.refused)
				})
			}
		}
	}
}

// useOldVersion asks version 1 of 3 for all that it can do, once something happened to
// it.
func useOldVersion(t *testing.T, kind string, restart bool, happens func(*world), refused bool) {
	w := newWorld(t)
	w.update("keys/k", fields{"type": kind})
	m := w.text("hmac/k", fields{"input": hello}, "hmac")
	uses := []struct {
		path string
		data fields
	}{
		{"verify/k", fields{"input": hello, "hmac": m}},
		{"hmac/k", fields{"input": hello, "key_version": 1}},
	}
	add := func(path string, data fields) {
		uses = append(uses, struct {
			path string
			data fields
		}{path, data})
	}
	newest := "encrypt/k"
	if kind == "ed25519" {
		newest = "sign/k"
		add("verify/k", fields{"input": hello, "signature": w.text("sign/k", fields{"input": hello}, "signature")})
		add("sign/k", fields{"input": hello, "key_version": 1})
	} else {
		c := w.text("encrypt/k", fields{"plaintext": hello}, "ciphertext")
		add("decrypt/k", fields{"ciphertext": c})
		add("rewrap/k", fields{"ciphertext": c})
		add("encrypt/k", fields{"plaintext": hello, "key_version": 1})
	}
	w.update("keys/k/config", fields{"deletion_allowed": true})
	w.update("keys/k/rotate", nil)
	w.update("keys/k/rotate", nil)
	happens(w)
	if restart {
		w.engine = transit.New(w.storage)
	}
	for _, use := range uses {
		if refused {
			w.refused(fault.VaultContext, use.path, use.data)
		} else {
			w.update(use.path, use.data)
		}
	}
	if shown := w.must(logical.Read, "keys/k", nil); shown["soft_deleted"] == true {
		w.refused(fault.VaultContext, newest, fields{"plaintext": hello, "input": hello})
		return
	}
	w.update(newest, fields{"plaintext": hello, "input": hello})
}

// case N79 code VAULT_CONTEXT check vault/transit/key.go:usable
func TestN79VersionsThatNeverWere(t *testing.T) {
	w := newWorld(t)
	w.update("keys/k", nil)
	c := w.text("encrypt/k", fields{"plaintext": hello, "key_version": 1}, "ciphertext")
	w.refused(fault.VaultContext, "encrypt/k", fields{"plaintext": hello, "key_version": 2})
	w.refused(fault.VaultContext, "decrypt/k", fields{"ciphertext": strings.Replace(c, "v1", "v2", 1)})
	t.Run("twin: once it is", func(t *testing.T) {
		w := w.as(t)
		w.update("keys/k/rotate", nil)
		w.update("encrypt/k", fields{"plaintext": hello, "key_version": 2})
		w.update("decrypt/k", fields{"ciphertext": c})
	})
}
