package tpm

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

func TestGenuineEvidenceGivesItsClaims(t *testing.T) {
	m := newMachine(t)
	c, err := m.verify(t)
	if err != nil {
		t.Fatal(err)
	}
	if c.Scheme != "tpm" || c.Level != 3 || c.Boundary != attest.BoundaryMachine || c.Key != attest.KeyAK || c.Status != attest.StatusNotStated || c.VMPL != 0 {
		t.Errorf("claims = %+v", c)
	}
	if c.Data != m.data || c.Modes != 0 || c.Hardware != "tpm-test" || !strings.HasPrefix(c.Product, "TEST soft firmware ") {
		t.Errorf("claims = %+v", c)
	}
	if got := c.TCB.String(); got != "tpm=7 tpm-build=1234" {
		t.Errorf("TCB = %s", got)
	}
	var names []string
	for _, r := range c.Registers {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "image authority pcr9 pcr11 pcr13 pcr14 program" {
		t.Errorf("registers = %s", got)
	}
	if c.Measurement != attest.MeasurementOf("tpm", c.Registers) || c.Manifest.IsZero() {
		t.Error("the measurement is not of the registers")
	}
}

// TestWhatPoliciesReferToChangesWithWhatRuns: a reference matches a machine that
// started the same, whatever its maker put around it.
func TestWhatPoliciesReferToChangesWithWhatRuns(t *testing.T) {
	was, err := newMachine(t).verify(t)
	if err != nil {
		t.Fatal(err)
	}
	add := func(pcr, kind uint32) func(*machine) {
		return func(m *machine) {
			m.log = append(m.log, tpmtest.Entry{PCR: pcr, Kind: kind, Data: []byte("more")})
		}
	}
	for _, tt := range []struct {
		name                           string
		change                         func(*machine)
		measurement, manifest, product bool
	}{
		{"the same", func(*machine) {}, false, false, false},
		{"a guest", func(m *machine) { m.events = append(m.events, Event{KindGuest, wire.Sum([]byte("x"))}) }, false, false, false},
		{"settings of the firmware", add(1, 1), false, false, false},
		{"another partition table", add(5, 1), false, false, false},
		{"a second start", add(4, tpmtest.Separator), true, false, false},
		{"another firmware", add(0, tpmtest.FirmwareBlob), false, false, true},
		{"a card's code", add(2, tpmtest.BootDriver), false, false, true},
		{"another image", add(4, tpmtest.BootApplication), true, false, false},
		{"another authority", func(m *machine) {
			m.log = append(m.log, tpmtest.Entry{PCR: 7, Kind: tpmtest.Authority, Data: tpmtest.Variable(tpmtest.Security, "db", []byte("another"))})
		}, true, false, false},
		{"another initrd", add(9, tpmtest.EventTag), true, false, false},
		{"another kernel", add(11, tpmtest.IPL), true, false, false},
		{"an extension", add(13, tpmtest.IPL), true, false, false},
		{"a machine owner's key", add(14, tpmtest.IPL), true, false, false},
		{"a program", func(m *machine) { m.events = append(m.events, Event{KindProgram, wire.Sum([]byte("x"))}) }, true, false, false},
		{"a loader's command line", add(8, tpmtest.IPL), false, true, false},
		{"a command line", add(12, tpmtest.IPL), false, true, false},
		{"a configuration", func(m *machine) { m.events = append(m.events, Event{KindConfig, wire.Sum([]byte("x"))}) }, false, true, false},
		{"a file that IMA saw", func(m *machine) {
			more := append(slices.Clone(files), tpmtest.File{Path: "/x", Content: "x"})
			m.ima, m.imaRegister = tpmtest.IMA(more...), tpmtest.IMARegister(more...)
		}, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			tt.change(m)
			is, err := m.verify(t)
			if err != nil {
				t.Fatal(err)
			}
			if got := is.Measurement != was.Measurement; got != tt.measurement {
				t.Errorf("another measurement = %v, want %v", got, tt.measurement)
			}
			if got := is.Manifest != was.Manifest; got != tt.manifest {
				t.Errorf("another manifest = %v, want %v", got, tt.manifest)
			}
			if got := is.Product != was.Product; got != tt.product {
				t.Errorf("another product = %v, want %v", got, tt.product)
			}
		})
	}
}

