package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// meaning is what a line of the checklist says to people, and what it leaves
// open.
type meaning struct {
	Means string `json:"means"`
	Not   string `json:"not"`
}

// meanings by the name of the line, as tacit.ProofFile.Check names it.
var meanings = map[string]meaning{
	"network": {
		"The file belongs to the network that you pinned: one chain, one set of contracts, one first block of rules.",
		"That this is a network worth trusting. You decide that when you pin its file.",
	},
	"headers": {
		"The network's own signers vouch, epoch by epoch from the pinned beginning, for the state that all the other lines stand on.",
		"That those signers were honest. More than two thirds of a signing set together could vouch for anything.",
	},
	"draw": {
		"Worker and seats follow from a seed that the dispatcher and every owner's manager made together; nobody of them could choose it alone.",
		"That the drawn nodes are independent people. It hinders choosing a committee, not a committee that conspires.",
	},
	"evidence": {
		"The platform signed what program opened the enclave, for exactly this task and these keys, and the network's policy accepts it.",
		"More than the level that stands there. Level 2 is simulated and protects nothing from the host. No level hides memory access patterns, timing or power.",
	},
	"committee": {
		"More than two thirds of the drawn seats, of several operators, looked at the evidence themselves and accepted it.",
		"That they are right: each manager therefore judged the evidence once more.",
	},
	"key releases": {
		"Every key that left is in the log of the manager that released it, from before it left.",
		"That a log shows all its readers the same, unless its checkpoints are compared; and nothing about what happened outside this task.",
	},
	"receipt": {
		"The enclave, by a key that was born in it, signed how the run ended and what it used.",
		"That the program is right or harmless: it did what it is, with what it got.",
	},
	"inputs and code": {
		"What ran and what was read are, by their digests, what the task named and the catalogue listed.",
		"That the data was true, or that the program is what its name suggests.",
	},
	"result": {
		"These result files are the ones that the enclave sealed to the task's user.",
		"That nobody else has them: whoever opened them may have passed them on.",
	},
	"settlement": {
		"A committee drawn for the batch checked the claim and signed what was charged, within what the user allowed.",
		"That payees collected: they pull their part from the contract, which only the chain shows.",
	},
}

// signature is who signed what in a proof.
type signature struct {
	What string         `json:"what"`
	By   []wire.Address `json:"by"`
}

func signaturesOf(p tacit.ProofFile) []signature {
	c := p.Proof.Case
	list := []signature{
		{"the task, with its price limit and deadline", []wire.Address{c.Task.Body.User}},
		{"acceptance, draw and assignment", []wire.Address{c.Task.Body.Dispatcher}},
	}
	for _, h := range p.Proof.Headers {
		list = append(list, signature{fmt.Sprintf("header of epoch %d", h.Header.Number), h.Signers})
	}
	var managers []wire.Address
	for _, s := range c.Draw.Managers {
		managers = append(managers, s.Node.Key)
	}
	list = append(list, signature{"parts of the seed, challenges, key releases", managers})
	var seats []wire.Address
	for _, s := range c.Assignment.Body.Seats {
		if !slices.Contains(seats, s) {
			seats = append(seats, s)
		}
	}
	list = append(list,
		signature{fmt.Sprintf("%d accepting votes; the drawn seats belong to", len(p.Proof.Certificate.Votes)), seats},
		signature{"receipt, by the key of the enclave on worker " + workerOf(p), []wire.Address{c.Keys.Receipt}})
	for _, s := range p.Proof.Settled {
		var by []wire.Address
		for _, m := range s.Committee.Members {
			by = append(by, m.Key)
		}
		list = append(list, signature{fmt.Sprintf("batch %d, by the committee", s.Batch.Number), by})
	}
	return list
}

func workerOf(p tacit.ProofFile) string {
	if places := p.Proof.Case.Assignment.Body.Places; len(places) > 0 {
		return places[0].Worker.String()[:10]
	}
	return "unknown"
}

// share is what one part of the fee was for and who got it.
type share struct {
	For    string       `json:"for"`
	To     wire.Address `json:"to"`
	Amount tacit.Money  `json:"amount"`
}

