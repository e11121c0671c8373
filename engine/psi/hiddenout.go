package psi

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"

	"tacit/engine/psi/oblivious"
	"tacit/engine/psi/set"
	"tacit/fault"
	"tacit/parallel"
	"tacit/sketch"
)

// How many characters numbers take, so that they take as many whatever they are: counts,
// sums, means, and each end of a bucket.
const (
	countWidth = 20
	sumWidth   = 32
	meanWidth  = 26
	endWidth   = 24
)

// promised are the sizes of the outputs.
func (h *hidden) promised() []int64 {
	var all []int64
	if _, ok := h.p.Outputs.To(h.p.Operation); ok && h.p.Operation != Cardinality {
		if h.p.Operation == Computed {
			all = append(all, int64(len(h.table())))
		} else {
			head, _ := h.result()
			all = append(all, head.Size())
		}
	}
	if _, ok := h.p.Outputs.To(Summary); ok {
		all = append(all, int64(len(h.summary())))
	}
	return all
}

// A source says where in the rows of an answer a column stands.
type source struct{ at, words int }

// result is the head of the set that is written, and where its columns come from: the id,
// what the first party brings, then what the others do.
func (h *hidden) result() (*set.Head, []source) {
	first := h.parties[0]
	head := &set.Head{Text: first.head.Text, Sorted: true, Rules: first.head.Rules, Width: first.head.Width, Capacity: first.head.Capacity}
	for _, s := range h.parties[1:] {
		switch h.p.Operation {
		case Union:
			head.Capacity += s.head.Capacity
		case Intersection:
			head.Capacity = min(head.Capacity, s.head.Capacity)
		}
	}
	if h.p.Operation != Joined {
		return head, nil
	}
	var from []source
	at := first.idWords()
	for k, s := range h.parties {
		if k > 0 {
			if h.asked.left {
				head.Columns = append(head.Columns, set.Column{Name: s.file.Alias, Number: true, Width: 8})
				from = append(from, source{at, 1})
			}
			at++
		}
		for _, f := range s.parts {
			c := f.Column
			c.Name = s.file.Alias + "." + c.Name
			head.Columns = append(head.Columns, c)
			from = append(from, source{at, f.words})
			at += f.words
		}
	}
	return head, from
}

// sketch makes the sketches that owners ask for.
func (h *hidden) sketch(ctx context.Context) error {
	h.sketches = make([][]byte, len(h.parties))
	for k, s := range h.parties {
		whole, err := newSketch(s.file)
		if err != nil {
			return err
		}
		if whole == nil {
			continue
		}
		n := s.head.Capacity
		need, any := h.about(k)
		marks := h.part(k)
		keep := h.keep[:n+1]
		oblivious.KeepAny(keep, marks, need|oblivious.FirstThere, any)
		pieces := make([]*sketch.Sketch, h.threads)
		if err := parallel.Do(ctx, h.threads, h.threads, func(_, t int) {
			pieces[t], _ = sketch.New(s.file.Salt, s.file.Difference) // as the whole, which was made
			id := make([]byte, s.head.Width)
			for i := n * t / h.threads; i < n*(t+1)/h.threads; i++ {
				oblivious.Bytes(id, len(id), s.rows[i*s.words:(i+1)*s.words], s.words, 0)
				pieces[t].Add(id, -keep[i+1])
			}
		}); err != nil {
			return fmt.Errorf("psi: run: %w", err)
		}
		for _, p := range pieces {
			whole.Merge(p)
		}
		h.sketches[k] = whole.Bytes()
	}
	return nil
}

// about is question.about as marks: the parties that must have an id, and some of which.
func (h *hidden) about(k int) (need, any uint64) {
	switch {
	case h.p.Operation == Union || h.p.Operation == Difference || h.asked.left && k == 0:
		return 0, h.asked.all &^ (1 << k)
	case h.asked.left:
		return 1, h.asked.all
	}
	return h.asked.all, h.asked.all
}

// make makes the outputs.
func (h *hidden) make(ctx context.Context) error {
	h.hear("write", 0, 0)
	var data []byte
	var err error
	file := h.p.Operation + ".set"
	switch h.p.Operation {
	case Cardinality:
	case Computed:
		data, file = h.computed(), Computed+".csv"
	case Joined:
		data, err = h.joinAll(ctx)
	default:
		data, err = h.list(ctx)
	}
	if err != nil {
		return err
	}
	if _, ok := h.p.Outputs.To(h.p.Operation); ok && h.p.Operation != Cardinality {
		h.outputs = append(h.outputs, h.p.output(h.p.Operation, file, data))
	}
	if _, ok := h.p.Outputs.To(Summary); ok {
		h.outputs = append(h.outputs, h.p.output(Summary, Summary+".json", h.summary()))
	}
	return nil
}

