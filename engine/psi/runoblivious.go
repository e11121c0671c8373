package psi

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"

	"tacit"
	"tacit/engine/psi/oblivious"
	"tacit/engine/psi/rows"
	"tacit/engine/psi/set"
	"tacit/fault"
	"tacit/parallel"
)

// piece is how many bytes of a set are read at once, about.
const piece = 1 << 22

// fuelPerStep is what a record costs for each time that the network doubles.
const fuelPerStep = 8

// A sealed is one party's set. Everything here but count and what stands in rows is told by
// sizes and parameters.
type sealed struct {
	file  tacit.GuestFile
	head  *set.Head
	bare  bool // ids without a head
	count uint64
	at    int      // of the first of its records
	words int      // of a row: the id, if it is needed, then the fields
	ids   bool     // whether it is
	parts []field  // that are needed
	rows  []uint64 // in the order of the records
}

// A field is a column of a set that an operation needs.
type field struct {
	column int // of the set
	at     int // word of a row
	words  int
	set.Column
}

// idWords is how many words an id takes.
func (s *sealed) idWords() int { return (s.head.Width + 7) / 8 }

// A hidden is one operation in oblivious mode: which memory it touches, what it reads and
// how much it writes follows from the capacities of the sets, from their columns and from
// the parameters. What it learns of the data it keeps in words that no branch looks at,
// until the outputs are made; then it says once whether they may be said.
type hidden struct {
	*Engine
	job     tacit.Job
	p       *Params
	parties []*sealed
	budget  *budget
	room    room
	asked   question

	starts   []int
	recs     []oblivious.Record
	marks    []uint64 // beside recs
	keep     []uint64
	own      []uint64 // marks of one party, to work with
	guests   []uint64 // rows that go with recs
	width    int      // of guests
	distinct []uint64
	shared   []uint64 // distinct ids that a party shares with the first
	answer   uint64   // distinct ids that the answer is about
	joined   uint64   // rows of a join
	doubled  uint64   // a bit for each party with an id twice
	unsorted uint64   // not 0 if a set says that it is sorted and is not
	sketches [][]byte
	outputs  []tacit.Output
}

// runOblivious does an operation so that the memory that it touches depends on sizes only.
func (e *Engine) runOblivious(ctx context.Context, job tacit.Job, p *Params) (tacit.Outcome, error) {
	h := &hidden{Engine: e, job: job, p: p, budget: newBudget(job.Limits), room: room{bytes: job.Limits.Output, files: job.Limits.Files}}
	for _, step := range []func(context.Context) error{h.open, h.plan, h.load, h.relate, h.sketch, h.make, h.obey} {
		if err := ctx.Err(); err != nil {
			return tacit.Outcome{}, fmt.Errorf("psi: run: %w", err)
		}
		if err := step(ctx); err != nil {
			return ended(job, h.budget, err)
		}
	}
	return tacit.Outcome{Fuel: h.budget.fuelUsed, PeakMem: h.budget.used, Outputs: h.outputs}, nil
}

// open reads the heads, and refuses what cannot be done so.
func (h *hidden) open(context.Context) error {
	p := h.p
	switch {
	case len(p.Order) > oblivious.MostParties:
		return refuse("mode: oblivious takes at most %d parties", oblivious.MostParties)
	case p.GroupBy != nil:
		return refuse("groupBy: oblivious mode has no groups: which there are would tell")
	case p.Normalise != rows.Rules{}:
		return refuse("normalise: oblivious mode takes ids as they were prepared: 'tacit psi prepare' applies these rules")
	case p.Format != rows.CSV:
		return refuse("format: oblivious mode writes prepared sets")
	}
	h.asked = question{operation: p.Operation, left: p.Join != nil && p.Join.Kind == Left, all: uint64(1)<<len(p.Order) - 1}
	for _, alias := range p.Order {
		s := &sealed{file: inputOf(h.job, alias)}
		if err := s.open(p.Parties[alias]); err != nil {
			return err
		}
		h.parties = append(h.parties, s)
		first := h.parties[0].head
		switch {
		case s.head.Width != first.Width:
			return refuse("parties.%s: ids of %d bytes, and %s has %d: 'tacit psi prepare --width' makes them alike", short(alias), s.head.Width, short(p.Order[0]), first.Width)
		case s.head.Text != first.Text:
			return refuse("parties.%s: one party's ids are text and another's are bytes", short(alias))
		case s.head.Rules != first.Rules:
			return refuse("parties.%s: it was prepared with other rules than %s", short(alias), short(p.Order[0]))
		}
	}
	for k, s := range h.parties {
		if err := h.choose(k, s); err != nil {
			return err
		}
	}
	return nil
}

