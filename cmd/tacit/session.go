package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/age"

	"tacit"
	"tacit/atls"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/client"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/rpc"
	"tacit/settle"
	"tacit/wire"
)

// session is one account on one network.
type session struct {
	network  node.Network
	account  *key.Signer
	node     *node.Node
	chain    *settle.Client
	client   *client.Client
	schemes  attest.Schemes
	identity *age.HybridIdentity
}

// profile says which nodes a home prefers; it is optional.
type profile struct {
	Manager wire.Address `json:"manager"` // for accounts that run none of their own
}

// open connects an account to the home's network.
func (t *tool) open(ctx context.Context) (*session, error) {
	n, err := node.ReadNetwork(filepath.Join(t.home, "network.json"))
	if err != nil {
		return nil, fault.New(fault.APIPath, "open home %s: there is no network in it; start one with 'tacit up': %w", t.home, err)
	}
	if err := tacit.CheckName("a/" + t.as); err != nil {
		return nil, fault.New(fault.APIName, "find account %q: not a name", t.as)
	}
	s := &session{network: n}
	if s.account, err = node.ReadSigner(filepath.Join(t.home, "accounts", t.as+".key")); err != nil {
		return nil, err
	}
	if s.identity, err = openIdentity(filepath.Join(t.home, "accounts", t.as+".age")); err != nil {
		return nil, err
	}
	if s.schemes, err = schemes(n.Genesis); err != nil {
		return nil, err
	}
	if s.node, err = node.New(ctx, node.Config{Network: n, Role: tacit.RoleClient, Key: s.account, Schemes: s.schemes}); err != nil {
		return nil, err
	}
	if err := s.sync(ctx); err != nil {
		return nil, err
	}
	if s.chain, err = settle.Dial(ctx, settle.Config{URLs: n.Chain, Epochs: n.Epochs, ChainID: n.Genesis.ChainID, Signer: s.account}); err != nil {
		return nil, err
	}
	return s, s.connect(ctx, t.home)
}

// sync fetches every header there is.
func (s *session) sync(ctx context.Context) error {
	for {
		before := s.node.Follow.View().Header.Number
		if err := s.node.Follow.Sync(ctx); err != nil {
			return err
		}
		if s.node.Follow.View().Header.Number == before {
			return nil
		}
	}
}

// connect finds dispatcher and manager in the registry and makes the client.
func (s *session) connect(ctx context.Context, home string) error {
	pools, err := s.node.Gateway.Pools(ctx, tacit.ProofRequest{})
	if err != nil {
		return err
	}
	var p profile
	if b, err := os.ReadFile(filepath.Join(home, "profile.json")); err == nil {
		if err := node.Decode(b, &p); err != nil {
			return err
		}
	}
	var dispatcher, manager tacit.Node
	for _, n := range pools.Nodes {
		if n.Leaving != 0 || n.Endpoint == "" {
			continue
		}
		if n.Roles&tacit.RoleDispatcher != 0 && dispatcher.Key.IsZero() {
			dispatcher = n
		}
		if n.Roles&tacit.RoleManager == 0 {
			continue
		}
		// A manager of one's own comes first, then the profile's, then any.
		mine, kept := n.Operator == s.account.Address(), manager.Operator == s.account.Address()
		if manager.Key.IsZero() || mine || (n.Key == p.Manager && !kept) {
			manager = n
		}
	}
	if dispatcher.Key.IsZero() || manager.Key.IsZero() {
		return fault.New(fault.Unreachable, "connect: the registry of epoch %d has no dispatcher or no manager", pools.Epoch)
	}
	s.client, err = client.New(client.Config{
		Key: s.account, Headers: s.node.Follow, Gateway: s.node.Gateway, Blobs: s.node.Blobs(), Ledger: ledger{s.chain}, Schemes: s.schemes,
		Genesis: s.network.Genesis, Epochs: s.network.Epochs, Identity: s.identity,
		Manager:       rpc.Manager{Connect: s.node.Dial(manager.Endpoint, atls.Want{Role: tacit.RoleManager, Node: manager.Key})},
		ManagerKey:    manager.Key,
		Dispatcher:    rpc.Dispatcher{Connect: s.node.Dial(dispatcher.Endpoint, atls.Want{Role: tacit.RoleDispatcher, Node: dispatcher.Key})},
		DispatcherKey: dispatcher.Key,
	})
	return err
}

