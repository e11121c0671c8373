package atls

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"tacit"
	"tacit/fault"
)

// mangler gives one direction of a connection as whole TLS records, the way
// that whoever owns the network sees them, and changes them once it is armed.
type mangler struct {
	net.Conn
	armed  *atomic.Bool
	mangle func(next func() ([]byte, error)) ([]byte, error) // nil: relay
	buf    []byte
	ended  bool
}

func (m *mangler) record() ([]byte, error) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(m.Conn, head); err != nil {
		return nil, err
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	_, err := io.ReadFull(m.Conn, body)
	return append(head, body...), err
}

func (m *mangler) Read(b []byte) (int, error) {
	if len(m.buf) == 0 {
		if m.ended {
			return 0, io.EOF
		}
		r, err := m.record()
		if err != nil {
			return 0, err
		}
		if m.armed.Load() && m.mangle != nil {
			first := true
			r, err = m.mangle(func() ([]byte, error) {
				if first {
					first = false
					return r, nil
				}
				return m.record()
			})
			m.ended = true
		}
		if err != nil {
			return 0, err
		}
		if m.buf = r; len(r) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(b, m.buf)
	m.buf = m.buf[n:]
	return n, nil
}

// case N27 code TLS_TRUNCATED check atls/atls.go:TLSTruncated
func TestN27AStreamThatIsCutOrChangedNeverEndsWell(t *testing.T) {
	type records = func() ([]byte, error)
	for _, tt := range []struct {
		name   string
		mangle func(next records) ([]byte, error)
		want   fault.Code
	}{
		{"twin: whole, with its end", nil, ""},
		{"cut between records", func(next records) ([]byte, error) { return next() }, fault.TLSTruncated},
		{"cut before the first", func(records) ([]byte, error) { return nil, nil }, fault.TLSTruncated},
		{"cut within a record", func(next records) ([]byte, error) {
			r, err := next()
			return r[:len(r)/2], err
		}, fault.TLSTruncated},
		{"cut before its end is announced", func(next records) ([]byte, error) {
			one, err := next()
			if err != nil {
				return nil, err
			}
			two, err := next()
			return append(one, two...), err
		}, fault.TLSTruncated},
		{"in another order", func(next records) ([]byte, error) {
			one, err := next()
			if err != nil {
				return nil, err
			}
			two, err := next()
			return append(two, one...), err
		}, fault.TLSTruncated},
		{"one left out", func(next records) ([]byte, error) {
			if _, err := next(); err != nil {
				return nil, err
			}
			return next()
		}, fault.TLSTruncated},
		{"one twice", func(next records) ([]byte, error) {
			r, err := next()
			return append(r, r...), err
		}, fault.TLSTruncated},
		{"a bit changed", func(next records) ([]byte, error) {
			r, err := next()
			r[len(r)-1] ^= 1
			return r, err
		}, fault.TLSTruncated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, newParty(t, tacit.RoleManager, tacit.RoleClient))
			var armed atomic.Bool
			p := stand(t, s.addr, func(dialler, listener net.Conn) (net.Conn, net.Conn) {
				return dialler, &mangler{Conn: listener, armed: &armed, mangle: tt.mangle}
			})
			c, err := Dial(t.Context(), p.addr, newParty(t, tacit.RoleClient).Config, Want{Role: tacit.RoleManager}, false)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			talks(t, c)
			<-s.got
			armed.Store(true)
			for _, text := range []string{"aaaa", "bbbb"} {
				if _, err := c.Write([]byte(text)); err != nil {
					t.Fatal(err)
				}
				<-s.got // echoed in a record of its own
			}
			if err := c.CloseWrite(); err != nil { // the server ends after its echo
				t.Fatal(err)
			}
			got, err := io.ReadAll(c)
			if fault.Of(err) != tt.want || tt.want == "" && (err != nil || string(got) != "aaaabbbb") {
				t.Errorf("read %q and %v, want %q", got, err, tt.want)
			}
			if !strings.HasPrefix("aaaabbbb", string(got)) {
				t.Errorf("%q is no beginning of what was sent", got)
			}
		})
	}
}
