package daemon

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/cmd/internal/certfile"
	"tacit/cmd/internal/hardware"
	"tacit/enclave/machine"
	"tacit/enroll"
	"tacit/fault"
	"tacit/node"
)

const networks = "tacit-enclave-infer"

func TestMachinesOfOtherImages(t *testing.T) {
	for _, tt := range []struct {
		name, json string
		want       fault.Code
	}{
		{"twin: none", `{}`, ""},
		{"twin: one beside the first", `{"machine": ["a.0", "a.1"], "endorse": {"port": "a.c"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0", "b.1"], "endorse": {"port": "b.c", "key": "b.pem"}}}}`, ""},
		{"twin: one alone", `{"machines": {"tacit-enclave-infer": {"ports": ["b.0"]}}}`, ""},
		{"twin: another image's program", `{"images": {"other": "/bin/other"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0"]}}}`, ""},
		{"an image that no engine has", `{"machines": {"tacit-enclave": {"ports": ["b.0"]}}}`, fault.APIField},
		{"no image", `{"machines": {"": {"ports": ["b.0"]}}}`, fault.APIField},
		{"a program as well", `{"images": {"tacit-enclave-infer": "/bin/infer"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0"]}}}`, fault.APIField},
		{"no ports", `{"machines": {"tacit-enclave-infer": {}}}`, fault.APIField},
		{"an empty port", `{"machines": {"tacit-enclave-infer": {"ports": ["b.0", ""]}}}`, fault.APIField},
		{"a port twice", `{"machines": {"tacit-enclave-infer": {"ports": ["b.0", "b.0"]}}}`, fault.APIField},
		{"a port of the first machine", `{"machine": ["a.0"], "machines": {"tacit-enclave-infer": {"ports": ["a.0"]}}}`, fault.APIField},
		{"a port of the first machine twice", `{"machine": ["a.0", "a.0"]}`, fault.APIField},
		{"the certificates' port of the first machine", `{"endorse": {"port": "a.c"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0"], "endorse": {"port": "a.c"}}}}`, fault.APIField},
		{"the certificates of the first machine", `{"endorse": {"port": "a.c", "key": "a.pem"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0"], "endorse": {"port": "b.c", "key": "a.pem"}}}}`, fault.APIField},
		{"the certificates that are kept for the first machine", `{"dir": "state", "endorse": {"port": "a.c", "enroller": "http://a"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0"], "endorse": {"port": "b.c", "key": "./state/ak.pem"}}}}`, fault.APIField},
		{"twin: an enroller of both", `{"dir": "state", "endorse": {"port": "a.c", "enroller": "http://a"}, "machines": {"tacit-enclave-infer": {"ports": ["b.0"], "endorse": {"port": "b.c", "enroller": "http://a"}}}}`, ""},
		{"a list of ports", `{"machines": {"tacit-enclave-infer": ["b.0"]}}`, fault.APIField},
		{"a field that is unknown", `{"machines": {"tacit-enclave-infer": {"ports": ["b.0"], "memory": 1}}}`, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var cfg Config
			err := node.Decode([]byte(tt.json), &cfg)
			if err == nil {
				// A worker says so before it needs anything else; without a key it ends then.
				if err = runWorker(t.Context(), Platform{}, cfg); fault.Of(err) == fault.APIPath {
					err = nil
				}
			}
			if fault.Of(err) != tt.want {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// What docs/machine.md tells an operator to write is a configuration.
func TestTheConfigurationOfThePage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/machine.md")
	ok(t, err)
	_, section, _ := strings.Cut(string(page), "## The machine for networks")
	_, text, _ := strings.Cut(section, "\n\n    ")
	text, _, found := strings.Cut(text, "\n\n")
	var cfg Config
	ok(t, node.Decode([]byte("{"+text+"}"), &cfg))
	ok(t, cfg.checkMachines())
	if m := cfg.Machines[networks]; !found || len(cfg.Machine) != 1 || len(m.Ports) != 1 || m.Endorse.Port == "" || cfg.Endorse.Port == "" {
		t.Errorf("the page's configuration is %+v", cfg)
	}
}

// challenger is an issuer whose challenge goes as far as the machine.
type challenger struct{ *issuer }

func (c challenger) Apply(a attest.Application, now time.Time) (attest.Challenge, error) {
	challenge, err := c.issuer.Apply(a, now)
	challenge.Credential = []byte("credential")
	return challenge, err
}

// Two machines of one host ask on ports of their own, and each gets, and has kept for it,
// the certificate of its own key.
func TestEachMachineGetsItsOwnCertificates(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Dir: dir, Machines: map[string]Machine{}}
	type asking struct {
		soft   *tpmtest.Soft
		issuer *issuer
		listen net.Listener
		kept   string
	}
	var all []asking
	for i, kept := range []string{"ak.pem", filepath.Join(networks, "ak.pem")} {
		soft := tpmtest.NewSoft(t)
		a := asking{soft: soft, issuer: newIssuer(t, soft), kept: filepath.Join(dir, kept)}
		s := httptest.NewServer(enroll.NewHandler(challenger{a.issuer}, slog.New(slog.DiscardHandler)))
		t.Cleanup(s.Close)
		e := Endorse{Port: filepath.Join(dir, []string{"first", "second"}[i]), Enroller: s.URL}
		var err error
		a.listen, err = net.Listen("unix", e.Port)
		ok(t, err)
		t.Cleanup(func() { a.listen.Close() })
		if i == 0 {
			cfg.Endorse = e
		} else {
			cfg.Machines[networks] = Machine{Ports: []string{"port"}, Endorse: e}
		}
		all = append(all, a)
	}
	schemes, err := hardware.Schemes(nil)
	ok(t, err)
	end, err := cfg.endorse(t.Context(), schemes, slog.New(slog.DiscardHandler))
	ok(t, err)
	for _, a := range all {
		c, err := a.listen.Accept()
		ok(t, err)
		defer c.Close()
		e := machine.NewEndorser("")
		subject := machine.Subject{TPM: machineOf{a.soft}, Probe: func(context.Context) (attest.Evidence, error) { return attest.Evidence{Scheme: attest.SchemeTPM}, nil }}
		ok(t, e.Ask(t.Context(), c, subject))
		got, err := e.Certificates(t.Context())
		ok(t, err)
		kept, err := certfile.Read(a.kept)
		ok(t, err)
		if len(got) != 1 || !bytes.Equal(got[0], a.issuer.next) || !bytes.Equal(kept[0], a.issuer.next) {
			t.Errorf("%s: the machine got %d certificates, or those of another", a.kept, len(got))
		}
	}
	end() // though the context of both goes on
	bad := Config{Dir: dir, Machines: map[string]Machine{networks: {Endorse: Endorse{Port: "port", Enroller: "nowhere"}}}}
	if _, err := bad.endorse(t.Context(), schemes, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an enroller without an address is taken")
	}
}
