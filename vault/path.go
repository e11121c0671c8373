package vault

import (
	"net/http"
	"strings"

	"tacit/fault"
	"tacit/vault/logical"
)

// pathMost bounds a path in bytes: with what the vault puts before it, it is a key
// of the store.
const pathMost = 300

// canonical takes a path as the vault knows it: segments of printable ASCII between
// single slashes. Whatever else could be read as the name of something, by this
// program or one before it, is VAULT_PATH: folder dots, empty segments, characters
// beyond ASCII and those that a shell, a pattern or a decoder reads specially. Case
// makes another name.
func canonical(p string) error {
	if p == "" || len(p) > pathMost {
		return badPath
	}
	start := 0
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i] != '/' {
			c := p[i]
			if c < ' ' || c > '~' || c == '\\' || c == '%' || c == '*' || c == '?' || c == '#' || c == '"' {
				return badPath
			}
			continue
		}
		if s := p[start:i]; s == "" || s == "." || s == ".." || s[0] == ' ' || s[len(s)-1] == ' ' {
			return badPath
		}
		start = i + 1
	}
	return nil
}

var badPath = fault.New(fault.VaultPath, "read path: it is not made of plain segments between single slashes")

// requestPath is the path of a request below /v1/, without a slash at its end, which
// lists have. A path that came in any encoding but the plain one is VAULT_PATH.
func requestPath(r *http.Request) (path string, folder bool, err error) {
	p, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	if !ok || r.URL.RawPath != "" {
		return "", false, badPath
	}
	p, folder = strings.CutSuffix(p, "/")
	return p, folder, canonical(p)
}

// ocspMedia is of requests of OCSP (RFC 6960, appendix A), the only bodies that are no
// JSON.
const ocspMedia = "application/ocsp-request"

// ocspPath is the path of a request of OCSP by GET, whose last part is base64 with
// whatever slashes and percent-encodings that has. It is taken only below an engine
// that answers it to anybody, and in the alphabet for URLs, so that it is one segment.
func (c *call) ocspPath() (string, bool) {
	const most = 8 << 10
	head, body, ok := strings.Cut(strings.TrimPrefix(c.http.URL.Path, "/v1/"), "/ocsp/")
	if !ok || c.http.Method != http.MethodGet || len(body) > most || canonical(head) != nil {
		return "", false
	}
	m, rest := c.state.mountOf(head)
	if m == nil || rest != "" {
		return "", false
	}
	if o, ok := m.engine.(logical.Opener); !ok || !o.Open(logical.Read, "ocsp/x") {
		return "", false
	}
	for _, b := range []byte(body) {
		if (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '+' && b != '/' && b != '=' {
			return "", false
		}
	}
	return head + "/ocsp/" + strings.NewReplacer("+", "-", "/", "_").Replace(body), true
}
