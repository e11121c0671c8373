package tpm

import "encoding/binary"

// cursor reads foreign bytes from the front. Once something is missing all that
// follows is zero and ok stays false.
type cursor struct {
	rest  []byte
	order binary.ByteOrder
	short bool
}

// done reports whether everything was there and nothing is left.
func (c *cursor) done() bool { return !c.short && len(c.rest) == 0 }

func (c *cursor) take(n uint64) []byte {
	if c.short || n > uint64(len(c.rest)) {
		c.short = true
		return nil
	}
	b := c.rest[:n:n]
	c.rest = c.rest[n:]
	return b
}

func (c *cursor) u8() uint8 {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (c *cursor) u16() uint16 {
	if b := c.take(2); b != nil {
		return c.order.Uint16(b)
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.take(4); b != nil {
		return c.order.Uint32(b)
	}
	return 0
}

func (c *cursor) u64() uint64 {
	if b := c.take(8); b != nil {
		return c.order.Uint64(b)
	}
	return 0
}

// sized is a TPM's own form of bytes: a length of 16 bits before them.
func (c *cursor) sized() []byte { return c.take(uint64(c.u16())) }
