package psi

import "testing"

func TestIntersectionKeepsTheFirstPartysOrder(t *testing.T) {
	out := mustRun(t, newTest(2), ask(`"operation":"intersection"`, ids("a", "x", "c", "b", "c", "a"), ids("b", "a", "b", "c", "z", "z")))
	if got, want := textOf(t, out, "intersection.csv"), "id\nc\nb\na\n"; got != want {
		t.Errorf("intersection = %q, want %q", got, want)
	}
}
