package oblivious

// What the copy of this package is given to note its steps with. A note is a place in the
// source and what was decided there.

var (
	notes  uint64
	digest [2]uint64
)

func note(site int, values ...uint64) {
	notes++
	mix(uint64(site))
	for _, v := range values {
		mix(v)
	}
}

// mix is no cryptography: nobody chooses the notes.
func mix(v uint64) {
	digest[0] = (digest[0] ^ v) * 0x9e3779b97f4a7c15
	digest[0] ^= digest[0] >> 29
	digest[1] = (digest[1]<<7 | digest[1]>>57) + v
	digest[1] ^= digest[1] * 0xbf58476d1ce4e5b9 >> 31
}

// Trace runs f and says how many steps it took and what they were.
func Trace(f func()) (uint64, [2]uint64) {
	notes, digest = 0, [2]uint64{}
	f()
	return notes, digest
}

type integer interface {
	~int | ~uint | ~uint64 | ~uint8
}

// noteAt is an index or a bound of a slice, whose capacity says where it begins.
func noteAt[T integer](site int, v T, capacity int) T {
	note(site, uint64(v), uint64(capacity))
	return v
}

// noteNumber is a bound of a loop, a size, a count of a shift or of threads.
func noteNumber[T integer](site int, v T) T {
	note(site, uint64(v))
	return v
}

func noteSlice[T any](site int, s []T) []T {
	note(site, uint64(len(s)), uint64(cap(s)))
	return s
}

func noteIf(site int, v bool) bool {
	n := uint64(0)
	if v {
		n = 1
	}
	note(site, n)
	return v
}

func noteEnter(site int) { note(site) }

// fork does one after the other: what each would do is noted, not when.
func fork(threads int, f, g func(threads int)) {
	if threads < 2 {
		f(1)
		g(1)
		return
	}
	f(threads - threads/2)
	g(threads / 2)
}
