package set

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/psi/rows"
	"tacit/fault"
)

func texts(all ...string) rows.Texts {
	t := rows.Texts{N: len(all)}
	for _, s := range all {
		t.Bytes = append(t.Bytes, s...)
		t.Ends = append(t.Ends, uint64(len(t.Bytes)))
	}
	return t
}

func fixed(width int, all ...string) rows.Texts {
	t := texts(all...)
	t.Width, t.Ends = width, nil
	return t
}

func number(name string, decimals int, v ...int64) rows.Column {
	return rows.Column{Want: rows.Want{Name: name, Number: true, Decimals: decimals}, Numbers: v}
}

func words(name string, v ...string) rows.Column {
	return rows.Column{Want: rows.Want{Name: name}, Texts: texts(v...)}
}

var ample = rows.Limits{Rows: rows.MostRows, Memory: 1 << 26, Field: 1 << 16}

func file(b []byte) tacit.GuestFile {
	return tacit.GuestFile{Alias: "a", Size: int64(len(b)), Data: bytes.NewReader(b)}
}

func write(t testing.TB, ids rows.Texts, columns []rows.Column, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	h, err := Write(&b, ids, columns, o)
	if err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != h.Size() {
		t.Fatalf("%d bytes, and the head says %d", b.Len(), h.Size())
	}
	return b.Bytes()
}

func list(t rows.Texts) []string {
	var out []string
	for i := range t.N {
		out = append(out, string(t.At(i)))
	}
	return out
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	long := strings.Repeat("x", 40)
	rules := rows.Rules{Trim: true, Unicode: "nfc", Fold: true}
	columns := []rows.Column{number("balance", 2, 150, -5, 0, 1<<62), words("name", "Ann", "Bob", "", "Dän")}
	for _, c := range []struct {
		name     string
		ids      rows.Texts
		o        Options
		width    int
		capacity int
		order    []int
	}{
		{"text", texts("dora", "ann", "cid", "bob"), Options{Text: true, Rules: rules}, 16, 4, []int{1, 3, 2, 0}},
		{"text in a larger set", texts("dora", "ann", "cid", "bob"), Options{Text: true, Capacity: 100, Width: 7}, 7, 100, []int{1, 3, 2, 0}},
		{"bytes", fixed(2, "\xff\x00", "\x00\x01", "\x00\x00", "ab"), Options{}, 2, 4, []int{2, 1, 3, 0}},
		{"one id twice", texts("b", "a", "b", "a"), Options{Text: true}, 16, 4, []int{1, 3, 0, 2}},
		{"long text", texts(long+"1", long+"2", "3", "4"), Options{Text: true}, 64, 4, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := write(t, c.ids, columns, c.o)
			wants := []rows.Want{{Name: "name"}, {Name: "balance", Number: true, Decimals: 2}, {Name: "balance"}}
			table, err := Read(t.Context(), file(b), c.o.Rules, wants, ample)
			if err != nil {
				t.Fatal(err)
			}
			h, err := ReadHead(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			if h.Width != c.width || h.Capacity != c.capacity || h.Count != 4 || !h.Sorted || h.Text != c.o.Text || h.Rules != c.o.Rules {
				t.Fatalf("head %+v", h)
			}
			order := c.order
			if order == nil { // by SHA-256
				for _, id := range list(table.IDs) {
					order = append(order, slices.Index(list(c.ids), id))
				}
			}
			digits := []string{"1.50", "-0.05", "0.00", "46116860184273879.04"}
			for i, row := range order {
				if got, want := string(table.IDs.At(i)), string(c.ids.At(row)); got != want {
					t.Errorf("record %d is %q, want %q", i, got, want)
				}
				if got, want := string(table.Columns[0].Texts.At(i)), string(columns[1].Texts.At(row)); got != want {
					t.Errorf("record %d: name %q, want %q", i, got, want)
				}
				if got := string(table.Columns[2].Texts.At(i)); got != digits[row] {
					t.Errorf("record %d: balance %q, want %q", i, got, digits[row])
				}
			}
		})
	}
}

