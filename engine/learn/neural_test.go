package learn

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/learn/federated"
	"tacit/engine/learn/network"
	"tacit/fault"
)

// Digits of two owners are learned as by scikit-learn (see network/testdata): within a point
// of it, with everything that a training leaves. What convolutions reach is tested there.
func TestNetworks(t *testing.T) {
	learned, held := digits(t)
	half := len(learned) / 2
	for _, tt := range []struct {
		name, network string
		least         float64
	}{
		{"dense, features scaled by their spread", `"hidden":[64],"epochs":25`, 0.9666 - 0.01},
		{"convolutions", `"image":{"height":8,"width":8},"filters":[12,24],"hidden":[48],"learning_rate":0.003,"epochs":15`, 0.965},
	} {
		t.Run(tt.name, func(t *testing.T) {
			params := `{"operation":"train","kind":"network","data":{"a":{},"b":{}},"label":"label","split":{"validate":0.1},"seed":3,"network":{` + tt.network + `}}`
			files := ran(t, job(params, file("a", csv(learned[:half])), file("b", csv(learned[half:]))))
			got := accuracy(t, files["model.json"], held)
			t.Logf("accuracy %.4f", got)
			if got < tt.least {
				t.Errorf("accuracy %.4f, want %.4f", got, tt.least)
			}
			m := read[scores](t, files["metrics.json"])
			if *m.Training.Accuracy < 0.99 || *m.Validation.Accuracy < 0.9 {
				t.Errorf("metrics %s", files["metrics.json"])
			}
			lines := strings.Split(strings.TrimSpace(string(files["curve.csv"])), "\n")
			if lines[0] != "round,training,validation,accuracy,validationAccuracy" || len(lines) < 15 {
				t.Errorf("the curve begins %q and has %d lines", lines[0], len(lines))
			}
			if !bytes.Contains(files["curve.svg"], []byte("logloss by round")) || strings.Count(string(files["log.jsonl"]), `"event":"round"`) != len(lines)-1 || !strings.Contains(string(files["log.jsonl"]), `"validationAccuracy":`) {
				t.Error("picture or log are not of the training")
			}
			doc, err := readDocument(files["model.json"])
			if err != nil {
				t.Fatal(err)
			}
			onnx, err := doc.fitted.(neural).s.Model.ONNX()
			if err != nil || !bytes.Equal(onnx, files["model.onnx"]) {
				t.Errorf("model.onnx is not the model: %v", err)
			}
			out := ran(t, job(`{"operation":"predict","data":{"a":{}},"features":null,"model":{"input":"m"}}`, file("a", csv(held[:7])), file("m", string(files["model.json"]))))
			if n := strings.Count(string(out["predictions.csv"]), "\n"); n != 8 || !bytes.HasPrefix(out["predictions.csv"], []byte("class,p:0,p:1,")) {
				t.Errorf("%d lines of predictions", n)
			}
			if strings.Contains(tt.network, "image") {
				return // once is enough of what takes long
			}
			o, err := New(Config{}).Run(t.Context(), job(params, file("a", csv(learned[:half])), file("b", csv(learned[half:]))))
			if err != nil || !bytes.Equal(o.Outputs[0].Data, files["model.json"]) || o.Fuel == 0 {
				t.Errorf("with one thread another model comes out: %v", err)
			}
		})
	}
}

// Values are learned in the units of the label, whatever these are.
func TestNetworksOfValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	b.WriteString("x,z,constant,y\n")
	for range 600 {
		x, z := r.Float64(), 1000*r.Float64()
		fmt.Fprintf(&b, "%g,%g,5,%g\n", x, z, 1e6+2000*x*x-z)
	}
	files := ran(t, job(`{"operation":"train","kind":"network","data":{"a":{}},"label":"y","split":{"validate":0.2},"network":{"objective":"values","hidden":[32],"epochs":150,"learning_rate":0.005,"patience":30}}`, file("a", b.String())))
	m := read[scores](t, files["metrics.json"])
	if *m.Validation.R2 < 0.995 {
		t.Errorf("metrics %s", files["metrics.json"])
	}
	if !strings.HasPrefix(string(files["curve.csv"]), "round,training,validation\n") || !strings.Contains(string(files["curve.svg"]), "rmse by round") {
		t.Errorf("the curve is %.200s", files["curve.csv"])
	}
	out := ran(t, job(`{"operation":"predict","data":{"a":{}},"model":{"input":"m"}}`, file("a", "x,z,constant\n0.5,500,5\n"), file("m", string(files["model.json"]))))
	var got float64
	if _, err := fmt.Sscanf(string(out["predictions.csv"]), "prediction\n%g", &got); err != nil || got < 1e6-100 || got > 1e6+100 {
		t.Errorf("predictions %q", out["predictions.csv"])
	}
}

