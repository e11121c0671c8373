package enclave_test

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"tacit"
	"tacit/fault"
	"tacit/wire"
)

// unpack reads an archive.
func (w *world) unpack(plain io.Reader) map[string][]byte {
	w.t.Helper()
	files := map[string][]byte{}
	archive := tar.NewReader(plain)
	for {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		w.must(err)
		files[h.Name], err = io.ReadAll(archive)
		w.must(err)
	}
	return files
}

// part opens the part of recipient i with an identity.
func (r ran) part(id age.Identity, i int) (map[string][]byte, tacit.Receipt) {
	w := r.k.w
	w.t.Helper()
	section := r.section(i)
	plain, err := age.Decrypt(section, id)
	w.must(err)
	files := w.unpack(plain)
	var receipt tacit.Receipt
	w.must(wire.Unmarshal("tacit/receipt", files["receipt.cbor"], &receipt))
	if receipt.Commitment() != r.leaf.Commitment {
		w.t.Error("the leaf commits to another receipt")
	}
	return files, receipt
}

func (r ran) section(i int) *io.SectionReader {
	w := r.k.w
	chunks, err := tacit.NewChunkReader(context.Background(), r.output, func(ctx context.Context, i int64) (tacit.Chunk, error) {
		return w.blobs.Chunk(ctx, r.output.Root, i)
	})
	w.must(err)
	s, err := tacit.ResultSection(chunks, r.output.Size, len(r.k.launch.Task.Recipients), i)
	w.must(err)
	return s
}

// A ran is what became of a task with several recipients.
type ran struct {
	k      *task
	leaf   tacit.Leaf
	output tacit.Sealed
}

func (k *task) ran() ran {
	k.w.t.Helper()
	launched, err := k.w.worker.Launch(context.Background(), k.launch)
	k.w.must(err)
	reply, err := k.w.worker.Run(context.Background(), k.grants(launched.Keys))
	k.w.must(err)
	return ran{k, reply.Leaf.Body, reply.Output}
}

const bothIDs = `"mode":"plain","parties":{"a":{"format":"csv","column":"id"},"b":{"format":"csv","column":"id"}}`

