package collateral

import (
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tacit/attest"
	"tacit/attest/intel/inteltest"
	"tacit/attest/sgx"
	"tacit/attest/snp"
	"tacit/attest/snp/snptest"
	"tacit/attest/tdx"
	"tacit/fault"
)

// services are those of fake vendors, as the vendors document theirs. They count.
type services struct {
	amd   *snptest.AMD
	intel *inteltest.Intel

	mu     sync.Mutex // guards what follows
	asked  []string
	answer func(w http.ResponseWriter, r *http.Request) bool // true if it did
}

func (s *services) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path)
	if s.answer == nil || !s.answer(w, r) {
		s.serve(w, r)
	}
	return w.Result(), nil
}

func (s *services) serve(w http.ResponseWriter, r *http.Request) {
	chain := func(header string) {
		w.Header().Set(header, url.PathEscape(string(inteltest.PEM(s.intel.TCB, s.intel.Root))))
	}
	switch p := r.URL.Path; {
	case s.amd != nil && p == "/vcek/v1/"+s.amd.Line+"/"+hex.EncodeToString(s.amd.Chip[:]) && r.URL.RawQuery == "blSPL=4&teeSPL=1&snpSPL=22&ucodeSPL=213":
		_, _ = w.Write(s.amd.VCEK.Raw)
	case s.amd != nil && p == "/vcek/v1/"+s.amd.Line+"/cert_chain":
		_, _ = w.Write(inteltest.PEM(s.amd.ASK, s.amd.ARK))
	case s.amd != nil && (p == "/vcek/v1/"+s.amd.Line+"/crl" || p == "/vlek/v1/"+s.amd.Line+"/crl"):
		_, _ = w.Write(s.amd.CRL)
	case s.amd != nil && p == "/vlek/v1/"+s.amd.Line+"/cert_chain":
		_, _ = w.Write(inteltest.PEM(s.amd.ASVK, s.amd.ARK))
	case s.intel != nil && p == "/"+s.intel.Scheme+"/certification/v4/tcb" && r.URL.Query().Get("fmspc") == hex.EncodeToString(s.intel.FMSPC[:]):
		chain("TCB-Info-Issuer-Chain")
		_, _ = w.Write(s.intel.Statement("tcbInfo", s.intel.TCBInfo))
	case s.intel != nil && p == "/"+s.intel.Scheme+"/certification/v4/qe/identity":
		chain("SGX-Enclave-Identity-Issuer-Chain")
		_, _ = w.Write(s.intel.Statement("enclaveIdentity", s.intel.Identity))
	case s.intel != nil && p == "/sgx/certification/v4/pckcrl" && r.URL.RawQuery == "ca=platform&encoding=der":
		_, _ = w.Write(s.intel.PCKCRL)
	case s.intel != nil && p == "/IntelSGXRootCA.der":
		_, _ = w.Write(s.intel.RootCRL)
	case s.intel != nil && p == "/sgx/certification/v4/rootcacrl": // of a PCCS
		_, _ = io.WriteString(w, hex.EncodeToString(s.intel.RootCRL)+"\n")
	default:
		http.NotFound(w, r)
	}
}

func (s *services) took() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.asked
	s.asked = nil
	return list
}

func (s *services) vendors() Vendors {
	v := Published()
	v.Client = &http.Client{Transport: s}
	return v
}

func schemes(t *testing.T, s *services) (all attest.Schemes) {
	t.Helper()
	var roots []attest.Root
	if s.amd != nil {
		roots = append(roots, s.amd.Root())
	}
	if s.intel != nil {
		roots = append(roots, s.intel.PinnedRoot())
	}
	amd, err := snp.NewScheme(roots)
	ok(t, err)
	domains, err := tdx.NewScheme(roots)
	ok(t, err)
	enclaves, err := sgx.NewScheme(roots)
	ok(t, err)
	return attest.Schemes{amd, domains, enclaves}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// at runs a test at a time at which what the fake vendors make is in force.
func at(t *testing.T, run func(t *testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(snptest.Now.Sub(time.Now()))
		run(t)
	})
}

