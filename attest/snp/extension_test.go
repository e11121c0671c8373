package snp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"slices"
	"testing"

	"tacit/attest"
	"tacit/attest/snp/snptest"
	"tacit/fault"
)

// What a certificate must say of its key.
func TestExtensionsOfACertificate(t *testing.T) {
	drop := func(below ...int) func([]pkix.Extension) []pkix.Extension {
		return func(all []pkix.Extension) []pkix.Extension {
			return slices.DeleteFunc(all, func(e pkix.Extension) bool { return slices.Equal(e.Id[8:], below) })
		}
	}
	set := func(value []byte, below ...int) func([]pkix.Extension) []pkix.Extension {
		return func(all []pkix.Extension) []pkix.Extension {
			for i := range all {
				if slices.Equal(all[i].Id[8:], below) {
					all[i].Value = value
				}
			}
			return all
		}
	}
	chip := make([]byte, 64)
	for i := range chip {
		chip[i] = byte(i + 1)
	}
	for _, tt := range []struct {
		name, line string
		change     func([]pkix.Extension) []pkix.Extension
		want       fault.Code
	}{
		{"twin: all", "Milan", drop(99), ""},
		{"twin: all of Turin", "Turin", drop(99), ""},
		{"twin: the chip with a header", "Milan", set(append([]byte{4, 64}, chip...), 4), ""},
		{"no product", "Milan", drop(2), fault.EvidForged},
		{"a product in UTF-8", "Milan", set([]byte{12, 8, 'M', 'i', 'l', 'a', 'n', '-', 'B', '1'}, 2), fault.EvidForged},
		{"something after the product", "Milan", set([]byte{22, 5, 'M', 'i', 'l', 'a', 'n', 0}, 2), fault.EvidForged},
		{"an unknown product", "Milan", set([]byte{22, 6, 'N', 'a', 'p', 'l', 'e', 's'}, 2), fault.EvidForged},
		{"another product than the intermediate's", "Milan", set([]byte{22, 5, 'G', 'e', 'n', 'o', 'a'}, 2), fault.EvidForged},
		{"no bootloader", "Milan", drop(3, 1), fault.EvidForged},
		{"no microcode", "Milan", drop(3, 8), fault.EvidForged},
		{"no FMC on Turin", "Turin", drop(3, 9), fault.EvidForged},
		{"a version of 256", "Milan", set([]byte{2, 2, 1, 0}, 3, 3), fault.EvidForged},
		{"a negative version", "Milan", set([]byte{2, 1, 0xff}, 3, 3), fault.EvidForged},
		{"something after a version", "Milan", set([]byte{2, 1, 22, 0}, 3, 3), fault.EvidForged},
		{"a version that is no number", "Milan", set([]byte{4, 1, 22}, 3, 3), fault.EvidForged},
		{"another version than the report's", "Milan", set([]byte{2, 1, 23}, 3, 3), fault.EvidTCBMismatch},
		{"no chip and no provider", "Milan", drop(4), fault.EvidForged},
		{"a chip and a provider", "Milan", func(all []pkix.Extension) []pkix.Extension {
			return append(all, pkix.Extension{Id: append(slices.Clone(amd), 5), Value: []byte{22, 1, 'x'}})
		}, fault.EvidForged},
		{"half a chip", "Milan", set(chip[:32], 4), fault.EvidForged},
		{"eight bytes of a chip of 64", "Milan", set(chip[:8], 4), fault.EvidForged},
		{"64 bytes on Turin", "Turin", set(chip, 4), fault.EvidForged},
		{"another chip", "Milan", set(append(slices.Clone(chip[:63]), 0), 4), fault.EvidForged},
		{"something after the chip", "Milan", set(append(append([]byte{4, 64}, chip...), 0), 4), fault.EvidForged},
	} {
		a := snptest.New(t, tt.line)
		l := a.Leaf(false)
		l.ExtraExtensions = tt.change(l.ExtraExtensions)
		a.VCEK = a.Sign(l, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
		if _, err := newScheme(t, a.Root()).Verify(t.Context(), a.Evidence(), now); fault.Of(err) != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}

	a := snptest.New(t, "Milan")
	l := a.Leaf(true)
	l.ExtraExtensions = set([]byte{22, 0}, 5)(l.ExtraExtensions)
	a.VLEK = a.Sign(l, a.ASVK, a.Keys.VLEK.Public(), a.Keys.ASVK)
	if _, err := newScheme(t, a.Root()).Verify(t.Context(), a.ProviderEvidence(), now); fault.Of(err) != fault.EvidForged {
		t.Errorf("a provider without a name: %v", err)
	}
	l = a.Leaf(false)
	l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: []int{1, 2, 3}, Critical: true, Value: []byte{5, 0}})
	a.VCEK = a.Sign(l, a.ASK, a.Keys.VCEK.Public(), a.Keys.ASK)
	if _, err := newScheme(t, a.Root()).Verify(t.Context(), a.Evidence(), now); fault.Of(err) != fault.EvidForged {
		t.Errorf("a critical extension that nobody knows: %v", err)
	}
	small, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	was := a.Keys.VCEK
	a.VCEK, a.Keys.VCEK = a.Sign(a.Leaf(false), a.ASK, small.Public(), a.Keys.ASK), small
	if _, err := newScheme(t, a.Root()).Verify(t.Context(), a.Evidence(), now); fault.Of(err) != fault.EvidForged {
		t.Errorf("a key on P-256: %v", err)
	}
	a.Keys.VCEK, a.Product = was, "Naples-B1"
	a.ASK = a.Sign(snptest.CA("SEV-Naples", 65537), a.ARK, a.Keys.ASK.Public(), a.Keys.ARK)
	a.VCEK = a.Sign(a.Leaf(false), a.ASK, was.Public(), a.Keys.ASK)
	if _, err := newScheme(t, a.Root()).Verify(t.Context(), a.Evidence(), now); fault.Of(err) != fault.EvidForged {
		t.Errorf("a product that nobody knows, under its own intermediate: %v", err)
	}
}

func TestChipsOfAllProductLines(t *testing.T) {
	for _, tt := range []struct {
		family, model uint8
		want          string
	}{
		{0x19, 0x00, "Milan"}, {0x19, 0x0f, "Milan"}, {0x19, 0x10, "Genoa"}, {0x19, 0x1f, "Genoa"}, {0x19, 0x20, ""}, {0x19, 0x9f, ""},
		{0x19, 0xa0, "Genoa"}, {0x19, 0xaf, "Genoa"}, {0x19, 0xb0, ""}, {0x1a, 0x00, "Turin"}, {0x1a, 0x1f, "Turin"}, {0x1a, 0x20, ""}, {0x17, 0x01, ""},
	} {
		if got := lineOf(tt.family, tt.model); got != tt.want {
			t.Errorf("family %#x, model %#x: %q, want %q", tt.family, tt.model, got, tt.want)
		}
	}
	if len(AMDRoots()) != 3 || len(newScheme(t, AMDRoots()...).roots) != 3 {
		t.Error("AMD has three roots")
	}
	if attest.LevelOf(newScheme(t).Name()) != 4 {
		t.Error("the level of its scheme is 4")
	}
}
