package enclave

import "testing"

// Length tells the class alone: powers of two from 16 KiB, and from a MiB on four to a
// doubling.
func TestSizeClasses(t *testing.T) {
	for _, tt := range []struct{ size, want int64 }{
		{0, 16 << 10}, {16 << 10, 16 << 10}, {16<<10 + 1, 32 << 10}, {900 << 10, 1 << 20}, {1 << 20, 1 << 20},
		{1<<20 + 1, 1280 << 10}, {1280 << 10, 1280 << 10}, {1280<<10 + 1, 1536 << 10}, {1<<21 - 1, 1 << 21}, {1 << 21, 1 << 21},
		{1<<27 + 2000, 160 << 20}, {1<<30 - 1, 1 << 30},
	} {
		if got := classOf(tt.size); got != tt.want {
			t.Errorf("classOf(%d) = %d, want %d", tt.size, got, tt.want)
		}
	}
	classes := map[int64]bool{}
	for size := int64(1); size <= 1<<30; size += 97 << 10 {
		class := classOf(size)
		if class < size || class > leastClass && class > 2*size || class > 2<<20 && class*4 > size*5+4 {
			t.Fatalf("classOf(%d) = %d", size, class)
		}
		classes[class] = true
	}
	if len(classes) > 47 {
		t.Errorf("%d classes tell more than log2(47) bits", len(classes))
	}
}
