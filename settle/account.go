package settle

import (
	"context"

	"tacit"
	"tacit/wire"
)

// An Account is a Client as the room of users and owners wants the chain: with
// its own account, and without receipts.
type Account struct{ Client *Client }

// Publish puts an entry into the catalogue and returns it as it stands there.
func (a Account) Publish(ctx context.Context, e tacit.Entry) (tacit.Entry, error) {
	out, _, err := a.Client.Publish(ctx, e)
	return out, err
}

// Deposit moves money from the account to its deposit with a dispatcher.
func (a Account) Deposit(ctx context.Context, dispatcher wire.Address, amount tacit.Money) error {
	_, err := a.Client.Deposit(ctx, dispatcher, amount)
	return err
}

// Deposited is what the account has on deposit now, and with whom.
func (a Account) Deposited(ctx context.Context) (tacit.Deposit, error) {
	return a.Client.DepositOf(ctx, a.Client.Account())
}

// Wallet is what the account could still deposit.
func (a Account) Wallet(ctx context.Context) (tacit.Money, error) {
	return a.Client.Balance(ctx, a.Client.Account())
}

// SetTerms gives an entry of the account new terms and a new price.
func (a Account) SetTerms(ctx context.Context, id, terms wire.Digest, price tacit.Money) (tacit.Entry, error) {
	e, _, err := a.Client.SetTerms(ctx, id, terms, price)
	return e, err
}

// Retire says that an entry of the account is offered no longer.
func (a Account) Retire(ctx context.Context, id wire.Digest) (tacit.Entry, error) {
	e, _, err := a.Client.Retire(ctx, id)
	return e, err
}