// case N02 code EVID_FORGED check attest/tpm/tpm.go:qualify
func TestN02AQuoteIsOverThisReportDataAndThisLog(t *testing.T) {
	try(t, []row{
		{"twin: as it was made", same, ""},
		{"other report data", func(_ *testing.T, m *machine) { m.finish = func(e *attest.Evidence) { e.Report[3] ^= 1 } }, fault.EvidForged},
		{"qualifying data of 31 bytes", func(_ *testing.T, m *machine) { m.qualify = func(b []byte) []byte { return b[:31] } }, fault.EvidForged},
		{"no qualifying data", func(_ *testing.T, m *machine) { m.qualify = func([]byte) []byte { return nil } }, fault.EvidForged},
		{"another log that explains the same", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) {
				other := slices.Clone(m.log)
				for i := range other {
					if other[i].Kind == tpmtest.BootApplication {
						other[i].Data = []byte("path of another")
					}
				}
				was, is := m.log.Bytes(), other.Bytes()
				e.Collateral[1] = bytes.Replace(e.Collateral[1], was[len(was)-100:], is[len(is)-100:], 1)
				e.Collateral[1] = bytes.Replace(e.Collateral[1], []byte("path of the image"), []byte("path of an image!"), 1)
			}
		}, fault.EvidForged},
	})
}

func TestEveryByteOfEvidenceBelongsToAPart(t *testing.T) {
	try(t, []row{
		{"twin: as it was made", same, ""},
		{"a report with a byte behind it", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) { e.Report = append(e.Report, 0) }
		}, fault.EvidForged},
		{"collateral with a byte behind it", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) { e.Collateral[0] = append(e.Collateral[0], 0) }
		}, fault.EvidForged},
	})
}

// The same judged before a certificate names the key, as an enroller must.
//
// case N13 code EVID_AK check attest/tpm/quote.go:readAK
func TestN13WhatIsNoAttestationKey(t *testing.T) {
	good := tpmtest.NewSoft(t).PublicBytes()
	for _, tt := range []struct {
		name string
		at   int
		put  []byte
	}{
		{"of another kind", 0, []byte{0, 1}}, {"named by another hash", 2, []byte{0, 0xc}}, {"that signs anything", 4, []byte{0, 0, 0, 0}},
		{"of a cipher", 10, []byte{0, 6}}, {"of another scheme", 12, []byte{0, 0x1a}}, {"of another hash", 14, []byte{0, 4}},
		{"of another curve", 16, []byte{0, 4}}, {"with a key derivation", 18, []byte{0, 0x20}}, {"with a byte behind it", len(good), []byte{0}},
	} {
		b := append(bytes.Clone(good[:tt.at]), tt.put...)
		b = append(b, good[min(len(good), tt.at+len(tt.put)):]...)
		if _, err := readAK(b); fault.Of(err) != fault.EvidAK {
			t.Errorf("a key %s: %v", tt.name, err)
		}
	}
	t.Run("twin: as a TPM makes it", func(t *testing.T) {
		if _, err := readAK(good); err != nil {
			t.Error(err)
		}
	})
}

// case N01 code EVID_BINDING check attest/policy.go:Appraise
func TestN01AnOldQuoteAnswersNoOtherTranscript(t *testing.T) {
	m := newMachine(t)
	c, err := m.verify(t)
	if err != nil {
		t.Fatal(err)
	}
	p := policyFor(c)
	for _, tt := range []struct {
		name string
		data attest.ReportData
		want fault.Code
	}{{"twin: the transcript that was asked about", m.data, ""}, {"a later one", attest.ReportData{9}, fault.EvidBinding}} {
		t.Run(tt.name, func(t *testing.T) {
			short := p.Appraise(c, tt.data, m.now)
			if tt.want == "" && len(short) > 0 || tt.want != "" && (len(short) != 1 || short[0].Code != tt.want) {
				t.Errorf("Appraise = %v, want %q", short, tt.want)
			}
		})
	}
}

