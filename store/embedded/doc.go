// Package embedded is linearizable, encrypted state that survives a crash, on one
// node: the embedded form of tacit.Store, on bbolt.
//
// A Store trusts the process that it is part of and nobody else: the disk
// under it belongs to a host that may read and change it. What the host sees:
// names of keys and leases (in clear, because ranges need their order; a name
// never contains a secret), sizes, and how often what changes. What it cannot
// do unseen is to alter, swap, add, remove or roll back single records: each
// is sealed with AES-256-GCM together with its place and revision, every
// record is counted in a keyed set hash that is held against the file when it
// is opened, and what is read later is held against a fingerprint in memory.
// A difference is STORE_CORRUPT.
//
// What one node alone cannot notice is an older state of the whole file. For
// that, keep Head somewhere else: with peers or on a chain.
//
// Durability: Commit, Grant and Revoke return after the fsync that makes them
// last; transactions that arrive together share one. Readers see a
// transaction only after its fsync. After an error of the disk the store stops
// for good with STORE_CLOSED, because what a failed fsync left behind is
// unknown.
//
// Memory: about 150 bytes and the name for each key, and up to 16 MiB of
// changes kept for watchers. Opening reads the whole file once.
package embedded
