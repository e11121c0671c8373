package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tacit"
	"tacit/fault"
	"tacit/tacittest"
)

const testName = "tacit.test/audit"

// testKey signs the checkpoints of all tests.
var testKey = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

func testPub() ed25519.PublicKey { return testKey.Public().(ed25519.PublicKey) }

// openAt opens a log that the test's cleanup closes.
func openAt(t testing.TB, dir string) *Log {
	t.Helper()
	l, err := Open(Config{Dir: dir, Name: testName, Key: testKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// add appends or fails the test.
func add(t testing.TB, l *Log, record string) uint64 {
	t.Helper()
	i, err := l.Append(t.Context(), []byte(record))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// prove gets and checks a proof or fails the test.
func prove(t testing.TB, l *Log, index uint64, record string) tacit.AuditProof {
	t.Helper()
	p, err := l.Proof(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(testName, testPub(), []byte(record)); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestContract(t *testing.T) {
	tacittest.AuditLog(t, testName, testPub(), func(t *testing.T) (tacit.AuditLog, func() tacit.AuditLog) {
		dir := t.TempDir()
		l := openAt(t, dir)
		return l, func() tacit.AuditLog {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			l = openAt(t, dir)
			return l
		}
	})
}

// journalled puts records into a folder's journal only, as a process does that
// ends before the tree has them.
func journalled(t *testing.T, dir string, frames ...[][]byte) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, "journal"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	j := &journal{file: f}
	j.extent, err = readJournal(f, info.Size(), startOf(testName), func(uint64, []byte) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, records := range frames {
		if err := j.append(records); err != nil {
			t.Fatal(err)
		}
	}
}

func TestJournalAheadOfTheTreeIsCaughtUp(t *testing.T) {
	dir := t.TempDir()
	l := openAt(t, dir)
	add(t, l, "record 0")
	prove(t, l, 0, "record 0")
	l.Close()
	var lost [][]byte
	for i := range 600 { // more than two of the tree's batches
		lost = append(lost, fmt.Appendf(nil, "record %d", i+1))
	}
	journalled(t, dir, lost[:1], lost[1:300], lost[300:])
	l = openAt(t, dir)
	for _, i := range []uint64{0, 1, 2, 299, 300, 301, 600} {
		prove(t, l, i, fmt.Sprintf("record %d", i))
	}
	if i := add(t, l, "record 601"); i != 601 {
		t.Errorf("index %d, want 601", i)
	}
	prove(t, l, 601, "record 601")
}

// case N55 code STORE_CORRUPT check audit/journal.go:readFrame
func TestN55TornLastFrameIsCutOffAndNothingElse(t *testing.T) {
	// Three frames of two records; where each begins.
	var whole []byte
	var begins []int
	c := startOf(testName)
	for i := range 3 {
		begins = append(begins, len(whole))
		var f []byte
		f, c = c.frame([][]byte{fmt.Appendf(nil, "record %d", 2*i), fmt.Appendf(nil, "record %d", 2*i+1)})
		whole = append(whole, f...)
	}
	last := begins[2]
	flip := func(at int) []byte {
		b := bytes.Clone(whole)
		b[at] ^= 1
		return b
	}
	zeros := bytes.Clone(whole)
	clear(zeros[last:])
	for _, tt := range []struct {
		name  string
		file  []byte
		count uint64
		want  fault.Code
	}{
		{"twin: whole", whole, 6, ""},
		{"empty", nil, 0, ""},
		{"last frame without its end", whole[:len(whole)-1], 4, ""},
		{"last frame without its body", whole[:last+headerSize], 4, ""},
		{"half a header", whole[:last+7], 4, ""},
		{"last frame grown but not written", zeros, 4, ""},
		{"last frame in part", flip(len(whole) - 40), 4, ""},
		{"bit of a middle body", flip(begins[1] + headerSize + 5), 0, fault.StoreCorrupt},
		{"bit of a middle length", flip(begins[1] + 3), 0, fault.StoreCorrupt},
		{"bit of a middle check", flip(begins[1] + 8), 0, fault.StoreCorrupt},
		{"bit of a middle chain", flip(begins[2] - 1), 0, fault.StoreCorrupt},
		{"bit of the last length", flip(last + 3), 0, fault.StoreCorrupt},
		{"a middle frame removed", append(bytes.Clone(whole[:begins[1]]), whole[last:]...), 0, fault.StoreCorrupt},
		{"two frames swapped", append(append(bytes.Clone(whole[:begins[1]]), whole[last:]...), whole[begins[1]:last]...), 0, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "journal"), tt.file, 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := Open(Config{Dir: dir, Name: testName, Key: testKey})
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			defer l.Close()
			if i := add(t, l, "after"); i != tt.count {
				t.Errorf("next index %d, want %d", i, tt.count)
			}
			for i := range tt.count {
				prove(t, l, i, fmt.Sprintf("record %d", i))
			}
			prove(t, l, tt.count, "after")
		})
	}
}

// case N46 code STORE_CORRUPT check audit/audit.go:recover
func TestN46TreeAndJournalMustAgree(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(t *testing.T, dir string)
		want fault.Code
	}{
		{"twin: as left", func(*testing.T, string) {}, ""},
		{"twin: tree lost", func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "tree")); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"journal lost", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "journal")); err != nil {
				t.Fatal(err)
			}
		}, fault.StoreCorrupt},
		{"journal shortened by a whole frame", func(t *testing.T, dir string) {
			f, _ := startOf(testName).frame([][]byte{[]byte("record 0")})
			if err := os.Truncate(filepath.Join(dir, "journal"), int64(len(f))); err != nil {
				t.Fatal(err)
			}
		}, fault.StoreCorrupt},
		{"journal rewritten with its chain", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "journal")); err != nil {
				t.Fatal(err)
			}
			journalled(t, dir, [][]byte{[]byte("record 0")}, [][]byte{[]byte("FORGED 1")}, [][]byte{[]byte("record 2")})
		}, fault.StoreCorrupt},
		{"checkpoint changed", func(t *testing.T, dir string) {
			p := filepath.Join(dir, "tree", "checkpoint")
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, bytes.Replace(b, []byte("\n3\n"), []byte("\n2\n"), 1), 0o600); err != nil {
				t.Fatal(err)
			}
		}, fault.StoreCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			l := openAt(t, dir)
			for i := range 3 {
				add(t, l, fmt.Sprintf("record %d", i))
			}
			prove(t, l, 2, "record 2")
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			tt.edit(t, dir)
			l, err := Open(Config{Dir: dir, Name: testName, Key: testKey})
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				prove(t, l, 1, "record 1")
				l.Close()
			}
		})
	}
}

