package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/node"
)

// readProof reads a proof file, the network that it is pinned to and the schemes
// that judge its evidence.
func (t *tool) readProof(file, pinned string) (tacit.ProofFile, node.Network, attest.Schemes, error) {
	var p tacit.ProofFile
	b, err := os.ReadFile(file)
	if err != nil {
		return p, node.Network{}, nil, fault.New(fault.APIPath, "read proof file: %w", err)
	}
	if err := node.Decode(b, &p); err != nil {
		return p, node.Network{}, nil, err
	}
	if pinned == "" {
		pinned = filepath.Join(t.home, "network.json")
	}
	n, err := node.ReadNetwork(pinned)
	if err != nil {
		return p, n, nil, fault.New(fault.APIPath, "read proof: name the file of the network that you pin with --network: %w", err)
	}
	s, err := schemes(n.Genesis)
	return p, n, s, err
}

func (t *tool) proofVerify() *cobra.Command {
	var pinned string
	c := &cobra.Command{Use: "verify FILE", Short: "Check a proof file offline", Args: exactly(1, "the proof file")}
	c.Flags().StringVar(&pinned, "network", "", "network file to pin [the home's, if it has one]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		p, n, s, err := t.readProof(args[0], pinned)
		if err != nil {
			return err
		}
		lines, verdict := p.Check(cmd.Context(), n.ID(), s)
		t.notice(n.Genesis.Teaching)
		if err := t.print(map[string]any{"ok": verdict == nil, "lines": lines}, func(w io.Writer) {
			for _, l := range lines {
				mark := "ok  "
				if !l.OK {
					mark = "FAIL"
				}
				fmt.Fprintf(w, "%s  %-16s %s\n", mark, l.Name, l.Detail)
			}
		}); err != nil {
			return err
		}
		return verdict
	}
	return c
}

func (t *tool) proofOpen() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "open FILE", Short: "Open your part of a result that somebody else's task left", Args: exactly(1, "the proof file that he gave you"),
		Long: "Open your part of a result that somebody else's task left: he names you with tacit run --to and\n" +
			"gives you his proof file, which shows what ran on what and holds nothing of anybody's part. The\n" +
			"proof is checked first, then your part is fetched, opened and held against it."}
	c.Flags().StringVar(&out, "out", "result", "folder for the files")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		p, n, schemes, err := t.readProof(args[0], "")
		if err != nil {
			return err
		}
		if _, err := p.Check(cmd.Context(), n.ID(), schemes); err != nil {
			return err
		}
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		t.notice(n.Genesis.Teaching)
		opened, err := s.Open(cmd.Context(), p.Proof)
		if err != nil {
			return err
		}
		if err := write(out, opened.Files); err != nil {
			return err
		}
		return t.print(map[string]any{"task": opened.Receipt.Task, "out": out}, func(w io.Writer) {
			fmt.Fprintf(w, "your part of task %s, in %s:%s\n", opened.Receipt.Task.Short(), out, named(opened.Files))
		})
	}
	return c
}
