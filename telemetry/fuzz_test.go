package telemetry

import (
	"net/http"
	"testing"

	"go.opentelemetry.io/otel/trace"
)

// FuzzTraceHeaders gives a called process the trace headers of whoever calls.
// What it believes is one valid trace, and what it passes on has its length.
func FuzzTraceHeaders(f *testing.F) {
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	f.Add(parent, "")
	f.Add(parent, "vendor=value,other=1")
	f.Add("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "=")
	f.Add("00-00000000000000000000000000000000-0000000000000000-00", "a")
	f.Fuzz(func(t *testing.T, parent, state string) {
		h := http.Header{}
		h.Set("Traceparent", parent)
		h.Set("Tracestate", state)
		ctx := Extract(t.Context(), h)
		passed := http.Header{}
		Inject(ctx, passed)
		if !trace.SpanContextFromContext(ctx).IsValid() {
			if len(passed) != 0 {
				t.Fatalf("%q is no trace, and %v is passed on", parent, passed)
			}
			return
		}
		if got := passed.Get("Traceparent"); len(got) != 55 || len(parent) < 55 || got[3:52] != parent[3:52] {
			t.Fatalf("%q becomes %q", parent, got)
		}
		again := http.Header{}
		Inject(Extract(t.Context(), passed), again)
		if again.Get("Traceparent") != passed.Get("Traceparent") || again.Get("Tracestate") != passed.Get("Tracestate") {
			t.Fatalf("%v becomes %v", passed, again)
		}
	})
}
