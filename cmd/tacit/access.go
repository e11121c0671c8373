package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func (t *tool) access() *cobra.Command {
	return group("access", "Who asks for your data: list, approve, deny, explain, webhook",
		t.accessList(), t.accessDecide(true), t.accessDecide(false), t.accessExplain(), t.accessWebhook())
}

// asked is a request or an approval with the manager that keeps it.
type asked struct {
	Manager wire.Address `json:"manager"`
	tacit.Inbox
}

// inboxes asks every manager that keeps something of the account.
func (s *session) inboxes(ctx context.Context, entry string) ([]asked, error) {
	managers, err := s.Managers(ctx, s.Mine)
	if err != nil {
		return nil, err
	}
	var all []asked
	for _, m := range managers {
		door, err := s.Door(ctx, m)
		if err != nil {
			return nil, err
		}
		in, err := door.Access(ctx, tacit.AccessQuery{Entry: entry})
		if err != nil {
			return nil, err
		}
		all = append(all, asked{m, in})
	}
	return all, nil
}

func (t *tool) accessList() *cobra.Command {
	var entry string
	c := &cobra.Command{Use: "list", Short: "Requests that wait for you, and approvals that stand", Args: cobra.NoArgs}
	c.Flags().StringVar(&entry, "entry", "", "only of this entry [all]")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		all, err := s.inboxes(cmd.Context(), entry)
		if err != nil {
			return err
		}
		return t.print(all, func(w io.Writer) {
			n := 0
			for _, in := range all {
				for _, r := range in.Requests {
					n++
					purpose := r.Purpose
					if purpose == "" {
						purpose = "none given"
					}
					fmt.Fprintf(w, "request %s  %s\n  user      %s\n  service   %s over %s\n  purpose   %s\n  output    at most %d bytes, level %d, %d s\n  task      %s, until block %d\n",
						r.ID.Short(), r.Entry, r.User, r.Service, strings.Join(r.Datasets, ", "), purpose, r.Output, r.Level, r.Seconds, r.Task, r.Deadline)
				}
				for _, x := range in.Standing {
					until := "until you take it back"
					if x.Until > 0 {
						until = "until " + time.Unix(int64(x.Until), 0).UTC().Format(time.DateTime) + " UTC"
					}
					fmt.Fprintf(w, "stands  %s  %s for %s with %s %s\n", x.ID.Short(), x.Entry, x.User, x.Service, until)
				}
			}
			if n == 0 {
				fmt.Fprintln(w, "no request waits")
				return
			}
			fmt.Fprintln(w, "next: tacit access approve REQUEST\n      tacit access deny REQUEST --reason TEXT")
		})
	}
	return c
}

func (t *tool) accessDecide(approve bool) *cobra.Command {
	var d tacit.Decision
	d.Approve = approve
	var span time.Duration
	c := &cobra.Command{Use: "approve REQUEST", Short: "Allow a task that waits for you", Args: exactly(1, "the request's ID or its beginning")}
	if approve {
		c.Flags().DurationVar(&span, "for", 0, "also allow this user with this service for this time, such as 24h")
		c.Flags().BoolVar(&d.Always, "always", false, "also allow this user with this service until you take it back")
	} else {
		c.Use, c.Short = "deny REQUEST", "Refuse a task that waits for you, or take back an approval that stands"
		c.Flags().StringVar(&d.Reason, "reason", "", "why; the user reads it")
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if span < 0 || span%time.Second != 0 || span > 0 && d.Always {
			return fault.Denied(fault.APIField, "read flags", "--for", "whole seconds, and not with --always", span.String())
		}
		d.For = uint64(span / time.Second)
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		all, err := s.inboxes(cmd.Context(), "")
		if err != nil {
			return err
		}
		at, what, err := choose(all, args[0], approve)
		if err != nil {
			return err
		}
		d.ID = what.ID
		door, err := s.Door(cmd.Context(), at)
		if err != nil {
			return err
		}
		if _, err := door.Decide(cmd.Context(), d); err != nil {
			return err
		}
		said := "denied"
		if approve {
			said = "approved"
		}
		return t.print(map[string]any{"id": d.ID, "entry": what.Entry, "decision": said}, func(w io.Writer) {
			fmt.Fprintf(w, "%s %s: %s for %s\n", said, d.ID.Short(), what.Entry, what.User)
		})
	}
	return c
}

// choose finds the one request, or standing approval to be taken back, whose ID
// begins so.
func choose(all []asked, prefix string, approve bool) (wire.Address, tacit.Standing, error) {
	prefix = strings.TrimPrefix(prefix, "0x")
	var at wire.Address
	var hits []tacit.Standing
	for _, in := range all {
		for _, r := range in.Requests {
			if strings.HasPrefix(r.ID.String(), prefix) {
				at, hits = in.Manager, append(hits, tacit.Standing{ID: r.ID, Entry: r.Entry, User: r.User})
			}
		}
		for _, x := range in.Standing {
			if !approve && strings.HasPrefix(x.ID.String(), prefix) {
				at, hits = in.Manager, append(hits, x)
			}
		}
	}
	if len(hits) != 1 || prefix == "" {
		return at, tacit.Standing{}, fault.New(fault.APINotFound, "find request %q: %d in your inbox begin so", prefix, len(hits))
	}
	return at, hits[0], nil
}

