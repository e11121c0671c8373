package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"tacit/fault"
)

var update = flag.Bool("update", false, "rewrite the golden vectors")

type inner struct {
	Name string   `cbor:"1,keyasint"`
	Tags []string `cbor:"2,keyasint"`
}

type message struct {
	ID     Digest  `cbor:"1,keyasint"`
	Amount uint64  `cbor:"2,keyasint"`
	Small  uint8   `cbor:"3,keyasint"`
	Signed int64   `cbor:"4,keyasint"`
	Open   bool    `cbor:"5,keyasint"`
	Data   []byte  `cbor:"6,keyasint"`
	List   []inner `cbor:"7,keyasint"`
	Maybe  *inner  `cbor:"24,keyasint"`
}

func sample() message {
	return message{
		ID: Sum([]byte("id")), Amount: 1 << 40, Small: 24, Signed: -7, Open: true, Data: []byte{1, 2},
		List: []inner{{"a", []string{"x", "y"}}, {"b", nil}}, Maybe: &inner{Name: "m"},
	}
}

const testLabel = "tacit/test"

// case N80 code API_FIELD check wire/cbor.go:match
func TestN80OneEncodingOnly(t *testing.T) {
	// Bodies of {1: uint64, 2: text} in diagnostic notation.
	type pair struct {
		Amount uint64 `cbor:"1,keyasint"`
		Name   string `cbor:"2,keyasint"`
	}
	for _, tt := range []struct {
		name, body string
		want       fault.Code
		says       string
	}{
		{"twin: {1: 5, 2: \"a\"}", "a2 01 05 02 61 61", "", ""},
		{"twin: greatest amount", "a2 01 1bffffffffffffffff 02 60", "", ""},
		{"unknown field", "a3 01 05 02 61 61 03 00", fault.APIField, "number 3"},
		{"unknown field instead", "a2 01 05 03 61 61", fault.APIField, "number 3"},
		{"missing first field", "a1 02 61 61", fault.APIField, "Amount: missing"},
		{"missing last field", "a1 01 05", fault.APIField, "Name: missing"},
		{"no fields", "a0", fault.APIField, "Amount: missing"},
		{"repeated field", "a3 01 05 01 05 02 61 61", fault.APIField, "Amount: repeated"},
		{"repeated with another value", "a2 01 05 01 06", fault.APIField, "Amount: repeated"},
		{"fields in another order", "a2 02 61 61 01 05", fault.APIField, "Amount: missing"},
		{"text for a number", "a2 01 61 35 02 61 61", fault.APIField, "Amount"},
		{"number for text", "a2 01 05 02 05", fault.APIField, "Name"},
		{"bytes for text", "a2 01 05 02 41 61", fault.APIField, "Name"},
		{"negative amount", "a2 01 24 02 61 61", fault.APIField, "Amount"},
		{"overflowing amount (bignum)", "a2 01 c2 49 010000000000000000 02 61 61", fault.APIField, ""},
		{"float for a number", "a2 01 f9 4500 02 61 61", fault.APIField, "Amount"},
		{"NaN", "a2 01 f9 7e00 02 61 61", fault.APIField, ""},
		{"infinity", "a2 01 f9 7c00 02 61 61", fault.APIField, ""},
		{"null for a number", "a2 01 f6 02 61 61", fault.APIField, "Amount"},
		{"undefined for a number", "a2 01 f7 02 61 61", fault.APIField, "Amount"},
		{"number in 1 byte more", "a2 01 1805 02 61 61", fault.APIField, "shortest"},
		{"number in 8 bytes more", "a2 01 1b0000000000000005 02 61 61", fault.APIField, "shortest"},
		{"256 in 4 bytes", "a2 01 1a00000100 02 61 61", fault.APIField, "shortest"},
		{"key in 1 byte more", "a2 1801 05 02 61 61", fault.APIField, "shortest"},
		{"text length in 1 byte more", "a2 01 05 02 7801 61", fault.APIField, "shortest"},
		{"map length in 1 byte more", "b802 01 05 02 61 61", fault.APIField, "shortest"},
		{"map of indefinite length", "bf 01 05 02 61 61 ff", fault.APIField, ""},
		{"text of indefinite length", "a2 01 05 02 7f 61 61 ff", fault.APIField, ""},
		{"tagged number", "a2 01 c1 05 02 61 61", fault.APIField, ""},
		{"tagged message", "d9d9f7 a2 01 05 02 61 61", fault.APIField, ""},
		{"text keys", "a2 61 31 05 61 32 61 61", fault.APIField, ""},
		{"array for the map", "82 05 61 61", fault.APIField, ""},
		{"text that is not UTF-8", "a2 01 05 02 61 ff", fault.APIField, ""},
		{"byte too many", "a2 01 05 02 61 61 00", fault.APIField, ""},
		{"message twice", "a2 01 05 02 61 61 a2 01 05 02 61 61", fault.APIField, ""},
		{"byte too few", "a2 01 05 02 61", fault.APIField, ""},
		{"nothing", "", fault.APIField, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body, err := hex.DecodeString(strings.ReplaceAll(tt.body, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			var p pair
			err = Unmarshal(testLabel, append(prefix(testLabel), body...), &p)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Unmarshal = %v, want %q", err, tt.want)
			}
			if tt.says != "" && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Unmarshal = %v, want it to name %q", err, tt.says)
			}
		})
	}
}

