// Package managers is the main of the manager's image, but for the schemes
// that it links.
package managers

import (
	"context"
	"crypto/ed25519"
	"io"
	"path/filepath"

	"k8s.io/klog/v2"

	"tacit"
	"tacit/audit"
	"tacit/cmd/internal/inside"
	"tacit/node"
	"tacit/node/manager"
)

// Main runs a manager and returns the exit status.
func Main(schemes inside.Schemes) int {
	// The log's library reports its own housekeeping; its errors come back as
	// errors.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	return inside.Main(tacit.RoleManager, schemes, func(ctx context.Context, self inside.Self) error {
		name := "tacit/manager/" + self.Node.Key.Address().String()
		cfg := audit.Config{Dir: filepath.Join(self.Config.Dir, "audit"), Name: name, Key: self.LogKey}
		if self.Shared {
			cfg.Shared = &audit.Shared{Store: self.Store}
		}
		log, err := audit.Open(cfg)
		if err != nil {
			return err
		}
		defer log.Close()
		return manager.Run(node.While(ctx, log.Stopped()), manager.Config{
			Node: self.Node, Listen: self.Config.Listen, Store: self.Store, Audit: log, VRF: self.VRF, Accounts: self.Config.Accounts,
			Vault: manager.Vault{
				Shared: self.Shared,
				Listen: self.Config.Vault.Listen, CA: filepath.Join(self.Config.Dir, "vault-ca.pem"), Owners: self.Config.Vault.Owners, Threshold: self.Config.Vault.Threshold,
			},
			LogKey: tacit.LogKey{Manager: self.Node.Key.Address(), Name: name, Public: self.LogKey.Public().(ed25519.PublicKey)},
		})
	}, standby)
}

// standby answers for the vault of a replica that does not lead.
func standby(ctx context.Context, cfg inside.Config, peek func(string) ([]byte, error)) error {
	if cfg.Vault.Listen == "" {
		return nil
	}
	return manager.Standby{Listen: cfg.Vault.Listen, Peek: peek}.Run(ctx)
}
