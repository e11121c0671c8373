package client

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

func want(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if code == "" && err != nil {
		t.Errorf("refused: %v", err)
	} else if code != "" && !errors.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// entry is one file of an archive.
type entry struct {
	name string
	data []byte
}

func archive(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, e := range entries {
		if err := w.WriteHeader(&tar.Header{Name: e.name, Mode: 0o600, Size: int64(len(e.data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func encode(t testing.TB, r tacit.Receipt) []byte {
	t.Helper()
	b, err := wire.Marshal("tacit/receipt", r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fakes answer with one proof and the blobs of one result.
type fakes struct {
	tacit.Dispatcher
	tacit.Blobs
	proof tacit.Proof
	blob  []byte
}

func (f *fakes) Proof(context.Context, tacit.TaskRequest) (tacit.Proof, error) { return f.proof, nil }

func (f *fakes) Chunk(_ context.Context, _ wire.Digest, i int64) (tacit.Chunk, error) {
	leaves := tacit.ChunkLeaves(f.blob)
	end := min(int64(len(f.blob)), (i+1)*tacit.ChunkSize)
	return tacit.Chunk{Index: i, Total: int64(len(leaves)), Data: f.blob[i*tacit.ChunkSize : end], Path: wire.MerklePath(leaves, int(i))}, nil
}

// left is what an enclave left behind for a task.
type left struct {
	id      wire.Digest
	receipt tacit.Receipt
	leaf    tacit.Leaf
	files   []entry
	to      age.Recipient
	with    []tacit.Recipient // who gets a part besides
	salts   []wire.Digest
	spoil   func(archive []byte) // before it is sealed
	whole   bool                 // what was sealed is all of the output, whoever is with
	size    int64                // of the output, unless it is 0
}

// fetch seals what was left and has a client fetch it.
func fetch(t *testing.T, edit func(l *left)) (Result, error) {
	t.Helper()
	mine, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	account, err := key.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	id := wire.Sum([]byte("task"))
	l := &left{id: id, files: []entry{{"out/sum", []byte("42")}, {"stdout", []byte("ok")}}, to: mine.Recipient()}
	l.receipt = tacit.Receipt{Task: id, Outputs: []tacit.ReceiptOutput{
		{Name: "sum", Digest: wire.Sum([]byte("42")), Size: 2}, {Name: "stdout", Digest: wire.Sum([]byte("ok")), Size: 2}}}
	l.leaf = tacit.Leaf{Task: id, Commitment: l.receipt.Commitment()}
	edit(l)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, l.to)
	if err != nil {
		t.Fatal(err)
	}
	entries := []entry{{"receipt.cbor", encode(t, l.receipt)}}
	if l.salts != nil {
		b, err := wire.Marshal(tacit.SaltsLabel, l.salts)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{"salts.cbor", b})
	}
	text := archive(t, append(entries, l.files...)...)
	if l.spoil != nil {
		l.spoil(text)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := &fakes{blob: sealed.Bytes()}
	if len(l.with) > 0 && !l.whole {
		f.blob = append(f.blob, tacit.ResultsTail(append([]int64{int64(len(f.blob))}, make([]int64, len(l.with))...))...)
	}
	// Fetch asks none of these.
	gateway, headers, ledger := struct{ tacit.Gateway }{}, struct{ Headers }{}, struct{ Ledger }{}
	root := wire.MerkleRoot(tacit.ChunkLeaves(f.blob))
	if l.leaf.Output.IsZero() {
		l.leaf.Output = root
	}
	f.proof = tacit.Proof{
		Case: tacit.Case{Task: tacit.Signed[tacit.Task]{Body: tacit.Task{Recipients: append([]tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte(mine.Recipient().String())}}, l.with...)}}},
		Leaf: tacit.Sign(wire.Digest{}, account, l.leaf), Output: tacit.Sealed{Root: root, Size: cmp.Or(l.size, int64(len(f.blob)))}}
	c, err := New(Config{Key: account, Headers: headers, Gateway: gateway, Dispatcher: f, Blobs: f, Ledger: ledger, Identity: mine})
	if err != nil {
		t.Fatal(err)
	}
	return c.Fetch(t.Context(), id)
}

// case N99 code RESULT_KEY check client/result.go:Commitment()
func TestN99ResultsOfAnotherTaskAreRejected(t *testing.T) {
	other := wire.Sum([]byte("another task"))
	stranger, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		edit func(l *left)
		want fault.Code
	}{
		{"twin: this task's", func(*left) {}, ""},
		{"a leaf of another task", func(l *left) { l.leaf.Task = other }, fault.ResultKey},
		{"a leaf that names another output", func(l *left) { l.leaf.Output = other }, fault.ResultKey},
		{"another task's receipt under this task's leaf", func(l *left) { l.receipt.Task = other }, fault.ResultKey},
		{"another task's receipt that the leaf commits to", func(l *left) {
			l.receipt.Task = other
			l.leaf.Commitment = l.receipt.Commitment()
		}, fault.ResultKey},
		{"another receipt than was signed", func(l *left) { l.receipt.Fuel++ }, fault.ResultKey},
		{"sealed to somebody else", func(l *left) { l.to = stranger.Recipient() }, fault.ResultKey},
		{"other bytes in a file", func(l *left) { l.files[0].data = []byte("43") }, fault.ResultKey},
		{"another name for a file", func(l *left) { l.files[0].name = "out/total" }, fault.ResultKey},
		{"a file too many", func(l *left) { l.files = append(l.files, entry{"out/more", nil}) }, fault.ResultKey},
		{"a file too few", func(l *left) { l.files = l.files[:1] }, fault.ResultKey},
		{"files in another order", func(l *left) { l.files[0], l.files[1] = l.files[1], l.files[0] }, fault.ResultKey},
		{"an archive that does not end", func(l *left) {
			l.spoil = func(b []byte) { copy(b[len(b)-1024:], bytes.Repeat([]byte{0xff}, 512)) }
		}, fault.DataCorrupt},
		{"an output of a size that no blob has", func(l *left) { l.size = -1 }, fault.APISize},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := fetch(t, tt.edit)
			want(t, err, tt.want)
			if err == nil && (len(r.Files) != 2 || string(r.Files[0].Data) != "42" || r.Files[0].Name != "sum") {
				t.Errorf("files = %+v", r.Files)
			}
		})
	}
}

// case N99 code RESULT_KEY check client/result.go:check
func TestN99APartOfAResultIsHeldAgainstItsSalts(t *testing.T) {
	salts := []wire.Digest{{1}, {2}}
	for _, tt := range []struct {
		name string
		edit func(l *left)
		want fault.Code
	}{
		{"twin: as an enclave writes it", func(*left) {}, ""},
		{"a salt too few", func(l *left) { l.salts = l.salts[:1] }, fault.ResultKey},
		{"a salt too many", func(l *left) { l.salts = append(l.salts, wire.Digest{3}) }, fault.ResultKey},
		{"no salts", func(l *left) { l.salts = nil }, fault.ResultKey},
		{"another salt", func(l *left) { l.salts = []wire.Digest{{1}, {3}} }, fault.ResultKey},
		{"a file without a salt, named as for one recipient", func(l *left) {
			l.salts = []wire.Digest{{1}, {}}
			l.receipt.Outputs[1].Digest = wire.Sum([]byte("ok"))
		}, fault.ResultKey},
		{"a file that is another's", func(l *left) { l.receipt.Outputs[1].To = []uint8{1} }, fault.ResultKey},
		{"an output that has no parts", func(l *left) { l.whole = true }, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := fetch(t, func(l *left) {
				l.with = []tacit.Recipient{{Kind: tacit.RecipientKey, Key: []byte("another")}}
				l.salts = slices.Clone(salts)
				for i, f := range l.files {
					o := &l.receipt.Outputs[i]
					o.Digest, o.Size, o.To = tacit.Blinded(salts[i], f.data), 0, []uint8{0}
				}
				l.receipt.Outputs = append(l.receipt.Outputs, tacit.ReceiptOutput{Name: "his", Digest: wire.Digest{9}, To: []uint8{1}})
				tt.edit(l)
				l.leaf.Commitment = l.receipt.Commitment()
			})
			want(t, err, tt.want)
		})
	}
}

// case N84 code API_PATH check client/result.go:plain
func TestN84NoResultLeavesItsFolder(t *testing.T) {
	for _, tt := range []struct {
		name  string
		file  string
		plant func(dir, outside string) error
		want  fault.Code
	}{
		{"twin: a file", "sum", nil, ""},
		{"twin: a file in a folder", "a/b/sum", nil, ""},
		{"twin: over a plain file", "sum", func(dir, _ string) error { return os.WriteFile(filepath.Join(dir, "sum"), []byte("old"), 0o600) }, ""},
		{"up", "../sum", nil, fault.APIPath},
		{"up from within", "a/../../sum", nil, fault.APIPath},
		{"absolute", "/tmp/tacit-sum", nil, fault.APIPath},
		{"nothing", "", nil, fault.APIPath},
		{"the folder itself", ".", nil, fault.APIPath},
		{"through a link to a file outside", "sum", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "precious"), filepath.Join(dir, "sum"))
		}, fault.APIPath},
		{"through a link to nothing yet", "sum", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "new"), filepath.Join(dir, "sum"))
		}, fault.APIPath},
		{"through a link to a folder outside", "a/precious", func(dir, outside string) error {
			return os.Symlink(outside, filepath.Join(dir, "a"))
		}, fault.APIPath},
		{"through a link inside", "sum", func(dir, _ string) error { return os.Symlink("other", filepath.Join(dir, "sum")) }, fault.APIPath},
		{"into a pipe", "sum", func(dir, _ string) error { return syscall.Mkfifo(filepath.Join(dir, "sum"), 0o600) }, fault.APIPath},
		{"over a folder", "sum", func(dir, _ string) error { return os.Mkdir(filepath.Join(dir, "sum"), 0o700) }, fault.APIPath},
		{"below a file", "a/sum", func(dir, _ string) error { return os.WriteFile(filepath.Join(dir, "a"), nil, 0o600) }, fault.APIPath},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := t.TempDir()
			dir, outside := filepath.Join(base, "out"), filepath.Join(base, "outside")
			for _, d := range []string{dir, outside} {
				if err := os.Mkdir(d, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			precious := filepath.Join(outside, "precious")
			if err := os.WriteFile(precious, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.plant != nil {
				if err := tt.plant(dir, outside); err != nil {
					t.Fatal(err)
				}
			}
			want(t, Result{Files: []tacit.Output{{Name: tt.file, Data: []byte("42")}}}.Write(dir), tt.want)
			if got, err := os.ReadFile(precious); err != nil || string(got) != "mine" {
				t.Errorf("the file outside holds %q, %v", got, err)
			}
			if list, err := os.ReadDir(outside); err != nil || len(list) != 1 {
				t.Errorf("%d files outside, %v", len(list), err)
			}
			if tt.want == "" {
				if got, err := os.ReadFile(filepath.Join(dir, tt.file)); err != nil || string(got) != "42" {
					t.Errorf("it holds %q, %v", got, err)
				}
			}
		})
	}
}

