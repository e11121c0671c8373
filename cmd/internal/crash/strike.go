package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"tacit/wire"
)

// Steps are the failpoints of each kind of process, as docs/failpoints.md has
// them.
var Steps = map[string][]string{
	"dispatcher": {
		"dispatcherBeforeAccept", "dispatcherAccepted", "dispatcherDrawn", "dispatcherBegun", "dispatcherAssigned", "dispatcherLaunched", "dispatcherCertified",
		"dispatcherReleased", "dispatcherRan", "dispatcherRanSaved", "dispatcherBatchMade", "dispatcherBatchSigned", "dispatcherBatchPosted", "dispatcherTaskSettled",
		"storeCommitting", "storeCommitted",
	},
	"manager": {
		"managerDrawn", "managerChallenged", "managerChecked", "managerSpent", "managerRecorded", "managerSealed", "managerGranted",
		"auditJournalled", "auditIntegrating", "storeCommitting", "storeCommitted",
	},
	"verifier": {"verifierAppraised", "verifierJournalled", "verifierHeaderJournalled", "verifierBatchChecked", "verifierBatchJournalled", "storeCommitting"},
	"worker":   {"workerLaunching", "workerLaunched", "workerRunning", "workerLeft", "workerRan"},
	"enclave":  {"enclaveLaunched", "enclaveOpened", "enclaveRan", "enclaveSealed"},
	"gateway":  {"gatewayHeaderSigned", "gatewayHeaderKept", "gatewayPosting", "gatewayPosted", "gatewayClaimed", "storeCommitting"},
	"blobs":    {"blobsReceived", "blobsTreePlaced", "blobsPlaced", "blobsStored"},
	"device":   {"deviceStarted", "deviceEvidence"},
	"chain":    {"chainBlock", "chainSynced"},
}

// programOf is the program behind a kind, as its agent calls it.
func programOf(kind string) string {
	switch kind {
	case "dispatcher", "manager", "enclave":
		return kind
	}
	return "tacitd"
}

// socket is where the agent of a supervised process listens.
func (n *Net) socket(kind, name string) string {
	return filepath.Join(n.ctl, fmt.Sprintf("%s-%d", programOf(kind), n.pid(name)))
}

// how many processes of a kind a devnet has.
var several = map[string]int{"manager": 2, "verifier": 7, "worker": 3}

// A Strike is one process that was stopped at one step, and what became of it.
type Strike struct {
	Kind   string        `json:"role"`
	Name   string        `json:"process"`
	Step   string        `json:"step"`
	Signal string        `json:"signal"` // kill, stop or power
	Hit    bool          `json:"hit"`
	Back   time.Duration `json:"back"` // until it worked again
	Err    error         `json:"-"`
	Tasks  []wire.Digest `json:"-"` // in hand when it was struck
}

// mark is what is known of a process before it is struck.
type mark struct {
	kind, name string
	pid        int
	head       uint64
	log        int64
	blob       wire.Digest
	enclaves   map[string]bool
}

// markOf is the mark of a supervised process as it is now.
func (n *Net) markOf(kind, name string, blob wire.Digest) mark {
	m := mark{kind: kind, name: name, blob: blob, enclaves: map[string]bool{}, pid: n.pid(name)}
	if info, err := os.Stat(filepath.Join(n.home, "log", name+".log")); err == nil {
		m.log = info.Size()
	}
	return m
}

// agents are the sockets of the running programs of a kind.
func (n *Net) agents(program string) []string {
	list, _ := filepath.Glob(filepath.Join(n.ctl, program+"-*"))
	return slices.DeleteFunc(list, func(s string) bool { return syscall.Kill(pidOf(s), 0) != nil })
}

func pidOf(socket string) int {
	_, pid, _ := strings.Cut(filepath.Base(socket), "-")
	v, err := strconv.Atoi(pid)
	if err != nil {
		return 1 << 30
	}
	return v
}

// tell sends one line to an agent and returns its answer.
func tell(socket, line string) (string, error) {
	c, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return "", err
	}
	if _, err := fmt.Fprintln(c, line); err != nil {
		return "", err
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	answer = strings.TrimSpace(answer)
	if err == nil && strings.HasPrefix(answer, "error: ") {
		err = errors.New(answer)
	}
	return answer, err
}

