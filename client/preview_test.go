package client

import (
	"context"
	"errors"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// Each worker is judged as the draw would, and the first filter that it does not
// pass is named.
func TestCandidatesNameTheFirstFilterThatFails(t *testing.T) {
	params := tacit.Params{MinStake: 100}
	good := tacit.Node{Key: wire.Address{1}, Roles: tacit.RoleWorker, Level: 2, Stake: 100, Region: "eu"}
	for _, tt := range []struct {
		name    string
		change  func(*tacit.Node)
		drawn   bool
		q       tacit.Requirements
		filter  string
		got     string
		nothing bool
	}{
		{name: "twin: one that is drawn", drawn: true, q: tacit.Requirements{Level: 2, Region: "eu"}},
		{name: "any region", drawn: true, q: tacit.Requirements{Level: 2}},
		{name: "leaving", change: func(n *tacit.Node) { n.Leaving = 7 }, drawn: true, filter: "leaving", got: "it leaves since block 7"},
		{name: "leaving and poor", change: func(n *tacit.Node) { n.Leaving, n.Stake = 7, 1 }, filter: "leaving", got: "it leaves since block 7"},
		{name: "one gwei short", change: func(n *tacit.Node) { n.Stake = 99 }, drawn: true, filter: "stake", got: "99"},
		{name: "without a ticket", filter: "pool", got: "none"},
		{name: "a level below", drawn: true, q: tacit.Requirements{Level: 3}, filter: "level", got: "2"},
		{name: "elsewhere", drawn: true, q: tacit.Requirements{Level: 2, Region: "us"}, filter: "region", got: "eu"},
		{name: "no worker at all", change: func(n *tacit.Node) { n.Roles = tacit.RoleVerifier }, nothing: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := good
			if tt.change != nil {
				tt.change(&n)
			}
			pools := tacit.PoolsReply{Nodes: []tacit.Node{n}}
			if tt.drawn {
				pools.Workers = []tacit.Member{{Key: n.Key}}
			}
			list := candidates(pools, tt.q, params)
			if tt.nothing {
				if len(list) != 0 {
					t.Errorf("candidates = %+v", list)
				}
				return
			}
			if len(list) != 1 || list[0].Filter != tt.filter || list[0].Got != tt.got || list[0].Eligible != (tt.filter == "") {
				t.Errorf("candidates = %+v, want filter %q, got %q", list, tt.filter, tt.got)
			}
		})
	}
}

// A run would end with what it meets first.
func TestAPreviewsVerdictIsItsFirstStop(t *testing.T) {
	var p Preview
	if err := p.Verdict(); err != nil {
		t.Errorf("without a stop: %v", err)
	}
	p.stop(fault.Denied(fault.PayDeposit, "pay deposit", "money", "9", "1"))
	p.stop(errors.New("something else"))
	var f *fault.Error
	if err := p.Verdict(); !errors.As(err, &f) || f.Code != fault.PayDeposit || f.Rule != "money" || f.Expected != "9" || f.Got != "1" {
		t.Errorf("Verdict = %v", err)
	}
	if s := p.Stops[1]; s.Code != fault.Internal {
		t.Errorf("an error without a code stops with %s", s.Code)
	}
}

// door answers for one manager.
type door struct {
	tacit.Doorkeeper
	traces []tacit.Trace
	err    error
}

func (d door) Explain(context.Context, tacit.TaskRequest) (tacit.Explanation, error) {
	return tacit.Explanation{Traces: d.traces}, d.err
}

// What one manager knows is shown though another is away; only if nobody knows
// anything is there an error, and it is the one that matters.
func TestExplainAsksEveryManager(t *testing.T) {
	a, b, c := wire.Address{1}, wire.Address{2}, wire.Address{3}
	early, late := tacit.Trace{Entry: "x/early", Time: 1}, tacit.Trace{Entry: "x/late", Time: 2}
	none := fault.New(fault.APINotFound, "explain")
	away := fault.New(fault.Unreachable, "dial")
	for _, tt := range []struct {
		name  string
		doors map[wire.Address]door
		want  []string
		code  fault.Code
	}{
		{"all in the order of time", map[wire.Address]door{a: {traces: []tacit.Trace{late}}, b: {traces: []tacit.Trace{early}}, c: {err: none}}, []string{"x/early", "x/late"}, ""},
		{"one is away", map[wire.Address]door{a: {err: away}, b: {traces: []tacit.Trace{late}}, c: {err: none}}, []string{"x/late"}, ""},
		{"nobody knows", map[wire.Address]door{a: {err: none}, b: {err: none}, c: {err: none}}, nil, fault.APINotFound},
		{"who may know is away", map[wire.Address]door{a: {err: none}, b: {err: away}, c: {err: none}}, nil, fault.Unreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cl := &Client{cfg: Config{Door: func(_ context.Context, m wire.Address) (tacit.Doorkeeper, error) { return tt.doors[m], nil }}}
			got, err := cl.Explain(t.Context(), wire.Digest{9}, []wire.Address{a, b, c})
			if fault.Of(err) != tt.code && (tt.code != "" || err != nil) {
				t.Fatalf("Explain = %v, want %q", err, tt.code)
			}
			var names []string
			for _, x := range got {
				names = append(names, x.Entry)
			}
			if len(names) != len(tt.want) || len(names) > 0 && (names[0] != tt.want[0] || names[len(names)-1] != tt.want[len(tt.want)-1]) {
				t.Errorf("traces %v, want %v", names, tt.want)
			}
		})
	}
	t.Run("a client that reaches no manager says so", func(t *testing.T) {
		_, err := (&Client{}).Explain(t.Context(), wire.Digest{9}, []wire.Address{a})
		if fault.Of(err) != fault.Unreachable {
			t.Errorf("Explain = %v", err)
		}
	})
}
