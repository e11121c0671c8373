package vault

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tacit/fault"
)

func TestCanonicalPaths(t *testing.T) {
	for _, tt := range []struct {
		name, path string
		ok         bool
	}{
		{"plain", "secret/data/a", true}, {"one segment", "secret", true}, {"other characters", "a/b-c_d.e~f@g=h:i!j+k,l$m", true}, {"a space inside", "a/b c", true},
		{"dots in a name", "a/..b/c..d/e.f", true}, {"as long as may be", strings.Repeat("a", pathMost), true},
		{"empty", "", false}, {"a slash alone", "/", false}, {"up", "a/../b", false}, {"up at the end", "a/..", false}, {"here", "a/./b", false},
		{"two slashes", "a//b", false}, {"a slash ahead", "/a", false}, {"a slash behind", "a/", false}, {"an encoded dot", "a/%2e%2e/b", false}, {"a backslash", `a\b`, false},
		{"beyond ASCII", "a/ä", false}, {"a wide dot", "a/．．/b", false}, {"a zero", "a\x00b", false}, {"a new line", "a\nb", false}, {"a pattern", "a/*", false},
		{"a space ahead", "a/ b", false}, {"a space behind", "a/b ", false}, {"a query", "a?b", false}, {"too long", strings.Repeat("a", pathMost+1), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := canonical(tt.path)
			if (err == nil) != tt.ok || err != nil && fault.Of(err) != fault.VaultPath {
				t.Errorf("canonical = %v, want accepted: %v", err, tt.ok)
			}
		})
	}
}

// FuzzRequest reads requests as they come over a connection: what is read has a plain
// path and an operation, what is refused has a code, and nothing of what was refused is
// believed.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{
		"POST /v1/secret/data/a HTTP/1.1\r\nHost: v\r\nX-Vault-Token: s.x\r\nContent-Length: 16\r\n\r\n{\"data\":{\"a\":1}}",
		"GET /v1/secret/metadata/?list=true HTTP/1.1\r\nHost: v\r\nX-Vault-Wrap-TTL: 5m\r\nAuthorization: Bearer s.x\r\n\r\n",
		"LIST /v1/secret/../sys HTTP/1.1\r\nHost: v\r\n\r\n",
		"GET /v1/pki/ocsp/MEIwQDA%2BMDwwOjAJBgUr HTTP/1.1\r\nHost: v\r\n\r\n",
		"DELETE /v1/a HTTP/1.1\r\nHost: v\r\nX-Vault-Namespace: other\r\nContent-Length: 2\r\n\r\n[]",
	} {
		f.Add([]byte(s))
	}
	v := &Vault{}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			t.Skip()
		}
		c := &call{http: r, state: &state{}}
		if err := v.read(httptest.NewRecorder(), c); err != nil {
			if code := fault.Of(err); code != fault.APIField && code != fault.APISize && code != fault.VaultPath {
				t.Errorf("%q: %v", b, err)
			}
			if errors.Is(err, fault.VaultPath) && (c.path != "" || c.data != nil) {
				t.Errorf("%q is refused, and %q is believed", b, c.path)
			}
			return
		}
		if canonical(c.path) != nil || c.op == "" || c.wrap < 0 || c.wrap > ttlMost {
			t.Errorf("%q is %s of %q", b, c.op, c.path)
		}
	})
}

// FuzzRequestPath: a path that is taken says the same to whoever reads it in another way.
func FuzzRequestPath(f *testing.F) {
	for _, s := range []string{"/v1/secret/data/a", "/v1/secret/../sys", "/v1/a%2fb", "/v1//a", "/v1/a/", "/V1/a", "/v1/%61"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := http.NewRequest("GET", "http://vault"+s, nil)
		if err != nil {
			t.Skip()
		}
		p, _, err := requestPath(r)
		if err != nil {
			return
		}
		// What is taken says the same to whoever reads it in another way.
		for _, segment := range strings.Split(p, "/") {
			if segment == "" || segment == "." || segment == ".." {
				t.Errorf("%q gave %q", s, p)
			}
		}
		for i := range len(p) {
			if p[i] < ' ' || p[i] > '~' || strings.ContainsRune(`\%*?#"`, rune(p[i])) {
				t.Errorf("%q gave %q", s, p)
			}
		}
		if !strings.HasPrefix(r.URL.EscapedPath(), "/v1/") || httptest.NewRequest("GET", r.URL.RequestURI(), nil).URL.Path != r.URL.Path {
			t.Errorf("%q does not come back the same", s)
		}
	})
}
