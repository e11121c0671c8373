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

// The machine asks and the host replies. A reply may be a challenge, once for each
// ask: then the machine says what it opened, and the next reply is the last.
const (
	askLabel    = "tacit/machine/ask"
	replyLabel  = "tacit/machine/reply"
	openedLabel = "tacit/machine/opened"
)

// ask says whose evidence is to be endorsed.
type ask struct {
	Probe       attest.Evidence    `cbor:"1,keyasint"`
	Application attest.Application `cbor:"2,keyasint"` // empty without a TPM
}

// reply has the collateral of the machine's evidence, or a challenge for its TPM.
type reply struct {
	Chain     [][]byte         `cbor:"1,keyasint"`
	Challenge attest.Challenge `cbor:"2,keyasint"` // without a credential it is none
}

func (r reply) challenges() bool { return len(r.Challenge.Credential) > 0 }

// opened is what the TPM made of a challenge, or why it did not.
type opened struct {
	Secret []byte `cbor:"1,keyasint"`
	Code   string `cbor:"2,keyasint"`
}

// askEvery is how often the machine asks, as documents end.
const askEvery = time.Hour

// A Subject is whose evidence the machine makes.
type Subject struct {
	// Probe makes evidence over nothing that a verifier would take; in the case of a
	// TPM without a report.
	Probe func(context.Context) (attest.Evidence, error)
	TPM   attest.Prover // nil in a confidential machine
}

// An Endorser asks the host and keeps what it gave. It is safe for concurrent use.
type Endorser struct {
	port string
	got  chan struct{} // closed when there is something

	mu    sync.Mutex // guards what follows
	chain [][]byte
}

// NewEndorser asks on a port's device.
func NewEndorser(port string) *Endorser { return &Endorser{port: port, got: make(chan struct{})} }

// Run asks until ctx ends.
func (e *Endorser) Run(ctx context.Context, s Subject, log io.Writer) error {
	for {
		rest := askEvery
		if err := e.once(ctx, s); err != nil {
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

func (e *Endorser) once(ctx context.Context, s Subject) error {
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
	return e.Ask(ctx, f, s)
}

// Ask asks the host at the other end once. A TPM that cannot apply or open the
// challenge leaves the host with what he has from before.
func (e *Endorser) Ask(ctx context.Context, host io.ReadWriter, s Subject) error {
	var a ask
	var why, err error
	if a.Probe, err = s.Probe(ctx); err != nil {
		return err
	}
	if s.TPM != nil {
		a.Application, why = s.TPM.Apply(ctx)
	}
	if err := attest.WriteDevice(host, askLabel, a); err != nil {
		return err
	}
	var r reply
	if err := attest.ReadDevice(host, replyLabel, &r); err != nil {
		return err
	}
	if r.challenges() && s.TPM != nil {
		var o opened
		if o.Secret, why = s.TPM.Answer(ctx, r.Challenge); why != nil {
			o = opened{Code: string(fault.Of(why))}
		}
		if err := attest.WriteDevice(host, openedLabel, o); err != nil {
			return err
		}
		r = reply{}
		if err := attest.ReadDevice(host, replyLabel, &r); err != nil {
			return err
		}
	}
	if r.challenges() {
		return fault.New(fault.ProtoFrame, "the host challenges where it must not")
	}
	if len(r.Chain) == 0 && why != nil {
		return fault.New(fault.EvidUnavailable, "the host has none: %w", why)
	}
	if len(r.Chain) == 0 {
		return fault.New(fault.EvidUnavailable, "the host has none")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.chain == nil {
		close(e.got)
	}
	e.chain = r.Chain
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

// A Visit is one ask of the machine, as its host sees it. As a prover it is the
// machine's TPM, which opens one challenge during a visit.
type Visit struct {
	Probe attest.Evidence // says whose evidence is to be endorsed

	application attest.Application
	conn        io.ReadWriter
	challenged  bool
	broken      error // the machine is away, or out of step
}

var _ attest.Prover = (*Visit)(nil)

// Apply is what the machine brought; EVID_COLLATERAL_UNAVAILABLE if it brought none.
func (v *Visit) Apply(context.Context) (attest.Application, error) {
	if len(v.application.Public) == 0 {
		return attest.Application{}, fault.New(fault.EvidUnavailable, "enrol the machine's TPM: the machine brought no application; its console says why")
	}
	return v.application, nil
}

// Answer has the machine's TPM open a challenge.
func (v *Visit) Answer(_ context.Context, c attest.Challenge) ([]byte, error) {
	if r := (reply{Challenge: c}); v.challenged || !r.challenges() {
		return nil, fault.New(fault.ProtoFrame, "challenge the machine's TPM: with nothing, or a second time")
	}
	v.challenged = true
	var o opened
	if v.broken = attest.WriteDevice(v.conn, replyLabel, reply{Challenge: c}); v.broken == nil {
		v.broken = attest.ReadDevice(v.conn, openedLabel, &o)
	}
	switch {
	case v.broken != nil:
		return nil, fault.New(fault.EvidUnavailable, "challenge the machine's TPM: %w", v.broken)
	case o.Code != "":
		return nil, fault.New(fault.Parse(o.Code), "challenge the machine's TPM: it does not open the challenge")
	}
	return o.Secret, nil
}

// Endorse is the host's side: it answers the machine behind a socket until ctx
// ends. A machine that is away is waited for. What find does not find is said by
// an empty answer, upon which the machine asks again.
func Endorse(ctx context.Context, socket string, find func(context.Context, *Visit) ([][]byte, error), failed func(error)) error {
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

func answerAsks(ctx context.Context, c io.ReadWriter, find func(context.Context, *Visit) ([][]byte, error), failed func(error)) error {
	for {
		var a ask
		if err := attest.ReadDevice(c, askLabel, &a); err != nil {
			return err
		}
		v := &Visit{Probe: a.Probe, application: a.Application, conn: c}
		chain, err := find(ctx, v)
		if v.broken != nil {
			return v.broken
		}
		if err != nil {
			failed(err)
		}
		if err := attest.WriteDevice(c, replyLabel, reply{Chain: chain}); err != nil {
			return err
		}
	}
}

// isAway reports whether there is no machine behind a socket, or no longer.
func isAway(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
