package wasm

import (
	"maps"
	"math"
	"slices"
)

// A file is an open descriptor.
type file struct {
	node    *node // nil for a standard stream
	std     int   // 1 standard input, 2 output, 3 error
	preopen bool
	read    bool
	write   bool
	flags   uint16 // fdflags; bit 0 appends
	off     int64
	list    []string // names in the folder, as they were when it was read from its start
	asked   *use     // of a key, between the first write and the last read
}

const flagAppend = 1

// File types of WASI preview 1. A stream's is unknown, so that no C library
// takes it for a terminal and flushes every line.
const (
	typeUnknown = 0
	typeDir     = 3
	typeFile    = 4
)

// Rights of WASI preview 1, as told by fd_fdstat_get. What counts here is
// whether a descriptor reads and writes.
const (
	rightRead   = 1 << 1
	rightWrite  = 1 << 6
	rightsRead  = rightRead | 1<<2 | 1<<5 | 1<<7 | 1<<21 | 1<<27
	rightsWrite = rightWrite | 1<<0 | 1<<3 | 1<<4 | 1<<8 | 1<<22 | 1<<23
	rightsDir   = 1<<28 - 1
)

func (r *run) open(fd uint32) *file {
	if uint64(fd) >= uint64(len(r.files)) {
		return nil
	}
	return r.files[fd]
}

// regular returns an open file that is no folder, no stream and no key.
func (r *run) regular(fd uint32) (*file, errno) {
	f := r.open(fd)
	switch {
	case f == nil:
		return nil, eBadf
	case f.std != 0 || f.node.use != nil:
		return nil, eSpipe
	case f.node.dir():
		return nil, eIsdir
	}
	return f, 0
}

func (r *run) folder(fd uint32) (*file, errno) {
	f := r.open(fd)
	switch {
	case f == nil:
		return nil, eBadf
	case f.std != 0 || !f.node.dir():
		return nil, eNotdir
	}
	return f, 0
}

func (r *run) fdRead(p params) errno {
	bufs, res, e := r.buffers(p.u32(1), p.u32(2), p.u32(3), true)
	f := r.open(p.u32(0))
	switch {
	case e != 0:
		return e
	case f == nil || f.std > 1 || f.std == 0 && !f.read:
		return eBadf
	case f.std == 1: // empty
		little.PutUint32(res, 0)
		return 0
	case f.node.dir():
		return eIsdir
	case f.node.use != nil:
		n, e := r.readKey(f, bufs)
		if e == 0 {
			little.PutUint32(res, n)
		}
		return e
	}
	n := r.readInto(f.node, bufs, f.off)
	f.off += int64(n)
	little.PutUint32(res, n)
	return 0
}

func (r *run) fdPread(p params) errno {
	bufs, res, e := r.buffers(p.u32(1), p.u32(2), p.u32(4), true)
	f, e2 := r.regular(p.u32(0))
	switch {
	case e != 0:
		return e
	case e2 != 0:
		return e2
	case !f.read:
		return eBadf
	case p.u64(3) > math.MaxInt64:
		return eInval
	}
	little.PutUint32(res, r.readInto(f.node, bufs, int64(p.u64(3))))
	return 0
}

// readInto fills the buffers from a file, paying for each before it is filled.
func (r *run) readInto(n *node, bufs [][]byte, off int64) uint32 {
	var total uint32
	for _, b := range bufs {
		left := n.length() - off
		if left <= 0 {
			break
		}
		b = b[:min(int64(len(b)), left)]
		r.charge(uint64(len(b)))
		got := n.readAt(b, off)
		off += int64(got)
		total += uint32(got)
	}
	return total
}

func (r *run) fdWrite(p params) errno {
	bufs, res, e := r.buffers(p.u32(1), p.u32(2), p.u32(3), false)
	f := r.open(p.u32(0))
	switch {
	case e != 0:
		return e
	case f == nil || f.std == 1 || f.std == 0 && !f.write:
		return eBadf
	}
	if f.std != 0 {
		stream := &r.stdout
		if f.std == 3 {
			stream = &r.stderr
		}
		var total uint32
		for _, b := range bufs {
			r.charge(uint64(len(b)))
			// Overlapping buffers can name more than fits in 32 bits, but never
			// more than the limit of the output.
			r.out.reserve(int64(len(b)), 0)
			*stream = append(*stream, b...)
			total += uint32(len(b))
		}
		little.PutUint32(res, total)
		return 0
	}
	if f.node.use != nil {
		n, e := r.writeKey(f, bufs)
		if e == 0 {
			little.PutUint32(res, n)
		}
		return e
	}
	if f.flags&flagAppend != 0 {
		f.off = f.node.length()
	}
	n, e := r.writeFrom(f.node, bufs, f.off)
	f.off += int64(n)
	if n == 0 && e != 0 {
		return e
	}
	little.PutUint32(res, n)
	return 0
}

