package image

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"tacit/fault"
)

// A File is one file of an initial file system, owned by root, of no date.
type File struct {
	Path string // such as "/init"
	Mode uint32 // permissions
	Data []byte
}

// FileSystem packs files, with the folders that they lie in, into an archive
// that a kernel unpacks as its first file system (newc format of cpio). The
// order of the files does not matter.
func FileSystem(files []File) ([]byte, error) {
	folders, seen := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		p := path.Clean("/" + f.Path)
		if p == "/" || p != f.Path || strings.ContainsRune(p, 0) || seen[p] {
			return nil, fault.New(fault.APIPath, "pack initial file system: path %q: want a clean one, once", f.Path)
		}
		seen[p] = true
		for dir := path.Dir(p); dir != "/"; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	type entry struct {
		path string
		mode uint32
		data []byte
	}
	var all []entry
	for dir := range folders {
		all = append(all, entry{dir, 0o040755, nil})
	}
	for _, f := range files {
		all = append(all, entry{f.Path, 0o100000 | f.Mode&0o777, f.Data})
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	var out bytes.Buffer
	pad := func() { out.Write(make([]byte, (4-out.Len()%4)%4)) }
	for i, e := range append(all, entry{"/TRAILER!!!", 0, nil}) {
		name := e.path[1:] + "\x00"
		// magic, inode, mode, uid, gid, links, time, size, device, special device, name, checksum
		fmt.Fprintf(&out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
			i+1, e.mode, 0, 0, 1, 0, len(e.data), 0, 0, 0, 0, len(name), 0)
		out.WriteString(name)
		pad()
		out.Write(e.data)
		pad()
	}
	return out.Bytes(), nil
}
