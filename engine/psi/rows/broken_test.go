package rows

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"tacit/fault"
)

// failing is a file of which read number at fails, once.
type failing struct {
	io.ReaderAt
	at, calls int
}

func (f *failing) ReadAt(p []byte, from int64) (int, error) {
	f.calls++
	if f.calls-1 == f.at {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, from)
}

// A sample is a file, and what is read of it.
type sample struct {
	name   string
	b      []byte
	format Format
	rules  Rules
	wants  []Want
}

// samples are one of each kind, small enough to be read a thousand times.
func samples(t testing.TB, rows int) []sample {
	var text, quoted strings.Builder
	text.WriteString("id,n,w\n")
	quoted.WriteString("id,n,w\n")
	for i := range rows {
		fmt.Fprintf(&text, "ﷺ%05d,%d.5,word %d\n", i, i, i)
		fmt.Fprintf(&quoted, "\"\"\"%05d\n\",%d.5,\"a,b\"\n", i, i)
	}
	wants := []Want{{Name: "n", Number: true, Decimals: 1}, {Name: "w"}}
	out := []sample{
		{"CSV", []byte(text.String()), byID, Rules{}, wants},
		{"CSV, whose ids grow under the rules", []byte(text.String()), byID, Rules{Unicode: "nfkc"}, wants},
		{"CSV, quoted", []byte(quoted.String()), byID, Rules{}, wants},
		{"binary", make([]byte, 16*rows), Format{Kind: Binary, Width: 16}, Rules{}, nil},
	}
	for version, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Gzip} {
		b := writeParquet(t, rows, optionsOf(version+1, codec, int64(rows+1)/2)...)
		for _, column := range []string{"id", "dict", "delta", "lengths", "small", "steps", "fixed", "uuid"} {
			out = append(out, sample{
				fmt.Sprintf("Parquet, %s, %s", codec, column), b, Format{Kind: Parquet, Column: column}, Rules{},
				[]Want{{Name: "perhaps"}, {Name: "split", Number: true, Decimals: 1}},
			})
		}
	}
	return out
}

func TestWhicheverReadFailsItComesBack(t *testing.T) {
	for _, s := range samples(t, 40) {
		t.Run(s.name, func(t *testing.T) {
			for at := 0; ; at++ {
				f := file(s.b)
				r := &failing{f.Data, at, 0}
				f.Data = r
				_, err := Read(context.Background(), f, s.format, s.rules, s.wants, plenty)
				if r.calls <= at { // the twin: none failed
					if err != nil {
						t.Error(err)
					}
					return
				}
				if !errors.Is(err, errDisk) {
					t.Fatalf("read %d of the file failed: %v", at, err)
				}
			}
		})
	}
}

// With less memory than it takes a file is refused, and is never read as something else.
func TestWithWhateverMemoryAFileIsWhatItIs(t *testing.T) {
	for _, s := range samples(t, 40) {
		t.Run(s.name, func(t *testing.T) {
			want, err := Read(context.Background(), file(s.b), s.format, s.rules, s.wants, plenty)
			if err != nil {
				t.Fatal(err)
			}
			refusals := 0
			for memory := int64(0); memory < 1<<16; memory += 1 + memory/50 {
				got, err := Read(context.Background(), file(s.b), s.format, s.rules, s.wants, Limits{MostRows, memory, 1000})
				if err != nil {
					if refused(t, err, fault.PSISize); t.Failed() {
						t.Fatalf("with %d bytes", memory)
					}
					refusals++
					continue
				}
				if !reflect.DeepEqual(rendered(got), rendered(want)) {
					t.Fatalf("with %d bytes it is another", memory)
				}
				if held := held(got); held > memory {
					t.Fatalf("with %d bytes it holds %d", memory, held)
				}
			}
			if refusals == 0 {
				t.Error("none was too little")
			}
		})
	}
}

// held is how much memory a table takes.
func held(t *Table) int64 {
	n := cap(t.IDs.Bytes) + 8*cap(t.IDs.Ends)
	for _, c := range t.Columns {
		n += cap(c.Texts.Bytes) + 8*cap(c.Texts.Ends) + 8*cap(c.Numbers)
	}
	return int64(n)
}

func rendered(t *Table) []string {
	out := ids(t)
	for i := range t.Columns {
		c := &t.Columns[i]
		out = append(out, fmt.Sprint(c.Want, texts(&c.Texts), c.Numbers))
	}
	return out
}
