package recovery

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// world is a group that split its key among five owners, of whom three are enough.
type world struct {
	t       testing.TB
	network wire.Digest
	group   *key.Signer
	secret  *key.Sealer
	owners  []*key.Sealer
	plan    Plan // as asked for
	parcels []Parcel
}

func must[V any](t testing.TB, v V, err error) V {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newSealer(t testing.TB) *key.Sealer {
	k, err := key.NewSealer()
	return must(t, k, err)
}

func newWorld(t testing.TB) *world {
	g, err := key.NewSigner()
	w := &world{t: t, network: wire.Digest{1}, group: must(t, g, err), secret: newSealer(t), plan: Plan{Serial: 4, Need: 3}}
	for i := range 5 {
		k := newSealer(t)
		w.owners = append(w.owners, k)
		w.plan.Owners = append(w.plan.Owners, Owner{fmt.Sprintf("owner%d", i+1), k.Recipient()})
	}
	w.parcels = w.split(w.secret)
	return w
}

func (w *world) split(secret *key.Sealer) []Parcel {
	w.t.Helper()
	p, err := Split(w.network, w.group, secret, w.plan)
	return must(w.t, p, err)
}

func (w *world) share(i int) *Share {
	w.t.Helper()
	s, err := w.parcels[i].Open(w.network, w.group.Address(), w.owners[i])
	return must(w.t, s, err)
}

func (w *world) begin() *Recovery {
	w.t.Helper()
	r, err := Begin(w.network, w.group.Address(), w.parcels[0].Signed)
	return must(w.t, r, err)
}

func (w *world) hand(i int, to Desk) Handed {
	w.t.Helper()
	h, err := w.share(i).Hand(w.network, to)
	return must(w.t, h, err)
}

// sameKey reports whether a key opens what was sealed to the world's.
func (w *world) sameKey(k *key.Sealer) bool {
	sealed, err := w.secret.Recipient().Seal([]byte("backup"), []byte("state"))
	must(w.t, sealed, err)
	plain, err := k.Open([]byte("backup"), sealed)
	return err == nil && string(plain) == "state"
}

// why is the rule that a refusal names, or the code of its cause.
func why(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) || f.Rule != "" || f.Err == nil {
		if f == nil {
			return ""
		}
		return f.Rule
	}
	return string(fault.Of(f.Err))
}

