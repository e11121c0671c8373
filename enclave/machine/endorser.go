package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"tacit/attest"
	"tacit/fault"
)

// CertificatesPort is the name of the port on which the machine has its host get
// what evidence is verified with besides itself: the certificates of a TPM's
// attestation key, or the documents of the vendor of a confidential machine. The
// host cannot make any; whoever reads the evidence judges them.
const CertificatesPort = "tacit.certificates"

const (
	askLabel          = "tacit/machine/ask"
	certificatesLabel = "tacit/machine/certificates"
)

// certificates are the collateral of the machine's evidence.
type certificates struct {
	Chain [][]byte `cbor:"1,keyasint"`
}

// The machine asks again so often, as documents end.
const (
	askEvery = time.Hour
	askAgain = 10 * time.Second // after something went wrong
)

// An Endorser asks the host and keeps what it gave. It is safe for concurrent use.
type Endorser struct {
	port string
	got  chan struct{} // closed when there is something

	mu    sync.Mutex // guards what follows
	chain [][]byte
}

// NewEndorser asks on a port's device.
func NewEndorser(port string) *Endorser { return &Endorser{port: port, got: make(chan struct{})} }

// Run asks until ctx ends. What probe returns says whose evidence it is: over
// nothing that a verifier would take, and in the case of a TPM without a report.
func (e *Endorser) Run(ctx context.Context, probe func(context.Context) (attest.Evidence, error), log io.Writer) error {
	for {
		rest := askEvery
		if err := e.once(ctx, probe); err != nil {
			fmt.Fprintf(log, "ask host for certificates: %v\n", err)
			rest = time.Second // and a line in the log
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rest):
		}
	}
}

func (e *Endorser) once(ctx context.Context, probe func(context.Context) (attest.Evidence, error)) error {
	ask, err := probe(ctx)
	if err != nil {
		return err
	}
	fd, err := unix.Open(e.port, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open port to the host: %w", err)
	}
	for !connected(fd) {
		select {
		case <-ctx.Done():
			unix.Close(fd)
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	f := os.NewFile(uintptr(fd), "certificates")
	defer f.Close()
	stop := context.AfterFunc(ctx, func() { f.Close() })
	defer stop()
	return e.exchange(f, ask)
}

func (e *Endorser) exchange(host io.ReadWriter, ask attest.Evidence) error {
	if err := attest.WriteDevice(host, askLabel, ask); err != nil {
		return err
	}
	var c certificates
	if err := attest.ReadDevice(host, certificatesLabel, &c); err != nil {
		return err
	}
	if len(c.Chain) == 0 {
		return fault.New(fault.EvidUnavailable, "the host has none")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.chain == nil {
		close(e.got)
	}
	e.chain = c.Chain
	return nil
}

// Certificates are what the host gave last; before it gave any, they are waited for.
func (e *Endorser) Certificates(ctx context.Context) ([][]byte, error) {
	select {
	case <-e.got:
	case <-ctx.Done():
		return nil, fault.New(fault.EvidUnavailable, "wait for certificates of the host: %w", ctx.Err())
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.chain, nil
}

// Complete is evidence with them.
func (e *Endorser) Complete(ctx context.Context, evidence attest.Evidence) (attest.Evidence, error) {
	chain, err := e.Certificates(ctx)
	evidence.Collateral = chain
	return evidence, err
}

// Endorse is the host's side: it answers the machine behind a socket until ctx
// ends. A machine that is away is waited for. What find does not find is said by
// an empty answer, upon which the machine asks again.
func Endorse(ctx context.Context, socket string, find func(context.Context, attest.Evidence) ([][]byte, error), failed func(error)) error {
	var d net.Dialer
	for {
		c, err := d.DialContext(ctx, "unix", socket)
		if err == nil {
			stop := context.AfterFunc(ctx, func() { c.Close() })
			err = answerAsks(ctx, c, find, failed)
			stop()
			c.Close()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		rest := 200 * time.Millisecond
		if err != nil && !isAway(err) {
			failed(err)
			rest = time.Second // and a line in the log
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rest):
		}
	}
}

func answerAsks(ctx context.Context, c io.ReadWriter, find func(context.Context, attest.Evidence) ([][]byte, error), failed func(error)) error {
	for {
		var ask attest.Evidence
		if err := attest.ReadDevice(c, askLabel, &ask); err != nil {
			return err
		}
		chain, err := find(ctx, ask)
		if err != nil {
			failed(err)
		}
		if err := attest.WriteDevice(c, certificatesLabel, certificates{chain}); err != nil {
			return err
		}
	}
}

// isAway reports whether there is no machine behind a socket, or no longer.
func isAway(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
