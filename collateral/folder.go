package collateral

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"time"

	"tacit/attest"
	"tacit/fault"
)

// most is the largest document: no evidence carries a larger piece.
const most = 64 << 10

// issuerSuffix names the file of a document's issuer chain.
const issuerSuffix = ".issuer.pem"

// A Folder keeps documents as plain files by their names. It is what a service
// keeps, and what is carried to a network without a way out: the folder of one is
// a Source of the other. Nothing in it is trusted, and no link in it is followed
// out of it.
type Folder struct{ root *os.Root }

// OpenFolder makes the folder if it is not there.
func OpenFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.New(fault.APIPath, "open collateral folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.New(fault.APIPath, "open collateral folder: %w", err)
	}
	return &Folder{root}, nil
}

// ReadFolder opens a folder that must be there; API_PATH if it is not.
func ReadFolder(dir string) (*Folder, error) {
	if i, err := os.Stat(dir); err != nil || !i.IsDir() {
		return nil, fault.New(fault.APIPath, "read collateral: %s is no folder", dir)
	}
	return OpenFolder(dir)
}

// Close gives the folder back.
func (f *Folder) Close() error { return f.root.Close() }

// Get returns a document and when it was put; API_NOT_FOUND if it is not there.
func (f *Folder) Get(e attest.Endorsement) (d attest.Document, at time.Time, err error) {
	if d.Body, at, err = f.read(e.Name); err != nil {
		return attest.Document{}, at, err
	}
	if e.Issuer != "" {
		if d.Issuer, _, err = f.read(e.Name + issuerSuffix); err != nil {
			return attest.Document{}, at, err
		}
	}
	return d, at, nil
}

func (f *Folder) read(name string) ([]byte, time.Time, error) {
	none := func(err error) ([]byte, time.Time, error) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, time.Time{}, fault.New(fault.APINotFound, "read collateral %s: the folder has none", name)
		}
		return nil, time.Time{}, fault.New(fault.APIPath, "read collateral: %w", err)
	}
	i, err := f.root.Stat(name)
	if err != nil {
		return none(err)
	}
	if !i.Mode().IsRegular() || i.Size() > most {
		return nil, time.Time{}, fault.New(fault.APISize, "read collateral %s: it is no file of at most %d bytes", name, most)
	}
	b, err := f.root.ReadFile(name)
	if err != nil {
		return none(err)
	}
	return b, i.ModTime(), nil
}

// Put keeps a document, in place of the one before.
func (f *Folder) Put(e attest.Endorsement, d attest.Document) error {
	if e.Issuer != "" {
		if err := f.write(e.Name+issuerSuffix, d.Issuer); err != nil {
			return err
		}
	}
	return f.write(e.Name, d.Body)
}

func (f *Folder) write(name string, b []byte) error {
	next := name + ".next"
	err := f.root.MkdirAll(path.Dir(name), 0o755)
	if err == nil {
		err = f.root.WriteFile(next, b, 0o644)
	}
	if err == nil { // by this process's clock, as everything that is compared with it
		now := time.Now()
		err = f.root.Chtimes(next, now, now)
	}
	if err == nil {
		err = f.root.Rename(next, name)
	}
	if err != nil {
		return fault.New(fault.APIPath, "keep collateral: %w", err)
	}
	return nil
}

// Fetch makes a folder a Source.
func (f *Folder) Fetch(_ context.Context, e attest.Endorsement) (attest.Document, error) {
	d, _, err := f.Get(e)
	return d, err
}
