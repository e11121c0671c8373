package rows

import (
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"tacit/fault"
)

const (
	section = 4 << 20 // what one reader of a binary file takes at least
	piece   = 1 << 20 // what is read at once, between two looks at the context
)

// binary reads ids side by side into one slice, in sections: to read is to decrypt.
func (s *source) binary() (*Table, error) {
	width := int64(s.format.Width)
	n := s.file.Size / width
	switch {
	case n > int64(s.rows):
		return nil, s.tooManyRows()
	case s.file.Size%width != 0:
		return nil, s.at(fault.PSIRow, int(n), "the file ends within an id")
	case s.format.Width > s.longest && n > 0:
		return nil, s.fault(fault.PSISize, "ids have more than the %d bytes that a field may have", s.longest)
	}
	if err := s.take(s.file.Size); err != nil {
		return nil, err
	}
	all := make([]byte, s.file.Size)
	g, ctx := errgroup.WithContext(s.ctx)
	each := max(section, (s.file.Size/int64(runtime.GOMAXPROCS(0))+piece)/piece*piece)
	for from := int64(0); from < s.file.Size; from += each {
		g.Go(func() error {
			to := min(from+each, s.file.Size)
			for at := from; at < to; at += piece {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := ReadFull(s.file.Data, all[at:min(at+piece, to)], at); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return &Table{IDs: Texts{N: int(n), Width: int(width), Bytes: all}}, nil
}

// ReadFull fills b from offset at. A file that is shorter than it is said to be is an
// error of whoever said so.
func ReadFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil || err == io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}
