package devnet

import (
	"os"

	"tacit"
	"tacit/attest"
	"tacit/attest/sim"
	"tacit/fault"
	"tacit/wire"
)

// images are the programs of enclaves' further images that are there, by their names: a
// network without the runtime for networks has none for it.
func (d *Devnet) images() map[string]string {
	out := map[string]string{}
	for _, engine := range tacit.Engines() {
		image := tacit.EngineImage(engine)
		if _, err := os.Stat(d.bin(image)); image != "" && err == nil {
			out[image] = d.bin(image)
		}
	}
	return out
}

// imageReferences are what an enclave's policy accepts of them.
func (d *Devnet) imageReferences(sources map[string]wire.Digest) (out []attest.Reference, err error) {
	for name, file := range d.images() {
		m, err := sim.Measure(file)
		if err != nil {
			return nil, err
		}
		program, err := os.ReadFile(file)
		if err != nil {
			return nil, fault.New(fault.APIPath, "read program: %w", err)
		}
		sources[name] = wire.Sum(program)
		out = append(out, attest.Reference{Name: name, Measurement: m, Manifest: sim.ManifestOf(nil, nil), SVN: 1})
	}
	return out, nil
}
