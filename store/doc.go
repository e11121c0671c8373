// Package store is what every form of the store has in common: how a record is
// sealed, what a transaction or a lease does to the records, the chain over all
// transactions, and what watchers are shown.
//
// It does no I/O. A Writer gathers work, a Batch judges it against the durable
// records and collects what changes, and the store that owns both makes the
// changes last before it publishes them.
package store
