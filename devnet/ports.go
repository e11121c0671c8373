package devnet

import (
	"io"
	"math/rand/v2"
	"net"
	"strconv"

	"tacit/fault"
)

// Ports of a network come in blocks, below those that a kernel gives to outgoing
// connections: a seat of a group listens at its address only while it leads, and until then
// any connection of any process could have taken it. Whoever holds the first port of a
// block holds the block, as long as the network runs.
const (
	firstPort = 10_000
	lastPort  = 32_000
	blockSize = 500
)

// ports gives out the free ones of a block that no other network on this machine holds.
type ports struct {
	held  io.Closer // listens at the first
	first int
	next  int
	end   int
	err   error
}

// newPorts takes a block and holds it.
func newPorts() (*ports, error) {
	blocks := (lastPort - firstPort) / blockSize
	for _, b := range rand.Perm(blocks) {
		first := firstPort + b*blockSize
		l, err := net.Listen("tcp", local(first))
		if err != nil {
			continue
		}
		return &ports{held: l, first: first, next: first + 1, end: first + blockSize}, nil
	}
	return nil, fault.New(fault.Unreachable, "choose ports for the network: each of %d blocks from port %d on is taken", blocks, firstPort)
}

// take returns a port on which nobody listens; 0 if none is left, which err then says.
func (p *ports) take() int {
	for ; p.next < p.end; p.next++ {
		l, err := net.Listen("tcp", local(p.next))
		if err != nil {
			continue // some other program has it
		}
		l.Close()
		p.next++
		return p.next - 1
	}
	p.err = fault.New(fault.Unreachable, "choose ports for the network: no free one is left from %d to %d; ask for fewer nodes", p.first, p.end-1)
	return 0
}

// address is that of a port taken.
func (p *ports) address() string { return local(p.take()) }

// hold takes the block of a home that has one again. That it is taken is no error: the home
// may run already, which is said elsewhere, and its addresses are what they are.
func hold(first int) io.Closer {
	l, err := net.Listen("tcp", local(first))
	if err != nil {
		return io.NopCloser(nil)
	}
	return l
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
