package settle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"

	"tacit/fault"
	"tacit/settle/bindings"
)

// codes says which fault a contract's error is; those that are not named are
// CHAIN_REVERT.
var codes = map[string]fault.Code{
	"AlreadySettled":   fault.ChainSettled,
	"AlreadyClaimed":   fault.ChainSettled,
	"AlreadySlashed":   fault.ChainSettled,
	"DepositShort":     fault.PayDeposit,
	"OtherDispatcher":  fault.PayDeposit,
	"WithdrawLocked":   fault.PayDeposit,
	"FeeAbove":         fault.PayFee,
	"BadSignature":     fault.KeySignature,
	"BadPath":          fault.ChainProof,
	"PoolUnknown":      fault.ChainProof,
	"SeatInvalid":      fault.ChainProof,
	"NoQuorum":         fault.KeyQuorum,
	"CertificateShort": fault.KeyQuorum,
	"PartMismatch":     fault.ConsField,
	"VoteField":        fault.ConsField,
	"VoteSignature":    fault.ConsField,
	"NotOneSigner":     fault.ConsField,
	"HeaderSigners":    fault.ConsHeader,
	"HeaderQuorum":     fault.ConsHeader,
	"HeaderPrevious":   fault.ConsHeader,
	"HeaderUnknown":    fault.KeyFinality,
	"HeaderNumber":     fault.KeyGeneration,
	"NameInvalid":      fault.APIName,
	"UnknownEntry":     fault.APINotFound,
	"NotRegistered":    fault.APINotFound,
	"BatchUnknown":     fault.APINotFound,
	"NotSettled":       fault.APINotFound,
	"NodeField":        fault.APIField,
	"AnchorField":      fault.APIField,
	"AnchorAhead":      fault.APIField,
	"AnchorOld":        fault.KeyGeneration,
	"ArtefactInvalid":  fault.APIField,
	"KindInvalid":      fault.APIField,
	"LeafField":        fault.APIField,
	"ParamsInvalid":    fault.APIField,
	"KeyTaken":         fault.APIConflict,
	"Late":             fault.TaskTimeout,
	"DeadlineFar":      fault.TaskTimeout,
	"ArtefactMissing":  fault.ConsField,
	"NotVotedOn":       fault.ConsField,
	"NoContradiction":  fault.ChainUnproven,
	"NotAccepted":      fault.ChainUnproven,
	"EvidenceBound":    fault.ChainUnproven,
	"Covered":          fault.ChainUnproven,
	"NotFalse":         fault.ChainUnproven,
	"NotAssigned":      fault.ConsField,
	"DeadlineWrong":    fault.TaskTimeout,
	"DemandedBefore":   fault.ChainSettled,
	"NotDemanded":      fault.APINotFound,
	"AnswerField":      fault.APIField,
	"AnswerLate":       fault.VRFWithheld,
	"DemandOpen":       fault.VRFWithheld,
	"GovernorsInvalid": fault.APIField,
	"PoliciesFixed":    fault.ChainGovernors,
	"PolicyGeneration": fault.KeyGeneration,
	"PolicySize":       fault.APISize,
	"PolicySignatures": fault.APIField,
	"PolicyQuorum":     fault.ChainGovernors,
}

// contractErrors are the errors of all contracts by selector.
var contractErrors = sync.OnceValue(func() map[[4]byte]abi.Error {
	out := map[[4]byte]abi.Error{}
	for _, m := range []*bind.MetaData{
		&bindings.EpochsMetaData, &bindings.RegistryMetaData, &bindings.CatalogueMetaData,
		&bindings.EscrowMetaData, &bindings.DirectMetaData,
	} {
		parsed, err := m.ParseABI()
		if err != nil {
			panic(err) // the bindings are generated: impossible
		}
		for _, e := range parsed.Errors {
			out[[4]byte(e.ID[:4])] = e
		}
	}
	return out
})

// chainFault turns what a node answered into a fault: a contract's refusal by
// its name, else CHAIN_UNAVAILABLE.
func chainFault(op string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.ChainUnavailable, "%s: %w", op, err)
	}
	var data rpc.DataError
	if errors.As(err, &data) {
		if s, ok := data.ErrorData().(string); ok {
			if raw, bad := hexutil.Decode(s); bad == nil && len(raw) >= 4 {
				return revertFault(op, raw)
			}
		}
	}
	var answered rpc.Error
	switch text := err.Error(); {
	case strings.Contains(text, "insufficient funds"):
		return fault.New(fault.PayDeposit, "%s: the account cannot pay for value and gas: %w", op, err)
	case strings.Contains(text, "execution reverted"), errors.As(err, &answered):
		return fault.New(fault.ChainRevert, "%s: %w", op, err)
	}
	return fault.New(fault.ChainUnavailable, "%s: %w", op, err)
}

// revertFault names the contract's error.
func revertFault(op string, raw []byte) error {
	if e, ok := contractErrors()[[4]byte(raw[:4])]; ok {
		code, named := codes[e.Name]
		if !named {
			code = fault.ChainRevert
		}
		args, err := e.Inputs.Unpack(raw[4:])
		if err != nil {
			args = nil
		}
		text := make([]string, len(args))
		for i, a := range args {
			text[i] = e.Inputs[i].Name + "=" + fmt.Sprint(a)
		}
		return &Revert{fault.New(code, "%s: %s(%s)", op, e.Name, strings.Join(text, ", ")), e.Name}
	}
	if reason, err := abi.UnpackRevert(raw); err == nil {
		return fault.New(fault.ChainRevert, "%s: %s", op, reason)
	}
	return fault.New(fault.ChainRevert, "%s: unknown reason %x", op, raw)
}

// A Revert is a contract's refusal; Name is the contract's error.
type Revert struct {
	Fault *fault.Error
	Name  string
}

// Error is the fault's text.
func (r *Revert) Error() string { return r.Fault.Error() }

// Unwrap returns the fault.
func (r *Revert) Unwrap() error { return r.Fault }

// Reason is the name of the contract's error in err, or "".
func Reason(err error) string {
	var r *Revert
	if errors.As(err, &r) {
		return r.Name
	}
	return ""
}
