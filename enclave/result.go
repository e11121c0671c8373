package enclave

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"time"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// leastClass is the smallest size class of a result, in bytes.
const leastClass = 16 << 10

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
		if err := sealTo(out, to, archive); err != nil {
			return tacit.RunReply{}, err
		}
		clear(archive)
		sizes = append(sizes, out.size-from)
	}
	if len(sizes) > 1 {
		if _, err := out.Write(tacit.ResultsTail(sizes)); err != nil {
			return tacit.RunReply{}, err
		}
	}
	if err := out.flush(true); err != nil {
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

func sealTo(out io.Writer, to age.Recipient, archive []byte) error {
	w, err := age.Encrypt(out, to)
	if err != nil {
		return fmt.Errorf("seal result: %w", err)
	}
	if _, err := w.Write(archive); err != nil {
		return err
	}
	return w.Close()
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
func archivesOf(receipt tacit.Receipt, task tacit.Task, files []tacit.Output, salts []wire.Digest) ([][]byte, error) {
	onward, err := onwardFiles(receipt, task, files, salts)
	if err != nil {
		return nil, err
	}
	archives := make([][]byte, len(task.Recipients))
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
		if archives[i], err = writeResult(receipt, his, secrets); err != nil {
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

// writeResult is a tar of the receipt, the salts of the files, unless they are nil, and the
// files, padded to a size class so that the length of the result says little about it.
func writeResult(receipt tacit.Receipt, files []tacit.Output, salts []wire.Digest) ([]byte, error) {
	// What all of it is likely to need, in one piece.
	room, likely := leastClass, 8<<10
	for _, f := range files {
		likely += len(f.Data) + 2<<10
	}
	for room < likely {
		room *= 2
	}
	buf := bytes.NewBuffer(make([]byte, 0, room))
	w := tar.NewWriter(buf)
	add := func(name string, data []byte) error {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(data))}); err != nil {
			return fmt.Errorf("write result: %w", err)
		}
		_, err := w.Write(data)
		return err
	}
	encoded, err := wire.Marshal("tacit/receipt", receipt)
	if err != nil {
		return nil, err
	}
	if err := add("receipt.cbor", encoded); err != nil {
		return nil, err
	}
	if salts != nil {
		b, err := wire.Marshal(tacit.SaltsLabel, salts)
		if err != nil {
			return nil, err
		}
		if err := add("salts.cbor", b); err != nil {
			return nil, err
		}
	}
	for _, f := range files {
		name := f.Name
		if name != "stdout" && name != "stderr" {
			name = "out/" + name
		}
		if err := add(name, f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("write result: %w", err)
	}
	const head, tail = 512, 1024
	class := leastClass
	for class < buf.Len()+head+tail {
		class *= 2
	}
	pad := class - buf.Len() - head - tail
	if err := w.WriteHeader(&tar.Header{Name: "padding", Mode: 0o600, Size: int64(pad)}); err != nil {
		return nil, fmt.Errorf("write result: %w", err)
	}
	for zeros := make([]byte, min(pad, 64<<10)); pad > 0; {
		n, err := w.Write(zeros[:min(pad, len(zeros))])
		if err != nil {
			return nil, fmt.Errorf("write result: %w", err)
		}
		pad -= n
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write result: %w", err)
	}
	return buf.Bytes(), nil
}

// outputWriter gives ciphertext to the worker in parts and computes its chunk
// root on the way. head keeps the beginning, where the age header is. The worker
// takes a part while the next one is made.
type outputWriter struct {
	ctx    context.Context
	host   *wire.Link
	head   []byte
	buf    []byte // of PartSize, a multiple of ChunkSize
	leaves []wire.Digest
	size   int64
	given  chan error // of the part on its way; nil if there is none
	failed error      // of the first part that the worker did not take, for good
}

func (o *outputWriter) Write(p []byte) (int, error) {
	if room := (16 << 10) - len(o.head); room > 0 {
		o.head = append(o.head, p[:min(room, len(p))]...)
	}
	if o.buf == nil {
		o.buf = make([]byte, 0, tacit.PartSize)
	}
	o.size += int64(len(p))
	for rest := p; len(rest) > 0; {
		if len(o.buf) == cap(o.buf) {
			if err := o.flush(false); err != nil {
				return len(p) - len(rest), err
			}
		}
		n := min(len(rest), cap(o.buf)-len(o.buf))
		o.buf, rest = append(o.buf, rest[:n]...), rest[n:]
	}
	return len(p), nil
}

// flush gives what was written since; the last part is waited for.
func (o *outputWriter) flush(last bool) error {
	o.leaves = append(o.leaves, tacit.ChunkLeaves(o.buf)...)
	part, err := wire.Marshal(tacit.FrameLabel, tacit.Part{Data: o.buf, Last: last})
	if err != nil {
		return err
	}
	o.buf = o.buf[:0]
	if err := o.wait(); err != nil {
		return err
	}
	o.given = make(chan error, 1)
	go func() {
		out, err := o.host.Ask(o.ctx, tacit.FrameOutput, part)
		if err == nil {
			err = wire.Unmarshal(tacit.FrameLabel, out, &tacit.Part{})
		}
		o.given <- err
	}()
	if last {
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
