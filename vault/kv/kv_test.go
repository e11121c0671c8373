package kv_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit/fault"
	"tacit/tacittest"
	"tacit/vault/kv"
	"tacit/vault/logical"
)

func storage(t *testing.T) *tacittest.Memory {
	s := tacittest.NewDisk().Open(nil)
	t.Cleanup(s.Close)
	return s
}

// ask is one request whose data is JSON; the answer's data comes back as JSON too.
func ask(e logical.Engine, op logical.Operation, path, data string) (map[string]any, int, error) {
	req := &logical.Request{Operation: op, Path: path}
	if data != "" {
		d := json.NewDecoder(strings.NewReader(data))
		d.UseNumber()
		if err := d.Decode(&req.Data); err != nil {
			return nil, 0, err
		}
	}
	res, err := e.Handle(context.Background(), req)
	if err != nil || res == nil {
		return nil, 0, err
	}
	b, err := json.Marshal(res.Data)
	if err != nil {
		return nil, 0, err
	}
	var out map[string]any
	return out, res.Status, json.Unmarshal(b, &out)
}

func TestWhatIsRefused(t *testing.T) {
	e := kv.New(storage(t))
	for _, tt := range []struct {
		name string
		op   logical.Operation
		path string
		data string
		want fault.Code
	}{
		{"twin: a write", logical.Update, "data/a", `{"data": {"k": "v"}}`, ""},
		{"twin: with the right version", logical.Update, "data/a", `{"data": {}, "options": {"cas": 1}}`, ""},
		{"with an old version", logical.Update, "data/a", `{"data": {}, "options": {"cas": 1}}`, fault.APIConflict},
		{"as if new", logical.Update, "data/a", `{"data": {}, "options": {"cas": 0}}`, fault.APIConflict},
		{"no data", logical.Update, "data/a", `{}`, fault.APIField},
		{"data that is no object", logical.Update, "data/a", `{"data": [1]}`, fault.APIField},
		{"a version in words", logical.Update, "data/a", `{"data": {}, "options": {"cas": "new"}}`, fault.APIField},
		{"no name", logical.Update, "data", `{"data": {}}`, fault.APIField},
		{"a name too long", logical.Update, "data/" + strings.Repeat("a", 301), `{"data": {}}`, fault.APIField},
		{"a part that there is not", logical.Read, "nothing/a", "", fault.APIField},
		{"a patch of nothing", logical.Patch, "data/new", `{"data": {"k": "v"}}`, fault.APINotFound},
		{"a version that there is not", logical.Read, "data/a", `{"version": 9}`, fault.APINotFound},
		{"no versions", logical.Update, "destroy/a", `{}`, fault.APIField},
		{"more versions than may be", logical.Update, "metadata/a", `{"max_versions": 1001}`, fault.APIField},
		{"a value too long", logical.Update, "metadata/a", `{"custom_metadata": {"k": "` + strings.Repeat("v", 513) + `"}}`, fault.APIField},
		{"twin: a check that is wanted", logical.Update, "metadata/a", `{"cas_required": true}`, ""},
		{"without it", logical.Update, "data/a", `{"data": {}}`, fault.APIField},
		{"a folder without names", logical.List, "metadata/empty", "", fault.APINotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := ask(e, tt.op, tt.path, tt.data); fault.Of(err) != tt.want {
				t.Errorf("answer = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestPatchAndSubkeys(t *testing.T) {
	e := kv.New(storage(t))
	for _, step := range []struct {
		op   logical.Operation
		data string
	}{
		{logical.Update, `{"data": {"a": {"b": 1, "c": "x"}, "n": 12345678901234567890}}`},
		{logical.Patch, `{"data": {"a": {"b": null, "d": true}, "e": "new"}}`},
	} {
		if _, _, err := ask(e, step.op, "data/p", step.data); err != nil {
			t.Fatal(err)
		}
	}
	res, err := e.Handle(t.Context(), &logical.Request{Operation: logical.Read, Path: "data/p"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(res.Data["data"])
	if want := `{"a":{"c":"x","d":true},"e":"new","n":12345678901234567890}`; err != nil || string(b) != want {
		t.Errorf("after the patch %s, %v, want %s", b, err, want)
	}
	got, _, err := ask(e, logical.Read, "subkeys/p", "")
	if want := map[string]any{"a": map[string]any{"c": nil, "d": nil}, "e": nil, "n": nil}; err != nil || !reflect.DeepEqual(got["subkeys"], want) {
		t.Errorf("subkeys = %v, %v", got, err)
	}
}

func TestListsHaveEveryNameOnce(t *testing.T) {
	for name, e := range map[string]logical.Engine{"versions": kv.New(storage(t)), "plain": kv.NewPlain(storage(t))} {
		t.Run(name, func(t *testing.T) {
			data, list := "data/", "metadata"
			if name == "plain" {
				data, list = "", ""
			}
			var want []any
			for i := range 250 {
				for _, sub := range []string{"/x", "/y/z"} {
					if _, _, err := ask(e, logical.Update, fmt.Sprintf("%sf%03d%s", data, i, sub), `{"data": {}}`); err != nil {
						t.Fatal(err)
					}
				}
				want = append(want, fmt.Sprintf("f%03d/", i))
			}
			if _, _, err := ask(e, logical.Update, data+"f000", `{"data": {}}`); err != nil {
				t.Fatal(err)
			}
			want = append([]any{"f000"}, want...)
			got, _, err := ask(e, logical.List, list, "")
			if err != nil || !reflect.DeepEqual(got["keys"], want) {
				t.Errorf("list of %d names, %v", len(got["keys"].([]any)), err)
			}
			got, _, err = ask(e, logical.List, strings.TrimPrefix(list+"/f001", "/"), "")
			if err != nil || !reflect.DeepEqual(got["keys"], []any{"x", "y/"}) {
				t.Errorf("list of a folder = %v, %v", got, err)
			}
		})
	}
}

func TestAVersionEndsInItsTime(t *testing.T) {
	e := kv.New(storage(t))
	if _, _, err := ask(e, logical.Update, "config", `{"delete_version_after": "1ms"}`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ask(e, logical.Update, "data/a", `{"data": {"k": "v"}}`); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Millisecond)
	got, status, err := ask(e, logical.Read, "data/a", "")
	if err != nil || status != 404 || got["data"] != nil {
		t.Errorf("after its time: %d %v, %v", status, got, err)
	}
}

// TestModel runs random requests against a map, with an engine that forgets now and
// then.
func TestModel(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	e := kv.New(storage(t))
	type state struct {
		data []string // by version - 1; "" is gone for good
		gone map[int]bool
	}
	model := map[string]*state{}
	for i := range 2000 {
		name := fmt.Sprintf("n%d", r.IntN(4))
		m := model[name]
		fail := func(format string, args ...any) {
			t.Fatalf("seed %d, step %d, %s: %s", seed, i, name, fmt.Sprintf(format, args...))
		}
		version := 1 + r.IntN(6)
		one := fmt.Sprintf(`{"versions": [%d]}`, version)
		known := m != nil && version <= len(m.data) && version > len(m.data)-10
		switch r.IntN(8) {
		case 0, 1, 2:
			value := fmt.Sprint(i)
			if _, _, err := ask(e, logical.Update, "data/"+name, `{"data": {"k": "`+value+`"}}`); err != nil {
				fail("write: %v", err)
			}
			if m == nil {
				m = &state{gone: map[int]bool{}}
				model[name] = m
			}
			m.data = append(m.data, value)
		case 3:
			if _, _, err := ask(e, logical.Update, "delete/"+name, one); err != nil {
				fail("delete: %v", err)
			}
			if known {
				m.gone[version] = true
			}
		case 4:
			if _, _, err := ask(e, logical.Update, "undelete/"+name, one); err != nil {
				fail("undelete: %v", err)
			}
			if known {
				delete(m.gone, version)
			}
		case 5:
			if _, _, err := ask(e, logical.Update, "destroy/"+name, one); err != nil {
				fail("destroy: %v", err)
			}
			if known {
				m.data[version-1] = ""
			}
		case 6:
			if r.IntN(10) == 0 {
				e.Forget()
			}
			if r.IntN(40) == 0 {
				if _, _, err := ask(e, logical.Delete, "metadata/"+name, ""); err != nil {
					fail("erase: %v", err)
				}
				delete(model, name)
			}
		default:
			got, status, err := ask(e, logical.Read, "data/"+name, fmt.Sprintf(`{"version": %d}`, version))
			switch {
			case !known:
				if fault.Of(err) != fault.APINotFound {
					fail("read of version %d: %v, %v", version, got, err)
				}
			case m.gone[version] || m.data[version-1] == "":
				if err != nil || status != 404 || got["data"] != nil {
					fail("read of version %d that is gone: %v, %v", version, got, err)
				}
			case err != nil || got["data"].(map[string]any)["k"] != m.data[version-1]:
				fail("read of version %d: %v, %v, want %s", version, got, err, m.data[version-1])
			}
		}
	}
}

// Whoever reads while others write reads a version that was whole.
func TestReadsBesideWrites(t *testing.T) {
	e := kv.New(storage(t))
	if _, _, err := ask(e, logical.Update, "config", `{"max_versions": 1}`); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ask(e, logical.Update, "data/a", `{"data": {"k": "v"}}`); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 200 {
				if _, _, err := ask(e, logical.Update, "data/a", `{"data": {"k": "v"}}`); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range 400 {
				got, _, err := ask(e, logical.Read, "data/a", "")
				if err != nil || got["data"].(map[string]any)["k"] != "v" {
					t.Errorf("read %v, %v", got, err)
					return
				}
			}
		})
	}
	wait.Wait()
	if got, _, err := ask(e, logical.Read, "metadata/a", ""); err != nil || got["current_version"] != 801.0 || len(got["versions"].(map[string]any)) != 1 {
		t.Errorf("metadata = %v, %v", got, err)
	}
}