// case N77 code AUDIT_UNAVAILABLE check audit/audit.go:writeBatch
func TestN77FullOrBrokenDiskAcknowledgesNothing(t *testing.T) {
	for _, tt := range []struct{ name, device string }{
		{"fsync fails", "/dev/null"}, // pwrite succeeds, fsync is EINVAL
		{"disk full", "/dev/full"},   // ENOSPC
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			l := openAt(t, dir)
			add(t, l, "twin")
			bad, err := os.OpenFile(tt.device, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer bad.Close()
			if err := unix.Dup2(int(bad.Fd()), int(l.journal.file.Fd())); err != nil {
				t.Fatal(err)
			}
			for _, what := range []string{"the record whose fsync failed", "any later record"} {
				if _, err := l.Append(t.Context(), []byte("lost")); !errors.Is(err, fault.AuditUnavailable) {
					t.Errorf("%s: %v, want AUDIT_UNAVAILABLE", what, err)
				}
			}
			l.Close()
			l = openAt(t, dir)
			if i := add(t, l, "after the restart"); i != 1 {
				t.Errorf("index %d, want 1: what was not acknowledged is not there", i)
			}
			prove(t, l, 0, "twin")
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	l := openAt(t, dir)
	add(t, l, "record")
	prove(t, l, 0, "record")
	if _, err := Open(Config{Dir: dir, Name: testName, Key: testKey}); !errors.Is(err, fault.StoreFenced) {
		t.Errorf("second opener: %v, want STORE_FENCED", err)
	}
	l.Close()
	if _, err := l.Append(t.Context(), []byte("late")); !errors.Is(err, fault.StoreClosed) {
		t.Errorf("append after Close: %v, want STORE_CLOSED", err)
	}
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		cfg  Config
		want fault.Code
	}{
		{"another key", Config{Dir: dir, Name: testName, Key: other}, fault.StoreCorrupt},
		{"another name", Config{Dir: dir, Name: testName + "x", Key: testKey}, fault.StoreCorrupt},
		{"name with a space", Config{Dir: dir, Name: "a b", Key: testKey}, fault.APIField},
		{"no name", Config{Dir: dir, Key: testKey}, fault.APIField},
		{"no key", Config{Dir: dir, Name: testName}, fault.APIField},
		{"no folder", Config{Name: testName, Key: testKey}, fault.APIField},
		{"twin", Config{Dir: dir, Name: testName, Key: testKey}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Open(tt.cfg)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Open = %v, want %q", err, tt.want)
			}
			if err == nil {
				l.Close()
			}
			if out := fmt.Sprintf("%v %+v %#v %s", tt.cfg, tt.cfg, tt.cfg, &tt.cfg); strings.Contains(out, fmt.Sprint([]byte(testKey))) || strings.Contains(out, hex.EncodeToString(testKey)) {
				t.Error("a print of Config shows the key")
			}
		})
	}
}

