package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tacit"
	"tacit/client"
	"tacit/engine/infer/nets"
	"tacit/engine/infer/npy"
	"tacit/engine/infer/onnx"
	"tacit/engine/infer/ort"
	"tacit/fault"
	"tacit/kserve"
	nodeclient "tacit/node/client"
)

// imageParams are how bytes of pictures become what ResNet-50 takes.
const imageParams = `"image":{"layout":"nhwc","scale":255,"mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}`

// A figure of ResNet-50: a session's requests beside the bare runtime's runs.
type inferFigure struct {
	Batch   int     `json:"batch"`
	Threads int     `json:"threads"`
	Kind    string  `json:"kind"` // of what is sent: FP32 as the network takes it, UINT8 images that the enclave prepares
	Native  float64 `json:"native_ms"`
	Session float64 `json:"session_ms"`
	P99     float64 `json:"session_p99_ms"`
	Ratio   float64 `json:"ratio"`
	// Steady is a request's share of the time while the next one is on its way already, as
	// clients that keep a session busy have it.
	Steady      float64 `json:"steady_ms"`
	SteadyRatio float64 `json:"steady_ratio"`
}

// infers measures ResNet-50 with random weights and a small network: requests of a session on
// a devnet, through the client, the dispatcher and the worker to the attested enclave and
// back, sealing and receipts included, against the same runtime in this process, by turns;
// and a task of one request, from its signing to its opened result. What hardware that
// encrypts memory adds is not in it.
func infers(ctx context.Context, bin string) (map[string]any, error) {
	if err := ort.Start(); err != nil {
		return nil, fmt.Errorf("%w; type 'make onnxruntime'", err)
	}
	r, err := setUp(ctx, bin, "")
	if err != nil {
		return nil, err
	}
	defer r.stop()
	resnet, small := nets.ResNet50(1, 1000).Append(nil), nets.CNN(1, 32, 10).Append(nil)
	if err := r.publishNetworks(ctx, resnet, small); err != nil {
		return nil, err
	}
	if _, err := r.alice.Pay(ctx, client.Plan{Wish: client.Wish{MaxFee: 500e9}, Prices: tacit.Prices{Service: 400e9}}); err != nil {
		return nil, err
	}
	result := map[string]any{"runtime": ort.Version()}
	var figures []inferFigure
	for _, c := range []inferFigure{{Batch: 1, Threads: 1, Kind: "FP32"}, {Batch: 1, Threads: 2, Kind: "FP32"}, {Batch: 1, Threads: 1, Kind: "UINT8"}, {Batch: 1, Threads: 2, Kind: "UINT8"},
		{Batch: 8, Threads: 1, Kind: "UINT8"}, {Batch: 8, Threads: 2, Kind: "UINT8"}} {
		if err := r.measureResNet(ctx, resnet, &c); err != nil {
			return nil, err
		}
		fmt.Printf("ResNet-50 batch %d, %d threads, %-5s: native %.2f ms, session %.2f ms (p99 %.1f), ratio %.3f; steady %.2f ms, ratio %.3f\n", c.Batch, c.Threads, c.Kind, c.Native, c.Session, c.P99, c.Ratio, c.Steady, c.SteadyRatio)
		figures = append(figures, c)
	}
	result["resnet50"] = figures
	// At batch 1 with one thread, what is sent is what the network takes.
	result["resnet50_session_vs_native"], result["resnet50_latency_vs_native"], result["session_p99_ms"] = figures[0].SteadyRatio, figures[0].Ratio, figures[0].P99
	way, err := r.way(ctx)
	if err != nil {
		return nil, err
	}
	result["session_way_ms"] = round(way)
	fmt.Printf("the way of a request of 588 KiB there and back: %.2f ms\n", way)
	rate, err := r.rate(ctx)
	if err != nil {
		return nil, err
	}
	result["sessions_rps"] = round(rate)
	fmt.Printf("small network: %.0f requests/s, 16 at once\n", rate)
	task, err := r.task(ctx)
	if err != nil {
		return nil, err
	}
	result["resnet50_task_ms"] = round(task)
	fmt.Printf("ResNet-50, one task: %.0f ms from its signing to its opened result\n", task)
	return result, nil
}

func round3(x float64) float64 { return float64(int64(x*1000+0.5)) / 1000 }

