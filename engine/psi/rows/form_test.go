package rows

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"tacit/fault"
)

var all = Rules{Trim: true, Spaces: true, Unicode: "nfkc", Fold: true}

func formed(t interface{ Fatalf(string, ...any) }, r Rules, id string) string {
	f := newFormer(r)
	if f == nil {
		return id
	}
	out, ok := f.form([]byte(id))
	if !ok {
		t.Fatalf("%q does not come to rest under %+v", id, r)
	}
	return string(out)
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name     string
		rules    Rules
		id, want string
	}{
		{"none", Rules{}, " A ", " A "},
		{"trim", Rules{Trim: true}, "\t A  b\r\n ", "A  b"},
		{"trim, white space of Unicode", Rules{Trim: true}, "\u00a0\u2003é\u3000", "é"},
		{"trim to nothing", Rules{Trim: true}, " \t ", ""},
		{"spaces", Rules{Spaces: true}, "  a\t\n b ", " a b "},
		{"spaces, white space of Unicode", Rules{Spaces: true}, "é\u00a0\u2003b", "é b"},
		{"fold", Rules{Fold: true}, "ABC@XYZ.[\\]^_`{|}~019", "abc@xyz.[\\]^_`{|}~019"},
		{"fold, in full", Rules{Fold: true}, "STRAẞE Straße", "strasse strasse"},
		{"fold, the last sigma", Rules{Fold: true}, "ΟΔΥΣΣΕΥΣ Οδυσσευς", "οδυσσευσ οδυσσευσ"},
		{"fold, the dotted I", Rules{Fold: true}, "İ", "i̇"},
		{"fold, Cherokee is of capitals", Rules{Fold: true}, "xᎠꭰᏸᏰX", "xᎠᎠᏰᏰx"},
		{"nfc", Rules{Unicode: "nfc"}, "e\u0301 ﬁ", "é ﬁ"},
		{"nfkc", Rules{Unicode: "nfkc"}, "ｅ\u0301ﬁ①", "éfi1"},
		{"nfkc leaves white space, which goes", Rules{Trim: true, Unicode: "nfkc"}, "¨x", "\u0308x"},
		{"twin: nfkc leaves white space", Rules{Unicode: "nfkc"}, "¨x", " \u0308x"},
		{"fold decomposes, which is composed again", Rules{Unicode: "nfc", Fold: true}, "\u01f0 J\u030c", "\u01f0 \u01f0"},
		{"all", all, "  Ｊosé\u3000 MÜLLER\u00a0", "josé müller"},
		{"fullwidth becomes ASCII", all, "ＡＢＣ＠Ｘ", "abc@x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := formed(t, c.rules, c.id); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" {
				return
			}
			got, err := read("id\n\""+strings.ReplaceAll(c.id, "\"", "\"\"")+"\"\n", byID, c.rules, plenty)
			if err != nil || ids(got)[0] != c.want {
				t.Errorf("out of a file: %v", err)
			}
		})
	}
}

func TestLowerIsOnlyOfASCIICapitals(t *testing.T) {
	for at := range 20 {
		for c := range 256 {
			b := []byte(strings.Repeat("\x81", 20))
			b[at] = byte(c)
			want := append([]byte{}, b...)
			if c >= 'A' && c <= 'Z' {
				want[at] = byte(c) + 32
			}
			if lower(b); string(b) != string(want) {
				t.Fatalf("%d at %d", c, at)
			}
		}
	}
}

func TestAnIDIsEmptyAfterRules(t *testing.T) {
	_, err := read("id,v\n  \t ,"+marker+"\n", byID, Rules{Trim: true}, plenty)
	refused(t, err, fault.PSIRow)
	if _, err := read("id,v\n  \t ,1\n", byID, Rules{}, plenty); err != nil {
		t.Errorf("twin: without rules: %v", err)
	}
}

func TestAnIDGrowsPastTheLimit(t *testing.T) {
	_, err := read("id,v\nﷺ,"+marker+"\n", byID, Rules{Unicode: "nfkc"}, Limits{10, 1 << 20, 32})
	refused(t, err, fault.PSISize)
	if _, err := read("id\nﷺ\n", byID, Rules{Unicode: "nfkc"}, Limits{10, 1 << 20, 33}); err != nil {
		t.Errorf("twin: %v", err)
	}
}

// Twice is once, whatever the rules, and what two spellings of a text become is the same.
func idempotent(t interface{ Fatalf(string, ...any) }, r Rules, id string) {
	if !utf8.ValidString(id) {
		return
	}
	once := formed(t, r, id)
	if !utf8.ValidString(once) {
		t.Fatalf("%q becomes %q under %+v", id, once, r)
	}
	if twice := formed(t, r, once); twice != once {
		t.Fatalf("%q becomes %q and then %q under %+v", id, once, twice, r)
	}
	// The fast path of ASCII is no other path.
	if f := newFormer(r); f != nil && isASCII([]byte(id)) {
		if slow := string(f.once(nil, []byte(id))); slow != once {
			t.Fatalf("%q becomes %q, and %q on the long way", id, once, slow)
		}
	}
}

func rulesOf(bits byte) Rules {
	return Rules{Trim: bits&1 != 0, Spaces: bits&2 != 0, Unicode: []string{"", "nfc", "nfkc", ""}[bits>>2&3], Fold: bits&16 != 0}
}

func TestRulesAppliedTwice(t *testing.T) {
	for bits := range byte(32) {
		most := rune(0x600)
		if rules := rulesOf(bits); rules == all || rules == (Rules{Fold: true}) {
			most = 0x1ffff
		}
		for r := rune(0); r <= most; r++ {
			if utf8.ValidRune(r) {
				idempotent(t, rulesOf(bits), "a"+string(r)+"b")
				idempotent(t, rulesOf(bits), string(r)+"\u0301")
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		idempotent(t, rulesOf(rapid.Byte().Draw(t, "rules")), rapid.String().Draw(t, "id"))
	})
}

// FuzzRules: rules applied twice are rules applied once, and ASCII takes no other way.
func FuzzRules(f *testing.F) {
	for _, s := range []string{"A b", " ｅ\u0301ﬁ①¨ ", "ǰ J̌ ẞ İ ᾀ", "a\u0345\u0301", strings.Repeat("\u0300", 40)} {
		for _, r := range []byte{0xff, 0x1b, 0x17, 0x10} {
			f.Add(r, s)
		}
	}
	f.Fuzz(func(t *testing.T, bits byte, id string) { idempotent(t, rulesOf(bits), id) })
}

func TestIsText(t *testing.T) {
	for n := range 20 {
		b := []byte(strings.Repeat("x", n))
		if !isText(b) {
			t.Fatalf("%d letters are no text", n)
		}
		for at := range n {
			for c := range 256 {
				b[at] = byte(c)
				if got, want := isText(b), c > 0 && c < 0x80; got != want {
					t.Fatalf("%d letters, %d at %d: %v", n, c, at, got)
				}
			}
			b[at] = 'x'
		}
		if s := string(b) + "é" + string(b); !isText([]byte(s)) || isText([]byte(s+"\x00")) || isText([]byte(s+"\xc3")) {
			t.Fatalf("%q", s)
		}
	}
}
