package tpm

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"tacit/attest"
	"tacit/attest/tpm/tpmtest"
	"tacit/fault"
)

// headerOf writes a log's header with other parts.
func headerOf(change func([]byte) []byte) func(*testing.T, *machine) {
	return func(_ *testing.T, m *machine) {
		m.boot = func(b []byte) []byte {
			n := len(tpmtest.Header())
			data := change(bytes.Clone(b[32:n]))
			return append(tpmtest.Legacy(0, tpmtest.NoAction, data), b[n:]...)
		}
	}
}

// case N12 code EVID_LOG check attest/tpm/log.go:readLog
// case N12 code EVID_LOG check attest/tpm/log.go:readHeader
// case N12 code EVID_LOG check attest/tpm/log.go:readEvent
// case N12 code EVID_LOG check attest/tpm/log.go:explain
func TestN12TheBootLogExplainsTheRegisters(t *testing.T) {
	raw := func(change func([]byte) []byte) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.boot = change }
	}
	entry := func(e tpmtest.Entry) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.log = append(m.log, e) }
	}
	first := len(tpmtest.Header())
	rows := []row{
		{"twin: as the firmware wrote it", same, ""},
		{"a byte too many", raw(func(b []byte) []byte { return append(b, 0) }), fault.EvidLog},
		{"cut short within its last event", func(_ *testing.T, m *machine) {
			m.log = append(m.log, tpmtest.Entry{PCR: 5, Kind: 1, Data: []byte("x")})
			m.boot = func(b []byte) []byte { return b[:len(b)-1] }
		}, fault.EvidLog},
		{"a machine that measured nothing", func(_ *testing.T, m *machine) {
			m.events, m.ima, m.imaRegister = nil, nil, [32]byte{}
			m.boot = func([]byte) []byte { return nil }
			m.registers = func(r *[16][32]byte) { *r = [16][32]byte{} }
		}, fault.EvidLog},
		{"an event too many", raw(func(b []byte) []byte {
			return append(b, tpmtest.Log{{PCR: 5, Kind: 1, Data: []byte("x")}}.Bytes()[first:]...)
		}), fault.EvidLog},
		{"cut short", raw(func(b []byte) []byte { return b[:len(b)-1] }), fault.EvidLog},
		{"an event less", func(_ *testing.T, m *machine) {
			m.boot = func([]byte) []byte { return m.log[:len(m.log)-1].Bytes() }
		}, fault.EvidLog},
		{"two events in another order", func(_ *testing.T, m *machine) {
			m.boot = func([]byte) []byte {
				l := slices.Clone(m.log)
				l[2], l[3] = l[3], l[2]
				return l.Bytes()
			}
		}, fault.EvidLog},
		{"no log", raw(func([]byte) []byte { return nil }), fault.EvidLog},
		{"a header alone", raw(func(b []byte) []byte { return b[:first] }), fault.EvidLog},
		{"no header", raw(func(b []byte) []byte { return b[first:] }), fault.EvidLog},
		{"a header of another register", raw(func(b []byte) []byte { b[0] = 1; return b }), fault.EvidLog},
		{"a header that measures", raw(func(b []byte) []byte { b[4] = 1; return b }), fault.EvidLog},
		{"a header with a digest", raw(func(b []byte) []byte { b[8] = 1; return b }), fault.EvidLog},
		{"a header of another form", headerOf(func(b []byte) []byte { b[14] = '2'; return b }), fault.EvidLog},
		{"a header of no class", headerOf(func(b []byte) []byte { b[16] = 2; return b }), fault.EvidLog},
		{"twin: a server's header", headerOf(func(b []byte) []byte { b[16] = 1; return b }), ""},
		{"a header of another minor version", headerOf(func(b []byte) []byte { b[20] = 1; return b }), fault.EvidLog},
		{"a header of another major version", headerOf(func(b []byte) []byte { b[21] = 1; return b }), fault.EvidLog},
		{"twin: a header of another erratum", headerOf(func(b []byte) []byte { b[22] = 105; return b }), ""},
		{"a header of no width", headerOf(func(b []byte) []byte { b[23] = 0; return b }), fault.EvidLog},
		{"twin: a header of a narrow machine", headerOf(func(b []byte) []byte { b[23] = 1; return b }), ""},
		{"a header of another width", headerOf(func(b []byte) []byte { b[23] = 3; return b }), fault.EvidLog},
		{"a header with bytes of its maker", headerOf(func(b []byte) []byte { b[len(b)-1] = 2; return append(b, 1, 2) }), fault.EvidLog},
		{"a header with bytes behind it", headerOf(func(b []byte) []byte { return append(b, 0) }), fault.EvidLog},
		{"a header that is cut short", headerOf(func(b []byte) []byte { return b[:len(b)-1] }), fault.EvidLog},
		{"a header without digests", headerOf(func(b []byte) []byte { b[24] = 0; return append(b[:28], 0) }), fault.EvidLog},
		{"a header with nine digests", headerOf(func(b []byte) []byte {
			b[24] = 9
			for i := range byte(7) {
				b = slices.Insert(b, 28, 0x80+i, 0, 1, 0)
			}
			return b
		}), fault.EvidLog},
		{"a header with a digest twice", headerOf(func(b []byte) []byte {
			b[24] = 3
			return slices.Insert(b, 28, 0xb, 0, 32, 0)
		}), fault.EvidLog},
		{"a header with a digest of no size", headerOf(func(b []byte) []byte { b[30] = 0; return b }), fault.EvidLog},
		{"a header with a digest of 65 bytes", headerOf(func(b []byte) []byte { b[30] = 65; return b }), fault.EvidLog},
		{"a header without SHA-256", headerOf(func(b []byte) []byte { b[32] = 0xc; return b }), fault.EvidLog},
		{"a header with a short SHA-256", headerOf(func(b []byte) []byte { b[34] = 20; return b }), fault.EvidLog},

		{"an event with one digest", raw(func(b []byte) []byte { b[first+8] = 1; return b }), fault.EvidLog},
		{"an event with a digest twice", func(_ *testing.T, m *machine) {
			m.boot = func(b []byte) []byte {
				i := bytes.Index(b[first:], []byte{2, 0, 0, 0, 4, 0}) + first + 4
				b[i] = 0xb // SHA-1's place now names SHA-256 and is as long
				return slices.Insert(b, i+22, make([]byte, 12)...)
			}
		}, fault.EvidLog},
		{"an event with an unknown digest", raw(func(b []byte) []byte { b[first+12] = 0xd; return b }), fault.EvidLog},
		{"an event that says it is longer", raw(func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[first+12+22+34:], 1<<31)
			return b
		}), fault.EvidLog},
		{"an event that measures nothing as a measurement", entry(tpmtest.Entry{PCR: 5, Kind: tpmtest.NoAction, Data: []byte("x"), Digest: bytes.Repeat([]byte{1}, 32)}), fault.EvidLog},
		{"twin: an event that measures nothing", entry(tpmtest.Entry{PCR: 5, Kind: tpmtest.NoAction, Data: []byte("x")}), ""},
		{"twin: an event that measures nothing nowhere", entry(tpmtest.Entry{PCR: 0xffffffff, Kind: tpmtest.NoAction, Data: []byte("x")}), ""},
		{"a measurement turned into nothing", func(_ *testing.T, m *machine) {
			m.boot = func([]byte) []byte {
				l := slices.Clone(m.log)
				l[1].Kind, l[1].Digest = tpmtest.NoAction, nil
				return l.Bytes()
			}
		}, fault.EvidLog},
		{"a register that is not there", entry(tpmtest.Entry{PCR: 24, Kind: 1, Data: []byte("x")}), fault.EvidLog},
		{"twin: a register that is not quoted", entry(tpmtest.Entry{PCR: 23, Kind: 1, Data: []byte("x")}), ""},
		{"IMA's register", entry(tpmtest.Entry{PCR: 10, Kind: 1, Data: []byte("x")}), fault.EvidLog},
		{"the register of run time", entry(tpmtest.Entry{PCR: 15, Kind: 1, Data: []byte("x")}), fault.EvidLog},

		{"twin: started from locality 0", func(_ *testing.T, m *machine) { m.log = m.log[1:] }, ""},
		{"twin: started from locality 4", func(_ *testing.T, m *machine) { m.log[0].Data = []byte("StartupLocality\x00\x04") }, ""},
		{"started from another locality than it says", func(_ *testing.T, m *machine) {
			m.registers = func(r *[16][32]byte) { r[0] = m.log[1:].Registers()[0] }
		}, fault.EvidLog},
		{"a locality that there is not", func(_ *testing.T, m *machine) { m.log[0].Data = []byte("StartupLocality\x00\x05") }, fault.EvidLog},
		{"a locality whose name does not end", func(_ *testing.T, m *machine) { m.log[0].Data = []byte("StartupLocality@\x03") }, fault.EvidLog},
		{"a locality of two bytes", func(_ *testing.T, m *machine) { m.log[0].Data = []byte("StartupLocality\x00\x00\x03") }, fault.EvidLog},
		{"a locality of another register", func(_ *testing.T, m *machine) {
			m.log = slices.Insert(m.log, 1, tpmtest.Entry{PCR: 1, Kind: tpmtest.NoAction, Data: []byte("StartupLocality\x00\x00")})[1:]
		}, fault.EvidLog},
		{"two localities", func(_ *testing.T, m *machine) { m.log = slices.Insert(m.log, 1, m.log[0]) }, fault.EvidLog},
		{"a locality too late", func(_ *testing.T, m *machine) {
			m.log[0], m.log[1] = m.log[1], m.log[0]
		}, fault.EvidLog},

		{"a variable that is not what was measured", func(_ *testing.T, m *machine) {
			m.log[2].Digest = bytes.Repeat([]byte{1}, 32)
		}, fault.EvidLog},
		{"an action that is not what was measured", entry(tpmtest.Entry{PCR: 7, Kind: tpmtest.Action, Data: []byte("x"), Digest: bytes.Repeat([]byte{1}, 32)}), fault.EvidLog},
		{"an authority that is not what was measured", entry(tpmtest.Entry{PCR: 7, Kind: tpmtest.Authority, Data: []byte("x"), Digest: bytes.Repeat([]byte{1}, 32)}), fault.EvidLog},
		{"a variable that does not parse", entry(tpmtest.Entry{PCR: 7, Kind: tpmtest.VariableConfig, Data: append(tpmtest.Variable(tpmtest.Global, "x", nil), 1)}), fault.EvidLog},
		{"a variable with a long name", entry(tpmtest.Entry{PCR: 7, Kind: tpmtest.VariableConfig, Data: tpmtest.Variable(tpmtest.Global, string(bytes.Repeat([]byte("x"), 1025)), nil)}), fault.EvidLog},
		{"twin: a variable with a name of 1024", entry(tpmtest.Entry{PCR: 7, Kind: tpmtest.VariableConfig, Data: tpmtest.Variable(tpmtest.Global, string(bytes.Repeat([]byte("x"), 1024)), nil)}), ""},
		{"an authority before there was any", func(_ *testing.T, m *machine) {
			m.log = slices.Insert(m.log, 2, tpmtest.Entry{PCR: 7, Kind: tpmtest.Authority, Data: tpmtest.Variable(tpmtest.Security, "db", nil)})
		}, fault.EvidLog},
	}
	for i := range 16 {
		rows = append(rows, row{"PCR " + string(rune('a'+i)) + " holds more than its log", func(_ *testing.T, m *machine) {
			m.registers = func(r *[16][32]byte) { tpmtest.Extend(&r[i], make([]byte, 32)) }
		}, fault.EvidLog})
	}
	try(t, rows)
}

