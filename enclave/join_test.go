package enclave

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"testing"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// leftBy is the archive that a task leaves to a next step.
func leftBy(t testing.TB, files ...tacit.Output) []byte {
	t.Helper()
	all := must[archive](t)(newArchive(tacit.Receipt{}, files, nil))
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(all.writeEntries(w), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parted is what a task leaves to two managers, and the key that opens it.
func parted(t testing.TB, archive []byte) (sealed []byte, shares [][]byte) {
	t.Helper()
	id := must[*age.HybridIdentity](t)(age.GenerateHybridIdentity())
	var b bytes.Buffer
	w, err := age.Encrypt(&b, id.Recipient())
	if err == nil {
		_, err = w.Write(archive)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), must[[][]byte](t)(split([]byte(id.String()), 2))
}

// breaking does not read from one place.
type breaking struct {
	data []byte
	at   int
}

var errBroken = errors.New("the worker gave nothing")

func (b breaking) ReadAt(p []byte, from int64) (int, error) {
	if from == int64(b.at) {
		return 0, errBroken
	}
	return bytes.NewReader(b.data).ReadAt(p, from)
}

func TestPartsOfAStepMakeOneFile(t *testing.T) {
	common := tacit.Output{Name: "common", Data: []byte("id\nann\n")}
	sealed, shares := parted(t, leftBy(t, common))
	_, strangers := parted(t, leftBy(t, common))
	gibberish, theirs := parted(t, bytes.Repeat([]byte{0xff}, 2048))
	noKey := must[[][]byte](t)(split([]byte("no key"), 2))
	with := func(share, sealed []byte) []byte {
		files := []tacit.Output{{Name: stepShare, Data: share}}
		if sealed != nil {
			files = append(files, tacit.Output{Name: stepSealed, Data: sealed})
		}
		return leftBy(t, files...)
	}
	for _, tt := range []struct {
		name  string
		parts [][]byte
		code  fault.Code
	}{
		{"twin: at one manager", [][]byte{leftBy(t, common)}, ""},
		{"twin: at two", [][]byte{with(shares[0], sealed), with(shares[1], nil)}, ""},
		{"no archive", [][]byte{bytes.Repeat([]byte{0xff}, 2048)}, fault.DataCorrupt},
		{"one named twice", [][]byte{leftBy(t, common), leftBy(t, common)}, fault.APIField},
		{"no file", [][]byte{leftBy(t)}, fault.APIField},
		{"two files", [][]byte{leftBy(t, common, tacit.Output{Name: "more"})}, fault.APIField},
		{"shares without what they open", [][]byte{with(shares[0], nil), with(shares[1], nil)}, fault.DataConsent},
		{"shares of no key", [][]byte{with(noKey[0], sealed), with(noKey[1], nil)}, fault.DataCorrupt},
		{"shares of another key", [][]byte{with(strangers[0], sealed), with(strangers[1], nil)}, fault.DataCorrupt},
		{"what the shares open is no archive", [][]byte{with(theirs[0], gibberish), with(theirs[1], nil)}, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var parts []part
			for i, b := range tt.parts {
				in := tacit.Input{Kind: tacit.InputOutput, Name: "common"}
				parts = append(parts, part{in: in, file: tacit.GuestFile{Alias: "common", Data: bytes.NewReader(b), Size: int64(len(b))}, rules: rules{MinGroup: uint64(3 + i)}})
			}
			files, err := new(child).join(t.Context(), parts, tacit.EngineSets)
			if fault.Of(err) != tt.code {
				t.Fatalf("join = %v, want %q", err, tt.code)
			}
			if err != nil {
				return
			}
			b := make([]byte, files[0].Size)
			if _, err := files[0].Data.ReadAt(b, 0); err != nil && err != io.EOF || !bytes.Equal(b, common.Data) {
				t.Errorf("file = %q, %v", b, err)
			}
			if len(files) != 1 || files[0].MinGroup != uint64(2+len(parts)) {
				t.Errorf("%d files, the first with a minimum of %d", len(files), files[0].MinGroup)
			}
		})
	}
	t.Run("a share that the worker does not give", func(t *testing.T) {
		b := with(shares[0], sealed)
		file := tacit.GuestFile{Data: breaking{b, bytes.Index(b, shares[0])}, Size: int64(len(b))}
		if _, err := new(child).join(t.Context(), []part{{file: file}}, tacit.EngineSets); !errors.Is(err, errBroken) {
			t.Errorf("join = %v", err)
		}
	})
}

func TestWhatIsNoArchiveOfATask(t *testing.T) {
	write := func(headers ...tar.Header) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for _, h := range headers {
			if err := w.WriteHeader(&h); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(make([]byte, h.Size)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	file := tar.Header{Name: "out/a", Size: 600}
	for _, tt := range []struct {
		name string
		in   []byte
		code fault.Code
	}{
		{"twin: a file", write(file), ""},
		{"twin: a link beside the outputs", write(file, tar.Header{Name: "a", Typeflag: tar.TypeSymlink, Linkname: "b"}), ""},
		{"a link", write(tar.Header{Name: "out/a", Typeflag: tar.TypeSymlink, Linkname: "b"}), fault.DataCorrupt},
		{"a file twice", write(file, file), fault.DataCorrupt},
		{"a file that ends too soon", write(file)[:1000], fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := outputsOf(bytes.NewReader(tt.in), int64(len(tt.in)))
			if fault.Of(err) != tt.code {
				t.Fatalf("outputsOf = %v, want %q", err, tt.code)
			}
			if err == nil && (len(files) != 1 || files["a"].Size() != 600) {
				t.Errorf("files = %v", files)
			}
		})
	}
}

// linked is one end of a link, whose other end is served by a test.
func linked(t testing.TB, serve wire.Handler) *wire.Link {
	t.Helper()
	here, there := net.Pipe()
	mine := wire.NewLink(here, false, func(context.Context, uint8, []byte) ([]byte, error) {
		return nil, fault.New(fault.ProtoFrame, "nobody asks")
	})
	theirs := wire.NewLink(there, true, serve)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	for _, l := range []*wire.Link{mine, theirs} {
		go func() { ended <- l.Run(ctx) }()
	}
	t.Cleanup(func() { cancel(); here.Close(); there.Close(); <-ended; <-ended })
	return mine
}

// An owner who demands that answers differ has each compared by every manager of what it
// is about, before anybody hears it.
func TestAnswersAreComparedByEveryManager(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    uint8
		names []string
		least uint16
		asks  []string // nil: the engine has nobody to ask
		code  fault.Code
	}{
		{"twin: both agree", tacit.InputEntry, []string{"differs:a", "differs:b"}, 4, []string{"differs:a", "differs:b"}, ""},
		{"twin: what the user brought", tacit.InputOwn, nil, 4, nil, ""},
		{"twin: an owner who does not care", tacit.InputEntry, nil, 0, nil, ""},
		{"the second refuses", tacit.InputEntry, []string{"differs:a", "refuses"}, 4, []string{"differs:a", "refuses"}, fault.DataDifference},
		{"the first refuses", tacit.InputEntry, []string{"refuses", "differs:a"}, 4, []string{"refuses"}, fault.DataDifference},
		{"nobody compares", tacit.InputEntry, nil, 4, []string{}, fault.DataConsent},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			c := &child{agent: linked(t, func(_ context.Context, kind uint8, payload []byte) ([]byte, error) {
				return wire.Answer(guestLabel, payload, func(u tacit.KeyUse) (tacit.KeyAnswer, error) {
					asked = append(asked, u.Name)
					if kind != frameUse || string(u.Input) != "sketch" {
						t.Errorf("asked %d with %q", kind, u.Input)
					}
					if u.Name == "refuses" {
						return tacit.KeyAnswer{Code: string(fault.DataDifference)}, nil
					}
					return tacit.KeyAnswer{}, nil
				})
			})}
			f := c.ruled(t.Context(), tacit.GuestFile{}, tacit.Input{Kind: tt.in}, rules{Sets: &tacit.SetRules{MinDifference: tt.least}, Differs: tt.names}, tacit.EngineSets)
			if (f.Differs == nil) != (tt.asks == nil) {
				t.Fatalf("the engine asks somebody: %v", f.Differs != nil)
			}
			if f.Differs == nil {
				return
			}
			if err := f.Differs([]byte("sketch")); fault.Of(err) != tt.code {
				t.Errorf("Differs = %v, want %q", err, tt.code)
			}
			if !slices.Equal(asked, tt.asks) {
				t.Errorf("asked %q, want %q", asked, tt.asks)
			}
		})
	}
}
