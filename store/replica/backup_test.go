package replica

import (
	"bytes"
	"path/filepath"
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/key/recovery"
)

// owners are people among whom a lab's recovery key is split.
type owners struct {
	node    *key.Signer
	keys    []*key.Sealer
	parcels []recovery.Parcel
	secret  *key.Sealer
}

func newOwners(t *testing.T, l *lab, node *key.Signer, need, n int) owners {
	t.Helper()
	o := owners{node: node}
	plan := recovery.Plan{Serial: 1, Need: uint8(need)}
	for i := range n {
		k, err := key.NewSealer()
		must(t, err)
		o.keys = append(o.keys, k)
		plan.Owners = append(plan.Owners, recovery.Owner{Name: string(rune('a' + i)), Key: k.Recipient()})
	}
	var err error
	o.secret, err = key.NewSealer()
	must(t, err)
	o.parcels, err = recovery.Split(l.network, node, o.secret, plan)
	must(t, err)
	return o
}

// together puts the key together in a recovering enclave from the shares of some owners.
func (o owners) together(t *testing.T, l *lab, who ...int) (*key.Sealer, error) {
	t.Helper()
	r, err := recovery.Begin(l.network, o.node.Address(), o.parcels[0].Signed)
	must(t, err)
	for _, i := range who {
		share, err := o.parcels[i].Open(l.network, o.node.Address(), o.keys[i])
		must(t, err)
		h, err := share.Hand(l.network, r.Desk())
		must(t, err)
		if _, err := r.Take(h); err != nil {
			return nil, err
		}
	}
	return r.Key()
}

// A group all of whose machines are lost comes back on new ones from a backup that
// nobody alone can open.
//
// case N33 code KEY_RECOVERY check store/replica/backup.go:Restore
func TestN33ALostGroupComesBackByItsOwnersOnly(t *testing.T) {
	l := newLab(t, 3, nil)
	term, _ := l.leader()
	for i := range 30 {
		put(t, term, string(rune('a'+i%7))+"/k", canary)
	}
	if err := term.of.Backup(new(bytes.Buffer)); fault.Of(err) != fault.APINotFound {
		t.Errorf("a backup that nobody could open: %v", err)
	}
	node, err := key.NewSigner()
	must(t, err)
	o := newOwners(t, l, node, 2, 3)
	must(t, term.SetRecovery(o.parcels[0].Signed))
	put(t, term, "z/last", "before the loss")
	must(t, term.Rotate())
	rev := put(t, term, "z/other", "after another key epoch")
	var file bytes.Buffer
	must(t, term.of.Backup(&file))
	if bytes.Contains(file.Bytes(), []byte(canary)) || bytes.Contains(file.Bytes(), []byte("z/last")) {
		t.Error("the backup shows what is in it")
	}
	info, err := ReadBackup(bytes.NewReader(file.Bytes()))
	if err != nil || info.Revision != rev {
		t.Fatalf("backup: %+v, %v", info, err)
	}
	_, chain := term.Head()
	for i := range 3 {
		l.stop(i)
	}

	with, err := o.together(t, l, 2, 0)
	must(t, err)
	_, err = o.together(t, l, 1)
	wantCode(t, "one owner of two", err, fault.VaultQuorum)
	foreign, err := key.NewSealer()
	must(t, err)

	// New machines, new replicas, the same operator.
	n := makeLab(t, 3, nil)
	n.network, n.operator = l.network, l.operator
	body := n.signed.Body
	body.Group, body.Number = l.signed.Body.Group, l.signed.Body.Number+1
	n.signed = tacit.Sign(n.network, n.operator, body)
	cfg := func(edit func(*Config)) Config {
		p := n.people[0]
		c := Config{Dir: p.dir, Key: p.key, NetworkID: n.network, Operator: n.operator.Address(), Membership: n.signed, Signer: p.signer, Seal: p.seal}
		if edit != nil {
			edit(&c)
		}
		return c
	}
	spoilt := bytes.Clone(file.Bytes())
	spoilt[len(spoilt)-100] ^= 1
	for _, tt := range []struct {
		name string
		file []byte
		with *key.Sealer
		edit func(*Config)
		want fault.Code
	}{
		{"a foreign key", file.Bytes(), foreign, nil, fault.KeyRecovery},
		{"a changed backup", spoilt, with, nil, fault.StoreCorrupt},
		{"a cut backup", file.Bytes()[:file.Len()-10], with, nil, fault.StoreCorrupt},
		{"a backup of another group", file.Bytes(), with, func(c *Config) {
			b := c.Membership.Body
			b.Group[0] ^= 1
			c.Membership = tacit.Sign(n.network, n.operator, b)
		}, fault.KeyRecovery},
		{"a membership that is no newer", file.Bytes(), with, func(c *Config) {
			b := c.Membership.Body
			b.Number = 1
			c.Membership = tacit.Sign(n.network, n.operator, b)
		}, fault.StoreGeneration},
		{"a membership of another operator", file.Bytes(), with, func(c *Config) {
			c.Membership = tacit.Sign(n.network, node, c.Membership.Body)
		}, fault.KeySignature},
		{"a member that is not the first", file.Bytes(), with, func(c *Config) { c.Signer = n.people[1].signer }, fault.StorePeer},
		{"twin: the owners' key", file.Bytes(), with, nil, ""},
		{"over a disk that is there", file.Bytes(), with, func(c *Config) { c.Dir = l.people[0].dir }, fault.APIPath},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cfg(tt.edit)
			if tt.want != "" && c.Dir == n.people[0].dir {
				c.Dir = filepath.Join(t.TempDir(), "refused")
			}
			wantCode(t, "restore", Restore(c, bytes.NewReader(tt.file), tt.with), tt.want)
		})
	}
	for i := range 3 {
		n.start(i)
	}
	again, _ := n.leader()
	if got, d := again.Head(); got != rev || d != chain {
		t.Errorf("head %d %s, want %d %s", got, d.Short(), rev, chain.Short())
	}
	for k, want := range map[string]string{"a/k": canary, "z/last": "before the loss", "z/other": "after another key epoch"} {
		if v := get(t, again, k); v != want {
			t.Errorf("%s is %q, want %q", k, v, want)
		}
	}
	rev = put(t, again, "a/k", "goes on")
	for i := range 3 {
		n.caughtUp(i, rev)
	}
	if s := n.people[0].replica.Status(); s.KeyEpoch != 3 {
		t.Errorf("key epoch %d, want 3: who had the old keys may be anywhere", s.KeyEpoch)
	}
	must(t, n.people[1].replica.Backup(new(bytes.Buffer))) // the plan goes on, too
}

