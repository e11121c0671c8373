package tacit

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestDeliveriesToRecipients(t *testing.T) {
	job := Job{Recipients: 4, Onward: []uint8{2, 3}}
	for _, tt := range []struct {
		name  string
		all   Deliveries
		to    []uint8
		any   bool
		stays bool
	}{
		{"everybody, where nothing is said", nil, nil, true, false},
		{"nobody, where others are named", Deliveries{{Name: "other"}}, nil, false, true},
		{"nobody, where nothing is", Deliveries{}, nil, false, true},
		{"everybody, without a list", Deliveries{{Name: "model"}}, nil, true, false},
		{"nobody, with an empty one", Deliveries{{Name: "model", To: []int{}}}, nil, false, true},
		{"a recipient", Deliveries{{Name: "model", To: []int{1}}}, []uint8{1}, true, false},
		{"a recipient and a next step", Deliveries{{Name: "model", To: []int{1, 2}}}, []uint8{1, 2}, true, false},
		{"next steps alone", Deliveries{{Name: "model", To: []int{3, 2}}}, []uint8{3, 2}, true, true},
		{"all next steps", Onward(job, "model"), []uint8{2, 3}, true, true},
	} {
		to, anybody := tt.all.To("model")
		if !slices.Equal(to, tt.to) || anybody != tt.any {
			t.Errorf("%s: %v, %v", tt.name, to, anybody)
		}
		if tt.all.Stays(job, "model") != tt.stays {
			t.Errorf("%s: it stays: %v", tt.name, !tt.stays)
		}
	}
}

func TestDeliveriesThatMakeNoSense(t *testing.T) {
	for _, tt := range []struct {
		name string
		all  Deliveries
		want string // what the refusal says
	}{
		{"twin: each once", Deliveries{{Name: "model", To: []int{0, 1}}, {Name: "log", To: []int{}}}, ""},
		{"twin: nothing", nil, ""},
		{"an output that there is not", Deliveries{{Name: "modle"}}, "did you mean model?"},
		{"one without a name", Deliveries{{}}, "outputs[0].name: say one of model, log"},
		{"one twice", Deliveries{{Name: "log"}, {Name: "log"}}, `outputs[1]: "log" is there twice`},
		{"a recipient before the first", Deliveries{{Name: "log", To: []int{-1}}}, "-1 is no index"},
		{"a recipient that no task has", Deliveries{{Name: "log", To: []int{256}}}, "256 is no index"},
		{"a recipient twice", Deliveries{{Name: "log", To: []int{1, 0, 1}}}, "outputs[0].to: 1 is there twice"},
		{"a recipient that this task has not", Deliveries{{Name: "model"}, {Name: "log", To: []int{2}}}, "outputs[1].to: the task has no recipient 2, but 2 of them"},
	} {
		err := errors.Join(tt.all.Check([]string{"model", "log"}), tt.all.CheckFor(2))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if err := (Deliveries{{Name: "log", To: []int{200}}}).CheckFor(0); err != nil {
		t.Errorf("twin: where whoever runs the job gets all: %v", err)
	}
}

func TestARefusedRunSaysWhyAsFarAsItMay(t *testing.T) {
	why := errors.New("a column is missing")
	for _, tt := range []struct {
		output int64
		want   string
	}{{100, "a column is missing\n"}, {8, "a column"}, {0, ""}, {-1, ""}} {
		j := Job{Limits: Limits{Fuel: 5, Output: tt.output}}
		out, err := j.Refused(9, why)
		if err != why || out.ExitCode != ExitStopped || out.Fuel != 5 || string(out.Stderr) != tt.want || out.Outputs != nil {
			t.Errorf("with %d bytes of output: %+v, %v", tt.output, out, err)
		}
	}
}
