// Package crash kills, stops and cuts off the processes of a network at the
// steps of its protocol and then holds what is left, on the chain and on the
// disks, against what the network promises.
//
// The processes are the real ones, built with failpoints; docs/failpoints.md
// lists where they can be stopped. What they say of themselves counts for
// nothing at the end: the auditor reads the contracts, the managers' logs and
// stores, and what the enclaves were given.
package crash

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/client"
	"tacit/devnet"
	"tacit/fault"
	"tacit/node"
	"tacit/rpc"
	"tacit/settle"
	"tacit/wire"
)

// Params are those of a devnet with windows short enough for a test to see them
// end.
func Params() tacit.Params {
	p := devnet.Params()
	p.Deadline, p.SettleWindow = 12, 16
	return p
}

// A Net is a devnet whose programs have failpoints.
type Net struct {
	dev    *devnet.Devnet
	home   string
	bin    string
	ctl    string
	cancel context.CancelFunc
	nodes  []tacit.Node
}

// Start brings a network up in home; more says what is not as usual.
func Start(ctx context.Context, home, bin, ctl string, more func(*devnet.Config)) (*Net, error) {
	p := Params()
	cfg := devnet.Config{Home: home, Bin: bin, Capacity: 64, Warm: 2, Params: &p}
	if more != nil {
		more(&cfg)
	}
	dev, err := devnet.New(cfg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	n := &Net{dev: dev, home: home, bin: bin, ctl: ctl, cancel: cancel}
	if err := dev.Start(ctx); err != nil {
		n.Stop()
		return nil, err
	}
	return n, nil
}

// Stop ends every process and waits for them.
func (n *Net) Stop() {
	n.cancel()
	n.dev.Wait()
}

// pid is the number of a supervised process now, 0 if it has none.
func (n *Net) pid(name string) int {
	b, err := os.ReadFile(filepath.Join(n.home, "run", name+".pid"))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}

// A User acts for one account of the network, over its own connections.
type User struct {
	*client.Client
	node       *node.Node
	chain      *settle.Client
	schemes    attest.Schemes
	dispatcher tacit.Dispatcher
	managers   map[string]tacit.KeyReleaser // by the name of the process
	blobs      tacit.Blobs
	target     tacit.Node // the dispatcher
}

// User connects an account to the first dispatcher. It seals with the manager of its
// own, or with manager-1.
func (n *Net) User(ctx context.Context, account string) (*User, error) {
	return n.UserOf(ctx, account, "dispatcher")
}

// UserOf connects an account to a dispatcher by name.
func (n *Net) UserOf(ctx context.Context, account, dispatcher string) (*User, error) {
	with, err := n.dev.Registration(dispatcher)
	if err != nil {
		return nil, err
	}
	k, err := node.ReadSigner(filepath.Join(n.home, "accounts", account+".key"))
	if err != nil {
		return nil, err
	}
	network := n.dev.Network()
	scheme, err := sim.NewScheme(network.Genesis.Policies.Roots)
	if err != nil {
		return nil, err
	}
	u := &User{schemes: attest.Schemes{scheme}, managers: map[string]tacit.KeyReleaser{}}
	if u.node, err = node.New(ctx, node.Config{Network: network, Role: tacit.RoleClient, Key: k, Schemes: u.schemes}); err != nil {
		return nil, err
	}
	go func() { _ = u.node.Run(ctx) }()
	if u.chain, err = settle.Dial(ctx, settle.Config{URLs: network.Chain, Epochs: network.Epochs, ChainID: network.Genesis.ChainID, Signer: k}); err != nil {
		return nil, err
	}
	pools, err := u.node.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		return nil, err
	}
	n.nodes = pools.Nodes
	var manager tacit.Node
	for _, x := range pools.Nodes {
		if x.Key == with.Key {
			u.target = x
			u.dispatcher = rpc.Dispatcher{Connect: u.node.Dial(x.Endpoint, atls.Want{Role: tacit.RoleDispatcher, Node: x.Key})}
		}
		if x.Roles&tacit.RoleManager == 0 {
			continue
		}
		name, err := n.managerName(x.Key)
		if err != nil {
			return nil, err
		}
		u.managers[name] = rpc.Manager{Connect: u.node.Dial(x.Endpoint, atls.Want{Role: tacit.RoleManager, Node: x.Key})}
		if x.Operator == k.Address() || manager.Key.IsZero() || name == "manager-1" && manager.Operator != k.Address() {
			manager = x
		}
	}
	name, err := n.managerName(manager.Key)
	if err != nil {
		return nil, err
	}
	identity, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, err
	}
	u.blobs = u.node.Blobs()
	u.Client, err = client.New(client.Config{
		Key: k, Headers: u.node.Follow, Gateway: u.node.Gateway, Blobs: u.blobs, Ledger: settle.Account{Client: u.chain}, Schemes: u.schemes,
		Genesis: network.Genesis, Epochs: network.Epochs, Identity: identity, Manager: u.managers[name], ManagerKey: manager.Key,
		Dispatcher: u.dispatcher, DispatcherKey: u.target.Key,
	})
	return u, err
}

