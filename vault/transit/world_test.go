package transit_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/store/embedded"
	"tacit/tacittest"
	"tacit/vault/logical"
	"tacit/vault/transit"
)

// world is one engine on a store that outlives it.
type world struct {
	t       testing.TB
	storage tacit.Store
	engine  *transit.Engine
}

func newWorld(t testing.TB) *world {
	s := tacittest.NewDisk().Open(nil)
	return &world{t, s, transit.New(s)}
}

// onDisk is a world on the store that processes have.
func onDisk(t testing.TB) *world {
	s, err := embedded.Open(embedded.Config{Path: filepath.Join(t.TempDir(), "store"), Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &world{t, s, transit.New(s)}
}

type fields = map[string]any

// through is data as the router decodes it.
func through(t testing.TB, data fields) fields {
	t.Helper()
	b, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out fields
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *world) ask(op logical.Operation, path string, data fields) (*logical.Response, error) {
	w.t.Helper()
	return w.engine.Handle(context.Background(), &logical.Request{Operation: op, Path: path, Data: through(w.t, data)})
}

// must is the answer's data as a client decodes it.
func (w *world) must(op logical.Operation, path string, data fields) fields {
	w.t.Helper()
	res, err := w.ask(op, path, data)
	if err != nil {
		w.t.Fatalf("%s %s: %v", op, path, err)
	}
	if res == nil {
		return nil
	}
	return through(w.t, res.Data)
}

func (w *world) update(path string, data fields) fields {
	w.t.Helper()
	return w.must(logical.Update, path, data)
}

// refused wants a code for an update.
func (w *world) refused(code fault.Code, path string, data fields) {
	w.t.Helper()
	if res, err := w.ask(logical.Update, path, data); !errors.Is(err, code) {
		w.t.Errorf("%s %v = %v, %v, want %s", path, data, res, err, code)
	}
}

func (w *world) text(path string, data fields, name string) string {
	w.t.Helper()
	s, ok := w.update(path, data)[name].(string)
	if !ok {
		w.t.Fatalf("%s: no %s in the answer", path, name)
	}
	return s
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

var (
	hello = b64("hello")
	alice = b64("alice")
	bob   = b64("bob")
)

type (
	tacitItem = tacit.Item
	tacitTxn  = tacit.Txn
)

func isVersion(s string, n string) bool { return strings.HasPrefix(s, "vault:v"+n+":") }

// as is the same world for a subtest.
func (w *world) as(t *testing.T) *world {
	c := *w
	c.t = t
	return &c
}
