// Package fault is the one table of what can be refused or go wrong in Tacit.
//
// Every error that a person or another role sees carries a Code from this
// table. The code is stable: it crosses the wire, decides the exit status of
// the command line and names its entry in docs/errors.md, which is made from
// the same table. The text around it may change; callers branch on codes only.
package fault

import (
	"errors"
	"fmt"
)

// A Code names one kind of refusal or failure, as written in the threat model.
type Code string

// A Side says who has to act on a fault.
type Side string

// The sides of a fault.
const (
	User     Side = "user"
	Owner    Side = "owner"
	Service  Side = "service"
	Worker   Side = "worker"
	Network  Side = "network"
	Operator Side = "operator"
)

// Exit codes of the command line, by family of fault.
const (
	ExitOK          = 0
	ExitFailure     = 1
	ExitUsage       = 2
	ExitTerms       = 3
	ExitAttestation = 4
	ExitCollateral  = 5
	ExitNoWorker    = 6
	ExitPayment     = 7
	ExitService     = 8
	ExitTimeout     = 9
)

// An Entry is what the table says of a code.
type Entry struct {
	Code     Code
	Sentence string // what it means, one sentence
	Next     string // what to do next
	Exit     int
	Retry    bool // whether the same request may succeed later
	Side     Side
}

// An Error is one refusal or failure with its code. Op says what was
// attempted and on what; Rule, Expected and Got explain a decision without
// revealing data.
type Error struct {
	Code     Code
	Op       string
	Rule     string
	Expected string
	Got      string
	Err      error
}

// New returns a fault of this code; op names the attempt and its subject, and
// causes wrapped with %w stay reachable.
func New(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Code: code, Op: err.Error()}
	switch w := err.(type) {
	case interface{ Unwrap() error }:
		e.Err = w.Unwrap()
	case interface{ Unwrap() []error }:
		e.Err = errors.Join(w.Unwrap()...)
	}
	return e
}

// Denied returns a fault that explains a decision: the rule, what it expects
// and what it was given.
func Denied(code Code, op, rule, expected, got string) *Error {
	return &Error{Code: code, Op: op, Rule: rule, Expected: expected, Got: got}
}

// Error tells the code, the attempt and, where there is one, the rule.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Op
	if e.Rule != "" {
		s += fmt.Sprintf(": rule %s: expected %s, got %s", e.Rule, e.Expected, e.Got)
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the same code, so that errors.Is(err, Code)
// works through any number of wraps.
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c == e.Code
}

// Error makes a Code usable as an errors.Is target.
func (c Code) Error() string { return string(c) }

// Of returns the outermost code in err, or Internal if it has none, or "" for
// nil.
func Of(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	var c Code
	if errors.As(err, &c) {
		return c
	}
	return Internal
}

// Lost reports whether an error says that nobody is at the other end, or that
// the connection broke: asking again may find somebody.
func Lost(err error) bool { return errors.Is(err, Unreachable) || errors.Is(err, TLSTruncated) }

// Parse is the code that a peer's bytes name, or Internal if the table has no
// such code: what is foreign never becomes a code of its own.
func Parse(s string) Code { return Lookup(Code(s)).Code }

// Lookup returns the table's entry for a code; a code that is not in the table
// gets the entry of Internal.
func Lookup(c Code) Entry {
	for _, e := range Table {
		if e.Code == c {
			return e
		}
	}
	return Lookup(Internal)
}
