package enclave_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A keeper is the manager's end of a channel, as a test wants it.
type keeper struct {
	shared key.Shared
	asked  []tacit.UseRequest
	answer func(tacit.UseRequest, tacit.KeyUse) (tacit.KeyAnswer, error)
	reply  func(*tacit.UseReply) // what the host makes of the answer

	mu    sync.Mutex // guards what follows
	plain []tacit.KeyUse
}

func (k *keeper) use(_ context.Context, _ wire.Address, u tacit.UseRequest) (tacit.UseReply, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, u)
	plain, err := k.shared.Open(u.Context(false), u.Sealed)
	if err != nil {
		return tacit.UseReply{}, err
	}
	var use tacit.KeyUse
	if err := wire.Unmarshal(tacit.UseLabel, plain, &use); err != nil {
		return tacit.UseReply{}, err
	}
	k.plain = append(k.plain, use)
	answer, err := k.answer(u, use)
	if err != nil {
		return tacit.UseReply{}, err
	}
	b, err := wire.Marshal(tacit.UseLabel, answer)
	if err != nil {
		return tacit.UseReply{}, err
	}
	var r tacit.UseReply
	r.Sealed, err = k.shared.Seal(u.Context(true), b)
	if k.reply != nil {
		k.reply(&r)
	}
	return r, err
}

// signing is a guest that has /keys/sign used on "doc" and prints what came of it, or
// exits with 20 plus the error; then it prints the secret /secrets/token.
func signing(t *testing.T) []byte {
	return guest(t, `(data (i32.const 4096) "keys/sign") (data (i32.const 4128) "doc") (data (i32.const 4160) "secrets/token")`, `
		(if (call $path_open (i32.const 3) (i32.const 0) (i32.const 4096) (i32.const 9) (i32.const 0) (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 0)) (then (call $exit (i32.const 11))))
		(local.set $fd (i32.load (i32.const 0)))
		(call $write (local.get $fd) (i32.const 4128) (i32.const 3))
		(i32.store (i32.const 8) (i32.const 8192)) (i32.store (i32.const 12) (i32.const 4096))
		(local.set $n (call $fd_read (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 16)))
		(if (local.get $n) (then (call $exit (i32.add (local.get $n) (i32.const 20)))))
		(call $write (i32.const 1) (i32.const 8192) (i32.load (i32.const 16)))
		(local.set $n (call $read (call $open (i32.const 4160) (i32.const 13) (i32.const 0)) (i32.const 8192) (i32.const 4096)))
		(call $write (i32.const 1) (i32.const 8192) (local.get $n))`)
}

