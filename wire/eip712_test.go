package wire

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"
)

// The Mail example of EIP-712 itself.
func TestMailExampleOfEIP712(t *testing.T) {
	address := func(s string) (a Address) {
		t.Helper()
		if err := a.UnmarshalText([]byte(s)); err != nil {
			t.Fatal(err)
		}
		return a
	}
	const person, mail = "Person(string name,address wallet)", "Mail(Person from,Person to,string contents)"
	domain := Typed("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)").
		String("Ether Mail").String("1").Uint(1).Address(address("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC")).Hash()
	from := Typed(person).String("Cow").Address(address("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826")).Hash()
	to := Typed(person).String("Bob").Address(address("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")).Hash()
	message := Typed(mail + person).Digest(from).Digest(to).String("Hello, Bob!").Hash()
	for _, tt := range []struct {
		name string
		got  Digest
		want string
	}{
		{"type of Mail", Keccak([]byte(mail + person)), "a0cedeb2dc280ba39b857546d74f5549c3a1d7bdc2dd96bf881f76108e23dac2"},
		{"domain", domain, "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"},
		{"message", message, "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e"},
		{"digest", Sign712(domain, message), "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"},
		{"Keccak of nothing", Keccak(), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
		{"empty array", Array(nil), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"},
	} {
		if tt.got.String() != tt.want {
			t.Errorf("%s = %s, want %s", tt.name, tt.got, tt.want)
		}
	}
}

func TestDomainsDiffer(t *testing.T) {
	one, g := Address{1}, Sum([]byte("genesis"))
	base := Domain(1, one, g)
	for name, d := range map[string]Digest{
		"chain": Domain(2, one, g), "contract": Domain(1, Address{2}, g), "genesis": Domain(1, one, Digest{}),
	} {
		if d == base {
			t.Errorf("networks of another %s have the same domain", name)
		}
	}
}

func TestWordsAre32Bytes(t *testing.T) {
	w := new(Words).Uint(1<<64 - 1).Bool(true).Bool(false).Address(Address{0xaa})
	want := "000000000000000000000000000000000000000000000000ffffffffffffffff" +
		"0000000000000000000000000000000000000000000000000000000000000001" +
		"0000000000000000000000000000000000000000000000000000000000000000" +
		"000000000000000000000000aa00000000000000000000000000000000000000"
	if got := hex.EncodeToString(w.buf); got != want {
		t.Errorf("words = %s", got)
	}
	h := w.Hash()
	if w.Leaf() != Keccak(h[:]) {
		t.Error("a leaf is not the hash of the hash")
	}
}

func TestPairTree(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	leaves := func(n int) []Digest {
		l := make([]Digest, n)
		for i := range l {
			l[i] = new(Words).Uint(rng.Uint64()).Uint(uint64(i)).Leaf()
		}
		return l
	}
	if !PairRoot(nil).IsZero() || VerifyPair(Digest{}, nil, Digest{}) {
		t.Error("an empty tree contains something")
	}
	for n := 1; n <= 70; n++ {
		l := leaves(n)
		root := PairRoot(l)
		foreign := leaves(1)[0]
		for i := range l {
			path := PairPath(l, i)
			if !VerifyPair(l[i], path, root) {
				t.Fatalf("leaf %d of %d: its path does not lead to the root", i, n)
			}
			if VerifyPair(foreign, path, root) {
				t.Fatalf("leaf %d of %d: a foreign leaf has its path", i, n)
			}
			if n > 1 && VerifyPair(root, nil, l[i]) {
				t.Fatalf("leaf %d of %d is the root", i, n)
			}
			if VerifyPair(l[i], append(path, Digest{}), root) {
				t.Fatalf("leaf %d of %d: a longer path leads to the root", i, n)
			}
			if len(path) > 0 {
				if VerifyPair(l[i], path[1:], root) || VerifyPair(l[i], path[:len(path)-1], root) {
					t.Fatalf("leaf %d of %d: a shorter path leads to the root", i, n)
				}
				path[rng.IntN(len(path))][rng.IntN(32)] ^= 1
				if VerifyPair(l[i], path, root) {
					t.Fatalf("leaf %d of %d: a changed path leads to the root", i, n)
				}
			}
			l[i][0] ^= 1
			if PairRoot(l) == root {
				t.Fatalf("leaf %d of %d does not count", i, n)
			}
			l[i][0] ^= 1
		}
	}
	long := make([]Digest, 65)
	root := Sum([]byte("leaf"))
	for _, p := range long {
		root = pair(root, p)
	}
	if VerifyPair(Sum([]byte("leaf")), long, root) {
		t.Error("a path of 65 is taken")
	}
	one := Sum([]byte("leaf"))
	for _, p := range long[:64] {
		one = pair(one, p)
	}
	if !VerifyPair(Sum([]byte("leaf")), long[:64], one) {
		t.Error("a path of 64 is refused")
	}
}

// An inner node is no leaf, because leaves are hashed twice from their words:
// a node's two halves are 64 bytes and their hash is never hashed again.
func TestPairNodeIsNoLeaf(t *testing.T) {
	l := []Digest{new(Words).Uint(1).Leaf(), new(Words).Uint(2).Leaf(), new(Words).Uint(3).Leaf(), new(Words).Uint(4).Leaf()}
	root := PairRoot(l)
	a, b := l[0], l[1]
	if pair(a, b) == new(Words).Digest(a).Digest(b).Leaf() || pair(a, b) == new(Words).Digest(b).Digest(a).Leaf() {
		t.Error("words of two digests have a leaf that is an inner node")
	}
	if !VerifyPair(pair(a, b), []Digest{pair(l[2], l[3])}, root) {
		t.Error("the tree is not built of pairs")
	}
}
