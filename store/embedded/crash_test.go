package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/fault"
)

// crashPath, in the environment, makes this test binary the writer that
// TestKillLosesNothingAcknowledged kills.
const crashPath = "TACIT_STORE_CRASH_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		fmt.Fprintln(os.Stderr, crashWriter(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// crashWriter writes from several goroutines until it is killed and prints
// key, value and revision of each write that was acknowledged.
func crashWriter(path string) error {
	s, err := Open(Config{Path: path, Key: testKey})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	errs := make(chan error)
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("w%d/%d", w, i%50)
				value := strconv.FormatUint(rand.Uint64(), 36)
				rev, err := s.Commit(context.Background(), tacit.Txn{Then: []tacit.Put{
					{Key: key, Value: []byte(value)},
					{Key: key + "/twin", Value: []byte(value)},
				}})
				if err != nil {
					errs <- err
					return
				}
				mu.Lock()
				fmt.Printf("%s %s %d\n", key, value, rev)
				mu.Unlock()
			}
		}()
	}
	return <-errs
}

// The machine goes on when a process is killed, so this shows that nothing is
// acknowledged before it is handed over, not what a power cut leaves.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "store.db")
	type acked struct {
		value string
		rev   int64
	}
	known := map[string]acked{}
	total := 0
	for round := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashPath+"="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n, stop := 0, 1+r.IntN(300); lines.Scan(); n++ {
			var key, value string
			var rev int64
			if _, err := fmt.Sscanf(lines.Text(), "%s %s %d", &key, &value, &rev); err != nil {
				break // cut by the kill: the reader of the pipe never saw it whole
			}
			total++
			if known[key].rev < rev {
				known[key] = acked{value, rev}
			}
			if n == stop {
				cmd.Process.Kill()
			}
		}
		cmd.Process.Kill()
		cmd.Wait()

		s, err := Open(Config{Path: path, Key: testKey})
		if err != nil {
			t.Fatalf("round %d: open after the kill: %v", round, err)
		}
		for key, want := range known {
			it, err := s.Get(t.Context(), key)
			if err != nil {
				t.Errorf("round %d: acknowledged %s is lost: %v", round, key, err)
				continue
			}
			if it.Revision < want.rev || it.Revision == want.rev && string(it.Value) != want.value {
				t.Errorf("round %d: %s is %q at %d, acknowledged was %q at %d", round, key, it.Value, it.Revision, want.value, want.rev)
			}
			twin, err := s.Get(t.Context(), key+"/twin")
			if err != nil || twin.Revision != it.Revision || string(twin.Value) != string(it.Value) {
				t.Errorf("round %d: half a transaction: %s %q at %d, twin %q at %d, %v", round, key, it.Value, it.Revision, twin.Value, twin.Revision, err)
			}
			known[key] = acked{string(it.Value), it.Revision} // an unacknowledged write may have lasted
		}
		if _, err := s.Get(t.Context(), "never written"); !errors.Is(err, fault.APINotFound) {
			t.Errorf("a key that was never written: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d acknowledged writes over 6 kills, none lost", total)
	if total == 0 {
		t.Error("nothing was acknowledged: the test tests nothing")
	}
}

func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 16, 128} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			s := openAt(b, filepath.Join(b.TempDir(), "store.db"))
			value := []byte(strings.Repeat("v", 256))
			work := make(chan int)
			var wg sync.WaitGroup
			for range writers {
				wg.Go(func() {
					for i := range work {
						if _, err := s.Commit(b.Context(), tacit.Txn{Then: []tacit.Put{{Key: fmt.Sprintf("k%06d", i%10000), Value: value}}}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			b.ResetTimer()
			for i := range b.N {
				work <- i
			}
			close(work)
			wg.Wait()
		})
	}
}

func BenchmarkGet(b *testing.B) {
	s := openAt(b, filepath.Join(b.TempDir(), "store.db"))
	write(b, s, "k", strings.Repeat("v", 256))
	for b.Loop() {
		if _, err := s.Get(b.Context(), "k"); err != nil {
			b.Fatal(err)
		}
	}
}
