//go:build !amd64

package network

// multiply is plain.
func multiply(n int, a, b []float32, tile *[tileRows * tileCols]float32) { plain(n, a, b, tile) }
