// Package psi is the built-in engine for sets of ids that parties do not show each other:
// intersection, union, difference, cardinality, joins and statistics over what they share.
package psi