func TestNetworkParameters(t *testing.T) {
	const some = `{"operation":"train","kind":"network","data":{"a":{}},"label":"y","seed":1}`
	data := file("a", "x,z,y\n1,2,0\n2,1,1\n3,5,0\n4,2,1\n")
	for _, tt := range []struct{ name, network, want string }{
		{"twin", `{}`, ""},
		{"twin of all", `{"objective":"classes","hidden":[3,2],"scale":0.5,"optimizer":"sgd","epochs":2,"batch_size":2,"learning_rate":0.5,"momentum":0.9,"weight_decay":0.1,"patience":1}`, ""},
		{"twin of an image", `{"image":{"height":1,"width":2},"filters":[2],"kernel":1,"pool":1}`, ""},
		{"another objective", `{"objective":"ranks"}`, "network.objective"},
		{"another optimizer", `{"optimizer":"lbfgs"}`, "network.optimizer"},
		{"a layer of nothing", `{"hidden":[0]}`, "network.hidden"},
		{"too many layers", `{"hidden":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}`, "network.hidden"},
		{"filters of nothing", `{"image":{"height":1,"width":2},"filters":[0]}`, "network.filters"},
		{"filters without an image", `{"filters":[3]}`, "network.filters: say the height"},
		{"an image without a width", `{"image":{"height":2}}`, "network.image"},
		{"an even kernel", `{"kernel":2}`, "network.kernel"},
		{"no pool", `{"pool":0}`, "network.pool"},
		{"no scale", `{"scale":0}`, "network.scale"},
		{"no epochs", `{"epochs":0}`, "network.epochs"},
		{"no batch", `{"batch_size":0}`, "network.batch_size"},
		{"no rate", `{"learning_rate":0}`, "network.learning_rate"},
		{"momentum of adam", `{"momentum":0.5}`, "network.momentum"},
		{"too much decay", `{"weight_decay":1.5}`, "network.weight_decay"},
		{"negative patience", `{"patience":-1}`, "network.patience"},
		{"squares larger than the image", `{"image":{"height":1,"width":2},"filters":[2]}`, "network: layer 3"},
		{"too many weights", `{"hidden":[65536,65536]}`, "network: "},
		{"something else", `{"layers":3}`, "unknown field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := job(with(some, "network", tt.network), data)
			if tt.want == "" {
				ran(t, j)
				return
			}
			check(t, j, fault.LearnParams, tt.want)
		})
	}
	check(t, job(with(some, "network", `{"image":{"height":3,"width":3}}`), data), fault.LearnData, "the image has 9 pixels")
	check(t, job(with(some, "network", `{"objective":"values"}`, "classes", `["0","1"]`), data), fault.LearnParams, "classes: ")
	check(t, job(with(some, "network", `{"hidden":[3]}`), file("a", "x,y\n,0\n1,1\n")), fault.LearnData, "row 1")
	check(t, job(with(some, "network", `{"objective":"values"}`), file("a", "x,y\n1e300,0\n1,1\n")), fault.LearnData, "feature 1")
	check(t, job(with(some, "network", `{"image":{"height":1,"width":1}}`), file("a", "x,y\n0,0\n0,1\n")), fault.LearnData, "network.scale")
	short := job(with(some, "network", `{"hidden":[1000,1000]}`), data)
	short.Limits.Memory = 32 << 20
	check(t, short, fault.LearnData, "requirements.memory")
	short = job(with(some, "network", `{"hidden":[1000,1000]}`), data)
	short.Limits.Fuel = 1 << 20
	check(t, short, fault.WasmTime, "fuel")
}

