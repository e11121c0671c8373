package tpm

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
	"tacit/wire"
)

func TestAVaultOpensHereAndNowOnly(t *testing.T) {
	maker := tpmtest.NewMaker(t)
	chip := openChip(t, maker.New(t))
	path := filepath.Join(t.TempDir(), "vault")
	open := func(t *testing.T, c *Chip) *Vault {
		t.Helper()
		v, err := OpenVault(c, path, CounterIndex)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	copyFile := func(from, to string) {
		t.Helper()
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(t *testing.T, c *Chip, want fault.Code) {
		t.Helper()
		if _, err := OpenVault(c, path, CounterIndex); fault.Of(err) != want {
			t.Errorf("OpenVault = %v, want %s", err, want)
		}
	}
	v := open(t, chip)
	secret, err := v.Secret("store")
	if err != nil {
		t.Fatal(err)
	}
	if state, err := v.State(); err != nil || len(state) != 0 {
		t.Errorf("a new vault holds %q, %v", state, err)
	}
	for _, s := range []string{"one", "two"} {
		copyFile(path, path+"."+s) // what was there before
		if err := v.Save([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Save(make([]byte, stateMost+1)); fault.Of(err) != fault.APISize {
		t.Errorf("a state too large: %v", err)
	}
	t.Run("twin: the newest opens again", func(t *testing.T) {
		v := open(t, chip)
		if state, err := v.State(); err != nil || string(state) != "two" {
			t.Errorf("State = %q, %v", state, err)
		}
		if again, err := v.Secret("store"); err != nil || !bytes.Equal(again, secret) {
			t.Errorf("another secret, %v", err)
		}
	})
	copyFile(path, path+".now")
	t.Run("an older state", func(t *testing.T) {
		for _, old := range []string{".one", ".two"} {
			copyFile(path+old, path)
			refused(t, chip, fault.StoreRollback)
		}
		copyFile(path+".now", path)
	})
	t.Run("an older state that claims to be newer", func(t *testing.T) {
		f, err := readVault(path + ".two")
		if err != nil {
			t.Fatal(err)
		}
		f.Counter = v.counter
		b, err := wire.Marshal(vaultLabel, f)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, chip, fault.StoreCorrupt)
		f.Nonce = nil
		if b, err = wire.Marshal(vaultLabel, f); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, chip, fault.StoreCorrupt)
		if err := os.WriteFile(path, b[1:], 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, chip, fault.StoreCorrupt)
		copyFile(path+".now", path)
	})
	t.Run("a crash before the counter went on", func(t *testing.T) {
		copyFile(path+".one", path+".next")
		if state, err := open(t, chip).State(); err != nil || string(state) != "two" {
			t.Errorf("State = %q, %v", state, err)
		}
		if _, err := os.Stat(path + ".next"); err == nil {
			t.Error("what was not saved is still there")
		}
	})
	t.Run("a crash before the file took its place", func(t *testing.T) {
		copyFile(path, path+".next")
		copyFile(path+".two", path)
		if state, err := open(t, chip).State(); err != nil || string(state) != "two" {
			t.Errorf("State = %q, %v", state, err)
		}
		if f, err := readVault(path); err != nil || f.Counter != v.counter {
			t.Errorf("the file did not take its place: %v", err)
		}
	})
	t.Run("another program counted", func(t *testing.T) {
		if _, err := v.increment(); err != nil {
			t.Fatal(err)
		}
		if err := v.Save([]byte("three")); fault.Of(err) != fault.StoreRollback {
			t.Errorf("Save = %v", err)
		}
		refused(t, chip, fault.StoreRollback)
	})
}

// chip2 is the same TPM opened anew.
func chip2(t *testing.T, c **Chip, p *tpmtest.TPM) *Chip {
	t.Helper()
	(*c).Close()
	p.Stop()
	p.Start(t)
	*c = openChip(t, p)
	return *c
}

func TestAVaultKnowsItsMachineAndWhatItRuns(t *testing.T) {
	maker := tpmtest.NewMaker(t)
	p := maker.New(t)
	chip := openChip(t, p)
	path := filepath.Join(t.TempDir(), "vault")
	v, err := OpenVault(chip, path, CounterIndex)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Save([]byte("state")); err != nil {
		t.Fatal(err)
	}
	t.Run("another machine's TPM", func(t *testing.T) {
		other := openChip(t, maker.New(t))
		if _, err := OpenVault(other, path, CounterIndex); fault.Of(err) != fault.StoreRollback {
			t.Errorf("without the counter: %v", err)
		}
		ov := &Vault{chip: other, path: path, index: CounterIndex}
		if ov.counter, err = ov.define(); err != nil {
			t.Fatal(err)
		}
		for ov.counter < v.counter {
			if ov.counter, err = ov.increment(); err != nil {
				t.Fatal(err)
			}
		}
		if ov.counter == v.counter {
			if _, err := OpenVault(other, path, CounterIndex); fault.Of(err) != fault.StoreSealed {
				t.Errorf("with a counter of the same value: %v", err)
			}
		}
		if _, err := other.unseal(v.file.Public, v.file.Private); fault.Of(err) != fault.StoreSealed {
			t.Errorf("unseal = %v", err)
		}
	})
	t.Run("twin: run-time registers do not matter", func(t *testing.T) {
		for _, i := range []int{10, 15, 1, 3, 5, 6} {
			if err := chip.extend(i, make([]byte, 32)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := OpenVault(chip, path, CounterIndex); err != nil {
			t.Error(err)
		}
	})
	for _, i := range []int{0, 2, 4, 7, 8, 9, 11, 12, 13, 14} {
		if err := chip.extend(i, make([]byte, 32)); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenVault(chip, path, CounterIndex); fault.Of(err) != fault.StoreSealed {
			t.Errorf("after a change of PCR %d: %v", i, err)
		}
		chip = chip2(t, &chip, p)
		if _, err := OpenVault(chip, path, CounterIndex); err != nil {
			t.Errorf("after a restart: %v", err)
		}
	}
}
