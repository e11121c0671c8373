package client

import (
	"context"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// purse is an account's side of the chain, which remembers what was deposited.
type purse struct {
	Ledger
	now  tacit.Deposit
	paid tacit.Money
}

func (p *purse) Deposited(context.Context) (tacit.Deposit, error) { return p.now, nil }

func (p *purse) Deposit(_ context.Context, _ wire.Address, amount tacit.Money) error {
	p.paid += amount
	return nil
}

// still is a chain that goes no further, seen by nobody.
type still struct{ Headers }

func (still) View() tacit.View { return tacit.View{} }

type unseen struct{ tacit.Gateway }

func (unseen) Deposit(context.Context, tacit.ProofRequest) (tacit.DepositReply, error) {
	return tacit.DepositReply{}, fault.New(fault.KeyFinality, "no header shows it")
}

// payer is a client who pays one dispatcher out of this purse.
func payer(t *testing.T, p *purse, dispatcher wire.Address) *Client {
	t.Helper()
	account, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Key: account, Headers: still{}, Gateway: unseen{}, Blobs: &fakes{}, Ledger: p, Identity: identity, DispatcherKey: dispatcher})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What is with another dispatcher, or still comes from there, is not added to: the contract
// would refuse it, without saying what to do.
func TestADepositIsWithOneDispatcher(t *testing.T) {
	mine, other := wire.Address{1}, wire.Address{2}
	for _, tt := range []struct {
		name string
		now  tacit.Deposit
		want fault.Code
		paid tacit.Money
	}{
		{"with another", tacit.Deposit{Dispatcher: other, Amount: 1}, fault.PayDeposit, 0},
		{"on its way from another", tacit.Deposit{Dispatcher: other, Leaving: 1}, fault.PayDeposit, 0},
		{"twin: nowhere", tacit.Deposit{}, fault.KeyFinality, 9}, // paid, and no header comes here
		{"twin: taken from another", tacit.Deposit{Dispatcher: other}, fault.KeyFinality, 9},
		{"twin: on its way from this one", tacit.Deposit{Dispatcher: mine, Leaving: 1}, fault.KeyFinality, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &purse{now: tt.now}
			c := payer(t, p, mine)
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer stop()
			_, err := c.Pay(ctx, Plan{Wish: Wish{MaxFee: 9}, Prices: tacit.Prices{Service: 5}})
			if fault.Of(err) != tt.want || p.paid != tt.paid {
				t.Errorf("Pay = %v with %d paid, want %s with %d", err, p.paid, tt.want, tt.paid)
			}
			if tt.want == fault.PayDeposit && !strings.Contains(err.Error(), "tacit wallet withdraw") {
				t.Errorf("Pay = %v does not say what to do", err)
			}
		})
	}
}

// What earlier tasks hold of a deposit is no part of what a task can have: the
// dispatcher says so, and then the whole price is paid beside it.
func TestPayMorePaysBesideWhatIsThere(t *testing.T) {
	mine := wire.Address{1}
	for _, tt := range []struct {
		name string
		pay  func(*Client, context.Context, Plan) (tacit.Money, error)
		paid tacit.Money
	}{
		{"more", (*Client).PayMore, 9},
		{"twin: enough", (*Client).Pay, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &purse{now: tacit.Deposit{Dispatcher: mine, Amount: 7}}
			c := payer(t, p, mine)
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer stop()
			if paid, _ := tt.pay(c, ctx, Plan{Wish: Wish{MaxFee: 9}, Prices: tacit.Prices{Service: 5}}); paid != tt.paid || p.paid != tt.paid {
				t.Errorf("paid %d and said %d, want %d", p.paid, paid, tt.paid)
			}
		})
	}
}
