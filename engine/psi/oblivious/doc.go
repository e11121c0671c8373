// Package oblivious holds the operators on sets that touch memory alike whatever the data:
// which words are read and written, and in which order, follows from how many records there
// are and from nothing that stands in them.
//
// It is written in a small part of Go, so that a test can follow every step: slices of
// words and of records, loops whose bounds are sizes, and masks instead of branches. There
// are no maps, no append, no division, no && and no calls but of itself and of math/bits.
// The test rewrites this package so that each index, each bound and each condition is
// noted, runs the copy on inputs that differ in all but their sizes, and compares the notes.
//
// A mask is 0 or all ones, a flag 0 or 1. Threads are how many goroutines may work: what
// each of them does follows from sizes too.
package oblivious
