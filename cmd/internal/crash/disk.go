package crash

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Disk knows what of a folder a power cut would leave: each file as it was when
// it was last synced, under the names that its folder had when that was last
// synced. It learns of every fsync and fdatasync of a process from the kernel,
// before the call goes on.
//
// It takes for durable what was there when it began. It does not cut a write in
// two, and it forgets no write that the kernel would by chance have kept.
type Disk struct {
	folder string
	copies string
	stop   func()

	mu    sync.Mutex                   // guards what follows
	files map[uint64]string            // inode: its durable copy
	names map[string]map[string]uint64 // folder: what is durably in it
	syncs int
	fail  bool // the next fsync is EIO
}

// WatchDisk begins to watch folder for the programs of a kind that start from
// now on. copies is an empty folder.
func (n *Net) WatchDisk(kind, folder, copies string) (*Disk, error) {
	d := &Disk{folder: folder, copies: copies, files: map[uint64]string{}, names: map[string]map[string]uint64{}}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			err = d.list(path)
		} else if err == nil && e.Type().IsRegular() {
			err = d.keep(path, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(n.ctl, "watch-"+kind), Net: "unix"})
	if err != nil {
		return nil, err
	}
	d.stop = func() { l.Close() }
	go func() {
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			if fd, err := takeFD(c); err == nil {
				go d.serve(fd)
			}
		}
	}()
	return d, nil
}

func takeFD(c *net.UnixConn) (int, error) {
	defer c.Close()
	one, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	_, k, _, _, err := c.ReadMsgUnix(one, oob)
	if err != nil {
		return 0, err
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:k])
	if err != nil || len(msgs) != 1 {
		return 0, errors.Join(err, errors.New("no descriptor came"))
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 {
		return 0, errors.Join(err, errors.New("no descriptor came"))
	}
	return fds[0], nil
}

// The kernel's messages (seccomp_unotify(2)): struct seccomp_notif has 80 bytes,
// seccomp_notif_resp 24.
const (
	notifyReceive  = 0xc0502100
	notifyAnswer   = 0xc0182101
	answerContinue = 1
)

func (d *Disk) serve(fd int) {
	defer unix.Close(fd)
	for {
		var ask [80]byte
		if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), notifyReceive, uintptr(unsafe.Pointer(&ask))); errno != 0 {
			if errno == unix.EINTR || errno == unix.ENOENT {
				continue
			}
			return // the process is gone
		}
		id, pid := binary.NativeEndian.Uint64(ask[0:]), binary.NativeEndian.Uint32(ask[8:])
		file := binary.NativeEndian.Uint64(ask[32:]) // the first argument
		var answer [24]byte
		binary.NativeEndian.PutUint64(answer[0:], id)
		if d.synced(fmt.Sprintf("/proc/%d/fd/%d", pid, file)) {
			binary.NativeEndian.PutUint32(answer[20:], answerContinue)
		} else {
			binary.NativeEndian.PutUint32(answer[16:], ^uint32(unix.EIO)+1)
		}
		_, _, _ = unix.Syscall(unix.SYS_IOCTL, uintptr(fd), notifyAnswer, uintptr(unsafe.Pointer(&answer)))
	}
}

// synced takes note of a sync that is about to happen, or says that it is to
// fail.
func (d *Disk) synced(link string) bool {
	path, err := os.Readlink(link)
	if err != nil || !strings.HasPrefix(path, d.folder) {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail {
		d.fail = false
		return false
	}
	d.syncs++
	info, err := os.Stat(link)
	if err == nil && info.IsDir() {
		return d.list(path) == nil
	}
	return err == nil && d.keep(link, path) == nil
}

// keep copies a file as what is durable of its inode.
func (d *Disk) keep(from, _ string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	inode := info.Sys().(*syscall.Stat_t).Ino
	to := filepath.Join(d.copies, fmt.Sprint(inode))
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, f); err != nil {
		return errors.Join(err, out.Close())
	}
	d.files[inode] = to
	return out.Close()
}

// list keeps what is in a folder now.
func (d *Disk) list(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	names := map[string]uint64{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			names[e.Name()] = info.Sys().(*syscall.Stat_t).Ino
		}
	}
	d.names[folder] = names
	return nil
}

// FailNext lets the next sync fail with EIO.
func (d *Disk) FailNext() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = true
}

// Syncs is how many syncs were seen.
func (d *Disk) Syncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.syncs
}

// Cut makes the folder what a power cut leaves of it. It returns how many files
// went, or went back.
func (d *Disk) Cut() (lost int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return lost, d.restore(d.folder, &lost)
}

func (d *Disk) restore(folder string, lost *int) error {
	durable := d.names[folder]
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if _, ok := durable[e.Name()]; !ok {
			*lost++
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	for name, inode := range durable {
		path := filepath.Join(folder, name)
		info, err := os.Lstat(path)
		if err == nil && info.IsDir() {
			if err := d.restore(path, lost); err != nil {
				return err
			}
			continue
		}
		if err == nil && !info.Mode().IsRegular() {
			continue
		}
		var was []byte // a name without content that was ever synced is empty
		if c := d.files[inode]; c != "" {
			if was, err = os.ReadFile(c); err != nil {
				return err
			}
		}
		now, err := os.ReadFile(path)
		if err == nil && string(now) == string(was) {
			continue
		}
		*lost++
		mode := os.FileMode(0o600)
		if info != nil {
			mode = info.Mode().Perm()
		}
		if err := errors.Join(os.RemoveAll(path), os.WriteFile(path, was, mode)); err != nil {
			return err
		}
	}
	return nil
}

// PowerCut kills a watched process at a step, or at once if step is empty, drops
// what it had not synced and lets it start again on what remains.
func (n *Net) PowerCut(ctx context.Context, d *Disk, kind, name, step string) (lost int, err error) {
	hold := filepath.Join(n.ctl, "hold-"+programOf(kind))
	if err := os.WriteFile(hold, nil, 0o600); err != nil {
		return 0, err
	}
	defer os.Remove(hold)
	pid := n.pid(name)
	if step != "" {
		if err := n.Arm(name, step, "1*sleep(60000)"); err != nil {
			return 0, err
		}
		if n.hit(ctx, []string{n.socket(kind, name)}, step, 0, time.Minute) == "" {
			return 0, fmt.Errorf("%s did not reach %s", name, step)
		}
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return 0, err
	}
	for syscall.Kill(pid, 0) == nil && ctx.Err() == nil {
		continue
	}
	return d.Cut()
}
