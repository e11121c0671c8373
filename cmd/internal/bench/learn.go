package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tacit"
	"tacit/engine/learn"
)

//go:embed learnpeer.py
var learnPeer string

// The data that trees are trained on, and those that they are judged by.
const (
	learnRows, learnHeld, learnCols = 100_000, 20_000, 28
	learnPairs                      = 5
	// learnBound is how much worse our area under the curve may be.
	learnBound = 0.003
)

// learnSettings are those of both.
const learnSettings = `{"objective":"binary:logistic","n_estimators":100,"max_depth":6,"learning_rate":0.1,"reg_lambda":1,"min_child_weight":1,"base_score":0.5}`

// A learnFigure is what one of the two took, on one thread.
type learnFigure struct {
	Version string  `json:"version,omitempty"`
	Train   float64 `json:"train_s"` // from numbers in memory to the model
	Infer   float64 `json:"infer_s"` // the rows that were learned from, at once
	Run     float64 `json:"run_s"`   // of ours: the whole task, from files to the model's file
	AUC     float64 `json:"auc"`     // on the rows that were held out
}

// learns measures boosted trees: the engine's and XGBoost's, on one thread, with the same
// files and settings, one after the other, several times. gbdt_train_vs_xgboost is how many
// times as fast ours are trained, gbdt_infer_vs_xgboost how many times as fast applied: the
// medians of the pairs. home keeps the data. PYTHON names a Python that has XGBoost.
func learns(ctx context.Context, home string) (map[string]any, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find myself: %w", err)
	}
	python := os.Getenv("PYTHON")
	if python == "" {
		python = "/usr/bin/python3"
	}
	if out, err := exec.CommandContext(ctx, python, "-c", "import xgboost, numpy").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("find XGBoost in %s: %w\n%sinstall it by: apt-get install python3-xgboost, or: python3 -m pip install xgboost==1.7.4, and set PYTHON", python, err, out)
	}
	if err := learnFiles(home); err != nil {
		return nil, err
	}
	process := func(cmd *exec.Cmd) (learnFigure, error) {
		var f learnFigure
		cmd.Stderr = os.Stderr
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "OMP_NUM_THREADS=1")
		out, err := cmd.Output()
		if err == nil {
			err = json.Unmarshal(out, &f)
		}
		if err != nil {
			return f, fmt.Errorf("run %s: %w", filepath.Base(cmd.Path), err)
		}
		return f, nil
	}
	ours := func() (learnFigure, error) {
		return process(exec.CommandContext(ctx, self, "learn-engine", home))
	}
	theirs := func() (learnFigure, error) {
		cmd := exec.CommandContext(ctx, python, "-", home)
		cmd.Stdin = strings.NewReader(learnPeer)
		return process(cmd)
	}
	var we, they []learnFigure
	fmt.Printf("%d rows of %d features, 100 trees of depth 6, one thread\n%-8s %9s %9s %9s\n", learnRows, learnCols, "what", "train s", "infer s", "auc")
	for pair := range learnPairs {
		for side := range 2 {
			name, run, all := "engine", ours, &we
			if (pair+side)%2 == 1 {
				name, run, all = "xgboost", theirs, &they
			}
			f, err := run()
			if err != nil {
				return nil, err
			}
			*all = append(*all, f)
			fmt.Printf("%-8s %9.3f %9.4f %9.4f\n", name, f.Train, f.Infer, f.AUC)
		}
	}
	if d := they[0].AUC - we[0].AUC; !(d <= learnBound) {
		return nil, fmt.Errorf("compare models: ours has an area under the curve of %.4f, XGBoost's %.4f: more than %g better", we[0].AUC, they[0].AUC, learnBound)
	}
	middle := func(of func(a, b learnFigure) float64) float64 {
		var v []float64
		for i := range we {
			v = append(v, of(we[i], they[i]))
		}
		slices.Sort(v)
		return psiRound(v[len(v)/2])
	}
	return map[string]any{
		"gbdt_train_vs_xgboost": middle(func(a, b learnFigure) float64 { return b.Train / a.Train }),
		"gbdt_infer_vs_xgboost": middle(func(a, b learnFigure) float64 { return b.Infer / a.Infer }),
		"train_s":               middle(func(a, _ learnFigure) float64 { return a.Train }),
		"xgboost_train_s":       middle(func(_, b learnFigure) float64 { return b.Train }),
		"infer_s":               middle(func(a, _ learnFigure) float64 { return a.Infer }),
		"xgboost_infer_s":       middle(func(_, b learnFigure) float64 { return b.Infer }),
		"run_s":                 middle(func(a, _ learnFigure) float64 { return a.Run }),
		"auc":                   math.Round(we[0].AUC*1e5) / 1e5,
		"xgboost_auc":           math.Round(they[0].AUC*1e5) / 1e5,
		"xgboost":               they[0].Version,
		"rows":                  learnRows, "features": learnCols, "pairs": learnPairs,
	}, nil
}

