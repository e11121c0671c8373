package sim

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"tacit/attest"
	"tacit/fault"
	"tacit/wire"
)

var (
	program, manifest = wire.Sum([]byte("image")), wire.Sum([]byte("manifest"))
	data              = attest.TaskTranscript{Task: wire.Sum([]byte("task"))}.Data()
)

func newVendor(t testing.TB) *Vendor {
	t.Helper()
	v, err := NewVendor()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newScheme(t testing.TB, roots ...attest.Root) *Scheme {
	t.Helper()
	s, err := NewScheme(roots)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func quote(t testing.TB, v *Vendor) attest.Evidence {
	t.Helper()
	e, err := v.Quote(program, manifest, data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestGenuineEvidenceBecomesClaims(t *testing.T) {
	v := newVendor(t)
	v.Debug, v.SVN = true, 9
	c, err := newScheme(t, v.Root()).Verify(t.Context(), quote(t, v), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	want := attest.Claims{
		Scheme: "sim", Level: 2, Boundary: attest.BoundaryProcess, Measurement: program, Manifest: manifest, SVN: 9, Product: "simulated",
		Hardware: v.Hardware(), Key: attest.KeySim, Status: attest.StatusNotStated, Modes: attest.ModeDebug, Data: data,
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("claims = %+v, want %+v", c, want)
	}
}

// A chain that was verified once is remembered for as long as it is in force,
// and for its scheme's roots only.
func TestARememberedChainStillEnds(t *testing.T) {
	v := newVendor(t)
	e := quote(t, v)
	device, err := x509.ParseCertificate(e.Collateral[0])
	if err != nil {
		t.Fatal(err)
	}
	s := newScheme(t, v.Root())
	now := time.Now()
	for _, tt := range []struct {
		name string
		at   time.Time
		want fault.Code
	}{
		{"twin: now", now, ""},
		{"twin: at its last moment", device.NotAfter, ""},
		{"after it", device.NotAfter.Add(time.Second), fault.EvidForged},
		{"before it began", device.NotBefore.Add(-time.Second), fault.EvidForged},
		{"twin: now again", now, ""},
	} {
		if _, err := s.Verify(t.Context(), e, tt.at); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := newScheme(t, newVendor(t).Root()).Verify(t.Context(), e, now); fault.Of(err) != fault.EvidForged {
		t.Errorf("another root: %v", err)
	}
	e.Report = bytes.Clone(e.Report)
	e.Report[0]++
	if _, err := s.Verify(t.Context(), e, now); fault.Of(err) != fault.EvidForged {
		t.Errorf("another report under the same chain: %v", err)
	}
}

// signed makes evidence of any report under any device.
func signed(t *testing.T, r report, by *ecdsa.PrivateKey, chain ...*x509.Certificate) attest.Evidence {
	t.Helper()
	body, err := wire.Marshal(reportLabel, r)
	if err != nil {
		t.Fatal(err)
	}
	return signedBytes(t, body, by, chain...)
}

func signedBytes(t *testing.T, body []byte, by *ecdsa.PrivateKey, chain ...*x509.Certificate) attest.Evidence {
	t.Helper()
	sum := reportHash(data[:], body)
	sig, err := ecdsa.SignASN1(rand.Reader, by, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	b, err := wire.Marshal(reportLabel+"/signed", signedReport{body, sig})
	if err != nil {
		t.Fatal(err)
	}
	e := attest.Evidence{Scheme: "sim", Report: append(bytes.Clone(data[:]), b...)}
	for _, c := range chain {
		e.Collateral = append(e.Collateral, c.Raw)
	}
	return e
}

// case N18 code EVID_FORGED check attest/sim/sim.go:verify
func TestN18ForgedEvidence(t *testing.T) {
	v, foreign := newVendor(t), newVendor(t)
	genuine := quote(t, v)
	good := report{1, program, manifest, 1, false, v.Hardware()}
	with := func(change func(r *report)) report {
		r := good
		change(&r)
		return r
	}
	now := time.Now()
	// A key that the genuine device's certificate does not hold, and one that
	// a certificate authority of the attacker's certifies for the same chip.
	thief, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	evilRoot, evilRootKey, err := certify("Tacit simulated vendor root", true, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	evilMiddle, evilKey, err := certify("Tacit simulated vendor", true, evilRoot, evilRootKey)
	if err != nil {
		t.Fatal(err)
	}
	evilDevice, evilDeviceKey, err := certify(v.Hardware(), false, evilMiddle, evilKey)
	if err != nil {
		t.Fatal(err)
	}
	// A device certificate is no authority: one below it counts for nothing.
	below, belowKey, err := certify("sim-child", false, v.device, v.key)
	if err != nil {
		t.Fatal(err)
	}
	trailing, err := wire.Marshal(reportLabel, good)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		e    attest.Evidence
		now  time.Time
		want fault.Code
	}{
		{"twin: genuine", genuine, now, ""},
		{"twin: signed again by the device", signed(t, good, v.key, v.device, v.middle), now, ""},
		{"another vendor", quote(t, foreign), now, fault.EvidForged},
		{"another vendor's report with this chain", attest.Evidence{Scheme: "sim", Report: quote(t, foreign).Report, Collateral: genuine.Collateral}, now, fault.EvidForged},
		{"a key that the device does not hold", signed(t, good, thief, v.device, v.middle), now, fault.EvidForged},
		{"the chip's name under a foreign chain", signed(t, good, evilDeviceKey, evilDevice, evilMiddle), now, fault.EvidForged},
		{"the chip's name with the genuine intermediate", signed(t, good, evilDeviceKey, evilDevice, v.middle), now, fault.EvidForged},
		{"a certificate below a device", signed(t, with(func(r *report) { r.Hardware = "sim-child" }), belowKey, below, v.device), now, fault.EvidForged},
		{"another chip's name", signed(t, with(func(r *report) { r.Hardware = "sim-other" }), v.key, v.device, v.middle), now, fault.EvidForged},
		{"another version", signed(t, with(func(r *report) { r.Version = 2 }), v.key, v.device, v.middle), now, fault.EvidForged},
		{"other report data before a signed report", attest.Evidence{Scheme: "sim", Report: append(make([]byte, 64), genuine.Report[64:]...), Collateral: genuine.Collateral}, now, fault.EvidForged},
		{"short report data", attest.Evidence{Scheme: "sim", Report: genuine.Report[1:], Collateral: genuine.Collateral}, now, fault.EvidForged},
		{"half of the report data", attest.Evidence{Scheme: "sim", Report: genuine.Report[:32], Collateral: genuine.Collateral}, now, fault.EvidForged},
		{"a report with a byte too many", signedBytes(t, append(trailing, 0), v.key, v.device, v.middle), now, fault.EvidForged},
		{"a report of another label", signedBytes(t, wireBytes(t, "tacit/other", good), v.key, v.device, v.middle), now, fault.EvidForged},
		{"no intermediate", signed(t, good, v.key, v.device), now, fault.EvidForged},
		{"a certificate too many", signed(t, good, v.key, v.device, v.middle, v.root), now, fault.EvidForged},
		{"the chain in another order", signed(t, good, v.key, v.middle, v.device), now, fault.EvidForged},
		{"no chain", attest.Evidence{Scheme: "sim", Report: genuine.Report}, now, fault.EvidForged},
		{"another scheme's name", attest.Evidence{Scheme: "snp", Report: genuine.Report, Collateral: genuine.Collateral}, now, fault.EvidForged},
		{"no report", attest.Evidence{Scheme: "sim", Collateral: genuine.Collateral}, now, fault.EvidForged},
		{"before the chain is valid", genuine, now.AddDate(-1, 0, 0), fault.EvidForged},
		{"after the chain was valid", genuine, now.AddDate(30, 0, 0), fault.EvidForged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := newScheme(t, v.Root()).Verify(t.Context(), tt.e, tt.now)
			if got := fault.Of(err); got != tt.want {
				t.Errorf("Verify = %v, want %q", err, tt.want)
			}
			if err != nil && !reflect.DeepEqual(c, attest.Claims{}) {
				t.Errorf("claims beside a refusal: %+v", c)
			}
		})
	}
	t.Run("no root is pinned", func(t *testing.T) {
		for _, roots := range [][]attest.Root{nil, {{Scheme: "snp", DER: v.Root().DER}}} {
			if _, err := newScheme(t, roots...).Verify(t.Context(), genuine, now); fault.Of(err) != fault.EvidForged {
				t.Errorf("Verify = %v, want EVID_FORGED", err)
			}
		}
		if _, err := NewScheme([]attest.Root{{Scheme: "sim", DER: []byte("x")}}); fault.Of(err) != fault.EvidPolicy {
			t.Errorf("NewScheme of no certificate = %v, want EVID_POLICY", err)
		}
	})
}

func wireBytes(t *testing.T, label string, v any) []byte {
	t.Helper()
	b, err := wire.Marshal(label, v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// case N18 code EVID_FORGED check attest/sim/sim.go:verify
func TestN18FlippedBits(t *testing.T) {
	v := newVendor(t)
	s := newScheme(t, v.Root())
	genuine := quote(t, v)
	t.Run("twin: no bit flipped", func(t *testing.T) {
		if _, err := s.Verify(t.Context(), genuine, time.Now()); err != nil {
			t.Fatal(err)
		}
	})
	parts := [][]byte{genuine.Report, genuine.Collateral[0], genuine.Collateral[1]}
	for n, part := range parts {
		for i := range part {
			e := attest.Evidence{Scheme: "sim", Report: bytes.Clone(genuine.Report), Collateral: [][]byte{bytes.Clone(parts[1]), bytes.Clone(parts[2])}}
			[][]byte{e.Report, e.Collateral[0], e.Collateral[1]}[n][i] ^= 1 << (i % 8)
			if _, err := s.Verify(t.Context(), e, time.Now()); fault.Of(err) != fault.EvidForged {
				t.Fatalf("part %d with byte %d changed = %v, want EVID_FORGED", n, i, err)
			}
		}
	}
}

func TestVendorIsKeptInItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "chip")
	v, err := OpenVendor(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenVendor(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.Hardware() != v.Hardware() || !bytes.Equal(again.Root().DER, v.Root().DER) {
		t.Error("another chip came back")
	}
	if _, err := newScheme(t, v.Root()).Verify(t.Context(), quote(t, again), time.Now()); err != nil {
		t.Errorf("its evidence: %v", err)
	}
	a, err := v.SealingKey(program, "state")
	if err != nil {
		t.Fatal(err)
	}
	b, err := again.SealingKey(program, "state")
	if err != nil || !bytes.Equal(a, b) || len(a) != 32 {
		t.Errorf("sealing keys %x and %x, %v", a, b, err)
	}
	for name, k := range map[string][]byte{"measurement": seal(t, v, manifest, "state"), "label": seal(t, v, program, "stat"), "chip": seal(t, newVendor(t), program, "state")} {
		if bytes.Equal(a, k) {
			t.Errorf("another %s has the same sealing key", name)
		}
	}
	path := filepath.Join(dir, "vendor.pem")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"empty": nil, "half": whole[:len(whole)/2], "not PEM": []byte("x"), "a part changed": bytes.Replace(whole, []byte("SIM SECRET"), []byte("SIM SECREX"), 2)} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenVendor(dir); fault.Of(err) != fault.StoreCorrupt {
			t.Errorf("%s: OpenVendor = %v, want STORE_CORRUPT", name, err)
		}
	}
}

func seal(t *testing.T, v *Vendor, m wire.Digest, label string) []byte {
	t.Helper()
	k, err := v.SealingKey(m, label)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func FuzzVerify(f *testing.F) {
	v := newVendor(f)
	s := newScheme(f, v.Root())
	e := quote(f, v)
	f.Add(e.Report, e.Collateral[0], e.Collateral[1])
	f.Fuzz(func(t *testing.T, report, device, middle []byte) {
		c, err := s.Verify(context.Background(), attest.Evidence{Scheme: "sim", Report: report, Collateral: [][]byte{device, middle}}, time.Now())
		switch {
		case err != nil && fault.Of(err) != fault.EvidForged:
			t.Fatalf("Verify = %v", err)
		case err == nil && (c.Measurement != program || c.Data != data):
			t.Fatal("claims that the device did not sign")
		}
	})
}
