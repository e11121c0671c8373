package wasm

import (
	"encoding/binary"
	"slices"

	"github.com/bytecodealliance/wasmtime-go/v39"

	"tacit/fault"
)

// abiModule is the only module that a guest may import from.
const abiModule = "wasi_snapshot_preview1"

// What a host call costs in fuel, beside callFuel for the call itself: one
// unit for each byte moved, entryFuel for each list entry looked at. Fuel is
// about an instruction, so callFuel is about the time that a call takes. A key is used
// far away; useFuel is about the time that its vault takes for it.
const (
	useFuel   = 1_000_000
	callFuel  = 2000
	entryFuel = 50
)

var little = binary.LittleEndian

// halt ends a guest from inside a host function. It travels as a panic to the
// one place that turns it into a trap, so that no host function can forget to
// pass it on.
type halt struct {
	code fault.Code
	why  string
	host error // the host failed: not the guest's fault
	exit *int32
}

// A hostFunc is one function of WASI preview 1: its parameters as i and I for
// 32 and 64 bits, and what it does. Only proc_exit returns nothing.
type hostFunc struct {
	params string
	call   func(r *run, p params) errno
	void   bool
}

// params are the arguments of one host call; their number and types were
// checked when the import was.
type params []wasmtime.Val

func (p params) u32(i int) uint32 { return uint32(p[i].I32()) }
func (p params) u64(i int) uint64 { return uint64(p[i].I64()) }

// hostFuncs are all functions that a guest may import. Files, clocks and
// randomness are those of the run; see the package's doc.
var hostFuncs = map[string]hostFunc{
	"args_get":                {params: "ii", call: (*run).argsGet},
	"args_sizes_get":          {params: "ii", call: (*run).argsSizesGet},
	"environ_get":             {params: "ii", call: (*run).environGet},
	"environ_sizes_get":       {params: "ii", call: (*run).environSizesGet},
	"clock_res_get":           {params: "ii", call: (*run).clockResGet},
	"clock_time_get":          {params: "iIi", call: (*run).clockTimeGet},
	"random_get":              {params: "ii", call: (*run).randomGet},
	"sched_yield":             {params: "", call: (*run).nothing},
	"poll_oneoff":             {params: "iiii", call: (*run).pollOneoff},
	"proc_exit":               {params: "i", call: (*run).procExit, void: true},
	"proc_raise":              {params: "i", call: (*run).notSupported},
	"fd_advise":               {params: "iIIi", call: (*run).fdSync},
	"fd_allocate":             {params: "iII", call: (*run).fdAllocate},
	"fd_close":                {params: "i", call: (*run).fdClose},
	"fd_datasync":             {params: "i", call: (*run).fdSync},
	"fd_sync":                 {params: "i", call: (*run).fdSync},
	"fd_fdstat_get":           {params: "ii", call: (*run).fdFdstatGet},
	"fd_fdstat_set_flags":     {params: "ii", call: (*run).fdFdstatSetFlags},
	"fd_fdstat_set_rights":    {params: "iII", call: (*run).fdSync},
	"fd_filestat_get":         {params: "ii", call: (*run).fdFilestatGet},
	"fd_filestat_set_size":    {params: "iI", call: (*run).fdFilestatSetSize},
	"fd_filestat_set_times":   {params: "iIIi", call: (*run).fdSync},
	"fd_pread":                {params: "iiiIi", call: (*run).fdPread},
	"fd_prestat_get":          {params: "ii", call: (*run).fdPrestatGet},
	"fd_prestat_dir_name":     {params: "iii", call: (*run).fdPrestatDirName},
	"fd_pwrite":               {params: "iiiIi", call: (*run).fdPwrite},
	"fd_read":                 {params: "iiii", call: (*run).fdRead},
	"fd_readdir":              {params: "iiiIi", call: (*run).fdReaddir},
	"fd_renumber":             {params: "ii", call: (*run).fdRenumber},
	"fd_seek":                 {params: "iIii", call: (*run).fdSeek},
	"fd_tell":                 {params: "ii", call: (*run).fdTell},
	"fd_write":                {params: "iiii", call: (*run).fdWrite},
	"path_create_directory":   {params: "iii", call: (*run).pathCreateDirectory},
	"path_filestat_get":       {params: "iiiii", call: (*run).pathFilestatGet},
	"path_filestat_set_times": {params: "iiiiIIi", call: (*run).pathSetTimes},
	"path_link":               {params: "iiiiiii", call: (*run).notSupported},
	"path_open":               {params: "iiiiiIIii", call: (*run).pathOpen},
	"path_readlink":           {params: "iiiiii", call: (*run).pathReadlink},
	"path_remove_directory":   {params: "iii", call: (*run).pathRemoveDirectory},
	"path_rename":             {params: "iiiiii", call: (*run).pathRename},
	"path_symlink":            {params: "iiiii", call: (*run).notSupported},
	"path_unlink_file":        {params: "iii", call: (*run).pathUnlinkFile},
	"sock_accept":             {params: "iii", call: (*run).notSupported},
	"sock_recv":               {params: "iiiiii", call: (*run).notSupported},
	"sock_send":               {params: "iiiii", call: (*run).notSupported},
	"sock_shutdown":           {params: "ii", call: (*run).notSupported},
}

