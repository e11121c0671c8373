package fault_test

import (
	"testing"

	"tacit/fault"
)

func TestASuggestionIsNearOrNone(t *testing.T) {
	names := []string{"services", "users", "purposes", "regions"}
	for _, tt := range []struct{ written, want string }{
		{"servcies", "services"}, {"user", "users"}, {"Regions", "regions"}, {"colour", ""}, {"", ""},
	} {
		if got := fault.DidYouMean(tt.written, names); got != tt.want {
			t.Errorf("DidYouMean(%q) = %q, want %q", tt.written, got, tt.want)
		}
	}
}
