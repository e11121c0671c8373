package replica

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/hashicorp/raft"

	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/store"
	"tacit/wire"
)

// A backup is the state at one revision, as an age file whose file key is sealed to the
// group's recovery key, behind a description in clear. It is ciphertext: whoever keeps it
// needs no trust. It is opened only by the key that enough owners put together.
type backup struct {
	Group    wire.Digest         `cbor:"1,keyasint"`
	Revision int64               `cbor:"2,keyasint"`
	Digest   wire.Digest         `cbor:"3,keyasint"` // of the chain of entries
	Plan     recovery.SignedPlan `cbor:"4,keyasint"`
}

const (
	labelBackup  = "tacit/store/backup/1"
	backupStanza = "tacit-store-backup"
	mostBackup   = 1 << 20 // of the description, in bytes
)

func (b backup) info() []byte {
	d := wire.Hash("tacit/store/backup/key/1", b)
	return d[:]
}

// forOwners seals a backup's file key to the recovery key.
type forOwners struct{ b backup }

// Wrap implements age.Recipient.
func (f forOwners) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	body, err := f.b.Plan.Plan.Key.Seal(f.b.info(), fileKey)
	if err != nil {
		return nil, err
	}
	return []*age.Stanza{{Type: backupStanza, Body: body}}, nil
}

// byOwners opens it.
type byOwners struct {
	b    backup
	with *key.Sealer
}

// Unwrap implements age.Identity.
func (f byOwners) Unwrap(list []*age.Stanza) ([]byte, error) {
	if len(list) != 1 || list[0].Type != backupStanza {
		return nil, age.ErrIncorrectIdentity
	}
	fileKey, err := f.with.Open(f.b.info(), list[0].Body)
	if err != nil {
		return nil, age.ErrIncorrectIdentity
	}
	return fileKey, nil
}

// SetRecovery makes a plan the group's: its keys are sealed to the plan's key from now
// on, and backups can be made. A plan that is not newer than the group's, or another
// group's, is KEY_RECOVERY.
func (t *Term) SetRecovery(signed recovery.SignedPlan) error {
	b, err := signed.Encode()
	if err != nil {
		return err
	}
	m := t.of.machine
	t.proposing.Lock()
	defer t.proposing.Unlock()
	m.mu.RLock()
	s, list, before := m.keys.secrets, m.membership.Body, m.wrapped.Plan
	m.mu.RUnlock()
	if len(before) > 0 {
		was, err := recovery.ParsePlan(before)
		if err != nil {
			return err
		}
		if err := signed.Plan.Follows(was.Plan); err != nil {
			return err
		}
	}
	w, err := s.wrap(list, b)
	if err != nil {
		return err
	}
	return t.propose(entry{Wrapped: &w})
}

// Plan is the group's recovery plan; API_NOT_FOUND if it has none.
func (r *Replica) Plan() (recovery.SignedPlan, error) {
	r.machine.mu.RLock()
	b := r.machine.wrapped.Plan
	r.machine.mu.RUnlock()
	if len(b) == 0 {
		return recovery.SignedPlan{}, fault.New(fault.APINotFound, "read recovery plan: the group's keys are split among no owners")
	}
	return recovery.ParsePlan(b)
}

// Backup writes the state as this member has it.
func (r *Replica) Backup(to io.Writer) error {
	plan, err := r.Plan()
	if err != nil {
		return err
	}
	s, err := r.machine.Snapshot()
	if err != nil {
		return err
	}
	state := s.(*image)
	b := backup{r.group, state.head.Revision, state.chain, plan}
	about, err := wire.Marshal(labelBackup, b)
	if err != nil {
		return err
	}
	if _, err := to.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(about))), about...)); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	out, err := age.Encrypt(to, forOwners{b})
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	w := bufio.NewWriterSize(out, 256<<10)
	if err := errors.Join(state.write(w), w.Flush(), out.Close()); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}

// A BackupInfo is what a backup says of itself in clear.
type BackupInfo struct {
	Group    wire.Digest
	Revision int64
	Digest   wire.Digest
	Plan     recovery.SignedPlan
}

// ReadBackup reads what a backup says of itself.
func ReadBackup(from io.Reader) (BackupInfo, error) {
	b, err := readBackup(from)
	return BackupInfo(b), err
}

func readBackup(from io.Reader) (backup, error) {
	const op = "read backup"
	var b backup
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return b, fault.New(fault.StoreCorrupt, "%s: %w", op, err)
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > mostBackup {
		return b, fault.New(fault.StoreCorrupt, "%s: a description of %d bytes", op, n)
	}
	about := make([]byte, n)
	if _, err := io.ReadFull(from, about); err != nil {
		return b, fault.New(fault.StoreCorrupt, "%s: %w", op, err)
	}
	if err := wire.Unmarshal(labelBackup, about, &b); err != nil {
		return b, fault.New(fault.StoreCorrupt, "%s: %w", op, err)
	}
	return b, nil
}

// Restore lays a backup down as the disk of the first member of a new membership, which
// Open then finds. with is the recovered key; another one is KEY_RECOVERY. The keys of
// before open what was written before; what comes is sealed under a new epoch, for who
// had the old ones is gone, not known to be gone. A folder that has a disk is
// API_PATH.
func Restore(cfg Config, from io.Reader, with *key.Sealer) error {
	const op = "restore"
	list, err := CheckMembership(cfg.NetworkID, cfg.Operator, cfg.Membership)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if list.Members[0].Key != cfg.Signer.Address() {
		return fault.New(fault.StorePeer, "%s: the first member of the membership restores, and this is another", op)
	}
	if _, err := os.Stat(filepath.Join(cfg.Dir, "log")); err == nil {
		return fault.New(fault.APIPath, "%s: %s has a disk already", op, cfg.Dir)
	}
	b, err := readBackup(from)
	if err != nil {
		return err
	}
	if b.Group != list.Group {
		return fault.Denied(fault.KeyRecovery, op, "group", list.Group.Short(), b.Group.Short())
	}
	r, err := age.Decrypt(from, byOwners{b, with})
	if err != nil {
		return fault.New(fault.KeyRecovery, "%s: the backup does not open with the recovered key", op)
	}
	m := &machine{network: cfg.NetworkID, operator: cfg.Operator, own: with, group: list.Group, tree: newTree(), applied: make(chan struct{}), broke: func(error) {}}
	if err := m.Restore(io.NopCloser(r)); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if m.head.Revision != b.Revision || m.chain != b.Digest {
		return fault.New(fault.StoreCorrupt, "%s: the content is not what the backup says", op)
	}
	if list.Number <= m.membership.Body.Number {
		return fault.Denied(fault.StoreGeneration, op, "number of the membership", fmt.Sprintf("above %d", m.membership.Body.Number), fmt.Sprint(list.Number))
	}
	w, err := m.keys.secrets.next().wrap(list, m.wrapped.Plan)
	if err != nil {
		return err
	}
	snaps := &snapshots{dir: filepath.Join(cfg.Dir, "snapshots"), box: store.NewBox(cfg.Key)}
	sink, err := snaps.Create(1, 1, 1, list.configuration(), 1, nil)
	if err != nil {
		return err
	}
	return (&image{m.tree, m.head, m.chain, cfg.Membership, w}).Persist(sink)
}

var _ raft.FSMSnapshot = (*image)(nil)
