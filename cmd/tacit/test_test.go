package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit/fault"
)

// A program that is tried twice runs from its compiled code and leaves the same;
// no time to compile is a refusal.
func TestAProgramIsTriedTwiceAndCompiledInItsTime(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "guest.wat")
	if err := os.WriteFile(file, []byte(`(module (memory (export "memory") 1) (func (export "_start")))`), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, errs := typed(t, dir, "service", "test", file, "--compile", "0s", "-o", "json")
	if status == 0 || !strings.Contains(errs, string(fault.WasmTime)) {
		t.Errorf("without time to compile: %d, %s", status, errs)
	}
	t.Run("twin: with time it runs and runs again", func(t *testing.T) {
		status, out, errs := typed(t, dir, "service", "test", file, "--again", "-o", "json")
		var got struct {
			Exit, Size int
			Again      *int64 `json:"again_ms"`
		}
		if err := json.Unmarshal([]byte(out), &got); status != 0 || err != nil || got.Size == 0 || got.Again == nil {
			t.Errorf("%d, %v: %s%s", status, err, out, errs)
		}
	})
	s := &steps{}
	if _, there := s.Get([32]byte{}); there {
		t.Error("something is compiled before anything was")
	}
	s.Put([32]byte{}, []byte("code"))
	if code, there := s.Get([32]byte{}); !there || string(code) != "code" || s.compiled < 0 || s.compiled > time.Hour {
		t.Errorf("%q, %v", code, s.compiled)
	}
}
