package onnx

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"tacit/fault"
)

func fixed32(b []byte, num protowire.Number, v uint32) []byte {
	return protowire.AppendFixed32(protowire.AppendTag(b, num, protowire.Fixed32Type), v)
}

// TestRefusedFields: files that no writer of ours makes, each beside one that differs little
// and is read.
func TestRefusedFields(t *testing.T) {
	// with is a network that is well formed, with more fields in it, its graph and its first node.
	with := func(network, graph, node []byte) []byte {
		g := small().Graph
		first := message(nil, 1, append(appendNode(nil, g.Nodes[0]), node...))
		g.Nodes = g.Nodes[1:]
		b := message(number(nil, 1, 8), 8, number(nil, 2, 17))
		b = message(b, 7, append(appendGraph(first, g), graph...))
		return append(b, network...)
	}
	network := func(b []byte) []byte { return with(b, nil, nil) }
	graph := func(b []byte) []byte { return with(nil, b, nil) }
	node := func(b []byte) []byte { return with(nil, nil, b) }
	attr := func(b []byte) []byte { return node(message(nil, 5, append(text(nil, 1, "k"), b...))) }
	tensor := func(b []byte) []byte { return graph(message(nil, 5, text(b, 8, "more"))) }
	kind := func(b []byte) []byte { return graph(message(nil, 13, message(text(nil, 1, "t"), 2, b))) }
	shape := func(b []byte) []byte { return kind(message(nil, 1, message(number(nil, 1, 1), 2, b))) }
	floats := func(dim uint64) []byte { return number(number(nil, 1, dim), 2, uint64(Float32)) }
	scalars := message(nil, 1, number(nil, 1, 1))
	sequences := func(n int) []byte {
		k := scalars
		for range n {
			k = message(nil, 4, message(nil, 1, k))
		}
		return k
	}
	set := message(nil, 8, text(number(nil, 2, 1), 1, "of.nobody"))
	four := make([]byte, 4)
	for _, tt := range []struct {
		name string
		file []byte
		says string // nothing is a twin
	}{
		{"twin: a note", network(text(nil, 3, "note")), ""},
		{"a note that is a number", network(number(nil, 3, 1)), "field 3 is of the wrong kind"},
		{"a name that is a number", network(number(nil, 2, 1)), "field 2 is of the wrong kind"},
		{"a pair that is a number", network(number(nil, 14, 1)), "field 14 is of the wrong kind"},
		{"a field that has only half a number", network([]byte{0x80}), "no field of a message"},
		{"a group", network([]byte{0x1b}), "an old kind"},
		{"no graph", number(nil, 1, 8), "no graph"},
		{"a graph that is a number", number(number(nil, 1, 8), 7, 1), "field 7 is of the wrong kind"},
		{"operators that are a number", network(number(nil, 8, 1)), "field 8 is of the wrong kind"},
		{"twin: 16 sets of operators", network(bytes.Repeat(set, 15)), ""},
		{"17", network(bytes.Repeat(set, 16)), "more than 16"},
		{"types of values that are a number", graph(number(nil, 13, 1)), "field 13 is of the wrong kind"},
		{"twin: a form of a function without a name", node(message(nil, 8, nil)), ""},
		{"with a name", node(text(nil, 8, "f")), "a form of a function"},

		{"twin: an attribute", attr(number(number(nil, 3, 1), 20, 2)), ""},
		{"an attribute that is a number", node(number(nil, 5, 1)), "field 5 is of the wrong kind"},
		{"its name is no text", node(message(nil, 5, text(nil, 1, "\xff"))), "not UTF-8"},
		{"twin: it stands for one without a name", attr(message(number(number(nil, 3, 1), 20, 2), 21, nil)), ""},
		{"it has two values", attr(number(fixed32(number(nil, 3, 1), 2, 0), 20, 2)), "two values"},
		{"a text that is a number", attr(number(number(nil, 4, 1), 20, 3)), "field 4 is of the wrong kind"},
		{"twin: numbers together", attr(number(message(nil, 8, []byte{1, 2}), 20, 7)), ""},
		{"numbers of another kind", attr(number(fixed32(nil, 8, 1), 20, 7)), "field 8 is of the wrong kind"},
		{"numbers that end in the middle", attr(number(message(nil, 8, []byte{0x80}), 20, 7)), "numbers end in the middle"},

		{"twin: a value's type", kind(scalars), ""},
		{"twin: with what it means", kind(text(bytes.Clone(scalars), 6, "IMAGE")), ""},
		{"twin: a map", kind(message(nil, 5, message(number(nil, 1, 8), 2, scalars))), ""},
		{"two types", kind(append(sequences(1), scalars...)), "two types"},
		{"a sequence of nothing", kind(message(nil, 4, nil)), "does not say of what"},
		{"twin: types four deep", kind(sequences(3)), ""},
		{"five deep", kind(sequences(4)), "more than 4 deep"},
		{"elements whose type is a text", kind(message(nil, 1, message(nil, 1, nil))), "field 1 is of the wrong kind"},
		{"elements of an unknown type", kind(message(nil, 1, number(nil, 1, 77))), "type 77"},
		{"a shape that is a number", kind(message(nil, 1, number(number(nil, 1, 1), 2, 1))), "field 2 is of the wrong kind"},
		{"a dimension that is a number", shape(number(nil, 1, 1)), "field 1 is of the wrong kind"},
		{"twin: 32 dimensions", shape(bytes.Repeat(message(nil, 1, nil), 32)), ""},
		{"33", shape(bytes.Repeat(message(nil, 1, nil), 33)), "more than 32 dimensions"},
		{"a dimension with a size and a name", shape(message(nil, 1, text(number(nil, 1, 2), 2, "n"))), "a size and a name"},
		{"a dimension that is too large", shape(message(nil, 1, number(nil, 1, MostElements+1))), "too large a size"},

		{"twin: a number alone", tensor(fixed32(floats(1), 4, 0)), ""},
		{"twin: numbers in a list", tensor(message(floats(2), 4, make([]byte, 8))), ""},
		{"a type that is a text", tensor(message(number(nil, 1, 1), 2, nil)), "field 2 is of the wrong kind"},
		{"no type", tensor(number(nil, 1, 0)), "does not say of what type"},
		{"dimensions of another kind", tensor(message(number(fixed32(nil, 1, 1), 2, 1), 9, four)), "field 1 is of the wrong kind"},
		{"dimensions that end in the middle", tensor(number(message(nil, 1, []byte{0x80}), 2, 1)), "dimensions end in the middle"},
		{"twin: 32 dimensions of a tensor", tensor(message(number(message(nil, 1, bytes.Repeat([]byte{1}, 32)), 2, 1), 9, four)), ""},
		{"33 of a tensor", tensor(message(number(message(nil, 1, bytes.Repeat([]byte{1}, 33)), 2, 1), 9, four)), "more than 32 dimensions"},
		{"a number behind a list", tensor(fixed32(message(floats(2), 4, four), 4, 0)), "in two lists"},
		{"a list behind a number", tensor(message(fixed32(floats(2), 4, 0), 4, four)), "in two lists"},
		{"numbers of a tensor of another kind", tensor(number(floats(0), 4, 1)), "field 4 is of the wrong kind"},
		{"a list with one byte too many", tensor(message(floats(1), 4, make([]byte, 5))), "elements end in the middle"},
		{"a list whose last number has no end", tensor(message(number(number(nil, 1, 1), 2, uint64(Int64)), 7, []byte{0x80})), "elements end in the middle"},
		{"a list that is too short", tensor(message(floats(2), 4, four)), "1 elements, but its shape [2] has 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.file)
			if tt.says == "" && err != nil || tt.says != "" && (fault.Of(err) != fault.InferModel || !strings.Contains(err.Error(), tt.says)) {
				t.Fatalf("Parse = %v, want INFER_MODEL with %q", err, tt.says)
			}
		})
	}
}