func newService(t *testing.T, dir string, s *services, source Source) *Service {
	t.Helper()
	f, err := OpenFolder(dir)
	ok(t, err)
	t.Cleanup(func() { f.Close() })
	c, err := New(Config{Schemes: schemes(t, s), Folder: f, Source: source, Log: slog.New(slog.DiscardHandler)})
	ok(t, err)
	return c
}

func bare(e attest.Evidence, keep int) attest.Evidence {
	e.Collateral = e.Collateral[:keep]
	return e
}

func TestEvidenceIsCompleted(t *testing.T) {
	for _, tt := range []struct {
		name string
		make func(t *testing.T) (*services, attest.Evidence)
		want int // requests
	}{
		{"a Genoa whose host gave nothing", func(t *testing.T) (*services, attest.Evidence) {
			a := snptest.New(t, "Genoa")
			return &services{amd: a}, bare(a.Evidence(), 0)
		}, 3},
		{"a Milan whose host gave the key's certificate", func(t *testing.T) (*services, attest.Evidence) {
			a := snptest.New(t, "Milan")
			return &services{amd: a}, bare(a.Evidence(), 1)
		}, 2},
		{"a cloud provider's key", func(t *testing.T) (*services, attest.Evidence) {
			a := snptest.New(t, "Genoa")
			return &services{amd: a}, bare(a.ProviderEvidence(), 2)
		}, 2},
		{"a trust domain", func(t *testing.T) (*services, attest.Evidence) {
			i := inteltest.New(t, attest.SchemeTDX)
			return &services{intel: i}, bare(i.Evidence(), 0)
		}, 4},
		{"an enclave", func(t *testing.T) (*services, attest.Evidence) {
			i := inteltest.New(t, attest.SchemeSGX)
			return &services{intel: i}, bare(i.Evidence(), 0)
		}, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at(t, func(t *testing.T) {
				s, e := tt.make(t)
				dir := t.TempDir()
				c := newService(t, dir, s, s.vendors())
				if _, err := schemes(t, s).Verify(t.Context(), e, time.Now()); fault.Of(err) != fault.EvidUnavailable {
					t.Errorf("as it came: %v", err)
				}
				full, err := c.Complete(t.Context(), e)
				ok(t, err)
				if _, err := schemes(t, s).Verify(t.Context(), full, time.Now()); err != nil {
					t.Errorf("completed: %v", err)
				}
				if got := s.took(); len(got) != tt.want {
					t.Errorf("requests: %v, want %d", got, tt.want)
				}
				again, err := c.Complete(t.Context(), e)
				ok(t, err)
				if got := s.took(); len(got) != 0 || again.Digest() != full.Digest() {
					t.Errorf("a second time: requests %v", got)
				}
				if used := c.Used(); len(used) != tt.want || used[0].Until.Before(time.Now()) {
					t.Errorf("used: %+v", used)
				}
				// The folder alone does for a network without a way out.
				folder, err := OpenFolder(dir)
				ok(t, err)
				defer folder.Close()
				closed := newService(t, t.TempDir(), s, folder)
				if carried, err := closed.Complete(t.Context(), e); err != nil || carried.Digest() != full.Digest() {
					t.Errorf("from the folder: %v", err)
				}
				offline := newService(t, dir, s, nil)
				if kept, err := offline.Complete(t.Context(), e); err != nil || kept.Digest() != full.Digest() {
					t.Errorf("without a source: %v", err)
				}
			})
		})
	}
}

func TestAMirrorServesAsWell(t *testing.T) {
	at(t, func(t *testing.T) {
		i := inteltest.New(t, attest.SchemeSGX)
		s := &services{intel: i}
		v := Vendors{Intel: "https://pccs.example/", Client: &http.Client{Transport: s}}
		c := newService(t, t.TempDir(), s, v)
		e, err := c.Complete(t.Context(), bare(i.Evidence(), 0))
		ok(t, err)
		if _, err := schemes(t, s).Verify(t.Context(), e, time.Now()); err != nil {
			t.Error(err)
		}
		if !slices.Contains(s.took(), "/sgx/certification/v4/rootcacrl") {
			t.Error("the root's list came from elsewhere")
		}
	})
}

