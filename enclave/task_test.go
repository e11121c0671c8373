package enclave_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"tacit"
	"tacit/wire"
)

func TestTaskRunsFromLaunchToResult(t *testing.T) {
	w := newWorld(t).serve()
	code := guest(t, paths, copying)
	r := w.task(w.service(code), map[string][]byte{"in": []byte("alpha")}, nil).run()
	r.want(t, tacit.ExitOK, "")
	if string(r.files["out/result"]) != "alpha" || string(r.files["stdout"]) != "alpha" {
		t.Errorf("files = %q", r.files)
	}
	if r.receipt.Code != wire.Sum(code) || r.receipt.Read != 5 || len(r.receipt.Inputs) != 1 || r.receipt.Fuel == 0 {
		t.Errorf("receipt = %+v", r.receipt)
	}
}

func TestDemoRunsOnTinyTables(t *testing.T) {
	w := newWorld(t).serve()
	code, err := os.ReadFile(built.cancer)
	w.must(err)
	left, right := tables(40)
	r := w.task(w.service(code), map[string][]byte{"left": left, "right": right}, []byte(`{"C": 1.0}`)).run()
	r.want(t, tacit.ExitOK, "")
	var model struct{ Rows int }
	if err := json.Unmarshal(r.files["out/model.json"], &model); err != nil || model.Rows != 40 {
		t.Errorf("model = %s (%v)", r.files["out/model.json"], err)
	}
}

// tables are two owners' columns about the same rows.
func tables(rows int) (left, right []byte) {
	var l, r strings.Builder
	l.WriteString("id,size\n")
	r.WriteString("id,weight,malignant\n")
	for i := range rows {
		fmt.Fprintf(&l, "%d,%d.5\n", i, i*7%13)
		fmt.Fprintf(&r, "%d,%d.25,%d\n", i, i*5%11, i%2)
	}
	return []byte(l.String()), []byte(r.String())
}
