package tpm

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	goattest "github.com/google/go-attestation/attest"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
)

// FuzzTPM: evidence that was changed anywhere never verifies, and what is refused
// has a code. Keys differ in every process, so inputs are changes: a part, a place
// and what is laid over the bytes there; a part may also be replaced or cut.
func FuzzTPM(f *testing.F) {
	m := newMachine(f)
	e := m.evidence(f)
	for part := range byte(3) {
		f.Add(part, byte(0), uint16(0), []byte{})
		f.Add(part, byte(0), uint16(100), []byte{1})
		f.Add(part, byte(1), uint16(100), []byte{})
		f.Add(part, byte(2), uint16(0), []byte("new"))
	}
	f.Fuzz(func(t *testing.T, part, how byte, at uint16, patch []byte) {
		is := attest.Evidence{Scheme: "tpm", Report: e.Report, Collateral: slices.Clone(e.Collateral)}
		parts := []*[]byte{&is.Report, &is.Collateral[0], &is.Collateral[1]}
		p := parts[int(part)%len(parts)]
		was := *p
		b := bytes.Clone(was)
		from := int(at) % (len(b) + 1)
		switch how % 3 {
		case 0:
			for i := range min(len(patch), len(b)-from) {
				b[from+i] ^= patch[i]
			}
		case 1:
			b = slices.Replace(b, from, min(len(b), from+len(patch)), patch[:len(patch)/2]...)
		case 2:
			b = patch
		}
		*p = b
		c, err := m.scheme.Verify(t.Context(), is, m.now)
		if same := bytes.Equal(was, b); (err == nil) != same {
			t.Fatalf("Verify = %+v, %v", c, err)
		}
		if err != nil && fault.Of(err) == fault.Internal {
			t.Fatalf("refused without a code: %v", err)
		}
	})
}

// FuzzEventLog: where another library reads a log as well, both see the same
// events.
func FuzzEventLog(f *testing.F) {
	f.Add(tpmtest.Boot().Bytes())
	f.Add(tpmtest.Boot()[1:].Bytes())
	f.Add(tpmtest.Header())
	f.Fuzz(func(t *testing.T, b []byte) {
		events, locality, err := readLog(b)
		if err != nil {
			if fault.Of(err) != fault.EvidLog {
				t.Fatalf("readLog = %v", err)
			}
			return
		}
		_, _ = judge(events)
		if len(b) == 0 {
			return
		}
		theirs, err := goattest.ParseEventLog(b)
		if err != nil {
			return
		}
		var measured int
		r := replay(events, locality)
		for i := range r {
			n := 0
			for _, e := range events {
				if int(e.index) == i {
					n++
				}
			}
			measured += n
			if n == 0 {
				continue
			}
			got, err := theirs.Verify([]goattest.PCR{{Index: i, Digest: r[i][:], DigestAlg: 5}}) // crypto.SHA256
			if err != nil || len(got) != n {
				t.Fatalf("PCR %d: they see %d events, we %d: %v", i, len(got), n, err)
			}
			at := 0
			for _, e := range events {
				if int(e.index) != i {
					continue
				}
				if uint32(got[at].Type) != e.kind || !bytes.Equal(got[at].Data, e.data) || !bytes.Equal(got[at].Digest, e.digest) {
					t.Fatalf("PCR %d: event %d differs", i, at)
				}
				at++
			}
		}
	})
}

// TestAnotherLibraryReadsOurLogs keeps the comparison above from being empty.
func TestAnotherLibraryReadsOurLogs(t *testing.T) {
	l := tpmtest.Boot()
	// They want certificates in all variables of Secure Boot.
	entry := append(make([]byte, 16), tpmtest.NewCA(t).Root.Raw...)
	list := []byte{0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72}
	list = binary.LittleEndian.AppendUint32(list, uint32(28+len(entry)))
	list = binary.LittleEndian.AppendUint32(list, 0)
	list = append(binary.LittleEndian.AppendUint32(list, uint32(len(entry))), entry...)
	kek := 0
	for i, e := range l {
		switch {
		case e.Kind == tpmtest.Authority:
			l[i].Data = tpmtest.Variable(tpmtest.Security, "db", entry)
		case e.PCR == 7 && bytes.Contains(e.Data, []byte("platform key")):
			l[i].Data = tpmtest.Variable(tpmtest.Global, "PK", list)
			kek = i + 1
		case e.PCR == 7 && bytes.Contains(e.Data, []byte("our key")):
			l[i].Data = tpmtest.Variable(tpmtest.Security, "db", list)
		}
	}
	l = slices.Insert(l, kek, tpmtest.Entry{PCR: 7, Kind: tpmtest.VariableConfig, Data: tpmtest.Variable(tpmtest.Global, "KEK", list)})
	theirs, err := goattest.ParseEventLog(l.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var pcrs []goattest.PCR
	r := l.Registers()
	for i := range r {
		pcrs = append(pcrs, goattest.PCR{Index: i, Digest: r[i][:], DigestAlg: 5})
	}
	events, err := theirs.Verify(pcrs)
	if err != nil || len(events) != len(l)-1 {
		t.Fatalf("they see %d of %d events: %v", len(events), len(l)-1, err)
	}
	state, err := goattest.ParseSecurebootState(events)
	if err != nil || !state.Enabled {
		t.Errorf("they judge Secure Boot: %+v, %v", state, err)
	}
}

// FuzzIMA: what is read is explained by its register alone, and by no other.
func FuzzIMA(f *testing.F) {
	f.Add(tpmtest.IMA(files...))
	f.Add(tpmtest.IMA(files[0]))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := replayIMA(b)
		if err != nil {
			if fault.Of(err) != fault.EvidLog {
				t.Fatalf("replayIMA = %v", err)
			}
			return
		}
		if got, err := trimIMA(b, r); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("trimIMA = %d of %d bytes, %v", len(got), len(b), err)
		}
		for c := (cursor{rest: b, order: binary.LittleEndian}); len(c.rest) > 0; {
			if _, err := readIMA(&c); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	m := newMachine(b)
	e := m.evidence(b)
	now := time.Now()
	for b.Loop() {
		if _, err := m.scheme.Verify(b.Context(), e, now); err != nil {
			b.Fatal(err)
		}
	}
}
