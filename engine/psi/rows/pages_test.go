package rows

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"tacit"
	"tacit/fault"
)

// pageOf reads pages of one column with so much memory.
func pageOf(l leaf, memory int64) *pages {
	s := &source{ctx: context.Background(), file: file(nil), rows: MostRows, longest: 100, budget: budget{file: "clients", left: memory, ratio: 1}}
	return &pages{column: &column{source: s, Want: Want{Name: "v"}, encoded: true}, leaf: &l, total: 100}
}

var (
	wholes = leaf{physical: physicalInt64, class: classInt}
	floats = leaf{physical: physicalDouble, class: classFloat}
	blobs  = leaf{physical: physicalBytes, class: classBytes}
	fives  = leaf{physical: physicalFixed, class: classFixed, length: 5}
)

// deltas are numbers in the encoding that says what each is more than the one before, 8 to
// a block, all of which differ by 0.
func deltas(n int, v int64) []byte {
	b := []byte{8, 1}
	b = binary.AppendUvarint(b, uint64(n))
	b = binary.AppendVarint(b, v)
	for at := 1; at < n; at += 8 {
		b = append(b, 0, 0) // the least difference, and how many bits the others take
	}
	return b
}

// same checks an error: one of those that are told apart here, or one with a code.
func same(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestValuesThatArePacked(t *testing.T) {
	const much = 1 << 20
	texts := []byte{2, 0, 0, 0, 'a', 'b', 1, 0, 0, 0, 'c'}
	withDict := func(r *pages) { r.dict, r.dictWords, r.dictViews = true, []int64{7}, []view{{0, 1}} }
	for _, tt := range []struct {
		name     string
		leaf     leaf
		memory   int64
		ready    func(r *pages)
		encoding int64
		n        int64
		data     []byte
		want     error
	}{
		{"twin: numbers", wholes, much, nil, encodingPlain, 2, make([]byte, 16), nil},
		{"numbers, a byte short", wholes, much, nil, encodingPlain, 2, make([]byte, 15), errPage},
		{"numbers by their bytes, one short", wholes, much, nil, encodingSplit, 2, make([]byte, 15), errPage},
		{"numbers without memory", wholes, 15, nil, encodingPlain, 2, make([]byte, 16), fault.PSISize},
		{"twin: numbers by their differences", wholes, much, nil, encodingDelta, 2, deltas(2, 3), nil},
		{"numbers by their differences, of which there are others", wholes, much, nil, encodingDelta, 2, deltas(3, 3), errPage},
		{"numbers in an encoding of text", wholes, much, nil, encodingDeltaLength, 1, deltas(1, 3), errEncoding},
		{"floats by their differences", floats, much, nil, encodingDelta, 2, deltas(2, 3), errEncoding},

		{"twin: numbers of a dictionary", wholes, much, withDict, encodingDict, 2, []byte{1, 4, 0}, nil},
		{"twin: none of them", wholes, much, nil, encodingDict, 0, nil, nil},
		{"numbers of a dictionary that is not there", wholes, much, nil, encodingDict, 2, []byte{1, 4, 0}, errPage},
		{"numbers of a dictionary, of no width", wholes, much, withDict, encodingDict, 2, nil, errPage},
		{"numbers of a dictionary, too wide", wholes, much, withDict, encodingDict, 2, []byte{33, 4, 0, 0, 0, 0, 0}, errPage},
		{"numbers of a dictionary, cut", wholes, much, withDict, encodingDict, 2, []byte{1, 4}, errPage},
		{"numbers of a dictionary that has fewer", wholes, much, withDict, encodingDict, 2, []byte{1, 4, 1}, errPage},
		{"twin: texts of a dictionary", blobs, much, withDict, encodingDict, 2, []byte{1, 4, 0}, nil},
		{"texts of a dictionary that has fewer", blobs, much, withDict, encodingDict, 2, []byte{1, 4, 1}, errPage},
		{"places in a dictionary without memory", wholes, 15, withDict, encodingDict, 2, []byte{1, 4, 0}, fault.PSISize},
		{"numbers of a dictionary without memory", wholes, 20, withDict, encodingDict, 2, []byte{1, 4, 0}, fault.PSISize},
		{"texts of a dictionary without memory", blobs, 20, withDict, encodingDict, 2, []byte{1, 4, 0}, fault.PSISize},

		{"twin: texts", blobs, much, nil, encodingPlain, 2, texts, nil},
		{"texts, more than there are lengths", blobs, much, nil, encodingPlain, 3, texts, errPage},
		{"texts, the last without its length", blobs, much, nil, encodingPlain, 2, texts[:9], errPage},
		{"texts, the last a byte short", blobs, much, nil, encodingPlain, 2, texts[:10], errPage},
		{"texts without memory", blobs, 15, nil, encodingPlain, 2, texts, fault.PSISize},
		{"texts in an encoding of numbers", blobs, much, nil, encodingDelta, 1, deltas(1, 3), errEncoding},
		{"twin: bytes of one length", fives, much, nil, encodingPlain, 2, make([]byte, 10), nil},
		{"bytes of one length, one short", fives, much, nil, encodingPlain, 2, make([]byte, 9), errPage},
		{"twin: bytes of one length, split", fives, much, nil, encodingSplit, 2, make([]byte, 10), nil},
		{"bytes of one length, split, without memory", fives, 20, nil, encodingSplit, 2, make([]byte, 10), fault.PSISize},

		{"twin: texts behind their lengths", blobs, much, nil, encodingDeltaLength, 2, append(deltas(2, 3), "abcdef"...), nil},
		{"texts behind lengths that do not read", blobs, much, nil, encodingDeltaLength, 2, []byte{8}, errPage},
		{"texts behind their lengths, the last short", blobs, much, nil, encodingDeltaLength, 2, append(deltas(2, 3), "abcde"...), errPage},
		{"texts of negative length", blobs, much, nil, encodingDeltaLength, 2, deltas(2, -1), errPage},
		{"texts behind their lengths without memory", blobs, 20, nil, encodingDeltaLength, 2, append(deltas(2, 3), "abcdef"...), fault.PSISize},

		{"twin: texts that begin as those before", blobs, much, nil, encodingDeltaBytes, 2, slices.Concat(deltas(2, 0), deltas(2, 1), []byte("ab")), nil},
		{"beginnings that do not read", blobs, much, nil, encodingDeltaBytes, 2, []byte{8}, errPage},
		{"ends that do not read", blobs, much, nil, encodingDeltaBytes, 2, deltas(2, 0), errPage},
		{"a first text that begins as another", blobs, much, nil, encodingDeltaBytes, 2, slices.Concat(deltas(2, 1), deltas(2, 1), []byte("ab")), errPage},
		{"a negative beginning", blobs, much, nil, encodingDeltaBytes, 2, slices.Concat(deltas(2, -1), deltas(2, 1), []byte("ab")), errPage},
		{"a text longer than any field", blobs, much, nil, encodingDeltaBytes, 1, slices.Concat(deltas(1, 0), deltas(1, 101), make([]byte, 101)), fault.PSISize},
		{"beginnings without memory", blobs, 20, nil, encodingDeltaBytes, 2, slices.Concat(deltas(2, 0), deltas(2, 1), []byte("ab")), fault.PSISize},
		{"ends without memory", blobs, 40, nil, encodingDeltaBytes, 2, slices.Concat(deltas(2, 0), deltas(2, 1), []byte("ab")), fault.PSISize},
		{"beginnings and ends without memory", blobs, 49, nil, encodingDeltaBytes, 2, slices.Concat(deltas(2, 0), deltas(2, 1), []byte("ab")), fault.PSISize},
		{"twin: bytes of one length that begin as those before", fives, much, nil, encodingDeltaBytes, 1, slices.Concat(deltas(1, 0), deltas(1, 5), make([]byte, 5)), nil},
		{"bytes of another length", fives, much, nil, encodingDeltaBytes, 1, slices.Concat(deltas(1, 0), deltas(1, 4), make([]byte, 4)), errPage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := pageOf(tt.leaf, tt.memory)
			if tt.ready != nil {
				tt.ready(r)
			}
			same(t, r.decode(tt.encoding, tt.n, tt.data), tt.want)
		})
	}
	t.Run("values of four gibibytes", func(t *testing.T) {
		_, err := pageOf(blobs, much).fresh(1 << 32)
		same(t, err, errPage)
	})
}

