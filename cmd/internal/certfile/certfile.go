// Package certfile reads and writes files of certificates, as operators have them.
package certfile

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"os"

	"tacit/fault"
)

// most is the largest file that is read; a maker's whole list of roots is smaller.
const most = 1 << 20

// Read returns the certificates of a file in their order (DER). The file is one
// certificate in DER, or any number of them in PEM. A file that cannot be read is
// API_PATH, one that holds none or something else is API_FIELD.
func Read(file string) ([][]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.New(fault.APIPath, "read certificates: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fault.New(fault.APIPath, "read certificates: %w", err)
	}
	if len(b) > most {
		return nil, fault.New(fault.APISize, "read certificates %s: more than %d bytes", file, most)
	}
	if c, err := x509.ParseCertificate(b); err == nil {
		return [][]byte{c.Raw}, nil
	}
	var list [][]byte
	for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, fault.New(fault.APIField, "read certificates %s: it holds a %s", file, block.Type)
		}
		list = append(list, block.Bytes)
	}
	if len(list) == 0 {
		return nil, fault.New(fault.APIField, "read certificates %s: it holds no certificate in PEM or DER", file)
	}
	return list, nil
}

// Write puts certificates into a file in PEM, in place of what was there, all or
// nothing. A file that is there and holds no certificates is left alone: API_FIELD.
func Write(file string, list ...[]byte) error {
	if _, err := os.Stat(file); err == nil {
		if _, err := Read(file); err != nil {
			return fault.New(fault.APIField, "write certificates: what is there stays: %w", err)
		}
	}
	var text []byte
	for _, der := range list {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	next := file + ".next"
	err := os.WriteFile(next, text, 0o644)
	if err == nil {
		err = os.Rename(next, file)
	}
	if err != nil {
		return fault.New(fault.APIPath, "write certificates: %w", err)
	}
	return nil
}
