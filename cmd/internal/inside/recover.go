package inside

import (
	"context"
	"crypto/sha512"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/node"
	"tacit/store/replica"
	"tacit/wire"
)

// Names of the files by which owners and a recovering replica meet. All of them are
// public, or sealed to whom they are for.
const (
	BackupFile   = "backup.tacit" // what a group is brought back from, or what it wrote
	PlanFile     = "plan.bin"     // the newest recovery plan
	DeskFile     = "desk.json"    // where a recovering replica takes shares
	ParcelSuffix = ".parcel"      // an owner's share, behind his name
	HandedSuffix = ".handed"      // a share that an owner handed over
)

// A ShownDesk is a desk with the evidence that an enclave of the image made it.
type ShownDesk struct {
	Desk     recovery.Desk   `json:"desk"`
	Evidence attest.Evidence `json:"evidence"`
}

// DeskData is what the evidence of a desk binds.
func DeskData(network wire.Digest, d recovery.Desk) attest.ReportData {
	at := d.Hash()
	return sha512.Sum512(append(append([]byte("tacit/recovery/desk/evidence\x00"), network[:]...), at[:]...))
}

// restore brings the group back if there is a backup beside a replica that has no disk
// yet and is the first member: it opens a desk, waits for enough shares, and lays the
// backup down. The backup, the shares and the plan come from a host that is not
// trusted: what is not of this group is KEY_RECOVERY or VAULT_QUORUM.
func (g *group) restore(ctx context.Context, how replica.Config) error {
	path := filepath.Join(g.cfg.Dir, BackupFile)
	if how.Membership.Body.Members[0].Key != how.Signer.Address() {
		return nil
	}
	if _, err := os.Stat(filepath.Join(how.Dir, "log")); err == nil {
		return nil // it has a disk: what lies here is a backup that it wrote
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.New(fault.APIPath, "restore: %w", err)
	}
	defer f.Close()
	about, err := replica.ReadBackup(f)
	if err != nil {
		return err
	}
	of := about.Plan.Plan.Group
	if want := g.cfg.Group.Node; !want.IsZero() && want != of {
		return fault.Denied(fault.KeyRecovery, "restore", "node's key", want.String(), of.String())
	}
	r, err := recovery.Begin(g.cfg.Network.ID(), of, about.Plan)
	if err != nil {
		return err
	}
	shown := ShownDesk{Desk: r.Desk()}
	if shown.Evidence, err = g.device.Evidence(ctx, DeskData(g.cfg.Network.ID(), shown.Desk)); err != nil {
		return err
	}
	if err := node.WriteJSON(filepath.Join(g.cfg.Dir, DeskFile), 0o644, shown); err != nil {
		return err
	}
	with, err := g.gather(ctx, r)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return fault.New(fault.APIPath, "restore: %w", err)
	}
	if err := replica.Restore(how, f, with); err != nil {
		return err
	}
	g.log.Info("group restored", "revision", about.Revision)
	return os.Remove(filepath.Join(g.cfg.Dir, DeskFile))
}

// gather waits for enough shares.
func (g *group) gather(ctx context.Context, r *recovery.Recovery) (*key.Sealer, error) {
	seen := map[string]bool{}
	g.log.Info("waiting for recovery shares", "desk", DeskFile)
	for {
		files, _ := filepath.Glob(filepath.Join(g.cfg.Dir, "*"+HandedSuffix))
		for _, f := range files {
			if seen[f] {
				continue
			}
			seen[f] = true
			b, err := os.ReadFile(f)
			var h recovery.Handed
			if err == nil {
				h, err = recovery.ParseHanded(b)
			}
			missing := 0
			if err == nil {
				missing, err = r.Take(h)
			}
			if err != nil {
				g.log.Error("share refused", "file", filepath.Base(f), "err", err)
				continue
			}
			g.log.Info("share taken", "file", filepath.Base(f), "missing", missing)
			if missing == 0 {
				return r.Key()
			}
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// do does an order of the operator that the replica leaves to its process. Who does not
// lead does nothing.
func (g *group) do(o replica.Order) error {
	t, signer := g.term.Load(), g.signer.Load()
	if t == nil || signer == nil {
		return nil
	}
	if o.Action == replica.OrderShare {
		return g.share(t, signer, o)
	}
	path := filepath.Join(g.cfg.Dir, BackupFile)
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.APIPath, "write backup: %w", err)
	}
	if err := errors.Join(g.replica.Backup(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// share makes a recovery key, splits it among the owners that the operator names, and
// seals the group's keys to it. Whoever they are, everybody can see in the plan.
func (g *group) share(t *replica.Term, signer *key.Signer, o replica.Order) error {
	secret, err := key.NewSealer()
	if err != nil {
		return err
	}
	plan := recovery.Plan{Serial: 1, Need: o.Need, Owners: o.Owners}
	if was, err := g.replica.Plan(); err == nil {
		plan.Serial = was.Plan.Serial + 1
	}
	parcels, err := recovery.Split(g.cfg.Network.ID(), signer, secret, plan)
	if err != nil {
		return err
	}
	if err := t.SetRecovery(parcels[0].Signed); err != nil {
		return err
	}
	for _, p := range parcels {
		b, err := p.Encode()
		if err != nil {
			return err
		}
		name := p.Signed.Plan.Owners[p.Index-1].Name
		if err := os.WriteFile(filepath.Join(g.cfg.Dir, filepath.Base(name)+ParcelSuffix), b, 0o644); err != nil {
			return fault.New(fault.APIPath, "write parcel: %w", err)
		}
	}
	b, err := parcels[0].Signed.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(g.cfg.Dir, PlanFile), b, 0o644); err != nil {
		return fault.New(fault.APIPath, "write plan: %w", err)
	}
	return nil
}
