package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit/fault"
)

// inferDemo is the story of a network that is trained inside, made small, served and asked.
type inferDemo struct {
	*demonstration
	tables string
	pixels []string // of the digits that nobody learned from, a row each
	labels []int
}

func (t *tool) demoInfer() *cobra.Command {
	d := inferDemo{demonstration: &demonstration{t: t}}
	c := &cobra.Command{Use: "infer", Short: "A network that is trained inside, served, and asked by plain HTTP", Args: cobra.NoArgs,
		Long: "A network for handwritten digits (UCI) that is trained inside an enclave, brought to eight bits,\n" +
			"applied in one task, and served: every digit that nobody learned from is asked by plain HTTP.\n" +
			"It needs the image that carries ONNX Runtime: make onnxruntime dev."}
	f := c.Flags()
	f.StringVar(&d.tables, "tables", "engine/learn", "folder of the source with the public tables")
	f.StringVar(&d.bin, "bin", binFolder(), "folder of the programs")
	f.StringVar(&d.out, "out", "build/infer", "folder for tables, parameters and results")
	f.BoolVar(&d.keep, "keep", false, "go on running at the end, until Ctrl-C")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := carriesRuntime(d.bin); err != nil {
			return err
		}
		if err := d.prepare(); err != nil {
			return err
		}
		return d.play(cmd.Context(), d.story, [][]string{
			{"tacit", "up"},
			{"tacit", "serve", d.at("trained", "model.onnx"), "--name", "alice/digits", "--terms", "terms.yaml"},
		})
	}
	return c
}

// carriesRuntime looks into the program of the image for networks: what it carries is told by
// the library's own name.
func carriesRuntime(bin string) error {
	path := filepath.Join(bin, "tacit-enclave-infer")
	b, err := os.ReadFile(path)
	if err == nil && bytes.Contains(b, []byte("\x00libonnxruntime.so.1\x00")) {
		return nil
	}
	why := "it was built without ONNX Runtime"
	if err != nil {
		why = "it is not there"
	}
	return fault.New(fault.InferRuntime, "look for the image for networks in %s: %s\nType this in the folder of the source and start again:\n    make onnxruntime dev", path, why)
}

