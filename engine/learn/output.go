package learn

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"tacit"
	"tacit/fault"
)

// A summary is summary.json.
type summary struct {
	Operation string         `json:"operation"`
	Kind      string         `json:"kind"`            // of the model
	Model     string         `json:"model,omitempty"` // SHA-256 of its bytes
	Data      []inputSummary `json:"data"`            // in the order of the task's inputs
	Rows      int            `json:"rows"`            // of all data together
	Matched   *int           `json:"matched,omitempty"`
	Features  int            `json:"features"`
	Learned   *int           `json:"training,omitempty"`   // rows
	Validated *int           `json:"validation,omitempty"` // rows
	Requests  int            `json:"requests,omitempty"`   // of a session, that were answered
	Round     *uint64        `json:"round,omitempty"`      // that an update is for, from 1

	round *roundSummary // what aggregate says instead
}

type inputSummary struct {
	Input string `json:"input"`
	Rows  int    `json:"rows"`
}

func (s summary) encode() []byte {
	if s.round != nil {
		return indented(s.round)
	}
	return indented(s)
}

// scores are metrics.json.
type scores struct {
	Training   *score `json:"training,omitempty"`
	Validation *score `json:"validation,omitempty"`
	Evaluation *score `json:"evaluation,omitempty"`
	// Explained are the shares of the variance that components have.
	Explained []float64 `json:"explainedVariance,omitempty"`
}

func indented(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // finite numbers and texts always can be written
	}
	return append(b, '\n')
}

// A room is what a run may still write.
type room struct {
	bytes int64
	files int
	used  int64
}

// wanted reports whether anybody gets an output.
func (r *run) wanted(name string) bool {
	_, anybody := r.p.Outputs.To(name)
	return anybody
}

// write leaves a file for those who get the output that it is of.
func (r *run) write(output, file string, data []byte) error {
	to, anybody := r.p.Outputs.To(output)
	if !anybody {
		return nil
	}
	if r.room.files--; r.room.files < 0 {
		return fault.New(fault.WasmOutput, "learn: run: the outputs are more files than allowed")
	}
	n := int64(len(data))
	if n > r.room.bytes {
		return fault.New(fault.WasmOutput, "learn: run: the outputs are larger than allowed")
	}
	r.room.bytes -= n
	r.room.used += n
	r.outputs = append(r.outputs, tacit.Output{Name: file, Data: data, To: to})
	return r.budget.hold(n)
}

// appendField appends a text as a field of CSV (RFC 4180).
func appendField(b []byte, s string) []byte {
	quoted := false
	for i := range len(s) {
		c := s[i]
		quoted = quoted || c == ',' || c == '"' || c == '\n' || c == '\r'
	}
	if !quoted {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

func appendNumber(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'g', -1, 64) }

// importance is how often and with what gain trees ask for each feature.
func importance(m *document, gains []float64) []byte {
	b := []byte("feature,splits,gain\n")
	for i, n := range m.fitted.(forest).m.Splits() {
		b = append(appendField(b, m.Features[i]), ',')
		b = append(strconv.AppendInt(b, int64(n), 10), ',')
		b = append(appendNumber(b, gains[i]), '\n')
	}
	return b
}

// predictions are what a model says of each row, in the order of the data: its id if it is
// kept, the class or cluster, and the numbers behind it.
func (r *run) predictions(m *document, d *data, out []float64) ([]byte, error) {
	var b []byte
	ids := r.p.Keep != nil && d.ids != nil
	if ids {
		b = append(b, "id,"...)
	}
	n, names := m.fitted.width(), m.Classes
	switch m.fitted.task() {
	case regression:
		b = append(b, "prediction"...)
	case classification:
		b = append(b, "class"...)
		for _, c := range names {
			b = appendField(append(b, ','), "p:"+c)
		}
	case clustering:
		b = append(b, "cluster,distance"...)
	case projection:
		for i := range n {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(append(b, "component"...), int64(i+1), 10)
		}
	}
	b = append(b, '\n')
	for i := range d.rows {
		if int64(len(b)) > r.room.bytes {
			return nil, fault.New(fault.WasmOutput, "learn: run: the outputs are larger than allowed")
		}
		if ids {
			b = append(appendField(b, d.ids(i)), ',')
		}
		v := out[i*n : (i+1)*n]
		switch m.fitted.task() {
		case classification:
			b = append(appendField(b, names[largest(v)]), ',')
		case clustering:
			at := 0
			for k := range v {
				if v[k] < v[at] {
					at = k
				}
			}
			b = append(strconv.AppendInt(b, int64(at), 10), ',')
			v = v[at : at+1]
		}
		for k, x := range v {
			if k > 0 {
				b = append(b, ',')
			}
			b = appendNumber(b, x)
		}
		b = append(b, '\n')
	}
	return b, nil
}

// logbook is how a model came about, an event a line: what the parameters were, how many rows
// whose data had, how good the model was after each round, and its digest.
func (r *run) logbook(t *training, s *scores, size int) []byte {
	b := new(bytes.Buffer)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	say := func(v any) {
		if err := e.Encode(v); err != nil {
			panic(err) // finite numbers and texts always can be written
		}
	}
	type event struct {
		Event string `json:"event"`
	}
	start := struct {
		event
		Engine     string          `json:"engine"`
		Clock      string          `json:"clock,omitempty"` // that of the task
		Parameters json.RawMessage `json:"parameters"`      // as the user gave them
	}{event{"start"}, "builtin/" + tacit.EngineLearn + "@1", "", r.job.Params}
	if !r.job.Clock.IsZero() {
		start.Clock = r.job.Clock.UTC().Format(time.RFC3339)
	}
	say(start)
	for _, d := range r.summary.Data {
		say(struct {
			event
			inputSummary
		}{event{"data"}, d})
	}
	rows := struct {
		event
		Rows       int  `json:"rows"`
		Matched    *int `json:"matched,omitempty"`
		Features   int  `json:"features"`
		Training   *int `json:"training"`
		Validation *int `json:"validation,omitempty"`
	}{event{"rows"}, r.summary.Rows, r.summary.Matched, r.summary.Features, r.summary.Learned, r.summary.Validated}
	say(rows)
	for _, c := range t.curve {
		line := struct {
			event
			Round      int      `json:"round"`
			Metric     string   `json:"metric"`
			Training   float64  `json:"training"`
			Validation *float64 `json:"validation,omitempty"`
			Right      *float64 `json:"accuracy,omitempty"`
			OtherRight *float64 `json:"validationAccuracy,omitempty"`
		}{event{"round"}, c.number, c.metric, c.learned, nil, nil, nil}
		if c.hasValidated {
			line.Validation = &c.validated
		}
		if c.hasRight {
			line.Right = &c.right
			if c.hasValidated {
				line.OtherRight = &c.validatedRight
			}
		}
		say(line)
	}
	say(struct {
		event
		*scores
	}{event{"metrics"}, s})
	say(struct {
		event
		Kind   string `json:"kind"`
		SHA256 string `json:"sha256"`
		Bytes  int    `json:"bytes"`
	}{event{"model"}, r.p.Kind, r.summary.Model, size})
	return b.Bytes()
}
