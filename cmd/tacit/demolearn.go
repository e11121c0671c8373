package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tacit/fault"
)

// Where the public tables lie in the source, and what XGBoost makes of one.
const (
	cancerTable = "linear/testdata/cancer.csv"
	digitsTable = "network/testdata/digits.csv"
	oracleText  = "testdata/oracle.txt"
)

// The split of the oracle: a quarter of the rows, drawn with this seed (docs/learn.md).
const (
	demoShare = 0.25
	demoSeed  = "7"
)

// learnDemo is the story of models that are learned from data nobody shows.
type learnDemo struct {
	*demonstration
	tables  string
	fresh   []string          // right answers for the patients of whom nobody learned
	oracle  map[string]string // what XGBoost says
	held    string            // digits nobody learns from
	reached []scored
}

// scored is how much a model of the digits gets right.
type scored struct {
	label    string
	accuracy float64
}

func (t *tool) demoLearn() *cobra.Command {
	d := learnDemo{demonstration: &demonstration{t: t}}
	c := &cobra.Command{Use: "learn", Short: "Models of data that nobody shows: trees of two owners, rounds of three sites", Args: cobra.NoArgs,
		Long: "Models of data that nobody shows, on public tables that come with the source. Two owners have\n" +
			"boosted trees trained of breast cancer cells, compared with XGBoost's; the model is offered under\n" +
			"terms and applied to a third one's data. Three sites with other digits each learn one network in\n" +
			"rounds, compared with a training that has all the data in one place."}
	f := c.Flags()
	f.StringVar(&d.tables, "tables", "engine/learn", "folder of the source with the public tables")
	f.StringVar(&d.bin, "bin", binFolder(), "folder of the programs")
	f.StringVar(&d.out, "out", "build/learn", "folder for tables, parameters and results")
	f.BoolVar(&d.keep, "keep", false, "go on running at the end, until Ctrl-C")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := d.prepare(); err != nil {
			return err
		}
		return d.play(cmd.Context(), d.story, [][]string{
			{"tacit", "learn", "run", d.at("evaluate.json"), "held=" + d.held, "model=" + d.at("rounds-10", "model.json")},
			{"cat", d.at("for-hospital", "log.jsonl")},
		})
	}
	return c
}

// publicTable is one of the tables, line by line.
func publicTable(folder, name string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return nil, fault.New(fault.APIPath, "read a public table: %w\nThe tables come with the source: start this in its folder, or say --tables", err)
	}
	return strings.Split(strings.TrimSpace(string(b)), "\n"), nil
}

