package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/attest"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/wire"
)

func (t *tool) networkPolicy() *cobra.Command {
	return group("policy", "What evidence is judged by: show it, propose the next generation, sign and post it",
		t.policyShow(), t.policyPropose(), t.policySign(), t.policyPost())
}

// A policyOrder is the file that governors pass around: the order, who signed it,
// and the set that it is about.
type policyOrder struct {
	Network wire.Digest       `json:"network"`
	Order   tacit.PolicyOrder `json:"order"`
	Sigs    []key.Signature   `json:"sigs"` // aligned with the governors
	Set     attest.PolicySet  `json:"set"`
}

func (t *tool) readOrder(path string, n node.Network) (policyOrder, error) {
	var p policyOrder
	b, err := os.ReadFile(path)
	if err != nil {
		return p, fault.New(fault.APIPath, "read policy order: %w", err)
	}
	if err := node.Decode(b, &p); err != nil {
		return p, err
	}
	const op = "read policy order"
	if p.Network != n.ID() {
		return p, fault.Denied(fault.ConsField, op, "network", n.ID().Short(), p.Network.Short())
	}
	if p.Set.Digest() != p.Order.Digest || p.Set.Generation != p.Order.Generation {
		return p, fault.Denied(fault.ConsField, op, "set", "the one that the order names", "another")
	}
	return p, checkSet(n.Genesis, p.Set)
}

// checkSet refuses a set that would stop the network, or that says what no process
// would do.
func checkSet(g tacit.Genesis, set attest.PolicySet) error {
	const op = "check policies"
	for _, p := range g.Policies.Policies {
		if _, err := set.For(p.Role); err != nil {
			return err
		}
	}
	for _, p := range set.Policies {
		if err := p.Check(); err != nil {
			return err
		}
	}
	same := slices.EqualFunc(set.Roots, g.Policies.Roots, func(a, b attest.Root) bool { return a.Scheme == b.Scheme && string(a.DER) == string(b.DER) })
	if !same {
		return fault.Denied(fault.APIField, op, "roots", "those of the genesis: every process pins them", "others")
	}
	if err := set.Extends(g.Policies); err != nil {
		return err
	}
	if err := set.CheckReleases(); err != nil {
		return err
	}
	_, err := tacit.EncodePolicies(set)
	return err
}

// newestPolicies is the newest set that the contract took.
func (s *session) newestPolicies(ctx context.Context) (attest.PolicySet, tacit.PolicyOrder, error) {
	order, err := s.Chain.Policy(ctx)
	if err != nil {
		return attest.PolicySet{}, order, err
	}
	set := s.network.Genesis.Policies
	if order.Generation != set.Generation {
		if set, err = s.Chain.Policies(ctx, order.Generation); err != nil {
			return set, order, err
		}
	}
	if set.Digest() != order.Digest {
		return set, order, fault.Denied(fault.ConsField, "read policies", "digest", order.Digest.Short(), set.Digest().Short())
	}
	return set, order, nil
}

func (t *tool) policyShow() *cobra.Command {
	var save string
	c := &cobra.Command{Use: "show", Short: "The newest policies, who may change them, and since when they count", Args: cobra.NoArgs,
		Example: "tacit network policy show\ntacit network policy show --save set.json"}
	c.Flags().StringVar(&save, "save", "", "write the set to this file, to be edited and proposed")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		set, order, err := s.newestPolicies(cmd.Context())
		if err != nil {
			return err
		}
		governors, err := s.Chain.Governors(cmd.Context())
		if err != nil {
			return err
		}
		if save != "" {
			if err := node.WriteJSON(save, 0o644, set); err != nil {
				return err
			}
		}
		h := s.Node.Follow.View().Header
		return t.print(map[string]any{"generation": order.Generation, "digest": order.Digest, "governors": governors, "epoch": h.Number, "inForce": h.Generation, "set": set}, func(w io.Writer) {
			writePolicies(w, set)
			if h.Generation == order.Generation {
				fmt.Fprintf(w, "in force   in epoch %d\n", h.Number)
			} else {
				fmt.Fprintf(w, "in force   generation %d in epoch %d; generation %d from the next epoch on\n", h.Generation, h.Number, order.Generation)
			}
			if governors.Threshold == 0 {
				fmt.Fprintln(w, "governors  none: the policies stay as they are")
				return
			}
			fmt.Fprintf(w, "governors  %d of %d must sign\n", governors.Threshold, len(governors.Keys))
			for _, g := range governors.Keys {
				fmt.Fprintf(w, "           %s\n", g)
			}
		})
	}
	return c
}

