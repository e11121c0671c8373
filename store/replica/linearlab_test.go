package replica

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(nodeEnv); path != "" {
		os.Exit(nodeMain(path))
	}
	os.Exit(m.Run())
}

// processes is a group whose members are processes on real files.
type processes struct {
	t        testing.TB
	dir      string
	hub      *hub // nil: the machine gives no networks of their own
	operator *key.Signer
	network  wire.Digest
	broken   string
	beat     time.Duration
	hint     atomic.Int32 // who led last

	mu      sync.Mutex // guards what follows
	signed  tacit.Signed[Membership]
	members []*process
}

// process is a member.
type process struct {
	i      int
	cfg    linNode
	member Member
	skew   time.Duration // of its monotonic clock, where the machine has namespaces of time

	mu      sync.Mutex // guards what follows
	cmd     *exec.Cmd
	gone    chan struct{} // closed when the process has ended
	wanted  bool          // it is to be started again when it ends by itself
	crashed int
}

// namespaces makes a process have a network of its own, as root or not.
func namespaces() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Cloneflags: syscall.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		a.Cloneflags |= syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return a
}

// pair are two connected sockets; the second is for a child.
func pair() (int, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, err
	}
	return fds[0], os.NewFile(uintptr(fds[1]), "child"), nil
}

// ownNetworks reports whether processes can have networks of their own, else why not.
func ownNetworks() error {
	here, there, err := pair()
	if err != nil {
		return err
	}
	defer unix.Close(here)
	defer there.Close()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), nodeEnv+"="+probe)
	cmd.ExtraFiles = []*os.File{there}
	cmd.SysProcAttr = namespaces()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// ownClocks reports whether processes can have clocks of their own.
func ownClocks() bool {
	return exec.Command("unshare", "-T", "--monotonic", "100", "true").Run() == nil
}

// newProcesses founds a group of n.
func newProcesses(t testing.TB, n int, seed uint64, broken string) *processes {
	t.Helper()
	dir, err := os.MkdirTemp("", "lin") // short, for the names of sockets
	must(t, err)
	operator, err := key.NewSigner()
	must(t, err)
	p := &processes{t: t, dir: dir, operator: operator, network: wire.Sum([]byte("linear")), broken: broken, beat: 500 * time.Millisecond}
	if err := ownNetworks(); err != nil {
		t.Logf("no networks of their own, so that partitions are made inside the members and packets are not lost, doubled or delayed: %v", err)
	} else {
		p.hub = newHub(seed)
	}
	var members []Member
	for range n {
		m, err := p.add()
		must(t, err)
		members = append(members, m.member)
	}
	p.signed = tacit.Sign(p.network, operator, Found(members...))
	t.Cleanup(p.close)
	for _, m := range p.members {
		must(t, p.start(m))
	}
	return p
}

func (p *processes) close() {
	for _, m := range p.all() {
		p.kill(m)
	}
	if p.t.Failed() && os.Getenv("TACIT_LINEAR_KEEP") != "" {
		p.t.Logf("kept: %s", p.dir)
		return
	}
	os.RemoveAll(p.dir)
}

func (p *processes) all() []*process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*process(nil), p.members...)
}

// add makes a member that is not in the group yet.
func (p *processes) add() (*process, error) {
	signer, err := key.NewSigner()
	if err != nil {
		return nil, err
	}
	seal, err := key.NewSealer()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := len(p.members)
	m := &process{i: i}
	host, port := fmt.Sprintf("127.7.7.%d", i+1), 0
	if p.hub != nil {
		host, port = fmt.Sprintf("10.77.0.%d", i+1), 7000
	} else {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return nil, err
		}
		port = l.Addr().(*net.TCPAddr).Port
		l.Close()
	}
	m.cfg = linNode{Index: i, Dir: filepath.Join(p.dir, fmt.Sprint(i), "disk"), Key: digestBytes(i), Signer: signer.Secret(), Network: p.network,
		Operator: p.operator.Address(), Listen: fmt.Sprintf("%s:%d", host, port), Tun: p.hub != nil, Heartbeat: p.beat, Broken: p.broken}
	if m.cfg.Seal, err = seal.Secret(); err != nil {
		return nil, err
	}
	m.member = Member{Key: signer.Address(), Seal: seal.Recipient(), Address: m.cfg.Listen}
	p.members = append(p.members, m)
	return m, os.MkdirAll(filepath.Join(p.dir, fmt.Sprint(i)), 0o700)
}