func TestOtherEvidenceNeedsNothing(t *testing.T) {
	at(t, func(t *testing.T) {
		s := &services{}
		c := newService(t, t.TempDir(), s, s.vendors())
		e := attest.Evidence{Scheme: attest.SchemeTPM, Report: []byte("report"), Collateral: [][]byte{[]byte("certificate")}}
		got, err := c.Complete(t.Context(), e)
		if err != nil || got.Digest() != e.Digest() || len(s.took()) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// case N90 code EVID_COLLATERAL_UNAVAILABLE check collateral/collateral.go:get twin TestEvidenceIsCompleted
func TestN90WhatCannotBeHadIsNoVerdict(t *testing.T) {
	down := func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
	for _, tt := range []struct {
		name   string
		answer func(s *services) func(w http.ResponseWriter, r *http.Request) bool
		say    string
	}{
		{"the service is down", func(*services) func(http.ResponseWriter, *http.Request) bool { return down }, "502"},
		{"it knows no such chip", func(*services) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }
		}, "404"},
		{"it answers with a page", func(*services) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool { _, _ = io.WriteString(w, "<html>"); return true }
		}, "does not say when it holds"},
		{"it answers without end", func(*services) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write(make([]byte, most+1))
				return true
			}
		}, "more than 65536 bytes"},
		{"it has lists of last year", func(s *services) func(http.ResponseWriter, *http.Request) bool {
			old := s.intel.RootCRL
			return func(w http.ResponseWriter, r *http.Request) bool {
				time.Sleep(0)
				if r.URL.Path != "/IntelSGXRootCA.der" {
					return false
				}
				_, _ = w.Write(old)
				return true
			}
		}, "the document holds from"},
		{"it forgets the issuer", func(s *services) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, "/qe/identity") {
					return false
				}
				_, _ = w.Write(s.intel.Statement("enclaveIdentity", s.intel.Identity))
				return true
			}
		}, "no SGX-Enclave-Identity-Issuer-Chain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at(t, func(t *testing.T) {
				i := inteltest.New(t, attest.SchemeSGX)
				s := &services{intel: i}
				s.answer = tt.answer(s)
				if tt.say == "the document holds from" {
					time.Sleep(400 * 24 * time.Hour)
				}
				c := newService(t, t.TempDir(), s, s.vendors())
				e := bare(i.Evidence(), 0)
				got, err := c.Complete(t.Context(), e)
				if fault.Of(err) != fault.EvidUnavailable || !strings.Contains(err.Error(), tt.say) || len(got.Collateral) != 0 {
					t.Errorf("%v, want %s", err, tt.say)
				}
			})
		})
	}
}

func TestASourceThatFailsIsLeftAlone(t *testing.T) {
	at(t, func(t *testing.T) {
		a := snptest.New(t, "Genoa")
		s := &services{amd: a}
		wait := "600"
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Retry-After", wait)
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		c := newService(t, t.TempDir(), s, s.vendors())
		ask := func(want int) {
			t.Helper()
			if _, err := c.Complete(t.Context(), bare(a.Evidence(), 0)); fault.Of(err) != fault.EvidUnavailable {
				t.Errorf("complete: %v", err)
			}
			if got := s.took(); len(got) != want {
				t.Errorf("requests: %v, want %d", got, want)
			}
		}
		ask(3)
		ask(0)
		time.Sleep(599 * time.Second)
		ask(0)
		time.Sleep(2 * time.Second)
		wait = ""
		ask(3)
		time.Sleep(19 * time.Minute) // twice the time before
		ask(0)
		s.answer = nil
		time.Sleep(2 * time.Minute)
		if _, err := c.Complete(t.Context(), bare(a.Evidence(), 0)); err != nil {
			t.Errorf("twin: when it answers again: %v", err)
		}
	})
}