func TestARunHasWhatItWasGivenOfAVault(t *testing.T) {
	signed := func(_ tacit.UseRequest, u tacit.KeyUse) (tacit.KeyAnswer, error) {
		return tacit.KeyAnswer{Data: append([]byte("signed "), u.Input...)}, nil
	}
	refused := func(tacit.UseRequest, tacit.KeyUse) (tacit.KeyAnswer, error) {
		return tacit.KeyAnswer{Code: string(fault.VaultDenied)}, nil
	}
	token := tacit.GivenSecret{Name: "token", Use: tacit.SecretRead, Data: []byte("hush"), Version: 7}
	sign := tacit.GivenSecret{Name: "sign", Use: tacit.SecretSign, Calls: 2}
	for _, tt := range []struct {
		name   string
		given  []tacit.GivenSecret
		answer func(tacit.UseRequest, tacit.KeyUse) (tacit.KeyAnswer, error)
		reply  func(*tacit.UseReply)
		exit   tacit.ExitClass
		code   fault.Code
		status int32
		calls  uint64
		no     uint64
	}{
		{"twin: read and used", []tacit.GivenSecret{token, sign}, signed, nil, tacit.ExitOK, "", 0, 1, 0},
		{"refused by its vault", []tacit.GivenSecret{token, sign}, refused, nil, tacit.ExitGuest, fault.WasmTrap, 22, 1, 1},
		{"no calls are left", []tacit.GivenSecret{token, {Name: "sign", Use: tacit.SecretSign}}, signed, nil, tacit.ExitGuest, fault.WasmTrap, 22, 0, 1},
		{"not given", []tacit.GivenSecret{token}, signed, nil, tacit.ExitGuest, fault.WasmTrap, 11, 0, 0},
		// Whatever a host says of a use, it is not the guest that hears it.
		{"the host says that the vault refused", []tacit.GivenSecret{token, sign}, func(tacit.UseRequest, tacit.KeyUse) (tacit.KeyAnswer, error) {
			return tacit.KeyAnswer{}, fault.New(fault.VaultDenied, "a lie")
		}, nil, tacit.ExitHost, fault.Unreachable, -1, 1, 0},
		{"the host changes the answer", []tacit.GivenSecret{token, sign}, signed, func(r *tacit.UseReply) { r.Sealed[30]++ }, tacit.ExitHost, fault.Unreachable, -1, 1, 0},
		{"the host gives no answer", []tacit.GivenSecret{token, sign}, signed, func(r *tacit.UseReply) { r.Sealed = nil }, tacit.ExitHost, fault.Unreachable, -1, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &keeper{shared: key.NewShared(), answer: tt.answer, reply: tt.reply}
			w := newWorld(t, func(c *config) { c.Use = k.use }).serve()
			job := w.task(w.service(signing(t)), nil, nil)
			launched, err := w.worker.Launch(t.Context(), job.launch)
			w.must(err)
			run := job.grants(launched.Keys)
			job.give(&run.Grants[0], launched.Keys, tacit.TaskSecrets{Given: tt.given, Key: k.shared.Secret()})
			reply, err := w.worker.Run(t.Context(), run)
			w.must(err)
			r := job.open(launched, reply)
			r.want(t, tt.exit, string(tt.code))
			if tt.exit == tacit.ExitOK && string(r.files["stdout"]) != "signed dochush" {
				t.Errorf("the guest saw %q", r.files["stdout"])
			}
			if tt.exit == tacit.ExitGuest && r.receipt.ExitCode != tt.status {
				t.Errorf("the guest exited with %d, want %d", r.receipt.ExitCode, tt.status)
			}
			if len(r.receipt.Secrets) != len(tt.given) {
				t.Fatalf("the receipt names %d secrets, want %d", len(r.receipt.Secrets), len(tt.given))
			}
			for i, s := range r.receipt.Secrets {
				g := tt.given[i]
				want := tacit.ReceiptSecret{Name: g.Name, Use: g.Use, Manager: w.manager.Address(), Artefact: job.artefacts[0].sealed.Header, Version: g.Version}
				if g.Use != tacit.SecretRead {
					want.Calls, want.Refused = tt.calls, tt.no
				}
				if s != want {
					t.Errorf("the receipt says %+v, want %+v", s, want)
				}
			}
			for _, asked := range k.asked {
				if bytes.Contains(asked.Sealed, []byte("doc")) || len(asked.Sealed) < 512 {
					t.Errorf("the host sees %d bytes of what is signed", len(asked.Sealed))
				}
			}
		})
	}
}

func TestGrantsWithBadSecretsDoNotRun(t *testing.T) {
	k := &keeper{shared: key.NewShared()}
	token := tacit.GivenSecret{Name: "token", Use: tacit.SecretRead, Data: []byte("hush")}
	for _, tt := range []struct {
		name string
		edit func(job *task, g *tacit.Grant, keys tacit.EnclaveKeys)
		want fault.Code
	}{
		{"of another grant", func(job *task, g *tacit.Grant, keys tacit.EnclaveKeys) {
			other := *g
			other.Terms.MaxOutput++
			job.give(&other, keys, tacit.TaskSecrets{Given: []tacit.GivenSecret{token}})
			g.Secrets = other.Secrets
		}, fault.KeySignature},
		{"what is no list of secrets", func(job *task, g *tacit.Grant, keys tacit.EnclaveKeys) {
			sealed, err := keys.Seal.Seal(g.SecretsInfo(job.launch.Network), []byte("no list"))
			job.w.must(err)
			g.Secrets = sealed
		}, fault.APIField},
		{"two of one name", func(job *task, g *tacit.Grant, keys tacit.EnclaveKeys) {
			job.give(g, keys, tacit.TaskSecrets{Given: []tacit.GivenSecret{token, token}})
		}, fault.KeyPolicy},
		{"a key without a channel", func(job *task, g *tacit.Grant, keys tacit.EnclaveKeys) {
			job.give(g, keys, tacit.TaskSecrets{Given: []tacit.GivenSecret{{Name: "sign", Use: tacit.SecretSign, Calls: 1}}})
		}, fault.KeyPolicy},
		{"a channel's key of another size", func(job *task, g *tacit.Grant, keys tacit.EnclaveKeys) {
			job.give(g, keys, tacit.TaskSecrets{Key: []byte("short")})
		}, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, func(c *config) { c.Use = k.use }).serve()
			job := w.task(w.service(signing(t)), nil, nil)
			launched, err := w.worker.Launch(t.Context(), job.launch)
			w.must(err)
			run := job.grants(launched.Keys)
			tt.edit(job, &run.Grants[0], launched.Keys)
			if _, err := w.worker.Run(t.Context(), run); !errors.Is(err, tt.want) {
				t.Errorf("Run = %v, want %s", err, tt.want)
			}
		})
	}
}

