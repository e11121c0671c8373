package tacit

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"

	"tacit/fault"
	"tacit/wire"
)

// MostRecipients is how many a task may name.
const MostRecipients = 16

// resultsMark ends the sealed output of a task with several recipients: one age file per
// recipient, in the task's order, then the size of each in 8 bytes, big endian, the number
// of them in one byte, and this.
const resultsMark = "tacit results 1\n"

// ResultsTail is what follows the age files of these sizes.
func ResultsTail(sizes []int64) []byte {
	var out []byte
	for _, s := range sizes {
		out = binary.BigEndian.AppendUint64(out, uint64(s))
	}
	return append(append(out, byte(len(sizes))), resultsMark...)
}

// ResultSection is where the age file of recipient i lies in a sealed output of size bytes
// for recipients of them: all of it, if there is one. An output that is not of that form is
// DATA_CORRUPT.
func ResultSection(r io.ReaderAt, size int64, recipients, i int) (*io.SectionReader, error) {
	if i < 0 || i >= recipients || recipients > MostRecipients {
		return nil, fault.New(fault.DataCorrupt, "read output: it has no part %d of %d", i, recipients)
	}
	if recipients == 1 {
		return io.NewSectionReader(r, 0, size), nil
	}
	tail := make([]byte, len(ResultsTail(make([]int64, recipients))))
	from := size - int64(len(tail))
	if from < 0 {
		return nil, fault.New(fault.DataCorrupt, "read output: %d bytes are too few for %d recipients", size, recipients)
	}
	if _, err := r.ReadAt(tail, from); err != nil && err != io.EOF {
		return nil, err
	}
	sizes := make([]int64, recipients)
	offset, sum := int64(0), int64(0)
	for k := range sizes {
		sizes[k] = int64(binary.BigEndian.Uint64(tail[8*k:]))
		if sizes[k] < 0 || sizes[k] > from {
			return nil, fault.New(fault.DataCorrupt, "read output: part %d is larger than the whole", k)
		}
		if k < i {
			offset += sizes[k]
		}
		sum += sizes[k]
	}
	if sum != from || !bytes.Equal(tail, ResultsTail(sizes)) {
		return nil, fault.New(fault.DataCorrupt, "read output: its parts are not those of %d recipients", recipients)
	}
	return io.NewSectionReader(r, offset, sizes[i]), nil
}

// StepSection is the age file of an input that is an output of another task: Index says of
// how many recipients, and which.
func (in Input) StepSection(r io.ReaderAt, size int64) (*io.SectionReader, error) {
	return ResultSection(r, size, int(in.Index>>8), int(in.Index&0xff))
}

// StepIndex is the Index of such an input.
func StepIndex(recipients, i int) uint64 { return uint64(recipients)<<8 | uint64(i) }

// Onward are the recipients that are next steps, by their index.
func (t Task) Onward() []uint8 {
	var out []uint8
	for i, r := range t.Recipients {
		if r.Kind == RecipientIdentity {
			out = append(out, uint8(i))
		}
	}
	return out
}

// Gets reports whether recipient i gets an output. What names nobody goes to every key.
func (t Task) Gets(to []uint8, i int) bool {
	if len(to) == 0 {
		return t.Recipients[i].Kind == RecipientKey
	}
	return slices.Contains(to, uint8(i))
}

// SaltsLabel is the context of the salts in an archive, a list in the order of its files.
const SaltsLabel = "tacit/receipt/salts"

// Blinded is the digest by which the receipt of a task with several recipients names an
// output: who does not get it does not get the salt, and learns nothing of it.
func Blinded(salt wire.Digest, data []byte) wire.Digest {
	return new(wire.Words).String("tacit/output").Digest(salt).Digest(wire.Sum(data)).Hash()
}

// Check reports RESULT_KEY unless data is the output that a receipt names. A zero salt is
// for an output of a task with one recipient.
func (o ReceiptOutput) Check(name string, data []byte, salt wire.Digest) error {
	want := wire.Sum(data)
	if !salt.IsZero() {
		want = Blinded(salt, data)
	}
	if o.Name != name || o.Digest != want {
		return fault.New(fault.ResultKey, "open result: file %q is not the one that the receipt names", name)
	}
	return nil
}
