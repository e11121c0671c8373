package rows

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

func no() *bool { b := false; return &b }

var (
	byID  = Format{Kind: CSV, Column: "id"}
	naked = Format{Kind: CSV, Column: "1", Header: no()}
)

func TestCSV(t *testing.T) {
	long := strings.Repeat("x", 60000)
	for _, c := range []struct {
		name, file string
		format     Format
		rules      Rules
		want       []string
	}{
		{"plain", "id,v\na,1\nb,2\n", byID, Rules{}, []string{"a", "b"}},
		{"no line break at the end", "id,v\na,1\nb,2", byID, Rules{}, []string{"a", "b"}},
		{"CRLF", "id,v\r\na,1\r\nb,2\r\n", byID, Rules{}, []string{"a", "b"}},
		{"CRLF, none at the end", "v,id\r\n1,a\r\n2,b", byID, Rules{}, []string{"a", "b"}},
		{"a byte order mark of UTF-8", "\xef\xbb\xbfid\na\n", byID, Rules{}, []string{"a"}},
		{"quotes", "id,v\n\"a,\"\"b\"\"\",1\nc,\"\"\n", byID, Rules{}, []string{"a,\"b\"", "c"}},
		{"a line break within quotes", "id,v\n\"a\nb\",1\n\"c\r\nd\",2\r\n", byID, Rules{}, []string{"a\nb", "c\r\nd"}},
		{"a quoted header", "\"v\",\"id\"\n1,a\n", byID, Rules{}, []string{"a"}},
		{"a quote that the end closes", "v,id\n1,\"a\"", byID, Rules{}, []string{"a"}},
		{"a quote, a return and the end", "v,id\n1,\"a\"\r", byID, Rules{}, []string{"a"}},
		{"blank lines at the end", "id,v\na,1\n\n\r\n\n", byID, Rules{}, []string{"a"}},
		{"one column", "id\na\nb\n", byID, Rules{}, []string{"a", "b"}},
		{"header and no rows", "id,v\n", byID, Rules{}, []string{}},
		{"header without a line break", "id,v", byID, Rules{}, []string{}},
		{"no header", "a,1\nb,2\n", naked, Rules{}, []string{"a", "b"}},
		{"no header, second column", "a,1\nb,2\n", Format{Kind: CSV, Column: "2", Header: no()}, Rules{}, []string{"1", "2"}},
		{"no header, quotes", "\"a\nz\",1\nb,2\n", naked, Rules{}, []string{"a\nz", "b"}},
		{"no header and no rows", "", naked, Rules{}, []string{}},
		{"no header, only blank lines", "\n\n", naked, Rules{}, []string{}},
		{"semicolons", "id;v\na,b;1\n", Format{Kind: CSV, Column: "id", Delimiter: ";"}, Rules{}, []string{"a,b"}},
		{"tabs", "id\tv\na\t1\n", Format{Kind: CSV, Column: "id", Delimiter: "\t"}, Rules{}, []string{"a"}},
		{"another column has an empty name", "id,,\na,1,2\n", byID, Rules{}, []string{"a"}},
		{"other columns have the same name", "v,id,v\n1,a,2\n", byID, Rules{}, []string{"a"}},
		{"white space is an id", "id\n \n", byID, Rules{}, []string{" "}},
		{"not ASCII", "id\nJosé\n日本\n", byID, Rules{}, []string{"José", "日本"}},
		{"rules", "id,v\n  JOSE\u0301  M ,1\nB@X.ORG,2\n", byID, Rules{Trim: true, Spaces: true, Unicode: "nfc", Fold: true}, []string{"josé m", "b@x.org"}},
		{"a row longer than a block", "id,v\na," + strings.Repeat(long, 30) + "\nb,\"" + strings.Repeat(long+"\n\"\"", 40) + "\"\nc,3\n", byID, Rules{}, []string{"a", "b", "c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(c.file, c.format, c.rules, plenty)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(ids(got), c.want) {
				t.Fatalf("got %q, want %q", ids(got), c.want)
			}
		})
	}
}

