package rows

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"tacit/fault"
)

// A record is a row of what the library writes.
type record struct {
	ID       string   `parquet:"id"`
	Dict     string   `parquet:"dict,dict"`
	Delta    string   `parquet:"delta,delta"`
	Lengths  []byte   `parquet:"lengths"`
	Maybe    *string  `parquet:"maybe,optional"`
	Number   int64    `parquet:"number"`
	Steps    int64    `parquet:"steps,delta"`
	Small    int32    `parquet:"small,dict"`
	SmallUp  int32    `parquet:"smallup,delta"`
	Natural  uint64   `parquet:"natural"`
	Natural4 uint32   `parquet:"natural4"`
	Price    int64    `parquet:"price,decimal(4:18)"`
	Float    float64  `parquet:"float"`
	Float4   float32  `parquet:"float4"`
	Split    float64  `parquet:"split,split"`
	UUID     [16]byte `parquet:"uuid,uuid"`
	Fixed    [5]byte  `parquet:"fixed"`
	Perhaps  *int64   `parquet:"perhaps,optional"`
	Many     []string `parquet:"many,list"`
	Within   struct {
		ID string `parquet:"id"`
		A  int64  `parquet:"a"`
	} `parquet:"within"`
	Truth bool `parquet:"truth"`
}

func recordOf(i int) record {
	r := record{
		ID: fmt.Sprintf("user%07d@example.org", i*7919%1000003), Dict: fmt.Sprintf("group %d", i%97+i/4000), Delta: fmt.Sprintf("prefix/%06d", i), Lengths: bytes.Repeat([]byte{byte(i)}, i%9+1),
		Number: int64(i) * -1234567891, Steps: int64(i)*1000 + int64(i%13), Small: int32(i%50 - 25), SmallUp: int32(i*i) * 77, Natural: math.MaxUint64 - uint64(i), Natural4: math.MaxUint32 - uint32(i),
		Price: int64(i-50) * 12300, Float: float64(i) / 8, Float4: float32(i) / 4, Split: float64(i) / 2, Fixed: [5]byte{byte(i), byte(i >> 8), 'f', 0, 0xff},
	}
	binary.BigEndian.PutUint64(r.UUID[4:], uint64(i)<<8|0xab)
	if i%3 != 0 {
		s, n := fmt.Sprint("maybe ", i), int64(i)
		r.Maybe, r.Perhaps = &s, &n
	}
	r.Many = []string{"x", "y"}[:i%3%2+i%2]
	r.Within.ID = "not this"
	return r
}

