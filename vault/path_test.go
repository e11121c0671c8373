package vault

import (
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
