package main

import (
	"context"
	"testing"
	"time"

	"tacit"
	"tacit/engine/learn"
	"tacit/engine/psi"
	"tacit/engine/wasm"
	"tacit/fault"
	"tacit/wire"
)

// TestEachProgramRunsByItsEngine: a job without parameters is refused by the engine that its
// program names, and a program that is no engine's is a module.
func TestEachProgramRunsByItsEngine(t *testing.T) {
	modules, err := wasm.New(wasm.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		sum  wire.Digest
		want fault.Code
	}{
		{"sets", psi.Sum(), fault.PSIJob},
		{"learning", learn.Sum(), fault.LearnParams},
		{"another version of an engine", wire.Sum(tacit.Program(tacit.EngineLearn, 2)), fault.WasmHash},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := tacit.Job{Sum: tt.sum, Limits: tacit.Limits{Fuel: 1 << 30, Memory: 1 << 26, Output: 1 << 16, Files: 4, Time: time.Minute, CodeSize: 1 << 20, CompileIn: time.Minute},
				Open: func() ([]byte, error) { return []byte("no module"), nil }}
			if _, err := imageWith(modules).Run(context.Background(), job); fault.Of(err) != tt.want {
				t.Errorf("Run = %v, want %s", err, tt.want)
			}
		})
	}
}
