package vault_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/vault"
	"tacit/vault/login"
	"tacit/wire"
)

var (
	program  = wire.Sum([]byte("a program"))
	manifest = wire.Sum([]byte("its manifest"))
)

// machine is a chip of the simulated platform that runs one program.
type machine struct {
	vendor      *sim.Vendor
	measurement wire.Digest
	over        func(attest.ReportData) attest.ReportData // what it is made to sign instead
}

func (m machine) Evidence(_ context.Context, d attest.ReportData) (attest.Evidence, error) {
	if m.over != nil {
		d = m.over(d)
	}
	return m.vendor.Quote(m.measurement, manifest, d)
}

func newVendor(t testing.TB) *sim.Vendor {
	t.Helper()
	v, err := sim.NewVendor()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// evidenceWorld is a world whose vault takes evidence of two chips of two vendors.
func evidenceWorld(t *testing.T, options ...option) (*world, machine, machine) {
	a, b := newVendor(t), newVendor(t)
	scheme, err := sim.NewScheme([]attest.Root{a.Root(), b.Root()})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, memory(t), append(options, func(c *vault.Config) { c.Evidence = attest.Schemes{scheme} })...)
	w.policy("measured", `path "secret/data/sealed" {
  capabilities = ["read"]
  required_level = 2
  required_measurement = ["`+program.String()+`"]
}
path "secret/data/strong" {
  capabilities = ["read"]
  required_level = 4
}`)
	for _, name := range []string{"sealed", "strong"} {
		w.must("POST", "secret/data/"+name, w.root, map[string]any{"data": map[string]any{"k": "v"}})
	}
	w.role("app", nil)
	return w, machine{vendor: a, measurement: program}, machine{vendor: b, measurement: program}
}

// role writes a login role for the program.
func (w *world) role(name string, more map[string]any) {
	w.t.Helper()
	policy := sim.Policy(1, attest.Reference{Name: "app", Measurement: program, Manifest: manifest})
	b, err := json.Marshal(policy)
	if err != nil {
		w.t.Fatal(err)
	}
	fields := map[string]any{"token_policies": "measured", "token_ttl": "1h", "appraisal": json.RawMessage(b)}
	for k, v := range more {
		fields[k] = v
	}
	w.must("POST", "auth/attest/role/"+name, w.root, fields)
}

// certificate makes a TLS client key.
func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}
}

func (w *world) loginConfig(m attest.Attester, certs ...tls.Certificate) login.Config {
	return login.Config{Address: w.server.URL, TLS: &tls.Config{RootCAs: w.pool(), Certificates: certs}, Network: network, Role: "app", Attester: m}
}

func (w *world) login(m attest.Attester, certs ...tls.Certificate) string {
	w.t.Helper()
	token, err := login.Do(w.t.Context(), w.loginConfig(m, certs...))
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// case N75 code VAULT_IDENTITY check vault/tokens.go:checkRenewer
func TestN75OnlyTheSameIdentityRenews(t *testing.T) {
	w, m, other := evidenceWorld(t)
	mine, foreign := certificate(t), certificate(t)
	with := func(certs ...tls.Certificate) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.pool(), Certificates: certs}}}
	}
	renewSelf := func(c *http.Client, token string) reply {
		return callWith(t, c, w.server.URL, "POST", "auth/token/renew-self", token, nil)
	}
	keyed, bare := w.login(m, mine), w.login(m)
	t.Run("twin: by the same certificate", func(t *testing.T) {
		if r := renewSelf(with(mine), keyed); r.status != http.StatusOK {
			t.Errorf("answer = %d %s", r.status, r.raw)
		}
	})
	t.Run("by another certificate", func(t *testing.T) {
		wantCode(t, renewSelf(with(foreign), keyed), http.StatusForbidden, fault.VaultIdentity)
	})
	t.Run("without a certificate", func(t *testing.T) {
		wantCode(t, renewSelf(with(), keyed), http.StatusForbidden, fault.VaultIdentity)
	})
	t.Run("used by another certificate", func(t *testing.T) {
		wantCode(t, callWith(t, with(foreign), w.server.URL, "GET", "secret/data/sealed", keyed, nil), http.StatusForbidden, fault.VaultIdentity)
	})
	t.Run("by somebody else for it", func(t *testing.T) {
		wantCode(t, w.call("POST", "auth/token/renew", w.root, map[string]any{"token": keyed}), http.StatusForbidden, fault.VaultIdentity)
	})
	t.Run("without evidence", func(t *testing.T) {
		wantCode(t, renewSelf(with(), bare), http.StatusForbidden, fault.VaultIdentity)
	})
	renew := func(m machine) error {
		cfg := w.loginConfig(m)
		cfg.Renew = bare
		_, err := login.Do(t.Context(), cfg)
		return err
	}
	t.Run("twin: by evidence of the same", func(t *testing.T) {
		if err := renew(m); err != nil {
			t.Error(err)
		}
	})
	t.Run("by evidence of another chip", func(t *testing.T) {
		if err := renew(other); fault.Of(err) != fault.VaultIdentity {
			t.Errorf("renewed by another chip: %v", err)
		}
	})
}

