// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

// The structs below are Tacit's signed messages and Merkle leaves, field by
// field as the Go package `tacit` writes them. Money is gwei. Block counts are
// blocks of this chain.

struct Params {
    uint64 epochLength; // blocks
    uint64 finality; // blocks a state must be buried under; 0 = the finalized tag
    uint64 ticketClose; // offset in the epoch of the first block that takes no ticket
    uint64 deadline; // least blocks from acceptance to a task's deadline
    uint64 settleWindow; // blocks after the deadline in which a task may be settled
    uint64 challengeWindow; // blocks before a batch pays
    uint64 withdrawDelay; // blocks before a deposit leaves
    uint64 unbondDelay; // blocks before a stake leaves
    uint8 seats; // of a committee
    uint8 operators; // least distinct operators of a certificate
    uint64 minStake;
    uint64 slashPart; // thousandths of a stake that a proven contradiction burns
    uint64 seatFee;
    uint64 dispatchFee;
    uint64[8] workerPrice; // by price bucket
}

struct Input {
    uint8 kind; // 1 entry, 2 own, 3 output of a task
    string name;
    bytes32 ref;
    uint64 index; // of an entry: its generation
}

struct Recipient {
    uint8 kind;
    bytes32 ref;
    bytes key;
}

struct Requirements {
    uint8 level;
    uint64 fuel;
    uint64 memoryBytes;
    uint64 output;
    uint32 runSeconds;
    string purpose;
    string region;
}

struct Task {
    address user;
    uint64 nonce;
    bytes32 kind;
    bytes32 service;
    uint64 generation;
    Input[] inputs;
    bytes32 params;
    Recipient[] recipients;
    Requirements requirements;
    address dispatcher;
    uint64 maxFee;
    uint64 deadline;
}

struct Acceptance {
    bytes32 task;
    address user;
    uint64 sequence;
    uint64 fee;
    uint64 reserved;
    uint64 epoch;
}

struct Place {
    uint8 index;
    address worker;
}

struct Assignment {
    bytes32 task;
    uint64 epoch;
    uint8 attempt;
    bytes32 seed;
    Place[] places;
    address[] seats; // one element per seat; a holder of two appears twice
    bytes32 challenges;
}

struct Vote {
    uint64 epoch;
    bytes32 task;
    bytes32 assignment; // struct hash
    uint8 attempt;
    uint8 place;
    bytes32 evidence;
    bytes32 keys;
    bytes32 policy;
    uint64 generation;
    bool accept;
    bytes32 code;
}

struct Leaf {
    bytes32 kind;
    bytes32 task;
    bytes32 assignment; // struct hash
    uint8 attempt;
    uint8 place;
    bytes32 commitment;
    bytes32 output;
    uint8 exit; // 1 ok, 2 the guest failed, 3 the worker failed
    uint8 bucket; // of the worker's price, 0 to 7
}

struct EpochHeader {
    uint64 number;
    uint64 blockNumber; // finalised
    bytes32 blockHash;
    uint64 time;
    bytes32 beacon;
    bytes32 nodes;
    bytes32 workers; // digest of a PoolRoot
    bytes32 verifiers; // digest of a PoolRoot
    bytes32 catalogue;
    bytes32 deposits;
    bytes32 policy;
    uint64 generation;
    bytes32 signers; // digest of the set that signs the next header
    bytes32 previous;
}

struct Member {
    uint64 index;
    address key;
    address operator;
    uint64 stake;
    uint64 start; // sum of the stakes of the members before it
    uint8 level;
    bytes32 vrf;
    string region;
}

struct PoolRoot {
    bytes32 root;
    uint64 count;
    uint64 total; // stake
}

struct Debit {
    address user;
    uint64 amount;
}

struct Payout {
    address payee;
    uint64 amount;
}

struct Settlement {
    bytes32 task;
    address user;
    uint64 fee;
    uint64 deadline;
    bytes32 receipt; // struct hash of the Leaf
    bytes32 sigs; // Messages.signatures of the task's and the leaf's
}

struct Batch {
    address dispatcher;
    uint64 number; // consecutive from 1
    uint64 epoch;
    bytes32 leaves; // root over settlements
    bytes32 payouts; // root over payouts
    bytes32 debits; // digest of the debits
    uint64 total;
}

struct Registration {
    address operator;
    address key;
    bytes32 vrf;
}

struct Anchor {
    address key;
    uint64 revision; // of the group's store
    bytes32 digest; // of its history up to there
    uint32 recoveries; // that the node had when it was signed
}