// case N76 code VAULT_QUORUM check key/recovery/desk.go:Take
func TestN76OnlyEnoughGenuineSharesRecover(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t)
	for _, tt := range []struct {
		name string
		play func(r *Recovery) (missing int, err error) // the error that a share gave
		want fault.Code                                 // of that share
		why  string
		key  fault.Code // of the key at the end
		left int
	}{
		{"none", func(r *Recovery) (int, error) { return 3, nil }, "", "", fault.VaultQuorum, 3},
		{"two of three", func(r *Recovery) (int, error) { r.Take(w.hand(0, r.Desk())); return r.Take(w.hand(4, r.Desk())) }, "", "", fault.VaultQuorum, 1},
		{"two, one of them twice", func(r *Recovery) (int, error) {
			r.Take(w.hand(0, r.Desk()))
			r.Take(w.hand(1, r.Desk()))
			return r.Take(w.hand(1, r.Desk()))
		}, "", "", fault.VaultQuorum, 1},
		{"one says that it is another's", func(r *Recovery) (int, error) {
			r.Take(w.hand(0, r.Desk()))
			r.Take(w.hand(1, r.Desk()))
			h := w.hand(1, r.Desk())
			h.Index = 3
			return r.Take(h)
		}, fault.VaultQuorum, "KEY_SIGNATURE", fault.VaultQuorum, 1},
		{"an index beyond the owners", func(r *Recovery) (int, error) { h := w.hand(0, r.Desk()); h.Index = 6; return r.Take(h) }, fault.VaultQuorum, "index", fault.VaultQuorum, 3},
		{"index 0", func(r *Recovery) (int, error) { h := w.hand(0, r.Desk()); h.Index = 0; return r.Take(h) }, fault.VaultQuorum, "index", fault.VaultQuorum, 3},
		{"altered on its way", func(r *Recovery) (int, error) { h := w.hand(0, r.Desk()); h.Sealed[1200]++; return r.Take(h) }, fault.VaultQuorum, "KEY_SIGNATURE", fault.VaultQuorum, 3},
		{"cut", func(r *Recovery) (int, error) { h := w.hand(0, r.Desk()); h.Sealed = h.Sealed[:9]; return r.Take(h) }, fault.VaultQuorum, "KEY_SIGNATURE", fault.VaultQuorum, 3},
		{"handed to another desk", func(r *Recovery) (int, error) { return r.Take(w.hand(0, w.begin().Desk())) }, fault.VaultQuorum, "desk", fault.VaultQuorum, 3},
		{"handed to another desk, and says that it is this one", func(r *Recovery) (int, error) {
			h := w.hand(0, w.begin().Desk())
			h.Desk = r.Desk().Hash()
			return r.Take(h)
		}, fault.VaultQuorum, "KEY_SIGNATURE", fault.VaultQuorum, 3},
		{"of another group, sealed to this desk", func(r *Recovery) (int, error) {
			s := other.share(0).secret()
			s.Plan = r.desk.Plan // as a liar would
			h, err := newShare(s).Hand(w.network, r.Desk())
			must(t, h, err)
			return r.Take(h)
		}, fault.VaultQuorum, "commitment", fault.VaultQuorum, 3},
		{"sealed for another network", func(r *Recovery) (int, error) {
			h, err := w.share(0).Hand(wire.Digest{2}, r.Desk())
			must(t, h, err)
			return r.Take(h)
		}, fault.VaultQuorum, "KEY_SIGNATURE", fault.VaultQuorum, 3},
		{"a value of the liar's own", func(r *Recovery) (int, error) {
			s := w.share(0).secret()
			s.Value = bytes.Clone(s.Value)
			s.Value[0]++
			h, err := newShare(s).Hand(w.network, r.Desk())
			must(t, h, err)
			return r.Take(h)
		}, fault.VaultQuorum, "commitment", fault.VaultQuorum, 3},
		{"a longer value", func(r *Recovery) (int, error) {
			s := w.share(0).secret()
			s.Value = append(bytes.Clone(s.Value), 0)
			h, err := newShare(s).Hand(w.network, r.Desk())
			must(t, h, err)
			return r.Take(h)
		}, fault.VaultQuorum, "commitment", fault.VaultQuorum, 3},
		{"no share at all", func(r *Recovery) (int, error) {
			sealed, err := r.Desk().Key.Seal(place{w.network, r.desk.Plan, 1, r.Desk().Hash()}.info(), []byte("?"))
			must(t, sealed, err)
			return r.Take(Handed{r.Desk().Hash(), 1, sealed})
		}, fault.VaultQuorum, "API_FIELD", fault.VaultQuorum, 3},
		{"at an index beyond the owners, sealed to this desk", func(r *Recovery) (int, error) {
			s := w.share(0).secret()
			s.Index = 6
			h, err := newShare(s).Hand(w.network, r.Desk())
			must(t, h, err)
			return r.Take(h)
		}, fault.VaultQuorum, "index", fault.VaultQuorum, 3},
		{"twin: three", func(r *Recovery) (int, error) {
			r.Take(w.hand(4, r.Desk()))
			r.Take(w.hand(0, r.Desk()))
			return r.Take(w.hand(2, r.Desk()))
		}, "", "", "", 0},
		{"twin: all five, and bad ones between", func(r *Recovery) (int, error) {
			for i := range 5 {
				r.Take(Handed{r.Desk().Hash(), uint8(i + 1), nil})
				r.Take(w.hand(i, r.Desk()))
			}
			return r.Take(w.hand(3, r.Desk()))
		}, "", "", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := w.begin()
			left, err := tt.play(r)
			if fault.Of(err) != tt.want || why(err) != tt.why || left != tt.left {
				t.Errorf("Take = %d, %v, want %d, %q by %q", left, err, tt.left, tt.want, tt.why)
			}
			k, err := r.Key()
			if fault.Of(err) != tt.key {
				t.Fatalf("Key = %v, want %q", err, tt.key)
			}
			if err == nil && !w.sameKey(k) {
				t.Error("another key")
			}
		})
	}
}

