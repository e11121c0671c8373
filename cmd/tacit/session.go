package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/client"
	"tacit/cmd/internal/hardware"
	"tacit/cmd/internal/spec"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	nodeclient "tacit/node/client"
	"tacit/settle"
	"tacit/wire"
)

// session is one account on the home's network.
type session struct {
	*nodeclient.Session
	Chain   *settle.Client
	network node.Network
	account *key.Signer
	schemes attest.Schemes
}

// profile says which nodes a home prefers; it is optional.
type profile struct {
	Manager wire.Address `json:"manager"`           // for accounts that run none of their own
	Vault   string       `json:"vault,omitempty"`   // URL of a key vault
	VaultCA string       `json:"vaultCA,omitempty"` // file of its root certificate
}

// open connects an account to the home's network.
func (t *tool) open(ctx context.Context) (*session, error) { return t.openAt(ctx, wire.Address{}) }

// openAt does so with a dispatcher that is named, or with the account's if it is zero.
func (t *tool) openAt(ctx context.Context, dispatcher wire.Address) (*session, error) {
	n, k, err := t.signer("")
	if err != nil {
		return nil, err
	}
	s := &session{network: n, account: k}
	identity, err := openIdentity(filepath.Join(t.home, "accounts", t.as+".age"))
	if err != nil {
		return nil, err
	}
	if s.schemes, err = schemes(n.Genesis); err != nil {
		return nil, err
	}
	var p profile
	if b, err := os.ReadFile(filepath.Join(t.home, "profile.json")); err == nil {
		if err := node.Decode(b, &p); err != nil {
			return nil, err
		}
	}
	if s.Chain, err = settle.Dial(ctx, settle.Config{URLs: n.Chain, Epochs: n.Epochs, ChainID: n.Genesis.ChainID, Signer: s.account}); err != nil {
		return nil, err
	}
	s.Session, err = nodeclient.Open(ctx, nodeclient.Config{
		Network: n, Account: s.account, Identity: identity, Schemes: s.schemes, Ledger: settle.Account{Client: s.Chain}, Manager: p.Manager, Dispatcher: dispatcher,
	})
	return s, err
}

// accountKey is the key of the account that --as names.
func (t *tool) accountKey() (*key.Signer, error) {
	if err := tacit.CheckName("a/" + t.as); err != nil {
		return nil, fault.New(fault.APIName, "find account %q: not a name", t.as)
	}
	k, err := node.ReadSigner(filepath.Join(t.home, "accounts", t.as+".key"))
	if err != nil {
		if there, _ := t.accounts(nil, nil, ""); !slices.Contains(there, t.as) {
			return nil, fault.Denied(fault.APINotFound, "find account", "--as", "one of this home: "+strings.Join(there, ", "), t.as)
		}
	}
	return k, err
}

// schemes are those that the tool links, judged by the roots that the network's
// genesis pins.
func schemes(g tacit.Genesis) (attest.Schemes, error) {
	s, err := sim.NewScheme(g.Policies.Roots)
	if err != nil {
		return nil, err
	}
	real, err := hardware.Schemes(g.Policies.Roots)
	return append(real, s), err
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
	f, err := os.CreateTemp(filepath.Dir(path), ".identity-*")
	if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, id.String())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	// It appears whole, and never in place of another's.
	if err := os.Link(f.Name(), path); errors.Is(err, os.ErrExist) {
		return openIdentity(path) // another command made it at the same moment
	} else if err != nil {
		return nil, fmt.Errorf("make identity: %w", err)
	}
	return id, nil
}

// parseMoney reads an amount of coins with at most nine decimals.
func parseMoney(flag, s string) (tacit.Money, error) { return spec.Coins(s).Parse(flag) }

// coins writes an amount for people.
func coins(m tacit.Money) string {
	s := fmt.Sprintf("%d.%09d", m/1e9, m%1e9)
	s = strings.TrimRight(s, "0")
	return strings.TrimSuffix(s, ".")
}

// saved is what a home keeps of a task.
type saved struct {
	ID      wire.Digest       `json:"id"`
	Account string            `json:"account"` // of this home, that submitted it
	Spec    spec.Task         `json:"spec"`
	Submit  client.Submission `json:"submission"`
	Events  []tacit.Event     `json:"events"`
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
		return saved{}, fault.New(fault.APINotFound, "find task %q: %d tasks of this home begin so; 'tacit task list' shows them", prefix, len(hits))
	}
	return t.load(hits[0])
}

// load reads what the home keeps of a task.
func (t *tool) load(name string) (saved, error) {
	b, err := os.ReadFile(filepath.Join(t.home, "tasks", name, "task.json"))
	if err != nil {
		return saved{}, fmt.Errorf("read task: %w", err)
	}
	var s saved
	return s, json.Unmarshal(b, &s)
}

// mine opens a session of the account that submitted a task, with the dispatcher that
// accepted it: the account may be with another one by now.
func (t *tool) mine(ctx context.Context, s saved) (*session, error) {
	if s.Account != "" {
		t.as = s.Account
	}
	return t.openAt(ctx, s.Submit.Task.Body.Dispatcher)
}
