package atls

import (
	"bytes"
	"encoding/binary"
	"testing"

	"tacit/fault"
	"tacit/wire"
)

// A peer that goes away within a message is gone, and did not speak wrongly.
func TestAMessageCutShortIsAPeerThatIsGone(t *testing.T) {
	type greeting struct {
		N uint64 `cbor:"1,keyasint"`
	}
	body, err := wire.Marshal("x", greeting{7})
	if err != nil {
		t.Fatal(err)
	}
	whole := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
	for n := range len(whole) + 1 {
		want := fault.Unreachable
		if n == len(whole) {
			want = "" // the twin
		}
		var got greeting
		if err := read(bytes.NewReader(whole[:n]), "x", &got); fault.Of(err) != want {
			t.Errorf("%d of %d bytes: %v, want %q", n, len(whole), err, want)
		}
	}
}
