package wasm

import "slices"

// The flags of path_open.
const (
	openCreate    = 1
	openDirectory = 2
	openExclusive = 4
	openTruncate  = 8
)

// base finds the folder that a path starts in, and the path.
func (r *run) base(fd, ptr, n uint32) (*node, string, errno) {
	path := r.text(ptr, n)
	f, e := r.folder(fd)
	if e != 0 {
		return nil, "", e
	}
	return f.node, path, 0
}

func (r *run) pathOpen(p params) errno {
	res := r.view(p.u32(8), 4)
	base, path, e := r.base(p.u32(0), p.u32(2), p.u32(3))
	if e != 0 {
		return e
	}
	flags, rights := p.u32(4), p.u64(5)
	parent, name, mustDir, e := r.tree.walk(base, path)
	if e != 0 {
		return e
	}
	n := parent
	if name != "." {
		n = parent.children[name]
	}
	fd := slices.Index(r.files, nil)
	if fd < 0 && len(r.files) >= maxOpen {
		return eMfile
	}
	f := &file{read: rights&rightRead != 0, write: rights&rightWrite != 0, flags: uint16(p.u32(7)) & 0x1f}
	mustDir = mustDir || flags&openDirectory != 0
	switch {
	case n == nil && flags&openCreate == 0:
		return eNoent
	case n == nil && mustDir:
		return eNoent
	case n == nil:
		if n, e = r.tree.create(parent, name, false); e != 0 {
			return e
		}
	case flags&(openCreate|openExclusive) == openCreate|openExclusive:
		return eExist
	case n.dir() && flags&(openTruncate|openCreate) != 0:
		return eIsdir
	case n.dir():
		// The rights of a folder are those to what is in it.
		f.read, f.write = true, false
	case mustDir:
		return eNotdir
	case n.use != nil: // it takes what is written, and keeps nothing
	case f.write || flags&openTruncate != 0:
		if n.area == nil {
			return eRofs
		}
		if flags&openTruncate != 0 {
			if e := n.resize(0); e != 0 {
				return e
			}
		}
	}
	f.node = n
	n.refs++
	if fd < 0 {
		fd = len(r.files)
		r.files = append(r.files, nil)
	}
	r.files[fd] = f
	little.PutUint32(res, uint32(fd))
	return 0
}

func (r *run) pathFilestatGet(p params) errno {
	res := r.view(p.u32(4), 64)
	base, path, e := r.base(p.u32(0), p.u32(2), p.u32(3))
	if e != 0 {
		return e
	}
	n, e := r.tree.find(base, path)
	if e != 0 {
		return e
	}
	r.putStat(res, n)
	return 0
}

// pathSetTimes accepts any time and keeps none: every time is the job's clock.
func (r *run) pathSetTimes(p params) errno {
	base, path, e := r.base(p.u32(0), p.u32(2), p.u32(3))
	if e != 0 {
		return e
	}
	_, e = r.tree.find(base, path)
	return e
}

func (r *run) pathReadlink(p params) errno {
	r.view(p.u32(3), uint64(p.u32(4)))
	r.view(p.u32(5), 4)
	base, path, e := r.base(p.u32(0), p.u32(1), p.u32(2))
	if e != 0 {
		return e
	}
	if _, e := r.tree.find(base, path); e != 0 {
		return e
	}
	return eInval // nothing is a link
}

func (r *run) pathCreateDirectory(p params) errno {
	base, path, e := r.base(p.u32(0), p.u32(1), p.u32(2))
	if e != 0 {
		return e
	}
	parent, name, _, e := r.tree.walk(base, path)
	switch {
	case e != 0:
		return e
	case name == "." || parent.children[name] != nil:
		return eExist
	}
	_, e = r.tree.create(parent, name, true)
	return e
}

func (r *run) pathRemoveDirectory(p params) errno { return r.remove(p, true) }
func (r *run) pathUnlinkFile(p params) errno      { return r.remove(p, false) }

func (r *run) remove(p params, dir bool) errno {
	base, path, e := r.base(p.u32(0), p.u32(1), p.u32(2))
	if e != 0 {
		return e
	}
	parent, name, mustDir, e := r.tree.walk(base, path)
	switch {
	case e != 0:
		return e
	case name == ".":
		return eInval
	case mustDir && !dir:
		return eNotdir
	}
	return r.tree.remove(parent, name, dir)
}

func (r *run) pathRename(p params) errno {
	oldBase, oldPath, e := r.base(p.u32(0), p.u32(1), p.u32(2))
	if e != 0 {
		return e
	}
	newBase, newPath, e := r.base(p.u32(3), p.u32(4), p.u32(5))
	if e != 0 {
		return e
	}
	from, old, _, e := r.tree.walk(oldBase, oldPath)
	if e != 0 {
		return e
	}
	to, name, _, e := r.tree.walk(newBase, newPath)
	if e != 0 {
		return e
	}
	if old == "." || name == "." {
		return eInval
	}
	return r.tree.rename(from, old, to, name)
}
