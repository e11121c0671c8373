package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/fault"
	"tacit/node"
	"tacit/settle"
	"tacit/wire"
)

// networkDemand demands a vote or a result on the chain and sees it through.
func (t *tool) networkDemand() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use: "demand PROOF [NODE]", Short: "Who was assigned to a task; demand an answer of one of them on the chain", Args: cobra.RangeArgs(1, 2),
		Long: "Without NODE it lists whom the assignment in a proof file names, and who voted; that asks no\n" +
			"network. With NODE it demands that this node shows its vote or its result, or says that it\n" +
			"cannot, and waits until it did or its time is over; then its stake pays (VRF_WITHHELD). It takes\n" +
			"a bond, of which only the gas of an answer is kept. The task's deadline must not have passed.",
		Example: "tacit network demand result/proof.json\ntacit network demand result/proof.json 0x5fe9d1ce7d4ec5b7b2e7a9d4a7d1a3c5b6f80912",
	}
	keyFlag(c, &as)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := os.ReadFile(args[0])
		if err != nil {
			return fault.New(fault.APIPath, "read proof file: %w", err)
		}
		var p tacit.ProofFile
		if err := node.Decode(b, &p); err != nil {
			return err
		}
		if len(args) == 1 {
			return t.assigned(p)
		}
		var who wire.Address
		if err := who.UnmarshalText([]byte(args[1])); err != nil {
			return fault.Denied(fault.APIField, "read arguments", "NODE", "an address: 0x and 40 hexadecimal digits", args[1])
		}
		chain, err := t.chain(cmd.Context(), as)
		if err != nil {
			return err
		}
		defer chain.Close()
		a := p.Proof.Case.Assignment
		r, err := chain.Demand(cmd.Context(), p.Proof.Case.Task.Body, a, who)
		if err != nil {
			return err
		}
		return t.seeThrough(cmd.Context(), chain, a.Body.Hash(), who, r)
	}
	return c
}

// assigned lists whom the assignment of a proof file names.
func (t *tool) assigned(p tacit.ProofFile) error {
	type holder struct {
		Node  wire.Address `json:"node"`
		Role  string       `json:"role"`
		Voted bool         `json:"voted"`
	}
	network, a := p.Genesis.Network(p.Epochs), p.Proof.Case.Assignment.Body
	voted := map[wire.Address]bool{}
	for _, v := range p.Proof.Certificate.Votes {
		if who, err := v.Signer(network); err == nil && v.Body.Assignment == a.Hash() {
			voted[who] = true
		}
	}
	var list []holder
	for _, x := range a.Places {
		list = append(list, holder{x.Worker, "worker", false})
	}
	for _, s := range tacit.SortAddresses(a.Seats) {
		list = append(list, holder{s, "seat", voted[s]})
	}
	return t.print(map[string]any{"assignment": a.Hash(), "assigned": list}, func(w io.Writer) {
		for _, x := range list {
			text := ""
			if x.Role == "seat" {
				text = map[bool]string{true: "voted", false: "its vote is not in the proof"}[x.Voted]
			}
			fmt.Fprintf(w, "%-7s %s  %s\n", x.Role, x.Node, text)
		}
	})
}

// seeThrough waits for the answer to a demand, and punishes silence.
func (t *tool) seeThrough(ctx context.Context, chain *settle.Client, assignment wire.Digest, who wire.Address, asked settle.Receipt) error {
	due, err := chain.Due(ctx, assignment, who)
	if err != nil {
		return err
	}
	for last := due; due != 0; {
		head, err := chain.Head(ctx)
		if err != nil {
			return err
		}
		if head > last {
			if _, err := chain.SlashWithheld(ctx, assignment, who); err != nil {
				return err
			}
			return fault.New(fault.VRFWithheld, "demand answer of %s: none came until block %d, and its stake paid; the bond is back: 'tacit wallet collect'", who, last)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
		if due, err = chain.Due(ctx, assignment, who); err != nil {
			return err
		}
	}
	said, code, err := chain.Answered(ctx, who, assignment, asked.Block)
	if err != nil {
		return err
	}
	return t.print(map[string]any{"node": who, "assignment": assignment, "said": said, "cannot": code != (wire.Digest{}), "code": code, "demand": asked}, func(w io.Writer) {
		if code != (wire.Digest{}) {
			fmt.Fprintf(w, "%s says that it cannot (%s)\n", who, code.Short())
			return
		}
		fmt.Fprintf(w, "%s answered with %s\nnext: tacit wallet collect\n", who, said.Short())
	})
}
