package trees

import "math"

// link turns sums into predictions.
func (o Objective) link(v []float64) {
	switch o {
	case Logistic:
		v[0] = sigmoid(v[0])
	case Softmax:
		softmax(v)
	}
}

// sigmoid is the logistic function.
func sigmoid(x float64) float64 { return 1 / (1 + exp(-x)) }

// softmax turns sums into probabilities.
func softmax(v []float64) {
	top, sum := v[0], 0.0
	for _, x := range v {
		top = max(top, x)
	}
	for i, x := range v {
		v[i] = exp(x - top)
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
}

// exp is e to the x, to within two units in the last place, and 0 or infinite beyond +-700.
// That of package math is in assembly that rounds otherwise on another processor; here each
// product is rounded by itself, so that everybody has the same bits.
func exp(x float64) float64 {
	const (
		high = 6.93147180369123816490e-01 // the logarithm of 2 in two parts
		low  = 1.90821492927058770002e-10
		p1   = 1.66666666666666657415e-01 // of a rational approximation on +-log(2)/2
		p2   = -2.77777777770155933842e-03
		p3   = 6.61375632143793436117e-05
		p4   = -1.65339022054652515390e-06
		p5   = 4.13813679705723846039e-08
	)
	switch {
	case x > 700:
		return math.Inf(1)
	case x < -700:
		return 0
	}
	half := 0.5
	if x < 0 {
		half = -0.5
	}
	k := math.Trunc(float64(x*math.Log2E) + half)
	hi, lo := x-float64(k*high), float64(k*low)
	r := hi - lo
	t := float64(r * r)
	c := r - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	return float64(y * math.Float64frombits(uint64(int64(k)+1023)<<52))
}
