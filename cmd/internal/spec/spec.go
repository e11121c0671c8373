// Package spec is what people write about a task: a file of YAML or JSON with
// the fields that this network honours and no others.
package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tacit"
	"tacit/client"
	"tacit/cmd/internal/strict"
	"tacit/fault"
	"tacit/wire"
)

// APIVersion and Kind begin every task file.
const (
	APIVersion = "tacit/v1"
	Kind       = "Task"
)

// A Task is a task file. Zero numbers of requirements take the defaults.
type Task struct {
	APIVersion   string            `json:"apiVersion"`
	Kind         string            `json:"kind"`
	Name         string            `json:"name,omitempty"`
	Labels       map[string]string `json:"labels,omitempty"`
	Service      string            `json:"service"`
	Params       json.RawMessage   `json:"params,omitempty"`
	Inputs       map[string]string `json:"inputs,omitempty"`
	Outputs      Outputs           `json:"outputs,omitzero"`
	Requirements Requirements      `json:"requirements,omitzero"`
	MaxPrice     Coins             `json:"maxPrice,omitempty"`
	Wait         uint64            `json:"wait,omitempty"`
	Delivery     Delivery          `json:"delivery,omitzero"`
}

// Outputs bound what a task may leave.
type Outputs struct {
	MaxSize uint64   `json:"maxSize,omitempty"`
	To      []string `json:"to,omitempty"`     // age recipients of parts of the result, besides the user
	Onward  bool     `json:"onward,omitempty"` // a part is left to a next task
}

// Requirements are what a task needs of its worker, and its limits.
type Requirements struct {
	Level   uint8  `json:"level,omitempty"`
	Region  string `json:"region,omitempty"`
	Purpose string `json:"purpose,omitempty"`
	Fuel    uint64 `json:"fuel,omitempty"`
	Memory  uint64 `json:"memory,omitempty"`
	Seconds uint32 `json:"seconds,omitempty"`
}

// Delivery says where the result goes.
type Delivery struct {
	Out string `json:"out,omitempty"`
}

// Coins are an amount as it was written, such as 0.02.
type Coins string

// UnmarshalJSON takes text or a plain number.
func (c *Coins) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = string(b)
	}
	*c = Coins(s)
	return nil
}

// Parse reads an amount of coins with at most nine decimals; field names it for
// the error, which is API_FIELD.
func (c Coins) Parse(field string) (tacit.Money, error) {
	bad := fault.Denied(fault.APIField, "read amount", field, "an amount of coins such as 0.02, at most nine decimals (small ones in quotes)", string(c))
	whole, part, _ := strings.Cut(string(c), ".")
	if len(part) > 9 || whole == "" {
		return 0, bad
	}
	w, err := strconv.ParseUint(whole, 10, 64)
	p, perr := strconv.ParseUint(part+strings.Repeat("0", 9-len(part)), 10, 64)
	if err != nil || perr != nil || w > 1e10 {
		return 0, bad
	}
	return w*1e9 + p, nil
}

// Defaults are what a file and the command line leave open.
func Defaults() Task {
	return Task{
		APIVersion: APIVersion, Kind: Kind, Outputs: Outputs{MaxSize: 1 << 20}, MaxPrice: "1", Delivery: Delivery{Out: "result"},
		Requirements: Requirements{Level: 2, Fuel: 4e9, Memory: 256 << 20, Seconds: 30},
	}
}

// Read reads a task file over the defaults and checks it.
func Read(path string) (Task, error) {
	t := Defaults()
	t.APIVersion, t.Kind = "", "" // the file must say them
	if err := strict.Read("task", path, &t); err != nil {
		return t, err
	}
	return t, t.Check(path)
}

var (
	alias    = regexp.MustCompile(Alias)
	label    = regexp.MustCompile(Label)
	referred = regexp.MustCompile(Reference)
	left     = regexp.MustCompile(Left)
)

// The patterns of short texts; the schema has them too.
const (
	Alias     = `^[a-z0-9][a-z0-9-]{0,31}$`
	Label     = `^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$`
	Reference = `^[a-z0-9][a-z0-9-]{0,31}/[a-z0-9][a-z0-9-]{0,31}(@[1-9][0-9]*)?$`
	Left      = `^task:[0-9a-f]{64}$` // what a task of the user left to a next step
	Amount    = `^[0-9]{1,11}(\.[0-9]{1,9})?$`
)

