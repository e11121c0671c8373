package settle

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func TestTickets(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	v := w.as("verifier0")
	epoch := v.Epoch(w.head())
	if offset := (w.head() - v.Start()) % w.params.EpochLength; offset > 5 {
		w.mineTo(v.Start() + (epoch+1)*w.params.EpochLength)
		epoch = v.Epoch(w.head())
	}
	for _, tt := range []struct {
		name   string
		from   string
		epoch  uint64
		role   tacit.Role
		pi     int
		reason string
		code   fault.Code
	}{
		{"for this epoch", "verifier0", epoch, tacit.RoleVerifier, 80, "TicketLate", fault.ChainRevert},
		{"for the epoch after the next", "verifier0", epoch + 2, tacit.RoleVerifier, 80, "TicketLate", fault.ChainRevert},
		{"by the operator instead of the key", "verifier0 operator", epoch + 1, tacit.RoleVerifier, 80, "NotAdmitted", fault.ChainRevert},
		{"for a role it has not", "verifier0", epoch + 1, tacit.RoleWorker, 80, "NotAdmitted", fault.ChainRevert},
		{"for a role without a pool", "dispatcher0", epoch + 1, tacit.RoleDispatcher, 80, "NotAdmitted", fault.ChainRevert},
		{"empty", "verifier0", epoch + 1, tacit.RoleVerifier, 0, "TicketSize", fault.ChainRevert},
		{"too large", "verifier0", epoch + 1, tacit.RoleVerifier, 513, "TicketSize", fault.ChainRevert},
		{"twin: a verifier for the next epoch", "verifier0", epoch + 1, tacit.RoleVerifier, 80, "", ""},
		{"twice", "verifier0", epoch + 1, tacit.RoleVerifier, 80, "TicketTwice", fault.ChainRevert},
		{"twin: a worker for the next epoch", "worker0", epoch + 1, tacit.RoleWorker, 80, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.as(tt.from).PostTicket(ctx, tt.epoch, tt.role, make([]byte, tt.pi))
			want(t, err, tt.reason, tt.code)
		})
	}
	got, err := v.Tickets(ctx, epoch+1)
	if err != nil || len(got) != 2 || got[0].Node != w.addr("verifier0") || got[0].Role != tacit.RoleVerifier ||
		got[1].Node != w.addr("worker0") || got[1].Role != tacit.RoleWorker || len(got[0].Pi) != 80 || got[0].Epoch != epoch+1 || got[0].Block == 0 {
		t.Errorf("Tickets = %+v, %v", got, err)
	}
	_, err = w.as("verifier1 operator").Unbond(ctx, w.addr("verifier1"))
	w.ok(err)
	_, err = w.as("verifier1").PostTicket(ctx, epoch+1, tacit.RoleVerifier, make([]byte, 80))
	want(t, err, "NotAdmitted", fault.ChainRevert)
	w.mineTo(v.Start() + epoch*w.params.EpochLength + w.params.TicketClose)
	_, err = w.as("verifier2").PostTicket(ctx, epoch+1, tacit.RoleVerifier, make([]byte, 80))
	want(t, err, "TicketLate", fault.ChainRevert)
}

func TestHeaders(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	c := w.as("poster")
	next := w.buildHeader()
	set := w.state.NextSigners
	post := func(h tacit.SignedHeader) error { _, err := c.PostHeader(ctx, h); return err }

	for _, tt := range []struct {
		name   string
		make   func() tacit.SignedHeader
		reason string
		code   fault.Code
	}{
		{"signed by exactly two thirds", func() tacit.SignedHeader {
			return w.signHeader(next.Header, set, 4)
		}, "HeaderQuorum", fault.ConsHeader},
		{"by another set", func() tacit.SignedHeader { return w.signHeader(next.Header, set[1:], 6) }, "HeaderSigners", fault.ConsHeader},
		{"by the set in another order", func() tacit.SignedHeader {
			other := append([]wire.Address{set[1], set[0]}, set[2:]...)
			return w.signHeader(next.Header, other, 7)
		}, "HeaderSigners", fault.ConsHeader},
		{"a field changed after signing", func() tacit.SignedHeader {
			h := w.signHeader(next.Header, set, 7)
			h.Header.Deposits[0]++
			return h
		}, "BadSignature", fault.KeySignature},
		{"one signature used twice", func() tacit.SignedHeader {
			h := w.signHeader(next.Header, set, 4)
			h.Sigs[4] = h.Sigs[3]
			return h
		}, "BadSignature", fault.KeySignature},
		{"signed for another network", func() tacit.SignedHeader {
			h := w.signHeader(next.Header, set, 7)
			for i, s := range set {
				h.Sigs[i] = tacit.Sign(wire.Domain(1, w.at.Epochs, w.genesis.Digest()), w.keyOf(s), next.Header).Sig
			}
			return h
		}, "BadSignature", fault.KeySignature},
		{"of the number before", func() tacit.SignedHeader {
			h := next.Header
			h.Number--
			return w.signHeader(h, set, 7)
		}, "HeaderNumber", fault.KeyGeneration},
		{"of a far epoch", func() tacit.SignedHeader {
			h := next.Header
			h.Number += 10
			return w.signHeader(h, set, 7)
		}, "HeaderNumber", fault.KeyGeneration},
		{"of a block to come", func() tacit.SignedHeader {
			h := next.Header
			h.Block += 1000
			return w.signHeader(h, set, 7)
		}, "HeaderNumber", fault.KeyGeneration},
		{"after another predecessor", func() tacit.SignedHeader {
			h := next.Header
			h.Previous[0]++
			return w.signHeader(h, set, 7)
		}, "HeaderPrevious", fault.ConsHeader},
		{"twin: by more than two thirds", func() tacit.SignedHeader { return w.signHeader(next.Header, set, 5) }, "", ""},
		{"the same again", func() tacit.SignedHeader { return w.signHeader(next.Header, set, 5) }, "HeaderNumber", fault.KeyGeneration},
	} {
		t.Run(tt.name, func(t *testing.T) { want(t, post(tt.make()), tt.reason, tt.code) })
	}
	got, err := c.Header(ctx, next.Header.Number)
	if err != nil || got.Digest != next.Header.Hash() || got.Beacon != next.Header.Beacon || got.Workers != next.Header.Workers ||
		got.Verifiers != next.Header.Verifiers || got.Signers != next.Header.Signers || got.Block != next.Header.Block || got.Posted == 0 {
		t.Errorf("Header = %+v, %v", got, err)
	}
	_, err = c.Header(ctx, next.Header.Number+1)
	want(t, err, "HeaderUnknown", fault.KeyFinality)
	if n, err := c.LastHeader(ctx); err != nil || n != next.Header.Number {
		t.Errorf("LastHeader = %d, %v, want %d", n, err, next.Header.Number)
	}
}

