package fault

import "strings"

// DidYouMean is the one of the names that is nearest to what was written, or
// nothing if none is near.
func DidYouMean(written string, names []string) string {
	best, least := "", max(2, len(written)/3)+1
	for _, n := range names {
		if d := edits(strings.ToLower(written), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

// edits is how many insertions, deletions and replacements of a byte lead from
// a to b (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
