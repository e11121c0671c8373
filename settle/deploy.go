package settle

import (
	"context"
	"time"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/settle/bindings"
	"tacit/wire"
)

// Deploy puts the contracts of the network that a genesis file describes on the
// chain. The contracts name each other, so their addresses are
// computed from the deployer's nonce first; the deployer must send nothing else
// meanwhile. Gas is about 15 million in five transactions, which appear in
// receipts in the order of Addresses.
func Deploy(ctx context.Context, backend Backend, deployer *key.Signer, g tacit.Genesis) (Addresses, error) {
	at, _, err := deploy(ctx, backend, deployer, g)
	return at, err
}

func deploy(ctx context.Context, backend Backend, deployer *key.Signer, g tacit.Genesis) (Addresses, []Receipt, error) {
	c := &Client{backend: backend, signer: deployer, poll: 100 * time.Millisecond}
	var err error
	if c.chainID, err = backend.ChainID(ctx); err != nil {
		return Addresses{}, nil, fault.New(fault.ChainUnavailable, "deploy contracts: %w", err)
	}
	from := common.Address(deployer.Address())
	nonce, err := backend.PendingNonceAt(ctx, from)
	if err != nil {
		return Addresses{}, nil, fault.New(fault.ChainUnavailable, "deploy contracts: %w", err)
	}
	at := func(i uint64) wire.Address { return wire.Address(crypto.CreateAddress(from, nonce+i)) }
	a := Addresses{Epochs: at(0), Registry: at(1), Catalogue: at(2), Escrow: at(3), Direct: at(4)}

	code := func(m *bind.MetaData, args []byte) []byte { return append(common.FromHex(m.Bin), args...) }
	var receipts []Receipt
	for _, step := range []struct {
		name string
		code []byte
		want wire.Address
	}{
		{"Epochs", code(&bindings.EpochsMetaData, bindings.NewEpochs().PackConstructor(g.Digest(), g.Header().Signers, toParams(g.Params), toGovernance(g),
			address(a.Registry), address(a.Catalogue), address(a.Escrow), address(a.Direct))), a.Epochs},
		{"Registry", code(&bindings.RegistryMetaData, bindings.NewRegistry().PackConstructor(address(a.Epochs))), a.Registry},
		{"Catalogue", code(&bindings.CatalogueMetaData, nil), a.Catalogue},
		{"Escrow", code(&bindings.EscrowMetaData, bindings.NewEscrow().PackConstructor(address(a.Epochs))), a.Escrow},
		{"Direct", code(&bindings.DirectMetaData, bindings.NewDirect().PackConstructor(address(a.Epochs))), a.Direct},
	} {
		short, mined, err := c.send(ctx, "deploy "+step.name, nil, step.code, 0)
		if err != nil {
			return Addresses{}, nil, err
		}
		if wire.Address(mined.ContractAddress) != step.want {
			return Addresses{}, nil, fault.Denied(fault.APIConflict, "deploy "+step.name, "address", step.want.String(), wire.Address(mined.ContractAddress).String())
		}
		receipts = append(receipts, short)
	}
	return a, receipts, nil
}
