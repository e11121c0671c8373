package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tacit"
	"tacit/atls"
	"tacit/fault"
	"tacit/key"
	"tacit/node"
	"tacit/rpc"
	"tacit/settle"
	"tacit/wire"
)

// daemonFile is what tacitd reads, in a node's folder.
const daemonFile = "tacitd.json"

// headerMost is how long the wait for a signed header may take: a few epochs of any
// network.
const headerMost = 10 * time.Minute

// answerMost is how long a node that was just registered may take to answer: it asks for
// the header that shows it.
const answerMost = 10 * time.Second

// nodes are the commands of whoever runs a node of his own.
func (t *tool) nodes() *cobra.Command {
	return group("node", "A node of one's own, such as a store for one's sealed data: make, register, show and retire",
		t.nodeInit(), t.nodeRegister(), t.nodeShow(), t.nodeRetire())
}

// roleFlag names the role of a node.
func roleFlag(c *cobra.Command, role *string) {
	c.Flags().StringVar(role, "role", tacit.RoleNames(tacit.RoleBlobs), "what the node does: blobs, which keeps sealed data")
}

// handRole is the role that a node of one's own may have. Other roles are refused with what
// to do instead.
func handRole(op, name string) (tacit.Role, error) {
	expected := "blobs"
	switch name {
	case tacit.RoleNames(tacit.RoleBlobs):
		return tacit.RoleBlobs, nil
	case tacit.RoleNames(tacit.RoleManager), tacit.RoleNames(tacit.RoleDispatcher):
		expected = "blobs; the key of a " + name + " is born in its enclave and attested, which 'tacit up' registers"
	case tacit.RoleNames(tacit.RoleWorker), tacit.RoleNames(tacit.RoleVerifier), tacit.RoleNames(tacit.RoleGateway):
		expected = "blobs; 'tacit up' starts and registers every other role"
	}
	return 0, fault.Denied(fault.APIField, op, "--role", expected, name)
}

// checkAddress wants HOST:PORT. Without a host a process listens at all of its machine's
// addresses, but nobody can call it there.
func checkAddress(op, flag, s string, called bool) error {
	expected := "HOST:PORT, such as store.example.org:9443"
	if !called {
		expected = "HOST:PORT or :PORT, such as 127.0.0.1:9443"
	}
	host, port, err := net.SplitHostPort(s)
	n, perr := strconv.ParseUint(port, 10, 16)
	ip := net.ParseIP(host)
	if err != nil || perr != nil || n == 0 || called && (host == "" || ip != nil && ip.IsUnspecified()) || len(s) > 256 || strings.ContainsAny(host, " /,") {
		return fault.Denied(fault.APIField, op, flag, expected, s)
	}
	return nil
}

func (t *tool) nodeInit() *cobra.Command {
	var role, listen, health string
	c := &cobra.Command{Use: "init DIR", Short: "Make the keys and the configuration of a store for what an account seals", Args: exactly(1, "the node's folder"),
		Long: "Make a folder with the keys of a node and the configuration that tacitd starts with. The node is a\n" +
			"store for what the account of --as seals, and takes nothing of others; everybody may fetch from\n" +
			"it, since what lies there is ciphertext. Nothing is sent: 'tacit node register' does that."}
	roleFlag(c, &role)
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:9443", "HOST:PORT that the node listens at")
	f.StringVar(&health, "health", "", "HOST:PORT of its metrics and health [none]")
	c.RunE = func(_ *cobra.Command, args []string) error {
		const op = "make node"
		r, err := handRole(op, role)
		if err != nil {
			return err
		}
		if err := checkAddress(op, "--listen", listen, false); err != nil {
			return err
		}
		if health != "" {
			if err := checkAddress(op, "--health", health, false); err != nil {
				return err
			}
		}
		n, account, err := t.signer("")
		if err != nil {
			return err
		}
		dir, err := filepath.Abs(args[0]) // tacitd may be started from elsewhere
		if err != nil {
			return fault.New(fault.APIPath, "make node: %w", err)
		}
		for _, name := range []string{node.KeyFile, node.VRFFile, daemonFile} {
			if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, os.ErrNotExist) {
				return fault.New(fault.APIPath, "make node: %s is there already", filepath.Join(dir, name))
			}
		}
		if err := node.MakeKeys(dir); err != nil {
			return err
		}
		k, err := node.ReadSigner(filepath.Join(dir, node.KeyFile))
		if err != nil {
			return err
		}
		config := map[string]any{"network": n, "dir": dir, "listen": listen, "key": filepath.Join(dir, node.KeyFile), "accounts": []wire.Address{account.Address()}}
		if health != "" {
			config["health"] = health
		}
		if err := node.WriteJSON(filepath.Join(dir, daemonFile), 0o600, config); err != nil {
			return err
		}
		return t.print(map[string]any{"key": k.Address(), "role": role, "config": filepath.Join(dir, daemonFile)}, func(w io.Writer) {
			fmt.Fprintf(w, "node     %s, %s for what %s seals\nfolder   %s\nnext: tacitd %s --config %s     and leave it running\n      tacit node register --role %s --endpoint %s --key %s --as %s\n",
				k.Address(), role, t.as, args[0], tacit.RoleNames(r), filepath.Join(args[0], daemonFile), role, listen, filepath.Join(args[0], node.KeyFile), t.as)
		})
	}
	return c
}

