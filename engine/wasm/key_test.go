package wasm

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tacit"
	"tacit/fault"
)

// signer is a key that answers with what it was asked and how often.
func signer(asked *[]string) func([]byte) ([]byte, error) {
	return func(in []byte) ([]byte, error) {
		*asked = append(*asked, string(in))
		switch string(in) {
		case "refuse":
			return nil, fault.New(fault.VaultDenied, "no")
		case "spent":
			return nil, fault.New(fault.KeyPolicy, "no")
		case "bad":
			return nil, fault.New(fault.APIField, "no")
		case "gone":
			return nil, fault.New(fault.Unreachable, "no answer")
		}
		return fmt.Appendf(nil, "signed(%s) %d", in, len(*asked)), nil
	}
}

func TestAGuestUsesKeysThatItDoesNotHave(t *testing.T) {
	for _, tt := range []struct {
		name  string
		args  []string
		want  string
		asked int
		fault fault.Code
	}{
		{"one use", []string{"key", "sign", "a"}, "signed(a) 1\n", 1, ""},
		{"one after the other", []string{"key", "sign", "a", "bb"}, "signed(a) 1\nsigned(bb) 2\n", 2, ""},
		{"a refusal does not end it", []string{"key", "sign", "refuse", "spent", "bad", "a"}, "Permission denied\nPermission denied\nInvalid argument\nsigned(a) 4\n", 4, ""},
		{"the most that it may be used on", []string{"key", "sign", strings.Repeat("x", tacit.MostSecretBytes)}, "signed(" + strings.Repeat("x", tacit.MostSecretBytes) + ") 1\n", 1, ""},
		{"a byte more", []string{"key", "sign", strings.Repeat("x", tacit.MostSecretBytes+1)}, "File too large\n", 0, ""},
		{"nobody answers", []string{"key", "sign", "gone"}, "", 1, fault.Unreachable},
		{"a key that it was not given", []string{"key", "other", "a"}, "", 0, fault.WasmTrap},
		{"what is no use", []string{"keys"}, "nothing asked: 0 EOF\nseek: Illegal seek\nread at: Illegal seek\nwrite at: Illegal seek\ntruncate: Illegal seek\n" +
			"remove: Read-only file system\ncreate: Read-only file system\noverwrite secret: Read-only file system\nsecret: hush\n", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			job := goJob(t, tt.args...)
			job.Limits.Output = 1 << 20
			job.Secrets = []tacit.GuestSecret{{Name: "token", Data: []byte("hush")}}
			job.Keys = []tacit.GuestKey{{Name: "sign", Use: signer(&asked)}}
			out, err := runGo(t, job)
			if fault.Of(err) != tt.fault {
				t.Fatalf("Run = %v, want %q\n%s", err, tt.fault, out.Stderr)
			}
			if string(out.Stdout) != tt.want && tt.fault == "" {
				t.Errorf("stdout = %.200q, want %.200q", out.Stdout, tt.want)
			}
			if len(asked) != tt.asked {
				t.Errorf("the key was used %d times, want %d", len(asked), tt.asked)
			}
		})
	}
}

func TestAKeysUseCostsFuel(t *testing.T) {
	run := func(uses int) uint64 {
		job := goJob(t, append([]string{"key", "sign"}, strings.Split(strings.Repeat("a ", uses), " ")[:uses]...)...)
		job.Keys = []tacit.GuestKey{{Name: "sign", Use: func(in []byte) ([]byte, error) { return in, nil }}}
		out, err := runGo(t, job)
		if err != nil {
			t.Fatal(err)
		}
		return out.Fuel
	}
	if one, three := run(1), run(3); three < one+2*useFuel {
		t.Errorf("three uses cost %d, one %d: want at least %d for each", three, one, useFuel)
	}
}

func TestJobsWithBadSecretsAreRefused(t *testing.T) {
	use := func(in []byte) ([]byte, error) { return in, nil }
	for _, tt := range []struct {
		name string
		edit func(*tacit.Job)
		want fault.Code
	}{
		{"twin: one of each name", func(j *tacit.Job) {
			j.Secrets, j.Keys = []tacit.GuestSecret{{Name: "a"}}, []tacit.GuestKey{{Name: "a", Use: use}}
		}, ""},
		{"two secrets of one name", func(j *tacit.Job) { j.Secrets = []tacit.GuestSecret{{Name: "a"}, {Name: "a"}} }, fault.APIField},
		{"a secret that is a path", func(j *tacit.Job) { j.Secrets = []tacit.GuestSecret{{Name: "../a"}} }, fault.APIField},
		{"a secret without a name", func(j *tacit.Job) { j.Secrets = []tacit.GuestSecret{{}} }, fault.APIField},
		{"two keys of one name", func(j *tacit.Job) { j.Keys = []tacit.GuestKey{{Name: "a", Use: use}, {Name: "a", Use: use}} }, fault.APIField},
		{"a key that cannot be used", func(j *tacit.Job) { j.Keys = []tacit.GuestKey{{Name: "a"}} }, fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			job := goJob(t, "hello")
			tt.edit(&job)
			if _, err := runGo(t, job); !errors.Is(err, tt.want) && (tt.want != "" || err != nil) {
				t.Errorf("Run = %v, want %q", err, tt.want)
			}
		})
	}
}
