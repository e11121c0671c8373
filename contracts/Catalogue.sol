// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Input, Messages, Sealed, Task} from "./Messages.sol";

/// @title What there is to run and to compute on
/// @notice An entry is a service or a dataset under a name `handle/name`. The
/// first account to publish under a handle owns it, and with it every name below
/// it. The contract holds no content: it holds the digests by which an enclave
/// knows the sealed artefact, the manager that keeps its key, the price, and the
/// digest of the owner's terms.
///
/// Every change is a new generation, counted from 1; generations are never
/// changed or removed, so that a task, which names one, is paid at the price its
/// user saw, and a manager never takes older terms for newer ones. New terms or
/// a new price keep the sealed artefact, which is stored once. Retiring is a
/// generation too: it says that the owner offers the entry no longer.
contract Catalogue {
    using Messages for Sealed;

    struct Entry {
        bytes32 id; // Keccak-256 of the name
        string name;
        address owner;
        uint8 kind; // 1 service, 2 dataset
        uint64 generation;
        Sealed artefact;
        uint64 price; // gwei
        bytes32 terms;
        bool retired;
    }

    struct Title {
        string name;
        address owner;
        uint8 kind;
        uint64 generation; // newest
    }

    struct Generation {
        bytes32 terms;
        uint64 price;
        uint64 artefact; // the generation that brought the sealed artefact
        bool retired;
    }

    /// The name is not handle/name of 1 to 32 of [a-z0-9-] each.
    error NameInvalid(string name);
    /// The handle or entry belongs to somebody else.
    error NotOwner(address owner);
    /// The kind is neither service nor dataset, or not the entry's.
    error KindInvalid(uint8 kind);
    /// A digest of the artefact is missing.
    error ArtefactInvalid();
    /// There is no such entry or generation.
    error UnknownEntry(bytes32 id, uint64 generation);
    /// An own input or the parameters are not those that the task names, or an
    /// input is of a kind that no task may have.
    error ArtefactMissing(uint256 input);
    /// The entry is retired already.
    error Retired(bytes32 id);

    event Published(bytes32 indexed id, uint64 generation, string name);

    bytes32[] private ids;
    mapping(bytes32 handle => address) private owners;
    mapping(bytes32 id => Title) private titles;
    mapping(bytes32 id => mapping(uint64 generation => Generation)) private generations;
    mapping(bytes32 id => mapping(uint64 generation => Sealed)) private artefacts;

    /// @notice Publishes an artefact under a name: its first or its next
    /// generation. Returns the entry's ID and the generation.
    function publish(
        string calldata name,
        uint8 kind,
        Sealed calldata artefact,
        uint64 price,
        bytes32 terms
    ) external returns (bytes32 id, uint64 generation) {
        claim(handleOf(name));
        if (kind != 1 && kind != 2) revert KindInvalid(kind);
        if (artefact.header == 0 || artefact.root == 0 || artefact.manager == address(0)) revert ArtefactInvalid();
        id = keccak256(bytes(name));
        Title storage t = titles[id];
        if (t.generation == 0) {
            ids.push(id);
            t.name = name;
            t.owner = msg.sender;
            t.kind = kind;
        } else if (t.kind != kind) {
            revert KindInvalid(kind);
        }
        generation = t.generation + 1;
        artefacts[id][generation] = artefact;
        add(id, t, Generation(terms, price, generation, false));
    }

    /// @notice Changes terms and price of the same artefact.
    function setTerms(bytes32 id, bytes32 terms, uint64 price) external returns (uint64 generation) {
        Title storage t = mine(id);
        Generation memory g = generations[id][t.generation];
        return add(id, t, Generation(terms, price, g.artefact, false));
    }

    /// @notice Says that the entry is offered no longer.
    function retire(bytes32 id) external returns (uint64 generation) {
        Title storage t = mine(id);
        Generation memory g = generations[id][t.generation];
        if (g.retired) revert Retired(id);
        g.retired = true;
        return add(id, t, g);
    }

    /// @notice One generation of an entry.
    function entry(bytes32 id, uint64 generation) public view returns (Entry memory) {
        Title storage t = titles[id];
        if (generation == 0 || generation > t.generation) revert UnknownEntry(id, generation);
        Generation storage g = generations[id][generation];
        return Entry({
            id: id,
            name: t.name,
            owner: t.owner,
            kind: t.kind,
            generation: generation,
            artefact: artefacts[id][g.artefact],
            price: g.price,
            terms: g.terms,
            retired: g.retired
        });
    }

    /// @notice Up to `n` entries from index `from`, each in its newest
    /// generation, in order of first publication.
    function entries(uint256 from, uint256 n) external view returns (Entry[] memory page) {
        uint256 end = from >= ids.length ? from : ids.length - from > n ? from + n : ids.length;
        page = new Entry[](end - from);
        for (uint256 i = from; i < end; i++) {
            page[i - from] = entry(ids[i], titles[ids[i]].generation);
        }
    }

    /// @notice How many entries there are.
    function count() external view returns (uint256) {
        return ids.length;
    }

    /// @notice The newest generation of an entry.
    function newest(bytes32 id) external view returns (uint64 generation) {
        generation = titles[id].generation;
        if (generation == 0) revert UnknownEntry(id, 0);
    }

    /// @notice Who is paid how much for a use of this generation.
    function quote(bytes32 id, uint64 generation) external view returns (uint8 kind, address owner, uint64 price) {
        Title storage t = titles[id];
        if (generation == 0 || generation > t.generation) revert UnknownEntry(id, generation);
        return (t.kind, t.owner, generations[id][generation].price);
    }

    /// @notice What the enclave of a task opens, in its order: service, inputs,
    /// parameters. `own` are those that are no entries, shown in the same order;
    /// the task names them by their hash.
    function artefactsOf(Task calldata t, Sealed[] calldata own) external view returns (Sealed[] memory list) {
        uint256 n = t.inputs.length;
        list = new Sealed[](t.params == 0 ? n + 1 : n + 2);
        list[0] = sealedOf(t.service, t.generation);
        uint256 next;
        for (uint256 i = 0; i < n; i++) {
            Input calldata in_ = t.inputs[i];
            if (in_.kind == 1) {
                list[i + 1] = sealedOf(in_.ref, in_.index);
                continue;
            }
            if ((in_.kind != 2 && in_.kind != 3) || next == own.length || own[next].hash() != in_.ref) revert ArtefactMissing(i);
            list[i + 1] = own[next++];
        }
        if (t.params != 0) {
            if (next == own.length || own[next].hash() != t.params) revert ArtefactMissing(n);
            list[n + 1] = own[next++];
        }
        if (next != own.length) revert ArtefactMissing(next);
    }

    /// @notice The owner of a handle, or zero.
    function ownerOf(string calldata handle) external view returns (address) {
        return owners[keccak256(bytes(handle))];
    }

    function sealedOf(bytes32 id, uint64 generation) private view returns (Sealed memory) {
        if (generation == 0 || generation > titles[id].generation) revert UnknownEntry(id, generation);
        return artefacts[id][generations[id][generation].artefact];
    }

    function add(bytes32 id, Title storage t, Generation memory g) private returns (uint64 generation) {
        generation = t.generation + 1;
        t.generation = generation;
        generations[id][generation] = g;
        emit Published(id, generation, t.name);
    }

    function mine(bytes32 id) private view returns (Title storage t) {
        t = titles[id];
        if (t.generation == 0) revert UnknownEntry(id, 0);
        if (t.owner != msg.sender) revert NotOwner(t.owner);
    }

    function claim(bytes32 handle) private {
        if (owners[handle] == address(0)) owners[handle] = msg.sender;
        else if (owners[handle] != msg.sender) revert NotOwner(owners[handle]);
    }

    /// @dev Checks the whole name; lower-case ASCII only, so that no two names
    /// look alike.
    function handleOf(string calldata name) private pure returns (bytes32) {
        bytes calldata b = bytes(name);
        uint256 slash = type(uint256).max;
        if (b.length > 65) revert NameInvalid(name);
        for (uint256 i = 0; i < b.length; i++) {
            bytes1 c = b[i];
            if (c == "/" && slash == type(uint256).max) slash = i;
            else if (!((c >= "a" && c <= "z") || (c >= "0" && c <= "9") || c == "-")) revert NameInvalid(name);
        }
        if (slash == type(uint256).max || slash == 0 || slash > 32) revert NameInvalid(name);
        uint256 rest = b.length - slash - 1;
        if (rest == 0 || rest > 32) revert NameInvalid(name);
        return keccak256(b[:slash]);
    }
}
