package mini

import "testing"

func TestReadyAttemptIsReleased(t *testing.T) {
	n := New(t)
	m, end := n.Manager(0, nil)
	defer end()
	a := n.Ready(m, Terms("acme/sum"))
	reply, err := a.Release(0)
	if err != nil {
		t.Fatal(err)
	}
	if len(reply.Grants) != 2 {
		t.Fatalf("%d grants, want 2", len(reply.Grants))
	}
	for _, g := range reply.Grants {
		if _, err := a.Open(g); err != nil {
			t.Error(err)
		}
	}
}
