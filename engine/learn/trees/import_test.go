package trees

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"tacit/fault"
)

// Models that XGBoost wrote in both forms predict what XGBoost predicts, of squared error
// the very bits. Of digits every fourth row was written down; diabetes has nodes that pruning
// deleted.
func TestXGBoostModelsPredictWhatXGBoostDoes(t *testing.T) {
	for _, name := range []string{"cancer", "diabetes", "digits"} {
		t.Run(name, func(t *testing.T) {
			d, want := load(t, name), numbers(t, file(t, name+".pred"))
			var forms [][]byte
			for _, ext := range []string{".json", ".ubj"} {
				m, err := ParseXGBoost(file(t, name+ext))
				if err != nil {
					t.Fatal(ext, err)
				}
				got, err := m.PredictBatch(d.held, 2)
				if err != nil {
					t.Fatal(err)
				}
				if name == "digits" {
					var some []float64
					for i := 0; i < d.held.Rows; i += 4 {
						some = append(some, got[i*10:(i+1)*10]...)
					}
					got = some
				}
				for i := range want { // they are of 32 bits, and were written with 9 digits
					want[i] = float64(float32(want[i]))
				}
				if f := far(t, got, want); f > 1e-6 || name == "diabetes" && f != 0 {
					t.Errorf("%s: predictions are up to %g from XGBoost's", ext, f)
				} else {
					t.Logf("%s: up to %.2g from XGBoost's, %d trees", ext, f, m.Trees())
				}
				forms = append(forms, m.Append(nil))
			}
			if !bytes.Equal(forms[0], forms[1]) {
				t.Error("JSON and UBJ give two models")
			}
		})
	}
}

// smallXGBoost has one tree of three nodes: is feature 1 less than 0.5, missing goes left.
const smallXGBoost = `{"learner":{"attributes":{},"feature_names":[],"feature_types":[],
"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1","size_leaf_vector":"0"},"tree_info":[0],
"trees":[{"categories":[],"default_left":[1,0,0],"id":0,"left_children":[1,-1,-1],"right_children":[2,-1,-1],
"split_conditions":[5E-1,-2,3],"split_indices":[1,0,0],"split_type":[0,0,0],
"tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"3","size_leaf_vector":"0"}}]},"name":"gbtree"},
"learner_model_param":{"base_score":"2.5E-1","num_class":"0","num_feature":"2","num_target":"1"},
"objective":{"name":"reg:squarederror"}},"version":[1,7,4]}`