// A document is asked for again before it ends; what is kept does until then.
func TestDocumentsAreRenewedInTime(t *testing.T) {
	at(t, func(t *testing.T) {
		i := inteltest.New(t, attest.SchemeTDX)
		s := &services{intel: i}
		c := newService(t, t.TempDir(), s, s.vendors())
		go func() { _ = c.Run(t.Context()) }()
		e := bare(i.Evidence(), 0)
		first, err := c.Complete(t.Context(), e)
		ok(t, err)
		s.took()
		time.Sleep(23 * time.Hour)
		if got := s.took(); len(got) != 0 {
			t.Errorf("requests of the first day: %v", got)
		}
		time.Sleep(2 * time.Hour)
		if got := s.took(); len(got) != 4 {
			t.Errorf("requests of the second day: %v", got)
		}
		// Intel speaks early: the word of the next day counts.
		s.mu.Lock()
		i.TCBInfo["tcbEvaluationDataNumber"] = 99
		i.TCBInfo["issueDate"] = time.Now().UTC().Format(time.RFC3339)
		s.mu.Unlock()
		time.Sleep(25 * time.Hour)
		second, err := c.Complete(t.Context(), e)
		ok(t, err)
		tcb := func(e attest.Evidence) string { return string(e.Collateral[0]) }
		if tcb(second) == tcb(first) {
			t.Error("the new TCB info was not taken")
		}
		// A mirror that goes back takes nothing away, and neither does one that is down.
		s.mu.Lock()
		i.TCBInfo["issueDate"] = snptest.Now.AddDate(0, 0, -20).Format(time.RFC3339)
		s.mu.Unlock()
		time.Sleep(25 * time.Hour)
		if again, err := c.Complete(t.Context(), e); err != nil || tcb(again) != tcb(second) {
			t.Errorf("after a mirror went back: %v", err)
		}
		s.mu.Lock()
		s.answer = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusBadGateway); return true }
		s.mu.Unlock()
		time.Sleep(25 * time.Hour)
		if again, err := c.Complete(t.Context(), e); err != nil || tcb(again) != tcb(second) {
			t.Errorf("with the service down: %v", err)
		}
		time.Sleep(60 * 24 * time.Hour)
		if _, err := c.Complete(t.Context(), e); fault.Of(err) != fault.EvidUnavailable {
			t.Errorf("after all has ended: %v", err)
		}
	})
}

// A network without a way out lives on what was carried in until that ends.
func TestAFolderAloneLastsUntilItsDocumentsEnd(t *testing.T) {
	at(t, func(t *testing.T) {
		i := inteltest.New(t, attest.SchemeTDX)
		s := &services{intel: i}
		dir := t.TempDir()
		e := bare(i.Evidence(), 0)
		_, err := newService(t, dir, s, s.vendors()).Complete(t.Context(), e)
		ok(t, err)
		alone := newService(t, dir, s, nil)
		time.Sleep(25 * 24 * time.Hour) // long due
		if _, err := alone.Complete(t.Context(), e); err != nil {
			t.Errorf("after 25 days: %v", err)
		}
		time.Sleep(10 * 24 * time.Hour)
		if _, err := alone.Complete(t.Context(), e); fault.Of(err) != fault.EvidUnavailable || !strings.Contains(err.Error(), "until") {
			t.Errorf("after 35 days: %v", err)
		}
	})
}

// A disk that takes nothing does not keep documents from being used.
func TestDocumentsThatCannotBeKeptAreUsed(t *testing.T) {
	at(t, func(t *testing.T) {
		a := snptest.New(t, "Genoa")
		s := &services{amd: a}
		dir := t.TempDir()
		ok(t, os.WriteFile(filepath.Join(dir, "amd"), nil, 0o600)) // where a folder should be
		c := newService(t, dir, s, s.vendors())
		e, err := c.Complete(t.Context(), bare(a.Evidence(), 0))
		ok(t, err)
		if _, err := schemes(t, s).Verify(t.Context(), e, time.Now()); err != nil {
			t.Error(err)
		}
	})
}

// What a mirror got wrong does not stay until it ends.
func TestASpoiltDocumentIsFetchedAnew(t *testing.T) {
	at(t, func(t *testing.T) {
		i, other := inteltest.New(t, attest.SchemeSGX), inteltest.New(t, attest.SchemeSGX)
		s := &services{intel: i}
		c := newService(t, t.TempDir(), s, s.vendors())
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/IntelSGXRootCA.der" {
				_, _ = w.Write(other.RootCRL)
				return true
			}
			return false
		}
		e := bare(i.Evidence(), 0)
		bad, err := c.Complete(t.Context(), e)
		ok(t, err)
		if _, err := schemes(t, s).Verify(t.Context(), bad, time.Now()); fault.Of(err) != fault.EvidForged {
			t.Fatalf("with another root's list: %v", err)
		}
		s.took()
		if _, err := c.Complete(t.Context(), e); err != nil || len(s.took()) != 0 {
			t.Errorf("at once it is not asked again: %v", err)
		}
		s.answer = nil
		time.Sleep(2 * time.Minute)
		good, err := c.Complete(t.Context(), e)
		ok(t, err)
		if _, err := schemes(t, s).Verify(t.Context(), good, time.Now()); err != nil {
			t.Errorf("fetched anew: %v", err)
		}
	})
}

