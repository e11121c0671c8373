package atls

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"tacit/fault"
)

// A Listener accepts attested channels only. Handshakes run side by side and
// are dropped at their deadline, or earlier if newer ones need their place, so
// that half-open ones do not hold up others.
type Listener struct {
	net.Listener
	// Refused, if set before Run, is told why a peer was refused; it may be
	// called from several goroutines at once.
	Refused func(remote net.Addr, err error)

	cfg   Config
	ready chan *Conn
	done  chan struct{}
	once  sync.Once

	mu      sync.Mutex // guards what follows
	pending list.List  // of net.Conn in the handshake, oldest first
}

// Listen wraps a listener; Run accepts on it.
func Listen(inner net.Listener, cfg Config) *Listener {
	return &Listener{Listener: inner, cfg: cfg, ready: make(chan *Conn), done: make(chan struct{})}
}

// Run accepts and attests until ctx ends, which is its error, or Close is
// called, then nil, or the inner listener fails. Channels that Accept has not
// returned by then are closed.
func (l *Listener) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer l.Close()
	defer cancel()
	context.AfterFunc(ctx, func() { l.Close() })
	for {
		raw, err := l.Listener.Accept()
		switch {
		case err == nil:
		case outer.Err() != nil:
			return outer.Err()
		case l.closed():
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ECONNABORTED):
			// Out of descriptors now; handshakes that end give them back.
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		default:
			return fmt.Errorf("accept: %w", err)
		}
		leave := l.enter(raw)
		wg.Go(func() {
			conn, err := handshake(ctx, tls.Server(&line{Conn: raw}, l.cfg.tls()), l.cfg, side{})
			leave()
			if err != nil {
				raw.Close()
				l.refused(raw.RemoteAddr(), err)
				return
			}
			select {
			case l.ready <- conn:
			case <-l.done:
				conn.Close()
			}
		})
	}
}

// enter notes a handshake in progress, at the cost of the oldest if there are
// too many, and returns what ends the note.
func (l *Listener) enter(raw net.Conn) (leave func()) {
	most := l.cfg.Pending
	if most == 0 {
		most = 256
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending.Len() >= most {
		l.pending.Remove(l.pending.Front()).(net.Conn).Close()
	}
	e := l.pending.PushBack(raw)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pending.Remove(e)
	}
}

func (l *Listener) refused(remote net.Addr, err error) {
	if errors.Is(err, net.ErrClosed) {
		err = fault.New(fault.ResBusy, "attest channel: dropped for a newer one: %w", err)
	}
	if l.Refused != nil {
		l.Refused(remote, err)
	}
}

// Accept returns the next attested channel, a *Conn.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ready:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close ends Run and Accept.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

func (l *Listener) closed() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}
