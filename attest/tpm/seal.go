package tpm

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"

	"tacit/fault"
	"tacit/wire"
)

const vaultLabel = "tacit/tpm/vault"

// sealRegisters are those that a secret is sealed to: 0, 2, 4, 7 to 9 and 11 to
// 14. PCRs 10 and 15 go on while the machine runs; the others hold what differs
// between two starts of the same.
var sealRegisters = []byte{0b1001_0101, 0b0111_1011, 0}

// vaultFile is a vault on disk. The secret is a sealed object; the state is
// encrypted under a key from it, for one value of the counter.
type vaultFile struct {
	Public  []byte `cbor:"1,keyasint"`
	Private []byte `cbor:"2,keyasint"`
	Counter uint64 `cbor:"3,keyasint"`
	Nonce   []byte `cbor:"4,keyasint"`
	State   []byte `cbor:"5,keyasint"`
}

// A Vault keeps a secret and a small state that open on this machine only, while
// it runs what it ran when the vault was made: else STORE_SEALED. A counter in
// the TPM, which nobody can turn back, goes on with every Save; a state that is
// older is STORE_ROLLBACK. It is safe for concurrent use, by one process.
type Vault struct {
	chip  *Chip
	path  string
	index tpm2.TPMHandle

	mu      sync.Mutex // guards what follows
	file    vaultFile
	secret  []byte
	counter uint64
	doubt   bool // a save ended without an answer: file and counter may be older than they are
}

// stateMost bounds a vault's state.
const stateMost = 1 << 20

// CounterIndex is where a vault keeps its counter in the TPM by default.
const CounterIndex = 0x01807ac1

// OpenVault opens the vault in a file, or makes it there. Two vaults of one TPM
// need different counters.
func OpenVault(chip *Chip, path string, index uint32) (*Vault, error) {
	v := &Vault{chip: chip, path: path, index: tpm2.TPMHandle(index)}
	_, err := os.Stat(path)
	_, nextErr := os.Stat(path + ".next")
	if os.IsNotExist(err) && os.IsNotExist(nextErr) {
		return v, v.create()
	}
	if err := v.find(); err != nil {
		return nil, err
	}
	if v.secret, err = chip.unseal(v.file.Public, v.file.Private); err != nil {
		return nil, err
	}
	_, err = v.open()
	return v, err
}

// find reads the counter and the file that is its. A crash between the counter and the
// rename leaves the right one behind.
func (v *Vault) find() (err error) {
	if v.counter, err = v.read(); err != nil {
		return err
	}
	for _, name := range []string{v.path, v.path + ".next"} {
		f, err := readVault(name)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if err == nil && f.Counter == v.counter {
			v.file = f
			return v.settle()
		}
	}
	return fault.New(fault.StoreRollback, "open vault %s: it is not the one of counter %d", v.path, v.counter)
}

func readVault(name string) (f vaultFile, err error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return f, err
	}
	if err := wire.Unmarshal(vaultLabel, b, &f); err != nil {
		return f, fault.New(fault.StoreCorrupt, "open vault %s: %w", name, err)
	}
	return f, nil
}

// Secret is a key of this vault for a label.
func (v *Vault) Secret(label string) ([]byte, error) {
	return hkdf.Key(sha256.New, v.secret, nil, "tacit/tpm/seal/"+label, 32)
}

// State is what was saved last.
func (v *Vault) State() ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.open()
}

// Save replaces the state. When it returns the state is durable and every older
// one is refused; after an error either one opens.
func (v *Vault) Save(state []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(state) > stateMost {
		return fault.New(fault.APISize, "save vault: %d bytes, at most %d", len(state), stateMost)
	}
	if v.doubt {
		if err := v.find(); err != nil {
			return err
		}
		v.doubt = false
	}
	next := v.file
	next.Counter = v.counter + 1
	next.Nonce = make([]byte, 12)
	rand.Read(next.Nonce)
	box, err := v.box()
	if err != nil {
		return err
	}
	next.State = box.Seal(nil, next.Nonce, state, bound(next.Counter))
	b, err := wire.Marshal(vaultLabel, next)
	if err != nil {
		return err
	}
	if err := writeDurable(v.path+".next", b); err != nil {
		return fmt.Errorf("save vault: %w", err)
	}
	v.doubt = true
	counter, err := v.increment()
	if err != nil {
		return unavailable("count", err)
	}
	if counter != next.Counter {
		return fault.New(fault.StoreRollback, "save vault %s: counter is %d, want %d: another program counts", v.path, counter, next.Counter)
	}
	v.counter, v.file, v.doubt = counter, next, false
	return v.settle()
}

