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
	Artefact   CatalogueSealed
	Price      uint64
	Terms      [32]byte
	Retired    bool
}

// CatalogueSealed is an auto generated low-level Go binding around an user-defined struct.
type CatalogueSealed struct {
	Header   [32]byte
	Root     [32]byte
	Plain    [32]byte
	Identity [32]byte
	Manager  common.Address
	Size     uint64
}

// Debit is an auto generated low-level Go binding around an user-defined struct.
type Debit struct {
	User   common.Address
	Amount uint64
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
	Deny        [32]byte
	Signers     [32]byte
	Previous    [32]byte
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

// EscrowDeposit is an auto generated low-level Go binding around an user-defined struct.
type EscrowDeposit struct {
	User       common.Address
	Dispatcher common.Address
	Amount     uint64
	Leaving    uint64
	Unlock     uint64
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
	Known     uint64
	Voided    bool
}

// EscrowShown is an auto generated low-level Go binding around an user-defined struct.
type EscrowShown struct {
	Dispatcher common.Address
	Number     uint64
	Settlement Settlement
	Path       [][32]byte
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
	Key        common.Address
	Operator   common.Address
	Roles      uint16
	Level      uint8
	Stake      uint64
	Vrf        [32]byte
	Registered uint64
	Leaving    uint64
	Region     string
	Endpoint   string
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

// Settlement is an auto generated low-level Go binding around an user-defined struct.
type Settlement struct {
	Task     [32]byte
	User     common.Address
	Fee      uint64
	Deadline uint64
	Receipt  [32]byte
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
	ABI: "[{\"inputs\":[],\"name\":\"ArtefactInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"}],\"name\":\"KindInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"}],\"name\":\"NameInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"}],\"name\":\"NotOwner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"Retired\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"UnknownEntry\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"}],\"name\":\"Published\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"from\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"n\",\"type\":\"uint256\"}],\"name\":\"entries\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structCatalogue.Sealed\",\"name\":\"artefact\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"retired\",\"type\":\"bool\"}],\"internalType\":\"structCatalogue.Entry[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"entry\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structCatalogue.Sealed\",\"name\":\"artefact\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"},{\"internalType\":\"bool\",\"name\":\"retired\",\"type\":\"bool\"}],\"internalType\":\"structCatalogue.Entry\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"newest\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"handle\",\"type\":\"string\"}],\"name\":\"ownerOf\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"header\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"plain\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"identity\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"manager\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"size\",\"type\":\"uint64\"}],\"internalType\":\"structCatalogue.Sealed\",\"name\":\"artefact\",\"type\":\"tuple\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"}],\"name\":\"publish\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"name\":\"quote\",\"outputs\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"owner\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"}],\"name\":\"retire\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"id\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"terms\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"price\",\"type\":\"uint64\"}],\"name\":\"setTerms\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "bb9cb51b2362c10f87fac773a7934d23a4",
	Bin: "0x60808060405234601557611405908161001a8239f35b5f80fdfe6080806040526004361015610012575f80fd5b5f3560e01c90816306661abd14610ce95750806317b937e614610b5b5780631f2b6f2314610a8b5780637d989975146109cb578063920ffa261461096a57806399f2905514610911578063c6c2397c14610830578063de7e0775146100c25763eeb2fd761461007f575f80fd5b346100be5760403660031901126100be576100ba6100a661009e610dec565b6004356110b0565b604051918291602083526020830190610d02565b0390f35b5f80fd5b346100be576101403660031901126100be5760043567ffffffffffffffff81116100be576100f4903690600401610e03565b906024359060ff8216918281036100be5760c03660431901126100be57610104359067ffffffffffffffff82168092036100be575f199160418611610814575f925b868410156102c4577fff0000000000000000000000000000000000000000000000000000000000000084860135167f2f000000000000000000000000000000000000000000000000000000000000008114806102ba575b1561019f5750506001835b0192610136565b7f6100000000000000000000000000000000000000000000000000000000000000819592951015908161028f575b8115610233575b8115610209575b50156101e957600190610198565b60405163e0d0921760e01b8152806102058988600484016113de565b0390fd5b7f2d00000000000000000000000000000000000000000000000000000000000000915014886101db565b90507f300000000000000000000000000000000000000000000000000000000000000081101580610265575b906101d4565b507f390000000000000000000000000000000000000000000000000000000000000081111561025f565b7f7a0000000000000000000000000000000000000000000000000000000000000081111591506101cd565b505f19821461018d565b8695919293505f198114801561080c575b8015610802575b6107c7576102ea8187610e31565b5f1981019081116107ee5780159081156107e3575b506107c7578581116100be5761031790369086610f7b565b60208151910120805f5260016020526001600160a01b0360405f205416155f1461077e575f52600160205260405f206001600160a01b03331673ffffffffffffffffffffffffffffffffffffffff198254161790555b600181141580610773575b6106fe576044359283158015610769575b8015610751575b6107295761039f368787610f7b565b6020815191012095865f52600260205260405f20956001870193845467ffffffffffffffff8160a81c16155f146106d65750505f54680100000000000000008110156106c2578060016103f492015f55610f3d565b81549060031b908a821b915f19901b191617905567ffffffffffffffff82116106c2576104218754610fd7565b601f8111610671575b505f90601f83116001146105fd57928267ffffffffffffffff93600496936104dc965f926105f2575b50508160011b915f199060031b1c19161788555b81547fffffffffffffffffffffff00ffffffffffffffffffffffffffffffffffffffff33167fffffffffffffffffffffff0000000000000000000000000000000000000000009091161760a09190911b74ff0000000000000000000000000000000000000000161781555b5460a81c1661100f565b92855f528160205260405f2067ffffffffffffffff85165f5260205260405f209081556064356001820155608435600282015560a435600382015501916001600160a01b03610529610fc1565b1673ffffffffffffffffffffffffffffffffffffffff1984541617835560e4359067ffffffffffffffff821682036100be578367ffffffffffffffff927fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff00000000000000000000000000000000000000006105df97549260a01b169116179055604051926105c084610e3e565b610124358452602084015216928360408301525f60608301528461128a565b5060408051928352602083019190915290f35b013590508b80610453565b601f19831691885f5260205f20925f5b818110610659575093600496936104dc96936001938367ffffffffffffffff9810610640575b505050811b018855610467565b01355f19600384901b60f8161c191690558b8080610633565b9193602060018192878701358155019501920161060d565b8281111561042a57875f5260205f20601f840160051c90602085106106ba575b81601f9101920160051c03905f5b8281106106ad57505061042a565b5f8282015560010161069f565b5f9150610691565b634e487b7160e01b5f52604160045260245ffd5b90935083925060ff915060a01c16036106fe57506104dc67ffffffffffffffff6004926104d2565b7f4ffbc274000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b7ffa99a22f000000000000000000000000000000000000000000000000000000005f5260045ffd5b506001600160a01b03610762610fc1565b1615610390565b5060643515610389565b506002811415610378565b805f5260016020526001600160a01b0360405f20541633036107a0575061036d565b5f5260016020526001600160a01b0360405f20541663245aecd360e01b5f5260045260245ffd5b60405163e0d0921760e01b8152806102058888600484016113de565b6020915011876102ff565b634e487b7160e01b5f52601160045260245ffd5b50602081116102dc565b5080156102d5565b60405163e0d0921760e01b8152806102058887600484016113de565b346100be5760603660031901126100be576004356044359067ffffffffffffffff82168092036100be576020918161086a6108ff93611227565b90805f526003855260405f2067ffffffffffffffff80600185015460a81c16165f52855260405f206001604051916108a183610e3e565b8054835201549067ffffffffffffffff821687820152606060ff67ffffffffffffffff8460401c169384604085015260801c161515910152604051936108e685610e3e565b60243585528685015260408401525f606084015261128a565b67ffffffffffffffff60405191168152f35b346100be5760203660031901126100be57600435805f52600260205267ffffffffffffffff600160405f20015460a81c16801561095357602090604051908152f35b50632c859ae760e01b5f526004525f60245260445ffd5b346100be5760203660031901126100be5760043567ffffffffffffffff81116100be5761099e6109a5913690600401610e03565b3691610f7b565b602081519101205f52600160205260206001600160a01b0360405f205416604051908152f35b346100be5760403660031901126100be576004356109e7610dec565b90805f52600260205267ffffffffffffffff60405f2092169182158015610a71575b610a5b579160016060930154915f52600360205260405f20905f5260205267ffffffffffffffff600160405f200154166001600160a01b036040519260ff8160a01c1684521660208301526040820152f35b50632c859ae760e01b5f5260045260245260445ffd5b5067ffffffffffffffff600182015460a81c168311610a09565b346100be5760203660031901126100be57600435610aa881611227565b815f52600360205260405f2067ffffffffffffffff80600184015460a81c16165f5260205260405f2090600160405192610ae184610e3e565b80548452015467ffffffffffffffff8116602084015267ffffffffffffffff8160401c16604084015260ff606084019160801c161515808252610b2f579060209360016108ff94935261128a565b837fa413ea3a000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346100be5760403660031901126100be575f546004359060243590808310610cb2575050805b610b8b8282610e31565b91610b9583610eb5565b92610ba36040519485610e93565b808452610bb2601f1991610eb5565b015f5b818110610c9b575050805b828110610c2e57836040518091602082016020835281518091526040830190602060408260051b8601019301915f905b828210610bff57505050500390f35b91936001919395506020610c1e8192603f198a82030186528851610d02565b9601920192018594939192610bf0565b80610c94610c78610c40600194610f3d565b90549060031b1c610c5084610f3d565b90549060031b1c5f52600260205267ffffffffffffffff8560405f20015460a81c16906110b0565b610c828584610e31565b90610c8d8289610f67565b5286610f67565b5001610bc0565b602090610ca6610ecd565b82828801015201610bb5565b81610cbd8483610e31565b1115610ce25750810180821115610b8157634e487b7160e01b5f52601160045260245ffd5b9050610b81565b346100be575f3660031901126100be576020905f548152f35b9060206101006101e09380518452828101516101c0848601528051938491826101c0880152018686015e5f8584860101526001600160a01b03604082015116604085015260ff606082015116606085015267ffffffffffffffff608082015116608085015267ffffffffffffffff60a080830151805182880152602081015160c0880152604081015160e08801526060810151858801526001600160a01b0360808201511661012088015201511661014085015267ffffffffffffffff60c08201511661016085015260e0810151610180850152015115156101a0830152601f8019910116010190565b6024359067ffffffffffffffff821682036100be57565b9181601f840112156100be5782359167ffffffffffffffff83116100be57602083818601950101116100be57565b919082039182116107ee57565b6080810190811067ffffffffffffffff8211176106c257604052565b610120810190811067ffffffffffffffff8211176106c257604052565b60c0810190811067ffffffffffffffff8211176106c257604052565b90601f8019910116810190811067ffffffffffffffff8211176106c257604052565b67ffffffffffffffff81116106c25760051b60200190565b60405190610eda82610e5a565b5f6101008382815260606020820152826040820152826060820152826080820152604051610f0781610e77565b8381528360208201528360408201528360608201528360808201528360a082015260a08201528260c08201528260e08201520152565b5f54811015610f53575f805260205f2001905f90565b634e487b7160e01b5f52603260045260245ffd5b8051821015610f535760209160051b010190565b92919267ffffffffffffffff82116106c25760405191610fa5601f8201601f191660200184610e93565b8294818452818301116100be578281602093845f960137010152565b60c4356001600160a01b03811681036100be5790565b90600182811c92168015611005575b6020831014610ff157565b634e487b7160e01b5f52602260045260245ffd5b91607f1691610fe6565b67ffffffffffffffff60019116019067ffffffffffffffff82116107ee57565b5f929181549161103e83610fd7565b8083529260018116908115611093575060011461105a57505050565b5f9081526020812093945091925b838310611079575060209250010190565b600181602092949394548385870101520191019190611068565b915050602093945060ff929192191683830152151560051b010190565b906110b9610ecd565b50815f52600260205267ffffffffffffffff60405f209116908115801561120d575b6111f6579060ff91835f52600360205260405f20825f5260205260405f20600182015492855f5260046020528460405f209460018401549567ffffffffffffffff808860401c16165f5260205261115061115760405f209554966040519a6111428c610e5a565b8b526040519283809261102f565b0382610e93565b60208901526001600160a01b038116604089015260a01c166060870152608086015267ffffffffffffffff60046040519261119184610e77565b8054845260018101546020850152600281015460408501526003810154606085015201546001600160a01b038116608084015260a01c1660a082015260a085015267ffffffffffffffff821660c085015260e084015260801c16151561010082015290565b5090632c859ae760e01b5f5260045260245260445ffd5b5067ffffffffffffffff600182015460a81c1682116110db565b90815f52600260205260405f209160018301549067ffffffffffffffff8260a81c161561127457506001600160a01b03163381036112625750565b63245aecd360e01b5f5260045260245ffd5b632c859ae760e01b5f526004525f60245260445ffd5b906113d97fa99141766db2af13e0ed1d10563165ca3a2a50ae1d4757981d71fc48276c2d029194939460018101958654966112d167ffffffffffffffff8960a81c1661100f565b977fffffff0000000000000000ffffffffffffffffffffffffffffffffffffffffff7cffffffffffffffff0000000000000000000000000000000000000000008a60a81b169116179055845f52600360205260405f2067ffffffffffffffff88165f52602052600160405f2082518155019067ffffffffffffffff602082015116908254917fffffffffffffffffffffffffffffff000000000000000000000000000000000070ff0000000000000000000000000000000060606fffffffffffffffff0000000000000000604086015160401b16940151151560801b169316171717905560405191829167ffffffffffffffff8816835260406020840152604083019061102f565b0390a2565b90918060409360208452816020850152848401375f828201840152601f01601f191601019056",
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
func (catalogue *Catalogue) PackPublish(name string, kind uint8, artefact CatalogueSealed, price uint64, terms [32]byte) []byte {
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
func (catalogue *Catalogue) TryPackPublish(name string, kind uint8, artefact CatalogueSealed, price uint64, terms [32]byte) ([]byte, error) {
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
	ABI: "[{\"inputs\":[{\"internalType\":\"contractEpochs\",\"name\":\"epochs_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"AlreadySettled\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadPath\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"seats\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"operators\",\"type\":\"uint256\"}],\"name\":\"CertificateShort\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"fee\",\"type\":\"uint256\"},{\"internalType\":\"uint64\",\"name\":\"most\",\"type\":\"uint64\"}],\"name\":\"FeeAbove\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Late\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"LeafField\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotFalse\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"NotSettled\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"string\",\"name\":\"part\",\"type\":\"string\"}],\"name\":\"PartMismatch\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"VoteField\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"holder\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"VoteSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Window\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"DirectPaid\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"name\":\"DirectSettled\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"DirectVoided\",\"type\":\"event\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"earlier\",\"type\":\"tuple\"}],\"name\":\"challengeDuplicate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"claimDirect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"payouts\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structPayout[]\",\"name\":\"\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"task\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"userSig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"acceptance\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"acceptanceSig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"seed\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"index\",\"type\":\"uint8\"},{\"internalType\":\"address\",\"name\":\"worker\",\"type\":\"address\"}],\"internalType\":\"structPlace[]\",\"name\":\"places\",\"type\":\"tuple[]\"},{\"internalType\":\"address[]\",\"name\":\"seats\",\"type\":\"address[]\"},{\"internalType\":\"bytes32\",\"name\":\"challenges\",\"type\":\"bytes32\"}],\"internalType\":\"structAssignment\",\"name\":\"assignment\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"assignmentSig\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"vote\",\"type\":\"tuple\"},{\"components\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structMember\",\"name\":\"member\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structDirect.Proven[]\",\"name\":\"holders\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes[]\",\"name\":\"voteSigs\",\"type\":\"bytes[]\"},{\"components\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structMember\",\"name\":\"member\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structDirect.Proven\",\"name\":\"worker\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"count\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structPoolRoot\",\"name\":\"workers\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"count\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structPoolRoot\",\"name\":\"verifiers\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"commitment\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"output\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"exit\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"bucket\",\"type\":\"uint8\"}],\"internalType\":\"structLeaf\",\"name\":\"leaf\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"leafSig\",\"type\":\"bytes\"},{\"internalType\":\"bytes32\",\"name\":\"seal\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"receipt\",\"type\":\"address\"}],\"internalType\":\"structDirect.Proof\",\"name\":\"p\",\"type\":\"tuple\"}],\"name\":\"settleDirect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"}],\"name\":\"settled\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"order\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"posted\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "2f496609277eda2d7d460845edf92527cc",
	Bin: "0x6101e0806040523461028957602081613d67803803809161002082856104ee565b83398101031261028957516001600160a01b03811690818103610289576040516367f855cb60e11b8152906102c082600481865afa918215610295575f9261032e575b50608052604051637b10399960e01b8152602081600481865afa908115610295575f916102ec575b5060a052604051631272009d60e11b8152602081600481865afa908115610295575f916102cd575b506001600160a01b031660c05260405163e2fdcc1760e01b8152602081600481865afa928315610295576004936020925f916102a0575b506001600160a01b031660e0526040516353f859ef60e11b815293849182905afa8015610295575f9061025d575b61010090815260808201516001600160401b0390811661012090815260a08401518216610140529183015160ff908116610160529183015190911661018090815282015181166101a0908152820151166101c0908152015190505f5b60028110610218576040516138149081610553823960805181818161010a0152612e17015260a05181610c54015260c051818181610a0901526112b0015260e051818181611025015281816117d60152611d0b01526101005181610131015261012051816101e001526101405181818161179d0152611c23015261016051816102fd0152610180518161142b01526101a051816108ab01526101c05181610c9a0152f35b5f5f5b6004811061022e57508155600101610174565b8351602094909401936001600160401b03600683901b81811b19909416911690921b919091179060010161021b565b506020823d60201161028d575b81610277602093836104ee565b81010312610289576101c09151610118565b5f80fd5b3d915061026a565b6040513d5f823e3d90fd5b6102c09150833d85116102c6575b6102b881836104ee565b810190610533565b5f6100ea565b503d6102ae565b6102e6915060203d6020116102c6576102b881836104ee565b5f6100b3565b90506020813d602011610326575b81610307602093836104ee565b8101031261028957516001600160a01b0381168103610289575f61008b565b3d91506102fa565b9091506102c03d81116104e7575b61034681836104ee565b8101906102c08183031261028957604051916101e083016001600160401b038111848210176104d35760405261037b82610511565b835261038960208301610511565b602084015261039a60408301610511565b60408401526103ab60608301610511565b60608401526103bc60808301610511565b60808401526103cd60a08301610511565b60a08401526103de60c08301610511565b60c08401526103ef60e08301610511565b60e08401526104016101008301610525565b6101008401526104146101208301610525565b6101208401526104276101408301610511565b61014084015261043a6101608301610511565b61016084015261044d6101808301610511565b6101808401526104606101a08301610511565b6101a0840152806101df83011215610289576040519161010083016001600160401b038111848210176104d35760405282906102c08101928311610289576101c001905b8282106104bb575050506101c0820152905f610063565b602080916104c884610511565b8152019101906104a4565b634e487b7160e01b5f52604160045260245ffd5b503d61033c565b601f909101601f19168101906001600160401b038211908210176104d357604052565b51906001600160401b038216820361028957565b519060ff8216820361028957565b9081602091031261028957516001600160a01b0381168103610289579056fe60806040526004361015610011575f80fd5b5f5f3560e01c806376fd0d1514611bd7578063aeddb90514611b37578063d945af1d14611aee578063e7a9a1ea146116cf5763ebd4106314610051575f80fd5b346116cc5760203660031901126116cc576001600160401b03600435116116cc57610560600435360360031901126116cc5760405160208101907fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647282527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608201524660808201526001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001660a08201527f000000000000000000000000000000000000000000000000000000000000000060c082015260c0815261016460e082611ef6565b51902061019e61018061017b600480350180611f9a565b6122f6565b826042916040519161190160f01b8352600283015260228201522090565b80835260026020526001600160401b036040842054166116ba576001600160401b036101da6101606101d4600480350180611f9a565b01611fb0565b166102107f0000000000000000000000000000000000000000000000000000000000000000916001600160401b03831690611fc4565b431161166357506102278183600435600401612894565b9160405193606085018581106001600160401b0382111761164f576040526060855280602086015280604086015261027661026c600435600401600435600401611f9a565b60a0810190611fd1565b90506003018060031161163b576102a49061029c6102c460043501600435600401611fd1565b919050611fc4565b6102ad81611f17565b906102bb6040519283611ef6565b8082526102ca601f1991611f17565b01825b81811061161857505085526102f061026c610124600435016004356004016122e1565b9490506001600160401b037f00000000000000000000000000000000000000000000000000000000000000001685148015906115e1575b61159c57610164600435019061028460043501359081158015809303611175579082611563575b8115611549575b8115611537575b50801561150b575b80156114df575b801561148e575b61146657604096959492939651906001600160401b036103b860208401947f299d2de32922029becc35511847ef90b901db60e9a8d81f33b71c4e39f0695688652611f86565b166040830152610184600435013560608301526101a46004350135608083015260ff6103e96101c46004350161348f565b1660a083015260ff6104006101e46004350161348f565b1660c083015260043561020481013560e08401526102248101356101008401526102448101356101208401526001600160401b03906104429061026401611f86565b166101408301526101608201526102a46004350135610180820152610180815261046e6101a082611ef6565b519020936104876102c460043501600435600401611fd1565b94905061049385611f17565b946104a16040519687611ef6565b8086526104b0601f1991611f17565b013660208701378380819882985b6104d36102c460043501600435600401611fd1565b90508a1015610854576105046104fe8b6104f86102c460043501600435600401611fd1565b906132fa565b80612029565b9a8a1515806107e9575b61075b576020906105578c6105488f61052961053f916134e3565b926104f86102c460043501600435600401611fd1565b85810190611fd1565b906103846004350135926135dc565b8c61057c61057361026c610124600435016004356004016122e1565b9490920161203e565b908793885b8181106107a15750505050811561075b576105b4826105ae8f976105a783604092611fc4565b980161203e565b8a613684565b6105d38c6105cd6102e460043501600435600401611fd1565b90613314565b905015610748578c6001600160a01b03806106458f61063c886106368b61062e61060e6020966105cd6102e460043501600435600401611fd1565b9490926042916040519161190160f01b8352600283015260228201522090565b923691612161565b90613746565b5050940161203e565b16911690810361070357509061065a91611fc4565b91845b8981108d828d836106d4575b5050501561067f5761067a9061332f565b61065d565b9b89600193969994979c9295989d146106a3575b505b0198939994919095926104be565b60406106af910161203e565b6001600160a01b036106ca6106c38c61332f565b9b8d612052565b911690525f610693565b6001600160a01b03809394506106ef6106f893604093612052565b5116930161203e565b1614158d828d610669565b866044918f61071c60206001600160a01b03920161203e565b7f88b43d4300000000000000000000000000000000000000000000000000000000845216600452602452fd5b959a905060019194979293969b50610695565b6040516371d82e4160e01b815260206004820152600760248201527f686f6c64657273000000000000000000000000000000000000000000000000006044820152606490fd5b6001600160a01b0384166001600160a01b036107c66107c1848688613674565b61203e565b16146107d5575b600101610581565b946107e160019161332f565b9590506107cd565b506107f38c611fb0565b6108086102c460043501600435600401611fd1565b8d5f19810111610840576108366108318f6001600160401b039485946104fe925f1901916132fa565b611fb0565b169116111561050e565b602488634e487b7160e01b81526011600452fd5b50509185818a95940361075b5784600302600381048603611452577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83168303611452578260011b10801590611420575b611409577f00000000000000000000000000000000000000000000000000000000000000006001600160401b03169594835b60208601518110156109d3576001600160401b0360206108f8838951612052565b51015116806003026003810482036109bf578511156109a857888102908082048a1490151715610994576001600160401b038111610966579061095b826001600160401b0360019416602061094e858c51612052565b5101526040890151611fc4565b6040880152016108d7565b856001600160401b0360449261098060a460043501611fb0565b90636c00134360e11b845260045216602452fd5b602486634e487b7160e01b81526011600452fd5b604486858563df57eb3760e01b8352600452602452fd5b602487634e487b7160e01b81526011600452fd5b8487876104c460043501600160ff6109ea83612006565b1603611276576109fe600480350180611f9a565b906001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001691610a6d6060610a3b60808401611fb0565b604051637d98997560e01b81528483013560048201526001600160401b03909116602482015291829081906044820190565b0381875afa801561126b578788928992611241575b5060ff60019116036111fc57610a9b9186979497613381565b60a0810191865b610aac8484611fd1565b9050811015610bd957610ac981610ac38686611fd1565b906120ac565b90600160ff610ad784612006565b1603610bd05760606040610aec828501611fb0565b8151637d98997560e01b8152949091013560048501526001600160401b0316602484015282604481895afa918215610bc557898a918b94610b8c575b5060ff6002911603610b4757600192610b419189613381565b01610aa2565b60646040516371d82e4160e01b815260206004820152600560248201527f696e7075740000000000000000000000000000000000000000000000000000006044820152fd5b60ff945060029250610bb5915060603d8111610bbe575b610bad8183611ef6565b810190613351565b94909250610b28565b503d610ba3565b6040513d8b823e3d90fd5b60019150610b41565b50946003935060ff9250610bed9150612006565b160361118c575b610c0e610120610c08600480350180611f9a565b0161203e565b604051907f586168030000000000000000000000000000000000000000000000000000000082526001600160a01b03811660048301526060826024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa8015611181578590611122575b610cc092506001600160a01b03811661111b57505b7f00000000000000000000000000000000000000000000000000000000000000009083613381565b60a460043501610ccf81611fb0565b6001600160401b0380610cec6101406101d4600480350180611f9a565b169116116110dd576040820151906001600160401b03610d0b82611fb0565b1682116110c857505060408101516001600160401b031691610d346107c1600480350180611f9a565b6001600160a01b0360018160405193610d4c85611edb565b88855288602086016001600160401b034316815260408701908a82526001600160401b0380604060608b01958087528860808d01981688528c8152600260205220995116166001600160401b031989541617885551907fffffffffffffffff00000000000000000000000000000000ffffffffffffffff6fffffffffffffffff000000000000000077ffffffffffffffff000000000000000000000000000000008a54935160801b169360401b1691161717865551151560ff60c01b1978ff00000000000000000000000000000000000000000000000087549260c01b16911617855551169201911673ffffffffffffffffffffffffffffffffffffffff19825416179055835b6020830151811015610f4c57818552600360205260408520610e76828551612052565b519080549068010000000000000000821015610f385760018201808255821015610f24576001939291602091895281892001916001600160a01b03808251161673ffffffffffffffffffffffffffffffffffffffff1984541617835501517fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b16911617905501610e53565b602488634e487b7160e01b81526032600452fd5b602488634e487b7160e01b81526041600452fd5b509050610f606107c1600480350180611f9a565b610f74610120610c08600480350180611f9a565b827f0194fe75ce65baec3796af953bc0ba06be5eec22790696b58c98296d20a5b24a60206001600160a01b03806040519589875216951693a4610fbe6107c1600480350180611f9a565b916001600160a01b03610fdb610120610c08600480350180611f9a565b81604051957f55a49fa80000000000000000000000000000000000000000000000000000000087521660048601521660248401526044830152602082606481866001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165af19182156110bd57839261107d575b50825260026020526001600160401b036040832091166001600160401b031982541617905580f35b9091506020813d6020116110b5575b8161109960209383611ef6565b810103126110b1576110aa90611f5e565b9083611055565b8280fd5b3d915061108c565b6040513d85823e3d90fd5b6001600160401b036044926109808793611fb0565b836001600160401b036110f1604493611fb0565b816111066101406101d4600480350180611f9a565b91636c00134360e11b85521660045216602452fd5b9050610c98565b506060823d606011611179575b8161113c60609383611ef6565b810103126111755761114d8261333d565b602083015161ffff8116036111715761116b6040610cc09401611f5e565b50610c83565b8580fd5b8480fd5b3d915061112f565b6040513d87823e3d90fd5b6111a96040610c086104fe61030460043501600435600401612014565b6111b86104e460043501612006565b60088110156111e857906001600160401b038260c06111e39460021c549160061b161c169083613381565b610bf4565b602485634e487b7160e01b81526032600452fd5b60646040516371d82e4160e01b815260206004820152600760248201527f73657276696365000000000000000000000000000000000000000000000000006044820152fd5b6001935060ff9250611262915060603d606011610bbe57610bad8183611ef6565b90935091610a82565b6040513d89823e3d90fd5b600260ff61128383612006565b1614611297575b60ff610bed600392612006565b6112a5600480350180611f9a565b906001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016916112e26060610a3b60808401611fb0565b0381875afa90811561126b5760019160ff9189916113e9575b5016036111fc57909360a082019190865b6113168484611fd1565b90508110156113dd5761132d81610ac38686611fd1565b90600160ff61133b84612006565b16036113d45760606040611350828501611fb0565b8151637d98997560e01b8152949091013560048501526001600160401b0316602484015282604481895afa918215610bc557898a918b946113ab575b5060ff6002911603610b47576001926113a59189613381565b0161130c565b60ff9450600292506113cb915060603d8111610bbe57610bad8183611ef6565b9490925061138c565b600191506113a5565b5094925061128a915050565b611402915060603d606011610bbe57610bad8183611ef6565b90506112fb565b826044918663df57eb3760e01b8352600452602452fd5b506001600160401b037f00000000000000000000000000000000000000000000000000000000000000001681106108a5565b602484634e487b7160e01b81526011600452fd5b6004837f33c40576000000000000000000000000000000000000000000000000000000008152fd5b5061149e6105446004350161203e565b6040516001600160a01b03602082019261052460043501358452166040820152604081526114cd606082611ef6565b51902061022460043501351415610372565b506114ef6101e460043501612006565b60ff8061150161046460043501612006565b169116141561036b565b5061151b6101c460043501612006565b60ff8061152d61044460043501612006565b1691161415610364565b90506101a4600435013514155f61035c565b905061040460043501356101846004350135141590610355565b905061156e83611fb0565b6001600160401b038061159160206101d4610124600435016004356004016122e1565b16911614159061034e565b60646040516371d82e4160e01b815260206004820152600560248201527f73656174730000000000000000000000000000000000000000000000000000006044820152fd5b506115f76102e460043501600435600401611fd1565b905061160e6102c460043501600435600401611fd1565b9190501415610327565b60209060405161162781611eac565b8581528583820152828286010152016102cd565b602482634e487b7160e01b81526011600452fd5b602482634e487b7160e01b81526041600452fd5b836001600160401b0361169160249361168c6101606101d4600435600401600435600401611f9a565b611e78565b7f15f0ccc900000000000000000000000000000000000000000000000000000000835216600452fd5b6358cb522560e11b8352600452602482fd5b80fd5b50346116cc5760203660031901126116cc57600435906001600160401b0382116116cc5781360391610100600319840112611aea57604481013590818352600260205260408320936040519061172482611edb565b8554916001600160401b038316968782526001600160a01b03600160208401926001600160401b038760401c16845260ff60408601976001600160401b038160801c16895260c01c1615156060860152015416976080830198895215611ad7576001600160401b03815116906001600160401b036117c37f00000000000000000000000000000000000000000000000000000000000000008094611e78565b164311611aaf5750506001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001693604051927ff47dc140000000000000000000000000000000000000000000000000000000008452602060048501526001600160a01b0361183983600401611f72565b1660248501526001600160401b0361185360248401611f86565b1660448501528660648501526001600160a01b0361187360648401611f72565b1660848501526001600160401b0361188d60848401611f86565b1660a48501526001600160401b036118a760a48401611f86565b1660c485015260c482013560e485015260e48201359060221901811215611aa757016024600482013591016001600160401b038211611aa7578160051b918236038213611aab577f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff906101006101048701528061012487015211611aa75761014484836020948294848401378101030181875afa918215611a9c578692611a56575b506001600160401b038091511691161015611a2e576001600160401b036001600160a01b0385968587526002602052866001604082208281550155858752600360205261199860408820611f2e565b604051957f0779cf1f43bfb4ebf181b9c54e3f31fc527f4b00cd3454dcfd6cb11bfb3604838880a2511691511691803b15611175578385604492819583957fc9cab3fc000000000000000000000000000000000000000000000000000000008552600485015260248401525af18015611a2357611a125750f35b81611a1c91611ef6565b6116cc5780f35b6040513d84823e3d90fd5b6004847f4c49b729000000000000000000000000000000000000000000000000000000008152fd5b9091506020813d602011611a94575b81611a7260209383611ef6565b81010312611171576001600160401b03611a8c8192611f5e565b929150611949565b3d9150611a65565b6040513d88823e3d90fd5b8780fd5b8880fd5b6001600160401b03611ac7602493828b945116611e78565b6334e5568160e11b835216600452fd5b60248787631d46cb0560e01b8252600452fd5b5080fd5b50346116cc5760203660031901126116cc576040906001600160401b038260043592838152600260205282828220541693815260026020522054831c1682519182526020820152f35b50346116cc5760203660031901126116cc576004358152600360205260408120805490611b6382611f17565b92611b716040519485611ef6565b82845290815260208082209084015b838310611b995760405180611b958782611e21565b0390f35b600160208192604051611bab81611eac565b6001600160401b0386546001600160a01b038116835260a01c1683820152815201920192019190611b80565b5034611d94576020366003190112611d9457600435805f52600260205260405f2080546001600160401b03811615611e0e5760ff8160c01c16611dfb576001600160401b038160401c167f0000000000000000000000000000000000000000000000000000000000000000906001600160401b03611c558383611e78565b16431115611dd657505060ff60c01b1978010000000000000000000000000000000000000000000000009116179055805f52600360205260405f208054611c9b81611f17565b91611ca96040519384611ef6565b81835260208301905f5260205f205f915b838310611d985750505050815f526003602052611cd960405f20611f2e565b604051917f36fce33bba14f6deddb2043ae8791fecfc129855a6327c7f95e38115f02e726a5f80a26001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001690813b15611d94575f91838381611d6981957f36f39e2e00000000000000000000000000000000000000000000000000000000835260048301611e21565b03925af18015611d8957611d7b575080f35b611d8791505f90611ef6565b005b6040513d5f823e3d90fd5b5f80fd5b600160208192604051611daa81611eac565b6001600160401b0386546001600160a01b038116835260a01c1683820152815201920192019190611cba565b6001600160401b0391611de891611e78565b6334e5568160e11b5f521660045260245ffd5b826358cb522560e11b5f5260045260245ffd5b82631d46cb0560e01b5f5260045260245ffd5b60206040818301928281528451809452019201905f5b818110611e445750505090565b825180516001600160a01b031685526020908101516001600160401b03168186015260409094019390920191600101611e37565b906001600160401b03809116911601906001600160401b038211611e9857565b634e487b7160e01b5f52601160045260245ffd5b604081019081106001600160401b03821117611ec757604052565b634e487b7160e01b5f52604160045260245ffd5b60a081019081106001600160401b03821117611ec757604052565b90601f801991011681019081106001600160401b03821117611ec757604052565b6001600160401b038111611ec75760051b60200190565b8054905f815581611f3d575050565b5f5260205f205f5b828110611f5157505050565b5f82820155600101611f45565b51906001600160401b0382168203611d9457565b35906001600160a01b0382168203611d9457565b35906001600160401b0382168203611d9457565b90359061017e1981360301821215611d94570190565b356001600160401b0381168103611d945790565b91908201809211611e9857565b903590601e1981360301821215611d9457018035906001600160401b038211611d9457602001918160051b36038313611d9457565b3560ff81168103611d945790565b903590603e1981360301821215611d94570190565b90359060fe1981360301821215611d94570190565b356001600160a01b0381168103611d945790565b80518210156120665760209160051b010190565b634e487b7160e01b5f52603260045260245ffd5b9061208482611f17565b6120916040519182611ef6565b82815280926120a2601f1991611f17565b0190602036910137565b91908110156120665760051b81013590607e1981360301821215611d94570190565b604051906120dd606083611ef6565b603682527f65733332207265662c75696e74363420696e64657829000000000000000000006040837f496e7075742875696e7438206b696e642c737472696e67206e616d652c62797460208201520152565b903590601e1981360301821215611d9457018035906001600160401b038211611d9457602001918136038313611d9457565b9291926001600160401b038211611ec7576040519161218a601f8201601f191660200184611ef6565b829481845281830111611d94578281602093845f960137010152565b604051906121b5606083611ef6565b602b82527f2c6279746573206b6579290000000000000000000000000000000000000000006040837f526563697069656e742875696e7438206b696e642c627974657333322072656660208201520152565b6040519061221660a083611ef6565b606d82527f7472696e6720726567696f6e29000000000000000000000000000000000000006080837f526571756972656d656e74732875696e7438206c6576656c2c75696e7436342060208201527f6675656c2c75696e743634206d656d6f72792c75696e743634206f757470757460408201527f2c75696e743332207365636f6e64732c737472696e6720707572706f73652c7360608201520152565b80516020909101905f5b8181106122cb5750505090565b82518452602093840193909201916001016122be565b90359060de1981360301821215611d94570190565b9060a08201916123106123098483611fd1565b905061207a565b905f5b82518110156123c3578061232d600192610ac38886611fd1565b6123356120ce565b60208151910120906001600160401b0361234e82612006565b916040612368612361602084018461212f565b3691612161565b602081519101209161237c60608201611fb0565b9260ff8351966020880198895216838701526060860152013560808401521660a082015260a081526123af60c082611ef6565b5190206123bc8286612052565b5201612313565b509091925060e08101906123da6123098383611fd1565b935f5b8551811015612498576123f08484611fd1565b8291921015612066578060051b820135605e1983360301811215611d94576001920161241a6121a6565b6020815191012061248461242d83612006565b612476612440612361604087018761212f565b60208151910120604051948593602080860198013591889094939260ff6060936080840197845216602083015260408201520152565b03601f198101835282611ef6565b5190206124918289612052565b52016123dd565b509391506124a46120ce565b60206126096124b16121a6565b826124ba612207565b60ee60405195869481808701997f5461736b286164647265737320757365722c75696e743634206e6f6e63652c628b527f797465733332206b696e642c6279746573333220736572766963652c75696e7460408901527f36342067656e65726174696f6e2c496e7075745b5d20696e707574732c62797460608901527f6573333220706172616d732c526563697069656e745b5d20726563697069656e60808901527f74732c526571756972656d656e747320726571756972656d656e74732c61646460a08901527f7265737320646973706174636865722c75696e743634206d61784665652c756960c08901527f6e74363420646561646c696e652900000000000000000000000000000000000060e08901528051918291018589015e8601908382015f8152815193849201905e0101905f8252805192839101825e015f815203601f198101835282611ef6565b519020916126168261203e565b936001600160401b0361262b60208501611fb0565b918161263960808701611fb0565b9160405161264f816124766020820180956122b4565b519020936001600160a01b036040519960208b01998a521660408a015216606088015260408501356080880152606085013560a08801521660c086015260e085015260e084526126a161010085611ef6565b6040516126b6816124766020820180956122b4565b519020916126c86101008301836122e1565b916126d1612207565b60208151910120906126e284612006565b916126ef60208601611fb0565b956126fc60408701611fb0565b9161270960608801611fb0565b9060808801359563ffffffff8716809703611d9457602099898b986001600160401b038098968180986128499f61275f61236161274d61236160a08795018b61212f565b602081519101209860c081019061212f565b8f81519101209760ff6040519a60208c019c8d521660408b01521660608901521660808701521660a085015260c084015260e083015261010082015261010081526127ac61012082611ef6565b5190206001600160a01b036127c4610120870161203e565b6127d16101408801611fb0565b926127df6101608901611fb0565b9560c06040519d8e01990135895260408d015260608c01521660808a01521660a08801521660c086015260c0855261281860e086611ef6565b60405194859383850197518091895e840190838201905f8252519283915e01015f815203601f198101835282611ef6565b51902090565b903590601e1981360301821215611d9457018035906001600160401b038211611d9457602001918160061b36038313611d9457565b91908110156120665760061b0190565b909291926128cc6128a86107c18480611f9a565b6128b561017b8580611f9a565b906128c3602086018661212f565b929091856133aa565b6040820135928484148015906132cd575b613288576129d46128f4610120610c088680611f9a565b6040519560208701907ff911f280b9d42f462247f1d0a6a961e402317d45cf1eacea6535b1b9154293c3825260408801526001600160a01b0361293960608801611f72565b1660608801526001600160401b0361295360808801611f86565b1660808801526001600160401b0361296d60a08801611f86565b1660a08801526001600160401b0361298760c08801611f86565b1660c088015260e08601966001600160401b036129a389611f86565b1660e082015260e081526129b961010082611ef6565b519020906129cb61010087018761212f565b929091866133aa565b610120830193856129e586866122e1565b35149081159161325a575b50613215576129ff84846122e1565b946080860192612a12612309858961284f565b945f5b8651811015612a9c578089612a45600193612a3f8a612a3261342e565b602081519101209461284f565b90612884565b6001600160a01b03612a7360206040519381850195865260ff612a678261348f565b16604086015201611f72565b16606082015260608152612a88608082611ef6565b519020612a95828a612052565b5201612a15565b509350939590949195612aad61342e565b604051612b716092826020808201957f41737369676e6d656e742862797465733332207461736b2c75696e743634206587527f706f63682c75696e743820617474656d70742c6279746573333220736565642c60408401527f506c6163655b5d20706c616365732c616464726573735b5d2073656174732c6260608401527f797465733332206368616c6c656e67657329000000000000000000000000000060808401528051918291018484015e81015f838201520301601f198101835282611ef6565b51902091612b8160208201611fb0565b91612b8e60408301612006565b90604051612ba4816124766020820180956122b4565b519020612bb460a0840184611fd1565b906040519060208201928391905f5b8181106131ed575050509181612be960ff9360c09897969503601f198101835282611ef6565b519020926001600160401b036040519760208901998a52863560408a0152166060880152166080860152606083013560a08601528385015260e084015201356101008201526101008152612c3f61012082611ef6565b51902092612c6584612c57610120610c088780611f9a565b6128c361014087018761212f565b6103e0830135947f6221490723fe378871847f6a69e09b0b2fa23a86fd2eade03e1e313b7fcf73f28614908115916131b4575b81156131a4575b508015613195575b8015613165575b613120576104c083019460ff612cc387612006565b1615801561310b575b80156130f2575b6130ca57612dc291612ce8610540860161203e565b9160405160208101917f53df3f85d1467888192b5ab28daa353009ee532a524fae260c6656357f6f1c71835260408201526104008701356060820152610420870135608082015260ff612d3e610440890161348f565b1660a082015260ff612d7b61046089019a82612d598d61348f565b1660c08501526104808a013560e08501526104a08a013561010085015261348f565b1661012082015260ff612d916104e0890161348f565b166101408201526101408152612da961016082611ef6565b519020612dba61050087018761212f565b9390926133aa565b612dd160206101d483856122e1565b906001600160401b03604051927f4c0bf2db00000000000000000000000000000000000000000000000000000000845216600483015260e0826024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa918215611d89575f9261302b575b50610320830191612e578361349d565b6040820151149081159161300f575b50612fca57612ea9610300840192612e89612e846104fe8688612014565b6134e3565b90612ea1612e978688612014565b6020810190611fd1565b9135926135dc565b5f5b612ec2612eb883866122e1565b608081019061284f565b9050811015612f8557612ee4612edf82612a3f612eb886896122e1565b612006565b60ff80612ef089612006565b16911614612f0057600101612eab565b83949550610c086104fe6001600160a01b039594612f2f6020610c088196612a3f612eb8612f359a8d9c6122e1565b97612014565b16911603612f405790565b60646040516371d82e4160e01b815260206004820152600660248201527f776f726b657200000000000000000000000000000000000000000000000000006044820152fd5b60646040516371d82e4160e01b815260206004820152600560248201527f706c6163650000000000000000000000000000000000000000000000000000006044820152fd5b60646040516371d82e4160e01b815260206004820152600460248201527f706f6f6c000000000000000000000000000000000000000000000000000000006044820152fd5b90506060613020610380860161349d565b91015114155f612e66565b90915060e0813d60e0116130c2575b8161304760e09383611ef6565b81010312611d94576040519060e082018281106001600160401b03821117611ec7576130b69160c09160405280518452602081015160208501526040810151604085015260608101516060850152608081015160808501526130ab60a08201611f5e565b60a085015201611f5e565b60c0820152905f612e47565b3d915061303a565b7f0df8e81b000000000000000000000000000000000000000000000000000000005f5260045ffd5b50600760ff6131046104e08701612006565b1611612cd3565b50600360ff61311988612006565b1611612ccc565b60646040516371d82e4160e01b815260206004820152600460248201527f6c656166000000000000000000000000000000000000000000000000000000006044820152fd5b506131736104408401612006565b60ff8061318b604061318587896122e1565b01612006565b1691161415612cae565b50836104208401351415612ca7565b905061040084013514155f612c9f565b90507f6221490723fe378871847f6a69e09b0b2fa23a86fd2eade03e1e313b7fcf73f260406131e38680611f9a565b0135141590612c98565b9091926020806001926001600160a01b0361320788611f72565b168152019401929101612bc3565b60646040516371d82e4160e01b815260206004820152600a60248201527f61737369676e6d656e74000000000000000000000000000000000000000000006044820152fd5b90506001600160401b038061327d61327760206101d48a8a6122e1565b93611fb0565b16911614155f6129f0565b60646040516371d82e4160e01b815260206004820152600a60248201527f616363657074616e6365000000000000000000000000000000000000000000006044820152fd5b506132da6060840161203e565b6001600160a01b03806132f06107c18780611f9a565b16911614156128dd565b90821015612066576133119160051b810190612014565b90565b908210156120665761332b9160051b81019061212f565b9091565b5f198114611e985760010190565b51906001600160a01b0382168203611d9457565b90816060910312611d9457805160ff81168103611d945791613311604061337a6020850161333d565b9301611f5e565b60409061339d6001600160401b036133a6949516809583613684565b01918251611fc4565b9052565b936106366001600160a01b039461062e86956133de95986042916040519161190160f01b8352600283015260228201522090565b50509216911690808214801590613426575b6133f8575050565b7f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b5080156133f0565b6040519061343d606083611ef6565b602182527f29000000000000000000000000000000000000000000000000000000000000006040837f506c6163652875696e743820696e6465782c6164647265737320776f726b657260208201520152565b359060ff82168203611d9457565b6040516001600160401b036134ce6040602084019480358652836134c360208301611f86565b168286015201611f86565b16606082015260608152612849608082611ef6565b6134ec81611fb0565b906134f96020820161203e565b906135066040820161203e565b9061351360608201611fb0565b61351f60808301611fb0565b61352b60a08401612006565b9161353960e085018561212f565b369061354492612161565b80519060200120946040519660208801986001600160401b031689526001600160a01b031660408801526001600160a01b031660608701526001600160401b031660808601526001600160401b031660a085015260ff1660c084015260c0013560e083015261010082015261010081526135c061012082611ef6565b5190206040516020810191825260208152612849604082611ef6565b929190821593841561361b575b505050506135f357565b7f64325c91000000000000000000000000000000000000000000000000000000005f5260045ffd5b9293505f915b8083106136365750505014155f8080806135e9565b909192613644848385613674565b359081811015613663575f52602052600160405f205b93019190613621565b905f52602052600160405f2061365a565b91908110156120665760051b0190565b91909181156137415760208101926001600160a01b03165f5b84518110156136fa57816001600160a01b036136ba838651612052565b515116146136ca5760010161369d565b6001600160401b039394508391506136e86020916136f59451612052565b5101931682845116611e78565b169052565b50906001600160401b0361373e94936040519361371685611eac565b8452166020830152519082519261372c8461332f565b90526137388383612052565b52612052565b50565b505050565b81519190604183036137765761376f9250602082015190606060408401519301515f1a90613780565b9192909190565b50505f9160029190565b90917f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0841161380957906137d96020945f9493604051948594859094939260ff6060936080840197845216602083015260408201520152565b838052039060015afa15611d89575f516001600160a01b038116156137ff57905f905f90565b505f906001905f90565b5050505f916003919056",
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
// the contract method with ID 0xe7a9a1ea.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) earlier) returns()
func (direct *Direct) PackChallengeDuplicate(earlier EscrowShown) []byte {
	enc, err := direct.abi.Pack("challengeDuplicate", earlier)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xe7a9a1ea.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) earlier) returns()
