package psi

import (
	"context"

	"tacit"
)

// runPlain does an operation as fast as it can: what the host sees of the memory that is
// touched depends on the ids.
func (e *Engine) runPlain(ctx context.Context, job tacit.Job, p *Params) (tacit.Outcome, error) {
	return refused(job, 0, refuse("mode: this engine does not do %s", p.Mode))
}
