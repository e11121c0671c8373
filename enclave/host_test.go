package enclave

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// runOf is a run of a task for these recipients, as far as its agent needs one that only
// answers its child.
func runOf(t testing.TB, recipients ...tacit.Recipient) *run {
	t.Helper()
	return &run{
		launched: &launched{
			request: tacit.LaunchRequest{Task: tacit.Task{Recipients: recipients}, Artefacts: []tacit.Sealed{{Plain: wire.Digest{1}}}},
			sign:    must[*key.Signer](t)(key.NewSigner()),
		},
		cache:  make([]byte, 32),
		stored: map[wire.Digest]*pending{},
	}
}

func TestUsesThatNoManagerHears(t *testing.T) {
	r := runOf(t)
	r.secrets = []*secret{
		{GivenSecret: tacit.GivenSecret{Name: "sign", Use: tacit.SecretSign}, channel: &channel{}}, // no call is left
		{GivenSecret: tacit.GivenSecret{Name: "token", Use: tacit.SecretRead}},
	}
	for _, tt := range []struct {
		name string
		use  tacit.KeyUse
		code fault.Code
		say  fault.Code // to the guest
	}{
		{"twin: a key that was given", tacit.KeyUse{Name: "sign", Input: make([]byte, tacit.MostSecretBytes)}, "", fault.KeyPolicy},
		{"one that was not", tacit.KeyUse{Name: "other"}, fault.KeyPolicy, ""},
		{"what is there to be read", tacit.KeyUse{Name: "token"}, fault.KeyPolicy, ""},
		{"on more than any manager takes", tacit.KeyUse{Name: "sign", Input: make([]byte, tacit.MostSecretBytes+1)}, fault.APISize, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer, err := (&Agent{}).use(t.Context(), r, tt.use)
			if fault.Of(err) != tt.code || answer.Code != string(tt.say) {
				t.Errorf("use = %+v, %v, want %q", answer, err, tt.code)
			}
		})
	}
}

// keeping is a host with one entry of the code cache, in pieces.
type keeping struct {
	entry []byte
	fails bool // after the first piece
	parts int
}

func (k *keeping) serve(_ context.Context, kind uint8, payload []byte) ([]byte, error) {
	switch kind {
	case tacit.FrameCacheGet:
		var q tacit.CacheAsk
		if err := wire.Unmarshal(tacit.FrameLabel, payload, &q); err != nil {
			return nil, err
		}
		if k.fails && q.Offset > 0 {
			return nil, fault.New(fault.ResBusy, "read cache")
		}
		rest := k.entry[q.Offset:]
		return rest[:min(len(rest), wire.MaxMessage)], nil
	case tacit.FrameCachePut:
		k.parts++
		if k.fails && k.parts == 1 {
			return nil, fault.New(fault.ResBusy, "write cache")
		}
		return wire.Answer(tacit.FrameLabel, payload, func(p tacit.CachePart) (tacit.Part, error) {
			k.entry = append(k.entry, p.Part.Data...)
			return tacit.Part{}, nil
		})
	}
	return nil, fault.New(fault.ProtoFrame, "serve enclave")
}

func TestCompiledCodeThatIsNotThere(t *testing.T) {
	code := make([]byte, wire.MaxMessage+100)
	if _, err := rand.Read(code); err != nil {
		t.Fatal(err)
	}
	name := wire.Digest{7}
	ask := func(offset int64) []byte {
		return must[[]byte](t)(wire.Marshal(guestLabel, tacit.CacheAsk{Key: name, Offset: offset}))
	}
	for _, tt := range []struct {
		name string
		edit func(k *keeping)
		asks [][]byte
		code fault.Code // of the last
	}{
		{"twin: all of it", nil, [][]byte{ask(0), ask(wire.MaxMessage)}, ""},
		{"twin: at its end", nil, [][]byte{ask(0), ask(int64(len(code)))}, ""},
		{"behind its end", nil, [][]byte{ask(0), ask(int64(len(code)) + 1)}, fault.APIField},
		{"before its beginning", nil, [][]byte{ask(0), ask(-1)}, fault.APIField},
		{"a question that is none", nil, [][]byte{[]byte("x")}, fault.APIField},
		{"a host that stops in the middle", func(k *keeping) { k.fails = true }, [][]byte{ask(0)}, fault.ResBusy},
		{"an entry that another made", func(k *keeping) { k.entry[20] ^= 1 }, [][]byte{ask(0)}, fault.APINotFound},
		{"none", func(k *keeping) { k.entry = nil }, [][]byte{ask(0)}, fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := runOf(t)
			k := &keeping{entry: must[[]byte](t)(sealCache(r.cache, r.cacheKey(name), code))}
			if tt.edit != nil {
				tt.edit(k)
			}
			a := &Agent{cfg: Config{Patience: time.Minute}, host: linked(t, k.serve)}
			var got []byte
			var err error
			for _, q := range tt.asks {
				var piece []byte
				piece, err = a.cacheGet(t.Context(), r, q)
				got = append(got, piece...)
			}
			if fault.Of(err) != tt.code {
				t.Fatalf("cacheGet = %v, want %q", err, tt.code)
			}
			if err == nil && !bytes.HasPrefix(code, got) {
				t.Errorf("%d bytes are not what was kept", len(got))
			}
		})
	}
}