struct PolicyOrder {
    uint64 generation;
    bytes32 digest; // SHA-256 of the set of policies
}

struct Sealed {
    bytes32 header; // SHA-256 of the age header
    bytes32 root; // chunk root of the ciphertext
    bytes32 plain; // SHA-256 of the plaintext of code, else zero
    bytes32 identity; // that it is sealed to
    address manager; // who keeps that identity
    uint64 size; // ciphertext bytes
}

struct Released {
    bytes32 task;
    bytes32 assignment; // struct hash
}

struct Answer {
    bytes32 assignment; // struct hash
    address node; // that answers
    bytes32 leaf; // struct hash of the Leaf that it leaves, or 0
    bytes32 code; // Keccak-256 of why it cannot, or 0
}

struct Evidence {
    string scheme;
    bytes report;
    bytes32 collateral; // digest of the list
}

struct Deposit {
    address user;
    address dispatcher;
    uint64 amount; // not counting what is being withdrawn
    uint64 leaving; // being withdrawn
    uint64 unlock; // block at which that may be taken, or 0
}

/// @title How Tacit's messages are hashed and who signed them
/// @notice Every message that a contract checks is EIP-712 typed data in one
/// domain: name "Tacit", version "1", this chain, the Epochs contract, and the
/// digest of the genesis file as salt. The domain separator is the network's
/// ID, so a signature made for another chain, another deployment or another
/// genesis recovers to a stranger here.
///
/// What is only ever shown under a Merkle root is a leaf: Keccak-256 twice over
/// the fields as ABI words (dynamic fields as their hash), in trees with sorted
/// pairs, which is OpenZeppelin's convention. The double hash keeps a leaf from
/// being taken for an inner node.
///
/// The Go code computes the same values; contracts/testdata/vectors.json holds
/// golden vectors that both sides reproduce.
library Messages {
    /// The version of the protocol, and the role that enclaves play in it.
    uint32 internal constant VERSION = 1;
    uint16 internal constant ENCLAVE_ROLE = 128;

    /// The named account did not sign this message on this network.
    error BadSignature(address want, address got);
    /// A Merkle path does not lead to the root that is on record.
    error BadPath();

    bytes internal constant INPUT = "Input(uint8 kind,string name,bytes32 ref,uint64 index)";
    bytes internal constant RECIPIENT = "Recipient(uint8 kind,bytes32 ref,bytes key)";
    bytes internal constant REQUIREMENTS =
        "Requirements(uint8 level,uint64 fuel,uint64 memory,uint64 output,uint32 seconds,string purpose,string region)";
    bytes internal constant PLACE = "Place(uint8 index,address worker)";
    bytes32 internal constant TASK_TYPE = keccak256(
        abi.encodePacked(
            "Task(address user,uint64 nonce,bytes32 kind,bytes32 service,uint64 generation,Input[] inputs,bytes32 params,Recipient[] recipients,Requirements requirements,address dispatcher,uint64 maxFee,uint64 deadline)",
            INPUT,
            RECIPIENT,
            REQUIREMENTS
        )
    );
    bytes32 internal constant ACCEPTANCE_TYPE = keccak256(
        "Acceptance(bytes32 task,address user,uint64 sequence,uint64 fee,uint64 reserved,uint64 epoch)"
    );
    bytes32 internal constant ASSIGNMENT_TYPE = keccak256(
        abi.encodePacked(
            "Assignment(bytes32 task,uint64 epoch,uint8 attempt,bytes32 seed,Place[] places,address[] seats,bytes32 challenges)",
            PLACE
        )
    );
    bytes32 internal constant VOTE_TYPE = keccak256(
        "Vote(uint64 epoch,bytes32 task,bytes32 assignment,uint8 attempt,uint8 place,bytes32 evidence,bytes32 keys,bytes32 policy,uint64 generation,bool accept,bytes32 code)"
    );
    bytes32 internal constant LEAF_TYPE = keccak256(
        "Leaf(bytes32 kind,bytes32 task,bytes32 assignment,uint8 attempt,uint8 place,bytes32 commitment,bytes32 output,uint8 exit,uint8 bucket)"
    );
    bytes32 internal constant HEADER_TYPE = keccak256(
        "EpochHeader(uint64 number,uint64 blockNumber,bytes32 blockHash,uint64 time,bytes32 beacon,bytes32 nodes,bytes32 workers,bytes32 verifiers,bytes32 catalogue,bytes32 deposits,bytes32 policy,uint64 generation,bytes32 signers,bytes32 previous)"
    );
    bytes32 internal constant BATCH_TYPE = keccak256(
        "Batch(address dispatcher,uint64 number,uint64 epoch,bytes32 leaves,bytes32 payouts,bytes32 debits,uint64 total)"
    );
    bytes32 internal constant POLICY_TYPE = keccak256("PolicyOrder(uint64 generation,bytes32 digest)");
    bytes32 internal constant REGISTRATION_TYPE = keccak256("Registration(address operator,address key,bytes32 vrf)");
    bytes32 internal constant ANCHOR_TYPE =
        keccak256("Anchor(address key,uint64 revision,bytes32 digest,uint32 recoveries)");
    bytes32 internal constant SEALED_TYPE = keccak256(
        "Sealed(bytes32 header,bytes32 root,bytes32 plain,bytes32 identity,address manager,uint64 size)"
    );
    bytes32 internal constant RELEASED_TYPE = keccak256("Released(bytes32 task,bytes32 assignment)");
    bytes32 internal constant ANSWER_TYPE = keccak256("Answer(bytes32 assignment,address node,bytes32 leaf,bytes32 code)");
    bytes32 internal constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
    );

    /// @notice The domain separator, which is the network's ID. It is computed
    /// anew at each use so that a fork of the chain under another ID is another
    /// network.
    function domain(address epochs, bytes32 genesis) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE, keccak256("Tacit"), keccak256("1"), block.chainid, epochs, genesis));
    }

    /// @notice What is signed for a struct in a domain.
    function sign712(bytes32 network, bytes32 structHash) internal pure returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(network, structHash);
    }

    /// @notice Who signed a struct in a domain; zero if the signature is
    /// malformed or has its s in the upper half.
    function signer(bytes32 network, bytes32 structHash, bytes calldata sig) internal pure returns (address who) {
        (who,,) = ECDSA.tryRecover(sign712(network, structHash), sig);
    }

    /// @notice Reverts BadSignature unless `who` signed the struct.
    function check(bytes32 network, address who, bytes32 structHash, bytes calldata sig) internal pure {
        address got = signer(network, structHash, sig);
        if (got != who || who == address(0)) revert BadSignature(who, got);
    }

    /// @notice Reverts BadPath unless the path leads from the leaf to the root.
    function checkPath(bytes32 leaf_, bytes32[] calldata path, bytes32 root) internal pure {
        if (root == 0 || !MerkleProof.verifyCalldata(path, root, leaf_)) revert BadPath();
    }

    function hash(Task calldata t) internal pure returns (bytes32) {
        bytes32[] memory inputs = new bytes32[](t.inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            Input calldata v = t.inputs[i];
            inputs[i] = keccak256(abi.encode(keccak256(INPUT), v.kind, keccak256(bytes(v.name)), v.ref, v.index));
        }
        bytes32[] memory recipients = new bytes32[](t.recipients.length);
        for (uint256 i = 0; i < recipients.length; i++) {
            Recipient calldata v = t.recipients[i];
            recipients[i] = keccak256(abi.encode(keccak256(RECIPIENT), v.kind, v.ref, keccak256(v.key)));
        }
        // In two parts, because one expression of thirteen values is more than the
        // EVM's stack can reach; words concatenate.
        return keccak256(
            bytes.concat(
                abi.encode(
                    TASK_TYPE, t.user, t.nonce, t.kind, t.service, t.generation, keccak256(abi.encodePacked(inputs))
                ),
                abi.encode(
                    t.params,
                    keccak256(abi.encodePacked(recipients)),
                    hash(t.requirements),
                    t.dispatcher,
                    t.maxFee,
                    t.deadline
                )
            )
        );
    }

    function hash(Requirements calldata r) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256(REQUIREMENTS),
                r.level,
                r.fuel,
                r.memoryBytes,
                r.output,
                r.runSeconds,
                keccak256(bytes(r.purpose)),
                keccak256(bytes(r.region))
            )
        );
    }

    function hash(Acceptance calldata a) internal pure returns (bytes32) {
        return keccak256(abi.encode(ACCEPTANCE_TYPE, a));
    }

    function hash(Assignment calldata a) internal pure returns (bytes32) {
        bytes32[] memory places = new bytes32[](a.places.length);
        for (uint256 i = 0; i < places.length; i++) {
            places[i] = keccak256(abi.encode(keccak256(PLACE), a.places[i]));
        }
        return keccak256(
            abi.encode(
                ASSIGNMENT_TYPE,
                a.task,
                a.epoch,
                a.attempt,
                a.seed,
                keccak256(abi.encodePacked(places)),
                keccak256(abi.encodePacked(a.seats)), // array elements are padded to words
                a.challenges
            )
        );
    }

    function hash(Vote calldata v) internal pure returns (bytes32) {
        return keccak256(abi.encode(VOTE_TYPE, v));
    }

    function hash(Leaf calldata l) internal pure returns (bytes32) {
        return keccak256(abi.encode(LEAF_TYPE, l));
    }

    function hash(EpochHeader calldata h) internal pure returns (bytes32) {
        return keccak256(abi.encode(HEADER_TYPE, h));
    }

    function hash(Batch calldata b) internal pure returns (bytes32) {
        return keccak256(abi.encode(BATCH_TYPE, b));
    }

    function hash(Registration memory r) internal pure returns (bytes32) {
        return keccak256(abi.encode(REGISTRATION_TYPE, r));
    }

    function hash(Anchor memory a) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANCHOR_TYPE, a));
    }

    function hash(PolicyOrder memory o) internal pure returns (bytes32) {
        return keccak256(abi.encode(POLICY_TYPE, o));
    }

    function hash(Sealed memory s) internal pure returns (bytes32) {
        return keccak256(abi.encode(SEALED_TYPE, s));
    }

    function hash(Released memory r) internal pure returns (bytes32) {
        return keccak256(abi.encode(RELEASED_TYPE, r));
    }

    function hash(Answer calldata a) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANSWER_TYPE, a));
    }

    /// @notice What votes say of evidence.
    function digest(Evidence calldata e) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(keccak256("tacit/evidence"), keccak256(bytes(e.scheme)), keccak256(e.report), e.collateral)
        );
    }

    /// @notice The 64 bytes that evidence must be over for this vote to accept
    /// it. Every field of the transcript is in the vote, or in the assignment or
    /// manifest that the vote names through its task.
    function transcript(bytes32 network, Vote calldata v, Assignment calldata a, bytes32 manifest)
        internal
        pure
        returns (bytes32 first, bytes32 second)
    {
        bytes memory words = bytes.concat(
            abi.encode(keccak256("tacit/transcript/task"), network, VERSION, ENCLAVE_ROLE, v.task, v.assignment),
            abi.encode(v.attempt, v.place, v.keys, v.policy, v.generation),
            abi.encode(keccak256(abi.encode(a.seed, a.challenges)), manifest)
        );
        return (keccak256(words), sha256(words));
    }

    /// @notice What a settlement says of the signatures that it rests on.
    function signatures(bytes calldata task, address receipt, bytes calldata leaf_) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(task), receipt, keccak256(leaf_)));
    }

    /// @notice The deposit's leaf under a header.
    function leaf(Deposit calldata d) internal pure returns (bytes32) {
        return twice(abi.encode(d));
    }

    /// @notice The member's leaf in its pool's tree.
    function leaf(Member calldata m) internal pure returns (bytes32) {
        return twice(
            abi.encode(m.index, m.key, m.operator, m.stake, m.start, m.level, m.vrf, keccak256(bytes(m.region)))
        );
    }

    /// @notice The settlement's leaf in its batch's tree.
    function leaf(Settlement calldata s) internal pure returns (bytes32) {
        return twice(abi.encode(s));
    }

    /// @notice The payout's leaf in its batch's tree.
    function leaf(Payout memory p) internal pure returns (bytes32) {
        return twice(abi.encode(p));
    }

    /// @notice What the epoch header holds of a pool.
    function digest(PoolRoot calldata p) internal pure returns (bytes32) {
        return keccak256(abi.encode(p));
    }

    /// @notice The digest of a list of debits, in order.
    function digest(Debit[] calldata list) internal pure returns (bytes32) {
        bytes memory words = abi.encode(list);
        // An encoded array is its offset, its length and then the elements; only
        // the elements are hashed.
        bytes32 out;
        assembly ("memory-safe") {
            out := keccak256(add(words, 0x60), sub(mload(words), 0x40))
        }
        return out;
    }

    /// @notice The digest of the parameters.
    function digest(Params memory p) internal pure returns (bytes32) {
        return keccak256(abi.encode(p));
    }

    /// @notice What votes say of an enclave's public keys.
    function keys(bytes32 seal, address receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(seal, receipt));
    }

    function twice(bytes memory words) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(words)));
    }
}
