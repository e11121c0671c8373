// Package client wires the client role: one account on one network, with its
// node and the room that acts for it.
package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/client"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/rpc"
	"tacit/wire"
)

// Config says who acts on which network.
type Config struct {
	Network  node.Network
	Account  *key.Signer
	Identity *age.HybridIdentity // opens results
	Schemes  attest.Schemes
	Ledger   client.Ledger // the account's side of the chain
	// Manager is preferred by accounts that run none of their own; zero means
	// the first that is registered.
	Manager wire.Address
	// Dispatcher is the one to talk to; zero means the account's (Dispatchers).
	Dispatcher wire.Address
}

// A Session is one account on one network.
type Session struct {
	*client.Client
	Node *node.Node

	cfg Config
	// managers are those that are registered; the first is this account's.
	managers []tacit.Node
}

// Store is what the account keeps, and may touch, in the store of a manager: of the
// account's own, or of the one that is named.
func (s *Session) Store(manager wire.Address) (tacit.Tenancy, error) {
	for _, n := range s.managers {
		if manager.IsZero() || n.Key == manager {
			return rpc.Store{Connect: s.Node.Dial(n.Endpoint, atls.Want{Role: tacit.RoleManager, Node: n.Key})}, nil
		}
	}
	return nil, fault.New(fault.Unreachable, "find manager %s: it is not registered", manager)
}

// Open connects an account: it fetches every header there is and finds
// dispatcher and manager in the registry. A registry without either is
// NET_UNREACHABLE.
func Open(ctx context.Context, cfg Config) (*Session, error) {
	s := &Session{cfg: cfg}
	var err error
	if s.Node, err = node.New(ctx, node.Config{Network: cfg.Network, Role: tacit.RoleClient, Key: cfg.Account, Schemes: cfg.Schemes}); err != nil {
		return nil, err
	}
	if err := s.Sync(ctx); err != nil {
		return nil, err
	}
	return s, s.connect(ctx)
}

// deposited is the dispatcher that holds the account's money, as the chain says now: a
// header's word is some blocks old, and a deposit that was just taken back would go where
// it came from. It is zero if none does.
func (s *Session) deposited(ctx context.Context) (wire.Address, error) {
	d, err := s.cfg.Ledger.Deposited(ctx)
	if err != nil || d.Amount == 0 && d.Leaving == 0 {
		return wire.Address{}, err
	}
	return d.Dispatcher, nil
}