// list is the set of the answer's ids.
func (h *hidden) list(ctx context.Context) ([]byte, error) {
	first := h.parties[0]
	need, forbid := h.wanted()
	all, width, keep := first.rows, first.words, h.keep[:first.head.Capacity+1]
	if h.p.Operation == Union {
		keep, all, width = h.keep, h.guests, h.width
		if width == 0 {
			all, width = make([]uint64, 2*len(h.recs)), 2
			oblivious.Extract(h.recs, all)
		}
		oblivious.Keep(keep, h.marks, oblivious.First, 0)
	} else {
		oblivious.Keep(keep, h.part(0), need|oblivious.FirstThere, forbid)
	}
	return h.encode(ctx, all, width, keep)
}

// joinAll is the set of a join.
func (h *hidden) joinAll(ctx context.Context) ([]byte, error) {
	first := h.parties[0]
	n := first.head.Capacity
	oblivious.Spread(h.recs, h.guests, h.width)
	oblivious.Part(h.recs, h.guests, h.width, 0, h.keep, h.threads)
	width := first.words + h.width
	all := make([]uint64, n*width)
	oblivious.Take(all, width, 0, first.rows, first.words, 0, first.words, n)
	oblivious.Take(all, width, first.words, h.guests, h.width, 0, h.width, n)
	need, forbid := h.wanted()
	keep := h.keep[:n+1]
	oblivious.Keep(keep, h.part(0), need, forbid)
	h.joined = oblivious.Count(keep)
	return h.encode(ctx, all, width, keep)
}

// encode writes those rows that are kept as a set.
func (h *hidden) encode(ctx context.Context, all []uint64, width int, keep []uint64) ([]byte, error) {
	head, from := h.result()
	kept := oblivious.Compact(all, width, keep, h.threads)
	oblivious.Wipe(all, width, kept)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("psi: run: %w", err)
	}
	head.Count = int(kept)
	out := make([]byte, head.Size())
	copy(out, head.Encode())
	n := head.Capacity
	oblivious.Bytes(out[head.At(-1):][:n*head.Width], head.Width, all, width, 0)
	for i, c := range head.Columns {
		b := out[head.At(i):][:n*c.Width]
		if !c.Number {
			oblivious.Bytes(b, c.Width, all, width, from[i].at)
			continue
		}
		for j := range n {
			binary.LittleEndian.PutUint64(b[8*j:], all[j*width+from[i].at])
		}
	}
	return out, nil
}

// slot is how many characters the value of a function takes.
func (f *Function) slot() int {
	switch f.Name {
	case "count":
		return countWidth
	case "sum":
		return sumWidth
	case "mean":
		return meanWidth
	}
	return len(`"[`) + endWidth + len(`,`) + endWidth + len(`)"`)
}

// table is a computation's output without values.
func (h *hidden) table() []byte {
	var b []byte
	for i := range h.p.Compute {
		b = append(appendField(b, []byte(h.p.Compute[i].title())), ',')
	}
	b[len(b)-1] = '\n'
	for i := range h.p.Compute {
		for range h.p.Compute[i].slot() {
			b = append(b, ' ')
		}
		b = append(b, ',')
	}
	b[len(b)-1] = '\n'
	return b
}

// computed are the functions' values over those rows whose ids all parties have.
func (h *hidden) computed() []byte {
	out := h.table()
	for k, s := range h.parties {
		n := s.head.Capacity
		keep, numbers := h.keep[:n+1], make([]uint64, n)
		asked := false
		at := len(out)
		for i := len(h.p.Compute) - 1; i >= 0; i-- {
			f := &h.p.Compute[i]
			at -= f.slot() + 1
			if f.Party != s.file.Alias {
				continue
			}
			if !asked {
				asked = true
				oblivious.Keep(keep, h.part(k), h.asked.all, 0)
			}
			for _, c := range s.parts {
				if c.Name == f.Column {
					oblivious.Take(numbers, 1, 0, s.rows, s.words, c.at, 1, n)
				}
			}
			f.write(out[at:at+f.slot()], numbers, keep[1:])
		}
	}
	return out
}

