package client

import (
	"testing"

	"tacit"
	"tacit/wire"
)

func TestAccountsAreSpreadOverDispatchers(t *testing.T) {
	one := tacit.Node{Key: wire.Address{1}, Roles: tacit.RoleDispatcher, Endpoint: "a:1"}
	two := tacit.Node{Key: wire.Address{2}, Roles: tacit.RoleDispatcher, Endpoint: "b:1"}
	leaving := tacit.Node{Key: wire.Address{3}, Roles: tacit.RoleDispatcher, Endpoint: "c:1", Leaving: 7}
	manager := tacit.Node{Key: wire.Address{4}, Roles: tacit.RoleManager, Endpoint: "d:1"}
	even, odd := wire.Address{19: 4}, wire.Address{19: 5}
	for _, tt := range []struct {
		name      string
		nodes     []tacit.Node
		account   wire.Address
		deposited wire.Address
		want      wire.Address
		able      int
	}{
		{"one account", []tacit.Node{manager, two, one}, even, wire.Address{}, one.Key, 2},
		{"another account", []tacit.Node{manager, two, one}, odd, wire.Address{}, two.Key, 2},
		{"in another order", []tacit.Node{one, manager, two}, odd, wire.Address{}, two.Key, 2},
		{"with money elsewhere", []tacit.Node{one, two}, odd, one.Key, one.Key, 1},
		{"with money at one that leaves", []tacit.Node{one, leaving}, odd, leaving.Key, one.Key, 1},
		{"only one stays", []tacit.Node{leaving, two}, even, wire.Address{}, two.Key, 1},
		{"there is none", []tacit.Node{manager, leaving}, even, wire.Address{}, wire.Address{}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got wire.Address
			list := Dispatchers(tt.nodes, tt.account, tt.deposited)
			if len(list) > 0 {
				got = list[0].Key
			}
			if got != tt.want || len(list) != tt.able {
				t.Errorf("dispatcher %s first of %d, want %s of %d", got, len(list), tt.want, tt.able)
			}
		})
	}
}
