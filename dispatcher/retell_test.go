package dispatcher_test

import (
	"errors"
	"testing"

	"tacit/dispatcher"
	"tacit/tacittest"
)

// A simulated seed found it: the user waited for ever for the last event.
func TestACrashBeforeTheLastEventIsMadeGood(t *testing.T) {
	for _, tt := range []struct {
		name string
		lose bool
	}{{"stopped as soon as it was told", false}, {"crashed before that was journalled", true}} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.each(func(k *worker) {
				k.fail = func(string) error { return errors.New("no") }
			})
			disk := tacittest.NewDisk()
			first := disk.Open(nil)
			r := w.start(func(c *dispatcher.Config) { c.Store = first })
			task := w.task(1)
			want := r.submit(task)
			r.stop()
			first.Close()
			if tt.lose {
				disk.Lose()
			}
			r = w.start(func(c *dispatcher.Config) { c.Store = disk.Open(nil) })
			events := r.end(w.id(task))
			got := events[len(events)-1]
			if !want.Final || !got.Final || got.State != "failed" || got.Code == "" {
				t.Errorf("last event before %+v, after %+v", want, got)
			}
		})
	}
}