// signature is the type that an import of f must have.
func (f hostFunc) signature() funcType {
	b := make([]byte, len(f.params))
	for i, c := range f.params {
		b[i] = 0x7f
		if c == 'I' {
			b[i] = 0x7e
		}
	}
	t := funcType{params: string(b)}
	if !f.void {
		t.results = "\x7f"
	}
	return t
}

// define offers the imported functions, and no other, to the guest.
func (r *run) define(linker *wasmtime.Linker, imports []imported) error {
	i32, i64 := wasmtime.NewValType(wasmtime.KindI32), wasmtime.NewValType(wasmtime.KindI64)
	done := map[string]bool{}
	for _, im := range imports {
		if done[im.name] {
			continue
		}
		done[im.name] = true
		f := hostFuncs[im.name]
		var in []*wasmtime.ValType
		for _, c := range f.params {
			if c == 'I' {
				in = append(in, i64)
				continue
			}
			in = append(in, i32)
		}
		var out []*wasmtime.ValType
		if !f.void {
			out = []*wasmtime.ValType{i32}
		}
		ty := wasmtime.NewFuncType(in, out)
		if err := linker.FuncNew(abiModule, im.name, ty, r.trampoline(f)); err != nil {
			return err
		}
	}
	return nil
}

// trampoline charges for the call, does it, and turns a halt, or a panic of
// ours, into the end of the guest.
func (r *run) trampoline(f hostFunc) func(*wasmtime.Caller, []wasmtime.Val) ([]wasmtime.Val, *wasmtime.Trap) {
	return func(_ *wasmtime.Caller, args []wasmtime.Val) (res []wasmtime.Val, trap *wasmtime.Trap) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			h, ok := p.(halt)
			if !ok {
				h = halt{host: fault.New(fault.Internal, "wasm: host call: panic of type %T", p)}
			}
			r.halted = &h
			res, trap = nil, wasmtime.NewTrap("halted by the host")
		}()
		r.charge(callFuel)
		e := f.call(r, args)
		if f.void {
			return nil, nil
		}
		return []wasmtime.Val{wasmtime.ValI32(int32(e))}, nil
	}
}

// charge takes fuel for work of the host, before it is done.
func (r *run) charge(units uint64) {
	left, err := r.store.GetFuel()
	if err != nil {
		panic(halt{host: err})
	}
	if err := r.store.SetFuel(left - min(units, left)); err != nil {
		panic(halt{host: err})
	}
	if left < units {
		panic(halt{code: fault.WasmTime, why: "the fuel is used up"})
	}
}

// memory is the guest's linear memory now. It moves when it grows, so no slice
// of it outlives a host call.
func (r *run) memory() []byte {
	if r.mem == nil {
		return nil
	}
	return r.mem.UnsafeData(r.store)
}

// view is the guest's memory from ptr for n bytes, or the end of the guest.
// The sum cannot overflow: both are at most 2^32 times a small constant.
func (r *run) view(ptr uint32, n uint64) []byte {
	mem := r.memory()
	end := uint64(ptr) + n
	if end > uint64(len(mem)) {
		outOfBounds()
	}
	return mem[ptr:end:end]
}

func outOfBounds() {
	panic(halt{code: fault.WasmBounds, why: "a host call was given a pointer outside the guest's memory, or overlapping ones"})
}

// A span is a piece of guest memory that a call will write to.
type span struct {
	ptr uint32
	n   uint64
}

// disjoint ends a guest that asks for two results in one place: what it would
// find there depends on the host's order of writing.
func disjoint(spans ...span) {
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.n == 0 })
	slices.SortFunc(spans, func(a, b span) int {
		switch {
		case a.ptr < b.ptr:
			return -1
		case a.ptr > b.ptr:
			return 1
		}
		return 0
	})
	for i := 1; i < len(spans); i++ {
		if uint64(spans[i-1].ptr)+spans[i-1].n > uint64(spans[i].ptr) {
			outOfBounds()
		}
	}
}

// buffers are the pieces of guest memory that a list of iovec names, all
// checked before any is used.
func (r *run) buffers(ptr, count uint32, result uint32, written bool) ([][]byte, []byte, errno) {
	res := r.view(result, 4)
	list := r.view(ptr, uint64(count)*8)
	if count > 1024 {
		return nil, nil, eInval
	}
	r.charge(uint64(count) * entryFuel)
	bufs := make([][]byte, count)
	spans := make([]span, 0, count+2)
	for i := range bufs {
		at, n := little.Uint32(list[8*i:]), little.Uint32(list[8*i+4:])
		bufs[i] = r.view(at, uint64(n))
		spans = append(spans, span{at, uint64(n)})
	}
	if written {
		disjoint(append(spans, span{result, 4}, span{ptr, uint64(count) * 8})...)
	}
	return bufs, res, 0
}

// text is a path that the guest passes.
func (r *run) text(ptr, n uint32) string {
	b := r.view(ptr, uint64(n))
	if n > maxPath {
		b = b[:maxPath+1] // enough to be refused as too long
	}
	r.charge(uint64(len(b)))
	return string(b)
}
