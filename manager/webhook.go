package manager

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"sync"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// hook is where an owner is told of requests, and the key of the signatures.
type hook struct {
	URL string `cbor:"1,keyasint"`
	Key []byte `cbor:"2,keyasint"`
}

const hookLabel = "tacit/manager/hook"

func hookKey(owner wire.Address) string { return "hook/" + ownerKey(owner) }

// Webhook sets where the caller is told of new requests and returns the fresh
// key that the messages are signed with. It is not shown again.
func (m *Manager) Webhook(ctx context.Context, req tacit.WebhookRequest) (tacit.WebhookReply, error) {
	var none tacit.WebhookReply
	caller, err := tacit.CallerOf(ctx)
	if err != nil {
		return none, err
	}
	if req.URL == "" {
		return none, m.commit(ctx, nil, tacit.Put{Key: hookKey(caller.Node), Delete: true})
	}
	u, err := url.Parse(req.URL)
	if err != nil || len(req.URL) > tacit.MostURL || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return none, fault.New(fault.APIField, "set webhook: want an http or https address of at most %d bytes without a password in it", tacit.MostURL)
	}
	h := hook{URL: req.URL, Key: make([]byte, 32)}
	_, _ = rand.Read(h.Key) // never fails
	p := put(hookLabel, hookKey(caller.Node), h)
	return tacit.WebhookReply{Key: h.Key}, m.commit(ctx, nil, p)
}

// mostNotices is how many notices may be on their way; more are dropped, for the
// inbox is what counts.
const mostNotices = 64

// tell sends an owner's webhook a notice, if he has one, on its own time: no
// decision waits for it and none depends on it.
func (m *Manager) tell(ctx context.Context, owner wire.Address, r tacit.AccessRequest) {
	if m.cfg.Notify == nil {
		return
	}
	h, rev, err := get[hook](ctx, m, hookLabel, hookKey(owner))
	if err != nil || rev == 0 {
		return
	}
	body, err := json.Marshal(struct {
		Kind  string      `json:"kind"`
		ID    wire.Digest `json:"id"`
		Entry string      `json:"entry"`
		Time  uint64      `json:"time"`
	}{"access.requested", r.ID, r.Entry, r.Made})
	if err != nil {
		return
	}
	mac := hmac.New(sha256.New, h.Key)
	mac.Write(body)
	select {
	case m.notices <- tacit.Notice{URL: h.URL, Body: body, Signature: "sha256=" + hex.EncodeToString(mac.Sum(nil))}:
	default:
	}
}

// sendNotices hands notices to the gateway until ctx ends, each at most three
// times. A dead hook holds up nobody but one of few senders.
func (m *Manager) sendNotices(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case n := <-m.notices:
					m.send(ctx, n)
				}
			}
		})
	}
}

func (m *Manager) send(ctx context.Context, n tacit.Notice) {
	for wait := time.Second; wait <= 16*time.Second; wait *= 4 {
		once, cancel := context.WithTimeout(ctx, 15*time.Second)
		_, err := m.cfg.Notify(once, n)
		cancel()
		if err == nil || !fault.Lookup(fault.Of(err)).Retry {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}