// managerName is the process of a registered manager.
func (n *Net) managerName(key wire.Address) (string, error) {
	for _, name := range []string{"manager-1", "manager-2"} {
		if reg, err := n.dev.Registration(name); err == nil && reg.Key == key {
			return name, nil
		}
	}
	return "", fmt.Errorf("no process is manager %s", key)
}

// key is the account of a node that is no enclave.
func (n *Net) key(name string) (wire.Address, error) {
	k, err := node.ReadSigner(filepath.Join(n.home, "nodes", name, "node.key"))
	if err != nil {
		return wire.Address{}, err
	}
	return k.Address(), nil
}

// until tries again until it works or its time is over; each bounds one try.
func until(ctx context.Context, limit, each time.Duration, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		one, done := context.WithTimeout(ctx, each)
		err := try(one)
		done()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up after %v: %w", limit, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// back reports whether a process that was killed does its work again.
func (n *Net) back(ctx context.Context, u *User, m mark) error {
	if m.kind == "enclave" {
		for _, s := range n.agents("enclave") {
			if !m.enclaves[s] {
				return nil
			}
		}
		return errors.New("no worker opened another enclave")
	}
	pid := n.pid(m.name)
	if pid == 0 || pid == m.pid {
		return errors.New("no successor yet")
	}
	switch m.kind {
	case "chain":
		head, err := u.chain.Head(ctx)
		if err == nil && head <= m.head {
			err = fmt.Errorf("head %d, was %d", head, m.head)
		}
		return err
	case "gateway":
		_, err := u.node.Gateway.Headers(ctx, tacit.HeadersRequest{After: 1 << 40})
		return err
	case "blobs":
		_, err := u.blobs.Chunk(ctx, m.blob, 0)
		return err
	case "dispatcher":
		return n.dispatcherBack(ctx, u)
	case "manager":
		_, err := u.managers[m.name].Identity(ctx, tacit.IdentityRequest{})
		return err
	case "device":
		if err := n.dispatcherBack(ctx, u); err != nil {
			return err
		}
		for _, x := range u.managers {
			if _, err := x.Identity(ctx, tacit.IdentityRequest{}); err != nil {
				return err
			}
		}
		return nil
	}
	return n.connected(m)
}

func (n *Net) dispatcherBack(ctx context.Context, u *User) error {
	_, err := u.dispatcher.Events(ctx, tacit.EventsRequest{Task: wire.Digest{1}})
	if errors.Is(err, fault.APINotFound) {
		return nil
	}
	return fmt.Errorf("dispatcher: %w", err)
}

// connected looks for the line that a worker or verifier logs once it serves a
// dispatcher.
func (n *Net) connected(m mark) error {
	b, err := os.ReadFile(filepath.Join(n.home, "log", m.name+".log"))
	if err != nil {
		return err
	}
	if int64(len(b)) < m.log || !strings.Contains(string(b[m.log:]), `msg=connected role=`+m.kind+` to="dispatcher`) {
		return errors.New("not connected to a dispatcher yet")
	}
	return nil
}