func TestNetworksThatAreNone(t *testing.T) {
	two, err := network.New(network.Values, network.Flat(2), network.Scaling{}, network.MLP(nil, 2), 1)
	if err != nil {
		t.Fatal(err)
	}
	one, err := network.New(network.Values, network.Flat(2), network.Scaling{}, network.MLP(nil, 1), 1)
	if err != nil {
		t.Fatal(err)
	}
	state := func(m *network.Model) string {
		b, err := federated.Begin(m).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	for _, tt := range []struct{ name, features, body, want string }{
		{"twin", `["x","z"]`, `{"state":"` + state(one) + `"}`, ""},
		{"no JSON", `["x","z"]`, `{"state":5}`, "no JSON of the form"},
		{"another field", `["x","z"]`, `{"weights":""}`, "no JSON of the form"},
		{"no state", `["x","z"]`, `{}`, "state"},
		{"not all of it", `["x","z"]`, `{"state":"` + state(one)[:40] + `"}`, ""},
		{"a feature too few", `["x"]`, `{"state":"` + state(one) + `"}`, "features"},
		{"two values", `["x","z"]`, `{"state":"` + state(two) + `"}`, "more than one value"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := job(`{"operation":"predict","data":{"a":{}},"model":{"input":"m"}}`, file("a", "x,z\n1,2\n"),
				file("m", modelHead+`"kind":"network","features":`+tt.features+`,"label":"y","model":`+tt.body+`}`))
			if tt.name == "twin" {
				ran(t, j)
				return
			}
			check(t, j, fault.LearnModel, tt.want)
		})
	}
}

// rules are those of an owner over an input.
type rules struct {
	operations, steps []string
	minRows           uint64
	minParties        int
	epsilon           uint32
}

func (r rules) on(in tacit.GuestFile) tacit.GuestFile {
	in.Operations, in.Steps, in.MinRows, in.MinParties, in.Epsilon = r.operations, r.steps, r.minRows, r.minParties, r.epsilon
	return in
}

