package tacit

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"tacit/fault"
	"tacit/wire"
)

const auditName = "tacit.test/log"

// auditSigner signs notes in tests.
type auditSigner struct {
	note.Verifier
	key ed25519.PrivateKey
}

func (s auditSigner) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }

// signCheckpoint signs a text as a log of this name and key does.
func signCheckpoint(t testing.TB, name string, key ed25519.PrivateKey, text string) []byte {
	t.Helper()
	vkey, err := note.NewEd25519VerifierKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	b, err := note.Sign(&note.Note{Text: text}, auditSigner{v, key})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// auditKey is a key that follows from a letter.
func auditKey(letter string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(strings.Repeat(letter, ed25519.SeedSize)))
}

// case N46 code CHAIN_PROOF check auditproof.go:Check
func TestN46AuditProofIsCheckedInAllParts(t *testing.T) {
	key := auditKey("k")
	pub := key.Public().(ed25519.PublicKey)
	var leaves []wire.Digest
	for i := range 11 {
		leaves = append(leaves, wire.LeafHash(fmt.Appendf(nil, "record %d", i)))
	}
	root := wire.MerkleRoot(leaves)
	b64 := base64.StdEncoding.EncodeToString(root[:])
	text := auditName + "\n11\n" + b64 + "\n"
	signed := func(text string) func(*AuditProof) {
		return func(p *AuditProof) { p.Checkpoint = signCheckpoint(t, auditName, key, text) }
	}
	for _, tt := range []struct {
		name string
		edit func(*AuditProof)
		want fault.Code
	}{
		{"twin: as given", func(*AuditProof) {}, ""},
		{"twin: with an extension line", signed(text + "extension\n"), ""},
		{"twin: also signed by somebody unknown", func(p *AuditProof) {
			other := signCheckpoint(t, auditName, auditKey("o"), text)
			p.Checkpoint = append(p.Checkpoint, other[strings.LastIndex(string(other), "\n\n")+2:]...)
		}, ""},
		{"another index", func(p *AuditProof) { p.Index = 7 }, fault.ChainProof},
		{"index after the end", func(p *AuditProof) { p.Index = 11 }, fault.ChainProof},
		{"index that overflows", func(p *AuditProof) { p.Index = 1<<64 - 1 }, fault.ChainProof},
		{"another size", func(p *AuditProof) { p.Size = 12 }, fault.ChainProof},
		{"path cut", func(p *AuditProof) { p.Path = p.Path[1:] }, fault.ChainProof},
		{"path longer", func(p *AuditProof) { p.Path = append(p.Path, wire.Digest{}) }, fault.ChainProof},
		{"endless path", func(p *AuditProof) { p.Path = make([]wire.Digest, 1000) }, fault.ChainProof},
		{"hash in the path", func(p *AuditProof) { p.Path[2][5] ^= 1 }, fault.ChainProof},
		{"no checkpoint", func(p *AuditProof) { p.Checkpoint = nil }, fault.ChainProof},
		{"unsigned checkpoint", func(p *AuditProof) { p.Checkpoint = []byte(text) }, fault.ChainProof},
		{"checkpoint changed", func(p *AuditProof) { p.Checkpoint[len(auditName)+1] = '2' }, fault.ChainProof},
		{"huge checkpoint", signed(text + strings.Repeat("x", 17<<10) + "\n"), fault.ChainProof},
		{"signed by another key", func(p *AuditProof) { p.Checkpoint = signCheckpoint(t, auditName, auditKey("o"), text) }, fault.ChainProof},
		{"signed by another log", func(p *AuditProof) {
			p.Checkpoint = signCheckpoint(t, "other.test/log", key, "other.test/log\n11\n"+b64+"\n")
		}, fault.ChainProof},
		{"origin of another log", signed("other.test/log\n11\n" + b64 + "\n"), fault.ChainProof},
		{"size spelled with a zero", signed(auditName + "\n011\n" + b64 + "\n"), fault.ChainProof},
		{"size spelled with a sign", signed(auditName + "\n+11\n" + b64 + "\n"), fault.ChainProof},
		{"size too large", signed(auditName + "\n18446744073709551615\n" + b64 + "\n"), fault.ChainProof},
		{"short root", signed(auditName + "\n11\nAAAA\n"), fault.ChainProof},
		{"root without its end", signed(auditName + "\n11\n" + strings.TrimRight(b64, "=") + "\n"), fault.ChainProof},
		{"two lines", signed(auditName + "\n11\n"), fault.ChainProof},
		{"one line", signed(auditName + "\n"), fault.ChainProof},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := AuditProof{Index: 6, Size: 11, Path: wire.MerklePath(leaves, 6), Checkpoint: signCheckpoint(t, auditName, key, text)}
			tt.edit(&p)
			if err := p.Check(auditName, pub, []byte("record 6")); fault.Of(err) != tt.want {
				t.Errorf("Check = %v, want %q", err, tt.want)
			}
		})
	}
	p := AuditProof{Index: 6, Size: 11, Path: wire.MerklePath(leaves, 6), Checkpoint: signCheckpoint(t, auditName, key, text)}
	for name, err := range map[string]error{
		"another record": p.Check(auditName, pub, []byte("record 7")),
		"another name":   p.Check("other.test/log", pub, []byte("record 6")),
		"another key":    p.Check(auditName, auditKey("o").Public().(ed25519.PublicKey), []byte("record 6")),
		"no key":         p.Check(auditName, nil, []byte("record 6")),
		"no name":        p.Check("", pub, []byte("record 6")),
	} {
		if fault.Of(err) != fault.ChainProof {
			t.Errorf("%s: %v, want CHAIN_PROOF", name, err)
		}
	}
	for name, signed := range map[string][]byte{
		"origin of another log":    signCheckpoint(t, auditName, key, "other.test/log\n11\n"+b64+"\n"),
		"a size with a zero first": signCheckpoint(t, auditName, key, auditName+"\n011\n"+b64+"\n"),
	} {
		if size, _, err := OpenCheckpoint(auditName, pub, signed); fault.Of(err) != fault.ChainProof || size != 0 {
			t.Errorf("open a checkpoint with %s: size %d, %v, want CHAIN_PROOF", name, size, err)
		}
	}
	if size, got, err := OpenCheckpoint(auditName, pub, p.Checkpoint); err != nil || size != 11 || got != root {
		t.Errorf("twin: size %d, root %s, %v", size, got.Short(), err)
	}
}

