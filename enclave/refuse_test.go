package enclave_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"tacit"
	"tacit/attest"
	"tacit/enclave"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func TestGrantsForSomethingElseAreRefused(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, paths, copying))
	in := map[string][]byte{"in": []byte("x")}
	stranger, err := key.NewSealer()
	w.must(err)
	other := w.seal([]byte("another artefact"))
	for _, tt := range []struct {
		name   string
		change func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest)
		want   fault.Code
	}{
		{"none", func(_ *task, _ tacit.EnclaveKeys, r *tacit.RunRequest) { r.Grants = nil }, fault.KeyPolicy},
		{"too few", func(_ *task, _ tacit.EnclaveKeys, r *tacit.RunRequest) { r.Grants = r.Grants[:1] }, fault.KeyPolicy},
		{"too many", func(_ *task, _ tacit.EnclaveKeys, r *tacit.RunRequest) { r.Grants = append(r.Grants, r.Grants[0]) }, fault.KeyPolicy},
		{"in another order", func(_ *task, _ tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[0], r.Grants[1] = r.Grants[1], r.Grants[0]
		}, fault.ConsField},
		{"of another attempt", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1] = k.grant(k.artefacts[1], keys, func(g *tacit.Grant) { g.Attempt = 2 })
		}, fault.ConsField},
		{"of another place", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1] = k.grant(k.artefacts[1], keys, func(g *tacit.Grant) { g.Place = 1 })
		}, fault.ConsField},
		{"of another task", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1] = k.grant(k.artefacts[1], keys, func(g *tacit.Grant) { g.Task = wire.Sum([]byte("x")) })
		}, fault.ConsField},
		{"of another artefact", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1] = k.grant(other, keys, nil)
		}, fault.ConsField},
		{"of another manager", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1] = k.grant(k.artefacts[1], keys, func(g *tacit.Grant) { g.Manager = wire.Address{7} })
		}, fault.ConsField},
		{"of another attempt, relabelled", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1] = k.grant(k.artefacts[1], keys, func(g *tacit.Grant) { g.Attempt = 2 })
			r.Grants[1].Attempt = 1
		}, fault.KeySignature},
		{"with terms that were loosened on the way", func(_ *task, _ tacit.EnclaveKeys, r *tacit.RunRequest) {
			r.Grants[1].Terms.MaxOutput++
		}, fault.KeySignature},
		{"for other keys", func(k *task, keys tacit.EnclaveKeys, r *tacit.RunRequest) {
			keys.Seal = stranger.Recipient()
			r.Grants[1] = k.grant(k.artefacts[1], keys, nil)
		}, fault.KeySignature},
		{"for another attempt of the run", func(_ *task, _ tacit.EnclaveKeys, r *tacit.RunRequest) { r.Place = 1 }, fault.APINotFound},
		{"twin: one for each artefact", func(*task, tacit.EnclaveKeys, *tacit.RunRequest) {}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(code, in, nil)
			launched, err := w.worker.Launch(t.Context(), k.launch)
			w.must(err)
			r := k.grants(launched.Keys)
			good := r
			tt.change(k, launched.Keys, &r)
			if _, err = w.worker.Run(t.Context(), r); fault.Of(err) != tt.want {
				t.Errorf("Run = %v, want %q", err, tt.want)
			}
			if r.Place != good.Place { // it still waits; let it end
				_, err := w.worker.Run(t.Context(), good)
				w.must(err)
			}
		})
	}
}

