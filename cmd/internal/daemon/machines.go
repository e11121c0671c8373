package daemon

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/telemetry"
)

// A Machine is one that boots measured with another image than tacit-enclave. It has a
// TPM or a processor of its own, and so asks for certificates of its own.
type Machine struct {
	Ports   []string `json:"ports"`   // sockets, one for each enclave at a time
	Endorse Endorse  `json:"endorse"` // what its evidence needs
}

// checkMachines refuses, with API_FIELD, what would only be seen once a task needs it: an
// image that no engine has or that is a program as well, a machine without ports, and what
// two machines would take from each other.
func (c Config) checkMachines() error {
	const op = "read configuration"
	var known []string
	for _, engine := range tacit.Engines() {
		if image := tacit.EngineImage(engine); image != "" {
			known = append(known, image)
		}
	}
	taken := map[string]string{} // fields by the path that they hold
	take := func(field string, paths ...string) error {
		for _, p := range paths {
			if p == "" {
				continue // not configured
			}
			p = filepath.Clean(p)
			if before, ok := taken[p]; ok {
				return fault.Denied(fault.APIField, op, field, "a path of its own", p+", which "+before+" has")
			}
			taken[p] = field
		}
		return nil
	}
	if err := take("machine", c.Machine...); err != nil {
		return err
	}
	if err := take("endorse", c.Endorse.Port, c.Endorse.keyIn(c.Dir)); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(c.Machines)) {
		m, field := c.Machines[name], "machines."+name
		if !slices.Contains(known, name) {
			return fault.Denied(fault.APIField, op, field, "an image that an engine has for itself ("+strings.Join(known, ", ")+")", name)
		}
		if _, also := c.Images[name]; also {
			return fault.Denied(fault.APIField, op, field, "a machine or a program (images)", "both")
		}
		if len(m.Ports) == 0 || slices.Contains(m.Ports, "") {
			return fault.Denied(fault.APIField, op, field+".ports", "a socket for each enclave at a time", "none")
		}
		if err := take(field+".ports", m.Ports...); err != nil {
			return err
		}
		if err := take(field+".endorse", m.Endorse.Port, m.Endorse.keyIn(c.folderOf(name))); err != nil {
			return err
		}
	}
	return nil
}

// folderOf is where the host keeps what it gives the machine of a further image: what is
// kept for one machine is wrong for another.
func (c Config) folderOf(image string) string { return filepath.Join(c.Dir, image) }

// endorse answers every machine that is configured until ctx ends. The returned function
// waits for that.
func (c Config) endorse(ctx context.Context, schemes attest.Schemes, log *slog.Logger) (func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	ends := []func(){cancel}
	all := func() {
		for _, end := range ends {
			end()
		}
	}
	start := func(e Endorse, dir string, labels ...telemetry.Label) error {
		if e.Port == "" {
			return nil
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fault.New(fault.APIPath, "make folder of a machine's certificates: %w", err)
		}
		end, err := e.start(ctx, schemes, dir, log, labels...)
		if err == nil {
			ends = append(ends, end)
		}
		return err
	}
	err := start(c.Endorse, c.Dir)
	for name, m := range c.Machines {
		if err == nil {
			err = start(m.Endorse, c.folderOf(name), telemetry.Label{Name: "image", Value: name})
		}
	}
	if err != nil {
		all()
		return nil, err
	}
	return all, nil
}
