package linear

import (
	"context"
	"math"
)

// mostSteps is how many Newton steps there are at most.
const mostSteps = 100

// rounding is the gain of a step, as a part of 1 and the loss, that rounding alone promises.
const rounding = 1e-18

// A climb is a logistic regression at work, on columns of mean 0 and spread 1 and one of 1
// behind them. Its weights are a row for each score.
type climb struct {
	x       Matrix
	classes []int
	moments moments
	costs   []float64
	scores  int // 1 of two classes, else one a class
	threads int
}

// Logistic fits the probability of each class, of which there are 2 or more: classes has one
// for each row of x, counted from 0, and each occurs. Of two classes the model has one vector,
// for class 1; of more it has one for each, and those of a column sum up to 0.
func Logistic(ctx context.Context, x Matrix, classes []int, count int, how Regression) (*Model, error) {
	if err := how.check(); err != nil {
		return nil, err
	}
	if count < 2 || count > MostVectors {
		return nil, refuseParams("params: %d classes, not from 2 to %d", count, MostVectors)
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	scores := count
	if count == 2 {
		scores = 1
	}
	if scores*(x.Cols+1) > MostWeights {
		return nil, refuse("data: %d weights, at most %d: fewer columns or classes", scores*(x.Cols+1), MostWeights)
	}
	if err := occur(classes, count, x.Rows); err != nil {
		return nil, err
	}
	m, err := measure(ctx, x, how.Threads)
	if err == nil {
		err = m.vary()
	}
	if err != nil {
		return nil, err
	}
	c := &climb{x, classes, m, how.costs(m), scores, how.Threads}
	w, err := c.newton(ctx, how)
	if err != nil {
		return nil, err
	}
	model := &Model{Kind: Logit, Vectors: Matrix{scores, x.Cols, make([]float64, scores*x.Cols)}, Offsets: make([]float64, scores)}
	for k := range scores {
		row := w[k*(x.Cols+1) : (k+1)*(x.Cols+1)]
		copy(model.Vectors.row(k), row)
		model.Offsets[k] = row[x.Cols]
	}
	return model.unscale(m)
}

// occur refuses classes that are no numbers below count, or that no row has.
func occur(classes []int, count, rows int) error {
	if len(classes) != rows {
		return refuse("data: %d classes for %d rows", len(classes), rows)
	}
	seen := make([]bool, count)
	for i, c := range classes {
		if c < 0 || c >= count {
			return refuse("data: row %d: no class from 0 to %d", i+1, count-1)
		}
		seen[c] = true
	}
	for c, s := range seen {
		if !s {
			return refuse("data: no row is of class %d", c)
		}
	}
	return nil
}

// newton goes down from 0 until a step moves no score.
func (c *climb) newton(ctx context.Context, how Regression) ([]float64, error) {
	n := c.scores * (c.x.Cols + 1)
	w := make([]float64, n)
	for at := range mostSteps {
		loss, step, h, right, err := c.slope(ctx, w)
		if err != nil {
			return nil, err
		}
		if how.Each != nil {
			how.Each(at, loss/float64(c.x.Rows))
		}
		if how.Penalty == 0 && right == c.x.Rows {
			return nil, refuse("data: the columns separate the classes, so no coefficients fit best: give a penalty")
		}
		slope := append([]float64(nil), step...)
		if !cholesky(ctx, h, n, step) {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return nil, refuse("data: columns depend on each other or separate classes: give a larger penalty or fewer columns")
		}
		gain := dot(slope, step)
		size := 1.0
		next := make([]float64, n)
		for {
			copy(next, w)
			add(next, -size, step)
			if gain <= 1e-12*(1+loss) {
				break // so near that rounding would decide
			}
			now, err := c.loss(ctx, next)
			if err != nil {
				return nil, err
			}
			if now <= loss-1e-4*size*gain {
				break
			}
			if size /= 2; size < 1e-9 {
				return nil, refuse("data: no step leads on: give a larger penalty")
			}
		}
		w = next
		moved, err := c.reach(ctx, step)
		if err != nil {
			return nil, err
		}
		far, err := c.reach(ctx, w)
		if err != nil {
			return nil, err
		}
		// Without a penalty a small gain says nothing: where columns separate some rows it falls
		// for ever, and the scores never come to rest.
		if size == 1 && (moved <= how.Tolerance*(1+far) || how.Penalty > 0 && gain <= rounding*(1+loss)) {
			return w, nil
		}
	}
	return nil, refuse("data: %d steps do not lead to an end, as where columns separate some of the classes: give a penalty", mostSteps)
}

// score writes a row of x to z as the weights take it, and its scores.
func (c *climb) score(i int, w, z, scores []float64) {
	d := c.x.Cols
	for j, v := range c.x.row(i) {
		z[j] = (v - c.moments.mean[j]) / c.moments.spread[j]
	}
	z[d] = 1
	for k := range scores {
		scores[k] = dot(z, w[k*(d+1):(k+1)*(d+1)])
	}
}

// soften turns scores into probabilities, of two classes that of class 1, and returns the
// log loss of the class and whether its score is above all others.
func soften(scores []float64, class int) (loss float64, right bool) {
	if len(scores) == 1 {
		s := scores[0]
		scores[0] = logistic(s)
		if class == 1 {
			s = -s
		}
		return max(s, 0) + math.Log1p(math.Exp(-math.Abs(s))), s < 0
	}
	top, own, right := math.Inf(-1), scores[class], true
	for k, s := range scores {
		top = max(top, s)
		right = right && (k == class || s < own)
	}
	var sum float64
	for k, s := range scores {
		scores[k] = math.Exp(s - top)
		sum += scores[k]
	}
	for k := range scores {
		scores[k] /= sum
	}
	return top + math.Log(sum) - own, right
}

// logistic is 1 of 1 and e to the -s.
func logistic(s float64) float64 {
	if s >= 0 {
		return 1 / (1 + math.Exp(-s))
	}
	e := math.Exp(s)
	return e / (1 + e)
}

// penalty is what the weights cost.
func (c *climb) penalty(w []float64) (cost float64) {
	for k := range c.scores {
		for j, f := range c.costs {
			v := w[k*(c.x.Cols+1)+j]
			cost += f * v * v / 2
		}
	}
	return cost
}

func (c *climb) loss(ctx context.Context, w []float64) (float64, error) {
	sum, err := cut(c.x.Rows, mostBlocks).sum(ctx, c.threads, 1, func(into []float64, from, to int) {
		z, scores := make([]float64, c.x.Cols+1), make([]float64, c.scores)
		for i := from; i < to; i++ {
			c.score(i, w, z, scores)
			loss, _ := soften(scores, c.classes[i])
			into[0] += loss
		}
	})
	if err != nil {
		return 0, err
	}
	return sum[0] + c.penalty(w), nil
}

// reach is the largest score that the weights give, whatever its sign.
func (c *climb) reach(ctx context.Context, w []float64) (float64, error) {
	blocks := cut(c.x.Rows, mostBlocks)
	most := make([]float64, blocks.count)
	err := blocks.each(ctx, c.threads, func(b, from, to int) {
		z, scores := make([]float64, c.x.Cols+1), make([]float64, c.scores)
		for i := from; i < to; i++ {
			c.score(i, w, z, scores)
			for _, s := range scores {
				most[b] = max(most[b], math.Abs(s))
			}
		}
	})
	var all float64
	for _, m := range most {
		all = max(all, m)
	}
	return all, err
}

// slope is the loss with its first and second derivatives, the lower triangle of these, and
// how many rows have their own class on top.
func (c *climb) slope(ctx context.Context, w []float64) (loss float64, g, h []float64, right int, err error) {
	e := c.x.Cols + 1
	n := c.scores * e
	blocks := cut(c.x.Rows, max(1, min(mostBlocks, (1<<23)/(n*n))))
	sum, err := blocks.sum(ctx, c.threads, n*n+n+2, func(into []float64, from, to int) {
		h, g, rest := into[:n*n], into[n*n:n*n+n], into[n*n+n:]
		z, p := make([]float64, e), make([]float64, c.scores)
		for i := from; i < to; i++ {
			c.score(i, w, z, p)
			loss, right := soften(p, c.classes[i])
			rest[0] += loss
			if right {
				rest[1]++
			}
			c.curve(z, p, c.classes[i], g, h)
		}
	})
	if err != nil {
		return 0, nil, nil, 0, err
	}
	h, g = sum[:n*n], sum[n*n:n*n+n]
	for k := range c.scores {
		for j, f := range c.costs {
			g[k*e+j] += f * w[k*e+j]
			h[(k*e+j)*n+k*e+j] += f
		}
	}
	if c.scores > 1 {
		// Adding the same to all classes changes no probability: the sum is held where it is.
		for a := range c.scores {
			for b := range a + 1 {
				for j := range e {
					h[(a*e+j)*n+b*e+j] += float64(c.x.Rows) / float64(c.scores*c.scores)
				}
			}
		}
	}
	return sum[n*n+n] + c.penalty(w), g, h, int(sum[n*n+n+1]), nil
}

// curve adds what one row gives to both derivatives.
func (c *climb) curve(z, p []float64, class int, g, h []float64) {
	e, n := len(z), len(g)
	for a, pa := range p {
		off := pa
		if a == class && c.scores > 1 || class == 1 && c.scores == 1 {
			off--
		}
		add(g[a*e:(a+1)*e], off, z)
		for b := range a + 1 {
			f := -pa * p[b]
			if a == b {
				f += pa
			}
			for i, v := range z {
				to := e
				if a == b {
					to = i + 1
				}
				at := (a*e+i)*n + b*e
				add(h[at:at+to], f*v, z[:to])
			}
		}
	}
}
