package psi

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"tacit/engine/psi/rows"
	"tacit/fault"
	"tacit/parallel"
)

// A list is a party's rows by the ids that they have: those of the id whose first row in
// the first party is f are rows[starts[f]:starts[f+1]], in their order.
type list struct {
	starts, rows []uint32
}

// group sorts the rows of a party by its links to a first party of so many rows.
func group(link []uint32, first int) list {
	l := list{starts: make([]uint32, first+2)}
	all := 0
	for _, f := range link {
		if f != 0 {
			l.starts[f+1]++ // two places behind f-1: the loop below fills up to there
			all++
		}
	}
	for f := range first {
		l.starts[f+1] += l.starts[f]
	}
	l.rows = make([]uint32, all)
	for row, f := range link {
		if f != 0 {
			l.rows[l.starts[f]] = uint32(row)
			l.starts[f]++
		}
	}
	return l
}

func (l *list) of(f uint32) []uint32 { return l.rows[l.starts[f]:l.starts[f+1]] }

// A joiner goes through the rows of a join in their order: by the rows of the first party,
// then by those of the second that have the same id, and so on.
type joiner struct {
	r       *run
	lists   []list // by party; the first has none
	columns [][]*rows.Texts
	id      idWriter
}

const missing = ^uint32(0)

// join writes every combination of rows with the same id, one of each party, as SQL does.
func (r *run) join(ctx context.Context) error {
	j, err := r.newJoiner(ctx)
	if err != nil {
		return err
	}
	count := j.count()
	r.report.Rows = &count
	if _, ok := r.p.Outputs.To(Joined); !ok {
		if count == math.MaxUint64 {
			return fault.New(fault.PSISize, "psi: run: the join has more rows than 64 bits can count")
		}
		return nil
	}
	head := j.head()
	fields := uint64(0)
	for _, c := range j.columns {
		fields += uint64(len(c))
	}
	// Each row has at least an id of a byte, its commas and its end: what is more than
	// allowed is refused before the first row is looked at.
	if hi, least := bits.Mul64(count, 2+fields); hi != 0 || least > uint64(max(r.room.bytes, 0)) {
		return r.room.take(math.MaxInt64)
	}
	pieces := make([]struct{ at, size int64 }, (r.parties[0].rows+joinRows-1)/joinRows)
	rowsOf := func(i int) (from, to int) { return i * joinRows, min((i+1)*joinRows, r.parties[0].rows) }
	if err := parallel.Do(ctx, r.threads, len(pieces), func(_, i int) {
		from, to := rowsOf(i)
		j.each(ctx, from, to, func(combination []uint32) { pieces[i].size += int64(j.rowSize(combination)) })
	}); err != nil {
		return fmt.Errorf("psi: run: %w", err)
	}
	size := int64(len(head))
	for i := range pieces {
		pieces[i].at = size
		size += pieces[i].size
	}
	return r.give(Joined, Joined+".csv", size, func(b []byte) ([]byte, error) {
		b = append(b, head...)[:size]
		done := r.tell("write", size)
		err := parallel.Do(ctx, r.threads, len(pieces), func(_, i int) {
			from, to := rowsOf(i)
			at := pieces[i].at
			out := b[at : at : at+pieces[i].size]
			j.each(ctx, from, to, func(combination []uint32) { out = j.appendRow(out, combination) })
			done(pieces[i].size)
		})
		if err != nil {
			return nil, fmt.Errorf("psi: run: %w", err)
		}
		return b, nil
	})
}

// joinRows is how many rows of the first party one goroutine joins at once.
const joinRows = 1 << 12

func (r *run) newJoiner(ctx context.Context) (*joiner, error) {
	first := r.parties[0]
	j := &joiner{r: r, lists: make([]list, len(r.parties))}
	j.id = idWriter{ids: &first.table.IDs, text: text(r.p.Parties[first.file.Alias], &first.table.IDs)}
	if err := r.budget.hold(4 * int64(first.rows) * int64(len(r.parties)-1)); err != nil {
		return nil, err
	}
	if err := parallel.Do(ctx, r.threads, len(r.parties), func(_, k int) {
		if k > 0 {
			j.lists[k] = group(r.parties[k].link, first.rows)
		}
	}); err != nil {
		return nil, fmt.Errorf("psi: run: %w", err)
	}
	for _, p := range r.parties {
		var columns []*rows.Texts
		for i := range r.p.Join.Columns[p.file.Alias] {
			columns = append(columns, &p.table.Columns[i].Texts)
		}
		j.columns = append(j.columns, columns)
	}
	return j, nil
}

// count is how many rows the join has, or the most that can be counted.
func (j *joiner) count() uint64 {
	all := uint64(0)
	for _, f := range j.r.parties[0].link {
		if f == 0 {
			continue
		}
		n := uint64(1)
		for k := range j.lists {
			if k == 0 {
				continue
			}
			hi, lo := bits.Mul64(n, max(uint64(len(j.lists[k].of(f-1))), 1))
			if n = lo; hi != 0 {
				return math.MaxUint64
			}
		}
		if all += n; all < n {
			return math.MaxUint64
		}
	}
	return all
}

// each calls do with every combination: a row of each party, or missing, for some rows of
// the first; it stops early when ctx ends.
func (j *joiner) each(ctx context.Context, from, to int, do func(combination []uint32)) {
	combination, at := make([]uint32, len(j.lists)), make([]int, len(j.lists))
	n := 0
	for i, f := range j.r.parties[0].link[from:to] {
		if f == 0 {
			continue
		}
		clear(at)
		for combination[0] = uint32(from + i); ; {
			for k := 1; k < len(j.lists); k++ {
				combination[k] = missing
				if of := j.lists[k].of(f - 1); len(of) > 0 {
					combination[k] = of[at[k]]
				}
			}
			do(combination)
			if n++; n%(1<<16) == 0 && ctx.Err() != nil {
				return
			}
			k := len(at) - 1
			for ; k > 0; k-- {
				if at[k]++; at[k] < len(j.lists[k].of(f-1)) {
					break
				}
				at[k] = 0
			}
			if k == 0 {
				break
			}
		}
	}
}

func (j *joiner) head() []byte {
	b := []byte("id")
	for _, p := range j.r.parties {
		for _, name := range j.r.p.Join.Columns[p.file.Alias] {
			b = appendField(append(b, ','), []byte(p.file.Alias+"."+name))
		}
	}
	return append(b, '\n')
}

func (j *joiner) rowSize(combination []uint32) int {
	n := j.id.fieldSize(int(combination[0])) + 1
	for k, columns := range j.columns {
		for _, c := range columns {
			n++
			if combination[k] != missing {
				n += fieldSize(c.At(int(combination[k])))
			}
		}
	}
	return n
}

func (j *joiner) appendRow(b []byte, combination []uint32) []byte {
	b = j.id.appendField(b, int(combination[0]))
	for k, columns := range j.columns {
		for _, c := range columns {
			b = append(b, ',')
			if combination[k] != missing {
				b = appendField(b, c.At(int(combination[k])))
			}
		}
	}
	return append(b, '\n')
}

// overflow refuses a sum that is no whole number of 64 bits.
func overflow(f *Function) error {
	return fault.New(fault.PSISize, "psi: run: %s is too large: fewer decimals or rows are needed", short(f.title()))
}
