package replica

import (
	"testing"

	"tacit"
	"tacit/fault"
	"tacit/key"
	"tacit/wire"
)

// A member does what its operator orders its group, once.
//
// case N52 code STORE_PEER check store/replica/order.go:Obey
func TestN52OnlyTheOperatorsNewOrdersAreObeyed(t *testing.T) {
	l := newLab(t, 1, nil)
	l.leader()
	r := l.people[0].replica
	stranger, err := key.NewSigner()
	must(t, err)
	for _, tt := range []struct {
		name  string
		by    *key.Signer
		order Order
		want  fault.Code
		rest  bool // whether whoever runs the replica has to do it
	}{
		{"signed by somebody else", stranger, Order{r.group, 7, OrderBackup, 0, nil}, fault.KeySignature, false},
		{"for another group", l.operator, Order{wire.Digest{1}, 7, OrderBackup, 0, nil}, fault.StorePeer, false},
		{"twin: the operator's", l.operator, Order{r.group, 7, OrderBackup, 0, nil}, "", true},
		{"the same again", l.operator, Order{r.group, 7, OrderBackup, 0, nil}, "", false},
		{"an older one", l.operator, Order{r.group, 6, OrderBackup, 0, nil}, "", false},
		{"of an unknown kind", l.operator, Order{r.group, 8, "dance", 0, nil}, fault.APIField, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rest, err := r.Obey(tacit.Sign(l.network, tt.by, tt.order))
			wantCode(t, "obey", err, tt.want)
			if (rest.Action != "") != tt.rest {
				t.Errorf("left to do: %+v", rest)
			}
		})
	}
}
