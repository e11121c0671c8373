// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {Batch, Debit, Deposit, Member, Messages, Params, Payout, PoolRoot, Settlement, Task} from "./Messages.sol";
import {Epochs} from "./Epochs.sol";
import {Purse} from "./Purse.sol";
import {Registry} from "./Registry.sol";

/// @title Users' deposits and the batches that settle tasks from them
/// @notice A deposit is assigned to one dispatcher at a time, which alone can
/// have it debited. Leaving takes `withdrawDelay` blocks, and until the money is
/// taken a debit reaches it too, so asking for a withdrawal escapes no fee.
///
/// A dispatcher settles many tasks by one batch: debits of users, a Merkle root
/// over net payouts, and a Merkle root over one settlement per task. The batch
/// counts if more than two thirds of its committee's seats signed. The committee
/// is recomputed from the header's beacon and the pool of verifiers, from
/// nothing that the poster chooses: all members, one seat each, of a pool of at
/// most 64; else 64 seats drawn by stake. The header may be at most HEADER_AGE
/// numbers older than the last. The contract checks that debits add up to the
/// total and that payouts never exceed it; that the leaves explain the debits is
/// what the committee signs.
///
/// For `challengeWindow` blocks after posting, anybody may void a batch by
/// showing one false settlement in it: a task settled twice, too late, for more
/// than its user allowed, of another user or dispatcher, or resting on a signature
/// that is none. All its debits go back and the dispatcher is slashed. The number
/// may then be posted again. Afterwards payees claim by inclusion proof and pull.
/// A direct settlement never voids a batch; a batch that is final voids the
/// direct settlement of a task in it.
///
/// Coin in this contract = deposits + unclaimed parts of batches + direct
/// settlements not yet paid + claimable.
contract Escrow is Purse {
    using Messages for *;

    /// One signature of a batch's committee.
    struct Approval {
        Member member;
        bytes32[] path; // to the pool's root
        uint8[] seats; // that the member holds, ascending; empty in a pool of at most 64
        bytes sig;
    }

    struct Record {
        bytes32 leaves;
        bytes32 payouts;
        bytes32 debits;
        uint64 total;
        uint64 remaining; // not yet claimed
        uint64 posted; // block; 0 = no such batch
        uint64 order; // among all batches of this contract, from 1
        bool voided;
    }

    /// One settlement shown to be in a batch.
    struct Shown {
        address dispatcher;
        uint64 number;
        Settlement settlement;
        bytes32[] path;
    }

    /// The deposit belongs to another dispatcher while anything is in it.
    error OtherDispatcher(address dispatcher);
    /// The deposit does not cover the amount.
    error DepositShort(address user, uint64 has, uint64 wants);
    /// Nothing is being withdrawn, or not yet to be taken.
    error WithdrawLocked(uint64 until);
    /// The sender is not the contract for direct settlements.
    error NotDirect();
    /// The batch is not the dispatcher's next and not a voided one.
    error BatchNumber(uint64 number, uint64 next);
    /// The header is too old to draw a committee from.
    error BatchEpoch(uint64 epoch, uint64 last);
    /// The debits are not those of the batch or do not add up to its total.
    error BatchDebits();
    /// The account is not registered as a dispatcher.
    error NotDispatcher(address key);
    /// The pool is not the one in the header.
    error PoolUnknown();
    /// The member holds no such seat, or the list is not in strict order.
    error SeatInvalid(uint64 member, uint256 seat);
    /// Two thirds or fewer of the seats have signed.
    error NoQuorum(uint256 held, uint256 seats);
    /// There is no such batch, or it was voided.
    error BatchUnknown(address dispatcher, uint64 number);
    /// The challenge window is still open, or over.
    error Window(uint64 until);
    /// The settlement shown is as it should be.
    error NotFalse();
    /// This payee's part of the batch was claimed already.
    error AlreadyClaimed();
    /// The claim is more than what remains of the batch.
    error OverClaim(uint64 remaining, uint64 amount);

    event Deposited(address indexed user, address indexed dispatcher, uint64 amount);
    event Withdrawing(address indexed user, uint64 amount, uint64 unlock);
    event Withdrawn(address indexed user, uint64 amount);
    event BatchPosted(address indexed dispatcher, uint64 indexed number, bytes32 leaves, uint64 total);
    event BatchVoided(address indexed dispatcher, uint64 indexed number, address reporter);
    event Claimed(address indexed dispatcher, uint64 indexed number, address indexed payee, uint64 amount);

    /// How many numbers older than the last a batch's header may be.
    uint64 public constant HEADER_AGE = 4;
    /// Seats of a committee drawn from a large pool.
    uint256 public constant SEATS = 64;
    uint16 private constant DISPATCHER = 8;

    Epochs private immutable epochs;
    Registry private immutable registry;
    address private immutable direct;
    bytes32 private immutable genesis;
    uint64 private immutable withdrawDelay;
    uint64 private immutable challengeWindow;
    uint64 private immutable settleWindow;

    uint64 private orders;
    address[] private users;
    mapping(address user => Deposit) private book;
    mapping(address dispatcher => uint64) public lastBatch;
    mapping(address dispatcher => mapping(uint64 number => Record)) private batches;
    mapping(bytes32 orderAndPayee => bool) private claimed;

    constructor(Epochs epochs_) {
        Params memory p = epochs_.params();
        epochs = epochs_;
        registry = epochs_.registry();
        direct = epochs_.direct();
        genesis = epochs_.genesis();
        withdrawDelay = p.withdrawDelay;
        challengeWindow = p.challengeWindow;
        settleWindow = p.settleWindow;
    }

    // Deposits.

    /// @notice Adds the value sent to the sender's deposit at a dispatcher.
    function deposit(address dispatcher) external payable {
        Deposit storage d = book[msg.sender];
        uint64 amount = received();
        if (amount == 0 || dispatcher == address(0)) revert DepositShort(msg.sender, amount, 1);
        if (d.dispatcher != dispatcher) {
            if (d.amount != 0 || d.leaving != 0) revert OtherDispatcher(d.dispatcher);
            d.dispatcher = dispatcher;
        }
        if (d.user == address(0)) {
            d.user = msg.sender;
            users.push(msg.sender);
        }
        d.amount += amount;
        emit Deposited(msg.sender, dispatcher, amount);
    }

    /// @notice Begins the withdrawal of an amount; the delay begins anew for all
    /// that is being withdrawn.
    function requestWithdraw(uint64 amount) external {
        Deposit storage d = book[msg.sender];
        if (amount == 0 || amount > d.amount) revert DepositShort(msg.sender, d.amount, amount);
        d.amount -= amount;
        d.leaving += amount;
        d.unlock = uint64(block.number) + withdrawDelay;
        emit Withdrawing(msg.sender, d.leaving, d.unlock);
    }

    /// @notice Pays out what has waited long enough, with all else that is due to
    /// the sender.
    function withdraw() external {
        Deposit storage d = book[msg.sender];
        if (d.leaving == 0 || block.number < d.unlock) revert WithdrawLocked(d.unlock);
        claimable[msg.sender] += d.leaving;
        emit Withdrawn(msg.sender, d.leaving);
        d.leaving = 0;
        d.unlock = 0;
        payOut(msg.sender);
    }

    /// @notice Up to `n` deposits from index `from`, empty ones included, in
    /// order of their users' first deposit.
    function deposits(uint256 from, uint256 n) external view returns (Deposit[] memory page) {
        uint256 end = from >= users.length ? from : users.length - from > n ? from + n : users.length;
        page = new Deposit[](end - from);
        for (uint256 i = from; i < end; i++) {
            page[i - from] = book[users[i]];
        }
    }

    /// @notice How many users ever made a deposit.
    function count() external view returns (uint256) {
        return users.length;
    }

    /// @notice The deposit of one user; zeros if there never was one.
    function depositOf(address user) external view returns (Deposit memory) {
        return book[user];
    }

    // Batches.

    /// @notice Posts a batch that its committee approved. Members come in the
    /// order of the pool.
    function postBatch(
        Batch calldata b,
        Debit[] calldata debits,
        PoolRoot calldata pool,
        Approval[] calldata approvals
    ) external {
        uint64 next = lastBatch[b.dispatcher] + 1;
        Record storage r = batches[b.dispatcher][b.number];
        if (b.number == next) lastBatch[b.dispatcher] = next;
        else if (!r.voided) revert BatchNumber(b.number, next);
        (, uint16 roles,) = registry.standing(b.dispatcher);
        if (roles & DISPATCHER == 0) revert NotDispatcher(b.dispatcher);

        Epochs.Header memory h = epochs.header(b.epoch);
        if (b.epoch + HEADER_AGE < epochs.last()) revert BatchEpoch(b.epoch, epochs.last());
        if (pool.digest() != h.verifiers || pool.total == 0) revert PoolUnknown();
        checkCommittee(b, pool, approvals, h.beacon);

        if (debits.digest() != b.debits) revert BatchDebits();
        uint256 sum;
        for (uint256 i = 0; i < debits.length; i++) {
            debit(debits[i].user, b.dispatcher, debits[i].amount);
            sum += debits[i].amount;
        }
        if (sum != b.total) revert BatchDebits();
        batches[b.dispatcher][b.number] = Record({
            leaves: b.leaves,
            payouts: b.payouts,
            debits: b.debits,
            total: b.total,
            remaining: b.total,
            posted: uint64(block.number),
            order: ++orders,
            voided: false
        });
        emit BatchPosted(b.dispatcher, b.number, b.leaves, b.total);
    }

    /// @notice Credits a payee its part of a batch, once the window is over.
    /// Anybody may ask for it.
    function claim(address dispatcher, uint64 number, Payout calldata payout, bytes32[] calldata path) external {
        Record storage r = valid(dispatcher, number);
        if (block.number <= r.posted + challengeWindow) revert Window(r.posted + challengeWindow);
        Messages.checkPath(payout.leaf(), path, r.payouts);
        bytes32 key = keccak256(abi.encode(r.order, payout.payee));
        if (claimed[key]) revert AlreadyClaimed();
        if (payout.amount > r.remaining) revert OverClaim(r.remaining, payout.amount);
        claimed[key] = true;
        r.remaining -= payout.amount;
        claimable[payout.payee] += payout.amount;
        emit Claimed(dispatcher, number, payout.payee, payout.amount);
    }

    /// @notice Voids a batch because it settles a task that an earlier batch of
    /// its dispatcher settles, or settles it twice itself.
    function challengeDuplicate(Shown calldata later, Shown calldata earlier, Debit[] calldata debits) external {
        Record storage r = shown(later);
        Record storage first = shown(earlier);
        if (later.dispatcher != earlier.dispatcher || later.settlement.task != earlier.settlement.task) {
            revert NotFalse();
        }
        if (later.number == earlier.number) {
            if (samePlace(later, earlier)) revert NotFalse();
        } else if (first.order >= r.order) {
            revert NotFalse();
        }
        voidBatch(later, r, debits);
    }

    /// @notice Voids a batch because a settlement in it rests on a signature that
    /// is none: the user's of the task, or the enclave's of the leaf. The batch
    /// commits to both, and all who were asked to approve it have seen them.
    function challengeSignature(
        Shown calldata wrong,
        Debit[] calldata debits,
        bytes calldata task,
        address receipt,
        bytes calldata leaf
    ) external {
        Record storage r = shown(wrong);
        Settlement calldata s = wrong.settlement;
        if (Messages.signatures(task, receipt, leaf) != s.sigs) revert NotFalse();
        (address user,,) = ECDSA.tryRecover(s.task, task);
        address enclave = Messages.signer(Messages.domain(address(epochs), genesis), s.receipt, leaf);
        if (user != address(0) && user == s.user && enclave != address(0) && enclave == receipt) revert NotFalse();
        voidBatch(wrong, r, debits);
    }

    /// @notice Voids a batch because a settlement contradicts the task that it
    /// names: fee above the maximum, another user, deadline or dispatcher. The
    /// task's ID is the hash of its content, so showing the content proves it.
    function challengeLeaf(Shown calldata wrong, Debit[] calldata debits, Task calldata task) external {
        Record storage r = shown(wrong);
        Settlement calldata s = wrong.settlement;
        bytes32 id = Messages.sign712(Messages.domain(address(epochs), genesis), task.hash());
        if (
            s.task != id
                || (s.fee <= task.maxFee && s.user == task.user && s.deadline == task.deadline
                    && wrong.dispatcher == task.dispatcher)
        ) revert NotFalse();
        voidBatch(wrong, r, debits);
    }

    /// @notice Voids a batch because it was posted too late for a settlement.
    function challengeLate(Shown calldata late, Debit[] calldata debits) external {
        Record storage r = shown(late);
        if (uint256(late.settlement.deadline) + settleWindow >= r.posted) revert NotFalse();
        voidBatch(late, r, debits);
    }

    /// @notice The record of a batch, zeros if there is none.
    function batch(address dispatcher, uint64 number) external view returns (Record memory) {
        return batches[dispatcher][number];
    }

    /// @notice The block after which the batch that contains this settlement can
    /// no longer be voided, or a revert.
    function finalAfter(Shown calldata s) external view returns (uint64) {
        return shown(s).posted + challengeWindow;
    }

    // For direct settlements.

    /// @notice Takes an amount out of a deposit for a direct settlement.
    function hold(address user, address dispatcher, uint64 amount) external {
        if (msg.sender != direct) revert NotDirect();
        debit(user, dispatcher, amount);
    }

    /// @notice Returns what was held.
    function unhold(address user, uint64 amount) external {
        if (msg.sender != direct) revert NotDirect();
        book[user].amount += amount;
    }

    /// @notice Credits what was held to its payees.
    function pay(Payout[] calldata list) external {
        if (msg.sender != direct) revert NotDirect();
        for (uint256 i = 0; i < list.length; i++) {
            claimable[list[i].payee] += list[i].amount;
        }
    }

    // Parts.

    /// @dev What is not being withdrawn goes first.
    function debit(address user, address dispatcher, uint64 amount) private {
        Deposit storage d = book[user];
        if (d.dispatcher != dispatcher) revert OtherDispatcher(d.dispatcher);
        if (amount <= d.amount) {
            d.amount -= amount;
            return;
        }
        uint64 rest = amount - d.amount;
        if (rest > d.leaving) revert DepositShort(user, d.amount + d.leaving, amount);
        d.amount = 0;
        d.leaving -= rest;
        if (d.leaving == 0) d.unlock = 0;
    }

    function checkCommittee(
        Batch calldata b,
        PoolRoot calldata pool,
        Approval[] calldata approvals,
        bytes32 beacon
    ) private view {
        bytes32 network = Messages.domain(address(epochs), genesis);
        bytes32 structHash = b.hash();
        bool all = pool.count <= SEATS;
        uint256 seats = all ? pool.count : SEATS;
        uint256 held;
        uint256 taken; // a bit per drawn seat
        for (uint256 i = 0; i < approvals.length; i++) {
            Member calldata m = approvals[i].member;
            if (i > 0 && m.index <= approvals[i - 1].member.index) revert SeatInvalid(m.index, 0);
            Messages.checkPath(m.leaf(), approvals[i].path, pool.root);
            Messages.check(network, m.key, structHash, approvals[i].sig);
            if (all) {
                held++;
                continue;
            }
            uint8[] calldata mine = approvals[i].seats;
            for (uint256 j = 0; j < mine.length; j++) {
                uint256 seat = mine[j];
                uint256 point = uint256(
                    keccak256(abi.encode(keccak256("tacit/settle"), beacon, b.dispatcher, b.number, seat))
                ) % pool.total;
                if (seat >= SEATS || taken & (1 << seat) != 0 || point < m.start || point >= uint256(m.start) + m.stake)
                {
                    revert SeatInvalid(m.index, seat);
                }
                taken |= 1 << seat;
                held++;
            }
        }
        if (3 * held <= 2 * seats) revert NoQuorum(held, seats);
    }

    function valid(address dispatcher, uint64 number) private view returns (Record storage r) {
        r = batches[dispatcher][number];
        if (r.posted == 0 || r.voided) revert BatchUnknown(dispatcher, number);
    }

    function shown(Shown calldata s) private view returns (Record storage r) {
        r = valid(s.dispatcher, s.number);
        Messages.checkPath(s.settlement.leaf(), s.path, r.leaves);
    }

    /// @dev In a tree with sorted pairs a leaf's place is its path, except that
    /// two equal leaves side by side share one path, in which the leaf itself
    /// comes first.
    function samePlace(Shown calldata a, Shown calldata b) private pure returns (bool) {
        bytes32 one = a.settlement.leaf();
        if (one != b.settlement.leaf()) return false;
        if (keccak256(abi.encodePacked(a.path)) != keccak256(abi.encodePacked(b.path))) return false;
        return a.path.length == 0 || a.path[0] != one;
    }

    function voidBatch(Shown calldata s, Record storage r, Debit[] calldata debits) private {
        if (block.number > r.posted + challengeWindow) revert Window(r.posted + challengeWindow);
        if (debits.digest() != r.debits) revert BatchDebits();
        r.voided = true;
        r.remaining = 0;
        for (uint256 i = 0; i < debits.length; i++) {
            book[debits[i].user].amount += debits[i].amount;
        }
        emit BatchVoided(s.dispatcher, s.number, msg.sender);
        registry.slash(s.dispatcher, msg.sender);
    }
}
