// Package dispatchers is the main of the dispatcher's image, but for the
// schemes that it links.
package dispatchers

import (
	"context"

	"tacit"
	"tacit/cmd/internal/inside"
	"tacit/node/dispatcher"
)

// Main runs a dispatcher and returns the exit status.
func Main(schemes inside.Schemes) int {
	return inside.Main(tacit.RoleDispatcher, schemes, func(ctx context.Context, self inside.Self) error {
		return dispatcher.Run(ctx, dispatcher.Config{Node: self.Node, Listen: self.Config.Listen, Store: self.Store, VRF: self.VRF})
	})
}
