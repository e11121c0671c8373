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
			fmt.Fprintf(w, "account    %s\nwallet     %s\ndeposit    %s, with dispatcher %s\nclaimable  %s\nrewards    %s\nstake      %s\n", chain.Account(),
				coins(l.Wallet), coins(l.Deposit.Amount), l.Deposit.Dispatcher.String()[:10], coins(l.Claimable), coins(l.Rewards), coins(l.Stake))
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
