package trees

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkTrain: 100 trees of depth 6 from 100,000 rows of 28 features, cutting the bins
// among it.
func BenchmarkTrain(b *testing.B) {
	x, y := drawn(1, 100_000, 28, false)
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			for b.Loop() {
				p := Params{Objective: Logistic, Rounds: 100, Depth: 6, LearningRate: 0.1, Lambda: 1, MinChildWeight: 1, Threads: threads}
				if _, err := Train(context.Background(), x, y, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkPredict: the model of BenchmarkTrain on its rows.
func BenchmarkPredict(b *testing.B) {
	x, y := drawn(1, 100_000, 28, false)
	m, err := Train(context.Background(), x, y, Params{Objective: Logistic, Rounds: 100, Depth: 6, LearningRate: 0.1, Lambda: 1, MinChildWeight: 1})
	if err != nil {
		b.Fatal(err)
	}
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("batch/threads=%d", threads), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.PredictBatch(x, threads); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(x.Rows), "ns/row")
		})
	}
	b.Run("one row", func(b *testing.B) {
		for i := 0; b.Loop(); i = (i + 1) % x.Rows {
			if _, err := m.Predict(x.Values[i*28 : (i+1)*28]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
