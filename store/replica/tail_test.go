package replica

import (
	"fmt"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	"github.com/hashicorp/raft-wal/fs"

	"tacit/store"
)

// A log whose newest entries gave way to another leader's opens again.
func TestALogWithoutItsEndOpensAgain(t *testing.T) {
	dir, box := t.TempDir(), store.NewBox(make([]byte, 32))
	open := func() *disk {
		d, err := openDisk(dir, box, fs.New(), hclog.NewNullLogger(), func(err error) { t.Errorf("broke: %v", err) })
		must(t, err)
		return d
	}
	add := func(d *disk, from, to, term uint64) {
		for i := from; i <= to; i++ {
			must(t, d.StoreLog(&raft.Log{Index: i, Term: term, Data: fmt.Append(nil, i, term)}))
		}
	}
	d := open()
	add(d, 1, 10, 1)
	for term := uint64(2); term < 5; term++ {
		must(t, d.DeleteRange(8, 10))
		for _, crash := range []bool{true, false} {
			if crash {
				must(t, d.Close())
				d = open()
				last, err := d.LastIndex()
				must(t, err)
				if last != 7 && last != 10 {
					t.Fatalf("the log ends at %d", last)
				}
			} else {
				add(d, 8, 10, term)
			}
			for i := uint64(1); i <= 7; i++ {
				var l raft.Log
				must(t, d.GetLog(i, &l))
				if string(l.Data) != fmt.Sprint(i, 1) {
					t.Errorf("entry %d is %q", i, l.Data)
				}
			}
		}
	}
	must(t, d.Close())
}
