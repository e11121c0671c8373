package trees

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseLightGBM reads a model that LightGBM saved as text (v3, v4). It takes the boosting
// gbdt and goss, splits by number with any handling of missing values, and the objectives
// regression, binary and multiclass. Cuts of 64 bits become those of 32 that decide alike
// for every value of 32 bits. Everything else is LEARN_MODEL.
func ParseLightGBM(b []byte) (*Model, error) {
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, bad("LightGBM: it is no text")
	}
	l := &lightgbm{rest: strings.ReplaceAll(string(b), "\r\n", "\n")}
	if line, _ := l.line(); line != "tree" {
		return nil, bad("LightGBM: this is no text model")
	}
	head, err := l.section()
	if err != nil {
		return nil, err
	}
	k, sigmoid, err := l.head(head)
	if err != nil {
		return nil, err
	}
	for t := 0; ; t++ {
		line, ok := l.line()
		for ok && line == "" {
			line, ok = l.line()
		}
		if !ok {
			return nil, bad("LightGBM: it ends before the end of its trees")
		}
		if line == "end of trees" {
			break
		}
		if line != "Tree="+strconv.Itoa(t) {
			return nil, bad("LightGBM: want tree %d or the end of trees", t)
		}
		fields, err := l.section()
		if err != nil {
			return nil, err
		}
		nodes, err := lightTree(t, fields, sigmoid)
		if err != nil {
			return nil, err
		}
		n, err := k.graft(int64(t%len(k.m.base)), nodes)
		if err != nil {
			return nil, err
		}
		if n != len(nodes) {
			return nil, bad("LightGBM: tree %d has a node that nobody leads to", t)
		}
	}
	if sizes := strings.Fields(head["tree_sizes"]); len(sizes) != len(k.m.trees) || len(sizes)%len(k.m.base) != 0 {
		return nil, bad("LightGBM: there are %d trees, and not as many as it says", len(k.m.trees))
	}
	for line, ok := l.line(); ok; line, ok = l.line() { // how it was trained
		name, v, _ := strings.Cut(strings.Trim(line, "[]"), ": ")
		if name == "boosting" && v != "gbdt" && v != "gbrt" && v != "goss" {
			return nil, bad("LightGBM: the boosting %s is not supported, only gbdt and goss", short(v))
		}
	}
	return k.done()
}

// lightgbm takes lines from a text.
type lightgbm struct{ rest string }

// line is the next line; there is none at the end.
func (l *lightgbm) line() (string, bool) {
	if l.rest == "" {
		return "", false
	}
	line, rest, _ := strings.Cut(l.rest, "\n")
	l.rest = rest
	return strings.TrimRight(line, " \t\r"), true
}

// section is the fields up to an empty line. A word without "=" is a field without a value.
func (l *lightgbm) section() (map[string]string, error) {
	fields := map[string]string{}
	for line, ok := l.line(); ok && line != ""; line, ok = l.line() {
		name, v, _ := strings.Cut(line, "=")
		if _, twice := fields[name]; twice {
			return nil, bad("LightGBM: %s is there twice", short(name))
		}
		fields[name] = v
	}
	return fields, nil
}

// head begins a model by the first section.
func (l *lightgbm) head(f map[string]string) (*maker, float64, error) {
	if v := f["version"]; v != "v3" && v != "v4" {
		return nil, 0, bad("LightGBM: the version %s is not supported, only v3 and v4", short(v))
	}
	if _, ok := f["average_output"]; ok {
		return nil, 0, bad("LightGBM: averages of trees (boosting rf) are not supported")
	}
	classes, ok := lightInt(f, "num_class")
	each, fine := lightInt(f, "num_tree_per_iteration")
	last, sound := lightInt(f, "max_feature_idx")
	if !ok || !fine || !sound {
		return nil, 0, bad("LightGBM: the classes, trees of each round or features are no numbers")
	}
	words := strings.Fields(f["objective"])
	if len(words) == 0 {
		return nil, 0, bad("LightGBM: it has no objective")
	}
	var o Objective
	sigmoid, outputs := 1.0, int64(1)
	want := ""
	switch words[0] {
	case "regression":
		o = Squared
	case "binary":
		o, want = Logistic, "sigmoid:"
	case "multiclass":
		o, want, outputs = Softmax, "num_class:", classes
	default:
		return nil, 0, bad("LightGBM: the objective %s is not supported", short(words[0]))
	}
	for _, w := range words[1:] {
		v, is := strings.CutPrefix(w, want)
		n, err := decimal(v)
		if want == "" || !is || err != nil || o == Softmax && n != float64(classes) || o == Logistic && !(n > 0 && n <= 1e6) {
			return nil, 0, bad("LightGBM: the objective %s with %s is not supported", words[0], short(w))
		}
		if o == Logistic {
			sigmoid = n
		}
	}
	if outputs < 1 || outputs > MostClasses || each != outputs || classes != outputs {
		return nil, 0, bad("LightGBM: the objective %s has not %d classes and %d trees a round", words[0], classes, each)
	}
	k, err := newMaker(o, false, last+1, make([]float64, outputs))
	return k, sigmoid, err
}

