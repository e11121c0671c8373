package learn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tacit"
	"tacit/engine/learn/federated"
)

// A digit is one of network/testdata: its label and pixels.
type digit struct {
	label  int
	pixels string
}

// digits are what is learned from and what is held out.
func digits(t testing.TB) (learned, held []digit) {
	t.Helper()
	b, err := os.ReadFile("network/testdata/digits.csv")
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for line := range strings.Lines(string(b)) {
		label, pixels, _ := strings.Cut(strings.TrimSpace(line), ",")
		n, err := strconv.Atoi(label)
		if err != nil {
			t.Fatal(err)
		}
		if i++; i%4 == 0 {
			held = append(held, digit{n, pixels})
		} else {
			learned = append(learned, digit{n, pixels})
		}
	}
	return learned, held
}

// pixels are the names of their columns, as JSON.
func pixels() string {
	names := make([]string, 64)
	for i := range names {
		names[i] = fmt.Sprintf("p%d", i)
	}
	b, _ := json.Marshal(names)
	return string(b)
}

// csv is a file of digits.
func csv(all []digit) string {
	var b strings.Builder
	b.WriteString("label")
	for i := range 64 {
		fmt.Fprintf(&b, ",p%d", i)
	}
	for _, d := range all {
		fmt.Fprintf(&b, "\n%d", d.label)
		for _, p := range d.pixels {
			fmt.Fprintf(&b, ",%d", p-'a')
		}
	}
	b.WriteString("\n")
	return b.String()
}

// sites divides digits among three sites, unevenly by label: of 0 to 3 the first has fourteen
// of twenty and the others three each, of 4 to 6 the second, of 7 to 9 the third.
func sites(all []digit) [][]digit {
	out := make([][]digit, 3)
	var seen [10]int
	for _, d := range all {
		home := min(max((d.label-1)/3, 0), 2)
		to := home
		switch k := seen[d.label] % 20; {
		case k >= 17:
			to = (home + 1) % 3
		case k >= 14:
			to = (home + 2) % 3
		}
		seen[d.label]++
		out[to] = append(out[to], d)
	}
	return out
}

const classes10 = `["0","1","2","3","4","5","6","7","8","9"]`

// A federation is a simulation of rounds through the engine.
type federation struct {
	t       testing.TB
	engine  *Engine
	sites   [][]digit
	network string // what the network is
	train   string // how a site trains
	how     string // how updates are put together
	model   []byte // what the next round begins with; nil before the first
	last    tacit.Outcome
	summary roundSummary
	rules   func(*tacit.GuestFile)
}

// begin are the parameters that a round has before there is a model, or the model.
func (f *federation) begin(settings string) string {
	if f.model != nil {
		if settings != "" {
			settings = `,"network":{` + settings + `}`
		}
		return `"model":{"input":"global"}` + settings
	}
	if settings != "" {
		settings = "," + settings
	}
	return `"kind":"network","seed":1,"label":"label","features":` + pixels() + `,"classes":` + classes10 + `,"network":{` + f.network + settings + `}`
}

// inputs are those of a task: the model, if there is one, and others, all under the rules.
func (f *federation) inputs(others ...tacit.GuestFile) []tacit.GuestFile {
	if f.model != nil {
		others = append(others, file("global", string(f.model)))
	}
	for i := range others {
		others[i].Operations = tacit.LearnOperations()
		if f.rules != nil {
			f.rules(&others[i])
		}
	}
	return others
}

// update is what a site learns in this round.
func (f *federation) update(site int) []byte {
	f.t.Helper()
	j := job(`{"operation":"update","data":{"site":{}},`+f.begin(f.train)+`}`, f.inputs(file("site", csv(f.sites[site])))...)
	j.Recipients, j.Onward = 1, []uint8{0}
	out, err := f.engine.Run(f.t.Context(), j)
	if err != nil {
		f.t.Fatal(err)
	}
	if len(out.Outputs) == 0 || out.Outputs[0].Name != "update.bin" {
		f.t.Fatalf("%d outputs", len(out.Outputs))
	}
	return out.Outputs[0].Data
}