// What owners say of updates and of what is made of them is kept.
func TestConsentOfRounds(t *testing.T) {
	both := []string{tacit.LearnUpdate, tacit.LearnAggregate}
	onward := rules{nil, both, 0, 0, 0}
	table := func(n int) string { return "x,y\n" + strings.Repeat("1,0\n2,1\n", n/2) }
	const begin = `"kind":"network","label":"y","features":["x"],"classes":["0","1"],"network":{"epochs":1}`
	update := func(recipients int, outputs string, r rules) tacit.Job {
		j := job(`{"operation":"update","data":{"a":{}},`+begin+outputs+`}`, r.on(file("a", table(10))))
		j.Recipients, j.Onward = recipients, []uint8{0}
		return j
	}
	alone := update(1, "", onward)
	u := ran(t, alone)["update.bin"]
	if u == nil {
		t.Fatal("there is no update")
	}
	other := ran(t, job(`{"operation":"update","data":{"a":{}},`+begin+`}`, file("a", table(20))))["update.bin"]
	aggregate := func(how string, r rules, updates ...[]byte) tacit.Job {
		var names []string
		var files []tacit.GuestFile
		for i, u := range updates {
			names = append(names, fmt.Sprintf("u%d", i))
			files = append(files, r.on(file(names[i], string(u))))
		}
		list, _ := json.Marshal(names)
		return job(`{"operation":"aggregate","updates":`+string(list)+`,"aggregate":{`+how+`},`+begin+`}`, files...)
	}
	leave := rules{both, nil, 0, 0, 0}
	group := func(n uint64, j tacit.Job) tacit.Job {
		j.Inputs[0].MinGroup = n
		return j
	}
	for _, tt := range []struct {
		name string
		j    tacit.Job
		code fault.Code
		want string
	}{
		{"twin: an update for a next step", alone, "", ""},
		{"an update that is not allowed", update(1, "", rules{[]string{tacit.LearnAggregate, tacit.LearnTrain}, nil, 0, 0, 0}), fault.DataConsent, "does not allow the operation update"},
		{"an update for others, allowed for a next step", update(2, `,"outputs":[{"name":"update","to":[0,1]}]`, onward), fault.DataConsent, "for a next step only"},
		{"twin: an update for others", update(2, `,"outputs":[{"name":"update","to":[0,1]}]`, leave), "", ""},
		{"the curve for others, allowed for a next step", update(2, `,"outputs":[{"name":"update","to":[0]},{"name":"curve","to":[1]}]`, onward), fault.DataConsent, "for a next step only"},
		{"an update of one where more are wanted, for others", update(2, `,"outputs":[{"name":"update","to":[1]}]`, rules{both, nil, 0, 2, 0}), fault.DataSmall, "may go to a next step alone"},
		{"twin: for a next step", update(2, `,"outputs":[{"name":"update","to":[0]}]`, rules{both, nil, 0, 2, 0}), "", ""},
		{"an update without noise, for others", update(2, `,"outputs":[{"name":"update","to":[1]}]`, rules{both, nil, 0, 0, 5000}), fault.DataConsent, "differential privacy"},
		{"a summary without noise, for others", update(2, `,"outputs":[{"name":"update","to":[0]},{"name":"summary","to":[1]}]`, rules{both, nil, 0, 0, 5000}), fault.DataConsent, "differential privacy"},
		{"twin: noise comes later", update(2, "", rules{both, nil, 0, 0, 5000}), "", ""},
		{"few rows, for others", update(2, `,"outputs":[{"name":"update","to":[1]}]`, rules{both, nil, 11, 0, 0}), fault.DataSmall, "fewer than the 11 rows"},
		{"a small group, for others", group(11, update(2, `,"outputs":[{"name":"update","to":[0]},{"name":"curve","to":[1]}]`, leave)), fault.DataSmall, "fewer than the 11 rows"},
		{"twin: a group, for others", group(10, update(2, `,"outputs":[{"name":"update","to":[0]},{"name":"curve","to":[1]}]`, leave)), "", ""},
		{"twin: few rows, for a next step", update(2, `,"outputs":[{"name":"update","to":[0]}]`, rules{both, nil, 11, 0, 0}), "", ""},

		{"twin: a round", aggregate("", leave, u, other), "", ""},
		{"a round that is not allowed", aggregate("", rules{[]string{tacit.LearnUpdate}, nil, 0, 0, 0}, u, other), fault.DataConsent, "does not allow the operation aggregate"},
		{"a model for others, allowed for a next step", aggregate("", onward, u, other), fault.DataConsent, "for a next step only"},
		{"too few parties by an owner", aggregate("", rules{both, nil, 0, 3, 0}, u, other), fault.DataSmall, "updates of 2 parties"},
		{"too few parties by the parameters", aggregate(`"min_parties":3`, leave, u, other), fault.DataSmall, "updates of 2 parties"},
		{"the same data twice", aggregate("", rules{both, nil, 0, 2, 0}, u, u), fault.DataSmall, "updates of 1 parties"},
		{"twin: two parties", aggregate("", rules{both, nil, 0, 2, 0}, u, other), "", ""},
		{"too few rows", aggregate("", rules{both, nil, 31, 0, 0}, u, other), fault.DataSmall, "fewer than the 31 rows"},
		{"twin: enough rows", aggregate("", rules{both, nil, 30, 0, 0}, u, other), "", ""},
		{"too small a group", group(31, aggregate("", leave, u, other)), fault.DataSmall, "fewer than the 31 rows"},
		{"twin: a group that is large enough", group(30, aggregate("", leave, u, other)), "", ""},
		{"no noise where an owner wants some", aggregate("", rules{both, nil, 0, 0, 5000}, u, other), fault.DataConsent, "say aggregate.noise"},
		{"too little noise", aggregate(`"clip":1,"noise":0.8`, rules{both, nil, 0, 0, 5000}, u, other), fault.DataConsent, "epsilon would be more than the 5 "},
		{"twin: enough noise", aggregate(`"clip":1,"noise":1`, rules{both, nil, 0, 0, 5000}, u, other), "", ""},
		{"a thousandth too little", aggregate(`"clip":1,"noise":1`, rules{both, nil, 0, 0, 4377}, u, other), fault.DataConsent, "epsilon would be more than the 4.377 "},
		{"twin: that thousandth more", aggregate(`"clip":1,"noise":1`, rules{both, nil, 0, 0, 4378}, u, other), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.code == "" {
				ran(t, tt.j)
				return
			}
			check(t, tt.j, tt.code, tt.want)
		})
	}
	// What one owner wants counts, whichever he is.
	for i := range 2 {
		for _, tt := range []struct {
			how  string
			r    rules
			code fault.Code
			want string
		}{
			{"", rules{[]string{tacit.LearnUpdate}, nil, 0, 0, 0}, fault.DataConsent, "does not allow the operation aggregate"},
			{"", rules{both, nil, 31, 0, 0}, fault.DataSmall, "fewer than the 31 rows"},
			{"", rules{both, nil, 0, 3, 0}, fault.DataSmall, "updates of 2 parties"},
			{"", rules{both, nil, 0, 0, 5000}, fault.DataConsent, "say aggregate.noise"},
			{`"clip":1,"noise":0.8`, rules{both, nil, 0, 0, 5000}, fault.DataConsent, "epsilon would be more than the 5 "},
		} {
			j := aggregate(tt.how, leave, u, other)
			j.Inputs[i] = tt.r.on(j.Inputs[i])
			check(t, j, tt.code, tt.want)
		}
	}
	// By itself only the update of a guarded owner goes on, and nothing else anywhere.
	out, err := New(Config{}).Run(t.Context(), update(2, "", rules{both, nil, 0, 0, 5000}))
	if err != nil || len(out.Outputs) != 1 || out.Outputs[0].Name != "update.bin" || !bytes.Equal(out.Outputs[0].To, []byte{0}) {
		t.Errorf("outputs %v, %v", out.Outputs, err)
	}
}

