package ort

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"unsafe"

	runtime "github.com/yalue/onnxruntime_go"

	"tacit/engine/infer/onnx"
	"tacit/fault"
)

// Options of a session.
type Options struct {
	Threads int   // that compute one run
	Memory  int64 // bytes of its arena
}

// A Tensor is one that goes into a run or comes out. Data has its elements in the byte order
// of the machine, which is the little one; it is neither copied nor kept.
type Tensor struct {
	Type    onnx.Type
	Shape   []int64
	Data    []byte
	Strings []string // of type string
}

// A Session is a network that was made ready. Run may be called by several at once.
type Session struct {
	net     *runtime.DynamicAdvancedSession
	inputs  []string
	outputs []string
}

// Open makes a network ready: its bytes are not needed afterwards. It fails with INFER_MODEL if the
// runtime does not take the network, with WASM_MEMORY if it has no room for it.
func Open(model []byte, inputs, outputs []string, o Options) (s *Session, err error) {
	if err := Start(); err != nil {
		return nil, err
	}
	if len(inputs) == 0 || len(outputs) == 0 {
		return nil, fault.New(fault.InferModel, "infer: open network: it has no input or no output, so that there is nothing to infer")
	}
	host := func(err error) error {
		return fault.New(fault.InferRuntime, "infer: open network: set up ONNX Runtime: %w", err)
	}
	process.mu.Lock()
	err = arena(max(o.Memory, 1))
	if err != nil {
		process.session--
	}
	process.mu.Unlock()
	if err != nil {
		return nil, host(err)
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	options, err := runtime.NewSessionOptions()
	if err != nil {
		return nil, host(err)
	}
	defer options.Destroy()
	for _, set := range []func() error{
		func() error { return options.SetIntraOpNumThreads(max(o.Threads, 1)) },
		func() error { return options.SetInterOpNumThreads(1) },
		func() error { return options.SetExecutionMode(runtime.ExecutionModeSequential) },
		func() error { return options.SetGraphOptimizationLevel(runtime.GraphOptimizationLevelEnableAll) },
		func() error { return options.SetLogSeverityLevel(runtime.LoggingLevelFatal) },
		func() error { return options.AddSessionConfigEntry("session.use_env_allocators", "1") },
		// Cores are others' too while a network waits.
		func() error { return options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0") },
	} {
		if err := set(); err != nil {
			return nil, host(err)
		}
	}
	net, err := runtime.NewDynamicAdvancedSessionWithONNXData(model, inputs, outputs, options)
	if err != nil {
		return nil, refused(fault.InferModel, "open network", err)
	}
	return &Session{net, inputs, outputs}, nil
}

func release() {
	process.mu.Lock()
	process.session--
	process.mu.Unlock()
}

// Close gives back what the session holds. No run may be under way.
func (s *Session) Close() {
	_ = s.net.Destroy()
	release()
}

// Run computes. Outputs with Data are written there and must be of the right size; others
// are allocated. The runtime's refusal is INFER_TENSOR, or WASM_MEMORY if it had no room; if
// ctx ends meanwhile the run stops, and the error is that of ctx.
func (s *Session) Run(ctx context.Context, in, out []Tensor) error {
	ins, outs := make([]runtime.Value, len(in)), make([]runtime.Value, len(out))
	defer func() {
		for _, v := range append(ins, outs...) {
			destroy(v)
		}
	}()
	var err error
	for i, t := range in {
		if ins[i], err = value(t); err != nil {
			return refused(fault.InferTensor, "take input "+Quote(s.inputs[i]), err)
		}
	}
	for i, t := range out {
		if t.Data == nil {
			continue
		}
		if outs[i], err = value(t); err != nil {
			return refused(fault.InferTensor, "make room for output "+Quote(s.outputs[i]), err)
		}
	}
	options, err := runtime.NewRunOptions()
	if err != nil {
		return refused(fault.InferRuntime, "run network", err)
	}
	// What ends the run must not touch the options once they are gone.
	var over atomic.Bool
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		if !over.Load() {
			_ = options.Terminate()
		}
	})
	err = s.compute(ins, outs, options)
	over.Store(true)
	if !stop() {
		<-done
	}
	_ = options.Destroy()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return refused(fault.InferTensor, "run network", err)
	}
	for i, v := range outs {
		if err := read(v, &out[i]); err != nil {
			return fault.New(fault.InferModel, "infer: run network: output %s: %s", Quote(s.outputs[i]), err)
		}
	}
	return nil
}

