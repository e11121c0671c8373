package wasm

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"tacit"
	"tacit/fault"
)

const (
	pageSize = 64 << 10
	// maxTable bounds the elements of a table: 8 bytes of host memory each.
	maxTable = 1 << 20
	// maxTypes, maxFuncs bound what the walker itself allocates; they are the
	// limits that web engines share.
	maxTypes = 1_000_000
	maxFuncs = 1_000_000
)

// A section is one section of a module by its place in the code.
type section struct {
	id         byte
	start, end int // of the whole section, with its id and size
	body       int // where its content starts
}

// A funcType is a signature: value types in the binary format's bytes.
type funcType struct {
	params, results string
}

// A module is what the walker learnt of a module's sections.
type module struct {
	code     []byte
	sections []section
	types    []funcType
	imports  []imported
	funcs    []uint32 // type of each function that the module defines
	globals  uint32
	bodies   int // entries of the code section
	memory   bool
	start    uint32 // index of _start
	started  bool
	exported bool // its memory, as "memory"
	exports  []string
}

type imported struct {
	name string
	kind uint32 // index into types
}

func invalid(format string, args ...any) error {
	return fault.New(fault.WasmInvalid, "wasm: module: %s", fmt.Sprintf(format, args...))
}

// A reader walks foreign bytes. After the first error every read gives zero.
type reader struct {
	b   []byte
	off int
	end int
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = invalid("byte %d: %s", r.off, fmt.Sprintf(format, args...))
	}
}

func (r *reader) byte() byte {
	if r.err != nil || r.off >= r.end {
		r.fail("ends early")
		return 0
	}
	r.off++
	return r.b[r.off-1]
}

// u32 reads an unsigned LEB128 number of at most 5 bytes and 32 bits.
func (r *reader) u32() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			if v > math.MaxUint32 {
				break
			}
			return uint32(v)
		}
	}
	r.fail("a number has more than 32 bits")
	return 0
}

func (r *reader) take(n uint32) []byte {
	if r.err != nil || uint64(n) > uint64(r.end-r.off) {
		r.fail("ends early")
		return nil
	}
	r.off += int(n)
	return r.b[r.off-int(n) : r.off]
}

func (r *reader) name() string {
	b := r.take(r.u32())
	if !utf8.Valid(b) {
		r.fail("a name is not UTF-8")
	}
	return string(b)
}

// count reads the length of a vector whose entries have at least one byte each,
// so that no length is believed that the bytes cannot hold.
func (r *reader) count(most uint32) uint32 {
	n := r.u32()
	if n > most || uint64(n) > uint64(r.end-r.off) {
		r.fail("a count of %d is too large", n)
		return 0
	}
	return n
}

// inspect walks the sections of a module and refuses everything that the guest
// ABI does not offer before the compiler sees it: size caps first, then the
// frame, then each section. Function bodies are left to the compiler's own
// validation.
func inspect(code []byte, limits tacit.Limits) (*module, error) {
	m, err := walk(code, limits)
	if err != nil {
		return nil, err
	}
	if m.bodies != len(m.funcs) {
		return nil, invalid("it declares %d functions and has %d", len(m.funcs), m.bodies)
	}
	return m, nil
}

// outline is the module without bodies, data and names: what walk needs to
// judge it, and to know its imports, once it was inspected whole.
func (m *module) outline() []byte {
	out := slices.Clone(m.code[:8])
	for _, s := range m.sections {
		if s.id >= 1 && s.id <= 7 {
			out = append(out, m.code[s.start:s.end]...)
		}
	}
	return out
}

