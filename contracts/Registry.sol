// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Acceptance,
    Anchor,
    Answer,
    Assignment,
    Deposit,
    EpochHeader,
    Evidence,
    Messages,
    Params,
    Registration,
    Sealed,
    Task,
    Vote
} from "./Messages.sol";
import {Catalogue} from "./Catalogue.sol";
import {Epochs} from "./Epochs.sol";
import {Purse} from "./Purse.sol";

/// @title Who takes part, with what at stake
/// @notice An operator registers a node's key with roles and a stake. The key
/// itself signs the registration, so nobody can register, and be blamed or paid
/// for, a key of somebody else. A stake leaves only `unbondDelay` blocks after
/// the operator said so, which is longer than any task can be disputed, and it
/// can be slashed until the moment it leaves.
///
/// Slashing is for what a key's own signatures prove: two different votes on the
/// same place of the same assignment; one sequence number promised to two tasks;
/// a promise of more than the user's deposit; an accepting vote on evidence that
/// is over something else than what was voted on. Whoever votes no, or says that
/// he cannot, is never slashed. Each offence is punished once, whichever message
/// is named first. `slashPart` thousandths of the stake are taken; a tenth of
/// that is the reporter's, the rest is burnt: it stays in this contract for ever
/// and is counted in `burnt`, so that accusing oneself never pays. The escrow may
/// slash a dispatcher whose batch was shown to be false.
///
/// A report costs a bond. It comes back with the reward if the report is right,
/// reverts if another was faster, and is burnt if the report is wrong: forged,
/// of another network, about a node that is gone, or no offence. Each `judge`
/// function says beforehand, for nothing, what a report would find.
///
/// An answer can be demanded of a node that was assigned to a task: its vote, its
/// result, or its signed word that it cannot, which costs it nothing. It has
/// `settleWindow` blocks for it. The assignment is the dispatcher's signed word; the
/// draw behind it is not judged here. So a demand counts only against a node that
/// itself asked for a place in that epoch, it costs a bond from which whoever brings
/// the answer is paid its gas, and nobody earns what silence costs: all of it is
/// burnt, once for an epoch, however many demands stay without an answer.
///
/// A node that is a group of replicas anchors checkpoints of its store here: the
/// revision and the digest of its history up to there, signed by its key, whoever
/// brings them. They only grow, so that a group that was restored as a whole from
/// something older, or from something else, is known by its own records. Only the
/// operator leads an anchor back, and each time is counted for everybody to see. A
/// checkpoint names that count: one that was signed before a recovery is worth
/// nothing after it. Anchor and count outlive the node's leaving, so that nobody
/// loses them by registering the key anew.
///
/// Level, region and endpoint are claims of the operator. The chain believes
/// none of them; attestation does the checking.
contract Registry is Purse {
    using Messages for *;

    struct Node {
        address key;
        address operator;
        uint16 roles;
        uint8 level;
        uint64 stake;
        bytes32 vrf;
        uint64 registered; // block of the newest change of key
        uint64 leaving; // block at which unbonding began, or 0
        string region;
        string endpoint;
        uint64 anchorRevision; // of the newest checkpoint, or 0
        uint32 recoveries; // times that the operator led the anchor back
        bytes32 anchorDigest;
    }

    /// What is demanded of a node and until when.
    struct Demand {
        address by; // who put up the bond; 0 once it has ended
        uint64 due; // last block for an answer
        uint32 epoch; // of the assignment
    }

    /// The key is registered already.
    error KeyTaken(address key);
    /// The key is not registered.
    error NotRegistered(address key);
    /// Only the node's operator may do this.
    error NotOperator(address operator);
    /// The stake is below the network's minimum.
    error StakeLow(uint64 stake, uint64 least);
    /// Roles, VRF key or a string is missing or out of range.
    error NodeField();
    /// The node is leaving, or is not leaving.
    error Leaving(uint64 since);
    /// The stake cannot leave before this block.
    error StakeLocked(uint64 until);
    /// The two messages do not contradict each other.
    error NoContradiction();
    /// The two messages were not signed by one registered key on this network.
    error NotOneSigner(address a, address b);
    /// This offence was punished already.
    error AlreadySlashed();
    /// The vote rejects, and an honest "no" or "cannot" is no offence.
    error NotAccepted();
    /// The vote is on another task, assignment or evidence than those shown.
    error NotVotedOn(string part);
    /// The evidence is over what was voted on.
    error EvidenceBound();
    /// The report of this platform cannot be read here.
    error SchemeUnknown(string scheme);
    /// The deposit covered what was reserved, or is another's, or not of the
    /// acceptance's epoch.
    error Covered(uint64 reserved, uint64 deposit);
    /// A report needs exactly this bond, in gwei.
    error BondWrong(uint64 bond);
    /// The assignment does not name the node, is no dispatcher's, or is of an epoch
    /// in which the node did not ask for a place.
    error NotAssigned(address key);
    /// The task's deadline is over, or further away than a deadline may be.
    error DeadlineWrong(uint64 deadline);
    /// This was demanded before.
    error DemandedBefore();
    /// This was not demanded, or it has ended.
    error NotDemanded();
    /// An answer says either what it leaves or why it cannot.
    error AnswerField();
    /// The answer comes after the last block for it.
    error AnswerLate(uint64 due);
    /// The last block for an answer has not passed.
    error AnswerOpen(uint64 due);
    /// So many demands against the node have not ended.
    error DemandOpen(uint256 demands);
    /// The revision is not above the one that is anchored.
    error AnchorOld(uint64 anchored);
    /// A recovery leads back, not beyond what is anchored.
    error AnchorAhead(uint64 anchored);
    /// Revision 0 has no digest, and every other has one.
    error AnchorField();
    /// Only the escrow may ask for this.
    error NotEscrow();

    event Registered(address indexed key, address indexed operator, uint16 roles, uint64 stake);
    event Changed(address indexed key);
    event Unbonding(address indexed key, uint64 until);
    event Left(address indexed key, uint64 stake);
    event Anchored(address indexed key, uint64 revision, bytes32 digest);
    event Recovered(address indexed key, uint64 from, uint64 revision, bytes32 digest, uint32 recoveries);
    event BondLost(address indexed reporter, uint64 bond, bytes4 reason);
    event Demanded(address indexed key, bytes32 indexed assignment, uint64 due);
    event Answered(address indexed key, bytes32 indexed assignment, bytes32 leaf, bytes32 code);
    event Withheld(address indexed key, bytes32 indexed assignment, uint64 taken);
    event Slashed(address indexed key, address indexed reporter, uint64 taken, uint64 reward);

    uint16 private constant WORKER = 1;
    uint16 private constant VERIFIER = 2;
    uint16 private constant DISPATCHER = 8;
    /// Gas of an answer, for which whoever brings it is paid at the block's base fee.
    uint256 private constant ANSWER_GAS = 90_000;

    Epochs private immutable epochs;
    address private immutable escrow;
    bytes32 private immutable genesis;
    uint64 private immutable minStake;
    uint64 private immutable unbondDelay;
    uint64 private immutable slashPart;
    uint64 private immutable start;
    uint64 private immutable epochLength;
    uint64 private immutable settleWindow;
    uint64 private immutable withdrawDelay;
    Catalogue private immutable catalogue;
    /// What is sent along with a report, in gwei.
    uint64 public immutable bond;

    /// All that was burnt, in gwei.
    uint64 public burnt;
    address[] private keys;
    mapping(address key => uint256) private position; // in keys, from 1
    mapping(address key => Node) private book;
    mapping(bytes32 contradiction => bool) private punished;
    mapping(bytes32 id => Demand) private demands;
    mapping(address key => uint256) private open; // demands

    constructor(Epochs epochs_) {
        Params memory p = epochs_.params();
        epochs = epochs_;
        escrow = epochs_.escrow();
        genesis = epochs_.genesis();
        minStake = p.minStake;
        unbondDelay = p.unbondDelay;
        slashPart = p.slashPart;
        start = epochs_.start();
        epochLength = p.epochLength;
        settleWindow = p.settleWindow;
        withdrawDelay = p.withdrawDelay;
        catalogue = Catalogue(epochs_.catalogue());
        bond = p.minStake / 100;
    }

    /// @notice Registers a node of the sender. `sig` is the key's signature over
    /// Registration(operator, key, vrf).
    function register(
        address key,
        uint16 roles,
        uint8 level,
        bytes32 vrf,
        string calldata region,
        string calldata endpoint,
        bytes calldata sig
    ) external payable {
        uint64 stake = received();
        if (position[key] != 0) revert KeyTaken(key);
        if (stake < minStake) revert StakeLow(stake, minStake);
        if (
            roles == 0 || roles >= 64 || level > 5 || vrf == 0 || bytes(region).length > 64
                || bytes(endpoint).length > 256
        ) revert NodeField();
        Messages.check(network(), key, Messages.hash(Registration(msg.sender, key, vrf)), sig);
        keys.push(key);
        position[key] = keys.length;
        Node storage n = book[key]; // whose anchor may be left from before
        n.key = key;
        n.operator = msg.sender;
        n.roles = roles;
        n.level = level;
        n.stake = stake;
        n.vrf = vrf;
        n.registered = uint64(block.number);
        n.region = region;
        n.endpoint = endpoint;
        emit Registered(key, msg.sender, roles, stake);
    }

    /// @notice Adds the value sent to a node's stake.
    function addStake(address key) external payable {
        Node storage n = mine(key);
        if (n.leaving != 0) revert Leaving(n.leaving);
        n.stake += received();
        emit Changed(key);
    }

    function updateEndpoint(address key, string calldata endpoint) external {
        Node storage n = mine(key);
        if (bytes(endpoint).length > 256) revert NodeField();
        n.endpoint = endpoint;
        emit Changed(key);
    }

    /// @notice Replaces the VRF key, which counts as registered from now.
    function rotateVRF(address key, bytes32 vrf) external {
        Node storage n = mine(key);
        if (vrf == 0) revert NodeField();
        n.vrf = vrf;
        n.registered = uint64(block.number);
        emit Changed(key);
    }

    /// @notice Anchors a checkpoint of a node's store; anybody may bring it. `sig` is
    /// the key's signature over Anchor(key, revision, digest, recoveries), with the
    /// recoveries that the node has now.
    function anchor(address key, uint64 revision, bytes32 digest, bytes calldata sig) external {
        if (position[key] == 0) revert NotRegistered(key);
        Node storage n = book[key];
        if (revision <= n.anchorRevision) revert AnchorOld(n.anchorRevision);
        if (digest == 0) revert AnchorField();
        Messages.check(network(), key, Messages.hash(Anchor(key, revision, digest, n.recoveries)), sig);
        n.anchorRevision = revision;
        n.anchorDigest = digest;
        emit Anchored(key, revision, digest);
    }

    /// @notice Leads the anchor back to what is left of a group that lost its newest
    /// records, or to nothing (0 and 0). It is counted, and everybody sees it.
    function recover(address key, uint64 revision, bytes32 digest) external {
        Node storage n = mine(key);
        uint64 from = n.anchorRevision;
        if (revision > from) revert AnchorAhead(from);
        if ((revision == 0) != (digest == 0)) revert AnchorField();
        n.anchorRevision = revision;
        n.anchorDigest = digest;
        n.recoveries++;
        emit Recovered(key, from, revision, digest, n.recoveries);
    }

    /// @notice Begins the node's way out; from now on it posts no tickets.
    function unbond(address key) external {
        Node storage n = mine(key);
        if (n.leaving != 0) revert Leaving(n.leaving);
        n.leaving = uint64(block.number);
        emit Unbonding(key, n.leaving + unbondDelay);
    }

    /// @notice Pays the stake out once the delay is over, with all else that the
    /// operator may collect here, and forgets the node.
    function withdraw(address key) external {
        Node storage n = mine(key);
        if (n.leaving == 0) revert Leaving(0);
        if (block.number < n.leaving + unbondDelay) revert StakeLocked(n.leaving + unbondDelay);
        if (open[key] != 0) revert DemandOpen(open[key]);
        uint64 stake = n.stake;
        address moved = keys[keys.length - 1];
        keys[position[key] - 1] = moved;
        position[moved] = position[key];
        keys.pop();
        delete position[key];
        (uint64 revision, uint32 recoveries, bytes32 digest) = (n.anchorRevision, n.recoveries, n.anchorDigest);
        delete book[key];
        (n.anchorRevision, n.recoveries, n.anchorDigest) = (revision, recoveries, digest);
        claimable[msg.sender] += stake;
        emit Left(key, stake);
        if (claimable[msg.sender] != 0) payOut(msg.sender);
    }

    /// @notice Punishes a key that signed two different votes on one place.
    function slashVotes(Vote calldata a, bytes calldata sigA, Vote calldata b, bytes calldata sigB) external payable {
        checkBond();
        try this.judgeVotes(a, sigA, b, sigB) returns (address key, bytes32 offence) {
            punish(key, offence);
        } catch (bytes memory why) {
            forfeit(why);
        }
    }

    /// @notice Punishes a dispatcher that gave one sequence number of a user to
    /// two tasks.
    function slashAcceptances(Acceptance calldata a, bytes calldata sigA, Acceptance calldata b, bytes calldata sigB)
        external
        payable
    {
        checkBond();
        try this.judgeAcceptances(a, sigA, b, sigB) returns (address key, bytes32 offence) {
            punish(key, offence);
        } catch (bytes memory why) {
            forfeit(why);
        }
    }

    /// @notice Punishes a dispatcher that promised a user's tasks more than the
    /// deposit held in the epoch that it names.
    function slashReserved(
        Acceptance calldata a,
        bytes calldata sig,
        EpochHeader calldata h,
        Deposit calldata d,
        bytes32[] calldata path
    ) external payable {
        checkBond();
        try this.judgeReserved(a, sig, h, d, path) returns (address key, bytes32 offence) {
            punish(key, offence);
        } catch (bytes memory why) {
            forfeit(why);
        }
    }

    /// @notice Punishes a verifier that accepted evidence over something else than
    /// what it voted on. `own` are the task's artefacts that are no entries.
    function slashEvidence(
        Vote calldata v,
        bytes calldata sig,
        Task calldata t,
        Assignment calldata a,
        Sealed[] calldata own,
        Evidence calldata e
    ) external payable {
        checkBond();
        try this.judgeEvidence(v, sig, t, a, own, e) returns (address key, bytes32 offence) {
            punish(key, offence);
        } catch (bytes memory why) {
            forfeit(why);
        }
    }

    /// @notice Demands an answer of a node that a dispatcher assigned to a task that
    /// is not over: until its deadline and `settleWindow` blocks more of a worker,
    /// within `settleWindow` blocks of a verifier. Once for an assignment and node.
    function demand(Task calldata t, Assignment calldata a, bytes calldata sig, address key) external payable {
        checkBond();
        bytes32 net = network();
        bytes32 assignment = a.hash();
        if (Messages.sign712(net, t.hash()) != a.task) revert NotVotedOn("task");
        Messages.check(net, t.dispatcher, assignment, sig);
        uint16 role = assigned(a, key);
        if (
            book[t.dispatcher].roles & DISPATCHER == 0 || position[key] == 0
                || epochs.posted(a.epoch, key) & role == 0
        ) revert NotAssigned(key);
        if (block.number > t.deadline || t.deadline > uint256(start) + uint256(a.epoch) * epochLength + withdrawDelay) {
            revert DeadlineWrong(t.deadline);
        }
        Demand storage d = demands[demandId(assignment, key)];
        if (d.due != 0) revert DemandedBefore();
        d.by = msg.sender;
        d.due = (role == WORKER ? t.deadline : uint64(block.number)) + settleWindow;
        d.epoch = uint32(a.epoch);
        open[key]++;
        emit Demanded(key, assignment, d.due);
    }

    /// @notice Answers a demand with the vote that was demanded; anybody may bring it.
    function answerVote(Vote calldata v, bytes calldata sig) external {
        bytes32 hash = v.hash();
        address key = Messages.signer(network(), hash, sig);
        answered(v.assignment, key);
        emit Answered(key, v.assignment, hash, 0);
    }

    /// @notice Answers a demand with what the node leaves, or with why it cannot,
    /// which is never punished.
    function answer(Answer calldata a, bytes calldata sig) external {
        if ((a.leaf == 0) == (a.code == 0)) revert AnswerField();
        Messages.check(network(), a.node, a.hash(), sig);
        answered(a.assignment, a.node);
        emit Answered(a.node, a.assignment, a.leaf, a.code);
    }

    /// @notice Punishes a node whose answer did not come in time, and gives the bond
    /// back; anybody may.
    function slashWithheld(bytes32 assignment, address key) external {
        Demand storage d = demands[demandId(assignment, key)];
        if (d.by == address(0)) revert NotDemanded();
        if (block.number <= d.due) revert AnswerOpen(d.due);
        claimable[d.by] += bond;
        d.by = address(0);
        open[key]--;
        bytes32 offence = keccak256(abi.encode("withheld", key, d.epoch));
        uint64 taken;
        if (!punished[offence]) {
            punished[offence] = true;
            Node storage n = book[key];
            taken = uint64(uint256(n.stake) * slashPart / 1000);
            n.stake -= taken;
            burnt += taken;
        }
        emit Withheld(key, assignment, taken);
    }

    /// @notice Who contradicts himself, and in what; reverts if nobody does.
    function judgeVotes(Vote calldata a, bytes calldata sigA, Vote calldata b, bytes calldata sigB)
        external
        view
        returns (address key, bytes32 offence)
    {
        bytes32 one = a.hash();
        bytes32 two = b.hash();
        if (
            one == two || a.epoch != b.epoch || a.task != b.task || a.assignment != b.assignment
                || a.attempt != b.attempt || a.place != b.place
        ) revert NoContradiction();
        key = oneSigner(one, sigA, two, sigB);
        offence = fresh(keccak256(abi.encode("vote", key, a.task, a.attempt, a.place)));
    }

    /// @notice Which dispatcher used which sequence number twice.
    function judgeAcceptances(Acceptance calldata a, bytes calldata sigA, Acceptance calldata b, bytes calldata sigB)
        external
        view
        returns (address key, bytes32 offence)
    {
        if (a.user != b.user || a.sequence != b.sequence || a.task == b.task) revert NoContradiction();
        key = oneSigner(a.hash(), sigA, b.hash(), sigB);
        offence = fresh(keccak256(abi.encode("acceptance", key, a.user, a.sequence)));
    }

    /// @notice Which dispatcher reserved more than the user's deposit with it was
    /// under the header of the acceptance's epoch.
    function judgeReserved(
        Acceptance calldata a,
        bytes calldata sig,
        EpochHeader calldata h,
        Deposit calldata d,
        bytes32[] calldata path
    ) external view returns (address key, bytes32 offence) {
        bytes32 one = a.hash();
        key = oneSigner(one, sig, one, sig);
        if (a.epoch != h.number || epochs.header(h.number).digest != h.hash() || d.user != a.user) {
            revert Covered(a.reserved, d.amount);
        }
        Messages.checkPath(d.leaf(), path, h.deposits);
        if (d.dispatcher == key && a.reserved <= d.amount) revert Covered(a.reserved, d.amount);
        offence = fresh(keccak256(abi.encode("reserved", key, a.user, a.sequence)));
    }

    /// @notice Which verifier accepted evidence that is over something else. Only
    /// what a vote commits to is looked at: that the platform signed the report,
    /// what it measured and how fresh it was is not judged here.
    function judgeEvidence(
        Vote calldata v,
        bytes calldata sig,
        Task calldata t,
        Assignment calldata a,
        Sealed[] calldata own,
        Evidence calldata e
    ) external view returns (address key, bytes32 offence) {
        if (!v.accept) revert NotAccepted();
        bytes32 net = network();
        if (Messages.sign712(net, t.hash()) != v.task) revert NotVotedOn("task");
        if (a.hash() != v.assignment) revert NotVotedOn("assignment");
        if (e.digest() != v.evidence) revert NotVotedOn("evidence");
        bytes32 one = v.hash();
        key = oneSigner(one, sig, one, sig);
        (bytes32 first, bytes32 second) = Messages.transcript(net, v, a, manifestOf(t, own));
        (bytes32 has, bytes32 more) = reportData(e);
        if (has == first && more == second) revert EvidenceBound();
        offence = fresh(keccak256(abi.encode("evidence", key, v.task, v.attempt, v.place)));
    }

    /// @notice Takes a part of the stake of a dispatcher whose batch was shown to
    /// be false. A dispatcher that is gone has nothing to take.
    function slash(address key, address reporter) external {
        if (msg.sender != escrow) revert NotEscrow();
        if (position[key] != 0) take(key, reporter);
    }

    /// @notice The operator, roles and leaving block of a key; zeros if it is not
    /// registered.
    function standing(address key) external view returns (address operator, uint16 roles, uint64 leaving) {
        Node storage n = book[key];
        return (n.operator, n.roles, n.leaving);
    }

    /// @notice One node.
    function node(address key) external view returns (Node memory) {
        if (position[key] == 0) revert NotRegistered(key);
        return book[key];
    }

    /// @notice Up to `n` nodes from index `from`, in no particular order.
    function nodes(uint256 from, uint256 n) external view returns (Node[] memory page) {
        uint256 end = from >= keys.length ? from : keys.length - from > n ? from + n : keys.length;
        page = new Node[](end - from);
        for (uint256 i = from; i < end; i++) {
            page[i - from] = book[keys[i]];
        }
    }

    /// @notice How many nodes are registered.
    function count() external view returns (uint256) {
        return keys.length;
    }

    /// @notice Until when a node has to answer, or 0 if nothing is demanded of it.
    function dueOf(bytes32 assignment, address key) external view returns (uint64) {
        Demand storage d = demands[demandId(assignment, key)];
        return d.by == address(0) ? 0 : d.due;
    }

    function demandId(bytes32 assignment, address key) private pure returns (bytes32) {
        return keccak256(abi.encode(assignment, key));
    }

    /// @dev As what an assignment names the key; 0 if it does not.
    function assigned(Assignment calldata a, address key) private pure returns (uint16) {
        for (uint256 i = 0; i < a.places.length; i++) {
            if (a.places[i].worker == key) return WORKER;
        }
        for (uint256 i = 0; i < a.seats.length; i++) {
            if (a.seats[i] == key) return VERIFIER;
        }
        return 0;
    }

    /// @dev Ends a demand. The answer's gas is paid from the bond; the base fee is
    /// none that a node could raise for itself.
    function answered(bytes32 assignment, address key) private {
        Demand storage d = demands[demandId(assignment, key)];
        address by = d.by;
        if (by == address(0)) revert NotDemanded();
        if (block.number > d.due) revert AnswerLate(d.due);
        d.by = address(0);
        open[key]--;
        uint256 cost = (ANSWER_GAS * block.basefee + 1 gwei - 1) / 1 gwei;
        uint64 paid = cost < bond ? uint64(cost) : bond;
        claimable[by] += bond - paid;
        if (paid != 0) claimable[msg.sender] += paid;
    }

    function network() private view returns (bytes32) {
        return Messages.domain(address(epochs), genesis);
    }

    function mine(address key) private view returns (Node storage n) {
        n = book[key];
        if (position[key] == 0) revert NotRegistered(key);
        if (n.operator != msg.sender) revert NotOperator(n.operator);
    }

    function oneSigner(bytes32 one, bytes calldata sigA, bytes32 two, bytes calldata sigB)
        private
        view
        returns (address)
    {
        bytes32 net = network();
        address a = Messages.signer(net, one, sigA);
        address b = Messages.signer(net, two, sigB);
        if (a != b || position[a] == 0) revert NotOneSigner(a, b);
        return a;
    }

    function manifestOf(Task calldata t, Sealed[] calldata own) private view returns (bytes32) {
        Sealed[] memory list = catalogue.artefactsOf(t, own);
        bytes32[] memory hashes = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; i++) {
            hashes[i] = list[i].hash();
        }
        return keccak256(abi.encodePacked(hashes));
    }

    /// @dev The 64 bytes that a platform's report is over. Each platform has one
    /// place for them: where the form is ours first, AMD's ABI table 23, and the report bodies behind
    /// the 48 bytes of a quote's header. A report too short to hold them is over
    /// nothing.
    function reportData(Evidence calldata e) private pure returns (bytes32 first, bytes32 second) {
        bytes32 scheme = keccak256(bytes(e.scheme));
        uint256 begin;
        if (scheme == keccak256("snp")) begin = 0x50;
        else if (scheme == keccak256("tdx")) begin = 48 + 520;
        else if (scheme == keccak256("sgx")) begin = 48 + 320;
        else if (scheme != keccak256("sim") && scheme != keccak256("tpm") && scheme != keccak256("nitro")) revert SchemeUnknown(e.scheme);
        if (e.report.length >= begin + 64) return (bytes32(e.report[begin:begin + 32]), bytes32(e.report[begin + 32:begin + 64]));
    }

    function fresh(bytes32 offence) private view returns (bytes32) {
        if (punished[offence]) revert AlreadySlashed();
        return offence;
    }

    function checkBond() private view {
        if (received() != bond) revert BondWrong(bond);
    }

    function punish(address key, bytes32 offence) private {
        punished[offence] = true;
        claimable[msg.sender] += bond;
        take(key, msg.sender);
    }

    /// @dev Who was merely slower keeps his bond, and so does whoever sent too
    /// little gas for judging.
    function forfeit(bytes memory why) private {
        if (why.length < 4 || bytes4(why) == AlreadySlashed.selector) {
            assembly ("memory-safe") {
                revert(add(why, 0x20), mload(why))
            }
        }
        burnt += bond;
        emit BondLost(msg.sender, bond, bytes4(why));
    }

    function take(address key, address reporter) private {
        Node storage n = book[key];
        uint64 taken = uint64(uint256(n.stake) * slashPart / 1000);
        uint64 reward = taken / 10;
        n.stake -= taken;
        burnt += taken - reward;
        claimable[reporter] += reward;
        emit Slashed(key, reporter, taken, reward);
    }
}
