package network

// The product of matrices in tiles of tileRows by tileCols, whose terms are taken depth at a
// time. Each entry is summed in the order of its terms, those of one depth from 0 on, so that
// neither threads nor the width of the processor's registers change a bit of it.
const (
	tileRows = 4
	tileCols = 16
	depth    = 256
)

// A product is what a multiplication needs beside its matrices.
type product struct {
	a    [depth * tileRows]float32
	b    []float32
	tile [tileRows * tileCols]float32
}

// add adds A times B to C, which has rows by cols entries, of terms products each. A and B are
// given as they stand or, where over is true, turned over.
func (p *product) add(c []float32, a []float32, overA bool, b []float32, overB bool, rows, cols, terms int) {
	stripes := (cols + tileCols - 1) / tileCols
	for from := 0; from < terms; from += depth {
		n := min(depth, terms-from)
		p.packB(b, overB, cols, terms, from, n)
		for i := 0; i < rows; i += tileRows {
			high := min(tileRows, rows-i)
			p.packA(a, overA, rows, terms, i, high, from, n)
			for s := range stripes {
				multiply(n, p.a[:], p.b[s*n*tileCols:(s+1)*n*tileCols], &p.tile)
				wide := min(tileCols, cols-s*tileCols)
				for r := range high {
					to := c[(i+r)*cols+s*tileCols:]
					to = to[:wide]
					for j, v := range p.tile[r*tileCols : r*tileCols+wide] {
						to[j] += v
					}
				}
			}
		}
	}
}

// packA puts so many rows of A from i on one beside the other.
func (p *product) packA(a []float32, over bool, rows, terms, i, high, from, n int) {
	for r := range tileRows {
		if r >= high {
			for k := range n {
				p.a[k*tileRows+r] = 0
			}
			continue
		}
		if over {
			for k := range n {
				p.a[k*tileRows+r] = a[(from+k)*rows+i+r]
			}
			continue
		}
		for k, v := range a[(i+r)*terms+from : (i+r)*terms+from+n] {
			p.a[k*tileRows+r] = v
		}
	}
}

// packB puts the columns of B beside each other, a stripe of them after the other.
func (p *product) packB(b []float32, over bool, cols, terms, from, n int) {
	stripes := (cols + tileCols - 1) / tileCols
	if need := stripes * n * tileCols; cap(p.b) < need {
		p.b = make([]float32, need)
	} else {
		p.b = p.b[:need]
	}
	for s := range stripes {
		to := p.b[s*n*tileCols : (s+1)*n*tileCols]
		wide := min(tileCols, cols-s*tileCols)
		if wide < tileCols {
			clear(to)
		}
		if over {
			for j := range wide {
				for k, v := range b[(s*tileCols+j)*terms+from : (s*tileCols+j)*terms+from+n] {
					to[k*tileCols+j] = v
				}
			}
			continue
		}
		for k := range n {
			copy(to[k*tileCols:k*tileCols+wide], b[(from+k)*cols+s*tileCols:])
		}
	}
}

// plain writes to a tile the sums of n products, of each four of a and sixteen of b.
func plain(n int, a, b []float32, tile *[tileRows * tileCols]float32) {
	for r := 0; r < tileRows; r += 2 {
		for j := 0; j < tileCols; j += 4 {
			var s0, s1, s2, s3, t0, t1, t2, t3 float32
			for k := range n {
				x := a[k*tileRows+r : k*tileRows+r+2 : k*tileRows+r+2]
				y := b[k*tileCols+j : k*tileCols+j+4 : k*tileCols+j+4]
				// The conversions keep products and sums from being rounded as one.
				s0 += float32(x[0] * y[0])
				s1 += float32(x[0] * y[1])
				s2 += float32(x[0] * y[2])
				s3 += float32(x[0] * y[3])
				t0 += float32(x[1] * y[0])
				t1 += float32(x[1] * y[1])
				t2 += float32(x[1] * y[2])
				t3 += float32(x[1] * y[3])
			}
			to := tile[r*tileCols+j:]
			to[0], to[1], to[2], to[3] = s0, s1, s2, s3
			to[tileCols], to[tileCols+1], to[tileCols+2], to[tileCols+3] = t0, t1, t2, t3
		}
	}
}
