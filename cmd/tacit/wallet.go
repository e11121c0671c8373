package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tacit/fault"
)

func (t *tool) walletShow() *cobra.Command {
	return &cobra.Command{Use: "show", Short: "What an account owns, and where", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		l, err := s.Chain.Ledger(cmd.Context(), s.account.Address())
		if err != nil {
			return err
		}
		return t.print(map[string]any{"account": s.account.Address(), "ledger": l}, func(w io.Writer) {
			fmt.Fprintf(w, "account    %s\nwallet     %s\ndeposit    %s, with dispatcher %s\nclaimable  %s\nrewards    %s\nstake      %s\n", s.account.Address(),
				coins(l.Wallet), coins(l.Deposit.Amount), l.Deposit.Dispatcher.String()[:10], coins(l.Claimable), coins(l.Rewards), coins(l.Stake))
		})
	}}
}

func (t *tool) walletCollect() *cobra.Command {
	return &cobra.Command{Use: "collect", Short: "Pull what was claimed for an account into its wallet", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		l, err := s.Chain.Ledger(cmd.Context(), s.account.Address())
		if err != nil {
			return err
		}
		if l.Claimable == 0 {
			return fault.New(fault.APINotFound, "collect: nothing is claimable for %s yet", t.as)
		}
		r, err := s.Chain.Collect(cmd.Context())
		if err != nil {
			return err
		}
		return t.print(map[string]any{"collected": l.Claimable, "gas": r.Gas}, func(w io.Writer) { fmt.Fprintf(w, "collected %s\n", coins(l.Claimable)) })
	}}
}
