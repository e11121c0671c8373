package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit/attest"
	"tacit/attest/cmw"
	"tacit/attest/sgx"
	"tacit/attest/snp"
	"tacit/attest/tdx"
	"tacit/cmd/internal/hardware"
	"tacit/collateral"
	"tacit/fault"
)

// completed is evidence with what a folder of collateral has for it; without a
// folder, or if the evidence came with all of it, as it is.
func completed(cmd *cobra.Command, dir string, s attest.Schemes, e attest.Evidence) (attest.Evidence, error) {
	if dir == "" {
		return e, nil
	}
	folder, err := collateral.ReadFolder(dir)
	if err != nil {
		return e, err
	}
	defer folder.Close()
	c, err := newCollateral(folder, s, nil)
	if err != nil {
		return e, err
	}
	return c.Complete(cmd.Context(), e)
}

func newCollateral(folder *collateral.Folder, s attest.Schemes, source collateral.Source) (*collateral.Service, error) {
	return collateral.New(collateral.Config{Schemes: s, Folder: folder, Source: source, Log: slog.New(slog.DiscardHandler)})
}

func (t *tool) attestCollateral() *cobra.Command {
	var dir, from, out string
	v := collateral.Published()
	c := &cobra.Command{Use: "collateral FILE", Short: "Get what evidence is verified with: certificates, TCB info, revocation lists", Args: exactly(1, "a file of evidence"),
		Long: "Completes evidence with the documents of its platform's vendor that verifiers need, and keeps\n" +
			"them as plain files in --dir. Documents that are there and hold for long are not fetched again.\n" +
			"Carry the folder to a network without a way out: there it is --from, or --collateral of 'tacit\n" +
			"attest show' and 'verify'. What cannot be had is EVID_COLLATERAL_UNAVAILABLE (exit status 5)\n" +
			"and says nothing about the evidence. Nothing that is fetched is trusted: verifiers judge its\n" +
			"signatures by the roots that their network pins.",
		Example: "tacit attest collateral evidence.json --dir collateral --out complete.json\n" +
			"tacit attest collateral evidence.json --dir collateral --intel https://pccs.example:8081\n" +
			"tacit attest collateral evidence.json --dir here --from carried"}
	f := c.Flags()
	f.StringVar(&dir, "dir", "", "folder that keeps the documents (required)")
	f.StringVar(&from, "from", "", "folder to take them from instead of the vendors' services")
	f.StringVar(&v.AMD, "amd", v.AMD, "address of AMD's service (KDS) or a mirror")
	f.StringVar(&v.Intel, "intel", v.Intel, "address of Intel's service (PCS) or a mirror (PCCS)")
	f.StringVar(&out, "out", "", "file for the completed evidence: JSON, or CMW if it ends in .cmw or .cbor")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if dir == "" {
			return fault.Denied(fault.APIField, "read flags", "--dir", "a folder", "nothing")
		}
		if cmd.Flags().Changed("intel") {
			v.IntelRoot = "" // a mirror has it beside the rest
		}
		e, err := readEvidence(args[0])
		if err != nil {
			return err
		}
		var source collateral.Source = v
		if from != "" {
			folder, err := collateral.ReadFolder(from)
			if err != nil {
				return err
			}
			defer folder.Close()
			source = folder
		}
		s, err := hardware.Schemes(slices.Concat(snp.AMDRoots(), tdx.IntelRoots(), sgx.IntelRoots()))
		if err != nil {
			return err
		}
		folder, err := collateral.OpenFolder(dir)
		if err != nil {
			return err
		}
		defer folder.Close()
		service, err := newCollateral(folder, s, source)
		if err != nil {
			return err
		}
		full, err := service.Complete(cmd.Context(), e)
		if err != nil {
			return err
		}
		if out != "" {
			if err := writeEvidence(out, full); err != nil {
				return err
			}
		}
		held := service.Used()
		return t.print(map[string]any{"digest": full.Digest(), "documents": held}, func(w io.Writer) {
			for _, h := range held {
				fmt.Fprintf(w, "%-40s until %s\n", shorten(h.Name, 40), h.Until.UTC().Format(time.RFC3339))
			}
			if len(held) == 0 {
				fmt.Fprintf(w, "evidence of %s needs no documents of a vendor\n", full.Scheme)
			}
		})
	}
	return c
}

// shorten leaves out the middle of a long name.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	half := (most - 3) / 2
	return s[:most-3-half] + "..." + s[len(s)-half:]
}

func writeEvidence(file string, e attest.Evidence) error {
	b, err := json.MarshalIndent(e, "", "  ")
	switch {
	case strings.HasSuffix(file, ".cmw"):
		b, err = cmw.JSON(e)
	case strings.HasSuffix(file, ".cbor"):
		b, err = cmw.CBOR(e)
	}
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		return fault.New(fault.APIPath, "write evidence: %w", err)
	}
	return nil
}
