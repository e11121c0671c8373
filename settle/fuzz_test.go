package settle

import (
	"testing"

	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"tacit/settle/bindings"
)

// FuzzAnswer gives every list and record that is read from a chain whatever an
// end point answers.
func FuzzAnswer(f *testing.F) {
	registry, catalogue, escrow, epochs := bindings.NewRegistry(), bindings.NewCatalogue(), bindings.NewEscrow(), bindings.NewEpochs()
	for _, seed := range []struct {
		meta   *bind.MetaData
		method string
		value  any
	}{
		{&bindings.RegistryMetaData, "nodes", []bindings.RegistryNode{{Region: "eu", Endpoint: "127.0.0.1:1"}}},
		{&bindings.CatalogueMetaData, "entries", []bindings.CatalogueEntry{{Name: "acme/sum"}}},
		{&bindings.EscrowMetaData, "deposits", []bindings.Deposit{{Amount: 1}}},
	} {
		contract, err := seed.meta.ParseABI()
		if err != nil {
			f.Fatal(err)
		}
		answer, err := contract.Methods[seed.method].Outputs.Pack(seed.value)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(answer)
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		if list, err := registry.UnpackNodes(answer); err == nil {
			_ = mapAll(list, fromNode)
		}
		if list, err := catalogue.UnpackEntries(answer); err == nil {
			_ = mapAll(list, fromEntry)
		}
		if list, err := escrow.UnpackDeposits(answer); err == nil {
			_ = mapAll(list, fromDeposit)
		}
		_, _ = epochs.UnpackHeader(answer)
		_, _ = epochs.UnpackTicketEvent(&types.Log{Topics: []common.Hash{eventID(&bindings.EpochsMetaData, "Ticket")}, Data: answer})
		if p, err := epochs.UnpackParams(answer); err == nil {
			_ = fromParams(p)
		}
	})
}
