package wasm

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tacit"
	"tacit/fault"
)

// errno is an error number of WASI preview 1.
type errno uint32

// The error numbers that this host gives.
const (
	eAcces       errno = 2
	eBadf        errno = 8
	eExist       errno = 20
	eFbig        errno = 22
	eIlseq       errno = 25
	eInval       errno = 28
	eIsdir       errno = 31
	eMfile       errno = 33
	eNametoolong errno = 37
	eNoent       errno = 44
	eNospc       errno = 51
	eNotdir      errno = 54
	eNotempty    errno = 55
	eNotsup      errno = 58
	ePerm        errno = 63
	eRofs        errno = 69
	eSpipe       errno = 70
	eXdev        errno = 75
	eNotcapable  errno = 76
)

const (
	maxName  = 255
	maxPath  = 4096
	maxNodes = 1 << 13 // files and folders that a guest may have at once
	maxDepth = 64      // of folders
	maxOpen  = 256
	// nodeCost is what a file or folder counts in the room of /tmp for its name
	// and bookkeeping, in bytes.
	nodeCost = 512
)

// An area is a writable subtree with its account. What counts is what takes
// memory: a removed file counts until its last descriptor is closed.
type area struct {
	bytes, files     int64
	mostBytes        int64
	mostFiles        int64
	over             fault.Code // ends the guest when an account is overdrawn; "" gives it ENOSPC
	guestMemoryBytes func() int64
}

// reserve takes bytes and files from the account.
func (a *area) reserve(bytes, files int64) errno {
	used := a.bytes
	if a.guestMemoryBytes != nil {
		used += a.guestMemoryBytes()
	}
	if bytes > a.mostBytes-used && bytes > 0 || files > a.mostFiles-a.files && files > 0 {
		if a.over != "" {
			panic(halt{code: a.over, why: "the output is larger or has more files than the limit"})
		}
		return eNospc
	}
	a.bytes += bytes
	a.files += files
	return 0
}

// A node is a file or folder.
type node struct {
	ino      uint64
	area     *area // nil: read-only
	parent   *node
	children map[string]*node             // nil for a file
	data     []byte                       // of a writable file
	src      io.ReaderAt                  // of a read-only file
	size     int64                        // of a read-only file
	use      func([]byte) ([]byte, error) // of a key
	refs     int                          // names and descriptors that hold it
}

func (n *node) dir() bool { return n.children != nil }

func (n *node) length() int64 {
	if n.src != nil {
		return n.size
	}
	return int64(len(n.data))
}

// A tree is the guest's file system. It belongs to one run and is used by its
// goroutine only.
type tree struct {
	root  *node
	out   *node
	nodes int
	inos  uint64
}

// newTree builds the file system of a job. inMemory tells the bytes of the
// guest's linear memory, which share one limit with /tmp.
func newTree(job tacit.Job, out *area, inMemory func() int64) *tree {
	t := &tree{}
	tmp := &area{mostBytes: job.Limits.Memory, mostFiles: maxNodes, guestMemoryBytes: inMemory}
	t.root = t.newNode(nil, true)
	data := t.newNode(nil, true)
	t.link(t.root, "data", data)
	t.out = t.newNode(out, true)
	t.link(t.root, "out", t.out)
	t.link(t.root, "tmp", t.newNode(tmp, true))
	for _, in := range job.Inputs {
		f := t.newNode(nil, false)
		f.src, f.size = in.Data, in.Size
		t.link(data, in.Alias, f)
	}
	if job.Params != nil {
		f := t.newNode(nil, false)
		f.src, f.size = strings.NewReader(string(job.Params)), int64(len(job.Params))
		t.link(t.root, "params.json", f)
	}
	if len(job.Secrets) > 0 {
		secrets := t.newNode(nil, true)
		t.link(t.root, "secrets", secrets)
		for _, s := range job.Secrets {
			f := t.newNode(nil, false)
			f.src, f.size = bytes.NewReader(s.Data), int64(len(s.Data))
			t.link(secrets, s.Name, f)
		}
	}
	if len(job.Keys) > 0 {
		keys := t.newNode(nil, true)
		t.link(t.root, "keys", keys)
		for _, k := range job.Keys {
			f := t.newNode(nil, false)
			f.use = k.Use
			t.link(keys, k.Name, f)
		}
	}
	t.nodes = 0 // only what the guest makes counts
	return t
}