func (r *run) fdPwrite(p params) errno {
	bufs, res, e := r.buffers(p.u32(1), p.u32(2), p.u32(4), false)
	f, e2 := r.regular(p.u32(0))
	switch {
	case e != 0:
		return e
	case e2 != 0:
		return e2
	case !f.write:
		return eBadf
	case p.u64(3) > math.MaxInt64:
		return eInval
	}
	n, e := r.writeFrom(f.node, bufs, int64(p.u64(3)))
	if n == 0 && e != 0 {
		return e
	}
	little.PutUint32(res, n)
	return 0
}

// writeFrom writes the buffers to a file and tells how much of them fitted.
func (r *run) writeFrom(n *node, bufs [][]byte, off int64) (uint32, errno) {
	var total uint32
	for _, b := range bufs {
		r.charge(uint64(len(b)))
		if off > n.length() && len(b) > 0 {
			if e := r.setSize(n, off); e != 0 {
				return total, e
			}
		}
		if e := n.writeAt(b, off); e != 0 {
			return total, e
		}
		off += int64(len(b))
		total += uint32(len(b))
	}
	return total, 0
}

func (r *run) fdSeek(p params) errno {
	res := r.view(p.u32(3), 8)
	f, e := r.regular(p.u32(0))
	if e != 0 {
		return e
	}
	var base int64
	switch p.u32(2) {
	case 0:
	case 1:
		base = f.off
	case 2:
		base = f.node.length()
	default:
		return eInval
	}
	delta := int64(p.u64(1))
	to := base + delta
	if delta > 0 && to < base || to < 0 {
		return eInval
	}
	f.off = to
	little.PutUint64(res, uint64(to))
	return 0
}

func (r *run) fdTell(p params) errno {
	res := r.view(p.u32(1), 8)
	f, e := r.regular(p.u32(0))
	if e != 0 {
		return e
	}
	little.PutUint64(res, uint64(f.off))
	return 0
}

func (r *run) fdClose(p params) errno {
	f := r.open(p.u32(0))
	if f == nil {
		return eBadf
	}
	if f.preopen {
		return eNotsup
	}
	r.files[p.u32(0)] = nil
	if f.node != nil {
		r.tree.release(f.node)
	}
	return 0
}

func (r *run) fdRenumber(p params) errno {
	from, to := r.open(p.u32(0)), r.open(p.u32(1))
	if from == nil || to == nil {
		return eBadf
	}
	if from.preopen || to.preopen {
		return eNotsup
	}
	if from == to {
		return 0
	}
	r.files[p.u32(1)], r.files[p.u32(0)] = from, nil
	if to.node != nil {
		r.tree.release(to.node)
	}
	return 0
}

// fdSync stands for calls that have no effect here: what is written is written,
// and times do not change.
func (r *run) fdSync(p params) errno {
	if r.open(p.u32(0)) == nil {
		return eBadf
	}
	return 0
}

func (r *run) fdAllocate(p params) errno {
	f, e := r.regular(p.u32(0))
	off, n := p.u64(1), p.u64(2)
	switch {
	case e != 0:
		return e
	case !f.write:
		return eBadf
	case n == 0 || off > math.MaxInt64/2 || n > math.MaxInt64/2:
		return eInval
	}
	if size := int64(off + n); size > f.node.length() {
		return r.setSize(f.node, size)
	}
	return 0
}

func (r *run) fdFilestatSetSize(p params) errno {
	f, e := r.regular(p.u32(0))
	switch {
	case e != 0:
		return e
	case !f.write:
		return eBadf
	case p.u64(1) > math.MaxInt64:
		return eFbig
	}
	return r.setSize(f.node, int64(p.u64(1)))
}