func TestLaunchOfSomethingElseIsRefused(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, "", ""))
	in := map[string][]byte{"in": []byte("x")}
	for _, tt := range []struct {
		name   string
		change func(*tacit.LaunchRequest)
		want   fault.Code
	}{
		{"another task than the assignment's", func(r *tacit.LaunchRequest) { r.Task.MaxFee++ }, fault.ConsField},
		{"another network", func(r *tacit.LaunchRequest) { r.Network[0]++ }, fault.ConsField},
		{"a place that was not assigned", func(r *tacit.LaunchRequest) { r.Place = 1 }, fault.ConsField},
		{"other challenges", func(r *tacit.LaunchRequest) { r.Challenges = nil }, fault.EvidStale},
		{"arguments", func(r *tacit.LaunchRequest) { r.Args = []string{"x"} }, fault.EvidManifest},
		{"an artefact too few", func(r *tacit.LaunchRequest) { r.Artefacts = r.Artefacts[:2] }, fault.ConsField},
		{"another own input", func(r *tacit.LaunchRequest) { r.Artefacts[1] = r.Artefacts[0] }, fault.ConsField},
		{"other parameters", func(r *tacit.LaunchRequest) { r.Artefacts[2] = r.Artefacts[0] }, fault.ConsField},
		{"a task that no role accepts", func(r *tacit.LaunchRequest) {
			r.Task.Requirements.Seconds = 0
			r.Assignment.Task = r.Task.ID(r.Network)
		}, fault.APIField},
		{"a recipient's key that is none", func(r *tacit.LaunchRequest) {
			r.Task.Recipients = []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte("no key")}}
			r.Assignment.Task = r.Task.ID(r.Network)
		}, fault.ResultKey},
		{"twin: the assigned one", func(*tacit.LaunchRequest) {}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(code, in, []byte("{}"))
			tt.change(&k.launch)
			if _, err := w.worker.Launch(t.Context(), k.launch); fault.Of(err) != tt.want {
				t.Errorf("Launch = %v, want %q", err, tt.want)
			}
			// The same by the agent alone, which then serves whoever asks rightly.
			alone := w.agent(honest, func(*enclave.Config) {})
			ask := func(r tacit.LaunchRequest) error {
				_, err := wire.AskFor[tacit.LaunchReply](t.Context(), alone.host, tacit.FrameLaunch, tacit.FrameLabel, r)
				return err
			}
			if err := ask(k.launch); fault.Of(err) != tt.want {
				t.Errorf("the agent's launch = %v, want %q", err, tt.want)
			}
			other, want := w.task(code, in, []byte("{}")).launch, fault.Code("")
			if tt.want == "" {
				want = fault.EvidReused
			}
			if err := ask(other); fault.Of(err) != want {
				t.Errorf("the agent's next launch = %v, want %q", err, want)
			}
		})
	}
}

// Without evidence nobody could believe the keys.
func TestNoLaunchWithoutEvidence(t *testing.T) {
	w := newWorld(t)
	k := w.task(w.service(guest(t, "", "")), nil, nil)
	broken := true
	in := w.agent(honest, func(c *enclave.Config) { c.Device = flaky{c.Device, &broken} })
	ask := func() error {
		_, err := wire.AskFor[tacit.LaunchReply](t.Context(), in.host, tacit.FrameLaunch, tacit.FrameLabel, k.launch)
		return err
	}
	if err := ask(); fault.Of(err) != fault.EvidUnavailable {
		t.Errorf("Launch = %v, want %s", err, fault.EvidUnavailable)
	}
	broken = false
	if err := ask(); err != nil {
		t.Errorf("twin: %v", err)
	}
}

// flaky is a device that quotes only while it is not broken.
type flaky struct {
	enclave.Device
	broken *bool
}

func (f flaky) Evidence(ctx context.Context, data attest.ReportData) (attest.Evidence, error) {
	if *f.broken {
		return attest.Evidence{}, fault.New(fault.EvidUnavailable, "quote: the device is away")
	}
	return f.Device.Evidence(ctx, data)
}