func (s *sealed) open(f rows.Format) error {
	alias := short(s.file.Alias)
	switch f.Kind {
	case rows.Set:
		if f.Column != "" || f.Header != nil || f.Delimiter != "" || f.Width != 0 {
			return refuse("parties.%s: a set says itself what it holds", alias)
		}
		head, err := set.ReadHead(s.file.Data, s.file.Size)
		if err != nil {
			return err
		}
		s.head = head
	case rows.Binary:
		if f.Width > set.MostWidth {
			return refuse("parties.%s.width: oblivious mode takes ids of up to %d bytes", alias, set.MostWidth)
		}
		if s.file.Size < 0 || s.file.Size%int64(f.Width) != 0 {
			return fault.New(fault.PSIRow, "psi: run: input %q ends within an id", alias)
		}
		n := int(s.file.Size / int64(f.Width))
		s.bare = true
		s.head = &set.Head{Width: f.Width, Capacity: n, Count: n}
	default:
		return refuse("parties.%s.format: oblivious mode does not read %s: prepare a set with 'tacit psi prepare'", alias, f.Kind)
	}
	if s.head.Capacity > rows.MostRows {
		return fault.New(fault.PSISize, "psi: run: input %q: more than %d records", alias, rows.MostRows)
	}
	s.count = uint64(s.head.Count)
	return nil
}

// base is where the ids of the file begin.
func (s *sealed) base(column int) int64 {
	if s.bare {
		return 0
	}
	return s.head.At(column)
}

// choose says which fields of a party are needed and where in its rows they stand.
func (h *hidden) choose(k int, s *sealed) error {
	p := h.p
	first := k == 0 && p.Operation != Cardinality && p.Operation != Union && p.Operation != Computed
	s.ids = first || s.file.Differs != nil || p.Operation == Union && s.head.Width > 16
	if s.ids {
		s.words = s.idWords()
	}
	add := func(name string) (*field, error) {
		for i := range s.parts {
			if s.parts[i].Name == name {
				return &s.parts[i], nil
			}
		}
		for i, c := range s.head.Columns {
			if c.Name == name {
				s.parts = append(s.parts, field{i, s.words, (c.Width + 7) / 8, c})
				s.words += (c.Width + 7) / 8
				return &s.parts[len(s.parts)-1], nil
			}
		}
		return nil, fault.New(fault.PSIColumn, "psi: run: input %q has no column %q", short(s.file.Alias), short(name))
	}
	if p.Join != nil {
		for _, name := range p.Join.Columns[s.file.Alias] {
			if _, err := add(name); err != nil {
				return err
			}
		}
	}
	for i := range p.Compute {
		f := &p.Compute[i]
		if f.Party != s.file.Alias || f.Column == "" {
			continue
		}
		c, err := add(f.Column)
		switch {
		case err != nil:
			return err
		case !c.Number:
			return fault.New(fault.PSIColumn, "psi: run: input %q: column %q is text", short(s.file.Alias), short(f.Column))
		case c.Decimals != f.Decimals:
			return fault.New(fault.PSIColumn, "psi: run: input %q: column %q has %d decimals, and %s wants %d", short(s.file.Alias), short(f.Column), c.Decimals, f.title(), f.Decimals)
		}
	}
	return nil
}

