// Code generated via abigen V2 - DO NOT EDIT.
// This file is a generated binding and any manual changes will be lost.

package bindings

import (
	"bytes"
	"errors"
	"math/big"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
)

// Reference imports to suppress errors if they are not otherwise used.
var (
	_ = bytes.Equal
	_ = errors.New
	_ = big.NewInt
	_ = common.Big1
	_ = types.BloomLookup
	_ = abi.ConvertType
)

// Acceptance is an auto generated low-level Go binding around an user-defined struct.
type Acceptance struct {
	Task     [32]byte
	User     common.Address
	Sequence uint64
	Fee      uint64
	Reserved uint64
	Epoch    uint64
}

// Answer is an auto generated low-level Go binding around an user-defined struct.
type Answer struct {
	Assignment [32]byte
	Node       common.Address
	Leaf       [32]byte
	Code       [32]byte
}

// Assignment is an auto generated low-level Go binding around an user-defined struct.
type Assignment struct {
	Task       [32]byte
	Epoch      uint64
	Attempt    uint8
	Seed       [32]byte
	Places     []Place
	Seats      []common.Address
	Challenges [32]byte
}

// Batch is an auto generated low-level Go binding around an user-defined struct.
type Batch struct {
	Dispatcher common.Address
	Number     uint64
	Epoch      uint64
	Leaves     [32]byte
	Payouts    [32]byte
	Debits     [32]byte
	Total      uint64
}

// CatalogueEntry is an auto generated low-level Go binding around an user-defined struct.
type CatalogueEntry struct {
	Id         [32]byte
	Name       string
	Owner      common.Address
	Kind       uint8
	Generation uint64
	Artefact   Sealed
	Price      uint64
	Terms      [32]byte
	Retired    bool
}

// Debit is an auto generated low-level Go binding around an user-defined struct.
type Debit struct {
	User   common.Address
	Amount uint64
}

// Deposit is an auto generated low-level Go binding around an user-defined struct.
type Deposit struct {
	User       common.Address
	Dispatcher common.Address
	Amount     uint64
	Leaving    uint64
	Unlock     uint64
}

// DirectProof is an auto generated low-level Go binding around an user-defined struct.
type DirectProof struct {
	Task          Task
	UserSig       []byte
	Acceptance    Acceptance
	AcceptanceSig []byte
	Assignment    Assignment
	AssignmentSig []byte
	Vote          Vote
	Holders       []DirectProven
	VoteSigs      [][]byte
	Worker        DirectProven
	Workers       PoolRoot
	Verifiers     PoolRoot
	Leaf          Leaf
	LeafSig       []byte
	Seal          [32]byte
	Receipt       common.Address
	Own           []Sealed
	Releases      [][]byte
}

// DirectProven is an auto generated low-level Go binding around an user-defined struct.
type DirectProven struct {
	Member Member
	Path   [][32]byte
}

// EpochHeader is an auto generated low-level Go binding around an user-defined struct.
type EpochHeader struct {
	Number      uint64
	BlockNumber uint64
	BlockHash   [32]byte
	Time        uint64
	Beacon      [32]byte
	Nodes       [32]byte
	Workers     [32]byte
	Verifiers   [32]byte
	Catalogue   [32]byte
	Deposits    [32]byte
	Policy      [32]byte
	Generation  uint64
	Signers     [32]byte
	Previous    [32]byte
}

// EpochsGovernance is an auto generated low-level Go binding around an user-defined struct.
type EpochsGovernance struct {
	Governors  []common.Address
	Threshold  uint8
	Policy     [32]byte
	Generation uint64
}

// EpochsHeader is an auto generated low-level Go binding around an user-defined struct.
type EpochsHeader struct {
	Digest      [32]byte
	Beacon      [32]byte
	Workers     [32]byte
	Verifiers   [32]byte
	Signers     [32]byte
	BlockNumber uint64
	Posted      uint64
}

// EscrowApproval is an auto generated low-level Go binding around an user-defined struct.
type EscrowApproval struct {
	Member Member
	Path   [][32]byte
	Seats  []uint8
	Sig    []byte
}

// EscrowRecord is an auto generated low-level Go binding around an user-defined struct.
type EscrowRecord struct {
	Leaves    [32]byte
	Payouts   [32]byte
	Debits    [32]byte
	Total     uint64
	Remaining uint64
	Posted    uint64
	Order     uint64
	Voided    bool
}

// EscrowShown is an auto generated low-level Go binding around an user-defined struct.
type EscrowShown struct {
	Dispatcher common.Address
	Number     uint64
	Settlement Settlement
	Path       [][32]byte
}

// Evidence is an auto generated low-level Go binding around an user-defined struct.
type Evidence struct {
	Scheme     string
	Report     []byte
	Collateral [32]byte
}

// Input is an auto generated low-level Go binding around an user-defined struct.
type Input struct {
	Kind  uint8
	Name  string
	Ref   [32]byte
	Index uint64
}

// Leaf is an auto generated low-level Go binding around an user-defined struct.
type Leaf struct {
	Kind       [32]byte
	Task       [32]byte
	Assignment [32]byte
	Attempt    uint8
	Place      uint8
	Commitment [32]byte
	Output     [32]byte
	Exit       uint8
	Bucket     uint8
}

// Member is an auto generated low-level Go binding around an user-defined struct.
type Member struct {
	Index    uint64
	Key      common.Address
	Operator common.Address
	Stake    uint64
	Start    uint64
	Level    uint8
	Vrf      [32]byte
	Region   string
}

// Params is an auto generated low-level Go binding around an user-defined struct.
type Params struct {
	EpochLength     uint64
	Finality        uint64
	TicketClose     uint64
	Deadline        uint64
	SettleWindow    uint64
	ChallengeWindow uint64
	WithdrawDelay   uint64
	UnbondDelay     uint64
	Seats           uint8
	Operators       uint8
	MinStake        uint64
	SlashPart       uint64
	SeatFee         uint64
	DispatchFee     uint64
	WorkerPrice     [8]uint64
}

// Payout is an auto generated low-level Go binding around an user-defined struct.
type Payout struct {
	Payee  common.Address
	Amount uint64
}

// Place is an auto generated low-level Go binding around an user-defined struct.
type Place struct {
	Index  uint8
	Worker common.Address
}

// PoolRoot is an auto generated low-level Go binding around an user-defined struct.
type PoolRoot struct {
	Root  [32]byte
	Count uint64
	Total uint64
}

// Recipient is an auto generated low-level Go binding around an user-defined struct.
type Recipient struct {
	Kind uint8
	Ref  [32]byte
	Key  []byte
}

// RegistryNode is an auto generated low-level Go binding around an user-defined struct.
type RegistryNode struct {
	Key            common.Address
	Operator       common.Address
	Roles          uint16
	Level          uint8
	Stake          uint64
	Vrf            [32]byte
	Registered     uint64
	Leaving        uint64
	Region         string
	Endpoint       string
	AnchorRevision uint64
	Recoveries     uint32
	AnchorDigest   [32]byte
}

// Requirements is an auto generated low-level Go binding around an user-defined struct.
type Requirements struct {
	Level       uint8
	Fuel        uint64
	MemoryBytes uint64
	Output      uint64
	RunSeconds  uint32
	Purpose     string
	Region      string
}

// Sealed is an auto generated low-level Go binding around an user-defined struct.
type Sealed struct {
	Header   [32]byte
	Root     [32]byte
	Plain    [32]byte
	Identity [32]byte
	Manager  common.Address
	Size     uint64
}

// Settlement is an auto generated low-level Go binding around an user-defined struct.
type Settlement struct {
	Task     [32]byte
	User     common.Address
	Fee      uint64
	Deadline uint64
	Receipt  [32]byte
	Sigs     [32]byte
}

// Task is an auto generated low-level Go binding around an user-defined struct.
type Task struct {
	User         common.Address
	Nonce        uint64
	Kind         [32]byte
	Service      [32]byte
	Generation   uint64
	Inputs       []Input
	Params       [32]byte
	Recipients   []Recipient
	Requirements Requirements
	Dispatcher   common.Address
	MaxFee       uint64
	Deadline     uint64
}

// Vote is an auto generated low-level Go binding around an user-defined struct.
type Vote struct {
	Epoch      uint64
	Task       [32]byte
	Assignment [32]byte
	Attempt    uint8
	Place      uint8
	Evidence   [32]byte
	Keys       [32]byte
	Policy     [32]byte
	Generation uint64
	Accept     bool
	Code       [32]byte
}

// CatalogueMetaData contains all meta data concerning the Catalogue contract.
var CatalogueMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[],\"name\":\"ArtefactInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"input\",\"type\":\"uint256\"}],\"name\":\"ArtefactMissing\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"}],\"name\":\"KindInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"}],\"name\":\"NameInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"NotOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"Retired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"UnknownEntry\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"}],\"name\":\"Published\",\"type\":\"event\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed[]\",\"name\":\"own\",\"type\":\"tuple[]\"}],\"name\":\"artefactsOf\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed[]\",\"name\":\"list\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"from\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"n\",\"type\":\"uint256\"}],\"name\":\"entries\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed\",\"name\":\"artefact\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"retired\",\"type\":\"bool\"}],\"internalType\":\"structCatalogue.Entry[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"entry\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed\",\"name\":\"artefact\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"retired\",\"type\":\"bool\"}],\"internalType\":\"structCatalogue.Entry\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"newest\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"handle\",\"type\":\"string\"}],\"name\":\"ownerOf\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed\",\"name\":\"artefact\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"}],\"name\":\"publish\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"quote\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"retire\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"}],\"name\":\"setTerms\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "bb9cb51b2362c10f87fac773a7934d23a4",
	Bin: "0x60808060405234601557611a20908161001a8239f35b5f80fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816306661abd146110c95750806317b937e614610f3b5780631f2b6f2314610e6b5780637d98997514610dab578063920ffa2614610d4a57806399f2905514610cf1578063b62796851461091e578063c6c2397c1461083d578063de7e0775146100cd5763eeb2fd761461008a575f80fd5b346100c95760403660031901126100c9576100c56100b16100a96111d4565b6004356115de565b6040519182916020835260208301906110e2565b0390f35b5f80fd5b346100c9576101403660031901126100c95760043567ffffffffffffffff81116100c9576100ff9036906004016111eb565b906024359060ff8216918281036100c95760c03660431901126100c957610104359067ffffffffffffffff82168092036100c9575f199160418611610821575f925b868410156102cf577fff0000000000000000000000000000000000000000000000000000000000000084860135167f2f000000000000000000000000000000000000000000000000000000000000008114806102c5575b156101aa5750506001835b0192610141565b7f6100000000000000000000000000000000000000000000000000000000000000819592951015908161029a575b811561023e575b8115610214575b50156101f4576001906101a3565b60405163e0d0921760e01b8152806102108988600484016119f9565b0390fd5b7f2d00000000000000000000000000000000000000000000000000000000000000915014886101e6565b90507f300000000000000000000000000000000000000000000000000000000000000081101580610270575b906101df565b507f390000000000000000000000000000000000000000000000000000000000000081111561026a565b7f7a0000000000000000000000000000000000000000000000000000000000000081111591506101d8565b505f198214610198565b8695919293505f1981148015610819575b801561080f575b6107d4576102f58187611219565b5f1981019081116107fb5780159081156107f0575b506107d4578581116100c95761032290369086611367565b60208151910120805f5260016020526001600160a01b0360405f205416155f1461078b575f52600160205260405f206001600160a01b03331673ffffffffffffffffffffffffffffffffffffffff198254161790555b600181141580610780575b61070b576044359283158015610776575b801561075e575b610736576103aa368787611367565b6020815191012095865f52600260205260405f20956001870193845467ffffffffffffffff8160a81c16155f146106e35750505f54680100000000000000008110156106cf578060016103ff92015f55611330565b81549060031b908a821b915f19901b191617905567ffffffffffffffff82116106cf5761042c87546114ae565b601f811161067e575b505f90601f831160011461060a57928267ffffffffffffffff93600496936104e7965f926105ff575b50508160011b915f199060031b1c19161788555b81547fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff33167fffffffffffffffffffffff0000000000000000000000000000000000000000009091161760a09190911b74ff0000000000000000000000000000000000000000161781555b5460a81c166114e6565b92855f528160205260405f2067ffffffffffffffff85165f5260205260405f209081556064356001820155608435600282015560a435600382015501916001600160a01b03610534611498565b1673ffffffffffffffffffffffffffffffffffffffff1984541617835560e4359067ffffffffffffffff821682036100c9576105ec938267ffffffffffffffff93507fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b169116179055604051926105cd84611226565b610124358452602084015216928360408301525f60608301528461176c565b5060408051928352602083019190915290f35b013590508b8061045e565b601f19831691885f5260205f20925f5b818110610666575093600496936104e796936001938367ffffffffffffffff981061064d575b505050811b018855610472565b01355f19600384901b60f8161c191690558b8080610640565b9193602060018192878701358155019501920161061a565b8281111561043557875f5260205f20601f840160051c90602085106106c7575b81601f9101920160051c03905f5b8281106106ba575050610435565b5f828201556001016106ac565b5f915061069e565b634e487b7160e01b5f52604160045260245ffd5b90935083925060ff915060a01c160361070b57506104e767ffffffffffffffff6004926104dd565b7f4ffbc274000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7ffa99a22f000000000000000000000000000000000000000000000000000000005f5260045ffd5b506001600160a01b0361076f611498565b161561039b565b5060643515610394565b506002811415610383565b805f5260016020526001600160a01b0360405f20541633036107ad5750610378565b5f5260016020526001600160a01b0360405f20541663245aecd360e01b5f5260045260245ffd5b60405163e0d0921760e01b8152806102108888600484016119f9565b60209150118761030a565b634e487b7160e01b5f52601160045260245ffd5b50602081116102e7565b5080156102e0565b60405163e0d0921760e01b8152806102108887600484016119f9565b346100c95760603660031901126100c9576004356044359067ffffffffffffffff82168092036100c9576020918161087761090c93611709565b90805f526003855260405f2067ffffffffffffffff80600185015460a81c16165f52855260405f206001604051916108ae83611226565b8054835201549067ffffffffffffffff821687820152606060ff67ffffffffffffffff8460401c169384604085015260801c161515910152604051936108f385611226565b60243585528685015260408401525f606084015261176c565b67ffffffffffffffff60405191168152f35b346100c95760403660031901126100c95760043567ffffffffffffffff81116100c9578060040161018060031983360301126100c95760243567ffffffffffffffff81116100c957366023820112156100c95780600401359067ffffffffffffffff82116100c95760248101906024369160c085020101116100c95760a48401926109a984826113ad565b9160c487013591508115908115610ce057600184018085116107fb57975b6109d08961129d565b986109de6040519a8b61127b565b808a526109ed601f199161129d565b015f5b818110610cc8575050806064610a0b6084610a1394016113e3565b9101356118c0565b610a1c89611346565b52610a2688611346565b505f965f5b858110610b7f5750505015610aeb575b5050508103610ad957506040518091602082016020835281518091526020604084019201905f5b818110610a70575050500390f35b91935091602060c082610acb600194885167ffffffffffffffff60a08092805185526020810151602086015260408101516040860152606081015160608601526001600160a01b036080820151166080860152015116910152565b019401910191849392610a62565b6303c8da0360e41b5f5260045260245ffd5b838592939514908115610b59575b50610b4657610b129083610b0c8261148a565b95611406565b90600181018091116107fb57610b2c610b3d923690611416565b610b368287611353565b5284611353565b50838080610a3b565b506303c8da0360e41b5f5260045260245ffd5b9050610b77610b7236610b6d85888a611406565b611416565b611966565b141586610af9565b610b8982846113ad565b821015610cb4578160051b81013590607e19813603018212156100c95701600160ff610bb4836113f8565b1614610c7e57600260ff610bc7836113f8565b1614159081610c66575b8115610c5c575b888b8b8415610c36575b50505050610ad957610bfe610bf68a61148a565b998989611406565b9060018101918282116107fb57828c610c27600195610c21610c2e953690611416565b92611353565b528c611353565b505b01610a2b565b604093945091610b6d610b7292610c4e943693611406565b91013514158b888b8b610be2565b8a8a149150610bd8565b9050600360ff610c75836113f8565b16141590610bd1565b806040610a0b6060610c9094016113e3565b9060018101918282116107fb5782610cae91610c276001958f611353565b50610c30565b634e487b7160e01b5f52603260045260245ffd5b808b60208093610cd66112b5565b92010152016109f0565b600284018085116107fb57976109c7565b346100c95760203660031901126100c957600435805f52600260205267ffffffffffffffff600160405f20015460a81c168015610d3357602090604051908152f35b50632c859ae760e01b5f526004525f60245260445ffd5b346100c95760203660031901126100c95760043567ffffffffffffffff81116100c957610d7e610d859136906004016111eb565b3691611367565b602081519101205f52600160205260206001600160a01b0360405f205416604051908152f35b346100c95760403660031901126100c957600435610dc76111d4565b90805f52600260205267ffffffffffffffff60405f2092169182158015610e51575b610e3b579160016060930154915f52600360205260405f20905f5260205267ffffffffffffffff600160405f200154166001600160a01b036040519260ff8160a01c1684521660208301526040820152f35b50632c859ae760e01b5f5260045260245260445ffd5b5067ffffffffffffffff600182015460a81c168311610de9565b346100c95760203660031901126100c957600435610e8881611709565b815f52600360205260405f2067ffffffffffffffff80600184015460a81c16165f5260205260405f2090600160405192610ec184611226565b80548452015467ffffffffffffffff8116602084015267ffffffffffffffff8160401c16604084015260ff606084019160801c161515808252610f0f5790602093600161090c94935261176c565b837fa413ea3a000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346100c95760403660031901126100c9575f546004359060243590808310611092575050805b610f6b8282611219565b91610f758361129d565b92610f83604051948561127b565b808452610f92601f199161129d565b015f5b81811061107b575050805b82811061100e57836040518091602082016020835281518091526040830190602060408260051b8601019301915f905b828210610fdf57505050500390f35b91936001919395506020610ffe8192603f198a820301865288516110e2565b9601920192018594939192610fd0565b80611074611058611020600194611330565b90549060031b1c61103084611330565b90549060031b1c5f52600260205267ffffffffffffffff8560405f20015460a81c16906115de565b6110628584611219565b9061106d8289611353565b5286611353565b5001610fa0565b6020906110866112e5565b82828801015201610f95565b8161109d8483611219565b11156110c25750810180821115610f6157634e487b7160e01b5f52601160045260245ffd5b9050610f61565b346100c9575f3660031901126100c9576020905f548152f35b9060206101006101e09380518452828101516101c0848601528051938491826101c0880152018686015e5f8584860101526001600160a01b03604082015116604085015260ff606082015116606085015267ffffffffffffffff608082015116608085015261119e60a082015160a086019067ffffffffffffffff60a08092805185526020810151602086015260408101516040860152606081015160608601526001600160a01b036080820151166080860152015116910152565b60c081015167ffffffffffffffff1661016085015260e0810151610180850152015115156101a0830152601f01601f1916010190565b6024359067ffffffffffffffff821682036100c957565b9181601f840112156100c95782359167ffffffffffffffff83116100c957602083818601950101116100c957565b919082039182116107fb57565b6080810190811067ffffffffffffffff8211176106cf57604052565b60c0810190811067ffffffffffffffff8211176106cf57604052565b610120810190811067ffffffffffffffff8211176106cf57604052565b90601f8019910116810190811067ffffffffffffffff8211176106cf57604052565b67ffffffffffffffff81116106cf5760051b60200190565b604051906112c282611242565b5f60a0838281528260208201528260408201528260608201528260808201520152565b604051906112f28261125e565b5f610100838281526060602082015282604082015282606082015282608082015261131b6112b5565b60a08201528260c08201528260e08201520152565b5f54811015610cb4575f805260205f2001905f90565b805115610cb45760200190565b8051821015610cb45760209160051b010190565b92919267ffffffffffffffff82116106cf5760405191611391601f8201601f19166020018461127b565b8294818452818301116100c9578281602093845f960137010152565b903590601e19813603018212156100c9570180359067ffffffffffffffff82116100c957602001918160051b360383136100c957565b3567ffffffffffffffff811681036100c95790565b3560ff811681036100c95790565b9190811015610cb45760c0020190565b91908260c09103126100c95760405161142e81611242565b8092803582526020810135602083015260408101356040830152606081013560608301526080810135906001600160a01b03821682036100c95760a091608084015201359067ffffffffffffffff821682036100c95760a00152565b5f1981146107fb5760010190565b60c4356001600160a01b03811681036100c95790565b90600182811c921680156114dc575b60208310146114c857565b634e487b7160e01b5f52602260045260245ffd5b91607f16916114bd565b67ffffffffffffffff60019116019067ffffffffffffffff82116107fb57565b5f9291815491611515836114ae565b808352926001811690811561156a575060011461153157505050565b5f9081526020812093945091925b838310611550575060209250010190565b60018160209294939454838587010152019101919061153f565b915050602093945060ff929192191683830152151560051b010190565b9060405161159481611242565b60a067ffffffffffffffff600483958054855260018101546020860152600281015460408601526003810154606086015201546001600160a01b0381166080850152821c16910152565b906115e76112e5565b50815f52600260205267ffffffffffffffff60405f20911690811580156116ef575b6116d8579060ff91835f52600360205260405f20825f526020526116af60405f20600183015493865f5260046020528560405f209560018401549667ffffffffffffffff808960401c16165f5260205261168161168860405f209554976040519b6116738d61125e565b8c5260405192838092611506565b038261127b565b60208a01526001600160a01b03811660408a015260a01c1660608801526080870152611587565b60a085015267ffffffffffffffff821660c085015260e084015260801c16151561010082015290565b5090632c859ae760e01b5f5260045260245260445ffd5b5067ffffffffffffffff600182015460a81c168211611609565b90815f52600260205260405f209160018301549067ffffffffffffffff8260a81c161561175657506001600160a01b03163381036117445750565b63245aecd360e01b5f5260045260245ffd5b632c859ae760e01b5f526004525f60245260445ffd5b906118bb7fa99141766db2af13e0ed1d10563165ca3a2a50ae1d4757981d71fc48276c2d029194939460018101958654966117b367ffffffffffffffff8960a81c166114e6565b977fffffff0000000000000000ffffffffffffffffffffffffffffffffffffffffff7cffffffffffffffff0000000000000000000000000000000000000000008a60a81b169116179055845f52600360205260405f2067ffffffffffffffff88165f52602052600160405f2082518155019067ffffffffffffffff602082015116908254917fffffffffffffffffffffffffffffff000000000000000000000000000000000070ff0000000000000000000000000000000060606fffffffffffffffff0000000000000000604086015160401b16940151151560801b169316171717905560405191829167ffffffffffffffff88168352604060208401526040830190611506565b0390a2565b9067ffffffffffffffff906118d36112b5565b501680158015611941575b61192b57815f52600460205260405f20915f52600360205260405f20905f5260205267ffffffffffffffff80600160405f20015460401c16165f5260205261192860405f20611587565b90565b90632c859ae760e01b5f5260045260245260445ffd5b50815f52600260205267ffffffffffffffff600160405f20015460a81c1681116118de565b6040516119e360208201927fb885f7584444396cd3ed5a601bebea3e9966f12862b692d0f21560222ff027d68452604083019067ffffffffffffffff60a08092805185526020810151602086015260408101516040860152606081015160608601526001600160a01b036080820151166080860152015116910152565b60e081526119f36101008261127b565b51902090565b90918060409360208452816020850152848401375f828201840152601f01601f191601019056",
}

// Catalogue is an auto generated Go binding around an Ethereum contract.
type Catalogue struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Catalogue) GetABI() abi.ABI {
	return c.abi
}

// NewCatalogue creates a new instance of Catalogue.
func NewCatalogue() *Catalogue {
	parsed, err := CatalogueMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Catalogue{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Catalogue) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackArtefactsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6279685.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function artefactsOf((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own) view returns((bytes32,bytes32,bytes32,bytes32,address,uint64)[] list)
func (catalogue *Catalogue) PackArtefactsOf(t Task, own []Sealed) []byte {
	enc, err := catalogue.abi.Pack("artefactsOf", t, own)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackArtefactsOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb6279685.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function artefactsOf((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own) view returns((bytes32,bytes32,bytes32,bytes32,address,uint64)[] list)
func (catalogue *Catalogue) TryPackArtefactsOf(t Task, own []Sealed) ([]byte, error) {
	return catalogue.abi.Pack("artefactsOf", t, own)
}

// UnpackArtefactsOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb6279685.
//
// Solidity: function artefactsOf((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own) view returns((bytes32,bytes32,bytes32,bytes32,address,uint64)[] list)
func (catalogue *Catalogue) UnpackArtefactsOf(data []byte) ([]Sealed, error) {
	out, err := catalogue.abi.Unpack("artefactsOf", data)
	if err != nil {
		return *new([]Sealed), err
	}
	out0 := *abi.ConvertType(out[0], new([]Sealed)).(*[]Sealed)
	return out0, nil
}

// PackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function count() view returns(uint256)
func (catalogue *Catalogue) PackCount() []byte {
	enc, err := catalogue.abi.Pack("count")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function count() view returns(uint256)
func (catalogue *Catalogue) TryPackCount() ([]byte, error) {
	return catalogue.abi.Pack("count")
}

// UnpackCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06661abd.
//
// Solidity: function count() view returns(uint256)
func (catalogue *Catalogue) UnpackCount(data []byte) (*big.Int, error) {
	out, err := catalogue.abi.Unpack("count", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackEntries is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17b937e6.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function entries(uint256 from, uint256 n) view returns((bytes32,string,address,uint8,uint64,(bytes32,bytes32,bytes32,bytes32,address,uint64),uint64,bytes32,bool)[] page)
func (catalogue *Catalogue) PackEntries(from *big.Int, n *big.Int) []byte {
	enc, err := catalogue.abi.Pack("entries", from, n)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEntries is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17b937e6.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function entries(uint256 from, uint256 n) view returns((bytes32,string,address,uint8,uint64,(bytes32,bytes32,bytes32,bytes32,address,uint64),uint64,bytes32,bool)[] page)
func (catalogue *Catalogue) TryPackEntries(from *big.Int, n *big.Int) ([]byte, error) {
	return catalogue.abi.Pack("entries", from, n)
}

// UnpackEntries is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x17b937e6.
//
// Solidity: function entries(uint256 from, uint256 n) view returns((bytes32,string,address,uint8,uint64,(bytes32,bytes32,bytes32,bytes32,address,uint64),uint64,bytes32,bool)[] page)
func (catalogue *Catalogue) UnpackEntries(data []byte) ([]CatalogueEntry, error) {
	out, err := catalogue.abi.Unpack("entries", data)
	if err != nil {
		return *new([]CatalogueEntry), err
	}
	out0 := *abi.ConvertType(out[0], new([]CatalogueEntry)).(*[]CatalogueEntry)
	return out0, nil
}

// PackEntry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xeeb2fd76.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function entry(bytes32 id, uint64 generation) view returns((bytes32,string,address,uint8,uint64,(bytes32,bytes32,bytes32,bytes32,address,uint64),uint64,bytes32,bool))
func (catalogue *Catalogue) PackEntry(id [32]byte, generation uint64) []byte {
	enc, err := catalogue.abi.Pack("entry", id, generation)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEntry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xeeb2fd76.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function entry(bytes32 id, uint64 generation) view returns((bytes32,string,address,uint8,uint64,(bytes32,bytes32,bytes32,bytes32,address,uint64),uint64,bytes32,bool))
func (catalogue *Catalogue) TryPackEntry(id [32]byte, generation uint64) ([]byte, error) {
	return catalogue.abi.Pack("entry", id, generation)
}

// UnpackEntry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xeeb2fd76.
//
// Solidity: function entry(bytes32 id, uint64 generation) view returns((bytes32,string,address,uint8,uint64,(bytes32,bytes32,bytes32,bytes32,address,uint64),uint64,bytes32,bool))
func (catalogue *Catalogue) UnpackEntry(data []byte) (CatalogueEntry, error) {
	out, err := catalogue.abi.Unpack("entry", data)
	if err != nil {
		return *new(CatalogueEntry), err
	}
	out0 := *abi.ConvertType(out[0], new(CatalogueEntry)).(*CatalogueEntry)
	return out0, nil
}

// PackNewest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x99f29055.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function newest(bytes32 id) view returns(uint64 generation)
func (catalogue *Catalogue) PackNewest(id [32]byte) []byte {
	enc, err := catalogue.abi.Pack("newest", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNewest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x99f29055.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function newest(bytes32 id) view returns(uint64 generation)
func (catalogue *Catalogue) TryPackNewest(id [32]byte) ([]byte, error) {
	return catalogue.abi.Pack("newest", id)
}

// UnpackNewest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x99f29055.
//
// Solidity: function newest(bytes32 id) view returns(uint64 generation)
func (catalogue *Catalogue) UnpackNewest(data []byte) (uint64, error) {
	out, err := catalogue.abi.Unpack("newest", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackOwnerOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x920ffa26.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function ownerOf(string handle) view returns(address)
func (catalogue *Catalogue) PackOwnerOf(handle string) []byte {
	enc, err := catalogue.abi.Pack("ownerOf", handle)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackOwnerOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x920ffa26.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function ownerOf(string handle) view returns(address)
func (catalogue *Catalogue) TryPackOwnerOf(handle string) ([]byte, error) {
	return catalogue.abi.Pack("ownerOf", handle)
}

// UnpackOwnerOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x920ffa26.
//
// Solidity: function ownerOf(string handle) view returns(address)
func (catalogue *Catalogue) UnpackOwnerOf(data []byte) (common.Address, error) {
	out, err := catalogue.abi.Unpack("ownerOf", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackPublish is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xde7e0775.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function publish(string name, uint8 kind, (bytes32,bytes32,bytes32,bytes32,address,uint64) artefact, uint64 price, bytes32 terms) returns(bytes32 id, uint64 generation)
func (catalogue *Catalogue) PackPublish(name string, kind uint8, artefact Sealed, price uint64, terms [32]byte) []byte {
	enc, err := catalogue.abi.Pack("publish", name, kind, artefact, price, terms)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPublish is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xde7e0775.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function publish(string name, uint8 kind, (bytes32,bytes32,bytes32,bytes32,address,uint64) artefact, uint64 price, bytes32 terms) returns(bytes32 id, uint64 generation)
func (catalogue *Catalogue) TryPackPublish(name string, kind uint8, artefact Sealed, price uint64, terms [32]byte) ([]byte, error) {
	return catalogue.abi.Pack("publish", name, kind, artefact, price, terms)
}

// PublishOutput serves as a container for the return parameters of contract
// method Publish.
type PublishOutput struct {
	Id         [32]byte
	Generation uint64
}

// UnpackPublish is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xde7e0775.
//
// Solidity: function publish(string name, uint8 kind, (bytes32,bytes32,bytes32,bytes32,address,uint64) artefact, uint64 price, bytes32 terms) returns(bytes32 id, uint64 generation)
func (catalogue *Catalogue) UnpackPublish(data []byte) (PublishOutput, error) {
	out, err := catalogue.abi.Unpack("publish", data)
	outstruct := new(PublishOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Id = *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	outstruct.Generation = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackQuote is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7d989975.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function quote(bytes32 id, uint64 generation) view returns(uint8 kind, address owner, uint64 price)
func (catalogue *Catalogue) PackQuote(id [32]byte, generation uint64) []byte {
	enc, err := catalogue.abi.Pack("quote", id, generation)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackQuote is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7d989975.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function quote(bytes32 id, uint64 generation) view returns(uint8 kind, address owner, uint64 price)
func (catalogue *Catalogue) TryPackQuote(id [32]byte, generation uint64) ([]byte, error) {
	return catalogue.abi.Pack("quote", id, generation)
}

// QuoteOutput serves as a container for the return parameters of contract
// method Quote.
type QuoteOutput struct {
	Kind  uint8
	Owner common.Address
	Price uint64
}

// UnpackQuote is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7d989975.
//
// Solidity: function quote(bytes32 id, uint64 generation) view returns(uint8 kind, address owner, uint64 price)
func (catalogue *Catalogue) UnpackQuote(data []byte) (QuoteOutput, error) {
	out, err := catalogue.abi.Unpack("quote", data)
	outstruct := new(QuoteOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Kind = *abi.ConvertType(out[0], new(uint8)).(*uint8)
	outstruct.Owner = *abi.ConvertType(out[1], new(common.Address)).(*common.Address)
	outstruct.Price = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackRetire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1f2b6f23.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function retire(bytes32 id) returns(uint64 generation)
func (catalogue *Catalogue) PackRetire(id [32]byte) []byte {
	enc, err := catalogue.abi.Pack("retire", id)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRetire is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x1f2b6f23.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function retire(bytes32 id) returns(uint64 generation)
func (catalogue *Catalogue) TryPackRetire(id [32]byte) ([]byte, error) {
	return catalogue.abi.Pack("retire", id)
}

// UnpackRetire is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x1f2b6f23.
//
// Solidity: function retire(bytes32 id) returns(uint64 generation)
func (catalogue *Catalogue) UnpackRetire(data []byte) (uint64, error) {
	out, err := catalogue.abi.Unpack("retire", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackSetTerms is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc6c2397c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function setTerms(bytes32 id, bytes32 terms, uint64 price) returns(uint64 generation)
func (catalogue *Catalogue) PackSetTerms(id [32]byte, terms [32]byte, price uint64) []byte {
	enc, err := catalogue.abi.Pack("setTerms", id, terms, price)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSetTerms is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc6c2397c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function setTerms(bytes32 id, bytes32 terms, uint64 price) returns(uint64 generation)
func (catalogue *Catalogue) TryPackSetTerms(id [32]byte, terms [32]byte, price uint64) ([]byte, error) {
	return catalogue.abi.Pack("setTerms", id, terms, price)
}

// UnpackSetTerms is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc6c2397c.
//
// Solidity: function setTerms(bytes32 id, bytes32 terms, uint64 price) returns(uint64 generation)
func (catalogue *Catalogue) UnpackSetTerms(data []byte) (uint64, error) {
	out, err := catalogue.abi.Unpack("setTerms", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// CataloguePublished represents a Published event raised by the Catalogue contract.
type CataloguePublished struct {
	Id         [32]byte
	Generation uint64
	Name       string
	Raw        *types.Log // Blockchain specific contextual infos
}

const CataloguePublishedEventName = "Published"

// ContractEventName returns the user-defined event name.
func (CataloguePublished) ContractEventName() string {
	return CataloguePublishedEventName
}

// UnpackPublishedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Published(bytes32 indexed id, uint64 generation, string name)
func (catalogue *Catalogue) UnpackPublishedEvent(log *types.Log) (*CataloguePublished, error) {
	event := "Published"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != catalogue.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(CataloguePublished)
	if len(log.Data) > 0 {
		if err := catalogue.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range catalogue.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (catalogue *Catalogue) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], catalogue.abi.Errors["ArtefactInvalid"].ID.Bytes()[:4]) {
		return catalogue.UnpackArtefactInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], catalogue.abi.Errors["ArtefactMissing"].ID.Bytes()[:4]) {
		return catalogue.UnpackArtefactMissingError(raw[4:])
	}
	if bytes.Equal(raw[:4], catalogue.abi.Errors["KindInvalid"].ID.Bytes()[:4]) {
		return catalogue.UnpackKindInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], catalogue.abi.Errors["NameInvalid"].ID.Bytes()[:4]) {
		return catalogue.UnpackNameInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], catalogue.abi.Errors["NotOwner"].ID.Bytes()[:4]) {
		return catalogue.UnpackNotOwnerError(raw[4:])
	}
	if bytes.Equal(raw[:4], catalogue.abi.Errors["Retired"].ID.Bytes()[:4]) {
		return catalogue.UnpackRetiredError(raw[4:])
	}
	if bytes.Equal(raw[:4], catalogue.abi.Errors["UnknownEntry"].ID.Bytes()[:4]) {
		return catalogue.UnpackUnknownEntryError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// CatalogueArtefactInvalid represents a ArtefactInvalid error raised by the Catalogue contract.
type CatalogueArtefactInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ArtefactInvalid()
func CatalogueArtefactInvalidErrorID() common.Hash {
	return common.HexToHash("0xfa99a22fdc31fbd564b9d43533c4a9a5a8aeac6737b149d54f9828d749fde77a")
}

// UnpackArtefactInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ArtefactInvalid()
func (catalogue *Catalogue) UnpackArtefactInvalidError(raw []byte) (*CatalogueArtefactInvalid, error) {
	out := new(CatalogueArtefactInvalid)
	if err := catalogue.abi.UnpackIntoInterface(out, "ArtefactInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CatalogueArtefactMissing represents a ArtefactMissing error raised by the Catalogue contract.
type CatalogueArtefactMissing struct {
	Input *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ArtefactMissing(uint256 input)
func CatalogueArtefactMissingErrorID() common.Hash {
	return common.HexToHash("0x3c8da030b46b1aecc9b94867fc31b36dec9c949a5c0f5614ec0f15b446cd6d0b")
}

// UnpackArtefactMissingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ArtefactMissing(uint256 input)
func (catalogue *Catalogue) UnpackArtefactMissingError(raw []byte) (*CatalogueArtefactMissing, error) {
	out := new(CatalogueArtefactMissing)
	if err := catalogue.abi.UnpackIntoInterface(out, "ArtefactMissing", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CatalogueKindInvalid represents a KindInvalid error raised by the Catalogue contract.
type CatalogueKindInvalid struct {
	Kind uint8
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error KindInvalid(uint8 kind)
func CatalogueKindInvalidErrorID() common.Hash {
	return common.HexToHash("0x4ffbc2747913654edf6650370ab9518bbb2ef8129df4484000b2ed9282190e6b")
}

// UnpackKindInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error KindInvalid(uint8 kind)
func (catalogue *Catalogue) UnpackKindInvalidError(raw []byte) (*CatalogueKindInvalid, error) {
	out := new(CatalogueKindInvalid)
	if err := catalogue.abi.UnpackIntoInterface(out, "KindInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CatalogueNameInvalid represents a NameInvalid error raised by the Catalogue contract.
type CatalogueNameInvalid struct {
	Name string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NameInvalid(string name)
func CatalogueNameInvalidErrorID() common.Hash {
	return common.HexToHash("0xe0d09217bae1161b3fc03a20ea9264e830a7c3ecbf17f26984a315e9b084de18")
}

// UnpackNameInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NameInvalid(string name)
func (catalogue *Catalogue) UnpackNameInvalidError(raw []byte) (*CatalogueNameInvalid, error) {
	out := new(CatalogueNameInvalid)
	if err := catalogue.abi.UnpackIntoInterface(out, "NameInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CatalogueNotOwner represents a NotOwner error raised by the Catalogue contract.
type CatalogueNotOwner struct {
	Owner common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOwner(address owner)
func CatalogueNotOwnerErrorID() common.Hash {
	return common.HexToHash("0x245aecd3fabbd17d6c3c92dc7f0ab916ea8cbf6fc1862c8b56893090ac3fff4c")
}

// UnpackNotOwnerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOwner(address owner)
func (catalogue *Catalogue) UnpackNotOwnerError(raw []byte) (*CatalogueNotOwner, error) {
	out := new(CatalogueNotOwner)
	if err := catalogue.abi.UnpackIntoInterface(out, "NotOwner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CatalogueRetired represents a Retired error raised by the Catalogue contract.
type CatalogueRetired struct {
	Id [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Retired(bytes32 id)
func CatalogueRetiredErrorID() common.Hash {
	return common.HexToHash("0xa413ea3a59fdc113a0b20fa2b977026030813964b339a26b765882e48357aaa5")
}

// UnpackRetiredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Retired(bytes32 id)
func (catalogue *Catalogue) UnpackRetiredError(raw []byte) (*CatalogueRetired, error) {
	out := new(CatalogueRetired)
	if err := catalogue.abi.UnpackIntoInterface(out, "Retired", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// CatalogueUnknownEntry represents a UnknownEntry error raised by the Catalogue contract.
type CatalogueUnknownEntry struct {
	Id         [32]byte
	Generation uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error UnknownEntry(bytes32 id, uint64 generation)
func CatalogueUnknownEntryErrorID() common.Hash {
	return common.HexToHash("0x2c859ae7828e7da06e4ad492d44a34700541ee8ab7688116a49d70285cc6b0df")
}

// UnpackUnknownEntryError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error UnknownEntry(bytes32 id, uint64 generation)
func (catalogue *Catalogue) UnpackUnknownEntryError(raw []byte) (*CatalogueUnknownEntry, error) {
	out := new(CatalogueUnknownEntry)
	if err := catalogue.abi.UnpackIntoInterface(out, "UnknownEntry", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectMetaData contains all meta data concerning the Direct contract.
var DirectMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractEpochs\",\"name\":\"epochs_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"AlreadySettled\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadPath\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"seats\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"operators\",\"type\":\"uint256\"}],\"name\":\"CertificateShort\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"most\",\"type\":\"uint64\"}],\"name\":\"DeadlineFar\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"uint64\",\"name\":\"most\",\"type\":\"uint64\"}],\"name\":\"FeeAbove\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Late\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"LeafField\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"NotSettled\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"part\",\"type\":\"string\"}],\"name\":\"PartMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"VoteField\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"VoteSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Window\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"DirectPaid\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"name\":\"DirectSettled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"DirectVoided\",\"type\":\"event\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"batch\",\"type\":\"tuple\"}],\"name\":\"challengeDuplicate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"claimDirect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"payouts\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structPayout[]\",\"name\":\"\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"task\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"userSig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"acceptance\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"acceptanceSig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"seed\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"index\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"worker\",\"type\":\"address\"}],\"internalType\":\"structPlace[]\",\"name\":\"places\",\"type\":\"tuple[]\"},{\"internalType\":\"address[]\",\"name\":\"seats\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"challenges\",\"type\":\"bytes32\"}],\"internalType\":\"structAssignment\",\"name\":\"assignment\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"assignmentSig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"vote\",\"type\":\"tuple\"},{\"components\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structMember\",\"name\":\"member\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structDirect.Proven[]\",\"name\":\"holders\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes[]\",\"name\":\"voteSigs\",\"type\":\"bytes[]\"},{\"components\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structMember\",\"name\":\"member\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structDirect.Proven\",\"name\":\"worker\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"count\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structPoolRoot\",\"name\":\"workers\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"count\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structPoolRoot\",\"name\":\"verifiers\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"commitment\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"output\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"exit\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"bucket\",\"type\":\"uint8\"}],\"internalType\":\"structLeaf\",\"name\":\"leaf\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"leafSig\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"seal\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"receipt\",\"type\":\"address\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed[]\",\"name\":\"own\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes[]\",\"name\":\"releases\",\"type\":\"bytes[]\"}],\"internalType\":\"structDirect.Proof\",\"name\":\"p\",\"type\":\"tuple\"}],\"name\":\"settleDirect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"settled\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"posted\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"pays\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "2f496609277eda2d7d460845edf92527cc",
	Bin: "0x61020080604052346102ba576020816145808038038091610020828561051f565b8339810103126102ba57516001600160a01b038116908181036102ba576040516367f855cb60e11b8152906102c082600481865afa9182156102c6575f9261035f575b50608052604051637b10399960e01b8152602081600481865afa9081156102c6575f9161031d575b5060a052604051631272009d60e11b8152602081600481865afa9081156102c6575f916102fe575b506001600160a01b031660c05260405163e2fdcc1760e01b8152602081600481865afa9283156102c6576004936020925f916102d1575b506001600160a01b031660e0526040516353f859ef60e11b815293849182905afa80156102c6575f9061028e575b61010090815260808201516001600160401b0390811661012090815260a084015182166101405260c08401518216610160529183015160ff90811661018090815292840151166101a09081529183015181166101c090815291830151166101e052015190505f5b6002811061024957604051613ffc908161058482396080518181816101f801526135ae015260a051816111e4015260c05181818161068e01528181610fb80152818161107e015281816118ad0152611962015260e0518181816115d1015281816120d901526124660152610100518161021f0152610120518181816102d7015281816112b80152611fa6015261014051816112f2015261016051816103190152610180518161086e01526101a05181611a3b01526101c05181610e1601526101e0518161122a0152f35b5f5f5b6004811061025f5750815560010161017f565b8351602094909401936001600160401b03600683901b81811b19909416911690921b919091179060010161024c565b506020823d6020116102be575b816102a86020938361051f565b810103126102ba576101c09151610118565b5f80fd5b3d915061029b565b6040513d5f823e3d90fd5b6102f19150833d85116102f7575b6102e9818361051f565b810190610564565b5f6100ea565b503d6102df565b610317915060203d6020116102f7576102e9818361051f565b5f6100b3565b90506020813d602011610357575b816103386020938361051f565b810103126102ba57516001600160a01b03811681036102ba575f61008b565b3d915061032b565b9091506102c03d8111610518575b610377818361051f565b8101906102c0818303126102ba57604051916101e083016001600160401b03811184821017610504576040526103ac82610542565b83526103ba60208301610542565b60208401526103cb60408301610542565b60408401526103dc60608301610542565b60608401526103ed60808301610542565b60808401526103fe60a08301610542565b60a084015261040f60c08301610542565b60c084015261042060e08301610542565b60e08401526104326101008301610556565b6101008401526104456101208301610556565b6101208401526104586101408301610542565b61014084015261046b6101608301610542565b61016084015261047e6101808301610542565b6101808401526104916101a08301610542565b6101a0840152806101df830112156102ba576040519161010083016001600160401b038111848210176105045760405282906102c081019283116102ba576101c001905b8282106104ec575050506101c0820152905f610063565b602080916104f984610542565b8152019101906104d5565b634e487b7160e01b5f52604160045260245ffd5b503d61036d565b601f909101601f19168101906001600160401b0382119082101761050457604052565b51906001600160401b03821682036102ba57565b519060ff821682036102ba57565b908160209103126102ba57516001600160a01b03811681036102ba579056fe60806040526004361015610011575f80fd5b5f5f3560e01c806376fd0d151461236857806389d1250414612015578063adfb32a21461013c578063aeddb9051461009c5763d945af1d14610051575f80fd5b34610099576020366003190112610099576040906001600160401b038260043592838152600260205282828220541693815260026020522054831c1682519182526020820152f35b80fd5b50346100995760203660031901126100995760043581526003602052604081208054906100c88261265a565b926100d66040519485612639565b82845290815260208082209084015b8383106100fe57604051806100fa8782612598565b0390f35b600160208192604051610110816125ef565b6001600160401b0386546001600160a01b038116835260a01c16838201528152019201920191906100e5565b5034610099576020366003190112610099576001600160401b0360043511610099576004353603906105a06003198301126100995760405160208101907fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647282527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608201524660808201526001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001660a08201527f000000000000000000000000000000000000000000000000000000000000000060c082015260c0815261025260e082612639565b51902061028c61026e610269600480350180612711565b612a8d565b826042916040519161190160f01b8352600283015260228201522090565b9081835260026020526001600160401b03604084205416612002576102fd6001600160401b036102cc6101606102c6600480350180612711565b01612727565b166001600160401b037f0000000000000000000000000000000000000000000000000000000000000000169061273b565b4311611f96576103176101606102c6600480350180612711565b7f0000000000000000000000000000000000000000000000000000000000000000906001600160401b0361034d8184164361273b565b911611611f565750610365828260043560040161302b565b90604051610372816125ef565b838152602081018381526040519060208201927fcb324852030467c7f990e32a5fb9cd94b868450f398802e77067b9c4ab2f7fde8452516040830152516060820152606081526103c3608082612639565b519020936103d5600480350180612711565b9560043561056401359060221901811215611f52576004350160048101356001600160401b038111611f4e5760c0810236036024830113611f4e57604051977fb6279685000000000000000000000000000000000000000000000000000000008952604060048a015260e4896101806101c482016001600160a01b0361045a866126b5565b1660448401526001600160401b03610474602087016126c9565b16606484015260408501356084840152606085013560a48401526001600160401b036104a2608087016126c9565b1660c48401526104b560a08601866126dd565b94859391940152526101e48b016101e48360051b8d0101928c8389915b838310611ec15750505050505060c08201356101048b01526104f760e08301836126dd565b6043198c8403016101248d0152808352602083019060208160051b85010193838991605e1982360301905b848410611e53575050505050505061010082013560de1983360301811215611760578a8203604319016101448c015282019060ff61055f83613aa5565b1681526001600160401b03610576602084016126c9565b1660208201526001600160401b03610590604084016126c9565b1660408201526001600160401b036105aa606084016126c9565b166060820152608082013563ffffffff8116809103611dce578b936001600160401b0361065a6101606106228b999a9787602097608060249a01526106146106096105f860a0850185613ab3565b60e060a086015260e0850191613ae4565b9260c0810190613ab3565b9160c0818503910152613ae4565b936001600160a01b0361063861012083016126b5565b166101648a01528361064d61014083016126c9565b166101848a0152016126c9565b166101a4860152600319858203018386015286815201910193835b818110611de35750508192935003816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa958615611dd6578196611cb8575b5061058460043501926106d684600435600401612768565b9050875103611c73579093845b875186101561079857805b87896001600160a01b03608061070485846127e9565b510151166001600160a01b03608061071c8c856127e9565b510151161461073557505061073090613b04565b6106ee565b908892918360019597969a9314610753575b505050019490916106e3565b608061076a610790946001600160a01b03936127e9565b51015116610787846107818b600435600401612768565b90613b12565b92909189613ba0565b80888a610747565b9260405193606085018581106001600160401b03821117611c5f57604052606085528060208601528060408601526107e76107dd600435600401600435600401612711565b60a0810190612768565b905060030180600311611c4b576108159061080d6102c460043501600435600401612768565b91905061273b565b61081e8161265a565b9061082c6040519283612639565b80825261083b601f199161265a565b01825b818110611c2857505085526108616107dd61012460043501600435600401612a78565b9490506001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168514801590611bf1575b611bac5761016460043501906102846004350135908115801580930361169f579082611b73575b8115611b59575b8115611b47575b508015611b1b575b8015611aef575b8015611a9e575b611a7657604096959492939651906001600160401b0361092960208401947f299d2de32922029becc35511847ef90b901db60e9a8d81f33b71c4e39f06956886526126c9565b166040830152610184600435013560608301526101a46004350135608083015260ff61095a6101c460043501613aa5565b1660a083015260ff6109716101e460043501613aa5565b1660c083015260043561020481013560e08401526102248101356101008401526102448101356101208401526001600160401b03906109b390610264016126c9565b166101408301526101608201526102a4600435013561018082015261018081526109df6101a082612639565b519020936109f86102c460043501600435600401612768565b949050610a048561265a565b94610a126040519687612639565b808652610a21601f199161265a565b013660208701378380819882985b610a446102c460043501600435600401612768565b90508a1015610dbf57610a75610a6f8b610a696102c460043501600435600401612768565b90613b2d565b806127c0565b9a8a151580610d54575b610cc657602090610ac88c610ab98f610a9a610ab091613ccb565b92610a696102c460043501600435600401612768565b85810190612768565b90610384600435013592613dc4565b8c610aed610ae46107dd61012460043501600435600401612a78565b949092016127d5565b908793885b818110610d0c57505050508115610cc657610b2582610b1f8f97610b188360409261273b565b98016127d5565b8a613e6c565b610b3e8c6107816102e460043501600435600401612768565b905015610cb3578c6001600160a01b0380610bb08f610ba788610ba18b610b99610b796020966107816102e460043501600435600401612768565b9490926042916040519161190160f01b8352600283015260228201522090565b9236916128f8565b90613f2e565b505094016127d5565b169116908103610c6e575090610bc59161273b565b91845b8981108d828d83610c3f575b50505015610bea57610be590613b04565b610bc8565b9b89600193969994979c9295989d14610c0e575b505b019893999491909592610a2f565b6040610c1a91016127d5565b6001600160a01b03610c35610c2e8c613b04565b9b8d6127e9565b911690528c610bfe565b6001600160a01b0380939450610c5a610c63936040936127e9565b511693016127d5565b1614158d828d610bd4565b866044918f610c8760206001600160a01b0392016127d5565b7f88b43d4300000000000000000000000000000000000000000000000000000000845216600452602452fd5b959a905060019194979293969b50610c00565b6040516371d82e4160e01b815260206004820152600760248201527f686f6c64657273000000000000000000000000000000000000000000000000006044820152606490fd5b6001600160a01b0384166001600160a01b03610d31610d2c848688613e5c565b6127d5565b1614610d40575b600101610af2565b94610d4c600191613b04565b959050610d38565b50610d5e8c612727565b610d736102c460043501600435600401612768565b8d5f19810111610dab57610da1610d9c8f6001600160401b03948594610a6f925f190191613b2d565b612727565b1691161115610a7f565b602488634e487b7160e01b81526011600452fd5b50509185818a959403610cc65784600302600381048603611a62577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83168303611a62578260011b10801590611a30575b611a19577f00000000000000000000000000000000000000000000000000000000000000006001600160401b03169594835b6020860151811015610f3e576001600160401b036020610e638389516127e9565b5101511680600302600381048203610f2a57851115610f1357888102908082048a1490151715610eff576001600160401b038111610ed15790610ec6826001600160401b03600194166020610eb9858c516127e9565b510152604089015161273b565b604088015201610e42565b856001600160401b03604492610eeb60a460043501612727565b90636c00134360e11b845260045216602452fd5b602486634e487b7160e01b81526011600452fd5b604486858563df57eb3760e01b8352600452602452fd5b602487634e487b7160e01b81526011600452fd5b8487876104c460043501600160ff610f558361279d565b160361186157610f69600480350180612711565b610fac6060610f7a60808401612727565b604051637d98997560e01b81528483013560048201526001600160401b03909116602482015291829081906044820190565b03816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa801561185657868792889261182c575b5060ff60019116036117e7576110039185969496613b77565b60a0810191855b6110148484612768565b905081101561116a576110318161102b8686612768565b90612843565b90600160ff61103f8461279d565b16036111615760606040611054828501612727565b8151637d98997560e01b8152949091013560048501526001600160401b03166024840152826044817f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03165afa918215611156578889918a9461111d575b5060ff60029116036110d8576001926110d29188613b77565b0161100a565b60646040516371d82e4160e01b815260206004820152600560248201527f696e7075740000000000000000000000000000000000000000000000000000006044820152fd5b60ff945060029250611146915060603d811161114f575b61113e8183612639565b810190613b47565b949092506110b9565b503d611134565b6040513d8a823e3d90fd5b600191506110d2565b50936003925060ff915061117d9061279d565b1603611777575b61119e610120611198600480350180612711565b016127d5565b604051907f586168030000000000000000000000000000000000000000000000000000000082526001600160a01b03811660048301526060826024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa801561176c578590611711575b61125092506001600160a01b03811661170a57505b7f00000000000000000000000000000000000000000000000000000000000000009083613b77565b60a46004350161125f81612727565b6001600160401b038061127c6101406102c6600480350180612711565b169116116116cc576040820151906001600160401b0361129b82612727565b1682116116b757505060408101516001600160401b0316916112f07f00000000000000000000000000000000000000000000000000000000000000006112eb6101606102c6600480350180612711565b612748565b7f000000000000000000000000000000000000000000000000000000000000000060011b906801fffffffffffffffe67fffffffffffffffe831692168203610eff576113466001926001600160401b0392612748565b16016001600160401b0381116116a3576001600160a01b03600181611372610d2c600480350180612711565b6040519461137f8661261e565b6001600160401b03431686526001600160401b036020870191168152604086019089825260608701918b8352846080890194168452888c5260026020526001600160401b0360408d209851167fffffffffffffffff00000000000000000000000000000000000000000000000077ffffffffffffffff000000000000000000000000000000006fffffffffffffffff00000000000000008b54955160401b16935160801b169316171717865551151560ff60c01b1978ff00000000000000000000000000000000000000000000000087549260c01b1691161785555116920191167fffffffffffffffffffffffff0000000000000000000000000000000000000000825416179055835b84602084015182101561156d578290526003602052604085206114ad8285516127e9565b5190805490680100000000000000008210156115595760018201808255821015611545578752602080882083519201805493909101517bffffffffffffffff000000000000000000000000000000000000000060a09190911b166001600160a01b039092167fffffffff0000000000000000000000000000000000000000000000000000000090931692909217179055600101611489565b602488634e487b7160e01b81526032600452fd5b602488634e487b7160e01b81526041600452fd5b808584611581610d2c600480350180612711565b90611596610120611198600480350180612711565b907f0194fe75ce65baec3796af953bc0ba06be5eec22790696b58c98296d20a5b24a60206001600160a01b03806040519588875216951693a47f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03169061160b610d2c600480350180612711565b90611620610120611198600480350180612711565b92803b1561169f578492836064926001600160a01b03948560405198899788967f55a49fa800000000000000000000000000000000000000000000000000000000885216600487015216602485015260448401525af18015611694576116835750f35b8161168d91612639565b6100995780f35b6040513d84823e3d90fd5b8480fd5b602485634e487b7160e01b81526011600452fd5b6001600160401b03604492610eeb8793612727565b836001600160401b036116e0604493612727565b816116f56101406102c6600480350180612711565b91636c00134360e11b85521660045216602452fd5b9050611228565b506060823d606011611764575b8161172b60609383612639565b8101031261169f5761173c82613a91565b602083015161ffff8116036117605761175a604061125094016126a1565b50611213565b8580fd5b3d915061171e565b6040513d87823e3d90fd5b6117946040611198610a6f610304600435016004356004016127ab565b6117a36104e46004350161279d565b60088110156117d357906001600160401b038260c06117ce9460021c549160061b161c169083613b77565b611184565b602485634e487b7160e01b81526032600452fd5b60646040516371d82e4160e01b815260206004820152600760248201527f73657276696365000000000000000000000000000000000000000000000000006044820152fd5b6001935060ff925061184d915060603d60601161114f5761113e8183612639565b90935091610fea565b6040513d88823e3d90fd5b600260ff61186e8361279d565b1614611882575b60ff61117d60039261279d565b611890600480350180612711565b6118a16060610f7a60808401612727565b03816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa9081156118565760019160ff9188916119f9575b5016036117e757909260a082019190855b6118fe8484612768565b90508110156119ee576119158161102b8686612768565b90600160ff6119238461279d565b16036119e55760606040611938828501612727565b8151637d98997560e01b8152949091013560048501526001600160401b03166024840152826044817f00000000000000000000000000000000000000000000000000000000000000006001600160a01b03165afa918215611156578889918a946119bc575b5060ff60029116036110d8576001926119b69188613b77565b016118f4565b60ff9450600292506119dc915060603d811161114f5761113e8183612639565b9490925061199d565b600191506119b6565b509391506118759050565b611a12915060603d60601161114f5761113e8183612639565b90506118e3565b826044918663df57eb3760e01b8352600452602452fd5b506001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168110610e10565b602484634e487b7160e01b81526011600452fd5b6004837f33c40576000000000000000000000000000000000000000000000000000000008152fd5b50611aae610544600435016127d5565b6040516001600160a01b0360208201926105246004350135845216604082015260408152611add606082612639565b519020610224600435013514156108e3565b50611aff6101e46004350161279d565b60ff80611b116104646004350161279d565b16911614156108dc565b50611b2b6101c46004350161279d565b60ff80611b3d6104446004350161279d565b16911614156108d5565b90506101a460043501351415886108cd565b9050610404600435013561018460043501351415906108c6565b9050611b7e83612727565b6001600160401b0380611ba160206102c661012460043501600435600401612a78565b1691161415906108bf565b60646040516371d82e4160e01b815260206004820152600560248201527f73656174730000000000000000000000000000000000000000000000000000006044820152fd5b50611c076102e460043501600435600401612768565b9050611c1e6102c460043501600435600401612768565b9190501415610898565b602090604051611c37816125ef565b85815285838201528282860101520161083e565b602482634e487b7160e01b81526011600452fd5b602482634e487b7160e01b81526041600452fd5b60646040516371d82e4160e01b815260206004820152600860248201527f72656c65617365730000000000000000000000000000000000000000000000006044820152fd5b9095503d8087833e611cca8183612639565b810190602081830312611dce578051906001600160401b038211611dd2570181601f82011215611dce57805190611d008261265a565b92611d0e6040519485612639565b828452602060c0818601940283010191818311611dca57602001925b828410611d3c5750505050945f6106be565b60c084830312611dca5760405160c081018181106001600160401b03821117611db6579160209160c0936040528651815282870151838201526040870151604082015260608701516060820152611d9560808801613a91565b6080820152611da660a088016126a1565b60a0820152815201930192611d2a565b60248c634e487b7160e01b81526041600452fd5b8980fd5b8680fd5b8780fd5b50604051903d90823e3d90fd5b9250925060c080600192863581526020870135602082015260408701356040820152606087013560608201526001600160a01b03611e23608089016126b5565b1660808201526001600160401b03611e3d60a089016126c9565b1660a082015201940191019284928a9294610675565b90919293949596601f19828203018752873583811215611ebd576020611eae6001936060611e9e8985960160ff611e8982613aa5565b16845285810135868501526040810190613ab3565b9190928160408201520191613ae4565b99019701959401929190610522565b8c80fd5b6101e396919293949596199082030185528535607e1983360301811215611f4a576020600192848293019060ff611ef783613aa5565b16815260606001600160401b03611f3882611f27611f1788880188613ab3565b60808a8901526080880191613ae4565b9560408101356040870152016126c9565b1691015297019501939201908e6104d2565b8a80fd5b8280fd5b5080fd5b836001600160401b03611f6d602493824316612748565b7f13950a9f00000000000000000000000000000000000000000000000000000000835216600452fd5b6024836001600160401b03611fd97f00000000000000000000000000000000000000000000000000000000000000006112eb6101606102c6600480350180612711565b7f15f0ccc900000000000000000000000000000000000000000000000000000000835216600452fd5b602483836358cb522560e11b8252600452fd5b503461009957602036600319011261009957600435906001600160401b03821161009957816004016101206003198436030112611f52576044830135908183526002602052604083206040519461206b8661261e565b81546001600160401b0381168088526001600160401b038260401c16602089015260806001600160a01b03600160408b01966001600160401b0386851c16885260ff60608d019660c01c16151586520154169801978852156123555751612342576121ca6001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001693610104604051937f8365e5cd000000000000000000000000000000000000000000000000000000008552602060048601526001600160a01b0361213c846126b5565b1660248601526001600160401b03612156602483016126c9565b1660448601528760648601526001600160a01b03612176606483016126b5565b1660848601526001600160401b03612190608483016126c9565b1660a48601526001600160401b036121aa60a483016126c9565b1660c486015260c481013560e486015260e48101358286015201906126dd565b610120610124840152806101448401527f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8111611dce5761016483602093819360051b8091848401378101030181865afa801561176c578590612302575b6001600160401b03915016804311156122f057506001600160401b036001600160a01b0385968587526002602052866001604082208281550155858752600360205261227660408820612671565b604051957f0779cf1f43bfb4ebf181b9c54e3f31fc527f4b00cd3454dcfd6cb11bfb3604838880a2511691511691803b1561169f578385604492819583957fc9cab3fc000000000000000000000000000000000000000000000000000000008552600485015260248401525af18015611694576116835750f35b6334e5568160e11b8552600452602484fd5b506020813d60201161233a575b8161231c60209383612639565b8101031261169f576123356001600160401b03916126a1565b612228565b3d915061230f565b602485856358cb522560e11b8252600452fd5b60248686631d46cb0560e01b8252600452fd5b50346124ef5760203660031901126124ef57600435805f52600260205260405f2080546001600160401b038116156125855760ff8160c01c16612572576001600160401b038160401c16804310612531575060ff60c01b1978010000000000000000000000000000000000000000000000009116179055805f52600360205260405f2080546123f68161265a565b916124046040519384612639565b81835260208301905f5260205f205f915b8383106124f35750505050815f52600360205261243460405f20612671565b604051917f36fce33bba14f6deddb2043ae8791fecfc129855a6327c7f95e38115f02e726a5f80a26001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001690813b156124ef575f918383816124c481957f36f39e2e00000000000000000000000000000000000000000000000000000000835260048301612598565b03925af180156124e4576124d6575080f35b6124e291505f90612639565b005b6040513d5f823e3d90fd5b5f80fd5b600160208192604051612505816125ef565b6001600160401b0386546001600160a01b038116835260a01c1683820152815201920192019190612415565b5f19016001600160401b03811161255e576001600160401b03906334e5568160e11b5f521660045260245ffd5b634e487b7160e01b5f52601160045260245ffd5b826358cb522560e11b5f5260045260245ffd5b82631d46cb0560e01b5f5260045260245ffd5b60206040818301928281528451809452019201905f5b8181106125bb5750505090565b825180516001600160a01b031685526020908101516001600160401b031681860152604090940193909201916001016125ae565b604081019081106001600160401b0382111761260a57604052565b634e487b7160e01b5f52604160045260245ffd5b60a081019081106001600160401b0382111761260a57604052565b90601f801991011681019081106001600160401b0382111761260a57604052565b6001600160401b03811161260a5760051b60200190565b8054905f815581612680575050565b5f5260205f205f5b82811061269457505050565b5f82820155600101612688565b51906001600160401b03821682036124ef57565b35906001600160a01b03821682036124ef57565b35906001600160401b03821682036124ef57565b9035601e19823603018112156124ef5701602081359101916001600160401b0382116124ef578160051b360383136124ef57565b90359061017e19813603018212156124ef570190565b356001600160401b03811681036124ef5790565b9190820180921161255e57565b906001600160401b03809116911601906001600160401b03821161255e57565b903590601e19813603018212156124ef57018035906001600160401b0382116124ef57602001918160051b360383136124ef57565b3560ff811681036124ef5790565b903590603e19813603018212156124ef570190565b90359060fe19813603018212156124ef570190565b356001600160a01b03811681036124ef5790565b80518210156127fd5760209160051b010190565b634e487b7160e01b5f52603260045260245ffd5b9061281b8261265a565b6128286040519182612639565b8281528092612839601f199161265a565b0190602036910137565b91908110156127fd5760051b81013590607e19813603018212156124ef570190565b60405190612874606083612639565b603682527f65733332207265662c75696e74363420696e64657829000000000000000000006040837f496e7075742875696e7438206b696e642c737472696e67206e616d652c62797460208201520152565b903590601e19813603018212156124ef57018035906001600160401b0382116124ef576020019181360383136124ef57565b9291926001600160401b03821161260a5760405191612921601f8201601f191660200184612639565b8294818452818301116124ef578281602093845f960137010152565b6040519061294c606083612639565b602b82527f2c6279746573206b6579290000000000000000000000000000000000000000006040837f526563697069656e742875696e7438206b696e642c627974657333322072656660208201520152565b604051906129ad60a083612639565b606d82527f7472696e6720726567696f6e29000000000000000000000000000000000000006080837f526571756972656d656e74732875696e7438206c6576656c2c75696e7436342060208201527f6675656c2c75696e743634206d656d6f72792c75696e743634206f757470757460408201527f2c75696e743332207365636f6e64732c737472696e6720707572706f73652c7360608201520152565b80516020909101905f5b818110612a625750505090565b8251845260209384019390920191600101612a55565b90359060de19813603018212156124ef570190565b9060a0820191612aa7612aa08483612768565b9050612811565b905f5b8251811015612b5a5780612ac460019261102b8886612768565b612acc612865565b60208151910120906001600160401b03612ae58261279d565b916040612aff612af860208401846128c6565b36916128f8565b6020815191012091612b1360608201612727565b9260ff8351966020880198895216838701526060860152013560808401521660a082015260a08152612b4660c082612639565b519020612b5382866127e9565b5201612aaa565b509091925060e0810190612b71612aa08383612768565b935f5b8551811015612c2f57612b878484612768565b82919210156127fd578060051b820135605e19833603018112156124ef5760019201612bb161293d565b60208151910120612c1b612bc48361279d565b612c0d612bd7612af860408701876128c6565b60208151910120604051948593602080860198013591889094939260ff6060936080840197845216602083015260408201520152565b03601f198101835282612639565b519020612c2882896127e9565b5201612b74565b50939150612c3b612865565b6020612da0612c4861293d565b82612c5161299e565b60ee60405195869481808701997f5461736b286164647265737320757365722c75696e743634206e6f6e63652c628b527f797465733332206b696e642c6279746573333220736572766963652c75696e7460408901527f36342067656e65726174696f6e2c496e7075745b5d20696e707574732c62797460608901527f6573333220706172616d732c526563697069656e745b5d20726563697069656e60808901527f74732c526571756972656d656e747320726571756972656d656e74732c61646460a08901527f7265737320646973706174636865722c75696e743634206d61784665652c756960c08901527f6e74363420646561646c696e652900000000000000000000000000000000000060e08901528051918291018589015e8601908382015f8152815193849201905e0101905f8252805192839101825e015f815203601f198101835282612639565b51902091612dad826127d5565b936001600160401b03612dc260208501612727565b9181612dd060808701612727565b91604051612de681612c0d602082018095612a4b565b519020936001600160a01b036040519960208b01998a521660408a015216606088015260408501356080880152606085013560a08801521660c086015260e085015260e08452612e3861010085612639565b604051612e4d81612c0d602082018095612a4b565b51902091612e5f610100830183612a78565b91612e6861299e565b6020815191012090612e798461279d565b91612e8660208601612727565b95612e9360408701612727565b91612ea060608801612727565b9060808801359563ffffffff87168097036124ef57602099898b986001600160401b03809896818098612fe09f612ef6612af8612ee4612af860a08795018b6128c6565b602081519101209860c08101906128c6565b8f81519101209760ff6040519a60208c019c8d521660408b01521660608901521660808701521660a085015260c084015260e08301526101008201526101008152612f4361012082612639565b5190206001600160a01b03612f5b61012087016127d5565b612f686101408801612727565b92612f766101608901612727565b9560c06040519d8e01990135895260408d015260608c01521660808a01521660a08801521660c086015260c08552612faf60e086612639565b60405194859383850197518091895e840190838201905f8252519283915e01015f815203601f198101835282612639565b51902090565b903590601e19813603018212156124ef57018035906001600160401b0382116124ef57602001918160061b360383136124ef57565b91908110156127fd5760061b0190565b9092919261306361303f610d2c8480612711565b61304c6102698580612711565b9061305a60208601866128c6565b92909185613ba0565b604082013592848414801590613a64575b613a1f5761316b61308b6101206111988680612711565b6040519560208701907ff911f280b9d42f462247f1d0a6a961e402317d45cf1eacea6535b1b9154293c3825260408801526001600160a01b036130d0606088016126b5565b1660608801526001600160401b036130ea608088016126c9565b1660808801526001600160401b0361310460a088016126c9565b1660a08801526001600160401b0361311e60c088016126c9565b1660c088015260e08601966001600160401b0361313a896126c9565b1660e082015260e0815261315061010082612639565b519020906131626101008701876128c6565b92909186613ba0565b6101208301938561317c8686612a78565b3514908115916139f1575b506139ac576131968484612a78565b9460808601926131a9612aa08589612fe6565b945f5b86518110156132335780896131dc6001936131d68a6131c9613c24565b6020815191012094612fe6565b9061301b565b6001600160a01b0361320a60206040519381850195865260ff6131fe82613aa5565b166040860152016126b5565b1660608201526060815261321f608082612639565b51902061322c828a6127e9565b52016131ac565b509350939590949195613244613c24565b6040516133086092826020808201957f41737369676e6d656e742862797465733332207461736b2c75696e743634206587527f706f63682c75696e743820617474656d70742c6279746573333220736565642c60408401527f506c6163655b5d20706c616365732c616464726573735b5d2073656174732c6260608401527f797465733332206368616c6c656e67657329000000000000000000000000000060808401528051918291018484015e81015f838201520301601f198101835282612639565b5190209161331860208201612727565b916133256040830161279d565b9060405161333b81612c0d602082018095612a4b565b51902061334b60a0840184612768565b906040519060208201928391905f5b81811061398457505050918161338060ff9360c09897969503601f198101835282612639565b519020926001600160401b036040519760208901998a52863560408a0152166060880152166080860152606083013560a08601528385015260e0840152013561010082015261010081526133d661012082612639565b519020926133fc846133ee6101206111988780612711565b61305a6101408701876128c6565b6103e0830135947f6221490723fe378871847f6a69e09b0b2fa23a86fd2eade03e1e313b7fcf73f286149081159161394b575b811561393b575b50801561392c575b80156138fc575b6138b7576104c083019460ff61345a8761279d565b161580156138a2575b8015613889575b613861576135599161347f61054086016127d5565b9160405160208101917f53df3f85d1467888192b5ab28daa353009ee532a524fae260c6656357f6f1c71835260408201526104008701356060820152610420870135608082015260ff6134d56104408901613aa5565b1660a082015260ff61351261046089019a826134f08d613aa5565b1660c08501526104808a013560e08501526104a08a0135610100850152613aa5565b1661012082015260ff6135286104e08901613aa5565b16610140820152610140815261354061016082612639565b5190206135516105008701876128c6565b939092613ba0565b61356860206102c68385612a78565b906001600160401b03604051927f4c0bf2db00000000000000000000000000000000000000000000000000000000845216600483015260e0826024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa9182156124e4575f926137c2575b506103208301916135ee83613c85565b604082015114908115916137a6575b506137615761364061030084019261362061361b610a6f86886127ab565b613ccb565b9061363861362e86886127ab565b6020810190612768565b913592613dc4565b5f5b61365961364f8386612a78565b6080810190612fe6565b905081101561371c5761367b613676826131d661364f8689612a78565b61279d565b60ff806136878961279d565b1691161461369757600101613642565b83949550611198610a6f6001600160a01b0395946136c6602061119881966131d661364f6136cc9a8d9c612a78565b976127ab565b169116036136d75790565b60646040516371d82e4160e01b815260206004820152600660248201527f776f726b657200000000000000000000000000000000000000000000000000006044820152fd5b60646040516371d82e4160e01b815260206004820152600560248201527f706c6163650000000000000000000000000000000000000000000000000000006044820152fd5b60646040516371d82e4160e01b815260206004820152600460248201527f706f6f6c000000000000000000000000000000000000000000000000000000006044820152fd5b905060606137b76103808601613c85565b91015114155f6135fd565b90915060e0813d60e011613859575b816137de60e09383612639565b810103126124ef576040519060e082018281106001600160401b0382111761260a5761384d9160c091604052805184526020810151602085015260408101516040850152606081015160608501526080810151608085015261384260a082016126a1565b60a0850152016126a1565b60c0820152905f6135de565b3d91506137d1565b7f0df8e81b000000000000000000000000000000000000000000000000000000005f5260045ffd5b50600760ff61389b6104e0870161279d565b161161346a565b50600360ff6138b08861279d565b1611613463565b60646040516371d82e4160e01b815260206004820152600460248201527f6c656166000000000000000000000000000000000000000000000000000000006044820152fd5b5061390a610440840161279d565b60ff80613922604061391c8789612a78565b0161279d565b1691161415613445565b5083610420840135141561343e565b905061040084013514155f613436565b90507f6221490723fe378871847f6a69e09b0b2fa23a86fd2eade03e1e313b7fcf73f2604061397a8680612711565b013514159061342f565b9091926020806001926001600160a01b0361399e886126b5565b16815201940192910161335a565b60646040516371d82e4160e01b815260206004820152600a60248201527f61737369676e6d656e74000000000000000000000000000000000000000000006044820152fd5b90506001600160401b0380613a14613a0e60206102c68a8a612a78565b93612727565b16911614155f613187565b60646040516371d82e4160e01b815260206004820152600a60248201527f616363657074616e6365000000000000000000000000000000000000000000006044820152fd5b50613a71606084016127d5565b6001600160a01b0380613a87610d2c8780612711565b1691161415613074565b51906001600160a01b03821682036124ef57565b359060ff821682036124ef57565b9035601e19823603018112156124ef5701602081359101916001600160401b0382116124ef5781360383136124ef57565b908060209392818452848401375f828201840152601f01601f1916010190565b5f19811461255e5760010190565b908210156127fd57613b299160051b8101906128c6565b9091565b908210156127fd57613b449160051b8101906127ab565b90565b908160609103126124ef57805160ff811681036124ef5791613b446040613b7060208501613a91565b93016126a1565b604090613b936001600160401b03613b9c949516809583613e6c565b0191825161273b565b9052565b93610ba16001600160a01b0394610b998695613bd495986042916040519161190160f01b8352600283015260228201522090565b50509216911690808214801590613c1c575b613bee575050565b7f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b508015613be6565b60405190613c33606083612639565b602182527f29000000000000000000000000000000000000000000000000000000000000006040837f506c6163652875696e743820696e6465782c6164647265737320776f726b657260208201520152565b6040516001600160401b03613cb6604060208401948035865283613cab602083016126c9565b1682860152016126c9565b16606082015260608152612fe0608082612639565b613cd481612727565b90613ce1602082016127d5565b90613cee604082016127d5565b90613cfb60608201612727565b613d0760808301612727565b613d1360a0840161279d565b91613d2160e08501856128c6565b3690613d2c926128f8565b80519060200120946040519660208801986001600160401b031689526001600160a01b031660408801526001600160a01b031660608701526001600160401b031660808601526001600160401b031660a085015260ff1660c084015260c0013560e08301526101008201526101008152613da861012082612639565b5190206040516020810191825260208152612fe0604082612639565b9291908215938415613e03575b50505050613ddb57565b7f64325c91000000000000000000000000000000000000000000000000000000005f5260045ffd5b9293505f915b808310613e1e5750505014155f808080613dd1565b909192613e2c848385613e5c565b359081811015613e4b575f52602052600160405f205b93019190613e09565b905f52602052600160405f20613e42565b91908110156127fd5760051b0190565b9190918115613f295760208101926001600160a01b03165f5b8451811015613ee257816001600160a01b03613ea28386516127e9565b51511614613eb257600101613e85565b6001600160401b03939450839150613ed0602091613edd94516127e9565b5101931682845116612748565b169052565b50906001600160401b03613f26949360405193613efe856125ef565b84521660208301525190825192613f1484613b04565b9052613f2083836127e9565b526127e9565b50565b505050565b8151919060418303613f5e57613f579250602082015190606060408401519301515f1a90613f68565b9192909190565b50505f9160029190565b90917f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411613ff15790613fc16020945f9493604051948594859094939260ff6060936080840197845216602083015260408201520152565b838052039060015afa156124e4575f516001600160a01b03811615613fe757905f905f90565b505f906001905f90565b5050505f916003919056",
}

// Direct is an auto generated Go binding around an Ethereum contract.
type Direct struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Direct) GetABI() abi.ABI {
	return c.abi
}

// NewDirect creates a new instance of Direct.
func NewDirect() *Direct {
	parsed, err := DirectMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Direct{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Direct) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address epochs_) returns()
func (direct *Direct) PackConstructor(epochs_ common.Address) []byte {
	enc, err := direct.abi.Pack("", epochs_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x89d12504.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) batch) returns()
func (direct *Direct) PackChallengeDuplicate(batch EscrowShown) []byte {
	enc, err := direct.abi.Pack("challengeDuplicate", batch)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x89d12504.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) batch) returns()
func (direct *Direct) TryPackChallengeDuplicate(batch EscrowShown) ([]byte, error) {
	return direct.abi.Pack("challengeDuplicate", batch)
}

// PackClaimDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x76fd0d15.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimDirect(bytes32 task) returns()
func (direct *Direct) PackClaimDirect(task [32]byte) []byte {
	enc, err := direct.abi.Pack("claimDirect", task)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x76fd0d15.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimDirect(bytes32 task) returns()
func (direct *Direct) TryPackClaimDirect(task [32]byte) ([]byte, error) {
	return direct.abi.Pack("claimDirect", task)
}

// PackPayouts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaeddb905.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function payouts(bytes32 task) view returns((address,uint64)[])
func (direct *Direct) PackPayouts(task [32]byte) []byte {
	enc, err := direct.abi.Pack("payouts", task)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPayouts is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaeddb905.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function payouts(bytes32 task) view returns((address,uint64)[])
func (direct *Direct) TryPackPayouts(task [32]byte) ([]byte, error) {
	return direct.abi.Pack("payouts", task)
}

// UnpackPayouts is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xaeddb905.
//
// Solidity: function payouts(bytes32 task) view returns((address,uint64)[])
func (direct *Direct) UnpackPayouts(data []byte) ([]Payout, error) {
	out, err := direct.abi.Unpack("payouts", data)
	if err != nil {
		return *new([]Payout), err
	}
	out0 := *abi.ConvertType(out[0], new([]Payout)).(*[]Payout)
	return out0, nil
}

// PackSettleDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xadfb32a2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settleDirect(((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64),bytes,(bytes32,address,uint64,uint64,uint64,uint64),bytes,(bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32),bytes,(uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32),((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[])[],bytes[],((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[]),(bytes32,uint64,uint64),(bytes32,uint64,uint64),(bytes32,bytes32,bytes32,uint8,uint8,bytes32,bytes32,uint8,uint8),bytes,bytes32,address,(bytes32,bytes32,bytes32,bytes32,address,uint64)[],bytes[]) p) returns()
func (direct *Direct) PackSettleDirect(p DirectProof) []byte {
	enc, err := direct.abi.Pack("settleDirect", p)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettleDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xadfb32a2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settleDirect(((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64),bytes,(bytes32,address,uint64,uint64,uint64,uint64),bytes,(bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32),bytes,(uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32),((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[])[],bytes[],((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[]),(bytes32,uint64,uint64),(bytes32,uint64,uint64),(bytes32,bytes32,bytes32,uint8,uint8,bytes32,bytes32,uint8,uint8),bytes,bytes32,address,(bytes32,bytes32,bytes32,bytes32,address,uint64)[],bytes[]) p) returns()
func (direct *Direct) TryPackSettleDirect(p DirectProof) ([]byte, error) {
	return direct.abi.Pack("settleDirect", p)
}

// PackSettled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd945af1d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settled(bytes32 task) view returns(uint64 posted, uint64 pays)
func (direct *Direct) PackSettled(task [32]byte) []byte {
	enc, err := direct.abi.Pack("settled", task)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd945af1d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settled(bytes32 task) view returns(uint64 posted, uint64 pays)
func (direct *Direct) TryPackSettled(task [32]byte) ([]byte, error) {
	return direct.abi.Pack("settled", task)
}

// SettledOutput serves as a container for the return parameters of contract
// method Settled.
type SettledOutput struct {
	Posted uint64
	Pays   uint64
}

// UnpackSettled is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd945af1d.
//
// Solidity: function settled(bytes32 task) view returns(uint64 posted, uint64 pays)
func (direct *Direct) UnpackSettled(data []byte) (SettledOutput, error) {
	out, err := direct.abi.Unpack("settled", data)
	outstruct := new(SettledOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Posted = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Pays = *abi.ConvertType(out[1], new(uint64)).(*uint64)
	return *outstruct, nil
}

// DirectDirectPaid represents a DirectPaid event raised by the Direct contract.
type DirectDirectPaid struct {
	Task [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const DirectDirectPaidEventName = "DirectPaid"

// ContractEventName returns the user-defined event name.
func (DirectDirectPaid) ContractEventName() string {
	return DirectDirectPaidEventName
}

// UnpackDirectPaidEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DirectPaid(bytes32 indexed task)
func (direct *Direct) UnpackDirectPaidEvent(log *types.Log) (*DirectDirectPaid, error) {
	event := "DirectPaid"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != direct.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DirectDirectPaid)
	if len(log.Data) > 0 {
		if err := direct.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range direct.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// DirectDirectSettled represents a DirectSettled event raised by the Direct contract.
type DirectDirectSettled struct {
	Task       [32]byte
	User       common.Address
	Dispatcher common.Address
	Total      uint64
	Raw        *types.Log // Blockchain specific contextual infos
}

const DirectDirectSettledEventName = "DirectSettled"

// ContractEventName returns the user-defined event name.
func (DirectDirectSettled) ContractEventName() string {
	return DirectDirectSettledEventName
}

// UnpackDirectSettledEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DirectSettled(bytes32 indexed task, address indexed user, address indexed dispatcher, uint64 total)
func (direct *Direct) UnpackDirectSettledEvent(log *types.Log) (*DirectDirectSettled, error) {
	event := "DirectSettled"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != direct.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DirectDirectSettled)
	if len(log.Data) > 0 {
		if err := direct.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range direct.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// DirectDirectVoided represents a DirectVoided event raised by the Direct contract.
type DirectDirectVoided struct {
	Task [32]byte
	Raw  *types.Log // Blockchain specific contextual infos
}

const DirectDirectVoidedEventName = "DirectVoided"

// ContractEventName returns the user-defined event name.
func (DirectDirectVoided) ContractEventName() string {
	return DirectDirectVoidedEventName
}

// UnpackDirectVoidedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event DirectVoided(bytes32 indexed task)
func (direct *Direct) UnpackDirectVoidedEvent(log *types.Log) (*DirectDirectVoided, error) {
	event := "DirectVoided"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != direct.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(DirectDirectVoided)
	if len(log.Data) > 0 {
		if err := direct.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range direct.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (direct *Direct) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], direct.abi.Errors["AlreadySettled"].ID.Bytes()[:4]) {
		return direct.UnpackAlreadySettledError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["BadPath"].ID.Bytes()[:4]) {
		return direct.UnpackBadPathError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return direct.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["CertificateShort"].ID.Bytes()[:4]) {
		return direct.UnpackCertificateShortError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["DeadlineFar"].ID.Bytes()[:4]) {
		return direct.UnpackDeadlineFarError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["FeeAbove"].ID.Bytes()[:4]) {
		return direct.UnpackFeeAboveError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["Late"].ID.Bytes()[:4]) {
		return direct.UnpackLateError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["LeafField"].ID.Bytes()[:4]) {
		return direct.UnpackLeafFieldError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["NotSettled"].ID.Bytes()[:4]) {
		return direct.UnpackNotSettledError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["PartMismatch"].ID.Bytes()[:4]) {
		return direct.UnpackPartMismatchError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["VoteField"].ID.Bytes()[:4]) {
		return direct.UnpackVoteFieldError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["VoteSignature"].ID.Bytes()[:4]) {
		return direct.UnpackVoteSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["Window"].ID.Bytes()[:4]) {
		return direct.UnpackWindowError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// DirectAlreadySettled represents a AlreadySettled error raised by the Direct contract.
type DirectAlreadySettled struct {
	Task [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadySettled(bytes32 task)
func DirectAlreadySettledErrorID() common.Hash {
	return common.HexToHash("0xb196a44a365168bc3e1ae2c1014617dc39aff01f0da4be83e6808ad8c8b8200d")
}

// UnpackAlreadySettledError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadySettled(bytes32 task)
func (direct *Direct) UnpackAlreadySettledError(raw []byte) (*DirectAlreadySettled, error) {
	out := new(DirectAlreadySettled)
	if err := direct.abi.UnpackIntoInterface(out, "AlreadySettled", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectBadPath represents a BadPath error raised by the Direct contract.
type DirectBadPath struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadPath()
func DirectBadPathErrorID() common.Hash {
	return common.HexToHash("0x64325c91f108520b461bf37f7e682ef85952d4d50489069c2e798b1861f04e29")
}

// UnpackBadPathError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadPath()
func (direct *Direct) UnpackBadPathError(raw []byte) (*DirectBadPath, error) {
	out := new(DirectBadPath)
	if err := direct.abi.UnpackIntoInterface(out, "BadPath", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectBadSignature represents a BadSignature error raised by the Direct contract.
type DirectBadSignature struct {
	Want common.Address
	Got  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature(address want, address got)
func DirectBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x08d20b25b536d5aac2f529fb21b6e4218c05b2e0e4288246b55b363df3839df8")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature(address want, address got)
func (direct *Direct) UnpackBadSignatureError(raw []byte) (*DirectBadSignature, error) {
	out := new(DirectBadSignature)
	if err := direct.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectCertificateShort represents a CertificateShort error raised by the Direct contract.
type DirectCertificateShort struct {
	Seats     *big.Int
	Operators *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error CertificateShort(uint256 seats, uint256 operators)
func DirectCertificateShortErrorID() common.Hash {
	return common.HexToHash("0xdf57eb37af98d91a2e1983245528471206025bf17f3ccfb91ad3da8d2c10573f")
}

// UnpackCertificateShortError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error CertificateShort(uint256 seats, uint256 operators)
func (direct *Direct) UnpackCertificateShortError(raw []byte) (*DirectCertificateShort, error) {
	out := new(DirectCertificateShort)
	if err := direct.abi.UnpackIntoInterface(out, "CertificateShort", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectDeadlineFar represents a DeadlineFar error raised by the Direct contract.
type DirectDeadlineFar struct {
	Most uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeadlineFar(uint64 most)
func DirectDeadlineFarErrorID() common.Hash {
	return common.HexToHash("0x13950a9fbc6402bfa9a5850af0c33f090c6c94b4a41f197b4d2a3033714b0298")
}

// UnpackDeadlineFarError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeadlineFar(uint64 most)
func (direct *Direct) UnpackDeadlineFarError(raw []byte) (*DirectDeadlineFar, error) {
	out := new(DirectDeadlineFar)
	if err := direct.abi.UnpackIntoInterface(out, "DeadlineFar", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectFeeAbove represents a FeeAbove error raised by the Direct contract.
type DirectFeeAbove struct {
	Fee  *big.Int
	Most uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error FeeAbove(uint256 fee, uint64 most)
func DirectFeeAboveErrorID() common.Hash {
	return common.HexToHash("0xd80026866ed8741cc662753b2b6086313d764893b63514cbbc222954561f0224")
}

// UnpackFeeAboveError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error FeeAbove(uint256 fee, uint64 most)
func (direct *Direct) UnpackFeeAboveError(raw []byte) (*DirectFeeAbove, error) {
	out := new(DirectFeeAbove)
	if err := direct.abi.UnpackIntoInterface(out, "FeeAbove", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectLate represents a Late error raised by the Direct contract.
type DirectLate struct {
	Until uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Late(uint64 until)
func DirectLateErrorID() common.Hash {
	return common.HexToHash("0x15f0ccc970e4564ca258312eefd8b6da04bc4bc67122aed415c64151b656b37c")
}

// UnpackLateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Late(uint64 until)
func (direct *Direct) UnpackLateError(raw []byte) (*DirectLate, error) {
	out := new(DirectLate)
	if err := direct.abi.UnpackIntoInterface(out, "Late", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectLeafField represents a LeafField error raised by the Direct contract.
type DirectLeafField struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error LeafField()
func DirectLeafFieldErrorID() common.Hash {
	return common.HexToHash("0x0df8e81b79ec95bed452a102ec854cf92266daef16440d64f5d839443fce0da7")
}

// UnpackLeafFieldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error LeafField()
func (direct *Direct) UnpackLeafFieldError(raw []byte) (*DirectLeafField, error) {
	out := new(DirectLeafField)
	if err := direct.abi.UnpackIntoInterface(out, "LeafField", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectNotSettled represents a NotSettled error raised by the Direct contract.
type DirectNotSettled struct {
	Task [32]byte
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotSettled(bytes32 task)
func DirectNotSettledErrorID() common.Hash {
	return common.HexToHash("0x1d46cb059b25f936721c6f907a109de5939b36d1336c69e1459abf59be428c18")
}

// UnpackNotSettledError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotSettled(bytes32 task)
func (direct *Direct) UnpackNotSettledError(raw []byte) (*DirectNotSettled, error) {
	out := new(DirectNotSettled)
	if err := direct.abi.UnpackIntoInterface(out, "NotSettled", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectPartMismatch represents a PartMismatch error raised by the Direct contract.
type DirectPartMismatch struct {
	Part string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PartMismatch(string part)
func DirectPartMismatchErrorID() common.Hash {
	return common.HexToHash("0x71d82e415e959f53b5949440b4a804b55cb129de685e08aef652bd916c1426b4")
}

// UnpackPartMismatchError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PartMismatch(string part)
func (direct *Direct) UnpackPartMismatchError(raw []byte) (*DirectPartMismatch, error) {
	out := new(DirectPartMismatch)
	if err := direct.abi.UnpackIntoInterface(out, "PartMismatch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectVoteField represents a VoteField error raised by the Direct contract.
type DirectVoteField struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error VoteField()
func DirectVoteFieldErrorID() common.Hash {
	return common.HexToHash("0x33c405760b19451dcb368e73c240a31e4b210e98eb7cd400dd4ab45af5985757")
}

// UnpackVoteFieldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error VoteField()
func (direct *Direct) UnpackVoteFieldError(raw []byte) (*DirectVoteField, error) {
	out := new(DirectVoteField)
	if err := direct.abi.UnpackIntoInterface(out, "VoteField", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectVoteSignature represents a VoteSignature error raised by the Direct contract.
type DirectVoteSignature struct {
	Holder common.Address
	Got    common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error VoteSignature(address holder, address got)
func DirectVoteSignatureErrorID() common.Hash {
	return common.HexToHash("0x88b43d4394db55d70ee61a4d322bbf23ba5bfa3c68ed1dec53bc5260cd8a15d3")
}

// UnpackVoteSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error VoteSignature(address holder, address got)
func (direct *Direct) UnpackVoteSignatureError(raw []byte) (*DirectVoteSignature, error) {
	out := new(DirectVoteSignature)
	if err := direct.abi.UnpackIntoInterface(out, "VoteSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// DirectWindow represents a Window error raised by the Direct contract.
type DirectWindow struct {
	Until uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Window(uint64 until)
func DirectWindowErrorID() common.Hash {
	return common.HexToHash("0x69caad02e1f8b3b8b3c732d42a19507c21652df55c461d1461546ea469403673")
}

// UnpackWindowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Window(uint64 until)
func (direct *Direct) UnpackWindowError(raw []byte) (*DirectWindow, error) {
	out := new(DirectWindow)
	if err := direct.abi.UnpackIntoInterface(out, "Window", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsMetaData contains all meta data concerning the Epochs contract.
var EpochsMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"genesis_\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epochLength\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"finality\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"ticketClose\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"settleWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"challengeWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"withdrawDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unbondDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"seats\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"operators\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"minStake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"slashPart\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"seatFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"dispatchFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64[8]\",\"name\":\"workerPrice\",\"type\":\"uint64[8]\"}],\"internalType\":\"structParams\",\"name\":\"params_\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address[]\",\"name\":\"governors\",\"type\":\"address[]\"},{\"internalType\":\"uint8\",\"name\":\"threshold\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"internalType\":\"structEpochs.Governance\",\"name\":\"g\",\"type\":\"tuple\"},{\"internalType\":\"contractRegistry\",\"name\":\"registry_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"catalogue_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"escrow_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"direct_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"GovernorsInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"}],\"name\":\"HeaderNumber\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"HeaderPrevious\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"signed\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"signers\",\"type\":\"uint256\"}],\"name\":\"HeaderQuorum\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"HeaderSigners\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"HeaderUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"role\",\"type\":\"uint16\"}],\"name\":\"NotAdmitted\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ParamsInvalid\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PoliciesFixed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"next\",\"type\":\"uint64\"}],\"name\":\"PolicyGeneration\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"signed\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"threshold\",\"type\":\"uint256\"}],\"name\":\"PolicyQuorum\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"sigs\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"governors\",\"type\":\"uint256\"}],\"name\":\"PolicySignatures\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"size\",\"type\":\"uint256\"}],\"name\":\"PolicySize\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"current\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"offset\",\"type\":\"uint64\"}],\"name\":\"TicketLate\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TicketSize\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TicketTwice\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"set\",\"type\":\"bytes\"}],\"name\":\"Policies\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"Posted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"node\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"role\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"pi\",\"type\":\"bytes\"}],\"name\":\"Ticket\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"catalogue\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"direct\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"blockNumber\",\"type\":\"uint256\"}],\"name\":\"epochOf\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"escrow\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"generation\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"genesis\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"governors\",\"outputs\":[{\"internalType\":\"address[]\",\"name\":\"\",\"type\":\"address[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"header\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"beacon\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"verifiers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"posted\",\"type\":\"uint64\"}],\"internalType\":\"structEpochs.Header\",\"name\":\"h\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"last\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"networkId\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"params\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epochLength\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"finality\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"ticketClose\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"settleWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"challengeWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"withdrawDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unbondDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"seats\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"operators\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"minStake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"slashPart\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"seatFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"dispatchFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64[8]\",\"name\":\"workerPrice\",\"type\":\"uint64[8]\"}],\"internalType\":\"structParams\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"paramsDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"policy\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"policyBlock\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"time\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"beacon\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"nodes\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"verifiers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"catalogue\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"deposits\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"previous\",\"type\":\"bytes32\"}],\"internalType\":\"structEpochHeader\",\"name\":\"h\",\"type\":\"tuple\"},{\"internalType\":\"address[]\",\"name\":\"signers\",\"type\":\"address[]\"},{\"internalType\":\"bytes[]\",\"name\":\"sigs\",\"type\":\"bytes[]\"}],\"name\":\"postHeader\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"generation_\",\"type\":\"uint64\"},{\"internalType\":\"bytes\",\"name\":\"set\",\"type\":\"bytes\"},{\"internalType\":\"bytes[]\",\"name\":\"sigs\",\"type\":\"bytes[]\"}],\"name\":\"postPolicies\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"role\",\"type\":\"uint16\"},{\"internalType\":\"bytes\",\"name\":\"pi\",\"type\":\"bytes\"}],\"name\":\"postTicket\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"node\",\"type\":\"address\"}],\"name\":\"posted\",\"outputs\":[{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"start\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"threshold\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"\",\"type\":\"uint8\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "953e5359a739ac9bd5c54eef281c45d8e1",
	Bin: "0x6101a0604052346109f657612674803803908161001b81610a2f565b9182398082810103906103a082126109f6578051906102c0602082015193603f1901126109f657604051906101e082016001600160401b038111838210176108375760405261006c60408201610a54565b825261007a60608201610a54565b602083015261008b60808201610a54565b604083015261009c60a08201610a54565b60608301526100ad60c08201610a54565b60808301526100be60e08201610a54565b60a08301526100d06101008201610a54565b60c08301526100e26101208201610a54565b60e08301526100f46101408201610a68565b6101008301526101076101608201610a68565b61012083015261011a6101808201610a54565b61014083015261012d6101a08201610a54565b6101608301526101406101c08201610a54565b6101808301526101536101e08201610a54565b6101a083015284810161021f820112156109f65760405161010081016001600160401b0381118282101761083757604052808683016103008401116109f6576102008301905b61030084018210610a175750506101c08301526103008101516001600160401b0381116109f657608081830187840103126109f65760405195608087016001600160401b0381118882101761083757604052828201516001600160401b0381116109f657818401601f82858701010112156109f657838301810151916001600160401b038311610837578260051b6020610234818301610a2f565b809581520191860160208285888a01010101116109f6576020838688010101915b60208285888a0101010183106109fa5750505050610297916060918852610280602082860101610a68565b602089015283016040818101519089015201610a54565b6060860152610320810151906001600160a01b03821682036109f6576102c06103408201610a76565b6102da6103806102d36103608501610a76565b9301610a76565b84519093906001600160401b038116159081156109e0575b81156109c6575b81156109aa575b8115610999575b811561097e575b811561095e575b8115610903575b506108f4578751516040811180156108e4575b80156108cb575b610881575f5b81811061084b5750508751805198906001600160401b038a1161083757680100000000000000008a11610837575f548a5f55808b1061080d575b505f8080527f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e5639a916020015b8282106107f0575050506101c09697985060ff602082015116610180526040810151600155606060018060401b039101511660018060401b031960025416176002558660805260018060401b03431660a05260018060401b0385511660c05260018060401b0360408601511660e0526101005261012052610140526101605260018060401b0381511660018060401b0319600554161760055560208101516005549068010000000000000000600160801b039068010000000000000000600160801b039060401b16169068010000000000000000600160801b03191617600555604081015160055490600160801b600160c01b0390600160801b600160c01b039060801b161690600160801b600160c01b0319161760055560608101516005549060018060c01b03199060018060c01b03199060c01b16169060018060c01b03161760055560018060401b0360808201511660018060401b0319600654161760065560a08101516006549068010000000000000000600160801b039068010000000000000000600160801b039060401b16169068010000000000000000600160801b0319161760065560c081015160065490600160801b600160c01b0390600160801b600160c01b039060801b161690600160801b600160c01b0319161760065560e08101516006549060018060c01b03199060018060c01b03199060c01b16169060018060c01b03161760065560ff610100820151166007549061ff0061012084015160081b169062010000600160501b0361014085015160101b16906a0100000000000000000000600160901b0361016086015160501b1692600160901b600160d01b0361018087015160901b1694600160901b600160d01b0319926a0100000000000000000000600160901b03199160018060501b0319161716171617171760075560018060401b036101a08201511660018060401b0319600854161760085501515f5b600281106107a95750505f8052600b6020527fdf7de25b7f1fd6d0b5205f0e18f1f35bd7b8d84cce336588d184533ce43a6f76557fdf7de25b7f1fd6d0b5205f0e18f1f35bd7b8d84cce336588d184533ce43a6f7a557fdf7de25b7f1fd6d0b5205f0e18f1f35bd7b8d84cce336588d184533ce43a6f7b8054600160401b600160801b03191643604090811b6fffffffffffffffff0000000000000000169190911790915551611bb49081610ac082396080518181816103080152818161092301528181610d5e0152610e76015260a0518181816108e8015281816109d60152611755015260c051818181610a07015261179e015260e05181610d0b015261010051818181610aa301526111e201526101205181611403015261014051816106f001526101605181611446015261018051818181610dea01526113c00152f35b5f5f5b600481106107c257506009820155600101610669565b83516020909401936001600160401b03600683901b81811b19909416911690921b91909117906001016107ac565b80516001600160a01b03168c8301556001909101906020016103a2565b5f80528a8060205f20019103905f5b82811061082a575050610376565b5f8282015560010161081c565b634e487b7160e01b5f52604160045260245ffd5b89516001600160a01b0390610861908390610a8a565b511681610890575f5b6001600160a01b031610156108815760010161033c565b63d6a0b50560e01b5f5260045ffd5b8a515f1983018381116108b7576001600160a01b03916108b09190610a8a565b511661086a565b634e487b7160e01b5f52601160045260245ffd5b508015158015610336575060ff60208a01511615610336565b508060ff60208b0151161161032f565b631a44e05560e11b5f5260045ffd5b60e08701516001600160401b0316915060c087015161093a916001600160401b03919091169060011b6002600160411b0316610ab2565b60a0870151906109569160011b6002600160411b031690610ab2565b10155f61031c565b60c087015160808801516001600160401b03918216911610159150610315565b905060ff6101208701511660ff61010088015116109061030e565b61010087015160ff16159150610307565b6101608701516103e86001600160401b03909116119150610300565b60408701516001600160401b0380831691161191506102f9565b60408701516001600160401b03161591506102f2565b5f80fd5b906020808093610a0986610a76565b815201930192909150610255565b60208091610a2484610a54565b815201910190610199565b6040519190601f01601f191682016001600160401b0381118382101761083757604052565b51906001600160401b03821682036109f657565b519060ff821682036109f657565b51906001600160a01b03821682036109f657565b8051821015610a9e5760209160051b010190565b634e487b7160e01b5f52603260045260245ffd5b919082018092116108b75756fe6080806040526004361015610012575f80fd5b5f3560e01c9081630505c8c91461149057508063172195221461146a578063222b14071461142757806324e4013a146113e457806342cde4e8146113a757806347799da8146113815780634c0bf2db1461124757806379c55f1f146112065780637b103999146111c35780638400d3b4146111605780638a6356aa14610d8b5780639025e64c14610d47578063961dbf9414610975578063a3d545f514610946578063a7f0b3de1461090c578063be9a6555146108c9578063c4aea7ec14610803578063cff0ab961461075b578063d8ee269e14610714578063e2fdcc17146106d15763ffeb47ce14610103575f80fd5b346105905736600319016102008112610590576101c013610590576101c4356001600160401b0381116105905761013e9036906004016114ed565b6101e4356001600160401b0381116105905761015e9036906004016114ed565b9290916004546001600160401b038116805f52600b60205260405f2090806001600160401b0361018c611928565b16118015906106a5575b801561068a575b61064b578015159081610625575b5080610617575b6105ef57604051602081019081865f5b8781106105c6575050906101e2816004949303601f198101835282611698565b519020910154148015906105bc575b610594576040519060208201947f95c2b60b53140a5982cb0179c603f4af8324926972a8a0d5a2308bac6e5833c586526001600160401b036102316114aa565b1660408401526024356001600160401b03811680910361059057606084015260443560808401526064356001600160401b0381168091036105905760a0840152608435948560c085015260a43560e085015260c435948561010086015260e4359788610120870152610104356101408701526101243561016087015261014435610180870152610164356001600160401b038116809103610590576101a0879b939b95949501526101843595866101c08201526101a4356101e08201526101e081526102ff61020082611698565b5190209861032d7f000000000000000000000000000000000000000000000000000000000000000030611954565b915f945f945f945b8486106104f157505050505050806003026003810482036104dd577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff831683036104dd578260011b10156104af5750506001600160401b039283926005928461039c611928565b1690851916176004556103ad61193e565b96604051926103bb84611661565b898452602084019788526040840190815260608401918252608084019283528560a085019916895260c08401978643168952866103f6611928565b165f52600b60205260405f209451855551600185015551600284015551600383015551600482015501935116166001600160401b0319835416178255517fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff000000000000000083549260401b1691161790557f4c5e89782436c0b460cc0bc60565a2bbddbddf34f56689a5af627abe7d8cf5a560206001600160401b036104a4611928565b1692604051908152a2005b7f9757121f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b634e487b7160e01b5f52601160045260245ffd5b909192939495968d6001600160a01b0361051461050f8a8a89611ad4565b611ae4565b1618805c61058557906001610529925d611718565b968d6105368887866116d7565b90501561057b5760019161056961056e9261055561050f8c8c8b611ad4565b6105608c8b8a6116d7565b929091886119fb565b611718565b965b019493929190610335565b5095600190610570565b509695600190610570565b5f80fd5b7febbd1da9000000000000000000000000000000000000000000000000000000005f5260045ffd5b50818514156101f1565b90918235906001600160a01b0382168092036105905760208160019382935201930191016101c2565b7fd848b554000000000000000000000000000000000000000000000000000000005f5260045ffd5b5080546101a43514156101b2565b90506001600160401b038061064161063b611928565b936116b9565b169116145f6101ab565b6001600160401b0361065b611928565b7f9d326291000000000000000000000000000000000000000000000000000000005f521660045260245260445ffd5b5061069361193e565b6001600160401b03439116101561019d565b506106ae611928565b6001600160401b03806106c86106c343611753565b6116b9565b16911611610196565b34610590575f3660031901126105905760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610590575f36600319011261059057602061072e6117d2565b60405161075081610742858201948561151d565b03601f198101835282611698565b519020604051908152f35b34610590575f366003190112610590576040516107778161167c565b5f81525f60208201525f60408201525f60608201525f60808201525f60a08201525f60c08201525f60e08201525f6101008201525f6101208201525f6101408201525f6101608201525f6101808201525f6101a08201526101c061010091604051926107e38185611698565b36843701526107ff6107f36117d2565b6040519182918261151d565b0390f35b34610590575f366003190112610590576040518060205f54928381520180925f80527f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563905f5b8181106108aa575050508161085f910382611698565b604051918291602083019060208452518091526040830191905f5b818110610888575050500390f35b82516001600160a01b031684528594506020938401939092019160010161087a565b82546001600160a01b0316845260209093019260019283019201610849565b34610590575f3660031901126105905760206040516001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610590575f3660031901126105905760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b34610590576020366003190112610590576020610964600435611753565b6001600160401b0360405191168152f35b346105905760603660031901126105905761098e6114aa565b6024359061ffff821691828103610590576044356001600160401b038111610590576109be9036906004016114c0565b936109c843611753565b936109fc6001600160401b037f00000000000000000000000000000000000000000000000000000000000000001643611746565b946001600160401b037f000000000000000000000000000000000000000000000000000000000000000016958615610d33576001600160401b0396879106169186610a46836116b9565b911696168614801590610d00575b610cc457505084158015610cb9575b610c91576040517f586168030000000000000000000000000000000000000000000000000000000081523360048201526060816024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa8015610c86575f915f91610c1c575b508460018414159283610c10575b8315610c01575b50508115610bee575b50610bbf57835f52600c60205260405f206001600160a01b0333165f5260205261ffff60405f205493841616610b97577feae2cbf48d42b4ba7732754d96c67043ebec1204ea18f2e31164d7a84dd18e2c92845f52600c60205260405f206001600160a01b0333165f526020528161ffff60405f2092161761ffff19825416179055610b9260405192839283526040602084015233966040840191611726565b0390a3005b7f68fcbcee000000000000000000000000000000000000000000000000000000005f5260045ffd5b7fd845b588000000000000000000000000000000000000000000000000000000005f523360045260245260445ffd5b6001600160401b03915016151586610af2565b1661ffff161591508488610ae9565b60028514159350610ae2565b9150506060813d606011610c7e575b81610c3860609383611698565b810103126105905780516001600160a01b038116036105905760208101519061ffff821682036105905760400151906001600160401b0382168203610590579087610ad4565b3d9150610c2b565b6040513d5f823e3d90fd5b7fdb9436f0000000000000000000000000000000000000000000000000000000005f5260045ffd5b506102008511610a63565b6001600160401b0390867f0f78be69000000000000000000000000000000000000000000000000000000005f526004521660245260445260645ffd5b506001600160401b037f000000000000000000000000000000000000000000000000000000000000000016821015610a54565b634e487b7160e01b5f52601260045260245ffd5b34610590575f366003190112610590576020610d837f000000000000000000000000000000000000000000000000000000000000000030611954565b604051908152f35b3461059057606036600319011261059057610da46114aa565b6024356001600160401b03811161059057610dc39036906004016114c0565b6044929192356001600160401b03811161059057610de59036906004016114ed565b9060ff7f000000000000000000000000000000000000000000000000000000000000000016801561113857600254916001600160401b0383166001600160401b0380610e30836116b9565b1697169687036110f65750841580156110ea575b6110be575f549384810361108e5760205f604051888b823780898101838152039060025afa15610c86575f5194610e9b7f000000000000000000000000000000000000000000000000000000000000000030611954565b91604051604081018181106001600160401b0382111761107a57604095949392955289815260208101888152604051906001600160401b0360208301937f6b2613c2462c72a43c4b0f5cc33047326fd6894968cb397432d2d74200d954e285525116604083015251606082015260608152610f17608082611698565b5190205f945f945b818610610fe257505050505050818110610fb457505083947f056d833c26ee3d6a4b6c8b6edbb04155f8267dfa100ac2dc343204191531d9df94610faf926001600160401b0319161760025582600155855f52600360205260405f206001600160401b03804316166001600160401b03198254161790556040519384938452604060208501526040840191611726565b0390a2005b7f0369f96a000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b909192939495610ff38784846116d7565b905015611071578487101561105d576110506001915f8052610569866001600160a01b038b7f290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e5630154166110478c89896116d7565b9290918c6119fb565b965b019493929190610f1f565b634e487b7160e01b5f52603260045260245ffd5b95600190611052565b634e487b7160e01b5f52604160045260245ffd5b84907fdaa4c823000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b847fdac5876d000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b50620100008511610e44565b866111086001600160401b03926116b9565b907fb32ba485000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b7f26090927000000000000000000000000000000000000000000000000000000005f5260045ffd5b34610590576040366003190112610590576111796114aa565b602435906001600160a01b0382168203610590576001600160401b03165f52600c6020526001600160a01b0360405f2091165f52602052602061ffff60405f205416604051908152f35b34610590575f3660031901126105905760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610590576020366003190112610590576001600160401b036112276114aa565b165f52600360205260206001600160401b0360405f205416604051908152f35b34610590576020366003190112610590576001600160401b036112686114aa565b5f60c060405161127781611661565b8281528260208201528260408201528260608201528260808201528260a0820152015216805f52600b60205260405f2090604051906112b582611661565b8254825260018301546020830190815260028401549360408401948552600381015494606085019586526005600483015492608087019384520154926001600160401b0360a0870194818116865260401c169460c08701958087521561135657509160e0966001600160401b03959492869460405198518952516020890152516040880152516060870152516080860152511660a0840152511660c0820152f35b7fa5ce5dad000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b34610590575f3660031901126105905760206001600160401b0360045416604051908152f35b34610590575f36600319011261059057602060405160ff7f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610590575f3660031901126105905760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610590575f3660031901126105905760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b34610590575f3660031901126105905760206001600160401b0360025416604051908152f35b34610590575f366003190112610590576020906001548152f35b600435906001600160401b038216820361059057565b9181601f84011215610590578235916001600160401b038311610590576020838186019501011161059057565b9181601f84011215610590578235916001600160401b038311610590576020808501948460051b01011161059057565b9190916101c0806102c08301946001600160401b0381511684526001600160401b0360208201511660208501526001600160401b0360408201511660408501526001600160401b0360608201511660608501526001600160401b0360808201511660808501526001600160401b0360a08201511660a08501526001600160401b0360c08201511660c08501526001600160401b0360e08201511660e085015260ff6101008201511661010085015260ff610120820151166101208501526001600160401b03610140820151166101408501526001600160401b03610160820151166101608501526001600160401b03610180820151166101808501526001600160401b036101a0820151166101a0850152015191015f905b6008821061164257505050565b6020806001926001600160401b03865116815201930191019091611635565b60e081019081106001600160401b0382111761107a57604052565b6101e081019081106001600160401b0382111761107a57604052565b90601f801991011681019081106001600160401b0382111761107a57604052565b6001600160401b036001911601906001600160401b0382116104dd57565b919081101561105d5760051b81013590601e19813603018212156105905701908135916001600160401b038311610590576020018236038113610590579190565b5f1981146104dd5760010190565b908060209392818452848401375f828201840152601f01601f1916010190565b919082039182116104dd57565b7f00000000000000000000000000000000000000000000000000000000000000006001600160401b03168082101561178b5750505f90565b61179491611746565b6001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168015610d33576001600160401b0391041690565b604051906117df8261167c565b816005546001600160401b03811682526001600160401b038160401c1660208301526001600160401b038160801c16604083015260c01c60608201526006546001600160401b03811660808301526001600160401b038160401c1660a08301526001600160401b038160801c1660c083015260c01c60e08201526001600160401b0360075460ff811661010084015260ff8160081c16610120840152818160101c16610140840152818160501c1661016084015260901c166101808201526001600160401b03600854166101a082015260405190816009905f905b600860038301106118dc575050506101c0906118d861010084611698565b0152565b6001608060049285546001600160401b03811682526001600160401b038160401c1660208301526001600160401b0381841c16604083015260c01c6060820152019301910190916118ba565b6004356001600160401b03811681036105905790565b6024356001600160401b03811681036105905790565b90604051906001600160a01b0360208301937fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647285527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408501527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608501524660808501521660a083015260c082015260c081526119f560e082611698565b51902090565b6042919492604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220916001600160401b03821161107a57604051611a58601f8401601f191660200182611698565b8281523683830111610590576001600160a01b03935f6020858796611a84968387013784010152611af8565b50509216911690808214801590611acc575b611a9e575050565b7f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b508015611a96565b919081101561105d5760051b0190565b356001600160a01b03811681036105905790565b8151919060418303611b2857611b219250602082015190606060408401519301515f1a90611b32565b9192909190565b50505f9160029190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411611ba9579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15610c86575f516001600160a01b03811615611b9f57905f905f90565b505f906001905f90565b5050505f916003919056",
}

// Epochs is an auto generated Go binding around an Ethereum contract.
type Epochs struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Epochs) GetABI() abi.ABI {
	return c.abi
}

// NewEpochs creates a new instance of Epochs.
func NewEpochs() *Epochs {
	parsed, err := EpochsMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Epochs{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Epochs) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(bytes32 genesis_, bytes32 signers, (uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint8,uint8,uint64,uint64,uint64,uint64,uint64[8]) params_, (address[],uint8,bytes32,uint64) g, address registry_, address catalogue_, address escrow_, address direct_) returns()
func (epochs *Epochs) PackConstructor(genesis_ [32]byte, signers [32]byte, params_ Params, g EpochsGovernance, registry_ common.Address, catalogue_ common.Address, escrow_ common.Address, direct_ common.Address) []byte {
	enc, err := epochs.abi.Pack("", genesis_, signers, params_, g, registry_, catalogue_, escrow_, direct_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackCatalogue is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24e4013a.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function catalogue() view returns(address)
func (epochs *Epochs) PackCatalogue() []byte {
	enc, err := epochs.abi.Pack("catalogue")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCatalogue is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24e4013a.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function catalogue() view returns(address)
func (epochs *Epochs) TryPackCatalogue() ([]byte, error) {
	return epochs.abi.Pack("catalogue")
}

// UnpackCatalogue is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x24e4013a.
//
// Solidity: function catalogue() view returns(address)
func (epochs *Epochs) UnpackCatalogue(data []byte) (common.Address, error) {
	out, err := epochs.abi.Unpack("catalogue", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x222b1407.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function direct() view returns(address)
func (epochs *Epochs) PackDirect() []byte {
	enc, err := epochs.abi.Pack("direct")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x222b1407.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function direct() view returns(address)
func (epochs *Epochs) TryPackDirect() ([]byte, error) {
	return epochs.abi.Pack("direct")
}

// UnpackDirect is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x222b1407.
//
// Solidity: function direct() view returns(address)
func (epochs *Epochs) UnpackDirect(data []byte) (common.Address, error) {
	out, err := epochs.abi.Unpack("direct", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackEpochOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa3d545f5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function epochOf(uint256 blockNumber) view returns(uint64)
func (epochs *Epochs) PackEpochOf(blockNumber *big.Int) []byte {
	enc, err := epochs.abi.Pack("epochOf", blockNumber)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEpochOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa3d545f5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function epochOf(uint256 blockNumber) view returns(uint64)
func (epochs *Epochs) TryPackEpochOf(blockNumber *big.Int) ([]byte, error) {
	return epochs.abi.Pack("epochOf", blockNumber)
}

// UnpackEpochOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa3d545f5.
//
// Solidity: function epochOf(uint256 blockNumber) view returns(uint64)
func (epochs *Epochs) UnpackEpochOf(data []byte) (uint64, error) {
	out, err := epochs.abi.Unpack("epochOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackEscrow is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe2fdcc17.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function escrow() view returns(address)
func (epochs *Epochs) PackEscrow() []byte {
	enc, err := epochs.abi.Pack("escrow")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackEscrow is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe2fdcc17.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function escrow() view returns(address)
func (epochs *Epochs) TryPackEscrow() ([]byte, error) {
	return epochs.abi.Pack("escrow")
}

// UnpackEscrow is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xe2fdcc17.
//
// Solidity: function escrow() view returns(address)
func (epochs *Epochs) UnpackEscrow(data []byte) (common.Address, error) {
	out, err := epochs.abi.Unpack("escrow", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackGeneration is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17219522.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function generation() view returns(uint64)
func (epochs *Epochs) PackGeneration() []byte {
	enc, err := epochs.abi.Pack("generation")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGeneration is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x17219522.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function generation() view returns(uint64)
func (epochs *Epochs) TryPackGeneration() ([]byte, error) {
	return epochs.abi.Pack("generation")
}

// UnpackGeneration is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x17219522.
//
// Solidity: function generation() view returns(uint64)
func (epochs *Epochs) UnpackGeneration(data []byte) (uint64, error) {
	out, err := epochs.abi.Unpack("generation", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackGenesis is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa7f0b3de.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function genesis() view returns(bytes32)
func (epochs *Epochs) PackGenesis() []byte {
	enc, err := epochs.abi.Pack("genesis")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGenesis is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa7f0b3de.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function genesis() view returns(bytes32)
func (epochs *Epochs) TryPackGenesis() ([]byte, error) {
	return epochs.abi.Pack("genesis")
}

// UnpackGenesis is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xa7f0b3de.
//
// Solidity: function genesis() view returns(bytes32)
func (epochs *Epochs) UnpackGenesis(data []byte) ([32]byte, error) {
	out, err := epochs.abi.Unpack("genesis", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackGovernors is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc4aea7ec.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function governors() view returns(address[])
func (epochs *Epochs) PackGovernors() []byte {
	enc, err := epochs.abi.Pack("governors")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackGovernors is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc4aea7ec.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function governors() view returns(address[])
func (epochs *Epochs) TryPackGovernors() ([]byte, error) {
	return epochs.abi.Pack("governors")
}

// UnpackGovernors is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc4aea7ec.
//
// Solidity: function governors() view returns(address[])
func (epochs *Epochs) UnpackGovernors(data []byte) ([]common.Address, error) {
	out, err := epochs.abi.Unpack("governors", data)
	if err != nil {
		return *new([]common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new([]common.Address)).(*[]common.Address)
	return out0, nil
}

// PackHeader is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4c0bf2db.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function header(uint64 number) view returns((bytes32,bytes32,bytes32,bytes32,bytes32,uint64,uint64) h)
func (epochs *Epochs) PackHeader(number uint64) []byte {
	enc, err := epochs.abi.Pack("header", number)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHeader is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4c0bf2db.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function header(uint64 number) view returns((bytes32,bytes32,bytes32,bytes32,bytes32,uint64,uint64) h)
func (epochs *Epochs) TryPackHeader(number uint64) ([]byte, error) {
	return epochs.abi.Pack("header", number)
}

// UnpackHeader is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4c0bf2db.
//
// Solidity: function header(uint64 number) view returns((bytes32,bytes32,bytes32,bytes32,bytes32,uint64,uint64) h)
func (epochs *Epochs) UnpackHeader(data []byte) (EpochsHeader, error) {
	out, err := epochs.abi.Unpack("header", data)
	if err != nil {
		return *new(EpochsHeader), err
	}
	out0 := *abi.ConvertType(out[0], new(EpochsHeader)).(*EpochsHeader)
	return out0, nil
}

// PackLast is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x47799da8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function last() view returns(uint64)
func (epochs *Epochs) PackLast() []byte {
	enc, err := epochs.abi.Pack("last")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLast is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x47799da8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function last() view returns(uint64)
func (epochs *Epochs) TryPackLast() ([]byte, error) {
	return epochs.abi.Pack("last")
}

// UnpackLast is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x47799da8.
//
// Solidity: function last() view returns(uint64)
func (epochs *Epochs) UnpackLast(data []byte) (uint64, error) {
	out, err := epochs.abi.Unpack("last", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackNetworkId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9025e64c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function networkId() view returns(bytes32)
func (epochs *Epochs) PackNetworkId() []byte {
	enc, err := epochs.abi.Pack("networkId")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNetworkId is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9025e64c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function networkId() view returns(bytes32)
func (epochs *Epochs) TryPackNetworkId() ([]byte, error) {
	return epochs.abi.Pack("networkId")
}

// UnpackNetworkId is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x9025e64c.
//
// Solidity: function networkId() view returns(bytes32)
func (epochs *Epochs) UnpackNetworkId(data []byte) ([32]byte, error) {
	out, err := epochs.abi.Unpack("networkId", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackParams is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcff0ab96.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function params() view returns((uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint8,uint8,uint64,uint64,uint64,uint64,uint64[8]))
func (epochs *Epochs) PackParams() []byte {
	enc, err := epochs.abi.Pack("params")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackParams is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xcff0ab96.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function params() view returns((uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint8,uint8,uint64,uint64,uint64,uint64,uint64[8]))
func (epochs *Epochs) TryPackParams() ([]byte, error) {
	return epochs.abi.Pack("params")
}

// UnpackParams is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xcff0ab96.
//
// Solidity: function params() view returns((uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint8,uint8,uint64,uint64,uint64,uint64,uint64[8]))
func (epochs *Epochs) UnpackParams(data []byte) (Params, error) {
	out, err := epochs.abi.Unpack("params", data)
	if err != nil {
		return *new(Params), err
	}
	out0 := *abi.ConvertType(out[0], new(Params)).(*Params)
	return out0, nil
}

// PackParamsDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd8ee269e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function paramsDigest() view returns(bytes32)
func (epochs *Epochs) PackParamsDigest() []byte {
	enc, err := epochs.abi.Pack("paramsDigest")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackParamsDigest is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd8ee269e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function paramsDigest() view returns(bytes32)
func (epochs *Epochs) TryPackParamsDigest() ([]byte, error) {
	return epochs.abi.Pack("paramsDigest")
}

// UnpackParamsDigest is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd8ee269e.
//
// Solidity: function paramsDigest() view returns(bytes32)
func (epochs *Epochs) UnpackParamsDigest(data []byte) ([32]byte, error) {
	out, err := epochs.abi.Unpack("paramsDigest", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0505c8c9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function policy() view returns(bytes32)
func (epochs *Epochs) PackPolicy() []byte {
	enc, err := epochs.abi.Pack("policy")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPolicy is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x0505c8c9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function policy() view returns(bytes32)
func (epochs *Epochs) TryPackPolicy() ([]byte, error) {
	return epochs.abi.Pack("policy")
}

// UnpackPolicy is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x0505c8c9.
//
// Solidity: function policy() view returns(bytes32)
func (epochs *Epochs) UnpackPolicy(data []byte) ([32]byte, error) {
	out, err := epochs.abi.Unpack("policy", data)
	if err != nil {
		return *new([32]byte), err
	}
	out0 := *abi.ConvertType(out[0], new([32]byte)).(*[32]byte)
	return out0, nil
}

// PackPolicyBlock is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79c55f1f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function policyBlock(uint64 generation) view returns(uint64 blockNumber)
func (epochs *Epochs) PackPolicyBlock(generation uint64) []byte {
	enc, err := epochs.abi.Pack("policyBlock", generation)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPolicyBlock is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79c55f1f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function policyBlock(uint64 generation) view returns(uint64 blockNumber)
func (epochs *Epochs) TryPackPolicyBlock(generation uint64) ([]byte, error) {
	return epochs.abi.Pack("policyBlock", generation)
}

// UnpackPolicyBlock is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x79c55f1f.
//
// Solidity: function policyBlock(uint64 generation) view returns(uint64 blockNumber)
func (epochs *Epochs) UnpackPolicyBlock(data []byte) (uint64, error) {
	out, err := epochs.abi.Unpack("policyBlock", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPostHeader is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xffeb47ce.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postHeader((uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, address[] signers, bytes[] sigs) returns()
func (epochs *Epochs) PackPostHeader(h EpochHeader, signers []common.Address, sigs [][]byte) []byte {
	enc, err := epochs.abi.Pack("postHeader", h, signers, sigs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostHeader is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xffeb47ce.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postHeader((uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, address[] signers, bytes[] sigs) returns()
func (epochs *Epochs) TryPackPostHeader(h EpochHeader, signers []common.Address, sigs [][]byte) ([]byte, error) {
	return epochs.abi.Pack("postHeader", h, signers, sigs)
}

// PackPostPolicies is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8a6356aa.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postPolicies(uint64 generation_, bytes set, bytes[] sigs) returns()
func (epochs *Epochs) PackPostPolicies(generation uint64, set []byte, sigs [][]byte) []byte {
	enc, err := epochs.abi.Pack("postPolicies", generation, set, sigs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostPolicies is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8a6356aa.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postPolicies(uint64 generation_, bytes set, bytes[] sigs) returns()
func (epochs *Epochs) TryPackPostPolicies(generation uint64, set []byte, sigs [][]byte) ([]byte, error) {
	return epochs.abi.Pack("postPolicies", generation, set, sigs)
}

// PackPostTicket is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x961dbf94.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postTicket(uint64 epoch, uint16 role, bytes pi) returns()
func (epochs *Epochs) PackPostTicket(epoch uint64, role uint16, pi []byte) []byte {
	enc, err := epochs.abi.Pack("postTicket", epoch, role, pi)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostTicket is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x961dbf94.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postTicket(uint64 epoch, uint16 role, bytes pi) returns()
func (epochs *Epochs) TryPackPostTicket(epoch uint64, role uint16, pi []byte) ([]byte, error) {
	return epochs.abi.Pack("postTicket", epoch, role, pi)
}

// PackPosted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8400d3b4.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function posted(uint64 epoch, address node) view returns(uint16 roles)
func (epochs *Epochs) PackPosted(epoch uint64, node common.Address) []byte {
	enc, err := epochs.abi.Pack("posted", epoch, node)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPosted is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8400d3b4.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function posted(uint64 epoch, address node) view returns(uint16 roles)
func (epochs *Epochs) TryPackPosted(epoch uint64, node common.Address) ([]byte, error) {
	return epochs.abi.Pack("posted", epoch, node)
}

// UnpackPosted is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8400d3b4.
//
// Solidity: function posted(uint64 epoch, address node) view returns(uint16 roles)
func (epochs *Epochs) UnpackPosted(data []byte) (uint16, error) {
	out, err := epochs.abi.Unpack("posted", data)
	if err != nil {
		return *new(uint16), err
	}
	out0 := *abi.ConvertType(out[0], new(uint16)).(*uint16)
	return out0, nil
}

// PackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function registry() view returns(address)
func (epochs *Epochs) PackRegistry() []byte {
	enc, err := epochs.abi.Pack("registry")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegistry is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7b103999.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function registry() view returns(address)
func (epochs *Epochs) TryPackRegistry() ([]byte, error) {
	return epochs.abi.Pack("registry")
}

// UnpackRegistry is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7b103999.
//
// Solidity: function registry() view returns(address)
func (epochs *Epochs) UnpackRegistry(data []byte) (common.Address, error) {
	out, err := epochs.abi.Unpack("registry", data)
	if err != nil {
		return *new(common.Address), err
	}
	out0 := *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	return out0, nil
}

// PackStart is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbe9a6555.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function start() view returns(uint64)
func (epochs *Epochs) PackStart() []byte {
	enc, err := epochs.abi.Pack("start")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStart is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbe9a6555.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function start() view returns(uint64)
func (epochs *Epochs) TryPackStart() ([]byte, error) {
	return epochs.abi.Pack("start")
}

// UnpackStart is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbe9a6555.
//
// Solidity: function start() view returns(uint64)
func (epochs *Epochs) UnpackStart(data []byte) (uint64, error) {
	out, err := epochs.abi.Unpack("start", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackThreshold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x42cde4e8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function threshold() view returns(uint8)
func (epochs *Epochs) PackThreshold() []byte {
	enc, err := epochs.abi.Pack("threshold")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackThreshold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x42cde4e8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function threshold() view returns(uint8)
func (epochs *Epochs) TryPackThreshold() ([]byte, error) {
	return epochs.abi.Pack("threshold")
}

// UnpackThreshold is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x42cde4e8.
//
// Solidity: function threshold() view returns(uint8)
func (epochs *Epochs) UnpackThreshold(data []byte) (uint8, error) {
	out, err := epochs.abi.Unpack("threshold", data)
	if err != nil {
		return *new(uint8), err
	}
	out0 := *abi.ConvertType(out[0], new(uint8)).(*uint8)
	return out0, nil
}

// EpochsPolicies represents a Policies event raised by the Epochs contract.
type EpochsPolicies struct {
	Generation uint64
	Digest     [32]byte
	Set        []byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const EpochsPoliciesEventName = "Policies"

// ContractEventName returns the user-defined event name.
func (EpochsPolicies) ContractEventName() string {
	return EpochsPoliciesEventName
}

// UnpackPoliciesEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Policies(uint64 indexed generation, bytes32 digest, bytes set)
func (epochs *Epochs) UnpackPoliciesEvent(log *types.Log) (*EpochsPolicies, error) {
	event := "Policies"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != epochs.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EpochsPolicies)
	if len(log.Data) > 0 {
		if err := epochs.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range epochs.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EpochsPosted represents a Posted event raised by the Epochs contract.
type EpochsPosted struct {
	Number uint64
	Digest [32]byte
	Raw    *types.Log // Blockchain specific contextual infos
}

const EpochsPostedEventName = "Posted"

// ContractEventName returns the user-defined event name.
func (EpochsPosted) ContractEventName() string {
	return EpochsPostedEventName
}

// UnpackPostedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Posted(uint64 indexed number, bytes32 digest)
func (epochs *Epochs) UnpackPostedEvent(log *types.Log) (*EpochsPosted, error) {
	event := "Posted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != epochs.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EpochsPosted)
	if len(log.Data) > 0 {
		if err := epochs.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range epochs.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EpochsTicket represents a Ticket event raised by the Epochs contract.
type EpochsTicket struct {
	Epoch uint64
	Node  common.Address
	Role  uint16
	Pi    []byte
	Raw   *types.Log // Blockchain specific contextual infos
}

const EpochsTicketEventName = "Ticket"

// ContractEventName returns the user-defined event name.
func (EpochsTicket) ContractEventName() string {
	return EpochsTicketEventName
}

// UnpackTicketEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Ticket(uint64 indexed epoch, address indexed node, uint16 role, bytes pi)
func (epochs *Epochs) UnpackTicketEvent(log *types.Log) (*EpochsTicket, error) {
	event := "Ticket"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != epochs.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EpochsTicket)
	if len(log.Data) > 0 {
		if err := epochs.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range epochs.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (epochs *Epochs) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], epochs.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return epochs.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["GovernorsInvalid"].ID.Bytes()[:4]) {
		return epochs.UnpackGovernorsInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["HeaderNumber"].ID.Bytes()[:4]) {
		return epochs.UnpackHeaderNumberError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["HeaderPrevious"].ID.Bytes()[:4]) {
		return epochs.UnpackHeaderPreviousError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["HeaderQuorum"].ID.Bytes()[:4]) {
		return epochs.UnpackHeaderQuorumError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["HeaderSigners"].ID.Bytes()[:4]) {
		return epochs.UnpackHeaderSignersError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["HeaderUnknown"].ID.Bytes()[:4]) {
		return epochs.UnpackHeaderUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["NotAdmitted"].ID.Bytes()[:4]) {
		return epochs.UnpackNotAdmittedError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["ParamsInvalid"].ID.Bytes()[:4]) {
		return epochs.UnpackParamsInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["PoliciesFixed"].ID.Bytes()[:4]) {
		return epochs.UnpackPoliciesFixedError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["PolicyGeneration"].ID.Bytes()[:4]) {
		return epochs.UnpackPolicyGenerationError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["PolicyQuorum"].ID.Bytes()[:4]) {
		return epochs.UnpackPolicyQuorumError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["PolicySignatures"].ID.Bytes()[:4]) {
		return epochs.UnpackPolicySignaturesError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["PolicySize"].ID.Bytes()[:4]) {
		return epochs.UnpackPolicySizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["TicketLate"].ID.Bytes()[:4]) {
		return epochs.UnpackTicketLateError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["TicketSize"].ID.Bytes()[:4]) {
		return epochs.UnpackTicketSizeError(raw[4:])
	}
	if bytes.Equal(raw[:4], epochs.abi.Errors["TicketTwice"].ID.Bytes()[:4]) {
		return epochs.UnpackTicketTwiceError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// EpochsBadSignature represents a BadSignature error raised by the Epochs contract.
type EpochsBadSignature struct {
	Want common.Address
	Got  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature(address want, address got)
func EpochsBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x08d20b25b536d5aac2f529fb21b6e4218c05b2e0e4288246b55b363df3839df8")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature(address want, address got)
func (epochs *Epochs) UnpackBadSignatureError(raw []byte) (*EpochsBadSignature, error) {
	out := new(EpochsBadSignature)
	if err := epochs.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsGovernorsInvalid represents a GovernorsInvalid error raised by the Epochs contract.
type EpochsGovernorsInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error GovernorsInvalid()
func EpochsGovernorsInvalidErrorID() common.Hash {
	return common.HexToHash("0xd6a0b505e2201229ac6a7a19992536d87685e50100235ab57df2301ad48953e2")
}

// UnpackGovernorsInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error GovernorsInvalid()
func (epochs *Epochs) UnpackGovernorsInvalidError(raw []byte) (*EpochsGovernorsInvalid, error) {
	out := new(EpochsGovernorsInvalid)
	if err := epochs.abi.UnpackIntoInterface(out, "GovernorsInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsHeaderNumber represents a HeaderNumber error raised by the Epochs contract.
type EpochsHeaderNumber struct {
	Number uint64
	Last   uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error HeaderNumber(uint64 number, uint64 last)
func EpochsHeaderNumberErrorID() common.Hash {
	return common.HexToHash("0x9d3262913273fc23ba580d161fb005c1be36dc46176dcb8751efa407fcce8a1d")
}

// UnpackHeaderNumberError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error HeaderNumber(uint64 number, uint64 last)
func (epochs *Epochs) UnpackHeaderNumberError(raw []byte) (*EpochsHeaderNumber, error) {
	out := new(EpochsHeaderNumber)
	if err := epochs.abi.UnpackIntoInterface(out, "HeaderNumber", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsHeaderPrevious represents a HeaderPrevious error raised by the Epochs contract.
type EpochsHeaderPrevious struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error HeaderPrevious()
func EpochsHeaderPreviousErrorID() common.Hash {
	return common.HexToHash("0xd848b5543bd4d9d923ab9395a37f8c22a39dd3fb62f19452652981a5e8307902")
}

// UnpackHeaderPreviousError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error HeaderPrevious()
func (epochs *Epochs) UnpackHeaderPreviousError(raw []byte) (*EpochsHeaderPrevious, error) {
	out := new(EpochsHeaderPrevious)
	if err := epochs.abi.UnpackIntoInterface(out, "HeaderPrevious", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsHeaderQuorum represents a HeaderQuorum error raised by the Epochs contract.
type EpochsHeaderQuorum struct {
	Signed  *big.Int
	Signers *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error HeaderQuorum(uint256 signed, uint256 signers)
func EpochsHeaderQuorumErrorID() common.Hash {
	return common.HexToHash("0x9757121f9d1039e6b86820276f1d7027f1017fa1a5c950b2cd9df951f7d06731")
}

// UnpackHeaderQuorumError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error HeaderQuorum(uint256 signed, uint256 signers)
func (epochs *Epochs) UnpackHeaderQuorumError(raw []byte) (*EpochsHeaderQuorum, error) {
	out := new(EpochsHeaderQuorum)
	if err := epochs.abi.UnpackIntoInterface(out, "HeaderQuorum", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsHeaderSigners represents a HeaderSigners error raised by the Epochs contract.
type EpochsHeaderSigners struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error HeaderSigners()
func EpochsHeaderSignersErrorID() common.Hash {
	return common.HexToHash("0xebbd1da9ae08eed7822af9851958f8ff6f5543c41bcd3f1b82e76e930132769a")
}

// UnpackHeaderSignersError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error HeaderSigners()
func (epochs *Epochs) UnpackHeaderSignersError(raw []byte) (*EpochsHeaderSigners, error) {
	out := new(EpochsHeaderSigners)
	if err := epochs.abi.UnpackIntoInterface(out, "HeaderSigners", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsHeaderUnknown represents a HeaderUnknown error raised by the Epochs contract.
type EpochsHeaderUnknown struct {
	Number uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error HeaderUnknown(uint64 number)
func EpochsHeaderUnknownErrorID() common.Hash {
	return common.HexToHash("0xa5ce5dad2750cd08a04220c5a9ad5e9aec79e590cba6f12bc18cafefa97208fa")
}

// UnpackHeaderUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error HeaderUnknown(uint64 number)
func (epochs *Epochs) UnpackHeaderUnknownError(raw []byte) (*EpochsHeaderUnknown, error) {
	out := new(EpochsHeaderUnknown)
	if err := epochs.abi.UnpackIntoInterface(out, "HeaderUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsNotAdmitted represents a NotAdmitted error raised by the Epochs contract.
type EpochsNotAdmitted struct {
	Key  common.Address
	Role uint16
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAdmitted(address key, uint16 role)
func EpochsNotAdmittedErrorID() common.Hash {
	return common.HexToHash("0xd845b5888a6ce164266f0eb7b657ab241655bec46c243505e6808e34981b469b")
}

// UnpackNotAdmittedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAdmitted(address key, uint16 role)
func (epochs *Epochs) UnpackNotAdmittedError(raw []byte) (*EpochsNotAdmitted, error) {
	out := new(EpochsNotAdmitted)
	if err := epochs.abi.UnpackIntoInterface(out, "NotAdmitted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsParamsInvalid represents a ParamsInvalid error raised by the Epochs contract.
type EpochsParamsInvalid struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error ParamsInvalid()
func EpochsParamsInvalidErrorID() common.Hash {
	return common.HexToHash("0x3489c0aa414b2692ae170304bf68428b9fda25811ea936198f44ccc247edd8f8")
}

// UnpackParamsInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error ParamsInvalid()
func (epochs *Epochs) UnpackParamsInvalidError(raw []byte) (*EpochsParamsInvalid, error) {
	out := new(EpochsParamsInvalid)
	if err := epochs.abi.UnpackIntoInterface(out, "ParamsInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsPoliciesFixed represents a PoliciesFixed error raised by the Epochs contract.
type EpochsPoliciesFixed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PoliciesFixed()
func EpochsPoliciesFixedErrorID() common.Hash {
	return common.HexToHash("0x2609092705c4f681cfaf873e13ec8276180390cc221eb5e189101dc31a184abd")
}

// UnpackPoliciesFixedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PoliciesFixed()
func (epochs *Epochs) UnpackPoliciesFixedError(raw []byte) (*EpochsPoliciesFixed, error) {
	out := new(EpochsPoliciesFixed)
	if err := epochs.abi.UnpackIntoInterface(out, "PoliciesFixed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsPolicyGeneration represents a PolicyGeneration error raised by the Epochs contract.
type EpochsPolicyGeneration struct {
	Generation uint64
	Next       uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PolicyGeneration(uint64 generation, uint64 next)
func EpochsPolicyGenerationErrorID() common.Hash {
	return common.HexToHash("0xb32ba4855457b244e94c7aea61e098b2a2aa11017a164f43c3219d474def19b7")
}

// UnpackPolicyGenerationError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PolicyGeneration(uint64 generation, uint64 next)
func (epochs *Epochs) UnpackPolicyGenerationError(raw []byte) (*EpochsPolicyGeneration, error) {
	out := new(EpochsPolicyGeneration)
	if err := epochs.abi.UnpackIntoInterface(out, "PolicyGeneration", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsPolicyQuorum represents a PolicyQuorum error raised by the Epochs contract.
type EpochsPolicyQuorum struct {
	Signed    *big.Int
	Threshold *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PolicyQuorum(uint256 signed, uint256 threshold)
func EpochsPolicyQuorumErrorID() common.Hash {
	return common.HexToHash("0x0369f96a1484de0841ec6cb459df3c2ae0e0cdfd05cac3f95e213c2cc1e945a4")
}

// UnpackPolicyQuorumError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PolicyQuorum(uint256 signed, uint256 threshold)
func (epochs *Epochs) UnpackPolicyQuorumError(raw []byte) (*EpochsPolicyQuorum, error) {
	out := new(EpochsPolicyQuorum)
	if err := epochs.abi.UnpackIntoInterface(out, "PolicyQuorum", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsPolicySignatures represents a PolicySignatures error raised by the Epochs contract.
type EpochsPolicySignatures struct {
	Sigs      *big.Int
	Governors *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PolicySignatures(uint256 sigs, uint256 governors)
func EpochsPolicySignaturesErrorID() common.Hash {
	return common.HexToHash("0xdaa4c823f27c2ca12472490fb1e0398faa675c170d619aa24f824c85b18d4251")
}

// UnpackPolicySignaturesError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PolicySignatures(uint256 sigs, uint256 governors)
func (epochs *Epochs) UnpackPolicySignaturesError(raw []byte) (*EpochsPolicySignatures, error) {
	out := new(EpochsPolicySignatures)
	if err := epochs.abi.UnpackIntoInterface(out, "PolicySignatures", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsPolicySize represents a PolicySize error raised by the Epochs contract.
type EpochsPolicySize struct {
	Size *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PolicySize(uint256 size)
func EpochsPolicySizeErrorID() common.Hash {
	return common.HexToHash("0xdac5876d028170715b6f2f88a2f677a731e0fdd536f617628cb2df42fa86bb7e")
}

// UnpackPolicySizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PolicySize(uint256 size)
func (epochs *Epochs) UnpackPolicySizeError(raw []byte) (*EpochsPolicySize, error) {
	out := new(EpochsPolicySize)
	if err := epochs.abi.UnpackIntoInterface(out, "PolicySize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsTicketLate represents a TicketLate error raised by the Epochs contract.
type EpochsTicketLate struct {
	Epoch   uint64
	Current uint64
	Offset  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TicketLate(uint64 epoch, uint64 current, uint64 offset)
func EpochsTicketLateErrorID() common.Hash {
	return common.HexToHash("0x0f78be691d826e21fe130e7f3ba8e82c95d5a0581d3534c90b99fe8a3e6e0f0c")
}

// UnpackTicketLateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TicketLate(uint64 epoch, uint64 current, uint64 offset)
func (epochs *Epochs) UnpackTicketLateError(raw []byte) (*EpochsTicketLate, error) {
	out := new(EpochsTicketLate)
	if err := epochs.abi.UnpackIntoInterface(out, "TicketLate", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsTicketSize represents a TicketSize error raised by the Epochs contract.
type EpochsTicketSize struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TicketSize()
func EpochsTicketSizeErrorID() common.Hash {
	return common.HexToHash("0xdb9436f0bcfd028f5e98273bf0684e68b1fb95637b3b7d682634efd403cc82ff")
}

// UnpackTicketSizeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TicketSize()
func (epochs *Epochs) UnpackTicketSizeError(raw []byte) (*EpochsTicketSize, error) {
	out := new(EpochsTicketSize)
	if err := epochs.abi.UnpackIntoInterface(out, "TicketSize", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EpochsTicketTwice represents a TicketTwice error raised by the Epochs contract.
type EpochsTicketTwice struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error TicketTwice()
func EpochsTicketTwiceErrorID() common.Hash {
	return common.HexToHash("0x68fcbcee2c70271c27a616abb90dd2d9315e661b223bc38208ffb466d9a1b2cd")
}

// UnpackTicketTwiceError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error TicketTwice()
func (epochs *Epochs) UnpackTicketTwiceError(raw []byte) (*EpochsTicketTwice, error) {
	out := new(EpochsTicketTwice)
	if err := epochs.abi.UnpackIntoInterface(out, "TicketTwice", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowMetaData contains all meta data concerning the Escrow contract.
var EscrowMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractEpochs\",\"name\":\"epochs_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AlreadyClaimed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadPath\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BatchDebits\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"}],\"name\":\"BatchEpoch\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"next\",\"type\":\"uint64\"}],\"name\":\"BatchNumber\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"BatchUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"has\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"wants\",\"type\":\"uint64\"}],\"name\":\"DepositShort\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"held\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"seats\",\"type\":\"uint256\"}],\"name\":\"NoQuorum\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotDirect\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotDispatcher\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotFalse\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],\"name\":\"NotGwei\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NothingDue\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"}],\"name\":\"OtherDispatcher\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"remaining\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"OverClaim\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PoolUnknown\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"member\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"seat\",\"type\":\"uint256\"}],\"name\":\"SeatInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Window\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"WithdrawLocked\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"leaves\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"name\":\"BatchPosted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"}],\"name\":\"BatchVoided\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Claimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Collected\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Deposited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"name\":\"Withdrawing\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"HEADER_AGE\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"SEATS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"batch\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"leaves\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"payouts\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"debits\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"remaining\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"posted\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"order\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"voided\",\"type\":\"bool\"}],\"internalType\":\"structEscrow.Record\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"later\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"earlier\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"}],\"name\":\"challengeDuplicate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"late\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"}],\"name\":\"challengeLate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"wrong\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"task\",\"type\":\"tuple\"}],\"name\":\"challengeLeaf\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"wrong\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes\",\"name\":\"task\",\"type\":\"bytes\"},{\"internalType\":\"address\",\"name\":\"receipt\",\"type\":\"address\"},{\"internalType\":\"bytes\",\"name\":\"leaf\",\"type\":\"bytes\"}],\"name\":\"challengeSignature\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structPayout\",\"name\":\"payout\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"name\":\"claim\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"}],\"name\":\"claimable\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"collect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"}],\"name\":\"deposit\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"}],\"name\":\"depositOf\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"internalType\":\"structDeposit\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"from\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"n\",\"type\":\"uint256\"}],\"name\":\"deposits\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"internalType\":\"structDeposit[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"sigs\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"s\",\"type\":\"tuple\"}],\"name\":\"finalAfter\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"hold\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"}],\"name\":\"lastBatch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structPayout[]\",\"name\":\"list\",\"type\":\"tuple[]\"}],\"name\":\"pay\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"leaves\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"payouts\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"debits\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structBatch\",\"name\":\"b\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"count\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structPoolRoot\",\"name\":\"pool\",\"type\":\"tuple\"},{\"components\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structMember\",\"name\":\"member\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint8[]\",\"name\":\"seats\",\"type\":\"uint8[]\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"internalType\":\"structEscrow.Approval[]\",\"name\":\"approvals\",\"type\":\"tuple[]\"}],\"name\":\"postBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"requestWithdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"unhold\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"withdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "074fbaccb0112bf5599bbe624530bb4d26",
	Bin: "0x61016080604052346101c657602081613e1280380380916100208285610422565b8339810103126101c657516001600160a01b0381168082036101c6576040516367f855cb60e11b8152916102c083600481855afa9283156101d2575f93610262575b50608052604051637b10399960e01b8152602081600481855afa9081156101d2575f91610220575b5060a05260405163222b140760e01b8152602081600481855afa9081156101d2575f916101dd575b5060c0526040516353f859ef60e11b815290602090829060049082905afa9081156101d2575f9161019c575b5060e05260c08101516001600160401b039081166101005260a082015181166101205260809091015116610140526040516139aa90816104688239608051818181610ae20152818161182e015261226a015260a051818181610a9f0152613059015260c0518181816103d1015281816120d901526124cb015260e051818181610c250152818161180501526122480152610100518161277901526101205181818161063801528181611f820152612f78015261014051816120540152f35b90506020813d6020116101ca575b816101b760209383610422565b810103126101c657515f6100de565b5f80fd5b3d91506101aa565b6040513d5f823e3d90fd5b90506020813d602011610218575b816101f860209383610422565b810103126101c657516001600160a01b03811681036101c65760046100b2565b3d91506101eb565b90506020813d60201161025a575b8161023b60209383610422565b810103126101c657516001600160a01b03811681036101c6575f61008a565b3d915061022e565b9092506102c03d811161041b575b61027a8183610422565b8101906102c0818303126101c657604051916101e083016001600160401b03811184821017610407576040526102af82610445565b83526102bd60208301610445565b60208401526102ce60408301610445565b60408401526102df60608301610445565b60608401526102f060808301610445565b608084015261030160a08301610445565b60a084015261031260c08301610445565b60c084015261032360e08301610445565b60e08401526103356101008301610459565b6101008401526103486101208301610459565b61012084015261035b6101408301610445565b61014084015261036e6101608301610445565b6101608401526103816101808301610445565b6101808401526103946101a08301610445565b6101a0840152806101df830112156101c6576040519161010083016001600160401b038111848210176104075760405282906102c081019283116101c6576101c001905b8282106103ef575050506101c0820152915f610062565b602080916103fc84610445565b8152019101906103d8565b634e487b7160e01b5f52604160045260245ffd5b503d610270565b601f909101601f19168101906001600160401b0382119082101761040757604052565b51906001600160401b03821682036101c657565b519060ff821682036101c65756fe6080806040526004361015610012575f80fd5b5f3560e01c90816306661abd14612a1f5750806323e3fbd51461298957806324ac45a71461285f5780632a1561f5146126f15780632bd497801461255b57806336f39e2e146124905780633ccfd60b14612373578063402914f5146123335780634a7e99eb1461210857806355a49fa81461209a57806360575ce914611fd3578063702ee22214611fb85780638365e5cd14611f2e57806384685efe146117765780638f8b5c3d14610938578063947366941461091d578063a8abe255146105c9578063b202dca914610588578063c7b4f94b14610451578063c9cab3fc146103a6578063e52253811461038b5763f340fa011461010e575f80fd5b602036600319011261038757610122612a39565b335f52600360205260405f20633b9aca003404633b9aca00340615801590610377575b61034b576001600160401b0316908115801561033a575b61031e5760018101908154936001600160a01b0380861691169485820361029f575b50506001600160a01b0381541615610227575b50806101ad836001600160401b036101f9945460a01c16612d05565b7fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b6040519081527f56b78ff574d1f4febd28fdc15b6490c8384ccc7aab92c4a48d47ff45e01e5d6460203392a3005b805473ffffffffffffffffffffffffffffffffffffffff191633179055600254906801000000000000000082101561028b5761026c8260016101f99401600255612d56565b81549060031b906001600160a01b0333831b921b191617905590610191565b634e487b7160e01b5f52604160045260245ffd5b60a01c6001600160401b031615801590610308575b6102dd57508373ffffffffffffffffffffffffffffffffffffffff198354161782555f8061017e565b7f64a54959000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b506001600160401b0360028301541615156102b4565b5063122024df60e11b5f5233600452602452600160445260645ffd5b506001600160a01b0383161561015c565b7fed1cab72000000000000000000000000000000000000000000000000000000005f523460045260245ffd5b506001600160401b038111610145565b5f80fd5b34610387575f366003190112610387576103a43361313a565b005b34610387576040366003190112610387576103bf612a39565b6103c7612aa9565b6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303610429576001600160a01b036103a492165f5260036020526101ad600160405f2001916001600160401b03835460a01c16612d05565b7feb8cd611000000000000000000000000000000000000000000000000000000005f5260045ffd5b346103875760403660031901126103875761046a612a39565b6001600160a01b0361047a612aa9565b915f60e060405161048a81612b30565b8281528260208201528260408201528260608201528260808201528260a08201528260c08201520152165f5260056020526001600160401b0360405f2091165f5260205261010060405f206040516104e181612b30565b6001600160401b038254928383528160018201546020850190815281858160028601549560408301968752600381015496879560e060ff60046060880195878b16875260c060808a0199898d60401c168b528960a082019d60801c168d52019c60c01c8d520154169b019a15158b526040519b8c525160208c01525160408b01525116606089015251166080870152511660a0850152511660c083015251151560e0820152f35b34610387576020366003190112610387576001600160a01b036105a9612a39565b165f52600460205260206001600160401b0360405f205416604051908152f35b346103875760a0366003190112610387576105e2612a39565b6105ea612aa9565b906040366043190112610387576084356001600160401b03811161038757610616903690600401612b00565b6106208484613743565b9160038301928354926001600160401b038460801c167f0000000000000000000000000000000000000000000000000000000000000000906001600160401b0361066a8383612d05565b164311156108df57505060405192604084018481106001600160401b0382111761028b57604052604435936001600160a01b038516948581036103875781526064356001600160401b038116810361038757610702956001600160401b036106f99260206001950190815260405192602084015251166040820152604081526106f4606082612b67565b61398a565b930154926137dd565b61070a612c21565b6040516001600160a01b0360208201928460c01c845216604082015260408152610735606082612b67565b51902090815f52600660205260ff60405f2054166108b7576001600160401b03908161075f612cbb565b9160401c1691829116116108765750906107d8915f52600660205260405f20600160ff198254161790556107a7610794612cbb565b6001600160401b03835460401c16612ce5565b6fffffffffffffffff0000000000000000196fffffffffffffffff000000000000000083549260401b169116179055565b6107e0612cbb565b6001600160a01b036107f0612c21565b165f525f6020526001600160401b0361081060405f209282845416612d05565b166001600160401b0319825416179055610828612c21565b7f9b802aee5fbdad6d0707069e86a5a511c66cb94d43844014291b72600e8ab75a60206001600160a01b036001600160401b0381610864612cbb565b958260405197168752169616941692a4005b6001600160401b0390610887612cbb565b907f5897a7f3000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b7f646cf558000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160401b03916108f191612d05565b7f69caad02000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b34610387575f36600319011261038757602060405160408152f35b3461038757366003190161018081126103875760e0136103875760e4356001600160401b03811161038757610971903690600401612a63565b60603661010319011261038757610164356001600160401b0381116103875761099e903690600401612b00565b9290916001600160a01b036109b1612c0b565b165f52600460205260016001600160401b0360405f205416016001600160401b038111610fba576001600160401b03906001600160a01b036109f1612c0b565b165f52600560205260405f2082610a06612c4b565b165f5260205260405f209082610a1a612c4b565b91169216820361172557506001600160a01b03610a35612c0b565b165f52600460205260405f20906001600160401b03198254161790555b610a5a612c0b565b6001600160a01b03604051917f586168030000000000000000000000000000000000000000000000000000000083521660048201526060816024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa801561159c575f906116c6575b60089150161561168a576001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001691610b0b612c61565b946001600160401b03604051967f4c0bf2db00000000000000000000000000000000000000000000000000000000885216600487015260e086602481875afa95861561159c575f966115eb575b5060046001600160401b03610b6b612c61565b16016001600160401b038111610fba576040516308ef33b560e31b8152602081600481895afa90811561159c575f916115a7575b506001600160401b038091169116106114ee5760405195602087016101043597888252610124356001600160401b038116809103610387576040820152610144356001600160401b03811680910361038757606082015260608152610c05608082612b67565b5190206060820151148015906114d6575b6114ae576020610c4a910151947f00000000000000000000000000000000000000000000000000000000000000009061327e565b946040519460208601967fe1975e2de026dc3cef1dcca96c77b15aaf1d61326be8face5358e9d2d8ac321688526001600160a01b03610c87612a39565b1660408801526001600160401b03610c9d612aa9565b1660608801526001600160401b03610cb3612a93565b166080880152606435988960a0890152608435988960c08a015260a435988960e082015260c4356001600160401b038116809103610387576101008201526101008152610d0261012082612b67565b5190209060406001600160401b03610d18612c8e565b1611801591906114a6576001600160401b03610d32612c8e565b16965b5f965f935f5b83811061108f5750505050505050505080600302600381048203610fba577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83168303610fba578260011b101561106157505082610d9983836136ba565b03610fce57905f915f915b808310610ff6575050506001600160401b03610dbe612ca5565b1603610fce57610dcc612ca5565b610dd4612ca5565b906001546001600160401b038116936001600160401b038514610fba576001600160401b036001600496011680926001600160401b03191617600155610eea6001600160401b0360405195610e2887612b30565b898752602087019889526040870193845281606088019616865281608088019116815260a0870193824316855260c0880195865260e08801995f8b526001600160a01b03610e74612c0b565b165f52600560205260405f2084610e89612c4b565b165f5260205260405f2098518955516001890155516002880155818060038901975116168219875416178655511684906fffffffffffffffff0000000000000000196fffffffffffffffff000000000000000083549260401b169116179055565b51906fffffffffffffffffffffffffffffffff77ffffffffffffffff000000000000000000000000000000007fffffffffffffffff0000000000000000000000000000000000000000000000008554935160c01b169360801b16911617179055019051151560ff80198354169116179055610f63612c0b565b907ff478df5970a8731d1cfbd803b21f0c1a0fa28310c64da8e3175a0a0d9e742a0f60406001600160a01b036001600160401b03610f9f612c4b565b81610fa8612ca5565b855197885216602087015216941692a3005b634e487b7160e01b5f52601160045260245ffd5b7fbca543b7000000000000000000000000000000000000000000000000000000005f5260045ffd5b909192611058600191611039611015611010888789612d82565b612c37565b61101d612c0b565b611033602061102d8b8a8c612d82565b01612cd1565b91613325565b6001600160401b03611051602061102d89888a612d82565b1690612d32565b93019190610da4565b7fa07c49af000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b6110a361109d828686613499565b80613697565b81151580611468575b611440576110b981612cd1565b60208201916110c783612c37565b926110d460408301612c37565b9260608301946110e386612cd1565b9460808501956110f287612cd1565b906110ff60a0880161351c565b9261110d60e089018961352a565b369061111892612dad565b8051906020012094604051966001600160401b031660208801526001600160a01b031660408701526001600160a01b031660608601526001600160401b031660808501526001600160401b031660a084015260ff1660c083015260c084013560e0830152610100820152610100815261119361012082612b67565b61119c9061398a565b896111a8878b8b613499565b602081016111b591612df7565b906111bf936137dd565b6111c890612c37565b8a8c6111d5878b8b613499565b606081016111e29161352a565b9261120591926042916040519161190160f01b8352600283015260228201522090565b91369061121192612dad565b61121a91613244565b50506001600160a01b039081169116818114801590611438575b61140a575050846113f55761125761124d858989613499565b6040810190612df7565b9190925f945b838610611274575050505050506001905b01610d3b565b90919293949e9a8f8f9061129361128e60ff92898b612ea9565b61351c565b169061129d612c0b565b6001600160401b036112ad612c4b565b6001600160a01b036040519360208501957fbdba2e669ebf7aed8fe5b150e09bceef0d93d518b9efe3871b4b09692138b100875260408601521660608401521660808201528260a082015260a0815261130760c082612b67565b5190206001600160401b0361131a612c77565b169081156113e1570660408210908115916113d2575b81156113b6575b8115611386575b5061135f5760019182611353921b179c6136ac565b9f01949392919061125d565b6001600160401b0361137086612cd1565b63010769b160e31b5f521660045260245260445ffd5b90506113ae6001600160401b0361139c87612cd1565b166001600160401b0361105187612cd1565b11155f61133e565b90506001600160401b036113c986612cd1565b16811090611337565b6001831b841615159150611330565b634e487b7160e01b5f52601260045260245ffd5b505050986114046001916136ac565b9961126e565b7f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b508015611234565b6114516001600160401b0391612cd1565b63010769b160e31b5f52166004525f60245260445ffd5b5061147281612cd1565b5f198301838111610fba576001600160401b0361149c61149761109d83948b8b613499565b612cd1565b16911611156110ac565b604096610d35565b7f48517218000000000000000000000000000000000000000000000000000000005f5260045ffd5b506001600160401b036114e7612c77565b1615610c16565b60048460206114fb612c61565b91604051938480926308ef33b560e31b82525afa91821561159c575f92611558575b6001600160401b038381847fb2ed5af4000000000000000000000000000000000000000000000000000000005f52166004521660245260445ffd5b91506020823d602011611594575b8161157360209383612b67565b81010312610387576001600160401b0361158d8193612de3565b925061151d565b3d9150611566565b6040513d5f823e3d90fd5b90506020813d6020116115e3575b816115c260209383612b67565b81010312610387576001600160401b036115dc8192612de3565b9150610b9f565b3d91506115b5565b90955060e0813d60e011611682575b8161160760e09383612b67565b81010312610387576040519060e082018281106001600160401b0382111761028b576116769160c091604052805184526020810151602085015260408101516040850152606081015160608501526080810151608085015261166b60a08201612de3565b60a085015201612de3565b60c08201529486610b58565b3d91506115fa565b6001600160a01b0361169a612c0b565b7fb513b9e5000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b506060813d60601161171d575b816116e060609383612b67565b810103126103875780516001600160a01b0381160361038757602081015161ffff8116810361038757611717604060089301612de3565b50610ace565b3d91506116d3565b6004015460ff16156117375750610a52565b6001600160401b03611747612c4b565b7fba2e0a4e000000000000000000000000000000000000000000000000000000005f521660045260245260445ffd5b34610387576060366003190112610387576004356001600160401b0381116103875780600401906101206003198236030112610387576024356001600160401b038111610387576117cb903690600401612a63565b929091604435926001600160401b03841161038757836004019184360393610180600319860112610387576117ff81612e2c565b966118537f00000000000000000000000000000000000000000000000000000000000000006001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001661327e565b9360a488019861186d6118668b89612df7565b9050613467565b975f5b8951811015611926578061189060019261188a8f8d612df7565b90613499565b6118986134bb565b60208151910120906001600160401b036118b18261351c565b9160406118cb6118c4602084018461352a565b3691612dad565b60208151910120916118df60608201612cd1565b9260ff8351966020880198895216838701526060860152013560808401521660a082015260a0815261191260c082612b67565b51902061191f828d612d6e565b5201611870565b5089989795969860e481019761193f6118668a8a612df7565b9a5f5b8c51811015611a15576119558b8b612df7565b8291921015611a01578060051b82013591605e1981360301831215610387576119fa8f9160019484910161198761355c565b602081519101206119f161199a8361351c565b6119e36119ad6118c4604087018761352a565b60208151910120604051948593602080860198013591889094939260ff6060936080840197845216602083015260408201520152565b03601f198101835282612b67565b51902092612d6e565b5201611942565b634e487b7160e01b5f52603260045260245ffd5b50918b9189938c611a246134bb565b6020611b89611a3161355c565b82611a3a6135bd565b60ee60405195869481808701997f5461736b286164647265737320757365722c75696e743634206e6f6e63652c628b527f797465733332206b696e642c6279746573333220736572766963652c75696e7460408901527f36342067656e65726174696f6e2c496e7075745b5d20696e707574732c62797460608901527f6573333220706172616d732c526563697069656e745b5d20726563697069656e60808901527f74732c526571756972656d656e747320726571756972656d656e74732c61646460a08901527f7265737320646973706174636865722c75696e743634206d61784665652c756960c08901527f6e74363420646561646c696e652900000000000000000000000000000000000060e08901528051918291018589015e8601908382015f8152815193849201905e0101905f8252805192839101825e015f815203601f198101835282612b67565b51902094611b9687612c37565b916001600160401b03611bab60248801612cd1565b9181611bb960848a01612cd1565b91604051611bcf816119e360208201809561366a565b519020936001600160a01b0360405197602089019c8d5216604088015216606086015260448801356080860152606488013560a08601521660c084015260e083015260e08252611c2161010083612b67565b604051611c36816119e360208201809561366a565b519020966101048501359060e219018112156103875784016004810190611c5b6135bd565b6020815191012091611c6c8161351c565b91611c7960248201612cd1565b91611c8660448301612cd1565b611c9260648401612cd1565b9060848401359263ffffffff841680940361038757611cb460a486018261352a565b3690611cbf92612dad565b805190602001209460c401611cd39161352a565b3690611cde92612dad565b8051906020012094604051966020880198895260ff1660408801526001600160401b031660608701526001600160401b031660808601526001600160401b031660a085015260c084015260e08301526101008201526101008152611d4461012082612b67565b51902096610124850195611d5787612c37565b95610144810199611d678b612cd1565b610164830198611d768a612cd1565b9260405196602088019560c401358652604088015260608701526001600160a01b031660808601526001600160401b031660a08501526001600160401b031660c084015260c08352611dc960e084612b67565b6040519283926020840195518091875e83019060208201905f8252519283915e016020015f815203601f1981018252611e029082612b67565b519020611e26916042916040519161190160f01b8352600283015260228201522090565b60448201351494851595611e6f575b5050505050611e47576103a493612f60565b7f4c49b729000000000000000000000000000000000000000000000000000000005f5260045ffd5b9091929394506001600160401b0380611e93611e8d60848601612cd1565b93612cd1565b16911611159384611f08575b5083611ee0575b505081611eb9575b508580808080611e35565b90506001600160a01b0380611ed6611ed088612c37565b93612c37565b1691161485611eae565b6001600160401b0391929350611efc611e8d60a4849301612cd1565b16911614908680611ea6565b9093506001600160a01b0380611f23611ed060648801612c37565b169116149288611e9f565b34610387576020366003190112610387576004356001600160401b03811161038757610120600319823603011261038757611fa76001600160401b036003611f7a602094600401612e2c565b015460801c167f000000000000000000000000000000000000000000000000000000000000000090612d05565b6001600160401b0360405191168152f35b34610387575f36600319011261038757602060405160048152f35b34610387576040366003190112610387576004356001600160401b0381116103875780600401906101206003198236030112610387576024356001600160401b03811161038757612028903690600401612a63565b9161207a6001600160401b0361204960a461204288612e2c565b9401612cd1565b166001600160401b037f00000000000000000000000000000000000000000000000000000000000000001690612d32565b6001600160401b03600383015460801c161115611e47576103a493612f60565b34610387576060366003190112610387576120b3612a39565b6024356001600160a01b0381168103610387576120ce612a93565b906001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303610429576103a492613325565b346103875760a0366003190112610387576004356001600160401b0381116103875780600401906101206003198236030112610387576024356001600160401b0381116103875761215d903690600401612a63565b916044356001600160401b0381116103875761217d903690600401612ad3565b9190606435906001600160a01b038216809203610387576084356001600160401b038111610387576121b3903690600401612ad3565b9490916121bf89612e2c565b956121cb368484612dad565b602081519101206121dd368387612dad565b602081519101206040519060208201928352876040830152606082015260608152612209608082612b67565b51902060e487013503611e47576122ba61223d6122336122c0946001600160a01b03963691612dad565b6044890135613244565b5050946122b261228f7f0000000000000000000000000000000000000000000000000000000000000000877f00000000000000000000000000000000000000000000000000000000000000001661327e565b60c48a0135906042916040519161190160f01b8352600283015260228201522090565b923691612dad565b90613244565b505091168015159384612311575b5050826122fe575b826122eb575b5050611e47576103a493612f60565b6001600160a01b031614905085806122dc565b6001600160a01b038116151592506122d6565b6001600160a01b039192945060646123299101612c37565b16149187806122ce565b34610387576020366003190112610387576001600160a01b03612354612a39565b165f525f60205260206001600160401b0360405f205416604051908152f35b34610387575f36600319011261038757335f526003602052600260405f200180546001600160401b038116908115801561247b575b6124435750335f525f6020526001600160401b036123cd60405f209282845416612d05565b166001600160401b03198254161790556001600160401b038154166040519081527fbae95d59332d6e1e8f1ae78e7bebdaeef072d57b731c8790a636667e3a0a87ee60203392a280547fffffffffffffffffffffffffffffffff000000000000000000000000000000001690556103a43361313a565b6001600160401b03907f4977c6fb000000000000000000000000000000000000000000000000000000005f5260401c1660045260245ffd5b506001600160401b038160401c1643106123a8565b34610387576020366003190112610387576004356001600160401b038111610387576124c0903690600401612a63565b906001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303610429575f5b8281106124fc57005b8061250f602061102d6001948787612d82565b6001600160a01b03612525611010848888612d82565b165f525f6020526001600160401b0361254560405f209282845416612d05565b166001600160401b0319825416179055016124f3565b3461038757604036600319011261038757600254600435906024358183106126ca575050805b61258b8282612d25565b9161259583612d3f565b926125a36040519485612b67565b8084526125b2601f1991612d3f565b015f5b8181106126b3575050805b82811061265e57836040518091602082016020835281518091526020604084019201905f5b8181106125f3575050500390f35b91935091602060a08261265060019488516001600160401b03608080926001600160a01b0381511685526001600160a01b036020820151166020860152826040820151166040860152826060820151166060860152015116910152565b0194019101918493926125e5565b806001600160a01b03612672600193612d56565b90549060031b1c165f5260036020526126ac60405f2061269b6126958685612d25565b91612bb2565b6126a58289612d6e565b5286612d6e565b50016125c0565b6020906126be612b88565b828288010152016125b5565b806126d58484612d25565b11156126eb576126e6915082612d32565b612581565b50612581565b34610387576020366003190112610387576004356001600160401b03811680820361038757335f52600360205260405f209080158015612846575b61281c575061276160028261275660016001600160401b0395016101ad8787835460a01c16612ce5565b019282845416612d05565b166001600160401b03198254161781556127d96127a77f00000000000000000000000000000000000000000000000000000000000000006001600160401b034316612d05565b82546fffffffffffffffff0000000000000000191660409190911b6fffffffffffffffff000000000000000016178255565b546001600160401b0360405191818116835260401c1660208201527fb9cd5a41f18f627e1b9cd98215daae2e1c1f6ea2e5dfb8bda95f4748b9686c0f60403392a2005b6001600160401b03600183015460a01c1663122024df60e11b5f523360045260245260445260645ffd5b506001600160401b03600183015460a01c16811161272c565b34610387576060366003190112610387576004356001600160401b038111610387578060040190610120600319823603011261038757602435906001600160401b0382116103875781600401916101206003198236030112610387576044356001600160401b038111610387576128da903690600401612a63565b9390926128e686612e2c565b926128f083612e2c565b916128fa88612c37565b6001600160a01b038061290c87612c37565b16911614801590612977575b611e47576001600160401b03612935602461204281849501612cd1565b169116145f14612957575061294a9085612eb9565b611e47576103a493612f60565b60039150015460c01c600382015460c01c1115611e47576103a493612f60565b50604482013560448201351415612918565b34610387576020366003190112610387576001600160a01b036129aa612a39565b6129b2612b88565b50165f52600360205260a06129c960405f20612bb2565b612a1d60405180926001600160401b03608080926001600160a01b0381511685526001600160a01b036020820151166020860152826040820151166040860152826060820151166060860152015116910152565bf35b34610387575f366003190112610387576020906002548152f35b600435906001600160a01b038216820361038757565b35906001600160a01b038216820361038757565b9181601f84011215610387578235916001600160401b038311610387576020808501948460061b01011161038757565b604435906001600160401b038216820361038757565b602435906001600160401b038216820361038757565b35906001600160401b038216820361038757565b9181601f84011215610387578235916001600160401b038311610387576020838186019501011161038757565b9181601f84011215610387578235916001600160401b038311610387576020808501948460051b01011161038757565b61010081019081106001600160401b0382111761028b57604052565b60a081019081106001600160401b0382111761028b57604052565b90601f801991011681019081106001600160401b0382111761028b57604052565b60405190612b9582612b4c565b5f6080838281528260208201528260408201528260608201520152565b90604051612bbf81612b4c565b60806001600160401b03600283956001600160a01b0381541685528260018201546001600160a01b038116602088015260a01c1660408601520154818116606085015260401c16910152565b6004356001600160a01b03811681036103875790565b6044356001600160a01b03811681036103875790565b356001600160a01b03811681036103875790565b6024356001600160401b03811681036103875790565b6044356001600160401b03811681036103875790565b610144356001600160401b03811681036103875790565b610124356001600160401b03811681036103875790565b60c4356001600160401b03811681036103875790565b6064356001600160401b03811681036103875790565b356001600160401b03811681036103875790565b906001600160401b03809116911603906001600160401b038211610fba57565b906001600160401b03809116911601906001600160401b038211610fba57565b91908203918211610fba57565b91908201809211610fba57565b6001600160401b03811161028b5760051b60200190565b600254811015611a015760025f5260205f2001905f90565b8051821015611a015760209160051b010190565b9190811015611a015760061b0190565b6001600160401b03811161028b57601f01601f191660200190565b929192612db982612d92565b91612dc76040519384612b67565b829481845281830111610387578281602093845f960137010152565b51906001600160401b038216820361038757565b903590601e198136030182121561038757018035906001600160401b03821161038757602001918160051b3603831361038757565b90612e73612e4e612e3c84612c37565b612e4860208601612cd1565b90613743565b92612e6a612e5e60408301613875565b91610100810190612df7565b908554926137dd565b565b91907f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff81116103875760051b809282370190565b9190811015611a015760051b0190565b90612ec660408301613875565b90612ed360408201613875565b8203612f5957610100830190612f1b6119e3612ef8612f0c6119e3612ef8878a612df7565b929060405192839160208301958691612e75565b51902093610100810190612df7565b51902003612f5957612f2d8184612df7565b905015928315612f3e575b50505090565b612f49929350612df7565b15611a01573514155f8080612f38565b5050505f90565b92919060038101906001600160401b03825460801c167f0000000000000000000000000000000000000000000000000000000000000000906001600160401b03612faa8383612d05565b1643116108df575050612fbd84846136ba565b600282015403610fce57600401805460ff1916600117905580546fffffffffffffffff0000000000000000191690555f5b8281106130e35750505061300181612c37565b61300d60208301612cd1565b7fcd302f0075c6504a7a25f9ed4dac33ead8a15401505aa52bdbc3ead3baa6ec8c60206001600160a01b036001600160401b036040519433865216941692a361307f6001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001691612c37565b813b15610387576001600160a01b0360445f928360405195869485937f7aeccce90000000000000000000000000000000000000000000000000000000085521660048401523360248401525af1801561159c576130d95750565b5f612e7391612b67565b806131346130f9602061102d6001958888612d82565b6001600160a01b0361310f611010858989612d82565b165f5260036020526101ad8460405f2001916001600160401b03835460a01c16612d05565b01612fee565b6001600160a01b03811690815f525f6020526001600160401b0360405f20541691821561321c57805f525f60205260405f206001600160401b031981541690557fd781331f2f0fa6b73976fbd49b25c768316483970396ab6f6f49daea764e2ae16020604051858152a2633b9aca008202918204633b9aca0003610fba575f80809381935af13d15613217573d6131d081612d92565b906131de6040519283612b67565b81525f60203d92013e5b156131ef57565b7f8ac5ff0b000000000000000000000000000000000000000000000000000000005f5260045ffd5b6131e8565b7f86fdb19c000000000000000000000000000000000000000000000000000000005f5260045ffd5b81519190604183036132745761326d9250602082015190606060408401519301515f1a906138f6565b9192909190565b50505f9160029190565b90604051906001600160a01b0360208301937fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647285527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408501527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608501524660808501521660a083015260c082015260c0815261331f60e082612b67565b51902090565b6001600160a01b031690815f52600360205260405f209160018301918254906001600160a01b03808316911681036102dd57506001600160401b03858116929160a01c16808311156134545750600261338c6001600160401b03855460a01c168097612ce5565b9401946001600160401b0386541690816001600160401b0387161161342757505050506001600160401b0391817fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff6133eb935416905582845416612ce5565b166001600160401b03198254161781556001600160401b038154161561340e5750565b6fffffffffffffffff0000000000000000198154169055565b6001600160401b03929161343a91612d05565b9063122024df60e11b5f526004521660245260445260645ffd5b90506101ad929350612e73949150612ce5565b9061347182612d3f565b61347e6040519182612b67565b828152809261348f601f1991612d3f565b0190602036910137565b9190811015611a015760051b81013590607e1981360301821215610387570190565b604051906134ca606083612b67565b603682527f65733332207265662c75696e74363420696e64657829000000000000000000006040837f496e7075742875696e7438206b696e642c737472696e67206e616d652c62797460208201520152565b3560ff811681036103875790565b903590601e198136030182121561038757018035906001600160401b0382116103875760200191813603831361038757565b6040519061356b606083612b67565b602b82527f2c6279746573206b6579290000000000000000000000000000000000000000006040837f526563697069656e742875696e7438206b696e642c627974657333322072656660208201520152565b604051906135cc60a083612b67565b606d82527f7472696e6720726567696f6e29000000000000000000000000000000000000006080837f526571756972656d656e74732875696e7438206c6576656c2c75696e7436342060208201527f6675656c2c75696e743634206d656d6f72792c75696e743634206f757470757460408201527f2c75696e743332207365636f6e64732c737472696e6720707572706f73652c7360608201520152565b80516020909101905f5b8181106136815750505090565b8251845260209384019390920191600101613674565b90359060fe1981360301821215610387570190565b5f198114610fba5760010190565b906040519080604083016020808501525281606081018094925f5b8181106136fb5750506136f1925003601f198101835282612b67565b51603f1901902090565b916001919350604080916001600160a01b0361371688612a4f565b1681526001600160401b0361372d60208901612abf565b16602082015201940191019184929391936136d5565b6001600160a01b03909291921691825f52600560205260405f206001600160401b0382165f5260205260405f2092836001600160401b03600382015460801c16159081156137ce575b50613795575050565b6001600160401b0392507f24522a0d000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b60ff915060040154165f61378c565b929190821593841561381c575b505050506137f457565b7f64325c91000000000000000000000000000000000000000000000000000000005f5260045ffd5b9293505f915b8083106138375750505014155f8080806137ea565b909192613845848385612ea9565b359081811015613864575f52602052600160405f205b93019190613822565b905f52602052600160405f2061385b565b6138f39060a060405191803560208401526001600160a01b0361389a60208301612a4f565b1660408401526001600160401b036138b460408301612abf565b1660608401526001600160401b036138ce60608301612abf565b166080840152608081013582840152013560c082015260c081526106f460e082612b67565b90565b90917f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841161397f579061394f6020945f9493604051948594859094939260ff6060936080840197845216602083015260408201520152565b838052039060015afa1561159c575f516001600160a01b0381161561397557905f905f90565b505f906001905f90565b5050505f9160039190565b60208151910120604051602081019182526020815261331f604082612b6756",
}

// Escrow is an auto generated Go binding around an Ethereum contract.
type Escrow struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Escrow) GetABI() abi.ABI {
	return c.abi
}

// NewEscrow creates a new instance of Escrow.
func NewEscrow() *Escrow {
	parsed, err := EscrowMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Escrow{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Escrow) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address epochs_) returns()
func (escrow *Escrow) PackConstructor(epochs_ common.Address) []byte {
	enc, err := escrow.abi.Pack("", epochs_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackHEADERAGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x702ee222.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function HEADER_AGE() view returns(uint64)
func (escrow *Escrow) PackHEADERAGE() []byte {
	enc, err := escrow.abi.Pack("HEADER_AGE")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHEADERAGE is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x702ee222.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function HEADER_AGE() view returns(uint64)
func (escrow *Escrow) TryPackHEADERAGE() ([]byte, error) {
	return escrow.abi.Pack("HEADER_AGE")
}

// UnpackHEADERAGE is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x702ee222.
//
// Solidity: function HEADER_AGE() view returns(uint64)
func (escrow *Escrow) UnpackHEADERAGE(data []byte) (uint64, error) {
	out, err := escrow.abi.Unpack("HEADER_AGE", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackSEATS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x94736694.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function SEATS() view returns(uint256)
func (escrow *Escrow) PackSEATS() []byte {
	enc, err := escrow.abi.Pack("SEATS")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSEATS is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x94736694.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function SEATS() view returns(uint256)
func (escrow *Escrow) TryPackSEATS() ([]byte, error) {
	return escrow.abi.Pack("SEATS")
}

// UnpackSEATS is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x94736694.
//
// Solidity: function SEATS() view returns(uint256)
func (escrow *Escrow) UnpackSEATS(data []byte) (*big.Int, error) {
	out, err := escrow.abi.Unpack("SEATS", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7b4f94b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function batch(address dispatcher, uint64 number) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint64,uint64,bool))
func (escrow *Escrow) PackBatch(dispatcher common.Address, number uint64) []byte {
	enc, err := escrow.abi.Pack("batch", dispatcher, number)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc7b4f94b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function batch(address dispatcher, uint64 number) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint64,uint64,bool))
func (escrow *Escrow) TryPackBatch(dispatcher common.Address, number uint64) ([]byte, error) {
	return escrow.abi.Pack("batch", dispatcher, number)
}

// UnpackBatch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7b4f94b.
//
// Solidity: function batch(address dispatcher, uint64 number) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint64,uint64,bool))
func (escrow *Escrow) UnpackBatch(data []byte) (EscrowRecord, error) {
	out, err := escrow.abi.Unpack("batch", data)
	if err != nil {
		return *new(EscrowRecord), err
	}
	out0 := *abi.ConvertType(out[0], new(EscrowRecord)).(*EscrowRecord)
	return out0, nil
}

// PackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24ac45a7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) later, (address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) earlier, (address,uint64)[] debits) returns()
func (escrow *Escrow) PackChallengeDuplicate(later EscrowShown, earlier EscrowShown, debits []Debit) []byte {
	enc, err := escrow.abi.Pack("challengeDuplicate", later, earlier, debits)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x24ac45a7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) later, (address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) earlier, (address,uint64)[] debits) returns()
func (escrow *Escrow) TryPackChallengeDuplicate(later EscrowShown, earlier EscrowShown, debits []Debit) ([]byte, error) {
	return escrow.abi.Pack("challengeDuplicate", later, earlier, debits)
}

// PackChallengeLate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x60575ce9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeLate((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) late, (address,uint64)[] debits) returns()
func (escrow *Escrow) PackChallengeLate(late EscrowShown, debits []Debit) []byte {
	enc, err := escrow.abi.Pack("challengeLate", late, debits)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeLate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x60575ce9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeLate((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) late, (address,uint64)[] debits) returns()
func (escrow *Escrow) TryPackChallengeLate(late EscrowShown, debits []Debit) ([]byte, error) {
	return escrow.abi.Pack("challengeLate", late, debits)
}

// PackChallengeLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84685efe.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeLeaf((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) wrong, (address,uint64)[] debits, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) task) returns()
func (escrow *Escrow) PackChallengeLeaf(wrong EscrowShown, debits []Debit, task Task) []byte {
	enc, err := escrow.abi.Pack("challengeLeaf", wrong, debits, task)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x84685efe.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeLeaf((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) wrong, (address,uint64)[] debits, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) task) returns()
func (escrow *Escrow) TryPackChallengeLeaf(wrong EscrowShown, debits []Debit, task Task) ([]byte, error) {
	return escrow.abi.Pack("challengeLeaf", wrong, debits, task)
}

// PackChallengeSignature is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4a7e99eb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeSignature((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) wrong, (address,uint64)[] debits, bytes task, address receipt, bytes leaf) returns()
func (escrow *Escrow) PackChallengeSignature(wrong EscrowShown, debits []Debit, task []byte, receipt common.Address, leaf []byte) []byte {
	enc, err := escrow.abi.Pack("challengeSignature", wrong, debits, task, receipt, leaf)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeSignature is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4a7e99eb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeSignature((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) wrong, (address,uint64)[] debits, bytes task, address receipt, bytes leaf) returns()
func (escrow *Escrow) TryPackChallengeSignature(wrong EscrowShown, debits []Debit, task []byte, receipt common.Address, leaf []byte) ([]byte, error) {
	return escrow.abi.Pack("challengeSignature", wrong, debits, task, receipt, leaf)
}

// PackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa8abe255.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claim(address dispatcher, uint64 number, (address,uint64) payout, bytes32[] path) returns()
func (escrow *Escrow) PackClaim(dispatcher common.Address, number uint64, payout Payout, path [][32]byte) []byte {
	enc, err := escrow.abi.Pack("claim", dispatcher, number, payout, path)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaim is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xa8abe255.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claim(address dispatcher, uint64 number, (address,uint64) payout, bytes32[] path) returns()
func (escrow *Escrow) TryPackClaim(dispatcher common.Address, number uint64, payout Payout, path [][32]byte) ([]byte, error) {
	return escrow.abi.Pack("claim", dispatcher, number, payout, path)
}

// PackClaimable is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x402914f5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimable(address payee) view returns(uint64)
func (escrow *Escrow) PackClaimable(payee common.Address) []byte {
	enc, err := escrow.abi.Pack("claimable", payee)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimable is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x402914f5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimable(address payee) view returns(uint64)
func (escrow *Escrow) TryPackClaimable(payee common.Address) ([]byte, error) {
	return escrow.abi.Pack("claimable", payee)
}

// UnpackClaimable is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x402914f5.
//
// Solidity: function claimable(address payee) view returns(uint64)
func (escrow *Escrow) UnpackClaimable(data []byte) (uint64, error) {
	out, err := escrow.abi.Unpack("claimable", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackCollect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe5225381.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function collect() returns()
func (escrow *Escrow) PackCollect() []byte {
	enc, err := escrow.abi.Pack("collect")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCollect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe5225381.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function collect() returns()
func (escrow *Escrow) TryPackCollect() ([]byte, error) {
	return escrow.abi.Pack("collect")
}

// PackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function count() view returns(uint256)
func (escrow *Escrow) PackCount() []byte {
	enc, err := escrow.abi.Pack("count")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function count() view returns(uint256)
func (escrow *Escrow) TryPackCount() ([]byte, error) {
	return escrow.abi.Pack("count")
}

// UnpackCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06661abd.
//
// Solidity: function count() view returns(uint256)
func (escrow *Escrow) UnpackCount(data []byte) (*big.Int, error) {
	out, err := escrow.abi.Unpack("count", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDeposit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf340fa01.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deposit(address dispatcher) payable returns()
func (escrow *Escrow) PackDeposit(dispatcher common.Address) []byte {
	enc, err := escrow.abi.Pack("deposit", dispatcher)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeposit is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf340fa01.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deposit(address dispatcher) payable returns()
func (escrow *Escrow) TryPackDeposit(dispatcher common.Address) ([]byte, error) {
	return escrow.abi.Pack("deposit", dispatcher)
}

// PackDepositOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23e3fbd5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function depositOf(address user) view returns((address,address,uint64,uint64,uint64))
func (escrow *Escrow) PackDepositOf(user common.Address) []byte {
	enc, err := escrow.abi.Pack("depositOf", user)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDepositOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x23e3fbd5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function depositOf(address user) view returns((address,address,uint64,uint64,uint64))
func (escrow *Escrow) TryPackDepositOf(user common.Address) ([]byte, error) {
	return escrow.abi.Pack("depositOf", user)
}

// UnpackDepositOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x23e3fbd5.
//
// Solidity: function depositOf(address user) view returns((address,address,uint64,uint64,uint64))
func (escrow *Escrow) UnpackDepositOf(data []byte) (Deposit, error) {
	out, err := escrow.abi.Unpack("depositOf", data)
	if err != nil {
		return *new(Deposit), err
	}
	out0 := *abi.ConvertType(out[0], new(Deposit)).(*Deposit)
	return out0, nil
}

// PackDeposits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2bd49780.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function deposits(uint256 from, uint256 n) view returns((address,address,uint64,uint64,uint64)[] page)
func (escrow *Escrow) PackDeposits(from *big.Int, n *big.Int) []byte {
	enc, err := escrow.abi.Pack("deposits", from, n)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDeposits is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2bd49780.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function deposits(uint256 from, uint256 n) view returns((address,address,uint64,uint64,uint64)[] page)
func (escrow *Escrow) TryPackDeposits(from *big.Int, n *big.Int) ([]byte, error) {
	return escrow.abi.Pack("deposits", from, n)
}

// UnpackDeposits is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x2bd49780.
//
// Solidity: function deposits(uint256 from, uint256 n) view returns((address,address,uint64,uint64,uint64)[] page)
func (escrow *Escrow) UnpackDeposits(data []byte) ([]Deposit, error) {
	out, err := escrow.abi.Unpack("deposits", data)
	if err != nil {
		return *new([]Deposit), err
	}
	out0 := *abi.ConvertType(out[0], new([]Deposit)).(*[]Deposit)
	return out0, nil
}

// PackFinalAfter is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8365e5cd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function finalAfter((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) s) view returns(uint64)
func (escrow *Escrow) PackFinalAfter(s EscrowShown) []byte {
	enc, err := escrow.abi.Pack("finalAfter", s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackFinalAfter is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8365e5cd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function finalAfter((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) s) view returns(uint64)
func (escrow *Escrow) TryPackFinalAfter(s EscrowShown) ([]byte, error) {
	return escrow.abi.Pack("finalAfter", s)
}

// UnpackFinalAfter is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x8365e5cd.
//
// Solidity: function finalAfter((address,uint64,(bytes32,address,uint64,uint64,bytes32,bytes32),bytes32[]) s) view returns(uint64)
func (escrow *Escrow) UnpackFinalAfter(data []byte) (uint64, error) {
	out, err := escrow.abi.Unpack("finalAfter", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackHold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55a49fa8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function hold(address user, address dispatcher, uint64 amount) returns()
func (escrow *Escrow) PackHold(user common.Address, dispatcher common.Address, amount uint64) []byte {
	enc, err := escrow.abi.Pack("hold", user, dispatcher, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackHold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55a49fa8.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function hold(address user, address dispatcher, uint64 amount) returns()
func (escrow *Escrow) TryPackHold(user common.Address, dispatcher common.Address, amount uint64) ([]byte, error) {
	return escrow.abi.Pack("hold", user, dispatcher, amount)
}

// PackLastBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb202dca9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function lastBatch(address dispatcher) view returns(uint64)
func (escrow *Escrow) PackLastBatch(dispatcher common.Address) []byte {
	enc, err := escrow.abi.Pack("lastBatch", dispatcher)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackLastBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb202dca9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function lastBatch(address dispatcher) view returns(uint64)
func (escrow *Escrow) TryPackLastBatch(dispatcher common.Address) ([]byte, error) {
	return escrow.abi.Pack("lastBatch", dispatcher)
}

// UnpackLastBatch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb202dca9.
//
// Solidity: function lastBatch(address dispatcher) view returns(uint64)
func (escrow *Escrow) UnpackLastBatch(data []byte) (uint64, error) {
	out, err := escrow.abi.Unpack("lastBatch", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackPay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36f39e2e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function pay((address,uint64)[] list) returns()
func (escrow *Escrow) PackPay(list []Payout) []byte {
	enc, err := escrow.abi.Pack("pay", list)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPay is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x36f39e2e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function pay((address,uint64)[] list) returns()
func (escrow *Escrow) TryPackPay(list []Payout) ([]byte, error) {
	return escrow.abi.Pack("pay", list)
}

// PackPostBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8f8b5c3d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postBatch((address,uint64,uint64,bytes32,bytes32,bytes32,uint64) b, (address,uint64)[] debits, (bytes32,uint64,uint64) pool, ((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[],uint8[],bytes)[] approvals) returns()
func (escrow *Escrow) PackPostBatch(b Batch, debits []Debit, pool PoolRoot, approvals []EscrowApproval) []byte {
	enc, err := escrow.abi.Pack("postBatch", b, debits, pool, approvals)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostBatch is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x8f8b5c3d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postBatch((address,uint64,uint64,bytes32,bytes32,bytes32,uint64) b, (address,uint64)[] debits, (bytes32,uint64,uint64) pool, ((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[],uint8[],bytes)[] approvals) returns()
func (escrow *Escrow) TryPackPostBatch(b Batch, debits []Debit, pool PoolRoot, approvals []EscrowApproval) ([]byte, error) {
	return escrow.abi.Pack("postBatch", b, debits, pool, approvals)
}

// PackRequestWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2a1561f5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function requestWithdraw(uint64 amount) returns()
func (escrow *Escrow) PackRequestWithdraw(amount uint64) []byte {
	enc, err := escrow.abi.Pack("requestWithdraw", amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRequestWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x2a1561f5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function requestWithdraw(uint64 amount) returns()
func (escrow *Escrow) TryPackRequestWithdraw(amount uint64) ([]byte, error) {
	return escrow.abi.Pack("requestWithdraw", amount)
}

// PackUnhold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc9cab3fc.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function unhold(address user, uint64 amount) returns()
func (escrow *Escrow) PackUnhold(user common.Address, amount uint64) []byte {
	enc, err := escrow.abi.Pack("unhold", user, amount)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUnhold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc9cab3fc.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function unhold(address user, uint64 amount) returns()
func (escrow *Escrow) TryPackUnhold(user common.Address, amount uint64) ([]byte, error) {
	return escrow.abi.Pack("unhold", user, amount)
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ccfd60b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw() returns()
func (escrow *Escrow) PackWithdraw() []byte {
	enc, err := escrow.abi.Pack("withdraw")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3ccfd60b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw() returns()
func (escrow *Escrow) TryPackWithdraw() ([]byte, error) {
	return escrow.abi.Pack("withdraw")
}

// EscrowBatchPosted represents a BatchPosted event raised by the Escrow contract.
type EscrowBatchPosted struct {
	Dispatcher common.Address
	Number     uint64
	Leaves     [32]byte
	Total      uint64
	Raw        *types.Log // Blockchain specific contextual infos
}

const EscrowBatchPostedEventName = "BatchPosted"

// ContractEventName returns the user-defined event name.
func (EscrowBatchPosted) ContractEventName() string {
	return EscrowBatchPostedEventName
}

// UnpackBatchPostedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event BatchPosted(address indexed dispatcher, uint64 indexed number, bytes32 leaves, uint64 total)
func (escrow *Escrow) UnpackBatchPostedEvent(log *types.Log) (*EscrowBatchPosted, error) {
	event := "BatchPosted"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowBatchPosted)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EscrowBatchVoided represents a BatchVoided event raised by the Escrow contract.
type EscrowBatchVoided struct {
	Dispatcher common.Address
	Number     uint64
	Reporter   common.Address
	Raw        *types.Log // Blockchain specific contextual infos
}

const EscrowBatchVoidedEventName = "BatchVoided"

// ContractEventName returns the user-defined event name.
func (EscrowBatchVoided) ContractEventName() string {
	return EscrowBatchVoidedEventName
}

// UnpackBatchVoidedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event BatchVoided(address indexed dispatcher, uint64 indexed number, address reporter)
func (escrow *Escrow) UnpackBatchVoidedEvent(log *types.Log) (*EscrowBatchVoided, error) {
	event := "BatchVoided"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowBatchVoided)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EscrowClaimed represents a Claimed event raised by the Escrow contract.
type EscrowClaimed struct {
	Dispatcher common.Address
	Number     uint64
	Payee      common.Address
	Amount     uint64
	Raw        *types.Log // Blockchain specific contextual infos
}

const EscrowClaimedEventName = "Claimed"

// ContractEventName returns the user-defined event name.
func (EscrowClaimed) ContractEventName() string {
	return EscrowClaimedEventName
}

// UnpackClaimedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Claimed(address indexed dispatcher, uint64 indexed number, address indexed payee, uint64 amount)
func (escrow *Escrow) UnpackClaimedEvent(log *types.Log) (*EscrowClaimed, error) {
	event := "Claimed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowClaimed)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EscrowCollected represents a Collected event raised by the Escrow contract.
type EscrowCollected struct {
	Payee  common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const EscrowCollectedEventName = "Collected"

// ContractEventName returns the user-defined event name.
func (EscrowCollected) ContractEventName() string {
	return EscrowCollectedEventName
}

// UnpackCollectedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Collected(address indexed payee, uint64 amount)
func (escrow *Escrow) UnpackCollectedEvent(log *types.Log) (*EscrowCollected, error) {
	event := "Collected"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowCollected)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EscrowDeposited represents a Deposited event raised by the Escrow contract.
type EscrowDeposited struct {
	User       common.Address
	Dispatcher common.Address
	Amount     uint64
	Raw        *types.Log // Blockchain specific contextual infos
}

const EscrowDepositedEventName = "Deposited"

// ContractEventName returns the user-defined event name.
func (EscrowDeposited) ContractEventName() string {
	return EscrowDepositedEventName
}

// UnpackDepositedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Deposited(address indexed user, address indexed dispatcher, uint64 amount)
func (escrow *Escrow) UnpackDepositedEvent(log *types.Log) (*EscrowDeposited, error) {
	event := "Deposited"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowDeposited)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EscrowWithdrawing represents a Withdrawing event raised by the Escrow contract.
type EscrowWithdrawing struct {
	User   common.Address
	Amount uint64
	Unlock uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const EscrowWithdrawingEventName = "Withdrawing"

// ContractEventName returns the user-defined event name.
func (EscrowWithdrawing) ContractEventName() string {
	return EscrowWithdrawingEventName
}

// UnpackWithdrawingEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Withdrawing(address indexed user, uint64 amount, uint64 unlock)
func (escrow *Escrow) UnpackWithdrawingEvent(log *types.Log) (*EscrowWithdrawing, error) {
	event := "Withdrawing"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowWithdrawing)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// EscrowWithdrawn represents a Withdrawn event raised by the Escrow contract.
type EscrowWithdrawn struct {
	User   common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const EscrowWithdrawnEventName = "Withdrawn"

// ContractEventName returns the user-defined event name.
func (EscrowWithdrawn) ContractEventName() string {
	return EscrowWithdrawnEventName
}

// UnpackWithdrawnEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Withdrawn(address indexed user, uint64 amount)
func (escrow *Escrow) UnpackWithdrawnEvent(log *types.Log) (*EscrowWithdrawn, error) {
	event := "Withdrawn"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != escrow.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(EscrowWithdrawn)
	if len(log.Data) > 0 {
		if err := escrow.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range escrow.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (escrow *Escrow) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], escrow.abi.Errors["AlreadyClaimed"].ID.Bytes()[:4]) {
		return escrow.UnpackAlreadyClaimedError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["BadPath"].ID.Bytes()[:4]) {
		return escrow.UnpackBadPathError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return escrow.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["BatchDebits"].ID.Bytes()[:4]) {
		return escrow.UnpackBatchDebitsError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["BatchEpoch"].ID.Bytes()[:4]) {
		return escrow.UnpackBatchEpochError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["BatchNumber"].ID.Bytes()[:4]) {
		return escrow.UnpackBatchNumberError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["BatchUnknown"].ID.Bytes()[:4]) {
		return escrow.UnpackBatchUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["DepositShort"].ID.Bytes()[:4]) {
		return escrow.UnpackDepositShortError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["NoQuorum"].ID.Bytes()[:4]) {
		return escrow.UnpackNoQuorumError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["NotDirect"].ID.Bytes()[:4]) {
		return escrow.UnpackNotDirectError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["NotDispatcher"].ID.Bytes()[:4]) {
		return escrow.UnpackNotDispatcherError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["NotFalse"].ID.Bytes()[:4]) {
		return escrow.UnpackNotFalseError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["NotGwei"].ID.Bytes()[:4]) {
		return escrow.UnpackNotGweiError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["NothingDue"].ID.Bytes()[:4]) {
		return escrow.UnpackNothingDueError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["OtherDispatcher"].ID.Bytes()[:4]) {
		return escrow.UnpackOtherDispatcherError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["OverClaim"].ID.Bytes()[:4]) {
		return escrow.UnpackOverClaimError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["PoolUnknown"].ID.Bytes()[:4]) {
		return escrow.UnpackPoolUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["Refused"].ID.Bytes()[:4]) {
		return escrow.UnpackRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["SeatInvalid"].ID.Bytes()[:4]) {
		return escrow.UnpackSeatInvalidError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["Window"].ID.Bytes()[:4]) {
		return escrow.UnpackWindowError(raw[4:])
	}
	if bytes.Equal(raw[:4], escrow.abi.Errors["WithdrawLocked"].ID.Bytes()[:4]) {
		return escrow.UnpackWithdrawLockedError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// EscrowAlreadyClaimed represents a AlreadyClaimed error raised by the Escrow contract.
type EscrowAlreadyClaimed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadyClaimed()
func EscrowAlreadyClaimedErrorID() common.Hash {
	return common.HexToHash("0x646cf558a545d59f8a09cbf8a0eb8a9332f1d17834843b20fc8d154839dc46d7")
}

// UnpackAlreadyClaimedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadyClaimed()
func (escrow *Escrow) UnpackAlreadyClaimedError(raw []byte) (*EscrowAlreadyClaimed, error) {
	out := new(EscrowAlreadyClaimed)
	if err := escrow.abi.UnpackIntoInterface(out, "AlreadyClaimed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowBadPath represents a BadPath error raised by the Escrow contract.
type EscrowBadPath struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadPath()
func EscrowBadPathErrorID() common.Hash {
	return common.HexToHash("0x64325c91f108520b461bf37f7e682ef85952d4d50489069c2e798b1861f04e29")
}

// UnpackBadPathError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadPath()
func (escrow *Escrow) UnpackBadPathError(raw []byte) (*EscrowBadPath, error) {
	out := new(EscrowBadPath)
	if err := escrow.abi.UnpackIntoInterface(out, "BadPath", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowBadSignature represents a BadSignature error raised by the Escrow contract.
type EscrowBadSignature struct {
	Want common.Address
	Got  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature(address want, address got)
func EscrowBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x08d20b25b536d5aac2f529fb21b6e4218c05b2e0e4288246b55b363df3839df8")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature(address want, address got)
func (escrow *Escrow) UnpackBadSignatureError(raw []byte) (*EscrowBadSignature, error) {
	out := new(EscrowBadSignature)
	if err := escrow.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowBatchDebits represents a BatchDebits error raised by the Escrow contract.
type EscrowBatchDebits struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BatchDebits()
func EscrowBatchDebitsErrorID() common.Hash {
	return common.HexToHash("0xbca543b7bb27f06da9b8f4639a0da27f406c36647789bb59c37d16d56480d48d")
}

// UnpackBatchDebitsError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BatchDebits()
func (escrow *Escrow) UnpackBatchDebitsError(raw []byte) (*EscrowBatchDebits, error) {
	out := new(EscrowBatchDebits)
	if err := escrow.abi.UnpackIntoInterface(out, "BatchDebits", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowBatchEpoch represents a BatchEpoch error raised by the Escrow contract.
type EscrowBatchEpoch struct {
	Epoch uint64
	Last  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BatchEpoch(uint64 epoch, uint64 last)
func EscrowBatchEpochErrorID() common.Hash {
	return common.HexToHash("0xb2ed5af463568e546e4f0eaab6c5fc4340f69a91a7455e4b77da1b736e5f5dda")
}

// UnpackBatchEpochError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BatchEpoch(uint64 epoch, uint64 last)
func (escrow *Escrow) UnpackBatchEpochError(raw []byte) (*EscrowBatchEpoch, error) {
	out := new(EscrowBatchEpoch)
	if err := escrow.abi.UnpackIntoInterface(out, "BatchEpoch", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowBatchNumber represents a BatchNumber error raised by the Escrow contract.
type EscrowBatchNumber struct {
	Number uint64
	Next   uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BatchNumber(uint64 number, uint64 next)
func EscrowBatchNumberErrorID() common.Hash {
	return common.HexToHash("0xba2e0a4e538cfc3b3c252ddbca24e6394e4ac58cd9c1d6780747e5ce469ddc21")
}

// UnpackBatchNumberError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BatchNumber(uint64 number, uint64 next)
func (escrow *Escrow) UnpackBatchNumberError(raw []byte) (*EscrowBatchNumber, error) {
	out := new(EscrowBatchNumber)
	if err := escrow.abi.UnpackIntoInterface(out, "BatchNumber", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowBatchUnknown represents a BatchUnknown error raised by the Escrow contract.
type EscrowBatchUnknown struct {
	Dispatcher common.Address
	Number     uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BatchUnknown(address dispatcher, uint64 number)
func EscrowBatchUnknownErrorID() common.Hash {
	return common.HexToHash("0x24522a0df205b6e75c55a94aaa9149c490550ce97096f2bafd867e673de7fc81")
}

// UnpackBatchUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BatchUnknown(address dispatcher, uint64 number)
func (escrow *Escrow) UnpackBatchUnknownError(raw []byte) (*EscrowBatchUnknown, error) {
	out := new(EscrowBatchUnknown)
	if err := escrow.abi.UnpackIntoInterface(out, "BatchUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowDepositShort represents a DepositShort error raised by the Escrow contract.
type EscrowDepositShort struct {
	User  common.Address
	Has   uint64
	Wants uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DepositShort(address user, uint64 has, uint64 wants)
func EscrowDepositShortErrorID() common.Hash {
	return common.HexToHash("0x244049be729bd090f2d544754480a8804982196c373ed8b84415e637f9abc924")
}

// UnpackDepositShortError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DepositShort(address user, uint64 has, uint64 wants)
func (escrow *Escrow) UnpackDepositShortError(raw []byte) (*EscrowDepositShort, error) {
	out := new(EscrowDepositShort)
	if err := escrow.abi.UnpackIntoInterface(out, "DepositShort", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowNoQuorum represents a NoQuorum error raised by the Escrow contract.
type EscrowNoQuorum struct {
	Held  *big.Int
	Seats *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoQuorum(uint256 held, uint256 seats)
func EscrowNoQuorumErrorID() common.Hash {
	return common.HexToHash("0xa07c49af08b421a301c72d9d0dd4ebec6a52f25fd56250523cef4fe70de605e4")
}

// UnpackNoQuorumError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoQuorum(uint256 held, uint256 seats)
func (escrow *Escrow) UnpackNoQuorumError(raw []byte) (*EscrowNoQuorum, error) {
	out := new(EscrowNoQuorum)
	if err := escrow.abi.UnpackIntoInterface(out, "NoQuorum", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowNotDirect represents a NotDirect error raised by the Escrow contract.
type EscrowNotDirect struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotDirect()
func EscrowNotDirectErrorID() common.Hash {
	return common.HexToHash("0xeb8cd61154f0f1995961401590701c0b5480a3c121d8d4616551205563760328")
}

// UnpackNotDirectError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotDirect()
func (escrow *Escrow) UnpackNotDirectError(raw []byte) (*EscrowNotDirect, error) {
	out := new(EscrowNotDirect)
	if err := escrow.abi.UnpackIntoInterface(out, "NotDirect", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowNotDispatcher represents a NotDispatcher error raised by the Escrow contract.
type EscrowNotDispatcher struct {
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotDispatcher(address key)
func EscrowNotDispatcherErrorID() common.Hash {
	return common.HexToHash("0xb513b9e58fe2afdf4b903addc1a574eb7912db6d3268ac5f4361069cdd4b27c3")
}

// UnpackNotDispatcherError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotDispatcher(address key)
func (escrow *Escrow) UnpackNotDispatcherError(raw []byte) (*EscrowNotDispatcher, error) {
	out := new(EscrowNotDispatcher)
	if err := escrow.abi.UnpackIntoInterface(out, "NotDispatcher", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowNotFalse represents a NotFalse error raised by the Escrow contract.
type EscrowNotFalse struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFalse()
func EscrowNotFalseErrorID() common.Hash {
	return common.HexToHash("0x4c49b729eb351cbc246d9e93602ad70b7414ec5d5fc92079dce0a7f4e21bbaff")
}

// UnpackNotFalseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFalse()
func (escrow *Escrow) UnpackNotFalseError(raw []byte) (*EscrowNotFalse, error) {
	out := new(EscrowNotFalse)
	if err := escrow.abi.UnpackIntoInterface(out, "NotFalse", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowNotGwei represents a NotGwei error raised by the Escrow contract.
type EscrowNotGwei struct {
	Value *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotGwei(uint256 value)
func EscrowNotGweiErrorID() common.Hash {
	return common.HexToHash("0xed1cab72a1b78e794c68e676c40625f716db7a43ee067008724f0d97f590b211")
}

// UnpackNotGweiError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotGwei(uint256 value)
func (escrow *Escrow) UnpackNotGweiError(raw []byte) (*EscrowNotGwei, error) {
	out := new(EscrowNotGwei)
	if err := escrow.abi.UnpackIntoInterface(out, "NotGwei", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowNothingDue represents a NothingDue error raised by the Escrow contract.
type EscrowNothingDue struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NothingDue()
func EscrowNothingDueErrorID() common.Hash {
	return common.HexToHash("0x86fdb19c22b5459ff505772dc0cccf970e16029c15b56aa5534340b6e2ac90f7")
}

// UnpackNothingDueError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NothingDue()
func (escrow *Escrow) UnpackNothingDueError(raw []byte) (*EscrowNothingDue, error) {
	out := new(EscrowNothingDue)
	if err := escrow.abi.UnpackIntoInterface(out, "NothingDue", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowOtherDispatcher represents a OtherDispatcher error raised by the Escrow contract.
type EscrowOtherDispatcher struct {
	Dispatcher common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OtherDispatcher(address dispatcher)
func EscrowOtherDispatcherErrorID() common.Hash {
	return common.HexToHash("0x64a549592c403f08b6c26f3ce49884eccb5a6034bdfaf9afe83994a8358be6aa")
}

// UnpackOtherDispatcherError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OtherDispatcher(address dispatcher)
func (escrow *Escrow) UnpackOtherDispatcherError(raw []byte) (*EscrowOtherDispatcher, error) {
	out := new(EscrowOtherDispatcher)
	if err := escrow.abi.UnpackIntoInterface(out, "OtherDispatcher", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowOverClaim represents a OverClaim error raised by the Escrow contract.
type EscrowOverClaim struct {
	Remaining uint64
	Amount    uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error OverClaim(uint64 remaining, uint64 amount)
func EscrowOverClaimErrorID() common.Hash {
	return common.HexToHash("0x5897a7f3b25eae7e7a9d79fb9120facd93a809d3de48a23a38a8bb48ea9825fa")
}

// UnpackOverClaimError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error OverClaim(uint64 remaining, uint64 amount)
func (escrow *Escrow) UnpackOverClaimError(raw []byte) (*EscrowOverClaim, error) {
	out := new(EscrowOverClaim)
	if err := escrow.abi.UnpackIntoInterface(out, "OverClaim", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowPoolUnknown represents a PoolUnknown error raised by the Escrow contract.
type EscrowPoolUnknown struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error PoolUnknown()
func EscrowPoolUnknownErrorID() common.Hash {
	return common.HexToHash("0x48517218479667d702eabda75c18e4734ea498eb7a3e287980ee86f2e4d3d325")
}

// UnpackPoolUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error PoolUnknown()
func (escrow *Escrow) UnpackPoolUnknownError(raw []byte) (*EscrowPoolUnknown, error) {
	out := new(EscrowPoolUnknown)
	if err := escrow.abi.UnpackIntoInterface(out, "PoolUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowRefused represents a Refused error raised by the Escrow contract.
type EscrowRefused struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Refused()
func EscrowRefusedErrorID() common.Hash {
	return common.HexToHash("0x8ac5ff0bf8ef9807b77ae1c204f55cfc54a1ef5de6b0c1149bcb69153525ab21")
}

// UnpackRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Refused()
func (escrow *Escrow) UnpackRefusedError(raw []byte) (*EscrowRefused, error) {
	out := new(EscrowRefused)
	if err := escrow.abi.UnpackIntoInterface(out, "Refused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowSeatInvalid represents a SeatInvalid error raised by the Escrow contract.
type EscrowSeatInvalid struct {
	Member uint64
	Seat   *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SeatInvalid(uint64 member, uint256 seat)
func EscrowSeatInvalidErrorID() common.Hash {
	return common.HexToHash("0x083b4d8852069e0a305f36d835e9fe70bd16a8e417bc4993aa061945b07cc02e")
}

// UnpackSeatInvalidError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SeatInvalid(uint64 member, uint256 seat)
func (escrow *Escrow) UnpackSeatInvalidError(raw []byte) (*EscrowSeatInvalid, error) {
	out := new(EscrowSeatInvalid)
	if err := escrow.abi.UnpackIntoInterface(out, "SeatInvalid", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowWindow represents a Window error raised by the Escrow contract.
type EscrowWindow struct {
	Until uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Window(uint64 until)
func EscrowWindowErrorID() common.Hash {
	return common.HexToHash("0x69caad02e1f8b3b8b3c732d42a19507c21652df55c461d1461546ea469403673")
}

// UnpackWindowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Window(uint64 until)
func (escrow *Escrow) UnpackWindowError(raw []byte) (*EscrowWindow, error) {
	out := new(EscrowWindow)
	if err := escrow.abi.UnpackIntoInterface(out, "Window", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// EscrowWithdrawLocked represents a WithdrawLocked error raised by the Escrow contract.
type EscrowWithdrawLocked struct {
	Until uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error WithdrawLocked(uint64 until)
func EscrowWithdrawLockedErrorID() common.Hash {
	return common.HexToHash("0x4977c6fba349254220867337f04e934ce1118b840c52784184ddd59fc33b513b")
}

// UnpackWithdrawLockedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error WithdrawLocked(uint64 until)
func (escrow *Escrow) UnpackWithdrawLockedError(raw []byte) (*EscrowWithdrawLocked, error) {
	out := new(EscrowWithdrawLocked)
	if err := escrow.abi.UnpackIntoInterface(out, "WithdrawLocked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryMetaData contains all meta data concerning the Registry contract.
var RegistryMetaData = bind.MetaData{
	ABI: "[{\"inputs\":[{\"internalType\":\"contractEpochs\",\"name\":\"epochs_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AlreadySlashed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"anchored\",\"type\":\"uint64\"}],\"name\":\"AnchorAhead\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"AnchorField\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"anchored\",\"type\":\"uint64\"}],\"name\":\"AnchorOld\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"AnswerField\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"}],\"name\":\"AnswerLate\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"}],\"name\":\"AnswerOpen\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadPath\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"bond\",\"type\":\"uint64\"}],\"name\":\"BondWrong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deposit\",\"type\":\"uint64\"}],\"name\":\"Covered\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"name\":\"DeadlineWrong\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"demands\",\"type\":\"uint256\"}],\"name\":\"DemandOpen\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"DemandedBefore\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"EvidenceBound\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"KeyTaken\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"since\",\"type\":\"uint64\"}],\"name\":\"Leaving\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NoContradiction\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NodeField\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotAccepted\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotAssigned\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotDemanded\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotEscrow\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],\"name\":\"NotGwei\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"a\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"b\",\"type\":\"address\"}],\"name\":\"NotOneSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"NotOperator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotRegistered\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"part\",\"type\":\"string\"}],\"name\":\"NotVotedOn\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NothingDue\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"scheme\",\"type\":\"string\"}],\"name\":\"SchemeUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"StakeLocked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"least\",\"type\":\"uint64\"}],\"name\":\"StakeLow\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"revision\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"Anchored\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"leaf\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"name\":\"Answered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"bond\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes4\",\"name\":\"reason\",\"type\":\"bytes4\"}],\"name\":\"BondLost\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"Changed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Collected\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"due\",\"type\":\"uint64\"}],\"name\":\"Demanded\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"}],\"name\":\"Left\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"from\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"revision\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint32\",\"name\":\"recoveries\",\"type\":\"uint32\"}],\"name\":\"Recovered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"}],\"name\":\"Registered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"taken\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"reward\",\"type\":\"uint64\"}],\"name\":\"Slashed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Unbonding\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"taken\",\"type\":\"uint64\"}],\"name\":\"Withheld\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"addStake\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"revision\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"name\":\"anchor\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"node\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"leaf\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structAnswer\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"name\":\"answer\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"v\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"name\":\"answerVote\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"bond\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"burnt\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"}],\"name\":\"claimable\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"collect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"seed\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"index\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"worker\",\"type\":\"address\"}],\"internalType\":\"structPlace[]\",\"name\":\"places\",\"type\":\"tuple[]\"},{\"internalType\":\"address[]\",\"name\":\"seats\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"challenges\",\"type\":\"bytes32\"}],\"internalType\":\"structAssignment\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"demand\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"dueOf\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigA\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"b\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigB\",\"type\":\"bytes\"}],\"name\":\"judgeAcceptances\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"offence\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"v\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"seed\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"index\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"worker\",\"type\":\"address\"}],\"internalType\":\"structPlace[]\",\"name\":\"places\",\"type\":\"tuple[]\"},{\"internalType\":\"address[]\",\"name\":\"seats\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"challenges\",\"type\":\"bytes32\"}],\"internalType\":\"structAssignment\",\"name\":\"a\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed[]\",\"name\":\"own\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"string\",\"name\":\"scheme\",\"type\":\"string\"},{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"collateral\",\"type\":\"bytes32\"}],\"internalType\":\"structEvidence\",\"name\":\"e\",\"type\":\"tuple\"}],\"name\":\"judgeEvidence\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"offence\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"time\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"beacon\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"nodes\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"verifiers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"catalogue\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"deposits\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"previous\",\"type\":\"bytes32\"}],\"internalType\":\"structEpochHeader\",\"name\":\"h\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"internalType\":\"structDeposit\",\"name\":\"d\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"name\":\"judgeReserved\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"offence\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigA\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"b\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigB\",\"type\":\"bytes\"}],\"name\":\"judgeVotes\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"offence\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"node\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"registered\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"anchorRevision\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"recoveries\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"anchorDigest\",\"type\":\"bytes32\"}],\"internalType\":\"structRegistry.Node\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"from\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"n\",\"type\":\"uint256\"}],\"name\":\"nodes\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"registered\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"},{\"internalType\":\"uint64\",\"name\":\"anchorRevision\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"recoveries\",\"type\":\"uint32\"},{\"internalType\":\"bytes32\",\"name\":\"anchorDigest\",\"type\":\"bytes32\"}],\"internalType\":\"structRegistry.Node[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"revision\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"recover\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"}],\"name\":\"rotateVRF\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"}],\"name\":\"slash\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigA\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"b\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigB\",\"type\":\"bytes\"}],\"name\":\"slashAcceptances\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"v\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"t\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"seed\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"index\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"worker\",\"type\":\"address\"}],\"internalType\":\"structPlace[]\",\"name\":\"places\",\"type\":\"tuple[]\"},{\"internalType\":\"address[]\",\"name\":\"seats\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"challenges\",\"type\":\"bytes32\"}],\"internalType\":\"structAssignment\",\"name\":\"a\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structSealed[]\",\"name\":\"own\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"string\",\"name\":\"scheme\",\"type\":\"string\"},{\"internalType\":\"bytes\",\"name\":\"report\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"collateral\",\"type\":\"bytes32\"}],\"internalType\":\"structEvidence\",\"name\":\"e\",\"type\":\"tuple\"}],\"name\":\"slashEvidence\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"time\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"beacon\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"nodes\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"verifiers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"catalogue\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"deposits\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"previous\",\"type\":\"bytes32\"}],\"internalType\":\"structEpochHeader\",\"name\":\"h\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"internalType\":\"structDeposit\",\"name\":\"d\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"name\":\"slashReserved\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigA\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"b\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigB\",\"type\":\"bytes\"}],\"name\":\"slashVotes\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"slashWithheld\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"standing\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"unbond\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"}],\"name\":\"updateEndpoint\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"withdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "8cba0c3528a665bdeee00a8b352e0f1ef3",
	Bin: "0x61020080604052346102b457602081615db7803803809161002082856104d1565b8339810103126102b457516001600160a01b0381168082036102b4576040516367f855cb60e11b8152916102c083600481855afa92831561026e575f93610311575b5060805260405163e2fdcc1760e01b8152602081600481855afa90811561026e575f916102f2575b5060a0526040516353f859ef60e11b8152602081600481855afa90811561026e575f916102c0575b5060c052610140820180516001600160401b0390811660e0908152840151811661010052610160840151166101205260405163be9a655560e01b8152909190602081600481855afa90811561026e575f91610279575b506101405282516001600160401b0390811661016052608084015181166101805260c0909301519092166101a052604051631272009d60e11b815291602090839060049082905afa801561026e576064925f9161023f575b506001600160a01b03166101c052516001600160401b0316046101e0526040516158819081610536823960805181818161096601528181611f0b0152614338015260a05181610fde015260c0518161435f015260e051816120f601526101005181818161046701526116a1015261012051818181610e1b015261562d0152610140518161088c01526101605181610863015261018051816106e301526101a051816108b401526101c0518161276b01526101e051818181610ca201528181611241015281816140de0152818161416701528181614200015261460a0152f35b610261915060203d602011610267575b61025981836104d1565b810190610516565b5f610160565b503d61024f565b6040513d5f823e3d90fd5b9190506020823d6020116102b8575b81610295602093836104d1565b810103126102b4576004936102ab6020936104f4565b91925093610108565b5f80fd5b3d9150610288565b90506020813d6020116102ea575b816102db602093836104d1565b810103126102b457515f6100b2565b3d91506102ce565b61030b915060203d6020116102675761025981836104d1565b5f61008a565b9092506102c03d81116104ca575b61032981836104d1565b8101906102c0818303126102b457604051916101e083016001600160401b038111848210176104b65760405261035e826104f4565b835261036c602083016104f4565b602084015261037d604083016104f4565b604084015261038e606083016104f4565b606084015261039f608083016104f4565b60808401526103b060a083016104f4565b60a08401526103c160c083016104f4565b60c08401526103d260e083016104f4565b60e08401526103e46101008301610508565b6101008401526103f76101208301610508565b61012084015261040a61014083016104f4565b61014084015261041d61016083016104f4565b61016084015261043061018083016104f4565b6101808401526104436101a083016104f4565b6101a0840152806101df830112156102b4576040519161010083016001600160401b038111848210176104b65760405282906102c081019283116102b4576101c001905b82821061049e575050506101c0820152915f610062565b602080916104ab846104f4565b815201910190610487565b634e487b7160e01b5f52604160045260245ffd5b503d61031f565b601f909101601f19168101906001600160401b038211908210176104b657604052565b51906001600160401b03821682036102b457565b519060ff821682036102b457565b908160209103126102b457516001600160a01b03811681036102b4579056fe60806040526004361015610011575f80fd5b5f3560e01c806303e2e1451461313a57806306661abd1461311d57806308451b1614612f4a5780631076790414612ee657806316dbf7db14612d80578063256ee9e214612c695780633d79b912146125ee5780633e0029e31461202d5780634008132c14611c18578063402914f514611bd8578063485bf7b014611ab45780634cb6bec71461196d57806351cff8d91461166557806358616803146115fd57806359603f33146114a45780636280e2b71461126557806364c9ec6f146112225780637193f17b146110515780637aeccce914610fb357806391442c4b14610f065780639c9df05e14610c26578063af79eeeb14610af8578063b192da2d14610ad2578063bffbe61c14610a55578063c6eaa32614610537578063df29b9f9146104b7578063e4da61ab146103b6578063e52253811461039b578063f528768c146101d25763fd472f4214610163575f80fd5b346101ce5760403660031901126101ce5761018761017f613274565b6004356156be565b5f52600660205260405f20546001600160a01b038116155f146101ba575060205f5b6001600160401b0360405191168152f35b6001600160401b0360209160a01c166101a9565b5f80fd5b346101ce5760403660031901126101ce576101eb61325e565b6024356001600160401b0381116101ce5761020a9036906004016131c5565b91906102158261441c565b610100841161037357600501906001600160401b03841161035f5761023a825461381a565b601f811161031c575b505f90601f85116001146102b057938061027b926001600160a01b03965f926102a5575b50508160011b915f199060031b1c19161790565b90555b167feb63daa74e21898ac31061df2ff66f5092827dd7c80827d30613275236af58de5f80a2005b013590508680610267565b601f19851691835f5260205f20925f5b81811061030457509160019391876001600160a01b039894106102eb575b505050811b01905561027e565b01355f19600384901b60f8161c191690558580806102de565b919360206001819287870135815501950192016102c0565b848111156102435761035190835f5260205f2090601f870160051c9060208810610357575b601f82910160051c0391016139d6565b84610243565b5f9150610341565b634e487b7160e01b5f52604160045260245ffd5b7f6f1f12c5000000000000000000000000000000000000000000000000000000005f5260045ffd5b346101ce575f3660031901126101ce576103b4336154e9565b005b346101ce5760203660031901126101ce576103cf61325e565b60036103da8261441c565b0180546001600160401b038160401c16806104a557506001600160a01b036104907fc725bbeb54bd5f4358a11978db4eafb744768dbff3c5a43fca0d806faa136456936020937fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff00000000000000004360401b169116178091556001600160401b037f00000000000000000000000000000000000000000000000000000000000000009160401c16613728565b936001600160401b03604051951685521692a2005b633e7cf10560e01b5f5260045260245ffd5b346101ce5760403660031901126101ce576104d061325e565b602435906104dd8161441c565b9180156103735760028301556003909101805467ffffffffffffffff1916436001600160401b03161790556001600160a01b03167feb63daa74e21898ac31061df2ff66f5092827dd7c80827d30613275236af58de5f80a2005b60803660031901126101ce576004356001600160401b0381116101ce5761018060031982360301126101ce57602435906001600160401b0382116101ce57816004019060e060031984360301126101ce576044356001600160401b0381116101ce576105a79036906004016131c5565b939091606435906001600160a01b038216948583036101ce576105c86140cb565b6105d06142b1565b6105d982614f46565b976106076105e985600401614935565b836042916040519161190160f01b8352600283015260228201522090565b833503610a0457846001600160a01b039361063a61063f936106349a8d610645976101248b019d8e613a2f565b90614398565b6156f7565b95613a2f565b165f5260046020526008600160405f20015460a01c161580156109f0575b801561090e575b6108e25761016401906001600160401b03610684836139f1565b1643118015610837575b6107fa5761069c90866156be565b5f52600660205260405f20926001600160401b03845460a01c166107d25783546001600160a01b0319163317845561ffff166001036107bf576106e1610708916139f1565b7f000000000000000000000000000000000000000000000000000000000000000090613728565b906001600160a01b037bffffffffffffffff00000000000000000000000000000000000000006001600160e01b03196107456024875495016139f1565b60e01b169360a01b16911617178155815f52600760205260405f2080545f1981146107ab577f165993aae574d6d7e3b8751da1dcfdf97292dace19c3df8eaf526c1a0993a12a9260209260016001600160401b03930190555460a01c16604051908152a3005b634e487b7160e01b5f52601160045260245ffd5b506107086001600160401b0343166106e1565b7fc71d48af000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160401b0361080b836139f1565b7f0bc9c815000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b50610841826139f1565b6001600160401b036108da6108b16108898361085f60248a016139f1565b16847f00000000000000000000000000000000000000000000000000000000000000001690613a43565b837f000000000000000000000000000000000000000000000000000000000000000016613755565b827f00000000000000000000000000000000000000000000000000000000000000001690613755565b91161161068e565b847f6ef4e0f6000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b5061091b602484016139f1565b6001600160401b03604051917f8400d3b40000000000000000000000000000000000000000000000000000000083521660048201528560248201526020816044816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa80156109e55785905f906109a4575b61ffff925016161561066a565b50506020813d6020116109dd575b816109bf602093836135fa565b810103126101ce575161ffff811681036101ce578461ffff91610997565b3d91506109b2565b6040513d5f823e3d90fd5b50845f52600360205260405f205415610663565b604051636015330d60e01b815280610a516004820160609060208152600460208201527f7461736b0000000000000000000000000000000000000000000000000000000060408201520190565b0390fd5b346101ce5760203660031901126101ce576001600160a01b03610a7661325e565b610a7e613779565b5016805f52600360205260405f205415610ac0575f526004602052610abc610aa860405f206138f2565b6040519182916020835260208301906132ec565b0390f35b63bfc6c33760e01b5f5260045260245ffd5b346101ce575f3660031901126101ce5760206001600160401b0360015416604051908152f35b610b62610b78610b6d610b0a366134d0565b979490969295989193610b1b6140cb565b610b4f6040519a7f4008132c000000000000000000000000000000000000000000000000000000008c5260048c019061364c565b61036060c48b01526103648a01916136be565b9360e4880190613f90565b6102a4860190614062565b838103600319016103448501528281527f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83116101ce5783809260209260409560051b80928583013701030181305afa805f925f92610bf2575b50610be95750506103b4610be46136f9565b6141e0565b6103b491614135565b909250610c17915060403d604011610c1f575b610c0f81836135fa565b81019061362f565b909183610bd2565b503d610c05565b346101ce5760403660031901126101ce57600435610c42613274565b610c4c81836156be565b5f52600660205260405f209081546001600160a01b038116908115610ede576001600160401b039060a01c1680431115610eb35750906001600160a01b03915f525f60205260405f206001600160401b03610cca7f000000000000000000000000000000000000000000000000000000000000000082845416613728565b166001600160401b03198254161790556001600160a01b031983541683551690815f52600760205260405f20610d008154613f64565b90555460e01c604051602081019160608352600860808301527f7769746868656c6400000000000000000000000000000000000000000000000060a0830152836040830152606082015260a08152610d5960c0826135fa565b5190205f90805f52600560205260ff60405f20541615610dab575b5060207fdaf0dac1a007a8c1ce90a8f3c99ec17abbc963e1e72a0d39a379c96fd8ac4d60916001600160401b0360405191168152a3005b90505f52600560205260405f20600160ff19825416179055805f5260046020527fdaf0dac1a007a8c1ce90a8f3c99ec17abbc963e1e72a0d39a379c96fd8ac4d606020600160405f2001610e856001600160401b03825460b81c1691610e4a6001600160401b036103e8610e41827f00000000000000000000000000000000000000000000000000000000000000001687613a43565b04168094613f70565b7fff0000000000000000ffffffffffffffffffffffffffffffffffffffffffffff67ffffffffffffffff60b81b83549260b81b169116179055565b6001546001600160401b03610e9c83828416613728565b16906001600160401b031916176001559150610d74565b7f2dd95dcc000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7f3634733b000000000000000000000000000000000000000000000000000000005f5260045ffd5b610f816040610f61610f75610f93610f1d36613571565b93610f2d9a92959791939a6140cb565b89519a8b998a997f7193f17b000000000000000000000000000000000000000000000000000000008b5260048b0190613aa5565b6103006101648a01526103048901916136be565b93610184870190613aa5565b848303600319016102e48601526136be565b0381305afa805f925f92610bf25750610be95750506103b4610be46136f9565b346101ce5760403660031901126101ce57610fcc61325e565b610fd4613274565b6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303611029576001600160a01b0382165f52600360205260405f205461102057005b6103b4916155cf565b7ffc447f62000000000000000000000000000000000000000000000000000000005f5260045ffd5b346101ce5761105f36613571565b91611069866144ec565b93611073826144ec565b918286149081156111fa575b81156111e6575b81156111d2575b81156111aa575b8115611183575b5061115b5761113e956110ad9561518a565b916110ba606082016139c8565b60ff6110c8608084016139c8565b816040519360208086019660a08852600460c08801527f766f74650000000000000000000000000000000000000000000000000000000060e08801526001600160a01b038a166040880152013560608601521660808401521660a082015260e08152611136610100826135fa565b51902061547b565b604080516001600160a01b03939093168352602083019190915290f35b7fae591c87000000000000000000000000000000000000000000000000000000005f5260045ffd5b905060ff8061119f6080611198818d016139c8565b94016139c8565b16911614158861109b565b90506111b8606089016139c8565b60ff806111c7606085016139c8565b169116141590611094565b90506040810135604089013514159061108d565b905060208101356020890135141590611086565b9050611205886139f1565b6001600160401b0380611217846139f1565b16911614159061107f565b346101ce575f3660031901126101ce5760206040516001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b6112ce6112e1611274366133d3565b979392969891946112869691966140cb565b6112ba6040519a7f3d79b912000000000000000000000000000000000000000000000000000000008c5260048c0190613aa5565b6102006101648b01526102048a01916136be565b8781036003190161018489015290613bb6565b858103600319016101a48701528335815260e08101936001600160401b0361130b602083016132b4565b16602083015260ff61131f604083016134c2565b166040830152606081013560608301526080810135601e19823603018112156101ce578101602081359101956001600160401b0382116101ce578160061b360387136101ce5760e060808501528190528795610100840195949392915f5b81811061147a57505050602061139660a0830183613b51565b84880360a086015280885296909101955f5b8181106114465750505060c090810135910152838303600319016101c4850152604094849390926113d892613ee1565b828103600319016101e484015284806114206114056113f78680613b85565b6060875260608701916136be565b6114126020870187613b85565b9086830360208801526136be565b9301359101520381305afa805f925f92610bf25750610be95750506103b4610be46136f9565b91975091929394956020806001926001600160a01b036114658c61328a565b168152019801910191899796959493926113a8565b9197509192939495604080826114926001948c613ebe565b0198019101918997969594939261137d565b346101ce5760603660031901126101ce576114bd61325e565b6114c561329e565b90604435906114d38161441c565b9060068201906001600160401b03808354169516928584116115d15784158415036115a95760078591856001600160401b0319865416178555015563ffffffff825460401c169263ffffffff84146107ab577f71e711e45b7451cd620b75f45313474cccd85c7f51833e5e88d8b0c439d439219463ffffffff6001600160a01b039461158960016080980182906bffffffff000000000000000082549160401b16906bffffffff00000000000000001916179055565b5460401c16916040519788526020880152604087015260608601521692a2005b7fbf5992ae000000000000000000000000000000000000000000000000000000005f5260045ffd5b857fe3aabfe0000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346101ce5760203660031901126101ce576001600160a01b0361161e61325e565b165f526004602052606060405f206001600160401b036003600183015492015460401c1661ffff604051926001600160a01b038116845260a01c1660208301526040820152f35b346101ce5760203660031901126101ce5761167e61325e565b6116878161441c565b906001600160401b03600383015460401c16801561195a577f0000000000000000000000000000000000000000000000000000000000000000906001600160401b036116d38383613728565b16431061191c57836001600160a01b03841690815f52600760205260405f20546118e4576001600160401b03600182015460b81c166002545f1981019081116107ab576117276001600160a01b03916137da565b90549060031b1c16835f52600360205260405f20545f1981019081116107ab5781611754611773926137da565b9091906001600160a01b038084549260031b9316831b921b1916179055565b5f84815260036020526040808220549282529020556002549081156118d0577f2e6b1a8283e253304359717230487acbcb13ddf2776a46fb86ea7bfb7606346c926020925f19016117c3816137da565b6001600160a01b0382549160031b1b19169055600255845f52600383525f60408120556001600160401b03806006830192600784549101805490895f52600488525f60076040822082815582600182015582600282015582600382015561182c60048201613a56565b61183860058201613a56565b6006810183905501555583546bffffffff000000000000000019166bffffffff0000000000000000821617845516166001600160401b0319825416179055335f525f825260405f206001600160401b036118958382845416613728565b166001600160401b0319825416179055604051908152a2335f525f6020526001600160401b0360405f2054166118c757005b6103b4336154e9565b634e487b7160e01b5f52603160045260245ffd5b505f52600760205260405f20547f686d8c70000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b6001600160401b039161192e91613728565b7f68a2053c000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b633e7cf10560e01b5f525f60045260245ffd5b346101ce57366003190160a081126101ce576080136101ce576084356001600160401b0381116101ce576119a59036906004016131c5565b604435606435918215821514611a8c577f2a7aad1d4d96dfc803dfe0838bbe140c5c7ef7bcb2c338840de69d37f44a3f7791611a5c6040926119e56142b1565b966119ee613a19565b9785519860208a017f611944cfd0f3344219acd3b926b4da11ee957182773b04d7ac51ecad87dc352881526004359a8b898201526001600160a01b03611a32613274565b1660608201528760808201528a60a082015260a08152611a5360c0826135fa565b51902091614398565b611a6d611a67613a19565b8661456b565b6001600160a01b03611a7d613a19565b169382519182526020820152a3005b7f49e84435000000000000000000000000000000000000000000000000000000005f5260045ffd5b346101ce57611ac2366131f2565b9394926020849392930195611ad687613a2f565b6001600160a01b0380611aeb60208701613a2f565b16911614801590611bac575b8015611ba1575b61115b5761113e95611b3494604094611b2d9461063f94611b27611b218b6154a1565b936154a1565b9261518a565b92016139f1565b6001600160401b03604051916001600160a01b03602084019460808652600a60a08601527f616363657074616e63650000000000000000000000000000000000000000000060c0860152818816604086015216606084015216608082015260c0815261113660e0826135fa565b508235853514611afe565b50611bb9604086016139f1565b6001600160401b0380611bce604087016139f1565b1691161415611af7565b346101ce5760203660031901126101ce576001600160a01b03611bf961325e565b165f525f60205260206001600160401b0360405f205416604051908152f35b346101ce57611c42611c29366134d0565b95969194611c3a88959294956154a1565b82828261518a565b93611c4f60a087016139f1565b6001600160401b0380611c61866139f1565b16911614801590611ebc575b8015611e93575b611e78576101206040516020810190611c8d8288614062565b60a08152611c9c60c0826135fa565b5190206040516020810191825260208152611cb86040826135fa565b519020930135918215938415611e1f575b50505050611df75780611ce660206001600160a01b039301613a2f565b8383169216821480611dcb575b611d7f5750826001600160401b03611d1d6040611d16602061113e979801613a2f565b93016139f1565b6001600160a01b0360405193602085019560808752600860a08701527f726573657276656400000000000000000000000000000000000000000000000060c0870152604086015216606084015216608082015260c0815261113660e0826135fa565b6001600160401b039081611d9a6040611d16608089016139f1565b917ff07704af000000000000000000000000000000000000000000000000000000005f52166004521660245260445ffd5b50611dd8608085016139f1565b6001600160401b0380611ded604085016139f1565b1691161115611cf3565b7f64325c91000000000000000000000000000000000000000000000000000000005f5260045ffd5b9293505f915b808310611e3a57505050141584808080611cc9565b909192611e488483856156e7565b359081811015611e67575f52602052600160405f205b93019190611e25565b905f52602052600160405f20611e5e565b6001600160401b038481611d9a6040611d1660808c016139f1565b50611e9d84613a2f565b6001600160a01b0380611eb260208a01613a2f565b1691161415611c74565b50611ec6836139f1565b6001600160401b03604051917f4c0bf2db00000000000000000000000000000000000000000000000000000000835216600482015260e0816024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa9081156109e5575f91611f90575b505160405160208101907f95c2b60b53140a5982cb0179c603f4af8324926972a8a0d5a2308bac6e5833c58252611f756040820187613f90565b6101e08152611f86610200826135fa565b5190201415611c6d565b905060e0813d60e011612025575b81611fab60e093836135fa565b810103126101ce576040519060e082018281106001600160401b0382111761035f5761201a9160c091604052805184526020810151602085015260408101516040850152606081015160608501526080810151608085015261200f60a08201613a05565b60a085015201613a05565b60c082015287611f3b565b3d9150611f9e565b60e03660031901126101ce5761204161325e565b6024359061ffff8216918281036101ce576044359160ff8316918284036101ce57606435906084356001600160401b0381116101ce576120859036906004016131c5565b60a4356001600160401b0381116101ce576120a49036906004016131c5565b94909560c4356001600160401b0381116101ce576120c69036906004016131c5565b996120cf614489565b916001600160a01b0384169b8c5f52600360205260405f20546125c2576001600160401b037f0000000000000000000000000000000000000000000000000000000000000000169b8c6001600160401b0386169d8e1061259357508e15908f8215612587575b50811561257c575b508015612574575b801561256a575b801561255f575b6103735761215f6142b1565b9160405192606084018481106001600160401b0382111761035f578f946121ee95899260405233825260208201908152604082018b81526001600160a01b03604051928160208501957f9e9aa70f6dc556a5897cdcab37158bc57291d32724f70f7701f2f326a1324e488752511660408501525116606083015251608082015260808152611a5360a0826135fa565b6002546801000000000000000081101561035f576123029361175482600161221994016002556137da565b6002548b5f52600360205260405f20558a5f52600460205260405f20968b6001600160a01b031989541617885560018801916001600160a01b0333166001600160a01b03198454161783557fffffffffffffffffff000000ffffffffffffffffffffffffffffffffffffffff75ffff000000000000000000000000000000000000000076ff0000000000000000000000000000000000000000000085549360b01b169360a01b16911617178155907fff0000000000000000ffffffffffffffffffffffffffffffffffffffffffffff67ffffffffffffffff60b81b83549260b81b169116179055565b6002840155600383016001600160401b03804316166001600160401b031982541617905560048301916001600160401b03821161035f57612343835461381a565b601f8111612525575b505f90601f83116001146124bd57918061237f9260059695945f926124b25750508160011b915f199060031b1c19161790565b90555b01916001600160401b03821161035f5761239c835461381a565b601f8111612478575b505f90601f8311600114612414576123d392915f91836124095750508160011b915f199060031b1c19161790565b90555b60405192835260208301527fd41aeb7841ca8a0e52cd9350f3b7386910ccf99aad7d9da8b030dc20694a789d60403393a3005b013590508780610267565b601f19831691845f5260205f20925f5b8181106124605750908460019594939210612447575b505050811b0190556123d6565b01355f19600384901b60f8161c1916905586808061243a565b91936020600181928787013581550195019201612424565b828111156123a5576124ac90845f5260205f2090601f850160051c906020861061035757601f82910160051c0391016139d6565b866123a5565b013590508b80610267565b601f19831691845f5260205f20925f5b81811061250d5750916001939185600598979694106124f4575b505050811b019055612382565b01355f19600384901b60f8161c191690558a80806124e7565b919360206001819287870135815501950192016124cd565b8281111561234c5761255990845f5260205f2090601f850160051c906020861061035757601f82910160051c0391016139d6565b8961234c565b506101008a11612153565b506040871161214c565b508515612145565b60059150118f61213d565b6040111591508f612135565b8d7fdf25aa41000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8c7f5f2f8928000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346101ce576125fc366133d3565b949291936101208897929801358015908115036101ce57612c415761261f6142b1565b9361264a61262c83614935565b866042916040519161190160f01b8352600283015260228201522090565b926020890135809403610a045761266085614f46565b9260408a0135809403612bfc5761268161267a8a806147c8565b3691614535565b6020815191012061269861267a60208c018c6147c8565b602081519101206040519060208201927f1076851d17b0e0ba5d7f89040472830fe7263b105ff4ad59ed006d59693dcd6084526040830152606082015260408b01356080820152608081526126ee60a0826135fa565b51902060a08b013503612bcb5761275f6127105f9461274d94611c3a8e6144ec565b986040519c8d9485947fb6279685000000000000000000000000000000000000000000000000000000008652604060048701526044860190613bb6565b84810360031901602486015291613ee1565b03816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa9788156109e5575f98612acc575b506127a68851614735565b955f5b895181101561285857806127bf6001928c613806565b516040516001600160401b0360a060208301937fb885f7584444396cd3ed5a601bebea3e9966f12862b692d0f21560222ff027d685528051604085015260208101516060850152604081015160808501526060810151828501526001600160a01b0360808201511660c085015201511660e082015260e08152612844610100826135fa565b519020612851828b613806565b52016127a9565b5087876040518060208101928361286e91614908565b03601f198101825261288090826135fa565b519020956040519360208501917f4b1ff0c98334412453715c871b617980608e5fe8f40523aca431145473a505bb83526040860152606085016001905260808501608090528560a086015260c085015260c084526128df60e0856135fa565b60608201966128ed886139c8565b9060808401976128fc896139c8565b9461290a61010082016139f1565b9060405196602088019560ff16865260ff16604088015260c0810135606088015260e0013560808701526001600160401b031660a086015260a0855261295160c0866135fa565b60405160208101916060810135835260c001356040820152604081526129786060826135fa565b51902091604051916020830193845260408301526040825261299b6060836135fa565b60405194859460208601985180918a5e85019060208201905f8252519283915e01602001905f8252518092825e015f815203601f19810182526129de90826135fa565b518083209281604051928392835e81015f815203905a915f916002602094fa156109e557612a0d5f5191615288565b92149182612ac2575b5050612a9a5761113660ff91612a37612a3161113e966139c8565b946139c8565b9060405193849281602085019760a08952612a6b60c08701604090600881526765766964656e636560c01b60208201520190565b946001600160a01b038c16604088015260608701521660808501521660a083015203601f1981018352826135fa565b7fd8108276000000000000000000000000000000000000000000000000000000005f5260045ffd5b1490508580612a16565b9097503d805f833e612ade81836135fa565b8101906020818303126101ce578051906001600160401b0382116101ce570181601f820112156101ce57805190612b1482613762565b92612b2260405194856135fa565b828452602060c08186019402830101918183116101ce57602001925b828410612b505750505050968861279b565b60c0848303126101ce576040519060c08201908282106001600160401b0383111761035f5760c0926020926040528651815282870151838201526040870151604082015260608701516060820152612baa6080880161361b565b6080820152612bbb60a08801613a05565b60a0820152815201930192612b3e565b604051636015330d60e01b815260206004820152600860248201526765766964656e636560c01b6044820152606490fd5b6064604051636015330d60e01b815260206004820152600a60248201527f61737369676e6d656e74000000000000000000000000000000000000000000006044820152fd5b7f29d79a50000000000000000000000000000000000000000000000000000000005f5260045ffd5b346101ce57366003190161018081126101ce57610160136101ce57610164356001600160401b0381116101ce57612ca7612d349136906004016131c5565b5f92919250612d2e60405160208101907f299d2de32922029becc35511847ef90b901db60e9a8d81f33b71c4e39f0695688252612ce8604082016004613aa5565b6101808152612cf96101a0826135fa565b51902093612d2685612d096142b1565b6042916040519161190160f01b8352600283015260228201522090565b923691614535565b906157b3565b5050907f2a7aad1d4d96dfc803dfe0838bbe140c5c7ef7bcb2c338840de69d37f44a3f7760406001600160a01b0360443594612d70818761456b565b82519485525f60208601521692a3005b346101ce5760403660031901126101ce5760025460043590602435818310612ebf575050805b612db08282613748565b91612dba83613762565b92612dc860405194856135fa565b808452612dd7601f1991613762565b015f5b818110612ea8575050805b828110612e5357836040518091602082016020835281518091526040830190602060408260051b8601019301915f905b828210612e2457505050500390f35b91936001919395506020612e438192603f198a820301865288516132ec565b9601920192018594939192612e15565b806001600160a01b03612e676001936137da565b90549060031b1c165f526004602052612ea160405f20612e90612e8a8685613748565b916138f2565b612e9a8289613806565b5286613806565b5001612de5565b602090612eb3613779565b82828801015201612dda565b80612eca8484613748565b1115612ee057612edb915082613755565b612da6565b50612da6565b60203660031901126101ce57612efa61325e565b612f038161441c565b906001600160401b03600383015460401c16806104a5575061027e6001600160a01b0392610e4a6001612f34614489565b9201916001600160401b03835460b81c16613728565b346101ce5760803660031901126101ce57612f6361325e565b612f6b61329e565b90604435906064356001600160401b0381116101ce57612f8f9036906004016131c5565b9390926001600160a01b03831694855f52600360205260405f20541561310a57855f52600460205260405f2060068101908154916001600160401b03808416961695808711156130df575084156115a957612fe86142b1565b976040519460808601918683106001600160401b0384111761035f577f0cd48d2f0de2b26babeaa563bc19f67e7b14bb998edeaabe4592e8b4472dda6b9a60409a89988b8f60079a8f916130bf9963ffffffff93528452602084019283528f84018d815282606086019260401c16825260406001600160401b039051946001600160a01b0360208701977f6309dc60cf1715e8d084517def195f3ef95d68a062a8e2cb2f39b8c0332d341189525116604087015251166060850152516080840152511660a082015260a08152611a5360c0826135fa565b805467ffffffffffffffff191686179055015582519182526020820152a2005b7f3bb17ca2000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b8563bfc6c33760e01b5f5260045260245ffd5b346101ce575f3660031901126101ce576020600254604051908152f35b6131b360406131956131a8610f93613151366131f2565b936131619a92959791939a6140cb565b89519a8b998a997f485bf7b0000000000000000000000000000000000000000000000000000000008b5260048b019061364c565b6101c060c48a01526101c48901916136be565b9360e487019061364c565b848303600319016101a48601526136be565b9181601f840112156101ce578235916001600160401b0383116101ce57602083818601950101116101ce57565b60031981016101c081126101ce5760c0136101ce5760049160c4356001600160401b0381116101ce5782613228916004016131c5565b9092909160c060e3198301126101ce5760e4916101a435906001600160401b0382116101ce5761325a916004016131c5565b9091565b600435906001600160a01b03821682036101ce57565b602435906001600160a01b03821682036101ce57565b35906001600160a01b03821682036101ce57565b602435906001600160401b03821682036101ce57565b35906001600160401b03821682036101ce57565b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b906001600160a01b0382511681526001600160a01b03602083015116602082015261ffff604083015116604082015260ff60608301511660608201526001600160401b03608083015116608082015260a082015160a08201526001600160401b0360c08301511660c08201526001600160401b0360e08301511660e0820152610180806133a361338f6101008601516101a06101008701526101a08601906132c8565b6101208601518582036101208701526132c8565b936001600160401b036101408201511661014085015263ffffffff61016082015116610160850152015191015290565b90600319820161020081126101ce57610160136101ce57600491610164356001600160401b0381116101ce578161340b9185016131c5565b92909291610184356001600160401b0381116101ce5761018081830360031901126101ce578501916101a4356001600160401b0381116101ce5760e081840360031901126101ce578601916101c435916001600160401b0383116101ce57816023840112156101ce5782880135926001600160401b0384116101ce5782602460c08602830101116101ce5760240192916101e435906001600160401b0382116101ce5760609082900360031901126101ce57880190565b359060ff821682036101ce57565b600319810161036081126101ce5760c0136101ce5760049160c4356001600160401b0381116101ce5782613506916004016131c5565b909290916101c060e3198301126101ce5760e49160a06102a3198201126101ce576102a491610344356001600160401b0381116101ce57826023820112156101ce578060040135926001600160401b0384116101ce5760248460051b830101116101ce576024019190565b600319810161030081126101ce57610160136101ce57600491610164356001600160401b0381116101ce57826135a9916004016131c5565b90929091610160610183198301126101ce57610184916102e435906001600160401b0382116101ce5761325a916004016131c5565b6101a081019081106001600160401b0382111761035f57604052565b90601f801991011681019081106001600160401b0382111761035f57604052565b51906001600160a01b03821682036101ce57565b91908260409103126101ce5760206136468361361b565b92015190565b6001600160401b036136b860a08093803586526001600160a01b036136736020830161328a565b16602087015283613686604083016132b4565b16604087015283613699606083016132b4565b166060870152836136ac608083016132b4565b166080870152016132b4565b16910152565b908060209392818452848401375f828201840152601f01601f1916010190565b6001600160401b03811161035f57601f01601f191660200190565b3d15613723573d9061370a826136de565b9161371860405193846135fa565b82523d5f602084013e565b606090565b906001600160401b03809116911601906001600160401b0382116107ab57565b919082039182116107ab57565b919082018092116107ab57565b6001600160401b03811161035f5760051b60200190565b60405190613786826135de565b5f610180838281528260208201528260408201528260608201528260808201528260a08201528260c08201528260e08201526060610100820152606061012082015282610140820152826101608201520152565b6002548110156137f25760025f5260205f2001905f90565b634e487b7160e01b5f52603260045260245ffd5b80518210156137f25760209160051b010190565b90600182811c92168015613848575b602083101461383457565b634e487b7160e01b5f52602260045260245ffd5b91607f1691613829565b9060405191825f8254926138658461381a565b80845293600181169081156138d0575060011461388c575b5061388a925003836135fa565b565b90505f9291925260205f20905f915b8183106138b457505090602061388a928201015f61387d565b602091935080600191548385890101520191019091849261389b565b90506020925061388a94915060ff191682840152151560051b8201015f61387d565b906040516138ff816135de565b610180600782946001600160a01b0381541684526001600160401b0360018201546001600160a01b038116602087015261ffff8160a01c16604087015260ff8160b01c16606087015260b81c166080850152600281015460a08501526001600160401b03600382015481811660c087015260401c1660e085015261398560048201613852565b61010085015261399760058201613852565b61012085015263ffffffff60068201546001600160401b03811661014087015260401c166101608501520154910152565b3560ff811681036101ce5790565b5f5b8281106139e457505050565b5f828201556001016139d8565b356001600160401b03811681036101ce5790565b51906001600160401b03821682036101ce57565b6024356001600160a01b03811681036101ce5790565b356001600160a01b03811681036101ce5790565b818102929181159184041417156107ab57565b613a60815461381a565b9081613a6a575050565b81601f5f9311600114613a7b575055565b81835260208320613a9891601f0160051c841901906001016139d6565b8082528160208120915555565b6001600160401b03613ab6826132b4565b168252602081013560208301526040810135604083015260ff613adb606083016134c2565b16606083015260ff613aef608083016134c2565b16608083015260a081013560a083015260c081013560c083015260e081013560e08301526001600160401b03613b2861010083016132b4565b166101008301526101208101358015158091036101ce5761012083015261014090810135910152565b9035601e19823603018112156101ce5701602081359101916001600160401b0382116101ce578160051b360383136101ce57565b9035601e19823603018112156101ce5701602081359101916001600160401b0382116101ce5781360383136101ce57565b9061018081016001600160a01b03613bcd8461328a565b1682526001600160401b03613be4602085016132b4565b16602083015260408301356040830152606083013560608301526001600160401b03613c12608085016132b4565b166080830152613c2560a0840184613b51565b80919261018060a0860152526101a08301906101a08160051b8501019280925f90607e1983360301905b848310613e395750505050505060c083013560c0830152613c7360e0840184613b51565b9183810360e0850152828152602081019260208160051b83010193835f91605e1982360301945b848410613dcd575050505050505061010083013560de19843603018112156101ce57830182820361010084015260ff613cd2826134c2565b1682526001600160401b03613ce9602083016132b4565b1660208301526001600160401b03613d03604083016132b4565b1660408301526001600160401b03613d1d606083016132b4565b16606083015260808101359063ffffffff82168092036101ce57610160613d8e613dc692856001600160401b0395608085980152613d80613d75613d6460a0850185613b85565b60e060a086015260e08501916136be565b9260c0810190613b85565b9160c08185039101526136be565b956001600160a01b03613da4610120830161328a565b1661012087015283613db961014083016132b4565b16610140870152016132b4565b1691015290565b90919293949596601f198282030183528735878112156101ce576020613e286001936060613e188985960160ff613e03826134c2565b16845285810135868501526040810190613b85565b91909281604082015201916136be565b990193019401929195949390613c9a565b90919293949561019f19888203018252863590838212156101ce576020809187600194019060ff613e69836134c2565b16815260606001600160401b03613eaa82613e99613e8988880188613b85565b60808a89015260808801916136be565b9560408101356040870152016132b4565b169101529801920193019190949392613c4f565b6001600160a01b036136b86020809360ff613ed8826134c2565b1686520161328a565b916020908281520191905f5b818110613efa5750505090565b90919260c080600192863581526020870135602082015260408701356040820152606087013560608201526001600160a01b03613f396080890161328a565b1660808201526001600160401b03613f5360a089016132b4565b1660a0820152019401929101613eed565b80156107ab575f190190565b906001600160401b03809116911603906001600160401b0382116107ab57565b6101a080916001600160401b03613fa6826132b4565b1684526001600160401b03613fbd602083016132b4565b166020850152604081013560408501526001600160401b03613fe1606083016132b4565b1660608501526080810135608085015260a081013560a085015260c081013560c085015260e081013560e08501526101008101356101008501526101208101356101208501526101408101356101408501526001600160401b0361404861016083016132b4565b166101608501526101808101356101808501520135910152565b6001600160401b036136b8608080936001600160a01b036140828261328a565b1686526001600160a01b036140996020830161328a565b166020870152836140ac604083016132b4565b166040870152836140bf606083016132b4565b166060870152016132b4565b6001600160401b036140db614489565b817f000000000000000000000000000000000000000000000000000000000000000016918291160361410a5750565b7f473f2374000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b61388a915f52600560205260405f20600160ff19825416179055335f525f60205260405f206001600160401b0361418f7f000000000000000000000000000000000000000000000000000000000000000082845416613728565b166001600160401b031982541617905533906155cf565b90602082519201516001600160e01b0319811692600481106141c6575050565b6001600160e01b0319929350829060040360031b1b161690565b805160048110801561428f575b61428957506001600160e01b031961424c7f0000000000000000000000000000000000000000000000000000000000000000926001546001600160401b0361423786828416613728565b16906001600160401b031916176001556141a6565b6001600160401b03604051931683521660208201527fc08939524d9aed2f1d79efd7a3ff25cf18b810e1b87df26ea3592225b5f6bab960403392a2565b60208201fd5b50631b919bb160e11b6001600160e01b03196142aa846141a6565b16146141ed565b60405160208101907fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647282527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608201524660808201526001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001660a08201527f000000000000000000000000000000000000000000000000000000000000000060c082015260c0815261439260e0826135fa565b51902090565b93612d2e6001600160a01b0394612d2686956143cc95986042916040519161190160f01b8352600283015260228201522090565b50509216911690808214801590614414575b6143e6575050565b7f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b5080156143de565b6001600160a01b031690815f52600460205260405f2091805f52600360205260405f205415610ac057506001600160a01b0360018301541633810361445e5750565b7f76c6c93a000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b633b9aca003404633b9aca003406158015906144dc575b6144b0576001600160401b031690565b7fed1cab72000000000000000000000000000000000000000000000000000000005f523460045260245ffd5b506001600160401b0381116144a0565b60405161452460208201927f299d2de32922029becc35511847ef90b901db60e9a8d81f33b71c4e39f06956884526040830190613aa5565b61018081526143926101a0826135fa565b929192614541826136de565b9161454f60405193846135fa565b8294818452818301116101ce578281602093845f960137010152565b81614575916156be565b5f52600660205260405f20908154916001600160a01b038316928315610ede576001600160401b039060a01c168043116146d5575090816001600160a01b03196001600160a01b039354169055165f52600760205260405f206145d88154613f64565b90554862015f900262015f90810448036107ab57633b9aca008101908181116107ab57633b9ac9ff019081116107ab577f00000000000000000000000000000000000000000000000000000000000000009190633b9aca0090046001600160401b0383168110156146ca576001600160401b0361465791168093613f70565b905f525f6020526001600160401b0361467760405f209282845416613728565b166001600160401b03198254161790556001600160401b0381166146985750565b335f525f6020526001600160401b036146b860405f209282845416613728565b166001600160401b0319825416179055565b506146578280613f70565b7fe3839d3e000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b903590601e19813603018212156101ce57018035906001600160401b0382116101ce57602001918160051b360383136101ce57565b9061473f82613762565b61474c60405191826135fa565b828152809261475d601f1991613762565b0190602036910137565b604051906147766060836135fa565b603682527f65733332207265662c75696e74363420696e64657829000000000000000000006040837f496e7075742875696e7438206b696e642c737472696e67206e616d652c62797460208201520152565b903590601e19813603018212156101ce57018035906001600160401b0382116101ce576020019181360383136101ce57565b604051906148096060836135fa565b602b82527f2c6279746573206b6579290000000000000000000000000000000000000000006040837f526563697069656e742875696e7438206b696e642c627974657333322072656660208201520152565b6040519061486a60a0836135fa565b606d82527f7472696e6720726567696f6e29000000000000000000000000000000000000006080837f526571756972656d656e74732875696e7438206c6576656c2c75696e7436342060208201527f6675656c2c75696e743634206d656d6f72792c75696e743634206f757470757460408201527f2c75696e743332207365636f6e64732c737472696e6720707572706f73652c7360608201520152565b80516020909101905f5b81811061491f5750505090565b8251845260209384019390920191600101614912565b60a081019061494e6149478383614700565b9050614735565b915f5b8351811015614a15576149648284614700565b82919210156137f2578060051b820135607e19833603018112156101ce576001920161498e614767565b60208151910120906001600160401b036149a7826139c8565b9160406149ba61267a60208401846147c8565b60208151910120916149ce606082016139f1565b9260ff8351966020880198895216838701526060860152013560808401521660a082015260a08152614a0160c0826135fa565b519020614a0e8287613806565b5201614951565b505060e0810190614a296149478383614700565b935f5b8551811015614ae757614a3f8484614700565b82919210156137f2578060051b820135605e19833603018112156101ce5760019201614a696147fa565b60208151910120614ad3614a7c836139c8565b614ac5614a8f61267a60408701876147c8565b60208151910120604051948593602080860198013591889094939260ff6060936080840197845216602083015260408201520152565b03601f1981018352826135fa565b519020614ae08289613806565b5201614a2c565b50939150614af3614767565b6020614c58614b006147fa565b82614b0961485b565b60ee60405195869481808701997f5461736b286164647265737320757365722c75696e743634206e6f6e63652c628b527f797465733332206b696e642c6279746573333220736572766963652c75696e7460408901527f36342067656e65726174696f6e2c496e7075745b5d20696e707574732c62797460608901527f6573333220706172616d732c526563697069656e745b5d20726563697069656e60808901527f74732c526571756972656d656e747320726571756972656d656e74732c61646460a08901527f7265737320646973706174636865722c75696e743634206d61784665652c756960c08901527f6e74363420646561646c696e652900000000000000000000000000000000000060e08901528051918291018589015e8601908382015f8152815193849201905e0101905f8252805192839101825e015f815203601f1981018352826135fa565b51902091614c6582613a2f565b936001600160401b03614c7a602085016139f1565b9181614c88608087016139f1565b91604051614c9e81614ac5602082018095614908565b519020936001600160a01b036040519960208b01998a521660408a015216606088015260408501356080880152606085013560a08801521660c086015260e085015260e08452614cf0610100856135fa565b604051614d0581614ac5602082018095614908565b5190209161010082013560de19833603018112156101ce57820191614d2861485b565b6020815191012090614d39846139c8565b91614d46602086016139f1565b95614d53604087016139f1565b91614d60606088016139f1565b9060808801359563ffffffff87168097036101ce57602099898b986001600160401b038098968180986143929f614db661267a614da461267a60a08795018b6147c8565b602081519101209860c08101906147c8565b8f81519101209760ff6040519a60208c019c8d521660408b01521660608901521660808701521660a085015260c084015260e08301526101008201526101008152614e03610120826135fa565b5190206001600160a01b03614e1b6101208701613a2f565b614e2861014088016139f1565b92614e3661016089016139f1565b9560c06040519d8e01990135895260408d015260608c01521660808a01521660a08801521660c086015260c08552614e6f60e0866135fa565b60405194859383850197518091895e840190838201905f8252519283915e01015f815203601f1981018352826135fa565b903590601e19813603018212156101ce57018035906001600160401b0382116101ce57602001918160061b360383136101ce57565b60405190614ee46060836135fa565b602182527f29000000000000000000000000000000000000000000000000000000000000006040837f506c6163652875696e743820696e6465782c6164647265737320776f726b657260208201520152565b91908110156137f25760061b0190565b906080820191614f596149478483614ea0565b925f5b8451811015614fc657600190614f70614ed5565b60208151910120614f8b82614f858688614ea0565b90614f36565b614fa360405191602083019384526040830190613ebe565b60608152614fb26080826135fa565b519020614fbf8288613806565b5201614f5c565b5050614fd0614ed5565b6040516150946092826020808201957f41737369676e6d656e742862797465733332207461736b2c75696e743634206587527f706f63682c75696e743820617474656d70742c6279746573333220736565642c60408401527f506c6163655b5d20706c616365732c616464726573735b5d2073656174732c6260608401527f797465733332206368616c6c656e67657329000000000000000000000000000060808401528051918291018484015e81015f838201520301601f1981018352826135fa565b519020906150a4602082016139f1565b906150b1604082016139c8565b946040516150c781614ac5602082018095614908565b519020946150d860a0830183614700565b60405160208101989289925f5b81811061516157505050908161510b60ff9360c098999a9b03601f1981018352826135fa565b519020926001600160401b036040519760208901998a52863560408a0152166060880152166080860152606083013560a08601528385015260e084015201356101008201526101008152614392610120826135fa565b90919a6020806001926001600160a01b038f61517c9061328a565b168152019c019291016150e5565b949193612d266151f1946151d16001600160a01b0397612d2e612d2e96612d266151b26142b1565b9c8d6042916040519161190160f01b8352600283015260228201522090565b5050976042916040519161190160f01b8352600283015260228201522090565b5050166001600160a01b038216818114801590615240575b61521257505090565b7ff8f03175000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b50805f52600360205260405f205415615209565b909392938483116101ce5784116101ce578101920390565b35906020811061527a575090565b5f199060200360031b1b1690565b5f915f9161529961267a82806147c8565b602081519101205f907f4e93d92ff4e2ad9500a6fc01fef91a80e1033c510ab256548c2df61fd8beb4e381145f1461534457505060505b602082016152de81846147c8565b6040840191508184116107ab578111156152f85750505050565b9193945091945061530982866147c8565b929060208501918286116107ab5761533561532f846153419861532f9861533b96615254565b9061526c565b976147c8565b90615254565b90565b7f34bef19ef372626c712f3e728d74b5544a621e4ba1df121959d2b6c15b51a98981036153765750506102385b6152d0565b7fc2479d97e8ce157b2172c764120e647ce5a37ded19752935955babe7b5e8db5881036153a75750506101706152d0565b7f70547e0ca46d4cad1e32007079457939fd1b18b5026d373923bdbaeb8f3bd7308114159081615450575b81615425575b5015615371576153e882806147c8565b610a516040519283927fa8dd45270000000000000000000000000000000000000000000000000000000084526020600485015260248401916136be565b7f8069135e98ad852229dc73e0a672e0e1e20e9bd26984a8bc2cb81145edaea0b7915014155f6153d8565b7f49f64e33d62ff7a7ea82a7bf3a28683181e8888ea87146ea424840e78d52b3a081141591506153d2565b805f52600560205260ff60405f2054166154925790565b631b919bb160e11b5f5260045ffd5b6040516154d960208201927ff911f280b9d42f462247f1d0a6a961e402317d45cf1eacea6535b1b9154293c38452604083019061364c565b60e08152614392610100826135fa565b6001600160a01b03811690815f525f6020526001600160401b0360405f2054169182156155a757805f525f60205260405f206001600160401b031981541690557fd781331f2f0fa6b73976fbd49b25c768316483970396ab6f6f49daea764e2ae16020604051858152a2633b9aca008202918204633b9aca00036107ab575f80809381935af16155776136f9565b501561557f57565b7f8ac5ff0b000000000000000000000000000000000000000000000000000000005f5260045ffd5b7f86fdb19c000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160a01b0316805f5260046020527f20b1257d160ff65a777830c718e394a755c048e2cd5559c482fa754b8ba3b727600160405f20016001600160401b036001600160a01b0381835460b81c1695615664836103e8615653827f0000000000000000000000000000000000000000000000000000000000000000168b613a43565b041694610e4a86600a81049a613f70565b61566e8785613f70565b8361567e60015492828416613728565b1690841916176001551694855f525f60205260405f20826156a28382845416613728565b82548519169116179055604080519384529116602083015290a3565b906001600160a01b036040519160208301938452166040820152604081526143926060826135fa565b91908110156137f25760051b0190565b906001600160a01b0316608082015f5b6157118285614ea0565b905081101561575357826001600160a01b0361573c602061573685614f85888b614ea0565b01613a2f565b161461574a57600101615707565b50505050600190565b505060a08201915f5b6157668483614700565b90508110156157ab57826001600160a01b0361579461578f846157898988614700565b906156e7565b613a2f565b16146157a25760010161575c565b50505050600290565b505050505f90565b81519190604183036157e3576157dc9250602082015190606060408401519301515f1a906157ed565b9192909190565b50505f9160029190565b90917f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841161587657906158466020945f9493604051948594859094939260ff6060936080840197845216602083015260408201520152565b838052039060015afa156109e5575f516001600160a01b0381161561586c57905f905f90565b505f906001905f90565b5050505f916003919056",
}

// Registry is an auto generated Go binding around an Ethereum contract.
type Registry struct {
	abi abi.ABI
}

// GetABI returns the ABI associated with this contract binding.
func (c *Registry) GetABI() abi.ABI {
	return c.abi
}

// NewRegistry creates a new instance of Registry.
func NewRegistry() *Registry {
	parsed, err := RegistryMetaData.ParseABI()
	if err != nil {
		panic(errors.New("invalid ABI: " + err.Error()))
	}
	return &Registry{abi: *parsed}
}

// Instance creates a wrapper for a deployed contract instance at the given address.
// Use this to create the instance object passed to abigen v2 library functions Call, Transact, etc.
func (c *Registry) Instance(backend bind.ContractBackend, addr common.Address) *bind.BoundContract {
	return bind.NewBoundContract(addr, c.abi, backend, backend, backend)
}

// PackConstructor is the Go binding used to pack the parameters required for
// contract deployment.
//
// Solidity: constructor(address epochs_) returns()
func (registry *Registry) PackConstructor(epochs_ common.Address) []byte {
	enc, err := registry.abi.Pack("", epochs_)
	if err != nil {
		panic(err)
	}
	return enc
}

// PackAddStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x10767904.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function addStake(address key) payable returns()
func (registry *Registry) PackAddStake(key common.Address) []byte {
	enc, err := registry.abi.Pack("addStake", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAddStake is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x10767904.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function addStake(address key) payable returns()
func (registry *Registry) TryPackAddStake(key common.Address) ([]byte, error) {
	return registry.abi.Pack("addStake", key)
}

// PackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x08451b16.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function anchor(address key, uint64 revision, bytes32 digest, bytes sig) returns()
func (registry *Registry) PackAnchor(key common.Address, revision uint64, digest [32]byte, sig []byte) []byte {
	enc, err := registry.abi.Pack("anchor", key, revision, digest, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnchor is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x08451b16.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function anchor(address key, uint64 revision, bytes32 digest, bytes sig) returns()
func (registry *Registry) TryPackAnchor(key common.Address, revision uint64, digest [32]byte, sig []byte) ([]byte, error) {
	return registry.abi.Pack("anchor", key, revision, digest, sig)
}

// PackAnswer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4cb6bec7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function answer((bytes32,address,bytes32,bytes32) a, bytes sig) returns()
func (registry *Registry) PackAnswer(a Answer, sig []byte) []byte {
	enc, err := registry.abi.Pack("answer", a, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnswer is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4cb6bec7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function answer((bytes32,address,bytes32,bytes32) a, bytes sig) returns()
func (registry *Registry) TryPackAnswer(a Answer, sig []byte) ([]byte, error) {
	return registry.abi.Pack("answer", a, sig)
}

// PackAnswerVote is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x256ee9e2.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function answerVote((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig) returns()
func (registry *Registry) PackAnswerVote(v Vote, sig []byte) []byte {
	enc, err := registry.abi.Pack("answerVote", v, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackAnswerVote is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x256ee9e2.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function answerVote((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig) returns()
func (registry *Registry) TryPackAnswerVote(v Vote, sig []byte) ([]byte, error) {
	return registry.abi.Pack("answerVote", v, sig)
}

// PackBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64c9ec6f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function bond() view returns(uint64)
func (registry *Registry) PackBond() []byte {
	enc, err := registry.abi.Pack("bond")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x64c9ec6f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function bond() view returns(uint64)
func (registry *Registry) TryPackBond() ([]byte, error) {
	return registry.abi.Pack("bond")
}

// UnpackBond is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x64c9ec6f.
//
// Solidity: function bond() view returns(uint64)
func (registry *Registry) UnpackBond(data []byte) (uint64, error) {
	out, err := registry.abi.Unpack("bond", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackBurnt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb192da2d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function burnt() view returns(uint64)
func (registry *Registry) PackBurnt() []byte {
	enc, err := registry.abi.Pack("burnt")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackBurnt is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xb192da2d.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function burnt() view returns(uint64)
func (registry *Registry) TryPackBurnt() ([]byte, error) {
	return registry.abi.Pack("burnt")
}

// UnpackBurnt is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xb192da2d.
//
// Solidity: function burnt() view returns(uint64)
func (registry *Registry) UnpackBurnt(data []byte) (uint64, error) {
	out, err := registry.abi.Unpack("burnt", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackClaimable is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x402914f5.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function claimable(address payee) view returns(uint64)
func (registry *Registry) PackClaimable(payee common.Address) []byte {
	enc, err := registry.abi.Pack("claimable", payee)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackClaimable is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x402914f5.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function claimable(address payee) view returns(uint64)
func (registry *Registry) TryPackClaimable(payee common.Address) ([]byte, error) {
	return registry.abi.Pack("claimable", payee)
}

// UnpackClaimable is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x402914f5.
//
// Solidity: function claimable(address payee) view returns(uint64)
func (registry *Registry) UnpackClaimable(data []byte) (uint64, error) {
	out, err := registry.abi.Unpack("claimable", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackCollect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe5225381.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function collect() returns()
func (registry *Registry) PackCollect() []byte {
	enc, err := registry.abi.Pack("collect")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCollect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe5225381.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function collect() returns()
func (registry *Registry) TryPackCollect() ([]byte, error) {
	return registry.abi.Pack("collect")
}

// PackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function count() view returns(uint256)
func (registry *Registry) PackCount() []byte {
	enc, err := registry.abi.Pack("count")
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackCount is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x06661abd.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function count() view returns(uint256)
func (registry *Registry) TryPackCount() ([]byte, error) {
	return registry.abi.Pack("count")
}

// UnpackCount is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x06661abd.
//
// Solidity: function count() view returns(uint256)
func (registry *Registry) UnpackCount(data []byte) (*big.Int, error) {
	out, err := registry.abi.Unpack("count", data)
	if err != nil {
		return new(big.Int), err
	}
	out0 := abi.ConvertType(out[0], new(big.Int)).(*big.Int)
	return out0, nil
}

// PackDemand is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc6eaa326.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function demand((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, bytes sig, address key) payable returns()
func (registry *Registry) PackDemand(t Task, a Assignment, sig []byte, key common.Address) []byte {
	enc, err := registry.abi.Pack("demand", t, a, sig, key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDemand is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xc6eaa326.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function demand((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, bytes sig, address key) payable returns()
func (registry *Registry) TryPackDemand(t Task, a Assignment, sig []byte, key common.Address) ([]byte, error) {
	return registry.abi.Pack("demand", t, a, sig, key)
}

// PackDueOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfd472f42.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function dueOf(bytes32 assignment, address key) view returns(uint64)
func (registry *Registry) PackDueOf(assignment [32]byte, key common.Address) []byte {
	enc, err := registry.abi.Pack("dueOf", assignment, key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackDueOf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xfd472f42.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function dueOf(bytes32 assignment, address key) view returns(uint64)
func (registry *Registry) TryPackDueOf(assignment [32]byte, key common.Address) ([]byte, error) {
	return registry.abi.Pack("dueOf", assignment, key)
}

// UnpackDueOf is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xfd472f42.
//
// Solidity: function dueOf(bytes32 assignment, address key) view returns(uint64)
func (registry *Registry) UnpackDueOf(data []byte) (uint64, error) {
	out, err := registry.abi.Unpack("dueOf", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
}

// PackJudgeAcceptances is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x485bf7b0.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function judgeAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) view returns(address key, bytes32 offence)
func (registry *Registry) PackJudgeAcceptances(a Acceptance, sigA []byte, b Acceptance, sigB []byte) []byte {
	enc, err := registry.abi.Pack("judgeAcceptances", a, sigA, b, sigB)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJudgeAcceptances is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x485bf7b0.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function judgeAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) view returns(address key, bytes32 offence)
func (registry *Registry) TryPackJudgeAcceptances(a Acceptance, sigA []byte, b Acceptance, sigB []byte) ([]byte, error) {
	return registry.abi.Pack("judgeAcceptances", a, sigA, b, sigB)
}

// JudgeAcceptancesOutput serves as a container for the return parameters of contract
// method JudgeAcceptances.
type JudgeAcceptancesOutput struct {
	Key     common.Address
	Offence [32]byte
}

// UnpackJudgeAcceptances is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x485bf7b0.
//
// Solidity: function judgeAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) view returns(address key, bytes32 offence)
func (registry *Registry) UnpackJudgeAcceptances(data []byte) (JudgeAcceptancesOutput, error) {
	out, err := registry.abi.Unpack("judgeAcceptances", data)
	outstruct := new(JudgeAcceptancesOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Key = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Offence = *abi.ConvertType(out[1], new([32]byte)).(*[32]byte)
	return *outstruct, nil
}

// PackJudgeEvidence is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3d79b912.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function judgeEvidence((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own, (string,bytes,bytes32) e) view returns(address key, bytes32 offence)
func (registry *Registry) PackJudgeEvidence(v Vote, sig []byte, t Task, a Assignment, own []Sealed, e Evidence) []byte {
	enc, err := registry.abi.Pack("judgeEvidence", v, sig, t, a, own, e)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJudgeEvidence is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3d79b912.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function judgeEvidence((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own, (string,bytes,bytes32) e) view returns(address key, bytes32 offence)
func (registry *Registry) TryPackJudgeEvidence(v Vote, sig []byte, t Task, a Assignment, own []Sealed, e Evidence) ([]byte, error) {
	return registry.abi.Pack("judgeEvidence", v, sig, t, a, own, e)
}

// JudgeEvidenceOutput serves as a container for the return parameters of contract
// method JudgeEvidence.
type JudgeEvidenceOutput struct {
	Key     common.Address
	Offence [32]byte
}

// UnpackJudgeEvidence is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x3d79b912.
//
// Solidity: function judgeEvidence((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own, (string,bytes,bytes32) e) view returns(address key, bytes32 offence)
func (registry *Registry) UnpackJudgeEvidence(data []byte) (JudgeEvidenceOutput, error) {
	out, err := registry.abi.Unpack("judgeEvidence", data)
	outstruct := new(JudgeEvidenceOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Key = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Offence = *abi.ConvertType(out[1], new([32]byte)).(*[32]byte)
	return *outstruct, nil
}

// PackJudgeReserved is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4008132c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function judgeReserved((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sig, (uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, (address,address,uint64,uint64,uint64) d, bytes32[] path) view returns(address key, bytes32 offence)
func (registry *Registry) PackJudgeReserved(a Acceptance, sig []byte, h EpochHeader, d Deposit, path [][32]byte) []byte {
	enc, err := registry.abi.Pack("judgeReserved", a, sig, h, d, path)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJudgeReserved is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x4008132c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function judgeReserved((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sig, (uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, (address,address,uint64,uint64,uint64) d, bytes32[] path) view returns(address key, bytes32 offence)
func (registry *Registry) TryPackJudgeReserved(a Acceptance, sig []byte, h EpochHeader, d Deposit, path [][32]byte) ([]byte, error) {
	return registry.abi.Pack("judgeReserved", a, sig, h, d, path)
}

// JudgeReservedOutput serves as a container for the return parameters of contract
// method JudgeReserved.
type JudgeReservedOutput struct {
	Key     common.Address
	Offence [32]byte
}

// UnpackJudgeReserved is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x4008132c.
//
// Solidity: function judgeReserved((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sig, (uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, (address,address,uint64,uint64,uint64) d, bytes32[] path) view returns(address key, bytes32 offence)
func (registry *Registry) UnpackJudgeReserved(data []byte) (JudgeReservedOutput, error) {
	out, err := registry.abi.Unpack("judgeReserved", data)
	outstruct := new(JudgeReservedOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Key = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Offence = *abi.ConvertType(out[1], new([32]byte)).(*[32]byte)
	return *outstruct, nil
}

// PackJudgeVotes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7193f17b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function judgeVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) view returns(address key, bytes32 offence)
func (registry *Registry) PackJudgeVotes(a Vote, sigA []byte, b Vote, sigB []byte) []byte {
	enc, err := registry.abi.Pack("judgeVotes", a, sigA, b, sigB)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackJudgeVotes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7193f17b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function judgeVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) view returns(address key, bytes32 offence)
func (registry *Registry) TryPackJudgeVotes(a Vote, sigA []byte, b Vote, sigB []byte) ([]byte, error) {
	return registry.abi.Pack("judgeVotes", a, sigA, b, sigB)
}

// JudgeVotesOutput serves as a container for the return parameters of contract
// method JudgeVotes.
type JudgeVotesOutput struct {
	Key     common.Address
	Offence [32]byte
}

// UnpackJudgeVotes is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x7193f17b.
//
// Solidity: function judgeVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) view returns(address key, bytes32 offence)
func (registry *Registry) UnpackJudgeVotes(data []byte) (JudgeVotesOutput, error) {
	out, err := registry.abi.Unpack("judgeVotes", data)
	outstruct := new(JudgeVotesOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Key = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Offence = *abi.ConvertType(out[1], new([32]byte)).(*[32]byte)
	return *outstruct, nil
}

// PackNode is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbffbe61c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function node(address key) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string,uint64,uint32,bytes32))
func (registry *Registry) PackNode(key common.Address) []byte {
	enc, err := registry.abi.Pack("node", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNode is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbffbe61c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function node(address key) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string,uint64,uint32,bytes32))
func (registry *Registry) TryPackNode(key common.Address) ([]byte, error) {
	return registry.abi.Pack("node", key)
}

// UnpackNode is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbffbe61c.
//
// Solidity: function node(address key) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string,uint64,uint32,bytes32))
func (registry *Registry) UnpackNode(data []byte) (RegistryNode, error) {
	out, err := registry.abi.Unpack("node", data)
	if err != nil {
		return *new(RegistryNode), err
	}
	out0 := *abi.ConvertType(out[0], new(RegistryNode)).(*RegistryNode)
	return out0, nil
}

// PackNodes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16dbf7db.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function nodes(uint256 from, uint256 n) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string,uint64,uint32,bytes32)[] page)
func (registry *Registry) PackNodes(from *big.Int, n *big.Int) []byte {
	enc, err := registry.abi.Pack("nodes", from, n)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackNodes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x16dbf7db.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function nodes(uint256 from, uint256 n) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string,uint64,uint32,bytes32)[] page)
func (registry *Registry) TryPackNodes(from *big.Int, n *big.Int) ([]byte, error) {
	return registry.abi.Pack("nodes", from, n)
}

// UnpackNodes is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x16dbf7db.
//
// Solidity: function nodes(uint256 from, uint256 n) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string,uint64,uint32,bytes32)[] page)
func (registry *Registry) UnpackNodes(data []byte) ([]RegistryNode, error) {
	out, err := registry.abi.Unpack("nodes", data)
	if err != nil {
		return *new([]RegistryNode), err
	}
	out0 := *abi.ConvertType(out[0], new([]RegistryNode)).(*[]RegistryNode)
	return out0, nil
}

// PackRecover is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x59603f33.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function recover(address key, uint64 revision, bytes32 digest) returns()
func (registry *Registry) PackRecover(key common.Address, revision uint64, digest [32]byte) []byte {
	enc, err := registry.abi.Pack("recover", key, revision, digest)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRecover is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x59603f33.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function recover(address key, uint64 revision, bytes32 digest) returns()
func (registry *Registry) TryPackRecover(key common.Address, revision uint64, digest [32]byte) ([]byte, error) {
	return registry.abi.Pack("recover", key, revision, digest)
}

// PackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3e0029e3.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function register(address key, uint16 roles, uint8 level, bytes32 vrf, string region, string endpoint, bytes sig) payable returns()
func (registry *Registry) PackRegister(key common.Address, roles uint16, level uint8, vrf [32]byte, region string, endpoint string, sig []byte) []byte {
	enc, err := registry.abi.Pack("register", key, roles, level, vrf, region, endpoint, sig)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRegister is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x3e0029e3.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function register(address key, uint16 roles, uint8 level, bytes32 vrf, string region, string endpoint, bytes sig) payable returns()
func (registry *Registry) TryPackRegister(key common.Address, roles uint16, level uint8, vrf [32]byte, region string, endpoint string, sig []byte) ([]byte, error) {
	return registry.abi.Pack("register", key, roles, level, vrf, region, endpoint, sig)
}

// PackRotateVRF is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdf29b9f9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function rotateVRF(address key, bytes32 vrf) returns()
func (registry *Registry) PackRotateVRF(key common.Address, vrf [32]byte) []byte {
	enc, err := registry.abi.Pack("rotateVRF", key, vrf)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackRotateVRF is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xdf29b9f9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function rotateVRF(address key, bytes32 vrf) returns()
func (registry *Registry) TryPackRotateVRF(key common.Address, vrf [32]byte) ([]byte, error) {
	return registry.abi.Pack("rotateVRF", key, vrf)
}

// PackSlash is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7aeccce9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slash(address key, address reporter) returns()
func (registry *Registry) PackSlash(key common.Address, reporter common.Address) []byte {
	enc, err := registry.abi.Pack("slash", key, reporter)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlash is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7aeccce9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slash(address key, address reporter) returns()
func (registry *Registry) TryPackSlash(key common.Address, reporter common.Address) ([]byte, error) {
	return registry.abi.Pack("slash", key, reporter)
}

// PackSlashAcceptances is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x03e2e145.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) payable returns()
func (registry *Registry) PackSlashAcceptances(a Acceptance, sigA []byte, b Acceptance, sigB []byte) []byte {
	enc, err := registry.abi.Pack("slashAcceptances", a, sigA, b, sigB)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlashAcceptances is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x03e2e145.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slashAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) payable returns()
func (registry *Registry) TryPackSlashAcceptances(a Acceptance, sigA []byte, b Acceptance, sigB []byte) ([]byte, error) {
	return registry.abi.Pack("slashAcceptances", a, sigA, b, sigB)
}

// PackSlashEvidence is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6280e2b7.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashEvidence((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own, (string,bytes,bytes32) e) payable returns()
func (registry *Registry) PackSlashEvidence(v Vote, sig []byte, t Task, a Assignment, own []Sealed, e Evidence) []byte {
	enc, err := registry.abi.Pack("slashEvidence", v, sig, t, a, own, e)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlashEvidence is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x6280e2b7.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slashEvidence((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) v, bytes sig, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) t, (bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32) a, (bytes32,bytes32,bytes32,bytes32,address,uint64)[] own, (string,bytes,bytes32) e) payable returns()
func (registry *Registry) TryPackSlashEvidence(v Vote, sig []byte, t Task, a Assignment, own []Sealed, e Evidence) ([]byte, error) {
	return registry.abi.Pack("slashEvidence", v, sig, t, a, own, e)
}

// PackSlashReserved is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaf79eeeb.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashReserved((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sig, (uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, (address,address,uint64,uint64,uint64) d, bytes32[] path) payable returns()
func (registry *Registry) PackSlashReserved(a Acceptance, sig []byte, h EpochHeader, d Deposit, path [][32]byte) []byte {
	enc, err := registry.abi.Pack("slashReserved", a, sig, h, d, path)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlashReserved is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xaf79eeeb.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slashReserved((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sig, (uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32) h, (address,address,uint64,uint64,uint64) d, bytes32[] path) payable returns()
func (registry *Registry) TryPackSlashReserved(a Acceptance, sig []byte, h EpochHeader, d Deposit, path [][32]byte) ([]byte, error) {
	return registry.abi.Pack("slashReserved", a, sig, h, d, path)
}

// PackSlashVotes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91442c4b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) payable returns()
func (registry *Registry) PackSlashVotes(a Vote, sigA []byte, b Vote, sigB []byte) []byte {
	enc, err := registry.abi.Pack("slashVotes", a, sigA, b, sigB)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlashVotes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91442c4b.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slashVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) payable returns()
func (registry *Registry) TryPackSlashVotes(a Vote, sigA []byte, b Vote, sigB []byte) ([]byte, error) {
	return registry.abi.Pack("slashVotes", a, sigA, b, sigB)
}

// PackSlashWithheld is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9c9df05e.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashWithheld(bytes32 assignment, address key) returns()
func (registry *Registry) PackSlashWithheld(assignment [32]byte, key common.Address) []byte {
	enc, err := registry.abi.Pack("slashWithheld", assignment, key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSlashWithheld is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x9c9df05e.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function slashWithheld(bytes32 assignment, address key) returns()
func (registry *Registry) TryPackSlashWithheld(assignment [32]byte, key common.Address) ([]byte, error) {
	return registry.abi.Pack("slashWithheld", assignment, key)
}

// PackStanding is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x58616803.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function standing(address key) view returns(address operator, uint16 roles, uint64 leaving)
func (registry *Registry) PackStanding(key common.Address) []byte {
	enc, err := registry.abi.Pack("standing", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackStanding is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x58616803.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function standing(address key) view returns(address operator, uint16 roles, uint64 leaving)
func (registry *Registry) TryPackStanding(key common.Address) ([]byte, error) {
	return registry.abi.Pack("standing", key)
}

// StandingOutput serves as a container for the return parameters of contract
// method Standing.
type StandingOutput struct {
	Operator common.Address
	Roles    uint16
	Leaving  uint64
}

// UnpackStanding is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x58616803.
//
// Solidity: function standing(address key) view returns(address operator, uint16 roles, uint64 leaving)
func (registry *Registry) UnpackStanding(data []byte) (StandingOutput, error) {
	out, err := registry.abi.Unpack("standing", data)
	outstruct := new(StandingOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Operator = *abi.ConvertType(out[0], new(common.Address)).(*common.Address)
	outstruct.Roles = *abi.ConvertType(out[1], new(uint16)).(*uint16)
	outstruct.Leaving = *abi.ConvertType(out[2], new(uint64)).(*uint64)
	return *outstruct, nil
}

// PackUnbond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe4da61ab.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function unbond(address key) returns()
func (registry *Registry) PackUnbond(key common.Address) []byte {
	enc, err := registry.abi.Pack("unbond", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUnbond is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe4da61ab.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function unbond(address key) returns()
func (registry *Registry) TryPackUnbond(key common.Address) ([]byte, error) {
	return registry.abi.Pack("unbond", key)
}

// PackUpdateEndpoint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf528768c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function updateEndpoint(address key, string endpoint) returns()
func (registry *Registry) PackUpdateEndpoint(key common.Address, endpoint string) []byte {
	enc, err := registry.abi.Pack("updateEndpoint", key, endpoint)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackUpdateEndpoint is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf528768c.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function updateEndpoint(address key, string endpoint) returns()
func (registry *Registry) TryPackUpdateEndpoint(key common.Address, endpoint string) ([]byte, error) {
	return registry.abi.Pack("updateEndpoint", key, endpoint)
}

// PackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x51cff8d9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function withdraw(address key) returns()
func (registry *Registry) PackWithdraw(key common.Address) []byte {
	enc, err := registry.abi.Pack("withdraw", key)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackWithdraw is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x51cff8d9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function withdraw(address key) returns()
func (registry *Registry) TryPackWithdraw(key common.Address) ([]byte, error) {
	return registry.abi.Pack("withdraw", key)
}

// RegistryAnchored represents a Anchored event raised by the Registry contract.
type RegistryAnchored struct {
	Key      common.Address
	Revision uint64
	Digest   [32]byte
	Raw      *types.Log // Blockchain specific contextual infos
}

const RegistryAnchoredEventName = "Anchored"

// ContractEventName returns the user-defined event name.
func (RegistryAnchored) ContractEventName() string {
	return RegistryAnchoredEventName
}

// UnpackAnchoredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Anchored(address indexed key, uint64 revision, bytes32 digest)
func (registry *Registry) UnpackAnchoredEvent(log *types.Log) (*RegistryAnchored, error) {
	event := "Anchored"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryAnchored)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryAnswered represents a Answered event raised by the Registry contract.
type RegistryAnswered struct {
	Key        common.Address
	Assignment [32]byte
	Leaf       [32]byte
	Code       [32]byte
	Raw        *types.Log // Blockchain specific contextual infos
}

const RegistryAnsweredEventName = "Answered"

// ContractEventName returns the user-defined event name.
func (RegistryAnswered) ContractEventName() string {
	return RegistryAnsweredEventName
}

// UnpackAnsweredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Answered(address indexed key, bytes32 indexed assignment, bytes32 leaf, bytes32 code)
func (registry *Registry) UnpackAnsweredEvent(log *types.Log) (*RegistryAnswered, error) {
	event := "Answered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryAnswered)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryBondLost represents a BondLost event raised by the Registry contract.
type RegistryBondLost struct {
	Reporter common.Address
	Bond     uint64
	Reason   [4]byte
	Raw      *types.Log // Blockchain specific contextual infos
}

const RegistryBondLostEventName = "BondLost"

// ContractEventName returns the user-defined event name.
func (RegistryBondLost) ContractEventName() string {
	return RegistryBondLostEventName
}

// UnpackBondLostEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event BondLost(address indexed reporter, uint64 bond, bytes4 reason)
func (registry *Registry) UnpackBondLostEvent(log *types.Log) (*RegistryBondLost, error) {
	event := "BondLost"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryBondLost)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryChanged represents a Changed event raised by the Registry contract.
type RegistryChanged struct {
	Key common.Address
	Raw *types.Log // Blockchain specific contextual infos
}

const RegistryChangedEventName = "Changed"

// ContractEventName returns the user-defined event name.
func (RegistryChanged) ContractEventName() string {
	return RegistryChangedEventName
}

// UnpackChangedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Changed(address indexed key)
func (registry *Registry) UnpackChangedEvent(log *types.Log) (*RegistryChanged, error) {
	event := "Changed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryChanged)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryCollected represents a Collected event raised by the Registry contract.
type RegistryCollected struct {
	Payee  common.Address
	Amount uint64
	Raw    *types.Log // Blockchain specific contextual infos
}

const RegistryCollectedEventName = "Collected"

// ContractEventName returns the user-defined event name.
func (RegistryCollected) ContractEventName() string {
	return RegistryCollectedEventName
}

// UnpackCollectedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Collected(address indexed payee, uint64 amount)
func (registry *Registry) UnpackCollectedEvent(log *types.Log) (*RegistryCollected, error) {
	event := "Collected"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryCollected)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryDemanded represents a Demanded event raised by the Registry contract.
type RegistryDemanded struct {
	Key        common.Address
	Assignment [32]byte
	Due        uint64
	Raw        *types.Log // Blockchain specific contextual infos
}

const RegistryDemandedEventName = "Demanded"

// ContractEventName returns the user-defined event name.
func (RegistryDemanded) ContractEventName() string {
	return RegistryDemandedEventName
}

// UnpackDemandedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Demanded(address indexed key, bytes32 indexed assignment, uint64 due)
func (registry *Registry) UnpackDemandedEvent(log *types.Log) (*RegistryDemanded, error) {
	event := "Demanded"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryDemanded)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryLeft represents a Left event raised by the Registry contract.
type RegistryLeft struct {
	Key   common.Address
	Stake uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const RegistryLeftEventName = "Left"

// ContractEventName returns the user-defined event name.
func (RegistryLeft) ContractEventName() string {
	return RegistryLeftEventName
}

// UnpackLeftEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Left(address indexed key, uint64 stake)
func (registry *Registry) UnpackLeftEvent(log *types.Log) (*RegistryLeft, error) {
	event := "Left"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryLeft)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryRecovered represents a Recovered event raised by the Registry contract.
type RegistryRecovered struct {
	Key        common.Address
	From       uint64
	Revision   uint64
	Digest     [32]byte
	Recoveries uint32
	Raw        *types.Log // Blockchain specific contextual infos
}

const RegistryRecoveredEventName = "Recovered"

// ContractEventName returns the user-defined event name.
func (RegistryRecovered) ContractEventName() string {
	return RegistryRecoveredEventName
}

// UnpackRecoveredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Recovered(address indexed key, uint64 from, uint64 revision, bytes32 digest, uint32 recoveries)
func (registry *Registry) UnpackRecoveredEvent(log *types.Log) (*RegistryRecovered, error) {
	event := "Recovered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryRecovered)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryRegistered represents a Registered event raised by the Registry contract.
type RegistryRegistered struct {
	Key      common.Address
	Operator common.Address
	Roles    uint16
	Stake    uint64
	Raw      *types.Log // Blockchain specific contextual infos
}

const RegistryRegisteredEventName = "Registered"

// ContractEventName returns the user-defined event name.
func (RegistryRegistered) ContractEventName() string {
	return RegistryRegisteredEventName
}

// UnpackRegisteredEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Registered(address indexed key, address indexed operator, uint16 roles, uint64 stake)
func (registry *Registry) UnpackRegisteredEvent(log *types.Log) (*RegistryRegistered, error) {
	event := "Registered"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryRegistered)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistrySlashed represents a Slashed event raised by the Registry contract.
type RegistrySlashed struct {
	Key      common.Address
	Reporter common.Address
	Taken    uint64
	Reward   uint64
	Raw      *types.Log // Blockchain specific contextual infos
}

const RegistrySlashedEventName = "Slashed"

// ContractEventName returns the user-defined event name.
func (RegistrySlashed) ContractEventName() string {
	return RegistrySlashedEventName
}

// UnpackSlashedEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Slashed(address indexed key, address indexed reporter, uint64 taken, uint64 reward)
func (registry *Registry) UnpackSlashedEvent(log *types.Log) (*RegistrySlashed, error) {
	event := "Slashed"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistrySlashed)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryUnbonding represents a Unbonding event raised by the Registry contract.
type RegistryUnbonding struct {
	Key   common.Address
	Until uint64
	Raw   *types.Log // Blockchain specific contextual infos
}

const RegistryUnbondingEventName = "Unbonding"

// ContractEventName returns the user-defined event name.
func (RegistryUnbonding) ContractEventName() string {
	return RegistryUnbondingEventName
}

// UnpackUnbondingEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Unbonding(address indexed key, uint64 until)
func (registry *Registry) UnpackUnbondingEvent(log *types.Log) (*RegistryUnbonding, error) {
	event := "Unbonding"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryUnbonding)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// RegistryWithheld represents a Withheld event raised by the Registry contract.
type RegistryWithheld struct {
	Key        common.Address
	Assignment [32]byte
	Taken      uint64
	Raw        *types.Log // Blockchain specific contextual infos
}

const RegistryWithheldEventName = "Withheld"

// ContractEventName returns the user-defined event name.
func (RegistryWithheld) ContractEventName() string {
	return RegistryWithheldEventName
}

// UnpackWithheldEvent is the Go binding that unpacks the event data emitted
// by contract.
//
// Solidity: event Withheld(address indexed key, bytes32 indexed assignment, uint64 taken)
func (registry *Registry) UnpackWithheldEvent(log *types.Log) (*RegistryWithheld, error) {
	event := "Withheld"
	if len(log.Topics) == 0 {
		return nil, bind.ErrNoEventSignature
	}
	if log.Topics[0] != registry.abi.Events[event].ID {
		return nil, bind.ErrEventSignatureMismatch
	}
	out := new(RegistryWithheld)
	if len(log.Data) > 0 {
		if err := registry.abi.UnpackIntoInterface(out, event, log.Data); err != nil {
			return nil, err
		}
	}
	var indexed abi.Arguments
	for _, arg := range registry.abi.Events[event].Inputs {
		if arg.Indexed {
			indexed = append(indexed, arg)
		}
	}
	if err := abi.ParseTopics(out, indexed, log.Topics[1:]); err != nil {
		return nil, err
	}
	out.Raw = log
	return out, nil
}

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (registry *Registry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], registry.abi.Errors["AlreadySlashed"].ID.Bytes()[:4]) {
		return registry.UnpackAlreadySlashedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["AnchorAhead"].ID.Bytes()[:4]) {
		return registry.UnpackAnchorAheadError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["AnchorField"].ID.Bytes()[:4]) {
		return registry.UnpackAnchorFieldError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["AnchorOld"].ID.Bytes()[:4]) {
		return registry.UnpackAnchorOldError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["AnswerField"].ID.Bytes()[:4]) {
		return registry.UnpackAnswerFieldError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["AnswerLate"].ID.Bytes()[:4]) {
		return registry.UnpackAnswerLateError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["AnswerOpen"].ID.Bytes()[:4]) {
		return registry.UnpackAnswerOpenError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["BadPath"].ID.Bytes()[:4]) {
		return registry.UnpackBadPathError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return registry.UnpackBadSignatureError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["BondWrong"].ID.Bytes()[:4]) {
		return registry.UnpackBondWrongError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["Covered"].ID.Bytes()[:4]) {
		return registry.UnpackCoveredError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["DeadlineWrong"].ID.Bytes()[:4]) {
		return registry.UnpackDeadlineWrongError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["DemandOpen"].ID.Bytes()[:4]) {
		return registry.UnpackDemandOpenError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["DemandedBefore"].ID.Bytes()[:4]) {
		return registry.UnpackDemandedBeforeError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["EvidenceBound"].ID.Bytes()[:4]) {
		return registry.UnpackEvidenceBoundError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["KeyTaken"].ID.Bytes()[:4]) {
		return registry.UnpackKeyTakenError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["Leaving"].ID.Bytes()[:4]) {
		return registry.UnpackLeavingError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NoContradiction"].ID.Bytes()[:4]) {
		return registry.UnpackNoContradictionError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NodeField"].ID.Bytes()[:4]) {
		return registry.UnpackNodeFieldError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotAccepted"].ID.Bytes()[:4]) {
		return registry.UnpackNotAcceptedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotAssigned"].ID.Bytes()[:4]) {
		return registry.UnpackNotAssignedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotDemanded"].ID.Bytes()[:4]) {
		return registry.UnpackNotDemandedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotEscrow"].ID.Bytes()[:4]) {
		return registry.UnpackNotEscrowError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotGwei"].ID.Bytes()[:4]) {
		return registry.UnpackNotGweiError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotOneSigner"].ID.Bytes()[:4]) {
		return registry.UnpackNotOneSignerError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotOperator"].ID.Bytes()[:4]) {
		return registry.UnpackNotOperatorError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotRegistered"].ID.Bytes()[:4]) {
		return registry.UnpackNotRegisteredError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NotVotedOn"].ID.Bytes()[:4]) {
		return registry.UnpackNotVotedOnError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["NothingDue"].ID.Bytes()[:4]) {
		return registry.UnpackNothingDueError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["Refused"].ID.Bytes()[:4]) {
		return registry.UnpackRefusedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["SchemeUnknown"].ID.Bytes()[:4]) {
		return registry.UnpackSchemeUnknownError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["StakeLocked"].ID.Bytes()[:4]) {
		return registry.UnpackStakeLockedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["StakeLow"].ID.Bytes()[:4]) {
		return registry.UnpackStakeLowError(raw[4:])
	}
	return nil, errors.New("Unknown error")
}

// RegistryAlreadySlashed represents a AlreadySlashed error raised by the Registry contract.
type RegistryAlreadySlashed struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AlreadySlashed()
func RegistryAlreadySlashedErrorID() common.Hash {
	return common.HexToHash("0x372337622103a0209072252ceb796cb70404e3469ff66b2d9ee1092b1eb82de6")
}

// UnpackAlreadySlashedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AlreadySlashed()
func (registry *Registry) UnpackAlreadySlashedError(raw []byte) (*RegistryAlreadySlashed, error) {
	out := new(RegistryAlreadySlashed)
	if err := registry.abi.UnpackIntoInterface(out, "AlreadySlashed", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryAnchorAhead represents a AnchorAhead error raised by the Registry contract.
type RegistryAnchorAhead struct {
	Anchored uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AnchorAhead(uint64 anchored)
func RegistryAnchorAheadErrorID() common.Hash {
	return common.HexToHash("0xe3aabfe0f3d296aaa6a98defad74447b6b11cf49f416bb7eb28a5fa0cb4b38da")
}

// UnpackAnchorAheadError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AnchorAhead(uint64 anchored)
func (registry *Registry) UnpackAnchorAheadError(raw []byte) (*RegistryAnchorAhead, error) {
	out := new(RegistryAnchorAhead)
	if err := registry.abi.UnpackIntoInterface(out, "AnchorAhead", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryAnchorField represents a AnchorField error raised by the Registry contract.
type RegistryAnchorField struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AnchorField()
func RegistryAnchorFieldErrorID() common.Hash {
	return common.HexToHash("0xbf5992aea6fb38d7fa440c16c22810cfae15f11f53f55ace5d26cadaf6b106bf")
}

// UnpackAnchorFieldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AnchorField()
func (registry *Registry) UnpackAnchorFieldError(raw []byte) (*RegistryAnchorField, error) {
	out := new(RegistryAnchorField)
	if err := registry.abi.UnpackIntoInterface(out, "AnchorField", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryAnchorOld represents a AnchorOld error raised by the Registry contract.
type RegistryAnchorOld struct {
	Anchored uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AnchorOld(uint64 anchored)
func RegistryAnchorOldErrorID() common.Hash {
	return common.HexToHash("0x3bb17ca2873ceb5f0bdb7a7350c63a34bef11c33e8b326416d31d79f45e1fd0f")
}

// UnpackAnchorOldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AnchorOld(uint64 anchored)
func (registry *Registry) UnpackAnchorOldError(raw []byte) (*RegistryAnchorOld, error) {
	out := new(RegistryAnchorOld)
	if err := registry.abi.UnpackIntoInterface(out, "AnchorOld", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryAnswerField represents a AnswerField error raised by the Registry contract.
type RegistryAnswerField struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AnswerField()
func RegistryAnswerFieldErrorID() common.Hash {
	return common.HexToHash("0x49e84435ec80f3588f8877161ceb2669887518b0953a861294d885b0970a1054")
}

// UnpackAnswerFieldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AnswerField()
func (registry *Registry) UnpackAnswerFieldError(raw []byte) (*RegistryAnswerField, error) {
	out := new(RegistryAnswerField)
	if err := registry.abi.UnpackIntoInterface(out, "AnswerField", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryAnswerLate represents a AnswerLate error raised by the Registry contract.
type RegistryAnswerLate struct {
	Due uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AnswerLate(uint64 due)
func RegistryAnswerLateErrorID() common.Hash {
	return common.HexToHash("0xe3839d3e7d801daa31fcb917a3011dc95f650b4dff64fba61383d852e21a3cb8")
}

// UnpackAnswerLateError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AnswerLate(uint64 due)
func (registry *Registry) UnpackAnswerLateError(raw []byte) (*RegistryAnswerLate, error) {
	out := new(RegistryAnswerLate)
	if err := registry.abi.UnpackIntoInterface(out, "AnswerLate", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryAnswerOpen represents a AnswerOpen error raised by the Registry contract.
type RegistryAnswerOpen struct {
	Due uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error AnswerOpen(uint64 due)
func RegistryAnswerOpenErrorID() common.Hash {
	return common.HexToHash("0x2dd95dccb7c668bca637e6dc9d4bf00d0d8d3c6274bd354ca2e0dbc50c152d66")
}

// UnpackAnswerOpenError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error AnswerOpen(uint64 due)
func (registry *Registry) UnpackAnswerOpenError(raw []byte) (*RegistryAnswerOpen, error) {
	out := new(RegistryAnswerOpen)
	if err := registry.abi.UnpackIntoInterface(out, "AnswerOpen", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryBadPath represents a BadPath error raised by the Registry contract.
type RegistryBadPath struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadPath()
func RegistryBadPathErrorID() common.Hash {
	return common.HexToHash("0x64325c91f108520b461bf37f7e682ef85952d4d50489069c2e798b1861f04e29")
}

// UnpackBadPathError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadPath()
func (registry *Registry) UnpackBadPathError(raw []byte) (*RegistryBadPath, error) {
	out := new(RegistryBadPath)
	if err := registry.abi.UnpackIntoInterface(out, "BadPath", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryBadSignature represents a BadSignature error raised by the Registry contract.
type RegistryBadSignature struct {
	Want common.Address
	Got  common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BadSignature(address want, address got)
func RegistryBadSignatureErrorID() common.Hash {
	return common.HexToHash("0x08d20b25b536d5aac2f529fb21b6e4218c05b2e0e4288246b55b363df3839df8")
}

// UnpackBadSignatureError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BadSignature(address want, address got)
func (registry *Registry) UnpackBadSignatureError(raw []byte) (*RegistryBadSignature, error) {
	out := new(RegistryBadSignature)
	if err := registry.abi.UnpackIntoInterface(out, "BadSignature", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryBondWrong represents a BondWrong error raised by the Registry contract.
type RegistryBondWrong struct {
	Bond uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error BondWrong(uint64 bond)
func RegistryBondWrongErrorID() common.Hash {
	return common.HexToHash("0x473f23741034b064b15a674b1cffdca28f1bf00032d3743612c753193022cb7f")
}

// UnpackBondWrongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error BondWrong(uint64 bond)
func (registry *Registry) UnpackBondWrongError(raw []byte) (*RegistryBondWrong, error) {
	out := new(RegistryBondWrong)
	if err := registry.abi.UnpackIntoInterface(out, "BondWrong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryCovered represents a Covered error raised by the Registry contract.
type RegistryCovered struct {
	Reserved uint64
	Deposit  uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Covered(uint64 reserved, uint64 deposit)
func RegistryCoveredErrorID() common.Hash {
	return common.HexToHash("0xf07704af854c0fda3484cf02aec687fa8935f8e1543d393e357fd62ab86eda06")
}

// UnpackCoveredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Covered(uint64 reserved, uint64 deposit)
func (registry *Registry) UnpackCoveredError(raw []byte) (*RegistryCovered, error) {
	out := new(RegistryCovered)
	if err := registry.abi.UnpackIntoInterface(out, "Covered", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryDeadlineWrong represents a DeadlineWrong error raised by the Registry contract.
type RegistryDeadlineWrong struct {
	Deadline uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DeadlineWrong(uint64 deadline)
func RegistryDeadlineWrongErrorID() common.Hash {
	return common.HexToHash("0x0bc9c815567f1f914e1b082dfa79d7957e065f5ee6995382675ccd4d871bc9eb")
}

// UnpackDeadlineWrongError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DeadlineWrong(uint64 deadline)
func (registry *Registry) UnpackDeadlineWrongError(raw []byte) (*RegistryDeadlineWrong, error) {
	out := new(RegistryDeadlineWrong)
	if err := registry.abi.UnpackIntoInterface(out, "DeadlineWrong", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryDemandOpen represents a DemandOpen error raised by the Registry contract.
type RegistryDemandOpen struct {
	Demands *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DemandOpen(uint256 demands)
func RegistryDemandOpenErrorID() common.Hash {
	return common.HexToHash("0x686d8c70191675da4c89727fbc2e71f6313ccdff85642079a7efd22ba8a2383e")
}

// UnpackDemandOpenError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DemandOpen(uint256 demands)
func (registry *Registry) UnpackDemandOpenError(raw []byte) (*RegistryDemandOpen, error) {
	out := new(RegistryDemandOpen)
	if err := registry.abi.UnpackIntoInterface(out, "DemandOpen", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryDemandedBefore represents a DemandedBefore error raised by the Registry contract.
type RegistryDemandedBefore struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error DemandedBefore()
func RegistryDemandedBeforeErrorID() common.Hash {
	return common.HexToHash("0xc71d48afc030866cf815f29e1cfeb00fdc14bf13167363f7637830f34158ee11")
}

// UnpackDemandedBeforeError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error DemandedBefore()
func (registry *Registry) UnpackDemandedBeforeError(raw []byte) (*RegistryDemandedBefore, error) {
	out := new(RegistryDemandedBefore)
	if err := registry.abi.UnpackIntoInterface(out, "DemandedBefore", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryEvidenceBound represents a EvidenceBound error raised by the Registry contract.
type RegistryEvidenceBound struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error EvidenceBound()
func RegistryEvidenceBoundErrorID() common.Hash {
	return common.HexToHash("0xd8108276e824ced1d3fc4e5287f0cc19e036eb6515763d2aed95efc49dd4b78f")
}

// UnpackEvidenceBoundError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error EvidenceBound()
func (registry *Registry) UnpackEvidenceBoundError(raw []byte) (*RegistryEvidenceBound, error) {
	out := new(RegistryEvidenceBound)
	if err := registry.abi.UnpackIntoInterface(out, "EvidenceBound", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryKeyTaken represents a KeyTaken error raised by the Registry contract.
type RegistryKeyTaken struct {
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error KeyTaken(address key)
func RegistryKeyTakenErrorID() common.Hash {
	return common.HexToHash("0x5f2f89285f71aaca7d30bf6f3aa445ddde3d3e6a4975f29b3ec4a6e2ee9044e5")
}

// UnpackKeyTakenError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error KeyTaken(address key)
func (registry *Registry) UnpackKeyTakenError(raw []byte) (*RegistryKeyTaken, error) {
	out := new(RegistryKeyTaken)
	if err := registry.abi.UnpackIntoInterface(out, "KeyTaken", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryLeaving represents a Leaving error raised by the Registry contract.
type RegistryLeaving struct {
	Since uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Leaving(uint64 since)
func RegistryLeavingErrorID() common.Hash {
	return common.HexToHash("0x3e7cf105301d69c06fde79978d55ec24badacd4bb5e0cd1fd186d24874f634d5")
}

// UnpackLeavingError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Leaving(uint64 since)
func (registry *Registry) UnpackLeavingError(raw []byte) (*RegistryLeaving, error) {
	out := new(RegistryLeaving)
	if err := registry.abi.UnpackIntoInterface(out, "Leaving", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNoContradiction represents a NoContradiction error raised by the Registry contract.
type RegistryNoContradiction struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NoContradiction()
func RegistryNoContradictionErrorID() common.Hash {
	return common.HexToHash("0xae591c876f8da112edc0ed34afcf8285e8be3315a26401e59cb9f362c2a5d05c")
}

// UnpackNoContradictionError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NoContradiction()
func (registry *Registry) UnpackNoContradictionError(raw []byte) (*RegistryNoContradiction, error) {
	out := new(RegistryNoContradiction)
	if err := registry.abi.UnpackIntoInterface(out, "NoContradiction", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNodeField represents a NodeField error raised by the Registry contract.
type RegistryNodeField struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NodeField()
func RegistryNodeFieldErrorID() common.Hash {
	return common.HexToHash("0x6f1f12c55a225e8bec8c0a97d30d62ff71127f80747b3b8e4c52f7f8e18b1436")
}

// UnpackNodeFieldError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NodeField()
func (registry *Registry) UnpackNodeFieldError(raw []byte) (*RegistryNodeField, error) {
	out := new(RegistryNodeField)
	if err := registry.abi.UnpackIntoInterface(out, "NodeField", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotAccepted represents a NotAccepted error raised by the Registry contract.
type RegistryNotAccepted struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAccepted()
func RegistryNotAcceptedErrorID() common.Hash {
	return common.HexToHash("0x29d79a5095d97e5850d01bfd5477f4954ff14944017fc5156d1fb8d0bdff379c")
}

// UnpackNotAcceptedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAccepted()
func (registry *Registry) UnpackNotAcceptedError(raw []byte) (*RegistryNotAccepted, error) {
	out := new(RegistryNotAccepted)
	if err := registry.abi.UnpackIntoInterface(out, "NotAccepted", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotAssigned represents a NotAssigned error raised by the Registry contract.
type RegistryNotAssigned struct {
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotAssigned(address key)
func RegistryNotAssignedErrorID() common.Hash {
	return common.HexToHash("0x6ef4e0f62dd113ab72d917fb24dffcacedf3554df548710271b91205bb8294b7")
}

// UnpackNotAssignedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotAssigned(address key)
func (registry *Registry) UnpackNotAssignedError(raw []byte) (*RegistryNotAssigned, error) {
	out := new(RegistryNotAssigned)
	if err := registry.abi.UnpackIntoInterface(out, "NotAssigned", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotDemanded represents a NotDemanded error raised by the Registry contract.
type RegistryNotDemanded struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotDemanded()
func RegistryNotDemandedErrorID() common.Hash {
	return common.HexToHash("0x3634733b5c2e4776b96a56d4c248da8a45d5dc46e7b6c3b0e3c5d46ecf8f6235")
}

// UnpackNotDemandedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotDemanded()
func (registry *Registry) UnpackNotDemandedError(raw []byte) (*RegistryNotDemanded, error) {
	out := new(RegistryNotDemanded)
	if err := registry.abi.UnpackIntoInterface(out, "NotDemanded", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotEscrow represents a NotEscrow error raised by the Registry contract.
type RegistryNotEscrow struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotEscrow()
func RegistryNotEscrowErrorID() common.Hash {
	return common.HexToHash("0xfc447f62ef5e3aaf79a72d139443b110dc3a73693d1253edf194848f295a63ac")
}

// UnpackNotEscrowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotEscrow()
func (registry *Registry) UnpackNotEscrowError(raw []byte) (*RegistryNotEscrow, error) {
	out := new(RegistryNotEscrow)
	if err := registry.abi.UnpackIntoInterface(out, "NotEscrow", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotGwei represents a NotGwei error raised by the Registry contract.
type RegistryNotGwei struct {
	Value *big.Int
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotGwei(uint256 value)
func RegistryNotGweiErrorID() common.Hash {
	return common.HexToHash("0xed1cab72a1b78e794c68e676c40625f716db7a43ee067008724f0d97f590b211")
}

// UnpackNotGweiError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotGwei(uint256 value)
func (registry *Registry) UnpackNotGweiError(raw []byte) (*RegistryNotGwei, error) {
	out := new(RegistryNotGwei)
	if err := registry.abi.UnpackIntoInterface(out, "NotGwei", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotOneSigner represents a NotOneSigner error raised by the Registry contract.
type RegistryNotOneSigner struct {
	A common.Address
	B common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOneSigner(address a, address b)
func RegistryNotOneSignerErrorID() common.Hash {
	return common.HexToHash("0xf8f031757984a67017319381ebfe334db18b76b52869cd63dbe85dedaf198ac1")
}

// UnpackNotOneSignerError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOneSigner(address a, address b)
func (registry *Registry) UnpackNotOneSignerError(raw []byte) (*RegistryNotOneSigner, error) {
	out := new(RegistryNotOneSigner)
	if err := registry.abi.UnpackIntoInterface(out, "NotOneSigner", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotOperator represents a NotOperator error raised by the Registry contract.
type RegistryNotOperator struct {
	Operator common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotOperator(address operator)
func RegistryNotOperatorErrorID() common.Hash {
	return common.HexToHash("0x76c6c93a6423c7e2cef5f93921b1d4d1a5ffb795cd7cfed2df95566b7c7f7c40")
}

// UnpackNotOperatorError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotOperator(address operator)
func (registry *Registry) UnpackNotOperatorError(raw []byte) (*RegistryNotOperator, error) {
	out := new(RegistryNotOperator)
	if err := registry.abi.UnpackIntoInterface(out, "NotOperator", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotRegistered represents a NotRegistered error raised by the Registry contract.
type RegistryNotRegistered struct {
	Key common.Address
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotRegistered(address key)
func RegistryNotRegisteredErrorID() common.Hash {
	return common.HexToHash("0xbfc6c337a80b7b8201f77f0a2a54c6e5f7c6fd9124a749804a482fa16ee8a895")
}

// UnpackNotRegisteredError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotRegistered(address key)
func (registry *Registry) UnpackNotRegisteredError(raw []byte) (*RegistryNotRegistered, error) {
	out := new(RegistryNotRegistered)
	if err := registry.abi.UnpackIntoInterface(out, "NotRegistered", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNotVotedOn represents a NotVotedOn error raised by the Registry contract.
type RegistryNotVotedOn struct {
	Part string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotVotedOn(string part)
func RegistryNotVotedOnErrorID() common.Hash {
	return common.HexToHash("0x6015330db71cef674093168db23107e0ad9c411f9011116677e3ec2304785003")
}

// UnpackNotVotedOnError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotVotedOn(string part)
func (registry *Registry) UnpackNotVotedOnError(raw []byte) (*RegistryNotVotedOn, error) {
	out := new(RegistryNotVotedOn)
	if err := registry.abi.UnpackIntoInterface(out, "NotVotedOn", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryNothingDue represents a NothingDue error raised by the Registry contract.
type RegistryNothingDue struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NothingDue()
func RegistryNothingDueErrorID() common.Hash {
	return common.HexToHash("0x86fdb19c22b5459ff505772dc0cccf970e16029c15b56aa5534340b6e2ac90f7")
}

// UnpackNothingDueError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NothingDue()
func (registry *Registry) UnpackNothingDueError(raw []byte) (*RegistryNothingDue, error) {
	out := new(RegistryNothingDue)
	if err := registry.abi.UnpackIntoInterface(out, "NothingDue", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryRefused represents a Refused error raised by the Registry contract.
type RegistryRefused struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error Refused()
func RegistryRefusedErrorID() common.Hash {
	return common.HexToHash("0x8ac5ff0bf8ef9807b77ae1c204f55cfc54a1ef5de6b0c1149bcb69153525ab21")
}

// UnpackRefusedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error Refused()
func (registry *Registry) UnpackRefusedError(raw []byte) (*RegistryRefused, error) {
	out := new(RegistryRefused)
	if err := registry.abi.UnpackIntoInterface(out, "Refused", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistrySchemeUnknown represents a SchemeUnknown error raised by the Registry contract.
type RegistrySchemeUnknown struct {
	Scheme string
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error SchemeUnknown(string scheme)
func RegistrySchemeUnknownErrorID() common.Hash {
	return common.HexToHash("0xa8dd4527b18e8d09c73686d05aaced47b17deb2638a861c8e30dd0a43ff49e66")
}

// UnpackSchemeUnknownError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error SchemeUnknown(string scheme)
func (registry *Registry) UnpackSchemeUnknownError(raw []byte) (*RegistrySchemeUnknown, error) {
	out := new(RegistrySchemeUnknown)
	if err := registry.abi.UnpackIntoInterface(out, "SchemeUnknown", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryStakeLocked represents a StakeLocked error raised by the Registry contract.
type RegistryStakeLocked struct {
	Until uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StakeLocked(uint64 until)
func RegistryStakeLockedErrorID() common.Hash {
	return common.HexToHash("0x68a2053c541711e2ff09fbad0cfdb8ccb48b3380c7b25396271bb41985b31519")
}

// UnpackStakeLockedError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StakeLocked(uint64 until)
func (registry *Registry) UnpackStakeLockedError(raw []byte) (*RegistryStakeLocked, error) {
	out := new(RegistryStakeLocked)
	if err := registry.abi.UnpackIntoInterface(out, "StakeLocked", raw); err != nil {
		return nil, err
	}
	return out, nil
}

// RegistryStakeLow represents a StakeLow error raised by the Registry contract.
type RegistryStakeLow struct {
	Stake uint64
	Least uint64
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error StakeLow(uint64 stake, uint64 least)
func RegistryStakeLowErrorID() common.Hash {
	return common.HexToHash("0xdf25aa4156e6b69382e667b0f238fcff26a5f1619d727ed85ec90f4c9c3d7260")
}

// UnpackStakeLowError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error StakeLow(uint64 stake, uint64 least)
func (registry *Registry) UnpackStakeLowError(raw []byte) (*RegistryStakeLow, error) {
	out := new(RegistryStakeLow)
	if err := registry.abi.UnpackIntoInterface(out, "StakeLow", raw); err != nil {
		return nil, err
	}
	return out, nil
}
