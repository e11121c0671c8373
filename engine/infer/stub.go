package infer

import "context"

const (
	methodQDQ     = "qdq"
	methodWeights = "weights"
)

func (r *run) quantise(ctx context.Context) error { return nil }
func (r *run) evaluate(ctx context.Context) error { return nil }
