package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/cmd/internal/inside"
	"tacit/devnet"
	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/node"
	"tacit/settle"
	"tacit/store/replica"
)

// orderWait is how long a replica has to do an order.
const orderWait = 30 * time.Second

// appeared waits for a file that is newer than a time in one of a group's folders.
func appeared(cmd *cobra.Command, g devnet.Group, name string, after time.Time) (string, error) {
	for end := time.Now().Add(orderWait); ; {
		for _, r := range g.Replicas {
			path := filepath.Join(r.Dir, name)
			if info, err := os.Stat(path); err == nil && !info.ModTime().Before(after) {
				return path, nil
			}
		}
		if time.Now().After(end) {
			return "", fault.New(fault.TaskTimeout, "wait for %s of %s: no replica wrote it; see its log", name, g.Name)
		}
		select {
		case <-cmd.Context().Done():
			return "", cmd.Context().Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (t *tool) storeOwner() *cobra.Command {
	c := &cobra.Command{Use: "owner FILE", Short: "Make an owner's key for recovery shares; FILE.pub is what operators need", Args: exactly(1, "the key's file")}
	c.RunE = func(_ *cobra.Command, args []string) error {
		k, err := key.NewSealer()
		if err != nil {
			return err
		}
		secret, err := k.Secret()
		if err != nil {
			return err
		}
		if err := node.WriteSecret(args[0], secret); err != nil {
			return err
		}
		if err := os.WriteFile(args[0]+".pub", fmt.Appendf(nil, "%x\n", []byte(k.Recipient())), 0o644); err != nil {
			return fault.New(fault.APIPath, "write owner's public key: %w", err)
		}
		return t.print(map[string]any{"public": args[0] + ".pub", "digest": k.Recipient().Digest()}, func(w io.Writer) {
			fmt.Fprintf(w, "%s  %s\n", args[0]+".pub", k.Recipient().Digest().Short())
		})
	}
	return c
}

func (t *tool) storeShare() *cobra.Command {
	var file, out string
	var need uint8
	var owners []string
	c := &cobra.Command{Use: "share NAME", Short: "Split a new recovery key of a store among named owners", Args: exactly(1, "a store's name"),
		Long: "The store's leader makes a recovery key inside its enclave, splits it among the owners, seals\n" +
			"each share to its owner and the store's keys to the key, and forgets it. So many of them as\n" +
			"--need says, and nobody else, can open a backup together. Each owner keeps NAME.parcel."}
	f := c.Flags()
	f.StringVar(&file, "key", "", "the operator's key file [the home's]")
	f.Uint8Var(&need, "need", 0, "how many owners it takes")
	f.StringArrayVar(&owners, "owner", nil, "NAME=FILE.pub; once for each owner")
	f.StringVar(&out, "out", ".", "folder for plan and parcels")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		g := groups[0]
		o := replica.Order{Action: replica.OrderShare, Need: need}
		for _, x := range owners {
			name, path, ok := strings.Cut(x, "=")
			if !ok || name == "" || name != filepath.Base(name) {
				return fault.Denied(fault.APIField, "read flags", "--owner", "NAME=FILE.pub", x)
			}
			recipient, err := readRecipient(path)
			if err != nil {
				return err
			}
			o.Owners = append(o.Owners, recovery.Owner{Name: name, Key: recipient})
		}
		if need == 0 || int(need) > len(o.Owners) {
			return fault.Denied(fault.APIField, "read flags", "--need", fmt.Sprintf("1 to %d, the owners", len(o.Owners)), fmt.Sprint(need))
		}
		began := time.Now()
		if err := t.order(g, file, o); err != nil {
			return err
		}
		plan, err := appeared(cmd, g, inside.PlanFile, began)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(out, 0o700); err != nil {
			return fault.New(fault.APIPath, "write parcels: %w", err)
		}
		files := []string{inside.PlanFile}
		for _, x := range o.Owners {
			files = append(files, x.Name+inside.ParcelSuffix)
		}
		for _, name := range files {
			if err := copyFile(filepath.Join(filepath.Dir(plan), name), filepath.Join(out, name)); err != nil {
				return err
			}
		}
		return t.print(map[string]any{"files": files, "out": out, "need": need}, func(w io.Writer) {
			fmt.Fprintf(w, "%d of %d owners bring %s back\n", need, len(o.Owners), g.Name)
			for _, name := range files {
				fmt.Fprintf(w, "  %s\n", filepath.Join(out, name))
			}
			fmt.Fprintf(w, "next: give each owner his parcel\n      tacit store backup %s --out %s.backup\n", g.Name, g.Name)
		})
	}
	return c
}

func readRecipient(path string) (key.Recipient, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read owner's public key: %w", err)
	}
	var r key.Recipient
	if _, err := fmt.Sscanf(string(bytes.TrimSpace(b)), "%x", &r); err != nil {
		return nil, fault.New(fault.APIField, "read owner's public key %s: not hexadecimal", path)
	}
	return r, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return fault.New(fault.APIPath, "copy file: %w", err)
	}
	defer in.Close()
	f, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.APIPath, "copy file: %w", err)
	}
	if _, err := io.Copy(f, in); err != nil {
		return errors.Join(fault.New(fault.APIPath, "copy file: %w", err), f.Close())
	}
	return f.Close()
}