// case N76 code VAULT_QUORUM check key/recovery/recovery.go:Open
func TestN76ParcelIsRecognisedAlone(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t)
	reseal := func(p *Parcel, edit func(*plain)) {
		s := w.share(0).secret()
		s.Value = bytes.Clone(s.Value)
		edit(&s)
		body, err := wire.Marshal("tacit/recovery/share", s)
		must(t, body, err)
		p.Sealed, err = w.owners[0].Recipient().Seal(place{w.network, p.Signed.Plan.Hash(), p.Index, wire.Digest{}}.info(), body)
		must(t, p.Sealed, err)
	}
	sign := func(p *Parcel, by *key.Signer) {
		p.Signed.Sig = by.Sign(wire.Sign712(w.network, p.Signed.Plan.Hash()))
	}
	for _, tt := range []struct {
		name  string
		owner int
		edit  func(*Parcel)
		want  fault.Code
		why   string
	}{
		{"twin: as dealt", 0, func(*Parcel) {}, "", ""},
		{"another owner's key", 1, func(*Parcel) {}, fault.VaultQuorum, "owner"},
		{"says that it is another owner's", 0, func(p *Parcel) { p.Index = 2 }, fault.VaultQuorum, "owner"},
		{"another owner's, with his own key", 1, func(p *Parcel) { p.Index = 2 }, fault.VaultQuorum, "KEY_SIGNATURE"},
		{"index 0", 0, func(p *Parcel) { p.Index = 0 }, fault.VaultQuorum, "index"},
		{"an index beyond the owners", 0, func(p *Parcel) { p.Index = 6 }, fault.VaultQuorum, "index"},
		{"altered", 0, func(p *Parcel) { p.Sealed[1200]++ }, fault.VaultQuorum, "KEY_SIGNATURE"},
		{"empty", 0, func(p *Parcel) { p.Sealed = nil }, fault.VaultQuorum, "KEY_SIGNATURE"},
		{"a forged value, sealed to the owner", 0, func(p *Parcel) { reseal(p, func(s *plain) { s.Value[3]++ }) }, fault.VaultQuorum, "commitment"},
		{"another owner's value, sealed to this one", 0, func(p *Parcel) { reseal(p, func(s *plain) { *s = w.share(1).secret() }) }, fault.VaultQuorum, "share"},
		{"a share of another plan, sealed to this owner", 0, func(p *Parcel) { reseal(p, func(s *plain) { s.Plan[0]++ }) }, fault.VaultQuorum, "share"},
		{"twin: sealed anew as it was", 0, func(p *Parcel) { reseal(p, func(*plain) {}) }, "", ""},
		{"another group's", 0, func(p *Parcel) { *p = other.parcels[0] }, fault.KeyRecovery, "group"},
		{"a plan that says it is this group's", 0, func(p *Parcel) { p.Signed.Plan.Group[0]++; sign(p, w.group) }, fault.KeyRecovery, "group"},
		{"a plan that another key signed", 0, func(p *Parcel) { sign(p, other.group) }, fault.KeyRecovery, "KEY_SIGNATURE"},
		{"a plan with another key", 0, func(p *Parcel) { p.Signed.Plan.Key = other.secret.Recipient() }, fault.KeyRecovery, "KEY_SIGNATURE"},
		{"a plan that needs fewer", 0, func(p *Parcel) { p.Signed.Plan.Need = 1 }, fault.KeyRecovery, "KEY_SIGNATURE"},
		{"a plan with another commitment", 0, func(p *Parcel) {
			p.Signed.Plan.Commitments = slices.Clone(p.Signed.Plan.Commitments)
			p.Signed.Plan.Commitments[1][0]++
		}, fault.KeyRecovery, "KEY_SIGNATURE"},
		{"signed, without a key", 0, func(p *Parcel) { p.Signed.Plan.Key = nil; sign(p, w.group) }, fault.KeyRecovery, "API_FIELD"},
		{"signed, with a commitment too few", 0, func(p *Parcel) {
			p.Signed.Plan.Commitments = p.Signed.Plan.Commitments[:4]
			sign(p, w.group)
		}, fault.KeyRecovery, "API_FIELD"},
		{"signed, but nobody can go by it", 0, func(p *Parcel) { p.Signed.Plan.Need = 6; sign(p, w.group) }, fault.KeyRecovery, "API_FIELD"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.parcels[0]
			p.Sealed = bytes.Clone(p.Sealed)
			tt.edit(&p)
			if _, err := p.Open(w.network, w.group.Address(), w.owners[tt.owner]); fault.Of(err) != tt.want || why(err) != tt.why {
				t.Errorf("Open = %v, want %q by %q", err, tt.want, tt.why)
			}
		})
	}
	if _, err := w.parcels[0].Open(wire.Digest{2}, w.group.Address(), w.owners[0]); fault.Of(err) != fault.KeyRecovery {
		t.Errorf("on another network: %v", err)
	}
	if _, err := w.parcels[0].Open(w.network, wire.Address{}, w.owners[0]); fault.Of(err) != fault.KeyRecovery {
		t.Errorf("of no group: %v", err)
	}
}