func TestRunsAndPackedBits(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		wide int
		want []int64 // nil: refused
		n    int
	}{
		{"twin: a run", []byte{6, 5}, 8, []int64{5, 5, 5}, 3},
		{"twin: packed", []byte{3, 0b10101010}, 1, []int64{0, 1, 0, 1, 0, 1, 0, 1}, 8},
		{"twin: the last group cut short", []byte{3, 1, 2, 3, 4}, 8, []int64{1, 2, 3, 4}, 4},
		{"nothing", nil, 8, nil, 1},
		{"a head without end", bytes.Repeat([]byte{0xff}, 11), 8, nil, 1},
		{"a run without its value", []byte{6}, 8, nil, 3},
		{"a value wider than it may be", []byte{6, 2}, 1, nil, 3},
		{"half of what is packed", []byte{3, 1, 2, 3, 4}, 8, nil, 8},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := make([]int64, tt.n)
			if ok := hybrid(tt.data, tt.wide, out); ok != (tt.want != nil) || ok && !slices.Equal(out, tt.want) {
				t.Errorf("%v, %v", out, ok)
			}
		})
	}
}

func TestDifferences(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		n    int
		ok   bool
	}{
		{"twin: two of a kind", []byte{8, 1, 2, 6, 0, 0}, 2, true},
		{"twin: none", []byte{8, 1, 0, 0}, 0, true},
		{"twin: of one bit each", []byte{8, 1, 3, 6, 0, 1, 0xff}, 3, true},
		{"cut in its head", []byte{8, 1, 2}, 2, false},
		{"blocks of nothing", []byte{0, 1, 2, 6, 0, 0}, 2, false},
		{"no parts", []byte{8, 0, 2, 6, 0, 0}, 2, false},
		{"more parts than values", []byte{8, 16, 2, 6, 0, 0}, 2, false},
		{"parts that are no eights", []byte{12, 1, 2, 6, 0, 0}, 2, false},
		{"others than there should be", []byte{8, 1, 3, 6, 0, 0}, 2, false},
		{"no widths", []byte{8, 1, 2, 6, 0}, 2, false},
		{"wider than any number", append([]byte{8, 1, 2, 6, 0, 65}, make([]byte, 65)...), 2, false},
		{"bits that are not there", []byte{8, 1, 3, 6, 0, 1}, 3, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if n, ok := delta(tt.data, make([]int64, tt.n)); ok != tt.ok || ok && n != len(tt.data) {
				t.Errorf("delta = %d, %v", n, ok)
			}
		})
	}
}