// Check reports the first field that is wrong as API_FIELD, with its name. from
// says where the task was written.
func (t Task) Check(from string) error {
	bad := func(field, expected, got string) error {
		return fault.Denied(fault.APIField, "read task "+from, field, expected, got)
	}
	switch {
	case t.APIVersion != APIVersion:
		return bad("apiVersion", APIVersion, or(t.APIVersion, "nothing"))
	case t.Kind != Kind:
		return bad("kind", Kind, or(t.Kind, "nothing"))
	case t.Name != "" && !label.MatchString(t.Name):
		return bad("name", "at most 63 letters, digits and . _ / -", t.Name)
	case t.Service == "":
		return bad("service", "owner/name", "nothing")
	}
	if err := reference("service", t.Service); err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(t.Labels)) {
		if !label.MatchString(k) || t.Labels[k] != "" && !label.MatchString(t.Labels[k]) {
			return bad("labels."+k, "names and values of at most 63 letters, digits and . _ / -", k+": "+t.Labels[k])
		}
	}
	if len(t.Inputs) > 64 {
		return bad("inputs", "at most 64", fmt.Sprint(len(t.Inputs)))
	}
	for _, a := range slices.Sorted(maps.Keys(t.Inputs)) {
		if !alias.MatchString(a) {
			return bad("inputs."+a, "an alias of at most 32 of a-z, 0-9 and hyphen", a)
		}
		if left.MatchString(t.Inputs[a]) {
			continue
		}
		if err := reference("inputs."+a, t.Inputs[a]); err != nil {
			return err
		}
	}
	q := t.Requirements
	switch {
	case len(t.Params) > tacit.InlineMost/2:
		return bad("params", fmt.Sprintf("at most %d bytes", tacit.InlineMost/2), fmt.Sprintf("%d bytes", len(t.Params)))
	case q.Level < 2 || q.Level > 5:
		return bad("requirements.level", "2 (simulated) to 5", fmt.Sprint(q.Level))
	case q.Fuel == 0 || q.Fuel > 1<<50:
		return bad("requirements.fuel", "1 to 1125899906842624 units", fmt.Sprint(q.Fuel))
	case q.Memory == 0 || q.Memory > 4<<30:
		return bad("requirements.memory", "1 to 4294967296 bytes", fmt.Sprint(q.Memory))
	case q.Seconds == 0 || q.Seconds > 86400:
		return bad("requirements.seconds", "1 to 86400", fmt.Sprint(q.Seconds))
	case len(q.Purpose) > 64:
		return bad("requirements.purpose", "at most 64 bytes", q.Purpose)
	case len(q.Region) > 64:
		return bad("requirements.region", "at most 64 bytes", q.Region)
	case t.Outputs.MaxSize == 0 || t.Outputs.MaxSize > 1<<30:
		return bad("outputs.maxSize", "1 to 1073741824 bytes", fmt.Sprint(t.Outputs.MaxSize))
	case len(t.Outputs.To) > tacit.MostRecipients-1:
		return bad("outputs.to", fmt.Sprintf("at most %d", tacit.MostRecipients-1), fmt.Sprint(len(t.Outputs.To)))
	case t.Delivery.Out == "":
		return bad("delivery.out", "a folder", "nothing")
	}
	_, err := t.MaxPrice.Parse("maxPrice")
	return err
}

// reference checks a name with an optional generation.
func reference(field, s string) error {
	if !referred.MatchString(s) {
		return fault.Denied(fault.APIName, "read task", field, "owner/name in a-z, 0-9 and hyphen, or owner/name@generation", s)
	}
	return nil
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Wish is what the client is asked for.
func (t Task) Wish() (client.Wish, error) {
	q := t.Requirements
	w := client.Wish{Service: t.Service, Params: t.Params, Wait: t.Wait, Requirements: tacit.Requirements{
		Level: q.Level, Fuel: q.Fuel, Memory: q.Memory, Output: t.Outputs.MaxSize, Seconds: q.Seconds, Purpose: q.Purpose, Region: q.Region,
	}}
	w.To, w.Onward = t.Outputs.To, t.Outputs.Onward
	for _, a := range slices.Sorted(maps.Keys(t.Inputs)) {
		if id, ok := strings.CutPrefix(t.Inputs[a], "task:"); ok {
			var task wire.Digest
			if err := task.UnmarshalText([]byte(id)); err != nil {
				return w, err
			}
			w.Steps = append(w.Steps, client.Step{Alias: a, Task: task})
			continue
		}
		w.Data = append(w.Data, client.Binding{Alias: a, Dataset: t.Inputs[a]})
	}
	var err error
	w.MaxFee, err = t.MaxPrice.Parse("maxPrice")
	return w, err
}
