// Package tpm is the platform of a machine with a TPM 2.0: measured boot, level
// 3. The machine as a whole is the boundary, and its memory is open to who
// holds it.
//
// Two certificates stand behind evidence. The maker of a TPM certifies its
// endorsement key, which signs nothing. An Enroller, whom the network pins by
// its root, looks at that certificate once, has the TPM show that an attestation
// key lives beside the endorsement key, and certifies the attestation key. Who
// verifies evidence trusts enrollers for exactly that statement, for the short
// life of the certificate, and needs to talk to nobody.
//
// A quote is over PCRs 0 to 15 of the SHA-256 bank, which nothing but a restart
// resets. The boot log must explain PCRs 0 to 9 and 11 to 14 to the byte, IMA's
// log PCR 10 and the list of run-time events PCR 15. What the boot log says
// beyond the digests, such as kinds of events, no PCR holds; so the quote also
// covers the log's own hash.
//
// What policies refer to can be computed from files. Measurement is made of
// what ran from PCR 4 on: each image by its Authenticode hash, each authority
// that Secure Boot used, PCRs 9, 11, 13 and 14 and each program that was
// measured at run time. Manifest is PCRs 8 and 12 and what was configured at run
// time. PCRs 0 and 2, which vary from machine to machine, are part of Product,
// so that minimums and denials can name firmware; PCRs 1, 3, 5 and 6 are
// explained by the log and judged by nobody.
package tpm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// Level is the security level of a machine with measured boot.
const Level = 3

// A Scheme verifies evidence of TPMs that one of its enrollers certified.
type Scheme struct{ enrollers []pinned }

// NewScheme pins the roots of enrollers. Without one it accepts nothing.
func NewScheme(roots []attest.Root) (*Scheme, error) {
	list, err := pin(roots)
	return &Scheme{list}, err
}

// Name is "tpm".
func (s *Scheme) Name() string { return attest.SchemeTPM }

// Verify returns the claims of evidence that is genuine at now. A quote that is
// not one, or not by a key that an enroller certified, is EVID_AK; logs that do
// not explain the quoted registers are EVID_LOG; all else is EVID_FORGED.
func (s *Scheme) Verify(_ context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	if e.Scheme != attest.SchemeTPM {
		return attest.Claims{}, fault.New(fault.EvidForged, "verify TPM evidence: scheme %q", e.Scheme)
	}
	data, r, c, logs, err := open(e)
	if err != nil {
		return attest.Claims{}, err
	}
	key, err := readAK(r.Public)
	if err != nil {
		return attest.Claims{}, err
	}
	id, err := s.certified(c.Certificates, key, now)
	if err != nil {
		return attest.Claims{}, err
	}
	q, err := readQuote(r, key)
	if err != nil {
		return attest.Claims{}, err
	}
	if want := qualify(data, logs.boot); !bytes.Equal(q.extra, want[:]) {
		return attest.Claims{}, fault.New(fault.EvidForged, "verify TPM evidence: the quote is over other report data or another boot log")
	}
	b, err := explain(q.registers, logs)
	if err != nil {
		return attest.Claims{}, err
	}
	claims := attest.Claims{
		Scheme: attest.SchemeTPM, Level: Level, Boundary: attest.BoundaryMachine,
		Product: id.product + " firmware " + firmwareOf(q.registers), Hardware: id.hardware, Key: attest.KeyAK,
		TCB:    attest.TCB{{Name: "tpm", SVN: uint32(q.firmware >> 32)}, {Name: "tpm-build", SVN: uint32(q.firmware)}},
		Status: attest.StatusNotStated, Data: data,
	}
	if !b.secure {
		claims.Modes |= attest.ModeOpenBoot
	}
	if b.debug {
		claims.Modes |= attest.ModeDebug
	}
	claims.Registers, claims.Manifest = environment(q.registers, b, logs.events)
	for _, e := range logs.events {
		if e.Kind == KindGuest {
			claims.Guests = append(claims.Guests, e.Digest)
		}
	}
	claims.Measurement = attest.MeasurementOf(attest.SchemeTPM, claims.Registers)
	return claims, nil
}

// qualify is what a quote is over besides registers. Some TPMs take no more than
// 32 bytes.
func qualify(data attest.ReportData, boot []byte) [sha256.Size]byte {
	log := sha256.Sum256(boot)
	return sha256.Sum256(append(data[:], log[:]...))
}

// firmwareOf names the code that a machine's maker and its cards brought: PCRs 0
// and 2.
func firmwareOf(r registers) string {
	sum := sha256.Sum256(append(r[0][:], r[2][:]...))
	return hex.EncodeToString(sum[:8])
}

// environment are the registers that make the measurement, and the manifest.
func environment(r registers, b boot, events []Event) (list []attest.Register, manifest wire.Digest) {
	for _, d := range b.images {
		list = append(list, attest.Register{Name: "image", Value: d})
	}
	for _, d := range b.authorities {
		list = append(list, attest.Register{Name: "authority", Value: d})
	}
	for _, n := range []struct {
		name  string
		index int
	}{{"pcr9", 9}, {"pcr11", 11}, {"pcr13", 13}, {"pcr14", 14}} {
		list = append(list, attest.Register{Name: n.name, Value: r[n.index][:]})
	}
	config := []attest.Register{{Name: "pcr8", Value: r[8][:]}, {Name: "pcr12", Value: r[12][:]}}
	for _, e := range events {
		switch e.Kind {
		case KindProgram:
			list = append(list, attest.Register{Name: "program", Value: e.Digest[:]})
		case KindConfig:
			config = append(config, attest.Register{Name: "config", Value: e.Digest[:]})
		}
	}
	return list, wire.Hash("tacit/tpm/manifest", config)
}
