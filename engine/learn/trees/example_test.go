package trees_test

import (
	"context"
	"fmt"
	"math"

	"tacit/engine/learn/trees"
)

// Four rows of two features, of which one value is missing.
func ExampleTrain() {
	missing := float32(math.NaN())
	x := trees.Matrix{Rows: 4, Cols: 2, Values: []float32{1, 5, 2, missing, 3, 5, 4, 6}}
	m, err := trees.Train(context.Background(), x, []float32{10, 10, 20, 30}, trees.Params{
		Objective: trees.Squared, Rounds: 1, Depth: 2, LearningRate: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range [][]float32{{1.5, 5}, {3, 5}, {9, 9}} {
		p, err := m.Predict(row)
		fmt.Println(p, err)
	}
	_, err = m.Predict([]float32{1})
	fmt.Println(err)
	// Output:
	// [10] <nil>
	// [20] <nil>
	// [30] <nil>
	// LEARN_DATA: trees: the model takes rows of 2 features, these have 1
}