func (t *tree) newNode(a *area, dir bool) *node {
	t.nodes++
	t.inos++
	n := &node{ino: t.inos, area: a}
	if dir {
		n.children = map[string]*node{}
	}
	return n
}

func (t *tree) link(parent *node, name string, n *node) {
	parent.children[name] = n
	n.parent = parent
	n.refs++
}

// release drops one hold of a node and gives its room back after the last.
func (t *tree) release(n *node) {
	n.refs--
	if n.refs > 0 || n.area == nil {
		return
	}
	files := int64(0)
	if !n.dir() {
		files = 1
	}
	n.area.bytes -= int64(len(n.data)) + n.area.perNode()
	n.area.files -= files
	n.data = nil
	t.nodes--
}

// perNode is what a node costs beside its bytes: nothing in /out, whose limit
// is about content, and its bookkeeping in /tmp.
func (a *area) perNode() int64 {
	if a.over != "" {
		return 0
	}
	return nodeCost
}

// create makes a file or folder in a writable folder.
func (t *tree) create(parent *node, name string, dir bool) (*node, errno) {
	if parent.area == nil {
		return nil, eRofs
	}
	if parent.refs == 0 || parent.parent == nil {
		return nil, eNoent // the folder itself was removed
	}
	if t.nodes >= maxNodes {
		return nil, eNospc
	}
	if depth(parent) >= maxDepth {
		return nil, eNametoolong
	}
	files := int64(1)
	if dir {
		files = 0
	}
	if e := parent.area.reserve(parent.area.perNode(), files); e != 0 {
		return nil, e
	}
	n := t.newNode(parent.area, dir)
	t.link(parent, name, n)
	return n, 0
}

// remove takes a name away.
func (t *tree) remove(parent *node, name string, dir bool) errno {
	n := parent.children[name]
	switch {
	case n == nil:
		return eNoent
	case parent.area == nil:
		return eRofs
	case dir && !n.dir():
		return eNotdir
	case !dir && n.dir():
		return eIsdir
	case len(n.children) > 0:
		return eNotempty
	}
	delete(parent.children, name)
	n.parent = nil
	t.release(n)
	return 0
}

// depth counts the folders above a node.
func depth(n *node) int {
	d := 0
	for ; n.parent != nil; n = n.parent {
		d++
	}
	return d
}

// rename moves a name inside one area, replacing what may be replaced.
func (t *tree) rename(from *node, old string, to *node, name string) errno {
	n := from.children[old]
	switch {
	case n == nil:
		return eNoent
	case from.area == nil || to.area == nil:
		return eRofs
	case from.area != to.area:
		return eXdev
	case to.parent == nil:
		return eNoent
	case from != to && len(n.children) > 0:
		return eXdev // so that no move makes a tree deeper than maxDepth
	case depth(to) >= maxDepth:
		return eNametoolong
	}
	for up := to; up != nil; up = up.parent {
		if up == n {
			return eInval
		}
	}
	if there := to.children[name]; there == n {
		return 0
	} else if there != nil {
		if n.dir() && !there.dir() {
			return eNotdir
		}
		if e := t.remove(to, name, n.dir()); e != 0 {
			return e
		}
	}
	delete(from.children, old)
	to.children[name] = n
	n.parent = to
	return 0
}

// resize sets the length of a writable file.
func (n *node) resize(size int64) errno {
	if n.area == nil {
		return eRofs
	}
	if size < 0 {
		return eInval
	}
	if e := n.area.reserve(size-int64(len(n.data)), 0); e != 0 {
		return e
	}
	if size <= int64(len(n.data)) {
		n.data = n.data[:size]
		if int(size) < cap(n.data)/2 {
			n.data = slices.Clone(n.data) // or the room given back would still be held
		}
		return 0
	}
	old := len(n.data)
	n.data = slices.Grow(n.data, int(size)-old)[:size]
	clear(n.data[old:])
	return 0
}

