package tacit

import (
	"context"

	"tacit/wire"
)

// A Permit is an account's leave to touch another's keys with a prefix. Without
// Read and Write it is none.
type Permit struct {
	Account wire.Address // to whom it is given
	Prefix  string       // of keys; begins with the address of who gives it, and a slash
	Read    bool         // Get, Range and Watch, and conditions of a Txn
	Write   bool         // writes of a Txn
}

// A Tenancy is one account's part of a Store that many share. A key or lease is
// named behind its owner's address and a slash, by whoever names it. What names
// something that the account may not touch is STORE_DENIED as a whole, whether there
// is such a thing or not.
//
// A lease belongs to the account that was granted it; nobody else renews, revokes,
// ties keys to it or writes under it.
type Tenancy interface {
	Store
	// Permit gives leave in the place of what this account had for this prefix.
	Permit(ctx context.Context, p Permit) error
	// Permits lists what the account gave, by account and prefix.
	Permits(ctx context.Context) ([]Permit, error)
}
