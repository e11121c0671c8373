package enclave

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// The files by which a task leaves something to next steps at several managers. It is
// sealed to an identity of its own, of which each manager's part has a share: none of
// their owners can be passed over.
const (
	stepSealed = "step.age"
	stepShare  = "step.share"
)

// onwardFiles are the files of those recipients that are next steps at several managers,
// by their index; none where there is one step or no.
func onwardFiles(receipt tacit.Receipt, task tacit.Task, files []tacit.Output, salts []wire.Digest) (map[int][]tacit.Output, error) {
	onward := task.Onward()
	if len(onward) < 2 {
		return nil, nil
	}
	var theirs []tacit.Output
	secrets := []wire.Digest{}
	for k, f := range files {
		if slices.ContainsFunc(onward, func(i uint8) bool { return task.Gets(f.To, int(i)) }) {
			theirs, secrets = append(theirs, f), append(secrets, salts[k])
		}
	}
	all, err := newArchive(receipt, theirs, secrets)
	if err != nil {
		return nil, err
	}
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, fmt.Errorf("seal step: %w", err)
	}
	var sealed bytes.Buffer
	if err := all.seal(&sealed, id.Recipient(), nil); err != nil {
		return nil, err
	}
	shares, err := split([]byte(id.String()), len(onward))
	if err != nil {
		return nil, err
	}
	out := map[int][]tacit.Output{}
	for k, i := range onward {
		out[int(i)] = []tacit.Output{{Name: stepShare, Data: shares[k]}}
	}
	first := int(onward[0])
	out[first] = append(out[first], tacit.Output{Name: stepSealed, Data: sealed.Bytes()})
	return out, nil
}

// split makes n shares of a secret, all of which are needed: how many there are and which
// it is in a byte each, then as many bytes as the secret has.
func split(secret []byte, n int) ([][]byte, error) {
	shares := make([][]byte, n)
	last := slices.Clone(secret)
	for i := range shares {
		shares[i] = append([]byte{byte(n), byte(i)}, last...)
		if i == n-1 {
			break
		}
		if _, err := rand.Read(shares[i][2:]); err != nil {
			return nil, fmt.Errorf("split key of step: %w", err)
		}
		subtle.XORBytes(last, last, shares[i][2:])
	}
	return shares, nil
}

// merge is the secret of all shares; DATA_CONSENT, if they are not all of one secret.
func merge(shares [][]byte) ([]byte, error) {
	var secret []byte
	seen := map[byte]bool{}
	for _, s := range shares {
		if len(s) < 3 || int(s[0]) != len(shares) || seen[s[1]] || secret != nil && len(s)-2 != len(secret) {
			return nil, fault.New(fault.DataConsent, "open step: the task names only some of the parts of what another left, and every owner must release his")
		}
		seen[s[1]] = true
		if secret == nil {
			secret = make([]byte, len(s)-2)
		}
		subtle.XORBytes(secret, secret, s[2:])
	}
	return secret, nil
}

// A part is one input of another task, opened: an archive.
type part struct {
	in    tacit.Input
	root  wire.Digest
	file  tacit.GuestFile
	rules rules
}

// join makes of the parts that other tasks left the files that they stand for, each under
// the alias of its first part and the rules of all.
func (c *child) join(ctx context.Context, parts []part, engine string) ([]tacit.GuestFile, error) {
	var out []tacit.GuestFile
	for len(parts) > 0 {
		first := parts[0]
		var same, rest []part
		for _, p := range parts {
			if p.root == first.root {
				same = append(same, p)
			} else {
				rest = append(rest, p)
			}
		}
		parts = rest
		r := first.rules
		var shares [][]byte
		var sealed *io.SectionReader
		for i, p := range same {
			if i > 0 {
				r = rules{max(r.MinGroup, p.rules.MinGroup), r.Sets.With(p.rules.Sets), append(slices.Clone(r.Differs), p.rules.Differs...), r.Learn.With(p.rules.Learn)}
			}
			files, err := outputsOf(p.file.Data, p.file.Size)
			if err != nil {
				return nil, err
			}
			if s := files[stepShare]; s != nil {
				b := make([]byte, s.Size())
				if _, err := s.ReadAt(b, 0); err != nil && err != io.EOF {
					return nil, err
				}
				shares = append(shares, b)
			}
			if s := files[stepSealed]; s != nil {
				sealed = s
			}
		}
		f := first.file
		if len(shares) > 0 {
			opened, size, err := openShared(shares, sealed)
			if err != nil {
				return nil, err
			}
			f.Data, f.Size = opened, size
		} else if len(same) > 1 {
			return nil, fault.New(fault.APIField, "open step: input %q is named twice", first.in.Name)
		}
		files, err := outputsOf(f.Data, f.Size)
		if err != nil {
			return nil, err
		}
		if len(files) != 1 {
			return nil, fault.New(fault.APIField, "open step: the task behind input %q left %d files to its next step, want 1", first.in.Name, len(files))
		}
		for _, file := range files {
			f.Data, f.Size = file, file.Size()
		}
		out = append(out, c.ruled(ctx, f, first.in, r, engine))
	}
	return out, nil
}

func openShared(shares [][]byte, sealed *io.SectionReader) (io.ReaderAt, int64, error) {
	secret, err := merge(shares)
	if err != nil {
		return nil, 0, err
	}
	defer clear(secret)
	if sealed == nil {
		return nil, 0, fault.New(fault.DataConsent, "open step: the part with the data is not among the inputs")
	}
	id, err := age.ParseHybridIdentity(string(secret))
	if err != nil {
		return nil, 0, fault.New(fault.DataCorrupt, "open step: the shares are of no key")
	}
	r, size, err := age.DecryptReaderAt(sealed, sealed.Size(), id)
	if err != nil {
		return nil, 0, fault.New(fault.DataCorrupt, "open step: the shares do not open it")
	}
	return r, size, nil
}

// outputsOf are the files of an archive that a task left, where they lie in it.
func outputsOf(r io.ReaderAt, size int64) (map[string]*io.SectionReader, error) {
	at := io.NewSectionReader(r, 0, size)
	t := tar.NewReader(at)
	files := map[string]*io.SectionReader{}
	for {
		h, err := t.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, fault.New(fault.DataCorrupt, "open step: it is no archive of a task")
		}
		name, ok := strings.CutPrefix(h.Name, "out/")
		if !ok {
			continue
		}
		from, err := at.Seek(0, io.SeekCurrent)
		if err != nil || h.Typeflag != tar.TypeReg || h.Size > size-from || files[name] != nil {
			return nil, fault.New(fault.DataCorrupt, "open step: it is no archive of a task")
		}
		files[name] = io.NewSectionReader(r, from, h.Size)
	}
}
