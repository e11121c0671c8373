package devnet

import (
	"encoding/json"
	"testing"
)

// A worker has one way to an image: its program, or the ports that its number has.
func TestWorkersHaveTheirPortsOfMachines(t *testing.T) {
	m := Machine{Ports: [][]string{{"a.0"}}, Images: map[string][][]string{"infer": {{"b.0", "b.1"}, {"b.2"}}},
		Endorse: map[string]map[string]string{"infer": {"port": "b.c"}}}
	for worker, want := range map[string]string{
		"worker-1": `{"images":{"other":"/bin/other"},"machine":["a.0"],"machines":{"infer":{"endorse":{"port":"b.c"},"ports":["b.0","b.1"]}}}`,
		"worker-2": `{"images":{"other":"/bin/other"},"machines":{"infer":{"ports":["b.2"]}}}`,
		"worker-3": `{"images":{"infer":"/bin/infer","other":"/bin/other"},"machines":{}}`,
		"gateway":  `{"images":{"infer":"/bin/infer","other":"/bin/other"}}`,
	} {
		t.Run(worker, func(t *testing.T) {
			cfg := map[string]any{"images": map[string]string{"infer": "/bin/infer", "other": "/bin/other"}}
			m.give(worker, cfg)
			if got, err := json.Marshal(cfg); err != nil || string(got) != want {
				t.Errorf("%s, %v, want %s", got, err, want)
			}
		})
	}
}