// publishNetworks publishes the engine, the networks and an image.
func (r *rig) publishNetworks(ctx context.Context, resnet, small []byte) error {
	image := npy.Append(nil, onnx.Uint8, []int64{1, 224, 224, 3})
	image = append(image, noise(224*224*3)...)
	terms := tacit.Terms{AnyService: true, AnyUser: true, AnyPurpose: true, AnyRegion: true, MinLevel: 2, Expires: uint64(time.Now().Add(24 * time.Hour).Unix()),
		MaxReleases: 1 << 40, MaxPerTask: 2, MaxOutput: 1 << 20, Logs: true}
	learn := terms
	learn.Learn = &tacit.LearnRules{Operations: []string{tacit.LearnPredict}}
	var last tacit.Entry
	for _, p := range []struct {
		who   *nodeclient.Session
		name  string
		kind  uint8
		data  []byte
		terms tacit.Terms
	}{
		{r.acme, "acme/infer", tacit.EntryService, tacit.Program(tacit.EngineInfer, 1), terms}, {r.acme, "acme/resnet", tacit.EntryDataset, resnet, learn},
		{r.acme, "acme/small", tacit.EntryDataset, small, learn}, {r.hospital, "hospital/image", tacit.EntryDataset, image, learn},
	} {
		var err error
		if last, err = p.who.Publish(ctx, client.Publication{Name: p.name, Kind: p.kind, Content: bytes.NewReader(p.data), Price: 1e6, Terms: p.terms}); err != nil {
			return err
		}
	}
	return r.alice.WaitEntry(ctx, last)
}

func noise(n int) []byte {
	b, draw := make([]byte, n), rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(draw.Uint32())
	}
	return b
}

// wish is a task of the engine for networks.
func (r *rig) wish(ctx context.Context, params string, data ...client.Binding) (client.Plan, error) {
	return r.alice.Plan(ctx, client.Wish{Service: "acme/infer", Data: data, Params: []byte(params), MaxFee: 1e9,
		Requirements: tacit.Requirements{Level: 2, Fuel: 1e15, Memory: 2 << 30, Output: 64 << 10, Seconds: 600}})
}

// session opens one with a network.
func (r *rig) session(ctx context.Context, params, network string) (*client.Session, error) {
	p, err := r.wish(ctx, params, client.Binding{Alias: "model", Dataset: network})
	if err != nil {
		return nil, err
	}
	sub, err := r.alice.Submit(ctx, p)
	if err != nil {
		return nil, err
	}
	return r.alice.OpenSession(ctx, sub.ID)
}

// blocks of runs of one side go before those of the other, so that caches are warm and
// what else the machine does meets both.
const inferBlocks, inferRuns = 12, 10

func (r *rig) measureResNet(ctx context.Context, model []byte, c *inferFigure) error {
	n := c.Batch * 3 * 224 * 224
	floats := make([]byte, 0, 4*n)
	for _, b := range noise(n) {
		floats = append(floats, 0, 0, b, 0x3c) // about a hundredth
	}
	native, err := ort.Open(model, []string{"image"}, []string{"scores"}, ort.Options{Threads: c.Threads, Memory: 4 << 30})
	if err != nil {
		return err
	}
	defer native.Close()
	out := []ort.Tensor{{Type: onnx.Float32, Shape: []int64{int64(c.Batch), 1000}, Data: make([]byte, c.Batch*4000)}}
	in := []ort.Tensor{{Type: onnx.Float32, Shape: []int64{int64(c.Batch), 3, 224, 224}, Data: floats}}

	params, t := fmt.Sprintf(`{"operation":"serve","model":"model","threads":%d`, c.Threads), kserve.Tensor{Name: "image", Datatype: c.Kind, Shape: in[0].Shape, Data: floats}
	if c.Kind == "UINT8" {
		params += "," + imageParams
		t.Shape, t.Data = []int64{int64(c.Batch), 224, 224, 3}, noise(n)
	}
	body, err := requestBody(t)
	if err != nil {
		return err
	}
	s, err := r.session(ctx, params+"}", "acme/resnet")
	if err != nil {
		return err
	}
	var bare, whole, steady []float64
	for block := range inferBlocks + 1 {
		for range inferRuns {
			at := time.Now()
			if err := native.Run(ctx, in, out); err != nil {
				return err
			}
			if block > 0 { // the first is for warming up
				bare = append(bare, time.Since(at).Seconds()*1e3)
			}
		}
		for range inferRuns {
			at := time.Now()
			if _, err := s.Ask(ctx, body); err != nil {
				return err
			}
			if block > 0 {
				whole = append(whole, time.Since(at).Seconds()*1e3)
			}
		}
		at := time.Now()
		if err := inTwos(ctx, s, body); err != nil {
			return err
		}
		if block > 0 {
			steady = append(steady, time.Since(at).Seconds()*1e3/inferRuns)
		}
		at = time.Now()
		if _, err := s.Receipt(ctx); err != nil { // counts to the last request of its block
			return err
		}
		if block > 0 {
			whole[len(whole)-1] += time.Since(at).Seconds() * 1e3
		}
	}
	if _, err := s.End(ctx); err != nil {
		return err
	}
	slices.Sort(bare)
	slices.Sort(whole)
	slices.Sort(steady)
	c.Steady = round(steady[len(steady)/2])
	c.SteadyRatio = round3(steady[len(steady)/2] / bare[len(bare)/2])
	c.Native, c.Session, c.P99 = round(bare[len(bare)/2]), round(whole[len(whole)/2]), round(whole[len(whole)*99/100])
	c.Ratio = round3(whole[len(whole)/2] / bare[len(bare)/2])
	return nil
}