func TestANumberThatDoesNotFit(t *testing.T) {
	b := write(t, texts("a"), []rows.Column{number("n", 2, 1<<62)}, Options{Text: true})
	want := []rows.Want{{Name: "n", Number: true, Decimals: 3}}
	if _, err := Read(t.Context(), file(b), rows.Rules{}, want, ample); fault.Of(err) != fault.PSIRow {
		t.Fatalf("got %v", err)
	}
	t.Run("twin: with as many digits as it has", func(t *testing.T) {
		want[0].Decimals = 2
		table, err := Read(t.Context(), file(b), rows.Rules{}, want, ample)
		if err != nil || table.Columns[0].Numbers[0] != 1<<62 {
			t.Fatal(err)
		}
	})
}

func TestTheSizeTellsTheCapacityOnly(t *testing.T) {
	few := write(t, texts("a"), []rows.Column{number("n", 0, 1)}, Options{Text: true, Capacity: 50})
	many := write(t, texts("b", "c", "d"), []rows.Column{number("n", 0, 1, 2, 3)}, Options{Text: true, Capacity: 50})
	none := write(t, texts(), []rows.Column{number("n", 0)}, Options{Text: true, Capacity: 50})
	if len(few) != len(many) || len(none) != len(many) {
		t.Fatalf("%d, %d and %d bytes", len(few), len(many), len(none))
	}
}

func TestWhatCannotBePrepared(t *testing.T) {
	names := make([]rows.Column, MostColumns+1)
	for i := range names {
		names[i] = number(fmt.Sprint(i), 0, 1)
	}
	for _, c := range []struct {
		name    string
		ids     rows.Texts
		columns []rows.Column
		o       Options
		want    fault.Code
	}{
		{"more records than the capacity", texts("a", "b"), nil, Options{Text: true, Capacity: 1}, fault.PSISize},
		{"an empty id", texts("a", ""), nil, Options{Text: true}, fault.PSIRow},
		{"an id longer than the width", texts("abc"), nil, Options{Text: true, Width: 2}, fault.PSIRow},
		{"bytes shorter than the width", fixed(2, "ab"), nil, Options{Width: 3}, fault.PSIRow},
		{"an id with NUL", texts("a\x00b"), nil, Options{Text: true}, fault.PSIRow},
		{"an id that is no text", texts("a\xff"), nil, Options{Text: true}, fault.PSIEncoding},
		{"an id longer than any width", texts(strings.Repeat("a", 257)), nil, Options{Text: true}, fault.PSIJob},
		{"a width that none has", texts("a"), nil, Options{Text: true, Width: 257}, fault.PSIJob},
		{"rules of bytes", fixed(1, "a"), nil, Options{Rules: rows.Rules{Fold: true}}, fault.PSIJob},
		{"a column without a name", texts("a"), []rows.Column{number("", 0, 1)}, Options{Text: true}, fault.PSIJob},
		{"two columns of one name", texts("a"), []rows.Column{number("n", 0, 1), words("n", "x")}, Options{Text: true}, fault.PSIJob},
		{"too many columns", texts("a"), names, Options{Text: true}, fault.PSIJob},
		{"a field that is too long", texts("a"), []rows.Column{words("n", strings.Repeat("x", MostField+1))}, Options{Text: true}, fault.PSIRow},
		{"a field that is no text", texts("a"), []rows.Column{words("n", "\xff")}, Options{Text: true}, fault.PSIEncoding},
		{"a field with NUL", texts("a"), []rows.Column{words("n", "a\x00")}, Options{Text: true}, fault.PSIEncoding},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Write(io.Discard, c.ids, c.columns, c.o); fault.Of(err) != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
		})
	}
	t.Run("twin: what can", func(t *testing.T) {
		write(t, texts("a", "b"), []rows.Column{number("n", 0, 1, 2), words("m", strings.Repeat("x", MostField), "")}, Options{Text: true, Capacity: 2, Width: MostWidth})
		write(t, texts("a"), names[:MostColumns], Options{Text: true, Rules: rows.Rules{Fold: true}})
	})
}

