package wire_test

import (
	"sync"
	"testing"

	"tacit/wire"
)

func TestMemoKeepsTheNewest(t *testing.T) {
	m := wire.NewMemo[int, int](4)
	for i := range 8 {
		m.Put(i, i*i)
	}
	for i := 4; i < 8; i++ {
		if v, ok := m.Get(i); !ok || v != i*i {
			t.Errorf("Get(%d) = %d, %v; the newest 4 are kept", i, v, ok)
		}
	}
	for i := 8; i < 20; i++ {
		m.Put(i, i*i)
		m.Get(7)
	}
	if _, ok := m.Get(7); !ok {
		t.Error("what is used was forgotten")
	}
	if _, ok := m.Get(0); ok {
		t.Error("0 is still known after 20 more")
	}
}

func TestMemoHammer(t *testing.T) {
	m := wire.NewMemo[int, int](16)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 2000 {
				if v, ok := m.Get(i % 40); ok && v != i%40 {
					t.Errorf("Get(%d) = %d", i%40, v)
				}
				m.Put(i%40, i%40)
			}
		})
	}
	wg.Wait()
}
