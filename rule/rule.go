// Package rule judges the predicate of an owner's terms, written in CEL (the
// Common Expression Language, cel.dev).
//
// A predicate is over the variables below and nothing else, has no side effect,
// reads no clock, and says true or false. It is compiled and typed when the
// terms are stored; one whose estimated cost is above MostCost is refused then,
// and one that costs more while it runs gives no answer. No answer denies. The
// owner is not trusted to write a cheap rule, and a user is not trusted to send
// small values.
package rule

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/checker"

	"tacit"
	"tacit/fault"
)

// MostCost bounds a predicate in CEL's own cost units, roughly one a step: both
// the estimate for the largest values that can come and each evaluation.
const MostCost = 20_000

// variables are all that a predicate can name, with their types and the largest
// size of those that have one.
var variables = []struct {
	name string
	kind *cel.Type
	most uint64 // characters of a text, elements of a list
}{
	{"task", cel.StringType, 66},                   // its ID
	{"dataset", cel.StringType, 65},                // the entry that the terms are of
	{"datasets", cel.ListType(cel.StringType), 64}, // every dataset of the task
	{"owners", cel.IntType, 0},                     // distinct owners of those
	{"service", cel.StringType, 65},                // owner/name
	{"user", cel.StringType, 42},                   // account, 0x...
	{"purpose", cel.StringType, 64},
	{"region", cel.StringType, 64}, // of the worker
	{"level", cel.IntType, 0},
	{"output", cel.IntType, 0},       // most bytes of the result
	{"seconds", cel.IntType, 0},      // most seconds of running
	{"time", cel.TimestampType, 0},   // of the newest header
	{"releases", cel.IntType, 0},     // of the entry's key so far
	{"taskReleases", cel.IntType, 0}, // of them for this task
	{"derived", cel.BoolType, 0},     // the task uses not the dataset, but what a task before made of it
}

// Rules compile predicates and keep the newest programs. It is a
// tacit.Predicates and safe for concurrent use.
type Rules struct {
	env *cel.Env

	mu       sync.Mutex // guards what follows
	programs map[string]cel.Program
}

var _ tacit.Predicates = (*Rules)(nil)

// kept is how many compiled programs stay at hand.
const kept = 256

// New makes the environment that predicates are compiled in.
func New() (*Rules, error) {
	opts := []cel.EnvOption{cel.StdLib(), cel.ParserRecursionLimit(32), cel.ParserExpressionSizeLimit(tacit.MostRule)}
	for _, v := range variables {
		opts = append(opts, cel.Variable(v.name, v.kind))
	}
	env, err := cel.NewCustomEnv(opts...)
	if err != nil {
		return nil, fmt.Errorf("make rules: %w", err)
	}
	return &Rules{env: env, programs: map[string]cel.Program{}}, nil
}

// sizes tells the estimator how large values can be.
type sizes struct{}

func (sizes) EstimateSize(n checker.AstNode) *checker.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	for _, v := range variables {
		if v.name != path[0] || v.most == 0 {
			continue
		}
		if len(path) > 1 { // an element of the list of names
			return &checker.SizeEstimate{Max: 65}
		}
		return &checker.SizeEstimate{Max: v.most}
	}
	return nil
}

func (sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}

// Check compiles a predicate; KEY_POLICY says where it is wrong.
func (r *Rules) Check(text string) error {
	_, err := r.program(text)
	return err
}

func (r *Rules) program(text string) (cel.Program, error) {
	r.mu.Lock()
	p, ok := r.programs[text]
	r.mu.Unlock()
	if ok {
		return p, nil
	}
	p, err := r.compile(text)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.programs) >= kept {
		clear(r.programs)
	}
	r.programs[text] = p
	return p, nil
}

func (r *Rules) compile(text string) (cel.Program, error) {
	if len(text) > tacit.MostRule {
		return nil, fault.New(fault.KeyPolicy, "compile rule: %d bytes, at most %d", len(text), tacit.MostRule)
	}
	ast, issues := r.env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, fault.New(fault.KeyPolicy, "compile rule: line %d, column %d: %s", first.Location.Line(), first.Location.Column()+1, oneLine(first.Message))
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fault.Denied(fault.KeyPolicy, "compile rule", "type", "bool", ast.OutputType().String())
	}
	cost, err := r.env.EstimateCost(ast, sizes{})
	if err != nil {
		return nil, fault.New(fault.KeyPolicy, "compile rule: no estimate of its cost: %w", err)
	}
	if cost.Max > MostCost {
		return nil, fault.Denied(fault.KeyPolicy, "compile rule", "estimated cost", fmt.Sprintf("at most %d", MostCost), fmt.Sprint(cost.Max))
	}
	p, err := r.env.Program(ast, cel.CostLimit(MostCost))
	if err != nil {
		return nil, fault.New(fault.KeyPolicy, "compile rule: %w", err)
	}
	return p, nil
}

// Holds evaluates a predicate. An error of evaluation, such as an overrun or a
// division by zero, is DATA_CONSENT; a predicate that does not compile is
// KEY_POLICY.
func (r *Rules) Holds(text string, u tacit.Use) (bool, error) {
	p, err := r.program(text)
	if err != nil {
		return false, err
	}
	out, _, err := p.Eval(map[string]any{
		"task": "0x" + u.Task.String(), "dataset": u.Dataset, "datasets": u.Datasets, "owners": clip(u.Owners), "service": u.Service,
		"user": u.User.String(), "purpose": u.Purpose, "region": u.Region, "level": int64(u.Level), "output": clip(u.Output),
		"seconds": int64(u.Seconds), "time": time.Unix(clip(u.Time), 0).UTC(), "releases": clip(u.Releases), "taskReleases": clip(u.ThisTask),
		"derived": u.Derived,
	})
	if err != nil {
		return false, fault.New(fault.DataConsent, "evaluate rule: %w", errors.New(oneLine(err.Error())))
	}
	ok, is := out.Value().(bool)
	return is && ok, nil
}

// clip keeps what does not fit CEL's signed numbers at the largest.
func clip(n uint64) int64 { return int64(min(n, 1<<62)) }

func oneLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
