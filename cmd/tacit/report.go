package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/settle"
	"tacit/wire"
)

// offences are the kinds of disputes for people.
var offences = map[string]string{
	tacit.DisputeVotes:       "two votes of one key on one place",
	tacit.DisputeAcceptances: "one sequence number promised to two tasks",
	tacit.DisputeReserved:    "more promised than deposited",
	tacit.DisputeEvidence:    "accepted evidence that is over something else",
	tacit.DisputeDuplicate:   "a task that batches settle twice",
	tacit.DisputeLate:        "a task settled too late",
	tacit.DisputeLeaf:        "a settlement that contradicts its task",
	tacit.DisputeSignature:   "a settlement that rests on a signature that is none",
	tacit.DisputeDirect:      "a task settled directly and by a batch",
}

// proofReport looks for offences in what the user holds.
func (t *tool) proofReport() *cobra.Command {
	var out, pinned string
	c := &cobra.Command{
		Use: "report [TASK|FILE]...", Short: "Look for broken rules in proofs and promises, and write reports", ValidArgsFunction: t.taskIDs,
		Long: "Holds proof files, and what this home keeps of tasks, against the rules that the contracts\n" +
			"punish: alone, and each against each other. Without arguments it takes all tasks of the home.\n" +
			"What breaks a rule becomes a file for 'tacit network report'. It asks no network. A reject, a\n" +
			"\"cannot\" and silence break none.",
		Example: "tacit proof report\ntacit proof report 4ef9394b result/proof.json --out reports",
	}
	f := c.Flags()
	f.StringVar(&out, "out", ".", "folder of the reports")
	f.StringVar(&pinned, "network", "", "network file to pin [the home's, if it has one]")
	c.RunE = func(_ *cobra.Command, args []string) error {
		if pinned == "" {
			pinned = filepath.Join(t.home, "network.json")
		}
		n, err := node.ReadNetwork(pinned)
		if err != nil {
			return fault.New(fault.APIHome, "look for broken rules: name the file of the network that you pin with --network: %w", err)
		}
		papers, headers, err := t.papers(n, args)
		if err != nil {
			return err
		}
		type found struct {
			File    string       `json:"file"`
			Kind    string       `json:"kind"`
			Against wire.Address `json:"against"`
		}
		list := []found{}
		for _, d := range tacit.Offences(n.ID(), func(number uint64) (tacit.EpochHeader, bool) { h, ok := headers[number]; return h, ok }, papers) {
			x := found{filepath.Join(out, "report-"+d.Kind+"-"+d.ID().Short()+".json"), d.Kind, d.Against}
			if err := node.WriteJSON(x.File, 0o600, d); err != nil {
				return err
			}
			list = append(list, x)
		}
		return t.print(map[string]any{"papers": len(papers), "reports": list}, func(w io.Writer) {
			if len(list) == 0 {
				fmt.Fprintf(w, "papers looked at: %d; no rule is broken\n", len(papers))
				return
			}
			for _, x := range list {
				fmt.Fprintf(w, "%s  %s, by %s\n", x.File, offences[x.Kind], x.Against)
			}
			fmt.Fprintf(w, "next: tacit network report %s\n", list[0].File)
		})
	}
	return c
}

// papers reads proof files and what the home keeps of tasks, with the headers that
// verify.
func (t *tool) papers(n node.Network, args []string) ([]tacit.Papers, map[uint64]tacit.EpochHeader, error) {
	if len(args) == 0 {
		dirs, err := os.ReadDir(filepath.Join(t.home, "tasks"))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, nil, fmt.Errorf("look for tasks: %w", err)
		}
		for _, d := range dirs {
			args = append(args, d.Name())
		}
	}
	var all []tacit.Papers
	headers := map[uint64]tacit.EpochHeader{}
	for _, arg := range args {
		file := arg
		if _, err := os.Stat(file); err != nil {
			s, err := t.find(arg)
			if err != nil {
				return nil, nil, err
			}
			file = filepath.Join(t.taskDir(s.ID), "proof.json")
			if _, err := os.Stat(file); err != nil { // not proven yet: what was promised is there
				all = append(all, tacit.Papers{Case: tacit.Case{Task: s.Submit.Task, Acceptance: s.Submit.Acceptance}})
				continue
			}
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, fault.New(fault.APIPath, "read proof file: %w", err)
		}
		var p tacit.ProofFile
		if err := node.Decode(b, &p); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		papers, of, err := p.Papers(n.ID())
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		maps.Copy(headers, of)
		all = append(all, papers)
	}
	return all, headers, nil
}

