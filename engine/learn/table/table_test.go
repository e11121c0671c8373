package table

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"tacit"
	"tacit/fault"
)

func input(text string) tacit.GuestFile {
	return tacit.GuestFile{Alias: "a", Size: int64(len(text)), Data: strings.NewReader(text)}
}

func free(int64) error { return nil }

// all reads a file of numbers, all of whose columns may be missing.
func all(text string, format Format, wants ...Want) (*Table, error) {
	r, err := Open(input(text), format, free)
	if err != nil {
		return nil, err
	}
	if wants == nil {
		for _, c := range r.Columns() {
			if c != format.ID {
				wants = append(wants, Want{Name: c, Missing: true})
			}
		}
	}
	return r.Read(context.Background(), wants, free)
}

// secret stands in fields that are refused, and in no refusal.
const secret = "4217canary"

func TestRowsThatAreNone(t *testing.T) {
	no := false
	long := strings.Repeat("1", mostField+1)
	for _, tt := range []struct {
		name, text, want string
		format           Format
		wants            []Want
	}{
		{"twin: numbers", "a,b\n1,2\n", "", Format{}, nil},
		{"twin: quotes, CR LF, blanks and a mark", "\ufeff\"a\",b\r\n\" 1 \",+2e0\r\n", "", Format{}, nil},
		{"twin: no last line end", "a,b\n1,2", "", Format{}, nil},
		{"twin: lines without a character", "a,b\n\n1,2\n\n", "", Format{}, nil},
		{"twin: no names", "1,2\n", "", Format{Header: &no}, nil},
		{"twin: another delimiter", "a;b\n1;2\n", "", Format{Delimiter: ";"}, nil},
		{"twin: only what is wanted", "a,b,c\n1,2," + secret + "\n", "", Format{}, []Want{{Name: "a"}, {Name: "b"}}},
		{"twin: names that are numbers", "7,8\n1,2\n", "", Format{Header: ptr(true)}, nil},
		{"twin: classes", "a,b\nno,yes\n", "", Format{}, []Want{{Name: "a", Classes: map[string]float64{"no": 1, "yes": 2}}, {Name: "b", Classes: map[string]float64{"no": 1, "yes": 2}}}},
		{"nothing", "", "it is empty", Format{}, nil},
		{"a mark alone", "\ufeff", "it is empty", Format{}, nil},
		{"names that are numbers", "a,4217\n1,2\n", `column 2 has a number for a name`, Format{}, nil},
		{"a name twice", secret + "," + secret + "\n1,2\n", "column 2 has the name of another one", Format{}, nil},
		{"no name", "a,\n1,2\n", "column 2 has no name", Format{}, nil},
		{"too few fields", "a,b\n1,2\n" + secret + "\n", "row 2: it has not as many fields", Format{}, nil},
		{"too many fields", "a,b\n1,2," + secret + "\n", "row 1: it has not as many fields", Format{}, nil},
		{"text", "a,b\n1," + secret + "\n", "row 1, column 2: want a finite number", Format{}, nil},
		{"text, of a column that the user named", "a,b\n1," + secret + "\n", "row 1, column 2 (b): want a finite number", Format{}, []Want{{Name: "b", Named: true}}},
		{"nan", "a,b\n1,nan\n", "row 1, column 2", Format{}, nil},
		{"inf", "a,b\n1,-Inf\n", "row 1, column 2", Format{}, nil},
		{"too large", "a,b\n1,1e999\n", "row 1, column 2", Format{}, nil},
		{"hexadecimal", "a,b\n1,0x1p4\n", "row 1, column 2", Format{}, nil},
		{"underscores", "a,b\n1,1_000\n", "row 1, column 2", Format{}, nil},
		{"a sign alone", "a,b\n-,1\n", "row 1, column 1", Format{}, nil},
		{"an exponent without digits", "a,b\n1e,1\n", "row 1, column 1", Format{}, nil},
		{"an exponent that is none", "a,b\n1e5x,1\n", "row 1, column 1", Format{}, nil},
		{"an exponent with a colon", "a,b\n1e:,1\n", "row 1, column 1", Format{}, nil},
		{"two points", "a,b\n1.2.3,1\n", "row 1, column 1", Format{}, nil},
		{"missing", "a,b\n1,\n", "row 1, column 2: the value is missing", Format{}, []Want{{Name: "b"}}},
		{"missing as NA", "a,b\n1,NA\n", "row 1, column 2: the value is missing", Format{}, []Want{{Name: "b"}}},
		{"no class", "a,b\n1," + secret + "\n", "row 1, column 2: it is none of the classes", Format{}, []Want{{Name: "b", Classes: map[string]float64{"x": 0}}}},
		{"NUL", "a,b\n1,2\x00\n", "row 1: it has a NUL", Format{}, nil},
		{"no UTF-8", "a,b\n1,\xff\n", "row 1: it is not UTF-8", Format{}, nil},
		{"an open quote", "a,b\n1,\"" + secret + "\n", "row 1: a quote is not closed", Format{}, nil},
		{"text behind a quote", "a,b\n\"1\"" + secret + ",2\n", "row 1, column 1: text stands behind", Format{}, nil},
		{"a quote within", "a,b\n1" + "\"" + secret + "\",2\n", "row 1, column 1: a quote stands within", Format{}, nil},
		{"a long field", "a,b\n1," + long + "\n", "row 1, column 2: more than", Format{}, nil},
		{"a long line", "a,b\n1,\"" + strings.Repeat("1\n", mostLine) + "\"\n", "row 1: more than", Format{}, nil},
		{"a line without an end", "a,b\n1" + strings.Repeat(",2", mostLine), "row 1: more than 4194304 bytes", Format{}, nil},
		{"many columns", strings.Repeat("a,", MostColumns) + "\n", "more than", Format{}, nil},
		{"a column that is wanted is not there", "a,b\n1,2\n", `there is no column "c"`, Format{}, []Want{{Name: "c", Named: true}}},
		{"a feature of a model is not there", "a,b\n1,2\n", "there is no column for feature 1", Format{}, []Want{{Name: secret}}},
		{"no ids", "a,b\n1,2\n", `there is no column "id"`, Format{ID: "id"}, nil},
		{"an empty id", "id,b\n,2\n", "row 1, column 1: the id is empty", Format{ID: "id"}, nil},
		{"a long id", "id,b\n" + long[:MostID+1] + ",2\n", "row 1, column 1: the id has more than", Format{ID: "id"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := all(tt.text, tt.format, tt.wants...)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if r := got.Row(0); got.Rows != 1 || len(r) != 2 || r[0] != 1 || r[1] != 2 {
					t.Errorf("got %d rows, the first %v", got.Rows, r)
				}
				return
			}
			if fault.Of(err) != fault.LearnData || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want LEARN_DATA with %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "4217") || strings.Contains(err.Error(), long[:20]) {
				t.Errorf("%v: it has a value", err)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

func TestDelimitersThatAreNone(t *testing.T) {
	for _, tt := range []struct {
		delimiter string
		ok        bool
	}{{"", true}, {";", true}, {"\t", true}, {"|", true}, {"\"", false}, {"\n", false}, {"ä", false}, {",,", false}, {".", false}, {"1", false}, {"\x00", false}} {
		if err := (Format{Delimiter: tt.delimiter}).Check(); (err == nil) != tt.ok || err != nil && fault.Of(err) != fault.LearnParams {
			t.Errorf("%q: %v", tt.delimiter, err)
		}
		if _, err := Open(input("a\n"), Format{Delimiter: tt.delimiter}, free); (err == nil) != tt.ok {
			t.Errorf("%q: Open = %v", tt.delimiter, err)
		}
	}
}

func TestMissingValuesAreNaN(t *testing.T) {
	got, err := all("a,b,c\n1,,NA\n", Format{})
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Row(0); r[0] != 1 || r[1] == r[1] || r[2] == r[2] {
		t.Errorf("got %v", r)
	}
}

func TestIdsStandBesideTheirRows(t *testing.T) {
	got, err := all("v,id\n1,\"x,\"\"1\"\n2,y\n", Format{ID: "id"})
	if err != nil {
		t.Fatal(err)
	}
	if got.IDBytes() != 5 {
		t.Errorf("ids of %d bytes", got.IDBytes())
	}
	defer func() {
		if n := got.Drop(); n < perBlock*8 || got.Drop() != 0 {
			t.Errorf("%d bytes were dropped", n)
		}
	}()
	if got.Cols != 1 || !got.HasIDs() || got.ID(0) != `x,"1` || got.ID(1) != "y" || got.Row(1)[0] != 2 {
		t.Errorf("got %+v", got)
	}
}

// TestNumbersAreThoseOfStrconv: the quick way gives the nearest number, as the library does.
func TestNumbersAreThoseOfStrconv(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	check := func(s string) {
		t.Helper()
		want, err := strconv.ParseFloat(s, 64)
		got, ok := parse([]byte(s))
		if ok != (err == nil) || ok && math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%q: %v, %v, want %v, %v", s, got, ok, want, err)
		}
	}
	for _, s := range []string{"0", "-0", "0.0", "9007199254740993", "123456789012345678901234567890", "0.000000000000000000000000000001", "1e22", "1e23", "1e-22", "1e-400", "-1e400", "4.9e-324", "1e0000000000000000000001", "1e9999999999999999999999", ".5", "5.", "00000000000000000000000001.5"} {
		check(s)
	}
	for range 100_000 {
		v := math.Float64frombits(r.Uint64())
		if v-v != 0 {
			continue
		}
		check(strconv.FormatFloat(v, "efg"[r.IntN(3)], r.IntN(20), 64))
		check(strconv.FormatFloat(r.NormFloat64(), 'f', r.IntN(20), 64))
	}
}

// TestFieldsAreThoseOfTheLibrary: what package csv reads is read alike, however files are cut.
func TestFieldsAreThoseOfTheLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		b := new(bytes.Buffer)
		w := csv.NewWriter(b)
		w.UseCRLF = r.IntN(2) == 0
		rows := [][]string{{"id", "v"}}
		for i := range 1 + r.IntN(3000) {
			id := strconv.Itoa(i)
			for range r.IntN(6) {
				id += string([]rune("\",\nxä ")[r.IntN(6)])
			}
			rows = append(rows, []string{id, strconv.Itoa(r.IntN(1000))})
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		got, err := all(b.String(), Format{ID: "id"})
		if err != nil {
			t.Fatal(err)
		}
		if got.Rows != len(rows)-1 {
			t.Fatalf("%d rows, want %d", got.Rows, len(rows)-1)
		}
		for i, row := range rows[1:] {
			if id := got.ID(i); id != row[0] && id != strings.ReplaceAll(row[0], "\n", "\r\n") || fmt.Sprint(got.Row(i)[0]) != row[1] {
				t.Fatalf("row %d: %q %v, want %q", i, got.ID(i), got.Row(i), row)
			}
		}
	}
}

func TestMemoryIsAskedForBeforeItIsTaken(t *testing.T) {
	text := "a,id\n" + strings.Repeat("1,abcdefgh\n", 1<<17)
	for _, tt := range []struct {
		name  string
		most  int64
		fails bool
	}{{"twin: enough", 1 << 23, false}, {"none at all", 0, true}, {"for the reader alone", 2 * chunk, true}, {"for half of the rows", 1 << 21, true}} {
		t.Run(tt.name, func(t *testing.T) {
			stop, held := errors.New("no more"), int64(0)
			hold := func(n int64) error {
				if held += n; held > tt.most {
					return stop
				}
				return nil
			}
			r, err := Open(input(text), Format{ID: "id"}, hold)
			if err == nil {
				_, err = r.Read(context.Background(), []Want{{Name: "a"}}, hold)
			}
			if errors.Is(err, stop) != tt.fails || err != nil && !tt.fails {
				t.Errorf("got %v", err)
			}
		})
	}
	// What is refused is the last that is asked for: the reader's, the names', a block, two ids.
	for refused := range 5 {
		stop, asked := errors.New("no more"), 0
		hold := func(int64) error {
			if asked++; asked > refused {
				return stop
			}
			return nil
		}
		r, err := Open(input("a,id\n1,x\n2,y\n"), Format{ID: "id"}, hold)
		if err == nil {
			_, err = r.Read(context.Background(), []Want{{Name: "a"}}, hold)
		}
		if !errors.Is(err, stop) || asked != refused+1 {
			t.Errorf("ask %d is refused, and %d are asked: %v", refused+1, asked, err)
		}
	}
}

func TestAFileThatCannotBeReadIsTheHostsFault(t *testing.T) {
	f := tacit.GuestFile{Alias: "a", Size: 100, Data: readerAt{iotest.ErrReader(errors.New("torn"))}}
	if _, err := Open(f, Format{}, free); err == nil || fault.Of(err) == fault.LearnData {
		t.Errorf("got %v", err)
	}
	short := tacit.GuestFile{Alias: "a", Size: 100, Data: strings.NewReader("a,b\n1,2\n")}
	if _, err := Open(short, Format{}, free); err == nil || fault.Of(err) == fault.LearnData {
		t.Errorf("got %v", err)
	}
}

type readerAt struct {
	r interface{ Read([]byte) (int, error) }
}

func (r readerAt) ReadAt(b []byte, _ int64) (int, error) { return r.r.Read(b) }

func TestAReaderEndsWithItsContext(t *testing.T) {
	r, err := Open(input("a\n1\n"), Format{}, free)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	cancel(why)
	if _, err := r.Read(ctx, []Want{{Name: "a"}}, free); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
}

// FuzzRead: whatever a file is, it is read within its bounds or refused with a code, and a
// refusal says nothing of it.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\ufeff\"a\",b\r\n\"1\",NA\r\n", "1,2\n", "a\n\n1\n", "a,b\n1,\"2\n\"\n", "a,b\n1e999,nan\n", "a;b\n1;2"} {
		f.Add([]byte(s), true, "")
		f.Add([]byte(s), false, "b")
	}
	f.Fuzz(func(t *testing.T, text []byte, header bool, id string) {
		format := Format{Header: &header, ID: id}
		in := tacit.GuestFile{Alias: "a", Size: int64(len(text)), Data: bytes.NewReader(text)}
		held := int64(0)
		hold := func(n int64) error {
			if n < 0 {
				t.Fatal("it gives back what it holds")
			}
			held += n
			return nil
		}
		check := func(err error) {
			if fault.Of(err) != fault.LearnData {
				t.Fatalf("%v", err)
			}
		}
		r, err := Open(in, format, hold)
		if err != nil {
			check(err)
			return
		}
		var wants []Want
		for i, c := range r.Columns() {
			if c != id {
				wants = append(wants, Want{Name: c, Missing: i%2 == 0})
			}
		}
		got, err := r.Read(context.Background(), wants, hold)
		if err != nil {
			check(err)
			return
		}
		if got.Rows > len(text)+1 || held < 8*int64(got.Rows)*int64(got.Cols) {
			t.Fatalf("%d rows of %d, %d bytes held, from %d bytes", got.Rows, got.Cols, held, len(text))
		}
		for i := range got.Rows {
			for j, v := range got.Row(i) {
				if math.IsInf(v, 0) || v != v && !wants[j].Missing {
					t.Fatalf("row %d has %v", i, v)
				}
			}
			if got.HasIDs() && got.ID(i) == "" {
				t.Fatalf("row %d has no id", i)
			}
		}
	})
}

// BenchmarkRead: 100,000 rows of 28 features.
func BenchmarkRead(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	text := new(bytes.Buffer)
	var wants []Want
	for c := range 28 {
		fmt.Fprintf(text, "f%d,", c)
		wants = append(wants, Want{Name: fmt.Sprintf("f%d", c)})
	}
	text.WriteString("y\n")
	for range 100_000 {
		for range 28 {
			fmt.Fprintf(text, "%g,", float32(r.NormFloat64()))
		}
		text.WriteString("1\n")
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		f, err := Open(input(text.String()), Format{}, free)
		if err == nil {
			_, err = f.Read(context.Background(), wants, free)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
