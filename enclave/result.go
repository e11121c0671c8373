package enclave

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// finish writes an archive for each of the task's recipients, seals it to him alone, gives
// all of it to the worker and signs the leaf.
func (a *Agent) finish(ctx context.Context, t *run, receipt tacit.Receipt, outcome tacit.Outcome) (tacit.RunReply, error) {
	l := t.launched
	task := l.request.Task
	files := outcome.Outputs
	if len(outcome.Stdout) > 0 {
		files = append(files, tacit.Output{Name: "stdout", Data: outcome.Stdout, To: []uint8{0}})
	}
	if len(outcome.Stderr) > 0 {
		files = append(files, tacit.Output{Name: "stderr", Data: outcome.Stderr, To: []uint8{0}})
	}
	// What is for nobody here is not part of the result.
	files = slices.DeleteFunc(files, func(f tacit.Output) bool {
		return len(f.To) > 0 && !slices.ContainsFunc(f.To, func(i uint8) bool { return int(i) < len(task.Recipients) })
	})
	salts, err := name(&receipt, task, files)
	if err != nil {
		return tacit.RunReply{}, err
	}
	archives, err := archivesOf(receipt, task, files, salts)
	if err != nil {
		return tacit.RunReply{}, err
	}
	// What follows takes as long as the padded archives are large, and no longer.
	if err := t.holdBack(ctx, a.cfg.Grace); err != nil {
		return tacit.RunReply{}, err
	}
	out := &outputWriter{ctx: ctx, host: a.host}
	var sizes []int64
	for i, archive := range archives {
		to, err := recipientOf(task.Recipients[i])
		if err != nil {
			return tacit.RunReply{}, err
		}
		from := out.size
		var begun func() error
		if len(archives) == 1 { // then header and nonce are written, and how much follows is known
			begun = func() error { return out.announce(out.size + streamed(archive.size)) }
		}
		if err := archive.seal(out, to, begun); err != nil {
			return tacit.RunReply{}, err
		}
		sizes = append(sizes, out.size-from)
	}
	if len(sizes) > 1 {
		if _, err := out.Write(tacit.ResultsTail(sizes)); err != nil {
			return tacit.RunReply{}, err
		}
	}
	if err := out.flush(tacit.OutputLast); err != nil {
		return tacit.RunReply{}, err
	}
	header, err := age.ExtractHeader(bytes.NewReader(out.head))
	if err != nil {
		return tacit.RunReply{}, fmt.Errorf("seal result: %w", err)
	}
	sealed := tacit.Sealed{Header: wire.Sum(header), Root: wire.MerkleRoot(out.leaves), Size: out.size}
	leaf := tacit.Leaf{
		Kind: task.Kind, Task: l.taskID, Assignment: receipt.Assignment, Attempt: receipt.Attempt, Place: receipt.Place,
		Commitment: receipt.Commitment(), Output: sealed.Root, Exit: receipt.Exit, Bucket: tacit.Bucket(receipt.Fuel),
	}
	return tacit.RunReply{Leaf: tacit.Sign(l.request.Network, l.sign, leaf), Output: sealed}, nil
}

// name puts the files into the receipt. Where there are several recipients a salt for each
// file keeps it from those who do not get it.
func name(receipt *tacit.Receipt, task tacit.Task, files []tacit.Output) ([]wire.Digest, error) {
	salts := make([]wire.Digest, len(files))
	for i, f := range files {
		o := tacit.ReceiptOutput{Name: f.Name, Digest: wire.Sum(f.Data), Size: int64(len(f.Data))}
		if len(task.Recipients) > 1 {
			if _, err := rand.Read(salts[i][:]); err != nil {
				return nil, fmt.Errorf("salt receipt: %w", err)
			}
			o.Digest, o.Size = tacit.Blinded(salts[i], f.Data), 0
			for k := range task.Recipients {
				if task.Gets(f.To, k) {
					o.To = append(o.To, uint8(k))
				}
			}
		}
		receipt.Outputs = append(receipt.Outputs, o)
	}
	if _, err := rand.Read(receipt.Salt[:]); err != nil {
		return nil, fmt.Errorf("salt receipt: %w", err)
	}
	return salts, nil
}