// case N33 code KEY_RECOVERY check key/recovery/recovery.go:Combine
func TestN33AnotherKeyContinuesNoGroup(t *testing.T) {
	w := newWorld(t)
	other := newWorld(t)
	shares := func(p Plan) (out []*Share) {
		for i := range 3 {
			s := w.share(i).secret()
			s.Plan = p.Hash()
			out = append(out, newShare(s))
		}
		return out
	}
	for _, tt := range []struct {
		name string
		edit func(*Plan)
		want fault.Code
	}{
		{"twin: the plan's key", func(*Plan) {}, ""},
		{"they make another key than the plan names", func(p *Plan) { p.Key = other.secret.Recipient() }, fault.KeyRecovery},
		{"the plan needs fewer than were dealt for", func(p *Plan) { p.Need = 2 }, fault.KeyRecovery},
		{"nobody can go by the plan", func(p *Plan) { p.Need = 0 }, fault.KeyRecovery},
		{"the plan needs more", func(p *Plan) { p.Need = 4 }, fault.VaultQuorum},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.parcels[0].Signed.Plan
			tt.edit(&p)
			if _, err := Combine(p, shares(p)); fault.Of(err) != tt.want {
				t.Errorf("Combine = %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("a plan of another group opens no desk", func(t *testing.T) {
		if _, err := Begin(w.network, w.group.Address(), other.parcels[0].Signed); fault.Of(err) != fault.KeyRecovery {
			t.Errorf("Begin = %v", err)
		}
	})
	t.Run("a share is not handed to a desk of another plan", func(t *testing.T) {
		if _, err := w.share(0).Hand(w.network, other.begin().Desk()); fault.Of(err) != fault.KeyRecovery {
			t.Errorf("Hand = %v", err)
		}
	})
	t.Run("shares of an older split do not mix", func(t *testing.T) {
		old := w.parcels
		w.plan.Serial++
		w.parcels = w.split(w.secret)
		mixed := []*Share{w.share(0), w.share(1)}
		s, err := old[2].Open(w.network, w.group.Address(), w.owners[2])
		must(t, s, err)
		if _, err := Combine(w.parcels[0].Signed.Plan, append(mixed, s)); fault.Of(err) != fault.VaultQuorum {
			t.Errorf("Combine = %v", err)
		}
		if _, err := Combine(w.parcels[0].Signed.Plan, append(mixed, w.share(2))); err != nil {
			t.Errorf("twin: %v", err)
		}
	})
	for _, tt := range []struct {
		name  string
		sizes [3]int
		want  fault.Code
	}{
		{"values of different sizes", [3]int{32, 32, 31}, fault.VaultQuorum},
		{"values that make no key", [3]int{31, 31, 31}, fault.KeyRecovery},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := shares(w.parcels[0].Signed.Plan)
			for i, n := range tt.sizes {
				v := list[i].secret()
				v.Value = v.Value[:n]
				list[i] = newShare(v)
			}
			if _, err := Combine(w.parcels[0].Signed.Plan, list); fault.Of(err) != tt.want || why(err) != "API_FIELD" {
				t.Errorf("Combine = %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("one share three times", func(t *testing.T) {
		s := w.share(0)
		if _, err := Combine(w.parcels[0].Signed.Plan, []*Share{s, s, s}); fault.Of(err) != fault.VaultQuorum {
			t.Errorf("Combine = %v", err)
		}
	})
}

func TestPlansThatNobodyCouldGoBy(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name string
		edit func(*Plan)
		want fault.Code
	}{
		{"twin: three of five", func(*Plan) {}, ""},
		{"twin: all of five", func(p *Plan) { p.Need = 5 }, ""},
		{"twin: one of one", func(p *Plan) { p.Need, p.Owners = 1, p.Owners[:1] }, ""},
		{"none is needed", func(p *Plan) { p.Need = 0 }, fault.APIField},
		{"more are needed than there are", func(p *Plan) { p.Need = 6 }, fault.APIField},
		{"no owners", func(p *Plan) { p.Owners = nil }, fault.APIField},
		{"too many owners", func(p *Plan) {
			for i := range MaxOwners {
				p.Owners = append(p.Owners, Owner{fmt.Sprint(i), append(key.Recipient{byte(i)}, p.Owners[0].Key[1:]...)})
			}
		}, fault.APIField},
		{"an owner twice", func(p *Plan) { p.Owners[1].Key = p.Owners[0].Key }, fault.APIField},
		{"a name twice", func(p *Plan) { p.Owners[1].Name = p.Owners[0].Name }, fault.APIField},
		{"an owner without a name", func(p *Plan) { p.Owners[1].Name = "" }, fault.APIField},
		{"an endless name", func(p *Plan) { p.Owners[1].Name = strings.Repeat("x", 65) }, fault.APIField},
		{"an owner without a key", func(p *Plan) { p.Owners[1].Key = nil }, fault.APIField},
		{"a key of another kind", func(p *Plan) { p.Owners[1].Key = p.Owners[1].Key[:32] }, fault.APIField},
		{"what is no key to seal to", func(p *Plan) { p.Owners[1].Key = bytes.Repeat([]byte{0xff}, recipientSize) }, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.plan
			p.Owners = slices.Clone(p.Owners)
			tt.edit(&p)
			parcels, err := Split(w.network, w.group, w.secret, p)
			if fault.Of(err) != tt.want || len(parcels) != len(p.Owners) && err == nil {
				t.Errorf("Split = %d parcels, %v, want %q", len(parcels), err, tt.want)
			}
		})
	}
}

