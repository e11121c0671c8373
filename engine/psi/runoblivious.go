package psi

import (
	"context"

	"tacit"
)

// runOblivious does an operation so that the memory that it touches depends on sizes only.
func (e *Engine) runOblivious(ctx context.Context, job tacit.Job, p *Params) (tacit.Outcome, error) {
	return refused(job, 0, refuse("mode: this engine does not do %s", p.Mode))
}