func TestWhatIsNotAsItsHeadSays(t *testing.T) {
	good := write(t, texts("ann", "bob", "cid"), []rows.Column{number("n", 0, 1, 2, 3), words("m", "x", "y", "z")}, Options{Text: true, Capacity: 4})
	h, err := ReadHead(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	ids, le := h.At(-1), binary.LittleEndian
	wants := []rows.Want{{Name: "n", Number: true}, {Name: "m"}}
	for _, c := range []struct {
		name   string
		change func(b []byte) []byte
	}{
		{"nothing", func(b []byte) []byte { return nil }},
		{"half its columns", func(b []byte) []byte { return b[:64+100] }},
		{"half a head", func(b []byte) []byte { return b[:63] }},
		{"another magic", func(b []byte) []byte { b[0]++; return b }},
		{"another version", func(b []byte) []byte { b[8]++; return b }},
		{"an unknown flag", func(b []byte) []byte { b[10] |= 4; return b }},
		{"an unknown rule", func(b []byte) []byte { b[12] |= 32; return b }},
		{"two forms of Unicode", func(b []byte) []byte { b[12] |= 12; return b }},
		{"rules of bytes", func(b []byte) []byte { b[10], b[12] = 2, 1; return b }},
		{"no width", func(b []byte) []byte { le.PutUint16(b[14:], 0); return b }},
		{"a width that none has", func(b []byte) []byte { le.PutUint16(b[14:], 257); return b }},
		{"another width", func(b []byte) []byte { le.PutUint16(b[14:], 15); return b }},
		{"another capacity", func(b []byte) []byte { le.PutUint64(b[16:], 5); return b }},
		{"a capacity beyond all bounds", func(b []byte) []byte { le.PutUint64(b[16:], 1<<62); return b }},
		{"more records than the capacity", func(b []byte) []byte { le.PutUint64(b[24:], 5); return b }},
		{"a count beyond all bounds", func(b []byte) []byte { le.PutUint64(b[24:], 1<<63); return b }},
		{"more columns", func(b []byte) []byte { le.PutUint16(b[32:], 3); return b }},
		{"too many columns", func(b []byte) []byte { le.PutUint16(b[32:], 257); return b }},
		{"something behind the head", func(b []byte) []byte { b[63] = 1; return b }},
		{"an unknown kind of column", func(b []byte) []byte { b[64] = 3; return b }},
		{"numbers of 9 bytes", func(b []byte) []byte { b[66] = 9; return b }},
		{"too many digits", func(b []byte) []byte { b[65] = 10; return b }},
		{"a column without a name", func(b []byte) []byte { b[68], b[70] = 0, 0; return b }},
		{"a name that ends later", func(b []byte) []byte { b[68]++; return b }},
		{"a name beyond its place", func(b []byte) []byte { b[69] = 1; return b }},
		{"two columns of one name", func(b []byte) []byte { b[64+128+6] = 'n'; return b }},
		{"a byte less", func(b []byte) []byte { return b[:len(b)-1] }},
		{"a byte more", func(b []byte) []byte { return append(b, 0) }},
		{"not sorted", func(b []byte) []byte { b[ids] = 'z'; return b }},
		{"an empty id", func(b []byte) []byte { clear(b[ids : ids+3]); return b }},
		{"an id with NUL", func(b []byte) []byte { b[ids+1] = 0; return b }},
		{"an id that is no text", func(b []byte) []byte { b[ids+2] = 0xff; return b }},
		{"an id behind the last", func(b []byte) []byte { b[ids+3*16] = 'z'; return b }},
		{"a number behind the last", func(b []byte) []byte { b[h.At(0)+3*8] = 1; return b }},
		{"a text that is none", func(b []byte) []byte { b[h.At(1)] = 0xff; return b }},
		{"a record less", func(b []byte) []byte { b[24]--; return b }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Read(t.Context(), file(c.change(bytes.Clone(good))), rows.Rules{}, wants, ample); fault.Of(err) != fault.PSISet {
				t.Fatalf("got %v", err)
			}
		})
	}
	t.Run("twin: as it was written", func(t *testing.T) {
		table, err := Read(t.Context(), file(good), rows.Rules{}, wants, ample)
		if err != nil || !reflect.DeepEqual(list(table.IDs), []string{"ann", "bob", "cid"}) || !slices.Equal(table.Columns[0].Numbers, []int64{1, 2, 3}) {
			t.Fatal(table, err)
		}
	})
	t.Run("twin: not sorted and says so", func(t *testing.T) {
		b := bytes.Clone(good)
		b[10] &^= 2
		b[ids] = 'z'
		table, err := Read(t.Context(), file(b), rows.Rules{}, wants, ample)
		if err != nil || string(table.IDs.At(0)) != "znn" {
			t.Fatal(err)
		}
	})
}