// TestHeaderQuorumIsStrict looks at sets of which exactly two thirds sign, and
// at sets that name a signer twice.
func TestHeaderQuorumIsStrict(t *testing.T) {
	a, b, c := seeded("a"), seeded("b"), seeded("c")
	for _, tt := range []struct {
		name   string
		set    []*key.Signer
		sign   int
		reason string
		code   fault.Code
	}{
		{"two of three", []*key.Signer{a, b, c}, 2, "HeaderQuorum", fault.ConsHeader},
		{"twin: three of three", []*key.Signer{a, b, c}, 3, "", ""},
		{"one of two, named three times", []*key.Signer{a, a, a, b}, 3, "HeaderQuorum", fault.ConsHeader},
		{"twin: both of two, one named twice", []*key.Signer{a, a, b}, 3, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorldOf(t, 7)
			var set []wire.Address
			for _, s := range tt.set {
				set = append(set, s.Address())
				w.keys["extra"+s.Address().String()] = s
			}
			// The set before names this one.
			h := w.buildHeader().Header
			h.Signers = tacit.SignersDigest(set)
			_, err := w.as("poster").PostHeader(t.Context(), w.signHeader(h, w.state.NextSigners, 7))
			w.ok(err)
			for w.as("poster").Epoch(w.head()) < h.Number {
				w.mine(1)
			}
			h2 := tacit.EpochHeader{Number: h.Number + 1, Block: w.head() - 1, Previous: h.Hash()}
			_, err = w.as("poster").PostHeader(t.Context(), w.signHeader(h2, set, tt.sign))
			want(t, err, tt.reason, tt.code)
		})
	}
}

// TestManySigners posts a header of the largest signing set.
func TestManySigners(t *testing.T) {
	w := newWorldOf(t, 70)
	w.nextHeader()
	if len(w.state.NextSigners) != tacit.MaxSeats {
		t.Fatalf("%d signers, want %d", len(w.state.NextSigners), tacit.MaxSeats)
	}
	w.nextHeader()
	for name, r := range w.gas {
		t.Logf("%s: %d", name, r.Gas)
	}
}

func TestDialRefuses(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name string
		cfg  Config
		want fault.Code
	}{
		{"another chain", Config{Backend: w.chain, Epochs: w.at.Epochs, ChainID: 1}, fault.ConsField},
		{"no contract there", Config{Backend: w.chain, Epochs: wire.Address{9}, ChainID: 1337}, fault.ConsField},
		{"another contract", Config{Backend: w.chain, Epochs: w.at.Escrow, ChainID: 1337}, fault.ChainRevert},
		{"nobody answers", Config{URLs: []string{"http://127.0.0.1:1"}, Epochs: w.at.Epochs}, fault.ChainUnavailable},
		{"no node", Config{Epochs: w.at.Epochs}, fault.APIField},
		{"twin: this chain", Config{Backend: w.chain, Epochs: w.at.Epochs, ChainID: 1337}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Dial(t.Context(), tt.cfg)
			if fault.Of(err) != tt.want {
				t.Errorf("Dial = %v, want %s", err, tt.want)
			}
			if c != nil {
				_, err := c.Collect(t.Context())
				want(t, err, "", fault.APIField) // it has no key
			}
		})
	}
}
