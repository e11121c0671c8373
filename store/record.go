package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"

	"tacit/fault"
	"tacit/wire"
)

// Context labels: no two uses of the master key share one.
const (
	labelSeal   = "tacit/store/seal/1"
	labelRecord = "tacit/store/record/1"
	labelSum    = "tacit/store/sum/1"
	labelTxn    = "tacit/store/txn/1"
	labelChain  = "tacit/store/chain/1"
)

// Kinds of record, the first byte of its place in the file. A place is the
// kind followed by the name.
const (
	kindHead  = 'h'
	kindItem  = 'i'
	kindLease = 'l'
)

// A record on disk is
//
//	version(1) revision(8) lease(8) nonce(24) ciphertext tag(16)
//
// The first half of the nonce derives a key of its own for the record and the
// second half is that key's GCM nonce: with random nonces of 12 bytes under
// one key, 2^32 writes would be the limit, which a busy store reaches.
const (
	recordVersion = 1
	nonceSize     = 24
	headerSize    = 1 + 8 + 8 + nonceSize
	tagSize       = 16
)

// errRecord is the one thing said of a record that does not open: why is of
// no use to a caller.
var errRecord = errors.New("the record does not verify")

// errNewer is said of a record of a format that this program does not know yet:
// it is not broken, and nothing is written over it.
var errNewer = fault.New(fault.ProtoVersion, "read record: a newer version of this software wrote it")

// fingerprint is the keyed hash of one record at its place.
type fingerprint [sha256.Size]byte

// box seals records and recognises them again.
type box struct {
	seal, sum []byte // keys
}

// newBox derives the keys from the master key.
func newBox(master []byte) *box {
	return &box{seal: mac(master, labelSeal), sum: mac(master, labelSum)}
}

// Format keeps the keys out of any print.
func (b box) Format(f fmt.State, _ rune) { fmt.Fprint(f, "store.box(hidden)") }

// mac is HMAC-SHA256 of a label and further parts.
func mac(key []byte, label string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// aead is the cipher of one record.
func (b *box) aead(nonce []byte) cipher.AEAD {
	block, err := aes.NewCipher(mac(b.seal, labelSeal, nonce[:nonceSize/2]))
	if err != nil {
		panic(err) // a MAC of 32 bytes is a key of AES-256
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return a
}

// additional binds a record to its place and its clear header.
func additional(place []byte, header []byte) []byte {
	a := append([]byte(labelRecord), 0)
	a = binary.BigEndian.AppendUint32(a, uint32(len(place)))
	a = append(a, place...)
	return append(a, header...)
}

// Seal makes the record of plain at this place.
func (b *box) Seal(place []byte, revision, lease int64, plain []byte) []byte {
	rec := make([]byte, 0, headerSize+len(plain)+tagSize)
	rec = append(rec, recordVersion)
	rec = binary.BigEndian.AppendUint64(rec, uint64(revision))
	rec = binary.BigEndian.AppendUint64(rec, uint64(lease))
	rec = rec[:headerSize]
	nonce := rec[headerSize-nonceSize : headerSize]
	rand.Read(nonce) // never fails: crypto/rand ends the process instead
	return b.aead(nonce).Seal(rec, nonce[nonceSize/2:], plain, additional(place, rec[:headerSize-nonceSize]))
}

// Open is the reverse of Seal.
func (b *box) Open(place, rec []byte) (revision, lease int64, plain []byte, err error) {
	revision, lease, err = header(rec)
	if err != nil {
		return 0, 0, nil, err
	}
	nonce := rec[headerSize-nonceSize : headerSize]
	plain, err = b.aead(nonce).Open(nil, nonce[nonceSize/2:], rec[headerSize:], additional(place, rec[:headerSize-nonceSize]))
	if err != nil {
		return 0, 0, nil, errRecord
	}
	return revision, lease, plain, nil
}

// header reads the clear part of a record.
func header(rec []byte) (revision, lease int64, err error) {
	if len(rec) > 0 && rec[0] > recordVersion {
		return 0, 0, errNewer
	}
	if len(rec) < headerSize+tagSize || rec[0] != recordVersion {
		return 0, 0, errRecord
	}
	revision = int64(binary.BigEndian.Uint64(rec[1:]))
	lease = int64(binary.BigEndian.Uint64(rec[9:]))
	if revision < 0 || lease < 0 {
		return 0, 0, errRecord
	}
	return revision, lease, nil
}

// Fingerprint is what the set hash and the memory keep of a record.
func (b *box) Fingerprint(place, rec []byte) fingerprint {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(place)))
	return fingerprint(mac(b.sum, labelSum, n[:], place, rec))
}