func TestManyAskersCauseOneRequest(t *testing.T) {
	at(t, func(t *testing.T) {
		a := snptest.New(t, "Genoa")
		s := &services{amd: a}
		s.answer = func(http.ResponseWriter, *http.Request) bool { time.Sleep(time.Second); return false }
		c := newService(t, t.TempDir(), s, s.vendors())
		e := bare(a.Evidence(), 0)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := c.Complete(t.Context(), e); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := s.took(); len(got) != 3 {
			t.Errorf("requests: %v", got)
		}
	})
}

// What lies in a folder is hostile: no link leads out of it, and nothing large is read.
func TestAHostileFolder(t *testing.T) {
	at(t, func(t *testing.T) {
		a := snptest.New(t, "Genoa")
		s := &services{amd: a}
		dir := t.TempDir()
		ok(t, os.MkdirAll(filepath.Join(dir, "amd/genoa/vcek"), 0o755))
		secret := filepath.Join(t.TempDir(), "crl.der")
		ok(t, os.WriteFile(secret, a.CRL, 0o600))
		ok(t, os.Symlink(secret, filepath.Join(dir, "amd/genoa/vcek/crl.der")))
		ok(t, os.WriteFile(filepath.Join(dir, "amd/genoa/vcek/intermediate.der"), make([]byte, most+1), 0o600))
		c := newService(t, dir, s, nil)
		_, err := c.Complete(t.Context(), bare(a.Evidence(), 1))
		if fault.Of(err) != fault.EvidUnavailable || !strings.Contains(err.Error(), "escapes") || !strings.Contains(err.Error(), "at most 65536 bytes") {
			t.Errorf("complete: %v", err)
		}
	})
}

func TestEvidenceThatNobodyCanComplete(t *testing.T) {
	at(t, func(t *testing.T) {
		milan, genoa, intel := snptest.New(t, "Milan"), snptest.New(t, "Genoa"), inteltest.New(t, attest.SchemeSGX)
		s := &services{amd: genoa, intel: intel}
		c := newService(t, t.TempDir(), s, s.vendors())
		noChain := bare(intel.Evidence(), 0)
		intel.Tamper = func(p *inteltest.Parts) { p.Chain = []byte("x") }
		for _, tt := range []struct {
			name string
			e    attest.Evidence
			want fault.Code
		}{
			{"twin", noChain, ""},
			{"a report that names no product", bare(milan.Evidence(), 0), fault.EvidUnavailable},
			{"a provider's key without its certificate", bare(genoa.ProviderEvidence(), 0), fault.EvidUnavailable},
			{"no report", attest.Evidence{Scheme: "snp", Report: []byte("x")}, fault.EvidForged},
			{"a quote without certificates", bare(intel.Evidence(), 0), fault.EvidForged},
			{"nothing", attest.Evidence{Scheme: "sgx"}, fault.APISize},
		} {
			if _, err := c.Complete(t.Context(), tt.e); fault.Of(err) != tt.want {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
		}
	})
}

func TestFormsOfAnswers(t *testing.T) {
	der := []byte{0x30, 1, 2}
	for _, tt := range []struct {
		name string
		form attest.Form
		in   []byte
		want string
	}{
		{"a list in DER", attest.FormList, der, string(der)},
		{"a list in PEM", attest.FormList, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), string(der)},
		{"a list in hexadecimal", attest.FormList, []byte("300102"), string(der)},
		{"a chain", attest.FormChain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), string(der)},
		{"no chain", attest.FormChain, der, ""},
		{"a statement", attest.FormStatement, []byte("{}"), "{}"},
		{"nothing known", 99, der, ""},
	} {
		got, err := plain(tt.form, tt.in)
		if string(got) != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
	if _, err := New(Config{}); !errors.Is(err, fault.Internal) {
		t.Errorf("a service without a folder: %v", err)
	}
}
