package trees

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// slope is the first and second derivative of the loss at a row.
type slope struct{ g, h float32 }

// Train makes a model of rows and their labels: gradient boosting with trees that grow level
// by level from histograms of 256 bins, one of which is for missing values. Each split learns
// where these go. The same data, Params and seed give the same model, bit for bit, whatever
// the number of threads.
//
// Errors: LEARN_PARAMS for parameters that make no sense, LEARN_DATA for labels that are not
// what the objective takes (NaN, infinite), infinite values, no rows, more of them than
// Params.Memory holds, or sums that overflow. No error tells a value.
func Train(ctx context.Context, x Matrix, y []float32, p Params) (*Model, error) {
	p, err := p.complete()
	if err != nil {
		return nil, err
	}
	if err := p.checkData(x, y); err != nil {
		return nil, err
	}
	base := p.start(y)
	k, err := newMaker(p.Objective, false, int64(x.Cols), base)
	if err != nil {
		return nil, err
	}
	outputs := len(base)
	sums := make([]float64, x.Rows*outputs)
	for i := range sums {
		sums[i] = base[i%outputs]
	}
	g := newGrower(bin(x, p.Threads), p)
	slopes := make([]slope, x.Rows*outputs)
	for round := range p.Rounds {
		if !derive(p, y, sums, slopes) {
			return nil, unfit("the sums overflow in round %d", round)
		}
		for o := range outputs {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("trees: train: %w", context.Cause(ctx))
			}
			g.draw(rand.NewPCG(p.Seed, uint64(round*outputs+o)))
			grown := g.grow(slopes[o*x.Rows : (o+1)*x.Rows])
			if err := give(k, o, grown, p.Gains); err != nil {
				return nil, unfit("a leaf overflows in round %d, or the model is too large", round)
			}
			g.add(grown, sums, outputs, o)
		}
	}
	return k.done()
}

// derive fills in the slopes of the loss, one output after another, and reports whether all
// are finite.
func derive(p Params, y []float32, sums []float64, slopes []slope) bool {
	const least = 1e-16 // of a curvature, that no row is without
	n, k := len(y), p.outputs()
	const block = 4096
	fine := make([]bool, (n+block-1)/block)
	abreast(p.Threads, len(fine), func(b int) {
		v := make([]float64, k)
		ok := true
		for i := b * block; i < min((b+1)*block, n); i++ {
			copy(v, sums[i*k:(i+1)*k])
			p.Objective.link(v)
			for o, q := range v {
				s := slope{h: 1}
				switch p.Objective {
				case Squared:
					s.g = float32(q - float64(y[i]))
				case Logistic:
					s = slope{float32(q - float64(y[i])), float32(max(float64(q*(1-q)), least))}
				case Softmax:
					t := 0.0
					if o == int(y[i]) {
						t = 1
					}
					s = slope{float32(q - t), float32(max(2*float64(q*(1-q)), least))}
				}
				ok = ok && !math.IsInf(float64(s.g), 0) && s.g == s.g
				slopes[o*n+i] = s
			}
		}
		fine[b] = ok
	})
	for _, ok := range fine {
		if !ok {
			return false
		}
	}
	return true
}

// give hands a tree that was grown to the maker.
func give(k *maker, output int, grown []sprout, gains []float64) error {
	if err := k.tree(int64(output), int64(len(grown))); err != nil {
		return err
	}
	for i := range grown {
		var err error
		if s := &grown[i]; s.leaf {
			err = k.leaf(s.value)
		} else {
			err = k.split(int64(s.feature), s.cut, s.left, false)
			if gains != nil {
				gains[s.feature] += s.best.gain
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
