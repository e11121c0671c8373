package store

import (
	"testing"

	"tacit"
)

// A term can end while its last batch becomes durable (found by a long run under
// faults, where the process ended with it).
func TestWhatIsPublishedAfterTheEndReachesNobody(t *testing.T) {
	f := NewFeed(0)
	live, err := f.Watch(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	f.Publish([]tacit.Change{{Item: tacit.Item{Key: "a", Revision: 1}}})
	if c := <-live; c.Key != "a" {
		t.Fatalf("the watcher was shown %q, want a", c.Key)
	}
	f.Stop()
	f.Publish([]tacit.Change{{Item: tacit.Item{Key: "b", Revision: 2}}})
	if c, open := <-live; open {
		t.Errorf("the watcher was shown %q after the end", c.Key)
	}
	late, err := f.Watch(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if c, open := <-late; open {
		t.Errorf("a watcher of an ended feed was shown %q", c.Key)
	}
}