func TestXGBoostBaseScoreMeansTheSameInAllVersions(t *testing.T) {
	nan := float32(math.NaN())
	logistic := strings.NewReplacer("reg:squarederror", "binary:logistic")
	soft := strings.NewReplacer("reg:squarederror", "multi:softprob", `"num_class":"0"`, `"num_class":"2"`)
	prob := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, tt := range []struct {
		name, text string
		row        []float32
		want       []float64
	}{
		{"a label", smallXGBoost, []float32{0, 0}, []float64{-1.75}},
		{"at the cut", smallXGBoost, []float32{0, 0.5}, []float64{3.25}},
		{"missing", smallXGBoost, []float32{0, nan}, []float64{-1.75}},
		{"of version 3.1, a list", strings.NewReplacer(`"2.5E-1"`, `"[2.5E-1]"`, "[1,7,4]", "[3,1,0]").Replace(smallXGBoost), []float32{0, 1}, []float64{3.25}},
		{"a probability", logistic.Replace(smallXGBoost), []float32{0, 1}, []float64{prob(3 + math.Log(0.25/0.75))}},
		{"a probability in a list", strings.Replace(logistic.Replace(smallXGBoost), `"2.5E-1"`, `"[2.5E-1]"`, 1), []float32{0, 1}, []float64{prob(3 + math.Log(0.25/0.75))}},
		{"of all classes", soft.Replace(smallXGBoost), []float32{0, 1}, []float64{prob(3), prob(-3)}},
		{"of each class", strings.Replace(soft.Replace(smallXGBoost), `"2.5E-1"`, `"[1E0,2E0]"`, 1), []float32{0, 1}, []float64{prob(2), prob(-2)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := ParseXGBoost([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := m.Predict(tt.row); err != nil || far(t, got, tt.want) > 1e-7 {
				t.Errorf("predicts %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestXGBoostRefuses(t *testing.T) {
	for _, tt := range []struct{ name, old, new, says string }{
		{"twin: as it was", "", "", ""},
		{"twin: default_left as truth values", `[1,0,0],"id"`, `[true,false,false],"id"`, ""},
		{"twin: no type of splits, as before 1.3", `"split_type":[0,0,0],`, "", ""},
		{"twin: an escape in a name", `"name":"gbtree"`, `"n\u0061me":"gbtree"`, ""},
		{"twin: empty categories of 3.1", `"tree_info"`, `"cats":{"enc":[],"feature_segments":[],"sorted_idx":[]},"tree_info"`, ""},
		{"twin: a version to come", "[1,7,4]", "[3,9,9]", ""},
		{"dart", `"name":"gbtree"`, `"name":"dart"`, "booster dart is not supported"},
		{"linear", `"name":"gbtree"`, `"name":"gblinear"`, "booster gblinear is not supported"},
		{"another objective", "reg:squarederror", "count:poisson", "objective count:poisson is not supported"},
		{"a split by category", `"split_type":[0`, `"split_type":[1`, "split by category"},
		{"categories of a tree", `"categories":[]`, `"categories":[3]`, "split by category"},
		{"categories of the data", `"tree_info"`, `"cats":{"enc":[{}],"feature_segments":[],"sorted_idx":[]},"tree_info"`, "categories are not supported"},
		{"several targets", `"num_target":"1"`, `"num_target":"2"`, "more than one target"},
		{"leaves of several values", `"num_nodes":"3","size_leaf_vector":"0"`, `"num_nodes":"3","size_leaf_vector":"2"`, "leaves of several values"},
		{"an old version", "[1,7,4]", "[0,9,0]", "version"},
		{"a version that is not known", "[1,7,4]", "[4,0,0]", "version"},
		{"no version", `,"version":[1,7,4]`, "", "version is not there"},
		{"classes without softmax", `"num_class":"0"`, `"num_class":"3"`, "has not 3 classes"},
		{"softmax without classes", "reg:squarederror", "multi:softmax", "has not 0 classes"},
		{"a base that is no number", "2.5E-1", "nan", "base score is no number"},
		{"a base that overflows", "2.5E-1", "1E39", "base score"},
		{"bases of too many outputs", "2.5E-1", "[1,2]", "one for each output"},
		{"no features", `"num_feature":"2","num_target"`, `"num_feature":"0","num_target"`, "0 features"},
		{"too many features", `"num_feature":"2","num_target"`, `"num_feature":"1048577","num_target"`, "1048577 features"},
		{"a feature that does not exist", `"split_indices":[1`, `"split_indices":[2`, "asks for feature 2"},
		{"a negative feature", `"split_indices":[1`, `"split_indices":[-1`, "asks for feature -1"},
		{"half a feature", `"split_indices":[1`, `"split_indices":[0.5`, "whole numbers"},
		{"a child that does not exist", `"right_children":[2`, `"right_children":[3`, "child does not exist"},
		{"half a leaf", `"right_children":[2`, `"right_children":[-1`, "child does not exist"},
		{"a cycle", `"left_children":[1,-1,-1],"right_children":[2`, `"left_children":[0,-1,-1],"right_children":[2`, "two lead to"},
		{"a node with two parents", `"right_children":[2`, `"right_children":[1`, "two lead to"},
		{"a node without parent", `"left_children":[1,-1,-1],"right_children":[2,`, `"left_children":[-1,-1,-1],"right_children":[-1,`, "not the nodes that it says"},
		{"deleted nodes that are not there", `"num_deleted":"0"`, `"num_deleted":"1"`, "not the nodes that it says"},
		{"lists of other lengths", `"split_indices":[1,0,0]`, `"split_indices":[1,0]`, "lists are not of 3 nodes"},
		{"a tree without nodes", `"num_nodes":"3"`, `"num_nodes":"-3"`, "lists are not"},
		{"a default that is none", `[1,0,0],"id"`, `[2,0,0],"id"`, "whole numbers"},
		{"an infinite leaf", "[5E-1,-2,3]", "[5E-1,-2,1e39]", "finite"},
		{"a leaf with which sums overflow", "[5E-1,-2,3]", "[5E-1,-2,1e32]", "too large"},
		{"an infinite cut", "[5E-1,-2,3]", "[-1E50,-2,3]", "finite"},
		{"a cut that is NaN", "[5E-1,-2,3]", "[NaN,-2,3]", "want a value"},
		{"a number that overflows", "[5E-1,-2,3]", "[1E999,-2,3]", "want a value"},
		{"trees that are not there", `"num_trees":"1"`, `"num_trees":"2"`, "not as many as it says"},
		{"a tree of no output", `"tree_info":[0]`, `"tree_info":[1]`, "of output 1"},
		{"a list where an object should be", `"learner_model_param":{`, `"learner_model_param":[],"x":{`, "not of its type"},
		{"a field twice", `"version"`, `"learner":{},"version"`, "there twice"},
		{"a name as a number", `"name":"gbtree"`, `"name":1`, "not of its type"},
		{"something behind it", "[1,7,4]}", "[1,7,4]}{}", "behind the document"},
		{"its end missing", "[1,7,4]}", "[1,7,4]", "comma or the end"},
		{"nested without end", `"attributes":{}`, `"attributes":` + strings.Repeat("[", 1000), "nested too deeply"},
		{"twin: a few parts more", `"attributes":{}`, `"attributes":[` + strings.Repeat("[],", 80) + "[]]", ""},
		{"nothing but small parts", `"attributes":{}`, `"attributes":[` + strings.Repeat("[],", 1000) + "[]]", "more parts than a model has"},
		{"twin: escapes", `"attributes":{}`, `"attributes":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, ""},
		{"twin: nothing in attributes", `"attributes":{}`, `"attributes":null`, ""},
		{"an escape that is not known", `"attributes":{}`, `"attributes":"\x"`, "escape is not known"},
		{"an escape that is no number", `"attributes":{}`, `"attributes":"\u00zz"`, "four hexadecimal digits"},
		{"two first halves of a character", `"attributes":{}`, `"attributes":"\ud83d\ud83d"`, "half a character"},
		{"a line break in a text", `"attributes":{}`, "\"attributes\":\"a\nb\"", "control character"},
		{"no name of a field", `"attributes":{}`, `attributes:{}`, "name of a field"},
		{"no colon", `"attributes":{}`, `"attributes"{}`, "want a colon"},
		{"no comma", `"attributes":{},`, `"attributes":{}`, "want a comma or the end of the object"},
		{"no comma in a list", "[5E-1,-2,3]", "[5E-1 -2,3]", "want a comma or the end of the list"},
		{"a text among numbers", "[5E-1,-2,3]", `[5E-1,"-2",3]`, "a list of numbers holds something else"},
		{"a word that is none", `"attributes":{}`, `"attributes":nul`, "want a value"},
		{"a text without end", `"attributes":{}`, `"attributes":"` + strings.Repeat("x", longestText+9), "too long"},
		{"a tree that is a list", `"trees":[{`, `"trees":[[],{`, "not as many"},
		{"a child that is no number of 32 bits", `"right_children":[2`, `"right_children":[1E15`, "whole numbers"},
		{"half an output", `"tree_info":[0]`, `"tree_info":[0.5]`, "of no output"},
		{"a number of trees that is none", `"num_trees":"1"`, `"num_trees":"x"`, "num_trees is no whole number"},
		{"a type of splits that is no list", `"split_type":[0,0,0]`, `"split_type":[[]]`, "split_type is not of its type"},
		{"a logistic base of one", `"2.5E-1","num_class":"0","num_feature":"2","num_target":"1"},
"objective":{"name":"reg:squarederror"`, `"1","num_class":"0","num_feature":"2","num_target":"1"},
"objective":{"name":"binary:logistic"`, "no probability above 0 and below 1"},
		{"half a character", `"attributes":{}`, `"attributes":"\ud800"`, "half a character"},
		{"no UTF-8", `"attributes":{}`, "\"attributes\":\"\xff\"", "not UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(smallXGBoost, tt.old) {
				t.Fatal("the model has no", tt.old)
			}
			m, err := ParseXGBoost([]byte(strings.Replace(smallXGBoost, tt.old, tt.new, 1)))
			if tt.says == "" {
				refuses(t, err, "", "")
				if got, err := m.Predict([]float32{9, 0.25}); err != nil || got[0] != -1.75 {
					t.Errorf("predicts %v, %v, want -1.75", got, err)
				}
				return
			}
			refuses(t, err, fault.LearnModel, tt.says)
		})
	}
}

func TestUBJRefuses(t *testing.T) {
	whole := file(t, "cancer.ubj")
	change := func(old, new string) []byte {
		if !bytes.Contains(whole, []byte(old)) {
			t.Fatalf("the model has no %q", old)
		}
		return bytes.Replace(whole, []byte(old), []byte(new), 1)
	}
	for _, tt := range []struct {
		name string
		b    []byte
		says string
	}{
		{"twin: as it was", whole, ""},
		{"twin: a list of unsigned bytes", change("tree_info[#L\x00\x00\x00\x00\x00\x00\x00\x05i\x00i\x00i\x00i\x00i\x00", "tree_info[$U#i\x05\x00\x00\x00\x00\x00"), ""},
		{"twin: a list with its end", change("tree_info[#L\x00\x00\x00\x00\x00\x00\x00\x05i\x00i\x00i\x00i\x00i\x00", "tree_info[i\x00U\x00I\x00\x00FL\x00\x00\x00\x00\x00\x00\x00\x00]"), ""},
		{"twin: other values where they do not matter", change("attributes{", "attributes{i\x01aCxi\x01bZi\x01cTi\x01dD\x00\x00\x00\x00\x00\x00\x00\x00i\x01e[[]{}]"), ""},
		{"a character that is none", change("attributes{", "attributes{i\x01aC\xff"), "no character"},
		{"a field twice", change("attributes{", "attributes{i\x01aZi\x01aZ"), "there twice"},
		{"half a length", change("attributes{", "attributes{d\x3f\x80\x00\x00a"), "length is no whole number"},
		{"a text that is not UTF-8", change("attributes{", "attributes{i\x01\xff"), "not UTF-8"},
		{"a text among numbers", change("attributes{", "attributes{i\x01a[i\x01Cx]"), "a list of numbers holds something else"},
		{"nested without end", change("attributes{", "attributes{i\x01a"+strings.Repeat("[", 99)), "nested too deeply"},
		{"nothing but small parts", change("attributes{", "attributes{i\x01a["+strings.Repeat("Z", 99999)), "more parts than a model has"},
		{"cut short", whole[:len(whole)-1], "UBJ: byte"},
		{"something behind it", append(bytes.Clone(whole), '}'), "behind the document"},
		{"a length beyond its end", change("[$d#L\x00\x00", "[$d#L\x7f\xff"), "length is more than there is"},
		{"a negative length", change("[$d#L\x00\x00", "[$d#L\xff\xff"), "length is more than there is"},
		{"a list of nothing", change("[$d#L\x00\x00", "[$Z#L\x00\x00"), "not one of numbers"},
		{"a type that is not known", change("tree_info[#", "tree_info?#"), "want a number"},
		{"nothing", nil, "no JSON or UBJ"},
		{"the old binary form", []byte("binf\x00\x00"), "no JSON or UBJ"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseXGBoost(tt.b)
			if tt.says == "" {
				refuses(t, err, "", "")
				return
			}
			refuses(t, err, fault.LearnModel, tt.says)
		})
	}
	for n := range whole {
		if _, err := ParseXGBoost(whole[:n]); fault.Of(err) != fault.LearnModel {
			t.Fatalf("the first %d bytes: %v", n, err)
		}
	}
}
