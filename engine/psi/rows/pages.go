package rows

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math"
	"math/big"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"tacit/fault"
)

// A view is where a value stands in the bytes of a page.
type view struct{ from, to uint32 }

// pages reads the chunks of one column.
type pages struct {
	*column
	leaf  *leaf
	total int // rows of the file
	row   int // the next one

	in     *bufio.Reader
	left   int64  // bytes of the chunk that are not read
	raw    []byte // a page as it is in the file
	plain  []byte // a page without its compression
	levels []byte // which values of a page are there; none: all
	words  []int64
	views  []view
	base   []byte // what views are of
	spell  []byte // values that do not stand in the page as they are

	dictWords []int64
	dictViews []view
	dictBase  []byte
	dict      bool
	index     []int64
	zstd      *zstd.Decoder
	digits    [48]byte
}

// A header is that of a page.
type header struct {
	kind           int64
	full, size     int64 // bytes without compression, and as they are in the file
	crc            int64
	checked        bool
	values         int64
	encoding       int64
	levelEncoding  int64
	repeats, fills int64 // bytes of levels of version 2
	bare           bool  // version 2: not compressed
	has            bool
}

const (
	dataPage   = 0
	indexPage  = 1
	dictPage   = 2
	dataPageV2 = 3
)

// errPage is what is wrong with a page; pages says where.
var errPage = errors.New("page is damaged")

// prepare makes room for what is known to come.
func (r *pages) prepare() error {
	var err error
	switch {
	case r.Number:
		r.numbers, err = room(&r.budget, r.numbers, r.total)
	case r.ids && r.leaf.class == classFixed:
		if r.leaf.length > r.longest {
			return r.long(0)
		}
		r.bytes, err = room(&r.budget, r.bytes, r.total*r.leaf.length)
	default:
		r.ends, err = room(&r.budget, r.ends, r.total)
	}
	return err
}

// free gives back what was needed while reading.
func (r *pages) free() {
	if r.zstd != nil {
		r.zstd.Close()
	}
	r.budget.left += int64(cap(r.raw)+cap(r.plain)+cap(r.levels)+cap(r.dictBase)+cap(r.spell)) +
		8*int64(cap(r.words)+cap(r.views)+cap(r.dictWords)+cap(r.dictViews)+cap(r.index))
}

// room is a slice of length 0 with room for n elements; what s held is gone.
func room[T any](b *budget, s []T, n int) ([]T, error) {
	if cap(s) >= n {
		return s[:0], nil
	}
	b.left += int64(cap(s)) * width[T]()
	if int64(n) > b.left/width[T]() {
		return nil, b.take(math.MaxInt64)
	}
	if err := b.take(int64(n) * width[T]()); err != nil {
		return nil, err
	}
	return make([]T, 0, n), nil
}

// damaged is the error of a page.
func (r *pages) damaged() error {
	return r.at(fault.PSIRow, r.row, "column %s: the page that begins here is damaged", r.Name)
}

// chunk reads one chunk.
func (r *pages) chunk(k chunk) error {
	switch {
	case k.barred:
		return r.fault(fault.PSIColumn, "column %s is encrypted or in another file", r.Name)
	case k.codec != codecNone && k.codec != codecSnappy && k.codec != codecGzip && k.codec != codecZstd:
		return r.fault(fault.PSIColumn, "column %s has a compression that is not read here: Snappy, gzip and Zstandard are", r.Name)
	case k.physical != r.leaf.physical || k.values != int64(k.rows) || k.offset < 4 || k.size < 0 || k.size > r.file.Size || k.offset > r.file.Size-k.size:
		return r.fault(fault.PSIColumn, "what the foot says of column %s does not hold", r.Name)
	}
	r.in = bufio.NewReaderSize(io.NewSectionReader(r.file.Data, k.offset, k.size), 256<<10)
	r.left = k.size
	r.dict = false
	for end := r.row + k.rows; r.row < end; {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		h, err := r.header()
		if err == nil {
			err = r.page(h, k.codec, end-r.row)
		}
		switch {
		case err == errPage:
			return r.damaged()
		case err == errEncoding:
			return r.fault(fault.PSIColumn, "column %s has an encoding that is not read here", r.Name)
		case err != nil:
			return err
		}
	}
	return nil
}