func TestPagesThatDoNotHold(t *testing.T) {
	const much = 1 << 20
	maybe := wholes
	maybe.optional = true
	body := make([]byte, 16)
	good := header{kind: dataPage, has: true, values: 2, size: 16, full: 16}
	with := func(edit func(h *header)) header { h := good; edit(&h); return h }
	levels := slices.Concat([]byte{2, 0, 0, 0, 4, 1}, body) // a run of two that are there
	ofLevels := with(func(h *header) { h.size, h.full, h.levelEncoding = 22, 22, encodingRLE })
	packed, err := parquet.Snappy.Encode(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	gaps := slices.Concat([]byte{3, 0, 0, 0, 3, 0b01, 0}, body[:8]) // one of two is there, in packed bits
	ofGaps := with(func(h *header) { h.size, h.full, h.levelEncoding = 15, 15, encodingRLE })
	for _, tt := range []struct {
		name   string
		leaf   leaf
		memory int64
		ready  func(r *pages)
		h      header
		codec  int64
		in     []byte
		want   error
	}{
		{"twin: two numbers", wholes, much, nil, good, codecNone, body, nil},
		{"nothing is said of it", wholes, much, nil, with(func(h *header) { h.has = false }), codecNone, body, errPage},
		{"fewer values than none", wholes, much, nil, with(func(h *header) { h.values = -1 }), codecNone, body, errPage},
		{"more values than rows", wholes, much, nil, with(func(h *header) { h.values = 4 }), codecNone, body, errPage},
		{"levels of negative size", wholes, much, nil, with(func(h *header) { h.kind, h.fills = dataPageV2, -1 }), codecNone, body, errPage},
		{"repetitions of negative size", wholes, much, nil, with(func(h *header) { h.kind, h.repeats = dataPageV2, -1 }), codecNone, body, errPage},
		{"levels larger than the page", wholes, much, nil, with(func(h *header) { h.kind, h.repeats, h.fills = dataPageV2, 16, 1 }), codecNone, body, errPage},
		{"no memory for it", wholes, 15, nil, good, codecNone, body, fault.PSISize},
		{"it ends too soon", wholes, much, nil, good, codecNone, body[:15], io.ErrUnexpectedEOF},
		{"twin: its checksum", wholes, much, nil, with(func(h *header) { h.checked, h.crc = true, int64(crc32.ChecksumIEEE(body)) }), codecNone, body, nil},
		{"another checksum", wholes, much, nil, with(func(h *header) { h.checked = true }), codecNone, body, errPage},
		{"less than it says", wholes, much, nil, with(func(h *header) { h.full = 17 }), codecNone, body, errPage},
		{"a kind that there is not", wholes, much, nil, with(func(h *header) { h.kind = 4 }), codecNone, body, errPage},
		{"twin: an index is passed over", wholes, much, nil, with(func(h *header) { h.kind = indexPage }), codecNone, body, nil},
		{"an index that ends too soon", wholes, much, nil, with(func(h *header) { h.kind = indexPage }), codecNone, body[:15], io.ErrUnexpectedEOF},
		{"an encoding that is not known", wholes, much, nil, with(func(h *header) { h.encoding = 99 }), codecNone, body, errEncoding},

		{"twin: compressed", wholes, much, nil, with(func(h *header) { h.size = int64(len(packed)) }), codecSnappy, packed, nil},
		{"compressed, no memory for what it holds", wholes, 15, nil, with(func(h *header) { h.size = int64(len(packed)) }), codecSnappy, packed, fault.PSISize},
		{"compressed, and damaged", wholes, much, nil, good, codecSnappy, append([]byte{16, 0xff}, body[2:]...), errPage},

		{"twin: levels", maybe, much, nil, ofLevels, codecNone, levels, nil},
		{"levels in another encoding", maybe, much, nil, with(func(h *header) { h.size, h.full, h.levelEncoding = 22, 22, encodingPlain }), codecNone, levels, errEncoding},
		{"levels without a length", maybe, much, nil, with(func(h *header) { h.size, h.full, h.levelEncoding = 3, 3, encodingRLE }), codecNone, levels[:3], errPage},
		{"levels that end too soon", maybe, much, nil, with(func(h *header) { h.size, h.full, h.levelEncoding = 5, 5, encodingRLE }), codecNone, levels[:5], errPage},
		{"levels that do not read", maybe, much, nil, with(func(h *header) { h.size, h.full, h.levelEncoding = 20, 20, encodingRLE }), codecNone, slices.Concat([]byte{0, 0, 0, 0}, body), errPage},
		{"twin: one of two is not there", maybe, much, nil, ofGaps, codecNone, gaps, nil},
		{"places without memory", maybe, 20, nil, ofGaps, codecNone, gaps, fault.PSISize},
		{"levels without memory", maybe, 32, nil, ofGaps, codecNone, gaps, fault.PSISize},

		{"levels without memory, none of which is there", maybe, 32, func(r *pages) { r.Number = true }, ofGaps, codecNone, slices.Concat([]byte{3, 0, 0, 0, 3, 0, 0}, body[:8]), fault.PSISize},

		{"twin: a dictionary", wholes, much, nil, with(func(h *header) { h.kind = dictPage }), codecNone, body, nil},
		{"a second one", wholes, much, func(r *pages) { r.dict = true }, with(func(h *header) { h.kind = dictPage }), codecNone, body, errPage},
		{"a dictionary in another encoding", wholes, much, nil, with(func(h *header) { h.kind, h.encoding = dictPage, encodingDelta }), codecNone, body, errPage},
		{"a dictionary without memory", wholes, 20, nil, with(func(h *header) { h.kind = dictPage }), codecNone, body, fault.PSISize},
		{"a dictionary without memory, of one value", wholes, 28, nil, with(func(h *header) { h.kind, h.values = dictPage, 1 }), codecNone, body, fault.PSISize},
		{"a dictionary of more values than it has", wholes, much, nil, with(func(h *header) { h.kind, h.values = dictPage, 3 }), codecNone, body, errPage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := pageOf(tt.leaf, tt.memory)
			r.in, r.left = bufio.NewReader(bytes.NewReader(tt.in)), int64(len(tt.in))
			if tt.ready != nil {
				tt.ready(r)
			}
			same(t, r.page(tt.h, tt.codec, 3), tt.want)
		})
	}
	t.Run("a run that is over within a page", func(t *testing.T) {
		const n = 70_000
		r := pageOf(wholes, 1<<24)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r.ctx, r.in = ctx, bufio.NewReader(bytes.NewReader(make([]byte, 8*n)))
		same(t, r.page(header{kind: dataPage, has: true, values: n, size: 8 * n, full: 8 * n}, codecNone, n), context.Canceled)
	})
}