// aggregation is the task that puts updates together.
func (f *federation) aggregation(updates ...[]byte) tacit.Job {
	var names []string
	var files []tacit.GuestFile
	for i, u := range updates {
		names = append(names, fmt.Sprintf("%q", fmt.Sprintf("u%d", i)))
		files = append(files, file(fmt.Sprintf("u%d", i), string(u)))
	}
	return job(`{"operation":"aggregate","updates":[`+strings.Join(names, ",")+`],"aggregate":{`+f.how+`},`+f.begin("")+`}`, f.inputs(files...)...)
}

// aggregate goes on to the next round.
func (f *federation) aggregate(updates ...[]byte) {
	f.t.Helper()
	out, err := f.engine.Run(f.t.Context(), f.aggregation(updates...))
	if err != nil {
		f.t.Fatal(err)
	}
	f.last, f.summary = out, roundSummary{}
	for _, o := range out.Outputs {
		switch o.Name {
		case "model.json":
			f.model = o.Data
		case "summary.json":
			f.summary = read[roundSummary](f.t, o.Data)
		}
	}
}

// accuracy is the share of digits that the model gets right.
func accuracy(t testing.TB, model []byte, held []digit) float64 {
	t.Helper()
	files := ran(t, job(`{"operation":"evaluate","data":{"held":{}},"model":{"input":"m"}}`, file("held", csv(held)), file("m", string(model))))
	return *read[scores](t, files["metrics.json"]).Evaluation.Accuracy
}

// newFederation is one of three sites that nothing happened in yet.
func newFederation(t testing.TB, network, train, how string) (*federation, []digit) {
	learned, held := digits(t)
	return &federation{t: t, engine: New(Config{Threads: 2, Noise: rand.NewChaCha8([32]byte{1})}), sites: sites(learned), network: network, train: train, how: how}, held
}

// mlp is the network of the tests, and how a site trains it.
const (
	mlp   = `"hidden":[32],"scale":0.0625`
	local = `"optimizer":"sgd","learning_rate":0.2,"epochs":3,"batch_size":16`
)

// pooled is the accuracy of the same network trained on all sites' data together.
func pooled(t testing.TB, f *federation, held []digit) float64 {
	t.Helper()
	var files []tacit.GuestFile
	for i, s := range f.sites {
		files = append(files, file(fmt.Sprintf("s%d", i), csv(s)))
	}
	out := ran(t, job(`{"operation":"train","kind":"network","data":{"s0":{},"s1":{},"s2":{}},"label":"label","classes":`+classes10+`,"seed":1,"network":{`+f.network+`,"epochs":40,"optimizer":"sgd","learning_rate":0.1,"batch_size":16}}`, files...))
	return accuracy(t, out["model.json"], held)
}

