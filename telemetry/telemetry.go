// Package telemetry is how the rooms say what they do to whoever operates them:
// counters and durations for /metrics, and spans of traces. It is the door to
// OpenTelemetry and to the library that keeps metrics.
//
// What is said is names, codes, digests of tasks and durations: never a
// payload, a name of a dataset, an account's secret or an error's text. A span
// carries the task's ID, so that the way of one task through all processes is
// one trace. Where nobody set up an exporter, spans cost next to nothing.
//
// Metrics and tracers belong to the process, as their libraries have it.
package telemetry

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tacit/fault"
)

// A Label is one dimension of a metric. Values come from small closed sets:
// procedures, stages and codes, never tasks or accounts.
type Label struct{ Name, Value string }

// Count adds one to a counter.
func Count(name string, labels ...Label) { metrics.GetOrCreateCounter(full(name, labels)).Inc() }

// Observe adds a duration to a histogram of seconds.
func Observe(name string, d time.Duration, labels ...Label) {
	metrics.GetOrCreateHistogram(full(name, labels)).Update(d.Seconds())
}

// Gauge shows what value returns whenever somebody looks. A gauge that is
// there already stays.
func Gauge(name string, value func() float64, labels ...Label) {
	metrics.GetOrCreateGauge(full(name, labels), value)
}

func full(name string, labels []Label) string {
	if len(labels) == 0 {
		return "tacit_" + name
	}
	var b strings.Builder
	b.WriteString("tacit_" + name)
	for i, l := range labels {
		if i == 0 {
			b.WriteByte('{')
		} else {
			b.WriteByte(',')
		}
		b.WriteString(l.Name + `="` + plain(l.Value) + `"`)
	}
	b.WriteString("}")
	return b.String()
}

// plain keeps a label's value what it should be anyway.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '"' || r == '\\' || r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, s[:min(len(s), 100)])
}

// Code is the label of how something ended: a fault's code, or OK.
func Code(err error) Label {
	if err == nil {
		return Label{"code", "OK"}
	}
	return Label{"code", string(fault.Of(err))}
}

const scope = "tacit"

// Task is the attribute that joins the spans of one task.
const Task = "tacit.task"

// Span begins a span and returns what ends it with its outcome. task is the
// task's ID in hexadecimal, or empty.
func Span(ctx context.Context, name, task string, kind trace.SpanKind) (context.Context, func(error)) {
	ctx, span := otel.Tracer(scope).Start(ctx, name, trace.WithSpanKind(kind))
	if task != "" {
		span.SetAttributes(attribute.String(Task, task))
	}
	return ctx, func(err error) {
		if err != nil {
			span.SetStatus(codes.Error, string(fault.Of(err)))
		}
		span.End()
	}
}

// About says which task the span of ctx turned out to be about: where a span begins
// before its request was looked at, as those of calls do.
func About(ctx context.Context, task string) {
	trace.SpanFromContext(ctx).SetAttributes(attribute.String(Task, task))
}

// The kinds of spans that are used.
const (
	Inside = trace.SpanKindInternal
	Asks   = trace.SpanKindClient
	Serves = trace.SpanKindServer
)

var carrier = propagation.TraceContext{}

// Inject writes the trace of ctx into the headers of a call (W3C Trace
// Context).
func Inject(ctx context.Context, h http.Header) { carrier.Inject(ctx, propagation.HeaderCarrier(h)) }

// Extract joins the trace that a call's headers name. Who is not believed can
// do no more with it than give a span the wrong parent.
func Extract(ctx context.Context, h http.Header) context.Context {
	return carrier.Extract(ctx, propagation.HeaderCarrier(h))
}

// Join returns ctx in the trace of another, without its deadline: for work that
// goes on after the call that began it.
func Join(ctx, other context.Context) context.Context {
	return trace.ContextWithRemoteSpanContext(ctx, trace.SpanContextFromContext(other))
}
