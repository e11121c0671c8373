package linear_test

import (
	"strings"
	"testing"
)

func BenchmarkFit(b *testing.B) {
	s := made(1, 20000, 20, 3)
	for name, fit := range fits(s, 1) {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				if _, err := fit(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkApply(b *testing.B) {
	s := made(1, 20000, 20, 3)
	for name, fit := range fits(s, 1) {
		m, err := fit(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Apply(s.x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
