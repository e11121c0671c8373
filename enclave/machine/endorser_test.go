package machine

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// The host answers the machine behind a socket, again after it went away, and the
// machine's evidence has what the host gave last.
func TestTheHostEndorsesTheMachine(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "certificates")
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	give, failures := [][]byte{[]byte("first")}, 0
	ended := make(chan error, 1)
	go func() {
		ended <- Endorse(ctx, socket, func(_ context.Context, v *Visit) ([][]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			if give == nil {
				return nil, errors.New("no network")
			}
			return append([][]byte{[]byte(v.Probe.Scheme)}, give...), nil
		}, func(error) {
			mu.Lock()
			defer mu.Unlock()
			failures++
		})
	}()
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accept := func() net.Conn {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := accept()
	e := NewEndorser("")
	short, stop := context.WithTimeout(ctx, 10*time.Millisecond)
	defer stop()
	if _, err := e.Certificates(short); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("before the host said anything: %v", err)
	}
	probe := attest.Evidence{Scheme: attest.SchemeSNP, Report: []byte("report")}
	subject := Subject{Probe: func(context.Context) (attest.Evidence, error) { return probe, nil }}
	if err := e.Ask(ctx, c, subject); err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		full, err := e.Complete(ctx, probe)
		if err != nil || len(full.Collateral) != 2 || string(full.Collateral[0]) != "snp" || string(full.Collateral[1]) != want || !bytes.Equal(full.Report, probe.Report) {
			t.Errorf("completed: %+v, %v, want %s", full, err, want)
		}
	}
	check("first")
	set := func(to [][]byte) {
		mu.Lock()
		defer mu.Unlock()
		give = to
	}
	set(nil)
	if err := e.Ask(ctx, c, subject); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("a host that has none: %v", err)
	}
	check("first") // what was given stays
	set([][]byte{[]byte("second")})
	c.Close()
	c = accept()
	if err := e.Ask(ctx, c, subject); err != nil {
		t.Fatal(err)
	}
	check("second")
	// A machine that says nonsense is hung up on, and may come again.
	if _, err := c.Write([]byte{0, 0, 0, 1, 0xff}); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("after nonsense: %d bytes, %v", n, err)
	}
	c = accept()
	if err := e.Ask(ctx, c, subject); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Endorse = %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	if failures != 2 {
		t.Errorf("%d failures were told, want 2", failures)
	}
}