// networkReport says what the contracts make of a report, and brings it.
func (t *tool) networkReport() *cobra.Command {
	var judge bool
	var as string
	c := &cobra.Command{
		Use: "report FILE", Short: "What the contracts would do about a broken rule; --judge has them do it", Args: exactly(1, "the report's file"),
		Long: "Asks the contracts what they find in a report that 'tacit proof report' wrote, whom it costs\n" +
			"how much and what the reporter gets. That costs nothing. With --judge the report is brought,\n" +
			"with its bond, from the wallet of the account; it is asked about before, so that a wrong report\n" +
			"is refused while no money has moved.",
		Example: "tacit network report report-votes-4ef9394b.json\ntacit network report report-votes-4ef9394b.json --judge",
	}
	c.Flags().BoolVar(&judge, "judge", false, "bring it, with its bond")
	keyFlag(c, &as)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read report: %w", err)
		}
		var d tacit.Dispute
		if err := node.Decode(b, &d); err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		chain, err := t.chain(cmd.Context(), as)
		if err != nil {
			return err
		}
		defer chain.Close()
		v, err := chain.Weigh(cmd.Context(), d)
		if err != nil {
			return err
		}
		said := map[string]any{"kind": d.Kind, "verdict": v, "judged": judge}
		if judge {
			r, err := chain.Bring(cmd.Context(), d)
			if err != nil {
				return err
			}
			said["transaction"] = r
		}
		return t.print(said, func(w io.Writer) { tell(w, args[0], d, v, judge) })
	}
	return c
}

// tell writes a verdict for people.
func tell(w io.Writer, file string, d tacit.Dispute, v settle.Verdict, judged bool) {
	fmt.Fprintf(w, "offence   %s\n", offences[d.Kind])
	if v.Against != (wire.Address{}) {
		fmt.Fprintf(w, "costs     %s: %s of its stake of %s\n", v.Against, coins(v.Taken), coins(v.Stake))
	}
	if v.Returned != 0 {
		fmt.Fprintf(w, "returned  %s to whom it was taken from\n", coins(v.Returned))
	}
	if v.Bond != 0 {
		fmt.Fprintf(w, "bond      %s, given back with the reward\n", coins(v.Bond))
	}
	fmt.Fprintf(w, "reward    %s\n", coins(v.Reward))
	switch {
	case !judged:
		fmt.Fprintf(w, "nothing was sent\nnext: tacit network report %s --judge\n", file)
	case v.Bond+v.Reward != 0:
		fmt.Fprintf(w, "judged: %s waits at the registry\nnext: tacit wallet collect\n", coins(v.Bond+v.Reward))
	default:
		fmt.Fprintln(w, "judged")
	}
}

// keyFlag gives a command about money the flag that names a key file.
func keyFlag(c *cobra.Command, file *string) {
	c.Flags().StringVar(file, "key", "", "key file to act for, such as a node's, in place of --as")
}

// chain connects a key, or the account of --as, to the contracts alone.
func (t *tool) chain(ctx context.Context, file string) (*settle.Client, error) {
	n, k, err := t.signer(file)
	if err != nil {
		return nil, err
	}
	return settle.Dial(ctx, settle.Config{URLs: n.Chain, Epochs: n.Epochs, ChainID: n.Genesis.ChainID, Signer: k})
}

// signer is the home's network and the key in a file, or that of the account of
// --as.
func (t *tool) signer(file string) (node.Network, *key.Signer, error) {
	n, err := node.ReadNetwork(filepath.Join(t.home, "network.json"))
	if err != nil {
		return n, nil, fault.New(fault.APIHome, "open home %s: there is no network in it: %w", t.home, err)
	}
	if file != "" {
		k, err := node.ReadSigner(file)
		return n, k, err
	}
	k, err := t.accountKey()
	return n, k, err
}