// settle puts the newest file in its place.
func (v *Vault) settle() error {
	if f, err := readVault(v.path + ".next"); err != nil || f.Counter != v.counter {
		_ = os.Remove(v.path + ".next")
		return nil
	}
	if err := os.Rename(v.path+".next", v.path); err != nil {
		return fmt.Errorf("save vault: %w", err)
	}
	return syncFolder(v.path)
}

func (v *Vault) box() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, v.secret, nil, vaultLabel, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// bound ties a state to one value of the counter.
func bound(counter uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(vaultLabel), counter)
}

func (v *Vault) open() ([]byte, error) {
	box, err := v.box()
	if err != nil {
		return nil, err
	}
	if len(v.file.Nonce) != box.NonceSize() {
		return nil, fault.New(fault.StoreCorrupt, "open vault %s: it does not parse", v.path)
	}
	state, err := box.Open(nil, v.file.Nonce, v.file.State, bound(v.file.Counter))
	if err != nil {
		return nil, fault.New(fault.StoreCorrupt, "open vault %s: the state is not what was saved under its counter", v.path)
	}
	return state, nil
}

// create makes secret, counter and file.
func (v *Vault) create() error {
	v.secret = make([]byte, 32)
	rand.Read(v.secret)
	var err error
	if v.file.Public, v.file.Private, err = v.chip.seal(v.secret); err != nil {
		return err
	}
	v.counter, err = v.read()
	switch {
	case errors.Is(err, tpm2.TPMRCHandle): // there is none yet
		v.counter, err = v.define()
	case errors.Is(err, tpm2.TPMRCNVUninitialized): // a crash came before it first counted
		v.counter, err = v.increment()
	}
	if err != nil {
		return unavailable("make a counter", err)
	}
	return v.Save(nil)
}

func (v *Vault) define() (uint64, error) {
	_, err := tpm2.NVDefineSpace{AuthHandle: tpm2.TPMRHOwner, PublicInfo: tpm2.New2B(tpm2.TPMSNVPublic{
		NVIndex: v.index, NameAlg: tpm2.TPMAlgSHA256, DataSize: 8,
		Attributes: tpm2.TPMANV{OwnerWrite: true, OwnerRead: true, AuthWrite: true, AuthRead: true, NT: tpm2.TPMNTCounter, NoDA: true},
	})}.Execute(v.chip.f)
	if err != nil {
		return 0, err
	}
	return v.increment()
}

// counterHandle names the counter, which must be one.
func (v *Vault) counterHandle() (tpm2.TPM2BName, error) {
	public, err := tpm2.NVReadPublic{NVIndex: v.index}.Execute(v.chip.f)
	if err != nil {
		return tpm2.TPM2BName{}, err
	}
	info, err := public.NVPublic.Contents()
	if err != nil {
		return tpm2.TPM2BName{}, err
	}
	if info.Attributes.NT != tpm2.TPMNTCounter || info.DataSize != 8 {
		return tpm2.TPM2BName{}, errors.New("what is there is no counter")
	}
	return public.NVName, nil
}

func (v *Vault) read() (uint64, error) {
	name, err := v.counterHandle()
	if err != nil {
		return 0, fault.New(fault.StoreRollback, "open vault %s: its counter is not there: %w", v.path, err)
	}
	got, err := tpm2.NVRead{
		AuthHandle: tpm2.AuthHandle{Handle: v.index, Name: name, Auth: tpm2.PasswordAuth(nil)},
		NVIndex:    tpm2.NamedHandle{Handle: v.index, Name: name}, Size: 8,
	}.Execute(v.chip.f)
	if err != nil {
		return 0, unavailable("read its counter", err)
	}
	if len(got.Data.Buffer) != 8 {
		return 0, unavailable("read its counter", errors.New("not 8 bytes"))
	}
	return binary.BigEndian.Uint64(got.Data.Buffer), nil
}

func (v *Vault) increment() (uint64, error) {
	name, err := v.counterHandle()
	if err != nil {
		return 0, err
	}
	_, err = tpm2.NVIncrement{
		AuthHandle: tpm2.AuthHandle{Handle: v.index, Name: name, Auth: tpm2.PasswordAuth(nil)},
		NVIndex:    tpm2.NamedHandle{Handle: v.index, Name: name},
	}.Execute(v.chip.f)
	if err != nil {
		return 0, err
	}
	return v.read()
}