// case N03 code EVID_REUSED check enclave/agent.go:digest
func TestN03OneEnclaveServesOneAttempt(t *testing.T) {
	w := newWorld(t)
	conn, p, err := w.start(built.program, nil, nil)
	w.must(err)
	defer p.Kill()
	link := wire.NewLink(conn, true, func(context.Context, uint8, []byte) ([]byte, error) { return nil, fault.New(fault.ProtoFrame, "none") })
	ran := make(chan error, 1)
	go func() { ran <- link.Run(context.Background()) }()
	defer func() { link.Close(); <-ran }()
	ask := func(r tacit.LaunchRequest) (tacit.LaunchReply, error) {
		return wire.AskFor[tacit.LaunchReply](t.Context(), link, tacit.FrameLaunch, tacit.FrameLabel, r)
	}
	if _, err := wire.AskFor[tacit.RunReply](t.Context(), link, tacit.FrameRun, tacit.FrameLabel, tacit.RunRequest{}); fault.Of(err) != fault.ConsField {
		t.Errorf("Run before Launch = %v, want %s", err, fault.ConsField)
	}
	k := w.task(w.service(guest(t, "", "")), nil, nil)
	first, err := ask(k.launch)
	w.must(err)
	t.Run("twin: the same request gets the same keys and evidence", func(t *testing.T) {
		again, err := ask(k.launch)
		w.must(err)
		if again.Keys.Hash() != first.Keys.Hash() || again.Evidence.Digest() != first.Evidence.Digest() {
			t.Error("it answered with others")
		}
	})
	for name, other := range map[string]tacit.LaunchRequest{
		"another task":       w.task(w.service(guest(t, "", "")), nil, nil).launch,
		"another policy":     func() tacit.LaunchRequest { r := k.launch; r.Policy[0]++; return r }(),
		"another generation": func() tacit.LaunchRequest { r := k.launch; r.Generation++; return r }(),
		"another attempt":    func() tacit.LaunchRequest { r := k.launch; r.Assignment.Attempt = 2; return r }(),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ask(other); fault.Of(err) != fault.EvidReused {
				t.Errorf("Launch = %v, want %s", err, fault.EvidReused)
			}
		})
	}
	if _, err := link.Ask(t.Context(), 77, nil); fault.Of(err) != fault.ProtoFrame {
		t.Errorf("unknown frame = %v, want %s", err, fault.ProtoFrame)
	}
}

func TestTamperedCiphertextIsAHostFault(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, paths, copying))
	in := map[string][]byte{"in": []byte("x")}
	for _, tt := range []struct {
		name string
		how  func(tacit.Chunk) (tacit.Chunk, error)
		want fault.Code
	}{
		{"a flipped bit", func(c tacit.Chunk) (tacit.Chunk, error) {
			c.Data = bytes.Clone(c.Data)
			c.Data[len(c.Data)-1] ^= 1
			return c, nil
		}, fault.DataCorrupt},
		{"a byte less", func(c tacit.Chunk) (tacit.Chunk, error) {
			c.Data = c.Data[:len(c.Data)-1]
			return c, nil
		}, fault.DataCorrupt},
		{"another chunk", func(c tacit.Chunk) (tacit.Chunk, error) { return tacit.ChunkOf([]byte("x"), 0) }, fault.DataCorrupt},
		{"nothing there", func(c tacit.Chunk) (tacit.Chunk, error) {
			return tacit.Chunk{}, fault.New(fault.APINotFound, "lost")
		}, fault.APINotFound},
		{"twin: as it lies at blobs", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.corrupt(tt.how)
			defer w.corrupt(nil)
			r := w.task(code, in, nil).run()
			exit := tacit.ExitHost
			if tt.how == nil {
				exit = tacit.ExitOK
			}
			r.want(t, exit, string(tt.want))
			if r.receipt.Fuel != 0 && tt.how != nil {
				t.Errorf("billed %d", r.receipt.Fuel)
			}
		})
	}
	t.Run("input that changes while the guest reads", func(t *testing.T) {
		// Two chunks: the second is only fetched when the guest comes to it.
		long := map[string][]byte{"in": bytes.Repeat([]byte("y"), 400<<10)}
		k := w.task(w.service(guest(t, paths, `
			(local.set $fd (call $open (i32.const 4096) (i32.const 7) (i32.const 0)))
			(loop (br_if 0 (call $read (local.get $fd) (i32.const 8192) (i32.const 65536))))`)), long, nil)
		root := k.artefacts[1].sealed.Root
		w.corrupt(func(c tacit.Chunk) (tacit.Chunk, error) {
			if c.Index == 3 && c.Total == tacit.Chunks(k.artefacts[1].sealed.Size) && c.Check(root) == nil {
				c.Data = bytes.Clone(c.Data)
				c.Data[0] ^= 1
			}
			return c, nil
		})
		defer w.corrupt(nil)
		k.run().want(t, tacit.ExitHost, "DATA_CORRUPT")
	})
}

