package wasm

// wasmtime refuses a memory.grow over the limit silently, as WebAssembly wants
// it: the guest gets -1. To tell a guest that died of that from one that died
// of something else, every memory.grow is replaced by a call of a function
// added at the end of the module, which grows and notes a refusal in an added
// global. Both have indices that the guest, validated before, cannot name.

// deniedExport is the name under which the host finds that global.
const deniedExport = "tacit:growth-denied"

const opGrow = 0x40

// countGrowth returns the module with its memory growth counted, or the code
// as it is if it never grows. The code must be valid.
func (m *module) countGrowth() ([]byte, error) {
	var code section
	for _, s := range m.sections {
		if s.id == 10 {
			code = s
		}
	}
	if code.id == 0 {
		return m.code, nil
	}
	grower := uint32(len(m.imports) + len(m.funcs))
	bodies, grows, err := m.replaceGrowth(code, grower)
	if err != nil {
		return nil, err
	}
	if !grows {
		return m.code, nil
	}
	global := uleb(nil, m.globals)
	body := []byte{0x00, 0x20, 0x00, opGrow, 0x00, 0x22, 0x00, 0x41, 0x7f, 0x46, 0x04, 0x40, 0x41, 0x01, 0x24}
	body = append(append(body, global...), 0x0b, 0x20, 0x00, 0x0b)
	extra := map[byte][]byte{
		1:  {0x60, 1, 0x7f, 1, 0x7f}, // (i32) -> i32
		3:  uleb(nil, uint32(len(m.types))),
		6:  {0x7f, 1, 0x41, 0, 0x0b}, // a mutable i32, zero at first
		7:  append(append(append(uleb(nil, uint32(len(deniedExport))), deniedExport...), 3), global...),
		10: append(uleb(nil, uint32(len(body))), body...),
	}
	out := make([]byte, 0, len(m.code)+len(bodies)-(code.end-code.body)+256)
	out = append(out, m.code[:8]...)
	hasGlobals := false
	for _, s := range m.sections {
		content := m.code[s.body:s.end]
		hasGlobals = hasGlobals || s.id == 6
		if !hasGlobals && s.id > 6 {
			hasGlobals = true
			out = appendSection(out, 6, append([]byte{1}, extra[6]...))
		}
		entry, ok := extra[s.id]
		if !ok {
			out = append(out, m.code[s.start:s.end]...)
			continue
		}
		r := &reader{b: content, end: len(content)}
		n := r.u32() + 1
		rest := content[r.off:]
		if s.id == 10 {
			rest = bodies
		}
		grown := uleb(make([]byte, 0, len(rest)+len(entry)+5), n)
		out = appendSection(out, s.id, append(append(grown, rest...), entry...))
	}
	return out, nil
}

// replaceGrowth returns all function bodies, without their count, in which
// every memory.grow is a call of grower, and whether there was any.
func (m *module) replaceGrowth(code section, grower uint32) ([]byte, bool, error) {
	call := uleb([]byte{0x10}, grower)
	r := &reader{b: m.code, off: code.body, end: code.end}
	n := r.u32()
	var out []byte
	from, any := r.off, false // what precedes from is copied to out
	for ; n > 0 && r.err == nil; n-- {
		start := r.off
		size := r.u32()
		if r.err != nil || uint64(size) > uint64(code.end-r.off) {
			r.fail("ends early")
			break
		}
		b := &reader{b: m.code, off: r.off, end: r.off + int(size)}
		for locals := b.u32(); locals > 0 && b.err == nil; locals-- {
			b.u32()
			b.byte()
		}
		var at []int
		for b.off < b.end && b.err == nil {
			if m.code[b.off] == opGrow {
				at = append(at, b.off)
			}
			b.instruction()
		}
		if b.err != nil {
			return nil, false, b.err
		}
		if len(at) > 0 {
			any = true
			out = append(out, m.code[from:start]...)
			out = uleb(out, uint32(int(size)+len(at)*(len(call)-2)))
			from = r.off
			for _, i := range at {
				out = append(append(out, m.code[from:i]...), call...)
				from = i + 2
			}
		}
		r.off = b.end
	}
	if r.err != nil {
		return nil, false, r.err
	}
	return append(out, m.code[from:code.end]...), any, nil
}

// leb skips one LEB128 number of any sign and at most 64 bits.
func (r *reader) leb() {
	for range 10 {
		if r.byte() < 0x80 {
			return
		}
	}
	r.fail("a number has more than 64 bits")
}

func (r *reader) lebs(n int) {
	for range n {
		r.leb()
	}
}

// instruction skips one instruction of WebAssembly 2.0 with relaxed SIMD: the
// set that newWasmtime leaves on.
func (r *reader) instruction() {
	switch op := r.byte(); {
	case op == 0x02, op == 0x03, op == 0x04: // block, loop, if
		r.leb()
	case op == 0x0c, op == 0x0d, op == 0x10: // br, br_if, call
		r.leb()
	case op == 0x0e: // br_table
		r.lebs(int(r.count(1<<20)) + 1)
	case op == 0x11: // call_indirect
		r.lebs(2)
	case op == 0x1c: // select with types
		r.take(r.u32())
	case op >= 0x20 && op <= 0x26: // locals, globals, tables
		r.leb()
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.lebs(2)
	case op == 0x3f, op == opGrow, op == 0x41, op == 0x42, op == 0xd0, op == 0xd2:
		r.leb()
	case op == 0x43:
		r.take(4)
	case op == 0x44:
		r.take(8)
	case op == 0xfc:
		r.extended()
	case op == 0xfd:
		r.vector()
	case op <= 0x01, op == 0x05, op == 0x0b, op == 0x0f, op == 0x1a, op == 0x1b,
		op >= 0x45 && op <= 0xc4, op == 0xd1:
	default:
		r.fail("instruction %#x is not offered", op)
	}
}

// extended skips the rest of an instruction with prefix 0xfc: saturating
// conversions, bulk memory and table operations.
func (r *reader) extended() {
	switch op := r.u32(); op {
	case 0, 1, 2, 3, 4, 5, 6, 7:
	case 9, 11, 13, 15, 16, 17:
		r.leb()
	case 8, 10, 12, 14:
		r.lebs(2)
	default:
		r.fail("instruction 0xfc %#x is not offered", op)
	}
}

// vector skips the rest of an instruction with prefix 0xfd: SIMD.
func (r *reader) vector() {
	switch op := r.u32(); {
	case op <= 0x0b, op == 0x5c, op == 0x5d:
		r.lebs(2)
	case op == 0x0c, op == 0x0d:
		r.take(16)
	case op >= 0x15 && op <= 0x22:
		r.byte()
	case op >= 0x54 && op <= 0x5b:
		r.lebs(2)
		r.byte()
	case op > 0x113:
		r.fail("instruction 0xfd %#x is not offered", op)
	}
}

func uleb(b []byte, v uint32) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func appendSection(out []byte, id byte, content []byte) []byte {
	return append(uleb(append(out, id), uint32(len(content))), content...)
}
