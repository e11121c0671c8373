package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A canary is a secret that must be seen nowhere but where it belongs: 32
// random bytes, written as hex where text is needed.
type canary struct {
	name  string
	text  string
	forms [][]byte
}

// newCanary makes the forms in which it would betray itself: raw, hex in both
// cases, and base64 in both alphabets at each of its three alignments, of the
// bytes and of their text.
func newCanary(name string, raw []byte) canary {
	c := canary{name: name, text: hex.EncodeToString(raw)}
	for _, b := range [][]byte{raw, []byte(c.text)} {
		h := []byte(hex.EncodeToString(b))
		c.forms = append(c.forms, b, h, bytes.ToUpper(h))
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			for shift := range 3 {
				text := enc.EncodeToString(append(make([]byte, shift), b...))
				// What neighbours can change is cut off at both ends.
				c.forms = append(c.forms, []byte(text[4:len(text)-4]))
			}
		}
	}
	return c
}

func (c canary) in(b []byte) bool {
	return slices.ContainsFunc(c.forms, func(f []byte) bool { return bytes.Contains(b, f) })
}

// A flow is one direction of one connection.
type flow struct{ from, to uint16 }

type segment struct {
	seq  uint32
	data []byte
}

// A capture holds what went over the loopback's TCP connections to or from
// some ports.
type capture struct {
	fd    int
	ports map[uint16]bool
	mu    sync.Mutex // guards what follows
	flows map[flow][]segment
	done  chan struct{}
}

// startCapture begins to listen; false if this user may not.
func startCapture(t *testing.T, ports map[uint16]bool) (*capture, bool) {
	t.Helper()
	proto := int(binary.NativeEndian.Uint16([]byte{unix.ETH_P_IP >> 8, unix.ETH_P_IP & 0xff})) // in the order of the network
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, proto)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EAFNOSUPPORT) {
		return nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 256<<20)
	wait := unix.NsecToTimeval(int64(200 * time.Millisecond))
	if err := errors.Join(
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: uint16(proto), Ifindex: lo.Index}),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
	); err != nil {
		t.Fatal(err)
	}
	c := &capture{fd: fd, ports: ports, flows: map[flow][]segment{}, done: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 1<<17)
		for {
			n, from, err := unix.Recvfrom(fd, buf, 0)
			if err != nil || n == 0 {
				select {
				case <-c.done:
					return
				default:
					continue
				}
			}
			// Each packet of the loopback passes twice.
			if a, ok := from.(*unix.SockaddrLinklayer); ok && a.Pkttype != unix.PACKET_OUTGOING {
				c.take(buf[:n])
			}
		}
	}()
	t.Cleanup(func() {
		close(c.done)
		<-ended
		_ = unix.Close(fd)
	})
	return c, true
}

// take keeps what an IPv4 packet carries of a TCP stream.
func (c *capture) take(p []byte) {
	if len(p) < 20 || p[0]>>4 != 4 || p[9] != unix.IPPROTO_TCP {
		return
	}
	header := int(p[0]&15) * 4
	total := min(len(p), int(binary.BigEndian.Uint16(p[2:])))
	if total == 0 {
		total = len(p) // the kernel leaves the length to hardware that there is none of
	}
	if total < header+20 {
		return
	}
	tcp := p[header:total]
	f := flow{binary.BigEndian.Uint16(tcp), binary.BigEndian.Uint16(tcp[2:])}
	offset := int(tcp[12]>>4) * 4
	if !c.ports[f.from] && !c.ports[f.to] || offset >= len(tcp) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flows[f] = append(c.flows[f], segment{binary.BigEndian.Uint32(tcp[4:]), bytes.Clone(tcp[offset:])})
}

// streams puts the segments of each flow in order, so that what was cut in two
// is found too. A port that was used twice gives two streams one after the
// other or mixed; neither hides what one segment holds.
func (c *capture) streams() map[flow][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[flow][]byte{}
	for f, list := range c.flows {
		first := list[0].seq
		ordered := slices.Clone(list)
		slices.SortStableFunc(ordered, func(a, b segment) int { return cmp.Compare(int32(a.seq-first), int32(b.seq-first)) })
		var b []byte
		for _, s := range ordered {
			b = append(b, s.data...)
		}
		out[f] = b
	}
	return out
}

// lost is how many packets the kernel could not hand over.
func (c *capture) lost() uint32 {
	s, err := unix.GetsockoptTpacketStats(c.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0
	}
	return s.Drops
}

// filesBelow calls do with every regular file below a folder.
func filesBelow(t *testing.T, dir string, do func(path string, content []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the network goes on while it is read
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			do(path, b)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
