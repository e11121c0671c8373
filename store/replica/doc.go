// Package replica is the replicated form of tacit.Store: a Raft group whose members
// attest each other. It is the door to hashicorp/raft.
//
// A member is one process in an enclave. Who may be one an operator signs
// (Membership), and what it must run the network's policies say: the channels between
// members are attested, and whoever is not a member or not attested is STORE_PEER: no
// vote, no read, no join. Members tolerate each other's crashes; they do not believe
// each other's word about history.
//
// The leader judges transactions against the applied state, one batch at a time,
// and proposes what they change: sealed records, the head of the chain over all
// transactions, and the digest of the entry before. Every member checks both chains
// when it applies an entry, and members compare signed checkpoints of them; one that
// sees a difference stops with STORE_DIVERGED and serves nothing.
//
// A read is linearizable: it is answered after a majority said, in a round that began
// after the read arrived, that it still follows this leader's term. One round serves
// all reads that wait.
//
// Records are sealed with AES-256-GCM under a key of tenant and key epoch; place,
// revision and epoch are bound in, so that a swapped or older record does not open.
// What is on a member's disk (log, votes, snapshots) is sealed once more under that
// member's own key, names and all.
//
// Disks can be put back. A member that starts asks so many others what they know of
// it that any entry it acknowledged and any vote it gave is known to one of them
// (rollcall.go). Until then it takes part in nothing, and until it has again what they
// know of, it gives no vote and asks for none. That a whole group was put back only
// somebody outside can tell: Config.Admit is asked before a leader serves.
//
// Memory: all records, sealed, with about 250 bytes each.
package replica
