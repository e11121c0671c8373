package client

import (
	"context"
	"fmt"
	"strings"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// keepers are the managers of what a task computes on, in order: a next step needs the
// consent of the owners behind each.
func keepers(datasets []tacit.Entry, own []tacit.Sealed) []wire.Address {
	var list []wire.Address
	for _, d := range datasets {
		list = append(list, d.Sealed.Manager)
	}
	for _, s := range own {
		list = append(list, s.Manager)
	}
	return tacit.SortAddresses(list)
}

// recipients adds who gets a part of the result besides the user.
func (c *Client) recipients(ctx context.Context, p Plan, t *tacit.Task, own []tacit.Sealed) error {
	for _, to := range p.Wish.To {
		list, err := age.ParseRecipients(strings.NewReader(to))
		if err != nil || len(list) != 1 {
			return fault.New(fault.APIField, "read recipient %q: want one age recipient, as 'tacit wallet recipient' prints it", to)
		}
		t.Recipients = append(t.Recipients, tacit.Recipient{Kind: tacit.RecipientKey, Key: []byte(to)})
	}
	if !p.Wish.Onward {
		return nil
	}
	managers := keepers(p.Datasets, own)
	if len(managers) == 0 {
		return fault.New(fault.APIField, "leave result to a next step: the task computes on nobody's data, keep the result and use it")
	}
	for _, who := range managers {
		m, err := c.cfg.Keeper(ctx, who)
		if err != nil {
			return err
		}
		id, err := m.Identity(ctx, tacit.IdentityRequest{})
		if err != nil {
			return err
		}
		if id.Manager != who || wire.Sum([]byte(id.Recipient)) != id.ID {
			return fault.New(fault.TLSIdentity, "leave result to a next step: the recipient of manager %s is not one of its own", who)
		}
		t.Recipients = append(t.Recipients, tacit.Recipient{Kind: tacit.RecipientIdentity, Ref: id.ID, Key: []byte(id.Recipient)})
	}
	return nil
}

// steps adds what earlier tasks of the user left: for each manager that released keys to
// one, an input of its own.
func (c *Client) steps(ctx context.Context, w Wish, t *tacit.Task, req *tacit.SubmitRequest) error {
	for _, s := range w.Steps {
		ran, err := c.cfg.Dispatcher.Result(ctx, tacit.TaskRequest{Task: s.Task})
		if err != nil {
			return fmt.Errorf("take what task %s left: %w", s.Task.Short(), c.away(err))
		}
		// What is named must be of that task: a dispatcher could show another of this user's,
		// and the next one would compute on what was not meant.
		if err := c.judge(ctx, s.Task, ran); err != nil {
			return fmt.Errorf("take what task %s left: %w", s.Task.Short(), err)
		}
		if ran.Leaf.Body.Output != ran.Output.Root {
			return fault.New(fault.ResultKey, "take what task %s left: its receipt names another output", s.Task.Short())
		}
		before := ran.Case.Task.Body
		onward := before.Onward()
		var datasets []tacit.Entry
		for _, d := range ran.Case.Datasets {
			datasets = append(datasets, d.Entry)
		}
		var own []tacit.Sealed
		next := 0
		for _, in := range before.Inputs {
			if in.Kind == tacit.InputEntry {
				continue
			}
			own = append(own, ran.Case.Own[next])
			next++
		}
		managers := keepers(datasets, own)
		if len(onward) == 0 || len(onward) != len(managers) {
			return fault.New(fault.APIField, "take what task %s left: it left nothing to a next step; run it with --onward", s.Task.Short())
		}
		chunks, err := c.chunks(ctx, ran.Output)
		if err != nil {
			return err
		}
		for k, i := range onward {
			part, err := tacit.ResultSection(chunks, ran.Output.Size, len(before.Recipients), int(i))
			if err != nil {
				return err
			}
			header, err := age.ExtractHeader(part)
			if err != nil {
				return fault.New(fault.DataCorrupt, "take what task %s left: part %d is no age file", s.Task.Short(), i)
			}
			sealed := tacit.Sealed{Header: wire.Sum(header), Root: ran.Output.Root, Size: ran.Output.Size, Manager: managers[k], Identity: before.Recipients[i].Ref}
			name := s.Alias
			if k > 0 {
				name = fmt.Sprintf("%s-%d", s.Alias, k+1)
			}
			t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputOutput, Name: name, Ref: sealed.Hash(), Index: tacit.StepIndex(len(before.Recipients), int(i))})
			req.Own, req.Steps = append(req.Own, sealed), append(req.Steps, ran.Leaf)
		}
	}
	return nil
}
