package tpm

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// The files in which the kernel shows the logs.
const (
	BootLogFile = "/sys/kernel/security/tpm0/binary_bios_measurements"
	IMALogFile  = "/sys/kernel/security/ima/binary_runtime_measurements"
)

// DeviceConfig says what a Device needs.
type DeviceConfig struct {
	Chip *Chip
	// Certificates gives those of the attestation key as they are now, its own
	// first.
	Certificates func(ctx context.Context) ([][]byte, error)
	// Boot and IMA are the files of the logs; a kernel without IMA has the one
	// only, and then IMA is empty.
	Boot, IMA string
	// Events is the file of the run-time events of this boot. It belongs in a
	// folder that a restart empties, such as /run.
	Events string
	// Vault holds what sealing keys are made of; without it there are none.
	Vault *Vault
}

// A Device makes evidence of this machine and answers the programs that it
// started over descriptors which only they hold. It is safe for concurrent use.
type Device struct {
	cfg DeviceConfig

	mu     sync.Mutex // guards what follows, and the order of measurements
	events []Event
}

const eventsLabel = "tacit/tpm/events"

// eventList is the file of run-time events.
type eventList struct {
	Events []Event `cbor:"1,keyasint"`
}

// OpenDevice takes up the run-time events of this boot. If PCR 15 has what no
// event explains, nothing on this machine can be shown any more: EVID_LOG.
func OpenDevice(cfg DeviceConfig) (*Device, error) {
	if cfg.Chip == nil || cfg.Certificates == nil || cfg.Boot == "" || cfg.Events == "" {
		return nil, fault.New(fault.Internal, "open device: chip, certificates, boot log and file of events are required")
	}
	d := &Device{cfg: cfg}
	now, err := cfg.Chip.registers()
	if err != nil {
		return nil, unavailable("read its registers", err)
	}
	if now[15] == (registers{})[15] {
		return d, nil // a list is that of another boot, or says what was not measured
	}
	b, err := os.ReadFile(cfg.Events)
	if err != nil {
		return nil, fault.New(fault.EvidLog, "open device: the events of this boot are not there: %w", err)
	}
	var list eventList
	if err := wire.Unmarshal(eventsLabel, b, &list); err != nil {
		return nil, fault.New(fault.EvidLog, "open device: the events of this boot do not parse: %w", err)
	}
	// The last may have been written and not measured.
	for d.events = list.Events; ; d.events = d.events[:len(d.events)-1] {
		if pcr15(d.events) == now[15] {
			return d, nil
		}
		if len(d.events) < len(list.Events) || len(d.events) == 0 {
			return nil, fault.New(fault.EvidLog, "open device: the events of this boot do not explain PCR 15")
		}
	}
}

func pcr15(events []Event) (r [32]byte) {
	for _, e := range events {
		m := e.measured()
		extend(&r, m[:])
	}
	return r
}

// Measure adds an event to what the machine's evidence says from then on. It
// stays until the machine restarts.
func (d *Device) Measure(e Event) error {
	if !e.known() {
		return fault.New(fault.APIField, "measure event: unknown kind %q", e.Kind)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.measure(e)
}

// measure is called with d.mu held.
func (d *Device) measure(e Event) error {
	events := append(slices.Clone(d.events), e)
	b, err := wire.Marshal(eventsLabel, eventList{events})
	if err != nil {
		return err
	}
	if err := writeDurable(d.cfg.Events+".next", b); err != nil {
		return fmt.Errorf("measure event: %w", err)
	}
	if err := os.Rename(d.cfg.Events+".next", d.cfg.Events); err != nil {
		return fmt.Errorf("measure event: %w", err)
	}
	m := e.measured()
	if err := d.cfg.Chip.extend(15, m[:]); err != nil {
		return unavailable("measure", err)
	}
	d.events = events
	return nil
}

// MeasureGuest adds a guest to the events of this boot, once.
func (d *Device) MeasureGuest(_ context.Context, guest wire.Digest) error {
	e := Event{KindGuest, guest}
	d.mu.Lock()
	defer d.mu.Unlock()
	if slices.Contains(d.events, e) {
		return nil
	}
	return d.measure(e)
}

// Evidence ties data to this machine.
func (d *Device) Evidence(ctx context.Context, data attest.ReportData) (attest.Evidence, error) {
	chain, err := d.cfg.Certificates(ctx) // who gives them may be slow: nobody else waits for that
	if err != nil {
		return attest.Evidence{}, unavailable("get the key's certificates", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return attest.Evidence{}, unavailable("quote", err)
	}
	l := logs{events: d.events}
	if l.boot, err = os.ReadFile(d.cfg.Boot); err != nil {
		return attest.Evidence{}, fault.New(fault.EvidUnavailable, "read boot log: %w", err)
	}
	extra := qualify(data, l.boot)
	r, err := d.cfg.Chip.quote(extra[:])
	if err != nil {
		return attest.Evidence{}, err
	}
	if d.cfg.IMA != "" {
		all, err := os.ReadFile(d.cfg.IMA)
		if err != nil {
			return attest.Evidence{}, fault.New(fault.EvidUnavailable, "read IMA's log: %w", err)
		}
		if l.ima, err = trimIMA(all, [32]byte(r.Registers[10])); err != nil {
			return attest.Evidence{}, err
		}
	}
	return assemble(data, r, chain, l)
}

// SealingKey is the key of a label, on this machine while it runs the same.
func (d *Device) SealingKey(_ context.Context, label string) ([]byte, error) {
	if d.cfg.Vault == nil {
		return nil, fault.New(fault.EvidUnavailable, "make sealing key: this device has no vault")
	}
	return d.cfg.Vault.Secret(label)
}

// Serve answers one program until its descriptor closes and returns what ended
// it. Who holds the other end is for the caller to see to: the program that he
// started and measured, and nobody else.
func (d *Device) Serve(ctx context.Context, conn io.ReadWriter) error {
	return attest.ServeDevice(conn, func(r attest.DeviceRequest) (attest.DeviceReply, error) { return attest.Answer(ctx, d, r) })
}
