package crash

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"tacit/wire"
)

// begin starts a process anew with its disk watched.
func begin(t *testing.T, n *Net, u *User, kind, name, copies string, blob wire.Digest) *Disk {
	t.Helper()
	program := programOf(kind)
	hold := filepath.Join(n.ctl, "hold-"+program)
	if err := os.WriteFile(hold, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	m := n.markOf(kind, name, blob)
	if err := syscall.Kill(m.pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for syscall.Kill(m.pid, 0) == nil {
		time.Sleep(time.Millisecond)
	}
	if err := os.MkdirAll(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(n.home, "nodes", name)
	d, err := n.WatchDisk(program, folder, copies)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(hold); err != nil {
		t.Fatal(err)
	}
	if err := until(t.Context(), 2*time.Minute, 10*time.Second, func(ctx context.Context) error { return n.back(ctx, u, m) }); err != nil {
		t.Fatalf("%s did not come back with its disk watched: %v", name, err)
	}
	return d
}

// What a power cut drops are the writes that were not synced: each role goes on
// from what remains, and what it acknowledged is there. A sync that fails is
// acknowledged to nobody and ends the process, which begins anew from its disk.
func TestPowerCutsAndFailedSyncs(t *testing.T) {
	if *kills == 0 {
		t.Skip("make crash runs it")
	}
	dir := built(t)
	n, users, load, m := network(t, dir, nil)
	u := users[0]
	load.Run(t.Context(), 4, 2, 1, func() bool { return false })
	for _, r := range []struct {
		kind, name string
		steps      []string
	}{
		{"manager", "manager-1", []string{"managerRecorded", "managerSealed"}},
		{"dispatcher", "dispatcher", []string{"dispatcherAccepted", "dispatcherRan"}},
		{"verifier", "verifier-1", []string{"verifierJournalled"}},
		{"blobs", "blobs", []string{"blobsPlaced", "blobsStored"}},
		{"gateway", "gateway", []string{"gatewayHeaderKept", "gatewayPosting"}},
	} {
		d := begin(t, n, u, r.kind, r.name, filepath.Join(dir, "copies", r.name), m.blob)
		var enough atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			load.Run(t.Context(), 4, 4, 2, func() bool { return !enough.Load() })
		}()
		for _, step := range r.steps {
			m = n.markOf(r.kind, r.name, m.blob)
			lost, err := n.PowerCut(t.Context(), d, r.kind, r.name, step)
			if err != nil {
				t.Errorf("%s: %v", r.name, err)
				continue
			}
			began := time.Now()
			if err := until(t.Context(), 2*time.Minute, 10*time.Second, func(ctx context.Context) error { return n.back(ctx, u, m) }); err != nil {
				t.Errorf("%s after a power cut at %s: %v", r.name, step, err)
			}
			t.Logf("%-10s %-20s power cut: %d files went back to their last sync (%d syncs seen), back after %d ms", r.name, step, lost, d.Syncs(), time.Since(began).Milliseconds())
		}
		if d.Syncs() == 0 {
			t.Errorf("%s: no sync was seen, so nothing was tested", r.name)
		}
		if r.kind != "blobs" { // which takes a failed sync for one failed Put
			m = n.markOf(r.kind, r.name, m.blob)
			d.FailNext()
			if err := until(t.Context(), 2*time.Minute, 10*time.Second, func(ctx context.Context) error { return n.back(ctx, u, m) }); err != nil {
				t.Errorf("%s after a failed sync: %v", r.name, err)
			}
			t.Logf("%-10s a failed sync ended process %d, its successor is %d", r.name, m.pid, n.pid(r.name))
		}
		enough.Store(true)
		<-done
		d.stop()
		_ = os.Remove(filepath.Join(n.ctl, "watch-"+programOf(r.kind)))
	}
	findings, grants := examine(t, n, users, load)
	for _, f := range findings {
		t.Errorf("%s: %s", f.Kind, f.What)
	}
	all, _ := load.Tasks()
	t.Logf("%d tasks, %d grants", len(all), grants)
}