// setSize pays for the bytes that have to be cleared.
func (r *run) setSize(n *node, size int64) errno {
	if grown := size - n.length(); grown > 0 {
		if e := n.area.reserve(grown, 0); e != 0 {
			return e
		}
		n.area.bytes -= grown
		r.charge(uint64(grown))
	}
	return n.resize(size)
}

func (r *run) fdFdstatGet(p params) errno {
	res := r.view(p.u32(1), 24)
	f := r.open(p.u32(0))
	if f == nil {
		return eBadf
	}
	kind, base, inherit := byte(typeUnknown), uint64(rightWrite), uint64(0)
	switch {
	case f.std == 1:
		base = rightRead
	case f.std != 0:
	case f.node.dir():
		kind, base, inherit = typeDir, rightsDir, rightsDir
	default:
		kind, base = typeFile, 0
		if f.read {
			base |= rightsRead
		}
		if f.write {
			base |= rightsRead&^rightRead | rightsWrite
		}
	}
	clear(res)
	res[0] = kind
	little.PutUint16(res[2:], f.flags)
	little.PutUint64(res[8:], base)
	little.PutUint64(res[16:], inherit)
	return 0
}

func (r *run) fdFdstatSetFlags(p params) errno {
	f := r.open(p.u32(0))
	if f == nil {
		return eBadf
	}
	f.flags = uint16(p.u32(1)) & 0x1f
	return 0
}

func (r *run) fdFilestatGet(p params) errno {
	res := r.view(p.u32(1), 64)
	f := r.open(p.u32(0))
	if f == nil {
		return eBadf
	}
	r.putStat(res, f.node)
	return 0
}

// putStat writes a filestat; every time in it is the job's clock.
func (r *run) putStat(res []byte, n *node) {
	clear(res)
	now := r.clock(0)
	for at := 40; at < 64; at += 8 {
		little.PutUint64(res[at:], now)
	}
	little.PutUint64(res[24:], 1)
	if n == nil {
		return
	}
	little.PutUint64(res[8:], n.ino)
	res[16] = typeFile
	if n.dir() {
		res[16] = typeDir
		return
	}
	little.PutUint64(res[32:], uint64(n.length()))
}

func (r *run) fdPrestatGet(p params) errno {
	res := r.view(p.u32(1), 8)
	f := r.open(p.u32(0))
	if f == nil || !f.preopen {
		return eBadf
	}
	clear(res)
	little.PutUint32(res[4:], 1) // the length of "/"
	return 0
}

func (r *run) fdPrestatDirName(p params) errno {
	res := r.view(p.u32(1), uint64(p.u32(2)))
	f := r.open(p.u32(0))
	if f == nil || !f.preopen {
		return eBadf
	}
	if len(res) < 1 {
		return eNametoolong
	}
	res[0] = '/'
	return 0
}

// fdReaddir lists a folder in byte order of its names, after "." and "..". A
// cookie is the position in the list as it was when it was read from its start.
func (r *run) fdReaddir(p params) errno {
	buf, res := r.view(p.u32(1), uint64(p.u32(2))), r.view(p.u32(4), 4)
	disjoint(span{p.u32(1), uint64(p.u32(2))}, span{p.u32(4), 4})
	f, e := r.folder(p.u32(0))
	if e != 0 {
		return e
	}
	cookie := p.u64(3)
	if cookie == 0 || f.list == nil {
		r.charge(uint64(len(f.node.children)) * entryFuel)
		f.list = append([]string{".", ".."}, slices.Sorted(maps.Keys(f.node.children))...)
	}
	used := 0
	for i := cookie; i < uint64(len(f.list)) && used < len(buf); i++ {
		n := f.node
		switch name := f.list[i]; name {
		case ".":
		case "..":
			if f.node.parent != nil {
				n = f.node.parent
			}
		default:
			if n = f.node.children[name]; n == nil {
				continue // removed since
			}
		}
		entry := make([]byte, 24, 24+maxName)
		little.PutUint64(entry, i+1)
		little.PutUint64(entry[8:], n.ino)
		little.PutUint32(entry[16:], uint32(len(f.list[i])))
		entry[20] = typeFile
		if n.dir() {
			entry[20] = typeDir
		}
		entry = append(entry, f.list[i]...)
		r.charge(uint64(len(entry)))
		used += copy(buf[used:], entry)
	}
	little.PutUint32(res, uint32(used))
	return 0
}