func identities(t *testing.T, n int) (ids []*age.HybridIdentity) {
	t.Helper()
	for range n {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// case N99 code RESULT_KEY check enclave/result.go:recipientOf
func TestN99EachRecipientGetsHisPartAlone(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(tacit.Program("psi", 1))
	ids := identities(t, 3)
	in := map[string][]byte{"a": []byte("id\nann\nbob\ncid\n"), "b": []byte("id\nbob\ncid\ndan\n")}
	params := `{"operation":"intersection","outputs":[{"name":"intersection","to":[1]},{"name":"summary","to":[0]}],` + bothIDs + `}`
	r := w.task(code, in, []byte(params), func(t *tacit.Task) {
		t.Recipients = append(t.Recipients, tacit.Recipient{Kind: tacit.RecipientKey, Key: []byte(ids[0].Recipient().String())})
	}).ran()
	t.Run("twin: the user has the size, the other the ids", func(t *testing.T) {
		mine, receipt := r.part(w.user, 0)
		if _, ok := mine["out/intersection.csv"]; ok || !strings.Contains(string(mine["out/summary.json"]), `"cardinality": 2`) {
			t.Errorf("the user has %d files", len(mine))
		}
		his, _ := r.part(ids[0], 1)
		if _, ok := his["out/summary.json"]; ok || string(his["out/intersection.csv"]) != "id\nbob\ncid\n" {
			t.Errorf("the other has %q", his["out/intersection.csv"])
		}
		if receipt.Mode != "plain" || len(receipt.Inputs) != 2 || receipt.Inputs[0].Moved == 0 || receipt.Inputs[0].Asked == 0 {
			t.Errorf("receipt %+v", receipt)
		}
		// Nobody can find out what another got by hashing what he might have got.
		for _, o := range receipt.Outputs {
			if o.Size != 0 || o.Digest == wire.Sum(his["out/intersection.csv"]) || o.Digest == wire.Sum(mine["out/summary.json"]) {
				t.Errorf("the receipt tells of %s: %+v", o.Name, o)
			}
		}
	})
	for name, open := range map[string]func() error{
		"the user opens the other's": func() error { _, err := age.Decrypt(r.section(1), w.user); return err },
		"the other opens the user's": func() error { _, err := age.Decrypt(r.section(0), ids[0]); return err },
		"a stranger opens any":       func() error { _, err := age.Decrypt(r.section(1), ids[1]); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := open(); err == nil {
				t.Error("it opened")
			}
		})
	}
	t.Run("an output for a recipient that is not there", func(t *testing.T) {
		w.task(code, in, []byte(params)).run().want(t, tacit.ExitGuest, "PSI_JOB")
	})
	t.Run("a recipient that is no key", func(t *testing.T) {
		k := w.task(code, in, []byte(params), func(t *tacit.Task) {
			t.Recipients = append(t.Recipients, tacit.Recipient{Kind: tacit.RecipientKey, Key: []byte("nobody")})
		})
		if _, err := w.worker.Launch(t.Context(), k.launch); fault.Of(err) != fault.ResultKey {
			t.Errorf("Launch = %v, want %s", err, fault.ResultKey)
		}
	})
}

// case N99 code DATA_CONSENT check enclave/steps.go:merge
func TestN99AStepNeedsEveryOwnersPart(t *testing.T) {
	w := newWorld(t).serve()
	code := w.service(tacit.Program("psi", 1))
	managers := identities(t, 2)
	var many strings.Builder // what is left is some chunks large
	for i := range 40_000 {
		fmt.Fprintf(&many, "many-%d\n", i)
	}
	in := map[string][]byte{"a": []byte("id\nann\nbob\ncid\n" + many.String()), "b": []byte("id\nbob\ncid\ndan\n" + many.String())}
	first := w.task(code, in, []byte(`{"operation":"intersection",`+bothIDs+`}`), func(t *tacit.Task) {
		for _, id := range managers {
			key := id.Recipient().String()
			t.Recipients = append(t.Recipients, tacit.Recipient{Kind: tacit.RecipientIdentity, Ref: wire.Sum([]byte(key)), Key: []byte(key)})
		}
	}).ran()
	mine, _ := first.part(w.user, 0)
	if _, ok := mine["out/intersection.csv"]; ok || len(mine["out/summary.json"]) == 0 {
		t.Errorf("the user has %d files", len(mine))
	}
	for i, id := range managers {
		files, _ := first.part(id, i+1)
		for name, b := range files {
			if bytes.Contains(b, []byte("bob")) {
				t.Errorf("one manager alone reads the ids in %s", name)
			}
		}
	}
	left := func(i int) artefact {
		section := first.section(i)
		header, err := age.ExtractHeader(section)
		w.must(err)
		return artefact{id: managers[i-1], header: header, sealed: tacit.Sealed{Header: wire.Sum(header), Root: first.output.Root, Size: first.output.Size,
			Manager: w.manager.Address(), Identity: wire.Sum([]byte(managers[i-1].Recipient().String()))}}
	}
	next := func(parts ...int) ran {
		k := w.task(code, map[string][]byte{"a": []byte("id\ncid\nzoe\n")}, []byte(`{"operation":"intersection",`+bothIDs+`}`), func(t *tacit.Task) {
			for n, i := range parts {
				t.Inputs = append(t.Inputs, tacit.Input{Kind: tacit.InputOutput, Name: []string{"b", "b-2", "b-3"}[n], Ref: left(i).sealed.Hash(), Index: tacit.StepIndex(3, i)})
			}
		})
		params := k.artefacts[len(k.artefacts)-1]
		k.artefacts = k.artefacts[:len(k.artefacts)-1]
		for _, i := range parts {
			k.artefacts = append(k.artefacts, left(i))
		}
		k.artefacts = append(k.artefacts, params)
		k.launch.Artefacts = nil
		for _, a := range k.artefacts {
			k.launch.Artefacts = append(k.launch.Artefacts, a.sealed)
		}
		k.terms.Sets = &tacit.SetRules{Operations: tacit.SetOperations()}
		return k.ran()
	}
	t.Run("a worker that spoils a part is at fault itself", func(t *testing.T) {
		w.corrupt(func(c tacit.Chunk) (tacit.Chunk, error) {
			if c.Total == tacit.Chunks(first.output.Size) && c.Index == 3 { // it is read after the parts are opened

				c.Data = append([]byte{c.Data[0] ^ 1}, c.Data[1:]...)
			}
			return c, nil
		})
		defer w.corrupt(nil)
		if r := next(1, 2); r.leaf.Exit != uint8(tacit.ExitHost) {
			t.Errorf("exit %v", tacit.ExitClass(r.leaf.Exit))
		}
	})
	for _, tt := range []struct {
		name  string
		parts []int
		fault string
	}{
		{"twin: both", []int{1, 2}, ""},
		{"twin: both, the other way round", []int{2, 1}, ""},
		{"the one with the data", []int{1}, "DATA_CONSENT"},
		{"the one without", []int{2}, "DATA_CONSENT"},
		{"one of them twice", []int{1, 1}, "DATA_CONSENT"},
		{"one too many", []int{1, 2, 1}, "DATA_CONSENT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := next(tt.parts...)
			plain, err := w.decrypt(r.output, w.user)
			w.must(err)
			files := w.unpack(plain)
			var receipt tacit.Receipt
			w.must(wire.Unmarshal("tacit/receipt", files["receipt.cbor"], &receipt))
			if receipt.Fault != tt.fault {
				t.Fatalf("fault %q, want %q: %s", receipt.Fault, tt.fault, files["stderr"])
			}
			if tt.fault == "" && string(files["out/intersection.csv"]) != "id\ncid\n" {
				t.Errorf("the next step says %q", files["out/intersection.csv"])
			}
		})
	}
}