func TestWrongFileKeyOpensNothing(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, "", ""))
	k := w.task(code, map[string][]byte{"in": []byte("x")}, nil)
	launched, err := w.worker.Launch(t.Context(), k.launch)
	w.must(err)
	r := k.grants(launched.Keys)
	wrong, err := launched.Keys.Seal.Seal(r.Grants[1].Info(w.network), bytes.Repeat([]byte{1}, 16))
	w.must(err)
	r.Grants[1].Sealed = wrong
	reply, err := w.worker.Run(t.Context(), r)
	w.must(err)
	k.open(launched, reply).want(t, tacit.ExitHost, "DATA_CORRUPT")
}

func TestHeaderMustBeTheAgreedOne(t *testing.T) {
	w := newWorld(t).serve()
	good := w.service(guest(t, "", ""))
	bad := good
	bad.sealed.Header = wire.Sum([]byte("another age header"))
	w.task(bad, nil, nil).run().want(t, tacit.ExitHost, "DATA_CORRUPT")
	t.Run("twin: the agreed one", func(t *testing.T) {
		w.task(good, nil, nil).run().want(t, tacit.ExitOK, "")
	})
}

func TestLogsLeaveOnlyIfEveryOwnerAllows(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, paths, copying))
	for _, tt := range []struct {
		name   string
		allow  []bool // of service and input
		logged bool
	}{
		{"none allows", []bool{false, false}, false},
		{"the service alone allows", []bool{true, false}, false},
		{"the data alone allow", []bool{false, true}, false},
		{"twin: both allow", []bool{true, true}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := w.task(code, map[string][]byte{"in": []byte("log line")}, nil)
			launched, err := w.worker.Launch(t.Context(), k.launch)
			w.must(err)
			r := k.grants(launched.Keys)
			for i, allow := range tt.allow {
				r.Grants[i] = k.grant(k.artefacts[i], launched.Keys, func(g *tacit.Grant) { g.Terms.Logs = allow })
			}
			reply, err := w.worker.Run(t.Context(), r)
			w.must(err)
			got := k.open(launched, reply)
			got.want(t, tacit.ExitOK, "")
			if _, ok := got.files["stdout"]; ok != tt.logged {
				t.Errorf("stdout is there: %t, want %t", ok, tt.logged)
			}
			if string(got.files["out/result"]) != "log line" {
				t.Errorf("files = %q", got.files)
			}
		})
	}
}

// case N43 code - check enclave/result.go:class
func TestN43LengthsOfOneClassLookAlike(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(guest(t, paths, copying))
	sizes := map[int64]bool{}
	for _, n := range []int{0, 1, 100, 5000} {
		k := w.task(code, map[string][]byte{"in": bytes.Repeat([]byte("x"), n)}, nil)
		r := k.run()
		r.want(t, tacit.ExitOK, "")
		sizes[r.sealed.Size] = true
	}
	if len(sizes) != 1 {
		t.Errorf("%d sizes of results of one class: %v", len(sizes), sizes)
	}
	t.Run("twin: a larger class is larger", func(t *testing.T) {
		k := w.task(code, map[string][]byte{"in": bytes.Repeat([]byte("x"), 40_000)}, nil)
		if r := k.run(); sizes[r.sealed.Size] {
			t.Errorf("40000 bytes twice make %d bytes too", r.sealed.Size)
		}
	})
}

func TestFileNamesOfAnyAlphabetArrive(t *testing.T) {
	w := newWorld(t).serve()
	name := "résultat-" + strings.Repeat("длинный", 12) // no ustar header holds it
	code := w.service(guest(t, fmt.Sprintf(`(data (i32.const 4128) "out/%s")`, name), fmt.Sprintf(`
		(call $write (call $open (i32.const 4128) (i32.const %d) (i32.const 1)) (i32.const 4128) (i32.const 4))`, 4+len(name))))
	r := w.task(code, nil, nil).run()
	r.want(t, tacit.ExitOK, "")
	if string(r.files["out/"+name]) != "out/" {
		t.Errorf("files = %q", r.files)
	}
}

