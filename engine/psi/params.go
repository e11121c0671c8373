package psi

import (
	"fmt"
	"slices"
	"strings"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
	"tacit/wire/strict"
)

// The operations.
const (
	Intersection = tacit.SetIntersection
	Union        = tacit.SetUnion
	Difference   = tacit.SetDifference
	Cardinality  = tacit.SetCardinality // of the intersection
	Joined       = tacit.SetJoin
	Computed     = tacit.SetCompute
)

// The modes.
const (
	Plain     = "plain"     // fast; which memory is touched depends on the data
	Oblivious = "oblivious" // which memory is touched depends on sizes only
)

// The kinds of a join.
const (
	Inner = "inner"
	Left  = "left"
)

// Summary is the output that every operation has: what was done and how many ids it gave.
const Summary = "summary"

// Bounds of the parameters.
const (
	leastParties  = 2
	mostParties   = 64
	mostColumns   = 256
	mostFunctions = 256
	mostParams    = 1 << 20 // bytes
)

// Params are what a user asks of the engine: /params.json of the task.
type Params struct {
	Operation string                 `json:"operation"`
	Mode      string                 `json:"mode"`
	Parties   map[string]rows.Format `json:"parties"`            // every input by its alias
	Order     []string               `json:"order,omitempty"`    // all aliases [as the task has them]
	Normalise rows.Rules             `json:"normalise,omitzero"` // the same for all
	Join      *Join                  `json:"join,omitempty"`     // of the operation join
	Compute   []Function             `json:"compute,omitempty"`  // of the operation compute
	GroupBy   *Group                 `json:"groupBy,omitempty"`  // of the operation compute
	Outputs   tacit.Deliveries       `json:"outputs,omitempty"`  // [everything to everybody]
	MinGroup  uint64                 `json:"minGroup,omitempty"` // raises the owners' minimum, never lowers it
	Format    string                 `json:"format,omitempty"`   // of ids: csv or, if all are of one width, binary [csv]
}

// A Join says which columns of whom go beside the ids.
type Join struct {
	Kind    string              `json:"kind"`
	Columns map[string][]string `json:"columns,omitempty"` // by alias
}

// A Function is one number over those rows of a party whose ids all parties have.
type Function struct {
	Name     string `json:"function"` // sum, mean, count, min or max
	Party    string `json:"party"`
	Column   string `json:"column,omitempty"`   // none of count, which counts rows
	Decimals int    `json:"decimals,omitempty"` // digits behind the point that the column has at most
	Bucket   string `json:"bucket,omitempty"`   // of min and max, which are told as bounds of multiples of it

	bucket int64 // in units of 10^-Decimals
	digits int   // behind the point of Bucket
}

// A Group is the column by whose text the rows of a computation are grouped.
type Group struct {
	Party  string `json:"party"`
	Column string `json:"column"`
}

func refuse(format string, args ...any) error {
	return fault.New(fault.PSIJob, "psi: parameters: "+format, args...)
}

