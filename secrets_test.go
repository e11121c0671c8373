package tacit_test

import (
	"errors"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A receipt says of vaults what their managers' records say, neither more nor less.
func TestAReceiptNamesTheSecretsThatWereGiven(t *testing.T) {
	artefacts := []tacit.Sealed{{Header: wire.Digest{1}, Manager: wire.Address{1}}, {Header: wire.Digest{2}, Manager: wire.Address{2}}}
	record := func(secrets ...tacit.SecretRecord) []byte {
		b, err := tacit.GrantRecord{Decision: "released", Secrets: secrets}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	records := [][]byte{
		record(tacit.SecretRecord{Name: "token", Use: "read", Version: 7}),
		record(tacit.SecretRecord{Name: "sign", Use: "sign", Calls: 3}),
	}
	good := func() []tacit.ReceiptSecret {
		return []tacit.ReceiptSecret{
			{Name: "token", Use: "read", Version: 7, Manager: wire.Address{1}, Artefact: wire.Digest{1}},
			{Name: "sign", Use: "sign", Manager: wire.Address{2}, Artefact: wire.Digest{2}, Calls: 3, Refused: 1},
		}
	}
	for _, tt := range []struct {
		name string
		edit func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret
		want fault.Code
	}{
		{"twin: as given", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { return s }, ""},
		{"twin: a key not used", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[1].Calls = 0; return s }, ""},
		{"one left out", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { return s[:1] }, fault.ResultKey},
		{"none", func([]tacit.ReceiptSecret) []tacit.ReceiptSecret { return nil }, fault.ResultKey},
		{"one more", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { return append(s, s[0]) }, fault.ResultKey},
		{"another version", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[0].Version++; return s }, fault.ResultKey},
		{"another use", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[1].Use = "decrypt"; return s }, fault.ResultKey},
		{"another name", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[0].Name = "tokens"; return s }, fault.ResultKey},
		{"of another manager", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[0].Manager[0]++; return s }, fault.ResultKey},
		{"of another entry", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[0].Artefact[0]++; return s }, fault.ResultKey},
		{"used more often", func(s []tacit.ReceiptSecret) []tacit.ReceiptSecret { s[1].Calls++; return s }, fault.ResultKey},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tacit.Receipt{Secrets: tt.edit(good())}.CheckSecrets(artefacts, records)
			if !errors.Is(err, tt.want) && (tt.want != "" || err != nil) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if err := (tacit.Receipt{}).CheckSecrets(artefacts, [][]byte{record(), []byte("no record")}); fault.Of(err) == "" {
		t.Error("what is no record passed")
	}
	if err := (tacit.Receipt{}).CheckSecrets(artefacts, [][]byte{record(), record()}); err != nil {
		t.Errorf("twin: no secrets at all: %v", err)
	}
}

// What hides sizes hides them all alike.
func TestUsesArePadded(t *testing.T) {
	for size, want := range map[int]int{0: 512, 1: 512, 512: 512, 513: 1024, 5000: 8192, tacit.MostSecretBytes: tacit.MostSecretBytes} {
		if got := size + len(tacit.UsePad(size)); got != want {
			t.Errorf("%d bytes are padded to %d, want %d", size, got, want)
		}
	}
}