func lightInt(f map[string]string, name string) (int64, bool) {
	v, err := decimal(f[name])
	n, ok := whole(v)
	return n, ok && err == nil && n >= 0
}

// lightList is a list of n numbers.
func lightList(t int, f map[string]string, name string, n int64) ([]float64, error) {
	words := strings.Fields(f[name])
	if int64(len(words)) != n {
		return nil, bad("LightGBM: tree %d: %s has not %d numbers", t, name, n)
	}
	out := make([]float64, n)
	for i, w := range words {
		v, err := decimal(w)
		if err != nil {
			return nil, bad("LightGBM: tree %d: %s has what is no finite number", t, name)
		}
		out[i] = v
	}
	return out, nil
}

// lightTree is the nodes of a tree: its splits, and then its leaves, which LightGBM counts
// from -1 downwards.
func lightTree(t int, f map[string]string, sigmoid float64) ([]foreign, error) {
	leaves, ok := lightInt(f, "num_leaves")
	if !ok || leaves < 1 {
		return nil, bad("LightGBM: tree %d has no number of leaves", t)
	}
	if n, ok := lightInt(f, "num_cat"); !ok || n > 0 {
		return nil, bad("LightGBM: tree %d: splits by category are not supported", t)
	}
	if v, ok := f["is_linear"]; ok && v != "0" {
		return nil, bad("LightGBM: tree %d: linear leaves are not supported", t)
	}
	values, err := lightList(t, f, "leaf_value", leaves)
	if err != nil {
		return nil, err
	}
	splits := leaves - 1
	var lists [5][]float64
	if splits > 0 {
		for i, name := range []string{"split_feature", "threshold", "decision_type", "left_child", "right_child"} {
			if lists[i], err = lightList(t, f, name, splits); err != nil {
				return nil, err
			}
		}
	}
	child := func(v float64) (int64, bool) {
		n, ok := whole(v)
		if n < 0 {
			n = splits + ^n
		}
		return n, ok
	}
	nodes := make([]foreign, 0, splits+leaves)
	for i := range splits {
		feature, ok := whole(lists[0][i])
		kind, fine := whole(lists[2][i])
		yes, sound := child(lists[3][i])
		no, well := child(lists[4][i])
		if !ok || !fine || !sound || !well {
			return nil, bad("LightGBM: tree %d: split %d is not made of whole numbers", t, i)
		}
		n := foreign{feature: feature, cut: below(lists[1][i]), left: kind&2 != 0, yes: yes, no: no}
		switch {
		case kind&1 != 0:
			return nil, bad("LightGBM: tree %d: split %d by category is not supported", t, i)
		case kind < 0 || kind > 10 || kind>>2 > 2:
			return nil, bad("LightGBM: tree %d: split %d has a decision type that is not known", t, i)
		case kind>>2 == 0: // nothing is missing: NaN stands for zero
			n.left = 0 <= lists[1][i]
		case kind>>2 == 1:
			n.zero = true
		}
		nodes = append(nodes, n)
	}
	for _, v := range values {
		nodes = append(nodes, foreign{leaf: true, value: v * sigmoid})
	}
	return nodes, nil
}

// below is the least number of 32 bits that is above a cut of 64: x <= cut if and only if
// x < below(cut). It is infinite if no finite number is above.
func below(cut float64) float32 {
	c := float32(cut)
	if float64(c) > cut {
		return c
	}
	if c = math.Nextafter32(c, float32(math.Inf(1))); c == 0 {
		return 0
	}
	return c
}