// prepare splits the public tables among those who play their owners.
func (d *learnDemo) prepare() error {
	cells, err := publicTable(d.tables, cancerTable)
	if err != nil {
		return err
	}
	digits, err := publicTable(d.tables, digitsTable)
	if err != nil {
		return err
	}
	said, err := publicTable(d.tables, oracleText)
	if err != nil {
		return err
	}
	d.oracle = map[string]string{}
	for _, line := range said {
		name, value, _ := strings.Cut(line, " ")
		d.oracle[name] = value
	}
	if err := os.MkdirAll(d.out, 0o700); err != nil {
		return fmt.Errorf("make folder for results: %w", err)
	}
	var head []string
	for i := range strings.Count(cells[0], ",") {
		head = append(head, fmt.Sprintf("cell%02d", i+1))
	}
	features := strings.Join(head, ",")
	half := (len(cells) + 1) / 2
	var fresh []string
	for i, line := range cells {
		if !validates(strconv.Itoa(i + 1)) {
			continue
		}
		cut := strings.LastIndex(line, ",")
		fresh, d.fresh = append(fresh, line[:cut]), append(d.fresh, line[cut+1:])
	}
	held, sites := unevenly(digits)
	d.held = d.at("held.csv")
	files := map[string][]string{
		"clinic.csv": append([]string{features + ",benign"}, cells[:half]...), "hospital.csv": append([]string{features + ",benign"}, cells[half:]...),
		"fresh.csv": append([]string{features}, fresh...), "held.csv": held,
	}
	pooled := held[:1:1]
	for i, name := range siteNames {
		files[name+".csv"] = sites[i]
		pooled = append(pooled, sites[i][1:]...)
	}
	files["pooled.csv"] = pooled
	for name, lines := range files {
		if err := os.WriteFile(d.at(name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}

// validates reports whether a row is kept from training, as the engine finds it.
func validates(name string) bool {
	h := sha256.Sum256([]byte("tacit split\n" + demoSeed + "\n" + name))
	return float64(binary.BigEndian.Uint64(h[:8])) < demoShare*math.Pow(2, 64)
}

var siteNames = []string{"north", "south", "west"}

// digitRow reads a digit of the table, whose pixels are letters from a on.
func digitRow(line string) (label int, pixels []string) {
	name, letters, _ := strings.Cut(line, ",")
	label, _ = strconv.Atoi(name)
	for _, c := range letters {
		pixels = append(pixels, strconv.Itoa(int(c-'a')))
	}
	return label, pixels
}

// digitHead is what the columns of digits are called: pixels, then which digit it is.
func digitHead() string {
	return strings.Join(digitPixels(), ",") + ",digit"
}

func digitPixels() (names []string) {
	for i := range 64 {
		names = append(names, fmt.Sprintf("p%02d", i))
	}
	return names
}

// unevenly keeps every fourth digit from everybody and gives the others to three sites: each
// has 14 of 20 of some digits and 3 of 20 of the rest.
func unevenly(lines []string) (held []string, sites [3][]string) {
	held = []string{digitHead()}
	for i := range sites {
		sites[i] = []string{digitHead()}
	}
	var seen [10]int
	for i, line := range lines {
		label, pixels := digitRow(line)
		row := strings.Join(append(pixels, strconv.Itoa(label)), ",")
		if i%4 == 3 {
			held = append(held, row)
			continue
		}
		to := label
		switch n := seen[label%10] % 20; {
		case n >= 17:
			to += 2
		case n >= 14:
			to++
		}
		seen[label%10]++
		sites[to%3] = append(sites[to%3], row)
	}
	return held, sites
}

// params writes a file of parameters and shows it.
func (d *demonstration) params(name string, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("write parameters: %w", err)
	}
	path := filepath.Join(d.out, name+".json")
	if err := os.WriteFile(path, append(b, '\n'), 0o600); err != nil {
		return "", fmt.Errorf("write parameters: %w", err)
	}
	d.shown("cat", path)
	if len(b) > 700 {
		b = append(b[:600:600], " ..."...)
	}
	fmt.Fprintf(d.t.out, "%s\n", b)
	return path, nil
}

type fields = map[string]any

func (d *learnDemo) story(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{d.together, d.offered, d.inRounds} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	d.say("On a platform of hardware: no owner saw the other's rows, nobody but its owner saw the model, and the host saw ciphertext, sizes and times. A model says something of the rows it was learned from; who must not learn single rows from it demands --epsilon (docs/learn.md). This platform is simulated: it protects nothing from the owner of this machine.")
	return nil
}

// together has trees trained of the rows of two owners.
func (d *learnDemo) together(ctx context.Context) error {
	d.say("A clinic and a hospital have half a table of breast cancer cells each (UCI, 569 women), which they would not show each other. Both allow training of at least two owners' rows, and at least 100 rows behind whatever leaves.")
	consent := []string{"--allow", "builtin/learn", "--learn", "train", "--min-rows", "100", "--min-parties", "2", "--price", "0.01"}
	if err := d.all(ctx, [][]string{
		{"service", "publish", "builtin/learn@1", "--as", "acme", "--name", "builtin/learn", "--price", "0.001"},
		append([]string{"data", "publish", d.at("clinic.csv"), "--as", "clinic", "--name", "clinic/cells"}, consent...),
		append([]string{"data", "publish", d.at("hospital.csv"), "--as", "hospital", "--name", "hospital/cells"}, consent...),
	}); err != nil {
		return err
	}
	d.say("Alice, who pays, gets how good the model is (recipient 0). The model is the hospital's (2), and the log of the training the two owners' (1 and 2).")
	path, err := d.params("train", fields{"operation": "train", "kind": "trees", "data": fields{"clinic": fields{}, "hospital": fields{}},
		"label": "benign", "split": fields{"validate": demoShare}, "seed": json.Number(demoSeed),
		"trees":   fields{"objective": "binary:logistic", "n_estimators": 60, "max_depth": 4, "learning_rate": 0.2, "base_score": 0.5},
		"outputs": []fields{{"name": "metrics"}, {"name": "model", "to": []int{2}}, {"name": "log", "to": []int{1, 2}}}})
	if err != nil {
		return err
	}
	if err := d.run(ctx, "run", "builtin/learn", "--data", "clinic=clinic/cells", "--data", "hospital=hospital/cells", "--params", path,
		"--to", "clinic", "--to", "hospital", "--max-price", "5", "--out", d.at("trained")); err != nil {
		return err
	}
	d.say("Is it any good? Beside XGBoost, which had both halves on one table and held back the same rows:")
	if err := d.beside(); err != nil {
		return err
	}
	d.say("Each owner opens his part with his own key. Who is no recipient gets nothing.")
	proof := d.at("trained", "proof.json")
	if err := d.run(ctx, "proof", "open", proof, "--as", "clinic", "--out", d.at("for-clinic")); err != nil {
		return err
	}
	if err := d.run(ctx, "proof", "open", proof, "--as", "hospital", "--out", d.at("for-hospital")); err != nil {
		return err
	}
	if err := d.denied(ctx, fault.ResultKey, "proof", "open", proof, "--as", "acme", "--out", d.at("never")); err != nil {
		return err
	}
	return d.logged(ctx)
}

// beside shows the metrics beside the oracle's and wants them to be about as good.
func (d *learnDemo) beside() error {
	var got map[string]map[string]float64
	if err := readResult(d.at("trained", "metrics.json"), &got); err != nil {
		return err
	}
	fmt.Fprintf(d.t.out, "%-26s %10s %10s\n", "", "enclave", "XGBoost")
	for _, part := range []string{"training", "validation"} {
		for _, m := range []string{"rows", "accuracy", "logloss", "auc"} {
			want, err := strconv.ParseFloat(d.oracle["cancer.trees."+part+"."+m], 64)
			if err != nil {
				return fault.New(fault.TaskFailed, "compare: the oracle says no %s of %s", m, part)
			}
			form := "%-26s %10.4f %10.4f\n"
			if m == "rows" {
				form = "%-26s %10.0f %10.0f\n"
			}
			fmt.Fprintf(d.t.out, form, part+" "+m, got[part][m], want)
			if off := math.Abs(got[part][m] - want); m == "rows" && off > 0 || off > 0.03 {
				return fault.New(fault.TaskFailed, "compare: %s %s is %g, XGBoost says %g", part, m, got[part][m], want)
			}
		}
	}
	return nil
}

// logged shows that the log is the owners' and names the model that came.
func (d *learnDemo) logged(ctx context.Context) error {
	log, err := os.ReadFile(d.at("for-clinic", "log.jsonl"))
	if err != nil {
		return fault.New(fault.TaskFailed, "read the log of the training: %w", err)
	}
	other, err := os.ReadFile(d.at("for-hospital", "log.jsonl"))
	if err != nil || !bytes.Equal(log, other) {
		return fault.New(fault.TaskFailed, "the owners' logs differ: %v", err)
	}
	for _, never := range []string{d.at("trained", "log.jsonl"), d.at("trained", "model.json"), d.at("for-clinic", "model.json")} {
		if _, err := os.Stat(never); err == nil {
			return fault.New(fault.TaskFailed, "%s must not be there", never)
		}
	}
	model, err := digestOf(d.at("for-hospital", "model.json"))
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	d.say("The log of the training, which both owners have, byte for byte, and Alice has not; %d lines:", len(lines))
	d.shown("tail -n 2", d.at("for-clinic", "log.jsonl"))
	for _, l := range lines[max(0, len(lines)-2):] {
		fmt.Fprintln(d.t.out, l)
	}
	d.shown("sha256sum", d.at("for-clinic", "log.jsonl"), d.at("for-hospital", "model.json"))
	sum := sha256.Sum256(log)
	fmt.Fprintf(d.t.out, "%x  %s\n%s  %s\n", sum, d.at("for-clinic", "log.jsonl"), model, d.at("for-hospital", "model.json"))
	if !strings.Contains(string(log), model) {
		return fault.New(fault.TaskFailed, "the log does not name the model")
	}
	fmt.Fprintln(d.t.out, "the log names the model that the hospital got")
	return d.run(ctx, "proof", "verify", d.at("trained", "proof.json"))
}

// offered has the model applied to data whose owner is another.
func (d *learnDemo) offered(ctx context.Context) error {
	d.say("The hospital offers the model: predictions, and nothing else. A firm has %d patients of whom nobody learned; it says the same of them. Two keys, two terms: neither sees what is the other's.", len(d.fresh))
	model := d.at("for-hospital", "model.json")
	if err := d.all(ctx, [][]string{
		{"data", "publish", model, "--as", "hospital", "--name", "hospital/model", "--allow", "builtin/learn", "--learn", "predict", "--price", "0.01"},
		{"data", "publish", d.at("fresh.csv"), "--as", "acme", "--name", "acme/patients", "--allow", "builtin/learn", "--learn", "predict"},
		{"data", "publish", d.at("fresh.csv"), "--as", "acme", "--name", "acme/untold", "--allow", "builtin/learn", "--learn", "train"},
	}); err != nil {
		return err
	}
	sum, err := digestOf(model)
	if err != nil {
		return err
	}
	path, err := d.params("predict", fields{"operation": "predict", "data": fields{"patients": fields{}}, "model": fields{"input": "model", "digest": sum}})
	if err != nil {
		return err
	}
	ask := func(patients, params, out string) []string {
		return []string{"run", "builtin/learn", "--data", "model=hospital/model", "--data", "patients=" + patients, "--params", params, "--out", out}
	}
	if err := d.run(ctx, ask("acme/patients", path, d.at("predicted"))...); err != nil {
		return err
	}
	if err := d.right(); err != nil {
		return err
	}
	d.say("Without the grant of either nothing leaves the enclave but the refusal. The firm's other table is for training, not for predictions; and the hospital has not said that its model may be measured:")
	if err := d.refused(ctx, "does not allow the operation predict", ask("acme/untold", path, d.at("never"))); err != nil {
		return err
	}
	path, err = d.params("measure", fields{"operation": "evaluate", "data": fields{"patients": fields{}}, "label": "benign", "model": fields{"input": "model"}})
	if err != nil {
		return err
	}
	return d.refused(ctx, "does not allow the operation evaluate", ask("acme/patients", path, d.at("never")))
}

// right counts how many predictions are right, which must be what the training said of the
// same rows.
func (d *learnDemo) right() error {
	b, err := os.ReadFile(d.at("predicted", "predictions.csv"))
	if err != nil {
		return fault.New(fault.TaskFailed, "read predictions: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	d.shown("head -n 4", d.at("predicted", "predictions.csv"))
	for _, l := range lines[:min(4, len(lines))] {
		fmt.Fprintln(d.t.out, l)
	}
	if len(lines) != len(d.fresh)+1 {
		return fault.New(fault.TaskFailed, "%d predictions of %d patients", len(lines)-1, len(d.fresh))
	}
	right := 0
	for i, l := range lines[1:] {
		if class, _, _ := strings.Cut(l, ","); class == d.fresh[i] {
			right++
		}
	}
	var said map[string]map[string]float64
	if err := readResult(d.at("trained", "metrics.json"), &said); err != nil {
		return err
	}
	share := float64(right) / float64(len(d.fresh))
	if math.Abs(share-said["validation"]["accuracy"]) > 1e-9 {
		return fault.New(fault.TaskFailed, "%d of %d predictions are right, the training said %g", right, len(d.fresh), said["validation"]["accuracy"])
	}
	fmt.Fprintf(d.t.out, "%d of %d are right: %.4f, as the training said\n", right, len(d.fresh), share)
	return nil
}

// inRounds has three sites learn digits.
func (d *learnDemo) inRounds(ctx context.Context) error {
	d.say("Three sites have digits (UCI), of which 449 were put aside before. Each has most of some digits and few of the others. What a site changes goes on to enclaves only (--learn-steps update); what leaves is the sum of at least two.")
	var publish [][]string
	args := []string{"federate"}
	for i, name := range siteNames {
		owner := []string{"hospital", "clinic", "acme"}[i]
		publish = append(publish, []string{"data", "publish", d.at(name + ".csv"), "--as", owner, "--name", owner + "/" + name, "--allow", "builtin/learn", "--learn", "aggregate", "--learn-steps", "update", "--min-parties", "2"})
		args = append(args, "--site", name+"="+owner+"/"+name)
	}
	if err := d.all(ctx, publish); err != nil {
		return err
	}
	classes := strings.Split("0123456789", "")
	network := fields{"hidden": []int{32}, "scale": 0.0625, "optimizer": "sgd", "learning_rate": 0.2, "epochs": 3}
	path, err := d.params("rounds", fields{"label": "digit", "classes": classes, "seed": 1, "network": network, "aggregate": fields{"min_parties": 2}, "features": digitPixels()})
	if err != nil {
		return err
	}
	if _, err := d.params("evaluate", fields{"operation": "evaluate", "data": fields{"held": fields{}}, "label": "digit", "model": fields{"input": "model"}}); err != nil {
		return err
	}
	for _, n := range []int{1, 3, 10} {
		out := d.at(fmt.Sprintf("rounds-%d", n))
		if err := d.run(ctx, append(args[:len(args):len(args)], "--rounds", strconv.Itoa(n), "--params", path, "--out", out)...); err != nil {
			return err
		}
		if err := d.measure(ctx, fmt.Sprintf("rounds of 3 epochs: %d", n), filepath.Join(out, "model.json")); err != nil {
			return err
		}
	}
	d.say("For comparison, all of it in one place, at home:")
	network["epochs"] = 30
	path, err = d.params("pooled", fields{"operation": "train", "kind": "network", "data": fields{"all": fields{}}, "label": "digit", "classes": classes, "seed": 1, "network": network})
	if err != nil {
		return err
	}
	if err := d.run(ctx, "learn", "run", path, "all="+d.at("pooled.csv"), "--out", d.at("pooled")); err != nil {
		return err
	}
	if err := d.measure(ctx, "all data in one place, 30 epochs", d.at("pooled", "model.json")); err != nil {
		return err
	}
	d.say("How many of the 449 digits that were put aside each gets right:")
	for _, r := range d.reached {
		fmt.Fprintf(d.t.out, "%-34s %.4f  %s\n", r.label, r.accuracy, strings.Repeat("#", int(math.Round(40*r.accuracy))))
	}
	last, all := d.reached[len(d.reached)-2].accuracy, d.reached[len(d.reached)-1].accuracy
	if last < 0.9*all {
		return fault.New(fault.TaskFailed, "ten rounds get %g right, all data in one place %g", last, all)
	}
	return nil
}

// measure applies a model at home to the digits that were put aside.
func (d *learnDemo) measure(ctx context.Context, label, model string) error {
	out := filepath.Join(d.home, "measured")
	args := []string{"learn", "run", d.at("evaluate.json"), "held=" + d.held, "model=" + model, "--out", out}
	d.shown(append([]string{"tacit"}, args...)...)
	if text, err := d.exec(ctx, args...); err != nil {
		return fault.New(fault.TaskFailed, "measure %s: %s", model, strings.TrimSpace(text))
	}
	var got map[string]map[string]float64
	if err := readResult(filepath.Join(out, "metrics.json"), &got); err != nil {
		return err
	}
	r := scored{label, got["evaluation"]["accuracy"]}
	d.reached = append(d.reached, r)
	fmt.Fprintf(d.t.out, "%.0f digits, %.4f right\n", got["evaluation"]["rows"], r.accuracy)
	return nil
}

// readResult reads a result that is JSON.
func readResult(path string, v any) error {
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return fault.New(fault.TaskFailed, "read result %s: %w", path, err)
	}
	return nil
}

// digestOf is a file's SHA-256 in hexadecimal.
func digestOf(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fault.New(fault.TaskFailed, "read result: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// denied runs a command that must be refused with a code.
func (d *demonstration) denied(ctx context.Context, code fault.Code, args ...string) error {
	d.shown(append([]string{"tacit"}, args...)...)
	out, err := d.exec(ctx, args...)
	fmt.Fprint(d.t.out, out)
	if err == nil || !strings.Contains(out, string(code)) {
		return fault.New(fault.TaskFailed, "demo: it must be refused with %s: %v", code, err)
	}
	return nil
}
