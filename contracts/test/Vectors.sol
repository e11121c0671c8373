// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import "../Messages.sol";

/// @title The message library for tests
/// @notice Deployed by tests only: what it returns must equal what the Go code
/// computes for the same values.
contract Vectors {
    using Messages for *;

    function domainOf(address epochs, bytes32 genesis) external view returns (bytes32) {
        return Messages.domain(epochs, genesis);
    }

    function sign712Of(bytes32 network, bytes32 structHash) external pure returns (bytes32) {
        return Messages.sign712(network, structHash);
    }

    function taskHash(Task calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function acceptanceHash(Acceptance calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function assignmentHash(Assignment calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function voteHash(Vote calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function leafHash(Leaf calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function headerHash(EpochHeader calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function batchHash(Batch calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function registrationHash(Registration calldata v) external pure returns (bytes32) {
        Registration memory m = v;
        return m.hash();
    }

    function anchorHash(Anchor calldata v) external pure returns (bytes32) {
        Anchor memory m = v;
        return m.hash();
    }

    function policyOrderHash(PolicyOrder calldata v) external pure returns (bytes32) {
        PolicyOrder memory m = v;
        return m.hash();
    }

    function memberLeaf(Member calldata v) external pure returns (bytes32) {
        return v.leaf();
    }

    function settlementLeaf(Settlement calldata v) external pure returns (bytes32) {
        return v.leaf();
    }

    function payoutLeaf(Payout calldata v) external pure returns (bytes32) {
        Payout memory m = v;
        return m.leaf();
    }

    function poolDigest(PoolRoot calldata v) external pure returns (bytes32) {
        return v.digest();
    }

    function debitsDigest(Debit[] calldata v) external pure returns (bytes32) {
        return v.digest();
    }

    function paramsDigest(Params calldata v) external pure returns (bytes32) {
        Params memory m = v;
        return m.digest();
    }

    function keysHash(bytes32 seal, address receipt) external pure returns (bytes32) {
        return Messages.keys(seal, receipt);
    }

    function sealedHash(Sealed calldata v) external pure returns (bytes32) {
        Sealed memory m = v;
        return m.hash();
    }

    function answerHash(Answer calldata v) external pure returns (bytes32) {
        return v.hash();
    }

    function releasedHash(Released calldata v) external pure returns (bytes32) {
        Released memory m = v;
        return m.hash();
    }

    function evidenceDigest(Evidence calldata v) external pure returns (bytes32) {
        return v.digest();
    }

    function depositLeaf(Deposit calldata v) external pure returns (bytes32) {
        return v.leaf();
    }

    function transcriptOf(bytes32 network, Vote calldata v, Assignment calldata a, bytes32 manifest, bool second)
        external
        pure
        returns (bytes32)
    {
        (bytes32 one, bytes32 two) = Messages.transcript(network, v, a, manifest);
        return second ? two : one;
    }

    function signaturesOf(bytes calldata task, address receipt, bytes calldata leaf) external pure returns (bytes32) {
        return Messages.signatures(task, receipt, leaf);
    }

    function signersDigest(address[] calldata v) external pure returns (bytes32) {
        return keccak256(abi.encodePacked(v));
    }

    function pathChecks(bytes32 leaf, bytes32[] calldata path, bytes32 root) external pure {
        Messages.checkPath(leaf, path, root);
    }
}

/// @title A payee that misbehaves when it is paid
contract Hostile {
    address public immutable target;
    uint8 public mode; // 0 takes it, 1 reverts, 2 re-enters, 3 burns all gas

    constructor(address target_) {
        target = target_;
    }

    function set(uint8 mode_) external {
        mode = mode_;
    }

    function call(bytes calldata data) external payable returns (bytes memory) {
        (bool ok, bytes memory out) = target.call{value: msg.value}(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(out, 0x20), mload(out))
            }
        }
        return out;
    }

    receive() external payable {
        if (mode == 1) revert();
        if (mode == 2) {
            (bool ok,) = target.call(abi.encodeWithSignature("collect()"));
            require(!ok, "was paid twice");
        }
        if (mode == 3) while (true) {}
    }
}
