package rows

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// mostRounds bounds how often rules are applied until nothing changes. Three are enough
// for all that is known.
const mostRounds = 16

// A former brings ids into one form.
type former struct {
	rules   Rules
	norm    norm.Form
	fold    cases.Caser
	a, b, c []byte
}

// newFormer returns nil if there are no rules.
func newFormer(r Rules) *former {
	if r == (Rules{}) {
		return nil
	}
	f := &former{rules: r, norm: norm.NFC, fold: cases.Fold()}
	if r.Unicode == "nfkc" {
		f.norm = norm.NFKC
	}
	return f
}

// form applies the rules to an id of UTF-8. It may change the id; what it returns is part
// of it or good until the next call. It is false for what does not come to rest.
func (f *former) form(id []byte) ([]byte, bool) {
	if isASCII(id) {
		return f.ascii(id), true
	}
	was := id
	for range mostRounds {
		is := f.once(f.a[:0], was)
		if bytes.Equal(is, was) {
			return is, true
		}
		f.a, f.b = f.b, is
		was = is
	}
	return nil, false
}

// ascii applies the rules in place: no form of Unicode changes ASCII, and what they leave
// here they leave again.
func (f *former) ascii(id []byte) []byte {
	spaced := (f.rules.Trim || f.rules.Spaces) && hasSpace(id)
	if spaced && f.rules.Trim {
		from, to := 0, len(id)
		for from < to && isSpace(id[from]) {
			from++
		}
		for from < to && isSpace(id[to-1]) {
			to--
		}
		id = id[from:to]
	}
	if spaced && f.rules.Spaces {
		id = oneBlank(id)
	}
	if f.rules.Fold {
		lower(id)
	}
	return id
}

// once appends to dst what one application of the rules makes of id.
func (f *former) once(dst, id []byte) []byte {
	if f.rules.Trim {
		id = bytes.TrimSpace(id)
	}
	if f.rules.Spaces {
		f.c = f.c[:0]
		blank := false
		for i := 0; i < len(id); {
			r, n := utf8.DecodeRune(id[i:])
			if space := unicode.IsSpace(r); !space {
				f.c = append(f.c, id[i:i+n]...)
				blank = false
			} else if !blank {
				f.c = append(f.c, ' ')
				blank = true
			}
			i += n
		}
		id = f.c
	}
	from := len(dst)
	if f.rules.Unicode != "" {
		dst = f.norm.Append(dst, id...)
	} else {
		dst = append(dst, id...)
	}
	if f.rules.Fold {
		dst = f.folded(dst, from)
		if f.rules.Unicode != "" && !f.norm.IsNormal(dst[from:]) {
			f.c = f.norm.Append(f.c[:0], dst[from:]...)
			dst = append(dst[:from], f.c...)
		}
	}
	return dst
}

// folded folds what stands behind from. The capitals of Cherokee are what its small letters
// fold to, since they were there first; the library has it that way and back again.
func (f *former) folded(dst []byte, from int) []byte {
	text := dst[from:]
	f.c = f.c[:0]
	for len(text) > 0 {
		i := bytes.IndexFunc(text, func(r rune) bool { return cherokee(r) != 0 })
		if i < 0 {
			i = len(text)
		}
		if i > 0 {
			f.c = append(f.c, f.fold.Bytes(text[:i])...)
			text = text[i:]
			continue
		}
		r, n := utf8.DecodeRune(text)
		f.c = utf8.AppendRune(f.c, cherokee(r))
		text = text[n:]
	}
	return append(dst[:from], f.c...)
}

// cherokee is what a letter of Cherokee folds to, or 0.
func cherokee(r rune) rune {
	switch {
	case r >= 0x13a0 && r <= 0x13f5:
		return r
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	}
	return 0
}

// isSpace reports white space of ASCII.
func isSpace(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

// oneBlank makes one blank of each run of white space, in place.
func oneBlank(id []byte) []byte {
	to, blank := 0, false
	for _, c := range id {
		if space := isSpace(c); space {
			if blank {
				continue
			}
			c, blank = ' ', true
		} else {
			blank = false
		}
		id[to] = c
		to++
	}
	return id[:to]
}

const (
	tops = 0x8080808080808080
	ones = 0x0101010101010101
)

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&tops != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// hasSpace reports a blank or less in ASCII: what may be white space.
func hasSpace(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if (binary.LittleEndian.Uint64(b)+(0x80-'!')*ones)&tops != tops {
			return true
		}
	}
	for _, c := range b {
		if c <= ' ' {
			return true
		}
	}
	return false
}

// lower makes small letters of ASCII's capitals, eight at a time.
func lower(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		x := binary.LittleEndian.Uint64(b)
		capital := (x + (0x80-'A')*ones) &^ (x + (0x7f-'Z')*ones) & tops
		binary.LittleEndian.PutUint64(b, x|capital>>2)
	}
	for i, c := range b {
		if c-'A' <= 'Z'-'A' {
			b[i] = c | 0x20
		}
	}
}

// hasNUL reports a byte of value 0.
func hasNUL(b []byte) bool { return bytes.IndexByte(b, 0) >= 0 }