// case N12 code EVID_LOG check attest/tpm/ima.go:readIMA
func TestN12IMAsLogExplainsPCR10(t *testing.T) {
	n := len(tpmtest.IMA(files[0]))
	ima := func(change func([]byte) []byte) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) { m.ima = change(m.ima) }
	}
	put := func(at int, v byte) func([]byte) []byte {
		return func(b []byte) []byte { b[at] = v; return b }
	}
	// again signs a log whose one entry is changed, with its digests right.
	again := func(change func(data []byte) []byte) func(*testing.T, *machine) {
		return func(_ *testing.T, m *machine) {
			data := change(bytes.Clone(tpmtest.IMA(files[0])[4+20+4+6+4:]))
			m.ima, m.imaRegister = tpmtest.IMAData("ima-ng", data)
		}
	}
	try(t, []row{
		{"twin: as the kernel wrote it", same, ""},
		{"twin: no IMA", func(_ *testing.T, m *machine) { m.ima, m.imaRegister = nil, [32]byte{} }, ""},
		{"no log of it", ima(func([]byte) []byte { return nil }), fault.EvidLog},
		{"a log of nothing", func(_ *testing.T, m *machine) { m.imaRegister = [32]byte{} }, fault.EvidLog},
		{"an entry less", ima(func(b []byte) []byte { return b[:n] }), fault.EvidLog},
		{"an entry more", ima(func(b []byte) []byte { return append(b, tpmtest.IMA(files[0])...) }), fault.EvidLog},
		{"a byte less", ima(func(b []byte) []byte { return b[:len(b)-1] }), fault.EvidLog},
		{"a byte more", ima(func(b []byte) []byte { return append(b, 0) }), fault.EvidLog},
		{"an entry of another register", ima(put(0, 11)), fault.EvidLog},
		{"another old digest", ima(put(4, 0)), fault.EvidLog},
		{"another template", ima(put(28, 'x')), fault.EvidLog},
		{"twin: an entry that is signed anew", again(func(d []byte) []byte { return d }), ""},
		{"an entry with a part too many", again(func(d []byte) []byte { return append(d, 0, 0, 0, 0) }), fault.EvidLog},
		{"an entry with a part less", again(func(d []byte) []byte { return d[:4+40-1] }), fault.EvidLog},
	})
}