// What is refused, each beside what differs by the fault alone.
func TestCSVRefused(t *testing.T) {
	for _, c := range []struct {
		name, twin, file string
		code             fault.Code
	}{
		{"no such column", "id,v\na,1\n", marker + ",v\na,1\n", fault.PSIColumn},
		{"the column is there twice", "id,v\na,1\n", "id,id\n" + marker + ",1\n", fault.PSIColumn},
		{"the name has a blank", "id,v\na,1\n", "id ,v\n" + marker + ",1\n", fault.PSIColumn},
		{"nothing at all", "id\n", "", fault.PSIColumn},
		{"a blank line for a header", "id\na\n", "\nid\n" + marker + "\n", fault.PSIColumn},
		{"a field too few", "id,v\na,1\n", "id,v\n" + marker + "\n", fault.PSIRow},
		{"a field too many", "id,v\na,1\n", "id,v\n" + marker + ",1,2\n", fault.PSIRow},
		{"a field too few, quoted", "id,v\n\"a\",1\n", "id,v\n\"" + marker + "\"\n", fault.PSIRow},
		{"a field too many, quoted", "id,v\n\"a\",1\n", "id,v\n\"" + marker + "\",1,2\n", fault.PSIRow},
		{"a blank line within", "id,v\na,1\n\n", "id,v\na,1\n\n" + marker + ",2\n", fault.PSIRow},
		{"a blank line within, one column", "id\na\n\n", "id\na\n\n" + marker + "\n", fault.PSIRow},
		{"a quote within a field", "id,v\n\"a\"\"b\",1\n", "id,v\n" + marker + "\"b,1\n", fault.PSIRow},
		{"text behind a quote", "id,v\n\"ab\",1\n", "id,v\n\"" + marker + "\"b,1\n", fault.PSIRow},
		{"text behind a quote, one column", "id\n\"ab\"\n", "id\n\"" + marker + "\"b\n", fault.PSIRow},
		{"a quote that nothing closes", "id,v\n\"a\",1\n", "id,v\n\"" + marker + ",1\n", fault.PSIRow},
		{"a quote in the header that nothing closes", "\"id\",v\n", "\"id,v\n" + marker + ",1\n", fault.PSIRow},
		{"an empty id", "id,v\na,1\n", "id,v\n," + marker + "\n", fault.PSIRow},
		{"an empty id in quotes", "id,v\na,\n", "id,v\n\"\"," + marker + "\n", fault.PSIRow},
		{"Latin-1", "id\nJosé\n", "id\n" + marker + "\xe9\n", fault.PSIEncoding},
		{"Latin-1 in another column", "id,v\na,é\n", "id,v\na," + marker + "\xe9\n", fault.PSIEncoding},
		{"Latin-1 in the header", "id,é\na,1\n", "id,\xe9\n" + marker + ",1\n", fault.PSIEncoding},
		{"cut within a character", "id\nJosé", "id\n" + marker + "\xc3", fault.PSIEncoding},
		{"a surrogate", "id\n\ued00\n", "id\n" + marker + "\xed\xa0\x80\n", fault.PSIEncoding},
		{"NUL", "id\na\n", "id\n" + marker + "\x00\n", fault.PSIEncoding},
		{"UTF-16, little", "\xef\xbb\xbfid\na\n", "\xff\xfei\x00d\x00\n\x00", fault.PSIEncoding},
		{"UTF-16, big", "\xef\xbb\xbfid\na\n", "\xfe\xff\x00i\x00d\x00\n", fault.PSIEncoding},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.file, byID, Rules{}, plenty)
			refused(t, err, c.code)
		})
		t.Run("twin: "+c.name, func(t *testing.T) {
			if _, err := read(c.twin, byID, Rules{}, plenty); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestCSVWithoutHeaderRefused(t *testing.T) {
	for _, c := range []struct{ name, column, file string }{
		{"a name", "id", marker + ",1\n"},
		{"column 0", "0", marker + ",1\n"},
		{"one that is not there", "3", marker + ",1\n"},
		{"not as numbers are written", "01", marker + ",1\n"},
		{"signed", "+1", marker + ",1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.file, Format{Kind: CSV, Column: c.column, Header: no()}, Rules{}, plenty)
			refused(t, err, fault.PSIColumn)
		})
	}
	t.Run("a blank first line", func(t *testing.T) {
		_, err := read("\n"+marker+",1\n", naked, Rules{}, plenty)
		refused(t, err, fault.PSIRow)
	})
	t.Run("twin: the last column", func(t *testing.T) {
		if _, err := read("a,1\n", Format{Kind: CSV, Column: "2", Header: no()}, Rules{}, plenty); err != nil {
			t.Fatal(err)
		}
	})
}

func TestErrorsSayWhere(t *testing.T) {
	rows := strings.Repeat("a,1\n", 50000)
	for _, c := range []struct{ name, file, want string }{
		{"the first row", "id,v\n,1\n", "row 1: "},
		{"behind quoted line breaks", "id,v\n\"a\n\n\nb\",1\n,2\n", "row 2: "},
		{"a bad byte far behind", "id,v\n" + rows + "\xff,1\n" + rows + rows, "row 50001: "},
		{"a ragged row far behind", "id,v\n" + rows + "a\n" + rows, "row 50001: "},
		{"a blank line", "id,v\na,1\n\n\nb,1\n", "row 2: "},
		{"a bad byte in the header", "id,\xff\na,1\n", "its first line is not"},
		{"a quote in the header", "\"id,v\na,1\n", "its first line has a quote"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.file, byID, Rules{}, plenty)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestCSVColumnsBesideTheIDs(t *testing.T) {
	got, err := read("v,id,w,x\n1.5,a,  Text ,7\n-2,b,\"q\"\"\",-0\n+.25,c,,+9\n", byID, Rules{Trim: true}, plenty,
		Want{Name: "v", Number: true, Decimals: 2}, Want{Name: "w"}, Want{Name: "x", Number: true}, Want{Name: "id"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Columns[0].Numbers, []int64{150, -200, 25}) || !slices.Equal(got.Columns[2].Numbers, []int64{7, 0, 9}) {
		t.Errorf("numbers are %v and %v", got.Columns[0].Numbers, got.Columns[2].Numbers)
	}
	if w := texts(&got.Columns[1].Texts); !slices.Equal(w, []string{"  Text ", "q\"", ""}) {
		t.Errorf("text is %q", w)
	}
	if w := texts(&got.Columns[3].Texts); !slices.Equal(w, []string{"a", "b", "c"}) {
		t.Errorf("the ids as text are %q", w)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		text   string
		places int
		want   int64
		ok     bool
	}{
		{"0", 0, 0, true}, {"-0", 0, 0, true}, {"12", 2, 1200, true}, {"1.5", 1, 15, true}, {"+1.50", 2, 150, true}, {".5", 1, 5, true}, {"007", 0, 7, true},
		{"9223372036854775807", 0, 9223372036854775807, true}, {"-9223372036854775808", 0, -9223372036854775808, true}, {"9223372036854775808", 0, 0, false}, {"-9223372036854775809", 0, 0, false},
		{"9223372036.854775807", 9, 9223372036854775807, true}, {"9223372036.854775808", 9, 0, false}, {"9223372037", 9, 0, false}, {"99999999999999999999999999999999", 0, 0, false}, {"0.0000000001", 9, 0, false},
		{"9223372036854775808", 1, 0, false}, {"", 0, 0, false}, {"-", 0, 0, false}, {".", 2, 0, false}, {"1.", 2, 0, false}, {"1.5", 0, 0, false}, {"1.50", 1, 0, false}, {"1..5", 2, 0, false}, {"1e3", 0, 0, false}, {"NaN", 0, 0, false}, {"Inf", 0, 0, false}, {"-inf", 0, 0, false}, {" 1", 0, 0, false}, {"1 ", 0, 0, false}, {"1,5", 1, 0, false}, {"--1", 0, 0, false}, {"0x1", 0, 0, false}, {"1_0", 0, 0, false}, {"١", 0, 0, false},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got, ok := decimal([]byte(c.text), c.places); got != c.want || ok != c.ok {
				t.Fatalf("got %d, %v", got, ok)
			}
			_, err := read("id,v\na,\""+c.text+"\"\n", byID, Rules{}, plenty, Want{Name: "v", Number: true, Decimals: c.places})
			if c.ok && err != nil {
				t.Fatal(err)
			}
			if !c.ok {
				refused(t, err, fault.PSIRow)
			}
		})
	}
}

func TestJobsThatMakeNoSense(t *testing.T) {
	good := Format{Kind: CSV, Column: "id", Delimiter: ","}
	with := func(change func(f *Format)) Format { f := good; change(&f); return f }
	for _, c := range []struct {
		name   string
		format Format
		rules  Rules
		wants  []Want
		code   fault.Code
	}{
		{"no kind", Format{Column: "id"}, Rules{}, nil, fault.PSIJob},
		{"a kind that there is not", with(func(f *Format) { f.Kind = "xlsx" }), Rules{}, nil, fault.PSIJob},
		{"no column", with(func(f *Format) { f.Column = "" }), Rules{}, nil, fault.PSIJob},
		{"a delimiter of two characters", with(func(f *Format) { f.Delimiter = ",," }), Rules{}, nil, fault.PSIJob},
		{"a delimiter that is not ASCII", with(func(f *Format) { f.Delimiter = "\xa7" }), Rules{}, nil, fault.PSIJob},
		{"a quote for a delimiter", with(func(f *Format) { f.Delimiter = "\"" }), Rules{}, nil, fault.PSIJob},
		{"a line break for a delimiter", with(func(f *Format) { f.Delimiter = "\n" }), Rules{}, nil, fault.PSIJob},
		{"a width", with(func(f *Format) { f.Width = 16 }), Rules{}, nil, fault.PSIJob},
		{"a delimiter of Parquet", Format{Kind: Parquet, Column: "id", Delimiter: ","}, Rules{}, nil, fault.PSIJob},
		{"a header of binary", Format{Kind: Binary, Width: 4, Header: no()}, Rules{}, nil, fault.PSIJob},
		{"a column of binary", Format{Kind: Binary, Width: 4, Column: "id"}, Rules{}, nil, fault.PSIJob},
		{"no width of binary", Format{Kind: Binary}, Rules{}, nil, fault.PSIJob},
		{"too wide", Format{Kind: Binary, Width: 1025}, Rules{}, nil, fault.PSIJob},
		{"rules of binary", Format{Kind: Binary, Width: 4}, Rules{Trim: true}, nil, fault.PSIJob},
		{"a column beside binary ids", Format{Kind: Binary, Width: 4}, Rules{}, []Want{{Name: "v"}}, fault.PSIColumn},
		{"a form of Unicode that is none", good, Rules{Unicode: "nfd"}, nil, fault.PSIJob},
		{"a want without a name", good, Rules{}, []Want{{}}, fault.PSIJob},
		{"ten decimals", good, Rules{}, []Want{{Name: "v", Number: true, Decimals: 10}}, fault.PSIJob},
		{"decimals of text", good, Rules{}, []Want{{Name: "v", Decimals: 1}}, fault.PSIJob},
		{"a prepared set", Format{Kind: Set}, Rules{}, nil, fault.PSIJob},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(context.Background(), file([]byte("id,v\nabcd,1\n")), c.format, c.rules, c.wants, plenty)
			refused(t, err, c.code)
		})
	}
	t.Run("twin: what makes sense", func(t *testing.T) {
		if _, err := Read(context.Background(), file([]byte("id,v\nabcd,1\n")), good, Rules{Unicode: "nfc"}, []Want{{Name: "v", Number: true, Decimals: 9}}, plenty); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(context.Background(), file([]byte("abcd")), Format{Kind: Binary, Width: 4}, Rules{}, nil, plenty); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLimits(t *testing.T) {
	rows := "id,v\n" + strings.Repeat(marker+"12345678,1\n", 1000)
	wide := "id,v\na," + strings.Repeat(marker, 1<<20) + "\n"
	columns := "id" + strings.Repeat(",", mostColumns) + "\n"
	for _, c := range []struct {
		name, file string
		format     Format
		limits     Limits
		ok         bool
	}{
		{"a row too many", rows, byID, Limits{999, 1 << 20, 100}, false},
		{"twin: as many rows as allowed", rows, byID, Limits{1000, 1 << 20, 100}, true},
		{"no rows are allowed", rows, byID, Limits{0, 1 << 20, 100}, false},
		{"fewer than none", rows, byID, Limits{-1, 1 << 20, 100}, false},
		{"no memory is allowed", rows, byID, Limits{1000, 0, 100}, false},
		{"less memory than the ids take", rows, byID, Limits{1000, 20000, 100}, false},
		{"twin: memory enough", rows, byID, Limits{1000, 64000, 100}, true},
		{"a field too long", rows, byID, Limits{1000, 1 << 20, 13}, false},
		{"twin: a field as long as allowed", rows, byID, Limits{1000, 1 << 20, 14}, true},
		{"a row too long", wide, byID, Limits{1000, 1 << 20, 100}, false},
		{"twin: a long row and memory enough", wide, byID, Limits{1000, 64 << 20, 100}, true},
		{"a column too many", columns, byID, plenty, false},
		{"a column too many, the first quoted", "\"id\"" + columns[2:], byID, plenty, false},
		{"twin: as many columns as there can be", columns[:len(columns)-2] + "\n", byID, plenty, true},
		{"binary: a row too many", rows[:64], Format{Kind: Binary, Width: 4}, Limits{15, 1 << 20, 100}, false},
		{"binary: too little memory", rows[:64], Format{Kind: Binary, Width: 4}, Limits{16, 63, 100}, false},
		{"binary: too long", rows[:64], Format{Kind: Binary, Width: 4}, Limits{16, 64, 3}, false},
		{"twin: binary: just right", rows[:64], Format{Kind: Binary, Width: 4}, Limits{16, 64, 4}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := read(c.file, c.format, Rules{}, c.limits)
			if c.ok && err != nil {
				t.Fatal(err)
			}
			if !c.ok {
				refused(t, err, fault.PSISize)
			}
		})
	}
}

func TestRowsThatAreTooManySayOfWhat(t *testing.T) {
	for _, tt := range []struct {
		name string
		most int
		want string
	}{{"than a job allows", 9, "more than the 9 rows"}, {"than there can be", MostRows, "the most there can be"}} {
		t.Run(tt.name, func(t *testing.T) {
			f := tacit.GuestFile{Alias: "clients", Size: int64(tt.most) + 1}
			_, err := Read(context.Background(), f, Format{Kind: Binary, Width: 1}, Rules{}, nil, Limits{Rows: tt.most, Memory: 1 << 30, Field: 1})
			if refused(t, err, fault.PSISize); !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestMemoryThatIsHeldIsCounted(t *testing.T) {
	// Ids of this many bytes, with their ends, cannot take less than this.
	for _, n := range []int{10, 1000, 100000} {
		f := "id\n" + strings.Repeat("0123456789abcdef\n", n)
		least := int64(n * 24)
		if _, err := read(f, byID, Rules{}, Limits{MostRows, least - 1, 100}); fault.Of(err) != fault.PSISize {
			t.Errorf("%d rows in %d bytes: %v", n, least-1, err)
		}
		got, err := read(f, byID, Rules{}, Limits{MostRows, 2*least + 100000, 100})
		if err != nil {
			t.Errorf("twin: %d rows: %v", n, err)
			continue
		}
		if held := cap(got.IDs.Bytes) + 8*cap(got.IDs.Ends); int64(held) > least+least/8+100000 {
			t.Errorf("%d rows take %d bytes, least is %d", n, held, least)
		}
	}
}

func TestBinary(t *testing.T) {
	b := make([]byte, 16<<20)
	for i := range b {
		b[i] = byte(i >> 4 * (i%7 + 1))
	}
	got, err := Read(context.Background(), file(b), Format{Kind: Binary, Width: 16}, Rules{}, nil, plenty)
	if err != nil || got.IDs.N != 1<<20 || string(got.IDs.Bytes) != string(b) || string(got.IDs.At(77)) != string(b[77*16:78*16]) {
		t.Fatalf("read %v", err)
	}
	if got, err := Read(context.Background(), file(nil), Format{Kind: Binary, Width: 16}, Rules{}, nil, plenty); err != nil || got.IDs.N != 0 {
		t.Errorf("nothing: %v", err)
	}
	_, err = read(marker+marker[:4], Format{Kind: Binary, Width: 8}, Rules{}, plenty)
	refused(t, err, fault.PSIRow)
	if !strings.Contains(err.Error(), "row 2: ") {
		t.Errorf("got %v", err)
	}
}

func TestWhatReadingSaysComesBack(t *testing.T) {
	var text strings.Builder
	text.WriteString("id,v\n")
	for i := range 200000 {
		fmt.Fprintf(&text, "%010d,1\n", i)
	}
	parts := writeParquet(t, 1000)
	for _, c := range []struct {
		name   string
		b      []byte
		format Format
		from   int64
	}{
		{"CSV, at once", []byte(text.String()), byID, 0},
		{"CSV, later", []byte(text.String()), byID, 600000},
		{"binary", make([]byte, 8<<20), Format{Kind: Binary, Width: 16}, 5 << 20},
		{"Parquet, at once", parts, Format{Kind: Parquet, Column: "id"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := file(c.b)
			f.Data = broken{c.b, c.from}
			if _, err := Read(context.Background(), f, c.format, Rules{}, nil, plenty); !errors.Is(err, errDisk) {
				t.Errorf("got %v", err)
			}
			f.Data = shortReader{file(c.b).Data}
			if _, err := Read(context.Background(), f, c.format, Rules{}, nil, plenty); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.ErrNoProgress) {
				t.Errorf("cut short: %v", err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := Read(ctx, file(c.b), c.format, Rules{}, nil, plenty); !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled: %v", err)
			}
			if _, err := Read(context.Background(), file(c.b), c.format, Rules{}, nil, plenty); err != nil {
				t.Errorf("twin: %v", err)
			}
		})
	}
	t.Run("a file of negative size", func(t *testing.T) {
		_, err := Read(context.Background(), tacit.GuestFile{Alias: "clients", Size: -1}, byID, Rules{}, nil, plenty)
		refused(t, err, fault.PSISize)
	})
}
