package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"tacit/attest"
	"tacit/fault"
	"tacit/node"
	"tacit/wire"
)

func (t *tool) networkRelease() *cobra.Command {
	return group("release", "What auditors have released: write an entry of the log, sign it",
		t.releaseWrite(), t.releaseSign())
}

func (t *tool) releaseWrite() *cobra.Command {
	var source, out string
	var withdraw bool
	c := &cobra.Command{Use: "write REFERENCE", Short: "Write an entry of the release log, for auditors to sign", Args: exactly(1, "a reference value's file"),
		Long: "REFERENCE is what 'tacit attest reference -o json' printed. The entry says that this source has\n" +
			"that measurement, or, with --withdraw, that it must never be used again. Nothing is sent: enough\n" +
			"auditors sign it ('tacit network release sign'), then governors take it into the policies\n" +
			"('tacit network policy propose --release').",
		Example: "tacit network release write reference.json --source source.tar --out release.json"}
	f := c.Flags()
	f.StringVar(&source, "source", "", "file that it was built from, such as a source archive (required)")
	f.BoolVar(&withdraw, "withdraw", false, "take it back for good")
	f.StringVar(&out, "out", "release.json", "file to write")
	c.RunE = func(_ *cobra.Command, args []string) error {
		if source == "" {
			return fault.Denied(fault.APIField, "read flags", "--source", "the file that it was built from", "nothing")
		}
		var e attest.SignedRelease
		b, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read reference: %w", err)
		}
		if err := node.Decode(b, &e.Release.Reference); err != nil {
			return err
		}
		if e.Release.Source, err = sumOf(source); err != nil {
			return err
		}
		e.Release.Withdrawn = withdraw
		if _, err := e.Check(attest.Auditors{}); err != nil {
			return err
		}
		if err := node.WriteJSON(out, 0o644, e); err != nil {
			return err
		}
		return t.print(map[string]any{"file": out, "release": e.Release}, func(w io.Writer) {
			writeRelease(w, e)
			fmt.Fprintf(w, "next: tacit network release sign %s --key FILE\n", out)
		})
	}
	return c
}

func (t *tool) releaseSign() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "sign RELEASE", Short: "Add an auditor's signature to an entry's file", Args: exactly(1, "the entry's file"),
		Long:    "Sign what you have built and read yourself: enclaves of this measurement will be given keys.",
		Example: "tacit network release sign release.json --key auditor.key"}
	keyFlag(c, &file)
	c.RunE = func(_ *cobra.Command, args []string) error {
		n, by, err := t.signer(file)
		if err != nil {
			return err
		}
		e, err := readRelease(args[0])
		if err != nil {
			return err
		}
		a := n.Genesis.Policies.Auditors
		if e, err = e.Add(a, by); err != nil {
			return err
		}
		have, err := e.Check(a)
		if err != nil && !errors.Is(err, fault.EvidPolicy) {
			return err
		}
		if err := node.WriteJSON(args[0], 0o644, e); err != nil {
			return err
		}
		return t.print(map[string]any{"release": e.Release, "by": by.Address(), "signed": have, "threshold": a.Threshold}, func(w io.Writer) {
			writeRelease(w, e)
			fmt.Fprintf(w, "signed     by %s, %d of %d\n", by.Address(), have, a.Threshold)
			if err == nil {
				fmt.Fprintf(w, "next: tacit network policy propose --release %s\n", args[0])
			}
		})
	}
	return c
}

func readRelease(file string) (e attest.SignedRelease, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return e, fault.New(fault.APIPath, "read release: %w", err)
	}
	return e, node.Decode(b, &e)
}

func writeRelease(w io.Writer, e attest.SignedRelease) {
	kind := "released"
	if e.Release.Withdrawn {
		kind = "withdrawn"
	}
	r := e.Release.Reference
	fmt.Fprintf(w, "%-10s %s  measurement %s, manifest %s, source %s\n", kind, r.Name, r.Measurement.Short(), r.Manifest.Short(), e.Release.Source.Short())
}

// sumOf is the SHA-256 of a file.
func sumOf(file string) (d wire.Digest, err error) {
	f, err := os.Open(file)
	if err != nil {
		return d, fault.New(fault.APIPath, "read source: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return d, fault.New(fault.APIPath, "read source: %w", err)
	}
	return wire.Digest(h.Sum(nil)), nil
}