// plan spends all fuel, and holds all memory and room for outputs, before anything is read.
func (h *hidden) plan(context.Context) error {
	size, n, rowWords := uint64(0), 0, 0
	for _, s := range h.parties {
		h.starts = append(h.starts, n)
		s.at = n
		n += s.head.Capacity
		size += uint64(s.file.Size)
		rowWords += s.words * s.head.Capacity
	}
	h.starts = append(h.starts, n)
	switch h.p.Operation {
	case Union:
		if h.parties[0].head.Width > 16 {
			h.width = h.parties[0].idWords()
		}
	case Joined:
		for _, s := range h.parties[1:] {
			h.width += 1 + s.words
			if s.ids {
				h.width -= s.idWords()
			}
		}
	}
	levels := uint64(bits.Len64(uint64(n)))
	steps := uint64(n) * levels
	for _, s := range h.parties {
		if !s.head.Sorted {
			steps += uint64(s.head.Capacity) * levels * levels / 2
		}
	}
	written := int64(0)
	for _, o := range h.promised() {
		if err := h.room.take(o); err != nil {
			return err
		}
		written += o
	}
	// Records, their marks, and two words beside each to work with; what an answer is made
	// in is as large as the rows that it comes from.
	held := int64(n)*(24+8+8+8+8*int64(h.width)) + 2*8*int64(rowWords) + 2*written + 3*piece
	if h.p.Operation == Joined {
		held += 8 * int64(h.parties[0].head.Capacity) * int64(h.width)
	}
	if h.p.Operation == Union {
		held += 8 * int64(n) * int64(max(2, h.width))
	}
	if err := h.budget.hold(base + held); err != nil {
		return err
	}
	return h.budget.burn(size + fuelPerStep*steps + uint64(written))
}

// load reads all sets as they stand, one after the other.
func (h *hidden) load(ctx context.Context) error {
	n, total, done := h.starts[len(h.parties)], int64(0), int64(0)
	for _, s := range h.parties {
		total += s.file.Size
	}
	h.recs = make([]oblivious.Record, n)
	h.marks = make([]uint64, n)
	h.keep = make([]uint64, n+1)
	h.own = make([]uint64, n)
	for k, s := range h.parties {
		s.rows = make([]uint64, s.words*s.head.Capacity)
		hear := func(bytes int) {
			done += int64(bytes)
			h.hear("read", done, total)
		}
		if err := h.loadIDs(ctx, k, s, hear); err != nil {
			return err
		}
		for _, f := range s.parts {
			if err := h.loadField(ctx, s, f, hear); err != nil {
				return err
			}
		}
		recs := h.recs[s.at : s.at+s.head.Capacity]
		if s.head.Sorted {
			h.unsorted |= ^oblivious.Ascending(recs)
			continue
		}
		h.hear("sort", 0, 0)
		oblivious.Sort(recs, s.rows, s.words, h.threads)
	}
	if h.unsorted != 0 {
		return fault.New(fault.PSISet, "psi: run: a set says that it is sorted and is not")
	}
	return ctx.Err()
}

// per is how many fields of a width are read at once.
func (s *sealed) per(width int) int { return min(piece/max(width, 16), s.head.Capacity) }

// chunks reads the fields of a column in order.
func (s *sealed) chunks(ctx context.Context, column, width int, do func(first int, b []byte)) error {
	per := s.per(width)
	b := make([]byte, per*width)
	for first := 0; first < s.head.Capacity; first += per {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("psi: run: %w", err)
		}
		n := min(per, s.head.Capacity-first)
		if err := rows.ReadFull(s.file.Data, b[:n*width], s.base(column)+int64(first)*int64(width)); err != nil {
			return err
		}
		do(first, b[:n*width])
	}
	return nil
}