// registering is what the command line says of a registration.
type registering struct {
	role, endpoint, key, vrf, stake, region string
}

func (t *tool) nodeRegister() *cobra.Command {
	var r registering
	c := &cobra.Command{Use: "register", Short: "Register a node of an account with its stake, and wait until a signed header shows it", Args: cobra.NoArgs,
		Long: "Register a node of the account of --as: the node's key signs, the account pays the stake and is its\n" +
			"operator. It returns once a signed header shows the node; whoever publishes as that account then\n" +
			"has his ciphertext there and nowhere else. Start tacitd first: while the node is away, nothing\n" +
			"that this account seals can be stored. The same command again changes nothing."}
	roleFlag(c, &r.role)
	f := c.Flags()
	f.StringVar(&r.endpoint, "endpoint", "", "HOST:PORT at which others call the node")
	f.StringVar(&r.key, "key", "", "the node's key file, which 'tacit node init' makes")
	f.StringVar(&r.vrf, "vrf", "", "the node's VRF key file [vrf.key beside the key]")
	f.StringVar(&r.stake, "stake", "", "coins at stake [the least that the network takes]")
	f.StringVar(&r.region, "region", "", "where it is, as its operator says [not said]")
	c.RunE = func(cmd *cobra.Command, _ []string) error { return t.register(cmd.Context(), r) }
	return c
}

func (t *tool) register(ctx context.Context, r registering) error {
	const op = "register node"
	role, err := handRole(op, r.role)
	if err != nil {
		return err
	}
	if err := checkAddress(op, "--endpoint", r.endpoint, true); err != nil {
		return err
	}
	if len(r.region) > 64 {
		return fault.Denied(fault.APIField, op, "--region", "at most 64 bytes", strconv.Itoa(len(r.region)))
	}
	stake := tacit.Money(0)
	if r.stake != "" {
		if stake, err = parseMoney("--stake", r.stake); err != nil {
			return err
		}
	}
	if r.key == "" {
		return fault.Denied(fault.APIField, op, "--key", "the node's key file; 'tacit node init DIR' makes one", "nothing")
	}
	if r.vrf == "" {
		r.vrf = filepath.Join(filepath.Dir(r.key), node.VRFFile)
	}
	k, err := node.ReadSigner(r.key)
	if err != nil {
		return fmt.Errorf("register node ('tacit node init DIR' makes its keys): %w", err)
	}
	v, err := node.ReadVRF(r.vrf)
	if err != nil {
		return fmt.Errorf("register node ('tacit node init DIR' makes its keys): %w", err)
	}
	network, account, err := t.signer("")
	if err != nil {
		return err
	}
	chain, err := t.chain(ctx, "")
	if err != nil {
		return err
	}
	defer chain.Close()
	switch least := chain.Params().MinStake; {
	case r.stake == "":
		stake = least
	case stake < least:
		return fault.Denied(fault.APIField, op, "--stake", "at least "+coins(least)+", the least that the network takes", coins(stake))
	}
	signed := node.Register(network.ID(), account.Address(), k, v)
	want, err := signed.Node(network.Genesis, role, stake, r.region, r.endpoint)
	if err != nil {
		return err
	}
	was, err := chain.Node(ctx, want.Key)
	switch {
	case err == nil:
		if err := sameNode(was, want, account.Address()); err != nil {
			return err
		}
	case !errors.Is(err, fault.APINotFound):
		return err
	default:
		wallet, err := chain.Balance(ctx, account.Address())
		if err != nil {
			return err
		}
		if wallet < stake {
			return fault.Denied(fault.PayDeposit, op, "wallet of "+t.as, coins(stake)+" for the stake, and gas", coins(wallet))
		}
		if _, err := chain.Register(ctx, want, signed.Sig); err != nil {
			return err
		}
	}
	peer, err := t.peer(ctx, network, account)
	if err != nil {
		return err
	}
	if t.output != "json" {
		fmt.Fprintf(t.errs, "waiting for a signed header that shows %s\n", want.Key)
	}
	shown, epoch, err := inForce(ctx, peer, want.Key)
	if err != nil {
		return err
	}
	answers := reached(ctx, peer, shown, role)
	return t.print(map[string]any{"node": shown, "epoch": epoch, "answers": answers == nil}, func(w io.Writer) {
		fmt.Fprintf(w, "registered  %s, %s of %s, at %s\nstake       %s\nin force    since epoch %d, whose header shows it\n", shown.Key, r.role, t.as, shown.Endpoint, coins(shown.Stake), epoch)
		if answers == nil {
			fmt.Fprintf(w, "answers     yes; what %s publishes from now on lies there\n", t.as)
			return
		}
		fmt.Fprintf(w, "answers     no (%v); nothing that %s publishes can be stored until it does\nnext: tacitd %s --config %s\n", answers, t.as, r.role, filepath.Join(filepath.Dir(r.key), daemonFile))
	})
}