// targets are the agents of all processes of a kind, by name; of enclaves, of
// all that run.
func (n *Net) targets(kind string) map[string]string {
	sockets := map[string]string{}
	if kind == "enclave" {
		for _, s := range n.agents(kind) {
			sockets[s] = kind
		}
		return sockets
	}
	for i := range max(1, several[kind]) {
		name := kind
		if several[kind] > 0 {
			name = fmt.Sprintf("%s-%d", kind, 1+i)
		}
		sockets[n.socket(kind, name)] = name
	}
	return sockets
}

// Arm sets the terms of a failpoint in a supervised process.
func (n *Net) Arm(name, step, terms string) error {
	_, err := tell(n.socket(strings.TrimRight(name, "-0123456789"), name), "enable "+step+" "+terms)
	return err
}

// hitWait is how long a step is waited for; one that no task reaches meanwhile
// is given up. An epoch's steps come within it.
const hitWait = 10 * time.Second

// rare are the steps that do not come with every task.
var rare = []string{"Header", "Batch", "Post", "Claimed", "TreePlaced", "chain"}

// Strike arms a step in every process of a kind, waits until the first is there,
// and kills it or stops it for a while. Then it waits until it works again.
func (n *Net) Strike(ctx context.Context, u *User, kind, step, signal string, blob wire.Digest, r *rand.Rand, inHand func() []wire.Digest) Strike {
	sockets := n.targets(kind)
	s := Strike{Kind: kind, Name: kind, Step: step, Signal: signal}
	skip, pause := r.IntN(3), time.Duration(300+r.IntN(1500))*time.Millisecond
	if kind == "enclave" || slices.ContainsFunc(rare, func(part string) bool { return strings.Contains(step, part) }) {
		skip = 0 // an enclave runs one attempt
	}
	sleep := 2000 // milliseconds: until the kill; who comes second goes on then
	if signal == "stop" {
		sleep = 200
	}
	terms := fmt.Sprintf("1*sleep(%d)", sleep)
	if skip > 0 {
		terms = fmt.Sprintf("%d*off->%s", skip, terms)
	}
	var armed []string
	for _, a := range slices.Sorted(maps.Keys(sockets)) {
		// One that does not answer just ended: an enclave by itself, others with the
		// device that started them. That none ever answers shows in the end, because
		// every kind must have been killed so often.
		if _, err := tell(a, "enable "+step+" "+terms); err == nil {
			armed = append(armed, a)
		}
	}
	r.Shuffle(len(armed), func(i, j int) { armed[i], armed[j] = armed[j], armed[i] })
	defer func() {
		for _, a := range armed {
			_, _ = tell(a, "disable "+step)
		}
	}()
	at := n.hit(ctx, armed, step, skip, hitWait)
	if at == "" {
		return s
	}
	name := sockets[at]
	s.Name = name
	m := n.markOf(kind, name, blob)
	s.Hit = true
	m.pid = pidOf(at)
	for _, a := range n.agents("enclave") {
		m.enclaves[a] = true
	}
	if kind == "chain" {
		m.head, _ = u.chain.Head(ctx)
	}
	s.Tasks = inHand()
	began := time.Now()
	send := syscall.SIGKILL
	if signal == "stop" {
		send = syscall.SIGSTOP
	}
	if s.Err = syscall.Kill(m.pid, send); errors.Is(s.Err, syscall.ESRCH) {
		s.Hit, s.Err = false, nil // it ended with its device
		return s
	}
	if s.Err != nil {
		return s
	}
	if signal == "stop" {
		time.Sleep(pause)
		if s.Err = syscall.Kill(m.pid, syscall.SIGCONT); errors.Is(s.Err, syscall.ESRCH) {
			s.Err = nil
		}
		s.Back = time.Since(began)
		return s
	}
	s.Err = until(ctx, 2*time.Minute, 5*time.Second, func(ctx context.Context) error { return n.back(ctx, u, m) })
	s.Back = time.Since(began)
	return s
}

// hit waits until one of the armed processes sleeps at the step.
func (n *Net) hit(ctx context.Context, armed []string, step string, skip int, wait time.Duration) string {
	for end := time.Now().Add(wait); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(3 * time.Millisecond) {
		for _, a := range armed {
			answer, err := tell(a, "count "+step)
			if err != nil {
				continue
			}
			if count, err := strconv.Atoi(answer); err == nil && count > skip {
				return a
			}
		}
	}
	return ""
}
