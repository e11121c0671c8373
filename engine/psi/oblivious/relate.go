package oblivious

// Distinct adds to counts, for each party, how many ids it has, duplicates left out.
func Distinct(recs []Record, marks, counts []uint64) {
	marks = marks[:len(recs)]
	for i := range recs {
		first := marks[i] >> 17 & 1
		for p := range counts {
			counts[p] += recs[i].Tag >> (PartyShift + uint(p)) & first
		}
	}
}

// Doubled has a bit for each party that has an id more than once.
func Doubled(recs []Record, marks []uint64) uint64 {
	marks = marks[:len(recs)]
	doubled := uint64(0)
	for i := range recs {
		doubled |= recs[i].Tag >> PartyShift & PartyBits & -(marks[i] >> 18 & 1)
	}
	return doubled
}

// Part moves what stands beside a party's records to the front, in the order in which the
// party brought them, if it brought them sorted. Keep has a word more than there are
// records and is only to work with.
func Part(recs []Record, rows []uint64, width, party int, keep []uint64, threads int) {
	KeepParty(keep, recs, party)
	Compact(rows, width, keep, threads)
}

// Words packs fields of width bytes into words, the first byte uppermost: words of them
// beside each other in each row, from word at on.
func Words(rows []uint64, width, at int, fields []byte, size int) {
	n := len(fields)
	row := at
	for i := 0; i < n; i += size {
		f := fields[i : i+size]
		for b := range f {
			rows[row+b>>3] |= uint64(f[b]) << uint(56-b&7<<3)
		}
		row += width
	}
}

// Bytes is the opposite of Words.
func Bytes(fields []byte, size int, rows []uint64, width, at int) {
	n := len(fields)
	row := at
	for i := 0; i < n; i += size {
		f := fields[i : i+size]
		for b := range f {
			f[b] = byte(rows[row+b>>3] >> uint(56-b&7<<3))
		}
		row += width
	}
}

// Column copies a column of words into rows, at word at of each.
func Column(rows []uint64, width, at int, column []uint64) {
	row := at
	for i := range column {
		rows[row] = column[i]
		row += width
	}
}

// Take copies the words from one word of each row on into others, at a word of theirs.
func Take(to []uint64, toWidth, toAt int, from []uint64, fromWidth, fromAt, words, n int) {
	a, b := toAt, fromAt
	for range n {
		for w := range words {
			to[a+w] = from[b+w]
		}
		a += toWidth
		b += fromWidth
	}
}
