package trees

import (
	"math"
	"strings"
)

// ParseXGBoost reads a model that XGBoost 1, 2 or 3 saved, as JSON or UBJ. It takes the
// booster gbtree with one value in each leaf, splits by number, and the objectives
// reg:squarederror, binary:logistic, multi:softprob and multi:softmax (of which predictions
// are the probabilities, the class being where they are largest). Sums are rounded as
// XGBoost rounds them, so that those of squared error are the same, bit for bit. All trees count, also
// those behind the best iteration of an early stop. Everything else is LEARN_MODEL.
func ParseXGBoost(b []byte) (*Model, error) {
	doc, err := document(b)
	if err != nil {
		return nil, err
	}
	x := &xgboost{}
	learner := x.object(doc, "learner")
	version := x.numbers(doc, "version")
	if x.err == nil && (len(version) != 3 || version[0] < 1 || version[0] > 3) {
		return nil, bad("XGBoost: the version is none of 1 to 3")
	}
	booster := x.object(learner, "gradient_booster")
	name := x.text(booster, "name")
	if x.err == nil && name != "gbtree" {
		return nil, bad("XGBoost: the booster %s is not supported, only gbtree", short(name))
	}
	k := x.head(learner)
	model := x.object(booster, "model")
	x.categories(model)
	list := x.field(model, "trees", isList)
	info := x.numbers(model, "tree_info")
	params := x.object(model, "gbtree_model_param")
	count := x.integer(params, "num_trees")
	if x.err != nil {
		return nil, x.err
	}
	if len(info) != len(list.list) || count != int64(len(list.list)) {
		return nil, bad("XGBoost: there are %d trees, and not as many as it says", len(list.list))
	}
	for t, v := range list.list {
		if v.kind != isObject {
			return nil, bad("XGBoost: tree %d is no object", t)
		}
		x.tree = t
		nodes, deleted := x.nodes(v)
		if x.err != nil {
			return nil, x.err
		}
		output, ok := whole(info[t])
		if !ok {
			return nil, bad("XGBoost: tree %d is of no output", t)
		}
		n, err := k.graft(output, nodes)
		if err != nil {
			return nil, err
		}
		if int64(n) != int64(len(nodes))-deleted {
			return nil, bad("XGBoost: tree %d has not the nodes that it says", t)
		}
	}
	return k.done()
}

// xgboost reads values out of a document; it keeps the first thing that is wrong.
type xgboost struct {
	err  error
	tree int
}

func (x *xgboost) fail(format string, args ...any) {
	if x.err == nil {
		x.err = bad("XGBoost: "+format, args...)
	}
}

// field is a field of an object; a list that is empty is one of anything.
func (x *xgboost) field(v *value, name string, kind byte) *value {
	if x.err != nil {
		return &value{}
	}
	f := v.fields[name]
	if f == nil {
		x.fail("%s is not there", name)
		return &value{}
	}
	if f.kind != kind && !(kind == isList && f.kind == isNumbers && len(f.numbers) == 0) {
		x.fail("%s is not of its type", name)
		return &value{}
	}
	return f
}

func (x *xgboost) object(v *value, name string) *value { return x.field(v, name, isObject) }
func (x *xgboost) text(v *value, name string) string   { return x.field(v, name, isText).text }
func (x *xgboost) numbers(v *value, name string) []float64 {
	return x.field(v, name, isNumbers).numbers
}

// integer is a whole number that is written as a text, as all parameters are.
func (x *xgboost) integer(v *value, name string) int64 {
	s := x.text(v, name)
	if x.err != nil {
		return 0
	}
	f, err := decimal(s)
	n, ok := whole(f)
	if err != nil || !ok {
		x.fail("%s is no whole number", name)
	}
	return n
}

// whole is a whole number of at most 32 bits.
func whole(f float64) (int64, bool) {
	if !(f >= math.MinInt32 && f <= math.MaxInt32) || f != math.Trunc(f) {
		return 0, false
	}
	return int64(f), true
}

