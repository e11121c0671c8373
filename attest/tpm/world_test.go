package tpm

import (
	"bytes"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

var files = []tpmtest.File{{Path: "boot_aggregate", Content: "aggregate"}, {Path: "/init", Content: "init"}}

// machine is one whose TPM is software and whose enroller is marked. A test
// changes what it likes and then asks for evidence, so each check is met by
// evidence that is signed anew.
type machine struct {
	soft   *tpmtest.Soft
	ca     *tpmtest.CA
	scheme *Scheme
	now    time.Time
	data   attest.ReportData

	log         tpmtest.Log
	ima         []byte
	imaRegister [32]byte
	events      []Event
	boot        func([]byte) []byte // changes the log's bytes
	template    func(*x509.Certificate)
	chain       func([][]byte) [][]byte
	report      func(*report)
	finish      func(*attest.Evidence)
	certified   *tpmtest.Soft // whose key is certified instead
	registers   func(*[16][32]byte)
	qualify     func([]byte) []byte
}

func newMachine(t testing.TB) *machine {
	t.Helper()
	m := &machine{
		soft: tpmtest.NewSoft(t), ca: tpmtest.NewCA(t), now: time.Now(), log: tpmtest.Boot(), ima: tpmtest.IMA(files...), imaRegister: tpmtest.IMARegister(files...),
		events: []Event{{KindProgram, wire.Sum([]byte("enclave"))}, {KindConfig, wire.Sum([]byte("config"))}, {KindGuest, wire.Sum([]byte("guest"))}},
	}
	copy(m.data[:], bytes.Repeat([]byte{7}, 64))
	var err error
	if m.scheme, err = NewScheme([]attest.Root{{Scheme: attest.SchemeTPM, DER: m.ca.Root.Raw}}); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *machine) evidence(t testing.TB) attest.Evidence {
	t.Helper()
	m.soft.PCRs = m.log.Registers()
	m.soft.PCRs[10] = m.imaRegister
	for _, e := range m.events {
		d := wire.Hash("tacit/tpm/event", e)
		tpmtest.Extend(&m.soft.PCRs[15], d[:])
	}
	if m.registers != nil {
		m.registers(&m.soft.PCRs)
	}
	boot := m.log.Bytes()
	if m.boot != nil {
		boot = m.boot(boot)
	}
	q := qualify(m.data, boot)
	extra := q[:]
	if m.qualify != nil {
		extra = m.qualify(extra)
	}
	r := report{Public: m.soft.PublicBytes()}
	r.Quote, r.Signature, r.Registers = m.soft.Quote(t, extra)
	if m.report != nil {
		m.report(&r)
	}
	of := m.soft
	if m.certified != nil {
		of = m.certified
	}
	template := of.Certificate(m.now.Add(-time.Hour))
	if m.template != nil {
		m.template(template)
	}
	certificates := [][]byte{m.ca.Issue(t, template, of.Key.Public())}
	if m.chain != nil {
		certificates = m.chain(certificates)
	}
	e, err := assemble(m.data, r, certificates, logs{boot, m.ima, m.events})
	if err != nil {
		t.Fatal(err)
	}
	if m.finish != nil {
		m.finish(&e)
	}
	return e
}

func (m *machine) verify(t testing.TB) (attest.Claims, error) {
	t.Helper()
	return m.scheme.Verify(t.Context(), m.evidence(t), m.now)
}

// row is one change of a machine and what its evidence is then worth.
type row struct {
	name   string
	change func(t *testing.T, m *machine)
	want   fault.Code
}

// try runs rows, each on a machine of its own.
func try(t *testing.T, rows []row) {
	t.Helper()
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			tt.change(t, m)
			c, err := m.verify(t)
			if tt.want == "" && err != nil || tt.want != "" && fault.Of(err) != tt.want {
				t.Fatalf("Verify = %v, want %q", err, tt.want)
			}
			if err != nil && (c.Scheme != "" || c.Level != 0) {
				t.Error("claims came with the error")
			}
		})
	}
}

func same(*testing.T, *machine) {}

// drop returns a log without its entries of a PCR and kind.
func drop(l tpmtest.Log, pcr, kind uint32) tpmtest.Log {
	return slices.DeleteFunc(slices.Clone(l), func(e tpmtest.Entry) bool { return e.PCR == pcr && e.Kind == kind })
}
