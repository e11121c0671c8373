package learn

import (
	"context"

	"tacit/engine/learn/linear"
)

// A kind is one of models that can be trained.
type kind interface {
	given(p *Params) bool  // whether the parameters have settings of it
	check(p *Params) error // says why they make no sense, and completes them
	labelled() bool        // it learns a label
	missing() bool         // its features may be missing
	ranks() bool           // it can say which features matter: has the output importance
	climbs() bool          // it learns in rounds: has the output curve
	// noisy reports whether training keeps that many thousandths of differential privacy.
	noisy(p *Params, epsilon uint32) bool
	// classes are those of the label, by the parameters and the labels that are numbers; nil
	// where a number is learned.
	classes(p *Params, d *data) ([]string, error)
	// cost is the fuel and the memory that training on so many rows and features takes.
	cost(p *Params, rows, cols int) (fuel, memory int64)
	fit(ctx context.Context, t *training) (fitted, error)
}

// networks is the kind of Network, which alone learns in rounds of several sites.
const networks = "network"

// kinds are all of them, by the name that the parameters use.
var kinds = map[string]kind{
	"trees":    boosted{},
	"linear":   plain{"linear", linear.Line},
	"ridge":    plain{"ridge", linear.Line},
	"logistic": plain{"logistic", linear.Logit},
	"kmeans":   plain{"kmeans", linear.KMeans},
	"pca":      plain{"pca", linear.PCA},
	networks:   layered{},
}

// A task is what a model's numbers for a row are.
type task int

const (
	regression     task = iota // the number
	classification             // the probability of each class
	clustering                 // the squared distance to each centre
	projection                 // the coordinate along each component
)

// A fitted is a model that can be applied.
type fitted interface {
	task() task
	takes() int          // features
	width() int          // numbers for each row
	work(rows int) int64 // the fuel of applying it
	missing() bool       // features may be
	apply(ctx context.Context, r *run, d *data) ([]float64, error)
	encode() ([]byte, error) // as a JSON object
}

// A training is one model that is made.
type training struct {
	*run
	learned, validated *data // validated is nil if all rows are learned from
	curve              []round
	gains              []float64 // of each feature, of a kind that ranks
}

// A round is how good a model was after one of a training, or before a step of it.
type round struct {
	number             int
	metric             string
	learned, validated float64
	hasValidated       bool
	hasRight           bool // of classes: the shares that were right
	right              float64
	validatedRight     float64
}