func writeParquet(t testing.TB, n int, options ...parquet.WriterOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w := parquet.NewGenericWriter[record](&out, options...)
	for i := range n {
		if _, err := w.Write([]record{recordOf(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func optionsOf(version int, codec compress.Codec, group int64) []parquet.WriterOption {
	return []parquet.WriterOption{parquet.DataPageVersion(version), parquet.Compression(codec), parquet.MaxRowsPerRowGroup(group), parquet.PageBufferSize(8192)}
}

func TestParquet(t *testing.T) {
	const n = 5000
	for _, version := range []int{1, 2} {
		for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd} {
			t.Run(fmt.Sprintf("version %d, %s", version, codec), func(t *testing.T) {
				b := writeParquet(t, n, optionsOf(version, codec, 1700)...)
				for _, c := range []struct {
					column string
					of     func(r *record) string
				}{
					{"id", func(r *record) string { return r.ID }}, {"dict", func(r *record) string { return r.Dict }}, {"delta", func(r *record) string { return r.Delta }}, {"lengths", func(r *record) string { return string(r.Lengths) }},
					{"number", func(r *record) string { return strconv.FormatInt(r.Number, 10) }}, {"steps", func(r *record) string { return strconv.FormatInt(r.Steps, 10) }}, {"small", func(r *record) string { return strconv.Itoa(int(r.Small)) }}, {"smallup", func(r *record) string { return strconv.Itoa(int(r.SmallUp)) }},
					{"natural", func(r *record) string { return strconv.FormatUint(r.Natural, 10) }}, {"natural4", func(r *record) string { return strconv.FormatUint(uint64(r.Natural4), 10) }},
					{"uuid", func(r *record) string {
						u := r.UUID
						return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
					}},
					{"fixed", func(r *record) string { return string(r.Fixed[:]) }},
				} {
					got, err := Read(context.Background(), file(b), Format{Kind: Parquet, Column: c.column}, Rules{}, nil, plenty)
					if err != nil || got.IDs.N != n {
						t.Fatalf("%s: %v", c.column, err)
					}
					for i := range n {
						r := recordOf(i)
						if string(got.IDs.At(i)) != c.of(&r) {
							t.Fatalf("%s: row %d is %q, want %q", c.column, i+1, got.IDs.At(i), c.of(&r))
						}
					}
				}
				got, err := Read(context.Background(), file(b), Format{Kind: Parquet, Column: "uuid"}, Rules{}, []Want{
					{Name: "price", Number: true, Decimals: 2}, {Name: "float", Number: true, Decimals: 3}, {Name: "float4", Number: true, Decimals: 2}, {Name: "split", Number: true, Decimals: 1}, {Name: "small", Number: true, Decimals: 9},
					{Name: "maybe"}, {Name: "perhaps"}, {Name: "fixed"}, {Name: "id"}}, plenty)
				if err != nil {
					t.Fatal(err)
				}
				for i := range n {
					r := recordOf(i)
					maybe, perhaps := "", ""
					if r.Maybe != nil {
						maybe, perhaps = *r.Maybe, strconv.FormatInt(*r.Perhaps, 10)
					}
					numbers := []int64{r.Price / 100, int64(i) * 125, int64(i) * 25, int64(i) * 5, int64(r.Small) * 1e9}
					for k, want := range numbers {
						if got.Columns[k].Numbers[i] != want {
							t.Fatalf("%s: row %d is %d, want %d", got.Columns[k].Name, i+1, got.Columns[k].Numbers[i], want)
						}
					}
					for k, want := range []string{maybe, perhaps, string(r.Fixed[:]), r.ID} {
						if at := got.Columns[5+k].Texts.At(i); string(at) != want {
							t.Fatalf("%s: row %d is %q, want %q", got.Columns[5+k].Name, i+1, at, want)
						}
					}
				}
			})
		}
	}
}

func TestParquetRefused(t *testing.T) {
	good := writeParquet(t, 100)
	zstd := writeParquet(t, 100, parquet.Compression(&parquet.Zstd))
	for _, c := range []struct {
		name   string
		b      []byte
		column string
		rules  Rules
		wants  []Want
		code   fault.Code
	}{
		{"no such column", good, "nowhere", Rules{}, nil, fault.PSIColumn},
		{"a column within", good, "within", Rules{}, nil, fault.PSIColumn},
		{"a column within, by its last name", good, "a", Rules{}, nil, fault.PSIColumn},
		{"a column that repeats", good, "many", Rules{}, nil, fault.PSIColumn},
		{"a float for an id", good, "float", Rules{}, nil, fault.PSIColumn},
		{"a truth for an id", good, "truth", Rules{}, nil, fault.PSIColumn},
		{"a decimal for an id", good, "price", Rules{}, nil, fault.PSIColumn},
		{"an id that is null", good, "maybe", Rules{}, nil, fault.PSIRow},
		{"rules of bytes", good, "fixed", Rules{Trim: true}, nil, fault.PSIColumn},
		{"rules, and bytes that are no text", good, "lengths", Rules{Trim: true}, nil, fault.PSIEncoding},
		{"text for a number", good, "id", Rules{}, []Want{{Name: "dict", Number: true}}, fault.PSIColumn},
		{"a truth for a number", good, "id", Rules{}, []Want{{Name: "truth", Number: true}}, fault.PSIColumn},
		{"a float for text", good, "id", Rules{}, []Want{{Name: "float"}}, fault.PSIColumn},
		{"a null for a number", good, "id", Rules{}, []Want{{Name: "perhaps", Number: true}}, fault.PSIRow},
		{"too many digits", good, "id", Rules{}, []Want{{Name: "price", Number: true, Decimals: 1}}, fault.PSIRow},
		{"a number that does not fit", good, "id", Rules{}, []Want{{Name: "natural", Number: true}}, fault.PSIRow},
		{"brotli", writeParquet(t, 10, parquet.Compression(&parquet.Brotli)), "id", Rules{}, nil, fault.PSIColumn},
		{"lz4", writeParquet(t, 10, parquet.Compression(&parquet.Lz4Raw)), "id", Rules{}, nil, fault.PSIColumn},
		{"nothing", nil, "id", Rules{}, nil, fault.PSIColumn},
		{"CSV", []byte("id,v\n" + marker + ",1\n"), "id", Rules{}, nil, fault.PSIColumn},
		{"encrypted", append(bytes.Clone(good[:len(good)-1]), 'E'), "id", Rules{}, nil, fault.PSIColumn},
		{"cut at the end", good[:len(good)-1], "id", Rules{}, nil, fault.PSIColumn},
		{"cut at the beginning", good[1:], "id", Rules{}, nil, fault.PSIColumn},
		{"a foot larger than the file", append(bytes.Clone(good[:len(good)-8]), 0xff, 0xff, 0xff, 0x7f, 'P', 'A', 'R', '1'), "id", Rules{}, nil, fault.PSIColumn},
		{"a page whose checksum is another's", flip(good, bytes.Index(good, []byte("user0007919@"))+4), "id", Rules{}, nil, fault.PSIRow},
		{"a page that is damaged", flip(zstd, 400), "id", Rules{}, nil, fault.PSIRow},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(context.Background(), file(c.b), Format{Kind: Parquet, Column: c.column}, c.rules, c.wants, plenty)
			refused(t, err, c.code)
		})
	}
	if _, err := Read(context.Background(), file(append(bytes.Clone(good[:len(good)-1]), 'E')), Format{Kind: Parquet, Column: "id"}, Rules{}, nil, plenty); !strings.Contains(err.Error(), "encrypted") {
		t.Errorf("an encrypted file is refused with %v", err)
	}
	for _, b := range [][]byte{good, zstd} {
		if _, err := Read(context.Background(), file(b), Format{Kind: Parquet, Column: "id"}, Rules{Trim: true}, []Want{{Name: "number", Number: true}}, plenty); err != nil {
			t.Errorf("twin: %v", err)
		}
	}
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x55
	return b
}

func TestParquetLimits(t *testing.T) {
	b := writeParquet(t, 1000)
	for _, c := range []struct {
		name   string
		limits Limits
		ok     bool
	}{
		{"a row too many", Limits{999, 1 << 30, 100}, false},
		{"twin: as many as allowed", Limits{1000, 1 << 30, 100}, true},
		{"no memory for the foot", Limits{1000, 100, 100}, false},
		{"no memory for the rows", Limits{1000, 20000, 100}, false},
		{"a field too long", Limits{1000, 1 << 30, 22}, false},
		{"twin: a field as long as allowed", Limits{1000, 1 << 30, 23}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(context.Background(), file(b), Format{Kind: Parquet, Column: "id"}, Rules{}, nil, c.limits)
			if c.ok && err != nil {
				t.Fatal(err)
			}
			if !c.ok {
				refused(t, err, fault.PSISize)
			}
		})
	}
}

func TestBytesOfOneLengthAndDecimalsHaveLimits(t *testing.T) {
	b := writeParquet(t, 1)
	for _, tt := range []struct {
		name   string
		limits Limits
		code   fault.Code
	}{
		{"twin: as long as allowed", Limits{1, 1 << 30, 5}, ""},
		{"longer", Limits{1, 1 << 30, 4}, fault.PSISize},
		{"a foot larger than all memory", Limits{1, 1000, 5}, fault.PSISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(context.Background(), file(b), Format{Kind: Parquet, Column: "fixed"}, Rules{}, nil, tt.limits)
			if tt.code != "" {
				refused(t, err, tt.code)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, n := range []int{9, 8} {
		r := pageOf(leaf{physical: physicalBytes, class: classDecimal}, 1<<10)
		r.Number = true
		if err := r.blob(append([]byte{1}, make([]byte, n-1)...)); (err == nil) != (n == 8) {
			t.Errorf("a decimal of %d bytes: %v", n, err)
		}
	}
	if v, ok := scaled(1<<63, false, 1); ok {
		t.Errorf("ten times 2^63 is %d", v)
	}
}

// footed is a file of nothing but a foot.
func footed(foot []byte) []byte {
	b := append([]byte("PAR1"), foot...)
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(foot))), "PAR1"...)
}

// In the compact protocol of Thrift.
func TestFeetThatDoNotHold(t *testing.T) {
	id := []byte{0x15, 12, 0x25, 0, 0x18, 2, 'i', 'd', 0} // bytes, required
	foot := func(rows byte, columns byte, leaves ...[]byte) []byte {
		b := []byte{0x15, 2, 0x19, byte(len(leaves)+1)<<4 | 12, 0x48, 1, 'r', 0x15, 2 * columns, 0}
		b = append(b, bytes.Join(leaves, nil)...)
		return append(b, 0x16, rows, 0x19, 0x0c, 0)
	}
	whole := foot(0, 1, id)
	for _, tt := range []struct {
		name string
		foot []byte
		code fault.Code
	}{
		{"twin: a column and no rows", whole, ""},
		{"without its end", whole[:len(whole)-1], fault.PSIColumn},
		{"without row groups", append(bytes.Clone(whole[:len(whole)-3]), 0), fault.PSIColumn},
		{"fewer rows than none", foot(1, 1, id), fault.PSIColumn},
		{"a row in no group", foot(2, 1, id), fault.PSIColumn},
		{"two columns of one name", foot(0, 2, id, id), fault.PSIColumn},
		{"a column with fewer than no columns within", foot(0, 2, id, []byte{0x48, 1, 'x', 0x15, 1, 0}), fault.PSIColumn},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read(context.Background(), file(footed(tt.foot)), Format{Kind: Parquet, Column: "id"}, Rules{}, nil, plenty)
			if tt.code != "" {
				refused(t, err, tt.code)
			} else if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestFloats(t *testing.T) {
	for _, c := range []struct {
		f      float64
		places int
		want   int64
		ok     bool
	}{
		{0.5, 0, 0, true}, {1.5, 0, 2, true}, {2.5, 0, 2, true}, {-2.5, 0, -2, true}, {-3.5, 0, -4, true}, {0.125, 2, 12, true}, {0.375, 2, 38, true}, {0.1, 1, 1, true}, {0.1, 9, 100000000, true}, {math.Copysign(0, -1), 2, 0, true},
		{1e18, 0, 1e18, true}, {-1 << 63, 0, 0, false}, {1 << 63, 0, 0, false}, {1e18, 1, 0, false}, {9e9, 9, 9e18, true}, {1e10, 9, 0, false}, {math.NaN(), 0, 0, false}, {math.Inf(1), 0, 0, false}, {math.Inf(-1), 0, 0, false}, {5e-324, 9, 0, true}, {math.MaxFloat64, 0, 0, false},
	} {
		if got, ok := rounded(c.f, c.places); got != c.want || ok != c.ok {
			t.Errorf("%v with %d places: %d, %v", c.f, c.places, got, ok)
		}
	}
	var out bytes.Buffer
	w := parquet.NewGenericWriter[record](&out)
	r := recordOf(1)
	r.Float = math.NaN()
	w.Write([]record{recordOf(0), r})
	w.Close()
	_, err := Read(context.Background(), file(out.Bytes()), Format{Kind: Parquet, Column: "id"}, Rules{}, []Want{{Name: "float", Number: true}}, plenty)
	refused(t, err, fault.PSIRow)
}

func TestWideDecimals(t *testing.T) {
	for _, c := range []struct {
		b             []byte
		scale, places int
		want          int64
		ok            bool
	}{
		{[]byte{0xff}, 2, 2, -1, true}, {[]byte{1, 0}, 0, 1, 2560, true}, {append(make([]byte, 12), 1, 2), 0, 0, 258, true}, {append(bytes.Repeat([]byte{0xff}, 15), 0x9c), 3, 1, -1, true}, {append(bytes.Repeat([]byte{0xff}, 15), 0x9d), 3, 1, 0, false},
		{[]byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, 0, 0, 0, false}, {nil, 0, 0, 0, false}, {make([]byte, 65), 0, 0, 0, false}, {[]byte{5, 0x6b, 0xc7, 0x5e, 0x2d, 0x63, 0x10, 0, 0}, 20, 0, 1, true}, {bytes.Repeat([]byte{0x7f}, 16), 0, 9, 0, false},
	} {
		if got, ok := wide(c.b, c.scale, c.places); got != c.want || ok != c.ok {
			t.Errorf("%x at %d: %d, %v", c.b, c.scale, got, ok)
		}
	}
}

// What a file claims is not believed: nothing here may take much memory, whatever is said.
func TestParquetBombs(t *testing.T) {
	limits := Limits{Rows: MostRows, Memory: 8 << 20, Field: 1000}
	var page bytes.Buffer
	w := parquet.NewGenericWriter[record](&page, parquet.Compression(&parquet.Zstd), parquet.SkipPageBounds("lengths"), parquet.SkipPageStatistics("lengths"))
	r := recordOf(0)
	r.Lengths = make([]byte, 64<<20)
	w.Write([]record{r})
	w.Close()
	_, err := Read(context.Background(), file(page.Bytes()), Format{Kind: Parquet, Column: "lengths"}, Rules{}, nil, limits)
	refused(t, err, fault.PSISize)
	if _, err := Read(context.Background(), file(page.Bytes()), Format{Kind: Parquet, Column: "id"}, Rules{}, nil, limits); err != nil {
		t.Errorf("twin: the column beside it: %v", err)
	}
	// A page says that it unpacks to less than it does, or to more.
	for _, codec := range []compress.Codec{&parquet.Zstd, &parquet.Gzip, &parquet.Snappy} {
		packed, err := codec.Encode(nil, make([]byte, 1<<20))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 1, 1<<20 - 1, 1<<20 + 1} {
			if err := new(pages).decompress(int64(codec.CompressionCodec()), make([]byte, n), packed); err != errCodec {
				t.Errorf("%s into %d bytes: %v", codec, n, err)
			}
		}
		if err := new(pages).decompress(int64(codec.CompressionCodec()), make([]byte, 1<<20), packed); err != nil {
			t.Errorf("twin: %s: %v", codec, err)
		}
	}
}

func TestAPageHasNoMoreRowsThanItsChunk(t *testing.T) {
	for _, rows := range []int{8, 9} {
		s := &source{ctx: context.Background(), file: file(nil), longest: 10, budget: budget{left: 1 << 20, ratio: 1}}
		r := &pages{column: &column{source: s, Want: Want{Number: true}}, leaf: &leaf{physical: physicalInt64, class: classInt}, total: rows, left: 72, in: bufio.NewReader(bytes.NewReader(make([]byte, 72)))}
		err := r.page(header{kind: dataPage, has: true, values: 9, size: 72, full: 72}, codecNone, rows)
		if rows < 9 && err != errPage {
			t.Errorf("nine values for eight rows: %v", err)
		}
		if rows == 9 && (err != nil || len(r.numbers) != 9) {
			t.Errorf("twin: nine values for nine rows: %v", err)
		}
	}
}

// An inner struct without end, and lists within lists.
func TestThriftIsBounded(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"structs", bytes.Repeat([]byte{0x1c}, 1<<20)}, {"lists", append([]byte{0x19}, bytes.Repeat([]byte{0x19}, 1<<20)...)}, {"maps", append([]byte{0x1b}, bytes.Repeat([]byte{1, 0xbb}, 1<<20)...)}, {"a list that claims too much", []byte{0x19, 0xf3, 0xff, 0xff, 0xff, 0xff, 0x7f, 0}},
		{"a type that is none", []byte{0x1d, 0}}, {"a number without end", append([]byte{0x16}, bytes.Repeat([]byte{0xff}, 20)...)}, {"bytes that are not there", []byte{0x18, 0x7f, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			th := thrift{b: c.b}
			th.fields(func(_ int64, kind byte) { th.skip(kind, false) })
			if !th.broken {
				t.Fatal("it was read")
			}
			if deep := len(c.b) > 1<<20-1; deep && th.short {
				t.Fatal("only its end ended it")
			}
		})
	}
	th := thrift{b: []byte{0x16, 4, 0x19, 0x25, 2, 4, 0x18, 1, 'x', 0x1b, 1, 0x58, 2, 1, 'y', 0x11, 0}}
	n := 0
	th.fields(func(_ int64, kind byte) { n++; th.skip(kind, false) })
	if th.broken || n != 5 || th.p != len(th.b) {
		t.Errorf("twin: %d fields up to %d, broken %v", n, th.p, th.broken)
	}
}