// case N76 code - check key/recovery/recovery.go:Format
func TestN76SharesDoNotPrint(t *testing.T) {
	w := newWorld(t)
	s := w.share(0)
	value := hex.EncodeToString(s.secret().Value)[:16]
	printed := fmt.Sprintf("%v %+v %#v %x %s %v %+v %#v %x", s, s, s, s, s, *s, *s, *s, *s)
	if strings.Contains(printed, value) || strings.Contains(printed, fmt.Sprintf("%d", s.secret().Value[:4])) {
		t.Errorf("a share prints as %s", printed)
	}
	if _, err := s.MarshalText(); err == nil {
		t.Error("a share has a text form")
	}
	if b, err := cbor.Marshal(s); err == nil {
		t.Errorf("a share is encoded as %x", b)
	}
	t.Run("twin: handed over it has a form", func(t *testing.T) {
		b, err := w.hand(0, w.begin().Desk()).Encode()
		if err != nil || strings.Contains(hex.EncodeToString(b), value) {
			t.Errorf("%x, %v", b, err)
		}
	})
}

func TestFilesAreReadAsWritten(t *testing.T) {
	w := newWorld(t)
	b, err := w.parcels[2].Encode()
	must(t, b, err)
	p, err := ParseParcel(b)
	must(t, p, err)
	s, err := p.Open(w.network, w.group.Address(), w.owners[2])
	must(t, s, err)
	b, err = p.Signed.Encode()
	must(t, b, err)
	signed, err := ParsePlan(b)
	must(t, signed, err)
	r, err := Begin(w.network, w.group.Address(), signed)
	must(t, r, err)
	h, err := s.Hand(w.network, r.Desk())
	must(t, h, err)
	b, err = h.Encode()
	must(t, b, err)
	again, err := ParseHanded(b)
	must(t, again, err)
	if left, err := r.Take(again); left != 2 || err != nil {
		t.Errorf("Take = %d, %v", left, err)
	}
	if _, err := ParseParcel(make([]byte, MaxParcel+1)); fault.Of(err) != fault.APISize {
		t.Errorf("a parcel beyond the limit: %v", err)
	}
}

