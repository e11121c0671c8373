package psi

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page on the machines that Tacit runs on.
const hugePage = 2 << 20

// fresh is a slice of n zeros, with huge pages under it where the machine has them: a run
// touches its memory for the first time, page by page, and on virtual machines that is
// dearer than what it does with it.
func fresh[T any](n int) []T {
	s := make([]T, n)
	start, size := unsafe.Pointer(unsafe.SliceData(s)), n*int(unsafe.Sizeof(*new(T)))
	skip := int(-uintptr(start) & (hugePage - 1))
	if size = (size - skip) &^ (hugePage - 1); size > 0 {
		_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Add(start, skip)), size), unix.MADV_HUGEPAGE)
	}
	return s
}
