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
	KindHead  = 'h'
	KindItem  = 'i'
	KindLease = 'l'
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

// ErrRecord is the one thing said of a record that does not open: why is of
// no use to a caller.
var ErrRecord = errors.New("the record does not verify")

// ErrNewer is said of a record of a format that this program does not know yet:
// it is not broken, and nothing is written over it.
var ErrNewer = fault.New(fault.ProtoVersion, "read record: a newer version of this software wrote it")

// A Print is the keyed hash of one record at its place.
type Print [sha256.Size]byte

// A Sealer seals records and recognises them again.
type Sealer interface {
	// Seal makes the record of plain at this place.
	Seal(place []byte, revision, lease int64, plain []byte) []byte
	// Open is the reverse of Seal; what does not open is ErrRecord, ErrNewer if a
	// newer program wrote it.
	Open(place, rec []byte) (revision, lease int64, plain []byte, err error)
	// Header reads the clear part of a record.
	Header(rec []byte) (revision, lease int64, err error)
	// Print is what the set hash and the memory keep of a record.
	Print(place, rec []byte) Print
}

// EntryOf is what memory keeps of a record.
func EntryOf(s Sealer, place, rec []byte) (Entry, error) {
	revision, lease, err := s.Header(rec)
	if err != nil {
		return Entry{}, err
	}
	return Entry{revision, lease, s.Print(place, rec)}, nil
}

// An Entry is what memory keeps of a record, to know it again.
type Entry struct {
	Revision, Lease int64
	Print           Print
}

// A Box seals every record under one key.
type Box struct {
	seal, sum []byte // keys
}

// NewBox derives the keys from the master key.
func NewBox(master []byte) *Box {
	return &Box{seal: MAC(master, labelSeal), sum: MAC(master, labelSum)}
}

// Format keeps the keys out of any print.
func (b Box) Format(f fmt.State, _ rune) { fmt.Fprint(f, "store.Box(hidden)") }

// MAC is HMAC-SHA256 of a label and further parts.
func MAC(key []byte, label string, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(label))
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

// aead is the cipher of one record.
func (b *Box) aead(nonce []byte) cipher.AEAD {
	block, err := aes.NewCipher(MAC(b.seal, labelSeal, nonce[:nonceSize/2]))
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

// Seal implements Sealer.
func (b *Box) Seal(place []byte, revision, lease int64, plain []byte) []byte {
	rec := make([]byte, 0, headerSize+len(plain)+tagSize)
	rec = append(rec, recordVersion)
	rec = binary.BigEndian.AppendUint64(rec, uint64(revision))
	rec = binary.BigEndian.AppendUint64(rec, uint64(lease))
	rec = rec[:headerSize]
	nonce := rec[headerSize-nonceSize : headerSize]
	rand.Read(nonce) // never fails: crypto/rand ends the process instead
	return b.aead(nonce).Seal(rec, nonce[nonceSize/2:], plain, additional(place, rec[:headerSize-nonceSize]))
}

// Open implements Sealer.
func (b *Box) Open(place, rec []byte) (revision, lease int64, plain []byte, err error) {
	revision, lease, err = b.Header(rec)
	if err != nil {
		return 0, 0, nil, err
	}
	nonce := rec[headerSize-nonceSize : headerSize]
	plain, err = b.aead(nonce).Open(nil, nonce[nonceSize/2:], rec[headerSize:], additional(place, rec[:headerSize-nonceSize]))
	if err != nil {
		return 0, 0, nil, ErrRecord
	}
	return revision, lease, plain, nil
}

// Header implements Sealer.
func (b *Box) Header(rec []byte) (revision, lease int64, err error) {
	if len(rec) > 0 && rec[0] > recordVersion {
		return 0, 0, ErrNewer
	}
	if len(rec) < headerSize+tagSize || rec[0] != recordVersion {
		return 0, 0, ErrRecord
	}
	revision = int64(binary.BigEndian.Uint64(rec[1:]))
	lease = int64(binary.BigEndian.Uint64(rec[9:]))
	if revision < 0 || lease < 0 {
		return 0, 0, ErrRecord
	}
	return revision, lease, nil
}

// Print implements Sealer.
func (b *Box) Print(place, rec []byte) Print {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(place)))
	return Print(MAC(b.sum, labelSum, n[:], place, rec))
}

// SetHash is an incremental hash over the set of all records: the sum of their
// fingerprints modulo 2^256 (MSet-Add-Hash of Clarke, Devadas, van Dijk,
// Gassend and Suh, 2003). It is secret, because it is kept inside a sealed
// record, and so a host cannot look for a set with the same sum.
type SetHash [4]uint64

// Add counts a record in.
func (s *SetHash) Add(f Print) {
	var carry uint64
	for i := range s {
		s[i], carry = bits.Add64(s[i], binary.LittleEndian.Uint64(f[8*i:]), carry)
	}
}

// Remove counts a record out.
func (s *SetHash) Remove(f Print) {
	var borrow uint64
	for i := range s {
		s[i], borrow = bits.Sub64(s[i], binary.LittleEndian.Uint64(f[8*i:]), borrow)
	}
}

// A Head is the newest link of the chain over all transactions.
type Head struct {
	Revision int64
	Previous wire.Digest // digest of the link before
	Txn      wire.Digest // of the transaction that this link adds
	Set      SetHash     // over all records but this one
	Count    int64       // of records but this one
}

// Digest is SHA-256 of label, previous digest, revision and transaction; that
// of the empty store is zero.
func (h Head) Digest() wire.Digest {
	if h.Revision == 0 {
		return wire.Digest{}
	}
	b := append([]byte(labelChain), 0)
	b = append(b, h.Previous[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Revision))
	return wire.Sum(append(b, h.Txn[:]...))
}

// Next is the link that adds a transaction.
func (h Head) Next(txn wire.Digest) Head {
	h.Previous = h.Digest()
	h.Revision++
	h.Txn = txn
	return h
}

// HeadSize is the encoded size of a Head without its revision, which is the
// record's.
const HeadSize = 3*32 + 32 + 8

// Encode gives the Head and, so that reading can check it, its digest.
func (h Head) Encode() []byte {
	b := make([]byte, 0, HeadSize)
	b = append(b, h.Previous[:]...)
	b = append(b, h.Txn[:]...)
	d := h.Digest()
	b = append(b, d[:]...)
	for _, w := range h.Set {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return binary.BigEndian.AppendUint64(b, uint64(h.Count))
}

// DecodeHead is the reverse of Encode and checks the chain's newest link.
func DecodeHead(revision int64, b []byte) (Head, error) {
	if len(b) != HeadSize {
		return Head{}, ErrRecord
	}
	h := Head{Revision: revision, Previous: wire.Digest(b[:32]), Txn: wire.Digest(b[32:64])}
	for i := range h.Set {
		h.Set[i] = binary.BigEndian.Uint64(b[96+8*i:])
	}
	h.Count = int64(binary.BigEndian.Uint64(b[128:]))
	if h.Digest() != wire.Digest(b[64:96]) {
		return Head{}, ErrRecord
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

// Place is a kind and a name as the place of a record.
func Place(kind byte, name string) []byte { return append([]byte{kind}, name...) }
