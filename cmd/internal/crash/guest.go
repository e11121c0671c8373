package crash

import "encoding/binary"

// loop is a WebAssembly command that counts down and ends: nothing to compile,
// nothing to write, so that its time is the time of its rounds.
func loop(rounds int64) []byte {
	body := []byte{0x01, 0x01, 0x7e, 0x42} // one local, i64; i64.const
	body = appendSigned(body, rounds)
	body = append(body,
		0x21, 0x00, // local.set
		0x03, 0x40, // loop
		0x20, 0x00, 0x42, 0x01, 0x7d, 0x22, 0x00, // subtract one
		0x50, 0x45, 0x0d, 0x00, // again unless it is zero
		0x0b, 0x0b)
	code := append(binary.AppendUvarint([]byte{0x01}, uint64(len(body))), body...)
	m := []byte{0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00}
	for _, s := range []struct {
		id      byte
		content []byte
	}{
		{1, []byte{0x01, 0x60, 0x00, 0x00}},
		{3, []byte{0x01, 0x00}},
		{5, []byte{0x01, 0x00, 0x01}},
		{7, []byte("\x02\x06memory\x02\x00\x06_start\x00\x00")},
		{10, code},
	} {
		m = append(binary.AppendUvarint(append(m, s.id), uint64(len(s.content))), s.content...)
	}
	return m
}

// appendSigned appends a number as WebAssembly writes signed ones.
func appendSigned(b []byte, v int64) []byte {
	for {
		low := byte(v & 0x7f)
		v >>= 7
		if v == 0 && low&0x40 == 0 || v == -1 && low&0x40 != 0 {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}