// writePolicies writes a set for people.
func writePolicies(w io.Writer, set attest.PolicySet) {
	fmt.Fprintf(w, "generation %d\ndigest     %s\n", set.Generation, set.Digest())
	for _, p := range set.Policies {
		fmt.Fprintf(w, "role       %s: schemes %s, level %d or more\n", tacit.RoleNames(tacit.Role(p.Role)), strings.Join(p.Schemes, ", "), p.Level)
		for _, r := range p.References {
			fmt.Fprintf(w, "  reference  %s  measurement %s, manifest %s, version %d or more\n", r.Name, r.Measurement.Short(), r.Manifest.Short(), r.SVN)
		}
		for _, d := range p.Denied {
			fmt.Fprintf(w, "  denied     %s\n", d)
		}
	}
	for _, e := range set.Releases {
		writeRelease(w, e)
	}
	if len(set.Auditors.Keys) > 0 {
		fmt.Fprintf(w, "auditors   %d of %d must release a reference\n", set.Auditors.Threshold, len(set.Auditors.Keys))
	}
	for _, d := range set.Denied {
		fmt.Fprintf(w, "denied     to every role: %s\n", d)
	}
	for _, c := range set.Chips {
		fmt.Fprintf(w, "chip       %s of node %s\n", c.Hardware, c.Node)
	}
	for _, r := range set.Roots {
		fmt.Fprintf(w, "root       %s, %s\n", r.Scheme, wire.Sum(r.DER).Short())
	}
}

// parseDenial reads NAME=VALUE[,NAME=VALUE...].
func parseDenial(flag, text string) (attest.Denial, error) {
	var d attest.Denial
	fields := map[string]*string{"scheme": &d.Scheme, "product": &d.Product, "hardware": &d.Hardware}
	for _, part := range strings.Split(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		into, ok := fields[name]
		if !ok || value == "" || *into != "" {
			expected := "scheme=, product= or hardware=, each once, with commas between"
			if s := fault.DidYouMean(name, []string{"scheme", "product", "hardware"}); s != "" && !ok {
				expected = "did you mean " + s + "=?"
			}
			return d, fault.Denied(fault.APIField, "read flags", flag, expected, part)
		}
		*into = value
	}
	return d, nil
}

func sameDenial(a, b attest.Denial) bool {
	return a.Scheme == b.Scheme && a.Product == b.Product && a.Hardware == b.Hardware && slices.Equal(a.Below, b.Below)
}

func (t *tool) policyPropose() *cobra.Command {
	var deny, undeny, releases []string
	var role, out string
	c := &cobra.Command{Use: "propose [SET]", Short: "Write an order for the next generation, for governors to sign", Args: cobra.MaximumNArgs(1),
		Long: "Without SET, the file of a set that 'tacit network policy show --save' wrote and somebody edited,\n" +
			"it begins with the newest set. Nothing is sent.",
		Example: "tacit network policy propose --deny product=Milan --out order.json\ntacit network policy propose set.json"}
	c.Flags().StringArrayVar(&deny, "deny", nil, "deny hardware=CHIP, product=NAME or scheme=NAME, or what matches several: scheme=snp,product=Milan")
	c.Flags().StringArrayVar(&undeny, "undeny", nil, "take a denial back, word for word")
	c.Flags().StringArrayVar(&releases, "release", nil, "add an entry that auditors signed to the release log")
	c.Flags().StringVar(&role, "role", "", "deny to this role alone: enclave, manager or dispatcher [every role]")
	c.Flags().StringVar(&out, "out", "", "file to write [policy-GENERATION.json]")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := t.open(cmd.Context())
		if err != nil {
			return err
		}
		newest, order, err := s.newestPolicies(cmd.Context())
		if err != nil {
			return err
		}
		set := newest
		if len(args) == 1 {
			b, err := os.ReadFile(args[0])
			if err != nil {
				return fault.New(fault.APIPath, "read set: %w", err)
			}
			set = attest.PolicySet{}
			if err := node.Decode(b, &set); err != nil {
				return err
			}
		}
		set.Generation = order.Generation + 1
		list, err := denials(&set, role)
		if err != nil {
			return err
		}
		for _, text := range deny {
			d, err := parseDenial("--deny", text)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(*list, func(o attest.Denial) bool { return sameDenial(o, d) }) {
				*list = append(slices.Clip(*list), d)
			}
		}
		for _, text := range undeny {
			d, err := parseDenial("--undeny", text)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(*list, func(o attest.Denial) bool { return sameDenial(o, d) })
			if i < 0 {
				return fault.New(fault.APINotFound, "take back denial of %s: it is not on the list", d)
			}
			*list = slices.Delete(slices.Clone(*list), i, i+1)
		}
		for _, file := range releases {
			e, err := readRelease(file)
			if err != nil {
				return err
			}
			set.Releases = append(slices.Clip(set.Releases), e)
		}
		if err := checkSet(s.network.Genesis, set); err != nil {
			return err
		}
		if err := set.Extends(newest); err != nil {
			return err
		}
		p := policyOrder{Network: s.network.ID(), Order: tacit.PolicyOrder{Generation: set.Generation, Digest: set.Digest()}, Sigs: []key.Signature{}, Set: set}
		if out == "" {
			out = "policy-" + strconv.FormatUint(set.Generation, 10) + ".json"
		}
		if err := node.WriteJSON(out, 0o644, p); err != nil {
			return err
		}
		return t.print(map[string]any{"file": out, "order": p.Order}, func(w io.Writer) {
			writePolicies(w, set)
			fmt.Fprintf(w, "nothing was sent\nnext: tacit network policy sign %s --key FILE\n", out)
		})
	}
	return c
}

