package wasm

import (
	"slices"
	"strings"

	"tacit"
	"tacit/fault"
)

// A use is what an open key was given and, once it was read from, what came of it.
type use struct {
	input  []byte
	done   bool
	answer []byte
	read   int
}

// writeKey adds to what the key is used on. After a read it begins anew.
func (r *run) writeKey(f *file, bufs [][]byte) (uint32, errno) {
	if f.asked == nil || f.asked.done {
		f.asked = &use{}
	}
	var total uint32
	for _, b := range bufs {
		r.charge(uint64(len(b)))
		if len(f.asked.input)+len(b) > tacit.MostSecretBytes {
			return 0, eFbig
		}
		f.asked.input = append(f.asked.input, b...)
		total += uint32(len(b))
	}
	return total, 0
}

// readKey has the key used on what was written, once, and gives what came of it. A
// refusal is the guest's to deal with; that nobody answers is not.
func (r *run) readKey(f *file, bufs [][]byte) (uint32, errno) {
	u := f.asked
	if u == nil {
		return 0, 0 // nothing was asked
	}
	if !u.done {
		r.charge(useFuel)
		out, err := f.node.use(u.input)
		if err != nil {
			f.asked = nil
			return 0, refused(err)
		}
		u.answer, u.done = slices.Clone(out), true
	}
	var total uint32
	for _, b := range bufs {
		n := min(len(b), len(u.answer)-u.read)
		r.charge(uint64(n))
		copy(b, u.answer[u.read:][:n])
		u.read += n
		total += uint32(n)
	}
	return total, 0
}

// refused is how a guest sees that a key was not used.
func refused(err error) errno {
	code := string(fault.Of(err))
	switch {
	case strings.HasPrefix(code, "VAULT_"), strings.HasPrefix(code, "KEY_"):
		return eAcces
	case strings.HasPrefix(code, "API_"):
		return eInval
	}
	panic(halt{host: err})
}
