package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tacit"
	"tacit/attest/sim"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/store/replica"
	"tacit/wire"
)

// A child is a process that answers orders.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func launch(program, what string, first any) (*child, error) {
	cmd := exec.Command(program, what)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", what, err)
	}
	c := &child{cmd, in, bufio.NewReader(out)}
	if err := json.NewEncoder(in).Encode(first); err != nil {
		c.kill()
		return nil, fmt.Errorf("start %s: %w", what, err)
	}
	return c, nil
}

func (c *child) do(o order) (outcome, error) {
	var res outcome
	if err := json.NewEncoder(c.in).Encode(o); err != nil {
		return res, fmt.Errorf("order %s: %w", o.Op, err)
	}
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return res, fmt.Errorf("order %s: %w", o.Op, err)
	}
	if err := json.Unmarshal(line, &res); err != nil {
		return res, fmt.Errorf("order %s: %w", o.Op, err)
	}
	if res.Err != "" {
		return res, fmt.Errorf("order %s: %s", o.Op, res.Err)
	}
	return res, nil
}

// kill ends it as kill -9 does.
func (c *child) kill() {
	if c == nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// A cluster is three members and a generator of load, ours or the peer's.
type cluster struct {
	name    string
	program string
	node    string // what members are started as
	plans   []any
	members []*child
	load    *child
}

// begin starts the members and the generator, and waits for a leader.
func (c *cluster) begin(ctx context.Context, load string, plan any) error {
	c.members = make([]*child, len(c.plans))
	for i := range c.plans {
		if err := c.start(i); err != nil {
			return err
		}
	}
	if _, err := c.leader(ctx); err != nil {
		return err
	}
	var err error
	c.load, err = launch(c.program, load, plan)
	return err
}

func (c *cluster) start(i int) (err error) {
	c.members[i], err = launch(c.program, c.node, c.plans[i])
	return err
}

func (c *cluster) end() {
	for _, m := range c.members {
		m.kill()
	}
	c.load.kill()
}

// leader waits for a member that leads while the others follow.
func (c *cluster) leader(ctx context.Context) (int, error) {
	for range 1200 {
		at, follow := -1, 0
		for i, m := range c.members {
			s, err := m.do(order{Op: "status"})
			switch {
			case err != nil:
				return 0, fmt.Errorf("%s: member %d: %w", c.name, i, err)
			case s.Leads:
				at = i
			case s.Follows:
				follow++
			}
		}
		if at >= 0 && follow == len(c.members)-1 {
			return at, nil
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("%s: no leader within a minute", c.name)
}

// aim makes clients ask the leader.
func (c *cluster) aim(ctx context.Context) error {
	at, err := c.leader(ctx)
	if err == nil {
		_, err = c.load.do(order{Op: "aim", Index: at})
	}
	return err
}

// ports finds free ones on the loopback.
func ports(n int) ([]string, error) {
	var list []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		list = append(list, l.Addr().String())
	}
	return list, nil
}

// group is what ours is made of.
type group struct {
	home     string
	operator *key.Signer
	network  wire.Digest
	signed   tacit.Signed[replica.Membership]
	plans    []nodePlan
	load     loadPlan
}

// newGroup makes n members; of founded, if there is one, it goes on with the group.
func newGroup(home string, n int, attested bool, every uint64, founded *group) (*group, error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	if _, err := sim.OpenVendor(home); err != nil {
		return nil, err
	}
	g := &group{home: home, network: wire.Sum([]byte("bench"))}
	var err error
	if g.operator, err = key.NewSigner(); err != nil {
		return nil, err
	}
	at, err := ports(2 * n)
	if err != nil {
		return nil, err
	}
	var members []replica.Member
	for i := range n {
		signer, err := key.NewSigner()
		if err != nil {
			return nil, err
		}
		seal, err := key.NewSealer()
		if err != nil {
			return nil, err
		}
		secret, err := seal.Secret()
		if err != nil {
			return nil, err
		}
		p := nodePlan{Identity: identity{g.network, signer.Secret(), home, attested}, Dir: filepath.Join(home, fmt.Sprint(i)),
			Key: make([]byte, 32), Seal: secret, Peers: at[2*i], Clients: at[2*i+1], Every: every}
		_, _ = rand.Read(p.Key) // never fails
		g.plans = append(g.plans, p)
		g.load.Addresses = append(g.load.Addresses, p.Clients)
		members = append(members, replica.Member{Key: signer.Address(), Seal: seal.Recipient(), Address: p.Peers})
	}
	m := replica.Found(members...)
	if founded != nil {
		g.operator = founded.operator
		m.Group, m.Number = founded.signed.Body.Group, founded.signed.Body.Number+1
	}
	g.signed = tacit.Sign(g.network, g.operator, m)
	encoded, err := wire.Marshal(labelMembership, g.signed)
	if err != nil {
		return nil, err
	}
	for i := range g.plans {
		g.plans[i].Membership, g.plans[i].Operator = encoded, g.operator.Address()
	}
	client, err := key.NewSigner()
	if err != nil {
		return nil, err
	}
	g.load.Identity = identity{g.network, client.Secret(), home, attested}
	return g, nil
}

// begin starts the group.
func (g *group) begin(ctx context.Context, name string) (*cluster, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &cluster{name: name, program: self, node: "store-node"}
	for _, p := range g.plans {
		c.plans = append(c.plans, p)
	}
	if err := c.begin(ctx, "store-load", g.load); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

// peerPlan is the first line to a process of the peer.
type peerPlan struct {
	Name, Dir     string
	Peers, Own    string
	Cluster       string
	CA, Cert, Key string
	Endpoints     []string
}

// beginPeer starts three members of etcd with mutual TLS.
func beginPeer(ctx context.Context, program, home string) (*cluster, error) {
	base, err := certificates(home)
	if err != nil {
		return nil, err
	}
	at, err := ports(6)
	if err != nil {
		return nil, err
	}
	var all []string
	for i := range 3 {
		all = append(all, fmt.Sprintf("m%d=https://%s", i, at[2*i]))
		base.Endpoints = append(base.Endpoints, "https://"+at[2*i+1])
	}
	base.Cluster = strings.Join(all, ",")
	c := &cluster{name: peerName, program: program, node: "node"}
	for i := range 3 {
		p := base
		p.Name, p.Dir = fmt.Sprintf("m%d", i), filepath.Join(home, fmt.Sprint(i))
		p.Peers, p.Own = "https://"+at[2*i], "https://"+at[2*i+1]
		c.plans = append(c.plans, p)
	}
	if err := c.begin(ctx, "load", base); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

// certificates makes a CA and one certificate for everybody, in files, as etcd wants it.
func certificates(home string) (peerPlan, error) {
	var p peerPlan
	if err := os.MkdirAll(home, 0o700); err != nil {
		return p, err
	}
	template := func(name string, ca bool) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
			IsCA: ca, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
			KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return p, err
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return p, err
	}
	ca := template("CA", true)
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return p, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template("node", false), ca, &own.PublicKey, caKey)
	if err != nil {
		return p, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		return p, err
	}
	write := func(name, kind string, b []byte) string {
		path := filepath.Join(home, name)
		err = errors.Join(err, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600))
		return path
	}
	p.CA, p.Cert, p.Key = write("ca.pem", "CERTIFICATE", caDER), write("node.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret)
	return p, err
}

// storeBench measures the replicated store, and etcd where program names its binary.
// parts says which parts are done: speed, failover, large.
func storeBench(ctx context.Context, program string, long time.Duration, parts string) (map[string]any, error) {
	home, err := os.MkdirTemp("", "tacit-store-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(home)
	result := map[string]any{"puts_64_vs_etcd": nil, "gets_64_vs_etcd": nil}
	if result["fsync_ms"], err = fsync(home); err != nil {
		return nil, err
	}
	loaded := loadNow()
	if program == "" {
		fmt.Println("ETCD names no binary of etcdpeer: nothing to compare with, ratios are null")
	}
	for _, part := range strings.Split(parts, ",") {
		switch part {
		case "speed", "failover":
			err = withSides(ctx, filepath.Join(home, part), program, part == "speed", func(sides []*cluster) error {
				if part == "speed" {
					return throughput(ctx, sides, long, result)
				}
				for _, s := range sides {
					if err := failovers(ctx, s, result); err != nil {
						return err
					}
				}
				return nil
			})
		case "large":
			err = gigabyte(ctx, home, result)
		default:
			err = fmt.Errorf("no such part: %q", part)
		}
		if err != nil {
			return nil, err
		}
	}
	result["load_before"], result["load_after"] = loaded, loadNow()
	return result, nil
}

// loadNow is the machine's load over the last minute.
func loadNow() string {
	b, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(b), " ")
	return first
}

// A storeCase is what every side does in its turn.
type storeCase struct {
	op            string
	clients, size int
}

const (
	rounds    = 3
	benchKeys = 10000
	kills     = 25
)

func storeCases() []storeCase {
	var list []storeCase
	for _, size := range []int{256, 4096} {
		for _, op := range []string{"puts", "gets"} {
			for _, clients := range []int{1, 16, 64} {
				list = append(list, storeCase{op, clients, size})
			}
		}
	}
	return list
}

// measured are the runs of one case on one side.
type measured struct{ rate, p50, p99 []float64 }

func (m *measured) add(o outcome) {
	m.rate, m.p50, m.p99 = append(m.rate, float64(o.Count)/o.Seconds), append(m.p50, o.P50), append(m.p99, o.P99)
}

func middle(list []float64) float64 {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

func (m *measured) into(result map[string]any, name string) {
	result[name+"_per_s"], result[name+"_p50_ms"], result[name+"_p99_ms"] = round(middle(m.rate)), round(middle(m.p50)), round(middle(m.p99))
	fmt.Printf("%-28s %9.0f/s  p50 %7.2f ms  p99 %7.2f ms\n", name, middle(m.rate), middle(m.p50), middle(m.p99))
}

// withSides starts ours, ours without evidence if plain, and the peer if there is one.
func withSides(ctx context.Context, home, program string, plain bool, do func([]*cluster) error) error {
	var sides []*cluster
	defer func() {
		for _, c := range sides {
			c.end()
		}
	}()
	names := []string{"ours"}
	if plain {
		names = append(names, unattested)
	}
	for _, name := range names {
		g, err := newGroup(filepath.Join(home, name), 3, name == "ours", 0, nil)
		if err != nil {
			return err
		}
		c, err := g.begin(ctx, name)
		if err != nil {
			return err
		}
		sides = append(sides, c)
	}
	if program != "" {
		c, err := beginPeer(ctx, program, filepath.Join(home, peerName))
		if err != nil {
			return err
		}
		sides = append(sides, c)
	}
	return do(sides)
}

const (
	unattested = "ours_unattested" // keys alone between members
	peerName   = "etcd"
)

// throughput measures the cases, of which each side does one after the other. PROFILE
// names a folder that gets what the leader of ours does, which slows that one run down.
func throughput(ctx context.Context, sides []*cluster, long time.Duration, result map[string]any) error {
	for _, c := range storeCases() {
		runs := map[*cluster]*measured{}
		for n := range rounds {
			for _, s := range sides {
				if s.name == unattested && (c.clients != 64 || c.size != 256) {
					continue
				}
				if n == 0 {
					runs[s] = &measured{}
					if err := s.aim(ctx); err != nil {
						return err
					}
					if c.op == "gets" && (c.clients == 1 || s.name == unattested) { // every key has a value of the size
						if err := fillKeys(s, c.size); err != nil {
							return err
						}
					}
					if _, err := s.load.do(order{Op: c.op, Clients: c.clients, Size: c.size, Keys: benchKeys, Seconds: 0.5}); err != nil {
						return err
					}
				}
				if dir := os.Getenv("PROFILE"); dir != "" && s == sides[0] && n == rounds-1 && c.clients == 64 && c.size == 256 {
					at, err := s.leader(ctx)
					if err != nil {
						return err
					}
					if _, err := s.members[at].do(order{Op: "profile", Path: filepath.Join(dir, c.op+".pprof"), Seconds: long.Seconds() / 2}); err != nil {
						return err
					}
				}
				out, err := s.load.do(order{Op: c.op, Clients: c.clients, Size: c.size, Keys: benchKeys, Seconds: long.Seconds()})
				if err != nil {
					return err
				}
				if out.Failed > 0 || out.Count == 0 {
					fmt.Printf("%s %s: %d tries failed, %d operations\n", s.name, c.op, out.Failed, out.Count)
				}
				runs[s].add(out)
			}
		}
		name := fmt.Sprintf("%s_%d_%db", c.op, c.clients, c.size)
		for _, s := range sides {
			if runs[s] != nil {
				runs[s].into(result, s.name+"_"+name)
			}
		}
		if last := sides[len(sides)-1]; last.name == peerName {
			ratio := round(middle(runs[sides[0]].rate) / middle(runs[last].rate))
			fmt.Printf("%-28s %9.2f\n", name+" ratio", ratio)
			result[name+"_vs_etcd"] = ratio
			if c.clients == 64 && c.size == 256 {
				result[c.op+"_64_vs_etcd"] = ratio
			}
		}
	}
	return nil
}

// fillKeys gives every key a value of a size.
func fillKeys(s *cluster, size int) error {
	_, err := s.load.do(order{Op: "fill", Clients: 16, Size: size, Keys: benchKeys})
	return err
}

// failovers kills the leader again and again under a light load.
func failovers(ctx context.Context, s *cluster, result map[string]any) error {
	if _, err := s.load.do(order{Op: "aim", Index: -1}); err != nil {
		return err
	}
	if _, err := s.load.do(order{Op: "light"}); err != nil {
		return err
	}
	var took []float64
	for range kills {
		at, err := s.leader(ctx)
		if err != nil {
			return err
		}
		if err := wait(ctx, 500*time.Millisecond); err != nil {
			return err
		}
		killed := time.Now()
		s.members[at].kill()
		out, err := s.load.do(order{Op: "since", At: time.Now().UnixNano()})
		if err != nil {
			return err
		}
		took = append(took, time.Unix(0, out.At).Sub(killed).Seconds())
		if err := s.start(at); err != nil {
			return err
		}
	}
	if _, err := s.load.do(order{Op: "dark"}); err != nil {
		return err
	}
	slices.Sort(took)
	prefix := "failover"
	if s.name != "ours" {
		prefix = s.name + "_failover"
	}
	n := len(took)
	result[prefix+"_p50_s"], result[prefix+"_p99_s"], result[prefix+"_max_s"], result[prefix+"s"] = round(took[n/2]), round(took[n*99/100]), round(took[n-1]), n
	fmt.Printf("%-28s %d times: p50 %.2f s, p99 %.2f s, max %.2f s\n", prefix, n, took[n/2], took[n*99/100], took[n-1])
	return nil
}

// gigabyte measures a store of 1 GiB in values of 1 KiB: its start after all members
// were killed, and its way back from a backup.
func gigabyte(ctx context.Context, home string, result map[string]any) error {
	const values, size = 1 << 20, 1 << 10
	g, err := newGroup(filepath.Join(home, "large"), 3, true, 4096, nil)
	if err != nil {
		return err
	}
	c, err := g.begin(ctx, "large")
	if err != nil {
		return err
	}
	defer func() { c.end() }()
	if err := c.aim(ctx); err != nil {
		return err
	}
	began := time.Now()
	if _, err := c.load.do(order{Op: "fill", Clients: 16, Size: size, Keys: values}); err != nil {
		return err
	}
	result["fill_1gib_s"] = round(time.Since(began).Seconds())
	at, err := c.leader(ctx)
	if err != nil {
		return err
	}
	secret, plan, err := recoveryPlan(g)
	if err != nil {
		return err
	}
	if _, err := c.members[at].do(order{Op: "plan", Plan: plan}); err != nil {
		return err
	}
	// Snapshots are looked for every ten to twenty seconds.
	if err := wait(ctx, 30*time.Second); err != nil {
		return err
	}
	file := filepath.Join(home, "backup")
	out, err := c.members[at].do(order{Op: "backup", Path: file})
	if err != nil {
		return err
	}
	result["backup_1gib_s"] = round(out.Seconds)
	fmt.Printf("1 GiB: filled in %.1f s, backup in %.1f s\n", time.Since(began).Seconds(), out.Seconds)
	for _, m := range c.members {
		m.kill()
	}
	began = time.Now()
	for i := range c.members {
		if err := c.start(i); err != nil {
			return err
		}
	}
	if _, err := c.load.do(order{Op: "first", Index: values - 1}); err != nil {
		return err
	}
	result["cold_start_1gib_s"] = round(time.Since(began).Seconds())
	fmt.Printf("cold start: %.1f s\n", time.Since(began).Seconds())
	c.end()

	n, err := newGroup(filepath.Join(home, "new"), 1, true, 0, g)
	if err != nil {
		return err
	}
	how, err := n.plans[0].replica()
	if err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	began = time.Now()
	if err := replica.Restore(how, bufio.NewReaderSize(f, 1<<20), secret); err != nil {
		return err
	}
	laid := time.Since(began)
	if c, err = n.begin(ctx, "new"); err != nil {
		return err
	}
	if _, err := c.load.do(order{Op: "first", Index: values - 1}); err != nil {
		return err
	}
	result["restore_1gib_s"], result["restore_laid_down_s"] = round(time.Since(began).Seconds()), round(laid.Seconds())
	fmt.Printf("restore: %.1f s, of which %.1f s until the disk is laid down\n", time.Since(began).Seconds(), laid.Seconds())
	return nil
}

// recoveryPlan splits a new recovery key among owners, and keeps it for the restore.
func recoveryPlan(g *group) (*key.Sealer, []byte, error) {
	secret, err := key.NewSealer()
	if err != nil {
		return nil, nil, err
	}
	node, err := key.NewSigner()
	if err != nil {
		return nil, nil, err
	}
	p := recovery.Plan{Serial: 1, Need: 2}
	for _, name := range []string{"a", "b", "c"} {
		k, err := key.NewSealer()
		if err != nil {
			return nil, nil, err
		}
		p.Owners = append(p.Owners, recovery.Owner{Name: name, Key: k.Recipient()})
	}
	parcels, err := recovery.Split(g.network, node, secret, p)
	if err != nil {
		return nil, nil, err
	}
	b, err := parcels[0].Signed.Encode()
	return secret, b, err
}