// write writes the value over the numbers with a flag, in the same steps whatever it is.
func (f *Function) write(text []byte, numbers, flags []uint64) {
	n := oblivious.Count(flags)
	switch f.Name {
	case "count":
		oblivious.Decimal(text, 0, n, 0, 0)
		return
	case "sum":
		hi, lo, below := oblivious.Absolute(oblivious.Sum(numbers, flags))
		oblivious.Decimal(text, hi, lo, below, f.Decimals)
	case "mean":
		hi, lo := oblivious.Sum(numbers, flags)
		hi, lo, below := oblivious.Mean(hi, lo, n)
		oblivious.Decimal(text, hi, lo, below, f.Decimals+2)
	default:
		v, largest := oblivious.Bounds(numbers, flags)
		if f.Name == "max" {
			v = largest
		}
		f.writeBucket(text, v)
	}
	_, none := bits.Sub64(n, 1, 0)
	oblivious.Blank(text, -none)
}

func (f *Function) writeBucket(text []byte, v uint64) {
	unit := uint64(1)
	for range f.Decimals - f.digits {
		unit *= 10
	}
	fromHi, fromLo, fromBelow, toHi, toLo, toBelow := oblivious.Bucket(v, uint64(f.bucket))
	// Both are multiples of what has no more digits than the bucket was written with.
	fromHi, fromLo, _ = oblivious.Divide(fromHi, fromLo, unit)
	toHi, toLo, _ = oblivious.Divide(toHi, toLo, unit)
	copy(text, `"[`)
	oblivious.Decimal(text[2:2+endWidth], fromHi, fromLo, fromBelow, f.digits)
	text[2+endWidth] = ','
	oblivious.Decimal(text[3+endWidth:3+2*endWidth], toHi, toLo, toBelow, f.digits)
	copy(text[3+2*endWidth:], `)"`)
}

// summary is a report whose numbers stand behind so many blanks that all are as long.
func (h *hidden) summary() []byte {
	number := func(b []byte, name string, v uint64) []byte {
		b = append(b, `"`+name+`": `...)
		b = append(b, make([]byte, countWidth)...)
		oblivious.Decimal(b[len(b)-countWidth:], 0, v, 0, 0)
		return b
	}
	b := []byte("{\n  \"operation\": \"" + h.p.Operation + "\",\n  \"mode\": \"" + h.p.Mode + "\",\n  \"parties\": [")
	for k, s := range h.parties {
		alias, err := json.Marshal(s.file.Alias)
		if err != nil {
			panic(err) // a text always can be written
		}
		if k > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, "\n    {\n      \"alias\": "...), alias...), ",\n      "...)
		b = append(number(b, "rows", s.count), ",\n      "...)
		distinct := uint64(0)
		if h.distinct != nil {
			distinct = h.distinct[k]
		}
		b = append(number(b, "distinct", distinct), "\n    }"...)
	}
	b = append(b, "\n  ],\n  "...)
	b = append(number(b, "cardinality", h.answer), ",\n  "...)
	if h.p.Operation == Joined {
		b = append(number(b, "rows", h.joined), ",\n  "...)
	}
	least, _ := h.p.minGroup(h.job.Inputs)
	return append(number(b, "minGroup", least), "\n}\n"...)
}

// obey says whether what was made may be said. That some number is too small is one bit,
// whichever number it is.
func (h *hidden) obey(context.Context) error {
	small := uint64(0)
	want := func(ids, least uint64) {
		_, less := bits.Sub64(ids, least, 0)
		small |= less
	}
	for _, in := range h.job.Inputs {
		for k, s := range h.parties {
			if s.file.Alias != in.Alias {
				want(h.distinct[k], in.MinSet)
			}
		}
	}
	least, _ := h.p.minGroup(h.job.Inputs)
	want(h.answer, least)
	for k := range h.parties {
		want(h.distinct[k], least)
		if h.asked.left && k > 0 {
			want(h.shared[k], least)
		}
	}
	if h.p.Operation == Difference {
		want(h.distinct[0]-h.answer, least)
	}
	if small != 0 {
		return fault.New(fault.DataSmall, "psi: run: a set, or what the answer tells of one, is smaller than an owner or the job allows")
	}
	if h.p.Operation == Joined && h.doubled&^1 != 0 {
		return refuse("mode: an oblivious join takes each id of the second and further parties once, and one has an id twice")
	}
	for k, s := range h.parties {
		if h.sketches[k] != nil {
			if err := s.file.Differs(h.sketches[k]); err != nil {
				return err
			}
		}
	}
	return nil
}
