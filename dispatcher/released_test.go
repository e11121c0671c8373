package dispatcher_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"tacit"
	"tacit/devnet/mini"
	"tacit/dispatcher"
	"tacit/fault"
	"tacit/wire"
)

// A lying manager changes what it answers.
type lying struct {
	tacit.KeyReleaser
	release func(*tacit.ReleaseReply)

	mu    sync.Mutex // guards what follows
	audit func(*tacit.AuditEntry)
}

func (l *lying) Release(ctx context.Context, req tacit.ReleaseRequest) (tacit.ReleaseReply, error) {
	r, err := l.KeyReleaser.Release(ctx, req)
	if err == nil && l.release != nil {
		r.Grants = slices.Clone(r.Grants)
		l.release(&r)
	}
	return r, err
}

func (l *lying) Audit(ctx context.Context, req tacit.AuditRequest) (tacit.AuditEntry, error) {
	e, err := l.KeyReleaser.Audit(ctx, req)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && l.audit != nil {
		l.audit(&e)
	}
	return e, err
}

func (l *lying) honestFromNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.audit = nil
}

// lie puts a lying manager in the place of the world's.
func (w *world) lie(release func(*tacit.ReleaseReply), audit func(*tacit.AuditEntry)) *lying {
	who := w.Managers[0].Key.Address()
	l := &lying{KeyReleaser: w.managers[who], release: release, audit: audit}
	w.managers[who] = l
	return l
}

// record changes what a manager's record of a release says.
func record(w *world, i int, edit func(*tacit.GrantRecord)) func(*tacit.ReleaseReply) {
	return func(r *tacit.ReleaseReply) {
		var g tacit.GrantRecord
		w.Must(wire.Unmarshal("tacit/audit/grant", r.Grants[i].Record, &g))
		edit(&g)
		var err error
		r.Grants[i].Record, err = g.Encode()
		w.Must(err)
	}
}

// What a manager says of a release is checked before a worker gets anything to do:
// the papers of a wrong one would be worth nothing.
//
// case N58 code KEY_POLICY check dispatcher/attempt.go:release
func TestN58AManagersWordIsAboutThisAttempt(t *testing.T) {
	word := func(w *world, by int, edit func(*tacit.Released)) func(*tacit.ReleaseReply) {
		return func(r *tacit.ReleaseReply) {
			edit(&r.Released.Body)
			r.Released = tacit.Sign(w.ID, w.Managers[by].Key, r.Released.Body)
		}
	}
	for _, tt := range []struct {
		name string
		edit func(w *world) func(*tacit.ReleaseReply)
		want fault.Code
	}{
		{"twin: as released", func(*world) func(*tacit.ReleaseReply) { return nil }, ""},
		{"twin: the word signed once more", func(w *world) func(*tacit.ReleaseReply) { return word(w, 0, func(*tacit.Released) {}) }, ""},
		{"a word about another task", func(w *world) func(*tacit.ReleaseReply) {
			return word(w, 0, func(r *tacit.Released) { r.Task[0]++ })
		}, fault.KeyPolicy},
		{"a word about another assignment", func(w *world) func(*tacit.ReleaseReply) {
			return word(w, 0, func(r *tacit.Released) { r.Assignment[0]++ })
		}, fault.KeyPolicy},
		{"the word of another manager", func(w *world) func(*tacit.ReleaseReply) { return word(w, 1, func(*tacit.Released) {}) }, fault.KeySignature},
		{"a word changed after it was signed", func(*world) func(*tacit.ReleaseReply) {
			return func(r *tacit.ReleaseReply) { r.Released.Body.Task[0]++ }
		}, fault.KeySignature},
		{"no word", func(*world) func(*tacit.ReleaseReply) {
			return func(r *tacit.ReleaseReply) { r.Released = tacit.Signed[tacit.Released]{} }
		}, fault.KeySignature},
		{"a grant too few", func(*world) func(*tacit.ReleaseReply) {
			return func(r *tacit.ReleaseReply) { r.Grants = r.Grants[:1] }
		}, fault.KeyPolicy},
		{"grants in another order", func(*world) func(*tacit.ReleaseReply) {
			return func(r *tacit.ReleaseReply) { slices.Reverse(r.Grants) }
		}, fault.KeyPolicy},
		{"a record of another task", func(w *world) func(*tacit.ReleaseReply) {
			return record(w, 1, func(g *tacit.GrantRecord) { g.Task[0]++ })
		}, fault.KeyPolicy},
		{"a record of another artefact", func(w *world) func(*tacit.ReleaseReply) {
			return record(w, 0, func(g *tacit.GrantRecord) { g.Artefact[0]++ })
		}, fault.KeyPolicy},
		{"a record of other keys", func(w *world) func(*tacit.ReleaseReply) {
			return record(w, 0, func(g *tacit.GrantRecord) { g.Keys[0]++ })
		}, fault.KeyPolicy},
		{"a record of other evidence", func(w *world) func(*tacit.ReleaseReply) {
			return record(w, 0, func(g *tacit.GrantRecord) { g.Evidence[0]++ })
		}, fault.KeyPolicy},
		{"a record in another's name", func(w *world) func(*tacit.ReleaseReply) {
			return record(w, 0, func(g *tacit.GrantRecord) { g.Manager[0]++ })
		}, fault.KeyPolicy},
		{"a record of a denial", func(w *world) func(*tacit.ReleaseReply) {
			return record(w, 0, func(g *tacit.GrantRecord) { g.Decision = string(fault.DataConsent) })
		}, fault.KeyPolicy},
		{"no record", func(*world) func(*tacit.ReleaseReply) {
			return func(r *tacit.ReleaseReply) { r.Grants[0].Record = nil }
		}, fault.KeyPolicy},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.lie(tt.edit(w), nil)
			last := w.start(nil).submit(w.task(1))
			if last.Code != string(tt.want) || (last.State == "done") != (tt.want == "") {
				t.Errorf("last event = %+v, want %q", last, tt.want)
			}
			if _, runs := w.count(); (runs > 0) != (tt.want == "") {
				t.Errorf("%d runs", runs)
			}
		})
	}
}

