package tpm

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"

	"tacit/fault"
)

// imaFields is how many parts an entry of each of the kernel's templates has.
var imaFields = map[string]int{"ima-ng": 2, "ima-ngv2": 2, "ima-sig": 3, "ima-sigv2": 3, "ima-buf": 3, "ima-modsig": 5}

func badIMA(why string) error { return fault.New(fault.EvidLog, "read IMA's log: %s", why) }

// readIMA takes one entry off the log and returns what it extended PCR 10 by. A
// kernel writes zeros for a file that changed while it was measured; such an
// entry proves nothing of the file and is refused.
func readIMA(c *cursor) ([sha256.Size]byte, error) {
	index, old := c.u32(), c.take(sha1.Size)
	name := c.take(uint64(c.u32()))
	data := c.take(uint64(c.u32()))
	fields, known := imaFields[string(name)]
	if c.short || index != 10 || !known {
		return [sha256.Size]byte{}, badIMA("an entry that does not parse")
	}
	if sum := sha1.Sum(data); !bytes.Equal(sum[:], old) {
		return [sha256.Size]byte{}, badIMA("an entry whose digest is not its own")
	}
	d := cursor{rest: data, order: binary.LittleEndian}
	for range fields {
		d.take(uint64(d.u32()))
	}
	if !d.done() {
		return [sha256.Size]byte{}, badIMA("an entry that is not of its template")
	}
	return sha256.Sum256(data), nil
}

// replayIMA computes PCR 10 from a whole log.
func replayIMA(log []byte) (r [sha256.Size]byte, err error) {
	for c := (cursor{rest: log, order: binary.LittleEndian}); len(c.rest) > 0; {
		d, err := readIMA(&c)
		if err != nil {
			return r, err
		}
		extend(&r, d[:])
	}
	return r, nil
}

// trimIMA is the part of a log that explains a quoted PCR 10: reading the log
// may add entries to it.
func trimIMA(log []byte, quoted [sha256.Size]byte) ([]byte, error) {
	var r [sha256.Size]byte
	c := cursor{rest: log, order: binary.LittleEndian}
	for r != quoted {
		if len(c.rest) == 0 {
			return nil, badIMA("it does not explain PCR 10")
		}
		d, err := readIMA(&c)
		if err != nil {
			return nil, err
		}
		extend(&r, d[:])
	}
	return log[:len(log)-len(c.rest)], nil
}
