package main

import (
	"errors"
	"math"
)

// converged is the largest component of the gradient at which the fit ends.
const converged = 1e-10

// fit minimises w·w/2 + c·Σ log(1+exp(-y·s)) by Newton's method with step
// halving. The function is strictly convex in the weights, so what it finds is
// the minimum. The intercept is the last weight and is not penalised. A step
// costs rows × features² multiplications.
func fit(features []string, rows [][]float64, labels []float64, c float64) (Model, error) {
	k := len(features)
	w := make([]float64, k+1)
	loss, grad, hess := evaluate(rows, labels, c, w)
	for step := 0; step <= 200; step++ {
		if norm := maxAbs(grad); norm <= converged {
			m := Model{Features: features, Coefficients: w[:k:k], Intercept: w[k], Iterations: step, Gradient: norm, Rows: len(rows)}
			right := 0
			for i, row := range rows {
				if (score(row, w) > 0) == (labels[i] == 1) {
					right++
				}
			}
			m.Accuracy = float64(right) / float64(len(rows))
			return m, nil
		}
		dir, ok := solve(hess, grad)
		if !ok {
			return Model{}, errors.New("the fit is not well posed: the curvature is not positive")
		}
		moved := false
		for size := 1.0; size > 1e-12; size /= 2 {
			next := make([]float64, len(w))
			for i := range w {
				next[i] = w[i] - size*dir[i]
			}
			l, g, h := evaluate(rows, labels, c, next)
			// Close to the minimum the loss no longer shows progress in its
			// last digit, and the gradient does.
			if l < loss || maxAbs(g) < maxAbs(grad) && l <= loss+1e-9*math.Abs(loss) {
				w, loss, grad, hess, moved = next, l, g, h, true
				break
			}
		}
		if !moved {
			break
		}
	}
	return Model{}, errors.New("the fit did not reach the required gradient")
}

func score(row, w []float64) float64 {
	s := w[len(row)]
	for j, x := range row {
		s += x * w[j]
	}
	return s
}

// evaluate returns the loss, its gradient and its Hessian.
func evaluate(rows [][]float64, labels []float64, c float64, w []float64) (float64, []float64, [][]float64) {
	k := len(w) - 1
	loss := 0.0
	grad := make([]float64, k+1)
	hess := make([][]float64, k+1)
	for i := range hess {
		hess[i] = make([]float64, k+1)
	}
	for i, row := range rows {
		s := score(row, w)
		// log(1+exp(s)) - y·s without overflow.
		loss += math.Max(s, 0) + math.Log1p(math.Exp(-math.Abs(s))) - labels[i]*s
		p := 1 / (1 + math.Exp(-s))
		err, curve := p-labels[i], p*(1-p)
		for a, x := range row {
			grad[a] += err * x
			cx := curve * x
			for b := 0; b <= a; b++ {
				hess[a][b] += cx * row[b]
			}
			hess[k][a] += cx
		}
		grad[k] += err
		hess[k][k] += curve
	}
	loss *= c
	for a := range grad {
		grad[a] *= c
		for b := 0; b <= a; b++ {
			hess[a][b] *= c
		}
		if a < k {
			loss += w[a] * w[a] / 2
			grad[a] += w[a]
			hess[a][a]++
		}
	}
	return loss, grad, hess
}

// solve returns h⁻¹g by Cholesky's decomposition of the lower triangle of h,
// which it overwrites; false if h is not positive definite.
func solve(h [][]float64, g []float64) ([]float64, bool) {
	n := len(g)
	for i := range n {
		for j := 0; j <= i; j++ {
			s := h[i][j]
			for k := range j {
				s -= h[i][k] * h[j][k]
			}
			if i != j {
				h[i][j] = s / h[j][j]
				continue
			}
			if !(s > 0) {
				return nil, false
			}
			h[i][i] = math.Sqrt(s)
		}
	}
	x := make([]float64, n)
	for i := range n {
		s := g[i]
		for k := range i {
			s -= h[i][k] * x[k]
		}
		x[i] = s / h[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= h[k][i] * x[k]
		}
		x[i] /= h[i][i]
	}
	return x, true
}

func maxAbs(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		m = math.Max(m, math.Abs(x))
	}
	return m
}
