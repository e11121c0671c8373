// Package federated is the arithmetic of federated averaging, for an aggregator whose word is
// attested: what sites have learned comes in as Updates, a Round puts them together, and the
// State that comes out is what the next round begins with.
//
// An Update is the difference between a site's weights and those that the round began with.
// It names the round and the state that it belongs to, so that one that is late, or was made
// for another model, is left out, as is one that is no update, is not finite, beyond the
// bound, of another length, or of a party that has one already. The others are shortened to
// Clip, so that none of them moves the model further than its share of that, and averaged:
// by their rows or, with noise, all alike.
//
// Noise makes the result differentially private for whole parties: normal noise of Noise times
// Clip is added to the sum of updates that are no longer than Clip. What it costs is kept in
// the state, round by round, and epsilon is told after each. It holds against who sees the
// states and knows which parties took part in which round, but not against who sees single
// updates, and not for what else is told of a round: how many took part and why others were
// left out. It is reckoned in real numbers; that noise is drawn, and sums rounded, with the
// 53 bits of a floating-point number, is not part of the proof.
package federated