// sameNode is nil if what is registered already is what is wanted.
func sameNode(was, want tacit.Node, operator wire.Address) error {
	expected, got := "", ""
	switch {
	case was.Operator != operator:
		expected, got = "a key that nobody else registered; 'tacit node init DIR' makes one", "registered by "+was.Operator.String()
	case was.Leaving != 0:
		expected, got = "a node that stays; 'tacit node init DIR' makes another", fmt.Sprintf("leaving since block %d", was.Leaving)
	case was.Roles != want.Roles || was.Endpoint != want.Endpoint:
		expected = "as it is registered; 'tacit node retire' takes it back"
		got = tacit.RoleNames(was.Roles) + " at " + was.Endpoint
	default:
		return nil
	}
	return fault.Denied(fault.APIConflict, "register node", "node "+want.Key.String(), expected, got)
}

// peer is the tool on the network, as a client of its gateway.
func (t *tool) peer(ctx context.Context, n node.Network, account *key.Signer) (*node.Node, error) {
	s, err := schemes(n.Genesis)
	if err != nil {
		return nil, err
	}
	return node.New(ctx, node.Config{Network: n, Role: tacit.RoleClient, Key: account, Schemes: s})
}

// inForce waits until a signed header shows a node, and returns it as it stands there.
func inForce(ctx context.Context, peer *node.Node, who wire.Address) (tacit.Node, uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, headerMost)
	defer cancel()
	for {
		if err := peer.Follow.Sync(ctx); err != nil {
			return tacit.Node{}, 0, err
		}
		h := peer.Follow.View().Header
		r, err := peer.Gateway.Node(ctx, tacit.ProofRequest{Epoch: h.Number, Key: who})
		if err == nil {
			n, err := r.Node.Check(h)
			return n, h.Number, err
		}
		if !errors.Is(err, fault.APINotFound) {
			return tacit.Node{}, 0, err
		}
		select {
		case <-ctx.Done():
			return tacit.Node{}, 0, fault.New(fault.TaskTimeout, "wait until a header shows node %s: %w", who, err)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// reached is nil if the node answers at its end point and proves that it is that one.
func reached(ctx context.Context, peer *node.Node, n tacit.Node, role tacit.Role) error {
	ctx, cancel := context.WithTimeout(ctx, answerMost)
	defer cancel()
	dial := peer.Dial(n.Endpoint, atls.Want{Role: role, Node: n.Key})
	for {
		var c *rpc.Client
		c, err := dial(ctx)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (t *tool) nodeShow() *cobra.Command {
	return &cobra.Command{Use: "show", Short: "The nodes that an account runs, as the chain has them", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		chain, err := t.chain(ctx, "")
		if err != nil {
			return err
		}
		defer chain.Close()
		head, err := chain.Head(ctx)
		if err != nil {
			return err
		}
		state, err := chain.State(ctx, head)
		if err != nil {
			return err
		}
		mine := []tacit.Node{}
		for _, n := range state.Nodes {
			if n.Operator == chain.Account() {
				mine = append(mine, n)
			}
		}
		return t.print(map[string]any{"account": chain.Account(), "nodes": mine}, func(w io.Writer) {
			for _, n := range mine {
				where := ""
				if n.Endpoint != "" {
					where = " at " + n.Endpoint
				}
				fmt.Fprintf(w, "%s  %s%s, stake %s, since block %d%s\n", n.Key, tacit.RoleNames(n.Roles), where, coins(n.Stake), n.Registered, t.leavingNode(chain, n))
			}
			if len(mine) == 0 {
				fmt.Fprintf(w, "%s runs no node\nnext: tacit node init DIR --as %s\n", t.as, t.as)
			}
		})
	}}
}

// leavingNode says since when a node is leaving.
func (t *tool) leavingNode(chain *settle.Client, n tacit.Node) string {
	if n.Leaving == 0 {
		return ""
	}
	return fmt.Sprintf("; leaving, its stake can be taken from block %d on", n.Leaving+chain.Params().UnbondDelay)
}

func (t *tool) nodeRetire() *cobra.Command {
	return &cobra.Command{Use: "retire NODE", Short: "Take a node of an account back: announce it, and once the delay is over take its stake", Args: exactly(1, "a node's address or its key file"),
		Long: "Take a node of the account of --as back. The first call announces it: from the next header on it is\n" +
			"no longer counted on, and what lies in that store alone must be published again. Another call takes\n" +
			"the stake once the network's delay is over; until then it can still be slashed.",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			who, err := nodeOf(args[0])
			if err != nil {
				return err
			}
			chain, err := t.chain(ctx, "")
			if err != nil {
				return err
			}
			defer chain.Close()
			n, err := chain.Node(ctx, who)
			if errors.Is(err, fault.APINotFound) {
				return fault.Denied(fault.APINotFound, "retire node", "NODE", "one that 'tacit node show' lists", who.String())
			}
			if err != nil {
				return err
			}
			if n.Operator != chain.Account() {
				return fault.Denied(fault.APIField, "retire node", "--as", "its operator, "+n.Operator.String(), t.as)
			}
			head, err := chain.Head(ctx)
			if err != nil {
				return err
			}
			delay := chain.Params().UnbondDelay
			switch {
			case n.Leaving == 0:
				if _, err := chain.Unbond(ctx, who); err != nil {
					return err
				}
				if n, err = chain.Node(ctx, who); err != nil {
					return err
				}
				return t.print(map[string]any{"node": n, "from": n.Leaving + delay}, func(w io.Writer) {
					fmt.Fprintf(w, "%s is leaving; it is block %d, and from block %d on its stake of %s can be taken\nnext: tacit node retire %s --as %s\n",
						who, head, n.Leaving+delay, coins(n.Stake), args[0], t.as)
				})
			case head+1 < n.Leaving+delay:
				return fault.Denied(fault.PayDeposit, "take the stake of "+who.String(), "block", fmt.Sprintf("%d, from which on it can be taken", n.Leaving+delay), fmt.Sprint(head))
			}
			if _, err := chain.WithdrawStake(ctx, who); err != nil {
				return err
			}
			return t.print(map[string]any{"node": who, "withdrawn": n.Stake}, func(w io.Writer) {
				fmt.Fprintf(w, "%s is gone; %s took its stake of %s\n", who, t.as, coins(n.Stake))
			})
		}}
}

// nodeOf reads the address of a node, or its key file.
func nodeOf(s string) (wire.Address, error) {
	var a wire.Address
	if strings.HasPrefix(s, "0x") {
		if err := a.UnmarshalText([]byte(s)); err != nil {
			return a, fault.Denied(fault.APIField, "find node", "NODE", "an address, or the node's key file", s)
		}
		return a, nil
	}
	k, err := node.ReadSigner(s)
	if err != nil {
		return a, err
	}
	return k.Address(), nil
}