// A result that did not get onto the disk is not said to be there.
func TestAFolderThatTakesNoFile(t *testing.T) {
	full := "/proc/self" // takes nothing, whoever asks
	if _, err := os.Stat(full); err != nil {
		t.Skip(err)
	}
	for _, tt := range []struct {
		name string
		dir  string
		ok   bool
	}{{"twin: one that does", t.TempDir(), true}, {"one that does not", full, false}} {
		t.Run(tt.name, func(t *testing.T) {
			if err := (Result{Files: []tacit.Output{{Name: "sum", Data: []byte("42")}}}).Write(tt.dir); (err == nil) != tt.ok {
				t.Errorf("Write = %v", err)
			}
		})
	}
}

// case N83 code API_NAME check client/run.go:splitName
func TestN83NamesAreExactlyOneOfTheAllowed(t *testing.T) {
	for _, tt := range []struct {
		name       string
		in         string
		want       string
		generation uint64
		code       fault.Code
	}{
		{"twin: a name", "acme/sum", "acme/sum", 0, ""},
		{"twin: with its version", "acme/sum@12", "acme/sum", 12, ""},
		{"no owner", "sum", "", 0, fault.APIName},
		{"an empty part", "acme/", "", 0, fault.APIName},
		{"more parts", "acme/sum/x", "", 0, fault.APIName},
		{"capitals", "acme/Sum", "", 0, fault.APIName},
		{"a look-alike letter", "acme/s\u0443m", "", 0, fault.APIName},
		{"an invisible letter", "acme/sum\u200b", "", 0, fault.APIName},
		{"a space", " acme/sum", "", 0, fault.APIName},
		{"version 0", "acme/sum@0", "", 0, fault.APIName},
		{"no version after the sign", "acme/sum@", "", 0, fault.APIName},
		{"another way to write a version", "acme/sum@01", "", 0, fault.APIName},
		{"a signed version", "acme/sum@+1", "", 0, fault.APIName},
		{"two versions", "acme/sum@1@2", "", 0, fault.APIName},
		{"a version too large", "acme/sum@18446744073709551616", "", 0, fault.APIName},
		{"digits of another script", "acme/sum@\u0661", "", 0, fault.APIName},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name, generation, err := splitName(tt.in)
			want(t, err, tt.code)
			if err == nil && (name != tt.want || generation != tt.generation) {
				t.Errorf("splitName = %q, %d", name, generation)
			}
		})
	}
}

