package replica

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
	"tacit/store"
	"tacit/wire"
)

// Labels of the keys' uses: no two share one.
const (
	labelTenant  = "tacit/store/tenant/2"
	labelRecord  = "tacit/store/record/2"
	labelPrint   = "tacit/store/print/2"
	labelKeyring = "tacit/store/keyring/1"
	labelWrapped = "tacit/store/wrapped/1"
)

// A record of a group is
//
//	version(1) revision(8) lease(8) epoch(4) nonce(24) ciphertext tag(16)
//
// sealed under a key of its tenant, of the key epoch and of the first half of its
// nonce, whose second half is GCM's nonce (store says why). The tenant is the
// first part of its name, up to a slash; of what accounts keep, under kv/, the first two.
const (
	recordVersion = 2
	nonceSize     = 24
	headerSize    = 1 + 8 + 8 + 4 + nonceSize
	tagSize       = 16
)

// secrets is what a keyring holds, as members hand it on.
type secrets struct {
	Epochs [][]byte `cbor:"1,keyasint"` // key of epoch i+1, 32 bytes each
	Print  []byte   `cbor:"2,keyasint"` // 32 bytes
}

// wrapped is a group's keys as its state carries them: sealed to each member and to
// the recovery key.
type wrapped struct {
	Epoch uint32   `cbor:"1,keyasint"` // the newest, under which records are sealed
	For   []sealed `cbor:"2,keyasint"`
	Plan  []byte   `cbor:"3,keyasint"` // an encoded recovery.SignedPlan; empty if there is none
}

type sealed struct {
	To     wire.Digest `cbor:"1,keyasint"` // key.Recipient.Digest
	Secret []byte      `cbor:"2,keyasint"`
}

// newSecrets makes a group's first keys.
func newSecrets() secrets {
	var s secrets
	s.Print = make([]byte, 32)
	_, _ = rand.Read(s.Print) // never fails
	return s.next()
}

// next adds an epoch.
func (s secrets) next() secrets {
	k := make([]byte, 32)
	_, _ = rand.Read(k) // never fails
	s.Epochs = append(append([][]byte{}, s.Epochs...), k)
	return s
}

// Format keeps the keys out of any print.
func (s secrets) Format(f fmt.State, _ rune) { fmt.Fprint(f, "replica.secrets(hidden)") }

// wrapInfo binds wrapped keys to their group and epoch.
func wrapInfo(group wire.Digest, epoch uint32) []byte {
	b := append([]byte(labelWrapped), 0)
	b = append(b, group[:]...)
	return binary.BigEndian.AppendUint32(b, epoch)
}

// wrap seals the keys to whom a membership names, and to the key of a recovery plan if
// there is one.
func (s secrets) wrap(m Membership, plan []byte) (wrapped, error) {
	w := wrapped{Epoch: uint32(len(s.Epochs)), Plan: plan}
	plain, err := wire.Marshal(labelKeyring, s)
	if err != nil {
		return w, err
	}
	to := make([]key.Recipient, 0, len(m.Members)+1)
	for _, p := range m.Members {
		to = append(to, p.Seal)
	}
	if len(plan) > 0 {
		signed, err := recovery.ParsePlan(plan)
		if err != nil {
			return w, err
		}
		to = append(to, signed.Plan.Key)
	}
	for _, r := range to {
		b, err := r.Seal(wrapInfo(m.Group, w.Epoch), plain)
		if err != nil {
			return w, fmt.Errorf("seal the group's keys: %w", err)
		}
		w.For = append(w.For, sealed{r.Digest(), b})
	}
	return w, nil
}

// unwrap opens the keys with one of the secrets that they are sealed to. Who is not
// named gets STORE_PEER.
func (w wrapped) unwrap(group wire.Digest, with *key.Sealer) (secrets, error) {
	var s secrets
	me := with.Recipient().Digest()
	for _, f := range w.For {
		if f.To != me {
			continue
		}
		plain, err := with.Open(wrapInfo(group, w.Epoch), f.Secret)
		if err != nil {
			return s, fault.New(fault.StoreCorrupt, "open the group's keys: %w", err)
		}
		if err := wire.Unmarshal(labelKeyring, plain, &s); err != nil {
			return s, fault.New(fault.StoreCorrupt, "read the group's keys: %w", err)
		}
		if len(s.Epochs) != int(w.Epoch) || len(s.Print) != 32 {
			return s, fault.New(fault.StoreCorrupt, "read the group's keys: %d epochs, want %d", len(s.Epochs), w.Epoch)
		}
		for _, k := range s.Epochs {
			if len(k) != 32 {
				return s, fault.New(fault.StoreCorrupt, "read the group's keys: a key of %d bytes", len(k))
			}
		}
		return s, nil
	}
	return s, fault.New(fault.StorePeer, "open the group's keys: they are not sealed to this member")
}

