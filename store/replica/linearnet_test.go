package replica

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// This file is the network between the members' processes. Each has a network
// namespace of its own with its own address; its only interface is a tunnel whose
// packets this process carries, loses, delays and doubles. (That needs no netem, which
// not every kernel has.) A namespace lives as long as its process and this one: nothing
// is left to clean up, however they end.

// plugIn makes the tunnel of this process's own network and hands it over.
func plugIn(listen string) error {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	tun, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open tunnel: %w", err)
	}
	var req [40]byte // struct ifreq
	copy(req[:], "tun0")
	binary.NativeEndian.PutUint16(req[16:], unix.IFF_TUN|unix.IFF_NO_PI)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(tun), unix.TUNSETIFF, uintptr(unsafe.Pointer(&req))); errno != 0 {
		return fmt.Errorf("make tunnel: %w", errno)
	}
	for _, args := range [][]string{{"link", "set", "lo", "up"}, {"addr", "add", host + "/24", "dev", "tun0"}, {"link", "set", "tun0", "mtu", "9000", "up"}} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %v: %w: %s", args, err, out)
		}
	}
	defer unix.Close(tun)
	return unix.Sendmsg(3, []byte{0}, unix.UnixRights(tun), nil, 0)
}

// hub carries packets between members.
type hub struct {
	mu    sync.Mutex // guards what follows
	ports map[byte]*os.File
	cut   map[[2]byte]bool // from, to
	noise noise
	rand  *rand.Rand

	carried, lost, doubled, late atomic.Int64
}

// noise is what happens to packets, in percent; Late is up to how long.
type noise struct {
	Lost, Doubled, Delayed int
	Late                   time.Duration
}

func newHub(seed uint64) *hub {
	return &hub{ports: map[byte]*os.File{}, cut: map[[2]byte]bool{}, rand: rand.New(rand.NewPCG(seed, 7))}
}

// take receives a member's tunnel on its end of a pair of sockets and carries what comes
// out of it, until the member is gone.
func (h *hub) take(socket int, member byte) error {
	oob := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := unix.Recvmsg(socket, make([]byte, 1), oob, 0)
	if err != nil || n == 0 {
		return errors.Join(err, errors.New("no tunnel came"))
	}
	messages, err := unix.ParseSocketControlMessage(oob[:n])
	if err != nil {
		return err
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(fds[0], true); err != nil {
		return err
	}
	f := os.NewFile(uintptr(fds[0]), "tunnel")
	h.mu.Lock()
	h.ports[member] = f
	h.mu.Unlock()
	go func() {
		b := make([]byte, 1<<16)
		for {
			n, err := f.Read(b)
			if err != nil {
				return
			}
			if n >= 20 && b[0]>>4 == 4 {
				h.carry(b[:n])
			}
		}
	}()
	return nil
}

// unplug forgets a member's tunnel.
func (h *hub) unplug(member byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.ports[member]; f != nil {
		f.Close()
		delete(h.ports, member)
	}
}

func (h *hub) carry(packet []byte) {
	from, to := packet[15], packet[19]
	h.mu.Lock()
	f, cut, x := h.ports[to], h.cut[[2]byte{from, to}], h.noise
	roll := func() int { return h.rand.IntN(100) }
	lost, doubled, delayed := roll() < x.Lost, roll() < x.Doubled, roll() < x.Delayed
	late := time.Duration(0)
	if delayed && x.Late > 0 {
		late = time.Duration(h.rand.Int64N(int64(x.Late)))
	}
	h.mu.Unlock()
	h.carried.Add(1)
	if f == nil || cut || lost {
		h.lost.Add(1)
		return
	}
	if late > 0 {
		h.late.Add(1)
		kept := append([]byte(nil), packet...)
		time.AfterFunc(late, func() { _, _ = f.Write(kept) })
	} else {
		_, _ = f.Write(packet)
	}
	if doubled {
		h.doubled.Add(1)
		_, _ = f.Write(packet)
	}
}

func (h *hub) part(from, to byte, cut bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cut[[2]byte{from, to}] = cut
}

func (h *hub) make(x noise) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.noise = x
}
