package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/attest/cmw"
	"tacit/attest/ear"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/node"
	"tacit/wire"
)

// evidenceFiles are evidence of a device of its own in the forms that are handed
// on, and the policies that judge it.
type evidenceFiles struct {
	dir  string
	data attest.ReportData
}

func (f evidenceFiles) path(name string) string { return filepath.Join(f.dir, name) }

func (f evidenceFiles) write(t *testing.T, name string, b []byte, err error) {
	t.Helper()
	if err == nil {
		err = os.WriteFile(f.path(name), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func newEvidence(t *testing.T) evidenceFiles {
	t.Helper()
	f := evidenceFiles{dir: t.TempDir(), data: attest.TaskTranscript{Task: wire.Sum([]byte("task"))}.Data()}
	vendor, err := sim.NewVendor()
	if err != nil {
		t.Fatal(err)
	}
	image, manifest := wire.Sum([]byte("image")), sim.ManifestOf(nil, nil)
	quote := func(m wire.Digest, debug bool) attest.Evidence {
		vendor.Debug = debug
		e, err := vendor.Quote(m, manifest, f.data)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	good := quote(image, false)
	for name, e := range map[string]attest.Evidence{"good.json": good, "debug.json": quote(image, true), "other.json": quote(wire.Sum([]byte("other")), false)} {
		b, err := json.Marshal(e)
		f.write(t, name, b, err)
	}
	b, err := cmw.JSON(good)
	f.write(t, "good.cmw", b, err)
	b, err = cmw.CBOR(good)
	f.write(t, "good.cbor", b, err)
	good.Report = bytes.Clone(good.Report)
	good.Report[70] ^= 1
	b, err = json.Marshal(good)
	f.write(t, "forged.json", b, err)
	set := attest.PolicySet{Generation: 1, Roots: []attest.Root{vendor.Root()}, Policies: []attest.Policy{
		sim.Policy(uint16(tacit.RoleEnclave), attest.Reference{Name: "v1", Measurement: image, Manifest: manifest, SVN: 1}),
	}}
	b, err = json.Marshal(set)
	f.write(t, "policies.json", b, err)
	if err := node.WriteJSON(f.path("network.json"), 0o600, node.Network{Genesis: tacit.Genesis{Policies: set}}); err != nil {
		t.Fatal(err)
	}
	b, err = json.Marshal(map[string]any{"generation": 1, "polices": []string{}})
	f.write(t, "typo.json", b, err)
	f.write(t, "empty.json", []byte(`{"generation": 1}`), nil)
	f.write(t, "text", []byte("hello"), nil)
	f.write(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: vendor.Root().DER}), nil)
	return f
}

func TestAttestCommands(t *testing.T) {
	f := newEvidence(t)
	policy := "--policy " + f.path("policies.json")
	for _, tt := range []struct {
		name, args string
		exit       int
		says       []string
	}{
		{"show", "attest show " + policy + " good.json", 0, []string{"sim (level 2)", "yes, as of", "measurement", "chip", "protects nothing"}},
		{"show of a wrapped one", "attest show " + policy + " good.cmw", 0, []string{"yes, as of"}},
		{"show of a binary one", "attest show " + policy + " good.cbor", 0, []string{"yes, as of"}},
		{"show by a network's policies", "attest show --network " + f.path("network.json") + " good.json", 0, []string{"yes, as of"}},
		{"show of a forged one", "attest show " + policy + " forged.json", fault.ExitAttestation, []string{"no: EVID_FORGED"}},
		{"show before its certificates", "attest show --at 2001-01-01T00:00:00Z " + policy + " good.json", fault.ExitAttestation, []string{"no: EVID_FORGED"}},
		{"show of text", "attest show " + policy + " text", fault.ExitUsage, []string{"API_FIELD"}},
		{"show of nothing", "attest show " + policy + " none", fault.ExitUsage, []string{"API_PATH"}},
		{"show without policies", "attest show good.json", fault.ExitUsage, []string{"--policy"}},
		{"show with two policies", "attest show --network x " + policy + " good.json", fault.ExitUsage, []string{"either"}},
		{"a time that is none", "attest show --at noon " + policy + " good.json", fault.ExitUsage, []string{"--at"}},
		{"policies with a field misspelt", "attest show --policy " + f.path("typo.json") + " good.json", fault.ExitUsage, []string{"policies"}},

		{"verify", "attest verify " + policy + " good.json", 0, []string{"ok", "acceptable to generation 1", "give --data"}},
		{"verify over what it must be over", "attest verify --data " + hex.EncodeToString(f.data[:]) + " " + policy + " good.json", 0, []string{"ok"}},
		{"verify over something else", "attest verify --data " + strings.Repeat("00", 64) + " " + policy + " good.json", fault.ExitAttestation, []string{"EVID_BINDING"}},
		{"verify over too little", "attest verify --data 0011 " + policy + " good.json", fault.ExitUsage, []string{"--data"}},
		{"verify in debug", "attest verify " + policy + " debug.json", fault.ExitAttestation, []string{"EVID_MODE", "expected none, got debug"}},
		{"verify of another program", "attest verify " + policy + " other.json", fault.ExitAttestation, []string{"EVID_UNLISTED"}},
		{"verify of a forged one", "attest verify " + policy + " forged.json", fault.ExitAttestation, []string{"EVID_FORGED"}},
		{"verify for a role without policy", "attest verify --role manager " + policy + " good.json", fault.ExitAttestation, []string{"EVID_POLICY"}},
		{"verify for a role that is none", "attest verify --role king " + policy + " good.json", fault.ExitUsage, []string{"--role"}},
		{"verify for a node that is none", "attest verify --node x " + policy + " good.json", fault.ExitUsage, []string{"--node"}},
		{"verify by empty policies", "attest verify --policy " + f.path("empty.json") + " good.json", fault.ExitAttestation, []string{"EVID_FORGED"}},
		{"a token without a key", "attest verify --ear x " + policy + " good.json", fault.ExitUsage, []string{"--ear"}},

		{"diff of the same", "attest diff " + policy + " good.json good.cmw", 0, []string{"both say the same"}},
		{"diff of others", "attest diff " + policy + " good.json debug.json", 0, []string{"modes", "debug"}},
		{"diff with a forged one", "attest diff " + policy + " good.json forged.json", fault.ExitAttestation, []string{"EVID_FORGED"}},
		{"reference of a program", "attest reference text", 0, []string{"measurement", "manifest", "protects nothing"}},
		{"reference of nothing", "attest reference none", fault.ExitUsage, []string{"API_PATH"}},
		{"reference of an image that is none", "attest reference text --cert " + f.path("cert.pem"), fault.ExitUsage, []string{"API_FIELD"}},
		{"reference by a certificate that is none", "attest reference text --cert " + f.path("text"), fault.ExitUsage, []string{"no certificate"}},
		{"reference by no certificate", "attest reference text --cert " + f.path("none"), fault.ExitUsage, []string{"read certificate"}},
		{"diff of one", "attest diff " + policy + " good.json", fault.ExitUsage, []string{"want 2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := strings.Fields(tt.args)
			for i, a := range args {
				if _, err := os.Stat(f.path(a)); err == nil && i > 1 && !filepath.IsAbs(a) {
					args[i] = f.path(a)
				}
			}
			var out bytes.Buffer
			exit := run(context.Background(), append([]string{"--home", filepath.Join(f.dir, "home")}, args...), &out, &out)
			if exit != tt.exit {
				t.Errorf("exit %d, want %d:\n%s", exit, tt.exit, out.String())
			}
			for _, word := range tt.says {
				if !strings.Contains(out.String(), word) {
					t.Errorf("it does not say %q:\n%s", word, out.String())
				}
			}
		})
	}
}

func TestAttestVerifyWritesAVerdictForOthers(t *testing.T) {
	f := newEvidence(t)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	f.write(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err)
	for name, want := range map[string]string{"good.json": "contraindicated", "debug.json": "contraindicated", "forged.json": "contraindicated"} {
		var out bytes.Buffer
		run(context.Background(), []string{"attest", "verify", "--policy", f.path("policies.json"), "--ear", f.path("jwt"), "--key", f.path("key.pem"), f.path(name)}, &out, &out)
		b, err := os.ReadFile(f.path("jwt"))
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, out.String())
		}
		r, err := ear.Open(bytes.TrimSpace(b), public)
		if err != nil || r.Appraisal().Status != want {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if short := r.Appraisal().Verdict.Shortfalls; (len(short) == 0) != (name == "good.json") {
			t.Errorf("%s: shortfalls %v", name, short)
		}
	}
	for name, b := range map[string][]byte{"no PEM": []byte("x"), "no key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})} {
		f.write(t, "bad.pem", b, nil)
		var out bytes.Buffer
		if exit := run(context.Background(), []string{"attest", "verify", "--policy", f.path("policies.json"), "--ear", f.path("jwt2"), "--key", f.path("bad.pem"), f.path("good.json")}, &out, &out); exit != fault.ExitUsage {
			t.Errorf("%s: exit %d: %s", name, exit, out.String())
		}
	}
}
