package mini_test

import (
	"context"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/key"
	"tacit/wire"
)

// BenchmarkChecks is what the roles of one task spend on checking it.
func BenchmarkChecks(b *testing.B) {
	n := mini.New(b)
	m, stop := n.Manager(0, nil)
	defer stop()
	a := n.Ready(m, mini.Terms())
	ctx := context.Background()
	header, err := n.Headers.Header(ctx, a.Case.Acceptance.Body.Epoch)
	n.Must(err)
	params := n.Genesis.Params
	encoded, err := wire.Marshal("x", a.Case)
	n.Must(err)
	b.Logf("a case has %d bytes", len(encoded))
	cert := a.Certify()
	v, err := a.Case.CheckDraw(n.ID, header, header.Number, params)
	n.Must(err)
	vote := tacit.Sign(n.ID, n.Verifiers[0].Key, v.Subject.Vote(true, ""))
	for name, do := range map[string]func() error{
		"task":        func() error { _, err := a.Case.CheckTask(n.ID, header, params); return err },
		"draw":        func() error { _, err := a.Case.Draw.Check(n.ID, v.Task, header, params, a.Case.Managers()); return err },
		"case":        func() error { _, err := a.Case.CheckDraw(n.ID, header, header.Number, params); return err },
		"evidence":    func() error { _, err := n.Schemes.Verify(ctx, a.Case.Evidence, time.Now()); return err },
		"certificate": func() error { return cert.Check(n.ID, v.Subject, v.Drawn.Seats, params) },
		"vote":        func() error { _, err := vote.Check(n.ID, n.Verifiers[0].Key.Address()); return err },
		"sign":        func() error { tacit.Sign(n.ID, n.Verifiers[0].Key, v.Subject.Vote(true, "")); return nil },
		"address":     func() error { n.Verifiers[0].Key.Address(); return nil },
		"encode":      func() error { _, err := wire.Marshal("x", a.Case); return err },
		"decode":      func() error { var c tacit.Case; return wire.Unmarshal("x", encoded, &c) },
		"sealer":      func() error { _, err := key.NewSealer(); return err },
		"seal":        func() error { _, err := a.Case.Keys.Seal.Seal([]byte("x"), []byte("key")); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