func TestCompiledCodeThatCannotBeKept(t *testing.T) {
	name := wire.Digest{7}
	for _, tt := range []struct {
		name  string
		has   int // bytes that the child gave before
		fails bool
		code  fault.Code
	}{
		{"twin: a little", 0, false, ""},
		{"twin: in two parts", tacit.PartSize, false, ""},
		{"a host that refuses the first of two", tacit.PartSize, true, fault.ResBusy},
		{"more than any code has", 256 << 20, false, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := runOf(t)
			k := &keeping{fails: tt.fails}
			a := &Agent{cfg: Config{Patience: time.Minute}, host: linked(t, k.serve)}
			before := make([]byte, tt.has, tt.has+1)
			r.stored[r.cacheKey(name)] = &pending{before}
			_, err := a.cachePut(t.Context(), r, tacit.CachePart{Key: name, Part: tacit.Part{Data: []byte("x"), Last: true}})
			if fault.Of(err) != tt.code {
				t.Fatalf("cachePut = %v, want %q", err, tt.code)
			}
			if err != nil {
				return
			}
			if plain, err := openCache(r.cache, r.cacheKey(name), k.entry); err != nil || !bytes.Equal(plain, append(before, 'x')) {
				t.Errorf("the host keeps %d bytes, %v", len(plain), err)
			}
		})
	}
}

// A result of which the worker did not take every byte has no leaf.
func TestAWorkerTakesAllOfAResultOrNothingIsSigned(t *testing.T) {
	id := must[*age.HybridIdentity](t)(age.GenerateHybridIdentity())
	to := tacit.Recipient{Kind: tacit.RecipientKey, Key: []byte(id.Recipient().String())}
	data := make([]byte, tacit.PartSize+tacit.PartSize/2) // with its padding 1.75 MiB for each recipient, four parts in all
	for _, tt := range []struct {
		name    string
		refused int // which part, from 1
		code    fault.Code
	}{
		{"twin: all parts", 0, ""},
		{"all but the first", 1, fault.ResBusy},
		{"all but one of the second recipient's", 3, fault.ResBusy},
		{"all but the last", 4, fault.ResBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := runOf(t, to, to)
			var given []byte
			parts, last := 0, 0
			a := &Agent{host: linked(t, func(_ context.Context, _ uint8, payload []byte) ([]byte, error) {
				if parts++; parts == tt.refused {
					return nil, fault.New(fault.ResBusy, "keep output")
				}
				if payload[0] == tacit.OutputLast {
					last++
				}
				given = append(given, payload[1:]...)
				return nil, nil
			})}
			reply, err := a.finish(t.Context(), r, tacit.Receipt{}, tacit.Outcome{Outputs: []tacit.Output{{Name: "a", Data: data, To: []uint8{0, 1}}}})
			if fault.Of(err) != tt.code {
				t.Fatalf("finish = %v, want %q", err, tt.code)
			}
			if err != nil {
				return
			}
			if root := wire.MerkleRoot(tacit.ChunkLeaves(given)); reply.Output.Root != root || reply.Leaf.Body.Output != root || reply.Output.Size != int64(len(given)) || parts != 4 || last != 1 {
				t.Errorf("the worker has %d bytes in %d parts, which are not %d", len(given), parts, reply.Output.Size)
			}
		})
	}
}

// The size of a result comes first, and is right; a worker that refuses it gets nothing.
func TestTheSizeOfAResultComesFirst(t *testing.T) {
	id := must[*age.HybridIdentity](t)(age.GenerateHybridIdentity())
	to := tacit.Recipient{Kind: tacit.RecipientKey, Key: []byte(id.Recipient().String())}
	for _, tt := range []struct {
		name   string
		bytes  int
		refuse bool
		code   fault.Code
	}{
		{"twin: of a small one", 1, false, ""},
		{"twin: of one in several parts", 3 << 20, false, ""},
		{"refused", 1, true, fault.ResBusy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := runOf(t, to)
			said, came := int64(-1), int64(0)
			a := &Agent{host: linked(t, func(_ context.Context, _ uint8, payload []byte) ([]byte, error) {
				if payload[0] != tacit.OutputSize {
					came += int64(len(payload) - 1)
					return nil, nil
				}
				said = int64(binary.BigEndian.Uint64(payload[1:]))
				if tt.refuse {
					return nil, fault.New(fault.ResBusy, "keep output")
				}
				return nil, nil
			})}
			reply, err := a.finish(t.Context(), r, tacit.Receipt{}, tacit.Outcome{Outputs: []tacit.Output{{Name: "a", Data: make([]byte, tt.bytes)}}})
			if fault.Of(err) != tt.code {
				t.Fatalf("finish = %v, want %q", err, tt.code)
			}
			if err != nil && came != 0 || err == nil && (came != said || said != reply.Output.Size) {
				t.Errorf("said %d, came %d, of %d", said, came, reply.Output.Size)
			}
		})
	}
}