// seal hands a secret to the TPM, which gives it back while the registers stay
// as they are. It crosses the bus encrypted.
func (c *Chip) seal(secret []byte) (public, private []byte, err error) {
	values, err := c.registers()
	if err != nil {
		return nil, nil, unavailable("read its registers", err)
	}
	policy, err := policyOf(values)
	if err != nil {
		return nil, nil, err
	}
	err = c.primary(tpm2.TPMRHOwner, tpm2.ECCSRKTemplate, func(srk tpm2.NamedHandle, srkPublic tpm2.TPM2BPublic) error {
		pub, err := srkPublic.Contents()
		if err != nil {
			return err
		}
		made, err := tpm2.Create{
			ParentHandle: tpm2.AuthHandle{Handle: srk.Handle, Name: srk.Name, Auth: tpm2.HMAC(tpm2.TPMAlgSHA256, 16,
				tpm2.Salted(srk.Handle, *pub), tpm2.AESEncryption(128, tpm2.EncryptIn))},
			InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
				Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: secret}),
			}},
			InPublic: tpm2.New2B(tpm2.TPMTPublic{
				Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256, AuthPolicy: tpm2.TPM2BDigest{Buffer: policy},
				ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, NoDA: true},
			}),
		}.Execute(c.f)
		if err == nil {
			public, private = made.OutPublic.Bytes(), made.OutPrivate.Buffer
		}
		return err
	})
	if err != nil {
		return nil, nil, unavailable("seal", err)
	}
	return public, private, nil
}

// policyOf is the digest of the policy that registers have these values.
func policyOf(r registers) ([]byte, error) {
	var values [][]byte
	for i := range r {
		if sealRegisters[i/8]&(1<<(i%8)) != 0 {
			values = append(values, r[i][:])
		}
	}
	digest := sha256.Sum256(bytes.Join(values, nil))
	calc, err := tpm2.NewPolicyCalculator(tpm2.TPMAlgSHA256)
	if err != nil {
		return nil, err
	}
	if err := (tpm2.PolicyPCR{PcrDigest: tpm2.TPM2BDigest{Buffer: digest[:]}, Pcrs: selection(sealRegisters)}).Update(calc); err != nil {
		return nil, err
	}
	return calc.Hash().Digest, nil
}

// unseal has the TPM give a secret back. Another machine's TPM does not load it
// and registers that differ do not open it: STORE_SEALED both.
func (c *Chip) unseal(public, private []byte) (secret []byte, err error) {
	err = c.primary(tpm2.TPMRHOwner, tpm2.ECCSRKTemplate, func(srk tpm2.NamedHandle, srkPublic tpm2.TPM2BPublic) error {
		pub, err := srkPublic.Contents()
		if err != nil {
			return err
		}
		object, err := tpm2.Load{
			ParentHandle: tpm2.AuthHandle{Handle: srk.Handle, Name: srk.Name, Auth: tpm2.PasswordAuth(nil)},
			InPrivate:    tpm2.TPM2BPrivate{Buffer: private}, InPublic: tpm2.BytesAs2B[tpm2.TPMTPublic](public),
		}.Execute(c.f)
		if err != nil {
			return err
		}
		got, err := tpm2.Unseal{ItemHandle: tpm2.AuthHandle{Handle: object.ObjectHandle, Name: object.Name, Auth: tpm2.Policy(tpm2.TPMAlgSHA256, 16,
			func(t transport.TPM, session tpm2.TPMISHPolicy, _ tpm2.TPM2BNonce) error {
				_, err := tpm2.PolicyPCR{PolicySession: session, Pcrs: selection(sealRegisters)}.Execute(t)
				return err
			}, tpm2.Salted(srk.Handle, *pub), tpm2.AESEncryption(128, tpm2.EncryptOut))}}.Execute(c.f)
		if err == nil {
			secret = got.OutData.Buffer
		}
		return errors.Join(err, flush(c.f, object.ObjectHandle))
	})
	if err != nil {
		return nil, fault.New(fault.StoreSealed, "open vault: %w", err)
	}
	return secret, nil
}

// writeDurable writes a file of mode 0600 that is on disk when it returns.
func writeDurable(name string, b []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncFolder(name)
}

func syncFolder(name string) error {
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