// policyFor accepts what these claims say.
func policyFor(c attest.Claims) attest.Policy {
	return attest.Policy{
		Role: 1, Schemes: []string{"tpm"}, Level: 3, References: []attest.Reference{{Name: "this", Measurement: c.Measurement, Manifest: c.Manifest}},
		Registry: attest.RegistryOpen, Keys: []string{attest.KeyAK}, Statuses: []attest.Status{attest.StatusNotStated},
		Minimums: []attest.Minimum{{Scheme: "tpm", Product: c.Product, TCB: attest.TCB{{Name: "tpm", SVN: 7}}}},
	}
}

// case N04 code EVID_MODE check attest/tpm/boot.go:judge
func TestN04OpenBootIsJudgedFromTheLog(t *testing.T) {
	variable := func(name string, value ...byte) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) {
			for i, e := range m.log {
				if e.PCR == 7 && bytes.Contains(e.Data, []byte("S\x00e\x00c\x00u\x00r\x00e\x00B")) {
					m.log[i].Data = tpmtest.Variable(tpmtest.Global, name, value)
				}
			}
		}
	}
	insert := func(at int, e tpmtest.Entry) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.log = slices.Insert(m.log, at, e) }
	}
	flag := tpmtest.Entry{PCR: 7, Kind: tpmtest.VariableConfig, Data: tpmtest.Variable(tpmtest.Global, "SecureBoot", []byte{1})}
	accepted, err := newMachine(t).verify(t)
	if err != nil {
		t.Fatal(err)
	}
	p := policyFor(accepted)
	p.Minimums[0].Product = ""
	for _, tt := range []struct {
		name   string
		change func(*testing.T, *machine)
		want   attest.Mode
	}{
		{"twin: an image that the firmware's list verified", same, 0},
		{"Secure Boot is off", variable("SecureBoot", 0), attest.ModeOpenBoot},
		{"Secure Boot is something else", variable("SecureBoot", 1, 0), attest.ModeOpenBoot},
		{"Secure Boot is not mentioned", variable("SecureBoat", 1), attest.ModeOpenBoot},
		{"Secure Boot of another name space", func(_ *testing.T, m *machine) {
			m.log[2].Data = tpmtest.Variable(tpmtest.Security, "SecureBoot", []byte{1})
		}, attest.ModeOpenBoot},
		{"Secure Boot is said twice", insert(2, flag), attest.ModeOpenBoot},
		{"Secure Boot is said too late", func(_ *testing.T, m *machine) {
			m.log = append(slices.Delete(m.log, 2, 3), flag)
		}, attest.ModeOpenBoot},
		{"two beginnings", func(_ *testing.T, m *machine) {
			m.log = append(m.log, tpmtest.Entry{PCR: 7, Kind: tpmtest.Separator, Data: make([]byte, 4)})
		}, attest.ModeOpenBoot},
		{"the flag alone: a loader for old kernels verified nothing", func(_ *testing.T, m *machine) {
			m.log = drop(drop(m.log, 7, tpmtest.Authority), 4, tpmtest.BootApplication)
		}, attest.ModeOpenBoot},
		{"an image, verified by nobody", func(_ *testing.T, m *machine) { m.log = drop(m.log, 7, tpmtest.Authority) }, attest.ModeOpenBoot},
		{"an authority, and no image", func(_ *testing.T, m *machine) { m.log = drop(m.log, 4, tpmtest.BootApplication) }, attest.ModeOpenBoot},
		{"an authority, and a step that calls itself an image", func(_ *testing.T, m *machine) {
			for i, e := range m.log {
				if e.Kind == tpmtest.BootApplication {
					m.log[i].Digest, m.log[i].Data = nil, make([]byte, 4)
				}
			}
		}, attest.ModeOpenBoot},
		{"an authority of another list", func(_ *testing.T, m *machine) {
			for i, e := range m.log {
				if e.Kind == tpmtest.Authority {
					m.log[i].Data = tpmtest.Variable(tpmtest.Security, "dbx", []byte("our key"))
				}
			}
		}, attest.ModeOpenBoot},
		{"an authority of another name space", func(_ *testing.T, m *machine) {
			for i, e := range m.log {
				if e.Kind == tpmtest.Authority {
					m.log[i].Data = tpmtest.Variable(tpmtest.Global, "db", []byte("our key"))
				}
			}
		}, attest.ModeOpenBoot},
		{"a firmware that is debugged", insert(2, tpmtest.Entry{PCR: 7, Kind: tpmtest.Action, Data: []byte("UEFI Debug Mode")}), attest.ModeDebug},
		{"a firmware that is debugged and ends its words", insert(2, tpmtest.Entry{PCR: 7, Kind: tpmtest.Action, Data: []byte("UEFI Debug Mode\x00")}), attest.ModeDebug},
		{"a firmware that does something else", insert(2, tpmtest.Entry{PCR: 7, Kind: tpmtest.Action, Data: []byte("something else")}), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t)
			tt.change(t, m)
			c, err := m.verify(t)
			if err != nil {
				t.Fatal(err)
			}
			if c.Modes != tt.want {
				t.Errorf("modes = %v, want %v", c.Modes, tt.want)
			}
			short := p.Appraise(c, m.data, m.now)
			if got := slices.ContainsFunc(short, func(f *fault.Error) bool { return f.Code == fault.EvidMode }); got != (tt.want != 0) {
				t.Errorf("Appraise = %v", short)
			}
		})
	}
}

