package enclave

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// cacheKey binds what the child calls its compiled code to the program of the
// task that runs: a guest that broke its child could leave nothing for the tasks
// of another program, nor learn of them.
func (t *run) cacheKey(k wire.Digest) wire.Digest {
	return new(wire.Words).String("tacit/compiled").Digest(k).Digest(t.launched.request.Artefacts[0].Plain).Hash()
}

// cacheGet returns a piece of compiled code, bare: there are megabytes of it.
// The whole was sealed under a key that only this image on this chip has: it is
// opened once, at the first piece, and what does not open is as if it were not
// there.
func (a *Agent) cacheGet(ctx context.Context, t *run, payload []byte) ([]byte, error) {
	var q tacit.CacheAsk
	if err := wire.Unmarshal(guestLabel, payload, &q); err != nil {
		return nil, err
	}
	q.Key = t.cacheKey(q.Key)
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.stored[q.Key]
	if p == nil || q.Offset == 0 {
		sealed, err := a.fetchCache(ctx, t, q.Key)
		if err != nil {
			return nil, err
		}
		plain, err := openCache(t.cache, q.Key, sealed)
		if err != nil {
			return nil, err
		}
		p = &pending{plain}
		t.stored[q.Key] = p
	}
	if q.Offset < 0 || q.Offset > int64(len(p.data)) {
		return nil, fault.New(fault.APIField, "read code cache: offset %d", q.Offset)
	}
	rest := p.data[q.Offset:]
	return rest[:min(len(rest), wire.MaxMessage)], nil
}

// cacheRoom is what compiled code of a common size fits into, so that gathering
// it does not copy it again and again.
const cacheRoom = 16 << 20

func (a *Agent) fetchCache(ctx context.Context, t *run, key wire.Digest) ([]byte, error) {
	defer t.host.start()()
	ctx, cancel := context.WithTimeout(ctx, a.cfg.Patience)
	defer cancel()
	return gather(ctx, a.host, tacit.FrameCacheGet, tacit.FrameLabel, key)
}

// gather asks for bare pieces until one is not full.
func gather(ctx context.Context, l *wire.Link, kind uint8, label string, key wire.Digest) ([]byte, error) {
	all := make([]byte, 0, cacheRoom)
	for {
		ask, err := wire.Marshal(label, tacit.CacheAsk{Key: key, Offset: int64(len(all))})
		if err != nil {
			return nil, err
		}
		room := all[len(all):cap(all)]
		piece, err := l.AskInto(ctx, kind, ask, room)
		if err != nil {
			return nil, err
		}
		if len(piece) <= len(room) {
			all = all[:len(all)+len(piece)] // it lies there
		} else {
			all = append(all, piece...)
		}
		if len(piece) < wire.MaxMessage {
			return all, nil
		}
		if len(all) > 256<<20 {
			return nil, fault.New(fault.APISize, "fetch code cache: too large")
		}
	}
}

func (a *Agent) cachePut(ctx context.Context, t *run, p tacit.CachePart) (tacit.Part, error) {
	p.Key = t.cacheKey(p.Key)
	t.mu.Lock()
	defer t.mu.Unlock()
	got := t.stored[p.Key]
	if got == nil {
		got = &pending{}
		t.stored[p.Key] = got
	}
	got.data = append(got.data, p.Part.Data...)
	if len(got.data) > 256<<20 {
		return tacit.Part{}, fault.New(fault.APISize, "fill code cache: too large")
	}
	if !p.Part.Last {
		return tacit.Part{}, nil
	}
	sealed, err := sealCache(t.cache, p.Key, got.data)
	if err != nil {
		return tacit.Part{}, err
	}
	for len(sealed) > 0 {
		n := min(len(sealed), tacit.PartSize)
		part := tacit.CachePart{Key: p.Key, Part: tacit.Part{Data: sealed[:n], Last: n == len(sealed)}}
		if _, err := askHost[tacit.Part](ctx, a, t, tacit.FrameCachePut, part); err != nil {
			return tacit.Part{}, err
		}
		sealed = sealed[n:]
	}
	return tacit.Part{}, nil
}

// sealCache encrypts compiled code under its key; the key is in the associated
// data, so that one entry is never taken for another.
func sealCache(secret []byte, key wire.Digest, plain []byte) ([]byte, error) {
	aead, err := cacheAEAD(secret)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("seal code cache: %w", err)
	}
	return aead.Seal(nonce, nonce, plain, key[:]), nil
}

func openCache(secret []byte, key wire.Digest, sealed []byte) ([]byte, error) {
	aead, err := cacheAEAD(secret)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, fault.New(fault.APINotFound, "open code cache: nothing there")
	}
	nonce, body := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(body[:0], nonce, body, key[:]) // in its own place
	if err != nil {
		return nil, fault.New(fault.APINotFound, "open code cache: not sealed by this image on this chip")
	}
	return plain, nil
}

func cacheAEAD(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, fmt.Errorf("open code cache: %w", err)
	}
	return cipher.NewGCM(block)
}

// linkCache is the child's end of the code cache.
type linkCache struct {
	ctx   context.Context
	agent *wire.Link
}

// Get returns what was put under key, or false.
func (c *linkCache) Get(key wire.Digest) ([]byte, bool) {
	all, err := gather(c.ctx, c.agent, frameCacheGet, guestLabel, key)
	return all, err == nil && len(all) > 0
}

// Put keeps compiled code; a cache that fails only costs time.
func (c *linkCache) Put(key wire.Digest, compiled []byte) {
	for len(compiled) > 0 {
		n := min(len(compiled), tacit.PartSize)
		part := tacit.CachePart{Key: key, Part: tacit.Part{Data: compiled[:n], Last: n == len(compiled)}}
		if _, err := wire.AskFor[tacit.Part](c.ctx, c.agent, frameCachePut, guestLabel, part); err != nil {
			return
		}
		compiled = compiled[n:]
	}
}