// The largest plan fits.
func TestLargestParcelFits(t *testing.T) {
	w := newWorld(t)
	for i := 5; i < MaxOwners; i++ {
		w.plan.Owners = append(w.plan.Owners, Owner{strings.Repeat("x", 62) + fmt.Sprintf("%02d", i), newSealer(t).Recipient()})
	}
	b, err := w.split(w.secret)[0].Encode()
	must(t, b, err)
	if len(b) > MaxParcel {
		t.Errorf("%d bytes, at most %d", len(b), MaxParcel)
	}
	_, err = ParseParcel(b)
	must(t, b, err)
}

// fixedWorld is the same each time, since nothing random is dealt where one share
// is enough.
func fixedWorld(t testing.TB) *world {
	t.Helper()
	fixed := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	w := &world{t: t, network: wire.Digest{1}, plan: Plan{Serial: 1, Need: 1}}
	var err error
	w.group, err = key.ParseSigner(fixed(1))
	must(t, w.group, err)
	w.secret, err = key.ParseSealer(fixed(2))
	must(t, w.secret, err)
	owner, err := key.ParseSealer(fixed(3))
	must(t, owner, err)
	w.owners, w.plan.Owners = []*key.Sealer{owner}, []Owner{{"owner", owner.Recipient()}}
	w.parcels = w.split(w.secret)
	return w
}

var update = flag.Bool("update", false, "write testdata/parcel.txt anew, which is a change of protocol")

// Owners keep parcels for years: one that was dealt by the first version opens.
func TestKeptParcelOpens(t *testing.T) {
	w := fixedWorld(t)
	const file = "testdata/parcel.txt"
	if *update {
		b, err := w.parcels[0].Encode()
		must(t, b, err)
		if err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(b)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	must(t, text, err)
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	must(t, b, err)
	w.parcels[0], err = ParseParcel(b)
	must(t, b, err)
	r := w.begin()
	if left, err := r.Take(w.hand(0, r.Desk())); left != 0 || err != nil {
		t.Errorf("Take = %d, %v", left, err)
	}
	k, err := r.Key()
	if must(t, k, err); !w.sameKey(k) {
		t.Error("another key")
	}
}

// FuzzParcel reads what owners and hosts keep and carry: it has one encoding, and
// what is not this group's opens nothing. Every process of a run has the same keys
// and plan.
func FuzzParcel(f *testing.F) {
	w := fixedWorld(f)
	b, err := w.parcels[0].Encode()
	f.Add(must(f, b, err))
	b, err = w.hand(0, w.begin().Desk()).Encode()
	f.Add(must(f, b, err))
	b, err = w.parcels[0].Signed.Encode()
	f.Add(must(f, b, err))
	desk := w.begin()
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ParseParcel(data); err == nil {
			if again, err := p.Encode(); err != nil || !bytes.Equal(again, data) {
				t.Errorf("a parcel has two encodings: %v", err)
			}
			if s, err := p.Open(w.network, w.group.Address(), w.owners[0]); err == nil && s.secret().Index != 1 {
				t.Error("opened a share of nobody")
			}
		}
		if s, err := ParsePlan(data); err == nil {
			_, _ = s.Check(w.network, w.group.Address())
		}
		if h, err := ParseHanded(data); err == nil {
			if _, err := desk.Take(h); err == nil {
				t.Error("took a share that was handed to another desk")
			}
		}
	})
}