// header reads the head of the next page.
func (r *pages) header() (header, error) {
	for try := int64(512); ; try *= 8 {
		b, err := r.in.Peek(int(min(try, r.left, 256<<10)))
		if err != nil {
			return header{}, unexpected(err)
		}
		t := thrift{b: b}
		h := readHeader(&t)
		if t.short && int64(len(b)) == try {
			continue
		}
		if t.broken {
			return header{}, errPage
		}
		r.in.Discard(t.p)
		r.left -= int64(t.p)
		if h.size < 0 || h.size > r.left || h.full < 0 || h.full > math.MaxInt32 {
			return header{}, errPage
		}
		return h, nil
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func readHeader(t *thrift) header {
	h := header{kind: -1}
	t.fields(func(id int64, kind byte) {
		switch id {
		case 1:
			h.kind = t.number(kind)
		case 2:
			h.full = t.number(kind)
		case 3:
			h.size = t.number(kind)
		case 4:
			h.crc, h.checked = t.number(kind), true
		case 5, 7, 8:
			h.has = true
			version := id
			t.structure(kind, func(id int64, kind byte) {
				switch {
				case id == 1:
					h.values = t.number(kind)
				case id == 2 && version != 8, id == 4 && version == 8:
					h.encoding = t.number(kind)
				case id == 3 && version == 5:
					h.levelEncoding = t.number(kind)
				case id == 5 && version == 8:
					h.fills = t.number(kind)
				case id == 6 && version == 8:
					h.repeats = t.number(kind)
				case id == 7 && version == 8:
					h.bare = kind == thriftFalse
				default:
					t.skip(kind, false)
				}
			})
		default:
			t.skip(kind, false)
		}
	})
	return h
}

// page reads a page of at most so many rows.
func (r *pages) page(h header, codec int64, rows int) error {
	if h.kind == indexPage {
		r.left -= h.size
		n, err := r.in.Discard(int(h.size))
		if n < int(h.size) {
			return unexpected(err)
		}
		return nil
	}
	if !h.has || h.values < 0 || h.kind != dictPage && h.values > int64(rows) || h.repeats < 0 || h.fills < 0 || h.repeats+h.fills > min(h.size, h.full) {
		return errPage
	}
	var err error
	if r.raw, err = room(&r.budget, r.raw, int(h.size)); err != nil {
		return err
	}
	r.raw = r.raw[:h.size]
	if _, err := io.ReadFull(r.in, r.raw); err != nil {
		return unexpected(err)
	}
	r.left -= h.size
	if h.checked && uint32(h.crc) != crc32.ChecksumIEEE(r.raw) {
		return errPage
	}
	levels := r.raw[:h.repeats+h.fills]
	body := r.raw[len(levels):]
	full := int(h.full) - len(levels)
	if codec != codecNone && !(h.kind == dataPageV2 && h.bare) {
		if r.plain, err = room(&r.budget, r.plain, full); err != nil {
			return err
		}
		r.plain = r.plain[:full]
		if err := r.decompress(codec, r.plain, body); err != nil {
			return errPage
		}
		body = r.plain
	} else if full != len(body) {
		return errPage
	}
	switch h.kind {
	case dictPage:
		return r.dictionary(h, body)
	case dataPageV2:
		levels = levels[h.repeats:]
	case dataPage:
		levels = nil
		if r.leaf.optional {
			if h.levelEncoding != encodingRLE {
				return errEncoding
			}
			if len(body) < 4 {
				return errPage
			}
			n := binary.LittleEndian.Uint32(body)
			if uint64(n) > uint64(len(body)-4) {
				return errPage
			}
			levels, body = body[4:4+n], body[4+n:]
		}
	default:
		return errPage
	}
	return r.data(h, levels, body)
}

// dictionary keeps what the values of the chunk's pages are numbers of.
func (r *pages) dictionary(h header, body []byte) error {
	if r.dict || h.encoding != encodingPlain && h.encoding != encodingPlainDict {
		return errPage
	}
	r.dict = true
	var err error
	if r.dictBase, err = room(&r.budget, r.dictBase, len(body)); err != nil {
		return err
	}
	r.dictBase = append(r.dictBase, body...)
	if err := r.decode(encodingPlain, h.values, r.dictBase); err != nil {
		return err
	}
	r.words, r.dictWords = r.dictWords, r.words
	r.views, r.dictViews = r.dictViews, r.views
	return nil
}

// data takes the values of a page.
func (r *pages) data(h header, levels, body []byte) error {
	n := int(h.values)
	there := n
	r.levels = r.levels[:0]
	if r.leaf.optional {
		if whole(levels) < n {
			var err error
			if r.index, err = room(&r.budget, r.index, n); err != nil {
				return err
			}
			r.index = r.index[:n]
			if !hybrid(levels, 1, r.index) {
				return errPage
			}
			if r.levels, err = room(&r.budget, r.levels, n); err != nil {
				return err
			}
			there = 0
			for _, l := range r.index {
				r.levels = append(r.levels, byte(l))
				there += int(l)
			}
		}
	}
	if err := r.decode(h.encoding, int64(there), body); err != nil {
		return err
	}
	wordy := r.leaf.wordy()
	j := 0
	for i := range n {
		if i&0xffff == 0xffff {
			if err := r.ctx.Err(); err != nil {
				return err
			}
		}
		var err error
		switch {
		case len(r.levels) > 0 && r.levels[i] == 0:
			err = r.null()
		case wordy:
			err = r.word(r.words[j])
			j++
		default:
			v := r.views[j]
			err = r.blob(r.base[v.from:v.to])
			j++
		}
		if err != nil {
			return err
		}
		r.row++
	}
	r.ratio = float64(r.total) / float64(max(r.row, 1))
	return nil
}

// wordy leaves have numbers, the others bytes.
func (l *leaf) wordy() bool { return l.physical != physicalBytes && l.physical != physicalFixed }

func (r *pages) null() error {
	switch {
	case r.ids:
		return r.at(fault.PSIRow, r.row, "the id in column %s is null", r.Name)
	case r.Number:
		return r.at(fault.PSIRow, r.row, "the number in column %s is null", r.Name)
	}
	return r.column.text(r.row, nil)
}

// word adds a value of 4 or 8 bytes.
func (r *pages) word(w int64) error {
	if r.leaf.physical == physicalInt32 {
		if r.leaf.class == classUint {
			w = int64(uint32(w))
		} else {
			w = int64(int32(w))
		}
	}
	if !r.Number {
		if r.leaf.class == classUint {
			return r.column.text(r.row, strconv.AppendUint(r.digits[:0], uint64(w), 10))
		}
		return r.column.text(r.row, strconv.AppendInt(r.digits[:0], w, 10))
	}
	var n int64
	ok := false
	switch {
	case r.leaf.class == classFloat && r.leaf.physical == physicalFloat:
		n, ok = rounded(float64(math.Float32frombits(uint32(w))), r.Decimals)
	case r.leaf.class == classFloat:
		n, ok = rounded(math.Float64frombits(uint64(w)), r.Decimals)
	case r.leaf.class == classUint:
		n, ok = scaled(uint64(w), false, r.Decimals)
	default:
		n, ok = unscaled(w, r.leaf.scale, r.Decimals)
	}
	if !ok {
		return r.noNumber()
	}
	return r.number(n)
}

func (r *pages) noNumber() error {
	return r.at(fault.PSIRow, r.row, "column %s is not a number with at most %d digits behind the point, or does not fit", r.Name, r.Decimals)
}

// blob adds a value of bytes.
func (r *pages) blob(b []byte) error {
	switch r.leaf.class {
	case classUUID:
		return r.column.text(r.row, canonical(r.digits[:0], b))
	case classFixed:
		if r.ids {
			r.bytes = append(r.bytes, b...) // there is room for all
			return nil
		}
	case classDecimal:
		n, ok := wide(b, r.leaf.scale, r.Decimals)
		if !ok {
			return r.noNumber()
		}
		return r.number(n)
	}
	return r.column.text(r.row, b)
}

// canonical appends the text of a UUID.
func canonical(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	for i, c := range b {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, digits[c>>4], digits[c&0xf])
	}
	return dst
}

// wide is a decimal of big-endian bytes, in two's complement, as unscaled is.
func wide(b []byte, scale, places int) (int64, bool) {
	if len(b) == 0 || len(b) > 64 {
		return 0, false
	}
	if len(b) <= 8 {
		n := int64(int8(b[0]))
		for _, c := range b[1:] {
			n = n<<8 | int64(c)
		}
		return unscaled(n, scale, places)
	}
	n := new(big.Int).SetBytes(b)
	if b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(scale-places, places-scale))), nil)
	if scale > places {
		rest := new(big.Int)
		if n.QuoRem(n, power, rest); rest.Sign() != 0 {
			return 0, false
		}
	} else {
		n.Mul(n, power)
	}
	if !n.IsInt64() {
		return 0, false
	}
	return n.Int64(), true
}
