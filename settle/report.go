package settle

import (
	"context"
	"errors"

	ethereum "github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// A Verdict is what the contracts would do about a dispute, in gwei.
type Verdict struct {
	Against  wire.Address `json:"against"`  // whose stake it takes; zero is nobody's
	Stake    tacit.Money  `json:"stake"`    // that this node has now
	Taken    tacit.Money  `json:"taken"`    // of it
	Reward   tacit.Money  `json:"reward"`   // of what is taken, for whoever brings it
	Bond     tacit.Money  `json:"bond"`     // put up with it, and given back with the reward
	Returned tacit.Money  `json:"returned"` // debits that users get back
}

// Weigh judges a dispute as Judge does and says what would become of it now.
// Whom it costs is what the contracts find, not what the dispute says.
func (c *Client) Weigh(ctx context.Context, d tacit.Dispute) (Verdict, error) {
	p, err := c.plead(ctx, d)
	if err != nil {
		return Verdict{}, err
	}
	found, err := c.judge(ctx, d, p)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Bond: d.Bond(c.params)}
	switch {
	case v.Bond != 0: // the registry says who it is, and in what
		if len(found) < 32 {
			return Verdict{}, fault.New(fault.ConsField, "judge %s: the contract answers %d bytes", d.Kind, len(found))
		}
		v.Against = wire.Address(common.BytesToAddress(found[:32]))
	case d.Kind == tacit.DisputeDirect:
		list, err := c.DirectPayouts(ctx, d.Shown[0].Settlement.Task)
		for _, payout := range list {
			v.Returned += payout.Amount
		}
		return v, err
	default:
		v.Against = d.Shown[0].Dispatcher
		b, err := c.Batch(ctx, v.Against, d.Shown[0].Number)
		if err != nil {
			return Verdict{}, err
		}
		v.Returned = b.Total
	}
	n, err := c.Node(ctx, v.Against)
	if errors.Is(err, fault.APINotFound) { // a dispatcher that is gone has nothing to take
		return v, nil
	}
	v.Stake = n.Stake
	v.Taken = n.Stake * c.params.SlashPart / 1000
	v.Reward = v.Taken / 10
	return v, err
}

// judge asks the contracts what they find.
func (c *Client) judge(ctx context.Context, d tacit.Dispute, p plea) ([]byte, error) {
	to := common.Address(p.contract)
	out, err := c.backend.CallContract(ctx, ethereum.CallMsg{From: common.Address(c.Account()), To: &to, Data: p.judge}, nil)
	if err != nil {
		return nil, chainFault("judge "+d.Kind, err)
	}
	return out, nil
}