// archivesOf are what each recipient gets.
func archivesOf(receipt tacit.Receipt, task tacit.Task, files []tacit.Output, salts []wire.Digest) ([]archive, error) {
	onward, err := onwardFiles(receipt, task, files, salts)
	if err != nil {
		return nil, err
	}
	archives := make([]archive, len(task.Recipients))
	for i := range task.Recipients {
		his, secrets := onward[i], []wire.Digest(nil)
		if len(task.Recipients) > 1 {
			secrets = []wire.Digest{}
		}
		if his == nil {
			for k, f := range files {
				if task.Gets(f.To, i) {
					his = append(his, f)
					if secrets != nil {
						secrets = append(secrets, salts[k])
					}
				}
			}
		}
		if archives[i], err = newArchive(receipt, his, secrets); err != nil {
			return nil, err
		}
	}
	return archives, nil
}

// holdBack waits for the end of the time bucket that the run's end fell into.
func (t *run) holdBack(ctx context.Context, grace time.Duration) error {
	if t.terms.Timing == 0 {
		return nil
	}
	most := time.Duration(t.launched.request.Task.Requirements.Seconds)*time.Second + grace
	took := time.Since(t.began)
	select {
	case <-time.After(bucketEnd(took, time.Duration(t.terms.Timing)*time.Millisecond, most) - took):
		return nil
	case <-ctx.Done():
		return fault.New(fault.Unreachable, "keep result back: the worker left")
	}
}

// bucketEnd is the first of least, twice, four times ... least that is not before
// took, and most where that comes first. A run that took longer than most was
// compiled on the way; it has the buckets beyond.
func bucketEnd(took, least, most time.Duration) time.Duration {
	end := least
	for end < took {
		end *= 2
	}
	if took <= most {
		end = min(end, most)
	}
	return end
}

// recipientOf is the only key that a recipient's part is sealed to: the one that the
// signed task names.
func recipientOf(r tacit.Recipient) (age.Recipient, error) {
	list, err := age.ParseRecipients(bytes.NewReader(r.Key))
	if err != nil || len(list) != 1 {
		return nil, fault.New(fault.ResultKey, "read task: the recipient of its result is not one age recipient")
	}
	return list[0], nil
}

// streamed is how many bytes age's stream of so many is behind header and nonce: a tag of
// 16 for each piece of 64 KiB (age-encryption.org/v1).
func streamed(size int64) int64 {
	const piece, tag = 64 << 10, 16
	return size + (size+piece-1)/piece*tag
}

// An archive is what one recipient gets: a tar of the receipt, the salts of the files,
// unless they are nil, and the files, padded to a size class so that its length says little
// about it. It is written, never held: the files are large.
type archive struct {
	entries []entry
	size    int64 // with the padding
	pad     int64
}

type entry struct {
	name string
	data []byte
}

func newArchive(receipt tacit.Receipt, files []tacit.Output, salts []wire.Digest) (archive, error) {
	encoded, err := wire.Marshal("tacit/receipt", receipt)
	if err != nil {
		return archive{}, err
	}
	all := archive{entries: []entry{{"receipt.cbor", encoded}}}
	if salts != nil {
		b, err := wire.Marshal(tacit.SaltsLabel, salts)
		if err != nil {
			return archive{}, err
		}
		all.entries = append(all.entries, entry{"salts.cbor", b})
	}
	for _, f := range files {
		name := f.Name
		if name != "stdout" && name != "stderr" {
			name = "out/" + name
		}
		all.entries = append(all.entries, entry{name, f.Data})
	}
	// How long headers are is tar's own business: it is asked.
	var bare counter
	if err := all.writeEntries(tar.NewWriter(&bare)); err != nil {
		return archive{}, err
	}
	const head, tail = 512, 1024
	all.size = classOf(int64(bare) + head + tail)
	all.pad = all.size - int64(bare) - head - tail
	return all, nil
}