// prepare puts every fourth digit aside.
func (d *inferDemo) prepare() error {
	digits, err := publicTable(d.tables, digitsTable)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.out, 0o700); err != nil {
		return fmt.Errorf("make folder for results: %w", err)
	}
	learned, calibrate, right := []string{digitHead()}, []string(nil), []string(nil)
	for i, line := range digits {
		label, pixels := digitRow(line)
		row := strings.Join(pixels, ",")
		if i%4 == 3 {
			d.pixels, d.labels, right = append(d.pixels, row), append(d.labels, label), append(right, strconv.Itoa(label))
			continue
		}
		learned, calibrate = append(learned, row+","+strconv.Itoa(label)), append(calibrate, row)
	}
	for name, lines := range map[string][]string{"learned.csv": learned, "pixels.csv": calibrate, "held.csv": d.pixels, "right.csv": right} {
		if err := os.WriteFile(d.at(name), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	return nil
}

func (d *inferDemo) story(ctx context.Context) error {
	for _, chapter := range []func(context.Context) error{d.train, d.once, d.small, d.served} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	d.say("On a platform of hardware: whoever asked saw answers and not the network, its owner saw none of the digits, and the host saw ciphertext, sizes and times. This platform is simulated: it protects nothing from the owner of this machine.")
	return nil
}

func (d *inferDemo) train(ctx context.Context) error {
	d.say("A firm has 1348 handwritten digits (UCI). Alice has a convolutional network trained of them in an enclave; she gets the network, never the digits. %d others were put aside before.", len(d.pixels))
	publish := func(file, owner, name, services, learn string) []string {
		args := []string{"data", "publish", d.at(file), "--as", owner, "--name", name, "--learn", learn}
		for s := range strings.SplitSeq(services, ",") {
			args = append(args, "--allow", s)
		}
		return args
	}
	if err := d.all(ctx, [][]string{
		{"service", "publish", "builtin/learn@1", "--as", "acme", "--name", "builtin/learn", "--price", "0.001"},
		{"service", "publish", "builtin/infer@1", "--as", "acme", "--name", "builtin/infer", "--price", "0.001"},
		publish("learned.csv", "acme", "acme/digits", "builtin/learn", "train"),
		publish("pixels.csv", "acme", "acme/pixels", "builtin/infer", "train"),
		publish("held.csv", "hospital", "hospital/digits", "builtin/infer", "predict,evaluate"),
		publish("right.csv", "hospital", "hospital/right", "builtin/infer", "evaluate"),
	}); err != nil {
		return err
	}
	path, err := d.params("train", fields{"operation": "train", "kind": "network", "data": fields{"digits": fields{}}, "label": "digit", "classes": strings.Split("0123456789", ""), "seed": 3,
		"network": fields{"image": fields{"height": 8, "width": 8}, "filters": []int{16, 32}, "hidden": []int{64}, "learning_rate": 0.002, "epochs": 12}})
	if err != nil {
		return err
	}
	if err := d.run(ctx, "run", "builtin/learn", "--data", "digits=acme/digits", "--params", path, "--fuel", "1000000000000", "--seconds", "120", "--max-price", "50", "--out", d.at("trained")); err != nil {
		return err
	}
	d.say("The network is hers, and so are its terms.")
	return d.run(ctx, publish("trained/model.onnx", "alice", "alice/network", "builtin/infer", "predict,evaluate,train")...)
}

// once applies the network in one task.
func (d *inferDemo) once(ctx context.Context) error {
	d.say("The hospital has the digits that were put aside, and asks for all of them in one task.")
	path, err := d.params("predict", fields{"operation": "predict", "model": "net", "data": "digits", "format": "csv", "header": false, "answer": fields{"form": "best"}})
	if err != nil {
		return err
	}
	if err := d.run(ctx, "run", "builtin/infer", "--as", "hospital", "--data", "net=alice/network", "--data", "digits=hospital/digits", "--params", path, "--max-price", "5", "--out", d.at("predicted")); err != nil {
		return err
	}
	b, err := os.ReadFile(d.at("predicted", "predictions.csv"))
	if err != nil {
		return fault.New(fault.TaskFailed, "read predictions: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	lines = lines[max(0, len(lines)-len(d.labels)):] // without a head
	right := 0
	for i, l := range lines {
		if class, _, _ := strings.Cut(l, ","); class == strconv.Itoa(d.labels[i]) {
			right++
		}
	}
	return d.told("in one task", right)
}

// told says how many digits are right, and wants nearly all of them to be.
func (d *inferDemo) told(how string, right int) error {
	fmt.Fprintf(d.t.out, "%d of %d digits are right, %s: %.4f\n", right, len(d.labels), how, float64(right)/float64(len(d.labels)))
	if float64(right) < 0.95*float64(len(d.labels)) {
		return fault.New(fault.TaskFailed, "the network gets only %d of %d digits right, %s", right, len(d.labels), how)
	}
	return nil
}

// small brings the network to eight bits and says what that costs.
func (d *inferDemo) small(ctx context.Context) error {
	d.say("The same network in eight bits. What its numbers are like is measured on the firm's digits, which Alice does not see.")
	path, err := d.params("quantise", fields{"operation": "quantise", "model": "net", "data": "pixels", "format": "csv", "header": false})
	if err != nil {
		return err
	}
	if err := d.run(ctx, "run", "builtin/infer", "--data", "net=alice/network", "--data", "pixels=acme/pixels", "--params", path, "--max-price", "5", "--out", d.at("quantised")); err != nil {
		return err
	}
	if err := d.run(ctx, "data", "publish", d.at("quantised", "model.onnx"), "--as", "alice", "--name", "alice/small", "--learn", "predict,evaluate", "--allow", "builtin/infer"); err != nil {
		return err
	}
	path, err = d.params("compare", fields{"operation": "evaluate", "model": "net", "against": "small", "data": "digits", "labels": "right", "format": "csv", "header": false})
	if err != nil {
		return err
	}
	if err := d.run(ctx, "run", "builtin/infer", "--data", "net=alice/network", "--data", "small=alice/small", "--data", "digits=hospital/digits", "--data", "right=hospital/right", "--params", path, "--max-price", "5", "--out", d.at("compared")); err != nil {
		return err
	}
	type quality struct{ Accuracy float64 }
	var said struct {
		Model, Against struct{ Bytes int64 }
		Scores         quality `json:"scores"`
		Small          quality `json:"scoresAgainst"`
		Compared       struct{ Agreement float64 }
	}
	if err := readResult(d.at("compared", "summary.json"), &said); err != nil {
		return err
	}
	fmt.Fprintf(d.t.out, "%-10s %10s %10s\n%-10s %10d %10.4f\n%-10s %10d %10.4f\n", "", "bytes", "right", "float32", said.Model.Bytes, said.Scores.Accuracy, "int8", said.Against.Bytes, said.Small.Accuracy)
	loss := 100 * (said.Scores.Accuracy - said.Small.Accuracy)
	fmt.Fprintf(d.t.out, "eight bits cost %.2f points of accuracy; the two say the same of %.2f %% of the digits\n", loss, 100*said.Compared.Agreement)
	if loss > 3 || said.Small.Accuracy == 0 {
		return fault.New(fault.TaskFailed, "eight bits cost %g points of accuracy", loss)
	}
	return nil
}

var (
	nextConnect = regexp.MustCompile(`tacit connect ([0-9a-f]+)`)
	answersOn   = regexp.MustCompile(`answers on (http://\S+)`)
)

// served keeps an enclave open and asks it by plain HTTP.
func (d *inferDemo) served(ctx context.Context) error {
	d.say("Now as a service: one enclave is attested once and answers until it is ended.")
	args := []string{"serve", "alice/network", "--seconds", "120", "--max-price", "50"}
	d.shown(append([]string{"tacit"}, args...)...)
	out, err := d.exec(ctx, args...)
	fmt.Fprint(d.t.out, out)
	id := nextConnect.FindStringSubmatch(out)
	if err != nil || id == nil {
		return fault.New(fault.TaskFailed, "demo: tacit serve: %v", err)
	}
	args = []string{"connect", id[1], "--listen", "127.0.0.1:0", "--end"}
	d.shown(append(append([]string{"tacit"}, args...), "&")...)
	way := d.command(ctx, args...)
	way.Stderr = d.t.errs
	pipe, err := way.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start tacit connect: %w", err)
	}
	if err := way.Start(); err != nil {
		return fmt.Errorf("start tacit connect: %w", err)
	}
	url, lines := "", bufio.NewScanner(pipe)
	for url == "" && lines.Scan() {
		fmt.Fprintln(d.t.out, lines.Text())
		if m := answersOn.FindStringSubmatch(lines.Text()); m != nil {
			url = m[1]
		}
	}
	if url != "" {
		err = d.ask(ctx, url)
	}
	_ = way.Process.Signal(os.Interrupt)
	for lines.Scan() {
		fmt.Fprintln(d.t.out, lines.Text())
	}
	if wait := way.Wait(); err == nil && (wait != nil || url == "") {
		err = fault.New(fault.TaskFailed, "demo: tacit connect: %v", wait)
	}
	return err
}

// ask asks for each digit that was put aside, one after the other.
func (d *inferDemo) ask(ctx context.Context, url string) error {
	var meta metadata
	if err := d.http(ctx, http.MethodGet, url, "", &meta); err != nil {
		return err
	}
	if len(meta.Inputs) != 1 || len(meta.Outputs) == 0 {
		return fault.New(fault.TaskFailed, "the network takes %d inputs, want one", len(meta.Inputs))
	}
	in := meta.Inputs[0]
	shape := []string{"1"} // one digit, whatever the network can take at once
	for _, n := range in.Shape[min(1, len(in.Shape)):] {
		shape = append(shape, strconv.FormatInt(n, 10))
	}
	asked := func(row string) string {
		return fmt.Sprintf(`{"inputs":[{"name":%q,"datatype":%q,"shape":[%s],"data":[%s]}]}`, in.Name, in.Datatype, strings.Join(shape, ","), row)
	}
	d.say("Every digit that was put aside, one by one, by plain HTTP (KServe v2), such as:")
	d.shown("curl", "-s", url+"/infer", "-d", "'"+asked("0,0,5,...")+"'")
	times, right := make([]time.Duration, 0, len(d.pixels)), 0
	began := time.Now()
	for i, row := range d.pixels {
		var answer struct {
			Outputs []struct{ Data []float64 }
		}
		start := time.Now()
		if err := d.http(ctx, http.MethodPost, url+"/infer", asked(row), &answer); err != nil {
			return err
		}
		times = append(times, time.Since(start))
		if len(answer.Outputs) == 0 || len(answer.Outputs[0].Data) != 10 {
			return fault.New(fault.TaskFailed, "the answer to digit %d has not ten numbers", i+1)
		}
		scores := answer.Outputs[0].Data
		if slices.Index(scores, slices.Max(scores)) == d.labels[i] {
			right++
		}
	}
	took := time.Since(began)
	slices.Sort(times)
	at := func(p float64) float64 {
		return times[int(math.Ceil(p*float64(len(times))))-1].Seconds() * 1000
	}
	fmt.Fprintf(d.t.out, "%d requests in %.2f s: %.0f a second on one connection, p50 %.2f ms, p99 %.2f ms\n", len(times), took.Seconds(), float64(len(times))/took.Seconds(), at(0.5), at(0.99))
	return d.told("asked by HTTP", right)
}

func (d *inferDemo) http(ctx context.Context, method, url, body string, v any) error {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fault.New(fault.TaskFailed, "ask %s: %w", url, err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, bytes.TrimSpace(b))
	}
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return fault.New(fault.TaskFailed, "ask %s: %w", url, err)
	}
	return nil
}
