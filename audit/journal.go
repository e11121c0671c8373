package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tacit/fault"
)

// The journal is a file of frames; one frame is what one fsync made durable:
//
//	length of the body (4, big endian)
//	check of the header (12): SHA-256(label, chain before, length), cut
//	body: each record behind its length (4)
//	zeros up to a multiple of 16
//	chain (32): SHA-256(label, chain before, length, body)
//
// A frame begins at a multiple of 16, so that its header lies within one
// sector of the disk and is there whole or not at all. Because the next frame
// is written only after the fsync of the one before, a power cut can hurt
// nothing but the last frame; that one is cut off, for nobody was told that
// it lasts. Anything else that does not verify is STORE_CORRUPT.
const (
	headerSize = 16
	chainSize  = sha256.Size
	align      = 16

	// maxBody bounds a frame, and so what reading needs of memory.
	maxBody = 1<<20 + maxRecord + 4

	labelChain  = "tacit/audit/journal/1\x00"
	labelHeader = "tacit/audit/header/1\x00"
	labelStart  = "tacit/audit/start/1\x00"
)

// chain is the digest over the journal up to a frame's end.
type chain [chainSize]byte

// startOf is the chain of the empty journal of a log, so that no journal
// passes for that of another log.
func startOf(name string) chain { return sha256.Sum256([]byte(labelStart + name)) }

// next is the chain after a frame of this body.
func (c chain) next(body []byte) (n chain) {
	h := sha256.New()
	h.Write([]byte(labelChain))
	h.Write(c[:])
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body))))
	h.Write(body)
	h.Sum(n[:0])
	return n
}

// header is that of a frame whose body has this length.
func (c chain) header(length uint32) (h [headerSize]byte) {
	binary.BigEndian.PutUint32(h[:], length)
	b := append([]byte(labelHeader), c[:]...)
	sum := sha256.Sum256(append(b, h[:4]...))
	copy(h[4:], sum[:])
	return h
}

// padding is how many zeros follow a body.
func padding(length int) int { return (align - length%align) % align }

// frame encodes records and gives the chain after them.
func (c chain) frame(records [][]byte) (frame []byte, after chain) {
	var body []byte
	for _, r := range records {
		body = binary.BigEndian.AppendUint32(body, uint32(len(r)))
		body = append(body, r...)
	}
	after = c.next(body)
	h := c.header(uint32(len(body)))
	frame = append(frame, h[:]...)
	frame = append(frame, body...)
	frame = append(frame, make([]byte, padding(len(body)))...)
	return append(frame, after[:]...), after
}

// extent says how far a journal was read.
type extent struct {
	chain chain
	count uint64 // records
	size  int64  // bytes of whole frames; what follows is torn
}

// Read reads the journal of the log of this name in a folder that no process
// holds, verifies its chain and lends each record to visit. It ends before a
// torn last frame.
func Read(dir, name string, visit func(index uint64, record []byte) error) error {
	file, err := os.Open(filepath.Join(dir, "journal"))
	if err != nil {
		return fault.New(fault.AuditUnavailable, "read audit log: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return fault.New(fault.AuditUnavailable, "read audit log: %w", err)
	}
	_, err = readJournal(file, info.Size(), startOf(name), visit)
	return err
}

// errTorn marks the end of a journal whose last frame is not whole.
var errTorn = errors.New("torn")

// readJournal reads the whole frames of a journal of size bytes and gives each
// record, which is only lent, to visit.
func readJournal(r io.Reader, size int64, start chain, visit func(index uint64, record []byte) error) (extent, error) {
	e := extent{chain: start}
	br := bufio.NewReaderSize(r, 1<<16)
	for e.size < size {
		body, length, err := readFrame(br, e.chain, size-e.size)
		if errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return e, fault.New(fault.StoreCorrupt, "audit journal at byte %d, record %d: %w", e.size, e.count, err)
		}
		after := e.chain.next(body)
		for rest := body; len(rest) > 0; {
			if len(rest) < 4 {
				return e, fault.New(fault.StoreCorrupt, "audit journal: record %d is cut", e.count)
			}
			n := binary.BigEndian.Uint32(rest)
			if rest = rest[4:]; n == 0 || n > maxRecord || int64(n) > int64(len(rest)) {
				return e, fault.New(fault.StoreCorrupt, "audit journal: record %d of %d bytes", e.count, n)
			}
			if err := visit(e.count, rest[:n]); err != nil {
				return e, err
			}
			rest = rest[n:]
			e.count++
		}
		e.chain = after
		e.size += length
	}
	return e, nil
}

// readFrame reads one frame of at most left bytes and verifies it.
func readFrame(r io.Reader, c chain, left int64) (body []byte, length int64, err error) {
	if left < headerSize {
		return nil, 0, errTorn
	}
	var h [headerSize]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return nil, 0, err
	}
	n := binary.BigEndian.Uint32(h[:])
	if h != c.header(n) || n == 0 || n > maxBody {
		// A header of zeros was never written, though the file already grew.
		if h == [headerSize]byte{} && left <= headerSize+maxBody+align+chainSize {
			return nil, 0, errTorn
		}
		return nil, 0, errors.New("a frame's header does not verify")
	}
	length = headerSize + int64(n) + int64(padding(int(n))) + chainSize
	if length > left {
		return nil, 0, errTorn
	}
	b := make([]byte, length-headerSize)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, 0, err
	}
	body = b[:n]
	pad, sum := b[n:len(b)-chainSize], chain(b[len(b)-chainSize:])
	if sum != c.next(body) || len(bytes.Trim(pad, "\x00")) > 0 {
		if length == left {
			return nil, 0, errTorn
		}
		return nil, 0, errors.New("the chain is broken")
	}
	return body, length, nil
}

// A journal is the file, at its end.
type journal struct {
	file *os.File
	extent
}

// append makes records durable, all or none. After an error nothing more may
// be appended: what is on disk is unknown.
func (j *journal) append(records [][]byte) error {
	b, after := j.chain.frame(records)
	if _, err := j.file.WriteAt(b, j.size); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("fsync: %w", err)
	}
	j.chain = after
	j.size += int64(len(b))
	j.count += uint64(len(records))
	return nil
}
