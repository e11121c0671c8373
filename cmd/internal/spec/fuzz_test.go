package spec

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"tacit/cmd/internal/strict"
	"tacit/fault"
)

// FuzzTask reads task files that came from elsewhere. What is taken must mean
// the same when it is written and read again.
func FuzzTask(f *testing.F) {
	f.Add([]byte("apiVersion: tacit/v1\nkind: Task\nservice: acme/sum@3\nparams: {a: [1, 2]}\ninputs: {one: lab/one, two: ./two.csv}\nmaxPrice: 0.25\nrequirements: {level: 3, seconds: 9}\n"))
	f.Add([]byte(`{"apiVersion": "tacit/v1", "kind": "Task", "service": "a/b", "maxPrice": "1.000000001", "labels": {"a": "b"}}`))
	f.Add([]byte("apiVersion: tacit/v1\nkind: Task\nserviec: a/b\n"))
	f.Add([]byte("maxPrice: 1e3\nlabels: &a {a: b}\noutputs: *a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		task := Defaults()
		err := strict.Decode("task", text, &task)
		if err == nil {
			err = task.Check("task.yaml")
		}
		if err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APIName && c != fault.APISize && c != fault.APIPath {
				t.Fatalf("%v, want a code that names the field", err)
			}
			return
		}
		b, err := json.Marshal(task)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again := Defaults()
		if err := strict.Decode("task", b, &again); err != nil {
			t.Fatalf("%s is refused: %v", b, err)
		}
		if c, err := json.Marshal(again); err != nil || string(c) != string(b) {
			t.Fatalf("%s reads as %s: %v", b, c, err)
		}
		if !reflect.DeepEqual(task.Inputs, again.Inputs) {
			t.Fatalf("inputs %v read as %v", task.Inputs, again.Inputs)
		}
	})
}

// FuzzCoins: an amount is read exactly or not at all.
func FuzzCoins(f *testing.F) {
	for _, s := range []string{"0.02", "1", "10000000000.999999999", ".5", "1.", "1e3", "-1", "+1", "0x1", "1_0", "18446744073.709551616"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Coins(text).Parse("maxPrice")
		if err != nil {
			if fault.Of(err) != fault.APIField {
				t.Fatalf("%v, want API_FIELD", err)
			}
			return
		}
		whole, part, _ := strings.Cut(text, ".")
		whole = strings.TrimLeft(whole, "0")
		want := strings.TrimLeft(whole+part+strings.Repeat("0", 9-len(part)), "0")
		if s := strconv.FormatUint(uint64(got), 10); s != want && !(got == 0 && want == "") {
			t.Fatalf("%q is read as %s gwei", text, s)
		}
	})
}