// FuzzParquet: whatever a file says, it is read or refused with a code, in bounded memory.
func FuzzParquet(f *testing.F) {
	columns := []string{"id", "dict", "delta", "lengths", "maybe", "number", "steps", "small", "smallup", "natural", "price", "float", "float4", "split", "uuid", "fixed", "perhaps"}
	for i, version := range []int{1, 2} {
		for j, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd} {
			f.Add(byte(i+j), byte(0xff), writeParquet(f, 20, optionsOf(version, codec, 8)...))
		}
	}
	f.Fuzz(func(t *testing.T, which, rules byte, b []byte) {
		column := columns[int(which)%len(columns)]
		limits := Limits{Rows: 1 << 12, Memory: 1 << 20, Field: 256}
		got, err := Read(context.Background(), file(b), Format{Kind: Parquet, Column: column}, rulesOf(rules), nil, limits)
		if err == nil {
			if len(got.IDs.Bytes) > 1<<20 || got.IDs.N > 1<<12 {
				t.Fatal("more than is allowed")
			}
			for i := range got.IDs.N {
				if n := len(got.IDs.At(i)); n == 0 || n > 256 {
					t.Fatalf("row %d has %d bytes", i+1, n)
				}
			}
		} else if !slices.Contains(codes, fault.Of(err)) {
			t.Fatalf("refused with %v", err)
		}
		_, err = Read(context.Background(), file(b), Format{Kind: Parquet, Column: "uuid"}, Rules{}, []Want{{Name: column, Number: true, Decimals: 2}}, limits)
		if err != nil && !slices.Contains(codes, fault.Of(err)) {
			t.Fatalf("refused with %v", err)
		}
	})
}

// codes are those that Read gives of what is in a file.
var codes = []fault.Code{fault.PSIColumn, fault.PSIRow, fault.PSIEncoding, fault.PSISize}