// schemes are those that the tool links; the simulated one is judged by the
// roots that the network's genesis pins.
func schemes(g tacit.Genesis) (attest.Schemes, error) {
	s, err := sim.NewScheme(g.Policies.Roots)
	return attest.Schemes{s}, err
}

// openIdentity reads the identity that results are sealed to, or makes it.
func openIdentity(path string) (*age.HybridIdentity, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		id, err := age.ParseHybridIdentity(strings.TrimSpace(string(b)))
		if err != nil {
			return nil, fault.New(fault.StoreCorrupt, "read identity %s: not an age identity", path)
		}
		return id, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read identity: %w", err)
	}
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return openIdentity(path) // another command made it at the same moment
	}
	if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	if _, err := fmt.Fprintln(f, id.String()); err != nil {
		f.Close()
		return nil, fmt.Errorf("make identity: %w", err)
	}
	return id, f.Close()
}

// ledger is the chain as the client wants it.
type ledger struct{ c *settle.Client }

func (l ledger) Publish(ctx context.Context, e tacit.Entry) (tacit.Entry, error) {
	out, _, err := l.c.Publish(ctx, e)
	return out, err
}

func (l ledger) Deposit(ctx context.Context, dispatcher wire.Address, amount tacit.Money) error {
	_, err := l.c.Deposit(ctx, dispatcher, amount)
	return err
}

func (l ledger) Deposited(ctx context.Context) (tacit.Deposit, error) {
	led, err := l.c.Ledger(ctx, l.c.Account())
	return led.Deposit, err
}

// parseMoney reads an amount of coins with at most nine decimals.
func parseMoney(flag, s string) (tacit.Money, error) {
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 9 || whole == "" {
		return 0, fault.Denied(fault.APIField, "read flags", flag, "an amount of coins such as 0.02, at most nine decimals", s)
	}
	w, err := strconv.ParseUint(whole, 10, 64)
	p, perr := strconv.ParseUint(part+strings.Repeat("0", 9-len(part)), 10, 64)
	if err != nil || perr != nil || w > 1e10 {
		return 0, fault.Denied(fault.APIField, "read flags", flag, "an amount of coins such as 0.02, at most nine decimals", s)
	}
	return w*1e9 + p, nil
}

// coins writes an amount for people.
func coins(m tacit.Money) string {
	s := fmt.Sprintf("%d.%09d", m/1e9, m%1e9)
	s = strings.TrimRight(s, "0")
	return strings.TrimSuffix(s, ".")
}

// saved is what a home keeps of a task.
type saved struct {
	ID     wire.Digest       `json:"id"`
	Submit client.Submission `json:"submission"`
	Events []tacit.Event     `json:"events"`
}

func (t *tool) taskDir(id wire.Digest) string { return filepath.Join(t.home, "tasks", id.String()) }

func (t *tool) save(s saved) error {
	return node.WriteJSON(filepath.Join(t.taskDir(s.ID), "task.json"), 0o600, s)
}

// find resolves a unique prefix of a task's ID.
func (t *tool) find(prefix string) (saved, error) {
	prefix = strings.TrimPrefix(prefix, "0x")
	list, err := os.ReadDir(filepath.Join(t.home, "tasks"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return saved{}, fmt.Errorf("find task: %w", err)
	}
	var hits []string
	for _, e := range list {
		if strings.HasPrefix(e.Name(), prefix) {
			hits = append(hits, e.Name())
		}
	}
	if len(hits) != 1 || prefix == "" {
		return saved{}, fault.New(fault.APINotFound, "find task %q: %d tasks of this home begin so", prefix, len(hits))
	}
	b, err := os.ReadFile(filepath.Join(t.home, "tasks", hits[0], "task.json"))
	if err != nil {
		return saved{}, fmt.Errorf("find task: %w", err)
	}
	var s saved
	return s, json.Unmarshal(b, &s)
}
