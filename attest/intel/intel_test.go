package intel_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"strings"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/intel"
	"tacit/attest/intel/inteltest"
	"tacit/fault"
)

var now = inteltest.Now

func verifier(t testing.TB, scheme string, roots ...attest.Root) *intel.Verifier {
	t.Helper()
	v, err := intel.NewVerifier(scheme, roots)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// kind is one form of quote.
type kind struct {
	scheme  string
	version uint16
}

var kinds = map[string]kind{"SGX 3": {attest.SchemeSGX, 3}, "SGX 4": {attest.SchemeSGX, 4}, "TDX 4": {attest.SchemeTDX, 4}}

// row is one way in which evidence differs from a good one.
type row struct {
	name   string
	change func(i *inteltest.Intel)
	want   fault.Code
}

// judge changes the evidence of each kind and compares the fault.
func judge(t *testing.T, rows []row) {
	t.Helper()
	for name, k := range kinds {
		for _, r := range rows {
			i := inteltest.New(t, k.scheme)
			i.Version = k.version
			v := verifier(t, k.scheme, i.PinnedRoot())
			r.change(i)
			if _, _, err := v.Verify(i.Evidence(), now); fault.Of(err) != r.want {
				t.Errorf("%s: %s: %v, want %q", name, r.name, err, r.want)
			}
		}
	}
}

func good(*inteltest.Intel) {}

// case N09 code EVID_QE check attest/intel/judge.go:judgeQE
func TestN09QuotingEnclavesThatAreNotIntels(t *testing.T) {
	judge(t, []row{
		{"twin: Intel's", good, ""},
		{"another signer", func(i *inteltest.Intel) { i.QE[128] ^= 1 }, fault.EvidQE},
		{"another product", func(i *inteltest.Intel) { i.QE[256]++ }, fault.EvidQE},
		{"open to its host", func(i *inteltest.Intel) { i.QE[48] |= 2 }, fault.EvidQE},
		{"open to its host, and Intel does not mind", func(i *inteltest.Intel) {
			i.QE[48] |= 2
			i.Identity["attributesMask"] = strings.Repeat("00", 16)
		}, fault.EvidQE},
		{"other attributes", func(i *inteltest.Intel) { i.QE[48] |= 0x20 }, fault.EvidQE},
		{"twin: attributes behind the mask", func(i *inteltest.Intel) { i.QE[48] |= 4; i.QE[60] = 1 }, ""},
		{"attributes of another length", func(i *inteltest.Intel) { i.Identity["attributes"] = "11" }, fault.EvidQE},
		{"a mask of another length", func(i *inteltest.Intel) { i.Identity["attributesMask"] = "11" }, fault.EvidQE},
		{"other extended features", func(i *inteltest.Intel) { i.QE[16] = 1 }, fault.EvidQE},
		{"extended features, the other way around", func(i *inteltest.Intel) { i.QE[16] = 1; i.Identity["miscselect"] = "01000000" }, fault.EvidQE},
		{"twin: extended features that Intel names", func(i *inteltest.Intel) { i.QE[16] = 1; i.Identity["miscselect"] = "00000001" }, ""},
		{"below all levels", func(i *inteltest.Intel) { i.QE[258] = 3 }, fault.EvidQE},
		{"of a revoked level", func(i *inteltest.Intel) {
			i.Identity["tcbLevels"] = []any{inteltest.EnclaveLevel("Revoked", 8)}
		}, fault.EvidQE},
		{"no levels", func(i *inteltest.Intel) { i.Identity["tcbLevels"] = []any{} }, fault.EvidQE},
		{"a level without a version", func(i *inteltest.Intel) {
			i.Identity["tcbLevels"] = []any{map[string]any{"tcb": map[string]any{}, "tcbStatus": "UpToDate"}}
		}, fault.EvidQE},
		{"no signer known", func(i *inteltest.Intel) { i.Identity["mrsigner"] = "" }, fault.EvidQE},
	})
}

// case N07 code EVID_COLLATERAL_UNAVAILABLE check attest/intel/collateral.go:statement
func TestN07CollateralThatIsMissingOrNotInForce(t *testing.T) {
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	rows := []row{{"twin: all of it", good, ""}}
	for what, of := range map[string]func(i *inteltest.Intel) map[string]any{
		"TCB info":    func(i *inteltest.Intel) map[string]any { return i.TCBInfo },
		"QE identity": func(i *inteltest.Intel) map[string]any { return i.Identity },
	} {
		for _, tt := range []struct {
			name, member string
			d            time.Duration
			want         fault.Code
		}{
			{"twin: from now on", "issueDate", 0, ""}, {"twin: until now", "nextUpdate", 0, ""},
			{"not yet", "issueDate", time.Second, fault.EvidUnavailable}, {"no more", "nextUpdate", -time.Second, fault.EvidUnavailable},
		} {
			rows = append(rows, row{what + " " + tt.name, func(i *inteltest.Intel) { of(i)[tt.member] = at(tt.d) }, tt.want})
		}
		rows = append(rows,
			row{what + " without its date", func(i *inteltest.Intel) { delete(of(i), "issueDate") }, fault.EvidUnavailable},
			row{what + " without an end", func(i *inteltest.Intel) { delete(of(i), "nextUpdate") }, fault.EvidUnavailable})
	}
	for what, set := range map[string]func(i *inteltest.Intel, change func(*x509.RevocationList)){
		"the root's list": func(i *inteltest.Intel, change func(*x509.RevocationList)) {
			i.RootCRL = i.CRL(i.Root, i.RootKey, change)
		},
		"the CA's list": func(i *inteltest.Intel, change func(*x509.RevocationList)) { i.PCKCRL = i.CRL(i.CA, i.CAKey, change) },
	} {
		rows = append(rows,
			row{what + ", twin: from now on", func(i *inteltest.Intel) { set(i, func(l *x509.RevocationList) { l.ThisUpdate = now }) }, ""},
			row{what + ", twin: until now", func(i *inteltest.Intel) { set(i, func(l *x509.RevocationList) { l.NextUpdate = now }) }, ""},
			row{what + " not yet", func(i *inteltest.Intel) {
				set(i, func(l *x509.RevocationList) { l.ThisUpdate = now.Add(time.Second) })
			}, fault.EvidUnavailable},
			row{what + " no more", func(i *inteltest.Intel) {
				set(i, func(l *x509.RevocationList) { l.NextUpdate = now.Add(-time.Second) })
			}, fault.EvidUnavailable})
	}
	rows = append(rows, row{"the signer's certificate has ended", func(i *inteltest.Intel) {
		c := inteltest.Template("Intel SGX TCB Signing", inteltest.SerialTCB, false)
		c.NotAfter = now.Add(-time.Second)
		i.TCB = i.Sign(c, i.Root, i.TCBKey, i.RootKey)
	}, fault.EvidUnavailable}, row{"the signer's certificate has not begun", func(i *inteltest.Intel) {
		c := inteltest.Template("Intel SGX TCB Signing", inteltest.SerialTCB, false)
		c.NotBefore = now.Add(time.Second)
		i.TCB = i.Sign(c, i.Root, i.TCBKey, i.RootKey)
	}, fault.EvidUnavailable})
	judge(t, rows)

	i := inteltest.New(t, attest.SchemeTDX)
	v := verifier(t, i.Scheme, i.PinnedRoot())
	e := i.Evidence()
	all := e.Collateral
	for n := range all {
		e.Collateral = slices.Clone(all)
		e.Collateral[n] = nil
		if _, _, err := v.Verify(e, now); fault.Of(err) != fault.EvidUnavailable {
			t.Errorf("without piece %d: %v", n, err)
		}
		e.Collateral[n] = []byte("x")
		if _, _, err := v.Verify(e, now); fault.Of(err) != fault.EvidForged {
			t.Errorf("with another piece %d: %v", n, err)
		}
		e.Collateral = all[:n]
		if _, _, err := v.Verify(e, now); fault.Of(err) != fault.EvidUnavailable {
			t.Errorf("with %d pieces: %v", n, err)
		}
	}
	e.Collateral = append(slices.Clone(all), []byte("x"))
	if _, _, err := v.Verify(e, now); fault.Of(err) != fault.EvidForged {
		t.Errorf("with one piece more: %v", err)
	}
}

// case N10 code EVID_REVOKED check attest/intel/collateral.go:revoked
func TestN10RevokedCertificates(t *testing.T) {
	list := func(rootsOnes, cas []int64) func(i *inteltest.Intel) {
		return func(i *inteltest.Intel) {
			i.RootCRL, i.PCKCRL = i.CRL(i.Root, i.RootKey, nil, rootsOnes...), i.CRL(i.CA, i.CAKey, nil, cas...)
		}
	}
	judge(t, []row{
		{"twin: others", list([]int64{77, inteltest.SerialPCK}, []int64{78, inteltest.SerialCA, inteltest.SerialTCB}), ""},
		{"the platform", list(nil, []int64{78, inteltest.SerialPCK}), fault.EvidRevoked},
		{"the CA", list([]int64{77, inteltest.SerialCA}, nil), fault.EvidRevoked},
		{"the signer of statements", list([]int64{inteltest.SerialTCB}, nil), fault.EvidRevoked},
	})
}

// case N18 code EVID_FORGED check attest/intel/intel.go:verify
func TestN18ForgedQuotes(t *testing.T) {
	other := inteltest.Key()
	tamper := func(f func(*inteltest.Parts)) func(*inteltest.Intel) {
		return func(i *inteltest.Intel) { i.Tamper = f }
	}
	certify := func(change func(c *x509.Certificate)) func(i *inteltest.Intel) {
		return func(i *inteltest.Intel) {
			c := i.Leaf()
			change(c)
			i.PCK = i.Sign(c, i.CA, i.PCKKey, i.CAKey)
		}
	}
	small, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, []row{
		{"twin: genuine", good, ""},
		{"version 2", func(i *inteltest.Intel) { i.Version = 2 }, fault.EvidForged},
		{"version 5", func(i *inteltest.Intel) { i.Version = 5 }, fault.EvidForged},
		{"another kind of environment", func(i *inteltest.Intel) { i.Header[4] ^= 0x81; i.Header[5] = 1 }, fault.EvidForged},
		{"another kind of key", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) {
				p.Signed[2] = 3
				p.Signature = inteltest.Raw(i.AttestationKey, p.Signed)
			}
		}, fault.EvidForged},
		{"another vendor", func(i *inteltest.Intel) { i.Header[12] ^= 1 }, fault.EvidForged},
		{"signed by another key", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.Signature = inteltest.Raw(other, p.Signed) }
		}, fault.EvidForged},
		{"a key that the quoting enclave did not vouch for", func(i *inteltest.Intel) { i.QE[320] = 1 }, fault.EvidForged},
		{"more data in the quoting enclave's report", func(i *inteltest.Intel) { i.QE[352] = 1 }, fault.EvidForged},
		{"other authentication data", tamper(func(p *inteltest.Parts) { p.Auth = append(slices.Clone(p.Auth), 0) }), fault.EvidForged},
		{"a point that is on no curve", tamper(func(p *inteltest.Parts) { p.Key = make([]byte, 64) }), fault.EvidForged},
		{"a quoting enclave that the platform did not vouch for", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.QESignature = inteltest.Raw(other, p.QE) }
		}, fault.EvidForged},
		{"a platform that the CA did not certify", func(i *inteltest.Intel) { i.PCK = i.Sign(i.Leaf(), i.CA, i.PCKKey, other) }, fault.EvidForged},
		{"a CA that the root did not certify", func(i *inteltest.Intel) {
			i.CA = i.Sign(inteltest.Template("Intel SGX PCK Platform CA", inteltest.SerialCA, true), i.Root, i.CAKey, other)
		}, fault.EvidForged},
		{"a root of the same name", func(i *inteltest.Intel) { i.RootKey = other; i.Certify() }, fault.EvidForged},
		{"a CA of another name", func(i *inteltest.Intel) {
			i.CA = i.Sign(inteltest.Template("Intel Platform CA", inteltest.SerialCA, true), i.Root, i.CAKey, i.RootKey)
			i.PCK = i.Sign(i.Leaf(), i.CA, i.PCKKey, i.CAKey)
		}, fault.EvidForged},
		{"a signer of statements in place of the CA", func(i *inteltest.Intel) {
			i.CA = i.Sign(inteltest.Template("Intel SGX PCK Platform CA", inteltest.SerialCA, false), i.Root, i.CAKey, i.RootKey)
			i.PCK = i.Sign(i.Leaf(), i.CA, i.PCKKey, i.CAKey)
		}, fault.EvidForged},
		{"a certificate of another name", certify(func(c *x509.Certificate) { c.Subject.CommonName = "Intel SGX TCB Signing" }), fault.EvidForged},
		{"a certificate that has ended", certify(func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }), fault.EvidForged},
		{"a certificate that has not begun", certify(func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }), fault.EvidForged},
		{"a certificate with a critical extension that nobody knows", certify(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
		}), fault.EvidForged},
		{"a certificate without Intel's extension", certify(func(c *x509.Certificate) { c.ExtraExtensions = nil }), fault.EvidForged},
		{"a certificate with another one", certify(func(c *x509.Certificate) { c.ExtraExtensions[0].Value = []byte{0x30, 0} }), fault.EvidForged},
		{"a platform's key on another curve", func(i *inteltest.Intel) {
			i.PCKKey = small
			i.PCK = i.Sign(i.Leaf(), i.CA, small, i.CAKey)
		}, fault.EvidForged},
		{"no certificates", tamper(func(p *inteltest.Parts) { p.Chain = nil }), fault.EvidForged},
		{"a certificate less", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.Chain = inteltest.PEM(i.PCK, i.CA) }
		}, fault.EvidForged},
		{"a certificate more", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.Chain = inteltest.PEM(i.PCK, i.CA, i.Root, i.Root) }
		}, fault.EvidForged},
		{"something between the certificates", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.Chain = append([]byte("hello\n"), p.Chain...) }
		}, fault.EvidForged},
		{"twin: without the zero at the end", func(i *inteltest.Intel) {
			i.Tamper = func(p *inteltest.Parts) { p.Chain = p.Chain[:len(p.Chain)-1] }
		}, ""},
	})
}

