package trees

import (
	"bytes"
	"testing"

	"tacit/fault"
)

// holds checks a model that was read from foreign bytes, or that its refusal has the code: it
// predicts, rows abreast as each alone, and reads again as it was written.
func holds(t *testing.T, m *Model, err error) {
	if err != nil {
		if fault.Of(err) != fault.LearnModel {
			t.Fatalf("refused with %v", err)
		}
		return
	}
	b := m.Append(nil)
	again, err := Parse(b)
	if err != nil {
		t.Fatalf("what was written is refused: %v", err)
	}
	if !bytes.Equal(again.Append(nil), b) {
		t.Fatal("written again it is another")
	}
	if m.Features() > 1<<12 {
		return
	}
	x, _ := drawn(1, 5, m.Features(), true)
	p, err := m.PredictBatch(x, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		q, err := again.Predict(x.Values[i*x.Cols : (i+1)*x.Cols])
		if err != nil {
			t.Fatal(err)
		}
		for o, v := range q {
			if v != v || v != p[i*len(q)+o] {
				t.Fatalf("alone it predicts %v, abreast %v", v, p[i*len(q)+o])
			}
		}
	}
}

// FuzzModel: what is read encodes as it came, and holds.
func FuzzModel(f *testing.F) {
	f.Add(smallForm())
	for _, name := range []string{"cancer.json", "diabetes.ubj"} {
		m, err := ParseXGBoost(file(f, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.Append(nil))
	}
	m, err := ParseLightGBM(file(f, "light.txt"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err == nil && !bytes.Equal(m.Append(nil), b) {
			t.Fatal("it encodes otherwise than it came")
		}
		holds(t, m, err)
	})
}

// FuzzXGBoostJSON: what is read holds.
func FuzzXGBoostJSON(f *testing.F) {
	f.Add([]byte(smallXGBoost))
	f.Add(file(f, "cancer.json"))
	f.Add(file(f, "diabetes.json"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseXGBoost(b)
		holds(t, m, err)
	})
}

// FuzzUBJ: what is read holds.
func FuzzUBJ(f *testing.F) {
	f.Add(file(f, "cancer.ubj"))
	f.Add(file(f, "diabetes.ubj"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1 && b[1] == '"' {
			return // that is JSON
		}
		m, err := ParseXGBoost(b)
		holds(t, m, err)
	})
}

// FuzzLightGBM: what is read holds.
func FuzzLightGBM(f *testing.F) {
	f.Add(file(f, "light.txt"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseLightGBM(b)
		holds(t, m, err)
	})
}
