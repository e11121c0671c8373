package replica

import (
	"errors"
	"testing"

	"github.com/hashicorp/raft"

	"tacit/fault"
)

// What a member may not say or hear is held back before it reaches the network or raft.
//
// case N47 code - check store/replica/guard.go:mayAsk
func TestN47TheGuardHoldsBackWhatAMemberMayNotSay(t *testing.T) {
	l := newLab(t, 1, nil)
	l.leader()
	r := l.people[0].replica
	g := r.guard
	says := map[string]func() error{
		"entries": func() error {
			return g.AppendEntries("x", "nowhere", new(raft.AppendEntriesRequest), new(raft.AppendEntriesResponse))
		},
		"asking for a vote": func() error {
			return g.RequestVote("x", "nowhere", new(raft.RequestVoteRequest), new(raft.RequestVoteResponse))
		},
		"asking who would vote": func() error {
			return g.RequestPreVote("x", "nowhere", new(raft.RequestPreVoteRequest), new(raft.RequestPreVoteResponse))
		},
		"being told to lead": func() error { return g.allow(new(raft.TimeoutNowRequest)) },
		"being asked to vote": func() error {
			return g.allow(&raft.RequestVoteRequest{Term: 1 << 40, LastLogTerm: 1 << 40})
		},
	}
	for _, tt := range []struct {
		name string
		set  func()
		held func(err error) bool
		free []string // what is not held back
	}{
		{"before the roll call", func() { g.mu.Lock(); g.open = false; g.mu.Unlock() }, func(err error) bool { return errors.Is(err, errNotYet) }, nil},
		{"it lacks what others had at the roll call", func() { g.pass(position{}, position{1 << 30, 1}, 0) }, func(err error) bool { return errors.Is(err, errNotYet) },
			[]string{"entries", "being asked to vote"}},
		{"twin: it has all", func() { g.pass(position{}, position{}, 0) }, nil, []string{"entries", "asking for a vote", "asking who would vote", "being told to lead", "being asked to vote"}},
		{"it has stopped", func() { r.fail(fault.New(fault.StoreDiverged, "stopped by the test")) }, func(err error) bool { return fault.Of(err) == fault.StoreDiverged }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.set()
			free := map[string]bool{}
			for _, name := range tt.free {
				free[name] = true
			}
			for name, say := range says {
				err := say()
				switch {
				case free[name] && (errors.Is(err, errNotYet) || fault.Of(err) == fault.StoreDiverged):
					t.Errorf("%s is held back: %v", name, err)
				case !free[name] && !tt.held(err):
					t.Errorf("%s is not held back: %v", name, err)
				}
			}
		})
	}
}