// inTwos asks a block of requests, of which two are on their way at a time, and has what was
// answered signed.
func inTwos(ctx context.Context, s *client.Session, body []byte) error {
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			for range inferRuns / 2 {
				if _, err := s.Ask(ctx, body); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		return err
	}
	_, err := s.Receipt(ctx)
	return err
}

// requestBody is a request with one tensor, whose answer comes as bytes.
func requestBody(t kserve.Tensor) ([]byte, error) {
	head, rest, err := kserve.EncodeRequest(&kserve.Request{Inputs: []kserve.Tensor{t}, Binary: true})
	return kserve.Message(head, rest), err
}

// way is how long a request of ResNet-50's size takes there and back that the engine
// refuses at sight, in milliseconds.
func (r *rig) way(ctx context.Context) (float64, error) {
	s, err := r.session(ctx, `{"operation":"serve","model":"model"}`, "acme/small")
	if err != nil {
		return 0, err
	}
	body, err := requestBody(kserve.Tensor{Name: "nothing", Datatype: "FP32", Shape: []int64{1, 3, 224, 224}, Data: make([]byte, 4*3*224*224)})
	if err != nil {
		return 0, err
	}
	var ms []float64
	for range 300 {
		at := time.Now()
		if _, err := s.Ask(ctx, body); fault.Of(err) != fault.InferTensor {
			return 0, fmt.Errorf("ask for an input that there is not: %w", err)
		}
		ms = append(ms, time.Since(at).Seconds()*1e3)
	}
	slices.Sort(ms)
	_, err = s.End(ctx)
	return ms[len(ms)/2], err
}

// rate is how many requests of a small network a session answers in a second.
func (r *rig) rate(ctx context.Context) (float64, error) {
	s, err := r.session(ctx, `{"operation":"serve","model":"model","maxBatch":16}`, "acme/small")
	if err != nil {
		return 0, err
	}
	about, err := s.Ask(ctx, nil)
	if err != nil {
		return 0, err
	}
	var m kserve.Metadata
	if err := json.Unmarshal(about, &m); err != nil || len(m.Inputs) != 1 {
		return 0, errors.New("describe small network: it has not one input")
	}
	f := m.Inputs[0]
	f.Shape[0] = 1
	size, _ := kserve.Count(f.Shape)
	data := make([]byte, 4*size)
	body, err := requestBody(kserve.Tensor{Name: f.Name, Datatype: f.Datatype, Shape: f.Shape, Data: data})
	if err != nil {
		return 0, err
	}
	const long = 5 * time.Second
	var done atomic.Int64
	var wait sync.WaitGroup
	failed := make(chan error, 16)
	until := time.Now().Add(long)
	for range 16 {
		wait.Go(func() {
			for time.Now().Before(until) {
				if _, err := s.Ask(ctx, body); err != nil {
					failed <- err
					return
				}
				done.Add(1)
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		return 0, err
	default:
	}
	_, err = s.End(ctx)
	return float64(done.Load()) / long.Seconds(), err
}

// task is the median of tasks of one request, in milliseconds.
func (r *rig) task(ctx context.Context) (float64, error) {
	p, err := r.wish(ctx, `{"operation":"predict","model":"model","data":"data",`+imageParams+`,"batch":1}`,
		client.Binding{Alias: "model", Dataset: "acme/resnet"}, client.Binding{Alias: "data", Dataset: "hospital/image"})
	if err != nil {
		return 0, err
	}
	var ms []float64
	for range 5 {
		took, _, err := r.one(ctx, p)
		if err != nil {
			return 0, err
		}
		ms = append(ms, took.Seconds()*1e3)
	}
	slices.Sort(ms)
	return ms[len(ms)/2], nil
}