func (direct *Direct) TryPackChallengeDuplicate(earlier EscrowShown) ([]byte, error) {
	return direct.abi.Pack("challengeDuplicate", earlier)
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
// the contract method with ID 0xebd41063.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settleDirect(((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64),bytes,(bytes32,address,uint64,uint64,uint64,uint64),bytes,(bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32),bytes,(uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32),((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[])[],bytes[],((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[]),(bytes32,uint64,uint64),(bytes32,uint64,uint64),(bytes32,bytes32,bytes32,uint8,uint8,bytes32,bytes32,uint8,uint8),bytes,bytes32,address) p) returns()
func (direct *Direct) PackSettleDirect(p DirectProof) []byte {
	enc, err := direct.abi.Pack("settleDirect", p)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackSettleDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xebd41063.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function settleDirect(((address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64),bytes,(bytes32,address,uint64,uint64,uint64,uint64),bytes,(bytes32,uint64,uint8,bytes32,(uint8,address)[],address[],bytes32),bytes,(uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32),((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[])[],bytes[],((uint64,address,address,uint64,uint64,uint8,bytes32,string),bytes32[]),(bytes32,uint64,uint64),(bytes32,uint64,uint64),(bytes32,bytes32,bytes32,uint8,uint8,bytes32,bytes32,uint8,uint8),bytes,bytes32,address) p) returns()
func (direct *Direct) TryPackSettleDirect(p DirectProof) ([]byte, error) {
	return direct.abi.Pack("settleDirect", p)
}

// PackSettled is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xd945af1d.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function settled(bytes32 task) view returns(uint64 order, uint64 posted)
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
// Solidity: function settled(bytes32 task) view returns(uint64 order, uint64 posted)
func (direct *Direct) TryPackSettled(task [32]byte) ([]byte, error) {
	return direct.abi.Pack("settled", task)
}

// SettledOutput serves as a container for the return parameters of contract
// method Settled.
type SettledOutput struct {
	Order  uint64
	Posted uint64
}

// UnpackSettled is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xd945af1d.
//
// Solidity: function settled(bytes32 task) view returns(uint64 order, uint64 posted)
func (direct *Direct) UnpackSettled(data []byte) (SettledOutput, error) {
	out, err := direct.abi.Unpack("settled", data)
	outstruct := new(SettledOutput)
	if err != nil {
		return *outstruct, err
	}
	outstruct.Order = *abi.ConvertType(out[0], new(uint64)).(*uint64)
	outstruct.Posted = *abi.ConvertType(out[1], new(uint64)).(*uint64)
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
	if bytes.Equal(raw[:4], direct.abi.Errors["FeeAbove"].ID.Bytes()[:4]) {
		return direct.UnpackFeeAboveError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["Late"].ID.Bytes()[:4]) {
		return direct.UnpackLateError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["LeafField"].ID.Bytes()[:4]) {
		return direct.UnpackLeafFieldError(raw[4:])
	}
	if bytes.Equal(raw[:4], direct.abi.Errors["NotFalse"].ID.Bytes()[:4]) {
		return direct.UnpackNotFalseError(raw[4:])
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

// DirectNotFalse represents a NotFalse error raised by the Direct contract.
type DirectNotFalse struct {
}

// ErrorID returns the hash of canonical representation of the error's signature.
//
// Solidity: error NotFalse()
func DirectNotFalseErrorID() common.Hash {
	return common.HexToHash("0x4c49b729eb351cbc246d9e93602ad70b7414ec5d5fc92079dce0a7f4e21bbaff")
}

// UnpackNotFalseError is the Go binding used to decode the provided
// error data into the corresponding Go error struct.
//
// Solidity: error NotFalse()
func (direct *Direct) UnpackNotFalseError(raw []byte) (*DirectNotFalse, error) {
	out := new(DirectNotFalse)
	if err := direct.abi.UnpackIntoInterface(out, "NotFalse", raw); err != nil {
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
	ABI: "[{\"inputs\":[{\"internalType\":\"bytes32\",\"name\":\"genesis_\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epochLength\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"finality\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"ticketClose\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"settleWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"challengeWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"withdrawDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unbondDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"seats\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"operators\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"minStake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"slashPart\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"seatFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"dispatchFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64[8]\",\"name\":\"workerPrice\",\"type\":\"uint64[8]\"}],\"internalType\":\"structParams\",\"name\":\"params_\",\"type\":\"tuple\"},{\"internalType\":\"contractRegistry\",\"name\":\"registry_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"catalogue_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"escrow_\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"direct_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"}],\"name\":\"HeaderNumber\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"HeaderPrevious\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"signed\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"signers\",\"type\":\"uint256\"}],\"name\":\"HeaderQuorum\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"HeaderSigners\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"HeaderUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"role\",\"type\":\"uint16\"}],\"name\":\"NotAdmitted\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"ParamsInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"current\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"offset\",\"type\":\"uint64\"}],\"name\":\"TicketLate\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TicketSize\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"TicketTwice\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"}],\"name\":\"Posted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"node\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"role\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"bytes\",\"name\":\"pi\",\"type\":\"bytes\"}],\"name\":\"Ticket\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"catalogue\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"direct\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"blockNumber\",\"type\":\"uint256\"}],\"name\":\"epochOf\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"escrow\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"genesis\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"header\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"digest\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"beacon\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"verifiers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"posted\",\"type\":\"uint64\"}],\"internalType\":\"structEpochs.Header\",\"name\":\"h\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"last\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"networkId\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"params\",\"outputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epochLength\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"finality\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"ticketClose\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"settleWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"challengeWindow\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"withdrawDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unbondDelay\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"seats\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"operators\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"minStake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"slashPart\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"seatFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"dispatchFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64[8]\",\"name\":\"workerPrice\",\"type\":\"uint64[8]\"}],\"internalType\":\"structParams\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"paramsDigest\",\"outputs\":[{\"internalType\":\"bytes32\",\"name\":\"\",\"type\":\"bytes32\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"blockNumber\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"blockHash\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"time\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"beacon\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"nodes\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"workers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"verifiers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"catalogue\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"deposits\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"deny\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"signers\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"previous\",\"type\":\"bytes32\"}],\"internalType\":\"structEpochHeader\",\"name\":\"h\",\"type\":\"tuple\"},{\"internalType\":\"address[]\",\"name\":\"signers\",\"type\":\"address[]\"},{\"internalType\":\"bytes[]\",\"name\":\"sigs\",\"type\":\"bytes[]\"}],\"name\":\"postHeader\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint16\",\"name\":\"role\",\"type\":\"uint16\"},{\"internalType\":\"bytes\",\"name\":\"pi\",\"type\":\"bytes\"}],\"name\":\"postTicket\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"registry\",\"outputs\":[{\"internalType\":\"contractRegistry\",\"name\":\"\",\"type\":\"address\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"start\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"}]",
	ID:  "953e5359a739ac9bd5c54eef281c45d8e1",
	Bin: "0x610180604052346105a757604051611cf43881900390601f8201601f19168301906001600160401b038211848310176105c3578291604052833981818101039161038083126105a7578051916102c0602083015194603f1901126105a757604051906101e082016001600160401b038111838210176105c357604052610087604084016105d7565b8252610095606084016105d7565b60208301526100a6608084016105d7565b60408301526100b760a084016105d7565b60608301526100c860c084016105d7565b60808301526100d960e084016105d7565b60a08301526100eb61010084016105d7565b60c08301526100fd61012084016105d7565b60e083015261010f61014084016105eb565b61010083015261012261016084016105eb565b61012083015261013561018084016105d7565b6101408301526101486101a084016105d7565b61016083015261015b6101c084016105d7565b61018083015261016e6101e084016105d7565b6101a083015280830161021f840112156105a7576040519061010082016001600160401b038111838210176105c357604052819084016103008501116105a7576102008401905b610300850182106105ab5750506101c0820152610300820151916001600160a01b03831683036105a7576101ec61032082016105f9565b9061020761036061020061034084016105f9565b92016105f9565b83519092906001600160401b03168015908115610591575b811561057a575b50801561055f575b801561054f575b8015610536575b610527576080868152436001600160401b0390811660a09081528651821660c090815260408881018051851660e09081526101009b8c52610120978852610140988952610160998a528a5160208c0151925160608d015193851b6fffffffffffffffff00000000000000009081169289169290921790891b600160801b600160c01b039081169190911793861b6001600160c01b0319908116949094176001558c890151968d0151868e0151938e0151951b90911695871695909517961b9093169490941793901b169190911760025594840151600380549286015193860151948601516101808701516001600160d01b031990941660ff939093169290921760089490941b61ff00169390931760109490941b69ffffffffffffffff0000169390931760509390931b71ffffffffffffffff00000000000000000000169290921760909290921b600160901b600160d01b03169190911790556101a0810151600480546001600160401b03191691909316179091556101c001515f5b600281106104e05750505f805260076020527f6d5257204ebe7d88fd91ae87941cb2dd9d8062b64ae5a2bd2d28ec40b9fbf6df557f6d5257204ebe7d88fd91ae87941cb2dd9d8062b64ae5a2bd2d28ec40b9fbf6e3557f6d5257204ebe7d88fd91ae87941cb2dd9d8062b64ae5a2bd2d28ec40b9fbf6e48054600160401b600160801b03191643604090811b6fffffffffffffffff00000000000000001691909117909155516116e6908161060e82396080518181816104d2015281816109410152610da3015260a051818181610497015281816105a2015261147f015260c0518181816105d301526114c8015260e051816108ee01526101005181818161066f015261098d01526101205181610b2f0152610140518160d201526101605181610b720152f35b5f5f5b600481106104f9575060058201556001016103b9565b83516020909401936001600160401b03600683901b81811b19909416911690921b91909117906001016104e3565b631a44e05560e11b5f5260045ffd5b5060ff6101208501511660ff610100860151161061023c565b5060ff6101008501511615610235565b506101608401516103e86001600160401b039091161161022e565b60408601516001600160401b03161190505f610226565b60408601516001600160401b031615915061021f565b5f80fd5b602080916105b8846105d7565b8152019101906101b5565b634e487b7160e01b5f52604160045260245ffd5b51906001600160401b03821682036105a757565b519060ff821682036105a757565b51906001600160a01b03821682036105a75756fe60806040526004361015610011575f80fd5b5f3560e01c806319dadf6f14610b96578063222b140714610b5357806324e4013a14610b1057806347799da814610aeb5780634c0bf2db146109b15780637b1039991461096e5780639025e64c1461092a578063961dbf9414610524578063a3d545f5146104f5578063a7f0b3de146104bb578063be9a655514610478578063cff0ab961461028a578063d8ee269e146100fa5763e2fdcc17146100b3575f80fd5b346100f6575f3660031901126100f65760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b5f80fd5b346100f6575f3660031901126100f65760405161011681611433565b6001546001600160401b03811682526001600160401b038160401c1660208301526001600160401b038160801c16604083015260c01c60608201526002546001600160401b03811660808301526001600160401b038160401c1660a08301526001600160401b038160801c1660c083015260c01c60e08201526001600160401b0360035460ff811661010084015260ff8160081c16610120840152818160101c16610140840152818160501c1661016084015260901c166101808201526001600160401b03600454166101a082015260405190816005905f905b6008600383011061023e576020848661020b6101008261144f565b6101c082015260405161023381610225858201948561128a565b03601f19810183528261144f565b519020604051908152f35b6001608060049285546001600160401b03811682526001600160401b038160401c1660208301526001600160401b0381841c16604083015260c01c6060820152019301910190916101f0565b346100f6575f3660031901126100f6576040516102a681611433565b5f81525f60208201525f60408201525f60608201525f60808201525f60a08201525f60c08201525f60e08201525f6101008201525f6101208201525f6101408201525f6101608201525f6101808201525f6101a0820152610100906101c060405191610312848461144f565b83368437015260405161032481611433565b6001546001600160401b03811682526001600160401b038160401c1660208301526001600160401b038160801c16604083015260c01c60608201526002546001600160401b03811660808301526001600160401b038160401c1660a08301526001600160401b038160801c1660c083015260c01c60e08201526001600160401b0360035460ff81168484015260ff8160081c16610120840152818160101c16610140840152818160501c1661016084015260901c166101808201526001600160401b03600454166101a0820152604051806005905f905b6008600383011061042c57505050610416610428938261144f565b6101c08201526040519182918261128a565b0390f35b6001608060049285546001600160401b03811682526001600160401b038160401c1660208301526001600160401b0381841c16604083015260c01c6060820152019301910190916103fb565b346100f6575f3660031901126100f65760206040516001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b346100f6575f3660031901126100f65760206040517f00000000000000000000000000000000000000000000000000000000000000008152f35b346100f65760203660031901126100f657602061051360043561147d565b6001600160401b0360405191168152f35b346100f65760603660031901126100f65761053d611274565b6024359061ffff8216918281036100f657604435926001600160401b0384116100f657366023850112156100f6578360040135936001600160401b0385116100f65736602486830101116100f6576105944361147d565b936105c86001600160401b037f00000000000000000000000000000000000000000000000000000000000000001643611470565b946001600160401b037f000000000000000000000000000000000000000000000000000000000000000016958615610916576001600160401b0396879106169186610612836113fa565b9116961686148015906108e3575b6108a75750508415801561089c575b610874576040517f586168030000000000000000000000000000000000000000000000000000000081523360048201526060816024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa8015610869575f915f916107ff575b5084600185141592836107f3575b83156107e4575b505081156107d1575b506107a157835f52600860205260405f206001600160a01b0333165f5260205261ffff60405f20549384161661077957602485917feae2cbf48d42b4ba7732754d96c67043ebec1204ea18f2e31164d7a84dd18e2c94865f52600860205260405f206001600160a01b0333165f526020528461ffff60405f2092161761ffff19825416179055604051938452604060208501528260408501520160608301375f606085830101526060813395601f80199101168101030190a3005b7f68fcbcee000000000000000000000000000000000000000000000000000000005f5260045ffd5b507fd845b588000000000000000000000000000000000000000000000000000000005f523360045260245260445ffd5b6001600160401b039150161515866106be565b1661ffff1615915084886106b5565b600286141593506106ae565b9150506060813d606011610861575b8161081b6060938361144f565b810103126100f65780516001600160a01b038116036100f65760208101519061ffff821682036100f65760400151906001600160401b03821682036100f65790876106a0565b3d915061080e565b6040513d5f823e3d90fd5b7fdb9436f0000000000000000000000000000000000000000000000000000000005f5260045ffd5b50610200851161062f565b6001600160401b0390867f0f78be69000000000000000000000000000000000000000000000000000000005f526004521660245260445260645ffd5b506001600160401b037f000000000000000000000000000000000000000000000000000000000000000016821015610620565b634e487b7160e01b5f52601260045260245ffd5b346100f6575f3660031901126100f65760206109667f000000000000000000000000000000000000000000000000000000000000000030611583565b604051908152f35b346100f6575f3660031901126100f65760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b346100f65760203660031901126100f6576001600160401b036109d2611274565b5f60c06040516109e181611418565b8281528260208201528260408201528260608201528260808201528260a0820152015216805f52600760205260405f209060405190610a1f82611418565b8254825260018301546020830190815260028401549360408401948552600381015494606085019586526005600483015492608087019384520154926001600160401b0360a0870194818116865260401c169460c087019580875215610ac057509160e0966001600160401b03959492869460405198518952516020890152516040880152516060870152516080860152511660a0840152511660c0820152f35b7fa5ce5dad000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b346100f6575f3660031901126100f65760206001600160401b035f5416604051908152f35b346100f6575f3660031901126100f65760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b346100f6575f3660031901126100f65760206040516001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000168152f35b346100f657366003190161022081126100f6576101e0136100f6576101e4356001600160401b0381116100f657610bd1903690600401611244565b610204356001600160401b0381116100f657610bf1903690600401611244565b9190925f546001600160401b038116805f52600760205260405f2090806001600160401b03610c1e6113ce565b1611801590611218575b80156111fd575b6111be578015159081611198575b508061118a575b61116257604051602081019081855f5b88811061113957505090610c74816004949303601f19810183528261144f565b5190209101541480159061112f575b611107576040519060208201947f56942dd13ace8da94e2ab03e877a7b90270fd31117b0789a44ef36991ff5adf786526001600160401b03610cc3611274565b1660408401526024356001600160401b0381168091036100f657606084015260443560808401526064356001600160401b0381168091036100f65760a0840152608435948560c085015260a43560e085015260c435948561010086015260e4359788610120870152610104356101408701526101243561016087015261014435610180870152610164356001600160401b0381168091036100f6576101a0879b9594939b0152610184356101c08701526101a43595866101e08201526101c4356102008201526102008152610d9a6102208261144f565b51902098610dc87f000000000000000000000000000000000000000000000000000000000000000030611583565b935f945f945f945b808610610f895750505050505080600302600381048203610f75577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83168303610f75578260011b1015610f47575050916005916001600160401b039384610e366113ce565b1690851916175f55610e466113e4565b9560405192610e5484611418565b888452602084019687526040840190815260608401918252608084019283528560a085019816885260c0840196864316885286610e8f6113ce565b165f52600760205260405f2094518555516001850155516002840155516003830155516004820155019251166001600160401b0319835416178255517fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff6fffffffffffffffff000000000000000083549260401b1691161790557f4c5e89782436c0b460cc0bc60565a2bbddbddf34f56689a5af627abe7d8cf5a560206001600160401b03610f3c6113ce565b1692604051908152a2005b7f9757121f000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b634e487b7160e01b5f52601160045260245ffd5b909192939495968d6001600160a01b03610fac610fa78a868b6114fc565b611520565b1618805c6110fc57906001610fc1925d611534565b96610fcd878487611542565b9050156110f3578d610fe3610fa789858a6114fc565b906042610ff18a878a611542565b919092604051907f19010000000000000000000000000000000000000000000000000000000000008252896002830152602282015220916001600160401b0382116110df5760405161104d601f8401601f19166020018261144f565b82815236838301116100f6576001600160a01b03935f602085879661107996838701378401015261162a565b505092169116908082148015906110d7575b6110a957505061109c600191611534565b965b019493929190610dd0565b7f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b50801561108b565b634e487b7160e01b5f52604160045260245ffd5b9560019061109e565b50969560019061109e565b7febbd1da9000000000000000000000000000000000000000000000000000000005f5260045ffd5b5082841415610c83565b90918235906001600160a01b0382168092036100f6576020816001938293520193019101610c54565b7fd848b554000000000000000000000000000000000000000000000000000000005f5260045ffd5b5080546101c4351415610c44565b90506001600160401b03806111b46111ae6113ce565b936113fa565b1691161487610c3d565b6001600160401b036111ce6113ce565b7f9d326291000000000000000000000000000000000000000000000000000000005f521660045260245260445ffd5b506112066113e4565b6001600160401b034391161015610c2f565b506112216113ce565b6001600160401b038061123b6112364361147d565b6113fa565b16911611610c28565b9181601f840112156100f6578235916001600160401b0383116100f6576020808501948460051b0101116100f657565b600435906001600160401b03821682036100f657565b9190916101c0806102c08301946001600160401b0381511684526001600160401b0360208201511660208501526001600160401b0360408201511660408501526001600160401b0360608201511660608501526001600160401b0360808201511660808501526001600160401b0360a08201511660a08501526001600160401b0360c08201511660c08501526001600160401b0360e08201511660e085015260ff6101008201511661010085015260ff610120820151166101208501526001600160401b03610140820151166101408501526001600160401b03610160820151166101608501526001600160401b03610180820151166101808501526001600160401b036101a0820151166101a0850152015191015f905b600882106113af57505050565b6020806001926001600160401b038651168152019301910190916113a2565b6004356001600160401b03811681036100f65790565b6024356001600160401b03811681036100f65790565b6001600160401b036001911601906001600160401b038211610f7557565b60e081019081106001600160401b038211176110df57604052565b6101e081019081106001600160401b038211176110df57604052565b90601f801991011681019081106001600160401b038211176110df57604052565b91908203918211610f7557565b7f00000000000000000000000000000000000000000000000000000000000000006001600160401b0316808210156114b55750505f90565b6114be91611470565b6001600160401b037f0000000000000000000000000000000000000000000000000000000000000000168015610916576001600160401b0391041690565b919081101561150c5760051b0190565b634e487b7160e01b5f52603260045260245ffd5b356001600160a01b03811681036100f65790565b5f198114610f755760010190565b919081101561150c5760051b81013590601e19813603018212156100f65701908135916001600160401b0383116100f65760200182360381136100f6579190565b90604051906001600160a01b0360208301937fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647285527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408501527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608501524660808501521660a083015260c082015260c0815261162460e08261144f565b51902090565b815191906041830361165a576116539250602082015190606060408401519301515f1a90611664565b9192909190565b50505f9160029190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116116db579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15610869575f516001600160a01b038116156116d157905f905f90565b505f906001905f90565b5050505f916003919056",
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
// Solidity: constructor(bytes32 genesis_, bytes32 signers, (uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint8,uint8,uint64,uint64,uint64,uint64,uint64[8]) params_, address registry_, address catalogue_, address escrow_, address direct_) returns()
func (epochs *Epochs) PackConstructor(genesis_ [32]byte, signers [32]byte, params_ Params, registry_ common.Address, catalogue_ common.Address, escrow_ common.Address, direct_ common.Address) []byte {
	enc, err := epochs.abi.Pack("", genesis_, signers, params_, registry_, catalogue_, escrow_, direct_)
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

// PackPostHeader is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x19dadf6f.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function postHeader((uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32,bytes32) h, address[] signers, bytes[] sigs) returns()
func (epochs *Epochs) PackPostHeader(h EpochHeader, signers []common.Address, sigs [][]byte) []byte {
	enc, err := epochs.abi.Pack("postHeader", h, signers, sigs)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackPostHeader is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x19dadf6f.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function postHeader((uint64,uint64,bytes32,uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint64,bytes32,bytes32,bytes32) h, address[] signers, bytes[] sigs) returns()
func (epochs *Epochs) TryPackPostHeader(h EpochHeader, signers []common.Address, sigs [][]byte) ([]byte, error) {
	return epochs.abi.Pack("postHeader", h, signers, sigs)
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
	ABI: "[{\"inputs\":[{\"internalType\":\"contractEpochs\",\"name\":\"epochs_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AlreadyClaimed\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BadPath\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"BatchDebits\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"last\",\"type\":\"uint64\"}],\"name\":\"BatchEpoch\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"next\",\"type\":\"uint64\"}],\"name\":\"BatchNumber\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"BatchUnknown\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"has\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"wants\",\"type\":\"uint64\"}],\"name\":\"DepositShort\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"held\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"seats\",\"type\":\"uint256\"}],\"name\":\"NoQuorum\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotDirect\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotDispatcher\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotFalse\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],\"name\":\"NotGwei\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NothingDue\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"}],\"name\":\"OtherDispatcher\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"remaining\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"OverClaim\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"PoolUnknown\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"member\",\"type\":\"uint64\"},{\"internalType\":\"uint256\",\"name\":\"seat\",\"type\":\"uint256\"}],\"name\":\"SeatInvalid\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Window\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"WithdrawLocked\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"bytes32\",\"name\":\"leaves\",\"type\":\"bytes32\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"name\":\"BatchPosted\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"bool\",\"name\":\"slashed\",\"type\":\"bool\"}],\"name\":\"BatchVoided\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Claimed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Collected\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Deposited\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"name\":\"Withdrawing\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Withdrawn\",\"type\":\"event\"},{\"inputs\":[],\"name\":\"HEADER_AGE\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"SEATS\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"}],\"name\":\"batch\",\"outputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"leaves\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"payouts\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"debits\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"remaining\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"posted\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"order\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"known\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"voided\",\"type\":\"bool\"}],\"internalType\":\"structEscrow.Record\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"later\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"}],\"name\":\"challengeDirect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"later\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"earlier\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"}],\"name\":\"challengeDuplicate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"late\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"}],\"name\":\"challengeLate\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"wrong\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"nonce\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"kind\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"service\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"string\",\"name\":\"name\",\"type\":\"string\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"}],\"internalType\":\"structInput[]\",\"name\":\"inputs\",\"type\":\"tuple[]\"},{\"internalType\":\"bytes32\",\"name\":\"params\",\"type\":\"bytes32\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"kind\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"ref\",\"type\":\"bytes32\"},{\"internalType\":\"bytes\",\"name\":\"key\",\"type\":\"bytes\"}],\"internalType\":\"structRecipient[]\",\"name\":\"recipients\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"fuel\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"memoryBytes\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"output\",\"type\":\"uint64\"},{\"internalType\":\"uint32\",\"name\":\"runSeconds\",\"type\":\"uint32\"},{\"internalType\":\"string\",\"name\":\"purpose\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structRequirements\",\"name\":\"requirements\",\"type\":\"tuple\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"maxFee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"}],\"internalType\":\"structTask\",\"name\":\"task\",\"type\":\"tuple\"}],\"name\":\"challengeLeaf\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structPayout\",\"name\":\"payout\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"name\":\"claim\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"}],\"name\":\"claimable\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"collect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"deadline\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"receipt\",\"type\":\"bytes32\"}],\"internalType\":\"structSettlement\",\"name\":\"settlement\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"}],\"internalType\":\"structEscrow.Shown\",\"name\":\"s\",\"type\":\"tuple\"}],\"name\":\"contains\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"order\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"}],\"name\":\"deposit\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"}],\"name\":\"depositOf\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"internalType\":\"structEscrow.Deposit\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"from\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"n\",\"type\":\"uint256\"}],\"name\":\"deposits\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"unlock\",\"type\":\"uint64\"}],\"internalType\":\"structEscrow.Deposit[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"hold\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"order\",\"type\":\"uint64\"}],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"}],\"name\":\"lastBatch\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structPayout[]\",\"name\":\"list\",\"type\":\"tuple[]\"}],\"name\":\"pay\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"dispatcher\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"number\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"leaves\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"payouts\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"debits\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structBatch\",\"name\":\"b\",\"type\":\"tuple\"},{\"components\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"internalType\":\"structDebit[]\",\"name\":\"debits\",\"type\":\"tuple[]\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"root\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"count\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"total\",\"type\":\"uint64\"}],\"internalType\":\"structPoolRoot\",\"name\":\"pool\",\"type\":\"tuple\"},{\"components\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"index\",\"type\":\"uint64\"},{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"start\",\"type\":\"uint64\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"}],\"internalType\":\"structMember\",\"name\":\"member\",\"type\":\"tuple\"},{\"internalType\":\"bytes32[]\",\"name\":\"path\",\"type\":\"bytes32[]\"},{\"internalType\":\"uint8[]\",\"name\":\"seats\",\"type\":\"uint8[]\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"internalType\":\"structEscrow.Approval[]\",\"name\":\"approvals\",\"type\":\"tuple[]\"}],\"name\":\"postBatch\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"requestWithdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"unhold\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"withdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "074fbaccb0112bf5599bbe624530bb4d26",
	Bin: "0x61016080604052346101cf57602081613fc78038038091610020828561042b565b8339810103126101cf57516001600160a01b0381168082036101cf576040516367f855cb60e11b8152916102c083600481855afa9283156101db575f9361026b575b50608052604051637b10399960e01b8152602081600481855afa9081156101db575f91610229575b5060a05260405163222b140760e01b8152602081600481855afa9081156101db575f916101e6575b506001600160a01b031660c0526040516353f859ef60e11b815290602090829060049082905afa9081156101db575f916101a5575b5060e05260c08101516001600160401b039081166101005260a08201518116610120526080909101511661014052604051613b5690816104718239608051818181610b8001526124b9015260a051818181610b3b01528181611a210152613437015260c05181818161042a015281816118ae01528181611dd00152611fd7015260e051818181610ccd0152612490015261010051816122850152610120518181816106be01528181611924015261334001526101405181611d300152f35b90506020813d6020116101d3575b816101c06020938361042b565b810103126101cf57515f6100e7565b5f80fd5b3d91506101b3565b6040513d5f823e3d90fd5b90506020813d602011610221575b816102016020938361042b565b810103126101cf57516001600160a01b03811681036101cf5760046100b2565b3d91506101f4565b90506020813d602011610263575b816102446020938361042b565b810103126101cf57516001600160a01b03811681036101cf575f61008a565b3d9150610237565b9092506102c03d8111610424575b610283818361042b565b8101906102c0818303126101cf57604051916101e083016001600160401b03811184821017610410576040526102b88261044e565b83526102c66020830161044e565b60208401526102d76040830161044e565b60408401526102e86060830161044e565b60608401526102f96080830161044e565b608084015261030a60a0830161044e565b60a084015261031b60c0830161044e565b60c084015261032c60e0830161044e565b60e084015261033e6101008301610462565b6101008401526103516101208301610462565b610120840152610364610140830161044e565b610140840152610377610160830161044e565b61016084015261038a610180830161044e565b61018084015261039d6101a0830161044e565b6101a0840152806101df830112156101cf576040519161010083016001600160401b038111848210176104105760405282906102c081019283116101cf576101c001905b8282106103f8575050506101c0820152915f610062565b602080916104058461044e565b8152019101906103e1565b634e487b7160e01b5f52604160045260245ffd5b503d610279565b601f909101601f19168101906001600160401b0382119082101761041057604052565b51906001600160401b03821682036101cf57565b519060ff821682036101cf5756fe60c0806040526004361015610012575f80fd5b5f60a0525f3560e01c90816306661abd14612b9157508063131dc7561461240157806323e3fbd51461236b5780632a1561f5146121fd5780632bd497801461206757806336f39e2e14611f9c5780633ccfd60b14611e7f578063402914f514611e3f57806355a49fa814611d91578063702ee22214611d7657806379240b5014611cf65780637af8d4c914611bc357806387537b01146118555780638f8b5c3d146109c557806394736694146109a8578063a8abe2551461064f578063b202dca91461060a578063c7b4f94b14610499578063c9cab3fc146103ff578063e5225381146103de578063f340fa01146101665763f47dc14014610112575f80fd5b34610160576020366003190112610160576004356001600160401b038111610160576101006003198236030112610160576003610153602092600401612fb8565b015460c01c604051908152f35b60a05180fd5b60203660031901126101605761017a612bdb565b3360a051526003602052604060a05120633b9aca003404633b9aca003406158015906103ce575b61039e576001600160401b0316908115801561038d575b61036d5760018101908154936001600160a01b03808616911694858203610303575b50506001600160a01b0381541615610287575b5080610209836001600160401b03610255945460a01c16612ec5565b7fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff7bffffffffffffffff000000000000000000000000000000000000000083549260a01b169116179055565b6040519081527f56b78ff574d1f4febd28fdc15b6490c8384ccc7aab92c4a48d47ff45e01e5d6460203392a360a05180f35b805473ffffffffffffffffffffffffffffffffffffffff19163317905560025490680100000000000000008210156102eb576102cc8260016102559401600255612f16565b81549060031b906001600160a01b0333831b921b1916179055906101ed565b634e487b7160e01b60a051526041600452602460a051fd5b60a01c6001600160401b031615801590610357575b61034157508373ffffffffffffffffffffffffffffffffffffffff1983541617825584806101da565b6364a5495960e01b60a05152600452602460a051fd5b506001600160401b036002830154161515610318565b5063122024df60e11b60a05152336004526024526001604452606460a051fd5b506001600160a01b038316156101b8565b7fed1cab720000000000000000000000000000000000000000000000000000000060a0515234600452602460a051fd5b506001600160401b0381116101a1565b346101605760a051366003190112610160576103f9336134c9565b60a05180f35b3461016057604036600319011261016057610418612bdb565b610420612c1b565b6001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303610486576001600160a01b036103f9921660a0515260036020526102096001604060a0512001916001600160401b03835460a01c16612ec5565b63eb8cd61160e01b60a05152600460a051fd5b34610160576040366003190112610160576104b2612bdb565b6001600160a01b036104c2612c1b565b916040516104cf81612da2565b60a051815260a051602082015260a051604082015260a051606082015260a051608082015260a05160a082015260a05160c082015260a05160e082015261010060a0519101521660a0515260056020526001600160401b03604060a0512091165f5260205261012060405f2060405161054781612da2565b6001600160401b038080845494858552816001820154966020870197885281878160028601549560408301968752600381015496879560ff61010060046060880195878b16875260c060808a0199898d60401c168b528960a082019d60801c168d52019c60c01c8d5201549e8f60e082019e8f91169052019d60401c1615158d5260206040519e8f928352519101525160408d0152511660608b015251166080890152511660a0870152511660c0850152511660e0830152511515610100820152f35b34610160576020366003190112610160576001600160a01b0361062b612bdb565b1660a05152600460205260206001600160401b03604060a051205416604051908152f35b346101605760a036600319011261016057610668612bdb565b610670612c1b565b906040366043190112610160576084356001600160401b0381116101605761069c903690600401612c98565b6106a684846138bc565b9160038301928354926001600160401b038460801c167f0000000000000000000000000000000000000000000000000000000000000000906001600160401b036106f08383612ec5565b1643111561097f57505060408051939084016001600160401b038111858210176102eb576040526044356001600160a01b03811694908581036101605781526064356001600160401b038116810361016057610788956001600160401b0361077f92602060019501908152604051926020840152511660408201526040815261077a606082612ded565b613a68565b93015492613959565b610790612d78565b6040516001600160a01b0360208201928460c01c8452166040820152604081526107bb606082612ded565b519020908160a05152600660205260ff604060a051205416610953576001600160401b0390816107e9612d38565b9160401c16918291161161090e5750906108669160a051526006602052604060a05120600160ff19825416179055610835610822612d38565b6001600160401b03835460401c16612e91565b6fffffffffffffffff0000000000000000196fffffffffffffffff000000000000000083549260401b169116179055565b61086e612d38565b6001600160a01b0361087e612d78565b1660a0515260a0516020526001600160401b036108a4604060a051209282845416612ec5565b166001600160401b03198254161790556108bc612d78565b7f9b802aee5fbdad6d0707069e86a5a511c66cb94d43844014291b72600e8ab75a60206001600160a01b036001600160401b03816108f8612d38565b958260405197168752169616941692a460a05180f35b6001600160401b039061091f612d38565b907f5897a7f30000000000000000000000000000000000000000000000000000000060a0515260045216602452604460a051fd5b7f646cf5580000000000000000000000000000000000000000000000000000000060a05152600460a051fd5b6001600160401b039161099191612ec5565b6334e5568160e11b60a0515216600452602460a051fd5b346101605760a05136600319011261016057602060405160408152f35b3461016057366003190161018081126101605760e0136101605760e4356001600160401b038111610160576109fe903690600401612bab565b9060603661010319011261016057610164356001600160401b03811161016057610a2c903690600401612c98565b906001600160a01b03610a3d612d62565b1660a05152600460205260016001600160401b03604060a05120541660a05150016001600160401b038111611137576001600160401b03906001600160a01b03610a85612d62565b1660a051526005602052604060a0512082610a9e612cc8565b165f5260205260405f209082610ab2612cc8565b9116921682036117fd57506001600160a01b03610acd612d62565b1660a051526004602052604060a05120906001600160401b03198254161790555b610af6612d62565b6001600160a01b03604051917f586168030000000000000000000000000000000000000000000000000000000083521660048201526060816024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa801561166f5760a0519061179e575b60089150161561175e576001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016610ba8612cde565b6001600160401b03604051917f4c0bf2db00000000000000000000000000000000000000000000000000000000835216600482015260e081602481855afa801561166f5760a0516080526116c0575b5060046001600160401b03610c0a612cde565b16016001600160401b038111611137576040516308ef33b560e31b8152602081600481865afa90811561166f5760a0519161167c575b506001600160401b038091169116106115bb57604051602081019061010435825260a05150610124356001600160401b038116809103610160576040820152610144356001600160401b0381169081900361016057606082015260608152610ca9608082612ded565b51902060606080510151148015906115a3575b61157757610cf260206080510151917f000000000000000000000000000000000000000000000000000000000000000090613000565b60405160208101907fe1975e2de026dc3cef1dcca96c77b15aaf1d61326be8face5358e9d2d8ac321682526001600160a01b03610d2d612bdb565b1660408201526001600160401b03610d43612c1b565b1660608201526001600160401b03610d59612c05565b16608082015260643560a082015260843560c082015260a43560e082015260c4356001600160401b03811690819003610160576101008201526101008152610da361012082612ded565b51902060406001600160401b03610db8612d0b565b161180159061156f576001600160401b03610dd1612d0b565b16955b60a051958692835b83811061114f578b8b8b8b80600302600381048203611137577f7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff83168303611137578260011b101561110557505060a435610e378383613833565b036110875760a051918291905b80831061109a57836001600160401b03610e5c612d22565b160361108757610e6a612d22565b610e72612d22565b6001600160401b0380600460015482610e8c818316612f52565b168091841916176001558260a06080510151169560405191610ead83612da2565b606435835260208301966084358852610f8986604086019260a435845281606088019616865281608088019116815260a0870193824316855260c0880195865260e088019c8d5261010088019b60a0518d526001600160a01b03610f0f612d62565b1660a051526005602052604060a0512084610f28612cc8565b165f5260205260405f2098518955516001890155516002880155818060038901975116168219875416178655511684906fffffffffffffffff0000000000000000196fffffffffffffffff000000000000000083549260401b169116179055565b51906fffffffffffffffffffffffffffffffff77ffffffffffffffff000000000000000000000000000000007fffffffffffffffff0000000000000000000000000000000000000000000000008554935160c01b169360801b1691161717905501935116166001600160401b031983541617825551151568ff000000000000000082549160401b169068ff00000000000000001916179055611029612d62565b611031612cc8565b7ff478df5970a8731d1cfbd803b21f0c1a0fa28310c64da8e3175a0a0d9e742a0f60406001600160a01b036001600160401b0361106c612d22565b9481845196606435885216602087015216941692a360a05180f35b63bca543b760e01b60a05152600460a051fd5b9091926110fc6001916110dd6110b96110b4888789612f42565b612d8e565b6110c1612d62565b6110d760206110d18b8a8c612f42565b01612d4e565b916135d3565b6001600160401b036110f560206110d189888a612f42565b1690612ef2565b93019190610e44565b7fa07c49af0000000000000000000000000000000000000000000000000000000060a05152600452602452604460a051fd5b634e487b7160e01b60a051526011600452602460a051fd5b61116361115d8286866130d9565b80613810565b81151580611531575b6115035761117981612d4e565b602082019061118782612d8e565b61119360408501612d8e565b61119f60608601612d4e565b6111ab60808701612d4e565b906111b860a08801613177565b926111c660e0890189613185565b36906111d1926131b7565b8051906020012094604051966001600160401b031660208801526001600160a01b031660408701526001600160a01b031660608601526001600160401b031660808501526001600160401b031660a084015260ff1660c083015260c084013560e0830152610100820152610100815261124c61012082612ded565b61125590613a68565b6112608488886130d9565b6020810161126d91612f83565b610104359161127b93613959565b61128490612d8e565b61128f8387876130d9565b6060810161129c91613185565b906112bf8a8c6042916040519161190160f01b8352600283015260228201522090565b9136906112cb926131b7565b6112d491613a88565b50506001600160a01b0390811691168181148015906114fb575b6114c9575050826114b6576113116113078387876130d9565b6040810190612f83565b60a051925b81841061132b57505050506001905b01610ddc565b9091929b9760ff6113456113408f868861375b565b613177565b168c61134f612d62565b6001600160401b0361135f612cc8565b6001600160a01b036040519360208501957fbdba2e669ebf7aed8fe5b150e09bceef0d93d518b9efe3871b4b09692138b100875260408601521660608401521660808201528260a082015260a081526113b960c082612ded565b5190206001600160401b036113cc612cf4565b1690811561149e5706604082109081159161148f575b8115611470575b811561143a575b5061140f5760019182611405921b1799613825565b9c01929190611316565b6001600160401b0361142084612d4e565b63010769b160e31b60a0515216600452602452604460a051fd5b90506114686001600160401b0361145360808701612d4e565b166001600160401b036110f560608801612d4e565b11155f6113f0565b90506001600160401b0361148660808601612d4e565b168110906113e9565b6001831b8416151591506113e2565b634e487b7160e01b60a051526012600452602460a051fd5b50976114c3600191613825565b98611325565b7f08d20b250000000000000000000000000000000000000000000000000000000060a05152600452602452604460a051fd5b5080156112ee565b6115146001600160401b0391612d4e565b63010769b160e31b60a051521660045260a051602452604460a051fd5b5061153b81612d4e565b5f198301838111611137576001600160401b0361156561156061115d83948b8b6130d9565b612d4e565b169116111561116c565b604095610dd4565b7f485172180000000000000000000000000000000000000000000000000000000060a05152600460a051fd5b506001600160401b036115b4612cf4565b1615610cbc565b60049060206115c8612cde565b91604051938480926308ef33b560e31b82525afa91821561166f5760a0519261162b575b6001600160401b038381847fb2ed5af40000000000000000000000000000000000000000000000000000000060a051521660045216602452604460a051fd5b91506020823d602011611667575b8161164660209383612ded565b81010312610160576001600160401b036116608193612f6f565b92506115ec565b3d9150611639565b6040513d60a051823e3d90fd5b90506020813d6020116116b8575b8161169760209383612ded565b81010312610160576001600160401b036116b18192612f6f565b9150610c40565b3d915061168a565b60e0813d60e011611756575b816116d960e09383612ded565b81010312610160576040519060e082016001600160401b038111838210176102eb576117489160c091604052805184526020810151602085015260408101516040850152606081015160608501526080810151608085015261173d60a08201612f6f565b60a085015201612f6f565b60c082015260805285610bf7565b3d91506116cc565b6001600160a01b0361176e612d62565b7fb513b9e50000000000000000000000000000000000000000000000000000000060a0515216600452602460a051fd5b506060813d6060116117f5575b816117b860609383612ded565b810103126101605780516001600160a01b0381160361016057602081015161ffff81168103610160576117ef604060089301612f6f565b50610b6c565b3d91506117ab565b6004015460401c60ff16156118125750610aee565b6001600160401b03611822612cc8565b7fba2e0a4e0000000000000000000000000000000000000000000000000000000060a0515216600452602452604460a051fd5b34611aaa5761186336612c45565b61186c83612fb8565b91604051927fd945af1d000000000000000000000000000000000000000000000000000000008452604085013560048501526040846024816001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000165afa938415611a9f575f905f95611b73575b506001600160401b03168015908115611b61575b50611b395760048101936001600160401b0380865416911611159360038201916001600160401b03835460801c167f0000000000000000000000000000000000000000000000000000000000000000906001600160401b036119568383612ec5565b164311611b14575050600261196b8686613833565b91015403611b0557805468ff000000000000000019166801000000000000000017905580546fffffffffffffffff0000000000000000191690555f5b828110611aae575050506119ba82612d8e565b6119c660208401612d4e565b7fa204f7f96984f2f84323cb66fca75443a06bb0763b1d3340e167cb39e153553f60406001600160a01b036001600160401b0382519433865287602087015216941692a3611a145760a05180f35b611a476001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001691612d8e565b90803b15611aaa57604051637aeccce960e01b81526001600160a01b039290921660048301523360248301525f908290604490829084905af18015611a9f57156103f9575f611a9591612ded565b5f60a052806103f9565b6040513d5f823e3d90fd5b5f80fd5b80611aff611ac460206110d16001958888612f42565b6001600160a01b03611ada6110b4858989612f42565b165f5260036020526102098460405f2001916001600160401b03835460a01c16612ec5565b016119a7565b63bca543b760e01b5f5260045ffd5b6001600160401b0391611b2691612ec5565b6334e5568160e11b5f521660045260245ffd5b7f4c49b729000000000000000000000000000000000000000000000000000000005f5260045ffd5b9050600382015460c01c1115866118f4565b9450506040843d604011611bbb575b81611b8f60409383612ded565b81010312611aaa576001600160401b03611bb46020611bad87612f6f565b9601612f6f565b94906118e0565b3d9150611b82565b34611aaa576060366003190112611aaa576004356001600160401b038111611aaa5780600401906101006003198236030112611aaa57602435906001600160401b038211611aaa5781600401916101006003198236030112611aaa576044356001600160401b038111611aaa57611c3e903690600401612bab565b939092611c4a86612fb8565b92611c5483612fb8565b91611c5e88612d8e565b6001600160a01b0380611c7087612d8e565b16911614801590611ce4575b611b39576001600160401b03611ca06024611c9981849501612d4e565b9401612d4e565b169116145f14611cc45750611cb5908561376b565b611b3957611cc293613328565b005b60039150015460c01c600382015460c01c1115611b3957611cc293613328565b50604482013560448201351415611c7c565b34611aaa57611d0436612c45565b90611d0e83612fb8565b611d566001600160401b03611d2560a08701612d4e565b166001600160401b037f00000000000000000000000000000000000000000000000000000000000000001690612ef2565b6001600160401b03600383015460801c161115611b3957611cc293613328565b34611aaa575f366003190112611aaa57602060405160048152f35b34611aaa576060366003190112611aaa57611daa612bdb565b6024356001600160a01b0381168103611aaa57611dc5612c05565b906001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303611e3057611dff926135d3565b60206001546001600160401b03611e17818316612f52565b1680916001600160401b03191617600155604051908152f35b63eb8cd61160e01b5f5260045ffd5b34611aaa576020366003190112611aaa576001600160a01b03611e60612bdb565b165f525f60205260206001600160401b0360405f205416604051908152f35b34611aaa575f366003190112611aaa57335f526003602052600260405f200180546001600160401b0381169081158015611f87575b611f4f5750335f525f6020526001600160401b03611ed960405f209282845416612ec5565b166001600160401b03198254161790556001600160401b038154166040519081527fbae95d59332d6e1e8f1ae78e7bebdaeef072d57b731c8790a636667e3a0a87ee60203392a280547fffffffffffffffffffffffffffffffff00000000000000000000000000000000169055611cc2336134c9565b6001600160401b03907f4977c6fb000000000000000000000000000000000000000000000000000000005f5260401c1660045260245ffd5b506001600160401b038160401c164310611eb4565b34611aaa576020366003190112611aaa576004356001600160401b038111611aaa57611fcc903690600401612bab565b906001600160a01b037f0000000000000000000000000000000000000000000000000000000000000000163303611e30575f5b82811061200857005b8061201b60206110d16001948787612f42565b6001600160a01b036120316110b4848888612f42565b165f525f6020526001600160401b0361205160405f209282845416612ec5565b166001600160401b031982541617905501611fff565b34611aaa576040366003190112611aaa57600254600435906024358183106121d6575050805b6120978282612ee5565b916120a183612eff565b926120af6040519485612ded565b8084526120be601f1991612eff565b015f5b8181106121bf575050805b82811061216a57836040518091602082016020835281518091526020604084019201905f5b8181106120ff575050500390f35b91935091602060a08261215c60019488516001600160401b03608080926001600160a01b0381511685526001600160a01b036020820151166020860152826040820151166040860152826060820151166060860152015116910152565b0194019101918493926120f1565b806001600160a01b0361217e600193612f16565b90549060031b1c165f5260036020526121b860405f206121a76121a18685612ee5565b91612e38565b6121b18289612f2e565b5286612f2e565b50016120cc565b6020906121ca612e0e565b828288010152016120c1565b806121e18484612ee5565b11156121f7576121f2915082612ef2565b61208d565b5061208d565b34611aaa576020366003190112611aaa576004356001600160401b038116808203611aaa57335f52600360205260405f209080158015612352575b612328575061226d60028261226260016001600160401b0395016102098787835460a01c16612e91565b019282845416612ec5565b166001600160401b03198254161781556122e56122b37f00000000000000000000000000000000000000000000000000000000000000006001600160401b034316612ec5565b82546fffffffffffffffff0000000000000000191660409190911b6fffffffffffffffff000000000000000016178255565b546001600160401b0360405191818116835260401c1660208201527fb9cd5a41f18f627e1b9cd98215daae2e1c1f6ea2e5dfb8bda95f4748b9686c0f60403392a2005b6001600160401b03600183015460a01c1663122024df60e11b5f523360045260245260445260645ffd5b506001600160401b03600183015460a01c168111612238565b34611aaa576020366003190112611aaa576001600160a01b0361238c612bdb565b612394612e0e565b50165f52600360205260a06123ab60405f20612e38565b6123ff60405180926001600160401b03608080926001600160a01b0381511685526001600160a01b036020820151166020860152826040820151166040860152826060820151166060860152015116910152565bf35b34611aaa576060366003190112611aaa576004356001600160401b038111611aaa5780600401906101006003198236030112611aaa576024356001600160401b038111611aaa57612456903690600401612bab565b929091604435926001600160401b038411611aaa57836004019184360393610180600319860112611aaa5761248a81612fb8565b966124de7f00000000000000000000000000000000000000000000000000000000000000006001600160a01b037f000000000000000000000000000000000000000000000000000000000000000016613000565b9360a48801986124f86124f18b89612f83565b90506130a7565b975f5b89518110156125b1578061251b6001926125158f8d612f83565b906130d9565b612523613116565b60208151910120906001600160401b0361253c82613177565b91604061255661254f6020840184613185565b36916131b7565b602081519101209161256a60608201612d4e565b9260ff8351966020880198895216838701526060860152013560808401521660a082015260a0815261259d60c082612ded565b5190206125aa828d612f2e565b52016124fb565b5089989795969860e48101976125ca6124f18a8a612f83565b9a5f5b8c518110156126a0576125e08b8b612f83565b829192101561268c578060051b82013591605e1981360301831215611aaa576126858f916001948491016126126131ed565b6020815191012061267c61262583613177565b61266e61263861254f6040870187613185565b60208151910120604051948593602080860198013591889094939260ff6060936080840197845216602083015260408201520152565b03601f198101835282612ded565b51902092612f2e565b52016125cd565b634e487b7160e01b5f52603260045260245ffd5b50918b9189938c6126af613116565b60206128146126bc6131ed565b826126c561324e565b60ee60405195869481808701997f5461736b286164647265737320757365722c75696e743634206e6f6e63652c628b527f797465733332206b696e642c6279746573333220736572766963652c75696e7460408901527f36342067656e65726174696f6e2c496e7075745b5d20696e707574732c62797460608901527f6573333220706172616d732c526563697069656e745b5d20726563697069656e60808901527f74732c526571756972656d656e747320726571756972656d656e74732c61646460a08901527f7265737320646973706174636865722c75696e743634206d61784665652c756960c08901527f6e74363420646561646c696e652900000000000000000000000000000000000060e08901528051918291018589015e8601908382015f8152815193849201905e0101905f8252805192839101825e015f815203601f198101835282612ded565b5190209461282187612d8e565b916001600160401b0361283660248801612d4e565b918161284460848a01612d4e565b9160405161285a8161266e6020820180956132fb565b519020936001600160a01b0360405197602089019c8d5216604088015216606086015260448801356080860152606488013560a08601521660c084015260e083015260e082526128ac61010083612ded565b6040516128c18161266e6020820180956132fb565b519020966101048501359060e21901811215611aaa57840160048101906128e661324e565b60208151910120916128f781613177565b9161290460248201612d4e565b9161291160448301612d4e565b61291d60648401612d4e565b9060848401359263ffffffff8416809403611aaa5761293f60a4860182613185565b369061294a926131b7565b805190602001209460c40161295e91613185565b3690612969926131b7565b8051906020012094604051966020880198895260ff1660408801526001600160401b031660608701526001600160401b031660808601526001600160401b031660a085015260c084015260e083015261010082015261010081526129cf61012082612ded565b519020966101248501956129e287612d8e565b956101448101996129f28b612d4e565b610164830198612a018a612d4e565b9260405196602088019560c401358652604088015260608701526001600160a01b031660808601526001600160401b031660a08501526001600160401b031660c084015260c08352612a5460e084612ded565b6040519283926020840195518091875e83019060208201905f8252519283915e016020015f815203601f1981018252612a8d9082612ded565b519020612ab1916042916040519161190160f01b8352600283015260228201522090565b60448201351494851595612ad2575b5050505050611b3957611cc293613328565b9091929394506001600160401b0380612af6612af060848601612d4e565b93612d4e565b16911611159384612b6b575b5083612b43575b505081612b1c575b508580808080612ac0565b90506001600160a01b0380612b39612b3388612d8e565b93612d8e565b1691161485612b11565b6001600160401b0391929350612b5f612af060a4849301612d4e565b16911614908680612b09565b9093506001600160a01b0380612b86612b3360648801612d8e565b169116149288612b02565b34611aaa575f366003190112611aaa576020906002548152f35b9181601f84011215611aaa578235916001600160401b038311611aaa576020808501948460061b010111611aaa57565b600435906001600160a01b0382168203611aaa57565b35906001600160a01b0382168203611aaa57565b604435906001600160401b0382168203611aaa57565b602435906001600160401b0382168203611aaa57565b35906001600160401b0382168203611aaa57565b906040600319830112611aaa576004356001600160401b038111611aaa576101008184036003190112611aaa5760040191602435906001600160401b038211611aaa57612c9491600401612bab565b9091565b9181601f84011215611aaa578235916001600160401b038311611aaa576020808501948460051b010111611aaa57565b6024356001600160401b0381168103611aaa5790565b6044356001600160401b0381168103611aaa5790565b610144356001600160401b0381168103611aaa5790565b610124356001600160401b0381168103611aaa5790565b60c4356001600160401b0381168103611aaa5790565b6064356001600160401b0381168103611aaa5790565b356001600160401b0381168103611aaa5790565b6004356001600160a01b0381168103611aaa5790565b6044356001600160a01b0381168103611aaa5790565b356001600160a01b0381168103611aaa5790565b61012081019081106001600160401b03821117612dbe57604052565b634e487b7160e01b5f52604160045260245ffd5b60a081019081106001600160401b03821117612dbe57604052565b90601f801991011681019081106001600160401b03821117612dbe57604052565b60405190612e1b82612dd2565b5f6080838281528260208201528260408201528260608201520152565b90604051612e4581612dd2565b60806001600160401b03600283956001600160a01b0381541685528260018201546001600160a01b038116602088015260a01c1660408601520154818116606085015260401c16910152565b906001600160401b03809116911603906001600160401b038211612eb157565b634e487b7160e01b5f52601160045260245ffd5b906001600160401b03809116911601906001600160401b038211612eb157565b91908203918211612eb157565b91908201809211612eb157565b6001600160401b038111612dbe5760051b60200190565b60025481101561268c5760025f5260205f2001905f90565b805182101561268c5760209160051b010190565b919081101561268c5760061b0190565b6001600160401b03166001600160401b038114612eb15760010190565b51906001600160401b0382168203611aaa57565b903590601e1981360301821215611aaa57018035906001600160401b038211611aaa57602001918160051b36038313611aaa57565b90612ffe612fda612fc884612d8e565b612fd460208601612d4e565b906138bc565b92612ff5612fea604083016139f1565b9160e0810190612f83565b90855492613959565b565b90604051906001600160a01b0360208301937fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647285527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408501527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608501524660808501521660a083015260c082015260c081526130a160e082612ded565b51902090565b906130b182612eff565b6130be6040519182612ded565b82815280926130cf601f1991612eff565b0190602036910137565b919081101561268c5760051b81013590607e1981360301821215611aaa570190565b6001600160401b038111612dbe57601f01601f191660200190565b60405190613125606083612ded565b603682527f65733332207265662c75696e74363420696e64657829000000000000000000006040837f496e7075742875696e7438206b696e642c737472696e67206e616d652c62797460208201520152565b3560ff81168103611aaa5790565b903590601e1981360301821215611aaa57018035906001600160401b038211611aaa57602001918136038313611aaa57565b9291926131c3826130fb565b916131d16040519384612ded565b829481845281830111611aaa578281602093845f960137010152565b604051906131fc606083612ded565b602b82527f2c6279746573206b6579290000000000000000000000000000000000000000006040837f526563697069656e742875696e7438206b696e642c627974657333322072656660208201520152565b6040519061325d60a083612ded565b606d82527f7472696e6720726567696f6e29000000000000000000000000000000000000006080837f526571756972656d656e74732875696e7438206c6576656c2c75696e7436342060208201527f6675656c2c75696e743634206d656d6f72792c75696e743634206f757470757460408201527f2c75696e743332207365636f6e64732c737472696e6720707572706f73652c7360608201520152565b80516020909101905f5b8181106133125750505090565b8251845260209384019390920191600101613305565b92919060038101906001600160401b03825460801c167f0000000000000000000000000000000000000000000000000000000000000000906001600160401b036133728383612ec5565b164311611b145750506133858484613833565b600282015403611b0557600401805468ff000000000000000019166801000000000000000017905580546fffffffffffffffff0000000000000000191690555f5b8281106134ad575050506133d981612d8e565b6133e560208301612d4e565b7fa204f7f96984f2f84323cb66fca75443a06bb0763b1d3340e167cb39e153553f60406001600160a01b036001600160401b038251943386526001602087015216941692a361345d6001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001691612d8e565b90803b15611aaa57604051637aeccce960e01b81526001600160a01b039290921660048301523360248301525f908290604490829084905af18015611a9f576134a35750565b5f612ffe91612ded565b806134c3611ac460206110d16001958888612f42565b016133c6565b6001600160a01b03811690815f525f6020526001600160401b0360405f2054169182156135ab57805f525f60205260405f206001600160401b031981541690557fd781331f2f0fa6b73976fbd49b25c768316483970396ab6f6f49daea764e2ae16020604051858152a2633b9aca008202918204633b9aca0003612eb1575f80809381935af13d156135a6573d61355f816130fb565b9061356d6040519283612ded565b81525f60203d92013e5b1561357e57565b7f8ac5ff0b000000000000000000000000000000000000000000000000000000005f5260045ffd5b613577565b7f86fdb19c000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160a01b031690815f52600360205260405f209160018301918254906001600160a01b038083169116810361371557506001600160401b03858116929160a01c16808311156137025750600261363a6001600160401b03855460a01c168097612e91565b9401946001600160401b0386541690816001600160401b038716116136d557505050506001600160401b0391817fffffffff0000000000000000ffffffffffffffffffffffffffffffffffffffff613699935416905582845416612e91565b166001600160401b03198254161781556001600160401b03815416156136bc5750565b6fffffffffffffffff0000000000000000198154169055565b6001600160401b0392916136e891612ec5565b9063122024df60e11b5f526004521660245260445260645ffd5b9050610209929350612ffe949150612e91565b6364a5495960e01b5f5260045260245ffd5b91907f07ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8111611aaa5760051b809282370190565b919081101561268c5760051b0190565b90613778604083016139f1565b90613785604082016139f1565b82036138095760e08301906137cb61266e6137a96137bd61266e6137a9878a612f83565b929060405192839160208301958691613727565b5190209360e0810190612f83565b51902003613809576137dd8184612f83565b9050159283156137ee575b50505090565b6137f9929350612f83565b1561268c573514155f80806137e8565b5050505f90565b90359060fe1981360301821215611aaa570190565b5f198114612eb15760010190565b906040519080604083016020808501525281606081018094925f5b81811061387457505061386a925003601f198101835282612ded565b51603f1901902090565b916001919350604080916001600160a01b0361388f88612bf1565b1681526001600160401b036138a660208901612c31565b166020820152019401910191849293919361384e565b6001600160a01b03909291921691825f52600560205260405f206001600160401b0382165f5260205260405f2092836001600160401b03600382015460801c1615908115613947575b5061390e575050565b6001600160401b0392507f24522a0d000000000000000000000000000000000000000000000000000000005f526004521660245260445ffd5b60ff91506004015460401c165f613905565b9291908215938415613998575b5050505061397057565b7f64325c91000000000000000000000000000000000000000000000000000000005f5260045ffd5b9293505f915b8083106139b35750505014155f808080613966565b9091926139c184838561375b565b3590818110156139e0575f52602052600160405f205b9301919061399e565b905f52602052600160405f206139d7565b613a6590608060405191803560208401526001600160a01b03613a1660208301612bf1565b1660408401526001600160401b03613a3060408301612c31565b1660608401526001600160401b03613a4a60608301612c31565b1682840152013560a082015260a0815261077a60c082612ded565b90565b6020815191012060405160208101918252602081526130a1604082612ded565b8151919060418303613ab857613ab19250602082015190606060408401519301515f1a90613ac2565b9192909190565b50505f9160029190565b90917f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a08411613b4b5790613b1b6020945f9493604051948594859094939260ff6060936080840197845216602083015260408201520152565b838052039060015afa15611a9f575f516001600160a01b03811615613b4157905f905f90565b505f906001905f90565b5050505f916003919056",
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
// Solidity: function batch(address dispatcher, uint64 number) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint64,uint64,uint64,bool))
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
// Solidity: function batch(address dispatcher, uint64 number) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint64,uint64,uint64,bool))
func (escrow *Escrow) TryPackBatch(dispatcher common.Address, number uint64) ([]byte, error) {
	return escrow.abi.Pack("batch", dispatcher, number)
}