// An epsilon holds for all rounds together, and cannot be got around by going on with the
// model: each round says when it would be too much.
func TestEpsilonRunsOut(t *testing.T) {
	f, _ := newFederation(t, `"scale":0.0625`, local, `"clip":0.5,"noise":4`)
	f.rules = func(in *tacit.GuestFile) { in.Epsilon = 2000 }
	n := 0
	for ; n < 10; n++ {
		j := f.aggregation(f.update(0), f.update(1))
		if _, err := f.engine.Run(t.Context(), j); err != nil {
			check(t, j, fault.DataConsent, "epsilon would be more than the 2 ")
			break
		}
		f.aggregate(f.update(0), f.update(1))
		if *f.summary.Epsilon > 2 {
			t.Fatalf("after round %d epsilon is %v", n+1, *f.summary.Epsilon)
		}
	}
	if n != 4 {
		t.Errorf("%d rounds, want 4", n)
	}
	// A round without noise, of owners who want none, spends everything for those who do.
	f, _ = newFederation(t, `"scale":0.0625`, local, "")
	f.aggregate(f.update(0), f.update(1))
	f.how, f.rules = `"clip":0.5,"noise":100`, func(in *tacit.GuestFile) { in.Epsilon = 1e9 }
	check(t, f.aggregation(f.update(0)), fault.DataConsent, "epsilon would be more")
	f.rules = nil
	f.aggregate(f.update(0))
	if f.summary.Epsilon != nil || f.last.Privacy != "" {
		t.Errorf("after a round without noise: %+v, %q", f.summary, f.last.Privacy)
	}
}