// case N13 code EVID_AK check attest/tpm/quote.go:readAK
// case N13 code EVID_AK check attest/tpm/quote.go:readQuote
// case N13 code EVID_AK check attest/tpm/cert.go:certified
func TestN13OnlyARestrictedKeyOfAnEnrolledTPM(t *testing.T) {
	attributes := func(change func(*tpm2.TPMAObject)) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { change(&m.soft.Public.ObjectAttributes) }
	}
	attested := func(change func(*tpm2.TPMSAttest)) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.soft.Change = change }
	}
	raw := func(change func([]byte) []byte) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.soft.Raw = change }
	}
	public := func(change func([]byte) []byte) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) {
			m.report = func(r *report) { r.Public = change(bytes.Clone(r.Public)) }
		}
	}
	put := func(at int, b ...byte) func([]byte) []byte {
		return func(p []byte) []byte { copy(p[at:], b); return p }
	}
	template := func(change func(*x509.Certificate)) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.template = change }
	}
	try(t, []row{
		{"twin: as an enroller certified it", same, ""},
		{"signs anything", attributes(func(a *tpm2.TPMAObject) { a.Restricted = false }), fault.EvidAK},
		{"may leave its TPM", attributes(func(a *tpm2.TPMAObject) { a.FixedTPM = false }), fault.EvidAK},
		{"may leave its parent", attributes(func(a *tpm2.TPMAObject) { a.FixedParent = false }), fault.EvidAK},
		{"was made elsewhere", attributes(func(a *tpm2.TPMAObject) { a.SensitiveDataOrigin = false }), fault.EvidAK},
		{"does not sign", attributes(func(a *tpm2.TPMAObject) { a.SignEncrypt = false }), fault.EvidAK},
		{"decrypts as well", attributes(func(a *tpm2.TPMAObject) { a.Decrypt = true }), fault.EvidAK},
		{"has a policy", func(_ *testing.T, m *machine) { m.soft.Public.AuthPolicy.Buffer = make([]byte, 32) }, fault.EvidAK},
		{"a key of another kind", public(put(0, 0, 1)), fault.EvidAK},
		{"a name of another hash", public(put(2, 0, 0xc)), fault.EvidAK},
		{"a cipher", public(put(10, 0, 6)), fault.EvidAK},
		{"another scheme", public(put(12, 0, 0x1a)), fault.EvidAK},
		{"another hash", public(put(14, 0, 4)), fault.EvidAK},
		{"another curve", public(put(16, 0, 4)), fault.EvidAK},
		{"a key derivation", public(put(18, 0, 0x20)), fault.EvidAK},
		{"a point off its curve", public(put(30, 1, 2, 3)), fault.EvidAK},
		{"a byte too many", public(func(b []byte) []byte { return append(b, 0) }), fault.EvidAK},
		{"a short coordinate", public(func(b []byte) []byte { b[21] = 31; return slices.Delete(b, 22, 23) }), fault.EvidAK},
		{"a short second coordinate", public(func(b []byte) []byte { b[55] = 31; return b[:len(b)-1] }), fault.EvidAK},
		{"no public area", public(func([]byte) []byte { return nil }), fault.EvidAK},

		{"a foreign key", func(t *testing.T, m *machine) { m.certified = tpmtest.NewSoft(t) }, fault.EvidAK},
		{"a certificate that names another key", template(func(c *x509.Certificate) { c.Subject.SerialNumber = "000b" }), fault.EvidAK},
		{"no certificate", func(_ *testing.T, m *machine) { m.chain = func([][]byte) [][]byte { return nil } }, fault.EvidAK},
		{"six certificates", func(_ *testing.T, m *machine) {
			m.chain = func(c [][]byte) [][]byte { return slices.Repeat(c, 6) }
		}, fault.EvidAK},
		{"twin: five certificates", func(_ *testing.T, m *machine) {
			m.chain = func(c [][]byte) [][]byte { return slices.Repeat(c, 5) }
		}, ""},
		{"a certificate that does not parse", func(_ *testing.T, m *machine) {
			m.chain = func(c [][]byte) [][]byte { return [][]byte{c[0][1:]} }
		}, fault.EvidAK},
		{"an authority's certificate", template(func(c *x509.Certificate) { c.IsCA = true }), fault.EvidAK},
		{"a certificate for keys", template(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), fault.EvidAK},
		{"a certificate for other signatures", template(func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }), fault.EvidAK},
		{"a certificate for TLS", template(func(c *x509.Certificate) {
			c.UnknownExtKeyUsage, c.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}), fault.EvidAK},
		{"a certificate for a hundred days", template(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 0, 100) }), fault.EvidAK},
		{"twin: a certificate for ninety days", template(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(90 * 24 * time.Hour) }), ""},
		{"a certificate of no TPM", template(func(c *x509.Certificate) { c.Subject.CommonName = "" }), fault.EvidAK},
		{"a certificate of no product", template(func(c *x509.Certificate) { c.Subject.OrganizationalUnit = nil }), fault.EvidAK},
		{"a certificate that has ended", template(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.Add(time.Minute) }), fault.EvidForged},
		{"a certificate that has not begun", template(func(c *x509.Certificate) { c.NotBefore = c.NotBefore.Add(2 * time.Hour) }), fault.EvidForged},
		{"an enroller who is not pinned", func(t *testing.T, m *machine) { m.ca = tpmtest.NewCA(t) }, fault.EvidForged},
		{"no enroller is pinned", func(_ *testing.T, m *machine) { m.scheme = &Scheme{} }, fault.EvidForged},
		{"rubbish beside the certificate", func(_ *testing.T, m *machine) {
			m.chain = func(c [][]byte) [][]byte { return append(c, []byte{1}) }
		}, fault.EvidForged},

		{"not of a TPM", raw(put(0, 0xff, 0x54, 0x43, 0x48)), fault.EvidAK},
		{"a certification, not a quote", raw(put(4, 0x80, 0x17)), fault.EvidAK},
		{"a key of another hierarchy", attested(func(a *tpm2.TPMSAttest) { a.QualifiedSigner.Buffer[5] ^= 1 }), fault.EvidAK},
		{"a quote with a byte too many", raw(func(b []byte) []byte { return append(b, 0) }), fault.EvidAK},
		{"a quote that is cut short", raw(func(b []byte) []byte { return b[:len(b)-1] }), fault.EvidAK},
		{"a clock of no kind", raw(func(b []byte) []byte { b[len(b)-53] = 2; return b }), fault.EvidAK},
		{"twin: an unsafe clock", raw(func(b []byte) []byte { b[len(b)-53] = 0; return b }), ""},
		{"a signature of another kind", func(_ *testing.T, m *machine) { m.report = func(r *report) { put(0, 0, 0x14)(r.Signature) } }, fault.EvidAK},
		{"a signature with another hash", func(_ *testing.T, m *machine) { m.report = func(r *report) { put(2, 0, 4)(r.Signature) } }, fault.EvidAK},
		{"a signature with a byte too many", func(_ *testing.T, m *machine) {
			m.report = func(r *report) { r.Signature = append(r.Signature, 0) }
		}, fault.EvidAK},
		{"a signature with a long part", func(_ *testing.T, m *machine) {
			m.report = func(r *report) { r.Signature[5] = 33; r.Signature = slices.Insert(r.Signature, 6, 0) }
		}, fault.EvidAK},
		{"a signature with a long second part", func(_ *testing.T, m *machine) {
			m.report = func(r *report) { r.Signature[39] = 33; r.Signature = slices.Insert(r.Signature, 40, 0) }
		}, fault.EvidAK},
		{"another's signature", func(t *testing.T, m *machine) {
			m.report = func(r *report) { r.Signature = tpmtest.NewSoft(t).Sign(t, r.Quote) }
		}, fault.EvidForged},

		{"fewer registers", func(_ *testing.T, m *machine) { m.soft.Select = []byte{0xff, 0x7f, 0} }, fault.EvidForged},
		{"more registers", func(_ *testing.T, m *machine) { m.soft.Select = []byte{0xff, 0xff, 1} }, fault.EvidForged},
		{"no registers", func(_ *testing.T, m *machine) { m.soft.Select = []byte{0, 0, 0} }, fault.EvidForged},
		{"another bank", func(_ *testing.T, m *machine) { m.soft.Bank = tpm2.TPMAlgSHA1 }, fault.EvidForged},
		{"a second bank", attested(func(a *tpm2.TPMSAttest) {
			q, _ := a.Attested.Quote()
			q.PCRSelect.PCRSelections = append(q.PCRSelect.PCRSelections, q.PCRSelect.PCRSelections[0])
		}), fault.EvidForged},
		{"a digest of other registers", attested(func(a *tpm2.TPMSAttest) {
			q, _ := a.Attested.Quote()
			q.PCRDigest.Buffer[0] ^= 1
		}), fault.EvidForged},
		{"other registers beside the quote", func(_ *testing.T, m *machine) { m.report = func(r *report) { r.Registers[9][0] ^= 1 } }, fault.EvidForged},
		{"a register too few", func(_ *testing.T, m *machine) {
			m.report = func(r *report) { r.Registers = r.Registers[:15] }
		}, fault.EvidForged},
		{"a register too many", func(_ *testing.T, m *machine) {
			m.report = func(r *report) { r.Registers = append(r.Registers, make([]byte, 32)) }
		}, fault.EvidForged},
		{"registers that are cut elsewhere", func(_ *testing.T, m *machine) {
			m.report = func(r *report) {
				r.Registers[1], r.Registers[0] = append(r.Registers[0][31:], r.Registers[1]...), r.Registers[0][:31]
			}
		}, fault.EvidForged},
	})
}