func TestWhatAJobWantsOfASetThatItCannotHave(t *testing.T) {
	good := write(t, texts("ann"), []rows.Column{number("n", 2, 1), words("m", "x")}, Options{Text: true, Rules: rows.Rules{Fold: true}})
	fold := rows.Rules{Fold: true}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name   string
		ctx    context.Context
		rules  rows.Rules
		want   rows.Want
		limits rows.Limits
		code   fault.Code
	}{
		{"other rules", t.Context(), rows.Rules{}, rows.Want{Name: "m"}, ample, fault.PSIJob},
		{"a column that is not there", t.Context(), fold, rows.Want{Name: "o"}, ample, fault.PSIColumn},
		{"numbers of text", t.Context(), fold, rows.Want{Name: "m", Number: true}, ample, fault.PSIColumn},
		{"fewer digits than there are", t.Context(), fold, rows.Want{Name: "n", Number: true, Decimals: 1}, ample, fault.PSIColumn},
		{"more rows than allowed", t.Context(), fold, rows.Want{Name: "m"}, rows.Limits{Memory: 1 << 20, Field: 16}, fault.PSISize},
		{"longer fields than allowed", t.Context(), fold, rows.Want{Name: "m"}, rows.Limits{Rows: 1, Memory: 1 << 20, Field: 15}, fault.PSISize},
		{"more memory than allowed", t.Context(), fold, rows.Want{Name: "m"}, rows.Limits{Rows: 1, Memory: 40, Field: 16}, fault.PSISize},
		{"after its end", canceled, fold, rows.Want{Name: "m"}, ample, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(c.ctx, file(good), c.rules, []rows.Want{c.want}, c.limits)
			if c.code == "" && !errors.Is(err, context.Canceled) || c.code != "" && fault.Of(err) != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
		})
	}
	t.Run("twin: what it can have", func(t *testing.T) {
		_, err := Read(t.Context(), file(good), fold, []rows.Want{{Name: "m"}, {Name: "n", Number: true, Decimals: 9}}, rows.Limits{Rows: 1, Memory: 100, Field: 16})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a file shorter than it is said to be", func(t *testing.T) {
		f := file(good)
		f.Data = bytes.NewReader(good[:len(good)-1])
		if _, err := Read(t.Context(), f, fold, []rows.Want{{Name: "m"}}, ample); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
	})
}

func TestHeadsThatNoSetHas(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(h *Head)
		ok   bool
	}{
		{"twin: one that a set has", func(*Head) {}, true},
		{"fewer records than none", func(h *Head) { h.Capacity, h.Count = -1, -1 }, false},
		{"a capacity beyond all bounds", func(h *Head) { h.Capacity = 1 << 32 }, false},
		{"a form of Unicode that is none", func(h *Head) { h.Rules.Unicode = "nfd" }, false},
		{"a column of no width", func(h *Head) { h.Columns[0].Width = 0 }, false},
		{"a column that is too wide", func(h *Head) { h.Columns[0].Width = MostField + 1 }, false},
		{"decimals of text", func(h *Head) { h.Columns[0].Decimals = 1 }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &Head{Text: true, Width: 16, Capacity: 4, Count: 1, Columns: []Column{{Name: "m", Width: 16}}}
			c.edit(h)
			if err := h.Check(fault.PSIJob); (err == nil) != c.ok || err != nil && fault.Of(err) != fault.PSIJob {
				t.Fatalf("got %v", err)
			}
		})
	}
}

// failing is a file of which read number at fails, once.
type failing struct {
	io.ReaderAt
	at, calls int
}

var errDisk = errors.New("disk on fire")

func (f *failing) ReadAt(p []byte, from int64) (int, error) {
	f.calls++
	if f.calls-1 == f.at {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, from)
}