// UnpackBatch is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xc7b4f94b.
//
// Solidity: function batch(address dispatcher, uint64 number) view returns((bytes32,bytes32,bytes32,uint64,uint64,uint64,uint64,uint64,bool))
func (escrow *Escrow) UnpackBatch(data []byte) (EscrowRecord, error) {
	out, err := escrow.abi.Unpack("batch", data)
	if err != nil {
		return *new(EscrowRecord), err
	}
	out0 := *abi.ConvertType(out[0], new(EscrowRecord)).(*EscrowRecord)
	return out0, nil
}

// PackChallengeDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x87537b01.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeDirect((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) later, (address,uint64)[] debits) returns()
func (escrow *Escrow) PackChallengeDirect(later EscrowShown, debits []Debit) []byte {
	enc, err := escrow.abi.Pack("challengeDirect", later, debits)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeDirect is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x87537b01.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeDirect((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) later, (address,uint64)[] debits) returns()
func (escrow *Escrow) TryPackChallengeDirect(later EscrowShown, debits []Debit) ([]byte, error) {
	return escrow.abi.Pack("challengeDirect", later, debits)
}

// PackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7af8d4c9.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) later, (address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) earlier, (address,uint64)[] debits) returns()
func (escrow *Escrow) PackChallengeDuplicate(later EscrowShown, earlier EscrowShown, debits []Debit) []byte {
	enc, err := escrow.abi.Pack("challengeDuplicate", later, earlier, debits)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeDuplicate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x7af8d4c9.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeDuplicate((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) later, (address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) earlier, (address,uint64)[] debits) returns()
func (escrow *Escrow) TryPackChallengeDuplicate(later EscrowShown, earlier EscrowShown, debits []Debit) ([]byte, error) {
	return escrow.abi.Pack("challengeDuplicate", later, earlier, debits)
}

// PackChallengeLate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79240b50.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeLate((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) late, (address,uint64)[] debits) returns()
func (escrow *Escrow) PackChallengeLate(late EscrowShown, debits []Debit) []byte {
	enc, err := escrow.abi.Pack("challengeLate", late, debits)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeLate is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x79240b50.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeLate((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) late, (address,uint64)[] debits) returns()
func (escrow *Escrow) TryPackChallengeLate(late EscrowShown, debits []Debit) ([]byte, error) {
	return escrow.abi.Pack("challengeLate", late, debits)
}

// PackChallengeLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x131dc756.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function challengeLeaf((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) wrong, (address,uint64)[] debits, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) task) returns()
func (escrow *Escrow) PackChallengeLeaf(wrong EscrowShown, debits []Debit, task Task) []byte {
	enc, err := escrow.abi.Pack("challengeLeaf", wrong, debits, task)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackChallengeLeaf is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x131dc756.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function challengeLeaf((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) wrong, (address,uint64)[] debits, (address,uint64,bytes32,bytes32,uint64,(uint8,string,bytes32,uint64)[],bytes32,(uint8,bytes32,bytes)[],(uint8,uint64,uint64,uint64,uint32,string,string),address,uint64,uint64) task) returns()
func (escrow *Escrow) TryPackChallengeLeaf(wrong EscrowShown, debits []Debit, task Task) ([]byte, error) {
	return escrow.abi.Pack("challengeLeaf", wrong, debits, task)
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

// PackContains is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf47dc140.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function contains((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) s) view returns(uint64 order)
func (escrow *Escrow) PackContains(s EscrowShown) []byte {
	enc, err := escrow.abi.Pack("contains", s)
	if err != nil {
		panic(err)
	}
	return enc
}

// TryPackContains is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xf47dc140.  This method will return an error
// if any inputs are invalid/nil.
//
// Solidity: function contains((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) s) view returns(uint64 order)
func (escrow *Escrow) TryPackContains(s EscrowShown) ([]byte, error) {
	return escrow.abi.Pack("contains", s)
}

// UnpackContains is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xf47dc140.
//
// Solidity: function contains((address,uint64,(bytes32,address,uint64,uint64,bytes32),bytes32[]) s) view returns(uint64 order)
func (escrow *Escrow) UnpackContains(data []byte) (uint64, error) {
	out, err := escrow.abi.Unpack("contains", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
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
func (escrow *Escrow) UnpackDepositOf(data []byte) (EscrowDeposit, error) {
	out, err := escrow.abi.Unpack("depositOf", data)
	if err != nil {
		return *new(EscrowDeposit), err
	}
	out0 := *abi.ConvertType(out[0], new(EscrowDeposit)).(*EscrowDeposit)
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
func (escrow *Escrow) UnpackDeposits(data []byte) ([]EscrowDeposit, error) {
	out, err := escrow.abi.Unpack("deposits", data)
	if err != nil {
		return *new([]EscrowDeposit), err
	}
	out0 := *abi.ConvertType(out[0], new([]EscrowDeposit)).(*[]EscrowDeposit)
	return out0, nil
}

// PackHold is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x55a49fa8.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function hold(address user, address dispatcher, uint64 amount) returns(uint64 order)
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
// Solidity: function hold(address user, address dispatcher, uint64 amount) returns(uint64 order)
func (escrow *Escrow) TryPackHold(user common.Address, dispatcher common.Address, amount uint64) ([]byte, error) {
	return escrow.abi.Pack("hold", user, dispatcher, amount)
}

// UnpackHold is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x55a49fa8.
//
// Solidity: function hold(address user, address dispatcher, uint64 amount) returns(uint64 order)
func (escrow *Escrow) UnpackHold(data []byte) (uint64, error) {
	out, err := escrow.abi.Unpack("hold", data)
	if err != nil {
		return *new(uint64), err
	}
	out0 := *abi.ConvertType(out[0], new(uint64)).(*uint64)
	return out0, nil
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
	Slashed    bool
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
// Solidity: event BatchVoided(address indexed dispatcher, uint64 indexed number, address reporter, bool slashed)
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
	ABI: "[{\"inputs\":[{\"internalType\":\"contractEpochs\",\"name\":\"epochs_\",\"type\":\"address\"}],\"stateMutability\":\"nonpayable\",\"type\":\"constructor\"},{\"inputs\":[],\"name\":\"AlreadySlashed\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"want\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"got\",\"type\":\"address\"}],\"name\":\"BadSignature\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"KeyTaken\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"since\",\"type\":\"uint64\"}],\"name\":\"Leaving\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NoContradiction\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NodeField\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NotEscrow\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"value\",\"type\":\"uint256\"}],\"name\":\"NotGwei\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"a\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"b\",\"type\":\"address\"}],\"name\":\"NotOneSigner\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"}],\"name\":\"NotOperator\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"NotRegistered\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"NothingDue\",\"type\":\"error\"},{\"inputs\":[],\"name\":\"Refused\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"StakeLocked\",\"type\":\"error\"},{\"inputs\":[{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"least\",\"type\":\"uint64\"}],\"name\":\"StakeLow\",\"type\":\"error\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"Changed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"amount\",\"type\":\"uint64\"}],\"name\":\"Collected\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"}],\"name\":\"Left\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"}],\"name\":\"Registered\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":true,\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"taken\",\"type\":\"uint64\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"reward\",\"type\":\"uint64\"}],\"name\":\"Slashed\",\"type\":\"event\"},{\"anonymous\":false,\"inputs\":[{\"indexed\":true,\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"indexed\":false,\"internalType\":\"uint64\",\"name\":\"until\",\"type\":\"uint64\"}],\"name\":\"Unbonding\",\"type\":\"event\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"addStake\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"burnt\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"payee\",\"type\":\"address\"}],\"name\":\"claimable\",\"outputs\":[{\"internalType\":\"uint64\",\"name\":\"\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"collect\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[],\"name\":\"count\",\"outputs\":[{\"internalType\":\"uint256\",\"name\":\"\",\"type\":\"uint256\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"node\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"registered\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"}],\"internalType\":\"structRegistry.Node\",\"name\":\"\",\"type\":\"tuple\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"uint256\",\"name\":\"from\",\"type\":\"uint256\"},{\"internalType\":\"uint256\",\"name\":\"n\",\"type\":\"uint256\"}],\"name\":\"nodes\",\"outputs\":[{\"components\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"uint64\",\"name\":\"stake\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"registered\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"}],\"internalType\":\"structRegistry.Node[]\",\"name\":\"page\",\"type\":\"tuple[]\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint8\",\"name\":\"level\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"},{\"internalType\":\"string\",\"name\":\"region\",\"type\":\"string\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"},{\"internalType\":\"bytes\",\"name\":\"sig\",\"type\":\"bytes\"}],\"name\":\"register\",\"outputs\":[],\"stateMutability\":\"payable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"bytes32\",\"name\":\"vrf\",\"type\":\"bytes32\"}],\"name\":\"rotateVRF\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"address\",\"name\":\"reporter\",\"type\":\"address\"}],\"name\":\"slash\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigA\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"address\",\"name\":\"user\",\"type\":\"address\"},{\"internalType\":\"uint64\",\"name\":\"sequence\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"fee\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"reserved\",\"type\":\"uint64\"},{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"}],\"internalType\":\"structAcceptance\",\"name\":\"b\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigB\",\"type\":\"bytes\"}],\"name\":\"slashAcceptances\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"a\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigA\",\"type\":\"bytes\"},{\"components\":[{\"internalType\":\"uint64\",\"name\":\"epoch\",\"type\":\"uint64\"},{\"internalType\":\"bytes32\",\"name\":\"task\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"assignment\",\"type\":\"bytes32\"},{\"internalType\":\"uint8\",\"name\":\"attempt\",\"type\":\"uint8\"},{\"internalType\":\"uint8\",\"name\":\"place\",\"type\":\"uint8\"},{\"internalType\":\"bytes32\",\"name\":\"evidence\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"keys\",\"type\":\"bytes32\"},{\"internalType\":\"bytes32\",\"name\":\"policy\",\"type\":\"bytes32\"},{\"internalType\":\"uint64\",\"name\":\"generation\",\"type\":\"uint64\"},{\"internalType\":\"bool\",\"name\":\"accept\",\"type\":\"bool\"},{\"internalType\":\"bytes32\",\"name\":\"code\",\"type\":\"bytes32\"}],\"internalType\":\"structVote\",\"name\":\"b\",\"type\":\"tuple\"},{\"internalType\":\"bytes\",\"name\":\"sigB\",\"type\":\"bytes\"}],\"name\":\"slashVotes\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"standing\",\"outputs\":[{\"internalType\":\"address\",\"name\":\"operator\",\"type\":\"address\"},{\"internalType\":\"uint16\",\"name\":\"roles\",\"type\":\"uint16\"},{\"internalType\":\"uint64\",\"name\":\"leaving\",\"type\":\"uint64\"}],\"stateMutability\":\"view\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"unbond\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"},{\"internalType\":\"string\",\"name\":\"endpoint\",\"type\":\"string\"}],\"name\":\"updateEndpoint\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"},{\"inputs\":[{\"internalType\":\"address\",\"name\":\"key\",\"type\":\"address\"}],\"name\":\"withdraw\",\"outputs\":[],\"stateMutability\":\"nonpayable\",\"type\":\"function\"}]",
	ID:  "8cba0c3528a665bdeee00a8b352e0f1ef3",
	Bin: "0x610140806040523461015d5760208161266c80380380916100208285610377565b83398101031261015d57516001600160a01b03811680820361015d576040516367f855cb60e11b8152916102c083600481855afa928315610169575f936101b7575b5060805260405163e2fdcc1760e01b8152602081600481855afa908115610169575f91610174575b5060a0526040516353f859ef60e11b815290602090829060049082905afa908115610169575f91610133575b5060c0526101408101516001600160401b0390811660e09081528201518116610100526101609091015116610120526040516122af90816103bd823960805181611f05015260a05181610882015260c05181611f2c015260e05181610cd90152610100518181816103260152610998015261012051816120c10152f35b90506020813d602011610161575b8161014e60209383610377565b8101031261015d57515f6100b6565b5f80fd5b3d9150610141565b6040513d5f823e3d90fd5b90506020813d6020116101af575b8161018f60209383610377565b8101031261015d57516001600160a01b038116810361015d57600461008a565b3d9150610182565b9092506102c03d8111610370575b6101cf8183610377565b8101906102c08183031261015d57604051916101e083016001600160401b0381118482101761035c576040526102048261039a565b83526102126020830161039a565b60208401526102236040830161039a565b60408401526102346060830161039a565b60608401526102456080830161039a565b608084015261025660a0830161039a565b60a084015261026760c0830161039a565b60c084015261027860e0830161039a565b60e084015261028a61010083016103ae565b61010084015261029d61012083016103ae565b6101208401526102b0610140830161039a565b6101408401526102c3610160830161039a565b6101608401526102d6610180830161039a565b6101808401526102e96101a0830161039a565b6101a0840152806101df8301121561015d576040519161010083016001600160401b0381118482101761035c5760405282906102c0810192831161015d576101c001905b828210610344575050506101c0820152915f610062565b602080916103518461039a565b81520191019061032d565b634e487b7160e01b5f52604160045260245ffd5b503d6101c5565b601f909101601f19168101906001600160401b0382119082101761035c57604052565b51906001600160401b038216820361015d57565b519060ff8216820361015d5756fe60a06040526004361015610011575f80fd5b5f3560e01c806303e2e145146114e457806306661abd146114c7578063107679041461142857806316dbf7db146112b15780633e0029e314610c0e578063402914f514610bce57806351cff8d91461095d57806358616803146108f55780637aeccce91461084c57806391442c4b146104ae578063b192da2d14610488578063bffbe61c146103f2578063df29b9f914610372578063e4da61ab1461026e578063e5225381146102535763f528768c146100c9575f80fd5b3461024f57604036600319011261024f576100e26117f8565b6024356001600160401b03811161024f576101019036906004016117cb565b919061010c82611dae565b610100841161022757600501906001600160401b0384116102135761013b846101358454611a20565b84611c0b565b5f90601f85116001146101a7579380610172926001600160a01b03965f9261019c575b50508160011b915f199060031b1c19161790565b90555b167feb63daa74e21898ac31061df2ff66f5092827dd7c80827d30613275236af58de5f80a2005b013590505f8061015e565b601f19851691835f5260205f20925f5b8181106101fb57509160019391876001600160a01b039894106101e2575b505050811b019055610175565b01355f19600384901b60f8161c191690555f80806101d5565b919360206001819287870135815501950192016101b7565b634e487b7160e01b5f52604160045260245ffd5b7f6f1f12c5000000000000000000000000000000000000000000000000000000005f5260045ffd5b5f80fd5b3461024f575f36600319011261024f5761026c33611f65565b005b3461024f57602036600319011261024f576102876117f8565b600361029282611dae565b016001600160401b03815460401c1680610360575080547fffffffffffffffffffffffffffffffff0000000000000000ffffffffffffffff164360401b6fffffffffffffffff0000000000000000161781557fc725bbeb54bd5f4358a11978db4eafb744768dbff3c5a43fca0d806faa136456906020906001600160a01b039061034b906001600160401b03905460401c167f000000000000000000000000000000000000000000000000000000000000000090611952565b936001600160401b03604051951685521692a2005b633e7cf10560e01b5f5260045260245ffd5b3461024f57604036600319011261024f5761038b6117f8565b6024359061039881611dae565b9180156102275760028301556003909101805467ffffffffffffffff1916436001600160401b03161790556001600160a01b03167feb63daa74e21898ac31061df2ff66f5092827dd7c80827d30613275236af58de5f80a2005b3461024f57602036600319011261024f576001600160a01b036104136117f8565b61041b611996565b5016805f52600360205260405f20541561045d575f52600460205261045961044560405f20611af8565b604051918291602083526020830190611832565b0390f35b7fbfc6c337000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b3461024f575f36600319011261024f5760206001600160401b0360015416604051908152f35b3461024f573660031901610300811261024f576101601361024f57610164356001600160401b03811161024f576104e99036906004016117cb565b906101603661018319011261024f576102e4356001600160401b03811161024f576105189036906004016117cb565b5f60809392935260405192602084017f299d2de32922029becc35511847ef90b901db60e9a8d81f33b71c4e39f06956881526004356001600160401b0381169182820361024f5782604088015260243596876060820152604435608082015260643560ff811680910361024f5760a082015260843560ff811680910361024f5760c082015260a43560e082015260c43561010082015260e435610120820152610104356001600160401b03811680910361024f576101408201526101243580151580910361024f576101608201526101443561018082015261018081526106016101a082611931565b519020608052604051602081017f299d2de32922029becc35511847ef90b901db60e9a8d81f33b71c4e39f069568815261018435936001600160401b03851680860361024f578060408501526101a4358060608601526101c435908160808701526101e4359260ff84169485850361024f578560a0890152610204359660ff88169889890361024f578960c08201526102243560e08201526102443561010082015261026435610120820152610284356001600160401b03811680910361024f576101408201526102a43580151580910361024f576101608201526102c43561018082015261018081526106f76101a082611931565b519020998a60805114998a1561083d575b505050508615610832575b508515610825575b50841561080a575b505082156107f1575b50506107c95761026c9561074294608051611cc7565b9061074b611ca7565b60ff610755611cb7565b8160405193602085019560a08752600460c08701527f766f74650000000000000000000000000000000000000000000000000000000060e08701526001600160a01b038816604087015260608601521660808401521660a082015260e081526107c061010082611931565b51902090611d51565b7fae591c87000000000000000000000000000000000000000000000000000000005f5260045ffd5b60ff9192506107fe611cb7565b9050161415878061072c565b60ff91929450610818611ca7565b9050161415918980610723565b604435141594508b61071b565b8b141595508c610713565b5050141596508d808080610708565b3461024f57604036600319011261024f576108656117f8565b6024356001600160a01b038116810361024f576001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001633036108cd576001600160a01b0382165f52600360205260405f20546108c457005b61026c9161208f565b7ffc447f62000000000000000000000000000000000000000000000000000000005f5260045ffd5b3461024f57602036600319011261024f576001600160a01b036109166117f8565b165f526004602052606060405f206001600160401b036003600183015492015460401c1661ffff604051926001600160a01b038116845260a01c1660208301526040820152f35b3461024f57602036600319011261024f576109766117f8565b61097f81611dae565b6001600160401b03600382015460401c168015610bbb577f0000000000000000000000000000000000000000000000000000000000000000906001600160401b036109ca8383611952565b164310610b7d57836001600160401b03600185015460b81c166002545f198101908111610b69576001600160a01b03610a0381926119e0565b90549060031b1c16921691825f52600360205260405f20545f198101908111610b695781610a33610a52926119e0565b9091906001600160a01b038084549260031b9316831b921b1916179055565b5f83815260036020526040808220549282529020556002548015610b55577f2e6b1a8283e253304359717230487acbcb13ddf2776a46fb86ea7bfb7606346c916020915f1901610aa1816119e0565b6001600160a01b0382549160031b1b19169055600255835f52600382525f6040812055835f5260048252610afb600560405f205f81555f60018201555f60028201555f6003820155610af560048201611c58565b01611c58565b335f525f825260405f206001600160401b03610b1a8382845416611952565b166001600160401b0319825416179055604051908152a2335f525f6020526001600160401b0360405f205416610b4c57005b61026c33611f65565b634e487b7160e01b5f52603160045260245ffd5b634e487b7160e01b5f52601160045260245ffd5b6001600160401b0391610b8f91611952565b7f68a2053c000000000000000000000000000000000000000000000000000000005f521660045260245ffd5b633e7cf10560e01b5f525f60045260245ffd5b3461024f57602036600319011261024f576001600160a01b03610bef6117f8565b165f525f60205260206001600160401b0360405f205416604051908152f35b60e036600319011261024f57610c226117f8565b6024359061ffff821680920361024f576044359060ff821680920361024f57606435916084356001600160401b03811161024f57610c649036906004016117cb565b9060a4356001600160401b03811161024f57610c849036906004016117cb565b91909260c4356001600160401b03811161024f57610ca69036906004016117cb565b979096610cb1611e1b565b976001600160a01b038216998a5f52600360205260405f2054611285576001600160401b03807f0000000000000000000000000000000000000000000000000000000000000000169a1699808b1061125657508b15801561124b575b8015611241575b8015611239575b801561122f575b8015611224575b61022757610d35611e7e565b906040519260608401928484106001600160401b03851117610213576001600160a01b03948e610dcd95604052338252602082019081526040820189815287604051928160208501957f9e9aa70f6dc556a5897cdcab37158bc57291d32724f70f7701f2f326a1324e488752511660408501525116606083015251608082015260808152610dc460a082611931565b51902090612197565b1689811480159061121c575b6111ed5750600254680100000000000000008110156102135760018101600255610e02906119e0565b610e2392906001600160a01b038084549260031b9316831b921b1916179055565b600254885f52600360205260405f205560405194610e4086611915565b888652602086019033825260408701978b89526060880190815260808801918a835260a0890194855260c0890196436001600160401b0316885260e08a01965f88523690610e8d92611bba565b976101008a019889523690610ea192611bba565b986101208901998a528b5f52600460205260405f2098516001600160a01b03166001600160a01b0316895473ffffffffffffffffffffffffffffffffffffffff19161789556001890193516001600160a01b03166001600160a01b0316845473ffffffffffffffffffffffffffffffffffffffff191617845551908354905160b01b76ff00000000000000000000000000000000000000000000169160a01b75ffff000000000000000000000000000000000000000016907fffffffffffffffffff000000ffffffffffffffffffffffffffffffffffffffff1617178255516001600160401b0316610fc991907fff0000000000000000ffffffffffffffffffffffffffffffffffffffffffffff67ffffffffffffffff60b81b83549260b81b169116179055565b516002850155905160038401805492516fffffffffffffffff000000000000000060409190911b166001600160401b039092167fffffffffffffffffffffffffffffffff000000000000000000000000000000009093169290921717905551805160048301916001600160401b038211610213576110518261104b8554611a20565b85611c0b565b602090601f83116001146111865791806110849260059695945f9261117b5750508160011b915f199060031b1c19161790565b90555b0190518051906001600160401b038211610213576110a98261104b8554611a20565b602090601f8311600114611118576110d792915f918361110d5750508160011b915f199060031b1c19161790565b90555b60405192835260208301527fd41aeb7841ca8a0e52cd9350f3b7386910ccf99aad7d9da8b030dc20694a789d60403393a3005b01519050878061015e565b90601f19831691845f52815f20925f5b818110611163575090846001959493921061114b575b505050811b0190556110da565b01515f1960f88460031b161c1916905586808061113e565b92936020600181928786015181550195019301611128565b015190508a8061015e565b90601f19831691845f52815f20925f5b8181106111d55750916001939185600598979694106111bd575b505050811b019055611087565b01515f1960f88460031b161c191690558980806111b0565b92936020600181928786015181550195019301611196565b897f08d20b25000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b508915610dd9565b506101008711610d29565b5060408511610d22565b508315610d1b565b5060058911610d14565b5060408c1015610d0d565b8a7fdf25aa41000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b8a7f5f2f8928000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b3461024f57604036600319011261024f5760025460043590602435908083106113f1575050805b6112e28282611972565b916112ec8361197f565b926112fa6040519485611931565b808452611309601f199161197f565b015f5b8181106113da575050805b82811061138557836040518091602082016020835281518091526040830190602060408260051b8601019301915f905b82821061135657505050500390f35b919360019193955060206113758192603f198a82030186528851611832565b9601920192018594939192611347565b806001600160a01b036113996001936119e0565b90549060031b1c165f5260046020526113d360405f206113c26113bc8685611972565b91611af8565b6113cc8289611a0c565b5286611a0c565b5001611317565b6020906113e5611996565b8282880101520161130c565b816113fc8483611972565b111561142157508101808211156112d857634e487b7160e01b5f52601160045260245ffd5b90506112d8565b602036600319011261024f5761143c6117f8565b61144581611dae565b906001600160401b03600383015460401c168061036057506101756001600160a01b039261148c6001611476611e1b565b9201916001600160401b03835460b81c16611952565b7fff0000000000000000ffffffffffffffffffffffffffffffffffffffffffffff67ffffffffffffffff60b81b83549260b81b169116179055565b3461024f575f36600319011261024f576020600254604051908152f35b3461024f5736600319016101c0811261024f5760c01361024f5760c4356001600160401b03811161024f5761151d9036906004016117cb565b60c03660e319011261024f576101a4356001600160401b03811161024f576115499036906004016117cb565b906115526118e9565b9361010435936001600160a01b0385169586860361024f576001600160a01b0316861480159061179a575b801561178d575b6107c95760405160208101907ff911f280b9d42f462247f1d0a6a961e402317d45cf1eacea6535b1b9154293c3825260043560408201526024356001600160a01b03811680910361024f5760608201526044356001600160401b03811680910361024f5760808201526064356001600160401b03811680910361024f5760a08201526084356001600160401b03811680910361024f5760c082015260a4356001600160401b03811680910361024f5760e082015260e0815261164861010082611931565b519020916040519660208801967ff911f280b9d42f462247f1d0a6a961e402317d45cf1eacea6535b1b9154293c3885260e43560408a0152506060880152610124356001600160401b03811680910361024f576080880152610144356001600160401b03811680910361024f5760a0880152610164356001600160401b03811680910361024f5760c088015261018435956001600160401b03871680970361024f57876117109760e061026c9a015260e0815261170761010082611931565b51902092611cc7565b6117186118e9565b6117206118ff565b6001600160401b03604051916001600160a01b03602084019460808652600a60a08601527f616363657074616e63650000000000000000000000000000000000000000000060c0860152818716604086015216606084015216608082015260c081526107c060e082611931565b5060e43560043514611584565b506117a36118ff565b610124356001600160401b0381169182820361024f576001600160401b03915016141561157d565b9181601f8401121561024f578235916001600160401b03831161024f576020838186019501011161024f57565b600435906001600160a01b038216820361024f57565b805180835260209291819084018484015e5f828201840152601f01601f1916010190565b6118e6916001600160a01b0382511681526001600160a01b03602083015116602082015261ffff604083015116604082015260ff60608301511660608201526001600160401b03608083015116608082015260a082015160a08201526001600160401b0360c08301511660c08201526001600160401b0360e08301511660e08201526101206118d461010084015161014061010085015261014084019061180e565b9201519061012081840391015261180e565b90565b6024356001600160a01b038116810361024f5790565b6044356001600160401b038116810361024f5790565b61014081019081106001600160401b0382111761021357604052565b90601f801991011681019081106001600160401b0382111761021357604052565b906001600160401b03809116911601906001600160401b038211610b6957565b91908203918211610b6957565b6001600160401b0381116102135760051b60200190565b604051906119a382611915565b6060610120835f81525f60208201525f60408201525f838201525f60808201525f60a08201525f60c08201525f60e0820152826101008201520152565b6002548110156119f85760025f5260205f2001905f90565b634e487b7160e01b5f52603260045260245ffd5b80518210156119f85760209160051b010190565b90600182811c92168015611a4e575b6020831014611a3a57565b634e487b7160e01b5f52602260045260245ffd5b91607f1691611a2f565b9060405191825f825492611a6b84611a20565b8084529360018116908115611ad65750600114611a92575b50611a9092500383611931565b565b90505f9291925260205f20905f915b818310611aba575050906020611a90928201015f611a83565b6020919350806001915483858901015201910190918492611aa1565b905060209250611a9094915060ff191682840152151560051b8201015f611a83565b90604051611b0581611915565b610120611b9a600583956001600160a01b0381541685526001600160401b0360018201546001600160a01b038116602088015261ffff8160a01c16604088015260ff8160b01c16606088015260b81c166080860152600281015460a08601526001600160401b03600382015481811660c088015260401c1660e0860152611b8e60048201611a58565b61010086015201611a58565b910152565b6001600160401b03811161021357601f01601f191660200190565b929192611bc682611b9f565b91611bd46040519384611931565b82948184528183011161024f578281602093845f960137010152565b5f5b828110611bfe57505050565b5f82820155600101611bf2565b91601f8211611c1957505050565b808211611c2557505050565b611a90925f5260205f20916020601f830160051c9210611c50575b601f82910160051c039101611bf0565b5f9150611c40565b611c628154611a20565b9081611c6c575050565b81601f5f9311600114611c7d575055565b81835260208320611c9a91601f0160051c84190190600101611bf0565b8082528160208120915555565b60643560ff8116810361024f5790565b60843560ff8116810361024f5790565b949192611cea611cf0946001600160a01b039693611ce3611e7e565b9889612197565b95612197565b166001600160a01b038216818114801590611d3d575b611d0f57505090565b7ff8f03175000000000000000000000000000000000000000000000000000000005f5260045260245260445ffd5b50805f52600360205260405f205415611d06565b815f52600560205260ff60405f205416611d8657611a90915f52600560205260405f20600160ff19825416179055339061208f565b7f37233762000000000000000000000000000000000000000000000000000000005f5260045ffd5b6001600160a01b031690815f52600460205260405f2091805f52600360205260405f20541561045d57506001600160a01b03600183015416338103611df05750565b7f76c6c93a000000000000000000000000000000000000000000000000000000005f5260045260245ffd5b633b9aca003404633b9aca00340615801590611e6e575b611e42576001600160401b031690565b7fed1cab72000000000000000000000000000000000000000000000000000000005f523460045260245ffd5b506001600160401b038111611e32565b60405160208101907fd87cd6ef79d4e2b95e15ce8abf732db51ec771f1ca2edccf22a46c729ac5647282527fdc87b58f04ce6fecd2f29b38adffdd8a5f69ba3cdaccbc7a32d8a4212edf2ed160408201527fc89efdaa54c0f20c7adf612882df0950f5a951637e0307cdcb4c672f298b8bc660608201524660808201526001600160a01b037f00000000000000000000000000000000000000000000000000000000000000001660a08201527f000000000000000000000000000000000000000000000000000000000000000060c082015260c08152611f5f60e082611931565b51902090565b6001600160a01b03811690815f525f6020526001600160401b0360405f20541691821561204757805f525f60205260405f206001600160401b031981541690557fd781331f2f0fa6b73976fbd49b25c768316483970396ab6f6f49daea764e2ae16020604051858152a2633b9aca008202918204633b9aca0003610b69575f80809381935af13d15612042573d611ffb81611b9f565b906120096040519283611931565b81525f60203d92013e5b1561201a57565b7f8ac5ff0b000000000000000000000000000000000000000000000000000000005f5260045ffd5b612013565b7f86fdb19c000000000000000000000000000000000000000000000000000000005f5260045ffd5b906001600160401b03809116911603906001600160401b038211610b6957565b6001600160a01b0316805f526004602052600160405f2001916001600160401b03835460b81c16926001600160401b037f00000000000000000000000000000000000000000000000000000000000000001691828502928584041485151715610b69576001600160a01b036001600160401b039161213d836103e87f20b1257d160ff65a777830c718e394a755c048e2cd5559c482fa754b8ba3b7279704169461148c86600a81049a61206f565b612147878561206f565b8361215760015492828416611952565b1690841916176001551694855f525f60205260405f208261217b8382845416611952565b82548519169116179055604080519384529116602083015290a3565b9160426121e394936121dd93604051917f190100000000000000000000000000000000000000000000000000000000000083526002830152602282015220923691611bba565b906121e8565b505090565b8151919060418303612218576122119250602082015190606060408401519301515f1a90612222565b9192909190565b50505f9160029190565b91907f7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a084116122a4579160209360809260ff5f9560405194855216868401526040830152606082015282805260015afa15612299575f516001600160a01b0381161561228f57905f905f90565b505f906001905f90565b6040513d5f823e3d90fd5b5050505f916003919056",
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

// PackNode is the Go binding used to pack the parameters required for calling
// the contract method with ID 0xbffbe61c.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function node(address key) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string))
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
// Solidity: function node(address key) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string))
func (registry *Registry) TryPackNode(key common.Address) ([]byte, error) {
	return registry.abi.Pack("node", key)
}

// UnpackNode is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0xbffbe61c.
//
// Solidity: function node(address key) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string))
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
// Solidity: function nodes(uint256 from, uint256 n) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string)[] page)
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
// Solidity: function nodes(uint256 from, uint256 n) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string)[] page)
func (registry *Registry) TryPackNodes(from *big.Int, n *big.Int) ([]byte, error) {
	return registry.abi.Pack("nodes", from, n)
}

// UnpackNodes is the Go binding that unpacks the parameters returned
// from invoking the contract method with ID 0x16dbf7db.
//
// Solidity: function nodes(uint256 from, uint256 n) view returns((address,address,uint16,uint8,uint64,bytes32,uint64,uint64,string,string)[] page)
func (registry *Registry) UnpackNodes(data []byte) ([]RegistryNode, error) {
	out, err := registry.abi.Unpack("nodes", data)
	if err != nil {
		return *new([]RegistryNode), err
	}
	out0 := *abi.ConvertType(out[0], new([]RegistryNode)).(*[]RegistryNode)
	return out0, nil
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
// Solidity: function slashAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) returns()
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
// Solidity: function slashAcceptances((bytes32,address,uint64,uint64,uint64,uint64) a, bytes sigA, (bytes32,address,uint64,uint64,uint64,uint64) b, bytes sigB) returns()
func (registry *Registry) TryPackSlashAcceptances(a Acceptance, sigA []byte, b Acceptance, sigB []byte) ([]byte, error) {
	return registry.abi.Pack("slashAcceptances", a, sigA, b, sigB)
}

// PackSlashVotes is the Go binding used to pack the parameters required for calling
// the contract method with ID 0x91442c4b.  This method will panic if any
// invalid/nil inputs are passed.
//
// Solidity: function slashVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) returns()
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
// Solidity: function slashVotes((uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) a, bytes sigA, (uint64,bytes32,bytes32,uint8,uint8,bytes32,bytes32,bytes32,uint64,bool,bytes32) b, bytes sigB) returns()
func (registry *Registry) TryPackSlashVotes(a Vote, sigA []byte, b Vote, sigB []byte) ([]byte, error) {
	return registry.abi.Pack("slashVotes", a, sigA, b, sigB)
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

// UnpackError attempts to decode the provided error data using user-defined
// error definitions.
func (registry *Registry) UnpackError(raw []byte) (any, error) {
	if bytes.Equal(raw[:4], registry.abi.Errors["AlreadySlashed"].ID.Bytes()[:4]) {
		return registry.UnpackAlreadySlashedError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["BadSignature"].ID.Bytes()[:4]) {
		return registry.UnpackBadSignatureError(raw[4:])
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
	if bytes.Equal(raw[:4], registry.abi.Errors["NothingDue"].ID.Bytes()[:4]) {
		return registry.UnpackNothingDueError(raw[4:])
	}
	if bytes.Equal(raw[:4], registry.abi.Errors["Refused"].ID.Bytes()[:4]) {
		return registry.UnpackRefusedError(raw[4:])
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