func (t *tool) storeBackup() *cobra.Command {
	var file, out string
	c := &cobra.Command{Use: "backup NAME", Short: "Write a store's state, sealed to its recovery key", Args: exactly(1, "a store's name")}
	f := c.Flags()
	f.StringVar(&file, "key", "", "the operator's key file [the home's]")
	f.StringVar(&out, "out", "", "file of the backup")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" {
			return fault.Denied(fault.APIField, "read flags", "--out", "a file", "none")
		}
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := t.order(groups[0], file, replica.Order{Action: replica.OrderBackup}); err != nil {
			return err
		}
		path, err := appeared(cmd, groups[0], inside.BackupFile, began)
		if err != nil {
			return err
		}
		if err := copyFile(path, out); err != nil {
			return err
		}
		b, err := os.Open(out)
		if err != nil {
			return fault.New(fault.APIPath, "read backup: %w", err)
		}
		defer b.Close()
		info, err := replica.ReadBackup(b)
		if err != nil {
			return err
		}
		plan := info.Plan.Plan
		return t.print(map[string]any{"file": out, "revision": info.Revision, "digest": info.Digest, "need": plan.Need, "owners": len(plan.Owners)}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: revision %d, chain %s; %d of %d owners open it\n", out, info.Revision, info.Digest.Short(), plan.Need, len(plan.Owners))
		})
	}
	return c
}

func (t *tool) storeHand() *cobra.Command {
	var desk, file, out string
	c := &cobra.Command{Use: "hand PARCEL", Short: "As an owner, hand a share to a recovering enclave once its evidence is good", Args: exactly(1, "the owner's parcel"),
		Long: "Appraises the evidence that the recovering enclave shows at its desk by the network's policies,\n" +
			"opens the parcel with the owner's key on this machine, and seals the share to that desk alone."}
	f := c.Flags()
	f.StringVar(&desk, "desk", "", "the desk.json that the recovering replica wrote")
	f.StringVar(&file, "owner-key", "", "the owner's key file")
	f.StringVar(&out, "out", "", "file for the sealed share, to be left in the replica's folder as NAME.handed")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		var shown inside.ShownDesk
		b, err := os.ReadFile(desk)
		if err != nil {
			return fault.New(fault.APIPath, "read desk: %w", err)
		}
		if err := node.Decode(b, &shown); err != nil {
			return err
		}
		b, err = os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read parcel: %w", err)
		}
		parcel, err := recovery.ParseParcel(b)
		if err != nil {
			return err
		}
		s, err := t.open(ctx)
		if err != nil {
			return err
		}
		t.notice(s.network.Genesis.Teaching)
		if err := t.appraiseDesk(cmd, s, shown, parcel.Signed.Plan); err != nil {
			return err
		}
		secret, err := node.ReadSecret(file)
		if err != nil {
			return err
		}
		owner, err := key.ParseSealer(secret)
		if err != nil {
			return err
		}
		share, err := parcel.Open(s.network.ID(), parcel.Signed.Plan.Group, owner)
		if err != nil {
			return err
		}
		h, err := share.Hand(s.network.ID(), shown.Desk)
		if err != nil {
			return err
		}
		if b, err = h.Encode(); err != nil {
			return err
		}
		if err := os.WriteFile(out, b, 0o644); err != nil {
			return fault.New(fault.APIPath, "write share: %w", err)
		}
		return t.print(map[string]any{"file": out, "group": parcel.Signed.Plan.Group, "index": parcel.Index}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: share %d of %s, for this enclave alone\n", out, parcel.Index, parcel.Signed.Plan.Group)
		})
	}
	return c
}

// appraiseDesk is what an owner does before he hands his share over: the node must be
// the registered one, and the desk must have been made by an enclave of its image.
func (t *tool) appraiseDesk(cmd *cobra.Command, s *session, shown inside.ShownDesk, plan recovery.Plan) error {
	ctx := cmd.Context()
	if err := s.Node.Follow.Sync(ctx); err != nil {
		return err
	}
	header := s.Node.Follow.View().Header
	reply, err := s.Node.Gateway.Node(ctx, tacit.ProofRequest{Epoch: header.Number, Key: plan.Group})
	if err != nil {
		return err
	}
	n, err := reply.Node.Check(header)
	if err != nil {
		return err
	}
	if n.Key != plan.Group {
		return fault.Denied(fault.KeyRecovery, "appraise desk", "node", plan.Group.String(), n.Key.String())
	}
	set, err := s.Node.Follow.Policies(ctx, header)
	if err != nil {
		return err
	}
	claims, err := s.schemes.Verify(ctx, shown.Evidence, time.Now())
	if err != nil {
		return err
	}
	var all []error
	for _, short := range set.Appraise(uint16(n.Roles), n.Key, claims, inside.DeskData(s.network.ID(), shown.Desk), time.Now()) {
		all = append(all, short)
	}
	return errors.Join(all...)
}

