package psi

import (
	"context"
	"slices"
	"testing"

	"tacit"
	"tacit/fault"
)

// case N98 code DATA_CONSENT check engine/psi/consent.go:consent
func TestN98OperationsThatAnOwnerDoesNotAllow(t *testing.T) {
	const head = `"mode":"plain","parties":{"a":{"format":"csv","column":"id"},"b":{"format":"csv","column":"id"}}`
	all := tacit.SetOperations()
	for _, tt := range []struct {
		name       string
		operations []string // of the owner of b
		steps      []string
		onward     []uint8
		params     string
		code       fault.Code
		files      map[string][]uint8
	}{
		{"twin: allowed to leave", []string{Intersection}, nil, nil, `{"operation":"intersection",` + head + `}`, "", map[string][]uint8{"intersection.csv": nil, "summary.json": nil}},
		{"twin: allowed for a next step", nil, []string{Intersection}, []uint8{1, 2}, `{"operation":"intersection",` + head + `}`, "", map[string][]uint8{"intersection.csv": {1, 2}}},
		{"twin: for a next step, and its size to the user", []string{Cardinality}, []string{Intersection}, []uint8{1}, `{"operation":"intersection",` + head + `}`, "",
			map[string][]uint8{"intersection.csv": {1}, "summary.json": nil}},
		{"twin: allowed to leave, and left to a next step", []string{Intersection}, nil, []uint8{1}, `{"operation":"intersection",` + head + `}`, "",
			map[string][]uint8{"intersection.csv": {1}, "summary.json": nil}},
		{"twin: for a next step, as the parameters say", nil, []string{Intersection}, []uint8{1}, `{"operation":"intersection","outputs":[{"name":"intersection","to":[1]}],` + head + `}`, "",
			map[string][]uint8{"intersection.csv": {1}}},
		{"twin: for the last of three recipients", []string{Intersection}, nil, []uint8{1}, `{"operation":"intersection","outputs":[{"name":"intersection","to":[2]}],` + head + `}`, "",
			map[string][]uint8{"intersection.csv": {2}}},
		{"for a recipient that the task does not have", []string{Intersection}, nil, []uint8{1}, `{"operation":"intersection","outputs":[{"name":"intersection","to":[3]}],` + head + `}`, fault.PSIJob, nil},
		{"allowed for nothing", nil, nil, nil, `{"operation":"intersection",` + head + `}`, fault.DataConsent, nil},
		{"another operation", []string{Cardinality}, []string{Joined}, nil, `{"operation":"intersection",` + head + `}`, fault.DataConsent, nil},
		{"for a next step, and there is none", nil, []string{Intersection}, nil, `{"operation":"intersection",` + head + `}`, fault.DataConsent, nil},
		{"for a next step, and the user wants it too", nil, []string{Intersection}, []uint8{1}, `{"operation":"intersection","outputs":[{"name":"intersection","to":[0,1]}],` + head + `}`, fault.DataConsent, nil},
		{"for a next step, and everybody gets it", nil, []string{Intersection}, []uint8{1}, `{"operation":"intersection","outputs":[{"name":"intersection"}],` + head + `}`, fault.DataConsent, nil},
		{"for a next step, and its size leaves", nil, []string{Intersection}, []uint8{1}, `{"operation":"intersection","outputs":[{"name":"intersection","to":[1]},{"name":"summary"}],` + head + `}`, fault.DataConsent, nil},
		{"a size for a next step, and it leaves", nil, []string{Cardinality}, []uint8{1}, `{"operation":"cardinality","outputs":[{"name":"summary","to":[0]}],` + head + `}`, fault.DataConsent, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := ids("a", "1", "2"), ids("b", "2", "3")
			a.Operations, b.Operations, b.Steps = all, tt.operations, tt.steps
			out, err := New(Config{}).Run(context.Background(), tacit.Job{Inputs: []tacit.GuestFile{a, b}, Recipients: 3, Onward: tt.onward, Limits: enough(), Params: []byte(tt.params)})
			if fault.Of(err) != tt.code && (err != nil || tt.code != "") {
				t.Fatalf("Run = %v, want %q", err, tt.code)
			}
			if len(out.Outputs) != len(tt.files) {
				t.Fatalf("outputs %+v, want %v", out.Outputs, tt.files)
			}
			for _, o := range out.Outputs {
				if to, ok := tt.files[o.Name]; !ok || !slices.Equal(o.To, to) {
					t.Errorf("%s goes to %v, want %v", o.Name, o.To, to)
				}
			}
		})
	}
}
