// Package client wires the client role: one account on one network, with its
// node and the room that acts for it.
package client

import (
	"bytes"
	"context"
	"fmt"
	"slices"

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

// deposited is the dispatcher that holds the account's money, as the gateway says; zero if
// none does or nobody says.
func (s *Session) deposited(ctx context.Context) wire.Address {
	r, err := s.Node.Gateway.Deposit(ctx, tacit.ProofRequest{Epoch: s.Node.Follow.View().Header.Number, Key: s.cfg.Account.Address()})
	if err != nil || r.Deposit.Deposit.Amount == 0 {
		return wire.Address{}
	}
	return r.Deposit.Deposit.Dispatcher
}

// Dispatcher is the one that an account uses: that which holds its deposit, else one by
// the account's address, so that the accounts are spread over all and each stays with its
// own. It is zero if there is none.
func Dispatcher(nodes []tacit.Node, account, deposited wire.Address) tacit.Node {
	var list []tacit.Node
	for _, n := range nodes {
		if n.Roles&tacit.RoleDispatcher == 0 || n.Leaving != 0 || n.Endpoint == "" {
			continue
		}
		if n.Key == deposited {
			return n
		}
		list = append(list, n)
	}
	if len(list) == 0 {
		return tacit.Node{}
	}
	slices.SortFunc(list, func(a, b tacit.Node) int { return bytes.Compare(a.Key[:], b.Key[:]) })
	return list[int(account[len(account)-1])%len(list)]
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
	dispatcher := Dispatcher(pools.Nodes, me, s.deposited(ctx))
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
		Dispatcher:    rpc.Dispatcher{Connect: s.Node.Dial(dispatcher.Endpoint, atls.Want{Role: tacit.RoleDispatcher, Node: dispatcher.Key})},
		DispatcherKey: dispatcher.Key,
		Door: func(_ context.Context, who wire.Address) (tacit.Doorkeeper, error) {
			for _, n := range pools.Nodes {
				if n.Key == who && n.Roles&tacit.RoleManager != 0 {
					return rpc.Doorkeeper{Connect: s.Node.Dial(n.Endpoint, atls.Want{Role: tacit.RoleManager, Node: n.Key})}, nil
				}
			}
			return nil, fault.New(fault.Unreachable, "find manager %s: it is not registered", who)
		},
	})
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return nil
}
