package client

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// openResult fetches the sealed result of a task and opens the part of this account;
// RESULT_KEY is one that is not what the task's enclave signed.
func (c *Client) openResult(ctx context.Context, task tacit.Task, id wire.Digest, leaf tacit.Leaf, sealed tacit.Sealed) (tacit.Receipt, []tacit.Output, error) {
	var none tacit.Receipt
	if leaf.Task != id || leaf.Output != sealed.Root {
		return none, nil, fault.New(fault.ResultKey, "open result: the receipt is of task %s or names another output", leaf.Task.Short())
	}
	chunks, err := c.chunks(ctx, sealed)
	if err != nil {
		return none, nil, err
	}
	r, size, mine, err := c.part(chunks, sealed.Size, task)
	if err != nil {
		return none, nil, err
	}
	a, err := ReadResult(io.NewSectionReader(r, 0, size))
	if err != nil {
		return none, nil, err
	}
	if a.Receipt.Task != id || a.Receipt.Commitment() != leaf.Commitment {
		return none, nil, fault.New(fault.ResultKey, "open result: its receipt is of another task or not the one that was signed")
	}
	return a.Receipt, a.Files, a.check(task, mine)
}

func (c *Client) chunks(ctx context.Context, sealed tacit.Sealed) (*tacit.ChunkReader, error) {
	r, err := tacit.NewChunkReader(ctx, sealed, func(ctx context.Context, i int64) (tacit.Chunk, error) {
		return c.cfg.Blobs.Chunk(ctx, sealed.Root, i)
	})
	if err == nil {
		r.ByRuns(func(ctx context.Context, i int64, _ []byte) ([]byte, error) {
			return c.cfg.Blobs.Run(ctx, sealed.Root, i)
		})
	}
	return r, err
}

// part opens the part of a sealed output that is this account's, and says which it is.
func (c *Client) part(out io.ReaderAt, size int64, task tacit.Task) (io.ReaderAt, int64, int, error) {
	own := c.cfg.Identity.Recipient().String()
	for i, to := range task.Recipients {
		if to.Kind != tacit.RecipientKey || string(to.Key) != own {
			continue
		}
		section, err := tacit.ResultSection(out, size, len(task.Recipients), i)
		if err != nil {
			return nil, 0, 0, err
		}
		r, n, err := age.DecryptReaderAt(section, section.Size(), c.cfg.Identity)
		if err != nil {
			return nil, 0, 0, fault.New(fault.ResultKey, "open result: it is not sealed to this user: %w", err)
		}
		return r, n, i, nil
	}
	return nil, 0, 0, fault.New(fault.ResultKey, "open result: this account is none of the task's recipients")
}

// check holds the files against those that the receipt names for recipient i.
func (a Archive) check(task tacit.Task, i int) error {
	var named []tacit.ReceiptOutput
	for _, o := range a.Receipt.Outputs {
		if len(task.Recipients) == 1 || len(o.To) > 0 && task.Gets(o.To, i) {
			named = append(named, o)
		}
	}
	if len(a.Files) != len(named) {
		return fault.New(fault.ResultKey, "open result: %d files, the receipt names %d", len(a.Files), len(named))
	}
	if len(task.Recipients) > 1 && len(a.Salts) != len(named) {
		return fault.New(fault.ResultKey, "open result: %d salts for %d files", len(a.Salts), len(named))
	}
	for k, f := range a.Files {
		salt := wire.Digest{}
		if len(task.Recipients) > 1 {
			if salt = a.Salts[k]; salt.IsZero() {
				return fault.New(fault.ResultKey, "open result: file %q has no salt", f.Name)
			}
		}
		if err := named[k].Check(f.Name, f.Data, salt); err != nil {
			return err
		}
	}
	return nil
}

