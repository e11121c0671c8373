package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"tacit/fault"
)

// Ports opens enclaves in a machine that boots measured: each of its ports leads
// to a fresh agent there, as long as no other enclave holds it. The sockets are
// those of the machine's emulator or hypervisor.
type Ports struct {
	hello string
	free  chan string
}

// NewPorts takes the sockets, one for each enclave at a time, and what a port
// says when its agent is ready.
func NewPorts(sockets []string, hello string) *Ports {
	p := &Ports{hello, make(chan string, len(sockets))}
	for _, s := range sockets {
		p.free <- s
	}
	return p
}

// portRest is how long a port stays closed at least: a machine sees that it was
// closed only if it stays so for a moment.
const portRest = 200 * time.Millisecond

// portRestMost bounds how long a port rests after several tries: a machine that boots
// is not waited for longer than that once it is up.
const portRestMost = 2 * time.Second

// A port that says nothing for a moment may lead to an agent of before, whose
// machine did not see that the port was closed. What is no frame ends that one.
var portInterrupt = bytes.Repeat([]byte{0xff}, 16)

const portMoment = time.Second

// portTry is how long an agent may take to say that it is ready before the port is
// closed and opened again: a machine that missed the end of the talk before waits
// for more of it.
const portTry = 5 * time.Second

// Open waits for a free port and its agent. A machine that does not answer
// before ctx ends, or is away, is EVID_COLLATERAL_UNAVAILABLE.
func (p *Ports) Open(ctx context.Context) (Enclave, error) {
	const op = "open enclave in the measured machine"
	var socket string
	select {
	case socket = <-p.free:
	case <-ctx.Done():
		return Enclave{}, fault.New(fault.EvidUnavailable, "%s: all of its %d ports are taken: %w", op, cap(p.free), ctx.Err())
	}
	for rest := portRest; ; rest = min(2*rest, portRestMost) {
		c, err := p.try(ctx, socket)
		if err == nil {
			return Enclave{Conn: c, Kill: sync.OnceFunc(func() {
				c.Close()
				time.AfterFunc(portRest, func() { p.free <- socket })
			})}, nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
			p.free <- socket
			return Enclave{}, fault.New(fault.EvidUnavailable, "%s: %w", op, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(rest):
		}
	}
}

func readWithin(c net.Conn, b []byte, d time.Duration) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(d)); err != nil {
		return 0, err
	}
	return io.ReadFull(c, b)
}

func (p *Ports) try(ctx context.Context, socket string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	got := make([]byte, len(p.hello))
	n, err := readWithin(c, got, portMoment)
	if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
		if _, err = c.Write(portInterrupt); err == nil {
			_, err = readWithin(c, got[n:], portTry)
		}
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil && !bytes.Equal(got, []byte(p.hello)) {
		err = fault.New(fault.ProtoFrame, "the port says %q, want %q", got, p.hello)
	}
	if err == nil {
		err = c.SetReadDeadline(time.Time{})
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
