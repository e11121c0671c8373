// Package infer is the built-in engine that applies neural networks.
package infer
