package devnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/store/replica"
	"tacit/wire"
)

// seat is one process of a member that is a group of replicas.
type seat struct {
	Name    string `json:"name"`
	Address string `json:"address"` // host:port that it listens on for clients while it leads
	Peers   string `json:"peers"`   // host:port where the other replicas reach it
	Health  string `json:"health"`
	Vault   string `json:"vault,omitempty"` // host:port, of the manager that serves one
}

// The files by which an operator and his replicas meet, in each one's folder; they
// are named in cmd/internal/inside, which reads them.
const (
	memberFile     = "replica.json"
	membershipFile = "membership.json"
)

// Seats are the names of the processes of a member that is a group, in order; none of
// one that is a process.
func (d *Devnet) Seats(name string) []string {
	var names []string
	for _, s := range d.member(name).Seats {
		names = append(names, s.Name)
	}
	return names
}

// anchorSeconds is how often a group's checkpoint goes to the chain: each costs a
// transaction, which is cheap here.
const anchorSeconds = 5

// planSeats makes a member a group of so many replicas.
func (m *member) planSeats(n int, ports *ports) {
	var all []string
	for i := range n {
		s := seat{Name: fmt.Sprintf("%s-%c", m.Name, 'a'+i), Address: ports.address(), Peers: ports.address(), Health: ports.address()}
		if m.Name == vaultMember {
			s.Vault = ports.address()
			if i == 0 {
				m.Vault = s.Vault
			}
		}
		m.Seats = append(m.Seats, s)
		all = append(all, s.Address)
	}
	m.Address = strings.Join(all, ",")
}

// startGroup starts the replicas of a member and has its operator sign who they are.
func (d *Devnet) startGroup(ctx context.Context, m member, image string, operator *key.Signer) {
	for _, s := range m.Seats {
		cfg := map[string]any{
			"network": d.network, "listen": s.Address, "dir": d.path("nodes", s.Name), "operator": operator.Address(), "level": d.cfg.Level, "json": d.cfg.JSON,
			"threads": threads, "health": s.Health, "accounts": d.keepers(m), "group": map[string]any{"listen": s.Peers, "anchor": anchorSeconds, "node": m.Key},
		}
		if s.Vault != "" {
			cfg["vault"] = map[string]any{"listen": s.Vault, "owners": []wire.Address{operator.Address()}, "threshold": 1}
		}
		d.super.startInside(ctx, s.Name, d.socket(), d.bin(image), cfg)
	}
	d.super.wg.Go(func() {
		if err := d.signMembership(ctx, m, operator); err != nil && ctx.Err() == nil {
			d.cfg.Say("%s: %v", m.Name, err)
		}
	})
}

// signMembership is the operator's part in founding a group: he names the replicas
// that his processes say they are.
func (d *Devnet) signMembership(ctx context.Context, m member, operator *key.Signer) error {
	if d.layout.Deployed {
		return nil // it was founded before; whoever comes in its place its operator names
	}
	var members []replica.Member
	if err := until(ctx, 60*time.Second, m.Name+"'s replicas have their keys", func(context.Context) error {
		members = nil
		for _, s := range m.Seats {
			var self replica.Member
			b, err := os.ReadFile(d.path("nodes", s.Name, memberFile))
			if err == nil {
				err = node.Decode(b, &self)
			}
			if err != nil {
				return err
			}
			members = append(members, self)
		}
		return nil
	}); err != nil {
		return err
	}
	signed := tacit.Sign(d.network.ID(), operator, replica.Found(members...))
	for _, s := range m.Seats {
		if err := node.WriteJSON(d.path("nodes", s.Name, membershipFile), 0o644, signed); err != nil {
			return err
		}
	}
	return nil
}

// Registration is what a member of this name says to be registered: its own process
// or whichever of its replicas leads first.
func (d *Devnet) Registration(name string) (node.Registration, error) {
	var reg node.Registration
	folders := []string{name}
	for _, s := range d.member(name).Seats {
		folders = append(folders, s.Name)
	}
	for _, folder := range folders {
		b, err := os.ReadFile(d.path("nodes", folder, "registration.json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return reg, fault.New(fault.APIPath, "read registration: %w", err)
		}
		return reg, node.Decode(b, &reg)
	}
	return reg, fault.New(fault.APINotFound, "read registration of %s: it has none yet", name)
}

// A Group is a member that is several replicas, as a home's operator finds it.
type Group struct {
	Name     string
	Operator string // file of the key that signs memberships and orders
	Replicas []Replica
}

// A Replica is one process of a Group.
type Replica struct {
	Name   string
	Dir    string // where it and its operator leave files for each other
	Health string // host:port
}

// Groups are the groups of a home; none if its network runs one process a role.
func Groups(home string) ([]Group, error) {
	d := &Devnet{cfg: Config{Home: home}}
	b, err := os.ReadFile(d.path("layout.json"))
	if err != nil {
		return nil, fault.New(fault.APIHome, "find stores: there is no network in %s: %w", home, err)
	}
	if err := json.Unmarshal(b, &d.layout); err != nil {
		return nil, fault.New(fault.APIHome, "find stores in %s: %w", home, err)
	}
	var list []Group
	for _, m := range d.layout.Members {
		if len(m.Seats) == 0 {
			continue
		}
		g := Group{Name: m.Name, Operator: d.path("accounts", m.Operator+".key")}
		for _, s := range m.Seats {
			g.Replicas = append(g.Replicas, Replica{Name: s.Name, Dir: d.path("nodes", s.Name), Health: s.Health})
		}
		list = append(list, g)
	}
	return list, nil
}