// case N18 code EVID_FORGED check attest/intel/collateral.go:judgePlatform
func TestN18ForgedCollateral(t *testing.T) {
	set := func(what, member string, v any) func(i *inteltest.Intel) {
		return func(i *inteltest.Intel) {
			if what == "qe" {
				i.Identity[member] = v
			} else {
				i.TCBInfo[member] = v
			}
		}
	}
	other := inteltest.Key()
	judge(t, []row{
		{"twin: genuine", good, ""},
		{"TCB info of another kind", set("tcb", "id", "SGX2"), fault.EvidForged},
		{"TCB info of another version", set("tcb", "version", 2), fault.EvidForged},
		{"TCB info of another type", set("tcb", "tcbType", 1), fault.EvidForged},
		{"TCB info of another FMSPC", set("tcb", "fmspc", "50806f000001"), fault.EvidForged},
		{"twin: FMSPC in capitals", set("tcb", "fmspc", "50806F000000"), ""},
		{"TCB info of another PCE", set("tcb", "pceId", "0001"), fault.EvidForged},
		{"TCB info that does not parse", set("tcb", "tcbLevels", 1), fault.EvidForged},
		{"identity of another enclave", set("qe", "id", "QVE"), fault.EvidForged},
		{"identity of another version", set("qe", "version", 1), fault.EvidForged},
		{"identity with bytes that are none", set("qe", "mrsigner", "xx"), fault.EvidForged},
		{"statements signed by another key", func(i *inteltest.Intel) { i.TCBKey = other }, fault.EvidForged},
		{"statements signed by the platform", func(i *inteltest.Intel) { i.TCB, i.TCBKey = i.PCK, i.PCKKey }, fault.EvidForged},
		{"statements signed by the CA", func(i *inteltest.Intel) { i.TCB, i.TCBKey = i.CA, i.CAKey }, fault.EvidForged},
		{"a signer that the root did not certify", func(i *inteltest.Intel) {
			i.TCB = i.Sign(inteltest.Template("Intel SGX TCB Signing", inteltest.SerialTCB, false), i.Root, i.TCBKey, other)
		}, fault.EvidForged},
		{"a signer of another name", func(i *inteltest.Intel) {
			i.TCB = i.Sign(inteltest.Template("Intel SGX Root CA", inteltest.SerialTCB, false), i.Root, i.TCBKey, i.RootKey)
		}, fault.EvidForged},
		{"a signer that is a CA", func(i *inteltest.Intel) {
			i.TCB = i.Sign(inteltest.Template("Intel SGX TCB Signing", inteltest.SerialTCB, true), i.Root, i.TCBKey, i.RootKey)
		}, fault.EvidForged},
		{"the root's list by another key", func(i *inteltest.Intel) { i.RootCRL = i.CRL(i.Root, other, nil) }, fault.EvidForged},
		{"the CA's list by another key", func(i *inteltest.Intel) { i.PCKCRL = i.CRL(i.CA, other, nil) }, fault.EvidForged},
		{"the lists swapped", func(i *inteltest.Intel) { i.PCKCRL, i.RootCRL = i.RootCRL, i.PCKCRL }, fault.EvidForged},
	})

	i := inteltest.New(t, attest.SchemeSGX)
	v := verifier(t, i.Scheme, i.PinnedRoot())
	for _, tt := range []struct {
		name  string
		piece int
		make  func(was []byte) []byte
		want  fault.Code
	}{
		{"twin: as they are", 0, func(was []byte) []byte { return was }, ""},
		{"twin: a signer alone", intel.PieceTCBChain, func([]byte) []byte { return inteltest.PEM(i.TCB) }, ""},
		{"another root under the signer", intel.PieceTCBChain, func([]byte) []byte { return inteltest.PEM(i.TCB, i.CA) }, fault.EvidForged},
		{"more under the signer", intel.PieceTCBChain, func([]byte) []byte { return inteltest.PEM(i.TCB, i.Root, i.Root) }, fault.EvidForged},
		{"no signer", intel.PieceQEChain, func([]byte) []byte { return []byte("\n") }, fault.EvidForged},
		{"a third member", intel.PieceTCBInfo, func(was []byte) []byte {
			return append(was[:len(was)-1:len(was)-1], `,"x":1}`...)
		}, fault.EvidForged},
		{"something after it", intel.PieceQE, func(was []byte) []byte { return append(was[:len(was):len(was)], '1') }, fault.EvidForged},
		{"one space more", intel.PieceQE, func(was []byte) []byte { return []byte(strings.Replace(string(was), `"version":`, `"version": `, 1)) }, fault.EvidForged},
		{"a signature that is no hex", intel.PieceQE, func(was []byte) []byte {
			return []byte(strings.Replace(string(was), `"signature":"`, `"signature":"x`, 1))
		}, fault.EvidForged},
		{"a signature of another length", intel.PieceQE, func(was []byte) []byte {
			return []byte(strings.Replace(string(was), `"signature":"`, `"signature":"00`, 1))
		}, fault.EvidForged},
		{"a signature of a byte", intel.PieceQE, func(was []byte) []byte {
			body, _, _ := strings.Cut(string(was), `"signature":"`)
			return []byte(body + `"signature":"00"}`)
		}, fault.EvidForged},
		{"the other statement", intel.PieceQE, func([]byte) []byte { return i.Statement("tcbInfo", i.TCBInfo) }, fault.EvidForged},
		{"the other statement by this name", intel.PieceQE, func([]byte) []byte { return i.Statement("enclaveIdentity", i.TCBInfo) }, fault.EvidForged},
	} {
		e := i.Evidence()
		e.Collateral[tt.piece] = tt.make(e.Collateral[tt.piece])
		if _, _, err := v.Verify(e, now); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestWithoutARootNothingIsGenuine(t *testing.T) {
	i := inteltest.New(t, attest.SchemeSGX)
	e := i.Evidence()
	for name, roots := range map[string][]attest.Root{
		"none": nil, "Intel's own": {intel.Root(attest.SchemeSGX)}, "of another scheme": {{Scheme: attest.SchemeTDX, DER: i.Root.Raw}},
	} {
		if _, _, err := verifier(t, attest.SchemeSGX, roots...).Verify(e, now); fault.Of(err) != fault.EvidForged {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, der := range map[string][]byte{"no certificate": []byte("x"), "an intermediate": i.CA.Raw, "no authority": i.PCK.Raw} {
		if _, err := intel.NewVerifier(attest.SchemeSGX, []attest.Root{{Scheme: attest.SchemeSGX, DER: der}}); fault.Of(err) != fault.EvidPolicy {
			t.Errorf("%s as root: %v", name, err)
		}
	}
	e.Scheme = attest.SchemeTDX
	if _, _, err := verifier(t, attest.SchemeSGX, i.PinnedRoot()).Verify(e, now); fault.Of(err) != fault.EvidForged {
		t.Errorf("evidence of another scheme: %v", err)
	}
	e.Report = nil
	if _, _, err := verifier(t, attest.SchemeSGX, i.PinnedRoot()).Verify(e, now); fault.Of(err) != fault.APISize {
		t.Errorf("no quote: %v", err)
	}
}

// A platform that was found good is remembered for as long as all of it is in force.
func TestARememberedPlatformStillEnds(t *testing.T) {
	i := inteltest.New(t, attest.SchemeSGX)
	i.PCKCRL = i.CRL(i.CA, i.CAKey, func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = now, now.Add(time.Hour) })
	e := i.Evidence()
	v := verifier(t, i.Scheme, i.PinnedRoot())
	for _, tt := range []struct {
		name string
		at   time.Duration
		want fault.Code
	}{
		{"twin: at first", 0, ""}, {"twin: at last", time.Hour, ""}, {"after it", time.Hour + time.Second, fault.EvidUnavailable},
		{"before it", -time.Second, fault.EvidUnavailable}, {"long after", 100 * 365 * 24 * time.Hour, fault.EvidForged}, {"twin: again", time.Minute, ""},
	} {
		if _, _, err := v.Verify(e, now.Add(tt.at)); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// No byte of a quote may differ, and none may be missing or follow.
func TestNoFlippedByteVerifies(t *testing.T) {
	for name, k := range kinds {
		i := inteltest.New(t, k.scheme)
		i.Version = k.version
		v := verifier(t, k.scheme, i.PinnedRoot())
		e := i.Evidence()
		quote := e.Report
		for n := range quote {
			e.Report = slices.Clone(quote)
			for _, bit := range []byte{1 << (n % 8)} {
				e.Report[n] ^= bit
				if _, _, err := v.Verify(e, now); err == nil {
					t.Errorf("%s: byte %d of %d, bit %#x", name, n, len(quote), bit)
				}
				e.Report[n] ^= bit
			}
			if e.Report = quote[:n]; n > 0 && n%17 == 0 {
				if _, _, err := v.Verify(e, now); err == nil {
					t.Errorf("%s: cut at %d", name, n)
				}
			}
		}
		if e.Report = append(slices.Clone(quote), 0); true {
			if _, _, err := v.Verify(e, now); err == nil {
				t.Errorf("%s: a byte follows", name)
			}
		}
		if e.Report = quote; true {
			if _, _, err := v.Verify(e, now); err != nil {
				t.Errorf("%s: twin: %v", name, err)
			}
		}
	}
}
