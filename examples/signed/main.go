// Command signed is a service that counts the rows of a table and signs its statement
// with a key that it never has: the key stays in the vault of the service's owner, who
// allows this program so many signatures. Whoever has the public key can tell a statement
// that was computed here from one that was made up.
//
// It reads /data/table and the secret /secrets/issuer, has /keys/sign used, and writes
// /out/report.json and /out/report.sig.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	table, err := os.ReadFile("/data/table")
	if err != nil {
		return err
	}
	issuer, err := os.ReadFile("/secrets/issuer")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(table)
	report, err := json.Marshal(map[string]any{
		"issuer": string(issuer), "rows": max(0, bytes.Count(table, []byte("\n"))-1), "table": hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return err
	}
	signature, err := sign(report)
	if err != nil {
		return fmt.Errorf("sign the report: %w", err)
	}
	if err := os.WriteFile("/out/report.json", report, 0o600); err != nil {
		return err
	}
	return os.WriteFile("/out/report.sig", signature, 0o600)
}

// sign has the key used: what is written is what it signs, what is read its signature.
func sign(b []byte) ([]byte, error) {
	key, err := os.OpenFile("/keys/sign", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	if _, err := key.Write(b); err != nil {
		return nil, err
	}
	return io.ReadAll(key)
}
