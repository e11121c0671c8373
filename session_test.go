package tacit

import (
	"bytes"
	"testing"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func TestAChannelsSecretIsForOneEnclaveOfOneAttempt(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	user, err := key.NewSigner()
	must(err)
	stranger, err := key.NewSigner()
	must(err)
	own, err := key.NewSealer()
	must(err)
	other, err := key.NewSealer()
	must(err)
	network, secret := wire.Digest{1}, key.NewChannelSecret()
	want := SessionHello{Task: wire.Digest{2}, Assignment: wire.Digest{3}, Place: 0, Keys: wire.Digest{4}}
	for _, tt := range []struct {
		name   string
		by     *key.Signer
		to     *key.Sealer
		change func(h *SessionHello)
		damage func(o *SessionOpen)
		code   fault.Code
	}{
		{"twin: by the user to this enclave", user, own, nil, nil, ""},
		{"by somebody else", stranger, own, nil, nil, fault.KeySignature},
		{"to another enclave's key", user, other, nil, nil, fault.KeySignature},
		{"for another task", user, own, func(h *SessionHello) { h.Task[0] ^= 1 }, nil, fault.KeySignature},
		{"for another attempt", user, own, func(h *SessionHello) { h.Assignment[0] ^= 1 }, nil, fault.KeySignature},
		{"for another place", user, own, func(h *SessionHello) { h.Place++ }, nil, fault.KeySignature},
		{"for an enclave of other keys", user, own, func(h *SessionHello) { h.Keys[0] ^= 1 }, nil, fault.KeySignature},
		{"of another secret than was signed", user, own, func(h *SessionHello) { h.Channel = wire.Digest{9} }, nil, fault.KeySignature},
		{"with a changed secret", user, own, nil, func(o *SessionOpen) { o.Sealed[len(o.Sealed)-1] ^= 1 }, fault.KeySignature},
		{"with a channel changed afterwards", user, own, nil, func(o *SessionOpen) { o.Hello.Body.Channel[0] ^= 1 }, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := want
			h.Channel = wire.Sum(secret)
			if tt.change != nil {
				tt.change(&h)
			}
			o, err := h.SealSecret(network, tt.by, tt.to.Recipient(), secret)
			must(err)
			if tt.damage != nil {
				tt.damage(&o)
			}
			got, err := o.OpenSecret(network, user.Address(), want, own)
			wantCode(t, err, tt.code)
			if err == nil != bytes.Equal(got, secret) {
				t.Errorf("opened %d bytes", len(got))
			}
		})
	}
}