func TestReadResult(t *testing.T) {
	good := archive(t, entry{"receipt.cbor", encode(t, tacit.Receipt{Fuel: 7})}, entry{"out/a", []byte("x")}, entry{"stdout", []byte("y")}, entry{"padding", make([]byte, 100)})
	link := func() []byte {
		var buf bytes.Buffer
		w := tar.NewWriter(&buf)
		b := encode(t, tacit.Receipt{})
		_ = w.WriteHeader(&tar.Header{Name: "receipt.cbor", Size: int64(len(b))})
		_, _ = w.Write(b)
		_ = w.WriteHeader(&tar.Header{Name: "out/a", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
		_ = w.Close()
		return buf.Bytes()
	}
	for _, tt := range []struct {
		name string
		in   []byte
		want fault.Code
	}{
		{"twin: as an enclave writes it", good, ""},
		{"empty", nil, fault.DataCorrupt},
		{"cut off", good[:700], fault.DataCorrupt},
		{"another file first", archive(t, entry{"out/a", nil}), fault.DataCorrupt},
		{"a receipt that is none", archive(t, entry{"receipt.cbor", []byte("x")}), fault.APIField},
		{"a link", link(), fault.DataCorrupt},
		{"no archive", bytes.Repeat([]byte{0xff}, 1024), fault.DataCorrupt},
		{"salts that are none", archive(t, entry{"receipt.cbor", encode(t, tacit.Receipt{})}, entry{"salts.cbor", []byte("x")}), fault.APIField},
		{"a sparse file of a gibibyte", sparse(), fault.DataCorrupt},
		{"a sparse file of a gibibyte, as newer archives write it", newerSparse(), fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := ReadResult(bytes.NewReader(tt.in))
			r, files := a.Receipt, a.Files
			want(t, err, tt.want)
			if err == nil && (r.Fuel != 7 || len(files) != 2 || files[0].Name != "a" || files[1].Name != "stdout") {
				t.Errorf("receipt %+v, files %+v", r, files)
			}
		})
	}
}

// sparse is a short archive whose one file claims to be a gibibyte of nothing,
// as the old GNU format writes it.
func sparse() []byte {
	h := block(tar.TypeGNUSparse, 0)
	copy(h[257:], "ustar  \x00")
	copy(h[483:], "10000000000\x00") // 1 GiB
	return append(sum(h), make([]byte, 1024)...)
}

// newerSparse is the same in the words of an extended header.
func newerSparse() []byte {
	var records []byte
	for _, r := range []string{"GNU.sparse.size=1073741824", "GNU.sparse.numblocks=1", "GNU.sparse.map=0,1"} {
		records = fmt.Appendf(records, "%d %s\n", len(r)+4, r)
	}
	out := append(sum(block(tar.TypeXHeader, len(records))), records...)
	out = append(out, make([]byte, 512-len(records))...)
	out = append(append(out, sum(block(tar.TypeReg, 1))...), make([]byte, 512)...)
	return append(out, make([]byte, 1024)...)
}

// block is the header of a file in an archive, without its sum.
func block(kind byte, size int) []byte {
	h := make([]byte, 512)
	copy(h, "receipt.cbor")
	copy(h[100:], fmt.Sprintf("0000600\x000000000\x000000000\x00%011o\x0000000000000\x00", size))
	h[156] = kind
	copy(h[257:], "ustar\x0000")
	return h
}

func sum(h []byte) []byte {
	copy(h[148:], "        ")
	n := 0
	for _, b := range h {
		n += int(b)
	}
	copy(h[148:], fmt.Sprintf("%06o\x00 ", n))
	return h
}

func FuzzReadResult(f *testing.F) {
	f.Add(archive(f, entry{"receipt.cbor", encode(f, tacit.Receipt{})}, entry{"out/a", []byte("x")}, entry{"padding", make([]byte, 10)}))
	f.Add(archive(f, entry{"receipt.cbor", nil}))
	f.Add(sparse())
	f.Add(newerSparse())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, in []byte) {
		a, err := ReadResult(bytes.NewReader(in))
		files := a.Files
		if err != nil && fault.Of(err) == fault.Internal {
			t.Errorf("no code: %v", err)
		}
		total := 0
		for _, file := range files {
			total += len(file.Data)
		}
		if total > len(in) {
			t.Errorf("%d bytes out of %d", total, len(in))
		}
	})
}

func TestChunkRootIsTheBlobs(t *testing.T) {
	for _, size := range []int{0, 1, tacit.ChunkSize - 1, tacit.ChunkSize, tacit.ChunkSize + 1, 3 * tacit.ChunkSize} {
		data := bytes.Repeat([]byte{5}, size)
		root, n, err := chunkRoot(io.MultiReader(strings.NewReader(string(data[:size/3])), bytes.NewReader(data[size/3:])))
		if err != nil || n != int64(size) || root != wire.MerkleRoot(tacit.ChunkLeaves(data)) {
			t.Errorf("%d bytes: %s, %d, %v", size, root.Short(), n, err)
		}
	}
}
