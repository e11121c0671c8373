package tacit

import (
	"context"
	"io"
	"time"

	"tacit/wire"
)

// A GuestFile is one read-only input of a guest, seen by it as /data/<Alias>.
//
// An engine that knows rows enforces the rules of the file's owner, which are zero where he
// has none. Nothing is said if another input has fewer than MinSet distinct ids, or if
// anything that would be said stands for fewer than MinGroup of them (DATA_SMALL). Unless
// Differs is nil it is called, before anything is said, with a sketch (package sketch, of
// Difference, under Salt) of those ids of this file that the answer is about; what it
// answers ends the run.
//
// An engine that learns demands that MinRows rows and the data of MinParties owners stand
// behind what leaves (DATA_SMALL), and no weaker privacy than Epsilon thousandths at a delta
// of LearnDelta, if that is not 0 (DATA_CONSENT).
type GuestFile struct {
	Alias string
	Size  int64
	Data  io.ReaderAt

	MinGroup   uint64
	MinSet     uint64
	Operations []string // whose results may go to any recipient
	Steps      []string // whose results may go to next steps only
	MinRows    uint64
	MinParties int
	Epsilon    uint32
	Difference int
	Salt       [16]byte
	Differs    func(sketch []byte) error
}

// A GuestSecret is seen by a guest as the read-only file /secrets/<Name>.
type GuestSecret struct {
	Name string
	Data []byte
}

// A GuestKey is seen by a guest as the file /keys/<Name>: what is written to an open
// one, up to MostSecretBytes, is what the key is used on, and what is then read is what
// came of it. An error with a VAULT_ or KEY_ code is a refusal, which the guest sees as
// EACCES, one of the API_ family EINVAL; any other means that the host failed.
type GuestKey struct {
	Name string
	Use  func(input []byte) ([]byte, error)
}

// A Request is one of a session. Answer is called once; a refusal has a code, and its text
// goes to who asked.
type Request struct {
	Body   []byte // the engine may keep and change it until it answers
	Answer func(body []byte, refusal error)
}

// Limits bound one run. A zero field means nothing is allowed, never "no
// limit".
type Limits struct {
	Fuel      uint64        // deterministic work units of the engine
	Memory    int64         // bytes of guest memory
	Output    int64         // bytes over all files under /out plus stdout and stderr
	Files     int           // files under /out
	Time      time.Duration // wall time; enforced from outside the process too
	CodeSize  int64         // bytes of the module
	CompileIn time.Duration // wall time of compilation
}

// A Job is what an Engine runs once.
type Job struct {
	Code   []byte                 // the program in the engine's own format; nil if Open gives it
	Sum    wire.Digest            // SHA-256 of the program that Open gives
	Open   func() ([]byte, error) // asked only if nothing compiled from Sum is known
	Args   []string
	Env    []string // NAME=value
	Params []byte   // seen by the guest as /params.json; nil means no such file
	Inputs []GuestFile

	Secrets []GuestSecret
	Keys    []GuestKey

	// Requests are what a session serves, one by one or several at once, until they end;
	// nil where the task is no session.
	Requests <-chan Request

	Recipients int     // of the task; 0 where whoever runs the job gets all
	Onward     []uint8 // those of them, by index, that are next steps

	Seed   [32]byte  // of the guest's randomness
	Clock  time.Time // the fixed clock that the guest reads
	Limits Limits
}

// An Output is one file that the guest left under /out. To are the recipients of the task
// that get it, by their index; nil is all of them.
type Output struct {
	Name string
	Data []byte
	To   []uint8
}

// An ExitClass is all that the public may learn of how a run ended: finer
// distinctions are a channel that a hostile guest controls.
type ExitClass uint8

// The classes of exit.
const (
	ExitNone  ExitClass = 0
	ExitOK    ExitClass = 1
	ExitGuest ExitClass = 2 // the guest failed: trap, limit, non-zero exit
	ExitHost  ExitClass = 3 // the worker failed: nothing is due to it
)

// String names the class.
func (e ExitClass) String() string {
	switch e {
	case ExitOK:
		return "ok"
	case ExitGuest:
		return "guest fault"
	case ExitHost:
		return "host fault"
	}
	return "none"
}

// An Outcome is what a run left behind, also when it failed: Fuel and the
// output up to the fault are billed and delivered as the terms allow.
type Outcome struct {
	ExitCode int32
	Mode     string // of an engine that has several: what it hides from the host
	Privacy  string // what differential privacy the result keeps, as PrivacyOf says it; empty if none
	Fuel     uint64 // used
	PeakMem  int64  // bytes
	Outputs  []Output
	Stdout   []byte
	Stderr   []byte
}

// An Engine runs one guest with bounded resources and no capability that it
// was not given.
//
// A fault of the guest is an error with a WASM_ code beside a valid Outcome;
// any other error means that the host failed and the Outcome is void. Run is
// deterministic: the same Job on the same engine gives the same Outcome.
type Engine interface {
	Run(ctx context.Context, job Job) (Outcome, error)
}