// TestHowMuchIsRead: of each thing the last that a network may have is read, and the next is not.
func TestHowMuchIsRead(t *testing.T) {
	one := number(number(nil, 3, 1), 20, 2)
	node := func(b []byte) func(*reader) error {
		return func(r *reader) error { _, err := r.node(b, 1); return err }
	}
	tensor := func(b []byte) func(*reader) error {
		return func(r *reader) error { _, err := r.tensor(b, "a tensor"); return err }
	}
	for _, tt := range []struct {
		name string
		full reader // but for one
		read func(*reader) error
		says string
	}{
		{"nodes", reader{nodes: mostNodes - 1}, node(nil), "nodes"},
		{"inputs of nodes", reader{links: mostLinks - 1}, node(message(nil, 1, nil)), "inputs and outputs"},
		{"attributes", reader{attrs: mostAttrs - 1}, node(message(nil, 5, one)), "attributes"},
		{"values of attributes", reader{items: mostItems - 1}, node(message(nil, 5, one)), "elements"},
		{"numbers of an attribute", reader{items: mostItems - 1}, func(r *reader) error {
			return r.numbers(field{kind: protowire.BytesType, data: []byte{1}}, protowire.VarintType, "a list", func(uint64) {})
		}, "elements"},
		{"types of values", reader{values: mostValues - 1}, func(r *reader) error { return r.value(nil, new([]Value), "a value") }, "values"},
		{"tensors", reader{tensors: mostTensors - 1}, tensor(number(number(nil, 1, 0), 2, 1)), "tensors"},
		{"texts of tensors", reader{items: mostItems - 1}, tensor(message(number(number(nil, 1, 1), 2, uint64(String)), 6, nil)), "elements"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.read(&tt.full); err != nil {
				t.Errorf("twin: the last is refused: %v", err)
			}
			if err := tt.read(&tt.full); fault.Of(err) != fault.InferModel || !strings.Contains(err.Error(), "more than") || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the next = %v, want INFER_MODEL", err)
			}
		})
	}
}
