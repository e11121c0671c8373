package tpm

import "tacit/attest"

// Reference is the reference value of a machine that measures these registers,
// in the order of evidence, and takes no configuration from outside: PCRs 8 and 12
// hold nothing, as under a signed image that brings its own command line.
func Reference(name string, measured []attest.Register) attest.Reference {
	_, manifest := environment(registers{}, boot{}, nil)
	return attest.Reference{Name: name, Measurement: attest.MeasurementOf(attest.SchemeTPM, measured), Manifest: manifest}
}