func TestWhicheverReadFailsItComesBack(t *testing.T) {
	b := write(t, texts("ann", "bob"), []rows.Column{number("n", 0, 1, 2), words("m", "x", "y")}, Options{Text: true})
	for at := 0; ; at++ {
		f := file(b)
		r := &failing{f.Data, at, 0}
		f.Data = r
		_, err := Read(t.Context(), f, rows.Rules{}, []rows.Want{{Name: "n", Number: true}, {Name: "m"}, {Name: "n"}}, ample)
		if r.calls <= at { // the twin: none failed
			if err != nil {
				t.Error(err)
			}
			return
		}
		if !errors.Is(err, errDisk) {
			t.Fatalf("read %d failed: %v", at, err)
		}
	}
}

func TestWithWhateverMemoryASetIsWhatItIs(t *testing.T) {
	for _, c := range []struct {
		name  string
		wants []rows.Want
		least int64 // fields and ends, and numbers or their digits
	}{
		{"ids", nil, 48}, {"numbers", []rows.Want{{Name: "n", Number: true}}, 80}, {"numbers as text", []rows.Want{{Name: "n"}}, 124}, {"text", []rows.Want{{Name: "m"}}, 96},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := write(t, texts("ann", "bob"), []rows.Column{number("n", 0, 1, 2), words("m", "x", "y")}, Options{Text: true})
			want, err := Read(t.Context(), file(b), rows.Rules{}, c.wants, ample)
			if err != nil {
				t.Fatal(err)
			}
			for memory := int64(0); memory < 400; memory++ {
				got, err := Read(t.Context(), file(b), rows.Rules{}, c.wants, rows.Limits{Rows: 9, Memory: memory, Field: 100})
				switch {
				case memory < c.least && fault.Of(err) != fault.PSISize:
					t.Fatalf("with %d bytes: %v", memory, err)
				case memory >= c.least && (err != nil || !reflect.DeepEqual(rendered(got), rendered(want))):
					t.Fatalf("with %d bytes, which are enough: %v", memory, err)
				}
			}
		})
	}
}

// What is read can be written, and is read as the same.
func FuzzSet(f *testing.F) {
	f.Add(write(f, texts("ann", "bob", "bob"), []rows.Column{number("n", 2, 1, -2, 3), words("m", "x", "", "z")}, Options{Text: true, Capacity: 5, Rules: rows.Rules{Unicode: "nfkc", Trim: true}}))
	f.Add(write(f, fixed(3, "abc", "\x00\x01\x02"), nil, Options{}))
	f.Add(write(f, fixed(20, strings.Repeat("y", 20), strings.Repeat("x", 20)), []rows.Column{words("a", "1", "2")}, Options{Capacity: 3}))
	f.Add(write(f, texts(), nil, Options{Text: true}))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ReadHead(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if fault.Of(err) != fault.PSISet {
				t.Fatal(err)
			}
			return
		}
		if got := h.Encode(); !bytes.HasPrefix(b, got) {
			t.Fatal("the head is another when it is written again")
		}
		var wants []rows.Want
		for _, c := range h.Columns {
			wants = append(wants, rows.Want{Name: c.Name, Number: c.Number, Decimals: c.Decimals})
		}
		one, err := Read(t.Context(), file(b), h.Rules, wants, ample)
		if err != nil {
			if code := fault.Of(err); code != fault.PSISet && code != fault.PSISize {
				t.Fatal(err)
			}
			return
		}
		var out bytes.Buffer
		again, err := Write(&out, one.IDs, one.Columns, Options{h.Text, h.Rules, h.Capacity, h.Width})
		if err != nil {
			t.Fatal(err)
		}
		two, err := Read(t.Context(), file(out.Bytes()), h.Rules, wants, ample)
		if err != nil || again.Count != h.Count {
			t.Fatal(err)
		}
		if h.Sorted && h.Capacity > 0 && !reflect.DeepEqual(rendered(one), rendered(two)) {
			t.Fatal("it is another when it is written and read again")
		}
	})
}

func rendered(t *rows.Table) []string {
	out := list(t.IDs)
	for _, c := range t.Columns {
		out = append(out, fmt.Sprint(c.Want, list(c.Texts), c.Numbers))
	}
	return out
}