func TestChunksThatAreNotAsTheFootSays(t *testing.T) {
	// The head of a page in Thrift: its kind, its two sizes, and two plain values.
	page := append([]byte{0x15, 0, 0x15, 32, 0x15, 32, 0x2c, 0x15, 4, 0x15, 0, 0, 0}, make([]byte, 16)...)
	in := append([]byte("PAR1"), page...)
	good := chunk{rows: 2, physical: physicalInt64, values: 2, offset: 4, size: int64(len(page))}
	for _, tt := range []struct {
		name string
		edit func(k *chunk)
		in   []byte
		want error
	}{
		{"twin: as it is", nil, in, nil},
		{"in another file", func(k *chunk) { k.barred = true }, in, fault.PSIColumn},
		{"in a compression that is not read", func(k *chunk) { k.codec = 4 }, in, fault.PSIColumn},
		{"of another type", func(k *chunk) { k.physical = physicalDouble }, in, fault.PSIColumn},
		{"of other values than rows", func(k *chunk) { k.values = 3 }, in, fault.PSIColumn},
		{"before the file's beginning", func(k *chunk) { k.offset, k.size = 3, k.size+1 }, append([]byte("PAR"), page...), fault.PSIColumn},
		{"behind its end", func(k *chunk) { k.offset = 5 }, in, fault.PSIColumn},
		{"of negative size", func(k *chunk) { k.size = -1 }, in, fault.PSIColumn},
		{"without a page", func(k *chunk) { k.size = 0 }, in, fault.PSIRow},
		{"in a file that is shorter than is said", nil, in[:4], io.ErrUnexpectedEOF},
		{"with a page that has no head", nil, append([]byte("PAR1"), bytes.Repeat([]byte{0x1d}, len(page))...), fault.PSIRow},
		{"with a page in an encoding of text", nil, slices.Concat(in[:14], []byte{2 * encodingDeltaLength}, in[15:]), fault.PSIColumn},
		{"with a page whose head breaks off, and another behind it", func(k *chunk) { k.size = 616 }, slices.Concat(in[:16], []byte{0x1d}, make([]byte, 603)), fault.PSIRow},
		{"with a page larger than it", nil, slices.Concat(in[:9], []byte{64}, in[10:]), fault.PSIRow},
		{"with a page of negative size", nil, slices.Concat(in[:9], []byte{1}, in[10:]), fault.PSIRow},
		{"with a page that unpacks to less than nothing", nil, slices.Concat(in[:7], []byte{1}, in[8:]), fault.PSIRow},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := pageOf(wholes, 1<<20)
			r.file = file(tt.in)
			r.file.Size = int64(max(len(tt.in), len(in)))
			k := good
			if tt.edit != nil {
				tt.edit(&k)
			}
			same(t, r.chunk(k), tt.want)
		})
	}
	t.Run("a run that is over", func(t *testing.T) {
		r := pageOf(wholes, 1<<20)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		r.ctx, r.file = ctx, file(in)
		same(t, r.chunk(good), context.Canceled)
	})
}

func TestNumbersAreCountedBeforeTheyAreKept(t *testing.T) {
	for _, memory := range []int64{4, 1 << 20} {
		c := pageOf(wholes, memory).column
		if err := c.number(1); (err == nil) != (memory > 4) || err != nil && fault.Of(err) != fault.PSISize {
			t.Errorf("with %d bytes: %v", memory, err)
		}
	}
}

// ends is a large file of which only the ends hold something.
type ends struct{ size int64 }

func (e ends) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	if at == 0 {
		copy(p, "PAR1")
	}
	if at+int64(len(p)) == e.size {
		copy(p[len(p)-8:], "\x01\x00\x00\x04PAR1") // 64 MiB and a byte
	}
	return len(p), nil
}

func TestAFootIsOfSomeSizeAtMost(t *testing.T) {
	const size = 1 << 30
	_, err := Read(context.Background(), tacit.GuestFile{Alias: "clients", Size: size, Data: ends{size}}, Format{Kind: Parquet, Column: "id"}, Rules{}, nil, plenty)
	refused(t, err, fault.PSISize)
}