// walk is inspect without a look at whether there is a body for each function.
func walk(code []byte, limits tacit.Limits) (*module, error) {
	if int64(len(code)) > limits.CodeSize {
		return nil, fault.Denied(fault.APISize, "wasm: module", "code size",
			fmt.Sprintf("at most %d bytes", limits.CodeSize), fmt.Sprintf("%d bytes", len(code)))
	}
	if len(code) < 8 || !bytes.Equal(code[:4], []byte("\x00asm")) {
		return nil, invalid("not a WebAssembly binary: %s", whyNoModule(code))
	}
	switch version := [4]byte(code[4:8]); version {
	case [4]byte{1, 0, 0, 0}:
	case [4]byte{0x0d, 0, 1, 0}:
		return nil, invalid("this is a component; build a core module instead (target wasm32-wasip1, not wasip2)")
	default:
		return nil, invalid("unknown version % x", version[:])
	}
	m := &module{code: code}
	r := &reader{b: code, off: 8, end: len(code)}
	last := -1
	for r.off < len(code) && r.err == nil {
		s := section{start: r.off}
		s.id = r.byte()
		size := r.u32()
		s.body = r.off
		if r.err != nil {
			break
		}
		if uint64(size) > uint64(len(code)-r.off) {
			r.fail("section %d is cut off: copy the file again", s.id)
			break
		}
		s.end = r.off + int(size)
		if s.id != 0 {
			if s.id > 12 {
				r.fail("section %d is unknown", s.id)
				break
			}
			if order(s.id) <= last {
				r.fail("section %d is repeated or out of order", s.id)
				break
			}
			last = order(s.id)
		}
		in := &reader{b: code, off: s.body, end: s.end}
		if err := m.section(s.id, in, limits); err != nil {
			return nil, err
		}
		m.sections = append(m.sections, s)
		r.off = s.end
	}
	if r.err != nil {
		return nil, r.err
	}
	return m, m.finish()
}

// order is the place of a section; the count of data segments (12) comes
// between elements and code.
func order(id byte) int {
	switch {
	case id == 12:
		return 10
	case id >= 10:
		return int(id) + 1
	}
	return int(id)
}

