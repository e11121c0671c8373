package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tacit/client"
)

func (t *tool) taskPlan() *cobra.Command {
	var w wishing
	c := &cobra.Command{Use: "plan [SERVICE]", Short: "Price, workers, terms and deadlines of a task before anything is paid; changes nothing", Args: w.oneOrFile, ValidArgsFunction: t.names,
		Example: "tacit task plan acme/logreg --data left=hospital/left --data right=clinic/right\ntacit task plan -f task.yaml"}
	w.flags(c)
	_ = c.RegisterFlagCompletionFunc("data", t.bound) // the flag is there
	w.limits(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), time.Minute)
		defer cancel()
		if err := t.resolve(&w); err != nil {
			return err
		}
		task, err := w.task(cmd, args)
		if err != nil {
			return err
		}
		wish, err := task.Wish()
		if err != nil {
			return err
		}
		s, err := t.open(ctx)
		if err != nil {
			return err
		}
		t.notice(s.network.Genesis.Teaching)
		p, err := s.Preview(ctx, wish)
		if err != nil {
			return err
		}
		if err := t.print(p, func(w io.Writer) { showPlan(w, p) }); err != nil {
			return err
		}
		return p.Verdict() // the exit status is that of a run
	}
	return c
}

func showPlan(w io.Writer, p client.Preview) {
	q := p.Prices
	fmt.Fprintf(w, "price      at most %s of your %s: service %s, data %s, worker %s, verifiers %s, dispatcher %s\n", coins(p.Total), coins(p.MaxFee),
		coins(q.Service), coins(q.Datasets), coins(q.Worker), coins(q.Verifiers), coins(q.Dispatcher))
	fmt.Fprintf(w, "money      %s on deposit, %s in the wallet; a run would deposit %s first\n", coins(p.Deposit), coins(p.Wallet), coins(p.ToDeposit))
	fmt.Fprintf(w, "deadline   block %d, %d from now (about %.0f s); without a settlement by block %d everything is yours again\n",
		p.Deadline, p.Deadline-p.Block, float64(p.Deadline-p.Block)*p.Blocks, p.Settled)
	fmt.Fprintf(w, "committee  %d seats of %d operators in the pool; %d attempts\n", p.Seats, p.Operate, p.Attempts)
	for _, x := range p.Workers {
		if x.Eligible {
			fmt.Fprintf(w, "worker     %s  eligible, level %d, region %s\n", x.Node, x.Level, x.Region)
		} else {
			fmt.Fprintf(w, "worker     %s  not eligible: %s: expected %s, got %s\n", x.Node, x.Filter, x.Expected, x.Got)
		}
	}
	for _, j := range p.Terms {
		fmt.Fprintf(w, "terms      %s of %s: %s\n", j.Entry, j.Owner, j.Decision)
		for _, f := range j.Findings {
			fmt.Fprintf(w, "           rule %s: expected %s, got %s\n", f.Rule, f.Expected, f.Got)
		}
	}
	m := p.Move
	fmt.Fprintf(w, "bytes      %d if the program went to the data, %d if the data went to the program; this version moves both to the worker: %d, and at most %d back\n",
		m.ToData, m.ToCode, m.ToWorker, m.MostAfter)
	if len(p.Stops) == 0 {
		fmt.Fprintln(w, "verdict    a run can start; nothing was changed")
		return
	}
	for _, s := range p.Stops {
		fmt.Fprintf(w, "stops      %s: %s\n", s.Code, s.Text)
	}
}