func (t *tool) storeRestore() *cobra.Command {
	var file, backup string
	c := &cobra.Command{Use: "restore NAME", Short: "Bring a lost store back on new replicas, from a backup and its owners' shares", Args: exactly(1, "a store's name"),
		Long: "Run it when the store's replicas are lost and new processes stand in their place, each of which\n" +
			"wrote a replica.json. The operator signs a membership that names the new ones; the first opens a\n" +
			"desk, where the owners hand their shares over: tacit store hand."}
	f := c.Flags()
	f.StringVar(&file, "key", "", "the operator's key file [the home's]")
	f.StringVar(&backup, "backup", "", "file of the backup")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		g := groups[0]
		b, err := os.Open(backup)
		if err != nil {
			return fault.New(fault.APIPath, "read backup: %w", err)
		}
		defer b.Close()
		info, err := replica.ReadBackup(b)
		if err != nil {
			return err
		}
		m := replica.Membership{Group: info.Group, Number: uint64(time.Now().UnixMilli())}
		for _, r := range g.Replicas {
			if _, err := os.Stat(filepath.Join(r.Dir, "group", "log")); err == nil {
				return fault.New(fault.APIPath, "restore: replica %s has a disk; only a store that is lost is restored", r.Name)
			}
			path, err := appeared(cmd, devnet.Group{Name: g.Name, Replicas: []devnet.Replica{r}}, inside.MemberFile, time.Time{})
			if err != nil {
				return err
			}
			if _, err := changeMembers(&m, path, "", "", ""); err != nil {
				return err
			}
		}
		n, operator, err := t.operator(g, file)
		if err != nil {
			return err
		}
		first := g.Replicas[0]
		if err := copyFile(backup, filepath.Join(first.Dir, inside.BackupFile)); err != nil {
			return err
		}
		signed := tacit.Sign(n.ID(), operator, m)
		if err := leaveFor(g, inside.MembershipFile, signed); err != nil {
			return err
		}
		desk, err := appeared(cmd, devnet.Group{Name: g.Name, Replicas: []devnet.Replica{first}}, inside.DeskFile, time.Time{})
		if err != nil {
			return err
		}
		return t.print(map[string]any{"desk": desk, "need": info.Plan.Plan.Need, "revision": info.Revision, "folder": first.Dir}, func(w io.Writer) {
			fmt.Fprintf(w, "desk open at %s: %d of %d owners are needed\nnext: each runs 'tacit store hand HIS.parcel --desk %s --owner-key FILE --out NAME%s'\n      and the share is left in %s\n",
				first.Name, info.Plan.Plan.Need, len(info.Plan.Plan.Owners), desk, inside.HandedSuffix, first.Dir)
		})
	}
	return c
}

func (t *tool) storeAccept() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "accept NAME", Short: "As its operator, accept that a store goes on from an older state than it anchored", Args: exactly(1, "a store's name"),
		Long: "A store whose state is older than its checkpoint on the chain stays closed (STORE_ROLLBACK). This\n" +
			"leads the checkpoint back to where the store stands, and is counted on the chain: everybody sees\n" +
			"that what came after is lost."}
	c.Flags().StringVar(&file, "key", "", "the operator's key file [the home's]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		groups, err := t.groups(args)
		if err != nil {
			return err
		}
		g := groups[0]
		var at *replica.Status
		for _, s := range look(ctx, g) {
			if s.Status != nil && s.Status.State == "leader" {
				at = s.Status
			}
		}
		if at == nil {
			return fault.New(fault.StoreNotLeader, "accept the state of %s: no replica leads", g.Name)
		}
		if at.Serving {
			return fault.New(fault.APIField, "accept the state of %s: it serves; there is nothing to accept", g.Name)
		}
		n, operator, err := t.operator(g, file)
		if err != nil {
			return err
		}
		chain, err := settle.Dial(ctx, settle.Config{URLs: n.Chain, Epochs: n.Epochs, ChainID: n.Genesis.ChainID, Signer: operator})
		if err != nil {
			return err
		}
		defer chain.Close()
		if at.Node.IsZero() {
			return fault.New(fault.APINotFound, "accept the state of %s: its node's key is not known", g.Name)
		}
		if _, err := chain.Recover(ctx, at.Node, uint64(at.Revision), at.Digest); err != nil {
			return err
		}
		return t.print(map[string]any{"node": at.Node, "revision": at.Revision, "digest": at.Digest}, func(w io.Writer) {
			fmt.Fprintf(w, "led back to revision %d, chain %s; it serves with the next epoch\nnext: tacit store status %s\n", at.Revision, at.Digest.Short(), g.Name)
		})
	}
	return c
}