// crashDir, in the environment, makes this test binary the writer that
// TestKillLosesNothingAcknowledged kills.
const crashDir = "TACIT_AUDIT_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		fmt.Fprintln(os.Stderr, crashWriter(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// crashWriter appends from several goroutines until it is killed and prints
// index and record of each that was acknowledged.
func crashWriter(dir string) error {
	l, err := Open(Config{Dir: dir, Name: testName, Key: testKey})
	if err != nil {
		return err
	}
	errs := make(chan error)
	var mu sync.Mutex
	for range 4 {
		go func() {
			for {
				record := fmt.Sprintf("record-%x", rand.Uint64())
				i, err := l.Append(context.Background(), []byte(record))
				if err != nil {
					errs <- err
					return
				}
				mu.Lock()
				fmt.Println(i, record)
				mu.Unlock()
			}
		}()
	}
	return <-errs
}

func TestKillLosesNothingAcknowledged(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	known := map[uint64]string{}
	for range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n, stop := 0, 1+r.IntN(500); lines.Scan(); n++ {
			var index uint64
			var record string
			if _, err := fmt.Sscanf(lines.Text(), "%d %s", &index, &record); err != nil || len(record) == 0 {
				break
			}
			if old, ok := known[index]; ok && old != record {
				t.Errorf("index %d given to %s and %s", index, old, record)
			}
			known[index] = record
			if n == stop {
				cmd.Process.Kill()
			}
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
	l := openAt(t, dir)
	for i, record := range known {
		prove(t, l, i, record)
	}
	t.Logf("%d acknowledged records over 5 kills, all proved", len(known))
	if len(known) == 0 {
		t.Error("nothing was acknowledged: the test tests nothing")
	}
}

func FuzzJournal(f *testing.F) {
	c := startOf(testName)
	one, c := c.frame([][]byte{[]byte("a"), []byte("bc")})
	two, _ := c.frame([][]byte{bytes.Repeat([]byte("d"), 100)})
	f.Add(append(bytes.Clone(one), two...))
	f.Add(one[:len(one)-1])
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, file []byte) {
		var records [][]byte
		e, err := readJournal(bytes.NewReader(file), int64(len(file)), startOf(testName), func(i uint64, r []byte) error {
			if i != uint64(len(records)) || len(r) == 0 {
				t.Fatalf("record %d of %d bytes after %d", i, len(r), len(records))
			}
			records = append(records, bytes.Clone(r))
			return nil
		})
		if e.size > int64(len(file)) || e.count != uint64(len(records)) {
			t.Fatalf("extent %+v of a file of %d with %d records", e, len(file), len(records))
		}
		if err != nil {
			if !errors.Is(err, fault.StoreCorrupt) {
				t.Fatalf("%v, want STORE_CORRUPT", err)
			}
			return
		}
		// What was read is whole: reading it alone gives the same.
		again, err := readJournal(bytes.NewReader(file[:e.size]), e.size, startOf(testName), func(uint64, []byte) error { return nil })
		if err != nil || again != e {
			t.Fatalf("again %+v, %v, was %+v", again, err, e)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			l := openAt(b, b.TempDir())
			record := bytes.Repeat([]byte("r"), 300)
			work := make(chan struct{})
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for range work {
						if _, err := l.Append(b.Context(), record); err != nil {
							b.Error(err)
						}
					}
				})
			}
			b.ResetTimer()
			for range b.N {
				work <- struct{}{}
			}
			close(work)
			wg.Wait()
		})
	}
}

// BenchmarkPublish measures from Append to a checked proof.
func BenchmarkPublish(b *testing.B) {
	l := openAt(b, b.TempDir())
	for b.Loop() {
		i := add(b, l, "record")
		prove(b, l, i, "record")
	}
}