func TestCompiledCodeIsKeptSealed(t *testing.T) {
	w := newWorld(t).serve()
	// A constant of the code stands in the compiled module as it is.
	canary := "canary-in-the-code-2f81"
	code := w.service(guest(t, paths+fmt.Sprintf(`(data (i32.const 700000) %q)`, canary), `
		(call $write (call $open (i32.const 4128) (i32.const 10) (i32.const 1)) (i32.const 700000) (i32.const 23))`))
	run := func() {
		t.Helper()
		r := w.task(code, nil, nil).run()
		r.want(t, tacit.ExitOK, "")
		if string(r.files["out/result"]) != canary {
			t.Errorf("result = %q", r.files["out/result"])
		}
	}
	run()
	files := w.cached()
	if len(files) != 1 {
		t.Fatalf("cache holds %v", files)
	}
	kept, err := os.ReadFile(files[0])
	w.must(err)
	if bytes.Contains(kept, []byte(canary)) || len(kept) < 1000 {
		t.Errorf("the cache holds %d bytes, the canary among them: %t", len(kept), bytes.Contains(kept, []byte(canary)))
	}
	t.Run("twin: it is used again and not written", func(t *testing.T) {
		run()
		again, err := os.ReadFile(files[0])
		w.must(err)
		if !bytes.Equal(again, kept) {
			t.Error("it was compiled and sealed again")
		}
	})
	for name, bad := range map[string][]byte{
		"a flipped bit": func() []byte { b := bytes.Clone(kept); b[len(b)/2] ^= 1; return b }(),
		"truncated":     kept[:len(kept)-1],
		"empty":         {},
		"foreign":       bytes.Repeat([]byte{0x42}, len(kept)),
	} {
		t.Run(name, func(t *testing.T) {
			w.must(os.WriteFile(files[0], bad, 0o600))
			run()
			again, err := os.ReadFile(files[0])
			w.must(err)
			if bytes.Equal(again, bad) {
				t.Error("what does not open was left in the cache")
			}
		})
	}
	t.Run("of another program", func(t *testing.T) {
		other := w.service(guest(t, paths, copying))
		w.task(other, map[string][]byte{"in": []byte("x")}, nil).run().want(t, tacit.ExitOK, "")
		both := w.cached()
		if len(both) != 2 {
			t.Fatalf("cache holds %v", both)
		}
		foreign := both[0]
		if foreign == files[0] {
			foreign = both[1]
		}
		b, err := os.ReadFile(foreign)
		w.must(err)
		w.must(os.WriteFile(files[0], b, 0o600))
		run()
	})
}

func TestRunHappensOnce(t *testing.T) {
	w := newWorld(t).serve()
	k := w.task(w.service(guest(t, paths, copying)), map[string][]byte{"in": []byte("x")}, nil)
	launched, err := w.worker.Launch(t.Context(), k.launch)
	w.must(err)
	req := k.grants(launched.Keys)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.worker.Run(gone, req); err != nil && fault.Of(err) != fault.TaskTimeout {
		t.Fatalf("Run of a caller that left = %v", err)
	}
	first, err := w.worker.Run(t.Context(), req)
	w.must(err)
	k.open(launched, first).want(t, tacit.ExitOK, "")
	again, err := w.worker.Run(t.Context(), req)
	w.must(err)
	if wire.Hash("test", again) != wire.Hash("test", first) {
		t.Error("a retry got another answer")
	}
	relaunched, err := w.worker.Launch(t.Context(), k.launch)
	w.must(err)
	if relaunched.Evidence.Digest() != launched.Evidence.Digest() {
		t.Error("a retry of the launch got other evidence")
	}
	other := k.launch
	other.Generation++
	if _, err := w.worker.Launch(t.Context(), other); fault.Of(err) != fault.APIConflict {
		t.Errorf("Launch of another = %v, want %s", err, fault.APIConflict)
	}
	waitFor(t, "its processes end", func() bool { return len(processes(w.programs()[0])) == 0 })
}
