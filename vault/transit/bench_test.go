package transit_test

import (
	"context"
	"testing"

	"tacit/vault/logical"
)

func benchmark(b *testing.B, kind, path string, data fields) {
	w := onDisk(b)
	w.update("keys/k", fields{"type": kind})
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.engine.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: path, Data: data}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

var thirtyTwo = b64("0123456789abcdef0123456789abcdef")

func BenchmarkEncrypt(b *testing.B) {
	for _, kind := range []string{"aes256-gcm96", "chacha20-poly1305"} {
		b.Run(kind, func(b *testing.B) { benchmark(b, kind, "encrypt/k", fields{"plaintext": thirtyTwo}) })
	}
}

func BenchmarkDecrypt(b *testing.B) {
	w := onDisk(b)
	w.update("keys/k", nil)
	c := w.text("encrypt/k", fields{"plaintext": thirtyTwo}, "ciphertext")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.engine.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: "decrypt/k", Data: fields{"ciphertext": c}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	for _, kind := range []string{"ed25519", "ecdsa-p256", "rsa-2048"} {
		b.Run(kind, func(b *testing.B) { benchmark(b, kind, "sign/k", fields{"input": thirtyTwo}) })
	}
}

func BenchmarkHMAC(b *testing.B) { benchmark(b, "aes256-gcm96", "hmac/k", fields{"input": thirtyTwo}) }
