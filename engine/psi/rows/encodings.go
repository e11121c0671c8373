package rows

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"

	"github.com/golang/snappy"
	"github.com/klauspost/compress/zstd"
)

// The encodings of Parquet that are read.
const (
	encodingPlain       = 0
	encodingPlainDict   = 2
	encodingRLE         = 3
	encodingDelta       = 5
	encodingDeltaLength = 6
	encodingDeltaBytes  = 7
	encodingDict        = 8
	encodingSplit       = 9
)

// The compressions of Parquet that are read.
const (
	codecNone   = 0
	codecSnappy = 1
	codecGzip   = 2
	codecZstd   = 6
)

var (
	errEncoding = errors.New("encoding is not known")
	errCodec    = errors.New("compression is damaged")
)

// decompress fills dst with what src holds, which is exactly as much.
func (r *pages) decompress(codec int64, dst, src []byte) (err error) {
	defer func() {
		if recover() != nil { // code that is not ours, on bytes that are not ours
			err = errCodec
		}
	}()
	switch codec {
	case codecSnappy:
		if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) {
			return errCodec
		}
		if _, err := snappy.Decode(dst, src); err != nil {
			return errCodec
		}
		return nil
	case codecGzip:
		z, err := gzip.NewReader(bytes.NewReader(src))
		if err != nil {
			return errCodec
		}
		if _, err := io.ReadFull(z, dst); err != nil {
			return errCodec
		}
		if n, err := z.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			return errCodec
		}
		return nil
	case codecZstd:
		if r.zstd == nil {
			// What it unpacks to goes into dst only, whatever window it claims.
			r.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true))
			if err != nil {
				return errCodec
			}
		}
		out, err := r.zstd.DecodeAll(src, dst[:0:len(dst)])
		if err != nil || len(out) != len(dst) {
			return errCodec
		}
		return nil
	}
	return errCodec
}

// decode reads n values into words, or into views of base.
func (r *pages) decode(encoding, n int64, data []byte) error {
	if encoding == encodingDict || encoding == encodingPlainDict {
		return r.byNumber(n, data)
	}
	if r.leaf.wordy() {
		return r.decodeWords(encoding, n, data)
	}
	return r.decodeViews(encoding, n, data)
}

// byNumber reads values that are numbers of those of the dictionary.
func (r *pages) byNumber(n int64, data []byte) error {
	if n == 0 {
		return nil
	}
	if !r.dict || len(data) == 0 || data[0] > 32 {
		return errPage
	}
	var err error
	if r.index, err = room(&r.budget, r.index, int(n)); err != nil {
		return err
	}
	r.index = r.index[:n]
	if !hybrid(data[1:], int(data[0]), r.index) {
		return errPage
	}
	if r.leaf.wordy() {
		if r.words, err = room(&r.budget, r.words, int(n)); err != nil {
			return err
		}
		for _, i := range r.index {
			if i >= int64(len(r.dictWords)) {
				return errPage
			}
			r.words = append(r.words, r.dictWords[i])
		}
		return nil
	}
	if r.views, err = room(&r.budget, r.views, int(n)); err != nil {
		return err
	}
	for _, i := range r.index {
		if i >= int64(len(r.dictViews)) {
			return errPage
		}
		r.views = append(r.views, r.dictViews[i])
	}
	r.base = r.dictBase
	return nil
}

