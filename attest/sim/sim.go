// Package sim is the simulated platform: it goes through every step of
// attestation that hardware does and protects nothing from its host.
//
// A device, a process of its own as swtpm is to a TPM, holds the keys of a
// complete fake vendor: a root, an intermediate and a device certificate, all
// P-256. It measures a program by the SHA-256 of its file, starts it from a
// sealed copy of exactly those bytes, and answers evidence requests only on a
// descriptor that the started program inherits. The Scheme of this package
// verifies such evidence up to a root that the caller pins.
//
// Only teaching networks trust this package: a policy accepts its evidence
// only where it names "sim", and release programs other than the user's tool
// do not link it.
package sim

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// Notice is what every output about this platform says.
const Notice = "simulated platform: it protects nothing from the host"

// Level is the security level of the simulated platform.
const Level = 2

const reportLabel = "tacit/sim/report"

// report is what the device signs, after the 64 bytes of report data.
type report struct {
	Version     uint32      `cbor:"1,keyasint"`
	Measurement wire.Digest `cbor:"2,keyasint"`
	Manifest    wire.Digest `cbor:"3,keyasint"`
	SVN         uint32      `cbor:"4,keyasint"`
	Debug       bool        `cbor:"5,keyasint"`
	Hardware    string      `cbor:"6,keyasint"`
}

// signedReport follows the report data in the evidence, as report data has a
// place of its own in the reports of hardware: who cannot parse the rest can
// still see what the evidence is over.
type signedReport struct {
	Report []byte `cbor:"1,keyasint"`
	Sig    []byte `cbor:"2,keyasint"` // ECDSA over SHA-256 of report data and report, ASN.1
}

// reportHash is what the device signs.
func reportHash(data, report []byte) [sha256.Size]byte {
	return sha256.Sum256(append(bytes.Clone(data), report...))
}

// ManifestOf is the digest of what a program is started with: its arguments
// and its environment. Nothing else reaches it unmeasured.
func ManifestOf(args, env []string) wire.Digest {
	type manifest struct {
		Args []string `cbor:"1,keyasint"`
		Env  []string `cbor:"2,keyasint"`
	}
	return wire.Hash("tacit/sim/manifest", manifest{args, env})
}

// A Scheme verifies evidence of devices below one of its roots.
type Scheme struct {
	roots  *x509.CertPool
	chains *wire.Memo[wire.Digest, chain]
}

// chain is a device certificate that leads to a pinned root, in force from and
// until. A device's chain comes with every piece of its evidence, so those that
// were verified are remembered: that much stays true.
type chain struct {
	device      *x509.Certificate
	from, until time.Time
}

// chainsKept is how many chains are remembered at least: one a device.
const chainsKept = 256

// NewScheme pins vendor roots (DER). Without one it accepts nothing.
func NewScheme(roots []attest.Root) (*Scheme, error) {
	s := &Scheme{x509.NewCertPool(), wire.NewMemo[wire.Digest, chain](chainsKept)}
	for _, r := range roots {
		if r.Scheme != attest.SchemeSim {
			continue
		}
		c, err := x509.ParseCertificate(r.DER)
		if err != nil {
			return nil, fault.New(fault.EvidPolicy, "pin simulated vendor root: %w", err)
		}
		s.roots.AddCert(c)
	}
	return s, nil
}

// Name is "sim".
func (s *Scheme) Name() string { return attest.SchemeSim }

// Verify returns the claims of evidence whose chain leads to a pinned root at
// now; EVID_FORGED otherwise.
func (s *Scheme) Verify(_ context.Context, e attest.Evidence, now time.Time) (attest.Claims, error) {
	const op = "verify simulated evidence"
	bad := func(why string) (attest.Claims, error) {
		return attest.Claims{}, fault.New(fault.EvidForged, "%s: %s", op, why)
	}
	if e.Scheme != attest.SchemeSim || len(e.Collateral) != 2 {
		return bad("want the device's and the intermediate certificate")
	}
	device, why := s.device(e.Collateral, now)
	if why != "" {
		return bad(why)
	}
	var signed signedReport
	if len(e.Report) < len(attest.ReportData{}) {
		return bad("the report does not parse")
	}
	data, rest := e.Report[:len(attest.ReportData{})], e.Report[len(attest.ReportData{}):]
	if err := wire.Unmarshal(reportLabel+"/signed", rest, &signed); err != nil {
		return bad("the report does not parse")
	}
	pub, ok := device.PublicKey.(*ecdsa.PublicKey)
	sum := reportHash(data, signed.Report)
	if !ok || !ecdsa.VerifyASN1(pub, sum[:], signed.Sig) {
		return bad("the report's signature is not the device's")
	}
	var r report
	if err := wire.Unmarshal(reportLabel, signed.Report, &r); err != nil {
		return bad("the report does not parse")
	}
	if r.Version != 1 || r.Hardware != device.Subject.CommonName {
		return bad("the report is of another version or chip")
	}
	var modes attest.Mode
	if r.Debug {
		modes = attest.ModeDebug
	}
	return attest.Claims{
		Scheme: attest.SchemeSim, Level: Level, Boundary: attest.BoundaryProcess, Measurement: r.Measurement,
		Manifest: r.Manifest, SVN: r.SVN, Product: "simulated", Hardware: r.Hardware, Key: attest.KeySim,
		Status: attest.StatusNotStated, Modes: modes, Data: attest.ReportData(data),
	}, nil
}

// device is the first certificate if both lead to a pinned root at now, or says
// why not.
func (s *Scheme) device(collateral [][]byte, now time.Time) (*x509.Certificate, string) {
	key := wire.Hash("tacit/sim/chain", collateral)
	if c, ok := s.chains.Get(key); ok && !now.Before(c.from) && !now.After(c.until) {
		return c.device, ""
	}
	device, err := x509.ParseCertificate(collateral[0])
	if err != nil {
		return nil, "the device certificate does not parse"
	}
	middle, err := x509.ParseCertificate(collateral[1])
	if err != nil {
		return nil, "the intermediate certificate does not parse"
	}
	between := x509.NewCertPool()
	between.AddCert(middle)
	paths, err := device.Verify(x509.VerifyOptions{
		Roots: s.roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, "the certificate chain does not lead to a pinned root"
	}
	c := chain{device: device, from: device.NotBefore, until: device.NotAfter}
	for _, cert := range paths[0] {
		if cert.NotBefore.After(c.from) {
			c.from = cert.NotBefore
		}
		if cert.NotAfter.Before(c.until) {
			c.until = cert.NotAfter
		}
	}
	s.chains.Put(key, c)
	return device, ""
}

// Policy is the appraisal policy of a role that plays on the simulated platform
// only: for teaching, since it protects nothing from the host.
func Policy(role uint16, references ...attest.Reference) attest.Policy {
	return attest.Policy{
		Role: role, Schemes: []string{attest.SchemeSim}, Level: Level, References: references,
		Registry: attest.RegistryOpen, Keys: []string{attest.KeySim}, Statuses: []attest.Status{attest.StatusNotStated},
	}
}
