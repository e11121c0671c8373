package enroll

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

// FuzzBodies: no body makes a real enroller certify or fail. What it takes for a
// request is the one encoding of it; what it refuses has a code of the table.
func FuzzBodies(f *testing.F) {
	ca, soft := tpmtest.NewCA(f), tpmtest.NewSoft(f)
	e, err := tpm.NewEnroller(tpm.EnrollConfig{Makers: []attest.Root{{Scheme: attest.SchemeTPM, DER: ca.Root.Raw}}, Issuer: ca.Root, Key: ca.Key})
	ok(f, err)
	h := NewHandler(e, slog.New(slog.DiscardHandler))
	application := attest.Application{Certificates: [][]byte{ca.Root.Raw}, Public: soft.PublicBytes()}
	for label, v := range map[string]any{applicationLabel: application, answerLabel: answer{wire.Digest{1}, []byte("secret")}} {
		b, err := wire.Marshal(label, v)
		ok(f, err)
		f.Add(b)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, path := range []string{applyPath, certifyPath} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
			var no refusal
			if w.Code < 400 || w.Code >= 500 || wire.Unmarshal(refusalLabel, w.Body.Bytes(), &no) != nil || fault.Parse(no.Code) != fault.Code(no.Code) || no.Text == "" {
				t.Fatalf("%s: %d %+v", path, w.Code, no)
			}
			code := fault.Code(no.Code)
			if len(body) > most && code != fault.APISize {
				t.Fatalf("%d bytes: %s", len(body), code)
			}
			if code == fault.APIField || code == fault.APISize {
				continue
			}
			again := func(label string, v any) []byte {
				ok(t, wire.Unmarshal(label, body, v))
				b, err := wire.Marshal(label, v)
				ok(t, err)
				return b
			}
			var is []byte
			if path == applyPath {
				is = again(applicationLabel, new(attest.Application))
			} else {
				is = again(answerLabel, new(answer))
			}
			if !bytes.Equal(is, body) {
				t.Fatal("another encoding was taken")
			}
		}
	})
}
