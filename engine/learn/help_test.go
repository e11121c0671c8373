package learn

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"tacit"
)

// enough are limits that no test meets that does not set its own.
func enough() tacit.Limits {
	return tacit.Limits{Fuel: 1 << 50, Memory: 1 << 30, Output: 1 << 28, Files: 64, Time: time.Minute}
}

// file is an input whose owner allows everything.
func file(alias, text string) tacit.GuestFile {
	return tacit.GuestFile{Alias: alias, Size: int64(len(text)), Data: bytes.NewReader([]byte(text)), Operations: tacit.LearnOperations()}
}

// onDisk is the text of a file.
func onDisk(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// job is a task with these parameters and inputs.
func job(params string, inputs ...tacit.GuestFile) tacit.Job {
	return tacit.Job{Params: []byte(params), Inputs: inputs, Limits: enough()}
}

// ran are the outputs of a job that must succeed.
func ran(t testing.TB, j tacit.Job) map[string][]byte {
	t.Helper()
	out, err := New(Config{Threads: 2}).Run(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, o := range out.Outputs {
		files[o.Name] = o.Data
	}
	return files
}

// read reads JSON.
func read[T any](t testing.TB, b []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return v
}
