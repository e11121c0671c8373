package trees

import (
	"context"
	"fmt"

	"tacit/fault"
)

// Rounds is how many rounds of boosting the model has, if its trees go round its outputs in
// turn, as those do that Train makes; else false.
func (m *Model) Rounds() (int, bool) {
	k := len(m.base)
	for i, t := range m.trees {
		if int(t.output) != i%k {
			return 0, false
		}
	}
	return len(m.trees) / k, len(m.trees)%k == 0
}

// Stages calls each with the predictions for rows as they were after each round of the
// training, from 0 on, which it may use until it returns: those of the last are the same as
// from PredictBatch. LEARN_MODEL for a model that has no rounds.
func (m *Model) Stages(ctx context.Context, x Matrix, threads int, each func(round int, predictions []float64)) error {
	rounds, ok := m.Rounds()
	if !ok {
		return bad("its trees are in no order of rounds")
	}
	if err := x.check(); err != nil {
		return err
	}
	if x.Cols != m.features {
		return fault.New(fault.LearnData, "trees: the model takes rows of %d features, these have %d", m.features, x.Cols)
	}
	k := len(m.base)
	sums := make([]float64, x.Rows*k)
	for i := range sums {
		sums[i] = m.base[i%k]
	}
	out := make([]float64, len(sums))
	const block = 1024
	for round := range rounds {
		if ctx.Err() != nil {
			return fmt.Errorf("trees: stages: %w", context.Cause(ctx))
		}
		abreast(threads, (x.Rows+block-1)/block, func(b int) {
			from, to := b*block, min((b+1)*block, x.Rows)
			for t := round * k; t < (round+1)*k; t++ {
				tr := &m.trees[t]
				for i := from; i < to; i++ {
					m.add(&sums[i*k+int(tr.output)], m.leaf(tr, x.Values[i*x.Cols:(i+1)*x.Cols]))
				}
			}
			copy(out[from*k:to*k], sums[from*k:to*k])
			for i := from; i < to; i++ {
				m.objective.link(out[i*k : (i+1)*k])
			}
		})
		each(round, out)
	}
	return nil
}

// Steps is how many nodes a row meets at most.
func (m *Model) Steps() int {
	n := 0
	for _, t := range m.trees {
		n += int(t.depth) + 1
	}
	return n
}

// Splits is how many nodes ask for each feature.
func (m *Model) Splits() []int {
	n := make([]int, m.features)
	for i := range m.nodes {
		if m.nodes[i].step == 1 {
			n[m.nodes[i].feature]++
		}
	}
	return n
}