func FuzzAuditProofCheck(f *testing.F) {
	key := auditKey("k")
	pub := key.Public().(ed25519.PublicKey)
	leaves := []wire.Digest{wire.LeafHash([]byte("a")), wire.LeafHash([]byte("b")), wire.LeafHash([]byte("c"))}
	root := wire.MerkleRoot(leaves)
	good := signCheckpoint(f, auditName, key, auditName+"\n3\n"+base64.StdEncoding.EncodeToString(root[:])+"\n")
	path := wire.MerklePath(leaves, 1)
	f.Add(uint64(1), uint64(3), append(path[0][:], path[1][:]...), good, []byte("b"))
	f.Fuzz(func(t *testing.T, index, size uint64, path, checkpoint, record []byte) {
		p := AuditProof{Index: index, Size: size, Checkpoint: checkpoint}
		for ; len(path) >= 32; path = path[32:] {
			p.Path = append(p.Path, wire.Digest(path[:32]))
		}
		err := p.Check(auditName, pub, record)
		if err == nil && (size != 3 || index > 2 || string(record) != string("abc"[index])) {
			t.Fatalf("accepted %q at %d of %d", record, index, size)
		}
		if err != nil && fault.Of(err) != fault.ChainProof {
			t.Fatalf("%v, want CHAIN_PROOF", err)
		}
	})
}

// FuzzCheckpoint: even the log itself has one spelling of a tree, whatever
// lines follow.
func FuzzCheckpoint(f *testing.F) {
	log := auditKey("k")
	pub := log.Public().(ed25519.PublicKey)
	root := wire.Sum([]byte("tree"))
	good := auditName + "\n3\n" + base64.StdEncoding.EncodeToString(root[:]) + "\n"
	f.Add(good)
	f.Add(good + "more\n")
	f.Add(strings.Replace(good, "3", "03", 1))
	f.Fuzz(func(t *testing.T, text string) {
		size, root, err := parseCheckpoint(auditName, text)
		if err != nil {
			return
		}
		if want := fmt.Sprintf("%s\n%d\n%s\n", auditName, size, base64.StdEncoding.EncodeToString(root[:])); !strings.HasPrefix(text, want) || size > math.MaxInt64 {
			t.Fatalf("%q is read as %q", text, want)
		}
		// Nobody but the log signs it.
		if _, _, err := OpenCheckpoint(auditName, pub, []byte(text)); fault.Of(err) != fault.ChainProof {
			t.Fatalf("%q is taken as signed: %v", text, err)
		}
	})
}
