package federated

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"tacit/engine/learn/network"
	"tacit/fault"
)

func TestUpdateForm(t *testing.T) {
	s := begun(t)
	trained, err := s.Model.With(append([]float32{9}, s.Model.Weights[1:]...))
	if err != nil {
		t.Fatal(err)
	}
	u, err := s.Update(trained, [32]byte{5}, 77)
	if err != nil {
		t.Fatal(err)
	}
	if u.Delta[0] != 9-s.Model.Weights[0] || u.Delta[1] != 0 {
		t.Errorf("what changed is %v", u.Delta)
	}
	b := form(t, u)
	again, err := ParseUpdate(b)
	if err != nil || again.Base != u.Base || again.Party != u.Party || again.Rows != 77 || !slices.Equal(again.Delta, u.Delta) {
		t.Errorf("read again it is %+v, %v", again, err)
	}
	at := func(n int, v uint32) []byte {
		c := slices.Clone(b)
		binary.BigEndian.PutUint32(c[n:], v)
		return c
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "the header alone": b[:updateHeader], "a byte less": b[:len(b)-1], "a byte more": append(slices.Clone(b), 0),
		"another version": append([]byte("TACITFU\x02"), b[8:]...), "no numbers": at(84, 0)[:updateHeader], "more numbers than there are": at(84, 9),
		"as many as a word has": at(84, math.MaxUint32), "no rows": at(80, 0), "too many rows": at(76, 1<<9),
	} {
		if _, err := ParseUpdate(b); fault.Of(err) != fault.LearnModel {
			t.Errorf("%s: ParseUpdate = %v", name, err)
		}
	}
	for name, u := range map[string]*Update{"no rows": {Delta: u.Delta}, "no numbers": {Rows: 1}, "too many rows": {Rows: mostRows + 1, Delta: u.Delta}} {
		if _, err := u.MarshalBinary(); fault.Of(err) != fault.LearnModel {
			t.Errorf("%s: MarshalBinary = %v", name, err)
		}
	}
	other, err := network.New(network.Values, network.Flat(1), network.Scaling{}, network.MLP(nil, 1), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Update(other, [32]byte{}, 1); fault.Of(err) != fault.LearnModel {
		t.Errorf("an update of other layers = %v", err)
	}
	if _, err := (&State{s.Model, Spent{{0, 1, 1, 1}}}).Update(trained, [32]byte{}, 1); fault.Of(err) != fault.LearnModel {
		t.Errorf("an update of a state that is none = %v", err)
	}
}

func TestStateForm(t *testing.T) {
	s := begun(t)
	s.Spent = Spent{{3, 0, 1, 0}, {2, 1.5, 1, 0.5}}
	b := form(t, s)
	again, err := ParseState(b)
	if err != nil || !slices.Equal(again.Spent, s.Spent) || !bytes.Equal(form(t, again), b) || again.Round() != 5 {
		t.Errorf("read again it is %+v, %v", again, err)
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "the header alone": b[:stateHeader], "another version": append([]byte("TACITFS\x02"), b[8:]...),
		"a byte less": b[:len(b)-1], "a byte more": append(slices.Clone(b), 0), "no model": b[:stateHeader+2*chargeBytes],
		"charges without end":   append(append(slices.Clone(b[:8]), 255, 255, 255, 255), b[12:]...),
		"a charge of no rounds": append(append(slices.Clone(b[:stateHeader]), 0, 0, 0, 0), b[stateHeader+4:]...),
	} {
		if _, err := ParseState(b); fault.Of(err) != fault.LearnModel {
			t.Errorf("%s: ParseState = %v", name, err)
		}
	}
	negative := math.Copysign(0, -1)
	for name, spent := range map[string]Spent{
		"no rounds": {{0, 1, 1, 1}}, "too many rounds": {{mostRounds + 1, 1, 1, 1}}, "negative noise": {{1, -1, 1, 1}}, "noise that is none": {{1, math.NaN(), 1, 1}},
		"minus no noise": {{1, negative, 1, 1}}, "too little noise": {{1, 1e-9, 1, 1}}, "noise without end": {{1, math.Inf(1), 1, 1}}, "no rate": {{1, 1, 0, 1}}, "a rate above 1": {{1, 1, 2, 1}},
		"a rate that is none": {{1, 1, math.NaN(), 1}}, "noise of no clip": {{1, 1, 1, 0}}, "negative clip": {{1, 0, 1, -1}}, "minus no clip": {{1, 0, 1, negative}}, "clip that is none": {{1, 0, 1, math.NaN()}},
		"two that are one": {{1, 1, 1, 1}, {2, 1, 1, 1}}, "too many": charged(mostCharges + 1),
	} {
		if _, err := (&State{s.Model, spent}).MarshalBinary(); fault.Of(err) != fault.LearnModel {
			t.Errorf("%s: MarshalBinary = %v", name, err)
		}
	}
	form(t, &State{s.Model, charged(mostCharges)}) // twin: as many as there may be
	if _, err := Begin(new(network.Model)).MarshalBinary(); fault.Of(err) != fault.LearnModel {
		t.Errorf("no model: MarshalBinary = %v", err)
	}
}

// charged are so many charges of which no two stand together that are one.
func charged(n int) (s Spent) {
	for i := range n {
		s = append(s, Charge{1, float64(1 + i%2), 1, 1})
	}
	return s
}

// FuzzState: what is read encodes as it came, and tells what it cost.
func FuzzState(f *testing.F) {
	s := begun(f)
	f.Add(form(f, s))
	s.Spent = Spent{{3, 0, 1, 0}, {2, 1.5, 0.1, 0.5}}
	f.Add(form(f, s))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseState(b)
		if err != nil {
			if fault.Of(err) != fault.LearnModel {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if !bytes.Equal(form(t, s), b) {
			t.Fatal("written again it is another")
		}
		if e := s.Spent.Epsilon(1e-5); !(e >= 0) {
			t.Fatalf("it cost %v", e)
		}
	})
}

// FuzzUpdate: what is read encodes as it came, and what a round takes moves the model by no
// more than the clip.
func FuzzUpdate(f *testing.F) {
	s := begun(f)
	f.Add(form(f, moved(f, s, 1, 1, 1, 2)))
	f.Add(form(f, moved(f, s, 1, 1, float32(math.NaN()))))
	f.Add(form(f, moved(f, s, 1, 1, 1e30)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if u, err := ParseUpdate(b); err != nil {
			if fault.Of(err) != fault.LearnModel {
				t.Fatalf("refused with %v", err)
			}
		} else if !bytes.Equal(form(t, u), b) {
			t.Fatal("written again it is another")
		}
		r := round(t, s, Rules{Clip: 0.5})
		fate := r.Add(b)
		next, err := r.Done(silent())
		if (fate == Taken) != (err == nil) {
			t.Fatalf("%s, %v", fate, err)
		}
		if err == nil && far(next, s) > 0.5001 {
			t.Fatalf("it moves the model by %v", far(next, s))
		}
	})
}
