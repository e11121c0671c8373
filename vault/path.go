package vault

import (
	"net/http"
	"strings"

	"tacit/fault"
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
