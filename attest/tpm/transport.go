package tpm

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"strings"
	"sync"

	"github.com/google/go-tpm/tpm2"
	"golang.org/x/sys/unix"

	"tacit/fault"
)

// frameMost is the largest answer of a TPM that is read.
const frameMost = 1 << 16

// frames sends a TPM's commands as they are, one at a time: what the kernel's
// device takes, and the sockets of swtpm.
type frames struct {
	mu   sync.Mutex // one command at a time
	conn io.ReadWriteCloser
	in   *bufio.Reader
}

// Send sends one command and reads its answer. The kernel gives an answer to one
// read only, hence the buffer.
func (f *frames) Send(command []byte) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.conn.Write(command); err != nil {
		return nil, err
	}
	head := make([]byte, 10)
	if _, err := io.ReadFull(f.in, head); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head[2:])
	if size < 10 || size > frameMost {
		return nil, fault.New(fault.APISize, "read TPM's answer: %d bytes", size)
	}
	answer := append(head, make([]byte, size-10)...)
	_, err := io.ReadFull(f.in, answer[10:])
	return answer, err
}

// dial opens a TPM: a device such as /dev/tpmrm0, or a socket of swtpm as a path
// or tcp:HOST:PORT. Behind a socket nobody tidies up, so what an earlier user
// left there is flushed.
func dial(ctx context.Context, path string) (*frames, error) {
	conn, socket, err := connect(ctx, path)
	if err != nil {
		return nil, fault.New(fault.EvidUnavailable, "open TPM %s: %w", path, err)
	}
	f := &frames{conn: conn, in: bufio.NewReaderSize(conn, frameMost)}
	if socket {
		if err := tidy(f); err != nil {
			conn.Close()
			return nil, fault.New(fault.EvidUnavailable, "open TPM %s: %w", path, err)
		}
	}
	return f, nil
}

func connect(ctx context.Context, path string) (conn io.ReadWriteCloser, socket bool, err error) {
	var d net.Dialer
	if address, ok := strings.CutPrefix(path, "tcp:"); ok {
		conn, err := d.DialContext(ctx, "tcp", address)
		return conn, true, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, err
	}
	if info.Mode()&os.ModeSocket != 0 {
		conn, err := d.DialContext(ctx, "unix", path)
		return conn, true, err
	}
	// Not as os.OpenFile does: to a reader that does not block, the kernel says that
	// an answer which is not there yet is the end.
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, false, err
	}
	return os.NewFile(uintptr(fd), path), false, nil
}

// tidy flushes all that somebody left in a TPM.
func tidy(f *frames) error {
	for _, kind := range []tpm2.TPMHT{tpm2.TPMHTTransient, tpm2.TPMHTHMACSession, tpm2.TPMHTPolicySession} {
		if err := flushAll(f, uint32(kind)<<24); err != nil {
			return err
		}
	}
	return nil
}

func flushAll(f *frames, first uint32) error {
	got, err := tpm2.GetCapability{Capability: tpm2.TPMCapHandles, Property: first, PropertyCount: 64}.Execute(f)
	if err != nil {
		return err
	}
	list, err := got.CapabilityData.Data.Handles()
	if err != nil {
		return err
	}
	for _, h := range list.Handle {
		if err := flush(f, h); err != nil {
			return err
		}
	}
	return nil
}

func flush(f *frames, h tpm2.TPMHandle) error {
	_, err := tpm2.FlushContext{FlushHandle: h}.Execute(f)
	return err
}
