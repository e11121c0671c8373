package onnx

import "google.golang.org/protobuf/encoding/protowire"

// listFields are a tensor's lists of elements by their fields, and of what they are.
var listFields = map[protowire.Number]struct {
	list int
	kind protowire.Type
}{
	4: {listFloat, protowire.Fixed32Type}, 5: {listInt32, protowire.VarintType}, 7: {listInt64, protowire.VarintType},
	10: {listDouble, protowire.Fixed64Type}, 11: {listUint64, protowire.VarintType},
}

func (r *reader) tensor(b []byte, what string) (*Tensor, error) {
	if r.tensors++; r.tensors > mostTensors {
		return nil, bad("more than %d tensors", mostTensors)
	}
	t, is := new(Tensor), protowire.Number(0)
	err := each(b, what, "\x02\x08\x09\x0c\x0e", "\x01\x03\x04\x05\x06\x07\x0a\x0b\x0d\x10", func(f field) error {
		switch f.num {
		case 1:
			return t.dims(f, what)
		case 2:
			if err := f.want(protowire.VarintType, what); err != nil {
				return err
			}
			if t.Type = Type(f.n); f.n >= uint64(len(typeBits)) || !t.Type.Known() {
				return bad("%s: its elements are of type %d, which is not read here", what, f.n)
			}
			return nil
		case 3:
			return bad("%s: it is only a piece of a tensor, which is not read here", what)
		case 8:
			err := f.text(&t.Name, what)
			what += " " + Quote(t.Name)
			return err
		case 12:
			return f.note(what)
		case 13:
			return bad("%s: its elements are in another file; save the network as one file", what)
		case 14:
			if f.n != 0 {
				return bad("%s: its elements are in another file; save the network as one file", what)
			}
			return f.want(protowire.VarintType, what)
		case 16:
			return f.pair(what)
		}
		if is != 0 && is != f.num {
			return bad("%s: it has its elements twice", what)
		}
		is = f.num
		return r.elements(t, f, what)
	})
	if err != nil {
		return nil, err
	}
	return t, t.sized(is, what)
}

func (t *Tensor) dims(f field, what string) error {
	add := func(v uint64) error {
		if len(t.Dims) == mostRank {
			return bad("%s: more than %d dimensions", what, mostRank)
		}
		t.Dims = append(t.Dims, int64(v))
		return nil
	}
	if f.kind == protowire.VarintType {
		return add(f.n)
	}
	if err := f.want(protowire.BytesType, what); err != nil {
		return err
	}
	for b := f.data; len(b) > 0; {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return bad("%s: its dimensions end in the middle", what)
		}
		if err := add(v); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

func (r *reader) elements(t *Tensor, f field, what string) error {
	switch f.num {
	case 6:
		if r.items++; r.items > mostItems {
			return bad("attributes and texts of more than %d elements", mostItems)
		}
		t.texts = append(t.texts, f.data)
		return f.want(protowire.BytesType, what)
	case 9:
		if t.Raw = f.data; t.Raw == nil {
			t.Raw = []byte{}
		}
		return f.want(protowire.BytesType, what)
	}
	of := listFields[f.num]
	l := &t.lists[min(of.list, listDouble)]
	if f.kind == of.kind {
		if l.whole {
			return bad("%s: its elements are in two lists", what)
		}
		switch of.kind {
		case protowire.VarintType:
			l.packed = protowire.AppendVarint(l.packed, f.n)
		case protowire.Fixed32Type:
			l.packed = protowire.AppendFixed32(l.packed, uint32(f.n))
		default:
			l.packed = protowire.AppendFixed64(l.packed, f.n)
		}
		l.n++
		return nil
	}
	if err := f.want(protowire.BytesType, what); err != nil {
		return err
	}
	if l.n > 0 || l.whole {
		return bad("%s: its elements are in two lists", what)
	}
	l.whole = true
	if l.packed = f.data; len(f.data) == 0 {
		return nil
	}
	size := map[protowire.Type]int{protowire.Fixed32Type: 4, protowire.Fixed64Type: 8}[of.kind]
	if size > 0 {
		l.n = int64(len(f.data) / size)
		if len(f.data)%size != 0 {
			return bad("%s: its elements end in the middle", what)
		}
		return nil
	}
	for b := f.data; len(b) > 0; l.n++ {
		_, n := protowire.ConsumeVarint(b)
		if n < 0 {
			return bad("%s: its elements end in the middle", what)
		}
		b = b[n:]
	}
	return nil
}

// sized refuses a tensor that has more or fewer elements than its shape.
func (t *Tensor) sized(is protowire.Number, what string) error {
	if !t.Type.Known() {
		return bad("%s: it does not say of what type its elements are", what)
	}
	n, ok := Count(t.Dims)
	if !ok {
		return bad("%s: its shape is negative or of more than %d elements", what, int64(MostElements))
	}
	if is == 0 && n == 0 {
		return nil
	}
	field, each := protowire.Number(5), int64(1)
	switch t.Type {
	case String:
		field = 6
	case Float32:
		field = 4
	case Complex64:
		field, each = 4, 2
	case Float64:
		field = 10
	case Complex128:
		field, each = 10, 2
	case Int64:
		field = 7
	case Uint32, Uint64:
		field = 11
	}
	if is == 9 && t.Type != String {
		if want := t.bytes(); int64(len(t.Raw)) != want {
			return bad("%s: %d bytes of elements, but its shape %v of %s has %d", what, len(t.Raw), t.Dims, t.Type, want)
		}
		return nil
	}
	if is != field && (n > 0 || is != 9) {
		return bad("%s: it has no elements of its type %s", what, t.Type)
	}
	have := int64(len(t.texts))
	if l, ok := listFields[is]; ok {
		have = t.lists[min(l.list, listDouble)].n
	}
	if want := n * each; have != want && !(typeBits[t.Type] == 4 && have == (n+1)/2) {
		return bad("%s: %d elements, but its shape %v has %d", what, have, t.Dims, want)
	}
	return nil
}
