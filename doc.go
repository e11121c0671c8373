// Package tacit is the vocabulary of Tacit: what the roles of the network say
// to each other, the interfaces at which they meet, and the checks that more
// than one of them must make alike.
//
// A user's Task is taken on by an Acceptance, given to a worker and a committee
// by an Assignment that follows from a Draw, allowed by a Certificate, and ends
// in a Receipt. Each names the one before it by digest, so a ProofFile that
// holds them all can be checked offline by anybody, years later. Every check is
// written once, here, as a pure function of its arguments: Case.CheckDraw is
// what a verifier, a manager, a settlement committee and the reader of a proof
// file all call.
//
// What a contract checks is EIP-712 typed data; everything else that is hashed
// or signed is labelled CBOR (package wire). Money is in gwei, time in block
// numbers or in seconds since 1970 as the fields say.
//
// The package starts no goroutine and does no I/O. It trusts only what it is
// handed as trusted: the network ID that the caller pins, the header that the
// caller verified.
package tacit
