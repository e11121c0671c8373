// Package main is mutate: it takes each check of the verifier, the manager, the vault,
// the stores, the work on sets, the shared rules and the contracts out in turn and shows
// which test notices.
//
// A check is a condition that leads to a refusal. All of them are rewritten once
// in copies that only the compiler sees (go test -overlay), so that a page that all
// processes of a test share decides which single one does not hold: nothing is built
// again between two mutants, and the enclaves that a test starts lack the check as
// well. A first pass notes which test makes which check refuse; only those tests can
// notice its absence, and only they run. A check that no test makes refuse is alive
// without a run.
//
// The contracts are compiled once too: an account's balance in the first block
// says which check does not hold.
package main
