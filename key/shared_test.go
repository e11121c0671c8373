package key

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"tacit/fault"
)

func TestASharedKeyOpensWhatItSealedAndNothingElse(t *testing.T) {
	k := NewShared()
	other, err := ParseShared(k.Secret())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal([]byte("context"), []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.Seal([]byte("context"), []byte("plain"))
	if err != nil || bytes.Equal(sealed, again) {
		t.Errorf("the same twice looks alike, %v", err)
	}
	if plain, err := other.Open([]byte("context"), sealed); err != nil || string(plain) != "plain" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another context": func() ([]byte, error) { return k.Open([]byte("Context"), sealed) },
		"another key":     func() ([]byte, error) { return NewShared().Open([]byte("context"), sealed) },
		"no key":          func() ([]byte, error) { return Shared{}.Open([]byte("context"), sealed) },
		"cut short":       func() ([]byte, error) { return k.Open([]byte("context"), sealed[:len(sealed)-1]) },
		"nothing":         func() ([]byte, error) { return k.Open([]byte("context"), nil) },
		"a bit more": func() ([]byte, error) {
			b := bytes.Clone(sealed)
			b[len(b)-1] ^= 1
			return k.Open([]byte("context"), b)
		},
	} {
		if plain, err := open(); !errors.Is(err, fault.KeySignature) || plain != nil {
			t.Errorf("%s: opened %q, %v", name, plain, err)
		}
	}
	k.Erase()
	if _, err := k.Open([]byte("context"), sealed); !errors.Is(err, fault.KeySignature) {
		t.Errorf("an erased key opens: %v", err)
	}
	if sealed, err := k.Seal([]byte("context"), []byte("plain")); !errors.Is(err, fault.KeySignature) || sealed != nil {
		t.Errorf("an erased key seals: %v", err)
	}
	if b := k.Secret(); len(b) != 0 {
		t.Errorf("an erased key has a secret of %d bytes", len(b))
	}
	if _, err := other.Open([]byte("context"), sealed); err != nil {
		t.Errorf("erasing one copy erased another: %v", err)
	}
}

func TestASharedKeyDoesNotPrint(t *testing.T) {
	k, err := ParseShared(bytes.Repeat([]byte{0xab}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "key.Shared" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if b, err := json.Marshal(k); err == nil {
		t.Errorf("it marshals as %s", b)
	}
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := ParseShared(make([]byte, n)); !errors.Is(err, fault.APIField) {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
}
