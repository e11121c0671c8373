package atls

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// case N19 code TLS_BINDING check atls/identity.go:signer
func TestN19CredentialOfAnotherLeaf(t *testing.T) {
	network, leaf := wire.Sum([]byte("network")), wire.Sum([]byte("leaf"))
	by, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	good := NewProof(network, tacit.RoleManager, by, leaf, 7, tacit.ProvenNode{})
	for _, tt := range []struct {
		name   string
		change func(p *Proof, network, leaf *wire.Digest)
		want   fault.Code
	}{
		{"twin: as signed", func(*Proof, *wire.Digest, *wire.Digest) {}, ""},
		{"another leaf", func(_ *Proof, _, l *wire.Digest) { l[0]++ }, fault.TLSBinding},
		{"another network", func(_ *Proof, n, _ *wire.Digest) { n[0]++ }, fault.TLSBinding},
		{"another role", func(p *Proof, _, _ *wire.Digest) { p.Role = tacit.RoleDispatcher }, fault.TLSBinding},
		{"another epoch", func(p *Proof, _, _ *wire.Digest) { p.Epoch++ }, fault.TLSBinding},
		{"another key", func(p *Proof, _, _ *wire.Digest) { p.Key[0]++ }, fault.TLSBinding},
		{"no key", func(p *Proof, _, _ *wire.Digest) { p.Key = wire.Address{} }, fault.KeySignature},
		{"no signature", func(p *Proof, _, _ *wire.Digest) { p.Sig = key.Signature{} }, fault.KeySignature},
		{"v is not 27 or 28", func(p *Proof, _, _ *wire.Digest) { p.Sig[64] = 29 }, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, n, l := good, network, leaf
			tt.change(&p, &n, &l)
			if got := fault.Of(p.CheckCredential(n, l)); got != tt.want {
				t.Errorf("CheckCredential = %q, want %q", got, tt.want)
			}
		})
	}
}
