// Package simulate plays the protocol under attack: the real rooms of
// dispatchers, managers, verifiers and gateway, on stores that crash, over a
// network that loses, repeats and reorders, on a chain that reorganises, among
// peers that lie. It is all tests; this file says how they work.
//
// A seed is a world. It runs in a bubble of testing/synctest, so that time is
// virtual, with all randomness of package crypto drawn from the seed. Every
// message between two roles parks at the scheduler as an event with a
// canonical name (who asks whom for what, for which task, how often before).
// When nothing in the bubble can go on, the scheduler draws from the seed what
// happens next: one message is delivered, lost, doubled or held back, or a
// role crashes at its n-th write, or starts again, or a block is mined, or the
// chain loses its newest blocks, or a node of it begins to lie or to lag, or a
// clock jumps, or time passes. What runs from one such choice until nothing
// can go on is a step. As a step begins with a single event, its goroutines do
// not compete, and the same seed takes the same way.
//
// Every step's events and writes are lines of a trace. The lines of a step are
// sorted, because goroutines that time woke at one moment may run in any
// order; they touch different tasks. The SHA-256 of the trace is printed with a
// failing seed, and running the seed again gives the same.
//
// Two kinds of calls do not park, because rooms make them while they hold a
// lock, on which a bubble cannot wait: those to stores and logs, at which a
// crash is decided instead, and reads of headers and of the chain, which fail,
// lag and lie as the scheduler has set them.
//
// Enclaves and their hosts are a model here, with real keys, evidence and
// receipts; the contracts are the model of package tacittest, which random call
// sequences in package settle hold against the EVM.
//
// After every step the invariants of invariants_test.go hold. At the end
// faults stop and time runs: whoever is down starts again, and then every
// accepted task has come to its one end, and new tasks settle.
//
// TestBrokenBuildsAreCaught plays builds that lack one protection each and shows
// that some seed finds every one of them.
package simulate
