// Package manager wires the manager role: the room on its sealed store and
// log, its listener for owners and users, and its connections to dispatchers.
package manager

import (
	"context"

	"golang.org/x/sync/errgroup"

	"tacit"
	"tacit/manager"
	"tacit/node"
	"tacit/rpc"
	"tacit/rule"
	"tacit/store/tenant"
	"tacit/vrf"
	"tacit/wire"
)

// Config says what a manager process needs.
type Config struct {
	Node   node.Config // Role is set here
	Listen string      // host:port
	Store  tacit.Store
	Audit  tacit.AuditLog
	LogKey tacit.LogKey
	VRF    *vrf.Key
	Vault  Vault // serves none if its Listen is empty
	// Accounts may keep keys and values in the store, each its own; none: nobody.
	Accounts []wire.Address
}

// Run serves until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	cfg.Node.Role = tacit.RoleManager
	cfg.Node.Store = cfg.Store
	n, err := node.New(ctx, cfg.Node)
	if err != nil {
		return err
	}
	rules, err := rule.New()
	if err != nil {
		return err
	}
	var keeper tacit.SecretKeeper
	var v *served
	if cfg.Vault.Listen != "" {
		if v, err = newVault(cfg, n); err != nil {
			return err
		}
		keeper = v
	}
	m, err := manager.New(ctx, manager.Config{
		Rules: rules, Vault: keeper, Notify: rpc.Notifier{Connect: n.Gateway.Connect}.Notify,
		Key: cfg.Node.Key, VRF: cfg.VRF, Store: cfg.Store, Audit: cfg.Audit, LogKey: cfg.LogKey, Headers: n.Follow, Schemes: cfg.Node.Schemes,
	})
	if err != nil {
		return err
	}
	s := rpc.NewServer()
	rpc.ServeManager(s, m)
	rpc.ServeDoorkeeper(s, m)
	if len(cfg.Accounts) > 0 {
		shared, err := tenant.New(tenant.Config{Store: cfg.Store, Owners: cfg.Accounts})
		if err != nil {
			return err
		}
		rpc.ServeStore(s, shared.Of)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return n.Run(ctx) })
	group.Go(func() error { return m.Run(ctx) })
	group.Go(func() error { return n.ServeDispatchers(ctx, s) })
	group.Go(func() error { return n.Listen(ctx, cfg.Listen, false, []tacit.Role{tacit.RoleClient}, s, nil) })
	if v != nil {
		group.Go(func() error { return v.Run(ctx) })
	}
	return group.Wait()
}