// sharesOf computes the split of the fee as contract and committee did.
func sharesOf(p tacit.ProofFile) ([]share, tacit.Money, error) {
	c := p.Proof.Case
	to := tacit.Payees{Service: c.Service.Entry.Owner, Dispatcher: c.Draw.Dispatcher.Node.Operator}
	names := []string{"service " + c.Service.Entry.Name}
	var sets []tacit.Entry
	for _, d := range c.Datasets {
		to.Datasets, sets, names = append(to.Datasets, d.Entry.Owner), append(sets, d.Entry), append(names, "data "+d.Entry.Name)
	}
	for _, m := range c.Draw.Workers.Members {
		if len(c.Assignment.Body.Places) > 0 && m.Key == c.Assignment.Body.Places[0].Worker {
			to.Worker = m.Operator
		}
	}
	names = append(names, "worker")
	for _, s := range c.Assignment.Body.Seats {
		for _, m := range c.Draw.Verifiers.Members {
			if m.Key == s {
				to.Seats = append(to.Seats, m.Operator)
			}
		}
		names = append(names, "seat")
	}
	names = append(names, "dispatcher")
	payouts, fee, err := tacit.Split(p.Genesis.Params, p.Proof.Leaf.Body, c.Acceptance.Body.Fee, c.Service.Entry, sets, to)
	if err != nil {
		return nil, 0, err
	}
	switch tacit.ExitClass(p.Proof.Leaf.Body.Exit) { // who gets nothing then is not in the split
	case tacit.ExitGuest:
		names = names[1:]
	case tacit.ExitHost:
		names = names[1+len(sets)+1:]
	}
	var list []share
	for i, x := range payouts {
		list = append(list, share{names[i], x.Payee, x.Amount})
	}
	return list, fee, nil
}

func (t *tool) proofExplain() *cobra.Command {
	var pinned string
	c := &cobra.Command{Use: "explain FILE [LINE]", Short: "What each line of a proof means, what it leaves open, who signed and who was paid; offline",
		Example: "tacit proof explain result/proof.json\ntacit proof explain result/proof.json 'key releases'"}
	c.Flags().StringVar(&pinned, "network", "", "network file to pin [the home's, if it has one]")
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) < 1 {
			return fault.New(fault.APIField, "read arguments: want the proof file, and perhaps the name of a line")
		}
		return nil
	}
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
		}
		return lineNames(), cobra.ShellCompDirectiveNoFileComp
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		only := strings.Join(args[1:], " ")
		if _, ok := meanings[only]; only != "" && !ok {
			expected := "one of " + strings.Join(lineNames(), ", ")
			if s := fault.DidYouMean(only, lineNames()); s != "" {
				expected = "did you mean " + s + "?"
			}
			return fault.Denied(fault.APIField, "explain proof", "LINE", expected, only)
		}
		p, n, s, err := t.readProof(args[0], pinned)
		if err != nil {
			return err
		}
		lines, verdict := p.Check(cmd.Context(), n.ID(), s)
		t.notice(n.Genesis.Teaching)
		type explained struct {
			tacit.Line
			meaning
		}
		said := map[string]any{"ok": verdict == nil}
		var out []explained
		for _, l := range lines {
			if only == "" || l.Name == only {
				out = append(out, explained{l, meanings[l.Name]})
			}
		}
		said["lines"] = out
		var signed []signature
		var shares []share
		var fee tacit.Money
		if only == "" && verdict == nil { // what does not verify says nothing about anybody
			signed = signaturesOf(p)
			if shares, fee, err = sharesOf(p); err != nil {
				return err
			}
			said["signed"], said["shares"], said["fee"] = signed, shares, fee
		}
		if err := t.print(said, func(w io.Writer) {
			for _, l := range out {
				mark := "ok  "
				if !l.OK {
					mark = "FAIL"
				}
				fmt.Fprintf(w, "%s  %s: %s\n      means   %s\n      leaves  %s\n", mark, l.Name, l.Detail, l.Means, l.Not)
			}
			if len(signed) > 0 {
				fmt.Fprintln(w, "\nwho signed what")
				for _, s := range signed {
					fmt.Fprintf(w, "  %s: %s\n", s.What, addresses(s.By))
				}
			}
			if len(shares) > 0 {
				fmt.Fprintf(w, "\nwhere the money went: %s from user %s\n", coins(fee), p.Proof.Case.Task.Body.User.String()[:10])
				for _, x := range shares {
					fmt.Fprintf(w, "  %-14s to %s for %s\n", coins(x.Amount), x.To.String()[:10], x.For)
				}
				fmt.Fprintln(w, "  payees get the sums of a batch, as its settlement committee signed them")
			}
		}); err != nil {
			return err
		}
		return verdict
	}
	return c
}

func lineNames() []string {
	var list []string
	for name := range meanings {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func addresses(list []wire.Address) string {
	var b []string
	for _, a := range list {
		b = append(b, a.String()[:10])
	}
	return strings.Join(b, " ")
}
