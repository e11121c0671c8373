package gateway

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
)

// case N98 code API_FIELD check gateway/hooks.go:admit
func TestN98AWebhookReachesNoPrivateAddress(t *testing.T) {
	var calls atomic.Int32
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer inside.Close()
	notice := tacit.Notice{URL: inside.URL, Body: []byte("{}")}
	t.Run("twin: a network that allows it", func(t *testing.T) {
		if done, err := newHooks(true).deliver(context.Background(), notice); err != nil || !done.OK || calls.Load() != 1 {
			t.Errorf("%v, %v, %d calls", done, err, calls.Load())
		}
	})
	calls.Store(0)
	for _, tt := range []struct{ name, url string }{
		{"plain http", inside.URL},
		{"loopback", strings.Replace(inside.URL, "http:", "https:", 1)},
		{"a name of loopback", strings.Replace(strings.Replace(inside.URL, "http:", "https:", 1), "127.0.0.1", "localhost", 1)},
		{"another scheme", "file:///etc/passwd"},
		{"no host", "https:///x"},
		{"a password", "https://user:secret@example.com/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newHooks(false).deliver(context.Background(), tacit.Notice{URL: tt.url, Body: []byte("{}")})
			if !errors.Is(err, fault.APIField) || calls.Load() != 0 {
				t.Errorf("%v, %d calls", err, calls.Load())
			}
		})
	}
	for _, tt := range []struct {
		address string
		want    bool
	}{
		{"9.9.9.9", true}, {"2620:fe::fe", true},
		{"127.0.0.1", false}, {"10.1.2.3", false}, {"172.16.0.1", false}, {"192.168.1.1", false}, {"169.254.169.254", false},
		{"0.0.0.0", false}, {"100.64.0.1", false}, {"224.0.0.1", false}, {"255.255.255.255", false}, {"::1", false}, {"::", false},
		{"fe80::1", false}, {"fd00::1", false}, {"::ffff:127.0.0.1", false}, {"64:ff9b::7f00:1", false}, {"2002:7f00:1::", false},
	} {
		if got := public(netip.MustParseAddr(tt.address).Unmap()); got != tt.want {
			t.Errorf("public(%s) = %v", tt.address, got)
		}
	}
}

func TestAWebhookIsSignedAndFollowsNothing(t *testing.T) {
	key, body := []byte("key"), []byte(`{"kind":"access.requested"}`)
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	var followed atomic.Bool
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Store(true) }))
	defer elsewhere.Close()
	answer := http.StatusNoContent
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if string(b) != string(body) || r.Header.Get("Tacit-Signature") != signature || r.Method != http.MethodPost {
			t.Errorf("%s %q %q", r.Method, b, r.Header.Get("Tacit-Signature"))
		}
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(answer)
	}))
	defer hook.Close()
	n := tacit.Notice{URL: hook.URL, Body: body, Signature: signature}
	if _, err := newHooks(true).deliver(context.Background(), n); err != nil {
		t.Error(err)
	}
	for _, answer = range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusInternalServerError} {
		if _, err := newHooks(true).deliver(context.Background(), n); !errors.Is(err, fault.Unreachable) {
			t.Errorf("status %d: %v", answer, err)
		}
	}
	if followed.Load() {
		t.Error("a redirect was followed")
	}
	n.Body = make([]byte, tacit.MostNotice+1)
	if _, err := newHooks(true).deliver(context.Background(), n); !errors.Is(err, fault.APIField) {
		t.Errorf("a large body: %v", err)
	}
}