// A plan that was replaced does not come back, and its owners with it.
//
// case N33 code KEY_RECOVERY check key/recovery/recovery.go:Follows
func TestN33AnOlderPlanIsNotTakenAgain(t *testing.T) {
	l := newLab(t, 3, nil)
	term, _ := l.leader()
	node, err := key.NewSigner()
	must(t, err)
	stranger, err := key.NewSigner()
	must(t, err)
	plan := func(by *key.Signer, serial uint64) recovery.SignedPlan {
		k, err := key.NewSealer()
		must(t, err)
		secret, err := key.NewSealer()
		must(t, err)
		parcels, err := recovery.Split(l.network, by, secret, recovery.Plan{Serial: serial, Need: 1, Owners: []recovery.Owner{{Name: "a", Key: k.Recipient()}}})
		must(t, err)
		return parcels[0].Signed
	}
	first := plan(node, 4)
	must(t, term.SetRecovery(first))
	for _, tt := range []struct {
		name string
		plan recovery.SignedPlan
		want fault.Code
	}{
		{"an older one", plan(node, 3), fault.KeyRecovery},
		{"the same again", first, fault.KeyRecovery},
		{"another with its serial", plan(node, 4), fault.KeyRecovery},
		{"another group's", plan(stranger, 9), fault.KeyRecovery},
		{"twin: the next", plan(node, 5), ""},
		{"the first once more", first, fault.KeyRecovery},
		{"twin: a later one", plan(node, 7), ""},
	} {
		err := term.SetRecovery(tt.plan)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		wantCode(t, tt.name, err, tt.want)
	}
	if now, err := term.of.Plan(); err != nil || now.Plan.Serial != 7 {
		t.Errorf("the plan in force has serial %d, %v", now.Plan.Serial, err)
	}
}
