package daemon

import (
	"context"
	"crypto/x509"
	"log/slog"
	"slices"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/cmd/internal/certfile"
	"tacit/enroll"
	"tacit/fault"
)

// enrolment gets the certificate of a machine's attestation key from an enroller and
// keeps it in a file. It serves one machine, one ask at a time.
type enrolment struct {
	client  *enroll.Client
	between [][]byte // certificates between the maker's root and the TPM's own
	file    string
	log     *slog.Logger

	not  time.Time // not asked before, because of last
	last error
}

// enrolRest is how long an enroller that did not certify is left alone: without
// certificates the machine asks every second.
const enrolRest = 10 * time.Second

func newEnrolment(e Endorse, log *slog.Logger) (*enrolment, error) {
	client, err := enroll.NewClient(e.Enroller, tpm.CheckCertificate)
	if err != nil {
		return nil, err
	}
	n := &enrolment{client: client, file: e.Key, log: log}
	if e.Between != "" {
		if n.between, err = certfile.Read(e.Between); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// certificates are those of the key that a machine applies for. What is kept is given
// while more than a third of its time is left, and as long as it is in force if the
// enroller gives no other.
func (n *enrolment) certificates(ctx context.Context, machine attest.Prover) ([][]byte, error) {
	a, err := machine.Apply(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	kept, fresh := n.kept(a, now)
	if fresh {
		return kept, nil
	}
	if err = n.last; !now.Before(n.not) {
		var der []byte
		if der, err = n.client.Certificate(ctx, applicant{machine, n.between}); err == nil {
			n.log.Info("the machine's TPM is enrolled")
			if err := certfile.Write(n.file, der); err != nil {
				n.log.Warn("the certificate of the machine's TPM is not kept", "error", err)
			}
			return [][]byte{der}, nil
		}
		n.not, n.last = now.Add(enrolRest), err
	}
	if kept != nil {
		n.log.Warn("the certificate of the machine's TPM is not renewed", "error", err)
		return kept, nil
	}
	return nil, err
}

// kept is what the file holds, if it is in force and of the key of an application.
func (n *enrolment) kept(a attest.Application, now time.Time) (chain [][]byte, fresh bool) {
	chain, err := certfile.Read(n.file)
	if err != nil || tpm.CheckCertificate(chain[0], a) != nil {
		return nil, false
	}
	c, err := x509.ParseCertificate(chain[0])
	if err != nil || now.Before(c.NotBefore) || !now.Before(c.NotAfter) {
		return nil, false
	}
	return chain, c.NotAfter.Sub(now) > c.NotAfter.Sub(c.NotBefore)/3
}

// applicant is a machine with the certificates that its host knows.
type applicant struct {
	attest.Prover
	between [][]byte
}

// Apply is the machine's application, completed.
func (p applicant) Apply(ctx context.Context) (attest.Application, error) {
	a, err := p.Prover.Apply(ctx)
	a.Certificates = slices.Concat(a.Certificates, p.between)
	return a, err
}

// fromFile are the certificates that the operator put there. The file is read each
// time, so that renewed ones are taken.
func (e Endorse) fromFile() ([][]byte, error) {
	if e.Key == "" {
		return nil, fault.Denied(fault.APIField, "endorse the machine's TPM", "endorse", "an enroller, or a key's certificates", "neither")
	}
	return certfile.Read(e.Key)
}