// What a manager shows of its log is kept only if it verifies; once it shows what
// is right, the proof is whole. Nobody's payment waits for it.
//
// case N46 code CHAIN_PROOF check dispatcher/attempt.go:audit
func TestN46AForgedEntryOfALogIsNotKept(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(w *world, e *tacit.AuditEntry)
		want fault.Code
	}{
		{"twin: as logged", func(*world, *tacit.AuditEntry) {}, ""},
		{"another index", func(_ *world, e *tacit.AuditEntry) { e.Proof.Index ^= 1 }, fault.ChainProof},
		{"another path", func(_ *world, e *tacit.AuditEntry) { e.Proof.Path = append(e.Proof.Path, wire.Digest{1}) }, fault.ChainProof},
		{"another size", func(_ *world, e *tacit.AuditEntry) { e.Proof.Size++ }, fault.ChainProof},
		{"no checkpoint", func(_ *world, e *tacit.AuditEntry) { e.Proof.Checkpoint = nil }, fault.ChainProof},
		{"another key of the log", func(w *world, e *tacit.AuditEntry) {
			e.Log.Body.Public = slices.Clone(e.Log.Body.Public)
			e.Log.Body.Public[0] ^= 1
			e.Log = tacit.Sign(w.ID, w.Managers[0].Key, e.Log.Body)
		}, fault.ChainProof},
		{"another manager's log", func(w *world, e *tacit.AuditEntry) { e.Log = tacit.Sign(w.ID, w.Managers[1].Key, e.Log.Body) }, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			m := w.lie(nil, func(e *tacit.AuditEntry) { tt.edit(w, e) })
			r := w.start(func(c *dispatcher.Config) { c.Patience = 5 * time.Second })
			last := r.submit(w.task(1))
			if last.Stage != "Settle" || last.State != "done" {
				t.Fatalf("last event = %+v", last)
			}
			req := tacit.TaskRequest{Task: last.Task}
			_, err := r.Proof(mini.As(w.User), req)
			want(t, err, tt.want)
			m.honestFromNow()
			p, err := r.Proof(mini.As(w.User), req)
			w.Must(err)
			_, err = tacit.ProofFile{Genesis: w.Genesis, Epochs: w.Epochs, Proof: p}.Check(t.Context(), w.ID, w.Schemes)
			want(t, err, "")
		})
	}
}

// proven is the proof of a task of its own.
func (r *running) proven(nonce uint64) tacit.Proof {
	r.w.t.Helper()
	last := r.submit(r.w.task(nonce))
	p, err := r.Proof(mini.As(r.w.User), tacit.TaskRequest{Task: last.Task})
	r.w.Must(err)
	return p
}

