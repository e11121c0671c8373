package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// A load is what a server did in one round.
type load struct {
	rate     float64 // answers a second
	p50, p99 float64 // milliseconds
	cpu      float64 // microseconds of the server's CPU for each answer
}

// load has each of conns connections ask again as soon as it was answered.
func (c *contestant) load(ctx context.Context, op operation, conns int, long time.Duration) (load, error) {
	lines := make([]*line, conns)
	for i := range lines {
		l, err := c.dial(ctx)
		if err != nil {
			return load{}, err
		}
		defer l.conn.Close()
		lines[i] = l
		if err := l.ask(c, op, i); err != nil {
			return load{}, err
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	took := make([][]time.Duration, conns)
	used, began := seconds(c.pid), time.Now()
	until := began.Add(long)
	for i, l := range lines {
		group.Go(func() error {
			for n := i; time.Now().Before(until) && ctx.Err() == nil; n += conns {
				at := time.Now()
				if err := l.ask(c, op, n); err != nil {
					return err
				}
				took[i] = append(took[i], time.Since(at))
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return load{}, err
	}
	elapsed := time.Since(began).Seconds()
	all := slices.Concat(took...)
	slices.Sort(all)
	ms := func(part float64) float64 { return float64(all[int(part*float64(len(all)-1))].Microseconds()) / 1000 }
	return load{rate: float64(len(all)) / elapsed, p50: ms(0.5), p99: ms(0.99), cpu: (seconds(c.pid) - used) * 1e6 / float64(len(all))}, nil
}

// A line is one connection of HTTP/1.1, written by hand: the client shares the cores
// with the server, and net/http would use more of them than some servers do.
type line struct {
	conn net.Conn
	in   *bufio.Reader
	out  []byte
}

func (c *contestant) dial(ctx context.Context) (*line, error) {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", c.addr)
	if err != nil {
		return nil, err
	}
	if !c.plain {
		host, _, _ := net.SplitHostPort(c.addr)
		t := tls.Client(conn, &tls.Config{RootCAs: c.ca, ServerName: host, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
		if err := t.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, err
		}
		conn = t
	}
	return &line{conn: conn, in: bufio.NewReaderSize(conn, 16<<10)}, nil
}

func (l *line) ask(c *contestant, op operation, n int) error {
	l.out = fmt.Appendf(l.out[:0], "%s /v1/%s HTTP/1.1\r\nHost: %s\r\nX-Vault-Token: %s\r\nX-Vault-Request: true\r\nContent-Length: %d\r\n\r\n%s",
		op.method, op.path(n), c.addr, c.token, len(op.body), op.body)
	if err := l.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	if _, err := l.conn.Write(l.out); err != nil {
		return err
	}
	return l.answer()
}

// answer reads one answer to its end; one that is not good is an error.
func (l *line) answer() error {
	status, err := l.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	good := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	size := -1
	for {
		h, err := l.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(h) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(h, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if size, err = strconv.Atoi(strings.TrimSpace(string(value))); err != nil {
				return err
			}
		}
	}
	if size < 0 {
		return errors.New("read answer: it has no length")
	}
	if good {
		_, err = l.in.Discard(size)
		return err
	}
	b, err := io.ReadAll(io.LimitReader(l.in, int64(min(size, 400))))
	return errors.Join(fmt.Errorf("read answer: it is %s", b), err)
}

// seconds is the CPU that a process used so far, in whole hundredths.
func seconds(pid int) float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	fields := strings.Fields(string(rest))
	sum := 0.0
	for i := 11; i < 13 && i < len(fields); i++ {
		n, _ := strconv.ParseFloat(fields[i], 64)
		sum += n / 100
	}
	return sum
}