// section reads one section. Those that nothing here decides on are skipped.
func (m *module) section(id byte, r *reader, limits tacit.Limits) error {
	var err error
	switch id {
	case 0:
		r.name()
		return r.err
	case 1:
		m.readTypes(r)
	case 2:
		err = m.readImports(r)
	case 3:
		for n := r.count(maxFuncs); n > 0 && r.err == nil; n-- {
			t := r.u32()
			if uint64(t) >= uint64(len(m.types)) {
				r.fail("function of unknown type %d", t)
			}
			m.funcs = append(m.funcs, t)
		}
	case 4:
		return m.readTables(r)
	case 5:
		err = m.readMemory(r, limits)
	case 6:
		m.globals = r.count(maxFuncs)
		return r.err
	case 7:
		err = m.readExports(r)
	case 8:
		return invalid("it has a start section; put the code into _start")
	case 10:
		m.bodies = int(r.count(maxFuncs))
		for i := 0; i < m.bodies && r.err == nil; i++ {
			r.take(r.u32())
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if r.err == nil && r.off != r.end {
		r.fail("section %d has trailing bytes", id)
	}
	return r.err
}

func (m *module) readTypes(r *reader) {
	for n := r.count(maxTypes); n > 0 && r.err == nil; n-- {
		if form := r.byte(); form != 0x60 && r.err == nil {
			r.fail("type form %#x is not offered", form)
		}
		m.types = append(m.types, funcType{string(r.take(r.count(1000))), string(r.take(r.count(1000)))})
	}
}

func (m *module) readImports(r *reader) error {
	for n := r.count(maxFuncs); n > 0 && r.err == nil; n-- {
		space, name := r.name(), r.name()
		kind := r.byte()
		if r.err != nil {
			return r.err
		}
		if kind == 2 {
			if flags := r.byte(); flags&^1 != 0 {
				return fault.New(fault.WasmMemory, "wasm: module: imports a shared or 64-bit memory: build it without threads and for wasm32")
			}
		}
		if kind != 0 {
			return fault.New(fault.WasmImport, "wasm: module: imports %q %q, which is not a function: %s", space, name, whyImport(space, name))
		}
		f, ok := hostFuncs[name]
		if space != abiModule || !ok {
			return fault.New(fault.WasmImport, "wasm: module: imports %q %q, which the guest ABI does not offer: %s", space, name, whyImport(space, name))
		}
		t := r.u32()
		if r.err == nil && uint64(t) >= uint64(len(m.types)) {
			r.fail("import of unknown type %d", t)
		}
		if r.err != nil {
			return r.err
		}
		if m.types[t] != f.signature() {
			return fault.New(fault.WasmImport, "wasm: module: imports %q with a signature that is not its own", name)
		}
		m.imports = append(m.imports, imported{name, t})
	}
	return r.err
}

func (m *module) readTables(r *reader) error {
	for n := r.count(1000); n > 0 && r.err == nil; n-- {
		// The typed form (0x40) belongs to a proposal that is off: what it
		// holds is for the compiler to refuse.
		if r.byte() == 0x40 {
			return r.err
		}
		flags := r.byte()
		if flags&^1 != 0 && r.err == nil {
			return fault.New(fault.WasmMemory, "wasm: module: has a shared or 64-bit table")
		}
		if least := r.u32(); least > maxTable {
			return fault.Denied(fault.WasmMemory, "wasm: module", "table", fmt.Sprintf("at most %d elements", maxTable), fmt.Sprint(least))
		}
		if flags&1 != 0 {
			r.u32()
		}
	}
	return r.err
}

func (m *module) readMemory(r *reader, limits tacit.Limits) error {
	n := r.count(1000)
	if n > 1 {
		return fault.New(fault.WasmMemory, "wasm: module: has %d memories", n)
	}
	if n == 0 {
		return r.err
	}
	m.memory = true
	flags := r.byte()
	if flags&^1 != 0 && r.err == nil {
		return fault.New(fault.WasmMemory, "wasm: module: its memory is shared, 64-bit or of another page size: build it without threads and for wasm32")
	}
	least := r.u32()
	if flags&1 != 0 {
		r.u32()
	}
	if r.err == nil && int64(least)*pageSize > limits.Memory {
		return fault.Denied(fault.WasmMemory, "wasm: module", "memory",
			fmt.Sprintf("at most %d bytes", limits.Memory), fmt.Sprintf("%d bytes at its start", int64(least)*pageSize))
	}
	return r.err
}

func (m *module) readExports(r *reader) error {
	for n := r.count(maxFuncs); n > 0 && r.err == nil; n-- {
		name, kind, index := r.name(), r.byte(), r.u32()
		if strings.HasPrefix(name, "_") { // for advice
			m.exports = append(m.exports, name)
		}
		switch {
		case name == deniedExport:
			return invalid("it exports %q, a name that the host keeps to itself", name)
		case name == "_start":
			if kind != 0 {
				return invalid("its _start is not a function")
			}
			m.start, m.started = index, true
		case name == "memory" && kind == 2:
			m.exported = true
		}
	}
	return r.err
}

// finish judges what needs more than one section.
func (m *module) finish() error {
	if !m.started {
		return invalid("it exports no _start: %s", whyNoStart(m.exports))
	}
	var t uint32
	switch at := uint64(m.start); {
	case at < uint64(len(m.imports)):
		t = m.imports[at].kind
	case at < uint64(len(m.imports)+len(m.funcs)):
		t = m.funcs[at-uint64(len(m.imports))]
	default:
		return invalid("its _start does not exist")
	}
	if (m.types[t] != funcType{}) {
		return invalid("its _start takes or returns values")
	}
	if m.memory && !m.exported {
		return invalid("it does not export its memory as \"memory\"")
	}
	return nil
}

// Inspect reports what is wrong with a module before anybody runs it, with the
// same codes as Run. It compiles nothing.
func Inspect(code []byte) error {
	_, err := inspect(code, tacit.Limits{CodeSize: 64 << 20, Memory: 4 << 30})
	return err
}