func TestIMAsLogIsTrimmedToTheQuote(t *testing.T) {
	all := tpmtest.IMA(append(slices.Clone(files), tpmtest.File{Path: "/late", Content: "x"})...)
	got, err := trimIMA(all, tpmtest.IMARegister(files...))
	if err != nil || !bytes.Equal(got, tpmtest.IMA(files...)) {
		t.Errorf("trimIMA = %d bytes, %v", len(got), err)
	}
	if got, err := trimIMA(all, [32]byte{}); err != nil || len(got) != 0 {
		t.Errorf("an empty register: %d bytes, %v", len(got), err)
	}
	if _, err := trimIMA(all, [32]byte{1}); fault.Of(err) != fault.EvidLog {
		t.Errorf("another register: %v", err)
	}
	if _, err := trimIMA(all[:30], [32]byte{1}); fault.Of(err) != fault.EvidLog {
		t.Errorf("half an entry: %v", err)
	}
}

// case N12 code EVID_LOG check attest/tpm/report.go:measured
func TestN12RunTimeEventsExplainPCR15(t *testing.T) {
	try(t, []row{
		{"twin: as they were measured", same, ""},
		{"twin: none", func(_ *testing.T, m *machine) { m.events = nil }, ""},
		{"one more", func(_ *testing.T, m *machine) {
			m.finish = withEvents(func(l []Event) []Event { return append(l, l[0]) })
		}, fault.EvidLog},
		{"one less", func(_ *testing.T, m *machine) { m.finish = withEvents(func(l []Event) []Event { return l[1:] }) }, fault.EvidLog},
		{"another kind", func(_ *testing.T, m *machine) {
			m.finish = withEvents(func(l []Event) []Event { l[0].Kind = KindGuest; return l })
		}, fault.EvidLog},
		{"an unknown kind", func(_ *testing.T, m *machine) { m.events[2].Kind = "other" }, fault.EvidLog},
		{"another order", func(_ *testing.T, m *machine) {
			m.finish = withEvents(func(l []Event) []Event { l[0], l[1] = l[1], l[0]; return l })
		}, fault.EvidLog},
	})
}

func withEvents(change func([]Event) []Event) func(*attest.Evidence) {
	return func(e *attest.Evidence) {
		data, r, c, l, err := open(*e)
		if err != nil {
			panic(err)
		}
		l.events = change(slices.Clone(l.events))
		if *e, err = assemble(data, r, c.Certificates, l); err != nil {
			panic(err)
		}
	}
}
