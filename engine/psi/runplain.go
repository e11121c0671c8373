package psi

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
	"tacit/parallel"
)

// A run is one operation in plain mode, from its files to its outputs.
type run struct {
	*Engine
	job      tacit.Job
	p        *Params
	parties  []*party // in the order of the operation
	question question
	budget   *budget
	room     room
	report   report
	outputs  []tacit.Output
	hearing  sync.Mutex // has Progress called by one at a time
}

// runPlain does an operation as fast as it can: what the host sees of the memory that is
// touched depends on the ids.
func (e *Engine) runPlain(ctx context.Context, job tacit.Job, p *Params) (tacit.Outcome, error) {
	r := &run{Engine: e, job: job, p: p, budget: newBudget(job.Limits)}
	r.room = room{bytes: job.Limits.Output, files: job.Limits.Files}
	for _, alias := range p.Order {
		r.parties = append(r.parties, &party{file: inputOf(job, alias)})
	}
	r.question = question{operation: p.Operation, left: p.Join != nil && p.Join.Kind == Left, all: ^uint64(0) >> (64 - len(r.parties))}
	for _, step := range []func(context.Context) error{r.read, r.match, r.obey, r.write, r.summarise} {
		if err := step(ctx); err != nil {
			return ended(r.job, r.budget, err)
		}
	}
	if err := r.budget.burn(uint64(r.room.used)); err != nil {
		return ended(r.job, r.budget, err)
	}
	return tacit.Outcome{Fuel: r.budget.fuelUsed, PeakMem: r.budget.used, Outputs: r.outputs}, nil
}

// ended tells a refusal from a failure of the host.
func ended(job tacit.Job, b *budget, err error) (tacit.Outcome, error) {
	code := string(fault.Of(err))
	for _, family := range []string{"PSI_", "DATA_", "WASM_"} {
		if strings.HasPrefix(code, family) {
			return job.Refused(b.fuelUsed, err)
		}
	}
	return tacit.Outcome{}, err
}

func inputOf(job tacit.Job, alias string) tacit.GuestFile {
	for _, in := range job.Inputs {
		if in.Alias == alias {
			return in
		}
	}
	return tacit.GuestFile{}
}

// tell has Progress called with what was done of a stage.
func (r *run) tell(stage string, total int64) func(n int64) {
	done := int64(0)
	return func(n int64) {
		r.hearing.Lock()
		defer r.hearing.Unlock()
		done += n
		r.hear(stage, done, total)
	}
}

// read reads all files. Which error is told if several are wrong does not depend on which
// was read first.
func (r *run) read(ctx context.Context) error {
	size := uint64(0)
	for _, p := range r.parties {
		size += uint64(p.file.Size)
	}
	if err := r.budget.burn(size); err != nil {
		return err
	}
	perRow := int64(perTuple)
	if r.linked() {
		perRow += perLink + perList
	}
	shares, err := r.budget.before(r.p, r.parties, perRow)
	if err != nil {
		return err
	}
	errs := make([]error, len(r.parties))
	done := r.tell("read", int64(size))
	if err := parallel.Do(ctx, r.threads, len(r.parties), func(_, k int) {
		p := r.parties[k]
		limits := rows.Limits{Rows: rows.MostRows, Memory: max(shares[k], 1<<16), Field: mostField}
		p.table, errs[k] = r.Engine.read(ctx, p.file, r.p.Parties[p.file.Alias], r.p.Normalise, r.p.wants(p.file.Alias), limits)
		done(p.file.Size)
	}); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	all := 0
	for k, p := range r.parties {
		if errs[k] != nil {
			return errs[k]
		}
		p.rows = p.table.IDs.N
		all += p.rows
		if err := r.budget.hold(tableBytes(p.table) + perRow*int64(p.rows) + int64(p.rows)/8); err != nil {
			return err
		}
	}
	return r.budget.burn(fuelPerRow * uint64(all))
}

// linked reports whether the rows of all parties are brought together.
func (r *run) linked() bool { return r.p.Operation == Joined || r.p.Operation == Computed }

// wants are the columns of a party that the operation needs.
func (p *Params) wants(alias string) []rows.Want {
	var all []rows.Want
	add := func(w rows.Want) {
		if columnOf(all, w) < 0 {
			all = append(all, w)
		}
	}
	if p.Join != nil {
		for _, name := range p.Join.Columns[alias] {
			add(rows.Want{Name: name})
		}
	}
	if p.GroupBy != nil && p.GroupBy.Party == alias {
		add(rows.Want{Name: p.GroupBy.Column})
	}
	for _, f := range p.Compute {
		if f.Party == alias && f.Column != "" {
			add(f.want())
		}
	}
	return all
}

func (f *Function) want() rows.Want {
	return rows.Want{Name: f.Column, Number: true, Decimals: f.Decimals}
}

// columnOf is the place of a column among those that are wanted, or -1.
func columnOf(all []rows.Want, w rows.Want) int {
	for i := range all {
		if all[i] == w {
			return i
		}
	}
	return -1
}

