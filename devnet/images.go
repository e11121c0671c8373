package devnet

import (
	"fmt"
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

// give has a worker, whose configuration is cfg, open enclaves in its machines: by its
// number, those whose ports it has.
func (m Machine) give(worker string, cfg map[string]any) {
	var i int
	if _, err := fmt.Sscanf(worker, "worker-%d", &i); err != nil {
		return
	}
	if i <= len(m.Ports) {
		cfg["machine"] = m.Ports[i-1]
	}
	machines := map[string]any{}
	programs, _ := cfg["images"].(map[string]string)
	for name, ports := range m.Images {
		if i <= len(ports) {
			machine := map[string]any{"ports": ports[i-1]}
			if e, ok := m.Endorse[name]; ok && i == 1 { // a port has one other end
				machine["endorse"] = e
			}
			machines[name] = machine
			delete(programs, name) // a worker has one way to an image
		}
	}
	cfg["machines"] = machines
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
