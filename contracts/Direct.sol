// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Acceptance,
    Assignment,
    Input,
    Leaf,
    Member,
    Messages,
    Params,
    Payout,
    PoolRoot,
    Released,
    Sealed,
    Task,
    Vote
} from "./Messages.sol";
import {Catalogue} from "./Catalogue.sol";
import {Epochs} from "./Epochs.sol";
import {Escrow} from "./Escrow.sol";
import {Registry} from "./Registry.sol";

/// @title Settlement of one task without its dispatcher's help
/// @notice A dispatcher that leaves a finished task out of its batches gains
/// nothing: whoever holds the papers may settle the task here until
/// `settleWindow` blocks after its deadline. The papers are the user's task, the
/// dispatcher's acceptance and assignment, one accepting vote signed by holders of
/// more than two thirds of the seats and from at least `operators` operators, and
/// the leaf signed by the enclave's receipt key that the vote names. The worker
/// and every holder of a seat are shown to be in the pools of the epoch's header,
/// and no operator may hold a third of the seats.
/// That the draw itself was right was checked by the key managers before a key
/// left, and is not repeated here: the manager of every artefact of the task has
/// to say that it released its keys to this assignment. A committee that a
/// dispatcher made up finds no such word, and neither does a task that never ran.
///
/// The fee follows from the leaf's exit class. If the run succeeded, the owners
/// of the service and of the datasets are paid their prices, the worker the
/// price of its bucket, each seat the seat fee and the dispatcher its fee.
/// If the guest failed, the service earns nothing; if the worker failed, only
/// seats and dispatcher are paid. Never is more taken than was accepted, nor more
/// than the deposit holds.
///
/// A batch that holds the task comes first, whichever was posted first: once it
/// can no longer be voided, it voids the direct settlement, and what was held goes
/// back to the user. A direct settlement therefore pays only when the last batch
/// that may hold the task is past its challenge window, and one more window. One
/// settlement per task: a second one is refused as AlreadySettled.
contract Direct {
    using Messages for *;

    struct Proven {
        Member member;
        bytes32[] path; // to its pool's root
    }

    struct Proof {
        Task task;
        bytes userSig;
        Acceptance acceptance;
        bytes acceptanceSig;
        Assignment assignment;
        bytes assignmentSig;
        Vote vote; // the same for all, since all judge the same evidence
        Proven[] holders; // of all seats, in the order of the pool
        bytes[] voteSigs; // aligned with the holders; empty = did not vote
        Proven worker;
        PoolRoot workers;
        PoolRoot verifiers;
        Leaf leaf;
        bytes leafSig;
        bytes32 seal; // SHA-256 of the enclave's sealing key
        address receipt; // the enclave's receipt key
        Sealed[] own; // the task's artefacts that are no entries, in its order
        bytes[] releases; // each artefact's manager's signature of Released; once per manager, then empty
    }

    struct Settled {
        uint64 posted; // block; 0 = not settled here
        uint64 pays; // first block in which it pays
        uint64 total;
        bool paid;
        address user;
    }

    /// @dev Payees and amounts while they are worked out; one element per payee.
    struct Bill {
        Payout[] list;
        uint256 length;
        uint256 total;
    }

    /// The task was settled here already.
    error AlreadySettled(bytes32 task);
    /// The task was not settled here.
    error NotSettled(bytes32 task);
    /// A part names another task, assignment, attempt, place, epoch or account.
    error PartMismatch(string part);
    /// The vote rejects, or is about something else than the assignment and keys.
    error VoteField();
    /// The vote was not signed by this holder on this network.
    error VoteSignature(address holder, address got);
    /// The deadline is further away than a deposit is bound.
    error DeadlineFar(uint64 most);
    /// Too few seats or operators, or one operator holds a third.
    error CertificateShort(uint256 seats, uint256 operators);
    /// The exit class or bucket is not one.
    error LeafField();
    /// The time to settle the task is over.
    error Late(uint64 until);
    /// The fee is above what was accepted or allowed.
    error FeeAbove(uint256 fee, uint64 most);
    /// A challenge window is still open.
    error Window(uint64 until);

    event DirectSettled(bytes32 indexed task, address indexed user, address indexed dispatcher, uint64 total);
    event DirectVoided(bytes32 indexed task);
    event DirectPaid(bytes32 indexed task);

    bytes32 private constant ENCLAVE = keccak256("tacit/proof/enclave");

    Epochs private immutable epochs;
    Registry private immutable registry;
    Catalogue private immutable catalogue;
    Escrow private immutable escrow;
    bytes32 private immutable genesis;
    uint64 private immutable settleWindow;
    uint64 private immutable challengeWindow;
    uint64 private immutable withdrawDelay;
    uint64 private immutable seats;
    uint64 private immutable operators;
    uint64 private immutable seatFee;
    uint64 private immutable dispatchFee;
    uint64[8] private workerPrice;

    mapping(bytes32 task => Settled) private records;
    mapping(bytes32 task => Payout[]) private dues;

    constructor(Epochs epochs_) {
        Params memory p = epochs_.params();
        epochs = epochs_;
        registry = epochs_.registry();
        catalogue = Catalogue(epochs_.catalogue());
        escrow = Escrow(epochs_.escrow());
        genesis = epochs_.genesis();
        settleWindow = p.settleWindow;
        challengeWindow = p.challengeWindow;
        withdrawDelay = p.withdrawDelay;
        seats = p.seats;
        operators = p.operators;
        seatFee = p.seatFee;
        dispatchFee = p.dispatchFee;
        workerPrice = p.workerPrice;
    }

    /// @notice Settles the task that the proof is about. Anybody may post it.
    function settleDirect(Proof calldata p) external {
        bytes32 network = Messages.domain(address(epochs), genesis);
        bytes32 id = Messages.sign712(network, p.task.hash());
        if (records[id].posted != 0) revert AlreadySettled(id);
        if (block.number > uint256(p.task.deadline) + settleWindow) revert Late(p.task.deadline + settleWindow);
        // Beyond that no role accepts a task, and the hold would never end.
        if (p.task.deadline > block.number + withdrawDelay) revert DeadlineFar(uint64(block.number) + withdrawDelay);

        bytes32 assignment = checkPapers(p, network, id);
        checkReleases(p, network, id, assignment);
        Bill memory bill;
        bill.list = new Payout[](3 + p.task.inputs.length + p.holders.length);
        checkCertificate(p, network, assignment, bill);
        if (p.leaf.exit == 1) addOwners(p.task, bill, true);
        else if (p.leaf.exit == 2) addOwners(p.task, bill, false);
        if (p.leaf.exit != 3) add(bill, p.worker.member.operator, workerPrice[p.leaf.bucket]);
        add(bill, payeeOf(p.task.dispatcher), dispatchFee);

        if (p.acceptance.fee > p.task.maxFee) revert FeeAbove(p.acceptance.fee, p.task.maxFee);
        if (bill.total > p.acceptance.fee) revert FeeAbove(bill.total, p.acceptance.fee);
        uint64 total = uint64(bill.total);
        uint64 pays = p.task.deadline + settleWindow + 2 * challengeWindow + 1;
        records[id] = Settled(uint64(block.number), pays, total, false, p.task.user);
        for (uint256 i = 0; i < bill.length; i++) {
            dues[id].push(bill.list[i]);
        }
        emit DirectSettled(id, p.task.user, p.task.dispatcher, total);
        escrow.hold(p.task.user, p.task.dispatcher, total);
    }

    /// @notice Credits the payees of a direct settlement, once the window is over.
    function claimDirect(bytes32 task) external {
        Settled storage s = records[task];
        if (s.posted == 0) revert NotSettled(task);
        if (s.paid) revert AlreadySettled(task);
        if (block.number < s.pays) revert Window(s.pays - 1);
        s.paid = true;
        Payout[] memory list = dues[task];
        delete dues[task];
        emit DirectPaid(task);
        escrow.pay(list);
    }

    /// @notice Voids a direct settlement of a task that a batch settles, once that
    /// batch is final. Nobody is slashed: who posted it need not have known.
    function challengeDuplicate(Escrow.Shown calldata batch) external {
        bytes32 task = batch.settlement.task;
        Settled memory s = records[task];
        if (s.posted == 0) revert NotSettled(task);
        if (s.paid) revert AlreadySettled(task);
        uint64 open = escrow.finalAfter(batch);
        if (block.number <= open) revert Window(open);
        delete records[task];
        delete dues[task];
        emit DirectVoided(task);
        escrow.unhold(s.user, s.total);
    }

    /// @notice When a task was settled here; zeros if it was not.
    function settled(bytes32 task) external view returns (uint64 posted, uint64 pays) {
        return (records[task].posted, records[task].pays);
    }

    /// @notice Who will be paid what for a direct settlement; empty once paid.
    function payouts(bytes32 task) external view returns (Payout[] memory) {
        return dues[task];
    }

    /// @dev Who signed what about which task, except the vote.
    function checkPapers(Proof calldata p, bytes32 network, bytes32 id) private view returns (bytes32 assignment) {
        Messages.check(network, p.task.user, p.task.hash(), p.userSig);
        if (p.acceptance.task != id || p.acceptance.user != p.task.user) revert PartMismatch("acceptance");
        Messages.check(network, p.task.dispatcher, p.acceptance.hash(), p.acceptanceSig);
        if (p.assignment.task != id || p.assignment.epoch != p.acceptance.epoch) revert PartMismatch("assignment");
        assignment = p.assignment.hash();
        Messages.check(network, p.task.dispatcher, assignment, p.assignmentSig);

        Leaf calldata l = p.leaf;
        if (
            l.kind != ENCLAVE || p.task.kind != ENCLAVE || l.task != id || l.assignment != assignment
                || l.attempt != p.assignment.attempt
        ) revert PartMismatch("leaf");
        if (l.exit == 0 || l.exit > 3 || l.bucket > 7) revert LeafField();
        Messages.check(network, p.receipt, l.hash(), p.leafSig);

        Epochs.Header memory h = epochs.header(p.assignment.epoch);
        if (p.workers.digest() != h.workers || p.verifiers.digest() != h.verifiers) revert PartMismatch("pool");
        Messages.checkPath(p.worker.member.leaf(), p.worker.path, p.workers.root);
        for (uint256 i = 0; i < p.assignment.places.length; i++) {
            if (p.assignment.places[i].index == l.place) {
                if (p.assignment.places[i].worker != p.worker.member.key) revert PartMismatch("worker");
                return assignment;
            }
        }
        revert PartMismatch("place");
    }

    /// @dev The word of each artefact's manager, once per manager.
    function checkReleases(Proof calldata p, bytes32 network, bytes32 id, bytes32 assignment) private view {
        bytes32 word = Released(id, assignment).hash();
        Sealed[] memory list = catalogue.artefactsOf(p.task, p.own);
        if (p.releases.length != list.length) revert PartMismatch("releases");
        for (uint256 i = 0; i < list.length; i++) {
            uint256 j;
            while (list[j].manager != list[i].manager) j++;
            if (j == i) Messages.check(network, list[i].manager, word, p.releases[i]);
        }
    }

    /// @dev More than two thirds of the seats, from enough operators; bills all
    /// seats on the way, also the silent ones, as the dispatcher does.
    function checkCertificate(Proof calldata p, bytes32 network, bytes32 assignment, Bill memory bill) private view {
        uint256 n = p.assignment.seats.length;
        if (n != seats || p.voteSigs.length != p.holders.length) revert PartMismatch("seats");
        Vote calldata v = p.vote;
        if (
            !v.accept || v.epoch != p.assignment.epoch || v.task != p.leaf.task || v.assignment != assignment
                || v.attempt != p.leaf.attempt || v.place != p.leaf.place || v.keys != Messages.keys(p.seal, p.receipt)
        ) revert VoteField();
        bytes32 vote = v.hash();
        address[] memory voters = new address[](p.holders.length); // their operators, each once
        uint256 distinct;
        uint256 shown;
        uint256 held;
        for (uint256 i = 0; i < p.holders.length; i++) {
            Member calldata m = p.holders[i].member;
            if (i > 0 && m.index <= p.holders[i - 1].member.index) revert PartMismatch("holders");
            Messages.checkPath(m.leaf(), p.holders[i].path, p.verifiers.root);
            uint256 own = count(p.assignment.seats, m.key);
            if (own == 0) revert PartMismatch("holders");
            shown += own;
            addTo(bill, m.operator, own);
            if (p.voteSigs[i].length == 0) continue;
            address got = Messages.signer(network, vote, p.voteSigs[i]);
            if (got != m.key) revert VoteSignature(m.key, got);
            held += own;
            uint256 j;
            while (j < distinct && voters[j] != m.operator) j++;
            if (j == distinct) voters[distinct++] = m.operator;
        }
        if (shown != n) revert PartMismatch("holders");
        if (3 * held <= 2 * n || distinct < operators) revert CertificateShort(held, distinct);
        // So far the bill has one element per operator, holding its seats.
        for (uint256 i = 0; i < bill.length; i++) {
            uint256 own = bill.list[i].amount;
            if (3 * own >= n) revert CertificateShort(held, distinct);
            uint256 fee = own * seatFee;
            if (fee > type(uint64).max) revert FeeAbove(fee, p.acceptance.fee);
            bill.list[i].amount = uint64(fee);
            bill.total += fee;
        }
    }

    function addOwners(Task calldata t, Bill memory bill, bool service) private view {
        (uint8 kind, address owner, uint64 price) = catalogue.quote(t.service, t.generation);
        if (kind != 1) revert PartMismatch("service");
        if (service) add(bill, owner, price);
        for (uint256 i = 0; i < t.inputs.length; i++) {
            Input calldata in_ = t.inputs[i];
            if (in_.kind != 1) continue;
            (kind, owner, price) = catalogue.quote(in_.ref, in_.index);
            if (kind != 2) revert PartMismatch("input");
            add(bill, owner, price);
        }
    }

    function payeeOf(address dispatcher) private view returns (address operator) {
        (operator,,) = registry.standing(dispatcher);
        return operator == address(0) ? dispatcher : operator;
    }

    /// @dev The total is checked against the fee before any amount is used, and
    /// no element exceeds the total, so an overflow of an element reverts by the
    /// compiler's check and never pays.
    function add(Bill memory bill, address payee, uint64 amount) private pure {
        addTo(bill, payee, amount);
        bill.total += amount;
    }

    function addTo(Bill memory bill, address payee, uint256 amount) private pure {
        if (amount == 0) return;
        for (uint256 i = 0; i < bill.length; i++) {
            if (bill.list[i].payee == payee) {
                bill.list[i].amount += uint64(amount);
                return;
            }
        }
        bill.list[bill.length++] = Payout(payee, uint64(amount));
    }

    function count(address[] calldata list, address key) private pure returns (uint256 n) {
        for (uint256 i = 0; i < list.length; i++) {
            if (list[i] == key) n++;
        }
    }
}
