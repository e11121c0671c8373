package replica

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"

	"tacit"
)

// This file judges what clients remember.

// model is a group of two keys.
func groupModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return [2]uint64{} },
		Step: func(state, input, _ any) (bool, any) {
			s, o := state.([2]uint64), input.(*operation)
			holds := true
			switch o.Do {
			case doGet:
				return s[o.Key] == o.Saw[o.Key], s
			case doRange:
				return s == o.Saw, s
			case doCAS:
				holds = s[o.Key] == o.Expect[o.Key]
			case doTxn:
				holds = s == o.Expect
			}
			if o.Outcome == refused || o.Outcome == unknown && !holds {
				return o.Outcome == unknown || !holds, s
			}
			if !holds {
				return false, s
			}
			switch o.Do {
			case doDel:
				s[o.Key] = 0
			case doTxn:
				s = o.Write
			default:
				s[o.Key] = o.Write[o.Key]
			}
			return true, s
		},
		DescribeOperation: func(input, _ any) string { return fmt.Sprintf("%+v", *input.(*operation)) },
	}
}

// linearizable judges one group. What may have been done and left no trace is taken for
// not done; if that explains nothing, for something that may be done at any time.
func linearizable(ops []*operation, patience time.Duration) porcupine.CheckResult {
	first := map[uint64]int64{} // when a value was first known to be there
	trace := func(v uint64, at int64) {
		if was, ok := first[v]; v != 0 && (!ok || at < was) {
			first[v] = at
		}
	}
	for _, o := range ops {
		for i := range 2 {
			trace(o.Saw[i], o.Ret)
			if o.Outcome == done && (o.Do == doCAS && i == o.Key || o.Do == doTxn) {
				trace(o.Expect[i], o.Ret)
			}
		}
	}
	try := func(traceless bool) porcupine.CheckResult {
		var list []porcupine.Operation
		for _, o := range ops {
			end := o.Ret
			if o.Outcome == unknown {
				at, ok := first[o.Write[0]]
				if b, there := first[o.Write[1]]; there && (!ok || b < at) {
					at, ok = b, true
				}
				switch {
				case ok:
					end = max(at, o.Call)
				case traceless:
					end = math.MaxInt64
				default:
					continue
				}
			}
			list = append(list, porcupine.Operation{ClientId: o.Client, Input: o, Call: o.Call, Return: end})
		}
		// A client that got no answer asks again while its question is still open.
		for i := range list {
			list[i].ClientId = i
		}
		return porcupine.CheckOperationsTimeout(groupModel(), list, patience)
	}
	if r := try(false); r == porcupine.Ok {
		return r
	}
	return try(true)
}