// give seals secrets to an enclave with a grant.
func (k *task) give(g *tacit.Grant, keys tacit.EnclaveKeys, s tacit.TaskSecrets) {
	k.w.t.Helper()
	b, err := wire.Marshal(tacit.SecretsLabel, s)
	k.w.must(err)
	g.Secrets, err = keys.Seal.Seal(g.SecretsInfo(k.launch.Network), b)
	k.w.must(err)
}

// A manager counts what is asked of him over one channel, whichever of his artefacts came
// with a key of its own.
func TestKeysOfTwoArtefactsOfOneManager(t *testing.T) {
	used := func(name int) string {
		return fmt.Sprintf(`
			(if (call $path_open (i32.const 3) (i32.const 0) (i32.const %d) (i32.const 9) (i32.const 0) (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 0)) (then (call $exit (i32.const 11))))
			(local.set $fd (i32.load (i32.const 0)))
			(call $write (local.get $fd) (i32.const 4128) (i32.const 3))
			(i32.store (i32.const 8) (i32.const 8192)) (i32.store (i32.const 12) (i32.const 4096))
			(local.set $n (call $fd_read (local.get $fd) (i32.const 8) (i32.const 1) (i32.const 16)))
			(if (local.get $n) (then (call $exit (i32.add (local.get $n) (i32.const 20)))))`, name)
	}
	code := guest(t, `(data (i32.const 4096) "keys/sign") (data (i32.const 4128) "doc") (data (i32.const 4160) "keys/more")`, used(4096)+used(4160)+used(4096))
	for _, tt := range []struct {
		name string
		same bool
		want fault.Code
	}{{"twin: one channel", true, ""}, {"a channel for each", false, fault.KeyPolicy}} {
		t.Run(tt.name, func(t *testing.T) {
			k := &keeper{shared: key.NewShared(), answer: func(tacit.UseRequest, tacit.KeyUse) (tacit.KeyAnswer, error) {
				return tacit.KeyAnswer{Data: []byte("signed")}, nil
			}}
			second := k.shared.Secret()
			if !tt.same {
				second = key.NewShared().Secret()
			}
			w := newWorld(t, func(c *config) { c.Use = k.use }).serve()
			job := w.task(w.service(code), map[string][]byte{"in": []byte("x")}, nil)
			launched, err := w.worker.Launch(t.Context(), job.launch)
			w.must(err)
			run := job.grants(launched.Keys)
			job.give(&run.Grants[0], launched.Keys, tacit.TaskSecrets{Given: []tacit.GivenSecret{{Name: "sign", Use: tacit.SecretSign, Calls: 2}}, Key: k.shared.Secret()})
			job.give(&run.Grants[1], launched.Keys, tacit.TaskSecrets{Given: []tacit.GivenSecret{{Name: "more", Use: tacit.SecretSign, Calls: 2}}, Key: second})
			reply, err := w.worker.Run(t.Context(), run)
			if tt.want != "" {
				if !errors.Is(err, tt.want) {
					t.Errorf("Run = %v, want %s", err, tt.want)
				}
				return
			}
			w.must(err)
			job.open(launched, reply).want(t, tacit.ExitOK, "")
			for i, asked := range k.asked {
				if asked.Number != uint64(i+1) {
					t.Errorf("request %d has the number %d", i+1, asked.Number)
				}
			}
			if len(k.asked) != 3 {
				t.Errorf("%d requests, want 3", len(k.asked))
			}
		})
	}
}