// A counter counts what is written.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// leastClass is the smallest size class of a result, in bytes; fineClass the one from
// which on there are four to a doubling, not one: a large result would else move, store
// and hash up to as much padding as data.
const (
	leastClass = 16 << 10
	fineClass  = 1 << 20
)

// classOf is the smallest size class that holds so many bytes.
func classOf(size int64) int64 {
	class := int64(leastClass)
	for class < size {
		class *= 2
	}
	if class > fineClass {
		step := class / 8 // a quarter of the doubling that ends with class
		class = class/2 + (size-class/2+step-1)/step*step
	}
	return class
}

func (a archive) writeEntries(w *tar.Writer) error {
	for _, e := range a.entries {
		if err := w.WriteHeader(&tar.Header{Name: e.name, Mode: 0o600, Size: int64(len(e.data))}); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		if _, err := w.Write(e.data); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

// seal writes the archive to a recipient; begun, if there is one, is called behind the
// header.
func (a archive) seal(out io.Writer, to age.Recipient, begun func() error) error {
	sealed, err := age.Encrypt(out, to)
	if err != nil {
		return fmt.Errorf("seal result: %w", err)
	}
	if begun != nil {
		if err := begun(); err != nil {
			return err
		}
	}
	w := tar.NewWriter(sealed)
	if err := a.writeEntries(w); err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: "padding", Mode: 0o600, Size: a.pad}); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	for pad, zeros := a.pad, make([]byte, min(a.pad, 64<<10)); pad > 0; {
		n, err := w.Write(zeros[:min(pad, int64(len(zeros)))])
		if err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		pad -= int64(n)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	return sealed.Close()
}

// outputWriter gives ciphertext to the worker in parts and computes its chunk
// root on the way. head keeps the beginning, where the age header is. The worker
// takes a part while the next one is made.
type outputWriter struct {
	ctx    context.Context
	host   *wire.Link
	head   []byte
	buf    []byte        // a byte for what it is, then up to PartSize, a multiple of ChunkSize
	other  []byte        // likewise, of the part on its way
	leaves []wire.Digest // of the parts that were given
	size   int64
	given  chan error // of the part on its way; nil if there is none
	failed error      // of the first part that the worker did not take, for good
}

func (o *outputWriter) Write(p []byte) (int, error) {
	if room := (16 << 10) - len(o.head); room > 0 {
		o.head = append(o.head, p[:min(room, len(p))]...)
	}
	if o.buf == nil {
		o.buf, o.other = make([]byte, 1, 1+tacit.PartSize), make([]byte, 1, 1+tacit.PartSize)
	}
	o.size += int64(len(p))
	for rest := p; len(rest) > 0; {
		if len(o.buf) == cap(o.buf) {
			if err := o.flush(tacit.OutputMore); err != nil {
				return len(p) - len(rest), err
			}
		}
		n := min(len(rest), cap(o.buf)-len(o.buf))
		o.buf, rest = append(o.buf, rest[:n]...), rest[n:]
	}
	return len(p), nil
}

// announce says how many bytes all parts will be; none was given yet.
func (o *outputWriter) announce(size int64) error {
	_, err := o.host.Give(o.ctx, tacit.FrameOutput, binary.BigEndian.AppendUint64([]byte{tacit.OutputSize}, uint64(size)))
	return err
}

// flush gives what was written since; the last part is waited for.
func (o *outputWriter) flush(what uint8) error {
	o.buf[0] = what
	if err := o.wait(); err != nil {
		return err
	}
	part := o.buf
	o.buf, o.other = o.other[:1], part // which nobody writes to before it was taken
	o.given = make(chan error, 1)
	go func() {
		o.leaves = append(o.leaves, tacit.ChunkLeaves(part[1:])...)
		_, err := o.host.Give(o.ctx, tacit.FrameOutput, part)
		o.given <- err
	}()
	if what == tacit.OutputLast {
		return o.wait()
	}
	return nil
}

func (o *outputWriter) wait() error {
	if o.given != nil {
		o.failed = cmp.Or(o.failed, <-o.given)
		o.given = nil
	}
	return o.failed
}

var _ io.Writer = (*outputWriter)(nil)