// Whoever reads a proof file checks what each manager said of its releases.
//
// case N58 code CHAIN_PROOF check proof.go:audit
func TestN58ReleasesInAProofFileAreOfItsAttempt(t *testing.T) {
	w := newWorld(t)
	d := w.start(nil)
	good, other := d.proven(1), d.proven(2)
	word := func(by int, edit func(*tacit.Released)) func(*tacit.Proof) {
		return func(p *tacit.Proof) {
			body := p.Released[0].Body
			edit(&body)
			p.Released[0] = tacit.Sign(w.ID, w.Managers[by].Key, body)
		}
	}
	for _, tt := range []struct {
		name string
		edit func(*tacit.Proof)
		want fault.Code
	}{
		{"twin: as proven", func(*tacit.Proof) {}, ""},
		{"twin: the word signed once more", word(0, func(*tacit.Released) {}), ""},
		{"a word about another task", word(0, func(r *tacit.Released) { r.Task[0]++ }), fault.ChainProof},
		{"a word about another assignment", word(0, func(r *tacit.Released) { r.Assignment[0]++ }), fault.ChainProof},
		{"the word about another attempt of the same manager", func(p *tacit.Proof) { p.Released[0] = other.Released[0] }, fault.ChainProof},
		{"the word of another manager", word(1, func(*tacit.Released) {}), fault.KeySignature},
		{"no word", func(p *tacit.Proof) { p.Released = nil }, fault.ChainProof},
		{"a word twice", func(p *tacit.Proof) { p.Released = append(p.Released, p.Released[0]) }, fault.ChainProof},
		{"a release left out", func(p *tacit.Proof) { p.Audit = p.Audit[:1] }, fault.ChainProof},
		{"a release twice", func(p *tacit.Proof) { p.Audit = append(p.Audit, p.Audit[0]) }, fault.ChainProof},
		{"releases in another order", func(p *tacit.Proof) { slices.Reverse(p.Audit) }, fault.ChainProof},
		{"a release of another task", func(p *tacit.Proof) { p.Audit[0] = other.Audit[0] }, fault.ChainProof},
		{"another index", func(p *tacit.Proof) { p.Audit[0].Proof.Index ^= 1 }, fault.ChainProof},
		{"another path", func(p *tacit.Proof) {
			p.Audit[0].Proof.Path = append(slices.Clone(p.Audit[0].Proof.Path), wire.Digest{1})
		}, fault.ChainProof},
		{"a record that the log does not have", func(p *tacit.Proof) {
			p.Audit[0].Record = slices.Clone(p.Audit[0].Record)
			p.Audit[0].Record[len(p.Audit[0].Record)-1]++
		}, fault.ChainProof},
		{"another manager's log", func(p *tacit.Proof) { p.Audit[0].Log = tacit.Sign(w.ID, w.Managers[1].Key, p.Audit[0].Log.Body) }, fault.KeySignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := good
			p.Released, p.Audit = slices.Clone(good.Released), slices.Clone(good.Audit)
			tt.edit(&p)
			lines, err := tacit.ProofFile{Genesis: w.Genesis, Epochs: w.Epochs, Proof: p}.Check(t.Context(), w.ID, w.Schemes)
			want(t, err, tt.want)
			for _, l := range lines {
				if l.Name == "key releases" && l.OK != (tt.want == "") {
					t.Errorf("line %+v", l)
				}
			}
		})
	}
}

// The dispatcher hands managers the header of each sealed file; a blob store that
// gives another file, or one that no age header begins, ends the task before they
// are asked.
func TestManagersAreNotAskedAboutFilesThatAreNotThere(t *testing.T) {
	for _, tt := range []struct {
		name  string
		chunk func(c *tacit.Chunk)
		want  fault.Code
	}{
		{"twin: as it is stored", func(*tacit.Chunk) {}, ""},
		{"another file", func(c *tacit.Chunk) { c.Data = append(slices.Clone(c.Data), 1) }, fault.DataCorrupt},
		{"another place", func(c *tacit.Chunk) { c.Index++ }, fault.DataCorrupt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			asked := 0
			w.lie(func(*tacit.ReleaseReply) { asked++ }, nil)
			d := w.start(func(c *dispatcher.Config) {
				c.Fetch = func(ctx context.Context, root wire.Digest, i int64) (tacit.Chunk, error) {
					got, err := w.chunk(ctx, root, i)
					tt.chunk(&got)
					return got, err
				}
			})
			if last := d.submit(w.task(1)); last.Code != string(tt.want) || (asked > 0) != (tt.want == "") {
				t.Errorf("last event = %+v, want %q; managers released %d times", last, tt.want, asked)
			}
		})
	}
}