// setHash is an incremental hash over the set of all records: the sum of their
// fingerprints modulo 2^256 (MSet-Add-Hash of Clarke, Devadas, van Dijk,
// Gassend and Suh, 2003). It is secret, because it is kept inside a sealed
// record, and so a host cannot look for a set with the same sum.
type setHash [4]uint64

// Add counts a record in.
func (s *setHash) Add(f fingerprint) {
	var carry uint64
	for i := range s {
		s[i], carry = bits.Add64(s[i], binary.LittleEndian.Uint64(f[8*i:]), carry)
	}
}

// Remove counts a record out.
func (s *setHash) Remove(f fingerprint) {
	var borrow uint64
	for i := range s {
		s[i], borrow = bits.Sub64(s[i], binary.LittleEndian.Uint64(f[8*i:]), borrow)
	}
}

// head is the newest link of the chain over all transactions.
type head struct {
	Revision int64
	Previous wire.Digest // digest of the link before
	Txn      wire.Digest // of the transaction that this link adds
	Set      setHash     // over all records but this one
	Count    int64       // of records but this one
}

// Digest is SHA-256 of label, previous digest, revision and transaction; that
// of the empty store is zero.
func (h head) Digest() wire.Digest {
	if h.Revision == 0 {
		return wire.Digest{}
	}
	b := append([]byte(labelChain), 0)
	b = append(b, h.Previous[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Revision))
	return wire.Sum(append(b, h.Txn[:]...))
}

// Next is the link that adds a transaction.
func (h head) Next(txn wire.Digest) head {
	h.Previous = h.Digest()
	h.Revision++
	h.Txn = txn
	return h
}

// headSize is the encoded size of a head without its revision, which is the
// record's.
const headSize = 3*32 + 32 + 8

// encode gives the head and, so that reading can check it, its digest.
func (h head) encode() []byte {
	b := make([]byte, 0, headSize)
	b = append(b, h.Previous[:]...)
	b = append(b, h.Txn[:]...)
	d := h.Digest()
	b = append(b, d[:]...)
	for _, w := range h.Set {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return binary.BigEndian.AppendUint64(b, uint64(h.Count))
}

// decodeHead is the reverse of encode and checks the chain's newest link.
func decodeHead(revision int64, b []byte) (head, error) {
	if len(b) != headSize {
		return head{}, errRecord
	}
	h := head{Revision: revision, Previous: wire.Digest(b[:32]), Txn: wire.Digest(b[32:64])}
	for i := range h.Set {
		h.Set[i] = binary.BigEndian.Uint64(b[96+8*i:])
	}
	h.Count = int64(binary.BigEndian.Uint64(b[128:]))
	if h.Digest() != wire.Digest(b[64:96]) {
		return head{}, errRecord
	}
	return h, nil
}

// A digester hashes what a transaction does, each part behind its length so
// that no two transactions give the same bytes.
type digester struct{ b []byte }

// newDigester begins the digest of one kind of transaction.
func newDigester(kind string) *digester {
	d := &digester{}
	d.Text(labelTxn)
	d.Text(kind)
	return d
}

func (d *digester) Int(n int64) { d.b = binary.BigEndian.AppendUint64(d.b, uint64(n)) }

func (d *digester) Text(s string) {
	d.Int(int64(len(s)))
	d.b = append(d.b, s...)
}

// Content adds the hash of a value, so that large values are not copied.
func (d *digester) Content(v []byte) {
	h := wire.Sum(v)
	d.b = append(d.b, h[:]...)
}

func (d *digester) Sum() wire.Digest { return wire.Sum(d.b) }