// match finds what the parties have in common.
func (r *run) match(ctx context.Context) error {
	h := newKeyer(r.p.width())
	rowsOfAll := int64(0)
	for k, p := range r.parties {
		rowsOfAll += int64(p.rows)
		var err error
		if p.sketch, err = newSketch(p.file); err != nil {
			return err
		}
		if r.linked() {
			p.link = make([]uint32, p.rows)
		} else if r.p.Operation == Union || k == 0 && r.p.Operation != Cardinality {
			p.said = make([]uint64, (p.rows+63)/64)
		}
	}
	s := newParts(h, int(rowsOfAll), r.round)
	if err := s.split(ctx, r.threads, r.parties, r.tell("split", rowsOfAll)); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	done := r.tell("match", int64(s.all))
	var err error
	if r.report.Cardinality, err = match(ctx, r.threads, s, r.question, r.parties, done); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	for _, p := range r.parties {
		p.tuples, p.starts, p.part = nil, nil, nil
	}
	return nil
}

// obey enforces the rules of the files' owners before anything is said.
func (r *run) obey(context.Context) error {
	ids := make([]uint64, len(r.job.Inputs))
	for i, in := range r.job.Inputs {
		for _, p := range r.parties {
			if p.file.Alias == in.Alias {
				ids[i] = p.ids
			}
		}
	}
	if err := checkSets(r.job.Inputs, ids); err != nil {
		return err
	}
	all := []said{{"the result", r.report.Cardinality}}
	switch {
	case r.p.Operation == Difference:
		all = append(all, said{"what is taken away", r.parties[0].ids - r.report.Cardinality})
	case r.question.left:
		for _, p := range r.parties[1:] {
			all = append(all, said{"what the first party shares with another", p.overlap})
		}
	}
	for _, p := range r.parties {
		all = append(all, said{"the set of a party", p.ids})
	}
	if err := r.p.checkGroup(r.job.Inputs, all...); err != nil {
		return err
	}
	for _, p := range r.parties {
		if p.sketch != nil {
			if err := p.file.Differs(p.sketch.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// write makes the output of the operation, unless nobody gets it.
func (r *run) write(ctx context.Context) error {
	switch r.p.Operation {
	case Joined:
		return r.join(ctx)
	case Computed:
		return r.compute(ctx)
	}
	if _, ok := r.p.Outputs.To(r.p.Operation); !ok || r.p.Operation == Cardinality {
		return nil
	}
	return r.writeIDs(ctx)
}

// give reserves an output's bytes and the memory for them; make then fills it.
func (r *run) give(name, file string, size int64, fill func(b []byte) ([]byte, error)) error {
	if err := r.room.take(size); err != nil {
		return err
	}
	if err := r.budget.hold(size); err != nil {
		return err
	}
	b, err := fill(make([]byte, int(size))[:0])
	if err != nil {
		return err
	}
	if int64(len(b)) != size {
		return fault.New(fault.Internal, "psi: run: %s: %d bytes, %d were reckoned", name, len(b), size)
	}
	r.outputs = append(r.outputs, r.p.output(name, file, b))
	return nil
}

// words is how many words of a bitmap are written at once.
const words = 1 << 10

// writeIDs writes the ids of the answer in the order of the parties and their rows.
func (r *run) writeIDs(ctx context.Context) error {
	type piece struct {
		w        idWriter
		said     []uint64
		from, to int
		at, size int64
	}
	var pieces []piece
	head, file := "id\n", r.p.Operation+".csv"
	binary := r.p.Format == rows.Binary
	if binary {
		head, file = "", r.p.Operation+".bin"
	}
	for _, p := range r.parties {
		w := idWriter{&p.table.IDs, binary, text(r.p.Parties[p.file.Alias], &p.table.IDs)}
		for from := 0; from < len(p.said); from += words {
			pieces = append(pieces, piece{w: w, said: p.said, from: from, to: min(from+words, len(p.said))})
		}
	}
	if err := parallel.Do(ctx, r.threads, len(pieces), func(_, i int) {
		pieces[i].size = pieces[i].w.size(pieces[i].said, pieces[i].from, pieces[i].to)
	}); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	size := int64(len(head))
	for i := range pieces {
		pieces[i].at = size
		size += pieces[i].size
	}
	return r.give(r.p.Operation, file, size, func(b []byte) ([]byte, error) {
		b = append(b, head...)[:size]
		done := r.tell("write", size)
		err := parallel.Do(ctx, r.threads, len(pieces), func(_, i int) {
			q := &pieces[i]
			q.w.append(b[q.at:q.at:q.at+q.size], q.said, q.from, q.to)
			done(q.size)
		})
		if err != nil {
			return nil, fmt.Errorf("psi: run: %w", err)
		}
		return b, nil
	})
}

// summarise writes the summary, unless nobody gets it.
func (r *run) summarise(context.Context) error {
	if _, ok := r.p.Outputs.To(Summary); !ok {
		return nil
	}
	r.report.Operation, r.report.Mode = r.p.Operation, r.p.Mode
	r.report.MinGroup, _ = r.p.minGroup(r.job.Inputs)
	for _, p := range r.parties {
		r.report.Parties = append(r.report.Parties, partyReport{p.file.Alias, uint64(p.rows), p.ids})
	}
	b := r.report.encode()
	return r.give(Summary, Summary+".json", int64(len(b)), func([]byte) ([]byte, error) { return b, nil })
}