// case N80 code API_FIELD check wire/cbor.go:again
func TestN80OneEncodingOfFreeForms(t *testing.T) {
	// What a type leaves open is judged by encoding it again.
	type free struct {
		Any any `cbor:"1,keyasint"`
	}
	for _, tt := range []struct {
		name, body string
		want       fault.Code
	}{
		{"twin: a number", "a1 01 05", ""},
		{"a number in 1 byte more", "a1 01 1805", fault.APIField},
		{"a list whose length is 1 byte more", "a1 01 980105", fault.APIField},
		{"twin: a map", "a1 01 a2 01 00 02 00", ""},
		{"a map in another order", "a1 01 a2 02 00 01 00", fault.APIField},
		{"a map with a repeated key", "a1 01 a2 01 00 01 00", fault.APIField},
		{"NaN", "a1 01 f97e00", fault.APIField},
		{"infinity", "a1 01 f97c00", fault.APIField},
		{"a float that is longer than it must be", "a1 01 fb3ff8000000000000", fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body, err := hex.DecodeString(strings.ReplaceAll(tt.body, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			var f free
			if got := fault.Of(Unmarshal(testLabel, append(prefix(testLabel), body...), &f)); got != tt.want {
				t.Errorf("Unmarshal = %q, want %q", got, tt.want)
			}
		})
	}
}

// case N80 code API_FIELD check wire/cbor.go:label
func TestN80AnotherLabel(t *testing.T) {
	b, err := Marshal(testLabel, sample())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, label string
		want        fault.Code
	}{
		{"twin: its own", testLabel, ""},
		{"longer", testLabel + "s", fault.APIField},
		{"shorter", testLabel[:9], fault.APIField},
		{"another", "tacit/tess", fault.APIField},
		{"none", "", fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var m message
			if got := fault.Of(Unmarshal(tt.label, b, &m)); got != tt.want {
				t.Errorf("Unmarshal = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMessageRoundTrip(t *testing.T) {
	for _, m := range []message{{}, sample(), {List: []inner{}, Data: []byte{}}} {
		b, err := Marshal(testLabel, m)
		if err != nil {
			t.Fatal(err)
		}
		var back message
		if err := Unmarshal(testLabel, b, &back); err != nil {
			t.Fatal(err)
		}
		again, err := Marshal(testLabel, back)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("round trip of %+v: %x, then %x, %v", m, b, again, err)
		}
	}
	if _, err := Marshal(testLabel, math.NaN()); fault.Of(err) != fault.APIField {
		t.Errorf("Marshal of NaN = %v, want API_FIELD", err)
	}
	if _, err := Marshal(testLabel, map[string]float64{"x": math.Inf(1)}); fault.Of(err) != fault.APIField {
		t.Errorf("Marshal of infinity = %v, want API_FIELD", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("Hash of an unencodable value returns")
		}
	}()
	Hash(testLabel, math.NaN())
}

type golden struct {
	Name  string `json:"name"`
	Bytes string `json:"bytes"`
	Hash  string `json:"hash"`
}

// case N81 code API_FIELD check wire/cbor.go:prefix twin TestMessageRoundTrip
func TestN81SameConcatenationOtherHash(t *testing.T) {
	type two struct {
		A string `cbor:"1,keyasint"`
		B string `cbor:"2,keyasint"`
	}
	type list struct {
		L []string `cbor:"1,keyasint"`
	}
	words := func(parts ...string) Digest {
		w := new(Words)
		for _, p := range parts {
			w.String(p)
		}
		return w.Hash()
	}
	vectors := []golden{}
	hashes := map[Digest]string{}
	add := func(name string, b []byte, h Digest) {
		vectors = append(vectors, golden{name, hex.EncodeToString(b), h.String()})
		if other, ok := hashes[h]; ok {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		hashes[h] = name
	}
	for _, c := range []struct {
		name, label string
		v           any
	}{
		{"ab|c", "tacit/golden", two{"ab", "c"}},
		{"a|bc", "tacit/golden", two{"a", "bc"}},
		{"|abc", "tacit/golden", two{"", "abc"}},
		{"abc|", "tacit/golden", two{"abc", ""}},
		{"list ab, c", "tacit/golden", list{[]string{"ab", "c"}}},
		{"list a, bc", "tacit/golden", list{[]string{"a", "bc"}}},
		{"list abc", "tacit/golden", list{[]string{"abc"}}},
		{"list abc and nothing", "tacit/golden", list{[]string{"abc", ""}}},
		{"ab|c under another label", "tacit/golden2", two{"ab", "c"}},
		{"every kind of field", "tacit/golden", sample()},
	} {
		b, err := Marshal(c.label, c.v)
		if err != nil {
			t.Fatal(err)
		}
		add(c.name, b, Hash(c.label, c.v))
	}
	for _, parts := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}} {
		add(fmt.Sprintf("typed data %q", parts), nil, words(parts...))
	}
	out, err := json.MarshalIndent(vectors, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	out = append(out, '\n')
	if *update {
		if err := os.WriteFile("testdata/golden.json", out, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, want) {
		t.Errorf("the encodings are not those of testdata/golden.json:\n%s", out)
	}
}

// case N85 code API_SIZE check wire/cbor.go:size
func TestN85OversizeAndDepth(t *testing.T) {
	type deep struct {
		Any any `cbor:"1,keyasint"`
	}
	type blob struct {
		B []byte `cbor:"1,keyasint"`
	}
	type wide struct { // 4 KiB from one byte, were an empty map enough
		Many [64]Digest `cbor:"1,keyasint"`
		More [64]Digest `cbor:"2,keyasint"`
	}
	type bomb struct {
		List []wide `cbor:"1,keyasint"`
	}
	head := func(body ...byte) []byte { return append(prefix(testLabel), body...) }
	nest := func(n int) []byte {
		return append(append(head(0xa1, 0x01), bytes.Repeat([]byte{0x81}, n)...), 0x00)
	}
	fill := func(n int) []byte {
		b, err := modes.enc.Marshal(blob{make([]byte, n)})
		if err != nil {
			t.Fatal(err)
		}
		return head(b...)
	}
	overhead := len(fill(MaxMessage)) - len(head()) - MaxMessage
	huge := make([]byte, 1<<30) // never touched, so it takes no memory
	copy(huge, head(0xa1, 0x01, 0x5a, 0x3f, 0xff, 0xff, 0x00))
	for _, tt := range []struct {
		name string
		data []byte
		into any
		want fault.Code
	}{
		{"twin: 15 levels", nest(14), &deep{}, ""},
		{"10,000 levels", nest(10_000), &deep{}, fault.APISize},
		{"10,000 levels where a list of bytes is due", nest(10_000), &blob{}, fault.APISize},
		{"twin: the largest message", fill(MaxMessage - overhead), &blob{}, ""},
		{"a large message more", fill(MaxMessage + 100), &blob{}, fault.APISize},
		{"1 GiB", huge, &blob{}, fault.APISize},
		{"bytes that claim 4 GiB", head(0xa1, 0x01, 0x5a, 0xff, 0xff, 0xff, 0xff), &blob{}, fault.APIField},
		{"bytes that claim 2^63", head(0xa1, 0x01, 0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), &blob{}, fault.APIField},
		{"list that claims 2^31 elements", head(0xa1, 0x01, 0x9a, 0x7f, 0xff, 0xff, 0xff), &bomb{}, fault.APISize},
		{"list that claims 2^17 elements", head(0xa1, 0x01, 0x9a, 0x00, 0x02, 0x00, 0x00), &bomb{}, fault.APIField},
		{"100,000 empty maps for large structs", append(head(0xa1, 0x01, 0x9a, 0x00, 0x01, 0x86, 0xa0), bytes.Repeat([]byte{0xa0}, 100_000)...), &bomb{}, fault.APIField},
		{"100,000 nulls for large structs", append(head(0xa1, 0x01, 0x9a, 0x00, 0x01, 0x86, 0xa0), bytes.Repeat([]byte{0xf6}, 100_000)...), &bomb{}, fault.APIField},
		{"map that claims 2^31 pairs", head(0xba, 0x7f, 0xff, 0xff, 0xff), &bomb{}, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := Unmarshal(testLabel, tt.data, tt.into)
			runtime.ReadMemStats(&after)
			if got := fault.Of(err); got != tt.want {
				t.Fatalf("Unmarshal = %v, want %q", err, tt.want)
			}
			if extra := after.TotalAlloc - before.TotalAlloc; err != nil && extra > 16<<20 {
				t.Errorf("refusing took %d bytes", extra)
			}
		})
	}
	if _, err := Marshal(testLabel, blob{make([]byte, MaxMessage+1)}); fault.Of(err) != fault.APISize {
		t.Errorf("Marshal above the limit = %v, want API_SIZE", err)
	}
}

func TestDigestAndAddressText(t *testing.T) {
	d := Sum([]byte("x"))
	a := Address(d[:20])
	text, err := d.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var back Digest
	if err := back.UnmarshalText(text); err != nil || back != d {
		t.Errorf("digest round trip = %s, %v", back, err)
	}
	if err := back.UnmarshalText([]byte(d.String())); err != nil || back != d {
		t.Errorf("digest without 0x = %s, %v", back, err)
	}
	var backA Address
	if err := backA.UnmarshalText([]byte(a.String())); err != nil || backA != a {
		t.Errorf("address round trip = %s, %v", backA, err)
	}
	for _, bad := range []string{"", "0x", "0x00", string(text) + "00", string(text) + " ", "0x0x" + d.String()[2:], strings.Repeat("g", 64)} {
		if back.UnmarshalText([]byte(bad)) == nil || backA.UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if !(Digest{}).IsZero() || d.IsZero() || !(Address{}).IsZero() || a.IsZero() || d.Short() != d.String()[:8] {
		t.Error("IsZero or Short")
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, m := range []message{{}, sample()} {
		b, err := Marshal(testLabel, m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(slices.Concat(b, b))
	}
	f.Add(append(prefix(testLabel), 0xa0))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m message
		if err := Unmarshal(testLabel, data, &m); err != nil {
			if c := fault.Of(err); c != fault.APIField && c != fault.APISize {
				t.Fatalf("Unmarshal = %v", err)
			}
			return
		}
		again, err := Marshal(testLabel, m)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("accepted %x, which encodes as %x (%v)", data, again, err)
		}
	})
}

func BenchmarkUnmarshal(b *testing.B) {
	data, err := Marshal(testLabel, sample())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var m message
		if err := Unmarshal(testLabel, data, &m); err != nil {
			b.Fatal(err)
		}
	}
}
