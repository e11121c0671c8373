// Package agentmain is what the mains of images that run tasks share.
//
// The platform starts such a program with two descriptors: 3 is the framed link to the
// worker, who is not trusted, and 4 is the evidence device. It takes no argument, no
// environment and no file: whatever it would read besides its own bytes would have to be in
// its manifest. It starts itself once more, with the argument "guest", as the child that
// stands behind walls and computes. As the first process of a machine that boots measured it
// plays the platform for agents of its own.
package agentmain

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"time"

	"tacit/attest"
	"tacit/attest/tpm"
	"tacit/attest/tsm"
	"tacit/enclave"
	"tacit/enclave/machine"
	"tacit/fault"
)

// The descriptors that the platform starts this program with.
const (
	workerLink     = 3
	evidenceDevice = 4
)

// portWait is how long a machine waits for its ports to the host: its drivers
// find them after they are loaded.
const portWait = 10 * time.Second

// An Image is a program that runs tasks.
type Image struct {
	Name    string
	Engines enclave.Engines
	Before  []func() // what the child does before its walls stand
}

// Main is the program of an image; it does not return.
func Main(i Image) {
	err := i.run(os.Args[1:], os.Environ())
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", i.Name, err)
	os.Exit(fault.Lookup(fault.Of(err)).Exit)
}

func (i Image) run(args, env []string) error {
	ctx := context.Background()
	if len(args) == 1 && args[0] == enclave.ChildArg && len(env) == 0 {
		return enclave.ServeChild(ctx, i.Engines, i.Before...)
	}
	if os.Getpid() == 1 {
		return i.boot(ctx)
	}
	if len(env) != 0 {
		return fault.New(fault.EvidManifest, "start enclave: %d environment variables, want none", len(env))
	}
	if len(args) != 0 {
		return fault.New(fault.EvidManifest, "start enclave: %d arguments, want none", len(args))
	}
	// The agent waits and relays; the child computes.
	runtime.GOMAXPROCS(1)
	host, err := enclave.Inherit(workerLink, "worker")
	if err != nil {
		return err
	}
	device, err := enclave.Inherit(evidenceDevice, "evidence device")
	if err != nil {
		return err
	}
	agent, err := enclave.NewAgent(enclave.Config{
		Host:   host,
		Device: attest.NewDevice(device),
		Spawn:  func() (enclave.Child, error) { return enclave.Spawn(os.Stderr) },
	})
	if err != nil {
		return err
	}
	return agent.Run(ctx)
}

// The files of a measured machine: its TPM, and the run-time events of this boot.
const (
	chipFile   = "/dev/tpmrm0"
	eventsFile = "/run/events"
)

// boot is process 1 of a machine. It never returns without an error, and then
// the kernel stops the machine.
func (i Image) boot(ctx context.Context) error {
	if err := machine.Boot(); err != nil {
		return err
	}
	ports, err := machine.Ports(ctx, portWait)
	if err != nil {
		return err
	}
	endorser := machine.NewEndorser(ports[machine.CertificatesPort])
	device, subject, err := evidenceDeviceOf(ctx, endorser)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: up with %d ports\n", i.Name, len(ports)-1)
	go func() { _ = endorser.Run(ctx, subject, os.Stderr) }()
	var agents []string
	for name, path := range ports {
		if name != machine.CertificatesPort {
			agents = append(agents, path)
		}
	}
	return machine.Serve(ctx, machine.Config{Ports: agents, Device: device, Log: os.Stderr})
}

// evidenceDeviceOf is the machine's evidence device: the kernel's report interface in
// a confidential machine, else the TPM. The subject says to the host whose evidence it
// makes, by a probe over a label, which no verifier takes; a TPM may be challenged.
func evidenceDeviceOf(ctx context.Context, e *machine.Endorser) (machine.Device, machine.Subject, error) {
	if quote, ok := tsm.Kernel(); ok {
		bare := tsm.NewDevice(quote, nil)
		return tsm.NewDevice(quote, e.Complete), machine.Subject{Probe: func(ctx context.Context) (attest.Evidence, error) {
			return bare.Evidence(ctx, attest.ProbeData())
		}}, nil
	}
	chip, err := tpm.OpenChip(ctx, chipFile)
	if err != nil {
		return nil, machine.Subject{}, err
	}
	d, err := tpm.OpenDevice(tpm.DeviceConfig{Chip: chip, Certificates: e.Certificates, Boot: tpm.BootLogFile, IMA: tpm.IMALogFile, Events: eventsFile})
	return d, machine.Subject{
		Probe: func(context.Context) (attest.Evidence, error) { return attest.Evidence{Scheme: attest.SchemeTPM}, nil },
		TPM:   tpm.Prover{Chip: chip},
	}, err
}
