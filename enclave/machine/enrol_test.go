package machine

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

// prover is a machine's TPM as a test says.
type prover struct {
	apply, answer error
	mu            sync.Mutex // guards what follows
	answers       int
}

func (p *prover) Apply(context.Context) (attest.Application, error) {
	if p.apply != nil {
		return attest.Application{}, p.apply
	}
	return attest.Application{Public: []byte("key")}, nil
}

func (p *prover) Answer(context.Context, attest.Challenge) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers++
	return []byte("secret"), p.answer
}

func subjectOf(p attest.Prover) Subject {
	return Subject{Probe: func(context.Context) (attest.Evidence, error) { return attest.Evidence{Scheme: attest.SchemeTPM}, nil }, TPM: p}
}

// host is the host's side over a unix socket, and the machine's end of it.
func host(t *testing.T, find func(context.Context, *Visit) ([][]byte, error), failed func(error)) (dial func() net.Conn) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "port")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = Endorse(ctx, socket, find, failed) }()
	t.Cleanup(func() { cancel(); l.Close(); <-ended })
	return func() net.Conn {
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// A real TPM behind the port is certified by a real enroller in front of it.
func TestTheMachineEnrolsItself(t *testing.T) {
	maker, ca := tpmtest.NewMaker(t), tpmtest.NewCA(t)
	chip, err := tpm.OpenChip(t.Context(), maker.New(t).Socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { chip.Close() })
	enroller, err := tpm.NewEnroller(tpm.EnrollConfig{Makers: []attest.Root{{Scheme: attest.SchemeTPM, DER: maker.Root(t)}}, Issuer: ca.Root, Key: ca.Key})
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	dial := host(t, func(ctx context.Context, v *Visit) ([][]byte, error) {
		asked++
		a, err := v.Apply(ctx)
		if err != nil {
			return nil, err
		}
		a.Certificates = append(a.Certificates, maker.Issuer(t))
		c, err := enroller.Apply(a, time.Now())
		if err != nil {
			return nil, err
		}
		secret, err := v.Answer(ctx, c)
		if err != nil {
			return nil, err
		}
		if _, err := v.Answer(ctx, c); fault.Of(err) != fault.ProtoFrame {
			t.Errorf("a second challenge of one visit: %v", err)
		}
		der, err := enroller.Certify(c.ID, secret, time.Now())
		return [][]byte{der}, err
	}, func(err error) { t.Error(err) })
	c, e, s := dial(), NewEndorser(""), subjectOf(tpm.Prover{Chip: chip})
	for range 2 { // over one connection
		if err := e.Ask(t.Context(), c, s); err != nil {
			t.Fatal(err)
		}
		chain, err := e.Certificates(t.Context())
		if err != nil || len(chain) != 1 {
			t.Fatalf("%d certificates, %v", len(chain), err)
		}
		a, err := chip.Apply()
		if err != nil {
			t.Fatal(err)
		}
		if err := tpm.CheckCertificate(chain[0], a); err != nil {
			t.Error(err)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

// What keeps a TPM from its certificate leaves the host with what he has.
func TestAMachineWhoseTPMDoesNotProve(t *testing.T) {
	kept := [][]byte{[]byte("kept")}
	challenge := attest.Challenge{ID: wire.Digest{1}, Credential: []byte("c"), Secret: []byte("s")}
	for _, tt := range []struct {
		name string
		tpm  attest.Prover
		kept [][]byte
		code fault.Code // that the host sees
		want fault.Code // that the machine ends with
	}{
		{"twin: one that does", &prover{}, nil, "", ""},
		{"it opens nothing", &prover{answer: fault.New(fault.EvidAK, "another TPM's")}, nil, fault.EvidAK, fault.EvidUnavailable},
		{"it opens nothing, and there are some", &prover{answer: errors.New("x")}, kept, fault.Internal, ""},
		{"it cannot apply", &prover{apply: errors.New("no certificate")}, nil, fault.EvidUnavailable, fault.EvidUnavailable},
		{"it cannot apply, and there are some", &prover{apply: errors.New("no certificate")}, kept, fault.EvidUnavailable, ""},
		{"there is none", nil, nil, fault.EvidUnavailable, fault.EvidUnavailable},
		{"there is none, and there are some", nil, kept, fault.EvidUnavailable, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := make(chan error, 1)
			dial := host(t, func(ctx context.Context, v *Visit) ([][]byte, error) {
				_, err := v.Apply(ctx)
				var secret []byte
				if err == nil {
					secret, err = v.Answer(ctx, challenge)
				}
				got <- err
				if err == nil {
					return [][]byte{secret}, nil
				}
				return tt.kept, nil
			}, func(error) {})
			e := NewEndorser("")
			err := e.Ask(t.Context(), dial(), subjectOf(tt.tpm))
			if (err == nil) != (tt.want == "") || err != nil && fault.Of(err) != tt.want {
				t.Errorf("the machine: %v, want %q", err, tt.want)
			}
			if err := <-got; (err == nil) != (tt.code == "") || err != nil && fault.Of(err) != tt.code {
				t.Errorf("the host: %v, want %q", err, tt.code)
			}
		})
	}
}

// A host who says what he must not is refused within one ask, and the next is heard.
//
// case N85 code PROTO_FRAME check enclave/machine/endorser.go:challenges
func TestN85AHostWhoSaysNonsense(t *testing.T) {
	challenge := reply{Challenge: attest.Challenge{ID: wire.Digest{1}, Credential: []byte("c"), Secret: []byte("s")}}
	good := reply{Chain: [][]byte{[]byte("certificate")}}
	label := func(l string, v any) func(*testing.T, net.Conn) {
		return func(t *testing.T, c net.Conn) {
			if err := attest.WriteDevice(c, l, v); err != nil {
				t.Error(err)
			}
		}
	}
	raw := func(b ...byte) func(*testing.T, net.Conn) {
		return func(_ *testing.T, c net.Conn) { _, _ = c.Write(b) }
	}
	for _, tt := range []struct {
		name    string
		tpm     bool
		says    []func(*testing.T, net.Conn)
		answers int
		want    fault.Code
	}{
		{"twin: certificates", true, []func(*testing.T, net.Conn){label(replyLabel, good)}, 0, ""},
		{"twin: a challenge, then certificates", true, []func(*testing.T, net.Conn){label(replyLabel, challenge), label(replyLabel, good)}, 1, ""},
		{"challenges without end", true, []func(*testing.T, net.Conn){label(replyLabel, challenge), label(replyLabel, challenge), label(replyLabel, challenge)}, 1, fault.ProtoFrame},
		{"a challenge where there is no TPM", false, []func(*testing.T, net.Conn){label(replyLabel, challenge)}, 0, fault.ProtoFrame},
		{"nothing", true, []func(*testing.T, net.Conn){label(replyLabel, reply{})}, 0, fault.EvidUnavailable},
		{"a challenge, then nothing", true, []func(*testing.T, net.Conn){label(replyLabel, challenge), label(replyLabel, reply{})}, 1, fault.EvidUnavailable},
		{"another message", true, []func(*testing.T, net.Conn){label(askLabel, ask{})}, 0, fault.APIField},
		{"no message", true, []func(*testing.T, net.Conn){raw(0, 0, 0, 1, 0xff)}, 0, fault.APIField},
		{"a message without end", true, []func(*testing.T, net.Conn){raw(0xff, 0xff, 0xff, 0xff)}, 0, fault.APISize},
		{"half a message", true, []func(*testing.T, net.Conn){raw(0, 0, 1)}, 0, fault.Internal}, // the port's end
	} {
		t.Run(tt.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer ours.Close()
			if err := ours.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			go func() {
				defer theirs.Close()
				var a ask
				if err := attest.ReadDevice(theirs, askLabel, &a); err != nil {
					t.Error(err)
				}
				for i, say := range tt.says {
					if i > 0 && i <= tt.answers {
						var o opened
						if err := attest.ReadDevice(theirs, openedLabel, &o); err != nil || string(o.Secret) != "secret" {
							t.Errorf("opened: %q, %v", o.Secret, err)
						}
					} else if i > 0 {
						return // nobody listens
					}
					say(t, theirs)
				}
			}()
			p := &prover{}
			s := subjectOf(p)
			if !tt.tpm {
				s.TPM = nil
			}
			e := NewEndorser("")
			err := e.Ask(t.Context(), ours, s)
			if (err == nil) != (tt.want == "") || err != nil && fault.Of(err) != tt.want {
				t.Errorf("Ask = %v, want %q", err, tt.want)
			}
			if p.answers != tt.answers {
				t.Errorf("the TPM was challenged %d times, want %d", p.answers, tt.answers)
			}
			short, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer stop()
			if _, err := e.Certificates(short); (err == nil) != (tt.want == "") {
				t.Errorf("Certificates = %v", err)
			}
			// Another host, or the same come to his senses, is heard.
			ours, theirs = net.Pipe()
			defer ours.Close()
			go func() {
				defer theirs.Close()
				if err := attest.ReadDevice(theirs, askLabel, new(ask)); err != nil {
					t.Error(err)
				}
				label(replyLabel, good)(t, theirs)
			}()
			if err := e.Ask(t.Context(), ours, s); err != nil {
				t.Errorf("the next ask: %v", err)
			}
		})
	}
}

// A machine that answers a challenge with something else is out of step: its host
// hangs up and is there for the next.
func TestAMachineOutOfStepIsHungUpOn(t *testing.T) {
	failures := make(chan error, 10)
	dial := host(t, func(ctx context.Context, v *Visit) ([][]byte, error) {
		secret, err := v.Answer(ctx, attest.Challenge{Credential: []byte("c")})
		return [][]byte{secret}, err
	}, func(err error) { failures <- err })
	c := dial()
	if err := attest.WriteDevice(c, askLabel, ask{Application: attest.Application{Public: []byte("key")}}); err != nil {
		t.Fatal(err)
	}
	var r reply
	if err := attest.ReadDevice(c, replyLabel, &r); err != nil || !r.challenges() {
		t.Fatalf("reply = %+v, %v", r, err)
	}
	if err := attest.WriteDevice(c, askLabel, ask{}); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("after another message: %d bytes, %v", n, err)
	}
	if err := <-failures; fault.Of(err) != fault.APIField {
		t.Errorf("the host says %v", err)
	}
	if err := NewEndorser("").Ask(t.Context(), dial(), subjectOf(&prover{})); err != nil {
		t.Errorf("twin: one in step: %v", err)
	}
}