func (t *tool) accessExplain() *cobra.Command {
	return &cobra.Command{Use: "explain TASK", Short: "Why a task was allowed or denied: every rule to the owner, what refused to the user", Args: exactly(1, "the task's ID"), RunE: func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		s, err := t.open(ctx)
		if err != nil {
			return err
		}
		chosen := s.Mine
		var id wire.Digest
		if kept, err := t.find(args[0]); err == nil {
			id = kept.ID
			named := map[wire.Digest]bool{kept.Submit.Task.Body.Service: true}
			for _, in := range kept.Submit.Task.Body.Inputs {
				named[in.Ref] = true
			}
			chosen = func(e tacit.Entry) bool { return s.Mine(e) || named[e.ID] }
		} else if id, err = s.taskID(ctx, args[0]); err != nil {
			return err
		}
		managers, err := s.Managers(ctx, chosen)
		if err != nil {
			return err
		}
		traces, err := s.Explain(ctx, id, managers)
		if err != nil {
			return err
		}
		return t.print(map[string]any{"task": id, "traces": traces}, func(w io.Writer) {
			for _, x := range traces {
				fmt.Fprintf(w, "%s at %s: %s\n", x.Entry, x.Step, x.Decision)
				for _, f := range x.Findings {
					mark := "ok  "
					if !f.OK {
						mark = "DENY"
					}
					fmt.Fprintf(w, "  %s  %-12s expected %s, got %s\n", mark, f.Rule, f.Expected, f.Got)
				}
			}
		})
	}}
}

// taskID reads a whole ID, or finds the task of a request by its beginning.
func (s *session) taskID(ctx context.Context, text string) (wire.Digest, error) {
	var id wire.Digest
	text = strings.TrimPrefix(text, "0x")
	if b, err := hex.DecodeString(text); err == nil && len(b) == len(id) {
		copy(id[:], b)
		return id, nil
	}
	all, err := s.inboxes(ctx, "")
	if err != nil {
		return id, err
	}
	for _, in := range all {
		for _, r := range in.Requests {
			if text != "" && (strings.HasPrefix(r.Task.String(), text) || strings.HasPrefix(r.ID.String(), text)) {
				return r.Task, nil
			}
		}
	}
	return id, fault.New(fault.APINotFound, "find task %q: neither a task of this home nor a whole ID", text)
}

func (t *tool) accessWebhook() *cobra.Command {
	return &cobra.Command{Use: "webhook URL|none", Short: "Where you are told of new requests; shows the key of the signatures once", Args: exactly(1, "an address, or none"), RunE: func(cmd *cobra.Command, args []string) error {
		url := args[0]
		if url == "none" {
			url = ""
		}
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		managers, err := s.Managers(cmd.Context(), s.Mine)
		if err != nil {
			return err
		}
		type set struct {
			Manager wire.Address `json:"manager"`
			Key     string       `json:"key"`
		}
		var all []set
		for _, m := range managers {
			door, err := s.Door(cmd.Context(), m)
			if err != nil {
				return err
			}
			r, err := door.Webhook(cmd.Context(), tacit.WebhookRequest{URL: url})
			if err != nil {
				return err
			}
			all = append(all, set{m, hex.EncodeToString(r.Key)})
		}
		return t.print(all, func(w io.Writer) {
			for _, x := range all {
				if url == "" {
					fmt.Fprintf(w, "manager %s tells you no more\n", x.Manager)
					continue
				}
				fmt.Fprintf(w, "manager %s posts to %s\nkey of Tacit-Signature (HMAC-SHA-256), shown this once: %s\n", x.Manager, url, x.Key)
			}
		})
	}}
}

func (t *tool) update(service bool) *cobra.Command {
	var p publishing
	c := &cobra.Command{Use: "update NAME", Short: "New terms or a new price, without sealing again", Args: exactly(1, "owner/name")}
	c.Flags().StringVar(&p.policy, "policy", "", "file with the new terms (YAML or JSON) [as they are]")
	c.Flags().StringVar(&p.price, "price", "", "coins per use [as it is]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		var terms *tacit.Terms
		var price *tacit.Money
		if p.policy == "" && p.price == "" {
			return fault.New(fault.APIField, "read flags: give --policy, --price or both")
		}
		if p.policy != "" {
			x, err := p.terms(service)
			if err != nil {
				return err
			}
			terms = &x
		}
		if p.price != "" {
			x, err := parseMoney("--price", p.price)
			if err != nil {
				return err
			}
			price = &x
		}
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		e, err := s.Update(cmd.Context(), args[0], terms, price)
		if err != nil {
			return err
		}
		return t.changed(cmd.Context(), s, e, "updated")
	}
	return c
}

func (t *tool) retire(what string) *cobra.Command {
	return &cobra.Command{Use: "retire NAME", Short: "Offer a " + what + " no longer", Args: exactly(1, "owner/name"), RunE: func(cmd *cobra.Command, args []string) error {
		if err := tacit.CheckName(args[0]); err != nil {
			return err
		}
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		e, err := s.Retire(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		return t.changed(cmd.Context(), s, e, "retired")
	}}
}

// changed waits until a signed header shows a new generation and tells it.
func (t *tool) changed(ctx context.Context, s *session, e tacit.Entry, how string) error {
	wait, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := s.WaitEntry(wait, e); err != nil {
		return err
	}
	return t.print(e, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s@%d: price %s, terms %s\n", how, e.Name, e.Generation, coins(e.Price), e.Terms.Short())
	})
}
