// Command tacitd of cmd/dev runs the untrusted roles of teaching networks: it
// appraises the simulated platform, opens enclaves on it and can be its
// device.
package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"tacit/attest"
	"tacit/attest/sim"
	"tacit/cmd/internal/daemon"
	"tacit/cmd/internal/hardware"
	"tacit/fault"
	"tacit/node"
	"tacit/worker"
)

func main() {
	os.Exit(daemon.Main(daemon.Platform{
		Schemes: func(roots []attest.Root) (attest.Schemes, error) {
			s, err := sim.NewScheme(roots)
			if err != nil {
				return nil, err
			}
			real, err := hardware.Schemes(roots)
			return append(real, s), err
		},
		Open:     open,
		Commands: []*cobra.Command{device()},
	}))
}

// device is the simulated evidence device, a process of its own.
func device() *cobra.Command {
	c := &cobra.Command{Use: "device", Short: "the simulated evidence device; it protects nothing from the host", Args: cobra.NoArgs}
	dir := c.Flags().String("dir", "", "folder of the fake vendor's keys")
	socket := c.Flags().String("socket", "", "socket on which programs are started")
	health := c.Flags().String("health", "", "host:port of /metrics, /livez and /readyz")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		v, err := sim.OpenVendor(*dir)
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, sim.Notice)
		group, ctx := errgroup.WithContext(cmd.Context())
		group.Go(func() error { return sim.NewDevice(v, *socket).Run(ctx) })
		group.Go(func() error {
			return node.ServeHealth(ctx, *health, func() error {
				if _, err := os.Stat(*socket); err != nil {
					return fault.New(fault.Unreachable, "look whether the device is ready: it does not listen")
				}
				return nil
			})
		})
		return group.Wait()
	}
	return c
}

// open has the device start an enclave with one end of a socket pair.
func open(_ context.Context, cfg daemon.Config) (worker.Enclave, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return worker.Enclave{}, fmt.Errorf("open enclave: %w", err)
	}
	mine, theirs := os.NewFile(uintptr(pair[0]), "enclave"), os.NewFile(uintptr(pair[1]), "enclave")
	defer mine.Close()
	defer theirs.Close()
	p, err := sim.Start(cfg.Device, cfg.Enclave, nil, nil, theirs, os.Stderr)
	if err != nil {
		return worker.Enclave{}, err
	}
	conn, err := net.FileConn(mine)
	if err != nil {
		p.Kill()
		return worker.Enclave{}, fmt.Errorf("open enclave: %w", err)
	}
	return worker.Enclave{Conn: conn, Kill: p.Kill}, nil
}
