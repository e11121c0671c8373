package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/cmd/internal/inside"
	"tacit/devnet"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/store/replica"
	"tacit/wire"
)

func (t *tool) store() *cobra.Command {
	return group("store", "Replicated stores of managers and dispatchers: how they are, who is in them, backups, recovery",
		t.storeStatus(), t.storeCheck(), t.storeMember(),
		t.storeOrder("snapshot", "Replace the log of every replica by a snapshot", replica.OrderSnapshot),
		t.storeOrder("transfer", "Have the leader hand over, before its machine is stopped", replica.OrderTransfer),
		t.storeOrder("rotate", "Begin a new key epoch", replica.OrderRotate),
		t.storeBackup(), t.storeShare(), t.storeOwner(), t.storeHand(), t.storeRestore(), t.storeAccept())
}

// groups are the home's groups, or the one that is named.
func (t *tool) groups(args []string) ([]devnet.Group, error) {
	list, err := devnet.Groups(t.home)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, g := range list {
		if len(args) == 1 && g.Name == args[0] {
			return []devnet.Group{g}, nil
		}
		names = append(names, g.Name)
	}
	if len(args) == 1 {
		return nil, fault.Denied(fault.APINotFound, "find store", "name", "one of "+strings.Join(names, ", "), args[0])
	}
	if len(list) == 0 {
		return nil, fault.New(fault.APINotFound, "find stores: every role of this network is one process; start it with 'tacit up --replicas 3'")
	}
	return list, nil
}

// ask reads a page of a replica.
func ask(ctx context.Context, r devnet.Replica, page string, v any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.Health+page, nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", r.Name, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fault.New(fault.Unreachable, "ask %s: %w", r.Name, err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(v); err != nil {
		return fault.New(fault.Unreachable, "ask %s: %w", r.Name, err)
	}
	return nil
}

// seen is a replica as it says it is, or why it says nothing.
type seen struct {
	Name   string          `json:"name"`
	Status *replica.Status `json:"status,omitempty"`
	Code   string          `json:"code,omitempty"`
}

func look(ctx context.Context, g devnet.Group) []seen {
	list := make([]seen, len(g.Replicas))
	for i, r := range g.Replicas {
		list[i].Name = r.Name
		var s replica.Status
		if err := ask(ctx, r, "/store", &s); err != nil {
			list[i].Code = string(fault.Of(err))
			continue
		}
		list[i].Status = &s
	}
	return list
}

func (t *tool) storeStatus() *cobra.Command {
	c := &cobra.Command{Use: "status [NAME]", Short: "Who leads, how far each replica is, what it waits for", Args: atMostOne("a store's name")}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		out := map[string][]seen{}
		for _, g := range groups {
			out[g.Name] = look(cmd.Context(), g)
		}
		return t.print(map[string]any{"stores": out}, func(w io.Writer) {
			for _, g := range groups {
				fmt.Fprintf(w, "%s\n  %-16s %-9s %5s %9s %10s %8s %5s  %s\n", g.Name, "replica", "state", "term", "revision", "digest", "records", "keys", "note")
				for _, s := range out[g.Name] {
					if s.Status == nil {
						fmt.Fprintf(w, "  %-16s %-9s %s\n", s.Name, "down", s.Code)
						continue
					}
					x := s.Status
					state, note := x.State, ""
					if x.Serving {
						state = "serves"
					}
					if x.Waiting != "" {
						note = "waits for " + x.Waiting
					}
					if x.RolledBack {
						note += " its disk was older than what it had acknowledged"
					}
					if x.Code != "" {
						note = x.Code
					}
					fmt.Fprintf(w, "  %-16s %-9s %5d %9d %10s %8d %5d  %s\n", s.Name, state, x.Term, x.Revision, x.Digest.Short(), x.Records, x.KeyEpoch, strings.TrimSpace(note))
				}
			}
		})
	}
	return c
}

// atMostOne is the arguments of a command that may be about one thing.
func atMostOne(what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > 1 {
			return fault.Denied(fault.APIField, "read command", c.CommandPath(), "at most "+what, strings.Join(args, " "))
		}
		return nil
	}
}

func (t *tool) storeCheck() *cobra.Command {
	c := &cobra.Command{Use: "check NAME", Short: "Read every record and log entry of every replica, and compare them", Args: exactly(1, "a store's name")}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		g := groups[0]
		reports := map[string]replica.Report{}
		digests := map[int64]wire.Digest{}
		var bad error
		for _, r := range g.Replicas {
			var rep replica.Report
			if err := ask(cmd.Context(), r, "/store/check", &rep); err != nil {
				rep.Code, rep.Detail = string(fault.Of(err)), err.Error()
			}
			if d, ok := digests[rep.Revision]; rep.Code == "" && ok && d != rep.Digest {
				rep.Code, rep.Detail = string(fault.StoreDiverged), "another history than another replica's at the same revision"
			}
			if rep.Code != "" && bad == nil {
				bad = fault.New(fault.Parse(rep.Code), "check %s: %s", r.Name, rep.Detail)
			}
			digests[rep.Revision] = rep.Digest
			reports[r.Name] = rep
		}
		err = t.print(map[string]any{"ok": bad == nil, "replicas": reports}, func(w io.Writer) {
			for _, r := range g.Replicas {
				rep := reports[r.Name]
				verdict := "ok"
				if rep.Code != "" {
					verdict = rep.Code
				}
				fmt.Fprintf(w, "%-16s revision %d  chain %s  %d records, %d bytes, %d log entries  %s\n", r.Name, rep.Revision, rep.Digest.Short(), rep.Records, rep.Bytes, rep.Entries, verdict)
			}
		})
		if err == nil {
			err = bad
		}
		return err
	}
	return c
}