// compute runs the network. The runtime's wrapper has no form for a single number for which
// no room was made.
func (s *Session) compute(in, out []runtime.Value, options *runtime.RunOptions) (err error) {
	single := fault.New(fault.InferModel, "infer: run network: an output is a single number, where the network does not say so beforehand; have it give one of shape [1]")
	defer func() {
		if p := recover(); p != nil {
			err = single
		}
	}()
	if err = s.net.RunWithOptions(in, out, options); err != nil && strings.Contains(err.Error(), "creating tensor from ort") {
		err = single
	}
	return err
}

// destroy gives back what the runtime holds of a value, which may be half made.
func destroy(v runtime.Value) {
	defer func() { _ = recover() }()
	if v != nil {
		_ = v.Destroy()
	}
}

// Quote is a name of a network for a message.
func Quote(name string) string {
	if len(name) > 60 {
		name = strings.ToValidUTF8(name[:57], "") + "..."
	}
	return strconv.Quote(name)
}

var (
	nodeOf   = regexp.MustCompile(`[Nn]ode[: ]*\(?(?:with name )?'?([A-Za-z0-9_./:-]{1,60})'?\)? ?Op(?:erator)? ?\(([A-Za-z0-9]{1,40})\)`)
	namedOf  = regexp.MustCompile(`([A-Za-z0-9]{1,40})\(\d+\) node with name '([A-Za-z0-9_./:-]{0,60})'`)
	memoryOf = regexp.MustCompile(`(?i)failed to allocate memory|bad_alloc|bad alloc|available memory|allocat\w+ .*limit`)
)

// refused is an error for what the runtime said, of which no more is told than which node it
// was about: it may quote elements.
func refused(code fault.Code, op string, err error) error {
	if fault.Of(err) != fault.Internal {
		return err
	}
	text := err.Error()
	if memoryOf.MatchString(text) {
		return fault.New(fault.WasmMemory, "infer: %s: it needs more memory than the limits allow; ask for more, or for a smaller batch", op)
	}
	at := "it says no more that may be told"
	if m := nodeOf.FindStringSubmatch(text); m != nil {
		at = "at node " + strconv.Quote(m[1]) + " of operator " + m[2]
	} else if m := namedOf.FindStringSubmatch(text); m != nil {
		at = "it has no implementation for node " + strconv.Quote(m[2]) + " of operator " + m[1]
	}
	return fault.New(code, "infer: %s: ONNX Runtime refuses: %s; try the network with tensors that are nobody's secret in a runtime that says more", op, at)
}

// value is a tensor as the runtime has it, over the same memory.
func value(t Tensor) (runtime.Value, error) {
	n, ok := onnx.Count(t.Shape)
	if !ok {
		return nil, fault.New(fault.InferTensor, "infer: its shape has no size")
	}
	if t.Type == onnx.String {
		if int64(len(t.Strings)) != n {
			return nil, fault.New(fault.InferTensor, "infer: %d strings, want %d", len(t.Strings), n)
		}
		if len(t.Shape) == 0 {
			return nil, fault.New(fault.InferTensor, "infer: a single string without a shape is not taken; give it the shape [1]")
		}
		v, err := runtime.NewStringTensor(runtime.Shape(t.Shape))
		if err == nil && n > 0 {
			err = v.SetContents(t.Strings)
		}
		return v, err
	}
	size := int64(t.Type.Size())
	if size == 0 || int64(len(t.Data)) != n*size {
		return nil, fault.New(fault.InferTensor, "infer: %d bytes, want %d elements of %s", len(t.Data), n, t.Type)
	}
	if len(t.Shape) == 0 {
		return scalar(t)
	}
	if n == 0 {
		return empty(t)
	}
	if p := uintptr(unsafe.Pointer(&t.Data[0])); p%uintptr(size) != 0 {
		return nil, fault.New(fault.Internal, "infer: a tensor is not aligned")
	}
	return runtime.NewCustomDataTensor(runtime.Shape(t.Shape), t.Data, runtime.TensorElementDataType(t.Type))
}

// Aligned is data itself if a tensor of the type can lie there, else a copy.
func Aligned(t onnx.Type, data []byte) []byte {
	if len(data) == 0 || t.Size() == 0 || uintptr(unsafe.Pointer(&data[0]))%uintptr(t.Size()) == 0 {
		return data
	}
	out := make([]uint64, (len(data)+7)/8)
	b := unsafe.Slice((*byte)(unsafe.Pointer(&out[0])), len(data))
	copy(b, data)
	return b
}
