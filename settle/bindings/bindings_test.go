package bindings

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBindingsAreCurrent compares the digests of the contracts' sources with
// those that the bindings were made from; where they differ, run
// contracts/generate.sh.
func TestBindingsAreCurrent(t *testing.T) {
	f, err := os.Open("SOURCES.sha256")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	root := "../../contracts"
	seen := map[string]bool{}
	for s := bufio.NewScanner(f); s.Scan(); {
		digest, name, ok := strings.Cut(s.Text(), "  ")
		if !ok {
			t.Fatalf("line %q", s.Text())
		}
		seen[name] = true
		content, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != digest {
			t.Errorf("%s was changed after the bindings were made", name)
		}
	}
	for _, pattern := range []string{"*.sol", "test/*.sol"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			if !seen[filepath.ToSlash(name)] {
				t.Errorf("%s came after the bindings were made", name)
			}
		}
	}
}

// TestCodeIsTheCompilersOutput compares the code in the Go file with the .bin
// files, which is what a reader can reproduce with any solc.
func TestCodeIsTheCompilersOutput(t *testing.T) {
	for name, code := range map[string]string{
		"Epochs": EpochsMetaData.Bin, "Registry": RegistryMetaData.Bin, "Catalogue": CatalogueMetaData.Bin,
		"Escrow": EscrowMetaData.Bin, "Direct": DirectMetaData.Bin,
	} {
		file, err := os.ReadFile(name + ".bin")
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimPrefix(code, "0x") != strings.TrimSpace(string(file)) {
			t.Errorf("code of %s differs from its .bin", name)
		}
	}
}