// learnFiles makes the data, which are always the same, and the settings.
func learnFiles(home string) error {
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(17, 28))
	for _, part := range []struct {
		name string
		rows int
	}{{"train.csv", learnRows}, {"test.csv", learnHeld}} {
		b := new(bytes.Buffer)
		for c := range learnCols {
			fmt.Fprintf(b, "f%d,", c)
		}
		b.WriteString("y\n")
		x := make([]float64, learnCols)
		for range part.rows {
			for c := range x {
				x[c] = float64(float32(r.NormFloat64()))
				b.Write(strconv.AppendFloat(nil, x[c], 'g', -1, 32))
				b.WriteByte(',')
			}
			score := x[0] + x[1]*x[2] + 2*math.Sin(2*x[3]) + math.Abs(x[4])*x[5] - 0.5*x[6]*x[6] + 0.3*x[7] - 0.2*x[8] + 0.5
			if score+0.8*r.NormFloat64() > 0 {
				b.WriteString("1\n")
			} else {
				b.WriteString("0\n")
			}
		}
		if err := os.WriteFile(filepath.Join(home, part.name), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(home, "params.json"), []byte(learnSettings), 0o644)
}

// learnEngine does with the bare engine what the peer does, and prints what that took.
func learnEngine(ctx context.Context, home string, out io.Writer) error {
	stages := map[string]time.Time{}
	engine := learn.New(learn.Config{Threads: 1, Progress: func(stage string, _, _ int64) { stages[stage] = time.Now() }})
	run := func(params string, inputs ...tacit.GuestFile) (map[string][]byte, error) {
		clear(stages)
		o, err := engine.Run(ctx, tacit.Job{Params: []byte(params), Inputs: inputs, Limits: tacit.Limits{Fuel: 1 << 50, Memory: 8 << 30, Output: 1 << 30, Files: 16, Time: time.Hour}})
		files := map[string][]byte{}
		for _, f := range o.Outputs {
			files[f.Name] = f.Data
		}
		return files, err
	}
	input := func(alias string, b []byte) tacit.GuestFile {
		return tacit.GuestFile{Alias: alias, Size: int64(len(b)), Data: bytes.NewReader(b), Operations: tacit.LearnOperations()}
	}
	var data [2][]byte
	for i, name := range []string{"train.csv", "test.csv"} {
		var err error
		if data[i], err = os.ReadFile(filepath.Join(home, name)); err != nil {
			return err
		}
	}
	var f learnFigure
	began := time.Now()
	files, err := run(`{"operation":"train","kind":"trees","data":{"a":{}},"label":"y","trees":`+learnSettings+`,"outputs":[{"name":"model"}]}`, input("a", data[0]))
	if err != nil {
		return err
	}
	f.Run, f.Train = time.Since(began).Seconds(), stages["write"].Sub(stages["train"]).Seconds()
	model := input("m", files["model.json"])
	f.Infer = math.Inf(1)
	for range 7 {
		if _, err := run(`{"operation":"predict","data":{"a":{}},"model":{"input":"m"}}`, input("a", data[0]), model); err != nil {
			return err
		}
		f.Infer = min(f.Infer, stages["write"].Sub(stages["apply"]).Seconds())
	}
	files, err = run(`{"operation":"evaluate","data":{"a":{}},"model":{"input":"m"}}`, input("a", data[1]), model)
	if err != nil {
		return err
	}
	var said struct {
		Evaluation struct{ AUC *float64 }
	}
	if err := json.Unmarshal(files["metrics.json"], &said); err != nil || said.Evaluation.AUC == nil {
		return errors.New("read the metrics: there is no area under the curve")
	}
	f.AUC = *said.Evaluation.AUC
	return json.NewEncoder(out).Encode(f)
}
