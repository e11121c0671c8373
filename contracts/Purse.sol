// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Money that leaves a contract only when its owner pulls it
/// @notice Accounts are kept in gwei, so amounts fit the messages' uint64 and a
/// storage slot holds an address beside one. `collect` is the only way by which
/// coin leaves: a receiver that reverts, re-enters or burns its gas harms nobody
/// else, and the credit is cleared before the call.
abstract contract Purse {
    /// The value sent is not a whole number of gwei, or too much for a uint64.
    error NotGwei(uint256 value);
    /// There is nothing to collect.
    error NothingDue();
    /// The receiver refused the coin.
    error Refused();

    event Collected(address indexed payee, uint64 amount);

    /// What an account can collect, in gwei.
    mapping(address payee => uint64) public claimable;

    /// @notice Pays the sender all that is due to it.
    function collect() external {
        payOut(msg.sender);
    }

    function payOut(address payee) internal {
        uint64 amount = claimable[payee];
        if (amount == 0) revert NothingDue();
        claimable[payee] = 0;
        emit Collected(payee, amount);
        (bool ok,) = payee.call{value: uint256(amount) * 1 gwei}("");
        if (!ok) revert Refused();
    }

    function received() internal view returns (uint64) {
        uint256 amount = msg.value / 1 gwei;
        if (msg.value % 1 gwei != 0 || amount > type(uint64).max) revert NotGwei(msg.value);
        return uint64(amount);
    }
}
