package telemetry

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/VictoriaMetrics/metrics"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// An Exporter takes spans that ended.
type Exporter = trace.SpanExporter

// Export sends the spans of this process to every exporter, from now on. It
// returns what flushes and ends them.
func Export(role string, exporters ...Exporter) func(context.Context) {
	options := []trace.TracerProviderOption{trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "tacit-"+role)))}
	for _, e := range exporters {
		options = append(options, trace.WithBatcher(e))
	}
	p := trace.NewTracerProvider(options...)
	otel.SetTracerProvider(p)
	return func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = p.Shutdown(ctx) // what is lost is a trace
	}
}

// A Lines exporter writes each span as one record of a log. Trusted images
// link no other: whoever reads their logs can send them on.
type Lines struct{ Log *slog.Logger }

var _ Exporter = Lines{}

// ExportSpans writes spans.
func (l Lines) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	for _, s := range spans {
		task := ""
		for _, a := range s.Attributes() {
			if a.Key == Task {
				task = a.Value.AsString()
			}
		}
		l.Log.LogAttrs(ctx, slog.LevelDebug, "span", slog.String("name", s.Name()), slog.String("kind", s.SpanKind().String()),
			slog.String("trace", s.SpanContext().TraceID().String()), slog.String("span", s.SpanContext().SpanID().String()),
			slog.String("parent", s.Parent().SpanID().String()), slog.Time("start", s.StartTime()),
			slog.Duration("took", s.EndTime().Sub(s.StartTime())), slog.String("code", s.Status().Description), slog.String("task", task))
	}
	return nil
}

// Shutdown has nothing to end.
func (Lines) Shutdown(context.Context) error { return nil }

// WriteMetrics writes all metrics and those of the process itself in the text
// format of Prometheus.
func WriteMetrics(w io.Writer) { metrics.WritePrometheus(w, true) }
