package tpm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"tacit/fault"
)

// The kinds of boot events that are looked at.
const (
	evNoAction        = 0x00000003
	evSeparator       = 0x00000004
	evVariableConfig  = 0x80000001
	evBootApplication = 0x80000003
	evAction          = 0x80000007
	evAuthority       = 0x800000e0
)

// specID begins the data of a log's first event; startup that of the event which
// says where the TPM was started from.
var (
	specID  = []byte("Spec ID Event03\x00")
	startup = []byte("StartupLocality")
)

// bootEvent is one entry of the boot log with its SHA-256 digest.
type bootEvent struct {
	index  uint32
	kind   uint32
	digest []byte
	data   []byte
}

// proven reports whether the digest is that of the data. Of other events only
// the digest is certain.
func (e bootEvent) proven() bool {
	sum := sha256.Sum256(e.data)
	return bytes.Equal(sum[:], e.digest)
}

func badLog(format string, args ...any) error {
	return fault.New(fault.EvidLog, "read boot log: "+format, args...)
}

// readLog reads a boot log in the crypto-agile form of the TCG's PC client
// profile, and what PCR 0 begins with. No log has no events.
func readLog(log []byte) (events []bootEvent, locality uint8, err error) {
	if len(log) == 0 {
		return nil, 0, nil
	}
	c := cursor{rest: log, order: binary.LittleEndian}
	sizes, err := readHeader(&c)
	if err != nil {
		return nil, 0, err
	}
	located, began := false, false
	for len(c.rest) > 0 {
		e, err := readEvent(&c, sizes)
		if err != nil {
			return nil, 0, err
		}
		if e.kind != evNoAction {
			if e.index > 23 || e.index == 10 || e.index == 15 {
				return nil, 0, badLog("an event of PCR %d", e.index)
			}
			began = began || e.index == 0
			events = append(events, e)
			continue
		}
		if !zero(e.digest) {
			return nil, 0, badLog("an event that measures nothing has a digest")
		}
		if rest, ok := bytes.CutPrefix(e.data, startup); ok {
			if e.index != 0 || located || began || len(rest) != 2 || rest[0] != 0 || rest[1] > 4 {
				return nil, 0, badLog("the startup locality is out of place")
			}
			located, locality = true, rest[1]
		}
	}
	return events, locality, nil
}

// readHeader reads the first event, which has the form of older logs and names
// the digests that all later events have.
func readHeader(c *cursor) (map[uint16]uint16, error) {
	index, kind, digest := c.u32(), c.u32(), c.take(20)
	data := c.take(uint64(c.u32()))
	if c.short || index != 0 || kind != evNoAction || !zero(digest) {
		return nil, badLog("it does not begin with its header")
	}
	h := cursor{rest: data, order: binary.LittleEndian}
	if !bytes.Equal(h.take(uint64(len(specID))), specID) {
		return nil, badLog("the header is of another form")
	}
	class, minor, major := h.u32(), h.u8(), h.u8()
	h.u8() // errata
	width, count := h.u8(), h.u32()
	if class > 1 || major != 2 || minor != 0 || width < 1 || width > 2 || count < 1 || count > 8 {
		return nil, badLog("the header is of another version")
	}
	sizes := map[uint16]uint16{}
	for range count {
		alg, size := h.u16(), h.u16()
		if _, twice := sizes[alg]; twice || size == 0 || size > 64 {
			return nil, badLog("the header names a digest twice or with no size")
		}
		sizes[alg] = size
	}
	if h.u8() != 0 || !h.done() {
		return nil, badLog("the header has bytes that mean nothing")
	}
	if sizes[algSHA256] != sha256.Size {
		return nil, badLog("no digests of SHA-256")
	}
	return sizes, nil
}

func readEvent(c *cursor, sizes map[uint16]uint16) (bootEvent, error) {
	e := bootEvent{index: c.u32(), kind: c.u32()}
	if n := c.u32(); int64(n) != int64(len(sizes)) {
		return e, badLog("an event with %d digests, want %d", n, len(sizes))
	}
	var seen []uint16
	for range sizes {
		alg := c.u16()
		size, ok := sizes[alg]
		if !ok || slices.Contains(seen, alg) {
			return e, badLog("an event with a digest that the header does not name")
		}
		seen = append(seen, alg)
		if d := c.take(uint64(size)); alg == algSHA256 {
			e.digest = d
		}
	}
	e.data = c.take(uint64(c.u32()))
	if c.short {
		return e, badLog("it is cut short")
	}
	return e, nil
}

func zero(b []byte) bool { return bytes.Count(b, []byte{0}) == len(b) }

func extend(r *[sha256.Size]byte, digest []byte) { *r = sha256.Sum256(append(r[:], digest...)) }

// replay computes the registers that a boot leaves.
func replay(events []bootEvent, locality uint8) (r registers) {
	r[0][sha256.Size-1] = locality
	for _, e := range events {
		if int(e.index) < len(r) {
			extend(&r[e.index], e.digest)
		}
	}
	return r
}

// explain holds the logs against the quoted registers and reads from them what
// was booted.
func explain(quoted registers, l logs) (boot, error) {
	events, locality, err := readLog(l.boot)
	if err != nil {
		return boot{}, err
	}
	if len(events) == 0 {
		return boot{}, badLog("there is none")
	}
	r := replay(events, locality)
	if r[10], err = replayIMA(l.ima); err != nil {
		return boot{}, err
	}
	for _, e := range l.events {
		if !e.known() {
			return boot{}, fault.New(fault.EvidLog, "replay logs: a run-time event of unknown kind")
		}
		d := e.measured()
		extend(&r[15], d[:])
	}
	for i := range r {
		if r[i] != quoted[i] {
			return boot{}, fault.New(fault.EvidLog, "replay logs: they do not explain PCR %d", i)
		}
	}
	return judge(events)
}