// operator is who signs for a group, and the network.
func (t *tool) operator(g devnet.Group, file string) (node.Network, *key.Signer, error) {
	if file == "" {
		file = g.Operator
	}
	return t.signer(file)
}

// signedMembership is the newest membership in the replicas' folders.
func signedMembership(g devnet.Group) (tacit.Signed[replica.Membership], error) {
	var newest tacit.Signed[replica.Membership]
	for _, r := range g.Replicas {
		var m tacit.Signed[replica.Membership]
		b, err := os.ReadFile(filepath.Join(r.Dir, inside.MembershipFile))
		if err != nil {
			continue // one that was lost
		}
		if err := node.Decode(b, &m); err != nil {
			return newest, err
		}
		if m.Body.Number > newest.Body.Number {
			newest = m
		}
	}
	if newest.Body.Number == 0 {
		return newest, fault.New(fault.APINotFound, "read membership of %s: no replica has one", g.Name)
	}
	return newest, nil
}

// leaveFor writes a file into every replica's folder.
func leaveFor(g devnet.Group, name string, v any) error {
	for _, r := range g.Replicas {
		if err := node.WriteJSON(filepath.Join(r.Dir, name), 0o644, v); err != nil {
			return err
		}
	}
	return nil
}

func (t *tool) storeMember() *cobra.Command {
	var file, add string
	var remove, voter, learner string
	c := &cobra.Command{Use: "member NAME", Short: "Show who may be in a store; with a flag, sign a membership that changes it", Args: exactly(1, "a store's name"),
		Long: "Shows the newest membership. A flag changes it: the operator signs the next one and leaves it in\n" +
			"every replica's folder, and the leader does what it says: whoever is taken out loses its vote and,\n" +
			"by a new key epoch, every future key; a newcomer votes when it has caught up."}
	f := c.Flags()
	f.StringVar(&file, "key", "", "the operator's key file [the home's]")
	f.StringVar(&add, "add", "", "a new replica's replica.json, which its process wrote")
	f.StringVar(&remove, "remove", "", "key of a replica to take out")
	f.StringVar(&voter, "voter", "", "key of a replica to give a vote")
	f.StringVar(&learner, "learner", "", "key of a replica to take the vote from")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		g := groups[0]
		signed, err := signedMembership(g)
		if err != nil {
			return err
		}
		m := signed.Body
		changed, err := changeMembers(&m, add, remove, voter, learner)
		if err != nil {
			return err
		}
		if changed {
			n, operator, err := t.operator(g, file)
			if err != nil {
				return err
			}
			m.Number++
			signed = tacit.Sign(n.ID(), operator, m)
			if _, err := replica.CheckMembership(n.ID(), operator.Address(), signed); err != nil {
				return err
			}
			if err := leaveFor(g, inside.MembershipFile, signed); err != nil {
				return err
			}
		}
		return t.print(signed.Body, func(w io.Writer) {
			fmt.Fprintf(w, "group %s, membership %d\n", signed.Body.Group.Short(), signed.Body.Number)
			for _, p := range signed.Body.Members {
				role := "voter"
				if p.Learner {
					role = "learner"
				}
				fmt.Fprintf(w, "  %s  %-8s %s\n", p.Key, role, p.Address)
			}
			if changed {
				fmt.Fprintf(w, "next: tacit store status %s\n", g.Name)
			}
		})
	}
	return c
}

// changeMembers does what the flags say.
func changeMembers(m *replica.Membership, add, remove, voter, learner string) (changed bool, err error) {
	m.Members = slices.Clone(m.Members)
	if add != "" {
		var p replica.Member
		b, err := os.ReadFile(add)
		if err != nil {
			return false, fault.New(fault.APIPath, "read member: %w", err)
		}
		if err := node.Decode(b, &p); err != nil {
			return false, err
		}
		m.Members = append(m.Members, p)
		changed = true
	}
	for _, x := range []struct {
		key string
		do  func(i int)
	}{
		{remove, func(i int) { m.Members = slices.Delete(m.Members, i, i+1) }},
		{voter, func(i int) { m.Members[i].Learner = false }},
		{learner, func(i int) { m.Members[i].Learner = true }},
	} {
		if x.key == "" {
			continue
		}
		i := slices.IndexFunc(m.Members, func(p replica.Member) bool { return strings.HasPrefix(p.Key.String(), x.key) })
		if i < 0 {
			return false, fault.New(fault.APINotFound, "change membership: no replica has the key %s", x.key)
		}
		x.do(i)
		changed = true
	}
	return changed, nil
}

// order signs an order for a group and leaves it with its replicas.
func (t *tool) order(g devnet.Group, file string, o replica.Order) error {
	n, operator, err := t.operator(g, file)
	if err != nil {
		return err
	}
	m, err := signedMembership(g)
	if err != nil {
		return err
	}
	o.Group, o.Number = m.Body.Group, uint64(time.Now().UnixMilli())
	return leaveFor(g, inside.OrderFile, tacit.Sign(n.ID(), operator, o))
}

func (t *tool) storeOrder(use, short, action string) *cobra.Command {
	var file string
	c := &cobra.Command{Use: use + " NAME", Short: short, Args: exactly(1, "a store's name")}
	c.Flags().StringVar(&file, "key", "", "the operator's key file [the home's]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		if err := t.order(groups[0], file, replica.Order{Action: action}); err != nil {
			return err
		}
		return t.print(map[string]any{"ordered": action, "store": args[0]}, func(w io.Writer) {
			fmt.Fprintf(w, "ordered: %s\nnext: tacit store status %s\n", action, args[0])
		})
	}
	return c
}
