package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"tacit"
	"tacit/fault"
)

// hookTime bounds the delivery of one notice.
const hookTime = 5 * time.Second

// mostHooks is how many notices are delivered at a time.
const mostHooks = 16

// hooks delivers notices. Whoever owns a dataset chooses the address, so the
// gateway must not become his hand in its own network: it connects to public
// addresses only, whatever a name resolves to, follows no redirect, tells nobody
// what came back, and uses TLS.
type hooks struct {
	client  *http.Client
	private bool
	slots   chan struct{}
}

func newHooks(private bool) *hooks {
	h := &hooks{private: private, slots: make(chan struct{}, mostHooks)}
	dial := net.Dialer{Timeout: hookTime, Control: func(_, address string, _ syscall.RawConn) error { return h.admit(address) }}
	h.client = &http.Client{
		Timeout: hookTime,
		Transport: &http.Transport{
			DialContext: dial.DialContext, TLSHandshakeTimeout: hookTime, ResponseHeaderTimeout: hookTime, DisableKeepAlives: true,
			MaxResponseHeaderBytes: 16 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return h
}

// admit refuses an address, after it was resolved, that is not public.
func (h *hooks) admit(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fault.New(fault.APIField, "deliver notice: %w", err)
	}
	if !h.private && !public(at.Addr().Unmap()) {
		return fault.New(fault.APIField, "deliver notice: the address is not public")
	}
	return nil
}

// reserved are the ranges that lead to nobody or to a network's inside beyond
// those that netip knows (RFC 6890 and its successors).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
}

func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// Notify delivers a notice that a manager signed, once. What the hook answers
// beyond yes or no goes nowhere.
func (g *Gateway) Notify(ctx context.Context, n tacit.Notice) (tacit.Done, error) {
	return g.hooks.deliver(ctx, n)
}

func (h *hooks) deliver(ctx context.Context, n tacit.Notice) (tacit.Done, error) {
	u, err := url.Parse(n.URL)
	if err != nil || len(n.URL) > tacit.MostURL || len(n.Body) > tacit.MostNotice || len(n.Signature) > 128 || u.Host == "" || u.User != nil {
		return tacit.Done{}, fault.New(fault.APIField, "deliver notice: its address or size is not allowed")
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !h.private) {
		return tacit.Done{}, fault.Denied(fault.APIField, "deliver notice", "scheme", "https", u.Scheme)
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return tacit.Done{}, fault.New(fault.ResBusy, "deliver notice: %d are on their way", mostHooks)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(n.Body))
	if err != nil {
		return tacit.Done{}, fault.New(fault.APIField, "deliver notice: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Tacit-Signature", n.Signature)
	req.Header.Set("User-Agent", "tacit")
	res, err := h.client.Do(req)
	if code := fault.Of(err); code == fault.APIField {
		return tacit.Done{}, err
	}
	if err != nil {
		return tacit.Done{}, fault.New(fault.Unreachable, "deliver notice: %w", err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 1<<10)
	if res.StatusCode/100 != 2 {
		return tacit.Done{}, fault.New(fault.Unreachable, "deliver notice: %w", fmt.Errorf("status %d", res.StatusCode))
	}
	return tacit.Done{OK: true}, nil
}