// head begins a model by the parameters of the learner. The base score is written as a label
// or a probability ever since models are JSON; since 3.1 it is a list, of one for all outputs
// or one for each.
func (x *xgboost) head(learner *value) *maker {
	params := x.object(learner, "learner_model_param")
	features, classes := x.integer(params, "num_feature"), x.integer(params, "num_class")
	if x.err == nil && params.fields["num_target"] != nil && x.integer(params, "num_target") > 1 {
		x.fail("more than one target is not supported")
	}
	name, score := x.text(x.object(learner, "objective"), "name"), x.text(params, "base_score")
	if x.err != nil {
		return nil
	}
	var o Objective
	outputs := int64(1)
	switch name {
	case "reg:squarederror":
		o = Squared
	case "binary:logistic":
		o = Logistic
	case "multi:softprob", "multi:softmax":
		o, outputs = Softmax, classes
	default:
		x.fail("the objective %s is not supported", short(name))
		return nil
	}
	if o != Softmax && classes > 1 || outputs < 1 || outputs > MostClasses {
		x.fail("the objective %s has not %d classes", name, classes)
		return nil
	}
	base := x.base(score, int(outputs))
	for i, v := range base {
		if o == Logistic {
			if !(v > 0 && v < 1) {
				x.fail("the base score is no probability above 0 and below 1")
				return nil
			}
			base[i] = float64(float32(-math.Log(float64(1/float32(v) - 1))))
		}
	}
	if x.err != nil {
		return nil
	}
	k, err := newMaker(o, true, features, base)
	x.err = err
	return k
}

// base is the base score of each output.
func (x *xgboost) base(s string, outputs int) []float64 {
	parts := []string{s}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, closed := strings.CutSuffix(inner, "]")
		if parts = strings.Split(inner, ","); !closed || len(parts) != 1 && len(parts) != outputs {
			x.fail("the base score is no list of one for each output")
			return nil
		}
	}
	base := make([]float64, outputs)
	for i := range base {
		v, err := decimal(strings.TrimSpace(parts[min(i, len(parts)-1)]))
		if err != nil {
			x.fail("the base score is no number")
			return nil
		}
		base[i] = float64(float32(v))
	}
	return base
}

// categories refuses a model that knows categories.
func (x *xgboost) categories(model *value) {
	if cats := model.fields["cats"]; cats != nil {
		if enc := cats.fields["enc"]; enc != nil && len(enc.list)+len(enc.numbers) > 0 {
			x.fail("features that are categories are not supported")
		}
	}
}

// nodes are the nodes of a tree, and how many of them were deleted and are still there.
func (x *xgboost) nodes(v *value) (nodes []foreign, deleted int64) {
	param := x.object(v, "tree_param")
	if x.err == nil && param.fields["size_leaf_vector"] != nil && x.integer(param, "size_leaf_vector") > 1 {
		x.fail("leaves of several values are not supported")
	}
	n := x.integer(param, "num_nodes")
	if x.err == nil && param.fields["num_deleted"] != nil {
		deleted = x.integer(param, "num_deleted")
	}
	yes, no := x.numbers(v, "left_children"), x.numbers(v, "right_children")
	feature, cut, left := x.numbers(v, "split_indices"), x.numbers(v, "split_conditions"), x.numbers(v, "default_left")
	if x.err != nil {
		return nil, 0
	}
	for _, name := range []string{"split_type", "categories", "categories_nodes"} {
		f := v.fields[name]
		if f == nil {
			continue
		}
		for i, s := range f.numbers {
			if name != "split_type" || s != 0 {
				x.fail("tree %d: a split by category (%s %d) is not supported", x.tree, name, i)
				return nil, 0
			}
		}
		if len(f.list) > 0 {
			x.fail("%s is not of its type", name)
			return nil, 0
		}
	}
	for _, l := range [][]float64{yes, no, feature, cut, left} {
		if int64(len(l)) != n {
			x.fail("tree %d: its lists are not of %d nodes", x.tree, n)
			return nil, 0
		}
	}
	nodes = make([]foreign, n)
	for i := range nodes {
		f := &nodes[i]
		y, ok := whole(yes[i])
		z, fine := whole(no[i])
		at, sound := whole(feature[i])
		if !ok || !fine || !sound || left[i] != 0 && left[i] != 1 {
			x.fail("tree %d: node %d is not made of whole numbers", x.tree, i)
			return nil, 0
		}
		c := float32(cut[i])
		if math.IsInf(float64(c), 0) || c != c {
			x.fail("tree %d: node %d is not of finite numbers", x.tree, i)
			return nil, 0
		}
		if y == -1 && z == -1 {
			f.leaf, f.value = true, float64(c)
			continue
		}
		*f = foreign{feature: at, cut: c, left: left[i] == 1, yes: y, no: z}
	}
	return nodes, deleted
}

// short is a name for a message.
func short(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s), "?")
}