// decodeWords reads numbers of 4 or 8 bytes.
func (r *pages) decodeWords(encoding, n int64, data []byte) error {
	size := 8
	if r.leaf.physical == physicalInt32 || r.leaf.physical == physicalFloat {
		size = 4
	}
	flat := encoding == encodingPlain || encoding == encodingSplit
	if flat && n > int64(len(data)/size) {
		return errPage
	}
	var err error
	if r.words, err = room(&r.budget, r.words, int(n)); err != nil {
		return err
	}
	r.words = r.words[:n]
	switch {
	case encoding == encodingPlain && size == 4:
		for i := range r.words {
			r.words[i] = int64(binary.LittleEndian.Uint32(data[4*i:]))
		}
	case encoding == encodingPlain:
		for i := range r.words {
			r.words[i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
		}
	case encoding == encodingSplit:
		for i := range r.words {
			w := uint64(0)
			for k := range size {
				w |= uint64(data[k*int(n)+i]) << (8 * k)
			}
			r.words[i] = int64(w)
		}
	case encoding == encodingDelta && r.leaf.class != classFloat:
		if _, ok := delta(data, r.words); !ok {
			return errPage
		}
	default:
		return errEncoding
	}
	return nil
}

// decodeViews reads values of bytes.
func (r *pages) decodeViews(encoding, n int64, data []byte) error {
	fixed := r.leaf.physical == physicalFixed
	length := int64(r.leaf.length)
	switch {
	case fixed && (encoding == encodingPlain || encoding == encodingSplit) && n > int64(len(data))/length,
		!fixed && encoding == encodingPlain && n > int64(len(data)/4):
		return errPage
	}
	var err error
	if r.views, err = room(&r.budget, r.views, int(n)); err != nil {
		return err
	}
	r.base = data
	switch {
	case fixed && encoding == encodingPlain:
		for i := range n {
			r.views = append(r.views, view{uint32(i * length), uint32((i + 1) * length)})
		}
	case encoding == encodingPlain:
		p := uint64(0)
		for range n {
			if uint64(len(data))-p < 4 {
				return errPage
			}
			size := uint64(binary.LittleEndian.Uint32(data[p:]))
			p += 4
			if size > uint64(len(data))-p {
				return errPage
			}
			r.views = append(r.views, view{uint32(p), uint32(p + size)})
			p += size
		}
	case fixed && encoding == encodingSplit:
		out, err := r.fresh(n * length)
		if err != nil {
			return err
		}
		for i := range n {
			for k := range length {
				out = append(out, data[k*n+i])
			}
			r.views = append(r.views, view{uint32(i * length), uint32((i + 1) * length)})
		}
		r.base = out
	case !fixed && encoding == encodingDeltaLength:
		_, err := r.byLength(n, data)
		return err
	case encoding == encodingDeltaBytes:
		return r.byPrefix(n, data)
	default:
		return errEncoding
	}
	return nil
}

// fresh is room for the values of a page that do not stand in it. What was read from the
// file is no longer needed if it was compressed; else it is what is being read.
func (r *pages) fresh(n int64) ([]byte, error) {
	if n > 1<<32-1 {
		return nil, errPage
	}
	var err error
	r.spell, err = room(&r.budget, r.spell, int(n))
	return r.spell, err
}

// byLength reads values that follow their lengths; it returns these.
func (r *pages) byLength(n int64, data []byte) ([]int64, error) {
	var err error
	if r.index, err = room(&r.budget, r.index, int(n)); err != nil {
		return nil, err
	}
	r.index = r.index[:n]
	used, ok := delta(data, r.index)
	if !ok {
		return nil, errPage
	}
	p := int64(used)
	for _, size := range r.index {
		if size < 0 || size > int64(len(data))-p {
			return nil, errPage
		}
		r.views = append(r.views, view{uint32(p), uint32(p + size)})
		p += size
	}
	r.base = data
	return r.index, nil
}

// byPrefix reads values that say how much of the one before they begin with.
func (r *pages) byPrefix(n int64, data []byte) error {
	var err error
	if r.words, err = room(&r.budget, r.words, int(n)); err != nil {
		return err
	}
	r.words = r.words[:n]
	used, ok := delta(data, r.words)
	if !ok {
		return errPage
	}
	sizes, err := r.byLength(n, data[used:])
	if err != nil {
		return err
	}
	total := int64(0)
	before := int64(0)
	for i, prefix := range r.words {
		if prefix < 0 || prefix > before {
			return errPage
		}
		if before = prefix + sizes[i]; before > int64(r.longest) {
			return r.long(r.row)
		}
		total += before
	}
	out, err := r.fresh(total)
	if err != nil {
		return err
	}
	from := 0
	for i, prefix := range r.words {
		at := len(out)
		out = append(out, out[from:from+int(prefix)]...)
		out = append(out, r.base[r.views[i].from:r.views[i].to]...)
		r.views[i] = view{uint32(at), uint32(len(out))}
		if r.leaf.physical == physicalFixed && len(out)-at != r.leaf.length {
			return errPage
		}
		from = at
	}
	r.spell, r.base = out, out
	return nil
}

// whole is how many ones a hybrid of one bit says at once, at its beginning.
func whole(data []byte) int {
	head, n := binary.Uvarint(data)
	if n <= 0 || n >= len(data) || head&1 == 1 || data[n] != 1 {
		return 0
	}
	return int(min(head>>1, MostRows))
}

// hybrid reads runs and packed bits of numbers of so many bits, at most 32.
func hybrid(data []byte, wide int, out []int64) bool {
	for len(out) > 0 {
		head, n := binary.Uvarint(data)
		if n <= 0 {
			return false
		}
		data = data[n:]
		if head&1 == 0 {
			size := (wide + 7) / 8
			if len(data) < size {
				return false
			}
			v := int64(0)
			for i := range size {
				v |= int64(data[i]) << (8 * i)
			}
			if v>>wide != 0 {
				return false
			}
			data = data[size:]
			run := int(min(head>>1, uint64(len(out))))
			for i := range run {
				out[i] = v
			}
			out = out[run:]
			continue
		}
		groups := head >> 1
		if wide > 0 && groups > uint64(len(data)/wide) {
			// The last group may be cut short by what writes it.
			if groups > uint64(len(out)/8+1) || len(out)*wide > 8*len(data) {
				return false
			}
		}
		count := int(min(groups, MostRows) * 8)
		count = min(count, len(out))
		for i := range count {
			out[i] = int64(bitsAt(data, i*wide, wide))
		}
		data = data[min(len(data), int(min(groups, MostRows))*wide):]
		out = out[count:]
	}
	return true
}

// bitsAt are so many bits, at most 64, at a place in bits; those behind the end are zero.
func bitsAt(data []byte, at, wide int) uint64 {
	if wide == 0 {
		return 0
	}
	from, shift := at>>3, at&7
	var v, above uint64
	if from+9 <= len(data) {
		v, above = binary.LittleEndian.Uint64(data[from:]), uint64(data[from+8])
	} else {
		var b [9]byte
		if from < len(data) {
			copy(b[:], data[from:])
		}
		v, above = binary.LittleEndian.Uint64(b[:]), uint64(b[8])
	}
	v = v>>shift | above<<(63-shift)<<1
	return v & (^uint64(0) >> (64 - wide))
}

// delta reads numbers of which each says what it is more than the one before, and returns
// how many bytes they took.
func delta(data []byte, out []int64) (int, bool) {
	p := 0
	broken := false
	varint := func() uint64 {
		v, n := binary.Uvarint(data[p:])
		if n <= 0 {
			broken = true
			return 0
		}
		p += n
		return v
	}
	signed := func() int64 {
		v := varint()
		return int64(v>>1) ^ -int64(v&1)
	}
	size, parts, total := varint(), varint(), varint()
	last := signed()
	if broken || size == 0 || size > 1<<20 || parts == 0 || parts > size || size%parts != 0 || size/parts%8 != 0 || total != uint64(len(out)) {
		return 0, false
	}
	if len(out) == 0 {
		return p, true
	}
	out[0] = last
	each := int(size / parts)
	for i := 1; i < len(out); {
		least := signed()
		if broken || len(data)-p < int(parts) {
			return 0, false
		}
		widths := data[p : p+int(parts)]
		p += int(parts)
		for _, w := range widths {
			if i == len(out) {
				break
			}
			wide := int(w)
			if wide > 64 || len(data)-p < each/8*wide {
				return 0, false
			}
			packed := data[p : p+each/8*wide]
			p += len(packed)
			for k := 0; k < each && i < len(out); k++ {
				last += least + int64(bitsAt(packed, k*wide, wide))
				out[i] = last
				i++
			}
		}
	}
	return p, true
}
