package telemetry_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"tacit/fault"
	"tacit/telemetry"
)

func metrics() string {
	var b bytes.Buffer
	telemetry.WriteMetrics(&b)
	return b.String()
}

func TestMetricsAreWrittenAsTheyWereCounted(t *testing.T) {
	by := telemetry.Label{Name: "procedure", Value: "a\"b\n"}
	telemetry.Count("test_total", by, telemetry.Code(nil))
	telemetry.Count("test_total", by, telemetry.Code(nil))
	telemetry.Count("test_total", by, telemetry.Code(fault.New(fault.ResBusy, "busy")))
	telemetry.Observe("test_seconds", time.Second)
	telemetry.Gauge("test_gauge", func() float64 { return 7 })
	got := metrics()
	for _, want := range []string{
		`tacit_test_total{procedure="a_b_",code="OK"} 2`, `tacit_test_total{procedure="a_b_",code="RES_BUSY"} 1`,
		"tacit_test_seconds_count 1", "tacit_test_gauge 7", "process_cpu_seconds_total",
	} {
		if !strings.Contains(got, want+"\n") && !strings.Contains(got, want+" ") {
			t.Errorf("metrics lack %q:\n%s", want, got)
		}
	}
}

// One task's spans are one trace across processes, and say nothing but names,
// codes and the task.
func TestSpansJoinAcrossACall(t *testing.T) {
	var log bytes.Buffer
	end := telemetry.Export("test", telemetry.Lines{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	ctx, endTask := telemetry.Span(context.Background(), "task", "abcd", telemetry.Inside)
	headers := http.Header{}
	telemetry.Inject(ctx, headers)
	there := telemetry.Extract(context.Background(), headers)
	_, endCall := telemetry.Span(there, "serve", "", telemetry.Serves)
	endCall(fault.New(fault.KeyPolicy, "a secret of %s", "the owner"))
	_, endLater := telemetry.Span(telemetry.Join(context.Background(), ctx), "later", "", telemetry.Inside)
	endLater(nil)
	endTask(nil)
	end(context.Background())
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d spans, want 3:\n%s", len(lines), log.String())
	}
	trace := ""
	for _, l := range lines {
		_, rest, _ := strings.Cut(l, "trace=")
		id, _, _ := strings.Cut(rest, " ")
		if trace == "" {
			trace = id
		}
		if id != trace || len(id) != 32 {
			t.Errorf("trace %q, want %q, in %s", id, trace, l)
		}
		if strings.Contains(l, "secret") || strings.Contains(l, "owner") {
			t.Errorf("an error's text is in a span: %s", l)
		}
	}
	if !strings.Contains(log.String(), "task=abcd") || !strings.Contains(log.String(), "code=KEY_POLICY") {
		t.Errorf("spans:\n%s", log.String())
	}
}
