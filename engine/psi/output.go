package psi

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/bits"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
)

// A report is summary.json.
type report struct {
	Operation   string        `json:"operation"`
	Mode        string        `json:"mode"`
	Parties     []partyReport `json:"parties"`        // in the order of the operation
	Cardinality uint64        `json:"cardinality"`    // distinct ids that the answer is about
	Rows        *uint64       `json:"rows,omitempty"` // of a join
	MinGroup    uint64        `json:"minGroup"`
	Groups      *groupReport  `json:"groups,omitempty"` // of a computation with groupBy
}

type partyReport struct {
	Alias    string `json:"alias"`
	Rows     uint64 `json:"rows"`
	Distinct uint64 `json:"distinct"`
}

// A groupReport counts groups: those with a row of their own, those that share one, and
// those that have none.
type groupReport struct {
	Shown    uint64 `json:"shown"`
	Together uint64 `json:"together"`
	HeldBack uint64 `json:"heldBack"`
}

func (r *report) encode() []byte {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // numbers and texts always can be written
	}
	return append(b, '\n')
}

// A room is what a run may still write.
type room struct {
	bytes int64
	files int
	used  int64
}

// take reserves a file of so many bytes.
func (r *room) take(n int64) error {
	if r.files--; r.files < 0 {
		return fault.New(fault.WasmOutput, "psi: run: the outputs are more files than allowed")
	}
	if n < 0 || n > r.bytes {
		return fault.New(fault.WasmOutput, "psi: run: the outputs are larger than allowed")
	}
	r.bytes -= n
	r.used += n
	return nil
}

// text reports whether a party's ids are written as they stand, else in hexadecimal.
func text(f rows.Format, ids *rows.Texts) bool {
	return f.Kind == rows.CSV || f.Kind != rows.Binary && ids.Width == 0
}

// fieldSize is how many bytes appendField adds.
func fieldSize(s []byte) int {
	n := len(s)
	if quoted(s) {
		n += 2 + bytes.Count(s, []byte{'"'})
	}
	return n
}

func quoted(s []byte) bool {
	for _, c := range s {
		if c == ',' || c == '"' || c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}

// appendField appends a field of CSV (RFC 4180).
func appendField(b, s []byte) []byte {
	if !quoted(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	for _, c := range s {
		if c == '"' {
			b = append(b, '"')
		}
		b = append(b, c)
	}
	return append(b, '"')
}

// An idWriter writes the ids of one party, each as a row of its own.
type idWriter struct {
	ids    *rows.Texts
	binary bool // nothing but the ids
	text   bool
}

// size is that of the rows that said names in its words from up to to.
func (w idWriter) size(said []uint64, from, to int) int64 {
	if w.binary || !w.text && w.ids.Width > 0 {
		n := 0
		for _, word := range said[from:to] {
			n += bits.OnesCount64(word)
		}
		if w.binary {
			return int64(n) * int64(w.ids.Width)
		}
		return int64(n) * int64(2*w.ids.Width+1)
	}
	n := int64(0)
	for i, word := range said[from:to] {
		for ; word != 0; word &= word - 1 {
			n += int64(w.rowSize((from+i)*64 + bits.TrailingZeros64(word)))
		}
	}
	return n
}

func (w idWriter) rowSize(row int) int { return w.fieldSize(row) + 1 }

func (w idWriter) fieldSize(row int) int {
	if w.text {
		return fieldSize(w.ids.At(row))
	}
	return 2 * len(w.ids.At(row))
}

// appendField appends an id as a field of CSV.
func (w idWriter) appendField(b []byte, row int) []byte {
	if w.text {
		return appendField(b, w.ids.At(row))
	}
	return hex.AppendEncode(b, w.ids.At(row))
}

// append appends the rows that said names in its words from up to to.
func (w idWriter) append(b []byte, said []uint64, from, to int) []byte {
	for i, word := range said[from:to] {
		for ; word != 0; word &= word - 1 {
			row := (from+i)*64 + bits.TrailingZeros64(word)
			if w.binary {
				b = append(b, w.ids.At(row)...)
			} else {
				b = append(w.appendField(b, row), '\n')
			}
		}
	}
	return b
}

// output is a file for those who get it by the parameters.
func (p *Params) output(name, file string, data []byte) tacit.Output {
	to, _ := p.Outputs.To(name)
	return tacit.Output{Name: file, Data: data, To: to}
}
