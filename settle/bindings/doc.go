// Package bindings is the contracts' ABI and code as Go, made from contracts/
// by contracts/generate.sh. Nothing here is written by hand but this text;
// package settle is its only user.
package bindings
