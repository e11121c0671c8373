// Package wall puts walls around the process that runs one task.
//
// A guest is held by its engine. The walls are for the day the engine fails:
// whoever then runs code in the process finds no file to open, no socket to
// make, no program to start, no process to look into and no way to leave a
// core behind. Everything that a task needs comes through descriptors that
// were open before.
//
// The parent makes the child with Start, which puts it into namespaces of
// its own; the child calls Enter before it reads a byte of foreign input. Both
// work as an ordinary user. A machine may refuse some of the walls: containers
// often refuse namespaces, old kernels lack Landlock. What is missing is
// reported by name and never passed over in silence; a receipt says "sandbox:
// partial", and above the simulated level Strict makes it a refusal.
//
// Enter must leave what an engine needs, so threads, signals and executable
// memory stay. Limits.AddressSpace must leave room for engines that reserve
// addresses: wasmtime takes 4 GiB of them for each memory, and Go itself takes
// hundreds of megabytes.
package wall

import (
	"strings"
)

// The walls by name, as Report.Missing gives them.
const (
	Namespaces = "namespaces"      // mount, net, pid, ipc and uts are not the host's
	Powerless  = "powerlessness"   // not root, no capability, no group
	Undumpable = "undumpable"      // no core, no debugger and no /proc reader of the same user
	NoNewPrivs = "no-new-privs"    // no gain by setuid programs
	Limits     = "resource limits" // as in Config
	Landlock   = "landlock"        // no path of any file system can be opened
	Seccomp    = "seccomp"         // only the system calls of a computing process
)

// Config says how much a child may use. Zero fields take the defaults in
// brackets.
type Config struct {
	Strict       bool      // refuse with SANDBOX_PARTIAL if a wall is missing [report only]
	Files        uint64    // open descriptors [64]
	Processes    uint64    // threads of this user in the namespace [the parent's limit]
	AddressSpace uint64    // bytes of virtual memory [the parent's limit]
	FileSize     uint64    // bytes to which a file may be written; pipes do not count [0]
	Keep         []uintptr // descriptors that would stay open over exec [0, 1 and 2]
}

// A Report says which walls stand.
type Report struct {
	Full     bool
	Missing  []string // walls that do not stand, with the reason in brackets
	Landlock int      // version of the kernel's Landlock ABI, 0 for none
}

// String is the line for doctor and receipt: "full", or "partial" and what is
// missing.
func (r Report) String() string {
	if r.Full {
		return "full"
	}
	if len(r.Missing) == 0 {
		return "partial: Enter was not called"
	}
	return "partial: no " + strings.Join(r.Missing, ", no ")
}
