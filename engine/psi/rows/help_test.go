package rows

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

// marker stands in every cell that is refused, and in no error.
const marker = "Zaphod"

var plenty = Limits{Rows: MostRows, Memory: 1 << 30, Field: 1 << 16}

func file(b []byte) tacit.GuestFile {
	return tacit.GuestFile{Alias: "clients", Size: int64(len(b)), Data: bytes.NewReader(b)}
}

func read(f string, format Format, rules Rules, limits Limits, wants ...Want) (*Table, error) {
	return Read(context.Background(), file([]byte(f)), format, rules, wants, limits)
}

// ids are the ids of a table.
func ids(t *Table) []string { return texts(&t.IDs) }

func texts(t *Texts) []string {
	out := []string{}
	for i := range t.N {
		out = append(out, string(t.At(i)))
	}
	return out
}

// refused wants this code, and an error that names the file and nothing of its cells.
func refused(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if fault.Of(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(marker)) {
		t.Fatalf("the error tells what stands in the file: %v", err)
	}
	if !strings.Contains(err.Error(), "file clients: ") {
		t.Fatalf("the error does not name the file: %v", err)
	}
}

var errDisk = errors.New("disk on fire")

// A broken reader fails behind its first bytes.
type broken struct {
	b    []byte
	from int64
}

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.from {
		return 0, errDisk
	}
	return bytes.NewReader(b.b).ReadAt(p, at)
}

// slow gives little at a time, as an io.ReaderAt may not: Read has to notice.
type shortReader struct{ io.ReaderAt }

func (s shortReader) ReadAt(p []byte, at int64) (int, error) {
	n, _ := s.ReaderAt.ReadAt(p[:len(p)/2], at)
	return n, nil
}
