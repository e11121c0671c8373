// Package tsm makes evidence inside a confidential machine or enclave that
// others' software has started: a guest of SEV-SNP or TDX through the kernel's
// report interface in configfs, and an enclave of SGX through the files that
// Gramine shows it. It verifies nothing and holds no vendor's key.
//
// Whoever can reach these interfaces can have evidence over what he likes; only
// the measured agent may, so a machine that runs a Device gives its descriptor to
// the program that it started and to nobody else.
package tsm

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/google/go-configfs-tsm/configfs/configfsi"
	"github.com/google/go-configfs-tsm/configfs/linuxtsm"
	"github.com/google/go-configfs-tsm/report"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

// A Quoter has its platform tie 64 bytes to this environment. The certificates
// are those that come with the report, if any.
type Quoter func(data attest.ReportData) (scheme string, report []byte, certificates [][]byte, err error)

// Kernel quotes through the kernel of this machine, if it has the interface.
func Kernel() (Quoter, bool) {
	client, err := linuxtsm.MakeClient()
	if err != nil {
		return nil, false
	}
	return Configfs(client), true
}

// Configfs quotes through a kernel. Its client is that of
// github.com/google/go-configfs-tsm; a kernel without the interface has none.
func Configfs(client configfsi.Client) Quoter {
	return func(data attest.ReportData) (string, []byte, [][]byte, error) {
		r, err := report.Get(client, &report.Request{InBlob: data[:], GetAuxBlob: true})
		if err != nil {
			return "", nil, nil, unavailable(err)
		}
		switch provider := strings.TrimSpace(r.Provider); provider {
		case "sev_guest":
			certificates, err := table(r.AuxBlob)
			return attest.SchemeSNP, r.OutBlob, certificates, err
		case "tdx_guest":
			return attest.SchemeTDX, r.OutBlob, nil, nil // the chain is in the quote
		default:
			return "", nil, nil, fault.New(fault.EvidUnavailable, "make evidence: unknown provider %q", provider)
		}
	}
}

// The certificates of a chip in the table that its host gives a guest of SNP, in
// the order in which verifiers want them: the key's own, then the one above it.
var tableOrder = [][]string{
	{"63da758d-e664-4564-adc5-f4b93be8accd", "a8074bc2-a25a-483e-aae6-39c045a0b8a1"}, // VCEK or VLEK
	{"4ab7b379-bbac-4fe4-a02f-05aef327c782"},                                         // ASK or ASVK
}

// table reads the certificates of a table: entries of a name, an offset and a
// length, up to one of zeros. The host made it, so it may hold anything; what is
// not in it comes from elsewhere.
func table(b []byte) ([][]byte, error) {
	const entry, most = 24, 64
	found := map[string][]byte{}
	for i := 0; len(b) > 0; i++ {
		if i == most || (i+1)*entry > len(b) {
			return nil, fault.New(fault.EvidUnavailable, "read certificates of the host: the table does not end")
		}
		e := b[i*entry:][:entry]
		name, offset, size := nameOf(e), uint64(binary.LittleEndian.Uint32(e[16:])), uint64(binary.LittleEndian.Uint32(e[20:]))
		if name == "00000000-0000-0000-0000-000000000000" {
			break
		}
		if offset+size > uint64(len(b)) {
			return nil, fault.New(fault.EvidUnavailable, "read certificates of the host: one lies outside the table")
		}
		found[name] = b[offset : offset+size : offset+size]
	}
	var list [][]byte
	for _, names := range tableOrder {
		for _, n := range names {
			if c := found[n]; len(c) > 0 {
				list = append(list, c)
				break
			}
		}
	}
	return list, nil
}

// nameOf is a GUID as it is written; its bytes stand as in RFC 4122.
func nameOf(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for i, v := range b[:16] {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			s.WriteByte('-')
		}
		s.WriteByte(digits[v>>4])
		s.WriteByte(digits[v&15])
	}
	return s.String()
}

// GramineFiles is where Gramine shows an enclave its evidence.
const GramineFiles = "/dev/attestation"

// Gramine quotes through Gramine's files in a folder.
func Gramine(dir string) Quoter {
	return func(data attest.ReportData) (string, []byte, [][]byte, error) {
		kind, err := os.ReadFile(filepath.Join(dir, "attestation_type"))
		if err != nil {
			return "", nil, nil, unavailable(err)
		}
		if got := strings.TrimSpace(string(kind)); got != "dcap" {
			return "", nil, nil, fault.New(fault.EvidUnavailable, "make evidence: Gramine attests by %q, want dcap", got)
		}
		if err := os.WriteFile(filepath.Join(dir, "user_report_data"), data[:], 0o600); err != nil {
			return "", nil, nil, unavailable(err)
		}
		quote, err := os.ReadFile(filepath.Join(dir, "quote"))
		if err != nil {
			return "", nil, nil, unavailable(err)
		}
		return attest.SchemeSGX, quote, nil, nil
	}
}

func unavailable(err error) error { return fault.New(fault.EvidUnavailable, "make evidence: %w", err) }

// A Device makes evidence and answers the program that it started. It is safe
// for concurrent use.
type Device struct {
	quote    Quoter
	complete func(context.Context, attest.Evidence) (attest.Evidence, error)
	secret   []byte // of this start: sealing keys are gone with the environment

	mu sync.Mutex // one quote at a time: data and quote are separate files
}

// NewDevice makes evidence by a quoter. What verifiers need besides the report
// and its certificates, such as revocation lists or Intel's collateral, complete
// adds; it may be nil.
func NewDevice(quote Quoter, complete func(context.Context, attest.Evidence) (attest.Evidence, error)) *Device {
	d := &Device{quote: quote, complete: complete, secret: make([]byte, 32)}
	rand.Read(d.secret)
	return d
}

// Evidence ties data to this environment; EVID_COLLATERAL_UNAVAILABLE if its
// platform does not answer.
func (d *Device) Evidence(ctx context.Context, data attest.ReportData) (attest.Evidence, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return attest.Evidence{}, unavailable(err)
	}
	scheme, report, collateral, err := d.quote(data)
	if err != nil {
		return attest.Evidence{}, err
	}
	e := attest.Evidence{Scheme: scheme, Report: report, Collateral: collateral}
	if d.complete != nil {
		if e, err = d.complete(ctx, e); err != nil {
			return attest.Evidence{}, unavailable(err)
		}
	}
	return e, e.Check()
}

// SealingKey is the key of a label until this environment ends: nothing here
// keeps a secret for the next one.
func (d *Device) SealingKey(_ context.Context, label string) ([]byte, error) {
	return hkdf.Key(sha256.New, d.secret, nil, "tacit/tsm/seal/"+label, 32)
}

// MeasureGuest does nothing: a report of these platforms is of how the environment
// was started.
func (d *Device) MeasureGuest(context.Context, wire.Digest) error { return nil }

// Serve answers one program until its descriptor closes and returns what ended
// it.
func (d *Device) Serve(ctx context.Context, conn io.ReadWriter) error {
	return attest.ServeDevice(conn, func(r attest.DeviceRequest) (attest.DeviceReply, error) { return attest.Answer(ctx, d, r) })
}
