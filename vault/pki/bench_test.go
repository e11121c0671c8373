package pki_test

import (
	"context"
	"testing"

	"tacit/vault/logical"
)

func BenchmarkIssue(b *testing.B) {
	w := onDisk(b)
	w.root()
	w.update("roles/unstored", fields{"allow_any_name": true, "no_store": true})
	for _, role := range []string{"web", "unstored"} {
		b.Run(role, func(b *testing.B) {
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := w.engine.Handle(context.Background(), &logical.Request{Operation: logical.Update, Path: "issue/" + role, Data: fields{"common_name": "a.example.com"}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
