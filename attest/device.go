package attest

import (
	"context"
	"encoding/binary"
	"io"
	"sync"

	"tacit/fault"
	"tacit/wire"
)

// The device protocol: one request, one answer, each a labelled CBOR message
// behind its length in 4 bytes. It runs over a descriptor that only the
// measured program inherits, which is why the request does not say who asks.
const (
	deviceRequest = "tacit/device/request"
	deviceReply   = "tacit/device/reply"
	deviceMost    = 2 << 20
)

// DeviceRequest asks for one of three: evidence over Data; if Seal is not empty, the
// sealing key of that label; or, if Guest is not empty, that the guest be measured.
type DeviceRequest struct {
	Data  []byte `cbor:"1,keyasint"` // 64 bytes, or none
	Seal  string `cbor:"2,keyasint"`
	Guest []byte `cbor:"3,keyasint"` // 32 bytes, or none
}

// DeviceReply answers with one of the first two, or with a code.
type DeviceReply struct {
	Evidence Evidence `cbor:"1,keyasint"`
	Key      []byte   `cbor:"2,keyasint"`
	Code     string   `cbor:"3,keyasint"`
}

// ReadDevice reads one message of a label from the device's descriptor into v.
func ReadDevice(r io.Reader, label string, v any) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > deviceMost {
		return fault.New(fault.APISize, "read device message: %d bytes, at most %d", n, deviceMost)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(r, buf); err != nil {
		return err
	}
	return wire.Unmarshal(label, buf, v)
}

// WriteDevice writes one message behind its length.
func WriteDevice(w io.Writer, label string, v any) error {
	b, err := wire.Marshal(label, v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	return err
}

// A Device is the measured program's end of its platform's evidence device. It
// is safe for concurrent use. A request once sent is not abandoned when its
// context ends: its answer would be taken for that of the next.
type Device struct {
	mu     sync.Mutex // one request at a time; guards what follows
	conn   io.ReadWriter
	broken error // once set, requests and answers may be out of step
}

// NewDevice speaks the device protocol over an inherited descriptor.
func NewDevice(conn io.ReadWriter) *Device { return &Device{conn: conn} }

// Evidence ties data to this environment. A device that cannot be reached is
// EVID_COLLATERAL_UNAVAILABLE.
func (d *Device) Evidence(ctx context.Context, data ReportData) (Evidence, error) {
	reply, err := d.ask(ctx, DeviceRequest{Data: data[:]})
	return reply.Evidence, err
}

// SealingKey is 32 bytes that this measurement on this chip always gets for a
// label and no other program gets: what state at rest is sealed under. An empty
// label is API_FIELD.
func (d *Device) SealingKey(ctx context.Context, label string) ([]byte, error) {
	if label == "" {
		return nil, fault.New(fault.APIField, "ask evidence device: a sealing key needs a label")
	}
	reply, err := d.ask(ctx, DeviceRequest{Seal: label})
	if err != nil {
		return nil, err
	}
	if len(reply.Key) != 32 {
		return nil, fault.New(fault.EvidUnavailable, "ask evidence device: sealing key of %d bytes, want 32", len(reply.Key))
	}
	return reply.Key, nil
}

// MeasureGuest makes a guest part of what later evidence of this environment says
// ran in it, where its platform has a register for that.
func (d *Device) MeasureGuest(ctx context.Context, guest wire.Digest) error {
	_, err := d.ask(ctx, DeviceRequest{Guest: guest[:]})
	return err
}

func (d *Device) ask(ctx context.Context, req DeviceRequest) (DeviceReply, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return DeviceReply{}, fault.New(fault.EvidUnavailable, "ask evidence device: %w", err)
	}
	var reply DeviceReply
	if d.broken == nil {
		d.broken = WriteDevice(d.conn, deviceRequest, req)
	}
	if d.broken == nil {
		d.broken = ReadDevice(d.conn, deviceReply, &reply)
	}
	if d.broken != nil {
		return DeviceReply{}, fault.New(fault.EvidUnavailable, "ask evidence device: %w", d.broken)
	}
	if reply.Code != "" {
		return DeviceReply{}, fault.New(fault.Parse(reply.Code), "ask evidence device: refused")
	}
	return reply, nil
}

// A Platform is what answers the requests of a program that it started.
type Platform interface {
	Attester
	// SealingKey is 32 bytes for a label that no other program gets.
	SealingKey(ctx context.Context, label string) ([]byte, error)
	// MeasureGuest remembers a guest in a register that only a restart resets, or
	// does nothing where there is none.
	MeasureGuest(ctx context.Context, guest wire.Digest) error
}

// Answer is a platform's answer to one request. Evidence is made over the 64 bytes
// of a transcript only: anything else is EVID_CALLER.
func Answer(ctx context.Context, p Platform, r DeviceRequest) (DeviceReply, error) {
	switch {
	case r.Seal != "":
		k, err := p.SealingKey(ctx, r.Seal)
		return DeviceReply{Key: k}, err
	case len(r.Guest) > 0:
		if len(r.Guest) != len(wire.Digest{}) {
			return DeviceReply{}, fault.New(fault.EvidCaller, "measure guest: a digest of %d bytes", len(r.Guest))
		}
		return DeviceReply{}, p.MeasureGuest(ctx, wire.Digest(r.Guest))
	case len(r.Data) != len(ReportData{}):
		return DeviceReply{}, fault.New(fault.EvidCaller, "make evidence: %d bytes, want the 64 of a transcript", len(r.Data))
	}
	e, err := p.Evidence(ctx, ReportData(r.Data))
	return DeviceReply{Evidence: e}, err
}

// ServeDevice answers requests on conn until it closes and returns what ended
// it: io.EOF between two requests. Requests that are malformed end the
// connection; those that answer refuses are answered with its code.
func ServeDevice(conn io.ReadWriter, answer func(DeviceRequest) (DeviceReply, error)) error {
	for {
		var req DeviceRequest
		if err := ReadDevice(conn, deviceRequest, &req); err != nil {
			return err
		}
		reply, err := answer(req)
		if err != nil {
			reply = DeviceReply{Code: string(fault.Of(err))}
		}
		if err := WriteDevice(conn, deviceReply, reply); err != nil {
			return err
		}
	}
}
