package daemon

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"tacit/attest"
	"tacit/collateral"
	"tacit/enclave/machine"
	"tacit/telemetry"
)

// Endorse says where a measured machine's host finds what the machine's evidence
// is verified with.
type Endorse struct {
	Port     string `json:"port"`     // socket of the machine's port for it; without one nothing is endorsed
	Key      string `json:"key"`      // file: certificates of the TPM's attestation key, its own first, PEM [ak.pem in the process's own folder, with an enroller]
	Enroller string `json:"enroller"` // address of who certifies that key; without one the file is the operator's to fill
	Between  string `json:"between"`  // file: certificates between the maker's root and the TPM's own
	Folder   string `json:"folder"`   // keeps documents of vendors [collateral, in the process's own folder]
	From     string `json:"from"`     // folder to take them from; else they are fetched
	AMD      string `json:"amd"`      // address of a mirror of AMD's service
	Intel    string `json:"intel"`    // address of a mirror of Intel's service
}

// keyIn is the file of the key's certificates, for a process or machine with this folder.
func (e Endorse) keyIn(dir string) string {
	if e.Key == "" && e.Enroller != "" {
		return filepath.Join(dir, "ak.pem")
	}
	return e.Key
}

// start answers the machine until ctx ends. The returned function waits for that. The
// labels are of its gauge.
func (e Endorse) start(ctx context.Context, schemes attest.Schemes, dir string, log *slog.Logger, labels ...telemetry.Label) (func(), error) {
	var tpm *enrolment
	e.Key = e.keyIn(dir)
	if e.Enroller != "" {
		var err error
		if tpm, err = newEnrolment(e, log); err != nil {
			return nil, err
		}
	}
	if e.Folder == "" {
		e.Folder = filepath.Join(dir, "collateral")
	}
	folder, err := collateral.OpenFolder(e.Folder)
	if err != nil {
		return nil, err
	}
	source, closeSource, err := e.source()
	if err != nil {
		folder.Close()
		return nil, err
	}
	c, err := collateral.New(collateral.Config{Schemes: schemes, Folder: folder, Source: source, Log: log})
	if err != nil {
		folder.Close()
		return nil, err
	}
	telemetry.Gauge("tacit_collateral_left_seconds", func() float64 { return left(c.Used(), time.Now()).Seconds() }, labels...)
	var all sync.WaitGroup
	all.Go(func() { _ = c.Run(ctx) })
	all.Go(func() {
		_ = machine.Endorse(ctx, e.Port, func(ctx context.Context, v *machine.Visit) ([][]byte, error) {
			return e.find(ctx, c, tpm, v)
		}, func(err error) { log.Warn("the machine's evidence cannot be endorsed", "error", err) })
	})
	return func() {
		all.Wait()
		closeSource()
		folder.Close()
	}, nil
}

func (e Endorse) source() (collateral.Source, func(), error) {
	if e.From != "" {
		f, err := collateral.ReadFolder(e.From)
		return f, func() { f.Close() }, err
	}
	v := collateral.Published()
	if e.AMD != "" {
		v.AMD = e.AMD
	}
	if e.Intel != "" {
		v.Intel, v.IntelRoot = e.Intel, ""
	}
	return v, func() {}, nil
}

// find is the collateral of the evidence that a machine probes with.
func (e Endorse) find(ctx context.Context, c *collateral.Service, tpm *enrolment, v *machine.Visit) ([][]byte, error) {
	switch {
	case v.Probe.Scheme != attest.SchemeTPM:
		full, err := c.Complete(ctx, v.Probe)
		return full.Collateral, err
	case tpm != nil:
		return tpm.certificates(ctx, v)
	}
	return e.fromFile()
}

// left is how long the document that ends first still holds; 0 if none is used.
func left(used []collateral.Held, now time.Time) (least time.Duration) {
	for i, h := range used {
		if d := h.Until.Sub(now); i == 0 || d < least {
			least = d
		}
	}
	return max(0, least)
}
