package onnx

import (
	"slices"
	"strings"

	"tacit/fault"
)

// What is run here: versions of the format and of its sets of operators.
const (
	leastIR, mostIR = 3, 12
	mostOpset       = 25
	mostClassic     = 5 // of ai.onnx.ml
)

// The domains whose operators are run here.
const (
	DomainMain    = ""
	DomainClassic = "ai.onnx.ml"
)

// check holds a network that was read against what is run here.
func (m *Model) check() error {
	if m.IR < leastIR || m.IR > mostIR {
		return bad("it is of version %d of the format, want %d to %d", m.IR, leastIR, mostIR)
	}
	seen := map[string]bool{}
	for _, o := range m.Opsets {
		d, most := o.Domain, int64(mostOpset)
		switch d {
		case "ai.onnx":
			d = DomainMain
		case DomainMain:
		case DomainClassic:
			most = mostClassic
		default:
			// Exporters name sets of which they use nothing; a node that does is refused.
			continue
		}
		if seen[d] {
			return bad("it names the operators %s twice", Quote(o.Domain))
		}
		seen[d] = true
		if o.Version < 1 || o.Version > most {
			return bad("it uses version %d of the operators %s, want 1 to %d", o.Version, Quote(o.Domain), most)
		}
	}
	if len(m.Graph.Outputs) == 0 {
		return bad("it has no output")
	}
	if err := m.checkGraph(m.Graph, nil); err != nil {
		return err
	}
	return m.checkShapes()
}

// A scope has the names that a graph defines, and knows the graphs around it.
type scope struct {
	outer *scope
	names map[string]bool
	later map[string]bool // those that its nodes make, also further on
}

func (s *scope) has(name string) bool {
	for ; s != nil; s = s.outer {
		if s.names[name] {
			return true
		}
	}
	return false
}

func (m *Model) checkGraph(g *Graph, outer *scope) error {
	s := &scope{outer, map[string]bool{}, map[string]bool{}}
	where := "the graph"
	if outer != nil {
		where = "the inner graph " + Quote(g.Name)
	}
	define := func(what, name string) error {
		if name == "" {
			return bad("%s: %s without a name", where, what)
		}
		if s.has(name) {
			return bad("%s: the name %s is there twice", where, Quote(name))
		}
		s.names[name] = true
		return nil
	}
	for _, v := range g.Inputs {
		if err := define("an input", v.Name); err != nil {
			return err
		}
		if outer == nil && v.Kind == nil {
			return bad("%s: input %s has no type", where, Quote(v.Name))
		}
	}
	initial := map[string]bool{}
	for _, t := range g.Initializers {
		if t.Name == "" || initial[t.Name] {
			return bad("%s: two initialisers called %s, or one without a name", where, Quote(t.Name))
		}
		initial[t.Name] = true
		if s.names[t.Name] { // the value of an input that is not given
			continue
		}
		if err := define("an initialiser", t.Name); err != nil {
			return err
		}
	}
	for _, n := range g.Nodes {
		for _, o := range n.Outputs {
			s.later[o] = true
		}
	}
	for _, n := range g.Nodes {
		if err := m.checkNode(n, s); err != nil {
			return err
		}
		for _, o := range n.Outputs {
			if o == "" {
				continue
			}
			if err := define("an output of "+n.title(), o); err != nil {
				return err
			}
		}
	}
	out := map[string]bool{}
	for _, v := range g.Outputs {
		if v.Name == "" || !s.names[v.Name] && !(outer != nil && s.has(v.Name)) {
			return bad("%s: nothing makes its output %s", where, Quote(v.Name))
		}
		if out[v.Name] && outer == nil {
			return bad("%s: output %s is there twice", where, Quote(v.Name))
		}
		out[v.Name] = true
		if outer == nil && v.Kind == nil {
			return bad("%s: output %s has no type", where, Quote(v.Name))
		}
	}
	return nil
}

func (m *Model) checkNode(n *Node, s *scope) error {
	if err := m.checkOperator(n); err != nil {
		return err
	}
	for _, in := range n.Inputs {
		switch {
		case in == "" || s.has(in):
		case s.later[in]:
			return bad("%s: it needs %s, which is made after it: the graph has a cycle, or its nodes are not in order", n.title(), Quote(in))
		default:
			return bad("%s: nothing makes its input %s", n.title(), Quote(in))
		}
	}
	for i, a := range n.Attrs {
		if a.Name == "" || slices.ContainsFunc(n.Attrs[:i], func(b Attr) bool { return b.Name == a.Name }) {
			return bad("%s: attribute %s is there twice, or without a name", n.title(), Quote(a.Name))
		}
		for _, g := range append(slices.Clip(a.Graphs), a.G) {
			if g == nil {
				continue
			}
			if err := m.checkGraph(g, s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Model) checkOperator(n *Node) error {
	known := strings.Fields(mainOperators)
	switch n.Domain {
	case DomainMain:
	case DomainClassic:
		known = strings.Fields(classicOperators)
	default:
		return bad("%s: it is of the operators %s, of which none is run here; export the network with plain ONNX", n.title(), Quote(n.Domain))
	}
	if m.Opset(n.Domain) == 0 {
		return bad("%s: the network does not say which version of the operators %s it uses", n.title(), Quote(n.Domain))
	}
	if _, ok := slices.BinarySearch(known, n.Op); !ok {
		return bad("%s: there is no such operator here%s", n.title(), meant(n.Op, known))
	}
	// Without a seed the runtime takes the clock's, and the same task would give something else.
	draws := named(random, n.Op) || n.Op == "Dropout" && len(n.Inputs) > 2 && n.Inputs[2] != ""
	if a := n.Attr("seed"); n.Domain == DomainMain && draws && (a == nil || a.Kind != AttrFloat && a.Kind != AttrInt) {
		return bad("%s: it draws at random without a seed, and the same task would give something else each time; export it with the attribute seed", n.title())
	}
	if len(n.Outputs) == 0 {
		return bad("%s: it has no output", n.title())
	}
	if len(n.Attrs) > 256 {
		return bad("%s: %d attributes, at most 256", n.title(), len(n.Attrs))
	}
	return nil
}

func meant(written string, names []string) string {
	if len(written) > 60 {
		return ""
	}
	if best := fault.DidYouMean(written, names); best != "" {
		return ", did you mean " + best + "?"
	}
	return ""
}

// random are the operators that draw numbers.
const random = " Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike "

// The operators that are run here, in order. Those for training are not.
const (
	mainOperators = `Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool
		BatchNormalization Bernoulli BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow
		Cast CastLike Ceil Celu CenterCropPad Clip Col2Im Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumProd CumSum
		DFT DeformConv DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear
		Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor
		GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization
		HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageScaler InstanceNormalization IsInf IsNaN
		LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop LpNormalization LpPool
		MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization MelWeightMatrix Min Mish Mod Mul Multinomial
		Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement Or
		PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear
		RMSNormalization RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize ReverseSequence RoiAlign RotaryEmbedding Round
		STFT Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum Swish
		Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu
		Unique Unsqueeze Upsample Where Xor`
	classicOperators = `ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer LabelEncoder LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor ZipMap`
)