// findings is everything that is wrong with a history, at most some of each kind.
func (l *load) findings() []string {
	var out []string
	say := func(format string, args ...any) {
		if len(out) < 20 {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	groups := map[string][]*operation{}
	for i := range l.history {
		o := &l.history[i]
		groups[o.Group] = append(groups[o.Group], o)
	}
	for name, ops := range groups {
		if r := linearizable(ops, time.Minute); r != porcupine.Ok {
			say("group %s: %d operations are not linearizable: %s", name, len(ops), r)
		}
	}
	l.checkRevisions(say)
	l.checkWatches(say)
	l.checkLeases(say)
	return out
}

// checkRevisions: an acknowledged transaction has a revision of its own; what begins
// after another was acknowledged has a greater one, and reads none older.
func (l *load) checkRevisions(say func(string, ...any)) {
	of := map[int64]*operation{}
	at := map[uint64]int64{} // value: revision
	known := func(v uint64, revision int64, o *operation) {
		if was, ok := at[v]; ok && v != 0 && was != revision {
			say("value %x has revisions %d and %d: %+v", v, was, revision, *o)
		}
		at[v] = revision
	}
	for i := range l.history {
		o := &l.history[i]
		switch {
		case o.Do == doGet:
			known(o.Saw[o.Key], o.Revisions[o.Key], o)
		case o.Do == doRange:
			for k := range 2 {
				known(o.Saw[k], o.Revisions[k], o)
				if o.Revisions[k] > o.Revision {
					say("a range at revision %d has an item of %d", o.Revision, o.Revisions[k])
				}
			}
		case o.Outcome == done:
			if other := of[o.Revision]; other != nil {
				say("revision %d twice: %+v and %+v", o.Revision, *other, *o)
			}
			of[o.Revision] = o
			for k := range 2 {
				if o.Write[k] != 0 {
					known(o.Write[k], o.Revision, o)
				}
			}
		}
	}
	var dated []*operation // with a revision that says when
	for i := range l.history {
		if o := &l.history[i]; o.Outcome == done && o.Do != doGet {
			dated = append(dated, o)
		}
	}
	byEnd := slices.Clone(dated)
	slices.SortFunc(byEnd, func(a, b *operation) int { return cmp.Compare(a.Ret, b.Ret) })
	slices.SortFunc(dated, func(a, b *operation) int { return cmp.Compare(a.Call, b.Call) })
	newest, n := int64(0), 0
	for _, o := range dated {
		for ; n < len(byEnd) && byEnd[n].Ret < o.Call; n++ {
			newest = max(newest, byEnd[n].Revision)
		}
		if o.Revision < newest || o.Do != doRange && o.Revision == newest {
			say("revision %d after %d was acknowledged: %+v", o.Revision, newest, *o)
		}
	}
}

// checkWatches: changes come in order, once, none is missing, and each is what was
// written.
func (l *load) checkWatches(say func(string, ...any)) {
	type change struct {
		revision int64
		key      string
	}
	written := map[change]uint64{} // by transactions that were acknowledged
	var revisions []int64
	for _, o := range l.history {
		if o.Outcome != done || o.Do == doGet || o.Do == doRange {
			continue
		}
		revisions = append(revisions, o.Revision)
		for k := range 2 {
			if o.Write[k] != 0 { // what was not there was not deleted either
				written[change{o.Revision, keyOf(o.Group, k)}] = o.Write[k]
			}
		}
	}
	slices.Sort(revisions)
	perRevision := map[int64][]change{}
	for c := range written {
		perRevision[c.revision] = append(perRevision[c.revision], c)
	}
	all := map[change]uint64{} // what any watcher saw
	for _, s := range l.watched {
		got := map[change]bool{}
		last := s.After
		for i, c := range s.Changes {
			x := change{c.Revision, c.Key}
			if c.Revision < last || i == 0 && c.Revision == last || got[x] {
				say("a watcher saw %s of revision %d after %d", c.Key, c.Revision, last)
			}
			last, got[x] = c.Revision, true
			v := watchedValue(c)
			if want, ok := written[x]; ok && want != v {
				say("a watcher saw %x in %s at revision %d, written was %x", v, c.Key, c.Revision, want)
			}
			if was, ok := all[x]; ok && was != v {
				say("two watchers saw %x and %x in %s at revision %d", was, v, c.Key, c.Revision)
			}
			all[x] = v
		}
		from, _ := slices.BinarySearch(revisions, s.After+1)
		for _, revision := range revisions[from:] {
			if revision >= last { // of the last one a part may have come
				break
			}
			for _, x := range perRevision[revision] {
				if !got[x] {
					say("a watcher after %d until %d did not see %s of revision %d", s.After, last, x.key, x.revision)
				}
			}
		}
	}
}

func watchedValue(c tacit.Change) uint64 {
	if c.Delete {
		return 0
	}
	return numberOf(c.Item)
}

// checkLeases: tokens grow, none is granted before the one before it has ended, and
// nothing is written under, or tied to, one that has ended.
func (l *load) checkLeases(say func(string, ...any)) {
	type grant struct{ *lap }
	granted := map[string][]grant{}
	type held struct {
		name  string
		token int64
	}
	of := map[held][]*lap{} // what a holder did, in his order
	for i := range l.laps {
		x := &l.laps[i]
		of[held{x.Name, x.Token}] = append(of[held{x.Name, x.Token}], x)
	}
	for i := range l.laps {
		if x := &l.laps[i]; x.Do == "grant" && x.Outcome == done {
			granted[x.Name] = append(granted[x.Name], grant{x})
		}
	}
	for name, list := range granted {
		slices.SortFunc(list, func(a, b grant) int { return cmp.Compare(a.Token, b.Token) })
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if a.Token == b.Token || b.Ret < a.Call {
				say("lease %s: token %d was granted before %d", name, b.Token, a.Token)
			}
			ended := false // in another way than by its time
			until := a.Call + int64(a.TTL)
			shorter := int64(math.MaxInt64) // a renewal without answer may count, and late
			for _, x := range of[held{name, a.Token}] {
				switch {
				case x.Do == "revoke" && x.Call < b.Ret:
					ended = true
				case x.Do == "renew" && x.Outcome == done:
					until = x.Call + int64(x.TTL)
				case x.Do == "renew" && x.Outcome == unknown:
					shorter = min(shorter, x.Call+int64(x.TTL))
				}
			}
			until = min(until, shorter)
			if !ended && b.Ret < until {
				say("lease %s: token %d was granted while %d had %v left", name, b.Token, a.Token, time.Duration(until-b.Ret))
			}
		}
	}
	next := func(name string, token int64) int64 { // the token granted after this one
		list := granted[name]
		i := sort.Search(len(list), func(i int) bool { return list[i].Token > token })
		if i == len(list) {
			return math.MaxInt64
		}
		return list[i].Token
	}
	for _, x := range l.laps {
		switch {
		case x.Outcome != done:
		case x.Do == "write" && x.Revision > next(x.Name, x.Token):
			say("lease %s: written at revision %d under token %d though %d had been granted", x.Name, x.Revision, x.Token, next(x.Name, x.Token))
		case x.Do == "see" && x.Tied != 0 && x.Revision >= next(x.Name, x.Tied):
			say("lease %s: a key of token %d is there at revision %d though %d had been granted", x.Name, x.Tied, x.Revision, next(x.Name, x.Tied))
		}
	}
}
