package infer

import (
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"tacit"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// A source gives the rows of an input, from the first to the last.
type source struct {
	alias string
	kind  onnx.Type // of what it gives
	row   []int64   // shape of a row, without that of rows
	size  int64     // bytes of a row
	rows  int64     // of the whole, -1 until it was read
	next  func(ctx context.Context, b []byte) (rows int, err error)
}

func badData(alias, format string, args ...any) error {
	return fault.New(fault.InferTensor, "infer: read data: input %q: "+format, append([]any{short(alias)}, args...)...)
}

// openSource opens a file; for csv the kind of numbers and the row's shape are what is wanted.
func openSource(p *Params, f tacit.GuestFile, kind onnx.Type, row []int64) (*source, error) {
	if p.Format == CSV {
		return csvSource(f, *p.Header, kind, row)
	}
	h, err := npy.Read(f.Data, f.Size)
	switch {
	case fault.Of(err) == fault.InferTensor:
		return nil, fault.New(fault.InferTensor, "infer: read data: input %q: %w", short(f.Alias), err)
	case err != nil:
		return nil, fmt.Errorf("infer: read data: input %q: %w", short(f.Alias), err)
	case len(h.Shape) == 0:
		return nil, badData(f.Alias, "it is a single number; its first dimension is that of rows")
	}
	s := &source{alias: f.Alias, kind: h.Type, row: h.Shape[1:], rows: h.Shape[0]}
	n, _ := onnx.Count(s.row)
	s.size = n * int64(h.Type.Size())
	at := h.Offset
	s.next = func(ctx context.Context, b []byte) (int, error) {
		if s.size == 0 {
			return 0, nil
		}
		n := min(int64(len(b)), f.Size-at)
		for from := int64(0); from < n; from += pieces {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if _, err := readFull(f.Data, b[from:min(from+pieces, n)], at+from); err != nil {
				return 0, fmt.Errorf("infer: read data: input %q: %w", short(f.Alias), err)
			}
		}
		at += n
		return int(n / s.size), nil
	}
	return s, nil
}

// mostCells is how many numbers a row of csv has at most.
const mostCells = 1 << 20

func csvSource(f tacit.GuestFile, header bool, kind onnx.Type, row []int64) (*source, error) {
	cells, ok := onnx.Count(row)
	if !ok || cells < 1 || cells > mostCells {
		return nil, badData(f.Alias, "the network takes rows of no fixed size, or larger than csv has; give it npy")
	}
	switch kind {
	case onnx.Float32, onnx.Float64, onnx.Int64, onnx.Int32:
	default:
		return nil, badData(f.Alias, "csv has no %s; give it npy", kind)
	}
	r := csv.NewReader(&limited{io.NewSectionReader(f.Data, 0, f.Size), 0})
	r.ReuseRecord, r.FieldsPerRecord = true, int(cells)
	s := &source{alias: f.Alias, kind: kind, row: row, size: cells * int64(kind.Size()), rows: -1}
	seen := int64(0)
	s.next = func(ctx context.Context, b []byte) (int, error) {
		got := 0
		for int64(len(b))-int64(got)*s.size >= s.size {
			if got%256 == 0 && ctx.Err() != nil {
				return 0, ctx.Err()
			}
			record, err := r.Read()
			var wrong *csv.ParseError
			switch {
			case err == io.EOF:
				s.rows = seen
				return got, nil
			case errors.As(err, &wrong):
				return 0, badData(f.Alias, "line %d is no csv of %d numbers", wrong.StartLine, cells)
			case err != nil:
				if fault.Of(err) == fault.InferTensor {
					return 0, err
				}
				return 0, fmt.Errorf("infer: read data: input %q: %w", short(f.Alias), err)
			case header:
				header = false
				continue
			}
			for i, cell := range record {
				if !parseCell(b[int64(got)*s.size+int64(i*kind.Size()):], kind, cell) {
					line, _ := r.FieldPos(i)
					return 0, badData(f.Alias, "line %d, column %d: it is no %s", line, i+1, kind)
				}
			}
			got++
			seen++
		}
		return got, nil
	}
	return s, nil
}

// limited refuses lines that no row of numbers has.
type limited struct {
	r    io.Reader
	line int
}

func (l *limited) Read(b []byte) (int, error) {
	n, err := l.r.Read(b[:min(len(b), 1<<16)])
	for _, c := range b[:n] {
		if l.line++; c == '\n' {
			l.line = 0
		}
	}
	if l.line > 32*mostCells {
		return 0, fault.New(fault.InferTensor, "infer: read data: a line of csv of more than %d bytes", 32*mostCells)
	}
	return n, err
}

func parseCell(b []byte, kind onnx.Type, cell string) bool {
	switch kind {
	case onnx.Float32:
		v, err := strconv.ParseFloat(cell, 32)
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v)))
		return err == nil
	case onnx.Float64:
		v, err := strconv.ParseFloat(cell, 64)
		binary.LittleEndian.PutUint64(b, math.Float64bits(v))
		return err == nil
	case onnx.Int64:
		v, err := strconv.ParseInt(cell, 10, 64)
		binary.LittleEndian.PutUint64(b, uint64(v))
		return err == nil
	}
	v, err := strconv.ParseInt(cell, 10, 32)
	binary.LittleEndian.PutUint32(b, uint32(v))
	return err == nil
}
