package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"tacit/engine/psi/rows"
	"tacit/engine/psi/set"
)

// psiSeed and the odd numbers beside it make ids of rows: an odd number times a row is a
// permutation of 2^64, so ids are distinct and the same in every run.
const (
	psiSeed = 0x9e3779b97f4a7c15
	psiOdd  = 0xc2b2ae3d27d4eb4f
)

// A psiRow is a row of a party's file.
type psiRow struct {
	ID string `parquet:"id"`
	V  int64  `parquet:"v"`
}

// psiID is which id stands in a row: every second one is in all files of that size, and
// each party has them in another order.
func psiID(row, log2, party int) uint64 {
	x := (uint64(row)*(psiSeed|1) + uint64(party)*psiOdd) & (1<<log2 - 1)
	if x%2 == 1 {
		x |= uint64(party+1) << 40
	}
	return x
}

// email is a text of 24 bytes for an id below 2^48.
func email(dst []byte, id uint64) []byte {
	h := id * psiSeed & (1<<48 - 1)
	s := strconv.FormatUint(h|1<<48, 16)
	dst = append(dst, s[1:]...)
	return append(dst, "@example.org"...)
}

// psiFile is the file of a party: binary (16 bytes an id), a prepared set of the same, csv
// or parquet. It is made once.
func psiFile(home, format string, log2, party int) (string, error) {
	path := filepath.Join(home, fmt.Sprintf("%d-%d.%s", log2, party, format))
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return path, err
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return "", fmt.Errorf("make %s: %w", home, err)
	}
	f, err := os.Create(path + ".part")
	if err != nil {
		return "", fmt.Errorf("make %s: %w", path, err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err = psiWrite(w, format, log2, party); err == nil {
		err = w.Flush()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return path, os.Rename(path+".part", path)
}

func psiWrite(w io.Writer, format string, log2, party int) error {
	n := 1 << log2
	switch format {
	case "binary":
		var b [16]byte
		for row := range n {
			x := psiID(row, log2, party)
			binary.LittleEndian.PutUint64(b[:], x*psiSeed)
			binary.LittleEndian.PutUint64(b[8:], x*psiOdd)
			if _, err := w.Write(b[:]); err != nil {
				return err
			}
		}
		return nil
	case "set":
		var b bytes.Buffer
		if err := psiWrite(&b, "binary", log2, party); err != nil {
			return err
		}
		_, err := set.Write(w, rows.Texts{N: n, Width: 16, Bytes: b.Bytes()}, nil, set.Options{})
		return err
	case "csv":
		line := []byte("id,v\n")
		for row := range n {
			if _, err := w.Write(line); err != nil {
				return err
			}
			line = append(email(line[:0], psiID(row, log2, party)), ',')
			line = append(strconv.AppendInt(line, int64(row%100000), 10), '\n')
		}
		_, err := w.Write(line)
		return err
	case "parquet":
		p := parquet.NewGenericWriter[psiRow](w, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(1<<20))
		batch := make([]psiRow, 0, 1024)
		for row := range n {
			batch = append(batch, psiRow{string(email(nil, psiID(row, log2, party))), int64(row % 100000)})
			if len(batch) == cap(batch) || row == n-1 {
				if _, err := p.Write(batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		return p.Close()
	}
	return fmt.Errorf("format %q is none", format)
}
