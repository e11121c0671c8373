// Package otlp sends spans to a collector. Trusted images do not link it: theirs
// are in their logs.
package otlp

import (
	"context"
	"os"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"

	"tacit/fault"
	"tacit/telemetry"
)

// Exporter is the one that OpenTelemetry's own variables ask for
// (OTEL_EXPORTER_OTLP_ENDPOINT and its like), nil if they name no end point.
func Exporter(ctx context.Context) (telemetry.Exporter, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return nil, nil
	}
	e, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fault.New(fault.APIField, "export spans: %w", err)
	}
	return e, nil
}