// case N16 code EVID_FORGED check attest/tpm/cert.go:lead
func TestN16TheTestRootIsPinnedByNobodyElse(t *testing.T) {
	m := newMachine(t)
	e := m.evidence(t)
	for _, tt := range []struct {
		name  string
		roots []attest.Root
		want  fault.Code
	}{
		{"twin: pinned", []attest.Root{{Scheme: "tpm", DER: m.ca.Root.Raw}}, ""},
		{"pinned for another scheme", []attest.Root{{Scheme: "sim", DER: m.ca.Root.Raw}}, fault.EvidForged},
		{"another is pinned", []attest.Root{{Scheme: "tpm", DER: tpmtest.NewCA(t).Root.Raw}}, fault.EvidForged},
		{"nobody is pinned", nil, fault.EvidForged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := NewScheme(tt.roots)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Verify(t.Context(), e, m.now); fault.Of(err) != tt.want && (tt.want != "" || err != nil) {
				t.Errorf("Verify = %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := NewScheme([]attest.Root{{Scheme: "tpm", DER: []byte{1}}}); fault.Of(err) != fault.EvidPolicy {
		t.Errorf("a root that does not parse: %v", err)
	}
}

func TestOneFlippedByteNeverVerifies(t *testing.T) {
	m := newMachine(t)
	e := m.evidence(t)
	if _, err := m.scheme.Verify(t.Context(), e, m.now); err != nil {
		t.Fatal(err)
	}
	parts := append([][]byte{e.Report}, e.Collateral...)
	for i, part := range parts {
		for at := range part {
			for _, bit := range []byte{0x01, 0x80} {
				part[at] ^= bit
				if _, err := m.scheme.Verify(t.Context(), e, m.now); err == nil {
					t.Errorf("part %d verifies with byte %d changed", i, at)
				}
				part[at] ^= bit
			}
		}
		for n := range part {
			short := attest.Evidence{Scheme: e.Scheme, Report: e.Report, Collateral: slices.Clone(e.Collateral)}
			if i == 0 {
				short.Report = part[:n]
			} else {
				short.Collateral[i-1] = part[:n]
			}
			if _, err := m.scheme.Verify(t.Context(), short, m.now); err == nil {
				t.Errorf("part %d verifies when cut to %d bytes", i, n)
			}
		}
	}
	e.Scheme = "sim"
	if _, err := m.scheme.Verify(t.Context(), e, m.now); fault.Of(err) != fault.EvidForged {
		t.Errorf("evidence of another scheme: %v", err)
	}
}

// TestThePartsFitTogetherOneWay: collateral cannot be cut elsewhere.
func TestThePartsFitTogetherOneWay(t *testing.T) {
	long := func(_ *testing.T, m *machine) {
		m.log = append(m.log, tpmtest.Entry{PCR: 6, Kind: 1, Data: make([]byte, 150_000)})
	}
	try(t, []row{
		{"twin: a log of three pieces", long, ""},
		{"cut elsewhere", func(t *testing.T, m *machine) {
			long(t, m)
			m.finish = func(e *attest.Evidence) {
				e.Collateral[2] = append(slices.Clone(e.Collateral[1][piece-1:]), e.Collateral[2][:piece-1]...)
				e.Collateral[1] = e.Collateral[1][:piece-1]
			}
		}, fault.EvidLog},
		{"an empty piece", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) { e.Collateral = append(e.Collateral, nil) }
		}, fault.EvidLog},
		{"a piece too many", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) { e.Collateral = append(e.Collateral, []byte{1}) }
		}, fault.EvidLog},
		{"no logs", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) { e.Collateral = e.Collateral[:1] }
		}, fault.EvidLog},
		{"no collateral", func(_ *testing.T, m *machine) { m.finish = func(e *attest.Evidence) { e.Collateral = nil } }, fault.EvidForged},
		{"a longer boot log and a shorter one of IMA", func(_ *testing.T, m *machine) {
			m.finish = func(e *attest.Evidence) {
				var c collateral
				if err := wire.Unmarshal(collateralLabel, e.Collateral[0], &c); err != nil {
					panic(err)
				}
				c.Boot, c.IMA = c.Boot+1, c.IMA-1
				e.Collateral[0], _ = wire.Marshal(collateralLabel, c)
			}
		}, fault.EvidForged},
	})
	if _, err := assemble(attest.ReportData{}, report{}, nil, logs{boot: make([]byte, 15*piece+1)}); fault.Of(err) != fault.EvidLog {
		t.Errorf("logs too long: %v", err)
	}
	if _, err := assemble(attest.ReportData{}, report{}, nil, logs{events: make([]Event, 2000)}); fault.Of(err) != fault.EvidLog {
		t.Errorf("events too many: %v", err)
	}
}

// TestOurReadersAgreeWithAnotherLibrary: the public area and the quote are read
// here by hand, so that foreign bytes meet little code.
func TestOurReadersAgreeWithAnotherLibrary(t *testing.T) {
	s := tpmtest.NewSoft(t)
	k, err := readAK(s.PublicBytes())
	if err != nil || !k.key.Equal(s.Key.Public()) {
		t.Fatalf("readAK = %v", err)
	}
	n, err := tpm2.ObjectName(&s.Public)
	if err != nil || !bytes.Equal(n.Buffer, k.name()) {
		t.Errorf("name = %x, want %x", k.name(), n.Buffer)
	}
	if !bytes.Equal(tpm2.Marshal(akTemplate)[:20], s.PublicBytes()[:20]) {
		t.Error("the attester makes keys of another kind")
	}
	if binary.BigEndian.Uint32(s.PublicBytes()[4:]) != akAttributes {
		t.Error("the attributes are not those of the library")
	}
}
