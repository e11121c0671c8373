package rows

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"tacit/fault"
)

// FuzzCSV: what encoding/csv reads too has the same ids, in one piece or in many; all else
// is refused with a code.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"id,v\na,1\n", "id\r\n\"a\"\"b\nc\"\r\n", "\"v\",\"id\"\n1,a\n\n\n", "\xef\xbb\xbfid,id\nx,y", "id,v\n\"a\",\xff", "v,id\n,é\r", "id\n\"a\"\r"} {
		f.Add(byte(','), s)
		f.Add(byte(';'), s)
	}
	f.Fuzz(func(t *testing.T, comma byte, s string) {
		if comma >= 0x80 || comma == 0 || comma == '"' || comma == '\r' || comma == '\n' {
			return
		}
		format := Format{Kind: CSV, Column: "id", Delimiter: string(comma)}
		got, err := read(s, format, Rules{}, Limits{1 << 16, 16 << 20, 1 << 16})
		if err != nil {
			if !slices.Contains(codes, fault.Of(err)) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		want := library(t, comma, s)
		mine := ids(got)
		for i := range mine {
			mine[i] = strings.ReplaceAll(mine[i], "\r\n", "\n")
		}
		if !slices.Equal(mine, want) {
			t.Fatalf("read %q, encoding/csv reads %q", mine, want)
		}
	})
}

// library is the column "id" as encoding/csv reads it. Where that skips blank lines or
// counts fields as we do, it accepts all that we do.
func library(t *testing.T, comma byte, s string) []string {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(s, "\xef\xbb\xbf")))
	r.Comma = rune(comma)
	head, err := r.Read()
	if err != nil {
		t.Fatalf("encoding/csv refuses the header: %v", err)
	}
	at := slices.Index(head, "id")
	out := []string{}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatalf("encoding/csv refuses a row: %v", err)
		}
		out = append(out, row[at])
	}
}

func benchmark(b *testing.B, data []byte, format Format, rules Rules, wants ...Want) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), file(data), format, rules, wants, Limits{MostRows, 4 << 30, 1024}); err != nil {
			b.Fatal(err)
		}
	}
}

func csvOf(n int) []byte {
	var out bytes.Buffer
	out.WriteString("email,amount\n")
	for i := range n {
		r := recordOf(i)
		out.WriteString(r.ID)
		out.WriteString(",12.50\n")
	}
	return out.Bytes()
}

func BenchmarkCSV(b *testing.B) {
	data := csvOf(1 << 20)
	format := Format{Kind: CSV, Column: "email"}
	b.Run("ids", func(b *testing.B) { benchmark(b, data, format, Rules{}) })
	b.Run("ids and rules", func(b *testing.B) { benchmark(b, data, format, all) })
	b.Run("ids and numbers", func(b *testing.B) {
		benchmark(b, data, format, Rules{}, Want{Name: "amount", Number: true, Decimals: 2})
	})
	quoted := bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\n"), []byte("\"\n\"")), []byte(","), []byte("\",\""))
	quoted = append([]byte{'"'}, quoted[:len(quoted)-1]...)
	b.Run("quoted", func(b *testing.B) { benchmark(b, quoted, format, Rules{}) })
}

func BenchmarkParquet(b *testing.B) {
	data := writeParquet(b, 1<<18)
	b.Run("strings", func(b *testing.B) { benchmark(b, data, Format{Kind: Parquet, Column: "id"}, Rules{}) })
	b.Run("dictionary", func(b *testing.B) { benchmark(b, data, Format{Kind: Parquet, Column: "dict"}, Rules{}) })
	b.Run("numbers", func(b *testing.B) {
		benchmark(b, data, Format{Kind: Parquet, Column: "number"}, Rules{}, Want{Name: "price", Number: true, Decimals: 4})
	})
}

func BenchmarkBinary(b *testing.B) {
	benchmark(b, make([]byte, 16<<20), Format{Kind: Binary, Width: 16}, Rules{})
}