// Three sites whose digits differ learn as well together as if their data were in one place:
// within a point of it, also where a site is away for some rounds, and where a fourth sends
// what is no update of this round.
func TestRounds(t *testing.T) {
	const count = 25
	f, held := newFederation(t, mlp, local, "")
	want := pooled(t, f, held)
	for i, s := range f.sites {
		var n [10]int
		for _, d := range s {
			n[d.label]++
		}
		t.Logf("site %d: %d digits, by label %v", i, len(s), n)
	}
	var all [][]byte // the models of the first, after each round
	for _, tt := range []struct {
		name string
		away func(round, site int) bool
		evil func(f *federation, round int) []byte
		fate federated.Fate
		how  string
	}{
		{"all take part", nil, nil, "", ""},
		{"the second is away for a third of the rounds", func(round, site int) bool { return site == 1 && round%3 == 1 }, nil, "", ""},
		{"somebody sends numbers that are none", nil, func(f *federation, _ int) []byte {
			return forge(f.t, f, func(u *federated.Update) { u.Delta[7] = nan() })
		}, federated.NotFinite, ""},
		{"somebody sends huge numbers", nil, func(f *federation, _ int) []byte {
			return forge(f.t, f, func(u *federated.Update) { u.Delta[7] = 1e30 })
		}, federated.TooLong, ""},
		{"somebody sends an old update", nil, func(f *federation, round int) []byte {
			return forge(f.t, f, func(u *federated.Update) { u.Round = uint32(round) - 1 })
		}, federated.OtherTime, ""},
		{"somebody sends poison, of the length of others", nil, func(f *federation, _ int) []byte {
			return forge(f.t, f, func(u *federated.Update) {
				for i := range u.Delta {
					u.Delta[i] = 100
				}
			})
		}, federated.Taken, `"clip":1,"weights":"uniform"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := newFederation(t, mlp, local, tt.how)
			leftOut := tt.evil != nil && tt.fate != federated.Taken
			last := count
			if leftOut {
				last = 4 // what changes nothing needs no more
			}
			var models [][]byte
			for round := range last {
				var updates [][]byte
				for site := range f.sites {
					if tt.away == nil || !tt.away(round, site) {
						updates = append(updates, f.update(site))
					}
				}
				honest := len(updates)
				if tt.evil != nil && round > 0 && (tt.fate != federated.Taken || round == 5) {
					updates = append(updates, tt.evil(f, round))
				}
				f.aggregate(updates...)
				s := f.summary
				if s.Round != uint64(round+1) || s.Epsilon != nil || len(s.Parties) != len(updates) || s.Taken < honest {
					t.Fatalf("round %d: %+v", round, s)
				}
				if len(updates) > honest && s.Parties[honest].Fate != tt.fate {
					t.Errorf("round %d: the update of the fourth is %s, want %s", round, s.Parties[honest].Fate, tt.fate)
				}
				models = append(models, f.model)
			}
			if all == nil {
				all = models
			}
			if leftOut {
				if !bytes.Equal(f.model, all[last-1]) {
					t.Error("what was left out moved the model")
				}
				return
			}
			if tt.away != nil && bytes.Equal(f.model, all[last-1]) {
				t.Error("a site that is away moves the model")
			}
			got := accuracy(t, f.model, held)
			t.Logf("accuracy %.4f after %d rounds, of all data in one place %.4f", got, count, want)
			if got < want-0.01 {
				t.Errorf("accuracy %.4f, of all data in one place %.4f", got, want)
			}
		})
	}
}

// forge is an update for this round of somebody who has no data, altered.
func forge(t testing.TB, f *federation, alter func(*federated.Update)) []byte {
	t.Helper()
	doc, err := readDocument(f.model)
	if err != nil {
		t.Fatal(err)
	}
	s := doc.fitted.(neural).s
	u, err := s.Update(s.Model, [32]byte{9}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	alter(u)
	b, err := u.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func nan() float32 { var zero float32; return zero / zero }

// With noise every round says what all until then cost, and the receipt does. How much of the
// model it leaves depends on how many take part.
func TestRoundsWithNoise(t *testing.T) {
	learned, held := digits(t)
	for _, tt := range []struct {
		parties int
		noise   float64
		epsilon [2]float64
		least   float64
	}{
		{3, 0.05, [2]float64{2000, 2500}, 0.8},
		{3, 1, [2]float64{17.8, 20}, 0},
		{60, 2, [2]float64{7.5, 8.4}, 0.75},
	} {
		t.Run(fmt.Sprintf("%d parties, noise %g", tt.parties, tt.noise), func(t *testing.T) {
			f, _ := newFederation(t, `"scale":0.0625`, local, fmt.Sprintf(`"clip":0.5,"noise":%g,"min_parties":%d`, tt.noise, tt.parties))
			if tt.parties > 3 {
				f.sites = make([][]digit, tt.parties)
				for i, d := range learned {
					f.sites[i%tt.parties] = append(f.sites[i%tt.parties], d)
				}
			}
			last := 0.0
			for range 10 {
				var updates [][]byte
				for i := range f.sites {
					updates = append(updates, f.update(i))
				}
				f.aggregate(updates...)
				if f.summary.Epsilon == nil || *f.summary.Epsilon <= last || f.last.Privacy != tacit.PrivacyOf(*f.summary.Epsilon, tacit.LearnDelta) || f.summary.Rows != 0 || f.summary.Taken != tt.parties {
					t.Fatalf("%+v, %q", f.summary, f.last.Privacy)
				}
				last = *f.summary.Epsilon
			}
			got := accuracy(t, f.model, held)
			t.Logf("accuracy %.4f, %s", got, f.last.Privacy)
			if last < tt.epsilon[0] || last > tt.epsilon[1] || got < tt.least {
				t.Errorf("epsilon %v, accuracy %v", last, got)
			}
		})
	}
}

// The noise is not of the job's seed: the same round gives another model each time.
func TestNoiseIsNotOfTheSeed(t *testing.T) {
	f, _ := newFederation(t, `"scale":0.0625`, local, `"clip":0.5,"noise":1`)
	u := f.update(0)
	f.engine = New(Config{})
	f.aggregate(u)
	one := f.model
	f.model = nil
	f.aggregate(u)
	if bytes.Equal(one, f.model) {
		t.Error("the noise is the same twice")
	}
	f.model, f.how = nil, `"clip":0.5`
	f.aggregate(u)
	one, f.model = f.model, nil
	f.aggregate(u)
	if !bytes.Equal(one, f.model) {
		t.Error("twin: without noise the model is not the same")
	}
	if !slices.Equal(u, f.forget().update(0)) {
		t.Error("the same data give another update")
	}
}

// forget goes back to before the first round.
func (f *federation) forget() *federation { f.model = nil; return f }

// A reading is an input that can be read a number of times.
type reading struct {
	io.ReaderAt
	times int
}

func (r *reading) ReadAt(b []byte, at int64) (int, error) {
	if r.times--; r.times < 0 {
		return 0, io.EOF
	}
	return r.ReaderAt.ReadAt(b, at)
}

// Sites' data are read twice and updates once: an input that cannot be read so often is the
// host's failure, of which no owner and no user hears as if it was his.
func TestRoundsOfWhatCannotBeRead(t *testing.T) {
	rows := numbersOf(20, "")
	update := string(ran(t, job(beginning, file("a", rows)))["update.bin"])
	for _, tt := range []struct {
		name, params, alias, text string
		times                     int
		fails                     bool
	}{
		{"twin: data", beginning, "a", rows, 2, false},
		{"data once", beginning, "a", rows, 1, true},
		{"no data", beginning, "a", rows, 0, true},
		{"twin: an update", together, "u", update, 1, false},
		{"no update", together, "u", update, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := file(tt.alias, tt.text)
			in.Data = &reading{in.Data, tt.times}
			out, err := New(Config{}).Run(t.Context(), job(tt.params, in))
			failed := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
			if failed != tt.fails || err != nil && !failed || out.Stderr != nil || (out.Outputs == nil) != failed {
				t.Errorf("Run = %+v, %v", out, err)
			}
		})
	}
}

// Updates weigh by their rows, or all alike: of as many rows that is the same.
func TestUpdatesWeighAsTheParametersSay(t *testing.T) {
	update := func(text string) string {
		return string(ran(t, job(beginning, file("a", text)))["update.bin"])
	}
	one, alike, larger := update(numbersOf(8, "")), update(numbersOf(8, "")+"\n"), update(numbersOf(16, ""))
	for _, tt := range []struct {
		name, other string
		same        bool
	}{{"twin: as many rows", alike, true}, {"more rows", larger, false}} {
		t.Run(tt.name, func(t *testing.T) {
			model := func(weights string) []byte {
				params := with(together, "updates", `["u","v"]`, "aggregate", `{"weights":"`+weights+`","min_parties":2}`)
				return ran(t, job(params, file("u", one), file("v", tt.other)))["model.json"]
			}
			if same := bytes.Equal(model("rows"), model("uniform")); same != tt.same {
				t.Errorf("by rows and all alike are the same: %v", same)
			}
		})
	}
}
