package wire

import (
	"encoding/hex"
	"testing"

	"tacit/fault"
)

func TestForeignCBORIsReadStrictly(t *testing.T) {
	type pair struct {
		A int    `cbor:"a"`
		B []byte `cbor:"b"`
	}
	for _, tt := range []struct {
		name, hex string
		want      fault.Code
	}{
		{"twin: keys in order", "a2616101616241ff", ""},
		{"twin: keys in another order", "a2616241ff616101", ""},
		{"twin: no bytes", "a261610161 62f6", ""},
		{"a key twice", "a26161016161 02", fault.APIField},
		{"an unknown field", "a1616301", fault.APIField},
		{"twin: a map of unknown length", "bf616101616241ffff", ""},
		{"a map without its end", "bf616101616241ff", fault.APIField},
		{"a tag", "c6a2616101616241ff", fault.APIField},
		{"a byte too many", "a261610161624 1ff00", fault.APIField},
		{"cut short", "a26161016162", fault.APIField},
		{"another type", "a2616140616241ff", fault.APIField},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var text []byte
			for _, c := range []byte(tt.hex) {
				if c != ' ' {
					text = append(text, c)
				}
			}
			b, err := hex.DecodeString(string(text))
			if err != nil {
				t.Fatal(err)
			}
			var v pair
			if err := DecodeForeign(b, &v); fault.Of(err) != tt.want && !(err == nil && tt.want == "") {
				t.Errorf("DecodeForeign = %v, want %q", err, tt.want)
			}
		})
	}
	b, err := EncodeForeign(pair{1, []byte{0xff}})
	if err != nil || hex.EncodeToString(b) != "a2616101616241ff" {
		t.Errorf("EncodeForeign = %x, %v", b, err)
	}
	if _, err := EncodeForeign(func() {}); fault.Of(err) != fault.APIField {
		t.Errorf("what has no encoding: %v", err)
	}
}
