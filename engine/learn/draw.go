package learn

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// drawn is a number that follows from a seed and a name.
func drawn(seed uint64, name string) uint64 {
	b := append([]byte("tacit split\n"), strconv.FormatUint(seed, 10)...)
	sum := sha256.Sum256(append(append(b, '\n'), name...))
	return binary.BigEndian.Uint64(sum[:8])
}
