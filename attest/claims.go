package attest

import (
	"strconv"
	"strings"

	"tacit/wire"
)

// The boundaries that a platform can draw around a task.
const (
	BoundaryProcess = "process" // SGX, and the simulated platform
	BoundaryMachine = "machine" // SNP, TDX, TPM
)

// Claims is what genuine evidence says of an environment. A scheme fills every
// field; what its platform does not know keeps the value that says so.
type Claims struct {
	Scheme      string      `json:"scheme"`
	Level       uint8       `json:"level"`    // 2 simulated, 3 TPM or Nitro, 4 SNP or TDX, 5 SGX
	Boundary    string      `json:"boundary"` // what the platform protects as a whole
	Measurement wire.Digest `json:"measurement"`
	Manifest    wire.Digest `json:"manifest"` // of arguments, environment and configuration
	SVN         uint32      `json:"svn"`      // security version of the program
	Product     string      `json:"product"`  // what the vendor certifies: "Milan", an FMSPC, a TPM's model
	Hardware    string      `json:"hardware"` // the chip's identity
	Key         string      `json:"key"`      // kind of key that signed: KeyVCEK ...
	TCB         TCB         `json:"tcb"`      // as certified by the vendor, not as the platform reports it
	Status      Status      `json:"status"`   // the vendor's word on that TCB
	Modes       Mode        `json:"modes"`
	VMPL        uint8       `json:"vmpl"` // privilege level within a guest of SNP, else 0

	// Registers are the raw values that Measurement is made of, for people.
	Registers []Register `json:"registers,omitempty"`
	// Guests are what ran in the environment since it started, each once, where the
	// platform has a register for that. They are gone, and judged by nobody.
	Guests []wire.Digest `json:"guests,omitempty"`
	Data   ReportData    `json:"-"`
}

// A Register is one value that a platform measured.
type Register struct {
	Name  string `cbor:"1,keyasint" json:"name"`
	Value []byte `cbor:"2,keyasint" json:"value"`
}

// MeasurementOf is one digest of all registers that make a scheme's environment
// what it is, in the scheme's own order.
func MeasurementOf(scheme string, registers []Register) wire.Digest {
	return wire.Hash("tacit/measurement/"+scheme, registers)
}

// The kinds of key that sign evidence.
const (
	KeySim  = "sim"
	KeyVCEK = "vcek" // of one AMD chip
	KeyVLEK = "vlek" // of a cloud provider, for AMD chips
	KeyPCK  = "pck"  // of one Intel platform, through its quoting enclave
	KeyAK   = "ak"   // of one TPM, proven by its endorsement key

	KeyNitro = "nitro" // of one enclave of AWS Nitro, for some hours
)

// A Component is one part of a trusted computing base with its security version.
type Component struct {
	Name string `cbor:"1,keyasint" json:"name"`
	SVN  uint32 `cbor:"2,keyasint" json:"svn"`
}

// A TCB is compared part by part; there is no order between whole ones.
type TCB []Component

// Of returns the security version of a component, and whether it is there.
func (t TCB) Of(name string) (uint32, bool) {
	for _, c := range t {
		if c.Name == name {
			return c.SVN, true
		}
	}
	return 0, false
}

// lacks are the components of least that t has in a lower version or not at all.
func (t TCB) lacks(least TCB) (short TCB) {
	for _, c := range least {
		if got, ok := t.Of(c.Name); !ok || got < c.SVN {
			short = append(short, c)
		}
	}
	return short
}

// String lists the components as name=version.
func (t TCB) String() string {
	if len(t) == 0 {
		return "none"
	}
	parts := make([]string, len(t))
	for i, c := range t {
		parts[i] = c.Name + "=" + strconv.Itoa(int(c.SVN))
	}
	return strings.Join(parts, " ")
}

// Status is a vendor's word on a TCB, by the names of Intel's TCB info. The zero
// Status is a word that nobody knows; it is never acceptable.
type Status uint8

// The statuses. A vendor that publishes none, as AMD and makers of TPMs, is
// NotStated: there the policy's own minimum decides.
const (
	StatusUnknown Status = iota
	StatusNotStated
	StatusUpToDate
	StatusSWHardeningNeeded
	StatusConfigurationNeeded
	StatusConfigurationAndSWHardeningNeeded
	StatusOutOfDate
	StatusOutOfDateConfigurationNeeded
	StatusRevoked
)

var statuses = []string{
	"unknown", "NotStated", "UpToDate", "SWHardeningNeeded", "ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded",
	"OutOfDate", "OutOfDateConfigurationNeeded", "Revoked",
}

// ParseStatus reads a vendor's word; any that is not known is StatusUnknown.
func ParseStatus(word string) Status {
	for i, s := range statuses {
		if s == word {
			return Status(i)
		}
	}
	return StatusUnknown
}

// String is the vendor's word.
func (s Status) String() string {
	if int(s) < len(statuses) {
		return statuses[s]
	}
	return statuses[0]
}

// MarshalText and UnmarshalText show a Status by its word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a word; one that is not known is an error.
func (s *Status) UnmarshalText(b []byte) error {
	if *s = ParseStatus(string(b)); *s == StatusUnknown {
		return unknownWord("TCB status", string(b), statuses[1:])
	}
	return nil
}

// Mode is a set of ways to run that weaken an environment, each a bit. A policy
// names those that it accepts.
type Mode uint32

// The modes.
const (
	ModeDebug        Mode = 1 << iota // the host can look into it
	ModeMigratable                    // an agent may move it to another machine
	ModeSMT                           // another thread may run on its core
	ModeProvisioning                  // holds the key by which a platform is recognised (SGX)
	ModeShared                        // shares its keys with other programs of its signer (SGX key separation, TDX service TD)
	ModeOpenBoot                      // the machine starts what nobody signed (Secure Boot is off, or verified nothing)
	ModePartial                       // a wall around tasks is missing
)

var modes = []string{"debug", "migratable", "smt", "provisioning", "shared", "open-boot", "partial"}

// String lists the modes that are on, "none" without one.
func (m Mode) String() string {
	var on []string
	for i, name := range modes {
		if m&(1<<i) != 0 {
			on = append(on, name)
		}
	}
	if m>>len(modes) != 0 {
		on = append(on, "unknown")
	}
	if on == nil {
		return "none"
	}
	return strings.Join(on, "+")
}

// MarshalText shows a Mode by the names of its bits.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads names with + between them; one that is not known is an
// error.
func (m *Mode) UnmarshalText(b []byte) error {
	*m = 0
	if len(b) == 0 || string(b) == "none" {
		return nil
	}
next:
	for name := range strings.SplitSeq(string(b), "+") {
		for i, known := range modes {
			if name == known {
				*m |= 1 << i
				continue next
			}
		}
		return unknownWord("mode", name, modes)
	}
	return nil
}
