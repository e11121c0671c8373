package devnet

import (
	"context"
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
)

// seat is one process of a member that is a group of replicas.
type seat struct {
	Name    string `json:"name"`
	Address string `json:"address"` // host:port that it listens on for clients while it leads
	Peers   string `json:"peers"`   // host:port where the other replicas reach it
	Health  string `json:"health"`
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

// planSeats makes a member a group of so many replicas.
func (m *member) planSeats(n int) error {
	ports, err := freePorts(3 * n)
	if err != nil {
		return err
	}
	var all []string
	for i := range n {
		at := func(k int) string { return fmt.Sprintf("127.0.0.1:%d", ports[3*i+k]) }
		m.Seats = append(m.Seats, seat{Name: fmt.Sprintf("%s-%c", m.Name, 'a'+i), Address: at(0), Peers: at(1), Health: at(2)})
		all = append(all, at(0))
	}
	m.Address = strings.Join(all, ",")
	return nil
}

// startGroup starts the replicas of a member and has its operator sign who they are.
func (d *Devnet) startGroup(ctx context.Context, m member, image string, operator *key.Signer) {
	for _, s := range m.Seats {
		d.super.startInside(ctx, s.Name, d.socket(), d.bin(image), map[string]any{
			"network": d.network, "listen": s.Address, "dir": d.path("nodes", s.Name), "operator": operator.Address(), "level": d.cfg.Level, "json": d.cfg.JSON,
			"threads": threads, "health": s.Health, "group": map[string]any{"listen": s.Peers}, "accounts": d.keepers(m),
		})
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
	if _, err := os.Stat(d.path("nodes", m.Seats[0].Name, membershipFile)); !errors.Is(err, fs.ErrNotExist) {
		return err // it was founded before
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
	signed := tacit.Sign(d.network.ID(), operator, replica.Found(nil, members...))
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