// start starts a member's process, and again whenever it ends by itself.
func (p *processes) start(m *process) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wanted = true
	if m.cmd != nil {
		return nil
	}
	p.mu.Lock()
	m.cfg.Membership = p.signed
	p.mu.Unlock()
	b, err := json.Marshal(m.cfg)
	if err != nil {
		return err
	}
	path := filepath.Join(p.dir, fmt.Sprint(m.i), "config")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(exe)
	if m.skew != 0 {
		cmd = exec.Command("unshare", "-T", "--monotonic", fmt.Sprint(int(m.skew/time.Second)), exe)
	}
	cmd.Env = append(os.Environ(), nodeEnv+"="+path, "GOMAXPROCS=2")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	here := -1
	if p.hub != nil {
		var there *os.File
		if here, there, err = pair(); err != nil {
			return err
		}
		defer unix.Close(here)
		defer there.Close()
		cmd.ExtraFiles = []*os.File{there}
		cmd.SysProcAttr = namespaces()
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if p.hub != nil {
		cmd.ExtraFiles[0].Close()
		if err := p.hub.take(here, byte(m.i+1)); err != nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			return err
		}
	}
	gone := make(chan struct{})
	m.cmd, m.gone = cmd, gone
	go func() {
		_ = cmd.Wait()
		if p.hub != nil {
			p.hub.unplug(byte(m.i + 1))
		}
		m.mu.Lock()
		m.cmd = nil
		again := m.wanted
		if again {
			m.crashed++
		}
		m.mu.Unlock()
		close(gone)
		if again {
			time.Sleep(300 * time.Millisecond)
			m.mu.Lock()
			again = m.wanted
			m.mu.Unlock()
			if again {
				if err := p.start(m); err != nil {
					p.t.Logf("member %d does not start: %v", m.i, err)
				}
			}
		}
	}()
	return nil
}

// signal sends a signal, if the member runs.
func (m *process) signal(s syscall.Signal) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cmd == nil {
		return
	}
	_ = m.cmd.Process.Signal(s)
	for range 1000 { // a process of many threads stops after a while
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", m.cmd.Process.Pid))
		if s != syscall.SIGSTOP || err != nil || strings.Contains(string(stat), ") T ") {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// kill ends a member's process at once, and waits.
func (p *processes) kill(m *process) {
	m.mu.Lock()
	m.wanted = false
	gone := m.gone
	if m.cmd != nil {
		_ = m.cmd.Process.Kill()
	}
	m.mu.Unlock()
	if gone != nil {
		<-gone
	}
}

// line is a connection to a member, one question at a time.
type line struct {
	conn net.Conn
	in   *gob.Decoder
	out  *gob.Encoder
}

// errUnsent is that a question did not leave.
var errUnsent = errors.New("not sent")

func (p *processes) dial(i int) (*line, error) {
	conn, err := net.DialTimeout("unix", filepath.Join(p.dir, fmt.Sprint(i), "sock"), time.Second)
	if err != nil {
		return nil, errUnsent
	}
	return &line{conn, gob.NewDecoder(conn), gob.NewEncoder(conn)}, nil
}

func (l *line) ask(q linReq, patience time.Duration) (linRes, error) {
	var res linRes
	_ = l.conn.SetDeadline(time.Now().Add(patience))
	if err := l.out.Encode(q); err != nil {
		return res, err // perhaps in part
	}
	if err := l.in.Decode(&res); err != nil {
		return linRes{}, err
	}
	if res.Code != "" {
		return res, &fault.Error{Code: fault.Code(res.Code), Op: res.Detail}
	}
	return res, nil
}

// once asks a member on a connection of its own.
func (p *processes) once(i int, q linReq) (linRes, error) {
	l, err := p.dial(i)
	if err != nil {
		return linRes{}, err
	}
	defer l.conn.Close()
	return l.ask(q, 3*time.Second)
}

// statuses asks the members that answer.
func (p *processes) statuses() map[int]Status {
	all := map[int]Status{}
	for _, m := range p.all() {
		if res, err := p.once(m.i, linReq{Do: "status"}); err == nil {
			all[m.i] = res.Status
		}
	}
	return all
}

// leader waits for a member that serves and answers a read.
func (p *processes) leader(patience time.Duration) (*process, error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, m := range p.all() {
			if _, err := p.once(m.i, linReq{Do: "range", Key: "a", End: "b", Limit: 1}); err == nil {
				p.hint.Store(int32(m.i))
				return m, nil
			}
		}
	}
	return nil, fmt.Errorf("nobody serves after %v: %+v", patience, p.statuses())
}

// offer has the operator sign a membership and hands it to everybody who answers.
func (p *processes) offer(change func(members []Member) []Member) error {
	p.mu.Lock()
	body := p.signed.Body
	body.Number++
	body.Members = change(append([]Member(nil), body.Members...))
	p.signed = tacit.Sign(p.network, p.operator, body)
	b, err := wire.Marshal(labelSigned, p.signed)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	for _, m := range p.all() {
		_, _ = p.once(m.i, linReq{Do: "offer", Signed: b})
	}
	return nil
}
