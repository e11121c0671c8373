package network

import "golang.org/x/sys/cpu"

// multiply is plain, on eight numbers at once where the processor can.
func multiply(n int, a, b []float32, tile *[tileRows * tileCols]float32) {
	if !cpu.X86.HasAVX2 || n == 0 {
		plain(n, a, b, tile)
		return
	}
	eight(n, &a[:n*tileRows][0], &b[:n*tileCols][0], tile)
}

// eight is plain with AVX2: the same products and sums, rounded one by one in the same order.
//
//go:noescape
func eight(n int, a, b *float32, tile *[tileRows * tileCols]float32)