// parse reads the parameters of a job with these inputs and brings Order, Format and the
// buckets into their full form. Every error is PSI_JOB.
func parse(raw []byte, inputs []tacit.GuestFile) (*Params, error) {
	p := new(Params)
	if len(raw) > mostParams {
		return nil, refuse("%d bytes, at most %d", len(raw), mostParams)
	}
	if err := decode(raw, p); err != nil {
		return nil, err
	}
	for _, check := range []func([]tacit.GuestFile) error{p.checkOperation, p.checkParties, p.checkOrder, p.checkFormat, p.checkJoin, p.checkCompute, p.checkOutputs} {
		if err := check(inputs); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// oneOf refuses what is none of the words.
func oneOf(field, got string, words ...string) error {
	if err := strict.OneOf(field, got, words...); err != nil {
		return refuse("%w", err)
	}
	return nil
}

func (p *Params) checkOperation([]tacit.GuestFile) error {
	if err := oneOf("operation", p.Operation, tacit.SetOperations()...); err != nil {
		return err
	}
	return oneOf("mode", p.Mode, Plain, Oblivious)
}

// checkParties has the parties be the inputs, no more and no fewer.
func (p *Params) checkParties(inputs []tacit.GuestFile) error {
	if n := len(inputs); n < leastParties || n > mostParties {
		return refuse("parties: the task has %d inputs, want %d to %d", n, leastParties, mostParties)
	}
	var aliases []string
	for _, in := range inputs {
		if slices.Contains(aliases, in.Alias) {
			return refuse("parties: two inputs are called %q", short(in.Alias))
		}
		aliases = append(aliases, in.Alias)
		f, ok := p.Parties[in.Alias]
		if !ok {
			return refuse("parties: input %q is not among them", short(in.Alias))
		}
		if err := oneOf("parties."+short(in.Alias)+".format", f.Kind, rows.CSV, rows.Parquet, rows.Binary, rows.Set); err != nil {
			return err
		}
	}
	for _, a := range sorted(p.Parties) {
		if !slices.Contains(aliases, a) {
			return refuse("parties: the task has no input %q%s", short(a), meant(a, aliases))
		}
	}
	if p.Order == nil {
		p.Order = aliases
	}
	return nil
}

func (p *Params) checkOrder([]tacit.GuestFile) error {
	seen := map[string]bool{}
	for _, a := range p.Order {
		if err := p.known("order", a); err != nil {
			return err
		}
		if seen[a] {
			return refuse("order: %q is there twice", short(a))
		}
		seen[a] = true
	}
	if len(seen) != len(p.Parties) {
		return refuse("order: %d of %d parties", len(seen), len(p.Parties))
	}
	return nil
}

// known refuses what is no alias of a party.
func (p *Params) known(field, alias string) error {
	if _, ok := p.Parties[alias]; ok {
		return nil
	}
	if alias == "" {
		return refuse("%s: say a party", field)
	}
	return refuse("%s: there is no party %q%s", field, short(alias), meant(alias, sorted(p.Parties)))
}

// width is that of the ids if all parties bring binary ids of one width, else 0.
func (p *Params) width() int {
	w := 0
	for _, f := range p.Parties {
		if f.Kind != rows.Binary || w != 0 && f.Width != w {
			return 0
		}
		w = f.Width
	}
	return w
}

func (p *Params) checkFormat([]tacit.GuestFile) error {
	w := 0
	for _, a := range p.Order {
		f := p.Parties[a]
		if f.Kind != rows.Binary {
			continue
		}
		if f.Width < 1 || f.Width > 1024 {
			return refuse("parties.%s.width: %d bytes, want 1 to 1024", short(a), f.Width)
		}
		if w != 0 && f.Width != w {
			return refuse("parties.%s.width: ids of %d and of %d bytes are never the same", short(a), f.Width, w)
		}
		w = f.Width
	}
	if p.Format == "" {
		p.Format = rows.CSV
	}
	if err := oneOf("format", p.Format, rows.CSV, rows.Binary); err != nil {
		return err
	}
	if p.Format == rows.Binary {
		switch {
		case p.Operation != Intersection && p.Operation != Union && p.Operation != Difference:
			return refuse("format: the output of %s is no list of ids", p.Operation)
		case p.width() == 0:
			return refuse("format: ids are written as binary only if every party brings them so")
		}
	}
	return nil
}

func (p *Params) checkJoin([]tacit.GuestFile) error {
	if p.Operation != Joined {
		if p.Join != nil {
			return refuse("join: the operation is %s", p.Operation)
		}
		return nil
	}
	if p.Join == nil {
		return refuse("join: say its kind")
	}
	if err := oneOf("join.kind", p.Join.Kind, Inner, Left); err != nil {
		return err
	}
	n := 0
	for _, a := range sorted(p.Join.Columns) {
		if err := p.known("join.columns", a); err != nil {
			return err
		}
		names := p.Join.Columns[a]
		if n += len(names); n > mostColumns {
			return refuse("join.columns: more than %d", mostColumns)
		}
		for i, name := range names {
			if name == "" {
				return refuse("join.columns.%s: a column without a name", short(a))
			}
			if slices.Contains(names[:i], name) {
				return refuse("join.columns.%s: %q is there twice", short(a), short(name))
			}
		}
	}
	return nil
}

func (p *Params) checkCompute([]tacit.GuestFile) error {
	if p.Operation != Computed {
		switch {
		case p.Compute != nil:
			return refuse("compute: the operation is %s", p.Operation)
		case p.GroupBy != nil:
			return refuse("groupBy: the operation is %s", p.Operation)
		}
		return nil
	}
	if n := len(p.Compute); n < 1 || n > mostFunctions {
		return refuse("compute: %d functions, want 1 to %d", n, mostFunctions)
	}
	seen := map[string]bool{}
	for i := range p.Compute {
		f, at := &p.Compute[i], fmt.Sprintf("compute[%d]", i)
		if err := f.check(at, p); err != nil {
			return err
		}
		if seen[f.title()] {
			return refuse("%s: %s is there twice", at, short(f.title()))
		}
		seen[f.title()] = true
	}
	if g := p.GroupBy; g != nil {
		if g.Column == "" {
			return refuse("groupBy.column: say a column")
		}
		return p.known("groupBy.party", g.Party)
	}
	return nil
}

// title is what stands above the function's column.
func (f *Function) title() string {
	if f.Name == "count" {
		return "count(" + f.Party + ")"
	}
	return f.Name + "(" + f.Party + "." + f.Column + ")"
}

func (f *Function) check(at string, p *Params) error {
	if err := oneOf(at+".function", f.Name, "sum", "mean", "count", "min", "max"); err != nil {
		return err
	}
	if err := p.known(at+".party", f.Party); err != nil {
		return err
	}
	if f.Name == "count" {
		if f.Column != "" || f.Decimals != 0 || f.Bucket != "" {
			return refuse("%s: count counts rows: it has no column, decimals or bucket", at)
		}
		return nil
	}
	switch bounds := f.Name == "min" || f.Name == "max"; {
	case f.Column == "":
		return refuse("%s.column: say a column", at)
	case f.Decimals < 0 || f.Decimals > 9:
		return refuse("%s.decimals: %d, want 0 to 9", at, f.Decimals)
	case !bounds && f.Bucket != "":
		return refuse("%s.bucket: %s has none", at, f.Name)
	case bounds:
		var ok bool
		if f.bucket, f.digits, ok = decimal(f.Bucket, f.Decimals); !ok || f.bucket == 0 {
			return refuse("%s.bucket: %q, want a number above 0 with at most %d digits behind the point: a least or largest value is told as the bucket that it is in", at, short(f.Bucket), f.Decimals)
		}
	}
	return nil
}

// decimal reads a number without a sign as a whole number of 10^-decimals, and how many
// digits it has behind the point.
func decimal(s string, decimals int) (v int64, digits int, ok bool) {
	whole, part, point := strings.Cut(s, ".")
	if whole == "" || point && part == "" || len(part) > decimals {
		return 0, 0, false
	}
	for _, c := range whole + part + strings.Repeat("0", decimals-len(part)) {
		if c < '0' || c > '9' || v > (1<<63-1-9)/10 {
			return 0, 0, false
		}
		v = 10*v + int64(c-'0')
	}
	return v, len(part), true
}

// outputs are what an operation can write.
func (p *Params) outputs() []string {
	if p.Operation == Cardinality {
		return []string{Summary}
	}
	return []string{p.Operation, Summary}
}

func (p *Params) checkOutputs([]tacit.GuestFile) error {
	if err := p.Outputs.Check(p.outputs()); err != nil {
		return refuse("%w", err)
	}
	return nil
}
