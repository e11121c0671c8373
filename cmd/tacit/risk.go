package main

import (
	"fmt"
	"io"
	"math/big"
	"strings"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/cmd/internal/risk"
	"tacit/cmd/internal/strict"
	"tacit/fault"
)

// stakes is the file of --stakes.
type stakes struct {
	Nodes []struct {
		Name     string `json:"name"`
		Operator string `json:"operator"` // empty is one of its own
		Stake    uint64 `json:"stake"`
		Bad      bool   `json:"bad"`
	} `json:"nodes"`
}

func (t *tool) networkRisk() *cobra.Command {
	var committee, attempts int
	var bad, file string
	c := &cobra.Command{Use: "risk", Short: "How likely a committee is false or blocked, exactly", Args: cobra.NoArgs,
		Long: "How likely a drawn committee is false (bad seats reach more than two thirds) or blocked (they\n" +
			"keep the others from it), with exact fractions. --bad takes the share of the stake that is bad,\n" +
			"of operators without number. --stakes takes the operators as they are, and counts that a pick\n" +
			"that would bring an operator to a third of the seats is passed over. It asks no network.",
		Example: "tacit network risk --committee 7 --bad 0.2 --attempts 2\ntacit network risk --committee 7 --stakes stakes.yaml"}
	f := c.Flags()
	f.IntVar(&committee, "committee", 7, "seats")
	f.StringVar(&bad, "bad", "0.2", "share of the stake that is bad, such as 0.2 or 1/5")
	f.IntVar(&attempts, "attempts", tacit.MaxAttempts, "independent draws, such as tasks")
	f.StringVar(&file, "stakes", "", "file (YAML or JSON): nodes: [{name, operator, stake, bad}]")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if committee < 1 || committee > tacit.MaxSeats*4 {
			return fault.Denied(fault.APIField, "read flags", "--committee", fmt.Sprintf("1 to %d seats", tacit.MaxSeats*4), fmt.Sprint(committee))
		}
		if attempts < 1 || attempts > 1000 {
			return fault.Denied(fault.APIField, "read flags", "--attempts", "1 to 1000", fmt.Sprint(attempts))
		}
		var r risk.Risk
		if file == "" {
			share, ok := new(big.Rat).SetString(bad)
			if !ok || len(bad) > 32 || strings.ContainsAny(bad, "eEpPxX") || share.Sign() < 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
				return fault.Denied(fault.APIField, "read flags", "--bad", "a share from 0 to 1, such as 0.2 or 1/5", bad)
			}
			r = risk.Of(committee, share)
		} else {
			if cmd.Flags().Changed("bad") {
				return fault.Denied(fault.APIField, "read flags", "--bad", "either --bad or --stakes, whose nodes say it", "both")
			}
			ops, err := readStakes(file)
			if err != nil {
				return err
			}
			if r, err = risk.OfOperators(committee, ops); err != nil {
				return err
			}
		}
		falseAny, blockedAny := risk.Any(r.False, attempts), risk.Any(r.Blocked, attempts)
		return t.print(map[string]any{
			"committee": committee, "needed": r.Needed, "method": r.Method, "attempts": attempts, "bad": r.Bad.RatString(),
			"false": number(r.False), "blocked": number(r.Blocked),
			"falseInAttempts": number(falseAny), "blockedInAttempts": number(blockedAny),
		}, func(w io.Writer) {
			fmt.Fprintf(w, "committee  %d seats, %d must agree; %s of the stake is bad\nmethod     %s\n", committee, r.Needed, percent(r.Bad), r.Method)
			fmt.Fprintf(w, "false      %s  %s that bad seats alone reach more than two thirds\n", power(r.False), percent(r.False))
			fmt.Fprintf(w, "blocked    %s  %s that the other seats do not reach it\n", power(r.Blocked), percent(r.Blocked))
			fmt.Fprintf(w, "in %d independent draws: false at least once %s, blocked at least once %s\n", attempts, strings.TrimSpace(power(falseAny)), percent(blockedAny))
			fmt.Fprintln(w, "A false committee opens no key by itself: each manager appraises the evidence again.\nAttempts of one task have one draw, so one committee; independent draws are those of several tasks.")
		})
	}
	return c
}

// readStakes reads and groups nodes by operator.
func readStakes(file string) ([]risk.Operator, error) {
	var s stakes
	if err := strict.Read("stakes", file, &s); err != nil {
		return nil, err
	}
	at := map[string]int{}
	var ops []risk.Operator
	total := uint64(0)
	for i, n := range s.Nodes {
		field := fmt.Sprintf("nodes[%d]", i)
		if n.Stake == 0 || total+n.Stake < total {
			return nil, fault.Denied(fault.APIField, "read stakes "+file, field+".stake", "a whole number from 1; the sum within 64 bits", fmt.Sprint(n.Stake))
		}
		total += n.Stake
		name := n.Operator
		if name == "" {
			name = fmt.Sprintf("\x00%d", i)
		}
		j, ok := at[name]
		if !ok {
			j = len(ops)
			at[name] = j
			ops = append(ops, risk.Operator{Bad: n.Bad})
		}
		if ops[j].Bad != n.Bad {
			return nil, fault.Denied(fault.APIField, "read stakes "+file, field+".bad", "the same for all nodes of an operator", fmt.Sprint(n.Bad))
		}
		ops[j].Stake += n.Stake
	}
	if len(ops) == 0 {
		return nil, fault.Denied(fault.APIField, "read stakes "+file, "nodes", "at least one", "none")
	}
	return ops, nil
}

// number is a probability for programs: exact if that is short, and as a
// decimal number.
func number(r *big.Rat) map[string]any {
	v, _ := r.Float64()
	out := map[string]any{"value": v, "log2": risk.Log2(r)}
	if s := r.RatString(); len(s) <= 200 {
		out["exact"] = s
	}
	return out
}

func power(r *big.Rat) string {
	if r.Sign() == 0 {
		return "0       "
	}
	return fmt.Sprintf("2^%-6.1f", risk.Log2(r))
}

func percent(r *big.Rat) string {
	v, _ := new(big.Rat).Mul(r, big.NewRat(100, 1)).Float64()
	return fmt.Sprintf("%.4g %%", v)
}
