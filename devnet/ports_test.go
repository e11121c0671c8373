package devnet

import (
	"net"
	"testing"

	"tacit/fault"
)

func TestPortsOfNetworks(t *testing.T) {
	one, err := newPorts()
	if err != nil {
		t.Fatal(err)
	}
	other, err := newPorts()
	if err != nil {
		t.Fatal(err)
	}
	if one.first == other.first {
		t.Fatalf("two networks hold the block of port %d", one.first)
	}

	// A port that some other program has is passed over.
	taken, err := net.Listen("tcp", local(one.next))
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	seen := map[int]bool{one.first: true, taken.Addr().(*net.TCPAddr).Port: true}
	for range blockSize - 2 {
		p := one.take()
		if one.err != nil {
			break // others may have more of them
		}
		if seen[p] || p < one.first || p >= one.first+blockSize {
			t.Fatalf("port %d of the block from %d: given twice, taken, or of another block", p, one.first)
		}
		seen[p] = true
	}
	if one.take(); fault.Of(one.err) != fault.Unreachable {
		t.Fatalf("a block that is used up: got %v", one.err)
	}
	if other.take(); other.err != nil {
		t.Fatal(other.err)
	}

	// Whose network ended, his block is free again; who comes back holds it again.
	one.held.Close()
	back := hold(one.first)
	if l, err := net.Listen("tcp", local(one.first)); err == nil {
		l.Close()
		t.Fatal("a block that is held was taken")
	}
	back.Close()
	l, err := net.Listen("tcp", local(one.first))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}
