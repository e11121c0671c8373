package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/fault"
	"tacit/settle"
)

func (t *tool) walletShow() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "show", Short: "What an account owns, and where", Args: cobra.NoArgs}
	keyFlag(c, &file)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		chain, err := t.chain(cmd.Context(), file)
		if err != nil {
			return err
		}
		defer chain.Close()
		l, err := chain.Ledger(cmd.Context(), chain.Account())
		if err != nil {
			return err
		}
		return t.print(map[string]any{"account": chain.Account(), "ledger": l}, func(w io.Writer) {
			fmt.Fprintf(w, "account    %s\nwallet     %s\ndeposit    %s, with dispatcher %s%s\nclaimable  %s\nrewards    %s\nstake      %s\n", chain.Account(),
				coins(l.Wallet), coins(l.Deposit.Amount), l.Deposit.Dispatcher.String()[:10], leaving(l.Deposit), coins(l.Claimable), coins(l.Rewards), coins(l.Stake))
		})
	}
	return c
}

func (t *tool) walletRecipient() *cobra.Command {
	c := &cobra.Command{Use: "recipient", Short: "The age recipient that parts of results are sealed to for an account", Args: cobra.NoArgs,
		Long: "The age recipient that parts of results are sealed to for an account. Give it to whoever runs a\n" +
			"task (tacit run --to); what he hands you is opened with tacit proof open."}
	c.RunE = func(*cobra.Command, []string) error {
		if _, err := t.accountKey(); err != nil {
			return err
		}
		r, err := t.recipient(t.as)
		if err != nil {
			return err
		}
		return t.print(map[string]any{"account": t.as, "recipient": r}, func(w io.Writer) { fmt.Fprintln(w, r) })
	}
	return c
}

// leaving says what of a deposit is being withdrawn.
func leaving(d tacit.Deposit) string {
	if d.Leaving == 0 {
		return ""
	}
	return fmt.Sprintf("; %s being withdrawn, from block %d on", coins(d.Leaving), d.Unlock)
}

func (t *tool) walletWithdraw() *cobra.Command {
	var amount string
	c := &cobra.Command{Use: "withdraw", Short: "Take a deposit back from its dispatcher: ask for it, and once the delay is over take it", Args: cobra.NoArgs,
		Long: "Take a deposit back from its dispatcher, such as one that is gone for good. The first call asks for\n" +
			"it and says from which block on it can be had; another call then takes it. Until it is taken,\n" +
			"tasks that were accepted before can still be settled from it, by that dispatcher only. An account\n" +
			"with nothing on deposit finds a dispatcher that answers by itself."}
	c.Flags().StringVar(&amount, "amount", "", "coins to ask for, beside what was asked for before, and the delay begins anew [all]")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		want := tacit.Money(0)
		if amount != "" {
			var err error
			if want, err = parseMoney("--amount", amount); err != nil {
				return err
			}
		}
		chain, err := t.chain(ctx, "")
		if err != nil {
			return err
		}
		defer chain.Close()
		d, err := chain.DepositOf(ctx, chain.Account())
		if err != nil {
			return err
		}
		head, err := chain.Head(ctx)
		if err != nil {
			return err
		}
		switch {
		case amount == "" && d.Leaving == 0 && d.Amount == 0:
			return fault.New(fault.APINotFound, "withdraw: %s has nothing on deposit", chain.Account())
		case amount == "" && d.Leaving > 0 && head+1 < d.Unlock:
			return fault.Denied(fault.PayDeposit, "withdraw "+coins(d.Leaving), "block", fmt.Sprintf("%d, from which on it can be taken", d.Unlock), fmt.Sprint(head))
		case amount == "" && d.Leaving > 0:
			if _, err := chain.Withdraw(ctx); err != nil {
				return err
			}
			return t.print(map[string]any{"withdrawn": d.Leaving}, func(w io.Writer) {
				fmt.Fprintf(w, "withdrew %s from dispatcher %s\n", coins(d.Leaving), d.Dispatcher.String()[:10])
			})
		case amount == "":
			want = d.Amount
		}
		if _, err := chain.RequestWithdraw(ctx, want); err != nil {
			return err
		}
		if d, err = chain.DepositOf(ctx, chain.Account()); err != nil {
			return err
		}
		return t.print(map[string]any{"leaving": d.Leaving, "from": d.Unlock}, func(w io.Writer) {
			fmt.Fprintf(w, "asked for %s of dispatcher %s; it is block %d, and from block %d on it can be taken\nnext: tacit wallet withdraw\n",
				coins(d.Leaving), d.Dispatcher.String()[:10], head, d.Unlock)
		})
	}
	return c
}

func (t *tool) walletCollect() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "collect", Short: "Pull what was claimed for an account, and rewards of reports, into its wallet", Args: cobra.NoArgs}
	keyFlag(c, &file)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		chain, err := t.chain(ctx, file)
		if err != nil {
			return err
		}
		defer chain.Close()
		l, err := chain.Ledger(ctx, chain.Account())
		if err != nil {
			return err
		}
		if l.Claimable == 0 && l.Rewards == 0 {
			return fault.New(fault.APINotFound, "collect: nothing is due to %s yet", chain.Account())
		}
		var gas uint64
		for _, pull := range []struct {
			due tacit.Money
			do  func(context.Context) (settle.Receipt, error)
		}{{l.Claimable, chain.Collect}, {l.Rewards, chain.CollectRewards}} {
			if pull.due == 0 {
				continue
			}
			r, err := pull.do(ctx)
			if err != nil {
				return err
			}
			gas += r.Gas
		}
		return t.print(map[string]any{"collected": l.Claimable + l.Rewards, "gas": gas}, func(w io.Writer) {
			fmt.Fprintf(w, "collected %s\n", coins(l.Claimable+l.Rewards))
		})
	}
	return c
}
