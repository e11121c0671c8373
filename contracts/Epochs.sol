// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";

import {EpochHeader, Messages, Params, PolicyOrder} from "./Messages.sol";
import {Registry} from "./Registry.sol";

/// @title The root of one Tacit network: its parameters, epochs and headers
/// @notice Time is counted in epochs of `epochLength` blocks from the block of
/// deployment. In epoch e-1 the workers and verifiers of the registry post the
/// VRF tickets that admit them to the pool of epoch e, until an offset after
/// which the list is closed and the beacon of e is still unknown. The contract
/// does not verify tickets: the signers of the header do, and leave out what
/// does not verify.
///
/// A header says what every role believes of the chain. Anybody may post it; it
/// counts if more than two thirds of the signing set that the last header named
/// have signed it. The contract keeps only what settlement needs later: the
/// beacon and the two pools. Off chain no header is skipped; here a later number
/// suffices, because a chain of signatures is what makes a header true, and a
/// missed posting must not stop the network.
///
/// What evidence is judged by is a set of appraisal policies, of which the
/// contract knows the digest and a generation. The governors that the genesis
/// file names may replace it, by signatures of a fixed number of them; that is
/// all they can do, and who they are never changes. The set itself is in the
/// event, so that whoever has the chain has it. A generation is exactly one more
/// than the last: it never goes back, and none is left out.
///
/// The contract has no owner. Nothing else about it can be changed after
/// deployment.
contract Epochs {
    using Messages for *;
    using TransientSlot for *;

    /// What is kept of a posted header.
    struct Header {
        bytes32 digest; // EIP-712 struct hash
        bytes32 beacon;
        bytes32 workers; // digest of a PoolRoot
        bytes32 verifiers; // digest of a PoolRoot
        bytes32 signers; // of the next header
        uint64 blockNumber; // that the header describes
        uint64 posted; // block in which it came here; 0 = unknown header
    }

    /// Who may change the policies, and the set that a network begins with.
    struct Governance {
        address[] governors; // ascending; none means that the policies stay
        uint8 threshold; // signatures that a change needs
        bytes32 policy; // digest of the set
        uint64 generation;
    }

    /// The epoch's list of tickets is closed, or not open yet.
    error TicketLate(uint64 epoch, uint64 current, uint64 offset);
    /// This node posted its ticket for the epoch and role already.
    error TicketTwice();
    /// A ticket is 1 to 512 bytes.
    error TicketSize();
    /// The role is not one with a pool, or the sender is not the key of a
    /// registered node of that role that stays.
    error NotAdmitted(address key, uint16 role);
    /// The number is not above the last, or lies in the future.
    error HeaderNumber(uint64 number, uint64 last);
    /// The header does not follow the last one.
    error HeaderPrevious();
    /// The list is not the signing set that the last header named.
    error HeaderSigners();
    /// Two thirds or fewer of the set have signed.
    error HeaderQuorum(uint256 signed, uint256 signers);
    /// No header of this number was posted.
    error HeaderUnknown(uint64 number);
    /// The parameters contradict each other.
    error ParamsInvalid();

    /// The governors are not ascending, more than 64, or fewer than must sign.
    error GovernorsInvalid();
    /// This network has no governors.
    error PoliciesFixed();
    /// The generation is not the next one.
    error PolicyGeneration(uint64 generation, uint64 next);
    /// A set is 1 byte to 64 KiB.
    error PolicySize(uint256 size);
    /// The signatures are not aligned with the governors.
    error PolicySignatures(uint256 sigs, uint256 governors);
    /// Fewer governors have signed than must.
    error PolicyQuorum(uint256 signed, uint256 threshold);

    event Ticket(uint64 indexed epoch, address indexed node, uint16 role, bytes pi);
    event Posted(uint64 indexed number, bytes32 digest);
    event Policies(uint64 indexed generation, bytes32 digest, bytes set);

    uint16 private constant WORKER = 1;
    uint16 private constant VERIFIER = 2;

    /// Digest of the genesis file, which is header 0.
    bytes32 public immutable genesis;
    /// First block of epoch 0.
    uint64 public immutable start;
    uint64 private immutable epochLength;
    uint64 private immutable ticketClose;
    Registry public immutable registry;
    address public immutable catalogue;
    address public immutable escrow;
    address public immutable direct;

    address[] private governing;
    /// How many governors must sign a change of the policies.
    uint8 public immutable threshold;
    /// Digest of the set of policies.
    bytes32 public policy;
    /// Generation of the set of policies.
    uint64 public generation;
    /// The block whose event holds the set of a generation; 0 = it is in the
    /// genesis file, or there is none.
    mapping(uint64 generation => uint64 blockNumber) public policyBlock;

    /// Number of the last posted header.
    uint64 public last;
    Params private table;
    mapping(uint64 number => Header) private headers;
    /// The roles in which a node asked for a place in the pools of an epoch.
    mapping(uint64 epoch => mapping(address node => uint16 roles)) public posted;

    /// @param signers digest of the set that signs header 1
    /// @param g who may change the policies, and the first set
    /// @dev The other contracts are deployed right after this one, at addresses
    /// that follow from the deployer's nonce.
    constructor(
        bytes32 genesis_,
        bytes32 signers,
        Params memory params_,
        Governance memory g,
        Registry registry_,
        address catalogue_,
        address escrow_,
        address direct_
    ) {
        if (
            params_.epochLength == 0 || params_.ticketClose == 0 || params_.ticketClose > params_.epochLength
                || params_.slashPart > 1000 || params_.seats == 0 || params_.operators > params_.seats
                || params_.withdrawDelay <= params_.settleWindow || params_.unbondDelay <= openFor(params_)
        ) revert ParamsInvalid();
        uint256 n = g.governors.length;
        if (n > 64 || g.threshold > n || (n != 0 && g.threshold == 0)) revert GovernorsInvalid();
        for (uint256 i = 0; i < n; i++) {
            if (g.governors[i] <= (i == 0 ? address(0) : g.governors[i - 1])) revert GovernorsInvalid();
        }
        governing = g.governors;
        threshold = g.threshold;
        policy = g.policy;
        generation = g.generation;
        genesis = genesis_;
        start = uint64(block.number);
        epochLength = params_.epochLength;
        ticketClose = params_.ticketClose;
        registry = registry_;
        catalogue = catalogue_;
        escrow = escrow_;
        direct = direct_;
        table = params_;
        headers[0].digest = genesis_;
        headers[0].signers = signers;
        headers[0].posted = uint64(block.number);
    }

    /// @dev For how many blocks after a node began to leave a task that it takes
    /// part in can be open, or its settlement disputed. It is drawn from pools of
    /// at most two more epochs; no task's deadline plus the settlement window is
    /// further away than a withdrawal takes; then come the windows of the last
    /// batch and of a direct settlement.
    function openFor(Params memory p) private pure returns (uint256) {
        return 2 * uint256(p.epochLength) + p.withdrawDelay + 2 * uint256(p.challengeWindow);
    }

    /// @notice The EIP-712 domain separator under which everything is signed.
    function networkId() external view returns (bytes32) {
        return Messages.domain(address(this), genesis);
    }

    function params() external view returns (Params memory) {
        return table;
    }

    /// @notice Digest of the parameters, as in the genesis file.
    function paramsDigest() external view returns (bytes32) {
        return Messages.digest(table);
    }

    /// @notice The epoch that a block belongs to.
    function epochOf(uint256 blockNumber) public view returns (uint64) {
        return blockNumber < start ? 0 : uint64((blockNumber - start) / epochLength);
    }

    /// @notice Asks for a place in the pool of a role in an epoch; sent by the
    /// node's own key, once per role, during the epoch before.
    function postTicket(uint64 epoch, uint16 role, bytes calldata pi) external {
        uint64 current = epochOf(block.number);
        uint64 offset = uint64((block.number - start) % epochLength);
        if (current + 1 != epoch || offset >= ticketClose) revert TicketLate(epoch, current, offset);
        if (pi.length == 0 || pi.length > 512) revert TicketSize();
        (, uint16 roles, uint64 leaving) = registry.standing(msg.sender);
        if ((role != WORKER && role != VERIFIER) || roles & role == 0 || leaving != 0) {
            revert NotAdmitted(msg.sender, role);
        }
        uint16 before = posted[epoch][msg.sender];
        if (before & role != 0) revert TicketTwice();
        posted[epoch][msg.sender] = before | role;
        emit Ticket(epoch, msg.sender, role, pi);
    }

    /// @notice Posts a header. `sigs` is aligned with `signers`; an empty
    /// signature means that this one did not sign.
    function postHeader(EpochHeader calldata h, address[] calldata signers, bytes[] calldata sigs) external {
        Header storage before = headers[last];
        if (h.number <= last || h.number > epochOf(block.number) + 1 || h.blockNumber >= block.number) {
            revert HeaderNumber(h.number, last);
        }
        if (last != 0 && h.number == last + 1 && h.previous != before.digest) revert HeaderPrevious();
        if (keccak256(abi.encodePacked(signers)) != before.signers || sigs.length != signers.length) {
            revert HeaderSigners();
        }
        bytes32 structHash = h.hash();
        checkQuorum(structHash, signers, sigs);
        last = h.number;
        headers[h.number] = Header({
            digest: structHash,
            beacon: h.beacon,
            workers: h.workers,
            verifiers: h.verifiers,
            signers: h.signers,
            blockNumber: h.blockNumber,
            posted: uint64(block.number)
        });
        emit Posted(h.number, structHash);
    }

    /// @notice A posted header, or a revert.
    function header(uint64 number) external view returns (Header memory h) {
        h = headers[number];
        if (h.posted == 0) revert HeaderUnknown(number);
    }

    /// @notice Replaces the set of policies, encoded as its digest is made of. `sigs`
    /// is aligned with the governors; an empty signature means that this one did
    /// not sign.
    function postPolicies(uint64 generation_, bytes calldata set, bytes[] calldata sigs) external {
        if (threshold == 0) revert PoliciesFixed();
        if (generation_ != generation + 1) revert PolicyGeneration(generation_, generation + 1);
        if (set.length == 0 || set.length > 65536) revert PolicySize(set.length);
        if (sigs.length != governing.length) revert PolicySignatures(sigs.length, governing.length);
        bytes32 digest = sha256(set);
        bytes32 network = Messages.domain(address(this), genesis);
        bytes32 order = Messages.hash(PolicyOrder(generation_, digest));
        uint256 signed;
        for (uint256 i = 0; i < sigs.length; i++) {
            if (sigs[i].length == 0) continue;
            Messages.check(network, governing[i], order, sigs[i]);
            signed++;
        }
        if (signed < threshold) revert PolicyQuorum(signed, threshold);
        generation = generation_;
        policy = digest;
        policyBlock[generation_] = uint64(block.number);
        emit Policies(generation_, digest, set);
    }

    /// @notice Who may change the policies.
    function governors() external view returns (address[] memory) {
        return governing;
    }

    /// @dev A set may name an account twice; it counts once, in both the signed
    /// and the whole.
    function checkQuorum(bytes32 structHash, address[] calldata signers, bytes[] calldata sigs) private {
        bytes32 network = Messages.domain(address(this), genesis);
        uint256 distinct;
        uint256 signed;
        for (uint256 i = 0; i < signers.length; i++) {
            // Marked for this transaction and this header only, so nothing needs to
            // be cleared.
            TransientSlot.BooleanSlot mark =
                TransientSlot.asBoolean(bytes32(uint256(structHash) ^ uint256(uint160(signers[i]))));
            if (mark.tload()) continue;
            mark.tstore(true);
            distinct++;
            if (sigs[i].length == 0) continue;
            Messages.check(network, signers[i], structHash, sigs[i]);
            signed++;
        }
        if (3 * signed <= 2 * distinct) revert HeaderQuorum(signed, distinct);
    }
}