func TestRoundParameters(t *testing.T) {
	f, _ := newFederation(t, mlp, local, "")
	u := file("u", string(f.update(0)))
	f.aggregate(f.update(0))
	m, site := file("m", string(f.model)), file("site", csv(f.sites[0][:20]))
	row := func(text string) tacit.GuestFile {
		return file("site", csv(f.sites[0][:20])+text+strings.Repeat(",0", 63)+"\n")
	}
	// of is a model of digits after these rounds, and an update that belongs to it.
	of := func(spent federated.Spent, factor, weight float32) []tacit.GuestFile {
		m, err := network.New(network.Classes, network.Flat(64), network.Scaling{Factor: []float32{factor}}, network.MLP(nil, 10), 1)
		if err == nil {
			m, err = m.With(slices.Repeat([]float32{weight}, len(m.Weights)))
		}
		if err != nil {
			t.Fatal(err)
		}
		doc, err := readDocument(f.model)
		if err != nil {
			t.Fatal(err)
		}
		doc.fitted = neural{&federated.State{Model: m, Spent: spent}}
		b, err := doc.encode()
		if err != nil {
			t.Fatal(err)
		}
		f := &federation{model: b}
		return []tacit.GuestFile{file("m", string(b)), file("u", string(forge(t, f, func(*federated.Update) {})))}
	}
	forest := file("m", string(ran(t, job(`{"operation":"train","kind":"trees","data":{"a":{}},"label":"y","trees":{"n_estimators":1}}`, file("a", "x,y\n1,2\n2,1\n")))["model.json"]))
	update := `{"operation":"update","data":{"site":{}},"kind":"network","label":"label","features":` + pixels() + `,"classes":` + classes10 + `}`
	goOn := `{"operation":"update","data":{"site":{}},"model":{"input":"m"}}`
	together := `{"operation":"aggregate","updates":["u"],"kind":"network","label":"label","features":` + pixels() + `,"classes":` + classes10 + `,"network":{` + mlp + `},"seed":1}`
	further := `{"operation":"aggregate","updates":["u"],"model":{"input":"m"}}`
	huge := file("u", "") // of which nothing may be read
	huge.Size = int64(federated.MostUpdateBytes) + 1
	bare := file("m", string(ran(t, job(with(together, "label", ""), u))["model.json"]))
	for _, tt := range []struct {
		name   string
		params string
		inputs []tacit.GuestFile
		code   fault.Code
		want   string
	}{
		{"twin: an update", update, []tacit.GuestFile{site}, "", ""},
		{"twin: an update of a model", goOn, []tacit.GuestFile{site, m}, "", ""},
		{"twin: a round", together, []tacit.GuestFile{u}, "", ""},
		{"twin: a label for a model that has none", with(goOn, "label", `"label"`), []tacit.GuestFile{site, bare}, "", ""},
		{"twin: a round before the last", further, of(federated.Spent{{Rounds: 1<<24 - 1, Rate: 1}}, 2, 1), "", ""},
		{"twin: a scaling that no file of ONNX has", with(further, "outputs", `[{"name":"model"}]`), of(nil, 2, network.Largest), "", ""},
		{"no kind", with(update, "kind", ""), []tacit.GuestFile{site}, fault.LearnParams, "kind: say one of"},
		{"another kind", with(update, "kind", `"trees"`), []tacit.GuestFile{site}, fault.LearnParams, "rounds are of kind network"},
		{"a kind beside a model", with(goOn, "kind", `"network"`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its kind"},
		{"no features", with(update, "features", ""), []tacit.GuestFile{site}, fault.LearnParams, "features: say them all"},
		{"no classes", with(update, "classes", ""), []tacit.GuestFile{site}, fault.LearnParams, "classes: say them all"},
		{"no label", with(update, "label", ""), []tacit.GuestFile{site}, fault.LearnParams, "label: say"},
		{"no label for a model that has none", goOn, []tacit.GuestFile{site, bare}, fault.LearnParams, "label: say"},
		{"no epochs", with(update, "network", `{"epochs":0}`), []tacit.GuestFile{site}, fault.LearnParams, "network.epochs"},
		{"another objective", with(together, "network", `{"objective":"ranks"}`), []tacit.GuestFile{u}, fault.LearnParams, "network.objective"},
		{"too many weights", with(update, "network", `{"hidden":[65536,65536]}`), []tacit.GuestFile{site}, fault.LearnParams, "network: "},
		{"a split", with(update, "split", `{"validate":0.5}`), []tacit.GuestFile{site}, fault.LearnParams, "split: "},
		{"ids", with(update, "keep", `["id"]`), []tacit.GuestFile{site}, fault.LearnParams, "keep: "},
		{"patience", with(update, "network", `{"patience":3}`), []tacit.GuestFile{site}, fault.LearnParams, "network.patience"},
		{"an image that is larger", with(update, "network", `{"image":{"height":9,"width":8}}`), []tacit.GuestFile{site}, fault.LearnParams, "network.image"},
		{"classes of a model", with(goOn, "classes", `["0","1"]`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its own"},
		{"features of a model", with(goOn, "features", `["p0"]`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its own"},
		{"layers of a model", with(goOn, "network", `{"hidden":[4]}`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its layers"},
		{"the objective of a model", with(goOn, "network", `{"objective":"values"}`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its layers"},
		{"the image of a model", with(goOn, "network", `{"image":{"height":8,"width":8}}`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its layers"},
		{"the kernel of a model", with(goOn, "network", `{"kernel":5}`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its layers"},
		{"the pools of a model", with(goOn, "network", `{"pool":1}`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its layers"},
		{"the scale of a model", with(goOn, "network", `{"scale":1}`), []tacit.GuestFile{site, m}, fault.LearnParams, "the model has its layers"},
		{"columns that are not there", update, []tacit.GuestFile{file("site", "label\n"+canary+"\n")}, fault.LearnData, "no column"},
		{"a label that is no class", update, []tacit.GuestFile{row(canary + ",1")}, fault.LearnData, "a label is no number of a class"},
		{"a value that is too large", update, []tacit.GuestFile{row("1," + canary + "e40")}, fault.LearnData, "feature 1 has a value that is too large"},
		{"a rate that is too large", with(update, "network", `{"optimizer":"sgd","learning_rate":10,"scale":1e12}`), []tacit.GuestFile{row("1," + canary + "e9")}, fault.LearnData, "the loss leaves"},
		{"a round after the last", further, of(federated.Spent{{Rounds: 1 << 24, Rate: 1}}, 2, 1), fault.LearnParams, "as many rounds as there may be"},
		{"a scaling that no file of ONNX has", further, of(nil, 2, network.Largest), fault.LearnModel, "onnx: "},
		{"trees for a model", goOn, []tacit.GuestFile{site, forest}, fault.LearnModel, "no network"},
		{"an update for a model", goOn, []tacit.GuestFile{site, file("m", "TACITFU\x01")}, fault.LearnModel, ""},
		{"updates to learn from", with(update, "updates", `["u"]`), []tacit.GuestFile{site, u}, fault.LearnParams, "updates, aggregate: "},
		{"how to put together what is learned", with(update, "aggregate", `{}`), []tacit.GuestFile{site}, fault.LearnParams, "updates, aggregate: "},
		{"no updates", with(together, "updates", ""), []tacit.GuestFile{u}, fault.LearnParams, "updates: say which"},
		{"an update that is no input", with(together, "updates", `["u","v"]`), []tacit.GuestFile{u}, fault.LearnParams, `no input "v"`},
		{"an update twice", with(together, "updates", `["u","u"]`), []tacit.GuestFile{u}, fault.LearnParams, "is there twice"},
		{"an update that is the model", with(together, "model", `{"input":"u"}`), []tacit.GuestFile{u}, fault.LearnParams, "is an update"},
		{"data to put together", with(together, "data", `{"site":{}}`), []tacit.GuestFile{u, site}, fault.LearnParams, "which takes updates"},
		{"something beside updates", together, []tacit.GuestFile{u, site}, fault.LearnParams, "neither among it nor the model"},
		{"weights", with(together, "aggregate", `{"weights":"size"}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.weights"},
		{"weights with noise", with(together, "aggregate", `{"weights":"rows","clip":1,"noise":1}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.weights"},
		{"noise without a clip", with(together, "aggregate", `{"noise":1}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.clip"},
		{"little noise", with(together, "aggregate", `{"noise":1e-9,"clip":1}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.noise"},
		{"negative clip", with(together, "aggregate", `{"clip":-1}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.clip"},
		{"no bound", with(together, "aggregate", `{"bound":0}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.bound"},
		{"twin: updates within the bound", with(together, "aggregate", `{"bound":1000}`), []tacit.GuestFile{u}, "", ""},
		{"updates beyond the bound", with(together, "aggregate", `{"bound":0.001}`), []tacit.GuestFile{u}, fault.DataSmall, "updates of 0 parties"},
		{"updates larger than any", together, []tacit.GuestFile{huge}, fault.DataSmall, "updates of 0 parties"},
		{"no parties", with(together, "aggregate", `{"min_parties":0}`), []tacit.GuestFile{u}, fault.LearnParams, "aggregate.min_parties"},
		{"updates of another network", with(together, "network", `{"hidden":[3]}`), []tacit.GuestFile{u}, fault.DataSmall, "updates of 0 parties"},
		{"updates of another seed", with(together, "seed", `2`), []tacit.GuestFile{u}, fault.DataSmall, "updates of 0 parties"},
		{"trees to go on with", `{"operation":"aggregate","updates":["u"],"model":{"input":"m"}}`, []tacit.GuestFile{u, forest}, fault.LearnModel, "no network"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.code == "" {
				ran(t, job(tt.params, tt.inputs...))
				return
			}
			check(t, job(tt.params, tt.inputs...), tt.code, tt.want)
		})
	}
}
