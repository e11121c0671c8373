package audit

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"tacit/fault"
)

// A disk that fails while the journal is read is no torn end: what is behind
// the failure must not be cut off.
func TestAFailingDiskIsNoTornEnd(t *testing.T) {
	dir := t.TempDir()
	l := openAt(t, dir)
	for _, r := range []string{"first", "second", "third"} {
		add(t, l, r)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	read := func(r io.Reader) (records int, err error) {
		_, err = readJournal(r, int64(len(whole)), startOf(l.name), func(uint64, []byte) error { records++; return nil })
		return records, err
	}
	if n, err := read(bytes.NewReader(whole)); err != nil || n != 3 {
		t.Errorf("twin: %d records, %v", n, err)
	}
	frame := len(whole) / 3
	for name, at := range map[string]int{"in a header": 2*frame + 1, "in a body": 2*frame + headerSize + 1, "before the first": 0} {
		if n, err := read(io.MultiReader(bytes.NewReader(whole[:at]), iotest.ErrReader(os.ErrDeadlineExceeded))); fault.Of(err) != fault.StoreCorrupt {
			t.Errorf("%s: %d records, %v, want STORE_CORRUPT", name, n, err)
		}
	}
}

func TestReadRefusesAJournalThatIsNone(t *testing.T) {
	dir := t.TempDir()
	nothing := func(uint64, []byte) error { return nil }
	if err := Read(dir, "a.test/log", nothing); fault.Of(err) != fault.AuditUnavailable {
		t.Errorf("no journal: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "journal"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Read(dir, "a.test/log", nothing); err == nil {
		t.Error("a folder is read as an empty journal")
	}
}