// Dispatchers are those that an account can use, the one that it does use first: that
// which holds its deposit, alone, since no other could be paid; else all, from one on that
// the account's address says, so that the accounts are spread and each stays with its own.
func Dispatchers(nodes []tacit.Node, account, deposited wire.Address) []tacit.Node {
	var list []tacit.Node
	for _, n := range nodes {
		if n.Roles&tacit.RoleDispatcher == 0 || n.Leaving != 0 || n.Endpoint == "" {
			continue
		}
		if n.Key == deposited {
			return []tacit.Node{n}
		}
		list = append(list, n)
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(a, b tacit.Node) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	first := int(account[len(account)-1]) % len(list)
	return slices.Concat(list[first:], list[:first])
}

// answerMost is how long a dispatcher may take to say that it is there.
const answerMost = 3 * time.Second

// dispatcher finds the one to talk to. Of several that could be, it is the first that
// answers, so that an account without a deposit is not held up by one that is gone.
func (s *Session) dispatcher(ctx context.Context, nodes []tacit.Node) (tacit.Node, tacit.Dispatcher, error) {
	to := func(n tacit.Node) tacit.Dispatcher {
		return rpc.Dispatcher{Connect: s.Node.Dial(n.Endpoint, atls.Want{Role: tacit.RoleDispatcher, Node: n.Key})}
	}
	if want := s.cfg.Dispatcher; !want.IsZero() {
		i := slices.IndexFunc(nodes, func(n tacit.Node) bool { return n.Key == want && n.Roles&tacit.RoleDispatcher != 0 && n.Endpoint != "" })
		if i < 0 {
			return tacit.Node{}, nil, fault.Denied(fault.Unreachable, "find dispatcher", "dispatcher", "registered", want.String())
		}
		return nodes[i], to(nodes[i]), nil
	}
	deposited, err := s.deposited(ctx)
	if err != nil {
		return tacit.Node{}, nil, err
	}
	list := Dispatchers(nodes, s.cfg.Account.Address(), deposited)
	if len(list) == 0 {
		return tacit.Node{}, nil, nil
	}
	if len(list) > 1 {
		for _, n := range list {
			d := to(n)
			one, done := context.WithTimeout(ctx, answerMost)
			_, err := d.Events(one, tacit.EventsRequest{Task: wire.Sum([]byte("nothing"))}) // no task has this ID
			done()
			if errors.Is(err, fault.APINotFound) {
				return n, d, nil
			}
		}
	}
	return list[0], to(list[0]), nil
}

// Sync fetches every header there is.
func (s *Session) Sync(ctx context.Context) error {
	for {
		before := s.Node.Follow.View().Header.Number
		if err := s.Node.Follow.Sync(ctx); err != nil {
			return err
		}
		if s.Node.Follow.View().Header.Number == before {
			return nil
		}
	}
}

// connect makes the room over the nodes that the registry names.
func (s *Session) connect(ctx context.Context) error {
	pools, err := s.Node.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		return err
	}
	me := s.cfg.Account.Address()
	dispatcher, talk, err := s.dispatcher(ctx, pools.Nodes)
	if err != nil {
		return err
	}
	var manager tacit.Node
	for _, n := range pools.Nodes {
		if n.Leaving != 0 || n.Endpoint == "" {
			continue
		}
		if n.Roles&tacit.RoleManager == 0 {
			continue
		}
		s.managers = append(s.managers, n)
		// A manager of one's own comes first, then the preferred one, then any.
		mine, kept := n.Operator == me, manager.Operator == me
		if manager.Key.IsZero() || mine || (n.Key == s.cfg.Manager && !kept) {
			manager = n
		}
	}
	if dispatcher.Key.IsZero() || manager.Key.IsZero() {
		return fault.New(fault.Unreachable, "connect: the registry of epoch %d has no dispatcher or no manager", pools.Epoch)
	}
	s.managers = slices.Insert(s.managers, 0, manager)
	s.Client, err = client.New(client.Config{
		Key: s.cfg.Account, Headers: s.Node.Follow, Gateway: s.Node.Gateway, Blobs: s.Node.Blobs(), Ledger: s.cfg.Ledger, Schemes: s.cfg.Schemes,
		Genesis: s.cfg.Network.Genesis, Epochs: s.cfg.Network.Epochs, Identity: s.cfg.Identity,
		Manager:       rpc.Manager{Connect: s.Node.Dial(manager.Endpoint, atls.Want{Role: tacit.RoleManager, Node: manager.Key})},
		ManagerKey:    manager.Key,
		Dispatcher:    talk,
		DispatcherKey: dispatcher.Key,
		Door: func(_ context.Context, who wire.Address) (tacit.Doorkeeper, error) {
			n, err := managerOf(pools.Nodes, who)
			return rpc.Doorkeeper{Connect: s.Node.Dial(n.Endpoint, atls.Want{Role: tacit.RoleManager, Node: n.Key})}, err
		},
		Keeper: func(_ context.Context, who wire.Address) (tacit.KeyReleaser, error) {
			n, err := managerOf(pools.Nodes, who)
			return rpc.Manager{Connect: s.Node.Dial(n.Endpoint, atls.Want{Role: tacit.RoleManager, Node: n.Key})}, err
		},
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return nil
}

func managerOf(nodes []tacit.Node, who wire.Address) (tacit.Node, error) {
	for _, n := range nodes {
		if n.Key == who && n.Roles&tacit.RoleManager != 0 {
			return n, nil
		}
	}
	return tacit.Node{}, fault.New(fault.Unreachable, "find manager %s: it is not registered", who)
}
