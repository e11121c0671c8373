package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacit/fault"
)

// The whole demo of networks, on a network of its own. It says itself where too few digits
// are right.
func TestTheDemoOfNetworks(t *testing.T) {
	beside(t)
	if !withRuntime() {
		t.Skip("the image for networks has no ONNX Runtime here: make onnxruntime")
	}
	if err := built(); err != nil {
		t.Fatal(err)
	}
	tables, err := filepath.Abs("../../engine/learn")
	if err != nil {
		t.Fatal(err)
	}
	cmd, cancel := tacitAt(t.TempDir(), "demo", "infer", "--tables", tables, "--bin", bin, "--out", filepath.Join(t.TempDir(), "infer"))
	defer cancel()
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	saidSo(t, said, map[string]int{
		"of 449 digits are right, in one task":   1,
		"of 449 digits are right, asked by HTTP": 1,
		"points of accuracy":                     1,
		"449 requests in":                        1,
		" requests; receipt ":                    1,
		"demo done in":                           1,
		"FAIL":                                   0,
	})
}

// An image without the runtime is told of before anything is started, with what to type.
func TestTheDemoOfNetworksNeedsTheRuntime(t *testing.T) {
	dir := t.TempDir()
	image := filepath.Join(dir, "tacit-enclave-infer")
	for _, tt := range []struct{ name, code, want string }{
		{"not there", "", "it is not there"},
		{"without it", "engine/infer/ort/library/libonnxruntime.so.1", "built without ONNX Runtime"},
		{"twin: with it", "\x00libonnxruntime.so.1\x00", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.code != "" {
				if err := os.WriteFile(image, []byte(tt.code), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := carriesRuntime(dir)
			if tt.want == "" && err != nil {
				t.Fatal(err)
			}
			if tt.want != "" && (fault.Of(err) != fault.InferRuntime || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "make onnxruntime dev")) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
		})
	}
}
