package store

import (
	"testing"

	"tacit"
	"tacit/fault"
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

// Who asks for what is not kept is told, and who asks for what is gets it whole.
func TestChangesThatAreNotKeptAreRefused(t *testing.T) {
	f := NewFeed(7) // of a store that starts at revision 7
	for r := range int64(historyLen + 1) {
		f.Publish([]tacit.Change{{Item: tacit.Item{Key: "k", Revision: 8 + r}}})
	}
	for _, tt := range []struct {
		name  string
		after int64
		want  fault.Code
	}{
		{"from before the start", 6, fault.StoreCompacted},
		{"of which the first is dropped", 7, fault.StoreCompacted},
		{"twin: all of them are kept", 8, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ch, err := f.Watch(t.Context(), "", tt.after)
			if fault.Of(err) != tt.want {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if err != nil {
				return
			}
			if c := <-ch; c.Revision != tt.after+1 {
				t.Errorf("the first change is of revision %d, want %d", c.Revision, tt.after+1)
			}
		})
	}
}