// What was proved about a machine never comes to another one with a child: neither in the
// open nor wrapped.
//
// case N75 code VAULT_IDENTITY check vault/tokens.go:createToken
func TestN75AChildOfEvidenceStaysWithItsKey(t *testing.T) {
	w, m, _ := evidenceWorld(t)
	w.policy("measured", `path "secret/data/sealed" {
  capabilities = ["read"]
  required_level = 2
}
path "auth/token/create" {
  capabilities = ["update"]
}`)
	mine, foreign := certificate(t), certificate(t)
	with := func(certs ...tls.Certificate) *http.Client {
		return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.pool(), Certificates: certs}}}
	}
	keyed, bare := w.login(m, mine), w.login(m)
	wantCode(t, w.call("POST", "auth/token/create", bare, map[string]any{}), http.StatusForbidden, fault.VaultIdentity)

	made := callWith(t, with(mine), w.server.URL, "POST", "auth/token/create", keyed, map[string]any{})
	if made.status != http.StatusOK {
		t.Fatalf("twin: a child of a token with a key = %d %s", made.status, made.raw)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", w.server.URL+"/v1/auth/token/create", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Vault-Token", keyed)
	req.Header.Set("X-Vault-Wrap-TTL", "60s")
	res, err := with(mine).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var wrapping struct {
		Wrap struct{ Token string } `json:"wrap_info"`
	}
	if err := json.NewDecoder(res.Body).Decode(&wrapping); err != nil || wrapping.Wrap.Token == "" {
		t.Fatalf("wrapped child = %d %v", res.StatusCode, err)
	}
	unwrapped := callWith(t, with(foreign), w.server.URL, "POST", "sys/wrapping/unwrap", wrapping.Wrap.Token, nil)
	for name, child := range map[string]string{"in the open": made.auth()["client_token"].(string), "wrapped": unwrapped.auth()["client_token"].(string)} {
		t.Run("twin: "+name+", by its key", func(t *testing.T) {
			if r := callWith(t, with(mine), w.server.URL, "GET", "secret/data/sealed", child, nil); r.status != http.StatusOK {
				t.Errorf("answer = %d %s", r.status, r.raw)
			}
		})
		for _, c := range []*http.Client{with(foreign), with()} {
			wantCode(t, callWith(t, c, w.server.URL, "GET", "secret/data/sealed", child, nil), http.StatusForbidden, fault.VaultIdentity)
		}
	}
}