// keyring seals records under a group's keys. It is a store.Sealer and safe for
// concurrent use.
type keyring struct {
	secrets secrets

	mu      sync.RWMutex // guards what follows
	tenants map[string][]byte
}

var _ store.Sealer = (*keyring)(nil)

func newKeyring(s secrets) *keyring { return &keyring{secrets: s, tenants: map[string][]byte{}} }

// Format keeps the keys out of any print.
func (k *keyring) Format(f fmt.State, _ rune) { fmt.Fprint(f, "replica.keyring(hidden)") }

// maxTenants bounds the keys that are kept; others are derived anew each time.
const maxTenants = 1024

// tenantOf is the tenant that a name belongs to.
func tenantOf(name string) string {
	rest, ok := strings.CutPrefix(name, store.Accounts)
	first, _, _ := strings.Cut(rest, "/")
	if ok {
		return store.Accounts + first
	}
	return first
}

// tenant is the key of a place's tenant in an epoch.
func (k *keyring) tenant(epoch uint32, place []byte) []byte {
	name := tenantOf(string(place[1:]))
	id := string(binary.BigEndian.AppendUint32(nil, epoch)) + name
	k.mu.RLock()
	t := k.tenants[id]
	k.mu.RUnlock()
	if t != nil {
		return t
	}
	t = store.MAC(k.secrets.Epochs[epoch-1], labelTenant, []byte(name))
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.tenants) < maxTenants {
		k.tenants[id] = t
	}
	return t
}

func (k *keyring) aead(epoch uint32, place, nonce []byte) cipher.AEAD {
	block, err := aes.NewCipher(store.MAC(k.tenant(epoch, place), labelRecord, nonce[:nonceSize/2]))
	if err != nil {
		panic(err) // a MAC of 32 bytes is a key of AES-256
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return a
}

// additional binds a record to its place and its clear header, which has revision,
// lease and epoch.
func additional(place, header []byte) []byte {
	a := make([]byte, 0, len(labelRecord)+5+len(place)+len(header))
	a = append(append(a, labelRecord...), 0)
	a = binary.BigEndian.AppendUint32(a, uint32(len(place)))
	a = append(a, place...)
	return append(a, header...)
}

// Seal implements store.Sealer, under the newest epoch.
func (k *keyring) Seal(place []byte, revision, lease int64, plain []byte) []byte {
	epoch := uint32(len(k.secrets.Epochs))
	rec := make([]byte, 0, headerSize+len(plain)+tagSize)
	rec = append(rec, recordVersion)
	rec = binary.BigEndian.AppendUint64(rec, uint64(revision))
	rec = binary.BigEndian.AppendUint64(rec, uint64(lease))
	rec = binary.BigEndian.AppendUint32(rec, epoch)
	rec = rec[:headerSize]
	nonce := rec[headerSize-nonceSize : headerSize]
	_, _ = rand.Read(nonce) // never fails
	return k.aead(epoch, place, nonce).Seal(rec, nonce[nonceSize/2:], plain, additional(place, rec[:headerSize-nonceSize]))
}

// Open implements store.Sealer.
func (k *keyring) Open(place, rec []byte) (revision, lease int64, plain []byte, err error) {
	revision, lease, err = k.Header(rec)
	if err != nil {
		return 0, 0, nil, err
	}
	epoch := binary.BigEndian.Uint32(rec[17:])
	if epoch == 0 || int64(epoch) > int64(len(k.secrets.Epochs)) || len(place) == 0 {
		return 0, 0, nil, store.ErrRecord
	}
	nonce := rec[headerSize-nonceSize : headerSize]
	plain, err = k.aead(epoch, place, nonce).Open(nil, nonce[nonceSize/2:], rec[headerSize:], additional(place, rec[:headerSize-nonceSize]))
	if err != nil {
		return 0, 0, nil, store.ErrRecord
	}
	return revision, lease, plain, nil
}

// Header implements store.Sealer.
func (k *keyring) Header(rec []byte) (revision, lease int64, err error) {
	if len(rec) > 0 && rec[0] > recordVersion {
		return 0, 0, store.ErrNewer
	}
	if len(rec) < headerSize+tagSize || rec[0] != recordVersion {
		return 0, 0, store.ErrRecord
	}
	revision = int64(binary.BigEndian.Uint64(rec[1:]))
	lease = int64(binary.BigEndian.Uint64(rec[9:]))
	if revision < 0 || lease < 0 {
		return 0, 0, store.ErrRecord
	}
	return revision, lease, nil
}

// Print implements store.Sealer; its key is the same in all epochs.
func (k *keyring) Print(place, rec []byte) store.Print {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(place)))
	return store.Print(store.MAC(k.secrets.Print, labelPrint, n[:], place, rec))
}
