package enclave

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page on the machines that Tacit runs on.
const hugePage = 2 << 20

// hugePages asks for huge pages under memory that was just made and not yet
// touched. A process that lives for one task touches all its memory for the
// first time, and on virtual machines that is dearer, page by page, than what
// is done with it. It is advice: a machine without huge pages is only slower.
func hugePages(b []byte) {
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (hugePage - 1))
	if size := (len(b) - skip) &^ (hugePage - 1); size > 0 {
		_ = unix.Madvise(b[skip:skip+size], unix.MADV_HUGEPAGE)
	}
}