func TestALoginIsBoundToItsChannelAndRole(t *testing.T) {
	w, m, _ := evidenceWorld(t)
	w.role("demanding", map[string]any{"minimum_level": 3})
	w.role("narrow", map[string]any{"measurements": []string{wire.Sum([]byte("else")).String()}})
	w.role("keyed", map[string]any{"client_key": true})
	debug := newVendor(t)
	debug.Debug = true
	for _, tt := range []struct {
		name string
		m    machine
		role string
		want fault.Code
	}{
		{"twin: the program", m, "app", ""},
		{"another program", machine{vendor: m.vendor, measurement: wire.Sum([]byte("evil"))}, "app", fault.EvidUnlisted},
		{"evidence over something else", machine{m.vendor, program, func(d attest.ReportData) attest.ReportData { d[0]++; return d }}, "app", fault.EvidBinding},
		{"a vendor that is not pinned", machine{vendor: newVendor(t), measurement: program}, "app", fault.EvidForged},
		{"a role that does not exist", m, "nobody", fault.EvidPolicy},
		{"a role that demands more", m, "demanding", fault.EvidLevel},
		{"a role for other programs", m, "narrow", fault.EvidUnlisted},
		{"a role that wants a client key", m, "keyed", fault.VaultIdentity},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := w.loginConfig(tt.m)
			cfg.Role = tt.role
			if _, err := login.Do(t.Context(), cfg); fault.Of(err) != tt.want {
				t.Errorf("login = %v, want %q", err, tt.want)
			}
		})
	}
	t.Run("a replayed login", func(t *testing.T) {
		c := w.server.Client()
		first := w.must("POST", "auth/attest/nonce", "", map[string]any{})
		body := map[string]any{"role": "app", "nonce": first.text("nonce"), "evidence": "AA=="}
		callWith(t, c, w.server.URL, "POST", "auth/attest/login", "", body)
		wantCode(t, callWith(t, c, w.server.URL, "POST", "auth/attest/login", "", body), http.StatusForbidden, fault.EvidStale)
		body["nonce"] = strings.Repeat("A", 74)
		wantCode(t, callWith(t, c, w.server.URL, "POST", "auth/attest/login", "", body), http.StatusForbidden, fault.EvidStale)
	})
	t.Run("evidence of another connection", func(t *testing.T) {
		// A proxy in the middle has the evidence made over its own connection.
		middle := &elsewhere{w: w, m: m}
		cfg := w.loginConfig(middle)
		middle.cfg = cfg
		if _, err := login.Do(t.Context(), cfg); fault.Of(err) != fault.EvidBinding {
			t.Errorf("login = %v", err)
		}
	})
}

// elsewhere makes evidence over the right transcript but for the channel.
type elsewhere struct {
	w   *world
	m   machine
	cfg login.Config
}

func (e *elsewhere) Evidence(ctx context.Context, _ attest.ReportData) (attest.Evidence, error) {
	t := login.Transcript{Network: network, Vault: e.w.id(), Mount: "attest", Role: "app", Channel: wire.Sum([]byte("another channel"))}
	return e.m.Evidence(ctx, t.Data())
}

func TestAPolicyDemandsALevelAndAMeasurement(t *testing.T) {
	w, m, _ := evidenceWorld(t)
	w.role("other", map[string]any{"appraisal": func() any {
		return sim.Policy(1, attest.Reference{Name: "other", Measurement: wire.Sum([]byte("other")), Manifest: manifest})
	}()})
	attested := w.login(m)
	cfg := w.loginConfig(machine{vendor: m.vendor, measurement: wire.Sum([]byte("other"))})
	cfg.Role = "other"
	another, err := login.Do(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	plain := w.token(map[string]any{"policies": []string{"measured"}})
	for _, tt := range []struct {
		name, token, path string
		status            int
	}{
		{"twin: the measured program", attested, "sealed", 200},
		{"another program with the same policy", another, "sealed", 403},
		{"nobody's evidence", plain, "sealed", 403},
		{"a level above the program's", attested, "strong", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if r := w.call("GET", "secret/data/"+tt.path, tt.token, nil); r.status != tt.status {
				t.Errorf("answer = %d %s, want %d", r.status, r.raw, tt.status)
			}
		})
	}
}