// Open fetches and opens the part of this account in the result of another's task, out of
// the proof that he handed over, and checks it against the proof: the receipt is the one
// that the leaf commits to, the files are those that it names for this account. The proof
// itself is for the caller to check.
func (c *Client) Open(ctx context.Context, p tacit.Proof) (Opened, error) {
	task := p.Case.Task.Body
	receipt, files, err := c.openResult(ctx, task, task.ID(c.cfg.Genesis.Network(c.cfg.Epochs)), p.Leaf.Body, p.Output)
	return Opened{receipt, files}, err
}

// most is how much of a result is read into memory.
const most = 1 << 30

// An Archive is what an enclave seals to one recipient.
type Archive struct {
	Receipt tacit.Receipt
	Salts   []wire.Digest // of the files, where the task has several recipients
	Files   []tacit.Output
}

// ReadResult reads the archive that an enclave seals: the receipt first, then salts, if
// there are any, the files and padding.
func ReadResult(r io.Reader) (Archive, error) {
	var a Archive
	empty := true
	t := tar.NewReader(io.LimitReader(r, most))
	for i := 0; ; i++ {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return a, fault.New(fault.DataCorrupt, "read result: %w", err)
		}
		// A sparse file is as large as its header likes, however short the
		// archive: nothing that an enclave writes.
		for k := range h.PAXRecords {
			if strings.HasPrefix(k, "GNU.sparse.") {
				return a, fault.New(fault.DataCorrupt, "read result: %q is sparse", h.Name)
			}
		}
		if h.Typeflag != tar.TypeReg {
			return a, fault.New(fault.DataCorrupt, "read result: %q is not a plain file", h.Name)
		}
		data, err := io.ReadAll(t)
		if err != nil {
			return a, fault.New(fault.DataCorrupt, "read result: %w", err)
		}
		switch {
		case i == 0:
			if h.Name != "receipt.cbor" {
				return a, fault.New(fault.DataCorrupt, "read result: it begins with %q", h.Name)
			}
			if err := wire.Unmarshal("tacit/receipt", data, &a.Receipt); err != nil {
				return a, err
			}
		case h.Name == "padding":
		case i == 1 && h.Name == "salts.cbor":
			if err := wire.Unmarshal(tacit.SaltsLabel, data, &a.Salts); err != nil {
				return a, err
			}
		default:
			a.Files = append(a.Files, tacit.Output{Name: strings.TrimPrefix(h.Name, "out/"), Data: data})
		}
		empty = false
	}
	if empty {
		return a, fault.New(fault.DataCorrupt, "read result: it is empty")
	}
	return a, nil
}

// Write puts the files of a result below a folder, which no name leaves. What
// stands there already is replaced only if it is a plain file: a link could lead
// elsewhere, a pipe could wait for ever (API_PATH).
func (r Result) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	defer root.Close()
	for _, f := range r.Files {
		if !filepath.IsLocal(f.Name) {
			return fault.New(fault.APIPath, "write result: name %q leaves the folder", f.Name)
		}
		if err := plain(root, f.Name); err != nil {
			return err
		}
		if parent := filepath.Dir(f.Name); parent != "." {
			if err := root.MkdirAll(parent, 0o700); err != nil {
				return fmt.Errorf("write result: %w", err)
			}
		}
		if err := root.WriteFile(f.Name, f.Data, 0o600); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	return nil
}

// plain refuses a name of which a part that is there is no folder, or whose
// last part is no plain file.
func plain(root *os.Root, name string) error {
	name = filepath.Clean(name)
	if name == "." {
		return fault.New(fault.APIPath, "write result: a name of nothing")
	}
	for at := name; at != "."; at = filepath.Dir(at) {
		info, err := root.Lstat(at)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fault.New(fault.APIPath, "write result: name %q: %w", name, err)
		}
		if at == name && !info.Mode().IsRegular() || at != name && !info.IsDir() {
			return fault.New(fault.APIPath, "write result: %q is there and is not what %q needs", at, name)
		}
	}
	return nil
}