func (h *hidden) loadIDs(ctx context.Context, k int, s *sealed, hear func(bytes int)) error {
	width := s.head.Width
	keys := make([]uint64, 2*s.per(width))
	return s.chunks(ctx, -1, width, func(first int, b []byte) {
		n := len(b) / width
		slices := min(h.threads, n)
		_ = parallel.Do(context.WithoutCancel(ctx), h.threads, slices, func(_, i int) {
			from, to := n*i/slices, n*(i+1)/slices
			for j := from; j < to; j++ {
				keys[2*j], keys[2*j+1] = set.Key(b[j*width : (j+1)*width])
			}
			oblivious.Load(h.recs[s.at+first+from:s.at+first+to], keys[2*from:2*to], k, first+from, s.count)
			if s.ids {
				oblivious.Words(s.rows[(first+from)*s.words:(first+to)*s.words], s.words, 0, b[from*width:to*width], width)
			}
		})
		hear(len(b))
	})
}

func (h *hidden) loadField(ctx context.Context, s *sealed, f field, hear func(bytes int)) error {
	numbers := make([]uint64, 0, s.per(f.Width))
	return s.chunks(ctx, f.column, f.Width, func(first int, b []byte) {
		to := s.rows[first*s.words:]
		if f.Number {
			numbers = numbers[:len(b)/8]
			for i := range numbers {
				numbers[i] = binary.LittleEndian.Uint64(b[8*i:])
			}
			oblivious.Column(to, s.words, f.at, numbers)
		} else {
			oblivious.Words(to, s.words, f.at, b, f.Width)
		}
		hear(len(b))
	})
}

// relate sorts all records together and marks which parties have their ids.
func (h *hidden) relate(ctx context.Context) error {
	n := h.starts[len(h.parties)]
	h.hear("merge", 0, int64(n))
	h.guests = make([]uint64, n*h.width)
	at := 0
	for k, s := range h.parties {
		guests := h.guests[s.at*h.width:]
		switch {
		case h.p.Operation == Union && h.width > 0:
			oblivious.Take(guests, h.width, 0, s.rows, s.words, 0, h.width, s.head.Capacity)
		case h.p.Operation == Joined && k > 0:
			from := 0
			if s.ids {
				from = s.idWords()
			}
			ones := make([]uint64, s.head.Capacity)
			for i := range ones {
				ones[i] = 1
			}
			oblivious.Column(guests, h.width, at, ones)
			oblivious.Take(guests, h.width, at+1, s.rows, s.words, from, s.words-from, s.head.Capacity)
			at += 1 + s.words - from
		}
	}
	oblivious.MergeAll(h.recs, h.starts, h.guests, h.width, h.threads)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	h.hear("mark", 0, int64(n))
	oblivious.Mark(h.recs, h.marks)
	h.distinct = make([]uint64, len(h.parties))
	oblivious.Distinct(h.recs, h.marks, h.distinct)
	h.doubled = oblivious.Doubled(h.recs, h.marks)
	need, forbid := h.wanted()
	oblivious.Keep(h.keep, h.marks, need|oblivious.First, forbid)
	h.answer = oblivious.Count(h.keep)
	for k := range h.parties {
		oblivious.Keep(h.keep, h.marks, 1|uint64(1)<<k|oblivious.First, 0)
		h.shared = append(h.shared, oblivious.Count(h.keep))
	}
	return nil
}

// wanted are the parties that must have an id of the answer, and those that must not.
func (h *hidden) wanted() (need, forbid uint64) {
	switch {
	case h.p.Operation == Union:
		return 0, 0
	case h.p.Operation == Difference:
		return 1, h.asked.all &^ 1
	case h.asked.left:
		return 1, 0
	}
	return h.asked.all, 0
}

// part are the marks of a party's records in their order, until the next call.
func (h *hidden) part(k int) []uint64 {
	copy(h.own, h.marks)
	oblivious.Part(h.recs, h.own, 1, k, h.keep, h.threads)
	return h.own[:h.parties[k].head.Capacity]
}