// denials is the list of a role, or of all.
func denials(set *attest.PolicySet, role string) (*[]attest.Denial, error) {
	if role == "" {
		return &set.Denied, nil
	}
	set.Policies = slices.Clone(set.Policies)
	var there []string
	for i, p := range set.Policies {
		name := tacit.RoleNames(tacit.Role(p.Role))
		if name == role {
			return &set.Policies[i].Denied, nil
		}
		there = append(there, name)
	}
	return nil, fault.Denied(fault.APIField, "read flags", "--role", "one of "+strings.Join(there, ", "), role)
}

func (t *tool) policySign() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "sign ORDER", Short: "Read an order and add a governor's signature to its file", Args: exactly(1, "the order's file"),
		Example: "tacit network policy sign order.json --key governor.key"}
	keyFlag(c, &file)
	c.RunE = func(_ *cobra.Command, args []string) error {
		n, by, err := t.signer(file)
		if err != nil {
			return err
		}
		p, err := t.readOrder(args[0], n)
		if err != nil {
			return err
		}
		g := n.Genesis.Governors
		signed, err := tacit.SignedOrder{Order: p.Order, Sigs: p.Sigs}.Add(n.ID(), g, by)
		if err != nil {
			return err
		}
		p.Sigs = signed.Sigs
		have, err := signed.Check(n.ID(), g)
		if err != nil && !errors.Is(err, fault.ChainGovernors) {
			return err
		}
		if err := node.WriteJSON(args[0], 0o644, p); err != nil {
			return err
		}
		return t.print(map[string]any{"order": p.Order, "by": by.Address(), "signed": have, "threshold": g.Threshold}, func(w io.Writer) {
			writePolicies(w, p.Set)
			fmt.Fprintf(w, "signed     by %s, %d of %d\n", by.Address(), have, g.Threshold)
			if have >= int(g.Threshold) {
				fmt.Fprintf(w, "next: tacit network policy post %s\n", args[0])
			}
		})
	}
	return c
}

func (t *tool) policyPost() *cobra.Command {
	var file string
	var wait bool
	c := &cobra.Command{Use: "post ORDER", Short: "Send a signed order to the contract; it counts from the next epoch on", Args: exactly(1, "the order's file"),
		Long:    "Anybody may send it, and pays for it; what counts is who signed.",
		Example: "tacit network policy post order.json --as acme --wait"}
	keyFlag(c, &file)
	c.Flags().BoolVar(&wait, "wait", false, "until a signed epoch header names it")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		n, _, err := t.signer(file)
		if err != nil {
			return err
		}
		p, err := t.readOrder(args[0], n)
		if err != nil {
			return err
		}
		signed := tacit.SignedOrder{Order: p.Order, Sigs: p.Sigs}
		if _, err := signed.Check(n.ID(), n.Genesis.Governors); err != nil {
			return err
		}
		chain, err := t.chain(ctx, file)
		if err != nil {
			return err
		}
		defer chain.Close()
		r, err := chain.PostPolicies(ctx, signed, p.Set)
		if err != nil {
			return err
		}
		epoch := uint64(0)
		if wait {
			if epoch, err = t.inForce(ctx, p.Order); err != nil {
				return err
			}
		}
		return t.print(map[string]any{"order": p.Order, "receipt": r, "epoch": epoch}, func(w io.Writer) {
			fmt.Fprintf(w, "posted     generation %d in block %d\n", p.Order.Generation, r.Block)
			if wait {
				fmt.Fprintf(w, "in force   since epoch %d\n", epoch)
			} else {
				fmt.Fprintln(w, "in force   from the next epoch on\nnext: tacit network policy show")
			}
		})
	}
	return c
}

// inForce waits for the header that names an order, or one after it.
func (t *tool) inForce(ctx context.Context, order tacit.PolicyOrder) (uint64, error) {
	if _, err := os.Stat(filepath.Join(t.home, "accounts", t.as+".key")); err != nil {
		return 0, fault.New(fault.APINotFound, "wait for the header: account %q is not of this home", t.as)
	}
	s, err := t.open(ctx)
	if err != nil {
		return 0, err
	}
	for {
		if err := s.Sync(ctx); err != nil {
			return 0, err
		}
		if h := s.Node.Follow.View().Header; h.Generation >= order.Generation {
			return h.Number, nil
		}
		select {
		case <-ctx.Done():
			return 0, fault.New(fault.TaskTimeout, "wait for generation %d: no signed header names it yet", order.Generation)
		case <-time.After(300 * time.Millisecond):
		}
	}
}