// writeAt writes into a writable file and extends it where it must.
func (n *node) writeAt(p []byte, off int64) errno {
	if off < 0 || off > 1<<62 {
		return eFbig
	}
	if end := off + int64(len(p)); end > int64(len(n.data)) && len(p) > 0 {
		if e := n.resize(end); e != 0 {
			return e
		}
	}
	if len(p) > 0 {
		copy(n.data[off:], p)
	}
	return 0
}

// readAt reads what there is, at most len(p) bytes.
func (n *node) readAt(p []byte, off int64) int {
	if off < 0 || off >= n.length() {
		return 0
	}
	if most := n.length() - off; int64(len(p)) > most {
		p = p[:most]
	}
	if n.src == nil {
		return copy(p, n.data[off:])
	}
	if got, err := n.src.ReadAt(p, off); got < len(p) {
		// An input that cannot be read is the host's fault, and what was read
		// before it cannot make a result.
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		panic(halt{host: err})
	}
	return len(p)
}

// checkName refuses what is not one plain name. Names leave the enclave with
// the output, so they hold no control characters and no second separator.
func checkName(name string) errno {
	switch {
	case name == "":
		return eNoent
	case len(name) > maxName:
		return eNametoolong
	case !utf8.ValidString(name):
		return eIlseq
	case strings.ContainsFunc(name, func(c rune) bool { return c == '/' || c == '\\' || unicode.IsControl(c) }):
		return eInval
	}
	return 0
}

// walk finds the folder that holds the last component of a path, and that
// component: "." if the path is the folder itself. mustDir reports a trailing
// slash. A path may not leave the folder it starts in.
func (t *tree) walk(base *node, path string) (parent *node, name string, mustDir bool, e errno) {
	switch {
	case !base.dir():
		return nil, "", false, eNotdir
	case path == "":
		return nil, "", false, eNoent
	case len(path) > maxPath:
		return nil, "", false, eNametoolong
	case strings.HasPrefix(path, "/"):
		return nil, "", false, eNotcapable
	}
	mustDir = strings.HasSuffix(path, "/")
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	at := base
	for i, part := range parts {
		switch part {
		case ".":
			continue
		case "..":
			if at == base {
				return nil, "", false, eNotcapable
			}
			if at = at.parent; at == nil {
				return nil, "", false, eNoent
			}
			continue
		}
		if e := checkName(part); e != 0 {
			return nil, "", false, e
		}
		if i == len(parts)-1 {
			return at, part, mustDir, 0
		}
		next := at.children[part]
		if next == nil {
			return nil, "", false, eNoent
		}
		if !next.dir() {
			return nil, "", false, eNotdir
		}
		at = next
	}
	return at, ".", true, 0
}

// find returns the node at a path.
func (t *tree) find(base *node, path string) (*node, errno) {
	parent, name, mustDir, e := t.walk(base, path)
	if e != 0 {
		return nil, e
	}
	n := parent
	if name != "." {
		n = parent.children[name]
	}
	if n == nil {
		return nil, eNoent
	}
	if mustDir && !n.dir() {
		return nil, eNotdir
	}
	return n, 0
}

// outputs lists the files under /out by name, in byte order.
func (t *tree) outputs() []tacit.Output {
	var list []tacit.Output
	var visit func(prefix string, n *node)
	visit = func(prefix string, n *node) {
		for name, child := range n.children {
			if child.dir() {
				visit(prefix+name+"/", child)
				continue
			}
			list = append(list, tacit.Output{Name: prefix + name, Data: child.data})
		}
	}
	visit("", t.out)
	slices.SortFunc(list, func(a, b tacit.Output) int { return strings.Compare(a.Name, b.Name) })
	return list
}
